"""The tables of the economy subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from cuabien.model import landside
from cuabien.model.city import Future
from cuabien.model.economy.investment import projects_spending, span
from cuabien.model.engine import State
from cuabien.model.variables import LIMITS, REVENUES, SECTORS, Array
from cuabien.plan.widths import LEFT_OPEN, of_assumed_width

if TYPE_CHECKING:
    import polars as pl

    from cuabien.model.world import World

ASSUMED = "assumed"
"""What the capacity of a link rests on that has no lanes: a figure that is assumed as a whole."""


def tables(future: Future) -> dict[str, pl.DataFrame]:
    return {
        "economy": economy(future),
        "limits": limits(future),
        "landside": landside_narrows(future),
        "investment": investment(future),
        "budget": budget(future),
    }


def economy(future: Future) -> pl.DataFrame:
    """year, sector and its accounts: trillion VND at prices of the base year, persons, what binds, what each limit takes."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        limit = " and ".join(binding(state)) or "none"
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
                **{
                    f"lost_to_{name}": float(state["economy.held_back"][k, i])
                    for k, name in enumerate(LIMITS)
                },
            }
            for i, sector in enumerate(SECTORS)
        ]
    return pl.DataFrame(rows, schema_overrides={"year": pl.Int32})


# ---- limits -------------------------------------------------------------------------------------------------

BINDS_FROM = 1e-12
"""Of what was wanted: less than that is the rounding of floats."""


def binding(state: State) -> list[str]:
    """Names of what holds the economy back in a year."""
    short = {
        "labour": (state["economy.employment"].sum(), state["economy.jobs_wanted"].sum()),
        **{name: _given_and_wanted(name, state) for name in LIMITS[1:]},
    }
    taken = state["economy.held_back"].sum(axis=1)
    return [
        name
        for k, name in enumerate(LIMITS)
        if short[name][0] < short[name][1] * (1 - BINDS_FROM) and (name == "labour" or taken[k] > 0)
    ]


_THINGS = {
    "port": ("economy.port_cargo", "economy.port_wanted", "million tonnes per year"),
    "fairway": ("economy.port_cargo", "economy.port_wanted", "million tonnes per year"),
    "landside": ("economy.port_cargo", "economy.port_wanted", "million tonnes per year"),
    "airport": ("economy.air_passengers", "economy.air_wanted", "million passengers"),
    "land": ("economy.park_land_used", "economy.park_land_wanted", "ha"),
    "power": ("economy.electricity_used", "economy.electricity_wanted", "TWh"),
}


def _given_and_wanted(limit: str, state: State) -> tuple[float, float]:
    given, wanted, _ = _THINGS[limit]
    return float(state[given]), float(state[wanted])


def _capacities(world: World) -> dict[str, Callable[[State], float]]:
    """What there is of each thing: what can be used of it, its highest use included."""
    p = world.parameters
    return {
        "port": lambda s: float(s["economy.port_capacity"]) * p("economy.berth_use_ceiling"),
        "fairway": lambda s: float(s["economy.fairway_capacity"]),
        "landside": lambda s: float(s["economy.landside_capacity"]),
        "airport": lambda s: float(s["economy.air_capacity"]) * p("economy.airport_use_ceiling"),
        "land": lambda s: (
            float(s["economy.park_land_open"])
            * p("economy.park_leasable_share")
            * p("economy.park_occupancy_highest")
        ),
        "power": lambda s: float(s["economy.power_available"]),
    }


def limits(future: Future) -> pl.DataFrame:
    """year, limit: what was wanted, what there was, what was given, whether it binds, and what it took (trillion VND, base year).

    A capacity is null where the plan knows of no such thing; it then holds nobody back.
    """
    import polars as pl

    capacity = _capacities(future.world)
    rows: list[dict[str, Any]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        binds = binding(state)
        taken = state["economy.held_back"].sum(axis=1)
        for k, name in enumerate(LIMITS):
            if name == "labour":
                wanted = float(state["economy.jobs_wanted"].sum())
                given = float(state["economy.employment"].sum())
                there, unit = None, "persons"
            else:
                (given, wanted), unit = _given_and_wanted(name, state), _THINGS[name][2]
                there = capacity[name](state) or None
            rows.append(
                {
                    "year": year,
                    "limit": name,
                    "wanted": wanted,
                    "capacity": there,
                    "given": given,
                    "unit": unit,
                    "binds": name in binds,
                    "lost_tn_vnd": float(taken[k]),
                }
            )
    return pl.DataFrame(rows, schema_overrides={"year": pl.Int32, "capacity": pl.Float64})


def landside_narrows(future: Future) -> pl.DataFrame:
    """year, link, capacity_mt_year, rests_on: the links that together hold what the berths of the port could send inland."""
    import polars as pl

    plan = future.world.plan
    left_open = of_assumed_width(plan)
    rows = []
    for year, name, capacity in landside.narrows(future.world) if landside.is_known_in(future.world) else []:
        link = plan.links[name]
        rests_on = LEFT_OPEN if name in left_open else link.attributes if link.mode == "road" else ASSUMED
        rows.append((year, name, capacity, rests_on))
    return pl.DataFrame(
        rows,
        schema={"year": pl.Int32, "link": pl.String, "capacity_mt_year": pl.Float64, "rests_on": pl.String},
        orient="row",
    )


# ---- money --------------------------------------------------------------------------------------------------


def investment(future: Future) -> pl.DataFrame:
    """project, year, bn_vnd: cost in equal yearly parts, prices of the base year; null where it is not known.

    A project without years has one row without a year. The rest of all investment stands under the project "".
    """
    import polars as pl

    world = future.world
    rows: list[tuple[str, int | None, float | None]] = []
    for name, cost in sorted(projects_spending(world.plan, world.years).items()):
        built = span(world.plan.projects[name])
        if built is None:
            rows.append((name, None, None))
            continue
        first, last = built
        rows += [
            (name, year, None if cost is None else float(cost[i]))
            for i, year in enumerate(world.years)
            if first <= year <= last
        ]
    rows += [
        ("", year, float(state["economy.other_investment"]) * 1000)
        for year, state in zip(world.years, future.states, strict=True)
    ]
    return pl.DataFrame(
        rows, schema={"project": pl.String, "year": pl.Int32, "bn_vnd": pl.Float64}, orient="row"
    )


def budget(future: Future) -> pl.DataFrame:
    """year, item, bn_vnd: domestic, customs, other and their total, current prices."""
    import polars as pl

    rows = []
    for year, state in zip(future.world.years, future.states, strict=True):
        revenue: Array = np.asarray(state["economy.budget_revenue"] * 1000)
        rows += [(year, item, float(revenue[i])) for i, item in enumerate(REVENUES)]
        rows.append((year, "total", float(revenue.sum())))
    return pl.DataFrame(
        rows, schema={"year": pl.Int32, "item": pl.String, "bn_vnd": pl.Float64}, orient="row"
    )
