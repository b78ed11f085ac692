"""The tables of the services subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cuabien.model.city import Future
from cuabien.model.services.supply import supply
from cuabien.model.variables import SERVICES, Array
from cuabien.runner.measures import area_groups
from cuabien.runner.measures.services import covered

if TYPE_CHECKING:
    import polars as pl

SURENESS = ("assumed", "calibrated", "derived", "press", "statistic", "law")


def tables(future: Future) -> dict[str, pl.DataFrame]:
    return {"services": services(future)}


def services(future: Future) -> pl.DataFrame:
    """area, year, service, need, norm, capacity, ratio, minutes, reach, status.

    Null is "no data"; a larger area has a figure where communes with nearly all of its residents have one. `ratio` is
    capacity over need, `reach` capacity within the catchment over the need that shares it. Minutes and reach of a
    larger area are means over its residents.
    """
    import polars as pl

    world = future.world
    areas, membership, _ = area_groups(world)
    shape = (len(areas), len(world.years), len(SERVICES))
    names = ("need", "norm", "capacity", "ratio", "minutes", "reach")
    values = {name: np.full(shape, np.nan) for name in names}
    for t, state in enumerate(future.states):
        persons = state["population.persons"].sum(axis=(1, 2))
        for s in range(len(SERVICES)):
            row = {name: state[f"services.{name}"][:, s] for name in _READ}
            found = _of_areas(membership, persons, row)
            if state["services.city_known"][s] > 0:
                found["capacity"][-1] = state["services.city_capacity"][s]
                found["ratio"][-1] = found["capacity"][-1] / max(found["need"][-1], 1e-300)
            for name in names:
                values[name][:, t, s] = found[name]
    area, year, service = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij", copy=False)
    status = np.array(_status(future, areas, membership))[area.ravel(), service.ravel()]
    columns = {name: pl.Series(values[name].ravel()).fill_nan(None) for name in names}
    return pl.DataFrame(
        {
            "area": pl.Series(areas).gather(area.ravel()),
            "year": pl.Series(year.ravel() + world.base_year, dtype=pl.Int32),
            "service": pl.Series(list(SERVICES)).gather(service.ravel()),
            "need": columns["need"],
            "norm": columns["norm"],
            "capacity": columns["capacity"],
            "ratio": columns["ratio"],
            "minutes": columns["minutes"],
            "reach": columns["reach"],
            "status": pl.Series(status.tolist(), dtype=pl.String),
        }
    ).with_columns(status=pl.when(pl.col("capacity").is_null()).then(pl.lit("no data")).otherwise("status"))


_READ = ("need", "norm", "capacity", "known", "minutes", "reached", "reach", "reach_known")


def _of_areas(membership: Array, persons: Array, row: Mapping[str, Array]) -> dict[str, Array]:
    """One service in one year, by area [area]."""

    def total(values: Array, mask: Array) -> Array:
        return covered(membership, persons, mask) * (membership @ (values * mask))

    def mean(values: Array, mask: Array) -> Array:
        weight = total(persons, mask)
        return total(values * persons, mask) / np.where(weight > 0, weight, np.nan)

    need, norm, capacity = (
        membership @ row["need"],
        membership @ row["norm"],
        total(row["capacity"], row["known"]),
    )
    need_known = total(row["need"], row["known"])
    return {
        "need": need,
        "norm": np.where(norm > 0, norm, np.nan),
        "capacity": capacity,
        "ratio": capacity / np.where(need_known > 0, need_known, np.nan),
        "minutes": mean(row["minutes"], row["reached"]),
        "reach": mean(row["reach"], row["reach_known"]),
    }


def _status(future: Future, areas: list[str], membership: Array) -> list[list[str]]:
    """How the capacity of the base year came about, by area and service."""
    of_commune = supply(future.world).status
    rows: list[list[str]] = []
    for row in membership:
        inside = np.flatnonzero(row)
        labels = [{of_commune.get((int(c), s), "") for c in inside} for s in range(len(SERVICES))]
        rows.append([_weakest(found) for found in labels])
    hospital = SERVICES.index("hospital")
    if rows[-1][hospital] == "no data":
        rows[-1][hospital] = "assumed"  # beds of the parts, brought forward; shown only where they are known
    return rows


def _weakest(labels: set[str]) -> str:
    """The least sure of several: an area is as sure as its least sure commune that has a figure."""
    return next((label for label in SURENESS if label in labels), "no data")
