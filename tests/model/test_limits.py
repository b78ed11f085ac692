"""What holds the economy back: the equations of limits, fairways, airports, land for industry and power, one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.model import power
from cuabien.model.economy import airport, electricity, fairway, limits, parks
from cuabien.model.land_supply import industrial_land
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from tests.plan.edits import Entry, edit, edited, new, remove, square

shares = st.floats(0, 1)


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


# ---- limits together --------------------------------------------------------------------------------------


def test_what_is_missing_by_hand() -> None:
    """8 of 10 given: a fifth is missing; more than was wanted, or nothing wanted: nothing is."""
    assert limits.turned_away(10, 8) == pytest.approx(0.2)
    assert limits.turned_away(10, 12) == 0
    assert limits.turned_away(0, 0) == 0


def test_losses_multiply_by_hand() -> None:
    """A tenth missing with dependence 0.5, a fifth with 1: 0.95 x 0.8 = 0.76 is kept; the other sector loses nothing.

    Of the 24 lost of 100, the first alone would take 5 and the second 20: they are laid 1 to 4, 4.8 and 19.2.
    """
    missing, dependence = np.array([0.1, 0.2]), np.array([[0.5, 0.0], [1.0, 0.0]])
    alone = limits.lost_alone(missing, dependence)
    assert limits.share_kept(alone).tolist() == pytest.approx([0.76, 1])
    taken = limits.held_back(np.array([24.0, 0.0]), alone)
    assert taken[:, 0].tolist() == pytest.approx([4.8, 19.2])
    assert taken[:, 1].tolist() == [0, 0]


@given(st.lists(shares, min_size=3, max_size=3), st.lists(shares, min_size=6, max_size=6))
def test_limits_never_raise_output_and_their_costs_sum_to_the_loss(m: list[float], q: list[float]) -> None:
    alone = limits.lost_alone(np.array(m), np.array(q).reshape(3, 2))
    kept = limits.share_kept(alone)
    assert ((kept >= 0) & (kept <= 1)).all()
    lost = np.array([10.0, 1000.0]) * (1 - kept)
    taken = limits.held_back(lost, alone)
    assert (taken >= 0).all()
    assert np.allclose(taken.sum(axis=0), lost, rtol=1e-12, atol=1e-12)


def test_missing_hands_by_hand() -> None:
    """120 jobs, 100 filled, labour's share 1/2: 1.2^0.5 - 1 = 9.545 percent more could be made."""
    taken = limits.missing_hands(np.array([100.0, 10.0]), 120, 100, 0.5)
    assert taken.tolist() == pytest.approx([9.5445, 0.95445], abs=1e-4)
    assert limits.missing_hands(np.array([100.0]), 90, 100, 0.5).tolist() == [0]


# ---- fairways ---------------------------------------------------------------------------------------------


def test_throughput_by_hand() -> None:
    """400 at 16 m, power 2: at 8 m a quarter, 100."""
    assert fairway.throughput(np.array([16.0, 8.0]), 400, 2).tolist() == [400, 100]


def fairways(plan: Plan, *years: int, reference: float = 30, depth_power: float = 2) -> list[float]:
    found = fairway.capacity(fairway.timetable(plan), years, reference, depth_power)
    return [float(value) for value in found]


def test_the_fairway_of_tinytown(town: Plan) -> None:
    """F1 stands today, 16 m deep: 30 Mt; closed in 2030 it carries nothing."""
    assert fairways(town, 2025, 2045) == [30, 30]
    assert fairways(edited(town, edit("link", "F1", closes=2030)), 2029, 2030) == [30, 0]


def test_a_channel_project_deepens_a_fairway_when_it_has_a_year(town: Plan) -> None:
    """From 16 to 24 m: (24/16)^2 = 2.25 times as much, from the year of the project."""
    deep = {"value": 24.0, "unit": "m", "confidence": "source read"}
    dredged = edited(town, edit("link", "F1", project="P1"), edit("project", "P1", phases=[deep]))
    assert fairways(dredged, 2029, 2030) == [30, 67.5]
    undated = edited(
        town,
        edit("link", "F1", project="P1"),
        edit("project", "P1", phases=[deep], blank=["opens"]),
    )
    assert fairways(undated, 2029, 2045) == [30, 30]


def test_a_new_fairway_hangs_on_its_project(town: Plan) -> None:
    planned = edited(town, edit("link", "F1", project="P1", opens=2030))
    assert fairways(planned, 2029, 2030) == [0, 30]
    assert fairways(edited(planned, edit("project", "P1", opens="2033")), 2032, 2033) == [0, 30]
    assert fairways(edited(planned, edit("project", "P1", status="stopped")), 2045) == [0]


def test_a_plan_that_knows_no_depth_knows_no_entrance(town: Plan) -> None:
    assert len(fairway.timetable(replace(town, figures={}))) == 0


# ---- airports ---------------------------------------------------------------------------------------------


def air_project(**fields: Any) -> Entry:
    phases = [
        {"year": 2030, "value": 0.1, "unit": "million passengers a year", "confidence": "source read"},
        {"year": 2035, "value": 0.3, "unit": "million passengers a year", "confidence": "source read"},
        {"value": 500.0, "unit": "ha", "confidence": "source read"},
    ]
    return edit("project", "P2", kind="airport", mode="air", opens="2035", phases=phases, **fields)


