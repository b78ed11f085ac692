"""Roads out of OpenStreetMap: cases written by hand, each with its one right answer; and the real roads of the city."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.faults import UnusableInput
from cuabien.cli.main import main
from cuabien.geo.joining import GLOBE
from cuabien.geo.osm import read
from cuabien.geo.roads import RoadReport, import_roads
from cuabien.model.links import kind_of
from cuabien.plan.checks import check
from cuabien.plan.objects import Link
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.standards.roads import road_classes, road_numbers

Nodes = dict[int, tuple[float, float]]
Ways = list[tuple[int, list[int], dict[str, str]]]

# A ring of five places (in tinytown's country, and far from its roads), so that all of it hangs together.
RING: Nodes = {
    1: (106.80, 20.80),
    2: (106.81, 20.80),
    3: (106.82, 20.80),
    4: (106.82, 20.81),
    5: (106.80, 20.81),
}
SQUARE: Ways = [(100, [1, 2, 3, 4, 5, 1], {"highway": "primary"})]


def xml(nodes: Nodes, ways: Ways, extra: str = "") -> str:
    lines = ['<?xml version="1.0"?>', '<osm version="0.6">']
    lines += [f'<node id="{i}" lon="{x}" lat="{y}" version="1"/>' for i, (x, y) in nodes.items()]
    for number, refs, tags in ways:
        lines.append(f'<way id="{number}" version="1">' + "".join(f'<nd ref="{r}"/>' for r in refs))
        lines += [f'<tag k="{k}" v="{v}"/>' for k, v in tags.items()] + ["</way>"]
    return "\n".join([*lines, extra, "</osm>"])


@pytest.fixture
def bare(tinytown: Path) -> Plan:
    """Tinytown without its roads: nothing of it stays to be joined."""
    from dataclasses import replace

    plan = read_plan(tinytown)
    return replace(plan, links={}, terminals={}, nodes={})


def brought(
    plan: Plan, tmp_path: Path, nodes: Nodes, ways: Ways, extra: str = "", **options: Any
) -> tuple[dict[str, Link], RoadReport]:
    file = tmp_path / "case.osm"
    file.write_text(xml(nodes, ways, extra))
    after, report = import_roads(plan, read(file), file, **options)
    return dict(after.links), report


def of_way(links: dict[str, Link], way: int) -> list[Link]:
    said = re.compile(rf"ways (?:\d+, )*{way}\b")
    return [k for k in links.values() if said.search(k.note or "")]


def rules(report: RoadReport) -> list[str]:
    return [f.rule for f in report.faults]


def test_one_way_streets_lead_as_their_tag_says(bare: Plan, tmp_path: Path) -> None:
    ways = [
        *SQUARE,
        (1, [2, 5], {"highway": "secondary", "oneway": "yes"}),
        (2, [2, 4], {"highway": "secondary", "oneway": "-1"}),
    ]
    links, _ = brought(bare, tmp_path, RING, ways)
    [forward], [backward] = of_way(links, 1), of_way(links, 2)
    assert (forward.from_node, forward.to_node, forward.one_way) == ("osm-n2", "osm-n5", True)
    assert (backward.from_node, backward.to_node, backward.one_way) == ("osm-n4", "osm-n2", True)
    assert all(k.one_way is None for k in of_way(links, 100))


def test_a_chain_is_one_link_with_its_course_and_the_length_on_the_ellipsoid(
    bare: Plan, tmp_path: Path
) -> None:
    ways = [(7, [1, 2, 3], {"highway": "primary"}), (8, [3, 4], {"highway": "primary"}),
            (9, [4, 5, 1], {"highway": "tertiary"})]  # fmt: skip
    links, _ = brought(bare, tmp_path, RING, ways)
    assert len(links) == 2
    [chain] = of_way(links, 8)
    lon, lat = zip(*(RING[n] for n in (1, 2, 3, 4)), strict=True)
    assert chain.length_km == pytest.approx(GLOBE.line_length(lon, lat) / 1000, abs=1e-4)
    assert chain.geometry == "LINESTRING (106.800000 20.800000, 106.820000 20.800000, 106.820000 20.810000)"
    assert chain.note is not None and "7, 8" in chain.note


def test_roads_that_cross_on_a_bridge_do_not_meet(bare: Plan, tmp_path: Path) -> None:
    nodes = {**RING, 6: (106.81, 20.79), 7: (106.81, 20.82)}
    ways = [(1, [1, 3], {"highway": "primary"}), (2, [3, 4, 5, 1], {"highway": "primary"}),
            (3, [5, 7, 4], {"highway": "secondary"}),
            (4, [6, 7], {"highway": "primary", "bridge": "yes", "layer": "1"}),
            (5, [6, 3], {"highway": "primary"})]  # fmt: skip
    links, report = brought(bare, tmp_path, nodes, ways)
    [bridge] = of_way(links, 4)
    assert (
        bridge.bridge and {bridge.from_node, bridge.to_node} == {"osm-n6", "osm-n7"} and report.bridges == 1
    )


def test_in_geojson_levels_keep_crossing_roads_apart(bare: Plan, tmp_path: Path) -> None:
    """The same place in two ways: a junction on the ground, none where one of them is a bridge."""
    shapes: list[tuple[int, dict[str, Any], list[tuple[float, float]]]] = [
        (1, {}, [(106.80, 20.80), (106.81, 20.80), (106.82, 20.80)]),
        (2, {}, [(106.82, 20.80), (106.82, 20.82), (106.81, 20.82)]),
        (3, {}, [(106.81, 20.82), (106.80, 20.82), (106.80, 20.80)]),
        (4, {"bridge": "yes"}, [(106.81, 20.82), (106.81, 20.80), (106.81, 20.78)]),
        (5, {}, [(106.81, 20.78), (106.80, 20.80)]),
    ]

    def count(with_bridge: bool) -> int:
        features = [
            {"type": "Feature", "properties": {"osm_id": i, "highway": "primary", "oneway": "no", **(tags if with_bridge else {})},
             "geometry": {"type": "LineString", "coordinates": line}}
            for i, tags, line in shapes
        ]  # fmt: skip
        file = tmp_path / "ways.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        after, _ = import_roads(bare, read(file), file)
        return len(of_way(dict(after.links), 1))

    assert count(with_bridge=False) == 2
    assert count(with_bridge=True) == 1


def test_a_ferry_takes_cars_only_where_it_says_so(bare: Plan, tmp_path: Path) -> None:
    nodes = {**RING, 6: (106.84, 20.84), 7: (106.85, 20.84), 8: (106.85, 20.85)}
    ways = [*SQUARE, (1, [3, 6], {"route": "ferry", "motor_vehicle": "yes"}),
            (2, [6, 7, 8, 6], {"highway": "primary"}), (3, [4, 8], {"route": "ferry"})]  # fmt: skip
    links, report = brought(bare, tmp_path, nodes, ways)
    assert [k.link_class for k in of_way(links, 1)] == ["car ferry"]
    assert [k.link_class for k in of_way(links, 3)] == ["passenger boat"]
    assert of_way(links, 2) and report.ferries == 2  # the island is reached by the car ferry
    links, report = brought(bare, tmp_path, nodes, [w for w in ways if w[0] != 1])
    assert not of_way(links, 2) and report.dropped["not-connected"] == ["2"]


def test_motorbikes_and_cars_go_where_they_may(bare: Plan, tmp_path: Path) -> None:
    ways = [
        *SQUARE,
        (1, [2, 4], {"highway": "trunk", "motorcycle": "no"}),
        (2, [2, 5], {"highway": "trunk", "motorroad": "yes"}),
        (3, [1, 3], {"highway": "primary", "access": "private"}),
        (4, [1, 4], {"highway": "primary", "motorcar": "no", "motorcycle": "yes"}),
        (5, [5, 3], {"highway": "primary", "access": "no", "motor_vehicle": "yes"}),
    ]
    links, report = brought(bare, tmp_path, RING, ways)
    assert [k.motorbikes for k in of_way(links, 1)] == [False]
    assert [(k.motorbikes, k.link_class) for k in of_way(links, 2)] == [(False, "expressway")]
    assert report.dropped == {"closed": ["3"], "no-vehicles": ["4"]}
    assert of_way(links, 5)


def test_a_roundabout_is_driven_one_way(bare: Plan, tmp_path: Path) -> None:
    nodes = {**RING, 11: (106.8101, 20.8049), 12: (106.8101, 20.8051), 13: (106.8099, 20.8050)}
    ways = [*SQUARE, (1, [11, 12, 13, 11], {"highway": "primary", "junction": "roundabout"}),
            (2, [2, 11], {"highway": "primary"}), (3, [12, 4], {"highway": "primary"}),
            (4, [13, 5], {"highway": "primary"})]  # fmt: skip
    links, _ = brought(bare, tmp_path, nodes, ways)
    ring = of_way(links, 1)
    assert {(k.from_node, k.to_node) for k in ring} == {
        ("osm-n11", "osm-n12"), ("osm-n12", "osm-n13"), ("osm-n13", "osm-n11"),
    }  # fmt: skip
    assert all(k.one_way for k in ring)


def test_a_one_way_trap_is_left_out_and_told(bare: Plan, tmp_path: Path) -> None:
    nodes = {**RING, 6: (106.83, 20.80)}
    links, report = brought(
        bare, tmp_path, nodes, [*SQUARE, (1, [3, 6], {"highway": "primary", "oneway": "yes"})]
    )
    assert not of_way(links, 1) and report.dropped == {"not-connected": ["1"]}


def test_broken_references_cut_the_way_and_are_told(bare: Plan, tmp_path: Path) -> None:
    ways = [*SQUARE, (1, [2, 404, 4], {"highway": "primary"}), (2, [3], {"highway": "primary"})]
    links, report = brought(bare, tmp_path, RING, ways)
    assert not of_way(links, 1) and report.dropped["too-few-nodes"] == ["1", "2"]
    [fault] = report.faults
    assert fault.rule == "missing-node" and fault.row == "way 1" and "404" in fault.message("en")
    assert fault.file == "case.osm" and fault.mend("vi")


def test_pbf_says_the_same_as_xml(bare: Plan, tmp_path: Path) -> None:
    import osmium

    ways = [*SQUARE, (1, [2, 4], {"highway": "secondary", "oneway": "yes"})]
    links, _ = brought(bare, tmp_path, RING, ways)
    file = tmp_path / "case.osm.pbf"
    with osmium.SimpleWriter(str(file)) as writer:
        for entity in osmium.FileProcessor(str(tmp_path / "case.osm")):
            writer.add(entity)
    after, _ = import_roads(bare, read(file), file)
    assert {i: (k.from_node, k.to_node, k.length_km, k.geometry) for i, k in after.links.items()} == {
        i: (k.from_node, k.to_node, k.length_km, k.geometry) for i, k in links.items()
    }


def test_a_node_in_two_places_is_refused(bare: Plan, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        brought(bare, tmp_path, RING, SQUARE, '<node id="2" lon="106.9" lat="20.9" version="1"/>')
    assert [(f.rule, f.row) for f in refused.value.faults] == [("duplicate-node", "node 2")]
    _, report = brought(bare, tmp_path, RING, SQUARE, '<node id="2" lon="106.81" lat="20.80" version="1"/>')
    assert rules(report) == ["duplicate-node"]


def test_tags_of_lanes_and_speed_are_read_with_their_units_or_told(bare: Plan, tmp_path: Path) -> None:
    ways = [
        *SQUARE,
        (1, [2, 4], {"highway": "primary", "maxspeed": "40 mph", "lanes": "3"}),
        (2, [2, 5], {"highway": "primary", "maxspeed": "fast", "lanes": "2;3", "oneway": "maybe"}),
    ]
    links, report = brought(bare, tmp_path, RING, ways)
    [told], [broken] = of_way(links, 1), of_way(links, 2)
    assert (told.design_speed_kmh, told.lanes, told.attributes) == (64.4, 3, "read")
    default = road_classes()["primary"]
    assert (broken.design_speed_kmh, broken.lanes) == (default.speed_kmh, default.lanes_two_way)
    assert broken.attributes == "class default" and "assumed" in (broken.note or "")
    assert sorted(rules(report)) == ["bad-lanes", "bad-maxspeed", "bad-oneway"]
    assert all(f.row == "way 2" and f.mend("vi") for f in report.faults)


def test_what_is_no_road_of_the_wanted_classes_is_counted(bare: Plan, tmp_path: Path) -> None:
    more: Ways = [(1, [1, 3], {"highway": "residential"}), (2, [1, 4], {"highway": "footway"}),
                  (3, [2, 4], {"highway": "construction"}), (4, [2, 5], {"highway": "goat_path"})]  # fmt: skip
    ban = '<relation id="1" version="1"><tag k="type" v="restriction"/></relation>'
    _, report = brought(bare, tmp_path, RING, [*SQUARE, *more], ban)
    assert report.dropped == {"local": ["1"], "no-vehicles": ["2"], "not-open": ["3"], "unknown-class": ["4"]}
    assert report.restrictions == 1
    links, _ = brought(bare, tmp_path, RING, [*SQUARE, *more], down_to="residential")
    assert of_way(links, 1)


def test_a_file_of_another_kind_or_place_is_refused(bare: Plan, tmp_path: Path) -> None:
    file = tmp_path / "case.osm"
    file.write_text("no map at all")
    with pytest.raises(UnusableInput) as refused:
        read(file)
    assert refused.value.faults[0].rule == "not-osm"
    with pytest.raises(UnusableInput) as refused:
        brought(bare, tmp_path, {1: (2.3, 48.8), 2: (2.4, 48.8)}, [(1, [1, 2], {"highway": "primary"})])
    assert refused.value.faults[0].rule == "wrong-crs"


def test_every_default_is_assumed_and_lies_in_its_range() -> None:
    for known in road_classes().values():
        assert known.status == "assumed"
        assert known.lanes_two_way_low <= known.lanes_two_way <= known.lanes_two_way_high
        assert known.lanes_one_way_low <= known.lanes_one_way <= known.lanes_one_way_high
        assert known.speed_low <= known.speed_kmh <= known.speed_high
        assert kind_of(known.link_class) == known.capacity_of
        assert known.motorbikes == (known.capacity_of != "expressway")
    assert all(kind_of(n.link_class) == n.capacity_of for n in road_numbers())


def test_the_command_writes_a_plan_that_holds(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The roads of tinytown stay where the file has none; where it has, its own places are joined."""
    plan = read_plan(tinytown)
    at = {i: (n.lon, n.lat) for i, n in plan.nodes.items()}
    nodes = {1: at["N1"], 2: at["N2"], 4: at["N4"], 5: at["N5"]}
    ways: Ways = [(1, [1, 2, 5, 4, 1], {"highway": "primary", "lanes": "4", "maxspeed": "60"})]
    file = tmp_path / "case.osm"
    file.write_text(xml(nodes, ways))
    words = ["import", "osm", str(file), str(tinytown), "--out", str(tmp_path / "new"), "--json"]
    code = main(words)
    told = json.loads(capsys.readouterr().out)
    assert code == 0 and told["replaced"] == ["E1", "E3", "E5"] and "E6" in told["kept"]
    after = read_plan(tmp_path / "new")
    assert [f for f in check(after) if f.severity == "fault"] == []
    assert {"osm-join-N1", "osm-join-N2"} <= set(after.links)
    [source] = {k.source for i, k in after.links.items() if i.startswith("osm-")}
    assert "ODbL" in (after.sources[source].licence or "")


@pytest.mark.slow
def test_the_plan_of_hai_phong_runs_on_the_real_roads(hai_phong: Path, shared: Path, tmp_path: Path) -> None:
    """A routable network in the plan's place, on which the whole plan runs to its horizon."""
    roads = shared / "data/osm/haiphong-roads.geojson"
    if not roads.is_file():
        pytest.skip(f"no roads at {roads}")
    folder = tmp_path / "hai-phong"
    assert (
        main(["import", "osm", str(roads), str(hai_phong), "--out", str(folder)]) == 1
    )  # one-way is not said
    plan = read_plan(folder)
    assert [f for f in check(plan) if f.severity == "fault"] == []
    assert sum(i.startswith("osm-w") for i in plan.links) > 5000
    begun = time.perf_counter()
    assert main(["run", str(folder), "--home", str(tmp_path / "home")]) == 0
    print(f"the whole plan on the real roads: {time.perf_counter() - begun:.0f} s")
