"""Risk flags: each limitation that the report names, watched by a formula where one is possible.

A flag is raised, not raised, or has no data; it always says what it does not see. An index that looks well does not
refute a limitation, so a flag that is down is "not raised", never "solved".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cuabien.base.words import N_, pick, say
from cuabien.indicators import formula
from cuabien.indicators.formula import COMPARISONS
from cuabien.indicators.observed import Point
from cuabien.plan.objects import Flag
from cuabien.plan.package import Plan

State = Literal["raised", "not raised", "no data"]
SPOKEN = (N_("raised"), N_("not raised"), N_("no data"))


@dataclass(frozen=True, slots=True)
class FlagRow:
    id: str
    statement: str
    name_vi: str
    name_en: str
    state: State
    value: float | None
    operator: str | None
    bound: float | None
    unit: str | None
    formula: str | None
    why_vi: str
    why_en: str
    """Why the bound stands where it does, and what the flag does not see."""
    inputs: tuple[Point, ...]
    missing: tuple[str, ...]

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "id": self.id,
            "statement": self.statement,
            "name": pick(self, "name", language),
            "state": self.state,
            "state_text": say(self.state, language),
            "value": self.value,
            "operator": self.operator,
            "bound": self.bound,
            "unit": self.unit,
            "formula": self.formula,
            "why": pick(self, "why", language),
            "inputs": [point.as_row() for point in self.inputs],
            "sources": list(dict.fromkeys(point.source for point in self.inputs)),
            "missing": list(self.missing),
            "address": f"/programme/{self.statement}/",
        }


def raise_flags(plan: Plan) -> list[FlagRow]:
    """Every flag of the plan, in the order of the file."""
    return [_watched(plan, flag) for flag in plan.flags.values()]


def _watched(plan: Plan, flag: Flag) -> FlagRow:
    outcome = formula.Outcome(None, (), (), ())
    if flag.formula:
        outcome = formula.evaluate(plan, flag.formula, where="flags.csv", row=flag.id)
    state: State = "no data"
    if outcome.value is not None and flag.operator and flag.bound is not None:
        state = "raised" if COMPARISONS[flag.operator](outcome.value, flag.bound) else "not raised"
    return FlagRow(
        id=flag.id,
        statement=flag.statement,
        name_vi=flag.name_vi,
        name_en=flag.name_en,
        state=state,
        value=outcome.value,
        operator=flag.operator,
        bound=flag.bound,
        unit=flag.unit,
        formula=flag.formula,
        why_vi=flag.why_vi,
        why_en=flag.why_en,
        inputs=outcome.inputs,
        missing=outcome.missing,
    )
