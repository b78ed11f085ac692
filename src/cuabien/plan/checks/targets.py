"""Rules about targets: can they be measured, do they agree, and can they stand beside the capacity that is planned?"""

from __future__ import annotations

from collections.abc import Iterator

from cuabien.base.dates import is_partial_date, year_of
from cuabien.base.words import N_
from cuabien.lexicon.register import indicators, near_indicators, units
from cuabien.plan import objects as o
from cuabien.plan.checks.law import is_replaced
from cuabien.plan.checks.register import Context, Found, Rule, group_by

PORT_INDICATOR = "port_cargo"


def without_indicator(c: Context) -> Iterator[Found]:
    for target in c.plan.targets.values():
        if target.indicator not in indicators():
            near = near_indicators(target.indicator)
            yield Found(
                "targets",
                target.id,
                N_('there is no indicator "{indicator}" in the register; near it: {near}')
                if near
                else N_('there is no indicator "{indicator}" in the register'),
                {"indicator": target.indicator, "near": ", ".join(near[:3])},
            )


def unit_differs(c: Context) -> Iterator[Found]:
    for target in c.plan.targets.values():
        indicator = indicators().get(target.indicator)
        if target.value is None or indicator is None:
            continue
        if target.unit is None or target.unit not in units():
            yield Found(
                "targets", target.id, N_('its unit "{unit}" is not known'), {"unit": target.unit or ""}
            )
        elif indicator.unit and dimension(target.unit) != dimension(indicator.unit):
            yield Found(
                "targets",
                target.id,
                N_('its unit is "{unit}", the indicator is counted in "{wanted}"'),
                {"unit": target.unit, "wanted": indicator.unit},
            )


SCALES = {
    "thousand persons": "persons",
    "million persons": "persons",
    "million": "persons",
    "billion VND": "VND",
    "trillion VND": "VND",
    "million VND": "VND",
    "million VND per person": "VND per person",
    "million USD": "USD",
    "billion USD": "USD",
    "USD": "USD per person",
    "USD per person": "USD per person",
    "million tonnes per year": "million tonnes",
    "million TEU per year": "million TEU",
    "percent per year": "percent",
    "percent of growth": "percent",
    "percent of GRDP": "percent",
    "percentage points": "percent",
    "rank of 63": "rank",
    "km2": "area",
    "ha": "area",
}
"""Units that differ only in scale or wording."""


def dimension(unit: str) -> str:
    return SCALES.get(unit, unit)


def without_year(c: Context) -> Iterator[Found]:
    for target in c.plan.targets.values():
        if target.year is None and target.value is not None:
            yield Found("targets", target.id, N_("it names a value and no year by which to reach it"))


def range_upside_down(c: Context) -> Iterator[Found]:
    for target in c.plan.targets.values():
        if target.operator != "range":
            continue
        if target.value is None or target.high is None or target.high < target.value:
            yield Found(
                "targets",
                target.id,
                N_("its range runs from {low} to {high}"),
                {"low": _or_blank(target.value), "high": _or_blank(target.high)},
            )


def _or_blank(value: float | None) -> object:
    return "…" if value is None else value


def years_upside_down(c: Context) -> Iterator[Found]:
    for target in c.plan.targets.values():
        if target.year_from is not None and target.year is not None and target.year_from > target.year:
            yield Found(
                "targets",
                target.id,
                N_("its years run from {start} to {end}"),
                {"start": target.year_from, "end": target.year},
            )


def bounds(target: o.Target) -> tuple[float, float]:
    """The values that fulfil a target; "=" is met by its value alone when two documents are compared."""
    low = target.value if target.value is not None else float("-inf")
    if target.operator == "range":
        return low, target.high if target.high is not None else low
    if target.operator in (">=", ">"):
        return low, float("inf")
    return (float("-inf"), low) if target.operator in ("<=", "<") else (low, low)


