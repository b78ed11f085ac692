"""The procedure of a plan as the law draws it: states, and steps from one to the next, each with what must hold first.

The steps are data (`standards/procedure.csv`: from, to, who, guards, regime, source, and how the rule is known), the periods too
(`standards/legal_periods.csv`). Here are the guards: pure functions of what is known of a consultation (`Facts`), each of which
says all that keeps it from holding. Nothing is read from a clock: `Facts.now` is handed in.

A consultation of agencies and one of the public run side by side: two consultations of one edition, each in a state of its own; the
plan goes to its appraisal when both have been answered.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from cuabien.base.dates import VIETNAM, is_in_time
from cuabien.base.faults import Fault, Severity
from cuabien.base.words import N_
from cuabien.standards.legal import (
    CONFIRMED,
    LegalPeriod,
    Tag,
    days_confirmed,
    is_confirmed,
    legal_period,
    rows_of,
    span,
)

STATES: Mapping[str, str] = {
    "DRAFTING_TASK": N_("drafting the planning task"),
    "TASK_CONSULT": N_("agencies are asked about the task"),
    "TASK_APPRAISAL": N_("the task is appraised"),
    "TASK_APPROVED": N_("the task is approved"),
    "DRAFTING_PLAN": N_("drafting the plan"),
    "AGENCY_CONSULT": N_("agencies are asked"),
    "PUBLIC_CONSULT": N_("the public is asked"),
    "RESPONSE_REPORT": N_("every opinion is answered; the response report is made"),
    "APPRAISAL": N_("the plan is appraised"),
    "REVISE": N_("the plan is revised after its appraisal"),
    "COUNCIL_PASSED": N_("passed by the People's Council"),
    "SUBMITTED": N_("submitted for approval"),
    "APPROVED": N_("approved"),
    "PUBLISHED": N_("published"),
    "IN_FORCE": N_("in force"),
    "REVIEW": N_("under review"),
    "ADJUSTING": N_("being adjusted"),
    "SUPERSEDED": N_("replaced by another plan"),
    "RETURNED": N_("returned: it did not pass its appraisal"),
    "SUSPENDED": N_("suspended"),
    "WITHHELD_PART": N_("parts withheld by law are being split off"),
}
"""State -> its name."""
SIDE = ("RETURNED", "SUSPENDED", "WITHHELD_PART")
FIRST = "DRAFTING_TASK"
ASKING = ("TASK_CONSULT", "AGENCY_CONSULT", "PUBLIC_CONSULT")
"""States in which opinions are received."""
LAST = "SUPERSEDED"

ACTS: Mapping[str, str] = {
    "consult_task": N_("ask agencies about the task"),
    "draft_without_task": N_("draft the plan without a task"),
    "appraise_task": N_("hand the task in for appraisal"),
    "approve_task": N_("record the approval of the task"),
    "return": N_("return it: the appraisal was not passed"),
    "redraft_task": N_("draft the task anew"),
    "draft_plan": N_("begin drafting the plan"),
    "open_agencies": N_("ask the agencies"),
    "open_public": N_("ask the public"),
    "extend": N_("give more time"),
    "report": N_("close and report: every opinion is answered"),
    "appraise": N_("hand the plan in for appraisal"),
    "revise": N_("revise the plan as the appraisal asks"),
    "appraise_again": N_("hand the revised plan in for appraisal"),
    "redraft_plan": N_("draft the plan anew"),
    "pass_council": N_("record the resolution of the People's Council"),
    "submit": N_("submit it for approval"),
    "approve": N_("record the approval"),
    "publish": N_("record the publication"),
    "enter_force": N_("record that it is in force and on display"),
    "review": N_("begin the periodic review"),
    "keep": N_("keep the plan as it is"),
    "adjust": N_("begin an adjustment"),
    "adjust_fully": N_("adjust it as a whole, with a task"),
    "adjust_locally": N_("adjust it locally"),
    "adjust_without_task": N_("adjust it without a task"),
    "supersede": N_("record that another plan replaced it"),
    "split_withheld": N_("split off what is withheld by law"),
    "go_on": N_("go on without what is withheld"),
    "suspend": N_("suspend it"),
    "resume": N_("resume it"),
}
"""Act -> its name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure under some regimes. `before` or `after` may be `*`: any state; where it came from."""

    before: str
    after: str
    act: str
    role: str
    """The role of this system that may record it."""
    who: str
    """Who takes it by law."""
    guards: tuple[str, ...]
    regimes: tuple[str, ...]
    period: str
    """Step of `legal_periods.csv`; blank: the law sets no period."""
    source: str
    tag: Tag

    @property
    def confirmed(self) -> bool:
        return is_confirmed(self.tag)

    @property
    def kind(self) -> str:
        """What the ledger calls it: opinions begin to be received, end to be received, or neither."""
        if self.after in ASKING and self.before not in ASKING:
            return "opened"
        return (
            "closed" if self.before in ASKING and self.after not in (*ASKING, "*", "SUSPENDED") else "moved"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a consultation at a moment. A default is always the one that lets nothing pass."""

    regime: str
    now: dt.datetime
    kind: str = "public"
    """public | agency"""
    role: str | None = None
    """The role of who acts; None: it was asked elsewhere."""
    came_from: str = ""
    """The state before a side state."""
    opens: dt.date | None = None
    last_day: dt.date | None = None
    last_day_before: dt.date | None = None
    """The last day that had been announced, where more time is given."""
    article: str = ""
    article_by: str = ""
    """Who entered it: a named official."""
    withheld_split: bool = False
    touches_defence: bool = True
    """Whether it speaks of borders, islands or defence positions; unless known otherwise it does."""
    defence_agreed: bool = False
    adjusting: bool = False
    """Whether it adjusts a plan of 2021-2030."""
    invited: int = 0
    waiting: int = 0
    """Agencies that have not answered and still have time."""
    silent: int = 0
    """Agencies whose time has passed without an answer."""
    unanswered: int | None = None
    """Comments without an answer; None: not counted."""
    others_waiting: int | None = None
    """Other consultations of this edition that are open or have unanswered comments; None: not counted."""
    evidence: str = ""
    """What proves the step: number and day of a decision, an address, a reason."""
    approved: dt.date | None = None
    forms: tuple[str, ...] = ()
    """Forms of publication for which there is evidence."""


