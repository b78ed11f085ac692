"""Underground in the run: what stands, what clashes and what cannot be judged, year by year, as the plan changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cuabien.model import city
from cuabien.model.city import Future
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner import accounts
from cuabien.runner.measures import city_values
from cuabien.runner.tables import underground as tables
from tests.plan.edits import Entry, edit, edited, remove
from tests.plan.test_underground import tunnel


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


TUNNEL = tunnel("U1", "east", 5, 10, project="P2")
"""Opens with P2 in 2028."""
METRO = tunnel("U2", "north", 8, 12, from_year=2032, to_year=2040)


def future(town: Plan, *entries: Entry) -> Future:
    return city.run(city.build(edited(town, *entries) if entries else town))


def row(found: Future, year: int) -> dict[str, Any]:
    return tables.by_year(found).filter(year=year).to_dicts()[0]


def test_a_town_without_works(town: Plan) -> None:
    nothing = {"works": 0, "not_judged": 0, "volume_m3": 0.0, "clashes": 0, "clash_m3": 0.0}
    found = future(town)
    for year in (2025, 2045):
        assert row(found, year) == {"year": year, **nothing}
    assert tables.underground(found).is_empty()


def test_works_and_clashes_by_year(town: Plan) -> None:
    """A tunnel from 2028 and a metro from 2032 to 2040 that cross: one clash of 576 m3 from 2032 to 2040.

    Volume of the metro: 4 m of height on a line of 0.02 degrees of latitude, 2,214.4 m, and 10 m of width:
    88,575 m3 (one degree of latitude at 20.8 degrees north is 110,719 m; to one part in a thousand).
    """
    found = future(town, TUNNEL, METRO)
    assert [row(found, y)["works"] for y in (2027, 2028, 2032, 2040, 2041)] == [0, 1, 2, 2, 1]
    assert [row(found, y)["clashes"] for y in (2031, 2032, 2040, 2041)] == [0, 1, 1, 0]
    assert row(found, 2032)["clash_m3"] == pytest.approx(576, rel=1e-3)
    metro = row(found, 2032)["volume_m3"] - row(found, 2031)["volume_m3"]
    assert metro == pytest.approx(88_575, rel=1e-3)
    assert accounts.gaps(found)["underground_volume"] < 1e-12
    (pair,) = tables.underground(found).filter(other="U2").to_dicts()
    assert (pair["from_year"], pair["to_year"], pair["rule"]) == (2032, 2040, "underground-clash")


def test_an_unknown_depth_leaves_the_volume_without_a_figure(town: Plan) -> None:
    found = future(town, TUNNEL, tunnel("U2", "north", None, None, from_year=2032))
    assert row(found, 2031)["volume_m3"] is not None
    assert row(found, 2032)["volume_m3"] is None
    assert (row(found, 2032)["not_judged"], row(found, 2032)["clashes"]) == (1, 0)
    rules = tables.underground(found)["rule"].to_list()
    assert sorted(filter(None, rules)) == ["underground-depth-missing", "underground-not-judged"]


# ---- what answers the plan --------------------------------------------------------------------------------


def clash_years(found: Future) -> int:
    return sum(value > 0 for (name, _), value in city_values(found).items() if name == "underground_clashes")


def test_removing_the_project_takes_its_tunnel_and_its_clash_away(town: Plan) -> None:
    assert clash_years(future(town, TUNNEL, METRO)) == 9
    without = future(town, TUNNEL, METRO, edit("project", "P2", status="stopped"))
    assert clash_years(without) == 0
    assert row(without, 2032)["works"] == 1


def test_opening_the_project_later_shortens_the_clash(town: Plan) -> None:
    """Until 2040 both would stand from 2032; opened in 2036 they meet in 2036 to 2040."""
    assert clash_years(future(town, TUNNEL, METRO, edit("project", "P2", opens=2036))) == 5


def test_removing_the_zone_or_going_deeper_ends_the_clash(town: Plan) -> None:
    both = edited(town, TUNNEL, METRO)
    assert clash_years(city.run(city.build(edited(both, remove("zone", "U2"))))) == 0
    deeper = edit("zone", "U2", depth_top_m=12, depth_bottom_m=16)
    assert clash_years(city.run(city.build(edited(both, deeper)))) == 0


def test_the_underpasses_of_hai_phong_open_in_2027(hai_phong: Path) -> None:
    """One stands in 2025; the three of PR23 come in 2027. None can be judged."""
    plan = read_plan(hai_phong)
    found = city.run(city.build(plan, to_year=2030))
    assert [row(found, y)["works"] for y in (2025, 2026, 2027)] == [1, 1, 4]
    assert row(found, 2030) == {
        "year": 2030, "works": 4, "not_judged": 4, "volume_m3": None, "clashes": 0, "clash_m3": 0.0,
    }  # fmt: skip
    later = city.run(city.build(edited(plan, edit("project", "PR23", opens=2029)), to_year=2030))
    assert [row(later, y)["works"] for y in (2027, 2028, 2029)] == [1, 1, 4]


# ---- bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "value"), [("margin_m", -1.0), ("margin_m", 500.0), ("line_width_m", 0.0)])
def test_an_absurd_parameter_is_a_fault(town: Plan, name: str, value: float) -> None:
    found = city.faults(
        edited(town, edit("parameter", f"underground.{name}", value=value, low=value, high=value))
    )
    assert "parameter-out-of-bounds" in {fault.rule for fault in found}
