"""The compiled loops of the solver: trees, pairs of segments, shifts. Arrays in, arrays changed in place.

A *commodity* is a class of vehicles from one origin. Its flows are a sparse *row*: slots `start[c]` to `start[c] + length[c]` of
`slot_link`, `slot_flow`. Its *tree* is `pred` [commodity, node], the link by which its shortest path arrives.

A *pair* (paired alternative segments: Bar-Gera 2010) are two ways between the same two nodes: the dear one, which carries
flow, and the cheap one, on the tree. It is kept as places in the row, so that a shift needs no search, and as links beside
them, so that most pairs are seen to be in balance without a look at any row. See `solver.py` for what is done when, and
docs/theory/assignment.md for why.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cuabien.model.compiled import compiled
from cuabien.model.transport.delay import CONICAL, CONSTANT, FOURTH, Floats, Kinds
from cuabien.model.transport.heap import rise, take

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

DUST = 1e-12
"""A share of a commodity's trips that is rounding, not flow."""


@compiled
def delay_and_slope(kind: int, base: float, factor: float, power: float, x: float) -> tuple[float, float]:
    """t(x) and dt/dx of one link."""
    if kind == FOURTH:
        cubed = x * x * x
        return base + factor * cubed * x, 4 * factor * cubed
    if kind == CONSTANT:
        return base, 0.0
    if kind == CONICAL:
        b = (2 * power - 1) / (2 * power - 2)
        rest = power * (1 - x * factor)
        root = math.sqrt(rest * rest + b * b)
        return base * (2 + root - rest - b), base * power * factor * (1 - rest / root)
    if power == 1.0:
        return base + factor * x, factor
    if x <= 0.0:
        return base, 0.0
    raised = math.pow(x, power - 1)
    return base + factor * raised * x, factor * power * raised


@compiled
def price_all(
    kind: Kinds, base: Floats, factor: Floats, power: Floats, load: Floats, cost: Floats, slope: Floats
) -> None:
    """Fill `cost` and `slope` [link] at `load` [pcu/h]."""
    for link in range(len(load)):
        if load[link] < 0.0:
            load[link] = 0.0
        cost[link], slope[link] = delay_and_slope(
            kind[link], base[link], factor[link], power[link], load[link]
        )


# ---- trees -------------------------------------------------------------------------------------------------------


@compiled
def _settle(
    first: Ints, head: Ints, price: Floats, through: NDArray[np.bool_], origin: int, tolerance: float,
    dist: Floats, pred: Ints, heap: Ints, keys: Floats, place: Ints, size: int,
) -> None:  # fmt: skip
    """Let improvements in the heap run through the network. A node that nobody passes has nothing to hand on and stays outside."""
    while size > 0:
        node = heap[0]
        place[node] = -1
        size -= 1
        if size > 0:
            take(heap, keys, place, size)
        here = dist[node]
        for link in range(first[node], first[node + 1]):
            there = head[link]
            reached = here + price[link]
            if reached < dist[there] - tolerance:
                dist[there] = reached
                pred[there] = link
                if not through[there]:
                    continue
                at = place[there]
                if at < 0:
                    at = size
                    size += 1
                rise(heap, keys, place, at, there, reached)


@compiled
def grow_tree(
    first: Ints, head: Ints, price: Floats, through: NDArray[np.bool_], origin: int,
    dist: Floats, pred: Ints, heap: Ints, keys: Floats, place: Ints,
) -> None:  # fmt: skip
    """The shortest-path tree from nothing (Dijkstra 1959)."""
    dist[:] = np.inf
    pred[:] = -1
    dist[origin] = 0.0
    heap[0] = origin
    keys[0] = 0.0
    place[origin] = 0
    _settle(first, head, price, through, origin, 0.0, dist, pred, heap, keys, place, 1)


