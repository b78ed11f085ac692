"""What the economy subject takes from a plan, and what it says when something is missing."""

from __future__ import annotations

import numpy as np

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.model import landside, power
from cuabien.model.economy import fairway
from cuabien.model.parameters import Need, Parameters
from cuabien.model.variables import LIMITS, SECTORS, Array
from cuabien.plan.package import Plan

BASE = (
    Need("economy.grdp_base", 0.0, 1e9, open_below=True),
    Need("economy.share_agriculture", 0.0, 1.0, open_below=True),
    Need("economy.share_industry_construction", 0.0, 1.0, open_below=True),
    Need("economy.share_construction", 0.0, 1.0, open_below=True),
    Need("economy.share_services", 0.0, 1.0, open_below=True),
    Need("economy.share_product_tax", 0.0, 0.9),
)
CAPITAL = (
    Need("economy.capital_output_ratio", 0.0, 20.0, open_below=True),
    Need("economy.depreciation_rate", 0.0, 0.5),
)
INVESTMENT = (Need("economy.investment_share", 0.0, 1.0),)
PRODUCTIVITY = (
    Need("economy.capital_share", 0.0, 0.95, open_below=True),
    Need("economy.tfp_growth_long_run", -0.1, 0.2),
    Need("economy.tfp_half_life", 0.0, 100.0, open_below=True),
    *(Need(f"economy.growth_base_{sector}", -0.5, 1.0) for sector in SECTORS),
    Need("economy.growth_shock_spread", 0.0, 0.2),
)
JOBS = (
    Need("economy.jobs_share_agriculture", 0.0, 1.0, open_below=True),
    Need("economy.jobs_share_industry", 0.0, 1.0, open_below=True),
    Need("economy.jobs_share_construction", 0.0, 1.0, open_below=True),
    *(Need(f"economy.jobs_answer_to_growth_{sector}", -3.0, 3.0) for sector in SECTORS),
    Need("economy.unemployment_base", 0.0, 0.5),
    Need("economy.unemployment_lowest", 0.0, 0.5),
)
PORT = (
    Need("economy.port_cargo_base", 0.0, 1e5),
    Need("economy.port_cargo_answer_to_growth", 0.0, 5.0),
    Need("economy.berth_use_ceiling", 0.0, 5.0, open_below=True),
    Need("economy.berth_build_years_by", 1.0, 30.0),
    Need("economy.berth_build_years_after", 1.0, 50.0),
    Need("economy.berth_investor_share", 0.0, 1.0),
    Need("economy.tonnes_per_teu", 0.0, 100.0, open_below=True),
    Need("economy.teu_per_tonne", 0.0, 1.0),
)
DEPENDENCE = (
    Need("economy.port_dependence_industry", 0.0, 1.0),
    Need("economy.port_dependence_services", 0.0, 1.0),
)
FAIRWAY = (
    Need("economy.fairway_reference", 0.0, 1e5, open_below=True),
    Need("economy.fairway_depth_power", 0.0, 4.0),
)
DISASTER = (
    Need("economy.disaster_capital_loss", 0.0, 0.9),
    Need("economy.port_open_share", 0.0, 1.0),
)
"""Nothing is lost and nothing is closed in a plan's own future; a stress change says otherwise for its years."""
AIRPORT = (
    Need("economy.air_passengers_base", 0.0, 1e4),
    Need("economy.air_passengers_answer_to_growth", 0.0, 4.0),
    Need("economy.airport_capacity_base", 0.0, 1e4),
    Need("economy.airport_use_ceiling", 0.0, 5.0, open_below=True),
    Need("economy.air_dependence_industry", 0.0, 1.0),
    Need("economy.air_dependence_services", 0.0, 1.0),
)
PARKS = (
    Need("economy.park_build_years", 1.0, 50.0),
    Need("economy.park_leasable_share", 0.0, 1.0, open_below=True),
    Need("economy.park_occupancy_base", 0.0, 1.0),
    Need("economy.park_occupancy_highest", 0.0, 1.0, open_below=True),
    Need("economy.park_land_answer_to_output", 0.0, 3.0),
    Need("economy.park_dependence_industry", 0.0, 1.0),
)
POWER = (
    Need("economy.electricity_base", 0.0, 1e5),
    *(Need(f"economy.electricity_share_{sector}", 0.0, 1.0) for sector in SECTORS),
    Need("economy.electricity_answer_to_output", 0.0, 3.0),
    Need("economy.electricity_answer_to_income", 0.0, 3.0),
    Need("economy.grid_capacity", 0.0, 1e7),
    Need("economy.electricity_load_hours", 0.0, power.HOURS_A_YEAR, open_below=True),
    Need("economy.power_plant_life", 1.0, 200.0),
    Need("economy.power_dependence_industry", 0.0, 1.0),
    Need("economy.power_dependence_services", 0.0, 1.0),
)
FDI = (
    Need("economy.fdi_share_of_investment", 0.0, 1.0),
    Need("economy.fdi_flow", 0.0, 10.0),
)
ACCOUNTS = (
    Need("economy.budget_domestic_base", 0.0, 1e9),
    Need("economy.budget_customs_base", 0.0, 1e9),
    Need("economy.budget_other_base", 0.0, 1e9),
    Need("economy.budget_domestic_buoyancy", 0.0, 3.0),
    Need("economy.budget_customs_answer_to_cargo", 0.0, 3.0),
    Need("economy.fdi_realised_over_registered", 0.0, 10.0, open_below=True),
    Need("economy.exports_base", 0.0, 1e7),
    Need("economy.exports_answer_to_industry", 0.0, 3.0),
)
PRICES = (
    Need("economy.deflator_growth", -0.05, 0.5),
    Need("economy.exchange_rate_base", 0.0, 1e7, open_below=True),
    Need("economy.exchange_rate_growth", -0.2, 0.5),
)

