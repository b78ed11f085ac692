"""Rules about figures: where do they come from, what are they worth, and do they stand on one boundary?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cuabien.base.dates import first_day, last_day
from cuabien.base.words import N_
from cuabien.lexicon.register import indicators, near_indicators, units
from cuabien.plan import objects as o
from cuabien.plan.checks.register import Context, Found, Rule, group_by, is_ahead
from cuabien.plan.checks.targets import dimension
from cuabien.plan.package import TABLES
from cuabien.plan.references import row_of

TABLES_OF_FIGURES = ("figures", "indicators", "targets", "port_capacity", "power_plants", "parameters")
JUMP = 0.4
"""Of the value a year before: few figures of a city change by more from one year to the next."""
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
PERIOD = re.compile(
    r"(?P<year>(18|19|20|21)\d\d)"
    r"(H(?P<half>[12])|Q(?P<quarter>[1-4])|-(?P<end>(18|19|20|21)\d\d)|-(?P<month>0[1-9]|1[0-2])| "
    + rf"({'|'.join(MONTHS)})-(?P<last>{'|'.join(MONTHS)}))?"
    + r"(?P<kind> (sum|avg|cumulative|average))?"
)


def period_days(period: str) -> tuple[str, str] | None:
    """First and last month of a period as partial dates: "2018H1" -> ("2018-01", "2018-06"); None when it is none."""
    match = PERIOD.fullmatch(period)
    if match is None:
        return None
    year = match["year"]
    if match["half"]:
        return (f"{year}-01", f"{year}-06") if match["half"] == "1" else (f"{year}-07", f"{year}-12")
    if match["quarter"]:
        last = 3 * int(match["quarter"])
        return f"{year}-{last - 2:02d}", f"{year}-{last:02d}"
    if match["last"]:
        return f"{year}-01", f"{year}-{MONTHS.index(match['last']) + 1:02d}"
    if match["month"]:
        return f"{year}-{match['month']}", f"{year}-{match['month']}"
    return year, match["end"] or year


def without_document(c: Context) -> Iterator[Found]:
    """Figures whose source names no document: told once a table, with their number."""
    for table in TABLES_OF_FIGURES:
        rows = [row_of(entry) for entry in c.plan.table(table).values()]
        valued = [row for row in rows if _value(row) is not None]
        bare = [row for row in valued if _is_bare(c.plan.sources[row.source])]
        if bare:
            yield Found(
                table,
                None,
                N_(
                    "{count} of {all} figures rest on general knowledge and name no document; the first is {first}"
                ),
                {"count": len(bare), "all": len(valued), "first": min(row.id for row in bare)},
            )


def _value(row: object) -> object:
    if isinstance(row, o.PortCapacity):
        return row.capacity_mt_year
    return row.capacity_mw if isinstance(row, o.PowerPlant) else getattr(row, "value", None)


def _is_bare(source: o.Source) -> bool:
    return source.confidence != "source read" and not (source.address or source.number)


def source_unused(c: Context) -> Iterator[Found]:
    rows = [row_of(e) for t in (*[t.name for t in TABLES], "parameters") for e in c.plan.table(t).values()]
    used = {row.source for row in rows if hasattr(row, "source")}
    unused = sorted(set(c.plan.sources) - used)
    if unused:
        yield Found(
            "sources",
            unused[0],
            N_("{count} sources are cited by nothing: {ids}"),
            {"count": len(unused), "ids": ", ".join(unused[:5])},
        )


def source_undated(c: Context) -> Iterator[Found]:
    """Sources that were read and say neither when they were issued nor where they stand: told once."""
    read = [s for s in c.plan.sources.values() if s.confidence == "source read"]
    bare = sorted(s.id for s in read if not (s.date or s.read_on or s.address))
    if bare:
        yield Found(
            "sources",
            bare[0],
            N_(
                "{count} of {all} sources that were read have neither a date nor an address; the first is {first}"
            ),
            {"count": len(bare), "all": len(read), "first": bare[0]},
        )


def read_ahead(c: Context) -> Iterator[Found]:
    for source in c.plan.sources.values():
        if is_ahead(source.read_on, c.today):
            yield Found("sources", source.id, N_("it was read on {day}"), {"day": source.read_on})


# ---- what cannot be, and what would be a slip -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number of the plan beside the bounds of what it counts, all in its own unit."""

    table: str
    id: str
    column: str
    value: float
    unit: str
    lowest: float | None
    highest: float | None


