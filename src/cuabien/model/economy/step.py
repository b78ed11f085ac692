"""The economy subject, wired: capital, productivity, jobs, what could be made, what holds it back, what is made.

Everything is in constant prices of the base year but what is said to be current. Nothing within a year depends on
itself: employers plan with last year's growth, capital is last year's investment, and port, airport, land and power answer
this year's potential.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from cuabien.model import landside, power
from cuabien.model.berths import BerthRules
from cuabien.model.economy import (
    airport,
    electricity,
    fairway,
    finance,
    inputs,
    investment,
    jobs,
    limits,
    parks,
    port,
    prices,
    production,
)
from cuabien.model.economy.inputs import faults, needs
from cuabien.model.engine import Situation, State, Step
from cuabien.model.parameters import Need
from cuabien.model.variables import LIMITS, REVENUES, SECTORS, Array
from cuabien.model.world import Subject, World

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "economy"
SPATIAL = False

PAGE = "theory/economy"


INDUSTRY = SECTORS.index("industry")
LABOUR, PORT, FAIRWAY, LANDSIDE, AIRPORT, LAND, POWER = range(len(LIMITS))


def build(world: World, start: State) -> Subject:
    """The subject for one world: the base year's accounts, and its steps."""
    berths = _berths(world)
    accounts = _start(world, berths)
    before_output = (_port(world, berths), _airport(world, accounts), _parks(world, accounts))
    power_step, finance_step = _power(world, accounts, start), _finance(world, accounts)
    for step in (*before_output, power_step, finance_step):
        if step.name != "economy.port":
            now = Situation(world.base_year, {**start, **accounts}, {})
            accounts |= step.compute(now)
    return Subject(
        start=accounts,
        steps=(
            _capital(world),
            _productivity(world),
            _jobs(world),
            _potential(world),
            *before_output,
            power_step,
            _output(world),
            finance_step,
        ),
        gaps={},
    )


def _start(world: World, berths: Array) -> dict[str, Array]:
    """The accounts of the base year, as observed; productivity is what makes them fit, and nothing holds them back."""
    p = world.parameters
    grdp = p("economy.grdp_base")
    shares, tax_share = inputs.output_shares(p)
    output = grdp * shares
    capital = p("economy.capital_output_ratio") * grdp * shares / shares.sum()
    counted = p("population.labour_force_base")
    employed = counted * (1 - p("economy.unemployment_base")) * inputs.jobs_shares(p)
    cargo = np.array(p("economy.port_cargo_base"))
    return {
        "economy.tfp": production.tfp_level(output, capital, employed, p("economy.capital_share")),
        "economy.capital": capital,
        "economy.jobs_wanted": employed.copy(),
        "economy.employment": employed,
        "economy.potential_value_added": output.copy(),
        "economy.port_capacity": np.array(berths[0]),
        "economy.fairway_capacity": np.array(_fairways(world)[0]),
        "economy.landside_capacity": np.array(_landside(world, berths)[0]),
        "economy.port_wanted": cargo.copy(),
        "economy.port_cargo": cargo,
        "economy.value_added": output,
        "economy.product_tax": np.array(grdp * tax_share),
        "economy.grdp": np.array(grdp),
        "economy.growth": inputs.by_sector(p, "economy.growth_base"),
        "economy.held_back": np.zeros((len(LIMITS), len(SECTORS))),
        **_invested(world, world.base_year, grdp, output),
    }


def _invested(world: World, year: int, grdp: float, output: Array) -> dict[str, Array]:
    """Investment by sector, and its parts by who plans it: constant prices."""
    p = world.parameters
    total = finance.investment_after_flow(
        p("economy.investment_share", year) * grdp,
        p("economy.fdi_share_of_investment"),
        p("economy.fdi_flow", year),
    )
    of_projects = _project_costs(world)[year - world.base_year]
    return {
        "economy.investment": total * output / output.sum(),
        "economy.project_investment": np.array(of_projects),
        "economy.other_investment": np.array(total - of_projects),
    }


# ---- what the plan says -------------------------------------------------------------------------------------


