"""Indicators of the economy subject: of the city alone."""

from __future__ import annotations

from collections.abc import Callable

from cuabien.model.variables import REVENUES, SECTORS
from cuabien.runner.measures.year import AreaMeasure, CityMeasure, Year


def _grdp_growth(y: Year) -> float | None:
    return None if y.last is None else 100 * float(y.now["economy.grdp"] / y.last["economy.grdp"] - 1)


def _sector_growth(sector: str) -> Callable[[Year], float | None]:
    index = SECTORS.index(sector)
    return lambda y: None if y.last is None else 100 * float(y.now["economy.growth"][index])


def _productivity_growth(y: Year) -> float | None:
    if y.last is None:
        return None
    now = float(y.now["economy.grdp"]) / y.employed
    before = float(y.last["economy.grdp"] / y.last["economy.employment"].sum())
    return 100 * (now / before - 1)


def _tfp_share(y: Year) -> float | None:
    """No share of a growth that is not positive."""
    growth = _grdp_growth(y)
    if growth is None or growth <= 0:
        return None
    return 100 * float(y.now["economy.sources_of_growth"][2]) / (growth / 100)


def _icor(y: Year) -> float | None:
    """None in a year that does not grow."""
    growth = _grdp_growth(y)
    if growth is None or growth <= 0:
        return None
    return float(y.now["economy.investment"].sum() / y.now["economy.grdp"]) / (growth / 100)


def _with_port(value: Callable[[Year], float]) -> Callable[[Year], float | None]:
    """A city whose plan maps no berths reports no port."""
    return lambda y: value(y) if y.world.plan.port_capacity else None


def _revenue(*items: str) -> Callable[[Year], float]:
    """Billion VND at the prices of the year."""
    rows = [REVENUES.index(item) for item in items]
    return lambda y: float(y.now["economy.budget_revenue"][rows].sum()) * 1000


def _value(name: str) -> Callable[[Year], float]:
    return lambda y: float(y.now[name])


_PRICES = ("economy.deflator_growth",)
_DOLLARS = (*_PRICES, "economy.exchange_rate_base", "economy.exchange_rate_growth")
_E = "theory/economy"

CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "grdp_growth",
        "percent",
        "economy.grdp",
        "100 (GRDP[t] / GRDP[t-1] - 1), constant prices of the base year",
        f"{_E}#output",
        value=_grdp_growth,
    ),
    CityMeasure(
        "grdp_constant2025",
        "trillion VND",
        "economy.grdp",
        "GRDP at constant prices of the base year",
        f"{_E}#output",
        value=lambda y: float(y.now["economy.grdp"]),
    ),
    CityMeasure(
        "grdp_current",
        "trillion VND",
        "economy.grdp",
        "GRDP[t] (1 + p)^(t - t0)",
        f"{_E}#prices",
        _PRICES,
        value=lambda y: y.current_grdp,
    ),
    CityMeasure(
        "grdp_per_capita",
        "USD",
        "economy.grdp",
        "current GRDP[t] / usual residents[t] / VND per USD[t]",
        f"{_E}#prices",
        _DOLLARS,
        value=lambda y: y.current_grdp * 1e12 / y.residents / y.exchange_rate,
    ),
    CityMeasure(
        "grdp_per_capita_vnd",
        "million VND",
        "economy.grdp",
        "current GRDP[t] / usual residents[t]",
        f"{_E}#prices",
        _PRICES,
        value=lambda y: y.current_grdp * 1e6 / y.residents,
    ),
    *(
        CityMeasure(
            f"growth_{sector}",
            "percent per year",
            "economy.growth",
            "100 (Y[s,t] / Y[s,t-1] - 1), constant prices of the base year",
            f"{_E}#output",
            value=_sector_growth(sector),
        )
        for sector in SECTORS
    ),
    CityMeasure(
        "labour_productivity",
        "million VND per worker",
        "economy.grdp",
        "current GRDP[t] / persons at work[t]",
        f"{_E}#prices",
        _PRICES,
        value=lambda y: y.current_grdp * 1e6 / y.employed,
    ),
    CityMeasure(
        "labour_productivity_growth",
        "percent per year",
        "economy.grdp",
        "100 ((GRDP[t] / E[t]) / (GRDP[t-1] / E[t-1]) - 1), constant prices of the base year",
        f"{_E}#output",
        value=_productivity_growth,
    ),
    CityMeasure(
        "tfp_share",
        "percent",
        "economy.sources_of_growth",
        "100 (growth - a gK - (1-a) gE) / growth",
        f"{_E}#sources-of-growth",
        ("economy.capital_share",),
        value=_tfp_share,
    ),
    CityMeasure(
        "investment_total",
        "billion VND",
        "economy.investment",
        "1000 sum I[s,t] (1 + p)^(t - t0)",
        f"{_E}#capital",
        (*_PRICES, "economy.investment_share"),
        value=lambda y: float(y.now["economy.investment"].sum()) * y.price_level * 1000,
    ),
    CityMeasure(
        "icor",
        "ratio",
        "economy.investment",
        "(sum I[s,t] / GRDP[t]) / growth[t], constant prices of the base year",
        f"{_E}#quality-of-growth",
        ("economy.investment_share",),
        value=_icor,
    ),
    CityMeasure(
        "capital_productivity",
        "ratio",
        "economy.capital",
        "GRDP[t] / sum K[s,t], constant prices of the base year",
        f"{_E}#quality-of-growth",
        value=lambda y: float(y.now["economy.grdp"] / y.now["economy.capital"].sum()),
    ),
    CityMeasure(
        "investment_projects",
        "billion VND",
        "economy.project_investment",
        "1000 x cost of the plan's projects in equal yearly parts, prices of the base year; unknown cost or years left out",
        f"{_E}#investment-by-project",
        value=lambda y: float(y.now["economy.project_investment"]) * 1000,
    ),
    CityMeasure(
        "budget_revenue_total",
        "billion VND",
        "economy.budget_revenue",
        "domestic + customs + other, current prices",
        f"{_E}#budget-foreign-investment-exports",
        ("economy.budget_domestic_base", "economy.budget_customs_base", "economy.budget_other_base"),
        value=_revenue(*REVENUES),
    ),
    CityMeasure(
        "budget_revenue_domestic",
        "billion VND",
        "economy.budget_revenue",
        "R0 (current GRDP[t] / current GRDP[t0])^b",
        f"{_E}#budget-foreign-investment-exports",
        ("economy.budget_domestic_base", "economy.budget_domestic_buoyancy"),
        value=_revenue("domestic"),
    ),
    CityMeasure(
        "budget_revenue_customs",
        "billion VND",
        "economy.budget_revenue",
        "R0 (port cargo[t] / port cargo[t0])^c x prices[t]",
        f"{_E}#budget-foreign-investment-exports",
        ("economy.budget_customs_base", "economy.budget_customs_answer_to_cargo"),
        value=_revenue("customs"),
    ),
    CityMeasure(
        "fdi_realised",
        "billion USD",
        "economy.fdi_realised",
        "share of all investment x flow, in USD of the year",
        f"{_E}#budget-foreign-investment-exports",
        ("economy.fdi_share_of_investment", "economy.fdi_flow"),
        value=_value("economy.fdi_realised"),
    ),
    CityMeasure(
        "fdi_registered",
        "billion USD",
        "economy.fdi_registered",
        "realised / realised over registered",
        f"{_E}#budget-foreign-investment-exports",
        ("economy.fdi_realised_over_registered",),
        value=_value("economy.fdi_registered"),
    ),
    CityMeasure(
        "exports",
        "billion USD",
        "economy.exports",
        "X0 (Y[industry,t] / Y[industry,t0])^e, in USD of the year",
        f"{_E}#budget-foreign-investment-exports",
        ("economy.exports_base", "economy.exports_answer_to_industry"),
        value=_value("economy.exports"),
    ),
    CityMeasure(
        "employment",
        "persons",
        "economy.employment",
        "sum E[s,t]",
        f"{_E}#jobs",
        value=lambda y: y.employed,
    ),
    CityMeasure(
        "port_cargo",
        "million tonnes",
        "economy.port_cargo",
        "min(cargo that asks, ceiling x mapped capacity, fairways, what gets away by road, rail and barge)",
        f"{_E}#port",
        value=_with_port(lambda y: float(y.now["economy.port_cargo"])),
    ),
    CityMeasure(
        "port_teu",
        "million TEU",
        "economy.port_cargo",
        "port cargo x TEU per tonne",
        f"{_E}#port",
        ("economy.teu_per_tonne",),
        value=_with_port(lambda y: float(y.now["economy.port_cargo"]) * y.parameter("economy.teu_per_tonne")),
    ),
    CityMeasure(
        "port_capacity",
        "million tonnes",
        "economy.port_capacity",
        "sum of mapped berths that are open; berths without a figure are not counted",
        f"{_E}#port",
        value=_with_port(lambda y: float(y.now["economy.port_capacity"])),
    ),
)

AREAS: tuple[AreaMeasure, ...] = ()
