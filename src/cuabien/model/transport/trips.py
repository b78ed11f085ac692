"""Who sets out, where there is something to go to, and how many vehicles that is in the peak hour."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array

SCHOOL_AGES = slice(6, 18)
OVER_SIX = slice(6, None)
"""Trips are counted of persons over six, as the survey that gives their number did."""


def at_work(labour_force: Array, employed: float, attendance: float) -> Array:
    """[commune] who go to work on a day: the employed, spread as the labour force, times the share who go."""
    total = float(labour_force.sum())
    share = min(employed / total, 1.0) if total > 0 else 0.0
    return np.asarray(labour_force * share * attendance)


def other_errands(persons_over_six: Array, rate: float, work: Array, school: Array) -> Array:
    """[commune] errands a day: half of all trips (each has a way back) less those to work and school, never below 0."""
    return np.asarray(np.maximum(persons_over_six * rate / 2 - work - school, 0.0))


def peak_trips(there: Array, out_share: float, back_share: float) -> Array:
    """[i, j] persons in the peak hour: those on the way out, and those on the way back of the trips j to i."""
    return np.asarray(out_share * there + back_share * there.T)


def vehicles(persons: Array, occupancy: float) -> Array:
    return np.asarray(persons / occupancy)
