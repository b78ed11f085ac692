"""Claims: the verdict of a reading, of a statement, and the figures of the report on the real plan."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cuabien.indicators import claims
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

from .conftest import by_id


@pytest.mark.parametrize(
    ("recomputed", "stated", "tolerance", "expect", "verdict"),
    [
        (12.66, 12.6, 0.008, "equal", "reproduced"),
        (1.858, 1.87, 0.0053, "equal", "close"),
        (1.05, 1.74, 0.0057, "equal", "conflicting"),
        (9, 9, 0, "equal", "reproduced"),
        (8, 9, 0, "equal", "conflicting"),
        (400, 392, 0.001, "at least", "reproduced"),
        (380, 392, 0.001, "at least", "conflicting"),
        (380, 392, 0.001, "at most", "reproduced"),
        (400, 392, 0.001, "at most", "conflicting"),
        (104, 100, 0.01, "equal", "close"),
        (104.1, 100, 0.01, "equal", "conflicting"),
    ],
)
def test_compare(recomputed: float, stated: float, tolerance: float, expect: str, verdict: str) -> None:
    assert claims.compare(recomputed, stated, tolerance, expect) == verdict


def claim(identity: str, formula: str | None, stated: float | None = 10.0, **more: Any) -> o.Claim:
    fields: dict[str, Any] = {
        "id": identity,
        "statement": "S001",
        "reading_vi": "đọc",
        "reading_en": "read",
        "stated": stated,
        "formula": formula,
        "tolerance": 0.01,
        "source": "speech",
    }
    return o.Claim(**{**fields, **more})


@pytest.mark.parametrize(
    ("rows", "verdict", "decided_by", "recomputed"),
    [
        ([claim("a", "grdp_growth[OLD, 2020]")], "reproduced", "a", 10),
        ([claim("a", "grdp_growth[OLD, 2022]"), claim("b", "grdp_growth[OLD, 2020]")], "reproduced", "b", 10),
        ([claim("a", "grdp_growth[OLD, 2022]")], "conflicting", "a", 8),
        (
            [
                claim("a", "grdp_growth[OLD, 2022]"),
                claim("b", "grdp_growth[OLD, 2020]", expect="ambiguous"),
            ],
            "ambiguous",
            "b",
            8,
        ),
        ([claim("a", "grdp_growth[OLD, 2023]")], "no data", "a", None),
        ([claim("a", None)], "no data", "a", None),
        ([claim("a", "grdp_growth[OLD, 2024]", 9.0)], "no data", "a", 9),
    ],
    ids=[
        "holds",
        "one reading holds",
        "does not hold",
        "another meaning",
        "missing",
        "no formula",
        "circular",
    ],
)
def test_the_statement_gets_its_verdict_from_its_readings(
    town: Plan, rows: list[o.Claim], verdict: str, decided_by: str, recomputed: float | None
) -> None:
    (row,) = claims.verdicts(dataclasses.replace(town, claims=by_id(rows)))
    assert (row.verdict, row.decided_by, row.recomputed) == (verdict, decided_by, recomputed)


def test_a_circular_figure_says_so(town: Plan) -> None:
    plan = dataclasses.replace(town, claims=by_id([claim("a", "grdp_growth[OLD, 2024]", 9.0)]))
    assert claims.recompute(plan)[0].reason == claims.CIRCULAR


@pytest.fixture(scope="module")
def rows(hai_phong: Any) -> dict[str, claims.ClaimRow]:
    return {row.id: row for row in claims.verdicts(read_plan(hai_phong))}


@pytest.mark.parametrize(
    ("statement", "verdict", "recomputed"),
    [
        ("S014", "reproduced", 9),
        ("S015", "reproduced", 12.662),
        ("S016", "reproduced", 2.4397),
        ("S017", "ambiguous", 1.0568),
        ("S018", "no data", None),
        ("S019", "conflicting", 6),
        ("S020", "close", 7800),
        ("S021", "close", 1.8581),
        ("S022", "no data", None),
        ("S023", "no data", None),
        ("S024", "no data", 392),
        ("S025", "reproduced", 1.9669),
        ("S026", "ambiguous", 7.2939),
        ("S027", "reproduced", 1.6675),
        ("S028", "no data", None),
        ("S064", "reproduced", 6),
    ],
)
def test_the_figures_of_the_report(
    rows: dict[str, claims.ClaimRow], statement: str, verdict: str, recomputed: float | None
) -> None:
    row = rows[statement]
    assert row.verdict == verdict
    assert row.recomputed == (None if recomputed is None else pytest.approx(recomputed, rel=1e-4))


def test_174_is_the_earlier_multiple_of_the_national_rate(rows: dict[str, claims.ClaimRow]) -> None:
    readings = {r.id: r.recomputed for r in rows["S017"].readings}
    assert readings["S017b"] == pytest.approx(1.8866, rel=1e-4)
    assert readings["S017c"] == pytest.approx(1.8130, rel=1e-4)
    assert readings["S017d"] == pytest.approx(1.7401, rel=1e-4)
    assert rows["S017"].decided_by == "S017d"
    assert (readings["S017a"], readings["S017f"]) == pytest.approx((1.0568, 1.0543), rel=1e-4)


def test_a_lower_bound_is_called_one(rows: dict[str, claims.ClaimRow]) -> None:
    assert "lower bound" in str(rows["S020"].as_row("en")["reason"])
    assert rows["S016"].as_row("en")["reason"] == ""


def test_every_claim_of_the_programme_is_checked(hai_phong: Any, rows: dict[str, claims.ClaimRow]) -> None:
    plan = read_plan(hai_phong)
    homes = {s.id for s in plan.programme.values() if s.home in ("claim", "rank")}
    assert homes <= set(rows)
    shown = rows["S015"].as_row("en")
    for key in (
        "id",
        "statement",
        "stated",
        "recomputed",
        "verdict",
        "formula",
        "readings",
        "sources",
        "vintage",
    ):
        assert key in shown
