"""What the desk arranges behind an answer: who deals with a comment, which theme it has, and the phrases that are kept ready.

None of it is a line of the ledger, since none of it changes what was said or answered; each is a deed of an official.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.words import N_
from cuabien.service.consultation.common import comment_of, consultation_of, deed
from cuabien.service.consultation.ledger import turn
from cuabien.service.consultation.models import DISPOSITIONS, Comment, Phrase, Theme
from cuabien.service.consultation.said import one_line, plain
from cuabien.service.people.models import User
from cuabien.service.people.roles import may

LONGEST_TITLE = 120


def assign(comment: str, *, by: Any, to: str) -> Comment:
    """Give a comment to a colleague who answers or types; blank takes it from whoever has it."""
    with turn(), transaction.atomic():
        row = comment_of(comment)
        colleague = next((user for user in colleagues() if str(user.pk) == to), None)
        if to and colleague is None:
            raise Refused(N_("this colleague does not deal with comments"))
        row.assigned_to = colleague
        row.save(update_fields=["assigned_to"])
        deed(by, "assign", f"comment:{row.id}", to=to)
        return row


def colleagues() -> list[User]:
    """Officials who may be given a comment."""
    users = User.objects.filter(is_active=True, offices__isnull=False).distinct().prefetch_related("offices")
    found = [user for user in users if may([o.role for o in user.offices.all()], "assign")]  # type: ignore[attr-defined]
    return sorted(found, key=lambda user: user.name or user.email)


def give_theme(comments: Iterable[str], *, by: Any, theme: int | None) -> int:
    """Say what comments are about; the theme is one that a person accepted. How many were changed."""
    with turn(), transaction.atomic():
        row = Theme.objects.filter(pk=theme, accepted=True).first() if theme is not None else None
        if theme is not None and row is None:
            raise Refused(N_("this theme is not in force; accept it first"))
        ids = sorted(set(comments))
        rows = Comment.objects.filter(pk__in=ids)
        if row is not None:
            rows = rows.filter(consultation=row.consultation_id)
        changed = rows.update(theme=row)
        deed(by, "accept_theme", f"theme:{theme or '-'}", comments=ids)
        return changed


def accept_theme(theme: int, *, by: Any, name_vi: str, name_en: str = "") -> Theme:
    """Put a proposed theme in force under the name that a person gives it; its comments take it on, unless somebody gave them
    another."""
    name_vi, name_en = one_line(name_vi), one_line(name_en)
    _must_have(name_vi, "name_vi", N_("the theme has no name in Vietnamese"), N_("write one"))
    with turn(), transaction.atomic():
        row = _theme(theme)
        row.name_vi, row.name_en = name_vi[:LONGEST_TITLE], name_en[:LONGEST_TITLE]
        row.accepted, row.accepted_by, row.accepted_at = True, by, timezone.now()
        row.save()
        Comment.objects.filter(proposed_theme=row, theme=None).update(theme=row)
        deed(by, "accept_theme", f"theme:{row.pk}", name=row.name_vi)
        return row


def drop_theme(theme: int, *, by: Any) -> str:
    """Take a theme away; its comments stay, without it. Its name."""
    with turn(), transaction.atomic():
        row = _theme(theme)
        deed(by, "accept_theme", f"theme:{row.pk}", dropped=row.name_vi)
        row.delete()
        return row.name_vi


def add_theme(consultation: str, *, by: Any, name_vi: str, name_en: str = "") -> Theme:
    """A theme of a person's own, in force at once."""
    name_vi, name_en = one_line(name_vi), one_line(name_en)
    _must_have(name_vi, "name_vi", N_("the theme has no name in Vietnamese"), N_("write one"))
    with turn(), transaction.atomic():
        row = Theme.objects.create(
            consultation=consultation_of(consultation),
            name_vi=name_vi[:LONGEST_TITLE],
            name_en=name_en[:LONGEST_TITLE],
            accepted=True,
            accepted_by=by,
            accepted_at=timezone.now(),
        )
        deed(by, "accept_theme", f"theme:{row.pk}", name=row.name_vi)
        return row


def _theme(identity: int) -> Theme:
    row = Theme.objects.filter(pk=identity).first()
    if row is None:
        raise Refused(N_("there is no theme {id}"), id=identity)
    return row


def keep_phrase(
    *, by: Any, title: str, disposition: str, reason_vi: str, reason_en: str = "", phrase: int | None = None
) -> Phrase:
    """Keep an answer ready under a title, or change one that is kept."""
    title, reason_vi, reason_en = one_line(title)[:LONGEST_TITLE], plain(reason_vi), plain(reason_en)
    found = [
        Fault(f"phrase-{field}", field, template, remedy)
        for wrong, field, template, remedy in (
            (not title, "title", N_("the phrase has no title"), N_("write one by which you find it again")),
            (disposition not in DISPOSITIONS, "disposition", N_("it is not said what becomes of the comment"), N_("choose accept, in part, decline, out of scope or already so")),
            (not reason_vi, "reason_vi", N_("the answer has no reason"), N_("write the reason in Vietnamese; the law asks for one")),
            (Phrase.objects.filter(title=title).exclude(pk=phrase).exists(), "title", N_("there is a phrase with this title already"), N_("choose another title")),
        )
        if wrong
    ]  # fmt: skip
    if found:
        raise UnusableInput(found)
    with turn(), transaction.atomic():
        row = Phrase.objects.filter(pk=phrase).first() or Phrase(by=by)
        row.title, row.disposition, row.reason_vi, row.reason_en = title, disposition, reason_vi, reason_en
        row.save()
        deed(by, "answer", f"phrase:{row.pk}", title=title)
        return row


def drop_phrase(phrase: int, *, by: Any) -> None:
    with turn(), transaction.atomic():
        if Phrase.objects.filter(pk=phrase).delete()[0]:
            deed(by, "answer", f"phrase:{phrase}", dropped=True)


def _must_have(value: str, field: str, template: str, remedy: str) -> None:
    if not value:
        raise UnusableInput([Fault(f"missing-{field}", field, template, remedy)])
