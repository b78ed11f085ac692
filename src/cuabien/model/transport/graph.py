"""The road network of one set of open links, as arrays: zones, nodes, directed links, connectors, and what each class pays.

Zones are the communes, then the road gates of the city, then the terminals on a road. A commune is joined to the nearest road
nodes by connectors: straight lines with a detour, at local speed, without limit of capacity. They are assumed; the
plan holds no local streets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from cuabien.model.links import KINDS, RoadCapacity, bans_motorbikes, gates, is_driven, kind_of
from cuabien.model.parameters import Parameters
from cuabien.model.transport.network import Bools, Floats, Ints, RoadNetwork
from cuabien.model.variables import Array
from cuabien.model.world import World
from cuabien.plan.objects import Link
from cuabien.plan.package import Plan

KM_A_DEGREE = 111.2
NO_LIMIT = 1e9
"""Capacity of a connector, pcu an hour."""
LEAST_MIN = 0.05
"""Minutes of a connector of no length, so that paths through several of them stay ordered."""
SECOND_WITHIN = 1.5
"""Times the way to the nearest node, and half a kilometre: as far as the second connector of a commune may go."""
TURNED_AWAY = "turned away"
APART_MIN = 1e-7
"""What tells two roads of the same length between the same places apart, minutes for each link of the plan."""


def km_between(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Straight kilometres between points [..., 1] and [1, ...] of degrees, on a plane at their mean latitude."""
    middle = math.radians(float(np.mean(to_lat)) if np.size(to_lat) else 0.0)
    east = (lon[:, None] - to_lon[None, :]) * math.cos(middle)
    north = lat[:, None] - to_lat[None, :]
    return np.asarray(KM_A_DEGREE * np.hypot(east, north))


@dataclass(frozen=True)
class Roads:
    """The road network of one set of open links."""

    network: RoadNetwork
    communes: int
    gates: tuple[str, ...]
    """Nodes of the zones after the communes."""
    terminals: tuple[str, ...]
    """Terminals of the zones after the gates: every one with a node on an open road."""
    link: Ints
    """[arc] index of the link in the plan; -1 for a connector."""
    direction: Ints
    """[arc] 0 forward, 1 backward."""
    length_km: Floats
    no_motorbikes: Bools
    """[arc] motorbikes are banned, and nobody walks: expressways, and roads that say so."""
    ferry: Bools
    """[arc] a ferry that takes vehicles, or what stands for those that it turns away; nobody walks there."""
    turned_away: Bools
    """[arc] beside a ferry: taken by those who would wait longer than anybody waits. They do not cross."""
    motorbike_min: Floats
    """[arc] minutes that a motorbike takes longer than a car on an empty road: it is slower where the road is fast."""
    truck_min: Floats
    """[arc] the same of a truck."""
    gate_size: Floats
    """[gate] pcu an hour that leave the city there."""

    @property
    def first_gate(self) -> int:
        return self.communes

    @property
    def first_terminal(self) -> int:
        return self.communes + len(self.gates)

    def zones_of(self, kind: Literal["communes", "gates", "terminals"]) -> Ints:
        """The numbers of the zones of a kind."""
        spans = {
            "communes": (0, self.first_gate),
            "gates": (self.first_gate, self.first_terminal),
            "terminals": (self.first_terminal, self.network.zones),
        }
        return np.arange(*spans[kind], dtype=np.int32)


def local_km(world: World) -> Array:
    """[commune] the way within a commune: a share of the radius of a disc of its area."""
    areas = [c.area_km2 for c in world.communes]
    known = [a for a in areas if a is not None]
    usual = float(np.median(known)) if known else 10.0
    area = np.array([usual if a is None else a for a in areas])
    return np.asarray(world.parameters("transport.intrazonal_share") * np.sqrt(area / math.pi))


