"""The chain from ship to gate: berth, fairway, yard, road, rail, barge, gate; what each can carry against what it must.

A stage of which the plan gives no capacity says "no data" and is never the bottleneck; so the bottleneck found is the tightest of
the known stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cuabien.model.links import gates, goods_capacity, is_driven
from cuabien.model.opening import open_links, terminals_of
from cuabien.model.parameters import Parameters
from cuabien.model.transport import setting as settings
from cuabien.model.transport.connection import Way, loads_at, ways_to_gates
from cuabien.model.transport.goods import BARGE, RAIL
from cuabien.model.transport.graph import Rates
from cuabien.model.transport.outcome import pcu_of
from cuabien.model.variables import Array
from cuabien.plan.objects import Link, Terminal
from cuabien.plan.package import Plan

Status = Literal["read", "assumed", "no data"]
STAGES = ("berth", "fairway", "yard", "road", "rail", "barge", "gate")
MT = "million tonnes per year"
PCU_H = "pcu per hour"


@dataclass(frozen=True)
class Stage:
    """One stage of one terminal's chain in one year."""

    stage: str
    capacity: float | None
    load: float | None
    unit: str
    status: Status
    bottleneck: bool = False

    @property
    def use(self) -> float | None:
        """Load over capacity; None where one of them is not known."""
        if self.capacity is None or self.load is None or self.capacity <= 0:
            return None
        return self.load / self.capacity


@dataclass(frozen=True)
class YearOfRoads:
    """What the chains of one year are read from."""

    plan: Plan
    open_now: tuple[str, ...]
    rates: Rates
    pcu: Array
    """[link, direction] pcu an hour."""
    minutes: Array
    """[link, direction]; 0 where a link is no road."""
    number: Mapping[str, int]
    road: Mapping[str, Way]
    rail: Mapping[str, Way]
    barge: Mapping[str, Way]
    ends: Mapping[str, tuple[str, ...]]
    """Node -> the roads that end there."""
    named: frozenset[str]
    """Terminals whose berths the plan places there itself."""


def roads_of(
    plan: Plan, p: Parameters, year: int, flow: Array, minutes: Array, before: YearOfRoads | None = None
) -> YearOfRoads:
    """The roads of one year from its variables: `flow` [link, direction, class] vehicles, `minutes` [link, direction].

    `before`: another year of the same plan; what goes by rail and barge is taken over where the same links are open.
    """
    open_now = open_links(plan, year)
    same = before if before is not None and before.open_now == open_now else None
    number = {link: i for i, link in enumerate(plan.links)}
    forward: list[float] = minutes[:, 0].tolist()
    backward: list[float] = minutes[:, 1].tolist()
    ends: dict[str, tuple[str, ...]] = {}
    for name in open_now:
        link = plan.links[name]
        if is_driven(link):
            for node in (link.from_node, link.to_node):
                ends[node] = (*ends.get(node, ()), name)

    def now(link: str, way: int) -> float:
        return (backward if way else forward)[number[link]]

    def slow(link: str, _: int) -> float:
        return settings.goods_minutes(plan.links[link], p)

    return YearOfRoads(
        plan,
        open_now,
        Rates.of(p, plan),
        flow @ pcu_of(p),
        minutes,
        number,
        ways_to_gates(plan, open_now, "road", now),
        same.rail if same else ways_to_gates(plan, open_now, "rail", slow),
        same.barge if same else ways_to_gates(plan, open_now, "barge", slow),
        ends,
        frozenset(t for row in plan.port_capacity.values() for t in terminals_of(plan, row)),
    )


