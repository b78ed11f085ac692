"""Peer cities: the city's own choice of whom to compare with, figure by figure, each with its year.

The report asks to stand "on a par with the representative cities of Asia" and names none, so the set is the table
`peers.csv` and nothing else. The row whose role is "self" is the city.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cuabien.base.words import N_, pick, say
from cuabien.plan.objects import Peer
from cuabien.plan.package import Plan

SELF = "self"


@dataclass(frozen=True, slots=True)
class Measure:
    field: str
    year_field: str
    name: str
    unit: str


MEASURES = (
    Measure("population_million", "population_year", N_("Population"), "million persons"),
    Measure("gdp_per_capita_usd", "gdp_year", N_("Product per person"), "USD per person"),
    Measure("port_teu_million", "teu_year", N_("Containers"), "million TEU"),
)


@dataclass(frozen=True, slots=True)
class PeerRow:
    """A peer beside the city. Each ratio is peer / city; None where a figure of either is missing."""

    id: str
    name_vi: str
    name_en: str
    country: str
    role: str
    values: tuple[float | None, ...]
    years: tuple[int | None, ...]
    ratios: tuple[float | None, ...]
    """In the order of `MEASURES`."""
    source: str
    confidence: str
    note: str | None

    def as_row(self, language: str | None = None) -> dict[str, object]:
        measures = [
            {
                "measure": m.field,
                "name": say(m.name, language),
                "unit": m.unit,
                "value": value,
                "year": year,
                "ratio_to_city": ratio,
            }
            for m, value, year, ratio in zip(MEASURES, self.values, self.years, self.ratios, strict=True)
        ]
        return {
            "id": self.id,
            "name": pick(self, "name", language),
            "country": self.country,
            "role": self.role,
            "measures": measures,
            "source": self.source,
            "confidence": self.confidence,
            "note": self.note,
        }


def compare(plan: Plan, among: Iterable[str] | None = None) -> list[PeerRow]:
    """The city first, then the chosen peers (all of them when none are named), in the order of the table."""
    chosen = set(plan.peers if among is None else among)
    city = next((p for p in plan.peers.values() if p.role == SELF), None)
    rows = [p for p in plan.peers.values() if p.role == SELF or p.id in chosen]
    return [_beside(peer, city) for peer in sorted(rows, key=lambda p: p.role != SELF)]


def rank(rows: Iterable[PeerRow], measure: int) -> dict[str, tuple[int, int]]:
    """Place of each city by a measure and how many have a figure: 1 is the largest; cities without one are left out."""
    found = [(row.values[measure], row.id) for row in rows]
    known = sorted(((v, i) for v, i in found if v is not None), reverse=True)
    return {identity: (place, len(known)) for place, (_, identity) in enumerate(known, start=1)}


def _beside(peer: Peer, city: Peer | None) -> PeerRow:
    values = tuple(getattr(peer, m.field) for m in MEASURES)
    own = tuple(getattr(city, m.field) if city else None for m in MEASURES)
    return PeerRow(
        id=peer.id,
        name_vi=peer.name_vi,
        name_en=peer.name_en,
        country=peer.country,
        role=peer.role,
        values=values,
        years=tuple(getattr(peer, m.year_field) for m in MEASURES),
        ratios=tuple(v / c if v is not None and c else None for v, c in zip(values, own, strict=True)),
        source=peer.source,
        confidence=peer.confidence,
        note=peer.note,
    )