SIZES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "km2": 100.0}
"""How many of the plain unit: "million persons" is 1e6 persons; areas are counted in hectares."""
PER_PLACE = (
    "percent",
    "rank",
    "points",
    "index",
    "years",
    "persons per",
    "million VND per",
    "USD",
    "USD per person",
)
"""Units (or how they begin) whose bounds hold for a nation as for a city; a nation has more persons and tonnes."""

WORLD = {
    "persons": 1e10,
    "people": 1e10,
    "workers": 5e9,
    "households": 5e9,
    "dwellings": 5e9,
    "schools": 1e7,
    "classes": 1e8,
    "firms": 1e9,
    "projects": 1e7,
    "vehicles": 5e9,
    "passengers": 1e10,
    "TEU": 2e9,
    "tonnes": 1e11,
    "ha": 1.5e10,
    "km2": 1.5e10,
    "km": 1e8,
    "m2": 1.5e14,
    "MW": 1e7,
    "GWh": 4e7,
    "TWh": 4e4,
}
"""No less than none and no more than the whole world has, for base figures, whose items no register knows."""


def _size(unit: str) -> float:
    return SIZES.get(unit.split(" ")[0], 1.0)


def _of_indicator(
    c: Context, table: str, row: str, column: str, value: float | None, unit: str, indicator: str, area: str
) -> Iterator[Bounded]:
    """A value beside the bounds of its indicator; in a unit that cannot be converted only its sign counts."""
    known = indicators().get(indicator)
    if known is None or value is None:
        return
    size = _size(known.unit) / _size(unit) if dimension(unit) == dimension(known.unit) else None
    nation = c.plan.areas[area].kind in ("nation", "region") and not unit.startswith(PER_PLACE)
    rank = unit.removeprefix("rank of ")
    lowest = known.lowest if size is None or known.lowest is None else known.lowest * size
    highest = None if size is None or known.highest is None or nation else known.highest * size
    if size is None and lowest != 0:
        lowest = 1.0 if unit.startswith("rank") else None
    yield Bounded(table, row, column, value, unit, lowest, float(rank) if rank.isdigit() else highest)


def _bounded(c: Context) -> Iterator[Bounded]:
    """Every number of the plan's tables that something bounds."""
    for seen in c.plan.indicators.values():
        yield from _of_indicator(
            c, "indicators", seen.id, "value", seen.value, seen.unit, seen.indicator, seen.area
        )
    for aim in c.plan.targets.values():
        for column, value in (("value", aim.value), ("high", aim.high)):
            yield from _of_indicator(
                c, "targets", aim.id, column, value, aim.unit or "", aim.indicator, aim.area
            )
    for figure in c.plan.figures.values():
        head = figure.unit.partition(",")[0].partition(" (")[0]
        word = head.split(" ")[-1]
        counted = " per " not in head and word in WORLD
        for column, value in (("value", figure.value), ("low", figure.low), ("high", figure.high)):
            if counted and value is not None:
                most = WORLD[word] / (_size(head) if head != word else 1.0)
                yield Bounded("figures", figure.id, column, value, figure.unit, 0.0, most)
    for area in c.plan.areas.values():
        for column, unit, name in (("population", "persons", "population"), ("area_km2", "km2", "area")):
            yield from _of_indicator(c, "areas", area.id, column, getattr(area, column), unit, name, area.id)


