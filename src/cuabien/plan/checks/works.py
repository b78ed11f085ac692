"""Rules about projects, the network and the layers: is what is to be built in step with itself?

Spatial rules look at official shapes only: on a drawn shape an overlap proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cuabien.base.dates import first_day, last_day, year_of
from cuabien.plan import objects as o
from cuabien.plan.checks.register import Context, Found
from cuabien.plan.package import Plan

FINISHED = {"operating", "done"}
UNDATED = {"continuing", "narrative", "idea", "stopped"}
LONG_YEARS = 15


def first_year(project: o.Project) -> int | None:
    """The year in which a project is first in use: its first dated phase, else the date it opens."""
    years = [p.year for p in project.phases if p.year is not None]
    opens = project.predicted_opens or project.opens
    if opens is not None:
        years.append(year_of(opens))
    return min(years) if years else project.not_before


def before_prerequisite(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        year = first_year(project)
        for needed in (c.plan.projects[i] for i in project.prerequisites if i in c.plan.projects):
            later = first_year(needed)
            if year is not None and later is not None and later > year:
                yield Found("projects", project.id, {"year": year, "other": needed.id, "later": later})


def past_its_end(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.opens and project.status not in FINISHED | UNDATED and last_day(project.opens) < c.today:
            yield Found("projects", project.id, {"opens": project.opens, "status": project.status})


def end_before_start(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.starts and project.opens and last_day(project.opens) < first_day(project.starts):
            yield Found("projects", project.id, {"starts": project.starts, "opens": project.opens})


def started_without_end(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.status == "under construction" and not (project.opens or project.predicted_opens):
            yield Found("projects", project.id)


def finished_in_the_future(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.status in FINISHED and project.opens and first_day(project.opens) > c.today:
            yield Found("projects", project.id, {"opens": project.opens, "status": project.status})


def start_has_passed(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        waiting = project.status in {"proposed", "planned", "consultation"}
        if waiting and project.starts and last_day(project.starts) < c.today:
            yield Found("projects", project.id, {"starts": project.starts, "status": project.status})


def takes_very_long(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.starts and project.opens and not project.phases:
            years = year_of(project.opens) - year_of(project.starts)
            if years > LONG_YEARS:
                yield Found("projects", project.id, {"years": years})


def shrinking_phases(c: Context) -> Iterator[Found]:
    """Phases are totals reached, so that each must be at least the one before it."""
    for project in c.plan.projects.values():
        for unit in {p.unit for p in project.phases}:
            dated = [
                (p.year, p.value) for p in project.phases if p.unit == unit and p.year and p.value is not None
            ]
            values = [value for _, value in sorted(dated)]
            if values != sorted(values):
                yield Found("projects", project.id, {"unit": unit})


def without_access(c: Context) -> Iterator[Found]:
    """A port or airport whose terminals no road, rail or waterway reaches by its first year."""
    for project in c.plan.projects.values():
        year = first_year(project)
        if project.kind not in {"seaport", "airport", "port"} or year is None or project.status in UNDATED:
            continue
        for terminal in (c.plan.terminals[i] for i in project.terminals if i in c.plan.terminals):
            nodes = {terminal.road_node, terminal.rail_node, terminal.waterway_node} - {None}
            if not any(
                nodes & {link.from_node, link.to_node} and is_open(link, year)
                for link in c.plan.links.values()
            ):
                yield Found("projects", project.id, {"terminal": terminal.id, "year": year})


def is_open(link: o.Link, year: int) -> bool:
    return (link.opens is None or link.opens <= year) and (link.closes is None or link.closes > year)


def link_and_project_apart(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        project = c.plan.projects.get(link.project or "")
        year = first_year(project) if project else None
        if project and link.opens is not None and year is not None and link.opens < year:
            yield Found("links", link.id, {"opens": link.opens, "project": project.id, "year": year})


def planned_link_of_nobody(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        if link.opens is not None and link.opens > c.today.year and link.project is None:
            yield Found("links", link.id, {"opens": link.opens})


def link_shorter_than_straight(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        a, b = c.plan.nodes.get(link.from_node), c.plan.nodes.get(link.to_node)
        if a and b:
            straight = distance_km(a, b)
            if link.length_km < 0.97 * straight - 0.02:
                yield Found("links", link.id, {"length": link.length_km, "straight": round(straight, 2)})


def distance_km(a: o.Node, b: o.Node) -> float:
    """Great-circle distance on a sphere of 6,371 km (haversine)."""
    p, q = math.radians(a.lat), math.radians(b.lat)
    h = (
        math.sin((q - p) / 2) ** 2
        + math.cos(p) * math.cos(q) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(h))


def link_to_itself(c: Context) -> Iterator[Found]:
    yield from (Found("links", i) for i, link in c.plan.links.items() if link.from_node == link.to_node)


def link_closes_before_it_opens(c: Context) -> Iterator[Found]:
    for i, link in c.plan.links.items():
        if link.opens is not None and link.closes is not None and link.closes <= link.opens:
            yield Found("links", i, {"opens": link.opens, "closes": link.closes})


def terminal_without_link(c: Context) -> Iterator[Found]:
    """A terminal names a node of a mode that no link of the mode ever touches."""
    touched = {(link.mode, n) for link in c.plan.links.values() for n in (link.from_node, link.to_node)}
    for i, t in c.plan.terminals.items():
        for mode, node in (
            ("road", t.road_node),
            ("rail", t.rail_node),
            ("fairway", t.fairway_node),
            ("waterway", t.waterway_node),
        ):
            reached = (mode, node) in touched or (mode == "waterway" and ("fairway", node) in touched)
            if node is not None and not reached:
                yield Found("terminals", i, {"mode": mode, "node": node})


def islands_of_a_mode(c: Context) -> Iterator[Found]:
    """Pieces of a mode's network that are apart from its largest piece when everything planned is open."""
    for mode in ("road", "rail"):
        pieces = _pieces(
            [link for link in c.plan.links.values() if link.mode == mode and link.closes is None]
        )
        for piece in pieces[1:]:
            yield Found("nodes", min(piece), {"mode": mode, "count": len(piece)})


