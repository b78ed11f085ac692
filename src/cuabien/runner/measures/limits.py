"""Indicators of what holds the economy back: fairways, airports, land for industry and power; of the city alone."""

from __future__ import annotations

from collections.abc import Callable

from cuabien.model.variables import LIMITS
from cuabien.runner.measures.year import AreaMeasure, CityMeasure, Year

_E = "theory/economy"


def _known(known: Callable[[Year], bool], name: str) -> Callable[[Year], float | None]:
    """A variable, where the plan knows of the thing at all."""
    return lambda y: float(y.now[name]) if known(y) else None


def _has_landside(y: Year) -> bool:
    return float(y.now["economy.landside_capacity"]) > 0


def _has_fairways(y: Year) -> bool:
    return float(y.now["economy.fairway_capacity"]) > 0


def _has_airport(y: Year) -> bool:
    return y.parameter("economy.air_passengers_base") > 0


def _has_parks(y: Year) -> bool:
    return float(y.now["economy.park_land_open"]) > 0


def _has_load(y: Year) -> bool:
    return y.parameter("economy.electricity_base") > 0


def _occupancy(y: Year) -> float | None:
    """Percent of the leasable land that is open."""
    if not _has_parks(y):
        return None
    leasable = float(y.now["economy.park_land_open"]) * y.parameter("economy.park_leasable_share")
    return 100 * float(y.now["economy.park_land_used"]) / leasable


def _peak(y: Year) -> float | None:
    if not _has_load(y):
        return None
    return float(y.now["economy.electricity_wanted"]) * 1e6 / y.parameter("economy.electricity_load_hours")


def _reserve(y: Year) -> float | None:
    """Percent by which plants that stand ready and lines could give more than is asked for; below zero power is short."""
    wanted = float(y.now["economy.electricity_wanted"])
    return 100 * (float(y.now["economy.power_available"]) / wanted - 1) if wanted > 0 else None


def _unserved(y: Year) -> float | None:
    wanted = float(y.now["economy.electricity_wanted"])
    return 100 * (1 - float(y.now["economy.electricity_used"]) / wanted) if wanted > 0 else None


def _cost(y: Year) -> float:
    """Percent of what labour and capital could have made; what missing hands take is not in it."""
    taken = y.now["economy.held_back"][LIMITS.index("labour") + 1 :].sum()
    return 100 * float(taken / y.now["economy.potential_value_added"].sum())


CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "limits_cost",
        "percent",
        "economy.held_back",
        "100 x what berths, fairways, the landside of the port, airport, land and power take / potential value added",
        f"{_E}#output",
        value=_cost,
    ),
    CityMeasure(
        "fairway_capacity",
        "million tonnes",
        "economy.fairway_capacity",
        "sum over open entrances of F (depth / 16 m)^k; entrances without a depth are not counted",
        f"{_E}#fairways",
        value=_known(_has_fairways, "economy.fairway_capacity"),
    ),
    CityMeasure(
        "landside_capacity",
        "million tonnes",
        "economy.landside_capacity",
        "largest flow from the berths over open roads, railways and waterways to the gates of the city / inland share",
        f"{_E}#landside",
        ("transport.port_road_share", "transport.port_barge_share", "transport.truck_peak_share"),
        value=_known(_has_landside, "economy.landside_capacity"),
    ),
    CityMeasure(
        "airport_passengers",
        "million passengers",
        "economy.air_passengers",
        "min(passengers who want to fly, ceiling x terminals)",
        f"{_E}#airport",
        ("economy.air_passengers_base",),
        value=_known(_has_airport, "economy.air_passengers"),
    ),
    CityMeasure(
        "airport_capacity",
        "million passengers",
        "economy.air_capacity",
        "today's terminals + phases of the plan's airport projects that are open",
        f"{_E}#airport",
        ("economy.airport_capacity_base",),
        value=_known(_has_airport, "economy.air_capacity"),
    ),
    CityMeasure(
        "industrial_land_open",
        "ha",
        "economy.park_land_open",
        "area of parks and clusters that is laid out; those without an area or a year are not counted",
        f"{_E}#land-for-industry",
        value=_known(_has_parks, "economy.park_land_open"),
    ),
    CityMeasure(
        "industrial_land_occupancy",
        "percent",
        "economy.park_land_used",
        "100 x land taken by firms / leasable land that is open",
        f"{_E}#land-for-industry",
        ("economy.park_leasable_share",),
        value=_occupancy,
    ),
    CityMeasure(
        "electricity_demand",
        "TWh",
        "economy.electricity_wanted",
        "what sectors and households ask for",
        f"{_E}#power",
        ("economy.electricity_base",),
        value=_known(_has_load, "economy.electricity_wanted"),
    ),
    CityMeasure(
        "electricity_peak",
        "MW",
        "economy.electricity_wanted",
        "electricity asked for / hours of the load",
        f"{_E}#power",
        ("economy.electricity_load_hours",),
        value=_peak,
    ),
    CityMeasure(
        "electricity_unserved",
        "percent",
        "economy.electricity_used",
        "100 (1 - used / asked for)",
        f"{_E}#power",
        value=_unserved,
    ),
    CityMeasure(
        "electricity_reserve",
        "percent",
        "economy.power_available",
        "100 (what plants and lines can give at the peak / what is asked for - 1)",
        f"{_E}#power",
        ("economy.grid_capacity",),
        value=_reserve,
    ),
    CityMeasure(
        "power_capacity",
        "MW",
        "economy.power_capacity",
        "plants of the city in use, whoever their power is for",
        f"{_E}#power",
        value=lambda y: float(y.now["economy.power_capacity"]),
    ),
)

AREAS: tuple[AreaMeasure, ...] = ()
