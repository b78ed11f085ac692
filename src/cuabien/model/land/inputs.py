"""What the land subject takes from a plan, and what it says when something is missing."""

from __future__ import annotations

import numpy as np

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.model.land.account import CommuneLand, PartOfCity, base_uses
from cuabien.model.land.zones import ZoneLand
from cuabien.model.parameters import Need, Parameters
from cuabien.model.variables import HOUSEHOLD_TYPES, LAND_USES, Array
from cuabien.model.world import World
from cuabien.plan.package import Plan

PART = ("housing", "special_use", "forest", "water")
"""Land of a part of the city that is known only as a total: parameters `land.housing_ha_<part>` and so on."""

ACCOUNT = (
    Need("land.housing_share_highest", 0.0, 1.0, open_below=True),
    Need("land.protected_share_highest", 0.0, 1.0),
)
HOMES = (
    Need("land.vacancy_base", 0.0, 0.5, open_below=True),
    *(Need(f"land.headship_{kind}", 0.0, 1.0, open_below=True) for kind in HOUSEHOLD_TYPES),
)
BUILDING = (
    Need("land.building_pace", 0.0, 0.5),
    Need("land.room_to_market", 0.0, 1.0),
    Need("land.building_answer_to_price", 0.0, 3.0),
    Need("land.towns_answer_to_price", 0.0, 10.0),
    Need("land.belief_in_price", 0.0, 1.0),
    Need("land.infill_share", 0.0, 3.0),
    Need("land.infill_answer_to_price", 0.0, 3.0),
    Need("land.farmland_convertible", 0.0, 1.0),
    Need("land.ha_per_new_dwelling", 0.0, 0.2, open_below=True),
    Need("land.public_ha_per_housing_ha", 0.0, 3.0),
)
ZONES = (
    Need("land.urban_zone_persons_per_ha", 0.0, 2000.0),
    Need("land.urban_zone_build_years", 1.0, 50.0),
    Need("land.park_build_years", 1.0, 50.0),
    Need("land.park_occupancy", 0.0, 1.0),
    Need("land.economic_zone_share_built", 0.0, 1.0),
    Need("land.free_trade_zone_share_built", 0.0, 1.0),
    Need("land.economic_zone_build_years", 1.0, 50.0),
    Need("land.reclamation_years", 1.0, 50.0),
)
CHOICE = (
    *(Need(f"land.mobility_{kind}", 0.0, 0.5) for kind in HOUSEHOLD_TYPES),
    *(Need(f"land.answer_to_price_{kind}", 0.0, 10.0, open_below=True) for kind in HOUSEHOLD_TYPES),
    Need("land.crowded_leaving", 0.0, 1.0),
    Need("land.letting_answer_to_price", 0.0, 20.0, open_below=True),
    Need("land.leaving_answer_to_price", 0.0, 3.0),
    Need("land.price_floor", 0.01, 0.99),
    Need("land.price_ceiling", 1.0, 100.0, open_below=True),
    Need("land.answer_to_homes_on_offer", 0.0, 1.0),
    Need("land.answer_to_jobs", 0.0, 3.0),
    Need("land.answer_to_access", 0.0, 1.0),
)
JOBS = (
    Need("land.jobs_per_park_ha", 0.0, 1000.0),
    Need("land.park_occupancy_highest", 0.0, 1.0),
    Need("land.industry_outside_parks_highest", 0.0, 10.0),
    Need("land.jobs_moving", 0.0, 1.0),
    Need("land.service_jobs_per_zone_ha", 0.0, 1000.0),
    Need("land.services_density_power", -1.0, 1.0),
    Need("land.construction_follows_building", 0.0, 1.0),
)


def parts(plan: Plan) -> list[str]:
    """The parts of the city that its communes lie in."""
    return sorted({str(area.part_of) for area in plan.communes})


def part_needs(plan: Plan) -> tuple[Need, ...]:
    """Land of each part that is known only as a total."""
    return tuple(Need(f"land.{use}_ha_{part}", 0.0, 1e9) for part in parts(plan) for use in PART)


def needs(plan: Plan) -> tuple[Need, ...]:
    """Every parameter that the subject reads for this plan."""
    return (*part_needs(plan), *ACCOUNT, *HOMES, *BUILDING, *ZONES, *CHOICE, *JOBS)


def faults(plan: Plan) -> list[Fault]:
    """What keeps this plan's land from being modelled, apart from its parameters."""
    found = [
        Fault(
            "commune-without-area",
            "areas.csv",
            N_("{area} has no area, so its land cannot be counted"),
            N_("give its official area in km2"),
            area.id,
            values={"area": area.id},
        )
        for area in plan.communes
        if area.area_km2 is None
    ]
    p = Parameters(plan.parameters)
    for part in parts(plan):
        total = sum(p(f"land.{use}_ha_{part}") for use in PART)
        area = sum(100 * (a.area_km2 or 0.0) for a in plan.communes if str(a.part_of) == part)
        if total > area > 0:
            found.append(
                _fault(
                    "land-uses-too-large",
                    f"land.housing_ha_{part}",
                    N_("housing, special use, forest and water of {part} take {total} ha of {area} ha"),
                    N_("check the unit (ha, not thousand ha); what they leave is farmland"),
                    part=part,
                    total=total,
                    area=area,
                )
            )
    return found


def _fault(rule: str, name: str, template: str, remedy: str, **values: object) -> Fault:
    return Fault(rule, "parameters.toml", template, remedy, name, values=values)


def by_type(p: Parameters, stem: str) -> Array:
    """A parameter that is given for each type of household: [type]."""
    return np.array([p(f"{stem}_{kind}") for kind in HOUSEHOLD_TYPES])


def area_ha(world: World) -> Array:
    """Official area [commune], ha."""
    return np.array([100 * (area.area_km2 or 0.0) for area in world.communes])


def land_of_base_year(world: World, zones: ZoneLand, households: Array) -> Array:
    """Uses of the base year [commune, use], ha: each part's totals over its communes."""
    p = world.parameters
    area, part_of = area_ha(world), np.array([str(c.part_of) for c in world.communes])
    uses = np.zeros((len(area), len(LAND_USES)))
    for part in parts(world.plan):
        inside = part_of == part
        uses[inside] = base_uses(
            PartOfCity(*(p(f"land.{use}_ha_{part}") for use in PART)),
            CommuneLand(
                area[inside],
                households[inside],
                zones.industrial[0][inside],
                zones.protected[0][inside],
                zones.has_protected[inside],
            ),
            p("land.housing_share_highest"),
            p("land.protected_share_highest"),
        )
    return uses
