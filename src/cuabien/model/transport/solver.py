"""User equilibrium by paired alternative segments, origin by origin (Bar-Gera 2010; Xie and Xie 2016), on several threads.

    start     every commodity on its shortest paths, batch after batch, so that later ones see the flow of earlier ones;
              or the shares of an earlier equilibrium
    pass      batch after batch: mend all trees at the prices of now, side by side; pair each used link off the tree;
              shift flow within the new pairs
    sweeps    shift within all pairs of the pass, again and again; now and then go on in the direction of the last sweep
              as far as it helps, because pairs that share a bottleneck would else hand it to and fro in small steps
    judge     when the pass says that the gap may be reached, the evaluator says whether it is

The same input and number of threads give the same bits: which thread does what never depends on time. While flow is shifted, the
network is cut into one part for each thread; pairs that lie in one part run beside those of other parts, the rest after them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from cuabien.model.transport import network as roads
from cuabien.model.transport import pairs
from cuabien.model.transport.network import Bools, Demand, Equilibrium, Floats, Ints, RoadNetwork

BATCH = 32
"""Commodities that meet the same prices."""
LOADING_BATCH = 16
SWEEPS = 30
STRETCH_EVERY = 3
SLOW = 0.4
"""A pass that leaves more of the gap than this is followed by three times the sweeps."""
ENOUGH = 0.01
"""Sweeps end when what they could still save is this share of what the pass could."""
USUAL = 10.0
"""Times the gap that is asked for: how far off a warm start usually is."""
WORTH = 1e-2
TREE = 1e-3
SHIFT = 1e-3
"""Shares of gap x mean minutes of a trip that count as nothing: for a new pair of the first pass, for a tree, for a shift."""
MOST_ENTRIES = 8_000_000
"""Slots that the pairs of a pass may name; pairs beyond have had their one shift and wait for the next pass."""
FULL = 32
"""A row with less room than so many slots is given more before a pass."""
WORK_PER_THREAD = 200_000
"""Commodities x links from which another thread is worth its trouble."""
LOST = 1e-9
"""A share of a commodity's trips; more of it gained or lost at a node is an error of the solver."""
STILL = 1e-9
"""A load that changes by less of itself has not moved."""
STUCK = 60
"""Passes without a better gap after which rounding is all that is left."""
SHUFFLE = 20210


def solve(
    network: RoadNetwork,
    demands: Sequence[Demand],
    gap: float,
    preload: Floats | None,
    warm: Equilibrium | None,
    max_iterations: int,
    threads: int,
) -> Equilibrium:
    """What `network.equilibrium` promises, for input that has been checked."""
    solver = Solver(network, demands, preload, threads)
    try:
        found, passes = _iterate(solver, gap, warm, max_iterations)
        flow = solver.link_flow()
        if solver.count and solver.balance() > LOST:
            raise ArithmeticError("the solver lost trips at a node")
    finally:
        solver.close()
    return Equilibrium(
        flow,
        roads.link_minutes(network, demands, flow, preload),
        found,
        passes,
        roads.objective(network, demands, flow, preload),
        solver.least,
        solver.state(),
    )


def _iterate(solver: Solver, gap: float, warm: Equilibrium | None, max_iterations: int) -> tuple[float, int]:
    """Passes until the evaluator finds the gap; (gap, passes).

    A warm start is judged where it may do as it is. Where the roads' loads have moved it rarely does, and the first pass says how far off it
    is; until then `USUAL` stands for its gap.
    """
    state = warm.state if warm is not None else None
    now = best = 1.0
    moved = True
    if isinstance(state, State):
        moved = solver.begin_with(state)
        now = best = USUAL * gap if gap > 0 else 1.0
    else:
        solver.begin()
    if not solver.count or max_iterations == 0 or not moved:
        now = best = solver.judge()
    fell, passes, since = 0.5, 0, 0
    while solver.count and now > gap and passes < max_iterations and since < STUCK:
        mean = solver.mean_minutes()
        small = min(now, 0.1) * mean
        first = passes == 0 and state is None
        met = solver.one_pass(max(TREE * small, 1e-16 * mean), WORTH * small if first else -1.0, anew=first)
        passes += 1
        fell = min(max(met / now, 0.05), 1.0) if passes > 1 else 0.5
        times = SWEEPS if fell < SLOW else 3 * SWEEPS
        solver.sweep(times, SHIFT * small, ENOUGH * met * solver.all_minutes())
        solver.rebuild()
        since = 0 if met < 0.99 * best else since + 1
        now, best = met, min(met, best)
        if min(fell, 0.5) * met <= gap or passes == max_iterations or since == STUCK:
            now = solver.judge()
    return now, passes


