"""Rules about size: no number of the plan is larger or smaller than a city of this world can have.

The bounds are data (`standards/magnitudes.csv`); a number beyond them is a slip in unit or decimal point, and a run of it would
be nonsense with an air of precision. So it stops the plan at the door.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cuabien.base.dates import year_of
from cuabien.base.words import N_
from cuabien.plan.checks.register import Context, Found, Rule
from cuabien.plan.package import Plan
from cuabien.standards.magnitudes import WHY, Magnitude, magnitudes

GRDP = "economy.grdp_base"
"""Trillion VND of the base year."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a bound is a multiple of: bound = times x `size` + `start`."""

    size: float
    start: float = 0.0


def yardsticks(plan: Plan) -> Mapping[str, Yardstick | None]:
    """By the word in the table; None: the plan does not say, so nothing is held against it."""
    grdp = plan.parameters.get(GRDP)
    value = grdp.value if grdp is not None and isinstance(grdp.value, float | int) else 0.0
    hectares = sum(100 * (area.area_km2 or 0.0) for area in plan.communes)
    return {
        "": Yardstick(1.0),
        "base year": Yardstick(1.0, plan.header.base_year),
        "grdp": Yardstick(1000.0 * value) if value > 0 else None,
        "city": Yardstick(hectares) if hectares > 0 else None,
    }


def absurd(c: Context) -> Iterator[Found]:
    sticks = yardsticks(c.plan)
    for bound in magnitudes():
        stick = sticks[bound.against]
        if stick is None:
            continue
        lowest, highest = (stick.size * bound.lowest + stick.start, stick.size * bound.highest + stick.start)
        for identity, value in _numbers(c.plan, bound):
            if not lowest <= value <= highest:
                yield _found(bound, identity, value, lowest, highest)


def _found(bound: Magnitude, identity: str, value: float, lowest: float, highest: float) -> Found:
    shown = {"column": bound.column, "say_unit": bound.unit, "say_why": WHY[bound.why]}
    if bound.against == "base year":
        years = {"value": str(int(value)), "lowest": str(int(lowest)), "highest": str(int(highest))}
        template = N_("{column} is {value}; years from {lowest} to {highest} make sense here")
        return Found(bound.table, identity, template, {**shown, **years})
    values = {**shown, "value": value, "lowest": lowest, "highest": highest}
    if value < lowest:
        return Found(
            bound.table, identity, N_("{column} is {value} {say_unit}; it cannot be below {lowest}"), values
        )
    template = N_("{column} is {value} {say_unit}, beyond {highest}: {say_why}")
    return Found(bound.table, identity, template, values)


def _numbers(plan: Plan, bound: Magnitude) -> Iterator[tuple[str, float]]:
    """(id, number) of every row of a table that has a number in the column."""
    for identity, found in plan.table(bound.table).items():
        row = getattr(found, "row", found)
        holder, _, column = bound.column.rpartition(".")
        for one in getattr(row, holder) if holder else (row,):
            value = getattr(one, column)
            if value is not None and _is_of(bound.of, getattr(one, "unit", "")):
                yield identity, float(year_of(value)) if isinstance(value, str) else float(value)


def _is_of(words: str, unit: str) -> bool:
    """Whether a unit is these words, or begins with them: "million TEU" of "million TEU a year", "m" not of "MW"."""
    return not words or unit == words or unit.startswith((f"{words} ", f"{words}/"))


RULES = (
    Rule(
        "magnitude-absurd",
        "fault",
        N_("No number is beyond what a city of this world can have"),
        N_("A slip in unit or decimal point would be modelled with an air of precision."),
        N_("technical: the bounds of the table standards/magnitudes.csv"),
        N_("check the decimal point and the unit; leave it blank when it is unknown"),
        absurd,
    ),
)
