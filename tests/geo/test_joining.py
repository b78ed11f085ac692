"""Official shapes find their communes and zones, by hand on tinytown and whole on Hải Phòng."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from cuabien.base.faults import UnusableInput
from cuabien.geo.formats import Found, read_layer
from cuabien.geo.joining import (
    area_km2,
    as_code,
    as_name,
    import_boundaries,
    import_layer,
    surroundings,
    without_accents,
)
from cuabien.geo.within import Communes, communes_of
from cuabien.plan.package import Feature, Plan
from cuabien.plan.read import parse_plan, read_plan
from cuabien.plan.write import render_plan


@pytest.fixture(scope="module")
def plan(tinytown: Path) -> Plan:
    """Tinytown: communes T1 ... T6 as squares of 100 km2."""
    return read_plan(tinytown)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "official.geojson"
    path.write_text("its bytes only give the source its id")
    return path


def official(plan: Plan, **changes: Any) -> list[Found]:
    """The communes' own squares, as a file would give them, with some replaced."""
    shapes = {i: plan.shapes[i].geometry for i in sorted(plan.shapes)}
    return [Found({"ma": i, "ten": plan.areas[i].name_vi}, changes.get(i, s)) for i, s in shapes.items()]


def drawn(plan: Plan) -> Plan:
    """The plan as if its shapes were schematic."""
    shapes = {
        i: Feature(f.row.model_copy(update={"shape": "schematic"}), f.geometry)
        for i, f in plan.shapes.items()
    }
    return replace(plan, shapes=shapes)


def rules(error: UnusableInput) -> list[str]:
    return [fault.rule for fault in error.faults]


# ---- spelling -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code"), [(507, "00507"), (10507.0, "10507"), ("10507 ", "10507"), (None, "None"), ("T1", "T1")]
)
def test_codes_however_a_program_kept_them(value: Any, code: str) -> None:
    assert as_code(value) == code


@pytest.mark.parametrize(
    "name",
    ["Phường Hồng Bàng", "phường  hồng bàng", "HỒNG BÀNG", "Hồng Bàng", "Hong Bang ward", "Phuong Hong Bang"],
)
def test_names_in_plain_letters(name: str) -> None:
    assert without_accents(name) == "hong bang"


def test_names_with_accents_composed_or_not() -> None:
    assert as_name("Đặc khu Cát Hải") == as_name("Đa\u0323\u0306c khu Cát Ha\u0309i") == "cát hải"


# ---- boundaries ---------------------------------------------------------------------------------------------


def test_everything_joins_by_code(plan: Plan, file: Path) -> None:
    after, report = import_boundaries(drawn(plan), official(plan), file)
    assert (report.matched, report.unmatched, report.missing, report.area_differs, report.faults) == (
        6,
        (),
        (),
        (),
        (),
    )
    assert {f.row.shape for f in after.shapes.values()} == {"official"}
    (source,) = {f.row.source for f in after.shapes.values()}
    assert after.sources[source].title.endswith("official.geojson")
    again, faults = parse_plan(render_plan(after), [])
    assert again is not None and not faults and again.shapes == after.shapes


def test_names_join_when_codes_do_not(plan: Plan, file: Path) -> None:
    found = [
        Found({"name": f.properties["ten"].upper(), "n": k}, f.geometry) for k, f in enumerate(official(plan))
    ]
    after, report = import_boundaries(drawn(plan), found, file)
    assert report.matched == 6 and not report.unmatched
    assert after.shapes["T1"].geometry.equals(plan.shapes["T1"].geometry)


def test_a_name_never_overrules_a_code(plan: Plan, file: Path) -> None:
    """The seventh feature bears the name of T1 and no code: T1 is taken."""
    extra = Found({"ma": "", "ten": plan.areas["T1"].name_vi}, box(106.5, 20.5, 106.6, 20.6))
    after, report = import_boundaries(drawn(plan), [extra, *official(plan)], file)
    assert report.matched == 6 and [u["row"] for u in report.unmatched] == [1]
    assert after.shapes["T1"].geometry.equals(plan.shapes["T1"].geometry)


