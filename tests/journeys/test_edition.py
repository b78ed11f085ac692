"""An edition from a disk: no server, no network. A stranger opens it, looks around, and checks that nothing was altered."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import CUABIEN, DESK, MANIFEST, PHONE, READY, ROOT
from tests.journeys.test_pages import RULES, axe, overflow_px  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "edition",
    "compare/run-plan-other-stress-storm",
    "areas/T1",
    "indicators/population",
    "variables/population.persons",
    "projects",
    "subjects/people",
)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory, tinytown: Path) -> Path:
    if not MANIFEST.is_file():
        pytest.skip("the front end is not built: run `make ready`")
    home, out = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("site") / "tinytown"
    for command in (
        ["run", tinytown, "--out", home / "run"],
        ["key", "new", "--home", home],
        ["publish", tinytown, "--run", home / "run", "--out", out, "--home", home],
    ):
        subprocess.run([CUABIEN, *command], check=True, capture_output=True, cwd=ROOT)
    (out.parent / "key.pub").write_bytes((home / "keys" / "publisher.pub").read_bytes())
    return out


def violations(page: Page, axe: str) -> list[str]:  # noqa: F811
    """As of any page; style sheets are not asked for again, which a browser refuses on a disk."""
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run({runOnly: rules, preload: false})", RULES)
    return [f"{v['id']}: {node['target']}" for v in found["violations"] for node in v["nodes"]]


Opened = Callable[..., Page]


@pytest.fixture
def opened(edition: Path, chromium: Browser) -> Iterator[Opened]:
    """`opened("en/index.html", PHONE)`: a page of the folder, offline; afterwards nothing may have gone wrong."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(file: str, size: tuple[int, int] = DESK) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=size == PHONE, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        # A page that is left ends what it still waits for; that is no failure.
        page.on(
            "requestfailed",
            lambda r: None if "ERR_ABORTED" in str(r.failure) else problems.append(f"{r.failure} {r.url}"),
        )
        page.on("request", lambda r: problems.append(r.url) if r.url.startswith("http") else None)
        page.goto((edition / file).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_stranger_looks_around_in_an_edition_from_a_disk(
    opened: Opened,
    axe: str,  # noqa: F811
    size: tuple[int, int],
) -> None:
    page = opened("index.html", size)
    page.wait_for_selector(READY)
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    assert violations(page, axe) == [] and overflow_px(page) == 0

    page.get_by_role("slider").fill("2035")
    assert "year=2035" in page.url

    page.get_by_role("combobox", name=re.compile("Tìm xã")).fill("t")
    page.get_by_role("option").first.click()
    expect(page.locator("#place-title")).to_be_visible()
    commune = page.locator("#place-title").inner_text()
    page.locator(".place-more a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(commune), re.I))
    page.go_back()
    page.wait_for_selector(READY)

    page.get_by_role("link", name="English").click()
    page.wait_for_selector(READY)
    assert "/en/index.html" in page.url


def test_a_figure_has_its_chart_without_a_service(opened: Opened) -> None:
    page = opened("en/index.html")
    page.wait_for_selector(READY)
    page.get_by_label("Figure", exact=True).select_option("grdp_growth")
    expect(page.locator(".chart .chart-modelled").first).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_pages_of_an_edition_are_accessible_and_lead_on(
    opened: Opened,
    axe: str,  # noqa: F811
    size: tuple[int, int],
) -> None:
    for name in PAGES:
        for prefix in ("", "en/"):
            page = opened(f"{prefix}{name}/index.html", size)
            assert violations(page, axe) == [], (prefix, name)
            assert overflow_px(page) == 0, (prefix, name)
    page = opened("en/indicators/grdp_per_capita/index.html", size)
    page.locator(".tree a[href*='variables/']").first.click()
    expect(page.get_by_text("Variable of the model")).to_be_visible()


def test_a_stranger_reads_what_the_edition_is_and_compares_it(opened: Opened) -> None:
    page = opened("en/index.html", PHONE)
    page.wait_for_selector(READY)
    page.goto(page.url.replace("index.html", "projects/index.html"))
    page.locator(".colophon a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This edition")
    expect(page.get_by_text("Nothing is withheld from this edition.")).to_be_visible()
    page.get_by_role("link", name="Storm").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two futures side by side")
    expect(page.locator("ul.said li").first).to_be_visible()


def test_a_stranger_checks_the_edition_and_finds_one_flipped_byte(edition: Path, tmp_path: Path) -> None:
    command = [CUABIEN, "verify", edition, "--key", edition.parent / "key.pub"]
    assert subprocess.run([*command, "--rerun"], capture_output=True, cwd=tmp_path).returncode == 0
    page = edition / "index.html"
    signed = page.read_bytes()
    try:
        page.write_bytes(signed.replace(b"<title>", b"<titlE>", 1))
        told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert told.returncode == 1 and "index.html" in told.stdout + told.stderr
    finally:
        page.write_bytes(signed)
