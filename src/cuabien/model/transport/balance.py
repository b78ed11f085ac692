"""Trips between places, so that every place sends and receives what it has to: the doubly constrained gravity model.

    T[i,j] = A[i] O[i] B[j] D[j] K[i,j],    sum over j = O[i],    sum over i = D[j]

(Wilson 1967; Evans 1973). The balancing factors are scaled in turn (Furness 1965; Sinkhorn 1967), each step on their logarithms
lengthened by the factor that suits the speed at which plain scaling closes in (Thibault et al. 2021, overrelaxed Sinkhorn-Knopp).
Where places hardly exchange anybody (an island) scaling stalls, and Newton's method brings it home.
"""

from __future__ import annotations

import numpy as np

from cuabien.model.transport.delay import Floats, compiled
from cuabien.model.variables import Array

CLOSE = 1e-11
"""Largest miss of a sum of arrivals, as a share of all trips, at which the balance is held."""
PLAIN = 8
"""Plain scalings, from which the speed of closing in is read."""
LONGEST_STEP = 1.9
SCALINGS = 600
NEWTON_STEPS = 40


def balanced(
    leaving: Array, arriving: Array, attraction: Array, start: Array | None = None
) -> tuple[Array, Array, float]:
    """(trips [i, j], logarithms of B [j] to begin the next balance from, the largest miss as a share of all trips).

    `leaving` [i] and `arriving` [j] persons, of one sum; `attraction` [i, j] K, positive. What nobody leaves from or
    arrives at stays empty.
    """
    total, wanted = float(leaving.sum()), float(arriving.sum())
    if total <= 0 or wanted <= 0:
        return np.zeros_like(attraction), np.zeros(len(arriving)), 0.0
    into = arriving * (total / wanted)
    used = into > 0
    k = attraction[:, used]
    k = np.ascontiguousarray(k / k.max(axis=1, keepdims=True))
    log_b = np.zeros(int(used.sum())) if start is None else start[used].copy()
    miss = _scale(k, np.ascontiguousarray(k.T), leaving, into[used], log_b, total)
    trips = _trips(k, log_b, leaving)
    for _ in range(NEWTON_STEPS):
        if miss <= CLOSE:
            break
        log_b, trips, miss = _newton(k, log_b, leaving, into[used], trips, _miss(trips, into[used], total), total)
    found = np.zeros_like(attraction)
    found[:, used] = trips
    factors = np.zeros(len(arriving))
    factors[used] = log_b - log_b.mean()
    return found, factors, _miss(trips, into[used], total)


@compiled
def _scale(k: Floats, turned: Floats, leaving: Floats, into: Floats, log_b: Floats, total: float) -> float:
    """Bring `log_b` to balance; the largest miss. `turned` is K with its axes swapped, so that both sums run along rows."""
    rows, columns = k.shape
    b, a, sums, came = np.empty(columns), np.empty(rows), np.empty(rows), np.empty(columns)
    step, last, miss, best = 1.0, 0.0, np.inf, np.inf
    for turn in range(SCALINGS):
        highest = log_b.max()
        for j in range(columns):
            b[j] = np.exp(log_b[j] - highest)
        sums[:] = 0.0
        for j in range(columns):
            for i in range(rows):
                sums[i] += turned[j, i] * b[j]
        for i in range(rows):
            a[i] = leaving[i] / sums[i] if sums[i] > 0 else 0.0
        came[:] = 0.0
        for i in range(rows):
            for j in range(columns):
                came[j] += k[i, j] * a[i]
        last, miss = miss, 0.0
        for j in range(columns):
            miss = max(miss, abs(came[j] * b[j] - into[j]))
        miss /= total
        if not miss < np.inf or miss <= CLOSE:
            return miss
        best = min(best, miss)
        if turn == PLAIN:
            speed = min(max(miss / last, 0.0), 0.9999)
            step = min(2.0 / (1.0 + np.sqrt(1.0 - speed)), LONGEST_STEP)
        elif miss > 100.0 * best:  # too long a step: back to plain scaling
            step = 1.0
        for j in range(columns):
            if came[j] > 0:
                log_b[j] += step * (np.log(into[j] / came[j]) - (log_b[j] - highest))
    return miss


def _trips(k: Array, log_b: Array, leaving: Array) -> Array:
    """T for factors B, with A such that every place sends what it has."""
    weighed = k * np.exp(log_b - log_b.max())
    sums = weighed.sum(axis=1)
    return np.asarray(weighed * (leaving / np.where(sums > 0, sums, 1.0))[:, None])


def _miss(trips: Array, into: Array, total: float) -> float:
    return float(np.abs(trips.sum(axis=0) - into).max() / total)


def _newton(
    k: Array, log_b: Array, leaving: Array, into: Array, trips: Array, miss: float, total: float
) -> tuple[Array, Array, float]:
    """One step on ln B, shortened until it helps. The slope is diag(arrivals) - T' diag(1/O) T, singular along 1."""
    sums = np.where(leaving > 0, leaving, 1.0)
    slope = np.diag(trips.sum(axis=0)) - trips.T @ (trips / sums[:, None])
    slope += np.full_like(slope, slope.diagonal().mean() / len(slope))
    slope += np.diag(1e-14 * slope.diagonal() + 1e-300)
    step = np.linalg.solve(slope, into - trips.sum(axis=0))
    step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
    for _ in range(30):
        tried = log_b + step
        found = _trips(k, tried, leaving)
        better = _miss(found, into, total)
        if better < miss:
            return tried, found, better
        step = step / 2
    return log_b, trips, miss
