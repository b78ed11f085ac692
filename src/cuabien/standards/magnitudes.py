"""Magnitudes: beyond which a number of a plan is a slip of the keyboard, as a table and never as constants in code.

A bound stands by itself, or is a multiple of something of the city: what it makes in a year (GRDP), its area, or years
from the base year. The bounds are wide on purpose: what lies beyond one no city of the world has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from cuabien.base.words import N_
from cuabien.standards.legal import rows_of

Against = Literal["", "grdp", "city", "base year"]


@dataclass(frozen=True, slots=True)
class Magnitude:
    """The bounds of one column of one table. `of`: only rows whose unit begins with these words; blank: all rows."""

    table: str
    column: str
    of: str
    lowest: float
    highest: float
    against: Against
    unit: str
    why: str
    """A key of `WHY`."""


@cache
def magnitudes() -> tuple[Magnitude, ...]:
    """Every bound, in the order of the table."""
    return tuple(
        Magnitude(**{**row, "lowest": float(row["lowest"]), "highest": float(row["highest"])})  # type: ignore[arg-type]
        for row in rows_of("magnitudes")
    )


WHY = {
    "budget": N_("ten times what the whole city makes in the base year: no city pays for one project so"),
    "century": N_("two centuries back and one ahead of the base year"),
    "power plant": N_("the largest power plant of the world has 22500 MW"),
    "thrice the city": N_("three times the whole city"),
    "container port": N_("the busiest port of the world handled 51.5 million in 2024"),
    "port": N_("the busiest port of the world handles some 1400 million"),
    "airport": N_("the busiest airport of the world has some 108 million"),
    "line": N_("a thousand kilometres"),
    "two centuries": N_("two centuries back and two ahead of the base year"),
    "berths": N_("no berth area has a thousand"),
    "road": N_("the widest road of the world has 26"),
    "country": N_("longer than the country"),
    "railway": N_("the fastest railway of the world runs 431"),
    "whole city": N_("more than the whole city"),
    "block": N_("the densest block that ever stood held some 12000"),
    "tower": N_("the tallest blocks of the world stay under 35"),
    "depth": N_("deeper than any work of a city"),
    "largest country": N_("the largest country of the world"),
    "most people": N_("no country has so many"),
}
"""What each bound rests on, as findings say it."""

UNITS = (
    N_("MW"),
    N_("berths"),
    N_("billion VND"),
    N_("ha"),
    N_("km"),
    N_("km/h"),
    N_("km2"),
    N_("lanes"),
    N_("m"),
    N_("million TEU a year"),
    N_("million passengers a year"),
    N_("million tonnes a year"),
    N_("persons"),
    N_("persons per ha"),
    N_("times the plot"),
)
"""The units of the table, as findings speak them."""