def test_what_joins_nothing_and_what_is_missing_is_told(plan: Plan, file: Path) -> None:
    found = official(plan)
    found[5] = Found({"ma": "X9", "ten": "Nowhere"}, found[5].geometry)
    before = drawn(plan)
    after, report = import_boundaries(before, found, file)
    assert report.matched == 5 and report.missing == ("T6",)
    assert report.unmatched == ({"row": 6, "ma": "X9", "ten": "Nowhere"},)
    assert after.shapes["T6"] == before.shapes["T6"]


def test_the_code_field_can_be_named_and_must_exist(plan: Plan, file: Path) -> None:
    assert import_boundaries(plan, official(plan), file, code_field="ma")[1].matched == 6
    with pytest.raises(UnusableInput) as caught:
        import_boundaries(plan, official(plan), file, code_field="CODE")
    assert rules(caught.value) == ["no-field"] and "ma, ten" in caught.value.faults[0].message("en")


def test_parts_of_one_commune_and_closed_lines_become_one_area(plan: Plan, file: Path) -> None:
    west, south, east, north = plan.shapes["T1"].geometry.bounds
    middle = (west + east) / 2
    halves = [box(west, south, middle, north), LineString(box(middle, south, east, north).exterior.coords)]
    found = [*(Found({"ma": "T1", "ten": ""}, half) for half in halves), *official(plan)[1:]]
    after, report = import_boundaries(plan, found, file)
    assert report.matched == 6
    assert after.shapes["T1"].geometry.area == pytest.approx(plan.shapes["T1"].geometry.area, rel=1e-6)


def test_an_area_off_by_more_than_a_tenth_is_told(plan: Plan, file: Path) -> None:
    west, south, east, north = plan.shapes["T1"].geometry.bounds
    _, report = import_boundaries(
        plan, official(plan, T1=box(west, south, (west + 3 * east) / 4, north)), file
    )
    (entry,) = report.area_differs
    assert (
        entry["id"] == "T1"
        and entry["official_km2"] == 100
        and entry["shape_km2"] == pytest.approx(75, rel=0.01)
    )


def test_overlaps_are_warnings_with_their_place(plan: Plan, file: Path) -> None:
    t1, t2 = plan.shapes["T1"].geometry, plan.shapes["T2"].geometry
    _, report = import_boundaries(
        plan, official(plan, T1=t1.union(box(*t2.bounds[:3], t2.bounds[1] + 0.01))), file
    )
    (fault,) = report.faults
    assert (fault.rule, fault.severity, fault.row) == ("overlap", "warning", "T1")
    assert "T2" in fault.message("en")


def test_crossed_outlines_lines_and_points_stop_the_import(plan: Plan, file: Path) -> None:
    west, south, east, north = plan.shapes["T1"].geometry.bounds
    bowtie = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    bad = official(plan, T1=bowtie, T2=LineString([(west, south), (east, north)]), T3=Point(west, south))
    with pytest.raises(UnusableInput) as caught:
        import_boundaries(plan, bad, file)
    assert rules(caught.value) == ["crossed-polygon", "geometry-kind", "geometry-kind"]
    crossing, *_ = caught.value.faults
    assert crossing.row == 1 and "106.548" in crossing.message("en")


@pytest.mark.parametrize("shift", [0.72, -0.72, 60])
def test_another_central_meridian_is_noticed(plan: Plan, file: Path, shift: float) -> None:
    moved = [
        Found(f.properties, shapely.transform(f.geometry, lambda xy: np.add(xy, [shift, 0])))
        for f in official(plan)
    ]
    with pytest.raises(UnusableInput) as caught:
        import_boundaries(plan, moved, file)
    assert rules(caught.value) == ["wrong-crs"]


def test_a_quarter_of_a_degree_is_noticed_too(plan: Plan, file: Path) -> None:
    moved = [
        Found(f.properties, shapely.transform(f.geometry, lambda xy: np.add(xy, [0.25, 0])))
        for f in official(plan)
    ]
    with pytest.raises(UnusableInput) as caught:
        import_boundaries(plan, moved, file)
    assert rules(caught.value) == ["wrong-crs"]


