"""How high each commune lies: an elevation raster counted under the communes' outlines.

A raster may be larger than memory: it is read commune by commune, block by block, and only under the outlines. What comes
out is small: for each commune the share of its land below each of 45 heights, which is all that exposure to water needs.
As with any file of a stranger, what it is is judged by its first bytes, and every failure is a fault in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio  # type: ignore[import-untyped]
import shapely
from numpy.typing import NDArray
from rasterio.features import geometry_mask  # type: ignore[import-untyped]
from rasterio.windows import Window  # type: ignore[import-untyped]
from shapely.geometry.base import BaseGeometry

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.geo.formats import check_plain, corrupt, parse_crs, stop, system_of
from cuabien.geo.joining import source_of
from cuabien.plan import objects as o
from cuabien.plan.package import Plan

Floats = NDArray[np.float64]

FORMS = {
    ".tif": ("GeoTIFF", "GTiff", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ".tiff": ("GeoTIFF", "GTiff", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ".asc": ("ESRI ASCII grid", "AAIGrid", (b"ncols",)),
}
"""Ending -> the form's name, its reader, and how such files begin."""

LEVELS = np.array(o.ELEVATION_LEVELS_M)
BLOCK = 2048
"""Cells along the side of a block: 32 MB of heights at a time."""
MOST_CELLS = 10_000_000_000
"""Under the outlines of all communes; a minute of reading for each thousand million."""
LOWEST_M, HIGHEST_M = -500.0, 9000.0
"""No land lies below or above; what does is a value that means "no data", or no height at all."""
METRES = ("", "m", "metre", "metres", "meter", "meters")
FEW = 0.95
"""A commune of which less is known is told."""
SHARE_DIGITS = 6


@dataclass(frozen=True)
class Heights:
    """What a raster says of one commune."""

    covered: float
    cells: int
    lowest_m: float
    highest_m: float
    below: Floats
    """Share of the known land below each of `ELEVATION_LEVELS_M`."""


@dataclass(frozen=True)
class ElevationReport:
    """What became of each commune."""

    measured: tuple[str, ...]
    partly: tuple[dict[str, Any], ...]
    """Communes of which the raster knows less than 95 percent: id, name, covered."""
    missing: tuple[str, ...]
    """Communes of which it knows nothing, or that have no outline; they keep the heights they had."""
    schematic: int
    """Communes whose outline was drawn by us."""
    cell_m: float
    system: str
    faults: tuple[Fault, ...] = ()


def import_elevation(
    plan: Plan, file: str | Path, *, crs: str | None = None, datum: str | None = None
) -> tuple[Plan, ElevationReport]:
    """The plan with the heights of its communes in `elevation.csv`, and the report. Raises `UnusableInput`.

    `crs` says what the coordinates are and stands above what the file says; `datum` is what height 0 is, in words.
    """
    path = Path(file)
    outlines = {area.id: plan.shapes[area.id].geometry for area in plan.communes if area.id in plan.shapes}
    if not outlines:
        stop(
            "no-outlines",
            "map/areas.geojson",
            N_("no commune of the plan has an outline"),
            N_("import the boundaries first: cuabien import boundaries"),
        )
    found, cell_m, system = read_heights(path, outlines, crs=crs)
    source = source_of(path, "Độ cao địa hình")
    rows = {
        identity: _row(identity, heights, plan.shapes[identity].row.shape, cell_m, datum, source.id)
        for identity, heights in found.items()
    }
    report = _report(plan, path.name, found, cell_m, system, datum)
    return replace(
        plan,
        sources={**plan.sources, source.id: source},
        elevation={**plan.elevation, **rows},
    ), report


def read_heights(
    path: Path, outlines: Mapping[str, BaseGeometry], *, crs: str | None = None
) -> tuple[dict[str, Heights], float, str]:
    """Heights by outline (lon/lat, WGS 84), the side of a cell in metres, and the name of the reference system.

    An outline of which the raster knows nothing has no heights.
    """
    check_plain(path, math.inf)
    form, driver = _form_of(path)
    stated = parse_crs(crs) if crs else None
    with rasterio.Env(
        GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"
    ):  # what lies beside a file is not read unasked
        try:
            raster = rasterio.open(path, driver=driver)
        except rasterio.errors.RasterioError as error:
            corrupt(path.name, form, error)
        with raster:
            _check_band(raster, path.name)
            system = stated or system_of(_described(raster, path), path.name)
            _check_vertical(system, path.name)
            shapes = _on_raster(outlines, system.to_2d(), raster, path.name)
            _check_size(raster, shapes, path.name)
            found = {identity: _heights(raster, shape, path.name, form) for identity, shape in shapes.items()}
            latitude = shapely.total_bounds(list(outlines.values()))[[1, 3]].mean()
            return (
                {identity: heights for identity, heights in found.items() if heights is not None},
                _cell_m(raster, system, float(latitude)),
                system.name,
            )


