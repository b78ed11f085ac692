"""Drawing a map in millimetres of paper: VN-2000 on the plan's meridian, at one round scale, as SVG paths.

The plane is conformal and its scale is within one in five thousand of the one printed, all over a city, so a bar drawn to the
scale measures truly. Nothing that a plan says is written into a drawing: names are handed on as texts beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from cuabien.geo.vn2000 import from_wgs84
from cuabien.plan.package import Plan

MAP_MM = (200.0, 171.0)
"""Width and height of the frame of a sheet."""
FAR_MM = (32.0, 26.0)
"""Of the box for islands that lie too far off to be drawn in place."""
MARGIN = 0.05
ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5)
FAR = 4.0
"""A commune so many times farther from the middle than the middle one is drawn in a box of its own."""
LAND = Path(__file__).parent / "geography" / "land.json"


@dataclass(frozen=True)
class Frame:
    """A window on the plane: where its upper left corner lies, its scale, and where it stands on the paper."""

    meridian: float
    west_m: float
    north_m: float
    scale: float
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0

    def at(self, coordinates: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Longitudes and latitudes (n, 2) as millimetres from the corner of the map."""
        points = np.asarray(coordinates, dtype=float).reshape(-1, 2)
        east, north = from_wgs84(points[:, 0], points[:, 1], self.meridian)
        mm = 1000 / self.scale
        return np.column_stack([self.x + (east - self.west_m) * mm, self.y + (self.north_m - north) * mm])

    def holds(self, lon: float, lat: float) -> bool:
        x, y = self.at([(lon, lat)])[0]
        return bool(self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height)


def frame_around(shapes: Sequence[BaseGeometry], meridian: float, size: tuple[float, float]) -> Frame:
    """The window at the largest round scale that holds the shapes, in its middle."""
    points = np.vstack([shapely.get_coordinates(shape) for shape in shapes])
    east, north = from_wgs84(points[:, 0], points[:, 1], meridian)
    width, height = max(np.ptp(east), 1.0), max(np.ptp(north), 1.0)
    needed = 1000 * max(width / size[0], height / size[1]) * (1 + 2 * MARGIN)
    scale = round_scale(needed)
    room = (size[0] * scale / 1000, size[1] * scale / 1000)
    west = float(east.min() + east.max() - room[0]) / 2
    top = float(north.min() + north.max() + room[1]) / 2
    return Frame(meridian, west, top, scale, *size)


def round_scale(needed: float) -> float:
    """The next round denominator at or above what is needed: 1:600.000 for 1:512.345."""
    power = 10 ** math.floor(math.log10(needed))
    return float(next(r * power for r in (*ROUND, 10.0) if r * power >= needed * (1 - 1e-9)))


# ---- drawing --------------------------------------------------------------------------------------------------------


