"""What services there are in the base year, from the figures of the plan, and what its projects add.

Figures are looked for in this order; the first that is there counts:

1. of a commune: `service_capacity | hospital` (and `service_sites | hospital`), the city's own count;
2. of a former district: schools (`schools_primary | An Lão`) x classes a school of the part x pupils a class, shared
   among the communes of today by the former communes that they took in and by registered persons;
3. of a part of the city: the same without districts; hospital beds stay with the part, since nobody says where they are;
4. by law: a counter in each commune since July 2025, and a health station in each former commune.

What none of these gives is not known: it counts for nothing, and the mask `known` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cuabien.model.variables import SERVICES, Array
from cuabien.model.world import World, delay, is_alive, opening_year
from cuabien.plan.objects import Area, Project
from cuabien.plan.package import Plan


@dataclass(frozen=True)
class Level:
    """Names of figures for one level of general school."""

    schools: str
    combined: str | None
    """Schools of two levels, counted in both."""
    classes: str
    class_size: str


LEVELS: Mapping[str, Level] = {
    "primary_school": Level(
        "schools_primary",
        "schools_primary_and_lower_secondary",
        "classes_primary",
        "class_size_norm_primary",
    ),
    "lower_secondary_school": Level(
        "schools_lower_secondary",
        "schools_primary_and_lower_secondary",
        "classes_lower_secondary",
        "class_size_norm_secondary",
    ),
    "upper_secondary_school": Level(
        "schools_upper_secondary", None, "classes_upper_secondary", "class_size_norm_secondary"
    ),
}
BEDS, BEDS_IN_STATIONS = "hospital_beds", "hospital_beds_in_stations"
FORMER = "former_communes"

SERVICE_OF_KIND: Mapping[str, str] = {
    "kindergarten": "kindergarten",
    "primary school": "primary_school",
    "lower secondary school": "lower_secondary_school",
    "upper secondary school": "upper_secondary_school",
    "clinic": "clinic",
    "health station": "clinic",
    "hospital": "hospital",
    "public service centre": "counter",
    "park": "green_space",
    "green space": "green_space",
}
"""Kinds of projects that add to a service; a zone of kind park or green space adds its area."""
UNITS: Mapping[str, Mapping[str, float]] = {
    **{name: {"places": 1.0} for name in ("kindergarten", *LEVELS)},
    "clinic": {"stations": 1.0},
    "hospital": {"beds": 1.0},
    "counter": {"counters": 1.0},
    "green_space": {"m2": 1.0, "ha": 10_000.0},
}
"""Units of a phase by service, and what one of them is in the unit of the service."""

Labels = dict[tuple[int, int], str]


@dataclass(frozen=True)
class Supply:
    """Services of the base year and what is added by year. Arrays are [commune, service] but where said."""

    capacity: Array
    known: Array
    sites: Array
    sites_known: Array
    unplaced: Array
    """Capacity that is known in the city but not where [service]."""
    unplaced_known: Array
    """1 where, with it, the capacity of the whole city is known [service]."""
    status: Labels
    """(commune, service) -> derived, assumed, law, statistic ...: how the capacity came about."""
    added: Array
    """[year, commune, service], since the base year."""
    added_sites: Array
    added_unplaced: Array
    """[year, service]."""


def supply(world: World) -> Supply:
    """Everything that the plan says about services. The arrays are filled here, and by nobody afterwards."""
    places, years, services = world.places, len(world.years), len(SERVICES)
    found = Supply(
        capacity=np.zeros((places, services)),
        known=np.zeros((places, services)),
        sites=np.zeros((places, services)),
        sites_known=np.zeros((places, services)),
        unplaced=np.zeros(services),
        unplaced_known=np.zeros(services),
        status={},
        added=np.zeros((years, places, services)),
        added_sites=np.zeros((years, places, services)),
        added_unplaced=np.zeros((years, services)),
    )
    figures = Figures(world.plan)
    _counted(world, figures, found)
    _schools(world, figures, found, counted=frozenset(found.status))
    _by_law(world, figures, found)
    _beds(world, figures, found)
    _added(world, found)
    return found


# ---- figures ----------------------------------------------------------------------------------------------


class Figures:
    """The plan's figures by area and item: the latest of the base year or before."""

    def __init__(self, plan: Plan) -> None:
        self._latest: dict[tuple[str, str], tuple[int, float, str]] = {}
        for row in plan.figures.values():
            year = int(row.period[:4]) if row.period[:4].isdigit() else 0
            before = self._latest.get((row.area, row.item))
            if row.value is None or year > plan.header.base_year or (before and before[0] > year):
                continue
            self._latest[row.area, row.item] = (year, row.value, row.status)
        self._members: dict[tuple[str, str], dict[str, float]] = {}
        self._anywhere: dict[str, float] = {}
        for (area, name), (_, value, _) in self._latest.items():
            item, _, member = name.partition(" | ")
            self._anywhere.setdefault(name, value)
            if member:
                self._members.setdefault((area, item), {})[member] = value

    def value(self, area: str, item: str) -> float | None:
        found = self._latest.get((area, item))
        return found[1] if found else None

    def status(self, area: str, item: str) -> str:
        return self._latest[area, item][2]

    def anywhere(self, item: str) -> float | None:
        """The figure of whichever area has it: a norm of the nation."""
        return self._anywhere.get(item)

    def members(self, area: str, item: str) -> Mapping[str, float]:
        """Member -> value of an item that is given for several: `schools_primary | An Lão`."""
        return self._members.get((area, item), {})


