"""What a rule is: an id, why it matters, on what ground, how to mend it, and a function that finds.

A planning rule reads the plan as a planner would. It says what it found and what it could not see; where the plan
says nothing ("no data") it stays silent, or says exactly that. Most findings are warnings: a draft may hold them
and still be modelled. A finding is a fault only where no future could carry the plan out as written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from cuabien.base.dates import first_day, last_day, year_of
from cuabien.base.faults import Fault, Severity
from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.plan.package import Plan, home_of


@dataclass(frozen=True)
class Context:
    """What rules look at: the plan, and the day on which they look."""

    plan: Plan
    today: dt.date

    @cached_property
    def degree(self) -> Mapping[tuple[str, str], tuple[o.Link, ...]]:
        """(node, mode) -> the links of that mode there."""
        found: dict[tuple[str, str], list[o.Link]] = {}
        for link in self.plan.links.values():
            for node in (link.from_node, link.to_node):
                found.setdefault((node, link.mode), []).append(link)
        return {key: tuple(links) for key, links in found.items()}

    @cached_property
    def city_parts(self) -> frozenset[str]:
        """The city and every area that lies in it."""
        inside = {self.plan.header.city}
        while True:
            more = {a.id for a in self.plan.areas.values() if a.part_of in inside} - inside
            if not more:
                return frozenset(inside)
            inside |= more


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of a rule: about which object, in which words. `id` None: about the table as a whole."""

    table: str
    id: str | None
    template: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the checker. `title`, `why` and `remedy` are sentences for `say`; `source` is the ground it stands
    on: a law with its clause, a standard, or the technical reason."""

    id: str
    severity: Severity
    title: str
    why: str
    source: str
    remedy: str
    find: Callable[[Context], Iterator[Found]]
    kind: Literal["form", "planning"] = "planning"

    def run(self, context: Context) -> Iterator[Fault]:
        for found in self.find(context):
            file, row = self._place(context.plan, found)
            yield Fault(self.id, file, found.template, self.remedy, row, self.severity, found.values)

    @staticmethod
    def _place(plan: Plan, found: Found) -> tuple[str, int | str | None]:
        if found.table == "plan":
            return "plan.toml", found.id
        if found.id is None:
            return home_of(found.table), None
        return plan.place(found.table, found.id)


def nothing(context: Context) -> Iterator[Found]:
    """Rules of form find while the plan is read, not afterwards."""
    yield from ()


# ---- what several rules ask -------------------------------------------------------------------------------

COUNTS = {"report-2024-11-14": {"proposals": 11, "directives": 6, "layers": 6}}
"""How many of each a document asks for: the report of 14/11/2024 lists eleven proposals, six matters and six layers.
A plan that does not hold the document is not asked for them."""

STATES = (
    N_("idea"),
    N_("consultation"),
    N_("under construction"),
    N_("partly operating"),
    N_("operating"),
    N_("continuing"),
    N_("stopped"),
)
"""States of projects as findings speak them, beside those that other parts speak already."""

FINISHED = ("operating", "done", "continuing", "narrative")
"""States in which a project waits for nothing: in use, passed, or without an end by its nature."""


def is_finished(project: o.Project) -> bool:
    return project.status in FINISHED


def in_use_from(project: o.Project) -> int | None:
    """The first year in which a project, or its first phase, is meant to be in use; None when nobody says."""
    years = [phase.year for phase in project.phases if phase.year is not None]
    if project.opens:
        years.append(year_of(project.opens))
    return min(years) if years else project.not_before


def complete_by(project: o.Project) -> int | None:
    """The year by which a project is expected to be whole: predicted before planned."""
    for text in (project.predicted_opens, project.opens):
        if text:
            return year_of(text)
    years = [phase.year for phase in project.phases if phase.year is not None]
    return max(years) if years else project.not_before


def is_past(text: str | None, today: dt.date) -> bool:
    """Whether the last day that a partial date can mean is over; a plan says "2026" until the year has ended."""
    return text is not None and last_day(text) < today


def is_ahead(text: str | None, today: dt.date) -> bool:
    return text is not None and first_day(text) > today


def overlap(first: tuple[int | None, int | None], second: tuple[int | None, int | None]) -> bool:
    """Whether two spans of years share a year; None is open on that side."""
    return not (
        (first[1] is not None and second[0] is not None and first[1] < second[0])
        or (second[1] is not None and first[0] is not None and second[1] < first[0])
    )


def is_open(link: o.Link, year: int) -> bool:
    return (link.opens is None or link.opens <= year) and (link.closes is None or link.closes > year)


def group_by(rows: Any, *columns: str) -> dict[tuple[Any, ...], list[Any]]:
    """Rows by the values of some columns."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault(tuple(getattr(row, column) for column in columns), []).append(row)
    return groups
