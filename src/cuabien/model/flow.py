"""The largest flow through a network, in whole numbers (Ford and Fulkerson 1956, by shortest ways: Edmonds and Karp 1972).

An arc and the arc that takes its flow back stand side by side: 2k and 2k + 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cuabien.model.compiled import compiled

Numbers = NDArray[np.int64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Network:
    """Arcs of a network: made once, however many flows are sought in it."""

    first: Ints
    """[node] where its arcs begin in `arc`; the last entry is their number."""
    arc: Ints
    """Arcs by the node that they leave."""
    head: Ints
    """[arc] the node that it leads to."""


def arranged(nodes: int, tails: Sequence[int], heads: Sequence[int]) -> Network:
    """The network of directed edges; edge k is arc 2k."""
    ends = np.array([tails, heads], dtype=np.int32).reshape(2, len(tails))
    leaves = ends.T.ravel()
    first = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(leaves, minlength=nodes), out=first[1:])
    return Network(first, np.argsort(leaves, kind="stable").astype(np.int32), ends[::-1].T.ravel().copy())


def largest(network: Network, capacity: Numbers, source: int, sink: int) -> int:
    """The largest flow from `source` to `sink`; `capacity` [edge]."""
    left = np.zeros(2 * len(capacity), dtype=np.int64)
    left[::2] = capacity
    return int(_largest(network.first, network.arc, network.head, left, source, sink))


def narrows(network: Network, capacity: Numbers, source: int, sink: int) -> list[int]:
    """The edges that hold the largest flow: the first full ones on the way from `source` beyond which no more gets through.

    Every one of them is full and together they carry the whole flow (the least cut of Ford and Fulkerson). Of several cuts this is
    the one nearest to `source`.
    """
    left = np.zeros(2 * len(capacity), dtype=np.int64)
    left[::2] = capacity
    _largest(network.first, network.arc, network.head, left, source, sink)
    reached = np.zeros(len(network.first) - 1, dtype=bool)
    reached[source] = True
    waiting = [source]
    while waiting:
        node = waiting.pop()
        for a in network.arc[network.first[node] : network.first[node + 1]]:
            there = network.head[a]
            if left[a] > 0 and not reached[there]:
                reached[there] = True
                waiting.append(int(there))
    tails, heads = network.head[1::2], network.head[::2]
    return [int(edge) for edge in np.flatnonzero(reached[tails] & ~reached[heads])]


@compiled
def _largest(first: Ints, arc: Ints, head: Ints, left: Numbers, source: int, sink: int) -> int:
    """Fill shortest ways until none is left; `left` [arc] is what may still flow, and changes."""
    nodes = len(first) - 1
    by, queue = np.empty(nodes, dtype=np.int32), np.empty(nodes, dtype=np.int32)
    total = 0
    while True:
        by[:] = -1
        queue[0] = source
        begin, end = 0, 1
        while begin < end and by[sink] < 0:
            node = queue[begin]
            begin += 1
            for position in range(first[node], first[node + 1]):
                a = arc[position]
                there = head[a]
                if left[a] > 0 and by[there] < 0 and there != source:
                    by[there] = a
                    queue[end] = there
                    end += 1
        if by[sink] < 0:
            return total
        more, node = left[by[sink]], sink
        while node != source:
            more = min(more, left[by[node]])
            node = head[by[node] ^ 1]
        node = sink
        while node != source:
            left[by[node]] -= more
            left[by[node] ^ 1] += more
            node = head[by[node] ^ 1]
        total += more
