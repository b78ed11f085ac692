"""The pages as files: what the service would answer about one edition, for any static host and for opening from a disk.

    for name, body in still_site(plan, run, today, edition): ...

Every page that can be reached is asked for and written, in both languages, so a link that leads nowhere stops the edition. Addresses
become relative names of files: `/areas/x/?from=2030` is `areas/x/from-2030/index.html`. From a disk a browser runs scripts but may not
ask for files, so each answer that the explorer needs is a small script too (`web/src/explorer/kept.ts` loads them); what is many
and small shares a file. Nothing here is a second writing of a page: it is the page.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import posixpath
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpResponse
from django.urls import resolve
from django.utils import translation

from cuabien.base.faults import CuabienError
from cuabien.lexicon.register import indicators as registered
from cuabien.plan.package import Plan
from cuabien.results import Run
from cuabien.service import api, residents, runs, search, stories, subjects
from cuabien.service.city import City, current, pinned, snapshot
from cuabien.service.edition import FILE, PLAN_RUN, ThisEdition
from cuabien.service.encode import to_json
from cuabien.service.pages_of_edition import show_beside
from cuabien.service.tables import table, years_of

LANGUAGE_PAGES = ("/", "/en/")
KEPT = "kept"
"""The folder of what the explorer asks for."""
LIVE_ONLY = ("/api/", "/try/", "/en/try/")
"""Addresses that need a service; an edition has none, and its pages do not lead there."""
OF_AREA = re.compile(r"((?:/en)?/indicators/([^/]+)/)\?area=(.+)")
"""One figure of one commune: an edition has the figure's page and the commune's, not a page for each of their pairs. And the
page of the area that is shown unasked stands once."""
ADDRESS = re.compile(r'\b(href|src)="([^"]*)"')
STYLE_ADDRESS = re.compile(r"url\((/static/[^)]+)\)")
NOT_IN_A_NAME = re.compile(r"[^\w.,=+-]+")


class BrokenEdition(CuabienError):  # noqa: N818 (what happened, as a planner would say it)
    """A page of the edition could not be made; the message names its address."""


def still_site(
    plan: Plan, run: Run, today: dt.date, edition: ThisEdition | None = None
) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each file of the site about this plan, this run and what was known on this day.

    `edition` says what the pages tell of the edition itself, and which futures they compare; without it they tell of the plan
    only. Names are relative, parted by "/", each given once. The same input gives the same bytes. Raises `BrokenEdition`.
    """
    city = replace(snapshot(plan, run, today), published=edition)
    if edition is None:
        runs.show_these(city, ())
    else:
        show_beside(city, edition)
    with pinned(city):
        yield from _pages()
        yield from _kept(city)


# ---- pages ------------------------------------------------------------------------------------------------


def _pages() -> Iterator[tuple[str, bytes]]:
    waiting, known = deque(LANGUAGE_PAGES), set(LANGUAGE_PAGES)
    files: set[str] = set()
    while waiting:
        address = waiting.popleft()
        name = file_of(address)
        response = ask(address, edition_root=_up(name))
        text = response.content.decode()
        if response["Content-Type"].startswith("text/html"):
            text, met = relative(text, address)
            for found in met:
                if found.startswith("/static/"):
                    files.add(found)
                elif found not in known:
                    known.add(found)
                    waiting.append(found)
        yield name, text.encode()
    yield from _static(files)


def ask(address: str, edition_root: str | None = None) -> HttpResponse:
    """The service's answer to a reader of this address; `edition_root` leads from its file to the folder of the edition."""
    parts = urlsplit(address)
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
            "cuabien.edition_root": edition_root,
        }
    )
    english = parts.path == "/en" or parts.path.startswith("/en/")
    with translation.override("en" if english else "vi"):
        try:
            view = resolve(parts.path)
            response: HttpResponse = view.func(request, *view.args, **view.kwargs)
        except Http404 as error:
            raise BrokenEdition(f"{address}: {error}") from error
    if response.status_code != 200:
        raise BrokenEdition(f"{address}: {response.status_code}")
    return response


def relative(text: str, address: str) -> tuple[str, list[str]]:
    """A page whose links are names of files as seen from its own file, and the addresses that it leads to."""
    here, met = posixpath.dirname(file_of(address)), []
    city = current()
    communes = {area.id for area in city.plan.communes}

    def written(match: re.Match[str]) -> str:
        attribute, given = match[1], unescape(match[2])
        target = urlsplit(urljoin(f"//city{address}", given))
        if target.netloc != "city" or target.scheme or not given or given.startswith("#"):
            return match[0]
        if target.path.startswith(FILE):
            return f'{attribute}="{escape(_way_to(_file_in(city, target.path, address), here))}"'
        wanted = target.path + (f"?{target.query}" if target.query else "")
        if of_area := OF_AREA.match(wanted):
            page, indicator, area = of_area.groups()
            if area in communes or area == stories.default_area(city, indicator):
                wanted = page
        if wanted.startswith(LIVE_ONLY):
            raise BrokenEdition(f"{address} leads to {wanted}")
        met.append(wanted)
        part = f"#{escape(target.fragment)}" if target.fragment else ""
        return f'{attribute}="{escape(_way_to(file_of(wanted), here))}{part}"'

    return ADDRESS.sub(written, text), met


