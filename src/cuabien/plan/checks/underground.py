"""Rules about the ground below: do works, reserved corridors and utilities pass one another?

The geometry is `plan/underground.py`, which the model asks too. A work whose depth is not known is told as such, and so is
one that is only drawn: neither is ever called a clash, and neither is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cuabien.base.words import N_
from cuabien.plan import underground
from cuabien.plan.checks.register import Context, Found, Rule
from cuabien.plan.underground import Meeting, Reason


def _meetings(c: Context) -> tuple[Meeting, ...]:
    return underground.meetings(underground.works(c.plan), underground.margin_of(c.plan))


def _clash(rule: str, template: str) -> Callable[[Context], Iterator[Found]]:
    """Findings of one rule, in a sentence with both depths."""

    def find(c: Context) -> Iterator[Found]:
        for meeting in _meetings(c):
            if meeting.rule == rule:
                yield Found("zones", meeting.work.id, template, _values(meeting))

    return find


def _values(meeting: Meeting) -> dict[str, object]:
    return {
        "top": meeting.work.top_m,
        "bottom": meeting.work.bottom_m,
        "other": meeting.other.id,
        "other_top": meeting.other.top_m,
        "other_bottom": meeting.other.bottom_m,
        "volume": round(meeting.overlap_m3 or 0.0, 1),
    }


def not_judged(c: Context) -> Iterator[Found]:
    for meeting in _meetings(c):
        if meeting.rule == underground.NOT_JUDGED:
            unknown = [w.id for w in (meeting.work, meeting.other) if w.top_m is None]
            yield Found(
                "zones",
                meeting.work.id,
                N_(
                    "it crosses {other} in plan view; whether they clash cannot be judged: no depth of {unknown}"
                ),
                {"other": meeting.other.id, "unknown": ", ".join(unknown)},
            )


def _without(reasons: tuple[Reason, ...], template: str) -> Callable[[Context], Iterator[Found]]:
    def find(c: Context) -> Iterator[Found]:
        for work in underground.works(c.plan):
            if work.reason in reasons:
                yield Found(work.table, work.id, template)

    return find


def depth_missing(c: Context) -> Iterator[Found]:
    """Asked of every zone underground, drawn or surveyed, and of a surveyed project that no zone shows."""
    for zone in (z.row for z in c.plan.zones.values()):
        if zone.layer == "underground" and (zone.depth_top_m is None or zone.depth_bottom_m is None):
            yield Found("zones", zone.id, N_("it is underground and its depth is not known (no data)"))
    for work in underground.works(c.plan):
        if work.table == "projects" and work.reason == "depth":
            yield Found(
                "projects", work.id, N_("it is underground, no zone shows where and how deep (no data)")
            )


RULES = (
    Rule(
        underground.RULES["work"],
        "warning",
        N_("Underground works pass one another"),
        N_("Two works in one place need different depths or different years."),
        N_(
            "directive D2b of the report: a layer for underground works; "
            "Decree 39/2010/NĐ-CP (remembered); official shapes only"
        ),
        N_("change a depth range, an outline or a year"),
        _clash(
            underground.RULES["work"],
            N_(
                "at {top} to {bottom} m it runs through {other} at {other_top} to {other_bottom} m: "
                "{volume} m3 are wanted by both"
            ),
        ),
    ),
    Rule(
        underground.RULES["corridor"],
        "warning",
        N_("Reserved corridors underground stay free"),
        N_("A metro or railway line whose ground is built up costs its alignment, or never comes."),
        N_("Decree 39/2010/NĐ-CP on urban underground space (remembered); official shapes only"),
        N_("move the work out of the corridor, or give the corridor another depth or other years"),
        _clash(
            underground.RULES["corridor"],
            N_(
                "at {top} to {bottom} m it meets {other} at {other_top} to {other_bottom} m; one of them is a "
                "reserved corridor: {volume} m3 are wanted by both"
            ),
        ),
    ),
    Rule(
        underground.RULES["utility"],
        "warning",
        N_("Underground works do not cut utilities"),
        N_("Water, power and drains run where they run; moving them costs time and money nobody planned."),
        N_("QCVN 01:2021/BXD, distances of technical infrastructure (remembered); official shapes only"),
        N_("change the depth of the work, or plan the diversion of the utility with its years"),
        _clash(
            underground.RULES["utility"],
            N_(
                "at {top} to {bottom} m it meets {other} at {other_top} to {other_bottom} m; one of them is a "
                "utility: {volume} m3 are wanted by both"
            ),
        ),
    ),
    Rule(
        underground.NOT_JUDGED,
        "warning",
        N_("Where underground works cross, both depths are known"),
        N_("Two works cross in plan view; without both depths nobody can say whether they pass."),
        N_("directive D2b of the report: a layer for underground works; official shapes only"),
        N_("fill in the missing depth_top_m and depth_bottom_m"),
        not_judged,
    ),
    Rule(
        underground.DRAWN_ONLY,
        "warning",
        N_("Underground works have a surveyed outline"),
        N_("A schematic shape or a point was drawn by us; against it no clash is ever judged."),
        N_("directive D2b of the report: a layer for underground works"),
        N_("`cuabien import layers FILE` brings the outlines in"),
        _without(
            ("schematic", "point"),
            N_("it is only drawn (schematic shape or point): not judged against other works"),
        ),
    ),
    Rule(
        underground.DEPTH_MISSING,
        "warning",
        N_("Underground works state their depth"),
        N_("Without depth nobody can say what else fits there."),
        N_("directive D2b of the report: a layer for underground works"),
        N_("fill in depth_top_m and depth_bottom_m, metres below ground"),
        depth_missing,
    ),
)