@compiled
def mend_tree(
    first: Ints, head: Ints, tail: Ints, price: Floats, through: NDArray[np.bool_], origin: int, tolerance: float,
    dist: Floats, pred: Ints, heap: Ints, keys: Floats, place: Ints, order: Ints,
) -> None:  # fmt: skip
    """Distances along the old tree at new prices, then every improvement larger than `tolerance`."""
    nodes = len(dist)
    dist[:] = -1.0
    dist[origin] = 0.0
    for start in range(nodes):
        depth = 0
        node = start
        while dist[node] < 0.0:
            link = pred[node]
            if link < 0:
                dist[node] = np.inf
                break
            order[depth] = node
            depth += 1
            node = tail[link]
        reached = dist[node]
        while depth > 0:
            depth -= 1
            node = order[depth]
            reached += price[pred[node]]
            dist[node] = reached
    size = 0
    for node in range(nodes):
        here = dist[node]
        if (not through[node] and node != origin) or here == np.inf:
            continue
        for link in range(first[node], first[node + 1]):
            there = head[link]
            reached = here + price[link]
            if reached < dist[there] - tolerance:
                dist[there] = reached
                pred[there] = link
                if not through[there]:
                    continue
                at = place[there]
                if at < 0:
                    at = size
                    size += 1
                rise(heap, keys, place, at, there, reached)
    _settle(first, head, price, through, origin, tolerance, dist, pred, heap, keys, place, size)


@compiled
def _up_the_tree(
    tail: Ints, pred: Ints, root: int, node: int, wanted: Floats,
    begin: int, kept: int, slot_link: Ints, slot_flow: Floats, slot_of: Ints,
) -> int:  # fmt: skip
    """Bring what is `wanted` at `node` there along the tree; how many slots the row then has."""
    amount = wanted[node]
    wanted[node] = 0.0
    while amount > 0.0 and node != root:
        link = pred[node]
        if slot_of[link] == 0:
            slot_link[begin + kept] = link
            slot_flow[begin + kept] = 0.0
            kept += 1
            slot_of[link] = kept
        slot_flow[begin + slot_of[link] - 1] += amount
        node = tail[link]
    return kept


@compiled
def apply_shares(
    first: Ints, head: Ints, tail: Ints, first_in: Ints, in_link: Ints, prices: Floats, through: NDArray[np.bool_],
    commodities: Ints, of_class: Ints, origin: Ints, trips: Floats, trips_row: Ints, zone_node: Ints, grow: NDArray[np.bool_], pred: Ints,
    old: Ints, old_start: Longs, old_length: Ints, old_link: Ints, old_flow: Floats, new_link: Ints,
    start: Longs, length: Ints, slot_link: Ints, slot_flow: Floats,
    dist: Floats, heap: Ints, keys: Floats, place: Ints, order: Ints, wanted: Floats, flow_of: Floats, slot_of: Ints, leaving: Ints,
) -> None:  # fmt: skip
    """Give each commodity a row for its trips: at every node, the shares by which an old row arrived there.

    Nodes are taken against the flow, each when all that leaves it is known; what has no old share comes along the tree (grown at
    `prices` where `grow` says so). So no trip is lost, whatever the old row was. `old` [commodity] is its row
    among the old ones (-1: none, all on the tree); `new_link` turns an old link into one of today (-1: gone).
    `wanted`, `leaving` [node], `flow_of`, `slot_of` [link] are work space, zero before and after.
    """
    for number in range(len(commodities)):
        commodity = commodities[number]
        mine, price, root = pred[commodity], prices[of_class[commodity]], origin[commodity]
        if grow[commodity]:
            grow_tree(first, head, price, through, root, dist, mine, heap, keys, place)
        begin = start[commodity]
        row = old[commodity]
        a, b = (0, 0) if row < 0 else (old_start[row], old_start[row] + old_length[row])
        for slot in range(a, b):
            link = new_link[old_link[slot]]
            if link >= 0 and old_flow[slot] > 0.0 and price[link] < np.inf:
                flow_of[link] += old_flow[slot]
                leaving[tail[link]] += 1
        ready, size = 0, 0
        for slot in range(a, b):
            link = new_link[old_link[slot]]
            if link >= 0 and flow_of[link] > 0.0 and leaving[head[link]] == 0:
                leaving[head[link]] = -1
                order[size] = head[link]
                size += 1
        kept = 0
        mine_out = trips[trips_row[commodity]]
        for zone in range(len(mine_out)):
            node = zone_node[zone]
            if mine_out[zone] > 0.0 and node != root:
                wanted[node] += mine_out[zone]
        while ready < size:
            node = order[ready]
            ready += 1
            total = 0.0
            for at in range(first_in[node], first_in[node + 1]):
                total += flow_of[in_link[at]]
            share = wanted[node] / total if total > 0.0 and node != root else 0.0
            if share > 0.0:
                wanted[node] = 0.0
            for at in range(first_in[node], first_in[node + 1]):
                link = in_link[at]
                if flow_of[link] > 0.0:
                    before = tail[link]
                    amount = share * flow_of[link]
                    if amount > 0.0:
                        slot_link[begin + kept] = link
                        slot_flow[begin + kept] = amount
                        kept += 1
                        slot_of[link] = kept
                        wanted[before] += amount
                    leaving[before] -= 1
                    if leaving[before] == 0:
                        leaving[before] = -1
                        order[size] = before
                        size += 1
        # what has no old flow behind it, or lies on a circle of old flows
        for zone in range(len(mine_out)):
            if mine_out[zone] > 0.0:
                kept = _up_the_tree(
                    tail, mine, root, zone_node[zone], wanted, begin, kept, slot_link, slot_flow, slot_of
                )
        for slot in range(a, b):
            link = new_link[old_link[slot]]
            if link >= 0:
                for node in (head[link], tail[link]):
                    kept = _up_the_tree(
                        tail, mine, root, node, wanted, begin, kept, slot_link, slot_flow, slot_of
                    )
        wanted[root] = 0.0
        for slot in range(a, b):
            link = new_link[old_link[slot]]
            if link >= 0:
                flow_of[link] = 0.0
                leaving[tail[link]] = 0
                leaving[head[link]] = 0
        for slot in range(begin, begin + kept):
            slot_of[slot_link[slot]] = 0
        length[commodity] = kept


