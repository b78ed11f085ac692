"""Simulated values of a run, read like observed ones: by indicator, area and year, with the swing of what is assumed.

Nothing here simulates. A run folder never changes once it is written, so what was read of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cuabien.results import Run, open_run

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Course:
    """One indicator of one area over the years: a single future."""

    unit: str
    derivation: str
    values: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Range:
    """How far one assumed parameter after another, each over its own range, moves a value: not a probability."""

    low: float
    high: float
    by: str
    """The parameter that moves it most."""


@dataclass(frozen=True, slots=True)
class Future:
    paths: Mapping[tuple[str, str], Course]
    swings: Mapping[tuple[str, str, int], Range]

    def path(self, indicator: str, area: str) -> Course | None:
        return self.paths.get((indicator, area))

    def value(self, indicator: str, area: str, year: int) -> float | None:
        path = self.path(indicator, area)
        return path.values.get(year) if path else None

    def indicators(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(indicator for indicator, _ in self.paths))

    def areas(self, indicator: str) -> tuple[str, ...]:
        return tuple(area for name, area in self.paths if name == indicator)

    def years(self) -> tuple[int, ...]:
        return tuple(sorted({year for path in self.paths.values() for year in path.values}))


EMPTY = Future({}, {})


def future(run: Run | None) -> Future:
    """The simulated values of a run; without a run there are none."""
    return EMPTY if run is None else _read(str(run.folder.resolve()), _stamp(run.folder))


def _stamp(folder: Path) -> int:
    return (folder / "manifest.json").stat().st_mtime_ns


@lru_cache(maxsize=4)
def _read(folder: str, stamp: int) -> Future:
    run = open_run(folder)
    return Future(courses(run.table("indicators")), _swings(run))


def courses(table: pl.DataFrame) -> dict[tuple[str, str], Course]:
    """The courses in the rows of a run's table of indicators."""
    import polars as pl

    rows = (
        table.filter(pl.col("value").is_not_null() & pl.col("value").is_not_nan())
        .group_by("indicator", "area", maintain_order=True)
        .agg("year", "value", pl.col("unit", "derivation").last().fill_null(""))
    )
    return {
        (indicator, area): Course(unit, derivation, dict(zip(years, values, strict=True)))
        for indicator, area, years, values, unit, derivation in rows.iter_rows()
    }


def _swings(run: Run) -> dict[tuple[str, str, int], Range]:
    if not (run.folder / "swing.parquet").is_file():
        return {}
    found: dict[tuple[str, str, int], Range] = {}
    widest: dict[tuple[str, str, int], float] = {}
    table = run.table("swing").select("indicator", "area", "year", "parameter", "at_low", "at_high", "base")
    for indicator, area, year, parameter, at_low, at_high, base in table.iter_rows():
        ends = [float(v) for v in (at_low, at_high, base) if v is not None]
        if not ends:
            continue
        key = (indicator, area, int(year))
        old = found.get(key)
        width = max(ends) - min(ends)
        by = parameter if old is None or width > widest[key] else old.by
        widest[key] = max(width, widest.get(key, 0.0))
        found[key] = Range(
            min(ends) if old is None else min(old.low, *ends),
            max(ends) if old is None else max(old.high, *ends),
            by,
        )
    return found
