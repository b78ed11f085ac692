"""A plan into a run: the same bytes for the same inputs, another answer for another plan, and no number that is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.indicators.targets import judge
from cuabien.lexicon.register import indicators as register
from cuabien.model import city
from cuabien.plan.change import change_hash, read_change
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import Run, latest_run, open_run, verify_run
from cuabien.runner import run_plan
from cuabien.runner.measures import AREAS, CITY, HEADLINES, headline_values

PLANS = Path(__file__).parents[2] / "plans"
COLUMNS = {
    "indicators": ["indicator", "area", "year", "value", "unit", "derivation"],
    "population": ["area", "year", "sex", "age", "persons"],
    "swing": ["indicator", "area", "year", "parameter", "at_low", "at_high", "base"],
}
WITHOUT_DATA = {"flood_exposed_people", "storm_exposed_people", "flood_exposed_jobs"}
"""Until somebody brings an elevation raster: cuabien import elevation."""


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


@pytest.fixture(scope="module")
def hai_phong_plan() -> Plan:
    return read_plan(PLANS / "hai-phong")


@pytest.fixture(scope="module")
def run_of_hai_phong(hai_phong_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_run(run_plan(hai_phong_plan, home=tmp_path_factory.mktemp("home")).run)


@pytest.fixture(scope="module")
def run_of_town(town: Plan, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return open_run(run_plan(town, home=tmp_path_factory.mktemp("home")).run)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# ---- the folder -------------------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_bytes(town: Plan, tmp_path: Path) -> None:
    one, other = (run_plan(town, home=tmp_path / name).run for name in "ab")
    assert one.name == other.name
    assert content(one) == content(other)


def test_a_run_that_is_there_is_found(town: Plan, tmp_path: Path) -> None:
    first, second = run_plan(town, home=tmp_path), run_plan(town, home=tmp_path)
    assert (first.found, second.found) == (False, True)
    assert first.run == second.run == latest_run(tmp_path, "tinytown")
    assert dict(first.gaps) == dict(second.gaps)


def test_another_seed_is_another_run_with_the_same_numbers_while_chance_is_off(
    town: Plan, tmp_path: Path
) -> None:
    one, other = (run_plan(town, home=tmp_path, seed=seed).run for seed in (1, 2))
    assert one != other
    assert open_run(one).table("indicators").equals(open_run(other).table("indicators"))


def test_chance_follows_the_seed(town: Plan) -> None:
    """With a spread, seeds differ, equal seeds agree, and luck does not depend on the rest of the plan."""
    row = town.parameters["economy.growth_shock_spread"].model_copy(update={"value": 0.02})
    lucky = replace(town, parameters={**town.parameters, "economy.growth_shock_spread": row})
    first, again, other = (
        headline_values(city.run(city.build(lucky, seed=seed)))["grdp_growth", 2030] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_shorter_run_agrees_with_a_longer_one(town: Plan, run_of_town: Run, tmp_path: Path) -> None:
    short = open_run(run_plan(town, home=tmp_path, to_year=2030).run)
    assert short.manifest["last_year"] == 2030
    assert short.folder.name.endswith("-2030")
    early = run_of_town.table("indicators").filter(pl.col("year") <= 2030)
    assert short.table("indicators").equals(early)


def test_a_run_goes_where_it_is_told(town: Plan, tmp_path: Path) -> None:
    outcome = run_plan(town, out=tmp_path / "here", home=tmp_path / "home")
    assert outcome.run == tmp_path / "here"
    assert verify_run(outcome.run) == []
    assert not (tmp_path / "home").exists()


def test_a_plan_that_cannot_be_modelled_writes_nothing(town: Plan, tmp_path: Path) -> None:
    for plan in (replace(town, parameters={}), replace(town, areas={})):
        with pytest.raises(UnusableInput):
            run_plan(plan, home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_the_manifest_says_what_the_run_follows_from(run_of_hai_phong: Run) -> None:
    manifest = run_of_hai_phong.manifest
    for key in ("plan_hash", "code_hash", "lock_hash"):
        assert len(manifest[key]) == 64
    assert (manifest["plan"], manifest["seed"], manifest["change_hash"]) == ("hai-phong", 1, None)
    assert (manifest["base_year"], manifest["last_year"], manifest["city"]) == (2025, 2045, "HP_new")
    solved_to = {"transport.road_gap": 1e-4, "transport.demand_gap": 0.01}
    assert all(gap <= solved_to.get(name, 1e-9) for name, gap in manifest["gaps"].items())


# ---- the tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "columns"), COLUMNS.items())
def test_columns_are_those_that_readers_expect(run_of_hai_phong: Run, table: str, columns: list[str]) -> None:
    assert run_of_hai_phong.table(table).columns == columns


@pytest.mark.parametrize("name", ["indicators", "population", "economy", "swing"])
def test_no_table_holds_what_is_no_number(run_of_hai_phong: Run, name: str) -> None:
    table = run_of_hai_phong.table(name)
    assert table.height > 0
    for column in table.select(pl.col(pl.Float64)).iter_columns():
        assert column.is_null().sum() == 0
        assert column.is_finite().all()


def test_every_indicator_is_registered_with_its_unit(run_of_hai_phong: Run) -> None:
    found = run_of_hai_phong.table("indicators").select("indicator", "unit").unique().rows()
    assert {name for name, _ in found} == {m.id for m in (*CITY, *AREAS)} - WITHOUT_DATA
    for name, unit in found:
        assert register()[name].unit == unit, name
        assert register()[name].simulated, name


def test_every_simulated_indicator_of_the_register_is_in_the_run(run_of_hai_phong: Run) -> None:
    promised = {i.id for i in register().values() if i.simulated} - {"grdp_growth_avg"} - WITHOUT_DATA
    assert promised == set(run_of_hai_phong.table("indicators")["indicator"].unique())


def test_parts_and_communes_sum_to_the_city(run_of_hai_phong: Run) -> None:
    table = run_of_hai_phong.table("indicators").filter(pl.col("year") == 2040)
    for name in ("population", "households", "births", "deaths", "net_migration", "labour_force"):
        by_area = dict(table.filter(pl.col("indicator") == name).select("area", "value").iter_rows())
        communes = sum(v for area, v in by_area.items() if area not in ("HP_new", "HP_old", "HD"))
        assert by_area["HP_old"] + by_area["HD"] == pytest.approx(by_area["HP_new"])
        assert communes == pytest.approx(by_area["HP_new"])
        assert len(by_area) == 117


def test_population_table_sums_to_the_indicator(run_of_hai_phong: Run) -> None:
    persons = run_of_hai_phong.table("population")
    assert persons.height == 114 * 21 * 2 * 101
    total = persons.filter(pl.col("year") == 2045)["persons"].sum()
    stated = run_of_hai_phong.table("indicators").filter(
        (pl.col("indicator") == "population") & (pl.col("area") == "HP_new") & (pl.col("year") == 2045)
    )["value"][0]
    assert total == pytest.approx(stated)


def test_only_people_are_told_of_parts_and_communes(run_of_hai_phong: Run) -> None:
    of_parts = run_of_hai_phong.table("indicators").filter(pl.col("area") != "HP_new")["indicator"].unique()
    assert set(of_parts) == {m.id for m in AREAS} - WITHOUT_DATA


def test_growth_of_the_base_year_is_left_out(run_of_hai_phong: Run) -> None:
    growth = run_of_hai_phong.table("indicators").filter(pl.col("indicator") == "grdp_growth")
    assert growth["year"].min() == 2026


def test_per_head_by_hand(run_of_town: Run) -> None:
    """Tinytown 2025: 10 trillion VND over 60,000 residents: 166.67 million VND, 6,667 USD at 25,000; 370.4 a worker."""
    table = run_of_town.table("indicators").filter((pl.col("area") == "TT") & (pl.col("year") == 2025))
    value = dict(table.select("indicator", "value").iter_rows())
    assert value["grdp_per_capita_vnd"] == pytest.approx(166.667, abs=1e-3)
    assert value["grdp_per_capita"] == pytest.approx(6666.67, abs=1e-2)
    assert value["labour_productivity"] == pytest.approx(370.37, abs=1e-2)
    assert value["population_density"] == pytest.approx(100)
    assert value["investment_total"] == pytest.approx(3000)
    assert value["port_teu"] == pytest.approx(0.5)
    assert value["share_children"] == pytest.approx(100 * 15 / 80)
    assert value["median_age"] == pytest.approx(40)


def test_limits_are_named(run_of_town: Run) -> None:
    by_year = dict(run_of_town.table("economy").select("year", "limit").unique().iter_rows())
    assert by_year[2027] == "none"
    assert by_year[2028] == "port"
    assert by_year[2030] == "none"


def test_value_added_and_tax_sum_to_grdp(run_of_town: Run) -> None:
    sectors = run_of_town.table("economy").group_by("year").agg(pl.col("value_added").sum()).sort("year")
    grdp = run_of_town.table("indicators").filter(pl.col("indicator") == "grdp_constant2025").sort("year")
    assert np.allclose(sectors["value_added"] * 10 / 9, grdp["value"], rtol=1e-9)


# ---- swings -----------------------------------------------------------------------------------------------


def test_every_headline_swings_over_every_assumed_parameter(
    run_of_hai_phong: Run, hai_phong_plan: Plan
) -> None:
    table = run_of_hai_phong.table("swing").filter(pl.col("year") == 2030)
    of_city = city.parameter_ids(hai_phong_plan, spatial=False)
    assumed = {name for name in of_city if hai_phong_plan.parameters[name].status == "assumed"}
    assert set(table["parameter"].unique()) == assumed
    averages = {"grdp_growth_avg", "labour_productivity_growth_avg"}  # a target asks for the second
    assert set(table["indicator"].unique()) >= {*HEADLINES, *averages}
    assert table.height == len(assumed) * table["indicator"].n_unique()


def test_the_base_of_a_swing_is_the_value_of_the_run(run_of_hai_phong: Run) -> None:
    values = run_of_hai_phong.table("indicators").rename({"value": "stated"})
    joined = run_of_hai_phong.table("swing").join(values, on=["indicator", "area", "year"])
    assert joined.height > 0
    assert np.allclose(joined["base"], joined["stated"], rtol=1e-9)


def test_averages_are_means_of_five_years(run_of_hai_phong: Run) -> None:
    growth = run_of_hai_phong.table("indicators").filter(
        (pl.col("indicator") == "grdp_growth") & pl.col("year").is_between(2026, 2030)
    )
    average = run_of_hai_phong.table("swing").filter(
        (pl.col("indicator") == "grdp_growth_avg") & (pl.col("year") == 2030)
    )
    assert average["base"][0] == pytest.approx(growth["value"].mean())


def test_every_target_of_the_future_that_a_run_judges_has_a_swing(
    run_of_hai_phong: Run, hai_phong_plan: Plan
) -> None:
    judged = [row for row in judge(hai_phong_plan, run_of_hai_phong) if row.basis == "simulated"]
    assert len(judged) >= 5
    assert [row.id for row in judged if row.sure is None] == []


# ---- explain ----------------------------------------------------------------------------------------------


def test_every_number_has_an_equation_and_its_page_exists(
    run_of_hai_phong: Run, hai_phong_plan: Plan
) -> None:
    book = run_of_hai_phong.explain
    docs = PLANS.parent / "docs"
    entries = {**book["indicators"], **book["variables"]}
    assert set(run_of_hai_phong.table("indicators")["indicator"].unique()) == set(book["indicators"])
    for name, entry in entries.items():
        assert entry["equation"], name
        page, _, anchor = entry["page"].partition("#")
        headings = [
            line.lstrip("# ").strip().lower().replace(" ", "-").replace(",", "")
            for line in (docs / f"{page}.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("#")
        ]
        assert anchor in headings, (name, entry["page"])
        assert set(entry["reads"]) <= set(book["variables"]), name
        assert set(entry["parameters"]) <= set(hai_phong_plan.parameters), name


# ---- consequences -----------------------------------------------------------------------------------------


def headlines(plan: Plan) -> dict[tuple[str, int], float]:
    return headline_values(city.run(city.build(plan)))


def test_without_nam_do_son_less_cargo_and_less_growth(hai_phong_plan: Plan) -> None:
    """PR08 carries the berths of Nam Đồ Sơn: 20.8 million tonnes by 2030 and 170.1 after. Nothing changes before."""
    without = replace(
        hai_phong_plan, projects={k: v for k, v in hai_phong_plan.projects.items() if k != "PR08"}
    )
    base, less = headlines(hai_phong_plan), headlines(without)
    for indicator in ("port_cargo", "grdp_constant2025"):
        assert less[indicator, 2029] == pytest.approx(base[indicator, 2029])
        assert less[indicator, 2030] < base[indicator, 2030]
        assert less[indicator, 2040] < 0.95 * base[indicator, 2040]
    assert less["population", 2045] < base["population", 2045], "fewer jobs draw fewer people"


def test_a_later_nam_do_son_comes_later(hai_phong_plan: Plan) -> None:
    late = hai_phong_plan.projects["PR08"].model_copy(update={"predicted_opens": "2044"})
    delayed = headlines(replace(hai_phong_plan, projects={**hai_phong_plan.projects, "PR08": late}))
    base = headlines(hai_phong_plan)
    assert delayed["port_cargo", 2035] < base["port_cargo", 2035]
    gap_2035, gap_2045 = (base["port_cargo", y] - delayed["port_cargo", y] for y in (2035, 2045))
    assert gap_2045 < gap_2035 / 2


def test_a_bridge_moves_no_total_of_the_city(hai_phong_plan: Plan) -> None:
    """It moves where people live and how they travel; the city's totals rest on no place (sums over communes round)."""
    without = replace(
        hai_phong_plan, projects={k: v for k, v in hai_phong_plan.projects.items() if k != "PR20"}
    )
    assert headlines(without) == pytest.approx(headlines(hai_phong_plan), rel=1e-9)


