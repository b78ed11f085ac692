"""Six file forms give the same shapes; whatever is wrong with a file is a fault in words."""

from __future__ import annotations

import json
import stat
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from cuabien.base.faults import UnusableInput
from cuabien.geo import formats, vn2000
from cuabien.geo.formats import parse_crs, read_layer

SQUARES = (shapely.box(106.6, 20.8, 106.7, 20.9), shapely.box(106.7, 20.8, 106.8, 20.9))
ON_PLANE = tuple(
    shapely.transform(s, lambda xy: np.column_stack(vn2000.from_wgs84(xy[:, 0], xy[:, 1], 105.75)))
    for s in SQUARES
)
CODES = np.array(["11311", "11329"], dtype=object)
NAMES = np.array(["Hồng Bàng", None], dtype=object)
KM2 = np.array([12.11, np.nan])
TABLE = {"field_data": [CODES, NAMES, KM2], "fields": ["code", "name", "km2"]}

FORMS: dict[str, dict[str, Any]] = {
    "a.gpkg": {"driver": "GPKG", "crs": "EPSG:9210", **TABLE},
    "a.shp": {"driver": "ESRI Shapefile", "crs": "EPSG:9210", "encoding": "UTF-8", **TABLE},
    "a.tab": {"driver": "MapInfo File", "crs": None, "encoding": "UTF-8", **TABLE},
    "a.mif": {"driver": "MapInfo File", "crs": None, "encoding": "UTF-8", "dataset_options": {"FORMAT": "MIF"}, **TABLE},
    "a.dxf": {"driver": "DXF", "crs": None, "field_data": [CODES], "fields": ["Layer"]},
    "a.dgn": {"driver": "DGN", "crs": None, "field_data": [], "fields": []},
}  # fmt: skip


def write(folder: Path, name: str, shapes: Any = ON_PLANE, **changes: Any) -> Path:
    options = {**FORMS[name], **changes}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            folder / name,
            shapely.to_wkb(np.array(shapes)),
            geometry_type=options.pop("kind", "Polygon"),
            **options,
        )
    return folder / name


def geojson(folder: Path, shapes: Any = SQUARES, name: str = "a.geojson", **extra: Any) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": shapely.geometry.mapping(s) if s else None,
        }
        for code, s in zip(CODES, shapes, strict=True)
    ]
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **extra}))
    return path


def rule(path: Path, **options: Any) -> str:
    with pytest.raises(UnusableInput) as caught:
        read_layer(path, **options)
    (fault,) = caught.value.faults
    assert fault.message("en") and fault.mend("en") and "{" not in fault.message("en")
    return fault.rule


# ---- what is read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_squares(tmp_path: Path, name: str) -> None:
    found = read_layer(write(tmp_path, name), crs="vn2000:105.75")
    assert len(found) == 2
    for feature, square in zip(found, SQUARES, strict=True):
        # A degree holds about 100 km: 1e-6 is a tenth of a metre, the unit of the coarsest form here.
        assert feature.geometry.bounds == pytest.approx(square.bounds, abs=1e-6)
    if "Layer" in found[0].properties:
        assert [f.properties["Layer"] for f in found] == list(CODES)
    elif name != "a.dgn":
        assert found[0].properties == {"code": "11311", "name": "Hồng Bàng", "km2": 12.11}
        # MapInfo has no blank numbers: it keeps 0.
        assert found[1].properties["km2"] == (0 if "MapInfo" in FORMS[name]["driver"] else None)


def test_a_file_that_says_its_system_needs_no_help(tmp_path: Path) -> None:
    for name in ("a.gpkg", "a.shp"):
        assert read_layer(write(tmp_path, name))[0].geometry.bounds == pytest.approx(
            SQUARES[0].bounds, abs=1e-7
        )
    assert read_layer(geojson(tmp_path))[0].geometry.bounds == pytest.approx(SQUARES[0].bounds)


