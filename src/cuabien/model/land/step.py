"""The land subject, wired: what is built, who lives in it, where the jobs are, and where those who move will go.

Within a year: land and dwellings, then households in them, then jobs, then the market in which those who move next
year choose. Population follows next year, so nothing within a year depends on itself but the prices, which are found
as the minimum of a convex function and told with their gap. Equations live in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cuabien.model.engine import Situation, State, Step
from cuabien.model.land import homes, inputs, jobs
from cuabien.model.land.account import FARMLAND, HOUSING, INDUSTRY, PROTECTED, PUBLIC, RECLAIMED, free, take
from cuabien.model.land.inputs import faults, needs
from cuabien.model.land.jobs import JobRules
from cuabien.model.land.market import Box, Homes, clear
from cuabien.model.land.zones import ZoneLand, zone_land
from cuabien.model.parameters import Need
from cuabien.model.variables import Array
from cuabien.model.world import Subject, World

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "land"
SPATIAL = True

PAGE = "theory/land"
BUILT = (HOUSING, INDUSTRY, PUBLIC)
LEAST = 1e-6
"""A size below which nothing chooses a place; keeps a logarithm finite."""


@dataclass(frozen=True)
class Base:
    """The base year, which every later year is compared with."""

    zones: ZoneLand
    uses: Array
    households: Array
    """[commune, type]"""
    dwellings: Array
    jobs: Array
    industry_outside_parks: Array
    rules: JobRules


def build(world: World, start: State) -> Subject:
    """The subject for one world: the base year's land, homes and jobs, and its steps."""
    base = _base(world, start)
    connected = world.models("transport")
    living, moving = _households(world), _moves(world, base, connected)
    steps: tuple[Step, ...] = (_supply(world, base), living, _jobs(world, base, connected), moving)
    own = _supply_of_base_year(world, base) | _jobs_of_base_year(world, base)
    if connected:
        own |= {"land.access_first": np.zeros(world.places), "land.access_gain": np.zeros(world.places)}
        steps = (_access(world), *steps)
    nobody = {"population.net_migration": np.zeros(world.places)}
    before = {"land.price": np.ones(world.places)}
    for step in (living, moving):
        own |= step.compute(Situation(world.base_year, {**start, **nobody, **own}, before))
    return Subject(start=own, steps=steps, gaps={})


def _base(world: World, start: State) -> Base:
    p = world.parameters
    zones = zone_land(world)
    total = start["population.households"]
    households = homes.households_by_type(
        start["population.persons"], total, inputs.by_type(p, "land.headship")
    )
    uses = inputs.land_of_base_year(world, zones, total)
    residents = start["population.persons"].sum(axis=(1, 2))
    employed = start["economy.employment"]
    rules = JobRules(
        per_park_ha=p("land.jobs_per_park_ha"),
        per_service_ha=p("land.service_jobs_per_zone_ha"),
        services_per_resident=float(employed[jobs.SERVICES] / residents.sum()),
        density_power=p("land.services_density_power"),
        follow_building=p("land.construction_follows_building"),
    )
    filled = _filled(world, zones, 0, uses[:, INDUSTRY])
    outside = jobs.outside_parks(float(employed[jobs.INDUSTRY]), filled, residents, rules)
    places = jobs.Places(
        residents, inputs.area_ha(world), uses[:, FARMLAND], filled, zones.service[0], np.zeros(len(total))
    )
    size = np.maximum(jobs.sizes(places, outside, rules), LEAST)
    return Base(
        zones=zones,
        uses=uses,
        households=households,
        dwellings=total / (1 - p("land.vacancy_base")),
        jobs=employed * size / size.sum(axis=0),
        industry_outside_parks=outside,
        rules=rules,
    )


def _filled(world: World, zones: ZoneLand, index: int, industrial_ha: Array) -> Array:
    """Hectares of parks and economic zones in use at usual occupancy [commune], on the land that was found for them."""
    planned = zones.industrial[index]
    beyond_parks = world.parameters("land.park_occupancy") * (planned - zones.parks[index])
    fits = np.divide(industrial_ha, planned, out=np.zeros_like(planned), where=planned > 0)
    return np.asarray((zones.parks_filled[index] + beyond_parks) * np.minimum(fits, 1.0))


# ---- land and dwellings ---------------------------------------------------------------------------------------

