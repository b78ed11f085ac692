"""The books of a run: what must add up, and by how much it does not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cuabien.model.city import Future


def gaps(future: Future) -> dict[str, float]:
    """The largest gap of each identity and solver over all years and areas; shares, unless the name has a unit.

    people: residents now - before = births - deaths + net migration, by commune, over the residents before.
    value added: GRDP - sectors - product tax, over GRDP. jobs: what is at work beyond the labour force and beyond the
    jobs wanted, over the labour force. investment: sectors - share x GRDP, over GRDP. cargo: handled beyond wanted.
    """
    found = dict.fromkeys(("people", "value_added", "jobs", "investment", "sources_of_growth", "cargo"), 0.0)
    states, world = future.states, future.world
    for index, now in enumerate(states):
        found = _wider(
            found, _of_a_year(now, world.parameters("economy.investment_share", world.years[index]))
        )
        if index:
            found = _wider(found, _between(states[index - 1], now))
    return {**found, **future.gaps}


def _of_a_year(now: Mapping[str, np.ndarray], investment_share: float) -> dict[str, float]:
    grdp = float(now["economy.grdp"])
    parts = float(now["economy.value_added"].sum() + now["economy.product_tax"])
    labour_force, at_work = float(now["population.labour_force"].sum()), now["economy.employment"]
    too_many = max(at_work.sum() - labour_force, (at_work - now["economy.jobs_wanted"]).max(), 0.0)
    invested = float(now["economy.investment"].sum())
    return {
        "value_added": abs(grdp - parts) / grdp,
        "jobs": float(too_many) / labour_force,
        "investment": abs(invested - investment_share * grdp) / grdp,
        "cargo": max(float(now["economy.port_cargo"] - now["economy.port_wanted"]), 0.0),
    }


def _between(before: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray]) -> dict[str, float]:
    was, are = before["population.persons"].sum(axis=(1, 2)), now["population.persons"].sum(axis=(1, 2))
    change = now["population.births"].sum(axis=1) - now["population.deaths"] + now["population.net_migration"]
    growth = float(now["economy.grdp"] / before["economy.grdp"] - 1)
    return {
        "people": float((np.abs(are - was - change) / np.maximum(was, 1.0)).max()),
        "sources_of_growth": abs(float(now["economy.sources_of_growth"].sum()) - growth),
    }


def _wider(known: dict[str, float], found: Mapping[str, float]) -> dict[str, float]:
    return {name: max(gap, found.get(name, 0.0)) for name, gap in known.items()}
