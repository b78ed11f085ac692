"""What officials do to a consultation: set it up, enter the article, ask agencies, take the next step; and what each day asks."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cuabien.base.dates import VIETNAM, last_second
from cuabien.base.faults import Fault, Refused, UnusableInput, stops
from cuabien.base.words import N_
from cuabien.record.contents import invitation_content, transition_content, voices_content
from cuabien.record.procedure import ASKING, SIDE, STATES, Facts, may_go, next_state, step_of
from cuabien.service.consultation import images, ledger, notices
from cuabien.service.consultation.common import (
    NO_CONSULTATION,
    SLUG,
    consultation_of,
    day_of,
    deed,
    hashed,
    is_hash,
)
from cuabien.service.consultation.hearing import Tally, tallies
from cuabien.service.consultation.ledger import writing
from cuabien.service.consultation.models import (
    AGENCY,
    GONE,
    KINDS,
    PUBLIC,
    AnswerTo,
    Comment,
    Consultation,
    DayTally,
    Invitation,
    Picture,
    Root,
    Transition,
)
from cuabien.service.consultation.said import one_line, plain
from cuabien.service.people.roles import RESIDENT
from cuabien.standards.legal import regimes

# ---- the procedure ------------------------------------------------------------------------------------------


def begin(
    consultation: str,
    *,
    by: Any,
    plan: str,
    edition: str,
    title_vi: str,
    regime: str,
    title_en: str = "",
    summary_vi: str = "",
    summary_en: str = "",
    edition_id: str = "",
    kind: str = PUBLIC,
    state: str = "DRAFTING_PLAN",
    scope: Iterable[Sequence[str]] = (),
    hold_first: bool = False,
    touches_defence: bool = True,
    adjusting: bool = False,
    moment: dt.datetime | None = None,
) -> Consultation:
    """Set up a consultation of an edition; `state`: where the procedure stands (earlier steps may have been taken elsewhere)."""
    found = [
        Fault(rule, field, template, remedy)
        for wrong, rule, field, template, remedy in (
            (not SLUG.fullmatch(consultation), "begin-id", "id", N_("this id cannot stand in an address"), N_("use small letters, digits and hyphens, at most 64")),
            (not title_vi.strip(), "begin-title", "title_vi", N_("the consultation has no title"), N_("write a title in Vietnamese")),
            (not is_hash(edition), "begin-edition", "edition", N_("the edition is not named by its hash"), N_("choose an edition of the plan")),
            (regime not in regimes(), "begin-regime", "regime", N_("this body of law is not known"), N_("choose one of the list")),
            (kind not in KINDS, "begin-kind", "kind", N_("a consultation asks agencies or the public"), N_("choose one of the two")),
            (state not in STATES or state in (*SIDE, *ASKING), "begin-state", "state", N_("a consultation cannot begin in this state"), N_("choose the state in which the plan is drafted")),
        )
        if wrong
    ]  # fmt: skip
    if found:
        raise UnusableInput(found)
    with writing(moment) as pen:
        if Consultation.objects.filter(pk=consultation).exists():
            raise Refused(N_("there is a consultation {id} already"), id=consultation)
        row = Consultation.objects.create(
            id=consultation,
            plan=plan,
            edition=edition,
            edition_id=edition_id,
            title_vi=one_line(title_vi),
            title_en=one_line(title_en),
            summary_vi=plain(summary_vi),
            summary_en=plain(summary_en),
            regime=regime,
            kind=kind,
            state=state,
            scope=[list(one) for one in scope],
            hold_first=hold_first,
            touches_defence=touches_defence,
            adjusting=adjusting,
            made_at=pen.now,
            made_by=by,
        )
        deed(by, "prepare", f"consultation:{row.id}", edition=edition, regime=regime, kind=kind)
        return row


def enter_article(
    consultation: str,
    *,
    by: Any,
    article: str,
    opens_at: dt.datetime,
    last_day: dt.date,
    withheld_split: bool = False,
    defence_agreed: bool = False,
    moment: dt.datetime | None = None,
) -> Consultation:
    """A named official enters the article and with it the period: from a moment to 23:59:59 of the last day in Việt Nam. Whether the
    period is one that the law allows is asked when it is opened (`what_keeps`)."""
    if not article.strip() or by is None:
        raise Refused(N_("an article of law, entered by a named official, is what opens a consultation"))
    with writing(moment) as pen:
        row = consultation_of(consultation)
        if row.state in ASKING:
            raise Refused(N_("it is open already; give more time instead"))
        row.article, row.article_by = one_line(article), by
        row.opens_at = max(opens_at.replace(microsecond=0), pen.now)
        row.closes_at = last_second(last_day)
        row.withheld_split, row.defence_agreed = withheld_split, defence_agreed
        row.save()
        deed(by, "open", f"consultation:{row.id}", article=row.article, last_day=last_day.isoformat())
        return row


def invite(
    consultation: str,
    *,
    by: Any,
    agency_vi: str,
    agency_en: str = "",
    email: str = "",
    last_day: dt.date,
    moment: dt.datetime | None = None,
) -> tuple[Invitation, str]:
    """Ask an agency by name, with a deadline of its own; also the key that opens its form (only its hash is kept)."""
    agency_vi, agency_en, due_at = one_line(agency_vi), one_line(agency_en), last_second(last_day)
    with writing(moment) as pen:
        row = consultation_of(consultation)
        if row.kind != AGENCY:
            raise Refused(N_("this is a consultation of the public; set up one of agencies beside it"))
        if not agency_vi or due_at <= pen.now:
            raise Refused(N_("an agency is asked by name, with a last day that has not passed"))
        if row.invitations.filter(agency_vi=agency_vi).exists():
            raise Refused(N_("{agency} has been asked already"), agency=agency_vi)
        token = secrets.token_urlsafe(24)
        content = invitation_content(
            consultation=row.id,
            agency_vi=agency_vi,
            agency_en=agency_en,
            sent_at=pen.at,
            due_at=ledger.in_words(due_at),
        )
        asked = Invitation.objects.create(
            consultation=row,
            agency_vi=agency_vi,
            agency_en=agency_en,
            email=email.strip(),
            sent_at=pen.now,
            due_at=due_at,
            by=by,
            token_hash=hashed(token),
            entry_n=pen.write("invited", row.id, content).n,
        )
        deed(by, "invite", f"consultation:{row.id}", agency=agency_vi, last_day=last_day.isoformat())
        return asked, token


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a key opens."""
    return Invitation.objects.filter(token_hash=hashed(token)).select_related("consultation").first()


