"""Up to four changes beside the plan: targets, the city's figures, and one indicator by commune."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cuabien.lexicon import register
from cuabien.plan.change import Change
from cuabien.service.bilingual import both, named
from cuabien.service.city import City
from cuabien.service.trying import answers, tell
from cuabien.service.trying.answers import Seen
from cuabien.service.vocabulary import label

MOST_ROWS = 24

Row = tuple[str, Change, Seen]


def beside_the_plan(
    city: City, rows: Sequence[Row], indicator: str | None, year: int | None
) -> dict[str, Any]:
    moved = [i for *_, found in rows for i, _ in answers.moved(found)]
    shown = indicator if indicator is not None else max(moved, key=moved.count, default=None)
    return {
        "changes": [
            {"change": identity, "title": tell.title_of(change), "words": tell.change_words(city, change)}
            for identity, change, _ in rows
        ],
        "targets": targets(city, rows),
        "city": figures(city, rows),
        "communes": communes(rows, shown, year) if shown else None,
    }


def targets(city: City, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Every target that any of them moves, in the plan's order."""
    told = {move.target for *_, found in rows for move in answers.target_moves(found)}
    found = []
    for identity, base in rows[0][2].first.targets.items():
        if identity not in told or identity not in city.plan.targets:
            continue
        all_of_it = [base, *(seen.second.targets[identity] for *_, seen in rows)]
        row = register.indicators().get(base.indicator)
        found.append(
            {
                "id": identity,
                "indicator": base.indicator,
                "name": named(row) if row else {"vi": base.indicator, "en": base.indicator},
                "year": base.year,
                "unit": tell.unit(base.unit),
                "values": [one.value for one in all_of_it],
                "verdicts": [one.verdict for one in all_of_it],
                "verdict_names": [both(label(one.verdict)) for one in all_of_it],
            }
        )
    return found


def figures(city: City, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The city's figures, each in the last milestone year in which any of them moves it; the largest moves first."""
    marked = set(city.plan.header.milestones) or set(rows[0][2].years)
    known, first = register.indicators(), rows[0][2]
    by_change = [
        {(i, year): (one, two, bool(told)) for i, year, one, two, told in cells}
        for cells in (
            found.of_city.select("indicator", "year", "first", "second", "telling").iter_rows()
            for *_, found in rows
        )
    ]
    last: dict[str, int] = {}
    for cells in by_change:
        for (indicator, year), (*_, told) in cells.items():
            if told and year in marked and indicator in known:
                last[indicator] = max(year, last.get(indicator, year))
    nothing = (None, None, False)
    lines = {i: [cells.get((i, year), nothing) for cells in by_change] for i, year in last.items()}
    moved = sorted(last, key=lambda i: (-_size(lines[i]), i))
    return [
        {
            **tell.indicator_row(first, i),
            "year": last[i],
            "values": [lines[i][0][0], *(two for _, two, _ in lines[i])],
            "telling": [False, *(told for *_, told in lines[i])],
        }
        for i in moved[:MOST_ROWS]
    ]


def _size(line: Sequence[tuple[float | None, float | None, bool]]) -> float:
    """The largest move in a line, as a part of the plan's value."""
    return max(
        (abs(two - one) / abs(one) for one, two, told in line if told and one and two is not None),
        default=0.0,
    )


def communes(rows: Sequence[Row], indicator: str, year: int | None) -> dict[str, Any] | None:
    """One indicator by commune in one year (unasked: that in which most communes move): the plan, then each change."""
    if indicator not in register.indicators():
        return None
    grids = [answers.grid(found, indicator) for *_, found in rows]
    years, areas, first = grids[0]
    if not areas:
        return None
    told = [sum(bool(line[y]) for *_, cells in grids for line in cells["telling"]) for y in range(len(years))]
    at = years.index(year) if year in years else max(range(len(years)), key=lambda y: (told[y], y))
    return {
        **tell.indicator_row(rows[0][2], indicator),
        "year": years[at],
        "areas": areas,
        "base": [line[at] for line in first["first"]],
        "changes": [[line[at] for line in cells["second"]] for *_, cells in grids],
        "telling": [[int(bool(line[at])) for line in cells["telling"]] for *_, cells in grids],
    }