def _project_costs(world: World) -> Array:
    """[year], trillion VND."""
    return world.once("economy.projects", lambda: investment.known_spending(world.plan, world.years) / 1000)


def _fairways(world: World) -> Array:
    """What the entrances carry [year], million tonnes; zeros where the plan knows of none."""
    p = world.parameters
    entrances = _entrances(world)
    reference, depth_power = p("economy.fairway_reference"), p("economy.fairway_depth_power")
    return fairway.capacity(entrances, world.years, reference, depth_power)


def _entrances(world: World) -> Array:
    return world.once("economy.fairways", lambda: fairway.timetable(world.plan))


def _berths(world: World) -> Array:
    p = world.parameters
    rules = BerthRules.of(p)
    return world.once(f"economy.{rules}", lambda: port.berth_capacity(world.plan, world.years, rules))


def _landside(world: World, berths: Array) -> Array:
    """What berths can pass on [year], million tonnes; zeros where the plan does not say how cargo leaves.

    Berths whose place is not known are bound by nothing on land.
    """
    if not landside.is_known_in(world):
        return np.zeros(len(world.years))
    mapped, together = landside.together_of(world)
    elsewhere = np.maximum(berths - mapped, 0.0)
    return np.asarray(together + world.parameters("economy.berth_use_ceiling") * elsewhere)


# ---- steps ------------------------------------------------------------------------------------------------


def _capital(world: World) -> Step:
    p = world.parameters
    depreciation = p("economy.depreciation_rate")

    def compute(s: Situation) -> Mapping[str, Array]:
        worn_out = depreciation + p("economy.disaster_capital_loss", s.year)
        return {
            "economy.capital": production.capital_in_use(
                s.last["economy.capital"], s.last["economy.investment"], worn_out
            )
        }

    return Step(
        "economy.capital",
        compute,
        writes=("economy.capital",),
        reads_last=("economy.capital", "economy.investment"),
        parameters=_ids((*inputs.CAPITAL, *inputs.DISASTER[:1])),
        equation="K[s,t] = (1 - d - x[t]) K[s,t-1] + I[s,t-1]; K at the base year = capital-output ratio x GRDP, shared as value added",
        page=f"{PAGE}#capital",
    )


def _productivity(world: World) -> Step:
    p = world.parameters
    answer = inputs.by_sector(p, "economy.jobs_answer_to_growth")
    growth = inputs.by_sector(p, "economy.growth_base")
    capital_growth = p("economy.investment_share", world.base_year) / p("economy.capital_output_ratio") - p(
        "economy.depreciation_rate"
    )
    at_base = production.tfp_growth_observed(
        growth, capital_growth, (1 + growth) ** answer - 1, p("economy.capital_share")
    )
    long_run, half_life = p("economy.tfp_growth_long_run"), p("economy.tfp_half_life")
    spread = p("economy.growth_shock_spread")

    def compute(s: Situation) -> Mapping[str, Array]:
        rate = production.tfp_growth(s.year - world.base_year, at_base, long_run, half_life)
        luck = np.exp(spread * world.luck("economy.growth", s.year, "city", len(SECTORS))) if spread else 1.0
        return {"economy.tfp": s.last["economy.tfp"] * (1 + rate) * luck}

    return Step(
        "economy.productivity",
        compute,
        writes=("economy.tfp",),
        reads_last=("economy.tfp",),
        parameters=_ids((*inputs.PRODUCTIVITY, *inputs.CAPITAL, *inputs.INVESTMENT, *_ANSWERS)),
        equation=(
            "A[s,t] = A[s,t-1] (1 + g + (g0[s] - g) 2^(-(t-t0)/h)); "
            "g0[s] = (1 + gY[s]) / ((1 + gK)^a (1 + gY[s])^(e[s] (1-a))) - 1, of the base year"
        ),
        page=f"{PAGE}#productivity",
    )


