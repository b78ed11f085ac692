"""Consequences: what leaves the plan moves the indicators that docs/theory/economy.md names, in the stated direction."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.variables import LIMITS
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner import accounts
from cuabien.runner.measures import CITY, city_values
from cuabien.runner.tables import economy as tables
from tests.plan.edits import Entry, edit, edited

PLANS = Path(__file__).parents[2] / "plans"
Values = dict[tuple[str, int], float]


@cache
def plan(name: str) -> Plan:
    return read_plan(PLANS / name)


def future_of(changed: Plan) -> Future:
    """The city as one place: its totals are those of all communes."""
    return city.run(replace(city.build(changed), by_commune=False))


def values(changed: Plan) -> Values:
    """City indicators, with all communes as one place."""
    return _city_values(future_of(changed))


def _city_values(future: Future) -> Values:
    found = city_values(future)
    assert found
    return found


@cache
def base(name: str) -> Values:
    return values(plan(name))


def with_factor(given: Plan, name: str, factor: float) -> Plan:
    """The plan with a dated path times a factor."""
    row = given.parameters[name]
    assert isinstance(row.value, dict)
    path = {year: factor * value for year, value in row.value.items()}
    return replace(given, parameters={**given.parameters, name: row.model_copy(update={"value": path})})


def stopped(name: str, *projects: str) -> Values:
    return values(edited(plan(name), *(edit("project", p, status="stopped") for p in projects)))


def down(before: Values, after: Values, *keys: tuple[str, int]) -> None:
    for key in keys:
        assert after[key] < before[key] * (1 - 1e-6), key


def up(before: Values, after: Values, *keys: tuple[str, int]) -> None:
    for key in keys:
        assert after[key] > before[key] + 1e-6 * abs(before[key]), key


def same(before: Values, after: Values, *keys: tuple[str, int]) -> None:
    for key in keys:
        assert after[key] == pytest.approx(before[key], rel=1e-12), key


# ---- Hải Phòng --------------------------------------------------------------------------------------------


def test_without_the_lng_plant_power_is_near_its_limit() -> None:
    """Lines from outside then carry the city, with next to nothing in reserve; at the lower end of their range it is short."""
    before, after = base("hai-phong"), stopped("hai-phong", "PR05")
    down(
        before, after, ("power_capacity", 2030), ("electricity_reserve", 2030), ("electricity_reserve", 2045)
    )
    same(before, after, ("electricity_reserve", 2029), ("port_cargo", 2030))
    assert before["electricity_reserve", 2045] > 40 > 10 > after["electricity_reserve", 2045]
    fewer_lines = with_factor(plan("hai-phong"), "economy.grid_capacity", 0.7)
    short = edited(fewer_lines, edit("project", "PR05", status="stopped"))
    before, after = values(fewer_lines), values(short)
    down(before, after, ("grdp_growth", 2044), ("grdp_constant2025", 2045), ("exports", 2045))
    down(before, after, ("budget_revenue_total", 2045), ("budget_revenue_domestic", 2045))
    up(before, after, ("electricity_unserved", 2045), ("limits_cost", 2045))
    assert before["power_capacity", 2030] - after["power_capacity", 2030] == pytest.approx(4800)


def test_without_the_new_terminal_passengers_are_turned_away() -> None:
    before, after = base("hai-phong"), stopped("hai-phong", "PR19")
    down(before, after, ("airport_capacity", 2027), ("airport_passengers", 2035), ("growth_services", 2031))
    up(before, after, ("limits_cost", 2035))
    same(before, after, ("airport_passengers", 2026))


def test_an_airport_at_tien_lang_helps_once_it_has_passengers_and_a_year() -> None:
    """PR10 promises hectares alone and has no year: nothing follows from it until the plan says more."""
    before = base("hai-phong")
    same(before, stopped("hai-phong", "PR10"), ("airport_capacity", 2045), ("grdp_constant2025", 2045))
    phase = {"year": 2040, "value": 10.0, "unit": "million passengers a year", "confidence": "source read"}
    after = values(edited(plan("hai-phong"), edit("project", "PR10", opens="2040", phases=[phase])))
    up(before, after, ("airport_capacity", 2040), ("airport_passengers", 2045), ("grdp_constant2025", 2045))


def test_without_a_berth_phase_cargo_customs_and_growth_fall() -> None:
    before, after = base("hai-phong"), stopped("hai-phong", "PR08")
    down(before, after, ("port_capacity", 2030), ("port_cargo", 2030), ("grdp_growth", 2030))
    down(before, after, ("budget_revenue_customs", 2030), ("fairway_capacity", 2030), ("exports", 2030))
    up(before, after, ("limits_cost", 2030))


def test_a_closed_channel_stops_the_port() -> None:
    """Today all cargo comes through Lạch Huyện, the only entrance of known depth."""
    before = base("hai-phong")
    after = values(edited(plan("hai-phong"), edit("link", "L368", closes=2028)))
    assert after["port_cargo", 2028] == 0
    down(before, after, ("grdp_growth", 2028), ("budget_revenue_customs", 2028))
    same(before, after, ("port_cargo", 2027))


def test_a_dated_deepening_lets_more_through() -> None:
    before = base("hai-phong")
    after = values(edited(plan("hai-phong"), edit("project", "PR36", opens="2028")))
    up(before, after, ("fairway_capacity", 2028))
    same(before, after, ("fairway_capacity", 2027))


def test_without_the_parks_of_2025_and_later_land_runs_out() -> None:
    late = _late_parks()
    assert len(late) == 10
    before = base("hai-phong")
    after = values(edited(plan("hai-phong"), *(edit("zone", zone, from_year=2046) for zone in late)))
    down(before, after, ("industrial_land_open", 2030), ("growth_industry", 2040))
    down(before, after, ("exports", 2045), ("grdp_constant2025", 2045))
    up(before, after, ("industrial_land_occupancy", 2030), ("limits_cost", 2040))


def test_when_foreign_capital_stops_investment_and_growth_fall() -> None:
    before = base("hai-phong")
    stop = edit("parameter", "economy.fdi_flow", value={"2025": 1.0, "2027": 1.0, "2028": 0.0})
    after = values(edited(plan("hai-phong"), stop))
    assert after["fdi_realised", 2028] == after["fdi_registered", 2028] == 0
    down(before, after, ("investment_total", 2028), ("grdp_growth", 2029), ("exports", 2030))
    same(before, after, ("investment_total", 2027), ("grdp_growth", 2028))


def test_the_base_year_is_what_was_observed() -> None:
    """190,379 bn of revenue (103,879 domestic, 83,350 customs), 50.14 bn USD of exports, 15 TWh: nothing is held back."""
    found = base("hai-phong")
    assert found["budget_revenue_total", 2025] == pytest.approx(190_379)
    assert found["budget_revenue_domestic", 2025] == pytest.approx(103_879)
    assert found["budget_revenue_customs", 2025] == pytest.approx(83_350)
    assert found["exports", 2025] == pytest.approx(50.14)
    assert found["electricity_demand", 2025] == pytest.approx(15)
    assert found["limits_cost", 2025] == 0
    assert found["fdi_registered", 2025] == pytest.approx(5.4, abs=0.1), "5.35 were registered in 2024"


def test_icor_is_near_the_one_of_the_last_year() -> None:
    """2025: 43.7 percent over 11.81 is 3.70; it rises as growth slows."""
    found = base("hai-phong")
    assert found["icor", 2026] == pytest.approx(3.7, abs=0.2)
    assert found["icor", 2040] > found["icor", 2030] > found["icor", 2026]
    assert ("icor", 2025) not in found


def _late_parks() -> list[str]:
    return [
        zone
        for zone, feature in plan("hai-phong").zones.items()
        if feature.row.kind in ("industrial park", "industrial cluster")
        and (feature.row.from_year or 0) >= 2025
    ]


PAGE = Path(__file__).parents[2] / "docs" / "theory" / "economy.md"
CHANGES: dict[str, list[Entry]] = {
    "none": [],
    **{
        f"{project} stopped": [edit("project", project, status="stopped")]
        for project in ("PR08", "PR13", "PR05", "PR06", "PR19", "PR10")
    },
    "PR08 whole in 2045, not 2040": [edit("project", "PR08", opens="2045")],
    "PR28, PR29 stopped": [edit("project", p, status="stopped") for p in ("PR28", "PR29")],
    "all ten parks of 2025 and later never open": [
        edit("zone", zone, from_year=2046) for zone in _late_parks()
    ],
    "Lạch Huyện fairway closed in 2028": [edit("link", "L368", closes=2028)],
    "no foreign capital from 2028": [
        edit("parameter", "economy.fdi_flow", value={"2025": 1.0, "2027": 1.0, "2028": 0.0})
    ],
}
"""Every row of the page's table of what moves what, without its words in brackets."""


