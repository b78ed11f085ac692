"""The tables of the environment subject: the balance of electricity, gases by emitter and item, land under water."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cuabien.model.city import Future
from cuabien.model.engine import State
from cuabien.model.environment import emissions as gases
from cuabien.model.environment import inputs
from cuabien.model.variables import (
    BUILDINGS,
    ELECTRICITY_USERS,
    EMITTERS,
    FREIGHT_MODES,
    ROAD_CLASSES,
    WATER_CASES,
)

if TYPE_CHECKING:
    import polars as pl


def tables(future: Future) -> dict[str, pl.DataFrame]:
    found = {
        "energy": energy(future),
        "emissions": emissions(future),
        "emissions_of_electricity": of_electricity(future),
    }
    return found | ({"flood": flood(future)} if future.world.plan.elevation else {})


def energy(future: Future) -> pl.DataFrame:
    """year, kind (demand or supply), item, twh, mw, status; in each year demand and supply sum to the same TWh.

    Demand: who takes it (mw: at the peak), losses, what the grid carries away. Supply: each plant (mw: in use) and what the
    grid brings. status: modelled; of a plant: not yet, partly, in use or closed.
    """
    import polars as pl

    world, plants = future.world, inputs.plants_of(future.world)
    hours = world.parameters("economy.electricity_load_hours")
    rows: list[dict[str, Any]] = []
    for index, (year, state) in enumerate(zip(world.years, future.states, strict=True)):
        if "environment.generation" not in state:
            continue
        for item, twh in _taken(state):
            mw = None if item == "export" else twh * 1e6 / hours
            rows.append(_row(year, "demand", item, twh, mw, "modelled"))
        for i, plant in enumerate(plants.rows):
            status = _status(plants.mw[i], index)
            rows.append(
                _row(
                    year,
                    "supply",
                    plant.id,
                    float(plants.twh[i, index]),
                    float(plants.mw[i, index]),
                    status,
                )
            )
        brought = float(state["environment.grid_import"])
        rows.append(_row(year, "supply", "import", brought, None, "modelled"))
    schema = {
        "year": pl.Int32,
        "kind": pl.String,
        "item": pl.String,
        "twh": pl.Float64,
        "mw": pl.Float64,
        "status": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)


def _row(year: int, kind: str, item: str, twh: float, mw: float | None, status: str) -> dict[str, Any]:
    return {"year": year, "kind": kind, "item": item, "twh": twh, "mw": mw, "status": status}


def _taken(state: State) -> list[tuple[str, float]]:
    users = list(zip(ELECTRICITY_USERS, state["environment.electricity_use"].tolist(), strict=True))
    if "environment.traffic_electricity" in state:
        users.append(("transport", float(state["environment.traffic_electricity"])))
    return [
        *users,
        ("losses", float(state["environment.electricity_losses"])),
        ("export", float(state["environment.grid_export"])),
    ]


def _status(mw: Any, index: int) -> str:
    if mw[index] > 0:
        return "in use" if mw[index] >= mw.max() * (1 - 1e-12) else "partly"
    return "closed" if mw[:index].max(initial=0.0) > 0 else "not yet"


def emissions(future: Future) -> pl.DataFrame:
    """year, emitter, item, kt_co2e: what is given off inside the city (scope 1); of transport only where it is modelled."""
    import polars as pl

    world, plants = future.world, inputs.plants_of(future.world)
    factor, efficiency = (values[plants.fuel.astype(int)] for values in inputs.plant_factors(world))
    of_plants = gases.of_plants(plants.twh, factor[:, None], efficiency[:, None])
    rows: list[tuple[int, str, str, float]] = []
    for index, (year, state) in enumerate(zip(world.years, future.states, strict=True)):
        if "environment.emissions" not in state:
            continue
        if "environment.road_emissions" in state:
            road, goods = state["environment.road_emissions"], state["environment.goods_emissions"]
            rows += [(year, "transport", name, kt) for name, kt in zip(ROAD_CLASSES, road, strict=True)]
            rows += [
                (year, "transport", f"goods by {mode}", kt)
                for mode, kt in zip(FREIGHT_MODES, goods, strict=True)
                if mode != "road"
            ]
        industry = state["environment.emissions"][EMITTERS.index("industry")]
        rows.append((year, "industry", "fuel", industry))
        rows += [
            (year, "power", plant.id, kt)
            for plant, kt in zip(plants.rows, of_plants[:, index], strict=True)
            if plant.fuel in inputs.BURNT
        ]
        buildings = state["environment.building_emissions"]
        rows += [(year, "buildings", name, kt) for name, kt in zip(BUILDINGS, buildings, strict=True)]
    schema = {"year": pl.Int32, "emitter": pl.String, "item": pl.String, "kt_co2e": pl.Float64}
    return pl.DataFrame([(*row[:3], float(row[3])) for row in rows], schema=schema, orient="row")


def of_electricity(future: Future) -> pl.DataFrame:
    """year, user, kt_co2e: what the grid gave off for the electricity taken (scope 2); never to be added to power plants."""
    import polars as pl

    rows: list[tuple[int, str, float]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        if "environment.grid_emissions" not in state:
            continue
        users = state["environment.grid_emissions"].tolist()
        rows += [(year, name, kt) for name, kt in zip(ELECTRICITY_USERS, users, strict=True)]
        if "environment.traffic_grid_emissions" in state:
            rows.append((year, "transport", float(state["environment.traffic_grid_emissions"])))
    schema = {"year": pl.Int32, "user": pl.String, "kt_co2e": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def flood(future: Future) -> pl.DataFrame:
    """area, year, case (tide or storm), water_level_m, land_share, people, jobs; only communes whose heights are known.

    Every number is of the land that the raster knows; jobs are null where land is not modelled.
    """
    import polars as pl

    world = future.world
    known = [i for i, area in enumerate(world.communes) if area.id in world.plan.elevation]
    rows: list[dict[str, Any]] = []
    for year, state in zip(world.years, future.states, strict=True):
        if "environment.flooded_people" not in state:
            continue
        jobs = state.get("environment.flooded_jobs")
        rows += [
            {
                "area": world.communes[i].id,
                "year": year,
                "case": name,
                "water_level_m": float(state["environment.water_level"][case]),
                "land_share": float(state["environment.flooded_share"][i, case]),
                "people": float(state["environment.flooded_people"][i, case]),
                "jobs": None if jobs is None else float(jobs[i, case]),
            }
            for i in known
            for case, name in enumerate(WATER_CASES)
        ]
    numbers = ("water_level_m", "land_share", "people", "jobs")
    schema = {"area": pl.String, "year": pl.Int32, "case": pl.String, **dict.fromkeys(numbers, pl.Float64)}
    return pl.DataFrame(rows, schema=schema).sort("area", "year", "case")
