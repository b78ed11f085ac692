"""The tables of the economy subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cuabien.model.city import Future
from cuabien.model.engine import State
from cuabien.model.variables import SECTORS

if TYPE_CHECKING:
    import polars as pl


def tables(future: Future) -> dict[str, pl.DataFrame]:
    return {"economy": economy(future)}


def economy(future: Future) -> pl.DataFrame:
    """year, sector and its accounts: trillion VND at prices of the base year, persons, and which limit binds."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        limit = limits(state)
        rows += [
            {
                "year": year,
                "sector": sector,
                "value_added": float(state["economy.value_added"][i]),
                "potential_value_added": float(state["economy.potential_value_added"][i]),
                "employment": float(state["economy.employment"][i]),
                "jobs_wanted": float(state["economy.jobs_wanted"][i]),
                "capital": float(state["economy.capital"][i]),
                "investment": float(state["economy.investment"][i]),
                "tfp": float(state["economy.tfp"][i]),
                "limit": limit,
            }
            for i, sector in enumerate(SECTORS)
        ]
    return pl.DataFrame(rows, schema_overrides={"year": pl.Int32})


def limits(state: State) -> str:
    """What holds the economy back in a year: labour, port, both or none."""
    short_of_hands = state["economy.employment"].sum() < state["economy.jobs_wanted"].sum() * (1 - 1e-12)
    short_of_berths = state["economy.port_cargo"] < state["economy.port_wanted"] * (1 - 1e-12)
    names = [n for n, binds in (("labour", short_of_hands), ("port", short_of_berths)) if binds]
    return " and ".join(names) or "none"