def touch(network: RoadNetwork, demands: Sequence[Demand]) -> None:
    """Call the loops that a small network need not come to, so that they are compiled."""
    solver = Solver(network, demands, None, 1)
    solver.begin()
    solver.one_pass(0.0, -1.0, anew=False)
    p = solver.list
    pairs.along(
        p.moves, p.count, *p.shape, p.fixed, p.entry_link, solver.of_class, solver.pcu, np.empty(network.links),
    )  # fmt: skip
    pairs.rising(0.0, np.zeros(network.links), 0.0, *solver.graph.form, solver.load)
    pairs.repeat(0.0, p.moves, p.count, *p.shape, p.entries, solver.start, solver.slot_flow)
    pairs.undo(0.0, p.moves, p.count, *p.shape, p.entries, solver.start, solver.length, solver.slot_flow)


# ---- the network as the loops see it -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Graph:
    """Nodes in an order that keeps neighbours together, links sorted by tail."""

    link: Ints
    """[position] the link of the network."""
    node: Ints
    """[node of the network] its number here."""
    tail: Ints
    head: Ints
    first: Ints
    first_in: Ints
    in_link: Ints
    through: Bools
    form: tuple[Any, ...]
    preload: Floats
    part: Ints
    """[node] which thread's part of the network it lies in."""


def graph(network: RoadNetwork, preload: Floats | None, threads: int) -> Graph:
    if threads not in network.arranged:
        network.arranged[threads] = _arranged(network, threads)
    made: Graph = network.arranged[threads]
    return made if preload is None else replace(made, preload=preload[made.link].astype(np.float64))


def _arranged(network: RoadNetwork, threads: int) -> Graph:
    """The network without a preload."""
    ends = csr_array(
        (np.ones(network.links), (network.tail, network.head)), shape=(network.nodes, network.nodes)
    )
    order = reverse_cuthill_mckee(csr_array(ends + ends.T), symmetric_mode=True)
    node = np.empty(network.nodes, dtype=np.int32)
    node[order] = np.arange(network.nodes, dtype=np.int32)
    link = np.lexsort((node[network.head], node[network.tail])).astype(np.int32)
    tail, head = node[network.tail][link], node[network.head][link]
    kind, base, factor, power = network.form
    return Graph(
        link,
        node,
        tail,
        head,
        _firsts(tail, network.nodes),
        _firsts(head, network.nodes),
        np.argsort(head, kind="stable").astype(np.int32),
        order >= network.first_through,
        (kind[link], base[link], factor[link], power[link]),
        np.zeros(network.links),
        (np.arange(network.nodes) * threads // network.nodes).astype(np.int32),
    )


def _firsts(ends: Ints, nodes: int) -> Ints:
    first = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(ends, minlength=nodes), out=first[1:])
    return first


# ---- work space ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """What a later solve begins with; arrays that are never written again."""

    tail: Ints
    head: Ints
    first_through: int
    names: tuple[str, ...]
    allowed: Bools
    graph: Graph
    of_class: Ints
    zone: Ints
    start: NDArray[np.int64]
    length: Ints
    slot_link: Ints
    slot_flow: Floats
    pred: Ints
    load: Floats


Rows = tuple[Ints, NDArray[np.int64], Ints, Floats]
"""Some commodities, where the row of each begins, and the links and flows of all."""


