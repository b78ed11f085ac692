"""What the zones of a plan bring to each commune in each year: land, dwellings, places for jobs, and land kept free.

A zone counts from its first year and not before its project opens; it comes in equal yearly parts, but a park that a
project dates opens whole. Where no commune is named, the drawn shape says which communes it lies in: good enough to share hectares out, and no rule
rests on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from cuabien.model.land_supply import FACTORY_KINDS
from cuabien.model.parameters import Parameters
from cuabien.model.variables import Array
from cuabien.model.world import World, is_alive, opening_year
from cuabien.plan.objects import Zone
from cuabien.plan.package import Feature, Plan

PARKS = (*FACTORY_KINDS, "port logistics")
UMBRELLAS = ("economic zone", "free trade zone")
"""Drawn over parks, towns and farms alike: only a share of them is built on, and parks inside are not counted twice."""
PUBLIC = (
    "airport",
    "railway hub",
    "logistics centre",
    "port area",
    "power plant",
    "waste to energy",
    "bus station",
)
PROTECTED = ("conservation", "heritage", "relic", "defence", "hazard", "flood")
RECLAMATION = "reclamation"
SERVICE = ("tourism area", "logistics centre", "port logistics", "commercial")

LONG_AGO = -10_000
"""The first year of what stands and has no date."""


@dataclass(frozen=True)
class ZoneLand:
    """Everything that zones bring, each [year, commune]; hectares unless said."""

    parks: Array
    parks_filled: Array
    """Hectares of parks in use at the usual occupancy, or at the zone's own."""
    umbrella: Array
    urban: Array
    urban_persons: Array
    """Persons that urban zones are built for."""
    public: Array
    protected: Array
    reclaimed: Array
    service: Array
    has_protected: Array
    """[commune]: 1 where a zone that may not be built on is named in the base year, measured or not."""

    @property
    def industrial(self) -> Array:
        """Industrial land that is open [year, commune]: parks, or the share of an economic zone over them if that is more."""
        return np.asarray(np.maximum(self.parks, self.umbrella))


def zone_land(world: World) -> ZoneLand:
    """What the zones of the world's plan bring."""
    p, plan = world.parameters, world.plan
    where = world.once("land.zone_communes", lambda: communes_of_zones(world))
    found = {name: np.zeros((len(world.years), len(world.communes))) for name in _MADE}
    has_protected = np.zeros(len(world.communes))
    for row, zone in zip(where, _zones(plan), strict=True):
        first = first_year(plan, zone, world.base_year)
        if first is None or row.sum() <= 0:
            continue
        if zone.kind in PROTECTED and first <= world.base_year:
            has_protected[row > 0] = 1.0
        if zone.area_ha is None:
            continue
        project = plan.projects.get(zone.project or "")
        at_once = project is not None and opening_year(project) is not None
        for name, amount in _brought(p, zone, first, world.years, world.base_year, at_once):
            if name in (
                "umbrella",
                "protected",
            ):  # one that lies over another adds nothing where it is smaller
                found[name] = np.maximum(found[name], amount[:, None] * row)
            else:
                found[name] += amount[:, None] * row
    return ZoneLand(**found, has_protected=has_protected)


_MADE = (
    "parks",
    "parks_filled",
    "umbrella",
    "urban",
    "urban_persons",
    "public",
    "protected",
    "reclaimed",
    "service",
)


def _brought(
    p: Parameters, zone: Zone, first: int, years: tuple[int, ...], base: int, at_once: bool
) -> Iterator[tuple[str, Array]]:
    """(what, amount by year) for one measured zone; `at_once`: a project dates it, so a park opens whole."""
    area = zone.area_ha or 0.0

    def opened(build_years: float) -> Array:
        return area * ramp(years, first, build_years, zone.to_year)

    if zone.kind in PARKS:
        usual = p("land.park_occupancy")
        filled = usual if zone.occupancy_percent is None else zone.occupancy_percent / 100
        parks = opened(1.0 if at_once else p("land.park_build_years"))
        yield "parks", parks
        yield "parks_filled", filled * parks
    elif zone.kind in UMBRELLAS and first > base:
        share = p(f"land.{zone.kind.replace(' ', '_')}_share_built")
        built = share * opened(p("land.economic_zone_build_years"))
        yield "umbrella", built
        if zone.kind == "free trade zone":
            yield "service", built
    elif zone.layer == "urban":
        urban = opened(p("land.urban_zone_build_years"))
        density = p("land.urban_zone_persons_per_ha") if zone.persons_per_ha is None else zone.persons_per_ha
        yield "urban", urban
        yield "urban_persons", density * urban
    elif zone.kind == RECLAMATION:
        yield "reclaimed", opened(p("land.reclamation_years"))
    elif zone.kind in PUBLIC:
        yield "public", opened(1.0)
    elif zone.kind in PROTECTED:
        yield "protected", opened(1.0)
    if zone.kind in SERVICE and first > base:
        yield "service", opened(p("land.economic_zone_build_years"))


