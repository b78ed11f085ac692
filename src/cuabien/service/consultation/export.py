"""The record of every consultation, out of the database and into plain files: what `publish --record` reads.

Field by field, so that only what a record has a column for gets out: no name, no contact, no account, no e-mail, no voter. What
a comment says goes out only while it is shown; of a hidden, withdrawn or erased one the tombstone does. All of it is read in
one transaction, as it stood at one moment, with the root of that moment.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from cuabien.base.dates import last_second
from cuabien.record import objects as o
from cuabien.service.consultation import ledger
from cuabien.service.consultation import models as m
from cuabien.service.consultation.hearing import public_fields
from cuabien.service.consultation.ledger import in_words
from cuabien.service.consultation.said import plain
from cuabien.service.trying import store

AT_ONCE = 2000
"""Rows of the database held in memory at a time."""


def record_of(home: Path) -> o.Record:
    """The record as it stands. `home`: where the changes lie that people propose."""
    with ledger.at_one_moment():
        comments = list(_comments())
        answers = list(_answers())
        merged = list(_merged())
        lines = tuple(ledger.entries())
        return o.Record(
            ledger=lines,
            roots=tuple(ledger.roots()),
            consultations=tuple(_consultations()),
            transitions=tuple(_transitions()),
            invitations=tuple(_invitations()),
            comments=tuple(comments),
            answers=tuple(answers),
            answer_comments=tuple(
                o.AnswerComment(*pair)
                for pair in m.AnswerTo.objects.order_by("answer_id", "comment_id").values_list(
                    "answer_id", "comment_id"
                )
            ),
            themes=tuple(_themes()),
            voices=tuple(_voices()),
            moderation=tuple(_fates()),
            meetings=tuple(_meetings()),
            dialogue=tuple(_questions()),
            merged=tuple(merged),
            geometries=dict(
                m.Comment.objects.filter(state=m.SHOWN)
                .filter(geometry__isnull=False)
                .order_by()
                .values_list("pk", "geometry")
            ),
            changes=_changes(home, comments, answers, merged),
        )


def _at(when: dt.datetime | None) -> str:
    return in_words(when) if when else ""


def _on(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _consultations() -> Iterator[o.Consultation]:
    announced: dict[str, dt.date] = {
        step.consultation_id: step.last_day
        for step in m.Transition.objects.order_by("entry_n")
        if step.last_day is not None
    }
    for row in m.Consultation.objects.order_by("pk").iterator():
        last = announced.get(row.id)  # what a step announced holds until another step announces more
        yield o.Consultation(
            id=row.id,
            plan=row.plan,
            edition=row.edition,
            edition_id=row.edition_id,
            title_vi=row.title_vi,
            title_en=row.title_en,
            summary_vi=row.summary_vi,
            summary_en=row.summary_en,
            regime=row.regime,
            kind=row.kind,
            state=row.state,
            opens_at=_at(row.opens_at),
            closes_at=_at(last_second(last) if last else row.closes_at),
            article=row.article,
            withheld_split=row.withheld_split,
            scope=tuple(f"{table}:{identity}" for table, identity in row.scope),
        )


def _transitions() -> Iterator[o.Transition]:
    for row in m.Transition.objects.order_by("entry_n").iterator():
        yield o.Transition(
            n=row.entry_n,
            consultation=row.consultation_id,
            before=row.before,
            after=row.after,
            act=row.act,
            at=_at(row.at),
            article=row.article,
            last_day=_on(row.last_day),
            evidence=row.evidence,
        )


def _invitations() -> Iterator[o.Invitation]:
    for row in m.Invitation.objects.order_by("entry_n").iterator():
        yield o.Invitation(
            n=row.entry_n,
            consultation=row.consultation_id,
            agency_vi=row.agency_vi,
            agency_en=row.agency_en,
            sent_at=_at(row.sent_at),
            due_at=_at(row.due_at),
            answered_at=_at(row.answered_at),
        )


def _comments() -> Iterator[o.Comment]:
    words = {
        row.pk: row
        for row in m.Words.objects.filter(comment__state=m.SHOWN).only("text", "salt").iterator(AT_ONCE)
    }
    pictures: dict[str, list[str]] = defaultdict(list)
    for comment, sha256 in m.Picture.objects.order_by("sha256").values_list("comment_id", "sha256"):
        pictures[comment].append(sha256)
    for row in m.Comment.objects.order_by("entry_n").iterator(AT_ONCE):
        shown = words.get(row.id) if row.state == m.SHOWN else None
        yield o.Comment(
            n=row.entry_n,
            **public_fields(row),
            state=row.state,
            theme=str(row.theme_id or ""),
            twin_of=row.twin_of_id or "",
            words=row.words_hash,
            salt=bytes(shown.salt).hex() if shown else "",
            pictures=tuple(pictures[row.id]) if shown else (),
            text=shown.text if shown else "",
        )


def _answers() -> Iterator[o.Answer]:
    for row in m.Answer.objects.order_by("entry_n").iterator():
        yield o.Answer(
            n=row.entry_n,
            id=row.id,
            consultation=row.consultation_id,
            disposition=row.disposition,
            reason_vi=row.reason_vi,
            reason_en=row.reason_en,
            run=row.run,
            office=row.office,
            at=_at(row.at),
            replaces=row.replaces_id or "",
        )


def _themes() -> Iterator[o.Theme]:
    for row in m.Theme.objects.order_by("pk"):
        yield o.Theme(str(row.pk), row.consultation_id, plain(row.name_vi), plain(row.name_en), row.accepted)


def _voices() -> Iterator[o.Voices]:
    for row in m.DayTally.objects.order_by("entry_n", "comment_id").iterator():
        yield o.Voices(
            row.entry_n,
            _on(row.day),
            row.comment_id,
            row.support_verified,
            row.support_anonymous,
            row.oppose_verified,
            row.oppose_anonymous,
        )


def _fates() -> Iterator[o.Fate]:
    for row in m.Moderation.objects.order_by("entry_n").iterator():
        yield o.Fate(row.entry_n, row.comment_id, row.act, row.reason, row.words, _at(row.at))


def _meetings() -> Iterator[o.Meeting]:
    for row in m.Meeting.objects.order_by("pk"):
        yield o.Meeting(
            id=row.id,
            title_vi=plain(row.title_vi),
            title_en=plain(row.title_en),
            starts_at=_at(row.starts_at),
            place_vi=plain(row.place_vi),
            place_en=plain(row.place_en),
            commune=row.commune,
            whom=row.whom,
            consultation=row.consultation_id or "",
        )


def _questions() -> Iterator[o.Question]:
    for row in m.Question.objects.order_by("pk"):
        yield o.Question(
            id=row.id,
            meeting=row.meeting_id,
            language=row.language,
            asked_at=_at(row.asked_at),
            text=plain(row.text),
            answer_vi=plain(row.answer_vi),
            answer_en=plain(row.answer_en),
            answered_at=_at(row.answered_at),
            due_on=_on(row.due_on),
            done_vi=plain(row.done_vi),
            done_en=plain(row.done_en),
            done_at=_at(row.done_at),
        )


def _merged() -> Iterator[o.Merged]:
    for row in m.Merged.objects.order_by("pk"):
        yield o.Merged(row.comment_id, row.change, row.edition_before, row.edition_after, _at(row.at))


def _changes(
    home: Path, comments: Iterable[o.Comment], answers: Iterable[o.Answer], merged: Iterable[o.Merged]
) -> dict[str, bytes]:
    """The change file of each proposal that is shown, of each run that an answer shows and of each merge, where it is kept."""
    wanted = {c.change for c in comments if c.state == m.SHOWN} | {a.run for a in answers}
    wanted |= {merge.change for merge in merged}
    found = {change: store.text_of(home, change) for change in sorted(wanted - {""})}
    return {change: text for change, text in found.items() if text is not None}
