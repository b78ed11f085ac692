"""One year of a future as the formulas of indicators see it: of the city, and of every area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cuabien.model.economy.prices import exchange_rate, price_level
from cuabien.model.engine import State
from cuabien.model.variables import Array
from cuabien.model.world import World


@dataclass(frozen=True)
class Year:
    """One year of a future, as the formulas see it."""

    world: World
    year: int
    now: State
    last: State | None

    def parameter(self, name: str) -> float:
        return self.world.parameters(name, self.year)

    @cached_property
    def residents(self) -> float:
        return float(self.now["population.persons"].sum())

    @cached_property
    def employed(self) -> float:
        return float(self.now["economy.employment"].sum())

    @cached_property
    def price_level(self) -> float:
        return price_level(self.year, self.world.base_year, self.parameter("economy.deflator_growth"))

    @cached_property
    def current_grdp(self) -> float:
        """Trillion VND at the prices of the year."""
        return float(self.now["economy.grdp"]) * self.price_level

    @cached_property
    def exchange_rate(self) -> float:
        return exchange_rate(
            self.year,
            self.world.base_year,
            self.parameter("economy.exchange_rate_base"),
            self.parameter("economy.exchange_rate_growth"),
        )


@dataclass(frozen=True)
class Measure:
    """An indicator of a run: the variable that it is made of, and its formula in words and in code."""

    id: str
    unit: str
    variable: str
    formula: str
    page: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class CityMeasure(Measure):
    value: Callable[[Year], float | None] = lambda year: None


@dataclass(frozen=True)
class AreaMeasure(Measure):
    """An indicator of every area; `value` gives one number an area, NaN where there is none."""

    value: Callable[[AreaYear], Array | None] = lambda year: None


@dataclass(frozen=True)
class AreaYear:
    """One year as the areas see it: rows are areas, `membership` [area, commune] of 0 and 1."""

    year: Year
    membership: Array
    area_km2: Array
    """NaN where it is not known; such areas report no density."""

    @cached_property
    def persons(self) -> Array:
        """Residents [area, age]."""
        return np.asarray(self.membership @ self.year.now["population.persons"].sum(axis=1))

    @cached_property
    def residents(self) -> Array:
        return np.asarray(self.persons.sum(axis=1))

    def share(self, ages: slice) -> Array:
        """Percent of residents in an age span; NaN where nobody lives."""
        inside = self.persons[:, ages].sum(axis=1)
        return np.asarray(100 * inside / np.where(self.residents > 0, self.residents, np.nan))

    def total(self, name: str) -> Array | None:
        """A variable that adds up over communes, its other axes summed: [area]; None in a year that lacks it."""
        if name not in self.year.now:
            return None
        values = self.year.now[name]
        return np.asarray(self.membership @ values.reshape(len(values), -1).sum(axis=1))

    def mean(self, values: Array, weights: Array) -> Array:
        """Mean of a number of each commune [commune] by weights [commune]; NaN where nothing weighs."""
        weight = self.membership @ weights
        return np.asarray((self.membership @ (values * weights)) / np.where(weight > 0, weight, np.nan))
