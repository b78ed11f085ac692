"""One register of words that cross a wall: indicators, their groups, units, and planning terms in two languages.

The tables stand beside this file. A plan's observations, targets and a run's results name indicators of the register;
whatever shows a number asks it for the name, the unit and which direction is better. A group without an
indicator stands in the register too, and says what would fill it: a subject that nobody measures stays in sight.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cuabien.base.words import pick

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    group: str
    name_vi: str
    name_en: str
    unit: str
    """A key of `units()`; blank for a target in words."""
    better: str
    """up, down, or blank when neither is better."""
    decimals: int
    simulated: bool
    note: str
    lowest: float | None = None
    """Less cannot be (of a count: below zero). In its own unit; None where nothing bounds it."""
    highest: float | None = None
    """More is mostly a slip, for a city: no city of the world has more, or not for long."""


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    name_vi: str
    name_en: str
    without_vi: str
    """Why the group has no indicator and what would fill it; blank when it has one."""
    without_en: str


@dataclass(frozen=True, slots=True)
class Term:
    term_vi: str
    term_en: str
    domain: str
    note: str


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator by id, in the order in which groups show them."""
    rows = (
        Indicator(
            id=row["id"],
            group=row["group"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            unit=row["unit"],
            better=row["better"],
            decimals=int(row["decimals"]),
            simulated=row["simulated"] == "yes",
            note=row["note"] or "",
            lowest=_bound(row, "lowest"),
            highest=_bound(row, "highest"),
        )
        for row in _table("indicators")
    )
    return MappingProxyType({row.id: row for row in rows})


@cache
def groups() -> Mapping[str, Group]:
    return MappingProxyType({row["id"]: Group(**row) for row in _table("groups")})


@cache
def units() -> Mapping[str, tuple[str, str]]:
    """Each unit's Vietnamese and English writing."""
    return MappingProxyType({row["unit"]: (row["unit_vi"], row["unit_en"]) for row in _table("units")})


@cache
def glossary() -> tuple[Term, ...]:
    """Vietnamese planning and legal terms with the English that we use for them."""
    return tuple(Term(**row) for row in _table("glossary"))


def in_group(group: str) -> tuple[Indicator, ...]:
    return tuple(row for row in indicators().values() if row.group == group)


def indicator_name(indicator: str, language: str | None = None) -> str:
    """The name for a reader; an indicator that nobody has registered shows its id."""
    row = indicators().get(indicator)
    return pick(row, "name", language) if row else indicator


def unit_words(unit: str | None, language: str | None = None) -> str:
    """The unit as the reader writes it; an unregistered unit shows as it stands."""
    vi, en = units().get(unit or "", (unit or "", unit or ""))
    return pick({"unit_vi": vi, "unit_en": en}, "unit", language)


def near_indicators(text: str, known: tuple[str, ...] | None = None) -> list[str]:
    """Ids that look like a mistyped one, best first."""
    return difflib.get_close_matches(text, known or tuple(indicators()), n=5, cutoff=0.4)


def _bound(row: Mapping[str, str], column: str) -> float | None:
    """A bound; a row that ends before it has none."""
    text = row.get(column)
    return float(text) if text else None


def _table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
