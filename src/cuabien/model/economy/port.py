"""The port: berths open phase by phase as the plan says; cargo beyond them, or beyond the fairways, is turned away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cuabien.model.variables import Array
from cuabien.model.world import delay, is_alive, opening_year
from cuabien.plan.objects import PortCapacity, Project
from cuabien.plan.package import Plan

BY_A_YEAR = ("plan by 2025", "plan by 2030")
AFTER_A_YEAR = "plan after 2030"


@dataclass(frozen=True)
class BerthRules:
    """How a map of berths is read: years over which a phase is built, and how much of an investor's promise counts."""

    build_years_by: float
    """A phase "by 2030" comes in equal yearly parts over so many years, the last of them 2030."""
    build_years_after: float
    """A phase "after 2030" comes in equal yearly parts over so many years from its first, unless its project dates it."""
    investor_share: float
    tonnes_per_teu: float


def cargo_wanted(before: float, growth: float, answer: float) -> float:
    """Tonnes that ask for a berth: last year's, grown by `answer` percent for each percent of growth."""
    return max(before * (1 + answer * growth), 0.0)


def cargo_handled(wanted: float, capacity: float, use_ceiling: float) -> float:
    """The lesser of what asks and what berths can take: mapped capacity times the highest use ever reached."""
    return min(wanted, capacity * use_ceiling)


# ---- berths -----------------------------------------------------------------------------------------------


def berth_capacity(plan: Plan, years: Sequence[int], rules: BerthRules) -> Array:
    """Mapped capacity open in each year [year], million tonnes. Berths without a figure are not counted.

    A row hangs on its project: without the project it never comes, and a project that opens later than its
    phases say delays its rows by as many years.
    """
    total = np.zeros(len(years))
    by_project: dict[str, Array] = {}
    for row in plan.port_capacity.values():
        if row.capacity_mt_year is None or not is_alive(plan, row.project):
            continue
        project = plan.projects[row.project] if row.project else None
        open_now = row.capacity_mt_year * _open_share(row, project, plan, years, rules)
        total += open_now
        if project:
            by_project[project.id] = by_project.get(project.id, np.zeros(len(years))) + open_now
    for project in plan.projects.values():
        if is_alive(plan, project.id):
            total += _beyond_the_map(project, by_project.get(project.id), years, rules)
    return total


def _open_share(
    row: PortCapacity, project: Project | None, plan: Plan, years: Sequence[int], rules: BerthRules
) -> Array:
    """Share of a row's capacity that is open in each year."""
    now = np.array(years, dtype=float)
    opened = np.ones(len(years))
    if row.from_year is not None:
        first = float(row.from_year)
        delay = _delay(project, plan) if project else 0
        if row.phase == AFTER_A_YEAR:
            last = _last_year(project) or first + rules.build_years_after - 1
            opened = _ramp(now - delay, first, max(last - delay, first))
        elif row.phase in BY_A_YEAR and project is None:
            opened = _ramp(now, first - rules.build_years_by + 1, first)
        else:
            opened = (now >= first + delay).astype(float)
    return opened if row.to_year is None else opened * (now < row.to_year)


def _ramp(now: Array, first: float, last: float) -> Array:
    """Equal yearly parts from `first` to `last`, all of it from `last` on."""
    return np.clip((now - first + 1) / (last - first + 1), 0.0, 1.0)


def _last_year(project: Project | None) -> float | None:
    """The year in which a dated project is whole."""
    year = opening_year(project) if project else None
    return float(year) if year else None


def _delay(project: Project, plan: Plan) -> int:
    """Years by which a project opens later than the phases on which its rows were dated."""
    rows = [r for r in plan.port_capacity.values() if r.project == project.id]
    return delay(project, [r.from_year for r in rows if r.from_year and r.phase != AFTER_A_YEAR])


def _beyond_the_map(project: Project, mapped: Array | None, years: Sequence[int], rules: BerthRules) -> Array:
    """Capacity that a project's own phases promise beyond the map [year].

    Tonnes of a project that the map does not have count whole. Of an investor's promise in TEU, or beyond the
    mapped berths of the same project, only `investor_share` counts; phases are totals reached.
    """
    shown = np.zeros(len(years))
    for year, value, in_tonnes in _promised(project, rules):
        if in_tonnes or mapped is not None:
            shown = np.where(np.array(years) >= year, np.maximum(shown, value), shown)
    if mapped is None:
        return shown
    return rules.investor_share * np.maximum(shown - mapped, 0.0)


def _promised(project: Project, rules: BerthRules) -> list[tuple[int, float, bool]]:
    """(year, million tonnes, whether it was said in tonnes) for each phase of a seaport."""
    if project.kind != "seaport":
        return []
    late = delay(project, [])
    found = []
    for phase in project.phases:
        if phase.year is None or phase.value is None:
            continue
        unit = phase.unit.lower()
        if unit.startswith("million teu"):
            found.append((phase.year + late, phase.value * rules.tonnes_per_teu, False))
        elif unit.startswith("million tonnes"):
            found.append((phase.year + late, phase.value, True))
    return found
