"""The transport subject, wired: what is open, whose goods and trips go where, and what it takes them.

It reads people, jobs, cargo and value added of the year, and the minutes of last year's peak as a place to begin from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from cuabien.model import landside
from cuabien.model.berths import BerthRules, by_terminal
from cuabien.model.engine import Situation, State, Step
from cuabien.model.opening import open_lines, open_links
from cuabien.model.transport import choice, goods, inputs, outcome, people, seen, service, setting
from cuabien.model.transport.inputs import faults, needs
from cuabien.model.transport.network import Equilibrium
from cuabien.model.transport.setting import Setting
from cuabien.model.transport.traffic import Traffic, settle
from cuabien.model.variables import SECTORS, Array
from cuabien.model.world import Subject, World

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "transport"
SPATIAL = True

PAGE = "theory/transport"

T = TypeVar("T")

INDUSTRY = SECTORS.index("industry")
WRITES = (*outcome.PEOPLE, *outcome.LINES, *outcome.ROADS, *outcome.GOODS, *outcome.LOSSES)
BEGIN = ("transport.motorbike_minutes", "transport.car_minutes")
"""Last year's minutes, from which a year begins to settle."""


def build(world: World, start: State) -> Subject:
    """The subject for one world: the base year's traffic, and its step."""
    memory = Memory(world)
    found = _year(memory, world.base_year, {name: start[name] for name in _reads(world)}, None)
    return Subject(start=found, steps=(_step(memory),), gaps={})


@dataclass(frozen=True)
class Settled:
    """One year's traffic: its variables, and the routes from which the next year may begin."""

    found: dict[str, Array]
    open_now: tuple[str, ...]
    routes: Equilibrium


Opened = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, float], ...]]
"""Open links; lines and stops that run; headways that are assumed."""


Witness = Callable[[int, Setting, Traffic], None]


@dataclass
class Memory:
    """What is made once and used again: settings by their open links, and the routes of the year before to begin from."""

    world: World
    settings: dict[object, Setting] = field(default_factory=dict)
    services: dict[object, service.Services] = field(default_factory=dict)
    before: tuple[int, str, Settled] | None = None
    """The year that was settled last, the key of what it followed from, and what was found."""
    witness: Witness | None = None
    """Who is shown the traffic of each year that is settled; nobody sees what is recalled."""

    @cached_property
    def seen(self) -> World:
        """The world as the traffic of one year sees it."""
        return seen.of_traffic(self.world)

    @cached_property
    def fingerprint(self) -> str:
        return seen.fingerprint(self.seen)

    def setting(self, opened: Opened) -> Setting:
        if opened not in self.settings:
            links, running, headways = opened
            self.settings[opened] = self.recalled(
                self.key(0, opened), lambda: setting.build(self.seen, links, self.offered(running, headways))
            )
        return self.settings[opened]

    def offered(self, running: tuple[str, ...], headways: tuple[tuple[str, float], ...]) -> service.Services:
        """Lines change in other years than roads, and take longer to make."""
        if (running, headways) not in self.services:
            self.services[running, headways] = service.build(self.seen, running, dict(headways))
        return self.services[running, headways]

    def opened(self, year: int) -> Opened:
        """What is open in a year, and how often runs what nobody said it of."""
        plan = self.world.plan
        running = open_lines(plan, year)
        often = service.assumed_headways(plan, self.world.parameters, running, year)
        return open_links(plan, year), running, tuple(sorted(often.items()))

    def warm(self, year: int, open_now: tuple[str, ...]) -> tuple[str, Equilibrium | None]:
        """The routes of the year before and their key, if they ran on the same links."""
        if self.before is None:
            return "", None
        of, key, settled = self.before
        return (key, settled.routes) if of == year - 1 and settled.open_now == open_now else ("", None)

    def key(self, year: int, told: object, *states: State) -> str:
        """The key of what follows from these alone; nobody needs it in a process that remembers nothing."""
        return seen.key(self.fingerprint, year, told, states) if self.world.recall is not None else ""

    def recalled(self, key: str, make: Callable[[], T]) -> T:
        return make() if self.world.recall is None else self.world.recall.once(key, make)


def _step(memory: Memory) -> Step:
    world = memory.world

    def compute(s: Situation) -> Mapping[str, Array]:
        return _year(memory, s.year, s.now, s.last)

    return Step(
        "transport.traffic",
        compute,
        writes=WRITES,
        reads=_reads(world),
        reads_last=BEGIN,
        parameters=tuple(
            n.id for n in (*inputs.ROADS, *inputs.TRIPS, *inputs.PEAK, *inputs.MODES, *inputs.FREIGHT)
        ),
        equation=(
            "T[p,i,j] = A[i] O[i] B[j] D[j] exp(-d[p] L[i,j]); P[m] = exp V[m] / sum exp V; L = -(1/s) ln sum exp V; "
            "Wardrop's user equilibrium of motorbikes, cars and trucks"
        ),
        page=f"{PAGE}#one-year",
    )


def _reads(world: World) -> tuple[str, ...]:
    """What a year's traffic reads of its year."""
    by_land = ("land.jobs", "land.industrial_ha") if world.models("land") else ()
    return (
        "population.persons",
        "population.labour_force",
        "economy.employment",
        "economy.value_added",
        "economy.port_cargo",
        *by_land,
    )


