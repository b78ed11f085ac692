"""The tables of the land subject: hectares by use, homes, jobs, and why a commune grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cuabien.model.city import Future
from cuabien.model.engine import State
from cuabien.model.land.cells import HOUSING, INDUSTRY, NOTHING, OPEN, Settled, settled
from cuabien.model.variables import LAND_USES, SECTORS, Array
from cuabien.runner.measures.land import at_bound

if TYPE_CHECKING:
    import polars as pl

ZONED = {OPEN: "", HOUSING: "housing", INDUSTRY: "industry", NOTHING: "kept free"}
CAUSES = ("births", "deaths", "arrivals", "moves_within")
"""They sum to the change of residents; deaths are negative."""
REASONS = ("homes", "access", "jobs")
"""Of arrivals and moves within: how many more come to a commune than if people went where they lived in the base year."""


def tables(future: Future) -> dict[str, pl.DataFrame]:
    found = {
        "land": land(future),
        "homes": homes(future),
        "housing_market": housing_market(future),
        "jobs": jobs(future),
        "growth_causes": growth_causes(future),
    }
    grids = settled(future.world, future.world.years[-1], future.states[-1])
    return {**found, "cells": cells(future.world.years[-1], grids)} if grids else found


def cells(year: int, grids: Sequence[Settled]) -> pl.DataFrame:
    """area (commune), year (the last), lon and lat of the centre, what is zoned, households, industrial jobs.

    Only where an official zoning layer allows it; cells that hold nobody are left out.
    """
    import polars as pl

    parts = []
    for place in grids:
        used = (place.households > 0) | (place.industrial_jobs > 0)
        parts.append(
            pl.DataFrame(
                {
                    "area": [place.commune] * int(used.sum()),
                    "year": pl.Series([year] * int(used.sum()), dtype=pl.Int32),
                    "lon": place.grid.lon[used],
                    "lat": place.grid.lat[used],
                    "zoned": [ZONED[kind] for kind in place.grid.zoned[used].tolist()],
                    "households": place.households[used],
                    "jobs_industry": place.industrial_jobs[used],
                },
                schema_overrides={"area": pl.String, "zoned": pl.String},
            )
        )
    return pl.concat(parts)


def land(future: Future) -> pl.DataFrame:
    """area (commune), year, use, ha."""
    return _long(future, future.world.years, LAND_USES, "use", "ha", _stacked(future, "land.use"))


def jobs(future: Future) -> pl.DataFrame:
    """area (commune), year, sector, jobs."""
    return _long(future, future.world.years, SECTORS, "sector", "jobs", _stacked(future, "land.jobs"))


def homes(future: Future) -> pl.DataFrame:
    """area (commune), year, households, dwellings, unhoused, vacancy, price, why some have no dwelling, price_status,
    priced_out.

    vacancy: share of dwellings; price: that of the base year = 1; why: "no land left", "not built yet" or blank;
    price_status: one of `PRICE_STATUS`; priced_out: households that come beyond the homes let, at the ceiling alone.
    """
    import polars as pl

    world = future.world
    households = _stacked(future, "population.households")
    dwellings, unhoused = _stacked(future, "land.dwellings"), _stacked(future, "land.unhoused")
    full = np.divide(households - unhoused, dwellings, out=np.ones_like(dwellings), where=dwellings > 0)
    why = np.stack([np.array(why_unhoused(state)) for state in future.states], axis=1)
    count = len(world.years)
    return pl.DataFrame(
        {
            "area": [area.id for area in world.communes for _ in range(count)],
            "year": pl.Series(list(world.years) * world.places, dtype=pl.Int32),
            "households": households.ravel(),
            "dwellings": dwellings.ravel(),
            "unhoused": unhoused.ravel(),
            "vacancy": 1 - full.ravel(),
            "price": _stacked(future, "land.price").ravel(),
            "why": pl.Series(why.ravel().tolist(), dtype=pl.String),
            "price_status": pl.Series(_statuses(future).ravel().tolist(), dtype=pl.String),
            "priced_out": _stacked(future, "land.priced_out").ravel(),
        }
    )


PRICE_STATUS = ("at the floor", "clears", "at the ceiling")


def _statuses(future: Future) -> Array:
    """What the price of each commune does in each year [commune, year], of `PRICE_STATUS`."""
    which = np.stack([at_bound(future.world.parameters, state) for state in future.states], axis=1)
    return np.asarray(np.array(PRICE_STATUS)[which + 1])


def housing_market(future: Future) -> pl.DataFrame:
    """year, price (mean over dwellings, base year = 1), vacancy, communes at the ceiling and at the floor of the price,
    households priced out, and gap: how far the market misses its conditions, over all who choose a home.
    """
    import polars as pl

    world = future.world
    rows = []
    for year, state in zip(world.years, future.states, strict=True):
        bound, dwellings = at_bound(world.parameters, state), state["land.dwellings"]
        whole = max(float(dwellings.sum()), 1e-9)
        housed = float((state["population.households"] - state["land.unhoused"]).sum())
        rows.append(
            {
                "year": year,
                "price": float((state["land.price"] * dwellings).sum()) / whole,
                "vacancy": 1 - housed / whole,
                "communes_at_ceiling": int((bound > 0).sum()),
                "communes_at_floor": int((bound < 0).sum()),
                "priced_out": float(state["land.priced_out"].sum()),
                "gap": float(state["land.price_gap"]),
            }
        )
    integers = dict.fromkeys(("year", "communes_at_ceiling", "communes_at_floor"), pl.Int32)
    return pl.DataFrame(rows, schema_overrides=integers)


def why_unhoused(state: State) -> list[str]:
    """Why a commune has households without a dwelling; blank where all have one."""
    left = (state["land.infill_room"] >= 1) | (state["land.farmland_left"] >= 0.1)
    return [
        "" if without < 0.5 else "not built yet" if room else "no land left"
        for without, room in zip(state["land.unhoused"], left, strict=True)
    ]


def growth_causes(future: Future) -> pl.DataFrame:
    """area (commune), year, cause, persons: an exact split of the change of residents, and of those who came, why."""
    found = np.stack(
        [causes(before, now) for before, now in zip(future.states, future.states[1:], strict=False)], axis=1
    )
    return _long(future, future.world.years[1:], (*CAUSES, *REASONS), "cause", "persons", found)


def causes(before: State, now: State) -> Array:
    """Persons by commune and cause [commune, 7] of one year, in the order of `CAUSES` and `REASONS`.

    The reasons stood in the market of the year before: they say by how much the shares of those who came differ from
    those of the base year, and are multiplied by all who came: arrivals of the city and those who changed commune.
    """
    within, arrivals = now["population.net_moves_within"], now["population.net_migration"]
    there = now["population.persons"].sum(axis=(1, 2)) - within
    came = max(float(arrivals.sum()), 0.0) + float((before["land.leaving_share"] * there).sum())
    first = [now["population.births"].sum(axis=1), -now["population.deaths"], arrivals, within]
    return np.stack([*first, *(came * before[f"land.pull_{reason}"] for reason in REASONS)], axis=1)


def _stacked(future: Future, name: str) -> Array:
    """A variable of all years [commune, year, ...]."""
    return np.stack([state[name] for state in future.states], axis=1)


def _long(
    future: Future, years: Sequence[int], kinds: Sequence[str], kind: str, value: str, values: Array
) -> pl.DataFrame:
    """One row for each commune, year and kind; `values` [commune, year, kind]."""
    import polars as pl

    world = future.world
    each = len(kinds) * len(years)
    return pl.DataFrame(
        {
            "area": pl.Series([area.id for area in world.communes]).repeat_by(each).explode(),
            "year": pl.Series(np.tile(np.repeat(np.array(years), len(kinds)), world.places), dtype=pl.Int32),
            kind: pl.Series(list(kinds) * (len(years) * world.places), dtype=pl.String),
            value: values.ravel(),
        }
    )
