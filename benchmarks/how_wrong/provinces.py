"""The provinces of Việt Nam, stood in 2006 and 2011: people, freight and retail to 2015 or 2016, scored.

`ours` uses the model's equations with what was known in the year of standing; `naive` holds the last value; `trend`
continues the growth of the last five years. Every method gets the same band, eight chances in ten by how much the
province's own yearly growth had varied. A province whose boundary changed within the window is left out.

Data: General Statistics Office, yearbooks by province, 1995-2016.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.how_wrong import growth, nation
from cuabien.model.parameters import Parameters
from cuabien.model.population import mortality
from cuabien.model.population.ages import single_years

DATA = Path(__file__).parent / "data"
ORIGINS = (2006, 2011)
AGGREGATES = frozenset(
    (
        "Central Highlands",
        "Mekong River Delta",
        "Northern Central area and Central coastal area",
        "Northern midlands and mountain areas",
        "Red River Delta",
        "South East",
        "Whole Country",
    )
)
REDRAWN = {2006: frozenset(("Ha Noi", "Ha Tay", "Hoa Binh", "Vinh Phuc")), 2011: frozenset(("Ha Tay",))}
"""Ha Tay and parts of Hoa Binh and Vinh Phuc went to Ha Noi on 1 August 2008 (Resolution 15/2008/QH12)."""
PAST = 5
"""Years that a trend looks back on."""
EIGHT_IN_TEN = 1.2816
"""Standard deviations on either side that hold eight of ten draws of a normal law."""

Series = Mapping[int, float]


@dataclass(frozen=True)
class Score:
    """How one method did on one indicator from one origin, over the provinces; percent."""

    indicator: str
    origin: int
    year: int
    method: str
    provinces: int
    error: float
    """Median of the absolute errors."""
    bias: float
    """Median of the errors: above zero is too high."""
    coverage: float
    """Share of provinces whose value fell inside the band of eight in ten."""


def series() -> dict[str, dict[str, dict[int, float]]]:
    """indicator -> province -> year -> value."""
    found: dict[str, dict[str, dict[int, float]]] = {}
    with (DATA / "provinces.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["province"] not in AGGREGATES:
                by_province = found.setdefault(row["indicator"], {})
                by_province.setdefault(row["province"], {})[int(row["year"])] = float(row["value"])
    return found


def nation_growth() -> dict[int, float]:
    """Growth of the nation's GDP by year, as a share."""
    with (DATA / "nation_growth.csv").open(encoding="utf-8", newline="") as file:
        return {int(row["year"]): float(row["growth_percent"]) / 100 for row in csv.DictReader(file)}


def scores(p: Parameters) -> list[Score]:
    """Every indicator from every origin by every method."""
    known, found = series(), []
    ahead = people(known, ORIGINS)
    for indicator, last, ours in (
        ("population", 2016, ahead),
        ("freight_carried", 2015, _freight(known["freight_carried"], p)),
        ("retail_sales_current", 2016, _retail(known["retail_sales_current"], p)),
    ):
        for origin in ORIGINS:
            methods: dict[str, Callable[[str, int, int], float]] = {
                "ours": ours,
                "naive": lambda name, at, to, s=known[indicator]: s[name][at],
                "trend": lambda name, at, to, s=known[indicator]: _trend(s[name], at, to),
            }
            names = [n for n in sorted(known[indicator]) if _whole(known[indicator][n], origin, last, n)]
            found += [
                _score(indicator, known[indicator], names, origin, last, m, f) for m, f in methods.items()
            ]
    return found


def _whole(values: Series, origin: int, last: int, name: str) -> bool:
    needed = [*range(origin - PAST, origin + 1), last]
    return name not in REDRAWN[origin] and all(values.get(year, 0) > 0 for year in needed)


def _score(
    indicator: str,
    known: Mapping[str, Series],
    names: list[str],
    origin: int,
    last: int,
    method: str,
    forecast: Callable[[str, int, int], float],
) -> Score:
    errors, inside = [], 0
    for name in names:
        seen, said = known[name][last], forecast(name, origin, last)
        errors.append(100 * (said / seen - 1))
        low, high = band(known[name], origin, last, said)
        inside += low <= seen <= high
    return Score(
        indicator,
        origin,
        last,
        method,
        len(names),
        float(np.median(np.abs(errors))),
        float(np.median(errors)),
        100 * inside / len(names),
    )


