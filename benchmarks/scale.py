"""What a year of a city costs as the city is cut finer: a made-up city on a grid, modelled and timed.

    .venv/bin/python benchmarks/scale.py                        all sizes; draws docs/images/scale.svg, writes docs/benchmarks.md
    .venv/bin/python benchmarks/scale.py --one 500 5000         one size, as JSON

The city is Tinytown twenty times over, 1.2 million people with its jobs, parks, services and parameters, on a square grid of as many
communes as are asked for; roads are a lattice of two-way links over all of it, the narrower the more there are, so that the same traffic meets
the same room. What differs from place to place is drawn with a key: the same sizes give the same city. Each size is run in a process of its own, which is stopped when it takes too long or too much memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import ceil, log10, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from shapely import box
from shapely.affinity import scale, translate

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from cuabien.model import city  # noqa: E402 (the repository is not a package)
from cuabien.model.engine import Situation, Step, run_years  # noqa: E402
from cuabien.model.variables import Array  # noqa: E402
from cuabien.plan.objects import Link, Node  # noqa: E402
from cuabien.plan.package import Feature, Plan  # noqa: E402
from cuabien.plan.read import read_plan  # noqa: E402

ZONES, LINKS = (100, 250, 500, 1000, 2000), (1000, 2500, 5000, 10_000, 25_000, 50_000)
WITH_ZONES, WITH_LINKS = 100, 5000
"""What stays when the other is varied: zones beside every number of links, links beside every number of zones."""
YEARS = 3
"""Years after the base year that are timed; the median of them is what a year costs."""
MOST_SECONDS, MOST_GB = 240, 6.0
KEY = 2025
TIMES = 20
"""Copies of Tinytown's 60,000 people and 600 km2."""
SIDE_KM = sqrt(600 * TIMES)
LON, LAT, WIDTH, HEIGHT = 106.5, 20.4, 0.0096 * SIDE_KM, 0.009 * SIDE_KM
"""Degrees: the south-western corner, and the sides of the city."""
LANES = 1.0
"""Of a link, over Tinytown's, where there are `WITH_LINKS`."""

EXTENSIVE = (
    "population.labour_force_base",
    "economy.grdp_base",
    "economy.port_cargo_base",
    "economy.fairway_reference",
    "economy.air_passengers_base",
    "economy.airport_capacity_base",
    "economy.electricity_base",
    "economy.grid_capacity",
    "economy.budget_domestic_base",
    "economy.budget_customs_base",
    "economy.budget_other_base",
    "economy.exports_base",
    "population.residents_",
    "land.housing_ha_",
    "land.special_use_ha_",
)
"""Parameters, by how they begin, that grow with the city."""


# ---- a city --------------------------------------------------------------------------------------------------------


