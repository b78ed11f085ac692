"""Observed values: one series for an indicator and an area, with every vintage kept and one chosen by rule.

Several figures circulate for one year: the first release, the revision, a later recollection. All of them stay; where
one number is needed, the rule below chooses and says so. Values of two boundaries are never joined: an area is
named, and the former city and the merged city are two areas.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuabien.plan.objects import Observation
from cuabien.plan.package import Plan

VINTAGES = (
    "revised",
    "as used",
    "final",
    "usual",
    "",
    "first",
    "gso",
    "release",
    "estimate",
    "as of",
    "computed",
)
"""Order of preference when a formula names no vintage: a revision before a settled or unnamed figure, before the
first release, before an estimate, before a figure that we computed. A vintage is known by how its words begin;
"usual" is the count of usual residents, which is what the model counts."""

CONFIDENCES = ("source read", "general knowledge, high", "general knowledge, low")


@dataclass(frozen=True, slots=True)
class Point:
    """One observed value with where it comes from."""

    observation: str
    indicator: str
    area: str
    boundary: str
    period: str
    value: float
    unit: str
    vintage: str | None
    source: str
    confidence: str
    note: str | None

    @property
    def year(self) -> int | None:
        return int(self.period) if len(self.period) == 4 and self.period.isdigit() else None

    def as_row(self) -> dict[str, object]:
        return {
            "id": self.observation,
            "indicator": self.indicator,
            "area": self.area,
            "boundary": self.boundary,
            "period": self.period,
            "year": self.year,
            "value": self.value,
            "unit": self.unit,
            "vintage": self.vintage,
            "source": self.source,
            "confidence": self.confidence,
            "note": self.note,
        }


def points(plan: Plan, indicator: str, area: str) -> tuple[Point, ...]:
    """Every observed value with a number, by period and then by preference."""
    found = [
        _point(row)
        for row in plan.indicators.values()
        if row.indicator == indicator and row.area == area and row.value is not None
    ]
    found.sort(key=lambda p: _published(plan, p), reverse=True)
    found.sort(key=lambda p: (p.period, *preference(p)))
    return tuple(found)


def at(
    plan: Plan,
    indicator: str,
    area: str,
    period: str,
    *,
    vintage: str | None = None,
    unit: str | None = None,
    source: str | None = None,
) -> tuple[Point, ...]:
    """The values of one period, best first; `vintage`, `unit` and `source` narrow them."""
    return tuple(
        p
        for p in points(plan, indicator, area)
        if p.period == period
        and (vintage is None or (p.vintage or "").casefold().startswith(vintage.casefold()))
        and (unit is None or p.unit == unit)
        and (source is None or p.source == source)
    )


RATIO_TO_NATION = {"share_of_national_gdp": ("grdp_current", "gdp_current")}
"""Indicators that are a share of the nation: ours / the nation's, percent."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A value computed from observed ones of the same period, in percent."""

    value: float
    inputs: tuple[Point, Point]


def derived(plan: Plan, indicator: str, area: str, period: str) -> Derived | None:
    """The share of the nation in a period, where both sides have a figure in one unit."""
    names = RATIO_TO_NATION.get(indicator)
    nation = next((a.id for a in plan.areas.values() if a.kind == "nation"), None)
    if names is None or nation is None:
        return None
    part, whole = at(plan, names[0], area, period), at(plan, names[1], nation, period)
    if not part or not whole or part[0].unit != whole[0].unit or not whole[0].value:
        return None
    return Derived(100 * part[0].value / whole[0].value, (part[0], whole[0]))


def years(plan: Plan, indicator: str, area: str, unit: str | None = None) -> dict[int, Point]:
    """The preferred value of each whole year."""
    best: dict[int, Point] = {}
    for point in points(plan, indicator, area):
        if point.year is not None and (unit is None or point.unit == unit):
            best.setdefault(point.year, point)
    return best


def preference(point: Point) -> tuple[int, int]:
    """Sorts the values of one period: read before remembered, then by vintage; of equals the latest printed wins."""
    words = (point.vintage or "").casefold()
    rank = next(
        (i for i, v in enumerate(VINTAGES) if (words.startswith(v) if v else not words)), len(VINTAGES)
    )
    return CONFIDENCES.index(point.confidence), rank


def _published(plan: Plan, point: Point) -> tuple[str, str]:
    source = plan.sources.get(point.source)
    return (source.date or "" if source else ""), point.observation


def _point(row: Observation) -> Point:
    assert row.value is not None
    return Point(
        observation=row.id,
        indicator=row.indicator,
        area=row.area,
        boundary=row.boundary,
        period=row.period,
        value=row.value,
        unit=row.unit,
        vintage=row.vintage,
        source=row.source,
        confidence=row.confidence,
        note=row.note,
    )
