"""What every subject is given: the plan, its communes in one order, its years, its parameters and its luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from cuabien.base.dates import year_of
from cuabien.model.chance import draw
from cuabien.model.engine import State, Step
from cuabien.model.parameters import Parameters
from cuabien.model.recall import Recall
from cuabien.model.variables import Array
from cuabien.plan.objects import Area, Project
from cuabien.plan.package import Plan

T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """The city as a plan describes it, ready to be modelled."""

    plan: Plan
    years: tuple[int, ...]
    """The base year first."""
    parameters: Parameters
    seed: int = 1
    by_commune: bool = True
    """Whether people are followed commune by commune. Rates are the same in all communes, so one place gives the same
    totals, much sooner: enough for the swing of a headline."""
    modelled: frozenset[str] = frozenset()
    """Names of the subjects of this plan."""
    remembered: dict[str, Any] = field(default_factory=dict, compare=False)
    """What follows from the plan and its years alone, computed once and shared by the worlds of a study."""
    recall: Recall | None = field(default=None, compare=False, repr=False)
    """What is remembered of earlier futures, in a process that models many."""

    @cached_property
    def communes(self) -> tuple[Area, ...]:
        """In order of id: the order of every commune axis."""
        return tuple(sorted(self.plan.communes, key=lambda area: area.id))

    @property
    def places(self) -> int:
        """The length of a commune axis."""
        return len(self.communes) if self.by_commune else 1

    @property
    def axes(self) -> dict[str, int]:
        """The lengths of the axes that the plan gives; `lexicon/variables.csv` names them."""
        return {
            "commune": self.places,
            "node": len(self.plan.nodes),
            "link": len(self.plan.links),
            "terminal": len(self.plan.terminals),
            "line_stop": len(self.plan.line_stops),
        }

    def models(self, subject: str) -> bool:
        """Whether a spatial subject is part of this future: it is left out where people are not followed by commune."""
        return self.by_commune and subject in self.modelled

    @property
    def base_year(self) -> int:
        return self.years[0]

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What follows from the plan alone, made when it is first asked for."""
        if name not in self.remembered:
            self.remembered[name] = make()
        found: T = self.remembered[name]
        return found

    def luck(self, stream: str, year: int, identity: str, count: int = 1) -> Array:
        """Standard normal draws keyed by the run's seed."""
        return draw(self.seed, stream, year, identity, count)


@dataclass(frozen=True)
class Subject:
    """One subject of the model, wired for one world: where it starts, its steps, and how far its solvers were off."""

    start: State
    steps: tuple[Step, ...]
    gaps: Mapping[str, float]


def opening_year(project: Project) -> int | None:
    """The year in which a project is in use, as far as the plan says: as predicted, else as planned."""
    dates = [d for d in (project.predicted_opens or project.opens,) if d]
    years = [year_of(d) for d in dates] + ([project.not_before] if project.not_before else [])
    return max(years) if years else None


def delay(project: Project, dated: Sequence[int]) -> int:
    """Years by which a project opens later than what hangs on it was dated: by its own phases, else by `dated`."""
    opens = opening_year(project)
    planned = [phase.year for phase in project.phases if phase.year] or dated
    return max(0, opens - max(planned)) if opens and planned else 0


def is_alive(plan: Plan, project_id: str | None) -> bool:
    """Whether what hangs on a project comes at all: the project stands in the plan and is not stopped."""
    if project_id is None:
        return True
    project = plan.projects.get(project_id)
    return project is not None and project.status != "stopped"
