"""User equilibrium: cases worked by hand, laws that hold on any network, and the published solutions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.base.faults import UnusableInput
from cuabien.model.transport import network as roads
from cuabien.model.transport import solver, tntp
from cuabien.model.transport.network import Demand, Floats, RoadNetwork, equilibrium, relative_gap

TIGHT = 1e-12
"""A gap at which flows of these small networks are right to about six digits."""


def network(zones: int, nodes: int, links: list[tuple[float, ...]], first_through: int = 0) -> RoadNetwork:
    """Links as (from, to, minutes, capacity, alpha, power)."""
    table = np.array(links, dtype=float)
    ends = table[:, :2].astype(np.int32)
    return RoadNetwork(
        zones, nodes, first_through, ends[:, 0].copy(), ends[:, 1].copy(), *(table[:, 2:6].T.copy()),
        parallel=True,
    )  # fmt: skip


def demand(
    n: RoadNetwork, trips: dict[tuple[int, int], float], name: str = "car", pcu: float = 1.0, **more: Any
) -> Demand:
    matrix = np.zeros((n.zones, n.zones))
    for pair, value in trips.items():
        matrix[pair] = value
    fixed = more.get("fixed", np.zeros(n.links))
    allowed = np.ones(n.links, dtype=np.bool_)
    allowed[more.get("banned", [])] = False
    return Demand(name, pcu, matrix, np.asarray(fixed, dtype=float), allowed)


def grid(seed: int, side: int = 4, zones: int = 5, power: float | None = None) -> tuple[RoadNetwork, Demand]:
    """A small random town: a grid both ways, powers and capacities mixed, some links without time."""
    draw = np.random.default_rng(seed)
    links: list[tuple[float, ...]] = []
    for at in range(side * side):
        for other in ([at + 1] if (at + 1) % side else []) + ([at + side] if at + side < side * side else []):
            for a, b in ((at, other), (other, at)):
                free = float(draw.choice([0.0, 1.0, 2.0, 3.5], p=[0.1, 0.3, 0.3, 0.3]))
                p = float(draw.choice([0.0, 1.0, 2.5, 4.0, 6.0])) if power is None else power
                links.append((a, b, free, float(draw.uniform(20, 200)), 0.15 if p else 0.0, p))
    n = network(zones, side * side, links)
    trips = draw.uniform(0, 60, (zones, zones)) * (draw.random((zones, zones)) < 0.8)
    return n, Demand("car", 1.0, trips, draw.uniform(0, 1, n.links), np.ones(n.links, dtype=np.bool_))


# ---- worked by hand ---------------------------------------------------------------------------------------------------

TWO_ROUTES = [
    (0, 2, 10, 10, 1, 1),  # 10 + x
    (2, 1, 0, 1, 0, 0),
    (0, 3, 15, 30, 1, 1),  # 15 + x / 2
    (3, 1, 0, 1, 0, 0),
]


def test_two_routes_share_the_trips() -> None:
    """10 + x = 15 + (10 - x) / 2, so x = 20/3 and both take 50/3 minutes."""
    n = network(2, 4, TWO_ROUTES)
    found = equilibrium(n, [demand(n, {(0, 1): 10})], gap=TIGHT)
    np.testing.assert_allclose(found.flow[0], [20 / 3, 20 / 3, 10 / 3, 10 / 3], rtol=1e-9)
    np.testing.assert_allclose(found.minutes[[0, 2]], 50 / 3, rtol=1e-9)
    # Beckmann's sum: 10x + x^2/2 over 20/3, and 15y + y^2/4 over 10/3
    assert found.objective == pytest.approx(200 / 3 + 200 / 9 + 50 + 25 / 9, rel=1e-9)


def test_a_toll_moves_drivers() -> None:
    """With 5 minutes of toll on the first: 15 + x = 15 + (10 - x) / 2, so x = 10/3."""
    n = network(2, 4, TWO_ROUTES)
    found = equilibrium(n, [demand(n, {(0, 1): 10}, fixed=[5, 0, 0, 0])], gap=TIGHT)
    assert found.flow[0, 0] == pytest.approx(10 / 3, rel=1e-9)


def test_buses_that_stand_on_the_road_count() -> None:
    """With 3 pcu on the first: 13 + x = 15 + (10 - x) / 2, so x = 14/3."""
    n = network(2, 4, TWO_ROUTES)
    found = equilibrium(n, [demand(n, {(0, 1): 10})], gap=TIGHT, preload=np.array([3.0, 0, 0, 0]))
    assert found.flow[0, 0] == pytest.approx(14 / 3, rel=1e-9)


def test_braess_a_new_road_makes_everybody_later() -> None:
    """Six drivers; 10x on s-a and b-t, 50 + x on a-t and s-b. Without a-b all take 83 minutes, with 10 + x on a-b 92."""
    steep = (1e-12, 1.0, 1e13, 1)  # 10 x, and next to nothing when empty
    without = [(0, 2, *steep), (2, 1, 50, 50, 1, 1), (0, 3, 50, 50, 1, 1), (3, 1, *steep)]
    n = network(2, 4, without)
    before = equilibrium(n, [demand(n, {(0, 1): 6})], gap=TIGHT)
    np.testing.assert_allclose(before.flow[0], [3, 3, 3, 3], rtol=1e-9)
    assert roads.shortest_minutes(n, before.minutes, demand(n, {}))[0, 1] == pytest.approx(83)
    n = network(2, 4, [*without, (2, 3, 10, 10, 1, 1)])
    after = equilibrium(n, [demand(n, {(0, 1): 6})], gap=TIGHT)
    np.testing.assert_allclose(after.flow[0], [4, 2, 2, 4, 2], rtol=1e-9)
    assert roads.shortest_minutes(n, after.minutes, demand(n, {}))[0, 1] == pytest.approx(92)


def test_nobody_drives_through_a_zone_that_is_no_way_through() -> None:
    links = [(0, 1, 1, 10, 0, 0), (1, 2, 1, 10, 0, 0), (0, 3, 5, 10, 0, 0), (3, 2, 5, 10, 0, 0)]
    through = network(3, 4, links)
    around = network(3, 4, links, first_through=3)
    trips = {(0, 2): 7, (0, 1): 2, (1, 2): 3}
    np.testing.assert_allclose(equilibrium(through, [demand(through, trips)]).flow[0], [9, 10, 0, 0])
    np.testing.assert_allclose(equilibrium(around, [demand(around, trips)]).flow[0], [2, 3, 7, 7])


def test_a_class_that_is_banned_goes_around_and_counts_by_its_size() -> None:
    """Trucks (2 pcu) may not use the first road. 2 trucks make the second 15 + (4 + y) / 2; cars: 10 + x = 17 + (10 - x) / 2."""
    n = network(2, 4, TWO_ROUTES)
    cars = demand(n, {(0, 1): 10})
    trucks = demand(n, {(0, 1): 2}, "truck", 2.0, banned=[0])
    found = equilibrium(n, [cars, trucks], gap=TIGHT)
    np.testing.assert_allclose(found.flow[:, 0], [8, 0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.flow[:, 2], [2, 2], rtol=1e-9)
    np.testing.assert_allclose(found.minutes[[0, 2]], 18, rtol=1e-9)


def test_trips_within_a_zone_and_no_trips_at_all() -> None:
    n = network(2, 4, TWO_ROUTES)
    found = equilibrium(n, [demand(n, {(0, 0): 10})])
    assert found.gap == 0.0
    assert not found.flow.any()
    np.testing.assert_allclose(found.minutes, [10, 0, 15, 0])


def test_a_link_whose_time_does_not_depend_on_flow_takes_all_or_nothing() -> None:
    n = network(2, 4, [(0, 2, 5, 1, 0, 0), (2, 1, 0, 1, 0, 0), (0, 3, 6, 1, 0, 4), (3, 1, 0, 1, 0, 4)])
    np.testing.assert_allclose(equilibrium(n, [demand(n, {(0, 1): 9})]).flow[0], [9, 9, 0, 0])


# ---- laws --------------------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_any_town_reaches_a_tiny_gap_and_loses_nobody(seed: int) -> None:
    n, cars = grid(seed)
    found = equilibrium(n, [cars], gap=1e-10)
    assert found.gap <= 1e-10
    assert roads.imbalance(n, [cars], found.flow) < 1e-12
    assert (found.flow >= 0).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_two_classes_reach_a_tiny_gap_together(seed: int) -> None:
    n, cars = grid(seed)
    draw = np.random.default_rng(seed)
    tolls = draw.uniform(0, 3, n.links)
    trucks = Demand("truck", 2.5, cars.trips.T * 0.1, tolls, np.ones(n.links, dtype=np.bool_))
    found = equilibrium(n, [cars, trucks], gap=1e-10)
    assert found.gap <= 1e-10
    assert roads.imbalance(n, [cars, trucks], found.flow) < 1e-12


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_zones_and_links_does_not_matter(seed: int) -> None:
    """Renumbered, the same town has the same minutes on every link."""
    n, cars = grid(seed, power=4.0)
    draw = np.random.default_rng(seed + 1)
    zone = draw.permutation(n.zones)
    node = np.concatenate([zone, n.zones + draw.permutation(n.nodes - n.zones)]).astype(np.int32)
    link = draw.permutation(n.links)
    columns = (n.free_flow_min, n.capacity_pcu_h, n.alpha, n.power)
    other = RoadNetwork(
        n.zones,
        n.nodes,
        0,
        node[n.tail][link],
        node[n.head][link],
        *(c[link] for c in columns),
        parallel=True,
    )
    trips = np.empty_like(cars.trips)
    trips[np.ix_(zone, zone)] = cars.trips
    moved = Demand("car", 1.0, trips, cars.fixed_min[link], cars.allowed)
    first = equilibrium(n, [cars], gap=TIGHT)
    second = equilibrium(other, [moved], gap=TIGHT)
    assert second.objective == pytest.approx(first.objective, rel=1e-9)
    np.testing.assert_allclose(second.minutes, first.minutes[link], rtol=1e-4, atol=1e-6)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), more=st.floats(0, 1))
def test_more_trips_never_lower_what_is_minimised(seed: int, more: float) -> None:
    n, cars = grid(seed)
    grown = Demand("car", 1.0, cars.trips * (1 + more), cars.fixed_min, cars.allowed)
    low = equilibrium(n, [cars], gap=1e-9).objective
    assert equilibrium(n, [grown], gap=1e-9).objective >= low * (1 - 1e-8)


def test_a_town_that_is_its_own_mirror_has_flows_that_are() -> None:
    """Node i and node 8 - i of a 3 x 3 grid, trips between opposite corners: every flow equals its mirror's."""
    links: list[tuple[float, ...]] = []
    for at in range(9):
        for other in ([at + 1] if (at + 1) % 3 else []) + ([at + 3] if at + 3 < 9 else []):
            links += [(at, other, 1.0, 40, 0.15, 4), (other, at, 1.0, 40, 0.15, 4)]
    n = network(9, 9, links)
    found = equilibrium(n, [demand(n, {(0, 8): 100, (8, 0): 100, (2, 6): 50, (6, 2): 50})], gap=1e-13)
    flow = {(int(a), int(b)): f for a, b, f in zip(n.tail, n.head, found.flow[0], strict=True)}
    for (a, b), value in flow.items():
        assert value == pytest.approx(flow[8 - a, 8 - b], abs=1e-3)  # flows are right to the root of the gap


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_input_gives_the_same_bits(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "WORK_PER_THREAD", 1)
    n, cars = grid(7, side=12, zones=40)
    cars = replace(cars, trips=cars.trips / 5)
    first, second = (equilibrium(n, [cars], gap=1e-9, threads=threads) for _ in range(2))
    assert first.flow.tobytes() == second.flow.tobytes()
    assert (first.gap, first.iterations) == (second.gap, second.iterations)


