"""Chance depends on (seed, stream, year, id) and on nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cuabien.model.chance import draw


def test_the_same_key_gives_the_same_luck_in_any_order() -> None:
    first = draw(1, "growth", 2030, "city", 4)
    draw(1, "growth", 2031, "city", 4)
    assert np.array_equal(first, draw(1, "growth", 2030, "city", 4))


@given(
    st.tuples(
        st.integers(0, 99), st.sampled_from("ab"), st.integers(2025, 2045), st.sampled_from(("x", "y"))
    ),
    st.tuples(
        st.integers(0, 99), st.sampled_from("ab"), st.integers(2025, 2045), st.sampled_from(("x", "y"))
    ),
)
def test_another_key_gives_other_luck(
    one: tuple[int, str, int, str], other: tuple[int, str, int, str]
) -> None:
    assert (one == other) == (draw(*one)[0] == draw(*other)[0])


def test_key_parts_do_not_run_together() -> None:
    assert draw(1, "a", 2030, "1x")[0] != draw(1, "a", 20301, "x")[0]


def test_draws_are_standard_normal() -> None:
    """10,000 keys: the mean is within 4 standard errors (0.04) of 0, the variance within 4 (0.057) of 1."""
    sample = np.array([draw(7, "s", 2026, str(i))[0] for i in range(10_000)])
    assert abs(sample.mean()) < 0.04
    assert abs(sample.var() - 1) < 0.057
