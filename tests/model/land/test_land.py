"""The land subject in a whole city: golden figures of tinytown, books, answers to the plan, and what cannot be modelled."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.engine import Situation, Step, run_years
from cuabien.model.land import inputs, step
from cuabien.model.land.account import FARMLAND, HOUSING, INDUSTRY, PROTECTED, PUBLIC
from cuabien.model.variables import SECTORS, Array
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner.measures import area_values, city_values
from cuabien.runner.tables import land as tables
from tests.plan.edits import Entry, edit, edited, new, remove, square

PLANS = Path(__file__).parents[3] / "plans"
WORK = SECTORS.index("industry")


@pytest.fixture(scope="module")
def town() -> Plan:
    return without_transport(read_plan(PLANS / "tinytown"))


@pytest.fixture(scope="module")
def hai_phong() -> Plan:
    return without_transport(read_plan(PLANS / "hai-phong"))


def without_transport(plan: Plan) -> Plan:
    """Land alone: what roads do to it is asked in one test, and would blur the arithmetic of the others."""
    kept = {
        name: row
        for name, row in plan.parameters.items()
        if name.partition(".")[0] in ("population", "economy", "land")
    }
    return replace(plan, parameters=kept)


def run(plan: Plan, *entries: Entry) -> Future:
    return city.run(city.build(edited(plan, *entries) if entries else plan))


@pytest.fixture(scope="module")
def future(town: Plan) -> Future:
    return run(town)


@pytest.fixture(scope="module")
def real(hai_phong: Plan) -> Future:
    return run(hai_phong)


def with_parameters(plan: Plan, **values: float) -> Plan:
    rows = {
        f"land.{name}": plan.parameters[f"land.{name}"].model_copy(
            update={"value": value, "low": None, "high": None}
        )
        for name, value in values.items()
    }
    return replace(plan, parameters={**plan.parameters, **rows})


# ---- tinytown by hand --------------------------------------------------------------------------------------------


def test_the_base_year(future: Future) -> None:
    """20,000 households in six communes alike, 5 percent of dwellings empty: 20,000 / 0.95 / 6 = 3,508.8 dwellings each.

    8,100 industrial jobs: 2,700 in the park of T6 (100 ha in use at 27), 5,400 elsewhere, 900 in each commune. T6 has 1,000
    ha of housing, 100 of park, 500 public, 8,400 of farmland; the others have 8,500.
    """
    start = future.states[0]
    assert start["land.dwellings"].tolist() == pytest.approx([20_000 / 0.95 / 6] * 6)
    assert start["land.jobs"][:, WORK].tolist() == pytest.approx([900] * 5 + [3600])
    assert start["land.use"][5, [HOUSING, INDUSTRY, PUBLIC, FARMLAND]].tolist() == pytest.approx(
        [1000, 100, 500, 8400]
    )
    assert start["land.use"][:5, FARMLAND].tolist() == pytest.approx([8500] * 5)
    assert start["land.price"].tolist() == [1] * 6


def test_households_of_the_base_year_by_type(future: Future) -> None:
    """62.5 of each age and sex in a commune: 15, 30 and 15 ages, 1,875, 3,750 and some 1,875 persons; rates 1/4, 1/2, 1/2.

    468.75, 1,875 and 937.5 heads: of 3,333 households a seventh, four and two sevenths are young, middle and old.
    """
    assert future.states[0]["land.households"].sum(axis=0) == pytest.approx(
        [20_000 / 7, 80_000 / 7, 40_000 / 7], rel=1e-9
    )


def test_who_leaves_and_where_they_go_in_the_base_year(future: Future) -> None:
    """4, 2 and 1 percent of one, four and two sevenths: 2 percent move, a sixth to each commune, so nobody's place changes."""
    assert future.states[0]["land.leaving_share"].tolist() == pytest.approx([(0.04 + 0.08 + 0.02) / 7] * 6)
    assert future.states[0]["land.arrival_share"].tolist() == pytest.approx([1 / 6] * 6)
    assert np.abs(future.states[1]["population.net_moves_within"]).max() < 1e-9


