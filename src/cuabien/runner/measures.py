"""What a run reports: each indicator as a formula over the model's variables, for the city and for its areas.

Two tables drive everything that is written: `PEOPLE` for every area, `CITY` for the city alone. A value that has no
meaning in a year (growth of the base year) is left out, never written as zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cuabien.model.city import Future
from cuabien.model.economy.prices import exchange_rate, price_level
from cuabien.model.engine import State
from cuabien.model.variables import SECTORS, Array
from cuabien.model.world import World

YOUNG, OLD = 15, 65
YEARS_OF_AN_AVERAGE = 5


@dataclass(frozen=True)
class Year:
    """One year of a future, as the formulas see it."""

    world: World
    year: int
    now: State
    last: State | None

    def parameter(self, name: str) -> float:
        return self.world.parameters(name, self.year)

    @property
    def residents(self) -> float:
        return float(self.now["population.persons"].sum())

    @property
    def employed(self) -> float:
        return float(self.now["economy.employment"].sum())

    @property
    def price_level(self) -> float:
        return price_level(self.year, self.world.base_year, self.parameter("economy.deflator_growth"))

    @property
    def current_grdp(self) -> float:
        """Trillion VND at the prices of the year."""
        return float(self.now["economy.grdp"]) * self.price_level

    @property
    def exchange_rate(self) -> float:
        return exchange_rate(
            self.year,
            self.world.base_year,
            self.parameter("economy.exchange_rate_base"),
            self.parameter("economy.exchange_rate_growth"),
        )


@dataclass(frozen=True)
class Measure:
    """An indicator of a run: the variable that it is made of, and its formula in words and in code."""

    id: str
    unit: str
    variable: str
    formula: str
    page: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class CityMeasure(Measure):
    value: Callable[[Year], float | None] = lambda year: None


@dataclass(frozen=True)
class PeopleMeasure(Measure):
    value: Callable[[AreaYear], Array | None] = lambda year: None


# ---- the city ---------------------------------------------------------------------------------------------


def _grdp_growth(y: Year) -> float | None:
    return None if y.last is None else 100 * float(y.now["economy.grdp"] / y.last["economy.grdp"] - 1)


def _sector_growth(sector: str) -> Callable[[Year], float | None]:
    index = SECTORS.index(sector)
    return lambda y: None if y.last is None else 100 * float(y.now["economy.growth"][index])


def _productivity_growth(y: Year) -> float | None:
    if y.last is None:
        return None
    now = float(y.now["economy.grdp"]) / y.employed
    before = float(y.last["economy.grdp"] / y.last["economy.employment"].sum())
    return 100 * (now / before - 1)


def _tfp_share(y: Year) -> float | None:
    """No share of a growth that is not positive."""
    growth = _grdp_growth(y)
    if growth is None or growth <= 0:
        return None
    return 100 * float(y.now["economy.sources_of_growth"][2]) / (growth / 100)


def _with_port(value: Callable[[Year], float]) -> Callable[[Year], float | None]:
    """A city whose plan maps no berths reports no port."""
    return lambda y: value(y) if y.world.plan.port_capacity else None


_PRICES = ("economy.deflator_growth",)
_DOLLARS = (*_PRICES, "economy.exchange_rate_base", "economy.exchange_rate_growth")
_E = "theory/economy"

CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "grdp_growth",
        "percent",
        "economy.grdp",
        "100 (GRDP[t] / GRDP[t-1] - 1), constant prices of the base year",
        f"{_E}#output",
        value=_grdp_growth,
    ),
    CityMeasure(
        "grdp_constant2025",
        "trillion VND",
        "economy.grdp",
        "GRDP at constant prices of the base year",
        f"{_E}#output",
        value=lambda y: float(y.now["economy.grdp"]),
    ),
    CityMeasure(
        "grdp_current",
        "trillion VND",
        "economy.grdp",
        "GRDP[t] (1 + p)^(t - t0)",
        f"{_E}#prices",
        _PRICES,
        value=lambda y: y.current_grdp,
    ),
    CityMeasure(
        "grdp_per_capita",
        "USD",
        "economy.grdp",
        "current GRDP[t] / usual residents[t] / VND per USD[t]",
        f"{_E}#prices",
        _DOLLARS,
        value=lambda y: y.current_grdp * 1e12 / y.residents / y.exchange_rate,
    ),
    CityMeasure(
        "grdp_per_capita_vnd",
        "million VND",
        "economy.grdp",
        "current GRDP[t] / usual residents[t]",
        f"{_E}#prices",
        _PRICES,
        value=lambda y: y.current_grdp * 1e6 / y.residents,
    ),
    *(
        CityMeasure(
            f"growth_{sector}",
            "percent per year",
            "economy.growth",
            "100 (Y[s,t] / Y[s,t-1] - 1), constant prices of the base year",
            f"{_E}#output",
            value=_sector_growth(sector),
        )
        for sector in SECTORS
    ),
    CityMeasure(
        "labour_productivity",
        "million VND per worker",
        "economy.grdp",
        "current GRDP[t] / persons at work[t]",
        f"{_E}#prices",
        _PRICES,
        value=lambda y: y.current_grdp * 1e6 / y.employed,
    ),
    CityMeasure(
        "labour_productivity_growth",
        "percent per year",
        "economy.grdp",
        "100 ((GRDP[t] / E[t]) / (GRDP[t-1] / E[t-1]) - 1), constant prices of the base year",
        f"{_E}#output",
        value=_productivity_growth,
    ),
    CityMeasure(
        "tfp_share",
        "percent",
        "economy.sources_of_growth",
        "100 (growth - a gK - (1-a) gE) / growth",
        f"{_E}#sources-of-growth",
        ("economy.capital_share",),
        value=_tfp_share,
    ),
    CityMeasure(
        "investment_total",
        "billion VND",
        "economy.investment",
        "1000 sum I[s,t] (1 + p)^(t - t0)",
        f"{_E}#capital",
        (*_PRICES, "economy.investment_share"),
        value=lambda y: float(y.now["economy.investment"].sum()) * y.price_level * 1000,
    ),
    CityMeasure(
        "employment",
        "persons",
        "economy.employment",
        "sum E[s,t]",
        f"{_E}#jobs",
        value=lambda y: y.employed,
    ),
    CityMeasure(
        "port_cargo",
        "million tonnes",
        "economy.port_cargo",
        "min(cargo that asks, ceiling x mapped capacity)",
        f"{_E}#port",
        value=_with_port(lambda y: float(y.now["economy.port_cargo"])),
    ),
    CityMeasure(
        "port_teu",
        "million TEU",
        "economy.port_cargo",
        "port cargo x TEU per tonne",
        f"{_E}#port",
        ("economy.teu_per_tonne",),
        value=_with_port(lambda y: float(y.now["economy.port_cargo"]) * y.parameter("economy.teu_per_tonne")),
    ),
    CityMeasure(
        "port_capacity",
        "million tonnes",
        "economy.port_capacity",
        "sum of mapped berths that are open; berths without a figure are not counted",
        f"{_E}#port",
        value=_with_port(lambda y: float(y.now["economy.port_capacity"])),
    ),
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


# ---- people of any area -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AreaYear:
    """People of every area in one year: rows are areas, `persons` [area, age]."""

    persons: Array
    area_km2: Array
    """NaN where it is not known; such areas report no density."""
    totals: Mapping[str, Array]
    """Variables that add up over communes: [area]; flows are missing in the base year."""

    @property
    def residents(self) -> Array:
        return np.asarray(self.persons.sum(axis=1))

    def share(self, ages: slice) -> Array:
        """Percent of residents in an age span; NaN where nobody lives."""
        everyone = self.residents
        inside = self.persons[:, ages].sum(axis=1)
        return np.asarray(100 * inside / np.where(everyone > 0, everyone, np.nan))


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
    return lambda y: y.totals.get(name)


_P = "theory/population"

PEOPLE: tuple[PeopleMeasure, ...] = (
    PeopleMeasure(
        "population",
        "persons",
        "population.persons",
        "sum over sex and age",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.residents,
    ),
    PeopleMeasure(
        "population_density",
        "persons per km2",
        "population.persons",
        "residents / official area",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.residents / y.area_km2,
    ),
    PeopleMeasure(
        "share_children",
        "percent",
        "population.persons",
        "100 x residents under 15 / residents",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.share(slice(0, YOUNG)),
    ),
    PeopleMeasure(
        "share_working_age",
        "percent",
        "population.persons",
        "100 x residents aged 15 to 64 / residents",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.share(slice(YOUNG, OLD)),
    ),
    PeopleMeasure(
        "share_aged_65",
        "percent",
        "population.persons",
        "100 x residents aged 65 and over / residents",
        f"{_P}#births-deaths-ageing",
        value=lambda y: y.share(slice(OLD, None)),
    ),
    PeopleMeasure(
        "median_age",
        "years",
        "population.persons",
        "the age that halves the residents",
        f"{_P}#births-deaths-ageing",
        value=_median_age,
    ),
    PeopleMeasure(
        "households",
        "households",
        "population.households",
        "residents / household size",
        f"{_P}#households",
        value=_total("population.households"),
    ),
    PeopleMeasure(
        "labour_force",
        "persons",
        "population.labour_force",
        "sum of participation x residents",
        f"{_P}#workers",
        value=_total("population.labour_force"),
    ),
    PeopleMeasure(
        "births",
        "persons per year",
        "population.births",
        "live births of the year",
        f"{_P}#births-deaths-ageing",
        value=_total("population.births"),
    ),
    PeopleMeasure(
        "deaths",
        "persons per year",
        "population.deaths",
        "deaths of the year",
        f"{_P}#births-deaths-ageing",
        value=_total("population.deaths"),
    ),
    PeopleMeasure(
        "net_migration",
        "persons per year",
        "population.net_migration",
        "moved in less moved out",
        f"{_P}#migration",
        value=_total("population.net_migration"),
    ),
)

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
)
"""Indicators of the city whose swing is reported; `grdp_growth_avg`, over five years to a milestone, is added."""


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
            value = measure.value(year)
            if value is not None:
                found[measure.id, year.year] = value
    return found


def headline_values(future: Future) -> dict[tuple[str, int], float]:
    """(indicator, year) -> value of the headlines alone: what a swing needs."""
    wanted = [measure for measure in CITY if measure.id in HEADLINES]
    found: dict[tuple[str, int], float] = {}
    for year in years_of(future):
        persons = year.now["population.persons"].sum(axis=(0, 1))
        found["population", year.year] = float(persons.sum())
        found["share_aged_65", year.year] = 100 * float(persons[OLD:].sum() / persons.sum())
        found["labour_force", year.year] = float(year.now["population.labour_force"].sum())
        for measure in wanted:
            value = measure.value(year)
            if value is not None:
                found[measure.id, year.year] = value
    return found | growth_averages(future, found)


def growth_averages(future: Future, values: Mapping[tuple[str, int], float]) -> dict[tuple[str, int], float]:
    """Mean growth over the five years to each milestone, as targets are written (2026-2030)."""
    found = {}
    for milestone in future.world.plan.header.milestones:
        years = range(milestone - YEARS_OF_AN_AVERAGE + 1, milestone + 1)
        growth = [values[key] for year in years if (key := ("grdp_growth", year)) in values]
        if len(growth) == YEARS_OF_AN_AVERAGE:
            found["grdp_growth_avg", milestone] = sum(growth) / YEARS_OF_AN_AVERAGE
    return found


def area_values(future: Future) -> tuple[list[str], dict[str, Array]]:
    """Ids of areas, and for each people measure its values [area, year]; NaN where there is none."""
    world = future.world
    areas, membership, area_km2 = area_groups(world)
    found = {measure.id: np.full((len(areas), len(world.years)), np.nan) for measure in PEOPLE}
    for index, year in enumerate(years_of(future)):
        persons = membership @ year.now["population.persons"].sum(axis=1)
        seen = AreaYear(persons, area_km2, _area_totals(year, membership))
        for measure in PEOPLE:
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


def _area_totals(year: Year, membership: Array) -> dict[str, Array]:
    names = (
        "population.households",
        "population.labour_force",
        "population.births",
        "population.deaths",
        "population.net_migration",
    )
    found = {}
    for name in names:
        if name in year.now:
            by_commune = year.now[name]
            found[name] = membership @ (by_commune.sum(axis=1) if by_commune.ndim == 2 else by_commune)
    return found
