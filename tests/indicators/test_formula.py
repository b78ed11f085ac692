"""The formula language: hand-worked values, what is missing, what was chosen, and kind refusals with a position."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.faults import UnusableInput
from cuabien.indicators.formula import FUNCTIONS, check_formulas, evaluate, parse
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3 - 4 / 2", 7),
        ("-2 * -3", 6),
        ("grdp_growth[OLD, 2020]", 10),
        ("mean(grdp_growth[OLD, 2020..2022])", (10 + 13 + 8) / 3),
        ("mean(grdp_growth[OLD, 2020..2021, first])", 11),
        ("sum(grdp_growth[OLD, 2020..2022])", 31),
        ("geometric_mean(grdp_growth[OLD, 2020..2021, first])", 100 * (math.sqrt(1.10 * 1.12) - 1)),
        ("total_growth(grdp_growth[OLD, 2020..2021, first])", 1.10 * 1.12),
        ("level_sum(grdp_growth[OLD, 2020..2021, first])", 1.10 + 1.10 * 1.12),
        ("cagr(100, 121, 2)", 10),
        ("root(27, 3)", 3),
        ("max(3, 5)", 5),
        ("count_if(grdp_growth[OLD, 2020..2022] >= 10)", 2),
        ("streak(grdp_growth[OLD, 2020..2021] > 9)", 2),
        ("streak(grdp_growth[OLD, 2020..2022] > 9)", 0),
        ("grdp_per_capita[OLD, 2022, in USD]", 5000),
        ("grdp_growth[OLD, 2024, from speech]", 9),
    ],
)
def test_hand_worked_values(town: Plan, formula: str, value: float) -> None:
    assert evaluate(town, formula).value == pytest.approx(value)


def test_the_inputs_are_named_with_their_vintage(town: Plan) -> None:
    outcome = evaluate(town, "mean(grdp_growth[OLD, 2020..2021])")
    assert [(p.observation, p.vintage) for p in outcome.inputs] == [
        ("g2020", "first release"),
        ("g2021b", "revised"),
    ]


def test_a_choice_between_figures_is_told(town: Plan) -> None:
    assert "12" in evaluate(town, "grdp_growth[OLD, 2021]").choices[0]
    assert evaluate(town, "grdp_growth[OLD, 2021, revised]").choices == ()


@pytest.mark.parametrize(
    ("formula", "missing"),
    [
        ("grdp_growth[OLD, 2023]", "grdp_growth[OLD, 2023]"),
        ("mean(grdp_growth[OLD, 2022..2023])", "grdp_growth[OLD, 2023]"),
        ("grdp_growth[NEW, 2020]", "grdp_growth[NEW, 2020]"),
        ("grdp_growth[OLD, 2020, revised]", "grdp_growth[OLD, 2020] revised"),
        ("nothing_like_it[OLD, 2020]", "nothing_like_it[OLD, 2020]"),
    ],
)
def test_a_missing_input_gives_no_value_and_is_named(town: Plan, formula: str, missing: str) -> None:
    outcome = evaluate(town, formula)
    assert outcome.value is None
    assert outcome.missing == (missing,)


def test_two_units_of_one_year_are_never_mixed(town: Plan) -> None:
    outcome = evaluate(town, "grdp_per_capita[OLD, 2022]")
    assert outcome.value is None
    assert "USD" in outcome.missing[0] and "million VND" in outcome.missing[0]


@pytest.mark.parametrize(
    "formula",
    ["1 / (2 - 2)", "cagr(1, 2, 0.000001)", "cagr(0, 2, 3)", "root(-1, 2)", "geometric_mean(0 - 200)"],
)
def test_what_cannot_be_computed_is_no_value(town: Plan, formula: str) -> None:
    assert evaluate(town, formula).value is None


@pytest.mark.parametrize(
    ("formula", "position"),
    [
        ("", 1),
        ("1 +", 4),
        ("1 2", 3),
        ("mean(1", 7),
        ("eval(1)", 1),
        ("__import__(1)", 1),
        ("mean(1, 2)", 1),
        ("count_if(1)", 1),
        ("grdp_growth", 1),
        ("grdp_growth[OLD]", 12),
        ("grdp_growth[OLD, soon]", 12),
        ("grdp_growth[OLD, 2022..2020]", 12),
        ("1 >= 2", 3),
        ("a.b", 1),
        ("1; 2", 2),
        ("-" * 900 + "1", 1),
        ("1" * 1001, 1),
        ("(" * 60 + "1" + ")" * 60, 41),
    ],
)
def test_a_formula_that_is_not_understood_is_refused_with_its_position(formula: str, position: int) -> None:
    with pytest.raises(UnusableInput) as refused:
        parse(formula, where="claims.csv", row="S015a")
    fault = refused.value.faults[0]
    assert (fault.file, fault.row, fault.values["position"]) == ("claims.csv", "S015a", position)
    assert fault.message("en").startswith(f"position {position}:") and "{" not in fault.message("en")


@given(st.text(alphabet='abmenrw019.,[]()+-*/<>=" \n;_', max_size=60))
def test_any_text_is_a_formula_or_a_fault_never_a_traceback(text: str) -> None:
    try:
        parse(text)
    except UnusableInput as refused:
        assert refused.faults


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_sums_are_sums(a: float, b: float) -> None:
    plan: Plan = None  # type: ignore[assignment]  # numbers read nothing of a plan
    assert evaluate(plan, f"({a:.6f}) - ({b:.6f})").value == pytest.approx(
        round(a, 6) - round(b, 6), abs=1e-6
    )


def test_a_long_sum_is_only_long(town: Plan) -> None:
    assert evaluate(town, "+".join(["1"] * 500)).value == 500


def test_every_function_says_what_it_does() -> None:
    assert all(function.says for function in FUNCTIONS.values())


def test_formulas_of_a_plan_are_checked_with_their_rows(town: Plan, hai_phong: Path) -> None:
    def claim(identity: str, formula: str) -> o.Claim:
        return o.Claim(
            id=identity, statement="S1", reading_vi="a", reading_en="a", formula=formula, source="press"
        )

    rows = [
        claim("a", "mean(grdp_growth[OLD, 2020..2022])"),
        claim("b", "mean("),
        claim("c", "mean(grdp_growth[MARS, 2020]) / count_if(made_up[OLD, 2020] > 1)"),
    ]
    faults = check_formulas(dataclasses.replace(town, claims={row.id: row for row in rows}))
    assert [(f.row, f.rule) for f in faults] == [
        ("b", "formula"),
        ("c", "formula-area"),
        ("c", "formula-indicator"),
    ]
    assert check_formulas(read_plan(hai_phong)) == []
