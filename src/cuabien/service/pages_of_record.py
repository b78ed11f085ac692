"""What people said and what the city answered, as an edition keeps it: the pages lead from a comment to its object, its answer,
its change and its edition, and back. They exist in editions that hold a record; a living service has pages of its own for it.

Many comments share a page, so that an edition of twenty thousand has hundreds of pages and not tens of thousands; each has an
address of its own all the same (`#id`). Everything that somebody typed is shown as text, in a frame that its direction of
writing cannot leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from cuabien.base import words
from cuabien.base.hashing import in_groups
from cuabien.base.words import say
from cuabien.record import objects as o
from cuabien.record.heard import heard
from cuabien.record.ledger import day_of
from cuabien.record.procedure import ACTS, STATES
from cuabien.record.receipts import code_of
from cuabien.record.walk import Walk, walk
from cuabien.record.words import ABOUT, CHANNEL, COMMENT_STATE, DISPOSITION, FATE, KIND, REASON, UNANSWERED
from cuabien.service.blocks import Block, Table, head, language, number, percent, text, written
from cuabien.service.city import City, current, with_type
from cuabien.service.edition import FILE
from cuabien.service.pages import found, prefix, show

ON_A_PAGE = 100
"""Comments or answers that share a page."""


def record_of(city: City) -> tuple[o.Record, Walk] | None:
    """The record of the edition whose pages these are, and the ways through it."""
    record = city.published.record if city.published else None
    if record is None:
        return None
    return record, city.remember("ways through the record", lambda: walk(record))


def _record(city: City) -> tuple[o.Record, Walk]:
    known = record_of(city)
    if known is None:
        raise Http404(gettext("There is nothing with this id."))
    return known


# ---- addresses --------------------------------------------------------------------------------------------


def _pages(rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [rows[i : i + ON_A_PAGE] for i in range(0, len(rows), ON_A_PAGE)]


@dataclass(frozen=True)
class Places:
    """On which page each comment and each answer stands."""

    comments: Mapping[str, tuple[str, int]]
    answers: Mapping[str, tuple[str, int]]

    def comment(self, identity: str) -> str:
        consultation, page = self.comments[identity]
        return f"{prefix()}/record/{consultation}/comments/{page}/#{identity}"

    def answer(self, identity: str) -> str:
        consultation, page = self.answers[identity]
        return f"{prefix()}/record/{consultation}/answers/{page}/#{identity}"


def places(city: City) -> Places:
    record, known = _record(city)

    def make() -> Places:
        comments = {
            row.id: (consultation, page)
            for consultation, rows in known.comments_of_consultation.items()
            for page, some in enumerate(_pages(rows), 1)
            for row in some
        }
        answers = {
            row.id: (c.id, page)
            for c in record.consultations
            for page, some in enumerate(_pages(_answers_of(known, c.id)), 1)
            for row in some
        }
        return Places(comments, answers)

    return city.remember("places in the record", make)


def _answers_of(known: Walk, consultation: str) -> list[o.Answer]:
    return [a for a in known.answers.values() if a.consultation == consultation]


def object_of(city: City, table: str, identity: str) -> tuple[str, str]:
    """Name and address of what a comment is about, where this edition still has it and has a page for it."""
    plan = city.plan
    if not identity or table not in OBJECTS or identity not in plan.table(table):
        return identity, ""
    entry = plan.table(table)[identity]
    row = getattr(entry, "row", entry)
    name = with_type(row) if table == "areas" and language() == "vi" else ""
    for field in ("name", "title", "statement", "text"):
        name = name or words.pick(row, field, language())
    address = OBJECTS[table].format(id=identity, layer=getattr(row, "layer", ""))
    return name or identity, prefix() + address


OBJECTS = {
    "projects": "/projects/{id}/",
    "areas": "/areas/{id}/",
    "programme": "/programme/{id}/",
    "documents": "/documents/{id}/",
    "zones": "/layers/{layer}/#{id}",
    "targets": "/targets/#{id}",
}
"""Table -> where its objects have a page."""


# ---- the record, and one consultation ---------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    city = current()
    record, known = _record(city)
    blocks = (_consultations(known), *_went_in(city, known), _ledger(record), _files(city))
    return show(request, "record.html", city, title=gettext("What people said"), blocks=blocks)


def _consultations(known: Walk) -> Block:
    rows = []
    for row in known.consultations.values():
        comments = known.comments_of_consultation.get(row.id, ())
        answered = sum(c.id in known.answer_of for c in comments)
        rows.append(
            (
                text(words.pick(row, "title", language()), f"{prefix()}/record/{row.id}/"),
                text(say(KIND[row.kind], language())),
                text(say(STATES[row.state], language())),
                number(len(comments), 0),
                number(answered, 0),
            )
        )
    heading = gettext("Consultations")
    columns = (heading, gettext("Whom"), gettext("Where it stands"), gettext("Comments"), gettext("Answered"))
    return Block(
        "consultations", heading, tables=(Table(heading, head(*columns, numbers=(3, 4)), tuple(rows)),)
    )


def _went_in(city: City, known: Walk) -> list[Block]:
    """From the edition back to the comments that changed it."""
    merged = known.merged_into.get(city.edition, ())
    if not merged:
        return []
    at = places(city)
    heading = gettext("What people changed in this edition")
    rows = tuple(
        (text(m.comment, at.comment(m.comment)), text(m.change[:12], f"{prefix()}/record/changes/{m.change}/"), text(_day(m.at)))
        for m in merged
        if m.comment in known.comments
    )  # fmt: skip
    columns = (gettext("Comment"), gettext("The change"), gettext("Date"))
    return [Block("went-in", heading, tables=(Table(heading, head(*columns, numbers=(9,)), rows),))]


def _ledger(record: o.Record) -> Block:
    said = [
        gettext("Each act of the consultation is a line of a ledger, and each line holds the hash of the line before it: %(count)s lines.")
        % {"count": written(len(record.ledger), 0)},
        gettext("Whoever sent a comment holds a receipt. With it anyone proves, without us, that the comment is in this edition as it was sent:"),
    ]  # fmt: skip
    if record.roots:
        said.append(gettext("Last root: %(root)s (%(day)s)") % {"root": in_groups(record.roots[-1].hash), "day": words.date(record.roots[-1].day, language())})  # fmt: skip
    return Block(
        "ledger", gettext("How this is proven"), tuple(said), quiet="cuabien verify . --receipt RECEIPT.json"
    )


def _files(city: City) -> Block:
    assert city.published is not None
    heading = gettext("The record as files")
    endings = (".csv", ".geojson", ".jsonl", ".json")
    names = sorted(f for f in city.published.files if f.startswith("record/") and f.endswith(endings))
    report = sorted(f for f in city.published.files if f.startswith(f"documents/response.{language()}."))
    rows = tuple((text(name.split("/", 1)[1], FILE + name),) for name in (*report, *names))
    return Block("files", heading, tables=(Table(heading, head(gettext("File")), rows, folded=heading),))


@require_safe
def consultation(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    record, known = _record(city)
    row: o.Consultation = found(known.consultations, identity)
    comments = known.comments_of_consultation.get(identity, ())
    blocks = [
        _steps(known, identity),
        _lists(known, identity, comments),
        *_by_theme(city, known, comments),
        *_by_object(city, comments),
        *_who(city, comments),
        *_agencies(record, identity),
    ]
    title = words.pick(row, "title", language())
    return show(request, "record.html", city, title=title, row=row, up="record", blocks=blocks)


def _steps(known: Walk, identity: str) -> Block:
    rows = tuple(
        (text(_day(s.at)), text(say(ACTS.get(s.act, s.act), language())), text(say(STATES[s.after], language())), text(s.article or "–"), text(s.evidence or "–"))
        for s in known.steps_of.get(identity, ())
    )  # fmt: skip
    heading = gettext("Steps of the procedure")
    columns = (
        gettext("Date"),
        gettext("Step"),
        gettext("Where it stands"),
        gettext("Clause"),
        gettext("What proves it"),
    )
    return Block("steps", heading, tables=(Table(heading, head(*columns, numbers=(9,)), rows),))


def _lists(known: Walk, identity: str, comments: Sequence[o.Comment]) -> Block:
    counts = known.dispositions(identity)
    heading = gettext("Comments and answers")
    rows = tuple(
        (text(say(name, language())), number(counts[key], 0))
        for key, name in (*DISPOSITION.items(), ("", UNANSWERED))
        if counts[key]
    )
    links = [
        *((gettext("Comments"), "comments", i + 1, some) for i, some in enumerate(_pages(comments))),
        *((gettext("Answers"), "answers", i + 1, some) for i, some in enumerate(_pages(_answers_of(known, identity)))),
    ]  # fmt: skip
    listed = tuple(
        (text(f"{name} {some[0].n}–{some[-1].n}", f"{prefix()}/record/{identity}/{kind}/{page}/"), number(len(some), 0))
        for name, kind, page, some in links
    )  # fmt: skip
    return Block(
        "comments",
        heading,
        tables=(
            Table(gettext("What became of them"), head(gettext("Answer"), gettext("How many")), rows),
            Table(gettext("By line of the ledger"), head(gettext("Page"), gettext("How many")), listed),
        ),
    )


def _by_theme(city: City, known: Walk, comments: Sequence[o.Comment]) -> list[Block]:
    counts = Counter(c.theme for c in comments if c.theme in known.themes)
    if not counts:
        return []
    heading = gettext("Themes")
    rows = tuple(
        (
            text(words.pick(known.themes[t], "name", language())),
            number(n, 0),
            text(gettext("a person") if known.themes[t].accepted else gettext("proposed by a program")),
        )
        for t, n in counts.most_common()
    )
    columns = (gettext("Theme"), gettext("Comments"), gettext("Named by"))
    return [Block("themes", heading, tables=(Table(heading, head(*columns, numbers=(1,)), rows),))]


def _by_object(city: City, comments: Sequence[o.Comment]) -> list[Block]:
    counts = Counter((c.table, c.object) for c in comments if c.object)
    if not counts:
        return []
    heading = gettext("What they are about")
    rows = tuple((text(*object_of(city, *key)), number(n, 0)) for key, n in counts.most_common())
    return [
        Block(
            "objects", heading, tables=(Table(heading, head(gettext("Object"), gettext("Comments")), rows),)
        )
    ]


def _who(city: City, comments: Sequence[o.Comment]) -> list[Block]:
    rows = heard(comments, {a.id: a.population for a in city.plan.communes})
    if not any(row.comments for row in rows):
        return []
    heading = gettext("Who was heard")
    silent = sum(row.comments == 0 for row in rows)
    cells = tuple(
        (
            text(*object_of(city, "areas", row.commune))
            if row.commune
            else text(gettext("no commune given")),
            number(row.comments, 0),
            percent(row.share_of_comments),
            percent(row.share_of_people),
        )
        for row in sorted(rows, key=lambda r: (-(r.ratio or 0), r.commune))
    )
    columns = (
        gettext("Commune"),
        gettext("Comments"),
        gettext("Share of comments"),
        gettext("Share of people"),
    )
    said = gettext("From %(silent)s of %(all)s communes nobody spoke.") % {"silent": written(silent, 0), "all": written(len(city.plan.communes), 0)}  # fmt: skip
    return [Block("heard", heading, (said,), tables=(Table(heading, head(*columns), cells, folded=heading),))]


def _agencies(record: o.Record, identity: str) -> list[Block]:
    asked = [i for i in record.invitations if i.consultation == identity]
    if not asked:
        return []
    heading = gettext("Agencies that were asked")
    rows = tuple(
        (text(words.pick(i, "agency", language())), text(_day(i.sent_at)), text(_day(i.due_at)), text(_day(i.answered_at) if i.answered_at else gettext("no answer")))
        for i in asked
    )  # fmt: skip
    columns = (gettext("Agency"), gettext("Asked on"), gettext("Answer due by"), gettext("Answered on"))
    return [Block("agencies", heading, tables=(Table(heading, head(*columns, numbers=(9,)), rows),))]


# ---- comments, answers, changes ---------------------------------------------------------------------------


def _day(at: str) -> str:
    return words.date(day_of(at), language())


def _page(rows: Sequence[Any], page: int) -> tuple[Sequence[Any], int]:
    pages = _pages(rows)
    if not 1 <= page <= len(pages):
        raise Http404(gettext("There is nothing with this id."))
    return pages[page - 1], len(pages)


@require_safe
def comments(request: HttpRequest, identity: str, page: int) -> HttpResponse:
    city = current()
    _, known = _record(city)
    row: o.Consultation = found(known.consultations, identity)
    some, last = _page(known.comments_of_consultation.get(identity, ()), page)
    return show(
        request,
        "record_comments.html",
        city,
        row=row,
        told=[_told(city, known, comment) for comment in some],
        **_turning(identity, "comments", page, last),
    )


def _turning(identity: str, kind: str, page: int, last: int) -> dict[str, Any]:
    address = f"{prefix()}/record/{identity}/{kind}/"
    return {
        "page": page,
        "last": last,
        "before": f"{address}{page - 1}/" if page > 1 else "",
        "after": f"{address}{page + 1}/" if page < last else "",
    }


def _told(city: City, known: Walk, comment: o.Comment) -> dict[str, Any]:
    """One comment, and where it leads."""
    at = places(city)
    record, _ = _record(city)
    name, address = object_of(city, comment.table, comment.object)
    answer = known.answer_of.get(comment.id)
    line = record.ledger[comment.n - 1] if comment.n <= len(record.ledger) else None
    commune = object_of(city, "areas", comment.commune) if comment.commune else None
    voices = known.voices_of.get(comment.id)
    fates = known.fates_of.get(comment.id, ())
    return {
        "comment": comment,
        "address": at.comment(comment.id),
        "day": _day(comment.received_at),
        "about": say(ABOUT[comment.about], language()),
        "channel": say(CHANNEL[comment.channel], language()),
        "object": (name, address) if comment.object else None,
        "commune": commune,
        "placed": comment.id in record.geometries,
        "theme": words.pick(known.themes[comment.theme], "name", language()) if comment.theme in known.themes else "",
        "change": _change_link(comment.change),
        "twin": (comment.twin_of, at.comment(comment.twin_of)) if comment.twin_of in known.comments else None,
        "voices": _voices(voices) if voices else None,
        "fates": [
            (_day(f.at), say(FATE[f.act], language()), say(REASON[f.reason], language()) if f.reason in REASON else f.reason, f.words)
            for f in fates
        ],
        "answer": _answered(answer, at) if answer else None,
        "merged": [(m.edition_after[:12], m.edition_after == city.edition, _change_link(m.change)) for m in known.merged_of.get(comment.id, ())],
        "code": code_of(line.hash) if line else "",
        "here": comment.edition == city.edition,
    }  # fmt: skip


def _voices(row: o.Voices) -> tuple[tuple[str, int], ...]:
    return (
        (gettext("support, verified"), row.support_verified),
        (gettext("support, anonymous"), row.support_anonymous),
        (gettext("against, verified"), row.oppose_verified),
        (gettext("against, anonymous"), row.oppose_anonymous),
    )


def _change_link(change: str) -> tuple[str, str] | None:
    return (change[:12], f"{prefix()}/record/changes/{change}/") if change else None


def _answered(answer: o.Answer, at: Places) -> dict[str, Any]:
    return {
        "answer": answer,
        "address": at.answer(answer.id) if answer.id in at.answers else "",
        "disposition": say(DISPOSITION[answer.disposition], language()),
        "reason": words.pick(answer, "reason", language()),
        "day": _day(answer.at),
        "change": _change_link(answer.run),
    }


@require_safe
def answers(request: HttpRequest, identity: str, page: int) -> HttpResponse:
    city = current()
    _, known = _record(city)
    row: o.Consultation = found(known.consultations, identity)
    some, last = _page(_answers_of(known, identity), page)
    at = places(city)
    told = [
        {
            **_answered(answer, at),
            "replaced": any(known.answer_of.get(c) != answer for c in known.comments_of_answer.get(answer.id, ())),
            "comments": [(c, at.comment(c)) for c in known.comments_of_answer.get(answer.id, ()) if c in known.comments],
        }
        for answer in some
    ]  # fmt: skip
    return show(
        request, "record_answers.html", city, row=row, told=told, **_turning(identity, "answers", page, last)
    )


@require_safe
def change(request: HttpRequest, identity: str) -> HttpResponse:
    """A change: who proposed it, which answers show its run, into which editions it went."""
    city = current()
    record, known = _record(city)
    at = places(city)
    proposed = known.comments_of_change.get(identity, ())
    shown_by = known.answers_of_change.get(identity, ())
    merged = known.merged_of_change.get(identity, ())
    if not (proposed or shown_by or merged):
        raise Http404(gettext("There is nothing with this id."))
    assert city.published is not None
    file = f"record/changes/{identity}.toml"
    return show(
        request,
        "record_change.html",
        city,
        identity=identity,
        proposed=[(c.id, at.comment(c.id)) for c in proposed],
        shown_by=[_answered(a, at) for a in shown_by],
        merged=[(m.edition_after[:12], m.edition_after == city.edition, _day(m.at)) for m in merged],
        content=record.changes[identity].decode(errors="replace") if identity in record.changes else "",
        file=f"{FILE}{file}" if file in city.published.files else "",
    )


# ---- from an object ---------------------------------------------------------------------------------------

SHOWN_AT_ONCE = 20


def said_about(table: str, identity: str) -> dict[str, Any]:
    """The comments about an object, or from a commune, for the page of that object; nothing outside such an edition."""
    city = current()
    known = record_of(city)
    if known is None:
        return {}
    _, ways = known
    found_ = {c.id: c for c in ways.comments_of_object.get((table, identity), ())}
    if table == "areas":
        found_ |= {c.id: c for c in ways.comments_of_commune.get(identity, ())}
    at = places(city)
    rows = [
        (_line(c), at.comment(c.id), say(DISPOSITION[ways.answer_of[c.id].disposition] if c.id in ways.answer_of else UNANSWERED, language()), c.language)
        for c in found_.values()
        if c.id in at.comments
    ]  # fmt: skip
    return {"rows": rows[:SHOWN_AT_ONCE], "more": rows[SHOWN_AT_ONCE:], "count": len(rows)}


def _line(comment: o.Comment) -> str:
    """The beginning of a comment, or what became of it."""
    if comment.state != o.SHOWN:
        return say(COMMENT_STATE[comment.state], language())
    line = " ".join(comment.text.split())
    return line if len(line) <= 120 else line[:119] + "…"
