"""Minutes by train and boat: to a stop, the wait, the ride over the links of the plan, and on from the stop.

Where the plan knows no lines of a mode (`service.py` has those that it knows), its links stand for them; how often they run is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model.variables import Array


def ride_minutes(stops: int, ends: Sequence[tuple[int, int]], minutes: Sequence[float]) -> Array:
    """[stop, stop] least minutes over links between stops, both ways; infinite where no line leads."""
    found = np.full((stops, stops), np.inf)
    np.fill_diagonal(found, 0.0)
    for (a, b), length in zip(ends, minutes, strict=True):
        found[a, b] = found[b, a] = min(found[a, b], length)
    for middle in range(stops):  # Floyd and Warshall 1962
        found = np.minimum(found, found[:, middle, None] + found[None, middle, :])
    return np.asarray(found)


def door_to_door(access: Array, ride: Array, wait: float) -> Array:
    """[i, j] minutes: the least over stops a and b of access[i,a] + wait + ride[a,b] + access[j,b]; infinite without a stop.

    `access` [i, stop] minutes, infinite beyond reach. Whoever gets off where they got on has not travelled.
    """
    places = len(access)
    if ride.size == 0:
        return np.full((places, places), np.inf)
    moved = ride.copy()
    np.fill_diagonal(moved, np.inf)
    from_stop = np.full((len(moved), places), np.inf)
    for stop in range(len(moved)):
        from_stop = np.minimum(from_stop, moved[:, stop, None] + access[None, :, stop])
    found = np.full((places, places), np.inf)
    for stop in range(len(moved)):
        found = np.minimum(found, access[:, stop, None] + from_stop[None, stop, :])
    return np.asarray(found + wait)
