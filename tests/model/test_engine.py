"""The engine orders steps, names what does not fit, and lets nothing through that is not a number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.model.engine import EngineError, Situation, Step, in_order, run_year, run_years
from cuabien.model.variables import Array, register, shapes

AXES = {"commune": 1}
SUBJECTS = ("population", "economy", "land", "transport", "services", "environment", "underground")


def step(
    name: str,
    writes: tuple[str, ...],
    reads: tuple[str, ...] = (),
    reads_last: tuple[str, ...] = (),
    value: float = 1.0,
) -> Step:
    def compute(s: Situation) -> Mapping[str, Array]:
        return {w: np.array(value + sum(float(v) for v in s.now.values())) for w in writes}

    return Step(name, compute, writes, reads, reads_last)


GRDP, TAX, CARGO = "economy.grdp", "economy.product_tax", "economy.port_cargo"


def test_a_step_comes_after_those_that_it_reads() -> None:
    steps = [step("c", (CARGO,), (TAX,)), step("b", (TAX,), (GRDP,)), step("a", (GRDP,))]
    assert [s.name for s in in_order(steps, ())] == ["a", "b", "c"]


def test_steps_that_do_not_read_each_other_keep_their_order() -> None:
    steps = [step("z", (GRDP,)), step("a", (TAX,))]
    assert [s.name for s in in_order(steps, ())] == ["z", "a"]


def test_a_circle_is_named() -> None:
    steps = [step("a", (GRDP,), (CARGO,)), step("b", (TAX,), (GRDP,)), step("c", (CARGO,), (TAX,))]
    with pytest.raises(EngineError, match="a -> c -> b -> a"):
        in_order(steps, ())


def test_last_year_breaks_a_circle() -> None:
    steps = [step("a", (GRDP,), reads_last=(TAX,)), step("b", (TAX,), (GRDP,))]
    assert [s.name for s in in_order(steps, (TAX,))] == ["a", "b"]


@pytest.mark.parametrize(
    ("steps", "given", "words"),
    [
        ([step("a", (GRDP,), (TAX,))], (), "a reads economy.product_tax, which no step writes"),
        ([step("a", (GRDP,), reads_last=(TAX,))], (), "a reads last year's economy.product_tax"),
        ([step("a", (GRDP,), reads_last=(GRDP,))], (), "which the base year does not have"),
        ([step("a", (GRDP,)), step("b", (GRDP,))], (), "written by a and by b"),
    ],
)
def test_what_does_not_fit_is_named(steps: list[Step], given: tuple[str, ...], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        in_order(steps, given)


def test_a_step_sees_only_what_it_asked_for() -> None:
    seen: list[tuple[str, ...]] = []

    def compute(s: Situation) -> Mapping[str, Array]:
        seen.append((*s.now, *s.last))
        return {TAX: np.array(1.0)}

    ordered = [step("a", (GRDP,)), Step("b", compute, (TAX,), (GRDP,), (CARGO,))]
    run_year(ordered, {CARGO: np.array(1.0), GRDP: np.array(2.0)}, 2026, AXES)
    assert seen == [(GRDP, CARGO)]


def test_writing_something_else_than_promised_stops() -> None:
    liar = Step("liar", lambda s: {TAX: np.array(1.0)}, (GRDP,))
    with pytest.raises(EngineError, match="promised"):
        run_year([liar], {}, 2026, AXES)


def test_an_unregistered_variable_or_another_shape_stops() -> None:
    with pytest.raises(EngineError, match=r"lexicon/variables\.csv"):
        run_years([], {"economy.luck": np.array(1.0)}, [2025], AXES)
    with pytest.raises(EngineError, match="shape"):
        run_years([], {GRDP: np.ones(3)}, [2025], AXES)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_goes_no_further(value: float) -> None:
    with pytest.raises(UnusableInput, match=r"in 2026 the step a finds no number for economy\.grdp"):
        run_years([step("a", (GRDP,), value=value)], {}, [2025, 2026], AXES)


def test_a_state_cannot_be_edited() -> None:
    states = run_years([step("a", (GRDP,))], {GRDP: np.array(1.0)}, [2025, 2026], AXES)
    with pytest.raises(ValueError, match="read-only"):
        states[1][GRDP][...] = 5.0


def test_every_variable_has_known_axes_and_a_unit() -> None:
    assert shapes({"commune": 6})["population.persons"] == (6, 2, 101)
    for variable in register().values():
        assert variable.unit
        assert variable.name.partition(".")[0] in SUBJECTS