def impossible(c: Context) -> Iterator[Found]:
    for one in _bounded(c):
        if one.lowest is not None and one.value < one.lowest:
            yield _beyond(one, one.lowest, N_("{column} is {value} {unit}; it cannot be below {bound}"))


def implausible(c: Context) -> Iterator[Found]:
    for one in _bounded(c):
        if one.highest is not None and one.value > one.highest:
            yield _beyond(one, one.highest, N_("{column} is {value} {unit}; {bound} would be very much"))


def _beyond(one: Bounded, bound: float, template: str) -> Found:
    values = {"column": one.column, "value": one.value, "unit": one.unit, "bound": bound}
    return Found(one.table, one.id, template, values)


def assumed_without_range(c: Context) -> Iterator[Found]:
    for table in ("figures", "parameters"):
        for identity, row in c.plan.table(table).items():
            if row.status == "assumed" and row.value is not None and (row.low is None or row.high is None):
                yield Found(table, identity, N_("it is assumed and no range says how surely"))


def outside_its_range(c: Context) -> Iterator[Found]:
    for table in ("figures", "parameters"):
        for identity, row in c.plan.table(table).items():
            if row.low is None or row.high is None or row.value is None:
                continue
            value = 1.0 if isinstance(row.value, dict) else row.value  # for a path the range is a factor
            if not row.low <= value <= row.high:
                yield Found(
                    table,
                    identity,
                    N_("its value {value} lies outside its range {low} to {high}"),
                    {"value": value, "low": row.low, "high": row.high},
                )


# ---- boundaries -------------------------------------------------------------------------------------------


def boundaries_mixed(c: Context) -> Iterator[Found]:
    """Values of a period in which their boundary did not exist, for areas that the boundary shapes."""
    for row in c.plan.indicators.values():
        boundary, days = c.plan.boundaries[row.boundary], period_days(row.period)
        if days is None or c.plan.areas[row.area].kind in ("nation", "region"):
            continue
        after = boundary.valid_to and first_day(days[0]) > last_day(boundary.valid_to)
        before = boundary.valid_from and last_day(days[1]) < first_day(boundary.valid_from)
        if after or (before and not _is_back_cast(row)):
            yield Found(
                "indicators",
                row.id,
                N_("it is of {period} on the boundary {boundary}, which held from {start} to {end}"),
                {
                    "period": row.period,
                    "boundary": row.boundary,
                    "start": boundary.valid_from or "…",
                    "end": boundary.valid_to or "…",
                },
            )


def _is_back_cast(row: o.Observation) -> bool:
    """A value of today's area for an earlier year, computed and marked so."""
    words = f"{row.vintage or ''} {row.note or ''}".lower()
    return "back-cast" in words or "backcast" in words or "computed" in words


def area_of_other_boundary(c: Context) -> Iterator[Found]:
    for table in ("indicators", "targets"):
        for identity, row in c.plan.table(table).items():
            area = c.plan.areas[row.area]
            if area.kind not in ("nation", "region") and area.boundary != row.boundary:
                yield Found(
                    table,
                    identity,
                    N_("{area} is of the boundary {area_boundary}; the value is given for {boundary}"),
                    {"area": area.id, "area_boundary": area.boundary, "boundary": row.boundary},
                )


def one_key_two_boundaries(c: Context) -> Iterator[Found]:
    for same in group_by(c.plan.indicators.values(), "indicator", "area", "period", "vintage").values():
        if len({row.boundary for row in same}) > 1:
            yield Found(
                "indicators",
                same[-1].id,
                N_("{indicator} of {area} for {period} is given on {count} boundaries"),
                {
                    "indicator": same[0].indicator,
                    "area": same[0].area,
                    "period": same[0].period,
                    "count": len({row.boundary for row in same}),
                },
            )


# ---- observed values --------------------------------------------------------------------------------------


