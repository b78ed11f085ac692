"""The underground subject, wired: what stands below ground in each year, and what gets in one another's way.

It follows from the plan and its years alone; no other subject is read. The geometry is `plan/underground.py`, which the
checker asks too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cuabien.model.engine import Situation, State, Step
from cuabien.model.underground import counts
from cuabien.model.underground.inputs import LINE_WIDTH, MARGIN, faults, needs
from cuabien.model.variables import Array
from cuabien.model.world import Subject, World
from cuabien.plan import underground
from cuabien.plan.underground import Work

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "underground"
SPATIAL = True

PAGE = "theory/underground"

WRITES = (
    "underground.works",
    "underground.not_judged",
    "underground.volume",
    "underground.clashes",
    "underground.clash_volume",
)


def build(world: World, start: State) -> Subject:
    """The subject for one world: the meetings are found once, each year counts those that stand."""
    works = _works(world)
    meetings = underground.meetings(works, world.parameters(MARGIN.id))

    def of_year(year: int) -> dict[str, Array]:
        found = counts.of_year(works, meetings, year)
        values = (found.works, found.not_judged, found.volume_m3, found.clashes, found.clash_m3)
        return {name: np.array(float(value)) for name, value in zip(WRITES, values, strict=True)}

    def compute(s: Situation) -> Mapping[str, Array]:
        return of_year(s.year)

    step = Step(
        "underground.works",
        compute,
        writes=WRITES,
        parameters=(MARGIN.id, LINE_WIDTH.id),
        equation=(
            "clash: outlines widened by margin/2 overlap, "
            "min(bottom) - max(top) + margin > 0, and the years overlap; "
            "V[t] = sum outline x (bottom - top) of the works that stand in t"
        ),
        page=f"{PAGE}#clashes",
    )
    return Subject(start=of_year(world.base_year), steps=(step,), gaps={})


def _works(world: World) -> tuple[Work, ...]:
    return underground.works(world.plan, world.parameters(LINE_WIDTH.id))


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """underground_volume: the volume of the year less that of the year before, what was opened and what was closed,
    over the volume."""
    if last is None:
        return {}
    built = [work for work in _works(world) if work.role == "work"]
    opened = sum(w.volume_m3 or 0.0 for w in built if w.stands(year) and not w.stands(year - 1))
    closed = sum(w.volume_m3 or 0.0 for w in built if w.stands(year - 1) and not w.stands(year))
    volume = float(now["underground.volume"])
    gap = abs(volume - float(last["underground.volume"]) - opened + closed)
    return {"underground_volume": gap / max(volume, 1.0)}
