"""The tables of the run that is shown, read once for each snapshot and without what is withheld.

An older run, or one of a plan without a subject, lacks some tables; whoever asks for one then gets None and says
that there is no data.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cuabien.base.faults import CuabienError
from cuabien.plan.package import Plan
from cuabien.service.city import City

if TYPE_CHECKING:
    import polars as pl

log = logging.getLogger("cuabien.service")

OBJECTS = ("project", "needs", "work", "other", "link", "terminal")
"""Columns that name an object of the plan."""

Series = dict[str, dict[int, float | None]]
"""key -> year -> value, in the order of the table."""


def table(city: City, name: str, *columns: str) -> pl.DataFrame | None:
    """A table of the run with at least these columns; None where the run has no such table."""
    frame = city.remember(("table", name), lambda: _read(city, name))
    return None if frame is None or set(columns) - set(frame.columns) else frame


def _read(city: City, name: str) -> pl.DataFrame | None:
    import polars as pl

    if city.run is None or not city.run.has_table(name):
        return None
    try:
        frame = city.run.table(name)
    except (CuabienError, OSError, pl.exceptions.PolarsError) as error:
        log.warning("the table %s of the run cannot be read: %s", name, error)
        return None
    hidden = list(city.withheld)
    for column in OBJECTS:
        if column in frame.columns:
            frame = frame.filter(pl.col(column).is_null() | ~pl.col(column).is_in(hidden))
    return frame


def years_of(frame: pl.DataFrame | None) -> list[int]:
    """The years that a table holds, in order; none without a table."""
    if frame is None:
        return []
    return sorted(int(year) for year in frame["year"].unique().to_list() if year is not None)


def at(frame: pl.DataFrame, year: int) -> pl.DataFrame:
    """The rows of one year."""
    import polars as pl

    return frame.filter(pl.col("year") == year)


def series(frame: pl.DataFrame, key: str, value: str) -> Series:
    """One value by a key and the year."""
    found: Series = {}
    for name, year, amount in frame.select(key, "year", value).iter_rows():
        found.setdefault(str(name), {})[int(year)] = known(amount)
    return found


def known(value: float | None) -> float | None:
    """A number, or None: what is not a number is not known."""
    return None if value is None or value != value else float(value)


def short(value: float | None, decimals: int) -> float | None:
    """A number as short as a reader needs it, for answers in JSON."""
    return None if value is None or value != value else round(float(value), decimals)


def communes_of(plan: Plan, area: str) -> list[str]:
    """The communes that an area is made of: itself, those of a part of the city, or all of them. None of another time."""
    communes = [a.id for a in plan.communes]
    if area in communes:
        return [area]
    if area == plan.header.city:
        return communes
    return [a.id for a in plan.communes if a.part_of == area]


def in_order(values: Mapping[int, float | None], years: list[int], decimals: int) -> list[float | None]:
    """The values of these years, shortened."""
    return [short(values.get(year), decimals) for year in years]
