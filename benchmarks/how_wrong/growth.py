"""Growth of a whole economy by the model's equations of production, in one sector: what a stander in the past would have got.

The city's sectors were not published yearly before 2018, so the four sectors of the model are folded into one; capital,
productivity and its return to the long run are the model's own functions with the plan's own parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from cuabien.model.economy import production
from cuabien.model.parameters import Parameters


@dataclass(frozen=True)
class Assumed:
    """What one run of the growth equations rests on; rates a year."""

    capital_share: float
    capital_output_ratio: float
    depreciation: float
    investment_share: float
    long_run: float
    half_life: float
    jobs_answer: float
    """Growth of jobs per growth of output."""


RANGED = {
    "long_run": "economy.tfp_growth_long_run",
    "half_life": "economy.tfp_half_life",
    "investment_share": "economy.investment_share",
}
"""Assumptions whose range moves the answer most; the band is the widest of their ends together."""


def of_plan(p: Parameters, base_year: int) -> Assumed:
    """The plan's middle values."""
    return Assumed(
        p("economy.capital_share"),
        p("economy.capital_output_ratio"),
        p("economy.depreciation_rate"),
        p("economy.investment_share", base_year),
        p("economy.tfp_growth_long_run"),
        p("economy.tfp_half_life"),
        p("economy.jobs_answer_to_growth_services"),
    )


def path(growth_at_origin: float, years: int, assumed: Assumed) -> list[float]:
    """Growth of each of the years after the origin, from the growth of the year that was just known."""
    a = assumed
    capital_growth = a.investment_share / a.capital_output_ratio - a.depreciation
    jobs_growth = a.jobs_answer * growth_at_origin
    at_base = production.tfp_growth_observed(
        np.array([growth_at_origin]), capital_growth, np.array([jobs_growth]), a.capital_share
    )
    output, capital, jobs = np.array([1.0]), np.array([a.capital_output_ratio]), np.array([1.0])
    tfp = production.tfp_level(output, capital, jobs, a.capital_share)
    growth, found = growth_at_origin, []
    for year in range(1, years + 1):
        capital = production.capital_in_use(capital, a.investment_share * output, a.depreciation)
        tfp = tfp * (1 + production.tfp_growth(year, at_base, a.long_run, a.half_life))
        jobs = jobs * (1 + a.jobs_answer * growth)
        before, output = output, production.value_added(tfp, capital, jobs, a.capital_share)
        growth = float(output[0] / before[0] - 1)
        found.append(growth)
    return found


def band(
    growth_at_origin: float, years: int, assumed: Assumed, ends: Mapping[str, tuple[float, float]]
) -> tuple[float, float]:
    """Lowest and highest level reached after the years, over the ends of the assumed ranges together."""
    names = sorted(ends)
    levels = []
    for choice in product(*(ends[name] for name in names)):
        changed = replace(assumed, **dict(zip(names, choice, strict=True)))
        levels.append(float(np.prod([1 + g for g in path(growth_at_origin, years, changed)])))
    return min(levels), max(levels)


def ends_of(p: Parameters, base_year: int) -> dict[str, tuple[float, float]]:
    """The ends of the ranges of `RANGED`; those of a dated path are factors on it."""
    found = {}
    for field, name in RANGED.items():
        row, middle = p.rows[name], p(name, base_year)
        assert row.low is not None
        assert row.high is not None
        scale = middle if isinstance(row.value, dict) else 1.0
        found[field] = (row.low * scale, row.high * scale)
    return found
