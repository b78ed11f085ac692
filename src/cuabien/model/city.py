"""The whole city: the subjects put together, checked, and run year by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Protocol

from cuabien.base.faults import Fault, FaultyPlan, UnusableInput, stops
from cuabien.base.words import N_
from cuabien.model.economy import step as economy
from cuabien.model.engine import Known, State, Step, Watch, run_years, unwatched
from cuabien.model.environment import step as environment
from cuabien.model.land import step as land
from cuabien.model.parameters import Need, Parameters, parameter_faults
from cuabien.model.population import step as population
from cuabien.model.recall import Recall
from cuabien.model.services import step as services
from cuabien.model.transport import step as transport
from cuabien.model.underground import step as underground
from cuabien.model.variables import Array
from cuabien.model.world import Subject, World
from cuabien.plan.package import Plan


class SubjectModule(Protocol):
    """What the `step` module of a subject offers; subjects know each other only by the names of variables."""

    NAME: str
    """The first word of its parameters and variables."""
    SPATIAL: bool
    """Whether it says where things are. The totals of the city never rest on a spatial subject."""

    def needs(self, plan: Plan, /) -> tuple[Need, ...]:
        """Every parameter that it reads for a plan."""

    def faults(self, plan: Plan, /) -> list[Fault]:
        """What keeps a plan from being modelled, apart from its parameters."""

    def build(self, world: World, start: State, /) -> Subject:
        """The subject wired for one world; `start` is the base year of the subjects before it."""

    def books(self, world: World, year: int, now: State, last: State | None, /) -> Mapping[str, float]:
        """What must add up in a year and by how much it does not; `last` is None in the base year."""


SUBJECTS: tuple[SubjectModule, ...] = (
    population,
    economy,
    land,
    transport,
    services,
    environment,
    underground,
)
"""In the order in which their base years are made."""
REQUIRED = ("population", "economy")
"""A plan without any parameter of another subject is modelled without that subject."""


@dataclass(frozen=True)
class Future:
    """One future: the state of each year, the steps that made it, and how far each solver was off."""

    world: World
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    gaps: Mapping[str, float]


def subjects(plan: Plan, *, spatial: bool = True) -> tuple[SubjectModule, ...]:
    """The subjects that a plan is modelled with."""
    named = {name.partition(".")[0] for name in plan.parameters} | set(REQUIRED)
    return tuple(s for s in SUBJECTS if s.NAME in named and (spatial or not s.SPATIAL))


def faults(plan: Plan) -> list[Fault]:
    """Everything that keeps the plan from being modelled, collected before a run."""
    found = parameter_faults(plan.parameters, [n for subject in subjects(plan) for n in subject.needs(plan)])
    if not stops(found):
        found += [fault for subject in subjects(plan) for fault in subject.faults(plan)]
    return found


def unread(plan: Plan) -> list[Fault]:
    """Parameters that nothing reads: a slip in an id leaves its number without effect, one in the name of a subject leaves
    the whole subject out. Warnings, with the nearest known name."""
    names = [subject.NAME for subject in SUBJECTS]
    any_row = next(iter(plan.parameters.values()), None)
    if any_row is None:
        return []
    # What a subject needs may hang on whether another is modelled: ask as if all were, or one slip would be told ten times.
    whole = replace(plan, parameters={**plan.parameters, **{f"{name}.": any_row for name in names}})
    known = {need.id for subject in SUBJECTS for need in subject.needs(whole)}
    held = Counter(id_.partition(".")[0] for id_ in plan.parameters)
    return [
        *(_unknown_subject(name, names, count) for name, count in held.items() if name not in names),
        *(
            _unread(id_, sorted(known))
            for id_ in plan.parameters
            if id_ not in known and id_.partition(".")[0] in names
        ),
    ]


def _unknown_subject(name: str, names: Sequence[str], count: int) -> Fault:
    near = get_close_matches(name, names, 1, 0.5)
    return Fault(
        "subject-unknown",
        "parameters.toml",
        N_("no subject of the model is called {name}: its {count} parameters are not read"),
        N_("perhaps {near} is meant; the subjects: {names}") if near else N_("the subjects: {names}"),
        name,
        severity="warning",
        values={"name": name, "count": count, "near": near[0] if near else "", "names": ", ".join(names)},
    )


def _unread(name: str, known: Sequence[str]) -> Fault:
    near = get_close_matches(name, known, 1, 0.75)
    return Fault(
        "parameter-unread",
        "parameters.toml",
        N_("nothing reads {name}"),
        N_("perhaps {near} is meant; else take it out") if near else N_("correct its id, or take it out"),
        name,
        severity="warning",
        values={"name": name, "near": near[0] if near else ""},
    )


def parameter_ids(plan: Plan, *, spatial: bool = True) -> tuple[str, ...]:
    """Every parameter that the model reads for this plan."""
    return tuple(
        sorted({need.id for subject in subjects(plan, spatial=spatial) for need in subject.needs(plan)})
    )


def build(plan: Plan, seed: int = 1, to_year: int | None = None, recall: Recall | None = None) -> World:
    """The world of a plan, once nothing stands against modelling it; `recall`: what is remembered of earlier ones."""
    found = faults(plan)
    if stops(found):
        raise FaultyPlan([f for f in found if f.severity == "fault"])
    first, last = plan.header.base_year, to_year or plan.header.horizon
    if not first < last <= plan.header.horizon:
        raise UnusableInput([_bad_years(first, last, plan.header.horizon)])
    modelled = frozenset(subject.NAME for subject in subjects(plan))
    years, p = tuple(range(first, last + 1)), Parameters(plan.parameters)
    return World(plan, years, p, seed, modelled=modelled, recall=recall)


def run(
    world: World, lean_on: Future | None = None, differs_in: str = "", watch: Watch = unwatched
) -> Future:
    """One future of a world. The same world gives the same numbers; `watch` is told each year when it is done.

    A future of the same plan and years that differs in one parameter may be leant on: that is sooner, and the same.
    """
    start: dict[str, Array] = {}
    steps: list[Step] = []
    gaps: dict[str, float] = {}
    for module in subjects(world.plan, spatial=world.by_commune):
        built = module.build(world, start)
        start |= built.start
        steps += built.steps
        gaps |= built.gaps
    known = None
    if lean_on:
        differing = frozenset(step.name for step in steps if differs_in in step.parameters)
        known = Known(lean_on.states, differing)
    states = run_years(steps, start, world.years, world.axes, known, watch)
    return Future(world, tuple(states), tuple(steps), gaps)


def _bad_years(first: int, last: int, horizon: int) -> Fault:
    return Fault(
        "bad-years",
        "plan.toml",
        N_("cannot run from {first} to {last}"),
        N_("choose a last year after the base year and not after the horizon {horizon}"),
        values={"first": first, "last": last, "horizon": horizon},
    )
