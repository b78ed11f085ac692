"""What a run reports: each indicator as a formula over the model's variables, for the city and for its areas.

Each subject has a module with two tables: `CITY`, indicators of the city alone, and `AREAS`, those of every area. A
value that has no meaning in a year (growth of the base year) is left out, never written as zero; so is an indicator
of a subject that the plan is not modelled with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.variables import Array
from cuabien.model.world import World
from cuabien.plan.package import Plan
from cuabien.runner.measures import (
    economy,
    environment,
    land,
    limits,
    population,
    services,
    transport,
    underground,
)
from cuabien.runner.measures.population import OLD
from cuabien.runner.measures.year import AreaMeasure, AreaYear, CityMeasure, Measure, Year

__all__ = [
    "AREAS",
    "CITY",
    "HEADLINES",
    "Measure",
    "area_groups",
    "area_values",
    "city_values",
    "headline_values",
    "membership_sum",
    "swinging",
]

SUBJECTS = (population, economy, limits, land, transport, services, environment, underground)
CITY: tuple[CityMeasure, ...] = tuple(measure for subject in SUBJECTS for measure in subject.CITY)
AREAS: tuple[AreaMeasure, ...] = tuple(measure for subject in SUBJECTS for measure in subject.AREAS)

YEARS_OF_AN_AVERAGE = 5

HEADLINES = (
    "population",
    "share_aged_65",
    "labour_force",
    "grdp_growth",
    "grdp_constant2025",
    "grdp_current",
    "grdp_per_capita",
    "labour_productivity",
    "labour_productivity_growth",
    "tfp_share",
    "investment_total",
    "employment",
    "port_cargo",
    "port_teu",
    "budget_revenue_total",
    "budget_revenue_domestic",
    "budget_revenue_customs",
    "fdi_registered",
    "fdi_realised",
    "exports",
    "electricity_demand",
)
"""Indicators of the city whose swing is reported. What the plan has targets of is added, and averages over five years
to a milestone: of growth, and of what a target averages."""


# ---- values of a future -----------------------------------------------------------------------------------


def years_of(future: Future) -> list[Year]:
    """Each year of a future with the year before it."""
    states = future.states
    return [
        Year(future.world, year, states[i], states[i - 1] if i else None)
        for i, year in enumerate(future.world.years)
    ]


def city_values(future: Future) -> dict[tuple[str, int], float]:
    """(indicator, year) -> value of every city measure."""
    found: dict[tuple[str, int], float] = {}
    for year in years_of(future):
        for measure in CITY:
            value = measure.value(year) if measure.variable in year.now else None
            if value is not None:
                found[measure.id, year.year] = value
    return found


def headline_values(
    future: Future, wanted: Sequence[CityMeasure] | None = None
) -> dict[tuple[str, int], float]:
    """(indicator, year) -> value of the headlines alone: what a swing needs. `wanted`: `swinging` of the plan, when it is known."""
    wanted = swinging(future.world.plan) if wanted is None else wanted
    found: dict[tuple[str, int], float] = {}
    for year in years_of(future):
        persons = year.now["population.persons"].sum(axis=(0, 1))
        found["population", year.year] = float(persons.sum())
        found["share_aged_65", year.year] = 100 * float(persons[OLD:].sum() / persons.sum())
        found["labour_force", year.year] = float(year.now["population.labour_force"].sum())
        for measure in wanted:
            value = measure.value(year) if measure.variable in year.now else None
            if value is not None:
                found[measure.id, year.year] = value
    return found | growth_averages(future, found)


def swinging(plan: Plan) -> list[CityMeasure]:
    """The headlines and what the plan has targets of for the city, as far as it rests on no spatial subject."""
    asked = {t.indicator for t in plan.targets.values() if t.area == plan.header.city}
    spatial = {
        subject.NAME for subject in city.SUBJECTS if subject.SPATIAL and subject.NAME not in city.REQUIRED
    }
    return [
        measure
        for measure in CITY
        if (measure.id in HEADLINES or measure.id in asked)
        and measure.variable.partition(".")[0] not in spatial
    ]


def growth_averages(future: Future, values: Mapping[tuple[str, int], float]) -> dict[tuple[str, int], float]:
    """Mean over the five years to each milestone, as targets are written (2026-2030): of growth, and of whatever the
    plan sets a target for over a period."""
    plan = future.world.plan
    over = {t.indicator.removesuffix("_avg") for t in plan.targets.values() if t.year_from is not None}
    found = {}
    for milestone in plan.header.milestones:
        years = range(milestone - YEARS_OF_AN_AVERAGE + 1, milestone + 1)
        for name in sorted(over | {"grdp_growth"}):
            seen = [values[key] for year in years if (key := (name, year)) in values]
            if len(seen) == YEARS_OF_AN_AVERAGE:
                found[f"{name}_avg", milestone] = sum(seen) / YEARS_OF_AN_AVERAGE
    return found


def area_values(future: Future) -> tuple[list[str], dict[str, Array]]:
    """Ids of areas, and for each measure of areas its values [area, year]; NaN where there is none."""
    world = future.world
    areas, membership, area_km2 = area_groups(world)
    wanted = [m for m in AREAS if m.variable in future.states[-1]]
    found = {measure.id: np.full((len(areas), len(world.years)), np.nan) for measure in wanted}
    for index, year in enumerate(years_of(future)):
        seen = AreaYear(year, membership, area_km2)
        for measure in wanted:
            values = measure.value(seen)
            if values is not None:
                found[measure.id][:, index] = values
    return areas, found


def area_groups(world: World) -> tuple[list[str], Array, Array]:
    """Communes, the parts that they lie in and the city: ids, membership [area, commune] of 0 and 1, km2 [area]."""
    communes = world.communes
    parts = sorted({str(c.part_of) for c in communes} - {world.plan.header.city})
    ids = [*(c.id for c in communes), *parts, world.plan.header.city]
    rows = [np.eye(len(communes))]
    rows += [np.array([[float(str(c.part_of) == part) for c in communes]]) for part in parts]
    rows.append(np.ones((1, len(communes))))
    membership = np.concatenate(rows)
    km2 = np.array([np.nan if c.area_km2 is None else c.area_km2 for c in communes])
    return ids, membership, membership_sum(membership, km2)


def membership_sum(membership: Array, values: Array) -> Array:
    """Sum over the communes of each area; NaN if one of them has no value."""
    known = np.nan_to_num(values)
    missing = membership @ np.isnan(values).astype(float)
    return np.asarray(np.where(missing > 0, np.nan, membership @ known))
