"""Prices that clear: worked by hand, against a second method, and over markets of every kind."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from cuabien.model.land.account import under_caps
from cuabien.model.land.market import Box, FixedRoom, Homes, Market, clear
from cuabien.model.variables import Array

ONE = np.ones(1)


def market(pool: list[float], size: list[list[float]], room: list[float], ceiling: float = 5.0) -> Market:
    """`size` in numbers, not logarithms; everyone answers price one for one."""
    return rooms(np.array(pool), np.log(np.array(size)), np.array(room), np.ones(len(pool)), ceiling)


def rooms(pool: Array, log_size: Array, room: Array, answer: Array, ceiling: float) -> Market:
    """A market of fixed room, whose price does not fall below that of the base year."""
    return clear(pool, log_size, FixedRoom(room), answer, Box(0.0, ceiling))


def test_where_there_is_room_the_price_stays() -> None:
    """600 movers, three places alike, room 250 each: 200 go to each, every price 1."""
    found = market([600], [[1, 1, 1]], [250, 250, 250])
    assert found.chosen[0].tolist() == pytest.approx([200, 200, 200])
    assert found.premium.tolist() == [0, 0, 0]
    assert found.gap == 0


def test_a_clearing_price_by_hand() -> None:
    """600 movers, three places alike, room 100, 300 and 300.

    At price 1 each would take 200, and the first holds 100. The other 500 split alike: 250 each, which fit. For 100 to
    come where 250 go elsewhere, the price must be 250 / 100 = 2.5 times that of the base year.
    """
    found = market([600], [[1, 1, 1]], [100, 300, 300])
    assert found.chosen[0].tolist() == pytest.approx([100, 250, 250])
    assert np.exp(found.premium).tolist() == pytest.approx([2.5, 1, 1])
    assert found.beyond.sum() == 0


def test_who_answers_price_more_needs_less_of_it() -> None:
    """With an answer of 2, the square root of 2.5 keeps as many away."""
    found = rooms(np.array([600.0]), np.zeros((1, 3)), np.array([100.0, 300, 300]), np.array([2.0]), 5.0)
    assert np.exp(found.premium).tolist() == pytest.approx([math.sqrt(2.5), 1, 1])


def test_at_the_ceiling_some_find_no_room() -> None:
    """As above with a highest price of 2: weights 1/2, 1, 1, so 120, 240, 240; 20 come beyond the room of 100."""
    found = market([600], [[1, 1, 1]], [100, 300, 300], math.log(2))
    assert found.chosen[0].tolist() == pytest.approx([120, 240, 240])
    assert found.beyond.tolist() == pytest.approx([20, 0, 0])
    assert found.gap < 1e-12


def test_two_types_by_hand() -> None:
    """300 see two places alike, 300 want the second three times as much; the first holds 150, the second all.

    With y = 1 / price: 300 y / (y + 1) + 300 y / (y + 3) = 150, so 1.5 y^2 + 2 y - 1.5 = 0 and y = (sqrt(13) - 2) / 3.
    """
    found = market([300, 300], [[1, 1], [1, 3]], [150, 1000])
    y = (math.sqrt(13) - 2) / 3
    assert np.exp(found.premium).tolist() == pytest.approx([1 / y, 1])
    assert found.chosen[:, 0].tolist() == pytest.approx([300 * y / (y + 1), 300 * y / (y + 3)])
    assert found.chosen[:, 0].sum() == pytest.approx(150)


def test_no_room_anywhere_is_told_and_nobody_is_lost() -> None:
    """10 movers and no room at all: both prices at the ceiling, 5 beyond the room in each."""
    found = market([10], [[1, 1]], [0, 0], 1.0)
    assert found.premium.tolist() == [1, 1]
    assert found.beyond.tolist() == pytest.approx([5, 5])
    assert found.chosen.sum() == pytest.approx(10)


def test_nobody_who_moves_asks_no_price() -> None:
    found = market([0], [[1, 1]], [0, 5])
    assert found.chosen.sum() == found.premium.sum() == found.gap == 0


# ---- homes that owners let or leave empty ---------------------------------------------------------------------


def test_the_base_year_clears_at_its_own_price() -> None:
    """100 dwellings in each of two places, 5 of each empty; 10 of 95 households move: all fit at a price of 1."""
    homes = Homes(np.full(2, 100.0), np.full(2, 85.0), 0.05, 2.0)
    found = clear(np.array([20.0]), np.zeros((1, 2)), homes, ONE, Box(-1.0, 1.0))
    assert found.premium.tolist() == [0, 0]
    assert found.chosen[0].tolist() == pytest.approx([10, 10])
    assert found.gap < 1e-12


def test_the_price_of_homes_by_hand() -> None:
    """One place of 100 dwellings, a tenth empty at the price of the base year, an answer of 2.

    92 households: 8 stand empty. Odds of being lived in: 92 to 8 against 90 to 10, 23/18 as many; the price is its root.
    80 households: odds 80 to 20 are 4/9 of 9, and the price 2/3. At a floor of 0.9 owners ask no less: of the homes
    let, 0.81 x 9 to 1, fewer are taken than are offered.
    """
    for households, price in ((92, math.sqrt(23 / 18)), (80, 2 / 3)):
        homes = Homes(np.array([100.0]), np.array([households - 5.0]), 0.1, 2.0)
        found = clear(np.array([5.0]), np.zeros((1, 1)), homes, ONE, Box(-5.0, 5.0))
        assert np.exp(found.premium).tolist() == pytest.approx([price])
        floor = clear(np.array([5.0]), np.zeros((1, 1)), homes, ONE, Box(math.log(0.9), 5.0))
        assert np.exp(floor.premium).tolist() == pytest.approx([max(price, 0.9)])
        assert floor.gap < 1e-10


def test_more_households_than_dwellings_meet_the_ceiling_and_are_told() -> None:
    """108 households in 100 dwellings: at a ceiling of 3 the odds are 9 x 9 to 1, so 100 x 81/82 are let; the rest is beyond."""
    homes = Homes(np.array([100.0]), np.array([100.0]), 0.1, 2.0)
    found = clear(np.array([8.0]), np.zeros((1, 1)), homes, ONE, Box(-5.0, math.log(3)))
    assert np.exp(found.premium).tolist() == pytest.approx([3])
    assert found.beyond.tolist() == pytest.approx([108 - 100 * 81 / 82])


@given(st.integers(0, 10**6), st.floats(0.01, 0.2), st.floats(0.5, 6))
def test_homes_clear_between_floor_and_ceiling(seed: int, vacancy: float, answer: float) -> None:
    """Within the box who stays and who comes live in what owners let; the offer rises with price; the gap is rounding."""
    rng = np.random.default_rng(seed)
    places, types = int(rng.integers(1, 12)), int(rng.integers(1, 4))
    dwellings = rng.exponential(10_000, places) + 10
    stay = dwellings * rng.uniform(0.6, 1.02, places)
    pool, size = rng.exponential(300, types), rng.normal(0, 1, (types, places))
    homes, box = Homes(dwellings, stay, vacancy, answer), Box(math.log(0.3), math.log(3))
    found = clear(pool, size, homes, rng.uniform(0.5, 2, types), box)
    assert found.gap * pool.sum() < 1e-9 * dwellings.sum()
    assert np.allclose(found.chosen.sum(axis=1), pool, rtol=1e-12)
    inside = (found.premium > box.lowest + 1e-9) & (found.premium < box.highest - 1e-9)
    missed = found.chosen.sum(axis=0) - homes.at(found.premium)
    assert np.abs(missed[inside]).max(initial=0.0) < 1e-8 * dwellings.sum()
    assert (found.beyond[inside] == 0).all()
    assert (homes.at(found.premium + 0.1) >= homes.at(found.premium)).all()
    step = 1e-4
    numeric = (homes.value(found.premium + step) - homes.value(found.premium - step)) / (2 * step)
    assert numeric == pytest.approx(float(homes.at(found.premium).sum()), abs=1e-6 * dwellings.sum())


# ---- a second method ----------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(0.01, 100), st.floats(0, 50)), min_size=1, max_size=8),
    st.floats(1, 100),
)
def test_one_type_is_shared_under_caps(places: list[tuple[float, float]], pool: float) -> None:
    """With one type and no ceiling in the way, prices share the pool in proportion to size under each place's room."""
    size, room = (np.array(x) for x in zip(*places, strict=True))
    if room.sum() < 1.01 * pool or (room < 1e-3).any():
        return
    found = rooms(np.array([pool]), np.log(size)[None, :], room, ONE, 40.0)
    assert np.allclose(found.chosen[0], under_caps(pool, size, room), rtol=1e-8, atol=1e-8 * pool)


