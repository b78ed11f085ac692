"""What a formula can count in a plan: missed targets, late projects, works in use, kilometres, statements.

Each function takes the plan and words, and returns a number, or None when the plan has nothing to count in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cuabien.base.dates import last_day
from cuabien.indicators import observed
from cuabien.lexicon import register
from cuabien.plan.objects import Project, Target
from cuabien.plan.package import Plan

FINISHED = ("operating", "done", "continuing", "narrative", "stopped")
"""States in which a planned date in the past is no delay."""
IN_USE = ("operating", "partly operating", "done")


def run_at_end(truths: Sequence[bool]) -> int:
    """How many hold in a row, counted back from the last."""
    count = 0
    for truth in reversed(truths):
        if not truth:
            break
        count += 1
    return count


def meets(target: Target, value: float, better: str) -> bool | None:
    """Whether a value meets a target; None for a target in words.

    A document that writes "=" promises at least that much of a good thing (at most of a bad one), and a range
    is met by its modest end; for a figure that is neither good nor bad (persons, area) "=" means within 5 % and a
    range means within it.
    """
    if target.value is None or target.operator == "text":
        return None
    low, high = target.value, target.high if target.high is not None else target.value
    if target.operator == ">=":
        return value >= low
    if target.operator == ">":
        return value > low
    if target.operator == "<=":
        return value <= low
    if target.operator == "<":
        return value < low
    if better == "up":
        return value >= low
    if better == "down":
        return value <= high
    if target.operator == "=":
        return abs(value - low) <= NEAR * abs(low)
    return low <= value <= high


NEAR = 0.05


def misses_in_a_row(plan: Plan, indicator: str) -> float | None:
    """The latest years in a row in which every measured yearly target of the indicator was missed in every vintage."""
    registered = register.indicators().get(indicator)
    better = registered.better if registered else ""
    by_year: dict[int, list[bool]] = {}
    for target in plan.targets.values():
        if target.indicator != indicator or target.year is None or target.year_from is not None:
            continue
        found = observed.at(plan, indicator, target.area, str(target.year))
        if found and target.value is not None:
            missed = all(meets(target, point.value, better) is False for point in found)
            by_year.setdefault(target.year, []).append(missed)
    if not by_year:
        return None
    return float(run_at_end([all(by_year[year]) for year in sorted(by_year)]))


def late(plan: Plan) -> tuple[Project, ...]:
    """Projects whose planned end has passed on the plan's own date and which are not finished."""
    today = last_day(plan.header.as_of)
    return tuple(
        p
        for p in plan.projects.values()
        if p.opens and last_day(p.opens) < today and p.status not in FINISHED
    )


def late_projects(plan: Plan) -> float | None:
    return float(len(late(plan))) if plan.projects else None


def open_projects(plan: Plan, word: str) -> float | None:
    """Projects of a kind or a layer that are in use."""
    found = [p for p in plan.projects.values() if word in (p.kind, p.layer)]
    return float(sum(p.status in IN_USE for p in found)) if found else None


def link_share(plan: Plan, mode: str, words: str) -> float | None:
    """Share of the kilometres of a mode in use on the plan's date whose class holds the words, percent."""
    year = last_day(plan.header.as_of).year
    today = [
        link
        for link in plan.links.values()
        if link.mode == mode
        and (link.opens is None or link.opens <= year)
        and (link.closes is None or link.closes > year)
    ]
    total = _km(link.length_km for link in today)
    return 100 * _km(link.length_km for link in today if words in link.link_class) / total if total else None


def statements(plan: Plan, kind: str, group: str) -> float | None:
    """Statements of a kind (blank: of any) and a group (blank: of any)."""
    found = [s for s in plan.programme.values() if kind in ("", s.kind) and group in ("", s.group)]
    return float(len(found)) if plan.programme else None


def directives(plan: Plan) -> float | None:
    """How many directives there are, the parts of each (D2a ... D2h) taken together."""
    codes = {s.code[:2] for s in plan.programme.values() if s.code and s.code[0] == "D" and len(s.code) == 3}
    return float(len(codes)) if plan.programme else None


def _km(lengths: Iterable[float]) -> float:
    return sum(lengths)
