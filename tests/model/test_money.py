"""Budget, capital from abroad, exports, and what the plan's projects cost in each year."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cuabien.model import city
from cuabien.model.economy import finance, investment
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import open_run
from cuabien.runner import accounts, run_plan
from cuabien.runner.tables import economy as tables
from tests.plan.edits import edit, edited

YEARS = list(range(2025, 2046))


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


def test_budget_by_hand() -> None:
    """100, 50 and 10; nominal GRDP x 1.21, cargo x 1.44, prices x 1.1; buoyancy and answer 1/2.

    Domestic 100 x 1.1 = 110; customs 50 x 1.2 x 1.1 = 66; other 10 x 1.21 = 12.1.
    """
    found = finance.budget_revenue(np.array([100.0, 50.0, 10.0]), 1.21, 1.44, 1.1, 0.5, 0.5)
    assert found.tolist() == pytest.approx([110, 66, 12.1])


def test_foreign_capital_by_hand() -> None:
    """Of 200 invested a quarter is foreign: 50; at half the flow 25, and all investment is 200 x (0.75 + 0.125) = 175."""
    assert finance.investment_after_flow(200, 0.25, 1) == 200
    assert finance.fdi_realised(200, 0.25, 1) == 50
    assert finance.investment_after_flow(200, 0.25, 0.5) == 175
    assert finance.fdi_realised(175, 0.25, 0.5) == pytest.approx(25)
    assert finance.fdi_realised(finance.investment_after_flow(200, 1, 0), 1, 0) == 0


def test_exports_by_hand() -> None:
    """50 x 4^0.5 x 1.1 = 110."""
    assert finance.exports(50, 4, 1.1, 0.5) == pytest.approx(110)


# ---- projects ---------------------------------------------------------------------------------------------


def test_a_cost_is_spread_over_its_years(town: Plan) -> None:
    """P1: 1,000 bn from 2027 to 2030: 250 in each of four years, and nothing before or after."""
    cost = investment.spending(town.projects["P1"], YEARS)
    assert cost is not None
    assert cost[1:7].tolist() == [0, 250, 250, 250, 250, 0]
    assert cost.sum() == pytest.approx(1000)


def test_what_is_not_known_is_not_zero(town: Plan) -> None:
    for blank in (["cost_bn_vnd"], ["starts"], ["opens"]):
        plan = edited(town, edit("project", "P1", blank=blank))
        assert investment.projects_spending(plan, YEARS)["P1"] is None
    backwards = edited(town, edit("project", "P1", starts="2031"))
    assert investment.spending(backwards.projects["P1"], YEARS) is None


def test_a_stopped_project_costs_nothing_and_a_late_one_less_a_year(town: Plan) -> None:
    """1,000 bn from 2027 to 2036: 100 a year."""
    stopped = edited(town, edit("project", "P1", status="stopped"))
    assert "P1" not in investment.projects_spending(stopped, YEARS)
    late = investment.spending(edited(town, edit("project", "P1", opens="2036")).projects["P1"], YEARS)
    assert late is not None
    assert late[2:12].tolist() == [100] * 10


def test_the_projects_of_tinytown_in_a_year(town: Plan) -> None:
    """2028: a quarter of P1 (250), a third of P2 (200/3), a third of P3 (100): 416.7 bn."""
    assert investment.known_spending(town, YEARS)[3] == pytest.approx(250 + 200 / 3 + 100)
    assert investment.known_spending(replace(town, projects={}), YEARS).tolist() == [0] * 21


def test_projects_and_the_rest_are_all_investment(town: Plan) -> None:
    future = city.run(city.build(town))
    table = tables.investment(future).filter(year=2028)
    assert table.filter(project="P1")["bn_vnd"].to_list() == [250]
    total = float(future.states[3]["economy.investment"].sum()) * 1000
    assert float(table["bn_vnd"].sum()) == pytest.approx(total, rel=1e-12)


def test_an_unknown_cost_is_null_in_the_table(town: Plan) -> None:
    plan = edited(
        town,
        edit("project", "P1", blank=["cost_bn_vnd"]),
        edit("project", "P3", blank=["starts"]),
    )
    table = tables.investment(city.run(city.build(plan)))
    assert table.filter(project="P1").rows() == [("P1", year, None) for year in range(2027, 2031)]
    assert table.filter(project="P3").rows() == [("P3", None, None)]


def test_projects_that_cost_more_than_the_city_invests_are_a_warning(town: Plan, tmp_path: Path) -> None:
    """60,000 bn over three years are 20 trillion a year; the town invests about 3."""
    dear = edited(town, edit("project", "P2", cost_bn_vnd=60_000))
    found = accounts.findings(city.run(city.build(dear)))
    assert {f.rule for f in found} == {"projects-above-investment"}
    assert [f.values["year"] for f in found] == [2026, 2027, 2028]
    assert all(f.severity == "warning" for f in found)
    assert "20" in found[0].message("en")
    assert found[0].mend("en")
    run = open_run(run_plan(dear, home=tmp_path).run)
    assert [f["rule"] for f in run.faults if f["rule"] == "projects-above-investment"] != []
    assert accounts.findings(city.run(city.build(town))) == []


# ---- budget ---------------------------------------------------------------------------------------------------


def test_the_budget_is_its_parts(town: Plan) -> None:
    """The base year: 1,000 + 500 + 100 bn; in every year the total is the sum of the three."""
    table = tables.budget(city.run(city.build(town)))
    first = dict(table.filter(year=2025).select("item", "bn_vnd").iter_rows())
    assert first == pytest.approx({"domestic": 1000, "customs": 500, "other": 100, "total": 1600})
    for year in YEARS:
        value = dict(table.filter(year=year).select("item", "bn_vnd").iter_rows())
        total = value.pop("total")
        assert sum(value.values()) == pytest.approx(total, rel=1e-12)


def test_customs_follow_cargo_and_exports_follow_industry(town: Plan) -> None:
    """At constant prices and answers of 1: in 2028 12 of 10 Mt bring 0.6 trillion; exports are 0.2 x industry / 3."""
    state = city.run(city.build(town)).states[3]
    assert float(state["economy.budget_revenue"][1]) == pytest.approx(0.6)
    industry = float(state["economy.value_added"][1])
    assert float(state["economy.exports"]) == pytest.approx(0.2 * industry / 3)


def test_capital_from_abroad_of_the_base_year(town: Plan) -> None:
    """A fifth of 3 trillion at 25,000 VND: 0.024 bn USD realised, twice as much registered."""
    state = city.run(city.build(town)).states[0]
    assert float(state["economy.fdi_realised"]) == pytest.approx(0.024)
    assert float(state["economy.fdi_registered"]) == pytest.approx(0.048)