def indicator_unknown(c: Context) -> Iterator[Found]:
    for row in c.plan.indicators.values():
        if row.indicator not in indicators():
            near = near_indicators(row.indicator)
            yield Found(
                "indicators",
                row.id,
                N_('there is no indicator "{indicator}" in the register; near it: {near}')
                if near
                else N_('there is no indicator "{indicator}" in the register'),
                {"indicator": row.indicator, "near": ", ".join(near[:3])},
            )


def unit_differs(c: Context) -> Iterator[Found]:
    for row in c.plan.indicators.values():
        indicator = indicators().get(row.indicator)
        if row.unit not in units():
            yield Found("indicators", row.id, N_('its unit "{unit}" is not known'), {"unit": row.unit})
        elif indicator is not None and indicator.unit and dimension(row.unit) != dimension(indicator.unit):
            yield Found(
                "indicators",
                row.id,
                N_('its unit is "{unit}", the indicator is counted in "{wanted}"'),
                {"unit": row.unit, "wanted": indicator.unit},
            )


def period_unreadable(c: Context) -> Iterator[Found]:
    for row in c.plan.indicators.values():
        days = period_days(row.period)
        if days is None or days[0] > days[1]:
            yield Found("indicators", row.id, N_('"{period}" is not a period'), {"period": row.period})


def observed_ahead(c: Context) -> Iterator[Found]:
    for row in c.plan.indicators.values():
        days = period_days(row.period)
        if days is not None and row.value is not None and first_day(days[0]) > c.today:
            yield Found(
                "indicators",
                row.id,
                N_("it is observed for {period}, which has not begun"),
                {"period": row.period},
            )


def disagreeing(c: Context) -> Iterator[Found]:
    valued = [row for row in c.plan.indicators.values() if row.value is not None]
    groups = group_by(valued, "indicator", "area", "boundary", "period", "vintage", "unit")
    for same in groups.values():
        values = sorted({row.value for row in same})
        if len(values) > 1:
            yield Found(
                "indicators",
                same[-1].id,
                N_("{indicator} of {area} for {period} has {count} values of one vintage: {values}"),
                {
                    "indicator": same[0].indicator,
                    "area": same[0].area,
                    "period": same[0].period,
                    "count": len(values),
                    "values": "; ".join(f"{value:g}" for value in values),
                },
            )


def series_breaks(c: Context) -> Iterator[Found]:
    """A level that jumps from one year to the next: mostly another definition, vintage or boundary."""
    levels = [
        row
        for row in c.plan.indicators.values()
        if row.value is not None and row.value > 0 and len(row.period) == 4 and _is_level(row)
    ]
    for (indicator, area, _), rows in group_by(levels, "indicator", "area", "boundary").items():
        by_year: dict[int, list[o.Observation]] = {}
        for row in rows:
            if period_days(row.period):
                by_year.setdefault(int(row.period), []).append(row)
        for year in sorted(by_year):
            for row in by_year[year]:
                before = by_year.get(year - 1)
                if not before:
                    continue
                nearest = min(before, key=lambda b, row=row: abs((row.value or 0) / (b.value or 1) - 1))  # type: ignore[misc]
                ratio = (row.value or 0) / (nearest.value or 1)
                if abs(ratio - 1) > JUMP:
                    yield Found(
                        "indicators",
                        row.id,
                        N_("{indicator} of {area} goes from {old} to {new} in one year, to {year}"),
                        {
                            "indicator": indicator,
                            "area": area,
                            "old": f"{nearest.value:g}",
                            "new": f"{row.value:g}",
                            "year": year,
                        },
                    )


STEADY_UNITS = (
    *("persons", "thousand persons", "million persons", "million tonnes", "million TEU", "km2"),
    *("billion VND", "trillion VND", "billion VND 2010", "trillion VND 2010", "USD", "billion USD"),
)
LUMPY = ("fdi", "enterprises_new", "tourists", "net_migration")
"""Indicators that do jump from year to year."""


