"""The population method against the nation: fitted to Việt Nam of 1950-2020, run on, compared by age with the UN.

The equations are the model's own (`cuabien.model.population`). What is fitted sees no year after the one in which it
stands: hazards, mortality levels, fertility and net migration are read off the counts by age of earlier years, and go on
by rules that were chosen by standing in 1990, 1995 and 2000 and looking at 2020 (`rules`), never by looking at 2025-2045.

Data: United Nations, World Population Prospects 2024, counts by sex and five-year group (CC BY 3.0 IGO).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from cuabien.model.population import fertility, mortality
from cuabien.model.population.ages import single_years
from cuabien.model.variables import SEXES, Array

DATA = Path(__file__).parent / "data" / "wpp2024_vietnam.csv"
STEP = 5
GROUPS = 21
FIRST, LAST_KNOWN, LAST = 1950, 2020, 2045
ADULTS = slice(9, 18)
"""Groups 45-49 to 85-89, as for the life table of the plan: younger ages hold migration."""
MEAN_AGE, SPREAD = 28.0, 5.6
"""Mothers' age at birth, years: the plan's own values."""


@dataclass(frozen=True)
class Rules:
    """How what was read off the past goes on."""

    fertility_periods: int
    """The mean of so many last five-year periods is held."""
    migration_periods: int
    level_periods: int
    """The mortality level goes on along the line through so many last periods."""
    level_pace: float
    """The share of that line's slope that goes on."""


@dataclass(frozen=True)
class Fit:
    """What was read off the years up to one, for each five-year period."""

    survivors: Array
    """Standard survivors by exact age 0..120 [sex, 121]."""
    level: Array
    """Brass level [period, sex]; lower lives longer."""
    children: Array
    """Children per woman [period]."""
    boys: Array
    """Boys per girl at birth [period]."""
    moved: Array
    """Net migrants over five years by sex and group at the end of the period, per head of the population [period, 2, 21]."""


def counts() -> dict[int, Array]:
    """Year -> persons [sex, group], women first."""
    found: dict[int, Array] = {}
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            group = int(row["age"].rstrip("+").split("-")[0]) // STEP
            table = found.setdefault(int(row["year"]), np.zeros((len(SEXES), GROUPS)))
            table[SEXES.index(row["sex"]), group] = float(row["persons"])
    return found


# ---- read off the past --------------------------------------------------------------------------------------------


def fit(known: dict[int, Array], first: int, last: int) -> Fit:
    """What the counts of `first` to `last` say; later years are not looked at."""
    years = [y for y in sorted(known) if first <= y <= last]
    periods = list(pairwise(years))
    survivors = _standard(known, periods[-2:])
    level = np.array([[_level(known[a][s], known[b][s], survivors[s]) for s in range(2)] for a, b in periods])
    children, boys, moved = [], [], []
    for (a, b), levels in zip(periods, level, strict=True):
        newborn, ratios = mortality.survival_ratios(mortality.brass_survivors(survivors, levels))
        tfr, ratio = _fertility(known[a], known[b], newborn, ratios)
        children.append(tfr)
        boys.append(ratio)
        alone = five_years(known[a], newborn, ratios, tfr, ratio)
        moved.append((known[b] - alone) / known[a].sum())
    return Fit(survivors, level, np.array(children), np.array(boys), np.array(moved))


def _standard(known: dict[int, Array], periods: Sequence[tuple[int, int]]) -> Array:
    """Siler's curve of each sex through the survival of adult groups in the last periods [sex, 121]."""
    ages = np.arange(mortality.LAST_AGE + 1, dtype=float)
    curves = []
    for sex in range(2):
        seen = np.concatenate([_cohort_survival(known[a][sex], known[b][sex])[ADULTS] for a, b in periods])

        def off(x: Array, seen: Array = seen) -> Array:
            expected = _group_survival(_curve(ages, x))[ADULTS]
            return np.tile(expected, len(periods)) - seen

        best = least_squares(off, np.log([2e-4, 2e-5, 0.1]))
        curves.append(_curve(ages, best.x))
    return np.stack(curves)


def _curve(ages: Array, logs: Array) -> Array:
    """Siler survivors from the logs of background, senescent and slope; the infant part is the plan's."""
    background, senescent, slope = np.exp(logs)
    return mortality.siler_survivors(
        ages, mortality.SilerHazards(0.0214, 2.0, float(background), float(senescent), float(slope))
    )


def _cohort_survival(before: Array, after: Array) -> Array:
    """Of each group 0-4 .. 90-94, the share counted five years later in the next."""
    return after[1:20] / before[:19]


def _group_survival(survivors: Array) -> Array:
    """What a life table expects of the same groups."""
    lived = np.maximum(mortality.years_lived(survivors)[:100].reshape(20, STEP).sum(axis=1), 1e-12)
    return np.asarray(lived[1:20] / lived[:19])


def _level(before: Array, after: Array, standard: Array) -> float:
    """The Brass level whose deaths among adults are those of the counts, by bisection."""
    seen = float(after[1:20][ADULTS].sum())
    low, high = -3.0, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        survivors = mortality.brass_survivors(standard, np.array(middle))
        expected = float((before[:19] * _group_survival(survivors))[ADULTS].sum())
        low, high = (middle, high) if expected > seen else (low, middle)
    return (low + high) / 2


def _fertility(before: Array, after: Array, newborn: Array, ratios: Array) -> tuple[float, float]:
    """Children per woman, and boys per girl, that leave the children under five who were counted."""
    boys = 1.06
    tfr = 1.0
    for _ in range(3):  # both are proportional to the children, so the first correction is all but exact
        alone = five_years(before, newborn, ratios, tfr, boys)
        boys *= float((after[1, 0] / after[0, 0]) / (alone[1, 0] / alone[0, 0]))
        tfr *= float(after[:, 0].sum() / alone[:, 0].sum())
    return tfr, boys