def test_the_park_of_2030(future: Future) -> None:
    """Z2 opens: 100 ha of T4's farmland, 80 of them in use, 2,160 places. A tenth of all 8,100 jobs chooses anew, 810 (as
    many as the city has hands for). Sizes: 4 x 900, T4 900 + 2,160, T6 3,600, in all 10,260. T4: 0.9 x 900 + 810 x
    3,060/10,260 = 1,051.6; T6: 0.9 x 3,600 + 810 x 3,600/10,260 = 3,524.2.
    """
    before, now = future.states[4], future.states[5]
    employed = now["economy.employment"][WORK]
    assert employed == pytest.approx(8100)
    assert (now["land.use"] - before["land.use"])[3, INDUSTRY] == pytest.approx(100)
    assert now["land.jobs"][3, WORK] == pytest.approx(810 + 810 * 3060 / 10_260, rel=1e-3)
    assert now["land.jobs"][5, WORK] == pytest.approx(3240 + 810 * 3600 / 10_260, rel=1e-3)


def test_jobs_draw_movers_to_the_park(future: Future) -> None:
    """Nobody moves into the city, so what T4 gains from 2031 on the others lose, and the table says: for its jobs."""
    moves = np.array([state["population.net_moves_within"][3] for state in future.states[1:]])
    assert moves[:5] == pytest.approx(np.zeros(5), abs=1.0)
    assert (moves[5:11] > 1).all()
    causes = tables.causes(future.states[5], future.states[6])[3]
    named = dict(zip((*tables.CAUSES, *tables.REASONS), causes, strict=True))
    assert named["jobs"] > 5 * abs(named["homes"]), "homes and their price answer the jobs, and weigh less"
    assert named["access"] == 0


# ---- a full town: a price by hand ----------------------------------------------------------------------------------


def test_a_town_where_one_commune_is_full(town: Plan) -> None:
    """Nothing is built but a new town in T1: 1,000 ha at 30 persons, a fifth of it in 2026.

    So T1 has many more dwellings than households and its price falls; elsewhere those who come fit the homes that owners
    let. For each dwelling as many times fewer come than to T1 as the price is above that of T1: movers of one type answer
    one for one.
    """
    full = with_parameters(
        town,
        infill_share=0.0,
        farmland_convertible=0.0,
        answer_to_jobs=0.0,
        answer_to_homes_on_offer=0.0,
    )
    new_town = new(
        "zone",
        "Z9",
        geometry=square(106.55, 20.92, 0.02),
        layer="urban",
        kind="urban area",
        commune="T1",
        from_year=2026,
        area_ha=1000,
        persons_per_ha=30,
    )
    now = run(full, new_town).states[1]
    households, dwellings, price = now["population.households"], now["land.dwellings"], now["land.price"]
    people = float(now["population.persons"].sum() / households.sum())
    pool = float((now["land.leaving_share"] * households).sum())
    arrived = np.maximum(now["population.net_migration"], 0.0) / people
    stay = households * (1 - now["land.leaving_share"]) - arrived
    come = (pool + float(arrived.sum())) * now["land.arrival_share"]
    empty = 1 / (1 + 19 * price ** full.parameters["land.letting_answer_to_price"].value)
    assert stay + come == pytest.approx(dwellings * (1 - empty), rel=1e-9)
    assert price[0] < price[1:].min()
    per_dwelling = come / dwellings
    assert price[1:] / price[0] == pytest.approx(per_dwelling[0] / per_dwelling[1:], rel=1e-3)


def test_towns_that_do_not_sell_are_held_back(hai_phong: Plan, real: Future) -> None:
    """Where prices fall, builders hold dwellings of the plan's towns back; whoever answers no price builds them all."""
    held = np.stack([state["land.town_backlog"] for state in real.states])
    low = np.stack([state["land.price_believed"] for state in real.states]) < 1
    assert held.max() > 100
    assert (held[~low] < 1e-9).all()
    on_schedule = run(with_parameters(hai_phong, towns_answer_to_price=0.0))
    assert max(float(state["land.town_backlog"].max()) for state in on_schedule.states) == 0


def test_prices_of_hai_phong_stand_between_floor_and_ceiling(real: Future) -> None:
    """The base year clears at its own prices by construction; no commune ever meets a bound, and the table says so."""
    homes, market = tables.homes(real), tables.housing_market(real)
    assert set(homes["price_status"]) == {"clears"}
    assert market["price"][0] == 1
    assert market["communes_at_ceiling"].sum() == market["communes_at_floor"].sum() == 0
    assert market["priced_out"].sum() == 0
    assert market["gap"].max() < 1e-9
    prices = homes.filter(homes["year"] > real.world.base_year)["price"]
    assert (prices == 1).sum() == 0, "a price that lies on that of the base year is a floor by another name"


