"""When the industrial land of a plan opens: read once, the same for everyone who asks.

A zone counts from its first year, and not before its project opens; without any date only if it operates. Land
without a known area is left out: unknown is not zero, and nothing stands in for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuabien.model.world import is_alive, opening_year
from cuabien.plan.objects import Zone
from cuabien.plan.package import Plan

FACTORY_KINDS = ("industrial park", "industrial cluster")
"""Land that firms build on. An economic zone or a free trade zone holds parks, which are counted themselves."""


@dataclass(frozen=True)
class OpenLand:
    """A zone of known area that opens at some time: [`opens`, `closes`)."""

    zone: Zone
    area_ha: float
    opens: int | None
    """The first year; None: it operates today."""
    closes: int | None
    with_project: bool
    """Whether a project dates it: then all of it comes at once."""


def industrial_land(plan: Plan) -> tuple[OpenLand, ...]:
    """Every industrial zone that opens, in the order of the plan."""
    found = []
    for feature in plan.zones.values():
        zone = feature.row
        if zone.layer != "industrial" or zone.area_ha is None or not is_alive(plan, zone.project):
            continue
        dates = [zone.from_year] if zone.from_year else []
        of_project = opening_year(plan.projects[zone.project]) if zone.project else None
        if of_project:
            dates.append(of_project)
        if not dates and not (zone.status or "").startswith("operating"):
            continue
        found.append(
            OpenLand(zone, zone.area_ha, max(dates, default=None), zone.to_year, of_project is not None)
        )
    return tuple(found)
