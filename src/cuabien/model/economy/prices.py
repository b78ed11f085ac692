"""Prices: from constant prices of the base year to current ones and to USD."""

from __future__ import annotations


def price_level(year: int, base_year: int, growth: float) -> float:
    """GRDP deflator, 1 in the base year."""
    return float((1 + growth) ** (year - base_year))


def exchange_rate(year: int, base_year: int, at_base: float, growth: float) -> float:
    """VND per USD."""
    return float(at_base * (1 + growth) ** (year - base_year))
