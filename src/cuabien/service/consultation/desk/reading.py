"""What the desk reads: consultations with their clock, and comments by what is asked for, in a number of questions that does not
grow with them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from cuabien.base.dates import VIETNAM
from cuabien.base.words import pick, say
from cuabien.record.words import ABOUT, COMMENT_STATE, DISPOSITION, REASON
from cuabien.service.city import City
from cuabien.service.consultation import arranging, showing
from cuabien.service.consultation import models as m
from cuabien.service.consultation.serving import page_asked
from cuabien.service.pages import language
from cuabien.service.pages_of_record import object_of
from cuabien.service.stories import in_order

ON_A_PAGE = 50
READ = (m.SHOWN, m.HELD, m.MODERATED)
"""States in which the desk reads the words: what its writer took back is read by nobody."""
ME, NOBODY = "me", "nobody"


# ---- consultations ----------------------------------------------------------------------------------------


def consultations(me: Any) -> list[dict[str, Any]]:
    """Every consultation with what waits in it: three questions."""
    waiting = {
        row["consultation_id"]: row
        for row in m.Comment.objects.order_by()
        .values("consultation_id")
        .annotate(
            held=Count("pk", filter=Q(state=m.HELD)),
            mine=Count("pk", filter=Q(assigned_to=me) & ~Q(state__in=m.GONE)),
            nobody=Count("pk", filter=Q(assigned_to=None) & ~Q(state__in=m.GONE)),
        )
    }
    none = {"held": 0, "mine": 0, "nobody": 0}
    return [
        {
            **card,
            **waiting.get(card["id"], none),
            "unanswered": card["comments"] - card["answered"],
            **days(card["row"]),
        }
        for card in showing.consultations()
    ]


def days(row: m.Consultation, now: dt.datetime | None = None) -> dict[str, Any]:
    """The clock: whole days until the last second, today counted; negative once it has passed."""
    if row.closes_at is None:
        return {"days_left": None, "days_past": None}
    today = (now or dt.datetime.now(dt.UTC)).astimezone(VIETNAM).date()
    left = (row.closes_at.astimezone(VIETNAM).date() - today).days
    return {"days_left": left if left >= 0 else None, "days_past": -left if left < 0 else None}


# ---- comments ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What somebody at the desk asks for; each from a list of what there is, so that an address can ask for nothing else."""

    consultation: str = ""
    state: str = ""
    answered: str = ""
    theme: str = ""
    assigned: str = ""
    about: str = ""
    object: str = ""
    commune: str = ""
    sort: str = "old"
    page: int = 1


@dataclass(frozen=True)
class Choices:
    """What can be asked for, in words."""

    consultation: list[tuple[str, str]]
    state: list[tuple[str, str]]
    theme: list[tuple[str, str]]
    assigned: list[tuple[str, str]]
    about: list[tuple[str, str]]
    object: list[tuple[str, str]]
    commune: list[tuple[str, str]]


def choices(city: City) -> Choices:
    """Four questions: consultations, themes, colleagues, and the objects that were spoken of."""
    consultations = m.Consultation.objects.all()
    objects = (
        m.Comment.objects.exclude(object_id="")
        .order_by("table", "object_id")
        .values_list("table", "object_id")
        .distinct()
    )
    return Choices(
        consultation=[(row.id, pick(row, "title", language())) for row in consultations],
        state=[(state, say(COMMENT_STATE[state], language())) for state in m.COMMENT_STATES],
        theme=[(str(row.pk), pick(row, "name", language())) for row in m.Theme.objects.filter(accepted=True)],
        assigned=[(str(user.pk), user.name or user.email) for user in arranging.colleagues()],
        about=[(about, say(word, language())) for about, word in ABOUT.items()],
        object=[(f"{table}:{identity}", object_of(city, table, identity)[0]) for table, identity in objects],
        commune=[(area.id, pick(area, "name", language())) for area in in_order(city.plan.communes)],
    )


