"""What a change does, from two run folders: the plan's and the change's.

The first answer is small and made at once: targets, the city's figures, one indicator by commune, words. What is asked
for next (another indicator, flows of links, what rests on assumptions) is made from the same two tables when it is asked
for. A difference below the noise of the solvers is a number here and never a word.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings
from numpy.typing import NDArray

from cuabien.base.words import LANGUAGES, N_, number, pick, say
from cuabien.indicators import compare as comparing
from cuabien.indicators.noise import Noise, noise_of, smallest_shown
from cuabien.indicators.simulated import Future, courses
from cuabien.indicators.targets import TargetRow, judge
from cuabien.lexicon import register as registers
from cuabien.lexicon.register import indicators as registered
from cuabien.plan.package import Plan
from cuabien.results import Run
from cuabien.results.code import code_hash
from cuabien.service.city import City
from cuabien.service.trying import store

KEPT = 16
"""Answers that are kept for a snapshot."""
AXIS = ("indicator", "area", "year")
HEADLINE = ("port_cargo", "grdp_constant2025", "employment", "population")
"""What a leader asks of any change first: of the whole city, in this order."""


Codes = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True)
class Side:
    """One of the two futures."""

    run: Run
    table: pl.DataFrame
    ahead: Future
    """What it says of the city and its parts; communes stay in the table."""
    targets: Mapping[str, TargetRow]

    @cached_property
    def coded(self) -> tuple[list[str], Codes]:
        return _coded(self.table)

    @property
    def names(self) -> list[str]:
        return self.coded[0]

    @property
    def codes(self) -> Codes:
        return self.coded[1]


@dataclass(frozen=True)
class Seen:
    """A change that has been modelled, beside the plan."""

    plan: Plan
    first: Side
    second: Side
    noise: Noise
    table: pl.DataFrame
    """indicator, area, year, unit, first, second, telling: everything both runs say."""

    @cached_property
    def communes(self) -> frozenset[str]:
        return frozenset(area.id for area in self.plan.communes)

    @cached_property
    def years(self) -> list[int]:
        return sorted(self.table["year"].unique().to_list())

    @cached_property
    def by_commune(self) -> pl.DataFrame:
        return self.table.filter(pl.col("area").is_in(list(self.communes)))

    @cached_property
    def of_city(self) -> pl.DataFrame:
        return self.table.filter(pl.col("area") == self.plan.header.city)

    @cached_property
    def book(self) -> Mapping[str, Any]:
        return self.first.run.explain

    @cached_property
    def swings(self) -> Mapping[str, tuple[float, str]]:
        return swings_of(self.first.run, self.plan.header.city)

    @cached_property
    def same_code(self) -> bool:
        return bool(self.first.run.manifest.get("code_hash") == self.second.run.manifest.get("code_hash"))


# ---- reading ----------------------------------------------------------------------------------------------


def seen(city: City, change: str) -> Seen | None:
    """What a stored change does to the plan that is shown; None where nobody has modelled it on this edition."""
    home = Path(settings.CUABIEN_HOME)
    run = store.look(home, change, city.edition)
    if run is None:
        return None
    kept: OrderedDict[str, Seen] = city.remember("seen", OrderedDict)
    key = str(run.folder)
    if key in kept:
        return kept[key]
    base = the_plans_own(city, home, run)
    if base is None:
        return None
    first = city.remember(("side", str(base.folder)), lambda: side(city.plan, base))
    found = beside(city.plan, first, side(city.plan, run))
    kept[key] = found
    while len(kept) > KEPT:
        kept.popitem(last=False)
    return found


def bodies(city: City, found: Seen) -> dict[Any, bytes]:
    """Answers that were made of it, as they are sent."""
    kept: OrderedDict[str, dict[Any, bytes]] = city.remember("answers", OrderedDict)
    held = kept.setdefault(str(found.second.run.folder), {})
    while len(kept) > KEPT:
        kept.popitem(last=False)
    return held


def the_plans_own(city: City, home: Path, run: Run) -> Run | None:
    """The plan's own future by the program that made the change's: the run that is shown, or the worker's first look."""
    code = run.manifest.get("code_hash")
    if city.run is not None and city.run.manifest.get("code_hash") == code:
        return city.run
    look = store.look(home, store.PLANS_OWN, city.edition) if code == code_hash() else None
    return look if look is not None and look.manifest.get("code_hash") == code else city.run


