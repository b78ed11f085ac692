"""What if: one plan kept warm, tried with change after change, for a process that lives long.

    warm = Warm(plan)                                     models the plan itself once; seconds
    name = warm.name(change)                              of the run that it will be: look in the store first
    found = warm.try_change(change, progress=tell, cancelled=gone)     the changed future; about a second
    first = warm.first_look(found, folder)                at once: a run folder with what a person looks at first
    run = warm.finish(found, home)                        then, in peace: the whole run folder, under home/runs

`progress(year, first, last)` is called after each modelled year, the base year included. `cancelled()` is asked at the same
moments; where it says yes, `try_change` raises `Cancelled`. A change that breaks the plan raises `UnusableInput` with the checker's
findings, before anything is modelled. Several changes at once: `plan.change.stack`.

What is kept warm is only what is the same to the bit, so a future that is tried is the future that
`cuabien run PLAN --change FILE` models, and the folder that `finish` writes is its folder, byte for byte. A `Warm` serves one change at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cuabien.base.faults import Fault, FaultyPlan, stops
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.recall import Recall
from cuabien.plan.change import Change, apply, change_hash, stack
from cuabien.plan.checks import check
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.results import find_run, run_name, write_run
from cuabien.results.code import code_hash
from cuabien.runner import accounts, tables
from cuabien.runner.run import fault_rows, manifest, model_faults, write_future
from cuabien.runner.tables import transport

if TYPE_CHECKING:
    import polars as pl

Progress = Callable[[int, int, int], None]
"""Told the year that was modelled, the first year and the last."""


class Cancelled(Exception):  # noqa: N818
    """Nobody waits for this future any more."""


@dataclass(frozen=True)
class Outcome:
    """A changed plan's future as it is shown first; `future` holds all of it."""

    name: str
    """Of its run folder."""
    plan: Plan
    """As the change makes it."""
    change: Change
    """As one; one that does nothing makes the plan's own future."""
    change_hash: str | None
    """None: the change does nothing."""
    indicators: pl.DataFrame
    """indicator, area, year, value, unit, derivation: of the city, its parts and its communes, every year."""
    links: pl.DataFrame | None
    """Vehicles, minutes and use of every road, year and direction; None in a plan without transport."""
    faults: tuple[Fault, ...]
    """What the checker and the model say of the changed plan: warnings."""
    gaps: Mapping[str, float]
    """How well its books close."""
    seconds: float
    """What it took until here."""
    future: Future
    checked: tuple[Fault, ...]
    """Of `faults`, the checker's."""


class Warm:
    """One plan, with what can be used again from one change to the next."""

    def __init__(self, plan: Plan, *, seed: int = 1) -> None:
        self.plan, self.seed = plan, seed
        self.edition, self.recall = edition_hash(plan), Recall()
        self.try_change(Change())  # loads the compiled loops; a plan that cannot be modelled is told now

    def name(self, change: Change) -> str:
        """The name of the run of the plan with the change."""
        return run_name(self.plan.header.id, self.edition, _hash(change), code_hash(), self.seed)

    def try_change(
        self,
        change: Change,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Outcome:
        """The future of the plan with the change, and what a person looks at first."""
        began = time.perf_counter()
        plan = apply(self.plan, stack(change)) if change.edits else self.plan
        checked = check(plan)
        if stops(checked):
            raise FaultyPlan([fault for fault in checked if stops([fault])])
        world = city.build(plan, self.seed, recall=self.recall)

        def watch(year: int) -> None:
            if cancelled is not None and cancelled():
                raise Cancelled
            if progress is not None:
                progress(year, world.years[0], world.years[-1])

        future = city.run(world, watch=watch)
        return Outcome(
            name=self.name(change),
            plan=plan,
            change=stack(change),
            change_hash=_hash(change),
            indicators=tables.indicators(future),
            links=transport.links(future) if world.models("transport") else None,
            faults=(*checked, *model_faults(future)),
            gaps=accounts.gaps(future),
            seconds=time.perf_counter() - began,
            future=future,
            checked=tuple(checked),
        )

    def first_look(self, outcome: Outcome, folder: str | Path) -> Path:
        """A run folder with indicators, projects, links, reasons and findings: enough for targets, maps and comparison.

        It opens as any run does, and must lie apart from the whole runs: it is not the run of its name.
        """
        made = {"indicators": outcome.indicators, "projects": tables.projects(outcome.future)}
        if outcome.links is not None:
            made["links"] = outcome.links
        return write_run(
            folder,
            manifest(outcome.future, self.edition, outcome.change, outcome.gaps),
            made,
            tables.explain(outcome.future),
            fault_rows(outcome.future, outcome.checked),
        )

    def finish(self, outcome: Outcome, home: str | Path) -> Path:
        """The whole run under `home`/runs, with every table and swing; the one that is there already, if it is."""
        return find_run(home, outcome.name) or write_future(
            Path(home) / "runs" / outcome.name,
            outcome.future,
            self.edition,
            outcome.change,
            outcome.checked,
            outcome.gaps,
            outcome.indicators,
        )


def _hash(change: Change) -> str | None:
    return change_hash(stack(change)) if change.edits else None
