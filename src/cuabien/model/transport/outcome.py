"""What a year's traffic comes to: the variables of the subject, from trips, flows and goods."""

from __future__ import annotations

import numpy as np

from cuabien.model.parameters import Parameters
from cuabien.model.transport import choice, people, service, trees
from cuabien.model.transport.connection import loads_at
from cuabien.model.transport.goods import BARGE, RAIL, ROAD, Goods
from cuabien.model.transport.network import least_from, origins_of
from cuabien.model.transport.people import BUS, CAR, MOTORBIKE, WORK
from cuabien.model.transport.setting import Setting
from cuabien.model.transport.traffic import Traffic
from cuabien.model.variables import DIRECTIONS, FREIGHT_MODES, PURPOSES, ROAD_CLASSES, TRAVEL_MODES, Array
from cuabien.plan.package import Plan

PEOPLE = (
    "transport.trips_out",
    "transport.trips",
    "transport.unserved_trips",
    "transport.turned_away",
    "transport.trips_from",
    "transport.commute_minutes",
    "transport.minutes",
    "transport.accessibility",
    "transport.motorbike_minutes",
    "transport.car_minutes",
)
LINES = ("transport.line_load",)
ROADS = (
    "transport.flow",
    "transport.link_minutes",
    "transport.vehicle_km",
    "transport.lost_hours",
    "transport.over_capacity",
    "transport.gap",
    "transport.demand_gap",
    "transport.balance_gap",
)
GOODS = (
    "transport.terminal_cargo",
    "transport.terminal_tonnes",
    "transport.terminal_local",
    "transport.terminal_stranded",
    "transport.terminal_berths",
    "transport.terminal_minutes",
    "transport.goods",
    "transport.tonne_km",
)
LOSSES = ("transport.loss_minutes", "transport.loss_stranded")

MOTORBIKES, CARS, BUSES, TRUCKS = range(len(ROAD_CLASSES))
SEEKING = ((MOTORBIKES, (MOTORBIKE,)), (CARS, (CAR, BUS)), (TRUCKS, ()))
"""Of the classes that seek their way (`Traffic.demands`): class of the road, and the modes of persons that share its fate."""
TRUCK = 2
"""Of the classes that seek their way (`Traffic.demands`)."""
ROUNDING = 1e-12
"""Share of a pair's trips below which nobody is left over: the shares of the modes sum to 1 but for the rounding of floats."""
LINKS_TRIED = 40
"""How many of the fullest links are taken away in turn in a milestone year; every bridge is beside them."""


def of_lines(plan: Plan, here: Setting, p: Parameters, traffic: Traffic) -> dict[str, Array]:
    """Who is on board of the lines of the plan in the peak hour; those who take what is assumed beside them are on none."""
    day = traffic.day
    riders = {
        mode: people.peak_persons(day, p, people.MODE_OF[mode]) * by_line
        for mode, by_line in day.by_line.items()
    }
    return {"transport.line_load": service.load(plan, riders, here.lines.peak)}


def of_people(
    here: Setting, p: Parameters, traffic: Traffic, persons: Array, jobs: Array, without_work: Array
) -> dict[str, Array]:
    """Trips a day on the way out; minutes of the peak. `without_work` [commune] would go to work and reach no job.

    Whom a full ferry turns away stays at home: the share of the peak, taken for the whole day.
    """
    day = traffic.day
    turned, vehicles = turned_away(here, traffic)
    carried = shares_carried(traffic, turned)
    by_mode = np.stack([day.trips[i] * carried[i] for i in range(len(PURPOSES))], axis=1)
    without = 1 - carried.sum(axis=1)
    unserved = (day.trips * np.where(without > ROUNDING, without, 0.0)).sum(axis=(1, 2))
    set_out = day.trips.sum(axis=(1, 2))
    unserved[WORK] += without_work.sum()
    set_out[WORK] += without_work.sum()
    minutes = choice.mean_minutes(day.minutes, day.shares)
    to_work = day.trips[WORK]  # those who are turned away too, with the whole wait
    leaving = to_work.sum(axis=1)
    within = minutes.diagonal()
    commute = np.divide((to_work * minutes).sum(axis=1), leaving, out=within.copy(), where=leaving > 0)
    sizes = jobs.sum(axis=1) + persons.sum(axis=1)
    return {
        "transport.trips_out": set_out,
        "transport.trips": by_mode.sum(axis=(2, 3)).T,
        "transport.unserved_trips": unserved,
        "transport.turned_away": vehicles,
        "transport.trips_from": by_mode.sum(axis=(1, 3)).T,
        "transport.commute_minutes": commute,
        "transport.minutes": minutes,
        "transport.accessibility": choice.accessibility(day.composite, sizes, p("transport.decay_work")),
        "transport.motorbike_minutes": np.minimum(traffic.motorbike, choice.NO_WAY_MIN),
        "transport.car_minutes": np.minimum(traffic.car, choice.NO_WAY_MIN),
    }


