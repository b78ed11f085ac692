"""Optimal strategies: the published example, cases worked by hand, the linear programme itself, and what must hold for any network."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.model.transport import strategies
from cuabien.model.transport.strategies import BOARD, RIDE, Line, TransitNetwork, Weights, network_of

INF = np.inf
A, X, Y, B = range(4)
EXAMPLE = [
    Line("1", (A, B), (25.0,), 12.0),
    Line("2", (A, X, Y), (7.0, 6.0), 12.0),
    Line("3", (X, Y, B), (4.0, 4.0), 30.0),
    Line("4", (Y, B), (10.0,), 6.0),
]
"""The network of Spiess and Florian 1989: stops A, X, Y and B, four lines, headways 12, 12, 30 and 6 minutes."""


def trips(zones: int, **wanted: float) -> np.ndarray:
    found = np.zeros((zones, zones))
    for pair, many in wanted.items():
        found[tuple("AXYB".index(letter) for letter in pair)] = many
    return found


# ---- by hand ----------------------------------------------------------------------------------------------------


def test_the_example_of_spiess_and_florian() -> None:
    """27.75 minutes from A to B, and half of the passengers on line 1: the answer of the paper.

    At Y: lines 3 (4 minutes on) and 4 (10): wait 1 / (1/15 + 1/3) = 2.5, 1/6 on line 3: 2.5 + 4/6 + 50/6 = 11.5. Aboard line 2 to Y: 6 +
    11.5. At A: line 2 comes to 7 + 17.5 = 24.5, line 1 to 25; wait 3: 27.75.
    """
    network = network_of(4, 4, EXAMPLE, [], through_zones=True)
    found, loaded = strategies.assign(network, trips(4, AB=100.0))
    assert found.felt[A, B] == pytest.approx(27.75, abs=1e-12)
    assert found.felt[Y, B] == pytest.approx(11.5, abs=1e-12)
    assert found.felt[X, B] == pytest.approx((1 + 8 / 15 + 17.5 / 6) / (1 / 15 + 1 / 6), abs=1e-12)
    on = {(line, stop): volume for line, stop, volume in loaded.segments(network)}
    assert on[0, 0] == pytest.approx(50)
    assert on[1, 0] == on[1, 1] == pytest.approx(50)
    assert on[2, 0] == 0
    assert on[2, 1] == pytest.approx(50 / 6)
    assert on[3, 0] == pytest.approx(50 * 5 / 6)


def test_what_the_expected_minutes_are_made_of() -> None:
    """A to B: waits 3 at A and, for half, 2.5 at Y; one boarding and half a second one; the rest is ridden."""
    found = strategies.skim(network_of(4, 4, EXAMPLE, [], through_zones=True))
    assert found.wait[A, B] == pytest.approx(3 + 2.5 / 2)
    assert found.boardings[A, B] == pytest.approx(1.5)
    assert found.transfers[A, B] == pytest.approx(0.5)
    assert found.walk[A, B] == 0
    assert found.ridden[0, A, B] == pytest.approx(27.75 - 4.25)
    assert found.minutes[A, B] == pytest.approx(found.felt[A, B])
    assert found.minutes[B, B] == 0
    assert np.isinf(found.minutes[B, A])


def test_common_lines_are_taken_as_they_come() -> None:
    """Two lines of 10 minutes every 20 minutes: one every 10, so 5 + 10; half of the passengers on each."""
    lines = [Line("a", (0, 1), (10.0,), 20.0), Line("b", (0, 1), (10.0,), 20.0)]
    network = network_of(2, 2, lines, [], through_zones=True)
    found, loaded = strategies.assign(network, np.array([[0.0, 8.0], [0.0, 0.0]]))
    assert found.minutes[0, 1] == pytest.approx(15.0)
    assert loaded.boarding(network) == pytest.approx([4.0, 4.0])


@pytest.mark.parametrize(
    ("slow", "expected", "on_it"), [(16.0, 15.0, 0.0), (14.0, (0.5 + 10 / 10 + 14 / 10) / (2 / 10), 0.5)]
)
def test_a_slow_line_is_let_pass(slow: float, expected: float, on_it: float) -> None:
    """The fast one comes to 10 + 5 = 15 minutes: a line of 16 is let pass; one of 14 is boarded when it comes first: 14.5."""
    lines = [Line("fast", (0, 1), (10.0,), 10.0), Line("slow", (0, 1), (slow,), 10.0)]
    network = network_of(2, 2, lines, [], through_zones=True)
    found, loaded = strategies.assign(network, np.array([[0.0, 1.0], [0.0, 0.0]]))
    assert found.minutes[0, 1] == pytest.approx(expected)
    assert loaded.boarding(network)[1] == on_it


def test_vehicles_at_random_are_waited_for_twice_as_long() -> None:
    network = network_of(2, 2, [Line("a", (0, 1), (10.0,), 20.0)], [], through_zones=True)
    assert strategies.skim(network).wait[0, 1] == pytest.approx(10)
    assert strategies.skim(network, wait_headways=1.0).wait[0, 1] == pytest.approx(20)


def test_a_transfer_on_foot() -> None:
    """Zones 0 and 1, stops 2 to 5: 3 on foot, 5 waiting, 10 aboard, 4 across the square, 10 waiting, 20 aboard, 2 on foot."""
    lines = [Line("a", (2, 3), (10.0,), 10.0, mode=0), Line("b", (4, 5), (20.0,), 20.0, mode=1)]
    network = network_of(2, 6, lines, [(0, 2, 3.0), (3, 4, 4.0), (5, 1, 2.0)])
    found, loaded = strategies.assign(network, np.array([[0.0, 6.0], [0.0, 0.0]]))
    assert found.walk[0, 1] == pytest.approx(9)
    assert found.wait[0, 1] == pytest.approx(15)
    assert found.ridden[:, 0, 1] == pytest.approx([10, 20])
    assert found.transfers[0, 1] == pytest.approx(1)
    assert [v for *_, v in loaded.segments(network)] == pytest.approx([6, 6])


def test_nobody_passes_through_a_zone_or_walks_through_a_stop() -> None:
    """0 to 2 by way of zone 1 is no journey; with exits, neither is walking in at a stop and out again."""
    on_foot = [(0, 1, 5.0), (1, 2, 5.0)]
    assert np.isinf(strategies.skim(network_of(3, 3, [], on_foot)).minutes[0, 2])
    assert strategies.skim(network_of(3, 3, [], on_foot, through_zones=True)).minutes[0, 2] == 10
    # zones 0 and 1; stops 2 and 3 to get on, 4 and 5 to get off
    lines = [Line("a", (2, 3), (10.0,), 10.0)]
    walks = [(0, 2, 1.0), (4, 1, 1.0), (5, 1, 3.0)]
    assert strategies.skim(network_of(2, 6, lines, walks, exits=2)).minutes[0, 1] == pytest.approx(19)
    through = [(0, 2, 1.0), (2, 1, 1.0), (3, 1, 3.0)]
    assert strategies.skim(network_of(2, 4, lines, through)).minutes[0, 1] == pytest.approx(2)


def test_weights_change_the_way_and_not_the_clock() -> None:
    """A direct line of 30 minutes every 40, or two quick ones every 4: 2 + 10 + 2 + 10. Whoever feels a boarding as 100 rides direct.

    Plain, the two come to 24 and the direct one to 30 + 20; at 100 a boarding to 224 and 150.
    """
    lines = [
        Line("direct", (0, 2), (30.0,), 40.0),
        Line("in", (0, 1), (10.0,), 4.0),
        Line("on", (1, 2), (10.0,), 4.0),
    ]
    network = network_of(3, 3, lines, [], through_zones=True)
    plain = strategies.skim(network)
    felt = strategies.skim(network, Weights(boarding=100.0))
    assert plain.transfers[0, 2] == pytest.approx(1)
    assert felt.transfers[0, 2] == pytest.approx(0)
    assert felt.minutes[0, 2] == pytest.approx(50)
    assert felt.felt[0, 2] == pytest.approx(150)
    assert strategies.skim(network, Weights(wait=2.0)).felt[0, 1] == pytest.approx(14)


def test_trips_that_nothing_serves_are_told() -> None:
    network = network_of(4, 4, EXAMPLE, [], through_zones=True)
    _, loaded = strategies.assign(network, trips(4, BA=5.0, AB=1.0))
    assert loaded.unserved[B, A] == 5
    assert loaded.unserved.sum() == 5


def test_who_stays_rides_nowhere() -> None:
    network = network_of(4, 4, EXAMPLE, [], through_zones=True)
    _, loaded = strategies.assign(network, np.eye(4) * 7)
    assert loaded.volume.sum() == 0
    assert loaded.unserved.sum() == 0


def test_no_lines_at_all() -> None:
    found, loaded = strategies.assign(network_of(2, 2, [], []), np.ones((2, 2)))
    assert np.isinf(found.minutes[0, 1])
    assert loaded.unserved[0, 1] == 1


# ---- any network ------------------------------------------------------------------------------------------------


@st.composite
def cities(draw: st.DrawFn) -> tuple[TransitNetwork, float, Weights]:
    places = draw(st.integers(2, 7))
    stop = st.integers(0, places - 1)
    minute = st.one_of(st.integers(0, 4).map(float), st.floats(0, 30))
    lines = []
    for number in range(draw(st.integers(0, 5))):
        stops = tuple(draw(st.lists(stop, min_size=2, max_size=5)))
        minutes = tuple(draw(minute) for _ in stops[1:])
        lines.append(Line(str(number), stops, minutes, draw(st.floats(0.5, 60)), draw(st.integers(0, 1))))
    walks = [(draw(stop), draw(stop), draw(minute)) for _ in range(draw(st.integers(0, 6)))]
    through = draw(st.booleans())
    network = network_of(
        min(3, places), places, lines, walks, through_zones=through, boarding_min=draw(minute)
    )
    weights = Weights(draw(st.floats(0.1, 3)), draw(st.floats(0.1, 3)), draw(st.floats(0, 10)))
    return network, draw(st.sampled_from([0.5, 1.0])), weights


def least_by_programme(net: TransitNetwork, weights: Weights, headways: float, origin: int, to: int) -> float:
    """Spiess and Florian's linear programme, as it stands in the paper, by another solver (HiGHS).

    min sum c v + sum w,  v[a] <= f[a] w[i] for the links a out of i,  flow conserved,  v >= 0
    """
    felt = np.where(net.kind == RIDE, net.minutes, weights.walk * net.minutes)
    felt = felt + np.where(net.kind == BOARD, weights.boarding, 0.0)
    shut = (net.tail < net.first_through) & (net.tail != origin)
    links = net.links
    cost = np.concatenate([felt, np.full(net.nodes, weights.wait * headways)])
    balance = np.zeros((net.nodes, links + net.nodes))
    np.add.at(balance, (net.tail, np.arange(links)), 1.0)
    np.add.at(balance, (net.head, np.arange(links)), -1.0)
    leaves = np.zeros(net.nodes)
    leaves[origin], leaves[to] = 1.0, -1.0
    waited = np.flatnonzero(np.isfinite(net.per_min))
    wait = np.zeros((len(waited), links + net.nodes))
    wait[np.arange(len(waited)), waited] = 1.0
    wait[np.arange(len(waited)), links + net.tail[waited]] = -net.per_min[waited]
    bounds = [(0, 0 if closed else None) for closed in shut] + [(0, None)] * net.nodes
    found = scipy.optimize.linprog(
        cost, wait if len(waited) else None, np.zeros(len(waited)) if len(waited) else None, balance, leaves, bounds
    )  # fmt: skip
    return float(found.fun) if found.status == 0 else INF


@settings(max_examples=150, deadline=None)
@given(city=cities())
def test_labels_are_those_of_the_linear_programme(city: tuple[TransitNetwork, float, Weights]) -> None:
    network, headways, weights = city
    found = strategies.skim(network, weights, headways)
    for origin in range(network.zones):
        for to in range(network.zones):
            expected = 0.0 if origin == to else least_by_programme(network, weights, headways, origin, to)
            assert found.felt[origin, to] == pytest.approx(expected, rel=1e-6, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(city=cities(), seed=st.integers(0, 2**32 - 1))
def test_passengers_are_conserved_and_spend_what_the_skims_say(
    city: tuple[TransitNetwork, float, Weights], seed: int
) -> None:
    """At every node as many leave as come; and volumes x minutes, and boardings, are trips x skims."""
    network, headways, weights = city
    wanted = np.random.default_rng(seed).uniform(0, 100, (network.zones, network.zones))
    np.fill_diagonal(wanted, 0.0)
    found, loaded = strategies.assign(network, wanted, weights, headways)
    assert loaded.volume.min(initial=0.0) >= 0
    served = wanted - loaded.unserved
    net = np.zeros(network.nodes)
    np.add.at(net, network.tail, loaded.volume)
    np.add.at(net, network.head, -loaded.volume)
    leaving = np.zeros(network.nodes)
    leaving[: network.zones] = served.sum(axis=1) - served.sum(axis=0)
    assert net == pytest.approx(leaving, abs=1e-8)
    there = np.isfinite(found.felt)
    for mode in range(network.modes):
        on = (network.kind == RIDE) & (network.mode == mode)
        spent = float((served * np.where(there, found.ridden[mode], 0.0)).sum())
        assert float((loaded.volume * network.minutes)[on].sum()) == pytest.approx(spent, rel=1e-9, abs=1e-7)
    boarded = float((served * np.where(there, found.boardings, 0.0)).sum())
    assert loaded.boarding(network).sum() == pytest.approx(boarded, rel=1e-9, abs=1e-7)
    felt = weights.wait * found.wait[there] + weights.walk * found.walk[there]
    felt += weights.boarding * found.boardings[there] + found.ridden.sum(axis=0)[there]
    assert found.felt[there] == pytest.approx(felt, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(city=cities(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_links_does_not_matter(city: tuple[TransitNetwork, float, Weights], seed: int) -> None:
    from dataclasses import replace

    network, headways, weights = city
    shuffled = np.random.default_rng(seed).permutation(network.links)
    fields = ("tail", "head", "minutes", "per_min", "kind", "line", "at", "mode")
    other = replace(network, **{name: getattr(network, name)[shuffled] for name in fields})
    assert strategies.skim(other, weights, headways).felt == pytest.approx(
        strategies.skim(network, weights, headways).felt, rel=1e-9, abs=1e-9
    )


@settings(max_examples=60, deadline=None)
@given(city=cities(), headway=st.floats(1, 60), data=st.data())
def test_one_more_line_makes_nobody_slower(
    city: tuple[TransitNetwork, float, Weights], headway: float, data: st.DataObject
) -> None:
    from dataclasses import replace

    network, headways, weights = city
    stop = st.integers(0, network.zones - 1)
    more = network_of(
        network.zones, network.nodes, [Line("new", (data.draw(stop), data.draw(stop)), (5.0,), headway)], []
    )
    fields = ("tail", "head", "minutes", "per_min", "kind", "line", "at", "mode")
    both = {name: np.concatenate([getattr(network, name), getattr(more, name)]) for name in fields}
    wider = replace(network, nodes=more.nodes, **both)
    before = strategies.skim(network, weights, headways).felt
    after = strategies.skim(wider, weights, headways).felt
    assert np.all(after <= before * (1 + 1e-9) + 1e-9)
