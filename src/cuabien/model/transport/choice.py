"""Which mode, and how far apart two places are when all modes count: the multinomial logit and its logsum.

V[m] = c[m] + ln a[m] - s g[m]            g: generalised minutes, a: vehicles owned now for one of the base year
P[m] = exp V[m] / sum exp V               (McFadden 1974)
L    = -(1/s) ln sum exp V                composite minutes (Williams 1977); less is nearer
"""

from __future__ import annotations

import numpy as np

from cuabien.model.compiled import compiled
from cuabien.model.transport.delay import Floats
from cuabien.model.variables import Array

NO_WAY_MIN = 1440.0
"""Composite minutes between places that no mode joins: a day. Such a pair has no modes and no trips by them."""


def mode_shares(generalised: Array, constants: Array, scale: float) -> tuple[Array, Array]:
    """(shares [mode, i, j], composite minutes [i, j]). `generalised` [mode, i, j] minutes, infinite where a mode does not go.

    `constants` [mode] c + ln a; minus infinity shuts a mode out. `scale` s per minute.
    """
    shares, composite = np.empty_like(generalised), np.empty(generalised.shape[1:])
    _choose(np.ascontiguousarray(generalised), constants, scale, shares, composite)
    return shares, composite


@compiled
def _choose(generalised: Floats, constants: Floats, scale: float, shares: Floats, composite: Floats) -> None:
    """Fill both, pair by pair; values are taken against the best of the pair, so that no exponential overflows."""
    modes, rows, columns = generalised.shape
    value = np.empty(modes)
    for i in range(rows):
        for j in range(columns):
            best = -np.inf
            for mode in range(modes):
                value[mode] = constants[mode] - scale * generalised[mode, i, j]
                best = max(best, value[mode])
            total = 0.0
            for mode in range(modes):
                value[mode] = np.exp(value[mode] - best) if value[mode] > -np.inf else 0.0
                total += value[mode]
            for mode in range(modes):
                shares[mode, i, j] = value[mode] / total if total > 0 else 0.0
            composite[i, j] = min(-(np.log(total) + best) / scale, NO_WAY_MIN) if total > 0 else NO_WAY_MIN


FARTHEST = 1e-9
"""The least attraction of a place against the nearest: so that a balance exists even for an island with too few jobs."""


def attraction(composite: Array, decay: float) -> Array:
    """K[i,j] = exp(-d L[i,j]) against the nearest place of each row, never below `FARTHEST`."""
    nearest = composite.min(axis=1, keepdims=True)
    return np.asarray(np.maximum(np.exp(-decay * (composite - nearest)), FARTHEST))


def accessibility(composite: Array, sizes: Array, decay: float) -> Array:
    """[i] minutes, more is nearer: (1/d) ln sum over j of share[j] exp(-d L[i,j]); Williams 1977, Ben-Akiva and Lerman 1985.

    `sizes` [j] jobs and people. With shares it tells where a place lies, not how large the city has grown; it is near to minus the
    composite minutes to what is near.
    """
    total = float(sizes.sum())
    shares = sizes / total if total > 0 else np.full(len(sizes), 1 / len(sizes))
    nearest = composite.min(axis=1, keepdims=True)
    reach = np.exp(-decay * (composite - nearest)) @ shares
    return np.asarray(np.log(np.maximum(reach, 1e-300)) / decay - nearest[:, 0])


def mean_minutes(minutes: Array, shares: Array) -> Array:
    """[i, j] minutes of the modes taken [mode, i, j] by their shares; `NO_WAY_MIN` where no mode goes."""
    known = np.where(np.isfinite(minutes), minutes, 0.0)
    served = shares.sum(axis=0) > 0
    return np.asarray(np.where(served, (known * shares).sum(axis=0), NO_WAY_MIN))