_SUPPLY = (
    "land.use",
    "land.industrial_ha",
    "land.reclaimed_ha",
    "land.taken_ha",
    "land.no_room_ha",
    "land.dwellings",
    "land.built",
    "land.town_backlog",
    "land.price_believed",
    "land.infill_used",
    "land.infill_room",
    "land.farmland_left",
)


def _supply_of_base_year(world: World, base: Base) -> dict[str, Array]:
    p = world.parameters
    nothing = np.zeros(world.places)
    return {
        "land.use": base.uses.copy(),
        "land.industrial_ha": base.uses[:, INDUSTRY].copy(),
        "land.reclaimed_ha": nothing.copy(),
        "land.taken_ha": nothing.copy(),
        "land.no_room_ha": nothing.copy(),
        "land.dwellings": base.dwellings.copy(),
        "land.built": nothing.copy(),
        "land.town_backlog": nothing.copy(),
        "land.price_believed": np.ones(world.places),
        "land.infill_used": nothing.copy(),
        "land.infill_room": p("land.infill_share") * base.dwellings,
        "land.farmland_left": p("land.farmland_convertible") * base.uses[:, FARMLAND],
    }


def _supply(world: World, base: Base) -> Step:
    p, zones = world.parameters, base.zones
    infill, dearer_is_higher = p("land.infill_share"), p("land.infill_answer_to_price")
    belief, towns_answer = p("land.belief_in_price"), p("land.towns_answer_to_price")
    rules = homes.BuildingRules(
        pace=p("land.building_pace"),
        room_to_market=p("land.room_to_market"),
        vacancy=p("land.vacancy_base"),
        answer_to_price=p("land.building_answer_to_price"),
        ha_per_dwelling=p("land.ha_per_new_dwelling"),
        public_ha_per_ha=p("land.public_ha_per_housing_ha"),
    )

    def compute(s: Situation) -> Mapping[str, Array]:
        index = s.year - world.base_year
        households = s.now["population.households"]
        per_household = float(s.now["population.persons"].sum()) / max(float(households.sum()), 1.0)
        from_sea = _more(zones.reclaimed, index)
        before = s.last["land.use"].copy()
        before[:, RECLAIMED] += from_sea
        uses, opened = _open_zones(before, zones, index)
        closed = np.maximum(zones.industrial[index - 1] - zones.industrial[index], 0.0)
        industrial = np.maximum(s.last["land.industrial_ha"] + opened.found[INDUSTRY] - closed, 0.0)
        planned = _more(zones.urban_persons, index) / per_household * opened.fits(HOUSING)

        kept = _ratio(uses[:, FARMLAND], before[:, FARMLAND])
        farmland_left = np.minimum(s.last["land.farmland_left"] * kept, uses[:, FARMLAND])
        land_left = np.minimum(farmland_left + uses[:, RECLAIMED], np.maximum(free(uses), 0.0))
        believed = homes.believed(s.last["land.price_believed"], s.last["land.price"], belief)
        to_build = s.last["land.town_backlog"] + planned
        in_towns = to_build * np.minimum(believed**towns_answer, 1.0)
        stock, premium = s.last["land.dwellings"] + in_towns, np.log(believed)
        used = s.last["land.infill_used"]
        upward = homes.upward_room(base.dwellings, premium, used, infill, dearer_is_higher)
        built = homes.build(stock, households, premium, upward, land_left, rules)
        farmland_before = uses[:, FARMLAND].copy()
        uses, _ = take(uses, HOUSING, built.housing_ha)
        uses, _ = take(uses, PUBLIC, built.housing_ha * rules.public_ha_per_ha)
        taken = (uses - before)[:, BUILT].sum(axis=1)
        return {
            "land.use": uses,
            "land.industrial_ha": industrial,
            "land.reclaimed_ha": s.last["land.reclaimed_ha"] + from_sea,
            "land.taken_ha": taken,
            "land.no_room_ha": s.last["land.no_room_ha"] + opened.missing,
            "land.dwellings": stock + built.dwellings,
            "land.built": in_towns + built.dwellings,
            "land.town_backlog": to_build - in_towns,
            "land.price_believed": believed,
            "land.infill_used": used + built.on_built_land,
            "land.infill_room": np.maximum(upward - built.on_built_land, 0.0),
            "land.farmland_left": np.maximum(farmland_left - (farmland_before - uses[:, FARMLAND]), 0.0),
        }

    return Step(
        "land.supply",
        compute,
        writes=_SUPPLY,
        reads=("population.persons", "population.households"),
        reads_last=(*(n for n in _SUPPLY if n not in _OF_THE_YEAR), "land.price"),
        parameters=(
            *_ids((*inputs.part_needs(world.plan), *inputs.ACCOUNT, *inputs.BUILDING, *inputs.ZONES)),
            "land.vacancy_base",
        ),
        equation=(
            "D[c,t] = D[c,t-1] + towns[c,t] + min(wanted, pace D, m room); wanted = H / (1 - v) q^e - D; "
            "room = infill D0 q^z - added + farmland left / ha per dwelling; q[t] = q[t-1] + l (price[t-1] - q[t-1]); "
            "every hectare built comes from land won from the sea or from farmland"
        ),
        page=f"{PAGE}#dwellings",
    )


