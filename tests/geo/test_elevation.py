"""Heights of communes from rasters made here: shares worked by hand, and a clear fault for every raster that is none.

Tinytown's communes are rectangles of 0.096 x 0.09 degrees; with cells of 0.003 degrees each holds 32 x 30 = 960.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.transform import from_origin
from rasterio.windows import Window

from cuabien.base.faults import UnusableInput
from cuabien.cli.main import main
from cuabien.geo import vn2000
from cuabien.geo.elevation import LEVELS, import_elevation, read_heights
from cuabien.plan.objects import ELEVATION_LEVELS_M
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.plan.write import write_plan

CELL = 0.003
WEST, NORTH = 106.5, 20.97
NO_DATA = -9999.0


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


def town_heights() -> np.ndarray[Any, Any]:
    """90 x 64 cells: T1 and T4 in the north, T3 and T6 in the south; 32 columns in the west, 32 in the east."""
    z = np.full((90, 64), 20.0)
    z[:30, :32] = 0.1  # T1
    z[30:60, :16] = 1.0  # T2, western half
    z[30:60, 16:32] = 3.0  # T2, eastern half
    z[60:90, :32] = 2.0  # T3 ...
    z[60:90, :8] = NO_DATA  # ... but for a quarter of it
    z[:30, 32:] = -2.0  # T4
    return z


def tif(path: Path, z: np.ndarray[Any, Any], **other: Any) -> Path:
    profile = {
        "driver": "GTiff",
        "width": z.shape[1],
        "height": z.shape[0],
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": from_origin(WEST, NORTH, CELL, CELL),
        "nodata": NO_DATA,
        **other,
    }
    units = profile.pop("units", None)
    with rasterio.open(path, "w", **profile) as out:
        for band in range(1, profile["count"] + 1):
            out.write(z.astype(profile["dtype"]), band)
        if units:
            out.units = (units,)
    return path


def below(plan: Plan, commune: str, level: float) -> float:
    return plan.elevation[commune].below[ELEVATION_LEVELS_M.index(level)]


def refused(plan: Plan, path: Path, **options: Any) -> tuple[str, str]:
    with pytest.raises(UnusableInput) as error:
        import_elevation(plan, path, **options)
    (fault,) = error.value.faults
    assert fault.mend()
    return fault.rule, fault.message("en")


# ---- counted by hand --------------------------------------------------------------------------------------


def test_the_levels() -> None:
    assert len(LEVELS) == 45 and (LEVELS[0], LEVELS[4], LEVELS[-1]) == (-1, 0, 10)
    assert np.allclose(np.diff(LEVELS), 0.25)


def test_shares_by_hand(town: Plan, tmp_path: Path) -> None:
    after, report = import_elevation(town, tif(tmp_path / "z.tif", town_heights()), datum="Hòn Dấu")
    assert report.measured == ("T1", "T2", "T3", "T4", "T5", "T6") and report.missing == ()
    assert [after.elevation[c].cells for c in ("T1", "T2", "T3")] == [960, 960, 720]
    # T1 lies at 0.1 m: nothing below 0, all below 0.25
    assert (below(after, "T1", 0), below(after, "T1", 0.25)) == (0, 1)
    # T2 at 1 and 3 m, half each; land at 1 m is not below 1 m
    assert [below(after, "T2", z) for z in (1, 1.25, 3, 3.25)] == [0, 0.5, 0.5, 1]
    # T3: 240 of 960 cells are no data: three quarters are known, and all of those lie at 2 m
    assert after.elevation["T3"].covered == 0.75
    assert (below(after, "T3", 2), below(after, "T3", 2.25)) == (0, 1)
    assert report.partly == ({"id": "T3", "name": "Tây Nam", "covered": 0.75},)
    # T4 at -2 m lies below every level, T5 at 20 m below none
    assert set(after.elevation["T4"].below) == {1.0} and set(after.elevation["T5"].below) == {0.0}
    assert (after.elevation["T2"].lowest_m, after.elevation["T2"].highest_m) == (1, 3)


def test_the_row_says_where_it_comes_from(town: Plan, tmp_path: Path) -> None:
    after, report = import_elevation(town, tif(tmp_path / "z.tif", town_heights()), datum="Hòn Dấu 1992")
    row = after.elevation["T1"]
    source = after.sources[row.source]
    assert source.note is not None and "SHA-256" in source.note and "z.tif" in source.title
    assert (row.datum, row.shape) == ("Hòn Dấu 1992", "official")
    # 0.003 degrees: 333.59 m along the meridian, cos(20.835) = 0.9346 of it along the parallel; the mean square
    # side is 333.59 x sqrt(0.9346) = 322.5 m
    assert report.cell_m == pytest.approx(322.5, abs=0.1)
    assert report.faults == ()
    assert [f.rule for f in import_elevation(town, tmp_path / "z.tif")[1].faults] == ["no-datum"]


def test_it_is_written_and_read_back(town: Plan, tinytown: Path, tmp_path: Path) -> None:
    after, _ = import_elevation(town, tif(tmp_path / "z.tif", town_heights()))
    write_plan(after, tmp_path / "plan")
    assert read_plan(tmp_path / "plan").elevation == after.elevation


def test_a_raster_of_half_the_city(town: Plan, tmp_path: Path) -> None:
    """The northern 45 of 90 rows: T1 and T4 whole, T2 and T5 half, T3 and T6 not at all."""
    after, report = import_elevation(town, tif(tmp_path / "z.tif", town_heights()[:45]))
    assert report.missing == ("T3", "T6") and set(after.elevation) == {"T1", "T2", "T4", "T5"}
    assert after.elevation["T2"].covered == pytest.approx(0.5, abs=1e-6)
    assert after.elevation["T1"].covered == pytest.approx(1, abs=1e-6)


def test_an_earlier_import_keeps_what_the_later_does_not_know(town: Plan, tmp_path: Path) -> None:
    first, _ = import_elevation(town, tif(tmp_path / "a.tif", town_heights()))
    second, _ = import_elevation(first, tif(tmp_path / "b.tif", town_heights()[:30] + 5))
    assert second.elevation["T6"] == first.elevation["T6"] and second.elevation["T1"].lowest_m == 5.1


def test_scale_and_offset_of_the_band(town: Plan, tmp_path: Path) -> None:
    """Whole decimetres above -10 m: 120 stands for 120 x 0.1 - 10 = 2 m."""
    path = tif(tmp_path / "z.tif", np.full((90, 64), 120), dtype="int16", nodata=-1)
    with rasterio.open(path, "r+") as raster:
        raster.scales, raster.offsets = (0.1,), (-10.0,)
    after, _ = import_elevation(town, path)
    assert after.elevation["T1"].lowest_m == after.elevation["T1"].highest_m == 2


def test_an_ascii_grid_with_its_prj(town: Plan, tmp_path: Path) -> None:
    path = tmp_path / "z.asc"
    rows = "\n".join(" ".join(f"{v:g}" for v in row) for row in town_heights())
    path.write_text(
        f"ncols 64\nnrows 90\nxllcorner 106.5\nyllcorner 20.7\ncellsize 0.003\nNODATA_value -9999\n{rows}\n"
    )
    assert refused(town, path)[0] == "no-crs"
    stated, _ = import_elevation(town, path, crs="wgs84")
    path.with_suffix(".prj").write_text(CRS.from_epsg(4326).to_wkt())
    beside, _ = import_elevation(town, path)
    assert beside.elevation == stated.elevation and below(beside, "T2", 1.25) == 0.5


@pytest.mark.parametrize("epsg", ["EPSG:32648", "vn2000"])
def test_metric_coordinates(town: Plan, tmp_path: Path, epsg: str) -> None:
    """Cells of 50 m on a plane: the land west of the middle meridian of T2 lies at 1 m, the rest at 3 m."""
    system = vn2000.crs(105.75) if epsg == "vn2000" else rasterio.crs.CRS.from_string(epsg)
    wkt = system.to_wkt()
    import pyproj

    there = pyproj.Transformer.from_crs("EPSG:4326", wkt, always_xy=True)
    back = pyproj.Transformer.from_crs(wkt, "EPSG:4326", always_xy=True)
    x0, y0 = there.transform(106.48, 20.99)
    rows, columns = 700, 500
    xs, ys = np.meshgrid(x0 + 50 * (np.arange(columns) + 0.5), y0 - 50 * (np.arange(rows) + 0.5))
    lon, _ = back.transform(xs, ys)
    path = tif(
        tmp_path / "z.tif", np.where(lon < 106.548, 1.0, 3.0), crs=wkt, transform=from_origin(x0, y0, 50, 50)
    )
    after, report = import_elevation(town, path)
    # 10 km wide: 200 cells; the split falls within a cell, so half is met to 1 / 200
    assert below(after, "T2", 2) == pytest.approx(0.5, abs=0.005)
    assert report.cell_m == pytest.approx(50) and after.elevation["T5"].below[-1] == 1
    assert after.elevation["T2"].covered == pytest.approx(1, abs=0.001)


@settings(max_examples=25)
@given(st.lists(st.floats(-400, 800, width=32), min_size=12, max_size=12))
def test_shares_rise_from_none_to_all(tmp_path_factory: pytest.TempPathFactory, heights: list[float]) -> None:
    path = tif(
        tmp_path_factory.mktemp("z") / "z.tif",
        np.array(heights).reshape(3, 4),
        transform=from_origin(0, 3, 1, 1),
    )
    found, _, _ = read_heights(path, {"a": shapely.box(0, 0, 4, 3), "b": shapely.box(0, 0, 2, 3)})
    stored = np.array(heights, dtype=np.float32).reshape(3, 4)
    for name, part in (("a", stored), ("b", stored[:, :2])):
        assert np.all(np.diff(found[name].below) >= 0)
        assert found[name].below.tolist() == [(part < level).mean() for level in LEVELS]
        assert found[name].covered == pytest.approx(1)


def test_a_huge_raster_is_read_by_windows(town: Plan, tmp_path: Path) -> None:
    """90,000 x 90,000 cells, 32 GB if it were read whole; only what lies under the communes is."""
    path = tmp_path / "z.tif"
    profile = {
        "driver": "GTiff",
        "width": 90_000,
        "height": 90_000,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": from_origin(WEST - 100, NORTH + 50, CELL, CELL),
        "nodata": NO_DATA,
        "tiled": True,
        "sparse_ok": True,
    }
    row, column = round(50 / CELL), round(100 / CELL)
    with rasterio.open(path, "w", **profile) as out:
        out.write(town_heights().astype("float32"), 1, window=Window(column, row, 64, 90))
    after, _ = import_elevation(town, path)
    assert below(after, "T2", 1.25) == 0.5 and after.elevation["T3"].cells == 720


# ---- what is no raster of heights of this city --------------------------------------------------------------


def test_a_raster_of_another_city(town: Plan, tmp_path: Path) -> None:
    rule, words = refused(town, tif(tmp_path / "z.tif", town_heights(), transform=from_origin(2, 49, 1, 1)))
    assert rule == "no-overlap" and "WGS 84" in words


def test_the_wrong_system_lies_elsewhere(town: Plan, tmp_path: Path) -> None:
    """Degrees said to be metres of VN-2000 lie at the foot of the zone, off Africa."""
    assert refused(town, tif(tmp_path / "z.tif", town_heights()), crs="vn2000:105.75")[0] == "no-overlap"
    assert refused(town, tmp_path / "z.tif", crs="hanoi72")[0] == "unknown-crs"


def test_a_raster_without_a_system(town: Plan, tmp_path: Path) -> None:
    path = tif(tmp_path / "z.tif", town_heights(), crs=None)
    assert refused(town, path)[0] == "no-crs"
    assert below(import_elevation(town, path, crs="wgs84")[0], "T2", 1.25) == 0.5


def test_a_picture_has_three_bands(town: Plan, tmp_path: Path) -> None:
    rule, words = refused(
        town, tif(tmp_path / "z.tif", np.ones((90, 64)), count=3, dtype="uint8", nodata=None)
    )
    assert rule == "bands" and "3" in words


def test_feet_are_not_metres(town: Plan, tmp_path: Path) -> None:
    assert refused(town, tif(tmp_path / "z.tif", town_heights(), units="ft"))[0] == "not-metres"
    assert import_elevation(town, tif(tmp_path / "m.tif", town_heights(), units="metre"))[1].measured


@pytest.mark.parametrize("value", [-9999.0, 32767.0])
def test_a_no_data_value_that_nobody_declared(town: Plan, tmp_path: Path, value: float) -> None:
    z = town_heights()
    z[60:90, :8] = value
    assert refused(town, tif(tmp_path / "z.tif", z, nodata=None))[0] == "no-height"


def test_nan_is_no_data(town: Plan, tmp_path: Path) -> None:
    z = town_heights()
    z[:15, :32] = np.nan
    after, _ = import_elevation(town, tif(tmp_path / "z.tif", z))
    assert after.elevation["T1"].covered == 0.5 and after.elevation["T1"].cells == 480


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("z.tif", b"this is a letter, not a raster", "not-its-form"),
        ("z.tif", b"", "empty"),
        ("z.tif", b"II*\0" + b"\xff" * 40, "unreadable"),
        ("z.asc", b"ncols two\nnrows many\n", "unreadable"),
        ("z.asc", b"%PDF-1.7", "not-its-form"),
        ("z.png", b"\x89PNG", "unknown-form"),
        ("z.vrt", b"<VRTDataset/>", "unknown-form"),
    ],
)
def test_what_is_no_raster(town: Plan, tmp_path: Path, name: str, data: bytes, rule: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert refused(town, tmp_path / name)[0] == rule


def test_a_file_that_is_cut_short(town: Plan, tmp_path: Path) -> None:
    path = tif(tmp_path / "z.tif", town_heights())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refused(town, path)[0] == "unreadable"


def test_a_link_and_nothing_at_all(town: Plan, tmp_path: Path) -> None:
    (tmp_path / "link.tif").symlink_to(tif(tmp_path / "z.tif", town_heights()))
    assert refused(town, tmp_path / "link.tif")[0] == "link"
    assert refused(town, tmp_path / "none.tif")[0] == "no-file"


# ---- the command ------------------------------------------------------------------------------------------


def test_the_command(tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tif(tmp_path / "z.tif", town_heights())
    words = ["import", "elevation", str(path), "--plan", str(tinytown), "--home", str(tmp_path / "var")]
    assert main([*words, "--json"]) == 1  # T3 is known in part
    report = json.loads(capsys.readouterr().out)
    assert report["measured"] == ["T1", "T2", "T3", "T4", "T5", "T6"] and report["missing"] == []
    assert [entry["id"] for entry in report["partly"]] == ["T3"]
    assert set(read_plan(Path(report["plan"])).elevation) == set(report["measured"])
    assert main(words) == 1
    said = capsys.readouterr().out
    assert "6 of 6" in said and "T3 Tây Nam: 75" in said
    assert main([*words[:2], str(tmp_path / "none.tif"), *words[3:]]) == 2
