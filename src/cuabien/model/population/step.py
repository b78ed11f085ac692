"""The population subject, wired: births, deaths, ageing, migration, then workers and households.

All events of a year stand between the residents of the year before and those of the year. Equations live in the
modules beside this one; docs/theory/population.md says where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.model.engine import Situation, State, Step
from cuabien.model.parameters import Parameters
from cuabien.model.population import fertility, inputs, migration, mortality, work
from cuabien.model.population.inputs import faults, needs
from cuabien.model.variables import SEXES, Array
from cuabien.model.world import Subject, World

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "population"
SPATIAL = False

PAGE = "theory/population"
WOMEN = SEXES.index("female")
WORKING_AGE = slice(15, 65)


def build(world: World, start: State) -> Subject:
    """The subject for one world: the base year's residents, and its steps."""
    people, gap = _people(world)
    persons = inputs.residents_by_commune(world)[:, None, None] * world.once(
        "population.ages", lambda: inputs.age_distribution(world.plan)
    )
    rates = _participation(world, persons)
    workers, households = _workers(rates), _households(world)
    base = Situation(world.base_year, {"population.persons": persons}, {})
    return Subject(
        start={"population.persons": persons, **workers.compute(base), **households.compute(base)},
        steps=(people, workers, households),
        gaps={"population.life_expectancy_years": gap},
    )


# ---- births, deaths, ageing, migration ------------------------------------------------------------------------


def _people(world: World) -> tuple[Step, float]:
    p, years = world.parameters, world.years
    newborn, ratios, gap = mortality.survival_by_year(_hazards(p), _expectancy(p, years))
    pattern = fertility.age_pattern(p("population.fertility_mean_age"), p("population.fertility_age_spread"))
    schedule = _migration_ages(p)
    female = p("population.migrants_female_share")
    sexes = np.array([female, 1 - female])
    land = inputs.industrial_land_ha(world)
    pull = p("population.migration_pull_of_industrial_land")
    lowest_unemployment = p("economy.unemployment_lowest")
    settled = world.models("land")

    def compute(s: Situation) -> Mapping[str, Array]:
        index = s.year - years[0]
        before = s.last["population.persons"]
        after = _aged(before, ratios[index])
        born = fertility.births(
            before[:, WOMEN],
            after[:, WOMEN],
            pattern * p("population.total_fertility_rate", s.year),
            p("population.sex_ratio_at_birth", s.year),
        )
        after[:, :, 0] = born * newborn[index]
        deaths = _deaths(before, ratios[index]) + (born * (1 - newborn[index])).sum(axis=1)

        supply = s.last["population.labour_force"].sum() * (1 - lowest_unemployment)
        wanted = s.last["economy.jobs_wanted"].sum()
        total = migration.net_migrants(
            before.sum(),
            before[:, :, WORKING_AGE].sum(),
            (wanted - supply) / supply,
            p("population.migration_rate_at_balance"),
            p("population.migration_answer_to_jobs"),
        )
        if total >= 0:
            shares = (
                s.last["land.arrival_share"]
                if settled
                else migration.shares_of_communes(before.sum(axis=(1, 2)), land[index], pull)
            )
            moved = migration.arrivals(total, shares, sexes, schedule)
        else:
            moved = -migration.departures(-total, after, schedule)
        within = (
            migration.moves_within(after + moved, s.last["land.leaving_share"], s.last["land.arrival_share"])
            if settled
            else np.zeros_like(after)
        )
        return {
            "population.persons": after + moved + within,
            "population.births": born,
            "population.deaths": deaths,
            "population.net_migration": moved.sum(axis=(1, 2)),
            "population.net_moves_within": within.sum(axis=(1, 2)),
        }

    step = Step(
        "population.people",
        compute,
        writes=(
            "population.persons",
            "population.births",
            "population.deaths",
            "population.net_migration",
            "population.net_moves_within",
        ),
        reads_last=(
            "population.persons",
            "population.labour_force",
            "economy.jobs_wanted",
            *(("land.arrival_share", "land.leaving_share") if settled else ()),
        ),
        parameters=(
            *(need.id for need in (*inputs.FERTILITY, *inputs.MORTALITY, *inputs.MIGRATION)),
            *(need.id for need in inputs.needs(world.plan) if need.id.startswith("population.residents_")),
            "economy.unemployment_lowest",
        ),
        equation=(
            "P[x+1,t] = P[x,t-1] s[x,t] + M[x,t]; P[0,t] = B[t] s0[t]; "
            "B[t] = TFR[t] sum_x f[x] (W[x,t-1] + W[x,t])/2; "
            "M[t] = m0 P[t-1] + e (J[t-1] - L[t-1](1-u)) / (L[t-1](1-u)) P15_64[t-1]"
        ),
        page=f"{PAGE}#births-deaths-ageing",
    )
    return step, gap


