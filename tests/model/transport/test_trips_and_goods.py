"""Balance, choice, transit and freight, worked by hand; and the laws that hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.model.transport import balance, choice, freight, transit, trips

INF = np.inf


# ---- balance ----------------------------------------------------------------------------------------------


def test_a_balance_worked_by_hand() -> None:
    """Two places, K = [[4, 1], [1, 4]], everybody from 0 or 1 alike: T = [[40, 10], [10, 40]].

    50 leave and 50 arrive at each; by symmetry A B K keeps 4 : 1, and 40 + 10 = 50.
    """
    found, factors, miss = balance.balanced(
        np.array([50.0, 50.0]), np.array([50.0, 50.0]), np.array([[4.0, 1.0], [1.0, 4.0]])
    )
    assert np.allclose(found, [[40, 10], [10, 40]])
    assert np.allclose(factors, 0)
    assert miss <= 1e-11


def test_an_uneven_balance_worked_by_hand() -> None:
    """K all ones: T[i,j] = O[i] D[j] / sum: 30 x 20 / 100 = 6."""
    found, _, _ = balance.balanced(np.array([30.0, 70.0]), np.array([20.0, 80.0]), np.ones((2, 2)))
    assert np.allclose(found, [[6, 24], [14, 56]])


def test_arrivals_are_brought_to_the_sum_of_those_who_leave() -> None:
    found, _, _ = balance.balanced(np.array([10.0, 10.0]), np.array([1.0, 3.0]), np.ones((2, 2)))
    assert np.allclose(found.sum(axis=0), [5, 15])


def test_nobody_leaves() -> None:
    found, _, miss = balance.balanced(np.zeros(3), np.zeros(3), np.ones((3, 3)))
    assert found.sum() == 0
    assert miss == 0


def test_an_island_with_too_few_jobs() -> None:
    """Three places, the third far off: 100 live there and 60 work; 40 must cross whatever it takes, and all sums hold."""
    k = np.exp(-0.08 * np.array([[0.0, 20, 1440], [20, 0, 1440], [1440, 1440, 0]]))
    leaving, arriving = np.array([1000.0, 500, 100]), np.array([900.0, 640, 60])
    found, _, miss = balance.balanced(leaving, arriving, k)
    assert miss <= 1e-11
    assert np.allclose(found.sum(axis=1), leaving, rtol=1e-9)
    assert np.allclose(found.sum(axis=0), arriving, rtol=1e-9)
    assert found[2, :2].sum() == pytest.approx(40, rel=1e-6)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    places=st.integers(2, 40),
    decay=st.floats(0.0, 0.2),
    far=st.floats(1, 1440),
)
def test_every_place_sends_and_receives_what_it_has_to(
    seed: int, places: int, decay: float, far: float
) -> None:
    draw = np.random.default_rng(seed)
    leaving = draw.uniform(0, 1000, places) * (draw.random(places) > 0.2)
    arriving = draw.uniform(0, 1000, places) * (draw.random(places) > 0.2)
    if leaving.sum() == 0 or arriving.sum() == 0:
        return
    k = choice.attraction(draw.uniform(0, far, (places, places)), decay)
    found, _, miss = balance.balanced(leaving, arriving, k)
    assert miss <= 1e-9
    assert found.min() >= 0
    assert np.allclose(found.sum(axis=1), leaving, rtol=1e-9, atol=1e-9)
    assert np.allclose(
        found.sum(axis=0), arriving * leaving.sum() / arriving.sum(), atol=2e-9 * leaving.sum()
    )


# ---- choice -------------------------------------------------------------------------------------------------


def test_a_logit_worked_by_hand() -> None:
    """Two modes, 10 and 10 + ln 3 / 0.1 minutes at scale 0.1: odds 3 to 1. Logsum: 10 - ln(1 + 1/3) / 0.1 = 7.1232 minutes."""
    g = np.array([[[10.0]], [[10 + np.log(3) / 0.1]]])
    shares, composite = choice.mode_shares(g, np.zeros(2), 0.1)
    assert shares.ravel().tolist() == pytest.approx([0.75, 0.25])
    assert composite.item() == pytest.approx(10 - np.log(4 / 3) / 0.1)
    assert composite.item() == pytest.approx(7.1232, abs=1e-4)


def test_a_place_that_no_mode_reaches() -> None:
    shares, composite = choice.mode_shares(np.full((2, 1, 1), INF), np.zeros(2), 0.1)
    assert shares.sum() == 0
    assert composite.item() == choice.NO_WAY_MIN
    assert choice.mean_minutes(np.full((2, 1, 1), INF), shares).item() == choice.NO_WAY_MIN


def test_a_mode_shut_out_is_not_taken() -> None:
    shares, _ = choice.mode_shares(np.full((2, 1, 1), 10.0), np.array([0.0, -INF]), 0.1)
    assert shares.ravel().tolist() == [1, 0]


def test_accessibility_worked_by_hand() -> None:
    """Half of all at home, 0 minutes away; half 20 away: ln(0.5 + 0.5 e^-2) / 0.1 = -5.6622 minutes for both places."""
    found = choice.accessibility(np.array([[0.0, 20], [20, 0]]), np.array([7.0, 7.0]), 0.1)
    assert found.tolist() == pytest.approx([np.log(0.5 + 0.5 * np.exp(-2)) / 0.1] * 2)
    assert found[0] == pytest.approx(-5.6622, abs=1e-4)


@given(st.lists(st.floats(0, 1440), min_size=2, max_size=7), st.floats(0.01, 0.2), st.floats(0.1, 100))
def test_one_more_minute_takes_people_away(minutes: list[float], scale: float, more: float) -> None:
    g = np.array(minutes)[:, None, None]
    slower = g.copy()
    slower[0] += more
    before, near = choice.mode_shares(g, np.zeros(len(g)), scale)
    after, far = choice.mode_shares(slower, np.zeros(len(g)), scale)
    assert after[0].item() <= before[0].item()
    assert far.item() >= near.item() - 1e-9
    assert before.sum() == pytest.approx(1)


# ---- trains and boats -----------------------------------------------------------------------------------------


def test_door_to_door_worked_by_hand() -> None:
    """Stops 0 - 1 - 2, 10 and 20 minutes; one place 5 from stop 0, one 7 from stop 2, wait 6: 5 + 6 + 30 + 7 = 48."""
    ride = transit.ride_minutes(3, [(0, 1), (1, 2)], [10.0, 20.0])
    assert ride[0, 2] == 30
    access = np.array([[5.0, INF, INF], [INF, INF, 7.0]])
    found = transit.door_to_door(access, ride, 6.0)
    assert found[0, 1] == 48
    assert found[1, 0] == 48


def test_nobody_rides_to_the_stop_where_they_are() -> None:
    found = transit.door_to_door(np.array([[5.0, INF]]), transit.ride_minutes(2, [], []), 6.0)
    assert found[0, 0] == INF


def test_no_stop_no_ride() -> None:
    assert np.isinf(transit.door_to_door(np.empty((3, 0)), np.empty((0, 0)), 1.0)).all()


# ---- who sets out ---------------------------------------------------------------------------------------------


def test_trips_worked_by_hand() -> None:
    """100 of the labour force, 80 at work, 90 percent go: 72. 200 over six at 3 trips: 300 ways out - 72 - 30 = 198 errands."""
    work = trips.at_work(np.array([60.0, 40.0]), 80.0, 0.9)
    assert work.tolist() == pytest.approx([43.2, 28.8])
    errands = trips.other_errands(np.array([120.0, 80.0]), 3.0, work, np.array([18.0, 12.0]))
    assert errands.sum() == pytest.approx(198)


def test_errands_are_never_negative() -> None:
    assert trips.other_errands(np.array([10.0]), 0.0, np.array([5.0]), np.array([1.0])).tolist() == [0]


def test_the_peak_has_its_ways_back() -> None:
    """8 go from 0 to 1: half of them out, a quarter of them back, in the peak hour."""
    found = trips.peak_trips(np.array([[0.0, 8], [0, 0]]), 0.5, 0.25)
    assert found.tolist() == [[0, 4], [2, 0]]


# ---- goods ------------------------------------------------------------------------------------------------------


def test_gates_worked_by_hand() -> None:
    """Sizes 1 and 3, as far: a quarter and three quarters. 10 minutes more at decay ln(3)/10: one third of it, half and half."""
    shares = freight.gate_shares(np.array([1.0, 3.0]), np.array([[5.0, 5.0], [5.0, 15.0]]), np.log(3) / 10)
    assert shares.tolist()[0] == pytest.approx([0.25, 0.75])
    assert shares.tolist()[1] == pytest.approx([0.5, 0.5])


def test_a_terminal_without_a_gate() -> None:
    assert freight.gate_shares(np.array([1.0, 3.0]), np.full((1, 2), INF), 0.1).tolist() == [[0, 0]]
    assert freight.gate_shares(np.empty(0), np.empty((1, 0)), 0.1).shape == (1, 0)


def test_cost_of_a_tonne_worked_by_hand() -> None:
    """100 km at 500 VND, 60,000 of handling, 2 hours at 1,000: 50 + 60 + 2 = 112 thousand VND."""
    assert freight.cost(np.array([100.0]), np.array([120.0]), 500, 60_000, 1000).tolist() == [112]
    assert freight.cost(np.array([INF]), np.array([INF]), 0, 0, 0).tolist() == [INF]


def test_freight_modes() -> None:
    """Costs 100 and 100 + ln 4 / 0.02: four to one; a mode that does not go has nothing; where none goes, all is 0."""
    costs = np.array([[100.0, 100 + np.log(4) / 0.02, INF], [INF, INF, INF]])
    shares = freight.mode_shares(costs, np.zeros(3), 0.02)
    assert shares.tolist()[0] == pytest.approx([0.8, 0.2, 0])
    assert shares.tolist()[1] == [0, 0, 0]


def test_no_link_carries_more_than_it_can() -> None:
    """6 and 3 million tonnes share a link of 3: a third of each. The second's own link of 2 would take more than its 1."""
    uses = np.array([[1.0, 0.0], [1.0, 1.0]])
    assert freight.within_capacity(np.array([6.0, 3.0]), uses, np.array([3.0, 2.0])).tolist() == [2, 1]


