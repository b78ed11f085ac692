"""What may be tried: which objects, and which of their fields. What is not listed here records what was said or decided,
and a change of it is a planner's work in the plan's files.

The type, the words and the bounds of a field are the plan's own (its row types); this table says only that it may be
changed, what it is called and in which unit it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from django.utils.translation import gettext_noop as noop

from cuabien.plan import objects as o
from cuabien.plan.change import TABLE_OF, row_type_of
from cuabien.plan.columns import column_kinds, may_be_blank, references, words
from cuabien.plan.package import TABLE

Kind = Literal["date", "year", "number", "whole", "text", "choice", "boolean", "id", "list", "path"]
Shape = Literal["point", "line", "polygon"]

ADD, EDIT, REMOVE = "add", "edit", "remove"


@dataclass(frozen=True)
class Entry:
    """One kind of object: its name in a change, what it is called, what may be done with it, and its fields."""

    id: str
    name: str
    actions: tuple[str, ...]
    fields: Mapping[str, str]
    """Column -> its label."""
    shape: Shape | None = None

    @property
    def table(self) -> str:
        return TABLE_OF[self.id]


ALL = (EDIT, ADD, REMOVE)
ENTRIES: Mapping[str, Entry] = {
    entry.id: entry
    for entry in (
        Entry(
            "project",
            noop("project"),
            ALL,
            {
                "opens": noop("Opens"),
                "status": noop("State"),
                "cost_bn_vnd": noop("Cost"),
                "starts": noop("Starts"),
                "predicted_opens": noop("Expected to open"),
                "not_before": noop("Not before"),
                "points": noop("Where"),
                "phases": noop("Phases"),
                "kind": noop("Kind"),
                "mode": noop("Mode"),
                "layer": noop("Layer"),
                "name_vi": noop("Name in Vietnamese"),
                "name_en": noop("Name in English"),
                "communes": noop("Communes"),
                "prerequisites": noop("Needs first"),
                "terminals": noop("Terminals"),
            },
        ),
        Entry(
            "zone",
            noop("zone"),
            ALL,
            {
                "persons_per_ha": noop("Residents per hectare"),
                "floor_area_ratio": noop("Floor area ratio"),
                "from_year": noop("From year"),
                "to_year": noop("To year"),
                "area_ha": noop("Area"),
                "occupancy_percent": noop("Occupied"),
                "layer": noop("Layer"),
                "kind": noop("Kind"),
                "status": noop("State"),
                "name_vi": noop("Name in Vietnamese"),
                "name_en": noop("Name in English"),
                "depth_top_m": noop("Depth of the top"),
                "depth_bottom_m": noop("Depth of the bottom"),
                "commune": noop("Commune"),
                "project": noop("Project"),
                "geometry": noop("Outline"),
            },
            "polygon",
        ),
        Entry(
            "link",
            noop("road, bridge or line"),
            ALL,
            {
                "from_node": noop("From"),
                "to_node": noop("To"),
                "mode": noop("Mode"),
                "link_class": noop("Class"),
                "lanes": noop("Lanes"),
                "opens": noop("Opens"),
                "closes": noop("Closes"),
                "length_km": noop("Length"),
                "design_speed_kmh": noop("Design speed"),
                "bridge": noop("Bridge"),
                "toll": noop("Toll"),
                "project": noop("Project"),
                "name_vi": noop("Name in Vietnamese"),
            },
        ),
        Entry(
            "node",
            noop("junction"),
            ALL,
            {
                "name_vi": noop("Name in Vietnamese"),
                "kind": noop("Kind"),
                "lon": noop("Longitude"),
                "lat": noop("Latitude"),
                "in_city": noop("In the city"),
            },
        ),
        Entry(
            "terminal",
            noop("station or port"),
            ALL,
            {
                "name_vi": noop("Name in Vietnamese"),
                "name_en": noop("Name in English"),
                "state": noop("State"),
                "opens": noop("Opens"),
                "road_node": noop("On the road at"),
                "rail_node": noop("On the railway at"),
                "fairway_node": noop("On the fairway at"),
                "waterway_node": noop("On the waterway at"),
                "project": noop("Project"),
            },
        ),
        Entry("parameter", noop("assumption"), (EDIT,), {"value": noop("Value")}),
        Entry(
            "port_capacity",
            noop("berth area"),
            (EDIT, REMOVE),
            {
                "capacity_mt_year": noop("Capacity"),
                "berths": noop("Berths"),
                "from_year": noop("From year"),
                "to_year": noop("To year"),
            },
        ),
        Entry(
            "power_plant",
            noop("power plant"),
            ALL,
            {
                "capacity_mw": noop("Capacity"),
                "fuel": noop("Fuel"),
                "from_year": noop("From year"),
                "whole_year": noop("Whole from"),
                "to_year": noop("To year"),
                "name_vi": noop("Name in Vietnamese"),
                "name_en": noop("Name in English"),
                "commune": noop("Commune"),
                "project": noop("Project"),
            },
        ),
    )
}
ENTRY_OF_TABLE = {entry.table: entry for entry in ENTRIES.values()}
FILLED = frozenset(
    {"source", "confidence", "shape", "attributes", "note", "berths_without_figure", "berth_area_vi", "phase"}
)
"""What a new object must say of itself and no person is asked for."""
UNITS = {
    "cost_bn_vnd": "billion VND",
    "area_ha": "ha",
    "length_km": "km",
    "design_speed_kmh": "km/h",
    "persons_per_ha": "persons per ha of the whole zone",
    "occupancy_percent": "percent",
    "depth_top_m": "m",
    "depth_bottom_m": "m",
    "capacity_mt_year": "million tonnes per year",
    "capacity_mw": "MW",
}
DATES = frozenset({"opens", "starts", "predicted_opens"})
YEARS = frozenset({"opens", "closes", "not_before", "from_year", "to_year", "whole_year"})


@dataclass(frozen=True)
class Field:
    """A field as a form needs it."""

    id: str
    label: str
    kind: Kind
    low: float | None
    high: float | None
    unit: str | None
    choices: tuple[str, ...]
    needed: bool
    blank: bool
    of: str | None
    """The table that an id is of."""


@cache
def fields_of(entry: str) -> tuple[Field, ...]:
    """Every field of a kind of object that may be changed, by the plan's own types."""
    of = ENTRIES[entry]
    return tuple(_field(of, column, label) for column, label in of.fields.items())