def test_threads_change_the_way_not_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "WORK_PER_THREAD", 1)
    n, cars = grid(7, side=12, zones=40, power=4.0)
    cars = replace(cars, trips=cars.trips / 5)
    one, three = (equilibrium(n, [cars], gap=TIGHT, threads=t) for t in (1, 3))
    assert one.objective == pytest.approx(three.objective, rel=1e-10)
    np.testing.assert_allclose(one.minutes, three.minutes, rtol=1e-5, atol=1e-7)


def test_every_origin_keeps_its_trips() -> None:
    n, cars = grid(3, side=10, zones=30)
    worked = solver.Solver(n, [cars], None, 1)
    worked.begin()
    for _ in range(5):
        worked.one_pass(0.0, -1.0, anew=False)
        worked.sweep(10, 0.0, 0.0)
        worked.rebuild()
        assert worked.balance() < 1e-12
    worked.slot_flow[worked.start[0]] *= 1.01  # the test of balance can fail
    assert worked.balance() > 1e-4


# ---- warm starts -----------------------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_a_warm_start_ends_where_a_cold_one_does(seed: int) -> None:
    n, cars = grid(seed, power=4.0)
    draw = np.random.default_rng(seed)
    before = equilibrium(n, [cars], gap=1e-6)
    trips = cars.trips * draw.uniform(0.8, 1.2, cars.trips.shape)
    trips[0, 1] += 5.0  # perhaps a pair that had none
    trips[1] *= draw.integers(0, 2)  # perhaps nobody leaves zone 1
    later = Demand("car", 1.0, trips, cars.fixed_min, cars.allowed)
    warm = equilibrium(n, [later], gap=TIGHT, warm=before)
    cold = equilibrium(n, [later], gap=TIGHT)
    assert warm.objective == pytest.approx(cold.objective, rel=1e-10)
    np.testing.assert_allclose(warm.minutes, cold.minutes, rtol=1e-4, atol=1e-6)
    assert roads.imbalance(n, [later], warm.flow) < 1e-12


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_a_warm_start_bears_links_that_come_and_go_and_bans(seed: int) -> None:
    n, cars = grid(seed, power=4.0)
    before = equilibrium(n, [cars], gap=1e-6)
    keep = np.ones(n.links, dtype=np.bool_)
    keep[np.random.default_rng(seed).choice(n.links, 6, replace=False)] = False
    columns = (n.free_flow_min, n.capacity_pcu_h, n.alpha, n.power)
    fewer = RoadNetwork(
        n.zones, n.nodes, 0, n.tail[keep], n.head[keep], *(c[keep] for c in columns), parallel=True
    )
    left = Demand("car", 1.0, cars.trips, cars.fixed_min[keep], cars.allowed[keep])
    banned = Demand("car", 1.0, cars.trips, cars.fixed_min, keep)
    try:
        cold = equilibrium(fewer, [left], gap=TIGHT)
    except UnusableInput:
        return  # a corner was cut off
    for town, trips in ((fewer, left), (n, banned)):
        warm = equilibrium(town, [trips], gap=TIGHT, warm=before)
        assert warm.objective == pytest.approx(cold.objective, rel=1e-10)
        assert roads.imbalance(town, [trips], warm.flow) < 1e-12
    back = equilibrium(n, [cars], gap=TIGHT, warm=cold)
    assert back.objective == pytest.approx(equilibrium(n, [cars], gap=TIGHT).objective, rel=1e-10)