def test_a_commune_at_the_ceiling_is_told(town: Plan) -> None:
    """A ceiling just above the price of the base year, and nothing built: every price stands at it, and some are beyond."""
    tight = with_parameters(
        town, price_ceiling=1.001, infill_share=0.0, farmland_convertible=0.0, urban_zone_persons_per_ha=0.0
    )
    found = run(tight, remove("zone", "Z1"))
    homes = tables.homes(found)
    dear = homes.filter(homes["price_status"] == "at the ceiling")
    assert dear.height > 0
    assert dear["priced_out"].min() > 0
    assert homes.filter(homes["price_status"] == "clears")["priced_out"].sum() == 0
    year = int(dear["year"][0])
    counted = city_values(found)["communes_at_price_ceiling", year]
    assert counted == dear.filter(dear["year"] == year).height > 0


# ---- books -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["future", "real"])
def test_the_books_close(name: str, request: pytest.FixtureRequest) -> None:
    """Land, jobs by sector, households by type, movers and both markets, in each year and commune to 1e-9."""
    found: Future = request.getfixturevalue(name)
    for index, year in enumerate(found.world.years):
        last = found.states[index - 1] if index else None
        for what, gap in step.books(found.world, year, found.states[index], last).items():
            assert gap < 1e-9, (what, year)


def test_books_that_do_not_close_are_seen(future: Future) -> None:
    """A hectare, a job, a household or a mover too many shows."""
    now, last = future.states[1], future.states[0]
    for name, gap in (
        ("land.use", "land"),
        ("land.jobs", "jobs_by_commune"),
        ("land.households", "households_by_type"),
        ("land.arrival_share", "movers"),
        ("land.taken_ha", "land_taken"),
    ):
        wrong = now[name].copy()
        wrong.flat[0] += 1
        assert step.books(future.world, 2026, {**now, name: wrong}, last)[gap] > 1e-5, name


def test_uses_are_never_negative_and_protected_land_never_shrinks(real: Future) -> None:
    for before, now in pairwise(real.states):
        assert now["land.use"].min() >= 0
        assert (now["land.use"][:, PROTECTED] >= before["land.use"][:, PROTECTED] - 1e-9).all()
        assert (now["land.dwellings"] >= before["land.dwellings"] - 1e-9).all()


def test_growth_is_explained_to_the_last_person(real: Future) -> None:
    """Births, deaths, arrivals and moves within sum to the change; the reasons to what differs from the base pattern."""
    for before, now in pairwise(real.states):
        found = tables.causes(before, now)
        change = now["population.persons"].sum(axis=(1, 2)) - before["population.persons"].sum(axis=(1, 2))
        assert np.allclose(found[:, :4].sum(axis=1), change, rtol=0, atol=1e-6)
        assert abs(found[:, 4:].sum()) < 1e-6


def test_the_base_year_of_hai_phong_is_what_the_statistics_say(real: Future) -> None:
    """31,000 ha of homestead land, 58,600 of special use and 67,300 of water and unused, as in 2015; 319,473 ha in all."""
    uses = real.states[0]["land.use"].sum(axis=0)
    assert uses[HOUSING] == pytest.approx(31_000)
    assert uses[INDUSTRY] + uses[PUBLIC] == pytest.approx(58_600)
    assert uses.sum() == pytest.approx(319_473)
    assert uses[FARMLAND] == pytest.approx(137_400, rel=0.05), "51.0 and 86.4 thousand ha in 2015"


# ---- answers to the plan ------------------------------------------------------------------------------------------------


def last(future: Future, measure: str) -> dict[str, float]:
    areas, values = area_values(future)
    return dict(zip(areas, values[measure][:, -1].tolist(), strict=True))


def test_without_its_park_a_commune_has_less_work_and_fewer_people(town: Plan, future: Future) -> None:
    gone = run(town, remove("zone", "Z2"))
    for measure, sign in (
        ("jobs_industry", -1),
        ("industrial_land_ha", -1),
        ("farmland_ha", +1),
        ("population", -1),
    ):
        change = last(gone, measure)["T4"] - last(future, measure)["T4"]
        assert sign * change > 1, measure
    assert last(gone, "jobs_industry")["T6"] > last(future, "jobs_industry")["T6"] + 1
    assert last(gone, "population")["TT"] == pytest.approx(last(future, "population")["TT"])


