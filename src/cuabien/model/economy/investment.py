"""What the plan's own projects cost in each year: inside all investment, never added to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cuabien.base.dates import year_of
from cuabien.model.variables import Array
from cuabien.model.world import is_alive, opening_year
from cuabien.plan.objects import Project
from cuabien.plan.package import Plan


def span(project: Project) -> tuple[int, int] | None:
    """The years in which a project is built, both included; None where the plan does not say."""
    opens = opening_year(project)
    starts = year_of(project.starts) if project.starts else None
    return (starts, opens) if starts and opens and starts <= opens else None


def spending(project: Project, years: Sequence[int]) -> Array | None:
    """Cost in equal yearly parts from its start to its opening [year], billion VND; None where cost or years are unknown."""
    built = span(project)
    if project.cost_bn_vnd is None or built is None:
        return None
    now = np.array(years)
    first, last = built
    return np.asarray(project.cost_bn_vnd / (last - first + 1) * ((now >= first) & (now <= last)))


def projects_spending(plan: Plan, years: Sequence[int]) -> Mapping[str, Array | None]:
    """Project -> its cost by year, for every project that comes; unknown stays unknown."""
    return {
        project.id: spending(project, years)
        for project in plan.projects.values()
        if is_alive(plan, project.id)
    }


def known_spending(plan: Plan, years: Sequence[int]) -> Array:
    """All projects whose cost and years are known [year], billion VND."""
    known = [part for part in projects_spending(plan, years).values() if part is not None]
    return np.asarray(np.sum(known, axis=0)) if known else np.zeros(len(years))
