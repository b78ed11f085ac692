"""What a person waits for, measured: a run from the shell, the checker, pages and payloads, the first view.

    make bench                                     all of it, on plans/hai-phong
    .venv/bin/python benchmarks/bench.py --times 9 more repetitions

Times are medians over several repetitions, each from a cold process where a person would start one; the spread (lowest to
highest) stands beside them. Prints a table and writes it to var/bench/ as JSON and Markdown; docs/benchmarks.md says
how to read it. It judges nothing: this is a benchmark, not a timed test.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cuabien  # noqa: F401 (before numpy, so that it counts with one thread as the program does)

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import serving, trying  # noqa: E402
from benchmarks.how_wrong import page  # noqa: E402
from scripts.served import CUABIEN, browser, served  # noqa: E402 (the repository is not a package)

PLAN = "plans/hai-phong"
ADDRESSES = (
    "/",
    "/en/",
    "/targets/",
    "/programme/",
    "/projects/PR02/",
    "/areas/",
    "/api/v1/explorer",
    "/api/v1/areas.geojson",
    "/api/v1/map/network.geojson",
    "/api/v1/map/projects.geojson",
    "/api/v1/map/rivers.geojson",
    "/api/v1/layers/industrial.geojson",
    "/api/v1/indicators/population/communes",
    "/api/v1/indicators/population/series?area=HP_new",
    "/api/v1/areas/11948",
    "/api/v1/search?q=hong%20bang",
)
"""What the explorer and its readers ask for most."""


@dataclass(frozen=True)
class Measure:
    what: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    note: str = ""

    def line(self) -> str:
        spread = (
            f"{self.low:.3g} to {self.high:.3g}" if self.low is not None and self.high is not None else ""
        )
        return f"| {self.what} | {self.value:.4g} | {self.unit} | {spread} | {self.note} |"


def median(what: str, times: int, do: Callable[[], float], unit: str = "s", note: str = "") -> Measure:
    values = [do() for _ in range(times)]
    return Measure(what, statistics.median(values), unit, min(values), max(values), note)


AS_USUAL = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
    "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "bench" / "bytecode")
}
"""Python keeps compiled modules from one process to the next, as it does unless it is told not to."""


# ---- from the shell --------------------------------------------------------------------------------------------


def shell(*arguments: str | Path) -> float:
    """Seconds that a command takes, from the start of its process to its end. Findings (1) are no failure."""
    start = time.perf_counter()
    done = subprocess.run([CUABIEN, *arguments], cwd=ROOT, capture_output=True, text=True, env=AS_USUAL)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise RuntimeError(f"cuabien {' '.join(map(str, arguments))}: {done.stderr or done.stdout}")
    return seconds


def from_the_shell(times: int) -> Iterator[Measure]:
    _cold_run()  # so that what Python and numba keep on disk is there
    yield median("cuabien --help", times, lambda: shell("--help"))
    yield median("cuabien check", times, lambda: shell("check", PLAN))
    yield median("cuabien run, nothing there yet", times, _cold_run, note="to 2045, with every swing")
    with tempfile.TemporaryDirectory() as home:
        shell("run", PLAN, "--home", home)
        yield median("cuabien run, found again", times, lambda: shell("run", PLAN, "--home", home))
        run = next((Path(home) / "runs").iterdir())
        yield median("cuabien targets", times, lambda: shell("targets", run, "--plan", PLAN))
        yield Measure("a run folder", sum(f.stat().st_size for f in run.iterdir()) / 1e6, "MB")
    yield median("cuabien claims", times, lambda: shell("claims", PLAN))


def _cold_run() -> float:
    with tempfile.TemporaryDirectory() as home:
        return shell("run", PLAN, "--home", home)


# ---- an edition --------------------------------------------------------------------------------------------------


def of_an_edition(times: int) -> Iterator[Measure]:
    """Building and checking an edition of the plan: its data alone, and whole with pages and documents."""
    with tempfile.TemporaryDirectory() as aside:
        home, site = Path(aside) / "home", Path(aside) / "site"
        shell("key", "new", "--home", home)
        shell("run", PLAN, "--home", home)
        run = next((home / "runs").iterdir())
        few = min(times, 3)
        numbers = iter(range(1000))

        def build(*more: str) -> float:
            out = site / f"e{next(numbers)}"
            return shell("publish", PLAN, "--run", run, "--out", out, "--home", home, *more)

        build("--data-only")  # what is withheld has its future modelled once, and kept
        yield median("cuabien publish, data only", few, lambda: build("--data-only"))
        yield Measure("an edition, data only", *_size(site / "e0"))
        whole = f"e{next(numbers)}"
        seconds = shell("publish", PLAN, "--run", run, "--out", site / whole, "--home", home)
        yield Measure("cuabien publish, with pages and documents", seconds, "s")
        yield Measure("a whole edition", *_size(site / whole))
        key = home / "keys" / "publisher.pub"
        yield median(
            "cuabien verify, a whole edition", few, lambda: shell("verify", site / whole, "--key", key)
        )
        yield Measure(
            "cuabien verify --rerun",
            shell("verify", site / whole, "--key", key, "--rerun"),
            "s",
            note="the future modelled again",
        )
        with served(PLAN, home, CUABIEN_EDITIONS=str(site)) as address:
            yield from answered(address, site / whole)


def answered(address: str, edition: Path) -> Iterator[Measure]:
    """How many requests a second an edition answers."""
    if shutil.which("wrk") is None:
        print(serving.NO_WRK, file=sys.stderr)
    for what, a_second, size in serving.of_an_edition(address, edition):
        yield Measure(f"an edition: {what}", a_second, "requests a second", note=f"{size / 1000:.1f} kB each")


def _size(folder: Path) -> tuple[float, str, None, None, str]:
    files = [f for f in folder.rglob("*") if f.is_file()]
    return sum(f.stat().st_size for f in files) / 1e6, "MB", None, None, f"{len(files)} files"


# ---- in a warm process ---------------------------------------------------------------------------------------------


def in_process(times: int) -> Iterator[Measure]:
    from benchmarks.scale import by_subject
    from cuabien.model import city
    from cuabien.plan.read import read_plan
    from cuabien.runner import run_plan

    folder = ROOT / PLAN

    def read() -> float:
        start = time.perf_counter()
        read_plan(folder)
        return time.perf_counter() - start

    plan = read_plan(folder)

    def run() -> float:
        with tempfile.TemporaryDirectory() as home:
            start = time.perf_counter()
            run_plan(plan, home=Path(home))
            return time.perf_counter() - start

    def model() -> float:
        start = time.perf_counter()
        city.run(city.build(plan))
        return time.perf_counter() - start

    yield median("read the plan, in process", times, read)
    city.run(city.build(plan))  # so that the compiled loops are loaded
    yield median("model to 2045, in process", times, model, note="all subjects, without swings")
    yield median("model to 2045 and write, in process", times, run, note="with every swing")
    spent = [by_subject(plan) for _ in range(times)]
    for subject in spent[0]:
        yield _of(f"of which {subject}", "s", [sum(one[subject]) for one in spent])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield Measure("most memory of that process", most / (1e3 if sys.platform != "darwin" else 1e6), "MB")


# ---- what if ----------------------------------------------------------------------------------------------------------


def what_ifs(count: int = 20) -> Iterator[Measure]:
    """One change after another on a plan that is kept warm, none of them tried before: what a visitor waits for, and what comes after."""
    from cuabien.plan.read import read_plan
    from cuabien.runner.whatif import Warm

    plan = read_plan(ROOT / PLAN)
    start = time.perf_counter()
    warm = Warm(plan)
    yield Measure("make a plan warm", time.perf_counter() - start, "s", note="once, when a worker starts")
    seen: list[float] = []
    looked: list[float] = []
    finished: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        for change in _changes(plan, count):
            outcome = warm.try_change(change)
            seen.append(outcome.seconds)
            start = time.perf_counter()
            warm.first_look(outcome, Path(home) / "first" / outcome.name)
            looked.append(time.perf_counter() - start)
            start = time.perf_counter()
            warm.finish(outcome, home)
            finished.append(time.perf_counter() - start)
    few = f"{count} changes: a project's year, a project stopped, a number"
    yield _of("what if: model, indicators, links", "s", seen, note=few)
    yield Measure("what if: the same, p95", _p95(seen), "s")
    yield _of("what if: a folder to look at first", "s", looked)
    yield _of("what if: then the whole run folder", "s", finished, note="with every swing")


def _changes(plan: Any, count: int) -> list[Any]:
    """Of 20: ten projects open some years later, five are stopped, five assumed numbers go halfway to an end of their range."""
    from cuabien.plan.change import read_change

    coming = [
        p for p in plan.projects.values() if p.opens and p.status not in ("done", "operating", "stopped")
    ]
    assumed = [
        q
        for q in plan.parameters.values()
        if q.status == "assumed" and isinstance(q.value, float) and q.low is not None and q.low < q.value
    ]
    spread = assumed[:: max(len(assumed) // max(count // 4, 1), 1)]
    later = [
        f'[[project]]\nid = "{p.id}"\nopens = {int(str(p.opens)[:4]) + 1 + at % 4}\n'
        for at, p in enumerate(coming)
    ]
    stopped = [f'[[project]]\nid = "{p.id}"\nstatus = "stopped"\n' for p in reversed(coming)]
    numbers = [f'[[parameter]]\nid = "{q.id}"\nvalue = {(q.value + q.low) / 2}\n' for q in spread]
    texts = [*later[: count // 2], *stopped[: count // 4], *numbers[: count - count // 2 - count // 4]]
    return [read_change(text.encode(), plan) for text in texts]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


# ---- pages and payloads ------------------------------------------------------------------------------------------


def over_http(address: str, times: int) -> Iterator[Measure]:
    for path in ADDRESSES:
        sizes: list[int] = []

        def ask(path: str = path, sizes: list[int] = sizes) -> float:
            start = time.perf_counter()
            size = _get(address, path)
            sizes.append(size)
            return 1000 * (time.perf_counter() - start)

        ask()  # the first answer fills the cache of compressed bodies
        measure = median(f"GET {path}", max(times, 20), ask, "ms")
        yield Measure(**{**asdict(measure), "note": f"{sizes[-1] / 1000:.1f} kB compressed"})


def _get(address: str, path: str) -> int:
    """Bytes of a body as it travels, with Brotli where the server offers it."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return len(body)
    finally:
        connection.close()


