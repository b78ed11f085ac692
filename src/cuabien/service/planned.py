"""What is planned here: for each commune its zones, projects, terminals and the links that open in it.

A row of the plan that names its commune is believed. Else the point of the thing is looked up on the map; on a
schematic map that is a guess, and the answer says so (`by_position`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.service import features


@dataclass(frozen=True)
class Here:
    """The ids of what is planned in one commune; `by_position` holds those that only the map placed here."""

    zones: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()
    links_opening: tuple[str, ...] = ()
    by_position: frozenset[str] = frozenset()


NOTHING = Here()


@dataclass
class _Collected:
    zones: dict[str, None] = field(default_factory=dict)
    projects: dict[str, None] = field(default_factory=dict)
    terminals: dict[str, None] = field(default_factory=dict)
    links_opening: dict[str, None] = field(default_factory=dict)
    by_position: set[str] = field(default_factory=set)


def what_is_where(plan: Plan) -> Mapping[str, Here]:
    """Commune id -> what is planned there."""
    communes = {a.id for a in plan.communes}
    placed = [(i, f.geometry) for i, f in plan.shapes.items() if i in communes]
    tree = shapely.STRtree([shape for _, shape in placed])
    found: dict[str, _Collected] = defaultdict(_Collected)

    def at(shape: BaseGeometry | None) -> list[str]:
        if shape is None or not placed:
            return []
        hits = tree.query(shape, predicate="intersects")
        return sorted(placed[int(i)][0] for i in hits)

    def put(kind: str, identity: str, named: Iterable[str], shape: BaseGeometry | None) -> None:
        stated = [area for area in named if area in communes]
        for area in stated or at(shape):
            getattr(found[area], kind)[identity] = None
            if not stated:
                found[area].by_position.add(identity)

    for zone in plan.zones.values():
        row = zone.row
        put("zones", row.id, [row.commune] if row.commune else [], zone.geometry.representative_point())
    for project in plan.projects.values():
        put("projects", project.id, project.communes, features.project_shape(project))
    for terminal in plan.terminals.values():
        put("terminals", terminal.id, (), features.terminal_point(plan, terminal))
    for link in plan.links.values():
        if link.opens is not None:
            put("links_opening", link.id, (), features.link_line(plan, link))
    return {
        area: Here(
            tuple(c.zones),
            tuple(c.projects),
            tuple(c.terminals),
            tuple(c.links_opening),
            frozenset(c.by_position),
        )
        for area, c in found.items()
    }


@dataclass(frozen=True)
class Opening:
    """Links of one name and class that open in the same year, told as one line."""

    name_vi: str
    mode: str
    link_class: str
    opens: int
    project: str | None
    length_km: float
    links: int


def openings(plan: Plan, ids: Iterable[str]) -> list[Opening]:
    groups: dict[tuple[int, str, str, str, str | None], list[o.Link]] = defaultdict(list)
    for identity in ids:
        link = plan.links[identity]
        project = link.project if link.project in plan.projects else None
        groups[link.opens or 0, link.name_vi or "", link.mode, link.link_class, project].append(link)
    return [
        Opening(name, mode, kind, opens, project, sum(link.length_km for link in links), len(links))
        for (opens, name, mode, kind, project), links in sorted(groups.items(), key=lambda pair: pair[0][:4])
    ]
