"""Does a record say what was said? Every row is held against the line of the ledger that it names, and every line against the rows.

The ledger proves the rows (each line commits to the content of one), the rows prove that no line was forgotten, the roots prove
the ledger, and what people hold (receipts, roots, an edition from before) proves the roots. So a row that was altered, removed,
added, put in another order or dated back is found and named, whoever wrote the rest of the folder anew with it.

Themes, meetings and questions have no lines: of these the hash in `record.json` tells only that the file was touched, and in
an edition the publisher's signature stands for that.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from cuabien.base.faults import Fault, Severity
from cuabien.base.hashing import hash_bytes
from cuabien.base.words import N_
from cuabien.record import contents
from cuabien.record.folder import CHANGES, HEAD, NEEDED, PLACES, cells_of, head_of, parse_record, read_files
from cuabien.record.ledger import ASK, Entry, Root, commit, day_of, verify_chain
from cuabien.record.ledger import FILE as LEDGER
from cuabien.record.objects import SHOWN, TABLES, Record
from cuabien.record.procedure import ASKING, STATES
from cuabien.record.walk import Walk, walk

MEND = N_("mend it where the record is made, and take the record again")
RULES: Mapping[str, tuple[str, str]] = {
    "no-line": (N_("{what} names line {n}, and the ledger has no such line for it: the row was added, or the line removed"), ASK),
    "altered": (N_("{what} is not what line {n} of the ledger holds of it: the row was altered"), ASK),
    "row-removed": (N_("line {n} of the ledger ({kind}, {subject}) has no row here: the row was removed"), ASK),
    "back-dated": (N_("{what} is dated {at}, and its line of the ledger {line}"), ASK),
    "words": (N_("the words of comment {id} are not those that were received: text, place, pictures or salt were altered"), ASK),
    "words-missing": (N_("comment {id} is shown, and its salt is missing, so nobody can check its words"), MEND),
    "words-left": (N_("comment {id} is {state}, and its words or its place still stand here"), N_("take them out, here and in every copy")),
    "state": (N_("comment {id} is {state}; by what happened to it, it should be {wanted}"), MEND),
    "consultation-state": (N_("consultation {id} is said to stand at {state}; by its steps it stands at {wanted}"), MEND),
    "deadline": (N_("consultation {id} is said to end {at}; its steps announced {wanted}"), MEND),
    "unknown": (N_("{what} names {id}, which is not in the record"), MEND),
    "late": (N_("comment {id} was received at {at}, after the consultation had closed at {closed}"), ASK),
    "unanswered": (N_("comment {id} has no answer, and its consultation has gone on to: {say_state}"), N_("answer it: a consultation goes on only when every comment is answered")),
    "waiting": (N_("{count} comments of {id} are not answered yet; the consultation still stands at: {say_state}"), N_("answer them before it goes on")),
    "head": (N_("the file is not what record.json says of it"), ASK),
    "head-missing": (N_("record.json does not name this file"), ASK),
    "personal-data": (N_("{what} holds what looks like an e-mail address or a telephone number"), N_("moderate the comment, or take it out where it was typed in")),
    "unrooted": (N_("{count} lines lie behind the last root (line {n})"), N_("take a root when the record is made")),
    "short": (N_("an earlier record holds line {n} of the ledger, and this one does not: lines were removed at its end"), ASK),
    "other": (N_("line {n} of the ledger is not the one that an earlier record holds"), ASK),
}  # fmt: skip
"""Rule -> what was found, and how to mend it."""


def found(
    rule: str, file: str, row: int | str | None = None, severity: Severity = "fault", **values: object
) -> Fault:
    template, remedy = RULES[rule]
    return Fault(f"record-{rule}", file, template, remedy, row=row, severity=severity, values=values)


def examine(folder: Path, earlier: Sequence[Record] = ()) -> tuple[Record, list[Fault]]:
    """The record of a folder and everything against it: its form, then what it says. `earlier`: records of before that this one
    must go on from."""
    files, faults = read_files(folder)
    record, more = examine_files(files, earlier)
    return record, [*faults, *more]


def examine_files(files: Mapping[str, bytes], earlier: Sequence[Record] = ()) -> tuple[Record, list[Fault]]:
    record, faults = parse_record(files)
    faults += check_record(record)
    faults += [fault for before in earlier for fault in goes_on(before, record)]
    return record, faults + _head(files, {f.file for f in faults})


def check_record(record: Record) -> list[Fault]:
    """Everything that shows the record is not what was said and done."""
    known = walk(record)
    return [
        *verify_chain(record.ledger, record.roots),
        *_unrooted(record),
        *_rows_against_lines(record, known),
        *_words(record),
        *_fates(record),
        *_consultations(record, known),
        *_references(record, known),
        *_answers(record, known),
        *_personal(record),
    ]


def _unrooted(record: Record) -> Iterable[Fault]:
    """Lines behind the last root: nothing that anybody holds would tell if they were taken away."""
    last = max((root.n for root in record.roots), default=0)
    behind = [entry for entry in record.ledger if entry.n > last and entry.kind != "root"]
    if behind:
        yield found("unrooted", LEDGER, behind[0].n, "warning", count=len(behind), n=last)


# ---- rows and lines ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proven:
    """How the rows of a table are held against the ledger."""

    kinds: tuple[str, ...]
    subject: Callable[[Any], str]
    content: Callable[[Any, Walk], Mapping[str, Any]]
    at: str = ""
    """The column that says when; it is the moment of the line."""


def _answer(row: Any, known: Walk) -> Mapping[str, Any]:
    fields = {name: getattr(row, name) for name in ("id", "consultation", "disposition", "reason_vi", "reason_en", "run", "office", "at", "replaces")}  # fmt: skip
    return contents.answer_content(**fields, comments=known.comments_of_answer.get(row.id, ()))


def _of(function: Callable[..., Mapping[str, Any]], *names: str) -> Callable[[Any, Walk], Mapping[str, Any]]:
    return lambda row, _: function(**{name: getattr(row, name) for name in names})


PROVEN: Mapping[str, Proven] = {
    "transitions": Proven(
        ("opened", "closed", "moved"),
        lambda r: str(r.consultation),
        _of(contents.transition_content, "consultation", "before", "after", "act", "at", "article", "last_day", "evidence"),
        "at",
    ),
    "invitations": Proven(
        ("invited",),
        lambda r: str(r.consultation),
        _of(contents.invitation_content, "consultation", "agency_vi", "agency_en", "sent_at", "due_at"),
        "sent_at",
    ),
    "comments": Proven(
        ("received",),
        lambda r: str(r.id),
        lambda r, _: contents.comment_content(
            {name: getattr(r, name) for name in contents.COMMENT_FIELDS}, r.words
        ),
        "received_at",
    ),
    "answers": Proven(("answered",), lambda r: str(r.id), _answer, "at"),
    "moderation": Proven(
        ("moderated", "restored", "withdrawn", "erased"),
        lambda r: str(r.comment),
        _of(contents.fate_content, "comment", "act", "reason", "words", "at"),
        "at",
    ),
}  # fmt: skip
"""Table -> how its rows are proven; tallies of voices, many rows to a line, are held apart."""


def _rows_against_lines(record: Record, known: Walk) -> Iterable[Fault]:
    lines = {entry.n: entry for entry in record.ledger}
    for table, proven in PROVEN.items():
        rows = record.rows(table)
        for row in rows:
            yield from _row_against_line(table, row, proven, lines.get(row.n), known)
        yield from _removed(table, proven.kinds, {row.n for row in rows}, record.ledger)
    yield from _voices(record, lines)
    if not record.roots:  # with some, the chain itself tells which are missing
        yield from _removed("roots", ("root",), set(), record.ledger)


def _row_against_line(
    table: str, row: Any, proven: Proven, entry: Entry | None, known: Walk
) -> Iterable[Fault]:
    file, name = f"{table}.csv", str(getattr(row, "id", "") or proven.subject(row))
    what = f"{table} {name}"
    if entry is None or entry.kind not in proven.kinds or entry.subject != proven.subject(row):
        yield found("no-line", file, name, what=what, n=row.n)
        return
    of_this_act = table != "moderation" or entry.kind == row.act
    if not of_this_act or commit(b"", proven.content(row, known)) != entry.commitment:
        yield found("altered", file, name, what=what, n=row.n)
    if getattr(row, proven.at) != entry.at:
        yield found("back-dated", file, name, what=what, at=getattr(row, proven.at), line=entry.at)


def _removed(table: str, kinds: Sequence[str], there: set[int], ledger: Iterable[Entry]) -> Iterable[Fault]:
    for entry in ledger:
        if entry.kind in kinds and entry.n not in there:
            yield found(
                "row-removed", f"{table}.csv", entry.n, n=entry.n, kind=entry.kind, subject=entry.subject
            )


def _voices(record: Record, lines: Mapping[int, Entry]) -> Iterable[Fault]:
    tallies: dict[tuple[int, str], dict[str, tuple[int, int, int, int]]] = defaultdict(dict)
    for row in record.voices:
        counts = (row.support_verified, row.support_anonymous, row.oppose_verified, row.oppose_anonymous)
        tallies[row.n, row.day][row.comment] = counts
    for (n, day), counted in tallies.items():
        entry = lines.get(n)
        if entry is None or entry.kind != "voices" or entry.subject != day:
            yield found("no-line", "voices.csv", n, what=f"voices {day}", n=n)
        elif commit(b"", contents.voices_content(day, counted)) != entry.commitment:
            yield found("altered", "voices.csv", n, what=f"voices {day}", n=n)
    yield from _removed("voices", ("voices",), {n for n, _ in tallies}, record.ledger)


# ---- words, states, references ----------------------------------------------------------------------------


def _words(record: Record) -> Iterable[Fault]:
    for row in record.comments:
        place = record.geometries.get(row.id)
        if row.state != SHOWN:
            if row.text or row.salt or row.pictures or place:
                yield found("words-left", "comments.csv", row.id, id=row.id, state=row.state)
        elif not row.salt:
            yield found("words-missing", "comments.csv", row.id, id=row.id)
        elif contents.words_commitment(bytes.fromhex(row.salt), row.text, place, row.pictures) != row.words:
            yield found("words", "comments.csv", row.id, id=row.id)
    ids = {row.id for row in record.comments}
    for comment in record.geometries:
        if comment not in ids:
            yield found("unknown", PLACES, comment, what=PLACES, id=comment)


AFTER = {"moderated": "moderated", "restored": SHOWN, "withdrawn": "withdrawn", "erased": "erased"}


def _fates(record: Record) -> Iterable[Fault]:
    last: dict[str, str] = {}
    for fate in sorted(record.moderation, key=lambda fate: fate.n):
        last[fate.comment] = fate.act
    for row in record.comments:
        act = last.get(row.id)
        wanted = (AFTER[act],) if act else (SHOWN, "held")
        if row.state not in wanted:
            yield found("state", "comments.csv", row.id, id=row.id, state=row.state, wanted=wanted[0])


def _consultations(record: Record, known: Walk) -> Iterable[Fault]:
    for row in record.consultations:
        steps = known.steps_of.get(row.id, ())
        if steps and steps[-1].after != row.state:
            yield found("consultation-state", "consultations.csv", row.id, id=row.id, state=row.state, wanted=steps[-1].after)  # fmt: skip
        announced = [step.last_day for step in steps if step.last_day]
        if announced and (not row.closes_at or day_of(row.closes_at) != announced[-1]):
            yield found("deadline", "consultations.csv", row.id, id=row.id, at=row.closes_at or "-", wanted=announced[-1])  # fmt: skip
        for before, after in pairwise(steps):
            if before.after != after.before:
                yield found("consultation-state", "transitions.csv", after.n, id=row.id, state=after.before, wanted=before.after)  # fmt: skip
        closed = next(
            (s for s in steps if s.before in ASKING and s.after not in (*ASKING, "SUSPENDED")), None
        )
        for comment in known.comments_of_consultation.get(row.id, ()) if closed else ():
            if (
                closed
                and comment.n > closed.n
                and not any(s.after in ASKING and closed.n < s.n < comment.n for s in steps)
            ):
                yield found("late", "comments.csv", comment.id, id=comment.id, at=comment.received_at, closed=closed.at)  # fmt: skip


def _references(record: Record, known: Walk) -> Iterable[Fault]:
    there = {
        "consultation": {row.id for row in record.consultations},
        "comment": set(known.comments),
        "twin_of": set(known.comments),
        "answer": set(known.answers),
        "replaces": set(known.answers),
        "theme": {row.id for row in record.themes},
        "meeting": {row.id for row in record.meetings},
    }
    for table in TABLES:
        columns = [column for column in there if column in cells_of(table.row)]
        for row in record.rows(table.name) if columns else ():
            for column in columns:
                named = getattr(row, column)
                if named and named not in there[column]:
                    name = str(getattr(row, "id", "") or getattr(row, "n", "") or named)
                    yield found("unknown", table.file, name, what=f"{table.name} {name}", id=named)


def _answers(record: Record, known: Walk) -> Iterable[Fault]:
    for row in record.consultations:
        waiting = known.unanswered(row.id)
        gone_on = row.state not in ASKING and any(
            step.after in ASKING for step in known.steps_of.get(row.id, ())
        )
        if gone_on and row.state != "SUSPENDED":
            for comment in waiting:
                yield found("unanswered", "comments.csv", comment.id, id=comment.id, say_state=STATES[row.state])  # fmt: skip
        elif waiting:
            yield found("waiting", "comments.csv", row.id, "warning", id=row.id, count=len(waiting), say_state=STATES[row.state])  # fmt: skip


# ---- persons ----------------------------------------------------------------------------------------------

REACHED = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|(?<![\d.])(?:\+84|0)[ .-]?\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}(?!\d)"
)
"""An e-mail address, or a telephone number of this country."""
TYPED = {
    "comments": ("text", "clause"),
    "moderation": ("words",),
    "invitations": ("agency_vi", "agency_en"),
    "answers": ("reason_vi", "reason_en", "office"),
    "dialogue": ("text", "answer_vi", "answer_en", "done_vi", "done_en"),
}
"""Table -> columns in which somebody types."""


def _personal(record: Record) -> Iterable[Fault]:
    """No column holds a person; what people type into a text may, and is pointed out."""
    for table, columns in TYPED.items():
        for row in record.rows(table):
            if any(REACHED.search(getattr(row, column)) for column in columns):
                name = str(getattr(row, "id", "") or row.n)
                yield found("personal-data", f"{table}.csv", name, "warning", what=f"{table} {name}")


# ---- the whole folder, and what was before ----------------------------------------------------------------


def _head(files: Mapping[str, bytes], told: set[str]) -> list[Fault]:
    """Files that are not what `record.json` says, where nothing was said about them yet."""
    hashes = head_of(files)
    if not hashes:
        return []
    given = [name for name in files if name in NEEDED or name.startswith(f"{CHANGES}/")]
    faults = [
        found("head" if name in hashes else "head-missing", name)
        for name in given
        if name not in (HEAD, *told) and hashes.get(name) != hash_bytes(files[name])
    ]
    gone = [name for name in hashes if name not in files and name not in told]
    return faults + [found("head", name) for name in gone]


def goes_on(before: Record, now: Record) -> list[Fault]:
    """Whether a ledger goes on from an earlier one: every line of that one is in it, as it was."""
    lines = {entry.n: entry.hash for entry in now.ledger}
    for entry in before.ledger:
        if entry.n not in lines:
            return [found("short", LEDGER, entry.n, n=entry.n)]
        if lines[entry.n] != entry.hash:
            return [found("other", LEDGER, entry.n, n=entry.n)]
    return []


def roots_hold(roots: Iterable[Root], record: Record) -> list[Fault]:
    """Whether roots that somebody kept hold against a record."""
    return [f for f in verify_chain(record.ledger, [*roots]) if f.rule != "ledger-root-missing"]


def numbers(record: Record, known: Walk | None = None) -> dict[str, Any]:
    """What was proven, counted."""
    known = known or walk(record)
    states = Counter(comment.state for comment in record.comments)
    return {
        "lines": len(record.ledger),
        "roots": len(record.roots),
        "last_root": record.roots[-1].hash if record.roots else None,
        "consultations": len(record.consultations),
        "comments": len(record.comments),
        "states": dict(sorted(states.items())),
        "answered": sum(c.id in known.answer_of for c in record.comments),
        "answers": len(record.answers),
    }
