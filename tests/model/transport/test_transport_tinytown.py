"""Tinytown's traffic, worked by hand: parameters.toml and map/ of plans/tinytown hold the inputs.

Communes are 100 km2, so the way within one is 0.6 x sqrt(100 / pi) = 3.385 km, and its connector as long: 10.155 minutes at 20 km/h.
Roads are driven at their design speed: 10 km at 60 km/h take 10 minutes, the first bridge (10 km at 40) 15.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.opening import open_links
from cuabien.model.transport import setting
from cuabien.model.variables import PURPOSES
from cuabien.model.world import World
from cuabien.plan.change import apply, read_change
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner import accounts
from cuabien.runner.tables import transport as tables

PLANS = Path(__file__).parents[3] / "plans"
LOCAL_KM = 0.6 * math.sqrt(100 / math.pi)
CONNECTOR = 60 * LOCAL_KM / 20
T1, T2, T3, T4, T5, T6 = range(6)


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


@pytest.fixture(scope="module")
def world(town: Plan) -> World:
    return city.build(town)


@pytest.fixture(scope="module")
def future(world: World) -> Future:
    return city.run(world)


def changed(plan: Plan, text: str) -> Future:
    return city.run(city.build(apply(plan, read_change(text.encode(), plan))))


# ---- empty roads ----------------------------------------------------------------------------------------------


def test_minutes_on_empty_roads(world: World) -> None:
    """T2 to T5: by the first bridge 10.155 + 10 + 15 + 10 + 10.155 = 55.31 minutes; by the second, of 2028, 30.31."""
    assert pytest.approx(10.155, abs=1e-3) == CONNECTOR
    before = setting.build(world, open_links(world.plan, 2027))
    after = setting.build(world, open_links(world.plan, 2028))
    assert before.car[T2, T5] == pytest.approx(2 * CONNECTOR + 35, abs=1e-4)
    assert after.car[T2, T5] == pytest.approx(2 * CONNECTOR + 10, abs=1e-4)
    assert before.car[T1, T1] == pytest.approx(CONNECTOR)
    assert before.km[T1, T2] == pytest.approx(2 * LOCAL_KM + 10)


def test_a_ride_by_train(world: World) -> None:
    """Stops at N1 and N6, as the town names no station: T1 is there; T6 3.34 km off: 13.34 minutes at 15 km/h.

    25 km at 80 x 0.75 km/h: 25 minutes; 5 at each end: 0 + 25 + 13.34 + 10 = 48.34.
    """
    now = setting.build(world, open_links(world.plan, 2025))
    assert now.rail[T1, T6] == pytest.approx(25 + 60 * 3.336 / 15 + 10, abs=1e-3)
    assert np.isinf(now.rail[T1, T1])


# ---- a day ------------------------------------------------------------------------------------------------------


def test_trips_of_the_base_year(future: Future) -> None:
    """27,000 at work all go. Of 10,000 residents a commune 62.5 of each age and sex: 12 ages at school, 1,500; 9,000 in all.

    Over six: 60,000 - 6 x 125 x 6 = 55,500 at 3 trips a day: 83,250 ways out, of which 83,250 - 27,000 - 9,000 = 47,250 errands.
    """
    out = dict(zip(PURPOSES, future.states[0]["transport.trips_out"], strict=True))
    assert out["work"] == pytest.approx(27_000)
    assert out["school"] == pytest.approx(9_000)
    assert out["errands"] == pytest.approx(47_250)


def test_nobody_drives_faster_or_slower_than_a_motorbike_here(future: Future) -> None:
    """Same speed, no cost, no constant: car and motorbike share alike."""
    trips = future.states[0]["transport.trips"].sum(axis=0)
    assert trips[3] == pytest.approx(trips[2], rel=1e-9)


# ---- goods ------------------------------------------------------------------------------------------------------


def test_goods_of_the_base_year(future: Future) -> None:
    """10 million tonnes. Thousand VND a tonne: road (48.4 + 80) km x 1 = 128.4; rail (35 + 80) x 0.5 = 57.5; barge (32 + 80) x 0.25 = 28.

    At 0.02: e^-2.568, e^-1.15, e^-0.56 = 0.0767, 0.3166, 0.5712: 3.28 by rail, 5.92 by barge; rails carry 1 and barges 2: the
    rest, 7 million tonnes, goes by road: 7e6 / 20 / 250 x 0.1 = 140 trucks an hour each way.
    """
    state = future.states[0]
    assert state["transport.terminal_tonnes"][0].tolist() == pytest.approx([7, 1, 2])
    links = tuple(future.world.plan.links)
    trucks = state["transport.flow"][links.index("E4"), :, 3]
    assert trucks.tolist() == pytest.approx([140, 140])
    assert state["transport.goods"][links.index("R1")] == pytest.approx(1)
    assert state["transport.goods"][links.index("H2")] == pytest.approx(2)
    assert state["transport.terminal_minutes"][0, 1:].tolist() == pytest.approx([42, 192])
    assert state["transport.terminal_minutes"][0, 0] >= 48.4 - 1e-3


def test_tonne_km_of_the_base_year(future: Future) -> None:
    """Rail 35 km x 1; barge 32 x 2; road 13.4 + 10 + 10 + 10 = 43.4 km x 7 = 303.8 (the bridge takes 15 minutes, and is 10 km)."""
    road, rail, barge = future.states[0]["transport.tonne_km"]
    assert rail == pytest.approx(35)
    assert barge == pytest.approx(64)
    assert road == pytest.approx(7 * (13.4 + 10 + 10 + 10))


# ---- the chain ----------------------------------------------------------------------------------------------------


def test_the_chain_of_the_port(future: Future) -> None:
    """Berths 10 for 10; rails 1 for 1; barges 2 for 2: all full; fairway and yard: no data.

    The road: one lane each way over the only bridge, 1,000 pcu an hour, 140 trucks alone are 560 of them. It is the tightest.
    """
    chain = tables.tables(future)["chains"].filter(pl.col("year") == 2025)
    rows = {row["stage"]: row for row in chain.to_dicts()}
    assert list(rows) == ["berth", "fairway", "yard", "road", "rail", "barge", "gate"]
    assert rows["berth"]["use"] == pytest.approx(1)
    assert rows["berth"]["status"] == "read"
    assert rows["fairway"]["capacity"] is None
    assert rows["fairway"]["status"] == "no data"
    assert rows["rail"]["use"] == pytest.approx(1)
    assert rows["road"]["capacity"] == 1000
    assert rows["road"]["use"] > 1
    assert [stage for stage, row in rows.items() if row["bottleneck"]] == ["road"]


# ---- what answers the plan ----------------------------------------------------------------------------------------


def test_the_second_bridge_brings_the_banks_together(future: Future, town: Plan) -> None:
    """Without P2 the way from T2 to T5 stays long, places are farther, and losing the first bridge strands everybody who crosses."""
    without = changed(town, '[[project]]\nid = "P2"\nstatus = "stopped"\n')
    now, then = future.states[5], without.states[5]
    assert then["transport.car_minutes"][T2, T5] > now["transport.car_minutes"][T2, T5] + 20
    assert then["transport.accessibility"].mean() < now["transport.accessibility"].mean() - 1
    links = tuple(town.links)
    e5 = links.index("E5")
    assert then["transport.loss_stranded"][e5] > 0
    assert now["transport.loss_stranded"][e5] == 0
    assert now["transport.loss_minutes"][e5] > 0


def test_a_berth_phase_fewer_means_fewer_trucks(future: Future, town: Plan) -> None:
    """Without P1 the port stays at 12 million tonnes (10 of berths, 1.2 times used), where 18 would come in 2035."""
    without = changed(town, '[[project]]\nid = "P1"\nstatus = "stopped"\n')
    e4 = tuple(town.links).index("E4")
    assert (
        without.states[10]["transport.flow"][e4, 0, 3] < 0.8 * future.states[10]["transport.flow"][e4, 0, 3]
    )


def test_a_town_cut_in_two(town: Plan) -> None:
    """No bridge at all: nobody crosses by road, the far bank's workers and jobs still balance, and no number is lost."""
    cut = changed(
        town,
        '[[link]]\nid = "E5"\nremove = true\n[[project]]\nid = "P2"\nstatus = "stopped"\n[[link]]\nid = "R1"\nremove = true\n'
        '[[link]]\nid = "R2"\nremove = true\n[[link]]\nid = "G1"\nremove = true\n',
    )
    state = cut.states[0]
    assert state["transport.car_minutes"][T1, T4] == 1440
    assert state["transport.minutes"][T1, T4] == 1440
    for name, gap in accounts.gaps(cut).items():
        if name not in ("transport.demand_gap", "transport.road_gap"):
            assert gap < 1e-9, name
    west = [T1, T2, T3]
    assert state["transport.terminal_minutes"][0, 0] == 1440
    assert np.isfinite(state["transport.commute_minutes"][west]).all()


def test_the_books_close(future: Future) -> None:
    gaps = accounts.gaps(future)
    for name in ("trips", "arrivals", "goods"):
        assert gaps[name] < 1e-9, name
    assert gaps["transport.road_gap"] <= 1e-4
    assert gaps["transport.demand_gap"] <= 0.01
