"""What the environment subject takes from a plan, and what it says when something is missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.model import power
from cuabien.model.environment.energy import Plants, plants
from cuabien.model.parameters import Need, Parameters
from cuabien.model.variables import FUELS, ROAD_CLASSES, Array
from cuabien.model.world import World, is_alive
from cuabien.plan.objects import ELEVATION_LEVELS_M
from cuabien.plan.package import Plan

BURNT = ("coal", "gas", "oil")
"""What gives off carbon dioxide that counts. That of biomass was in the air before and is not counted (IPCC 2006)."""
RENEWABLE = ("biomass", "wind", "offshore wind", "solar", "hydro")

GRID = (
    Need("environment.grid_losses", 0.0, 0.5),
    Need("environment.grid_factor", 0.0, 2.0),
)
FACTORS = tuple(Need(f"environment.factor_{fuel}", 0.0, 200.0) for fuel in (*BURNT, "lpg"))
TRAFFIC = (
    *(Need(f"environment.vehicle_factor_{name}", 0.0, 5000.0) for name in ROAD_CLASSES),
    *(Need(f"environment.electric_share_{name}", 0.0, 1.0) for name in ROAD_CLASSES),
    *(Need(f"environment.electric_use_{name}", 0.0, 10.0) for name in ROAD_CLASSES),
    Need("environment.goods_factor_rail", 0.0, 500.0),
    Need("environment.goods_factor_barge", 0.0, 500.0),
)
INDUSTRY = (
    Need("environment.industry_fuel_intensity", 0.0, 1e5),
    Need("environment.industry_share_coal", 0.0, 1.0),
    Need("environment.industry_share_oil", 0.0, 1.0),
)
BUILDINGS = (
    Need("environment.household_lpg", 0.0, 1000.0),
    Need("environment.services_lpg", 0.0, 1e5),
)
WATER = (
    Need("environment.sea_level_rise", 0.0, 3.0),
    Need("environment.high_tide", 0.0, 3.0),
    Need("environment.storm_surge", 0.0, 4.0),
)
"""Their sum cannot pass 10 m, the highest level at which land is counted."""
OF_ECONOMY = (
    Need("economy.power_plant_life", 1.0, 200.0),
    Need("economy.electricity_load_hours", 0.0, power.HOURS_A_YEAR, open_below=True),
)


def needs(plan: Plan) -> tuple[Need, ...]:
    """Every parameter that the subject reads for this plan."""
    traffic = TRAFFIC if any(name.startswith("transport.") for name in plan.parameters) else ()
    return (*GRID, *FACTORS, *traffic, *INDUSTRY, *BUILDINGS, *WATER, *OF_ECONOMY, *plant_needs(plan))


def plant_needs(plan: Plan) -> tuple[Need, ...]:
    """What is asked of each fuel that the plan's plants run on."""
    fuels = power.fuels(plan)
    hours = (Need(of_fuel("full_load_hours", fuel), 0.0, power.HOURS_A_YEAR) for fuel in fuels)
    burnt = (Need(of_fuel("plant_efficiency", f), 0.0, 1.0, open_below=True) for f in fuels if f in BURNT)
    return (*hours, *burnt)


def of_fuel(stem: str, fuel: str) -> str:
    """The parameter of a fuel: that of "offshore wind" ends in offshore_wind."""
    return f"environment.{stem}_{fuel.replace(' ', '_')}"


# ---- what is taken from the plan ----------------------------------------------------------------------------


def plants_of(world: World) -> Plants:
    """The plan's power plants, year by year."""
    p, used = world.parameters, power.fuels(world.plan)
    hours = np.array([p(of_fuel("full_load_hours", fuel)) if fuel in used else 0.0 for fuel in FUELS])
    return plants(world.plan, world.years, p("economy.power_plant_life"), hours)


def plant_factors(world: World) -> tuple[Array, Array]:
    """t CO2 per TJ and efficiency by fuel [fuel]; 0 and 1 for what burns nothing that counts."""
    p, used = world.parameters, power.fuels(world.plan)
    factor, efficiency = np.zeros(len(FUELS)), np.ones(len(FUELS))
    for fuel in BURNT:
        if fuel in used:
            factor[FUELS.index(fuel)] = p(f"environment.factor_{fuel}")
            efficiency[FUELS.index(fuel)] = p(of_fuel("plant_efficiency", fuel))
    return factor, efficiency