def test_a_warm_start_leaves_the_earlier_one_as_it_was() -> None:
    n, cars = grid(11)
    before = equilibrium(n, [cars], gap=1e-6)
    kept = before.state.slot_flow.copy()
    more = Demand("car", 1.0, cars.trips * 1.1, cars.fixed_min, cars.allowed)
    equilibrium(n, [more], gap=1e-10, warm=before)
    assert before.state.slot_flow.tobytes() == kept.tobytes()


def test_a_warm_start_from_the_answer_is_the_answer() -> None:
    n, cars = grid(12)
    before = equilibrium(n, [cars], gap=1e-9)
    again = equilibrium(n, [cars], gap=1e-9, warm=before)
    assert again.iterations == 0
    np.testing.assert_allclose(again.flow, before.flow, rtol=1e-9, atol=1e-9)


# ---- the judge ---------------------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_the_judge_agrees_with_a_slow_one(seed: int) -> None:
    """Bellman and Ford's way of finding the least minutes, in numpy, on flows that are far from equilibrium."""
    n, cars = grid(seed)
    flow = np.random.default_rng(seed).uniform(0, 100, (1, n.links))
    cost = roads.link_minutes(n, [cars], flow) + cars.fixed_min
    least = np.full((n.nodes, n.nodes), np.inf)
    np.fill_diagonal(least, 0)
    for _ in range(n.nodes):
        for link in range(n.links):
            through = least[:, n.tail[link]] + cost[link]
            least[:, n.head[link]] = np.minimum(least[:, n.head[link]], through)
    least = least[: n.zones, : n.zones]
    total = float(flow[0] @ cost)
    assert relative_gap(n, [cars], flow) == pytest.approx(
        1 - float((cars.trips * least).sum()) / total, abs=1e-12
    )
    np.testing.assert_allclose(roads.shortest_minutes(n, cost - cars.fixed_min, cars), least, rtol=1e-12)