SHARES_MAY_MISS = 0.0005
"""Shares are printed with two decimals of a percent; four of them may miss 1 by so much."""


def needs(plan: Plan) -> tuple[Need, ...]:
    """Every parameter that the subject reads."""
    return (
        *BASE,
        *CAPITAL,
        *INVESTMENT,
        *PRODUCTIVITY,
        *JOBS,
        *PORT,
        *DEPENDENCE,
        *FAIRWAY,
        *DISASTER,
        *AIRPORT,
        *PARKS,
        *POWER,
        *firm_shares_needed(plan),
        *landside_needed(plan),
        *FDI,
        *ACCOUNTS,
        *PRICES,
        Need("population.labour_force_base", 0.0, 1e9, open_below=True),
    )


def landside_needed(plan: Plan) -> tuple[Need, ...]:
    """What the roads, railways and waterways behind the port carry, where the plan says how cargo leaves."""
    return landside.CARRIED if landside.is_known(plan) else ()


def firm_shares_needed(plan: Plan) -> tuple[Need, ...]:
    """The part that stands ready at the peak, for each fuel that the plan's plants run on."""
    return tuple(Need(firm_share(fuel), 0.0, 1.0) for fuel in power.fuels(plan))


def firm_share(fuel: str) -> str:
    """The parameter of a fuel: that of "offshore wind" ends in offshore_wind."""
    return f"economy.power_firm_share_{fuel.replace(' ', '_')}"


