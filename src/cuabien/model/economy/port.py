"""The port: berths open phase by phase as the plan says; cargo beyond them, beyond the fairways, or beyond what roads,
railways and barges take to the hinterland, is turned away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cuabien.model.berths import BerthRules, beyond_the_map, open_by_row
from cuabien.model.variables import Array
from cuabien.plan.package import Plan


def cargo_wanted(before: float, growth: float, answer: float) -> float:
    """Tonnes that ask for a berth: last year's, grown by `answer` percent for each percent of growth."""
    return max(before * (1 + answer * growth), 0.0)


def cargo_handled(wanted: float, capacity: float, use_ceiling: float) -> float:
    """The lesser of what asks and what berths can take: mapped capacity times the highest use ever reached."""
    return min(wanted, capacity * use_ceiling)


# ---- berths -----------------------------------------------------------------------------------------------


def berth_capacity(plan: Plan, years: Sequence[int], rules: BerthRules) -> Array:
    """Capacity open in each year [year], million tonnes. Berths without a figure are not counted.

    A row hangs on its project: without the project it never comes, and a project that opens later than its
    phases say delays its rows by as many years. What projects promise beyond the map counts as `berths.beyond_the_map` says.
    """
    mapped = open_by_row(plan, years, rules)
    promised = beyond_the_map(plan, years, rules)
    return np.asarray(sum((*mapped.values(), *promised.values()), np.zeros(len(years))))