def _rows_of_the_page() -> dict[str, tuple[str, str]]:
    """Change -> growth by five years and residents of 2045, as the page prints them."""
    part = PAGE.read_text("utf-8").partition("## What moves what")[2].partition("\n## ")[0]
    cells = [
        [c.strip() for c in line.strip("| \n").split("|")] for line in part.splitlines() if line[:1] == "|"
    ]
    return {re.sub(r" \([^)]*\)", "", row[0]): (row[-2], row[-1]) for row in cells[2:]}


@pytest.mark.slow
def test_the_table_of_the_page_is_what_the_model_gives() -> None:
    """Whoever moves the model moves the page: growth to a tenth of a percent, residents to ten thousand."""
    told = _rows_of_the_page()
    assert set(told) == set(CHANGES)
    for name, entries in CHANGES.items():
        states = future_of(edited(plan("hai-phong"), *entries) if entries else plan("hai-phong")).states
        grdp = [float(states[at]["economy.grdp"]) for at in range(0, 21, 5)]
        growth = ", ".join(
            f"{100 * ((after / before) ** 0.2 - 1):.1f}" for before, after in itertools.pairwise(grdp)
        )
        assert told[name] == (growth, f"{states[-1]['population.persons'].sum() / 1e6:.2f}"), name


# ---- tinytown ---------------------------------------------------------------------------------------------


