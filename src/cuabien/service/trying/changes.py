"""What a person sends, checked: a change of the plan, or every fault of it, each beside the field that it is about.

The checker's own rules judge, on the public part of the plan, so that nothing that is withheld is told; the worker
checks once more on the whole. Beside them stand the limits of what may be tried at all.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

import shapely

from cuabien.base.faults import Fault, Refused, UnusableInput, stops
from cuabien.base.words import LANGUAGES, N_
from cuabien.plan.change import Change, Edit, apply, change_hash, stack, try_read_change
from cuabien.plan.checks import check
from cuabien.plan.checks.space import hectares
from cuabien.plan.package import Plan
from cuabien.service.bilingual import both
from cuabien.service.city import City
from cuabien.service.trying.fields import ADD, EDIT, ENTRIES, ENTRY_OF_TABLE, FILLED
from cuabien.service.trying.toml import as_toml

MOST_BYTES = 256 * 1024
MOST_EDITS = 40
MOST_VERTICES = 2000
LONGEST_TITLE = 120
LONGEST_NAME = 200
MOST_STACKED = 8
NEAR_KM = 25.0
"""So far outside the outline around its communes may something of the city still lie: islands, offshore fields."""
SOURCE = "what-if"
"""The source of what somebody adds: nobody but they say so."""
FILE = "change.toml"
COLUMN_OF_RULE = {
    "geometry": "geometry",
    "geometry-kind": "geometry",
    "crs": "geometry",
    "crossed-polygon": "geometry",
    "try-too-fine": "geometry",
    "parameter-out-of-bounds": "value",
    "outside-its-range": "value",
    "zone-ends-before-it-begins": "to_year",
    "depth-upside-down": "depth_bottom_m",
    "project-before-prerequisite": "opens",
    "already-there": "id",
    "unknown-id": "id",
    "far-from-city": "lon",
}
"""Rules whose findings name no column -> the field where a form shows them."""


@dataclass(frozen=True)
class Placed:
    """A fault, and which object and field of the change it is about; None: about all of it."""

    fault: Fault
    entry: str | None = None
    id: str | None = None
    field: str | None = None
    edit: int | None = None

    def message(self, language: str) -> str:
        """What is wrong, with the field called as a form calls it."""
        return self._named(language).message(language)

    def remedy(self, language: str) -> str:
        return self._named(language).mend(language)

    def _named(self, language: str) -> Fault:
        entry = ENTRIES.get(self.entry or "")
        label = entry.fields.get(self.field or "") if entry else None
        if label is None or self.fault.values.get("column") != self.field:
            return self.fault
        words = both(label)[language]
        column = words[:1].upper() + words[1:]
        return dataclasses.replace(self.fault, values={**self.fault.values, "column": column})

    def as_row(self) -> dict[str, Any]:
        return {
            "entry": self.entry,
            "id": self.id,
            "field": self.field,
            "edit": self.edit,
            "rule": self.fault.rule,
            "severity": self.fault.severity,
            "message": {language: self.message(language) for language in LANGUAGES},
            "remedy": {language: self.remedy(language) for language in LANGUAGES},
        }


@dataclass(frozen=True)
class Sent:
    """A change that was sent. `changed` is the public plan with it; None where something stops it."""

    change: Change
    hash: str
    changed: Plan | None
    faults: tuple[Placed, ...]
    """What stops it, or, where nothing does, what the checker warns of that it does not of the plan."""

    @property
    def is_refused(self) -> bool:
        return self.changed is None


# ---- reading ----------------------------------------------------------------------------------------------


Taken = Callable[[str, Change], None]
"""Told a change and its hash as soon as it can be read, before it is checked."""


def from_edits(
    city: City,
    edits: Sequence[Mapping[str, Any]],
    title: str = "",
    on: Sequence[Change] = (),
    taken: Taken | None = None,
) -> Sent:
    """A change from what a form or the map sends: {entry, id, action, fields, blank} each."""
    order = {(edit["entry"], edit["id"]): index for index, edit in reversed(list(enumerate(edits)))}
    outside = [_not_here(edit["entry"], edit["id"]) for edit in edits if edit["entry"] not in ENTRIES]
    if outside or len(edits) > MOST_EDITS:
        many = () if len(edits) <= MOST_EDITS else (_fault("try-too-many", None, most=MOST_EDITS),)
        return _refused(city, Change(), [*outside, *many], order)
    entries = [(edit["entry"], _as_entry(edit)) for edit in _completed(city.plan, edits, on)]
    return from_toml(city, as_toml(entries), title, on, order, taken)


def from_toml(
    city: City,
    text: bytes,
    title: str = "",
    on: Sequence[Change] = (),
    order: Mapping[tuple[str, str], int] | None = None,
    taken: Taken | None = None,
) -> Sent:
    """A change from the text of a change file. `on`: changes that it stands upon, first to last."""
    order = order or {}
    if len(text) > MOST_BYTES:
        return _refused(city, Change(), [_fault("try-too-large", None, most=MOST_BYTES // 1024)], order)
    try:
        below = stack(*on)
        base = apply(city.plan, below) if below.edits else city.plan
    except Refused as error:
        return _refused(city, Change(), [_told(error)], order)
    except UnusableInput as error:  # what it stands upon is of another edition
        return _refused(city, below, error.faults, order)
    change, faults = try_read_change(text, base)
    if title:
        change = dataclasses.replace(change, title=title, title_vi=None, title_en=None)
    faults = [*faults, *_limits(city, change, nothing_is_wrong=not on and not stops(faults))]
    if stops(faults):
        return _refused(city, change, faults, order)
    try:
        whole = stack(*on, _without_known_sources(change, below)) if on else change
    except Refused as error:
        return _refused(city, change, [_told(error)], order)
    whole = dataclasses.replace(whole, plan=city.plan.header.id)
    if taken is not None:
        taken(change_hash(whole), whole)
    return checked(city, whole, order)


def checked(city: City, change: Change, order: Mapping[tuple[str, str], int] | None = None) -> Sent:
    """A change that could be read, as the checker sees it."""
    try:
        changed = apply(city.plan, change)
    except UnusableInput as error:
        return _refused(city, change, list(error.faults), order or {})
    known = city.remember("known findings", lambda: {_same(f) for f in check(city.plan)})
    fresh = [fault for fault in check(changed) if _same(fault) not in known]
    if stops(fresh):
        return _refused(city, change, fresh, order or {})
    told = [
        f
        for f in fresh
        if (f.row, f.file) not in known
        and (_edit_of(change, f) is not None or f.row in {e.id for e in change.edits})
    ]
    return Sent(change, change_hash(change), changed, tuple(_placed(change, f, order or {}) for f in told))


def _same(fault: Fault) -> tuple[object, ...]:
    return (fault.rule, fault.row, str(sorted(fault.values.items(), key=str)))


def _refused(
    city: City, change: Change, faults: Sequence[Fault], order: Mapping[tuple[str, str], int]
) -> Sent:
    stopping = [fault for fault in faults if stops([fault])]
    return Sent(change, change_hash(change), None, tuple(_placed(change, fault, order) for fault in stopping))


# ---- beside which field -----------------------------------------------------------------------------------


def placed(change: Change, fault: Fault) -> Placed:
    """A fault that the worker found, beside its object."""
    return _placed(change, fault, {})


def _placed(change: Change, fault: Fault, order: Mapping[tuple[str, str], int]) -> Placed:
    edit = _edit_of(change, fault)
    entry = ENTRY_OF_TABLE[edit.table].id if edit is not None and edit.table in ENTRY_OF_TABLE else None
    identity = edit.id if edit is not None else str(fault.row) if fault.row is not None else None
    if edit is None and identity is not None:
        entry = next((e for e, i in order if i == identity), None)
    column = fault.values.get("column")
    field = str(column) if isinstance(column, str) else COLUMN_OF_RULE.get(fault.rule)
    if field == "geometry" and entry == "project":
        field = "points"
    index = order.get((entry, identity)) if entry is not None and identity is not None else None
    return Placed(fault, entry, identity if entry else None, field, index)


def _edit_of(change: Change, fault: Fault) -> Edit | None:
    about = {str(fault.row)} | {str(fault.values.get(key)) for key in ("name", "id") if key in fault.values}
    return next((edit for edit in change.edits if edit.id in about), None)


# ---- what may be tried ------------------------------------------------------------------------------------


def _limits(city: City, change: Change, *, nothing_is_wrong: bool) -> Iterator[Fault]:
    if not change.edits and nothing_is_wrong:
        yield _fault("try-nothing", None)
    if len(change.edits) > MOST_EDITS + 1:
        yield _fault("try-too-many", None, most=MOST_EDITS)
    for title in (change.title, change.title_vi, change.title_en):
        if title and (len(title) > LONGEST_TITLE or _hides(title)):
            yield _fault(
                "try-hidden" if _hides(title) else "too-long", None, column="title", limit=LONGEST_TITLE
            )
    for edit in change.edits:
        yield from _limits_of(city, edit)


def _limits_of(city: City, edit: Edit) -> Iterator[Fault]:
    entry = ENTRY_OF_TABLE.get(edit.table)
    if entry is None:
        if edit.table != "sources" or edit.action != ADD:
            yield _not_here(edit.table, edit.id)
    elif edit.action not in entry.actions:
        yield _not_here(entry.id, edit.id)
    else:
        allowed = set(entry.fields) | (FILLED if edit.action == ADD else frozenset())
        for column in (*edit.fields, *edit.blank):
            if column not in allowed:
                yield _fault("try-not-this-field", edit.id, column=column)
    for column, value in edit.fields.items():
        if column == "name_en" and value == edit.fields.get("name_vi"):
            continue  # the same words are told once
        if isinstance(value, str) and (len(value) > LONGEST_NAME or _hides(value)):
            yield _fault(
                "try-hidden" if _hides(value) else "too-long", edit.id, column=column, limit=LONGEST_NAME
            )
    held = city.plan.parameters.get(edit.id) if edit.table == "parameters" else None
    if (
        held is not None
        and isinstance(held.value, dict)
        and not isinstance(edit.fields.get("value", {}), dict)
    ):
        yield _fault("try-path", edit.id, column="value", first=min(held.value), last=max(held.value))
    yield from _limits_of_shape(city, edit)


def _limits_of_shape(city: City, edit: Edit) -> Iterator[Fault]:
    shape = _shape(edit)
    if shape is None:
        return
    column = "geometry" if "geometry" in edit.fields else "points" if "points" in edit.fields else "lon"
    count = int(shapely.get_num_coordinates(shape))
    if count > MOST_VERTICES:
        yield _fault("try-too-fine", edit.id, column=column, count=count, most=MOST_VERTICES)
        return
    around = city.remember("around the city", lambda: around_the_city(city.plan))
    if around is not None and not around.covers(shape):
        yield _fault("try-outside", edit.id, column=column, km=NEAR_KM)


def _shape(edit: Edit) -> Any:
    fields = edit.fields
    if "geometry" in fields:
        return shapely.geometry.shape(fields["geometry"])
    if fields.get("points"):
        return shapely.geometry.MultiPoint(fields["points"])
    if edit.action == ADD and "lon" in fields and "lat" in fields:
        return shapely.geometry.Point(fields["lon"], fields["lat"])
    return None


def around_the_city(plan: Plan) -> Any:
    """The outline around all communes, and as far beyond it as the city's own islands may lie; None where nobody knows."""
    communes = {area.id for area in plan.communes}
    shapes = [feature.geometry for identity, feature in plan.shapes.items() if identity in communes]
    shapes += [
        shapely.geometry.Point(area.lon, area.lat)
        for area in plan.communes
        if area.lon is not None and area.lat is not None
    ]
    if not shapes:
        return None
    outline = shapely.geometry.MultiPoint(shapely.get_coordinates(shapely.GeometryCollection(shapes)))
    return outline.convex_hull.buffer(NEAR_KM / KM_A_DEGREE)