# ---- the steps --------------------------------------------------------------------------------------------


@cache
def steps() -> tuple[Step, ...]:
    return tuple(
        Step(
            before=row["from"],
            after=row["to"],
            act=row["act"],
            role=row["role"],
            who=row["who"],
            guards=tuple(row["guards"].split(";")),
            regimes=tuple(row["regime"].split(";")),
            period=row["step"],
            source=row["source"],
            tag=row["tag"],  # type: ignore[arg-type]
        )
        for row in rows_of("procedure")
    )


def steps_from(state: str, regime: str, came_from: str = "") -> tuple[Step, ...]:
    """The steps that lead on from a state under a regime, whether or not their guards hold."""
    found = (s for s in steps() if regime in s.regimes and s.before in (state, "*"))
    return tuple(
        s
        for s in found
        if not (s.before == "*" and state in (*SIDE, LAST)) and not (s.after == "*" and not came_from)
    )


def step_of(state: str, act: str, regime: str) -> Step | None:
    """The step that an act takes from a state under a regime."""
    return next((s for s in steps_from(state, regime, "*") if s.act == act), None)


def next_state(state: str, act: str, facts: Facts) -> str | None:
    """The state to which an act leads; None where it leads nowhere."""
    step = step_of(state, act, facts.regime)
    if step is None:
        return None
    return (facts.came_from or None) if step.after == "*" else step.after


