"""Draw the communes of a plan from centroids, areas, rivers and coast: `map/areas.geojson`, marked schematic.

    .venv/bin/python scripts/draw_communes.py plans/hai-phong [--compare OFFICIAL.geojson]

`--compare` prints how far the drawing overlaps official outlines; it changes nothing and copies nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

from cuabien.geo.communes import OUTSIDE, Known, as_coverage, balance, draw, overlap, place_sites
from cuabien.geo.draw import disc, metres_per_degree
from cuabien.plan import objects as o
from cuabien.plan.package import Feature, Plan
from cuabien.plan.read import try_read_plan
from cuabien.plan.write import render_geojson

SMALL_WATERS = {
    "Sông Đào Hạ Lý", "Sông Tam Bạc", "Sông Ruột Lợn", "Sông Đa Độ", "Kênh Khê", "Sông Giá", "Sông Cầu Xe", "Sông Chanh",
}  # fmt: skip
"""Waters that communes lie across."""

MAINLAND_COAST = ("Đường bờ: cửa Thái Bình - Đồ Sơn", "Đường bờ: Đồ Sơn - cửa Lạch Tray - Đình Vũ")
ISLANDS = {"11914": ("Đường bờ: Đảo Cát Bà", "Đường bờ: Đảo Cát Hải")}
"""Special zones that are islands: drawn by their coast lines. One without a coast line is a disc of its area."""
OFFSHORE = [(106.8351, 20.819), (107.3, 20.819), (107.3, 20.3), (106.63229, 20.3)]
"""Closes the mainland's coast line through open sea, east and south of the city."""

MARGIN_KM = 6
GRID_DEGREES, SIMPLIFY_DEGREES = 1e-6, 3e-4
NOTE = "drawn from centroids, official area, rivers and coast; no survey (docs/theory/drawing.md)"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("plan", type=Path)
    arguments.add_argument("--compare", type=Path)
    chosen = arguments.parse_args()
    plan, _ = try_read_plan(chosen.plan)
    assert plan is not None, "the plan cannot be read"
    drawn = draw_plan(plan, chosen.plan / "map" / "drawing" / "former_communes.csv")
    features = [
        Feature(o.AreaShape(id=code, shape="schematic", source=plan.areas[code].source, note=NOTE), geometry)
        for code, geometry in drawn.items()
    ]
    (chosen.plan / "map" / "areas.geojson").write_bytes(render_geojson(features))
    print(f"drew {len(drawn)} communes")
    if chosen.compare:
        report(plan, drawn, chosen.compare)


def draw_plan(plan: Plan, former_file: Path) -> dict[str, BaseGeometry]:
    """The shape (lon/lat) of each commune of the plan."""
    lines = {feature.row.name_vi: feature.geometry for feature in plan.water.values()}
    communes = [
        a for a in plan.communes if a.lon is not None and a.lat is not None and a.area_km2 is not None
    ]
    islands = [a for a in communes if a.type_vi == "đặc khu"]
    mainland = [a for a in communes if a.type_vi != "đặc khu"]
    plane = Plane.around([(a.lon or 0, a.lat or 0) for a in mainland])

    known = Known(
        plane.km(np.array([[a.lon, a.lat] for a in mainland], dtype=float)),
        np.array([a.area_km2 for a in mainland], dtype=float),
    )
    former, label = read_former(former_file, [a.id for a in mainland], {a.id for a in islands}, plane)
    faces = cut_land(lines, plane, former[label != OUTSIDE])
    sites = place_sites(former, label, known, faces)
    sites, weight = balance(sites, known, faces)
    shapes = [plane.degrees(s) for s in draw(sites, weight, faces, len(mainland))]
    shapes = as_coverage(shapes, GRID_DEGREES, SIMPLIFY_DEGREES)

    drawn = {a.id: s for a, s in zip(mainland, shapes, strict=True)}
    for area in islands:
        coasts = ISLANDS.get(area.id, ())
        rings = [Polygon(lines[name].coords) for name in coasts if name in lines]
        drawn[area.id] = (
            shapely.make_valid(MultiPolygon(rings)) if rings
            else disc(area.lon or 0, area.lat or 0, (area.area_km2 or 0) * 100)
        )  # fmt: skip
    return {code: shapely.set_precision(geometry, GRID_DEGREES) for code, geometry in drawn.items()}