def side(plan: Plan, run: Run) -> Side:
    communes = [area.id for area in plan.communes]
    table = run.table("indicators").filter(pl.col("indicator").is_in(shown()))
    ahead = Future(courses(table.filter(~pl.col("area").is_in(communes))), {})
    return Side(run, table, ahead, {row.id: row for row in judge(plan, ahead=ahead)})


def shown() -> list[str]:
    """Indicators that may be shown."""
    return [row.id for row in registered().values() if row.group != "defence"]


def beside(plan: Plan, first: Side, second: Side) -> Seen:
    noise = noise_of(first.run, second.run)
    table, aligned = _joined(first.table, second.table)
    names, codes = (first.names, first.codes) if aligned else _coded(table)
    of_city, of_parts, digit = (
        np.array([bound(i) for i in names])
        for bound in (
            lambda i: noise.of(i, plan.header.city),
            lambda i: noise.of(i, ""),
            smallest_shown,
        )
    )
    one, two = table["first"].to_numpy(), table["second"].to_numpy()
    in_city = (table["area"] == plan.header.city).to_numpy()
    relative = np.where(in_city, of_city[codes], of_parts[codes])
    widest = np.maximum(relative * np.maximum(np.abs(one), np.abs(two)), digit[codes])
    telling = np.where(
        np.isnan(one) | np.isnan(two), np.isnan(one) != np.isnan(two), np.abs(two - one) > widest
    )
    return Seen(plan, first, second, noise, table.with_columns(telling=pl.Series(telling, dtype=pl.Boolean)))