def may_go(state: str, act: str, facts: Facts) -> list[Fault]:
    """Everything that keeps an act from being done, all at once; warnings (the law is unconfirmed, a duty was missed) keep
    nothing from being done, and are told with it."""
    step = step_of(state, act, facts.regime)
    if step is None or next_state(state, act, facts) is None:
        possible = ", ".join(s.act for s in steps_from(state, facts.regime, facts.came_from)) or "-"
        return [
            _fault("step", act=act, say_state=STATES.get(state, state), regime=facts.regime, acts=possible)
        ]
    faults = [fault for guard in step.guards for fault in GUARDS[guard](step, facts)]
    if facts.role is not None and facts.role != step.role:
        faults.insert(0, _fault("role", role=step.role, given=facts.role))
    if not step.confirmed:
        faults.append(_fault("law-unconfirmed", "warning", source=step.source))
    return faults


def period_of(step: Step, regime: str) -> LegalPeriod | None:
    return legal_period(regime, step.period) if step.period else None


# ---- the guards -------------------------------------------------------------------------------------------

RULES: Mapping[str, tuple[str, str]] = {
    "step": (
        N_('"{act}" cannot be done under {regime} while it stands here: {say_state}'),
        N_("what can be done: {acts}"),
    ),
    "role": (N_("this needs the role {role}, not {given}"), N_("ask somebody who holds that role")),
    "kind_public": (N_("this is a consultation of agencies"), N_("set up a consultation of the public beside it")),
    "kind_agency": (N_("this is a consultation of the public"), N_("set up a consultation of agencies beside it")),
    "dossier": (N_("nothing says where the complete dossier is"), N_("name the dossier as evidence")),
    "outline": (N_("nothing says where the outline is"), N_("name the outline (it takes the place of the task) as evidence")),
    "assessment": (
        N_("nothing says that report, maps and strategic environmental assessment were sent"),
        N_("name what was sent as evidence"),
    ),
    "article": (
        N_("no named official has entered the article of law that sets the period"),
        N_("enter the article; the tables of this system are no law"),
    ),
    "withheld": (
        N_("nobody has confirmed that what is withheld by law was split off"),
        N_("mark withheld rows in the plan (public = no), then confirm it"),
    ),
    "defence": (
        N_("borders, islands or defence positions: the Ministries of Defence and of Public Security must have agreed before opinions are asked for"),
        N_("record their agreement, or narrow the scope"),
    ),
    "dates": (N_("the first or the last day is missing"), N_("enter both days")),
    "dates-order": (N_("the last day {last} does not lie after the first day {first}"), N_("enter a later last day")),
    "opens-past": (N_("the last day {last} has passed already"), N_("enter a later last day")),
    "period-short": (
        N_("{days} days from {first} to {last}; at least {min} {say_unit} are due ({law}; {say_caveat})"),
        N_("enter a later last day"),
    ),
    "period-long": (
        N_("{days} days from {first} to {last}; at most {max} {say_unit} are foreseen ({law}; {say_caveat})"),
        N_("enter an earlier last day"),
    ),
    "period-unknown": (
        N_("no period of this step is known under {regime}: only the article that was entered holds"),
        N_("read the period in that article"),
    ),
    "period-unconfirmed": (
        N_("the period is unconfirmed: {law} was not read in the legal text"),
        N_("read it there; the article that was entered holds"),
    ),
    "holidays-unconfirmed": (
        N_("the count of working days is unconfirmed: the holidays between {first} and {last} are not all confirmed"),
        N_("compare with the official calendar"),
    ),
    "longer": (N_("the new last day does not lie after the one that was announced: {last}"), N_("time that was promised is never shortened")),
    "invited": (N_("no agency has been asked by name"), N_("add the agencies first")),
    "agencies_done": (N_("{count} agencies have not answered and still have time"), N_("wait until the last of their deadlines has passed")),
    "agencies-silent": (
        N_("{count} agencies did not answer in time; their silence counts as agreement (unconfirmed)"),
        N_("name them in the response report"),
    ),
    "deadline_passed": (N_("people may still answer until 23:59:59 on {last}"), N_("wait until that moment has passed")),
    "all_answered": (N_("{count} comments have no answer yet"), N_("give each a disposition and a reason, singly or in a group")),
    "not-counted": (N_("nobody has counted what is still unanswered"), N_("count it")),
    "others_done": (N_("{count} other consultations of this edition are open or unanswered"), N_("finish them first")),
    "report": (N_("the response report is not named"), N_("make it (cuabien response) and name it as evidence")),
    "decision": (N_("the number and the day of the decision are missing"), N_("write for example: 1516/QĐ-TTg, 2/12/2023")),
    "consultant": (N_("nothing says who drafts the plan"), N_("name the contract or decision as evidence")),
    "reason": (N_("the reason is missing"), N_("write why")),
    "ground": (N_("the ground of the adjustment is missing"), N_("name it, with its article")),
    "adjusting": (N_("this holds only when a plan of 2021-2030 is adjusted"), N_("draft a task first")),
    "from_task": (N_("it was returned from the appraisal of the plan, not of the task"), N_("draft the plan anew")),
    "from_plan": (N_("it was returned from the appraisal of the task, not of the plan"), N_("draft the task anew")),
    "published": (
        N_("nothing proves that the full content is on the website of the planning body"),
        N_("add a row to publication.csv, form website"),
    ),
    "in_time": (
        N_("published {days} days after approval; at most {max} are allowed ({law}; {say_caveat})"),
        N_("publish at once, and say why it was late: late publication is a prohibited act"),
    ),
    "approved-unknown": (N_("the day of approval is not known"), N_("enter it: the days to publication count from it")),
    "further_form": (
        N_("nothing proves a further form of publication beside the website"),
        N_("add a row to publication.csv: media summary, display, conference, print or database"),
    ),
    "law-unconfirmed": (N_("this step is unconfirmed: {source}"), N_("read the law; the article that was entered holds")),
}  # fmt: skip
"""Rule -> what was found, and how to mend it."""