def by_class(p: Parameters, stem: str, year: int = 0) -> Array:
    """A parameter that is given for each class of vehicle: [class]."""
    return np.array([p(f"environment.{stem}_{name}", year) for name in ROAD_CLASSES])


def industry_mix(p: Parameters) -> Array:
    """Shares of coal, gas and oil in the fuel of industry: [3], sums to 1; gas takes the rest."""
    coal, oil = p("environment.industry_share_coal"), p("environment.industry_share_oil")
    return np.array([coal, 1 - coal - oil, oil])


def heights(world: World) -> tuple[Array, Array]:
    """Levels [n], and the share of each commune's known land below each [commune, n]; zero where nothing is known."""
    rows = world.plan.elevation
    below = np.zeros((len(world.communes), len(ELEVATION_LEVELS_M)))
    for index, area in enumerate(world.communes):
        if area.id in rows:
            below[index] = rows[area.id].below
    return np.array(ELEVATION_LEVELS_M), below


# ---- what is wrong with it ----------------------------------------------------------------------------------


def faults(plan: Plan) -> list[Fault]:
    """What keeps this plan's air, power and water from being modelled, apart from its parameters."""
    return [*_mix_faults(plan), *_plant_faults(plan), *_height_faults(plan)]


def _mix_faults(plan: Plan) -> Iterator[Fault]:
    p = Parameters(plan.parameters)
    total = p("environment.industry_share_coal") + p("environment.industry_share_oil")
    if total > 1:
        yield Fault(
            "fuel-shares-above-one",
            "parameters.toml",
            N_("coal and oil take {total} of the fuel of industry"),
            N_("give shares that sum to at most 1; gas takes the rest"),
            "environment.industry_share_coal",
            values={"total": round(total, 6)},
        )


def _plant_faults(plan: Plan) -> Iterator[Fault]:
    for plant in plan.power_plants.values():
        file, row = plan.place("power_plants", plant.id)
        opens = plant.whole_year or plant.from_year
        if plant.from_year and plant.whole_year and plant.whole_year < plant.from_year:
            yield Fault(
                "plant-years-crossed",
                file,
                N_("{name} is whole in {whole}, before its first year {first}"),
                N_(
                    "write the first year of use in from_year and the year in which all of it runs in whole_year"
                ),
                row,
                values={"name": plant.name_vi, "whole": plant.whole_year, "first": plant.from_year},
            )
        elif plant.to_year and opens and plant.to_year <= opens:
            yield Fault(
                "plant-years-crossed",
                file,
                N_("{name} ends in {end}, before it is whole in {whole}"),
                N_("write the first year without the plant in to_year, or leave it blank"),
                row,
                values={"name": plant.name_vi, "end": plant.to_year, "whole": opens},
            )
        if plant.capacity_mw is None:
            yield Fault(
                "plant-without-capacity",
                file,
                N_("{name} has no capacity and is not counted"),
                N_("give its capacity in MW"),
                row,
                "warning",
                {"name": plant.name_vi},
            )
    listed = {plant.project for plant in plan.power_plants.values()}
    for project in plan.projects.values():
        if project.kind == "power plant" and project.id not in listed and is_alive(plan, project.id):
            file, row = plan.place("projects", project.id)
            yield Fault(
                "power-project-without-plant",
                file,
                N_("the power plants of {name} are not listed and give nothing"),
                N_("add a row to power_plants.csv that names the project, with its fuel and capacity"),
                row,
                "warning",
                {"name": project.name_vi},
            )


def _height_faults(plan: Plan) -> Iterator[Fault]:
    for row in plan.elevation.values():
        if any(later < before for before, later in zip(row.below, row.below[1:], strict=False)):
            file, place = plan.place("elevation", row.id)
            yield Fault(
                "heights-not-rising",
                file,
                N_("less land of {area} lies below a height than below a lower one"),
                N_("import the elevation again: cuabien import elevation"),
                place,
                values={"area": row.id},
            )