def tiny(*entries: Entry) -> Plan:
    return edited(plan("tinytown"), *entries)


def test_land_binds_when_industry_asks_for_more_of_it() -> None:
    """All 80 leasable hectares are taken. With an answer of 1 industry asks for 80 x 1.069972 = 85.6 ha in 2026.

    1 - 80 / 85.6 = 6.54 percent is missing, and half of industry depends on it: 3.27 percent less. P3 ends it in 2030.
    """
    hungry = tiny(edit("parameter", "economy.park_land_answer_to_output", value=1.0))
    future = future_of(hungry)
    state = future.states[1]
    lost = 1 - state["economy.value_added"] / state["economy.potential_value_added"]
    assert lost.tolist() == pytest.approx([0, 0.0327, 0, 0], abs=1e-4)
    by_year = dict(tables.economy(future).select("year", "limit").unique().iter_rows())
    assert (by_year[2026], by_year[2030]) == ("land", "none")
    stopped_too = values(edited(hungry, edit("project", "P3", status="stopped")))
    down(_city_values(future), stopped_too, ("industrial_land_open", 2030), ("grdp_growth", 2030))


def test_a_shallow_fairway_binds_before_the_berths() -> None:
    """8 m carry 30 / 4 = 7.5 Mt, less than the 12 of the berths."""
    shallow = tiny(edit("figure", "fairway_entrance_depth.F1", value=8.0))
    future = future_of(shallow)
    assert float(future.states[1]["economy.port_cargo"]) == pytest.approx(7.5)
    row = tables.limits(future).filter(year=2026, limit="fairway").to_dicts()[0]
    assert (row["binds"], row["capacity"]) == (True, pytest.approx(7.5))
    assert row["lost_tn_vnd"] > 0
    assert not tables.limits(future).filter(year=2026, limit="port")["binds"][0]


