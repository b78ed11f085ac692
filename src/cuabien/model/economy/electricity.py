"""Electricity: what sectors and households ask for, and what the plants of the city and the grid can give it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model import power
from cuabien.model.economy.limits import grown
from cuabien.model.variables import Array


def wanted(
    base: Array,
    output: Array,
    households: float,
    income: float,
    answer_to_output: float,
    answer_to_income: float,
) -> Array:
    """What each sector and then the households ask for [user], TWh a year.

    `base` [user] of the base year; `output` [sector] value added, `households` and `income` (GRDP per resident) as multiples
    of the base year. W[s] = W0[s] y[s]^e; W[h] = W0[h] H i^f.
    """
    of_sectors = grown(base[:-1], output, answer_to_output)
    of_households = grown(base[-1] * households, income, answer_to_income)
    return np.append(of_sectors, of_households)


def available(plants_mw: Array, firm_share: Array, grid_mw: Sequence[float], load_hours: float) -> Array:
    """What the city can draw on in each year [year], TWh: h (sum over plants of a x MW + grid MW) / 1e6.

    `plants_mw` [plant, year]; `firm_share` [plant]: the part of a plant that stands ready at the peak. Whoever buys it, a
    plant's current flows to the nearest load, so all that stands ready counts, and lines bring `grid_mw` beside it.
    `load_hours`: what the city uses in a year over its peak.
    """
    firm = (firm_share[:, None] * plants_mw).sum(axis=0) + np.array(grid_mw)
    return power.energy_twh(firm, load_hours)


def used(wanted_twh: float, available_twh: float) -> float:
    """The lesser of what is asked for and what there is; the rest is unserved."""
    return min(wanted_twh, available_twh)