_OF_THE_YEAR = ("land.taken_ha", "land.built", "land.infill_room")


@dataclass(frozen=True)
class Opened:
    """What the zones of a year asked for and found, by use, each [commune] ha."""

    wanted: Mapping[int, Array]
    found: Mapping[int, Array]

    @property
    def missing(self) -> Array:
        return np.asarray(sum(self.wanted[use] - self.found[use] for use in self.wanted))

    def fits(self, use: int) -> Array:
        """Share of what was asked for that was found; 0 where nothing was."""
        return _ratio(self.found[use], self.wanted[use])


def _open_zones(uses: Array, zones: ZoneLand, index: int) -> tuple[Array, Opened]:
    """The account once the year's zones are open: what is protected first, then public works, parks and towns."""
    uses, _ = take(uses, PROTECTED, _more(zones.protected, index))
    wanted = {
        PUBLIC: _more(zones.public, index),
        INDUSTRY: _more(zones.industrial, index),
        HOUSING: _more(zones.urban, index),
    }
    found: dict[int, Array] = {}
    for use, hectares in wanted.items():
        uses, found[use] = take(uses, use, hectares)
    return uses, Opened(wanted, found)


def _more(what: Array, index: int) -> Array:
    """What a year has more of than the year before, [year, commune] -> [commune]."""
    return np.asarray(np.maximum(what[index] - what[index - 1], 0.0))


