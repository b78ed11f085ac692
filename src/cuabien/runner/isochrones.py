"""Isochrones on a map: the roads and the land that are within so many minutes of a place, in a year of a run.

The minutes of every road are those that the run keeps, so nothing is modelled again. Roads are cut where the time is up. The land beside
them is drawn as far as the minutes that are left carry straight on, no farther than a given distance; nobody leaves a bridge, a ferry
or an expressway on the way. That strip is a drawing and no count: the plan holds no local streets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.model import city
from cuabien.model.links import bans_motorbikes
from cuabien.model.transport.graph import KM_A_DEGREE
from cuabien.model.transport.reach import MODES, LinkMinutes, Reach, Ways, reach, ways_of
from cuabien.plan.package import Plan
from cuabien.plan.withheld import hidden_ids
from cuabien.results import Run
from cuabien.runner.again import checked_year, plan_as_run

OFF_ROAD_KM = 0.5
"""How far from a road the land is drawn as reached, unless somebody says otherwise. Assumed."""
APART_KM = 0.2
"""Between the points of a road around which land is drawn."""
LEAST_KM = 0.02
"""Half the width of the narrowest strip, so that a road at whose end the time is up can be seen."""
CORNERS = 4
"""Of a quarter of a circle."""
LONGEST = 240.0
"""Minutes. Farther than that is another kind of map."""


@dataclass(frozen=True)
class Isochrone:
    """What is within `minutes`."""

    minutes: float
    communes: tuple[str, ...]
    """Those whose centre is reached, the nearest first."""
    stops: tuple[str, ...]
    """Nodes of the plan at which a line stops, by public transport."""
    road_km: float
    roads: BaseGeometry
    land: BaseGeometry
    land_km2: float


@dataclass(frozen=True)
class Found:
    plan: Plan
    communes: dict[str, float]
    """Commune -> minutes, of those within the longest time."""
    isochrones: tuple[Isochrone, ...]
    """The nearest first."""


def isochrones(
    run: Run,
    plan: Plan,
    origin: str,
    mode: str,
    year: int,
    limits: Sequence[float],
    off_road_km: float = OFF_ROAD_KM,
) -> Found:
    """From a commune or node, in a year of a run. `plan` as it stands; the run's change is applied to it here."""
    if mode not in MODES:
        raise Refused(
            N_('"{mode}" is no mode here; the modes are {modes}'), mode=mode, modes=", ".join(MODES)
        )
    if not limits or not all(0 < limit <= LONGEST for limit in limits):
        raise Refused(N_("minutes are above 0 and at most {longest}"), longest=int(LONGEST))
    if not (math.isfinite(off_road_km) and off_road_km >= 0):
        raise Refused(N_("the distance beside the roads is 0 km or more"))
    checked_year(run, year)
    changed = plan_as_run(run, plan)
    world = city.build(changed, int(run.manifest["seed"]), int(run.manifest["last_year"]))
    if not run.has_table("links"):
        raise Refused(N_("this plan models no transport"))
    ways = without_withheld(changed, ways_of(world, year, mode, _on_links(run, year)))
    farthest = reach(ways, origin, max(limits))
    communes = {c.id: ways.places[c.id] for c in world.communes}
    return Found(
        changed,
        farthest.of(communes),
        tuple(_drawn(changed, ways, farthest, limit, communes, off_road_km) for limit in sorted(set(limits))),
    )


def without_withheld(plan: Plan, ways: Ways) -> Ways:
    """People drive there, as in every figure of the run; but it is not drawn, named or begun from."""
    hidden = hidden_ids(plan)
    links, nodes = hidden.get("links", set()), hidden.get("nodes", set())
    return replace(
        ways,
        link=tuple("" if link in links else link for link in ways.link),
        places={i: at for i, at in ways.places.items() if i not in nodes},
        stops={i: at for i, at in ways.stops.items() if i not in nodes},
    )


def _on_links(run: Run, year: int) -> LinkMinutes:
    kept = run.table("links").filter(pl.col("year") == year).select("link", "direction", "minutes")
    return {(link, way): minutes for link, way, minutes in kept.iter_rows()}


# ---- shapes -------------------------------------------------------------------------------------------------