class Pairs:
    """Pairs of segments, one after the other: `entries` are slots within the commodity's row, `entry_link` their links."""

    COLUMNS = ("commodity", "begin", "dear", "cheap", "fixed", "part", "moves")

    def __init__(self, pairs: int, entries: int) -> None:
        self.commodity = np.empty(pairs, dtype=np.int32)
        self.begin = np.empty(pairs, dtype=np.int64)
        self.dear = np.empty(pairs, dtype=np.int32)
        self.cheap = np.empty(pairs, dtype=np.int32)
        self.fixed = np.empty(pairs)
        self.part = np.empty(pairs, dtype=np.int32)
        self.moves = np.zeros(pairs)
        self.entries = np.empty(entries, dtype=np.int32)
        self.entry_link = np.empty(entries, dtype=np.int32)
        self.count = 0
        self.used = 0

    @property
    def shape(self) -> tuple[Any, ...]:
        return self.commodity, self.begin, self.dear, self.cheap

    def add(self, other: Pairs, count: int, used: int) -> None:
        if self.count + count > len(self.commodity):
            for name in self.COLUMNS:
                setattr(self, name, _longer(getattr(self, name), self.count + count))
        if self.used + used > len(self.entries):
            self.entries = _longer(self.entries, self.used + used)
            self.entry_link = _longer(self.entry_link, self.used + used)
        here = slice(self.count, self.count + count)
        for name in self.COLUMNS:
            getattr(self, name)[here] = getattr(other, name)[:count]
        self.begin[here] += self.used
        self.entries[self.used : self.used + used] = other.entries[:used]
        self.entry_link[self.used : self.used + used] = other.entry_link[:used]
        self.count += count
        self.used += used


