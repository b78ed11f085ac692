"""Rules about documents and legal periods. Periods are data (standards/); an unconfirmed one says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cuabien.base.dates import first_day, last_day
from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.plan.checks.register import Context, Found, Rule, is_ahead, is_past
from cuabien.standards.legal import CONFIRMED, legal_period, regimes, span


def is_replaced(document: o.Document, today: dt.date) -> bool:
    """Whether a document has lost its force: its end has passed, or it was replaced and no end is given."""
    if document.in_force_to:
        return is_past(document.in_force_to, today)
    return document.replaced_by is not None


def published_late(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        period = legal_period(document.regime or "", "publish")
        if period is None or period.max is None or not document.approved or not document.published:
            continue
        # A partial date is read in the document's favour: approved late in it, published early in it.
        days = span(last_day(document.approved), first_day(document.published), period.unit)
        if days > period.max:
            yield Found(
                "documents",
                document.id,
                N_(
                    "it was approved on {approved} and published on {published}, {days} days later; at most {max} are"
                    " allowed ({law}; {say_caveat})"
                ),
                {
                    "approved": document.approved,
                    "published": document.published,
                    "days": days,
                    "max": period.max,
                    "law": period.source,
                    "say_caveat": CONFIRMED[period.confirmed],
                },
            )


def not_published(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        period = legal_period(document.regime or "", "publish")
        if period is None or period.max is None or not document.approved or document.published:
            continue
        if span(last_day(document.approved), c.today, period.unit) > period.max:
            yield Found(
                "documents",
                document.id,
                N_(
                    "it was approved on {approved}; when it was published is not known (no data); {max} days were"
                    " allowed ({law}; {say_caveat})"
                ),
                {
                    "approved": document.approved,
                    "max": period.max,
                    "law": period.source,
                    "say_caveat": CONFIRMED[period.confirmed],
                },
            )


def consultation_too_short(c: Context) -> Iterator[Found]:
    yield from _consultations(c, short=True)


def consultation_too_long(c: Context) -> Iterator[Found]:
    yield from _consultations(c, short=False)


def _consultations(c: Context, *, short: bool) -> Iterator[Found]:
    for document in c.plan.documents.values():
        period = legal_period(document.regime or "", "public_consult")
        if period is None or not document.consulted_from or not document.consulted_to:
            continue
        # In favour of the document again: the longest span its dates can mean must not be too short, and so on.
        longest = span(first_day(document.consulted_from), last_day(document.consulted_to), period.unit)
        shortest = span(last_day(document.consulted_from), first_day(document.consulted_to), period.unit)
        values = {"law": period.source, "say_caveat": CONFIRMED[period.confirmed]}
        if short and period.min is not None and longest < period.min:
            yield Found(
                "documents",
                document.id,
                N_("people were asked for {days} days; at least {min} are due ({law}; {say_caveat})"),
                {"days": longest, "min": period.min, **values},
            )
        if not short and period.max is not None and shortest > period.max:
            yield Found(
                "documents",
                document.id,
                N_("people were asked for {days} days; at most {max} are foreseen ({law}; {say_caveat})"),
                {"days": shortest, "max": period.max, **values},
            )


def approved_before_asked(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        approved, end = document.approved, document.consulted_to
        if approved and end and last_day(approved) < first_day(end):
            yield Found(
                "documents",
                document.id,
                N_("it was approved on {approved}, while people were asked until {end}"),
                {"approved": approved, "end": end},
            )


def regime_unknown(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        if document.regime and document.regime not in regimes():
            yield Found(
                "documents",
                document.id,
                N_('the regime "{regime}" is not one of {known}'),
                {"regime": document.regime, "known": ", ".join(regimes())},
            )


def regime_not_in_force(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        regime = regimes().get(document.regime or "")
        day = document.approved or document.date
        if regime is None or not day:
            continue
        before = last_day(day) < first_day(regime.in_force_from)
        after = bool(regime.in_force_to) and first_day(day) > last_day(regime.in_force_to)
        if before or after:
            yield Found(
                "documents",
                document.id,
                N_("it was approved on {day}; {regime} ({law}) was in force from {start} to {end}"),
                {
                    "day": day,
                    "regime": regime.id,
                    "law": regime.law,
                    "start": regime.in_force_from,
                    "end": regime.in_force_to or "…",
                },
            )


def force_upside_down(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        start, end = document.in_force_from, document.in_force_to
        if start and end and last_day(end) < first_day(start):
            yield Found(
                "documents",
                document.id,
                N_("it is in force from {start} to {end}"),
                {"start": start, "end": end},
            )


def replaced_by_older(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        successor = c.plan.documents.get(document.replaced_by or "")
        if not (successor and document.date and successor.date):
            continue
        if last_day(successor.date) < first_day(document.date):
            yield Found(
                "documents",
                document.id,
                N_("{successor}, which replaces it, is older: {date}"),
                {"successor": successor.id, "date": successor.date},
            )


def replaced_without_end(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        if document.replaced_by and not document.in_force_to:
            yield Found(
                "documents",
                document.id,
                N_("{successor} replaced it, and its last day in force is not known (no data)"),
                {"successor": document.replaced_by},
            )


def from_the_future(c: Context) -> Iterator[Found]:
    for document in c.plan.documents.values():
        for day in (document.date, document.approved, document.published):
            if is_ahead(day, c.today):
                yield Found("documents", document.id, N_("it is dated {day}"), {"day": day})


def still_cited(c: Context) -> Iterator[Found]:
    basis = {part.strip() for part in (c.plan.header.legal_basis or "").split(";")}
    for document in c.plan.documents.values():
        if not is_replaced(document, c.today):
            continue
        values = {"document": document.id, "successor": document.replaced_by or "…"}
        if document.number in basis or document.id in basis:
            yield Found(
                "plan",
                None,
                N_("legal_basis cites {document}, which is no longer in force; in its place: {successor}"),
                values,
            )
        for statement in c.plan.programme.values():
            current = statement.home in ("task", "project", "process")
            if (
                current
                and document.id in statement.documents
                and document.replaced_by not in statement.documents
            ):
                yield Found(
                    "programme",
                    statement.id,
                    N_("it rests on {document}, which is no longer in force; in its place: {successor}"),
                    values,
                )


RULES = (
    Rule(
        "published-late",
        "warning",
        N_("An approved plan is published in time"),
        N_("Late publication is a prohibited act, and residents cannot act on what they cannot read."),
        N_("Planning Law 21/2017/QH14 Art. 13, 38; standards/legal_periods.csv"),
        N_("check both dates in the documents; nothing can mend it afterwards but saying so"),
        published_late,
    ),
    Rule(
        "publication-unknown",
        "warning",
        N_("It is known when an approved plan was published"),
        N_("Publication in time is a duty; without its date nobody can say whether it was kept."),
        N_("Planning Law 21/2017/QH14 Art. 38; standards/legal_periods.csv"),
        N_("fill in published with its source"),
        not_published,
    ),
    Rule(
        "consultation-too-short",
        "warning",
        N_("People are asked for long enough"),
        N_("A consultation shorter than the law asks for can be contested."),
        N_("standards/legal_periods.csv: Decree 37/2019; Law 47/2024/QH15 Art. 37(7)(b)"),
        N_("consult again or longer; check the two dates"),
        consultation_too_short,
    ),
    Rule(
        "consultation-too-long",
        "warning",
        N_("A consultation ends in the time foreseen"),
        N_("The law sets an end so that answers follow."),
        N_("standards/legal_periods.csv: Law 47/2024/QH15 Art. 37(7)(b)"),
        N_("check the two dates, and note why it took longer"),
        consultation_too_long,
    ),
    Rule(
        "approved-before-consulted",
        "warning",
        N_("A plan is approved after people were asked"),
        N_("Opinions have to be studied and answered before approval."),
        N_("Planning Law 21/2017/QH14; Law 47/2024/QH15: opinions before appraisal and approval"),
        N_("check the dates"),
        approved_before_asked,
    ),
    Rule(
        "regime-unknown",
        "warning",
        N_("The planning regime is a known one"),
        N_("Legal periods depend on the regime."),
        N_("standards/regimes.csv"),
        N_("name one of the regimes of standards/regimes.csv"),
        regime_unknown,
    ),
    Rule(
        "regime-not-in-force",
        "warning",
        N_("A plan is approved under a law in force"),
        N_("Other periods and duties held on that day."),
        N_("standards/regimes.csv"),
        N_("name the regime of the day of approval; plans begun under an older law may keep it: note so"),
        regime_not_in_force,
    ),
    Rule(
        "in-force-upside-down",
        "fault",
        N_("A document comes into force before it ends"),
        N_("No day lies between."),
        N_("technical: time"),
        N_("correct one of the two dates"),
        force_upside_down,
    ),
    Rule(
        "replaced-by-older",
        "warning",
        N_("A document is replaced by a later one"),
        N_("Mostly the two are swapped."),
        N_("technical: time"),
        N_("correct replaced_by, or the date"),
        replaced_by_older,
    ),
    Rule(
        "replaced-without-end",
        "warning",
        N_("A replaced document has a last day"),
        N_("Without it nobody can say which of the two held on a given day."),
        N_("Law 80/2015/QH13 on legal documents Art. 154: when a document loses force (remembered)"),
        N_("fill in in_force_to"),
        replaced_without_end,
    ),
    Rule(
        "document-from-the-future",
        "warning",
        N_("A document has been issued"),
        N_("What is not issued yet binds nobody."),
        N_("technical: time"),
        N_("correct the date"),
        from_the_future,
    ),
    Rule(
        "replaced-still-cited",
        "warning",
        N_("What is in force is cited"),
        N_("A task or a plan that rests on a replaced document rests on nothing."),
        N_("Law 80/2015/QH13 on legal documents Art. 154: when a document loses force (remembered)"),
        N_("cite the document that replaced it"),
        still_cited,
    ),
)
