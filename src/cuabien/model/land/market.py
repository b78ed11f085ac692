"""Prices that clear: who takes which place when room is limited.

Everyone weighs every place; a price rises where more would come than there is room, until what is taken fits. The
prices are found as the minimum of one convex function, so they exist, are found from any start, and come with a
gap that says how far they are off (docs/theory/land.md#prices-that-clear).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.variables import Array

STEPS = 200
"""At most; five to fifteen are usual."""
CLOSE_ENOUGH = 1e-13
"""Share of the pool by which demand may miss room; a sum over a hundred places is good to some 1e-15."""
RIDGE = 1e-13
"""Keeps the step defined where all prices move together; far below any curvature that matters."""


@dataclass(frozen=True)
class Market:
    """What clears: `premium` [place] is the logarithm of the price over that of the base year, 0 where room is enough."""

    premium: Array
    chosen: Array
    """[type, place]: how many of each type take each place; sums to the pool of the type."""
    beyond: Array
    """[place]: taken beyond the room, where the price stands at its ceiling."""
    gap: float
    """The largest miss of the conditions of the optimum, over the whole pool."""


def shares(log_size: Array, premium: Array, answer: Array) -> Array:
    """Multinomial logit (McFadden 1974) with prices: exp(V - a p) over its sum [type, place]; each row sums to 1.

    `log_size` V [type, place], `premium` p [place], `answer` a [type].
    """
    utility = log_size - answer[:, None] * premium
    weight = np.exp(utility - utility.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def clear(pool: Array, log_size: Array, room: Array, answer: Array, ceiling: float) -> Market:
    """The prices that make what is chosen fit the room, and who then goes where.

    `pool` N [type], `log_size` V [type, place], `room` K [place], `answer` a > 0 [type], `ceiling`: the highest premium.

        min over 0 <= p <= ceiling of   sum_t N_t / a_t log sum_c exp(V_tc - a_t p_c) + sum_c K_c p_c

    Its gradient is K - x(p), x the demand. At the minimum: p = 0 where x < K; x = K where 0 < p < ceiling; at the
    ceiling x may exceed K, and the excess is what found no room (dual of entropy-maximising allocation under capacity,
    Wilson 1970; box constraints: Bertsekas 1982, projected Newton).
    """
    total = float(pool.sum())
    premium = np.zeros(len(room))
    if total <= 0:
        return Market(premium, np.zeros_like(log_size), np.zeros(len(room)), 0.0)
    pool, room = pool / total, room / total
    gap = np.inf
    for _ in range(STEPS):
        share = shares(log_size, premium, answer)
        slope = room - pool @ share
        gap = _miss(premium, slope, ceiling)
        if gap < CLOSE_ENOUGH:
            break
        moved = _newton(pool, log_size, room, answer, ceiling, premium, share, slope)
        if moved is None:
            break
        premium = moved
    chosen = total * pool[:, None] * shares(log_size, premium, answer)
    at_ceiling = premium >= ceiling
    beyond = np.where(at_ceiling, np.maximum(chosen.sum(axis=0) - total * room, 0.0), 0.0)
    return Market(premium, chosen, beyond, gap)


def _miss(premium: Array, slope: Array, ceiling: float) -> float:
    """How far the conditions of the optimum are missed: the slope, where the box does not excuse it."""
    excused = ((premium <= 0) & (slope >= 0)) | ((premium >= ceiling) & (slope <= 0))
    return float(np.abs(np.where(excused, 0.0, slope)).max())


def _value(pool: Array, log_size: Array, room: Array, answer: Array, premium: Array) -> float:
    utility = log_size - answer[:, None] * premium
    top = utility.max(axis=1)
    inclusive = top + np.log(np.exp(utility - top[:, None]).sum(axis=1))
    return float((pool / answer) @ inclusive + room @ premium)


def _newton(
    pool: Array,
    log_size: Array,
    room: Array,
    answer: Array,
    ceiling: float,
    premium: Array,
    share: Array,
    slope: Array,
) -> Array | None:
    """One projected Newton step that lowers the function, or None when rounding lets nothing be lowered further."""
    free = ~(((premium <= 0) & (slope >= 0)) | ((premium >= ceiling) & (slope <= 0)))
    part = share[:, free]
    weight = pool * answer
    curvature = -(part * weight[:, None]).T @ part
    diagonal = weight @ part
    curvature[np.diag_indices_from(curvature)] += diagonal + RIDGE
    step = np.zeros_like(premium)
    step[free] = -np.linalg.solve(curvature, slope[free])
    downhill = np.where(free, -slope / np.maximum(weight @ share, RIDGE), 0.0)
    here, miss = _value(pool, log_size, room, answer, premium), _miss(premium, slope, ceiling)
    for direction in (step, downhill):
        length = 1.0
        for _ in range(40):
            there = np.clip(premium + length * direction, 0.0, ceiling)
            if _better(pool, log_size, room, answer, ceiling, there, there - premium, slope, here, miss):
                return np.asarray(there)
            length /= 2
    return None


def _better(
    pool: Array,
    log_size: Array,
    room: Array,
    answer: Array,
    ceiling: float,
    there: Array,
    moved: Array,
    slope: Array,
    here: float,
    miss: float,
) -> bool:
    """Armijo's rule; near the end, where values differ by rounding alone, a smaller miss counts instead."""
    expected = float(slope @ moved)
    if expected >= 0:
        return False
    if -expected > 1e-11 * max(1.0, abs(here)):
        return _value(pool, log_size, room, answer, there) <= here + 1e-4 * expected
    now = room - pool @ shares(log_size, there, answer)
    return _miss(there, now, ceiling) < miss
