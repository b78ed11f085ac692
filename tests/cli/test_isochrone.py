"""`cuabien isochrone`: the minutes of the run, roads cut where the time is up, and a file that a map reads."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import pytest
import shapely

from cuabien.cli.main import main
from cuabien.plan.read import read_plan
from cuabien.runner import run_plan
from cuabien.runner.isochrones import _drawn, without_withheld
from tests.model.transport.test_reach import empty_roads, reach


@pytest.fixture(scope="module")
def run(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_plan(read_plan(tinytown), home=tmp_path_factory.mktemp("home"), to_year=2029).run


def told(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    assert main(["isochrone", *map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("mode", ["car", "motorbike", "walk"])
def test_the_minutes_are_those_of_the_run(
    run: Path, tinytown: Path, tmp_path: Path, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """From commune to commune as the model itself has them: the matrices of the same year say the same."""
    out = tmp_path / "a.omx"
    assert (
        main(["export", "omx", str(run), "--year", "2028", "--plan", str(tinytown), "--out", str(out)]) == 0
    )
    capsys.readouterr()
    with h5py.File(out) as file:
        names = [z.decode() for z in file["lookup/zone_id"][:]]
        row = dict(zip(names, file[f"data/minutes_{mode}"][names.index("T2")].tolist(), strict=True))
    found = told(capsys, run, "--plan", tinytown, "--from", "T2", "--mode", mode, "--year", 2028, "--minutes", 240)["communes"]  # fmt: skip
    wanted = {i: m for i, m in row.items() if m <= 240 and i != "T2"}
    assert wanted and {i: m for i, m in found.items() if i != "T2"} == pytest.approx(wanted, abs=1e-3)


def test_roads_are_cut_where_the_time_is_up(tinytown: Path) -> None:
    """By hand, 15 minutes from N2 on the empty roads of 2027: E1 and E2 whole, a third of the first bridge, half of the road to the gate."""
    plan = read_plan(tinytown)
    ways = empty_roads(plan, 2027, "car")
    found = _drawn(plan, ways, reach.reach(ways, "N2", ways.ready + 15), ways.ready + 15, {}, 0.5)
    assert found.road_km == pytest.approx(10 + 10 + 10 / 3 + 5, abs=1e-3)
    n1, n4 = (plan.nodes[i] for i in ("N1", "N4"))
    end = n1.lon + (n4.lon - n1.lon) / 3
    assert found.roads.distance(shapely.Point(end, n1.lat)) < 1e-6
    assert found.roads.distance(shapely.Point(end + 0.001, n1.lat)) == pytest.approx(0.001, rel=1e-3)
    over_the_bridge = shapely.Point(n1.lon + (n4.lon - n1.lon) / 4, n1.lat)
    beside_the_road = shapely.Point(plan.nodes["N2"].lon + 0.003, plan.nodes["N2"].lat - 0.03)
    assert not found.land.contains(over_the_bridge) and found.land.contains(beside_the_road)


def test_what_is_withheld_is_driven_on_and_not_drawn(tinytown: Path) -> None:
    """The second bridge, 10 km, is of a withheld project: N5 is reached as soon, and the bridge is on no map."""
    plan = read_plan(tinytown)
    secret = plan.projects["P2"].model_copy(update={"public": False})
    marked = replace(plan, projects={**plan.projects, "P2": secret})
    open_to_all = empty_roads(plan, 2028, "car")
    kept = without_withheld(marked, open_to_all)
    limit = kept.ready + 10
    shown, hidden = (_drawn(plan, ways, reach.reach(ways, "N2", limit), limit, {}, 0.5) for ways in (open_to_all, kept))  # fmt: skip
    assert reach.reach(kept, "N2", limit).of(kept.places)["N5"] == pytest.approx(limit)
    assert shown.road_km - hidden.road_km == pytest.approx(10, abs=1e-3)


def test_a_geojson_that_a_map_reads_and_that_grows_with_time(
    run: Path, tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.geojson"
    found = told(capsys, run, "--plan", tinytown, "--from", "N2", "--mode", "car", "--year", 2028, "--minutes", "30,5,15", "--out", out)  # fmt: skip
    assert [one["minutes"] for one in found["isochrones"]] == [5, 15, 30]
    collection = json.loads(out.read_text())
    assert collection["type"] == "FeatureCollection"
    parts: dict[str, list[Any]] = {}
    for feature in collection["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid and not shape.is_empty
        parts.setdefault(feature["properties"]["part"], []).append(shape)
    for largest_first in parts.values():
        assert len(largest_first) == 3
        for wider, narrower in pairwise(largest_first):
            assert narrower.difference(wider.buffer(3e-4)).is_empty
    for one, more in pairwise(found["isochrones"]):
        assert set(one["communes"]) <= set(more["communes"]) and one["road_km"] < more["road_km"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--from", "nowhere", "--year", 2028), "neither a commune nor a node"),
        (("--from", "T2", "--year", 2050), "not 2050"),
        (("--from", "T2", "--year", 2028, "--mode", "boat"), "no mode here"),
        (("--from", "T2", "--year", 2028, "--mode", "transit"), "no line of public transport"),
        (("--from", "T2", "--year", 2028, "--minutes", "soon"), "are no minutes"),
        (("--from", "T2", "--year", 2028, "--minutes", "0"), "above 0"),
        (("--from", "T2", "--year", 2028, "--minutes", "nan"), "above 0"),
        (("--from", "T2", "--year", 2028, "--off-road", "-1"), "0 km or more"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_words(
    run: Path, tinytown: Path, words: tuple[object, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["isochrone", str(run), "--plan", str(tinytown), *map(str, words)]) == 1
    assert why in capsys.readouterr().err


def test_people_read_it_as_a_table(run: Path, tinytown: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["isochrone", str(run), "--plan", str(tinytown), "--from", "T2", "--year", "2028"]) == 0
    assert "Middle West" in capsys.readouterr().out
