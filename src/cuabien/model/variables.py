"""The register of variables: every array that passes from one step to another, with its axes and unit.

A variable belongs to the subject that its name begins with. The register stands in `lexicon/variables.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from cuabien.plan.objects import Fuel

Array = NDArray[np.float64]

SEXES = ("female", "male")
AGES = tuple(range(101))
"""Single years; the last is open: 100 and over."""
SECTORS = ("agriculture", "industry", "construction", "services")
ELECTRICITY_USERS = (*SECTORS, "households")
LIMITS = ("labour", "port", "fairway", "landside", "airport", "land", "power")
"""What may hold output back."""
REVENUES = ("domestic", "customs", "other")
"""Of the state budget that is collected in the city."""
SOURCES_OF_GROWTH = ("capital", "labour", "productivity")
HOUSEHOLD_TYPES = ("young", "middle", "old")
"""By the age of who heads it: under 35, 35 to 64, 65 and over."""
TRAVEL_MODES = ("walk", "bicycle", "motorbike", "car", "bus", "rail", "ferry")
"""How a person travels; the main mode of a trip. `rail` is train and metro."""
PURPOSES = ("work", "school", "errands")
"""Why a person travels; errands are shopping, visits, care and everything else."""
ROAD_CLASSES = ("motorbike", "car", "bus", "truck")
FREIGHT_MODES = ("road", "rail", "barge")
DIRECTIONS = ("forward", "backward")
"""Along a link from `from_node` to `to_node`, and back."""
SERVICES = (
    "kindergarten",
    "primary_school",
    "lower_secondary_school",
    "upper_secondary_school",
    "clinic",
    "hospital",
    "counter",
    "green_space",
)
LAND_USES = ("housing", "industry", "public", "protected", "water", "farmland", "reclaimed")
EMITTERS = ("transport", "industry", "power", "buildings")
FUELS: tuple[str, ...] = get_args(Fuel)
"""What a power plant runs on."""
BUILDINGS = ("households", "services")
"""Whose buildings burn fuel."""
WATER_CASES = ("tide", "storm")
"""How high the sea stands: at a high tide, or when a storm drives it on top of one."""


@dataclass(frozen=True)
class Variable:
    """One row of the register."""

    name: str
    axes: tuple[str, ...]
    unit: str
    meaning: str
    meaning_vi: str


@cache
def register() -> Mapping[str, Variable]:
    """Every variable by name."""
    text = resources.files("cuabien.lexicon").joinpath("variables.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["name"]: Variable(
            row["name"], tuple(row["axes"].split()), row["unit"], row["meaning"], row["meaning_vi"] or ""
        )
        for row in rows
    }


FIXED_AXES = {
    "sex": len(SEXES),
    "age": len(AGES),
    "sector": len(SECTORS),
    "source": len(SOURCES_OF_GROWTH),
    "user": len(ELECTRICITY_USERS),
    "limit": len(LIMITS),
    "revenue": len(REVENUES),
    "household": len(HOUSEHOLD_TYPES),
    "mode": len(TRAVEL_MODES),
    "purpose": len(PURPOSES),
    "class": len(ROAD_CLASSES),
    "freight": len(FREIGHT_MODES),
    "direction": len(DIRECTIONS),
    "service": len(SERVICES),
    "emitter": len(EMITTERS),
    "fuel": len(FUELS),
    "building": len(BUILDINGS),
    "water": len(WATER_CASES),
    "use": len(LAND_USES),
}
"""Lengths of the axes that are the same in every city; the others (commune, link ...) come from the plan."""

Axes = Mapping[str, int]
"""Lengths of the axes that a plan gives."""


def shapes(axes: Axes) -> Mapping[str, tuple[int, ...]]:
    """Every variable's shape in a city with those axes, by name; a variable on another axis is left out."""
    return _shapes(tuple(sorted(axes.items())))


@cache
def _shapes(axes: tuple[tuple[str, int], ...]) -> Mapping[str, tuple[int, ...]]:
    lengths = {**FIXED_AXES, **dict(axes)}
    return {
        name: tuple(lengths[axis] for axis in variable.axes)
        for name, variable in register().items()
        if all(axis in lengths for axis in variable.axes)
    }