def test_a_new_town_draws_people_and_a_reserve_keeps_its_land(town: Plan, future: Future) -> None:
    fields = {"commune": "T5", "from_year": 2027, "geometry": square(106.64, 20.83, 0.02)}
    built = run(town, new("zone", "Z9", layer="urban", kind="urban area", area_ha=500, **fields))
    assert last(built, "dwellings")["T5"] > last(future, "dwellings")["T5"] + 1000
    assert last(built, "population")["T5"] > last(future, "population")["T5"] + 100
    assert last(built, "farmland_ha")["T5"] < last(future, "farmland_ha")["T5"] - 490
    kept = run(town, new("zone", "Z9", layer="spatial", kind="conservation", area_ha=500, **fields))
    assert kept.states[-1]["land.use"][4, PROTECTED] == pytest.approx(500)
    assert last(kept, "farmland_ha")["T5"] < last(future, "farmland_ha")["T5"] - 499


def test_reclamation_adds_land_when_it_opens(hai_phong: Plan, real: Future) -> None:
    """2,909 ha are won in ten parts from 2030, when the southern economic zone opens; without PR09 or PR03 none."""
    won = np.array([state["land.reclaimed_ha"].sum() for state in real.states])
    assert won[4] == 0
    assert won[5] == pytest.approx(290.9)
    assert won[-1] == pytest.approx(2909)
    for project in ("PR09", "PR03"):
        without = run(hai_phong, edit("project", project, status="stopped"))
        assert without.states[-1]["land.reclaimed_ha"].sum() == 0
        assert without.states[-1]["land.use"].sum() == pytest.approx(319_473)


def test_without_the_free_trade_zone_the_south_has_fewer_jobs(hai_phong: Plan, real: Future) -> None:
    """PR27's first site lies in Hùng Thắng (11809): less industrial land and fewer jobs there and in the city's south."""
    without = run(hai_phong, edit("project", "PR27", status="stopped"))
    for measure in ("industrial_land_ha", "jobs_industry", "jobs_services", "population"):
        assert last(without, measure)["11809"] < 0.99 * last(real, measure)["11809"], measure
    assert last(without, "jobs")["HP_new"] == pytest.approx(last(real, "jobs")["HP_new"], rel=0.01)


def test_without_royal_island_its_dwellings_are_missing(hai_phong: Plan, real: Future) -> None:
    """Z089, 877 ha, is drawn over Đông Hải (11411) and Nam Triệu (11542) mostly: fewer dwellings and people, more farmland."""
    without = run(hai_phong, remove("zone", "Z089"))
    for commune in ("11411", "11542"):
        assert last(without, "dwellings")[commune] < last(real, "dwellings")[commune] - 2000
        assert last(without, "population")[commune] < last(real, "population")[commune] - 2000
        assert last(without, "farmland_ha")[commune] > last(real, "farmland_ha")[commune] + 100
    assert last(without, "dwellings")["HP_new"] < last(real, "dwellings")["HP_new"] - 500


def test_with_less_room_homes_are_dearer_and_more_go_without(hai_phong: Plan, real: Future) -> None:
    """No infill and no farmland for houses: prices rise, households go without a dwelling, and the table says why."""
    tight = run(with_parameters(hai_phong, infill_share=0.0, farmland_convertible=0.0))
    assert last(tight, "housing_price_index")["HP_new"] > last(real, "housing_price_index")["HP_new"] + 10
    assert last(tight, "unhoused_households")["HP_new"] > last(real, "unhoused_households")["HP_new"] + 10_000
    assert last(tight, "vacancy_rate")["HP_new"] < last(real, "vacancy_rate")["HP_new"]
    reasons = set(tables.why_unhoused(tight.states[-1]))
    assert reasons <= {"", "no land left"}
    assert "no land left" in reasons
    slow = run(with_parameters(hai_phong, building_pace=0.001))
    assert "not built yet" in tables.why_unhoused(slow.states[-1])


def test_industry_beyond_its_land_is_told(town: Plan) -> None:
    """Sites outside parks are halved and no park comes: 8,100 jobs on 2,700 + 2,700 places."""
    tight = with_parameters(town, industry_outside_parks_highest=0.5)
    found = run(tight, remove("zone", "Z2"))
    now = found.states[1]
    assert now["land.jobs_beyond_land"].sum() == pytest.approx(
        now["economy.employment"][WORK] - 5400, rel=1e-6
    )
    assert now["land.industrial_price"].max() == pytest.approx(2.0), "at the ceiling"
    assert now["land.jobs"][:, WORK].sum() == pytest.approx(now["economy.employment"][WORK])


