"""Hải Phòng's traffic: the split that was fitted, what answers the plan, and numbers that no traffic can be made of."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.transport import inputs
from cuabien.model.variables import ROAD_CLASSES, TRAVEL_MODES
from cuabien.plan.change import apply, read_change
from cuabien.plan.objects import Parameter
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner.measures import transport as measures
from cuabien.runner.measures.year import Year
from cuabien.runner.tables import transport as tables

PLANS = Path(__file__).parents[3] / "plans"
LAST = 2035


@pytest.fixture(scope="module")
def hai_phong_plan() -> Plan:
    return read_plan(PLANS / "hai-phong")


@pytest.fixture(scope="module")
def future(hai_phong_plan: Plan) -> Future:
    return city.run(city.build(hai_phong_plan, to_year=LAST))


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


def changed(plan: Plan, text: str, to_year: int = LAST) -> Future:
    return city.run(city.build(apply(plan, read_change(text.encode(), plan)), to_year=to_year))


def without(plan: Plan, project: str) -> Future:
    return changed(plan, f'[[project]]\nid = "{project}"\nstatus = "stopped"\n')


def value(future: Future, indicator: str, year: int = LAST) -> float:
    measure = next(m for m in measures.CITY if m.id == indicator)
    found = measure.value(Year(future.world, year, future.states[year - future.world.base_year], None))
    assert found is not None
    return found


# ---- the base year ------------------------------------------------------------------------------------------


def test_the_mode_split_is_the_one_that_was_fitted(future: Future) -> None:
    """Walk 10.7, bicycle 4.8, car 5.5, bus 1.5 percent, as in parameters.toml; half a point of play for a moved base year."""
    trips = future.states[0]["transport.trips"].sum(axis=0)
    share = dict(zip(TRAVEL_MODES, 100 * trips / trips.sum(), strict=True))
    for mode, fitted in {"walk": 10.7, "bicycle": 4.8, "car": 5.5, "bus": 1.5}.items():
        assert share[mode] == pytest.approx(fitted, abs=0.5), mode
    assert share["motorbike"] > 70


def test_the_freight_split_is_the_one_that_was_fitted(future: Future) -> None:
    """Rail 1 and barge 4.3 percent of the hinterland cargo of 2025."""
    tonnes = future.states[0]["transport.terminal_tonnes"].sum(axis=0)
    share = 100 * tonnes / tonnes.sum()
    assert share[1:].tolist() == pytest.approx([1.0, 4.3], abs=0.3)


def test_bach_long_vi_is_reached_by_boat_alone(future: Future) -> None:
    world, state = future.world, future.states[0]
    island = [c.name_vi for c in world.communes].index("Bạch Long Vĩ")
    assert state["transport.car_minutes"][island].tolist().count(1440) == len(world.communes) - 1
    trips = state["transport.trips_from"][island]
    assert trips.sum() > 0
    assert np.isfinite(state["transport.minutes"]).all()


def test_the_tables_hold_what_readers_expect(future: Future) -> None:
    found = tables.tables(future)
    assert set(found) == {
        "links",
        "terminals",
        "chains",
        "critical_links",
        "islands",
        "out_of_step",
        "mode_trips",
    }
    links = found["links"]
    assert links.filter(links["minutes"] < links["free_minutes"] - 1e-6).height == 0
    assert links.select("pcu_h", "minutes", "use").null_count().sum_horizontal().item() == 0
    chains = found["chains"]
    assert (chains.filter(chains["status"] == "no data")["capacity"].is_null()).all()
    worst = found["critical_links"].filter(found["critical_links"]["year"] == 2025)
    assert worst.height > 20


# ---- what answers the plan ----------------------------------------------------------------------------------


def test_the_railway_joins_terminals_and_carries_goods(future: Future, hai_phong_plan: Plan) -> None:
    """PR07 brings rails to Lạch Huyện, Nam Đình Vũ, Nam Đồ Sơn (which have barges or none) and two stations."""
    stopped = without(hai_phong_plan, "PR07")
    assert value(stopped, "terminals_multimodal") <= value(future, "terminals_multimodal") - 2
    cargo = [float(f.states[LAST - 2025]["economy.port_cargo"]) for f in (stopped, future)]
    assert cargo[0] < 0.97 * cargo[1]
    assert value(stopped, "tonne_km_rail") < 0.2 * value(future, "tonne_km_rail")
    assert value(stopped, "share_rail_barge") < value(future, "share_rail_barge") - 2


def test_a_ring_road_brings_places_nearer(future: Future, hai_phong_plan: Plan) -> None:
    """PR22, ring road 3, opens in 2035; the years before know nothing of it."""
    stopped = without(hai_phong_plan, "PR22")
    assert value(stopped, "minutes_between") > value(future, "minutes_between") + 0.1
    assert value(stopped, "minutes_between", 2034) == pytest.approx(
        value(future, "minutes_between", 2034), abs=1e-6
    )


def test_the_bridge_to_lach_huyen_carries_what_has_no_other_way(hai_phong_plan: Plan, future: Future) -> None:
    """In 2025 no lost link strands more vehicles than the one bridge (L052) or the road behind it; with the second bridge (PR02) none.

    A ferry is no way for them: two that carry 100 pcu an hour do not stand in for a bridge.
    """
    names = tuple(hai_phong_plan.links)
    bridge = names.index("L052")
    today, later = (future.states[at]["transport.loss_stranded"] for at in (0, 5))
    assert names[int(today.argmax())] in {"L051", "L052", "L053"}
    assert today[bridge] > 0.9 * today.max() > 100
    assert later[bridge] == 0


def test_fewer_berths_fewer_trucks(hai_phong_plan: Plan, future: Future) -> None:
    stopped = without(hai_phong_plan, "PR08")
    assert stopped.states[-1]["transport.vehicle_km"][3] < 0.85 * future.states[-1]["transport.vehicle_km"][3]


PAGE = PLANS.parent / "docs" / "theory" / "transport.md"
STOPPED = '[[project]]\nid = "{}"\nstatus = "stopped"\n'
CHANGES = {
    **{f"{p} stopped": STOPPED.format(p) for p in ("PR07", "PR08", "PR22", "PR02", "PR20")},
    "bridge L052 gone": '[[link]]\nid = "L052"\nremove = true\n',
    "L052 lost in 2031, PR02 stopped": STOPPED.format("PR02") + '[[link]]\nid = "L052"\ncloses = 2031\n',
}
"""Every row of the page's table but the base case, without its words in brackets."""


