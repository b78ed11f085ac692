"""Read roads and ferries out of OpenStreetMap: a file of its own (XML, PBF), or its ways as GeoJSON.

What comes out is ways as sequences of nodes. In a file of OpenStreetMap a node is known by its number, so that two
roads that cross without a common node do not meet. GeoJSON has lost the numbers: there a node is a place, and ways on
different levels meet only where one of them ends. What cannot be used is told, with element, value, rule and remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import LineString, MultiLineString

from cuabien.base.faults import Fault, Severity, UnusableInput
from cuabien.base.words import N_
from cuabien.geo.formats import check_plain, read_layer

ENDINGS = (".osm", ".pbf", ".osm.gz", ".osm.bz2", ".osm.xml")
DECIMALS = 7
"""As OpenStreetMap keeps coordinates: about a centimetre."""

Node = int | tuple[float, float]
"""A node's number in OpenStreetMap; its place, where the file has lost the number."""


@dataclass(frozen=True)
class Way:
    id: str
    """Its number in OpenStreetMap; the row of the file, where that is lost."""
    nodes: tuple[Node, ...]
    tags: dict[str, str]


@dataclass
class Read:
    """What a file holds of roads and ferries."""

    ways: list[Way]
    at: dict[Node, tuple[float, float]]
    """Node -> longitude, latitude."""
    tagged: bool
    """Whether the file says anything of one-way streets: an extract may have lost it."""
    restrictions: int = 0
    """Turn bans, which the plan does not hold."""
    faults: list[Fault] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    """(rule of `network.WHY`, way)."""


def read(path: Path) -> Read:
    """Roads and ferries of a file; refused, with element and value, where it contradicts itself."""
    name = path.name.lower()
    found = _native(path) if name.endswith(ENDINGS) else _geojson(path)
    if any(f.severity == "fault" for f in found.faults):
        raise UnusableInput(found.faults)
    return found


# ---- files of OpenStreetMap ---------------------------------------------------------------------------------


def _native(path: Path) -> Read:
    import osmium

    check_plain(path)
    found = Read([], {}, tagged=True)
    try:
        raw = list(_raw_ways(path, found))
        wanted = {ref for _, refs, _ in raw for ref in refs}
        for entity in osmium.FileProcessor(str(path), osmium.osm.NODE):
            if entity.id in wanted:
                _place(found, path.name, entity)
    except (RuntimeError, ValueError, OSError) as error:
        raise UnusableInput(
            [
                Fault(
                    "not-osm",
                    path.name,
                    N_("this is no file of OpenStreetMap: {why}"),
                    N_("take XML (.osm), PBF (.osm.pbf), or GeoJSON of its ways"),
                    values={"why": str(error)},
                )
            ]
        ) from None
    known: dict[str, tuple[tuple[Node, ...], dict[str, str]]] = {}
    for number, refs, tags in raw:
        if number in known:
            same = known[number] == (refs, tags)
            found.faults.append(
                _told(
                    "duplicate-way",
                    path.name,
                    f"way {number}",
                    N_("the way {way} stands twice in the file"),
                    N_("keep its present version; two that differ cannot both be true"),
                    "warning" if same else "fault",
                    way=number,
                )
            )
            continue
        known[number] = refs, tags
        _add(found, path.name, number, refs, tags)
    return found


def _raw_ways(path: Path, found: Read) -> Iterator[tuple[str, tuple[Node, ...], dict[str, str]]]:
    import osmium

    entities: Any = osmium.FileProcessor(str(path), osmium.osm.WAY | osmium.osm.RELATION)
    for entity in entities:
        tags = {t.k: t.v for t in entity.tags}
        if entity.is_relation():
            found.restrictions += tags.get("type") == "restriction"
        elif is_wanted(tags):
            yield str(entity.id), tuple(n.ref for n in entity.nodes), tags


def is_wanted(tags: dict[str, str]) -> bool:
    return "highway" in tags or tags.get("route") == "ferry"


def _place(found: Read, file: str, node: Any) -> None:
    at = (round(node.lon, DECIMALS), round(node.lat, DECIMALS))
    before = found.at.get(node.id)
    if before is not None:
        found.faults.append(
            _told(
                "duplicate-node",
                file,
                f"node {node.id}",
                N_("the node {node} stands twice in the file, at {one} and at {other}"),
                N_("keep its present version; two places of one node cannot both be true"),
                "warning" if before == at else "fault",
                node=node.id,
                one=f"{before[0]} {before[1]}",
                other=f"{at[0]} {at[1]}",
            )
        )
        return
    found.at[node.id] = at


