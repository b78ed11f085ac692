"""Stress tests: a disaster costs what it should, in its year, and a plan without any says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cuabien.cli.main import main
from cuabien.indicators import stress
from cuabien.indicators.noise import Noise
from cuabien.indicators.simulated import Course, Future


def rows(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> list[dict[str, Any]]:
    assert main(["stress", *map(str, arguments), "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_a_storm_takes_capital_and_closes_the_port(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tenth of capital at a capital share a costs 1 - 0.9^a of what could be made; cargo falls in that year at most by half."""
    found = {row["indicator"]: row for row in rows(capsys, tinytown, "--home", tmp_path)}
    grdp, cargo = found["grdp_constant2025"], found["port_cargo"]
    assert cargo["year"] == 2030 and -50 <= cargo["percent"] < 0
    assert 2030 <= grdp["year"] <= 2032 and grdp["percent"] < -1
    assert grdp["last_percent"] > grdp["percent"]


@pytest.mark.slow
def test_every_stress_of_the_city_moves_what_it_names(
    hai_phong: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = rows(capsys, hai_phong, "--home", tmp_path)
    lowered = {
        (row["scenario"], row["indicator"])
        for row in found
        if row["percent"] is not None and row["percent"] < 0
    }
    assert ("typhoon", "grdp_constant2025") in lowered
    assert ("channel", "port_cargo") in lowered and ("channel", "budget_revenue_customs") in lowered
    assert ("fdi", "investment_total") in lowered and ("fdi", "grdp_constant2025") in lowered
    assert all(row["year"] >= 2030 for row in found if row["scenario"] in ("typhoon", "channel", "fdi"))
    assert "bridge" in {row["scenario"] for row in found}


def test_a_plan_without_stress_tests_is_told_how_to_have_one(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan"
    shutil.copytree(tinytown, plan, ignore=shutil.ignore_patterns("scenarios"))
    assert main(["stress", str(plan), "--home", str(tmp_path / "home")]) == 1
    assert "stress-*.toml" in capsys.readouterr().err


def test_a_broken_stress_test_is_told_before_anything_runs(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "stress-wrong.toml"
    file.write_text('[[parameter]]\nid = "economy.nothing"\nvalue = 1\n')
    assert main(["stress", str(tinytown), "--change", str(file), "--home", str(tmp_path / "home")]) == 2
    assert "economy.nothing" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_a_stress_leaves_the_very_run_that_its_change_gives(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows(capsys, tinytown, "--home", tmp_path / "stress")
    change = tinytown / "scenarios" / "stress-storm.toml"
    assert (
        main(["run", str(tinytown), "--change", str(change), "--home", str(tmp_path / "run"), "--json"]) == 0
    )
    run = Path(json.loads(capsys.readouterr().out)["run"])
    twin = tmp_path / "stress" / "runs" / run.name
    assert {f.name: f.read_bytes() for f in twin.iterdir()} == {f.name: f.read_bytes() for f in run.iterdir()}


def test_a_plan_with_faults_is_not_put_under_stress(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan"
    shutil.copytree(tinytown, plan)
    areas = plan / "areas.csv"
    areas.write_text(areas.read_text("utf-8").replace("textbook", "nowhere", 1), "utf-8")
    assert main(["stress", str(plan), "--home", str(tmp_path / "home")]) in (1, 2)
    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_the_year_of_recovery_is_the_first_that_stays() -> None:
    base = Future(
        {("grdp_constant2025", "C"): Course("trillion VND", "", {2030: 100.0, 2031: 100.0, 2032: 100.0})}, {}
    )
    hit = Future(
        {("grdp_constant2025", "C"): Course("trillion VND", "", {2030: 90.0, 2031: 95.0, 2032: 100.0})}, {}
    )
    (row,) = stress.rows("x", "X", base, hit, "C", ["grdp_constant2025", "population"])
    assert (row.year, row.recovered) == (2030, 2032)
    assert row.percent == pytest.approx(-10)


def futures(indicator: str, first: dict[int, float], second: dict[int, float]) -> tuple[Future, Future]:
    one, two = (Future({(indicator, "C"): Course("unit", "", values)}, {}) for values in (first, second))
    return one, two


def test_the_worst_year_is_the_one_that_hurts() -> None:
    """Minutes to work fall by ten in 2030 and rise by five in 2031: 2031 is the worst, because more is worse."""
    level = dict.fromkeys((2029, 2030, 2031), 50.0)
    (row,) = stress.rows(
        "x",
        "X",
        *futures("commute_minutes", level, {2029: 50.0, 2030: 40.0, 2031: 55.0}),
        "C",
        ["commute_minutes"],
    )
    assert (row.year, row.worse, row.change) == (2031, True, 5.0)
    (row,) = stress.rows(
        "x",
        "X",
        *futures("commute_minutes", level, {2029: 50.0, 2030: 40.0, 2031: 45.0}),
        "C",
        ["commute_minutes"],
    )
    assert (row.year, row.worse) == (2030, False)
    (row,) = stress.rows(
        "x", "X", *futures("population", level, {2029: 50.0, 2030: 40.0, 2031: 55.0}), "C", ["population"]
    )
    assert (row.year, row.worse) == (2030, None)


def test_a_city_is_back_when_a_tenth_of_the_fall_is_left() -> None:
    level = dict.fromkeys(range(2030, 2035), 1000.0)
    hit = {2030: 800.0, 2031: 900.0, 2032: 979.0, 2033: 981.0, 2034: 985.0}
    (row,) = stress.rows("x", "X", *futures("employment", level, hit), "C", ["employment"])
    assert (row.year, row.recovered) == (2030, 2033)
    (row,) = stress.rows("x", "X", *futures("employment", level, {**hit, 2034: 900.0}), "C", ["employment"])
    assert row.recovered is None


def test_what_is_within_the_gap_is_not_under_stress() -> None:
    level, hit = {2030: 50.0, 2031: 50.0}, {2030: 50.3, 2031: 50.0}
    noise = Noise("C", {"commute_minutes": 0.01}, {})
    assert (
        stress.rows("x", "X", *futures("commute_minutes", level, hit), "C", ["commute_minutes"], noise) == []
    )
