"""Stand in the past, score, and write the page that says how wrong we were.

    .venv/bin/python -m benchmarks.how_wrong.page

Writes the figures (`src/cuabien/service/how_wrong.json`, which the public page shows in both languages) and
`docs/how-wrong.md`. Both are kept in the repository, so that a reader sees them without running anything.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.how_wrong import city, nation, provinces
from cuabien.model.parameters import Parameters
from cuabien.plan.read import read_plan

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "src" / "cuabien" / "service" / "how_wrong.json"
PAGE = ROOT / "docs" / "how-wrong.md"
METHODS = {"ours": "the model", "naive": "no change", "trend": "trend of five years"}
NAMES = {
    "population": "population",
    "freight_carried": "freight carried",
    "retail_sales_current": "retail sales, current prices",
    "grdp_constant": "GRDP at constant prices, origin = 1",
}


def measure() -> dict[str, Any]:
    """Every score as plain numbers, rounded as they are shown."""
    plan = read_plan(ROOT / "plans" / "hai-phong")
    report = nation.report()
    figures = {
        "nation": {
            "rules": asdict(report.rules),
            "hindcast": report.hindcast,
            "children": report.children,
            "expectancy": list(report.expectancy),
            "years": [{**asdict(year), "error": year.error} for year in report.years],
            "ages": asdict(report.ages),
        },
        "provinces": [asdict(score) for score in provinces.scores(Parameters(plan.parameters))],
        "city": [asdict(stand) for stand in city.stands(plan)],
        "unscored": [asdict(row) for row in city.unscored(plan)],
    }
    rounded: dict[str, Any] = json.loads(
        json.dumps(figures), parse_float=lambda text: float(f"{float(text):.6g}")
    )
    return rounded


def write(figures: dict[str, Any]) -> None:
    FIGURES.write_text(
        json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    PAGE.write_text("\n".join(lines(figures)) + "\n", encoding="utf-8")


# ---- the page -----------------------------------------------------------------------------------------------------


def lines(figures: dict[str, Any]) -> list[str]:
    return [
        "# How wrong were we",
        "",
        "A forecast that is never held against what came is an opinion. Here the model's own equations stand in the past, see only",
        "what was known then, and are scored beside two forecasts that anyone can make: no change, and the trend of the five years",
        "before. The page is made by `make bench`; code and data: `benchmarks/how_wrong`. Where the model did worse than a trend, it says so.",
        "",
        *_nation(figures["nation"]),
        *_provinces(figures["provinces"]),
        *_city(figures["city"]),
        *_unscored(figures["unscored"]),
    ]


def _nation(found: dict[str, Any]) -> list[str]:
    women, men = found["expectancy"]
    last = found["years"][-1]
    return [
        "## The nation by age, to 2045",
        "",
        "Fitted to Việt Nam of 1950-2020 (World Population Prospects 2024, counts by sex and five-year group), run on, and compared",
        "with the medium variant. Nothing after 2020 is looked at: how fertility, mortality and migration go on was chosen by standing in",
        "1990, 1995 and 2000 and looking at 2020. *Misplaced* is the share of people in the wrong sex and age.",
        "",
        "| year | ours, million | UN, million | error, % | misplaced, % | aged 65+, ours | UN | no change, error % | trend of ten years, error % |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {y['year']} | {y['ours'] / 1e6:.2f} | {y['theirs'] / 1e6:.2f} | {y['error']:+.2f} | {100 * y['misplaced']:.1f}"
            f" | {y['old_ours']:.1f} | {y['old_theirs']:.1f} | {100 * (y['naive'] / y['theirs'] - 1):+.1f}"
            f" | {100 * (y['trend'] / y['theirs'] - 1):+.1f} |"
            for y in found["years"]
        ),
        "",
        f"In 2045 the total is {last['error']:+.1f} percent off (aim: 2). Old people are too few in ours: the counts of the past hold migration,",
        f"which the fit reads as deaths (life expectancy {women:.1f} and {men:.1f} years in the last known period), and the rise of",
        f"life expectancy goes on at half its past pace. {found['children']:.2f} children per woman are held. Standing in 1990-2000, the same rules put",
        f"{100 * found['hindcast']:.0f} percent of the people of 2020 into the wrong cell: the fall of fertility in the 1990s was not foreseen.",
        "",
        *_ages(found["ages"]),
    ]


def _ages(found: dict[str, Any]) -> list[str]:
    rows = []
    for low in range(0, 105, 10):
        group = slice(low // 5, low // 5 + 2)
        ours, theirs = (
            sum(found[f"women_{whose}"][group]) + sum(found[f"men_{whose}"][group])
            for whose in ("ours", "theirs")
        )
        name = f"{low}-{low + 9}" if low < 100 else "100+"
        rows.append(f"| {name} | {ours / 1e6:.2f} | {theirs / 1e6:.2f} | {100 * (ours / theirs - 1):+.1f} |")
    return [
        f"{found['year']} by age, both sexes (the page of the service has each sex in groups of five years):",
        "",
        "| age | ours, million | UN, million | error, % |",
        "|---|---|---|---|",
        *rows,
        "",
        "The total is nearer than its parts, which err in both directions: too many children, because the last fertility is held",
        "where the UN lets it fall, and too few of the oldest.",
        "",
    ]


def _provinces(scores: list[dict[str, Any]]) -> list[str]:
    return [
        "## The provinces, from 2006 and 2011",
        "",
        "General Statistics Office, yearbooks. Error: median of the absolute errors; bias: median of the errors; coverage: provinces whose value fell",
        "inside a band of eight in ten, by how much their own yearly growth had varied (a perfect band would hold 80). Provinces whose",
        "boundary changed are left out. Freight is scored to 2015, the last year that the yearbooks at hand hold.",
        "",
        "| | from | to | method | provinces | error, % | bias, % | coverage, % |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {NAMES[s['indicator']]} | {s['origin']} | {s['year']} | {METHODS[s['method']]} | {s['provinces']}"
            f" | {s['error']:.1f} | {s['bias']:+.1f} | {s['coverage']:.0f} |"
            for s in scores
        ),
        "",
        "- **Population**: a trend of five years beat the model. Cohorts with the nation's ages, the province's fertility of one year and its recent migration",
        "  overshoot, because provinces that lose young people also have fewer mothers than the nation; the city's own ages would mend this.",
        "- **Freight**: the model beat both, and still missed by a fifth to a third.",
        "- **Retail**: at current prices everything hangs on inflation, which fell after 2011; nobody who stood there knew. The model",
        "  does not forecast retail; it is scored because its answer to growth would be used for it.",
        "- Every band is too narrow: yearly figures of people are smoothed between censuses, so they vary less than they err.",
        "",
    ]


def _city(stands: list[dict[str, Any]]) -> list[str]:
    rows = []
    for s in stands:
        digits = 2 if s["indicator"] == "grdp_constant" else 0
        band = f"{s['low']:.{digits}f} to {s['high']:.{digits}f}"
        inside = " (inside)" if s["low"] <= s["seen"] <= s["high"] else " (outside)"
        rows.append(
            f"| {NAMES[s['indicator']]} | {s['origin']} | {s['year']} | {s['seen']:.{digits}f} | {s['ours']:.{digits}f}"
            f" | {100 * (s['ours'] / s['seen'] - 1):+.1f} | {band}{inside} | {100 * (s['naive'] / s['seen'] - 1):+.1f}"
            f" | {100 * (s['trend'] / s['seen'] - 1):+.1f} |"
        )
    return [
        "## The city of before July 2025, from 2014 and 2019",
        "",
        "Growth by the model's equations of production folded into one sector, from the growth first published in the year of standing; the band is over the",
        "ends of three assumed ranges together (long-run productivity, how fast it gets there, investment). *No change* for growth holds its last rate.",
        "Population is in thousands; its band holds eight of ten by how much its own yearly growth had varied.",
        "",
        "| | from | to | what came | the model | error, % | band | no change, error % | trend, error % |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        "- Who stood in 2014 missed the boom of 2015-2019 by a third, as did everybody: new port, bridges and factories were no trend. The plan of projects,",
        "  which the model now reads, was not at hand for that year.",
        "- Who stood in 2019, at the top of the boom, was too high: what had been exceptional was taken to fall slowly. The same",
        "  assumption carries today's run, and its swing shows it as the widest unknown.",
        "- The census of 2019 is the last count of people; totals of later years are remembered figures and are not scored.",
        "",
    ]


def _unscored(rows: list[dict[str, Any]]) -> list[str]:
    shown = [
        "## Not scored, because the history is broken",
        "",
        "| | period | value | vintage or scope | confidence |",
        "|---|---|---|---|---|",
    ]
    names = {
        "port_cargo": "port cargo, million tonnes",
        "budget_revenue_total": "budget revenue, billion VND",
    }
    for row in rows:
        shown += [
            f"| {names[row['indicator']]} | {period} | {value:g} | {vintage} | {confidence} |"
            for period, value, vintage, confidence in row["values"]
        ]
    return [
        *shown,
        "",
        "Port cargo: the maritime authority and the city count different things, and no year has both. Budget revenue: 2010-2015 look like",
        "estimates and not outturns, 2016-2019 are missing.",
    ]


def main() -> None:
    write(measure())
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