def five_years(groups: Array, newborn: Array, ratios: Array, tfr: float, boys: float) -> Array:
    """Five years without migration, by the model's equations: [sex, group] to [sex, group]."""
    people = single_years(groups)
    for _ in range(STEP):
        people = one_year(people, newborn, ratios, tfr, boys)
    return _grouped(people)


def one_year(people: Array, newborn: Array, ratios: Array, tfr: float, boys: float) -> Array:
    living = people * ratios
    aged = np.zeros_like(people)
    aged[:, 1:] = living[:, :-1]
    aged[:, -1] += living[:, -1]
    rates = fertility.age_pattern(MEAN_AGE, SPREAD) * tfr
    born = fertility.births(people[None, 0], aged[None, 0], rates, boys)[0]
    aged[:, 0] = born * newborn
    return aged


def _grouped(people: Array) -> Array:
    closed = people[:, :100].reshape(2, 20, STEP).sum(axis=2)
    return np.concatenate([closed, people[:, 100:]], axis=1)


# ---- on from there ------------------------------------------------------------------------------------------------


def project(start: Array, fitted: Fit, rules: Rules, years: Sequence[int]) -> dict[int, Array]:
    """From the counts of the first year to each later one, five years at a time."""
    children = float(fitted.children[-rules.fertility_periods :].mean())
    boys = float(fitted.boys[-2:].mean())
    moved = fitted.moved[-rules.migration_periods :].mean(axis=0)
    line = np.arange(rules.level_periods)
    slope = np.array([np.polyfit(line, fitted.level[-rules.level_periods :, s], 1)[0] for s in range(2)])
    people, found = start, {years[0]: start}
    for index, year in enumerate(years[1:], start=1):
        level = fitted.level[-1] + rules.level_pace * slope * index
        newborn, ratios = mortality.survival_ratios(mortality.brass_survivors(fitted.survivors, level))
        total = people.sum()
        people = np.maximum(five_years(people, newborn, ratios, children, boys) + moved * total, 0.0)
        found[year] = people
    return found


CANDIDATES = tuple(Rules(*choice) for choice in product((1, 2, 3), (1, 2, 4), (4, 6, 8), (0.5, 0.75, 1.0)))
HINDCASTS = (1990, 1995, 2000)


def rules(known: dict[int, Array]) -> tuple[Rules, float]:
    """The rules that would have been least wrong by age in 2020, standing in 1990, 1995 and 2000, and by how much.

    The score is the mean share of people put into the wrong age and sex.
    """
    scored = []
    fits = {origin: fit(known, FIRST, origin) for origin in HINDCASTS}
    for candidate in CANDIDATES:
        wrong = []
        for origin in HINDCASTS:
            years = list(range(origin, LAST_KNOWN + 1, STEP))
            reached = project(known[origin], fits[origin], candidate, years)[LAST_KNOWN]
            wrong.append(misplaced(reached, known[LAST_KNOWN]))
        scored.append((float(np.mean(wrong)), candidate))
    score, best = min(scored, key=lambda pair: pair[0])
    return best, score


def misplaced(ours: Array, theirs: Array) -> float:
    """Half the sum of absolute differences by age and sex, over all people: the share that stands in the wrong cell."""
    return float(np.abs(ours - theirs).sum() / 2 / theirs.sum())


# ---- the score ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    year: int
    ours: float
    theirs: float
    misplaced: float
    naive: float
    """The last known total, held."""
    trend: float
    """The growth of the last ten known years, continued."""
    old_ours: float
    """Percent aged 65 and over."""
    old_theirs: float

    @property
    def error(self) -> float:
        return 100 * (self.ours / self.theirs - 1)


@dataclass(frozen=True)
class Ages:
    """One year by age, in groups of five years and 100 and over: persons of both, as we and as the UN have them."""

    year: int
    women_ours: list[float]
    women_theirs: list[float]
    men_ours: list[float]
    men_theirs: list[float]


@dataclass(frozen=True)
class Report:
    rules: Rules
    hindcast: float
    years: tuple[Year, ...]
    children: float
    expectancy: tuple[float, float]
    """Of women and men in the last known period, years."""
    ages: Ages
    """The last year by sex and age."""


def report() -> Report:
    known = counts()
    best, score = rules({y: t for y, t in known.items() if y <= LAST_KNOWN})
    fitted = fit(known, FIRST, LAST_KNOWN)
    years = list(range(LAST_KNOWN, LAST + 1, STEP))
    reached = project(known[LAST_KNOWN], fitted, best, years)
    total, before = known[LAST_KNOWN].sum(), known[LAST_KNOWN - 10].sum()
    rows = tuple(
        Year(
            year,
            float(reached[year].sum()),
            float(known[year].sum()),
            misplaced(reached[year], known[year]),
            float(total),
            float(total * (total / before) ** ((year - LAST_KNOWN) / 10)),
            100 * float(reached[year][:, 13:].sum() / reached[year].sum()),
            100 * float(known[year][:, 13:].sum() / known[year].sum()),
        )
        for year in years[1:]
    )
    expectancy = mortality.life_expectancy(mortality.brass_survivors(fitted.survivors, fitted.level[-1]))
    return Report(
        best,
        score,
        rows,
        float(fitted.children[-best.fertility_periods :].mean()),
        (float(expectancy[0]), float(expectancy[1])),
        Ages(
            years[-1],
            *(table[sex].tolist() for sex in range(len(SEXES)) for table in (reached[LAST], known[LAST])),
        ),
    )
