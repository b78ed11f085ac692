"""What can be changed, with its bounds, units and words: for forms and for the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as noop

from cuabien.base.words import LANGUAGES, fold, pick
from cuabien.lexicon.register import units
from cuabien.plan import objects as o
from cuabien.plan.change import geometry_content
from cuabien.plan.package import Feature
from cuabien.plan.references import row_of
from cuabien.service import features
from cuabien.service.bilingual import both, named
from cuabien.service.city import City
from cuabien.service.trying import changes
from cuabien.service.trying.fields import ENTRIES, Entry, Field, fields_of
from cuabien.service.vocabulary import label

MOST_COMPARED = 4
FIRST = (
    {"entry": "project", "field": "opens"},
    {"entry": "project", "field": "status", "value": "stopped"},
    {"entry": "zone", "field": "persons_per_ha"},
    {"entry": "zone", "field": "from_year"},
)
BUDGET = ("economy.budget_", "economy.investment_share", "economy.fdi_share_of_investment")
"""Assumptions that a form shows first: the money of the city."""
HINTS = {
    "opens": noop("A year (2040), a month (2040-06) or a day (2040-06-30)."),
    "value": noop("One number, or numbers by year."),
    "points": noop("One [longitude, latitude] for a site, several for a line."),
    "persons_per_ha": noop("Residents on one hectare of the zone when it is full."),
}


def unit(key: str | None) -> dict[str, str] | None:
    if not key:
        return None
    vi, en = units().get(key, (key, key))
    return {"vi": vi, "en": en}


def options(city: City, ready: bool) -> dict[str, Any]:
    header = city.plan.header
    return {
        "plan": header.id,
        "edition": city.edition,
        "base_year": header.base_year,
        "horizon": header.horizon,
        "ready": ready,
        "limits": limits(),
        **city.remember("what can be changed", lambda: entries(city)),
    }


def limits() -> dict[str, int]:
    return {
        "bytes": changes.MOST_BYTES,
        "edits": changes.MOST_EDITS,
        "vertices": changes.MOST_VERTICES,
        "at_once": settings.CUABIEN_TRIES_AT_ONCE,
        "an_hour": settings.CUABIEN_TRIES_AN_HOUR,
        "stack": changes.MOST_STACKED,
        "compare": MOST_COMPARED,
    }


def entries(city: City) -> dict[str, Any]:
    budget = [{"entry": "parameter", "id": i} for i in city.plan.parameters if i.startswith(BUDGET)]
    return {
        "entries": [
            {
                "entry": entry.id,
                "name": both(entry.name),
                "actions": list(entry.actions),
                "count": len(city.plan.table(entry.table)),
                "shape": entry.shape,
                "fields": [field_out(field) for field in fields_of(entry.id)],
            }
            for entry in ENTRIES.values()
        ],
        "first": [*FIRST, *budget],
    }


def field_out(field: Field) -> dict[str, Any]:
    return {
        "field": field.id,
        "name": both(field.label),
        "kind": field.kind,
        "low": field.low,
        "high": field.high,
        "unit": unit(field.unit),
        "choices": [{"value": word, "name": both(label(word))} for word in field.choices] or None,
        "needed": field.needed,
        "blank": field.blank,
        "of": field.of,
        "hint": both(HINTS[field.id]) if field.id in HINTS else None,
    }


# ---- objects ----------------------------------------------------------------------------------------------


def things(city: City, entry: Entry, q: str, most: int) -> list[dict[str, Any]]:
    """Objects of one kind with what may be changed of them; `q` finds by name, accents optional, or by id."""
    rows: list[tuple[str, dict[str, Any]]] = city.remember(
        ("things", entry.id), lambda: [_findable(city, entry, i) for i in city.plan.table(entry.table)]
    )
    wanted = fold(q)
    return [thing for text, thing in rows if wanted in text][:most]


def _findable(city: City, entry: Entry, identity: str) -> tuple[str, dict[str, Any]]:
    found = thing(city, entry, identity)
    return fold(" ".join((identity, *found["name"].values()))), found


def thing(city: City, entry: Entry, identity: str) -> dict[str, Any]:
    held = city.plan.table(entry.table)[identity]
    row = row_of(held)
    content = row.model_dump(mode="json")
    lon, lat = _where(city, held, row)
    found = {
        "id": identity,
        "name": name_of(city, row),
        "values": {column: content[column] for column in entry.fields if column in content},
        "lon": lon,
        "lat": lat,
    }
    if isinstance(row, o.Parameter):
        found |= {
            "unit": unit(row.unit),
            "low": row.low,
            "high": row.high,
            "status": row.status,
            "subject": identity.partition(".")[0],
            "note": {"vi": row.note_vi or row.note, "en": row.note} if row.note else None,
        }
    return found


def name_of(city: City, row: Any) -> dict[str, str]:
    """What an object is called; a link without a name by its ends, an assumption by what it is."""
    if isinstance(row, o.Parameter):
        return {language: pick(row, "name", language) for language in LANGUAGES}
    if isinstance(row, o.PortCapacity):
        text = f"{row.berth_area_vi} ({{phase}})"
        phase = both(label(row.phase))
        return {language: text.format(phase=phase[language]) for language in LANGUAGES}
    if isinstance(row, o.Link) and not row.name_vi:
        ends = [city.plan.nodes.get(i) for i in (row.from_node, row.to_node)]
        text = " - ".join(node.name_vi for node in ends if node is not None) or row.id
        return dict.fromkeys(LANGUAGES, text)
    found = named(row)
    return {language: found[language] or pick(row, "name", language) or row.id for language in LANGUAGES}


def _where(city: City, held: Any, row: Any) -> tuple[float | None, float | None]:
    shape = held.geometry if isinstance(held, Feature) else None
    if isinstance(row, o.Project):
        shape = features.project_shape(row)
    if isinstance(row, o.Node):
        return row.lon, row.lat
    if shape is None or shape.is_empty:
        return None, None
    at = shape.representative_point()
    return round(at.x, 5), round(at.y, 5)


def before_of(city: City, table: str, identity: str) -> Mapping[str, Any]:
    """The plan's own values of an object, its shape included; nothing where the change adds it."""
    held = city.plan.table(table).get(identity)
    if held is None:
        return {}
    content: dict[str, Any] = row_of(held).model_dump(mode="json")
    if isinstance(held, Feature):
        content["geometry"] = geometry_content(held.geometry)
    return content
