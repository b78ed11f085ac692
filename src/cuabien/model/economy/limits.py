"""What holds output back: how much of each thing that was asked for is missing, and what that costs each sector."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array


def turned_away(wanted: float, given: float) -> float:
    """Share of what was asked for that is missing: 1 - given / wanted, 0 where nothing was asked for."""
    return max(1.0 - given / wanted, 0.0) if wanted > 0 else 0.0


def lost_alone(missing: Array, dependence: Array) -> Array:
    """Share of its value added that each limit alone would take from each sector [limit, sector]: q[k,s] m[k].

    `missing` [limit] share turned away; `dependence` [limit, sector] share of value added lost per share missing. Both lie in
    0 ... 1.
    """
    return dependence * missing[:, None]


def share_kept(alone: Array) -> Array:
    """Share of value added that is left to each sector [sector]: the product over limits of 1 - q[k,s] m[k].

    A limit never raises output, and no sector is taken below nothing.
    """
    return np.asarray(np.multiply.reduce(1.0 - alone, axis=0))


def held_back(lost: Array, alone: Array) -> Array:
    """What each limit takes from each sector [limit, sector], in the unit of `lost` [sector], potential less output.

    Losses multiply, so they do not add up; the whole loss of a sector is shared out in proportion to what each limit
    would take alone. The rows sum to `lost`.
    """
    of_all = np.add.reduce(alone, axis=0)
    return np.asarray(alone * (lost / np.where(of_all > 0, of_all, 1.0)))


def missing_hands(potential: Array, wanted: float, employed: float, capital_share: float) -> Array:
    """What a lack of hands takes [sector]: Y* ((J / E)^(1-a) - 1), potential at the jobs wanted less at those filled."""
    more = (wanted / employed) ** (1 - capital_share) - 1 if wanted > employed > 0 else 0.0
    return potential * more


def grown(base: float | Array, level: float | Array, answer: float) -> Array:
    """What is asked for when its driver stands at `level` times the base year: base x level^answer."""
    return np.asarray(base * np.maximum(level, 0.0) ** answer)
