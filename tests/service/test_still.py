"""The pages as files: every link leads to a file, nothing asks for a service, and the same edition is the same bytes."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from cuabien.plan.read import read_plan
from cuabien.results import open_run
from cuabien.runner import run_plan
from cuabien.service import still
from cuabien.service.assets import assets
from cuabien.service.city import pinned, snapshot

TODAY = dt.date(2026, 1, 2)

pytestmark = pytest.mark.skipif(not assets().built, reason="the front end is not built: run `make ready`")


@pytest.fixture(scope="module")
def site(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    plan = read_plan(tinytown)
    run = open_run(run_plan(plan, home=tmp_path_factory.mktemp("home")).run)
    pairs = list(still.still_site(plan, run, TODAY))
    assert len(pairs) == len({name for name, _ in pairs})
    again = dict(still.still_site(plan, run, TODAY))
    assert again == dict(pairs)
    return again


def test_every_link_leads_to_a_file_of_the_edition(site: dict[str, bytes]) -> None:
    links = 0
    for name, body in site.items():
        if not name.endswith(".html"):
            continue
        for given in re.findall(r'\b(?:href|src|action)="([^"]*)"', body.decode()):
            target = urlsplit(unescape(given))
            if target.scheme or target.netloc or not target.path:
                continue
            assert not target.query, (name, given)
            links += 1
            found = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(target.path)))
            assert found in site, (name, given)
    assert links > 1000


def test_each_page_stands_in_both_languages_and_says_its_edition(
    site: dict[str, bytes], tinytown: Path
) -> None:
    pages = {name for name in site if name.endswith(".html")}
    assert {name.removeprefix("en/") for name in pages if name.startswith("en/")} == {
        name for name in pages if not name.startswith("en/")
    }
    edition = snapshot(read_plan(tinytown), None, TODAY).edition
    assert edition[:12].encode() in site["projects/index.html"]


def test_a_walk_back_is_written_once_and_linked_to(site: dict[str, bytes]) -> None:
    """A page unfolds its own equation; what that reads has a page for all who read it, so no page holds the whole model."""
    indicator = site["indicators/population/index.html"].decode()
    assert "../../variables/population.persons/index.html" in indicator
    assert len(site["en/variables/population.persons/index.html"]) > 2000
    largest = max((len(body), name) for name, body in site.items() if name.endswith(".html"))
    assert largest[0] < 400_000, largest


def test_a_commune_tells_its_growth_once_and_the_city_by_span(site: dict[str, bytes]) -> None:
    growth = {name for name in site if "/growth/" in name and not name.startswith("en/")}
    assert "areas/T1/growth/index.html" in growth
    assert not [name for name in growth if name.startswith("areas/T1/growth/from")]
    assert [name for name in growth if name.startswith("areas/TT/growth/from")]


def test_no_page_needs_a_service_or_a_module(site: dict[str, bytes]) -> None:
    for name, body in site.items():
        if name.endswith(".html"):
            text = body.decode()
            assert 'type="module"' not in text, name
            assert "<form" not in text, name
            assert "/api/v1/openapi.json" not in text, name


def test_what_the_explorer_asks_for_lies_beside_it_as_a_script(site: dict[str, bytes]) -> None:
    assert site["kept/explorer.js"].startswith(b'cuabienKept("explorer",{')
    courses = site["kept/indicators/population/series.js"].decode()
    assert courses.startswith('cuabienKept("indicators/population/series",{')
    assert site["kept/search.js"].startswith(b'cuabienKept("search",[{')


def test_the_styles_find_their_letters(site: dict[str, bytes]) -> None:
    for name in (n for n in site if n.endswith(".css")):
        for address in re.findall(r"url\(([^)]+)\)", site[name].decode()):
            if address.startswith(("data:", '"data:')):
                continue
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), address)) in site, (
                name,
                address,
            )


def test_a_link_that_leads_nowhere_stops_the_edition(tinytown: Path) -> None:
    with (
        pinned(snapshot(read_plan(tinytown), None, TODAY)),
        pytest.raises(still.BrokenEdition, match="no-such"),
    ):
        still.ask("/projects/no-such-project/")


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/en/areas/x/", "en/areas/x/index.html"),
        ("/areas/x/growth/?from=2025&to=2030", "areas/x/growth/from-2025-to-2030/index.html"),
        ("/projects/?state=../../etc", "projects/state-..-..-etc/index.html"),
        ("/robots.txt", "robots.txt"),
    ],
)
def test_an_address_has_one_file(address: str, file: str) -> None:
    assert still.file_of(address) == file
