"""Whom nothing carries: full ferries, islands beyond a day's reach, jobs that no worker reaches; and that all are counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cuabien.model import city
from cuabien.model.transport import people, setting, step
from cuabien.model.transport.graph import Rates
from cuabien.plan.change import apply, read_change
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.runner.measures import transport as measures
from cuabien.runner.measures.year import Year

PLANS = Path(__file__).parents[3] / "plans"
FERRY_ALONE = """
[[link]]
id = "E5"
closes = 2026
[[link]]
id = "R1"
closes = 2026
[[link]]
id = "R2"
closes = 2026
[[link]]
id = "G1"
link_class = "car ferry"
[[parameter]]
id = "transport.ferry_capacity_pcu_h"
value = 10.0
[[parameter]]
id = "transport.ferry_longest_wait_min"
value = 60.0
"""
"""In 2026 the one bridge over the river is gone, and the railways; a small ferry that takes vehicles is left."""
LAST = 2027


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


@pytest.fixture(scope="module")
def futures(town: Plan) -> tuple[city.Future, city.Future]:
    cut = apply(town, read_change(FERRY_ALONE.encode(), town))
    return tuple(city.run(city.build(plan, to_year=LAST)) for plan in (town, cut))  # type: ignore[return-value]


def measured(future: city.Future, year: int, name: str) -> float:
    measure = next(m for m in measures.CITY if m.id == name)
    at = year - future.world.base_year
    found = measure.value(Year(future.world, year, future.states[at], future.states[at - 1]))
    assert found is not None
    return found


# ---- a ferry that is full -----------------------------------------------------------------------------------


def test_a_full_ferry_turns_away_and_nobody_waits_forever(futures: tuple[city.Future, city.Future]) -> None:
    whole, cut = futures
    p = cut.world.parameters
    now = cut.states[1]
    ferry = list(cut.world.plan.links).index("G1")
    empty = Rates.of(p, cut.world.plan).free_flow_min(cut.world.plan.links["G1"])
    assert now["transport.turned_away"].sum() > 0
    assert now["transport.link_minutes"][ferry].max() <= empty + p("transport.ferry_longest_wait_min") + 0.1
    assert whole.states[1]["transport.turned_away"].sum() == 0
    assert whole.states[1]["transport.unserved_trips"].sum() == pytest.approx(0, abs=1e-6)


def test_who_is_turned_away_is_counted(futures: tuple[city.Future, city.Future]) -> None:
    """Set out = carried + stranded, and the indicator says how many a day, way back counted."""
    cut = futures[1]
    now = cut.states[1]
    assert step.books(cut.world, 2026, now, cut.states[0])["trips"] < 1e-9
    assert measured(cut, 2026, "stranded_trips") == pytest.approx(2 * now["transport.unserved_trips"].sum())
    assert measured(cut, 2026, "stranded_trips") > 0.01 * 1e6 * measured(cut, 2026, "trips_per_day")


def test_a_lost_bridge_brings_no_place_nearer(futures: tuple[city.Future, city.Future]) -> None:
    whole, cut = futures
    for name in ("minutes_between", "stranded_trips"):
        assert measured(cut, 2026, name) > measured(whole, 2026, name)


def test_places_that_nothing_joins_count_as_a_day(
    town: Plan, futures: tuple[city.Future, city.Future]
) -> None:
    """Without any ferry the two sides of the river are apart: 3 x 3 pairs of communes, and each adds a day."""
    gone = apply(
        town, read_change(FERRY_ALONE.replace('link_class = "car ferry"', "remove = true").encode(), town)
    )
    cut = city.run(city.build(gone, to_year=LAST))
    assert measured(futures[0], 2026, "pairs_unreached") == 0
    apart = measured(cut, 2026, "pairs_unreached")
    assert apart == 9
    assert measured(cut, 2026, "minutes_between") > 500
    assert step.books(cut.world, 2026, cut.states[1], cut.states[0])["trips"] < 1e-9
    assert step.books(cut.world, 2026, cut.states[1], cut.states[0])["arrivals"] < 1e-9


# ---- islands ------------------------------------------------------------------------------------------------


def test_communes_within_a_day_hang_together() -> None:
    """0 and 1 are near, 1 and 2 too, 3 is 300 minutes from all."""
    far = 300.0
    minutes = np.array([[1, 50, 250, far], [50, 1, 90, far], [250, 90, 1, far], [far, far, far, 1]])
    assert setting.parts(minutes, 240).tolist() == [0, 0, 0, 1]
    assert setting.parts(minutes, 400).tolist() == [0, 0, 0, 0]


def test_a_part_is_a_labour_market_of_its_own() -> None:
    """Part 0 has 10 workers and 8 jobs: 2 stay without. Part 1 has 5 workers and 7 jobs: 2 jobs stay empty.

    Pupils and errands of a part stay in it.
    """
    of = people.Ends(
        leaving=np.array([[6.0, 4.0, 5.0], [1.0, 1.0, 1.0], [4.0, 4.0, 2.0]]),
        arriving=np.array([[8.0, 0.0, 7.0], [1.0, 1.0, 1.0], [5.0, 5.0, 0.0]]),
    )
    found, without = people.within_parts(of, np.array([0, 0, 1], dtype=np.int32))
    assert without == pytest.approx([1.2, 0.8, 0])
    assert found.leaving[0] == pytest.approx([4.8, 3.2, 5])
    assert found.arriving[0] == pytest.approx([8, 0, 5])
    assert found.arriving[1] == pytest.approx([1, 1, 1])
    assert found.arriving[2] == pytest.approx([4, 4, 2])


def test_one_part_changes_nothing() -> None:
    of = people.Ends(np.ones((3, 2)), np.ones((3, 2)))
    found, without = people.within_parts(of, np.zeros(2, dtype=np.int32))
    assert found is of
    assert without.tolist() == [0, 0]


@pytest.mark.slow
def test_bach_long_vi_works_at_home() -> None:
    """The island lies five hours by boat: its people work on it, and nobody comes for the day."""
    future = city.run(city.build(read_plan(PLANS / "hai-phong"), to_year=2026))
    names = [c.name_vi for c in future.world.communes]
    island = next(i for i, name in enumerate(names) if "Bạch Long" in name)
    for state in future.states:
        assert state["transport.commute_minutes"][island] < 15
        others = np.arange(len(names)) != island
        assert (state["transport.minutes"][island, others] == 1440).all()
        assert (state["transport.minutes"][others][:, others] < 1440).all()
