"""Trips between places, so that every place sends and receives what it has to: the doubly constrained gravity model.

    T[i,j] = A[i] O[i] B[j] D[j] K[i,j],    sum over j = O[i],    sum over i = D[j]

(Wilson 1967; Evans 1973). The balancing factors are first scaled in turn (Furness 1965), then brought home by Newton's method on their
logarithms: scaling alone is slow where places hardly exchange anybody (an island), Newton is not.
"""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array

CLOSE = 1e-11
"""Largest miss of a sum of arrivals, as a share of all trips, at which the balance is held."""
SCALINGS = 25
NEWTON_STEPS = 40


def balanced(
    leaving: Array, arriving: Array, attraction: Array, start: Array | None = None
) -> tuple[Array, Array, float]:
    """(trips [i, j], factors [j] to begin the next balance from, the largest miss as a share of all trips).

    `leaving` [i] and `arriving` [j] persons, of one sum; `attraction` [i, j] K, positive. What nobody leaves from or
    arrives at stays empty.
    """
    total = float(leaving.sum())
    wanted = float(arriving.sum())
    if total <= 0 or wanted <= 0:
        return np.zeros_like(attraction), np.zeros(len(arriving)), 0.0
    into = arriving * (total / wanted)
    used = into > 0
    log_b = np.where(used, 0.0 if start is None else start, -np.inf)
    k = attraction / attraction.max(axis=1, keepdims=True)
    trips = _trips(k, log_b, leaving)
    for _ in range(SCALINGS):
        came = trips.sum(axis=0)
        log_b[used] += np.log(into[used] / came[used])
        trips = _trips(k, log_b, leaving)
    miss = _miss(trips, into, total)
    for _ in range(NEWTON_STEPS):
        if miss <= CLOSE:
            break
        log_b, trips, miss = _newton(k, log_b, leaving, into, used, trips, miss, total)
    return trips, np.where(used, log_b - log_b[used].mean(), 0.0), miss


def _trips(k: Array, log_b: Array, leaving: Array) -> Array:
    """T for factors B, with A such that every place sends what it has."""
    weighed = k * np.exp(log_b - log_b.max())
    sums = weighed.sum(axis=1)
    return np.asarray(weighed * (leaving / np.where(sums > 0, sums, 1.0))[:, None])


def _miss(trips: Array, into: Array, total: float) -> float:
    return float(np.abs(trips.sum(axis=0) - into).max() / total)


def _newton(
    k: Array, log_b: Array, leaving: Array, into: Array, used: Array, trips: Array, miss: float, total: float
) -> tuple[Array, Array, float]:
    """One step on ln B, shortened until it helps. The slope is diag(arrivals) - T' diag(1/O) T, singular along 1."""
    t = trips[:, used]
    sums = np.where(leaving > 0, leaving, 1.0)
    slope = np.diag(t.sum(axis=0)) - t.T @ (t / sums[:, None])
    slope += np.full_like(slope, slope.diagonal().mean() / len(slope))
    slope += np.diag(1e-14 * slope.diagonal())
    step = np.linalg.solve(slope, into[used] - t.sum(axis=0))
    step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
    for _ in range(30):
        tried = log_b.copy()
        tried[used] += step
        found = _trips(k, tried, leaving)
        better = _miss(found, into, total)
        if better < miss:
            return tried, found, better
        step = step / 2
    return log_b, trips, miss
