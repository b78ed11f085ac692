"""Cells of 100 m within a commune: where an official zoning layer allows it, its households and jobs are put on a grid.

Cells know what communes do not: which field is zoned for houses, which is a reserve. On drawn shapes there is no such
knowledge, and none is made up: the answer is then "no data", with what would fill it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.model.engine import State
from cuabien.model.land.account import under_caps
from cuabien.model.land.zones import PARKS, PROTECTED, zone_land
from cuabien.model.variables import SECTORS, Array
from cuabien.model.world import World
from cuabien.plan.objects import Zone
from cuabien.plan.package import Feature, Plan

CELL_M = 100.0
EARTH_M_PER_DEGREE = 111_195.0
"""Of a sphere of the earth's mean radius, 6,371.0 km: on a commune's width the grid is true to a few tenths of a percent."""
OPEN, HOUSING, INDUSTRY, NOTHING = 0, 1, 2, -1
"""Not zoned; zoned for houses; for firms; kept free."""


@dataclass(frozen=True)
class Grid:
    """The cells of one commune whose centre lies in it."""

    lon: Array
    lat: Array
    zoned: Array
    """[cell]: what the plan allows there."""

    @property
    def hectares(self) -> float:
        return len(self.lon) * CELL_M**2 / 10_000


def missing(plan: Plan, commune: str) -> Fault | None:
    """Why a commune has no cells, or None: it needs an official outline, and every zone in it an official shape."""
    outline = plan.shapes.get(commune)
    drawn = [f.row.id for f in plan.zones.values() if f.row.commune == commune and f.row.shape == "schematic"]
    official = [f for f in plan.zones.values() if f.row.shape == "official"]
    if outline is not None and outline.row.shape == "official" and official and not drawn:
        return None
    return Fault(
        "no-official-zoning",
        "layers/*.geojson",
        N_("no data on cells of {commune}: its outline or zones are only drawn, or nothing is zoned"),
        N_("an official zoning layer is needed: cuabien import layers"),
        commune,
        severity="warning",
        values={"commune": commune},
    )


def grid(outline: BaseGeometry, zones: list[tuple[int, BaseGeometry]]) -> Grid:
    """Cells of 100 m on the commune's outline (lon/lat, WGS 84), each with the zone that its centre lies in.

    Where zones overlap, what is kept free wins, then the later one in the list.
    """
    west, south, east, north = outline.bounds
    high = CELL_M / EARTH_M_PER_DEGREE
    wide = high / np.cos(np.radians((south + north) / 2))
    lon, lat = np.meshgrid(
        np.arange(west + wide / 2, east, wide), np.arange(south + high / 2, north, high), indexing="xy"
    )
    inside = shapely.contains_xy(outline, lon.ravel(), lat.ravel())
    lon, lat = lon.ravel()[inside], lat.ravel()[inside]
    zoned = np.full(len(lon), OPEN)
    for kind, shape in sorted(zones, key=lambda z: z[0] == NOTHING):
        zoned[shapely.contains_xy(shape, lon, lat)] = kind
    return Grid(lon, lat, zoned)


def kind_of(zone: Zone) -> int | None:
    """What a zone allows its cells; None for a zone that says nothing of building."""
    if zone.kind in PROTECTED:
        return NOTHING
    if zone.kind in PARKS:
        return INDUSTRY
    return HOUSING if zone.layer == "urban" else None


def zones_of(plan: Plan) -> list[tuple[int, Feature[Zone]]]:
    """The official zones that say what may be built, with what they allow."""
    pairs = [(kind_of(f.row), f) for f in plan.zones.values() if f.row.shape == "official"]
    return [(kind, feature) for kind, feature in pairs if kind is not None]


def on_cells(total: float, zoned: Array, use: int, zone_share: float, capacity: Array) -> tuple[Array, float]:
    """A commune's households or jobs on its cells [cell], and what found no cell.

    `zone_share` of the total goes to cells zoned for `use`, the rest to cells that are not zoned; each cell holds at most
    its `capacity`; what one of the two cannot hold, the other takes. Nothing goes where building is not allowed or
    another use is zoned.
    """
    chosen, unzoned = (zoned == use).astype(float), (zoned == OPEN).astype(float)
    first = under_caps(zone_share * total, chosen, chosen * capacity)
    second = under_caps(total - float(first.sum()), unzoned, unzoned * capacity)
    third = under_caps(total - float((first + second).sum()), chosen, chosen * capacity - first)
    placed = first + second + third
    return placed, max(total - float(placed.sum()), 0.0)


def zoned_grid(plan: Plan, commune: str, year: int) -> Grid | Fault:
    """The grid of a commune with the zones that are in force in a year, or why there is none."""
    fault = missing(plan, commune)
    if fault is not None:
        return fault
    in_force = [
        (kind, f.geometry)
        for kind, f in zones_of(plan)
        if (f.row.from_year or year) <= year and (f.row.to_year is None or year < f.row.to_year)
    ]
    return grid(plan.shapes[commune].geometry, in_force)


# ---- a year on the grid -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settled:
    """Who lives and works on the cells of one commune in one year."""

    commune: str
    grid: Grid
    households: Array
    industrial_jobs: Array
    without_cell: float
    """Households that found no cell."""


def settled(world: World, year: int, now: State) -> list[Settled]:
    """Every commune whose official zoning allows it, with its households and industrial jobs on cells.

    Zoned cells take what their zones are built for in the year, at most at the zone's density; the rest spreads evenly
    over cells that are not zoned.
    """
    if all(missing(world.plan, area.id) for area in world.communes):
        return []
    p, index = world.parameters, year - world.base_year
    zones = zone_land(world)
    persons = now["population.persons"].sum(axis=(1, 2))
    households, industry = now["population.households"], now["land.jobs"][:, SECTORS.index("industry")]
    for_zones = np.minimum(zones.urban_persons[index] / np.maximum(persons, 1.0), 1.0)
    in_parks = p("land.jobs_per_park_ha") * zones.parks_filled[index] / np.maximum(industry, 1.0)
    found = []
    for c, area in enumerate(world.communes):
        cells = zoned_grid(world.plan, area.id, year)
        if isinstance(cells, Fault):
            continue
        homes, without = on_cells(
            float(households[c]),
            cells.zoned,
            HOUSING,
            float(for_zones[c]),
            np.where(
                cells.zoned == HOUSING,
                _per_cell(zones.urban_persons, zones.urban, index, c, persons, households),
                ANY,
            ),
        )
        work, _ = on_cells(
            float(industry[c]),
            cells.zoned,
            INDUSTRY,
            min(float(in_parks[c]), 1.0),
            np.full(len(cells.lon), ANY),
        )
        found.append(Settled(area.id, cells, homes, work, without))
    return found


ANY = 1e6
"""Households or jobs on a cell without a stated bound: more than any hectare of the world holds."""


def _per_cell(
    for_persons: Array, hectares: Array, index: int, c: int, persons: Array, households: Array
) -> float:
    """Households on one hectare of the commune's urban zones, at their density."""
    density = for_persons[index, c] / hectares[index, c] if hectares[index, c] > 0 else 0.0
    return float(density * households[c] / max(float(persons[c]), 1.0))