# ---- tables --------------------------------------------------------------------------------------------------------------


def test_tables_have_a_row_for_each_commune_and_year(real: Future) -> None:
    found = tables.tables(real)
    communes, years = len(real.world.communes), len(real.world.years)
    assert {name: table.height for name, table in found.items()} == {
        "land": communes * years * 7,
        "homes": communes * years,
        "housing_market": years,
        "jobs": communes * years * 4,
        "growth_causes": communes * (years - 1) * 7,
    }
    homes = found["homes"]
    assert homes.columns[:7] == ["area", "year", "households", "dwellings", "unhoused", "vacancy", "price"]
    housed = (homes["households"] - homes["unhoused"]) / homes["dwellings"]
    assert (housed + homes["vacancy"] - 1).abs().max() < 1e-12


def test_cells_of_tinytown_hold_everyone_and_no_reserve(town: Plan) -> None:
    """Every household of the last year has a cell; T2's town of 400 ha at 25 persons holds all of T2."""
    found = run(town)
    table = tables.tables(found)["cells"]
    expected = float(found.states[-1]["population.households"].sum())
    assert float(table["households"].sum()) == pytest.approx(expected, rel=1e-9)
    assert set(table.filter((table["area"] == "T2") & (table["households"] > 0))["zoned"]) == {"housing"}


# ---- what cannot be modelled -----------------------------------------------------------------------------------------------


def test_a_commune_without_an_area_is_a_fault(town: Plan) -> None:
    area = town.areas["T1"].model_copy(update={"area_km2": None})
    found = inputs.faults(replace(town, areas={**town.areas, "T1": area}))
    assert [f.rule for f in found] == ["commune-without-area"]
    assert "T1" in found[0].message("en")


BAD = (
    ({"housing_ha_EAST": 40_000.0}, "land-uses-too-large"),
    ({"price_floor": 1.0}, "parameter-out-of-bounds"),
    ({"letting_answer_to_price": 0.0}, "parameter-out-of-bounds"),
    ({"price_ceiling": 1.0}, "parameter-out-of-bounds"),
    ({"vacancy_base": 0.0}, "parameter-out-of-bounds"),
    ({"ha_per_new_dwelling": 0.0}, "parameter-out-of-bounds"),
    ({"jobs_per_park_ha": -1.0}, "parameter-out-of-bounds"),
    ({"park_build_years": 0.0}, "parameter-out-of-bounds"),
)


@pytest.mark.parametrize(("values", "rule"), BAD)
def test_a_bad_parameter_is_a_fault(town: Plan, values: dict[str, float], rule: str) -> None:
    plan = with_parameters(town, **values)
    assert rule in {fault.rule for fault in city.faults(plan)}
    with pytest.raises(UnusableInput):
        city.build(plan)


def test_zones_that_find_no_land_are_told(town: Plan) -> None:
    """A park of 20,000 ha in T5, which has 10,000: what is free is taken, the rest is counted, and the books close."""
    fields = {"commune": "T5", "from_year": 2027, "geometry": square(106.64, 20.83, 0.04)}
    found = run(town, new("zone", "Z9", area_ha=20_000, **fields))
    now = found.states[-1]
    assert now["land.use"][4, FARMLAND] == pytest.approx(0, abs=1e-6)
    assert now["land.no_room_ha"][4] > 11_000
    assert now["land.industrial_ha"][4] + now["land.no_room_ha"][4] == pytest.approx(20_000)
    assert max(step.books(found.world, 2045, now, found.states[-2]).values()) < 1e-9


def test_a_plan_without_a_map_is_modelled(town: Plan) -> None:
    """No outline and no centre: zones with a commune count, the others are nowhere."""
    areas = {i: a.model_copy(update={"lon": None, "lat": None}) for i, a in town.areas.items()}
    bare = edited(town, new("zone", "Z9", geometry=square(106.64, 20.83), status="operating", area_ha=50))
    found = run(replace(bare, shapes={}, areas=areas))
    assert found.states[-1]["land.industrial_ha"].sum() == pytest.approx(200)


