"""Lines without a timetable: whoever waits takes the first vehicle that is worth taking (Spiess and Florian 1989).

A traveller knows the lines and how often they run, not when. A strategy says at every stop which lines are boarded, whichever
comes first, and where to get off. The best one is a linear programme; its dual is solved here one destination at a time, label by
label, and volumes follow the shares with which the lines come first:

    u[i] = (a + sum f[l] (c[l] + u[j(l)])) / sum f[l]      over the lines l that are worth it at i; a / sum f is the wait
    share[l] = f[l] / sum f

`a` is 0.5 where vehicles keep their distance, 1 where they come at random. See docs/theory/transit.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuabien.model.compiled import compiled
from cuabien.model.transport.delay import Floats
from cuabien.model.transport.heap import rise, take
from cuabien.model.transport.paths import Ints, star

EVENLY = 0.5
"""Wait in headways where vehicles keep their distance; 1.0 where they come at random."""
WALK, BOARD, RIDE, ALIGHT = range(4)
"""Kinds of link."""
WAITED, WALKED, BOARDED, RIDDEN = range(4)
"""Parts of a skim; the minutes ridden by each mode follow one another from `RIDDEN` on."""


@dataclass(frozen=True)
class Line:
    """One direction of a line: its stops in order, the minutes from each to the next, and how often a vehicle comes."""

    name: str
    stops: tuple[int, ...]
    minutes: tuple[float, ...]
    headway_min: float
    mode: int = 0


@dataclass(frozen=True)
class TransitNetwork:
    """Links between nodes 0 to nodes - 1, of which 0 to zones - 1 are zones; a vehicle at a stop is a node of its own."""

    zones: int
    nodes: int
    first_through: int
    """Nodes below it are no way through: a journey may begin or end there, not pass."""
    tail: Ints
    head: Ints
    minutes: Floats
    per_min: Floats
    """[link] vehicles a minute; infinite where nobody waits."""
    kind: Ints
    line: Ints
    """[link] index of its line; -1 on foot."""
    at: Ints
    """[link] which stop of the line it leaves (or, to get off, reaches); -1 on foot."""
    modes: int
    mode: Ints
    """[link] mode of its line; -1 on foot."""

    @property
    def links(self) -> int:
        return len(self.tail)


@dataclass(frozen=True)
class Weights:
    """How a minute of each kind is felt against one in a vehicle, and what a boarding costs beside its wait, in minutes."""

    wait: float = 1.0
    walk: float = 1.0
    boarding: float = 0.0


@dataclass(frozen=True)
class Skims:
    """[zone, zone] what the best strategy is expected to take; infinite where none leads, 0 from a zone to itself."""

    felt: Floats
    """Minutes as they are felt, by the weights: what the strategy makes least."""
    wait: Floats
    walk: Floats
    """To and from stops and between them, minutes that a boarding takes included."""
    boardings: Floats
    ridden: Floats
    """[mode, zone, zone] minutes in vehicles."""

    @property
    def minutes(self) -> Floats:
        """Door to door."""
        return np.asarray(self.wait + self.walk + self.ridden.sum(axis=0))

    @property
    def transfers(self) -> Floats:
        """Changes of vehicle: boardings beyond the first; whoever only walks changes nothing."""
        return np.asarray(np.maximum(self.boardings - 1.0, 0.0))


@dataclass(frozen=True)
class Loaded:
    """Where the passengers are."""

    volume: Floats
    """[link] passengers."""
    unserved: Floats
    """[zone, zone] trips that no strategy serves."""

    def segments(self, network: TransitNetwork) -> list[tuple[int, int, float]]:
        """(line, stop that is left, passengers on board) of every stretch between stops."""
        ridden = np.flatnonzero(network.kind == RIDE)
        return [(int(network.line[a]), int(network.at[a]), float(self.volume[a])) for a in ridden]

    def boarding(self, network: TransitNetwork) -> Floats:
        """[line] boardings."""
        on = network.kind == BOARD
        most = int(network.line.max(initial=-1)) + 1
        return np.bincount(network.line[on], weights=self.volume[on], minlength=most).astype(np.float64)


class Arc(NamedTuple):
    """A link of a network that is being made."""

    tail: int
    head: int
    minutes: float
    per_min: float
    kind: int
    line: int
    at: int


def network_of(
    zones: int,
    places: int,
    lines: Sequence[Line],
    walks: Sequence[tuple[int, int, float]],
    *,
    through_zones: bool = False,
    boarding_min: float = 0.0,
    exits: int = 0,
) -> TransitNetwork:
    """Places 0 to `places` - 1 (zones, then stops), joined by lines and by `walks` (from, to, minutes; one way each).

    With `exits`, passengers get off at the place that many numbers after the one where they get on: then nobody reaches a zone by walking
    through a stop.
    """
    arcs = [Arc(a, b, minutes, np.inf, WALK, -1, -1) for a, b, minutes in walks]
    node = places
    for number, line in enumerate(lines):
        for position, stop in enumerate(line.stops):
            if position < len(line.minutes):
                often, minutes = 1.0 / line.headway_min, line.minutes[position]
                arcs.append(Arc(stop, node, boarding_min, often, BOARD, number, position))
                arcs.append(Arc(node, node + 1, minutes, np.inf, RIDE, number, position))
            if position > 0:
                arcs.append(Arc(node, stop + exits, 0.0, np.inf, ALIGHT, number, position))
            node += 1
    line_of = np.array([arc.line for arc in arcs], dtype=np.int32)
    mode = np.array([line.mode for line in lines] or [0], dtype=np.int32)
    return TransitNetwork(
        zones,
        node,
        0 if through_zones else zones,
        np.array([arc.tail for arc in arcs], dtype=np.int32),
        np.array([arc.head for arc in arcs], dtype=np.int32),
        np.array([arc.minutes for arc in arcs], dtype=np.float64),
        np.array([arc.per_min for arc in arcs], dtype=np.float64),
        np.array([arc.kind for arc in arcs], dtype=np.int32),
        line_of,
        np.array([arc.at for arc in arcs], dtype=np.int32),
        modes=int(mode.max()) + 1,
        mode=np.where(line_of < 0, -1, mode[line_of]).astype(np.int32),
    )


PLAIN = Weights()


def skim(network: TransitNetwork, weights: Weights = PLAIN, wait_headways: float = EVENLY) -> Skims:
    """What the best strategies between all zones are expected to take."""
    return assign(network, None, weights, wait_headways)[0]


def assign(
    network: TransitNetwork,
    trips: Floats | None,
    weights: Weights = PLAIN,
    wait_headways: float = EVENLY,
) -> tuple[Skims, Loaded]:
    """The skims, and the passengers of `trips` [zone, zone] on the best strategies; those who stay in a zone ride nowhere."""
    net, zones = network, network.zones
    parts = np.zeros((RIDDEN + net.modes, net.links))
    parts[WALKED] = np.where((net.kind == WALK) | (net.kind == BOARD), net.minutes, 0.0)
    parts[BOARDED] = net.kind == BOARD
    for mode in range(net.modes):
        parts[RIDDEN + mode] = np.where((net.kind == RIDE) & (net.mode == mode), net.minutes, 0.0)
    felt = weights.walk * parts[WALKED] + weights.boarding * parts[BOARDED] + parts[RIDDEN:].sum(axis=0)
    into = star(net.nodes, net.head, net.tail)
    found = np.full((1 + len(parts), zones, zones), np.inf)
    volume = np.zeros(net.links)
    wanted = np.zeros((zones, zones)) if trips is None else np.ascontiguousarray(trips, dtype=float)
    _all(
        into.first, into.link, net.tail, net.head, felt, net.per_min, np.ascontiguousarray(parts), net.first_through,
        wait_headways, weights.wait, wanted, trips is not None, found, volume,
    )  # fmt: skip
    unserved = np.where(np.isfinite(found[0]), 0.0, wanted)
    skims = Skims(found[0], found[1 + WAITED], found[1 + WALKED], found[1 + BOARDED], found[1 + RIDDEN :])
    return skims, Loaded(volume, unserved)


# ---- one destination ------------------------------------------------------------------------------------------


@compiled
def _lower(heap: Ints, keys: Floats, place: Ints, size: int, item: int, key: float) -> int:
    """Put an item into the heap, or lower its key; the new size."""
    at = place[item]
    if at < 0:
        at = size
        size += 1
    rise(heap, keys, place, at, item, key)
    return size


@compiled
def _done(heap: Ints, keys: Floats, place: Ints, size: int) -> int:
    """Take the first item off the heap; the new size. It is done: its place is -2."""
    place[heap[0]] = -2
    size -= 1
    if size > 0:
        take(heap, keys, place, size)
    return size


@compiled
def _towards(
    destination: int, first: Ints, order: Ints, tail: Ints, head: Ints, felt: Floats, per_min: Floats,
    parts: Floats, first_through: int, headways: float, wait_weight: float,
    label: Floats, often: Floats, expected: Floats, taken: Ints, heap: Ints, keys: Floats, place: Ints,
) -> int:  # fmt: skip
    """Label every node with its least felt minutes to a destination; the number of links taken, in the order they were.

    Nodes and links lie in one heap: a node by its label, a link by what it and the label of its head come to. A link that is
    drawn when it would no longer make the label of its tail less is not worth taking; ties are not taken, so that nothing
    is added to a label that others have already used.
    """
    nodes, many = len(label), len(expected)
    label[:], often[:], expected[:, :], place[:] = np.inf, 0.0, 0.0, -1
    label[destination] = 0.0
    size, count = _lower(heap, keys, place, 0, destination, 0.0), 0
    while size > 0:
        item, key = heap[0], keys[0]
        size = _done(heap, keys, place, size)
        if item < nodes:
            if item < first_through and item != destination:
                continue
            for position in range(first[item], first[item + 1]):
                link = order[position]
                if label[tail[link]] > key + felt[link]:
                    size = _lower(heap, keys, place, size, nodes + link, key + felt[link])
            continue
        link = item - nodes
        here, there, f = tail[link], head[link], per_min[link]
        if not label[here] > key:
            continue
        taken[count] = link
        count += 1
        if f == np.inf:
            label[here], often[here] = key, np.inf
            for part in range(many):
                expected[part, here] = expected[part, there] + parts[part, link]
        else:
            before = often[here]
            whole = before + f
            label[here] = (
                (wait_weight * headways if before == 0.0 else before * label[here]) + f * key
            ) / whole
            for part in range(many):
                begun = before * expected[part, here]
                if before == 0.0:
                    begun = headways if part == 0 else 0.0
                expected[part, here] = (begun + f * (expected[part, there] + parts[part, link])) / whole
            often[here] = whole
        size = _lower(heap, keys, place, size, here, label[here])
    return count


@compiled
def _all(
    first: Ints, order: Ints, tail: Ints, head: Ints, felt: Floats, per_min: Floats, parts: Floats,
    first_through: int, headways: float, wait_weight: float, trips: Floats, load: bool,
    found: NDArray[np.float64], volume: Floats,
) -> None:  # fmt: skip
    nodes, links, many, zones = len(first) - 1, len(tail), len(parts), len(trips)
    label, often, expected = np.empty(nodes), np.empty(nodes), np.empty((many, nodes))
    taken, flow = np.empty(links, dtype=np.int32), np.empty(nodes)
    items = nodes + links + 1
    heap, place, keys = np.empty(items, dtype=np.int32), np.empty(items, dtype=np.int32), np.empty(items)
    for destination in range(zones):
        count = _towards(
            destination, first, order, tail, head, felt, per_min, parts, first_through, headways, wait_weight,
            label, often, expected, taken, heap, keys, place,
        )  # fmt: skip
        for origin in range(zones):
            if label[origin] < np.inf:
                found[0, origin, destination] = label[origin]
                for part in range(many):
                    found[1 + part, origin, destination] = expected[part, origin]
        if not load:
            continue
        flow[:] = 0.0
        for origin in range(zones):
            if origin != destination and label[origin] < np.inf:
                flow[origin] = trips[origin, destination]
        for back in range(count):
            link = taken[count - 1 - back]
            here = tail[link]
            if flow[here] == 0.0:
                continue
            if per_min[link] == np.inf:
                share = 1.0
            elif often[here] == np.inf:
                share = 0.0
            else:
                share = per_min[link] / often[here]
            passengers = flow[here] * share
            volume[link] += passengers
            flow[head[link]] += passengers