@dataclass(frozen=True)
class Rates:
    """The parameters of roads and ferries, looked up once."""

    speed_share: dict[str, float]
    capacities: RoadCapacity
    speed_when_blank: float
    ferry_speed: float
    ferry_wait: float
    ferry_longest_wait: float
    local_speed: float
    alpha: float
    ferry_slope: float
    """Of the conical delay: a ferry that is asked for too much makes people wait in proportion, not to the fourth power."""

    @classmethod
    def of(cls, p: Parameters, plan: Plan) -> Rates:
        return cls(
            {kind: p(f"transport.free_speed_share_{kind}") for kind in KINDS},
            RoadCapacity.of(p, plan),
            p("transport.speed_when_blank_kmh"),
            p("transport.ferry_speed_kmh"),
            p("transport.ferry_wait_min"),
            p("transport.ferry_longest_wait_min"),
            p("transport.local_speed_kmh"),
            p("transport.bpr_alpha"),
            p("transport.ferry_queue_slope"),
        )

    def free_flow_min(self, link: Link) -> float:
        """Minutes of an empty road: length / (design speed x the share of it that is driven); of a ferry with its wait."""
        if link.mode == "ferry":
            return 60 * link.length_km / self.ferry_speed + self.ferry_wait
        speed = link.design_speed_kmh or self.speed_when_blank
        return 60 * link.length_km / (speed * self.speed_share[kind_of(link.link_class)])

    def capacity(self, link: Link) -> float:
        """pcu an hour in one direction."""
        return self.capacities.pcu_h(link)


class Arc(NamedTuple):
    """One direction of a link, or of a connector (`link` -1)."""

    tail: int
    head: int
    minutes: float
    capacity: float
    alpha: float
    km: float
    link: int
    direction: int
    kind: str
    """expressway, urban, rural, ferry, turned away or connector."""


def build_roads(world: World, open_now: Sequence[str], local: Array) -> Roads:
    """The network of the open links. `local` [commune] km within a commune."""
    plan, p = world.plan, world.parameters
    names = tuple(plan.links)
    order = {link: i for i, link in enumerate(names)}
    driven = [plan.links[i] for i in open_now if is_driven(plan.links[i])]
    nodes = sorted({n for link in driven for n in (link.from_node, link.to_node)})
    out = gates(plan, "road", open_now)
    at = {t.id: t.road_node for t in plan.terminals.values() if t.road_node in set(nodes)}
    ends = [*out, *(str(node) for node in at.values())]
    zones = len(world.communes) + len(ends)
    number = {node: zones + i for i, node in enumerate(nodes)}

    rates = Rates.of(p, plan)
    arcs = [arc for link in driven for arc in _of_link(link, order[link.id], number, rates)]
    joined = _connectors(world, driven, local)
    joined += [(len(world.communes) + i, node, 0.0) for i, node in enumerate(ends)]
    arcs += [arc for zone, node, km in joined for arc in _of_connector(zone, number[node], km, rates)]

    km = np.array([arc.km for arc in arcs])
    empty = np.array([arc.minutes for arc in arcs])
    on_road = np.array([arc.kind in KINDS for arc in arcs], dtype=np.bool_)
    network = RoadNetwork(
        zones,
        zones + len(nodes),
        zones,
        np.array([arc.tail for arc in arcs], dtype=np.int32),
        np.array([arc.head for arc in arcs], dtype=np.int32),
        empty,
        np.array([arc.capacity for arc in arcs]),
        np.array([arc.alpha for arc in arcs]),
        np.full(len(arcs), p("transport.bpr_power")),
        conical=np.array([arc.kind == "ferry" for arc in arcs], dtype=np.bool_),
        link_names=tuple("" if arc.link < 0 else names[arc.link] for arc in arcs),
        zone_names=(*(c.name_vi for c in world.communes), *out, *at),
        file="map/links.csv",
    )
    return Roads(
        network,
        communes=len(world.communes),
        gates=out,
        terminals=tuple(at),
        link=np.array([arc.link for arc in arcs], dtype=np.int32),
        direction=np.array([arc.direction for arc in arcs], dtype=np.int32),
        length_km=km,
        no_motorbikes=np.array(
            [
                arc.link >= 0
                and plan.links[names[arc.link]].mode == "road"
                and bans_motorbikes(plan.links[names[arc.link]])
                for arc in arcs
            ],
            dtype=np.bool_,
        ),
        ferry=np.array([arc.kind in ("ferry", TURNED_AWAY) for arc in arcs], dtype=np.bool_),
        turned_away=np.array([arc.kind == TURNED_AWAY for arc in arcs], dtype=np.bool_),
        motorbike_min=_slower(empty, km, on_road, p("transport.motorbike_top_speed_kmh")),
        truck_min=_slower(empty, km, on_road, p("transport.truck_top_speed_kmh")),
        gate_size=np.array(
            [sum(rates.capacity(k) for k in driven if node in (k.from_node, k.to_node)) for node in out],
            dtype=float,
        ),
    )


