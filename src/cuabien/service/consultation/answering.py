"""What officials say of comments: an answer with its reason, a moderation with its reason, a merge with its credit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.words import N_
from cuabien.record.contents import answer_content
from cuabien.service.consultation import ledger, notices
from cuabien.service.consultation.common import NO_COMMENT, comment_of, deed, fate, is_hash, new_id
from cuabien.service.consultation.ledger import writing
from cuabien.service.consultation.models import (
    ACCEPT,
    DISPOSITIONS,
    GONE,
    HELD,
    IN_PART,
    MODERATED,
    REASONS,
    SHOWN,
    Answer,
    AnswerTo,
    Comment,
    Merged,
    Moderation,
)
from cuabien.service.consultation.said import one_line, plain


def answer(
    comments: Iterable[str],
    *,
    by: Any,
    disposition: str,
    reason_vi: str,
    reason_en: str = "",
    office: str = "",
    run: str = "",
    seen: Mapping[str, str] | None = None,
    moment: dt.datetime | None = None,
) -> Answer:
    """Answer one comment or a group of one consultation; an earlier answer to any of them is replaced.

    `seen`: comment -> id of the answer that the official saw in force ("" for none); where another has answered meanwhile, the act
    is refused, so that of two who answer at once one learns of the other.
    """
    ids = sorted(set(comments))
    reason_vi, reason_en = plain(reason_vi), plain(reason_en)
    _must_be_an_answer(ids, disposition, reason_vi, run)
    with writing(moment) as pen:
        rows = list(Comment.objects.filter(pk__in=ids).select_related("consultation").order_by("pk"))
        if len(rows) < len(ids):
            raise Refused(NO_COMMENT, id=next(i for i in ids if i not in {row.id for row in rows}))
        where = rows[0].consultation
        if any(row.consultation.id != where.id for row in rows):
            raise Refused(N_("these comments belong to several consultations; answer each apart"))
        gone = next((row for row in rows if row.state in GONE), None)
        if gone is not None:
            raise Refused(N_("comment {id} was taken back by its writer; it needs no answer"), id=gone.id)
        live = list(AnswerTo.objects.filter(comment__in=ids, live=True).select_related("answer"))
        before = {to.comment_id: to.answer_id for to in live}
        late = next((i for i in ids if seen is not None and seen.get(i, "") != before.get(i, "")), None)
        if late is not None:
            raise Refused(N_("comment {id} was answered meanwhile; read that answer first"), id=late)
        replaced = sorted(set(before.values()))
        row = Answer(
            id=new_id(),
            consultation=where,
            disposition=disposition,
            reason_vi=reason_vi,
            reason_en=reason_en,
            run=run,
            office=one_line(office),
            by=by,
            at=pen.now,
            replaces_id=replaced[0] if len(replaced) == 1 else None,
        )
        row.entry_n = pen.write("answered", row.id, content_of_answer(row, ids)).n
        row.save(force_insert=True)
        AnswerTo.objects.filter(pk__in=[to.pk for to in live]).update(live=False)
        AnswerTo.objects.bulk_create(AnswerTo(answer=row, comment_id=i) for i in ids)
        notices.tell([f"comment:{i}" for i in ids], f"answered:{row.id}", notices.ANSWERED, pen.now)
        deed(by, "answer", f"answer:{row.id}", comments=ids, disposition=disposition)
        return row


def _must_be_an_answer(ids: Sequence[str], disposition: str, reason: str, run: str) -> None:
    found = [
        Fault(rule, field, template, remedy)
        for wrong, rule, field, template, remedy in (
            (not ids, "answer-nothing", "comments", N_("no comment is chosen"), N_("choose the comments that this answers")),
            (disposition not in DISPOSITIONS, "answer-disposition", "disposition", N_("it is not said what becomes of the comment"), N_("choose accept, in part, decline, out of scope or already so")),
            (not reason, "answer-reason", "reason_vi", N_("the answer has no reason"), N_("write the reason in Vietnamese; the law asks for one")),
            (bool(run) and not is_hash(run), "answer-run", "run", N_("the run does not name a change that was tried"), N_("try the change first, then attach it from its page")),
        )
        if wrong
    ]  # fmt: skip
    if found:
        raise UnusableInput(found)


def content_of_answer(row: Answer, comments: Iterable[str]) -> dict[str, Any]:
    """What the ledger holds of an answer."""
    return answer_content(
        id=row.id,
        consultation=row.consultation_id,
        disposition=row.disposition,
        reason_vi=row.reason_vi,
        reason_en=row.reason_en,
        run=row.run,
        office=row.office,
        at=ledger.in_words(row.at),
        replaces=row.replaces_id or "",
        comments=comments,
    )


def moderate(
    comment: str, *, by: Any, reason: str, words: str = "", moment: dt.datetime | None = None
) -> Moderation:
    """Hide the words of a comment, with a reason of `models.REASONS` in the public log."""
    if reason not in REASONS:
        raise UnusableInput([
            Fault("moderate-reason", "reason", N_("the reason is not known"), N_("choose a reason of the list"))
        ])  # fmt: skip
    return _moderation(comment, "moderated", (SHOWN, HELD), MODERATED, by, reason, words, moment)


def restore(comment: str, *, by: Any, words: str = "", moment: dt.datetime | None = None) -> Moderation:
    """Show a moderated comment again, or a held one for the first time."""
    return _moderation(comment, "restored", (MODERATED, HELD), SHOWN, by, "", words, moment)


def _moderation(
    comment: str,
    kind: str,
    before: Sequence[str],
    after: str,
    by: Any,
    reason: str,
    words: str,
    moment: dt.datetime | None,
) -> Moderation:
    act = {"moderated": "moderate", "restored": "restore"}[kind]
    with writing(moment) as pen:
        row = comment_of(comment)
        if row.state not in before:
            raise Refused(N_("comment {id} is not in a state in which this can be done"), id=row.id)
        line = fate(pen, row, kind, by=by, reason=reason, words=plain(words))
        row.state = after
        row.save(update_fields=["state"])
        sentence = notices.SHOWN_AGAIN if kind == "restored" else notices.HIDDEN
        notices.tell([f"comment:{row.id}"], f"{kind}:{line.entry_n}", sentence, pen.now)
        deed(by, act, f"comment:{row.id}", reason=reason)
        return line


def merge(
    comment: str,
    *,
    by: Any,
    change: str,
    edition_before: str,
    edition_after: str,
    moment: dt.datetime | None = None,
) -> Merged:
    """An accepted proposal went into the next draft."""
    with writing(moment) as pen:
        row = comment_of(comment)
        accepted = AnswerTo.objects.filter(
            comment=row, live=True, answer__disposition__in=(ACCEPT, IN_PART)
        ).exists()
        if not accepted:
            raise Refused(N_("comment {id} has not been accepted; answer it first"), id=row.id)
        made, _ = Merged.objects.get_or_create(
            comment=row,
            edition_after=edition_after,
            defaults={"change": change, "edition_before": edition_before, "by": by, "at": pen.now},
        )
        deed(by, "merge", f"comment:{row.id}", change=change, edition=edition_after)
        return made
