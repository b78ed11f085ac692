"""What the lines of the plan offer between its communes: minutes by the best strategies, and who rides where.

A journey belongs to the highest mode that it uses: by rail if it rides a train, tram or metro, by boat if it rides a ferry, else by bus; buses
bring people to trains and ferries. Where the plan does not know the lines of a mode, what is assumed of it stays (`setting._ride`, the bus of
`people.mode_minutes`), and people take what is nearer. See docs/theory/transit.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from cuabien.model.parameters import Parameters
from cuabien.model.transport import strategies
from cuabien.model.transport.graph import KM_A_DEGREE, km_between
from cuabien.model.transport.strategies import RIDE, Line, TransitNetwork, Weights, network_of
from cuabien.model.variables import Array
from cuabien.model.world import World
from cuabien.plan.objects import LineStop, TransitLine
from cuabien.plan.package import Plan

KINDS = {"bus": ("bus",), "rail": ("train", "tram", "metro"), "boat": ("ferry",)}
"""Mode of travel -> the kinds of line that make a journey one of it."""
FEEDER, MAIN = 0, 1
CHANGE_KM = 0.5
"""Straight kilometres between two stops at which people change on foot."""

Headways = Mapping[str, float]
"""Mode of travel -> minutes between vehicles of its lines of which nobody said how often they run."""


@dataclass(frozen=True)
class Service:
    """One mode of travel by the lines that run, in one period; all [i, j], infinite where none leads."""

    felt: Array
    moving: Array
    """Minutes door to door without the wait."""
    wait: Array
    transfers: Array
    network: TransitNetwork
    weights: Weights
    stop_of: tuple[tuple[str, int], ...]
    """[line of the network] the plan's line and its direction."""
    stops: tuple[tuple[str, ...], ...]
    """[line of the network] ids of its stops, in the order in which it passes them."""


@dataclass(frozen=True)
class Services:
    """Mode of travel -> its service, in the peak and outside of it; a mode without lines is left out."""

    peak: Mapping[str, Service]
    off_peak: Mapping[str, Service]


NONE = Services({}, {})


class Run(NamedTuple):
    """A line in a year: the stops at which it stops, in order, and the minutes from each to the next."""

    line: TransitLine
    stops: list[LineStop]
    minutes: list[float]


def known(plan: Plan) -> frozenset[str]:
    """Kinds of line of which the plan knows what runs today, or, of urban railways, what is planned: nothing is assumed beside them."""
    found = {line.mode for line in plan.lines.values() if line.opens is None}
    urban = {line.mode for line in plan.lines.values() if line.mode in ("metro", "tram")}
    return frozenset(found | ({"metro", "tram"} if urban else set()))


def assumed_headways(plan: Plan, p: Parameters, running: Iterable[str], year: int) -> dict[str, float]:
    """Of the modes that have a running line of which nobody said how often it runs."""
    blank = {plan.lines[i].mode for i in running if i in plan.lines and plan.lines[i].headway_min is None}
    return {
        mode: p(f"transport.{mode}_headway_min", year)
        for mode, kinds in KINDS.items()
        if not blank.isdisjoint(kinds)
    }


def build(world: World, running: Sequence[str], assumed: Headways) -> Services:
    """The services of the lines and stops that run (`opening.open_lines`)."""
    if not running:
        return NONE
    lines = _runs(world, running)
    return Services(_period(world, lines, assumed, peak=True), _period(world, lines, assumed, peak=False))


def every_line(
    world: World, running: Sequence[str], assumed: Headways
) -> tuple[TransitNetwork, tuple[str, ...]]:
    """(all lines that run, in the peak, as one network; nodes of the plan at which they stop).

    Communes come first; whoever comes to stop k stands at `places + k`, and leaves it from `places + stops + k`.
    """
    made = _joined(world, _runs(world, running), set(), assumed, peak=True)
    return made.network, tuple(made.nodes)


def _runs(world: World, running: Sequence[str]) -> dict[str, Run]:
    plan = world.plan
    stops: dict[str, list[LineStop]] = {}
    for stop in sorted(plan.line_stops.values(), key=lambda s: (s.place, s.id)):
        stops.setdefault(stop.line, []).append(stop)
    now = set(running)
    lines = {}
    for i, whole in stops.items():
        row = [s for s in whole if s.id in now]
        if i in now and len(row) > 1:
            lines[i] = Run(plan.lines[i], row, _minutes(plan, plan.lines[i], whole, row, world.parameters))
    return lines


def _period(world: World, lines: Mapping[str, Run], assumed: Headways, *, peak: bool) -> dict[str, Service]:
    found = {}
    for mode, kinds in KINDS.items():
        main = {i: run for i, run in lines.items() if run.line.mode in kinds}
        if main:
            feeders = {i: run for i, run in lines.items() if run.line.mode == "bus" and mode != "bus"}
            found[mode] = _service(world, {**feeders, **main}, set(main), assumed, peak=peak)
    return found


class Joined(NamedTuple):
    """Lines and ways on foot as one network."""

    network: TransitNetwork
    ids: list[tuple[str, int]]
    """[line of the network] the plan's line and its direction."""
    passed: list[tuple[str, ...]]
    """[line of the network] ids of its stops."""
    nodes: list[str]
    """Nodes of the plan at which a line stops."""


