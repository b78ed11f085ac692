"""The environment subject, wired: exhausts of traffic, electricity and its plants, greenhouse gases, land under water.

Nothing here moves anybody: it follows from people, economy and traffic of the same year. What rests on a subject that the
plan is not modelled with, or on a raster that nobody has brought, is left out and never stands as zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cuabien.model.engine import Situation, State, Step
from cuabien.model.environment import emissions, energy, flood, inputs
from cuabien.model.environment.inputs import faults, needs
from cuabien.model.parameters import Need
from cuabien.model.variables import EMITTERS, FREIGHT_MODES, SECTORS, Array
from cuabien.model.world import Subject, World

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "environment"
SPATIAL = True

PAGE = "theory/environment"
INDUSTRY, SERVICES = SECTORS.index("industry"), SECTORS.index("services")
OF_TRAFFIC = ("environment.road_emissions", "environment.goods_emissions")


def build(world: World, start: State) -> Subject:
    """The subject for one world: its steps, and what they say of the base year."""
    steps = [_electricity(world), _emissions(world), _sea(world)]
    if world.models("transport"):
        steps.insert(0, _traffic(world))
    if world.plan.elevation:
        steps.append(_flood(world))
    return Subject(start=_of_base_year(world, steps, start), steps=tuple(steps), gaps={})


def _of_base_year(world: World, steps: list[Step], start: State) -> dict[str, Array]:
    """The base year is worked out as any other, as far as the subjects before this one know it."""
    own: dict[str, Array] = {}
    for step in steps:
        known = {**start, **own}
        if all(name in known for name in step.reads):
            seen = {name: known[name] for name in step.reads}
            own |= step.compute(Situation(world.base_year, seen, {}))
    return own


# ---- steps ------------------------------------------------------------------------------------------------


def _traffic(world: World) -> Step:
    p = world.parameters
    grams, use = inputs.by_class(p, "vehicle_factor"), inputs.by_class(p, "electric_use")
    goods = np.array(
        [0.0 if mode == "road" else p(f"environment.goods_factor_{mode}") for mode in FREIGHT_MODES]
    )

    def compute(s: Situation) -> Mapping[str, Array]:
        km = s.now["transport.vehicle_km"]
        electric = inputs.by_class(p, "electric_share", s.year)
        return {
            "environment.road_emissions": emissions.of_vehicles(km, electric, grams),
            "environment.goods_emissions": emissions.of_goods(s.now["transport.tonne_km"], goods),
            "environment.traffic_electricity": np.array(energy.traffic_twh(km, electric, use)),
        }

    return Step(
        "environment.traffic",
        compute,
        writes=(*OF_TRAFFIC, "environment.traffic_electricity"),
        reads=("transport.vehicle_km", "transport.tonne_km"),
        parameters=_ids(inputs.TRAFFIC),
        equation=(
            "G[class] = 365 km[class] (1 - e[class,t]) g[class]; G[rail, barge] = tonne-km x g; goods by road are trucks; "
            "electricity = 365 sum km e kWh"
        ),
        page=f"{PAGE}#transport",
    )


def _electricity(world: World) -> Step:
    p, plants = world.parameters, inputs.plants_of(world)
    mw, twh = plants.by_fuel(plants.mw), plants.by_fuel(plants.twh)
    lost = p("environment.grid_losses")
    traffic = ("environment.traffic_electricity",) if world.models("transport") else ()

    def compute(s: Situation) -> Mapping[str, Array]:
        year = s.year - world.base_year
        wanted = float(s.now["economy.electricity_wanted"])
        served = float(s.now["economy.electricity_used"]) / wanted if wanted > 0 else 0.0
        users = s.now["economy.electricity_of_users"] * served
        taken = float(users.sum()) + sum(float(s.now[name]) for name in traffic)
        losses = energy.losses(taken, lost)
        brought, carried_away = energy.exchange(taken + losses, float(twh[:, year].sum()))
        return {
            "environment.electricity_use": users,
            "environment.electricity_losses": np.array(losses),
            "environment.power_mw": mw[:, year].copy(),
            "environment.generation": twh[:, year].copy(),
            "environment.grid_import": np.array(brought),
            "environment.grid_export": np.array(carried_away),
        }

    return Step(
        "environment.electricity",
        compute,
        writes=(
            "environment.electricity_use",
            "environment.electricity_losses",
            "environment.power_mw",
            "environment.generation",
            "environment.grid_import",
            "environment.grid_export",
        ),
        reads=(
            "economy.electricity_of_users",
            "economy.electricity_wanted",
            "economy.electricity_used",
            *traffic,
        ),
        parameters=_ids((*inputs.plant_needs(world.plan), *inputs.OF_ECONOMY, *inputs.GRID[:1])),
        equation=(
            "U[user] = W[user] used / wanted; losses = l/(1-l) (sum U + traffic); generation[fuel] = MW[fuel,t] x full-load hours; "
            "import - export = sum U + traffic + losses - sum generation"
        ),
        page=f"{PAGE}#electricity",
    )


def _emissions(world: World) -> Step:
    p = world.parameters
    factor, efficiency = inputs.plant_factors(world)
    industry_factor = emissions.mixed_factor(
        inputs.industry_mix(p), np.array([p(f"environment.factor_{fuel}") for fuel in inputs.BURNT])
    )
    lpg = p("environment.factor_lpg")
    connected = world.models("transport")
    traffic = (*OF_TRAFFIC, "environment.traffic_electricity") if connected else ()

    def compute(s: Situation) -> Mapping[str, Array]:
        output = s.now["economy.value_added"]
        plants = emissions.of_plants(s.now["environment.generation"], factor, efficiency)
        intensity = p("environment.industry_fuel_intensity", s.year)
        households = float(s.now["population.households"].sum())
        buildings = np.array(
            [
                emissions.of_fuel(households, p("environment.household_lpg", s.year) / 1e3, lpg),
                emissions.of_fuel(float(output[SERVICES]), p("environment.services_lpg", s.year), lpg),
            ]
        )
        of_emitter = {
            "transport": sum(float(s.now[name].sum()) for name in OF_TRAFFIC) if connected else 0.0,
            "industry": emissions.of_fuel(float(output[INDUSTRY]), intensity, industry_factor),
            "power": float(plants.sum()),
            "buildings": float(buildings.sum()),
        }
        grid = p("environment.grid_factor", s.year)
        found = {
            "environment.power_emissions": plants,
            "environment.building_emissions": buildings,
            "environment.emissions": np.array([of_emitter[name] for name in EMITTERS]),
            "environment.grid_emissions": emissions.of_grid(s.now["environment.electricity_use"], grid),
        }
        if connected:
            found["environment.traffic_grid_emissions"] = emissions.of_grid(
                s.now["environment.traffic_electricity"], grid
            )
        return found

    return Step(
        "environment.emissions",
        compute,
        writes=(
            "environment.power_emissions",
            "environment.building_emissions",
            "environment.emissions",
            "environment.grid_emissions",
            *(("environment.traffic_grid_emissions",) if connected else ()),
        ),
        reads=(
            "economy.value_added",
            "population.households",
            "environment.electricity_use",
            "environment.generation",
            *traffic,
        ),
        parameters=_ids(
            (
                *inputs.FACTORS,
                *inputs.INDUSTRY,
                *inputs.BUILDINGS,
                *inputs.GRID[1:],
                *inputs.plant_needs(world.plan),
            )
        ),
        equation=(
            "power: sum TWh 3,600 / efficiency x t/TJ; industry: Y[industry] x TJ per output x t/TJ of its mix; "
            "buildings: households x LPG, Y[services] x LPG; transport: exhausts; of the grid (scope 2, apart): U x kg/kWh"
        ),
        page=f"{PAGE}#greenhouse-gases",
    )


def _sea(world: World) -> Step:
    p = world.parameters

    def compute(s: Situation) -> Mapping[str, Array]:
        return {
            "environment.water_level": flood.water_levels(
                p("environment.sea_level_rise", s.year),
                p("environment.high_tide"),
                p("environment.storm_surge"),
            )
        }

    return Step(
        "environment.sea",
        compute,
        writes=("environment.water_level",),
        parameters=_ids(inputs.WATER),
        equation="level[tide] = rise[t] + high tide; level[storm] = level[tide] + surge",
        page=f"{PAGE}#floods",
    )


def _flood(world: World) -> Step:
    """Only where somebody brought the heights of the land."""
    levels, below = inputs.heights(world)
    settled = world.models("land")

    def compute(s: Situation) -> Mapping[str, Array]:
        share = flood.share_below(levels, below, s.now["environment.water_level"])
        people = s.now["population.persons"].sum(axis=(1, 2))
        found = {
            "environment.flooded_share": share,
            "environment.flooded_people": share * people[:, None],
        }
        if settled:
            found["environment.flooded_jobs"] = share * s.now["land.jobs"].sum(axis=1)[:, None]
        return found

    return Step(
        "environment.flood",
        compute,
        writes=(
            "environment.flooded_share",
            "environment.flooded_people",
            *(("environment.flooded_jobs",) if settled else ()),
        ),
        reads=("environment.water_level", "population.persons", *(("land.jobs",) if settled else ())),
        equation="share[commune] = land below the level / land known; people, jobs = share x all of the commune",
        page=f"{PAGE}#floods",
    )


def _ids(group: tuple[Need, ...]) -> tuple[str, ...]:
    return tuple(need.id for need in group)


# ---- what must add up ---------------------------------------------------------------------------------------


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """Shares of what they are part of.

    power balance: users + traffic + losses + carried away - given by plants - brought, over what plants and grid give. power
    plants: capacity beyond what the plan lists. emissions: emitters - their parts. flooded: people under water beyond the
    residents, and beyond those whom a storm reaches.
    """
    found: dict[str, float] = {}
    if "environment.generation" in now:
        given = float(now["environment.generation"].sum() + now["environment.grid_import"])
        taken = float(
            now["environment.electricity_use"].sum()
            + now.get("environment.traffic_electricity", np.array(0.0))
            + now["environment.electricity_losses"]
            + now["environment.grid_export"]
        )
        listed = sum(plant.capacity_mw or 0.0 for plant in world.plan.power_plants.values())
        beyond = max(float(now["environment.power_mw"].sum()) - listed, 0.0)
        found["power_balance"] = abs(taken - given) / given if given > 0 else abs(taken)
        found["power_plants"] = beyond / listed if listed > 0 else beyond
    if "environment.emissions" in now:
        parts = {
            "transport": sum(float(now[name].sum()) for name in OF_TRAFFIC if name in now),
            "power": float(now["environment.power_emissions"].sum()),
            "buildings": float(now["environment.building_emissions"].sum()),
        }
        whole = dict(zip(EMITTERS, now["environment.emissions"].tolist(), strict=True))
        total = sum(whole.values())
        missed = sum(abs(whole[name] - part) for name, part in parts.items())
        found["emissions"] = missed / total if total > 0 else missed
    if "environment.flooded_people" in now:
        people, reached = now["population.persons"].sum(axis=(1, 2)), now["environment.flooded_people"]
        too_many = max(float((reached.T - people).max()), float((reached[:, 0] - reached[:, 1]).max()), 0.0)
        found["flooded"] = too_many / float(people.sum())
    return found
