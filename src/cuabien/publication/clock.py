"""The legal clock of publication: from approval, so many days by the regime of the plan; and in which forms it was done.

The days and forms are data (standards/), with their clause; a period that nobody has read in the law is *unconfirmed*, and
every row here says so. The approval is a document of the plan (`approved_by` in plan.toml). Evidence of the forms is
handed in with the record: `publication.csv`, one row a form, with an address or a file of the record that proves it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cuabien.base.dates import first_day, is_partial_date, last_day
from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.hashing import hash_file
from cuabien.base.words import LANGUAGES, N_, date, pick, say
from cuabien.plan import objects as o
from cuabien.publication.edition import EditionInput, Piece
from cuabien.publication.keys import approvals_of
from cuabien.standards.legal import (
    CONFIRMED,
    LegalPeriod,
    PublicationDuty,
    last_day_of,
    legal_period,
    publication_duties,
    regimes,
    span,
)

FILE, README = "publication.json", "README.txt"
EVIDENCE = "publication.csv"
COLUMNS = ("id", "form", "from", "to", "where", "evidence", "note")
FORMS = {
    "website": N_("posted on the website of the planning body"),
    "media summary": N_("summary in a newspaper or on the home page of an online paper"),
    "display": N_("models, drawings or maps on display"),
    "conference": N_("told at a conference"),
    "print": N_("printed matter"),
    "database": N_("in the planning database"),
}
"""Forms of publication that the law knows."""
DUTIES = {
    "website": N_("Posted on the website of the planning body for as long as the plan is in force"),
    "further_form": N_("Made public in at least one further form"),
    "media_summary": N_("A summary in the media"),
}
"""What the law asks for, by its name in standards/publication_duties.csv."""

State = Literal["in time", "late", "running", "overdue", "not known"]
SPOKEN: dict[State, str] = {
    "in time": N_("published in time"),
    "late": N_("published late"),
    "running": N_("the time is running"),
    "overdue": N_("the time has passed"),
    "not known": N_("not known (no data)"),
}


@dataclass(frozen=True)
class Form:
    """One form in which the plan was made public, and what proves it."""

    id: str
    form: str
    start: str
    end: str
    where: str
    evidence: str
    sha256: str | None
    note: str


# ---- evidence ---------------------------------------------------------------------------------------------


def read_forms(record: Path | None) -> list[Form]:
    """The rows of the record's `publication.csv`; none without one. Raises `UnusableInput` with every fault."""
    file = record / EVIDENCE if record else None
    if record is None or file is None or not file.is_file():
        return []
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise UnusableInput(
            [_fault(None, N_("the file is not CSV in UTF-8"), N_("save it as CSV, UTF-8"))]
        ) from None
    faults = [fault for n, row in enumerate(rows, 2) for fault in _faults(n, row, record)]
    if faults:
        raise UnusableInput(faults)
    return [_form(row, record) for row in rows]


def _faults(n: int, row: dict[str, Any], record: Path) -> Iterable[Fault]:
    missing = [c for c in COLUMNS if c not in row or row[c] is None]
    if missing or None in row:
        yield _fault(
            n, N_("columns are missing or too many"), N_("write {columns}"), columns=", ".join(COLUMNS)
        )
        return
    if row["form"] not in FORMS:
        yield _fault(
            n,
            N_('"{form}" is no form of publication'),
            N_("write one of {forms}"),
            form=row["form"],
            forms=", ".join(FORMS),
        )
    for column in ("from", "to"):
        if row[column] and not is_partial_date(row[column]):
            yield _fault(n, N_('"{value}" is not a date'), N_("write 2025-07-01"), value=row[column])
    if not row["from"]:
        yield _fault(n, N_("the day on which it began is missing"), N_("write it into from"))
    if not row["evidence"]:
        yield _fault(n, N_("nothing proves it"), N_("name an address, or a file of the record"))
    elif not _is_address(row["evidence"]) and _file(record, row["evidence"]) is None:
        yield _fault(
            n,
            N_('there is no file "{file}" in the record'),
            N_("put it there, or name an address"),
            file=row["evidence"],
        )


def _form(row: dict[str, str], record: Path) -> Form:
    file = None if _is_address(row["evidence"]) else _file(record, row["evidence"])
    proof = hash_file(file) if file else None
    return Form(
        row["id"], row["form"], row["from"], row["to"], row["where"], row["evidence"], proof, row["note"]
    )


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _file(record: Path, name: str) -> Path | None:
    path = record / name
    inside = path.resolve().is_relative_to(record.resolve())
    return path if inside and path.is_file() and not path.is_symlink() else None


def _fault(row: int | None, template: str, remedy: str, **values: object) -> Fault:
    return Fault("publication-record", f"record/{EVIDENCE}", template, remedy, row=row, values=values)


# ---- the clock --------------------------------------------------------------------------------------------


def clock(edition: EditionInput) -> dict[str, Any] | None:
    """The clock of this edition; None when no document of the plan approves it."""
    document = edition.plan.documents.get(edition.plan.header.approved_by or "")
    if document is None:
        return None
    row = document_clock(document, edition.published)
    return {
        **row,
        "published": edition.published.isoformat(),
        "words": {code: told(row, code) for code in LANGUAGES},
    }


