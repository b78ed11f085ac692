"""Mortality: a standard life table, moved to the life expectancy that a plan expects.

The standard is Siler's competing-hazards curve (Siler 1979, Ecology 60(4)), fitted to the survival of five-year
cohorts in World Population Prospects 2024; Brass's relational model (Brass 1971, "On the scale of mortality")
moves it to another level with one number per year and sex.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cuabien.model.variables import Array

LAST_AGE = 120
"""The exact age at which a life table ends."""
FIRST_YEAR_LIVED = 0.1
"""The part of the first year that children who die in it have lived (Coale and Demeny 1983, low mortality)."""


@dataclass(frozen=True)
class SilerHazards:
    """The hazards of one sex: infant (falling), background (level), senescent (rising), all per year."""

    infant: float
    infant_decline: float
    background: float
    senescent: float
    senescent_slope: float


def siler_survivors(age: Array, hazards: SilerHazards) -> Array:
    """Share alive at exact `age` [years]: exp(-a1/b1 (1-e^(-b1 x)) - a2 x - a3/b3 (e^(b3 x) - 1))."""
    h = hazards
    infant = h.infant / h.infant_decline * (1 - np.exp(-h.infant_decline * age))
    senescent = h.senescent / h.senescent_slope * np.expm1(h.senescent_slope * age)
    return np.exp(-infant - h.background * age - senescent)


def brass_survivors(standard: Array, level: Array) -> Array:
    """Survivors at another level: logit l = level + logit of the standard, logit l = 1/2 ln((1-l)/l).

    `standard` [..., ages] shares alive, `level` [...]; a higher level means a shorter life.
    """
    inside = np.clip(standard, 1e-300, 1 - 1e-16)
    logit = 0.5 * np.log((1 - inside) / inside)
    survivors = 1 / (1 + np.exp(np.minimum(2 * (level[..., None] + logit), 700)))
    survivors[..., 0] = 1.0
    return survivors


def years_lived(survivors: Array) -> Array:
    """Person-years lived between exact ages x and x+1 for each child born: [..., 121] -> [..., 120]."""
    lived = (survivors[..., :-1] + survivors[..., 1:]) / 2
    lived[..., 0] = FIRST_YEAR_LIVED * survivors[..., 0] + (1 - FIRST_YEAR_LIVED) * survivors[..., 1]
    return lived


def life_expectancy(survivors: Array) -> Array:
    """Years of life expected at birth: [..., 121] -> [...]."""
    return np.asarray(years_lived(survivors).sum(axis=-1))


def level_for(standard: Array, expectancy: Array) -> tuple[Array, float]:
    """The Brass level that gives each life expectancy, by bisection, and the largest gap left [years]."""
    low, high = np.full(expectancy.shape, -6.0), np.full(expectancy.shape, 6.0)
    for _ in range(60):
        middle = (low + high) / 2
        too_long = life_expectancy(brass_survivors(standard, middle)) > expectancy
        low, high = np.where(too_long, middle, low), np.where(too_long, high, middle)
    level = (low + high) / 2
    gap = np.abs(life_expectancy(brass_survivors(standard, level)) - expectancy).max()
    return level, float(gap)


def survival_ratios(survivors: Array) -> tuple[Array, Array]:
    """Of the people in each year of age, the share who are alive a year later.

    [..., 121] -> (newborn [...]: born during the year and alive at its end; ratios [..., 101]: age x to x+1 for
    x = 0..99, and for 100+ to 101+).
    """
    lived = years_lived(survivors)
    newborn = lived[..., 0]
    beyond = lived[..., 100:].sum(axis=-1, keepdims=True)
    older = lived[..., 101:].sum(axis=-1, keepdims=True)
    ratios = lived[..., 1:101] / lived[..., :100]
    return newborn, np.concatenate([ratios, older / beyond], axis=-1)


@lru_cache(maxsize=64)
def survival_by_year(
    hazards: tuple[SilerHazards, ...], expectancy: tuple[tuple[float, ...], ...]
) -> tuple[Array, Array, float]:
    """Newborn survival [year, sex], survival ratios [year, sex, age] and the gap of the level found [years].

    `expectancy` [year][sex]. A pure function of numbers, remembered because most runs of a study share it.
    """
    ages = np.arange(LAST_AGE + 1, dtype=float)
    standard = np.stack([siler_survivors(ages, h) for h in hazards])
    wanted = np.array(expectancy)
    level, gap = level_for(np.broadcast_to(standard, (*wanted.shape, ages.size)), wanted)
    newborn, ratios = survival_ratios(brass_survivors(standard, level))
    return newborn, ratios, gap
