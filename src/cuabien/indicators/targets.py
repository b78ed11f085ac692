"""Will the city reach what its documents promise? Each target judged against what was observed, else against the model.

    met, missed             an observed value exists: every vintage agrees
    ambiguous               the vintages disagree
    on track, off track     the simulated value for a year ahead meets the target, or does not
    open                    the year lies ahead and nothing says yet
    no data                 the year is past and nothing was observed; what the model starts from is no observation
    not comparable          the target speaks of a boundary that ended, and nothing is counted on it
    not measurable          a target in words

A document that writes "=" is read as "at least" where more is better and "at most" where less is better; for a figure that
is neither (persons, area) it means within 5 %, and a range means within the range (`counts.meets`). The old and the
new city are two areas: a target of one is never judged by a figure of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cuabien.base.dates import last_day
from cuabien.base.words import N_, date, number, pick, say
from cuabien.indicators import observed
from cuabien.indicators.counts import meets
from cuabien.indicators.observed import Point
from cuabien.indicators.simulated import Future, Range, future
from cuabien.lexicon import register
from cuabien.plan.objects import Target
from cuabien.plan.package import Plan
from cuabien.results import Run

Verdict = Literal[
    "met",
    "missed",
    "ambiguous",
    "on track",
    "off track",
    "open",
    "no data",
    "not comparable",
    "not measurable",
]
SPOKEN = (
    N_("met"),
    N_("missed"),
    N_("ambiguous"),
    N_("on track"),
    N_("off track"),
    N_("open"),
    N_("no data"),
    N_("not comparable"),
    N_("not measurable"),
)
Basis = Literal["observed", "simulated", ""]
SPOKEN_BASIS = (N_("observed"), N_("simulated"))

IN_WORDS = N_("a target in words; nothing measures it")
ENDED = N_("the boundary of this target ended on {ended}; nothing is counted on it since")
LATEST = N_("the last figure is {value} in {year}")
NOT_OBSERVED = N_("no figure for {year}")
NOT_SIMULATED = N_("the model does not give this indicator")
BEYOND = N_("the year lies beyond the run, which ends in {last}")
NO_RUN = N_("no run was given")
VINTAGES_DISAGREE = N_("it depends on which of several figures is taken")
SURE = N_("over the whole range of every assumed figure, one at a time")
CONVERTED = N_("converted from {unit} at {rate} đồng for a dollar")
UNSURE = N_("within the range of the assumed figures the answer turns; most by {parameter}")
ONLY_MODELLED = N_("nothing was observed for {year}; what the model starts from is no observation")
OF_PART = {
    SURE: N_("over the whole range of every assumed figure, one at a time, as it moves the whole city"),
    UNSURE: N_(
        "within the range of the assumed figures, as they move the whole city, the answer turns; most by {parameter}"
    ),
}
"""The same for people of a part of the city, whose swing is that of the whole city in proportion."""
SINGLE = N_("by the middle values of what is assumed; no swing was computed")
SUPERSEDED = N_("the document is no longer in force")

SCALE = {
    "million VND": 1e6,
    "million VND per person": 1e6,
    "million VND per worker": 1e6,
    "billion VND": 1e9,
    "trillion VND": 1e12,
}
COUNTED = {"persons": 1.0, "thousand persons": 1e3, "million persons": 1e6}
AVERAGED = 5
"""Years over which a run reports the swing of an average: those that end in a milestone (2026-2030)."""
PER_HEAD = ("million VND per person", "million VND")


@dataclass(frozen=True, slots=True)
class Latest:
    period: str
    value: float
    points: tuple[Point, ...]
    """What it was read from, or computed from."""

    def as_row(self) -> dict[str, object]:
        return {
            "period": self.period,
            "value": self.value,
            "sources": list(dict.fromkeys(point.source for point in self.points)),
        }


def _in_words(key: str, value: object, language: str | None) -> object:
    """A value of a reason as the reader's language writes it."""
    if key == "ended":
        return date(str(value), language)
    if key == "unit":
        return register.unit_words(str(value), language)
    return number(value, language, 1) if key == "rate" and isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class TargetRow:
    id: str
    indicator: str
    area: str
    boundary: str
    year_from: int | None
    year: int | None
    operator: str
    target: float | None
    target_high: float | None
    unit: str | None
    text_vi: str | None
    text_en: str | None
    value: float | None
    verdict: Verdict
    basis: Basis
    gap: float | None
    """Value less target, on the side that counts: below 0 is short of it (of a range: of its nearer end)."""
    reached: int | None
    """The first year in which the simulated path meets the target; None when it does not within the run."""
    low: float | None
    high: float | None
    """The swing of the simulated value over the ranges of what is assumed, one at a time."""
    sure: bool | None
    """Whether both ends of the swing say the same."""
    latest: Latest | None
    """The last observed value on the target's own boundary, in its unit, where nothing judges the target itself."""
    document: str
    superseded: bool
    reason: str
    """A template for `say`, filled by `values`."""
    values: tuple[tuple[str, object], ...]
    points: tuple[Point, ...]

    def why(self, language: str | None = None) -> str:
        """Why the verdict is what it is, in one line."""
        values = {k: _in_words(k, v, language) for k, v in self.values}
        parts = [say(self.reason, language, **values)] if self.reason else []
        if self.latest:
            shown = number(self.latest.value, language)
            parts.append(say(LATEST, language, value=shown, year=self.latest.period))
        if self.superseded:
            parts.append(say(SUPERSEDED, language))
        return "; ".join(parts)

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "id": self.id,
            "indicator": self.indicator,
            "name": register.indicator_name(self.indicator, language),
            "area": self.area,
            "boundary": self.boundary,
            "year_from": self.year_from,
            "year": self.year,
            "operator": self.operator,
            "target": self.target,
            "target_high": self.target_high,
            "unit": self.unit,
            "text": pick(self, "text", language) or None,
            "value": self.value,
            "verdict": self.verdict,
            "verdict_text": say(self.verdict, language),
            "basis": self.basis,
            "gap": self.gap,
            "reached": self.reached,
            "low": self.low,
            "high": self.high,
            "sure": self.sure,
            "latest": self.latest.as_row() if self.latest else None,
            "document": self.document,
            "superseded": self.superseded,
            "reason": self.why(language),
            "vintages": [point.as_row() for point in self.points],
        }


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one way of judging found; the defaults are "nothing"."""

    verdict: Verdict
    basis: Basis = ""
    value: float | None = None
    reached: int | None = None
    low: float | None = None
    high: float | None = None
    sure: bool | None = None
    reason: str = ""
    values: tuple[tuple[str, object], ...] = ()
    points: tuple[Point, ...] = ()


def judge(plan: Plan, run: Run | None = None, ahead: Future | None = None) -> list[TargetRow]:
    """Every target of the plan, in the order of the file. `ahead`: what the run says, where somebody has read it already."""
    ahead = ahead if ahead is not None else future(run)
    return [_row(plan, target, _judged(plan, target, ahead)) for target in plan.targets.values()]


def _judged(plan: Plan, target: Target, ahead: Future) -> _Finding:
    if target.operator == "text" or target.value is None:
        return _Finding("not measurable", reason=IN_WORDS)
    return _by_observation(plan, target) or _by_run(plan, target, ahead) or _unjudged(plan, target, ahead)


# ---- against what was observed ------------------------------------------------------------------------------


def _by_observation(plan: Plan, target: Target) -> _Finding | None:
    found = _observed(plan, target)
    if not found:
        return None
    better = _better(target)
    answers = {meets(target, value, better) for value, _ in found}
    value, points = found[0]
    verdict: Verdict = "ambiguous" if len(answers) > 1 else "met" if answers == {True} else "missed"
    foreign = [p.unit for p in points if in_unit(p.value, p.unit, target.unit) is None]
    rate = dollar_rate(plan, target.year) if foreign and target.year else None
    return _Finding(
        verdict,
        "observed",
        value,
        reason=VINTAGES_DISAGREE if verdict == "ambiguous" else CONVERTED if rate else "",
        values=(("unit", foreign[0]), ("rate", rate)) if rate else (),
        points=tuple(dict.fromkeys(p for _, points_ in found for p in points_)) or points,
    )


def _observed(plan: Plan, target: Target) -> list[tuple[float, tuple[Point, ...]]]:
    """Each observed value of a target, the preferred first, with the points that it stands on."""
    if target.indicator == "area":
        size = plan.areas[target.area].area_km2 if target.area in plan.areas else None
        return [(size, ())] if size is not None else []
    if target.year is None:
        return []
    if target.year_from is not None:
        return _observed_average(plan, target, target.year_from, target.year)
    rate = dollar_rate(plan, target.year)
    found: list[tuple[float, tuple[Point, ...]]] = [
        (value, (p,))
        for p in observed.at(plan, target.indicator, target.area, str(target.year))
        if (value := in_unit(p.value, p.unit, target.unit, rate=rate)) is not None
    ]
    share = observed.derived(plan, target.indicator, target.area, str(target.year))
    return [(share.value, share.inputs)] if share and not found else found


def _observed_average(
    plan: Plan, target: Target, first: int, last: int
) -> list[tuple[float, tuple[Point, ...]]]:
    """A published average of the period, else the mean of its years when every one has a figure."""
    base = target.indicator.removesuffix("_avg")
    printed = [p for name in {base, target.indicator} for p in observed.points(plan, name, target.area)]
    found: list[tuple[float, tuple[Point, ...]]] = [
        (p.value, (p,)) for p in printed if p.period in (f"{first}-{last}", f"{first}-{last} avg")
    ]
    by_year = observed.years(plan, base, target.area)
    if all(year in by_year for year in range(first, last + 1)):
        points = tuple(by_year[year] for year in range(first, last + 1))
        found.append((sum(p.value for p in points) / len(points), points))
    return found


# ---- against the run --------------------------------------------------------------------------------------


def _by_run(plan: Plan, target: Target, ahead: Future) -> _Finding | None:
    if target.year is None:
        return None
    first = target.year_from or target.year
    base = target.indicator.removesuffix("_avg")
    course = ahead.path(target.indicator, target.area) or ahead.path(base, target.area)
    years = range(first, target.year + 1)
    if course is None or any(year not in course.values for year in years):
        return None
    path = {y: in_unit(v, course.unit, target.unit) for y, v in course.values.items()}
    if any(v is None for v in path.values()):
        return None
    values = {y: v for y, v in path.items() if v is not None}
    if last_day(str(target.year)) < last_day(plan.header.as_of):
        return _Finding("no data", reason=ONLY_MODELLED, values=(("year", target.year),))
    value = sum(values[y] for y in years) / len(years)
    better = _better(target)
    good = bool(meets(target, value, better))
    own = _swing(target, base, ahead, len(years))
    swing = own or _swing_of_part(plan, target, ahead, len(years))
    low = in_unit(swing.low, course.unit, target.unit) if swing else None
    high = in_unit(swing.high, course.unit, target.unit) if swing else None
    ends = [meets(target, v, better) for v in (low, high) if v is not None]
    sure = all(end == good for end in ends) if ends else None
    reason = SURE if sure else UNSURE
    return _Finding(
        "on track" if good else "off track",
        "simulated",
        value,
        reached=_reached(target, values, better) if len(years) == 1 else None,
        low=low,
        high=high,
        sure=sure,
        reason=SINGLE if sure is None else reason if own else OF_PART[reason],
        values=(("parameter", swing.by),) if swing else (),
    )


def _swing(target: Target, base: str, ahead: Future, years: int) -> Range | None:
    """The swing of the value itself: of a year, or of an average that the run reports over as many years."""
    if target.year is None or years not in (1, AVERAGED):
        return None
    name = base if years == 1 else f"{base}_avg"
    return ahead.swings.get((name, target.area, target.year))


def _swing_of_part(plan: Plan, target: Target, ahead: Future, years: int) -> Range | None:
    """Of people in a part of the city, for which no swing is computed: that of the whole city, in proportion.

    Births, deaths and moves have the same rates everywhere, so what moves the city's people moves those of a part alike.
    """
    area, city = plan.areas.get(target.area), plan.header.city
    if (
        target.indicator != "population"
        or target.year is None
        or years != 1
        or not area
        or area.part_of != city
    ):
        return None
    whole, part = (ahead.value("population", i, target.year) for i in (city, area.id))
    swing = ahead.swings.get(("population", city, target.year))
    if not swing or not whole or part is None:
        return None
    return Range(swing.low * part / whole, swing.high * part / whole, swing.by)


def _reached(target: Target, values: dict[int, float], better: str) -> int | None:
    return next((year for year in sorted(values) if meets(target, values[year], better)), None)


# ---- neither ----------------------------------------------------------------------------------------------


def _unjudged(plan: Plan, target: Target, ahead: Future) -> _Finding:
    """Why nothing judges the target."""
    boundary = plan.boundaries.get(target.boundary)
    ended = boundary.valid_to if boundary else None
    if ended and target.year is not None and last_day(str(target.year)) > last_day(ended):
        return _Finding("not comparable", reason=ENDED, values=(("ended", ended),))
    today = last_day(plan.header.as_of)
    if target.year is None or last_day(str(target.year)) < today:
        return _Finding("no data", reason=NOT_OBSERVED, values=(("year", target.year or "-"),))
    if not ahead.paths:
        return _Finding("open", reason=NO_RUN)
    if ahead.path(target.indicator, target.area) or ahead.path(
        target.indicator.removesuffix("_avg"), target.area
    ):
        return _Finding("open", reason=BEYOND, values=(("last", ahead.years()[-1]),))
    return _Finding("open", reason=NOT_SIMULATED)


# ---- small things -----------------------------------------------------------------------------------------


def dollar_rate(plan: Plan, year: int) -> float | None:
    """Đồng for a dollar in a year, as the plan's figures give it; None when they do not."""
    figure = next(
        (f for f in plan.figures.values() if f.item == "exchange_rate" and f.period == str(year)), None
    )
    return figure.value if figure else None


