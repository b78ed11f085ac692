"""What is said of a parameter: one fault for one slip, bounds as a planner would say them, and ids that nothing reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cuabien.base.words import figure
from cuabien.model import city
from cuabien.model.parameters import Need, parameter_faults
from cuabien.plan.objects import Parameter
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

PLANS = Path(__file__).parents[2] / "plans"


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


def parameter(value: object, low: float | None = None, high: float | None = None) -> dict[str, Parameter]:
    row = {
        "id": "x.y", "value": value, "low": low, "high": high, "unit": "share", "status": "statistic",
        "source": "s", "confidence": "source read",
    }  # fmt: skip
    return {"x.y": Parameter.model_validate(row)}


def test_value_low_and_high_beyond_the_bounds_are_one_fault() -> None:
    (fault,) = parameter_faults(parameter(12.5, 10.0, 15.0), [Need("x.y", 0.0, 1.0)])
    assert fault.message("en") == "x.y: 12.5; 10; 15 must lie between 0 and 1"
    assert "12,5; 10; 15" in fault.message("vi")
    assert "0.125" in fault.mend("en")


@pytest.mark.parametrize(
    ("need", "value", "words"),
    [
        (Need("x.y", 0.0, 0.5, open_below=True), 0.0, "x.y: 0 must be more than 0 and at most 0.5"),
        (Need("x.y", 0.0, 1e9, open_below=True), -3.0, "x.y: -3 must be more than 0"),
        (Need("x.y", 1.0, 1e9), 0.5, "x.y: 0.5 must be at least 1"),
        (Need("x.y", 0.0, 1e9), 1e12, "x.y: 1,000,000,000,000 must lie between 0 and 1,000,000,000"),
    ],
)
def test_open_bounds_and_bounds_without_an_end_are_said_as_such(need: Need, value: float, words: str) -> None:
    (fault,) = parameter_faults(parameter(value), [need])
    assert fault.message("en") == words


def test_figures_keep_what_was_typed() -> None:
    for value, vi, en in (
        (0.125, "0,125", "0.125"),
        (1_500_000.0, "1.500.000", "1,500,000"),
        (12.5, "12,5", "12.5"),
        (0.0, "0", "0"),
        (-0.0003, "-0,0003", "-0.0003"),
        (1e15, "1 × 10^15", "1 × 10^15"),
        (2.5e-7, "2,5 × 10^-7", "2.5 × 10^-7"),
        (1234.5678, "1.234,57", "1,234.57"),
    ):
        assert (figure(value, "vi"), figure(value, "en")) == (vi, en)


def renamed(plan: Plan, old: str, new: str) -> Plan:
    """The plan with a parameter, or all of a subject, under another name."""
    rows = {}
    for name, row in plan.parameters.items():
        named = new + name.removeprefix(old) if name == old or name.startswith(f"{old}.") else name
        rows[named] = row.model_copy(update={"id": named})
    return replace(plan, parameters=rows)


def test_the_plans_hold_no_parameter_that_nothing_reads(town: Plan) -> None:
    assert city.unread(town) == city.unread(read_plan(PLANS / "hai-phong")) == []


def test_a_slip_in_an_id_is_told_with_the_nearest_one(town: Plan) -> None:
    (fault,) = city.unread(renamed(town, "land.park_occupancy", "land.park_ocupancy"))
    assert (fault.rule, fault.severity, fault.row) == ("parameter-unread", "warning", "land.park_ocupancy")
    assert "land.park_occupancy" in fault.mend("en")


def test_a_slip_in_the_name_of_a_subject_is_told_once(town: Plan) -> None:
    (fault,) = city.unread(renamed(town, "transport", "transprot"))
    assert (fault.rule, fault.row) == ("subject-unknown", "transprot")
    assert "transport" in fault.mend("en")
    assert str(sum(name.startswith("transport.") for name in town.parameters)) in fault.message("en")
