"""Two futures side by side: what differs is found, what is noise is not, and sentences name who wins and who loses."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cuabien.indicators import compare as comparing
from cuabien.indicators.compare import CommuneMove, Comparison, commune_moves, compare
from cuabien.indicators.noise import Noise
from cuabien.indicators.simulated import Course, Future
from cuabien.lexicon.register import indicators as register
from cuabien.plan.change import read_change
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import Run, open_run
from cuabien.runner import run_plan

LATER = b"""
title = "the first project opens seven years later"
[[project]]
id = "%s"
opens = %d
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(Path(__file__).parents[2] / "plans" / "tinytown")


@pytest.fixture(scope="module")
def runs(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run, str]:
    """tinytown, and tinytown with a dated project that opens seven years later."""
    home = tmp_path_factory.mktemp("home")
    base = open_run(run_plan(plan, home=home).run)
    dated = base.table("projects").filter(pl.col("opens") > plan.header.base_year)
    project, year = dated.row(0)[:2]
    change = read_change(LATER % (project.encode(), year + 7), plan)
    return base, open_run(run_plan(plan, changes=[change], home=home).run), project


def test_a_run_beside_itself_does_not_differ(plan: Plan, runs: tuple[Run, Run, str]) -> None:
    base, _, _ = runs
    found = compare(plan, base, base, areas=[plan.header.city])
    assert found == Comparison([], [], [], []) and found.words() == []
    assert "2025" in found.caveat("en") and "2045" in found.caveat("en")


def test_a_project_that_moves_is_told(plan: Plan, runs: tuple[Run, Run, str]) -> None:
    base, later, project = runs
    (move,) = compare(plan, base, later, areas=[plan.header.city]).projects
    assert move.project == project
    assert move.opens_second is not None and move.opens_first is not None
    assert move.opens_second - move.opens_first == 7
    sentence = comparing.Comparison([], [], [], [move]).words("en")[0]
    assert str(move.opens_first) in sentence and str(move.opens_second) in sentence


def test_turning_round_turns_winners_into_losers(plan: Plan, runs: tuple[Run, Run, str]) -> None:
    base, later, _ = runs
    there, back = (
        compare(plan, a, b, areas=[plan.header.city]).communes for a, b in ((base, later), (later, base))
    )
    assert {(m.area, m.indicator) for m in there} == {(m.area, m.indicator) for m in back}
    opposite = {(m.area, m.indicator): m.better for m in back}
    assert all(m.better is None or opposite[m.area, m.indicator] is not m.better for m in there)


def futures(indicator: str, area: str, one: float, two: float) -> tuple[Future, Future]:
    unit = register()[indicator].unit
    first, second = (Future({(indicator, area): Course(unit, "", {2045: v})}, {}) for v in (one, two))
    return first, second


def test_what_is_below_the_solvers_gap_is_no_difference(plan: Plan) -> None:
    assert commune_moves(plan, *futures("population", "T1", 1000.0, 1000.05)) == []
    (move,) = commune_moves(plan, *futures("population", "T1", 1000.0, 1001.0))
    assert move.change == pytest.approx(1.0)


def test_a_difference_within_the_gap_is_quiet(plan: Plan) -> None:
    """1 percent more minutes with a gap of 2 percent: no winner; with one of half a percent: every commune loses."""
    for gap, moved in ((0.02, 0), (0.005, 1)):
        noise = Noise("CITY", {}, {"commute_minutes": gap})
        found = commune_moves(plan, *futures("commute_minutes", "T1", 100.0, 101.0), noise=noise)
        assert [move.better for move in found] == [False] * moved


