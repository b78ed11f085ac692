"""Flags, ranks, peers, series, explain, compare and the commands that print them."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cuabien.base.faults import Refused
from cuabien.cli.main import main
from cuabien.indicators import compare, explain, flags, peers, ranks, series
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import Run, open_run, write_run

from .conftest import by_id, target


@pytest.fixture(scope="module")
def plan(hai_phong: Path) -> Plan:
    return read_plan(hai_phong)


# ---- flags, ranks, peers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "state", "value"),
    [
        ("L01", "raised", 6),
        ("L02", "raised", 47),
        ("L03", "no data", None),
        ("L03b", "not raised", 3),
        ("L03d", "no data", None),
        ("L04", "not raised", 8),
        ("L05", "no data", None),
        ("L06", "no data", None),
        ("L08", "raised", 100),
        ("L09", "raised", 0),
    ],
)
def test_the_limitations_as_flags(plan: Plan, flag: str, state: str, value: float | None) -> None:
    row = next(f for f in flags.raise_flags(plan) if f.id == flag)
    assert row.state == state
    assert row.value == (None if value is None else pytest.approx(value))


def test_late_projects_are_those_past_their_date_on_the_plan_s_own_day(plan: Plan) -> None:
    from cuabien.indicators import counts

    late = counts.late(plan)
    assert late and all(p.opens is not None and p.opens < plan.header.as_of for p in late)
    assert not {p.status for p in late} & set(counts.FINISHED)


def test_every_limitation_has_a_flag_that_says_what_it_does_not_see(plan: Plan) -> None:
    assert {s.id for s in plan.programme.values() if s.home == "flag"} == {
        f.statement for f in plan.flags.values()
    }
    assert all(f.why_vi and f.why_en for f in plan.flags.values())


def test_a_rank_names_its_set_and_date(plan: Plan) -> None:
    rows = [r for r in ranks.published(plan) if r.indicator == "grdp_rank"]
    assert {(r.area, r.period, r.rank, r.of) for r in rows} == {
        ("HP_old", "2021", 6, 63),
        ("HP_old", "2024", 5, 63),
        ("HP_new", "2025", 3, None),
    }
    assert all(r.as_row("en")["among"] for r in rows)


def test_peers_are_the_city_s_own_choice(plan: Plan) -> None:
    every = peers.compare(plan)
    assert every[0].role == peers.SELF and len(every) == len(plan.peers)
    assert every[0].ratios == (1.0, 1.0, 1.0)
    two = peers.compare(plan, ["busan"])
    assert [r.id for r in two][1:] == ["busan"]
    assert two[1].ratios[2] == pytest.approx(24.4 / 7.1)
    places = peers.rank(every, 2)
    assert min(places.values())[0] == 1 and len(places) == sum(r.values[2] is not None for r in every)


# ---- series and explain -----------------------------------------------------------------------------------


def test_series_keep_observed_simulated_and_promised_apart(town: Plan, run: Run) -> None:
    promised = dataclasses.replace(town, targets=by_id([target("T1")]))
    new = series.series(promised, run, "grdp_growth", "NEW")
    assert new.observed == () and [t.id for t in new.targets] == ["T1"]
    assert [(p.year, p.value) for p in new.simulated][-1] == (2030, 12.0)
    assert (new.simulated[-1].low, new.simulated[-1].high) == (9.0, 13.0)
    old = series.series(promised, run, "grdp_growth", "OLD")
    assert old.simulated == () and len(old.observed) == 5


@pytest.mark.parametrize(
    ("indicator", "area", "year", "near"),
    [
        ("grdp_grwth", "NEW", None, "grdp_growth"),
        ("grdp_growth", "NEWW", None, "NEW"),
        ("grdp_growth", "NEW", 2099, "2025"),
    ],
)
def test_what_nobody_knows_is_refused_with_what_is_near(
    town: Plan, run: Run, indicator: str, area: str, year: int | None, near: str
) -> None:
    with pytest.raises(Refused, match=near):
        explain.explain(town, run, indicator, area, year)


def test_a_simulated_number_walks_back_to_its_sources(town: Plan, run: Run) -> None:
    parameter = o.Parameter(
        id="economy.tfp_growth",
        value={2025: 2.0, 2035: 4.0},
        low=0.5,
        high=1.5,
        unit="percent",
        status="assumed",
        source="press",
        confidence="source read",
    )
    tree = explain.explain(
        dataclasses.replace(town, parameters=by_id([parameter])), run, "grdp_growth", "NEW", 2030
    )
    nodes = list(tree.walk())
    assert (tree.value, tree.status) == (12.0, "simulated")
    assert [n.kind for n in nodes] == [
        "simulated", "equation", "equation", "variable", "variable", "parameter", "source", "swing",
    ]  # fmt: skip
    assert nodes[1].address == "theory/economy#output" and "GRDP[t-1]" in nodes[1].label_en
    assert nodes[4].label_en == "economy.grdp of the year before"
    assert (nodes[5].value, nodes[5].status) == (3.0, "assumed")
    assert "A paper" in explain.text(tree, "en")


def test_an_observed_number_shows_every_vintage(town: Plan) -> None:
    tree = explain.explain(town, None, "grdp_growth", "OLD", 2021)
    assert tree.value == 13
    assert [c.value for c in tree.children] == [13, 12]


def test_claims_and_targets_walk_back_too(plan: Plan) -> None:
    claim = explain.explain_claim(plan, "S016")
    assert claim.status == "reproduced"
    assert sum(n.kind == "observed" for n in claim.walk()) == 20
    promise = explain.explain_target(plan, None, "T59")
    assert promise.value == 380
    assert any(n.kind == "document" for n in promise.walk())
    for refused in (
        lambda: explain.explain_claim(plan, "S001"),
        lambda: explain.explain_target(plan, None, "T0"),
    ):
        with pytest.raises(Refused):
            refused()


# ---- compare and the commands -----------------------------------------------------------------------------


def moved(run: Run, folder: Path, by: float) -> Run:
    table = run.table("indicators").with_columns(
        pl.when(pl.col("indicator") == "population")
        .then(pl.col("value") + by)
        .otherwise(pl.col("value"))
        .alias("value")
    )
    return open_run(write_run(folder, {"plan": "town", "seed": 1}, {"indicators": table}, {}, []))


def test_two_runs_differ_where_they_differ(run: Run, tmp_path: Path) -> None:
    other = moved(run, tmp_path / "runs" / "other", 500.0)
    rows = compare.differences(run, other, areas=["NEW"], years=[2027, 2030])
    assert [(r.indicator, r.year, r.change, r.widest) for r in rows] == [
        ("population", 2025, 500.0, True),  # the smallest population, so the largest share of it
        ("population", 2027, 500.0, False),
        ("population", 2030, 500.0, False),
    ]
    assert compare.differences(run, run, areas=["NEW"], years=[2030]) == []


@pytest.mark.parametrize("command", ["claims", "flags", "programme", "peers"])
def test_commands_on_a_plan_print_a_table_and_json(
    hai_phong: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(hai_phong), "--json"]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert rows
    assert main([command, str(hai_phong)]) == 0
    assert capsys.readouterr().out


def test_commands_on_a_run(
    hai_phong: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    future = str(run.folder)
    here = ["--plan", str(hai_phong), "--json"]
    assert main(["targets", future, *here]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 73
    assert main(["explain", future, "S015", *here]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "claim"
    assert main(["explain", future, "grdp_growth", "--area", "HP_old", "--year", "2019", *here]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == 17.02
    assert main(["explain", future, "grdp_growth", "--area", "nowhere", *here]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert told["rule"] == "refused" and told["message"] == 'there is no area "nowhere"'
    assert main(["compare", future, future, *here]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.pop("caveat")
    assert set(told) == {"indicators", "targets", "communes", "projects", "quiet", "words"}
    assert not any(told.values())


def test_a_folder_that_is_no_run_or_no_plan_is_unusable(tmp_path: Path) -> None:
    assert main(["targets", str(tmp_path)]) == 2
    assert main(["claims", str(tmp_path / "none")]) == 2


def test_a_broken_formula_in_a_plan_is_a_fault_with_its_row(
    hai_phong: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "plan"
    shutil.copytree(hai_phong, copy)
    file = copy / "claims.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("directives()", "directives("), encoding="utf-8")
    assert main(["claims", str(copy), "--json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)
    assert (fault["file"], fault["row"], fault["rule"]) == ("claims.csv", "S064a", "formula")


def test_a_ratio_shows_its_two_sides(plan: Plan) -> None:
    tree = explain.explain(plan, None, "share_of_national_gdp", "HP_old", 2024)
    assert tree.value == pytest.approx(100 * 445.995 / 11511.9)
    assert [c.value for c in tree.children] == [445.995, 11511.9]


def test_the_docs_name_every_function_of_the_formula_language() -> None:
    from cuabien.indicators.formula import FUNCTIONS

    page = (Path(__file__).parents[2] / "docs/theory/claims.md").read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if f"`{name}" not in page and f", `{name}" not in page] == []
