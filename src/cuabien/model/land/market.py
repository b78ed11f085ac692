"""Prices that clear: who takes which place, and what is offered there at which price.

Everyone weighs every place; a price moves until what is taken is what is offered. The prices are found as the minimum
of one convex function, so they exist, are found from any start, and come with a gap that says how far they are off
(docs/theory/land.md#prices-that-clear).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cuabien.model.variables import Array

STEPS = 200
"""At most; five to fifteen are usual."""
CLOSE_ENOUGH = 1e-13
"""Share of the pool by which demand may miss what is offered; a sum over a hundred places is good to some 1e-15."""
RIDGE = 1e-13
"""Keeps the step defined where all prices move together; far below any curvature that matters."""


class Offer(Protocol):
    """What is offered at a price, by place; `premium` p [place] is the logarithm of the price over the base year's."""

    def of(self, people: float) -> Offer:
        """The same offer counted in shares of so many people."""

    def value(self, premium: Array) -> float:
        """The integral of `at` over p, summed over places: convex, as no more is offered at a lower price."""

    def at(self, premium: Array) -> Array:
        """Places offered [place]."""

    def slope(self, premium: Array) -> Array:
        """By how much more `at` becomes with p [place]."""

    @property
    def scale(self) -> float:
        """The largest number that `at` is made of: rounding is to be judged against it."""


@dataclass(frozen=True)
class FixedRoom:
    """So much room whatever the price: land of parks."""

    room: Array

    def of(self, people: float) -> FixedRoom:
        return FixedRoom(self.room / people)

    def value(self, premium: Array) -> float:
        return float(self.room @ premium)

    def at(self, premium: Array) -> Array:
        return self.room

    def slope(self, premium: Array) -> Array:
        return np.zeros_like(self.room)

    @property
    def scale(self) -> float:
        return float(self.room.max(initial=1.0))


@dataclass(frozen=True)
class Homes:
    """Dwellings that stand, less those whose households stay; owners leave fewer of them empty the higher the price.

    Empty: v(p) = v0 / (v0 + (1 - v0) exp(b p)), an owner's logit between letting and leaving empty that is v0 at the
    price of the base year; offered D (1 - v(p)) - stay.
    """

    dwellings: Array
    stay: Array
    vacancy: float
    """v0 > 0: the share left empty at the price of the base year."""
    answer: float
    """b > 0: percent by which the odds of being lived in rise with each percent of price."""

    def of(self, people: float) -> Homes:
        return Homes(self.dwellings / people, self.stay / people, self.vacancy, self.answer)

    def value(self, premium: Array) -> float:
        lived_in = np.logaddexp(np.log(self.vacancy), np.log1p(-self.vacancy) + self.answer * premium)
        return float(self.dwellings @ lived_in / self.answer - self.stay @ premium)

    def empty(self, premium: Array) -> Array:
        """Share of the dwellings that owners leave empty [place]."""
        odds = np.exp(np.clip(self.answer * premium, -500, 500)) * (1 - self.vacancy) / self.vacancy
        return np.asarray(1 / (1 + odds))

    def at(self, premium: Array) -> Array:
        return np.asarray(self.dwellings * (1 - self.empty(premium)) - self.stay)

    def slope(self, premium: Array) -> Array:
        empty = self.empty(premium)
        return np.asarray(self.answer * self.dwellings * empty * (1 - empty))

    @property
    def scale(self) -> float:
        return float(max(self.dwellings.max(initial=1.0), self.stay.max(initial=1.0)))


@dataclass(frozen=True)
class Box:
    """The lowest and the highest premium that a price may stand at."""

    lowest: float
    highest: float

    def excuses(self, premium: Array, slope: Array) -> Array:
        """[place] of truth: whether the price stands at a bound and would go beyond it."""
        at_floor, at_ceiling = premium <= self.lowest, premium >= self.highest
        return np.asarray((at_floor & (slope >= 0)) | (at_ceiling & (slope <= 0)))

    def miss(self, premium: Array, slope: Array) -> float:
        """How far the conditions of the optimum are missed: the slope, where the box does not excuse it."""
        return float(np.abs(np.where(self.excuses(premium, slope), 0.0, slope)).max())


@dataclass(frozen=True)
class Market:
    """What clears: `premium` [place] is the logarithm of the price over that of the base year."""

    premium: Array
    chosen: Array
    """[type, place]: how many of each type take each place; sums to the pool of the type."""
    beyond: Array
    """[place]: taken beyond what is offered, where the price stands at its ceiling."""
    gap: float
    """The largest miss of the conditions of the optimum, over the whole pool."""