# ---- what the file is -------------------------------------------------------------------------------------


def _form_of(path: Path) -> tuple[str, str]:
    """The form and its reader, by the ending, borne out by the first bytes."""
    if path.suffix.lower() not in FORMS:
        stop(
            "unknown-form",
            path.name,
            N_('"{ending}" is not an elevation raster that can be read'),
            N_("use a GeoTIFF (.tif) or an ESRI ASCII grid (.asc)"),
            ending=path.suffix,
        )
    form, driver, begins = FORMS[path.suffix.lower()]
    with path.open("rb") as file:
        head = file.read(64)
    if not any(head.startswith(b) or head.lstrip().lower().startswith(b) for b in begins):
        stop(
            "not-its-form",
            path.name,
            N_("the file ends in {ending} but is not a {form} file"),
            N_("export it again; a new ending does not make a new form"),
            ending=path.suffix,
            form=form,
        )
    return form, driver


def _described(raster: Any, path: Path) -> str | None:
    """What the file, or the .prj beside an ASCII grid, says of its coordinates."""
    if raster.crs:
        return str(raster.crs.to_wkt())
    beside = path.with_suffix(".prj")
    if beside.is_file() and not beside.is_symlink() and beside.stat().st_size < 2**16:
        return beside.read_text(encoding="utf-8", errors="replace")
    return None


def _check_band(raster: Any, name: str) -> None:
    if raster.count != 1:
        stop(
            "bands",
            name,
            N_("the raster holds {count} bands; an elevation raster holds one"),
            N_("export the band of heights alone; a picture of the ground is no raster of heights"),
            count=raster.count,
        )
    unit = (raster.units[0] or "").strip().lower()
    if unit not in METRES:
        _not_metres(name, unit)


def _check_vertical(system: pyproj.CRS, name: str) -> None:
    """A compound reference system says in what unit heights are."""
    for part in system.sub_crs_list:
        if part.is_vertical and part.axis_info and part.axis_info[0].unit_name.lower() not in METRES:
            _not_metres(name, part.axis_info[0].unit_name)


def _not_metres(name: str, unit: str) -> None:
    stop(
        "not-metres",
        name,
        N_('the heights are in "{unit}", not in metres'),
        N_("convert the raster to metres"),
        unit=unit,
    )


# ---- where it lies ----------------------------------------------------------------------------------------


def _on_raster(
    outlines: Mapping[str, BaseGeometry], system: pyproj.CRS, raster: Any, name: str
) -> dict[str, BaseGeometry]:
    """The outlines in the coordinates of the raster; a fault when it covers none of them."""
    there = pyproj.Transformer.from_crs("EPSG:4326", system, always_xy=True)

    def onto(xy: Any) -> Any:
        return np.column_stack(there.transform(xy[:, 0], xy[:, 1]))

    shapes = {identity: shapely.transform(shape, onto) for identity, shape in outlines.items()}
    finite = all(np.isfinite(shape.bounds).all() for shape in shapes.values())
    frame = _frame(raster)
    if not finite or not any(shape.intersects(frame) for shape in shapes.values()):
        middle = frame.centroid
        stop(
            "no-overlap",
            name,
            N_("the raster covers none of the communes; in {system} its middle is {x}, {y}"),
            N_(
                "say what the coordinates are: --crs vn2000:105.75 (the central meridian), wgs84 or EPSG:9210; or take the raster of this city"
            ),
            system=system.name,
            x=round(middle.x, 3),
            y=round(middle.y, 3),
        )
    return shapes


def _frame(raster: Any) -> BaseGeometry:
    """The outline of the raster, turned ones included."""
    corners = [(0, 0), (raster.width, 0), (raster.width, raster.height), (0, raster.height)]
    return shapely.Polygon([_moved(raster.transform, *corner) for corner in corners])


def _moved(affine: Any, x: float, y: float) -> tuple[float, float]:
    """A point through an affine map: columns and rows to coordinates, or back through its inverse."""
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _window(raster: Any, shape: BaseGeometry) -> tuple[int, int, int, int]:
    """First and last row and column (the last excluded) that a shape may touch, within the raster."""
    west, south, east, north = shape.bounds
    inverse = ~raster.transform
    corners = np.array([_moved(inverse, x, y) for x in (west, east) for y in (south, north)])
    (left, top), (right, bottom) = np.floor(corners.min(0)), np.ceil(corners.max(0))
    return (
        int(np.clip(top, 0, raster.height)),
        int(np.clip(bottom, 0, raster.height)),
        int(np.clip(left, 0, raster.width)),
        int(np.clip(right, 0, raster.width)),
    )


