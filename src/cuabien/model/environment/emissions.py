"""Greenhouse gases: activity x emission factor (IPCC 2006 Guidelines, volume 2, tier 1), kept apart by scope.

Scope 1 is what leaves chimneys and exhausts inside the city, its power plants included; scope 2 is what the national grid
gave off for the electricity that the city takes (Global Protocol for Community-Scale Inventories). The electricity of
the city's plants flows into the grid, so the two are never added up.
"""

from __future__ import annotations

import numpy as np

from cuabien.model.environment.energy import DAYS_A_YEAR
from cuabien.model.variables import Array

TJ_PER_TWH = 3600.0


def of_vehicles(vehicle_km: Array, electric_share: Array, grams_per_km: Array) -> Array:
    """[class] kt CO2e a year: 365 x km x (1 - electric share) x g a km; thousand km x g = kg, 1e6 kg = kt."""
    return np.asarray(vehicle_km * (1 - electric_share) * grams_per_km * DAYS_A_YEAR / 1e6)


def of_goods(tonne_km: Array, grams_per_tonne_km: Array) -> Array:
    """[freight] kt CO2e a year from million tonne-km a year: million t-km x g = t, 1e3 t = kt."""
    return np.asarray(tonne_km * grams_per_tonne_km / 1e3)


def of_plants(twh: Array, tonnes_per_tj: Array, efficiency: Array) -> Array:
    """kt CO2 a year of power plants: TWh x 3,600 / efficiency x t per TJ / 1e3 (IPCC 2006, vol. 2, equation 2.1).

    All of one shape; an efficiency of 1 and a factor of 0 stand for what burns nothing.
    """
    return np.asarray(twh * TJ_PER_TWH / efficiency * tonnes_per_tj / 1e3)


def of_fuel(output: float, tj_per_output: float, tonnes_per_tj: float) -> float:
    """kt CO2 a year of the fuel that goes with an output: output x TJ per output x t per TJ / 1e3."""
    return output * tj_per_output * tonnes_per_tj / 1e3


def mixed_factor(shares: Array, tonnes_per_tj: Array) -> float:
    """t CO2 per TJ of a mix of fuels; `shares` of energy sum to 1."""
    return float(shares @ tonnes_per_tj)


def of_grid(twh: Array, kg_per_kwh: float) -> Array:
    """kt CO2 a year of electricity from the grid: 1 kg a kWh is 1,000 kt a TWh."""
    return np.asarray(twh * kg_per_kwh * 1e3)
