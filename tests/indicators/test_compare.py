"""Two futures side by side: what differs is found, what is noise is not, and sentences name who wins and who loses."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cuabien.indicators import compare as comparing
from cuabien.indicators.compare import CommuneMove, Comparison, commune_moves, compare
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
    assert "worse in 1 (Commune 1 −40 persons)" in sentence