def test_the_official_file_joins_all_114(hai_phong: Path, shared: Path) -> None:
    path = shared / "data/boundaries/hai_phong_communes_2025.geojson"
    after, report = import_boundaries(read_plan(hai_phong), read_layer(path), path)
    assert (report.matched, report.unmatched, report.missing) == (114, (), ())
    # Tidal flats and reclaimed land are not in these outlines, nor is the sea between the islands of Cát Hải.
    assert {entry["id"] for entry in report.area_differs} == {"11411", "11413", "11455", "11914"}
    assert {f.row.shape for f in after.shapes.values()} == {"official"}


# ---- layers -------------------------------------------------------------------------------------------------

PARK = box(106.51, 20.89, 106.53, 20.91)
SPOT: Mapping[str, Any] = {"TEN": "Khu A", "LOAI": "industrial park"}
MAPPING = {"TEN": "name_vi", "LOAI": "kind"}


def test_a_zone_is_made_of_what_the_file_says_and_its_shape(plan: Plan, file: Path) -> None:
    after, report = import_layer(
        plan, [Found({**SPOT, "from_year": 2027}, PARK)], file, "industrial", mapping=MAPPING
    )
    (identity,) = report.added
    zone = after.zones[identity].row
    assert (zone.name_vi, zone.kind, zone.from_year, zone.shape, zone.layer) == (
        "Khu A",
        "industrial park",
        2027,
        "official",
        "industrial",
    )
    assert zone.commune == "T1"
    assert zone.area_ha == pytest.approx(area_km2(PARK) * 100, abs=0.01) and "of the shape" in (
        zone.note or ""
    )
    files = render_plan(after)
    assert identity in files["layers/industrial.geojson"].decode()
    again, faults = parse_plan(files, [])
    assert again is not None and not faults and identity in again.zones


def test_ids_hold_still_and_doubles_fall_out(plan: Plan, file: Path) -> None:
    found = [
        Found(dict(SPOT), PARK),
        Found(dict(SPOT), PARK.reverse()),
        Found({**SPOT, "TEN": "Khu B"}, PARK),
    ]
    one = import_layer(plan, found, file, "industrial", mapping=MAPPING)[1]
    other = import_layer(plan, found[::-1], file, "industrial", mapping=MAPPING)[1]
    assert one.duplicates == 1 and len(one.added) == 2 and one.added == other.added


def test_a_zone_of_the_plan_gives_way_to_its_official_shape(plan: Plan, file: Path) -> None:
    identity = min(plan.zones)
    found = [Found({"id": identity, "name_vi": "Mới", "kind": "x"}, PARK)]
    after, report = import_layer(plan, found, file, plan.zones[identity].row.layer)
    assert report.replaced == (identity,) and report.added == ()
    files = render_plan(after)
    again, faults = parse_plan(files, [])
    assert again is not None and not faults
    assert again.zones[identity].geometry.equals(PARK) and len(again.zones) == len(plan.zones)


def schematic(plan: Plan, *names: str) -> Plan:
    """The plan with zones D0, D1 ... of the layer industrial, drawn by us; D0 has a project, a state and years."""
    first = next(iter(plan.zones.values()))
    common = {"layer": "industrial", "kind": "industrial park", "name_en": "Park", "shape": "schematic"}
    told = {"project": "P1", "status": "planned", "from_year": 2030, "to_year": 2040, "public": False}
    zones = {
        f"D{k}": Feature(
            first.row.model_copy(
                update={"id": f"D{k}", "name_vi": name, **common, **(told if k == 0 else {})}
            ),
            first.geometry,
        )
        for k, name in enumerate(names)
    }
    return replace(plan, zones={**plan.zones, **zones})


