"""Themes, merges and dialogue: the pages of the desk for them, and the calendar of dialogues for everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from cuabien.base import words
from cuabien.base.dates import VIETNAM
from cuabien.base.faults import Refused, UnusableInput
from cuabien.base.words import pick, say
from cuabien.service.city import current
from cuabien.service.consultation import arranging, dialogue, merging, serving, showing, themes
from cuabien.service.consultation import models as m
from cuabien.service.consultation.desk import common
from cuabien.service.consultation.serving import NOTHING, with_database
from cuabien.service.pages import language
from cuabien.service.pages import show as show_page
from cuabien.service.pages_of_record import object_of
from cuabien.service.people.guard import official, person, public
from cuabien.service.stories import in_order
from cuabien.service.trying import store

# ---- themes -----------------------------------------------------------------------------------------------


@official("accept_theme")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def its_themes(request: HttpRequest, identity: str) -> HttpResponseBase:
    """What a program proposes; a person accepts it under a name of their own, or drops it."""
    row = serving.consultation(identity)
    back = reverse("desk-themes", args=[row.id])
    if request.method == "POST":
        return common.acted(request, lambda: _theme_act(request, row), back)
    counts = dict(m.Comment.objects.filter(consultation=row).exclude(theme=None).order_by().values_list("theme").annotate(Count("pk")))  # fmt: skip
    offered = dict(m.Comment.objects.filter(consultation=row, theme=None).exclude(proposed_theme=None).order_by().values_list("proposed_theme").annotate(Count("pk")))  # fmt: skip
    every = list(m.Theme.objects.filter(consultation=row))
    return common.show(
        request,
        "themes.html",
        one=showing.card(row, showing.Counted()),
        accepted=[(theme, counts.get(theme.pk, 0)) for theme in every if theme.accepted],
        proposed=[(theme, offered.get(theme.pk, 0)) for theme in every if not theme.accepted],
        twins=m.Comment.objects.filter(consultation=row).exclude(twin_of=None).count(),
        fewest=themes.FEWEST,
    )


def _theme_act(request: HttpRequest, row: m.Consultation) -> object:
    me, said = person(request), common.given(request, ("what", "name_vi", "name_en"))
    theme = common.whole(request.POST.get("theme", ""))
    names = {name: said[name] for name in ("name_vi", "name_en")}
    if said["what"] == "propose":
        return themes.read_again(row.id, by=me)
    if said["what"] == "add":
        return arranging.add_theme(row.id, by=me, **names)
    if said["what"] == "drop":
        return arranging.drop_theme(theme or 0, by=me)
    return arranging.accept_theme(theme or 0, by=me, **names)


# ---- merging ----------------------------------------------------------------------------------------------


@official("merge")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def merge(request: HttpRequest, identity: str) -> HttpResponseBase:
    """Take an accepted proposal into the next draft, as it was handed in or as it was amended and tried again."""
    row = common.comment(identity)
    change = request.POST.get("change", "").strip().lower() or row.change
    wrong: serving.Faults = {}
    refusal = ""
    if request.method == "POST":
        try:
            merging.merge(row.id, by=person(request), change=change)
            return common.see(reverse("desk-comment", args=[row.id]), "kept")
        except UnusableInput as error:
            wrong = serving.beside(error, ("change",))
        except Refused as error:
            refusal = serving.refusal(error)
    kept = store.get(Path(settings.CUABIEN_HOME), change) if change else None
    edits = kept.edits if kept else ()
    return common.show(
        request,
        "merge.html",
        status=422 if wrong else 409 if refusal else 200,
        identity=row.id,
        change=change,
        known=kept is not None,
        title=kept.title_in(language()) if kept else "",
        edits=[(object_of(current(), e.table, e.id)[0], e.table, e.action, sorted(e.fields)) for e in edits],
        wrong=wrong,
        refusal=refusal,
    )


# ---- dialogue ---------------------------------------------------------------------------------------------

MEETING = (
    "id",
    "title_vi",
    "title_en",
    "starts_at",
    "place_vi",
    "place_en",
    "commune",
    "whom",
    "consultation",
)


@official("dialogue")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def meetings(request: HttpRequest) -> HttpResponseBase:
    values = common.given(request, MEETING)
    wrong: serving.Faults = {}
    if request.method == "POST":
        communes = {area.id for area in in_order(current().plan.communes)}
        said = {**values, "starts_at": _moment(values["starts_at"])}
        said["commune"] = values["commune"] if values["commune"] in communes else ""
        try:
            dialogue.announce(said.pop("id"), by=person(request), **said)
            return common.see(reverse("desk-meeting", args=[values["id"]]), "kept")
        except UnusableInput as error:
            wrong = serving.beside(error, MEETING)
    rows = m.Meeting.objects.order_by("-starts_at")
    asked = dict(m.Question.objects.order_by().values_list("meeting").annotate(Count("pk")))
    return common.show(
        request,
        "meetings.html",
        status=422 if wrong else 200,
        rows=[
            (row.id, pick(row, "title", language()), _when(row.starts_at), asked.get(row.id, 0))
            for row in rows
        ],
        values=values,
        wrong=wrong,
        whoms=[(key, say(word, language())) for key, word in dialogue.WHOM.items()],
        communes=[(a.id, pick(a, "name", language())) for a in in_order(current().plan.communes)],
        consultations=[(c.id, pick(c, "title", language())) for c in m.Consultation.objects.all()],
    )


def _moment(text: str) -> dt.datetime | None:
    """A day and an hour in Việt Nam, as a field of that kind sends them."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=VIETNAM) if "T" in text else None
    except ValueError:
        return None


