"""The roads of a plan out of the ways of OpenStreetMap: split where roads meet, merged where none does.

    ways -> what may be driven -> stretches between junctions -> the part in which every place reaches every other
         -> chains of stretches that differ in nothing -> nodes and links, beside what the plan knows better

The plan keeps what no map of today holds: planned links, links of projects, ferries, and roads where the file has none.
Where a road that is replaced met something that stays, a short link joins the two; its length is assumed and told.
Nothing is lost silently: the report gives every way that was left out, and why. See docs/decisions/0023.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.geo.joining import GLOBE, elsewhere, source_of, surroundings
from cuabien.geo.osm import Node, Read, Way, level
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.references import nodes_in_use
from cuabien.standards.roads import RoadClass, road_classes, road_numbers

LICENCE = "ODbL 1.0, © OpenStreetMap contributors"
COVERED_KM = 1.0
"""A road of the plan gives way when both of its ends lie nearer than this to a road of its family in the file."""
LEAST_PART_KM = 10.0
"""Nothing of the plan is joined to a piece of road network that is shorter."""
JOINING_DETOUR = 1.3
"""Way over straight line of a joining link; assumed."""
SIMPLIFIED_DEGREES = 0.00003
"""About 3 m: what a course may lose of its bends. Lengths are measured before."""
WINDING, WINDING_KM = 3.5, 0.9
"""A link that is longer than so many times the straight line, and so much more, gets a node at its middle."""
FASTEST_KMH, SLOWEST_KMH = 120.0, 5.0
MOST_LANES = 12
MILE_KM = 1.609344
IMPLIED_KMH = {"VN:urban": 50.0, "VN:rural": 80.0, "VN:motorway": 120.0}
"""Speeds that a map may name by the rule instead of the number; general knowledge of the Vietnamese rules, assumed."""

WHY = {
    "no-road": N_("no road and no ferry"),
    "not-a-line": N_("its shape is no line"),
    "too-few-nodes": N_("fewer than two places of it are known"),
    "not-open": N_("planned, under construction or given up"),
    "no-vehicles": N_("no road for vehicles with four wheels: path, steps, track, or closed to cars"),
    "area": N_("a square or yard that is drawn as an area"),
    "local": N_("a local street; the connectors of the communes stand for it"),
    "closed": N_("closed to the public: access no or private"),
    "unknown-class": N_("its class is none that the table of road classes knows"),
    "not-connected": N_("its places cannot be reached from the main network and back"),
}
"""Why a way is left out."""
NOT_OPEN = ("construction", "proposed", "planned", "abandoned", "razed", "disused")
NO_VEHICLES = (
    *("footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor", "track"),
    *("platform", "elevator", "raceway", "bus_guideway", "busway", "via_ferrata", "crossing", "rest_area", "services"),
)  # fmt: skip
SHUT = ("no", "private", "military", "agricultural", "forestry", "delivery", "emergency")


@dataclass(frozen=True)
class Kind:
    """All in which two stretches of road may differ."""

    mode: str
    link_class: str
    name: str | None
    lanes: float | None
    speed: float | None
    read: bool
    one_way: bool
    motorbikes: bool | None
    toll: bool | None
    bridge: bool | None
    level: int
    express: bool


@dataclass(frozen=True)
class Stretch:
    nodes: tuple[Node, ...]
    kind: Kind
    ways: tuple[str, ...]


@dataclass
class RoadReport:
    """What became of the file, and of the plan's roads."""

    ways: int = 0
    """Ways of the file that are in the network."""
    nodes: int = 0
    links: int = 0
    km: float = 0.0
    one_way: int = 0
    bridges: int = 0
    ferries: int = 0
    dropped: dict[str, list[str]] = field(default_factory=dict)
    """Reason (a key of `WHY`) -> ways."""
    assumed: dict[str, int] = field(default_factory=dict)
    """Column -> links whose figure is the default of their class."""
    replaced: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Roads and ferries of the plan that gave way, and that stay."""
    joined: list[dict[str, str | float]] = field(default_factory=list)
    """Places of the plan joined to the imported roads: node and km."""
    unjoined: list[str] = field(default_factory=list)
    restrictions: int = 0
    faults: list[Fault] = field(default_factory=list)

    def drop(self, rule: str, way: str) -> None:
        ways = self.dropped.setdefault(rule, [])
        if way not in ways[-50:]:
            ways.append(way)


def import_roads(
    plan: Plan, found: Read, file: Path, *, down_to: str = "tertiary"
) -> tuple[Plan, RoadReport]:
    """The plan on the roads of the file, and the report. `down_to`: the least class of road that is taken."""
    report = RoadReport(restrictions=found.restrictions, faults=list(found.faults))
    for rule, way in found.dropped:
        report.drop(rule, way)
    if not found.tagged and found.ways:
        report.faults.append(_unsaid(file.name))
    driven = _driven(found, file.name, road_classes()[down_to].rank, report)
    if not driven:
        raise UnusableInput([_no_roads(file.name)])
    _check_place(plan, driven, found.at, file.name)

    parts = _parts(_split(driven, set()))
    replaced, kept = _given_way(plan, driven, found.at)
    joints = _joints(plan, replaced, kept)
    at_road, joined = _nearest(plan, joints, driven, found.at, parts, report)
    stretches = _split(driven, set(at_road.values()))
    stretches = _main_part(stretches, plan, kept, at_road, report)
    in_use = {n for s in stretches for n in (s.nodes[0], s.nodes[-1])}
    chains = _merged(stretches, {n for n in at_road.values() if n in in_use})
    chains = [piece for chain in chains for piece in _bent(chain, found.at)]

    source = source_of(file, "Mạng lưới đường từ OpenStreetMap").model_copy(update={"licence": LICENCE})
    nodes, links = _rows(plan, chains, found.at, source.id)
    links |= _joining(plan, at_road, joined, chains, found.at, source.id, report)
    after = _with_roads(plan, source, nodes, links, replaced)
    report.replaced, report.kept = tuple(sorted(replaced)), tuple(sorted(kept))
    report.ways = len({w for c in chains for w in c.ways})
    report.nodes, report.links = len(nodes), len(links)
    report.km = round(sum(link.length_km for link in links.values()), 1)
    report.one_way = sum(bool(link.one_way) for link in links.values())
    report.bridges = sum(bool(link.bridge) for link in links.values())
    report.ferries = sum(link.mode == "ferry" for link in links.values())
    return after, report


# ---- what may be driven -------------------------------------------------------------------------------------


def _driven(found: Read, file: str, least: int, report: RoadReport) -> list[Stretch]:
    """The ways that vehicles use, each with its kind, one-way ones in their direction."""
    driven = []
    for way in found.ways:
        rule = _left_out(way.tags, least)
        if rule:
            report.drop(rule, way.id)
            continue
        backward = way.tags.get("oneway") in ("-1", "reverse")
        kind = _kind(way, file, report)
        driven.append(Stretch(way.nodes[::-1] if backward else way.nodes, kind, (way.id,)))
    return driven


def _left_out(tags: Mapping[str, str], least: int) -> str | None:
    """Why a way is not taken; None: it is."""
    highway = tags.get("highway")
    if _is_shut(tags):
        return "closed" if tags.get("access") in SHUT or tags.get("vehicle") in SHUT else "no-vehicles"
    if tags.get("route") == "ferry" and highway is None:
        return None
    if tags.get("area") == "yes":
        return "area"
    if highway in NOT_OPEN:
        return "not-open"
    if highway in NO_VEHICLES:
        return "no-vehicles"
    known = road_classes().get(highway or "")
    if known is None:
        return "unknown-class"
    return "local" if known.rank > least else None


def _is_shut(tags: Mapping[str, str]) -> bool:
    """Whether cars may not use it: the narrowest word that is said counts."""
    if tags.get("route") == "ferry":
        return tags.get("access") in SHUT
    said = next((tags[k] for k in ("motorcar", "motor_vehicle", "vehicle", "access") if k in tags), "yes")
    return said in SHUT


def _kind(way: Way, file: str, report: RoadReport) -> Kind:
    tags = way.tags
    name = " - ".join(dict.fromkeys(t for t in (tags.get("ref", ""), tags.get("name", "")) if t)) or None
    toll = {"yes": True, "no": False}.get(tags.get("toll", ""))
    if tags.get("route") == "ferry" and "highway" not in tags:
        with_cars = any(tags.get(k) in ("yes", "designated") for k in ("motorcar", "motor_vehicle"))
        link_class = "car ferry" if with_cars else "passenger boat"
        return Kind("ferry", link_class, name, None, None, False, False, None, toll, None, 0, False)
    known = road_classes()[tags["highway"]]
    one_way = _is_one_way(way, known, file, report)
    lanes, speed = _lanes(way, file, report), _speed(way, file, report)
    express = known.link_class.startswith("expressway") or tags.get("motorroad") == "yes"
    bikes = False if tags.get("motorcycle") in SHUT or tags.get("motorroad") == "yes" else None
    return Kind(
        "road",
        "expressway" if express and "ramp" not in known.link_class else _class_of(known, tags),
        name,
        lanes or (known.lanes_one_way if one_way else known.lanes_two_way),
        speed or known.speed_kmh,
        lanes is not None and speed is not None,
        one_way,
        bikes,
        toll,
        True if tags.get("bridge", "no") != "no" else None,
        level(tags),
        express,
    )


def _class_of(known: RoadClass, tags: Mapping[str, str]) -> str:
    """National, provincial and district roads by their number; the class of the map, else."""
    ref = re.sub(
        r"[^A-ZĐ]", "", tags.get("ref", "").split(";")[0].upper().replace("DT", "ĐT").replace("DH", "ĐH")
    )
    numbered = next((n for n in road_numbers() if ref == n.prefix), None)
    return numbered.link_class if numbered and "ramp" not in known.link_class else known.link_class


def _is_one_way(way: Way, known: RoadClass, file: str, report: RoadReport) -> bool:
    said = way.tags.get("oneway")
    if said in ("yes", "1", "true", "-1", "reverse"):
        return True
    if said in ("no", "0", "false"):
        return False
    if said is not None:
        report.faults.append(
            _broken(file, way, "oneway", said, N_("write yes, no or -1; it counts as not said"))
        )
    return known.one_way or way.tags.get("junction") in ("roundabout", "circular")


def _lanes(way: Way, file: str, report: RoadReport) -> float | None:
    said = way.tags.get("lanes")
    if said is None:
        return None
    if re.fullmatch(r"\d{1,2}(\.5)?", said) and 1 <= float(said) <= MOST_LANES:
        return float(said)
    report.faults.append(
        _broken(file, way, "lanes", said, N_("write a number from 1 to 12; the default of its class holds"))
    )
    return None


def _speed(way: Way, file: str, report: RoadReport) -> float | None:
    """km/h: 60, "60 km/h", "40 mph", or a rule by name."""
    said = way.tags.get("maxspeed")
    if said is None:
        return None
    if said in IMPLIED_KMH:
        return IMPLIED_KMH[said]
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?) ?(km/h|kmh|kph|mph)?", said)
    speed = float(match[1]) * (MILE_KM if match[2] == "mph" else 1.0) if match else 0.0
    if SLOWEST_KMH <= speed <= FASTEST_KMH:
        return round(speed, 1)
    report.faults.append(
        _broken(
            file,
            way,
            "maxspeed",
            said,
            N_("write 5 to 120, in km/h or with mph; the default of its class holds"),
        )
    )
    return None


# ---- stretches and the part that hangs together -------------------------------------------------------------


def _split(driven: Sequence[Stretch], forced: set[Node]) -> list[Stretch]:
    """Cut at every node that ends a way, that two ways share, or that must be one."""
    uses = Counter(n for s in driven for n in s.nodes)
    cuts = {n for n, count in uses.items() if count > 1} | forced
    cuts |= {n for s in driven for n in (s.nodes[0], s.nodes[-1])}
    found = []
    for s in driven:
        start = 0
        for i in range(1, len(s.nodes)):
            if s.nodes[i] in cuts:
                found.append(replace(s, nodes=s.nodes[start : i + 1]))
                start = i
    return found


def _parts(
    stretches: Sequence[Stretch], more: Iterable[tuple[Node | str, Node | str]] = ()
) -> dict[Node | str, int]:
    """Node -> the number of its strongly connected part; each of them reaches every other in it and is reached."""
    ends: list[tuple[Node | str, Node | str]] = []
    for s in stretches:
        ends.append((s.nodes[0], s.nodes[-1]))
        if not s.kind.one_way:
            ends.append((s.nodes[-1], s.nodes[0]))
    for a, b in more:
        ends += [(a, b), (b, a)]
    number: dict[Node | str, int] = {}
    for pair in ends:
        for n in pair:
            number.setdefault(n, len(number))
    rows, columns = [number[a] for a, _ in ends], [number[b] for _, b in ends]
    graph = coo_array((np.ones(len(ends)), (rows, columns)), shape=(len(number), len(number)))
    _, label = connected_components(graph, directed=True, connection="strong")
    return {n: int(label[i]) for n, i in number.items()}


def _main_part(
    stretches: list[Stretch], plan: Plan, kept: set[str], at_road: Mapping[str, Node], report: RoadReport
) -> list[Stretch]:
    """The largest strongly connected part, counted with what the plan keeps; the ways of the rest are told."""
    stays = [plan.links[i] for i in kept if "(closed)" not in plan.links[i].link_class]
    more: list[tuple[Node | str, Node | str]] = [(k.from_node, k.to_node) for k in stays]
    more += list(at_road.items())
    roads = [s for s in stretches if s.kind.mode == "road" or s.kind.link_class == "car ferry"]
    part = _parts(roads, more)
    size = Counter(part[s.nodes[0]] for s in roads if part[s.nodes[0]] == part[s.nodes[-1]])
    largest = max(sorted(size), key=lambda p: size[p]) if size else -1

    def is_in(s: Stretch) -> bool:
        return part.get(s.nodes[0]) == largest and part.get(s.nodes[-1]) == largest

    boats = [s for s in stretches if s.kind.mode == "ferry" and s.kind.link_class != "car ferry"]
    for s in roads:
        if not is_in(s):
            report.drop("not-connected", s.ways[0])
    return [s for s in roads if is_in(s)] + boats


def _merged(stretches: Sequence[Stretch], forced: set[Node]) -> list[Stretch]:
    """Chains through nodes at which exactly two stretches of one kind meet, and a driver has no choice."""
    at: dict[Node, list[int]] = defaultdict(list)
    for i, s in enumerate(stretches):
        for n in (s.nodes[0], s.nodes[-1]):
            at[n].append(i)

    def goes_on(node: Node) -> bool:
        here = at[node]
        if node in forced or len(here) != 2 or here[0] == here[1]:
            return False
        one, two = (stretches[i] for i in here)
        if one.kind != two.kind:
            return False
        return not one.kind.one_way or (one.nodes[-1] == node) != (two.nodes[-1] == node)

    through = {n for n in at if goes_on(n)}
    done: set[int] = set()
    found = []
    # Begin where a chain ends; what is left then are rings, which begin anywhere.
    order = sorted(
        range(len(stretches)), key=lambda i: {stretches[i].nodes[0], stretches[i].nodes[-1]} <= through
    )
    for i in order:
        if i in done:
            continue
        first = stretches[i]
        nodes = first.nodes
        if nodes[0] in through and nodes[-1] not in through and not first.kind.one_way:
            nodes = nodes[::-1]
        done.add(i)
        ways = list(first.ways)
        for forward in (True, False):
            end = nodes[-1] if forward else nodes[0]
            while end in through:
                following = next((j for j in at[end] if j not in done), None)
                if following is None:
                    break
                done.add(following)
                more = stretches[following].nodes
                if forward:
                    nodes = nodes + (more if more[0] == end else more[::-1])[1:]
                    end = nodes[-1]
                else:
                    nodes = (more if more[-1] == end else more[::-1])[:-1] + nodes
                    end = nodes[0]
                ways += stretches[following].ways
        found.append(Stretch(nodes, first.kind, tuple(dict.fromkeys(ways))))
    return found


def _bent(chain: Stretch, at: Mapping[Node, tuple[float, float]]) -> list[Stretch]:
    """A chain that winds far more than a link may, or ends where it begins, in two."""
    straight = _km([at[chain.nodes[0]], at[chain.nodes[-1]]])
    middle = len(chain.nodes) // 2
    if len(chain.nodes) < 3 or _km([at[n] for n in chain.nodes]) <= WINDING * straight + WINDING_KM * (
        straight > 0
    ):
        return [chain]
    halves = replace(chain, nodes=chain.nodes[: middle + 1]), replace(chain, nodes=chain.nodes[middle:])
    return [piece for half in halves for piece in _bent(half, at)]


def _km(points: Sequence[tuple[float, float]]) -> float:
    """Length on the ellipsoid (km)."""
    lon, lat = zip(*points, strict=True)
    return float(GLOBE.line_length(lon, lat)) / 1000


# ---- what the plan keeps, and where it joins ----------------------------------------------------------------


def _given_way(
    plan: Plan, driven: Sequence[Stretch], at: Mapping[Node, tuple[float, float]]
) -> tuple[set[str], set[str]]:
    """(roads of the plan that the file replaces, roads and car ferries that stay)."""
    near: dict[bool, cKDTree | None] = {}
    for express in (False, True):
        places = [
            at[n] for s in driven if s.kind.mode == "road" and s.kind.express == express for n in s.nodes
        ]
        near[express] = cKDTree(_plane(places)) if places else None
    replaced: set[str] = set()
    kept: set[str] = set()
    for link in plan.links.values():
        if link.mode == "ferry" and link.link_class.startswith("car ferry"):
            kept.add(link.id)
        if link.mode != "road":
            continue
        tree = near[link.link_class.startswith("expressway")]
        of_today = link.opens is None and link.closes is None and link.project is None
        ends = _plane([(plan.nodes[n].lon, plan.nodes[n].lat) for n in (link.from_node, link.to_node)])
        covered = tree is not None and bool(np.all(tree.query(ends)[0] <= COVERED_KM))
        (replaced if of_today and covered else kept).add(link.id)
    return replaced, kept


def _plane(points: Sequence[tuple[float, float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Kilometres east and north, good enough to find what is near."""
    degrees = np.array(points, dtype=np.float64).reshape(-1, 2)
    return np.asarray(degrees * [111.32 * math.cos(math.radians(20.8)), 110.7])


