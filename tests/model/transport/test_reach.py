"""What lies within so many minutes, worked by hand in tinytown and held against other shortest paths.

Roads of the town: E1 N1-N2, E2 N2-N3, E7 N1-gate, each 10 minutes when empty; the first bridge E5 N1-N4 15; E3 N4-N5 10; E4 N5-N6 13.4;
the second bridge E6 N2-N5 10, from 2028 on.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from cuabien.base.faults import Refused
from cuabien.model import city
from cuabien.model.links import is_driven
from cuabien.model.opening import open_links
from cuabien.model.transport import paths, reach
from cuabien.model.transport.graph import Rates
from cuabien.model.variables import DIRECTIONS
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from tests.model.transport.test_service import metro
from tests.plan.edits import edited

PLANS = Path(__file__).parents[3] / "plans"


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


def empty_roads(plan: Plan, year: int, mode: str) -> reach.Ways:
    world = city.build(plan)
    rates = Rates.of(world.parameters, plan)
    minutes = {
        (i, way): rates.free_flow_min(plan.links[i])
        for i in open_links(plan, year)
        if is_driven(plan.links[i])
        for way in DIRECTIONS
    }
    return reach.ways_of(world, year, mode, minutes)


# ---- by hand ------------------------------------------------------------------------------------------------


def test_by_car_before_and_after_the_second_bridge(town: Plan) -> None:
    before, after = (empty_roads(town, year, "car") for year in (2027, 2028))
    ready = city.build(town).parameters("transport.car_ready_min")
    found = reach.reach(before, "N2", ready + 25).of(before.places)
    nodes = {i: m - ready for i, m in found.items() if i.startswith("N")}
    assert nodes == pytest.approx({"N2": 0, "N1": 10, "N3": 10, "NG": 20, "N4": 25})
    found = reach.reach(after, "N2", ready + 24).of(after.places)
    nodes = {i: m - ready for i, m in found.items() if i.startswith("N")}
    assert nodes == pytest.approx({"N2": 0, "N1": 10, "N3": 10, "N5": 10, "NG": 20, "N4": 20, "N6": 23.4})


def test_from_a_commune_by_the_way_to_its_road(town: Plan) -> None:
    """T2 to T1: a connector of 3.385 km at either end, 10.155 minutes each at 20 km/h, and a road of 10."""
    ways = empty_roads(town, 2027, "motorbike")
    ready = city.build(town).parameters("transport.motorbike_ready_min")
    found = reach.reach(ways, "T2", 60).of({"T1": ways.places["T1"]})
    top = city.build(town).parameters("transport.motorbike_top_speed_kmh")
    assert found["T1"] == pytest.approx(ready + 2 * 10.155 + max(10, 600 / top), abs=1e-2)


def test_on_foot_a_kilometre_takes_what_it_takes(town: Plan) -> None:
    ways = empty_roads(town, 2027, "walk")
    kmh = city.build(town).parameters("transport.walk_speed_kmh")
    found = reach.reach(ways, "N2", 60 * 10 / kmh).of(ways.places)
    assert {i: m for i, m in found.items() if i.startswith("N")} == pytest.approx({"N2": 0, "N1": 600 / kmh, "N3": 600 / kmh})  # fmt: skip
    assert "N1" not in reach.reach(ways, "N2", 60 * 9.99 / kmh).of(ways.places)


def test_by_metro_and_by_the_bus_that_feeds_it(town: Plan) -> None:
    """T1 to T3: 5 to the platform, 3 waiting, 24 aboard, 5 out. T5 to T1: 5, 5 waiting, 8, 5 to change, 3 waiting, 12, 5."""
    plan = edited(town, *metro(), *metro("B1", (("N5", None), ("N2", 8.0)), mode="bus", headway_min=10))
    ways = empty_roads(plan, 2025, "transit")
    communes = {c.id: ways.places[c.id] for c in plan.communes}
    assert reach.reach(ways, "T1", 60).of(communes)["T3"] == pytest.approx(37)
    assert reach.reach(ways, "N1", 60).of({"N3": ways.places["N3"]})["N3"] == pytest.approx(37)
    assert reach.reach(ways, "T5", 60).of(communes)["T1"] == pytest.approx(43)
    assert reach.reach(ways, "T1", 36.9).of(communes).keys() == {"T1", "T2"}
    assert set(reach.reach(ways, "T1", 60).of(ways.stops)) == {"N1", "N2", "N3", "N5"}


def test_what_cannot_be_searched_is_refused_with_words(town: Plan) -> None:
    with pytest.raises(Refused, match="no line of public transport"):
        empty_roads(town, 2027, "transit")
    ways = empty_roads(town, 2027, "car")
    with pytest.raises(Refused, match="neither a commune nor a node"):
        reach.reach(ways, "N7", 30)  # at sea
    assert reach.reach(ways, "N2", 0.001).of(ways.places).keys() <= {"N2"}


# ---- whatever the network -----------------------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1), st.integers(0, 4), st.floats(0.0, 60.0))
def test_within_the_bound_are_shortest_paths_and_beyond_it_nothing(
    seed: int, first_through: int, limit: float
) -> None:
    draw = np.random.default_rng(seed)
    nodes, arcs = 12, 40
    tail, head = (draw.integers(0, nodes, arcs).astype(np.int32) for _ in range(2))
    cost = draw.choice([0.0, 1.0, 2.5, 7.0, 20.0, 33.0], arcs)
    of = paths.star(nodes, tail, head)
    whole, found = np.empty(nodes), np.full(nodes, np.inf)
    space = np.empty(nodes + 1, dtype=np.int32), np.empty(nodes + 1), np.empty(nodes, dtype=np.int32)
    paths.dijkstra(of.first, of.head, cost[of.link], first_through, 0, whole, *space)
    reach.bounded(of.first, of.head, cost[of.link], first_through, 0, 0.0, limit, found)
    assert (found == np.where(whole <= limit, whole, np.inf)).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 30.0))
def test_another_program_finds_the_same(seed: int, limit: float) -> None:
    draw = np.random.default_rng(seed)
    dense = np.where(draw.random((15, 15)) < 0.2, draw.uniform(0.5, 12.0, (15, 15)), 0.0)
    np.fill_diagonal(dense, 0.0)
    tail, head = (of.astype(np.int32) for of in np.nonzero(dense))
    of, found = paths.star(15, tail, head), np.full(15, np.inf)
    reach.bounded(of.first, of.head, dense[tail, head][of.link], 0, 3, 0.0, limit, found)
    assert np.allclose(found, dijkstra(csr_array(dense), indices=3, limit=limit))
