"""The fairways: what the entrances from the sea can carry, by their depth and by when they open.

The plan says which links are entrances by giving their depth (a figure `fairway_entrance_depth | LINK`). Without any,
nothing is known of the fairways and they hold nobody back.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model.variables import Array
from cuabien.model.world import delay, is_alive, opening_year
from cuabien.plan.objects import Figure, Link
from cuabien.plan.package import Plan

ITEM = "fairway_entrance_depth"
REFERENCE_DEPTH_M = 16.0
"""The depth at which `economy.fairway_reference` is given."""
NEVER = 9999.0


def throughput(depth_m: Array, reference: float, power: float) -> Array:
    """Cargo that an entrance carries [million tonnes a year]: reference x (depth / 16 m)^power.

    A ship's load goes with draught x beam x length; deeper fairways carry larger but fewer ships, so the power is below 3.
    """
    return np.asarray(reference * (depth_m / REFERENCE_DEPTH_M) ** power)


def capacity(entrances: Array, years: Sequence[int], reference: float, power: float) -> Array:
    """All open entrances together [year], million tonnes a year. `entrances` as `timetable` gives them."""
    now = np.array(years, dtype=float)
    depth, deeper, deepened, opens, closes = entrances.T[:, :, None]
    depth = np.where(now >= deepened, np.maximum(depth, deeper), depth)
    is_open = (now >= opens) & (now < closes)
    return np.asarray((throughput(depth, reference, power) * is_open).sum(axis=0))


def entrances(plan: Plan) -> dict[str, Figure]:
    """Link -> the figure of its depth, where there is one, for every link that the plan calls an entrance."""
    found = {}
    for figure in plan.figures.values():
        item, _, link = figure.item.partition(" | ")
        if item == ITEM and figure.value is not None:
            found[link] = figure
    return found


def timetable(plan: Plan) -> Array:
    """[entrance, 5]: depth [m], depth once deepened [m], year of that, first year, first year without it.

    A fairway that names a project and a year hangs on that project, and comes later with it. One that stands today and
    names a channel project is deepened by it, to the metres of its phases, when the project has a year.
    """
    rows = []
    for name, figure in entrances(plan).items():
        link = plan.links.get(name)
        if link is None or figure.value is None:
            continue
        opens = _opens(plan, link)
        deeper, deepened = _deepening(plan, link)
        closes = NEVER if link.closes is None else float(link.closes)
        rows.append((figure.value, deeper, deepened, opens, closes))
    return np.array(rows, dtype=float).reshape(len(rows), 5)


def _opens(plan: Plan, link: Link) -> float:
    """The first year; below every year for a fairway of today."""
    if link.opens is None:
        return -NEVER
    if not is_alive(plan, link.project):
        return NEVER
    return float(link.opens + (delay(plan.projects[link.project], [link.opens]) if link.project else 0))


def _deepening(plan: Plan, link: Link) -> tuple[float, float]:
    """To which depth and from which year."""
    if link.opens is not None or not link.project or not is_alive(plan, link.project):
        return 0.0, NEVER
    project = plan.projects[link.project]
    metres = [p.value for p in project.phases if p.unit == "m" and p.value is not None]
    year = opening_year(project)
    return (max(metres), float(year)) if metres and year else (0.0, NEVER)
