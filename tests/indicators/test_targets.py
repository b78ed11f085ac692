"""Targets: observed before simulated, every vintage, the "=" rule, boundaries, documents, swing and year reached."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cuabien.indicators import targets
from cuabien.indicators.counts import meets
from cuabien.indicators.simulated import Course, Future, Range
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import Run

from .conftest import by_id, observation, target


def judged(plan: Plan, run: Run | None, *rows: o.Target) -> targets.TargetRow:
    (row,) = targets.judge(dataclasses.replace(plan, targets=by_id(list(rows))), run)
    return row


OLD: dict[str, Any] = {"area": "OLD", "boundary": "before"}


@pytest.mark.parametrize(
    ("more", "verdict", "value"),
    [
        ({**OLD, "year": 2020, "value": 10.0}, "met", 10),
        ({**OLD, "year": 2022, "value": 8.5}, "missed", 8),
        ({**OLD, "year": 2021, "value": 12.5}, "ambiguous", 13),
        ({**OLD, "year": 2021, "value": 13.5}, "missed", 13),
        ({**OLD, "year": 2023}, "no data", None),
        ({**OLD, "year": 2030}, "not comparable", None),
        ({**OLD, "year_from": 2020, "year": 2022, "indicator": "grdp_growth_avg"}, "met", 31 / 3),
        ({"operator": "text", "value": None}, "not measurable", None),
        ({"indicator": "digital_economy_share"}, "open", None),
        ({"year": 2035}, "open", None),
        ({"year": 2030}, "on track", 12),
        ({"year": 2030, "value": 12.5}, "off track", 12),
        ({"year_from": 2026, "year": 2030, "indicator": "grdp_growth_avg"}, "on track", 10),
        ({"year_from": 2026, "year": 2030, "indicator": "grdp_growth_avg", "value": 10.1}, "off track", 10),
        (
            {**OLD, "indicator": "population", "year": 2030, "value": 70_000, "unit": "persons"},
            "not comparable",
            None,
        ),
    ],
)
def test_verdicts(town: Plan, run: Run, more: dict[str, Any], verdict: str, value: float | None) -> None:
    if more.get("indicator") == "population":
        verdict, value = (
            "off track",
            60_000.0,
        )  # only people of the former city can be counted from its communes
        more = {**more, "operator": ">="}
    row = judged(town, run, target("T1", **more))
    assert row.verdict == verdict
    assert row.value == (None if value is None else pytest.approx(value))
    assert row.as_row("en")["verdict_text"] == verdict


def test_without_a_run_the_future_is_open(town: Plan) -> None:
    assert judged(town, None, target("T1")).verdict == "open"


def test_the_swing_says_how_sure_the_verdict_is(town: Plan, run: Run) -> None:
    shaky = judged(town, run, target("T1", value=10.0))
    assert (shaky.low, shaky.high, shaky.sure) == (9.0, 13.0, False)
    assert "economy.tfp_growth" in shaky.why("en")
    assert judged(town, run, target("T1", value=8.0)).sure is True
    assert judged(town, run, target("T1", year=2029, value=8.0)).sure is None


def test_the_year_in_which_the_path_reaches_it(town: Plan, run: Run) -> None:
    assert judged(town, run, target("T1", year=2027, value=10.0)).reached == 2028
    assert judged(town, run, target("T1", value=99.0)).reached is None


def test_a_past_year_that_only_the_model_knows_is_no_data(town: Plan, run: Run) -> None:
    for wanted in (99_000.0, 300_000.0):
        row = judged(town, run, target("T1", indicator="population", year=2025, unit="persons", value=wanted))
        assert (row.verdict, row.basis, row.value) == ("no data", "", None)
        assert "2025" in row.why("en") and "no observation" in row.why("en")
    assert (
        judged(town, run, target("T1", year=2026, value=9.0)).verdict == "off track"
    )  # the year is not over


def test_people_of_a_part_swing_as_those_of_the_whole_city(town: Plan) -> None:
    """60 of 100 thousand live in the part: the city's 95 to 110 thousand are 57 to 66 of them."""
    paths = {
        ("population", "NEW"): Course("persons", "", {2025: 1e5, 2030: 1e5}),
        ("population", "OLD"): Course("persons", "", {2025: 6e4, 2030: 6e4}),
    }
    ahead = Future(paths, {("population", "NEW", 2030): Range(95e3, 110e3, "population.fertility")})
    wanted = target("T1", indicator="population", unit="persons", operator=">=", value=65e3, area="OLD")
    part = town.areas["OLD"].model_copy(update={"part_of": "NEW"})
    finding = targets._by_run(dataclasses.replace(town, areas={**town.areas, "OLD": part}), wanted, ahead)
    assert finding is not None
    assert (finding.low, finding.high) == pytest.approx((57e3, 66e3))
    assert (finding.verdict, finding.sure) == ("off track", False)