def _joined(
    world: World, lines: Mapping[str, Run], main: set[str], assumed: Headways, *, peak: bool
) -> Joined:
    nodes = sorted({s.node for run in lines.values() for s in run.stops})
    places, many = world.places, len(nodes)
    number = {node: places + k for k, node in enumerate(nodes)}
    made: list[Line] = []
    ids: list[tuple[str, int]] = []
    passed: list[tuple[str, ...]] = []
    for i, (line, row, minutes) in lines.items():
        mode, often = MAIN if i in main else FEEDER, _headway(line, assumed, peak=peak)
        for direction in (0,) if line.one_way else (0, 1):
            step = -1 if direction else 1
            at = tuple(number[s.node] for s in row)[::step]
            made.append(Line(i, at, tuple(minutes[::step]), often, mode))
            ids.append((i, direction))
            passed.append(tuple(s.id for s in row)[::step])
    walks = _on_foot(world, lines, nodes, places)
    return Joined(network_of(places, places + 2 * many, made, walks, exits=many), ids, passed, nodes)


def _service(
    world: World, lines: Mapping[str, Run], main: set[str], assumed: Headways, *, peak: bool
) -> Service:
    p, places = world.parameters, world.places
    network, ids, passed, _ = _joined(world, lines, main, assumed, peak=peak)
    weights = Weights(wait=p("transport.wait_weight"))
    found = strategies.skim(network, weights)
    served = found.ridden[-1] > 0 if network.modes > MAIN else np.zeros((places, places), dtype=np.bool_)

    def shown(minutes: Array) -> Array:
        return np.asarray(np.where(served & np.isfinite(found.felt), minutes, np.inf))

    return Service(
        shown(found.felt),
        shown(found.walk + found.ridden.sum(axis=0)),
        shown(found.wait),
        shown(found.transfers),
        network,
        weights,
        tuple(ids),
        tuple(passed),
    )


def _headway(line: TransitLine, assumed: Headways, *, peak: bool) -> float:
    usual = next(mode for mode, kinds in KINDS.items() if line.mode in kinds)
    often = line.headway_min if peak or line.off_peak_headway_min is None else line.off_peak_headway_min
    return assumed[usual] if often is None else often


def _minutes(
    plan: Plan, line: TransitLine, whole: Sequence[LineStop], row: Sequence[LineStop], p: Parameters
) -> list[float]:
    """Minutes between the stops `row` at which a line stops, of the `whole` of them: those of stops that it passes by are part of them."""
    kmh = _speed(line, p)
    since: list[float] = [0.0]
    for a, b in pairwise(whole):
        here, there = plan.nodes[a.node], plan.nodes[b.node]
        km = float(
            km_between(
                np.array([here.lon]), np.array([here.lat]), np.array([there.lon]), np.array([there.lat])
            )[0, 0]
        )
        said = b.minutes
        since.append(since[-1] + (60 * km * p("transport.detour") / kmh if said is None else said))
    at = {s.id: minutes for s, minutes in zip(whole, since, strict=True)}
    return [at[b.id] - at[a.id] for a, b in pairwise(row)]


def _speed(line: TransitLine, p: Parameters) -> float:
    """km/h of a line of which nobody said how long it takes."""
    if line.mode == "ferry":
        return p("transport.boat_speed_kmh")
    if line.mode == "bus":
        return p("transport.local_speed_kmh") / p("transport.bus_slower")
    return p("transport.rail_speed_when_blank_kmh") * p("transport.rail_speed_share")


def _on_foot(
    world: World, lines: Mapping[str, Run], nodes: Sequence[str], places: int
) -> list[tuple[int, int, float]]:
    """Ways to the nearest stop of each line within reach, from it, and between stops where people change."""
    plan, p, many = world.plan, world.parameters, len(nodes)
    lon, lat = (np.array([getattr(plan.nodes[n], c) for n in nodes], dtype=float) for c in ("lon", "lat"))
    straight = km_between(
        np.array([c.lon for c in world.communes], dtype=float),
        np.array([c.lat for c in world.communes], dtype=float),
        lon,
        lat,
    )
    change = p("transport.transfer_min")
    minutes = change + 60 * straight * p("transport.detour") / p("transport.stop_access_speed_kmh")
    at = {node: k for k, node in enumerate(nodes)}
    used = set()
    for run in lines.values():
        of_line = sorted({at[s.node] for s in run.stops})
        used |= {(zone, of_line[k]) for zone, k in enumerate(np.argmin(straight[:, of_line], axis=1))}
    near = sorted((z, k) for z, k in used if straight[z, k] <= p("transport.stop_reach_km"))
    walks = [(z, places + k, float(minutes[z, k])) for z, k in near]
    walks += [(places + many + k, z, float(minutes[z, k])) for z, k in near]
    walks += [(places + many + k, places + k, change) for k in range(many)]
    # Whoever would get off where they got on, or do as well without riding, goes straight through: no journey by this mode.
    walks += [(places + k, places + many + k, 0.0) for k in range(many)]
    xy = np.column_stack([lon * np.cos(np.radians(lat.mean())), lat]) * KM_A_DEGREE
    slow = 60 * p("transport.detour") / p("transport.walk_speed_kmh")
    for a, b in sorted(cKDTree(xy).query_pairs(CHANGE_KM)):
        time = change + slow * float(np.hypot(*(xy[a] - xy[b])))
        walks += [(places + many + a, places + b, time), (places + many + b, places + a, time)]
    return walks


def load(plan: Plan, riders: Mapping[str, Array], services: Mapping[str, Service]) -> Array:
    """[stop of a line, direction] persons on board when a vehicle leaves the stop, an hour. `riders` mode -> [i, j] who go by its lines."""
    order = {stop: k for k, stop in enumerate(plan.line_stops)}
    found = np.zeros((len(order), 2))
    for mode, service in services.items():
        _, loaded = strategies.assign(service.network, riders[mode], service.weights)
        for a in np.flatnonzero(service.network.kind == RIDE):
            line, place = int(service.network.line[a]), int(service.network.at[a])
            found[order[service.stops[line][place]], service.stop_of[line][1]] += loaded.volume[a]
    return found