# ---- pairs -------------------------------------------------------------------------------------------------------


@compiled
def find_pairs(
    first: Ints, head: Ints, tail: Ints, first_in: Ints, in_link: Ints, prices: Floats, fixed: Floats,
    through: NDArray[np.bool_], part: Ints, tolerance: float, worth: float, anew: bool,
    commodities: Ints, of_class: Ints, origin: Ints, total: Floats, pred: Ints,
    start: Longs, length: Ints, room: Ints, slot_link: Ints, slot_flow: Floats,
    dist: Floats, heap: Ints, keys: Floats, place: Ints, order: Ints, flow_of: Floats, slot_of: Ints, marks: Ints, walks: Ints,
    pair_commodity: Ints, pair_begin: Longs, pair_dear: Ints, pair_cheap: Ints, pair_fixed: Floats, pair_part: Ints,
    entries: Ints, entry_link: Ints, spent: Floats, excess: Floats, counts: Longs,
) -> None:  # fmt: skip
    """Mend the tree of each commodity at `prices` [class, link] (or grow it `anew`), and pair each used link that is dearer than
    the tree by `worth`.

    Fills `spent`, `excess` [commodity]: vehicle minutes, and how many of them shortest paths would save. Pairs go to
    `pair_*`, their slots to `entries`, their links to `entry_link`; `counts` are (pairs, entries). When these are full, or a row has no room for the slots
    of a new segment, a pair is left for the next time. `flow_of`, `slot_of` [link] are work space, zero before and after.
    """
    pairs, used = 0, 0
    stamp = 0
    seen_dear, seen_cheap, at_dear, at_cheap = marks[0], marks[1], marks[2], marks[3]
    seen_dear[:] = 0
    seen_cheap[:] = 0
    dear, cheap = walks[0], walks[1]
    for commodity in commodities:
        group = of_class[commodity]
        price, fix = prices[group], fixed[group]
        mine = pred[commodity]
        root = origin[commodity]
        if anew:
            grow_tree(first, head, price, through, root, dist, mine, heap, keys, place)
        else:
            mend_tree(
                first, head, tail, price, through, root, tolerance, dist, mine, heap, keys, place, order
            )
        begin = start[commodity]
        kept = 0
        minutes, saved = 0.0, 0.0
        for slot in range(begin, begin + length[commodity]):
            flow = slot_flow[slot]
            if flow > 0.0:
                link = slot_link[slot]
                slot_link[begin + kept] = link
                slot_flow[begin + kept] = flow
                kept += 1
                flow_of[link] = flow
                slot_of[link] = kept
                minutes += flow * price[link]
                if mine[head[link]] != link:
                    saved += flow * (dist[tail[link]] + price[link] - dist[head[link]])
        spent[commodity] = minutes
        excess[commodity] = saved
        old = kept
        for slot in range(old):
            link = slot_link[begin + slot]
            goal = head[link]
            if mine[goal] == link or dist[tail[link]] + price[link] - dist[goal] <= worth:
                continue
            if pairs == len(pair_commodity) or used + 2 * len(dist) > len(entries):
                continue
            # back from the far end of the link: along the largest flows, and along the tree, until both meet
            stamp += 1
            dear[0] = link
            n_dear, n_cheap, from_dear = 1, 0, 0
            back, up = tail[link], goal
            seen_cheap[up] = stamp
            at_cheap[up] = 0
            seen_dear[back] = stamp
            at_dear[back] = 1
            met = False
            while True:
                if up == root or (back != root and dist[back] >= dist[up]):
                    most, best = 0.0, -1
                    for place_in in range(first_in[back], first_in[back + 1]):
                        into = in_link[place_in]
                        if flow_of[into] > most:
                            most, best = flow_of[into], into
                    if best < 0:
                        break
                    dear[n_dear] = best
                    n_dear += 1
                    back = tail[best]
                    if seen_cheap[back] == stamp:
                        n_cheap = at_cheap[back]
                        met = True
                        break
                    if seen_dear[back] == stamp:
                        from_dear = at_dear[back]
                        n_cheap = 0
                        met = True
                        break
                    seen_dear[back] = stamp
                    at_dear[back] = n_dear
                else:
                    cheap[n_cheap] = mine[up]
                    n_cheap += 1
                    up = tail[mine[up]]
                    if seen_dear[up] == stamp:
                        n_dear = at_dear[up]
                        met = True
                        break
                    seen_cheap[up] = stamp
                    at_cheap[up] = n_cheap
            if not met:
                if flow_of[link] <= DUST * total[commodity]:
                    slot_flow[begin + slot] = 0.0
                    flow_of[link] = 0.0
                continue
            missing = 0
            for at in range(n_cheap):
                if slot_of[cheap[at]] == 0:
                    missing += 1
            if kept + missing > room[commodity]:
                continue
            difference = 0.0
            where = part[head[dear[from_dear]]]
            pair_begin[pairs] = used
            for at in range(from_dear, n_dear):
                entries[used] = slot_of[dear[at]] - 1
                entry_link[used] = dear[at]
                used += 1
                difference += fix[dear[at]]
                if part[tail[dear[at]]] != where:
                    where = -1
            for at in range(n_cheap):
                one = cheap[at]
                if slot_of[one] == 0:
                    slot_link[begin + kept] = one
                    slot_flow[begin + kept] = 0.0
                    kept += 1
                    slot_of[one] = kept
                entries[used] = slot_of[one] - 1
                entry_link[used] = one
                used += 1
                difference -= fix[one]
                if part[tail[one]] != where:
                    where = -1
            pair_commodity[pairs] = commodity
            pair_dear[pairs] = n_dear - from_dear
            pair_cheap[pairs] = n_cheap
            pair_fixed[pairs] = difference
            pair_part[pairs] = where
            pairs += 1
        for slot in range(kept):
            link = slot_link[begin + slot]
            flow_of[link] = 0.0
            slot_of[link] = 0
        length[commodity] = kept
    counts[0] = pairs
    counts[1] = used


