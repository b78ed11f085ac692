"""Who lives in an area: residents by sex and band of five years of age, in each modelled year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cuabien.service.city import City
from cuabien.service.diagrams import Ages
from cuabien.service.tables import communes_of, table, years_of

BAND = 5
BANDS = (*(f"{age}–{age + BAND - 1}" for age in range(0, 100, BAND)), "100+")
SEXES = ("female", "male")


@dataclass(frozen=True)
class Residents:
    """persons [commune, year, sex, band] of the run."""

    communes: tuple[str, ...]
    years: tuple[int, ...]
    persons: NDArray[np.float64]


def residents(city: City) -> Residents | None:
    """All residents of the run, in bands; None where the run has no such table."""
    found: Residents | None = city.remember("residents", lambda: _gathered(city))
    return found


def _gathered(city: City) -> Residents | None:
    import polars as pl

    if city.run is None or not city.run.has_table("population"):
        return None
    frame = table(city, "population", "area", "year", "sex", "age", "persons")
    city.cache.pop(("table", "population"), None)  # half a million rows, of which only the bands are kept
    if frame is None:
        return None
    summed = frame.group_by(
        "area", "year", "sex", (pl.col("age") // BAND).clip(0, len(BANDS) - 1).alias("band")
    ).agg(pl.col("persons").sum())
    years = tuple(years_of(summed))
    communes = tuple(a.id for a in city.plan.communes)
    persons = np.zeros((len(communes), len(years), len(SEXES), len(BANDS)))
    at_commune, at_year = {c: i for i, c in enumerate(communes)}, {y: i for i, y in enumerate(years)}
    for area, year, sex, band, count in summed.iter_rows():
        if area in at_commune and sex in SEXES:
            persons[at_commune[area], at_year[int(year)], SEXES.index(sex), int(band)] = count
    return Residents(communes, years, persons)


def ages(city: City, area: str, year: int) -> Ages | None:
    """The residents of an area in one year by band; None where they are not known."""
    known = residents(city)
    inside = set(communes_of(city.plan, area))
    if known is None or not inside or year not in known.years:
        return None
    rows = [i for i, commune in enumerate(known.communes) if commune in inside]
    women, men = known.persons[rows, known.years.index(year)].sum(axis=0)
    return Ages(women.tolist(), men.tolist())


GROUPS = ((0, 15), (15, 65), (65, 200))
"""Children, people of working age, the old: from and below which age."""


def by_group(found: Ages) -> tuple[float, float, float]:
    """Persons under 15, from 15 to 64, and of 65 and over."""
    both = [w + m for w, m in zip(found.women, found.men, strict=True)]
    totals = [sum(both[low // BAND : high // BAND]) for low, high in GROUPS]
    return totals[0], totals[1], totals[2]


def pyramid(city: City, area: str, year: int) -> dict[str, Any]:
    """The answer of the API."""
    found = ages(city, area, year)
    whole: Sequence[float] = [*found.women, *found.men] if found else ()
    return {
        "area": area,
        "year": year,
        "ages": list(BANDS) if found else [],
        "female": [round(v, 1) for v in found.women] if found else [],
        "male": [round(v, 1) for v in found.men] if found else [],
        "persons": round(sum(whole), 1) if found else None,
        "status": "assumed" if found else "no data",
    }