def _longer(array: NDArray[Any], least: int) -> NDArray[Any]:
    longer = np.empty(max(least, len(array) * 3 // 2), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


class Work:
    """What one thread writes into."""

    def __init__(self, nodes: int, links: int, rows: int) -> None:
        self.dist = np.empty(nodes)
        self.heap = np.empty(nodes + 1, dtype=np.int32)
        self.keys = np.empty(nodes + 1)
        self.place = np.full(nodes, -1, dtype=np.int32)
        self.order = np.empty(nodes, dtype=np.int32)
        self.wanted = np.zeros(nodes)
        self.leaving = np.zeros(nodes, dtype=np.int32)
        self.flow_of = np.zeros(links)
        self.slot_of = np.zeros(links, dtype=np.int32)
        self.marks = np.zeros((4, nodes), dtype=np.int32)
        self.walks = np.empty((2, nodes + 1), dtype=np.int32)
        self.pairs = Pairs(20_000, 40 * nodes + 20_000)
        self.counts = np.zeros(2, dtype=np.int64)
        self.row_link = np.empty(rows * links, dtype=np.int32)
        self.row_flow = np.empty(rows * links)


# ---- the solver ------------------------------------------------------------------------------------------------------


class Solver:
    """Rows, trees and pairs of one solve. Commodities are shuffled, so that a batch is a sample of the whole."""

    def __init__(
        self, network: RoadNetwork, demands: Sequence[Demand], preload: Floats | None, threads: int
    ) -> None:
        self.network, self.demands = network, demands
        zones = [np.flatnonzero(_leaving(d.trips)).astype(np.int32) for d in demands]
        classes = [np.full(len(z), number, dtype=np.int32) for number, z in enumerate(zones)]
        of_class = np.concatenate([np.empty(0, dtype=np.int32), *classes])
        zone = np.concatenate([np.empty(0, dtype=np.int32), *zones])
        shuffled = np.random.default_rng(SHUFFLE).permutation(len(zone))
        self.of_class, self.zone, self.count = of_class[shuffled], zone[shuffled], len(zone)
        self.threads = max(1, min(threads, self.count * network.links // WORK_PER_THREAD))
        self.graph = g = graph(network, preload, self.threads)
        self.zone_node = g.node[: network.zones].copy()
        self.origin = self.zone_node[self.zone]
        self.pcu = np.array([d.pcu for d in demands], dtype=np.float64)
        self.fixed = np.array([np.where(d.allowed, d.fixed_min, np.inf)[g.link] for d in demands])
        self.load = g.preload.copy()
        self.cost, self.slope = np.empty(network.links), np.empty(network.links)
        self.flow = np.zeros((len(demands), network.links))
        self.start = np.zeros(self.count, dtype=np.int64)
        self.length, self.room = np.zeros(self.count, dtype=np.int32), np.zeros(self.count, dtype=np.int32)
        self.slot_link, self.slot_flow = np.empty(0, dtype=np.int32), np.empty(0)
        self.pred = np.empty((self.count, network.nodes), dtype=np.int32)
        matrices = [d.trips for d in demands]
        self.trips = np.ascontiguousarray(matrices[0] if len(matrices) == 1 else np.concatenate(matrices))
        """[class x zones + origin, zone] vehicles an hour; those within a zone use no link."""
        self.trips_row = self.of_class * np.int32(network.zones) + self.zone
        self.total = np.array([self.trips[row].sum() for row in self.trips_row])
        self.total -= self.trips[self.trips_row, self.zone]
        self.spent, self.excess = np.zeros(self.count), np.zeros(self.count)
        at_once = -(-max(BATCH, LOADING_BATCH) // self.threads)
        self.work = [Work(network.nodes, network.links, at_once) for _ in range(self.threads)]
        of_a_batch = sum(len(w.pairs.entries) for w in self.work)
        self.list = Pairs(1000, min(MOST_ENTRIES, self.count * network.links) + of_a_batch)
        self.pool = ThreadPoolExecutor(self.threads - 1) if self.threads > 1 else None
        self.least = np.empty((0, 0, 0))

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown()

    def side_by_side(self, tasks: Sequence[Callable[[], float]]) -> list[float]:
        """The results of tasks that write apart, in their order."""
        if self.pool is None or len(tasks) < 2:
            return [task() for task in tasks]
        waiting = [self.pool.submit(task) for task in tasks[1:]]
        return [tasks[0](), *(w.result() for w in waiting)]

    def shared_out(self, batch: Ints, do: Callable[[Ints, Work], None]) -> None:
        """`do` for interleaved shares of a batch, one share to a thread."""
        shares = [np.ascontiguousarray(batch[t :: self.threads]) for t in range(self.threads)]

        def task(share: Ints, work: Work) -> Callable[[], float]:
            def run() -> float:
                do(share, work)
                return 0.0

            return run

        self.side_by_side([task(s, w) for s, w in zip(shares, self.work, strict=True) if len(s)])

    def batches(self, size: int) -> list[Ints]:
        return [
            np.arange(at, min(at + size, self.count), dtype=np.int32) for at in range(0, self.count, size)
        ]

    # ---- prices

    def price(self) -> None:
        pairs.price_all(*self.graph.form, self.load, self.cost, self.slope)

    def prices(self) -> Floats:
        """[class, link] what a link costs a class; infinite where it may not go."""
        return np.asarray(self.cost + self.fixed)

    def rebuild(self) -> None:
        """Link totals from the rows, so that rounding does not gather; then prices."""
        pairs.total_load(
            self.graph.preload, self.of_class, self.pcu, self.start, self.length,
            self.slot_link, self.slot_flow, self.load, self.flow,
        )  # fmt: skip
        self.price()

    def all_minutes(self) -> float:
        """Vehicle minutes, tolls included."""
        prices = np.where(self.flow > 0, self.prices(), 0.0)
        return float((self.flow * prices).sum())

    def mean_minutes(self) -> float:
        return self.all_minutes() / max(float(self.total.sum()), 1e-300)

    # ---- beginnings

    def begin(self) -> None:
        """All trips on their trees, batch after batch."""
        none = np.full(self.count, -1, dtype=np.int32)
        empty = State(
            *(np.empty(0, dtype=np.int32),) * 2, 0, (), np.empty(0, dtype=np.bool_), self.graph,
            *(np.empty(0, dtype=np.int32),) * 2, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32),
            np.empty(0, dtype=np.int32), np.empty(0), np.empty((0, 0), dtype=np.int32), np.empty(0),
        )  # fmt: skip
        grow = np.ones(self.count, dtype=np.bool_)
        links = np.empty(0, dtype=np.int32)
        self.price()
        pieces = []
        for batch in self.batches(LOADING_BATCH):
            rows = self._apply(batch, grow, none, empty, links)
            for share, start, link, flow in rows:
                pairs.add_load(share, self.of_class, self.pcu, start, self.length, link, flow, self.load)
            pieces += rows
            self.price()
        self._lay_out(pieces)
        self.rebuild()

    def begin_with(self, state: State) -> bool:
        """The shares of an earlier equilibrium, for the trips of today; whether that moves the load of any link."""
        g, n = self.graph, self.network
        same = (
            n.first_through == state.first_through
            and len(g.node) == len(state.graph.node)
            and np.array_equal(n.tail, state.tail)
            and np.array_equal(n.head, state.head)
        )
        number = {name: at for at, name in enumerate(state.names)}
        rows = {
            (int(k), int(z)): at for at, (k, z) in enumerate(zip(state.of_class, state.zone, strict=True))
        }
        old = np.array(
            [
                rows.get((number.get(self.demands[k].name, -1), int(z)), -1)
                for k, z in zip(self.of_class, self.zone, strict=True)
            ],
            dtype=np.int32,
        )
        if same:
            links = np.arange(n.links, dtype=np.int32)
            kept = np.array([self._as_before(d, state) for d in self.demands])[self.of_class] & (old >= 0)
            self.pred[kept] = state.pred[old[kept]]
            grow = ~kept
            self.load = state.load.copy()
        else:
            links = self._new_links(state)
            grow = np.ones(self.count, dtype=np.bool_)
            found = links >= 0
            self.load = g.preload.copy()
            self.load[links[found]] = state.load[found]
        self.price()
        pieces = []
        for batch in self.batches(BATCH):
            pieces += self._apply(batch, grow, old, state, links)
        self._lay_out(pieces)
        self.rebuild()
        return not (same and np.allclose(self.load, state.load, rtol=STILL, atol=0.0))

    def _as_before(self, demand: Demand, state: State) -> bool:
        """Whether the class may go where it could, so that its trees lead somewhere."""
        if demand.name not in state.names:
            return False
        return np.array_equal(demand.allowed, state.allowed[state.names.index(demand.name)])

    def _new_links(self, state: State) -> Ints:
        """[old position] the position of the same link today, -1 if it is gone. Side by side, the first is the first."""

        def keys(tail: Ints, head: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            ends = tail.astype(np.int64) << 32 | head.astype(np.int64)
            order = np.argsort(ends, kind="stable")
            in_order = ends[order]
            fresh = np.concatenate([[True], in_order[1:] != in_order[:-1]])
            run = np.arange(len(ends)) - np.maximum.accumulate(np.where(fresh, np.arange(len(ends)), 0))
            rank = np.empty(len(ends), dtype=np.int64)
            rank[order] = run
            return ends, rank

        position = np.empty(self.network.links, dtype=np.int32)
        position[self.graph.link] = np.arange(self.network.links, dtype=np.int32)
        now = {
            key: int(position[link])
            for link, key in enumerate(
                zip(*(k.tolist() for k in keys(self.network.tail, self.network.head)), strict=True)
            )
        }
        then = [
            now.get(key, -1) for key in zip(*(k.tolist() for k in keys(state.tail, state.head)), strict=True)
        ]
        return np.array(then, dtype=np.int32)[state.graph.link]

    def _apply(self, batch: Ints, grow: Bools, old: Ints, state: State, links: Ints) -> list[Rows]:
        """Rows for the commodities of a batch, packed."""
        g, prices = self.graph, self.prices()
        found: dict[int, Rows] = {}

        def do(share: Ints, w: Work) -> None:
            self.start[share] = np.arange(len(share), dtype=np.int64) * self.network.links
            pairs.apply_shares(
                g.first, g.head, g.tail, g.first_in, g.in_link, prices, g.through,
                share, self.of_class, self.origin, self.trips, self.trips_row, self.zone_node, grow, self.pred,
                old, state.start, state.length, state.slot_link, state.slot_flow, links,
                self.start, self.length, w.row_link, w.row_flow,
                w.dist, w.heap, w.keys, w.place, w.order, w.wanted, w.flow_of, w.slot_of, w.leaving,
            )  # fmt: skip
            packed = np.zeros(self.count, dtype=np.int64)
            ends = np.cumsum(self.length[share], dtype=np.int64)
            packed[share] = ends - self.length[share]
            link, flow = np.empty(ends[-1], dtype=np.int32), np.empty(ends[-1])
            pairs.copy_rows(share, self.length, self.start, w.row_link, w.row_flow, packed, link, flow)
            found[int(share[0])] = (share, packed, link, flow)

        self.shared_out(batch, do)
        return [found[at] for at in sorted(found)]

    def _lay_out(self, pieces: list[Rows]) -> None:
        """All rows one after the other, each with room to grow, and room behind the last; uses `pieces` up."""
        self.room = _with_room(self.length)
        start = np.cumsum(self.room, dtype=np.int64) - self.room
        slots = 2 * int(self.room.sum())  # what is never written takes no memory
        link, flow = np.empty(slots, dtype=np.int32), np.empty(slots)
        for w in self.work:
            w.row_link, w.row_flow = link[:0], flow[:0]  # rows are made at the beginning only
        while pieces:
            share, old_start, old_link, old_flow = pieces.pop()
            pairs.copy_rows(share, self.length, old_start, old_link, old_flow, start, link, flow)
        self.start, self.slot_link, self.slot_flow = start, link, flow

    def _make_room(self) -> None:
        """More room for the rows that are nearly full, in place where the arrays are long enough."""
        full = self.room - self.length < FULL
        if not full.any():
            return
        room = np.where(full, _with_room(self.length), self.room)
        if int(room.sum()) > len(self.slot_link):
            everyone = np.arange(self.count, dtype=np.int32)
            self._lay_out([(everyone, self.start, self.slot_link, self.slot_flow)])
            return
        start = np.cumsum(room, dtype=np.int64) - room
        pairs.spread_rows(self.length, self.start, start, self.slot_link, self.slot_flow)
        self.start, self.room = start, room

    # ---- passes

    def one_pass(self, tolerance: float, worth: float, *, anew: bool) -> float:
        """Mend trees, find pairs, shift; the gap of the rows, each as its batch was met."""
        g, found = self.graph, self.list
        found.count = found.used = 0
        self._make_room()
        for batch in self.batches(max(min(BATCH, self.count // 8), 1)):
            prices = self.prices()

            def find(share: Ints, w: Work, prices: Floats = prices) -> None:
                p = w.pairs
                pairs.find_pairs(
                    g.first, g.head, g.tail, g.first_in, g.in_link, prices, self.fixed,
                    g.through, g.part, tolerance, worth, anew,
                    share, self.of_class, self.origin, self.total, self.pred,
                    self.start, self.length, self.room, self.slot_link, self.slot_flow,
                    w.dist, w.heap, w.keys, w.place, w.order, w.flow_of, w.slot_of, w.marks, w.walks,
                    *p.shape, p.fixed, p.part, p.entries, p.entry_link, self.spent, self.excess, w.counts,
                )  # fmt: skip

            for w in self.work:
                w.counts[:] = 0
            self.shared_out(batch, find)
            count, used = found.count, found.used
            for w in self.work:
                found.add(w.pairs, int(w.counts[0]), int(w.counts[1]))
            self.shift(self.lists(count), max(worth, tolerance))
            if found.used > MOST_ENTRIES:
                found.count, found.used = count, used
        return float(self.excess.sum() / self.spent.sum())

    def lists(self, begin: int) -> list[Ints]:
        """The pairs from `begin` on that lie in each part of the network, and those that lie in several."""
        part = self.list.part[begin : self.list.count]
        return [(np.flatnonzero(part == t) + begin).astype(np.int32) for t in [*range(self.threads), -1]]

    def shift(self, lists: list[Ints], ignore: float) -> float:
        """Shift once within each pair; the vehicle minutes that could be saved."""
        p = self.list

        def task(which: Ints) -> Callable[[], float]:
            def run() -> float:
                return float(
                    pairs.shift(
                        which, ignore, *p.shape, p.fixed, p.entries, p.entry_link,
                        self.of_class, self.pcu, self.start, self.slot_flow,
                        *self.graph.form, self.load, self.cost, self.slope, p.moves,
                    )
                )  # fmt: skip

            return run

        tasks = [task(which) for which in lists]
        return sum(self.side_by_side(tasks[:-1])) + tasks[-1]()

    def sweep(self, times: int, ignore: float, enough: float) -> None:
        """Shift within all pairs, then twice within those that moved, then go on in their direction; and again."""
        everywhere = moving = self.lists(0)
        for done in range(times):
            if done % STRETCH_EVERY == 0:
                if self.shift(everywhere, ignore) < enough:
                    return
                moving = [which[self.list.moves[which] != 0.0] for which in everywhere]
            else:
                self.shift(moving, ignore)
            if done % STRETCH_EVERY == STRETCH_EVERY - 1:
                self.stretch()

    def stretch(self) -> None:
        """Go on in the direction of the last sweep, as far as Beckmann's sum falls and there is flow."""
        p, form = self.list, self.graph.form
        change = np.empty(len(self.load))

        def direction() -> float:
            return float(
                pairs.along(
                    p.moves, p.count, *p.shape, p.fixed, p.entry_link, self.of_class, self.pcu, change,
                )
            )  # fmt: skip

        def slope(share: float) -> float:
            return float(pairs.rising(share, change, fixed, *form, self.load))

        fixed = direction()
        low, high = 0.0, 1.0
        while slope(high) < 0.0 and high < 1e6:
            low, high = high, 2 * high
        low = _halved(slope, low, high, 8)
        if low == 0.0:
            return
        pairs.repeat(low, p.moves, p.count, *p.shape, p.entries, self.start, self.slot_flow)
        fixed = direction()
        share = 1.0
        if slope(1.0) > 0.0:
            share = _halved(slope, 0.0, 1.0, 10)
            pairs.undo(
                1.0 - share, p.moves, p.count, *p.shape, p.entries, self.start, self.length, self.slot_flow
            )
        self.load += share * change
        self.price()

    # ---- answers

    def link_flow(self) -> Floats:
        """[class, link of the network] vehicles per hour."""
        flow = np.empty_like(self.flow)
        flow[:, self.graph.link] = self.flow
        return flow

    def judge(self) -> float:
        """The evaluator's gap; it sees flows only."""
        load = self.graph.preload
        preload = np.empty_like(load)
        preload[self.graph.link] = load
        gap, self.least = roads.judged(self.network, self.demands, self.link_flow(), preload, self.threads)
        return gap

    def balance(self) -> float:
        """The most that any commodity gains or loses at a node, as a share of its trips."""
        g = self.graph
        return float(
            pairs.balance(
                g.head, g.tail, self.origin, self.trips, self.trips_row, self.zone_node, self.start, self.length,
                self.slot_link, self.slot_flow, self.work[0].wanted,
            )
        )  # fmt: skip

    def state(self) -> State:
        n = self.network
        return State(
            n.tail,
            n.head,
            n.first_through,
            tuple(d.name for d in self.demands),
            np.array([d.allowed for d in self.demands]),
            self.graph,
            self.of_class,
            self.zone,
            self.start,
            self.length,
            self.slot_link,
            self.slot_flow,
            self.pred,
            self.load,
        )


def _with_room(length: Ints) -> Ints:
    return length + length // 8 + 2 * FULL


def _leaving(trips: Floats) -> Bools:
    return np.asarray(trips.sum(axis=1) - np.diag(trips) > 0)


def _halved(slope: Callable[[float], float], low: float, high: float, times: int) -> float:
    """A point in low to high up to which the sum still falls, `times` halvings near the best."""
    for _ in range(times):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0.0 else (low, middle)
    return low