def _pieces(links: list[o.Link]) -> list[set[str]]:
    near: dict[str, set[str]] = {}
    for link in links:
        near.setdefault(link.from_node, set()).add(link.to_node)
        near.setdefault(link.to_node, set()).add(link.from_node)
    pieces: list[set[str]] = []
    left = set(near)
    while left:
        piece, waiting = set(), [min(left)]
        while waiting:
            here = waiting.pop()
            if here not in piece:
                piece.add(here)
                waiting += near[here]
        pieces.append(piece)
        left -= piece
    return sorted(pieces, key=lambda p: (-len(p), min(p)))


# ---- layers -----------------------------------------------------------------------------------------------


def zone_years_reversed(c: Context) -> Iterator[Found]:
    for i, zone in _zones(c.plan):
        if zone.from_year and zone.to_year and zone.to_year < zone.from_year:
            yield Found("zones", i, {"from_year": zone.from_year, "to_year": zone.to_year})


def zone_ends_before_project(c: Context) -> Iterator[Found]:
    for i, zone in _zones(c.plan):
        project = c.plan.projects.get(zone.project or "")
        year = first_year(project) if project else None
        if project and zone.to_year and year and zone.to_year < year:
            yield Found("zones", i, {"to_year": zone.to_year, "project": project.id, "year": year})


def operating_in_the_future(c: Context) -> Iterator[Found]:
    for i, zone in _zones(c.plan):
        if (zone.status or "").startswith("operating") and zone.from_year and zone.from_year > c.today.year:
            yield Found("zones", i, {"from_year": zone.from_year})


def layers_overlap(c: Context) -> Iterator[Found]:
    """Conservation against building, and one use against another of the same years: official shapes only."""
    official = [(i, f) for i, f in sorted(c.plan.zones.items()) if f.row.shape == "official"]
    for k, (i, one) in enumerate(official):
        for j, other in official[k + 1 :]:
            if not _conflict(one.row, other.row) or not one.geometry.intersects(other.geometry):
                continue
            common = one.geometry.intersection(other.geometry).area
            if common > 0.01 * min(one.geometry.area, other.geometry.area) > 0:
                yield Found(
                    "zones", i, {"other": j, "one_layer": one.row.layer, "other_layer": other.row.layer}
                )


def _conflict(one: o.Zone, other: o.Zone) -> bool:
    together = (one.from_year or 0) <= (other.to_year or 9999) and (other.from_year or 0) <= (
        one.to_year or 9999
    )
    builds = {"urban", "industrial", "marine"}
    kept = [z for z in (one, other) if z.kind == "conservation"]
    both_build = one.layer != other.layer and {one.layer, other.layer} <= builds
    return together and (both_build or (len(kept) == 1 and bool({one.layer, other.layer} & builds)))


def underground_without_depth(c: Context) -> Iterator[Found]:
    for i, zone in _zones(c.plan):
        if zone.layer == "underground" and (zone.depth_top_m is None or zone.depth_bottom_m is None):
            yield Found("zones", i)


def depth_reversed(c: Context) -> Iterator[Found]:
    for i, zone in _zones(c.plan):
        top, bottom = zone.depth_top_m, zone.depth_bottom_m
        if top is not None and bottom is not None and bottom <= top:
            yield Found("zones", i, {"top": top, "bottom": bottom})


def thematic_layer_missing(c: Context) -> Iterator[Found]:
    here = {zone.layer for _, zone in _zones(c.plan)}
    for layer in ("urban", "industrial", "tourism", "marine", "underground", "spatial"):
        if layer not in here:
            yield Found("zones", layer, {"layer": layer})


def _zones(plan: Plan) -> Iterator[tuple[str, o.Zone]]:
    for i, feature in plan.zones.items():
        yield i, feature.row
