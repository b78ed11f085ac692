"""Connected and in step, on tinytown's network: worked by hand from plans/tinytown/map."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuabien.model import berths, opening
from cuabien.model.transport import connection
from cuabien.plan.change import apply, read_change
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

PLANS = Path(__file__).parents[3] / "plans"
YEARS = range(2025, 2046)
RULES = berths.BerthRules(build_years_by=5, build_years_after=15, investor_share=0, tonnes_per_teu=10)


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


@pytest.fixture(scope="module")
def hai_phong() -> Plan:
    return read_plan(PLANS / "hai-phong")


def changed(plan: Plan, text: str) -> Plan:
    return apply(plan, read_change(text.encode(), plan))


# ---- what is open -------------------------------------------------------------------------------------------


def test_a_link_opens_with_its_project(town: Plan) -> None:
    """The second bridge is dated 2028, as its project is; two years later if the project is; never without it."""
    assert opening.link_years(town)["E6"] == (2028, opening.NEVER)
    later = changed(town, '[[project]]\nid = "P2"\nopens = 2030\n')
    assert opening.link_years(later)["E6"] == (2030, opening.NEVER)
    stopped = changed(town, '[[project]]\nid = "P2"\nstatus = "stopped"\n')
    assert opening.link_years(stopped)["E6"][0] == opening.NEVER


def test_a_link_closes(town: Plan) -> None:
    """The ferry stops when the bridge opens; the first bridge when a change says so."""
    assert "G1" in opening.open_links(town, 2027)
    assert "G1" not in opening.open_links(town, 2028)
    closed = changed(town, '[[link]]\nid = "E5"\ncloses = 2030\n')
    assert "E5" in opening.open_links(closed, 2029)
    assert "E5" not in opening.open_links(closed, 2030)


def test_berths_lie_where_their_area_is_named(town: Plan) -> None:
    """10 of today; 10 more of P1 in 2030; P1 five years later: 10 until 2034."""
    assert berths.by_terminal(town, [2029, 2030], RULES).tolist() == [[10, 20]]
    late = changed(town, '[[project]]\nid = "P1"\nopens = 2035\n')
    assert berths.by_terminal(late, [2034, 2035], RULES).tolist() == [[10, 20]]


def test_all_berths_of_hai_phong_have_a_place(hai_phong: Plan) -> None:
    """Mapped capacity of 2025 and 2045, as the economy counts it: 179.1 and 508.2 million tonnes."""
    found = berths.by_terminal(hai_phong, [2025, 2045], RULES)
    assert found.sum(axis=0) == pytest.approx([179.1, 508.2], abs=0.05)
    used = {t for t, row in zip(hai_phong.terminals, found, strict=True) if row.any()}
    assert not used & {"T20", "T21", "T22", "T23", "T24"}, "where waterways meet no ship berths"


# ---- ways and islands -----------------------------------------------------------------------------------------


def test_the_way_of_a_train_to_the_gate(town: Plan) -> None:
    """N6 - N1 - NG: 25 + 10 km."""
    open_now = opening.open_links(town, 2025)
    way = connection.ways_to_gates(town, open_now, "rail", lambda link, _: town.links[link].length_km)["N6"]
    assert (way.km, way.gate, way.links, way.directions) == (35, "NG", ("R1", "R2"), (1, 0))


def test_a_ship_leaves_by_the_sea(town: Plan) -> None:
    open_now = opening.open_links(town, 2025)
    assert connection.ways_to_gates(town, open_now, "fairway", lambda *_: 1.0)["N6"].gate == "N7"


def test_a_bridge_lost_makes_two_islands(town: Plan) -> None:
    """Before the second bridge the first holds both banks together: 4 and 3 nodes without it."""
    whole = [p for p in connection.islands(town, opening.open_links(town, 2025), 2025) if p.mode == "road"]
    assert [len(p.nodes) for p in whole] == [7]
    without = tuple(k for k in opening.open_links(town, 2025) if k != "E5")
    parts = [p for p in connection.islands(town, without, 2025) if p.mode == "road"]
    assert [(p.number, p.nodes) for p in parts] == [(1, ("N1", "N2", "N3", "NG")), (2, ("N4", "N5", "N6"))]
    assert [p.terminals for p in parts] == [(), ("K1",)]


def test_modes_that_meet(town: Plan) -> None:
    k1 = town.terminals["K1"]
    assert connection.meeting_modes(town, opening.open_links(town, 2025), k1) == (
        "road",
        "rail",
        "barge",
        "fairway",
    )
    assert connection.meeting_modes(town, ("E4",), k1) == ("road",)


# ---- in step ----------------------------------------------------------------------------------------------------


def test_tinytown_is_in_step(town: Plan) -> None:
    assert connection.out_of_step(town, YEARS) == []


def test_a_prerequisite_that_comes_too_late(town: Plan) -> None:
    """The port's extension (2030) and the park (2030) need the bridge, put off to 2033."""
    found = connection.out_of_step(changed(town, '[[project]]\nid = "P2"\nopens = 2033\n'), YEARS)
    assert [(f.project, f.needs, f.project_opens, f.need_opens, f.why) for f in found] == [
        ("P1", "P2", 2030, 2033, "prerequisite"),
        ("P3", "P2", 2030, 2033, "prerequisite"),
    ]


def test_a_terminal_ahead_of_its_railway(town: Plan) -> None:
    found = connection.out_of_step(changed(town, '[[link]]\nid = "R2"\nopens = 2031\n'), YEARS)
    assert [(f.project, f.needs, f.project_opens, f.need_opens, f.why) for f in found] == [
        ("K1", "R2", 2025, 2031, "rail")
    ]


def test_a_terminal_whose_railway_never_comes(town: Plan) -> None:
    found = connection.out_of_step(changed(town, '[[link]]\nid = "R1"\nremove = true\n'), YEARS)
    assert [(f.project, f.needs, f.need_opens, f.why) for f in found] == [("K1", "rail", None, "rail")]


def test_what_is_out_of_step_in_hai_phong(hai_phong: Plan) -> None:
    """Lạch Huyện and Nam Đình Vũ wait for the railway of 2030; Văn Úc's berths of 2025 for a fairway of 2030."""
    found = {(f.project, f.why): (f.needs, f.need_opens) for f in connection.out_of_step(hai_phong, YEARS)}
    assert found["T01", "rail"] == ("PR07", 2030)
    assert found["T03", "rail"] == ("PR07", 2030)
    assert found["T09", "fairway"][1] == 2030
    without = apply(hai_phong, read_change(b'[[project]]\nid = "PR07"\nopens = 2035\n', hai_phong))
    later = {(f.project, f.why): f.need_opens for f in connection.out_of_step(without, YEARS)}
    assert later["T01", "rail"] == 2035
