"""The airports: what their terminals can take, phase by phase, as the plan's projects say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model.variables import Array
from cuabien.model.world import delay, is_alive, opening_year
from cuabien.plan.package import Plan

UNIT = "million passengers"


def added_capacity(plan: Plan, years: Sequence[int]) -> Array:
    """Passengers a year that the plan's airport projects add to today's terminals [year], million.

    Phases are totals reached by a project. A phase without a year comes when the project does; a project that opens
    later than its phases say brings them later by as many years. One without passengers in its text adds none.
    """
    now = np.array(years)
    total = np.zeros(len(years))
    for project in plan.projects.values():
        if project.kind != "airport" or not is_alive(plan, project.id):
            continue
        late, opens = delay(project, []), opening_year(project)
        reached = np.zeros(len(years))
        for phase in project.phases:
            year = phase.year + late if phase.year else opens
            if year and phase.value is not None and phase.unit.startswith(UNIT):
                reached = np.where(now >= year, np.maximum(reached, phase.value), reached)
        total += reached
    return total


def passengers_taken(wanted: float, capacity: float, use_ceiling: float) -> float:
    """The lesser of those who want to fly and what terminals take: capacity times the highest use."""
    return min(wanted, capacity * use_ceiling)