def in_unit(value: float, unit: str | None, wanted: str | None, *, rate: float | None = None) -> float | None:
    """The value in the wanted unit; None when one cannot be had from the other (đồng and dollars need a rate)."""
    if unit == wanted or wanted is None or not unit:
        return value
    for scale in (SCALE, COUNTED):
        if unit in scale and wanted in scale:
            return value * scale[unit] / scale[wanted]
    if unit.startswith("percent") and wanted.startswith("percent"):
        return value
    if {unit, wanted} == {"USD", "USD per person"}:
        return value
    if rate and wanted.startswith("USD") and unit in PER_HEAD:
        return value * 1e6 / rate
    return None


def _latest(plan: Plan, target: Target) -> Latest | None:
    base = target.indicator.removesuffix("_avg")
    by_year = observed.years(plan, base, target.area, target.unit)
    if by_year:
        last = by_year[max(by_year)]
        return Latest(last.period, last.value, (last,))
    basis = observed.RATIO_TO_NATION.get(base, ("", ""))[0]
    for year in sorted(observed.years(plan, basis, target.area), reverse=True):
        share = observed.derived(plan, base, target.area, str(year))
        if share is not None:
            return Latest(str(year), share.value, share.inputs)
    return None


def _better(target: Target) -> str:
    indicator = register.indicators().get(target.indicator)
    return indicator.better if indicator else ""