def _field(entry: Entry, column: str, label: str) -> Field:
    if column == "geometry":
        return Field(column, label, "list", None, None, None, (), True, False, None)
    row = row_type_of(entry.table)
    low, high = _bounds(row, column)
    return Field(
        column,
        label,
        _kind(entry, row, column),
        low,
        high,
        UNITS.get(column),
        words(row, column),
        row.model_fields[column].is_required(),
        may_be_blank(row, column),
        dict(references(row)).get(column),
    )


def _kind(entry: Entry, row: type[o.Row], column: str) -> Kind:
    if entry.id == "parameter":
        return "path"
    if column in dict(references(row)):
        return "list" if column_kinds(row)[column] == "ids" else "id"
    kind = column_kinds(row)[column]
    if kind == "whole":
        return "year" if column in YEARS else "whole"
    if kind == "text":
        return "date" if column in DATES and entry.id == "project" else "text"
    by_kind: dict[str, Kind] = {"number": "number", "yes-no": "boolean", "word": "choice"}
    return by_kind.get(kind, "list")


def _bounds(row: type[o.Row], column: str) -> tuple[float | None, float | None]:
    """The lowest and the highest value of a column, where its type has them and a person would meet them."""
    import pydantic

    schema = pydantic.TypeAdapter(row.model_fields[column].rebuild_annotation()).json_schema()
    parts = [schema, *schema.get("anyOf", ())]

    def first(*keys: str) -> float | None:
        found: list[Any] = [part[key] for part in parts for key in keys if key in part]
        number = found[0] if found else None
        return None if number is None or abs(number) >= o.LARGEST else number

    return first("minimum", "exclusiveMinimum"), first("maximum", "exclusiveMaximum")


def has_shape(table: str) -> bool:
    return table in TABLE and TABLE[table].form == "geojson"
