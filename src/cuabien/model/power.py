"""What the power plants of a plan can give in each year: read once, the same for everyone who asks.

A plant that names a project hangs on it: without the project (or with a stopped one) it never comes, and a project that
opens later than the plant was dated brings it later by as many years. A plant without a figure is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np

from cuabien.model.variables import Array
from cuabien.model.world import delay, is_alive, opening_year
from cuabien.plan.objects import Fuel, PowerPlant
from cuabien.plan.package import Plan

ALWAYS, NEVER = -9999.0, 9999.0
HOURS_A_YEAR = 8760
FUELS: tuple[str, ...] = get_args(Fuel)


def plants(plan: Plan) -> tuple[PowerPlant, ...]:
    """The plants with a figure that come at all, in the order of the plan."""
    return tuple(
        plant
        for plant in plan.power_plants.values()
        if plant.capacity_mw is not None and _dates(plan, plant) is not None
    )


def fuel_of_plant(plan: Plan) -> Array:
    """Position of each plant's fuel in `FUELS` [plant]."""
    return np.array([FUELS.index(plant.fuel) for plant in plants(plan)], dtype=float)


def fuels(plan: Plan) -> tuple[str, ...]:
    """What those plants run on, in order of name."""
    return tuple(sorted({plant.fuel for plant in plants(plan)}))


def timetable(plan: Plan) -> Array:
    """[plant, 4]: capacity [MW], first year, year in which it is whole, first year without it.

    A plant that stands today without a year has `ALWAYS` as its first; one without an end has `NEVER` as its last.
    """
    rows = []
    for plant in plants(plan):
        dates = _dates(plan, plant)
        assert dates is not None
        rows.append((plant.capacity_mw, *dates, NEVER if plant.to_year is None else plant.to_year))
    return np.array(rows, dtype=float).reshape(len(rows), 4)


def capacity_mw(timetable: Array, years: Sequence[int], life_years: float) -> Array:
    """Capacity in use [plant, year], MW: in equal yearly parts from the first year to the one in which it is whole.

    A plant whose end no row says ends `life_years` after its first year.
    """
    now = np.array(years, dtype=float)
    size, first, whole, end = timetable.T[:, :, None]
    end = np.where((end == NEVER) & (first != ALWAYS), first + life_years, end)
    built = np.clip((now - first + 1) / (whole - first + 1), 0.0, 1.0)
    return np.asarray(size * built * (now < end))


def energy_twh(mw: Array, hours: float) -> Array:
    """What a capacity gives in a year of so many hours at full load: MW x h / 1e6 [TWh]."""
    return np.asarray(mw * hours / 1e6)


def _dates(plan: Plan, plant: PowerPlant) -> tuple[float, float] | None:
    """The first year and the one in which it is whole; None: it never comes."""
    if not is_alive(plan, plant.project):
        return None
    project = plan.projects[plant.project] if plant.project else None
    if plant.from_year is None:
        if project is None:
            return ALWAYS, ALWAYS
        year = opening_year(project)
        return None if year is None else (float(year), float(year))
    whole = max(plant.whole_year or plant.from_year, plant.from_year)
    late = delay(project, [whole]) if project else 0
    return float(plant.from_year + late), float(whole + late)