class Plane:
    """Kilometres east and north of a point; good to a part in a thousand over the size of a city."""

    def __init__(self, lon: float, lat: float) -> None:
        east, north = metres_per_degree(lat)
        self.origin = np.array([lon, lat])
        self.scale = np.array([east, north]) / 1000

    @classmethod
    def around(cls, points: list[tuple[float, float]]) -> Plane:
        lon, lat = np.mean(points, axis=0)
        return cls(float(lon), float(lat))

    def km(self, degrees: np.ndarray) -> np.ndarray:
        return (np.asarray(degrees, dtype=float) - self.origin) * self.scale

    def degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, lambda xy: xy / self.scale + self.origin)

    def from_degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, self.km)


def read_former(
    file: Path, codes: list[str], islands: set[str], plane: Plane
) -> tuple[np.ndarray, np.ndarray]:
    """Position (km) and commune of today (its place in `codes`, or OUTSIDE) of each former commune.

    Points that stand twice in the list are left out: one of the two is wrong, and nobody can say which.
    """
    place = {code: k for k, code in enumerate(codes)}
    with file.open(encoding="utf-8", newline="") as text:
        rows = [r for r in csv.DictReader(text) if r["commune"] not in islands]
    seen: dict[tuple[str, str], int] = {}
    for r in rows:
        seen[r["lon"], r["lat"]] = seen.get((r["lon"], r["lat"]), 0) + 1
    rows = [r for r in rows if seen[r["lon"], r["lat"]] == 1]
    position = plane.km(np.array([[float(r["lon"]), float(r["lat"])] for r in rows]))
    label = np.array([place.get(r["commune"], OUTSIDE) for r in rows])
    near = (position > position[label != OUTSIDE].min(0) - MARGIN_KM) & (
        position < position[label != OUTSIDE].max(0) + MARGIN_KM
    )
    return position[near.all(1)], label[near.all(1)]


def cut_land(lines: dict[str, BaseGeometry], plane: Plane, city: np.ndarray) -> list[Polygon]:
    """The land around the city, cut into faces by the coast and the big rivers."""
    coast = [xy for name in MAINLAND_COAST for xy in lines[name].coords]
    sea = plane.from_degrees(Polygon([*coast, *OFFSHORE]))
    frame = box(*(city.min(0) - MARGIN_KM), *(city.max(0) + MARGIN_KM))
    rivers = [
        plane.from_degrees(line)
        for name, line in lines.items()
        if name.startswith(("Sông", "Kênh")) and name not in SMALL_WATERS
    ]
    edges = [frame.boundary, sea.boundary, *(LineString(r.coords) for r in rivers)]
    faces = [f.intersection(frame) for f in polygonize(shapely.union_all(edges))]
    return [f for f in faces if f.area > 0 and not sea.contains(f.representative_point())]


def report(plan: Plan, drawn: dict[str, BaseGeometry], official: Path) -> None:
    """How well the drawing does against official outlines."""
    content = json.loads(official.read_text(encoding="utf-8"))
    real = {f["properties"]["code"]: shapely.make_valid(shape(f["geometry"])) for f in content["features"]}
    share = np.array(list(overlap(drawn, real).values()))
    plane = Plane.around([(a.lon or 0, a.lat or 0) for a in plan.communes])
    off = [
        abs(plane.from_degrees(g).area / (plan.areas[code].area_km2 or np.nan) - 1)
        for code, g in drawn.items()
    ]
    ours, theirs = (
        shapely.union_all(list(shapes.values()), grid_size=GRID_DEGREES) for shapes in (drawn, real)
    )
    outline = overlap({"city": ours}, {"city": theirs})["city"]
    official_km2 = sum(a.area_km2 or 0 for a in plan.communes)
    print(f"overlap with official outlines (intersection over union), {len(share)} communes:")
    print(
        f"  median {np.median(share):.3f}, quartiles {np.quantile(share, 0.25):.3f} and {np.quantile(share, 0.75):.3f}"
    )
    print(f"  above one half: {(share > 0.5).mean():.0%}; the city's outline: {outline:.3f}")
    print(
        f"  drawn area off the official one: median {np.median(off):.1%}, most {', '.join(f'{v:.0%}' for v in sorted(off)[:-4:-1])}"
    )
    print(f"  the whole: {plane.from_degrees(ours).area:,.0f} km2 drawn, {official_km2:,.0f} official")


if __name__ == "__main__":
    main()
