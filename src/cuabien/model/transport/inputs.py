"""What the transport subject takes from a plan, and what it says when something is missing."""

from __future__ import annotations

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.model import berths, landside
from cuabien.model.links import CAPACITIES, KINDS, TRUCKS, is_driven
from cuabien.model.opening import link_years
from cuabien.model.parameters import Need, Parameters
from cuabien.model.variables import PURPOSES, TRAVEL_MODES
from cuabien.plan.package import Plan

ROADS = (
    *CAPACITIES,
    *(Need(f"transport.free_speed_share_{kind}", 0.0, 1.2, open_below=True) for kind in KINDS),
    Need("transport.speed_when_blank_kmh", 0.0, 150.0, open_below=True),
    Need("transport.bpr_alpha", 0.0, 10.0),
    Need("transport.bpr_power", 1.0, 20.0),
    Need("transport.ferry_queue_slope", 1.1, 50.0),
    Need("transport.ferry_speed_kmh", 0.0, 100.0, open_below=True),
    Need("transport.ferry_wait_min", 0.0, 600.0),
    Need("transport.ferry_longest_wait_min", 0.0, 1200.0, open_below=True),
    Need("transport.motorbike_top_speed_kmh", 0.0, 200.0, open_below=True),
    Need("transport.truck_top_speed_kmh", 0.0, 200.0, open_below=True),
    Need("transport.local_speed_kmh", 0.0, 100.0, open_below=True),
    Need("transport.detour", 1.0, 5.0),
    Need("transport.connector_reach_km", 0.0, 500.0, open_below=True),
    Need("transport.intrazonal_share", 0.0, 2.0, open_below=True),
)
TRIPS = (
    Need("transport.trip_rate", 0.0, 20.0),
    Need("transport.work_attendance", 0.0, 1.0),
    Need("transport.school_attendance", 0.0, 1.0),
    Need("transport.errands_to_services_share", 0.0, 1.0),
    *(Need(f"transport.decay_{purpose}", 0.0, 0.2, open_below=True) for purpose in PURPOSES),
)
PEAK = (
    *(Need(f"transport.peak_out_{purpose}", 0.0, 1.0) for purpose in PURPOSES),
    *(Need(f"transport.peak_back_{purpose}", 0.0, 1.0) for purpose in PURPOSES),
    Need("transport.persons_per_motorbike", 0.0, 10.0, open_below=True),
    Need("transport.persons_per_car", 0.0, 20.0, open_below=True),
    Need("transport.persons_per_bus", 0.0, 200.0, open_below=True),
    Need("transport.pcu_motorbike", 0.0, 5.0, open_below=True),
    Need("transport.pcu_bus", 0.0, 20.0, open_below=True),
)
MODES = (
    Need("transport.mode_scale", 0.0, 0.2, open_below=True),
    *(Need(f"transport.constant_{mode}", -20.0, 20.0) for mode in TRAVEL_MODES if mode != "motorbike"),
    Need("transport.motorbikes_per_1000", 0.0, 3000.0),
    Need("transport.cars_per_1000", 0.0, 3000.0),
    Need("transport.value_of_time_vnd_min", 0.0, 1e6, open_below=True),
    Need("transport.motorbike_vnd_km", 0.0, 1e6),
    Need("transport.car_vnd_km", 0.0, 1e6),
    Need("transport.bus_fare_vnd", 0.0, 1e7),
    Need("transport.bus_vnd_km", 0.0, 1e6),
    Need("transport.rail_fare_vnd", 0.0, 1e7),
    Need("transport.rail_vnd_km", 0.0, 1e6),
    Need("transport.ferry_fare_vnd", 0.0, 1e7),
    Need("transport.walk_speed_kmh", 0.0, 20.0, open_below=True),
    Need("transport.bicycle_speed_kmh", 0.0, 50.0, open_below=True),
    Need("transport.motorbike_ready_min", 0.0, 60.0),
    Need("transport.car_ready_min", 0.0, 60.0),
    Need("transport.wait_weight", 0.0, 10.0),
    Need("transport.bus_access_min", 0.0, 240.0),
    Need("transport.bus_headway_min", 0.0, 1440.0),
    Need("transport.bus_slower", 1.0, 10.0),
    Need("transport.rail_headway_min", 0.0, 1440.0),
    Need("transport.rail_speed_share", 0.0, 1.0, open_below=True),
    Need("transport.rail_speed_when_blank_kmh", 0.0, 400.0, open_below=True),
    Need("transport.boat_speed_kmh", 0.0, 100.0, open_below=True),
    Need("transport.boat_headway_min", 0.0, 1440.0),
    Need("transport.stop_access_speed_kmh", 0.0, 100.0, open_below=True),
    Need("transport.stop_reach_km", 0.0, 100.0),
    Need("transport.transfer_min", 0.0, 120.0),
    Need("transport.longest_day_trip_min", 0.0, 1440.0, open_below=True),
)
FREIGHT = (
    Need("transport.port_local_share", 0.0, 1.0),
    Need("transport.industry_mt_per_trillion", 0.0, 100.0),
    *TRUCKS,
    Need("transport.gate_decay", 0.0, 1.0),
    Need("transport.haul_beyond_gate_km", 0.0, 5000.0),
    *(Need(f"transport.freight_vnd_tkm_{mode}", 0.0, 1e5) for mode in ("road", "rail", "barge")),
    *(Need(f"transport.freight_handling_vnd_t_{mode}", 0.0, 1e7) for mode in ("rail", "barge")),
    Need("transport.freight_vnd_tonne_hour", 0.0, 1e6),
    Need("transport.freight_scale", 0.0, 1.0, open_below=True),
    *(Need(f"transport.freight_constant_{mode}", -20.0, 20.0) for mode in ("rail", "barge")),
    Need("transport.freight_rail_speed_kmh", 0.0, 300.0, open_below=True),
    Need("transport.freight_barge_speed_kmh", 0.0, 100.0, open_below=True),
)