def faults(plan: Plan) -> list[Fault]:
    """What does not add up in the base year."""
    found: list[Fault] = []
    p = Parameters(plan.parameters)
    shares = sum(p(f"economy.share_{name}") for name in _PARTS)
    if abs(shares - 1) > SHARES_MAY_MISS:
        found.append(
            _fault(
                "shares-not-one",
                "economy.share_services",
                N_("the shares of the sectors and of product tax sum to {total}"),
                N_("make agriculture, industry with construction, services and product tax sum to 1"),
                total=round(shares, 6),
            )
        )
    if p("economy.share_construction") >= p("economy.share_industry_construction"):
        found.append(
            _fault(
                "construction-too-large",
                "economy.share_construction",
                N_("construction ({value}) leaves nothing for industry"),
                N_("give the share of construction alone, inside industry and construction"),
                value=p("economy.share_construction"),
            )
        )
    jobs = sum(p(f"economy.jobs_share_{name}") for name in SECTORS[:3])
    if jobs >= 1:
        found.append(
            _fault(
                "jobs-shares-not-one",
                "economy.jobs_share_industry",
                N_(
                    "agriculture, industry and construction hold {total} of all jobs and leave none for services"
                ),
                N_("give shares of the employed that sum to less than 1; the rest are services"),
                total=round(jobs, 6),
            )
        )
    of_users = sum(p(f"economy.electricity_share_{sector}") for sector in SECTORS)
    if of_users > 1:
        found.append(
            _fault(
                "electricity-shares-above-one",
                "economy.electricity_share_industry",
                N_("the sectors take {total} of all electricity and leave none for households"),
                N_(
                    "give shares of the city's electricity that sum to at most 1; the rest is the households'"
                ),
                total=round(of_users, 6),
            )
        )
    return found + _entrance_faults(plan)


def _entrance_faults(plan: Plan) -> list[Fault]:
    """Depths of fairways that belong to no link, or are none."""
    found = []
    for name, figure in fairway.entrances(plan).items():
        file, row = plan.place("figures", figure.id)
        if name not in plan.links:
            template, remedy = (
                N_("{item} names a link that the plan does not have"),
                N_("name a link of map/links.csv after the bar"),
            )
        elif figure.value is not None and figure.value <= 0:
            template, remedy = (
                N_("{item} is {value}, which is no depth"),
                N_("write metres below the chart's zero as a positive number"),
            )
        else:
            continue
        values = {"item": figure.item, "value": figure.value}
        found.append(Fault("fairway-depth", file, template, remedy, row, values=values))
    return found


_PARTS = ("agriculture", "industry_construction", "services", "product_tax")


def output_shares(p: Parameters) -> tuple[Array, float]:
    """Shares of GRDP by sector [4] and of product tax, made to sum to 1."""
    total = sum(p(f"economy.share_{name}") for name in _PARTS)
    construction = p("economy.share_construction")
    shares = np.array(
        [
            p("economy.share_agriculture"),
            p("economy.share_industry_construction") - construction,
            construction,
            p("economy.share_services"),
        ]
    )
    return shares / total, p("economy.share_product_tax") / total


def jobs_shares(p: Parameters) -> Array:
    """Shares of the employed by sector [4]; services are the rest."""
    first = [p(f"economy.jobs_share_{sector}") for sector in SECTORS[:3]]
    return np.array([*first, 1 - sum(first)])


def electricity_by_user(p: Parameters) -> Array:
    """What each sector and then the households used in the base year [user], TWh."""
    shares = by_sector(p, "economy.electricity_share")
    return np.asarray(p("economy.electricity_base") * np.append(shares, 1 - shares.sum()))


def dependence(p: Parameters) -> Array:
    """Share of value added lost per share that is missing [limit, sector]; the first limit, labour, has its own rule."""
    table = np.zeros((len(LIMITS), len(SECTORS)))
    for limit, stem in _DEPENDENCE:
        for sector in SECTORS:
            if f"economy.{stem}_{sector}" in DEPENDENCE_IDS:
                table[LIMITS.index(limit), SECTORS.index(sector)] = p(f"economy.{stem}_{sector}")
    return table


_DEPENDENCE = (
    ("port", "port_dependence"),
    ("fairway", "port_dependence"),
    ("landside", "port_dependence"),
    ("airport", "air_dependence"),
    ("land", "park_dependence"),
    ("power", "power_dependence"),
)
DEPENDENCE_IDS = {
    need.id for group in (DEPENDENCE, AIRPORT, PARKS, POWER) for need in group if "_dependence_" in need.id
}


def by_sector(p: Parameters, stem: str) -> Array:
    """A parameter that is given for each sector: [4]."""
    return np.array([p(f"{stem}_{sector}") for sector in SECTORS])


def _fault(rule: str, name: str, template: str, remedy: str, **values: object) -> Fault:
    return Fault(rule, "parameters.toml", template, remedy, name, values=values)