# ---- shifts ------------------------------------------------------------------------------------------------------


@compiled
def shift(
    pairs: Ints, ignore: float,
    pair_commodity: Ints, pair_begin: Longs, pair_dear: Ints, pair_cheap: Ints, pair_fixed: Floats, entries: Ints,
    entry_link: Ints, of_class: Ints, pcu: Floats, start: Longs, slot_flow: Floats,
    kind: Kinds, base: Floats, factor: Floats, power: Floats,
    load: Floats, cost: Floats, slope: Floats, moves: Floats,
) -> float:  # fmt: skip
    """Move flow within each pair towards equal cost, one after the other; the vehicle minutes that this was worth.

    Newton's step on the difference of cost, taken back by regula falsi where it overshoots by more than half; never more than the
    segment carries, and a bottleneck that is emptied is empty exactly.
    """
    worth = 0.0
    for pair in pairs:
        moves[pair] = 0.0
        a = pair_begin[pair]
        b = a + pair_dear[pair]
        c = b + pair_cheap[pair]
        gain = pair_fixed[pair]
        for at in range(a, b):
            gain += cost[entry_link[at]]
        for at in range(b, c):
            gain -= cost[entry_link[at]]
        if gain < 0.0:
            if -gain <= ignore:
                continue
            gain = -gain
            from_a, from_b, to_a, to_b = b, c, a, b
        else:
            if gain <= ignore:
                continue
            from_a, from_b, to_a, to_b = a, b, b, c
        if from_a == from_b:
            continue
        commodity = pair_commodity[pair]
        begin = start[commodity]
        limit = np.inf
        steep = 0.0
        for at in range(from_a, from_b):
            slot = begin + entries[at]
            if slot_flow[slot] < limit:
                limit = slot_flow[slot]
            steep += slope[entry_link[at]]
        if limit <= 0.0:
            continue
        for at in range(to_a, to_b):
            steep += slope[entry_link[at]]
        weight = pcu[of_class[commodity]]
        steep *= weight
        whole = to_a == to_b or steep * limit <= gain
        moved = limit if whole else gain / steep
        # what the difference will be: cost and slope are written at the trial flow
        gain_now = gain
        for trial in range(8):
            by = moved * weight
            left = 0.0
            for at in range(from_a, from_b):
                link = entry_link[at]
                x = max(load[link] - by, 0.0)
                before = cost[link]
                after, slope[link] = delay_and_slope(kind[link], base[link], factor[link], power[link], x)
                cost[link] = after
                left += after - before
            for at in range(to_a, to_b):
                link = entry_link[at]
                before = cost[link]
                after, slope[link] = delay_and_slope(
                    kind[link], base[link], factor[link], power[link], load[link] + by
                )
                cost[link] = after
                left -= after - before
            gain_now += left
            if to_a == to_b or gain_now >= -0.5 * gain or trial == 7:
                break
            moved *= max(0.1, gain / (gain - gain_now))
        by = moved * weight
        for at in range(from_a, from_b):
            slot = begin + entries[at]
            link = entry_link[at]
            rest = slot_flow[slot] - moved
            slot_flow[slot] = rest if rest > 1e-14 * limit else 0.0
            load[link] = max(load[link] - by, 0.0)
        for at in range(to_a, to_b):
            slot = begin + entries[at]
            slot_flow[slot] += moved
            load[entry_link[at]] += by
        moves[pair] = moved if from_a == a else -moved
        worth += limit * gain
    return worth


