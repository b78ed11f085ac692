"""Roads, who drives on them, and user equilibrium: no driver gets there sooner by another way (Wardrop 1952).

    network  = RoadNetwork(...)                 links with volume-delay; nodes below `zones` are zones
    cars     = Demand("car", 1.0, trips, ...)   one class of vehicles: what counts as how many cars, what it pays, where it may go
    now      = equilibrium(network, [cars, trucks], gap=1e-4)
    later    = equilibrium(network, [more_cars, trucks], warm=now)
    relative_gap(network, [cars, trucks], now.flow)      the judge, which shares no path with the solver

Every number is per hour; costs are minutes. Nothing is invented: trips that no road serves are told by name.
See docs/theory/assignment.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

MOST_POWER = 40
"""Above it, a flow of twice the capacity takes longer than the age of the Earth."""
MOST_NAMED = 20
"""Faults of one kind that are told one by one; the rest are counted."""


@dataclass(frozen=True)
class RoadNetwork:
    """Directed links between nodes 0 to nodes - 1, of which 0 to zones - 1 are zones. Its arrays are not written to once it is used."""

    zones: int
    nodes: int
    first_through: int
    """Nodes below it are no way through: a path may begin or end there, not pass."""
    tail: Ints
    head: Ints
    free_flow_min: Floats
    capacity_pcu_h: Floats
    alpha: Floats
    power: Floats
    """t = free_flow_min (1 + alpha (flow / capacity)^power) [min], link by link."""
    conical: Bools | None = None
    """Links with Spiess's conical volume-delay instead; their `alpha` is its slope, above 1."""
    link_names: tuple[str, ...] = ()
    """How faults speak of links and zones; their numbers, when empty."""
    zone_names: tuple[str, ...] = ()
    parallel: bool = False
    """Whether links may be alike in all that stands here, because their reader told them apart by something else."""
    rows: tuple[int, ...] = ()
    """The line of the file on which each link stands, when it came from one."""
    file: str = "network"
    """Where the links came from, as faults name it."""

    @property
    def links(self) -> int:
        return len(self.tail)

    @cached_property
    def form(self) -> Any:
        """Volume-delay as the compiled loops read it."""
        from cuabien.model.transport import delay

        conical = np.zeros(self.links, dtype=np.bool_) if self.conical is None else self.conical
        return delay.forms(self.free_flow_min, self.capacity_pcu_h, self.alpha, self.power, conical)

    @cached_property
    def star(self) -> Any:
        from cuabien.model.transport import paths

        return paths.star(self.nodes, self.tail, self.head)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """What keeps any traffic off it."""
        return tuple(_network_faults(self))

    def reached(self, allowed: Bools) -> Bools:
        """[zone, zone] whether any way leads from one to the other over the links `allowed`."""
        from cuabien.model.transport import paths

        key = allowed.tobytes()
        if key not in self._reached:
            found = paths.reachable(self.star, allowed[self.star.link], self.first_through, self.zones)
            np.fill_diagonal(found, True)
            self._reached[key] = found
        return self._reached[key]

    @cached_property
    def arranged(self) -> dict[int, Any]:
        """What the solver makes of it, by number of threads: made once, however often it is solved."""
        return {}

    @cached_property
    def _reached(self) -> dict[bytes, Bools]:
        return {}

    def link_name(self, link: int) -> str:
        return self.link_names[link] if self.link_names else str(link + 1)

    def link_row(self, link: int) -> int | str:
        """Where a person finds the link."""
        return self.rows[link] if self.rows else self.link_name(link)

    def zone_name(self, zone: int) -> str:
        return self.zone_names[zone] if self.zone_names else str(zone + 1)


@dataclass(frozen=True)
class Demand:
    """One class of vehicles."""

    name: str
    pcu: float
    """Passenger-car units of one vehicle."""
    trips: Floats
    """[zone, zone] vehicles per hour; within a zone they use no link."""
    fixed_min: Floats
    """[link] tolls and distance, in minutes, that do not depend on flow."""
    allowed: Bools
    """[link] whether the class may use it."""
    file: str = ""
    """Where the trips came from, as faults name it."""


