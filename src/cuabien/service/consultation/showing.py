"""What the public pages show of consultations: rows with their words, in a number of questions that does not grow with them.

Nothing here reads a name, a contact, an account or an address; a name is shown only where its writer agreed to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from cuabien.base import words
from cuabien.base.dates import VIETNAM
from cuabien.base.words import say
from cuabien.record.procedure import STATES, UNITS, step_of
from cuabien.record.receipts import code_of
from cuabien.record.words import ABOUT, CHANNEL, COMMENT_STATE, DISPOSITION, FATE, KIND, REASON, UNANSWERED
from cuabien.service.city import City
from cuabien.service.consultation import acts, notices
from cuabien.service.consultation import models as m
from cuabien.service.consultation.hearing import Tally
from cuabien.service.consultation.serving import page_asked
from cuabien.service.pages import language
from cuabien.service.pages_of_record import object_of
from cuabien.standards.legal import legal_period

ON_A_PAGE = 25
SORTS: Mapping[str, tuple[str, ...]] = {
    "new": ("-entry_n",),
    "old": ("entry_n",),
    "support": ("-support", "-entry_n"),
}
"""Order of a list -> columns; what else is asked for is the first."""


# ---- consultations ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    comments: int = 0
    answered: int = 0


def consultations() -> list[dict[str, Any]]:
    """All of them, the open ones first."""
    rows = list(m.Consultation.objects.all())
    counts = counted([row.id for row in rows])
    told = [card(row, counts.get(row.id, Counted())) for row in rows]
    return sorted(told, key=lambda one: not one["open"])


def counted(identities: Iterable[str]) -> dict[str, Counted]:
    """Comments that ask for an answer, and how many have one."""
    rows = (
        with_answer(m.Comment.objects.filter(consultation__in=list(identities)))
        .exclude(state__in=m.GONE)
        .order_by()
        .values("consultation_id")
        .annotate(comments=Count("pk"), answered=Count("pk", filter=Q(has_answer=True)))
    )
    return {row["consultation_id"]: Counted(row["comments"], row["answered"]) for row in rows}


def card(row: m.Consultation, count: Counted) -> dict[str, Any]:
    return {
        "row": row,
        "id": row.id,
        "address": reverse("consultation", args=[row.id]),
        "title": words.pick(row, "title", language()),
        "summary": words.pick(row, "summary", language()),
        "kind": say(KIND[row.kind], language()),
        "state": say(STATES[row.state], language()),
        "open": acts.is_open(row),
        "speaks": row.kind == m.PUBLIC and acts.is_open(row),
        "opens": day(row.opens_at),
        "closes": day(row.closes_at),
        "clock": clock(row),
        "comments": count.comments,
        "answered": count.answered,
    }


def clock(row: m.Consultation) -> dict[str, Any]:
    """What the law says of the time, in which days where it counts others than the calendar's, by which article, and whether
    anybody read it there."""
    step = step_of("DRAFTING_PLAN", "open_public" if row.kind == m.PUBLIC else "open_agencies", row.regime)
    period = legal_period(row.regime, step.period if step else "")
    return {
        "article": row.article,
        "least": period.min if period else None,
        "most": period.max if period else None,
        "unit": say(UNITS[period.unit], language()) if period and period.unit != "calendar days" else "",
        "clause": period.source if period else "",
        "confirmed": bool(period and period.confirmed),
    }


def day(moment: dt.datetime | None) -> str:
    return words.date(moment.astimezone(VIETNAM).date().isoformat(), language()) if moment else ""


# ---- lists of comments --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a reader of the list asks for; each from a list of what there is."""

    about: str = ""
    commune: str = ""
    answered: str = ""
    sort: str = "new"
    page: int = 1


def asked(query: Mapping[str, str], communes: Iterable[str]) -> Asked:
    """What the address says, where it means anything."""
    return Asked(
        about=query.get("about", "") if query.get("about") in ABOUT else "",
        commune=query.get("commune", "") if query.get("commune") in set(communes) else "",
        answered=query.get("answered", "") if query.get("answered") in ("yes", "no") else "",
        sort=query.get("sort", "new") if query.get("sort") in SORTS else "new",
        page=page_asked(query.get("page", "")),
    )


def chosen(identity: str, wish: Asked) -> QuerySet[m.Comment]:
    """The comments of a consultation that a reader asks for, in their order."""
    rows = m.Comment.objects.filter(consultation_id=identity)
    if wish.about:
        rows = rows.filter(about=wish.about)
    if wish.commune:
        rows = rows.filter(commune=wish.commune)
    if wish.answered:
        rows = with_answer(rows).filter(has_answer=wish.answered == "yes")
    return in_order(rows, wish.sort)


def with_answer(rows: QuerySet[m.Comment]) -> QuerySet[Any]:
    """The same, each with `has_answer`: whether an answer to it is in force."""
    live = m.AnswerTo.objects.filter(comment=OuterRef("pk"), live=True)
    return rows.annotate(has_answer=Exists(live))


def in_order(rows: QuerySet[m.Comment], sort: str) -> QuerySet[m.Comment]:
    """The same, in one of the orders of a list."""
    if sort == "support":
        mine = m.Voice.objects.filter(comment=OuterRef("pk"), side=m.SUPPORT).order_by().values("comment")
        count = Subquery(mine.annotate(count=Count("pk")).values("count"))
        rows = rows.annotate(support=Coalesce(count, 0))
    return rows.order_by(*SORTS[sort])