def _joined(one: pl.DataFrame, two: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """Both values of everything that the plan's own run says, and whether both say the same things in one order."""
    left = one.select(*AXIS, "unit", pl.col("value").alias("first"))
    if one.select(AXIS).equals(two.select(AXIS)):  # nearly always; and much faster
        return left.with_columns(second=two["value"]), True
    return left.join(two.select(*AXIS, pl.col("value").alias("second")), on=AXIS, how="left"), False


def _coded(table: pl.DataFrame) -> tuple[list[str], Codes]:
    """The indicators of a table, and which of them each row is of."""
    names = table["indicator"].unique(maintain_order=True)
    return names.to_list(), table["indicator"].cast(pl.Enum(names)).to_physical().to_numpy()


# ---- what differs -----------------------------------------------------------------------------------------


def moved(found: Seen) -> list[tuple[str, int]]:
    """(indicator, how many communes it moves in), the most first; at most one figure for a commune."""
    rows = (
        found.by_commune.filter("telling")
        .group_by("indicator")
        .agg(pl.col("area").n_unique().alias("communes"))
        .sort("communes", "indicator", descending=[True, False])
    )
    return list(rows.iter_rows())


def target_moves(found: Seen) -> list[comparing.TargetMove]:
    """Targets whose modelled value or verdict differs."""
    both = found.first.targets.keys() & found.second.targets.keys()
    pairs = ((one, found.second.targets[i]) for i, one in found.first.targets.items() if i in both)
    return comparing.moves_between(pairs, found.noise)


def city_rows(found: Seen, most: int | None = None) -> list[dict[str, Any]]:
    """What moves in the whole city: each indicator in its last milestone year that moves, the largest first."""
    marked = list(found.plan.header.milestones) or found.years
    rows = (
        found.of_city.filter(pl.col("telling") & pl.col("year").is_in(marked))
        .with_columns(
            size=((pl.col("second") - pl.col("first")) / pl.col("first").abs().clip(lower_bound=1e-12)).abs()
        )
        .sort("year")
        .group_by("indicator", maintain_order=True)
        .last()
        .sort("size", "indicator", descending=[True, False], nulls_last=True)
    )
    return list(rows.head(most).iter_rows(named=True) if most else rows.iter_rows(named=True))


def commune_moves(found: Seen, language: str | None) -> list[comparing.CommuneMove]:
    """Every indicator of every commune that differs, each indicator in the year in which most communes do."""
    told = found.by_commune.filter(
        pl.col("telling") & pl.col("first").is_not_null() & pl.col("second").is_not_null()
    )
    best = (
        told.group_by("indicator", "year")
        .len()
        .sort("len", "year", descending=True)
        .group_by("indicator", maintain_order=True)
        .first()
        .select("indicator", "year")
    )
    names = {area.id: pick(area, "name", language) for area in found.plan.communes}
    known, moves = registered(), []
    for indicator, area, year, unit, one, two in (
        told.join(best, on=["indicator", "year"], how="semi")
        .select("indicator", "area", "year", "unit", "first", "second")
        .iter_rows()
    ):
        direction = known[indicator].better if indicator in known else ""
        better = None if direction not in ("up", "down") else (two > one) == (direction == "up")
        moves.append(comparing.CommuneMove(area, names[area], indicator, year, unit or "", one, two, better))
    return sorted(moves, key=lambda move: (move.indicator, -abs(move.change), move.area))


def comparison(found: Seen, language: str) -> comparing.Comparison:
    """The comparison that the command line makes, for its words; of the city's figures the headline tells."""
    return comparing.Comparison(
        [],
        target_moves(found),
        commune_moves(found, language),
        [
            move
            for move in comparing.project_moves(found.plan, found.first.run, found.second.run, language)
            if move.project in found.plan.projects
        ],
        city=found.plan.header.city,
    )


def words(found: Seen) -> list[dict[str, str]]:
    """What differs, as sentences in both languages: the figures that a city is asked for, then verdicts, projects, communes."""
    told = []
    for language in LANGUAGES:
        differs = comparison(found, language)
        told.append(
            [
                *headline_words(found, language),
                *differs.words_of_targets(language),
                *differs.words_of_projects(language),
                *differs.words_of_communes(language),
            ]
        )
    return [dict(zip(LANGUAGES, pair, strict=True)) for pair in zip(*told, strict=True)]


def headline(found: Seen) -> list[dict[str, Any]]:
    """The figures that a city is asked for, each in the year in which the futures are furthest apart, the later of equal ones;
    in the last year where they are nowhere apart by more than the noise. They stand there whether they move or not."""
    rows = []
    for indicator in HEADLINE:
        of_it = found.of_city.filter(
            (pl.col("indicator") == indicator)
            & pl.col("first").is_not_null()
            & pl.col("second").is_not_null()
        )
        if of_it.is_empty():
            continue
        apart = pl.when("telling").then((pl.col("second") - pl.col("first")).abs()).otherwise(-1.0)
        rows.append(of_it.sort(apart, "year").row(-1, named=True))
    return rows


def headline_words(found: Seen, language: str) -> list[str]:
    rows = headline(found)
    told = [_headline_sentence(row, language) for row in rows if row["telling"]]
    still = "; ".join(
        registers.indicator_name(row["indicator"], language) for row in rows if not row["telling"]
    )
    if not told and still:
        told.append(say(N_("The city as a whole stays as it is, as far as the model can tell: {names}."), language, names=still))  # fmt: skip
    elif still:
        told.append(say(N_("Whole city, no difference that the model can tell: {names}."), language, names=still))  # fmt: skip
    return told


def _headline_sentence(row: Mapping[str, Any], language: str) -> str:
    indicator, first, second = row["indicator"], row["first"], row["second"]
    known, unit = registered()[indicator], row["unit"] or ""
    change = second - first
    part = comparing.percent(indicator, unit, first, change)
    sign = "+" if change > 0 else "−"
    values = {
        "name": registers.indicator_name(indicator, language),
        "first": number(first, language, known.decimals),
        "second": number(second, language, known.decimals),
        "unit": registers.unit_words(unit, language),
        "year": row["year"],
    }
    if part is None:
        return say(N_("{name}, whole city: {first} becomes {second} {unit} in {year}."), language, **values)
    template = N_("{name}, whole city: {first} becomes {second} {unit} in {year} ({percent} %).")
    digits = 1 if abs(part) >= 0.1 else 2 if abs(part) >= 0.01 else 3
    return say(template, language, percent=f"{sign}{number(abs(part), language, digits)}", **values)


# ---- one indicator by commune -------------------------------------------------------------------------------


def grid(found: Seen, indicator: str) -> tuple[list[int], list[str], Mapping[str, list[list[Any]]]]:
    """(years, communes, {first, second, telling: a row a commune}) of one indicator; no communes where it has none."""
    rows = found.by_commune.filter(pl.col("indicator") == indicator)
    there = set(rows["area"].to_list())
    areas = [area.id for area in found.plan.communes if area.id in there]
    years = found.years
    at = {
        (area, year): (one, two, told)
        for area, year, one, two, told in rows.select(
            "area", "year", "first", "second", "telling"
        ).iter_rows()
    }
    nothing = (None, None, False)
    return (
        years,
        areas,
        {
            key: [[at.get((area, year), nothing)[index] for year in years] for area in areas]
            for index, key in enumerate(("first", "second", "telling"))
        },
    )


def unit_of(found: Seen, indicator: str) -> str:
    rows = found.table.filter(pl.col("indicator") == indicator)["unit"]
    return str(rows[0] or "") if len(rows) else ""


def links(found: Seen, year: int) -> Sequence[Mapping[str, Any]]:
    """Flows of links in both futures in one year; a link of the change has no first flow."""
    if not (found.first.run.has_table("links") and found.second.run.has_table("links")):
        return []
    one, two = (
        side.run.table("links").filter(pl.col("year") == year).select("link", "direction", "pcu_h")
        for side in (found.first, found.second)
    )
    both = one.join(two, on=["link", "direction"], how="full", coalesce=True, suffix="_second")
    return list(both.sort("link", "direction").iter_rows(named=True))


# ---- what it rests on -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rests:
    """The parameters behind an indicator, those of them that nobody measured, and the swing of the city's figure."""

    parameters: frozenset[str]
    assumed: frozenset[str]
    swing: float | None
    """Percent of the figure, over the ranges of what is assumed: of the plan's own run."""
    most: str | None


def rests_on(found: Seen, indicator: str) -> Rests:
    parameters = behind(found.book, indicator)
    rows = found.plan.parameters
    assumed = frozenset(p for p in parameters if p in rows and rows[p].status == "assumed")
    wide = found.swings.get(indicator)
    return Rests(parameters, assumed, *(wide if wide is not None else (None, None)))


def behind(book: Mapping[str, Any], indicator: str) -> frozenset[str]:
    """Every parameter that an indicator follows from, this year or before, by the plan's own account."""
    wanted, seen_variables, parameters = [book["indicators"].get(indicator, {})], set(), set()
    while wanted:
        entry = wanted.pop()
        parameters |= set(entry.get("parameters", ()))
        for name in (*entry.get("reads", ()), *entry.get("reads_last", ())):
            if name not in seen_variables:
                seen_variables.add(name)
                wanted.append(book["variables"].get(name, {}))
    return frozenset(parameters)


def swings_of(run: Run, city: str) -> dict[str, tuple[float, str]]:
    """Indicator -> how many percent the city's figure of the last year moves over what is assumed, and by what most."""
    if not run.has_table("swing"):
        return {}
    table = run.table("swing").filter(pl.col("area") == city)
    found: dict[str, tuple[float, str]] = {}
    rows = (
        table.filter(pl.col("year") == pl.col("year").max().over("indicator"))
        .with_columns(
            low=pl.min_horizontal("at_low", "at_high", "base"),
            high=pl.max_horizontal("at_low", "at_high", "base"),
        )
        .with_columns(wide=pl.col("high") - pl.col("low"))
        .sort("wide", descending=True, nulls_last=True)
        .group_by("indicator", maintain_order=True)
        .agg(pl.col("low").min(), pl.col("high").max(), pl.col("base").first(), pl.col("parameter").first())
    )
    for indicator, low, high, base, parameter in rows.iter_rows():
        if base and low is not None and high is not None:
            found[indicator] = (100 * (high - low) / abs(base), parameter)
    return found