def _drawn(
    plan: Plan, ways: Ways, of: Reach, limit: float, communes: dict[str, int], off_road_km: float
) -> Isochrone:
    """Lines and land in degrees; measured on a plane of kilometres around the origin."""
    middle = _lon_lat(plan, of.origin)
    covered: dict[str, list[tuple[float, float]]] = {}
    strips: list[Strip] = []
    for part in _stretches(plan, ways, of, limit):
        covered.setdefault(part.link, []).append(
            (1 - part.share, 1.0) if part.backward else (0.0, part.share)
        )
        if _may_be_left(plan, part.link):
            line = _on_plane(_course(plan, part.link), middle)
            strips.append(
                _along(line.reverse() if part.backward else line, limit, part, ways.off_road_kmh, off_road_km)
            )
    for place, at in (*ways.places.items(), *ways.stops.items()):
        left = limit - of.minutes[at]
        if left >= 0:
            x, y = _place(plan, place, middle)
            strips.append([(x, y, min(left / 60 * ways.off_road_kmh, off_road_km))])
    parts = {link: _merged(spans) for link, spans in covered.items()}
    land = _land(strips) if off_road_km > 0 else shapely.MultiPolygon()
    within = {i: m for i, m in of.of(communes).items() if m <= limit}
    return Isochrone(
        limit,
        tuple(within),
        tuple(i for i, m in of.of(ways.stops).items() if m <= limit),
        sum(plan.links[i].length_km * (to - since) for i, spans in parts.items() for since, to in spans),
        shapely.union_all(
            [
                substring(_course(plan, i), since, to, normalized=True)
                for i, spans in sorted(parts.items())
                for since, to in spans
            ]
        ),
        _on_earth(land, middle),
        float(land.area),
    )


def _may_be_left(plan: Plan, link: str) -> bool:
    """Whether people get off a road between its ends."""
    row = plan.links[link]
    return row.mode == "road" and not row.bridge and not bans_motorbikes(row)


class Stretch(NamedTuple):
    """The part of a link that is reached one way, from its beginning on."""

    link: str
    backward: bool
    share: float
    gone: float
    """Minutes at its beginning."""
    takes: float
    """Minutes of the whole link."""


def _stretches(plan: Plan, ways: Ways, of: Reach, limit: float) -> Iterator[Stretch]:
    for arc in np.flatnonzero(of.minutes[ways.tail] <= limit).tolist():
        link = ways.link[arc]
        if not link:
            continue
        gone, takes = float(of.minutes[ways.tail[arc]]), float(ways.minutes[arc])
        left = limit - gone
        if plan.links[link].mode == "ferry" and takes > left:
            continue  # who is still on the water has arrived nowhere
        share = min(1.0, left / takes) if takes > 0 else 1.0
        if share > 0:
            yield Stretch(link, bool(ways.backward[arc]), share, gone, takes)


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Parts of a line that overlap or touch as one."""
    found: list[tuple[float, float]] = []
    for since, to in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], to))
        else:
            found.append((since, to))
    return found


def _course(plan: Plan, link: str) -> LineString:
    row = plan.links[link]
    course = shapely.from_wkt(row.geometry) if row.geometry is not None else None
    if isinstance(course, LineString):
        return course
    ends = plan.nodes[row.from_node], plan.nodes[row.to_node]
    return LineString([(n.lon, n.lat) for n in ends])


Strip = list[tuple[float, float, float]]
"""(x, y, km around) of points along a road."""


def _along(line: BaseGeometry, limit: float, part: Stretch, kmh: float, most_km: float) -> Strip:
    """At points that lie where they lie whatever the time, so that what is near lies within what is far; and where the time is up."""
    steps = max(1, math.ceil(line.length / APART_KM))
    shares = [k / steps for k in range(steps + 1) if k / steps < part.share] + [part.share]
    points = [line.interpolate(share, normalized=True) for share in shares]
    left = [max(limit - part.gone - part.takes * share, 0.0) for share in shares]
    return [(p.x, p.y, min(m / 60 * kmh, most_km)) for p, m in zip(points, left, strict=True)]


def _land(strips: Sequence[Strip]) -> BaseGeometry:
    """Circles around all points, and what lies between two that follow each other on a road."""
    made: list[BaseGeometry] = []
    for strip in strips:
        x, y, km = np.array(strip).T
        around = shapely.buffer(shapely.points(x, y), np.maximum(km, LEAST_KM), quad_segs=CORNERS)
        if len(strip) == 1:
            made.append(around[0])
        else:
            made += list(shapely.convex_hull([shapely.multipolygons([a, b]) for a, b in pairwise(around)]))
    return shapely.union_all(made) if made else shapely.MultiPolygon()


def _lon_lat(plan: Plan, place: str) -> tuple[float, float]:
    row = plan.nodes.get(place) or plan.areas[place]
    return float(row.lon or 0.0), float(row.lat or 0.0)


def _place(plan: Plan, place: str, middle: tuple[float, float]) -> tuple[float, float]:
    x, y = (np.array(_lon_lat(plan, place)) - np.array(middle)) * _km_a_degree(middle)
    return float(x), float(y)


def _km_a_degree(middle: tuple[float, float]) -> np.ndarray:
    """East and north."""
    return np.array([KM_A_DEGREE * math.cos(math.radians(middle[1])), KM_A_DEGREE])


def _on_plane(shape: BaseGeometry, middle: tuple[float, float]) -> BaseGeometry:
    scale = _km_a_degree(middle)
    return shapely.transform(shape, lambda points: (points - np.array(middle)) * scale)


def _on_earth(shape: BaseGeometry, middle: tuple[float, float]) -> BaseGeometry:
    scale = _km_a_degree(middle)
    return shapely.transform(shape, lambda points: points / scale + np.array(middle))