def _year(memory: Memory, year: int, now: State, last: State | None) -> dict[str, Array]:
    """Everything that the subject says of one year; recalled, where it was said of just this year before."""
    world = memory.world
    opened = memory.opened(year)
    open_now = opened[0]
    berths, most, *by_mode = (kept[:, year - world.base_year] for kept in _port(world))
    cargo = landside.over_terminals(float(now["economy.port_cargo"]), berths, most)
    before, routes = memory.warm(year, open_now)
    key = memory.key(
        year,
        (opened, before),
        now,
        last or {},
        {"berths": berths, "cargo": cargo, "by_road": by_mode[0], "by_barge": by_mode[1]},
    )
    settled = memory.recalled(
        key,
        lambda: _settled(
            memory.seen,
            memory.setting(opened),
            year,
            now,
            last,
            cargo,
            by_mode,
            berths,
            routes,
            memory.witness,
        ),
    )
    memory.before = (year, key, settled)
    return dict(settled.found)


def _settled(
    world: World,
    here: Setting,
    year: int,
    now: State,
    last: State | None,
    cargo: Array,
    by_mode: Sequence[Array],
    berths: Array,
    routes: Equilibrium | None,
    witness: Witness | None,
) -> Settled:
    """One year's traffic. All that it follows from is given here: `world` is what traffic sees of it."""
    p = world.parameters
    jobs, industry = workplaces(world, now)
    made = float(now["economy.value_added"][INDUSTRY]) * p("transport.industry_mt_per_trillion")
    moved = goods.of_year(world.plan, here, p, cargo, by_mode[0], by_mode[1], made * industry)
    persons = now["population.persons"].sum(axis=1)
    everywhere = people.ends(persons, now["population.labour_force"], jobs, p)
    of, without_work = people.within_parts(everywhere, here.part)
    traffic = settle(here, p, year, world.base_year, of, moved.trucks, *_begin(here, last), routes)
    if witness is not None:
        witness(year, here, traffic)
    found = {
        **outcome.of_people(here, p, traffic, persons, jobs, without_work),
        **outcome.of_lines(world.plan, here, p, traffic),
        **outcome.of_roads(world.plan, here, p, traffic),
        **outcome.of_goods(world.plan, here, p, traffic, moved, berths),
        **outcome.of_losses(world.plan, here, traffic, year in world.plan.header.milestones),
    }
    return Settled({name: found[name] for name in WRITES}, here.open_now, traffic.equilibrium)


def traffic_again(world: World, states: Sequence[State], year: int) -> tuple[Setting, Traffic]:
    """The traffic of a year of a future that is there already, made again to the bit: what is between places is no variable.

    `states` from the base year on. Routes are handed on from year to year while no link opens or closes, so it begins
    where they began.
    """
    seen_of: dict[int, tuple[Setting, Traffic]] = {}

    def witness(year: int, here: Setting, traffic: Traffic) -> None:
        seen_of[year] = here, traffic

    memory = Memory(replace(world, recall=None), witness=witness)
    first = year
    while first > world.base_year and open_links(world.plan, first - 1) == open_links(world.plan, year):
        first -= 1
    for of in range(first, year + 1):
        at = of - world.base_year
        _year(memory, of, states[at], states[at - 1] if at else None)
    return seen_of[year]


def _port(world: World) -> tuple[Array, ...]:
    """[terminal, year] berths that are open, the most that can be handled there, by road, by barge: as the economy's port has it."""
    if landside.is_known(world.plan):
        known = landside.of_world(world)
        return known.berths, known.most, known.by_road, known.by_barge
    rules = BerthRules.of(world.parameters)
    berths = world.once(f"berths{rules}", lambda: by_terminal(world.plan, world.years, rules))
    return berths, *(np.full_like(berths, np.inf),) * 3


def workplaces(world: World, now: State) -> tuple[Array, Array]:
    """([commune, sector] jobs, [commune] share of industry's goods): by land where the plan models it, else as people live.

    Goods come from where industrial land is open; from where industry works when no land is known.
    """
    if world.models("land"):
        jobs, ha = now["land.jobs"], now["land.industrial_ha"]
        return jobs, _shares(ha if ha.sum() > 0 else jobs[:, INDUSTRY])
    people_share = _shares(now["population.labour_force"])
    return people_share[:, None] * now["economy.employment"][None, :], people_share


def _shares(weights: Array) -> Array:
    total = float(weights.sum())
    return weights / total if total > 0 else np.full(len(weights), 1 / len(weights))


def _begin(here: Setting, last: State | None) -> tuple[Array, Array]:
    """Minutes of motorbike and car to begin from: last year's peak, or empty roads in the base year."""
    if last is None:
        return here.motorbike, here.car
    motorbike, car = (np.where(last[name] < choice.NO_WAY_MIN, last[name], np.inf) for name in BEGIN)
    return motorbike, car


# ---- what must add up ---------------------------------------------------------------------------------------


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """Shares of what they are part of, but for the gap of the roads.

    trips: set out from a place - by its modes - unserved, over all trips. arrivals: the largest miss of a sum of the balance.
    goods: cargo that goes inland - by modes - in the city - stranded, over cargo. The gaps of the two fixed points
    are stated in `lexicon/variables.csv` as variables and told in the tables; they are no identities.
    """
    by_modes = float(now["transport.trips"].sum() + now["transport.unserved_trips"].sum())
    set_out = float(now["transport.trips_out"].sum())
    cargo = float(now["transport.terminal_cargo"].sum())
    inland = cargo * world.parameters("transport.port_land_share")
    gone = sum(float(now[f"transport.terminal_{part}"].sum()) for part in ("tonnes", "local", "stranded"))
    return {
        "trips": abs(by_modes - set_out) / max(set_out, 1e-300),
        "arrivals": float(now["transport.balance_gap"]),
        "goods": abs(inland - gone) / max(inland, 1e-300) if inland > 0 else gone,
        "transport.road_gap": float(now["transport.gap"]),
        "transport.demand_gap": float(now["transport.demand_gap"]),
    }
