"""The procedure: every step of the table, every guard, and the walk from the first state to the last."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.dates import VIETNAM, is_in_time, last_second
from cuabien.base.faults import stops
from cuabien.record.procedure import (
    ACTS,
    ASKING,
    FIRST,
    GUARDS,
    LAST,
    RULES,
    SIDE,
    STATES,
    Facts,
    Step,
    may_go,
    next_state,
    step_of,
    steps,
    steps_from,
)
from cuabien.standards.legal import legal_periods, regimes

NOON = dt.datetime(2025, 8, 4, 12, tzinfo=VIETNAM)

GOOD: dict[str, Any] = {
    "now": NOON,
    "opens": dt.date(2025, 8, 5),
    "last_day": dt.date(2025, 8, 30),
    "article": "Luật 47/2024/QH15, Điều 37 khoản 7 điểm b",
    "article_by": "approver",
    "withheld_split": True,
    "defence_agreed": True,
    "adjusting": True,
    "invited": 3,
    "unanswered": 0,
    "others_waiting": 0,
    "evidence": "1516/QĐ-TTg, 2/12/2023",
    "approved": dt.date(2025, 8, 1),
    "forms": ("website", "display"),
}
"""With which every guard of every step holds; the days are set for each step below."""


def facts_for(step: Step, regime: str, **other: Any) -> Facts:
    """Facts with which this step may be taken."""
    agency = "kind_agency" in step.guards
    facts = Facts(regime=regime, kind="agency" if agency else "public", role=step.role, **GOOD)
    came = {"from_task": "TASK_APPRAISAL", "from_plan": "APPRAISAL"}
    back = next((came[g] for g in step.guards if g in came), "PUBLIC_CONSULT")
    facts = replace(facts, came_from=back)
    days = {"R0": 45, "R1": 30, "R2": 15 if agency else 25, "R3": 21 if agency else 30}[regime]
    opens = GOOD["opens"]
    facts = replace(facts, last_day=opens + dt.timedelta(days))
    if "longer" in step.guards:
        facts = replace(facts, last_day_before=opens + dt.timedelta(days - 1))
    if "deadline_passed" in step.guards:
        facts = replace(facts, now=last_second(facts.last_day or opens) + dt.timedelta(seconds=1))
    return replace(facts, **other)


EVERY = [pytest.param(s, r, id=f"{s.before}-{s.act}-{r}") for s in steps() for r in s.regimes]


def rules(step: Step, facts: Facts) -> dict[str, str]:
    state = "DRAFTING_PLAN" if step.before == "*" else step.before
    return {f.rule.removeprefix("procedure-"): f.severity for f in may_go(state, step.act, facts)}


# ---- the table --------------------------------------------------------------------------------------------


def test_the_table_speaks_only_of_what_there_is() -> None:
    known = {(p.regime, p.step) for p in legal_periods()}
    for step in steps():
        assert {step.before, step.after} <= {*STATES, "*"}
        assert step.act in ACTS and step.source and step.who
        assert step.role == "approver"
        assert set(step.guards) <= set(GUARDS)
        assert set(step.regimes) <= set(regimes())
        assert not step.period or any((r, step.period) in known for r in step.regimes)
        assert step.tag in ("read", "high", "secondary", "low")


def test_every_word_is_used() -> None:
    assert {s.act for s in steps()} == set(ACTS)
    assert {g for s in steps() for g in s.guards} == set(GUARDS)
    assert {s.before for s in steps()} | {s.after for s in steps()} == {*STATES, "*"}


def test_one_act_leads_from_one_state_to_one_other() -> None:
    keys = [(s.before, s.act, r) for s in steps() for r in s.regimes]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("regime", ["R1", "R2", "R3"])
def test_every_state_is_reached_and_only_the_last_is_an_end(regime: str) -> None:
    reached, todo = set(), [FIRST]
    while todo:
        state = todo.pop()
        if state in reached:
            continue
        reached.add(state)
        todo += [s.after for s in steps_from(state, regime, "DRAFTING_PLAN") if s.after != "*"]
    assert reached == set(STATES)
    assert steps_from(LAST, regime, "IN_FORCE") == ()
    assert all(steps_from(state, regime, "DRAFTING_PLAN") for state in STATES if state != LAST)


def test_what_the_ledger_calls_them() -> None:
    kinds = {(s.before, s.after): s.kind for s in steps()}
    assert kinds["DRAFTING_PLAN", "PUBLIC_CONSULT"] == "opened"
    assert kinds["PUBLIC_CONSULT", "PUBLIC_CONSULT"] == "moved"
    assert kinds["PUBLIC_CONSULT", "RESPONSE_REPORT"] == "closed"
    assert kinds["APPROVED", "PUBLISHED"] == "moved"
    assert {s.after for s in steps() if s.kind == "opened"} == set(ASKING)


# ---- every step -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "regime"), EVERY)
def test_a_step_goes_when_all_holds(step: Step, regime: str) -> None:
    facts = facts_for(step, regime)
    state = "DRAFTING_PLAN" if step.before == "*" else step.before
    found = may_go(state, step.act, facts)
    assert not stops(found), [f.message("en") for f in found]
    assert next_state(state, step.act, facts) == (facts.came_from if step.after == "*" else step.after)
    # what was not read in the law always says so
    assert ("procedure-law-unconfirmed" in {f.rule for f in found}) is not step.confirmed


@pytest.mark.parametrize(("step", "regime"), EVERY)
def test_a_step_does_not_go_when_nothing_is_known(step: Step, regime: str) -> None:
    """The defaults let nothing pass: each guard (but those that only tell) keeps the step."""
    bare = Facts(regime=regime, now=NOON, kind="neither", waiting=1, role=step.role, came_from="REVIEW")
    found = rules(step, bare)
    told = {"in_time", "agencies_done"}
    for guard in set(step.guards) - told:
        spoken = {
            "period": "dates",
            "deadline_passed": "dates",
            "all_answered": "not-counted",
            "others_done": "not-counted",
        }
        assert found.get(spoken.get(guard, guard).replace("_", "-")) == "fault", guard


@pytest.mark.parametrize(("step", "regime"), EVERY)
def test_only_its_role_takes_a_step(step: Step, regime: str) -> None:
    for role in ("resident", "clerk", "planner", "moderator", "auditor", "administrator", ""):
        assert rules(step, facts_for(step, regime, role=role))["role"] == "fault"


@given(
    st.sampled_from([*STATES, "NOWHERE"]),
    st.sampled_from([*ACTS, "jump"]),
    st.sampled_from([*regimes(), "R9"]),
)
def test_nothing_else_is_a_step(state: str, act: str, regime: str) -> None:
    step = step_of(state, act, regime)
    facts = Facts(regime=regime, **GOOD)
    if step is None:
        assert [f.rule for f in may_go(state, act, facts)] == ["procedure-step"]
        assert next_state(state, act, facts) is None
    else:
        assert step.act == act and regime in step.regimes and step.before in (state, "*")


# ---- guards, one by one -----------------------------------------------------------------------------------

PUBLIC_R2 = step_of("DRAFTING_PLAN", "open_public", "R2")
AGENCY_R1 = step_of("DRAFTING_PLAN", "open_agencies", "R1")
assert PUBLIC_R2 and AGENCY_R1


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kind": "agency"}, "kind-public"),
        ({"evidence": "  "}, "dossier"),
        ({"article": ""}, "article"),
        ({"article_by": ""}, "article"),
        ({"withheld_split": False}, "withheld"),
        ({"defence_agreed": False}, "defence"),
        ({"opens": None}, "dates"),
        ({"last_day": None}, "dates"),
        ({"last_day": dt.date(2025, 8, 5)}, "dates-order"),
        ({"now": dt.datetime(2025, 8, 31, tzinfo=VIETNAM)}, "opens-past"),
        ({"last_day": dt.date(2025, 8, 24)}, "period-short"),
        ({"last_day": dt.date(2025, 9, 5)}, "period-long"),
    ],
)
def test_each_guard_of_opening_to_the_public(change: dict[str, Any], rule: str) -> None:
    assert PUBLIC_R2
    assert rules(PUBLIC_R2, facts_for(PUBLIC_R2, "R2")) == {}
    assert rules(PUBLIC_R2, facts_for(PUBLIC_R2, "R2", **change)) == {rule: "fault"}


def test_all_that_is_missing_is_told_at_once() -> None:
    assert PUBLIC_R2
    found = rules(PUBLIC_R2, facts_for(PUBLIC_R2, "R2", article="", withheld_split=False, evidence=""))
    assert set(found) == {"article", "withheld", "dossier"}


def test_the_bounds_of_the_period_themselves_are_lawful() -> None:
    assert PUBLIC_R2
    for days in (20, 30):
        last = GOOD["opens"] + dt.timedelta(days)
        assert rules(PUBLIC_R2, facts_for(PUBLIC_R2, "R2", last_day=last)) == {}


def test_no_agreement_of_the_ministries_is_needed_where_nothing_touches_defence() -> None:
    assert PUBLIC_R2
    facts = facts_for(PUBLIC_R2, "R2", defence_agreed=False, touches_defence=False)
    assert rules(PUBLIC_R2, facts) == {}


def test_an_unconfirmed_period_is_told_and_the_article_governs() -> None:
    step = step_of("DRAFTING_PLAN", "open_public", "R3")
    assert step
    found = rules(step, facts_for(step, "R3", last_day=GOOD["opens"] + dt.timedelta(10)))
    assert found == {
        "period-short": "warning",
        "period-unconfirmed": "warning",
        "law-unconfirmed": "warning",
    }
    assert rules(step, facts_for(step, "R3", article_by=""))["article"] == "fault"


def test_working_days_over_holidays_that_are_only_remembered_say_so() -> None:
    step = step_of("DRAFTING_PLAN", "open_agencies", "R3")
    assert step
    over = facts_for(step, "R3", opens=dt.date(2026, 8, 24), last_day=dt.date(2026, 9, 11), now=NOON)
    assert rules(step, over)["holidays-unconfirmed"] == "warning"
    clear = facts_for(step, "R3", opens=dt.date(2026, 6, 1), last_day=dt.date(2026, 6, 20), now=NOON)
    assert "holidays-unconfirmed" not in rules(step, clear)


def test_agencies_are_asked_by_name() -> None:
    assert AGENCY_R1
    assert rules(AGENCY_R1, facts_for(AGENCY_R1, "R1")) == {}
    assert rules(AGENCY_R1, facts_for(AGENCY_R1, "R1", invited=0)) == {"invited": "fault"}


def test_closing_is_one_second_after_the_last() -> None:
    step = step_of("PUBLIC_CONSULT", "report", "R2")
    assert step
    last = GOOD["last_day"]
    second = dt.datetime(2025, 8, 30, 23, 59, 59, 999_999, tzinfo=VIETNAM)
    assert is_in_time(second, last) and not is_in_time(second + dt.timedelta(microseconds=1), last)
    # the same moment told in UTC
    assert last_second(last) == dt.datetime(2025, 8, 30, 16, 59, 59, tzinfo=dt.UTC)
    assert rules(step, facts_for(step, "R2", last_day=last, now=second)) == {"deadline-passed": "fault"}
    late = second + dt.timedelta(microseconds=1)
    assert rules(step, facts_for(step, "R2", last_day=last, now=late)) == {}


@pytest.mark.parametrize("act", ["report", "appraise"])
def test_it_does_not_go_on_before_every_comment_is_answered(act: str) -> None:
    step = step_of("PUBLIC_CONSULT" if act == "report" else "RESPONSE_REPORT", act, "R2")
    assert step
    assert rules(step, facts_for(step, "R2", unanswered=1))["all-answered"] == "fault"
    assert rules(step, facts_for(step, "R2", unanswered=None))["not-counted"] == "fault"
    assert not any(v == "fault" for v in rules(step, facts_for(step, "R2")).values())


def test_the_plan_waits_for_both_consultations() -> None:
    step = step_of("RESPONSE_REPORT", "appraise", "R2")
    assert step
    assert rules(step, facts_for(step, "R2", others_waiting=1))["others-done"] == "fault"


def test_agencies_in_time_are_waited_for_and_silent_ones_named() -> None:
    step = step_of("AGENCY_CONSULT", "report", "R1")
    assert step
    assert rules(step, facts_for(step, "R1", waiting=1))["agencies-done"] == "fault"
    assert rules(step, facts_for(step, "R1", silent=2)) == {"agencies-silent": "warning"}


@pytest.mark.parametrize(
    ("evidence", "good"),
    [
        ("1516/QĐ-TTg, 2/12/2023", True),
        ("18/NQ-HĐND of 18/7/2023", True),
        ("approved", False),
        ("2023", False),
        ("", False),
    ],
)
def test_a_decision_has_a_number_and_a_day(evidence: str, good: bool) -> None:
    step = step_of("SUBMITTED", "approve", "R2")
    assert step
    assert ("decision" not in rules(step, facts_for(step, "R2", evidence=evidence))) is good


def test_late_publication_is_told_and_still_possible() -> None:
    step = step_of("APPROVED", "publish", "R1")
    assert step
    assert rules(step, facts_for(step, "R1", approved=dt.date(2025, 7, 20))) == {}
    assert rules(step, facts_for(step, "R1", approved=dt.date(2025, 7, 19))) == {"in-time": "warning"}
    assert rules(step, facts_for(step, "R1", forms=("display",))) == {"published": "fault"}


def test_time_that_was_promised_is_never_shortened() -> None:
    step = step_of("PUBLIC_CONSULT", "extend", "R2")
    assert step
    same = facts_for(step, "R2", last_day_before=dt.date(2025, 8, 30))
    assert rules(step, same)["longer"] == "fault"


@pytest.mark.parametrize("state", [s for s in STATES if s not in (*SIDE, LAST)])
def test_any_step_may_be_suspended_and_goes_on_where_it_stood(state: str) -> None:
    facts = Facts(regime="R2", **GOOD)
    assert next_state(state, "suspend", facts) == "SUSPENDED"
    resumed = replace(facts, came_from=state)
    assert next_state("SUSPENDED", "resume", resumed) == state
    assert not stops(may_go("SUSPENDED", "resume", resumed))
    assert next_state("SUSPENDED", "resume", facts) is None
    assert next_state("SUSPENDED", "suspend", facts) is None


def test_every_rule_can_be_said() -> None:
    for rule, (template, remedy) in RULES.items():
        assert template and remedy, rule


@pytest.mark.parametrize("regime", ["R1", "R2", "R3"])
def test_the_whole_walk(regime: str) -> None:
    """From the first draft to a plan that another replaced, each step with its guards."""
    walk = {
        "R1": ["consult_task", "appraise_task", "approve_task", "draft_plan", "open_public", "report", "appraise",
               "revise", "appraise_again", "pass_council", "submit", "approve", "publish", "enter_force", "review", "adjust",
               "adjust_fully"],
        "R2": ["consult_task", "appraise_task", "return", "redraft_task", "consult_task", "appraise_task", "approve_task",
               "draft_plan", "open_agencies", "report", "appraise", "pass_council", "submit", "approve", "publish", "enter_force",
               "review", "adjust", "adjust_locally"],
        "R3": ["draft_without_task", "open_public", "report", "appraise", "return", "redraft_plan", "split_withheld", "go_on",
               "open_agencies", "report", "appraise", "pass_council", "submit", "approve", "publish", "enter_force", "supersede"],
    }[regime]  # fmt: skip
    state, before = FIRST, ""
    for act in walk:
        step = step_of(state, act, regime)
        assert step, (state, act)
        facts = facts_for(step, regime, came_from=before)
        assert not stops(may_go(state, act, facts)), act
        state, before = next_state(state, act, facts) or "", state
    assert state in ("DRAFTING_TASK", "DRAFTING_PLAN", "SUPERSEDED")
