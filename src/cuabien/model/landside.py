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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from cuabien.model import berths
from cuabien.model.links import CAPACITIES, TRUCKS, RoadCapacity, gates, goods_capacity, is_driven
from cuabien.model.opening import open_links, terminals_of
from cuabien.model.parameters import Need, Parameters
from cuabien.model.variables import Array
from cuabien.model.world import World
from cuabien.plan.objects import Terminal
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

Edge = tuple[str, str, float]
"""From, to, million tonnes a year; one way."""


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


def of_world(world: World) -> Landside:
    """The landside in all years of a world, made once for the same parameters."""
    p, plan = world.parameters, world.plan
    key = "landside" + repr([p(need.id) for need in NEEDS])
    count = len(plan.terminals)
    kept = world.once(key, lambda: _stacked(plan, world.years, p))
    berths_there, most, by_road, by_barge = kept[:-1].reshape(4, count, -1)
    return Landside(berths_there, most, by_road, by_barge, kept[-1])


def _stacked(plan: Plan, years: Sequence[int], p: Parameters) -> Array:
    found = of_years(plan, years, p)
    return np.vstack([found.berths, found.most, found.by_road, found.by_barge, found.together[None, :]])


def of_years(plan: Plan, years: Sequence[int], p: Parameters) -> Landside:
    """The landside of each year. A terminal without berths handles nothing."""
    at = berths.by_terminal(plan, years, berths.BerthRules.of(p))
    most, by_road, together = np.zeros_like(at), np.zeros_like(at), np.zeros(len(years))
    networks: dict[tuple[str, ...], list[Edge]] = {}
    alone: dict[tuple[tuple[str, ...], int, float], float] = {}
    roads: dict[tuple[tuple[str, ...], int], float] = {}
    for column, year in enumerate(years):
        open_now = open_links(plan, year)
        if open_now not in networks:
            networks[open_now] = network(plan, open_now, p)
        edges = networks[open_now]
        wanted = at[:, column] * p("economy.berth_use_ceiling")
        for row, terminal in enumerate(plan.terminals.values()):
            key = (open_now, row, float(wanted[row]))
            if wanted[row] > 0 and key not in alone:
                alone[key] = _carried(edges, {terminal: float(wanted[row])}, p)
            most[row, column] = alone.get(key, 0.0)
            if wanted[row] > 0 and key[:2] not in roads:
                roads[key[:2]] = _by_road(edges, terminal)
            by_road[row, column] = roads.get(key[:2], 0.0)
        asked = {t: float(w) for t, w in zip(plan.terminals.values(), wanted, strict=True) if w > 0}
        together[column] = _carried(edges, asked, p)
    return Landside(at, most, by_road, at * p("economy.berth_use_ceiling") * _loaded(p), together)


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


def network(plan: Plan, open_now: Sequence[str], p: Parameters) -> list[Edge]:
    """What leads from the nodes of terminals to "out", by mode. A node of a mode is "mode:node"."""
    roads = RoadCapacity.of(p)
    tonnes_a_pcu_h = (
        p("transport.port_road_share")
        / (p("transport.pcu_truck") * max(p("transport.truck_peak_share"), 1e-9))
        * p("transport.truck_payload_t")
        * p("transport.truck_days")
        / 1e6
    )
    edges: list[Edge] = []
    for name in open_now:
        link = plan.links[name]
        if is_driven(link):
            mode, most = "road", roads.pcu_h(link) * tonnes_a_pcu_h
        elif link.mode in ("rail", "waterway") or (link.mode == "fairway" and link.link_class != "open sea"):
            mode = "rail" if link.mode == "rail" else "barge"
            figure = goods_capacity(link, p)
            most = NO_LIMIT if figure is None else figure
        else:
            continue
        ends = f"{mode}:{link.from_node}", f"{mode}:{link.to_node}"
        edges += [(*ends, most), (ends[1], ends[0], most)]
    for terminal in plan.terminals.values():
        if terminal.fairway_node and terminal.waterway_node:
            meet = f"barge:{terminal.fairway_node}", f"barge:{terminal.waterway_node}"
            edges += [(*meet, NO_LIMIT), (meet[1], meet[0], NO_LIMIT)]
    for mode, of_gates in LAND.items():
        edges += [(f"{mode}:{gate}", "out", NO_LIMIT) for gate in gates(plan, of_gates, open_now)]
    return edges


def _carried(edges: Sequence[Edge], wanted: Mapping[Terminal, float], p: Parameters) -> float:
    """Of the cargo wanted at terminals, what can be handled when its inland part has to reach a gate."""
    inland = p("transport.port_land_share")
    if not wanted or inland <= 0:
        return sum(wanted.values())
    more: list[Edge] = []
    for terminal, cargo in wanted.items():
        away = f"terminal:{terminal.id}"
        more.append(("in", away, cargo * inland))
        more += [
            (away, f"road:{terminal.road_node}", NO_LIMIT),
            (away, f"rail:{terminal.rail_node}", NO_LIMIT),
        ]
        barge = f"barge:{terminal.waterway_node or terminal.fairway_node}"
        more.append((away, barge, cargo * _loaded(p)))
    asked = sum(_whole(cargo * inland) for cargo in wanted.values())
    found = _largest_flow([*edges, *more])
    return sum(wanted.values()) if found >= asked else found / PARTS / inland


def _loaded(p: Parameters) -> float:
    """Of the cargo that a terminal can handle, what its quays can load on barges."""
    return p("transport.port_land_share") * p("transport.port_barge_share")


def _by_road(edges: Sequence[Edge], terminal: Terminal) -> float:
    way = [("in", f"road:{terminal.road_node}", float(NO_LIMIT))]
    return _largest_flow([*(e for e in edges if not e[0].startswith(("rail:", "barge:"))), *way]) / PARTS


def _largest_flow(edges: Sequence[Edge]) -> int:
    """Thousand tonnes from "in" to "out"."""
    number: dict[str, int] = {"in": 0, "out": 1}
    for tail, head, _ in edges:
        number.setdefault(tail, len(number))
        number.setdefault(head, len(number))
    tails = np.array([number[tail] for tail, _, _ in edges])
    heads = np.array([number[head] for _, head, _ in edges])
    most = np.array([_whole(most) for _, _, most in edges], dtype=np.int64)
    size = len(number)
    whole = coo_array((most, (tails, heads)), shape=(size, size)).tocsr()
    whole.data = np.minimum(whole.data, NO_LIMIT)  # links side by side were added up
    return int(maximum_flow(whole.astype(np.int32), 0, 1).flow_value)


def _whole(million_tonnes: float) -> int:
    return int(min(round(million_tonnes * PARTS), NO_LIMIT))
