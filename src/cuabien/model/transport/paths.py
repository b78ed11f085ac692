"""Shortest paths from one zone: Dijkstra (1959) with a heap of four children, on links sorted by their tail.

Kept apart from the solver of the equilibrium, because it also judges the solver: the gap is recomputed with these
paths and none of the solver's own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuabien.model.compiled import compiled
from cuabien.model.transport.delay import Floats
from cuabien.model.transport.heap import rise, take

Ints = NDArray[np.int32]
NEVER = np.inf


class Star(NamedTuple):
    """Links sorted by tail: those that leave node n are `first[n]` to `first[n + 1]` of `head` and `link`."""

    first: Ints
    head: Ints
    link: Ints
    """The link's number in the network."""


def star(nodes: int, tail: Ints, head: Ints) -> Star:
    order = np.argsort(tail, kind="stable").astype(np.int32)
    first = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=nodes), out=first[1:])
    return Star(first, head[order].astype(np.int32), order)


@compiled
def dijkstra(
    first: Ints, head: Ints, cost: Floats, first_through: int, origin: int,
    minutes: Floats, heap: Ints, keys: Floats, place: Ints,
) -> None:  # fmt: skip
    """Fill `minutes` [node] from `origin`; infinite where no way leads.

    `cost` [position] is in the order of the star; infinite where a link is closed. `heap`, `keys`, `place` [node] are work space.
    """
    for node in range(len(minutes)):
        minutes[node] = NEVER
        place[node] = -1
    minutes[origin] = 0.0
    heap[0], keys[0], place[origin] = origin, 0.0, 0
    size = 1
    while size > 0:
        node, here = heap[0], keys[0]
        size -= 1
        if size > 0:
            take(heap, keys, place, size)
        if node < first_through and node != origin:
            continue
        for position in range(first[node], first[node + 1]):
            there = head[position]
            reached = here + cost[position]
            if reached < minutes[there]:
                minutes[there] = reached
                at = place[there]
                if at < 0:
                    at = size
                    size += 1
                rise(heap, keys, place, at, there, reached)


@compiled
def zone_minutes(
    first: Ints, head: Ints, cost: Floats, first_through: int, zones: int, origins: Ints, found: Floats
) -> None:
    """Fill `found` [zone, zone] with the least minutes from each of `origins`; infinite where no way leads."""
    nodes = len(first) - 1
    minutes, keys = np.empty(nodes), np.empty(nodes + 1)
    heap, place = np.empty(nodes + 1, dtype=np.int32), np.empty(nodes, dtype=np.int32)
    for origin in origins:
        dijkstra(first, head, cost, first_through, origin, minutes, heap, keys, place)
        found[origin, :] = minutes[:zones]


@compiled
def least_totals(trips: Floats, minutes: Floats) -> Floats:
    """[origin] trips times least minutes [origin, zone] to other zones, summed with Neumaier's compensation."""
    totals = np.zeros(trips.shape[0])
    for origin in range(trips.shape[0]):
        total, lost = 0.0, 0.0
        for zone in range(trips.shape[1]):
            if zone == origin or trips[origin, zone] == 0.0:
                continue
            term = trips[origin, zone] * minutes[origin, zone]
            both = total + term
            lost += (total - both) + term if abs(total) >= abs(term) else (term - both) + total
            total = both
        totals[origin] = total + lost
    return totals


@compiled
def _reachable(
    first: Ints, head: Ints, is_open: NDArray[np.bool_], first_through: int, reached: NDArray[np.bool_]
) -> None:
    nodes, zones = len(first) - 1, len(reached)
    seen, stack = np.empty(nodes, dtype=np.bool_), np.empty(nodes, dtype=np.int32)
    for origin in range(zones):
        seen[:] = False
        seen[origin] = True
        stack[0] = origin
        size = 1
        while size > 0:
            size -= 1
            node = stack[size]
            if node < first_through and node != origin:
                continue
            for position in range(first[node], first[node + 1]):
                there = head[position]
                if is_open[position] and not seen[there]:
                    seen[there] = True
                    stack[size] = there
                    size += 1
        reached[origin, :] = seen[:zones]


def reachable(of: Star, is_open: NDArray[np.bool_], first_through: int, zones: int) -> NDArray[np.bool_]:
    """[zone, zone] whether any way over open links leads from one to the other."""
    reached = np.empty((zones, zones), dtype=np.bool_)
    _reachable(of.first, of.head, is_open, first_through, reached)
    return reached
