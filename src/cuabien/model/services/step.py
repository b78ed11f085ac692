"""The services subject, wired: what residents need, what there is, how far it is and how much of it is within reach.

It reads people and travel minutes, and nothing reads it within the model. What is not known stays not known: masks of
1 and 0 go with the arrays, since a state holds no empty cell, and tables and indicators leave out what a mask denies.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cuabien.model.engine import Situation, State, Step
from cuabien.model.services import access, inputs, need
from cuabien.model.services.inputs import faults, needs
from cuabien.model.services.supply import Supply, opened_in, supply
from cuabien.model.variables import SERVICES, Array
from cuabien.model.world import Subject, World

__all__ = ["NAME", "SPATIAL", "books", "build", "faults", "needs"]

NAME = "services"
SPATIAL = True

PAGE = "theory/services"
MINUTES = "transport.minutes"


def build(world: World, start: State) -> Subject:
    """The subject for one world; the base year is computed like every other."""
    by_road = MINUTES in start
    stock = supply(world)
    steps = (_needs(world), _supply(world, stock), _access(world, by_road))
    given = dict(start)
    for step in steps:
        seen = {name: given[name] for name in step.reads}
        given |= step.compute(Situation(world.base_year, seen, {}))
    return Subject(start={name: given[name] for step in steps for name in step.writes}, steps=steps, gaps={})


def _needs(world: World) -> Step:
    asked_of = {year: inputs.what_the_code_asks(world, year) for year in world.years}

    def compute(s: Situation) -> Mapping[str, Array]:
        persons = s.now["population.persons"]
        asked = need.code_asks(persons.sum(axis=(1, 2)), *asked_of[s.year])
        places = need.school_places(persons, inputs.enrolment(world.parameters, s.year))
        return {"services.need": need.needed(places, asked), "services.norm": asked}

    return Step(
        "services.needs",
        compute,
        writes=("services.need", "services.norm"),
        reads=("population.persons",),
        parameters=tuple(n.id for n in (*inputs.ENROLMENT, *inputs.CODE)),
        equation=(
            "schools: N[c,l] = e[l] sum over ages of P[c,x]; all else and the norm: max(m[s] P[c], n[s]), "
            "m and n of the planning code in force"
        ),
        page=f"{PAGE}#need",
    )


def _supply(world: World, stock: Supply) -> Step:
    def compute(s: Situation) -> Mapping[str, Array]:
        index = s.year - world.base_year
        capacity = stock.capacity + stock.added[index]
        return {
            "services.capacity": capacity,
            "services.known": stock.known.copy(),
            "services.sites": stock.sites + stock.added_sites[index],
            "services.sites_known": stock.sites_known.copy(),
            "services.city_capacity": capacity.sum(axis=0) + stock.unplaced + stock.added_unplaced[index],
            "services.city_known": stock.unplaced_known.copy(),
        }

    return Step(
        "services.supply",
        compute,
        writes=(
            "services.capacity",
            "services.known",
            "services.sites",
            "services.sites_known",
            "services.city_capacity",
            "services.city_known",
        ),
        parameters=tuple(n.id for n in inputs.SUPPLY),
        equation=(
            "S[c,s,t] = S[c,s,t0] + what projects of the service have opened by t; "
            "S at the base year from counts, or schools x classes a school x pupils a class x g"
        ),
        page=f"{PAGE}#capacity",
    )


def _access(world: World, by_road: bool) -> Step:
    p = world.parameters
    catchment = p("services.catchment_minutes")
    near = p("services.near_minutes")
    speed, detour = p("services.speed_kmh"), p("services.detour")
    lon, lat, km2 = inputs.positions(world)
    straight = None if by_road else access.straight_minutes(lon, lat, speed, detour)

    def compute(s: Situation) -> Mapping[str, Array]:
        minutes = s.now[MINUTES] if straight is None else straight
        sites = s.now["services.sites"]
        inside = access.minutes_inside(km2, sites, speed, detour)
        nearest, reached = access.nearest_minutes(minutes, inside, sites, s.now["services.sites_known"])
        reach, reach_known = access.within_reach(
            minutes,
            s.now["services.need"],
            s.now["services.capacity"],
            s.now["services.known"],
            catchment,
        )
        return {
            "services.minutes": nearest,
            "services.reached": reached,
            "services.near": reached * (nearest <= near),
            "services.reach": reach,
            "services.reach_known": reach_known,
        }

    own = ("services.need", "services.capacity", "services.known", "services.sites", "services.sites_known")
    return Step(
        "services.access",
        compute,
        writes=(
            "services.minutes",
            "services.reached",
            "services.near",
            "services.reach",
            "services.reach_known",
        ),
        reads=(*own, MINUTES) if by_road else own,
        parameters=tuple(n.id for n in (*inputs.SPEED, *inputs.REACH)),
        equation=(
            "minutes = min(30 f sqrt(area[i] / sites[i]) / v, min T[i,j] over j with a site); "
            "reach A[i] = sum over j within d0 of S[j] / sum over k within d0 of N[k]"
        ),
        page=f"{PAGE}#access",
    )


def books(world: World, year: int, now: State, last: State | None) -> Mapping[str, float]:
    """services_capacity: what the city has more than the year before, less what its projects opened, over the capacity
    (parks, which may close, apart). services_reach: need-weighted reach less the capacity that somebody reaches, over
    that capacity (Luo and Wang 2003), of the services that are known everywhere."""
    found: dict[str, float] = {}
    if last is not None:
        opened = opened_in(world, year)
        capacity = now["services.city_capacity"]
        gap = np.abs(capacity - last["services.city_capacity"] - opened) / np.maximum(capacity, 1.0)
        found["services_capacity"] = float(np.delete(gap, SERVICES.index("green_space")).max())
    everywhere = (now["services.reach_known"].min(axis=0) > 0) & (now["services.need"].min(axis=0) > 0)
    if everywhere.any():
        shared = (now["services.reach"] * now["services.need"])[:, everywhere].sum(axis=0)
        reached = now["services.capacity"][:, everywhere].sum(axis=0)
        found["services_reach"] = float((np.abs(shared - reached) / np.maximum(reached, 1.0)).max())
    return found
