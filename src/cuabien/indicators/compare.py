"""Two futures side by side: indicators, targets, communes and projects that differ, and who wins and loses in plain words.

Every year of both is looked at. A difference below what the solvers leave open (`noise`) is none: it is kept apart, as quiet,
and nobody wins or loses by it. Better and worse are the register's: an indicator that is neither (people, area) grows or
shrinks, and nobody is called a winner for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cuabien.base.words import N_, number, pick, say
from cuabien.indicators.noise import LEAST, SILENT, Noise, noise_of, smallest_shown
from cuabien.indicators.simulated import Future, future
from cuabien.indicators.targets import TargetRow, Verdict, judge
from cuabien.lexicon import register
from cuabien.plan.package import Plan
from cuabien.results import Run

FIRST = (
    "grdp_constant2025",
    "employment",
    "port_cargo",
    "budget_revenue_total",
    "commute_minutes",
    "stranded_trips",
)
"""What a city asks for first, in this order."""
RATES = ("percent", "times", "ratio", "persons per year")
"""Units of growth rates and shares: a percent of a percent says little, so they come after the levels."""
TELLING = 0.005
"""Relative: what moves less is in the rows and not in the sentences."""
NAMED = 3
"""How many communes a sentence names."""
FEW_DIGITS = 20
"""A value below so many halves of its last digit has one digit: a percent of it says nothing, so none is given."""
MOST_PERCENT = 1000.0
"""A value that grows more than tenfold is told by the two values: a percent in thousands says nothing."""
SAME = 1e-9
"""Relative: what differs by less is rounding."""


@dataclass(frozen=True, slots=True)
class Difference:
    indicator: str
    area: str
    year: int
    unit: str
    first: float | None
    second: float | None
    noise: float = LEAST
    """Relative: what they may differ by without a cause."""
    widest: bool = False
    """Whether they are further apart in this year than in any other."""

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.second is None else self.second - self.first

    @property
    def percent(self) -> float | None:
        """None where it would say nothing: of a value that is nearly zero, or a percentage itself."""
        return None if self.first is None else percent(self.indicator, self.unit, self.first, self.change)

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "indicator": self.indicator,
            "name": register.indicator_name(self.indicator, language),
            "area": self.area,
            "year": self.year,
            "unit": register.unit_words(self.unit, language),
            "first": self.first,
            "second": self.second,
            "change": self.change,
            "percent": self.percent,
            "noise_percent": 100 * self.noise,
            "widest": self.widest,
        }


def percent(indicator: str, unit: str, first: float, change: float | None) -> float | None:
    """A change in percent of the first value; None where that value has one digit at most or is a percentage, and where it
    would be in thousands."""
    nearly_zero = abs(first) <= FEW_DIGITS * smallest_shown(indicator)
    if change is None or not first or nearly_zero or unit.startswith("percent"):
        return None
    found = 100 * change / abs(first)
    return found if abs(found) <= MOST_PERCENT else None


def differences(
    first: Run,
    second: Run,
    *,
    areas: Iterable[str],
    years: Iterable[int],
    noise: Noise = SILENT,
    quiet: bool = False,
) -> list[Difference]:
    """Indicators that differ in any year of both runs, in the order of the first: the year in which they are furthest apart,
    and those of `years`. With `quiet` those that differ by less than the noise, and in no year by more; one row each."""
    one, two = future(first), future(second)
    found: list[Difference] = []
    wanted, marked = set(areas), set(years)
    either = sorted({*one.years(), *two.years()})
    for key in dict.fromkeys([*one.paths, *two.paths]):
        if key[1] not in wanted:
            continue
        course = one.path(*key) or two.path(*key)
        pairs = {y: (one.value(*key, y), two.value(*key, y)) for y in either}
        heard = {y: pair for y, pair in pairs.items() if noise.differs(*key, *pair)}
        whispered = {} if heard else {y: pair for y, pair in pairs.items() if apart(*pair) > SAME}
        looked_at = whispered if quiet else heard
        if not looked_at:
            continue
        widest = max(looked_at, key=lambda y: (apart(*looked_at[y]), y))
        found += (
            Difference(
                *key,
                y,
                course.unit if course else "",
                *looked_at[y],
                noise=noise.of(*key),
                widest=y == widest,
            )
            for y in looked_at
            if y == widest or (y in marked and not quiet)
        )
    return found


def apart(one: float | None, two: float | None) -> float:
    """How far apart two values are, over the larger: 0 when they are equal, 1 when one is missing or zero, at most 2."""
    if one is None or two is None:
        return 0.0 if one is two else 1.0
    return abs(two - one) / max(abs(one), abs(two), 1e-300)


# ---- all of it ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TargetMove:
    """A target whose value or verdict differs."""

    target: str
    indicator: str
    area: str
    year: int | None
    unit: str | None
    first: float | None
    second: float | None
    verdict_first: Verdict
    verdict_second: Verdict

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "id": self.target,
            "indicator": self.indicator,
            "name": register.indicator_name(self.indicator, language),
            "area": self.area,
            "year": self.year,
            "unit": register.unit_words(self.unit, language),
            "first": self.first,
            "second": self.second,
            "verdict_first": self.verdict_first,
            "verdict_second": self.verdict_second,
        }


@dataclass(frozen=True, slots=True)
class CommuneMove:
    """One indicator of one commune, in the year in which most communes differ by it; the last of such years."""

    area: str
    name: str
    indicator: str
    year: int
    unit: str
    first: float
    second: float
    better: bool | None
    """Whether the second future is better for it; None where neither direction is."""

    @property
    def change(self) -> float:
        return self.second - self.first

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "area": self.area,
            "name": self.name,
            "indicator": self.indicator,
            "indicator_name": register.indicator_name(self.indicator, language),
            "year": self.year,
            "unit": register.unit_words(self.unit, language),
            "first": self.first,
            "second": self.second,
            "change": self.change,
            "better": self.better,
        }


@dataclass(frozen=True, slots=True)
class ProjectMove:
    """A project that opens in another year, or in one future only. A year of None: it does not open within the plan."""

    project: str
    name: str
    opens_first: int | None
    opens_second: int | None
    in_first: bool
    in_second: bool

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "project": self.project,
            "name": self.name,
            "opens_first": self.opens_first,
            "opens_second": self.opens_second,
            "in_first": self.in_first,
            "in_second": self.in_second,
        }


@dataclass(frozen=True)
class Comparison:
    indicators: list[Difference]
    targets: list[TargetMove]
    communes: list[CommuneMove]
    projects: list[ProjectMove]
    quiet: list[Difference] = field(default_factory=list)
    """Indicators that differ by less than the noise: no answer of the plan."""
    noise: Noise = field(default=SILENT, compare=False)
    years: tuple[int, int] | None = field(default=None, compare=False)
    """The first and last year that were looked at."""
    city: str = field(default="", compare=False)

    def words(self, language: str | None = None) -> list[str]:
        """What differs, as sentences: projects, verdicts, what a city asks for first, then who wins and loses by what."""
        return [
            *self.words_of_projects(language),
            *self.words_of_targets(language),
            *_of_city(self.indicators, self.city, language),
            *self.words_of_communes(language),
        ]

    def words_of_projects(self, language: str | None = None) -> list[str]:
        return [_of_project(move, language) for move in self.projects]

    def words_of_targets(self, language: str | None = None) -> list[str]:
        turned = (move for move in self.targets if move.verdict_first != move.verdict_second)
        return [_of_target(move, language) for move in turned]

    def words_of_communes(self, language: str | None = None) -> list[str]:
        return _of_communes(self.communes, language)

    def caveat(self, language: str | None = None) -> str:
        """Which years were looked at, and below what nothing is named."""
        return caveat(self.noise, self.years, language)

    def as_json(self, language: str | None = None) -> dict[str, object]:
        return {
            "indicators": [row.as_row(language) for row in self.indicators],
            "targets": [row.as_row(language) for row in self.targets],
            "communes": [row.as_row(language) for row in self.communes],
            "projects": [row.as_row(language) for row in self.projects],
            "quiet": [row.as_row(language) for row in self.quiet],
            "caveat": self.caveat(language),
            "words": self.words(language),
        }


def compare(
    plan: Plan, first: Run, second: Run, *, areas: Iterable[str], language: str | None = None
) -> Comparison:
    """Everything that differs between two runs of one plan by more than their noise, in any year."""
    marked = plan.header.milestones or (plan.header.base_year, plan.header.horizon)
    noise, areas = noise_of(first, second), list(areas)
    one, two = future(first), future(second)
    common = sorted(set(one.years()) & set(two.years()))
    return Comparison(
        differences(first, second, areas=areas, years=marked, noise=noise),
        target_moves(plan, first, second, noise),
        commune_moves(plan, one, two, language, noise),
        project_moves(plan, first, second, language),
        differences(first, second, areas=areas, years=marked, noise=noise, quiet=True),
        noise,
        (common[0], common[-1]) if common else None,
        plan.header.city,
    )


def target_moves(plan: Plan, first: Run, second: Run, noise: Noise = SILENT) -> list[TargetMove]:
    """Targets judged by the model whose value differs, or whose verdict does; a verdict that turns by noise has not turned."""
    others = {row.id: row for row in judge(plan, second)}
    return moves_between(((one, others[one.id]) for one in judge(plan, first)), noise)


def moves_between(pairs: Iterable[tuple[TargetRow, TargetRow]], noise: Noise = SILENT) -> list[TargetMove]:
    """The same of targets that were judged before, each by both runs."""
    found = []
    for one, two in pairs:
        base = one.indicator.removesuffix("_avg")
        moved = noise.differs(base, one.area, one.value, two.value)
        both = one.basis == two.basis == "simulated"
        if moved if both else one.verdict != two.verdict:
            found.append(
                TargetMove(
                    one.id,
                    one.indicator,
                    one.area,
                    one.year,
                    one.unit,
                    one.value,
                    two.value,
                    one.verdict,
                    two.verdict,
                )
            )
    return found


def commune_moves(
    plan: Plan, first: Future, second: Future, language: str | None = None, noise: Noise = SILENT
) -> list[CommuneMove]:
    """Every indicator of every commune that differs, each indicator in one year: by indicator, the largest change first."""
    communes = {area.id: pick(area, "name", language) for area in plan.communes}
    common = sorted(set(first.years()) & set(second.years()))
    known, found = register.indicators(), []
    for indicator in first.indicators():
        there = [area for area in first.areas(indicator) if area in communes]
        by_year = {year: _moved(indicator, there, first, second, year, noise) for year in common}
        year = max(common, key=lambda y: (len(by_year[y]), y), default=None)
        direction = known[indicator].better if indicator in known else ""
        for area, (one, two) in by_year[year].items() if year is not None else ():
            path = first.path(indicator, area)
            better = None if direction not in ("up", "down") else (two > one) == (direction == "up")
            unit = path.unit if path else ""
            found.append(CommuneMove(area, communes[area], indicator, year or 0, unit, one, two, better))
    return sorted(found, key=lambda move: (move.indicator, -abs(move.change), move.area))


def _moved(
    indicator: str, areas: Iterable[str], first: Future, second: Future, year: int, noise: Noise
) -> dict[str, tuple[float, float]]:
    """Commune -> its two values, for those that differ in a year."""
    found = {}
    for area in areas:
        one, two = first.value(indicator, area, year), second.value(indicator, area, year)
        if one is not None and two is not None and noise.differs(indicator, area, one, two):
            found[area] = (one, two)
    return found


def project_moves(plan: Plan, first: Run, second: Run, language: str | None = None) -> list[ProjectMove]:
    """Projects that open in another year, or stand in one of the two only."""
    one, two = _openings(first), _openings(second)
    found = []
    for project in sorted(set(one) | set(two)):
        if one.get(project, _ABSENT) == two.get(project, _ABSENT):
            continue
        row = plan.projects.get(project)
        name = pick(row, "name", language) if row else project
        found.append(
            ProjectMove(project, name, one.get(project), two.get(project), project in one, project in two)
        )
    return found


_ABSENT = -1


def _openings(run: Run) -> dict[str, int | None]:
    """Project -> the year in which it opens in this run; stopped ones are left out, like those that are not there."""
    if not run.has_table("projects"):
        return {}
    rows = run.table("projects").iter_rows(named=True)
    return {row["project"]: row["opens"] for row in rows if row["comes"]}


# ---- plain words ----------------------------------------------------------------------------------------------------


def _of_project(move: ProjectMove, language: str | None) -> str:
    if not move.in_second:
        return say(N_("{name} does not come."), language, name=move.name)
    if not move.in_first:
        return say(N_("{name} is new."), language, name=move.name)
    return say(
        N_("{name} opens in {second} instead of {first}."),
        language,
        name=move.name,
        first=_year(move.opens_first, language),
        second=_year(move.opens_second, language),
    )


def _year(year: int | None, language: str | None) -> str:
    return str(year) if year else say(N_("a year that is not known"), language)


def _of_target(move: TargetMove, language: str | None) -> str:
    return say(
        N_("Target {id}, {name} in {year}: {first} becomes {second}."),
        language,
        id=move.target,
        name=register.indicator_name(move.indicator, language),
        year=move.year,
        first=say(move.verdict_first, language),
        second=say(move.verdict_second, language),
    )


def _of_city(rows: list[Difference], city: str, language: str | None) -> list[str]:
    """What a city asks for first, where it is furthest apart; what moves little is left to the table."""
    apart_most = {row.indicator: row for row in rows if row.area == city and row.widest}
    found = []
    for indicator in FIRST:
        row = apart_most.get(indicator)
        if row is None or row.change is None or apart(row.first, row.second) <= TELLING:
            continue
        decimals = register.indicators()[indicator].decimals
        found.append(
            say(
                N_(
                    "{name}, whole city: {first} becomes {second} {unit} in {year}, when they are furthest apart."
                ),
                language,
                name=register.indicator_name(indicator, language),
                first=number(row.first, language, decimals),
                second=number(row.second, language, decimals),
                unit=register.unit_words(row.unit, language),
                year=row.year,
            )
        )
    return found


def _of_communes(moves: list[CommuneMove], language: str | None) -> list[str]:
    """One sentence an indicator that has a better side: how many communes gain and lose, and the foremost by name."""
    found = []
    telling = [
        m
        for m in moves
        if m.better is not None and abs(m.change) > TELLING * max(abs(m.first), abs(m.second))
    ]
    for indicator in dict.fromkeys(move.indicator for move in telling):
        of_it = [move for move in telling if move.indicator == indicator]
        gain, lose = ([m for m in of_it if m.better is side] for side in (True, False))
        best, worst = _communes(gain, language), _communes(lose, language)
        if gain and lose:
            template = N_("{name} in {year}: better in {best}, worse in {worst}.")
        elif gain:
            template = N_("{name} in {year}: better in {best}, nowhere worse.")
        else:
            template = N_("{name} in {year}: worse in {worst}, nowhere better.")
        name, year = register.indicator_name(indicator, language), of_it[0].year
        found.append(say(template, language, name=name, year=year, best=best, worst=worst))
    return found


def _communes(moves: list[CommuneMove], language: str | None) -> str:
    """How many communes, and the foremost of them."""
    count = (
        say(N_("1 commune"), language)
        if len(moves) == 1
        else say(N_("{count} communes"), language, count=len(moves))
    )
    return f"{count}{_foremost(moves, language)}"


def _foremost(moves: list[CommuneMove], language: str | None) -> str:
    """(Tân An −3.2 minutes, ...): the largest changes."""
    named = [
        f"{m.name} {'+' if m.change > 0 else '−'}{_size(m.indicator, m.change, language)}"
        for m in moves[:NAMED]
    ]
    if not named:
        return ""
    return f" ({', '.join(named)} {unit_of_change(moves[0].unit, language)})".replace(" )", ")")


def _size(indicator: str, change: float, language: str | None) -> str:
    """With the digits of the indicator, and one more where those show nothing."""
    row = register.indicators().get(indicator)
    if row is None:
        return number(abs(change), language)
    shown = abs(change) >= 10.0**-row.decimals
    return number(abs(change), language, row.decimals if shown else row.decimals + 1)


POINTS = {
    "percent": "percentage points",
    "percent per year": "percentage points",
    "base year = 100": "points, base year = 100",
}
"""Unit of a value -> unit of a difference of two."""


def unit_of_change(unit: str, language: str | None = None) -> str:
    """What a difference is counted in: two percents differ by percentage points."""
    return register.unit_words(POINTS.get(unit, unit), language)


def caveat(noise: Noise, years: tuple[int, int] | None, language: str | None = None) -> str:
    """Which years were looked at, and below what nothing is named."""
    looked = (
        say(N_("Every year from {first} to {last} was looked at."), language, first=years[0], last=years[1])
        if years
        else ""
    )
    traffic, jobs, people = (
        number(100 * noise.of_parts.get(i, LEAST), language, 2)
        for i in ("commute_minutes", "jobs", "population")
    )
    template = (
        N_("Differences under {people} % are within the model's own gap and are not named.")
        if traffic == people
        else N_(
            "Differences under {traffic} % in traffic, {jobs} % in jobs and {people} % in residents of a commune are within the model's own gap and are not named."
        )
    )
    return f"{looked} {say(template, language, traffic=traffic, jobs=jobs, people=people)}".strip()
