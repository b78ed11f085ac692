"""Two futures side by side: indicators, targets, communes and projects that differ, and who wins and loses in plain words.

A difference below what the solvers leave open (`noise`) is none. Better and worse are the register's: an indicator
that is neither (people, area) grows or shrinks, and nobody is called a winner for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cuabien.base.words import N_, number, pick, say
from cuabien.indicators.simulated import Future, future
from cuabien.indicators.targets import Verdict, judge
from cuabien.lexicon import register
from cuabien.plan.package import Plan
from cuabien.results import Run

NOISE = 1e-4
"""Relative: what a change must move an indicator by before it is called a difference. Equilibria of traffic and of land
are found to this gap, so a smaller difference may be the solvers' own."""
TELLING = 0.005
"""Relative: what moves less is in the rows and not in the sentences."""
NAMED = 3
"""How many communes a sentence names."""


@dataclass(frozen=True, slots=True)
class Difference:
    indicator: str
    area: str
    year: int
    unit: str
    first: float | None
    second: float | None

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.second is None else self.second - self.first

    @property
    def percent(self) -> float | None:
        return None if self.change is None or not self.first else 100 * self.change / abs(self.first)

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
        }


def differences(
    first: Run, second: Run, *, areas: Iterable[str], years: Iterable[int], at_least: float = 1e-9
) -> list[Difference]:
    """Indicators whose values differ by more than `at_least` (relative), in the order of the first run."""
    one, two = future(first), future(second)
    found = []
    wanted, milestones = set(areas), sorted(set(years))
    for key in dict.fromkeys([*one.paths, *two.paths]):
        if key[1] not in wanted:
            continue
        for year in milestones:
            a, b = one.value(*key, year), two.value(*key, year)
            if a is None and b is None:
                continue
            if a is not None and b is not None and abs(b - a) <= at_least * max(abs(a), abs(b)):
                continue
            course = one.path(*key) or two.path(*key)
            found.append(Difference(*key, year, course.unit if course else "", a, b))
    return found


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
    """One indicator of one commune in the last year."""

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

    def words(self, language: str | None = None) -> list[str]:
        """What differs, as sentences: projects, verdicts, then each indicator's winners and losers."""
        return [
            *(_of_project(move, language) for move in self.projects),
            *(
                _of_target(move, language)
                for move in self.targets
                if move.verdict_first != move.verdict_second
            ),
            *_of_communes(self.communes, language),
        ]

    def as_json(self, language: str | None = None) -> dict[str, object]:
        return {
            "indicators": [row.as_row(language) for row in self.indicators],
            "targets": [row.as_row(language) for row in self.targets],
            "communes": [row.as_row(language) for row in self.communes],
            "projects": [row.as_row(language) for row in self.projects],
            "words": self.words(language),
        }


def compare(
    plan: Plan, first: Run, second: Run, *, areas: Iterable[str], language: str | None = None
) -> Comparison:
    """Everything that differs between two runs of one plan; rows of communes are of the last year of both."""
    years = plan.header.milestones or (plan.header.base_year, plan.header.horizon)
    return Comparison(
        differences(first, second, areas=areas, years=years, at_least=NOISE),
        target_moves(plan, first, second),
        commune_moves(plan, future(first), future(second), language),
        project_moves(plan, first, second, language),
    )


def target_moves(plan: Plan, first: Run, second: Run) -> list[TargetMove]:
    """Targets judged by the model whose value or verdict differs."""
    others = {row.id: row for row in judge(plan, second)}
    found = []
    for one in judge(plan, first):
        two = others[one.id]
        if one.verdict != two.verdict or (one.basis == "simulated" and differs(one.value, two.value)):
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
    plan: Plan, first: Future, second: Future, language: str | None = None
) -> list[CommuneMove]:
    """Every indicator of every commune that differs in the last common year: by indicator, the largest change first."""
    communes = {area.id: pick(area, "name", language) for area in plan.communes}
    common = set(first.years()) & set(second.years())
    if not common:
        return []
    last, known, found = max(common), register.indicators(), []
    for (indicator, area), path in first.paths.items():
        one, two = path.values.get(last), second.value(indicator, area, last)
        if area not in communes or one is None or two is None or not differs(one, two):
            continue
        direction = known[indicator].better if indicator in known else ""
        better = None if direction not in ("up", "down") else (two > one) == (direction == "up")
        found.append(CommuneMove(area, communes[area], indicator, last, path.unit, one, two, better))
    return sorted(found, key=lambda move: (move.indicator, -abs(move.change), move.area))


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


def differs(one: float | None, two: float | None) -> bool:
    """Whether two values are further apart than the solvers' own noise."""
    if one is None or two is None:
        return one is not two
    return abs(two - one) > NOISE * max(abs(one), abs(two))


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
        template = N_("{name} in {year}: better in {gain} communes{best}, worse in {lose}{worst}.")
        found.append(
            say(
                template,
                language,
                name=register.indicator_name(indicator, language),
                year=of_it[0].year,
                gain=len(gain),
                lose=len(lose),
                best=_foremost(gain, language),
                worst=_foremost(lose, language),
            )
        )
    return found


def _foremost(moves: list[CommuneMove], language: str | None) -> str:
    """(Tân An −3.2 minutes, ...): the largest changes."""
    named = [
        f"{m.name} {'+' if m.change > 0 else '−'}{number(abs(m.change), language)}" for m in moves[:NAMED]
    ]
    if not named:
        return ""
    return f" ({', '.join(named)} {register.unit_words(moves[0].unit, language)})".replace(" )", ")")
