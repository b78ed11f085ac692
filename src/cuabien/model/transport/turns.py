"""Banned turns, by expansion: a crossing with bans becomes one node for each arm, joined by the turns that are open.

The links of the network keep their numbers; the turns come after them and take no time. So flows of the expanded network, cut
to the first `links`, are flows of the network.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.model.transport.network import Demand, RoadNetwork


def without_turns(network: RoadNetwork, banned: Collection[tuple[int, int]]) -> RoadNetwork:
    """The network in which nobody goes from the first link of a banned pair on to the second.

    A ban at a node that is no way through changes nothing. One at a zone that is a way through is refused: a trip may begin
    there, and would then begin a new journey past the ban.
    """
    nodes: set[int] = set()
    faults = []
    for into, out in sorted(banned):
        node = int(network.head[into])
        if node != int(network.tail[out]):
            faults.append(
                _fault(
                    network,
                    into,
                    out,
                    N_("a turn from link {into} to link {out} is banned, and they do not meet"),
                )
            )
        elif node < network.zones and node >= network.first_through:
            faults.append(
                _fault(network, into, out, N_("the turn from link {into} to link {out} is banned at a zone"))
            )
        elif node >= network.first_through:
            nodes.add(node)
    if faults:
        raise UnusableInput(faults)
    tail, head = network.tail.copy(), network.head.copy()
    count = network.nodes
    turns: list[tuple[int, int]] = []
    for node in sorted(nodes):
        arriving, leaving = np.flatnonzero(network.head == node), np.flatnonzero(network.tail == node)
        arrive = {int(link): count + at for at, link in enumerate(arriving)}
        leave = {int(link): count + len(arriving) + at for at, link in enumerate(leaving)}
        count += len(arriving) + len(leaving)
        head[arriving], tail[leaving] = list(arrive.values()), list(leave.values())
        turns += [
            (a, b) for into, a in arrive.items() for out, b in leave.items() if (into, out) not in set(banned)
        ]
    ends = np.array(turns, dtype=np.int32).reshape(len(turns), 2)
    nothing = np.zeros(len(turns))
    cone = network.conical
    return replace(
        network,
        nodes=count,
        tail=np.concatenate([tail, ends[:, 0]]),
        head=np.concatenate([head, ends[:, 1]]),
        free_flow_min=np.concatenate([network.free_flow_min, nothing]),
        capacity_pcu_h=np.concatenate([network.capacity_pcu_h, nothing + 1]),
        alpha=np.concatenate([network.alpha, nothing]),
        power=np.concatenate([network.power, nothing]),
        conical=None if cone is None else np.concatenate([cone, nothing > 0]),
        link_names=network.link_names and (*network.link_names, *("",) * len(turns)),
        rows=(),
    )


def over_turns(demand: Demand, expanded: RoadNetwork) -> Demand:
    """The class on the expanded network: turns are open to it and cost nothing."""
    more = expanded.links - len(demand.fixed_min)
    return replace(
        demand,
        fixed_min=np.concatenate([demand.fixed_min, np.zeros(more)]),
        allowed=np.concatenate([demand.allowed, np.ones(more, dtype=np.bool_)]),
    )


def _fault(network: RoadNetwork, into: int, out: int, template: str) -> Fault:
    names = {"into": network.link_name(into), "out": network.link_name(out)}
    return Fault(
        "bad-turn-ban",
        network.file,
        template,
        N_(
            "name the link that arrives at a crossing and the one that leaves it; give a zone connectors of its own"
        ),
        names["into"],
        values=names,
    )
