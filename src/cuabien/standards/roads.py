"""What a road is taken to be where the map does not say: lanes and speeds by class, and the classes of road numbers.

Every default is assumed, with a range, in `road_classes.csv`. What a lane carries is no default of a road: the plan's
parameter `transport.lane_capacity_<kind>` says it for the kind that stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cuabien.standards.legal import rows_of


@dataclass(frozen=True, slots=True)
class RoadClass:
    """One value of `highway` in OpenStreetMap."""

    highway: str
    rank: int
    """1 for expressways to 8 for the way to a door."""
    link_class: str
    lanes_two_way: float
    lanes_two_way_low: float
    lanes_two_way_high: float
    lanes_one_way: float
    lanes_one_way_low: float
    lanes_one_way_high: float
    speed_kmh: float
    speed_low: float
    speed_high: float
    capacity_of: str
    """expressway, urban or rural: whose lane capacity it has."""
    one_way: bool
    """Whether it is one-way where nothing is said."""
    motorbikes: bool
    """Whether motorbikes may use it where nothing is said."""
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class RoadNumber:
    prefix: str
    link_class: str
    capacity_of: str
    status: str
    why: str


@cache
def road_classes() -> dict[str, RoadClass]:
    """By `highway`."""
    numbers = {f"lanes_{way}_way{end}" for way in ("one", "two") for end in ("", "_low", "_high")}
    numbers |= {"speed_kmh", "speed_low", "speed_high"}
    return {
        row["highway"]: RoadClass(
            **{  # type: ignore[arg-type]
                **row,
                **{column: float(row[column]) for column in numbers},
                "rank": int(row["rank"]),
                "one_way": row["one_way"] == "yes",
                "motorbikes": row["motorbikes"] != "no",
            }
        )
        for row in rows_of("road_classes")
    }


@cache
def road_numbers() -> tuple[RoadNumber, ...]:
    return tuple(RoadNumber(**row) for row in rows_of("road_numbers"))
