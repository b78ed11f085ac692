"""The future of a run made again from its plan: for what a run does not keep, as trips from each place to each other.

What is made again must be what was kept: it is held against the run's own tables, and refused where it differs.
"""

from __future__ import annotations

import numpy as np

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.transport.between import Between, between
from cuabien.model.variables import TRAVEL_MODES
from cuabien.plan.change import apply, read_change
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.results import Run

ROUNDING = 1e-9
"""Share of a figure by which sums in another order may differ."""


def plan_as_run(run: Run, plan: Plan) -> Plan:
    """The plan with the changes of the run; a plan that has changed since is refused."""
    if edition_hash(plan) != run.manifest.get("plan_hash"):
        raise Refused(N_("the plan has changed since this run; run it again for its present state"))
    change = run.manifest.get("change")
    return apply(plan, read_change(str(change["toml"]).encode(), plan)) if change else plan


def checked_year(run: Run, year: int) -> int:
    """A year of the run."""
    first, last = int(run.manifest["base_year"]), int(run.manifest["last_year"])
    if not first <= year <= last:
        raise Refused(
            N_("this run holds the years {first} to {last}, not {year}"), first=first, last=last, year=year
        )
    return year


def future_again(run: Run, plan: Plan, year: int) -> Future:
    """The future of a run up to a year, or to the year after its base year."""
    last = max(checked_year(run, year), int(run.manifest["base_year"]) + 1)
    world = city.build(plan_as_run(run, plan), int(run.manifest["seed"]), last)
    if not world.models("transport"):
        raise Refused(N_("this plan models no transport"))
    return city.run(world)


def between_again(run: Run, plan: Plan, year: int) -> tuple[Future, Between]:
    """Trips and minutes by mode between communes in a year of a run."""
    future = future_again(run, plan, year)
    found = between(future.world, future.states, year)
    _held_against(run, found, year)
    return future, found


def _held_against(run: Run, found: Between, year: int) -> None:
    """What was made again must sum to the trips that the run keeps."""
    import polars as pl

    kept = run.table("mode_trips").filter((pl.col("year") == year) & (pl.col("mode") != "none"))
    sums = dict(kept.group_by("mode").agg(pl.col("trips").sum()).iter_rows())
    wanted = np.array([sums[mode] for mode in TRAVEL_MODES])
    made = found.trips.sum(axis=(1, 2))
    if not np.allclose(made, wanted, rtol=ROUNDING, atol=ROUNDING * max(float(wanted.sum()), 1.0)):
        raise Refused(
            N_("made again, the trips of {year} are not those of this run, because the program has changed since; run the plan again"),
            year=year,
        )  # fmt: skip
