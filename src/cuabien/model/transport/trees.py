"""Trees of shortest paths kept for all zones: to load trips on them, and to see what the loss of a link does.

What a lost link costs is exact for the minutes that were given: only the nodes behind the link in a tree can get farther, and
their new minutes are found from all others, which keep theirs. Nobody's loss makes another road slower here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.compiled import compiled
from cuabien.model.transport import paths
from cuabien.model.transport.delay import Floats
from cuabien.model.transport.network import Bools, Ints, RoadNetwork


@dataclass(frozen=True)
class Trees:
    """Shortest paths of one class from every zone."""

    network: RoadNetwork
    cost: Floats
    """[arc] minutes; infinite where the class may not go."""
    minutes: Floats
    """[zone, node]; infinite where no way leads."""
    through: Ints
    """[zone, node] the arc that leads there; -1 at the zone itself and where no way leads."""

    @property
    def between_zones(self) -> Floats:
        return self.minutes[:, : self.network.zones]


def grow(network: RoadNetwork, cost: Floats, allowed: Bools, origins: Ints | None = None) -> Trees:
    """The trees of a class that may use the arcs `allowed`, at `cost` [arc] minutes; of all zones, or of `origins`."""
    paid = np.where(allowed, cost, np.inf)
    star = network.star
    minutes = np.full((network.zones, network.nodes), np.inf)
    through = np.full((network.zones, network.nodes), -1, dtype=np.int32)
    wanted = np.arange(network.zones, dtype=np.int32) if origins is None else origins
    _grow(star.first, star.head, paid[star.link], network.first_through, wanted, minutes, through)
    return Trees(network, paid, minutes, np.where(through >= 0, star.link[through], -1).astype(np.int32))


def load(trees: Trees, trips: Floats) -> Floats:
    """[arc] vehicles when every trip [zone, zone] keeps to its tree; a trip without a way is left at home."""
    flow = np.zeros(trees.network.links)
    _load(trees.network.tail, trees.through, np.ascontiguousarray(trips), flow)
    return flow


def skim(network: RoadNetwork, cost: Floats, allowed: Bools, origins: Ints, destinations: Ints) -> Floats:
    """[origin, destination] least minutes between some zones; infinite where no way leads."""
    star = network.star
    found = np.full((network.zones, network.zones), np.inf)
    paths.zone_minutes(
        star.first, star.head, np.where(allowed, cost, np.inf)[star.link], network.first_through,
        network.zones, origins, found,
    )  # fmt: skip
    return found[np.ix_(origins, destinations)]


def losses(trees: Trees, trips: Floats, lost: Ints) -> tuple[Floats, Floats]:
    """([row] minutes more in all, [row] trips left without a way) when the arcs of each row of `lost` are gone.

    `lost` [row, 2]: the two directions of a link, -1 where there is none. `trips` [zone, zone] vehicles an hour.
    """
    network = trees.network
    into, out = paths.star(network.nodes, network.head, network.tail), network.star
    extra, stranded = np.zeros(len(lost)), np.zeros(len(lost))
    _losses(
        network.tail, network.head, into.first, into.link, out.first, out.link, trees.cost,
        network.first_through, trees.minutes, trees.through, np.ascontiguousarray(trips), lost, extra, stranded,
    )  # fmt: skip
    return extra, stranded


@compiled
def _grow(
    first: Ints, head: Ints, cost: Floats, first_through: int, origins: Ints, minutes: Floats, through: Ints
) -> None:
    """Fill `minutes` (infinite so far) and `through` (-1) [zone, node], the position of the link that leads there (Dijkstra 1959, a binary heap).

    `through` is kept while the search goes on: found from the minutes afterwards it could run in a circle where minutes are so
    large that a link more makes no difference to a float.
    """
    nodes = minutes.shape[1]
    heap, place = np.empty(nodes, dtype=np.int64), np.empty(nodes, dtype=np.int64)
    for origin in origins:
        reached, leads = minutes[origin], through[origin]
        place[:] = -1
        reached[origin] = 0.0
        heap[0], place[origin], size = origin, 0, 1
        while size > 0:
            node = heap[0]
            place[node] = -2  # settled
            size -= 1
            if size > 0:
                moved, at = heap[size], 0
                while True:
                    child = 2 * at + 1
                    if child >= size:
                        break
                    if child + 1 < size and reached[heap[child + 1]] < reached[heap[child]]:
                        child += 1
                    if reached[heap[child]] >= reached[moved]:
                        break
                    heap[at] = heap[child]
                    place[heap[at]] = at
                    at = child
                heap[at] = moved
                place[moved] = at
            if node < first_through and node != origin:
                continue
            for position in range(first[node], first[node + 1]):
                there, sooner = head[position], reached[node] + cost[position]
                if place[there] == -2 or not sooner < reached[there]:
                    continue
                reached[there] = sooner
                leads[there] = position
                at = place[there]
                if at == -1:
                    at = size
                    size += 1
                while at > 0:
                    parent = (at - 1) // 2
                    if reached[heap[parent]] <= sooner:
                        break
                    heap[at] = heap[parent]
                    place[heap[at]] = at
                    at = parent
                heap[at] = there
                place[there] = at


@compiled
def _load(tail: Ints, through: Ints, trips: Floats, flow: Floats) -> None:
    for origin in range(trips.shape[0]):
        for zone in range(trips.shape[1]):
            trip = trips[origin, zone]
            if zone == origin or trip == 0.0 or through[origin, zone] < 0:
                continue
            node = zone
            while node != origin:
                arc = through[origin, node]
                flow[arc] += trip
                node = tail[arc]


@compiled
def _losses(
    tail: Ints, head: Ints, into: Ints, into_arc: Ints, out: Ints, out_arc: Ints, cost: Floats, first_through: int,
    minutes: Floats, through: Ints, trips: Floats, lost: Ints, extra: Floats, stranded: Floats,
) -> None:  # fmt: skip
    zones, nodes = minutes.shape
    behind = np.zeros(nodes, dtype=np.bool_)
    farther = np.empty(nodes)
    found, queue = np.empty(nodes, dtype=np.int64), np.empty(nodes, dtype=np.int64)
    waits = np.zeros(nodes, dtype=np.bool_)
    child, beside = np.empty(nodes, dtype=np.int64), np.empty(nodes, dtype=np.int64)
    for origin in range(zones):
        if trips[origin].sum() == 0.0:
            continue
        child[:] = -1
        for node in range(nodes):  # the tree from above: a node's first child, and the next beside it
            arc = through[origin, node]
            if arc >= 0:
                beside[node] = child[tail[arc]]
                child[tail[arc]] = node
        for row in range(lost.shape[0]):
            first_arc, second_arc = lost[row, 0], lost[row, 1]
            top = -1
            for side in range(2):
                arc = lost[row, side]
                if arc >= 0 and through[origin, head[arc]] == arc:
                    top = head[arc]
            if top < 0:
                continue
            found[0] = top
            behind[top] = True
            count, at = 1, 0
            while at < count:  # everything behind the link
                node = child[found[at]]
                while node >= 0:
                    behind[node] = True
                    found[count] = node
                    count += 1
                    node = beside[node]
                at += 1
            for at in range(count):
                node = found[at]
                farther[node] = np.inf
                for position in range(into[node], into[node + 1]):
                    arc = into_arc[position]
                    before = tail[arc]
                    if arc in (first_arc, second_arc) or behind[before]:
                        continue
                    if before < first_through and before != origin:
                        continue
                    reached = minutes[origin, before] + cost[arc]
                    if reached < farther[node]:
                        farther[node] = reached
            _settle(
                head, out, out_arc, cost, first_through, first_arc, second_arc, found, count, behind, farther,
                queue, waits,
            )  # fmt: skip
            for at in range(count):
                node = found[at]
                behind[node] = False
                if node < zones and node != origin and trips[origin, node] > 0.0:
                    if farther[node] == np.inf:
                        stranded[row] += trips[origin, node]
                    else:
                        extra[row] += trips[origin, node] * (farther[node] - minutes[origin, node])


@compiled
def _settle(
    head: Ints, out: Ints, out_arc: Ints, cost: Floats, first_through: int, first_arc: int, second_arc: int,
    found: Ints, count: int, behind: Bools, farther: Floats, queue: Ints, waits: Bools,
) -> None:  # fmt: skip
    """Bring the minutes among the nodes behind a lost link to rest: each may be reached through another of them.

    A node whose minutes fell waits in a ring for its neighbours to be looked at (Bellman 1958, Moore 1959).
    """
    begin, size = 0, 0
    for at in range(count):
        if farther[found[at]] < np.inf:
            queue[size] = found[at]
            waits[found[at]] = True
            size += 1
    while size > 0:
        node = queue[begin]
        begin, size = begin + 1 if begin + 1 < len(queue) else 0, size - 1
        waits[node] = False
        if node < first_through:
            continue
        for position in range(out[node], out[node + 1]):
            arc = out_arc[position]
            there = head[arc]
            if not behind[there] or arc in (first_arc, second_arc):
                continue
            reached = farther[node] + cost[arc]
            if reached < farther[there]:
                farther[there] = reached
                if not waits[there]:
                    end = begin + size
                    queue[end if end < len(queue) else end - len(queue)] = there
                    waits[there] = True
                    size += 1