def test_a_drawn_zone_gives_way_by_name_and_keeps_what_the_file_does_not_say(plan: Plan, file: Path) -> None:
    before = schematic(plan, "KCN Đồ-Sơn", "KCN Nomura", "KCN Tràng Duệ")
    found = [Found({"TEN": "kcn do son", "to_year": 2050}, PARK), Found({"TEN": "Mới"}, PARK)]
    after, report = import_layer(before, found, file, "industrial", mapping={"TEN": "name_vi"})
    assert report.replaced == ("D0",) and len(report.added) == 1
    assert {entry["name"] for entry in report.remaining} >= {"KCN Nomura", "KCN Tràng Duệ"}
    zone = after.zones["D0"].row
    assert (zone.project, zone.status, zone.from_year, zone.to_year) == ("P1", "planned", 2030, 2050)
    assert (zone.kind, zone.public, zone.shape) == ("industrial park", False, "official")
    assert (zone.name_vi, zone.name_en) == ("KCN Đồ-Sơn", "Park")
    assert after.zones["D0"].geometry.equals(PARK)


def test_a_name_that_stands_twice_replaces_nothing(plan: Plan, file: Path) -> None:
    twice = schematic(plan, "KCN A", "KCN a")
    found = [Found({"TEN": "KCN A"}, PARK)]
    assert import_layer(twice, found, file, "industrial", mapping={"TEN": "name_vi"})[1].replaced == ()
    once = schematic(plan, "KCN A")
    found = [Found({"TEN": "KCN A"}, PARK), Found({"TEN": "KCN A"}, box(106.53, 20.89, 106.54, 20.9))]
    assert import_layer(once, found, file, "industrial", mapping={"TEN": "name_vi"})[1].replaced == ()
    found = [Found({"TEN": "KCN A"}, PARK)]
    assert import_layer(once, found, file, "urban", mapping={"TEN": "name_vi"})[1].replaced == ()
    found = [Found({"TEN": "x", "id": "D0"}, PARK), Found({"TEN": "KCN A", "id": None}, PARK)]
    assert import_layer(once, found, file, "industrial", mapping={"TEN": "name_vi"})[1].replaced == ("D0",)


def test_a_drawing_names_its_areas_by_text_label_or_layer(plan: Plan, file: Path) -> None:
    squares = [box(106.50 + d, 20.88, 106.51 + d, 20.89) for d in (0.0, 0.02, 0.04, 0.06)]
    lines = [LineString(square.exterior.coords) for square in squares]
    cells = {"Layer": "KCN", "EntityHandle": "1F", "Text": None}
    found = [
        Found({**cells, "Text": "KCN Một"}, lines[0]),
        Found(cells, lines[1]),
        Found({**cells, "Text": " KCN\nHai "}, squares[1].centroid),
        Found({**cells, "Text": "SOLID", "SubClasses": "AcDbEntity:AcDbHatch"}, squares[2]),
        Found({**cells, "Layer": "CCN"}, lines[3]),
    ]
    after, report = import_layer(plan, found, file, "industrial")
    zones = [after.zones[i] for i in report.added]
    assert {z.row.name_vi for z in zones} == {"KCN Một", "KCN Hai", "KCN 1", "CCN 1"}
    assert {z.geometry.geom_type for z in zones} == {"Polygon"} and all(z.row.area_ha for z in zones)
    mapped = import_layer(plan, found, file, "industrial", mapping={"Layer": "name_vi"})[0]
    assert {z.row.name_vi for z in mapped.zones.values()} >= {"KCN", "CCN"}


def test_numbers_in_columns_of_text_are_text(plan: Plan, file: Path) -> None:
    for level, name in ((3, "3"), (3.0, "3"), (3.5, "3.5")):
        found = [Found({"Level": level, "GraphicGroup": 0, "EntityNum": 1, "Text": None}, PARK)]
        after, report = import_layer(plan, found, file, "urban", mapping={"Level": "name_vi"})
        assert after.zones[report.added[0]].row.name_vi == name