def _joints(plan: Plan, replaced: set[str], kept: set[str]) -> list[str]:
    """Nodes where a road that is replaced met something that stays: a kept link, a terminal, a gate of the city."""
    left = {n for i in replaced for n in (plan.links[i].from_node, plan.links[i].to_node)}
    stays = {n for i in kept for n in (plan.links[i].from_node, plan.links[i].to_node)}
    stays |= {t.road_node for t in plan.terminals.values() if t.road_node}
    stays |= {n for n in left if plan.nodes[n].kind == "gate_of_city"}
    return sorted(left & stays)


def _nearest(
    plan: Plan,
    joints: Sequence[str],
    driven: Sequence[Stretch],
    at: Mapping[Node, tuple[float, float]],
    parts: Mapping[Node | str, int],
    report: RoadReport,
) -> tuple[dict[str, Node], dict[str, float]]:
    """(node of the plan -> place on the nearest road, and the straight km), on roads that lead somewhere."""
    km: Counter[int] = Counter()
    for s in driven:
        km[parts[s.nodes[0]]] += _km([at[n] for n in s.nodes])  # type: ignore[assignment]
    roads = [
        s
        for s in driven
        if s.kind.mode == "road" and not s.kind.express and km[parts[s.nodes[0]]] >= LEAST_PART_KM
    ]
    roads = roads or [s for s in driven if s.kind.mode == "road"]
    places = sorted({n for s in roads for n in s.nodes}, key=lambda n: at[n])
    tree = cKDTree(_plane([at[n] for n in places]))
    found, straight = {}, {}
    for joint in joints:
        here = plan.nodes[joint]
        _, index = tree.query(_plane([(here.lon, here.lat)])[0])
        place = places[int(index)]
        found[joint], straight[joint] = place, _km([(here.lon, here.lat), at[place]])
    return found, straight


