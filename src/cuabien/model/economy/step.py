"""The economy subject, wired: capital, productivity, jobs, what could be made, the port, what is made.

Everything is in constant prices of the base year. Nothing within a year depends on itself: employers plan with
last year's growth, capital is last year's investment, and the port answers this year's potential.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cuabien.model.economy import inputs, jobs, port, production
from cuabien.model.economy.inputs import faults, needs
from cuabien.model.engine import Situation, State, Step
from cuabien.model.parameters import Need
from cuabien.model.variables import SECTORS, Array
from cuabien.model.world import Subject, World

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "economy"
SPATIAL = False

PAGE = "theory/economy"


def build(world: World, start: State) -> Subject:
    """The subject for one world: the base year's accounts, and its steps."""
    berths = _berths(world)
    return Subject(
        start=_start(world, berths),
        steps=(
            _capital(world),
            _productivity(world),
            _jobs(world),
            _potential(world),
            _port(world, berths),
            _output(world),
        ),
        gaps={},
    )


def _start(world: World, berths: Array) -> dict[str, Array]:
    """The accounts of the base year, as observed; productivity is what makes them fit."""
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
        "economy.port_wanted": cargo.copy(),
        "economy.port_cargo": cargo,
        "economy.value_added": output,
        "economy.product_tax": np.array(grdp * tax_share),
        "economy.grdp": np.array(grdp),
        "economy.growth": inputs.by_sector(p, "economy.growth_base"),
        "economy.investment": p("economy.investment_share", world.base_year) * grdp * output / output.sum(),
    }


def _berths(world: World) -> Array:
    p = world.parameters
    rules = port.BerthRules(
        build_years_by=p("economy.berth_build_years_by"),
        build_years_after=p("economy.berth_build_years_after"),
        investor_share=p("economy.berth_investor_share"),
        tonnes_per_teu=p("economy.tonnes_per_teu"),
    )
    return port.berth_capacity(world.plan, world.years, rules)


# ---- steps ------------------------------------------------------------------------------------------------


def _capital(world: World) -> Step:
    depreciation = world.parameters("economy.depreciation_rate")

    def compute(s: Situation) -> Mapping[str, Array]:
        return {
            "economy.capital": production.capital_in_use(
                s.last["economy.capital"], s.last["economy.investment"], depreciation
            )
        }

    return Step(
        "economy.capital",
        compute,
        writes=("economy.capital",),
        reads_last=("economy.capital", "economy.investment"),
        parameters=_ids(inputs.CAPITAL),
        equation="K[s,t] = (1 - d) K[s,t-1] + I[s,t-1]; K at the base year = capital-output ratio x GRDP, shared as value added",
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
        growth, capital_growth, answer * growth, p("economy.capital_share")
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
            "g0[s] = (1 + gY[s]) / ((1 + gK)^a (1 + gL[s])^(1-a)) - 1, of the base year"
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
        equation="J[s,t] = J[s,t-1] (1 + e[s] gY[s,t-1]); E[s,t] = J[s,t] min(1, L[t] (1 - u) / sum J[t])",
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
    ceiling = p("economy.berth_use_ceiling")
    has_map = bool(world.plan.port_capacity)

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
        capacity = float(berths[s.year - world.base_year])
        handled = port.cargo_handled(wanted, capacity, ceiling) if has_map else wanted
        return {
            "economy.port_capacity": np.array(capacity),
            "economy.port_wanted": np.array(wanted),
            "economy.port_cargo": np.array(handled),
        }

    return Step(
        "economy.port",
        compute,
        writes=("economy.port_capacity", "economy.port_wanted", "economy.port_cargo"),
        reads=("economy.potential_value_added",),
        reads_last=("economy.potential_value_added", "economy.port_wanted"),
        parameters=_ids(inputs.PORT),
        equation="D[t] = D[t-1] (1 + n[t] (Y*[t]/Y*[t-1] - 1)); C[t] = min(D[t], ceiling x mapped berth capacity[t])",
        page=f"{PAGE}#port",
    )


def _output(world: World) -> Step:
    p = world.parameters
    dependence = np.array(
        [0.0, p("economy.port_dependence_industry"), 0.0, p("economy.port_dependence_services")]
    )
    shares, tax_share = inputs.output_shares(p)
    tax_rate = tax_share / shares.sum()
    capital_share = p("economy.capital_share")

    def compute(s: Situation) -> Mapping[str, Array]:
        wanted, handled = float(s.now["economy.port_wanted"]), float(s.now["economy.port_cargo"])
        turned_away = 1 - handled / wanted if wanted > 0 else 0.0
        output = port.held_back(s.now["economy.potential_value_added"], turned_away, dependence)
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
            "economy.investment": p("economy.investment_share", s.year) * grdp * output / output.sum(),
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
            "economy.investment",
        ),
        reads=(
            "economy.potential_value_added",
            "economy.port_wanted",
            "economy.port_cargo",
            "economy.capital",
            "economy.employment",
        ),
        reads_last=("economy.value_added", "economy.grdp", "economy.capital", "economy.employment"),
        parameters=(*_ids((*inputs.BASE, *inputs.DEPENDENCE, *inputs.INVESTMENT)), "economy.capital_share"),
        equation=(
            "Y[s,t] = Y*[s,t] (1 - q[s] (1 - C[t]/D[t])); GRDP[t] = sum Y[s,t] + product tax[t]; "
            "I[s,t] = i[t] GRDP[t] Y[s,t] / sum Y[t]"
        ),
        page=f"{PAGE}#output",
    )


_ANSWERS = tuple(Need(f"economy.jobs_answer_to_growth_{sector}", 0, 0) for sector in SECTORS)


def _ids(group: tuple[Need, ...]) -> tuple[str, ...]:
    return tuple(need.id for need in group)


# ---- what must add up ---------------------------------------------------------------------------------------


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """Shares of what they are part of, but for cargo (million tonnes).

    value added: GRDP - sectors - product tax, over GRDP. jobs: what is at work beyond the labour force and beyond the
    jobs wanted, over the labour force. investment: sectors - share x GRDP, over GRDP. cargo: handled beyond wanted.
    sources of growth: capital + labour + productivity - growth.
    """
    grdp = float(now["economy.grdp"])
    parts = float(now["economy.value_added"].sum() + now["economy.product_tax"])
    labour_force, at_work = float(now["population.labour_force"].sum()), now["economy.employment"]
    too_many = max(at_work.sum() - labour_force, (at_work - now["economy.jobs_wanted"]).max(), 0.0)
    invested = float(now["economy.investment"].sum())
    found = {
        "value_added": abs(grdp - parts) / grdp,
        "jobs": float(too_many) / labour_force,
        "investment": abs(invested - world.parameters("economy.investment_share", year) * grdp) / grdp,
        "cargo": max(float(now["economy.port_cargo"] - now["economy.port_wanted"]), 0.0),
    }
    if last is not None:
        growth = float(now["economy.grdp"] / last["economy.grdp"] - 1)
        found["sources_of_growth"] = abs(float(now["economy.sources_of_growth"].sum()) - growth)
    return found
