"""A consultation that is open, the officials who opened it, and a home of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.dates import VIETNAM
from cuabien.service.consultation import acts
from cuabien.service.consultation.models import Consultation

EDITION = "e" * 64
OPENED = dt.datetime(2031, 3, 3, 8, 0, 0, tzinfo=VIETNAM)
LAST_DAY = dt.date(2031, 4, 10)
DURING = dt.datetime(2031, 3, 20, 12, 0, 0, tzinfo=VIETNAM)
LAST_SECOND = dt.datetime(2031, 4, 10, 23, 59, 59, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> Path:
    settings.CUABIEN_HOME = tmp_path
    return tmp_path


def officer(role: str, name: str = "") -> Any:
    from cuabien.service.people.models import Office, User

    user = User.objects.create_user(f"{name or role}@example.org", name=name or role)
    Office.objects.create(user=user, role=role)
    return user


@pytest.fixture
def officials(db: None) -> dict[str, Any]:
    return {role: officer(role) for role in ("clerk", "planner", "moderator", "approver")}


def prepared(officials: dict[str, Any], identity: str = "draft-2", **said: Any) -> Consultation:
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
        opens_at=OPENED,
        last_day=LAST_DAY,
        withheld_split=True,
        moment=OPENED,
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
        for name in ("client_key", "moment", "author", "typed_by", "invitation", "verified"):
            if name in more:
                acting[name] = more.pop(name)
        return acts.submit(consultation, acts.Said(text=text, **more), **acting)

    return hand
