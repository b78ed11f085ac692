"""The largest flow, against cases worked by hand and a second tool."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from cuabien.model import flow

Edge = tuple[int, int, int]


def largest(nodes: int, edges: list[Edge]) -> int:
    network = flow.arranged(nodes, [t for t, _, _ in edges], [h for _, h, _ in edges])
    return flow.largest(network, np.array([c for *_, c in edges], dtype=np.int64), 0, 1)


def test_a_flow_is_bound_by_the_tightest_cut() -> None:
    """Two ways of 3 and 4 meet before a road of 5; a third way of 2 leads past it: 7."""
    assert largest(5, [(0, 2, 3), (0, 3, 4), (2, 4, 3), (3, 4, 4), (4, 1, 5), (2, 1, 2)]) == 7


def test_what_holds_a_flow_is_named() -> None:
    """Of the case above: the road of 5 and the way of 2. Of two roads in a row that are as narrow, the first."""
    edges = [(0, 2, 3), (0, 3, 4), (2, 4, 3), (3, 4, 4), (4, 1, 5), (2, 1, 2)]
    tails, heads, most = zip(*edges, strict=True)
    network = flow.arranged(5, tails, heads)
    assert flow.narrows(network, np.array(most, dtype=np.int64), 0, 1) in ([4, 5], [0, 1])
    row = flow.arranged(3, [0, 2], [2, 1])
    assert flow.narrows(row, np.array([5, 5], dtype=np.int64), 0, 1) == [0]


def test_edges_side_by_side_add_up() -> None:
    assert largest(2, [(0, 1, 15), (0, 1, 20)]) == 35


def test_flow_is_taken_back_where_it_blocks() -> None:
    """The first shortest way through the middle must be given up again: 2, not 1."""
    edges = [
        (0, 2, 1),
        (2, 5, 1),
        (5, 1, 1),
        (0, 3, 1),
        (3, 4, 1),
        (4, 5, 1),
        (2, 6, 1),
        (6, 7, 1),
        (7, 1, 1),
    ]
    assert largest(8, edges) == 2


def test_nothing_flows_where_nothing_leads() -> None:
    assert largest(3, [(0, 2, 5)]) == 0
    assert largest(2, []) == 0


@given(
    st.integers(2, 9).flatmap(
        lambda nodes: st.tuples(
            st.just(nodes),
            st.lists(
                st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1), st.integers(0, 50)).filter(
                    lambda edge: edge[0] != edge[1]
                ),
                min_size=1,
                max_size=40,
            ),
        )
    )
)
def test_it_is_what_a_second_tool_finds(city: tuple[int, list[Edge]]) -> None:
    nodes, edges = city
    tails, heads, most = zip(*edges, strict=True)
    whole = coo_array((np.array(most, dtype=np.int32), (tails, heads)), shape=(nodes, nodes)).tocsr()
    assert largest(nodes, edges) == maximum_flow(whole, 0, 1).flow_value
    capacity = np.array(most, dtype=np.int64)
    held_by = flow.narrows(flow.arranged(nodes, tails, heads), capacity, 0, 1)
    assert capacity[held_by].sum() == largest(nodes, edges), "the least cut carries the whole flow"