def made_up(zones: int, links: int) -> Plan:
    """A city of so many communes and about so many two-way road links."""
    tiny = read_plan(ROOT / "plans" / "tinytown")
    luck = np.random.default_rng([KEY, zones, links])
    columns = ceil(sqrt(zones))
    rows = ceil(zones / columns)
    templates = [a for a in tiny.areas.values() if a.kind == "commune"]
    areas: dict[str, Any] = {i: a for i, a in tiny.areas.items() if a.kind != "commune"}
    shapes: dict[str, Any] = {}
    figures: dict[str, Any] = {
        i: f for i, f in tiny.figures.items() if f.area not in tiny.areas or f.area in areas
    }
    parks: dict[str, Any] = {}
    dlon, dlat, share = WIDTH / columns, HEIGHT / rows, TIMES * len(templates) / zones
    people = (share * luck.uniform(8000, 14_000, zones)).round()
    for number in range(zones):
        like, name = templates[number % len(templates)], f"C{number:04}"
        west, south = LON + number % columns * dlon, LAT + number // columns * dlat
        areas[name] = like.model_copy(
            update={
                "id": name, "name_vi": name, "name_en": name, "population": float(people[number]),
                "part_of": "WEST" if number % columns < columns // 2 else "EAST",
                "lon": west + dlon / 2, "lat": south + dlat / 2, "area_km2": (like.area_km2 or 0.0) * share,
            }
        )  # fmt: skip
        shape = tiny.shapes[like.id]
        shapes[name] = Feature(
            shape.row.model_copy(update={"id": name}), box(west, south, west + dlon, south + dlat)
        )
        figures |= {
            f"{i}.{name}": _times(f, share, "value").model_copy(update={"id": f"{i}.{name}", "area": name})
            for i, f in tiny.figures.items()
            if f.area == like.id
        }
        for i, zone in tiny.zones.items():
            if zone.row.commune == like.id:
                move = west + dlon / 2 - (like.lon or 0.0), south + dlat / 2 - (like.lat or 0.0)
                row = _times(zone.row, share, "area_ha").model_copy(
                    update={"id": f"{i}.{name}", "commune": name, "project": None}
                )
                drawn = scale(
                    zone.geometry, sqrt(share), sqrt(share), origin=(like.lon or 0.0, like.lat or 0.0)
                )
                parks[f"{i}.{name}"] = Feature(row, translate(drawn, *move))
    nodes, roads = _lattice(tiny, luck, links)
    corner = next(iter(nodes))
    return replace(
        tiny,
        areas=areas,
        shapes=shapes,
        figures=figures,
        zones=parks,
        nodes={**nodes, **{n: tiny.nodes[n] for n in ("N7", "N8")}},
        links={
            **roads,
            "A1": tiny.links["A1"].model_copy(update={"from_node": corner}),
            "F1": tiny.links["F1"].model_copy(update={"from_node": corner}),
        },
        terminals={
            "K1": tiny.terminals["K1"].model_copy(
                update={"road_node": corner, "rail_node": None, "waterway_node": None, "fairway_node": corner}
            )
        },
        parameters={i: _grown(p, TIMES) for i, p in tiny.parameters.items()}
        | {"population.labour_force_base": _times(tiny.parameters["population.labour_force_base"], 0.98 * TIMES, "value")},
        port_capacity={"B1": _times(tiny.port_capacity["B1"], TIMES, "capacity_mt_year")},
        power_plants={
            i: _times(p, TIMES, "capacity_mw").model_copy(update={"commune": "C0000", "project": None})
            for i, p in tiny.power_plants.items()
        },
        **{name: {} for name in ("projects", "places", "water", "targets", "claims", "programme", "flags", "indicators")},
    )  # fmt: skip


def _lattice(tiny: Plan, luck: np.random.Generator, links: int) -> tuple[dict[str, Node], dict[str, Link]]:
    """Crossings and the roads between them, every fourth line a wide one; gates of the city beyond two corners."""
    columns = max(round(sqrt(links / 2)), 2)
    rows = max(round((links + columns) / (2 * columns - 1)), 2)
    nodes: dict[str, Node] = {}
    roads: dict[str, Link] = {}
    far = luck.uniform(1.0, 1.2, (rows, columns, 2))
    step, room = (SIDE_KM / columns, SIDE_KM / rows), LANES * sqrt(WITH_LINKS / links)
    for r in range(rows):
        for c in range(columns):
            at = {"lon": LON + (c + 0.5) * WIDTH / columns, "lat": LAT + (r + 0.5) * HEIGHT / rows}
            name = f"X{r:03}{c:03}"
            nodes[name] = tiny.nodes["N1"].model_copy(update={"id": name, "name_vi": name, **at})
            for side, (there, km) in enumerate((((r, c + 1), step[0]), ((r + 1, c), step[1]))):
                if there[0] < rows and there[1] < columns:
                    wide = (r, c)[side] % 4 == 0
                    like = tiny.links["E1" if wide else "E5"]
                    roads[f"{name}-{side}"] = like.model_copy(
                        update={
                            "lanes": (like.lanes or 0.0) * room,
                            "id": f"{name}-{side}", "from_node": name, "to_node": f"X{there[0]:03}{there[1]:03}",
                            "length_km": float(km * far[r, c, side]),
                        }
                    )  # fmt: skip
    for gate, beside in (("G1", f"X{0:03}{columns - 1:03}"), ("G2", f"X{rows - 1:03}{0:03}")):
        near = nodes[beside]
        nodes[gate] = tiny.nodes["NG"].model_copy(
            update={"id": gate, "lon": near.lon, "lat": near.lat + 0.05}
        )
        roads[f"E-{gate}"] = tiny.links["E1"].model_copy(
            update={"id": f"E-{gate}", "from_node": beside, "to_node": gate, "length_km": 5.0}
        )
    return nodes, roads


def _grown(parameter: Any, times: float) -> Any:
    return (
        _times(parameter, times, "value", "low", "high") if parameter.id.startswith(EXTENSIVE) else parameter
    )