def _hides(text: str) -> bool:
    """Letters that nobody sees, or that turn the line around, have no place in a name."""
    return any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in text)


# ---- what a new object need not say -------------------------------------------------------------------------

KM_A_DEGREE = 111.2


def _as_entry(edit: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(edit.get("fields") or {})
    emptied = [*(edit.get("blank") or ()), *(key for key, value in fields.items() if value is None)]
    written: dict[str, Any] = {"id": edit["id"]}
    if edit["action"] != EDIT:
        written[edit["action"]] = True
    if emptied:
        written["blank"] = emptied
    return written | {
        k: v for k, v in fields.items() if v is not None and k not in ("id", "add", "remove", "blank")
    }


def _completed(
    plan: Plan, edits: Sequence[Mapping[str, Any]], on: Sequence[Change]
) -> list[Mapping[str, Any]]:
    """Edits with what a new object need not say, and with the source that it then names."""
    if not any(edit["action"] == ADD for edit in edits):
        return list(edits)
    nodes = {i: (node.lon, node.lat) for i, node in plan.nodes.items()}
    for fields in (e.fields for change in on for e in change.edits if e.table == "nodes"):
        if {"lon", "lat"} <= set(fields):
            nodes |= {
                e.id: (e.fields["lon"], e.fields["lat"]) for c in on for e in c.edits if e.fields is fields
            }
    for edit in edits:
        fields = edit.get("fields") or {}
        if edit["entry"] == "node" and all(isinstance(fields.get(k), int | float) for k in ("lon", "lat")):
            nodes[edit["id"]] = (fields["lon"], fields["lat"])
    source = {
        "entry": "source",
        "id": SOURCE,
        "action": ADD,
        "fields": {"title": "A change that somebody tried", "confidence": "general knowledge, low"},
    }
    has_source = SOURCE in plan.sources or any(e.id == SOURCE for c in on for e in c.edits)
    filled = [
        {**edit, "fields": {**_defaults(edit["entry"], edit.get("fields") or {}, nodes), **(edit.get("fields") or {})}}
        if edit["action"] == ADD
        else edit
        for edit in edits
    ]  # fmt: skip
    return filled if has_source else [source, *filled]


def _defaults(
    entry: str, fields: Mapping[str, Any], nodes: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    own: dict[str, Any] = {"source": SOURCE, "confidence": "general knowledge, low"}
    name = fields.get("name_vi") or fields.get("name_en")
    if name:
        own |= {"name_vi": name} if entry in ("node", "link") else {"name_vi": name, "name_en": name}
    if entry in ("zone", "project"):
        own["shape"] = "schematic"
    if entry == "project":
        own |= {"status": "proposed"}
    if entry == "node":
        own |= {"kind": "junction", "in_city": True}
    if entry == "zone":
        own |= _area(fields.get("geometry"))
    if entry == "link":
        own |= _length(fields, nodes)
    return own


def _area(geometry: Any) -> dict[str, Any]:
    try:
        shape = shapely.geometry.shape(geometry)
        if int(shapely.get_num_coordinates(shape)) > MOST_VERTICES or not shape.is_valid:
            return {}
        return {"area_ha": round(hectares(shape), 2)}
    except Exception:  # a shape that cannot be read is told by the rule of form, once
        return {}


def _length(fields: Mapping[str, Any], nodes: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """The straight way between its ends: what a line on the map says."""
    ends = [nodes.get(str(fields.get(key))) for key in ("from_node", "to_node")]
    if None in ends:
        return {}
    (lon, lat), (to_lon, to_lat) = (end for end in ends if end is not None)
    east = (to_lon - lon) * cos(radians((lat + to_lat) / 2)) if abs(lat) <= 90 else 0.0
    km = hypot(east, to_lat - lat) * KM_A_DEGREE
    return {"length_km": round(km, 3)} if km > 0 else {}


def _without_known_sources(change: Change, below: Change) -> Change:
    """Two changes may both bring the source of what was tried; the stack needs it once."""
    known = {(e.table, e.id) for e in below.edits if e.table == "sources"}
    return dataclasses.replace(
        change, edits=tuple(e for e in change.edits if (e.table, e.id) not in known or e.action != ADD)
    )


# ---- faults of our own -------------------------------------------------------------------------------------

RULES: Mapping[str, tuple[str, str]] = {
    "try-too-large": (
        N_("the change is larger than {most} KiB"),
        N_("draw with fewer corners, or try its parts one after another"),
    ),
    "try-too-many": (
        N_("the change holds more than {most} objects"),
        N_("try it in parts and stack them, or run it from the command line"),
    ),
    "try-nothing": (N_("nothing is changed"), N_("choose an object and say what becomes something else")),
    "try-not-here": (
        N_('"{what}" cannot be changed here'),
        N_(
            "choose a project, zone, road, station, berth, plant or assumption; other files of the plan are changed in the plan itself"
        ),
    ),
    "try-not-this-field": (
        N_("{column} cannot be changed here"),
        N_("leave it out; the list of what can be changed names every field"),
    ),
    "try-path": (
        N_("{column}: this assumption has a value for each of several years, from {first} to {last}"),
        N_("write a value for each of these years"),
    ),
    "try-too-fine": (
        N_("the shape has {count} corners, more than {most}"),
        N_("draw it with fewer corners; no plan needs finer ones"),
    ),
    "try-outside": (
        N_("it lies more than {km} km outside the city"),
        N_("draw it in the city; coordinates are [longitude, latitude]"),
    ),
    "try-hidden": (
        N_("{column} holds letters that cannot be seen or that turn the line around"),
        N_("type the name again with plain letters"),
    ),
    "try-stack": (
        N_("these changes do not fit together: {why}"),
        N_("change one of the two, or try them apart"),
    ),
    "too-long": (N_("{column} is longer than {limit} characters"), N_("write it shorter")),
}


def _fault(rule: str, row: str | None, **values: object) -> Fault:
    template, remedy = RULES[rule]
    return Fault(rule, FILE, template, remedy, row, "fault", values)


def _not_here(what: str, identity: str) -> Fault:
    return _fault("try-not-here", identity, what=what)


def _told(error: Refused) -> Fault:
    template, remedy = RULES["try-stack"]
    return Fault(
        "try-stack", FILE, template, remedy, None, "fault", {"say_why": error.template, "why": str(error)}
    )