# ---- the command ------------------------------------------------------------------------------------------


def test_the_command_answers_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cuabien.cli.main import main

    assert main(["run", str(PLANS / "tinytown"), "--home", str(tmp_path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"run", "seconds", "gaps"}
    assert verify_run(said["run"]) == []


def test_the_command_shows_headlines_with_their_swing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cuabien.cli.main import main

    assert (
        main(["run", str(PLANS / "tinytown"), "--home", str(tmp_path), "--lang", "en", "--to", "2030"]) == 0
    )
    shown = capsys.readouterr().out
    assert "Usual residents" in shown
    assert "2030" in shown
    assert "not a probability" in shown


CHANGE = """title = "Stop the port"
plan = "tinytown"
[[project]]
id = "P1"
status = "stopped"
"""


def test_a_change_is_run_beside_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without P1 no berths open in 2030: 12 million tonnes at most. The plan's own run stays the latest."""
    from cuabien.cli.main import main

    (tmp_path / "stop.toml").write_text(CHANGE)
    runs = []
    for extra in ([], ["--change", str(tmp_path / "stop.toml")]):
        assert main(["run", str(PLANS / "tinytown"), "--home", str(tmp_path), "--json", *extra]) == 0
        runs.append(open_run(json.loads(capsys.readouterr().out)["run"]))
    plain, changed = runs
    assert plain.manifest["plan_hash"] == changed.manifest["plan_hash"]
    assert plain.manifest["change_hash"] is None
    assert changed.folder.name.split("-")[2] == changed.manifest["change_hash"][:8]
    assert plain.manifest["change"] is None
    kept = changed.manifest["change"]
    assert (kept["title_vi"], kept["title_en"]) == ("Stop the port", "Stop the port")
    again = read_change(kept["toml"].encode())
    assert change_hash(again) == changed.manifest["change_hash"]
    cargo = changed.table("indicators").filter(
        (pl.col("indicator") == "port_cargo") & (pl.col("year") == 2035)
    )
    assert cargo["value"][0] == pytest.approx(12)
    assert latest_run(tmp_path, "tinytown") == plain.folder


def test_a_change_that_does_not_fit_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cuabien.cli.main import main

    file = tmp_path / "bad.toml"
    file.write_text('plan = "tinytown"\n[[parameter]]\nid = "economy.capital_share"\nvalue = 5.0\n')
    assert main(
        ["run", str(PLANS / "tinytown"), "--home", str(tmp_path / "home"), "--change", str(file)]
    ) in (1, 2)
    assert "capital_share" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("arguments", [["nowhere"], [str(PLANS / "tinytown"), "--to", "2050"]])
def test_the_command_refuses_in_words(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cuabien.cli.main import main

    assert main(["run", *arguments, "--home", str(tmp_path / "home")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