ODD = (
    {"mobility_young": 0.0, "mobility_middle": 0.0, "mobility_old": 0.0},
    {"mobility_young": 0.5, "mobility_middle": 0.5, "mobility_old": 0.5, "crowded_leaving": 1.0},
    {"jobs_per_park_ha": 1000.0},
    {"jobs_per_park_ha": 0.0, "industry_outside_parks_highest": 0.0},
    {"vacancy_base": 0.001, "building_pace": 0.0},
    {"housing_ha_WEST": 0.0, "housing_ha_EAST": 0.0, "special_use_ha_WEST": 0.0, "special_use_ha_EAST": 0.0},
    {"jobs_moving": 1.0, "services_density_power": -1.0},
    {"water_ha_WEST": 25_000.0, "farmland_convertible": 1.0, "infill_share": 3.0, "building_pace": 0.5},
)


@pytest.mark.parametrize("values", ODD, ids=lambda v: ",".join(v))
def test_odd_cities_have_books_that_close(town: Plan, values: dict[str, float]) -> None:
    found = run(with_parameters(town, **values))
    for state in found.states:
        assert all(np.isfinite(array).all() for array in state.values())
    for index, year in enumerate(found.world.years[1:], 1):
        gaps = step.books(found.world, year, found.states[index], found.states[index - 1])
        assert max(gaps.values()) < 1e-9, (year, gaps)


def test_a_commune_where_nobody_lives(town: Plan) -> None:
    """T1 empties; a new town there is settled from 2031 on."""
    nobody = town.areas["T1"].model_copy(update={"population": 0.0})
    plan = replace(town, areas={**town.areas, "T1": nobody})
    empty = run(plan)
    assert empty.states[-1]["population.persons"][0].sum() < 1
    settled = run(
        plan,
        new(
            "zone",
            "Z9",
            geometry=square(106.55, 20.92),
            layer="urban",
            kind="urban area",
            commune="T1",
            from_year=2030,
            area_ha=200,
        ),
    )
    assert settled.states[-1]["population.persons"][0].sum() > 1000


def test_a_plan_without_land_parameters_is_modelled_without_land(town: Plan) -> None:
    bare = replace(town, parameters={n: r for n, r in town.parameters.items() if not n.startswith("land.")})
    found = run(bare)
    assert "land.use" not in found.states[-1]
    assert np.abs(found.states[-1]["population.net_moves_within"]).max() == 0


# ---- nearer -------------------------------------------------------------------------------------------------------------------


def test_a_commune_that_comes_nearer_draws_people_and_services(town: Plan, future: Future) -> None:
    """From 2030 on T1 is ten minutes nearer than in 2025, as a bridge would make it; seen a year later, and told as access."""
    world = replace(city.build(town), modelled=frozenset({"land", "transport"}))
    start: dict[str, Array] = {}
    steps: list[Step] = []
    for module in (*city.subjects(town, spatial=False), step):
        built = module.build(world, start)
        start |= built.start
        steps += built.steps

    def nearness(s: Situation) -> dict[str, Array]:
        return {"transport.accessibility": np.array([40.0 + 10 * (s.year >= 2030), 30, 30, 30, 30, 30])}

    roads = Step("transport.roads", nearness, writes=("transport.accessibility",))
    start |= nearness(Situation(2025, {}, {}))
    states = run_years([*steps, roads], start, world.years, world.axes)
    assert all(state["land.access_gain"].max() == 0 for state in states[:6])
    assert states[6]["land.access_gain"].tolist() == pytest.approx([10, 0, 0, 0, 0, 0])
    for year in (6, 20):
        people, jobs = (states[year][name] for name in ("population.persons", "land.jobs"))
        were, worked = (future.states[year][name] for name in ("population.persons", "land.jobs"))
        assert jobs[0, SECTORS.index("services")] > worked[0, SECTORS.index("services")] + 10
        if year > 6:
            assert people[0].sum() > were[0].sum() + 100
    named = dict(zip((*tables.CAUSES, *tables.REASONS), tables.causes(states[6], states[7])[0], strict=True))
    assert named["access"] > 50
    assert named["access"] > named["jobs"] > 0, "services followed, and their jobs draw a little more"


def test_every_parameter_of_land_is_read(hai_phong: Plan) -> None:
    """None is idle, and each is declared by the step that reads it."""
    asked: set[str] = set()

    class Watched(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            asked.add(name)
            return super().__getitem__(name)

    world = city.build(hai_phong)
    rows = Watched(dict(hai_phong.parameters))
    found = city.run(replace(world, parameters=replace(world.parameters, rows=rows)))
    needed = {need.id for need in inputs.needs(hai_phong)}
    assert needed <= asked
    declared = {name for s in found.steps if s.name.startswith("land.") for name in s.parameters}
    assert needed <= declared
