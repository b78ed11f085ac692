"""Fertility: how many children, and at what age of the mother."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import AGES, Array

YOUNGEST, OLDEST = 15, 50
"""Childbearing lies within [15, 50)."""


def age_pattern(mean_age: float, spread: float) -> Array:
    """Share of a woman's children that she has at each single year of age; [101], sums to 1.

    A beta curve on 15 to 50 with the given mean and standard deviation [years] (Romaniuk 1973; compared with others by
    Hoem et al. 1981, Demography 18(2)).
    """
    width = OLDEST - YOUNGEST
    centre = (mean_age - YOUNGEST) / width
    concentration = centre * (1 - centre) / (spread / width) ** 2 - 1
    before, after = centre * concentration, (1 - centre) * concentration
    ages = np.array(AGES) + 0.5
    part = (ages - YOUNGEST) / width
    fertile = (part > 0) & (part < 1)
    inside = np.where(fertile, part, 0.5)
    density = np.where(fertile, inside ** (before - 1) * (1 - inside) ** (after - 1), 0.0)
    return np.asarray(density / density.sum())


def births(women_start: Array, women_end: Array, rates: Array, boys_per_girl: float) -> Array:
    """Live births during a year: girls and boys [commune, 2].

    Births = sum over ages of f(x) times the mean of women of age x at the start and at the end of the year;
    `women_*` [commune, age] persons, `rates` [age] children per woman per year.
    """
    children = ((women_start + women_end) / 2) @ rates
    girls = children / (1 + boys_per_girl)
    return np.stack([girls, children - girls], axis=-1)