def _of_link(link: Link, order: int, number: dict[str, int], rates: Rates) -> list[Arc]:
    """Both directions of a link, of a one-way road only its own; a link from a node to itself is no road to anywhere.

    Beside a ferry runs an arc as long as it with its longest wait, without limit (Gartner 1980, excess demand): whoever takes
    it in equilibrium is turned away, and nobody ever waits longer.
    """
    if link.from_node == link.to_node:
        return []
    kind = "ferry" if link.mode == "ferry" else kind_of(link.link_class)
    slope = rates.ferry_slope if kind == "ferry" else rates.alpha
    minutes, pcu_h = rates.free_flow_min(link) + APART_MIN * (1 + order), rates.capacity(link)
    both = ((link.from_node, link.to_node), (link.to_node, link.from_node))
    arcs = [
        Arc(number[a], number[b], minutes, pcu_h, slope, link.length_km, order, direction, kind)
        for direction, (a, b) in enumerate(both[:1] if link.one_way else both)
    ]
    if kind == "ferry":
        late = minutes + rates.ferry_longest_wait
        arcs += [
            arc._replace(minutes=late, capacity=NO_LIMIT, alpha=0.0, link=-1, kind=TURNED_AWAY)
            for arc in arcs
        ]
    return arcs


def _of_connector(zone: int, node: int, km: float, rates: Rates) -> list[Arc]:
    minutes = max(60 * km / rates.local_speed, LEAST_MIN)
    return [
        Arc(a, b, minutes, NO_LIMIT, 0.0, km, -1, direction, "connector")
        for direction, (a, b) in enumerate(((zone, node), (node, zone)))
    ]


def _slower(empty_min: Array, km: Array, on_road: Bools, top_speed: float) -> Array:
    """[arc] minutes beyond a car's on an empty road for a vehicle that does not go faster than `top_speed` km/h."""
    return np.where(on_road, np.maximum(60 * km / top_speed - empty_min, 0.0), 0.0)


def _connectors(world: World, driven: Sequence[Link], local: Array) -> list[tuple[int, str, float]]:
    """(commune, node, km): the nearest road nodes of each commune, none beyond the farthest reach.

    The second stands if it is not much farther than the first. A connector is at least as long as the way within
    the commune: people do not live at its centre.
    """
    p, plan = world.parameters, world.plan
    places = sorted({n for link in driven if link.mode == "road" for n in (link.from_node, link.to_node)})
    inside = [plan.nodes[n] for n in places if plan.nodes[n].kind != "gate_of_city"]
    if not inside:
        return []
    communes = world.communes
    lon = np.array([np.nan if c.lon is None else c.lon for c in communes])
    lat = np.array([np.nan if c.lat is None else c.lat for c in communes])
    straight = km_between(lon, lat, np.array([n.lon for n in inside]), np.array([n.lat for n in inside]))
    found = []
    for commune, row in enumerate(straight):
        nearest = np.argsort(np.where(np.isnan(row), np.inf, row), kind="stable")[:2]
        for node in nearest:
            near = row[node] <= min(p("transport.connector_reach_km"), SECOND_WITHIN * row[nearest[0]] + 0.5)
            if near:
                km = max(row[node] * p("transport.detour"), local[commune])
                found.append((commune, inside[node].id, float(km)))
    return found
