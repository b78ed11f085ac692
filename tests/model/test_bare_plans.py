"""Plans in which little happens: they run to the end without a number that is none, or are refused with words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.model import city
from cuabien.plan.checks import check
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner import accounts
from cuabien.runner.measures import CITY, city_values
from tests.plan.edits import Entry, edit, edited

PLANS = Path(__file__).parents[2] / "plans"
SECTORS = ("agriculture", "industry", "construction", "services")


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


def with_parameter(plan: Plan, name: str, value: float) -> Plan:
    """The plan with one parameter set; a range that no longer holds the number is left out."""
    row = plan.parameters[name].model_copy(
        update={"value": value, "low": None, "high": None, "status": "law"}
    )
    return replace(plan, parameters={**plan.parameters, name: row})


def with_values(plan: Plan, **values: float) -> Plan:
    """The plan with parameters of the economy set."""
    for name, value in values.items():
        plan = with_parameter(plan, f"economy.{name}", value)
    return plan


def bare(town: Plan) -> Iterator[tuple[str, Plan]]:
    yield (
        "no growth",
        with_values(
            town,
            **{f"growth_base_{sector}": 0.0 for sector in SECTORS},
            tfp_growth_long_run=0.0,
            investment_share=0.0,
            deflator_growth=0.0,
        ),
    )
    yield "no growth in productivity", with_values(town, tfp_growth_long_run=0.0)
    yield "a commune without people", edited(town, edit("area", "T3", population=0))
    yield "a commune far from every road", edited(town, edit("area", "T3", lon=108.5))
    yield "no commune near a road", with_parameter(town, "transport.connector_reach_km", 0.01)
    yield "no children", with_parameter(town, "population.total_fertility_rate", 0.0)
    yield "one worker", with_parameter(town, "population.labour_force_base", 1.0)
    yield "half of all out of work", with_values(town, unemployment_base=0.5, unemployment_lowest=0.5)
    yield "no cargo", with_values(town, port_cargo_base=0.0)
    yield (
        "no projects",
        replace(
            town,
            projects={},
            links={i: x.model_copy(update={"project": None}) for i, x in town.links.items() if not x.project},
            port_capacity={i: x for i, x in town.port_capacity.items() if not x.project},
            zones={i: z for i, z in town.zones.items() if not z.row.project},
        ),
    )
    yield "no berths", replace(town, port_capacity={})


NAMES = [
    "no growth",
    "no growth in productivity",
    "a commune without people",
    "a commune far from every road",
    "no commune near a road",
    "no children",
    "one worker",
    "half of all out of work",
    "no cargo",
    "no projects",
    "no berths",
]


def test_all_are_named(town: Plan) -> None:
    assert [name for name, _ in bare(town)] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_bare_plan_runs_to_the_end(town: Plan, name: str) -> None:
    plan = dict(bare(town))[name]
    future = city.run(city.build(plan))
    assert len(future.states) == 21
    for year, state in zip(future.world.years, future.states, strict=True):
        for variable, array in state.items():
            assert np.isfinite(array).all(), f"{variable} in {year}"
    for (indicator, year), value in city_values(future).items():
        assert np.isfinite(value), f"{indicator} in {year}"
    for gap, size in accounts.gaps(future).items():
        assert size <= (0.05 if "_gap" in gap else 1e-9), gap


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("population.labour_force_base", 0.0),
        ("economy.jobs_share_agriculture", 0.0),
        ("economy.grdp_base", 0.0),
        ("transport.ferry_longest_wait_min", 0.0),
        ("transport.longest_day_trip_min", -5.0),
        ("transport.port_road_share", 1.5),
    ],
)
def test_a_plan_with_no_jobs_or_no_sense_is_refused_by_name(town: Plan, parameter: str, value: float) -> None:
    row = town.parameters[parameter].model_copy(update={"value": value, "low": None, "high": None})
    with pytest.raises(UnusableInput) as caught:
        city.build(replace(town, parameters={**town.parameters, parameter: row}))
    assert parameter in {fault.row for fault in caught.value.faults}


def test_a_year_in_which_no_road_is_open_is_told(town: Plan) -> None:
    """All roads close in 2031: nobody could travel, and the plan is refused with the year."""
    closed = edited(town, *(edit("link", i, closes=2031) for i, x in town.links.items() if x.mode == "road"))
    with pytest.raises(UnusableInput) as caught:
        city.build(closed)
    (fault,) = [f for f in caught.value.faults if f.rule == "no-roads"]
    assert fault.values["year"] == 2031


def test_a_parameter_that_two_subjects_read_is_told_once(town: Plan) -> None:
    with pytest.raises(UnusableInput) as caught:
        city.build(with_parameter(town, "transport.port_road_width", 0.0))
    assert [f.row for f in caught.value.faults].count("transport.port_road_width") == 1


@pytest.mark.parametrize(
    "entries",
    [
        [
            edit("area", name, population=0)
            for name in ("TT", "WEST", "EAST", *(f"T{n}" for n in range(1, 7)))
        ],
        [edit("area", "WEST", lon=106.5, blank=["lat"]), edit("area", "T1", blank=["lat"])],
    ],
    ids=["a city without people", "a longitude without a latitude"],
)
def test_the_checker_bears_what_it_is_there_to_find(town: Plan, entries: list[Entry]) -> None:
    """Every rule runs to its end on a plan that no model could take, and the model refuses it in words."""
    broken = edited(town, *entries)
    assert check(broken, dt.date(2026, 1, 1)) is not None
    with pytest.raises(UnusableInput):
        city.build(broken)


def test_there_are_indicators_to_look_at() -> None:
    assert len(CITY) > 50
