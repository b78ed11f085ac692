"""User equilibrium by paired alternative segments, origin by origin (Bar-Gera 2010; Xie and Xie 2016), on several threads.

    start     every commodity on its shortest paths, batch after batch, so that later ones see the flow of earlier ones;
              or the proportions of an earlier equilibrium
    pass      batch after batch: mend all trees at the prices of now, side by side; pair each used link that is dearer than the tree;
              shift flow within the new pairs
    sweeps    shift within all pairs of the pass, again and again, until that brings little
    judge     when the pass says that the gap may be reached, the evaluator says whether it is

The same input and number of threads give the same bits: which thread does what never depends on time. During sweeps the
network is cut into one part for each thread; pairs that lie in one part run beside those of other parts, the rest after them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from cuabien.model.transport import network as roads
from cuabien.model.transport import pairs
from cuabien.model.transport.network import Demand, Equilibrium, Floats, Ints, RoadNetwork

BATCH = 64
SWEEPS = 30
SHUFFLE = 20210


@dataclass(frozen=True)
class Graph:
    """The network as the loops see it: nodes in an order that keeps neighbours together, links sorted by tail."""

    link: Ints
    """[position] the link of the network."""
    node: Ints
    """[node of the network] its number here."""
    tail: Ints
    head: Ints
    first: Ints
    first_in: Ints
    in_link: Ints
    through: NDArray[np.bool_]
    form: tuple[Any, ...]
    preload: Floats
    part: Ints
    """[node] the thread's part of the network."""


def graph(network: RoadNetwork, preload: Floats | None, threads: int) -> Graph:
    ends = csr_array(
        (np.ones(network.links), (network.tail, network.head)), shape=(network.nodes, network.nodes)
    )
    order = reverse_cuthill_mckee(csr_array(ends + ends.T), symmetric_mode=True)
    node = np.empty(network.nodes, dtype=np.int32)
    node[order] = np.arange(network.nodes, dtype=np.int32)
    link = np.lexsort((node[network.head], node[network.tail])).astype(np.int32)
    tail, head = node[network.tail][link], node[network.head][link]
    in_link = np.argsort(head, kind="stable").astype(np.int32)
    kind, base, factor, power = network.form
    return Graph(
        link,
        node,
        tail,
        head,
        _firsts(tail, network.nodes),
        _firsts(head, network.nodes),
        in_link,
        order >= network.first_through,
        (kind[link], base[link], factor[link], power[link]),
        np.zeros(network.links) if preload is None else preload[link].astype(np.float64),
        (np.arange(network.nodes) * threads // network.nodes).astype(np.int32),
    )


def _firsts(ends: Ints, nodes: int) -> Ints:
    first = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(ends, minlength=nodes), out=first[1:])
    return first


class Work:
    """What one thread writes into."""

    def __init__(self, nodes: int, links: int) -> None:
        self.dist = np.empty(nodes)
        self.heap = np.empty(nodes + 1, dtype=np.int32)
        self.place = np.full(nodes, -1, dtype=np.int32)
        self.order = np.empty(nodes, dtype=np.int32)
        self.wanted = np.zeros(nodes)
        self.flow_of = np.zeros(links)
        self.slot_of = np.zeros(links, dtype=np.int32)
        self.marks = np.zeros((4, nodes), dtype=np.int32)
        self.walks = np.empty((2, nodes + 1), dtype=np.int32)
        self.pairs = Pairs(20000, 40 * nodes + 20000)
        self.counts = np.zeros(2, dtype=np.int64)


class Pairs:
    """Pairs of segments, one after the other."""

    def __init__(self, pairs: int, entries: int) -> None:
        self.commodity = np.empty(pairs, dtype=np.int32)
        self.begin = np.empty(pairs, dtype=np.int64)
        self.dear = np.empty(pairs, dtype=np.int32)
        self.cheap = np.empty(pairs, dtype=np.int32)
        self.fixed = np.empty(pairs)
        self.part = np.empty(pairs, dtype=np.int32)
        self.entries = np.empty(entries, dtype=np.int32)
        self.count = 0
        self.used = 0

    def add(self, other: Pairs, pairs: int, used: int) -> None:
        if self.count + pairs > len(self.commodity):
            for name in ("commodity", "begin", "dear", "cheap", "fixed", "part"):
                setattr(self, name, _longer(getattr(self, name), self.count + pairs))
        if self.used + used > len(self.entries):
            self.entries = _longer(self.entries, self.used + used)
        here, there = slice(self.count, self.count + pairs), slice(0, pairs)
        for name in ("commodity", "dear", "cheap", "fixed", "part"):
            getattr(self, name)[here] = getattr(other, name)[there]
        self.begin[here] = other.begin[there] + self.used
        self.entries[self.used : self.used + used] = other.entries[:used]
        self.count += pairs
        self.used += used