def shares_carried(traffic: Traffic, turned: Array) -> Array:
    """[purpose, mode, i, j] share of the trips that go by a mode; `turned` [mode, i, j] of them, by full ferries, go by none."""
    return np.stack([traffic.day.shares_of(i) * (1 - turned) for i in range(len(PURPOSES))])


def turned_away(here: Setting, traffic: Traffic) -> tuple[Array, Array]:
    """([mode, i, j] share of the trips, [class] vehicles in the peak hour) that full ferries turn away; buses wait among the cars."""
    communes = here.roads.communes
    share, vehicles = np.zeros((len(TRAVEL_MODES), communes, communes)), np.zeros(len(ROAD_CLASSES))
    if traffic.turned_away is not None:
        for number, (of_class, modes) in enumerate(SEEKING):
            of, kept = traffic.turned_away[number], traffic.demands[number].trips
            vehicles[of_class] = float((kept * of / (1 - np.minimum(of, 1 - 1e-9))).sum())
            for mode in modes:
                share[mode] = of[:communes, :communes]
    return share, vehicles


def of_roads(plan: Plan, here: Setting, p: Parameters, traffic: Traffic) -> dict[str, Array]:
    """Flows of the peak hour on every link of the plan, and what they come to in a day."""
    roads, now = here.roads, traffic.equilibrium
    crossing = now.flow * ~roads.turned_away
    flows = np.stack([crossing[0], crossing[1], traffic.buses, crossing[2]])
    on_plan = roads.link >= 0
    at = (roads.link[on_plan], roads.direction[on_plan])
    flow = np.zeros((len(plan.links), len(DIRECTIONS), len(ROAD_CLASSES)))
    flow[at] = flows[:, on_plan].T
    minutes = np.zeros((len(plan.links), len(DIRECTIONS)))
    minutes[at] = now.minutes[on_plan]
    pcu = pcu_of(p) @ flows
    late = np.maximum(now.minutes - roads.network.free_flow_min, 0.0)
    waited = float(turned_away(here, traffic)[1].sum()) * p("transport.ferry_longest_wait_min")
    km = float(roads.length_km[on_plan].sum())
    over = on_plan & (pcu > roads.network.capacity_pcu_h)
    return {
        "transport.flow": flow,
        "transport.link_minutes": minutes,
        "transport.vehicle_km": _vehicle_km(here, p, traffic, flows),
        "transport.lost_hours": np.array((float((flows * late).sum()) + waited) / 60 / 1000),
        "transport.over_capacity": np.array(float(roads.length_km[over].sum()) / km if km > 0 else 0.0),
        "transport.gap": np.array(max(now.gap, 0.0)),
        "transport.demand_gap": np.array(traffic.demand_gap),
        "transport.balance_gap": np.array(traffic.day.miss),
    }


def pcu_of(p: Parameters) -> Array:
    """[class] passenger-car units of one vehicle."""
    return np.array([p("transport.pcu_motorbike"), 1.0, p("transport.pcu_bus"), p("transport.pcu_truck")])


def _vehicle_km(here: Setting, p: Parameters, traffic: Traffic, flows: Array) -> Array:
    """[class] thousand vehicle-km a day: the peak's, times vehicles of the day over those of the peak; and those within communes."""
    by_class = flows @ here.roads.length_km
    found = np.zeros(len(ROAD_CLASSES))
    for index, mode in ((MOTORBIKES, MOTORBIKE), (CARS, CAR), (BUSES, BUS)):
        whole = people.daily_vehicles(traffic.day, p, mode)
        peak = people.peak_vehicles(traffic.day, p, mode)
        inside = float(whole.diagonal() @ here.local)
        np.fill_diagonal(whole, 0.0)
        np.fill_diagonal(peak, 0.0)
        ratio = float(whole.sum()) / float(peak.sum()) if peak.sum() > 0 else 0.0
        found[index] = by_class[index] * ratio + inside
    share = p("transport.truck_peak_share")
    found[TRUCKS] = by_class[TRUCKS] / share * p("transport.truck_days") / 365 if share > 0 else 0.0
    return found / 1000


