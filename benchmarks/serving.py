"""Several visitors who try changes at once, and how many requests a published edition answers in a second.

    .venv/bin/python benchmarks/serving.py                        1 and 8 visitors, 4 changes each, on plans/hai-phong
    .venv/bin/python benchmarks/serving.py --edition DIR          and the pages and tiles of this edition, with wrk

A visitor is a program at an address of its own (127.0.0.2, 127.0.0.3, ...), so that the queue takes them for as many people; each
sends a change that nobody tried, waits for it and reads the answer, then sends the next. One worker stands beside the server, as
`cuabien up` starts it. `wrk` is Debian's package of that name. `make bench` calls both.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import trying  # noqa: E402
from scripts.served import CUABIEN, served  # noqa: E402 (the repository is not a package)

NO_WRK = "wrk is not here (apt-get install wrk): requests a second are not measured"
SECONDS, CONNECTIONS, THREADS = 5, 16, 2
TILE_BYTES = 16 * 1024
"""What a reader of PMTiles asks for at a time, about."""
PATIENCE_S = 120.0


# ---- what visitors wait for --------------------------------------------------------------------------------


def what_ifs(address: str, visitors: int, each: int, first: int = 0) -> list[float]:
    """Seconds from sending a change to having read its answer, of every change of every visitor. `first`: the number of the
    first change, so that no two calls try the same."""
    seconds: list[float] = []
    broken: list[BaseException] = []

    def visit(number: int) -> None:
        try:
            seconds.extend(_one(address, number, first + number * each + turn) for turn in range(each))
        except BaseException as error:
            broken.append(error)

    people = [threading.Thread(target=visit, args=(number,)) for number in range(visitors)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    if broken:
        raise broken[0]
    return seconds


def _one(address: str, visitor: int, change: int) -> float:
    start = time.perf_counter()
    sent = _ask(address, visitor, "", {"edits": [_zone(change)]})
    job = sent["job"]
    while job is not None and job["state"] in ("queued", "running"):
        if time.perf_counter() - start > PATIENCE_S:
            raise RuntimeError("a change was not modelled in time")
        job = _ask(address, visitor, f"/jobs/{job['id']}?after={job['version']}")
    if job is not None and job["state"] != "done":
        raise RuntimeError(f"a change ended as {job['state']}")
    _ask(address, visitor, f"/{sent['change']}/result")
    return time.perf_counter() - start


def _ask(address: str, visitor: int, path: str, body: object = None) -> Any:
    parts = urlsplit(address)
    line = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=PATIENCE_S, source_address=(f"127.0.0.{visitor + 2}", 0)
    )
    try:
        sent = None if body is None else json.dumps(body)
        method, kind = ("GET", {}) if sent is None else ("POST", {"Content-Type": "application/json"})
        line.request(method, f"/api/v1/try{path}", sent, kind)
        answer = line.getresponse()
        said = json.loads(answer.read())
    finally:
        line.close()
    if answer.status not in (200, 202):
        raise RuntimeError(f"{answer.status}: {said}")
    return said


def _zone(number: int) -> dict[str, Any]:
    """A new urban zone of a hundred hectares or so, each of another density."""
    west, south = 106.60 + 0.01 * (number % 10), 20.80 + 0.005 * (number // 10 % 10)
    ring = [
        [west, south],
        [west + 0.01, south],
        [west + 0.01, south + 0.01],
        [west, south + 0.01],
        [west, south],
    ]
    fields = {
        "layer": "urban",
        "kind": "urban area",
        "name_vi": "Khu đô thị thử",
        "from_year": 2030,
        "persons_per_ha": 100 + number / 10,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return {"entry": "zone", "id": "try-1", "action": "add", "fields": fields}


# ---- what an edition answers -------------------------------------------------------------------------------


def of_an_edition(address: str, folder: Path) -> Iterator[tuple[str, float, float]]:
    """(what, requests a second, bytes of one answer) of a page and of a part of a map; nothing without wrk."""
    if shutil.which("wrk") is None:
        return
    yield ("a page", *_wrk(f"{address}/editions/{folder.name}/index.html"))
    for tiles in sorted(folder.rglob("*.pmtiles"))[:1]:
        path = tiles.relative_to(folder).as_posix()
        part = f"Range: bytes=0-{TILE_BYTES - 1}"
        yield ("a part of a map", *_wrk(f"{address}/editions/{folder.name}/{path}", part))


def _wrk(address: str, *headers: str) -> tuple[float, float]:
    extra = [word for header in headers for word in ("-H", header)]
    command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *extra, address]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(f"{address}: {told}")
    answered = re.search(r"(\d+) requests in [^,]+, ([\d.]+)(B|KB|MB|GB) read", told)
    a_second = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if answered is None or a_second is None:
        raise RuntimeError(told)
    size = float(answered[2]) * {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}[answered[3]]
    return float(a_second[1]), size / max(int(answered[1]), 1)


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--each", type=int, default=4, help="changes of each visitor")
    options.add_argument("--visitors", type=int, nargs="*", default=[1, 8])
    options.add_argument("--edition", type=Path, help="the folder of a published edition")
    options.add_argument("--plan", default=trying.PLAN)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        home, more = Path(aside), {}
        if given.edition is not None:
            more["CUABIEN_EDITIONS"] = str(given.edition.resolve().parent)
        if given.visitors:
            subprocess.run(
                [CUABIEN, "run", given.plan, "--home", home], check=True, capture_output=True, cwd=ROOT
            )
        with served(given.plan, home, **more) as address:
            if given.visitors:
                with trying.working(given.plan, home, address):
                    for n, visitors in enumerate(given.visitors):
                        seconds = what_ifs(address, visitors, given.each, 1000 * n)
                        print(f"what if, {visitors} visitors at once, {len(seconds)} new changes: median {statistics.median(seconds):.2f} s, p95 {trying.p95(seconds):.2f} s")  # fmt: skip
            if given.edition is not None:
                for what, a_second, size in of_an_edition(address, given.edition.resolve()):
                    print(f"an edition, {what} ({size / 1000:.1f} kB): {a_second:.0f} requests a second")
                if shutil.which("wrk") is None:
                    print(NO_WRK)
    return 0


if __name__ == "__main__":
    sys.exit(main())
