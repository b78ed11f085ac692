"""The ledger: one line for each act of a consultation, each holding the hash of the line before it.

What a line says of its subject is a *commitment*, a hash; text and person lie outside. So whoever holds the ledger can tell
whether anything was altered, removed, inserted, put in another order or dated back, and learns nothing about anybody; and
text can be erased for good without breaking the chain. Public content is committed to as it is, and anyone can compute it
anew; what somebody wrote is committed to with a salt, which goes when the text goes (`contents.py`).

A chain that was computed anew from some line on is whole in itself. It is found out by what people hold of the old one:
the daily *roots* (published, and in every edition), and receipts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from cuabien.base.dates import VIETNAM
from cuabien.base.faults import Fault
from cuabien.base.hashing import canonical_json, hash_value
from cuabien.base.words import N_

FILE, ROOTS = "ledger.jsonl", "roots.csv"
Kind = Literal[
    "opened",
    "received",
    "answered",
    "moderated",
    "restored",
    "withdrawn",
    "erased",
    "moved",
    "closed",
    "invited",
    "voices",
    "root",
]
KINDS: tuple[str, ...] = get_args(Kind)

BEGINNING = "0" * 64
"""What the first line names as the line before it."""
SALT_BYTES = 16

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `hash` is that of the other six fields."""

    n: int
    at: str
    """The moment in UTC, to the second: 2026-03-01T08:00:00Z."""
    kind: str
    subject: str
    """Id of what the act is about: a comment, an answer, a consultation, a day. Never a person."""
    commitment: str
    previous: str
    hash: str

    def line(self) -> str:
        """Its one form in `ledger.jsonl`, without the line end."""
        return canonical_json(asdict(self)).decode()


@dataclass(frozen=True, slots=True)
class Root:
    """The last line at a moment, published so that nobody can compute the chain anew unseen."""

    day: str
    n: int
    hash: str
    at: str
    """When it was taken: no later line may bear an earlier moment."""


# ---- moments ----------------------------------------------------------------------------------------------


def moment(when: dt.datetime) -> str:
    """A moment as the ledger writes it. One without a time zone is refused: nobody could tell what it means."""
    if when.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)


def is_moment(text: object) -> bool:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return False
    try:
        return moment(when(text)) == text
    except ValueError:
        return False


def day_of(at: str) -> str:
    """The day of a moment in Việt Nam."""
    return when(at).astimezone(VIETNAM).date().isoformat()


# ---- write ------------------------------------------------------------------------------------------------


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def commit(salt: bytes, content: Mapping[str, Any]) -> str:
    """SHA-256 of the salt followed by the content in its one JSON form. Public content has no salt (`b""`)."""
    return hashlib.sha256(salt + canonical_json(dict(content))).hexdigest()


def next_entry(last: Entry | None, at: str, kind: str, subject: str, commitment: str) -> Entry:
    """The line after `last`. A clock that was set back does not date a line back: it gets the moment of the line before."""
    wrong = [
        name
        for name, right in (
            ("at", is_moment(at)),
            ("kind", kind in KINDS),
            ("subject", bool(_SUBJECT.fullmatch(subject))),
            ("commitment", bool(_HASH.fullmatch(commitment))),
        )
        if not right
    ]
    if wrong:
        raise ValueError(f"a line of the ledger cannot have this {', '.join(wrong)}")
    entry = Entry(
        n=last.n + 1 if last else 1,
        at=max(at, last.at) if last else at,
        kind=kind,
        subject=subject,
        commitment=commitment,
        previous=last.hash if last else BEGINNING,
        hash="",
    )
    return replace(entry, hash=hash_of(entry))


def hash_of(entry: Entry) -> str:
    return hash_value({key: value for key, value in asdict(entry).items() if key != "hash"})


def root_of(last: Entry, at: str) -> Root:
    """The root of a chain whose last line is `last`, taken at a moment (never before that line)."""
    at = max(at, last.at)
    return Root(day_of(at), last.n, last.hash, at)


def root_content(root: Root) -> dict[str, Any]:
    """What the line of kind `root` commits to, so that a root cannot be taken out of the list of roots either."""
    return asdict(root)


# ---- read -------------------------------------------------------------------------------------------------


def render_ledger(entries: Iterable[Entry]) -> bytes:
    return "".join(f"{entry.line()}\n" for entry in entries).encode()


