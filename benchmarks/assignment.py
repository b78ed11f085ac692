"""Traffic assignment against a peer, side by side, in one run: seconds to a gap, on networks of the research repository.

    make bench                                                       with everything else
    .venv/bin/python benchmarks/assignment.py --networks Anaheim      only these
    .venv/bin/python benchmarks/assignment.py --peer ENV/bin/python   with AequilibraE, from an environment of its own

Times are medians of three, without reading files and compiling, with every true check of the gap; the gap shown is recomputed by our
own evaluator from the flows, for both. The peer runs when `aequilibrae` can be imported by the Python given (else by this one); when it
cannot, that is said. Networks are looked for in `shared` beside the repository, or where CUABIEN_SHARED points.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

TIMES = 3
PEER_LIMIT_S = 300
CHANGE = 0.03


@dataclass(frozen=True)
class Case:
    name: str
    files: str
    distance: float
    toll: float
    gaps: tuple[float, ...]
    peer_gaps: tuple[float, ...]


CASES = (
    Case("SiouxFalls", "SiouxFalls", 0, 0, (1e-4, 1e-6, 1e-10, 1e-13), (1e-4,)),
    Case("Anaheim", "Anaheim", 0, 0, (1e-4, 1e-6, 1e-10, 1e-13), (1e-4,)),
    Case("Chicago-Sketch", "ChicagoSketch", 0.04, 0.02, (1e-4, 1e-6, 1e-10, 1e-13), (1e-4, 1e-6)),
    Case("Berlin-Center", "berlin-center", 0, 0, (1e-4, 1e-6, 1e-10), (1e-4, 1e-6)),
    Case("chicago-regional", "ChicagoRegional", 0.25, 0.1, (1e-4, 1e-6, 1e-10), (1e-4,)),
)


def shared() -> Path:
    return Path(os.environ.get("CUABIEN_SHARED", ROOT.parent / "shared")) / "data" / "tntp"


def measure(case: Case, times: int, peer: str | None) -> Iterator[str]:
    from cuabien.model.transport import network as roads
    from cuabien.model.transport import tntp

    folder = shared() / case.name
    read = tntp.read_network(folder / f"{case.files}_net.tntp")
    array = folder / "demand_gravity.npz"
    trips, _ = tntp.read_trips(
        array if array.is_file() else folder / f"{case.files}_trips.tntp", read.network.zones
    )
    cars = read.demand(trips, case.distance, case.toll)
    roads.warm_up()

    def line(what: str, gap: float, of: list[tuple[float, float, int]], seconds_of_peer: float | None) -> str:
        seconds = statistics.median(s for s, _, _ in of)
        ratio = f"{seconds_of_peer / seconds:.1f}" if seconds_of_peer else ""
        shown = f"{seconds_of_peer:.3g}" if seconds_of_peer else ""
        spread = f"{min(s for s, _, _ in of):.3g} to {max(s for s, _, _ in of):.3g}"
        return (
            f"| {case.name} | {what} | {gap:g} | {seconds:.3g} | {spread} | {of[-1][1]:.1e} | {of[-1][2]} "
            f"| {shown} | {ratio} |"
        )

    theirs = _peer_seconds(case, trips, peer) if peer else {}
    for gap in case.gaps:
        of = [_once(roads, read.network, cars, gap) for _ in range(times)]
        yield line("cold", gap, of, theirs.get(gap))
    before = roads.equilibrium(read.network, [cars], gap=1e-4)
    draw = np.random.default_rng(1).uniform(1 - CHANGE, 1 + CHANGE, trips.shape)
    changed = replace(cars, trips=trips * draw)
    for gap in (1e-4, 1e-6):
        of = [_once(roads, read.network, changed, gap, before) for _ in range(times)]
        yield line("warm, trips changed by up to 3 percent", gap, of, None)


def _once(roads, network, cars, gap, warm=None):  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    found = roads.equilibrium(network, [cars], gap=gap, warm=warm)
    return time.perf_counter() - start, found.gap, found.iterations


# ---- the peer ----------------------------------------------------------------------------------------------------


def can_import(python: str) -> bool:
    asked = subprocess.run([python, "-c", "import aequilibrae"], capture_output=True)
    return asked.returncode == 0


def _peer_seconds(case: Case, trips: np.ndarray, python: str) -> dict[float, float]:  # type: ignore[type-arg]
    """Seconds of the peer to each gap, whose flows our evaluator has judged; those it did not reach are left out."""
    from cuabien.model.transport import network as roads
    from cuabien.model.transport import tntp

    read = tntp.read_network(shared() / case.name / f"{case.files}_net.tntp")
    cars = read.demand(trips, case.distance, case.toll)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.npz"
        n = read.network
        np.savez(
            given, zones=n.zones, through=n.first_through, tail=n.tail + 1, head=n.head + 1, free=n.free_flow_min,
            capacity=n.capacity_pcu_h, alpha=n.alpha, power=n.power, fixed=cars.fixed_min, trips=trips,
        )  # fmt: skip
        for gap in case.peer_gaps:
            out = Path(folder) / "found.npz"
            try:
                subprocess.run(
                    [python, __file__, "--as-peer", str(given), str(out), str(gap)],
                    capture_output=True, check=True, timeout=PEER_LIMIT_S,
                )  # fmt: skip
            except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
                print(f"AequilibraE on {case.name} to {gap:g}: {type(error).__name__}", file=sys.stderr)
                continue
            with np.load(out) as answer:
                reached = roads.relative_gap(n, [cars], answer["flow"][None, :])
                seconds = float(answer["seconds"])
            print(f"AequilibraE on {case.name}: {seconds:.3g} s, gap {reached:.1e}", file=sys.stderr)
            if reached <= 2 * gap:
                found[gap] = seconds
    return found


def as_peer(given: str, out: str, gap: float) -> None:
    """Run inside the peer's environment: bi-conjugate Frank-Wolfe of AequilibraE on all cores.

    It takes no link without time, so these get a millionth of a minute; our evaluator judges without it.
    """
    import pandas as pd
    from aequilibrae.matrix import AequilibraeMatrix
    from aequilibrae.paths import Graph, TrafficAssignment, TrafficClass

    a = np.load(given)
    links = len(a["tail"])
    table = pd.DataFrame(
        {
            "link_id": np.arange(1, links + 1), "a_node": a["tail"], "b_node": a["head"], "direction": 1,
            "free_flow_time": np.maximum(a["free"], 1e-6), "capacity": a["capacity"], "alpha": a["alpha"], "beta": a["power"],
            "fixed": a["fixed"],
        }
    )  # fmt: skip
    zones = np.arange(1, int(a["zones"]) + 1)
    graph = Graph()
    graph.network = table
    graph.prepare_graph(zones)
    graph.set_graph("free_flow_time")
    graph.set_blocked_centroid_flows(bool(a["through"] >= a["zones"]))
    if a["fixed"].any():
        graph.set_skimming(["free_flow_time", "fixed"])
    else:
        graph.set_skimming(["free_flow_time"])
    matrix = AequilibraeMatrix()
    matrix.create_empty(zones=len(zones), matrix_names=["trips"], memory_only=True)
    matrix.index[:] = zones
    matrix.matrices[:, :, 0] = a["trips"]
    matrix.computational_view(["trips"])
    cars = TrafficClass("car", graph, matrix)
    if a["fixed"].any():
        cars.set_fixed_cost("fixed")
    assignment = TrafficAssignment()
    assignment.set_classes([cars])
    assignment.set_vdf("BPR")
    assignment.set_vdf_parameters({"alpha": "alpha", "beta": "beta"})
    assignment.set_capacity_field("capacity")
    assignment.set_time_field("free_flow_time")
    assignment.set_algorithm("bfw")
    assignment.max_iter = 100_000
    assignment.rgap_target = gap
    start = time.perf_counter()
    assignment.execute()
    seconds = time.perf_counter() - start
    flow = assignment.results().reindex(np.arange(1, links + 1))
    column = next(c for c in flow.columns if c.endswith("_ab") and "trips" in c.lower())
    np.savez(out, flow=flow[column].fillna(0).to_numpy(), seconds=seconds)


# ---- together ----------------------------------------------------------------------------------------------------


def main() -> int:
    if sys.argv[1:2] == ["--as-peer"]:
        as_peer(sys.argv[2], sys.argv[3], float(sys.argv[4]))
        return 0
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--networks", nargs="*", default=[c.name for c in CASES])
    options.add_argument("--times", type=int, default=TIMES)
    options.add_argument("--peer", default=sys.executable, help="a Python that can import aequilibrae")
    asked = options.parse_args()
    if not shared().is_dir():
        print(f"no networks at {shared()}: assignment is not measured; set CUABIEN_SHARED")
        return 0
    peer = asked.peer if can_import(asked.peer) else None
    if peer is None:
        print("aequilibrae cannot be imported here: no peer beside us (see --peer)")
    lines = [
        "| network | start | gap wanted | s | lowest to highest | gap reached | passes | AequilibraE s | times |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for case in CASES:
        if case.name not in asked.networks or not (shared() / case.name).is_dir():
            continue
        for line in measure(case, asked.times, peer):
            print(line, flush=True)
            lines.append(line)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tail = f"\npeak memory of this process {peak:.0f} MB; {os.cpu_count()} cores"
    print(tail)
    out = ROOT / "var" / "bench"
    out.mkdir(parents=True, exist_ok=True)
    (out / "assignment.md").write_text("\n".join([*lines, tail]) + "\n", "utf-8")
    (out / "assignment.json").write_text(json.dumps(lines, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
