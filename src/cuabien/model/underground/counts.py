"""Counts and volumes of what stands underground in a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cuabien.plan.underground import Meeting, Work, clashes


@dataclass(frozen=True)
class Counts:
    """One year underground. Volumes are m3; those of works that cannot be judged are not in them."""

    works: int
    not_judged: int
    volume_m3: float
    clashes: int
    clash_m3: float


def of_year(works: Sequence[Work], meetings: Sequence[Meeting], year: int) -> Counts:
    """What stands in a year: works (corridors and utilities apart), their volume, and the clashes of all of them.

    V[t] = sum of outline x (bottom - top) over works with first year <= t <= last year and known outline and depth;
    C[t] = number of pairs that clash and both stand in t.
    """
    standing = [work for work in works if work.stands(year)]
    built = [work for work in standing if work.role == "work"]
    both = [meeting for meeting in clashes(meetings) if meeting.lasts(year)]
    return Counts(
        works=len(built),
        not_judged=sum(work.reason is not None for work in standing),
        volume_m3=sum(work.volume_m3 or 0.0 for work in built),
        clashes=len(both),
        clash_m3=sum(meeting.overlap_m3 or 0.0 for meeting in both),
    )
