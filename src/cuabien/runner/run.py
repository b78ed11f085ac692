"""From a plan to a run folder: apply the changes, check, model, swing, write; or find the run that is already there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cuabien.base.faults import Fault, stops
from cuabien.base.words import DEFAULT_LANGUAGE
from cuabien.plan.change import Change, apply, change_hash, stack
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.results import find_run, open_run, run_name, write_run
from cuabien.results.code import code_hash, libraries, lock_hash


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
    gaps = _compute(folder, changed, plan_hash, changed_by, seed, to_year, faults)
    return RunOutcome(folder, time.perf_counter() - began, gaps, False)


def _compute(
    folder: Path,
    plan: Plan,
    plan_hash: str,
    changed_by: str | None,
    seed: int,
    to_year: int | None,
    faults: Sequence[Fault],
) -> Mapping[str, float]:
    from cuabien.model import city
    from cuabien.runner import accounts, tables
    from cuabien.runner.measures import headline_values
    from cuabien.runner.swings import swings

    world = city.build(plan, seed, to_year)
    future = city.run(world)
    found = swings(world, headline_values(future))
    gaps = accounts.gaps(future)
    manifest = {
        "plan": plan.header.id,
        "plan_hash": plan_hash,
        "change_hash": changed_by,
        "code_hash": code_hash(),
        "lock_hash": lock_hash(),
        "libraries": libraries(),
        "seed": seed,
        "base_year": world.base_year,
        "last_year": world.years[-1],
        "city": plan.header.city,
        "parameters": tables.parameters_read(future),
        "gaps": gaps,
    }
    model_faults = [fault for fault in city.faults(plan) if not stops([fault])] + accounts.findings(future)
    write_run(
        folder,
        manifest,
        {
            "indicators": tables.indicators(future),
            "projects": tables.projects(future),
            **tables.of_subjects(future),
            "swing": tables.swing(found, plan.header.city),
        },
        tables.explain(future),
        [fault.as_row(DEFAULT_LANGUAGE) for fault in (*faults, *model_faults)],
    )
    return gaps
