"""The equations of people, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import PchipInterpolator

from cuabien.model.population import fertility, migration, mortality, work
from cuabien.model.population.ages import single_years
from cuabien.plan.read import read_plan

WOMEN = mortality.SilerHazards(0.0214, 2.0, 0.000276, 6.596e-6, 0.11101)


# ---- ages -------------------------------------------------------------------------------------------------


@given(arrays(float, (2, 21), elements=st.floats(0, 1e7)))
def test_single_years_keep_every_group_and_are_never_negative(groups: np.ndarray) -> None:
    years = single_years(groups)
    assert years.shape == (2, 101)
    assert years.min() >= 0
    assert np.allclose(years[:, :100].reshape(2, 20, 5).sum(axis=2), groups[:, :20], rtol=1e-12, atol=1e-300)
    assert np.array_equal(years[:, 100], groups[:, 20])


def test_single_years_are_those_of_a_second_tool() -> None:
    groups = np.random.default_rng(3).uniform(1, 5, 21)
    cumulative = np.concatenate([[0], np.cumsum(groups[:20])])
    curve = PchipInterpolator(np.arange(0, 101, 5), cumulative)
    assert np.allclose(single_years(groups)[:100], np.diff(curve(np.arange(101))), atol=1e-12)


def test_equal_groups_are_equal_years() -> None:
    """5 persons in each group: 1 in each year."""
    assert np.allclose(single_years(np.full(21, 5.0))[:100], 1.0)


# ---- mortality --------------------------------------------------------------------------------------------


def test_a_constant_hazard_is_an_exponential() -> None:
    """With 0.01 a year alone, e^-0.1 = 0.9048 live at 10."""
    flat = mortality.SilerHazards(1e-12, 1.0, 0.01, 1e-12, 0.01)
    assert mortality.siler_survivors(np.array([10.0]), flat)[0] == pytest.approx(np.exp(-0.1), abs=1e-9)


def test_level_zero_is_the_standard_itself() -> None:
    ages = np.arange(121.0)
    standard = mortality.siler_survivors(ages, WOMEN)
    assert np.allclose(mortality.brass_survivors(standard, np.array(0.0)), standard, atol=1e-12)


@given(st.floats(35, 95))
def test_the_level_gives_the_life_expectancy_that_was_asked_for(wanted: float) -> None:
    standard = mortality.siler_survivors(np.arange(121.0), WOMEN)
    level, gap = mortality.level_for(standard, np.array(wanted))
    assert gap < 1e-9
    assert mortality.life_expectancy(mortality.brass_survivors(standard, level)) == pytest.approx(wanted)


def test_survival_ratios_rebuild_the_years_lived() -> None:
    """L(x+1) = L(x) s(x), and 100+ next year is all who lived beyond 101."""
    survivors = mortality.siler_survivors(np.arange(121.0), WOMEN)
    newborn, ratios = mortality.survival_ratios(survivors)
    lived = mortality.years_lived(survivors)
    assert newborn == lived[0]
    assert np.allclose(lived[:100] * ratios[:100], lived[1:101])
    assert ratios[100] * lived[100:].sum() == pytest.approx(lived[101:].sum())


@given(st.floats(50, 90), st.floats(0.1, 5))
def test_a_longer_life_loses_fewer_at_every_age(expectancy: float, more: float) -> None:
    hazards, pair = (WOMEN,), ((expectancy,), (expectancy + more,))
    newborn, ratios, _ = mortality.survival_by_year(hazards, pair)
    assert newborn[1, 0] > newborn[0, 0]
    assert (ratios[1] >= ratios[0]).all()
    assert ratios.max() <= 1
    assert ratios.min() >= 0


def test_the_standard_fits_the_cohorts_of_world_population_prospects(hai_phong) -> None:  # type: ignore[no-untyped-def]
    """Ages 45-89: five-year survival of the calibrated hazards against WPP 2024, 2025-2030; root mean square under 0.004.

    Younger ages are not fitted: their ratios hold emigration (0.979 of men aged 15-19 a year is no mortality).
    """
    plan = read_plan(hai_phong)
    observed = {f.item: f.value for f in plan.figures.values() if f.period == "2025-2030"}
    for sex in ("female", "male"):
        p = {n.removeprefix("population."): row.value for n, row in plan.parameters.items()}
        hazards = mortality.SilerHazards(
            p[f"hazard_infant_{sex}"],
            p["hazard_infant_decline"],
            p[f"hazard_background_{sex}"],
            p[f"hazard_senescent_{sex}"],
            p[f"hazard_senescent_slope_{sex}"],
        )
        lived = mortality.years_lived(mortality.siler_survivors(np.arange(121.0), hazards))
        gaps = [
            lived[a + 5 : a + 10].sum() / lived[a : a + 5].sum()
            - observed[f"cohort_ratio_5y_from_age_{a}-{a + 4}_{sex}"]
            for a in range(45, 90, 5)
        ]
        assert np.sqrt(np.mean(np.square(gaps))) < 0.004


# ---- fertility --------------------------------------------------------------------------------------------


@given(st.floats(22, 38), st.floats(3, 8))
def test_the_age_pattern_is_a_share_within_fertile_ages(mean: float, spread: float) -> None:
    pattern = fertility.age_pattern(mean, spread)
    assert pattern.sum() == pytest.approx(1)
    assert pattern.min() >= 0
    assert pattern[:15].sum() == pattern[50:].sum() == 0


def test_the_age_pattern_has_the_mean_and_spread_that_were_asked_for() -> None:
    """Within a tenth of a year: the curve is read at the middle of each year of age."""
    pattern, ages = fertility.age_pattern(28.0, 5.6), np.arange(101) + 0.5
    mean = (pattern * ages).sum()
    assert mean == pytest.approx(28.0, abs=0.1)
    assert np.sqrt((pattern * (ages - mean) ** 2).sum()) == pytest.approx(5.6, abs=0.1)


def test_births_by_hand() -> None:
    """Two children a woman over ages 20-39 are 0.1 a year; 1,000 women at the start and 980 at the end of each of
    20 ages: 0.1 x 990 x 20 = 1,980 children; 110 boys for 100 girls: 1,980 / 2.1 = 942.86 girls.
    """
    rates = np.zeros(101)
    rates[20:40] = 0.1
    start, end = np.full((1, 101), 1000.0), np.full((1, 101), 980.0)
    girls, boys = fertility.births(start, end, rates, 1.1)[0]
    assert girls + boys == pytest.approx(1980)
    assert girls == pytest.approx(1980 / 2.1)


# ---- migration --------------------------------------------------------------------------------------------


def test_rogers_castro_peaks_at_the_young_workers() -> None:
    schedule = migration.rogers_castro(0.02, 0.1, 0.06, 0.1, 20, 0.4, 0.003)
    assert schedule.sum() == pytest.approx(1)
    assert 20 <= schedule[10:].argmax() + 10 <= 26
    assert schedule[0] > schedule[10] < schedule[23]


def test_net_migrants_by_hand() -> None:
    """0.002 x 4,000,000 + 0.3 x 0.01 x 2,700,000 = 8,000 + 8,100."""
    assert migration.net_migrants(4e6, 2.7e6, 0.01, 0.002, 0.3) == pytest.approx(16_100)


@given(st.floats(0, 1), st.floats(0, 1e6))
def test_arrivals_sum_to_the_total(pull: float, total: float) -> None:
    shares = migration.shares_of_communes(np.array([1.0, 2.0, 3.0]), np.array([0.0, 5.0, 0.0]), pull)
    ages = migration.rogers_castro(0.02, 0.1, 0.06, 0.1, 20, 0.4, 0.003)
    moved = migration.arrivals(total, shares, np.array([0.5, 0.5]), ages)
    assert moved.sum() == pytest.approx(total)
    assert moved.min() >= 0


def test_industrial_land_pulls_by_hand() -> None:
    """Half by residents (1/4, 3/4), half by land (all in the first): 0.625 and 0.375."""
    assert migration.shares_of_communes(np.array([1.0, 3.0]), np.array([9.0, 0.0]), 0.5).tolist() == [
        0.625,
        0.375,
    ]
    assert migration.shares_of_communes(np.array([1.0, 3.0]), np.zeros(2), 0.5).tolist() == [0.25, 0.75]


@given(
    arrays(float, (2, 2, 101), elements=st.floats(0, 1000, allow_subnormal=False)),
    st.one_of(st.just(0.0), st.floats(1e-9, 1e9)),
)
def test_no_more_leave_than_are_there(persons: np.ndarray, total: float) -> None:
    """Totals near the smallest float there is are left out: parts of them have no nine digits to compare."""
    ages = migration.rogers_castro(0.02, 0.1, 0.06, 0.1, 20, 0.4, 0.003)
    gone = migration.departures(total, persons, ages)
    assert (gone <= persons * (1 + 1e-12)).all()
    assert gone.sum() <= total * (1 + 1e-9)


# ---- work -------------------------------------------------------------------------------------------------


def test_participation_by_hand() -> None:
    """100 of each age and sex; men 0.5, 1, 0.5, 0 and women the same: (5 + 30 + 5) x 200 = 8,000; counted 4,000: halved."""
    persons = np.full((1, 2, 101), 100.0)
    rates = work.participation((0.5, 1.0, 0.5, 0.0), 1.0)
    assert np.einsum("csa,sa->", persons, rates) == pytest.approx(8000)
    assert np.allclose(work.fitted(rates, persons, 4000), rates / 2)
