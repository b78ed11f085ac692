"""Whom a full ferry turns away: the share of the vehicles that wanted to cross, on the pairs that have no way as short without it.

In equilibrium nobody waits longer than the longest wait; who would, is on the arc beside the ferry and does not cross. Which of
those who wanted to cross are turned away nothing tells, so all classes and pairs have the same share. They stay at home: the
roads are settled again without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cuabien.model.transport import trees
from cuabien.model.transport.graph import Roads
from cuabien.model.transport.network import Bools, Demand, Equilibrium, Floats

FULL = 0.01
"""Vehicles an hour on the arc beside a ferry from which it turns anybody away: less is the gap of the solver."""
LONGER_MIN = 0.01


def share_turned_away(roads: Roads, demands: Sequence[Demand], now: Equilibrium) -> Floats | None:
    """[class, zone, zone] share of the vehicles that ferries turn away; None where no ferry is full."""
    beside = np.flatnonzero(roads.turned_away)
    ends = set(_ends(roads, beside[now.flow[:, beside].sum(axis=0) > FULL]))
    if not ends:
        return None
    of_full = roads.ferry & np.array([pair in ends for pair in _ends(roads, np.arange(len(roads.ferry)))])
    pcu = np.array([demand.pcu for demand in demands]) @ now.flow
    share = float(pcu[of_full & roads.turned_away].sum() / pcu[of_full].sum())
    return np.stack([share * _crosses(roads, demand, now, of_full) for demand in demands])


def at_home(demands: Sequence[Demand], share: Floats) -> tuple[Demand, ...]:
    """The demands without those who are turned away."""
    return tuple(replace(d, trips=d.trips * (1 - share[k])) for k, d in enumerate(demands))


def buses_within(roads: Roads, buses: Floats, pcu_bus: float) -> Floats:
    """[arc] buses an hour: those beyond what a ferry carries stand beside it."""
    found = buses.copy()
    for beside in np.flatnonzero(roads.turned_away):
        net = roads.network
        same = (net.tail == net.tail[beside]) & (net.head == net.head[beside])
        ferry = np.flatnonzero(same & roads.ferry & ~roads.turned_away & (found > 0))
        most = net.capacity_pcu_h[ferry] / pcu_bus
        found[beside] += np.maximum(found[ferry] - most, 0.0).sum()
        found[ferry] = np.minimum(found[ferry], most)
    return found


def _crosses(roads: Roads, demand: Demand, now: Equilibrium, of_full: Bools) -> Bools:
    """[zone, zone] whether the way is longer, or gone, without the full ferries."""
    zones = np.arange(roads.network.zones, dtype=np.int32)
    cost = now.minutes + demand.fixed_min
    with_it, without = (
        trees.skim(roads.network, cost, allowed, zones, zones)
        for allowed in (demand.allowed, demand.allowed & ~of_full)
    )
    return np.asarray(np.isfinite(with_it) & (without > with_it + LONGER_MIN))


def _ends(roads: Roads, arcs: NDArray[np.intp]) -> list[tuple[int, int]]:
    net = roads.network
    return list(zip(net.tail[arcs].tolist(), net.head[arcs].tolist(), strict=True))
