"""Finding a place, a project or an indicator by name, with or without accents ("hong bang" finds Hồng Bàng)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cuabien.base.words import fold

MOST_RESULTS = 20
LONGEST_QUERY = 100
KINDS = ("commune", "place", "project", "zone", "indicator")
"""In this order when names match equally well: people look for where they live first."""


@dataclass(frozen=True)
class Entry:
    """One thing that can be found. `address` is the Vietnamese page; lon and lat in degrees, or None."""

    kind: str
    id: str
    name_vi: str
    name_en: str
    address: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Index:
    """Entries beside the folded forms of their names."""

    rows: tuple[tuple[Entry, tuple[str, ...]], ...]


def build(entries: Iterable[Entry]) -> Index:
    return Index(tuple((e, tuple(dict.fromkeys((fold(e.name_vi), fold(e.name_en))))) for e in entries))


def find(index: Index, query: str, most: int = MOST_RESULTS) -> list[Entry]:
    """Entries in which every word of the query begins a word, or that hold the query as it stands; best first."""
    wanted = fold(query[:LONGEST_QUERY])
    if not wanted:
        return []
    accented = query.strip().casefold()
    scored = []
    for entry, names in index.rows:
        score = min(_distance(wanted, name) for name in names)
        if score is not None and score < NO_MATCH:
            exact = accented in entry.name_vi.casefold()
            kind = KINDS.index(entry.kind)
            scored.append(((score, not exact, kind, len(entry.name_vi), entry.id), entry))
    return [entry for _, entry in sorted(scored, key=lambda pair: pair[0])[:most]]


def told_apart(found: Iterable[Entry]) -> list[Entry]:
    """Without places that are also a commune, zone or project of the same name: those say more."""
    rows = list(found)
    better = {fold(e.name_vi) for e in rows if e.kind != "place"}
    return [e for e in rows if e.kind != "place" or fold(e.name_vi) not in better]


NO_MATCH = 9


def _distance(wanted: str, name: str) -> int:
    """0 the whole name (with or without its leading type word), 1 words in a row, 2 words anywhere, 3 inside."""
    if name == wanted or name.endswith(" " + wanted):
        return 0
    if f" {name}".find(f" {wanted}") >= 0:
        return 1
    words = name.split()
    if all(any(word.startswith(part) for word in words) for part in wanted.split()):
        return 2
    return 3 if len(wanted) >= 3 and wanted in name else NO_MATCH
