"""Berths: which are open in a year, on the rules by which a map of berths is read, and at which terminals they lie.

A row hangs on its project: without the project it never comes, and a project that opens later than its phases say
delays its rows by as many years. Berths without a figure are not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cuabien.model.opening import is_port, terminal_opens, terminals_of
from cuabien.model.parameters import Need, Parameters
from cuabien.model.variables import Array
from cuabien.model.world import delay, is_alive, opening_year
from cuabien.plan.objects import PortCapacity, Project
from cuabien.plan.package import Plan

BY_A_YEAR = ("plan by 2025", "plan by 2030")
AFTER_A_YEAR = "plan after 2030"
NEEDS = (
    Need("economy.berth_build_years_by", 1.0, 30.0),
    Need("economy.berth_build_years_after", 1.0, 50.0),
    Need("economy.berth_investor_share", 0.0, 1.0),
    Need("economy.tonnes_per_teu", 0.0, 100.0, open_below=True),
)


@dataclass(frozen=True)
class BerthRules:
    """How a map of berths is read: years over which a phase is built, and how much of an investor's promise counts."""

    build_years_by: float
    """A phase "by 2030" comes in equal yearly parts over so many years, the last of them 2030."""
    build_years_after: float
    """A phase "after 2030" comes in equal yearly parts over so many years from its first, unless its project dates it."""
    investor_share: float
    tonnes_per_teu: float

    @classmethod
    def of(cls, p: Parameters) -> BerthRules:
        return cls(*(p(need.id) for need in NEEDS))


def open_by_row(plan: Plan, years: Sequence[int], rules: BerthRules) -> dict[str, Array]:
    """Row of the map -> million tonnes a year that are open [year]; rows without a figure or a living project are left out."""
    return {
        name: row.capacity_mt_year * _open_share(row, plan, years, rules)
        for name, row in plan.port_capacity.items()
        if row.capacity_mt_year is not None and is_alive(plan, row.project)
    }


def by_terminal(plan: Plan, years: Sequence[int], rules: BerthRules) -> Array:
    """[terminal, year] million tonnes a year of the berths that are open there, in order of the plan's terminals.

    Berths of several terminals count in equal parts for those that are open. Berths whose place the plan does not say are shared
    equally among the open sea terminals that have none of their own: assumed. Where nothing is open, they lie nowhere. What a
    project promises beyond the map lies at its own terminals.
    """
    number = {name: i for i, name in enumerate(plan.terminals)}
    opens = {t.id: terminal_opens(plan, t) for t in plan.terminals.values()}
    places_of = {name: terminals_of(plan, row) for name, row in plan.port_capacity.items()}
    named = {t for places in places_of.values() for t in places}
    others = tuple(t.id for t in plan.terminals.values() if is_port(t) and t.id not in named)
    lying = [(places_of[name], capacity) for name, capacity in open_by_row(plan, years, rules).items()]
    lying += [
        (tuple(t for t in plan.projects[project].terminals if t in number), capacity)
        for project, capacity in beyond_the_map(plan, years, rules).items()
    ]
    found = np.zeros((len(number), len(years)))
    for at, year in enumerate(years):
        for of_its_own, capacity in lying:
            places = [t for t in of_its_own if opens[t] <= year] or [t for t in others if opens[t] <= year]
            for terminal in places:
                found[number[terminal], at] += capacity[at] / len(places)
    return found


def beyond_the_map(plan: Plan, years: Sequence[int], rules: BerthRules) -> dict[str, Array]:
    """Seaport project -> million tonnes a year that its own phases promise beyond the mapped berths [year].

    Tonnes of a project that the map does not have count whole. Of an investor's promise in TEU, or beyond the
    mapped berths of the same project, only `investor_share` counts; phases are totals reached.
    """
    mapped: dict[str, Array] = {}
    for name, open_now in open_by_row(plan, years, rules).items():
        project = plan.port_capacity[name].project
        if project:
            mapped[project] = mapped.get(project, np.zeros(len(years))) + open_now
    return {
        project.id: _promised_beyond(project, mapped.get(project.id), years, rules)
        for project in plan.projects.values()
        if project.kind == "seaport" and is_alive(plan, project.id)
    }


def _promised_beyond(
    project: Project, mapped: Array | None, years: Sequence[int], rules: BerthRules
) -> Array:
    shown = np.zeros(len(years))
    for year, value, in_tonnes in _promised(project, rules):
        if in_tonnes or mapped is not None:
            shown = np.where(np.array(years) >= year, np.maximum(shown, value), shown)
    if mapped is None:
        return shown
    return rules.investor_share * np.maximum(shown - mapped, 0.0)


def _promised(project: Project, rules: BerthRules) -> list[tuple[int, float, bool]]:
    """(year, million tonnes, whether it was said in tonnes) for each phase."""
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


def _open_share(row: PortCapacity, plan: Plan, years: Sequence[int], rules: BerthRules) -> Array:
    """Share of a row's capacity that is open in each year."""
    project = plan.projects[row.project] if row.project else None
    now = np.array(years, dtype=float)
    opened = np.ones(len(years))
    if row.from_year is not None:
        first = float(row.from_year)
        late = _delay(project, plan) if project else 0
        if row.phase == AFTER_A_YEAR:
            last = _last_year(project) or first + rules.build_years_after - 1
            opened = _ramp(now - late, first, max(last - late, first))
        elif row.phase in BY_A_YEAR and project is None:
            opened = _ramp(now, first - rules.build_years_by + 1, first)
        else:
            opened = (now >= first + late).astype(float)
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
