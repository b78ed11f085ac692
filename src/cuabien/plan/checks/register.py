"""What a rule is, and what a rule may look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cuabien.base.faults import Fault, Severity
from cuabien.plan.package import Plan


@dataclass(frozen=True)
class Context:
    """The plan, and the day on which it is looked at."""

    plan: Plan
    today: dt.date


@dataclass(frozen=True)
class Rule:
    """One thing that a planner would look for. Sentences are templates for `say`."""

    id: str
    title: str
    source: str
    """The legal or technical reason: document and clause, or practice."""
    template: str
    remedy: str
    run: Callable[[Context], Iterator[Found]]
    severity: Severity = "warning"
    kind: str = "planning"


@dataclass(frozen=True)
class Found:
    """Where a rule fires, and the values that fill its sentences."""

    table: str
    identity: str
    values: dict[str, object] = field(default_factory=dict)


def faults_of(rule: Rule, context: Context) -> Iterator[Fault]:
    for found in rule.run(context):
        file, row = context.plan.place(found.table, found.identity)
        values = {"id": found.identity, **found.values}
        yield Fault(rule.id, file, rule.template, rule.remedy, row, rule.severity, values)
