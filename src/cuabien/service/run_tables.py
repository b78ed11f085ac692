"""A run's tables in the shapes that answers need: values by commune and year, and the swing of the headlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from cuabien.results import Run


@dataclass(frozen=True)
class CommuneValues:
    """One indicator by commune: values[area][year] beside `areas` and `years`; None is no data."""

    indicator: str
    unit: str
    years: tuple[int, ...]
    areas: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    domain: tuple[float, float] | None


@dataclass(frozen=True)
class Swing:
    """What one assumed parameter does to an indicator in a year, from its low to its high end."""

    indicator: str
    area: str
    year: int
    parameter: str
    at_low: float | None
    at_high: float | None
    base: float | None

    @property
    def width(self) -> float:
        if self.at_low is None or self.at_high is None:
            return 0.0
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class RunTables:
    communes: Mapping[str, CommuneValues] = field(default_factory=dict)
    """By indicator."""
    areas: Mapping[str, Mapping[str, Mapping[int, float | None]]] = field(default_factory=dict)
    """area -> indicator -> year -> value."""
    units: Mapping[str, str] = field(default_factory=dict)
    swings: Mapping[tuple[str, str], tuple[Swing, ...]] = field(default_factory=dict)
    """(indicator, area) -> widest first within each year."""


def read_run_tables(run: Run | None, communes: Sequence[str]) -> RunTables:
    if run is None:
        return RunTables()
    table = run.table("indicators")
    areas: dict[str, dict[str, dict[int, float | None]]] = {}
    units: dict[str, str] = {}
    for indicator, area, year, value, unit in table.select(
        "indicator", "area", "year", "value", "unit"
    ).iter_rows():
        areas.setdefault(area, {}).setdefault(indicator, {})[year] = _finite(value)
        units[indicator] = unit
    return RunTables(_by_commune(areas, units, communes), areas, units, _swings(run))


def _by_commune(
    areas: Mapping[str, Mapping[str, Mapping[int, float | None]]],
    units: Mapping[str, str],
    communes: Sequence[str],
) -> dict[str, CommuneValues]:
    found: dict[str, CommuneValues] = {}
    for indicator in units:
        with_it = [c for c in communes if indicator in areas.get(c, {})]
        if not with_it:
            continue
        years = sorted({year for c in with_it for year in areas[c][indicator]})
        rows = tuple(
            tuple(areas.get(c, {}).get(indicator, {}).get(year) for year in years) for c in communes
        )
        known = [v for row in rows for v in row if v is not None]
        domain = (min(known), max(known)) if known else None
        found[indicator] = CommuneValues(
            indicator, units[indicator], tuple(years), tuple(communes), rows, domain
        )
    return found


def _swings(run: Run) -> dict[tuple[str, str], tuple[Swing, ...]]:
    table: pl.DataFrame = run.table("swing")
    found: dict[tuple[str, str], list[Swing]] = {}
    for row in table.iter_rows(named=True):
        swing = Swing(
            row["indicator"],
            row["area"],
            row["year"],
            row["parameter"],
            _finite(row["at_low"]),
            _finite(row["at_high"]),
            _finite(row["base"]),
        )
        found.setdefault((swing.indicator, swing.area), []).append(swing)
    return {key: tuple(sorted(rows, key=lambda s: (s.year, -s.width))) for key, rows in found.items()}


def _finite(value: float | None) -> float | None:
    """NaN in a table is no data."""
    return None if value is None or value != value or abs(value) == float("inf") else float(value)
