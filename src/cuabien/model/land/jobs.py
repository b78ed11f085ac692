"""Jobs: where each sector's work was in the base year, and what draws it from then on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.land.market import Box, FixedRoom, Market, clear
from cuabien.model.variables import SECTORS, Array

AGRICULTURE, INDUSTRY, CONSTRUCTION, SERVICES = range(len(SECTORS))


@dataclass(frozen=True)
class Places:
    """What a year offers to work, each [commune]."""

    residents: Array
    area_ha: Array
    farmland: Array
    parks_filled: Array
    """Hectares of parks in use at usual occupancy."""
    service_ha: Array
    """Hectares of tourism, logistics and free trade that opened since the base year."""
    building: Array
    """What is built in the year over all that the builders of the city could build; sums to at most 1."""


@dataclass(frozen=True)
class JobRules:
    per_park_ha: float
    per_service_ha: float
    services_per_resident: float
    """Of the city in the base year: what a zone's places weigh against those that residents call for."""
    density_power: float
    """Services per resident rise with density to this power."""
    follow_building: float
    """Share of construction work that is where things are built; the rest is where people live."""


def outside_parks(employed: float, parks_filled: Array, residents: Array, rules: JobRules) -> Array:
    """Industrial jobs that are in no park in the base year [commune]: the rest of the sector, where people live.

    At most nine tenths of a sector's jobs are taken to be in parks.
    """
    in_parks = min(rules.per_park_ha * float(parks_filled.sum()), 0.9 * employed)
    return np.asarray((employed - in_parks) * residents / max(float(residents.sum()), 1e-9))


def sizes(places: Places, industry_outside_parks: Array, rules: JobRules) -> Array:
    """How much of each sector a commune would draw if nothing held it back [commune, sector], in no unit.

    Agriculture by farmland; industry by the places in parks and what stood outside them; construction by what is built
    and who lives there; services by residents and density, and the zones made for them.
    """
    people = places.residents / max(float(places.residents.sum()), 1e-9)
    density = places.residents / places.area_ha
    services = places.residents * density**rules.density_power
    per_resident = places.residents.sum() / max(float(services.sum()), 1e-9)
    at_work = (
        rules.follow_building * places.building + (1 - rules.follow_building * places.building.sum()) * people
    )
    found = np.zeros((len(people), len(SECTORS)))
    found[:, AGRICULTURE] = places.farmland
    found[:, INDUSTRY] = industry_outside_parks + rules.per_park_ha * places.parks_filled
    found[:, CONSTRUCTION] = at_work
    for_residents = services * per_resident * rules.services_per_resident
    found[:, SERVICES] = for_residents + rules.per_service_ha * places.service_ha
    return found


def staying(before: Array, employed_before: Array, employed: Array, moving: float, room: Array) -> Array:
    """Jobs that stay where they are [commune, sector]: all but those that move, none of what the sector sheds.

    `room` [commune]: industrial jobs that a commune's land holds; what stood beyond it moves.
    """
    shrunk = np.minimum(1.0, employed / np.maximum(employed_before, 1e-9))
    stay = before * (1 - moving) * shrunk
    stay[:, INDUSTRY] = np.minimum(stay[:, INDUSTRY], room)
    return np.asarray(stay)


def choose(
    employed: Array, stay: Array, log_size: Array, room: Array, ceiling: float
) -> tuple[Array, Market]:
    """Jobs by commune and sector, which sum to `employed` [sector], and the market for industrial land.

    What does not stay chooses by size; industry under the room that its land gives.
    """
    pool = np.maximum(employed - stay.sum(axis=0), 0.0)
    weight = np.exp(log_size - log_size.max(axis=0, keepdims=True))
    jobs = stay + pool * weight / weight.sum(axis=0, keepdims=True)
    market = clear(
        pool[INDUSTRY : INDUSTRY + 1],
        log_size[:, INDUSTRY][None, :],
        FixedRoom(np.maximum(room - stay[:, INDUSTRY], 0.0)),
        np.ones(1),
        Box(0.0, ceiling),
    )
    jobs[:, INDUSTRY] = stay[:, INDUSTRY] + market.chosen[0]
    return jobs, market
