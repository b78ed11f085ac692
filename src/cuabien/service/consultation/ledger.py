"""The chain in the database: one writer at a time, and every line in the same transaction as what it is about.

On PostgreSQL whoever writes holds a lock until the transaction ends; on SQLite every transaction that writes takes the whole file
when it begins (BEGIN IMMEDIATE). Acts are thereby done one after another, so that what an act has checked is still so when it
writes. Should two write the same number all the same, the database refuses the second: the number is the key.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.record.ledger import Entry, commit, next_entry, root_content, root_of
from cuabien.record.ledger import Root as RootLine
from cuabien.record.ledger import moment as in_words
from cuabien.record.ledger import when as moment_of
from cuabien.service.consultation.models import LedgerEntry, Root

__all__ = ["in_words", "moment_of"]

LOCK = 0x0C0A_B1E5
"""Of the ledger, in PostgreSQL; the record of official acts has another, and is written after it."""
PUBLIC = b""
"""The salt of what everybody may read: none, so that everybody can compute the commitment."""


class Pen:
    """What writes the next lines. `now`: the second of this act, never before that of the last line."""

    def __init__(self, last: Entry | None, moment: dt.datetime) -> None:
        self.last = last
        whole = moment.astimezone(dt.UTC).replace(microsecond=0)
        self.now = max(whole, moment_of(last.at)) if last else whole

    @property
    def at(self) -> str:
        """The moment as it is hashed."""
        return in_words(self.now)

    def next(self, kind: str, subject: str, commitment: str) -> Entry:
        """The line that would be written."""
        return next_entry(self.last, self.at, kind, subject, commitment)

    def write(self, kind: str, subject: str, content: Mapping[str, Any]) -> Entry:
        """Write a line about something public."""
        entry = self.next(kind, subject, commit(PUBLIC, content))
        LedgerEntry(**fields_of(entry)).save(force_insert=True)
        self.last = entry
        return entry

    def take_root(self) -> None:
        """Keep the last line as a root, and write the line that speaks of it."""
        if self.last is None:
            return
        root = root_of(self.last, self.at)
        Root.objects.create(n=root.n, day=root.day, hash=root.hash, at=root.at)
        self.write("root", root.day, root_content(root))


TURN = threading.RLock()
WAIT_S = 20.0
"""So long a writer waits for its turn; then the database is out of breath, and the person is told to come back."""


@contextmanager
def turn() -> Iterator[None]:
    """SQLite's own waiting is a lottery that somebody loses when many come at once; writers of one process queue up before
    it instead. PostgreSQL keeps its own queue. Who is in a transaction already has the file."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
    elif not TURN.acquire(timeout=WAIT_S):
        raise Refused(N_("too many people are writing at this moment; please send it once more"))
    else:
        try:
            yield
        finally:
            TURN.release()


@contextmanager
def writing(moment: dt.datetime | None = None) -> Iterator[Pen]:
    """A transaction in which lines can be written; nobody else writes meanwhile."""
    with turn(), transaction.atomic():
        _take_turn()
        yield Pen(last(), moment or dt.datetime.now(dt.UTC))


def _take_turn() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@contextmanager
def at_one_go() -> Iterator[None]:
    """Rows that are written without a question in between go to PostgreSQL in one journey: the ledger is held for a shorter time."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def leave_no_copy() -> None:
    """After an erasure: SQLite's log beside the file still holds the pages as they were, until it is emptied. PostgreSQL drops
    old versions of a row when it cleans up (autovacuum)."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def at_one_moment() -> Iterator[None]:
    """A view of the database as it stands, whatever is written meanwhile; it holds nobody up."""
    if connection.in_atomic_block:
        yield
        return
    begin = (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else "BEGIN"
    )
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


# ---- reading ------------------------------------------------------------------------------------------------


def entry_of(row: LedgerEntry) -> Entry:
    return Entry(row.n, row.at, row.kind, row.subject, row.commitment, row.previous, row.hash)


def fields_of(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def entries(after: int = 0, most: int | None = None) -> Iterator[Entry]:
    """The lines after a number, in order."""
    rows = LedgerEntry.objects.filter(n__gt=after).order_by("n")
    for row in (rows if most is None else rows[:most]).iterator():
        yield entry_of(row)


def last() -> Entry | None:
    row = next(iter(LedgerEntry.objects.order_by("-n").values_list(*Entry.__slots__)[:1]), None)
    return Entry(*row) if row else None


def roots() -> list[RootLine]:
    return [RootLine(row.day.isoformat(), row.n, row.hash, row.at) for row in Root.objects.order_by("n")]


def now(moment: dt.datetime | None = None) -> dt.datetime:
    """The clock's now, or the moment of the last line where the clock was set back behind it."""
    newest = last()
    told = (moment or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    return max(told, moment_of(newest.at)) if newest else told
