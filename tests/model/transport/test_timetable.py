"""Earliest arrivals by timetable: cases worked by hand, and every journey there is, tried one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.model.transport.timetable import NEVER, Timetable, earliest, of_connections

Trip = list[tuple[int, int, int]]
"""(stop, arrives, departs) along a trip."""


def table(stops: int, trips: list[Trip], walks: list[tuple[int, int, int]], change_s: int = 60) -> Timetable:
    rows = [
        (number, a[0], b[0], a[2], b[1], 1, 1) for number, trip in enumerate(trips) for a, b in pairwise(trip)
    ]
    return of_connections(stops, np.array(rows, dtype=np.int64).reshape(-1, 7), walks, change_s=change_s)


def test_a_change_that_is_made_and_one_that_is_missed() -> None:
    """Off at 600; the minute to change is over at 660: the vehicle of 660 is caught, that of 659 is not."""
    into = [(0, 0, 0), (1, 600, 600)]
    caught, missed = [(1, 0, 660), (2, 900, 900)], [(1, 0, 659), (2, 800, 800)]
    assert earliest(table(3, [into, missed, caught], []), {0: 0}, 0).reached.tolist() == [0, 600, 900]
    assert earliest(table(3, [into, missed], []), {0: 0}, 0).reached.tolist() == [0, 600, NEVER]


def test_who_stays_on_board_needs_no_time_to_change() -> None:
    through = [(0, 0, 0), (1, 600, 600), (2, 700, 700)]
    assert earliest(table(3, [through], []), {0: 0}, 0).reached[2] == 700


def test_on_foot_between_two_vehicles_and_at_the_end_but_not_twice() -> None:
    """Off at stop 1 at 600, 100 s to stop 2, on at 700 to stop 3 at 900, 50 s to stop 4; from there nobody walks on to 5."""
    walks = [(1, 2, 100), (3, 4, 50), (4, 5, 50)]
    trips = [[(0, 0, 0), (1, 600, 600)], [(2, 0, 700), (3, 900, 900)]]
    found = earliest(table(6, trips, walks), {0: 0}, 0)
    assert found.reached.tolist() == [0, 600, 700, 900, 950, NEVER]
    assert found.minutes[4] == pytest.approx(950 / 60)
    assert np.isinf(found.minutes[5])


def test_who_comes_later_takes_the_next_one() -> None:
    trips = [[(0, 0, 100 * n), (1, 100 * n + 30, 0)] for n in range(1, 4)]
    for at, expected in ((0, 130), (100, 130), (101, 230), (300, 330), (301, NEVER)):
        assert earliest(table(2, trips, []), {0: 0}, at).reached[1] == expected
    assert earliest(table(2, trips, []), {0: 50}, 100).reached[1] == 230
    assert earliest(table(2, trips, []), {0: 0}, 0, within_s=99).reached[1] == NEVER


def test_where_a_trip_only_sets_down_nobody_gets_on() -> None:
    rows = np.array([(0, 0, 1, 0, 60, 1, 0), (0, 1, 2, 60, 120, 0, 1)])
    closed = of_connections(3, rows, [])
    assert earliest(closed, {0: 0}, 0).reached.tolist() == [0, NEVER, 120]
    assert earliest(closed, {1: 0}, 0).reached.tolist() == [NEVER, 0, NEVER]


@st.composite
def days(draw: st.DrawFn) -> tuple[int, list[Trip], list[tuple[int, int, int]], int]:
    stops = draw(st.integers(2, 6))
    stop = st.integers(0, stops - 1)
    trips = []
    for _ in range(draw(st.integers(0, 7))):
        now, trip = draw(st.integers(0, 40)), []
        for _ in range(draw(st.integers(2, 4))):
            arrives = now + draw(st.integers(0, 8))
            now = arrives + draw(st.integers(0, 3))
            trip.append((draw(stop), arrives, now))
        trips.append(trip)
    walks = {(draw(stop), draw(stop)): draw(st.integers(1, 9)) for _ in range(draw(st.integers(0, 5)))}
    return stops, trips, [(a, b, s) for (a, b), s in walks.items()], draw(st.integers(1, 4))


@settings(max_examples=300, deadline=None)
@given(day=days(), origin=st.integers(0, 1), at=st.integers(0, 30))
def test_no_journey_arrives_sooner(
    day: tuple[int, list[Trip], list[tuple[int, int, int]], int], origin: int, at: int
) -> None:
    """Every journey is tried: board any trip that leaves in time, get off at each later stop, change there or walk, again."""
    stops, trips, walks, change_s = day
    reached = {origin: at}

    def go(stop: int, ready: int, used: frozenset[int]) -> None:
        for number, trip in enumerate(trips):
            if number in used:
                continue
            for on, (here, _, departs) in enumerate(trip[:-1]):
                if here != stop or departs < ready or departs < at:
                    continue
                for off, arrives, _ in trip[on + 1 :]:
                    reached[off] = min(reached.get(off, NEVER), arrives)
                    go(off, arrives + change_s, used | {number})
                    for a, b, seconds in walks:
                        if a == off:
                            reached[b] = min(reached.get(b, NEVER), arrives + seconds)
                            go(b, arrives + seconds, used | {number})

    go(origin, at, frozenset())
    found = earliest(table(stops, trips, walks, change_s), {origin: 0}, at)
    assert found.reached.tolist() == [reached.get(s, NEVER) for s in range(stops)]
