"""The tables of the population subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cuabien.model.city import Future
from cuabien.model.variables import AGES, SEXES

if TYPE_CHECKING:
    import polars as pl


def tables(future: Future) -> dict[str, pl.DataFrame]:
    return {"population": population(future)}


def population(future: Future) -> pl.DataFrame:
    """area (commune), year, sex, age, persons."""
    import polars as pl

    world = future.world
    communes = [area.id for area in world.communes]
    persons = np.stack([state["population.persons"] for state in future.states], axis=1)
    shape = (len(communes), len(world.years), len(SEXES), len(AGES))
    area, year, sex, age = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij", copy=False)
    return pl.DataFrame(
        {
            "area": pl.Series(area.ravel(), dtype=pl.UInt32),
            "year": pl.Series(year.ravel() + world.base_year, dtype=pl.Int32),
            "sex": pl.Series(sex.ravel(), dtype=pl.UInt32),
            "age": pl.Series(age.ravel(), dtype=pl.Int32),
            "persons": persons.ravel(),
        }
    ).with_columns(
        area=pl.lit(pl.Series(communes)).gather(pl.col("area")),
        sex=pl.lit(pl.Series(list(SEXES))).gather(pl.col("sex")),
    )
