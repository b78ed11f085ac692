"""Who works or looks for work, by sex and age."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import AGES, Array

AGE_BANDS = ((15, 25), (25, 55), (55, 65), (65, 101))
"""Ages [from, to) of the four rates of participation."""


def participation(men_by_band: tuple[float, ...], women_over_men: float) -> Array:
    """Rates before they are fitted to the labour force that was counted: [sex, age], women first."""
    rates = np.zeros(len(AGES))
    for (first, last), rate in zip(AGE_BANDS, men_by_band, strict=True):
        rates[first:last] = rate
    return np.stack([rates * women_over_men, rates])


def fitted(rates: Array, persons: Array, counted: float) -> Array:
    """The rates times one factor, so that the base year's residents give the labour force that was counted.

    `rates` [sex, age], `persons` [commune, sex, age], `counted` [persons].
    """
    return np.asarray(rates * (counted / np.einsum("csa,sa->", persons, rates)))