@dataclass(frozen=True)
class Equilibrium:
    flow: Floats
    """[class, link] vehicles per hour."""
    minutes: Floats
    """[link] travel time at these flows, without tolls."""
    gap: float
    """(TSTT - SPTT) / TSTT, recomputed at the end by `relative_gap`."""
    iterations: int
    objective: float
    """Beckmann's sum: integrals of the delays + fixed minutes x pcu x vehicles."""
    least: Floats
    """[class, zone, zone] least minutes at these flows, tolls included; infinite where no way leads, nan from zones
    that nobody of the class leaves (`least_from` knows those too)."""
    state: Any = field(default=None, repr=False, compare=False)
    """What a warm start begins from."""


def equilibrium(
    network: RoadNetwork,
    demands: Sequence[Demand],
    *,
    gap: float = 1e-4,
    preload: Floats | None = None,
    warm: Equilibrium | None = None,
    max_iterations: int = 1000,
    threads: int | None = None,
) -> Equilibrium:
    """Flows at which no class has a cheaper way, to a relative `gap`.

    `preload` [link] pcu/h that stand on the road whatever the others do (buses). `warm` is an earlier equilibrium of
    other trips, tolls, capacities or links: its proportions are applied again. Stops after `max_iterations` and then says in `gap`
    how far it got.
    """
    from cuabien.model.transport import solver

    check(network, demands, preload)
    return solver.solve(network, demands, gap, preload, warm, max_iterations, thread_count(threads))


def check(network: RoadNetwork, demands: Sequence[Demand], preload: Floats | None = None) -> None:
    """Refuse what no equilibrium can be found for, all at once."""
    found = [*network.faults]
    if not found:
        found += _demand_faults(network, demands, preload)
    if not found:
        found += _unreachable(network, demands)
    if found:
        raise UnusableInput(found)


def warm_up() -> None:
    """Load the compiled loops, or compile them, so that the next equilibrium need not wait for it."""
    from cuabien.model.transport import solver

    ends = np.array([0, 1, 0], dtype=np.int32), np.array([1, 0, 1], dtype=np.int32)
    one = np.ones(3)
    network = RoadNetwork(2, 2, 0, *ends, one, one, one, 4 * one, parallel=True)
    demand = Demand("", 1.0, 1 - np.eye(2), 0 * one, one > 0)
    equilibrium(network, [demand], gap=0.0, max_iterations=3)
    solver.touch(network, [demand])


def link_minutes(
    network: RoadNetwork, demands: Sequence[Demand], flow: Floats, preload: Floats | None = None
) -> Floats:
    """[link] minutes at the flows of all classes [class, link]."""
    from cuabien.model.transport import delay

    return delay.all_minutes(network.form, _pcu(network, demands, flow, preload))


def objective(
    network: RoadNetwork, demands: Sequence[Demand], flow: Floats, preload: Floats | None = None
) -> float:
    """What the equilibrium minimises (Beckmann, McGuire and Winsten 1956), with classes in pcu."""
    from cuabien.model.transport import delay

    integrals = delay.all_integrals(network.form, _pcu(network, demands, flow, preload))
    fixed = sum(d.pcu * float(d.fixed_min @ flow[k]) for k, d in enumerate(demands))
    return float(integrals.sum()) + fixed


def relative_gap(
    network: RoadNetwork,
    demands: Sequence[Demand],
    flow: Floats,
    preload: Floats | None = None,
    threads: int | None = None,
) -> float:
    """(TSTT - SPTT) / TSTT: the share of all vehicle minutes, tolls included, that shortest paths would save.

    Knows only the flows [class, link]: minutes and shortest paths are computed anew.
    """
    return judged(network, demands, flow, preload, threads)[0]