# ---- the base year ----------------------------------------------------------------------------------------


def _counted(world: World, figures: Figures, found: Supply) -> None:
    """What the city has counted by commune; a site where it does not say how many, if there is any capacity."""
    for c, area in enumerate(world.communes):
        for s, service in enumerate(SERVICES):
            capacity = figures.value(area.id, f"service_capacity | {service}")
            if capacity is None:
                continue
            sites = figures.value(area.id, f"service_sites | {service}")
            _set(found, c, s, capacity, figures.status(area.id, f"service_capacity | {service}"))
            _set_sites(found, c, s, float(capacity > 0) if sites is None else sites)


def _schools(world: World, figures: Figures, found: Supply, counted: frozenset[tuple[int, int]]) -> None:
    """Schools by former district or part, in communes whose level the city has not counted."""
    grown = world.parameters("services.places_since_count")
    for service, level in LEVELS.items():
        s = SERVICES.index(service)
        for part in sorted({str(area.part_of) for area in world.communes}):
            shares = _shares(world, figures, part, level)
            schools = sum(count for count, _ in shares)
            classes, size = figures.value(part, level.classes), figures.anywhere(level.class_size)
            a_school = (
                classes * size * grown / schools
                if classes is not None and size is not None and schools > 0
                else None
            )
            for c, count in _by_commune(world, figures, part, shares).items():
                if (c, s) in counted:
                    continue
                _set_sites(found, c, s, count)
                if a_school is not None:
                    _set(found, c, s, count * a_school, "assumed")


Shares = list[tuple[float, dict[int, float]]]
"""Schools of a former district (or a part), and the share of each commune of today in them; the shares sum to 1."""


def _shares(world: World, figures: Figures, part: str, level: Level) -> Shares:
    """By former district where the schools of districts are known, else over the part by registered persons."""
    inside = {c: area for c, area in enumerate(world.communes) if str(area.part_of) == part}
    by_district = figures.members(part, level.schools)
    if by_district:
        both = figures.members(part, level.combined) if level.combined else {}
        weights = {
            name: _weights(inside, {c: _taken(figures, area, name) for c, area in inside.items()})
            for name in by_district
        }
        return [
            (count + both.get(name, 0.0), weights[name])
            for name, count in by_district.items()
            if weights[name]
        ]
    total = figures.value(part, level.schools)
    if total is None:
        return []
    combined = figures.value(part, level.combined) if level.combined else None
    return [(total + (combined or 0.0), _weights(inside, dict.fromkeys(inside, 1.0)))]


def _taken(figures: Figures, area: Area, district: str) -> float:
    """The share of the former communes of a commune of today that lay in a former district."""
    taken = figures.members(area.id, FORMER)
    return taken.get(district, 0.0) / sum(taken.values()) if taken else 0.0


def _weights(inside: Mapping[int, Area], parts: Mapping[int, float]) -> dict[int, float]:
    """Shares that sum to 1: registered persons of each commune times the part of it that counts."""
    weights = {c: (inside[c].population or 0.0) * share for c, share in parts.items() if share > 0}
    total = sum(weights.values())
    return {c: weight / total for c, weight in weights.items()} if total > 0 else {}


def _by_commune(world: World, figures: Figures, part: str, shares: Shares) -> dict[int, float]:
    """Schools of each commune of today. One that took in former communes of a district without figures is known in
    part only, and left out."""
    schools: dict[int, float] = {}
    for count, communes in shares:
        for c, share in communes.items():
            schools[c] = schools.get(c, 0.0) + count * share
    named = set(figures.members(part, "schools_primary"))
    if not named:
        return schools
    return {
        c: count
        for c, count in schools.items()
        if set(figures.members(world.communes[c].id, FORMER)) <= named
    }


