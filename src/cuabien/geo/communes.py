"""Communes drawn from what is known of them: no outline is copied from anywhere.

Known are the centroids of the former communes and which commune of today took each one in, the official area and
centroid of each commune of today, and the rivers and the coast. From these:

1. the big rivers and the coast cut the land into faces, since a commune seldom lies on both banks;
2. in each face, the former communes' centroids share the land as a power diagram (Aurenhammer 1987): a point p
   belongs to the site s with the least |p - s|^2 - w_s, so that a higher weight w_s takes more land;
3. the cells of one commune are dissolved; former communes of the neighbouring provinces take their own land, so that
   the city's outer edge falls out;
4. weights (one for each commune of today) are raised until drawn areas meet the official ones, and the sites of a
   commune are shifted, within bounds, until its drawn centroid meets the official one.

Lengths are kilometres on a local plane around the city; docs/theory/drawing.md says how well it does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OUTSIDE = -1
"""The label of sites that lie in a neighbouring province."""

GRID_KM = 0.25
ROUNDS = 60
AREA_STEP = 0.08
"""Weight (km2) added per km2 of land that a commune lacks, each round."""
SHIFT_STEP, SHIFT_MOST_KM = 0.15, 0.7
TOWARDS_CENTROID = 0.2
"""Share of the way that a former commune's centroid is drawn towards the commune's own: the later merger's land
is rounder than its parts."""
SITE_WITHIN = 3.0
"""A former commune farther from its commune than so many radii is a slip of the list and is left out."""
SETTLING_ROUNDS = 15
"""The last rounds move weights only, so that areas settle after the shifts."""
SLIVER = 0.01
"""A gap thinner than this share of its squared outline is a slip of the drawing, not a lake."""
MILLIMETRE_KM = 1e-6
CRUMB_KM2 = 0.4
"""Parts smaller than this join the neighbour with the longest common edge."""


@dataclass(frozen=True)
class Sites:
    """Points that share the land: position (n, 2) in km, the commune each belongs to, and the face it lies in."""

    position: Floats
    label: Ints
    face: Ints


@dataclass(frozen=True)
class Known:
    """Official centroid (m, 2) in km and area (m) in km2 of each commune of today."""

    centroid: Floats
    area_km2: Floats


def place_sites(former: Floats, label: Ints, known: Known, faces: Sequence[Polygon]) -> Sites:
    """The former communes' centroids and the communes' own, in their faces, slips left out."""
    inside = label != OUTSIDE
    away = np.hypot(*(former - known.centroid[label]).T)
    radius = np.sqrt(known.area_km2[label] / np.pi)
    kept = ~inside | (away < SITE_WITHIN * radius)
    former, label = former[kept], label[kept]
    towards = np.where((label != OUTSIDE)[:, None], known.centroid[label] - former, 0.0)
    position = np.concatenate([former + TOWARDS_CENTROID * towards, known.centroid])
    label = np.concatenate([label, np.arange(len(known.area_km2))])
    # A site belongs to the bank on which it really lies, not to where the pull towards the centroid moved it.
    return Sites(position, label, face_of(np.concatenate([former, known.centroid]), faces))


def face_of(points: Floats, faces: Sequence[Polygon]) -> Ints:
    """Which face each point lies in; the nearest one for a point in none (a centroid just off the coast)."""
    tree = shapely.STRtree(list(faces))
    return np.asarray(tree.nearest(shapely.points(points)), dtype=np.int64)


def balance(sites: Sites, known: Known, faces: Sequence[Polygon]) -> tuple[Sites, Floats]:
    """Sites shifted and one weight (km2) for each site such that areas and centroids come near the official ones."""
    grid = _grid_points(faces)
    grid_face = face_of(grid, faces)
    m = len(known.area_km2)
    weight = np.zeros(m + 1)
    shift = np.zeros((m + 1, 2))
    in_city = sites.label != OUTSIDE
    for round_number in range(ROUNDS):
        label = sites.label[
            _nearest(grid, grid_face, sites.position + shift[sites.label], weight[sites.label], sites.face)
        ]
        taken = label[label != OUTSIDE]
        area = np.bincount(taken, minlength=m) * GRID_KM**2
        weight[:-1] += AREA_STEP * (known.area_km2 - area)
        if round_number >= ROUNDS - SETTLING_ROUNDS:
            continue
        middle = np.column_stack([np.bincount(taken, grid[label != OUTSIDE, k], m) for k in (0, 1)])
        middle *= GRID_KM**2 / np.maximum(area, GRID_KM**2)[:, None]
        shift[:-1] += SHIFT_STEP * np.where(area[:, None] > 0, known.centroid - middle, 0.0)
        far = np.hypot(*shift[:-1].T)
        shift[:-1] *= np.minimum(1, SHIFT_MOST_KM / np.maximum(far, 1e-9))[:, None]
    moved = sites.position + np.where(in_city[:, None], shift[sites.label], 0.0)
    return replace(sites, position=moved), weight[sites.label]


def _grid_points(faces: Sequence[Polygon]) -> Floats:
    west, south, east, north = shapely.total_bounds(list(faces))
    x, y = np.meshgrid(np.arange(west, east, GRID_KM), np.arange(south, north, GRID_KM))
    points = np.column_stack([x.ravel(), y.ravel()])
    return points[np.any([shapely.contains_xy(face, points) for face in faces], axis=0)]


def _nearest(points: Floats, face: Ints, position: Floats, weight: Floats, site_face: Ints) -> Ints:
    """For each point, the site of its face with the least |p - s|^2 - w (all sites where a face has none)."""
    nearest = np.empty(len(points), dtype=np.int64)
    for f in np.unique(face):
        here = face == f
        own = np.flatnonzero(site_face == f)
        candidates = own if len(own) else np.arange(len(position))
        # The weight becomes a third coordinate, so that an ordinary nearest-neighbour search finds the power cell.
        height = np.sqrt(weight[candidates].max() - weight[candidates])
        tree = cKDTree(np.column_stack([position[candidates], height]))
        nearest[here] = candidates[tree.query(np.column_stack([points[here], np.zeros(here.sum())]))[1]]
    return nearest


def _union(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """One shape of several, computed on a grid of a millimetre: without it, edges that miss each other by a rounding
    error can lose a whole shape (GEOS 3.14)."""
    return shapely.union_all(list(shapes), grid_size=MILLIMETRE_KM)


def power_cells(position: Floats, weight: Floats, frame: Polygon) -> list[BaseGeometry]:
    """The power cell of each site within a convex frame, exactly: the frame cut by one half-plane for each rival.

    The half-plane of s against t is 2 (t - s) . p <= |t|^2 - |s|^2 + w_s - w_t.
    """
    square = (position**2).sum(1) - weight
    corners = np.asarray(frame.exterior.coords)[:-1]
    return [_cell(i, position, square, corners) for i in range(len(position))]


def _cell(i: int, position: Floats, square: Floats, corners: Floats) -> BaseGeometry:
    normal = 2 * (position - position[i])
    bound = square - square[i]
    for rival in np.argsort((normal**2).sum(1)):
        if rival == i:
            continue
        corners = _clip(corners, normal[rival], bound[rival])
        if len(corners) < 3:
            return Polygon()
    return Polygon(corners)


def _clip(corners: Floats, normal: Floats, bound: float) -> Floats:
    """A convex polygon cut to normal . p <= bound (Sutherland and Hodgman 1974)."""
    side = corners @ normal - bound
    if (side <= 0).all():
        return corners
    following = np.roll(corners, -1, axis=0)
    following_side = np.roll(side, -1)
    crosses = (side <= 0) != (following_side <= 0)
    kept: list[Floats] = []
    for here, there, a, b, crossing in zip(corners, following, side, following_side, crosses, strict=True):
        if a <= 0:
            kept.append(here)
        if crossing:
            kept.append(here + (there - here) * (a / (a - b)))
    return np.array(kept)


def draw(sites: Sites, weight: Floats, faces: Sequence[Polygon], communes: int) -> list[BaseGeometry]:
    """The shape of each commune (km): its cells in every face, dissolved, without crumbs; a partition of its land."""
    pieces: list[list[BaseGeometry]] = [[] for _ in range(communes)]
    for f, face in enumerate(faces):
        own = np.flatnonzero(sites.face == f)
        if not len(own):
            continue  # land that no former commune lies on: across the border, or a sandbank
        frame = face.envelope.buffer(1, join_style="mitre")
        for site, cell in zip(own, power_cells(sites.position[own], weight[own], frame), strict=True):
            if sites.label[site] != OUTSIDE:
                pieces[sites.label[site]].append(cell.intersection(face))
    return _without_crumbs([_polygons(_union(parts)) for parts in pieces])


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape, without the points and lines that cutting leaves behind."""
    return _union([g for g in shapely.get_parts(shape) if g.geom_type in ("Polygon", "MultiPolygon")])