def test_a_plan_that_knows_of_no_such_thing_is_not_held_back_by_it() -> None:
    bare = replace(
        tiny(
            edit("parameter", "economy.air_passengers_base", value=0.0),
            edit("parameter", "economy.electricity_base", value=0.0),
        ),
        zones={},
        port_capacity={},
        power_plants={},
        figures={k: f for k, f in plan("tinytown").figures.items() if "fairway" not in f.item},
    )
    future = future_of(bare)
    for state in future.states:
        assert state["economy.held_back"][1:].sum() == 0
    found = _city_values(future)
    for name in ("fairway_capacity", "airport_passengers", "industrial_land_open", "electricity_demand"):
        assert (name, 2030) not in found
    assert tables.limits(future).filter(limit="fairway")["capacity"].null_count() == 21


@pytest.mark.parametrize("name", ["tinytown", "hai-phong"])
def test_the_costs_of_limits_are_what_is_not_made(name: str) -> None:
    future = future_of(plan(name))
    for state in future.states:
        lost = state["economy.potential_value_added"] - state["economy.value_added"]
        assert np.allclose(state["economy.held_back"][1:].sum(axis=0), lost, rtol=1e-9, atol=1e-9)
        assert (state["economy.held_back"] >= 0).all()
    for gap in ("limits", "electricity", "investment", "cargo", "passengers", "land_in_parks"):
        assert accounts.gaps(future)[gap] < 1e-9


def test_the_table_of_limits_agrees_with_the_accounts() -> None:
    future = future_of(plan("tinytown"))
    table, sectors = tables.limits(future), tables.economy(future)
    for name in LIMITS:
        of_limit = table.filter(limit=name).sort("year")["lost_tn_vnd"].to_list()
        column = f"lost_to_{name}"
        of_sectors = sectors.group_by("year").agg(pl.col(column).sum()).sort("year")[column]
        assert of_limit == pytest.approx(of_sectors.to_list())


# ---- what cannot be modelled ------------------------------------------------------------------------------


def rules(changed: Plan) -> set[str]:
    found = city.faults(changed)
    assert all(f.message("en") and f.mend("en") for f in found)
    return {f.rule for f in found}


def test_a_depth_that_is_none_is_a_fault() -> None:
    for entry in (
        edit("figure", "fairway_entrance_depth.F1", value=-16.0),
        edit("figure", "fairway_entrance_depth.F1", item="fairway_entrance_depth | nowhere"),
    ):
        assert "fairway-depth" in rules(tiny(entry))
        with pytest.raises(UnusableInput):
            city.build(tiny(entry))


def test_sectors_that_take_all_electricity_are_a_fault() -> None:
    assert "electricity-shares-above-one" in rules(
        tiny(edit("parameter", "economy.electricity_share_industry", value=0.9))
    )


def test_a_new_fuel_needs_its_firm_share() -> None:
    assert rules(tiny(edit("power_plant", "E2", fuel="solar"))) == {"parameter-missing"}


@pytest.mark.parametrize("capacity", [0.0, 1e9])
def test_absurd_capacities_give_numbers(capacity: float) -> None:
    future = future_of(tiny(edit("power_plant", "E1", capacity_mw=capacity), edit("zone", "Z1", area_ha=0)))
    for state in future.states:
        assert all(np.isfinite(array).all() for array in state.values())


def test_every_measure_of_the_economy_names_a_variable_of_the_run() -> None:
    written = {name for step in future_of(plan("tinytown")).steps for name in step.writes}
    assert {m.variable for m in CITY if m.variable.startswith("economy.")} <= written
