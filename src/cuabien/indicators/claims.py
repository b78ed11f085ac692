"""Is the figure in this speech true? Each published statement recomputed, in every reading that its words allow.

A statement may be read in several ways: by first releases or revisions, by means or totals. Each reading is a row
of `claims.csv` with its formula; each gets a verdict, and the statement gets one from its readings:

    reproduced    a reading of the words as written gives the stated figure, within its tolerance
    close         within four times the tolerance
    ambiguous     no reading as written gives it, but another meaning, or a circular calculation, does
    conflicting   the figures at hand say something else
    no data       an input is missing, or the only figure is the statement's own

The tolerance is one unit of the last digit printed, because a printed figure may be rounded or cut; see
docs/theory/claims.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cuabien.base.words import N_, pick, say
from cuabien.indicators import formula
from cuabien.indicators.observed import Point
from cuabien.plan.objects import Claim
from cuabien.plan.package import Plan

Verdict = Literal["reproduced", "close", "ambiguous", "conflicting", "no data"]
VERDICTS: tuple[Verdict, ...] = ("reproduced", "close", "ambiguous", "conflicting", "no data")
"""From the best to the worst news; words for `say`."""
SPOKEN = (N_("reproduced"), N_("close"), N_("ambiguous"), N_("conflicting"), N_("no data"))

DEFAULT_TOLERANCE = 0.005
CLOSE = 4
"""A reading within this many tolerances is close."""

CIRCULAR = N_("the only figure is the statement's own, so nothing confirms it")
MISSING = N_("missing: {missing}")
BOUND = N_(
    "the figure at hand is a lower bound (more than this), so it can neither confirm nor refute exactly"
)
NO_FORMULA = N_("no figures at hand to compute it from")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to recompute a statement."""

    id: str
    statement: str
    reading_vi: str
    reading_en: str
    formula: str | None
    stated: float | None
    recomputed: float | None
    unit: str | None
    tolerance: float
    as_written: bool
    """False for another meaning than the words say, or a calculation that goes in a circle."""
    verdict: Verdict
    reason: str
    """A template for `say`; `missing` fills it."""
    inputs: tuple[Point, ...]
    missing: tuple[str, ...]
    choices: tuple[str, ...]
    note: str | None

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "id": self.id,
            "reading": pick(self, "reading", language),
            "formula": self.formula,
            "stated": self.stated,
            "recomputed": self.recomputed,
            "unit": self.unit,
            "tolerance": self.tolerance,
            "as_written": self.as_written,
            "verdict": self.verdict,
            "verdict_text": say(self.verdict, language),
            "reason": say(self.reason, language, missing="; ".join(self.missing)) if self.reason else "",
            "inputs": [point.as_row() for point in self.inputs],
            "missing": list(self.missing),
            "choices": list(self.choices),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A statement with its verdict. `decided_by` is the reading that decided it; the figure and the formula shown are
    those of `shown_by`: the words as written, also where only another meaning agrees with the stated figure."""

    id: str
    statement_vi: str
    statement_en: str
    stated: float | None
    unit: str | None
    recomputed: float | None
    verdict: Verdict
    formula: str | None
    decided_by: str
    shown_by: str
    readings: tuple[Reading, ...]

    @property
    def reason(self) -> str:
        """What stands against taking the figure shown as firm: a template for `say`."""
        return next(r.reason for r in self.readings if r.id == self.shown_by)

    @property
    def inputs(self) -> tuple[Point, ...]:
        return next(r.inputs for r in self.readings if r.id == self.shown_by)

    @property
    def missing(self) -> tuple[str, ...]:
        return next(r.missing for r in self.readings if r.id == self.shown_by)

    def as_row(self, language: str | None = None) -> dict[str, object]:
        inputs = self.inputs
        return {
            "id": self.id,
            "statement": pick(self, "statement", language),
            "stated": self.stated,
            "recomputed": self.recomputed,
            "unit": self.unit,
            "verdict": self.verdict,
            "verdict_text": say(self.verdict, language),
            "reason": say(self.reason, language, missing="; ".join(self.missing)) if self.reason else "",
            "formula": self.formula,
            "decided_by": self.decided_by,
            "shown_by": self.shown_by,
            "vintage": _distinct(point.vintage or "" for point in inputs),
            "sources": _distinct(point.source for point in inputs),
            "inputs": [point.observation for point in inputs],
            "readings": [reading.as_row(language) for reading in self.readings],
            "address": f"/programme/{self.id}/",
        }


def recompute(plan: Plan, statement: str | None = None) -> list[Reading]:
    """Every reading of every claim, or those of one statement, in the order of the file."""
    return [_read(plan, claim) for claim in plan.claims.values() if statement in (None, claim.statement)]


def verdicts(plan: Plan, statement: str | None = None) -> list[ClaimRow]:
    """One row for each statement, or for the one named, decided by its readings."""
    by_statement: dict[str, list[Reading]] = {}
    for reading in recompute(plan, statement):
        by_statement.setdefault(reading.statement, []).append(reading)
    return [_decided(plan, identity, readings) for identity, readings in sorted(by_statement.items())]


def _read(plan: Plan, claim: Claim) -> Reading:
    outcome = formula.Outcome(None, (), (), ())
    if claim.formula:
        outcome = formula.evaluate(plan, claim.formula, where="claims.csv", row=claim.id)
    tolerance = DEFAULT_TOLERANCE if claim.tolerance is None else claim.tolerance
    circular = bool(outcome.inputs) and all(p.source == claim.source for p in outcome.inputs)
    reason = ""
    if not claim.formula:
        verdict: Verdict = "no data"
        reason = NO_FORMULA
    elif outcome.value is None or claim.stated is None:
        verdict, reason = "no data", MISSING
    elif circular:
        verdict, reason = "no data", CIRCULAR
    else:
        verdict = compare(outcome.value, claim.stated, tolerance, claim.expect)
        reason = BOUND if any(is_lower_bound(p) for p in outcome.inputs) else ""
    as_written = claim.expect != "ambiguous"
    if not as_written and verdict in ("reproduced", "close"):
        verdict = "ambiguous"
    return Reading(
        id=claim.id,
        statement=claim.statement,
        reading_vi=claim.reading_vi,
        reading_en=claim.reading_en,
        formula=claim.formula,
        stated=claim.stated,
        recomputed=outcome.value,
        unit=claim.unit,
        tolerance=tolerance,
        as_written=as_written,
        verdict=verdict,
        reason=reason,
        inputs=outcome.inputs,
        missing=outcome.missing,
        choices=outcome.choices,
        note=claim.note,
    )


def is_lower_bound(point: Point) -> bool:
    """Whether the source said "more than": such a figure is marked at the beginning of its note."""
    return (point.note or "").lower().startswith(("lower bound", "derived lower bound", '"over', "over "))


def compare(recomputed: float, stated: float, tolerance: float, expect: str = "equal") -> Verdict:
    """The verdict on one figure: |recomputed / stated - 1| against the tolerance; only the wrong side counts for
    "at least" and "at most"."""
    off = recomputed / stated - 1 if stated else recomputed - stated
    if expect == "at least":
        off = min(off, 0.0)
    elif expect == "at most":
        off = max(off, 0.0)
    if abs(off) <= tolerance + 1e-12:
        return "reproduced"
    return "close" if abs(off) <= CLOSE * tolerance + 1e-12 else "conflicting"


def _decided(plan: Plan, identity: str, readings: list[Reading]) -> ClaimRow:
    """The best reading as written decides, unless only another meaning agrees: then the statement is ambiguous."""
    best = min(readings, key=lambda r: (VERDICTS.index(r.verdict), not r.as_written))
    computed = [r for r in readings if r.as_written and r.recomputed is not None]
    shown = min(computed, key=lambda r: VERDICTS.index(r.verdict), default=best)
    statement = plan.programme.get(identity)
    return ClaimRow(
        id=identity,
        statement_vi=statement.statement_vi if statement else identity,
        statement_en=statement.statement_en if statement else identity,
        stated=shown.stated,
        unit=shown.unit,
        recomputed=shown.recomputed,
        verdict=best.verdict,
        formula=shown.formula,
        decided_by=best.id,
        shown_by=shown.id,
        readings=tuple(readings),
    )


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(w for w in words if w))