# ---- the first view ------------------------------------------------------------------------------------------------


def first_view(address: str, times: int) -> Iterator[Measure]:
    chromium = browser()
    if chromium is None:
        print("no browser on this machine: the first view is not measured", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
        )
        for name, width, height in (("desk", 1440, 900), ("phone", 360, 740)):
            views = [_view(started, address, width, height) for _ in range(times)]
            yield _of(f"first view on a {name}: weight", "kB", [v["bytes"] / 1000 for v in views])
            yield _of(f"first view on a {name}: requests", "", [v["requests"] for v in views])
            yield _of(f"first view on a {name}: interactive after", "s", [v["ready_s"] for v in views])
        started.close()


def tried_in_the_browser(address: str, home: Path, count: int = 20) -> Iterator[Measure]:
    """From the press of "run" to a painted map, for changes that nobody tried before."""
    with trying.working(PLAN, home, address):
        tried = trying.click_to_painted(address, count)
    if not tried:
        return
    seconds = [sum(steps) for steps in tried]
    yield _of(
        "what if in the browser: click to painted map", "s", seconds, note=f"{len(seconds)} new changes"
    )
    yield Measure("what if in the browser: the same, p95", _p95(seconds), "s")
    own = [told + painted for _, _, told, painted in tried]
    yield _of("what if in the browser: of which after the model is done", "s", own)


