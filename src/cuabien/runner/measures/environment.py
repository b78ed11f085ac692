"""Indicators of the environment subject: power and gases of the city, people and jobs under water in every area."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cuabien.base.words import N_
from cuabien.model.environment.inputs import RENEWABLE
from cuabien.model.variables import EMITTERS, FUELS, WATER_CASES, Array
from cuabien.runner.measures.year import AreaMeasure, AreaYear, CityMeasure, Year

_E = "theory/environment"
OFFSHORE_WIND = FUELS.index("offshore wind")
OF_RENEWABLES = np.array([fuel in RENEWABLE for fuel in FUELS])
KNOWN_ENOUGH = 0.99
"""An area has a number when the heights of communes with this share of its residents are known."""
COVERED = 0.75
"""A commune's heights are known when the raster covers this share of its outline: many hold water without a height."""


# ---- power and gases ----------------------------------------------------------------------------------------


def _with_plants(value: Callable[[Year], float]) -> Callable[[Year], float | None]:
    """A city whose plan lists no power plants reports none."""
    return lambda y: value(y) if y.world.plan.power_plants else None


def _renewable_share(y: Year) -> float | None:
    given = y.now["environment.generation"]
    return 100 * float(given[OF_RENEWABLES].sum() / given.sum()) if given.sum() > 0 else None


def _net_import(y: Year) -> float:
    return float(y.now["environment.grid_import"] - y.now["environment.grid_export"])


def _emitter(name: str) -> Callable[[Year], float]:
    """Million tonnes of one emitter."""
    index = EMITTERS.index(name)

    return lambda y: float(y.now["environment.emissions"][index]) / 1e3


def _total(y: Year) -> float:
    return float(y.now["environment.emissions"].sum()) / 1e3


def _induced(y: Year) -> float:
    """Million tonnes: what is burnt in the city but in power plants, and what the grid gave off for its electricity."""
    burnt = float(y.now["environment.emissions"].sum() - y.now["environment.power_emissions"].sum())
    grid = float(y.now["environment.grid_emissions"].sum())
    return (burnt + grid + float(y.now.get("environment.traffic_grid_emissions", 0.0))) / 1e3


_ALL = N_(
    "transport + industry + power + buildings inside the city (scope 1); transport is left out where it is not modelled"
)

CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "electricity_generation",
        "TWh",
        "environment.generation",
        "sum over plants of MW x full-load hours",
        f"{_E}#electricity",
        value=_with_plants(lambda y: float(y.now["environment.generation"].sum())),
    ),
    CityMeasure(
        "electricity_net_import",
        "TWh",
        "environment.grid_import",
        "electricity taken, with losses, less what plants in the city give; below zero the city sends out",
        f"{_E}#electricity",
        value=_net_import,
    ),
    CityMeasure(
        "renewable_share",
        "percent",
        "environment.generation",
        "100 x electricity of wind, sun, water and biomass / electricity of all plants that the plan lists",
        f"{_E}#electricity",
        value=_renewable_share,
    ),
    CityMeasure(
        "offshore_wind_capacity",
        "MW",
        "environment.power_mw",
        "capacity in use of offshore wind",
        f"{_E}#electricity",
        value=_with_plants(lambda y: float(y.now["environment.power_mw"][OFFSHORE_WIND])),
    ),
    CityMeasure(
        "emissions_total",
        "million tonnes CO2e",
        "environment.emissions",
        _ALL,
        f"{_E}#greenhouse-gases",
        value=_total,
    ),
    *(
        CityMeasure(
            f"emissions_{name}",
            "million tonnes CO2e",
            variable,
            formula,
            f"{_E}#{anchor}",
            value=_emitter(name),
        )
        for name, variable, formula, anchor in (
            (
                "transport",
                "environment.road_emissions",  # there only where transport is modelled
                N_("exhausts on roads, railways and waterways of the city"),
                "transport",
            ),
            (
                "industry",
                "environment.emissions",
                N_("value added of industry x fuel per output x carbon of its mix"),
                "industry",
            ),
            ("power", "environment.power_emissions", N_("fuel of the power plants in the city"), "power"),
            (
                "buildings",
                "environment.building_emissions",
                N_("fuel burnt in households and services"),
                "buildings",
            ),
        )
    ),
    CityMeasure(
        "emissions_induced",
        "million tonnes CO2e",
        "environment.grid_emissions",
        "transport + industry + buildings + grid factor x electricity taken (scopes 1 and 2 without power plants)",
        f"{_E}#greenhouse-gases",
        ("environment.grid_factor",),
        value=_induced,
    ),
    CityMeasure(
        "emissions_per_person",
        "tonnes CO2e per person",
        "environment.emissions",
        "total (scope 1) / residents",
        f"{_E}#greenhouse-gases",
        value=lambda y: 1e6 * _total(y) / y.residents if y.residents > 0 else None,
    ),
    CityMeasure(
        "emissions_per_grdp",
        "tonnes CO2e per billion VND",
        "environment.emissions",
        "total (scope 1) / GRDP at constant prices of 2025",
        f"{_E}#greenhouse-gases",
        value=lambda y: 1e3 * _total(y) / float(y.now["economy.grdp"]),
    ),
)

# ---- water ------------------------------------------------------------------------------------------------


def _under_water(variable: str, case: str) -> Callable[[AreaYear], Array | None]:
    """[area] people or jobs below the water; NaN where too little of the land is known."""
    index = WATER_CASES.index(case)

    def value(y: AreaYear) -> Array | None:
        if variable not in y.year.now:
            return None
        reached = y.membership @ y.year.now[variable][:, index]
        return np.asarray(np.where(_is_known(y), reached, np.nan))

    return value


def _is_known(y: AreaYear) -> Array:
    """[area] of truth: whether the heights of enough of its residents' land are known."""
    world = y.year.world
    rows = world.plan.elevation
    covered = np.array([area.id in rows and rows[area.id].covered >= COVERED for area in world.communes])
    people = y.year.now["population.persons"].sum(axis=(1, 2))
    known, all_people = y.membership @ (people * covered), y.membership @ people
    empty = (y.membership @ covered) >= y.membership.sum(axis=1)
    return np.asarray(np.where(all_people > 0, known >= KNOWN_ENOUGH * all_people, empty))


AREAS: tuple[AreaMeasure, ...] = tuple(
    AreaMeasure(
        name,
        unit,
        variable,
        formula,
        f"{_E}#floods",
        ("environment.sea_level_rise", "environment.high_tide", *surge),
        value=_under_water(variable, case),
    )
    for name, unit, variable, case, formula, surge in (
        (
            "flood_exposed_people",
            "persons",
            "environment.flooded_people",
            "tide",
            "residents x share of land below the rise of the sea + a high tide; dykes are not counted on",
            (),
        ),
        (
            "storm_exposed_people",
            "persons",
            "environment.flooded_people",
            "storm",
            "residents x share of land below the rise of the sea + a high tide + a storm surge; dykes are not counted on",
            ("environment.storm_surge",),
        ),
        (
            "flood_exposed_jobs",
            "jobs",
            "environment.flooded_jobs",
            "tide",
            "jobs x share of land below the rise of the sea + a high tide; dykes are not counted on",
            (),
        ),
    )
)
