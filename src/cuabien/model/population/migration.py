"""Migration: how many come or go, at what age, and to which commune."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import AGES, Array


def rogers_castro(
    a1: float, alpha1: float, a2: float, alpha2: float, mu2: float, lambda2: float, c: float
) -> Array:
    """Share of migrants at each single year of age [101], sums to 1 (Rogers and Castro 1981, IIASA RR-81-30).

    m(x) = a1 e^(-alpha1 x) + a2 e^(-alpha2 (x-mu2) - e^(-lambda2 (x-mu2))) + c: children with their parents, a peak of
    young workers after `mu2` years of age, and a level rest.
    """
    x = np.array(AGES, dtype=float)
    young_workers = a2 * np.exp(-alpha2 * (x - mu2) - np.exp(-lambda2 * (x - mu2)))
    curve = a1 * np.exp(-alpha1 * x) + young_workers + c
    return np.asarray(curve / curve.sum())


def net_migrants(
    residents: float, working_age: float, job_gap: float, rate_at_balance: float, answer_to_jobs: float
) -> float:
    """Net migrants of a year [persons]: rate_at_balance * residents + answer_to_jobs * job_gap * working_age.

    `job_gap` is (jobs wanted - labour supply) / labour supply of last year; `answer_to_jobs` as in the
    migration elasticity of parameters_literature: percent of the working-age stock per percent of gap per year.
    """
    return rate_at_balance * residents + answer_to_jobs * job_gap * working_age


def arrivals(total: float, communes: Array, sexes: Array, ages: Array) -> Array:
    """Who arrives where: [commune, sex, age] persons that sum to `total`; each share sums to 1."""
    return np.asarray(total * communes[:, None, None] * sexes[None, :, None] * ages[None, None, :])


def departures(total: float, persons: Array, ages: Array) -> Array:
    """Who leaves from where: [commune, sex, age] persons, at most those who are there.

    Everyone of one age has the same chance to leave, shaped by the age schedule; `total` is positive. If so
    many leave that an age would be emptied, fewer leave.
    """
    weight = persons * ages
    everyone, likeliest = float(weight.sum()), float(ages.max())
    if total <= 0 or everyone <= 0:
        return np.zeros_like(persons)
    rate = 1 / likeliest if total * likeliest >= everyone else total / everyone
    return np.minimum(weight * rate, persons)


def shares_of_communes(residents: Array, industrial_land_ha: Array, pull: float) -> Array:
    """Share of arrivals for each commune [commune]: by residents, and with weight `pull` by open industrial land."""
    by_people = residents / residents.sum()
    land = industrial_land_ha.sum()
    return np.asarray(by_people if land <= 0 else (1 - pull) * by_people + pull * industrial_land_ha / land)


def moves_within(persons: Array, leaving: Array, arriving: Array) -> Array:
    """Net moves between communes of one city [commune, sex, age]; they sum to zero for each sex and age.

    `leaving` [commune]: share of each commune's residents who change commune in the year, alike for every age;
    `arriving` [commune]: where all of them go, sums to 1.
    """
    left = persons * leaving[:, None, None]
    return np.asarray(arriving[:, None, None] * left.sum(axis=0) - left)
