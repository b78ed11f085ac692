"""Indicators of the population subject: of every area."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cuabien.model.variables import Array
from cuabien.runner.measures.year import AreaMeasure, AreaYear, CityMeasure

YOUNG, OLD = 15, 65


def _median_age(y: AreaYear) -> Array:
    """Age that halves the residents, interpolated within its year of age; NaN where nobody lives."""
    everyone = y.residents
    cumulative = np.cumsum(y.persons, axis=1)
    half = everyone[:, None] / 2
    age = np.minimum((cumulative < half).sum(axis=1), y.persons.shape[1] - 1)
    rows = np.arange(len(age))
    inside = y.persons[rows, age]
    below = cumulative[rows, age] - inside
    part = np.divide(half[:, 0] - below, inside, out=np.zeros_like(everyone), where=inside > 0)
    return np.asarray(np.where(everyone > 0, age + part, np.nan))


def _total(name: str) -> Callable[[AreaYear], Array | None]:
    return lambda y: y.total(name)


_P = "theory/population"

AREAS: tuple[AreaMeasure, ...] = (
    AreaMeasure(
        "population",
        "persons",
        "population.persons",
        "sum over sex and age",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.residents,
    ),
    AreaMeasure(
        "population_density",
        "persons per km2",
        "population.persons",
        "residents / official area",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.residents / y.area_km2,
    ),
    AreaMeasure(
        "share_children",
        "percent",
        "population.persons",
        "100 x residents under 15 / residents",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.share(slice(0, YOUNG)),
    ),
    AreaMeasure(
        "share_working_age",
        "percent",
        "population.persons",
        "100 x residents aged 15 to 64 / residents",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.share(slice(YOUNG, OLD)),
    ),
    AreaMeasure(
        "share_aged_65",
        "percent",
        "population.persons",
        "100 x residents aged 65 and over / residents",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.share(slice(OLD, None)),
    ),
    AreaMeasure(
        "median_age",
        "years",
        "population.persons",
        "the age that halves the residents",
        f"{_P}#births-deaths-ageing",
        value=_median_age,
    ),
    AreaMeasure(
        "households",
        "households",
        "population.households",
        "residents / household size",
        f"{_P}#households",
        value=_total("population.households"),
    ),
    AreaMeasure(
        "labour_force",
        "persons",
        "population.labour_force",
        "sum of participation x residents",
        f"{_P}#workers",
        value=_total("population.labour_force"),
    ),
    AreaMeasure(
        "births",
        "persons per year",
        "population.births",
        "live births of the year",
        f"{_P}#births-deaths-ageing",
        value=_total("population.births"),
    ),
    AreaMeasure(
        "deaths",
        "persons per year",
        "population.deaths",
        "deaths of the year",
        f"{_P}#births-deaths-ageing",
        value=_total("population.deaths"),
    ),
    AreaMeasure(
        "net_migration",
        "persons per year",
        "population.net_migration",
        "moved in less moved out",
        f"{_P}#migration",
        value=_total("population.net_migration"),
    ),
)

CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "household_size",
        "persons per household",
        "population.households",
        "residents / households",
        "theory/population#households",
        ("population.household_size",),
        value=lambda y: y.residents / float(y.now["population.households"].sum()),
    ),
)
