"""The service on the real city with a real run, and a reader that asks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from django.test import Client
from django.utils.translation.reloader import translation_file_changed

from cuabien.lexicon.register import indicators
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.service import city as cities
from cuabien.service.subjects import SUBJECTS
from cuabien.service.trying.fields import ENTRIES

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session", autouse=True)
def _compiled_words() -> None:
    """The catalogues that Django reads are compiled from the .po files of this tree."""
    subprocess.run([sys.executable, ROOT / "scripts" / "words.py", "compile"], check=True)
    translation_file_changed(None, Path("django.mo"))  # Django has read the old ones already


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, hai_phong: Path) -> Path:
    """Hải Phòng's plan as it stood when the tests began."""
    return shutil.copytree(hai_phong, tmp_path_factory.mktemp("plan") / "hai-phong")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, whole: Plan) -> Path:
    """A home with a run of Hải Phòng."""
    from cuabien.runner import run_plan

    home = tmp_path_factory.mktemp("home")
    run_plan(whole, home=home)
    return home


@pytest.fixture(scope="session")
def whole(folder: Path) -> Plan:
    """The plan with everything in it, what is withheld included."""
    return read_plan(folder)


@pytest.fixture
def served(settings: Any, folder: Path, home: Path, db: None) -> Iterator[cities.City]:
    """Hải Phòng and its run, as the service holds them."""
    settings.CUABIEN_PLAN, settings.CUABIEN_HOME = folder, home
    settings.CUABIEN_READS_A_SECOND = 1e6
    yield cities.current()


@pytest.fixture
def reader(served: cities.City) -> Client:
    """Somebody who reads; a fault of ours is an answer with status 500, as in life."""
    return Client(SERVER_NAME="localhost", raise_request_exception=False)


# ---- every address -------------------------------------------------------------------------------------------

LISTS = (
    "",
    "try/",
    "try/compare/",
    "areas/",
    "projects/",
    "targets/",
    "claims/",
    "programme/",
    "checks/",
    "indicators/",
    "flags/",
    "peers/",
    "layers/",
    "documents/",
    "sources/",
    "about/",
    "subjects/",
    "connection/",
    "compare/",
)
DRAWN = ("rivers", "network", "terminals", "places", "projects")


def shown_indicators() -> list[str]:
    return [i.id for i in indicators().values() if i.group != "defence"]


def page_addresses(city: cities.City) -> Iterator[str]:
    """Vietnamese addresses; the English ones stand under /en."""
    yield from (f"/{name}" for name in LISTS)
    yield from (f"/areas/{i}/" for i in city.plan.areas)
    yield from (f"/projects/{i}/" for i in city.plan.projects)
    yield from (f"/programme/{row.id}/" for row in city.board)
    yield from (f"/indicators/{i}/" for i in shown_indicators())
    yield from (f"/variables/{i}/" for i in (city.run.explain["variables"] if city.run else ()))
    yield from (f"/layers/{layer}/" for layer in get_args(o.Layer))
    yield from (f"/documents/{i}/" for i in city.plan.documents)
    yield from (f"/sources/{i}/" for i in list(city.plan.sources)[::8])
    yield from (f"/{kept.table}/{kept.id}/" for kept in city.withheld.values() if kept.table != "zones")
    yield from (f"/subjects/{subject}/" for subject in SUBJECTS)
    yield from (f"/areas/{i}/growth/" for i in (city.plan.header.city, *list(city.plan.areas)[::12]))
    yield from ("/projects/?state=late", "/programme/?state=done", "/targets/?verdict=missed")


def interface_addresses(city: cities.City) -> Iterator[str]:
    """Addresses of the API."""
    root = "/api/v1"
    for name in (
        "explorer",
        "areas.geojson",
        "projects",
        "targets",
        "claims",
        "flags",
        "peers",
        "checks",
        "programme",
    ):
        yield f"{root}/{name}"
    yield from (f"{root}/map/{what}.geojson" for what in DRAWN)
    yield from (f"{root}/layers/{layer}.geojson" for layer in get_args(o.Layer))
    yield from (f"{root}/indicators/{i}/communes" for i in shown_indicators())
    yield from (f"{root}/indicators/{i}/series" for i in shown_indicators())
    yield from (f"{root}/areas/{i}" for i in city.plan.areas)
    yield from (f"{root}/projects/{i}" for i in city.plan.projects)
    yield from (f"{root}/programme/{row.id}" for row in city.board)
    yield from (f"{root}/sources/{i}" for i in list(city.plan.sources)[::10])
    yield from (f"{root}/{name}" for name in ("sectors", "port", "energy", "runs"))
    yield from (
        f"{root}/{name}?year={year}"
        for name in ("flows", "land", "connection")
        for year in (2025, 2033, 2045)
    )
    yield from (
        f"{root}/areas/{i}/{what}"
        for i in list(city.plan.areas)[::12]
        for what in ("growth", "pyramid?year=2030")
    )
    yield f"{root}/try/options"
    yield from (f"{root}/try/objects/{entry}" for entry in ENTRIES)
    yield from (f"{root}/search?q={q}" for q in ("h", "cầu", "khu công nghiệp", "port"))


@pytest.fixture
def pages(served: cities.City) -> list[str]:
    """Every page, in both languages."""
    return [prefix + address for address in page_addresses(served) for prefix in ("", "/en")]


@pytest.fixture
def interface(served: cities.City) -> list[str]:
    """Every address of the API."""
    return list(interface_addresses(served))
