"""The checker: a linter that reads a plan as a planner would.

`check` gives every finding of every rule; `RULES` holds them all by id, those of form included, so that each is
documented (docs/rules.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cuabien.base.dates import last_day
from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.plan.checks import (
    figures,
    law,
    magnitudes,
    network,
    programme,
    projects,
    space,
    targets,
    underground,
)
from cuabien.plan.checks.register import Context, Rule, nothing
from cuabien.plan.form import FORM_RULES
from cuabien.plan.package import Plan

THEMES: Mapping[str, tuple[Rule, ...]] = {
    N_("Projects"): projects.RULES,
    N_("Network"): network.RULES,
    N_("Zones and areas"): space.RULES,
    N_("Underground"): underground.RULES,
    N_("Targets"): targets.RULES,
    N_("Figures"): (*figures.RULES, *magnitudes.RULES),
    N_("Documents and legal periods"): law.RULES,
    N_("Carrying it out"): programme.RULES,
    N_("Form"): tuple(
        Rule(
            id=form.id,
            severity=form.severity,
            title=form.title,
            why=N_("Nobody can say what a broken file means; nothing is guessed."),
            source=N_("technical: the format of a plan (docs/plan-format.md)"),
            remedy=form.remedy,
            find=nothing,
            kind="form",
        )
        for form in FORM_RULES
    ),
}
"""Rules by theme, in the order of the documentation."""

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rules in THEMES.values() for rule in rules})


def check(plan: Plan, today: dt.date | None = None) -> list[Fault]:
    """Every finding in a plan that can be read, as on a day (else the day of its own states)."""
    context = Context(plan, today or last_day(plan.header.as_of))
    return [fault for rule in RULES.values() for fault in rule.run(context)]


def check_all(plan: Plan | None, form: Sequence[Fault], today: dt.date | None = None) -> list[Fault]:
    """The findings of form, then, when the plan can be read without a stopping fault, those of planning."""
    if plan is None or any(fault.severity == "fault" for fault in form):
        return list(form)
    return [*form, *check(plan, today)]
