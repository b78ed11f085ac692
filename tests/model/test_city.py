"""The whole city: laws of conservation, answers of the right sign, and a fault for whatever cannot be modelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuabien.base.faults import UnusableInput
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.parameters import Parameters, assumed_ranges
from cuabien.model.world import World
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner import accounts
from cuabien.runner.measures import CITY, city_values

PLANS = Path(__file__).parents[2] / "plans"


@pytest.fixture(scope="module")
def hai_phong_plan() -> Plan:
    return read_plan(PLANS / "hai-phong")


@pytest.fixture(scope="module")
def hai_phong_future(hai_phong_plan: Plan) -> Future:
    return city.run(city.build(hai_phong_plan))


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


SOLVED_TO = {"transport.road_gap": 1e-4, "transport.demand_gap": 0.01}
"""Fixed points are no identities: roads to a relative gap, trips to the share of vehicles that would still change."""

# ---- conservation -----------------------------------------------------------------------------------------


def test_the_books_close(hai_phong_future: Future) -> None:
    """People by commune, value added, jobs, investment, trips, goods: to 1e-9 of their size; solvers to what they promise."""
    for name, gap in accounts.gaps(hai_phong_future).items():
        assert gap <= SOLVED_TO.get(name, 1e-9), name


def test_people_balance_in_every_commune_and_year(hai_phong_future: Future) -> None:
    states = hai_phong_future.states
    for before, now in pairwise(states):
        change = (
            now["population.births"].sum(axis=1)
            - now["population.deaths"]
            + now["population.net_migration"]
            + now["population.net_moves_within"]
        )
        was, are = (s["population.persons"].sum(axis=(1, 2)) for s in (before, now))
        assert np.allclose(are, was + change, rtol=1e-12, atol=1e-9)


def test_nothing_is_negative(hai_phong_future: Future) -> None:
    signed = {
        "population.net_migration",
        "population.net_moves_within",
        "economy.growth",
        "economy.sources_of_growth",
        "land.pull_homes",
        "land.access_first",
        "land.access_gain",
        "land.pull_access",
        "land.pull_jobs",
        "transport.accessibility",
    }
    for state in hai_phong_future.states:
        for name, array in state.items():
            assert name in signed or not array.size or array.min() >= 0, name


def test_usual_residents_of_the_base_year(hai_phong_future: Future) -> None:
    """2.11 and 1.98 million on 50 and 64 communes."""
    world = hai_phong_future.world
    residents = hai_phong_future.states[0]["population.persons"].sum(axis=(1, 2))
    for part, count, expected in (("HP_old", 50, 2.11e6), ("HD", 64, 1.98e6)):
        inside = np.array([c.part_of == part for c in world.communes])
        assert inside.sum() == count
        assert residents[inside].sum() == pytest.approx(expected)


def test_one_place_gives_the_totals_of_all_communes(hai_phong_plan: Plan, hai_phong_future: Future) -> None:
    """What the swing of headlines rests on: rates are alike in all communes."""
    world = city.build(hai_phong_plan)
    for parameters in (
        world.parameters,
        world.parameters.with_value("population.migration_rate_at_balance", -0.01),
    ):
        fine, coarse = (
            city.run(replace(world, parameters=parameters, by_commune=flag)).states[-1]
            for flag in (True, False)
        )
        assert np.allclose(fine["population.persons"].sum(axis=0), coarse["population.persons"][0], rtol=1e-9)
        assert float(fine["economy.grdp"]) == pytest.approx(float(coarse["economy.grdp"]), rel=1e-9)


@pytest.mark.parametrize("name", ["tinytown", "hai-phong"])
def test_a_future_that_leans_on_a_known_one_is_the_same(name: str) -> None:
    """Swings lean on the base future: every assumed parameter, at its high end, gives bit for bit what a whole run gives."""
    plan = read_plan(PLANS / name)
    world = replace(city.build(plan), by_commune=False)
    known = city.run(world)
    for parameter in assumed_ranges(plan.parameters, city.parameter_ids(plan, spatial=False)):
        assert parameter.high is not None
        changed = replace(world, parameters=world.parameters.with_value(parameter.id, parameter.high))
        whole, leaning = city.run(changed), city.run(changed, lean_on=known, differs_in=parameter.id)
        for one, other in zip(whole.states, leaning.states, strict=True):
            assert one.keys() == other.keys()
            assert [n for n in one if not np.array_equal(one[n], other[n])] == [], parameter.id


# ---- plausible --------------------------------------------------------------------------------------------


def test_growth_goes_on_from_the_last_observed_year(hai_phong_future: Future) -> None:
    """2025 grew by 11.81 percent; the first modelled year is within a point of it: nothing jumps where data end."""
    first, second = (float(s["economy.grdp"]) for s in hai_phong_future.states[:2])
    assert second / first - 1 == pytest.approx(0.1181, abs=0.01)


def test_without_migration_the_city_follows_the_nation(hai_phong_plan: Plan) -> None:
    """With the nation's ages and no migration, 2045 is within 4 points of the nation's change in WPP 2024 (+8.0 percent)."""
    world = city.build(hai_phong_plan)
    for name in ("population.migration_rate_at_balance", "population.migration_answer_to_jobs"):
        world = replace(world, parameters=world.parameters.with_value(name, 0.0))
    states = city.run(world).states
    nation = {
        f.period: f.value
        for f in hai_phong_plan.figures.values()
        if f.item == "population_total_wpp" and f.value is not None
    }
    change = states[-1]["population.persons"].sum() / states[0]["population.persons"].sum() - 1
    assert change == pytest.approx(nation["2045"] / nation["2025"] - 1, abs=0.04)


def test_the_share_of_old_people_follows_the_nation(hai_phong_future: Future) -> None:
    """WPP 2024: 9.5 percent aged 65 and over in 2025, 17.6 in 2045; young migrants keep the city a little younger."""
    shares = [
        float(s["population.persons"][:, :, 65:].sum() / s["population.persons"].sum())
        for s in (hai_phong_future.states[0], hai_phong_future.states[-1])
    ]
    assert shares[0] == pytest.approx(0.0949, abs=0.0005)
    assert 0.14 < shares[1] < 0.18


# ---- answers of the right sign ----------------------------------------------------------------------------

MORE_MEANS_MORE = (
    ("economy.tfp_growth_long_run", "economy.grdp"),
    ("economy.investment_share", "economy.grdp"),
    ("economy.berth_use_ceiling", "economy.port_cargo"),
    ("population.total_fertility_rate", "population.persons"),
    ("population.life_expectancy_female", "population.persons"),
    ("population.migration_rate_at_balance", "population.persons"),
)


@pytest.mark.parametrize(("parameter", "variable"), MORE_MEANS_MORE)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pair=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)))
def test_more_of_it_never_means_less(
    town: Plan, parameter: str, variable: str, pair: tuple[float, float]
) -> None:
    world = city.build(town)
    found = []
    for part in sorted(pair):
        row = town.parameters[parameter]
        value = 0.9 + 0.15 * part if isinstance(row.value, dict) else row.value * (0.5 + part) + 0.001 * part
        changed = replace(world, parameters=world.parameters.with_value(parameter, value))
        found.append(float(city.run(changed).states[-1][variable].sum()))
    assert found[1] >= found[0] * (1 - 1e-12)


def test_jobs_draw_people(town: Plan) -> None:
    """With an answer to jobs and more jobs wanted than hands, people move in."""
    world = city.build(town)
    parameters = world.parameters.with_value("population.migration_answer_to_jobs", 0.3).with_value(
        "economy.jobs_answer_to_growth_industry", 1.5
    )
    states = city.run(replace(world, parameters=parameters)).states
    assert states[-1]["population.net_migration"].sum() > 0
    assert states[1]["population.net_migration"].sum() < 0, "a tenth is idle at first, so people leave"


def test_new_industrial_land_draws_people_to_its_commune(town: Plan) -> None:
    """Z2 opens in T4 in 2030: from then on, with a pull, T4 gains more than T1, where land itself is not modelled."""
    bare = {name: row for name, row in town.parameters.items() if not name.startswith("land.")}
    world = city.build(replace(town, parameters=bare))
    parameters = world.parameters.with_value("population.migration_rate_at_balance", 0.01).with_value(
        "population.migration_pull_of_industrial_land", 0.5
    )
    states = city.run(replace(world, parameters=parameters)).states
    before, after = states[4]["population.net_migration"], states[6]["population.net_migration"]
    assert before[3] == pytest.approx(before[0])
    assert after[3] > 2 * after[0]


# ---- what the model reads ---------------------------------------------------------------------------------


class Watched(dict[str, object]):
    """Parameter rows that remember which were asked for."""

    def __init__(self, rows: dict[str, object]) -> None:
        super().__init__(rows)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.asked.add(name)
        return super().__getitem__(name)


def test_every_parameter_that_is_read_is_declared_and_none_is_idle(hai_phong_plan: Plan) -> None:
    rows = Watched(dict(hai_phong_plan.parameters))
    modelled = frozenset(subject.NAME for subject in city.subjects(hai_phong_plan))
    world = World(hai_phong_plan, tuple(range(2025, 2031)), Parameters(rows), modelled=modelled)  # type: ignore[arg-type]
    future = city.run(world)
    city_values(future)
    declared = {name for step in future.steps for name in step.parameters}
    told = declared | {name for measure in CITY for name in measure.parameters}
    assert rows.asked == set(city.parameter_ids(hai_phong_plan))
    assert rows.asked <= told, rows.asked - told
    assert set(hai_phong_plan.parameters) >= rows.asked


def test_assumed_parameters_have_ranges(hai_phong_plan: Plan) -> None:
    assumed = [p for p in hai_phong_plan.parameters.values() if p.status == "assumed"]
    assert assumed == [p for p in assumed if p.low is not None and p.high is not None]
    assert len(assumed_ranges(hai_phong_plan.parameters, city.parameter_ids(hai_phong_plan))) == len(assumed)


# ---- what cannot be modelled ------------------------------------------------------------------------------


def with_parameter(plan: Plan, name: str, **cells: object) -> Plan:
    row = plan.parameters[name].model_copy(update=cells)
    return replace(plan, parameters={**plan.parameters, name: row})


BAD = (
    ("economy.grdp_base", 0.0, "parameter-out-of-bounds"),
    ("economy.capital_share", 1.5, "parameter-out-of-bounds"),
    ("economy.capital_output_ratio", 0.0, "parameter-out-of-bounds"),
    ("population.residents_WEST", 0.0, "parameter-out-of-bounds"),
    ("population.residents_WEST", -5.0, "parameter-out-of-bounds"),
    ("population.labour_force_base", 0.0, "parameter-out-of-bounds"),
    ("population.fertility_mean_age", 70.0, "parameter-out-of-bounds"),
    ("economy.berth_use_ceiling", -1.0, "parameter-out-of-bounds"),
    ("economy.tfp_half_life", 0.0, "parameter-out-of-bounds"),
    ("economy.share_services", 0.9, "shares-not-one"),
    ("economy.share_construction", 0.5, "construction-too-large"),
    ("economy.jobs_share_industry", 0.9, "jobs-shares-not-one"),
)


@pytest.mark.parametrize(("name", "value", "rule"), BAD)
def test_a_bad_parameter_is_a_fault(town: Plan, name: str, value: float, rule: str) -> None:
    found = city.faults(with_parameter(town, name, value=value, low=None, high=None))
    assert rule in {fault.rule for fault in found}
    for fault in found:
        assert fault.message("en")
        assert fault.mend("en")
    with pytest.raises(UnusableInput):
        city.build(with_parameter(town, name, value=value, low=None, high=None))


def test_every_missing_parameter_is_told_at_once(town: Plan) -> None:
    """Without any parameter of its own a subject is not modelled, and asks for none."""
    bare = replace(town, parameters={})
    found = city.faults(bare)
    assert len(found) == len(city.parameter_ids(bare))  # one that two subjects share is told once
    assert {fault.rule for fault in found} == {"parameter-missing"}


def test_ranges_are_checked(town: Plan) -> None:
    crossed = with_parameter(town, "economy.capital_share", low=0.6, high=0.4)
    assert [(f.rule, f.severity) for f in city.faults(crossed)] == [("range-misses-value", "fault")]
    left = with_parameter(town, "economy.capital_share", value=0.3)
    assert [(f.rule, f.severity) for f in city.faults(left)] == [("range-misses-value", "warning")]
    bare = with_parameter(town, "economy.capital_share", low=None, high=None)
    assert [(f.rule, f.severity) for f in city.faults(bare)] == [("assumed-without-range", "warning")]


def faulty_plans(town: Plan) -> Iterator[tuple[str, Plan]]:
    area = town.areas["T1"]
    yield (
        "commune-without-population",
        replace(town, areas={**town.areas, "T1": area.model_copy(update={"population": None})}),
    )
    nobody = {i: a.model_copy(update={"population": 0.0}) for i, a in town.areas.items()}
    yield "part-without-people", replace(town, areas=nobody)
    yield "no-communes", replace(town, areas={})
    yield "ages-missing", replace(town, figures={})
    minus = {i: f.model_copy(update={"value": -1.0}) for i, f in town.figures.items()}
    yield "ages-negative", replace(town, figures=minus)


def test_a_plan_without_people_is_a_fault(town: Plan) -> None:
    for rule, plan in faulty_plans(town):
        assert rule in {fault.rule for fault in city.faults(plan)}, rule


def test_a_labour_force_beyond_the_people_is_a_fault(town: Plan) -> None:
    with pytest.raises(UnusableInput, match="more than all residents"):
        city.run(city.build(with_parameter(town, "population.labour_force_base", value=50_000.0)))


@pytest.mark.parametrize("last", [2025, 2024, 2046])
def test_bad_years_are_a_fault(town: Plan, last: int) -> None:
    with pytest.raises(UnusableInput, match="cannot run from 2025"):
        city.build(town, to_year=last)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_parameter_within_bounds_gives_numbers_or_a_fault(town: Plan, data: st.DataObject) -> None:
    needs = [need for subject in city.SUBJECTS for need in subject.needs(town)]
    need = data.draw(st.sampled_from(needs))
    value = data.draw(st.floats(need.lowest, need.highest, exclude_min=need.open_below))
    path = isinstance(town.parameters[need.id].value, dict)
    plan = with_parameter(town, need.id, value={2025: value} if path else value, low=None, high=None)
    try:
        future = city.run(city.build(plan))
    except UnusableInput as error:
        assert error.faults
        return
    for state in future.states:
        assert all(np.isfinite(array).all() for array in state.values())