def test_a_path_that_begins_after_the_base_year_is_a_future(town: Plan) -> None:
    """Growth has no value in the base year: its first year lies ahead and is on or off track, never missed."""
    paths = {
        ("population", "NEW"): Course("persons", "", {2025: 1.0, 2026: 1.0}),
        ("grdp_growth", "NEW"): Course("percent", "", {2026: 9.0}),
    }
    finding = targets._by_run(town, target("T1", year=2026), Future(paths, {}))
    assert finding is not None and finding.verdict == "off track"


def test_gap_is_short_of_the_nearer_end(town: Plan, run: Run) -> None:
    assert judged(town, run, target("T1", value=14.0)).gap == pytest.approx(-2)
    assert judged(town, run, target("T1", operator="range", value=13.0, high=15.0)).gap == pytest.approx(-1)


def test_an_old_document_says_that_it_is_superseded(town: Plan, run: Run) -> None:
    row = judged(town, run, target("T1", document="plan-4"))
    assert row.superseded and "no longer in force" in row.why("en")


def test_the_last_figure_stands_beside_a_target_that_cannot_be_compared(town: Plan) -> None:
    row = judged(town, None, target("T1", **OLD))
    assert row.latest is not None and row.latest.period == "2024"
    assert "2025" in row.why("en")


def test_dollars_need_the_rate_of_the_year(town: Plan) -> None:
    wanted = target("T1", **OLD, indicator="grdp_per_capita", unit="USD", year=2022, value=6000.0)
    plan = dataclasses.replace(
        town,
        indicators=by_id([observation("vnd", 125, "2022", indicator="grdp_per_capita", unit="million VND")]),
    )
    assert judged(plan, None, wanted).verdict == "no data"
    rate = o.Figure(
        id="rate",
        area="OLD",
        item="exchange_rate",
        period="2022",
        value=25_000,
        unit="VND per USD",
        status="statistic",
        source="press",
        confidence="source read",
    )
    row = judged(dataclasses.replace(plan, figures=by_id([rate])), None, wanted)
    assert (row.verdict, row.value) == ("missed", 5000)


@pytest.mark.parametrize(
    ("operator", "value", "high", "better", "seen", "met"),
    [
        ("=", 10, None, "up", 11, True),
        ("=", 10, None, "up", 9.9, False),
        ("=", 10, None, "down", 9, True),
        ("=", 10, None, "down", 11, False),
        ("=", 100, None, "", 104, True),
        ("=", 100, None, "", 106, False),
        ("range", 10, 12, "up", 13, True),
        ("range", 10, 12, "", 13, False),
        ("range", 10, 12, "", 11, True),
        (">", 10, None, "", 10, False),
        ("<=", 10, None, "up", 10, True),
        ("<", 10, None, "up", 10, False),
    ],
)
def test_the_equals_rule(
    operator: str, value: float, high: float | None, better: str, seen: float, met: bool
) -> None:
    assert meets(target("T1", operator=operator, value=value, high=high), seen, better) is met


def test_six_annual_plans_missed_in_a_row(hai_phong: Any) -> None:
    rows = {r.id: r for r in targets.judge(read_plan(hai_phong))}
    yearly = [
        r for r in rows.values() if r.indicator == "grdp_growth" and r.document.startswith("annual-plan")
    ]
    verdict = {}
    for row in yearly:
        if row.verdict in ("met", "missed"):
            verdict[row.year] = row.verdict
    assert verdict == {2019: "met", **dict.fromkeys(range(2020, 2026), "missed")}
    assert rows["T49"].verdict == "missed" and rows["T49"].value == pytest.approx(11.39)
    assert rows["T34"].superseded
    assert rows["T68"].verdict == "not comparable"


def test_a_share_of_the_nation_shows_its_last_known_value(hai_phong: Any) -> None:
    row = next(r for r in targets.judge(read_plan(hai_phong)) if r.id == "T17")
    assert row.latest is not None
    assert (row.latest.period, row.latest.value) == ("2024", pytest.approx(3.874, abs=0.001))
