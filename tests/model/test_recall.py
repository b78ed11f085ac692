"""A memory gives back what was made under the same key, and lets go of what was not asked for longest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cuabien.model import city
from cuabien.model.links import RoadCapacity
from cuabien.model.recall import Recall, bytes_of
from cuabien.model.transport import seen
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

PLANS = Path(__file__).parents[2] / "plans"


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


def test_what_was_made_is_given_back() -> None:
    recall, made = Recall(), []

    def make() -> object:
        made.append(1)
        return object()

    first = recall.once("a", make)
    assert recall.once("a", make) is first
    assert recall.once("b", make) is not first
    assert (len(made), recall.met) == (2, 1)


def test_what_was_not_asked_for_longest_makes_way() -> None:
    recall = Recall(most_bytes=2000)
    for name in "abacd":  # each of 800 bytes: two have room
        recall.once(name, lambda: np.zeros(100))
    assert list(recall.kept) == ["c", "d"]
    recall.once("e", lambda: np.zeros(10_000))  # more than there is room for
    assert recall.bytes <= recall.most_bytes


def test_bytes_are_those_of_the_arrays_within() -> None:
    three = np.zeros(3)
    assert bytes_of({"a": three, "b": (three, [three, "word", None])}) == 3 * 24


def test_traffic_sees_nothing_that_its_key_does_not_hold(town: Plan) -> None:
    """What is taken away cannot be read; what is left and differs has another key."""
    world = city.build(town)
    bare = seen.of_traffic(world)
    assert set(bare.plan.parameters) == {n for n in town.parameters if n.startswith("transport.")}
    for table in ("projects", "port_capacity", "zones", "figures"):
        assert town.table(table)
        assert not bare.plan.table(table)
    before = seen.fingerprint(bare)
    assert before == seen.fingerprint(seen.of_traffic(city.build(town)))
    link = next(iter(town.links.values()))
    wider = {**town.links, link.id: link.model_copy(update={"length_km": link.length_km * 2})}
    turned = dict(reversed(town.links.items()))
    slower = world.parameters.with_value("transport.trip_rate", 2.9)
    for other in (
        replace(world, plan=replace(town, links=wider)),
        replace(world, plan=replace(town, links=turned)),
        replace(world, parameters=slower),
        replace(world, seed=2),
    ):
        assert seen.fingerprint(seen.of_traffic(other)) != before


def test_traffic_drives_the_port_roads_as_wide_as_the_port_counts_them() -> None:
    """A default that is stretched is stretched for both; when its project opens is told to traffic and no part of its key."""
    plan = read_plan(PLANS / "hai-phong")
    world = city.build(plan)
    bare = seen.of_traffic(world)
    road = plan.links["L331"]
    wide = world.parameters.with_value("transport.port_road_width", 2.5)
    narrow, wider = (RoadCapacity.of(p, bare.plan).pcu_h(road) for p in (world.parameters, wide))
    assert wider == pytest.approx(2.5 * narrow)
    assert wider == RoadCapacity.of(wide, plan).pcu_h(road)
    assert road.project is not None
    assert set(bare.plan.projects) == {road.project}
    late = plan.projects[road.project].model_copy(update={"opens": "2044"})
    later = replace(plan, projects={**plan.projects, road.project: late})
    assert seen.fingerprint(seen.of_traffic(city.build(later))) == seen.fingerprint(bare)


def test_a_future_with_a_memory_is_the_future_without_one(town: Plan) -> None:
    """To the bit, when all is recalled and when half of it is: the project opens later and bites only then."""
    recall = Recall()
    late = town.projects["P1"].model_copy(update={"opens": "2036"})
    changed = replace(town, projects={**town.projects, "P1": late})
    for plan in (town, changed, town):
        alone, recalling = city.run(city.build(plan)), city.run(city.build(plan, recall=recall))
        for one, other in zip(alone.states, recalling.states, strict=True):
            assert all(one[name].tobytes() == other[name].tobytes() for name in one)
    assert recall.met >= len(alone.states)
