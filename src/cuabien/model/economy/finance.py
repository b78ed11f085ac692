"""What the economy brings in: budget revenue, foreign investment and exports."""

from __future__ import annotations

import numpy as np

from cuabien.model.variables import Array


def budget_revenue(
    base: Array, current_grdp: float, cargo: float, prices: float, buoyancy: float, answer_to_cargo: float
) -> Array:
    """Revenue of the state budget collected in the city [revenue]: domestic, customs, other; current prices, trillion VND.

    `base` [revenue]; `current_grdp`, `cargo` and `prices` as multiples of the base year. Domestic revenue: R0 g^b (buoyancy: percent
    of revenue per percent of nominal GRDP); customs: R0 c^e p; other: R0 g.
    """
    domestic, customs, other = base
    return np.array(
        [
            domestic * current_grdp**buoyancy,
            customs * cargo**answer_to_cargo * prices,
            other * current_grdp,
        ]
    )


def investment_after_flow(investment: float, share: float, flow: float) -> float:
    """All investment when foreign capital is `flow` times what the path supposes: I (1 - f + f x flow)."""
    return investment * (1 - share + share * flow)


def fdi_realised(investment: float, share: float, flow: float) -> float:
    """Foreign capital put to work in a year, in the unit of `investment`, which is all of it after `flow`.

    I f flow / (1 - f + f flow), where f is the share of foreign capital on the path.
    """
    foreign = share * flow
    return investment * foreign / (1 - share + foreign) if foreign > 0 else 0.0


def exports(base: float, industry: float, dollar_prices: float, answer: float) -> float:
    """Exports [billion USD]: base x industry^answer x dollar prices; both as multiples of the base year."""
    return float(base * industry**answer * dollar_prices)
