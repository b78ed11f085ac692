"""The whole city: the subjects put together, checked, and run year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.base.words import N_
from cuabien.model.economy import step as economy
from cuabien.model.engine import State, Step, run_years
from cuabien.model.parameters import Parameters, parameter_faults
from cuabien.model.population import step as population
from cuabien.model.world import World
from cuabien.plan.package import Plan

SUBJECTS: tuple[ModuleType, ...] = (population, economy)
"""Each has `needs(plan)`, `faults(plan)` and `build(world)`; they know each other only by the names of variables."""


@dataclass(frozen=True)
class Future:
    """One future: the state of each year, the steps that made it, and how far each solver was off."""

    world: World
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    gaps: Mapping[str, float]


def faults(plan: Plan) -> list[Fault]:
    """Everything that keeps the plan from being modelled, collected before a run."""
    found = parameter_faults(plan.parameters, [n for subject in SUBJECTS for n in subject.needs(plan)])
    if not stops(found):
        found += [fault for subject in SUBJECTS for fault in subject.faults(plan)]
    return found


def parameter_ids(plan: Plan) -> tuple[str, ...]:
    """Every parameter that the model reads for this plan."""
    return tuple(sorted({need.id for subject in SUBJECTS for need in subject.needs(plan)}))


def build(plan: Plan, seed: int = 1, to_year: int | None = None) -> World:
    """The world of a plan, once nothing stands against modelling it."""
    found = faults(plan)
    if stops(found):
        raise UnusableInput([f for f in found if f.severity == "fault"])
    first, last = plan.header.base_year, to_year or plan.header.horizon
    if not first < last <= plan.header.horizon:
        raise UnusableInput([_bad_years(first, last, plan.header.horizon)])
    return World(plan, tuple(range(first, last + 1)), Parameters(plan.parameters), seed)


def run(world: World) -> Future:
    """One future of a world. The same world gives the same numbers."""
    built = [subject.build(world) for subject in SUBJECTS]
    start = {name: array for subject in built for name, array in subject.start.items()}
    steps = tuple(step for subject in built for step in subject.steps)
    states = run_years(steps, start, world.years, world.places)
    gaps = {name: gap for subject in built for name, gap in subject.gaps.items()}
    return Future(world, tuple(states), steps, gaps)


def _bad_years(first: int, last: int, horizon: int) -> Fault:
    return Fault(
        "bad-years",
        "plan.toml",
        N_("cannot run from {first} to {last}"),
        N_("choose a last year after the base year and not after the horizon {horizon}"),
        values={"first": first, "last": last, "horizon": horizon},
    )