def _is_level(row: o.Observation) -> bool:
    return row.unit in STEADY_UNITS and not row.indicator.startswith(LUMPY)


# ---- sums -------------------------------------------------------------------------------------------------


def population_does_not_add_up(c: Context) -> Iterator[Found]:
    yield from _does_not_add_up(c, "population", N_("communes have {sum} persons, the city {whole}"), 0.001)


def area_does_not_add_up(c: Context) -> Iterator[Found]:
    yield from _does_not_add_up(c, "area_km2", N_("communes have {sum} km2, the city {whole}"), 0.005)


def _does_not_add_up(c: Context, column: str, template: str, tolerance: float) -> Iterator[Found]:
    """The sum over communes against the city; nothing is said while a commune has no figure."""
    city = c.plan.areas[c.plan.header.city]
    whole = getattr(city, column)
    parts = [getattr(commune, column) for commune in c.plan.communes]
    if whole is None or not parts or None in parts:
        return
    if abs(sum(parts) - whole) > tolerance * whole:
        yield Found("areas", city.id, template, {"sum": round(sum(parts), 2), "whole": whole})


def claim_without_formula(c: Context) -> Iterator[Found]:
    for claim in c.plan.claims.values():
        if not claim.formula:
            yield Found(
                "claims",
                claim.id,
                N_("no formula recomputes it, so it can be neither confirmed nor refuted (no data)"),
            )


