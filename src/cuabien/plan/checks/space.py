"""Rules about zones and areas: do layers agree in space and in years? (Underground: `underground.py`.)

Rules that compare shapes look at official shapes only. Schematic discs and cells are drawn by us; that two of them
overlap says nothing about the ground.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from statistics import median
from typing import Any, get_args

from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from cuabien.base.words import N_, fold
from cuabien.plan import objects as o
from cuabien.plan.checks.register import COUNTS, Context, Found, Rule, in_use_from, overlap
from cuabien.plan.package import Feature

PROTECTED = ("conservation", "relic", "national park", "protective forest")
BUILT = ("industrial", "urban", "spatial", "marine")
RIVALS = ({"industrial", "urban"}, {"industrial", "tourism"})
"""Layers that do not share ground."""
SMALLEST_HA = 1.0
"""Overlaps below this are the width of a drawn line."""
ON_LAND = ("industrial", "urban")
IN_THE_SEA = ("reclamation", "port", "marine", "anchorage", "power plant", "wind")


@cache
def _geod() -> Any:
    import pyproj

    return pyproj.Geod(ellps="WGS84")


def hectares(geometry: BaseGeometry) -> float:
    """Area on the ellipsoid, ha."""
    return float(abs(_geod().geometry_area_perimeter(geometry)[0])) / 1e4


def _years(zone: o.Zone) -> tuple[int | None, int | None]:
    return zone.from_year, zone.to_year


def _official(c: Context) -> list[Feature[o.Zone]]:
    return [
        z
        for z in c.plan.zones.values()
        if z.row.shape == "official" and z.geometry.geom_type in ("Polygon", "MultiPolygon")
    ]


def _overlaps(c: Context) -> Iterator[tuple[o.Zone, o.Zone, float]]:
    """Pairs of official zones that share ground and years, with the shared hectares."""
    zones = _official(c)
    tree = STRtree([zone.geometry for zone in zones])
    for index, zone in enumerate(zones):
        for other in sorted(tree.query(zone.geometry, predicate="intersects")):
            if other > index and overlap(_years(zone.row), _years(zones[other].row)):
                shared = hectares(zone.geometry.intersection(zones[other].geometry))
                if shared > SMALLEST_HA:
                    yield zone.row, zones[other].row, round(shared, 1)


def _is_protected(zone: o.Zone) -> bool:
    return zone.kind in PROTECTED


def built_over_protected(c: Context) -> Iterator[Found]:
    for one, other, shared in _overlaps(c):
        for zone, kept in ((one, other), (other, one)):
            if _is_protected(kept) and not _is_protected(zone) and zone.layer in BUILT:
                yield Found(
                    "zones",
                    zone.id,
                    N_("{shared} ha of it lie in {other}, which is protected"),
                    {"shared": shared, "other": kept.id},
                )


def layers_share_ground(c: Context) -> Iterator[Found]:
    for zone, other, shared in _overlaps(c):
        if {zone.layer, other.layer} in RIVALS:
            yield Found(
                "zones",
                zone.id,
                N_("layer {layer}: {shared} ha of it are {other_layer} in {other} in the same years"),
                {"layer": zone.layer, "shared": shared, "other_layer": other.layer, "other": other.id},
            )


def depth_upside_down(c: Context) -> Iterator[Found]:
    for zone in (z.row for z in c.plan.zones.values()):
        if (
            zone.depth_top_m is not None
            and zone.depth_bottom_m is not None
            and zone.depth_top_m >= zone.depth_bottom_m
        ):
            yield Found(
                "zones",
                zone.id,
                N_("its top at {top} m lies below its bottom at {bottom} m"),
                {"top": zone.depth_top_m, "bottom": zone.depth_bottom_m},
            )


def ends_before_it_begins(c: Context) -> Iterator[Found]:
    for zone in (z.row for z in c.plan.zones.values()):
        if zone.from_year is not None and zone.to_year is not None and zone.to_year < zone.from_year:
            yield Found(
                "zones",
                zone.id,
                N_("it ends in {end} and begins in {begin}"),
                {"end": zone.to_year, "begin": zone.from_year},
            )


def closes_before_project(c: Context) -> Iterator[Found]:
    for zone in (z.row for z in c.plan.zones.values()):
        project = c.plan.projects.get(zone.project or "")
        year = in_use_from(project) if project else None
        if zone.to_year is not None and year is not None and project and zone.to_year < year:
            yield Found(
                "zones",
                zone.id,
                N_("it ends in {end}, before its project {project} is in use in {year}"),
                {"end": zone.to_year, "project": project.id, "year": year},
            )


def operating_in_the_future(c: Context) -> Iterator[Found]:
    for zone in (z.row for z in c.plan.zones.values()):
        if zone.status == "operating" and zone.from_year is not None and zone.from_year > c.today.year:
            yield Found(
                "zones", zone.id, N_("it is operating and begins only in {year}"), {"year": zone.from_year}
            )


def occupied_too_early(c: Context) -> Iterator[Found]:
    for zone in (z.row for z in c.plan.zones.values()):
        ahead = zone.from_year is not None and zone.from_year > c.today.year
        if zone.occupancy_percent and (ahead or zone.status == "planned"):
            yield Found(
                "zones",
                zone.id,
                N_("{percent} percent of it is occupied though it is not open yet"),
                {"percent": zone.occupancy_percent},
            )


def commune_of_other_boundary(c: Context) -> Iterator[Found]:
    for zone in (z.row for z in c.plan.zones.values()):
        area = c.plan.areas.get(zone.commune or "")
        if area is not None and area.boundary != c.plan.header.boundary:
            yield Found(
                "zones",
                zone.id,
                N_("it lies in {area}, which is of the boundary {boundary}, not of the plan's"),
                {"area": area.id, "boundary": area.boundary},
            )


def outside_its_commune(c: Context) -> Iterator[Found]:
    for zone in _official(c):
        home = c.plan.shapes.get(zone.row.commune or "")
        if home is None or home.row.shape != "official":
            continue
        share = hectares(zone.geometry.intersection(home.geometry)) / hectares(zone.geometry)
        if share < 0.5:
            yield Found(
                "zones",
                zone.row.id,
                N_("only {share} percent of it lies in {area}, its commune"),
                {"share": round(100 * share), "area": home.row.id},
            )


def in_the_sea(c: Context) -> Iterator[Found]:
    """Land uses outside every official commune; where a commune is schematic nobody knows the shore."""
    import shapely

    communes = {area.id for area in c.plan.communes}
    shapes = [s for i, s in c.plan.shapes.items() if i in communes]
    if not shapes or any(s.row.shape != "official" for s in shapes):
        return
    land = shapely.union_all([s.geometry for s in shapes])
    for zone in _official(c):
        if zone.row.layer in ON_LAND and not any(word in zone.row.kind for word in IN_THE_SEA):
            outside = 1 - hectares(zone.geometry.intersection(land)) / hectares(zone.geometry)
            if outside > 0.2:
                yield Found(
                    "zones",
                    zone.row.id,
                    N_("{share} percent of it lies outside every commune, in the sea or in another province"),
                    {"share": round(100 * outside)},
                )


def area_not_as_drawn(c: Context) -> Iterator[Found]:
    for zone in _official(c):
        if zone.row.area_ha:
            drawn = hectares(zone.geometry)
            if abs(drawn / zone.row.area_ha - 1) > 0.1:
                yield Found(
                    "zones",
                    zone.row.id,
                    N_("its area is {stated} ha, its outline encloses {drawn} ha"),
                    {"stated": zone.row.area_ha, "drawn": round(drawn, 1)},
                )


def commune_not_as_drawn(c: Context) -> Iterator[Found]:
    for identity, shape in c.plan.shapes.items():
        stated = c.plan.areas[identity].area_km2
        if shape.row.shape == "official" and stated:
            drawn = hectares(shape.geometry) / 100
            if abs(drawn / stated - 1) > 0.05:
                yield Found(
                    "shapes",
                    identity,
                    N_("its area is {stated} km2, its outline encloses {drawn} km2"),
                    {"stated": stated, "drawn": round(drawn, 2)},
                )


def layer_empty(c: Context) -> Iterator[Found]:
    there = {zone.row.layer for zone in c.plan.zones.values()}
    asked = any("layers" in COUNTS[document] for document in COUNTS if document in c.plan.documents)
    for layer in get_args(o.Layer) if asked else ():
        if layer not in there:
            yield Found("zones", None, N_("the layer {layer} holds nothing (no data)"), {"layer": layer})


def drawn_beside_official(c: Context) -> Iterator[Found]:
    """An official zone and a drawn one of one layer and one name: the same land twice, once where we guessed it."""
    rows = [z.row for z in c.plan.zones.values()]
    official = {(z.layer, fold(z.name_vi)): z.id for z in rows if z.shape == "official"}
    for zone in rows:
        other = official.get((zone.layer, fold(zone.name_vi)))
        if zone.shape == "schematic" and other is not None:
            yield Found(
                "zones", zone.id, N_("it is only drawn; {other} of that name is official"), {"other": other}
            )


def far_from_city(c: Context) -> Iterator[Found]:
    """Points far from the middle of the communes; the median does not follow one of them that stands wrong."""
    points = [(a.lon, a.lat) for a in c.plan.communes if a.lon is not None and a.lat is not None]
    if not points:
        return
    lon, lat = (float(median(values)) for values in zip(*points, strict=True))
    rows: list[tuple[str, Any]] = [
        ("areas", a) for a in c.plan.areas.values() if a.lon is not None and a.lat is not None
    ]
    rows += [("nodes", node) for node in c.plan.nodes.values()]
    rows += [("places", place) for place in c.plan.places.values() if place.kind not in LABELS_OF_THE_SEA]
    for table, row in rows:
        km = _km(row.lon, row.lat, lon, lat)
        if km > FARTHEST_KM:
            like_a_latitude = abs(row.lon - lat) < 2  # both swapped are a fault of form: no latitude is 106
            yield Found(
                table,
                row.id,
                LIKE_A_LATITUDE if like_a_latitude else FAR,
                {"lon": row.lon, "lat": row.lat, "km": round(km)},
            )


FARTHEST_KM = 200.0
"""From the middle of the communes: islands and the gates of the network lie within it, another province seldom."""
LABELS_OF_THE_SEA = ("sea", "archipelago")
"""Kinds of place that every map of the country names, wherever the city lies."""
FAR = N_("it stands at {lon}, {lat}, {km} km from the middle of the city")
LIKE_A_LATITUDE = N_(
    "it stands at {lon}, {lat}, {km} km from the middle of the city; its longitude looks like a latitude"
)


def _km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return float(_geod().inv(lon, lat, other_lon, other_lat)[2]) / 1000


def reclaimed_without_project(c: Context) -> Iterator[Found]:
    for zone in (z.row for z in c.plan.zones.values()):
        if zone.kind == "reclamation" and zone.project is None:
            yield Found("zones", zone.id, N_("land is won from the sea here by no project"))


RULES = (
    Rule(
        "built-over-protected",
        "warning",
        N_("Nothing is built in protected areas"),
        N_("Industry or housing in a conservation area breaks one of two designations."),
        N_("Law on Biodiversity 20/2008/QH12 Art. 7 (remembered); official shapes only"),
        N_("move one of the outlines, or cite the decision that changes the protection"),
        built_over_protected,
    ),
    Rule(
        "layers-share-ground",
        "warning",
        N_("Layers that exclude each other do not share ground and years"),
        N_("The same ground cannot be factory and home, or factory and beach, in the same years."),
        N_("directive D2b of the report: six layers that fit together; official shapes only"),
        N_("move an outline, or let one end before the other begins"),
        layers_share_ground,
    ),
    Rule(
        "depth-upside-down",
        "fault",
        N_("The top of a work lies above its bottom"),
        N_("Depths are metres below ground: the bottom is the larger figure."),
        N_("technical: definition (docs/plan-format.md)"),
        N_("swap or correct the two depths"),
        depth_upside_down,
    ),
    Rule(
        "zone-ends-before-it-begins",
        "fault",
        N_("A zone begins before it ends"),
        N_("No future can carry this out."),
        N_("technical: time"),
        N_("correct one of the two years"),
        ends_before_it_begins,
    ),
    Rule(
        "zone-ends-before-project",
        "warning",
        N_("A zone lasts until its project is in use"),
        N_("The project would open where nothing allows it."),
        N_("technical: layers agree in years"),
        N_("let the zone last, or open the project earlier"),
        closes_before_project,
    ),
    Rule(
        "operating-in-the-future",
        "warning",
        N_("What operates has begun"),
        N_("Either the state or the year is wrong."),
        N_("technical: time"),
        N_("correct the state or the year"),
        operating_in_the_future,
    ),
    Rule(
        "occupied-too-early",
        "warning",
        N_("Only open zones are occupied"),
        N_("Occupancy of land that is not open is mostly a pre-lease or a slip."),
        N_("technical: definition of occupancy"),
        N_("correct the figure or the year, or note that it is pre-leased"),
        occupied_too_early,
    ),
    Rule(
        "zone-on-other-boundary",
        "warning",
        N_("Zones lie in communes of the plan's own boundary"),
        N_("What lies in a former unit cannot be joined to new figures."),
        N_("Resolution 1669/NQ-UBTVQH15"),
        N_("name the commune of today"),
        commune_of_other_boundary,
    ),
    Rule(
        "zone-outside-commune",
        "warning",
        N_("A zone lies in the commune that it names"),
        N_("People look for what is planned in their commune."),
        N_("technical: geometry; official shapes only"),
        N_("name the commune in which most of it lies"),
        outside_its_commune,
    ),
    Rule(
        "zone-in-the-sea",
        "warning",
        N_("Industry and housing lie on land"),
        N_("Land outside every commune is sea or another province, unless it is to be reclaimed."),
        N_("technical: geometry; official shapes only"),
        N_("correct the outline, or name it reclamation with its project"),
        in_the_sea,
    ),
    Rule(
        "zone-area-not-as-drawn",
        "warning",
        N_("A zone is as large as it is drawn"),
        N_("One of the two figures would be used for land and the other for the map."),
        N_("technical: geometry, 10 percent; official shapes only"),
        N_("correct the area or the outline"),
        area_not_as_drawn,
    ),
    Rule(
        "commune-area-not-as-drawn",
        "warning",
        N_("A commune is as large as it is drawn"),
        N_("Densities use the stated area; tidal flats and reclaimed land are often missing in outlines."),
        N_("technical: geometry, 5 percent; official shapes only"),
        N_("take both from one source, or note why they differ"),
        commune_not_as_drawn,
    ),
    Rule(
        "layer-empty",
        "warning",
        N_("Each of the six layers holds something"),
        N_("The plan for the future has to have six layers; an empty one says that nothing is known."),
        N_("directive D2b of the report: urban, industrial, tourism, marine economy, underground, spatial"),
        N_("`cuabien import layers FILE` fills a layer"),
        layer_empty,
    ),
    Rule(
        "far-from-city",
        "fault",
        N_("Everything lies in the city or near it"),
        N_("Trips to a place in another country are never made; the figure is a slip."),
        N_("technical: 200 km from the middle of the communes; seas and archipelagos on the map apart"),
        N_(
            "write lon (about 102 to 110 in Việt Nam) and lat (8 to 24) in degrees; `cuabien import` converts VN-2000"
        ),
        far_from_city,
    ),
    Rule(
        "zone-drawn-and-official",
        "warning",
        N_("No zone stands twice, drawn and official"),
        N_("The land would be counted twice, once where it was only guessed."),
        N_("technical: one designation, one zone"),
        N_("remove the drawn one, or give the two names that tell them apart"),
        drawn_beside_official,
    ),
    Rule(
        "reclamation-without-project",
        "warning",
        N_("Reclaimed land belongs to a project"),
        N_("Land is won from the sea by somebody, at a cost and after an assessment."),
        N_("Land Law 31/2024/QH15 Art. 190 (remembered)"),
        N_("name the project"),
        reclaimed_without_project,
    ),
)