def test_the_judge_sees_a_worse_answer() -> None:
    n = network(2, 4, TWO_ROUTES)
    cars = demand(n, {(0, 1): 10})
    assert relative_gap(n, [cars], np.array([[10.0, 10, 0, 0]])) == pytest.approx(
        0.25
    )  # 200 minutes, 150 at 15


# ---- what cannot be used -------------------------------------------------------------------------------------------------------


def refused(n: RoadNetwork, demands: list[Demand], preload: Floats | None = None) -> list[tuple[str, str]]:
    with pytest.raises(UnusableInput) as caught:
        equilibrium(n, demands, preload=preload)
    return [(f.rule, f.message("en")) for f in caught.value.faults]


def test_trips_without_a_way_are_named() -> None:
    n = network(3, 4, [(0, 3, 1, 10, 0, 0), (3, 1, 1, 10, 0, 0)])
    told = refused(n, [demand(n, {(0, 1): 1, (0, 2): 4, (1, 0): 2})])
    assert [rule for rule, _ in told] == ["unreachable-trips"] * 2
    assert "4 trips an hour of the class car from zone 1 to zone 3 have no way" in told[0][1]
    assert "from zone 2 to zone 1" in told[1][1]


def test_a_ban_may_cut_off_one_class_only() -> None:
    n = network(2, 4, TWO_ROUTES)
    told = refused(n, [demand(n, {(0, 1): 1}), demand(n, {(0, 1): 3}, "truck", 2.0, banned=[0, 2])])
    assert [rule for rule, _ in told] == ["unreachable-trips"]
    assert "class truck" in told[0][1]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        (0, 9, "link-without-node"),
        (1, 0, "link-to-itself"),
        (2, -1, "bad-free-flow-time"),
        (2, np.nan, "bad-free-flow-time"),
        (3, -5, "bad-capacity"),
        (3, 0, "bad-capacity"),
        (3, np.inf, "bad-capacity"),
        (4, -0.1, "bad-delay"),
        (5, -1, "bad-delay"),
        (5, 99, "bad-delay"),
    ],
)
def test_a_link_that_means_nothing_is_refused(column: int, value: float, rule: str) -> None:
    links = [list(row) for row in TWO_ROUTES]
    links[0][column] = value
    n = network(2, 4, [tuple(row) for row in links])
    assert [r for r, _ in refused(n, [demand(n, {(0, 1): 1})])] == [rule]


