"""Land for industry: the parks and clusters that are open, and how much of them industry asks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model.land_supply import FACTORY_KINDS, industrial_land
from cuabien.model.variables import Array
from cuabien.plan.package import Plan

ALWAYS, NEVER = -9999.0, 9999.0


def timetable(plan: Plan) -> Array:
    """[zone, 5]: area [ha], first year, first year without it, 1 where it comes all at once, occupancy (-1: not known).

    Parks and clusters of known area, those without a known commune too.
    """
    rows = [
        (
            land.area_ha,
            ALWAYS if land.opens is None else land.opens,
            NEVER if land.closes is None else land.closes,
            float(land.with_project),
            -1.0 if land.zone.occupancy_percent is None else land.zone.occupancy_percent / 100,
        )
        for land in industrial_land(plan)
        if land.zone.kind in FACTORY_KINDS
    ]
    return np.array(rows, dtype=float).reshape(len(rows), 5)


def open_land(zones: Array, years: Sequence[int], build_years: float) -> Array:
    """Land that is open [zone, year], ha: a project's all at once, else in equal yearly parts from the first year."""
    now = np.array(years, dtype=float)
    area, opens, closes, at_once, _ = zones.T[:, :, None]
    laid_out = np.clip((now - opens + 1) / np.where(at_once > 0, 1.0, build_years), 0.0, 1.0)
    return np.asarray(area * laid_out * (now < closes))


def occupied(zones: Array, open_ha: Array, occupancy: float) -> float:
    """Land taken by firms in the base year [ha of `open_ha`]: each zone's own occupancy where known, else the common one."""
    return float(open_ha @ np.where(zones[:, 4] < 0, occupancy, zones[:, 4]))