@dataclass
class Drawing:
    """SVG in millimetres, with its patterns."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def add(self, tag: str, **attributes: object) -> None:
        told = " ".join(
            f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items() if value != ""
        )
        self.parts.append(f"<{tag} {told}/>")

    def path(self, frame: Frame, shape: BaseGeometry | None, **attributes: object) -> None:
        if shape is not None and (d := path_of(frame, shape)):
            self.add("path", d=d, **{"fill": "none", "stroke_linejoin": "round", **attributes})

    def circle(self, x: float, y: float, r: float, **attributes: object) -> None:
        self.add("circle", cx=f"{x:.2f}", cy=f"{y:.2f}", r=f"{r:.2f}", **attributes)

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}mm" height="{self.height}mm" '
            f'viewBox="0 0 {self.width} {self.height}"><defs>{PATTERNS}</defs>{"".join(self.parts)}</svg>'
        )


def _hatch(name: str, colour: str, angle: int, gap: float, width: float, ground: str = "") -> str:
    """Parallel lines; a ground keeps what lies below from shining through."""
    back = f'<rect width="{gap}" height="{gap}" fill="{ground}"/>' if ground else ""
    return (
        f'<pattern id="{name}" width="{gap}" height="{gap}" patternUnits="userSpaceOnUse" patternTransform="rotate({angle})">'
        f'{back}<line x1="0" y1="0" x2="0" y2="{gap}" stroke="{colour}" stroke-width="{width}"/></pattern>'
    )


LAYER_COLOURS: Mapping[str, str] = {
    "urban": "#a3467f",
    "industrial": "#6246a3",
    "tourism": "#a85b06",
    "marine": "#0a6b78",
    "underground": "#3f4851",
    "spatial": "#4d7420",
}
"""As the explorer has them."""
ANGLES = {"urban": 45, "industrial": -45, "tourism": 0, "marine": 90, "underground": 30, "spatial": -30}
PATTERNS = "".join(
    [
        _hatch("none", "#8a8a8a", 45, 1.2, 0.12, "#ffffff"),
        *(_hatch(f"hatch-{i}", c, ANGLES[i], 0.9, 0.3) for i, c in LAYER_COLOURS.items()),
    ]
)


def path_of(frame: Frame, shape: BaseGeometry) -> str:
    """The outline of a shape as an SVG path; points have none."""
    parts: list[str] = []
    for piece in getattr(shape, "geoms", [shape]):
        rings = [piece.exterior, *piece.interiors] if isinstance(piece, Polygon) else [piece]
        for ring in rings:
            points = shapely.get_coordinates(ring)
            if len(points) < 2:
                continue
            line = "L".join(f"{x:.2f} {y:.2f}" for x, y in frame.at(points))
            parts.append(f"M{line}{'Z' if isinstance(piece, Polygon) else ''}")
    return "".join(parts)


# ---- the ground of every sheet --------------------------------------------------------------------------------------


@cache
def geography() -> Mapping[str, Any]:
    """Land around the city and around the East Sea (Natural Earth, public domain)."""
    found: Mapping[str, Any] = json.loads(LAND.read_bytes())
    return found


SEA, NEIGHBOUR, GROUND, RIVER, INK = "#d3e6ee", "#e4e1d8", "#fbfaf6", "#8fc0d6", "#12283a"


@dataclass(frozen=True)
class Canvas:
    """The frames of an atlas: the city, and a box for communes far out at sea if there are any."""

    plan: Plan
    main: Frame
    far: Frame | None
    far_communes: frozenset[str]

    def frame_of(self, commune: str) -> Frame:
        return self.far if self.far and commune in self.far_communes else self.main

    def under(self) -> Drawing:
        """Sea, the land of neighbours, the city's own ground."""
        drawing = Drawing(*MAP_MM)
        drawing.add("rect", width=MAP_MM[0], height=MAP_MM[1], fill=SEA)
        for rings in geography()["near"]:
            d = "".join(path_of(self.main, Polygon(ring)) for ring in rings)
            drawing.add("path", d=d, fill=NEIGHBOUR, stroke="#a9a594", stroke_width=0.12)
        for identity, feature in self.plan.shapes.items():
            if identity not in self.far_communes:
                drawing.path(self.main, feature.geometry, fill=GROUND)
        _graticule(drawing, self.main)
        return drawing

    def over(self) -> Drawing:
        """Rivers, borders of communes, and the box of the far islands."""
        drawing = Drawing(*MAP_MM)
        for water in self.plan.water.values():
            if water.row.kind in ("river", "canal"):
                drawing.path(
                    self.main,
                    water.geometry,
                    stroke=RIVER,
                    stroke_width=0.45 if water.row.kind == "river" else 0.2,
                )
        for identity, feature in self.plan.shapes.items():
            if identity not in self.far_communes:
                drawing.path(self.main, feature.geometry, stroke="#6f7b86", stroke_width=0.12)
        outer = [f.geometry for i, f in self.plan.shapes.items() if i not in self.far_communes]
        if outer:
            drawing.path(
                self.main,
                shapely.union_all(outer),
                stroke=INK,
                stroke_width=0.45,
                stroke_dasharray="2.2 0.6 0.4 0.6",
            )
        return drawing

    def box(self, drawing: Drawing) -> None:
        """The empty box of the far islands, below what a sheet draws in it."""
        if self.far:
            f = self.far
            drawing.add(
                "rect", x=f.x, y=f.y, width=f.width, height=f.height, fill=SEA, stroke=INK, stroke_width=0.25
            )
            for identity in sorted(self.far_communes):
                drawing.path(
                    f, self.plan.shapes[identity].geometry, fill=GROUND, stroke=INK, stroke_width=0.2
                )