def _jobs(world: World) -> Step:
    p = world.parameters
    answer = inputs.by_sector(p, "economy.jobs_answer_to_growth")
    lowest = p("economy.unemployment_lowest")

    def compute(s: Situation) -> Mapping[str, Array]:
        wanted = jobs.jobs_wanted(s.last["economy.jobs_wanted"], s.last["economy.growth"], answer)
        labour_force = float(s.now["population.labour_force"].sum())
        return {
            "economy.jobs_wanted": wanted,
            "economy.employment": jobs.employment(wanted, labour_force, lowest),
        }

    return Step(
        "economy.jobs",
        compute,
        writes=("economy.jobs_wanted", "economy.employment"),
        reads=("population.labour_force",),
        reads_last=("economy.jobs_wanted", "economy.growth"),
        parameters=_ids((*inputs.JOBS, Need("population.labour_force_base", 0, 0))),
        equation="J[s,t] = J[s,t-1] (1 + gY[s,t-1])^e[s]; E[s,t] = J[s,t] min(1, L[t] (1 - u) / sum J[t])",
        page=f"{PAGE}#jobs",
    )


def _potential(world: World) -> Step:
    capital_share = world.parameters("economy.capital_share")

    def compute(s: Situation) -> Mapping[str, Array]:
        return {
            "economy.potential_value_added": production.value_added(
                s.now["economy.tfp"], s.now["economy.capital"], s.now["economy.employment"], capital_share
            )
        }

    return Step(
        "economy.potential",
        compute,
        writes=("economy.potential_value_added",),
        reads=("economy.tfp", "economy.capital", "economy.employment"),
        parameters=("economy.capital_share",),
        equation="Y*[s,t] = A[s,t] K[s,t]^a E[s,t]^(1-a)",
        page=f"{PAGE}#production",
    )


def _port(world: World, berths: Array) -> Step:
    p = world.parameters
    fairways = _fairways(world)
    ceiling = p("economy.berth_use_ceiling")
    has_map, has_fairways = bool(world.plan.port_capacity), bool(len(_entrances(world)))
    away, has_landside = _landside(world, berths), landside.is_known_in(world)

    def compute(s: Situation) -> Mapping[str, Array]:
        now, before = (
            s.now["economy.potential_value_added"].sum(),
            s.last["economy.potential_value_added"].sum(),
        )
        wanted = port.cargo_wanted(
            float(s.last["economy.port_wanted"]),
            float(now / before - 1),
            p("economy.port_cargo_answer_to_growth", s.year),
        )
        open_share = p("economy.port_open_share", s.year)
        capacity, carried, passed_on = (
            open_share * float(known[s.year - world.base_year]) for known in (berths, fairways, away)
        )
        handled = port.cargo_handled(wanted, capacity, ceiling) if has_map else wanted
        handled = min(handled, carried) if has_fairways else handled
        return {
            "economy.port_capacity": np.array(capacity),
            "economy.fairway_capacity": np.array(carried),
            "economy.landside_capacity": np.array(passed_on),
            "economy.port_wanted": np.array(wanted),
            "economy.port_cargo": np.array(min(handled, passed_on) if has_landside else handled),
        }

    return Step(
        "economy.port",
        compute,
        writes=(
            "economy.port_capacity",
            "economy.fairway_capacity",
            "economy.landside_capacity",
            "economy.port_wanted",
            "economy.port_cargo",
        ),
        reads=("economy.potential_value_added",),
        reads_last=("economy.potential_value_added", "economy.port_wanted"),
        parameters=_ids(
            (*inputs.PORT, *inputs.FAIRWAY, *inputs.DISASTER[1:], *inputs.landside_needed(world.plan))
        ),
        equation=(
            "D[t] = D[t-1] (1 + n[t] (Y*[t]/Y*[t-1] - 1)); C[t] = min(D[t], "
            "o[t] x ceiling x mapped berth capacity[t], o[t] x sum over entrances of F (depth/16)^k, o[t] x landside[t])"
        ),
        page=f"{PAGE}#port",
    )


