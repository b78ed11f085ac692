"""What a set of open links fixes, whatever the traffic: roads, distances, empty-road minutes, trains and boats, ways of goods.

Most years open no link, so a setting is made once for each set and kept by who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from cuabien.model.parameters import Parameters
from cuabien.model.transport import service, transit, trees
from cuabien.model.transport.connection import Way, ways_to_gates
from cuabien.model.transport.graph import Roads, build_roads, km_between, local_km
from cuabien.model.transport.network import Bools, Ints
from cuabien.model.transport.trees import Trees
from cuabien.model.variables import Array
from cuabien.model.world import World
from cuabien.plan.objects import Link

STOPS = ("station", "ferry_landing")
"""Kinds of node at which passengers get on; where the plan names no two of them on a line, at every node of it."""

LINE_OF = {"rail": "train", "metro": "metro", "ferry": "ferry"}
"""Mode of a link -> the kind of line that runs on it."""


@dataclass(frozen=True)
class Setting:
    """What follows from the plan's open links alone."""

    open_now: tuple[str, ...]
    roads: Roads
    local: Array
    """[commune] km within a commune."""
    km: Array
    """[i, j] kilometres by road; infinite where none leads."""
    walk_km: Array
    """[i, j] the same without expressways and ferries."""
    motorbike: Array
    car: Array
    """[i, j] minutes on empty roads."""
    rail: Array
    boat: Array
    """[i, j] minutes to a stop, on the ride and from the stop, without the wait; infinite where no line leads. By links and an
    assumed headway: of the kinds of line that the plan does not know."""
    lines: service.Services
    """By the lines of the plan."""
    buses_assumed: bool
    """Whether the plan does not know the buses that run today."""
    cars: Trees
    trucks: Trees
    """On empty roads, between all zones."""
    part: Ints
    """[commune] which communes people reach and return from on one day; an island too far out is a part of its own."""
    goods: dict[str, dict[str, Way]]
    """rail, barge and fairway: node -> its way to a gate."""


def build(world: World, open_now: Sequence[str], lines: service.Services = service.NONE) -> Setting:
    """`lines`: what the lines of public transport offer that run with these links (`service.build`)."""
    p, local = world.parameters, local_km(world)
    roads = build_roads(world, open_now, local)
    net = roads.network
    everywhere = np.ones(net.links, dtype=np.bool_)
    cars = trees.grow(net, net.free_flow_min, everywhere)
    inside = 60 * local / p("transport.local_speed_kmh")
    here = roads.zones_of("communes")

    def between(cost: Array, allowed: Bools, within: Array) -> Array:
        return _with_inside(trees.skim(net, cost, allowed, here, here), within)

    no_car, on_foot = ~roads.no_motorbikes, ~roads.no_motorbikes & ~roads.ferry

    def minutes(link: str, _: int) -> float:
        return goods_minutes(world.plan.links[link], p)

    walk_km = between(roads.length_km, on_foot, local)
    motorbike = between(net.free_flow_min + roads.motorbike_min, no_car, inside)
    car = _with_inside(cars.between_zones[np.ix_(here, here)], inside)
    known = service.known(world.plan)
    unknown = {mode for mode, line in LINE_OF.items() if line not in known}
    rail, boat = (
        _ride(world, open_now, [mode for mode in modes if mode in unknown])
        for modes in (("rail", "metro"), ("ferry",))
    )
    quickest = np.minimum.reduce(
        [
            60 * walk_km / p("transport.walk_speed_kmh"),
            motorbike,
            car,
            rail,
            boat,
            *(by.moving for by in lines.peak.values()),
        ]
    )
    return Setting(
        tuple(open_now),
        roads,
        local,
        km=between(roads.length_km, everywhere, local),
        walk_km=walk_km,
        motorbike=motorbike,
        car=car,
        rail=rail,
        boat=boat,
        lines=lines,
        buses_assumed="bus" not in known,
        part=parts(quickest, p("transport.longest_day_trip_min")),
        cars=cars,
        trucks=trees.grow(net, net.free_flow_min + roads.truck_min, everywhere),
        goods={
            mode: ways_to_gates(world.plan, open_now, mode, minutes) for mode in ("rail", "barge", "fairway")
        },
    )


def parts(quickest: Array, longest: float) -> Ints:
    """[commune] number of its part: communes hang together where one is reached from the other within `longest` minutes."""
    within = quickest <= longest
    return np.asarray(connected_components(within | within.T, directed=False)[1], dtype=np.int32)


def _with_inside(between: Array, inside: Array) -> Array:
    found = between.copy()
    np.fill_diagonal(found, inside)
    return found


def goods_minutes(link: Link, p: Parameters) -> float:
    """Minutes of a goods train, or of a vessel, on a link."""
    speed = "rail" if link.mode in ("rail", "metro") else "barge"
    return 60 * link.length_km / p(f"transport.freight_{speed}_speed_kmh")


# ---- trains and boats -------------------------------------------------------------------------------------


def _ride(world: World, open_now: Sequence[str], modes: Sequence[str]) -> Array:
    """[commune, commune] minutes by the lines of some modes, without the wait."""
    plan, p = world.plan, world.parameters
    links = [plan.links[i] for i in open_now if plan.links[i].mode in modes]
    nodes = sorted({n for link in links for n in (link.from_node, link.to_node)})
    number = {node: i for i, node in enumerate(nodes)}
    named = [n for n in nodes if plan.nodes[n].kind in STOPS]
    stops = named if len(named) > 1 else nodes
    if len(stops) < 2:
        return np.full((world.places, world.places), np.inf)
    ride = transit.ride_minutes(
        len(nodes),
        [(number[link.from_node], number[link.to_node]) for link in links],
        [_ride_minutes(link, p) for link in links],
    )
    at = [number[n] for n in stops]
    straight = km_between(
        np.array([c.lon for c in world.communes], dtype=float),
        np.array([c.lat for c in world.communes], dtype=float),
        np.array([plan.nodes[n].lon for n in stops]),
        np.array([plan.nodes[n].lat for n in stops]),
    )
    access = 60 * straight * p("transport.detour") / p("transport.stop_access_speed_kmh")
    access = np.where(straight <= p("transport.stop_reach_km"), access, np.inf)
    found = transit.door_to_door(access, ride[np.ix_(at, at)], 2 * p("transport.transfer_min"))
    np.fill_diagonal(found, np.inf)
    return found


def _ride_minutes(link: Link, p: Parameters) -> float:
    if link.mode == "ferry":
        return 60 * link.length_km / p("transport.boat_speed_kmh")
    speed = link.design_speed_kmh or p("transport.rail_speed_when_blank_kmh")
    return 60 * link.length_km / (speed * p("transport.rail_speed_share"))
