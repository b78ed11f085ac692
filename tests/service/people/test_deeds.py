"""The record of official acts: every change of it is found, and the command line says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.service.people import deeds
from cuabien.service.people.models import Deed

COUNT = 6


def chain(count: int = COUNT) -> list[Deed]:
    rows: list[Deed] = []
    for n in range(1, count + 1):
        deed = Deed(
            n=n,
            at=f"2031-05-0{n}T08:00:00Z",
            who="a",
            role="planner",
            act="answer",
            thing=f"comment-{n}",
            detail='{"disposition":"accept"}',
            previous=rows[-1].hash if rows else deeds.FIRST,
        )
        deed.hash = deeds.hash_of(deed)
        rows.append(deed)
    return rows


def heads(rows: list[Deed]) -> list[tuple[int, str]]:
    return [(row.n, row.hash) for row in rows]


def test_a_record_that_nobody_touched_holds() -> None:
    rows = chain()
    assert deeds.verify(rows, heads(rows)) == []
    assert deeds.verify([]) == []
    assert deeds.verify(rows, heads(rows[:4])) == [], "heads may lag when the machine died in between"


@given(
    st.integers(0, COUNT - 1),
    st.sampled_from(["at", "who", "role", "act", "thing", "detail", "previous", "hash"]),
)
def test_every_altered_word_is_found(place: int, field: str) -> None:
    rows = chain()
    setattr(rows[place], field, getattr(rows[place], field)[:-1] + "_")
    assert any(fault.n == place + 1 for fault in deeds.verify(rows))


@given(st.integers(0, COUNT - 1))
def test_every_removed_deed_is_found(place: int) -> None:
    """The last one too, by the head that was written beside the database."""
    rows = chain()
    kept = heads(rows)
    del rows[place]
    assert deeds.verify(rows, kept)


@given(st.integers(0, COUNT - 2))
def test_deeds_that_changed_places_are_found(place: int) -> None:
    rows = chain()
    rows[place], rows[place + 1] = rows[place + 1], rows[place]
    assert deeds.verify(rows)
    for n, row in enumerate(rows, 1):
        row.n = n
    assert deeds.verify(rows)


def test_a_record_that_was_written_anew_is_found_by_its_heads() -> None:
    rows = chain()
    kept = heads(rows)
    forged = chain()
    forged[2].thing = "comment-9"
    previous = forged[1].hash
    for row in forged[2:]:
        row.previous = previous
        row.hash = previous = deeds.hash_of(row)
    assert deeds.verify(forged) == [], "a whole new chain is a chain"
    assert {fault.n for fault in deeds.verify(forged, kept)} == {3, 4, 5, 6}


@pytest.mark.django_db(transaction=True)
def test_a_deed_stands_with_what_it_tells_of_or_not_at_all(house: Path) -> None:
    from django.db import transaction

    deeds.audit(None, "roles", "x", given=["clerk"])
    with pytest.raises(RuntimeError), transaction.atomic():
        deeds.audit(None, "roles", "y")
        raise RuntimeError
    deeds.audit(None, "roles", "z", words="chữ có dấu")
    rows = list(Deed.objects.order_by("n"))
    assert [row.thing for row in rows] == ["x", "z"]
    assert deeds.heads_of(house) == heads(rows)
    assert deeds.verify(rows, deeds.heads_of(house)) == []


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_was_set_back_does_not_date_back(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deeds.audit(None, "roles", "x")
    monkeypatch.setattr(deeds, "_now", lambda: "2001-01-01T00:00:00Z")
    second = deeds.audit(None, "roles", "y")
    assert second.at > "2001" and deeds.verify(Deed.objects.order_by("n")) == []


# ---- the command line -------------------------------------------------------------------------------------


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cuabien.cli.main", *arguments, "--home", str(home)]
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"CUABIEN_LANG": "en"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


@pytest.mark.slow
def test_the_first_administrator_is_made_without_a_password(tmp_path: Path) -> None:
    made = run(
        tmp_path, "official", "add", "Q@Example.org", "--role", "administrator", "--name", "Quản", "--json"
    )
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["email"] == "q@example.org" and "/accounts/password/reset/key/" in told["link"]
    assert (tmp_path / "cuabien.sqlite3").stat().st_mode & 0o077 == 0
    (row,) = json.loads(run(tmp_path, "official", "list", "--json").stdout)
    assert (row["roles"], row["password"], row["second_factor"]) == (["administrator"], False, False)

    for refused in (
        ("add", "x@example.org", "--role", "king"),
        ("add", "no address", "--role", "clerk"),
        ("add", "x@example.org", "--role", "clerk", "--role", "auditor"),
        ("remove", "q@example.org"),
        ("role", "nobody@example.org", "--give", "clerk"),
    ):
        outcome = run(tmp_path, "official", *refused)
        assert outcome.returncode == 1 and outcome.stderr and "Traceback" not in outcome.stderr, refused

    assert run(tmp_path, "official", "add", "x@example.org", "--role", "clerk").returncode == 0
    assert "moderator" in run(tmp_path, "official", "role", "x@example.org", "--give", "moderator").stdout
    assert "no role" in run(tmp_path, "official", "remove", "x@example.org").stdout
    audited = run(tmp_path, "audit", "--json")
    assert audited.returncode == 0
    told = json.loads(audited.stdout)
    assert [deed["act"] for deed in told["deeds"]] == ["roles"] * 4 and told["broken"] == []

    import sqlite3

    with sqlite3.connect(tmp_path / "cuabien.sqlite3") as base:
        base.execute("UPDATE people_deed SET detail = '{}' WHERE n = 2")
    base.close()
    broken = run(tmp_path, "audit")
    assert broken.returncode == 1 and "deed 2 does not have the hash" in broken.stderr
