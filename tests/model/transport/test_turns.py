"""Banned turns: who may not turn goes around; links keep their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.model.transport import network as roads
from cuabien.model.transport.network import Demand, RoadNetwork, equilibrium
from cuabien.model.transport.turns import over_turns, without_turns

# zone 0 - crossing 2 - zone 1, straight on in 2 minutes; and from the crossing around by 3 and back to it, 4 minutes
ENDS = [(0, 2), (2, 1), (2, 3), (3, 2)]
MINUTES = np.array([1.0, 1.0, 2.0, 2.0])


def town() -> tuple[RoadNetwork, Demand]:
    ends = np.array(ENDS, dtype=np.int32)
    flat = np.zeros(4)
    n = RoadNetwork(2, 4, 2, ends[:, 0].copy(), ends[:, 1].copy(), MINUTES, flat + 1, flat, flat)
    return n, Demand("car", 1.0, np.array([[0, 5.0], [0, 0]]), flat, flat == 0)


def test_a_banned_turn_sends_drivers_around() -> None:
    n, cars = town()
    np.testing.assert_allclose(equilibrium(n, [cars]).flow[0], [5, 5, 0, 0])
    expanded = without_turns(n, {(0, 1)})
    found = equilibrium(expanded, [over_turns(cars, expanded)])
    np.testing.assert_allclose(found.flow[0, :4], [5, 5, 5, 5])
    wide = over_turns(cars, expanded)
    assert roads.shortest_minutes(expanded, found.minutes, wide)[0, 1] == pytest.approx(6)


def test_no_ban_changes_nothing() -> None:
    n, _ = town()
    expanded = without_turns(n, ())
    assert (expanded.nodes, expanded.links) == (n.nodes, n.links)


def test_a_ban_of_every_way_is_told_as_trips_without_one() -> None:
    n, cars = town()
    expanded = without_turns(n, {(0, 1), (3, 1)})
    with pytest.raises(UnusableInput, match="have no way"):
        equilibrium(expanded, [over_turns(cars, expanded)])


@pytest.mark.parametrize(("ban", "first_through"), [((0, 3), 2), ((1, 0), 2), ((3, 1), 2)])
def test_links_that_do_not_meet_cannot_be_banned(ban: tuple[int, int], first_through: int) -> None:
    n, _ = town()
    if ban == (3, 1):
        assert without_turns(n, {ban}).links == 4 + 3
        return
    with pytest.raises(UnusableInput, match="do not meet"):
        without_turns(n, {ban})