def judged(
    network: RoadNetwork,
    demands: Sequence[Demand],
    flow: Floats,
    preload: Floats | None = None,
    threads: int | None = None,
) -> tuple[float, Floats]:
    """(the relative gap, the least minutes that it was found with: `Equilibrium.least`)."""
    from math import fsum

    from cuabien.model.transport import paths

    now = link_minutes(network, demands, flow, preload)
    least = np.full((len(demands), network.zones, network.zones), np.nan)
    spent: list[float] = []
    needed: list[float] = []
    for number, demand in enumerate(demands):
        spent += (flow[number] * (now + demand.fixed_min)).tolist()
        _fill(least[number], network, now, demand, origins_of(demand), threads)
        needed += paths.least_totals(np.ascontiguousarray(demand.trips), least[number]).tolist()
    total = fsum(spent)
    return (fsum([*spent, *(-t for t in needed)]) / total if total > 0 else 0.0), least


def least_from(network: RoadNetwork, now: Equilibrium, demand: Demand, number: int, origins: Ints) -> Floats:
    """[origin, zone] least minutes of a class, the `number`th of the equilibrium; those that it does not know are found."""
    found = now.least[number]
    unknown = origins[np.isnan(found[origins, 0])]
    if len(unknown):
        found = found.copy()
        _fill(found, network, now.minutes, demand, unknown, None)
    return np.asarray(found[origins])


def shortest_minutes(network: RoadNetwork, minutes: Floats, demand: Demand) -> Floats:
    """[zone, zone] least minutes of a class, tolls included, at the links' `minutes`; infinite where no way leads."""
    found = np.full((network.zones, network.zones), np.inf)
    _fill(found, network, minutes, demand, np.arange(network.zones, dtype=np.int32), None)
    return found


def _fill(
    found: Floats, network: RoadNetwork, minutes: Floats, demand: Demand, origins: Ints, threads: int | None
) -> None:
    """Fill the rows of `origins` in `found` [zone, zone]."""
    from cuabien.model.transport import paths

    star = network.star
    cost = np.where(demand.allowed, minutes + demand.fixed_min, np.inf)[star.link]
    in_threads(
        lambda some: paths.zone_minutes(
            star.first, star.head, cost, network.first_through, network.zones, some, found
        ),
        origins,
        threads,
    )


def origins_of(demand: Demand) -> Ints:
    """Zones from which anybody leaves for another zone."""
    leaving = demand.trips.sum(axis=1) - np.diag(demand.trips)
    return np.flatnonzero(leaving > 0).astype(np.int32)


def imbalance(network: RoadNetwork, demands: Sequence[Demand], flow: Floats) -> float:
    """Vehicles that the class flows [class, link] gain or lose at a node: the largest, as a share of all trips."""
    worst = 0.0
    for number, demand in enumerate(demands):
        trips = demand.trips - np.diag(np.diag(demand.trips))
        kept = np.zeros(network.nodes)
        kept[: network.zones] = trips.sum(axis=1) - trips.sum(axis=0)
        kept += np.bincount(network.head, flow[number], network.nodes)
        kept -= np.bincount(network.tail, flow[number], network.nodes)
        worst = max(worst, float(np.abs(kept).max()) / max(float(trips.sum()), 1e-300))
    return worst


# ---- threads ----------------------------------------------------------------------------------------------------


def thread_count(threads: int | None) -> int:
    """As many as asked for, else as this process may use."""
    mine = getattr(os, "sched_getaffinity", None)  # what this process may use; not every system says
    return max(1, threads or (len(mine(0)) if mine else os.cpu_count() or 1))