def _longer(array: NDArray[Any], least: int) -> NDArray[Any]:
    longer = np.empty(max(least, len(array) * 3 // 2), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


class Solver:
    def __init__(
        self, network: RoadNetwork, demands: Sequence[Demand], preload: Floats | None, threads: int
    ) -> None:
        self.network, self.demands, self.threads = network, demands, threads
        self.graph = graph(network, preload, threads)
        g = self.graph
        classes, origins = [], []
        for number, demand in enumerate(demands):
            found = roads._origins(demand)
            classes.append(np.full(len(found), number, dtype=np.int32))
            origins.append(found)
        of_class, zone = np.concatenate(classes), np.concatenate(origins)
        shuffled = np.random.default_rng(SHUFFLE).permutation(len(zone))
        self.of_class, self.zone = of_class[shuffled], zone[shuffled]
        self.count = len(zone)
        self.zone_node = g.node[: network.zones].copy()
        self.origin = self.zone_node[self.zone]
        self.trips = np.empty((self.count, network.zones))
        for number, demand in enumerate(demands):
            mine = np.flatnonzero(self.of_class == number)
            self.trips[mine] = demand.trips[self.zone[mine]]
        self.trips[np.arange(self.count), self.zone] = 0.0
        self.total = self.trips.sum(axis=1)
        self.pcu = np.array([d.pcu for d in demands], dtype=np.float64)
        self.fixed = np.array([np.where(d.allowed, d.fixed_min, np.inf)[g.link] for d in demands])
        self.load = g.preload.copy()
        self.cost, self.slope = np.empty(network.links), np.empty(network.links)
        self.flow = np.zeros((len(demands), network.links))
        self.pred = np.empty((self.count, network.nodes), dtype=np.int32)
        self.start = np.zeros(self.count, dtype=np.int64)
        self.length = np.zeros(self.count, dtype=np.int32)
        self.room = np.zeros(self.count, dtype=np.int32)
        self.slot_link = np.empty(0, dtype=np.int32)
        self.slot_flow = np.empty(0)
        self.slots = 0
        self.work = [Work(network.nodes, network.links) for _ in range(threads)]
        self.spent, self.excess = np.zeros(self.count), np.zeros(self.count)
        self.pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self.list = Pairs(1000, 10000)

    def together(self, tasks: Sequence[Callable[[], Any]]) -> list[Any]:
        if self.pool is None or len(tasks) == 1:
            return [task() for task in tasks]
        waiting = [self.pool.submit(task) for task in tasks[1:]]
        return [tasks[0](), *(w.result() for w in waiting)]

    # ---- rows

    def room_for(self, commodity: int, slots: int) -> None:
        """Move a row to the end of all rows if it has no room for so many slots."""
        if slots <= self.room[commodity]:
            return
        room = slots + max(64, slots // 8)
        if self.slots + room > len(self.slot_link):
            least = self.slots + room
            self.slot_link, self.slot_flow = _longer(self.slot_link, least), _longer(self.slot_flow, least)
        old, new, length = self.start[commodity], self.slots, self.length[commodity]
        self.slot_link[new : new + length] = self.slot_link[old : old + length]
        self.slot_flow[new : new + length] = self.slot_flow[old : old + length]
        self.start[commodity], self.room[commodity] = new, room
        self.slots += room

    # ---- start

    def price(self) -> None:
        pairs.price_all(*self.graph.form, self.load, self.cost, self.slope)

    def prices(self) -> Floats:
        return self.cost + self.fixed

    def load_all(self) -> None:
        """All trips on their trees, batch after batch."""
        g = self.graph
        self.price()
        for batch in self.batches(16):
            prices = self.prices()

            def grow(part: Ints, w: Work, prices: Floats = prices) -> tuple[Any, ...]:
                link = np.empty(len(part) * self.network.nodes, dtype=np.int32)
                flow = np.empty(len(link))
                length = np.empty(len(part), dtype=np.int32)
                pairs.load_trees(
                    g.first, g.head, g.tail, prices, g.through, w.dist, w.heap, w.place, w.order, w.wanted,
                    part, self.of_class, self.origin, self.trips, self.zone_node, self.pred,
                    link, flow, length,
                )  # fmt: skip
                return part, link, flow, length

            shares = [batch[t :: self.threads] for t in range(self.threads)]
            tasks = [lambda s=s, w=w: grow(s, w) for s, w in zip(shares, self.work, strict=True) if len(s)]
            for part, link, flow, length in self.together(tasks):
                at = 0
                for commodity, count in zip(part, length, strict=True):
                    self.length[commodity] = 0
                    self.room_for(commodity, int(count))
                    begin = self.start[commodity]
                    self.slot_link[begin : begin + count] = link[at : at + count]
                    self.slot_flow[begin : begin + count] = flow[at : at + count]
                    self.length[commodity] = count
                    np.add.at(
                        self.load,
                        link[at : at + count],
                        self.pcu[self.of_class[commodity]] * flow[at : at + count],
                    )
                    at += count
            self.price()

    def batches(self, size: int) -> list[Ints]:
        numbers = np.arange(self.count, dtype=np.int32)
        return [numbers[at : at + size] for at in range(0, self.count, size)]

    # ---- passes

    def rebuild(self) -> None:
        pairs.total_load(
            self.graph.preload, self.of_class, self.pcu, self.start, self.length,
            self.slot_link, self.slot_flow, self.load, self.flow,
        )  # fmt: skip
        self.price()

    def one_pass(self, size: int, tolerance: float, worth: float) -> float:
        """Mend trees, find pairs, shift; the gap of the rows as they were met."""
        g = self.graph
        self.list.count = self.list.used = 0
        for commodity in range(self.count):
            length = int(self.length[commodity])
            self.room_for(commodity, length + max(32, length // 16))
        for batch in self.batches(size):
            prices = self.prices()

            def find(part: Ints, w: Work, prices: Floats = prices) -> Work:
                p = w.pairs
                pairs.find_pairs(
                    g.first, g.head, g.tail, g.first_in, g.in_link, prices, self.fixed,
                    g.through, g.part, tolerance, worth,
                    part, self.of_class, self.origin, self.total, self.pred,
                    self.start, self.length, self.room, self.slot_link, self.slot_flow,
                    w.dist, w.heap, w.place, w.order, w.flow_of, w.slot_of, w.marks, w.walks,
                    p.commodity, p.begin, p.dear, p.cheap, p.fixed, p.part,
                    p.entries, self.spent, self.excess, w.counts,
                )  # fmt: skip
                return w

            shares = [batch[t :: self.threads] for t in range(self.threads)]
            tasks = [lambda s=s, w=w: find(s, w) for s, w in zip(shares, self.work, strict=True) if len(s)]
            before = self.list.count
            for w in self.together(tasks):
                self.list.add(w.pairs, int(w.counts[0]), int(w.counts[1]))
            if size < self.count:
                self.shift(np.arange(before, self.list.count, dtype=np.int32), max(worth, tolerance))
        return float(self.excess.sum() / self.spent.sum())

    def shift(self, which: Ints, ignore: float) -> float:
        p = self.list
        return pairs.shift(
            which, ignore, p.commodity, p.begin, p.dear, p.cheap, p.fixed, p.entries,
            self.of_class, self.pcu, self.start, self.slot_link, self.slot_flow,
            *self.graph.form, self.load, self.cost, self.slope,
        )  # fmt: skip

    def sweep(self, times: int, ignore: float, enough: float) -> int:
        part = self.list.part[: self.list.count]
        parts = [np.flatnonzero(part == t).astype(np.int32) for t in range(self.threads)]
        rest = np.flatnonzero(part < 0).astype(np.int32)
        for done in range(1, times + 1):
            worth = sum(self.together([lambda p=p: self.shift(p, ignore) for p in parts]))
            worth += self.shift(rest, ignore)
            if worth < enough:
                break
        return done