def _gap(target: Target, value: float | None, better: str) -> float | None:
    if value is None or target.value is None:
        return None
    ends: Sequence[float] = (target.value, target.high if target.high is not None else target.value)
    if target.operator in ("<", "<=") or (better == "down" and target.operator in ("=", "range")):
        return max(ends) - value
    if better == "" and target.operator == "range":
        return value - min(ends) if value < min(ends) else max(ends) - value if value > max(ends) else 0.0
    return value - min(ends)


def _row(plan: Plan, target: Target, finding: _Finding) -> TargetRow:
    document = plan.documents.get(target.document)
    today = last_day(plan.header.as_of)
    superseded = document is not None and (
        document.replaced_by is not None
        or (document.in_force_to is not None and last_day(document.in_force_to) < today)
    )
    return TargetRow(
        id=target.id,
        indicator=target.indicator,
        area=target.area,
        boundary=target.boundary,
        year_from=target.year_from,
        year=target.year,
        operator=target.operator,
        target=target.value,
        target_high=target.high,
        unit=target.unit,
        text_vi=target.text_vi,
        text_en=target.text_en,
        value=finding.value,
        verdict=finding.verdict,
        basis=finding.basis,
        gap=_gap(target, finding.value, _better(target)),
        reached=finding.reached,
        low=finding.low,
        high=finding.high,
        sure=finding.sure,
        latest=_latest(plan, target) if finding.value is None and target.value is not None else None,
        document=target.document,
        superseded=superseded,
        reason=finding.reason,
        values=finding.values,
        points=finding.points,
    )