def in_threads(work: Callable[[Ints], None], items: Ints, threads: int | None) -> None:
    """`work` on interleaved shares of `items`, one share to a thread; each must write apart from the others."""
    count = min(thread_count(threads), max(1, len(items) // 8))
    if count == 1:
        work(items)
        return
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(work, np.ascontiguousarray(items[part::count])) for part in range(count)]:
            done.result()


# ---- what the numbers must be --------------------------------------------------------------------------------------


def _pcu(network: RoadNetwork, demands: Sequence[Demand], flow: Floats, preload: Floats | None) -> Floats:
    total = np.zeros(network.links) if preload is None else preload.astype(np.float64)
    for number, demand in enumerate(demands):
        total = total + demand.pcu * flow[number]
    return total


def _network_faults(n: RoadNetwork) -> Iterator[Fault]:
    if not 0 < n.zones <= n.nodes or not 0 <= n.first_through <= n.nodes:
        yield Fault(
            "network-size",
            n.file,
            N_("{zones} zones, {nodes} nodes and the first node to pass through {first} do not fit"),
            N_("zones are the first nodes; there is at least one"),
            values={"zones": n.zones, "nodes": n.nodes, "first": n.first_through},
        )
        return
    columns: dict[str, NDArray[Any]] = {
        "head": n.head,
        "free_flow_min": n.free_flow_min,
        "capacity_pcu_h": n.capacity_pcu_h,
        "alpha": n.alpha,
        "power": n.power,
    }
    for name, column in columns.items():
        if column.shape != n.tail.shape:
            yield _shape(n.file, name, column.shape, n.tail.shape)
            return
    cone = np.zeros(n.links, dtype=np.bool_) if n.conical is None else n.conical
    rules: tuple[tuple[str, Bools, Any, str, str], ...] = (
        (
            "link-without-node",
            (n.tail < 0) | (n.tail >= n.nodes) | (n.head < 0) | (n.head >= n.nodes),
            np.stack([n.tail + 1, n.head + 1], axis=1),
            N_("link {link} runs between nodes {value}, and not both exist"),
            N_("a node has a number from 1 to the number of nodes"),
        ),
        (
            "link-to-itself",
            n.tail == n.head,
            n.tail + 1,
            N_("link {link} begins and ends at node {value}"),
            N_("drop it"),
        ),
        (
            "bad-free-flow-time",
            ~(np.isfinite(n.free_flow_min) & (n.free_flow_min >= 0)),
            n.free_flow_min,
            N_("link {link} takes {value} minutes when it is empty"),
            N_("write minutes, 0 or more"),
        ),
        (
            "bad-capacity",
            ~(np.isfinite(n.capacity_pcu_h) & (n.capacity_pcu_h >= 0))
            | ((n.capacity_pcu_h == 0) & (cone | ((n.alpha * n.power != 0) & (n.free_flow_min != 0)))),
            n.capacity_pcu_h,
            N_("link {link} has a capacity of {value} pcu an hour"),
            N_("write a capacity above 0; a link that is closed is left out"),
        ),
        (
            "bad-delay",
            ~(np.isfinite(n.alpha) & (n.alpha >= 0))
            | ~(np.isfinite(n.power) & (n.power >= 0) & (n.power <= MOST_POWER)) & ~cone
            | ((n.alpha <= 1) & cone),
            np.stack([n.alpha, n.power], axis=1),
            N_("link {link} has a volume-delay with alpha and power {value}"),
            N_("alpha is 0 or more and power 0 to 40; a conical link has a slope above 1"),
        ),
    )
    for rule, wrong, values, template, remedy in rules:
        bad = np.flatnonzero(wrong)
        for link in bad[:MOST_NAMED]:
            value: Any = values[link]
            shown = ", ".join(str(v) for v in value) if np.ndim(value) else value.item()
            yield Fault(
                rule,
                n.file,
                template,
                remedy,
                n.link_row(int(link)),
                values={"link": n.link_name(int(link)), "value": shown},
            )
        if len(bad) > MOST_NAMED:
            yield _more(rule, n.file, len(bad) - MOST_NAMED)
    if not n.parallel:
        yield from _twins(n, cone)


def _twins(n: RoadNetwork, cone: Bools) -> Iterator[Fault]:
    """The same link twice. Two roads between the same nodes that differ in anything are two roads."""
    alike = np.stack([n.tail, n.head, n.free_flow_min, n.capacity_pcu_h, n.alpha, n.power, cone], axis=1)
    order = np.lexsort(alike.T[::-1])
    same = np.flatnonzero((alike[order[1:]] == alike[order[:-1]]).all(axis=1))
    for at in same[:MOST_NAMED]:
        first, second = sorted((int(order[at]), int(order[at + 1])))
        yield Fault(
            "duplicate-link",
            n.file,
            N_("link {link} is the same as link {other}: from node {tail} to node {head}"),
            N_(
                "drop one of them; two roads side by side differ in time or capacity, or are one with both capacities"
            ),
            n.link_row(second),
            values={
                "link": n.link_name(second),
                "other": n.link_name(first),
                "tail": int(n.tail[first]) + 1,
                "head": int(n.head[first]) + 1,
            },
        )
    if len(same) > MOST_NAMED:
        yield _more("duplicate-link", n.file, len(same) - MOST_NAMED)


def _demand_faults(n: RoadNetwork, demands: Sequence[Demand], preload: Floats | None) -> Iterator[Fault]:
    if preload is not None and (
        preload.shape != (n.links,) or not (np.isfinite(preload) & (preload >= 0)).all()
    ):
        yield Fault(
            "bad-preload",
            n.file,
            N_("the preload is not one number of 0 or more for each of {links} links"),
            N_("give pcu an hour on each link"),
            values={"links": n.links},
        )
    for d in demands:
        wanted: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
            "trips": (d.trips, (n.zones, n.zones)),
            "fixed_min": (d.fixed_min, (n.links,)),
            "allowed": (d.allowed, (n.links,)),
        }
        wrong = [
            _shape(d.name, name, array.shape, shape)
            for name, (array, shape) in wanted.items()
            if array.shape != shape
        ]
        yield from wrong
        if wrong:
            continue
        if not (np.isfinite(d.pcu) and d.pcu > 0):
            yield Fault(
                "bad-pcu",
                d.name,
                N_("a vehicle of the class {name} counts as {value} passenger cars"),
                N_("write a number above 0"),
                values={"name": d.name, "value": d.pcu},
            )
        for rule, array, template in (
            (
                "bad-trips",
                d.trips,
                N_("trips of the class {name} from zone {first} to zone {second}: {value}"),
            ),
            (
                "bad-fixed-minutes",
                d.fixed_min,
                N_("fixed minutes of the class {name} on link {first}: {value}"),
            ),
        ):
            bad = np.argwhere(~(np.isfinite(array) & (array >= 0)))
            for at in bad[:MOST_NAMED]:
                name = n.zone_name if len(at) == 2 else n.link_name
                yield Fault(
                    rule,
                    d.name,
                    template,
                    N_("write a number of 0 or more"),
                    values={
                        "name": d.name,
                        "first": name(int(at[0])),
                        "second": name(int(at[-1])),
                        "value": float(array[tuple(at)]),
                    },
                )
            if len(bad) > MOST_NAMED:
                yield _more(rule, d.name, len(bad) - MOST_NAMED)


