"""The port: berths open phase by phase as the plan says; cargo beyond them, beyond the fairways, or beyond what roads,
railways and barges take to the hinterland, is turned away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model.berths import BerthRules, open_by_row
from cuabien.model.variables import Array
from cuabien.model.world import delay, is_alive
from cuabien.plan.objects import Project
from cuabien.plan.package import Plan


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
    rows = open_by_row(plan, years, rules)
    total = np.asarray(sum(rows.values(), np.zeros(len(years))))
    by_project: dict[str, Array] = {}
    for name, open_now in rows.items():
        of = plan.port_capacity[name].project
        if of:
            by_project[of] = by_project.get(of, np.zeros(len(years))) + open_now
    for project in plan.projects.values():
        if is_alive(plan, project.id):
            total += _beyond_the_map(project, by_project.get(project.id), years, rules)
    return total


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
