"""Jobs: what employers would fill, and what the labour force lets them fill."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array


def jobs_wanted(before: Array, growth_before: Array, answer: Array) -> Array:
    """J(t) = J(t-1) (1 + g(t-1))^e by sector; e is percent of jobs per percent of growth (employment elasticity).

    As a power, so that a fall and the rise that makes up for it leave as many jobs as there were.
    """
    return np.asarray(before * np.maximum(1 + growth_before, 0.0) ** answer)


def employment(wanted: Array, labour_force: float, lowest_unemployment: float) -> Array:
    """Persons at work by sector: all jobs wanted, or the same share of each when hands are short."""
    supply = labour_force * (1 - lowest_unemployment)
    return np.asarray(wanted * min(1.0, supply / wanted.sum()))
