"""How far each headline moves when one assumed number goes to the ends of its range and all else stays.

One at a time: a swing shows what a figure hangs on. It is not a probability, and two parameters at their ends at
once may move a figure further.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cuabien.base.faults import UnusableInput
from cuabien.model import city
from cuabien.model.city import Future
from cuabien.model.parameters import assumed_ranges
from cuabien.model.world import World
from cuabien.runner.measures import headline_values, swinging
from cuabien.runner.measures.year import CityMeasure


@dataclass(frozen=True)
class Swing:
    """One headline in one year at both ends of one parameter's range; None where the model has no answer there."""

    indicator: str
    year: int
    parameter: str
    at_low: float | None
    at_high: float | None
    base: float


def swings(world: World, base: dict[tuple[str, int], float]) -> Iterator[Swing]:
    """Every headline of the city over every assumed parameter that its totals rest on."""
    future = city.run(replace(world, by_commune=False))
    wanted = swinging(world.plan)
    for parameter in assumed_ranges(world.plan.parameters, city.parameter_ids(world.plan, spatial=False)):
        assert parameter.low is not None
        assert parameter.high is not None
        low = _with(future, wanted, parameter.id, parameter.low)
        high = _with(future, wanted, parameter.id, parameter.high)
        for (indicator, year), value in base.items():
            yield Swing(
                indicator, year, parameter.id, low.get((indicator, year)), high.get((indicator, year)), value
            )


def _with(
    future: Future, wanted: Sequence[CityMeasure], parameter: str, value: float
) -> dict[tuple[str, int], float]:
    """The headlines when one number is another, in a city that is one place."""
    changed = replace(future.world, parameters=future.world.parameters.with_value(parameter, value))
    try:
        return headline_values(city.run(changed, lean_on=future, differs_in=parameter), wanted)
    except UnusableInput:
        return {}