def test_a_link_that_stands_twice_is_refused_unless_told_apart() -> None:
    twice = [*TWO_ROUTES, TWO_ROUTES[0]]
    n = network(2, 4, twice)
    equilibrium(n, [demand(n, {(0, 1): 1})])
    strict = replace(n, parallel=False)
    assert [r for r, _ in refused(strict, [demand(n, {(0, 1): 1})])] == ["duplicate-link"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"pcu": 0.0}, "bad-pcu"),
        ({"trips": np.array([[0, -1.0], [0, 0]])}, "bad-trips"),
        ({"trips": np.array([[0, np.nan], [0, 0]])}, "bad-trips"),
        ({"trips": np.zeros((3, 3))}, "wrong-shape"),
        ({"fixed_min": np.array([-1.0, 0, 0, 0])}, "bad-fixed-minutes"),
        ({"allowed": np.ones(3, dtype=np.bool_)}, "wrong-shape"),
    ],
)
def test_a_class_that_means_nothing_is_refused(change: dict[str, Any], rule: str) -> None:
    n = network(2, 4, TWO_ROUTES)
    assert rule in [r for r, _ in refused(n, [replace(demand(n, {(0, 1): 1}), **change)])]


def test_a_preload_below_zero_is_refused() -> None:
    n = network(2, 4, TWO_ROUTES)
    told = refused(n, [demand(n, {(0, 1): 1})], np.array([0, 0, 0, -1.0]))
    assert [r for r, _ in told] == ["bad-preload"]