def test_a_link_without_capacity_carries_nothing() -> None:
    assert freight.within_capacity(np.array([6.0]), np.array([[1.0]]), np.array([0.0])).tolist() == [0]


def test_trucks_of_the_peak() -> None:
    """3.6 million tonnes of 18 tonnes over 200 days: 1,000 a day, a tenth of them in the hour."""
    assert freight.truck_trips(np.array(3.6), 18.0, 200.0, 0.1) == pytest.approx(100)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 6),
    st.integers(1, 6),
)
def test_what_is_carried_fits_and_is_not_more_than_wanted(seed: int, terminals: int, links: int) -> None:
    draw = np.random.default_rng(seed)
    wanted = draw.uniform(0, 10, terminals)
    uses = (draw.random((terminals, links)) > 0.5).astype(float)
    capacity = draw.uniform(0, 10, links)
    carried = freight.within_capacity(wanted, uses, capacity)
    assert (carried <= wanted + 1e-12).all()
    assert (carried @ uses <= capacity + 1e-9).all()


def test_what_roads_cannot_carry_goes_by_barge_where_there_is_room() -> None:
    """10 by road where 6 go: 4 more by barge; 3 where quays load 5 in all; none without a waterway; and no more than quays load."""
    tonnes = np.array([[10.0, 1, 2], [10, 1, 2], [10, 1, 0], [10, 1, 2]])
    by_barge, by_road = np.array([99.0, 5, 99, 1]), np.array([6.0, 6, 6, 99])
    found = freight.filled(tonnes, by_barge, by_road, np.array([True, True, False, True]))
    assert found.tolist() == [[6, 1, 6], [7, 1, 5], [10, 1, 0], [11, 1, 1]]
    assert found.sum(axis=1).tolist() == tonnes.sum(axis=1).tolist()