def chain(
    roads: YearOfRoads,
    p: Parameters,
    terminal: Terminal,
    berths: float,
    cargo: float,
    tonnes: Array,
    on_links: Array,
    gate: Stage,
) -> list[Stage]:
    """The stages of one terminal: `berths` and `cargo` Mt a year, `tonnes` [freight] Mt, `on_links` [link] Mt on rail and water.

    `gate` is the stage that all terminals of a year share.
    """
    port = terminal.fairway_node is not None
    found = []
    if port:
        named, known = terminal.id in roads.named, berths > 0
        found += [
            Stage(
                "berth", berths if known else None, cargo, MT,
                ("read" if named else "assumed") if known else "no data",
            ),
            Stage("fairway", None, cargo, MT, "no data"),
            Stage("yard", None, cargo, MT, "no data"),
        ]  # fmt: skip
    found += _by_road(roads, terminal)
    for name, ways, column in (("rail", roads.rail, RAIL), ("barge", roads.barge, BARGE)):
        way = ways.get(loads_at(terminal, name) or "")
        if loads_at(terminal, name) is not None:
            found.append(_on_way(roads, p, name, way, on_links, float(tonnes[column])))
    found += [gate] if terminal.road_node else []
    uses = [stage.use for stage in found if stage.use is not None]
    tightest = max(uses) if uses else None
    return [
        Stage(s.stage, s.capacity, s.load, s.unit, s.status, tightest is not None and s.use == tightest)
        for s in found
    ]


def _by_road(roads: YearOfRoads, terminal: Terminal) -> list[Stage]:
    """The fullest link on the quickest way from the terminal to a gate."""
    if terminal.road_node is None:
        return []
    way = roads.road.get(terminal.road_node)
    if way is None:
        return [Stage("road", 0.0, None, PCU_H, "read")]
    full = [(link, max(roads.pcu[roads.number[link]])) for link in way.links]
    if not full:
        return [Stage("road", None, None, PCU_H, "no data")]
    link, load = max(full, key=lambda item: item[1] / roads.rates.capacity(roads.plan.links[item[0]]))
    return [
        Stage(
            "road",
            roads.rates.capacity(roads.plan.links[link]),
            float(load),
            PCU_H,
            status_of(roads.plan.links[link]),
        )
    ]


def status_of(link: Link) -> Status:
    """Lanes and speed read, or defaults of the class; the capacity of a lane is a parameter in both."""
    return "read" if link.attributes == "read" else "assumed"


def _on_way(
    roads: YearOfRoads, p: Parameters, name: str, way: Way | None, on_links: Array, load: float
) -> Stage:
    """The fullest link on the way by rail or barge; without a way nothing can be carried."""
    if way is None:
        return Stage(name, 0.0, load, MT, "read")
    limits = [(goods_capacity(roads.plan.links[k], p), float(on_links[roads.number[k]])) for k in way.links]
    known = [(capacity, carried) for capacity, carried in limits if capacity]
    if not known:
        return Stage(name, None, load, MT, "no data")
    capacity, carried = max(known, key=lambda item: (item[1] / item[0], -item[0]))
    return Stage(name, capacity, carried, MT, "assumed")


def gate_of_city(roads: YearOfRoads) -> Stage:
    """All road gates of the city together, one way."""
    capacity, load = _ending_at(roads, gates(roads.plan, "road", roads.open_now))
    return (
        Stage("gate", capacity, load, PCU_H, "assumed")
        if capacity
        else Stage("gate", 0.0, None, PCU_H, "read")
    )


def road_access(roads: YearOfRoads, terminal: Terminal) -> tuple[float | None, float | None]:
    """(capacity, load) pcu an hour one way of the roads that end at the terminal's node; None without one."""
    capacity, load = _ending_at(roads, (terminal.road_node or "",))
    return (capacity, load) if capacity else (None, None)


def _ending_at(roads: YearOfRoads, nodes: Iterable[str]) -> tuple[float, float]:
    links = [link for node in nodes for link in roads.ends.get(node, ())]
    capacity = sum(roads.rates.capacity(roads.plan.links[k]) for k in links)
    return capacity, float(sum(max(roads.pcu[roads.number[k]]) for k in links))


def way_capacity(roads: YearOfRoads, p: Parameters, way: Way | None) -> float | None:
    """Million tonnes a year of the narrowest link on a way; 0 without a way, None where no link of it has a figure."""
    if way is None:
        return 0.0
    known = [c for k in way.links if (c := goods_capacity(roads.plan.links[k], p)) is not None]
    return min(known) if known else None
