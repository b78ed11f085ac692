"""Networks in the General Modeling Network Specification (GMNS): a folder of node.csv and link.csv, in and out.

GMNS lets each file choose its units, so they must be said: in config.csv of the folder, or by who brings it. A length
without a unit is refused, never guessed. What comes in stands beside the plan's rail and water and takes the place of its roads.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import shapely

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.base.words import N_
from cuabien.geo.formats import check_plain
from cuabien.geo.joining import source_of
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.references import nodes_in_use

LENGTH_KM = {"km": 1.0, "kilometer": 1.0, "kilometers": 1.0, "m": 0.001, "meter": 0.001, "meters": 0.001,
             "mi": 1.609344, "mile": 1.609344, "miles": 1.609344}  # fmt: skip
SPEED_KMH = {"km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344}
YES = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
NODE_COLUMNS = ("node_id", "name", "x_coord", "y_coord", "node_type", "in_city")
LINK_COLUMNS = (
    *("link_id", "name", "from_node_id", "to_node_id", "directed", "geometry", "length", "facility_type"),
    *("free_speed", "lanes", "allowed_uses", "mode", "toll", "bridge", "opens", "closes", "project"),
)
WITHOUT_MOTORBIKES = "auto;truck;bus"


@dataclass
class GmnsReport:
    nodes: int = 0
    links: int = 0
    km: float = 0.0
    replaced: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Columns of the files that a plan has no place for."""
    faults: list[Fault] = field(default_factory=list)


def import_gmns(
    plan: Plan, folder: Path, *, length_unit: str | None = None, speed_unit: str | None = None
) -> tuple[Plan, GmnsReport]:
    """The plan on the network of the folder: its links of every mode that the folder holds give way."""
    faults: list[Fault] = []
    node_rows, link_rows = _table(folder / "node.csv", faults), _table(folder / "link.csv", faults)
    km, kmh = _units(folder, length_unit, speed_unit, link_rows, faults)
    if stops(faults):
        raise UnusableInput(faults)
    source = source_of(folder / "link.csv", "Mạng lưới GMNS")
    nodes = dict(_nodes(node_rows, source.id, faults))
    links = dict(_links(link_rows, nodes, km, kmh, source.id, faults))
    if stops(faults):
        raise UnusableInput(faults)
    modes = {k.mode for k in links.values()}
    replaced = tuple(sorted(i for i, k in plan.links.items() if k.mode in modes))
    stay = {i: k for i, k in plan.links.items() if k.mode not in modes}
    used = nodes_in_use(replace(plan, links=stay))
    kept_nodes = {i: n for i, n in plan.nodes.items() if i in used and i not in nodes}
    after = replace(
        plan,
        sources={**plan.sources, source.id: source},
        nodes={**kept_nodes, **nodes},
        links={**stay, **links},
    )
    known = set(NODE_COLUMNS) | set(LINK_COLUMNS)
    unread = tuple(sorted({c for rows in (node_rows, link_rows) for _, row in rows[:1] for c in row} - known))
    total = round(sum(k.length_km for k in links.values()), 1)
    return after, GmnsReport(len(nodes), len(links), total, replaced, unread, faults)


def export_gmns(plan: Plan) -> dict[str, bytes]:
    """The plan's network as GMNS: file -> content. Kilometres and km/h, and config.csv says so."""
    nodes = [
        (n.id, n.name_vi, n.lon, n.lat, n.kind, int(n.in_city))
        for n in sorted(plan.nodes.values(), key=lambda n: n.id)
    ]
    links = [
        (
            *(
                k.id,
                k.name_vi,
                k.from_node,
                k.to_node,
                int(bool(k.one_way)),
                k.geometry,
                k.length_km,
                k.link_class,
            ),
            *(k.design_speed_kmh, k.lanes, WITHOUT_MOTORBIKES if k.motorbikes is False else None, k.mode),
            *(_flag(k.toll), _flag(k.bridge), k.opens, k.closes, k.project),
        )
        for k in sorted(plan.links.values(), key=lambda k: k.id)
    ]
    config = [(plan.header.name_en, "km", "km", "km/h", "EPSG:4326", "WKT")]
    return {
        "node.csv": _csv(NODE_COLUMNS, nodes),
        "link.csv": _csv(LINK_COLUMNS, links),
        "config.csv": _csv(
            ("dataset_name", "short_length", "long_length", "speed", "crs", "geometry_field_format"), config
        ),
    }


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)


def _csv(columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return out.getvalue().encode()


# ---- reading ------------------------------------------------------------------------------------------------

Rows = list[tuple[int, dict[str, str]]]
"""(line, cells)."""


def _table(path: Path, faults: list[Fault]) -> Rows:
    check_plain(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            return [
                (reader.line_num, {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)})
                for row in reader
            ]
        except (csv.Error, UnicodeDecodeError) as error:
            faults.append(
                Fault(
                    "gmns-file",
                    path.name,
                    N_("this is no table: {why}"),
                    N_("write CSV in UTF-8, with a header"),
                    values={"why": str(error)},
                )
            )
            return []


def _units(
    folder: Path, length_unit: str | None, speed_unit: str | None, links: Rows, faults: list[Fault]
) -> tuple[float, float]:
    """(km of a unit of length, km/h of a unit of speed), as said by the caller, else by config.csv."""
    config = folder / "config.csv"
    said = _table(config, faults)[0][1] if config.is_file() and _table(config, []) else {}
    found = []
    for column, words, known, option in (
        ("length", length_unit or said.get("long_length"), LENGTH_KM, "--length-unit"),
        ("free_speed", speed_unit or said.get("speed"), SPEED_KMH, "--speed-unit"),
    ):
        needed = any(row.get(column) for _, row in links)
        factor = known.get((words or "").lower())
        if needed and factor is None:
            faults.append(
                Fault(
                    "gmns-unit",
                    "config.csv" if words else "link.csv",
                    N_('the unit of {column} is "{unit}": not said, or not known'),
                    N_("say it in config.csv or with {option}: {units}"),
                    column,
                    values={
                        "column": column,
                        "unit": words or "",
                        "option": option,
                        "units": ", ".join(known),
                    },
                )
            )
        found.append(factor or 1.0)
    return found[0], found[1]


def _number(
    file: str,
    line: int,
    row: Mapping[str, str],
    column: str,
    faults: list[Fault],
    *,
    least: float = 0.0,
    needed: bool = False,
) -> float | None:
    text = row.get(column, "")
    if not text and not needed:
        return None
    if re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text) and float(text) >= least:
        return float(text)
    faults.append(_cell(file, line, column, text, N_("write a number that can be, with a decimal point")))
    return None


