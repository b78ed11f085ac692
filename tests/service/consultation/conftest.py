"""A consultation that is open, the officials who opened it, and a home of its own."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.dates import VIETNAM
from cuabien.service.consultation import acts
from cuabien.service.consultation.models import Consultation
from tests.postgres import _as_default as as_default

EDITION = "e" * 64
OPENED = dt.datetime(2031, 3, 3, 8, 0, 0, tzinfo=VIETNAM)
LAST_DAY = dt.date(2031, 4, 10)
DURING = dt.datetime(2031, 3, 20, 12, 0, 0, tzinfo=VIETNAM)
LAST_SECOND = dt.datetime(2031, 4, 10, 23, 59, 59, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> Path:
    settings.CUABIEN_HOME = tmp_path
    return tmp_path


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """A file with our tables, made once, that the others are copied from."""
    from django.db import connections

    from cuabien.service.database import prepare

    file = tmp_path_factory.mktemp("tables") / "cuabien.sqlite3"
    with django_db_blocker.unblock(), as_default(f"sqlite://{file}"):
        prepare()
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def on_sqlite(sqlite_with_tables: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """The DATABASE_URL of a file that is Django's own database while the test lasts, as `on_postgres` is: its transactions are
    real ones, seen by threads and by other programs."""
    address = f"sqlite://{shutil.copy(sqlite_with_tables, tmp_path / 'cuabien.sqlite3')}"
    with django_db_blocker.unblock(), as_default(address):
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def real_database(request: pytest.FixtureRequest) -> str:
    """Each kind of database that a city may use."""
    address: str = request.getfixturevalue(f"on_{request.param}")
    return address


def officer(role: str, name: str = "") -> Any:
    from cuabien.service.people.models import Office, User

    user = User.objects.create_user(f"{name or role}@example.org", name=name or role)
    Office.objects.create(user=user, role=role)
    return user


@pytest.fixture
def officials(db: None) -> dict[str, Any]:
    return {role: officer(role) for role in ("clerk", "planner", "moderator", "approver")}


def prepared(
    officials: dict[str, Any], identity: str = "draft-2", opens_at: dt.datetime = OPENED, **said: Any
) -> Consultation:
    """A consultation that lacks nothing but to be opened."""
    acts.begin(
        identity,
        by=officials["planner"],
        plan="tinytown",
        edition=EDITION,
        title_vi="Điều chỉnh quy hoạch",
        title_en="Adjustment of the plan",
        **{"regime": "R1", "touches_defence": False, "moment": OPENED, **said},
    )
    return acts.enter_article(
        identity,
        by=officials["approver"],
        article="Điều 32 Nghị định 37/2019/NĐ-CP",
        opens_at=opens_at,
        last_day=LAST_DAY,
        withheld_split=True,
        moment=opens_at,
    )


def opened(officials: dict[str, Any], identity: str = "draft-2", **said: Any) -> Consultation:
    prepared(officials, identity, **said)
    return acts.move(identity, "open_public", by=officials["approver"], evidence="Hồ sơ số 12", moment=OPENED)


@pytest.fixture
def consultation(officials: dict[str, Any]) -> Consultation:
    return opened(officials)


Say = Callable[..., acts.Handed]


@pytest.fixture
def say(consultation: Consultation) -> Say:
    """Hand something in; each call is a form of its own."""
    return sayer(consultation.id)


def sayer(consultation: str) -> Say:
    made = 0

    def hand(text: str = "Đường này quá hẹp.", **more: Any) -> acts.Handed:
        nonlocal made
        made += 1
        acting = {"client_key": f"form-of-the-test-{made}", "moment": DURING}
        for name in ("client_key", "moment", "author", "typed_by", "invitation", "verified", "hold"):
            if name in more:
                acting[name] = more.pop(name)
        return acts.submit(consultation, acts.Said(text=text, **more), **acting)

    return hand
