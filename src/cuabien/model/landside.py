"""The landside of the port: how much cargo the open roads, railways and waterways carry between its berths and the gates.

A largest flow (Ford and Fulkerson 1956) from the terminals to the gates of the city:

    berths of a terminal -> its road, rail or barge node -> open links -> a gate of that mode

so that terminals that share a road share its capacity, and the one bridge before an island bounds all that lies behind it.
Road: c x (share left to the port's trucks) / (pcu of a truck x its day's share in the peak hour) trucks a day, full one way. Rail
and waterway: what goods may use of them; barges also sail the fairways, on which no figure bounds them. Two subjects
need it: the economy for what the port can handle, transport for where it is handled; so it stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cuabien.model import berths, flow
from cuabien.model.links import CAPACITIES, TRUCKS, RoadCapacity, gates, goods_capacity, is_driven
from cuabien.model.opening import link_years, open_of, terminals_of
from cuabien.model.parameters import Need, Parameters
from cuabien.model.variables import Array
from cuabien.model.world import World
from cuabien.plan.objects import Link, Terminal
from cuabien.plan.package import Plan

SHARES = (
    Need("transport.port_land_share", 0.0, 1.0),
    Need("transport.port_road_share", 0.0, 1.0),
    Need("transport.port_barge_share", 0.0, 1.0),
)
CARRIED = (*CAPACITIES, *TRUCKS, *SHARES)
"""What the subject of transport and the economy both read."""
NEEDS = (
    *CARRIED,
    *berths.NEEDS,
    Need("economy.berth_use_ceiling", 0.0, 5.0, open_below=True),
)
PARTS = 1000
"""Flows are counted in thousand tonnes: the method wants whole numbers."""
NO_LIMIT = 1_000_000_000
"""Of a link without a figure, thousand tonnes."""
LAND = {"road": "road", "rail": "rail", "barge": "waterway"}
"""How cargo leaves, and the mode of the gates."""

Edge = tuple[str, str, str]
"""From, to, and what bounds it, one way: a link, or one of these two."""
UNBOUND, ASKED = "", "asked"
"""Nothing; the cargo that somebody asks for."""


@dataclass(frozen=True)
class Landside:
    """[terminal, year], million tonnes of cargo a year."""

    berths: Array
    """Mapped capacity that is open there."""
    most: Array
    """What the terminal can handle by itself: berths at their highest use, or what leads away from it."""
    by_road: Array
    """Of its inland cargo, what its roads alone carry."""
    by_barge: Array
    """Of its inland cargo, what its quays can load on barges."""
    together: Array
    """[year] what all berths can handle over the network that they share; those whose place is unknown are not in it."""


def is_known(plan: Plan) -> bool:
    """Whether the plan says how cargo leaves: it has terminals, a gate, and the parameters of transport."""
    return (
        bool(plan.port_capacity)
        and any(name.startswith("transport.") for name in plan.parameters)
        and any(gates(plan, mode, tuple(plan.links)) for mode in LAND.values())
        and any(terminals_of(plan, row) for row in plan.port_capacity.values())
    )


def is_known_in(world: World) -> bool:
    """The same of a world's plan, looked up once for all its worlds."""
    return world.once("landside is known", lambda: is_known(world.plan))


def of_world(world: World) -> Landside:
    """The landside in all years of a world, made once for the same parameters."""
    p, plan = world.parameters, world.plan
    networks: Networks = world.once("landside networks", dict)
    return world.once(
        "landside" + _read(p), lambda: of_years(plan, world.years, p, networks, together_of(world)[1])
    )


def together_of(world: World) -> tuple[Array, Array]:
    """[year] what berths on the map can handle by themselves, and `Landside.together`: all that the city's totals ask for."""
    p, plan = world.parameters, world.plan

    def make() -> tuple[Array, Array]:
        networks: Networks = world.once("landside networks", dict)
        at = berths.by_terminal(plan, world.years, berths.BerthRules.of(p))
        return at.sum(axis=0), _together(plan, world.years, p, at, capacities(plan, p), networks)

    return world.once("landside together" + _read(p), make)


def _read(p: Parameters) -> str:
    return repr([p(need.id) for need in NEEDS])


def _together(
    plan: Plan, years: Sequence[int], p: Parameters, at: Array, bounds: flow.Numbers, networks: Networks
) -> Array:
    spans, found = link_years(plan), np.zeros(len(years))
    for column, year in enumerate(years):
        ways = _ways(plan, open_of(spans, year), bounds, networks)
        found[column] = _carried(ways, _wanted(plan, at[:, column], p), p)
    return found


def _ways(plan: Plan, open_now: tuple[str, ...], bounds: flow.Numbers, networks: Networks) -> Ways:
    if open_now not in networks:
        networks[open_now] = arranged(plan, edges(plan, open_now))
    return Ways(networks[open_now], bounds[networks[open_now].bound])


