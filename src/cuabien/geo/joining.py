"""Bring official shapes into a plan: boundaries onto its communes, and the zones of a layer.

A feature is joined by its code, else by its name; what joins nothing is told, never guessed. The plan that comes
out is a new one: its official shapes replace drawn ones, and a source row names the file by its hash.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pydantic
import pyproj
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.base.hashing import hash_bytes, hash_file
from cuabien.base.words import N_, fold
from cuabien.geo.formats import Found, away_from
from cuabien.geo.within import Communes
from cuabien.plan import objects as o
from cuabien.plan.columns import column_kinds
from cuabien.plan.form import fault as form_fault
from cuabien.plan.package import Feature, Plan

GLOBE = pyproj.Geod(ellps="WGS84")
GRID_DEGREES = 1e-6

SURROUNDINGS_DEGREES = 0.3
"""About 30 km around the communes: what lies farther off is not of this city."""
FARTHEST_KM = 5.0
"""Official outlines lie, in the median, nearer than this to where the plan knows its communes. Another central
meridian moves a file by 25 km and more; the centroids of the plan are good to 2 km."""
AREA_DIFFERS = 0.10
OVERLAP_KM2 = 0.01
"""Two surveyed communes may overlap by less: drawing accuracy at 1:25,000."""
OUTSIDE_SHARE = 0.01

KINDS_OF_COMMUNE = ("phường", "xã", "đặc khu", "thị trấn", "ward", "commune", "special zone")


# ---- boundaries -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BoundaryReport:
    """What became of each feature and each commune."""

    matched: int
    unmatched: tuple[dict[str, Any], ...]
    """Features that joined no commune: row and properties."""
    missing: tuple[str, ...]
    """Communes that got no shape; they keep the one they had."""
    area_differs: tuple[dict[str, Any], ...]
    """Communes whose shape is more than a tenth off the official area: id, name, official_km2, shape_km2."""
    faults: tuple[Fault, ...] = ()


def import_boundaries(
    plan: Plan, found: Sequence[Found], file: str | Path, *, code_field: str | None = None
) -> tuple[Plan, BoundaryReport]:
    """The plan with official shapes for the communes that the file holds, and the report.

    Raises `UnusableInput` when an outline crosses itself, is no area, or the file lies elsewhere.
    """
    name = Path(file).name
    _check_place(plan, found, name)
    codes = _joined(plan, found, code_field, name)
    parts: dict[str, list[BaseGeometry]] = {}
    faults: list[Fault] = []
    for row, (code, feature) in enumerate(zip(codes, found, strict=True), start=1):
        shape = _area_of(feature.geometry, name, row, faults) if code is not None else None
        if code is not None and shape is not None:
            parts.setdefault(code, []).append(shape)
    if stops(faults):
        raise UnusableInput(faults)
    shapes = {code: _on_grid(_union(pieces)) for code, pieces in parts.items()}
    _check_distance(plan, shapes, name)
    source = source_of(file, "Ranh giới xã, phường")
    features = {
        code: Feature(o.AreaShape(id=code, shape="official", source=source.id), shape)
        for code, shape in shapes.items()
    }
    report = BoundaryReport(
        matched=len(shapes),
        unmatched=tuple(
            {"row": row, **feature.properties}
            for row, (code, feature) in enumerate(zip(codes, found, strict=True), start=1)
            if code is None
        ),
        missing=tuple(sorted(a.id for a in plan.communes if a.id not in shapes)),
        area_differs=tuple(_area_differs(plan, shapes)),
        faults=tuple(_overlaps(shapes, name)),
    )
    if not shapes:
        return plan, report
    return _with(plan, source, shapes={**plan.shapes, **features}), report


def _joined(plan: Plan, found: Sequence[Found], code_field: str | None, name: str) -> list[str | None]:
    """The commune of each feature: by its code, else by its name with accents, else without."""
    fields = tuple(dict.fromkeys(key for feature in found for key in feature.properties))
    if code_field is not None and code_field not in fields:
        raise UnusableInput(
            [
                Fault(
                    "no-field",
                    name,
                    N_('the file has no field "{field}"; it has {fields}'),
                    N_("name the field that holds the codes of the communes"),
                    values={"field": code_field, "fields": ", ".join(fields)},
                )
            ]
        )
    by_code = {area.id: area.id for area in plan.communes}
    ways: list[tuple[Mapping[str, str], Callable[[Any], str], tuple[str, ...]]] = [
        (by_code, as_code, (code_field,) if code_field else fields),
        (_unique((as_name(a.name_vi), a.id) for a in plan.communes), as_name, fields),
        (_unique((without_accents(a.name_vi), a.id) for a in plan.communes), without_accents, fields),
    ]  # fmt: skip
    codes: list[str | None] = [None] * len(found)
    for known, spelled, candidates in ways:
        field_name = _best_field(found, candidates, known, spelled)
        taken = {code for code in codes if code is not None}
        for k, feature in enumerate(found):
            if codes[k] is None and field_name is not None:
                code = known.get(spelled(feature.properties.get(field_name)))
                # A name may not overrule a code: what the code has joined is taken.
                codes[k] = code if known is by_code or code not in taken else None
    return codes


def _best_field(
    found: Sequence[Found], fields: Sequence[str], known: Mapping[str, str], spelled: Callable[[Any], str]
) -> str | None:
    """The field whose values name the most communes."""
    hits = {
        name: len({spelled(feature.properties.get(name)) for feature in found} & known.keys())
        for name in fields
    }
    best = max(hits, key=lambda name: hits[name], default=None)
    return best if best is not None and hits[best] else None


def as_code(value: Any) -> str:
    """A commune's code as five digits, however a program kept it: 10507, 10507.0, "10507"."""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    text = str(value).strip()
    return text.zfill(5) if text.isdigit() else text


