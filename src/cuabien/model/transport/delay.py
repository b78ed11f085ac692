"""Volume-delay: the minutes of a link at a flow, their slope, and their integral from no flow.

BPR (Bureau of Public Roads 1964):   t(x) = t0 (1 + alpha (x / c)^power)
conical (Spiess 1990, equation 9):   t(x) = t0 (2 + sqrt(a^2 (1 - x/c)^2 + b^2) - a (1 - x/c) - b),  b = (2a - 1) / (2a - 2)

x [pcu/h] total flow, c [pcu/h] capacity, t0 [min] free-flow time; for a conical link `alpha` is the slope a > 1. Both are t0 at
no flow, and conical is 2 t0 at capacity whatever its slope. A link is kept as five numbers, so that a compiled loop reads them at once:

    kind CONSTANT   t = base
         FOURTH     t = base + factor x^4
         POWER      t = base + factor x^power
         CONICAL    t = base (2 + sqrt(...)), power = a, factor = 1 / c
"""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray

from cuabien.model.compiled import compiled

Floats = NDArray[np.float64]
Kinds = NDArray[np.int8]

CONSTANT, FOURTH, POWER, CONICAL = 0, 1, 2, 3


def forms(
    free_flow_min: Floats, capacity: Floats, alpha: Floats, power: Floats, conical: NDArray[np.bool_]
) -> tuple[Kinds, Floats, Floats, Floats]:
    """(kind, base, factor, power) of every link, as the compiled loops read them."""
    kind = np.full(len(alpha), POWER, dtype=np.int8)
    base = free_flow_min.astype(np.float64)
    safe = np.where(capacity > 0, capacity, 1.0)
    with np.errstate(over="ignore"):
        factor = free_flow_min * alpha / safe**power
    still = (factor == 0) & ~conical
    zero = (power == 0) & ~conical
    base = np.where(zero, free_flow_min * (1 + alpha), base)
    kind[power == 4] = FOURTH
    kind[still | zero] = CONSTANT
    kind[conical] = np.where(free_flow_min[conical] > 0, CONICAL, CONSTANT)
    factor = np.where(conical, 1 / safe, factor)
    return kind, base, factor, np.where(conical, alpha, power).astype(np.float64)


@compiled
def minutes(kind: int, base: float, factor: float, power: float, x: float) -> float:
    """t(x) [min] of one link."""
    if kind == CONSTANT:
        return base
    if kind == FOURTH:
        square = x * x
        return base + factor * square * square
    if kind == POWER:
        return base + factor * math.pow(x, power) if x > 0 else base
    b = (2 * power - 1) / (2 * power - 2)
    rest = power * (1 - x * factor)
    return base * (2 + math.sqrt(rest * rest + b * b) - rest - b)


@compiled
def slope(kind: int, base: float, factor: float, power: float, x: float) -> float:
    """dt/dx [min per pcu/h] of one link."""
    if kind == CONSTANT:
        return 0.0
    if kind == FOURTH:
        return 4 * factor * x * x * x
    if kind == POWER:
        if power == 1.0:
            return factor
        return factor * power * math.pow(x, power - 1) if x > 0 else 0.0
    b = (2 * power - 1) / (2 * power - 2)
    rest = power * (1 - x * factor)
    return base * power * factor * (1 - rest / math.sqrt(rest * rest + b * b))


@compiled
def _all_minutes(kind: Kinds, base: Floats, factor: Floats, power: Floats, x: Floats) -> Floats:
    found = np.empty(len(x))
    for link in range(len(x)):
        found[link] = minutes(kind[link], base[link], factor[link], power[link], x[link])
    return found


def all_minutes(form: tuple[Kinds, Floats, Floats, Floats], x: Floats) -> Floats:
    """t(x) [min] of every link."""
    return cast(Floats, _all_minutes(*form, x))


def all_integrals(form: tuple[Kinds, Floats, Floats, Floats], x: Floats) -> Floats:
    """The integral of t from 0 to x [min pcu/h] of every link: what the equilibrium minimises (Beckmann 1956)."""
    kind, base, factor, power = form
    found = base * x
    raised = (kind == FOURTH) | (kind == POWER)
    found[raised] += (factor * x ** (power + 1) / (power + 1))[raised]
    cone = kind == CONICAL
    if cone.any():
        t0, a, u = base[cone], power[cone], factor[cone]
        b = (2 * a - 1) / (2 * a - 2)

        def upward(rest: Floats) -> Floats:
            """The integral of sqrt(rest^2 + b^2) - rest from 0."""
            root = np.sqrt(rest * rest + b * b)
            return np.asarray((rest * root + b * b * np.arcsinh(rest / b) - rest * rest) / 2)

        full, now = a, a * (1 - x[cone] * u)
        found[cone] = t0 * ((2 - b) * x[cone] + (upward(full) - upward(now)) / (a * u))
    return np.asarray(found)
