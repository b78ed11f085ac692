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
    """The city's figures of the last year that any of them moves, the largest moves first."""
    last = rows[0][2].years[-1]
    values: dict[str, list[Any]] = {}
    for index, (_, _, found) in enumerate(rows):
        of_last = found.of_city.filter(found.of_city["year"] == last)
        for i, one, two, told in of_last.select("indicator", "first", "second", "telling").iter_rows():
            line = values.setdefault(i, [[one], [False], 0.0])
            line[0] += [None] * (index + 1 - len(line[0])) + [two]
            line[1] += [False] * (index + 1 - len(line[1])) + [bool(told)]
            if told and one and two is not None:
                line[2] = max(line[2], abs(two - one) / abs(one))
    known = register.indicators()
    moved = sorted(
        (i for i, line in values.items() if any(line[1]) and i in known), key=lambda i: -values[i][2]
    )
    return [
        {**tell.indicator_row(rows[0][2], i), "year": last, "values": values[i][0], "telling": values[i][1]}
        for i in moved[:MOST_ROWS]
    ]


def communes(rows: Sequence[Row], indicator: str, year: int | None) -> dict[str, Any] | None:
    """One indicator by commune in one year: the plan, then each change."""
    if indicator not in register.indicators():
        return None
    grids = [answers.grid(found, indicator) for *_, found in rows]
    years, areas, first = grids[0]
    if not areas:
        return None
    at = years.index(year) if year in years else len(years) - 1
    return {
        **tell.indicator_row(rows[0][2], indicator),
        "year": years[at],
        "areas": areas,
        "base": [line[at] for line in first["first"]],
        "changes": [[line[at] for line in cells["second"]] for *_, cells in grids],
        "telling": [[int(bool(line[at])) for line in cells["telling"]] for *_, cells in grids],
    }
