"""Read a map file that an office hands over: GeoPackage, GeoJSON, Shapefile, MapInfo, DXF, DGN, also zipped.

Files come from strangers. What a file is, is judged by its own first bytes and never guessed by the reader beneath;
links are not followed; an archive may neither leave its folder nor swell; and every failure is a fault in words.
Shapes come back in longitude and latitude (WGS 84). A drawing (DXF, DGN) knows no reference system: it must be told.
"""

from __future__ import annotations

import datetime as dt
import shutil
import stat
import tempfile
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pyogrio  # type: ignore[import-untyped]
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.geo import vn2000


class Found(NamedTuple):
    """One feature of a file: what it says of itself, and its shape in longitude and latitude (WGS 84)."""

    properties: dict[str, Any]
    geometry: BaseGeometry


@dataclass(frozen=True)
class Form:
    """A file form: its endings, how its files begin, and the files that must or may stand beside it."""

    name: str
    endings: tuple[str, ...]
    begins: tuple[bytes, ...]
    driver: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


FORMS = (
    Form("GeoPackage", (".gpkg",), (b"SQLite format 3\0",), "GPKG"),
    Form("GeoJSON", (".geojson", ".json"), (b"{",), "GeoJSON"),
    Form("Shapefile", (".shp",), (b"\x00\x00\x27\x0a",), "ESRI Shapefile", (".shx", ".dbf"), (".prj", ".cpg")),
    Form("MapInfo TAB", (".tab",), (b"!table",), "MapInfo File", (".dat", ".map", ".id"), (".ind",)),
    Form("MapInfo MIF", (".mif",), (b"version",), "MapInfo File", (".mid",)),
    Form("DXF", (".dxf",), (b"0\n", b"999\n", b"0\r\n", b"999\r\n", b"autocad binary dxf"), "DXF"),
    Form("DGN", (".dgn",), (b"\x08\x09\xfe\x02", b"\xc8\x09\xfe\x02"), "DGN"),
)  # fmt: skip
DGN_V8 = b"\xd0\xcf\x11\xe0"
"""A compound file: MicroStation V8, which no open reader knows."""
ENDINGS = tuple(ending for form in FORMS for ending in form.endings)

LARGEST_BYTES = 512 * 2**20
MOST_MEMBERS = 1000
MOST_FEATURES = 1_000_000


def read_layer(path: str | Path, *, crs: str | None = None, layer: str | None = None) -> list[Found]:
    """The features of one layer of a file, in WGS 84, in the order of the file.

    `crs` says what the coordinates are: "wgs84", "EPSG:9210", "vn2000:105.75" (zone of 3 degrees) or
    "vn2000:105:6" (of 6); it stands above what the file says. Raises `UnusableInput`.
    """
    path = Path(path)
    stated = parse_crs(crs) if crs else None
    check_plain(path)
    with tempfile.TemporaryDirectory(prefix="cuabien-import-") as folder:
        aside = Path(folder)
        # Read from a copy: a reader may write beside its file, and only named files come along.
        main = _unpacked(path, aside) if path.suffix.lower() == ".zip" else _copied(path, aside)
        form = _form_of(main, path.name)
        return _read(main, form, path.name, stated, layer)


# ---- reference systems ------------------------------------------------------------------------------------


def parse_crs(text: str) -> pyproj.CRS:
    """A reference system from the words of the command line."""
    words = text.strip().lower()
    try:
        if words == "wgs84":
            return pyproj.CRS.from_epsg(4326)
        if words.startswith("vn2000:"):
            return _vn2000(words)
        if words.removeprefix("epsg:").isdigit():
            return pyproj.CRS.from_epsg(int(words.removeprefix("epsg:")))
    except (pyproj.exceptions.CRSError, ValueError, OverflowError):
        pass
    stop(
        "unknown-crs",
        "--crs",
        N_('"{crs}" is not a reference system'),
        N_("write wgs84, vn2000:105.75 (central meridian), vn2000:105:6 (zone of 6 degrees) or EPSG:9210"),
        crs=text,
    )


def _vn2000(words: str) -> pyproj.CRS:
    _, meridian, *width = words.split(":")
    low, high = vn2000.MERIDIANS
    if not low <= float(meridian) <= high or width not in ([], ["3"], ["6"]):
        raise ValueError(words)
    return vn2000.crs(float(meridian), 6 if width == ["6"] else 3)


# ---- getting at the file ----------------------------------------------------------------------------------


def check_plain(path: Path, largest_bytes: float = LARGEST_BYTES) -> None:
    """Whether there is such a file, not a link, not empty and not too large."""
    if path.is_symlink():
        stop("link", path.name, N_("the file is a link"), N_("name the file itself"))
    if not path.exists():
        stop("no-file", path.name, N_("there is no such file"), N_("check the name and the folder"))
    if not path.is_file():
        stop("no-file", path.name, N_("this is not a file"), N_("name a file, or zip the folder"))
    if path.stat().st_size == 0:
        stop("empty", path.name, N_("the file is empty"), N_("export it again"))
    if path.stat().st_size > largest_bytes:
        _too_large(path.name)