def test_mapinfo_with_the_parameters_of_the_decision(tmp_path: Path) -> None:
    """The line that Vietnamese MapInfo files carry: datum 9999 on ellipsoid 28 with the seven parameters."""
    path = write(tmp_path, "a.mif", crs="EPSG:9210")
    told = (
        "CoordSys Earth Projection 8, 9999, 28, -191.90441429, -39.30318279, -111.45032835, "
        '-0.00928836, 0.01975479, -0.00427372, 0.252906278, 0, "m", 105.75, 0, 0.9999, 500000, 0'
    )
    lines = [told if line.startswith("CoordSys") else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")
    assert read_layer(path)[0].geometry.bounds == pytest.approx(SQUARES[0].bounds, abs=1e-6)


def test_zipped_shapefile_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("a.[!z]*"):
            archive.write(part, f"ranh giới/{part.name}")
        archive.writestr("readme.txt", "x")
    assert len(read_layer(tmp_path / "a.zip")) == 2


def test_one_layer_of_several(tmp_path: Path) -> None:
    path = write(tmp_path, "a.gpkg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            path, shapely.to_wkb(np.array([shapely.Point(500_000, 2_300_000)])), layer="points", append=False,
            driver="GPKG", geometry_type="Point", crs="EPSG:9210", field_data=[], fields=[],
        )  # fmt: skip
    assert rule(path) == "layer"
    assert len(read_layer(path, layer="points")) == 1


@pytest.mark.parametrize("text", ["wgs84", "EPSG:9210", "9210", "vn2000:105.75", "VN2000:105:6"])
def test_systems_that_can_be_named(text: str) -> None:
    assert parse_crs(text) is not None


@pytest.mark.parametrize(
    "text", ["", "vn2000", "vn2000:", "vn2000:x", "vn2000:15", "vn2000:105:4", "EPSG:1", "+proj=x"]
)
def test_systems_that_cannot(text: str) -> None:
    with pytest.raises(UnusableInput):
        parse_crs(text)


# ---- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.dxf", "a.dgn", "a.mif", "a.tab"])
def test_a_drawing_must_be_told_its_system(tmp_path: Path, name: str) -> None:
    assert rule(write(tmp_path, name)) == "no-crs"


def test_mapinfo_that_lost_the_datum_is_not_believed(tmp_path: Path) -> None:
    assert rule(write(tmp_path, "a.mif", crs="EPSG:9210")) == "no-crs"


def test_shapefile_without_prj(tmp_path: Path) -> None:
    path = write(tmp_path, "a.shp")
    path.with_suffix(".prj").unlink()
    assert rule(path) == "no-crs"


def test_metres_that_call_themselves_degrees(tmp_path: Path) -> None:
    assert rule(geojson(tmp_path, ON_PLANE)) == "wrong-crs"
    assert read_layer(geojson(tmp_path, ON_PLANE), crs="vn2000:105.75")[0].geometry.bounds == pytest.approx(
        SQUARES[0].bounds, abs=1e-7
    )


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_a_shapefile_without_one_of_its_parts(tmp_path: Path, part: str) -> None:
    path = write(tmp_path, "a.shp")
    path.with_suffix(part).unlink()
    assert rule(path) == "missing-part"


def test_files_that_are_not_there_or_empty(tmp_path: Path) -> None:
    assert rule(tmp_path / "none.gpkg") == "no-file"
    assert rule(tmp_path) == "no-file"
    (tmp_path / "a.shp").touch()
    assert rule(tmp_path / "a.shp") == "empty"
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert rule(tmp_path / "a.geojson") == "empty"


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7])
def test_cut_or_scrambled_files_are_faults_or_fewer_features(tmp_path: Path, name: str, kept: float) -> None:
    """Never a traceback: any outcome other than features or faults fails here."""
    path = write(tmp_path, name)
    data = path.read_bytes()
    broken = data[: int(len(data) * kept)] + bytes((b * 7 + 3) % 256 for b in data[int(len(data) * kept) :])
    path.write_bytes(broken)
    try:
        assert len(read_layer(path, crs="vn2000:105.75")) <= 2
    except UnusableInput as error:
        assert error.faults


@pytest.mark.parametrize("name", [*FORMS, "a.geojson", "a.zip"])
@pytest.mark.parametrize("data", [b"\x00" * 100, b"hello", b"<OGRVRTDataSource/>", bytes(range(256))])
def test_a_file_that_is_not_what_it_ends_in(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert rule(tmp_path / name) in ("not-its-form", "unreadable")


def test_endings_that_nobody_reads(tmp_path: Path) -> None:
    for name, data in (("a.kml", b"<kml/>"), ("a.dgn", b"\xd0\xcf\x11\xe0" + bytes(60)), ("a", b"x")):
        (tmp_path / name).write_bytes(data)
        assert rule(tmp_path / name) == "unknown-form"


def test_links_are_not_followed(tmp_path: Path) -> None:
    target = geojson(tmp_path)
    (tmp_path / "link.geojson").symlink_to(target)
    assert rule(tmp_path / "link.geojson") == "link"
    shp = write(tmp_path, "a.shp")
    shp.with_suffix(".dbf").rename(tmp_path / "elsewhere")
    shp.with_suffix(".dbf").symlink_to(tmp_path / "elsewhere")
    assert rule(shp) == "missing-part"


@pytest.mark.parametrize(
    "inner", ["../a.geojson", "/a.geojson", "x/../../a.geojson", "..\\a.geojson", "C:/a.geojson"]
)
def test_archives_that_would_leave_their_folder(tmp_path: Path, inner: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(inner, geojson(tmp_path).read_bytes())
    assert rule(tmp_path / "a.zip") == "archive"


def test_archives_with_links_with_two_maps_or_with_none(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.geojson")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    for members in (
        [(link, "/etc/passwd")],
        [("a.geojson", "{}"), ("b.geojson", "{}")],
        [("a.txt", "x")],
        [],
    ):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for member, data in members:
                archive.writestr(member, data)
        assert rule(tmp_path / "a.zip") == "archive"


def test_files_and_archives_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = geojson(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b" " * 1_000_000)
    monkeypatch.setattr(formats, "LARGEST_BYTES", 10_000)
    assert rule(tmp_path / "a.zip") == "oversized"
    monkeypatch.setattr(formats, "LARGEST_BYTES", 100)
    assert rule(path) == "oversized"


def test_a_row_without_a_shape_is_kept_and_empty(tmp_path: Path) -> None:
    found = read_layer(geojson(tmp_path, (SQUARES[0], None)))
    assert [f.geometry.is_empty for f in found] == [False, True]