def what_keeps(
    consultation: Consultation,
    act: str,
    *,
    by: Any = None,
    evidence: str = "",
    last_day: dt.date | None = None,
    forms: Iterable[str] = (),
    moment: dt.datetime | None = None,
) -> list[Fault]:
    """Everything that keeps a step from being taken now; warnings (an unconfirmed period, silent agencies) are told beside."""
    facts = _facts(consultation, act, by, evidence, last_day, forms, ledger.now(moment))
    return may_go(consultation.state, act, facts)


def move(
    consultation: str,
    act: str,
    *,
    by: Any,
    article: str = "",
    evidence: str = "",
    last_day: dt.date | None = None,
    forms: Iterable[str] = (),
    approved_on: dt.date | None = None,
    moment: dt.datetime | None = None,
) -> Consultation:
    """Take a step of the procedure (`record.procedure.ACTS`). Refused, with every reason at once, while a guard of it does not hold.

    `last_day`: of the longer period, where more time is given; `forms`: in which it was made public; `approved_on`: the day of approval.
    """
    evidence = plain(evidence)
    with writing(moment) as pen:
        row = Consultation.objects.select_for_update().filter(pk=consultation).first()
        if row is None:
            raise Refused(NO_CONSULTATION, id=consultation)
        facts = _facts(row, act, by, evidence, last_day, forms, pen.now)
        found = may_go(row.state, act, facts)
        step, after = step_of(row.state, act, row.regime), next_state(row.state, act, facts)
        if stops(found) or step is None or after is None:
            raise UnusableInput([fault for fault in found if fault.severity == "fault"])
        before, article = row.state, one_line(article) or (row.article if step.period else "")
        if act == "extend" and last_day is not None:
            row.closes_at = last_second(last_day)
        if act == "approve":
            row.approved_on = approved_on or pen.now.astimezone(VIETNAM).date()
        row.state, row.state_before = after, before if after in SIDE else ""
        row.save()
        announced = day_of(row.closes_at) if after in ASKING else None
        content = transition_content(
            consultation=row.id,
            before=before,
            after=after,
            act=act,
            at=pen.at,
            article=article,
            last_day=announced.isoformat() if announced else "",
            evidence=evidence,
        )
        n = pen.write(step.kind, row.id, content).n
        Transition.objects.create(
            consultation=row,
            before=before,
            after=after,
            act=act,
            at=pen.now,
            by=by,
            article=article,
            last_day=announced,
            evidence=evidence,
            entry_n=n,
        )
        in_time = row.closes_at is not None and pen.now <= row.closes_at
        if (before in ASKING) != (after in ASKING) and in_time:  # later, the clock has told it
            sentence = notices.OPENED if after in ASKING else notices.CLOSED_NOW
            notices.tell([f"consultation:{row.id}"], f"moved:{n}", sentence, pen.now)
        deed(by, "transition", f"consultation:{row.id}", step=act, before=before, after=after)
        return row