def test_airport_phases_are_totals_reached(town: Plan) -> None:
    """0.1 million in 2030, 0.3 in all from 2035; hectares add no passengers; two years late, both come two years later."""
    built = airport.added_capacity(edited(town, air_project()), [2029, 2030, 2034, 2035])
    assert built.tolist() == [0, 0.1, 0.1, 0.3]
    late = edited(town, air_project(predicted_opens="2037"))
    assert airport.added_capacity(late, [2031, 2032, 2036, 2037]).tolist() == [0, 0.1, 0.1, 0.3]
    stopped = edited(town, air_project(status="stopped"))
    assert airport.added_capacity(stopped, [2045]).tolist() == [0]


def test_passengers_by_hand() -> None:
    assert airport.passengers_taken(5, 4, 1.2) == pytest.approx(4.8)
    assert airport.passengers_taken(3, 4, 1.2) == 3


# ---- land for industry ------------------------------------------------------------------------------------


def test_parks_of_tinytown(town: Plan) -> None:
    """Z1: 100 ha, full; Z2: 100 more when P3 opens in 2030. Of 80 leasable hectares 80 are taken."""
    zones = parks.timetable(town)
    assert parks.open_land(zones, [2025, 2029, 2030], 1).sum(axis=0).tolist() == [100, 100, 200]
    taken = 0.8 * parks.occupied(zones, parks.open_land(zones, [2025], 1)[:, 0], 0.5)
    assert taken == pytest.approx(80)


def test_a_park_without_a_project_is_laid_out_in_equal_parts(town: Plan) -> None:
    """50 ha from 2027 over 5 years: 10 in 2027, 50 from 2031; gone from 2040."""
    plan = edited(
        town, new("zone", "Z9", geometry=square(106.6, 20.8), area_ha=50, from_year=2027, to_year=2040)
    )
    zones = parks.timetable(plan)
    found = parks.open_land(zones, [2026, 2027, 2029, 2031, 2039, 2040], 5)
    assert found[-1].tolist() == pytest.approx([0, 10, 30, 50, 50, 0])


@pytest.mark.parametrize(
    "fields", [{"status": "planned"}, {"from_year": 2027, "kind": "economic zone"}, {"layer": "urban"}]
)
def test_what_is_no_park_or_has_no_year_is_not_counted(town: Plan, fields: Entry) -> None:
    plan = edited(town, new("zone", "Z9", geometry=square(106.6, 20.8), area_ha=50, **fields))
    assert len(parks.timetable(plan)) == len(parks.timetable(town))


def test_land_of_a_stopped_project_never_opens(town: Plan) -> None:
    assert [land.zone.id for land in industrial_land(town)] == ["Z1", "Z2"]
    assert [
        land.zone.id for land in industrial_land(edited(town, edit("project", "P3", status="stopped")))
    ] == ["Z1"]


# ---- power ------------------------------------------------------------------------------------------------


def plants_mw(plan: Plan, *years: int, life: float = 50) -> list[float]:
    return [float(v) for v in power.capacity_mw(power.timetable(plan), years, life).sum(axis=0)]


def test_plants_of_tinytown(town: Plan) -> None:
    """20 MW of coal since 2000; 10 of wind, half in 2030 and whole in 2031; with a life of 30 years the coal ends in 2030."""
    assert plants_mw(town, 2025, 2029, 2030, 2031, 2045) == [20, 20, 25, 30, 30]
    assert plants_mw(town, 2029, 2030, 2031, life=30) == [20, 5, 10]


def test_a_plant_moves_with_its_project(town: Plan) -> None:
    hung = edited(town, edit("power_plant", "E2", project="P1"))
    assert plants_mw(hung, 2029, 2030, 2031) == [20, 25, 30]
    late = edited(hung, edit("project", "P1", opens="2033"))
    assert plants_mw(late, 2032, 2033, 2034) == [20, 25, 30]
    assert plants_mw(edited(hung, edit("project", "P1", status="stopped")), 2045) == [20]


def test_a_plant_without_a_year_comes_with_its_project_or_stands(town: Plan) -> None:
    waits = edited(town, edit("power_plant", "E2", project="P1", blank=["from_year", "whole_year"]))
    assert plants_mw(waits, 2029, 2030) == [20, 30]
    stands = edited(town, edit("power_plant", "E2", blank=["from_year", "whole_year"]))
    assert plants_mw(stands, 2025, 2045) == [30, 30]
    undated = edited(waits, edit("project", "P1", blank=["opens"]))
    assert plants_mw(undated, 2045) == [20]
    unknown = edited(town, edit("power_plant", "E2", blank=["capacity_mw"]))
    assert plants_mw(unknown, 2045) == [20]
    assert power.fuels(unknown) == ("coal",)


def test_no_plants_at_all(town: Plan) -> None:
    bare = edited(town, remove("power_plant", "E1"), remove("power_plant", "E2"))
    assert plants_mw(bare, 2025, 2045) == [0, 0]


def test_electricity_available_by_hand() -> None:
    """20 MW all firm and 10 half firm: 25 MW; with 40 of the grid 65 x 6,000 h = 0.39 TWh."""
    found = electricity.available(np.array([[20.0], [10.0]]), np.array([1.0, 0.5]), [40.0], 6000)
    assert found.tolist() == pytest.approx([0.39])


def test_electricity_wanted_by_hand() -> None:
    """Sector: 4 TWh, output x 2.25, answer 0.5: 6. Households: 1 TWh, 1.2 times as many, income x 4, answer 0.5: 2.4."""
    found = electricity.wanted(np.array([4.0, 1.0]), np.array([2.25]), 1.2, 4.0, 0.5, 0.5)
    assert found.tolist() == pytest.approx([6, 2.4])
    assert electricity.used(8.4, 8) == 8
    assert electricity.used(7, 8) == 7