def _airport(world: World, base: Mapping[str, Array]) -> Step:
    p = world.parameters
    passengers, answer = (
        p("economy.air_passengers_base"),
        p("economy.air_passengers_answer_to_growth"),
    )
    terminals = p("economy.airport_capacity_base") + world.once(
        "economy.airports", lambda: airport.added_capacity(world.plan, world.years)
    )
    ceiling = p("economy.airport_use_ceiling")
    potential = base["economy.potential_value_added"].sum()

    def compute(s: Situation) -> Mapping[str, Array]:
        level = s.now["economy.potential_value_added"].sum() / potential
        wanted = float(limits.grown(passengers, level, answer))
        capacity = float(terminals[s.year - world.base_year])
        return {
            "economy.air_wanted": np.array(wanted),
            "economy.air_capacity": np.array(capacity),
            "economy.air_passengers": np.array(airport.passengers_taken(wanted, capacity, ceiling)),
        }

    return Step(
        "economy.airport",
        compute,
        writes=("economy.air_wanted", "economy.air_capacity", "economy.air_passengers"),
        reads=("economy.potential_value_added",),
        parameters=_ids(inputs.AIRPORT),
        equation="W[t] = W0 (Y*[t]/Y*[t0])^e; passengers[t] = min(W[t], ceiling x terminals[t])",
        page=f"{PAGE}#airport",
    )


def _parks(world: World, base: Mapping[str, Array]) -> Step:
    p = world.parameters
    zones = world.once("economy.parks", lambda: parks.timetable(world.plan))
    land = parks.open_land(zones, world.years, p("economy.park_build_years"))
    open_ha = land.sum(axis=0)
    leasable, highest = p("economy.park_leasable_share"), p("economy.park_occupancy_highest")
    taken = leasable * parks.occupied(zones, land[:, 0], p("economy.park_occupancy_base"))
    answer = p("economy.park_land_answer_to_output")
    industry = base["economy.potential_value_added"][INDUSTRY]

    def compute(s: Situation) -> Mapping[str, Array]:
        level = s.now["economy.potential_value_added"][INDUSTRY] / industry
        wanted = float(limits.grown(taken, level, answer))
        there = float(open_ha[s.year - world.base_year])
        return {
            "economy.park_land_open": np.array(there),
            "economy.park_land_wanted": np.array(wanted),
            "economy.park_land_used": np.array(min(wanted, there * leasable * highest)),
        }

    return Step(
        "economy.parks",
        compute,
        writes=("economy.park_land_open", "economy.park_land_wanted", "economy.park_land_used"),
        reads=("economy.potential_value_added",),
        parameters=_ids(inputs.PARKS),
        equation=(
            "W[t] = occupied land of the base year x (Y*[industry,t] / Y*[industry,t0])^e; "
            "used[t] = min(W[t], leasable x highest occupancy x open[t])"
        ),
        page=f"{PAGE}#land-for-industry",
    )


