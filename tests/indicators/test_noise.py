"""The noise between two runs: worked by hand on a small book of what rests on what, and held to a closer solve."""

from __future__ import annotations

from math import hypot
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.indicators.noise import (
    LEAST,
    PASSED_ON,
    SILENT,
    Noise,
    between,
    gaps_behind,
    noise_of,
    smallest_shown,
)
from cuabien.lexicon.register import indicators
from cuabien.results import Run, open_run, write_run

BOOK: dict[str, Any] = {
    "indicators": {
        "population": {"reads": ["population.persons"]},
        "commute_minutes": {"reads": ["transport.minutes"]},
        "grdp_constant2025": {"reads": ["economy.grdp"]},
    },
    "variables": {
        "population.persons": {"reads": [], "reads_last": ["land.arrival_share", "population.persons"]},
        "land.arrival_share": {"reads": [], "reads_last": ["transport.minutes"]},
        "transport.minutes": {"reads": ["population.persons"], "reads_last": ["transport.minutes"]},
        "economy.grdp": {"reads": ["population.persons"], "reads_last": []},
    },
}
GAPS = {"transport.demand_gap": 0.008, "transport.road_gap": 0.001, "land_price": 1e-6, "people": 0.5}


def written(folder: Path, gaps: dict[str, float]) -> Run:
    manifest = {"plan": "town", "seed": 1, "city": "TOWN", "gaps": gaps}
    table = pl.DataFrame({"indicator": ["population"], "value": [1.0]})
    return open_run(write_run(folder, manifest, {"indicators": table}, BOOK, []))


def test_an_indicator_rests_on_the_solvers_behind_it() -> None:
    """Books that close to the last digit are no noise: only fixed points count, and those of subjects behind."""
    behind = gaps_behind(BOOK, "commute_minutes", GAPS)
    assert behind == {"transport": pytest.approx(0.009), "land": 1e-6}
    assert gaps_behind(BOOK, "commute_minutes", GAPS, to_the_city=True) == {"transport": pytest.approx(0.009)}
    assert gaps_behind(BOOK, "unheard_of", GAPS) == {}


def test_totals_of_the_city_rest_on_no_place() -> None:
    assert gaps_behind(BOOK, "population", GAPS, to_the_city=True) == {}
    assert gaps_behind(BOOK, "grdp_constant2025", GAPS, to_the_city=True) == {}
    assert set(gaps_behind(BOOK, "population", GAPS)) == {"transport", "land"}


def test_gaps_of_two_runs_add_as_squares_do(tmp_path: Path) -> None:
    """3 and 4 in a thousand are 5; people answer with a tenth of what traffic leaves open."""
    one = written(tmp_path / "one", {"transport.demand_gap": 0.003})
    two = written(tmp_path / "two", {"transport.demand_gap": 0.004})
    noise = noise_of(one, two)
    assert noise.of("commute_minutes", "TOWN") == pytest.approx(0.005)
    assert noise.of("population", "T1") == pytest.approx(0.0005)
    assert noise.of("population", "TOWN") == noise.of("grdp_constant2025", "TOWN") == LEAST
    assert noise.widest(["population", "commute_minutes"], "T1") == pytest.approx(0.005)


def test_runs_that_say_no_gap_are_told_apart_by_the_least(tmp_path: Path) -> None:
    one, two = written(tmp_path / "one", {}), written(tmp_path / "two", {})
    assert noise_of(one, two).of("commute_minutes", "TOWN") == LEAST


def test_what_the_last_digit_cannot_show_is_no_difference() -> None:
    """Persons have no decimals: 0.4 of a person more is nobody, though it is a fifth more than two."""
    assert smallest_shown("population") == 0.5
    assert not SILENT.differs("population", "T1", 2.0, 2.4)
    assert SILENT.differs("population", "T1", 2.0, 3.0)
    noise = Noise("TOWN", {}, {"population": 0.01})
    assert not noise.differs("population", "T1", 1000.0, 1009.0)
    assert noise.differs("population", "T1", 1000.0, 1011.0)
    assert noise.differs("population", "TOWN", 1000.0, 1009.0)


def test_a_value_that_only_one_run_has_differs() -> None:
    assert SILENT.differs("population", "T1", None, 1.0)
    assert not SILENT.differs("population", "T1", None, None)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["commute_minutes", *PASSED_ON]))
def test_noise_is_no_less_than_either_run_and_no_more_than_both(a: float, b: float, indicator: str) -> None:
    shares = [{"transport": gap} for gap in (a, b)]
    share = PASSED_ON.get(indicator, 1.0)
    found = between(indicator, *shares)
    assert max(a * share, b * share, LEAST) <= found * (1 + 1e-12)
    assert found <= max(share * (a + b), LEAST) * (1 + 1e-12)
    assert found == between(indicator, *reversed(shares)) or found == pytest.approx(hypot(a, b) * share)


def test_every_indicator_that_is_named_is_registered() -> None:
    assert set(PASSED_ON) <= set(indicators())


@pytest.mark.slow
def test_a_closer_solve_moves_figures_by_less_than_the_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hải Phòng solved a hundred times closer: of each indicator, 95 in 100 figures move by less than their noise says."""
    from cuabien.model import city
    from cuabien.model.transport import traffic
    from cuabien.plan.read import read_plan
    from cuabien.runner import accounts, tables

    plan = read_plan(Path(__file__).parents[2] / "plans" / "hai-phong")
    usual = city.run(city.build(plan, 1, None))
    assert traffic.settle.__defaults__ is not None and traffic.settle.__defaults__[-1] == traffic.CLOSE
    monkeypatch.setattr(
        traffic.settle, "__defaults__", (*traffic.settle.__defaults__[:-1], traffic.CLOSE / 100)
    )
    monkeypatch.setattr(traffic, "MOST_TURNS", 40)
    monkeypatch.setattr(traffic, "ROAD_GAP", traffic.ROAD_GAP / 100)
    close = city.run(city.build(plan, 1, None))
    gaps = accounts.gaps(usual)
    assert accounts.gaps(close)["transport.demand_gap"] < gaps["transport.demand_gap"] / 10
    book = tables.explain(usual)
    moved = tables.indicators(usual).join(
        tables.indicators(close), on=["indicator", "area", "year"], suffix="_close"
    )
    beyond: dict[str, list[bool]] = {}
    for indicator, area, one, two in moved.select("indicator", "area", "value", "value_close").iter_rows():
        if one is None or two is None:
            continue
        city_wide = area == plan.header.city
        noise = between(indicator, gaps_behind(book, indicator, gaps, to_the_city=city_wide))
        above = abs(two - one) > max(noise * max(abs(one), abs(two)), smallest_shown(indicator))
        beyond.setdefault(indicator, []).append(above)
    wrong = {i: sum(found) / len(found) for i, found in beyond.items() if sum(found) > 0.05 * len(found)}
    assert wrong == {}
