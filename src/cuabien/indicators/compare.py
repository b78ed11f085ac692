"""Two futures side by side: where their indicators differ in the milestone years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cuabien.indicators.simulated import future
from cuabien.lexicon import register
from cuabien.results import Run


@dataclass(frozen=True, slots=True)
class Difference:
    indicator: str
    area: str
    year: int
    unit: str
    first: float | None
    second: float | None

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.second is None else self.second - self.first

    @property
    def percent(self) -> float | None:
        return None if self.change is None or not self.first else 100 * self.change / abs(self.first)

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "indicator": self.indicator,
            "name": register.indicator_name(self.indicator, language),
            "area": self.area,
            "year": self.year,
            "unit": register.unit_words(self.unit, language),
            "first": self.first,
            "second": self.second,
            "change": self.change,
            "percent": self.percent,
        }


def differences(
    first: Run, second: Run, *, areas: Iterable[str], years: Iterable[int], at_least: float = 1e-9
) -> list[Difference]:
    """Indicators whose values differ by more than `at_least` (relative), in the order of the first run."""
    one, two = future(first), future(second)
    found = []
    wanted, milestones = set(areas), sorted(set(years))
    for key in dict.fromkeys([*one.paths, *two.paths]):
        if key[1] not in wanted:
            continue
        for year in milestones:
            a, b = one.value(*key, year), two.value(*key, year)
            if a is None and b is None:
                continue
            if a is not None and b is not None and abs(b - a) <= at_least * max(abs(a), abs(b)):
                continue
            course = one.path(*key) or two.path(*key)
            found.append(Difference(*key, year, course.unit if course else "", a, b))
    return found