def test_the_minimum_agrees_with_a_general_solver() -> None:
    """The same function given to L-BFGS-B of scipy: values agree to 1e-9 of the pool, prices to 1e-3."""
    rng = np.random.default_rng(3)
    pool, size = np.array([50.0, 30, 20]), rng.normal(0, 1, (3, 12))
    room, answer = 110 * rng.dirichlet(np.ones(12)), np.array([1.3, 1.0, 0.8])

    def value(p: Array) -> float:
        return float((pool / answer) @ np.log(np.exp(size - answer[:, None] * p).sum(axis=1)) + room @ p)

    second = minimize(value, np.zeros(12), method="L-BFGS-B", bounds=[(0, 2.0)] * 12, options={"ftol": 1e-15})
    found = rooms(pool, size, room, answer, 2.0)
    assert (found.premium > 0).sum() >= 3, "prices must matter for the comparison to mean anything"
    assert value(found.premium) <= second.fun + 1e-9 * pool.sum()
    assert np.allclose(found.premium, second.x, atol=1e-3)


# ---- laws ---------------------------------------------------------------------------------------------------


@st.composite
def markets(draw: st.DrawFn) -> tuple[Array, Array, Array, Array, float]:
    types, places = draw(st.integers(1, 3)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    pool = rng.exponential(100, types)
    room = (
        pool.sum() * draw(st.sampled_from([0.0, 0.3, 0.99, 1.0, 1.01, 3.0])) * rng.dirichlet(np.ones(places))
    )
    room[rng.random(places) < draw(st.sampled_from([0.0, 0.4]))] = 0.0
    size = rng.normal(0, draw(st.sampled_from([0.1, 1.0, 4.0])), (types, places))
    return pool, size, room, rng.uniform(0.4, 2.5, types), draw(st.sampled_from([0.05, 1.0, 6.0]))


@given(markets())
def test_every_market_clears(given_market: tuple[Array, Array, Array, Array, float]) -> None:
    """Nobody is lost; prices lie in their box; below the ceiling nobody is beyond the room; the gap is rounding."""
    pool, size, room, answer, ceiling = given_market
    found = rooms(pool, size, room, answer, ceiling)
    assert found.gap < 1e-10
    assert np.allclose(found.chosen.sum(axis=1), pool, rtol=1e-12)
    assert found.premium.min() >= 0
    assert found.premium.max() <= ceiling
    taken, slack = found.chosen.sum(axis=0), 1e-9 * pool.sum()
    assert (taken <= room + found.beyond + slack).all()
    assert (found.beyond[found.premium < ceiling] == 0).all()
    assert (np.abs(taken - room)[(found.premium > 1e-6) & (found.premium < ceiling - 1e-6)] <= slack).all()


@given(markets(), st.integers(0, 11), st.floats(1.1, 5))
def test_more_room_never_makes_a_place_dearer(
    given_market: tuple[Array, Array, Array, Array, float], place: int, factor: float
) -> None:
    pool, size, room, answer, ceiling = given_market
    place %= len(room)
    roomier = room.copy()
    roomier[place] = factor * room[place] + 1
    before, after = (rooms(pool, size, r, answer, ceiling) for r in (room, roomier))
    assert after.premium[place] <= before.premium[place] + 1e-6
    assert after.chosen[:, place].sum() >= before.chosen[:, place].sum() - 1e-6 * pool.sum()