def shares(log_size: Array, premium: Array, answer: Array) -> Array:
    """Multinomial logit (McFadden 1974) with prices: exp(V - a p) over its sum [type, place]; each row sums to 1.

    `log_size` V [type, place], `premium` p [place], `answer` a [type].
    """
    utility = log_size - answer[:, None] * premium
    weight = np.exp(utility - utility.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def clear(pool: Array, log_size: Array, offer: Offer, answer: Array, box: Box) -> Market:
    """The prices that make what is chosen fit what is offered, and who then goes where.

    `pool` N [type], `log_size` V [type, place], `offer` K(p) [place], `answer` a > 0 [type], `box` the bounds of p.

        min over lowest <= p <= highest of  sum_t N_t / a_t log sum_c exp(V_tc - a_t p_c) + sum_c integral of K_c to p_c

    Its gradient is K(p) - x(p), x the demand. At the minimum x = K within the box; at the floor x may fall short of K,
    and the rest stays empty; at the ceiling x may exceed K, and the excess is what found no room (dual of
    entropy-maximising allocation under capacity, Wilson 1970; box constraints: Bertsekas 1982, projected Newton).
    """
    total = float(pool.sum())
    premium = np.zeros(log_size.shape[1])
    if total <= 0:
        return Market(premium, np.zeros_like(log_size), np.zeros_like(premium), 0.0)
    task = _Task(pool / total, log_size, offer.of(total), answer, box)
    close_enough = CLOSE_ENOUGH * max(1.0, task.offer.scale)
    gap = np.inf
    for _ in range(STEPS):
        share = shares(log_size, premium, answer)
        slope = task.offer.at(premium) - task.pool @ share
        gap = box.miss(premium, slope)
        if gap < close_enough:
            break
        moved = _newton(task, premium, share, slope)
        if moved is None:
            break
        premium = moved
    chosen = total * task.pool[:, None] * shares(log_size, premium, answer)
    too_many = np.maximum(chosen.sum(axis=0) - total * task.offer.at(premium), 0.0)
    return Market(premium, chosen, np.where(premium >= box.highest, too_many, 0.0), gap)


@dataclass(frozen=True)
class _Task:
    """One market, counted in shares of its pool."""

    pool: Array
    log_size: Array
    offer: Offer
    answer: Array
    box: Box

    def value(self, premium: Array) -> float:
        utility = self.log_size - self.answer[:, None] * premium
        top = utility.max(axis=1)
        inclusive = top + np.log(np.exp(utility - top[:, None]).sum(axis=1))
        return float((self.pool / self.answer) @ inclusive) + self.offer.value(premium)

    def gradient(self, premium: Array) -> Array:
        return self.offer.at(premium) - self.pool @ shares(self.log_size, premium, self.answer)


def _newton(task: _Task, premium: Array, share: Array, slope: Array) -> Array | None:
    """One projected Newton step that lowers the function, or None when rounding lets nothing be lowered further."""
    free = np.logical_not(task.box.excuses(premium, slope))
    part = share[:, free]
    weight = task.pool * task.answer
    answer_of_offer = task.offer.slope(premium)
    curvature = -(part * weight[:, None]).T @ part
    diagonal = weight @ part + answer_of_offer[free]
    curvature[np.diag_indices_from(curvature)] += diagonal + RIDGE
    step = np.zeros_like(premium)
    step[free] = -np.linalg.solve(curvature, slope[free])
    downhill = np.where(free, -slope / np.maximum(weight @ share + answer_of_offer, RIDGE), 0.0)
    here, miss = task.value(premium), task.box.miss(premium, slope)
    for direction in (step, downhill):
        length = 1.0
        for _ in range(40):
            there = np.clip(premium + length * direction, task.box.lowest, task.box.highest)
            if _better(task, there, float(slope @ (there - premium)), here, miss):
                return np.asarray(there)
            length /= 2
    return None


def _better(task: _Task, there: Array, expected: float, here: float, miss: float) -> bool:
    """Armijo's rule; near the end, where values differ by rounding alone, a smaller miss counts instead."""
    if expected >= 0:
        return False
    if -expected > 1e-11 * max(1.0, abs(here)):
        return task.value(there) <= here + 1e-4 * expected
    return task.box.miss(there, task.gradient(there)) < miss
