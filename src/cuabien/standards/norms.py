"""Planning norms: what a planning code asks for each service, dated and with its document; never a constant in code.

A norm that was not read in the legal text is *unconfirmed*, and whoever shows it must say so. Old rows stay when a code
changes; the one in force in a year is asked for by year.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from cuabien.standards.legal import rows_of


@dataclass(frozen=True, slots=True)
class Norm:
    """One value of one document. `applies_to`: urban, rural, all, or the narrower case that it names."""

    id: str
    service: str
    applies_to: str
    value: float
    unit: str
    valid_from: str
    valid_to: str
    document: str
    clause: str
    confidence: Literal["source read", "general knowledge, high", "general knowledge, low"]
    source: str
    note: str

    @property
    def confirmed(self) -> bool:
        """Whether the value was read; a remembered one is not."""
        return self.confidence == "source read"

    def holds(self, year: int) -> bool:
        """Whether it is in force at the end of a year."""
        return self.valid_from <= f"{year}-12-31" and (not self.valid_to or self.valid_to >= f"{year}-12-31")


@cache
def norms() -> dict[str, Norm]:
    """Every norm by id."""
    return {
        row["id"]: Norm(**{**row, "value": float(row["value"])})  # type: ignore[arg-type]
        for row in rows_of("planning_norms")
    }


def norm(service: str, applies_to: str, year: int) -> Norm | None:
    """The norm of a service in force in a year: the latest that holds; None when none is known."""
    found = [
        n for n in norms().values() if (n.service, n.applies_to) == (service, applies_to) and n.holds(year)
    ]
    return max(found, key=lambda n: n.valid_from, default=None)
