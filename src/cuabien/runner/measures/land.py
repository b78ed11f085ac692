"""Indicators of the land subject: of every area."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cuabien.model.engine import State
from cuabien.model.parameters import Parameters
from cuabien.model.variables import LAND_USES, SECTORS, Array
from cuabien.runner.measures.year import AreaMeasure, AreaYear, CityMeasure, Year

_P = "theory/land"


def _total(name: str) -> Callable[[AreaYear], Array | None]:
    return lambda y: y.total(name)


def _hectares(*uses: str) -> Callable[[AreaYear], Array]:
    columns = [LAND_USES.index(use) for use in uses]
    return lambda y: np.asarray(y.membership @ y.year.now["land.use"][:, columns].sum(axis=1))


def _jobs(sector: str) -> Callable[[AreaYear], Array]:
    column = SECTORS.index(sector)
    return lambda y: np.asarray(y.membership @ y.year.now["land.jobs"][:, column])


def _vacancy(y: AreaYear) -> Array:
    """Percent of dwellings that stand empty: those that households with a dwelling of their own do not fill."""
    now = y.year.now
    dwellings = y.membership @ now["land.dwellings"]
    housed = y.membership @ (now["population.households"] - now["land.unhoused"])
    return np.asarray(100 * (1 - housed / np.where(dwellings > 0, dwellings, np.nan)))


def _price(variable: str, weight: Callable[[AreaYear], Array]) -> Callable[[AreaYear], Array]:
    return lambda y: 100 * y.mean(y.year.now[variable], weight(y))


NEAR = 1e-9
"""A price so near a bound, over the bound, stands at it."""


def at_bound(p: Parameters, state: State) -> Array:
    """1 where the price of housing stands at its ceiling, -1 at its floor, 0 where it clears the market [commune]."""
    price = state["land.price"]
    ceiling = price >= p("land.price_ceiling") * (1 - NEAR)
    return np.asarray(ceiling.astype(int) - (price <= p("land.price_floor") * (1 + NEAR)))


def _at_ceiling(y: Year) -> float:
    return float((at_bound(y.world.parameters, y.now) > 0).sum())


def _of_the_year(name: str) -> Callable[[AreaYear], Array | None]:
    """What happens in the course of a year; the base year has none."""
    return lambda y: None if y.year.last is None else y.total(name)


AREAS: tuple[AreaMeasure, ...] = (
    AreaMeasure(
        "dwellings",
        "dwellings",
        "land.dwellings",
        "dwellings that stand",
        f"{_P}#dwellings",
        value=_total("land.dwellings"),
    ),
    AreaMeasure(
        "dwellings_built",
        "dwellings per year",
        "land.built",
        "dwellings built during the year",
        f"{_P}#dwellings",
        value=_of_the_year("land.built"),
    ),
    AreaMeasure(
        "vacancy_rate",
        "percent",
        "land.dwellings",
        "100 x (1 - households with a dwelling / dwellings)",
        f"{_P}#dwellings",
        value=_vacancy,
    ),
    AreaMeasure(
        "housing_price_index",
        "base year = 100",
        "land.price",
        "100 x price over that of the base year, mean over dwellings",
        f"{_P}#where-movers-go",
        value=_price("land.price", lambda y: y.year.now["land.dwellings"]),
    ),
    AreaMeasure(
        "unhoused_households",
        "households",
        "land.unhoused",
        "households beyond the dwellings that stand",
        f"{_P}#households-by-type",
        value=_total("land.unhoused"),
    ),
    AreaMeasure(
        "jobs",
        "jobs",
        "land.jobs",
        "sum over sectors",
        f"{_P}#jobs",
        value=_total("land.jobs"),
    ),
    AreaMeasure(
        "jobs_industry",
        "jobs",
        "land.jobs",
        "jobs of industry",
        f"{_P}#jobs",
        value=_jobs("industry"),
    ),
    AreaMeasure(
        "jobs_services",
        "jobs",
        "land.jobs",
        "jobs of services",
        f"{_P}#jobs",
        value=_jobs("services"),
    ),
    AreaMeasure(
        "jobs_without_land",
        "jobs",
        "land.jobs_beyond_land",
        "industrial jobs beyond what parks and sites hold",
        f"{_P}#jobs",
        value=_total("land.jobs_beyond_land"),
    ),
    AreaMeasure(
        "urban_land_ha",
        "ha",
        "land.use",
        "housing, and roads, offices, ports and schools",
        f"{_P}#the-land-account",
        value=_hectares("housing", "public"),
    ),
    AreaMeasure(
        "industrial_land_ha",
        "ha",
        "land.industrial_ha",
        "parks, clusters and what economic zones build, open in the year",
        f"{_P}#the-land-account",
        value=_total("land.industrial_ha"),
    ),
    AreaMeasure(
        "farmland_ha",
        "ha",
        "land.use",
        "what no other use takes",
        f"{_P}#the-land-account",
        value=_hectares("farmland"),
    ),
    AreaMeasure(
        "land_taken_ha",
        "ha per year",
        "land.taken_ha",
        "land newly built on during the year",
        f"{_P}#the-land-account",
        value=_of_the_year("land.taken_ha"),
    ),
    AreaMeasure(
        "reclaimed_ha",
        "ha",
        "land.reclaimed_ha",
        "land won from the sea since the base year",
        f"{_P}#the-land-account",
        value=_total("land.reclaimed_ha"),
    ),
)

CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "communes_at_price_ceiling",
        "count",
        "land.price",
        "communes where the price of housing stands at its highest and some come beyond the homes let",
        f"{_P}#prices-that-clear",
        ("land.price_ceiling",),
        value=_at_ceiling,
    ),
)
