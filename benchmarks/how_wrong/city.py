"""The city, stood in 2014 and 2019: growth and people to 2024, with what was then known.

Growth goes on by the model's equations of production (`growth`), from the growth that was published in the year of
standing; people by the model's cohorts, from the province's own fertility and migration as then known. The boundary is
that of before 1 July 2025. What cannot be scored is listed with the reason, and its figures.

Data: the plan's own observations (`indicators.csv`, area HP_old) and the yearbooks by province.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.how_wrong import growth, provinces
from cuabien.model.parameters import Parameters
from cuabien.plan.objects import Observation
from cuabien.plan.package import Plan

AREA = "HP_old"
ORIGINS = (2014, 2019)
LAST = 2024
PAST = 5


@dataclass(frozen=True)
class Stand:
    """One indicator from one origin: what each method said and what came."""

    indicator: str
    origin: int
    year: int
    seen: float
    ours: float
    naive: float
    trend: float
    low: float
    high: float
    """Growth: over the ends of the ranges of long-run productivity, its half-life and investment together. People: by how
    much their yearly growth had varied, as for the provinces."""
    source: str


@dataclass(frozen=True)
class Unscored:
    """A figure whose history is broken: shown, and why no score would be honest."""

    indicator: str
    values: tuple[tuple[str, float, str, str], ...]
    """period, value, vintage or scope, confidence."""


UNSCORED = ("port_cargo", "budget_revenue_total")


def stands(plan: Plan) -> list[Stand]:
    return [*_growth(plan), *_people()]


def unscored(plan: Plan) -> list[Unscored]:
    found = []
    for indicator in UNSCORED:
        rows = [r for r in _rows(plan, indicator) if r.value is not None]
        values = tuple(
            (r.period, float(r.value or 0), r.vintage or "", r.confidence)
            for r in sorted(rows, key=lambda r: r.period)
        )
        found.append(Unscored(indicator, values))
    return found


# ---- growth -------------------------------------------------------------------------------------------------------


def _growth(plan: Plan) -> list[Stand]:
    """Index of GRDP at constant prices, origin = 1."""
    known = published(plan)
    p = Parameters(plan.parameters)
    found = []
    for origin in ORIGINS:
        years = LAST - origin
        seen = float(np.prod([1 + known[y] for y in range(origin + 1, LAST + 1)]))
        assumed = growth.of_plan(p, plan.header.base_year)
        ours = float(np.prod([1 + g for g in growth.path(known[origin], years, assumed)]))
        low, high = growth.band(known[origin], years, assumed, growth.ends_of(p, plan.header.base_year))
        past = float(np.mean([known[y] for y in range(origin - PAST + 1, origin + 1)]))
        found.append(
            Stand(
                "grdp_constant",
                origin,
                LAST,
                seen,
                ours,
                (1 + known[origin]) ** years,
                (1 + past) ** years,
                low,
                high,
                "plans/hai-phong/indicators.csv, first releases",
            )
        )
    return found


def published(plan: Plan) -> dict[int, float]:
    """Growth by year as first published, as a share: what somebody knew at the time; a later revision is not used."""
    found: dict[int, float] = {}
    for row in _rows(plan, "grdp_growth"):
        if row.value is None or not row.period.isdigit() or "half" in (row.vintage or ""):
            continue
        year, later = int(row.period), any(w in (row.vintage or "") for w in ("revised", "reported"))
        if not later or year not in found:
            found[year] = row.value / 100
    return found


def _rows(plan: Plan, indicator: str) -> list[Observation]:
    return [r for r in plan.indicators.values() if r.indicator == indicator and r.area == AREA]


# ---- people -------------------------------------------------------------------------------------------------------

CENSUS = (2019, 2028.514, "census of 1 April 2019")
"""Thousand persons. No count is known after it: the totals of 2021-2024 are remembered and are not scored."""


def _people() -> list[Stand]:
    known = provinces.series()
    forecast = provinces.people(known, (2014,))
    values: Mapping[int, float] = known["population"]["Hai Phong"]
    origin, (last, seen, source) = 2014, CENSUS
    ours = forecast("Hai Phong", origin, last)
    return [
        Stand(
            "population",
            origin,
            last,
            seen,
            ours,
            values[origin],
            values[origin] * (values[origin] / values[origin - PAST]) ** ((last - origin) / PAST),
            *provinces.band(values, origin, last, ours),
            source,
        )
    ]