def needs(plan: Plan) -> tuple[Need, ...]:
    """Every parameter that the subject reads."""
    return (*ROADS, *TRIPS, *PEAK, *MODES, *FREIGHT, *berths.NEEDS, *landside.SHARES)


def _no_roads(plan: Plan) -> list[Fault]:
    """A plan without a road, or with a modelled year in which none is open."""
    remedy = N_("add the roads of the city, or take the transport parameters out of parameters.toml")
    roads = [link.id for link in plan.links.values() if is_driven(link)]
    if not roads:
        return [
            Fault(
                "no-roads",
                "map/links.csv",
                N_("the plan has no road, and nobody can travel"),
                remedy,
            )
        ]
    spans = link_years(plan)
    for year in range(plan.header.base_year, plan.header.horizon + 1):
        if not any(spans[road][0] <= year < spans[road][1] for road in roads):
            return [
                Fault(
                    "no-roads",
                    "map/links.csv",
                    N_("in {year} no road of the plan is open, and nobody can travel"),
                    remedy,
                    values={"year": year},
                )
            ]
    return []


def faults(plan: Plan) -> list[Fault]:
    """What keeps the roads from being modelled, and what would turn choices upside down."""
    p = Parameters(plan.parameters)
    scale = p("transport.mode_scale")
    decays = {name: p(name) for name in (f"transport.decay_{purpose}" for purpose in PURPOSES)}
    found = [
        Fault(
            "decay-above-scale",
            "parameters.toml",
            N_("{name} = {value} is above transport.mode_scale = {scale}"),
            N_(
                "choose it at most as large: a place would otherwise lose visitors when one more mode serves it"
            ),
            name,
            values={"name": name, "value": decay, "scale": scale},
        )
        for name, decay in decays.items()
        if decay > scale
    ]
    found += _no_roads(plan)
    found += [
        Fault(
            "commune-without-centre",
            "areas.csv",
            N_("{name} has no point on the map and cannot be joined to the roads"),
            N_("give its longitude and latitude"),
            commune.id,
            values={"name": commune.name_vi},
        )
        for commune in plan.communes
        if commune.lon is None or commune.lat is None
    ]
    return found
