"""How far people get from one place within so many minutes, by a mode, on the roads and lines of a year.

A bounded search: shortest paths (Dijkstra 1959) that look at nothing farther away than the bound, so a quarter of an hour costs what lies within it
and not what the city has. Car and motorbike take the minutes of the peak hour on every road; on foot a kilometre takes what it takes everywhere;
public transport is walked to, waited for (half the time between vehicles, no longer than people wait for any) and walked from. Who lets the
best line pass for one that comes sooner gets there earlier: optimal strategies (`strategies.py`) are at least as quick as what is found here.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.model.compiled import compiled
from cuabien.model.opening import open_lines, open_links
from cuabien.model.transport import service
from cuabien.model.transport.delay import Floats
from cuabien.model.transport.graph import KM_A_DEGREE, Roads, build_roads, local_km
from cuabien.model.transport.network import Bools, Ints
from cuabien.model.transport.paths import star
from cuabien.model.transport.people import LONGEST_WAIT_MIN
from cuabien.model.transport.strategies import BOARD, EVENLY
from cuabien.model.variables import DIRECTIONS
from cuabien.model.world import World

CAR, MOTORBIKE, WALK, TRANSIT = "car", "motorbike", "walk", "transit"
MODES = (CAR, MOTORBIKE, WALK, TRANSIT)

LinkMinutes = Mapping[tuple[str, str], float]
"""(link, direction) -> minutes in the peak hour, of every road that is open."""


@dataclass(frozen=True)
class Ways:
    """What one mode may use in a year, as a graph of arcs between numbered nodes; communes are the first of them."""

    mode: str
    nodes: int
    first_through: int
    """Nodes below it are no way through."""
    tail: Ints
    head: Ints
    minutes: Floats
    link: tuple[str, ...]
    """[arc] the plan's link, for arcs that are one; empty else."""
    backward: Bools
    """[arc] whether it runs against its link's own direction."""
    places: Mapping[str, int]
    """Commune, or node of the plan on a road -> its number."""
    stops: Mapping[str, int]
    """Node of the plan at which a line stops -> where passengers stand when they have left the vehicle."""
    ready: float
    """Minutes before anybody moves: to fetch the vehicle, and to leave it."""
    off_road_kmh: float
    """Straight km/h beside the roads, the detour of ways that the plan does not hold counted in."""


@dataclass(frozen=True)
class Reach:
    """What is within the bound; minutes door to door, infinite beyond it."""

    origin: str
    limit: float
    minutes: Floats
    """[node]"""

    def of(self, places: Mapping[str, int]) -> dict[str, float]:
        """Those of some places that are reached, the nearest first."""
        found = {i: float(self.minutes[at]) for i, at in places.items() if np.isfinite(self.minutes[at])}
        return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def ways_of(world: World, year: int, mode: str, on_links: LinkMinutes) -> Ways:
    """The ways of a mode in a year; public transport is refused where no line of the plan runs."""
    p, roads = world.parameters, build_roads(world, open_links(world.plan, year), local_km(world))
    names = tuple(world.plan.links)
    link = tuple("" if at < 0 else names[at] for at in roads.link)
    on_foot = 60 * roads.length_km / p("transport.walk_speed_kmh")
    if mode in (WALK, TRANSIT):
        allowed, cost = ~roads.no_motorbikes & ~roads.ferry, on_foot
    else:
        cost = _driven(roads, link, on_links)
        allowed = ~roads.turned_away
        if mode == MOTORBIKE:
            cost, allowed = cost + roads.motorbike_min, allowed & ~roads.no_motorbikes
    kept = np.flatnonzero(allowed)
    net, places = roads.network, _places(world, roads, link)
    of_road = Ways(
        mode,
        net.nodes,
        net.first_through,
        net.tail[kept],
        net.head[kept],
        cost[kept],
        tuple(link[a] for a in kept),
        roads.direction[kept] == 1,
        places,
        {},
        ready=p(f"transport.{mode}_ready_min") if mode in (CAR, MOTORBIKE) else 0.0,
        off_road_kmh=p(
            "transport.local_speed_kmh" if mode in (CAR, MOTORBIKE) else "transport.walk_speed_kmh"
        )
        / p("transport.detour"),
    )
    return _with_lines(world, year, of_road) if mode == TRANSIT else of_road


def reach(ways: Ways, origin: str, limit: float) -> Reach:
    """What is reached within `limit` minutes from a commune or a node of the plan."""
    at = ways.places.get(origin, ways.stops.get(origin))
    if at is None:
        raise Refused(
            N_("{place} is neither a commune nor a node on a way that is open in this year"), place=origin
        )
    minutes = np.full(ways.nodes, np.inf)
    if ways.ready <= limit:
        of = star(ways.nodes, ways.tail, ways.head)
        bounded(of.first, of.head, ways.minutes[of.link], ways.first_through, at, ways.ready, limit, minutes)
    return Reach(origin, limit, minutes)


