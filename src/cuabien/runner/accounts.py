"""The books of a run: what must add up, and by how much it does not."""

from __future__ import annotations

from cuabien.model import city
from cuabien.model.city import Future


def gaps(future: Future) -> dict[str, float]:
    """The largest gap of each identity and solver over all years and areas, as each subject's `books` defines it."""
    found = dict(future.gaps)
    world = future.world
    for module in city.subjects(world.plan, spatial=world.by_commune):
        for index, year in enumerate(world.years):
            last = future.states[index - 1] if index else None
            for name, gap in module.books(world, year, future.states[index], last).items():
                found[name] = max(gap, found.get(name, 0.0))
    return found
