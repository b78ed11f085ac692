"""One indicator of one area: what was observed, what is simulated and what was promised, through the same code.

The three stand side by side and are never joined into one line: the observed points of the former city end where its
boundary ended, and the simulated path begins in the base year of the plan.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.indicators import observed, targets
from cuabien.indicators.observed import Point
from cuabien.indicators.simulated import Future, future
from cuabien.indicators.targets import TargetRow
from cuabien.lexicon import register
from cuabien.plan.package import Plan
from cuabien.results import Run


@dataclass(frozen=True, slots=True)
class SimulatedPoint:
    year: int
    value: float
    low: float | None
    high: float | None
    """The swing, where it was computed (headline indicators in milestone years)."""

    def as_row(self) -> dict[str, object]:
        return {"year": self.year, "value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Series:
    indicator: str
    area: str
    unit: str
    """Of the simulated path, else of the first observed point: each observed point names its own."""
    observed: tuple[Point, ...]
    simulated: tuple[SimulatedPoint, ...]
    targets: tuple[TargetRow, ...]

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "indicator": self.indicator,
            "name": register.indicator_name(self.indicator, language),
            "area": self.area,
            "unit": self.unit,
            "observed": [p.as_row() for p in self.observed],
            "simulated": [p.as_row() for p in self.simulated],
            "targets": [t.as_row(language) for t in self.targets],
        }


def series(plan: Plan, run: Run | None, indicator: str, area: str) -> Series:
    """Everything that is known of an indicator in an area. Refused, with near matches, when either is unknown."""
    ahead = future(run)
    must_exist(plan, ahead, indicator, area)
    seen = observed.points(plan, indicator, area)
    course = ahead.path(indicator, area)
    path = (
        tuple(
            SimulatedPoint(year, value, *_ends(ahead, indicator, area, year))
            for year, value in sorted(course.values.items())
        )
        if course
        else ()
    )
    registered = register.indicators().get(indicator)
    unit = course.unit if course else seen[0].unit if seen else registered.unit if registered else ""
    wanted = {indicator, f"{indicator}_avg"}
    asked = {i: t for i, t in plan.targets.items() if t.indicator in wanted and t.area == area}
    return Series(
        indicator,
        area,
        unit,
        seen,
        path,
        tuple(targets.judge(replace(plan, targets=asked), run, ahead)),
    )


def must_exist(plan: Plan, ahead: Future, indicator: str, area: str) -> None:
    """Refuse an indicator or an area that nobody knows, and say which look like it."""
    known = tuple(dict.fromkeys([*register.indicators(), *ahead.indicators()]))
    if indicator not in known:
        like = register.near_indicators(indicator, known)
        words = N_('there is no indicator "{indicator}"; near it: {near}')
        raise Refused(
            words if like else N_('there is no indicator "{indicator}"'),
            indicator=indicator,
            near=", ".join(like),
        )
    if area not in plan.areas:
        near = difflib.get_close_matches(area, list(plan.areas), n=5, cutoff=0.4)
        named = [a.id for a in plan.areas.values() if area.casefold() in a.name_vi.casefold()][:5]
        words = N_('there is no area "{area}"; near it: {near}')
        raise Refused(
            words if named or near else N_('there is no area "{area}"'),
            area=area,
            near=", ".join(dict.fromkeys([*named, *near])),
        )


def _ends(ahead: Future, indicator: str, area: str, year: int) -> tuple[float | None, float | None]:
    swing = ahead.swings.get((indicator, area, year))
    return (swing.low, swing.high) if swing else (None, None)
