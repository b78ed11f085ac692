"""What leaves for other programs, read back by the rules of its format: OMX matrices and GeoPackage layers."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import polars as pl
import pytest

from cuabien.base.faults import Refused
from cuabien.cli.main import main
from cuabien.geo.omx import omx
from cuabien.model.variables import TRAVEL_MODES
from cuabien.plan.read import read_plan
from cuabien.plan.write import write_plan
from cuabien.results import open_run
from cuabien.runner import run_plan

TO = 2029


@pytest.fixture(scope="module")
def run(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_plan(read_plan(tinytown), home=tmp_path_factory.mktemp("home"), to_year=TO).run


@pytest.fixture(scope="module")
def written(run: Path, tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("omx") / "2028.omx"
    assert (
        main(["export", "omx", str(run), "--year", "2028", "--plan", str(tinytown), "--out", str(out)]) == 0
    )
    return out


# ---- OMX ----------------------------------------------------------------------------------------------------


def test_an_omx_file_is_as_the_format_has_it(written: Path, tinytown: Path) -> None:
    """OMX 0.2: version and shape at the root; every matrix of that shape, in chunks and gzipped; lookups as long as a side."""
    with h5py.File(written) as file:
        assert file.attrs["OMX_VERSION"] == b"0.2"
        rows, columns = (int(n) for n in file.attrs["SHAPE"])
        assert rows == columns == len(read_plan(tinytown).communes)
        assert set(file) == {"data", "lookup"}
        for matrix in file["data"].values():
            assert matrix.shape == (rows, columns) and matrix.dtype == np.float64
            assert matrix.chunks is not None and matrix.compression == "gzip"
        for lookup in file["lookup"].values():
            assert lookup.shape == (rows,) and len(set(lookup[:].tolist())) == rows
        names = [z.decode() if isinstance(z, bytes) else str(z) for z in file["lookup/zone_id"][:]]
    assert names == sorted(c.id for c in read_plan(tinytown).communes)


def test_the_matrices_sum_to_what_the_run_keeps(written: Path, run: Path) -> None:
    kept = open_run(run).table("mode_trips").filter(pl.col("year") == 2028)
    with h5py.File(written) as file:
        assert set(file["data"]) == {f"{what}_{m}" for what in ("trips", "minutes") for m in TRAVEL_MODES} | {"km_road"}  # fmt: skip
        for mode in TRAVEL_MODES:
            trips, minutes = file[f"data/trips_{mode}"][:], file[f"data/minutes_{mode}"][:]
            assert trips.sum() == pytest.approx(kept.filter(mode=mode)["trips"].sum(), rel=1e-9)
            assert np.allclose(trips, trips.T) and (trips >= 0).all()  # who sets out comes back
            assert np.isfinite(minutes[trips > 0]).all()


def test_minutes_on_foot_are_the_kilometres_of_the_roads(written: Path) -> None:
    """By hand: 10.155 minutes of connector are 3.385 km, and each road is 10 km: T1 to T2 is 16.770 km, 201.2 minutes at 5 km/h."""
    with h5py.File(written) as file:
        km, walk = file["data/km_road"][0, 1], file["data/minutes_walk"][0, 1]
    assert km == pytest.approx(2 * 3.385 + 10, abs=1e-2)
    speed = 60 * km / walk
    assert speed == pytest.approx(
        read_plan(Path("plans/tinytown")).parameters["transport.walk_speed_kmh"].value
    )


def test_equal_runs_make_equal_bytes(written: Path, run: Path, tinytown: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.omx"
    assert (
        main(["export", "omx", str(run), "--year", "2028", "--plan", str(tinytown), "--out", str(again)]) == 0
    )
    assert again.read_bytes() == written.read_bytes()


def test_what_cannot_be_made_is_refused_with_words(
    run: Path, tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*words: object) -> str:
        code = main(["export", "omx", *map(str, words)])
        assert code in (1, 2)
        return capsys.readouterr().err

    out, of = tmp_path / "a.omx", ("--plan", tinytown)
    assert "not 1999" in told(run, "--year", 1999, *of, "--out", out)
    assert "must end in .omx" in told(run, "--year", 2028, *of, "--out", tmp_path / "a.txt")
    assert "no run here" in told(tmp_path, "--year", 2028, *of, "--out", out)
    out.write_text("mine")
    assert "is there already" in told(run, "--year", 2028, *of, "--out", out) and out.read_text() == "mine"
    other = tmp_path / "other"
    shutil.copytree(tinytown, other)
    plan = read_plan(other)
    link = next(iter(plan.links.values()))
    longer = link.model_copy(update={"length_km": link.length_km + 1})
    write_plan(replace(plan, links={**plan.links, link.id: longer}), other)
    assert "has changed since this run" in told(
        run, "--year", 2028, "--plan", other, "--out", tmp_path / "b.omx"
    )
    assert not (tmp_path / "b.omx").exists()


def test_zones_without_a_number_keep_their_names_and_too_many_are_refused() -> None:
    import io

    one = {"km": (np.zeros((2, 2)), {"unit": "km"})}
    with h5py.File(io.BytesIO(omx(["007", "B"], one, {}))) as file:
        assert [z.decode() for z in file["lookup/zone_id"][:]] == ["007", "B"]
        assert np.isnan(file["data/km"].attrs["NA"])
    with pytest.raises(Refused, match="cells"):
        omx([str(i) for i in range(3200)], {}, {})


def test_json_names_what_was_written(
    run: Path, tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.omx"
    assert main(["export", "omx", str(run), "--year", "2026", "--plan", str(tinytown), "--out", str(out), "--json"]) == 0  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["file"] == str(out) and told["zones"] == 6 and len(told["matrices"]) == 15


# ---- GeoPackage ---------------------------------------------------------------------------------------------


def test_a_geopackage_of_a_run_reads_back_with_its_flows(run: Path, tinytown: Path, tmp_path: Path) -> None:
    import pyogrio

    out = tmp_path / "town.gpkg"
    assert main(["export", "gpkg", str(run), "--plan", str(tinytown), "--out", str(out)]) == 0
    plan, kept = read_plan(tinytown), open_run(run).table("links")
    counts = {"communes": len(plan.communes), "zones": len(plan.zones), "projects": 3, "links": len(plan.links), "nodes": len(plan.nodes), "link_flows": kept.height}  # fmt: skip
    assert {name for name, _ in pyogrio.list_layers(out)} == set(counts)
    for name, count in counts.items():
        info = pyogrio.read_info(out, layer=name)
        assert info["features"] == count and info["crs"] == "EPSG:4326", name
    meta, _, shapes, columns = pyogrio.raw.read(out, layer="link_flows")
    rows = pl.DataFrame(dict(zip(meta["fields"].tolist(), columns, strict=True)))
    same = rows.join(kept, on=["link", "year", "direction"], suffix="_kept")
    assert same.height == kept.height
    for column in ("motorbikes_h", "cars_h", "buses_h", "trucks_h", "pcu_h", "minutes", "use"):
        assert (same[column] == same[f"{column}_kept"]).all(), column
    _runs_as_people_drive(plan, rows, shapes)


def _runs_as_people_drive(plan, rows: pl.DataFrame, shapes) -> None:  # type: ignore[no-untyped-def]
    import shapely

    for row, wkb in zip(rows.iter_rows(named=True), shapes, strict=True):
        link = plan.links[row["link"]]
        node = plan.nodes[link.from_node if row["direction"] == "forward" else link.to_node]
        begins = shapely.from_wkb(wkb).coords[0]
        assert begins == pytest.approx((node.lon, node.lat), abs=1e-3)


def test_one_year_and_a_plan_alone(run: Path, tinytown: Path, tmp_path: Path) -> None:
    import pyogrio

    one, alone = tmp_path / "one.gpkg", tmp_path / "alone.gpkg"
    assert (
        main(["export", "gpkg", str(run), "--plan", str(tinytown), "--year", "2028", "--out", str(one)]) == 0
    )
    years = pyogrio.raw.read(one, layer="link_flows", columns=["year"])[3][0]
    assert set(years.tolist()) == {2028}
    assert main(["export", "gpkg", str(tinytown), "--out", str(alone)]) == 0
    assert "link_flows" not in {name for name, _ in pyogrio.list_layers(alone)}
    first = alone.read_bytes()
    alone.unlink()
    assert main(["export", "gpkg", str(tinytown), "--out", str(alone)]) == 0
    assert alone.read_bytes() == first  # it bears the plan's day and no other


def test_what_is_withheld_stays_out_of_the_geopackage(run: Path, tinytown: Path, tmp_path: Path) -> None:
    from cuabien.publication.exchange import layers_for_exchange, writer

    plan = read_plan(tinytown)
    name, link = next((i, k) for i, k in plan.links.items() if k.project)
    secret = plan.projects[link.project].model_copy(update={"public": False})
    marked = replace(plan, projects={**plan.projects, secret.id: secret})
    found, withheld = layers_for_exchange(marked, open_run(run), [2029])
    out = tmp_path / "shown.gpkg"
    writer(marked, found)(out)
    assert {secret.id, name} <= set(withheld)
    assert not [
        spot
        for layer in found
        for spot in layer.spots
        if {secret.id, name} & {str(v) for v in spot.properties.values()}
    ]
    assert secret.name_vi.encode() not in out.read_bytes()
    assert link.id not in {s.properties.get("link") for layer in found for s in layer.spots}


def test_a_geopackage_that_cannot_be_made_is_refused_with_words(
    run: Path, tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*words: object) -> str:
        assert main(["export", "gpkg", *map(str, words)]) in (1, 2)
        return capsys.readouterr().err

    out = tmp_path / "a.gpkg"
    assert "name a run" in told(tinytown, "--year", 2028, "--out", out)
    assert "not 1999" in told(run, "--plan", tinytown, "--year", 1999, "--out", out)
    assert "must end in .gpkg" in told(tinytown, "--out", tmp_path / "a.shp")
    assert "no run here" in told(tmp_path, "--out", out)
    assert not list(tmp_path.iterdir())