def conflicting(c: Context) -> Iterator[Found]:
    """Two documents, both in force, that ask for values which no single outcome can fulfil."""
    measured = [
        t
        for t in c.plan.targets.values()
        if t.value is not None and not is_replaced(c.plan.documents[t.document], c.today)
    ]
    groups = group_by(measured, "indicator", "area", "boundary", "year_from", "year", "unit")
    for same in groups.values():
        for index, target in enumerate(same):
            for other in same[:index]:
                low = max(bounds(target)[0], bounds(other)[0])
                high = min(bounds(target)[1], bounds(other)[1])
                if target.document != other.document and low > high:
                    yield Found(
                        "targets",
                        target.id,
                        N_(
                            "{document} sets {value} and {other_document} ({other}) sets {other_value} for {year}"
                        ),
                        {
                            "document": target.document,
                            "value": _words(target),
                            "other_document": other.document,
                            "other": other.id,
                            "other_value": _words(other),
                            "year": target.year or "…",
                        },
                    )


def _words(target: o.Target) -> str:
    value = f"{target.value:g}"
    if target.operator == "range":
        return f"{value}-{target.high:g}"
    return value if target.operator == "=" else f"{target.operator} {value}"


def superseded(c: Context) -> Iterator[Found]:
    for target in c.plan.targets.values():
        document = c.plan.documents[target.document]
        if is_replaced(document, c.today):
            yield Found(
                "targets",
                target.id,
                N_("its document {document} is no longer in force; in its place: {successor}"),
                {"document": document.id, "successor": document.replaced_by or "…"},
            )


def on_ended_boundary(c: Context) -> Iterator[Found]:
    """A target of a later year on a boundary that has ended: new figures cannot be held against it."""
    for target in c.plan.targets.values():
        ended = c.plan.boundaries[target.boundary].valid_to
        if ended and target.year is not None and target.year > year_of(ended):
            yield Found(
                "targets",
                target.id,
                N_("it is for {year} on the boundary {boundary}, which ended on {ended}"),
                {"year": target.year, "boundary": target.boundary, "ended": ended},
            )


def due_without_figure(c: Context) -> Iterator[Found]:
    known = {(o_.indicator, o_.area) for o_ in c.plan.indicators.values() if o_.value is not None}
    for target in c.plan.targets.values():
        if target.value is None or target.year is None or target.year >= c.today.year:
            continue
        if (target.indicator, target.area) not in known:
            yield Found(
                "targets",
                target.id,
                N_("its year {year} has passed and no figure of {indicator} is known for {area} (no data)"),
                {"year": target.year, "indicator": target.indicator, "area": target.area},
            )


# ---- the port ---------------------------------------------------------------------------------------------


def mapped_capacity(rows: tuple[o.PortCapacity, ...], year: int | None) -> tuple[float, int, int]:
    """Million tonnes a year, berths, and berths without a figure, that stand in a year (None: before any plan)."""
    standing = [
        r
        for r in rows
        if (r.from_year is None or (year is not None and r.from_year <= year))
        and (r.to_year is None or year is None or r.to_year > year)
    ]
    return (
        sum(r.capacity_mt_year or 0.0 for r in standing),
        sum(r.berths for r in standing),
        sum(r.berths_without_figure for r in standing),
    )


def _last_carried(c: Context) -> o.Observation | None:
    """The last whole year's tonnage of the city (or its former part) that was read, not remembered."""
    read = [
        row
        for row in c.plan.indicators.values()
        if row.indicator == PORT_INDICATOR
        and row.area in c.city_parts
        and row.value is not None
        and row.confidence == "source read"
        and len(row.period) == 4
        and is_partial_date(row.period)
    ]
    return max(read, key=lambda row: row.period, default=None)


