"""Land under water: which share of a commune lies below a level of the sea, from how its land is spread over heights.

A bathtub: whatever lies lower than the water counts, behind a dyke or not. It says who would be exposed if nothing held the
sea back, as the national scenario does; it says nothing of rain, rivers or the strength of dykes.
"""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array


def water_levels(rise_m: float, high_tide_m: float, surge_m: float) -> Array:
    """[case] metres above the mean sea of today's datum: at a high tide, and when a storm drives the sea on top of it."""
    return np.array([rise_m + high_tide_m, rise_m + high_tide_m + surge_m])


def share_below(levels: Array, below: Array, water: Array) -> Array:
    """Share of the known land of each commune below each water level [commune, case].

    `levels` [n] rising heights, `below` [commune, n] the share of land below each. Linear between levels; a level beyond
    the ends takes the share of the end.
    """
    place = np.clip(np.searchsorted(levels, water, side="right"), 1, len(levels) - 1)
    lower, upper = levels[place - 1], levels[place]
    weight = np.clip((water - lower) / (upper - lower), 0.0, 1.0)
    return np.asarray(below[:, place - 1] + weight * (below[:, place] - below[:, place - 1]))