def _way_to(name: str, here: str) -> str:
    return quote(posixpath.relpath(name, here or "."), safe="/.,=+-_~")


def _file_in(city: City, path: str, address: str) -> str:
    """The file of the edition that a page leads to; one that is not in it stops the edition."""
    name = unquote(path.removeprefix(FILE))
    if city.published is None or name not in city.published.files:
        raise BrokenEdition(f"{address} leads to {name}")
    return name


def file_of(address: str) -> str:
    """The file of an address: pages are folders with an `index.html`, and what is asked of one is a folder below it."""
    parts = urlsplit(address)
    path = parts.path.lstrip("/")
    if not parts.path.endswith("/"):
        return path
    asked = NOT_IN_A_NAME.sub("-", parts.query.replace("=", "-").replace("&", "-"))
    return f"{path}{asked}/index.html" if asked else f"{path}index.html"


def _up(name: str) -> str:
    return "../" * name.count("/") or "./"


def _static(addresses: set[str]) -> Iterator[tuple[str, bytes]]:
    """Built files that the pages name, and what the styles among them name."""
    waiting, known = sorted(addresses), set(addresses)
    for address in waiting:
        name = address.lstrip("/")
        body = (Path(settings.STATIC_ROOT) / address.removeprefix("/static/")).read_bytes()
        if name.endswith(".css"):
            text = body.decode()
            for found in STYLE_ADDRESS.findall(text):
                if found not in known:
                    known.add(found)
                    waiting.append(found)
            body = _with_near_addresses(text, posixpath.dirname(name)).encode()
            for beside in re.findall(r"url\(\./([^)]+)\)", text):
                near = f"/{posixpath.dirname(name)}/{beside}"
                if near not in known:
                    known.add(near)
                    waiting.append(near)
        yield name, body


def _with_near_addresses(style: str, folder: str) -> str:
    """A style whose addresses lead from its own folder."""
    return STYLE_ADDRESS.sub(lambda m: f"url({posixpath.relpath(m[1].lstrip('/'), folder)})", style)


# ---- what the explorer asks for -------------------------------------------------------------------------------


def _kept(city: City) -> Iterator[tuple[str, bytes]]:
    for path in _asked(city):
        yield _as_script(path, ask(f"/api/v1/{path}").content)
    for path, answers in _shared(city):
        yield _as_script(path, to_json(answers))


def _as_script(path: str, answer: bytes) -> tuple[str, bytes]:
    """The answer as a call: JSON is JavaScript. The name of the file is `keptFile` of `kept.ts`."""
    name = f"{KEPT}/{path.replace('?', '/').replace('&', '/')}.js"
    return name, b"cuabienKept(" + to_json(path) + b"," + answer + b")\n"


def _asked(city: City) -> Iterator[str]:
    """What the explorer asks for whatever is looked at, or one at a time."""
    overview = api.overview(city)
    yield from ("explorer", "areas.geojson", "runs")
    yield from (f"map/{drawn}.geojson" for drawn in api.DRAWN)
    yield from (f"layers/{layer['id']}.geojson" for layer in overview["layers"])
    yield from (f"indicators/{i['id']}/communes" for i in overview["indicators"] if i["by_commune"])
    yield from (f"areas/{area}" for area in city.plan.areas)
    for other in (row for row in runs.listed(city).values() if not row.shown):
        yield f"compare?run={PLAN_RUN}&other={other.id}"
        yield from (f"runs/{other.id}/indicators/{i['id']}" for i in overview["indicators"])
    yield from (f"flows?year={year}" for year in years_of(table(city, "links", *subjects.LINKS)))
    yield from (f"land?year={year}" for year in years_of(table(city, "land", "area", "year", "use", "ha")))
    if residents.residents(city):
        yield from (f"areas/{area}/growth" for area in _with_residents(city))


def _shared(city: City) -> Iterator[tuple[str, Any]]:
    """What is many and small: the courses of one indicator by area, the pyramids of one area by year; and all names."""
    for row in registered().values():
        if row.group == "defence":
            continue
        courses = {}
        for area in city.plan.areas:
            course = api.series_answer(city, row, area)
            if course["observed"] or course["simulated"] or course["targets"]:
                courses[area] = course
        yield f"indicators/{row.id}/series", courses
    known = residents.residents(city)
    for area in _with_residents(city):
        ages = {
            year: json.loads(ask(f"/api/v1/areas/{area}/pyramid?year={year}").content)
            for year in (known.years if known else ())
        }
        yield f"areas/{area}/pyramid", ages
    yield "search", [api.hit(city, e) for e in search.told_apart(e for e, _ in city.index.rows)]


def _with_residents(city: City) -> Iterator[str]:
    yield city.plan.header.city
    yield from (area.id for area in city.plan.communes)