def canvas(plan: Plan) -> Canvas:
    near, far = _parted(plan)
    meridian = plan.header.central_meridian
    shapes: list[BaseGeometry] = [plan.shapes[i].geometry for i in near]
    if not shapes:
        shapes = [shapely.Point(n.lon, n.lat) for n in plan.nodes.values()] or [shapely.Point(meridian, 20.8)]
    main = frame_around(shapes, meridian, MAP_MM)
    box = None
    if far:
        small = frame_around([plan.shapes[i].geometry for i in far], meridian, FAR_MM)
        x, y = MAP_MM[0] - FAR_MM[0] - 2, MAP_MM[1] - FAR_MM[1] - 2
        box = Frame(meridian, small.west_m, small.north_m, small.scale, *FAR_MM, x, y)
    return Canvas(plan, main, box, frozenset(far))


def _parted(plan: Plan) -> tuple[list[str], list[str]]:
    """Communes that are drawn in place, and those far out at sea, which would make the city small."""
    ids = [a.id for a in plan.communes if a.id in plan.shapes]
    if not ids:
        return [], []
    centres = np.array([plan.shapes[i].geometry.centroid.coords[0] for i in ids])
    distance = np.hypot(*(centres - np.median(centres, axis=0)).T)
    limit = FAR * max(float(np.median(distance)), 1e-9)
    return (
        [i for i, d in zip(ids, distance, strict=True) if d <= limit],
        [i for i, d in zip(ids, distance, strict=True) if d > limit],
    )


STEP_DEGREES = (1.0, 0.5, 0.25, 1 / 6, 1 / 12, 1 / 30, 1 / 60)


def graticule(frame: Frame) -> list[tuple[str, float, list[tuple[float, float]]]]:
    """(lon or lat, degrees, points in millimetres) of each line of the net, about five a side."""
    from cuabien.geo.vn2000 import to_wgs84

    m = frame.scale / 1000
    x = np.array([frame.west_m, frame.west_m + frame.width * m])
    y = np.array([frame.north_m - frame.height * m, frame.north_m])
    lon, lat = to_wgs84(
        np.array([x[0], x[1], x[0], x[1]]), np.array([y[0], y[0], y[1], y[1]]), frame.meridian
    )
    step = next((s for s in STEP_DEGREES if np.ptp(lon) / s >= 4), STEP_DEGREES[-1])
    lines: list[tuple[str, float, list[tuple[float, float]]]] = []
    for kind, values, along in (("lon", lon, lat), ("lat", lat, lon)):
        for k in range(math.ceil(values.min() / step), math.floor(values.max() / step) + 1):
            other = np.linspace(along.min() - step, along.max() + step, 25)
            fixed = np.full(25, k * step)
            pairs = np.column_stack([fixed, other] if kind == "lon" else [other, fixed])
            lines.append((kind, k * step, [(float(a), float(b)) for a, b in frame.at(pairs)]))
    return lines


def _graticule(drawing: Drawing, frame: Frame) -> None:
    for _, _, points in graticule(frame):
        d = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
        drawing.add("path", d=d, fill="none", stroke="#5f7f90", stroke_width=0.08)


def centre(shape: BaseGeometry) -> tuple[float, float]:
    point = shape.representative_point() if shape.geom_type in ("Polygon", "MultiPolygon") else shape.centroid
    return float(point.x), float(point.y)


def swatch(parts: Iterable[tuple[str, Mapping[str, object]]], width: float = 9.0, height: float = 3.4) -> str:
    """A small drawing for a legend."""
    drawing = Drawing(width, height)
    for tag, attributes in parts:
        drawing.add(tag, **attributes)
    return drawing.svg()
