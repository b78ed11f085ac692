"""Services: equations by hand, what is known and what is not, and how the plan moves them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.faults import stops
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.engine import Situation
from cuabien.model.services import access, need, step
from cuabien.model.services.supply import supply
from cuabien.model.variables import SERVICES, Array
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner import accounts
from cuabien.runner.measures import area_values, city_values
from cuabien.runner.tables import services as tables
from tests.plan.edits import Entry, edit, edited, new, remove

PRIMARY, UPPER, CLINIC, HOSPITAL, COUNTER, GREEN = (
    SERVICES.index(name)
    for name in ("primary_school", "upper_secondary_school", "clinic", "hospital", "counter", "green_space")
)


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


@pytest.fixture(scope="module")
def hai_phong_plan(hai_phong: Path) -> Plan:
    return read_plan(hai_phong)


@pytest.fixture(scope="module")
def town_future(town: Plan) -> Future:
    return city.run(city.build(town))


def without_transport(plan: Plan) -> Plan:
    """The plan without the subject that gives travel minutes: straight lines stand in."""
    kept = {name: row for name, row in plan.parameters.items() if not name.startswith("transport.")}
    return replace(plan, parameters=kept)


# ---- need, by hand ----------------------------------------------------------------------------------------


def test_places_by_hand() -> None:
    """10 boys and 10 girls of each age: 3 x 20 aged 3 to 5, 5 x 20, 4 x 20, 3 x 20; shares 0.5, 1, 1, 0.8."""
    places = need.school_places(np.full((1, 2, 101), 10.0), np.array([0.5, 1.0, 1.0, 0.8]))
    assert places.tolist() == [[30, 100, 80, 48]]


def test_the_code_asks_for_the_greater_of_two() -> None:
    """1 station a commune or 1 for 20,000: 1 in a ward of 10,000, 2.5 in one of 50,000."""
    asked = need.code_asks(np.array([10_000.0, 50_000.0]), np.full((2, 1), 1 / 20_000), np.ones((2, 1)))
    assert asked.ravel().tolist() == [1, 2.5]


def test_need_of_tinytown(town_future: Future) -> None:
    """125 of each age in a commune: 0.8 x 375 = 300, 625, 500 and 0.8 x 375 = 300 places; 10,000 people: 40 beds.

    T2 and T5 are wards: 6 m2 of green a person, 60,000; the others are asked for none.
    """
    found = town_future.states[0]["services.need"]
    assert np.allclose(found[0], [300, 625, 500, 300, 1, 40, 1, 0])
    assert np.allclose(found[1], [300, 625, 500, 300, 1, 40, 1, 60_000])
    # the code asks for 65 places in primary school per 1,000: 650; for upper secondary 40 in wards alone: 400
    asked = town_future.states[0]["services.norm"]
    assert asked[0, PRIMARY] == 650 and asked[0, UPPER] == 0 and asked[1, UPPER] == 400


# ---- access, by hand --------------------------------------------------------------------------------------


def test_straight_minutes_by_hand() -> None:
    """A tenth of a degree of latitude: 6,371 km x pi / 1,800 = 11.1195 km; x 1.2 / 30 km/h x 60 = 26.687 minutes."""
    minutes = access.straight_minutes(np.array([106.5, 106.5]), np.array([20.8, 20.9]), 30, 1.2)
    assert minutes[0, 1] == pytest.approx(26.687, abs=1e-3)
    assert minutes[0, 1] == minutes[1, 0]
    nowhere = access.straight_minutes(np.array([106.5, np.nan]), np.array([20.8, np.nan]), 30, 1.2)
    assert nowhere[0, 1] == access.NEVER_MIN


def test_minutes_inside_by_hand() -> None:
    """100 km2 and 4 schools: 0.5 sqrt(25) = 2.5 km; x 1.2 / 30 x 60 = 6 minutes. No school: never."""
    inside = access.minutes_inside(np.array([100.0]), np.array([[4.0, 0.0]]), 30, 1.2)
    assert inside[0, 0] == pytest.approx(6)
    assert np.isinf(inside[0, 1])


MINUTES = np.array([[0.0, 10.0, 30.0], [10.0, 0.0, 20.0], [30.0, 20.0, 0.0]])


def nearest(sites: list[float], known: list[float]) -> tuple[list[float], list[float]]:
    column, mask = np.array(sites, dtype=float)[:, None], np.array(known, dtype=float)[:, None]
    inside = access.minutes_inside(np.full(3, 25.0), column, 30, 1.2)
    minutes, reached = access.nearest_minutes(MINUTES, inside, column, mask)
    return minutes.ravel().tolist(), reached.ravel().tolist()


def test_the_nearest_site() -> None:
    """One site in the first commune of 25 km2: 0.5 x 5 = 2.5 km, 6 minutes inside; 10 and 30 from the others."""
    assert nearest([1, 0, 0], [1, 1, 1]) == ([pytest.approx(6), 10, 30], [1, 1, 1])


def test_the_nearest_site_is_not_known_behind_an_unknown_commune() -> None:
    """The third commune passes the second, 20 minutes away, whose sites nobody knows, before the first, 30 away."""
    assert nearest([1, 0, 0], [1, 0, 1]) == ([pytest.approx(6), 0, 0], [1, 0, 0])


def test_nobody_reaches_what_is_half_a_day_away() -> None:
    far = np.where(MINUTES > 0, access.NEVER_MIN, 0.0)
    site = np.array([[1.0], [0.0], [0.0]])
    inside = access.minutes_inside(np.full(3, 25.0), site, 30, 1.2)
    minutes, reached = access.nearest_minutes(far, inside, site, np.ones((3, 1)))
    assert reached.ravel().tolist() == [1, 0, 0] and minutes[1, 0] == 0


def test_the_floating_catchment_by_hand() -> None:
    """Needs 100, 100, 200; 60 beds in the first, 30 in the third; catchment 20 minutes.

    The first serves itself and the second: 60 / 200 = 0.3. The third serves itself and the second: 30 / 300 = 0.1.
    So reach is 0.3, 0.3 + 0.1 = 0.4 and 0.1; 100 x 0.3 + 100 x 0.4 + 200 x 0.1 = 90, all the beds.
    """
    need_of, beds = np.array([[100.0], [100.0], [200.0]]), np.array([[60.0], [0.0], [30.0]])
    reach, known = access.within_reach(MINUTES, need_of, beds, np.ones((3, 1)), 20)
    assert reach.ravel().tolist() == pytest.approx([0.3, 0.4, 0.1])
    assert known.min() == 1
    partly = access.within_reach(MINUTES, need_of, beds, np.array([[1.0], [1.0], [0.0]]), 20)[1]
    assert partly.ravel().tolist() == [1, 0, 0]  # the third is within reach of the second and of itself


@given(st.integers(2, 6), st.integers(0, 10_000), st.floats(0, 60))
def test_reach_weighted_by_need_is_all_the_capacity(places: int, seed: int, catchment: float) -> None:
    draw = np.random.default_rng(seed)
    minutes = draw.uniform(0, 60, (places, places))
    need_of, beds = draw.uniform(0.1, 100, (places, 3)), draw.uniform(0, 50, (places, 3))
    reach, _ = access.within_reach(minutes, need_of, beds, np.ones((places, 3)), catchment)
    assert (reach * need_of).sum(axis=0) == pytest.approx(beds.sum(axis=0))


# ---- tinytown ---------------------------------------------------------------------------------------------


def row(future: Future, area: str, service: str, year: int = 2025) -> dict[str, Any]:
    wanted = (pl.col("area") == area) & (pl.col("service") == service) & (pl.col("year") == year)
    return tables.services(future).filter(wanted).to_dicts()[0]


def test_capacity_of_tinytown(town_future: Future) -> None:
    """500 + 5 x 650 = 3,750 places for 6 x 625 = 3,750 children: 1 a child; 125 places are short in T1 alone.

    200 beds for 60,000 people, of whom 4 in 1,000: 240. 33.3 per 10,000, 40 short.
    """
    assert row(town_future, "TT", "primary_school")["ratio"] == pytest.approx(1)
    assert row(town_future, "T1", "primary_school")["ratio"] == pytest.approx(0.8)
    assert row(town_future, "TT", "hospital")["ratio"] == pytest.approx(200 / 240)
    values = city_values(town_future)
    assert values["hospital_beds_per_10000", 2025] == pytest.approx(100 / 3)
    assert values["hospital_beds_short", 2025] == pytest.approx(40)
    areas, found = area_values(town_future)
    first = {name: found[name][areas.index("TT"), 0] for name in found}
    assert first["school_places_needed"] == pytest.approx(6 * (625 + 500 + 300))
    # upper secondary schools stand in T2 and T5 alone: 300 are short in each of the four others
    assert first["school_places_short"] == pytest.approx(125 + 4 * 300)
    assert first["places_per_child_primary"] == pytest.approx(1)
    assert first["health_stations_per_10000"] == pytest.approx(1)
    assert first["public_service_counters"] == 6


def test_what_nobody_has_counted_is_no_data(town_future: Future) -> None:
    """T6 has no figure of kindergartens, and five communes none of green space: null, never a zero."""
    for area, service in (("T6", "kindergarten"), ("TT", "kindergarten"), ("TT", "green_space")):
        found = row(town_future, area, service)
        assert (found["capacity"], found["ratio"], found["status"]) == (None, None, "no data")
        assert found["need"] > 0
    assert row(town_future, "T1", "hospital")["capacity"] == 0  # a counted zero is a zero
    assert row(town_future, "T2", "green_space")["ratio"] == pytest.approx(1)
    assert row(town_future, "T1", "upper_secondary_school")["norm"] is None


def test_straight_lines_stand_in_for_transport(town: Plan) -> None:
    """T1 lies 0.09 degrees north of T2: 10.008 km, 24.018 minutes to the hospital; 12 inside T2 (0.5 sqrt(100) = 5 km)."""
    future = city.run(city.build(without_transport(town), to_year=2026))
    assert row(future, "T2", "hospital")["minutes"] == pytest.approx(12)
    assert row(future, "T1", "hospital")["minutes"] == pytest.approx(24.018, abs=1e-3)


def test_the_books_close(town_future: Future) -> None:
    gaps = accounts.gaps(town_future)
    assert gaps["services_capacity"] < 1e-12
    assert gaps["services_reach"] < 1e-12


# ---- Hải Phòng --------------------------------------------------------------------------------------------


def test_schools_of_former_hai_phong_are_all_placed_and_none_invented(hai_phong_plan: Plan) -> None:
    """4,461, 2,562 and 1,230 classes of 2015 at 35, 45 and 45 pupils, times 1.1: every place is in some commune."""
    world = city.build(hai_phong_plan)
    stock = supply(world)
    old = np.array([area.part_of == "HP_old" for area in world.communes])
    for service, places, schools in (
        ("primary_school", 4461 * 35, 216 + 11),
        ("lower_secondary_school", 2562 * 45, 184 + 11),
        ("upper_secondary_school", 1230 * 45, 57),
    ):
        s = SERVICES.index(service)
        assert stock.capacity[old, s].sum() == pytest.approx(1.1 * places)
        assert stock.sites[old, s].sum() == pytest.approx(schools)
        assert stock.capacity[~old, s].sum() == 0 and stock.known[~old, s].max() == 0
    unknown = {
        a.name_vi for a, known in zip(world.communes, stock.known[:, PRIMARY], strict=True) if not known
    }
    assert "Bạch Long Vĩ" in unknown and len(unknown) == 64 + 1


def test_schools_of_a_former_district_stay_in_it(hai_phong_plan: Plan) -> None:
    """An Lão: 19 + 0 primary schools, in the communes that took in its 17 former communes alone."""
    stock = supply(world := city.build(hai_phong_plan))
    taken = {
        f.area: f.value
        for f in hai_phong_plan.figures.values()
        if f.item == "former_communes | An Lão" and f.value
    }
    assert sum(taken.values()) == 17
    rows = [c for c, area in enumerate(world.communes) if area.id in taken]
    assert stock.sites[rows, PRIMARY].sum() == pytest.approx(19)


def test_schools_of_former_hai_duong_are_counted_and_their_places_not_known(hai_phong_plan: Plan) -> None:
    """282 primary schools stand in the figures, no number of classes; one figure would fill it."""
    stock = supply(world := city.build(hai_phong_plan))
    new_part = np.array([area.part_of == "HD" for area in world.communes])
    assert stock.sites[new_part, PRIMARY].sum() == pytest.approx(282)
    assert stock.known[new_part, PRIMARY].max() == 0
    classes = next(f for f in hai_phong_plan.figures.values() if f.item == "classes_primary")
    told = classes.model_copy(update={"id": "told", "area": "HD", "value": 4000.0})
    filled = supply(city.build(replace(hai_phong_plan, figures={**hai_phong_plan.figures, "told": told})))
    assert filled.capacity[new_part, PRIMARY].sum() == pytest.approx(1.1 * 4000 * 35)


def test_beds_are_known_for_the_city_and_for_no_commune(hai_phong_plan: Plan) -> None:
    """(6,625 - 1,120) + (5,255 - 1,060) = 9,700 beds outside health stations in 2016, times 1.3: 12,610."""
    future = city.run(city.build(hai_phong_plan, to_year=2026))
    found = row(future, "HP_new", "hospital")
    assert found["capacity"] == pytest.approx(12_610) and found["status"] == "assumed"
    assert row(future, "11311", "hospital")["capacity"] is None
    assert city_values(future)["hospital_beds_per_10000", 2025] == pytest.approx(12_610 / 409)


def test_a_counter_in_each_commune_and_a_station_in_each_former_one(hai_phong_plan: Plan) -> None:
    """114 counters by law; 374 former communes and Bạch Long Vĩ, which had none: 375 stations."""
    stock = supply(city.build(hai_phong_plan))
    assert stock.capacity[:, COUNTER].sum() == 114
    assert stock.capacity[:, CLINIC].sum() == 375


# ---- what answers the plan --------------------------------------------------------------------------------

SITE = {
    "name_vi": "Mới",
    "name_en": "New",
    "status": "planned",
    "source": "textbook",
    "confidence": "source read",
}


def project(
    identity: str, kind: str, commune: str | None, value: float, unit: str, year: int = 2030
) -> Entry:
    phase = {"year": year, "value": value, "unit": unit, "confidence": "source read"}
    return {
        "entry": "project", "id": identity, "add": True, "kind": kind, "opens": year, "phases": [phase],
        **({"communes": [commune]} if commune else {}), **SITE,
    }  # fmt: skip


def future_of(plan: Plan, *entries: Entry) -> Future:
    return city.run(city.build(edited(plan, *entries) if entries else plan))


def test_a_hospital_adds_beds_and_shortens_the_way_and_its_removal_takes_both_away(town: Plan) -> None:
    """100 beds in T6 from 2030. From T6 to T2 it is more than half an hour; inside T6 it is 12 minutes."""
    with_it = edited(town, project("H1", "hospital", "T6", 100, "beds"))
    built, without = future_of(with_it), future_of(edited(with_it, remove("project", "H1")))
    stopped = future_of(edited(with_it, edit("project", "H1", status="stopped")))
    assert row(built, "T6", "hospital", 2029)["capacity"] == 0
    assert row(built, "T6", "hospital", 2030)["capacity"] == 100
    assert row(built, "T6", "hospital", 2030)["minutes"] == pytest.approx(12)
    for gone in (without, stopped):
        assert row(gone, "T6", "hospital", 2030)["capacity"] == 0
        assert row(gone, "T6", "hospital", 2030)["minutes"] > 20
        assert (
            city_values(gone)["hospital_beds_per_10000", 2030]
            < city_values(built)["hospital_beds_per_10000", 2030]
        )
        assert city_values(gone)["hospital_beds_short", 2030] > 0
    assert city_values(built)["hospital_beds_short", 2030] == 0
    assert accounts.gaps(built)["services_capacity"] < 1e-12


def test_a_school_that_opens_later_helps_later(town: Plan) -> None:
    school = project("S1", "primary school", "T1", 200, "places")
    late = edited(town, school, edit("project", "P1", opens=2030))
    late = edited(late, edit("project", "S1", opens=2035))
    for plan, first in ((edited(town, school), 2030), (late, 2035)):
        found = future_of(plan)
        places = [row(found, "T1", "primary_school", year)["capacity"] for year in (first - 1, first)]
        assert places == [500, 700]
    areas, values = area_values(future_of(edited(town, school)))
    short = values["school_places_short"][areas.index("T1")]
    assert short[5] < short[4] - 100


def test_more_children_need_more_places(town: Plan) -> None:
    more = edit("parameter", "population.total_fertility_rate", value={"2025": 3.0, "2045": 3.0})
    areas, before = area_values(future_of(town))
    _, after = area_values(future_of(town, more))
    index = areas.index("TT")
    assert after["school_places_needed"][index, -1] > 1.2 * before["school_places_needed"][index, -1]
    assert after["places_per_child_primary"][index, -1] < before["places_per_child_primary"][index, -1]


def test_a_lost_bridge_lengthens_the_way(town: Plan) -> None:
    """Travel minutes given: 20 across the bridge between T2 and T5, 90 around it. The hospital stands in T2."""
    world = city.build(town)
    start = city.run(replace(world, years=world.years[:2])).states[0]

    def minutes_of(crossing: float) -> tuple[Array, Array]:
        matrix = np.full((6, 6), crossing)  # T1 to T3 lie west of the river, T4 to T6 east
        matrix[:3, :3] = matrix[3:, 3:] = 10.0
        given = {**start, "transport.minutes": matrix}
        state = step.build(world, given).start
        return state["services.minutes"][:, HOSPITAL], state["services.reach"][:, HOSPITAL]

    (before, reach), (after, reach_after) = minutes_of(20), minutes_of(90)
    assert before.tolist() == [10, 12, 10, 20, 20, 20]
    assert after.tolist() == [10, 12, 10, 90, 90, 90]
    # 200 beds shared by 240 needed in all, then by the 120 of the west bank alone
    assert reach == pytest.approx(200 / 240)
    assert reach_after[:3] == pytest.approx(200 / 120) and reach_after[3:].max() == 0


def test_places_where_nobody_has_counted_stay_unknown(town: Plan) -> None:
    found = future_of(town, project("K1x", "kindergarten", "T6", 200, "places"))
    assert row(found, "T6", "kindergarten", 2031)["capacity"] is None


def test_a_park_that_is_a_zone_adds_green_space(town: Plan) -> None:
    """10 ha in T2 from 2030: 60,000 + 100,000 m2."""
    park = new("zone", "ZP", layer="urban", kind="park", commune="T2", area_ha=10, from_year=2030, shape="schematic",
               geometry={"type": "Point", "coordinates": [106.55, 20.84]})  # fmt: skip
    found = future_of(town, park)
    assert [row(found, "T2", "green_space", y)["capacity"] for y in (2029, 2030)] == [60_000, 160_000]


# ---- bad input --------------------------------------------------------------------------------------------


def test_a_hospital_that_says_nothing_is_told_and_adds_nothing(town: Plan) -> None:
    silent = {**project("H1", "hospital", "T6", 100, "rooms")}
    plan = edited(town, silent)
    found = [f for f in city.faults(plan) if f.rule == "service-without-capacity"]
    assert [f.severity for f in found] == ["warning"] and not stops(found)
    assert "H1" in found[0].message("en") and "beds" in found[0].mend("en")
    assert row(future_of(plan), "T6", "hospital", 2035)["capacity"] == 0


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("urban_class", 1.5, "no-such-urban-class"),
        ("urban_class", 9.0, "parameter-out-of-bounds"),
        ("speed_kmh", 0.0, "parameter-out-of-bounds"),
        ("detour", 0.5, "parameter-out-of-bounds"),
        ("stations_kept", -1.0, "parameter-out-of-bounds"),
    ],
)
def test_an_absurd_parameter_is_a_fault(town: Plan, name: str, value: float, rule: str) -> None:
    row_of = town.parameters[f"services.{name}"].model_copy(
        update={"value": value, "low": None, "high": None}
    )
    plan = replace(town, parameters={**town.parameters, f"services.{name}": row_of})
    found = [fault for fault in city.faults(plan) if fault.rule == rule]
    assert found and stops(found)
    assert found[0].message("en") and found[0].mend("en")


def test_an_empty_commune_and_one_without_a_position(town: Plan) -> None:
    """Nobody lives in T1, and T3 has neither position nor area: numbers stay numbers, and what is unknown is null."""
    world = city.build(without_transport(town))
    state = dict(city.run(world).states[0])
    persons = state["population.persons"].copy()
    persons[0] = 0.0
    blank = town.areas["T3"].model_copy(update={"lon": None, "lat": None, "area_km2": None})
    lost = replace(world, plan=replace(town, areas={**town.areas, "T3": blank}))
    subject = step.build(lost, {"population.persons": persons})
    for name, array in subject.start.items():
        assert np.isfinite(array).all(), name
    assert subject.start["services.need"][0, PRIMARY] == 0
    assert subject.start["services.reached"][2].max() == 0
    again = [
        s.compute(Situation(2026, {**subject.start, "population.persons": persons}, {}))
        for s in subject.steps
    ]
    assert all(np.isfinite(array).all() for written in again for array in written.values())