def _too_large(name: str) -> NoReturn:
    stop(
        "oversized",
        name,
        N_("the file is larger than {limit} MiB"),
        N_("export only the layer that is wanted"),
        limit=LARGEST_BYTES // 2**20,
    )


def _copied(path: Path, aside: Path) -> Path:
    """The file and what belongs to it, copied under plain names; links stay behind."""
    for beside in sorted(path.parent.iterdir()):
        ours = beside == path or (beside.stem == path.stem and beside.suffix.lower() in _companions())
        if ours and beside.is_file() and not beside.is_symlink():
            if beside.stat().st_size > LARGEST_BYTES:
                _too_large(beside.name)
            shutil.copyfile(beside, aside / f"file{beside.suffix.lower()}")
    return aside / f"file{path.suffix.lower()}"


def _companions() -> frozenset[str]:
    return frozenset(ending for form in FORMS for ending in (*form.needs, *form.takes))


def _unpacked(path: Path, aside: Path) -> Path:
    """The one map file in an archive, unpacked with its companions."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            _check_members(path.name, members)
            mains = [m for m in members if PurePosixPath(m.filename).suffix.lower() in ENDINGS]
            if len(mains) != 1:
                stop(
                    "archive",
                    path.name,
                    N_("the archive holds {count} map files; it must hold one"),
                    N_("zip one map file with the files that belong to it"),
                    count=len(mains),
                )
            main = PurePosixPath(mains[0].filename)
            for member in members:
                name = PurePosixPath(member.filename)
                if name.parent == main.parent and name.stem == main.stem:
                    (aside / f"file{name.suffix.lower()}").write_bytes(archive.read(member))
            return aside / f"file{main.suffix.lower()}"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        # RuntimeError: the archive is under a password; zlib's errors come as BadZipFile or ValueError.
        corrupt(path.name, "ZIP", error)
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            corrupt(path.name, "ZIP", error)
        raise


def _check_members(name: str, members: Sequence[zipfile.ZipInfo]) -> None:
    """No path out of the folder, no link, no bomb."""
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > LARGEST_BYTES:
        _too_large(name)
    for member in members:
        inner = PurePosixPath(member.filename.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts or ":" in inner.parts[0]:
            stop(
                "archive",
                name,
                N_('the archive holds a path that leaves it: "{path}"'),
                N_("zip the files without their folders"),
                path=member.filename,
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            stop(
                "archive",
                name,
                N_('the archive holds a link: "{path}"'),
                N_("zip the files themselves"),
                path=member.filename,
            )


def _form_of(main: Path, name: str) -> Form:
    """The form of a file, by its ending, borne out by its first bytes."""
    form = next((f for f in FORMS if main.suffix in f.endings), None)
    if form is None:
        stop(
            "unknown-form",
            name,
            N_('"{ending}" is not a map file that can be read'),
            N_("use one of {endings}, or one of them zipped"),
            ending=main.suffix,
            endings=", ".join(ENDINGS),
        )
    with main.open("rb") as file:
        raw = file.read(64)
    if form.name == "DGN" and raw.startswith(DGN_V8):
        stop(
            "unknown-form",
            name,
            N_("this is a DGN of version 8, which cannot be read"),
            N_("save it as DGN version 7, DXF or Shapefile"),
        )
    head = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").lower() if raw[:1].isascii() else raw
    if not any(raw.startswith(b) or head.startswith(b.lower()) for b in form.begins):
        stop(
            "not-its-form",
            name,
            N_("the file ends in {ending} but is not a {form} file"),
            N_("export it again; a new ending does not make a new form"),
            ending=main.suffix,
            form=form.name,
        )
    missing = [ending for ending in form.needs if not main.with_suffix(ending).is_file()]
    if missing:
        stop(
            "missing-part",
            name,
            N_("the {form} lacks its {missing} file"),
            N_("hand over all files of the same name together"),
            form=form.name,
            missing=", ".join(missing),
        )
    return form


# ---- reading ----------------------------------------------------------------------------------------------


def _read(main: Path, form: Form, name: str, stated: pyproj.CRS | None, layer: str | None) -> list[Found]:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # what a reader grumbles about is not for a planner; a failure is caught
        try:
            chosen = _choose_layer(pyogrio.list_layers(main), name, layer)
            meta, _, shapes, columns = pyogrio.raw.read(
                main, layer=chosen, force_2d=True, max_features=MOST_FEATURES + 1, datetime_as_string=True
            )
        except UnusableInput:
            raise
        except Exception as error:  # the reader raises many kinds; to a planner the file cannot be read
            corrupt(name, form.name, error)
    if shapes is None or not len(shapes):
        stop("empty", name, N_("the file holds no shapes"), N_("export the layer that holds the shapes"))
    if len(shapes) > MOST_FEATURES:
        _too_large(name)
    geometries = _geometries(shapes, name)
    system = stated or system_of(meta.get("crs"), name)
    return [
        Found(dict(zip(meta["fields"], values, strict=True)), geometry)
        for geometry, values in zip(
            _in_wgs84(geometries, system, name), _rows(columns, len(shapes)), strict=True
        )
    ]


def _choose_layer(layers: Any, name: str, wanted: str | None) -> str:
    found = [str(layer) for layer, kind in layers if kind is not None]
    if wanted is not None and wanted in found:
        return wanted
    if wanted is None and len(found) == 1:
        return found[0]
    stop(
        "layer",
        name,
        N_("the file holds {count} layers with shapes: {layers}"),
        N_("name one of them with --from-layer"),
        count=len(found),
        layers=", ".join(found) or "-",
    )


def _geometries(shapes: Any, name: str) -> Any:
    geometries = shapely.from_wkb(shapes, on_invalid="ignore")
    absent = np.array([blob is None for blob in shapes])
    broken = np.flatnonzero(shapely.is_missing(geometries) & ~absent)
    if len(broken):
        stop(
            "geometry",
            name,
            N_("the shape cannot be read"),
            N_("export plain polygons, lines or points"),
            row=int(broken[0]) + 1,
        )
    geometries[absent] = shapely.GeometryCollection()
    return geometries


def system_of(described: str | None, name: str) -> pyproj.CRS:
    """The reference system that a file names; a fault when it names none, or one that lost its datum."""
    try:
        system = pyproj.CRS.from_user_input(described) if described else None
    except pyproj.exceptions.CRSError:
        system = None
    if system is None or not (system.is_geographic or system.is_projected):
        stop(
            "no-crs",
            name,
            N_("the file does not say what its coordinates are"),
            N_("say it: --crs vn2000:105.75 (the central meridian), --crs wgs84 or --crs EPSG:9210"),
        )
    if _lost_its_datum(system):
        stop(
            "no-crs",
            name,
            N_("the file lies on a plane of VN-2000 but names another datum, which is 200 m away"),
            N_("say what it is: --crs vn2000:{meridian}"),
            meridian=_parameter(system, "Longitude of natural origin"),
        )
    return system


def _lost_its_datum(system: pyproj.CRS) -> bool:
    """MapInfo and CAD exports often drop the datum of VN-2000; its scale of 0.9999 gives the plane away."""
    return (
        system.is_projected
        and not system.is_bound
        and not any(name in str(system.datum) for name in ("Vietnam 2000", "VN-2000", "VN2000"))
        and _parameter(system, "Scale factor at natural origin") == vn2000.SCALE_ON_MERIDIAN[3]
    )


def _parameter(system: pyproj.CRS, name: str) -> float | None:
    operation = system.coordinate_operation
    values = [p.value for p in operation.params if p.name == name] if operation else []
    return float(values[0]) if values else None


def _in_wgs84(geometries: Any, system: pyproj.CRS, name: str) -> Any:
    def onto_globe(xy: Any) -> Any:
        lon, lat = to_globe.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([lon, lat])

    try:
        to_globe = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
        on_globe = shapely.transform(geometries, onto_globe)
    except (pyproj.exceptions.ProjError, ValueError) as error:
        corrupt(name, str(system.name), error)
    bounds = shapely.total_bounds(on_globe)
    if np.isfinite(bounds).all() and (np.abs(bounds) <= [180, 90, 180, 90]).all():
        return on_globe
    if np.isnan(bounds).all():
        return on_globe  # nothing but empty shapes: told by whoever needs shapes
    stop(
        "wrong-crs",
        name,
        N_("the coordinates do not fit {system}: {x}, {y}"),
        N_("say what they are: --crs vn2000:105.75 (the central meridian), --crs wgs84 or --crs EPSG:9210"),
        system=system.name,
        x=float(shapely.total_bounds(geometries)[0]),
        y=float(shapely.total_bounds(geometries)[1]),
    )


def _rows(columns: Sequence[Any], count: int) -> list[list[Any]]:
    return [[_plain(column[k]) for column in columns] for k in range(count)]


def _plain(value: Any) -> Any:
    """A cell as text, number, truth or None."""
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or isinstance(value, bytes) or value != value:
        return None
    return value.isoformat() if isinstance(value, dt.date) else value


# ---- whether it lies where it should ----------------------------------------------------------------------


def away_from(found: Sequence[Found], bounds: tuple[float, float, float, float]) -> list[int]:
    """Places (from 0) of the features that lie wholly outside bounds (west, south, east, north, degrees)."""
    here = shapely.box(*bounds)
    shapes = [f.geometry for f in found]
    return [k for k, shape in enumerate(shapes) if not shape.is_empty and not shape.intersects(here)]


# ---- faults -----------------------------------------------------------------------------------------------


def corrupt(name: str, form: str, error: Exception) -> NoReturn:
    """Leave because a reader could not read the file."""
    stop(
        "unreadable",
        name,
        N_("the file cannot be read as {form}: {why}"),
        N_("open it in the program that made it, and export it again"),
        form=form,
        why=str(error).splitlines()[0] if str(error) else type(error).__name__,
    )


def stop(
    rule: str, file: str, template: str, remedy: str, *, row: int | None = None, **values: object
) -> NoReturn:
    """Leave with one fault."""
    shown: Mapping[str, object] = values
    raise UnusableInput([Fault(rule, file, template, remedy, row, values=shown)])
