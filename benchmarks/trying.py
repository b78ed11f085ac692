"""From "run" to a painted map: what a visitor waits for who tries a change that nobody tried before.

    .venv/bin/python benchmarks/trying.py              20 changes, one after another, in Chromium on plans/hai-phong
    .venv/bin/python benchmarks/trying.py --times 40

A warm worker stands beside the server, as `cuabien up` starts it. Each change is made in the forms of the explorer as a person makes
it; the clock runs from the press of the button to the frame in which the communes have the colours of the difference
(performance marks `try-click` and `try-painted`). `make bench` calls `click_to_painted` too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.served import CUABIEN, browser, served  # noqa: E402 (the repository is not a package)

PLAN = "plans/hai-phong"
WARM_WITHIN_S = 120
MODELLED_WITHIN_MS = 60_000
STEPS = ("taken", "modelled", "told", "painted")
"""Marks on the way: the server took the change, the worker modelled it, the answer arrived, the map shows it."""
MEASURED = """(steps) => {
  const at = (name) => performance.getEntriesByName(`try-${name}`).at(-1)?.startTime ?? null;
  const times = ["click", ...steps].map(at);
  return times.includes(null) ? null : times.slice(1).map((time, i) => (time - times[i]) / 1000);
}"""


@contextmanager
def working(plan: str, home: Path, address: str) -> Iterator[None]:
    """A worker beside a served city, for as long as the block lasts; the block begins when it is warm."""
    worker = subprocess.Popen(
        [CUABIEN, "worker", plan, "--home", str(home)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + WARM_WITHIN_S
        while not _ready(address):
            if worker.poll() is not None or time.monotonic() > end:
                raise RuntimeError("no worker became ready")
            time.sleep(0.2)
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=10)


def _ready(address: str) -> bool:
    with urllib.request.urlopen(f"{address}/api/v1/try/options", timeout=10) as answer:  # noqa: S310 (our own address)
        return bool(json.load(answer)["ready"])


def click_to_painted(address: str, times: int) -> list[list[float]]:
    """Seconds of each step for each of so many changes that are all different: a zone and a year of a project, in turn."""
    path = browser()
    if path is None:
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
        )
        page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(MODELLED_WITHIN_MS)
        seconds = [_one(page, address, at) for at in range(times)]
        chromium.close()
    return seconds


def _one(page: Any, address: str, at: int) -> list[float]:
    page.goto(f"{address}/en/?try")
    page.wait_for_selector('#explorer[data-ready="true"]')
    page.wait_for_selector(".try-choice")
    (_a_later_project if at % 2 else _a_zone)(page, at)
    page.wait_for_selector(".button--run")
    page.wait_for_timeout(500)  # what the map still draws of the form is not what is measured
    page.locator(".button--run").click()
    page.wait_for_selector("#try-result-title", state="attached")
    while (steps := page.evaluate(MEASURED, STEPS)) is None:
        page.wait_for_timeout(50)
    return [float(step) for step in steps]


def _a_zone(page: Any, at: int) -> None:
    page.locator(".try-choice", has_text="A zone").click()
    page.locator(".try-choice", has_text="A new zone").click()
    page.get_by_label("So many hectares around a commune").check()
    page.get_by_label("Around the middle of").select_option(index=5 * at % 114)
    page.get_by_label("Hectares", exact=True).fill(str(200 + 10 * at))
    page.get_by_label("Density").fill("150")
    page.get_by_role("button", name="Add this change").click()


def _a_later_project(page: Any, at: int) -> None:
    page.locator(".try-choice", has_text="A project").click()
    page.locator(".finder-option").nth(at // 2 % 7).click()
    for _ in range(1 + at // 14):
        page.get_by_role("button", name="5 years later").click()
    page.get_by_role("button", name="Add this change").click()


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--times", type=int, default=20, help="changes that are tried")
    times = options.parse_args().times
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([CUABIEN, "run", PLAN, "--home", home], check=True, capture_output=True, cwd=ROOT)
        with served(PLAN, Path(home)) as address, working(PLAN, Path(home), address):
            tried = click_to_painted(address, times)
    if not tried:
        print("no browser on this machine: nothing is measured", file=sys.stderr)
        return 0
    seconds = [sum(steps) for steps in tried]
    print(" ".join(f"{one:.2f}" for one in seconds))
    for step, spent in zip(STEPS, zip(*tried, strict=True), strict=True):
        print(f"  until {step}: median {statistics.median(spent):.3f} s")
    print(
        f"click to painted map, {len(seconds)} new changes: median {statistics.median(seconds):.2f} s, "
        f"p95 {p95(seconds):.2f} s, {min(seconds):.2f} to {max(seconds):.2f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