@compiled
def along(
    moves: Floats, count: int, pair_commodity: Ints, pair_begin: Longs, pair_dear: Ints, pair_cheap: Ints,
    pair_fixed: Floats, entry_link: Ints, of_class: Ints, pcu: Floats, change: Floats,
) -> float:  # fmt: skip
    """Fill `change` [link, pcu/h] with what all `moves` together do; the fixed minutes x pcu/h that they add."""
    change[:] = 0.0
    fixed = 0.0
    for pair in range(count):
        if moves[pair] == 0.0:
            continue
        by = moves[pair] * pcu[of_class[pair_commodity[pair]]]
        a = pair_begin[pair]
        b = a + pair_dear[pair]
        for at in range(a, b):
            change[entry_link[at]] -= by
        for at in range(b, b + pair_cheap[pair]):
            change[entry_link[at]] += by
        fixed -= by * pair_fixed[pair]
    return fixed


@compiled
def rising(
    share: float, change: Floats, fixed: float, kind: Kinds, base: Floats, factor: Floats, power: Floats, load: Floats
) -> float:  # fmt: skip
    """The slope of Beckmann's sum at `load` + `share` x `change`, along `change`."""
    total = fixed
    for link in range(len(load)):
        if change[link] != 0.0:
            x = max(load[link] + share * change[link], 0.0)
            total += change[link] * delay_and_slope(kind[link], base[link], factor[link], power[link], x)[0]
    return total


@compiled
def repeat(
    times: float, moves: Floats, count: int,
    pair_commodity: Ints, pair_begin: Longs, pair_dear: Ints, pair_cheap: Ints, entries: Ints,
    start: Longs, slot_flow: Floats,
) -> None:  # fmt: skip
    """Make each move again, so many `times`, as far as there is flow; `moves` become what was moved."""
    for pair in range(count):
        wanted = times * moves[pair]
        if wanted == 0.0:
            continue
        begin = start[pair_commodity[pair]]
        a = pair_begin[pair]
        b = a + pair_dear[pair]
        c = b + pair_cheap[pair]
        if wanted > 0.0:
            from_a, from_b, to_a, to_b = a, b, b, c
        else:
            from_a, from_b, to_a, to_b = b, c, a, b
        moved = abs(wanted)
        for at in range(from_a, from_b):
            moved = min(moved, slot_flow[begin + entries[at]])
        for at in range(from_a, from_b):
            slot_flow[begin + entries[at]] -= moved
        for at in range(to_a, to_b):
            slot_flow[begin + entries[at]] += moved
        moves[pair] = moved if wanted > 0.0 else -moved


