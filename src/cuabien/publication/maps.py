"""Maps of the plan: one GeoPackage, GeoJSON and map tiles a layer; in WGS 84, and in VN-2000 when asked for.

GeoJSON is in WGS 84 by its standard (RFC 7946); in VN-2000 it names its reference system as the older form did. Tiles may
thin a layer when one looks from afar; at the highest zoom nothing is left out, which is counted before the edition
is sealed. GDAL reports a full disk late or not at all: whatever it wrote is read back and counted.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio  # type: ignore[import-untyped]
import shapely
from pmtiles.reader import MmapSource, all_tiles

from cuabien.base.faults import CuabienError
from cuabien.geo import vn2000
from cuabien.plan.write import COORDINATE_DIGITS
from cuabien.publication.edition import EditionInput, Piece, Writer
from cuabien.publication.features import Layer, Spot, layers

FOLDER = "data"
WGS84 = "EPSG:4326"
VN2000_HAI_PHONG = 105.75
EPSG_OF_MERIDIAN = {103.0: 9205, 104.0: 9206, 104.5: 9207, 104.75: 9208, 105.5: 9209, 105.75: 9210, 106.0: 9211, 106.25: 9212, 106.5: 9213, 107.0: 9214, 107.25: 9215, 107.5: 9216, 107.75: 9217, 108.25: 9218, 108.5: 9219, 105.0: 5896, 108.0: 5897, 111.0: 5898}  # fmt: skip
METRE_DIGITS = 2
LOWEST_ZOOM, HIGHEST_ZOOM = 6, 14
"""At zoom 14 a tile is about 2.3 km wide here and drawn on a grid of 0.6 m."""
TILE_BYTES, TILE_FEATURES = 64 * 2**20, 10**7
"""Limits so high that no feature is dropped for them."""


def pieces(edition: EditionInput) -> Iterable[Piece]:
    found = layers(edition.plan)
    day = f"{edition.published.isoformat()}T00:00:00.000Z"
    yield f"{FOLDER}/plan.gpkg", geopackage(found, WGS84, day)
    for layer in found:
        yield f"{FOLDER}/geojson/{layer.name}.geojson", geojson(layer.spots)
        yield f"{FOLDER}/tiles/{layer.name}.pmtiles", tiles(layer)
    if edition.vn2000:
        meridian = edition.plan.header.central_meridian
        turned = [in_vn2000(layer, meridian) for layer in found]
        yield f"{FOLDER}/vn2000/plan.gpkg", geopackage(turned, vn2000.crs(meridian).to_wkt(), day)
        for layer in turned:
            yield (
                f"{FOLDER}/vn2000/{layer.name}.geojson",
                geojson(layer.spots, crs=_crs_member(meridian), digits=METRE_DIGITS),
            )


class NotWritten(CuabienError):  # noqa: N818
    """A map that could not be written whole; mostly the disk is full."""


# ---- VN-2000 ----------------------------------------------------------------------------------------------


def in_vn2000(layer: Layer, meridian: float) -> Layer:
    """The same layer in metres on the plane of a central meridian."""

    def turned(spot: Spot) -> Spot:
        def move(points: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
            return np.column_stack(vn2000.from_wgs84(points[:, 0], points[:, 1], meridian))

        return Spot(spot.id, spot.properties, shapely.transform(spot.shape, move))

    return Layer(layer.table, tuple(turned(spot) for spot in layer.spots))


def _crs_member(meridian: float) -> dict[str, Any]:
    code = EPSG_OF_MERIDIAN.get(meridian)
    name = f"urn:ogc:def:crs:EPSG::{code}" if code else vn2000.crs(meridian).to_proj4()
    return {"type": "name", "properties": {"name": name}}


# ---- GeoJSON ----------------------------------------------------------------------------------------------


def geojson(
    spots: Sequence[Spot], crs: Mapping[str, Any] | None = None, digits: int = COORDINATE_DIGITS
) -> bytes:
    """A feature collection, one feature a line."""
    head = f'"crs":{_json(crs)},' if crs else ""
    lines = ",\n".join(_json(feature(spot, digits)) for spot in spots)
    return f'{{"type":"FeatureCollection",{head}"features":[\n{lines}\n]}}\n'.encode()


def feature(spot: Spot, digits: int = COORDINATE_DIGITS) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": spot.id,
        "properties": {key: value for key, value in spot.properties.items() if value is not None},
        "geometry": _rounded(shapely.geometry.mapping(spot.shape), digits),
    }


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, float):
        return round(value, digits) + 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(inner, digits) for key, inner in value.items()}
    return [_rounded(inner, digits) for inner in value] if isinstance(value, list | tuple) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


# ---- GDAL -------------------------------------------------------------------------------------------------


def geopackage(found: Sequence[Layer], crs: str, day: str) -> Writer:
    """One file with every layer; its own clock is set to the day of the edition, so equal inputs give equal bytes."""

    def write(path: Path) -> None:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": day})
        try:
            for n, layer in enumerate(found):
                _write(path, layer, "GPKG", crs, append=n > 0, layer_name=layer.name)
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        for layer in found:
            if _count(path, layer.name) != len(layer.spots):
                raise NotWritten(f"{path.name}: {layer.name}")

    return write


def tiles(layer: Layer) -> Writer:
    """Vector tiles in one PMTiles file."""

    def write(path: Path) -> None:
        with tempfile.TemporaryDirectory(dir=path.parent) as aside:
            made = Path(aside) / path.name
            _write(
                made,
                layer,
                "PMTiles",
                WGS84,
                layer_name=layer.name,
                dataset_options={
                    "NAME": layer.name,
                    "MINZOOM": LOWEST_ZOOM,
                    "MAXZOOM": HIGHEST_ZOOM,
                    "MAX_SIZE": TILE_BYTES,
                    "MAX_FEATURES": TILE_FEATURES,
                    "SIMPLIFICATION_MAX_ZOOM": 0,
                },
            )
            lost = {spot.id for spot in layer.spots} - ids_in_tiles(made, HIGHEST_ZOOM)
            if lost:
                raise NotWritten(f"{path.name}: {', '.join(sorted(lost)[:5])}")
            made.rename(path)

    return write


def _write(
    path: Path, layer: Layer, driver: str, crs: str, *, append: bool = False, layer_name: str, **more: Any
) -> None:
    names = list(dict.fromkeys(key for spot in layer.spots for key in spot.properties))
    columns = [_column([spot.properties.get(name) for spot in layer.spots]) for name in names]
    pyogrio.set_gdal_config_options({"GDAL_NUM_THREADS": "1"})
    try:
        pyogrio.raw.write(
            path,
            shapely.to_wkb([spot.shape for spot in layer.spots]),
            [values for values, _ in columns],
            names,
            field_mask=[mask for _, mask in columns],
            layer=layer_name,
            driver=driver,
            geometry_type=_kind([spot.shape for spot in layer.spots]),
            crs=crs,
            append=append,
            **more,
        )
    except pyogrio.errors.DataSourceError as error:
        raise NotWritten(f"{path.name}: {error}") from error


def _column(values: list[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, np.dtype[np.bool_]]]:
    """Values and the mask of those that are unknown, in the narrowest type that holds them all."""
    known = [value for value in values if value is not None]
    missing = np.array([value is None for value in values])
    if known and all(isinstance(value, bool) for value in known):
        return np.array([bool(value) for value in values]), missing
    if known and all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return np.array([value or 0 for value in values], dtype=np.int64), missing
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return np.array([value or 0.0 for value in values], dtype=np.float64), missing
    return np.array([None if value is None else str(value) for value in values], dtype=object), missing


def _kind(shapes: Sequence[Any]) -> str:
    kinds = {shape.geom_type for shape in shapes}
    return kinds.pop() if len(kinds) == 1 else "Unknown"


def _count(path: Path, layer: str) -> int:
    try:
        return int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])
    except Exception as error:  # the reader raises many kinds; a map that cannot be read was not written
        raise NotWritten(f"{path.name}: {error}") from error


# ---- reading tiles back -----------------------------------------------------------------------------------


def ids_in_tiles(path: Path, zoom: int) -> set[str]:
    """Ids of all features in the tiles of one zoom."""
    found: set[str] = set()
    with path.open("rb") as file:
        for (z, x, y), data in all_tiles(MmapSource(file)):  # type: ignore[no-untyped-call]
            if z == zoom:
                found |= _ids(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data, z, x, y)
    return found


def _ids(tile: bytes, z: int, x: int, y: int) -> set[str]:
    with tempfile.NamedTemporaryFile(suffix=".mvt") as file:
        file.write(tile)
        file.flush()
        options = {"X": x, "Y": y, "Z": z}
        _, _, _, columns = pyogrio.raw.read(file.name, columns=["id"], read_geometry=False, **options)
    return {str(value) for value in columns[0]}
