"""What a page tells, gathered from the snapshot: small pure functions from a city to rows.

Nothing here models or judges; verdicts, states and explanations come from `indicators` as they are.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from cuabien.base.dates import last_day
from cuabien.base.faults import Fault
from cuabien.lexicon.register import Indicator, groups
from cuabien.lexicon.register import indicators as registered
from cuabien.plan import objects as o
from cuabien.service import features
from cuabien.service.city import City

# ---- projects ---------------------------------------------------------------------------------------------

FINISHED = ("done", "operating", "continuing")


def is_late(project: o.Project, today: dt.date) -> bool:
    """Its planned date has passed and it is not in use. A project without a date is never late."""
    if project.opens is None or project.status in FINISHED:
        return False
    return last_day(project.opens) < today


def projects_by_year(city: City) -> list[tuple[int | None, list[o.Project]]]:
    """Projects by the year in which they open; those without a date last."""
    years: dict[int | None, list[o.Project]] = defaultdict(list)
    for project in city.plan.projects.values():
        years[features.opening_year(project)].append(project)
    return sorted(years.items(), key=lambda pair: (pair[0] is None, pair[0] or 0))


def findings_about(city: City, identity: str, *files: str) -> list[Fault]:
    """Findings that stand on a row or in a file, or name the id among their values."""
    return [
        f
        for f in city.findings
        if f.file in files or f.row == identity or identity in {str(v) for v in f.values.values()}
    ]


# ---- layers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LayerCount:
    id: str
    count: int
    area_ha: float
    schematic: int


def layer_counts(city: City) -> list[LayerCount]:
    rows = [z.row for z in city.plan.zones.values()]
    return [
        LayerCount(
            layer,
            sum(z.layer == layer for z in rows),
            sum(z.area_ha or 0 for z in rows if z.layer == layer),
            sum(z.layer == layer and z.shape == "schematic" for z in rows),
        )
        for layer in get_args(o.Layer)
    ]


# ---- indicators -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An indicator of an area from the first to the last modelled year, with its swing at the end."""

    indicator: Indicator
    area: str
    unit: str
    first_year: int
    first: float | None
    last_year: int
    last: float | None
    low: float | None
    high: float | None


def indicator_lines(city: City, area: str) -> list[Line]:
    lines = []
    for identity, by_year in city.tables.areas.get(area, {}).items():
        row = registered().get(identity)
        if row is None or not by_year:
            continue
        first, last = min(by_year), max(by_year)
        low, high = swing_range(city, identity, area, last)
        lines.append(
            Line(row, area, city.tables.units[identity], first, by_year[first], last, by_year[last], low, high)
        )
    order = {identity: position for position, identity in enumerate(registered())}
    return sorted(lines, key=lambda line: order[line.indicator.id])


def swing_range(city: City, indicator: str, area: str, year: int) -> tuple[float | None, float | None]:
    """The lowest and the highest value that any one assumed parameter gives; None when no swing was run."""
    values = [
        value
        for swing in city.tables.swings.get((indicator, area), ())
        if swing.year == year
        for value in (swing.at_low, swing.at_high)
        if value is not None
    ]
    return (min(values), max(values)) if values else (None, None)


HEADLINES = ("population", "grdp_growth", "grdp_per_capita", "labour_productivity", "port_cargo", "budget_revenue_total")


def headlines(city: City) -> list[Line]:
    lines = {line.indicator.id: line for line in indicator_lines(city, city.plan.header.city)}
    return [lines[i] for i in HEADLINES if i in lines]


def default_area(city: City, indicator: str) -> str:
    """The whole city of today when anything is known of it there; else the area with the most observations."""
    home = city.plan.header.city
    seen = Counter(row.area for row in city.plan.indicators.values() if row.indicator == indicator)
    modelled = any(indicator in city.tables.areas.get(a, {}) for a in (home,))
    return home if modelled or home in seen or not seen else seen.most_common(1)[0][0]


@dataclass(frozen=True)
class IndicatorSummary:
    row: Indicator
    observed: int
    simulated: bool
    by_commune: bool
    targets: int


def summaries(city: City) -> dict[str, IndicatorSummary]:
    observed = Counter(row.indicator for row in city.plan.indicators.values() if row.value is not None)
    aims = Counter(row.indicator for row in city.plan.targets.values())
    modelled = {i for by in city.tables.areas.values() for i in by}
    return {
        identity: IndicatorSummary(
            row,
            observed[identity],
            identity in modelled,
            identity in city.tables.communes,
            aims[identity],
        )
        for identity, row in registered().items()
        if row.group != "defence"
    }


def indicator_groups(city: City) -> list[tuple[Any, list[IndicatorSummary]]]:
    """Every group of the register with its indicators; a group without one says why."""
    rows = summaries(city)
    return [
        (group, [s for s in rows.values() if s.row.group == group.id])
        for group in groups().values()
        if group.id != "defence"
    ]


# ---- sources ----------------------------------------------------------------------------------------------

CITING = (
    "figures",
    "indicators",
    "targets",
    "claims",
    "programme",
    "flags",
    "documents",
    "projects",
    "areas",
    "port_capacity",
    "peers",
    "nodes",
    "links",
    "terminals",
    "places",
    "zones",
    "water",
    "shapes",
    "parameters",
)


def source_uses(city: City) -> Mapping[str, Mapping[str, int]]:
    """source -> table -> how many of its public rows rest on it."""

    def count() -> dict[str, dict[str, int]]:
        uses: dict[str, dict[str, int]] = defaultdict(dict)
        for table in CITING:
            for row in getattr(city.plan, table).values():
                source = getattr(row, "row", row).source
                uses[source][table] = uses[source].get(table, 0) + 1
        return dict(uses)

    return city.remember("source_uses", count)