RULES = (
    Rule(
        "figure-without-document",
        "warning",
        N_("Every figure names a document"),
        N_("What is only remembered cannot be looked up; it must never pass for a statistic."),
        N_("technical: every number has a parent (docs/plan-format.md)"),
        N_("find the document and cite it, with its address or number"),
        without_document,
    ),
    Rule(
        "source-unused",
        "warning",
        N_("Every source is cited"),
        N_("A source that nothing cites is mostly a figure that was left out."),
        N_("technical: sources.csv"),
        N_("cite it where it belongs, or remove it"),
        source_unused,
    ),
    Rule(
        "source-undated",
        "warning",
        N_("A source that was read has a date or an address"),
        N_("Without either nobody can read it again."),
        N_("technical: every number has a parent (docs/plan-format.md)"),
        N_("add when it was issued or read, and where"),
        source_undated,
    ),
    Rule(
        "read-from-the-future",
        "warning",
        N_("A source was read before today"),
        N_("Mostly a slip in the date."),
        N_("technical: time"),
        N_("correct read_on"),
        read_ahead,
    ),
    Rule(
        "figure-impossible",
        "fault",
        N_("No figure lies below what can be"),
        N_(
            "There are no fewer persons than none, no rank before the first, no fall by more than everything."
        ),
        N_(
            "technical: the bounds of the register lexicon/indicators.csv; base figures that count things: none"
        ),
        N_("check value, sign and unit; leave the cell blank when it is unknown"),
        impossible,
    ),
    Rule(
        "figure-implausible",
        "warning",
        N_("No figure lies beyond what a city can have"),
        N_(
            "More than any city has, than the whole of a share or than the world is mostly a slip in value or unit."
        ),
        N_("technical: the bounds of the register lexicon/indicators.csv; base figures: what the world has"),
        N_("check the decimal point and the unit, or note why it is so"),
        implausible,
    ),
    Rule(
        "assumed-without-range",
        "warning",
        N_("What is assumed has a range"),
        N_("The swing of every headline is computed over the ranges of what is assumed."),
        N_("technical: status assumed (docs/plan-format.md)"),
        N_("give low and high, with the reason in the note"),
        assumed_without_range,
    ),
    Rule(
        "outside-its-range",
        "fault",
        N_("A value lies in its own range"),
        N_("A range that does not hold the value says nothing about it."),
        N_("technical: definition of a range"),
        N_("correct the value or the range; for a path by year the range is a factor around 1"),
        outside_its_range,
    ),
    Rule(
        "boundaries-mixed",
        "warning",
        N_("Old and new boundaries are not mixed"),
        N_(
            "The city of before and after 1 July 2025 are two places; joining their figures makes a jump that never was."
        ),
        N_("Resolution 202/2025/QH15"),
        N_(
            'use the boundary of that day; mark a computed value of the new area as "back-cast" in its vintage'
        ),
        boundaries_mixed,
    ),
    Rule(
        "area-on-other-boundary",
        "warning",
        N_("An area and its value are of one boundary"),
        N_("A former unit has no value on the new map, nor a new one on the old map."),
        N_("Resolution 202/2025/QH15; Resolution 1669/NQ-UBTVQH15"),
        N_("name the area of that boundary, or correct the boundary"),
        area_of_other_boundary,
    ),
    Rule(
        "two-boundaries-one-key",
        "warning",
        N_("A value stands on one boundary"),
        N_("Whoever asks for it would get one of two figures by chance."),
        N_("technical: a value is keyed by indicator, area, boundary, period and vintage"),
        N_("keep each boundary's value under an area of its own"),
        one_key_two_boundaries,
    ),
    Rule(
        "indicator-unknown",
        "warning",
        N_("Observed values belong to an indicator of the register"),
        N_("A value outside the register has no name, no unit and no direction."),
        N_("technical: the register lexicon/indicators.csv"),
        N_("use an indicator of the register, or add one"),
        indicator_unknown,
    ),
    Rule(
        "observation-unit",
        "warning",
        N_("A value is counted as its indicator is"),
        N_("Values of different units cannot stand in one series."),
        N_("technical: the registers lexicon/indicators.csv and lexicon/units.csv"),
        N_("convert the value, or correct the unit"),
        unit_differs,
    ),
    Rule(
        "period-unreadable",
        "warning",
        N_("Periods can be read"),
        N_("A value without a period cannot be placed in time."),
        N_("technical: 2024, 2024H1, 2024Q3, 2024-06, 2021-2025 (docs/plan-format.md)"),
        N_("write the period in one of these forms and the rest into the note"),
        period_unreadable,
    ),
    Rule(
        "observed-ahead",
        "warning",
        N_("Nothing is observed before it happens"),
        N_("A value of a period that has not begun is a target or a forecast."),
        N_("technical: time"),
        N_("move it to targets.csv, or correct the period"),
        observed_ahead,
    ),
    Rule(
        "values-disagree",
        "warning",
        N_("One vintage has one value"),
        N_("Conflicting figures are kept, but each under the vintage or definition that makes it differ."),
        N_("technical: a value is keyed by indicator, area, boundary, period and vintage"),
        N_("say in the vintage how the two differ"),
        disagreeing,
    ),
    Rule(
        "series-break",
        "warning",
        N_("Levels do not jump"),
        N_(
            "A jump of more than two fifths in a year is mostly another definition (port cargo), price base or boundary."
        ),
        N_("technical: 40 percent from one year to the next, for levels only"),
        N_("name the definition in the vintage, or note what happened"),
        series_breaks,
    ),
    Rule(
        "population-sum",
        "warning",
        N_("The people of the communes are the people of the city"),
        N_("What does not add up was counted on different days or by different rules."),
        N_("technical: conservation, 0.1 percent"),
        N_("take both from one source and date"),
        population_does_not_add_up,
    ),
    Rule(
        "area-sum",
        "warning",
        N_("The areas of the communes make up the city"),
        N_("Missing ground is mostly tidal flat or reclaimed land."),
        N_("technical: conservation, 0.5 percent"),
        N_("take both from one source"),
        area_does_not_add_up,
    ),
    Rule(
        "claim-without-formula",
        "warning",
        N_("A published figure can be recomputed"),
        N_("A figure that nobody can recompute can only be believed."),
        N_("technical: claims.csv"),
        N_("write the formula, or add the data that it would need"),
        claim_without_formula,
    ),
)