def of_goods(
    plan: Plan, here: Setting, p: Parameters, traffic: Traffic, moved: Goods, berths: Array
) -> dict[str, Array]:
    """Goods by terminal and on links, million tonnes a year; minutes from each terminal to a gate in the peak."""
    roads, now = here.roads, traffic.equilibrium
    share, days = p("transport.truck_peak_share"), p("transport.truck_days")
    trucks_km_a_year = (
        float(now.flow[2] @ (roads.length_km * ~roads.turned_away)) / share * days if share > 0 else 0.0
    )
    by_road = trucks_km_a_year * p("transport.truck_payload_t") / 2 / 1e6
    km = np.array([link.length_km for link in plan.links.values()])
    on_rail = np.array([link.mode in ("rail", "metro") for link in plan.links.values()])
    return {
        "transport.terminal_cargo": moved.cargo,
        "transport.terminal_tonnes": moved.by_mode,
        "transport.terminal_local": moved.local,
        "transport.terminal_stranded": moved.stranded,
        "transport.terminal_berths": berths,
        "transport.terminal_minutes": _to_gates(plan, here, traffic),
        "transport.goods": moved.on_links,
        "transport.tonne_km": np.array(
            [
                by_road,
                float((moved.on_links * km)[on_rail].sum()),
                float((moved.on_links * km)[~on_rail].sum()),
            ]
        ),
    }


def _to_gates(plan: Plan, here: Setting, traffic: Traffic) -> Array:
    """[terminal, freight] minutes to the nearest gate: in the peak by road, by speed of goods else; a day where none is reached."""
    roads = here.roads
    found = np.full((len(plan.terminals), len(FREIGHT_MODES)), choice.NO_WAY_MIN)
    by_truck = least_from(
        roads.network, traffic.equilibrium, traffic.demands[TRUCK], TRUCK, roads.zones_of("terminals")
    )
    by_road = by_truck[:, roads.zones_of("gates")].min(axis=1, initial=np.inf)
    for row, terminal in enumerate(plan.terminals.values()):
        if terminal.id in roads.terminals:
            found[row, ROAD] = min(by_road[roads.terminals.index(terminal.id)], choice.NO_WAY_MIN)
        for column, mode in ((RAIL, "rail"), (BARGE, "barge")):
            way = here.goods[mode].get(loads_at(terminal, mode) or "")
            if way is not None:
                found[row, column] = min(way.minutes, choice.NO_WAY_MIN)
    return found


def of_losses(plan: Plan, here: Setting, traffic: Traffic, looked_at: bool) -> dict[str, Array]:
    """What the loss of a link costs those who use it, in the peak hour of a milestone year; zeros in other years.

    The fullest links and all bridges are tried; motorbikes, cars and trucks take their next best way by road at the minutes of
    the peak. No ferry stands in for a road: who has only ferries left has no way. Exact for these minutes; that others are then
    held up as well is left out, so it is the least that a loss costs.
    """
    minutes, stranded = np.zeros(len(plan.links)), np.zeros(len(plan.links))
    if looked_at:
        roads = here.roads
        tried = _tried(plan, here, traffic)
        lost = np.full((len(tried), 2), -1, dtype=np.int32)
        for row, link in enumerate(tried):
            lost[row] = np.flatnonzero(roads.link == link)[:2]
        for demand in traffic.demands:
            cost = traffic.equilibrium.minutes + demand.fixed_min
            grown = trees.grow(roads.network, cost, demand.allowed & ~roads.ferry, origins_of(demand))
            more, left = trees.losses(grown, demand.trips, lost)
            minutes[tried] += more
            stranded[tried] += left
    return {"transport.loss_minutes": minutes, "transport.loss_stranded": stranded}


def _tried(plan: Plan, here: Setting, traffic: Traffic) -> Array:
    """Indices of the links that are taken away in turn, in order of the plan.

    A link that ends at a gate is the gate: who finds it closed takes another, so its loss is not told here.
    """
    roads = here.roads
    on_plan = roads.link >= 0
    load = np.zeros(len(plan.links))
    np.add.at(load, roads.link[on_plan], traffic.equilibrium.flow.sum(axis=0)[on_plan])
    load[[bool({k.from_node, k.to_node} & set(roads.gates)) for k in plan.links.values()]] = 0.0
    bridge = np.array([bool(link.bridge) for link in plan.links.values()])
    fullest = np.argsort(-load, kind="stable")[:LINKS_TRIED]
    return np.unique(np.concatenate([fullest[load[fullest] > 0], np.flatnonzero(bridge & (load > 0))]))
