"""A future as tables: what a run folder holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.engine import Step
from cuabien.model.variables import register
from cuabien.model.world import is_alive, opening_year
from cuabien.runner.measures import AREAS, CITY, Measure, area_values, city_values
from cuabien.runner.swings import Swing
from cuabien.runner.tables import economy, environment, land, population, services, transport, underground

if TYPE_CHECKING:
    import polars as pl


SUBJECTS = {
    "population": population,
    "economy": economy,
    "land": land,
    "transport": transport,
    "services": services,
    "environment": environment,
    "underground": underground,
}
"""Each has `tables(future)`: the tables that it adds to a run, by name."""


def of_subjects(future: Future) -> dict[str, pl.DataFrame]:
    """The tables of every subject that was modelled, by name."""
    world = future.world
    modelled = [module.NAME for module in city.subjects(world.plan, spatial=world.by_commune)]
    return {
        table: rows
        for name, subject in SUBJECTS.items()
        if name in modelled
        for table, rows in subject.tables(future).items()
    }


def projects(future: Future) -> pl.DataFrame:
    """project, opens (null: not known), comes: every project of the plan as the model takes it."""
    import polars as pl

    plan = future.world.plan
    rows = [
        (p.id, opening_year(p), is_alive(plan, p.id))
        for p in sorted(plan.projects.values(), key=lambda p: p.id)
    ]
    return pl.DataFrame(
        rows, schema={"project": pl.String, "opens": pl.Int32, "comes": pl.Boolean}, orient="row"
    )


def indicators(future: Future) -> pl.DataFrame:
    """indicator, area, year, value, unit, derivation: in order of indicator, area and year."""
    import polars as pl

    rules: dict[str, Measure] = {m.id: m for m in (*CITY, *AREAS)}
    table = pl.concat([_of_city(future), _of_areas(future)]).sort("indicator", "area", "year")
    return table.with_columns(
        unit=pl.col("indicator").replace_strict({name: rule.unit for name, rule in rules.items()}),
        derivation=pl.col("indicator").replace_strict({name: rule.variable for name, rule in rules.items()}),
    )


def _of_city(future: Future) -> pl.DataFrame:
    values = city_values(future)
    return _values(
        [name for name, _ in values],
        [future.world.plan.header.city] * len(values),
        [year for _, year in values],
        list(values.values()),
    )


def _of_areas(future: Future) -> pl.DataFrame:
    """Every area; what has no value in a year is left out."""
    import polars as pl

    areas, found = area_values(future)
    years, count = future.world.years, len(areas) * len(future.world.years)
    names = [name for name in found for _ in range(count)]
    places = [area for area in areas for _ in years] * len(found)
    values = np.concatenate([array.ravel() for array in found.values()])
    table = _values(names, places, list(years) * (len(areas) * len(found)), values)
    return table.filter(pl.col("value").is_finite())


def _values(names: list[str], areas: list[str], years: list[int], values: Any) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        {
            "indicator": pl.Series(names, dtype=pl.String),
            "area": pl.Series(areas, dtype=pl.String),
            "year": pl.Series(years, dtype=pl.Int32),
            "value": pl.Series(values, dtype=pl.Float64),
        }
    )


def swing(found: Iterable[Swing], area: str) -> pl.DataFrame:
    """indicator, area, year, parameter, at_low, at_high, base."""
    import polars as pl

    rows = sorted(found, key=lambda s: (s.indicator, s.year, s.parameter))
    return pl.DataFrame(
        {
            "indicator": pl.Series([s.indicator for s in rows], dtype=pl.String),
            "area": pl.Series([area] * len(rows), dtype=pl.String),
            "year": pl.Series([s.year for s in rows], dtype=pl.Int32),
            "parameter": pl.Series([s.parameter for s in rows], dtype=pl.String),
            "at_low": pl.Series([s.at_low for s in rows], dtype=pl.Float64),
            "at_high": pl.Series([s.at_high for s in rows], dtype=pl.Float64),
            "base": pl.Series([s.base for s in rows], dtype=pl.Float64),
        }
    )


def explain(future: Future) -> dict[str, Any]:
    """Every indicator and every variable: step, equation, theory page, what it reads, its parameters."""
    writer = {name: step for step in future.steps for name in step.writes}
    return {
        "indicators": {
            m.id: _of_measure(m, writer[m.variable]) for m in (*CITY, *AREAS) if m.variable in writer
        },
        "variables": {name: _of_variable(name, step) for name, step in sorted(writer.items())},
    }


def _of_measure(measure: Measure, step: Step) -> dict[str, Any]:
    return {
        "variable": measure.variable,
        "step": step.name,
        "equation": measure.formula,
        "page": measure.page,
        "unit": measure.unit,
        "reads": [measure.variable],
        "parameters": list(measure.parameters),
    }


def _of_variable(name: str, step: Step) -> dict[str, Any]:
    known = register()[name]
    return {
        "variable": name,
        "step": step.name,
        "equation": step.equation,
        "page": step.page,
        "unit": known.unit,
        "axes": list(known.axes),
        "meaning": known.meaning,
        "meaning_vi": known.meaning_vi,
        "reads": list(step.reads),
        "reads_last": list(step.reads_last),
        "parameters": sorted(set(step.parameters)),
    }


def parameters_read(future: Future) -> list[str]:
    """Every parameter that this run read."""
    return list(city.parameter_ids(future.world.plan))
