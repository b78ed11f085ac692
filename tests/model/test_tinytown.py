"""Tinytown's future, worked by hand: parameters.toml and areas.csv of plans/tinytown hold the inputs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cuabien.model import city
from cuabien.model.city import Future
from cuabien.plan.read import read_plan


@pytest.fixture(scope="module")
def future() -> Future:
    plan = read_plan(Path(__file__).parents[2] / "plans" / "tinytown")
    return city.run(city.build(plan))


def test_the_base_year(future: Future) -> None:
    """60,000 residents, six communes alike: 10,000 each. Shares uniform to age 79: 10,000 / 160 = 62.5 of each age and sex.

    The last group, 75-79, thins out towards nobody at 80 and keeps its 5 x 62.5 = 312.5.

    Labour force: (0.5 x 10 + 1.0 x 30 + 0.5 x 10) ages x 750 of each age = 30,000, as counted. 3 a household: 20,000.
    """
    start = future.states[0]
    assert np.allclose(start["population.persons"][:, :, :75], 62.5)
    assert np.allclose(start["population.persons"][:, :, 75:80].sum(axis=2), 312.5)
    assert start["population.persons"][:, :, 80:].sum() == 0
    assert start["population.labour_force"].sum() == pytest.approx(30_000)
    assert np.allclose(start["population.labour_force"], 5_000)
    assert start["population.households"].sum() == pytest.approx(20_000)


def test_births_of_the_first_year(future: Future) -> None:
    """A rate of 2 over fertile ages, 375 women of each: 2 x 375 = 750 if nobody died.

    The mean with the women a year later is a little less: at hazards below 0.004 at fertile ages, above
    2 x (375 + 375 x 0.996) / 2 = 748.5. Sex ratio 1: half are girls.
    """
    births = future.states[1]["population.births"]
    assert 748.5 < births.sum() < 750
    assert np.allclose(births[:, 0], births[:, 1])


def test_nobody_moves(future: Future) -> None:
    """The rate at balance and the answer to jobs are 0: residents change by births less deaths alone."""
    for before, now in pairwise(future.states):
        change = now["population.persons"].sum() - before["population.persons"].sum()
        natural = now["population.births"].sum() - now["population.deaths"].sum()
        assert change == pytest.approx(natural, abs=1e-6)
        assert np.abs(now["population.net_migration"]).max() == 0


def test_growth_of_the_first_year(future: Future) -> None:
    """Capital 2 x 10 = 20; investment 0.3 x 10 = 3; capital of 2026: 0.95 x 20 + 3 = 22, up 10 percent.

    Jobs do not answer growth: 27,000 stay. Productivity of 2025: 1.07 / sqrt(1.1) - 1 = 2.0205 percent; of 2026:
    2 + 0.0205 x 2^(-1/5) = 2.0178 percent. GRDP of 2026: 10 x 1.020178 x sqrt(1.1) = 10.6997 (berths suffice).
    """
    now = future.states[1]
    assert now["economy.capital"].sum() == pytest.approx(22)
    assert now["economy.employment"].sum() == pytest.approx(27_000)
    residual = 1.07 / 1.1**0.5 - 1
    productivity = 0.02 + (residual - 0.02) * 0.5 ** (1 / 5)
    assert residual == pytest.approx(0.020205, abs=1e-6)
    assert productivity == pytest.approx(0.020178, abs=1e-6)
    assert float(now["economy.grdp"]) == pytest.approx(10 * (1 + productivity) * 1.1**0.5)
    assert float(now["economy.grdp"]) == pytest.approx(10.6997, abs=5e-5)


def test_sources_of_the_first_year(future: Future) -> None:
    """Capital: half of 10 percent, 5 points; labour 0; growth 6.9972 percent: productivity 1.9972 points, 28.5 percent of it."""
    capital, labour, productivity = future.states[1]["economy.sources_of_growth"]
    assert capital == pytest.approx(0.05)
    assert labour == pytest.approx(0)
    assert productivity == pytest.approx(0.019972, abs=1e-6)


def test_sectors_and_tax(future: Future) -> None:
    """Shares 0.1, 0.4 - 0.1, 0.1, 0.4 and tax 0.1: 1, 3, 1, 4 and 1 of 10; the tax stays a ninth of value added."""
    assert future.states[0]["economy.value_added"].tolist() == pytest.approx([1, 3, 1, 4])
    for state in future.states:
        assert float(state["economy.product_tax"]) == pytest.approx(state["economy.value_added"].sum() / 9)


def test_the_port_binds_in_2028(future: Future) -> None:
    """10 Mt of berths used at most 1.2 times: 12. Cargo grows with potential output: 12.18 ask in 2028.

    1 - 12 / 12.1823 = 1.497 percent is turned away; industry depends on half of it, services on a quarter: 0.748 and
    0.374 percent less than they could make; farming and building nothing. In 2030 the berths of P1 end it.
    """
    state = future.states[3]
    wanted = float(state["economy.port_wanted"])
    assert wanted == pytest.approx(12.1823, abs=1e-4)
    assert float(state["economy.port_cargo"]) == pytest.approx(12)
    lost = 1 - state["economy.value_added"] / state["economy.potential_value_added"]
    assert lost.tolist() == pytest.approx([0, 0.00748, 0, 0.00374], abs=1e-5)
    in_2030 = future.states[5]
    assert float(in_2030["economy.port_capacity"]) == 20
    assert float(in_2030["economy.port_cargo"]) == float(in_2030["economy.port_wanted"])
