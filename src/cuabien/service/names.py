"""What the keys of run tables are called: sectors, causes, uses of land, stages of a chain, services."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

SECTORS: Mapping[str, str] = {
    "industry": noop("Industry"),
    "services": noop("Services"),
    "construction": noop("Construction"),
    "agriculture": noop("Agriculture, forestry and fishery"),
}
LIMITS: Mapping[str, str] = {
    "labour": noop("Workers"),
    "port": noop("Berths"),
    "fairway": noop("Fairways"),
    "landside": noop("Roads, railways and barges of the port"),
    "airport": noop("Airport"),
    "land": noop("Land of industrial parks"),
    "power": noop("Electricity"),
}
REVENUES: Mapping[str, str] = {
    "domestic": noop("Domestic revenue"),
    "customs": noop("Customs revenue"),
    "other": noop("Other revenue"),
}
CAUSES: Mapping[str, str] = {
    "births": noop("Births"),
    "deaths": noop("Deaths"),
    "arrivals": noop("Arrivals from outside the city, less those who leave it"),
    "moves_within": noop("Moves from other communes, less moves to them"),
}
"""They sum to the change of residents."""
REASONS: Mapping[str, str] = {
    "homes": noop("Homes and room for them"),
    "access": noop("Nearness to jobs and people"),
    "jobs": noop("Jobs"),
}
"""Why arrivals and movers come here rather than elsewhere."""
USES: Mapping[str, str] = {
    "housing": noop("Housing land"),
    "industry": noop("Industrial land"),
    "public": noop("Roads and public land"),
    "farmland": noop("Farmland"),
    "protected": noop("Protected land"),
    "water": noop("Water"),
    "reclaimed": noop("Land won from the sea, not yet used"),
}
MODES: Mapping[str, str] = {
    "road": noop("Road"),
    "rail": noop("Rail"),
    "barge": noop("Barge"),
    "fairway": noop("Sea fairway"),
}
RESTS_ON: Mapping[str, str] = {
    "read": noop("Lanes as the plan's sources give them"),
    "class default": noop("Lanes of its class"),
    "planned, class default": noop("Lanes of its class; nobody has said how wide it will be"),
    "assumed": noop("An assumed capacity"),
}
"""What the capacity of a link behind the port rests on."""
STAGES: Mapping[str, str] = {
    "berth": noop("Berth"),
    "fairway": noop("Fairway"),
    "yard": noop("Yard"),
    "road": noop("Road"),
    "rail": noop("Rail"),
    "barge": noop("Barge"),
    "gate": noop("Gate of the city"),
}
TRIPS: Mapping[str, str] = {
    "motorbike": noop("Motorbike"),
    "car": noop("Car"),
    "bus": noop("Bus"),
    "rail": noop("Train and metro"),
    "ferry": noop("Ferry"),
    "bicycle": noop("Bicycle"),
    "walk": noop("On foot"),
    "none": noop("No way there"),
}
SERVICES: Mapping[str, str] = {
    "kindergarten": noop("Kindergartens"),
    "primary_school": noop("Primary schools"),
    "lower_secondary_school": noop("Lower secondary schools"),
    "upper_secondary_school": noop("Upper secondary schools"),
    "clinic": noop("Health stations"),
    "hospital": noop("Hospitals"),
    "counter": noop("Public service counters"),
    "green_space": noop("Green space"),
}
SERVICE_UNITS: Mapping[str, str] = {
    "kindergarten": noop("places"),
    "primary_school": noop("places"),
    "lower_secondary_school": noop("places"),
    "upper_secondary_school": noop("places"),
    "clinic": noop("stations"),
    "hospital": noop("beds"),
    "counter": noop("counters"),
    "green_space": noop("m²"),
}
ENERGY_USERS: Mapping[str, str] = {
    **SECTORS,
    "households": noop("Households"),
    "transport": noop("Transport"),
    "losses": noop("Losses of the grid"),
    "export": noop("To the national grid"),
    "import": noop("From the national grid"),
}
EMITTERS: Mapping[str, str] = {
    "power": noop("Power plants"),
    "industry": noop("Industry"),
    "transport": noop("Transport"),
    "buildings": noop("Buildings"),
}
PLANT_STATES: Mapping[str, str] = {
    "in use": noop("in use"),
    "partly": noop("partly in use"),
    "not yet": noop("not yet built"),
    "closed": noop("closed"),
}
WHY_UNHOUSED: Mapping[str, str] = {
    "no land left": noop("no land left"),
    "not built yet": noop("not built yet"),
}
PRICE_STATUS: Mapping[str, str] = {
    "at the ceiling": noop("at the ceiling"),
    "at the floor": noop("at the floor"),
    "clears": noop("clears the market"),
}
PHASES: Mapping[str, str] = {
    "existing": noop("existing"),
    "relocate by 2025": noop("to move by 2025"),
    "relocate by 2030": noop("to move by 2030"),
    "plan by 2025": noop("planned by 2025"),
    "plan by 2030": noop("planned by 2030"),
    "plan after 2030": noop("planned after 2030"),
}
UNDERGROUND: Mapping[str, str] = {
    "underground-drawn-only": noop(
        "It is only drawn, not surveyed, so nobody can say whether it meets another work."
    ),
    "underground-depth-missing": noop(
        "Its depth is not known, so nobody can say whether it meets another work."
    ),
}


def called(names: Mapping[str, str], key: str) -> str:
    """What a key is called, for the reader; a key without a name stands as it is."""
    return gettext(names[key]) if key in names else key
