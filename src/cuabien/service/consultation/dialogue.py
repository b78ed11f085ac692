"""Dialogue: days on which the city meets residents or businesses; what was asked there, what was answered, and what was done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.words import LANGUAGES, N_
from cuabien.service.consultation import notices
from cuabien.service.consultation.common import SLUG, deed, new_id
from cuabien.service.consultation.ledger import turn
from cuabien.service.consultation.models import Consultation, Meeting, Question
from cuabien.service.consultation.said import LONGEST_TEXT, one_line, plain

WHOM = {"residents": N_("residents"), "businesses": N_("businesses")}
"""Whom the city meets."""


def announce(
    meeting: str,
    *,
    by: Any,
    title_vi: str,
    title_en: str = "",
    starts_at: dt.datetime | None,
    place_vi: str = "",
    place_en: str = "",
    commune: str = "",
    whom: str = "residents",
    consultation: str = "",
) -> Meeting:
    """Put a meeting into the calendar."""
    title_vi = one_line(title_vi)
    about = Consultation.objects.filter(pk=consultation).first() if consultation else None
    found = [
        Fault(f"meeting-{field}", field, template, remedy)
        for wrong, field, template, remedy in (
            (not SLUG.fullmatch(meeting), "id", N_("this id cannot stand in an address"), N_("use small letters, digits and hyphens, at most 64")),
            (Meeting.objects.filter(pk=meeting).exists(), "id", N_("there is a meeting with this id already"), N_("choose another id")),
            (not title_vi, "title_vi", N_("the meeting has no title"), N_("write a title in Vietnamese")),
            (starts_at is None, "starts_at", N_("the day and the hour are missing"), N_("enter both")),
            (whom not in WHOM, "whom", N_("it is not said who is invited"), N_("choose residents or businesses")),
            (bool(consultation) and about is None, "consultation", N_("this consultation is not known"), N_("choose one of the list")),
        )
        if wrong
    ]  # fmt: skip
    if found or starts_at is None:
        raise UnusableInput(found)
    with turn(), transaction.atomic():
        row = Meeting.objects.create(
            id=meeting,
            title_vi=title_vi[:300],
            title_en=one_line(title_en)[:300],
            starts_at=starts_at,
            place_vi=one_line(place_vi)[:300],
            place_en=one_line(place_en)[:300],
            commune=commune,
            whom=whom,
            consultation=about,
            by=by,
        )
        notices.tell([notices.DIALOGUE], f"meeting:{row.id}", notices.MEETING, timezone.now())
        deed(by, "dialogue", f"meeting:{row.id}")
        return row


def ask(meeting: str, *, by: Any, text: str, language: str = "vi") -> Question:
    """Type in what was asked; without names."""
    text = plain(text)
    _must_be_said(text, "text", N_("the question has no words"), N_("write what was asked, without a name"))
    with turn(), transaction.atomic():
        where = Meeting.objects.filter(pk=meeting).first()
        if where is None:
            raise Refused(N_("there is no meeting {id}"), id=meeting)
        row = Question.objects.create(
            id=new_id(),
            meeting=where,
            text=text,
            language=language if language in LANGUAGES else "vi",
            asked_at=timezone.now(),
            by=by,
        )
        deed(by, "dialogue", f"question:{row.id}", step="asked")
        return row


def reply(
    question: str, *, by: Any, answer_vi: str, answer_en: str = "", due_on: dt.date | None = None
) -> Question:
    """Answer, with the day by which something will be done, where something is promised."""
    answer_vi = plain(answer_vi)
    _must_be_said(answer_vi, "answer_vi", N_("the answer has no words"), N_("write it in Vietnamese"))
    with turn(), transaction.atomic():
        row = _question(question)
        row.answer_vi, row.answer_en, row.due_on = answer_vi, plain(answer_en), due_on
        first = row.answered_at is None
        row.answered_at, row.answered_by = row.answered_at or timezone.now(), by
        row.save()
        if first:
            notices.tell([notices.DIALOGUE], f"reply:{row.id}", notices.REPLIED, row.answered_at)
        deed(by, "dialogue", f"question:{row.id}", step="answered")
        return row


def done(question: str, *, by: Any, done_vi: str, done_en: str = "") -> Question:
    """Say what was done."""
    done_vi = plain(done_vi)
    _must_be_said(done_vi, "done_vi", N_("it is not said what was done"), N_("write it in Vietnamese"))
    with turn(), transaction.atomic():
        row = _question(question)
        if row.answered_at is None:
            raise Refused(N_("this question has no answer yet; answer it first"))
        row.done_vi, row.done_en = done_vi, plain(done_en)
        first = row.done_at is None
        row.done_at, row.done_by = row.done_at or timezone.now(), by
        row.save()
        if first:
            notices.tell([notices.DIALOGUE], f"done:{row.id}", notices.DONE, row.done_at)
        deed(by, "dialogue", f"question:{row.id}", step="done")
        return row


def _question(identity: str) -> Question:
    row = Question.objects.select_for_update().filter(pk=identity).first()
    if row is None:
        raise Refused(N_("there is no question {id}"), id=identity)
    return row


def _must_be_said(text: str, field: str, template: str, remedy: str) -> None:
    if not text:
        raise UnusableInput([Fault(f"missing-{field}", field, template, remedy)])
    if len(text) > LONGEST_TEXT:
        raise UnusableInput([Fault(f"long-{field}", field, N_("the text is too long"), N_("shorten it"))])


def days_to_answer(row: Question) -> float | None:
    return (row.answered_at - row.asked_at).total_seconds() / 86400 if row.answered_at else None