def as_name(value: Any) -> str:
    """A commune's name in small letters, composed (NFC), without xã, phường, đặc khu."""
    text = " ".join(unicodedata.normalize("NFC", str(value)).casefold().split())
    for kind in KINDS_OF_COMMUNE:
        text = text.removeprefix(kind + " ").removesuffix(" " + kind)
    return text


def without_accents(value: Any) -> str:
    """A commune's name in plain letters: "Phường Hồng Bàng" and "Hong Bang ward" are both "hong bang"."""
    text = plain_letters(as_name(value))
    for kind in KINDS_OF_COMMUNE:
        text = text.removeprefix(plain_letters(kind) + " ")
    return text


def plain_letters(text: str) -> str:
    """Vietnamese without its accents; đ becomes d."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names that stand for one commune only."""
    pairs = list(pairs)
    count = Counter(name for name, _ in pairs)
    return {name: code for name, code in pairs if count[name] == 1}


def _area_differs(plan: Plan, shapes: Mapping[str, BaseGeometry]) -> Iterable[dict[str, Any]]:
    for code, shape in sorted(shapes.items()):
        official = plan.areas[code].area_km2
        drawn = area_km2(shape)
        if official and abs(drawn / official - 1) > AREA_DIFFERS:
            name = plan.areas[code].name_vi
            yield {"id": code, "name": name, "official_km2": official, "shape_km2": round(drawn, 2)}


def _overlaps(shapes: Mapping[str, BaseGeometry], name: str) -> Iterable[Fault]:
    """Communes that lie on one another: a warning, since only the survey can mend it."""
    codes, areas = list(shapes), list(shapes.values())
    if not areas:
        return
    pairs = shapely.STRtree(areas).query(areas, predicate="intersects").T
    for i, j in sorted((int(i), int(j)) for i, j in pairs if i < j):
        common = areas[i].intersection(areas[j])
        if area_km2(common) > OVERLAP_KM2:
            at = common.representative_point()
            yield Fault(
                "overlap",
                name,
                N_("{one} and {other} overlap by {km2} km² at {lon}, {lat}"),
                N_("ask the survey which outline holds"),
                codes[i],
                "warning",
                {
                    "one": codes[i],
                    "other": codes[j],
                    "km2": round(area_km2(common), 3),
                    "lon": round(at.x, 5),
                    "lat": round(at.y, 5),
                },
            )


# ---- layers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LayerReport:
    """What became of each feature of a layer."""

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    """Ids of the plan whose drawn shape gave way to the official one: of the same id, else of the same name."""
    remaining: tuple[dict[str, str], ...]
    """Zones of the layer that are still only drawn: id and name."""
    duplicates: int
    """Features that stand twice in the file: same shape and name."""
    outside: tuple[dict[str, Any], ...]
    """Features far outside the city, left out: row and properties."""
    faults: tuple[Fault, ...] = ()


