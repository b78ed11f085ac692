"""GMNS in and out: a round trip that loses nothing of the network, units that must be said, and every fault with its row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cuabien.base.faults import UnusableInput
from cuabien.cli.main import main
from cuabien.geo.gmns import import_gmns
from cuabien.plan.read import read_plan

KEPT = ("from_node", "to_node", "name_vi", "mode", "link_class", "lanes", "length_km", "design_speed_kmh", "toll",
        "bridge", "one_way", "motorbikes", "opens", "closes", "project", "geometry")  # fmt: skip

NODES = "node_id,x_coord,y_coord\n1,106.6,20.8\n2,106.7,20.8\n"
LINKS = "link_id,from_node_id,to_node_id,directed,length,free_speed,lanes\na,1,2,1,2.5,40,2\n"
CONFIG = "dataset_name,long_length,speed\nx,mile,mph\n"


def folder_of(tmp_path: Path, nodes: str = NODES, links: str = LINKS, config: str | None = CONFIG) -> Path:
    (tmp_path / "node.csv").write_text(nodes)
    (tmp_path / "link.csv").write_text(links)
    if config:
        (tmp_path / "config.csv").write_text(config)
    return tmp_path


@pytest.mark.parametrize("city", ["tinytown", "hai_phong"])
def test_a_network_goes_out_and_comes_back_the_same(
    city: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source: Path = request.getfixturevalue(city)
    assert main(["export", "gmns", str(source), "--out", str(tmp_path / "gmns")]) == 0
    assert (
        main(["export", "gmns", str(source), "--out", str(tmp_path / "gmns")]) == 1
    )  # nothing is overwritten
    assert main(["import", "gmns", str(tmp_path / "gmns"), str(source), "--out", str(tmp_path / "new")]) == 0
    before, after = read_plan(source), read_plan(tmp_path / "new")
    assert before.links.keys() == after.links.keys() and before.nodes.keys() == after.nodes.keys()
    for identity, link in before.links.items():
        for column in KEPT:
            assert getattr(after.links[identity], column) == (getattr(link, column) or None if column == "one_way" else getattr(link, column))  # fmt: skip
    for identity, node in before.nodes.items():
        for column in ("name_vi", "kind", "lon", "lat", "in_city"):
            assert getattr(after.nodes[identity], column) == getattr(node, column)


def test_units_are_those_that_are_said(tinytown: Path, tmp_path: Path) -> None:
    plan = read_plan(tinytown)
    after, _ = import_gmns(plan, folder_of(tmp_path))
    assert after.links["a"].length_km == pytest.approx(2.5 * 1.609344)
    assert after.links["a"].design_speed_kmh == pytest.approx(40 * 1.609344) and after.links["a"].one_way
    after, _ = import_gmns(plan, tmp_path, length_unit="km", speed_unit="km/h")
    assert (after.links["a"].length_km, after.links["a"].design_speed_kmh) == (2.5, 40)


def test_units_that_nobody_says_are_refused(tinytown: Path, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        import_gmns(read_plan(tinytown), folder_of(tmp_path, config=None))
    assert [(f.rule, f.row) for f in refused.value.faults] == [
        ("gmns-unit", "length"),
        ("gmns-unit", "free_speed"),
    ]


@pytest.mark.parametrize(
    ("links", "column"),
    [
        (LINKS.replace("a,1,2", "a,1,9"), "to_node_id"),
        (LINKS.replace(",2.5,", ",-1,"), "length"),
        (LINKS.replace(",2.5,", ",,"), "length"),
        (LINKS.replace("1,2,1,", "1,2,maybe,"), "directed"),
        (LINKS + "a,2,1,1,2.5,40,2\n", "link_id"),
    ],
)
def test_a_wrong_cell_is_refused_with_file_and_row(
    links: str, column: str, tinytown: Path, tmp_path: Path
) -> None:
    with pytest.raises(UnusableInput) as refused:
        import_gmns(read_plan(tinytown), folder_of(tmp_path, links=links))
    [fault] = refused.value.faults
    assert (fault.rule, fault.file) == ("gmns-value", "link.csv") and fault.row in (2, 3)
    assert column in fault.message("en") and fault.mend("vi")


def test_an_export_answers_in_json(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "gmns"
    assert main(["export", "gmns", str(tinytown), "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"folder": str(out), "files": sorted(f.name for f in out.iterdir())}
