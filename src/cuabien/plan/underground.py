"""What lies under the ground of a plan, and what gets in one another's way there.

Two works clash when they share ground in plan view, depth and years. The check and the model both ask this module, so
that neither can see a clash that the other does not. Three things are told apart:

- a **clash**: outlines, depths and years are known, and they overlap;
- **not judged**: the outlines cross and a depth is missing, so nobody can say ("no data");
- **drawn only**: a schematic shape or a bare point says nothing about the ground, and is listed as such.

Lengths are metres on a local transverse Mercator plane; depths are metres below ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import Polygon
from shapely.strtree import STRtree

from cuabien.base.dates import year_of
from cuabien.plan import objects as o
from cuabien.plan.package import POINTS, POLYGONS, Plan

Role = Literal["work", "corridor", "utility"]
Reason = Literal["schematic", "point", "depth"]
"""Why a work cannot be judged: it is only drawn, it has no extent, or its depth is not known."""

ROLES: Mapping[Role, frozenset[str]] = {
    "corridor": frozenset({"reserved corridor", "metro corridor", "rail corridor", "road corridor"}),
    "utility": frozenset(
        {
            "utility",
            "water main",
            "sewer",
            "drain",
            "power cable",
            "gas main",
            "telecom duct",
            "utility tunnel",
        }
    ),
}
"""Kinds of zones of the layer `underground` by what they are; every other kind is a work."""

RULES = {"work": "underground-clash", "corridor": "underground-corridor", "utility": "underground-utility"}
"""The rule that a clash breaks: the strictest of the two roles, corridor before utility before work."""
NOT_JUDGED = "underground-not-judged"
DRAWN_ONLY = "underground-drawn-only"
DEPTH_MISSING = "underground-depth-missing"

LEAST_WIDTH_M = 1.0
"""The width of a line where the plan does not say one: narrow, so that what is found is certain."""


@dataclass(frozen=True)
class Work:
    """One thing underground: its outline in metres (None where it has no extent), its depths and its years."""

    table: Literal["zones", "projects"]
    id: str
    role: Role
    kind: str
    reason: Reason | None
    footprint: BaseGeometry | None
    top_m: float | None
    bottom_m: float | None
    from_year: int | None
    """None: it is there today."""
    to_year: int | None
    """The last year in which it is there; None: it stays."""
    project: str | None = None

    def stands(self, year: int) -> bool:
        return (self.from_year is None or self.from_year <= year) and (
            self.to_year is None or year <= self.to_year
        )

    @cached_property
    def volume_m3(self) -> float | None:
        """Outline times height; None where either is not known."""
        if self.footprint is None or self.reason or self.top_m is None or self.bottom_m is None:
            return None
        return float(self.footprint.area) * (self.bottom_m - self.top_m)


@dataclass(frozen=True)
class Meeting:
    """Two works that meet underground: the rule, the years that they share and the ground that both want."""

    work: Work
    other: Work
    rule: str
    from_year: int | None
    to_year: int | None
    overlap_m3: float | None
    """None: a depth is missing and nobody can say."""

    def lasts(self, year: int) -> bool:
        return self.work.stands(year) and self.other.stands(year)


def works(plan: Plan, line_width_m: float | None = None) -> tuple[Work, ...]:
    """Everything underground that the plan holds, in order of id; what hangs on a stopped project is left out.

    A line is as wide as `line_width_m`, else as `underground.line_width_m` of the plan says.

    Zones of the layer `underground`, and projects of that layer that no zone shows. A link of the mode metro is no
    work by itself: whether it runs below ground, and how deep, only a zone can say.
    """
    width = _number(plan, "underground.line_width_m", LEAST_WIDTH_M) if line_width_m is None else line_width_m
    found = [work for feature in plan.zones.values() if (work := _of_zone(plan, feature, width)) is not None]
    shown = {work.project for work in found}
    found += [
        _of_project(project)
        for project in plan.projects.values()
        if project.layer == "underground" and project.status != "stopped" and project.id not in shown
    ]
    return tuple(sorted(found, key=lambda work: work.id))


def meetings(found: Sequence[Work], margin_m: float) -> tuple[Meeting, ...]:
    """Every pair that shares ground and years: clashes, and pairs that nobody can judge.

    `margin_m` is the ground that must stay between two works, in every direction. Works of one project belong
    together (a station and its tunnel) and never clash.
    """
    placed = [work for work in found if work.footprint is not None]
    wanted = [_wanted(work, margin_m) for work in placed]
    tree = STRtree(wanted)
    pairs: list[Meeting] = []
    for index, work in enumerate(placed):
        for near in sorted(int(i) for i in tree.query(wanted[index], predicate="intersects")):
            other = placed[near]
            if near <= index or (work.project and work.project == other.project):
                continue
            shared_m2 = float(wanted[index].intersection(wanted[near]).area)
            meeting = _meeting(work, other, shared_m2, margin_m)
            if meeting is not None:
                pairs.append(meeting)
    return tuple(pairs)


def margin_of(plan: Plan) -> float:
    """`underground.margin_m` of the plan; 0 where it says none."""
    return _number(plan, "underground.margin_m", 0.0)


# ---- works of a plan --------------------------------------------------------------------------------------


def _of_zone(plan: Plan, feature: Any, width_m: float) -> Work | None:
    zone: o.Zone = feature.row
    if zone.layer != "underground":
        return None
    project = plan.projects.get(zone.project or "")
    if zone.project and (project is None or project.status == "stopped"):
        return None
    opens = [year for year in (zone.from_year, _in_use(project) if project else None) if year is not None]
    reason = _reason(zone, feature.geometry)
    drawn_only = reason in ("schematic", "point")
    return Work(
        table="zones",
        id=zone.id,
        role=next((role for role, kinds in ROLES.items() if zone.kind in kinds), "work"),
        kind=zone.kind,
        reason=reason,
        footprint=None if drawn_only else _footprint(feature.geometry, plan.header.central_meridian, width_m),
        top_m=None if reason == "depth" else zone.depth_top_m,
        bottom_m=None if reason == "depth" else zone.depth_bottom_m,
        from_year=max(opens) if opens else None,
        to_year=zone.to_year,
        project=zone.project,
    )


def _of_project(project: o.Project) -> Work:
    """A project without a zone has no outline and no depth."""
    reason: Reason = "schematic" if project.shape == "schematic" else "depth"
    return Work(
        "projects",
        project.id,
        "work",
        project.kind,
        reason,
        None,
        None,
        None,
        _in_use(project),
        None,
        project.id,
    )


def _in_use(project: o.Project) -> int | None:
    """The year in which a project is in use: as predicted, else as planned; None when nobody says."""
    text = project.predicted_opens or project.opens
    years = [year for year in (year_of(text) if text else None, project.not_before) if year is not None]
    return max(years) if years else None


def _reason(zone: o.Zone, geometry: BaseGeometry) -> Reason | None:
    if zone.shape == "schematic":
        return "schematic"
    if geometry.geom_type in POINTS:
        return "point"
    top, bottom = zone.depth_top_m, zone.depth_bottom_m
    return None if top is not None and bottom is not None and top < bottom else "depth"


def _footprint(geometry: BaseGeometry, meridian: float, width_m: float) -> BaseGeometry:
    """The outline in metres on the plane around a meridian (degrees east); a line gets its width."""
    import pyproj
    import shapely

    plane = pyproj.Transformer.from_crs(
        "EPSG:4326", f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +ellps=WGS84 +units=m", always_xy=True
    )
    flat: BaseGeometry = shapely.transform(
        shapely.force_2d(geometry), lambda xy: np.column_stack(plane.transform(xy[:, 0], xy[:, 1]))
    )
    return flat if flat.geom_type in POLYGONS else flat.buffer(width_m / 2, cap_style="flat")


def _number(plan: Plan, name: str, otherwise: float) -> float:
    row = plan.parameters.get(name)
    return otherwise if row is None or isinstance(row.value, dict) else float(row.value)


# ---- two works --------------------------------------------------------------------------------------------


def _wanted(work: Work, margin_m: float) -> BaseGeometry:
    """The outline with its half of the margin around it."""
    return work.footprint.buffer(margin_m / 2) if work.footprint is not None else Polygon()


def _meeting(work: Work, other: Work, shared_m2: float, margin_m: float) -> Meeting | None:
    """What two works that touch in plan view are to one another; None: they pass."""
    first = [year for year in (work.from_year, other.from_year) if year is not None]
    last = [year for year in (work.to_year, other.to_year) if year is not None]
    from_year, to_year = max(first, default=None), min(last, default=None)
    if shared_m2 <= 0 or (from_year is not None and to_year is not None and to_year < from_year):
        return None
    depth = shared_depth(work, other, margin_m)
    if depth is None:
        return Meeting(work, other, NOT_JUDGED, from_year, to_year, None)
    if depth <= 0:
        return None
    role = next((r for r in ROLES if r in (work.role, other.role)), "work")
    return Meeting(work, other, RULES[role], from_year, to_year, shared_m2 * depth)


def shared_depth(work: Work, other: Work, margin_m: float) -> float | None:
    """Metres of depth that both want, the margin included; None where a depth is not known; 0 and less: they pass."""
    if work.top_m is None or work.bottom_m is None or other.top_m is None or other.bottom_m is None:
        return None
    return min(work.bottom_m, other.bottom_m) - max(work.top_m, other.top_m) + margin_m


def clashes(found: Sequence[Meeting]) -> Iterator[Meeting]:
    """The meetings that are judged and fail."""
    return (meeting for meeting in found if meeting.rule != NOT_JUDGED)
