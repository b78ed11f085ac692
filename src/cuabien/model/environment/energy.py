"""Electricity: what the city takes, what its plants give, and what the national grid brings or carries away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cuabien.model import power
from cuabien.model.variables import FUELS, Array
from cuabien.plan.objects import PowerPlant
from cuabien.plan.package import Plan


def losses(taken_twh: float, share: float) -> float:
    """What is lost on the way [TWh], when a `share` of all that is sent out is: taken x share / (1 - share)."""
    return taken_twh * share / (1 - share)


def traffic_twh(vehicle_km: Array, electric_share: Array, kwh_per_km: Array) -> float:
    """Electricity of vehicles [TWh a year]: 365 x sum of km x electric share x kWh a km.

    `vehicle_km` [class] thousand a day; thousand kWh are 1e-6 TWh.
    """
    return float((vehicle_km * electric_share * kwh_per_km).sum() * DAYS_A_YEAR * 1e-6)


def exchange(needed_twh: float, generated_twh: float) -> tuple[float, float]:
    """What the grid brings and what it carries away [TWh]: the difference of a year, one of the two is zero."""
    missing = needed_twh - generated_twh
    return max(missing, 0.0), max(-missing, 0.0)


DAYS_A_YEAR = 365


# ---- the plants of a plan -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plants:
    """The plants that come at all, year by year."""

    rows: tuple[PowerPlant, ...]
    mw: Array
    """In use [plant, year]."""
    twh: Array
    """Given in a year [plant, year]."""
    fuel: Array
    """Position of each plant's fuel in `FUELS` [plant]."""

    def by_fuel(self, values: Array) -> Array:
        """[plant, year] summed to [fuel, year]."""
        found = np.zeros((len(FUELS), values.shape[1]))
        np.add.at(found, self.fuel.astype(int), values)
        return found


def plants(plan: Plan, years: Sequence[int], life_years: float, full_load_hours: Array) -> Plants:
    """Capacity and energy by plant: MW x full-load hours of its fuel. `full_load_hours` [fuel].

    A plant runs as its kind does over a year; nobody in the city decides when. What is in use only for a part is counted
    for that part.
    """
    fuel = power.fuel_of_plant(plan)
    mw = power.capacity_mw(power.timetable(plan), years, life_years)
    hours = full_load_hours[fuel.astype(int)]
    return Plants(power.plants(plan), mw, np.asarray(mw * hours[:, None] / 1e6), fuel)
