"""What a document is made from: one plan and one run of it, judged by the same code as the pages and commands.

What counts counts everything, also what is withheld; names are only ever taken from the public part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.indicators import claims, counts, flags, targets
from cuabien.indicators.simulated import Future, future
from cuabien.plan import objects as o
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.plan.withheld import kinds, public_part
from cuabien.publication.documents.writing import Writing
from cuabien.results import Run

if TYPE_CHECKING:
    from cuabien.indicators.stress import StressRow

SHORT_HASH = 12


@dataclass(frozen=True)
class Material:
    whole: Plan
    run: Run
    write: Writing
    stress: Sequence[StressRow] = ()
    edition_id: str | None = None
    """The name of the published edition that the document belongs to."""
    told_withheld: Mapping[str, int] | None = None
    """Kind -> how many are withheld, where the plan at hand is already without them."""

    @cached_property
    def _parted(self) -> tuple[Plan, Mapping[str, int]]:
        plan, withheld = public_part(self.whole)
        return plan, kinds(withheld)

    @property
    def plan(self) -> Plan:
        """The part of the plan that may be shown."""
        return self._parted[0]

    @property
    def withheld(self) -> Mapping[str, int]:
        """Kind -> how many are withheld."""
        return self._parted[1] if self.told_withheld is None else self.told_withheld

    @cached_property
    def edition(self) -> str:
        return edition_hash(self.whole)

    @cached_property
    def ahead(self) -> Future:
        return future(self.run)

    @cached_property
    def targets(self) -> list[targets.TargetRow]:
        return [row for row in targets.judge(self.whole, self.run) if row.id in self.plan.targets]

    @cached_property
    def claims(self) -> list[claims.ClaimRow]:
        return [row for row in claims.verdicts(self.whole) if row.id in self.plan.programme]

    @cached_property
    def flags(self) -> list[flags.FlagRow]:
        return [row for row in flags.raise_flags(self.whole) if row.id in self.plan.flags]

    @cached_property
    def late(self) -> tuple[o.Project, ...]:
        return counts.late(self.plan)

    @property
    def city(self) -> str:
        return self.plan.header.city

    @cached_property
    def milestones(self) -> list[int]:
        """The years that tables show: the plan's milestones as far as the run goes."""
        known = set(self.ahead.years())
        wanted = self.plan.header.milestones or (self.plan.header.base_year, self.plan.header.horizon)
        return [year for year in wanted if year in known] or sorted(known)[:: max(1, len(known) - 1)]

    @cached_property
    def openings(self) -> Mapping[str, int | None]:
        """Project -> the year in which the run opens it."""
        rows = self.run.table("projects").iter_rows(named=True) if self.run.has_table("projects") else ()
        return {row["project"]: row["opens"] for row in rows if row["comes"]}

    def table(self, name: str, **at: object) -> list[dict[str, Any]]:
        """Rows of a table of the run where columns have the given values; none where the run has no such table."""
        import polars as pl

        if not self.run.has_table(name):
            return []
        frame = self.run.table(name)
        for column, value in at.items():
            frame = frame.filter(pl.col(column) == value)
        return frame.to_dicts()


def gather(
    plan: Plan,
    run: Run,
    language: str,
    stress: Sequence[StressRow] = (),
    edition_id: str | None = None,
    withheld: Mapping[str, int] | None = None,
) -> Material:
    """The material of a document; refused when the run was made from another plan. Of a run with a change only the plan
    before it is named, so that whoever hands in the changed plan answers for it."""
    manifest = run.manifest
    if not manifest.get("change_hash") and manifest.get("plan_hash") != edition_hash(plan):
        raise Refused(
            N_("the run {run} was made from another edition of the plan; run the plan again"),
            run=run.folder.name,
        )
    return Material(plan, run, Writing(language), tuple(stress), edition_id, withheld)