def _ratio(part: Array, whole: Array) -> Array:
    """part / whole; 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


# ---- who lives in them ------------------------------------------------------------------------------------------


def _households(world: World) -> Step:
    headship = inputs.by_type(world.parameters, "land.headship")

    def compute(s: Situation) -> Mapping[str, Array]:
        households = s.now["population.households"]
        return {
            "land.households": homes.households_by_type(s.now["population.persons"], households, headship),
            "land.unhoused": np.maximum(households - s.now["land.dwellings"], 0.0),
        }

    return Step(
        "land.households",
        compute,
        writes=("land.households", "land.unhoused"),
        reads=("population.persons", "population.households", "land.dwellings"),
        parameters=_ids(inputs.HOMES),
        equation="H[c,k] = H[c] h[k] P[c,k] / sum over k of h[k] P[c,k]; unhoused = max(0, H - D)",
        page=f"{PAGE}#households-by-type",
    )


# ---- jobs ---------------------------------------------------------------------------------------------------------

_JOBS = ("land.jobs", "land.jobs_beyond_land", "land.industrial_price", "land.industrial_price_gap")


def _jobs_of_base_year(world: World, base: Base) -> dict[str, Array]:
    return {
        "land.jobs": base.jobs.copy(),
        "land.jobs_beyond_land": np.zeros(world.places),
        "land.industrial_price": np.ones(world.places),
        "land.industrial_price_gap": np.array(0.0),
    }


def _jobs(world: World, base: Base, connected: bool) -> Step:
    p, zones = world.parameters, base.zones
    ceiling = float(np.log(p("land.price_ceiling")))
    area, pace = inputs.area_ha(world), p("land.building_pace")

    def compute(s: Situation) -> Mapping[str, Array]:
        index = s.year - world.base_year
        industrial = s.now["land.industrial_ha"]
        building = s.now["land.built"]
        places = jobs.Places(
            residents=s.now["population.persons"].sum(axis=(1, 2)),
            area_ha=area,
            farmland=s.now["land.use"][:, FARMLAND],
            parks_filled=_filled(world, zones, index, industrial),
            service_ha=zones.service[index],
            building=building
            / max(float(building.sum()), pace * float(s.now["land.dwellings"].sum()), LEAST),
        )
        size = jobs.sizes(places, base.industry_outside_parks, base.rules)
        log_size = np.log(np.maximum(size, LEAST))
        if connected:
            nearer = p("land.answer_to_access") * s.now["land.access_gain"]
            log_size[:, (jobs.INDUSTRY, jobs.SERVICES)] += nearer[:, None]
        in_parks = np.maximum(p("land.park_occupancy_highest") * industrial, places.parks_filled)
        outside = p("land.industry_outside_parks_highest") * base.industry_outside_parks
        room = base.rules.per_park_ha * in_parks + outside
        employed = s.now["economy.employment"]
        stay = jobs.staying(
            s.last["land.jobs"], s.last["land.jobs"].sum(axis=0), employed, p("land.jobs_moving"), room
        )
        found, market = jobs.choose(employed, stay, log_size, room, ceiling)
        return {
            "land.jobs": found,
            "land.jobs_beyond_land": market.beyond,
            "land.industrial_price": np.exp(market.premium),
            "land.industrial_price_gap": np.array(market.gap),
        }

    return Step(
        "land.jobs",
        compute,
        writes=_JOBS,
        reads=(
            "population.persons",
            "economy.employment",
            "land.industrial_ha",
            "land.built",
            "land.dwellings",
            "land.use",
            *(("land.access_gain",) if connected else ()),
        ),
        reads_last=("land.jobs",),
        parameters=(
            *_ids((*inputs.JOBS, *inputs.ZONES)),
            "land.price_ceiling",
            "land.building_pace",
            *(("land.answer_to_access",) if connected else ()),
        ),
        equation=(
            "J[c,s,t] = stay[c,s] + pool[s] S[c,s] exp(b A[c] - p[c]) / sum; industry: p clears park land and sites; "
            "sum over communes = employment by sector"
        ),
        page=f"{PAGE}#jobs",
    )


# ---- where those who move will go -----------------------------------------------------------------------------------


def _access(world: World) -> Step:
    """How much nearer jobs and people have come since the base year: what transport found last year."""

    def compute(s: Situation) -> Mapping[str, Array]:
        seen = s.last["transport.accessibility"]
        first = seen.copy() if s.year == world.base_year + 1 else s.last["land.access_first"].copy()
        return {"land.access_first": first, "land.access_gain": seen - first}

    return Step(
        "land.access",
        compute,
        writes=("land.access_first", "land.access_gain"),
        reads_last=("transport.accessibility", "land.access_first"),
        equation="A[c,t] = accessibility of last year - that of the base year, minutes",
        page=f"{PAGE}#where-movers-go",
    )


_MOVES = (
    "land.price",
    "land.price_gap",
    "land.priced_out",
    "land.arrival_share",
    "land.leaving_share",
    "land.pull_homes",
    "land.pull_access",
    "land.pull_jobs",
)


def _moves(world: World, base: Base, connected: bool) -> Step:
    p = world.parameters
    mobility, answer = inputs.by_type(p, "land.mobility"), inputs.by_type(p, "land.answer_to_price")
    box = Box(float(np.log(p("land.price_floor"))), float(np.log(p("land.price_ceiling"))))
    vacancy, owners_answer = p("land.vacancy_base"), p("land.letting_answer_to_price")
    dear_to_stay = p("land.leaving_answer_to_price")
    log_base = np.log(np.maximum(base.households.T, 1.0))
    of_type = _types(base.households)
    jobs_share = _share(base.jobs.sum(axis=1))
    nearness, answer_to_offer = p("land.answer_to_access"), p("land.answer_to_homes_on_offer")
    none, par = np.zeros(world.places), np.ones(world.places)
    moving = homes.leaving(base.households, mobility, par, dear_to_stay, none, 0.0).sum(axis=1)
    on_offer_base = homes.on_offer(base.dwellings, base.households.sum(axis=1), moving)
    follows_jobs = p("land.answer_to_jobs") * np.array([1.0, 1.0, 0.0])  # the old follow no jobs

    def compute(s: Situation) -> Mapping[str, Array]:
        households, unhoused = s.now["land.households"], s.now["land.unhoused"]
        dwellings = s.now["land.dwellings"]
        looking = homes.leaving(
            households, mobility, s.last["land.price"], dear_to_stay, unhoused, p("land.crowded_leaving")
        )
        residents = s.now["population.persons"].sum()
        per_household = float(residents) / max(float(households.sum()), 1.0)
        arrived = np.maximum(s.now["population.net_migration"], 0.0) / per_household
        pool = looking.sum(axis=0) + float(arrived.sum()) * _share(looking.sum(axis=0))
        stay = np.maximum(households.sum(axis=1) - looking.sum(axis=1) - arrived, 0.0)

        on_offer = homes.on_offer(dwellings, households.sum(axis=1), looking.sum(axis=1))
        size = np.maximum((1 - vacancy) * dwellings, 1.0) * (on_offer / on_offer_base) ** answer_to_offer
        stock = np.log(size * np.maximum(of_type.T, LEAST))
        access = nearness * s.now["land.access_gain"] if connected else np.zeros(world.places)
        work = np.log(np.maximum(_share(s.now["land.jobs"].sum(axis=1)), 1e-9) / np.maximum(jobs_share, 1e-9))
        near = np.broadcast_to(access, log_base.shape)
        to_jobs = follows_jobs[:, None] * work
        offer = Homes(dwellings, stay, vacancy, owners_answer)
        market = clear(pool, stock + near + to_jobs, offer, answer, box)
        to_homes = stock - log_base - answer[:, None] * market.premium
        pulls = homes.pulls(pool, log_base, (to_homes, near, to_jobs))
        return {
            "land.price": np.exp(market.premium),
            "land.price_gap": np.array(market.gap),
            "land.priced_out": market.beyond,
            "land.arrival_share": _share(market.chosen.sum(axis=0)),
            "land.leaving_share": looking.sum(axis=1) / np.maximum(households.sum(axis=1), LEAST),
            **dict(zip(("land.pull_homes", "land.pull_access", "land.pull_jobs"), pulls, strict=True)),
        }

    return Step(
        "land.moves",
        compute,
        writes=_MOVES,
        reads=(
            "population.persons",
            "population.net_migration",
            "land.households",
            "land.unhoused",
            "land.dwellings",
            "land.jobs",
            *(("land.access_gain",) if connected else ()),
        ),
        reads_last=("land.price",),
        parameters=(*_ids(inputs.CHOICE), "land.vacancy_base"),
        equation=(
            "share[k,c] = D[c] (offer[c] / offer0[c])^o exp(b A[c] + g ln(jobs[c] / jobs0[c]) - a[k] ln price[c]) / sum; "
            "between floor and ceiling the price is such that who stays and who comes = D[c] (1 - vacancy(price[c]))"
        ),
        page=f"{PAGE}#where-movers-go",
    )


def _share(values: Array) -> Array:
    """Shares that sum to 1; alike where there is nothing to share."""
    total = float(values.sum())
    return np.asarray(values / total if total > 0 else np.full(len(values), 1 / len(values)))


def _types(households: Array) -> Array:
    """Share of each type [commune, type]; the city's where nobody lives."""
    everywhere = _share(households.sum(axis=0))
    total = households.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, households / np.where(total > 0, total, 1.0), everywhere))


