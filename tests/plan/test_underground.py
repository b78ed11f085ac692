"""What meets underground: crossings worked by hand, and everything that must not be called a clash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.plan import underground
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.plan.underground import Meeting, Work
from tests.plan.edits import Entry, edit, edited, new

LON, LAT = 106.6, 20.8
MARGIN = 2.0
"""Metres, as tinytown's parameters say; its lines are 10 m wide."""


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


def tunnel(identity: str, across: str, top: float | None, bottom: float | None, **fields: Any) -> Entry:
    """A straight line of about two kilometres through one point, west to east or south to north."""
    half = 0.01
    ends = (
        [[LON - half, LAT], [LON + half, LAT]] if across == "east" else [[LON, LAT - half], [LON, LAT + half]]
    )
    depths = {} if top is None or bottom is None else {"depth_top_m": top, "depth_bottom_m": bottom}
    usual = {
        "layer": "underground",
        "kind": "tunnel",
        "geometry": {"type": "LineString", "coordinates": ends},
    }
    return new("zone", identity, **{**usual, **depths, **fields})


def found(town: Plan, *entries: Entry, margin: float | None = None) -> tuple[Meeting, ...]:
    plan = edited(town, *entries)
    return underground.meetings(
        underground.works(plan), underground.margin_of(plan) if margin is None else margin
    )


# ---- worked by hand ---------------------------------------------------------------------------------------


def test_two_tunnels_that_cross_at_one_depth_clash(town: Plan) -> None:
    """Lines 10 m wide with 1 m of margin on each side want 12 m: 12 x 12 = 144 m2 of shared ground.

    Depths 5-10 and 8-12 share 2 m, and 4 m with the margin of 2: 144 x 4 = 576 m3.
    The lines are straight in degrees, so on the plane they bend by millimetres: one part in a thousand.
    """
    (clash,) = found(town, tunnel("U1", "east", 5, 10), tunnel("U2", "north", 8, 12))
    assert (clash.work.id, clash.other.id, clash.rule) == ("U1", "U2", "underground-clash")
    assert clash.overlap_m3 == pytest.approx(576, rel=1e-3)


def test_without_a_margin_the_volume_is_the_shared_space(town: Plan) -> None:
    """10 x 10 m2 and 2 m: 200 m3."""
    (clash,) = found(town, tunnel("U1", "east", 5, 10), tunnel("U2", "north", 8, 12), margin=0.0)
    assert clash.overlap_m3 == pytest.approx(200, rel=1e-3)


def test_tunnels_that_cross_at_separate_depths_pass(town: Plan) -> None:
    """Between 10 and 12 m lie the 2 m that the margin asks for; at 11.9 they are missing."""
    assert found(town, tunnel("U1", "east", 5, 10), tunnel("U2", "north", 12, 17)) == ()
    assert len(found(town, tunnel("U1", "east", 5, 10), tunnel("U2", "north", 11.9, 17))) == 1


def test_works_of_different_years_never_meet(town: Plan) -> None:
    before = tunnel("U1", "east", 5, 10, from_year=2026, to_year=2034)
    after = tunnel("U2", "north", 8, 12, from_year=2035)
    assert found(town, before, after) == ()
    (clash,) = found(town, before, {**after, "from_year": 2034})
    assert (clash.from_year, clash.to_year) == (2034, 2034)


def test_a_reserved_corridor_comes_before_a_utility_and_a_work(town: Plan) -> None:
    work = tunnel("U1", "east", 5, 10)
    for kind, rule in (
        ("reserved corridor", "underground-corridor"),
        ("water main", "underground-utility"),
        ("car park", "underground-clash"),
    ):
        (clash,) = found(town, work, tunnel("U2", "north", 8, 12, kind=kind))
        assert clash.rule == rule, kind
    (both,) = found(
        town,
        tunnel("U1", "east", 5, 10, kind="sewer"),
        tunnel("U2", "north", 8, 12, kind="metro corridor"),
    )
    assert both.rule == "underground-corridor"