def parse_ledger(data: bytes, file: str = FILE) -> tuple[list[Entry], list[Fault]]:
    """The lines that can be read, and every one that cannot. A line has one form; a changed byte is a changed line."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    lines = data.split(b"\n")
    if lines.pop():
        faults.append(_fault("ledger-line", file, len(lines) + 1))
    for number, line in enumerate(lines, 1):
        entry = _entry(line)
        if entry is None:
            faults.append(_fault("ledger-line", file, number))
        else:
            entries.append(entry)
    return entries, faults


def _entry(line: bytes) -> Entry | None:
    try:
        row = json.loads(line)
        entry = Entry(**row)
        same = entry.line().encode() == line
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (entry.at, entry.kind, entry.subject, entry.commitment, entry.previous, entry.hash)
    typed = type(entry.n) is int and all(isinstance(text, str) for text in texts)
    return entry if same and typed else None


# ---- verify -----------------------------------------------------------------------------------------------

ASK = N_(
    "compare with a receipt, a root or an edition that you hold from before, and ask the planning body which is right"
)
RULES: Mapping[str, str] = {
    "ledger-line": N_("the line is not a line of a ledger in its one form"),
    "ledger-altered": N_("line {n} was altered: it does not have the hash that it names"),
    "ledger-form": N_("line {n} has a moment, kind, subject or hash that no line can have"),
    "ledger-removed": N_("lines were removed: {missing} are missing before line {n}"),
    "ledger-twice": N_("line {n} stands there twice, or was inserted"),
    "ledger-order": N_("line {n} stands after line {before}: lines were put in another order"),
    "ledger-link": N_("line {n} does not follow from the line before it: a line there was altered or inserted"),
    "ledger-back-dated": N_("line {n} is dated {at}, before the line before it or before a root that was taken then"),
    "ledger-root": N_("the root of {day} names line {n} with another hash: the ledger was altered at or before that line"),
    "ledger-short": N_("the root of {day} names line {n}, and the ledger ends before it: lines were removed at its end"),
    "ledger-root-form": N_("the root of {day} has a day, moment or hash that no root can have"),
    "ledger-root-missing": N_("line {n} speaks of a root of {day} that is missing from the list of roots, or was altered there"),
}  # fmt: skip


def verify_chain(entries: Sequence[Entry], roots: Sequence[Root] = (), file: str = FILE) -> list[Fault]:
    """Everything that shows the ledger is not the one that was written; empty when it is."""
    faults: list[Fault] = []
    before: Entry | None = None
    for entry in entries:
        faults += _faults_of(entry, before, file)
        before = entry
    by_number = {entry.n: entry for entry in entries}
    for root in roots:
        faults += _faults_of_root(root, by_number, file)
    return faults + _missing_roots(entries, roots, file)


def _faults_of(entry: Entry, before: Entry | None, file: str) -> Iterable[Fault]:
    last, previous = (before.n, before.hash) if before else (0, BEGINNING)
    formed = (
        is_moment(entry.at)
        and entry.kind in KINDS
        and _SUBJECT.fullmatch(entry.subject)
        and _HASH.fullmatch(entry.commitment)
    )
    if hash_of(entry) != entry.hash:
        yield _fault("ledger-altered", file, entry.n, n=entry.n)
    if not formed:
        yield _fault("ledger-form", file, entry.n, n=entry.n)
    if entry.n > last + 1:
        missing = str(last + 1) if entry.n == last + 2 else f"{last + 1}-{entry.n - 1}"
        yield _fault("ledger-removed", file, entry.n, n=entry.n, missing=missing)
    elif entry.n == last:
        yield _fault("ledger-twice", file, entry.n, n=entry.n)
    elif entry.n < last:
        yield _fault("ledger-order", file, entry.n, n=entry.n, before=last)
    elif entry.previous != previous:
        yield _fault("ledger-link", file, entry.n, n=entry.n)
    if before and entry.at < before.at:
        yield _fault("ledger-back-dated", file, entry.n, n=entry.n, at=entry.at)


def _faults_of_root(root: Root, entries: Mapping[int, Entry], file: str) -> Iterable[Fault]:
    if not (
        is_moment(root.at) and day_of(root.at) == root.day and _HASH.fullmatch(root.hash) and root.n >= 1
    ):
        yield _fault("ledger-root-form", ROOTS, root.day, day=root.day)
        return
    entry, after = entries.get(root.n), entries.get(root.n + 1)
    if entry is None:
        beyond = root.n > max(entries, default=0)
        rule = "ledger-short" if beyond else "ledger-root"
        yield _fault(rule, file, root.n, n=root.n, day=root.day)
    elif entry.hash != root.hash:
        yield _fault("ledger-root", file, root.n, n=root.n, day=root.day)
    elif entry.at > root.at:
        yield _fault("ledger-root-form", ROOTS, root.day, day=root.day)
    if after is not None and after.at < root.at:
        yield _fault("ledger-back-dated", file, after.n, n=after.n, at=after.at)


def _missing_roots(entries: Sequence[Entry], roots: Sequence[Root], file: str) -> list[Fault]:
    """Roots that the ledger itself speaks of. Without any list of roots only the chain is checked."""
    known = {commit(b"", root_content(root)) for root in roots}
    return [
        _fault("ledger-root-missing", file, entry.n, n=entry.n, day=entry.subject)
        for entry in entries
        if roots and entry.kind == "root" and entry.commitment not in known
    ]


def _fault(rule: str, file: str, row: int | str, **values: object) -> Fault:
    return Fault(rule, file, RULES[rule], ASK, row=row, values=values)