def _ids(group: tuple[Need, ...]) -> tuple[str, ...]:
    return tuple(need.id for need in group)


# ---- what must add up -------------------------------------------------------------------------------------------------


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """land: hectares of all uses - (official area + land won from the sea), over the area, by commune.

    land taken: what became housing, industry or public land - what is counted as taken, over the area. jobs by commune:
    sum over communes - employment by sector. households by type: sum - households. movers: what the shares of those
    who move are off 1. land price, industrial land price: how far the markets miss their conditions, over all who choose.
    """
    area = inputs.area_ha(world)
    found = {
        "land": _largest(now["land.use"].sum(axis=1) - area - now["land.reclaimed_ha"], area),
        "jobs_by_commune": _largest(
            now["land.jobs"].sum(axis=0) - now["economy.employment"], now["economy.employment"].sum()
        ),
        "households_by_type": _largest(
            now["land.households"].sum(axis=1) - now["population.households"],
            now["population.households"].sum(),
        ),
        "movers": abs(float(now["land.arrival_share"].sum()) - 1),
        "land_price": float(now["land.price_gap"]),
        "industrial_land_price": float(now["land.industrial_price_gap"]),
    }
    if last is not None:
        built = (now["land.use"] - last["land.use"])[:, BUILT].sum(axis=1)
        found["land_taken"] = _largest(built - now["land.taken_ha"], area)
    return found


def _largest(off: Array, size: Array) -> float:
    return float((np.abs(off) / np.maximum(size, LEAST)).max())
