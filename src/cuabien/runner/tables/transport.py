"""The tables of the transport subject: links, terminals, chains, what a loss costs, islands, what is out of step, trips by mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cuabien.model.city import Future
from cuabien.model.links import is_driven
from cuabien.model.opening import link_years, open_lines, terminal_opens
from cuabien.model.transport import chains, connection
from cuabien.model.transport.choice import NO_WAY_MIN
from cuabien.model.transport.graph import Rates
from cuabien.model.transport.outcome import pcu_of
from cuabien.model.variables import DIRECTIONS, FREIGHT_MODES, PURPOSES, ROAD_CLASSES, TRAVEL_MODES

if TYPE_CHECKING:
    import polars as pl


def tables(future: Future) -> dict[str, pl.DataFrame]:
    terminals, chain = _terminals_and_chains(future)
    return {
        "links": links(future),
        "terminals": terminals,
        "chains": chain,
        "critical_links": critical_links(future),
        "islands": islands(future),
        "out_of_step": out_of_step(future),
        "mode_trips": mode_trips(future),
        **({"line_loads": line_loads(future)} if future.world.plan.lines else {}),
    }


def links(future: Future) -> pl.DataFrame:
    """Every road of the plan, in the years in which it is open, each way: vehicles, minutes and use in the peak hour."""
    import polars as pl

    world = future.world
    rates = Rates.of(world.parameters, world.plan)
    spans = link_years(world.plan)
    names = [name for name, link in world.plan.links.items() if is_driven(link)]
    rows = [i for i, link in enumerate(world.plan.links.values()) if is_driven(link)]
    free = np.array([rates.free_flow_min(world.plan.links[n]) for n in names])
    capacity = np.array([rates.capacity(world.plan.links[n]) for n in names])
    years = np.array(world.years)
    is_open = np.array([[first <= y < gone for y in years] for first, gone in (spans[n] for n in names)])
    flow = np.stack([s["transport.flow"][rows] for s in future.states], axis=1)
    minutes = np.stack([s["transport.link_minutes"][rows] for s in future.states], axis=1)
    pcu = flow @ pcu_of(world.parameters)
    link, year, way = np.meshgrid(
        np.arange(len(names)), np.arange(len(years)), np.arange(len(DIRECTIONS)), indexing="ij"
    )
    kept = is_open[link, year]
    link, year, way = link[kept], year[kept], way[kept]
    at = (link, year, way)
    vehicles = {
        f"{name if name != 'bus' else 'buse'}s_h": flow[(*at, column)]
        for column, name in enumerate(ROAD_CLASSES)
    }
    return pl.DataFrame(
        {
            "link": pl.Series(names).gather(link.tolist()) if len(names) else pl.Series([], dtype=pl.String),
            "year": pl.Series(years[year], dtype=pl.Int32),
            "direction": pl.Series(np.array(DIRECTIONS)[way].tolist(), dtype=pl.String),
            "pcu_h": pcu[at],
            **vehicles,
            "minutes": minutes[at],
            "free_minutes": free[link],
            "capacity_pcu_h": capacity[link],
            "use": pcu[at] / capacity[link],
        }
    )


def _terminals_and_chains(future: Future) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each terminal that is open: its access by mode, and its chain from berth to gate."""
    import polars as pl

    world, plan, p = future.world, future.world.plan, future.world.parameters
    opens = {t.id: terminal_opens(plan, t) for t in plan.terminals.values()}
    of_modes: list[dict[str, Any]] = []
    stages: list[dict[str, Any]] = []
    roads: chains.YearOfRoads | None = None
    sea: dict[str, connection.Way] = {}
    for year, state in zip(world.years, future.states, strict=True):
        before = roads
        roads = chains.roads_of(
            plan, p, year, state["transport.flow"], state["transport.link_minutes"], before
        )
        if before is None or before.open_now != roads.open_now:
            sea = connection.ways_to_gates(
                plan, roads.open_now, "fairway", lambda link, _: plan.links[link].length_km
            )
        gate = chains.gate_of_city(roads)
        for row, terminal in enumerate(plan.terminals.values()):
            if opens[terminal.id] > year:
                continue
            tonnes = state["transport.terminal_tonnes"][row]
            cargo = float(state["transport.terminal_cargo"][row])
            berths = float(state["transport.terminal_berths"][row])
            key = {"terminal": terminal.id, "year": year}
            for column, mode in enumerate(FREIGHT_MODES):
                if connection.loads_at(terminal, mode) is None:
                    continue
                minutes = float(state["transport.terminal_minutes"][row, column])
                reached = minutes < NO_WAY_MIN
                way = {"rail": roads.rail, "barge": roads.barge}.get(mode, {}).get(
                    connection.loads_at(terminal, mode) or ""
                )
                capacity, load = (
                    chains.road_access(roads, terminal)
                    if mode == "road"
                    else (chains.way_capacity(roads, p, way), float(tonnes[column]))
                )
                of_modes.append(
                    {
                        **key, "mode": mode, "connected": reached,
                        "minutes_to_gate": minutes if reached else None,
                        "capacity": capacity, "load": load,
                        "unit": chains.PCU_H if mode == "road" else chains.MT,
                    }
                )  # fmt: skip
            if terminal.fairway_node is not None:
                of_modes.append(
                    {
                        **key, "mode": "fairway", "connected": terminal.fairway_node in sea,
                        "minutes_to_gate": None, "capacity": berths or None, "load": cargo, "unit": chains.MT,
                    }
                )  # fmt: skip
            for order, stage in enumerate(
                chains.chain(roads, p, terminal, berths, cargo, tonnes, state["transport.goods"], gate),
                start=1,
            ):
                stages.append(
                    {
                        **key, "order": order, "stage": stage.stage, "capacity": stage.capacity,
                        "load": stage.load, "unit": stage.unit, "use": stage.use,
                        "bottleneck": stage.bottleneck, "status": stage.status,
                    }
                )  # fmt: skip
    numbers = {"capacity": pl.Float64, "load": pl.Float64}
    terminals = pl.DataFrame(
        of_modes,
        schema={
            "terminal": pl.String, "year": pl.Int32, "mode": pl.String, "connected": pl.Boolean,
            "minutes_to_gate": pl.Float64, **numbers, "unit": pl.String,
        },
    ).with_columns(
        use=pl.when(pl.col("capacity") > 0).then(pl.col("load") / pl.col("capacity")).otherwise(None)
    )  # fmt: skip
    chain = pl.DataFrame(
        stages,
        schema={
            "terminal": pl.String, "year": pl.Int32, "order": pl.Int32, "stage": pl.String, **numbers,
            "unit": pl.String, "use": pl.Float64, "bottleneck": pl.Boolean, "status": pl.String,
        },
    )  # fmt: skip
    return terminals, chain


