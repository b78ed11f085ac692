"""Trees of shortest paths, what is loaded on them, and what the loss of a link costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.model.transport import trees
from cuabien.model.transport.network import RoadNetwork


def roads(zones: int, nodes: int, arcs: list[tuple[int, int, float]]) -> tuple[RoadNetwork, np.ndarray]:
    tail, head, minutes = (np.array(column) for column in zip(*arcs, strict=True))
    count = len(arcs)
    network = RoadNetwork(
        zones, nodes, zones, tail.astype(np.int32), head.astype(np.int32), minutes.astype(float),
        np.full(count, 100.0), np.zeros(count), np.ones(count),
    )  # fmt: skip
    return network, minutes.astype(float)


def both_ways(*links: tuple[int, int, float]) -> list[tuple[int, int, float]]:
    return [arc for a, b, m in links for arc in ((a, b, m), (b, a, m))]


def square() -> tuple[RoadNetwork, np.ndarray]:
    """Zones 0 and 1 at nodes 2 and 3; node 2 - 3 takes 5 minutes, 2 - 4 - 3 takes 4 + 4. Zone 5... none."""
    return roads(2, 5, both_ways((0, 2, 1), (1, 3, 1), (2, 3, 5), (2, 4, 4), (4, 3, 4)))


def test_a_loss_worked_by_hand() -> None:
    """10 + 4 trips take 1 + 5 + 1 = 7 minutes; without the middle link 1 + 8 + 1 = 10: 3 more each, 42 in all.

    Without the connector of zone 1 nobody gets there: 14 are stranded. The detour is not used: its loss costs nothing.
    """
    network, minutes = square()
    found = trees.grow(network, minutes, np.ones(10, dtype=bool))
    assert found.between_zones.tolist() == [[0, 7], [7, 0]]
    trips = np.array([[0.0, 10], [4, 0]])
    lost = np.array([[4, 5], [2, 3], [6, 7]], dtype=np.int32)
    extra, stranded = trees.losses(found, trips, lost)
    assert extra.tolist() == [42, 0, 0]
    assert stranded.tolist() == [0, 14, 0]


def test_loading_worked_by_hand() -> None:
    network, minutes = square()
    found = trees.grow(network, minutes, np.ones(10, dtype=bool))
    flow = trees.load(found, np.array([[0.0, 10], [4, 0]]))
    assert flow.tolist() == [10, 4, 4, 10, 10, 4, 0, 0, 0, 0]


def test_a_ban_sends_a_class_round() -> None:
    network, minutes = square()
    allowed = np.ones(10, dtype=bool)
    allowed[4:6] = False
    assert trees.grow(network, minutes, allowed).between_zones[0, 1] == 10
    assert (
        trees.skim(network, minutes, allowed, np.array([0], np.int32), np.array([1], np.int32)).item() == 10
    )


def test_nobody_drives_through_a_zone() -> None:
    """Zone 1 lies between 0 and 2, and is no way through."""
    network, minutes = roads(3, 3, both_ways((0, 1, 1), (1, 2, 1)))
    assert trees.grow(network, minutes, np.ones(4, dtype=bool)).between_zones[0, 2] == np.inf


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(3, 12), st.integers(0, 14))
def test_a_loss_is_what_new_trees_say(seed: int, nodes: int, more: int) -> None:
    """The quick way and the long way agree on any network: grow the trees again without the link."""
    draw = np.random.default_rng(seed)
    zones = 3
    links = [(z, zones + int(draw.integers(nodes)), 1.0) for z in range(zones)]
    links += [(zones + i, zones + i + 1, float(draw.integers(1, 20))) for i in range(nodes - 1)]
    links += [
        (zones + int(a), zones + int(b), float(draw.integers(1, 20)))
        for a, b in draw.integers(nodes, size=(more, 2))
        if a != b
    ]
    network, minutes = roads(zones, zones + nodes, both_ways(*links))
    allowed = np.ones(network.links, dtype=bool)
    now = trees.grow(network, minutes, allowed)
    trips = draw.uniform(0, 10, (zones, zones))
    np.fill_diagonal(trips, 0)
    lost = np.arange(network.links, dtype=np.int32).reshape(-1, 2)
    extra, stranded = trees.losses(now, trips, lost)
    for row, (a, b) in enumerate(lost):
        without = allowed.copy()
        without[[a, b]] = False
        after = trees.grow(network, minutes, without).between_zones
        gone = ~np.isfinite(after)
        assert stranded[row] == pytest.approx(trips[gone].sum())
        kept = ~gone
        assert extra[row] == pytest.approx((trips * (after - now.between_zones))[kept].sum(), abs=1e-9)
