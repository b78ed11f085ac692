"""What the population subject takes from a plan, and what it says when something is missing."""

from __future__ import annotations

import numpy as np

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.model.land_supply import industrial_land
from cuabien.model.parameters import Need
from cuabien.model.population.ages import single_years
from cuabien.model.variables import SEXES, Array
from cuabien.model.world import World
from cuabien.plan.package import Plan

AGE_GROUPS = (*(f"{a}-{a + 4}" for a in range(0, 100, 5)), "100+")

FERTILITY = (
    Need("population.total_fertility_rate", 0.0, 10.0),
    Need("population.fertility_mean_age", 20.0, 40.0),
    Need("population.fertility_age_spread", 2.0, 9.0),
    Need("population.sex_ratio_at_birth", 0.8, 1.4),
)
MORTALITY = (
    Need("population.hazard_infant_decline", 0.1, 20.0),
    *(
        Need(f"population.{name}_{sex}", lowest, highest, open_below=True)
        for sex in SEXES
        for name, lowest, highest in (
            ("life_expectancy", 30.0, 100.0),
            ("hazard_infant", 0.0, 1.0),
            ("hazard_background", 0.0, 0.1),
            ("hazard_senescent", 0.0, 0.01),
            ("hazard_senescent_slope", 0.01, 0.3),
        )
    ),
)
MIGRATION = (
    Need("population.migration_rate_at_balance", -0.1, 0.1),
    Need("population.migration_answer_to_jobs", 0.0, 2.0),
    Need("population.migration_pull_of_industrial_land", 0.0, 1.0),
    Need("population.migrants_female_share", 0.0, 1.0),
    Need("population.rogers_castro_a1", 0.0, 1.0),
    Need("population.rogers_castro_alpha1", 0.0, 2.0),
    Need("population.rogers_castro_a2", 0.0, 1.0),
    Need("population.rogers_castro_alpha2", 0.0, 2.0),
    Need("population.rogers_castro_mu2", 10.0, 40.0),
    Need("population.rogers_castro_lambda2", 0.0, 2.0),
    Need("population.rogers_castro_c", 0.0, 1.0, open_below=True),
)
WORK = (
    Need("population.labour_force_base", 0.0, 1e9, open_below=True),
    Need("population.participation_15_24", 0.0, 1.0),
    Need("population.participation_25_54", 0.0, 1.0, open_below=True),
    Need("population.participation_55_64", 0.0, 1.0),
    Need("population.participation_65_plus", 0.0, 1.0),
    Need("population.participation_female_ratio", 0.0, 1.5),
)
HOUSEHOLDS = (Need("population.household_size", 1.0, 15.0),)


def residents_parameter(part: str | None) -> str:
    """The parameter that holds the usual residents of a former province or other part of the city."""
    return f"population.residents_{part}"


def needs(plan: Plan) -> tuple[Need, ...]:
    """Every parameter that the subject reads for this plan."""
    parts = sorted({str(a.part_of) for a in plan.communes})
    residents = tuple(Need(residents_parameter(p), 0.0, 1e9, open_below=True) for p in parts)
    return (*residents, *FERTILITY, *MORTALITY, *MIGRATION, *WORK, *HOUSEHOLDS)


def faults(plan: Plan) -> list[Fault]:
    """What keeps this plan's people from being modelled, apart from its parameters."""
    found: list[Fault] = []
    if not plan.communes:
        found.append(
            Fault(
                "no-communes",
                "areas.csv",
                N_("no commune stands on the plan's boundary"),
                N_("give each commune kind commune and the boundary that plan.toml names"),
            )
        )
    found += [
        Fault(
            "commune-without-population",
            "areas.csv",
            N_("{area} has no registered population"),
            N_("fill it in; residents are shared out in proportion to it"),
            area.id,
            values={"area": area.id},
        )
        for area in plan.communes
        if area.population is None
    ]
    for part in sorted({str(a.part_of) for a in plan.communes}):
        registered = [a.population or 0.0 for a in plan.communes if str(a.part_of) == part]
        if sum(registered) <= 0 and all(a.population is not None for a in plan.communes):
            found.append(
                Fault(
                    "part-without-people",
                    "areas.csv",
                    N_("nobody is registered in the communes of {part}"),
                    N_("check the population column of its communes"),
                    part,
                    values={"part": part},
                )
            )
    missing = [item for item in _age_items() if item not in _age_shares(plan)]
    if missing:
        found.append(
            Fault(
                "ages-missing",
                "base/population.csv",
                N_("{count} of 42 shares by age and sex are missing for {year}, {item} among them"),
                N_("give the shares of the nation, or of the city, for each five-year group and sex"),
                values={"count": len(missing), "year": plan.header.base_year, "item": missing[0]},
            )
        )
    elif min(_age_shares(plan).values()) < 0 or sum(_age_shares(plan).values()) <= 0:
        found.append(
            Fault(
                "ages-negative",
                "base/population.csv",
                N_("the shares by age and sex hold a negative number, or sum to nothing"),
                N_("write percent of the total population, 42 shares that sum to 100"),
            )
        )
    return found


def _age_items() -> list[str]:
    return [f"population_share_age_{group}_{sex}" for sex in SEXES for group in AGE_GROUPS]


def _age_shares(plan: Plan) -> dict[str, float]:
    """Item -> share of the base year; the city's own figure goes before the nation's."""
    wanted, period = set(_age_items()), str(plan.header.base_year)
    shares: dict[str, float] = {}
    own: set[str] = set()
    for figure in plan.figures.values():
        if figure.item in wanted and figure.period == period and figure.value is not None:
            if figure.item in own:
                continue
            shares[figure.item] = figure.value
            if figure.area == plan.header.city:
                own.add(figure.item)
    return shares


def age_distribution(plan: Plan) -> Array:
    """Share of all residents by sex and single year of age: [2, 101], sums to 1."""
    shares = _age_shares(plan)
    groups = np.array([shares[item] for item in _age_items()]).reshape(len(SEXES), len(AGE_GROUPS))
    years = single_years(groups)
    return np.asarray(years / years.sum())


def residents_by_commune(world: World) -> Array:
    """Usual residents [commune]: each part's residents in proportion to its communes' registered persons.

    A world that is not followed by commune has one place with all of them.
    """
    if not world.by_commune:
        parts_of_city = {str(area.part_of) for area in world.communes}
        return np.array([sum(world.parameters(residents_parameter(part)) for part in sorted(parts_of_city))])
    registered = np.array([area.population or 0.0 for area in world.communes])
    parts = np.array([str(area.part_of) for area in world.communes])
    residents = np.zeros(len(parts))
    for part in sorted(set(parts)):
        inside = parts == part
        residents[inside] = (
            registered[inside] / registered[inside].sum() * world.parameters(residents_parameter(part))
        )
    return residents


def industrial_land_ha(world: World) -> Array:
    """Industrial land open by year and commune [year, commune]; land without a known area or commune is left out."""
    if not world.by_commune:
        return np.zeros((len(world.years), 1))
    row = {area.id: index for index, area in enumerate(world.communes)}
    years = np.array(world.years)
    land = np.zeros((len(world.years), len(world.communes)))
    for piece in industrial_land(world.plan):
        if piece.zone.commune in row:
            is_open = (years >= (piece.opens or 0)) & (years < (piece.closes or np.inf))
            land[is_open, row[piece.zone.commune]] += piece.area_ha
    return land