def _unreachable(network: RoadNetwork, demands: Sequence[Demand]) -> Iterator[Fault]:
    """Trips that no open road serves: each pair by name, never an invented link."""
    for demand in demands:
        lost = np.argwhere((demand.trips > 0) & ~network.reached(demand.allowed))
        for origin, destination in lost[:MOST_NAMED]:
            yield Fault(
                "unreachable-trips",
                demand.file or network.file,
                N_(
                    "{trips} trips an hour of the class {name} from zone {origin} to zone {destination} have no way"
                ),
                N_("add the road that is missing, open one to the class, or take these trips out"),
                f"{network.zone_name(int(origin))} -> {network.zone_name(int(destination))}",
                values={
                    "trips": float(demand.trips[origin, destination]),
                    "name": demand.name,
                    "origin": network.zone_name(int(origin)),
                    "destination": network.zone_name(int(destination)),
                },
            )
        if len(lost) > MOST_NAMED:
            yield _more("unreachable-trips", demand.file or network.file, len(lost) - MOST_NAMED)


def _shape(file: str, name: str, found: tuple[int, ...], wanted: tuple[int, ...]) -> Fault:
    return Fault(
        "wrong-shape",
        file,
        N_("{name} has the shape {found}; it must be {wanted}"),
        N_("give one value for each link or each pair of zones"),
        values={"name": name, "found": str(found), "wanted": str(wanted)},
    )


def _more(rule: str, file: str, count: int) -> Fault:
    return Fault(
        rule, file, N_("and {count} more of the same kind"), N_("mend them alike"), values={"count": count}
    )