def _check_size(raster: Any, shapes: Mapping[str, BaseGeometry], name: str) -> None:
    windows = [_window(raster, shape) for shape in shapes.values()]
    cells = sum((bottom - top) * (right - left) for top, bottom, left, right in windows)
    if cells > MOST_CELLS:
        stop(
            "too-fine",
            name,
            N_("{cells} million cells lie under the communes; at most {limit} million can be counted"),
            N_("resample it to cells of a metre or more"),
            cells=cells // 10**6,
            limit=MOST_CELLS // 10**6,
        )


def _cell_m(raster: Any, system: pyproj.CRS, latitude: float) -> float:
    """The side of a square of a cell's area, metres."""
    area = abs(raster.transform.determinant)
    if system.is_geographic:
        one, radius = math.radians(1), 6_371_009.0
        return round(math.sqrt(area * math.cos(math.radians(latitude))) * one * radius, 2)
    return round(math.sqrt(area) * float(system.axis_info[0].unit_conversion_factor), 2)


# ---- counting ---------------------------------------------------------------------------------------------


def _heights(raster: Any, shape: BaseGeometry, name: str, form: str) -> Heights | None:
    """Cells whose middle lies inside an outline, counted by height; None when none is known."""
    counts = np.zeros(len(LEVELS) + 1, dtype=np.int64)
    inside, lowest, highest = 0, math.inf, -math.inf
    for window in _blocks(*_window(raster, shape)):
        transform = raster.window_transform(window)
        mask = geometry_mask([shape], (window.height, window.width), transform, invert=True)
        if not mask.any():
            continue
        try:
            values = raster.read(1, window=window, masked=True)
        except rasterio.errors.RasterioError as error:
            corrupt(name, form, error)
        known = values[mask].compressed().astype(float) * raster.scales[0] + raster.offsets[0]
        known = known[np.isfinite(known)]
        inside += int(mask.sum())
        if len(known):
            lowest, highest = min(lowest, float(known.min())), max(highest, float(known.max()))
            counts += np.bincount(np.searchsorted(LEVELS, known, side="right"), minlength=len(counts))
    if not counts.sum():
        return None
    _check_heights(lowest, highest, name)
    beyond = shape.difference(_frame(raster)).area / abs(raster.transform.determinant)
    cells = int(counts.sum())
    return Heights(cells / (inside + beyond), cells, lowest, highest, np.cumsum(counts)[:-1] / cells)


def _blocks(top: int, bottom: int, left: int, right: int) -> Iterator[Window]:
    for row in range(top, bottom, BLOCK):
        for column in range(left, right, BLOCK):
            yield Window(column, row, min(BLOCK, right - column), min(BLOCK, bottom - row))


def _check_heights(lowest: float, highest: float, name: str) -> None:
    for value in (lowest, highest):
        if not LOWEST_M <= value <= HIGHEST_M:
            stop(
                "no-height",
                name,
                N_("the raster holds {value}, which is no height of land in metres"),
                N_("say in the file which value means no data, or convert it to metres"),
                value=value,
            )


# ---- the new plan -----------------------------------------------------------------------------------------


def _row(
    identity: str, heights: Heights, shape: o.Shape, cell_m: float, datum: str | None, source: str
) -> o.Elevation:
    return o.Elevation(
        id=identity,
        covered=round(heights.covered, SHARE_DIGITS),
        cells=heights.cells,
        cell_m=cell_m,
        lowest_m=round(heights.lowest_m, 3),
        highest_m=round(heights.highest_m, 3),
        below=tuple(round(float(share), SHARE_DIGITS) for share in heights.below),
        shape=shape,
        datum=datum,
        source=source,
        confidence="source read",
    )


def _report(
    plan: Plan, name: str, found: Mapping[str, Heights], cell_m: float, system: str, datum: str | None
) -> ElevationReport:
    schematic = sum(plan.shapes[identity].row.shape == "schematic" for identity in found)
    return ElevationReport(
        measured=tuple(sorted(found)),
        partly=tuple(
            {"id": i, "name": plan.areas[i].name_vi, "covered": round(found[i].covered, 3)}
            for i in sorted(found)
            if found[i].covered < FEW
        ),
        missing=tuple(sorted({area.id for area in plan.communes} - set(found))),
        schematic=schematic,
        cell_m=cell_m,
        system=system,
        faults=tuple(_warnings(name, schematic, datum)),
    )


def _warnings(name: str, schematic: int, datum: str | None) -> Iterator[Fault]:
    if schematic:
        yield Fault(
            "schematic-outlines",
            name,
            N_("{count} communes were counted under outlines drawn by us"),
            N_("import the official boundaries, then the elevation again"),
            severity="warning",
            values={"count": schematic},
        )
    if datum is None:
        yield Fault(
            "no-datum",
            name,
            N_("nothing says what height 0 is; it is taken as the mean level of the sea at the city"),
            N_("say it: --datum, in words; global rasters can be off by a metre and show roofs and trees"),
            severity="warning",
        )