@dataclass
class _Gathered:
    zones: dict[str, Feature[o.Zone]] = field(default_factory=dict)
    seen: set[tuple[str, bytes]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    duplicates: int = 0


CAD_LEVELS = {"Layer": "EntityHandle", "Level": "GraphicGroup"}
"""Fields by which a drawing (DXF, DGN) is known: the one that groups its features, and one that only drawings have."""

KEPT = (
    *("name_en", "kind", "status", "from_year", "to_year", "project", "public"),
    *("occupancy_percent", "floor_area_ratio", "persons_per_ha", "depth_top_m", "depth_bottom_m"),
)
"""What a zone of the plan keeps when its drawn shape gives way, unless the file says it."""

ZONE_COLUMNS = tuple(c for c in o.Zone.model_fields if c not in ("layer", "shape", "source", "confidence"))
"""Columns of a zone that a field of the file may fill."""


def import_layer(
    plan: Plan,
    found: Sequence[Found],
    file: str | Path,
    layer: str,
    *,
    mapping: Mapping[str, str] | None = None,
    kind: str | None = None,
) -> tuple[Plan, LayerReport]:
    """The plan with the file's shapes as official zones of a layer, in `layers/<layer>.geojson`, and the report.

    `mapping` says which field of the file fills which column of a zone; a field of the same name fills it unasked.
    A zone takes the place of the plan's zone of its id, else of its name in this layer, and keeps that one's id, project,
    state and years.
    """
    name = Path(file).name
    _check_place(plan, found, name)
    found, labels = _from_drawing(found, "name_vi" not in (mapping or {}).values())
    columns = _columns(found, mapping or {}, name)
    source = source_of(file, "Lớp quy hoạch")
    far = set(away_from(found, surroundings(plan)))
    communes = Communes(plan)
    before = _Before(plan, layer, [_said(feature, columns) for feature in found])
    gathered = _Gathered()
    for k, feature in enumerate(found):
        if k not in far and k not in labels:
            _add_zone(gathered, feature, k + 1, name, columns, layer, kind, source.id, communes, before)
    if stops(gathered.faults):
        raise UnusableInput(gathered.faults)
    zones = gathered.zones
    faults = [*gathered.faults, *_beyond(plan, zones, name)]
    drawn = (z.row for i, z in plan.zones.items() if i not in zones and z.row.layer == layer)
    report = LayerReport(
        added=tuple(sorted(i for i in zones if i not in plan.zones)),
        replaced=tuple(sorted(i for i in zones if i in plan.zones)),
        remaining=tuple({"id": z.id, "name": z.name_vi} for z in drawn if z.shape == "schematic"),
        duplicates=gathered.duplicates,
        outside=tuple({"row": k + 1, **found[k].properties} for k in sorted(far)),
        faults=tuple(faults),
    )
    where = {key: place for key, place in plan.where.items() if not (key[0] == "zones" and key[1] in zones)}
    return _with(plan, source, zones={**plan.zones, **zones}, where=where), report


class _Before:
    """The zones that the plan has, found by id, else by name in their layer; a name that stands twice finds nothing."""

    def __init__(self, plan: Plan, layer: str, said: Sequence[Mapping[str, Any]]) -> None:
        self.zones = {i: z.row for i, z in plan.zones.items()}
        taken = {str(cells.get("id")) for cells in said}
        here = _unique((fold(z.name_vi), z.id) for z in self.zones.values() if z.layer == layer)
        once = _unique((fold(str(cells.get("name_vi"))), "") for cells in said)
        self.by_name = {name: i for name, i in here.items() if name in once and i not in taken}

    def of(self, said: Mapping[str, Any]) -> o.Zone | None:
        by_id = self.zones.get(str(said.get("id")))
        return by_id or self.zones.get(self.by_name.get(fold(str(said.get("name_vi"))), ""))


def _from_drawing(found: Sequence[Found], unnamed: bool) -> tuple[Sequence[Found], set[int]]:
    """The features of a drawing (DXF, DGN) as zones, and the places of its labels, which are none.

    A closed line is an area. An area is named by its own text, else by the one label in it, else by layer and number.
    Features of other files come back as they are.
    """
    fields = {key for feature in found for key in feature.properties}
    level = next((field for field, other in CAD_LEVELS.items() if {field, other} <= fields), None)
    if level is None:
        return found, set()
    closed = [Found(f.properties, _closed(f.geometry)) for f in found]
    if not unnamed:
        return closed, set()
    texts = [_text_of(f) for f in closed]
    labels: dict[int, list[int]] = {}
    areas = {k: f.geometry for k, f in enumerate(closed) if isinstance(f.geometry, Polygon | MultiPolygon)}
    for k, feature in enumerate(closed):
        around = [i for i, area in areas.items() if texts[k] and area.contains(feature.geometry)]
        if isinstance(feature.geometry, Point) and around:
            labels.setdefault(min(around, key=lambda i: areas[i].area), []).append(k)
    count: Counter[str] = Counter()
    named = []
    for k, feature in enumerate(closed):
        name = texts[k] or (texts[labels[k][0]] if len(labels.get(k, ())) == 1 else "")
        if not name:
            group = str(feature.properties.get(level))
            count[group] += 1
            name = f"{group} {count[group]}"
        named.append(Found({**feature.properties, "name_vi": name}, feature.geometry))
    return named, {k for inside in labels.values() for k in inside}


def _text_of(feature: Found) -> str:
    """The text of a feature of a drawing; of a hatch it would be the name of its pattern."""
    hatch = "Hatch" in str(feature.properties.get("SubClasses"))
    return "" if hatch else " ".join(str(feature.properties.get("Text") or "").split())


def _columns(found: Sequence[Found], mapping: Mapping[str, str], name: str) -> dict[str, str]:
    """Column of a zone -> field of the file."""
    fields = tuple(dict.fromkeys(key for feature in found for key in feature.properties))
    columns = {f.lower(): f for f in fields if f.lower() in ZONE_COLUMNS}
    faults = []
    for field_name, column in mapping.items():
        if field_name not in fields or column not in ZONE_COLUMNS:
            faults.append(
                Fault(
                    "no-field",
                    name,
                    N_(
                        '"{field}={column}" fits no field of the file ({fields}) or no column of a zone ({columns})'
                    ),
                    N_("write --map FIELD=column"),
                    values={
                        "field": field_name,
                        "column": column,
                        "fields": ", ".join(fields),
                        "columns": ", ".join(ZONE_COLUMNS),
                    },
                )
            )
        columns[column] = field_name
    if "name_vi" not in columns:
        faults.append(
            Fault(
                "no-field",
                name,
                N_("no field is said to hold the names; the file has {fields}"),
                N_("say it: --map FIELD=name_vi"),
                values={"fields": ", ".join(fields) or "-"},
            )
        )
    if faults:
        raise UnusableInput(faults)
    return columns


def _add_zone(
    gathered: _Gathered,
    feature: Found,
    row: int,
    file: str,
    columns: Mapping[str, str],
    layer: str,
    kind: str | None,
    source: str,
    communes: Communes,
    before: _Before,
) -> None:
    shape = _clean(feature.geometry, file, row, gathered.faults)
    if shape is None:
        return
    shape = _on_grid(shape)
    said = _said(feature, columns)
    mark = (str(said.get("name_vi")), shapely.normalize(shape).wkb)
    if mark in gathered.seen:
        gathered.duplicates += 1
        return
    gathered.seen.add(mark)
    content = _zone_content(said, shape, mark, layer, kind, source, communes, before.of(said))
    try:
        zone = o.Zone.model_validate(content)
    except pydantic.ValidationError as error:
        gathered.faults += [_bad_cell(detail, file, row) for detail in error.errors(include_url=False)]
        return
    if zone.id in gathered.zones:
        gathered.faults.append(
            Fault(
                "duplicate-id",
                file,
                N_("the id {id} stands twice"),
                N_("give each row an id of its own"),
                row,
                values={"id": zone.id},
            )
        )
        return
    gathered.zones[zone.id] = Feature(zone, shape)


def _said(feature: Found, columns: Mapping[str, str]) -> dict[str, Any]:
    """Column of a zone -> what the feature says, where it says something; numbers in columns of text are text."""
    said = {column: feature.properties.get(name) for column, name in columns.items()}
    texts = {c for c, kind in column_kinds(o.Zone).items() if kind in ("text", "word")}
    return {c: _as_text(v) if c in texts else v for c, v in said.items() if v not in (None, "")}


def _bad_cell(detail: Mapping[str, Any], file: str, row: int) -> Fault:
    """What is wrong with a cell, in the words of a plan's own files."""
    column = ".".join(map(str, detail["loc"]))
    if detail["type"] == "missing":
        return form_fault("missing-value", file, row, column=column)
    return Fault(
        "bad-value",
        file,
        N_('{column}: "{value}" cannot be used: {why}'),
        N_("see docs/plan-format.md for {column}"),
        row,
        values={"column": column, "value": str(detail.get("input")), "why": detail["msg"]},
    )


def _as_text(value: Any) -> Any:
    """A number that stands in a column of text, as text: level 3, not 3.0. Truth and text stay."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value) if value == int(value) else value)


def _zone_content(
    said: Mapping[str, Any],
    shape: BaseGeometry,
    mark: tuple[str, bytes],
    layer: str,
    kind: str | None,
    source: str,
    communes: Communes,
    before: o.Zone | None,
) -> dict[str, Any]:
    """The columns of a zone: what the file says, what follows from its shape, and what the plan's zone keeps."""
    lies = communes.of(shape.representative_point())
    kept = {c: getattr(before, c) for c in KEPT} if before else {}
    notes = [f"what the file does not say is as in {before.source}"] if before else []
    content: dict[str, Any] = {
        "id": f"{layer}-{hash_bytes(mark[0].encode() + mark[1])[:8]}",
        "kind": layer,
        "commune": lies.communes[0] if lies.communes and not lies.schematic else None,
        **kept,
        **({"kind": kind} if kind else {}),
        **said,
        **({"id": before.id} if before else {}),
        "layer": layer,
        "shape": "official",
        "source": source,
        "confidence": "source read",
    }
    if before and fold(before.name_vi) == fold(str(said.get("name_vi"))):
        content["name_vi"] = before.name_vi  # files often lose the accents
    if "name_vi" in content:
        content.setdefault("name_en", content["name_vi"])
    if "area_ha" not in said and shape.area > 0:
        content["area_ha"] = round(area_km2(shape) * 100, 2)
        notes.insert(0, "area_ha is that of the shape")
    if notes:
        content.setdefault("note", "; ".join(notes))
    return content


def _beyond(plan: Plan, zones: Mapping[str, Feature[o.Zone]], file: str) -> Iterable[Fault]:
    """Zones that reach beyond the city: a warning, and only where the city's outline is official."""
    ids = {area.id for area in plan.communes}
    shapes = [f for i, f in plan.shapes.items() if i in ids]
    if not shapes or any(f.row.shape != "official" for f in shapes):
        return
    city = _union([f.geometry for f in shapes])
    for zone in zones.values():
        whole = area_km2(zone.geometry)
        share = area_km2(zone.geometry.difference(city)) / whole if whole else 0.0
        if share > OUTSIDE_SHARE:
            yield Fault(
                "beyond-city",
                file,
                N_("{percent} % of {name} lies outside the communes of the city"),
                N_("check its outline; at sea this may be meant"),
                zone.row.id,
                "warning",
                {"percent": round(share * 100), "name": zone.row.name_vi},
            )


# ---- shapes -----------------------------------------------------------------------------------------------


def area_km2(shape: BaseGeometry) -> float:
    """Area on the ellipsoid (km2) of a shape in lon/lat."""
    return abs(GLOBE.geometry_area_perimeter(shapely.orient_polygons(shape))[0]) / 1e6


def _on_grid(shape: BaseGeometry) -> BaseGeometry:
    """Coordinates with the six decimals of the plan's files, still valid."""
    return shapely.set_precision(shape, GRID_DEGREES)


def _union(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """On the grid, because edges that miss each other by a rounding error can lose a whole shape (GEOS 3.14)."""
    return shapely.union_all(list(shapes), grid_size=GRID_DEGREES)


def _area_of(shape: BaseGeometry, file: str, row: int, faults: list[Fault]) -> BaseGeometry | None:
    """A clean polygon; a closed line (as drawings have them) becomes one."""
    shape = _closed(shape)
    if not shape.is_empty and not isinstance(shape, Polygon | MultiPolygon):
        faults.append(
            Fault(
                "geometry-kind",
                file,
                N_("this is a {found}, not an area"),
                N_("close the outline and export it as a polygon"),
                row,
                values={"found": shape.geom_type},
            )
        )
        return None
    return _clean(shape, file, row, faults)


def _closed(shape: BaseGeometry) -> BaseGeometry:
    """A closed line as the area that it encloses; any other shape as it is."""
    if isinstance(shape, LineString) and shape.is_closed and len(shape.coords) >= 4:
        return Polygon(shape.coords)
    return shape


def _clean(shape: BaseGeometry, file: str, row: int, faults: list[Fault]) -> BaseGeometry | None:
    """A shape that is there and does not cross itself."""
    if shape.is_empty:
        faults.append(
            Fault(
                "geometry",
                file,
                N_("the feature has no shape"),
                N_("draw it, or leave the row out"),
                row,
                "warning",
            )
        )
        return None
    if not shape.is_valid:
        faults.append(
            Fault(
                "crossed-polygon",
                file,
                N_("the outline crosses itself: {why}"),
                N_("draw the outline again so that it does not cross itself"),
                row,
                values={"why": shapely.is_valid_reason(shape)},
            )
        )
        return None
    return shape


# ---- where it lies ----------------------------------------------------------------------------------------


def surroundings(plan: Plan) -> tuple[float, float, float, float]:
    """West, south, east and north (degrees) of the city with its neighbourhood."""
    points = np.array([[a.lon, a.lat] for a in plan.communes if a.lon is not None and a.lat is not None])
    if not len(points):
        return (-180.0, -90.0, 180.0, 90.0)
    west, south = points.min(0) - SURROUNDINGS_DEGREES
    east, north = points.max(0) + SURROUNDINGS_DEGREES
    return float(west), float(south), float(east), float(north)


def _check_place(plan: Plan, found: Sequence[Found], file: str) -> None:
    """A file that lies mostly elsewhere has been given the wrong reference system."""
    shaped = [f for f in found if not f.geometry.is_empty]
    away = away_from(shaped, surroundings(plan))
    if len(away) > len(shaped) / 2:
        at = shaped[away[0]].geometry.representative_point()
        raise UnusableInput([elsewhere(file, round(at.x, 3), round(at.y, 3))])


def elsewhere(file: str, lon: float, lat: float) -> Fault:
    """The file does not lie where the plan does."""
    return Fault(
        "wrong-crs",
        file,
        N_("the shapes lie elsewhere, around {lon}, {lat}"),
        N_("say what the coordinates are: --crs vn2000:105.75 (the central meridian), wgs84 or EPSG:9210"),
        values={"lon": lon, "lat": lat},
    )


def _check_distance(plan: Plan, shapes: Mapping[str, BaseGeometry], file: str) -> None:
    """Joined outlines must lie where the plan knows its communes."""
    away = []
    for code, shape in shapes.items():
        lon, lat = plan.areas[code].lon, plan.areas[code].lat
        if lon is not None and lat is not None:
            middle = shape.centroid
            away.append(GLOBE.inv(lon, lat, middle.x, middle.y)[2] / 1000)
    if away and float(np.median(away)) > FARTHEST_KM:
        middle = shapely.MultiPoint([s.centroid for s in shapes.values()]).centroid
        raise UnusableInput([elsewhere(file, round(middle.x, 3), round(middle.y, 3))])


# ---- the new plan -----------------------------------------------------------------------------------------


def source_of(file: str | Path, title: str) -> o.Source:
    """The source row of an imported file; its id holds the hash of the file, so that equal files are one source."""
    path = Path(file)
    digest = hash_file(path)
    return o.Source(
        id=f"import-{digest[:8]}",
        title=f"{title}: {path.name}",
        confidence="source read",
        note=f"imported file, SHA-256 {digest}",
    )


def _with(plan: Plan, source: o.Source, **tables: Any) -> Plan:
    return replace(plan, sources={**plan.sources, source.id: source}, **tables)


LAYERS: tuple[str, ...] = get_args(o.Layer)
