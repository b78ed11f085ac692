"""What a stress test shows: how far each headline of the city falls or rises beside the plan's own future, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cuabien.indicators.compare import differs
from cuabien.indicators.simulated import Future
from cuabien.lexicon import register

FIRST = ("grdp_constant2025", "employment", "port_cargo", "budget_revenue_total", "commute_minutes")
"""What a city asks for first, in this order."""
RATES = ("percent", "times", "ratio", "persons per year")
"""Units of growth rates and shares: a percent of a percent says little, so they come after the levels."""


@dataclass(frozen=True, slots=True)
class StressRow:
    """One indicator of the city under one stress, in the year in which it is furthest from the plan's own future."""

    scenario: str
    title: str
    indicator: str
    unit: str
    year: int
    base: float
    stressed: float
    last_year: int
    last_base: float
    last_stressed: float
    recovered: int | None
    """The first later year from which it stays within the solvers' noise of the base; None: not within the run."""

    @property
    def percent(self) -> float | None:
        return 100 * (self.stressed / self.base - 1) if self.base else None

    @property
    def last_percent(self) -> float | None:
        return 100 * (self.last_stressed / self.last_base - 1) if self.last_base else None

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "scenario": self.scenario,
            "title": self.title,
            "indicator": self.indicator,
            "name": register.indicator_name(self.indicator, language),
            "unit": register.unit_words(self.unit, language),
            "year": self.year,
            "base": self.base,
            "stressed": self.stressed,
            "percent": self.percent,
            "last_year": self.last_year,
            "last_percent": self.last_percent,
            "recovered": self.recovered,
        }


def rows(
    scenario: str, title: str, base: Future, stressed: Future, area: str, indicators: Iterable[str]
) -> list[StressRow]:
    """One row for each indicator that the stress moves: what a city asks for first, then levels before rates, the
    hardest hit first."""
    found = []
    for indicator in indicators:
        one, two = base.path(indicator, area), stressed.path(indicator, area)
        if one is None or two is None:
            continue
        years = sorted(set(one.values) & set(two.values))
        moved = [y for y in years if differs(one.values[y], two.values[y])]
        if not moved:
            continue
        worst = max(moved, key=lambda y: abs(two.values[y] - one.values[y]) / max(abs(one.values[y]), 1e-12))
        after = moved[-1] + 1
        last = years[-1]
        found.append(
            StressRow(
                scenario,
                title,
                indicator,
                one.unit,
                worst,
                one.values[worst],
                two.values[worst],
                last,
                one.values[last],
                two.values[last],
                after if after <= last else None,
            )
        )

    def order(row: StressRow) -> tuple[int, bool, float]:
        first = FIRST.index(row.indicator) if row.indicator in FIRST else len(FIRST)
        return first, row.unit.startswith(RATES), -abs(row.percent or 0.0)

    return sorted(found, key=order)
