"""What the services subject takes from a plan and from the standards, and what it says when something is missing."""

from __future__ import annotations

import numpy as np

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.model.parameters import Need, Parameters
from cuabien.model.services.need import SCHOOL_AGES
from cuabien.model.services.supply import UNITS, openings_of, service_of
from cuabien.model.variables import SERVICES, Array
from cuabien.model.world import World, is_alive
from cuabien.plan.package import Plan
from cuabien.standards.norms import Norm, norm

ENROLMENT = tuple(
    Need(f"services.enrolment_{level.removesuffix('_school')}", 0.0, 1.5) for level in SCHOOL_AGES
)
SUPPLY = (
    Need("services.places_since_count", 0.0, 5.0),
    Need("services.beds_since_count", 0.0, 5.0),
    Need("services.stations_kept", 0.0, 1.0),
)
CODE = (Need("services.urban_class", 0.0, 5.0),)
SPEED = (
    Need("services.speed_kmh", 0.0, 200.0, open_below=True),
    Need("services.detour", 1.0, 5.0),
)
REACH = (Need("services.catchment_minutes", 0.0, 300.0), Need("services.near_minutes", 0.0, 300.0))

URBAN_TYPES = ("phường",)
"""Types of communes that the urban tables of the code are for; every other is rural."""
GREEN_BY_CLASS = {
    0: "urban special class",
    1: "urban class I-II",
    2: "urban class I-II",
    3: "urban class III-IV",
    4: "urban class III-IV",
    5: "urban class V",
}


def needs(plan: Plan) -> tuple[Need, ...]:
    """Every parameter that the subject reads."""
    return (*ENROLMENT, *SUPPLY, *CODE, *SPEED, *REACH)


def faults(plan: Plan) -> list[Fault]:
    """Projects of a service that add nothing, because no phase says how many places or beds."""
    found: list[Fault] = []
    for project in plan.projects.values():
        s = service_of(project)
        if s is None or not is_alive(plan, project.id) or any(openings_of(project, SERVICES[s])):
            continue
        found.append(
            Fault(
                "service-without-capacity",
                f"projects/{project.id}.toml",
                N_("{project} is a {kind} and says neither how much it offers nor when: it adds nothing"),
                N_("give it a phase with a year, a value and the unit {units}"),
                project.id,
                severity="warning",
                values={
                    "project": project.id,
                    "kind": project.kind,
                    "units": ", ".join(UNITS[SERVICES[s]]),
                },
            )
        )
    if Parameters(plan.parameters)("services.urban_class") not in GREEN_BY_CLASS:
        found.append(
            Fault(
                "no-such-urban-class",
                "parameters.toml",
                N_("{value} is no class of an urban area"),
                N_("write 0 for the special class, or 1 to 5"),
                "services.urban_class",
                values={"value": plan.parameters["services.urban_class"].value},
            )
        )
    return found


def enrolment(p: Parameters, year: int) -> Array:
    """Shares of the children of an age who go to school [level]."""
    return np.array([p(need.id, year) for need in ENROLMENT])


def what_the_code_asks(world: World, year: int) -> tuple[Array, Array]:
    """Rates a person and numbers a commune of the norms in force in a year, both [commune, service]."""
    per_person, per_commune = (np.zeros((world.places, len(SERVICES))) for _ in range(2))
    urban = np.array([area.type_vi in URBAN_TYPES for area in world.communes])
    for s, service in enumerate(SERVICES):
        for there, names in ((urban, ("urban", "all")), (~urban, ("rural", "all"))):
            for name in names:
                _fill(norm(service, name, year), there, s, per_person, per_commune)
    green = norm("green_space", GREEN_BY_CLASS[int(world.parameters(CODE[0].id))], year)
    _fill(green, urban, SERVICES.index("green_space"), per_person, per_commune)
    clinic = SERVICES.index("clinic")
    per_commune[:, clinic] = np.maximum(per_commune[:, clinic], np.where(per_person[:, clinic] > 0, 1.0, 0.0))
    return per_person, per_commune


def _fill(found: Norm | None, there: Array, s: int, per_person: Array, per_commune: Array) -> None:
    """One norm into the arrays, by its unit: a number a commune, or a number for so many people."""
    if found is None:
        return
    if found.unit.endswith(" per commune"):
        per_commune[there, s] = found.value
        return
    rate = found.unit.rpartition(" per ")[2].removesuffix("people").strip()
    people = 1.0 if rate == "person" else float(rate)
    per_person[there, s] = found.value / people


def positions(world: World) -> tuple[Array, Array, Array]:
    """Longitude, latitude (degrees) and area (km2) of the communes [commune]; NaN where not known."""
    columns = ("lon", "lat", "area_km2")
    lon, lat, km2 = (
        np.array([np.nan if (v := getattr(area, name)) is None else v for area in world.communes])
        for name in columns
    )
    return lon, lat, km2