def critical_links(future: Future) -> pl.DataFrame:
    """What each link's loss would cost in milestone years, the dearest first: stranded vehicles before minutes."""
    import polars as pl

    plan = future.world.plan
    rows: list[dict[str, Any]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        extra, stranded = state["transport.loss_minutes"], state["transport.loss_stranded"]
        order = sorted(
            np.flatnonzero((extra > 0) | (stranded > 0)), key=lambda i: (-stranded[i], -extra[i], i)
        )
        names = tuple(plan.links)
        rows += [
            {
                "year": year,
                "link": names[i],
                "rank": rank,
                "extra_minutes": float(extra[i]),
                "stranded_trips": float(stranded[i]),
            }
            for rank, i in enumerate(order, start=1)
        ]
    return pl.DataFrame(
        rows,
        schema={
            "year": pl.Int32,
            "link": pl.String,
            "rank": pl.Int32,
            "extra_minutes": pl.Float64,
            "stranded_trips": pl.Float64,
        },
    )


def islands(future: Future) -> pl.DataFrame:
    """The parts of each mode's network in every year; a mode with one part is connected in itself."""
    import polars as pl

    world = future.world
    spans = link_years(world.plan)
    opens = {t.id: terminal_opens(world.plan, t) for t in world.plan.terminals.values()}
    rows: list[dict[str, Any]] = []
    parts: list[connection.Island] = []
    before: tuple[str, ...] | None = None
    for year in world.years:
        open_now = tuple(link for link, (first, gone) in spans.items() if first <= year < gone)
        if open_now != before:
            parts, before = connection.islands(world.plan, open_now, world.years[-1]), open_now
        rows += [
            {
                "year": year,
                "mode": part.mode,
                "island": part.number,
                "nodes": len(part.nodes),
                "links": len(part.links),
                "terminals": ";".join(t for t in part.terminals if opens[t] <= year),
            }
            for part in parts
        ]
    return pl.DataFrame(
        rows,
        schema={
            "year": pl.Int32,
            "mode": pl.String,
            "island": pl.Int32,
            "nodes": pl.Int32,
            "links": pl.Int32,
            "terminals": pl.String,
        },
    )


def out_of_step(future: Future) -> pl.DataFrame:
    """Projects and terminals that open before something that they need."""
    import polars as pl

    found = connection.out_of_step(future.world.plan, future.world.years)
    return pl.DataFrame(
        [
            {
                "project": f.project,
                "needs": f.needs,
                "project_opens": f.project_opens,
                "need_opens": f.need_opens,
                "why": f.why,
            }
            for f in found
        ],
        schema={
            "project": pl.String,
            "needs": pl.String,
            "project_opens": pl.Int32,
            "need_opens": pl.Int32,
            "why": pl.String,
        },
    )


def line_loads(future: Future) -> pl.DataFrame:
    """Who is on board when a vehicle leaves a stop in the peak hour, of each line in the years in which it runs, each way that it runs."""
    import polars as pl

    plan = future.world.plan
    rows: list[dict[str, Any]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        running = set(open_lines(plan, year))
        for (name, stop), loads in zip(plan.line_stops.items(), state["transport.line_load"], strict=True):
            if name not in running:
                continue
            ways = DIRECTIONS[:1] if plan.lines[stop.line].one_way else DIRECTIONS
            rows += [
                {
                    "line": stop.line,
                    "line_stop": name,
                    "year": year,
                    "direction": way,
                    "persons_h": float(load),
                }
                for way, load in zip(ways, loads, strict=False)
            ]
    schema = {"line": pl.String, "line_stop": pl.String, "year": pl.Int32, "direction": pl.String, "persons_h": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def mode_trips(future: Future) -> pl.DataFrame:
    """Trips a day, way back counted, by purpose and mode; "none": between places that no mode joins."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    for year, state in zip(future.world.years, future.states, strict=True):
        for i, purpose in enumerate(PURPOSES):
            counts = [*(2 * state["transport.trips"][i]), 2 * state["transport.unserved_trips"][i]]
            rows += [
                {"year": year, "purpose": purpose, "mode": mode, "trips": float(count)}
                for mode, count in zip((*TRAVEL_MODES, "none"), counts, strict=True)
            ]
    return pl.DataFrame(
        rows, schema={"year": pl.Int32, "purpose": pl.String, "mode": pl.String, "trips": pl.Float64}
    )