def _power(world: World, base: Mapping[str, Array], people: State) -> Step:
    p, plan = world.parameters, world.plan
    timetable = world.once("economy.plants", lambda: power.timetable(plan))
    plants = power.capacity_mw(timetable, world.years, p("economy.power_plant_life"))
    fuels = world.once("economy.plant_fuels", lambda: power.fuel_of_plant(plan)).astype(int)
    firm = {i: p(inputs.firm_share(power.FUELS[i])) for i in sorted(set(fuels.tolist()))}
    available = electricity.available(
        plants,
        np.array([firm[fuel] for fuel in fuels.tolist()]),
        [p("economy.grid_capacity", year) for year in world.years],
        p("economy.electricity_load_hours"),
    )
    capacity = plants.sum(axis=0)
    at_base = inputs.electricity_by_user(p)
    output, households = base["economy.value_added"], people["population.households"].sum()
    income = output.sum() / people["population.persons"].sum()
    answers = p("economy.electricity_answer_to_output"), p("economy.electricity_answer_to_income")
    missing, dependence = _missing(world), inputs.dependence(p)

    def compute(s: Situation) -> Mapping[str, Array]:
        possible = s.now["economy.potential_value_added"] * limits.share_kept(
            limits.lost_alone(missing(s.now), dependence)
        )
        users = electricity.wanted(
            at_base,
            possible / output,
            s.now["population.households"].sum() / households,
            possible.sum() / s.now["population.persons"].sum() / income,
            *answers,
        )
        wanted, there = float(users.sum()), float(available[s.year - world.base_year])
        return {
            "economy.electricity_of_users": users,
            "economy.electricity_wanted": np.array(wanted),
            "economy.electricity_used": np.array(electricity.used(wanted, there)),
            "economy.power_capacity": np.array(capacity[s.year - world.base_year]),
            "economy.power_available": np.array(there),
        }

    return Step(
        "economy.power",
        compute,
        writes=(
            "economy.electricity_of_users",
            "economy.electricity_wanted",
            "economy.electricity_used",
            "economy.power_capacity",
            "economy.power_available",
        ),
        reads=("economy.potential_value_added", *_LIMITED, "population.households", "population.persons"),
        parameters=_ids(
            (
                *inputs.POWER,
                *inputs.firm_shares_needed(plan),
                *inputs.DEPENDENCE,
                *inputs.AIRPORT,
                *inputs.PARKS,
            )
        ),
        equation=(
            "W[s,t] = W0[s] (Y'[s,t]/Y[s,t0])^e; W[households,t] = W0 (households[t]/households[t0]) (income[t]/income[t0])^f; "
            "used[t] = min(sum W[t], load hours x (sum of firm MW of plants[t] + grid MW[t])); "
            "Y' = Y* less what port, airport and land take"
        ),
        page=f"{PAGE}#power",
    )


ALIKE = 6
"""Decimals of a million tonnes to which capacities that are summed in another order are the same."""
_LIMITED = (
    "economy.port_wanted",
    "economy.port_cargo",
    "economy.port_capacity",
    "economy.fairway_capacity",
    "economy.landside_capacity",
    "economy.air_wanted",
    "economy.air_passengers",
    "economy.park_land_wanted",
    "economy.park_land_used",
)
"""What `_missing` looks at."""


def _missing(world: World) -> Callable[[State], Array]:
    """A function that gives the share of each thing that is missing in a year [limit]; what is not known is not missing.

    Cargo that finds no way is laid to berths, fairways or the landside, whichever takes least; to berths where they take no more
    than gets away (a landside is counted up to what berths handle). Labour has its own rule and stays 0.
    """
    ceiling = world.parameters("economy.berth_use_ceiling")
    takes = {
        limit: name
        for limit, name, known in (
            (PORT, "economy.port_capacity", bool(world.plan.port_capacity)),
            (FAIRWAY, "economy.fairway_capacity", bool(len(_entrances(world)))),
            (LANDSIDE, "economy.landside_capacity", landside.is_known_in(world)),
        )
        if known
    }
    has_parks = bool(len(world.once("economy.parks", lambda: parks.timetable(world.plan))))

    def missing(now: State) -> Array:
        shares = np.zeros(len(LIMITS))
        cargo = limits.turned_away(float(now["economy.port_wanted"]), float(now["economy.port_cargo"]))
        if takes:
            most = {k: float(now[name]) * (ceiling if k == PORT else 1.0) for k, name in takes.items()}
            shares[min(most, key=lambda k: (round(most[k], ALIKE), k))] = cargo
        shares[AIRPORT] = limits.turned_away(
            float(now["economy.air_wanted"]), float(now["economy.air_passengers"])
        )
        if has_parks:
            shares[LAND] = limits.turned_away(
                float(now["economy.park_land_wanted"]), float(now["economy.park_land_used"])
            )
        if "economy.electricity_used" in now:
            shares[POWER] = limits.turned_away(
                float(now["economy.electricity_wanted"]), float(now["economy.electricity_used"])
            )
        return shares

    return missing