def _facts(
    row: Consultation,
    act: str,
    by: Any,
    evidence: str,
    last_day: dt.date | None,
    forms: Iterable[str],
    now: dt.datetime,
) -> Facts:
    announced = day_of(row.closes_at)
    step = step_of(row.state, act, row.regime)
    held = by.roles if by is not None else frozenset()
    due = list(row.invitations.values_list("answered_at", "due_at"))
    others = Consultation.objects.filter(plan=row.plan, edition=row.edition).exclude(pk=row.pk)
    return Facts(
        regime=row.regime,
        now=now,
        kind=row.kind,
        role=None if by is None or step is None else step.role if step.role in held else RESIDENT,
        came_from=row.state_before,
        opens=day_of(row.opens_at),
        last_day=last_day or announced,
        last_day_before=announced,
        article=row.article,
        article_by=str(row.article_by_id or ""),
        withheld_split=row.withheld_split,
        touches_defence=row.touches_defence,
        defence_agreed=row.defence_agreed,
        adjusting=row.adjusting,
        invited=len(due),
        waiting=sum(answered is None and due_at >= now for answered, due_at in due),
        silent=sum(answered is None and due_at < now for answered, due_at in due),
        unanswered=unanswered(row).count(),
        others_waiting=sum(o.state in ASKING or unanswered(o).exists() for o in others),
        evidence=evidence,
        approved=row.approved_on,
        forms=tuple(forms),
    )


def unanswered(consultation: Consultation) -> QuerySet[Comment]:
    """Comments that still need an answer: all but those that their writers took back; a moderated one needs an answer too."""
    live = AnswerTo.objects.filter(comment=OuterRef("pk"), live=True)
    return Comment.objects.filter(consultation=consultation).exclude(state__in=GONE).exclude(Exists(live))


# ---- the clock ----------------------------------------------------------------------------------------------


def daily(moment: dt.datetime | None = None) -> bool:
    """What is due once a day, as soon as the day has begun: the tally of the voices that changed, the root of the chain, and the
    removal of pictures that were never handed in. Anybody may call it at any time; False: it was done today.

    The line of the root is dated, so that from then on a clock that is set back opens nothing that closed the day before.
    """
    with writing(moment) as pen:
        day = day_of(pen.now)
        if day is None or pen.last is None or Root.objects.filter(day=day).exists():
            return False
        _tally(pen, day)
        pen.take_root()
        home = Path(settings.CUABIEN_HOME)
        images.sweep(home, lambda: set(Picture.objects.values_list("sha256", flat=True)), time.time())
    return True


def take_root(moment: dt.datetime | None = None) -> None:
    """What a record that is taken out now rests on: the voices as they stand, and a root of the moment."""
    with writing(moment) as pen:
        day = day_of(pen.now)
        if day is not None and pen.last is not None:
            _tally(pen, day)
            if pen.last.kind != "root":  # nothing was written since
                pen.take_root()


def _tally(pen: ledger.Pen, day: dt.date) -> None:
    """The voices that changed since the last tally, as one line of the ledger."""
    changed = _changed_since_last_tally()
    if changed:
        told = {comment: tally.as_tuple() for comment, tally in changed.items()}
        n = pen.write("voices", day.isoformat(), voices_content(day.isoformat(), told)).n
        DayTally.objects.bulk_create(
            DayTally(day=day, entry_n=n, comment_id=i, **vars(tally)) for i, tally in changed.items()
        )


def _changed_since_last_tally() -> dict[str, Tally]:
    newest = DayTally.objects.filter(comment=OuterRef("comment")).order_by("-entry_n").values("entry_n")[:1]
    told = {
        row.comment_id: Tally(row.support_verified, row.support_anonymous, row.oppose_verified, row.oppose_anonymous)
        for row in DayTally.objects.filter(entry_n=Subquery(newest))
    }  # fmt: skip
    now = tallies()
    return {
        i: now.get(i, Tally()) for i in sorted({*told, *now}) if now.get(i, Tally()) != told.get(i, Tally())
    }
