"""Volume-delay: values by hand, slopes and integrals against numerical ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.model.transport import delay, pairs


def form(
    free: float, capacity: float, alpha: float, power: float, conical: bool = False
) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
    one = np.ones(1)
    return delay.forms(free * one, capacity * one, alpha * one, power * one, np.array([conical]))


def test_the_usual_bpr_at_capacity() -> None:
    """10 (1 + 0.15) = 11.5 minutes; at twice the capacity 10 (1 + 0.15 x 16) = 34."""
    curve = form(10, 1000, 0.15, 4)
    assert delay.all_minutes(curve, np.array([1000.0]))[0] == pytest.approx(11.5)
    assert delay.all_minutes(curve, np.array([2000.0]))[0] == pytest.approx(34)


@pytest.mark.parametrize("slope", [1.5, 4.0, 8.0])
def test_a_conical_link_doubles_its_time_at_capacity(slope: float) -> None:
    """Spiess's conditions: t(0) = t0, t(c) = 2 t0, dt/dx(c) = slope x t0 / c."""
    curve = form(10, 1000, slope, 0, conical=True)
    assert delay.all_minutes(curve, np.zeros(1))[0] == pytest.approx(10)
    assert delay.all_minutes(curve, np.array([1000.0]))[0] == pytest.approx(20)
    found = pairs.delay_and_slope(*(float(c[0]) if c.dtype != np.int8 else int(c[0]) for c in curve), 1000.0)
    assert found[1] == pytest.approx(slope * 10 / 1000)


CURVES = [(0.15, 4.0, False), (0.5, 1.0, False), (0.3, 2.5, False), (0.2, 0.0, False), (0.0, 4.0, False), (0.2, 0.5, False), (6.0, 0.0, True)]  # fmt: skip


@pytest.mark.parametrize(("alpha", "power", "conical"), CURVES)
@given(x=st.floats(1, 3000))
def test_slope_and_integral_belong_to_the_minutes(
    alpha: float, power: float, conical: bool, x: float
) -> None:
    curve = form(7, 900, alpha, power, conical)
    at = lambda v: float(delay.all_minutes(curve, np.array([v]))[0])  # noqa: E731
    minutes, slope = pairs.delay_and_slope(int(curve[0][0]), *(float(c[0]) for c in curve[1:]), x)
    assert minutes == pytest.approx(at(x), rel=1e-12)
    step = 1e-4 * x
    assert slope == pytest.approx((at(x + step) - at(x - step)) / (2 * step), rel=1e-4, abs=1e-9)
    assert slope >= 0
    points, weights = np.polynomial.legendre.leggauss(60)
    nodes = (x * (points + 1) / 2) ** 2 / x  # dense near zero, where a root is steep
    numerical = sum(w * at(v) * (p + 1) / 2 * x for p, w, v in zip(points, weights, nodes, strict=True))
    assert float(delay.all_integrals(curve, np.array([x]))[0]) == pytest.approx(numerical, rel=1e-6)