def _add(found: Read, file: str, number: str, refs: Sequence[Node], tags: dict[str, str]) -> None:
    """A way in the runs of its nodes whose places are known: an extract cuts ways where it ends."""
    missing = [ref for ref in refs if ref not in found.at]
    if missing:
        found.faults.append(
            _told(
                "missing-node",
                file,
                f"way {number}",
                N_("{count} nodes of the way {way} are not in the file; the first is {node}"),
                N_("the way is cut there; take an extract with complete ways to keep it whole"),
                "warning",
                count=len(missing),
                way=number,
                node=str(missing[0]),
            )
        )
    runs: list[list[Node]] = [[]]
    for ref in refs:
        if ref not in found.at:
            runs.append([])
        elif not runs[-1] or found.at[runs[-1][-1]] != found.at[ref]:
            runs[-1].append(ref)
    kept = [tuple(run) for run in runs if len(run) > 1]
    if not kept:
        found.dropped.append(("too-few-nodes", number))
    found.ways += [Way(number, run, tags) for run in kept]


# ---- GeoJSON ------------------------------------------------------------------------------------------------


def _geojson(path: Path) -> Read:
    features = read_layer(path)
    found = Read([], {}, tagged=False)
    for row, feature in enumerate(features, start=1):
        tags = {str(k): str(v) for k, v in feature.properties.items() if v not in (None, "")}
        tags |= _other_tags(tags.pop("other_tags", ""))
        number = next((tags[k] for k in ("osm_id", "@id", "id", "osm_way_id") if k in tags), f"row-{row}")
        number = re.sub(r"^way/|\.0$", "", number)
        if not is_wanted(tags):
            found.dropped.append(("no-road", number))
            continue
        found.tagged |= "oneway" in tags
        lines = _lines(feature.geometry)
        if not lines:
            found.dropped.append(("not-a-line", number))
        for line in lines:
            places: list[Node] = [
                (round(x, DECIMALS), round(y, DECIMALS)) for x, y in shapely.get_coordinates(line).tolist()
            ]
            found.at |= {p: p for p in places if isinstance(p, tuple)}
            _add(found, path.name, number, places, tags)
    return _on_levels(found)


def _lines(shape: Any) -> list[LineString]:
    if isinstance(shape, LineString) and not shape.is_empty:
        return [shape]
    return list(shape.geoms) if isinstance(shape, MultiLineString) else []


def _other_tags(text: str) -> dict[str, str]:
    """The tags that GDAL gathers in one field: "oneway"=>"yes","lanes"=>"2"."""
    return dict(re.findall(r'"([^"]+)"=>"([^"]*)"', text))


def _on_levels(found: Read) -> Read:
    """Ways on other levels keep places of their own along their way, so that crossing is not meeting."""
    ground = [w for w in found.ways if level(w.tags) == 0]
    if len(ground) == len(found.ways):
        return found
    ends = {node for w in found.ways for node in (w.nodes[0], w.nodes[-1])}
    taken = {n: 0 for w in ground for n in w.nodes}
    moved: list[Way] = []
    for way in found.ways:
        here = level(way.tags)
        if here == 0:
            moved.append(way)
            continue
        nodes: list[Node] = []
        for node in way.nodes:
            if node in ends or taken.setdefault(node, here) == here or not isinstance(node, tuple):
                nodes.append(node)
                continue
            apart = (node[0], node[1] + here * 1e-9)
            found.at[apart] = found.at[node]
            nodes.append(apart)
        moved.append(Way(way.id, tuple(nodes), way.tags))
    found.ways = moved
    return found


def level(tags: dict[str, str]) -> int:
    """Above or below ground: the layer, else 1 for a bridge and -1 for a tunnel."""
    said = tags.get("layer", "")
    if re.fullmatch(r"[+-]?\d", said):
        return int(said)
    if tags.get("bridge", "no") != "no":
        return 1
    return -1 if tags.get("tunnel", "no") not in ("no", "building_passage", "culvert") else 0


def _told(rule: str, file: str, row: str, said: str, remedy: str, severity: Severity, **values: Any) -> Fault:
    return Fault(rule, file, said, remedy, row, severity, values)
