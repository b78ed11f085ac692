"""What the map draws, as GeoJSON: coordinates rounded to about a metre, properties that the explorer reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPoint, Point, mapping
from shapely.geometry.base import BaseGeometry

from cuabien.base.dates import year_of
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.service.bilingual import named

DEGREES = 1e-5
"""Coordinates are rounded to this: about one metre here."""

Properties = dict[str, Any]
Collection = dict[str, Any]


def collection(features: Iterable[tuple[Properties, BaseGeometry]]) -> Collection:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": properties, "geometry": geometry_of(shape)}
            for properties, shape in features
        ],
    }


def geometry_of(shape: BaseGeometry) -> dict[str, Any]:
    rounded = shapely.set_precision(shape, DEGREES, mode="pointwise")
    return _plain(mapping(rounded))


def _plain(geometry: dict[str, Any]) -> dict[str, Any]:
    """Numbers as short as their precision; a pointwise rounded 106.67 may come out as 106.67000000000002."""

    def shorten(value: Any) -> Any:
        return round(value, 5) if isinstance(value, int | float) else [shorten(v) for v in value]

    if geometry["type"] == "GeometryCollection":
        return {"type": geometry["type"], "geometries": [_plain(g) for g in geometry["geometries"]]}
    return {"type": geometry["type"], "coordinates": shorten(geometry["coordinates"])}


def areas(plan: Plan) -> Collection:
    rows = []
    for area in plan.communes:
        feature = plan.shapes.get(area.id)
        if feature is not None:
            rows.append((area_properties(area, feature.row.shape), feature.geometry))
    return collection(rows)


def area_properties(area: o.Area, shape: str) -> Properties:
    return {
        "id": area.id,
        "name": named(area),
        "type_vi": area.type_vi,
        "part_of": area.part_of,
        "shape": shape,
        "area_km2": area.area_km2,
        "population": area.population,
        "population_date": area.population_date,
    }


def water(plan: Plan) -> Collection:
    return collection(
        (
            {
                "id": w.row.id,
                "name": {"vi": w.row.name_vi, "en": w.row.name_vi},
                "kind": w.row.kind,
                "shape": w.row.shape,
            },
            w.geometry,
        )
        for w in plan.water.values()
    )


def network(plan: Plan) -> Collection:
    return collection(
        (
            {
                "id": link.id,
                "name": {"vi": link.name_vi or "", "en": link.name_vi or ""},
                "mode": link.mode,
                "class": link.link_class,
                "opens": link.opens,
                "closes": link.closes,
                "project": link.project if link.project in plan.projects else None,
                "bridge": bool(link.bridge),
                "attributes": link.attributes,
            },
            shape,
        )
        for link in plan.links.values()
        if (shape := link_line(plan, link)) is not None
    )


def link_line(plan: Plan, link: o.Link) -> LineString | None:
    """The link's course, where the plan knows it; else the straight line between its nodes."""
    if link.geometry is not None:
        return LineString(shapely.from_wkt(link.geometry).coords)
    start, end = plan.nodes.get(link.from_node), plan.nodes.get(link.to_node)
    if start is None or end is None:
        return None
    return LineString([(start.lon, start.lat), (end.lon, end.lat)])


def terminals(plan: Plan) -> Collection:
    return collection(
        (
            {
                "id": t.id,
                "name": named(t),
                "state": t.state,
                "opens": t.opens,
                "modes": terminal_modes(t),
                "project": t.project if t.project in plan.projects else None,
            },
            at,
        )
        for t in plan.terminals.values()
        if (at := terminal_point(plan, t)) is not None
    )


TERMINAL_NODES = {
    "road": "road_node",
    "rail": "rail_node",
    "fairway": "fairway_node",
    "waterway": "waterway_node",
}


def terminal_modes(terminal: o.Terminal) -> list[str]:
    return [mode for mode, column in TERMINAL_NODES.items() if getattr(terminal, column)]


def terminal_point(plan: Plan, terminal: o.Terminal) -> Point | None:
    nodes = (plan.nodes.get(getattr(terminal, column) or "") for column in TERMINAL_NODES.values())
    return next((Point(node.lon, node.lat) for node in nodes if node), None)


def places(plan: Plan) -> Collection:
    return collection(
        ({"id": p.id, "name": named(p), "kind": p.kind, "rank": p.rank}, Point(p.lon, p.lat))
        for p in plan.places.values()
    )


def projects(plan: Plan) -> Collection:
    return collection(
        (
            {
                "id": p.id,
                "name": named(p),
                "kind": p.kind,
                "mode": p.mode,
                "status": p.status,
                "opens": opening_year(p),
                "proposal": p.proposal,
                "shape": p.shape,
            },
            shape,
        )
        for p in plan.projects.values()
        if (shape := project_shape(p)) is not None
    )


def opening_year(project: o.Project) -> int | None:
    return year_of(project.opens) if project.opens else project.not_before


LINE_MODES = ("road", "rail", "metro", "waterway", "fairway", "cable", "ferry")


def project_shape(project: o.Project) -> BaseGeometry | None:
    """A point for a site, a line for what runs from one point to the next."""
    if not project.points:
        return None
    if len(project.points) == 1:
        return Point(project.points[0])
    return LineString(project.points) if project.mode in LINE_MODES else MultiPoint(list(project.points))


def zones(plan: Plan, layer: str) -> Collection:
    return collection(
        (zone_properties(plan, z.row), z.geometry) for z in plan.zones.values() if z.row.layer == layer
    )


def zone_properties(plan: Plan, zone: o.Zone) -> Properties:
    return {
        "id": zone.id,
        "name": named(zone),
        "layer": zone.layer,
        "kind": zone.kind,
        "status": zone.status,
        "from_year": zone.from_year,
        "to_year": zone.to_year,
        "area_ha": zone.area_ha,
        "occupancy_percent": zone.occupancy_percent,
        "depth_top_m": zone.depth_top_m,
        "depth_bottom_m": zone.depth_bottom_m,
        "commune": zone.commune,
        "project": zone.project if zone.project in plan.projects else None,
        "shape": zone.shape,
    }