def _times(row: Any, times: float, *columns: str) -> Any:
    """The row with some of its numbers, or paths of numbers, so many times as large."""
    path = isinstance(getattr(row, columns[0]), dict)  # the ends of a path's range are factors already
    found = {}
    for column in columns[:1] if path else columns:
        value = getattr(row, column)
        if value is not None:
            found[column] = {y: v * times for y, v in value.items()} if path else value * times
    return row.model_copy(update=found)


# ---- its cost --------------------------------------------------------------------------------------------------------


def by_subject(plan: Plan, to_year: int | None = None) -> dict[str, list[float]]:
    """Subject -> seconds of its base year, then of each year; as `city.run` calls it."""
    world = city.build(plan, to_year=to_year)
    spent: dict[str, list[float]] = {}
    start: dict[str, Array] = {}
    steps: list[Step] = []
    for module in city.subjects(plan):
        began = time.perf_counter()
        built = module.build(world, start)
        spent[module.NAME] = [time.perf_counter() - began, *(0.0 for _ in world.years[1:])]
        start |= built.start
        steps += [
            replace(s, compute=_clocked(s.compute, spent[module.NAME], world.base_year)) for s in built.steps
        ]
    run_years(steps, start, world.years, world.axes)
    return spent


def _clocked(
    compute: Callable[[Situation], Mapping[str, Array]], spent: list[float], base_year: int
) -> Callable[[Situation], Mapping[str, Array]]:
    def timed(s: Situation) -> Mapping[str, Array]:
        began = time.perf_counter()
        written = compute(s)
        spent[s.year - base_year] += time.perf_counter() - began
        return written

    return timed


def one(zones: int, links: int) -> dict[str, Any]:
    """One size measured in this process: compiled loops are loaded first, on a small city."""
    by_subject(made_up(12, 40), 2026)
    plan = made_up(zones, links)
    spent = by_subject(plan, plan.header.base_year + YEARS)
    return {
        "zones": len(plan.communes),
        "links": sum(link.mode == "road" for link in plan.links.values()),
        "start": sum(years[0] for years in spent.values()),
        "year": {name: statistics.median(years[1:]) for name, years in spent.items()},
        "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        / (1024**2 if sys.platform != "darwin" else 1024**3),
    }


def apart(zones: int, links: int) -> dict[str, Any]:
    """One size in a process of its own; without numbers, and with the reason, where it does not get there."""
    most = int(MOST_GB * 1024**3)
    command = [sys.executable, str(Path(__file__)), "--one", str(zones), str(links)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # as the program counts
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (most, most)),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"zones": zones, "links": links, "why": f"not within {MOST_SECONDS} s"}
    if done.returncode == 0:
        return dict(json.loads(done.stdout.splitlines()[-1]))
    last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    short = f"not within {MOST_GB:g} GB" if "MemoryError" in done.stderr else last[0]
    return {"zones": zones, "links": links, "why": short}


# ---- told and drawn --------------------------------------------------------------------------------------------------

BEGIN, END = "<!-- scale: written by benchmarks/scale.py -->", "<!-- end of scale -->"
COLOURS = {
    "all": "#1b1b1b", "population": "#8a6d00", "economy": "#00668a", "land": "#2e7d32", "transport": "#c0392b",
    "services": "#7b3fa0", "environment": "#00796b", "underground": "#6d6d6d",
}  # fmt: skip
LOOK = {"land": "6 3", "services": "2 3", "transport": "", "all": ""}
LEAST_DRAWN = 1e-4


