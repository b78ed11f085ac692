"""What a stress test shows: how far each headline of the city falls or rises beside the plan's own future, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cuabien.indicators.compare import FIRST, RATES, percent
from cuabien.indicators.noise import SILENT, Noise
from cuabien.indicators.simulated import Future
from cuabien.lexicon import register

LEFT = 0.1
"""Of the worst difference: when no more than this is left, and stays, an indicator is back."""


@dataclass(frozen=True, slots=True)
class StressRow:
    """One indicator of the city under one stress, in its worst year: by the register's direction, where it has one; in the year
    in which it is furthest from the plan's own future, where it has none or is never worse."""

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
    """The first later year from which no more than a tenth of the worst difference is left; None: not within the run."""
    worse: bool | None = None
    """Whether the worst year is worse for the city; None where neither direction is."""

    @property
    def change(self) -> float:
        return self.stressed - self.base

    @property
    def last_change(self) -> float:
        return self.last_stressed - self.last_base

    @property
    def percent(self) -> float | None:
        return percent(self.indicator, self.unit, self.base, self.change)

    @property
    def last_percent(self) -> float | None:
        return percent(self.indicator, self.unit, self.last_base, self.last_change)

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
            "change": self.change,
            "percent": self.percent,
            "worse": self.worse,
            "last_year": self.last_year,
            "last_change": self.last_change,
            "last_percent": self.last_percent,
            "recovered": self.recovered,
        }


def rows(
    scenario: str,
    title: str,
    base: Future,
    stressed: Future,
    area: str,
    indicators: Iterable[str],
    noise: Noise = SILENT,
) -> list[StressRow]:
    """One row for each indicator that the stress moves: what a city asks for first, then levels before rates, the
    hardest hit first."""
    known, found = register.indicators(), []
    for indicator in indicators:
        one, two = base.path(indicator, area), stressed.path(indicator, area)
        if one is None or two is None:
            continue
        years = sorted(set(one.values) & set(two.values))
        moved = [y for y in years if noise.differs(indicator, area, one.values[y], two.values[y])]
        if not moved:
            continue
        change = {y: two.values[y] - one.values[y] for y in moved}
        better = known[indicator].better if indicator in known else ""
        worst = worst_year(change, one.values, better)
        worse = None if better not in ("up", "down") else (change[worst] < 0) == (better == "up")
        after = max(y for y in moved if abs(change[y]) > LEFT * abs(change[worst])) + 1
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
                worse,
            )
        )

    def order(row: StressRow) -> tuple[int, bool, float]:
        first = FIRST.index(row.indicator) if row.indicator in FIRST else len(FIRST)
        return first, row.unit.startswith(RATES), -abs(row.percent or 0.0)

    return sorted(found, key=order)


def worst_year(change: Mapping[int, float], base: Mapping[int, float], better: str) -> int:
    """The year in which a change hurts most, over the base; where it never hurts, or nothing is better, in which it is largest."""
    over = {year: moved / max(abs(base[year]), 1e-12) for year, moved in change.items()}
    sign = {"up": -1.0, "down": 1.0}.get(better, 0.0)
    hurt = {year: sign * moved for year, moved in over.items()}
    worst = max(hurt, key=lambda year: hurt[year])
    return worst if hurt[worst] > 0 else max(over, key=lambda year: abs(over[year]))