def _aged(persons: Array, ratios: Array) -> Array:
    """Everyone a year older who lives: [commune, sex, age]; age 0 is left empty for the newborn."""
    living = persons * ratios
    aged = np.empty_like(persons)
    aged[:, :, 0] = 0.0
    aged[:, :, 1:] = living[:, :, :-1]
    aged[:, :, -1] += living[:, :, -1]
    return aged


def _deaths(persons: Array, ratios: Array) -> Array:
    """Deaths among those who were there at the start of the year [commune]."""
    return np.asarray(np.einsum("csa,sa->c", persons, 1 - ratios))


def _hazards(p: Parameters) -> tuple[mortality.SilerHazards, ...]:
    return tuple(
        mortality.SilerHazards(
            p(f"population.hazard_infant_{sex}"),
            p("population.hazard_infant_decline"),
            p(f"population.hazard_background_{sex}"),
            p(f"population.hazard_senescent_{sex}"),
            p(f"population.hazard_senescent_slope_{sex}"),
        )
        for sex in SEXES
    )


def _expectancy(p: Parameters, years: tuple[int, ...]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(p(f"population.life_expectancy_{sex}", year) for sex in SEXES) for year in years)


def _migration_ages(p: Parameters) -> Array:
    names = ("a1", "alpha1", "a2", "alpha2", "mu2", "lambda2", "c")
    return migration.rogers_castro(*(p(f"population.rogers_castro_{name}") for name in names))


# ---- workers and households -----------------------------------------------------------------------------------


def _participation(world: World, persons: Array) -> Array:
    """Rates [sex, age] that give the labour force of the base year; a rate above 1 is a fault."""
    p = world.parameters
    bands = tuple(p(f"population.participation_{band}") for band in ("15_24", "25_54", "55_64", "65_plus"))
    counted = p("population.labour_force_base")
    rates = work.fitted(
        work.participation(bands, p("population.participation_female_ratio")), persons, counted
    )
    if rates.max() > 1:
        raise UnusableInput(
            [
                Fault(
                    "labour-force-too-large",
                    "parameters.toml",
                    N_("a labour force of {counted} would need more than all residents of some ages"),
                    N_("check population.labour_force_base against the residents"),
                    "population.labour_force_base",
                    values={"counted": counted},
                )
            ]
        )
    return rates


def _workers(rates: Array) -> Step:
    def compute(s: Situation) -> Mapping[str, Array]:
        return {"population.labour_force": np.einsum("csa,sa->c", s.now["population.persons"], rates)}

    return Step(
        "population.workers",
        compute,
        writes=("population.labour_force",),
        reads=("population.persons",),
        parameters=tuple(need.id for need in inputs.WORK),
        equation="L[c,t] = k sum over sex and age of r[sex,age] P[c,sex,age,t]; k fits the labour force of the base year",
        page=f"{PAGE}#workers",
    )


def _households(world: World) -> Step:
    p = world.parameters

    def compute(s: Situation) -> Mapping[str, Array]:
        residents = s.now["population.persons"].sum(axis=(1, 2))
        return {"population.households": residents / p("population.household_size", s.year)}

    return Step(
        "population.households",
        compute,
        writes=("population.households",),
        reads=("population.persons",),
        parameters=tuple(need.id for need in inputs.HOUSEHOLDS),
        equation="H[c,t] = P[c,t] / persons per household[t]",
        page=f"{PAGE}#households",
    )


# ---- what must add up ---------------------------------------------------------------------------------------


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """people: residents now - before = births - deaths + net migration + net moves within the city, by commune, over
    the residents before. moves within: what their sum over the communes is off zero, over the residents."""
    if last is None:
        return {}
    was, are = last["population.persons"].sum(axis=(1, 2)), now["population.persons"].sum(axis=(1, 2))
    change = now["population.births"].sum(axis=1) - now["population.deaths"] + now["population.net_migration"]
    moves = now["population.net_moves_within"]
    return {
        "people": float((np.abs(are - was - change - moves) / np.maximum(was, 1.0)).max()),
        "moves_within": abs(float(moves.sum())) / float(are.sum()),
    }
