"""What every test may ask for: the plans of the repository, and the shared data that stays outside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import cuabien  # noqa: F401 (before numpy, so that it counts with one thread as the program does)
from tests.postgres import migrated, on_postgres, postgres, server  # noqa: F401 (fixtures)

# A browser driven in the same process leaves its event loop running, and Django then takes every test after it for a coroutine.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

settings.register_profile("any machine", deadline=None)  # a slow machine is not a wrong answer
settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent
PLANS = ROOT / "plans"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data that is used in tests and never committed; without it the test is skipped."""
    folder = Path(os.environ.get("CUABIEN_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; set CUABIEN_SHARED")
    return folder


@pytest.fixture(scope="session")
def hai_phong() -> Path:
    """The plan folder of Hải Phòng."""
    return _plan("hai-phong")


@pytest.fixture(scope="session")
def tinytown() -> Path:
    """The plan folder of tinytown: six zones, solvable by hand."""
    return _plan("tinytown")


def _plan(name: str) -> Path:
    folder = PLANS / name
    if not (folder / "plan.toml").is_file():
        pytest.skip(f"plans/{name} is not complete")
    return folder


@pytest.fixture(autouse=True)
def _language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests read English unless they choose otherwise; what a command sets is undone."""
    monkeypatch.setenv("CUABIEN_LANG", "en")
    yield
