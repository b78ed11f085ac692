"""Write what the model knows of itself into the documentation: scripts/describe_model.py [--check].

The steps of a year and how subjects meet (docs/theory/engine.md), every variable (docs/theory/variables.md), every table of a run
(docs/runs.md). Between the two marks of each page stands what is written here; around them stands what people wrote.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path

from cuabien.model import city, variables
from cuabien.model.city import Future
from cuabien.model.engine import Step, in_order
from cuabien.plan.objects import ELEVATION_LEVELS_M, Elevation
from cuabien.plan.read import read_plan
from cuabien.runner import tables

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
BEGIN = "<!-- begin: written by scripts/describe_model.py -->"
END = "<!-- end -->"

AXES: Mapping[str, Sequence[str]] = {
    "sex": variables.SEXES,
    "age": [f"{variables.AGES[0]} to {variables.AGES[-1] - 1}", f"{variables.AGES[-1]} and over"],
    "sector": variables.SECTORS,
    "source": variables.SOURCES_OF_GROWTH,
    "user": variables.ELECTRICITY_USERS,
    "limit": variables.LIMITS,
    "revenue": variables.REVENUES,
    "household": variables.HOUSEHOLD_TYPES,
    "mode": variables.TRAVEL_MODES,
    "purpose": variables.PURPOSES,
    "class": variables.ROAD_CLASSES,
    "freight": variables.FREIGHT_MODES,
    "direction": variables.DIRECTIONS,
    "service": variables.SERVICES,
    "emitter": variables.EMITTERS,
    "fuel": variables.FUELS,
    "building": variables.BUILDINGS,
    "water": variables.WATER_CASES,
    "use": variables.LAND_USES,
}
"""What stands on each axis that is the same in every city."""

MOST_SHOWN = 6
"""Variables that a cell of the table of steps holds; more are counted, and the page of variables has them."""

MEANINGS = {
    "indicators": "every indicator of the city, its reporting areas and communes: the file to begin with",
    "projects": "each project of the plan as the model takes it; null: no year is known",
    "swing": "each headline with one assumed number at the low and at the high end of its range",
    "population": "residents; the last age is 100 and over",
    "economy": "accounts by sector: trillion VND at constant prices, persons; the limits that bind and what each takes",
    "limits": "what was wanted of hands, berths, fairways, terminals, land and power, what there was, and what the lack took",
    "landside": "the links that together hold what the berths could send inland, and what their capacity rests on; none: it all gets away",
    "investment": "cost of each project by year, billion VND at prices of the base year; null: cost or years unknown",
    "budget": "state budget revenue by kind, billion VND at current prices",
    "land": "hectares by use; they sum to the official area and what was won from the sea",
    "homes": "households, dwellings, who has none and why; price: base year = 1; whether it clears the market or stands at a bound",
    "housing_market": "the market of homes of the city: mean price, where prices stand at a bound, how far the market misses its conditions",
    "jobs": "jobs by place of work",
    "growth_causes": "why residents changed: births, deaths, arrivals and moves sum to the change; of those who came, what drew them",
    "cells": "the last year on a grid of 100 m, only where outlines and zones are official",
    "links": "each road while it is open, each way, in the peak hour: vehicles, minutes, use",
    "terminals": "access of each terminal by mode, minutes to the gate of the city, capacity against load; null: no data",
    "chains": "from berth to gate, stage by stage: capacity against load, and the stage that is the bottleneck",
    "critical_links": "what the loss of a link would cost in the peak hour of a milestone year, the dearest first",
    "islands": "parts of each mode's network that do not touch; one part means connected",
    "out_of_step": "projects and terminals that open before something that they need",
    "mode_trips": "trips a day by purpose and mode, the way back counted; none: between places that no mode joins",
    "services": "need, what the code asks for, capacity, minutes and reach; null and status: not known",
    "energy": "demand and supply of electricity; both sum to the same TWh",
    "emissions": "gases given off inside the city (scope 1), kt CO2e a year",
    "emissions_of_electricity": "gases of the national grid for what the city takes (scope 2); never added to power plants",
    "flood": "people and jobs on land below a high tide and a storm, only where heights of the land are known",
    "underground": "pairs that share ground, depth and years, and pairs that nobody can judge",
    "underground_years": "works that stand in the year and their volume; null while one of them cannot be judged",
}
"""What a table says, in the words of its reader."""


@cache
def example() -> Future:
    """Two years of tinytown with every subject, heights of the land included."""
    plan = read_plan(ROOT / "plans/tinytown")
    flat = Elevation(
        id="any",
        covered=1.0,
        cells=1,
        cell_m=30.0,
        lowest_m=1.0,
        highest_m=1.0,
        below=tuple(float(level > 1) for level in ELEVATION_LEVELS_M),
        shape="official",
        source=next(iter(plan.sources)),
        confidence="source read",
    )
    heights = {area.id: flat.model_copy(update={"id": area.id}) for area in plan.communes}
    return city.run(city.build(replace(plan, elevation=heights), to_year=plan.header.base_year + 1))


@cache
def steps() -> tuple[Step, ...]:
    """Every step of a year, in the order that the engine finds."""
    future = example()
    return tuple(in_order(future.steps, given=future.states[0]))


def writers() -> Mapping[str, Step]:
    return {name: step for step in steps() for name in step.writes}


# ---- docs/theory/engine.md ---------------------------------------------------------------------------------------


def steps_of_a_year() -> str:
    lines = ["| step | reads | reads of last year | writes |", "|---|---|---|---|"]
    for step in steps():
        cells = (_shown(names, _subject(step.name)) for names in (step.reads, step.reads_last, step.writes))
        lines.append(f"| {_linked(step)} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", "What one subject takes from the others:", "", *_meetings()])


def _meetings() -> list[str]:
    lines = ["| subject | this year | last year |", "|---|---|---|"]
    for subject, of in groupby(_by_subject(), key=lambda step: _subject(step.name)):
        mine = list(of)
        now = _foreign(subject, (name for step in mine for name in step.reads))
        last = _foreign(subject, (name for step in mine for name in step.reads_last))
        lines.append(f"| {subject} | {now} | {last} |")
    return lines


def _by_subject() -> list[Step]:
    order = [module.NAME for module in city.SUBJECTS]
    return sorted(steps(), key=lambda step: order.index(_subject(step.name)))


def _foreign(subject: str, names: Iterable[str]) -> str:
    return ", ".join(sorted({f"`{name}`" for name in names if _subject(name) != subject})) or "nothing"


def _shown(names: Sequence[str], own: str) -> str:
    """Names of variables, those of the step's own subject without its name."""
    short = [f"`{name.removeprefix(own + '.')}`" for name in names]
    more = len(short) - MOST_SHOWN
    if more <= 1:
        return ", ".join(short)
    return ", ".join(short[:MOST_SHOWN]) + f" and [{more} more](variables.md#{own})"


