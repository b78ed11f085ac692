"""Indicators of the transport subject: of the city and of every area."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cuabien.model.transport.choice import NO_WAY_MIN
from cuabien.model.variables import FREIGHT_MODES, TRAVEL_MODES, Array
from cuabien.runner.measures.year import AreaMeasure, AreaYear, CityMeasure, Year

_P = "theory/transport"
ROAD = FREIGHT_MODES.index("road")
FAR_MIN = NO_WAY_MIN / 2
"""A commune whose mean is beyond it is not reached at all: it has no value."""


def _weights(y: AreaYear) -> Array:
    """Residents of each commune: a mean over an area is over people."""
    return np.asarray(y.year.now["population.persons"].sum(axis=(1, 2)))


def _minutes(variable: str, sign: float) -> Callable[[AreaYear], Array]:
    """Mean over the residents of all communes, a day where nothing leads: so a lost bridge never makes it shorter.

    An area of which no commune is reached has no value.
    """

    def value(y: AreaYear) -> Array:
        minutes = np.minimum(sign * y.year.now[variable], NO_WAY_MIN)
        reached = y.membership @ np.where(minutes < FAR_MIN, _weights(y), 0.0)
        return np.where(reached > 0, y.mean(minutes, _weights(y)), np.nan)

    return value


def _share(*modes: str) -> Callable[[AreaYear], Array]:
    """Percent of the trips of residents."""
    columns = [TRAVEL_MODES.index(mode) for mode in modes]

    def value(y: AreaYear) -> Array:
        trips = y.membership @ y.year.now["transport.trips_from"]
        total = trips.sum(axis=1)
        return np.asarray(100 * trips[:, columns].sum(axis=1) / np.where(total > 0, total, np.nan))

    return value


AREAS: tuple[AreaMeasure, ...] = (
    AreaMeasure(
        "commute_minutes",
        "minutes",
        "transport.commute_minutes",
        "mean over workers of the minutes to work in the peak, door to door on the modes taken",
        f"{_P}#accessibility",
        value=_minutes("transport.commute_minutes", 1.0),
    ),
    AreaMeasure(
        "access_minutes",
        "minutes",
        "transport.accessibility",
        "-(1/d) ln sum of share[j] exp(-d L[i,j]) over jobs and people, mean over residents",
        f"{_P}#accessibility",
        ("transport.decay_work", "transport.mode_scale"),
        value=_minutes("transport.accessibility", -1.0),
    ),
    AreaMeasure(
        "share_motorbike",
        "percent",
        "transport.trips_from",
        "100 x trips of residents by motorbike / their trips",
        f"{_P}#modes",
        value=_share("motorbike"),
    ),
    AreaMeasure(
        "share_car",
        "percent",
        "transport.trips_from",
        "100 x trips of residents by car / their trips",
        f"{_P}#modes",
        value=_share("car"),
    ),
    AreaMeasure(
        "share_public_transport",
        "percent",
        "transport.trips_from",
        "100 x trips of residents by bus, rail and ferry / their trips",
        f"{_P}#modes",
        value=_share("bus", "rail", "ferry"),
    ),
)


def _minutes_between(y: Year) -> float | None:
    """Mean over all pairs of communes by the residents at both ends; a day for a pair that nothing joins."""
    minutes = np.minimum(y.now["transport.minutes"], NO_WAY_MIN)
    people = y.now["population.persons"].sum(axis=(1, 2))
    weights = np.outer(people, people)
    np.fill_diagonal(weights, 0.0)
    total = float(weights.sum())
    return float((minutes * weights).sum()) / total if total > 0 else None


def _unreached(y: Year) -> float:
    apart = np.maximum(y.now["transport.minutes"], y.now["transport.minutes"].T) >= NO_WAY_MIN
    return float(np.triu(apart, 1).sum())


def _freight_share(y: Year) -> float | None:
    """No share of nothing."""
    tonnes = y.now["transport.terminal_tonnes"].sum(axis=0)
    total = float(tonnes.sum())
    return 100 * float(total - tonnes[ROAD]) / total if total > 0 else None


def _tonne_km(mode: str) -> Callable[[Year], float]:
    column = FREIGHT_MODES.index(mode)
    return lambda y: float(y.now["transport.tonne_km"][column])


def _connected(y: Year) -> float | None:
    """Terminals that two or more land modes join to a gate; none to count in a plan without terminals."""
    reached = (y.now["transport.terminal_minutes"] < NO_WAY_MIN).sum(axis=1)
    return float((reached >= 2).sum()) if len(reached) else None


CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "trips_per_day",
        "million trips",
        "transport.trips",
        "trips of residents on a day, way back counted",
        f"{_P}#trips",
        ("transport.trip_rate",),
        value=lambda y: 2 * float(y.now["transport.trips"].sum()) / 1e6,
    ),
    CityMeasure(
        "minutes_between",
        "minutes",
        "transport.minutes",
        "mean minutes in the peak between residents of all communes, door to door on the modes taken; a day where nothing leads",
        f"{_P}#accessibility",
        value=_minutes_between,
    ),
    CityMeasure(
        "pairs_unreached",
        "count",
        "transport.minutes",
        "pairs of communes between which nobody can go and come back on one day",
        f"{_P}#accessibility",
        ("transport.longest_day_trip_min",),
        value=_unreached,
    ),
    CityMeasure(
        "stranded_trips",
        "trips per day",
        "transport.unserved_trips",
        "trips that nothing carries: no way, a full ferry, no job within reach; way back counted",
        f"{_P}#stranded",
        ("transport.ferry_longest_wait_min", "transport.longest_day_trip_min"),
        value=lambda y: 2 * float(y.now["transport.unserved_trips"].sum()),
    ),
    CityMeasure(
        "vehicle_km",
        "million vehicle-km per day",
        "transport.vehicle_km",
        "sum over motorbikes, cars, buses and trucks on the roads of the city",
        f"{_P}#roads",
        value=lambda y: float(y.now["transport.vehicle_km"].sum()) / 1000,
    ),
    CityMeasure(
        "congestion_hours",
        "thousand vehicle-hours",
        "transport.lost_hours",
        "vehicles x (minutes - minutes of an empty road), in the peak hour; the longest wait for those whom a ferry turns away",
        f"{_P}#roads",
        value=lambda y: float(y.now["transport.lost_hours"]),
    ),
    CityMeasure(
        "roads_over_capacity",
        "percent",
        "transport.over_capacity",
        "100 x length of roads with more pcu than capacity in the peak hour / length of open roads",
        f"{_P}#roads",
        value=lambda y: 100 * float(y.now["transport.over_capacity"]),
    ),
    *(
        CityMeasure(
            f"tonne_km_{mode}",
            "million tonne-km",
            "transport.tonne_km",
            "goods moved between terminals, factories and gates on the links of the plan, a year",
            f"{_P}#goods",
            value=_tonne_km(mode),
        )
        for mode in FREIGHT_MODES
    ),
    CityMeasure(
        "share_rail_barge",
        "percent",
        "transport.terminal_tonnes",
        "100 x tonnes by rail and barge / tonnes between terminals and gates",
        f"{_P}#goods",
        ("transport.freight_constant_rail", "transport.freight_constant_barge"),
        value=_freight_share,
    ),
    CityMeasure(
        "terminals_multimodal",
        "terminals",
        "transport.terminal_minutes",
        "terminals that two or more of road, rail and barge join to a gate of the city",
        f"{_P}#connected",
        value=_connected,
    ),
)
