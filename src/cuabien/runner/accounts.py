"""The books of a run: what must add up and by how much it does not, and what a future shows to be out of proportion."""

from __future__ import annotations

from cuabien.base.faults import Fault
from cuabien.base.words import N_
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


def findings(future: Future) -> list[Fault]:
    """Warnings that only a modelled future can give: projects that cost more than the city invests in a year."""
    found = []
    for year, state in zip(future.world.years, future.states, strict=True):
        over = -float(state["economy.other_investment"])
        if over > 0:
            found.append(
                Fault(
                    "projects-above-investment",
                    "projects",
                    N_(
                        "in {year} the plan's projects cost {cost} trillion VND, and the city invests {total}"
                    ),
                    N_("spread their years, check their costs, or raise economy.investment_share"),
                    severity="warning",
                    values={
                        "year": year,
                        "cost": round(float(state["economy.project_investment"]), 1),
                        "total": round(float(state["economy.project_investment"]) - over, 1),
                    },
                )
            )
    return found