def ramp(years: tuple[int, ...], first: int, build_years: float, closes: int | None = None) -> Array:
    """Share that is there in each year [year]: equal yearly parts from `first` on; nothing from the year it closes."""
    now = np.array(years, dtype=float)
    share = np.clip((now - first + 1) / build_years, 0.0, 1.0)
    return share if closes is None else share * (now < closes)


def first_year(plan: Plan, zone: Zone, base: int) -> int | None:
    """The first year of a zone, None if it never comes or no date is known.

    Its own year, and not before its project opens. Without any date: long ago if it operates or is protected, the base
    year for a town that is being built, and for land won from the sea the year in which what its project needs is open.
    """
    if not is_alive(plan, zone.project):
        return None
    project = plan.projects[zone.project] if zone.project else None
    opens = opening_year(project) if project else None
    dates = [year for year in (zone.from_year, opens) if year is not None]
    if dates:
        return max(dates)
    if zone.kind == RECLAMATION and project:
        return _after_what_it_needs(plan, project.prerequisites)
    status = zone.status or ""
    if status.startswith("operating") or zone.kind in PROTECTED:
        return LONG_AGO
    return base if zone.layer == "urban" and "under construction" in status else None


def _after_what_it_needs(plan: Plan, needed: tuple[str, ...]) -> int | None:
    years = [opening_year(plan.projects[i]) if is_alive(plan, i) else None for i in needed]
    known = [year for year in years if year is not None]
    return max(known) if known and len(known) == len(years) else None


# ---- where a zone lies ------------------------------------------------------------------------------------


def _zones(plan: Plan) -> list[Zone]:
    return [feature.row for feature in plan.zones.values()]


def communes_of_zones(world: World) -> Array:
    """Share of each zone in each commune [zone, commune]; each row sums to 1, or to 0 where nothing says where it is."""
    communes = world.communes
    place = {area.id: index for index, area in enumerate(communes)}
    shares = np.zeros((len(world.plan.zones), len(communes)))
    find = _finder(world)
    for index, feature in enumerate(world.plan.zones.values()):
        named = feature.row.commune
        if named is not None:
            if named in place:
                shares[index, place[named]] = 1.0
            continue
        project = world.plan.projects.get(feature.row.project or "")
        among = [place[c] for c in (project.communes if project else ()) if c in place]
        shares[index] = find(feature, np.array(among or range(len(communes))))
    return shares


def _finder(world: World) -> Callable[[Feature[Zone], Array], Array]:
    """A function that shares a drawn zone over some of the communes: by overlap, else to the nearest."""
    communes = world.communes
    shapes = np.array([_drawn(world.plan, area.id, area.lon, area.lat) for area in communes], dtype=object)
    shapely.prepare(shapes)

    def find(feature: Feature[Zone], among: Array) -> Array:
        share = np.zeros(len(communes))
        near = shapes[among]
        touching = shapely.intersects(near, feature.geometry)
        if touching.any():
            areas = np.zeros(len(among))
            areas[touching] = shapely.area(shapely.intersection(near[touching], feature.geometry))
            if areas.sum() > 0:
                share[among] = areas / areas.sum()
                return share
        distance = np.nan_to_num(shapely.distance(near, feature.geometry), nan=np.inf)
        if np.isfinite(distance).any():
            share[among[int(np.argmin(distance))]] = 1.0
        return share

    return find


def _drawn(plan: Plan, area: str, lon: float | None, lat: float | None) -> object:
    """The commune's drawn shape, else its centre, else nothing."""
    if area in plan.shapes:
        return plan.shapes[area].geometry
    return shapely.Point(lon, lat) if lon is not None and lat is not None else None