def _by_law(world: World, figures: Figures, found: Supply) -> None:
    """Counters and health stations, where the city has not counted them."""
    kept = world.parameters("services.stations_kept")
    clinic, counter = SERVICES.index("clinic"), SERVICES.index("counter")
    for c, area in enumerate(world.communes):
        if not found.known[c, counter]:
            _set(found, c, counter, 1.0, "law")
            _set_sites(found, c, counter, 1.0)
        if not found.known[c, clinic]:
            former = sum(figures.members(area.id, FORMER).values())
            stations = max(1.0, kept * former)
            _set(found, c, clinic, stations, "assumed" if former > 1 else "law")
            _set_sites(found, c, clinic, stations)


def _beds(world: World, figures: Figures, found: Supply) -> None:
    """Beds of a part of the city, apart from those in health stations: known for the city, not for a commune."""
    s = SERVICES.index("hospital")
    grown = world.parameters("services.beds_since_count")
    placed = found.known[:, s]
    covered = True
    for part in sorted({str(area.part_of) for area in world.communes}):
        inside = np.array([str(area.part_of) == part for area in world.communes])
        if placed[inside].all():
            continue
        beds = figures.value(part, BEDS)
        if beds is None or placed[inside].any():  # some beds would be counted twice
            covered = False
            continue
        found.unplaced[s] += (beds - (figures.value(part, BEDS_IN_STATIONS) or 0.0)) * grown
    found.unplaced_known[:] = found.known.all(axis=0)
    found.unplaced_known[s] = float(covered)


def _set(found: Supply, c: int, s: int, capacity: float, status: str) -> None:
    found.capacity[c, s], found.known[c, s], found.status[c, s] = capacity, 1.0, status


def _set_sites(found: Supply, c: int, s: int, sites: float) -> None:
    found.sites[c, s], found.sites_known[c, s] = sites, 1.0


# ---- what is added ----------------------------------------------------------------------------------------


def _added(world: World, found: Supply) -> None:
    """Projects by their phases, and parks that are zones, from the year after the base year on.

    What opened before is taken to be in the figures already.
    """
    row = {area.id: c for c, area in enumerate(world.communes)}
    for project in world.plan.projects.values():
        s = service_of(project)
        if s is None or not is_alive(world.plan, project.id):
            continue
        places = [row[i] for i in project.communes if i in row]
        openings = list(openings_of(project, SERVICES[s]))
        for year, more in openings:
            if year <= world.base_year:
                continue
            if not places:
                found.added_unplaced[:, s] += _since(world, year) * more
            for c in places:
                found.added[:, c, s] += _since(world, year) * more / len(places)
        first = min((year for year, _ in openings), default=world.base_year)
        if first > world.base_year:
            for c in places:
                found.added_sites[:, c, s] += _since(world, first)
    _parks(world, row, found)


def _since(world: World, first: int, last: int | None = None) -> Array:
    """1 in the years from `first` to `last` [year]."""
    return np.array([float(first <= year and (last is None or year <= last)) for year in world.years])


def service_of(project: Project) -> int | None:
    """The place of the service that a project adds to."""
    name = SERVICE_OF_KIND.get(project.kind)
    return SERVICES.index(name) if name else None


def openings_of(project: Project, service: str) -> Iterator[tuple[int, float]]:
    """(year, capacity more than before) of each phase, later by as many years as the project is late.

    The value of a phase is what the project offers from then on, not what it adds to the phase before.
    """
    late, before = delay(project, ()), 0.0
    opens = opening_year(project)
    phases = [p for p in project.phases if p.value is not None and p.unit in UNITS[service]]
    for phase in sorted(phases, key=lambda p: p.year or 0):
        year = phase.year + late if phase.year is not None else opens
        if year is not None and phase.value is not None:
            value = phase.value * UNITS[service][phase.unit]
            yield year, value - before
            before = value


def opened_in(world: World, year: int) -> Array:
    """What the projects of the plan open in one year [service]; zones of parks are not counted."""
    opened = np.zeros(len(SERVICES))
    for project in world.plan.projects.values():
        s = service_of(project)
        if s is not None and is_alive(world.plan, project.id):
            opened[s] += sum(more for when, more in openings_of(project, SERVICES[s]) if when == year)
    return opened


def _parks(world: World, row: Mapping[str, int], found: Supply) -> None:
    s = SERVICES.index("green_space")
    for zone in (feature.row for feature in world.plan.zones.values()):
        c = row.get(zone.commune or "")
        if SERVICE_OF_KIND.get(zone.kind) != "green_space" or zone.area_ha is None or c is None:
            continue
        if not is_alive(world.plan, zone.project):
            continue
        opens = [year for year in (zone.from_year,) if year]
        if zone.project and (year := opening_year(world.plan.projects[zone.project])):
            opens.append(year)
        if not opens or max(opens) <= world.base_year:
            continue
        there = _since(world, max(opens), zone.to_year)
        found.added[:, c, s] += there * zone.area_ha * 10_000
        found.added_sites[:, c, s] += there