def _output(world: World) -> Step:
    p = world.parameters
    missing, dependence = _missing(world), inputs.dependence(p)
    shares, tax_share = inputs.output_shares(p)
    tax_rate = tax_share / shares.sum()
    capital_share = p("economy.capital_share")

    def compute(s: Situation) -> Mapping[str, Array]:
        potential = s.now["economy.potential_value_added"]
        alone = limits.lost_alone(missing(s.now), dependence)
        output = potential * limits.share_kept(alone)
        held_back = limits.held_back(potential - output, alone)
        held_back[LABOUR] = limits.missing_hands(
            potential,
            float(s.now["economy.jobs_wanted"].sum()),
            float(s.now["economy.employment"].sum()),
            capital_share,
        )
        before = s.last["economy.value_added"]
        grdp = output.sum() * (1 + tax_rate)
        growth = float(grdp / s.last["economy.grdp"] - 1)
        return {
            "economy.value_added": output,
            "economy.product_tax": np.array(output.sum() * tax_rate),
            "economy.grdp": np.array(grdp),
            "economy.growth": output / before - 1,
            "economy.sources_of_growth": production.sources_of_growth(
                growth,
                before / before.sum(),
                s.now["economy.capital"] / s.last["economy.capital"] - 1,
                s.now["economy.employment"] / s.last["economy.employment"] - 1,
                capital_share,
            ),
            "economy.held_back": held_back,
            **_invested(world, s.year, float(grdp), output),
        }

    return Step(
        "economy.output",
        compute,
        writes=(
            "economy.value_added",
            "economy.product_tax",
            "economy.grdp",
            "economy.growth",
            "economy.sources_of_growth",
            "economy.held_back",
            "economy.investment",
            "economy.project_investment",
            "economy.other_investment",
        ),
        reads=(
            "economy.potential_value_added",
            *_LIMITED,
            "economy.electricity_wanted",
            "economy.electricity_used",
            "economy.capital",
            "economy.jobs_wanted",
            "economy.employment",
        ),
        reads_last=("economy.value_added", "economy.grdp", "economy.capital", "economy.employment"),
        parameters=(
            *_ids((*inputs.BASE, *inputs.INVESTMENT, *inputs.FDI)),
            *sorted(inputs.DEPENDENCE_IDS),
            "economy.berth_use_ceiling",
            "economy.capital_share",
        ),
        equation=(
            "Y[s,t] = Y*[s,t] product over limits of (1 - q[k,s] (1 - given[k,t]/wanted[k,t])); "
            "GRDP[t] = sum Y[s,t] + product tax[t]; "
            "I[s,t] = i[t] GRDP[t] (1 - f + f x flow[t]) Y[s,t] / sum Y[t]"
        ),
        page=f"{PAGE}#output",
    )


def _finance(world: World, base: Mapping[str, Array]) -> Step:
    p, first = world.parameters, world.base_year
    revenue = np.array([p(f"economy.budget_{name}_base") for name in REVENUES])
    buoyancy, answer_to_cargo = (
        p("economy.budget_domestic_buoyancy"),
        p("economy.budget_customs_answer_to_cargo"),
    )
    share, realised_share = p("economy.fdi_share_of_investment"), p("economy.fdi_realised_over_registered")
    exported, answer = p("economy.exports_base"), p("economy.exports_answer_to_industry")
    price_growth, rate_growth = p("economy.deflator_growth"), p("economy.exchange_rate_growth")
    rate_base = p("economy.exchange_rate_base")
    grdp, cargo = float(base["economy.grdp"]), float(base["economy.port_cargo"])
    industry = float(base["economy.value_added"][INDUSTRY])

    def compute(s: Situation) -> Mapping[str, Array]:
        level = prices.price_level(s.year, first, price_growth)
        rate = prices.exchange_rate(s.year, first, rate_base, rate_growth)
        realised = finance.fdi_realised(
            float(s.now["economy.investment"].sum()),
            share,
            p("economy.fdi_flow", s.year),
        )
        in_dollars = realised * level * 1000 / rate
        return {
            "economy.budget_revenue": finance.budget_revenue(
                revenue,
                float(s.now["economy.grdp"]) / grdp * level,
                float(s.now["economy.port_cargo"]) / cargo if cargo > 0 else 1.0,
                level,
                buoyancy,
                answer_to_cargo,
            ),
            "economy.fdi_realised": np.asarray(in_dollars),
            "economy.fdi_registered": np.asarray(in_dollars / realised_share),
            "economy.exports": np.asarray(
                finance.exports(
                    exported,
                    float(s.now["economy.value_added"][INDUSTRY]) / industry,
                    level * rate_base / rate,
                    answer,
                )
            ),
        }

    return Step(
        "economy.finance",
        compute,
        writes=(
            "economy.budget_revenue",
            "economy.fdi_realised",
            "economy.fdi_registered",
            "economy.exports",
        ),
        reads=("economy.grdp", "economy.port_cargo", "economy.value_added", "economy.investment"),
        parameters=_ids((*inputs.ACCOUNTS, *inputs.FDI, *inputs.PRICES)),
        equation=(
            "domestic R0 (current GRDP[t]/GRDP[t0])^b; customs R0 (C[t]/C[t0])^c prices[t]; "
            "FDI realised I[t] f flow[t] / (1 - f + f flow[t]); registered = realised / r; "
            "exports X0 (Y[industry,t]/Y[industry,t0])^e prices[t] / exchange rate[t]"
        ),
        page=f"{PAGE}#budget-foreign-investment-exports",
    )


