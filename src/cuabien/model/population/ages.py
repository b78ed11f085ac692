"""From five-year age groups to single years, without gaining or losing a person."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array

GROUP = 5
"""Years in a closed age group."""


def single_years(groups: Array) -> Array:
    """Persons by single year of age 0..99 and 100+, from groups 0-4, ..., 95-99, 100+.

    `groups` [..., 21] persons -> [..., 101] persons. The count below each age is interpolated by a monotone cubic
    (in Hermite form, group by group), so no year is negative and each group keeps its sum.
    """
    groups = np.asarray(groups, dtype=float)
    closed, open_ended = groups[..., :-1], groups[..., -1:]
    slopes = monotone_slopes(closed / GROUP)
    part = np.arange(GROUP + 1) / GROUP
    rise_first, rise_last = GROUP * slopes[..., :-1, None], GROUP * slopes[..., 1:, None]
    curve = (
        closed[..., None] * part**2 * (3 - 2 * part)
        + rise_first * part * (1 - part) ** 2
        + rise_last * part**2 * (part - 1)
    )
    years = np.maximum(np.diff(curve, axis=-1), 0.0)
    # what rounding took is put back, group by group
    sums = years.sum(axis=-1)
    scale = np.divide(closed, sums, out=np.zeros_like(closed), where=sums > 0)
    years = years * scale[..., None]
    return np.concatenate([years.reshape(*closed.shape[:-1], -1), open_ended], axis=-1)


def monotone_slopes(secants: Array) -> Array:
    """Slopes at the n+1 knots of a monotone cubic through n equal intervals with these secants [..., n].

    Inside: the harmonic mean of the two secants, or 0 where one of them is (Fritsch and Butland 1984, SIAM J. Sci. Stat.
    Comput. 5(2)). At the ends: one-sided three-point slopes, held within [0, 3 secants]. Secants are not negative.
    """
    before, after = secants[..., :-1], secants[..., 1:]
    total = before + after
    both = (before > 0) & (after > 0)
    inside = np.divide(2 * before * after, total, out=np.zeros_like(total), where=both)
    first = np.clip((3 * secants[..., :1] - secants[..., 1:2]) / 2, 0, 3 * secants[..., :1])
    last = np.clip((3 * secants[..., -1:] - secants[..., -2:-1]) / 2, 0, 3 * secants[..., -1:])
    return np.concatenate([first, inside, last], axis=-1)
