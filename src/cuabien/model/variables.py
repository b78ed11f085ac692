"""The register of variables: every array that passes from one step to another, with its axes and unit.

A variable belongs to the subject that its name begins with. The register stands in `lexicon/variables.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEXES = ("female", "male")
AGES = tuple(range(101))
"""Single years; the last is open: 100 and over."""
SECTORS = ("agriculture", "industry", "construction", "services")
SOURCES_OF_GROWTH = ("capital", "labour", "productivity")


@dataclass(frozen=True)
class Variable:
    """One row of the register."""

    name: str
    axes: tuple[str, ...]
    unit: str
    meaning: str


@cache
def register() -> Mapping[str, Variable]:
    """Every variable by name."""
    text = resources.files("cuabien.lexicon").joinpath("variables.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["name"]: Variable(row["name"], tuple(row["axes"].split()), row["unit"], row["meaning"])
        for row in rows
    }


@cache
def shapes(communes: int) -> Mapping[str, tuple[int, ...]]:
    """Every variable's shape in a city of that many communes, by name."""
    return {name: shape_of(variable, communes) for name, variable in register().items()}


def shape_of(variable: Variable, communes: int) -> tuple[int, ...]:
    """The lengths of a variable's axes in a city of that many communes."""
    lengths = {
        "commune": communes,
        "sex": len(SEXES),
        "age": len(AGES),
        "sector": len(SECTORS),
        "source": len(SOURCES_OF_GROWTH),
    }
    return tuple(lengths[axis] for axis in variable.axes)
