"""Conjugate Frank-Wolfe (Mitradjieva and Lindberg 2013): simple, and slow below a gap of 1e-4."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model.transport import delay, paths
from cuabien.model.transport import network as roads
from cuabien.model.transport.network import Demand, Equilibrium, Floats, RoadNetwork


def solve(
    network: RoadNetwork,
    demands: Sequence[Demand],
    gap: float,
    preload: Floats | None,
    warm: Equilibrium | None,
    max_iterations: int,
    threads: int | None,
) -> Equilibrium:
    """`warm` and `threads` are not used."""
    fixed = np.zeros(network.links) if preload is None else preload
    pcu = np.array([d.pcu for d in demands])
    pricing = np.array([d.fixed_min for d in demands]).reshape(len(demands), network.links)
    flow = _shortest(network, demands, delay.all_minutes(network.form, fixed))
    before, step, done = flow, 0.0, 0
    while done < max_iterations and roads.relative_gap(network, demands, flow, preload) > gap:
        done += 1
        total = fixed + pcu @ flow
        aim = _shortest(network, demands, delay.all_minutes(network.form, total))
        slope = _slopes(network, total)
        if 0 < step < 0.99:
            old, new = pcu @ (before - flow), pcu @ (aim - flow)
            above = float((slope * old * new).sum())
            below = float((slope * old * (new - old)).sum())
            keep = min(max(above / below, 0.0), 0.99) if below != 0 else 0.0
            aim = keep * before + (1 - keep) * aim
        step = _best_step(network, total, pcu @ (aim - flow), float((pcu @ (pricing * (aim - flow))).sum()))
        before, flow = aim, flow + step * (aim - flow)
    return Equilibrium(
        flow,
        roads.link_minutes(network, demands, flow, preload),
        roads.relative_gap(network, demands, flow, preload),
        done,
        roads.objective(network, demands, flow, preload),
    )


def _shortest(network: RoadNetwork, demands: Sequence[Demand], minutes: Floats) -> Floats:
    """[class, link] every trip on its shortest path."""
    flow = np.zeros((len(demands), network.links))
    star = network.star
    for number, demand in enumerate(demands):
        loaded = np.zeros(network.links)
        cost = np.where(demand.allowed, minutes + demand.fixed_min, np.inf)[star.link]
        paths.load_shortest(
            star.first, star.head, cost, network.first_through, demand.trips,
            np.arange(network.zones, dtype=np.int32), loaded,
        )  # fmt: skip
        flow[number, star.link] = loaded
    return flow


def _slopes(network: RoadNetwork, total: Floats) -> Floats:
    wide = np.maximum(total, 1.0)
    step = 1e-6 * wide
    rise = delay.all_minutes(network.form, wide + step) - delay.all_minutes(network.form, wide)
    return np.asarray(rise / step)


def _best_step(network: RoadNetwork, total: Floats, change: Floats, priced: float) -> float:
    """Where the slope of the objective along `change` is zero, by halving."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        rising = float(change @ delay.all_minutes(network.form, total + middle * change)) + priced > 0
        low, high = (low, middle) if rising else (middle, high)
    return (low + high) / 2