def test_a_missing_name_is_told_as_in_a_plan(plan: Plan, file: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        import_layer(plan, [Found({"TEN": None}, PARK)], file, "urban", mapping={"TEN": "name_vi"})
    assert {f.message("en") for f in caught.value.faults} == {"name_vi is blank", "name_en is blank"}


def test_a_drawn_commune_is_not_put_down_as_a_fact(plan: Plan, file: Path) -> None:
    after, report = import_layer(drawn(plan), [Found(dict(SPOT), PARK)], file, "industrial", mapping=MAPPING)
    assert after.zones[report.added[0]].row.commune is None


def test_what_lies_outside(plan: Plan, file: Path) -> None:
    """Reaching over the edge is a warning; far away is left out; mostly far away is a wrong system."""
    edge, far = box(106.49, 20.89, 106.51, 20.91), box(108, 16, 108.1, 16.1)
    found = [Found({**SPOT, "TEN": str(k)}, s) for k, s in enumerate((PARK, edge, far))]
    _, report = import_layer(plan, found, file, "urban", mapping=MAPPING)
    assert len(report.added) == 2 and [entry["row"] for entry in report.outside] == [3]
    (fault,) = report.faults
    assert fault.rule == "beyond-city" and fault.severity == "warning" and "50 %" in fault.message("en")
    assert not import_layer(drawn(plan), found[:2], file, "urban", mapping=MAPPING)[1].faults
    with pytest.raises(UnusableInput) as caught:
        import_layer(plan, found[2:], file, "urban", mapping=MAPPING)
    assert rules(caught.value) == ["wrong-crs"]


def test_faults_of_a_layer_come_all_at_once(plan: Plan, file: Path) -> None:
    bowtie = shapely.Polygon([(106.5, 20.8), (106.6, 20.9), (106.6, 20.8), (106.5, 20.9)])
    found = [
        Found({"TEN": "a", "LOAI": "x", "id": "Z 1"}, PARK),
        Found({"TEN": None, "LOAI": "x", "id": "Z2"}, PARK),
        Found({"TEN": "c", "LOAI": "x", "id": "Z3"}, bowtie),
        Found({"TEN": "d", "LOAI": "x", "id": "Z4"}, PARK),
        Found({"TEN": "e", "LOAI": "x", "id": "Z4"}, PARK),
    ]
    with pytest.raises(UnusableInput) as caught:
        import_layer(plan, found, file, "urban", mapping=MAPPING)
    rows = {(fault.rule, fault.row) for fault in caught.value.faults}
    assert {("bad-value", 1), ("missing-value", 2), ("crossed-polygon", 3), ("duplicate-id", 5)} <= rows


def test_a_layer_needs_names_and_columns_that_exist(plan: Plan, file: Path) -> None:
    for mapping in ({}, {"NAME": "name_vi"}, {"TEN": "colour"}, {"TEN": "layer"}):
        with pytest.raises(UnusableInput) as caught:
            import_layer(plan, [Found(dict(SPOT), PARK)], file, "urban", mapping=mapping)
        assert set(rules(caught.value)) == {"no-field"}


# ---- within -------------------------------------------------------------------------------------------------


def test_a_point_a_line_and_a_polygon_find_their_communes(plan: Plan) -> None:
    assert communes_of(plan, Point(106.52, 20.9)) == ("T1",)
    assert communes_of(plan, LineString([(106.52, 20.9), (106.52, 20.80)])) == ("T2", "T1")
    assert communes_of(plan, box(106.51, 20.87, 106.52, 20.90)) == ("T1", "T2")
    assert communes_of(plan, Point(0, 0)) == communes_of(plan, shapely.Polygon()) == ()


def test_touching_is_not_lying_in(plan: Plan) -> None:
    assert communes_of(plan, box(106.51, 20.8799, 106.52, 20.90)) == ("T1",)


def test_an_answer_from_drawn_shapes_says_so(plan: Plan) -> None:
    assert not Communes(plan).of(Point(106.52, 20.9)).schematic
    assert Communes(drawn(plan)).of(Point(106.52, 20.9)).schematic
    assert not Communes(drawn(plan)).of(Point(0, 0)).schematic


def test_every_commune_holds_its_own_middle(hai_phong: Path) -> None:
    plan = read_plan(hai_phong)
    communes = Communes(plan)
    for identity, feature in plan.shapes.items():
        assert communes.of(feature.geometry.representative_point()).communes == (identity,)


def test_surroundings_hold_every_commune(hai_phong: Path) -> None:
    plan = read_plan(hai_phong)
    city = box(*surroundings(plan))
    assert all(city.contains(f.geometry) for f in plan.shapes.values())
    assert np.isfinite(surroundings(plan)).all()
    assert json.dumps(surroundings(plan))