def told(city: City, rows: Sequence[m.Comment]) -> list[dict[str, Any]]:
    """Comments in words: four questions, however many they are."""
    ids = [row.id for row in rows]
    texts, answers, voices = shown_words(ids), live_answers(ids), acts.tallies(ids)
    return [
        _told(city, row, texts.get(row.id), answers.get(row.id), voices.get(row.id, Tally())) for row in rows
    ]


def shown_words(identities: Iterable[str]) -> dict[str, m.Words]:
    """What stands in comments that are shown; of the person only the name and whether it may be read."""
    rows = m.Words.objects.filter(comment__in=identities, comment__state=m.SHOWN)
    return {row.pk: row for row in rows.only("text", "name", "consent_name_public")}


def live_answers(identities: Iterable[str]) -> dict[str, m.Answer]:
    links = m.AnswerTo.objects.filter(comment__in=identities, live=True).select_related("answer")
    return {link.comment_id: link.answer for link in links}


def _told(
    city: City, row: m.Comment, said: m.Words | None, answer: m.Answer | None, voices: Tally
) -> dict[str, Any]:
    name, address = object_of(city, row.table, row.object_id) if row.object_id else ("", "")
    commune = object_of(city, "areas", row.commune) if row.commune else None
    return {
        "row": row,
        "id": row.id,
        "address": reverse("comment", args=[row.id]),
        "day": day(row.received_at),
        "shown": row.state == m.SHOWN,
        "state": say(COMMENT_STATE[row.state], language()),
        "text": said.text if said else "",
        "name": said.name if said and said.consent_name_public else "",
        "about": say(ABOUT[row.about], language()),
        "object": (name, address) if row.object_id else None,
        "commune": commune,
        "channel": say(CHANNEL[row.channel], language()),
        "change": (row.change[:12], reverse("tried", args=[row.change])) if row.change else None,
        "answer": answered(answer) if answer else None,
        "unanswered": say(UNANSWERED, language()),
        "voices": voices,
        "support": voices.support_verified + voices.support_anonymous,
        "oppose": voices.oppose_verified + voices.oppose_anonymous,
    }


def answered(answer: m.Answer) -> dict[str, Any]:
    return {
        "disposition": say(DISPOSITION[answer.disposition], language()),
        "reason": words.pick(answer, "reason", language()),
        "reason_is": "vi" if language() == "vi" or not answer.reason_en else "en",
        "office": answer.office,
        "day": day(answer.at),
        "change": (answer.run[:12], reverse("tried", args=[answer.run])) if answer.run else None,
    }


def one(city: City, row: m.Comment) -> dict[str, Any]:
    """A comment with everything that leads on from it."""
    (found,) = told(city, [row])
    entry = m.LedgerEntry.objects.get(pk=row.entry_n)
    twin = row.twin_of_id or ""
    return {
        **found,
        "code": code_of(entry.hash),
        "fates": fates(row.moderations.all()),  # type: ignore[attr-defined]
        "pictures": list(row.pictures.all()) if row.state == m.SHOWN else [],
        "merged": [(done.edition_after[:12], done.change) for done in row.merged.all()],  # type: ignore[attr-defined]
        "twin": (twin, reverse("comment", args=[twin])) if twin else None,
    }


def fates(rows: Iterable[m.Moderation]) -> list[dict[str, str]]:
    """What happened to comments after they were received."""
    return [
        {
            "comment": row.comment_id,
            "address": reverse("comment", args=[row.comment_id]),
            "day": day(row.at),
            "what": say(FATE[row.act], language()),
            "reason": say(REASON[row.reason], language()) if row.reason in REASON else "",
            "words": row.words,
        }
        for row in rows
    ]


# ---- from an object -----------------------------------------------------------------------------------------

SHOWN_AT_ONCE = 20
FOLLOWED = {table: kind for kind, table in notices.TABLES.items()}
"""Tables whose objects can be followed by e-mail -> what they are called there."""


def about(city: City, table: str, identity: str) -> dict[str, Any]:
    """Comments about an object or from a commune, and where to say something about it: for the object's own page."""
    mine = Q(table=table, object_id=identity)
    if table == "areas":
        mine |= Q(commune=identity)
    rows = m.Comment.objects.filter(mine, state=m.SHOWN)
    count, what = rows.count(), f"{FOLLOWED.get(table, '')}:{identity}"
    speaks = speaking(table, identity)
    lines = told(city, list(rows[:SHOWN_AT_ONCE])) if count else []
    query = f"?about=place&commune={identity}" if table == "areas" else f"?about=object&table={table}&object={identity}"  # fmt: skip
    return {
        "rows": [
            (_line(one["text"]), one["address"], one["answer"]["disposition"] if one["answer"] else one["unanswered"], one["row"].language)
            for one in lines
        ],
        "more": [],
        "count": count,
        "say": reverse("say", args=[speaks.id]) + query if speaks else "",
        "follow": f"{reverse('follow')}?what={what}" if notices.there_is(what) else "",
    }  # fmt: skip


def speaking(table: str = "", identity: str = "") -> m.Consultation | None:
    """A consultation in which everybody can speak now; with an object, one that is about it."""
    rows = m.Consultation.objects.filter(kind=m.PUBLIC, closes_at__gte=dt.datetime.now(dt.UTC))
    return next(
        (
            row
            for row in rows
            if acts.is_open(row) and (not table or not row.scope or [table, identity] in row.scope)
        ),
        None,
    )


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:119] + "…"