_ANSWERS = tuple(Need(f"economy.jobs_answer_to_growth_{sector}", 0, 0) for sector in SECTORS)


def _ids(group: tuple[Need, ...]) -> tuple[str, ...]:
    return tuple(need.id for need in group)


# ---- what must add up ---------------------------------------------------------------------------------------


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """Shares of what they are part of, but for what is handled beyond what was wanted (in its own unit).

    value added: GRDP - sectors - product tax, over GRDP. jobs: what is at work beyond the labour force and beyond the
    jobs wanted, over the labour force. investment: sectors - share x GRDP, and sectors - projects - the rest, over GRDP.
    cargo, passengers, land, electricity: given beyond wanted, and electricity of users - all that is wanted, over it.
    limits: potential - value added - what the limits took, and value added beyond potential, over potential.
    sources of growth: capital + labour + productivity - growth.
    """
    p = world.parameters
    grdp = float(now["economy.grdp"])
    parts = float(now["economy.value_added"].sum() + now["economy.product_tax"])
    labour_force, at_work = float(now["population.labour_force"].sum()), now["economy.employment"]
    too_many = max(at_work.sum() - labour_force, (at_work - now["economy.jobs_wanted"]).max(), 0.0)
    invested = float(now["economy.investment"].sum())
    planned = finance.investment_after_flow(
        p("economy.investment_share", year) * grdp,
        p("economy.fdi_share_of_investment"),
        p("economy.fdi_flow", year),
    )
    by_whom = float(now["economy.project_investment"] + now["economy.other_investment"])
    potential, made = now["economy.potential_value_added"], now["economy.value_added"]
    taken = now["economy.held_back"][1:].sum(axis=0)
    wanted = float(now["economy.electricity_wanted"])
    of_users = float(now["economy.electricity_of_users"].sum())
    found = {
        "value_added": abs(grdp - parts) / grdp,
        "jobs": float(too_many) / labour_force,
        "investment": max(abs(invested - planned), abs(invested - by_whom)) / grdp,
        "limits": float(
            max(np.abs(potential - made - taken).max(), (made - potential).max(), 0.0) / potential.sum()
        ),
        "electricity": abs(of_users - wanted) / wanted if wanted > 0 else 0.0,
        **{
            name: max(float(now[f"economy.{given}"] - now[f"economy.{asked}"]), 0.0)
            for name, given, asked in _GIVEN
        },
    }
    if last is not None:
        growth = float(now["economy.grdp"] / last["economy.grdp"] - 1)
        found["sources_of_growth"] = abs(float(now["economy.sources_of_growth"].sum()) - growth)
    return found


_GIVEN = (
    ("cargo", "port_cargo", "port_wanted"),
    ("passengers", "air_passengers", "air_wanted"),
    ("land_in_parks", "park_land_used", "park_land_wanted"),
    ("electricity_used", "electricity_used", "electricity_wanted"),
)
