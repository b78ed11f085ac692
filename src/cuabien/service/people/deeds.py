"""The record of official acts: one row each, chained by hashes, and the head of the chain kept beside the database too.

The chain shows an altered, removed, reordered or inserted row. It cannot show that its last rows were cut off; so every head is
written to `deeds.heads` in the home as well, when the deed is certain. What is written there and missing here was cut.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from cuabien.base.words import N_
from cuabien.service.people.models import Deed
from cuabien.service.people.roles import ADMINISTRATOR, RESIDENT, role_for

COMMAND_LINE = "command line"
"""Who acts where nobody is signed in: whoever may run commands on the server."""
FIRST = "0" * 64
HEADS = "deeds.heads"
LOCK = 0x0C0A_B1E4
ALTERED = N_("deed {n} does not have the hash that its own words give: it was altered")
OUT_OF_LINE = N_("deed {n} does not follow from the one before it: one was removed, inserted or moved")
BACK_DATED = N_("deed {n} is dated before the one before it")
CUT_OFF = N_("deed {n} was written down when it was done, and is no longer there or is another one")


def audit(request: HttpRequest | None, act: str, thing: str, **detail: Any) -> Deed:
    """Write down an act, within the caller's transaction: both stand, or neither. No personal data in `detail`.

    `request` is None on the command line.
    """
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        who, role = COMMAND_LINE, ADMINISTRATOR
    else:
        who, role = str(user.pk), role_for(user.roles, act) or RESIDENT
    return write(who, role, act, thing, detail)


def write(who: str, role: str, act: str, thing: str, detail: dict[str, Any]) -> Deed:
    with transaction.atomic():
        _take_turn()
        last = Deed.objects.order_by("-n").first()
        at = _now()
        deed = Deed(
            n=last.n + 1 if last else 1,
            at=max(at, last.at) if last else at,
            who=who,
            role=role,
            act=act,
            thing=thing[:200],
            detail=_canonical(detail),
            previous=last.hash if last else FIRST,
        )
        deed.hash = hash_of(deed)
        deed.save(force_insert=True)
        home, line = Path(settings.CUABIEN_HOME), f"{deed.n} {deed.hash}\n"
        transaction.on_commit(lambda: _keep_head(home, line))
    return deed


def hash_of(deed: Deed) -> str:
    body = [deed.n, deed.at, deed.who, deed.role, deed.act, deed.thing, deed.detail, deed.previous]
    return hashlib.sha256(_canonical(body).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _take_turn() -> None:
    """One writer at a time. SQLite's transactions take the file when they begin; PostgreSQL is asked for a lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _keep_head(home: Path, line: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    file = os.open(home / HEADS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode("ascii"))
    finally:
        os.close(file)


# ---- verifying --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """What is wrong with the record, where."""

    n: int
    template: str


def verify(deeds: Iterable[Deed], heads: Sequence[tuple[int, str]] = ()) -> list[Broken]:
    """Every place where the record does not hold; none where it does."""
    return list(_faults(deeds, dict(heads)))


def _faults(deeds: Iterable[Deed], heads: dict[int, str]) -> Iterator[Broken]:
    previous, n, at = FIRST, 0, ""
    for deed in deeds:
        if deed.hash != hash_of(deed):
            yield Broken(deed.n, ALTERED)
        if deed.previous != previous or deed.n != n + 1:
            yield Broken(deed.n, OUT_OF_LINE)
        if deed.at < at:
            yield Broken(deed.n, BACK_DATED)
        if heads.pop(deed.n, deed.hash) != deed.hash:
            yield Broken(deed.n, CUT_OFF)
        previous, n, at = deed.hash, deed.n, deed.at
    yield from (Broken(missing, CUT_OFF) for missing in sorted(heads))


def heads_of(home: Path) -> list[tuple[int, str]]:
    """The heads that were written beside the database."""
    file = home / HEADS
    if not file.is_file():
        return []
    rows = (line.split() for line in file.read_text(encoding="ascii").splitlines())
    return [(int(row[0]), row[1]) for row in rows if len(row) == 2]
