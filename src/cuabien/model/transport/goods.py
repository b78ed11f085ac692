"""Goods of one year: from terminals and factories to the gates and into the city, by road, rail and barge.

Goods travel on empty roads in this reckoning: most of them move outside the peak, and which gate they take hangs on where
roads lead, not on one hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.links import goods_capacity
from cuabien.model.parameters import Parameters
from cuabien.model.transport import freight
from cuabien.model.transport.connection import Way, loads_at
from cuabien.model.transport.network import Bools
from cuabien.model.transport.setting import Setting
from cuabien.model.variables import FREIGHT_MODES, Array
from cuabien.plan.package import Plan

ROAD, RAIL, BARGE = range(len(FREIGHT_MODES))


@dataclass(frozen=True)
class Goods:
    """Million tonnes a year, both ways together."""

    cargo: Array
    """[terminal] over the berths."""
    by_mode: Array
    """[terminal, freight] between the terminal and the gates."""
    local: Array
    """[terminal] between the terminal and places in the city, by road."""
    stranded: Array
    """[terminal] for the hinterland, with no way out by any mode."""
    industry: Array
    """[commune] of factories, to and from the gates by road, beside the port's cargo."""
    on_links: Array
    """[link] on railways and waterways."""
    trucks: Array
    """[zone, zone] trucks in the peak hour: full one way, empty the other."""


def of_year(
    plan: Plan,
    setting: Setting,
    p: Parameters,
    handled: Array,
    by_road: Array,
    by_barge: Array,
    industry: Array,
) -> Goods:
    """`handled` [terminal] million tonnes over the berths; `industry` [commune] Mt.

    `by_road`, `by_barge` [terminal]: the most that its roads carry, and that its quays load on barges. What the roads cannot
    carry goes by barge where there is room; what rails and waterways cannot carry, by road.
    """
    terminals = tuple(plan.terminals)
    inland = handled * p("transport.port_land_share")
    local = np.minimum(inland * p("transport.port_local_share"), by_road)
    wanted = inland - local
    rail, barge = (_ways(plan, setting, terminals, mode) for mode in ("rail", "barge"))
    minutes = _truck_minutes(setting, terminals)
    reached = np.isfinite(minutes).any(axis=1)
    shares = freight.mode_shares(
        np.stack(
            [
                _road_cost(setting, p, terminals, minutes),
                _way_cost(rail, p, "rail"),
                _way_cost(barge, p, "barge"),
            ],
            axis=1,
        ),
        np.array([0.0, p("transport.freight_constant_rail"), p("transport.freight_constant_barge")]),
        p("transport.freight_scale"),
    )
    by_mode = wanted[:, None] * shares
    by_mode = freight.filled(by_mode, by_barge, by_road - local, _exist(barge))
    on_links = np.zeros(len(plan.links))
    for mode, ways in ((RAIL, rail), (BARGE, barge)):
        carried, loads = _carried(plan, p, ways, by_mode[:, mode])
        by_mode[:, ROAD] += np.where(reached, by_mode[:, mode] - carried, 0.0)
        by_mode[:, mode] = carried
        on_links += loads
    local = np.where(reached, local, 0.0)
    return Goods(
        handled,
        by_mode,
        local,
        np.maximum(inland - local - by_mode.sum(axis=1), 0.0),
        industry,
        on_links,
        _trucks(setting, p, terminals, minutes, by_mode[:, ROAD], local, industry),
    )


def _ways(plan: Plan, setting: Setting, terminals: tuple[str, ...], mode: str) -> list[Way | None]:
    """Each terminal's way to a gate of a mode; None where it has none."""
    found = []
    for name in terminals:
        node = loads_at(plan.terminals[name], mode)
        found.append(setting.goods[mode].get(node) if node else None)
    return found


def _exist(ways: list[Way | None]) -> Bools:
    return np.array([way is not None for way in ways], dtype=np.bool_)