def _when(moment: dt.datetime) -> str:
    return f"{showing.day(moment)}, {moment.astimezone(VIETNAM):%H:%M}"


@official("dialogue")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def meeting(request: HttpRequest, identity: str) -> HttpResponseBase:
    row = m.Meeting.objects.filter(pk=identity).first()
    if row is None:
        raise Http404(gettext(NOTHING))
    if request.method == "POST":
        return common.acted(
            request, lambda: _meeting_act(request, row), reverse("desk-meeting", args=[row.id])
        )
    (told,) = _told([row])
    return common.show(request, "meeting.html", one=told)


def _meeting_act(request: HttpRequest, row: m.Meeting) -> object:
    me = person(request)
    said = common.given(request, ("what", "question", "text", "language", "answer_vi", "answer_en", "due_on", "done_vi", "done_en"))  # fmt: skip
    if said["what"] == "answer":
        due = common.a_day(said["due_on"])
        return dialogue.reply(said["question"], by=me, answer_vi=said["answer_vi"], answer_en=said["answer_en"], due_on=due)  # fmt: skip
    if said["what"] == "done":
        return dialogue.done(said["question"], by=me, done_vi=said["done_vi"], done_en=said["done_en"])
    return dialogue.ask(row.id, by=me, text=said["text"], language=said["language"])


def _told(rows: Iterable[m.Meeting]) -> list[dict[str, Any]]:
    """Meetings with their questions in words: two questions to the database, however many there are."""
    rows, city = list(rows), current()
    asked: dict[str, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for one in m.Question.objects.filter(meeting__in=list(asked)):
        asked[one.meeting_id].append(
            {
                "row": one,
                "asked": showing.day(one.asked_at),
                "answer": pick(one, "answer", language()),
                "answered": showing.day(one.answered_at),
                "done": pick(one, "done", language()),
                "was_done": showing.day(one.done_at),
                "due": words.date(one.due_on.isoformat(), language()) if one.due_on else "",
                "days": dialogue.days_to_answer(one),
            }
        )
    return [
        {
            "row": row,
            "id": row.id,
            "title": pick(row, "title", language()),
            "place": pick(row, "place", language()),
            "when": _when(row.starts_at),
            "whom": say(dialogue.WHOM.get(row.whom, row.whom), language()),
            "commune": object_of(city, "areas", row.commune) if row.commune else None,
            "questions": asked[row.id],
        }
        for row in rows
    ]


MEETINGS_SHOWN = 50


@public
@require_safe
@with_database
def calendar(request: HttpRequest) -> HttpResponseBase:
    """For everybody: what is coming, what was asked, answered and done, and how long an answer took."""
    now = dt.datetime.now(dt.UTC)
    coming = m.Meeting.objects.filter(starts_at__gte=now)
    past = m.Meeting.objects.filter(starts_at__lt=now).order_by("-starts_at")[:MEETINGS_SHOWN]
    held = _told(past)
    questions = [one for row in held for one in row["questions"]]
    took = [one["days"] for one in questions if one["days"] is not None]
    return show_page(
        request,
        "desk/dialogue.html",
        current(),
        coming=_told(coming),
        held=held,
        asked=len(questions),
        answered=len(took),
        done=sum(bool(one["was_done"]) for one in questions),
        days=median(took) if took else None,
    )
