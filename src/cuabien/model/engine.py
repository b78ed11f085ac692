"""The engine: a city's year is a set of steps, put in order by what they read and write.

A step states what it reads of this year, what it reads of last year and what it writes. The engine finds the order,
names what is missing or runs in a circle, and checks that what a step wrote is what it promised: registered,
of the right shape, and finite. It knows nothing of people or money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

import numpy as np

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.model.variables import Array, Axes, shapes

State = Mapping[str, Array]
"""One year of the city: variable -> array. Frozen."""


class EngineError(Exception):
    """The steps do not fit together: a fault of the model, never of a plan."""


@dataclass(frozen=True)
class Situation:
    """What a step is shown: the year, and the variables that it said it reads."""

    year: int
    now: State
    last: State


@dataclass(frozen=True)
class Step:
    """One piece of a city's year.

    `equation` and `page` say the same to a reader as `compute` does to the machine; `parameters` are the ids that it
    reads.
    """

    name: str
    compute: Callable[[Situation], Mapping[str, Array]]
    writes: tuple[str, ...]
    reads: tuple[str, ...] = ()
    reads_last: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    equation: str = ""
    page: str = ""


@dataclass(frozen=True)
class Known:
    """A future that is known, on which one that differs in a few steps may lean."""

    states: Sequence[State]
    differing: frozenset[str]
    """Names of the steps that read another number than they did there."""


Watch = Callable[[int], None]
"""Told each year as soon as it is modelled. What it raises ends the run: nobody waits for it any more."""


def unwatched(year: int) -> None:
    """Nobody asks how far it is."""


def run_years(
    steps: Sequence[Step],
    start: State,
    years: Sequence[int],
    axes: Axes,
    lean_on: Known | None = None,
    watch: Watch = unwatched,
) -> list[State]:
    """The state of each year; `start` is that of the first.

    Steps are pure, so a step that reads what it read in a known future gives what it gave there; it is asked only where
    something differs. The states are the same with and without.
    """
    ordered = in_order(steps, given=start)
    states = [freeze(start, "start", years[0], axes)]
    watch(years[0])
    if lean_on is None:
        for year in years[1:]:
            states.append(run_year(ordered, states[-1], year, axes))
            watch(year)
        return states
    before = lean_on.states[0]
    differs = {n for n, array in start.items() if not _same(array, before[n])}
    for year, then in zip(years[1:], lean_on.states[1:], strict=True):
        now, differs = _run_leaning(ordered, states[-1], year, axes, then, differs, lean_on.differing)
        states.append(now)
        watch(year)
    return states


def run_year(ordered: Iterable[Step], last: State, year: int, axes: Axes) -> State:
    """One year: each step in turn sees only what it asked for, and adds what it promised."""
    known = shapes(axes)
    now: dict[str, Array] = {}
    with np.errstate(all="ignore"):  # what is not finite is found, and told in words, by _check
        for step in ordered:
            now.update(_written(step, now, last, year, known))
    return MappingProxyType(now)


def _run_leaning(
    ordered: Iterable[Step],
    last: State,
    year: int,
    axes: Axes,
    then: State,
    differed: set[str],
    differing: frozenset[str],
) -> tuple[State, set[str]]:
    """One year of a future that leans on a known one, `then`, and the variables that differ from it.

    `differed`: those of last year; `differing`: the steps that read another number. Whatever is the same is taken over.
    """
    known = shapes(axes)
    now: dict[str, Array] = {}
    differs: set[str] = set()
    with np.errstate(all="ignore"):
        for step in ordered:
            same = differs.isdisjoint(step.reads) and differed.isdisjoint(step.reads_last)
            if same and step.name not in differing:
                now.update({name: then[name] for name in step.writes})
                continue
            written = _written(step, now, last, year, known)
            now.update(written)
            if same:  # only its own number differs, which need not show
                differs.update(n for n, array in written.items() if not _same(array, then[n]))
            else:
                differs.update(step.writes)
    return MappingProxyType(now), differs


def _same(one: Array, other: Array) -> bool:
    """Bit for bit, which is sooner asked than number for number."""
    return one.tobytes() == other.tobytes()


def _written(
    step: Step, now: State, last: State, year: int, known: Mapping[str, tuple[int, ...]]
) -> Mapping[str, Array]:
    """What a step writes when it is shown what it asked for, checked."""
    seen = {name: now[name] for name in step.reads}
    remembered = {name: last[name] for name in step.reads_last}
    written = step.compute(Situation(year, seen, remembered))
    if tuple(written) != step.writes:
        raise EngineError(f"step {step.name} promised {step.writes} and wrote {tuple(written)}")
    for name, array in written.items():
        _check(name, array, step.name, year, known)
    return written


def freeze(written: Mapping[str, Array], step: str, year: int, axes: Axes) -> State:
    """The arrays, read-only from here on; each is registered, of its shape and finite, or it goes no further."""
    known = shapes(axes)
    with np.errstate(all="ignore"):
        for name, array in written.items():
            _check(name, array, step, year, known)
        return MappingProxyType(dict(written))


def _check(name: str, array: Array, step: str, year: int, known: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse an array that is not registered, not of its shape or not finite; no other may be written to from here on."""
    shape = array.shape
    if known.get(name) != shape:
        if name not in known:
            raise EngineError(f"step {step} writes {name}, which lexicon/variables.csv does not know")
        raise EngineError(f"step {step} wrote {name} with shape {shape}, not {known[name]}")
    if not (_is_finite(array) if shape else isfinite(array)):
        raise UnusableInput([_not_finite(step, name, year)])
    array.setflags(write=False)