def beyond_mapped_capacity(c: Context) -> Iterator[Found]:
    berths = tuple(c.plan.port_capacity.values())
    if not berths:
        return
    today_mt = mapped_capacity(berths, None)[0]
    carried = _last_carried(c)
    for target in c.plan.targets.values():
        if target.indicator != PORT_INDICATOR or target.area not in c.city_parts:
            continue
        if target.value is None or target.year is None or target.operator in ("<", "<="):
            continue
        mapped, count, unknown = mapped_capacity(berths, target.year)
        if target.value > mapped:
            yield Found(
                "targets",
                target.id,
                N_(
                    "the target of {target} million tonnes in {year} is {gap} above the {mapped} of the berths on the map;"
                    " {unknown} of {count} berths have no figure, and the target may count more than the map."
                    " It is not thereby out of reach: {today} mapped carried {carried} in {carried_year}"
                ),
                {
                    "target": target.value,
                    "year": target.year,
                    "gap": round(target.value - mapped, 2),
                    "mapped": round(mapped, 2),
                    "unknown": unknown,
                    "count": count,
                    "today": round(today_mt, 1),
                    "carried": round(carried.value, 1) if carried and carried.value is not None else "…",
                    "carried_year": carried.period if carried else "…",
                },
            )


RULES = (
    Rule(
        "target-without-indicator",
        "warning",
        N_("Every target has an indicator"),
        N_("A target that nothing measures can be neither reached nor missed."),
        N_("technical: the register lexicon/indicators.csv"),
        N_("use an indicator of the register, or add one"),
        without_indicator,
    ),
    Rule(
        "target-unit",
        "warning",
        N_("A target is counted as its indicator is"),
        N_("Values of different units cannot be compared."),
        N_("technical: the register lexicon/indicators.csv"),
        N_("convert the value, or name another indicator"),
        unit_differs,
    ),
    Rule(
        "target-without-year",
        "warning",
        N_("A measured target has a year"),
        N_("Without a year it can be neither reached nor missed."),
        N_("technical: definition of a target"),
        N_("give the year that the document names"),
        without_year,
    ),
    Rule(
        "target-range",
        "fault",
        N_("A range runs from low to high"),
        N_("Nothing lies in a range that runs backwards or has one end only."),
        N_("technical: definition of a range"),
        N_("give value and high, in this order"),
        range_upside_down,
    ),
    Rule(
        "target-years",
        "fault",
        N_("A period runs forwards"),
        N_("No year lies in it."),
        N_("technical: time"),
        N_("correct year_from or year"),
        years_upside_down,
    ),
    Rule(
        "targets-conflict",
        "warning",
        N_("Documents in force ask for the same"),
        N_("No single outcome can fulfil both; somebody has to say which one counts."),
        N_("Planning Law 112/2025/QH15: plans are consistent with one another"),
        N_("name the document that prevails, or mark the other as replaced"),
        conflicting,
    ),
    Rule(
        "target-superseded",
        "warning",
        N_("Targets come from documents in force"),
        N_("A target of a replaced document is history."),
        N_("Law 80/2015/QH13 on legal documents Art. 154: when a document loses force (remembered)"),
        N_("take the target of the document that replaced it"),
        superseded,
    ),
    Rule(
        "target-on-ended-boundary",
        "warning",
        N_("Targets stand on the boundary of their year"),
        N_("Figures of the merged city cannot be held against a promise made for the former one."),
        N_("Resolution 202/2025/QH15"),
        N_("restate the target for the city of today, or compare only with figures of the former one"),
        on_ended_boundary,
    ),
    Rule(
        "target-due-without-figure",
        "warning",
        N_("A target whose year has passed can be judged"),
        N_("It was promised and nobody can say whether it was kept."),
        N_("technical: targets are judged by observed figures"),
        N_("add the observed figure to indicators.csv with its source"),
        due_without_figure,
    ),
    Rule(
        "target-beyond-mapped-capacity",
        "warning",
        N_("A port target fits the berths that are planned"),
        N_(
            "A gap shows what has to be planned, measured or said about scope; it proves nothing by itself, for berths"
            " carry more than their stated capacity."
        ),
        N_("technical: sum of berth capacity by phase (port_capacity.csv)"),
        N_(
            "fill in the berths without a figure, add those that are missing, or state what the target counts"
        ),
        beyond_mapped_capacity,
    ),
)
