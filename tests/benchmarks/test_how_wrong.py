"""Standing in the past: nothing later is looked at, the equations are the model's, and the page says what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.how_wrong import city, growth, nation, page, provinces
from cuabien.model.parameters import Parameters
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan


@pytest.fixture(scope="module")
def known() -> dict[int, np.ndarray]:
    return nation.counts()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(page.ROOT / "plans" / "hai-phong")


def test_the_counts_are_those_of_the_source(known: dict[int, np.ndarray]) -> None:
    """World Population Prospects 2024: 98,079,192 people in 2020; 97.5 million is what an older edition had."""
    assert known[2020].sum() == pytest.approx(98_079_192)
    assert known[1950].shape == (2, 21)


def test_a_fit_does_not_look_past_its_year(known: dict[int, np.ndarray]) -> None:
    spoilt = {year: counts * (10 if year > 2000 else 1) for year, counts in known.items()}
    one, other = nation.fit(known, 1950, 2000), nation.fit(spoilt, 1950, 2000)
    assert np.array_equal(one.level, other.level) and np.array_equal(one.children, other.children)
    assert np.array_equal(one.moved, other.moved)


def test_the_rules_do_not_look_past_2020(known: dict[int, np.ndarray]) -> None:
    short = {year: counts for year, counts in known.items() if year <= nation.LAST_KNOWN}
    assert nation.rules(short) == nation.rules(known)


def test_a_population_that_keeps_its_own_rates_is_found_again(known: dict[int, np.ndarray]) -> None:
    """Counts made by two children a woman, one life table and no migration: the fit reads 2.0 back, and nobody moves."""
    fitted = nation.fit(known, 1950, 2020)
    newborn, ratios = nation.mortality.survival_ratios(fitted.survivors)
    made, people = {2000: known[2000]}, known[2000]
    for year in range(2005, 2021, 5):
        people = nation.five_years(people, newborn, ratios, 2.0, 1.05)
        made[year] = people
    again = nation.fit(made, 2000, 2020)
    assert again.children == pytest.approx([2.0] * 4, abs=0.02)
    assert again.boys == pytest.approx([1.05] * 4, abs=0.005)
    assert np.abs(again.moved.sum(axis=(1, 2))).max() < 0.003


def test_the_nation_of_2045_is_within_two_percent(known: dict[int, np.ndarray]) -> None:
    years = nation.report().years
    assert [y.year for y in years] == [2025, 2030, 2035, 2040, 2045]
    assert abs(years[-1].error) < 2
    assert all(abs(y.ours / y.theirs - 1) < abs(y.naive / y.theirs - 1) for y in years)


def test_the_last_year_by_age_adds_up_to_its_total() -> None:
    found = nation.report()
    last, ages = found.years[-1], found.ages
    assert ages.year == last.year and len(ages.women_ours) == len(ages.men_theirs) == nation.GROUPS
    assert sum(ages.women_ours) + sum(ages.men_ours) == pytest.approx(last.ours, rel=1e-12)
    assert sum(ages.women_theirs) + sum(ages.men_theirs) == pytest.approx(last.theirs, rel=1e-12)
    old = sum(ages.women_theirs[13:]) + sum(ages.men_theirs[13:])
    assert 100 * old / last.theirs == pytest.approx(last.old_theirs)
    assert sum(ages.women_theirs[16:]) > sum(
        ages.men_theirs[16:]
    )  # women live longer: the sexes are not swapped


def test_a_band_widens_with_the_root_of_the_years() -> None:
    """Growth of 0 and 2 percent in turn: a standard deviation of 1.054 percent of ten years (n - 1)."""
    values, at = {2000: 100.0}, 100.0
    for year in range(2001, 2011):
        at *= float(np.exp(0.02 * (year % 2)))
        values[year] = at
    low, high = provinces.band(values, 2010, 2014, 200.0)
    width = 1.2816 * 0.01 * np.sqrt(10 / 9) * 2
    assert np.log(high / 200) == pytest.approx(width, rel=1e-3) and np.log(200 / low) == pytest.approx(
        width, rel=1e-3
    )


def test_misplaced_counts_each_person_once() -> None:
    ours, theirs = np.array([[60.0, 40.0]]), np.array([[50.0, 50.0]])
    assert nation.misplaced(ours, theirs) == pytest.approx(0.1)


def test_growth_returns_to_the_long_run_by_hand() -> None:
    """No capital growth (4 percent invested, 4 worn out of a stock of one), no jobs: growth is productivity alone.

    10 percent at the origin, long run 2, half-life 1 year: 2 + 8/2 = 6 percent, then 2 + 8/4 = 4; capital adds
    0.4 x (0.04 Y/K - 0.04): nothing in the first year, 0.4 x 0.04 x 0.06 / 1 = 0.1 points in the second.
    """
    assumed = growth.Assumed(0.4, 1.0, 0.04, 0.04, 0.02, 1.0, 0.0)
    first, second = growth.path(0.10, 2, assumed)
    assert first == pytest.approx(0.06, abs=1e-9)
    assert second == pytest.approx(0.04 + 0.4 * 0.04 * 0.06, abs=2e-4)


def test_the_band_holds_the_middle(plan: Plan) -> None:
    p = Parameters(plan.parameters)
    assumed = growth.of_plan(p, 2025)
    low, high = growth.band(0.1, 5, assumed, growth.ends_of(p, 2025))
    assert low < float(np.prod([1 + g for g in growth.path(0.1, 5, assumed)])) < high


def test_a_province_that_was_redrawn_is_left_out() -> None:
    values = provinces.series()["population"]["Ha Noi"]
    assert values[2008] / values[2007] > 1.9
    assert "Ha Noi" in provinces.REDRAWN[2006]


def test_the_city_is_scored_on_what_was_published_first(plan: Plan) -> None:
    """2019: first release 16.68, revised to 17.02 in 2024; 2019 + 5 years make 1.72."""
    assert city.published(plan)[2019] == pytest.approx(0.1668)
    stand = next(s for s in city.stands(plan) if s.indicator == "grdp_constant" and s.origin == 2019)
    assert stand.seen == pytest.approx(1.1122 * 1.1238 * 1.1232 * 1.1034 * 1.1101, rel=1e-6)


def test_the_page_shows_the_figures_that_are_kept() -> None:
    figures = json.loads(Path(page.FIGURES).read_text(encoding="utf-8"))
    assert Path(page.PAGE).read_text(encoding="utf-8") == "\n".join(page.lines(figures)) + "\n"


@pytest.mark.slow
def test_the_figures_that_are_kept_are_measured_again() -> None:
    figures = json.loads(Path(page.FIGURES).read_text(encoding="utf-8"))
    now = page.measure()
    assert [s["method"] for s in now["provinces"]] == [s["method"] for s in figures["provinces"]]
    for old, new in zip(figures["provinces"], now["provinces"], strict=True):
        assert new["error"] == pytest.approx(old["error"], rel=1e-3)
    for old, new in zip(figures["nation"]["years"], now["nation"]["years"], strict=True):
        assert new["ours"] == pytest.approx(old["ours"], rel=1e-4)
    for old, new in zip(figures["city"], now["city"], strict=True):
        assert new["ours"] == pytest.approx(old["ours"], rel=1e-3)