def _is_finite(array: Array) -> bool:
    """A sum shows at once that all is finite; only where it is not (it may overflow) is each number looked at."""
    total = sum(array.ravel().tolist()) if array.size <= SMALL else np.add.reduce(array, axis=None)
    return isfinite(total) or bool(np.isfinite(array).all())


SMALL = 32
"""Numbers up to which a list is summed sooner than an array."""


def in_order(steps: Sequence[Step], given: Iterable[str]) -> list[Step]:
    """The steps such that each comes after those whose writing it reads; ties keep the order that was given."""
    writer: dict[str, Step] = {}
    for step in steps:
        for name in step.writes:
            if name in writer:
                raise EngineError(f"{name} is written by {writer[name].name} and by {step.name}")
            writer[name] = step
    start = set(given)
    for step in steps:
        for name in step.reads:
            if name not in writer:
                raise EngineError(f"step {step.name} reads {name}, which no step writes")
        for name in step.reads_last:
            if name not in writer:
                raise EngineError(f"step {step.name} reads last year's {name}, which no step writes")
            if name not in start:
                raise EngineError(
                    f"step {step.name} reads last year's {name}, which the base year does not have"
                )
    ordered: list[Step] = []
    waiting = list(steps)
    while waiting:
        done = {name for step in ordered for name in step.writes}
        ready = next((step for step in waiting if done.issuperset(step.reads)), None)
        if ready is None:
            raise EngineError("steps read one another in a circle: " + " -> ".join(_circle(waiting, writer)))
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def _circle(waiting: Sequence[Step], writer: Mapping[str, Step]) -> list[str]:
    """Names of steps along one circle, the first repeated at the end."""
    names = {step.name for step in waiting}
    step, path = waiting[0], [waiting[0].name]
    while True:
        before = next(writer[n] for n in step.reads if writer[n].name in names)
        if before.name in path:
            return [*path[path.index(before.name) :], before.name]
        path.append(before.name)
        step = before


def _not_finite(step: str, variable: str, year: int) -> Fault:
    return Fault(
        "model-not-finite",
        "parameters.toml",
        N_("in {year} the step {step} finds no number for {variable}"),
        N_("look for a parameter that is zero or far from its usual value"),
        step,
        values={"year": year, "step": step, "variable": variable},
    )
