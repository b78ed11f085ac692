"""What a link of the plan is, and what it carries: facts that the port and the traffic need alike.

The capacities are parameters of `[transport.*]`: the plan gives lanes and classes, and nobody counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cuabien.model.parameters import Need, Parameters
from cuabien.plan.objects import Link
from cuabien.plan.package import Plan
from cuabien.plan.widths import of_assumed_width

EXPRESSWAY = ("expressway", "motorway")
URBAN = ("urban arterial", "urban street", "street", "secondary", "tertiary")
KINDS = ("expressway", "urban", "rural")
CAR_FERRY = "car ferry"

CAPACITIES = (
    *(Need(f"transport.lane_capacity_{kind}", 0.0, 5000.0, open_below=True) for kind in KINDS),
    Need("transport.lanes_when_blank", 0.0, 20.0, open_below=True),
    Need("transport.port_road_width", 0.0, 10.0, open_below=True),
    Need("transport.ferry_capacity_pcu_h", 0.0, 10000.0, open_below=True),
    Need("transport.rail_capacity_metre_mt", 0.0, 1000.0),
    Need("transport.rail_capacity_standard_mt", 0.0, 1000.0),
    Need("transport.barge_capacity_class_ii_mt", 0.0, 1000.0),
    Need("transport.barge_capacity_class_iii_mt", 0.0, 1000.0),
)
TRUCKS = (
    Need("transport.pcu_truck", 0.0, 20.0, open_below=True),
    Need("transport.truck_payload_t", 0.0, 200.0, open_below=True),
    Need("transport.truck_days", 1.0, 366.0),
    Need("transport.truck_peak_share", 0.0, 1.0),
)


@cache
def kind_of(link_class: str) -> str:
    """expressway, urban or rural: the three kinds of road whose speed and capacity the parameters give."""
    name = link_class.lower()
    if any(word in name for word in EXPRESSWAY):
        return "expressway"
    return "urban" if any(word in name for word in URBAN) else "rural"


def is_driven(link: Link) -> bool:
    """Whether vehicles use a link: a road, or a ferry that takes cars."""
    return link.mode == "road" or (link.mode == "ferry" and link.link_class.startswith(CAR_FERRY))


def bans_motorbikes(link: Link) -> bool:
    """Whether motorbikes may not use a road: as it says itself, else by its class."""
    return not link.motorbikes if link.motorbikes is not None else kind_of(link.link_class) == "expressway"


def gates(plan: Plan, mode: str, open_now: Sequence[str]) -> tuple[str, ...]:
    """The nodes at which a mode leaves the city: gates on an open link of it; for ships, where a fairway meets the open sea.

    A node is a gate if its kind is `gate_of_city`; a sea gate has the kind `sea` or ends a link of the class `open sea`.
    """
    links = [plan.links[i] for i in open_now if plan.links[i].mode == mode]
    ends = {node: link for link in links for node in (link.from_node, link.to_node)}
    if mode != "fairway":
        return tuple(sorted(n for n in ends if plan.nodes[n].kind == "gate_of_city"))
    sea = {n for link in links if link.link_class == "open sea" for n in (link.from_node, link.to_node)}
    sea |= {n for n in ends if plan.nodes[n].kind == "sea"}
    return tuple(sorted(n for n in sea if not plan.nodes[n].in_city))


@dataclass(frozen=True)
class RoadCapacity:
    """The parameters of what roads and ferries let through, looked up once."""

    a_lane: dict[str, float]
    lanes_when_blank: float
    ferry: float
    port_road_width: float
    port_roads: frozenset[str]
    """Of assumed width."""

    @classmethod
    def of(cls, p: Parameters, plan: Plan) -> RoadCapacity:
        return cls(
            {kind: p(f"transport.lane_capacity_{kind}") for kind in KINDS},
            p("transport.lanes_when_blank"),
            p("transport.ferry_capacity_pcu_h"),
            p("transport.port_road_width"),
            of_assumed_width(plan),
        )

    def pcu_h(self, link: Link) -> float:
        """pcu an hour in one direction: half of the lanes (of a one-way road all), at least one, times what a lane carries."""
        if link.mode == "ferry":
            return self.ferry
        lanes = (link.lanes or self.lanes_when_blank) / (1 if link.one_way else 2)
        lanes *= self.port_road_width if link.id in self.port_roads else 1.0
        return max(lanes, 1.0) * self.a_lane[kind_of(link.link_class)]


def goods_capacity(link: Link, p: Parameters) -> float | None:
    """Million tonnes a year that a railway or waterway carries both ways together; None: nobody gave a figure."""
    name = link.link_class.lower()
    if link.mode == "rail":
        gauge = "metre" if "1,000" in name or "metre" in name else "standard"
        return p(f"transport.rail_capacity_{gauge}_mt") * max(link.lanes or 1.0, 1.0)
    if link.mode == "waterway":
        shallow = "class iii" in name or "class iv" in name or "class v" in name.replace("class vi", "")
        return p(f"transport.barge_capacity_class_{'iii' if shallow else 'ii'}_mt")
    return None
