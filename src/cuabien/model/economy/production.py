"""Production: value added from capital, labour and productivity (Cobb and Douglas 1928; Solow 1957)."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array


def value_added(tfp: Array, capital: Array, employed: Array, capital_share: float) -> Array:
    """Y = A K^a L^(1-a) by sector. `capital` [trillion VND], `employed` [persons] -> [trillion VND a year]."""
    return np.asarray(tfp * capital**capital_share * employed ** (1 - capital_share))


def tfp_level(output: Array, capital: Array, employed: Array, capital_share: float) -> Array:
    """A = Y / (K^a L^(1-a)): the level that gives the output that was observed."""
    return np.asarray(output / (capital**capital_share * employed ** (1 - capital_share)))


def tfp_growth_observed(output: Array, capital: float, employed: Array, capital_share: float) -> Array:
    """Solow's residual of one year, all growth rates per year: (1+gY) / ((1+gK)^a (1+gL)^(1-a)) - 1."""
    return np.asarray(
        (1 + output) / ((1 + capital) ** capital_share * (1 + employed) ** (1 - capital_share)) - 1
    )


def tfp_growth(years_since_base: float, at_base: Array, long_run: float, half_life: float) -> Array:
    """Growth of productivity per year: the distance from the long-run rate halves every `half_life` years."""
    return np.asarray(long_run + (at_base - long_run) * 0.5 ** (years_since_base / half_life))


def capital_in_use(capital: Array, investment: Array, depreciation: float) -> Array:
    """K(t) = (1 - d) K(t-1) + I(t-1) (perpetual inventory)."""
    return np.asarray((1 - depreciation) * capital + investment)


def sources_of_growth(
    grdp_growth: float, weights: Array, capital: Array, employed: Array, capital_share: float
) -> Array:
    """Growth of GRDP from capital, from labour, and the rest, which is productivity: [3], per year, sums to growth.

    `weights` [sector] last year's shares in value added; `capital`, `employed` [sector] growth per year.
    """
    from_capital = capital_share * float(weights @ capital)
    from_labour = (1 - capital_share) * float(weights @ employed)
    return np.array([from_capital, from_labour, grdp_growth - from_capital - from_labour])
