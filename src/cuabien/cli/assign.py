"""`cuabien assign`: the user equilibrium of a network and its trips, from TNTP files.

The command for those who know nothing of plans: a file of links, a file of trips, a gap, and out come flows. Exit code 2,
with file and row, when either file cannot be used; 1 when the gap was not reached.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuabien.base.words import N_, say
from cuabien.cli import terminal

if TYPE_CHECKING:
    from cuabien.model.transport.network import Equilibrium, RoadNetwork


def add_commands(app: typer.Typer) -> None:
    """Add this theme's commands."""
    app.command("assign", help=say(N_("Find the user equilibrium of a road network (TNTP files).")))(assign)


def assign(
    net: Annotated[Path, typer.Option("--net", help=say(N_("the links: a TNTP network file")))],
    trips: Annotated[
        Path, typer.Option("--trips", help=say(N_("the trips: a TNTP file, or npz with an array trips")))
    ],
    gap: Annotated[float, typer.Option("--gap", min=0.0, help=say(N_("the relative gap to reach")))] = 1e-4,
    distance_factor: Annotated[
        float, typer.Option("--distance-factor", min=0.0, help=say(N_("minutes per unit of length")))
    ] = 0.0,
    toll_factor: Annotated[
        float, typer.Option("--toll-factor", min=0.0, help=say(N_("minutes per unit of toll")))
    ] = 0.0,
    out: Annotated[
        Path | None, typer.Option("--out", help=say(N_("write from, to and flow of each link here (CSV)")))
    ] = None,
    max_iterations: Annotated[
        int, typer.Option("--max-iterations", min=0, help=say(N_("stop after so many passes")))
    ] = 1000,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help=say(N_("threads; all that there are, else")))
    ] = None,
    as_json: terminal.Json = False,
) -> None:
    begun = time.perf_counter()
    from cuabien.model.transport import network as roads
    from cuabien.model.transport import tntp

    read = tntp.read_network(net)
    matrix, warnings = tntp.read_trips(trips, read.network.zones)
    demand = read.demand(matrix, distance_factor, toll_factor, str(trips))
    roads.check(read.network, [demand])
    roads.warm_up()
    ready = time.perf_counter()
    found = roads.equilibrium(read.network, [demand], gap=gap, max_iterations=max_iterations, threads=threads)
    seconds = time.perf_counter() - ready
    if out is not None:
        _write(out, read.network, found)
    row = {
        "gap": found.gap,
        "seconds": seconds,
        "iterations": found.iterations,
        "objective": found.objective,
        "preparing_seconds": ready - begun,
        "links": read.network.links,
        "zones": read.network.zones,
        "trips": float(matrix.sum() - matrix.trace()),
        "vehicle_minutes": float(found.flow[0] @ (found.minutes + demand.fixed_min)),
    }
    terminal.print_faults(warnings)
    if as_json:
        terminal.print_json(row)
    else:
        names = {
            "gap": N_("relative gap"),
            "iterations": N_("iterations"),
            "seconds": N_("seconds"),
            "preparing_seconds": N_("seconds to read and prepare"),
            "objective": N_("objective"),
            "vehicle_minutes": N_("vehicle minutes"),
        }
        for key, name in names.items():
            typer.echo(f"{say(name)}: {row[key]:.10g}")
    if found.gap > gap:
        raise typer.Exit(terminal.FINDINGS)


def _write(out: Path, network: RoadNetwork, found: Equilibrium) -> None:
    """from,to,flow in the order of the links; nodes as the network file numbers them."""
    ends = zip(network.tail.tolist(), network.head.tolist(), found.flow[0].tolist(), strict=True)
    lines = [f"{tail + 1},{head + 1},{flow!r}" for tail, head, flow in ends]
    out.write_text("\n".join(["from,to,flow", *lines]) + "\n", "utf-8")