def test_a_difference_that_passes_is_not_overlooked(plan: Plan) -> None:
    """Two communes are worse off in 2030 and one is in 2045: the year of the two is told."""
    unit = register()["employment"].unit
    courses = [
        {2025: 100.0, 2030: 100.0, 2045: 100.0},
        {2025: 100.0, 2030: 80.0, 2045: 100.0},
        {2025: 100.0, 2030: 90.0, 2045: 90.0},
    ]
    first, second = (
        Future({("employment", area): Course(unit, "", courses[which]) for area, which in those}, {})
        for those in ((("T1", 0), ("T2", 0)), (("T1", 1), ("T2", 2)))
    )
    moves = commune_moves(plan, first, second)
    assert [(m.area, m.year, m.change, m.better) for m in moves] == [
        ("T1", 2030, -20.0, False),
        ("T2", 2030, -10.0, False),
    ]


def test_every_year_is_looked_at_and_the_furthest_is_marked(plan: Plan, runs: tuple[Run, Run, str]) -> None:
    """A port that opens seven years late differs most between the milestones, or before the last of them."""
    base, later, _ = runs
    found = compare(plan, base, later, areas=[plan.header.city])
    by_indicator: dict[str, list[comparing.Difference]] = {}
    for row in found.indicators:
        by_indicator.setdefault(row.indicator, []).append(row)
    assert by_indicator
    for rows in by_indicator.values():
        assert sum(row.widest for row in rows) == 1
        assert {row.year for row in rows if not row.widest} <= set(plan.header.milestones)
        furthest = next(row for row in rows if row.widest)
        assert all(
            comparing.apart(row.first, row.second) <= comparing.apart(furthest.first, furthest.second)
            for row in rows
        )
    assert not {row.indicator for row in found.quiet} & set(by_indicator)


def test_a_percent_of_next_to_nothing_is_not_given() -> None:
    """Congestion of half an hour that becomes 6.5 is 6 hours more, not 1,200 percent; 2 percent that become 3 are one point more."""
    row = comparing.Difference("congestion_hours", "C", 2030, "hours per day", 0.5, 6.5)
    assert row.percent is None and row.change == 6.0
    assert comparing.Difference("grdp_growth", "C", 2030, "percent", 2.0, 3.0).percent is None
    row = comparing.Difference("commute_minutes", "C", 2030, "minutes", 20.0, 280.0)
    assert row.percent is None  # 1,300 percent
    assert comparing.unit_of_change("percent", "en") == "percentage points"
    assert comparing.unit_of_change("base year = 100", "vi") == "điểm (năm gốc = 100)"
    assert comparing.Difference("population", "C", 2030, "persons", 1000.0, 1100.0).percent == pytest.approx(
        10
    )


def test_nobody_wins_by_growing(plan: Plan) -> None:
    """More people in a commune is neither better nor worse; fewer employed is worse."""
    (move,) = commune_moves(plan, *futures("population", "T1", 1000.0, 1100.0))
    assert move.better is None
    assert Comparison([], [], [move], []).words() == []
    (move,) = commune_moves(plan, *futures("employment", "T1", 500.0, 400.0))
    assert move.better is False


def test_a_sentence_names_the_foremost_on_either_side() -> None:
    moves = [
        CommuneMove(f"T{i}", f"Commune {i}", "employment", 2045, "persons", 100.0, 100.0 + change, change > 0)
        for i, change in enumerate((50.0, -40.0, 30.0, 20.0, 10.0))
    ]
    (sentence,) = Comparison([], [], moves, []).words("en")
    assert (
        "2045" in sentence
        and "better in 4 communes (Commune 0 +50, Commune 2 +30, Commune 3 +20 persons)" in sentence
    )
    assert "worse in 1 commune (Commune 1 −40 persons)" in sentence
    (sentence,) = Comparison([], [], moves[:1], []).words("en")
    assert sentence.endswith("better in 1 commune (Commune 0 +50 persons), nowhere worse.")
    (sentence,) = Comparison([], [], moves[1:2], []).words("vi")
    assert "kém hơn ở 1 xã, phường (Commune 1 −40 " in sentence and "0" not in sentence.split("ở", 1)[1][:3]