def band(values: Series, origin: int, last: int, said: float) -> tuple[float, float]:
    """Where eight of ten values should fall, by how much the yearly growth had varied: it widens with the root of the years."""
    width = EIGHT_IN_TEN * _spread(values, origin) * math.sqrt(last - origin)
    return said * math.exp(-width), said * math.exp(width)


def _spread(values: Series, origin: int) -> float:
    """Standard deviation of the yearly growth (logs) of the ten years before the origin."""
    years = [y for y in range(origin - 9, origin + 1) if y in values and y - 1 in values]
    return float(np.std([math.log(values[y] / values[y - 1]) for y in years], ddof=1))


def _trend(values: Series, origin: int, last: int) -> float:
    return values[origin] * (values[origin] / values[origin - PAST]) ** ((last - origin) / PAST)


# ---- people: the model's cohorts ----------------------------------------------------------------------------------


def people(
    known: Mapping[str, Mapping[str, Series]], origins: tuple[int, ...]
) -> Callable[[str, int, int], float]:
    """Cohorts with the nation's ages, the province's own fertility and net migration as last known."""
    wpp = nation.counts()
    fits = {origin: nation.fit(wpp, nation.FIRST, origin // 5 * 5) for origin in origins}

    def forecast(name: str, origin: int, last: int) -> float:
        fitted, before = fits[origin], wpp[origin // 5 * 5]
        newborn, ratios = mortality.survival_ratios(
            mortality.brass_survivors(fitted.survivors, fitted.level[-1])
        )
        total = known["population"][name][origin]
        people = single_years(before) / before.sum() * total
        tfr = _last(known["total_fertility_rate"][name], origin)
        moving = float(np.mean(_until(known["migration_rate"][name], origin))) / 1000
        for _ in range(origin, last):
            start = people.sum()
            people = nation.one_year(people, newborn, ratios, tfr, float(fitted.boys[-1]))
            people = people * (1 + moving * start / people.sum())
        return float(people.sum())

    return forecast


def _until(values: Series, origin: int) -> list[float]:
    return [value for year, value in sorted(values.items()) if year <= origin]


def _last(values: Series, origin: int) -> float:
    return _until(values, origin)[-1]


# ---- freight and retail: an answer to growth ------------------------------------------------------------------------


def _freight(known: Mapping[str, Series], p: Parameters) -> Callable[[str, int, int], float]:
    """Freight answers the growth of the nation as the model's port cargo answers the city's: n percent for each percent.

    n is the province's own answer of the five years before, half way to the median of all provinces.
    """
    gdp = nation_growth()
    assumed = growth.of_plan(p, 2025)

    def forecast(name: str, origin: int, last: int) -> float:
        past = sum(gdp[y] for y in range(origin - PAST + 1, origin + 1))
        answers = {
            n: math.log(s[origin] / s[origin - PAST]) / past
            for n, s in known.items()
            if _whole(s, origin, origin, n)
        }
        n = (answers[name] + float(np.median(list(answers.values())))) / 2
        ahead = growth.path(gdp[origin], last - origin, assumed)
        return known[name][origin] * math.exp(n * sum(ahead))

    return forecast


def _retail(known: Mapping[str, Series], p: Parameters) -> Callable[[str, int, int], float]:
    """Retail at current prices answers the nation's growth ahead, in the proportion of the five years before.

    The province's own rate counts half way to the median of all provinces. Prices are inside the rate: nothing that
    was known at the origin tells how they will go on, so they go on as they did.
    """
    gdp = nation_growth()
    assumed = growth.of_plan(p, 2025)

    def forecast(name: str, origin: int, last: int) -> float:
        rates = {
            n: math.log(s[origin] / s[origin - PAST]) / PAST
            for n, s in known.items()
            if _whole(s, origin, origin, n)
        }
        rate = (rates[name] + float(np.median(list(rates.values())))) / 2
        past = sum(gdp[y] for y in range(origin - PAST + 1, origin + 1)) / PAST
        ahead = growth.path(gdp[origin], last - origin, assumed)
        return known[name][origin] * math.exp(sum(rate * g / past for g in ahead))

    return forecast