def asked(query: Mapping[str, str], offered: Choices) -> Wish:
    """What the address says, where it means anything."""

    def one(name: str, more: Sequence[str] = ()) -> str:
        value = query.get(name, "")
        return value if value in more or value in {key for key, _ in getattr(offered, name)} else ""

    return Wish(
        consultation=one("consultation"),
        state=one("state"),
        answered=query.get("answered", "") if query.get("answered") in ("yes", "no") else "",
        theme=one("theme", (NOBODY,)),
        assigned=one("assigned", (ME, NOBODY)),
        about=one("about"),
        object=one("object"),
        commune=one("commune"),
        sort=query["sort"] if query.get("sort") in showing.SORTS else "old",
        page=page_asked(query.get("page", "")),
    )


def chosen(wish: Wish, me: Any) -> QuerySet[m.Comment]:
    rows = m.Comment.objects.select_related("consultation", "theme", "assigned_to")
    table, _, identity = wish.object.partition(":")
    people = {ME: {"assigned_to": me}, NOBODY: {"assigned_to": None}}
    given: dict[str, Any] = {
        **({"consultation": wish.consultation} if wish.consultation else {}),
        **({"state": wish.state} if wish.state else {}),
        **({"theme": None if wish.theme == NOBODY else wish.theme} if wish.theme else {}),
        **(people.get(wish.assigned, {"assigned_to": wish.assigned}) if wish.assigned else {}),
        **({"about": wish.about} if wish.about else {}),
        **({"table": table, "object_id": identity} if identity else {}),
        **({"commune": wish.commune} if wish.commune else {}),
    }
    rows = rows.filter(**given)
    if wish.answered:
        rows = showing.with_answer(rows).filter(has_answer=wish.answered == "yes")
        if wish.answered == "no":
            rows = rows.exclude(state__in=m.GONE)
    return showing.in_order(rows, wish.sort)


def told(city: City, rows: Sequence[m.Comment]) -> list[dict[str, Any]]:
    """As the public reads them, and what the desk alone reads: held and hidden words, who deals with it."""
    hidden = [row.id for row in rows if row.state in (m.HELD, m.MODERATED)]
    texts = dict(m.Words.objects.filter(comment__in=hidden).values_list("comment_id", "text"))
    return [
        {
            **one,
            "text": one["text"] or texts.get(one["id"], ""),
            "readable": one["row"].state in READ,
            "theme": pick(one["row"].theme, "name", language()) if one["row"].theme else "",
            "with": (one["row"].assigned_to.name or one["row"].assigned_to.email) if one["row"].assigned_to else "",
            "answerable": one["row"].state not in m.GONE,
        }
        for one in showing.told(city, rows)
    ]  # fmt: skip


def one(city: City, row: m.Comment) -> dict[str, Any]:
    """A comment with everything that the desk needs to decide on it."""
    (desk,) = told(city, [row])
    found = {**showing.one(city, row), **desk}
    near = m.Comment.objects.filter(Q(twin_of=row) | Q(pk=row.twin_of_id) | Q(twin_of=row.twin_of_id or "-"))
    answers = m.AnswerTo.objects.filter(comment=row).select_related("answer").order_by("-answer__at", "-pk")
    found["answers"] = [(showing.answered(link.answer), link.live, link.answer_id) for link in answers]
    found["seen"] = next((link.answer_id for link in answers if link.live), "")
    found["near"] = told(
        city, list(near.exclude(pk=row.pk).select_related("theme", "assigned_to").distinct())
    )
    found["mergeable"] = bool(row.change) and any(
        link.live and link.answer.disposition in (m.ACCEPT, m.IN_PART) for link in answers
    )
    return found


# ---- words of lists ---------------------------------------------------------------------------------------


def dispositions() -> list[tuple[str, str]]:
    return [(key, say(DISPOSITION[key], language())) for key in m.DISPOSITIONS]


def reasons() -> list[tuple[str, str]]:
    return [(key, say(REASON[key], language())) for key in m.REASONS]


def turned(wish: Wish, **changed: Any) -> dict[str, str]:
    """The query of the same list with something else."""
    said = dataclasses.asdict(dataclasses.replace(wish, **changed))
    return {name: str(value) for name, value in said.items() if value and (name, value) not in (("page", 1), ("sort", "old"))}  # fmt: skip