UNITS = {
    "calendar days": N_("calendar days"),
    "working days": N_("working days"),
    "months": N_("months"),
}
FURTHER_FORMS = ("media summary", "display", "conference", "print", "database")
_DECISION = re.compile(r"\d+.*/.*(19|20)\d\d")

Guard = Callable[[Step, Facts], Iterable[Fault]]


def _fault(rule: str, severity: Severity = "fault", **values: object) -> Fault:
    template, remedy = RULES[rule]
    return Fault(
        f"procedure-{rule.replace('_', '-')}",
        "procedure",
        template,
        remedy,
        severity=severity,
        values=values,
    )


def _holds(rule: str, test: Callable[[Facts], bool]) -> Guard:
    """A guard that is one question."""

    def guard(step: Step, facts: Facts) -> Iterable[Fault]:
        if not test(facts):
            yield _fault(rule)

    return guard


def _period(step: Step, facts: Facts) -> Iterable[Fault]:
    """The announced days lie within what the law allows; where the law was not read, deviations are only told."""
    first, last = facts.opens, facts.last_day
    if first is None or last is None:
        yield _fault("dates")
        return
    if last <= first:
        yield _fault("dates-order", first=first.isoformat(), last=last.isoformat())
        return
    if not is_in_time(facts.now, last):
        yield _fault("opens-past", last=last.isoformat())
    period = period_of(step, facts.regime)
    if period is None:
        yield _fault("period-unknown", "warning", regime=facts.regime)
        return
    days = span(first, last, period.unit)
    severity: Severity = "fault" if period.confirmed else "warning"
    values = {
        "days": days,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "law": period.source,
        "say_unit": UNITS[period.unit],
        "say_caveat": CONFIRMED[period.confirmed],
    }
    if period.min is not None and days < period.min:
        yield _fault("period-short", severity, min=period.min, **values)
    if period.max is not None and days > period.max:
        yield _fault("period-long", severity, max=period.max, **values)
    if not period.confirmed:
        yield _fault("period-unconfirmed", "warning", law=period.source)
    if not days_confirmed(first, last, period.unit):
        yield _fault("holidays-unconfirmed", "warning", first=first.isoformat(), last=last.isoformat())