def of_years(
    plan: Plan,
    years: Sequence[int],
    p: Parameters,
    networks: Networks | None = None,
    together: Array | None = None,
) -> Landside:
    """The landside of each year. A terminal without berths handles nothing. `networks` and `together`: what of them is known already."""
    at = berths.by_terminal(plan, years, berths.BerthRules.of(p))
    most, by_road = np.zeros_like(at), np.zeros_like(at)
    spans = link_years(plan)
    networks = {} if networks is None else networks
    bounds = capacities(plan, p)
    alone: dict[tuple[tuple[str, ...], int, float], float] = {}
    roads: dict[tuple[tuple[str, ...], int], float] = {}
    for column, year in enumerate(years):
        open_now = open_of(spans, year)
        ways = _ways(plan, open_now, bounds, networks)
        wanted = at[:, column] * p("economy.berth_use_ceiling")
        for row, terminal in enumerate(plan.terminals.values()):
            key = (open_now, row, float(wanted[row]))
            if wanted[row] > 0 and key not in alone:
                alone[key] = _carried(ways, {terminal: float(wanted[row])}, p)
            most[row, column] = alone.get(key, 0.0)
            if wanted[row] > 0 and key[:2] not in roads:
                roads[key[:2]] = _by_road(ways, terminal)
            by_road[row, column] = roads.get(key[:2], 0.0)
    if together is None:
        together = _together(plan, years, p, at, bounds, networks)
    return Landside(at, most, by_road, at * p("economy.berth_use_ceiling") * _loaded(p), together)


def narrows(world: World) -> list[tuple[int, str, float]]:
    """(year, link, million tonnes a year it lets through): the links that hold the landside, of `of_world(world).together`.

    Nothing in years in which all that the berths can handle gets away. Berths and quays that are full beside them are not named here.
    """
    p, plan = world.parameters, world.plan
    known, spans, bounds = of_world(world), link_years(plan), capacities(plan, p)
    networks: Networks = world.once("landside networks", dict)
    names = (UNBOUND, ASKED, *plan.links)
    found = []
    for column, year in enumerate(world.years):
        wanted = _wanted(plan, known.berths[:, column], p)
        if not wanted or known.together[column] >= sum(wanted.values()) - 1 / PARTS:
            continue
        ways = _ways(plan, open_of(spans, year), bounds, networks)
        capacity = _asking(ways, wanted, p)
        full: dict[str, int] = {}
        for edge in flow.narrows(ways.network.arcs, capacity, 0, 1):
            name = names[ways.network.bound[edge]]
            full[name] = full.get(name, 0) + int(capacity[edge])
        found += [(year, name, full[name] / PARTS) for name in plan.links if name in full]
    return found


def over_terminals(cargo: float, berths: Array, most: Array) -> Array:
    """[terminal] where cargo is handled: in proportion to open berths, nowhere more than can be handled there.

    What one terminal cannot take goes to the others; what none can, in proportion to berths, so that nothing is lost.
    """
    found = np.zeros_like(berths)
    free = berths > 0
    left = cargo
    while left > 0 and free.any():
        share = left * berths / berths[free].sum()
        full = free & (found + share >= most)
        if not full.any():
            return np.asarray(np.where(free, found + share, found))
        left -= float((most - found)[full].sum())
        found = np.where(full, most, found)
        free &= ~full
    return np.asarray(found + left * berths / berths.sum()) if left > 0 and berths.sum() > 0 else found


# ---- the flow -----------------------------------------------------------------------------------------------


def edges(plan: Plan, open_now: Sequence[str]) -> list[Edge]:
    """What leads from the nodes of terminals to "out", by mode. A node of a mode is "mode:node"."""
    found: list[Edge] = []
    for name in open_now:
        link = plan.links[name]
        mode = _mode(link)
        if mode is not None:
            ends = f"{mode}:{link.from_node}", f"{mode}:{link.to_node}"
            found.append((*ends, name))
            if not link.one_way:
                found.append((ends[1], ends[0], name))
    for terminal in plan.terminals.values():
        if terminal.fairway_node and terminal.waterway_node:
            meet = f"barge:{terminal.fairway_node}", f"barge:{terminal.waterway_node}"
            found += [(*meet, UNBOUND), (meet[1], meet[0], UNBOUND)]
    for mode, of_gates in LAND.items():
        found += [(f"{mode}:{gate}", "out", UNBOUND) for gate in gates(plan, of_gates, open_now)]
    return found


def _mode(link: Link) -> str | None:
    """How cargo goes on a link: as a key of `LAND`; None where it does not."""
    if is_driven(link):
        return "road"
    if link.mode == "rail":
        return "rail"
    by_barge = link.mode == "waterway" or (link.mode == "fairway" and link.link_class != "open sea")
    return "barge" if by_barge else None