# ---- rows of the plan ---------------------------------------------------------------------------------------


def _node_id(node: Node) -> str:
    return (
        f"osm-n{node}"
        if isinstance(node, int)
        else f"osm-{node[0]:.9f}_{node[1]:.9f}".replace("-", "m").replace("osmm", "osm-")
    )


def _rows(
    plan: Plan, chains: Sequence[Stretch], at: Mapping[Node, tuple[float, float]], source: str
) -> tuple[dict[str, o.Node], dict[str, o.Link]]:
    outlines = [f.geometry for f in plan.shapes.values() if f.row.id in {a.id for a in plan.communes}]
    city = shapely.union_all(outlines, grid_size=1e-6) if outlines else None
    names: dict[Node, list[str]] = defaultdict(list)
    for chain in chains:
        for n in (chain.nodes[0], chain.nodes[-1]):
            if chain.kind.name and chain.kind.name not in names[n]:
                names[n].append(chain.kind.name)
    ends = list(dict.fromkeys(n for c in chains for n in (c.nodes[0], c.nodes[-1])))
    inside = shapely.contains_xy(city, [at[n] for n in ends]) if city is not None else [True] * len(ends)
    nodes = {
        _node_id(n): o.Node(
            id=_node_id(n),
            name_vi=" / ".join(names[n])[:200] or _node_id(n),
            kind="junction",
            lon=round(at[n][0], 6),
            lat=round(at[n][1], 6),
            in_city=bool(is_in),
            source=source,
            confidence="source read",
        )
        for n, is_in in zip(ends, inside, strict=True)
    }
    count: Counter[str] = Counter()
    links = {}
    for chain in chains:
        count[chain.ways[0]] += 1
        identity = f"osm-w{chain.ways[0]}-{count[chain.ways[0]]}"
        links[identity] = _link(identity, chain, [at[n] for n in chain.nodes], source)
    return nodes, links


