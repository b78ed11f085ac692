"""Ranks: a number that means nothing without the set it is taken in and the date.

A published rank is an observation (unit "rank of 63", or "rank" with its set in the note). We compute a rank of our
own only among the peers of the plan, where every figure is in sight.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuabien.base.words import N_, say
from cuabien.indicators import observed
from cuabien.lexicon import register
from cuabien.plan.package import Plan

RANKED = "rank"


@dataclass(frozen=True, slots=True)
class RankRow:
    indicator: str
    area: str
    period: str
    rank: int
    of: int | None
    """How many stand in the set; None when the source does not say."""
    among: str
    """The set: a template for `say`, or the words of the note."""
    source: str
    confidence: str

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "indicator": self.indicator,
            "name": register.indicator_name(self.indicator, language),
            "area": self.area,
            "period": self.period,
            "rank": self.rank,
            "of": self.of,
            "among": say(self.among, language, of=self.of),
            "source": self.source,
            "confidence": self.confidence,
        }


def published(plan: Plan) -> list[RankRow]:
    """Every observed rank, by indicator and year."""
    rows = []
    for indicator in sorted({o.indicator for o in plan.indicators.values() if o.unit.startswith(RANKED)}):
        for area in sorted({o.area for o in plan.indicators.values() if o.indicator == indicator}):
            for point in observed.points(plan, indicator, area):
                of = int(point.unit.removeprefix("rank of ")) if point.unit != RANKED else None
                among = N_("{of} provinces and cities") if of else (point.note or N_("set not named"))
                rows.append(
                    RankRow(
                        indicator,
                        area,
                        point.period,
                        int(point.value),
                        of,
                        among,
                        point.source,
                        point.confidence,
                    )
                )
    return rows