def tried_by_several(address: str, home: Path, each: int = 4) -> Iterator[Measure]:
    """From sending a change to having read its answer, by one visitor and by eight at once."""
    with trying.working(PLAN, home, address):
        for first, visitors in ((0, 1), (1000, 8)):
            seconds = serving.what_ifs(address, visitors, each, first)
            what = f"what if over HTTP, {visitors} at once" if visitors > 1 else "what if over HTTP"
            yield _of(what, "s", seconds, note=f"{len(seconds)} new changes, one worker")
            yield Measure(f"{what}: p95", _p95(seconds), "s")


def _of(what: str, unit: str, values: list[float], note: str = "") -> Measure:
    return Measure(what, statistics.median(values), unit, min(values), max(values), note)


def _view(started: Any, address: str, width: int, height: int) -> dict[str, float]:
    """One visit with an empty cache: bytes over the wire, requests, and seconds until the explorer says it is ready."""
    page = started.new_context(viewport={"width": width, "height": height}).new_page()
    seen = {"bytes": 0.0, "requests": 0.0}
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        seen["bytes"] += event["encodedDataLength"]
        seen["requests"] += 1

    protocol.on("Network.loadingFinished", finished)
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector('#explorer[data-ready="true"]', state="attached", timeout=30_000)
    ready = time.perf_counter() - start
    page.wait_for_load_state("networkidle")
    page.context.close()
    return {**seen, "ready_s": ready}


# ---- together ------------------------------------------------------------------------------------------------------


def machine() -> dict[str, str]:
    model = next(
        (line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.processor(),
    )
    return {
        "processor": model,
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.is_file() else []


def table(measures: list[Measure]) -> str:
    head = "| what | median | unit | lowest to highest | |\n|---|---|---|---|---|\n"
    return head + "\n".join(m.line() for m in measures) + "\n"


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--times", type=int, default=5, help="repetitions of each measure")
    times = options.parse_args().times
    os.chdir(ROOT)
    measures: list[Measure] = []

    def note(found: Iterator[Measure]) -> None:
        for measure in found:
            print(measure.line(), flush=True)
            measures.append(measure)

    note(from_the_shell(times))
    note(in_process(times))
    note(of_an_edition(times))
    note(what_ifs())
    with tempfile.TemporaryDirectory() as home:
        shell("run", PLAN, "--home", home)
        with served(PLAN, Path(home)) as address:
            note(over_http(address, times))
            note(first_view(address, min(times, 5)))
            note(tried_in_the_browser(address, Path(home)))
            note(tried_by_several(address, Path(home)))

    page.main()
    out = ROOT / "var" / "bench"
    out.mkdir(parents=True, exist_ok=True)
    about = machine()
    (out / "latest.json").write_text(
        json.dumps(
            {"machine": about, "measures": [asdict(m) for m in measures]}, indent=1, ensure_ascii=False
        )
        + "\n"
    )
    head = ", ".join(f"{key}: {value}" for key, value in about.items())
    (out / "latest.md").write_text(f"{head}\n\n{table(measures)}")
    print(f"\n{head}\nwritten to {out.relative_to(ROOT)}/latest.json and latest.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