def _longer(step: Step, facts: Facts) -> Iterable[Fault]:
    announced = facts.last_day_before
    if announced is None or facts.last_day is None or facts.last_day <= announced:
        yield _fault("longer", last=announced.isoformat() if announced else "-")


def _deadline_passed(step: Step, facts: Facts) -> Iterable[Fault]:
    if facts.last_day is None:
        yield _fault("dates")
    elif is_in_time(facts.now, facts.last_day):
        yield _fault("deadline_passed", last=facts.last_day.isoformat())


def _agencies_done(step: Step, facts: Facts) -> Iterable[Fault]:
    if facts.waiting:
        yield _fault("agencies_done", count=facts.waiting)
    if facts.silent:
        yield _fault("agencies-silent", "warning", count=facts.silent)


def _all_answered(step: Step, facts: Facts) -> Iterable[Fault]:
    if facts.unanswered is None:
        yield _fault("not-counted")
    elif facts.unanswered:
        yield _fault("all_answered", count=facts.unanswered)


def _others_done(step: Step, facts: Facts) -> Iterable[Fault]:
    if facts.others_waiting is None:
        yield _fault("not-counted")
    elif facts.others_waiting:
        yield _fault("others_done", count=facts.others_waiting)


def _in_time(step: Step, facts: Facts) -> Iterable[Fault]:
    """Late publication is prohibited, and still better than none: it is told, and keeps nobody from publishing."""
    period = period_of(step, facts.regime)
    if period is None or period.max is None:
        return
    if facts.approved is None:
        yield _fault("approved-unknown", "warning")
        return
    days = span(facts.approved, facts.now.astimezone(VIETNAM).date(), period.unit)
    if days > period.max:
        yield _fault(
            "in_time",
            "warning",
            days=days,
            max=period.max,
            law=period.source,
            say_caveat=CONFIRMED[period.confirmed],
        )


def _given(facts: Facts) -> bool:
    return bool(facts.evidence.strip())


GUARDS: Mapping[str, Guard] = {
    "kind_public": _holds("kind_public", lambda f: f.kind == "public"),
    "kind_agency": _holds("kind_agency", lambda f: f.kind == "agency"),
    "dossier": _holds("dossier", _given),
    "outline": _holds("outline", _given),
    "assessment": _holds("assessment", lambda f: _given(f) or (f.regime == "R3" and f.adjusting)),
    "article": _holds("article", lambda f: bool(f.article.strip() and f.article_by.strip())),
    "withheld": _holds("withheld", lambda f: f.withheld_split),
    "defence": _holds("defence", lambda f: f.defence_agreed or not f.touches_defence),
    "period": _period,
    "longer": _longer,
    "invited": _holds("invited", lambda f: f.invited > 0),
    "agencies_done": _agencies_done,
    "deadline_passed": _deadline_passed,
    "all_answered": _all_answered,
    "others_done": _others_done,
    "report": _holds("report", _given),
    "decision": _holds("decision", lambda f: bool(_DECISION.search(f.evidence))),
    "consultant": _holds("consultant", _given),
    "reason": _holds("reason", _given),
    "ground": _holds("ground", _given),
    "adjusting": _holds("adjusting", lambda f: f.adjusting),
    "from_task": _holds("from_task", lambda f: f.came_from == "TASK_APPRAISAL"),
    "from_plan": _holds("from_plan", lambda f: f.came_from == "APPRAISAL"),
    "published": _holds("published", lambda f: "website" in f.forms),
    "in_time": _in_time,
    "further_form": _holds("further_form", lambda f: any(form in FURTHER_FORMS for form in f.forms)),
}
"""Guard of `procedure.csv` -> what must hold."""