def _truck_minutes(setting: Setting, terminals: tuple[str, ...]) -> Array:
    """[terminal, gate] minutes of a truck on empty roads; infinite for a terminal off the roads."""
    roads = setting.roads
    between = setting.trucks.between_zones[:, roads.first_gate : roads.first_terminal]
    found = np.full((len(terminals), len(roads.gates)), np.inf)
    for row, name in enumerate(terminals):
        if name in roads.terminals:
            found[row] = between[roads.first_terminal + roads.terminals.index(name)]
    return found


def _road_cost(setting: Setting, p: Parameters, terminals: tuple[str, ...], minutes: Array) -> Array:
    """[terminal] thousand VND a tonne to the usual gate and on; kilometres at the trucks' top speed bound by minutes."""
    if minutes.shape[1] == 0:
        return np.full(len(terminals), np.inf)
    near = minutes.min(axis=1)
    km = near / 60 * p("transport.truck_top_speed_kmh") + p("transport.haul_beyond_gate_km")
    beyond = 60 * p("transport.haul_beyond_gate_km") / p("transport.truck_top_speed_kmh")
    return freight.cost(
        km, near + beyond, p("transport.freight_vnd_tkm_road"), 0.0, p("transport.freight_vnd_tonne_hour")
    )


def _way_cost(ways: list[Way | None], p: Parameters, mode: str) -> Array:
    """[terminal] thousand VND a tonne by rail or barge, handling at both ends counted in; infinite without a way."""
    beyond = p("transport.haul_beyond_gate_km")
    slow = 60 * beyond / p(f"transport.freight_{mode}_speed_kmh")
    km = np.array([np.inf if w is None else w.km + beyond for w in ways])
    minutes = np.array([np.inf if w is None else w.minutes + slow for w in ways])
    return freight.cost(
        km,
        minutes,
        p(f"transport.freight_vnd_tkm_{mode}"),
        p(f"transport.freight_handling_vnd_t_{mode}"),
        p("transport.freight_vnd_tonne_hour"),
    )


def _carried(plan: Plan, p: Parameters, ways: list[Way | None], tonnes: Array) -> tuple[Array, Array]:
    """([terminal] million tonnes that the links let through, [link] their load)."""
    links = {name: i for i, name in enumerate(plan.links)}
    uses = np.zeros((len(ways), len(links)))
    for row, way in enumerate(ways):
        for link in way.links if way else ():
            uses[row, links[link]] = 1.0
    limits = [goods_capacity(link, p) for link in plan.links.values()]
    capacity = np.array([np.inf if limit is None else limit for limit in limits])
    carried = freight.within_capacity(tonnes, uses, capacity)
    return carried, carried @ uses


def _trucks(
    setting: Setting,
    p: Parameters,
    terminals: tuple[str, ...],
    minutes: Array,
    to_gates: Array,
    local: Array,
    industry: Array,
) -> Array:
    """[zone, zone] trucks in the peak hour, as many empty as full."""
    roads = setting.roads
    tonnes = np.zeros((roads.network.zones, roads.network.zones))
    places, out = slice(0, roads.communes), slice(roads.first_gate, roads.first_terminal)
    size, decay = roads.gate_size, p("transport.gate_decay")
    between = setting.trucks.between_zones
    by_gate = freight.gate_shares(size, minutes, decay)
    for row, name in enumerate(terminals):
        if name not in roads.terminals:
            continue
        zone = roads.first_terminal + roads.terminals.index(name)
        tonnes[zone, out] += to_gates[row] * by_gate[row]
        there = np.where(np.isfinite(between[zone, places]), industry, 0.0)
        tonnes[zone, places] += freight.over_places(local[row], there)
    if len(roads.gates):
        tonnes[places, out] += industry[:, None] * freight.gate_shares(size, between[places, out], decay)
    full = freight.truck_trips(
        tonnes, p("transport.truck_payload_t"), p("transport.truck_days"), p("transport.truck_peak_share")
    )
    return np.asarray(full + full.T)
