"""Who goes from where to where, by which mode and in how many minutes: what a year's variables hold only as sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.engine import State
from cuabien.model.transport import outcome
from cuabien.model.transport.choice import NO_WAY_MIN
from cuabien.model.transport.step import traffic_again
from cuabien.model.variables import PURPOSES, Array
from cuabien.model.world import World


@dataclass(frozen=True)
class Between:
    """All between communes, in the order of `World.communes`."""

    trips: Array
    """[mode, i, j] a day, the way back counted."""
    minutes: Array
    """[mode, i, j] door to door in the peak; not a number where the mode leads no way."""
    km: Array
    """[i, j] kilometres by road; not a number where none leads."""


def between(world: World, states: tuple[State, ...], year: int) -> Between:
    """Of a year of a future; `states` are its years from the base year on."""
    here, traffic = traffic_again(world, states, year)
    turned, _ = outcome.turned_away(here, traffic)
    carried = outcome.shares_carried(traffic, turned)
    out = sum(traffic.day.trips[i] * carried[i] for i in range(len(PURPOSES)))
    there = np.asarray(out)
    return Between(there + there.transpose(0, 2, 1), _known(traffic.day.minutes), _known(here.km))


def _known(found: Array) -> Array:
    return np.asarray(np.where(found < NO_WAY_MIN, found, np.nan))