# ---- what must not be called a clash ----------------------------------------------------------------------


def test_an_unknown_depth_is_not_judged_and_not_silent(town: Plan) -> None:
    (meeting,) = found(town, tunnel("U1", "east", 5, 10), tunnel("U2", "north", None, None))
    assert (meeting.rule, meeting.overlap_m3) == (underground.NOT_JUDGED, None)
    assert list(underground.clashes([meeting])) == []


def test_a_schematic_shape_and_a_point_meet_nobody(town: Plan) -> None:
    drawn = tunnel("U2", "north", 8, 12, shape="schematic")
    point = tunnel("U3", "north", 8, 12, geometry={"type": "Point", "coordinates": [LON, LAT]})
    assert found(town, tunnel("U1", "east", 5, 10), drawn, point) == ()
    reasons = {work.id: work.reason for work in underground.works(edited(town, drawn, point))}
    assert reasons == {"U2": "schematic", "U3": "point"}


def test_works_of_one_project_belong_together(town: Plan) -> None:
    station = tunnel("U1", "east", 5, 10, project="P2")
    assert found(town, station, tunnel("U2", "north", 8, 12, project="P2")) == ()
    assert len(found(town, station, tunnel("U2", "north", 8, 12, project="P3"))) == 1


def test_what_hangs_on_a_stopped_project_is_not_there(town: Plan) -> None:
    plan = edited(town, tunnel("U1", "east", 5, 10, project="P2"), edit("project", "P2", status="stopped"))
    assert underground.works(plan) == ()


def test_a_zone_comes_no_sooner_than_its_project(town: Plan) -> None:
    """P2 opens in 2028."""
    (work,) = underground.works(edited(town, tunnel("U1", "east", 5, 10, project="P2", from_year=2026)))
    assert work.from_year == 2028 and not work.stands(2027) and work.stands(2028)


def test_a_project_that_no_zone_shows_is_listed(town: Plan) -> None:
    (work,) = underground.works(edited(town, edit("project", "P2", layer="underground")))
    assert (work.table, work.id, work.reason, work.volume_m3) == ("projects", "P2", "depth", None)


def test_the_underpasses_of_hai_phong_are_listed_and_not_judged(hai_phong: Path) -> None:
    """The three underpasses of PR23 and the one in use, Z169: points, without depth."""
    works = underground.works(read_plan(hai_phong))
    assert [(w.id, w.reason, w.from_year, w.project) for w in works] == [
        ("Z168", "schematic", 2027, "PR23"),
        ("Z168-2", "schematic", 2027, "PR23"),
        ("Z168-3", "schematic", 2027, "PR23"),
        ("Z169", "schematic", None, None),
    ]
    assert underground.meetings(works, 1.0) == ()


# ---- properties -------------------------------------------------------------------------------------------

depth = st.floats(-5, 60)


def box(identity: str, top: float, bottom: float) -> Work:
    from shapely.geometry import box as rectangle

    return Work("zones", identity, "work", "tunnel", None, rectangle(0, 0, 10, 10), top, bottom, None, None)


@given(depth, st.floats(0.1, 20), depth, st.floats(0.1, 20), st.floats(0, 10))
def test_a_clash_is_the_same_from_both_sides_and_grows_with_the_margin(
    top: float, height: float, other_top: float, other_height: float, margin: float
) -> None:
    one, other = box("A", top, top + height), box("B", other_top, other_top + other_height)
    forth, back = (underground.meetings(pair, margin) for pair in ((one, other), (other, one)))
    assert [m.overlap_m3 for m in forth] == [m.overlap_m3 for m in back]
    wider = underground.meetings((one, other), margin + 1)
    assert len(wider) >= len(forth)
    for clash in forth:
        assert clash.overlap_m3 is not None and clash.overlap_m3 > 0
        assert (wider[0].overlap_m3 or 0) > clash.overlap_m3