def test_many_faults_of_one_kind_are_counted() -> None:
    n = network(2, 4, [(0, 1, -1.0 - k, 10, 0, 0) for k in range(50)])
    told = refused(n, [demand(n, {})])
    assert len(told) == roads.MOST_NAMED + 1
    assert told[-1][1] == "and 30 more of the same kind"


# ---- published solutions ------------------------------------------------------------------------------------------------------

PUBLISHED = [
    ("SiouxFalls", "SiouxFalls", 0.0, 0.0, 4231335.287107440),
    ("Anaheim", "Anaheim", 0.0, 0.0, None),
    ("Chicago-Sketch", "ChicagoSketch", 0.04, 0.02, 17313018.7387477),
]


@pytest.mark.parametrize(("folder", "name", "distance", "toll", "objective"), PUBLISHED)
def test_the_published_flows_are_met(
    shared: Path, folder: str, name: str, distance: float, toll: float, objective: float | None
) -> None:
    """At 1e-13, flows within 1e-4 percent of the best known ones; zone connectors with all trips are as sure as trips."""
    of = shared / "data/tntp" / folder
    read = tntp.read_network(of / f"{name}_net.tntp")
    trips, _ = tntp.read_trips(of / f"{name}_trips.tntp", read.network.zones)
    cars = read.demand(trips, distance, toll)
    found = equilibrium(read.network, [cars], gap=1e-13)
    assert found.gap <= 1e-13
    assert roads.imbalance(read.network, [cars], found.flow) < 1e-12
    known = {}
    for line in (of / f"{name}_flow.tntp").read_text("utf-8").splitlines()[1:]:
        words = line.replace(";", " ").split()
        if len(words) == 4:
            known[int(words[0]) - 1, int(words[1]) - 1] = float(words[2])
    best = np.array(
        [known[a, b] for a, b in zip(read.network.tail.tolist(), read.network.head.tolist(), strict=True)]
    )
    assert np.sqrt(np.mean((found.flow[0] - best) ** 2)) / best.mean() < 1e-6
    if objective is not None:
        assert found.objective == pytest.approx(objective, rel=1e-12)
