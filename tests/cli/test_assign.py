"""`cuabien assign`: flows from TNTP files, and words with file and row when a file cannot be used."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cuabien.cli.main import main

NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 4
<END OF METADATA>

~ from to capacity length time B power speed toll type ;
 1 3 10 2 10 1 1 0 0 1 ;
 3 2 1 0 0 0 0 0 0 1 ;
 1 4 30 1 15 1 1 0 5 1 ;
 4 2 1 0 0 0 0 0 0 1 ;
"""
TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 10.0
<END OF METADATA>

Origin 1
 1 : 0.0; 2 : 10.0;
"""


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    """Write a network and trips, and give the words of a command that uses them."""

    def write(net: str = NET, trips: str = TRIPS) -> list[str]:
        (tmp_path / "a_net.tntp").write_text(net, "utf-8")
        (tmp_path / "a_trips.tntp").write_text(trips, "utf-8")
        return ["assign", "--net", str(tmp_path / "a_net.tntp"), "--trips", str(tmp_path / "a_trips.tntp")]

    return write


def test_two_routes_as_worked_by_hand(
    files: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """10 + x = 15 + (10 - x) / 2: x = 20/3; Beckmann's sum 200/3 + 200/9 + 50 + 25/9 = 425/3."""
    out = tmp_path / "flow.csv"
    assert main([*files(), "--gap", "1e-10", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["gap"] <= 1e-10
    assert told["objective"] == pytest.approx(425 / 3)
    assert told["seconds"] > 0
    assert told["iterations"] >= 1
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [(r["from"], r["to"]) for r in rows] == [("1", "3"), ("3", "2"), ("1", "4"), ("4", "2")]
    np.testing.assert_allclose([float(r["flow"]) for r in rows], [20 / 3, 20 / 3, 10 / 3, 10 / 3])


def test_distance_and_toll_factors(files: Callable[..., list[str]], tmp_path: Path) -> None:
    """1 minute a km and 0.2 a toll: 12 + x = 17 + (10 - x) / 2, so x is 20/3 again; without the toll, 16 + ...: x = 6."""
    out = tmp_path / "flow.csv"
    words = [*files(), "--gap", "1e-10", "--out", str(out)]
    flows = []
    for toll in ("0.2", "0"):
        assert main([*words, "--distance-factor", "1", "--toll-factor", toll]) == 0
        flows.append(float(next(csv.DictReader(out.open(encoding="utf-8")))["flow"]))
    np.testing.assert_allclose(flows, [20 / 3, 6])


def test_trips_as_an_array(
    files: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "t.npz", trips=np.array([[3, 10], [0, 0]], dtype=np.float32))
    words = [*files()[:3], "--trips", str(tmp_path / "t.npz"), "--gap", "1e-10", "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["objective"] == pytest.approx(425 / 3)


def test_a_gap_that_is_not_reached_is_said(
    files: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*files(), "--gap", "1e-12", "--max-iterations", "0"]) == 1
    assert "relative gap: 0.25" in capsys.readouterr().out  # all ten on the first: 200 minutes, 150 would do


BROKEN_NETWORKS = [
    (NET.replace("<NUMBER OF ZONES> 2\n", ""), "", "<NUMBER OF ZONES>"),
    (NET.replace("<END OF METADATA>", ""), "", "<END OF METADATA>"),
    (NET.replace("<NUMBER OF LINKS> 4", "<NUMBER OF LINKS> 7"), " 4", "7 links and has 4"),
    (NET.replace("<NUMBER OF NODES> 4", "<NUMBER OF NODES> many"), " 2", '"many"'),
    (NET.replace("1 3 10 2 10", "1 3 wide 2 10"), " 8", '"wide"'),
    (NET.replace("1 3 10 2 10", "1 3 10 2 nan"), " 8", '"nan"'),
    (NET.replace("1 3 10 2 10", "1 3 -10 2 10"), " 8", "capacity of -10"),
    (NET.replace("1 3 10 2 10", "1 3 0 2 10"), " 8", "capacity of 0"),
    (NET.replace("1 3 10 2 10", "1 9 10 2 10"), " 8", "between nodes 1, 9"),
    (NET.replace("1 3 10 2 10", "1.5 3 10 2 10"), " 8", "whole number"),
    (NET.replace("3 2 1 0 0 0 0 0 0 1", "1 3 10 2 10 1 1 0 0 1"), " 9", "already on line 8"),
    (NET.replace("3 2 1 0 0 0 0 0 0 1", "3 2 1 0"), " 9", "4 columns"),
    (NET.replace("3 2 1 0 0", "3 2 1 0 -4"), " 9", "-4 minutes"),
    (NET.replace("3 2 1 0 0 0 0", "3 2 1 0 0 -1 0"), " 9", "alpha"),
    ("", "", "<END OF METADATA>"),
]


@pytest.mark.parametrize(("net", "row", "words"), BROKEN_NETWORKS)
def test_a_network_that_cannot_be_used(
    files: Callable[..., list[str]], capsys: pytest.CaptureFixture[str], net: str, row: str, words: str
) -> None:
    assert main(files(net=net)) == 2
    told = capsys.readouterr().err
    assert f"a_net.tntp{row}:" in told
    assert words in told


BROKEN_TRIPS = [
    (TRIPS.replace("<NUMBER OF ZONES> 2", "<NUMBER OF ZONES> 3"), " 1", "trips between 3 zones"),
    (TRIPS.replace("Origin 1", "Origin 5"), " 5", "no zone 5"),
    (TRIPS.replace("Origin 1", "Origin"), " 5", "number of a zone"),
    (TRIPS.replace("2 : 10.0", "7 : 10.0"), " 6", "no zone 7"),
    (TRIPS.replace("2 : 10.0", "2 : ten"), " 6", '"ten"'),
    (TRIPS.replace("2 : 10.0", "2 : -10.0"), " 6", "-10 trips from zone 1 to zone 2"),
    (TRIPS.replace("2 : 10.0", "2 10.0"), " 6", "pairs such as"),
    (TRIPS.replace("1 : 0.0", "2 : 3.0"), " 6", "a second time"),
    (TRIPS.replace("Origin 1\n", ""), " 5", "before any origin"),
    (TRIPS.replace("Origin 1\n 1 : 0.0; 2 : 10.0;", "Origin 2\n 1 : 10.0;"), " 2 -> 1", "have no way"),
]


@pytest.mark.parametrize(("trips", "row", "words"), BROKEN_TRIPS)
def test_trips_that_cannot_be_used(
    files: Callable[..., list[str]], capsys: pytest.CaptureFixture[str], trips: str, row: str, words: str
) -> None:
    assert main(files(trips=trips)) == 2
    told = capsys.readouterr().err
    assert f"a_trips.tntp{row}:" in told
    assert words in told


def test_a_total_that_is_off_is_a_warning(
    files: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(files(trips=TRIPS.replace("10.0\n<END", "11.0\n<END"))) == 0
    assert "11 trips in all; its rows add up to 10" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["nothing", "array", "shape"])
def test_an_npz_that_cannot_be_used(
    files: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    where = tmp_path / "t.npz"
    if content == "nothing":
        where.write_text("no archive", "utf-8")
    else:
        np.savez(where, **({"flows": np.eye(2)} if content == "array" else {"trips": np.eye(3)}))
    assert main([*files()[:3], "--trips", str(where)]) == 2
    assert "t.npz" in capsys.readouterr().err


def test_a_file_that_is_not_there(
    files: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*files()[:3], "--trips", "nowhere.tntp"]) == 2
    assert "nowhere.tntp" in capsys.readouterr().err


def test_two_roads_side_by_side_are_two(files: Callable[..., list[str]], tmp_path: Path) -> None:
    """Rows with the same ends that differ in any column: each gets its flow."""
    net = NET.replace("LINKS> 4", "LINKS> 5") + " 1 3 10 2.5 10 1 1 0 0 1 ;\n"
    out = tmp_path / "flow.csv"
    assert main([*files(net=net), "--gap", "1e-10", "--out", str(out)]) == 0
    flows = [float(r["flow"]) for r in csv.DictReader(out.open(encoding="utf-8"))]
    # 10 + x = 15 + (10 - 2x) / 2 on each: x = 5, and nobody takes the other
    np.testing.assert_allclose(flows, [5, 10, 0, 0, 5], atol=1e-6)
