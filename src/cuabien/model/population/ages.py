"""From five-year age groups to single years, without gaining or losing a person."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator

from cuabien.model.variables import Array


def single_years(groups: Array) -> Array:
    """Persons by single year of age 0..99 and 100+, from groups 0-4, ..., 95-99, 100+.

    `groups` [..., 21] persons -> [..., 101] persons. The cumulative count is interpolated by a monotone cubic
    (Fritsch and Carlson 1980), so no year is negative and each group keeps its sum.
    """
    groups = np.asarray(groups, dtype=float)
    closed = groups[..., :-1]
    cumulative = np.concatenate([np.zeros((*closed.shape[:-1], 1)), np.cumsum(closed, axis=-1)], axis=-1)
    edges = np.arange(0, 5 * closed.shape[-1] + 1, 5)
    curve = PchipInterpolator(edges, cumulative, axis=-1)
    years = np.diff(curve(np.arange(edges[-1] + 1)), axis=-1)
    years = np.maximum(years, 0.0)
    # rounding of the curve is put back, so that each group sums to what was given
    sums = years.reshape(*closed.shape, 5).sum(axis=-1)
    scale = np.divide(closed, sums, out=np.zeros_like(closed), where=sums > 0)
    years = years * np.repeat(scale, 5, axis=-1)
    return np.concatenate([years, groups[..., -1:]], axis=-1)