def _cell(file: str, line: int, column: str, value: str, remedy: str) -> Fault:
    return Fault(
        "gmns-value",
        file,
        N_('{column}: "{value}" cannot be used'),
        remedy,
        line,
        values={"column": column, "value": value},
    )


def _nodes(rows: Rows, source: str, faults: list[Fault]) -> Iterator[tuple[str, o.Node]]:
    seen: set[str] = set()
    for line, row in rows:
        identity = row.get("node_id", "")
        lon = _number("node.csv", line, row, "x_coord", faults, least=-180, needed=True)
        lat = _number("node.csv", line, row, "y_coord", faults, least=-90, needed=True)
        if lon is None or lat is None:
            continue
        if lon > 180 or lat > 90:
            faults.append(
                _cell(
                    "node.csv",
                    line,
                    "x_coord, y_coord",
                    f"{lon} {lat}",
                    N_("write longitude and latitude (WGS 84)"),
                )
            )
        elif not re.fullmatch(o.ID_PATTERN, identity) or identity in seen:
            faults.append(
                _cell(
                    "node.csv",
                    line,
                    "node_id",
                    identity,
                    N_("give each row an id of its own, of letters, digits and _ . : -"),
                )
            )
        else:
            seen.add(identity)
            yield (
                identity,
                o.Node(
                    id=identity,
                    name_vi=row.get("name") or identity,
                    kind=row.get("node_type") or "junction",
                    lon=lon,
                    lat=lat,
                    in_city=YES.get(row.get("in_city", "").lower(), True),
                    source=source,
                    confidence="source read",
                ),
            )


def _links(
    rows: Rows, nodes: Mapping[str, o.Node], km: float, kmh: float, source: str, faults: list[Fault]
) -> Iterator[tuple[str, o.Link]]:
    seen: set[str] = set()
    for line, row in rows:
        before = len(faults)
        identity = row.get("link_id", "")
        if not re.fullmatch(o.ID_PATTERN, identity) or identity in seen:
            faults.append(
                _cell(
                    "link.csv",
                    line,
                    "link_id",
                    identity,
                    N_("give each row an id of its own, of letters, digits and _ . : -"),
                )
            )
        seen.add(identity)
        faults += [
            _cell("link.csv", line, column, row.get(column, ""), N_("name a node of node.csv"))
            for column in ("from_node_id", "to_node_id")
            if row.get(column, "") not in nodes
        ]
        directed = YES.get(row.get("directed", "").lower())
        if directed is None:
            faults.append(
                _cell(
                    "link.csv",
                    line,
                    "directed",
                    row.get("directed", ""),
                    N_("write 1 for one way, 0 for both"),
                )
            )
        length = _number("link.csv", line, row, "length", faults, least=1e-9, needed=True)
        speed = _number("link.csv", line, row, "free_speed", faults, least=1e-9)
        lanes = _number("link.csv", line, row, "lanes", faults)
        mode = row.get("mode") or "road"
        if mode not in o.Link.model_fields["mode"].annotation.__args__:  # type: ignore[union-attr]
            faults.append(
                _cell("link.csv", line, "mode", mode, N_("write road, rail, ferry or another mode of a plan"))
            )
        course = row.get("geometry") or None
        if course is not None and shapely.from_wkt(course, on_invalid="ignore") is None:
            faults.append(
                _cell("link.csv", line, "geometry", course, N_("write LINESTRING (lon lat, lon lat)"))
            )
        uses = row.get("allowed_uses", "").lower()
        if len(faults) > before or length is None:
            continue
        whole = {c: int(row[c]) if row.get(c, "").isdigit() else None for c in ("opens", "closes")}
        yield (
            identity,
            o.Link.model_validate(
                {
                    "id": identity,
                    "from_node": row["from_node_id"],
                    "to_node": row["to_node_id"],
                    "name_vi": row.get("name") or None,
                    "mode": mode,
                    "link_class": row.get("facility_type") or mode,
                    "lanes": lanes,
                    "length_km": length * km,
                    "design_speed_kmh": None if speed is None else speed * kmh,
                    "toll": YES.get(row.get("toll", "").lower()),
                    "bridge": YES.get(row.get("bridge", "").lower()),
                    "one_way": True if directed else None,
                    "motorbikes": False if uses == WITHOUT_MOTORBIKES else None,
                    **whole,
                    "project": row.get("project") or None,
                    "attributes": "read" if lanes is not None and speed is not None else "class default",
                    "source": source,
                    "confidence": "source read",
                    "geometry": course,
                }
            ),
        )
