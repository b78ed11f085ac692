"""Tinytown as an edition: prepared once, and a small one (its sources and its clock) to break in every way."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cuabien.plan.read import read_plan
from cuabien.publication.edition import Edition, write_edition
from cuabien.publication.keys import PrivateKey, new_key
from cuabien.publication.making import Ready, prepare, publish
from cuabien.publication.parts import PARTS
from cuabien.runner import run_plan

DAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def tiny_run(home: Path, tinytown: Path) -> Path:
    """Tinytown's future to 2027: short, and of every subject."""
    return run_plan(read_plan(tinytown), to_year=2027, home=home).run


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    return new_key(tmp_path_factory.mktemp("keys") / "publisher.pem", Path("/nowhere"))


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    return new_key(tmp_path_factory.mktemp("keys") / "other.pem", Path("/nowhere"))


@pytest.fixture(scope="session")
def ready(tinytown: Path, tiny_run: Path, home: Path) -> Ready:
    return prepare(tinytown, tiny_run, home=home, published=DAY, vn2000=True)


@pytest.fixture(scope="session")
def whole(ready: Ready, key: PrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Every part but documents and pages. Nobody may change it."""
    return publish(ready, tmp_path_factory.mktemp("editions") / "whole", key)


def write_small(ready: Ready, target: Path, key: PrivateKey) -> Edition:
    few = [part for part in PARTS if part.name in ("sources", "publication")]
    return write_edition(target, ready.head, ((p.name, p.make(ready.edition)) for p in few), key)


@pytest.fixture(scope="session")
def _small(ready: Ready, key: PrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return write_small(ready, tmp_path_factory.mktemp("small") / "edition", key)


@pytest.fixture
def small(_small: Edition, tmp_path: Path) -> Path:
    """A copy of the small edition that a test may break."""
    folder = tmp_path / "site" / "edition"
    shutil.copytree(_small.folder, folder)
    return folder


@pytest.fixture
def rebuilt(ready: Ready, tmp_path: Path) -> Callable[[PrivateKey], Path]:
    """The same edition as somebody else would sign it."""
    return lambda by: write_small(ready, tmp_path / "forged", by).folder


def edited(tinytown: Path, folder: Path, **cells: tuple[str, str]) -> Path:
    """Tinytown with texts replaced: plan/projects/P1.toml opens another year, and so on."""
    shutil.copytree(tinytown, folder)
    for file, (old, new) in cells.items():
        path = folder / {"P1": "projects/P1.toml", "plan": "plan.toml", "sources": "sources.csv"}[file]
        text = path.read_text("utf-8")
        assert old in text, (file, old)
        path.write_text(text.replace(old, new, 1), "utf-8")
    return folder


def published(folder: Path, home: Path, target: Path, key: PrivateKey, **more: object) -> Edition:
    run = run_plan(read_plan(folder), to_year=2031, home=home).run
    return publish(prepare(folder, run, home=home, published=more.pop("on", DAY), **more), target, key)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def two(
    tinytown: Path, home: Path, key: PrivateKey, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Edition, Edition]:
    """Two editions, the second after the first: in it a port is finished later. Nobody may change them."""
    site = tmp_path_factory.mktemp("site")
    opens = next(
        line for line in (tinytown / "projects/P1.toml").read_text().splitlines() if line.startswith("opens")
    )
    later = edited(tinytown, site / ".later", P1=(opens, 'opens = "2040"'))
    one = published(tinytown, home, site / "one", key)
    other = published(later, home, site / "two", key, previous=one.folder, on=dt.date(2026, 9, 1))
    return one, other
