"""Trips between places, so that every place sends and receives what it has to: the doubly constrained gravity model.

    T[i,j] = A[i] O[i] B[j] D[j] K[i,j],    sum over j = O[i],    sum over i = D[j]

(Wilson 1967; Evans 1973). The balancing factors are scaled in turn (Furness 1965; Sinkhorn 1967), each step on their logarithms
lengthened by the factor that suits the speed at which plain scaling closes in (Thibault et al. 2021, overrelaxed Sinkhorn-Knopp).
Where places hardly exchange anybody (an island) scaling stalls, and Newton's method brings it home.
"""

from __future__ import annotations

import numpy as np

from cuabien.model.compiled import compiled
from cuabien.model.transport.delay import Floats
from cuabien.model.variables import Array

CLOSE = 1e-10
"""Largest miss of a sum of arrivals, as a share of all trips, at which the balance is held."""
PLAIN = 8
"""Plain scalings, from which the speed of closing in is read."""
LONGEST_STEP = 1.9
SCALINGS = 90
"""After so many scalings Newton's method takes over: each of its steps costs about as much as fifty of them."""
NEWTON_STEPS = 60
LONGEST_SHIFT = 5.0
"""A step of Newton's method changes no factor by more than e to this."""


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
    turned = np.ascontiguousarray(k.T)
    miss = _scale(k, turned, leaving, into[used], log_b, total)
    if not miss <= CLOSE:
        _newton(k, leaving, into[used], log_b, total)
    found = np.zeros_like(attraction)
    found[:, used] = _trips(k, log_b, leaving)
    factors = np.zeros(len(arriving))
    factors[used] = log_b - log_b.mean()
    return found, factors, float(np.abs(found.sum(axis=0) - into).max() / total)


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


@compiled
def _trips(k: Floats, log_b: Floats, leaving: Floats) -> Floats:
    """T for factors B, with A such that every place sends what it has."""
    rows, columns = k.shape
    b = np.exp(log_b - log_b.max())
    trips = np.empty((rows, columns))
    for i in range(rows):
        total = 0.0
        for j in range(columns):
            trips[i, j] = k[i, j] * b[j]
            total += trips[i, j]
        share = leaving[i] / total if total > 0 else 0.0
        for j in range(columns):
            trips[i, j] *= share
    return trips


@compiled
def _missing(trips: Floats, into: Floats, total: float) -> float:
    worst = 0.0
    for j in range(len(into)):
        came = 0.0
        for i in range(trips.shape[0]):
            came += trips[i, j]
        worst = max(worst, abs(came - into[j]))
    return worst / total


@compiled
def _newton(k: Floats, leaving: Floats, into: Floats, log_b: Floats, total: float) -> None:
    """Bring `log_b` home. The slope of arrivals by ln B is S = diag(arrivals) - T' diag(1/O) T, singular along 1; steps are
    shortened until they help. Solved by Cholesky's method, written out: a library would call threads for a small matrix."""
    columns = k.shape[1]
    slope, step = np.empty((columns, columns)), np.empty(columns)
    trips = _trips(k, log_b, leaving)
    miss = _missing(trips, into, total)
    for _ in range(NEWTON_STEPS):
        if miss <= CLOSE:
            return
        slope[:] = 0.0
        step[:] = into
        for i in range(k.shape[0]):
            if leaving[i] <= 0:
                continue
            for j in range(columns):
                step[j] -= trips[i, j]
                slope[j, j] += trips[i, j]
                share = trips[i, j] / leaving[i]
                for c in range(j + 1):
                    slope[j, c] -= share * trips[i, c]
        level = 0.0
        for j in range(columns):
            level += slope[j, j]
        level /= columns * columns
        for j in range(columns):
            for c in range(j + 1):
                slope[j, c] += level  # what is singular along 1 is filled along 1, where the miss has no part
            slope[j, j] *= 1.0 + 1e-14
        _solve(slope, step)
        longest = np.abs(step).max()
        if longest > LONGEST_SHIFT:
            step *= LONGEST_SHIFT / longest
        for _ in range(30):
            tried = log_b + step
            found = _trips(k, tried, leaving)
            better = _missing(found, into, total)
            if better < miss:
                break
            step /= 2.0
        if not better < miss:
            return
        log_b[:] = tried
        trips, miss = found, better


@compiled
def _solve(lower: Floats, x: Floats) -> None:
    """Solve in place with a symmetric positive matrix of which the lower half is given (Cholesky 1910)."""
    count = len(x)
    for j in range(count):
        for c in range(j):
            part = lower[j, c]
            if part != 0.0:
                for d in range(j, count):
                    lower[d, j] -= part * lower[d, c]
        root = np.sqrt(max(lower[j, j], 1e-300))
        for d in range(j, count):
            lower[d, j] /= root
    for j in range(count):
        for c in range(j):
            x[j] -= lower[j, c] * x[c]
        x[j] /= lower[j, j]
    for j in range(count - 1, -1, -1):
        for d in range(j + 1, count):
            x[j] -= lower[d, j] * x[d]
        x[j] /= lower[j, j]