def _row(future: Future, year: int) -> list[str]:
    """As the page prints it."""
    trucks = float(future.states[year - 2025]["transport.vehicle_km"][ROAD_CLASSES.index("truck")])
    return [
        f"{value(future, 'minutes_between', year):.1f}",
        f"{value(future, 'vehicle_km', year):.1f}",
        f"{trucks / 1000:.2f}",
        f"{value(future, 'share_rail_barge', year):.1f}",
        f"{float(future.states[year - 2025]['economy.port_cargo']):.1f}",
        f"{value(future, 'terminals_multimodal', year):.0f}",
    ]


@pytest.mark.slow
def test_the_table_of_the_page_is_what_the_model_gives(hai_phong_plan: Plan) -> None:
    """Whoever moves the model moves the page, to its last digit."""
    part = PAGE.read_text("utf-8").partition("## What moves what")[2].partition("\n## ")[0]
    cells = [
        [c.strip() for c in line.strip("| \n").split("|")] for line in part.splitlines() if line[:1] == "|"
    ]
    told = {re.sub(r" \([^)]*\)", "", row[0]): row[1:] for row in cells[2:]}
    base = city.run(city.build(hai_phong_plan))
    found = {f"none, {year}": _row(base, year) for year in (2025, 2035, 2045)}
    found |= {name: _row(changed(hai_phong_plan, text), LAST) for name, text in CHANGES.items()}
    assert told == found


def test_the_same_plan_gives_the_same_numbers(hai_phong_plan: Plan) -> None:
    first, second = (city.run(city.build(hai_phong_plan, to_year=2027)) for _ in range(2))
    for a, b in zip(first.states, second.states, strict=True):
        for name in a:
            assert np.array_equal(a[name], b[name]), name


# ---- numbers that no traffic can be made of -----------------------------------------------------------------


def with_value(plan: Plan, name: str, number: float) -> Plan:
    row = plan.parameters[name].model_copy(update={"value": number, "low": None, "high": None})
    return replace(plan, parameters={**plan.parameters, name: row})


ENDS = [
    (need.id, end)
    for group in (inputs.ROADS, inputs.TRIPS, inputs.PEAK, inputs.MODES, inputs.FREIGHT)
    for need in group
    for end in (need.lowest + (1e-6 if need.open_below else 0.0), need.highest)
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), ENDS, ids=[f"{n.partition('.')[2]}={e:g}" for n, e in ENDS])
def test_every_parameter_may_stand_at_its_ends(town: Plan, name: str, number: float) -> None:
    """Within the bounds that the subject states, a year either comes out finite and balanced or is refused in words."""
    try:
        future = city.run(city.build(with_value(town, name, number), to_year=2029))
    except UnusableInput as refused:
        assert refused.faults
        return
    for state in future.states:
        for variable, array in state.items():
            assert np.isfinite(array).all(), variable
        assert float(state["transport.balance_gap"]) < 1e-9


@pytest.mark.parametrize(
    ("name", "number", "rule"),
    [
        ("transport.lane_capacity_urban", 0.0, "parameter-out-of-bounds"),
        ("transport.lane_capacity_urban", -100.0, "parameter-out-of-bounds"),
        ("transport.walk_speed_kmh", 0.0, "parameter-out-of-bounds"),
        ("transport.trip_rate", -1.0, "parameter-out-of-bounds"),
        ("transport.decay_work", 0.15, "decay-above-scale"),
    ],
)
def test_what_cannot_be_is_refused(town: Plan, name: str, number: float, rule: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        city.build(with_value(town, name, number))
    assert rule in {fault.rule for fault in refused.value.faults}


def test_a_plan_without_roads_is_refused(town: Plan) -> None:
    bare = replace(town, links={k: v for k, v in town.links.items() if v.mode != "road"})
    with pytest.raises(UnusableInput) as refused:
        city.build(bare)
    assert "no-roads" in {fault.rule for fault in refused.value.faults}


def test_a_commune_without_a_road_in_reach(town: Plan) -> None:
    """Nobody can leave T6 by road when the reach is 1 km and its node 3.3 km off; its people and goods still add up."""
    near = with_value(town, "transport.connector_reach_km", 1.0)
    state = city.run(city.build(near, to_year=2026)).states[0]
    assert state["transport.car_minutes"][5, :5].tolist() == [1440] * 5
    assert np.isfinite(state["transport.commute_minutes"]).all()


def test_a_plan_without_the_subject(town: Plan) -> None:
    """A plan without transport parameters is modelled without traffic."""
    bare: dict[str, Parameter] = {k: v for k, v in town.parameters.items() if not k.startswith("transport.")}
    future = city.run(city.build(replace(town, parameters=bare), to_year=2026))
    assert not [name for name in future.states[0] if name.startswith("transport.")]
