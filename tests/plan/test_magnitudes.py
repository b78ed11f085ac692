"""What no city of this world can have is a fault at the door, by bounds that are data."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuabien.base.faults import Fault
from cuabien.plan.checks import RULES, check
from cuabien.plan.checks.magnitudes import yardsticks
from cuabien.plan.package import TABLES, Plan
from cuabien.plan.read import read_plan
from cuabien.standards.magnitudes import UNITS, WHY, magnitudes
from tests.plan.edits import edit, edited

PLANS = Path(__file__).parents[2] / "plans"


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


def absurd(plan: Plan) -> list[Fault]:
    return [fault for fault in check(plan) if fault.rule == "magnitude-absurd"]


def test_the_plans_that_stand_are_of_this_world(town: Plan) -> None:
    for plan in (town, read_plan(PLANS / "hai-phong")):
        assert absurd(plan) == []


def test_a_cost_is_held_against_what_the_city_makes(town: Plan) -> None:
    """Tinytown makes 10 trillion VND a year: 100,000 billion is ten times that, and one more is a fault."""
    assert absurd(edited(town, edit("project", "P1", cost_bn_vnd=100_000))) == []
    (fault,) = absurd(edited(town, edit("project", "P1", cost_bn_vnd=100_001)))
    assert (fault.severity, fault.file) == ("fault", "projects/P1.toml")
    assert fault.message("en").startswith("cost_bn_vnd is 100,001 billion VND, beyond 100,000: ten times")
    assert fault.mend("vi") != fault.mend("en")
    (huge,) = absurd(edited(town, edit("project", "P1", cost_bn_vnd=1e15)))
    assert "1 × 10^15" in huge.message("en")


def test_without_a_grdp_no_cost_is_judged(town: Plan) -> None:
    from dataclasses import replace

    kept = {name: row for name, row in town.parameters.items() if name != "economy.grdp_base"}
    poor = replace(town, parameters=kept)
    assert yardsticks(poor)["grdp"] is None
    assert absurd(edited(poor, edit("project", "P1", cost_bn_vnd=1e12))) == []


CASES = (
    ("power_plant", "E1", {"capacity_mw": 25_001}),
    ("power_plant", "E1", {"from_year": 1801}),
    ("project", "P1", {"opens": "2126"}),
    (
        "project",
        "P1",
        {"phases": [{"year": 2030, "value": 26_000, "unit": "MW", "confidence": "source read"}]},
    ),
    ("zone", "Z3", {"area_ha": 60_001}),
    ("zone", "Z3", {"persons_per_ha": 20_001}),
    ("zone", "Z3", {"to_year": 2200, "from_year": 2190}),
)


@pytest.mark.parametrize(("table", "identity", "cells"), CASES)
def test_a_magnitude_beyond_its_bound_is_a_fault(
    town: Plan, table: str, identity: str, cells: dict[str, object]
) -> None:
    plan = edited(town, edit(table, identity, **cells))
    found = absurd(plan)
    assert {(fault.file, fault.row) for fault in found} == {plan.place(f"{table}s", identity)}
    for language in ("vi", "en"):
        assert "{" not in found[0].message(language) + found[0].mend(language)


def test_years_stand_without_a_thousands_point(town: Plan) -> None:
    (fault,) = absurd(edited(town, edit("project", "P1", opens="2126")))
    assert "2126" in fault.message("vi")


def test_the_table_names_columns_that_exist() -> None:
    """Every row asks for a column of its row type, has an order, a reason and a unit that findings can speak."""
    rows = {table.name: table.row.model_fields for table in TABLES}
    for bound in magnitudes():
        column, _, inner = bound.column.partition(".")
        assert column in rows[bound.table], bound
        assert inner in ("", "year", "value")
        assert bound.lowest < bound.highest
        assert bound.why in WHY and bound.unit in (*UNITS, "year")
    assert {bound.why for bound in magnitudes()} == set(WHY)
    assert RULES["magnitude-absurd"].severity == "fault"
