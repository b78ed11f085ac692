"""One year's traffic: trips, routes and minutes brought into agreement, from the minutes of the year before.

    minutes -> modes and destinations -> vehicles -> user equilibrium -> minutes -> ...

until the vehicles that the new minutes would send differ from those on the road by no more than `CLOSE`. Starting from last year's
minutes, most years need one turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.parameters import Parameters
from cuabien.model.transport import people, stranded, trees
from cuabien.model.transport.network import (
    Bools,
    Demand,
    Equilibrium,
    Floats,
    RoadNetwork,
    equilibrium,
    least_from,
)
from cuabien.model.transport.people import BUS, CAR, MOTORBIKE, Day, Ends
from cuabien.model.transport.setting import Setting
from cuabien.model.variables import Array

CLOSE = 0.01
"""Vehicles that would change their trip, over all vehicles, at which trips and minutes agree."""
MOST_PASSES = 40
"""Passes of the solver in one turn. A city whose roads are asked for many times what they carry is left where it is then,
and its gap says so."""
MOST_TURNS = 8
ROAD_GAP = 1e-4
"""Relative gap of the user equilibrium."""


@dataclass(frozen=True)
class Traffic:
    """Trips and flows of one year that agree with one another."""

    day: Day
    demands: tuple[Demand, ...]
    """Motorbikes, cars, trucks: those who are turned away by full ferries stay at home."""
    turned_away: Floats | None
    """[class of `demands`, zone, zone] share of those who wanted to go; None where no ferry is full."""
    buses: Floats
    """[arc] buses an hour; they keep to their ways."""
    equilibrium: Equilibrium
    motorbike: Array
    car: Array
    """[i, j] minutes of the peak; infinite where no road leads."""
    demand_gap: float
    turns: int


def settle(
    setting: Setting,
    p: Parameters,
    year: int,
    base_year: int,
    of: Ends,
    trucks: Array,
    motorbike: Array,
    car: Array,
    warm: Equilibrium | None = None,
    close: float = CLOSE,
) -> Traffic:
    """The year's traffic, beginning from minutes [i, j] of motorbike and car."""
    roads = setting.roads
    motorbike = _possible(motorbike, setting.motorbike)
    car = _possible(car, setting.car)
    errands = people.off_peak(setting, p, year, base_year, of)
    day = people.day(setting, p, year, base_year, of, errands, motorbike, car)
    ridden = people.peak_vehicles(day, p, MOTORBIKE), people.peak_vehicles(day, p, CAR)
    buses = trees.load(setting.cars, _on_zones(setting, people.peak_vehicles(day, p, BUS)))
    buses = stranded.buses_within(roads, buses, p("transport.pcu_bus"))
    preload = buses * p("transport.pcu_bus")
    now, turns = warm, 0
    while True:
        turns += 1
        demands: tuple[Demand, ...] = (
            _demand(setting, p, "motorbike", ridden[0], roads.motorbike_min, ~roads.no_motorbikes),
            _demand(setting, p, "car", ridden[1], np.zeros(roads.network.links), _anywhere(setting)),
            Demand("truck", p("transport.pcu_truck"), trucks, roads.truck_min, _anywhere(setting)),
        )
        settled = _settled(roads.network, demands, preload, now)
        turned_away = stranded.share_turned_away(roads, demands, settled)
        if turned_away is not None:
            demands = stranded.at_home(demands, turned_away)
            settled = _settled(roads.network, demands, preload, settled)
        motorbike, car = (
            _between_communes(setting, settled, demands[number], number, empty)
            for number, empty in enumerate((setting.motorbike, setting.car))
        )
        day = people.day(setting, p, year, base_year, of, errands, motorbike, car, day.factors)
        wanted = people.peak_vehicles(day, p, MOTORBIKE), people.peak_vehicles(day, p, CAR)
        gap = _difference(wanted, ridden)
        if gap <= close or turns == MOST_TURNS:
            return Traffic(day, demands, turned_away, buses, settled, motorbike, car, gap, turns)
        ridden = (_between(ridden[0], wanted[0]), _between(ridden[1], wanted[1]))
        now = settled


def _settled(
    network: RoadNetwork, demands: tuple[Demand, ...], preload: Floats, warm: Equilibrium | None
) -> Equilibrium:
    return equilibrium(network, demands, gap=ROAD_GAP, preload=preload, warm=warm, max_iterations=MOST_PASSES)


def _between(first: Array, second: Array) -> Array:
    """Halfway: what one class gives up slows the others less, so going all the way would overshoot."""
    return np.asarray((first + second) / 2)


def _difference(wanted: tuple[Array, Array], ridden: tuple[Array, Array]) -> float:
    """Vehicles between places that would change, over all of them; motorbikes and cars count alike."""
    moved = sum(float(np.abs(a - b).sum()) for a, b in zip(wanted, ridden, strict=True))
    return moved / max(sum(float(a.sum()) for a in ridden), 1e-300)


def _possible(minutes: Array, empty: Array) -> Array:
    """Last year's minutes, where a road still leads; those of empty roads where one leads for the first time."""
    return np.asarray(np.where(np.isfinite(empty), np.where(np.isfinite(minutes), minutes, empty), np.inf))


def _between_communes(setting: Setting, now: Equilibrium, demand: Demand, number: int, empty: Array) -> Array:
    """The minutes of the peak between communes; those within one are of empty roads."""
    roads = setting.roads
    here = roads.zones_of("communes")
    found = least_from(roads.network, now, demand, number, here)[:, here]
    np.fill_diagonal(found, empty.diagonal())
    return found


def _demand(
    setting: Setting, p: Parameters, name: str, ridden: Array, fixed: Floats, allowed: Bools
) -> Demand:
    return Demand(
        name, PCU.get(name) or p(f"transport.pcu_{name}"), _on_zones(setting, ridden), fixed, allowed
    )


PCU = {"car": 1.0}
"""A car is the unit."""


def _anywhere(setting: Setting) -> Bools:
    return np.ones(setting.roads.network.links, dtype=np.bool_)


def _on_zones(setting: Setting, between: Array) -> Array:
    """Vehicles between communes as vehicles between zones; those within a commune use no link."""
    found = np.zeros((setting.roads.network.zones, setting.roads.network.zones))
    here = setting.roads.communes
    found[:here, :here] = between
    np.fill_diagonal(found, 0.0)
    return found