def _linked(step: Step) -> str:
    page, _, anchor = step.page.removeprefix("theory/").partition("#")
    return f"[{step.name}]({page}.md#{anchor})"


def _subject(name: str) -> str:
    return name.partition(".")[0]


# ---- docs/theory/variables.md ------------------------------------------------------------------------------------


def nomenclature() -> str:
    lines = ["## Axes", "", "| axis | length | holds |", "|---|---|---|"]
    lines += [
        f"| `{axis}` | {length} | {', '.join(AXES[axis])} |" for axis, length in variables.FIXED_AXES.items()
    ]
    lines += [
        f"| `{axis}` | as the plan has them | {axis}s in the order of the plan |"
        for axis in example().world.axes
    ]
    register = variables.register()
    for module in city.SUBJECTS:
        lines += [
            "",
            f"## {module.NAME}",
            "",
            "| variable | axes | unit | meaning | written by |",
            "|---|---|---|---|---|",
        ]
        for name, variable in register.items():
            if _subject(name) == module.NAME:
                axes = " ".join(f"`{axis}`" for axis in variable.axes)
                lines.append(
                    f"| `{name}` | {axes} | {variable.unit} | {variable.meaning} | {_linked(writers()[name])} |"
                )
    return "\n".join(lines)


# ---- docs/runs.md ------------------------------------------------------------------------------------------------


def tables_of_a_run() -> str:
    future = example()
    found = {
        "indicators": tables.indicators(future),
        "projects": tables.projects(future),
        "swing": tables.swing([], future.world.plan.header.city),
        **tables.of_subjects(future),
    }
    lines = ["| table | columns | what it says |", "|---|---|---|"]
    for name in MEANINGS:
        columns = ", ".join(f"`{column}`" for column in found.pop(name).columns)
        lines.append(f"| `{name}` | {columns} | {MEANINGS[name]} |")
    if found:
        raise KeyError(f"say in MEANINGS what these tables tell: {', '.join(found)}")
    return "\n".join(lines)


# ---- the pages ---------------------------------------------------------------------------------------------------

PAGES: Mapping[str, Callable[[], str]] = {
    "theory/engine.md": steps_of_a_year,
    "theory/variables.md": nomenclature,
    "runs.md": tables_of_a_run,
}


def renewed(name: str) -> str:
    """The page with its written part as the code has it now."""
    text = (DOCS / name).read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    if not begin:
        raise ValueError(f"docs/{name} has no mark {BEGIN}")
    return f"{before}{BEGIN}\n\n{PAGES[name]()}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    stale = [name for name in PAGES if renewed(name) != (DOCS / name).read_text("utf-8")]
    if "--check" not in arguments:
        for name in stale:
            (DOCS / name).write_text(renewed(name), "utf-8")
    print("\n".join(stale) or "all pages are in step with the model")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