def _link(identity: str, chain: Stretch, points: list[tuple[float, float]], source: str) -> o.Link:
    kind = chain.kind
    course = shapely.LineString(
        shapely.get_coordinates(shapely.LineString(points).simplify(SIMPLIFIED_DEGREES))
    )
    told = (
        "" if kind.read or kind.mode == "ferry" else "; lanes or speed are the default of the class, assumed"
    )
    return o.Link(
        id=identity,
        from_node=_node_id(chain.nodes[0]),
        to_node=_node_id(chain.nodes[-1]),
        name_vi=kind.name,
        mode=kind.mode,
        link_class=kind.link_class,
        lanes=kind.lanes,
        length_km=max(round(_km(points), 4), 0.0001),
        design_speed_kmh=kind.speed,
        toll=kind.toll,
        bridge=kind.bridge,
        one_way=True if kind.one_way else None,
        motorbikes=kind.motorbikes,
        attributes="read" if kind.read else "class default",
        source=source,
        confidence="source read",
        note=("OpenStreetMap ways " + ", ".join(chain.ways))[:3800] + told,
        geometry=_words(course) if len(course.coords) > 2 else None,
    )


def _words(line: shapely.LineString) -> str:
    return "LINESTRING (" + ", ".join(f"{x:.6f} {y:.6f}" for x, y in line.coords) + ")"


