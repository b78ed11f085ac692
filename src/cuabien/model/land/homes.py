"""Homes: who heads a household, how many move, and what is built for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cuabien.model.variables import HOUSEHOLD_TYPES, Array

AGES_OF_HEADS = (slice(20, 35), slice(35, 65), slice(65, 101))
"""Of young, middle and old households; nobody under 20 heads one."""


def households_by_type(persons: Array, households: Array, headship: Array) -> Array:
    """Households by commune and age of head [commune, type]; they sum to `households` [commune].

    Headship rates (United Nations 1973, Methods of projecting households): heads = rate x persons of the age, `persons`
    [commune, sex, age], `headship` [type]; then fitted to the households that are counted. Where nobody of age lives the
    rates alone say who heads.
    """
    ages = persons.sum(axis=1)
    heads = np.stack([ages[:, span].sum(axis=1) for span in AGES_OF_HEADS], axis=1) * headship
    total = heads.sum(axis=1, keepdims=True)
    split = np.where(total > 0, heads / np.where(total > 0, total, 1.0), headship / headship.sum())
    return np.asarray(households[:, None] * split)


def leaving(
    households: Array, mobility: Array, price: Array, answer: float, unhoused: Array, crowded: float
) -> Array:
    """Households that look for a home in another commune [commune, type].

    The mobile share of each type [type], times last year's price over that of the base year [commune] to the power
    `answer`; and a share `crowded` of those without a dwelling of their own [commune]. At most half of all.
    """
    of_type = households / np.maximum(households.sum(axis=1, keepdims=True), 1e-9)
    moving = households * mobility * price[:, None] ** answer + crowded * unhoused[:, None] * of_type
    return np.asarray(np.minimum(moving, households / 2))


def on_offer(dwellings: Array, households: Array, looking: Array) -> Array:
    """Share of a commune's dwellings that somebody who moves finds on offer [commune]: empty, or left by who leaves.

    At least a thousandth: a home is always to be had somewhere.
    """
    free = dwellings - (households - looking)
    share = np.divide(free, dwellings, out=np.zeros_like(free), where=dwellings > 0)
    return np.asarray(np.maximum(share, 1e-3))


# ---- building -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BuildingRules:
    """How dwellings are added outside the plan's urban zones."""

    pace: float
    """At most so large a share of the stock in a year."""
    room_to_market: float
    """At most so large a share of the room that is left in a year: plots come to builders bit by bit."""
    vacancy: float
    """The share left empty that builders aim at."""
    answer_to_price: float
    """Percent more dwellings wanted for each percent by which the price that builders believe in is above the base year's."""
    ha_per_dwelling: float
    public_ha_per_ha: float
    """Hectares for roads and schools that come with each hectare of new housing land."""


@dataclass(frozen=True)
class Built:
    """What a year adds, each [commune]."""

    dwellings: Array
    on_built_land: Array
    """Of these, on land that was built on before: higher, closer."""
    housing_ha: Array
    """Farmland taken for the others; roads and schools come on top."""


def build(
    stock: Array, households: Array, premium: Array, upward: Array, land_left: Array, rules: BuildingRules
) -> Built:
    """Dwellings added where households are, as fast as the pace and as far as the room allows [commune].

    Wanted: H / (1 - vacancy) x price^answer - stock. Room: `upward`, dwellings that built land can still hold, and
    `land_left`, hectares of farmland that may still become housing; both are used in proportion to what each can hold,
    and only a share of the room comes to market in a year.
    `premium`: logarithm of the price that builders believe in over that of the base year.
    """
    wanted = households / (1 - rules.vacancy) * np.exp(rules.answer_to_price * premium) - stock
    outward = land_left / (rules.ha_per_dwelling * (1 + rules.public_ha_per_ha))
    room = upward + outward
    dwellings = np.clip(wanted, 0.0, np.minimum(rules.pace * stock, rules.room_to_market * room))
    share_upward = np.divide(upward, room, out=np.zeros_like(room), where=room > 0)
    on_built_land = dwellings * share_upward
    return Built(dwellings, on_built_land, (dwellings - on_built_land) * rules.ha_per_dwelling)


def believed(before: Array, price: Array, share: float) -> Array:
    """The price that builders believe in [commune]: moved by a share of the way to last year's (Nerlove 1958).

    Who took each year's price for lasting would build too much after a dear year and nothing after a cheap one.
    """
    return np.asarray(before + share * (price - before))


def upward_room(first: Array, premium: Array, used: Array, share: float, answer: float) -> Array:
    """Dwellings that built land can still hold [commune]: share x those of the base year x price^answer - those added.

    Dear land is worth a higher house: `premium` is the logarithm of the price that builders believe in.
    """
    return np.asarray(np.maximum(share * first * np.exp(answer * premium) - used, 0.0))


# ---- why people go where they go ----------------------------------------------------------------------------

NODES, WEIGHTS = (np.asarray(x) for x in np.polynomial.legendre.leggauss(10))
PULLS = ("homes", "access", "jobs")


def pulls(pool: Array, log_base: Array, terms: tuple[Array, ...]) -> Array:
    """What each reason adds to the share of movers who choose a commune [reason, commune].

    Utility goes from that of the base year, `log_base` [type, commune], to log_base + sum of `terms`, each [type,
    commune]. Along the straight line between them the share of a commune changes by P (term - mean of term); its
    integral shares the whole change out over the reasons, whatever their order (Aumann and Shapley 1974). The line is
    integrated by Gauss and Legendre's rule with ten nodes. Over all reasons: the shares now less those of the base year.
    """
    total = sum(terms)
    found = np.zeros((len(terms), log_base.shape[1]))
    weight = pool / max(float(pool.sum()), 1e-9)
    for node, share_of_line in zip((NODES + 1) / 2, WEIGHTS / 2, strict=True):
        utility = log_base + node * total
        share = np.exp(utility - utility.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        for index, term in enumerate(terms):
            mean = (share * term).sum(axis=1, keepdims=True)
            found[index] += share_of_line * (weight @ (share * (term - mean)))
    return found


assert len(AGES_OF_HEADS) == len(HOUSEHOLD_TYPES)
