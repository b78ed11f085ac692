"""From a plan to a run folder: apply the changes, check, model, swing, write; or find the run that is already there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuabien.base.faults import Fault, stops
from cuabien.base.words import DEFAULT_LANGUAGE, LANGUAGES
from cuabien.plan.change import Change, apply, change_hash, render_change, stack
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.results import find_run, open_run, run_name, write_run
from cuabien.results.code import code_hash, libraries, lock_hash

if TYPE_CHECKING:
    import polars as pl

    from cuabien.model.city import Future


@dataclass(frozen=True)
class RunOutcome:
    """Where a run is, how long it took to get it and how well its books close."""

    run: Path
    seconds: float
    gaps: Mapping[str, float]
    found: bool
    """Whether the run was already there and nothing was computed."""


def run_plan(
    plan: Plan,
    *,
    changes: Sequence[Change] = (),
    seed: int = 1,
    to_year: int | None = None,
    out: str | Path | None = None,
    home: str | Path = "var",
    faults: Sequence[Fault] = (),
) -> RunOutcome:
    """Run a plan with its changes and write the run to `out`, else under `home`/runs.

    `faults` are the checker's findings, kept in the run; the caller decides whether they stop it. Raises
    `UnusableInput` when the plan cannot be modelled, before anything is written.
    """
    began = time.perf_counter()
    plan_hash, change = edition_hash(plan), stack(*changes)
    changed_by = change_hash(change) if change.edits else None
    changed = apply(plan, change) if change.edits else plan
    last = None if to_year in (None, changed.header.horizon) else to_year
    name = run_name(plan.header.id, plan_hash, changed_by, code_hash(), seed, last)
    there = None if out else find_run(home, name)
    if there:
        with contextlib.suppress(OSError):  # a home that cannot be written still answers
            there.touch()  # it is the run that was asked for last
        return RunOutcome(there, time.perf_counter() - began, open_run(there).manifest["gaps"], True)
    folder = Path(out) if out else Path(home) / "runs" / name
    gaps = _compute(folder, changed, plan_hash, change, seed, to_year, faults)
    return RunOutcome(folder, time.perf_counter() - began, gaps, False)


def _compute(
    folder: Path,
    plan: Plan,
    plan_hash: str,
    change: Change,
    seed: int,
    to_year: int | None,
    faults: Sequence[Fault],
) -> Mapping[str, float]:
    from cuabien.model import city
    from cuabien.runner import accounts

    future = city.run(city.build(plan, seed, to_year))
    gaps = accounts.gaps(future)
    write_future(folder, future, plan_hash, change, faults, gaps)
    return gaps


def write_future(
    folder: Path,
    future: Future,
    plan_hash: str,
    change: Change,
    faults: Sequence[Fault],
    gaps: Mapping[str, float],
    indicators: pl.DataFrame | None = None,
) -> Path:
    """The whole run of a modelled future: swings, all tables, manifest. `indicators`: that table, where it is made already."""
    from cuabien.runner import tables
    from cuabien.runner.measures import headline_values
    from cuabien.runner.swings import swings

    found = swings(future.world, headline_values(future))
    return write_run(
        folder,
        manifest(future, plan_hash, change, gaps),
        {
            "indicators": tables.indicators(future) if indicators is None else indicators,
            "projects": tables.projects(future),
            **tables.of_subjects(future),
            "swing": tables.swing(found, future.world.plan.header.city),
        },
        tables.explain(future),
        fault_rows(future, faults),
    )


def manifest(future: Future, plan_hash: str, change: Change, gaps: Mapping[str, float]) -> dict[str, Any]:
    """What a run follows from, and how well its books close. `change`: all that is changed, as one."""
    from cuabien.runner import tables

    world = future.world
    return {
        "plan": world.plan.header.id,
        "plan_hash": plan_hash,
        "change_hash": change_hash(change) if change.edits else None,
        "change": _kept(change) if change.edits else None,
        "code_hash": code_hash(),
        "lock_hash": lock_hash(),
        "libraries": libraries(),
        "seed": world.seed,
        "base_year": world.base_year,
        "last_year": world.years[-1],
        "city": world.plan.header.city,
        "parameters": tables.parameters_read(future),
        "gaps": gaps,
    }


def _kept(change: Change) -> dict[str, str | None]:
    """The change of a run, so that a reader finds its name and can make it again: the file of it is not always at hand.

    Of two changes that do the same, the run has the words of the first.
    """
    titles = {f"title_{code}": change.title_in(code) or None for code in LANGUAGES}
    return {**titles, "toml": render_change(change).decode()}


def model_faults(future: Future) -> list[Fault]:
    """What the model says of the plan and of the future: warnings, for a plan that it can be modelled."""
    from cuabien.model import city
    from cuabien.runner import accounts

    plan = future.world.plan
    found = [fault for fault in city.faults(plan) if not stops([fault])]
    return found + city.unread(plan) + accounts.findings(future)


def fault_rows(future: Future, faults: Sequence[Fault]) -> list[dict[str, object]]:
    """The checker's `faults`, then the model's, as a run keeps them."""
    return [fault.as_row(DEFAULT_LANGUAGE) for fault in (*faults, *model_faults(future))]
