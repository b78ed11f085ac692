"""The heap of every search on a network: four children to a parent, and where each item lies in it, so that its key can fall.

`heap` are items, `keys` their keys in the same order, `place` [item] where an item lies (negative: not in it). Who calls keeps the size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuabien.model.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@compiled
def rise(heap: Ints, keys: Floats, place: Ints, at: int, node: int, key: float) -> None:
    """Put `node` where it belongs, on the way up from place `at` of a heap of four children."""
    while at > 0:
        parent = (at - 1) >> 2
        if keys[parent] <= key:
            break
        above = heap[parent]
        heap[at] = above
        keys[at] = keys[parent]
        place[above] = at
        at = parent
    heap[at] = node
    keys[at] = key
    place[node] = at


@compiled
def take(heap: Ints, keys: Floats, place: Ints, size: int) -> None:
    """Close the gap at the top with the last of `size` + 1 entries."""
    node, key = heap[size], keys[size]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        best, least = child, keys[child]
        for other in range(child + 1, min(child + 4, size)):
            if keys[other] < least:
                best, least = other, keys[other]
        if least >= key:
            break
        moved = heap[best]
        heap[at] = moved
        keys[at] = least
        place[moved] = at
        at = best
    heap[at] = node
    keys[at] = key
    place[node] = at