def _joining(
    plan: Plan,
    at_road: Mapping[str, Node],
    straight: Mapping[str, float],
    chains: Sequence[Stretch],
    at: Mapping[Node, tuple[float, float]],
    source: str,
    report: RoadReport,
) -> dict[str, o.Link]:
    """A link from each place of the plan to the road beside it, as wide and fast as that road is both ways together."""
    beside: dict[Node, Kind] = {}
    for chain in chains:
        for n in (chain.nodes[0], chain.nodes[-1]):
            if chain.kind.mode == "road" and (
                n not in beside or (chain.kind.lanes or 0) > (beside[n].lanes or 0)
            ):
                beside[n] = chain.kind
    found = {}
    for joint, place in at_road.items():
        if place not in beside:
            report.unjoined.append(joint)
            continue
        kind = beside[place]
        lanes = kind.lanes * (2 if kind.one_way else 1) if kind.lanes else None
        identity = f"osm-join-{joint}"
        length = max(round(straight[joint] * JOINING_DETOUR, 3), 0.01)
        found[identity] = o.Link(
            id=identity,
            from_node=joint,
            to_node=_node_id(place),
            name_vi=plan.nodes[joint].name_vi,
            mode="road",
            link_class=kind.link_class,
            lanes=lanes,
            length_km=length,
            design_speed_kmh=kind.speed,
            attributes="class default",
            source=source,
            confidence="general knowledge, low",
            note="joins a place of the plan to the nearest imported road; assumed: 1.3 times the straight line (1 to 2)",
        )
        report.joined.append({"node": joint, "name": plan.nodes[joint].name_vi, "km": length})
    return found


