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