def capacities(plan: Plan, p: Parameters) -> flow.Numbers:
    """What bounds an edge, thousand tonnes a year: nothing, what is asked for (0 so far), then each link of the plan."""
    roads = RoadCapacity.of(p, plan)
    tonnes_a_pcu_h = (
        p("transport.port_road_share")
        / (p("transport.pcu_truck") * max(p("transport.truck_peak_share"), 1e-9))
        * p("transport.truck_payload_t")
        * p("transport.truck_days")
        / 1e6
    )
    found = [NO_LIMIT, 0]
    for link in plan.links.values():
        figure = roads.pcu_h(link) * tonnes_a_pcu_h if is_driven(link) else goods_capacity(link, p)
        found.append(NO_LIMIT if figure is None else _whole(figure))
    return np.array(found, dtype=np.int64)


@dataclass(frozen=True)
class Network:
    """Edges by number, with what leads from "in" to each terminal and on to its nodes: of a set of open links, whatever they carry."""

    arcs: flow.Network
    bound: flow.Numbers
    """[edge] where `capacities` says what it carries."""
    first: Mapping[str, int]
    """Terminal -> the edge that leads to it; those from it to its quay for barges, its road and its railway come next."""


Networks = dict[tuple[str, ...], Network]
"""By open links."""
INTO, TO_BARGE, _, TO_RAIL = range(4)
"""The edges of a terminal, by their order."""


def arranged(plan: Plan, standing: Sequence[Edge]) -> Network:
    """The edges that stand, and those of the terminals."""
    found, first = list(standing), {}
    for terminal in plan.terminals.values():
        away = f"terminal:{terminal.id}"
        first[terminal.id] = len(found)
        found += [
            ("in", away, ASKED),
            (away, f"barge:{terminal.waterway_node or terminal.fairway_node}", ASKED),
            (away, f"road:{terminal.road_node}", UNBOUND),
            (away, f"rail:{terminal.rail_node}", UNBOUND),
        ]
    number = {"in": 0, "out": 1}
    for tail, head, _ in found:
        number.setdefault(tail, len(number))
        number.setdefault(head, len(number))
    arcs = flow.arranged(len(number), [number[t] for t, _, _ in found], [number[h] for _, h, _ in found])
    at = {name: index for index, name in enumerate((UNBOUND, ASKED, *plan.links))}
    return Network(arcs, np.array([at[by] for *_, by in found], dtype=np.int64), first)


@dataclass(frozen=True)
class Ways:
    """A network with what its edges carry."""

    network: Network
    capacity: flow.Numbers
    """[edge] thousand tonnes a year."""

    def of(self, terminal: Terminal, edge: int) -> int:
        return self.network.first[terminal.id] + edge


def _carried(ways: Ways, wanted: Mapping[Terminal, float], p: Parameters) -> float:
    """Of the cargo wanted at terminals, what can be handled when its inland part has to reach a gate."""
    inland = p("transport.port_land_share")
    if not wanted or inland <= 0:
        return sum(wanted.values())
    asked = sum(_whole(cargo * inland) for cargo in wanted.values())
    found = _largest_flow(ways, _asking(ways, wanted, p))
    return sum(wanted.values()) if found >= asked else found / PARTS / inland


def _wanted(plan: Plan, berths: Array, p: Parameters) -> dict[Terminal, float]:
    """Terminal -> million tonnes that its berths [terminal] could handle at their highest use; those without berths are left out."""
    most = berths * p("economy.berth_use_ceiling")
    return {t: float(w) for t, w in zip(plan.terminals.values(), most, strict=True) if w > 0}


def _asking(ways: Ways, wanted: Mapping[Terminal, float], p: Parameters) -> flow.Numbers:
    """[edge] what edges carry when so much cargo asks at terminals: its inland part, and what quays load of it on barges."""
    capacity = ways.capacity.copy()
    for terminal, cargo in wanted.items():
        capacity[ways.of(terminal, INTO)] = _whole(cargo * p("transport.port_land_share"))
        capacity[ways.of(terminal, TO_BARGE)] = _whole(cargo * _loaded(p))
    return capacity


def _loaded(p: Parameters) -> float:
    """Of the cargo that a terminal can handle, what its quays can load on barges."""
    return p("transport.port_land_share") * p("transport.port_barge_share")


def _by_road(ways: Ways, terminal: Terminal) -> float:
    capacity = ways.capacity.copy()
    capacity[ways.of(terminal, INTO)] = NO_LIMIT
    capacity[ways.of(terminal, TO_RAIL)] = 0
    return _largest_flow(ways, capacity) / PARTS


def _largest_flow(ways: Ways, capacity: flow.Numbers) -> int:
    """Thousand tonnes from "in" to "out"."""
    return flow.largest(ways.network.arcs, capacity, 0, 1)


def _whole(million_tonnes: float) -> int:
    return int(min(round(million_tonnes * PARTS), NO_LIMIT))