@compiled
def bounded(
    first: Ints, head: Ints, cost: Floats, first_through: int, origin: int, start: float, limit: float, minutes: Floats
) -> None:  # fmt: skip
    """Lower `minutes` [node], infinite at first, to the least from `origin` at `start`; nothing beyond `limit` is looked at."""
    minutes[origin] = start
    queue = [(start, np.int64(origin))]
    while len(queue) > 0:
        here, node = heapq.heappop(queue)
        if here > minutes[node] or (node < first_through and node != origin):
            continue
        for position in range(first[node], first[node + 1]):
            there = np.int64(head[position])
            reached = here + cost[position]
            if reached <= limit and reached < minutes[there]:
                minutes[there] = reached
                heapq.heappush(queue, (reached, there))


# ---- the graph --------------------------------------------------------------------------------------------------


def _driven(roads: Roads, link: Sequence[str], on_links: LinkMinutes) -> Floats:
    """[arc] minutes of a car: those of the peak on links of the plan, those of empty roads on what joins communes to them."""
    found = roads.network.free_flow_min.copy()
    for arc in np.flatnonzero(roads.link >= 0).tolist():
        found[arc] = on_links[link[arc], DIRECTIONS[roads.direction[arc]]]
    return found


def _places(world: World, roads: Roads, link: Sequence[str]) -> dict[str, int]:
    found = {commune.id: at for at, commune in enumerate(world.communes)}
    for arc in np.flatnonzero(roads.link >= 0).tolist():
        row = world.plan.links[link[arc]]
        ends = (row.from_node, row.to_node)[:: -1 if roads.direction[arc] else 1]
        found[ends[0]], found[ends[1]] = int(roads.network.tail[arc]), int(roads.network.head[arc])
    return found


def _with_lines(world: World, year: int, foot: Ways) -> Ways:
    """The ways on foot and the lines that run, joined at communes as the model joins them, and at every stop with the roads around it."""
    plan, p = world.plan, world.parameters
    running = open_lines(plan, year)
    often = service.assumed_headways(plan, p, running, year)
    if not any(i in plan.lines for i in running):
        raise Refused(N_("no line of public transport of the plan runs in {year}"), year=year)
    net, nodes = service.every_line(world, running, often)
    many, zones = len(nodes), world.places
    number = np.concatenate([np.arange(zones), foot.nodes + np.arange(net.nodes - zones)]).astype(np.int32)
    waited = np.where(net.kind == BOARD, np.minimum(EVENLY / net.per_min, LONGEST_WAIT_MIN), 0.0)
    joins = [
        (a, b, minutes)
        for k, node in enumerate(nodes)
        for road, minutes in _roads_near(world, foot, node)
        for a, b in ((road, foot.nodes + k), (foot.nodes + many + k, road))
    ]
    tail = np.array([a for a, _, _ in joins], dtype=np.int32)
    head = np.array([b for _, b, _ in joins], dtype=np.int32)
    added = np.array([minutes for *_, minutes in joins], dtype=np.float64)
    more = len(net.tail) + len(joins)
    return Ways(
        foot.mode,
        foot.nodes + net.nodes - zones,
        foot.first_through,
        np.concatenate([foot.tail, number[net.tail], tail]),
        np.concatenate([foot.head, number[net.head], head]),
        np.concatenate([foot.minutes, net.minutes + waited, added]),
        (*foot.link, *([""] * more)),
        np.concatenate([foot.backward, np.zeros(more, dtype=np.bool_)]),
        foot.places,
        {node: foot.nodes + many + k for k, node in enumerate(nodes)},
        foot.ready,
        foot.off_road_kmh,
    )


def _roads_near(world: World, foot: Ways, node: str) -> list[tuple[int, float]]:
    """The road node of a stop and the minutes between them: itself where it stands on a road, else the nearest that is within reach on foot."""
    plan, p = world.plan, world.parameters
    change = p("transport.transfer_min")
    if node in foot.places:
        return [(foot.places[node], change)]
    here = plan.nodes[node]
    on_road = [i for i in foot.places if i in plan.nodes]
    lon, lat = (np.array([getattr(plan.nodes[i], c) for i in on_road]) for c in ("lon", "lat"))
    km = KM_A_DEGREE * np.hypot((lon - here.lon) * np.cos(np.radians(here.lat)), lat - here.lat)
    near = int(np.argmin(km)) if len(km) else -1
    if near < 0 or km[near] > p("transport.stop_reach_km"):
        return []
    return [(foot.places[on_road[near]], change + 60 * float(km[near]) / foot.off_road_kmh)]