def table(found: Sequence[Mapping[str, Any]], subjects: Sequence[str]) -> str:
    head = ["zones", "links", "base year, s", "one year, s", *subjects, "peak memory, GB"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---:|" * len(head)]
    for row in found:
        if "why" in row:
            cells = [f"{row['zones']:,}", f"{row['links']:,}", row["why"], *[""] * (len(head) - 3)]
        else:
            year = row["year"]
            numbers = [row["start"], sum(year.values()), *(year.get(s, 0.0) for s in subjects)]
            cells = [f"{row['zones']:,}", f"{row['links']:,}", *map(_short, numbers), f"{row['gb']:.2f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _short(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2g}" if seconds >= 1e-4 else "0"


def drawn(panels: Sequence[tuple[str, str, Sequence[Mapping[str, Any]]]], subjects: Sequence[str]) -> str:
    """Two panels side by side, both axes logarithmic: seconds of a year by subject."""
    width, height, left, top, inner, gap = 940, 420, 56, 64, 340, 110
    low = log10(LEAST_DRAWN)
    known = [r for _, _, rows in panels for r in rows if "why" not in r]
    high = max(1.0, ceil(log10(max(sum(r["year"].values()) for r in known))))

    def y(seconds: float) -> float:
        return top + (high - log10(max(seconds, LEAST_DRAWN))) / (high - low) * (height - top - 60)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        "<title>Seconds that one year of a made-up city takes, by subject, against zones and links</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for index, (key, title, rows) in enumerate(panels):
        x0 = left + index * (inner + gap)
        sizes = [r[key] for r in rows]
        first, last = log10(sizes[0]), log10(sizes[-1])

        def x(size: float, x0: float = x0, first: float = first, last: float = last) -> float:
            return x0 + (log10(size) - first) / (last - first) * inner

        parts.append(f'<text x="{x0}" y="24" font-weight="600">{title}</text>')
        parts.append(f'<text x="{x0 - 40}" y="46" fill="#555">seconds a year</text>')
        for power in range(int(low), int(high) + 1):
            at = y(10.0**power)
            parts.append(f'<line x1="{x0}" x2="{x0 + inner}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
            parts.append(
                f'<text x="{x0 - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#555">{10.0**power:g}</text>'
            )
        parts += [
            f'<text x="{x(size):.1f}" y="{height - 36}" text-anchor="middle" fill="#555">{_round(size)}</text>'
            for size in sizes
        ]
        ends: list[tuple[float, str]] = []
        for name in ("all", *subjects):
            seen = [
                (x(r[key]), y(sum(r["year"].values()) if name == "all" else r["year"].get(name, 0.0)))
                for r in rows
                if "why" not in r
            ]
            if not seen or all(at >= y(LEAST_DRAWN) for _, at in seen):
                continue
            points = " ".join(f"{a:.1f},{b:.1f}" for a, b in seen)
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" '
                f'stroke-width="{3 if name == "all" else 1.8}" stroke-dasharray="{LOOK.get(name, "3 3")}"/>'
            )
            ends.append((seen[-1][1], name))
            last_x = seen[-1][0]
        taken = -1e9
        for at, name in sorted(ends):
            taken = max(at, taken + 14)
            parts.append(
                f'<text x="{last_x + 6:.1f}" y="{taken + 4:.1f}" fill="{COLOURS[name]}">{name}</text>'
            )
    return "\n".join([*parts, "</svg>", ""])


def _round(size: int) -> str:
    return f"{size:,}" if size < 1000 else f"{size / 1000:.2g}k"


def write(by_zones: Sequence[Mapping[str, Any]], by_links: Sequence[Mapping[str, Any]], machine: str) -> None:
    subjects = [module.NAME for module in city.SUBJECTS]
    picture = drawn(
        (
            ("zones", f"by zones, {WITH_LINKS:,} links", by_zones),
            ("links", f"by links, {WITH_ZONES:,} zones", by_links),
        ),
        subjects,
    )
    (ROOT / "docs" / "images" / "scale.svg").write_text(picture)
    text = f"""{BEGIN}
![Seconds that one year of a made-up city takes, by subject, against zones and links](images/scale.svg)

Seconds of a year by subject: the median of {YEARS} years after the base year, in which no road opens, to the same gap as in any run. A year
in which a road opens costs transport up to what the base year does, with its empty roads to begin from. {machine}. A process is stopped after {MOST_SECONDS} s or at
{MOST_GB:g} GB; a row then says so.

Against zones:

{table(by_zones, subjects)}

Against links (two-way; the model sees each twice):

{table(by_links, subjects)}
{END}"""
    page = ROOT / "docs" / "benchmarks.md"
    before, rest = page.read_text().split(BEGIN)
    page.write_text(before + text + rest.split(END)[1])


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--one", nargs=2, type=int, metavar=("ZONES", "LINKS"), help="one size, as JSON")
    size = options.parse_args().one
    if size:
        print(json.dumps(one(*size)))
        return 0
    from benchmarks.bench import machine

    def all_of(sizes: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
        found = []
        for zones, links in sizes:
            found.append(apart(zones, links))
            print(json.dumps(found[-1]), flush=True)
        return found

    about = machine()
    write(
        all_of([(zones, WITH_LINKS) for zones in ZONES]),
        all_of([(WITH_ZONES, links) for links in LINKS]),
        f"Measured on {os.cpu_count()} cores of {about['processor']}",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
