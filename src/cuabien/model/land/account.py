"""The land account: every hectare of a commune has one use, and what is built takes it from what is free.

Uses stand in the order of `LAND_USES`. A commune's uses sum to its official area and to what was won from the sea.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.variables import LAND_USES, Array

HOUSING, INDUSTRY, PUBLIC, PROTECTED, WATER, FARMLAND, RECLAIMED = range(len(LAND_USES))
"""Housing; parks and clusters; roads, offices, ports, schools; forest and what may not be built on; rivers, ponds and
land without use; farmland; land won from the sea and not yet built on."""


def under_caps(total: float, weights: Array, caps: Array) -> Array:
    """A total shared in proportion to weights, no share above its cap: min(cap, k w) with k such that all fits.

    What the caps cannot hold is left out. Shares whose cap binds first are those with the least cap for their weight:
    in that order, k is the rest of the total over the rest of the weights.
    """
    able = np.flatnonzero((weights > 0) & (caps > 0))
    found = np.zeros(len(caps))
    if total <= 0 or not len(able):
        return found
    order = able[np.argsort(caps[able] / weights[able], kind="stable")]
    weight, cap = weights[order], caps[order]
    full_before = np.cumsum(cap) - cap
    factor = (total - full_before) / np.cumsum(weight[::-1])[::-1]
    fits = np.flatnonzero(factor * weight <= cap)
    found[order] = np.minimum(cap, weight * factor[fits[0]]) if len(fits) else cap
    return found


@dataclass(frozen=True)
class PartOfCity:
    """What is known of the land of one part of the city, ha; None of it by commune."""

    housing: float
    special: float
    """Specially used land: roads, offices, defence, and the premises of firms, parks included."""
    forest: float
    water: float


@dataclass(frozen=True)
class CommuneLand:
    """What is known of the communes of that part [commune]."""

    area: Array
    households: Array
    industry: Array
    """Parks and clusters that stand, ha."""
    protected: Array
    """Named and measured zones that may not be built on, ha."""
    has_protected: Array
    """1 where a zone that may not be built on is named, measured or not."""


def base_uses(part: PartOfCity, land: CommuneLand, housing_cap: float, protected_cap: float) -> Array:
    """Uses of the base year [commune, use], ha: a part's totals shared over its communes, what is left is farmland.

    Protected: the measured zones, at most `protected_cap` of a commune; the rest of the part's forest goes to the
    communes where such a zone is named, by area. Industry: as the zones say. Housing by households, at most
    `housing_cap` of a commune. The rest of the specially used land by housing land and area, half each. Water and
    unused land by what is left.
    """
    uses = np.zeros((len(land.area), len(LAND_USES)))
    may_protect = protected_cap * land.area
    named = np.minimum(land.protected, may_protect)
    more = under_caps(part.forest - named.sum(), land.has_protected * land.area, may_protect - named)
    uses[:, PROTECTED] = named + more
    uses[:, INDUSTRY] = np.minimum(land.industry, land.area - uses[:, PROTECTED])
    left = land.area - uses.sum(axis=1)
    uses[:, HOUSING] = under_caps(part.housing, land.households, np.minimum(housing_cap * land.area, left))
    left = land.area - uses.sum(axis=1)
    by_housing = uses[:, HOUSING] / max(uses[:, HOUSING].sum(), 1e-9)
    uses[:, PUBLIC] = under_caps(
        part.special - uses[:, INDUSTRY].sum(), by_housing + land.area / land.area.sum(), left
    )
    left = np.maximum(land.area - uses.sum(axis=1), 0.0)
    uses[:, WATER] = under_caps(part.water, left, left)
    uses[:, FARMLAND] = land.area - uses.sum(axis=1)
    return uses


def free(uses: Array) -> Array:
    """What may still be built on [commune], ha: farmland, and land won from the sea."""
    return np.asarray(uses[:, FARMLAND] + uses[:, RECLAIMED])


def take(uses: Array, use: int, wanted: Array) -> tuple[Array, Array]:
    """The account after `wanted` [commune] ha become `use`, and what was taken; never more than is free.

    Land won from the sea goes first, then farmland.
    """
    taken = np.clip(wanted, 0.0, np.maximum(free(uses), 0.0))
    from_sea = np.minimum(taken, uses[:, RECLAIMED])
    after = uses.copy()
    after[:, RECLAIMED] -= from_sea
    after[:, FARMLAND] -= taken - from_sea
    after[:, use] += taken
    return after, taken
