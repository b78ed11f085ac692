"""What of a plan has a place, as features of one layer a table, in longitude and latitude (WGS 84)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from cuabien.plan import objects as o
from cuabien.plan.package import Feature, Plan
from cuabien.plan.references import row_of

ORDER = ("shapes", "zones", "projects", "links", "nodes", "terminals", "places", "water")
"""Tables that become layers: those that fill the map first."""
LAYER = {"shapes": "areas"}
"""A layer that is not called as its table is."""


@dataclass(frozen=True)
class Spot:
    """One object with its place and with what its row says, flat enough for any map format."""

    id: str
    properties: Mapping[str, Any]
    shape: BaseGeometry


@dataclass(frozen=True)
class Layer:
    """One table's objects, all with a place."""

    table: str
    spots: tuple[Spot, ...]

    @property
    def name(self) -> str:
        return LAYER.get(self.table, self.table)


def layers(plan: Plan) -> list[Layer]:
    """Every layer that has an object, in the order of drawing."""
    found = [Layer(table, tuple(_spots(plan, table))) for table in ORDER]
    return [layer for layer in found if layer.spots]


def _spots(plan: Plan, table: str) -> Iterable[Spot]:
    for identity, entry in sorted(plan.table(table).items()):
        shape = shape_of(plan, table, entry)
        if shape is not None and not shape.is_empty:
            yield Spot(identity, properties(plan, table, entry), shape)


def shape_of(plan: Plan, table: str, entry: Any) -> BaseGeometry | None:
    """Where an object of a plan is; None when it has no place of its own."""
    if isinstance(entry, Feature):
        return entry.geometry
    row = entry
    if isinstance(row, o.Link):
        if row.geometry is not None:
            return shapely.from_wkt(row.geometry)
        ends = [plan.nodes.get(row.from_node), plan.nodes.get(row.to_node)]
        return LineString([(n.lon, n.lat) for n in ends if n]) if all(ends) else None
    if isinstance(row, o.Terminal):
        named = (row.road_node, row.rail_node, row.fairway_node, row.waterway_node)
        node = next((plan.nodes[n] for n in named if n and n in plan.nodes), None)
        return Point(node.lon, node.lat) if node else None
    if isinstance(row, o.Project):
        return (
            None
            if not row.points
            else Point(row.points[0])
            if len(row.points) == 1
            else LineString(row.points)
        )
    if isinstance(row, o.Area):
        outline = plan.shapes.get(row.id)
        return outline.geometry if outline else _point(row)
    return _point(row)


def _point(row: Any) -> Point | None:
    lon, lat = getattr(row, "lon", None), getattr(row, "lat", None)
    return None if lon is None or lat is None else Point(lon, lat)


def place_of(table: str, entry: Any) -> tuple[float, float] | None:
    """A point that lies on an object that has a shape of its own; None for one that has none."""
    if isinstance(entry, Feature):
        shape = entry.geometry
    elif isinstance(entry, o.Project) and entry.points:
        shape = Point(entry.points[0]) if len(entry.points) == 1 else LineString(entry.points)
    else:
        return None
    if shape.is_empty:
        return None
    at = shapely.point_on_surface(shape)
    return round(at.x, 6), round(at.y, 6)


def properties(plan: Plan, table: str, entry: Any) -> dict[str, Any]:
    """What a row says as plain values: lists are one text, parted by `;`; what needs a table of its own is left out."""
    row = row_of(entry)
    flat = {
        key: ";".join(map(str, value)) if isinstance(value, list) else value
        for key, value in row.model_dump(mode="json").items()
        if key not in ("phases", "points")
    }
    if table == "shapes":
        area = plan.areas.get(row.id)
        if area is not None:
            flat = {**flat, **{k: v for k, v in area.model_dump(mode="json").items() if k not in flat}}
    return {key: value for key, value in flat.items() if not isinstance(value, dict)}