def _without_crumbs(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    whole: list[BaseGeometry] = []
    crumbs: list[Polygon] = []
    for shape in shapes:
        parts = sorted(shapely.get_parts(shape), key=lambda p: -p.area)
        crumbs += [p for p in parts[1:] if p.area < CRUMB_KM2]
        whole.append(_union([p for k, p in enumerate(parts) if k == 0 or p.area >= CRUMB_KM2]))
    for crumb in crumbs:
        common = [shape.intersection(crumb.buffer(1e-6)).length for shape in whole]
        best = int(np.argmax(common))
        if common[best] > 0:
            whole[best] = _union([whole[best], crumb])
    return whole


def as_coverage(shapes: Sequence[BaseGeometry], grid: float, tolerance: float) -> list[BaseGeometry]:
    """The same shapes with every corner on a grid and every common edge exactly common, then with fewer corners.

    All outlines are noded together and cut anew into tiles; each tile goes to the shape that it lies in, and a
    sliver between shapes to the neighbour with the longest common edge. Simplifying (Visvalingam and Whyatt 1993,
    on the coverage) only drops corners, so that neighbours still meet. `grid` and `tolerance` are in the shapes' unit.
    """
    edges = shapely.union_all([shape.boundary for shape in shapes], grid_size=grid)
    tiles = list(polygonize(shapely.get_parts(edges)))
    owner = np.full(len(tiles), OUTSIDE)
    inside = shapely.STRtree(list(shapes)).query(
        [t.representative_point() for t in tiles], predicate="within"
    )
    owner[inside[0]] = inside[1]
    for k in np.flatnonzero(owner == OUTSIDE):
        if tiles[k].area < SLIVER * tiles[k].length ** 2:
            owner[k] = _longest_neighbour(tiles[k], tiles, owner)
    merged = [
        shapely.coverage_union_all([t for t, o in zip(tiles, owner, strict=True) if o == k])
        for k in range(len(shapes))
    ]
    return list(shapely.coverage_simplify(merged, tolerance))


def _longest_neighbour(tile: Polygon, tiles: Sequence[Polygon], owner: Ints) -> int:
    common = np.array([tile.boundary.intersection(t.boundary).length for t in tiles])
    common[owner == OUTSIDE] = 0
    return int(owner[np.argmax(common)]) if common.any() else OUTSIDE


def overlap(drawn: Mapping[str, BaseGeometry], real: Mapping[str, BaseGeometry]) -> dict[str, float]:
    """Intersection over union of each shape with its namesake."""
    return {
        code: shape.intersection(real[code]).area / shape.union(real[code]).area
        for code, shape in drawn.items()
        if code in real
    }
