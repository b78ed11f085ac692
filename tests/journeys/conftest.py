"""A browser before a served city: the real plan, a real run, the built front end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from scripts.served import CUABIEN, browser, served  # noqa: E402 (the repository is not a package)

MANIFEST = ROOT / "src/cuabien/service/static/explorer/.vite/manifest.json"
WITH_SOFTWARE_WEBGL = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)
PHONE = (360, 740)
DESK = (1280, 800)
READY = '#explorer[data-ready="true"]'


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, hai_phong: Path) -> Iterator[str]:
    """A served city with two runs of its own; its plan is a copy, so that nothing moves while a journey lasts."""
    if not MANIFEST.is_file():
        pytest.skip("the front end is not built: run `make ready`")
    plan = shutil.copytree(hai_phong, tmp_path_factory.mktemp("plan") / "hai-phong")
    home = tmp_path_factory.mktemp("home")
    for more in ([], ["--change", plan / "scenarios/stress-bridge.toml"]):
        run = [CUABIEN, "run", plan, "--home", home, *more]
        subprocess.run(run, check=True, capture_output=True, cwd=ROOT)
    with served(str(plan), home) as at:
        yield at


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser()
    if path is None:
        pytest.skip("no Chromium on this machine (Debian's package is `chromium`)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(WITH_SOFTWARE_WEBGL))
        yield started
        started.close()


@dataclass
class Watched:
    """What must never happen on a page: an error, a failed request, a request to another host."""

    host: str
    problems: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", lambda m: self.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on(
            "response", lambda r: self.problems.append(f"{r.status} {r.url}") if r.status >= 400 else None
        )
        page.on("request", lambda request: self._own(request.url))

    def _own(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme.startswith("http") and parts.netloc != self.host:
            self.problems.append(f"another host: {url}")


Visit = Callable[..., Page]


@pytest.fixture
def visit(address: str, chromium: Browser) -> Iterator[Visit]:
    """`visit("/en/", PHONE)` opens a page; after the test nothing may have gone wrong on any of them."""
    contexts: list[BrowserContext] = []
    watched = Watched(urlsplit(address).netloc)

    def open_page(path: str, size: tuple[int, int] = DESK, **options: object) -> Page:
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height}, has_touch=size == PHONE, base_url=address, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        watched.watch(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watched.problems == []


@pytest.fixture
def explore(visit: Visit) -> Visit:
    """The explorer with its map drawn."""

    def open_explorer(path: str, size: tuple[int, int] = DESK, **options: object) -> Page:
        page = visit(path, size, **options)
        page.wait_for_selector(READY)
        return page

    return open_explorer