def document_clock(
    document: o.Document, published: dt.date | None, today: dt.date | None = None
) -> dict[str, Any]:
    """When a document had to be published, and whether it was. A partial date of approval is read in its favour."""
    period = legal_period(document.regime or "", "publish")
    approved = last_day(document.approved) if document.approved else None
    due = (
        last_day_of(approved, period.max, period.unit)
        if approved and period and period.max is not None
        else None
    )
    return {
        "document": document.id,
        "number": document.number,
        "approved": document.approved,
        "regime": document.regime,
        "law": regimes()[document.regime].law if document.regime in regimes() else None,
        "allowed": period.max if period else None,
        "unit": period.unit if period else None,
        "clause": period.source if period else None,
        "confirmed": period.confirmed if period else None,
        "due": due.isoformat() if due else None,
        "days": span(approved, published, period.unit) if approved and published and period else None,
        "state": _state(due, published, today),
    }


def _state(due: dt.date | None, published: dt.date | None, today: dt.date | None) -> State:
    if due is None:
        return "not known"
    if published is not None:
        return "in time" if published <= due else "late"
    return "not known" if today is None else "running" if today <= due else "overdue"


def told(row: dict[str, Any], language: str) -> str:
    """The clock in one sentence."""
    if row["due"] is None:
        return say(N_("When it had to be published is not known: {why}."), language, why=_why(row, language))
    words = N_("Approved on {approved}; due by {due} ({allowed} days; {clause}; {caveat}): {state}.")
    return say(
        words,
        language,
        approved=date(row["approved"], language),
        due=date(row["due"], language),
        allowed=row["allowed"],
        clause=row["clause"],
        caveat=say(CONFIRMED[bool(row["confirmed"])], language),
        state=say(SPOKEN[row["state"]], language),
    )


def _why(row: dict[str, Any], language: str) -> str:
    if not row["approved"]:
        return say(N_("the day of approval is not known"), language)
    return say(N_("no period of the law is known for its regime"), language)


# ---- duties -----------------------------------------------------------------------------------------------


def duties(regime: str | None, forms: Sequence[Form], day: dt.date) -> list[dict[str, Any]]:
    """Each form that the regime asks for, whether it was kept, and by which rows."""
    found = [_duty(duty, forms) for duty in publication_duties() if duty.regime == regime]
    period = legal_period(regime or "", "media_summary")
    if period is not None:
        found.append(_summary(period, forms, day))
    return found


def _duty(duty: PublicationDuty, forms: Sequence[Form]) -> dict[str, Any]:
    kept = [form.id for form in forms if form.form in duty.forms]
    return {
        "duty": duty.duty,
        "forms": list(duty.forms),
        "kept": bool(kept),
        "by": kept,
        "clause": duty.source,
        "confirmed": duty.confirmed,
    }


def _summary(period: LegalPeriod, forms: Sequence[Form], day: dt.date) -> dict[str, Any]:
    """A summary that stood for as long as the law asks; one without an end still stands."""
    long_enough = [
        form.id
        for form in forms
        if form.form == "media summary"
        and span(first_day(form.start), last_day(form.end) if form.end else day, period.unit)
        >= (period.min or 0)
    ]
    return {
        "duty": "media_summary",
        "forms": ["media summary"],
        "kept": bool(long_enough),
        "by": long_enough,
        "least": period.min,
        "unit": period.unit,
        "clause": period.source,
        "confirmed": period.confirmed,
    }


# ---- files ------------------------------------------------------------------------------------------------


def told_of(edition: EditionInput) -> dict[str, Any]:
    """Clock, duties, forms with what proves them, what is withheld, and who signs: what `publication.json` holds."""
    forms = read_forms(edition.record)
    approving = edition.plan.documents.get(edition.plan.header.approved_by or "")
    regime = approving.regime if approving else None
    return {
        "edition": edition.id,
        "published": edition.published.isoformat(),
        "clock": clock(edition),
        "documents": [
            document_clock(d, first_day(d.published) if d.published else None)
            for d in sorted(edition.plan.documents.values(), key=lambda d: d.id)
            if d.approved and d.regime
        ],
        "duties": [
            {**duty, **{f"duty_{code}": say(DUTIES[duty["duty"]], code) for code in LANGUAGES}}
            for duty in duties(regime, forms, edition.published)
        ],
        "forms": [
            {**form.__dict__, "form_vi": say(FORMS[form.form], "vi"), "form_en": say(FORMS[form.form], "en")}
            for form in forms
        ],
        "withheld": [
            {"kind": kind, "kind_vi": say(kind, "vi"), "kind_en": say(kind, "en"), "count": count}
            for kind, count in edition.withheld.items()
        ],
        "approvals": approvals_of(edition.plan.header),
    }


def pieces(edition: EditionInput) -> Iterable[Piece]:
    content = told_of(edition)
    yield FILE, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"
    yield README, "\n\n".join(_readme(edition, language) for language in LANGUAGES).encode()


HOW = N_(
    """To check this folder by hand (docs/publication.md says more):

    sha256sum -c SHA256SUMS
    openssl pkeyutl -verify -pubin -inkey KEY.pub -rawin -in manifest.json -sigfile manifest.sig

KEY.pub is the publisher's public key, which you must get another way than from this folder. Or: cuabien verify . --key KEY.pub"""
)


def _readme(edition: EditionInput, language: str) -> str:
    lines = [f"{pick(edition.plan.header, 'name', language)} · {edition.id}", ""]
    row = clock(edition)
    lines.append(
        told(row, language) if row else say(N_("No document of the plan approves this edition."), language)
    )
    if edition.withheld:
        kinds = ", ".join(f"{count} × {say(kind, language)}" for kind, count in edition.withheld.items())
        lines.append(say(N_("Withheld by law, and told by kind only: {kinds}."), language, kinds=kinds))
    return "\n".join([*lines, "", say(HOW, language), ""])