@compiled
def undo(
    share: float, moves: Floats, count: int,
    pair_commodity: Ints, pair_begin: Longs, pair_dear: Ints, pair_cheap: Ints, entries: Ints,
    start: Longs, length: Ints, slot_flow: Floats,
) -> None:  # fmt: skip
    """Take back a `share` of all moves at once: a point between two flows that are possible, so possible itself."""
    for pair in range(count):
        back = share * moves[pair]
        if back == 0.0:
            continue
        begin = start[pair_commodity[pair]]
        a = pair_begin[pair]
        b = a + pair_dear[pair]
        for at in range(a, b):
            slot_flow[begin + entries[at]] += back
        for at in range(b, b + pair_cheap[pair]):
            slot_flow[begin + entries[at]] -= back
    for commodity in range(len(start)):
        for slot in range(start[commodity], start[commodity] + length[commodity]):
            if slot_flow[slot] < 0.0:
                slot_flow[slot] = 0.0  # rounding


@compiled
def copy_rows(
    commodities: Ints, length: Ints, from_start: Longs, from_link: Ints, from_flow: Floats,
    to_start: Longs, to_link: Ints, to_flow: Floats,
) -> None:  # fmt: skip
    """Copy the rows of some commodities from one place to another."""
    for commodity in commodities:
        a, b = from_start[commodity], to_start[commodity]
        for slot in range(length[commodity]):
            to_link[b + slot] = from_link[a + slot]
            to_flow[b + slot] = from_flow[a + slot]


@compiled
def spread_rows(length: Ints, start: Longs, to_start: Longs, slot_link: Ints, slot_flow: Floats) -> None:
    """Move rows apart within their arrays, the last first; each begins at `to_start`, which is not before its `start`."""
    for commodity in range(len(start) - 1, -1, -1):
        a, b = start[commodity], to_start[commodity]
        for slot in range(length[commodity] - 1, -1, -1):
            slot_link[b + slot] = slot_link[a + slot]
            slot_flow[b + slot] = slot_flow[a + slot]


@compiled
def add_load(
    commodities: Ints, of_class: Ints, pcu: Floats, start: Longs, length: Ints, slot_link: Ints, slot_flow: Floats,
    load: Floats,
) -> None:  # fmt: skip
    """Add the rows of some commodities to `load` [link, pcu/h]."""
    for commodity in commodities:
        weight = pcu[of_class[commodity]]
        for slot in range(start[commodity], start[commodity] + length[commodity]):
            load[slot_link[slot]] += weight * slot_flow[slot]


@compiled
def total_load(
    preload: Floats, of_class: Ints, pcu: Floats, start: Longs, length: Ints, slot_link: Ints, slot_flow: Floats,
    load: Floats, flow: Floats,
) -> None:  # fmt: skip
    """Rebuild `load` [link, pcu/h] and `flow` [class, link, vehicles/h] from the rows, in a fixed order."""
    load[:] = preload
    flow[:] = 0.0
    for commodity in range(len(start)):
        mine = flow[of_class[commodity]]
        for slot in range(start[commodity], start[commodity] + length[commodity]):
            mine[slot_link[slot]] += slot_flow[slot]
    for group in range(len(pcu)):
        for link in range(len(load)):
            load[link] += pcu[group] * flow[group, link]


@compiled
def balance(
    head: Ints, tail: Ints, origin: Ints, trips: Floats, trips_row: Ints, zone_node: Ints,
    start: Longs, length: Ints, slot_link: Ints, slot_flow: Floats, wanted: Floats,
) -> float:  # fmt: skip
    """The most that any commodity gains or loses at any node but its origin, as a share of its trips."""
    worst = 0.0
    for commodity in range(len(start)):
        wanted[:] = 0.0
        all_trips = 0.0
        mine_out = trips[trips_row[commodity]]
        for zone in range(len(mine_out)):
            if zone_node[zone] != origin[commodity]:
                wanted[zone_node[zone]] -= mine_out[zone]
                all_trips += mine_out[zone]
        wanted[origin[commodity]] += all_trips
        for slot in range(start[commodity], start[commodity] + length[commodity]):
            link = slot_link[slot]
            wanted[head[link]] += slot_flow[slot]
            wanted[tail[link]] -= slot_flow[slot]
        for node in range(len(wanted)):
            if abs(wanted[node]) > worst * all_trips:
                worst = abs(wanted[node]) / all_trips
    return worst
