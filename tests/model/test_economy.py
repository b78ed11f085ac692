"""The equations of the economy, one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.model.berths import BerthRules
from cuabien.model.economy import jobs, port, prices, production
from cuabien.plan.objects import PortCapacity
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

RULES = BerthRules(build_years_by=1, build_years_after=10, investor_share=0, tonnes_per_teu=10)
positive = st.floats(0.01, 1e4)


# ---- production -------------------------------------------------------------------------------------------


def test_value_added_by_hand() -> None:
    """2 x 9^(1/2) x 4^(1/2) = 12."""
    assert production.value_added(np.array([2.0]), np.array([9.0]), np.array([4.0]), 0.5)[0] == 12


@given(positive, positive, positive, st.floats(0.1, 0.9))
def test_the_level_of_productivity_gives_back_the_output(y: float, k: float, n: float, share: float) -> None:
    level = production.tfp_level(np.array([y]), np.array([k]), np.array([n]), share)
    assert production.value_added(level, np.array([k]), np.array([n]), share)[0] == pytest.approx(y)


@given(positive, positive, positive, st.floats(0.1, 0.9))
def test_twice_the_inputs_give_twice_the_output(a: float, k: float, n: float, share: float) -> None:
    once, twice = (
        production.value_added(np.array([a]), m * np.array([k]), m * np.array([n]), share)[0] for m in (1, 2)
    )
    assert twice == pytest.approx(2 * once)


def test_solow_residual_by_hand() -> None:
    """Output up 21 percent, capital up 21 percent with share 1/2, labour still: 1.21 / 1.1 - 1 = 10 percent."""
    assert production.tfp_growth_observed(np.array([0.21]), 0.21, np.array([0.0]), 0.5)[0] == pytest.approx(
        0.1
    )


def test_productivity_growth_halves_its_distance() -> None:
    """From 6 to 2 percent with a half-life of 5 years: 4 percent after 5, 3 after 10."""
    after = [float(production.tfp_growth(t, np.array([0.06]), 0.02, 5)[0]) for t in (0, 5, 10)]
    assert after == pytest.approx([0.06, 0.04, 0.03])


def test_capital_by_hand() -> None:
    """0.95 x 100 + 12 = 107."""
    assert production.capital_in_use(np.array([100.0]), np.array([12.0]), 0.05)[0] == 107


@given(st.floats(-0.2, 0.3), st.floats(-0.2, 0.3), st.floats(-0.2, 0.3), st.floats(0.1, 0.9))
def test_sources_sum_to_growth(growth: float, k: float, n: float, share: float) -> None:
    parts = production.sources_of_growth(
        growth, np.array([0.4, 0.6]), np.array([k, n]), np.array([n, k]), share
    )
    assert parts.sum() == pytest.approx(growth, abs=1e-12)


# ---- jobs -------------------------------------------------------------------------------------------------


def test_jobs_by_hand() -> None:
    """1,000 jobs, growth 21 percent, answer 1/2: 1,100; answer -1/2: 909.1; a fall to 1/1.21 and all is as it was."""
    before, answer = np.full(2, 1000.0), np.array([0.5, -0.5])
    wanted = jobs.jobs_wanted(before, np.full(2, 0.21), answer)
    assert wanted.tolist() == pytest.approx([1100, 1000 / 1.1])
    assert jobs.jobs_wanted(wanted, np.full(2, 1 / 1.21 - 1), answer).tolist() == pytest.approx([1000, 1000])


def test_short_hands_are_shared_alike() -> None:
    """Wanted 600 and 400; labour force 1,000 with 10 percent between jobs: 900 hands, 540 and 360."""
    assert jobs.employment(np.array([600.0, 400.0]), 1000, 0.1).tolist() == pytest.approx([540, 360])


@given(st.floats(0, 1e6), st.floats(0.1, 1e6), st.floats(1, 1e6), st.floats(0, 0.5))
def test_nobody_works_twice(first: float, second: float, labour_force: float, idle: float) -> None:
    wanted = np.array([first, second])
    at_work = jobs.employment(wanted, labour_force, idle)
    assert at_work.sum() <= labour_force * (1 - idle) * (1 + 1e-12) or at_work.sum() <= wanted.sum()
    assert (at_work <= wanted * (1 + 1e-12)).all()


# ---- prices -----------------------------------------------------------------------------------------------


def test_prices_by_hand() -> None:
    """Two years at 3 percent: 1.0609; VND 25,000 a dollar falling 2 percent a year: 26,010."""
    assert prices.price_level(2027, 2025, 0.03) == pytest.approx(1.0609)
    assert prices.exchange_rate(2027, 2025, 25_000, 0.02) == pytest.approx(26_010)


# ---- the port ---------------------------------------------------------------------------------------------


def test_cargo_by_hand() -> None:
    """100 Mt, growth 10 percent, answer 1.2: 112 ask; 80 Mt of berths used at 1.25 handle 100."""
    assert port.cargo_wanted(100, 0.1, 1.2) == pytest.approx(112)
    assert port.cargo_handled(112, 80, 1.25) == 100
    assert port.cargo_handled(90, 80, 1.25) == 90


def row(**cells: Any) -> PortCapacity:
    base = {"berth_area_vi": "Cảng", "berths": 1, "berths_without_figure": 0, "capacity_mt_year": 10.0}
    return PortCapacity.model_validate(base | {"source": "textbook", "confidence": "source read"} | cells)


@pytest.fixture
def plan(tinytown: Path) -> Plan:
    return read_plan(tinytown)


def capacity(plan: Plan, rows: list[PortCapacity], years: list[int], **rules: float) -> list[float]:
    mapped = replace(plan, port_capacity={r.id: r for r in rows})
    return [float(v) for v in port.berth_capacity(mapped, years, replace(RULES, **rules))]


def without_projects(plan: Plan) -> Plan:
    return replace(plan, projects={})


def test_berths_of_tinytown_open_with_their_project(plan: Plan) -> None:
    """10 Mt stand; 10 more open with project P1 in 2030."""
    assert port.berth_capacity(plan, [2025, 2029, 2030, 2045], RULES).tolist() == [10, 10, 20, 20]


def changed(plan: Plan, **cells: Any) -> Plan:
    project = plan.projects["P1"].model_copy(update=cells)
    return replace(plan, projects={**plan.projects, "P1": project})


def test_a_late_project_brings_its_berths_late(plan: Plan) -> None:
    late = changed(plan, opens="2033")
    assert port.berth_capacity(late, [2030, 2032, 2033], RULES).tolist() == [10, 10, 20]
    predicted = changed(plan, predicted_opens="2034-06")
    assert port.berth_capacity(predicted, [2033, 2034], RULES).tolist() == [10, 20]


def test_a_project_that_is_stopped_or_gone_brings_none(plan: Plan) -> None:
    assert port.berth_capacity(changed(plan, status="stopped"), [2030, 2045], RULES).tolist() == [10, 10]
    assert port.berth_capacity(without_projects(plan), [2030, 2045], RULES).tolist() == [10, 10]


def test_a_phase_by_a_year_is_built_up_to_it(plan: Plan) -> None:
    """10 Mt by 2030 over 5 years: 2 in 2026, 4, 6, 8, 10 in 2030."""
    rows = [row(id="r", phase="plan by 2030", from_year=2030)]
    found = capacity(without_projects(plan), rows, [2025, 2026, 2028, 2030, 2031], build_years_by=5)
    assert found == pytest.approx([0, 2, 6, 10, 10])


def test_a_phase_after_a_year_is_built_up_from_it(plan: Plan) -> None:
    """10 Mt after 2030 over 10 years: 1 in 2031, 5 in 2035, 10 from 2040."""
    rows = [row(id="r", phase="plan after 2030", from_year=2031)]
    found = capacity(without_projects(plan), rows, [2030, 2031, 2035, 2040, 2045])
    assert found == pytest.approx([0, 1, 5, 10, 10])


def test_berths_that_move_away_close_and_a_missing_figure_is_not_counted(plan: Plan) -> None:
    rows = [
        row(id="leaves", phase="relocate by 2030", to_year=2030),
        row(id="unknown", phase="existing", capacity_mt_year=None),
    ]
    assert capacity(without_projects(plan), rows, [2029, 2030]) == [10, 0]


def test_tonnes_of_a_project_that_the_map_lacks_count(plan: Plan) -> None:
    """Without rows of its own P1 brings the 10 Mt of its phase in 2030."""
    assert capacity(plan, [row(id="old", phase="existing")], [2029, 2030]) == [10, 20]


def test_an_investors_promise_counts_as_far_as_the_plan_says(plan: Plan) -> None:
    """P1 promises 3 million TEU in 2030, 30 Mt at 10 t; 10 are mapped; half of the other 20 counts: 10 + 10 + 10."""
    promise = plan.projects["P1"].phases[0].model_copy(update={"value": 3.0, "unit": "million TEU a year"})
    bold = changed(plan, phases=(promise,))
    for share, expected in ((0.0, 20), (0.5, 30)):
        found = port.berth_capacity(bold, [2030], replace(RULES, investor_share=share))
        assert found[0] == pytest.approx(expected)