def _with_roads(
    plan: Plan, source: o.Source, nodes: dict[str, o.Node], links: dict[str, o.Link], replaced: set[str]
) -> Plan:
    """The plan without the roads that gave way and the nodes that only they used."""
    stay = {i: k for i, k in plan.links.items() if i not in replaced and i not in links}
    all_links = {**stay, **links}
    used = nodes_in_use(replace(plan, links=all_links))
    freed = {n for i in replaced for n in (plan.links[i].from_node, plan.links[i].to_node)} - used
    all_nodes = {**{i: n for i, n in plan.nodes.items() if i not in freed}, **nodes}
    return replace(plan, sources={**plan.sources, source.id: source}, nodes=all_nodes, links=all_links)


# ---- what is told -------------------------------------------------------------------------------------------


def _broken(file: str, way: Way, tag: str, value: str, remedy: str) -> Fault:
    return Fault(
        f"bad-{tag}",
        file,
        N_('the way {way} has {tag} = "{value}", which cannot be read'),
        remedy,
        f"way {way.id}",
        "warning",
        {"way": way.id, "tag": tag, "value": value},
    )


def _unsaid(file: str) -> Fault:
    return Fault(
        "no-oneway",
        file,
        N_(
            "the file says of no road whether it is one-way; all but expressways and roundabouts count as two-way"
        ),
        N_("take an extract with the tag oneway: divided roads have twice their capacity here"),
        severity="warning",
    )


def _no_roads(file: str) -> Fault:
    return Fault(
        "no-roads",
        file,
        N_("the file holds no road of the classes that are taken"),
        N_("take another file, or lower classes with --down-to"),
    )


def _check_place(
    plan: Plan, driven: Sequence[Stretch], at: Mapping[Node, tuple[float, float]], file: str
) -> None:
    """A file of another city is the wrong file."""
    west, south, east, north = surroundings(plan)
    points = np.array([at[n] for s in driven for n in (s.nodes[0], s.nodes[-1])])
    lon, lat = points.T
    away = ~((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    if away.mean() > 0.5:
        raise UnusableInput([elsewhere(file, *(round(float(x), 3) for x in points[away][0]))])
