"""Small edits of a plan for tests, written as the change files that people write."""

from __future__ import annotations

from typing import Any

import tomlkit

from cuabien.plan.change import apply, read_change
from cuabien.plan.package import Plan

Entry = dict[str, Any]
MADE_UP: Entry = {"source": "textbook", "confidence": "source read"}
NEW: dict[str, Entry] = {
    "area": {"kind": "commune", "name_vi": "Mới", "name_en": "New", "boundary": "since-2025-07", **MADE_UP},
    "claim": {"statement": "S1", "reading_vi": "a", "reading_en": "a", "source": "textbook"},
    "document": {"kind": "decision", "title_vi": "Mới", "title_en": "New", **MADE_UP},
    "figure": {"area": "TT", "item": "things", "period": "2025", "status": "statistic", **MADE_UP},
    "line": {"name_vi": "Mới", "mode": "metro", "attributes": "read", **MADE_UP},
    "line_stop": {"line": "M1", "place": 1, "node": "N1", **MADE_UP},
    "link": {"mode": "road", "link_class": "primary", "length_km": 10, **MADE_UP},
    "node": {"name_vi": "Mới", "kind": "junction", "lon": 106.6, "lat": 20.8, "in_city": True, **MADE_UP},
    "observation": {
        "area": "TT",
        "boundary": "since-2025-07",
        "period": "2025",
        "value": 1,
        "unit": "percent",
        **MADE_UP,
    },
    "parameter": {"value": 5, "unit": "ratio", "status": "statistic", **MADE_UP},
    "place": {"name_vi": "Mới", "name_en": "New", "kind": "town", "rank": 5, **MADE_UP},
    "port_capacity": {
        "berth_area_vi": "Mới",
        "phase": "existing",
        "berths": 1,
        "berths_without_figure": 0,
        **MADE_UP,
    },
    "source": {"title": "New", "date": "2025", "confidence": "source read"},
    "statement": {
        "kind": "directive",
        "group": "tasks",
        "statement_vi": "Mới",
        "statement_en": "New",
        "home": "task",
        "state": "planned",
        **MADE_UP,
    },
    "target": {
        "area": "TT",
        "boundary": "since-2025-07",
        "year": 2030,
        "operator": ">=",
        "value": 12,
        "document": "DOC1",
        **MADE_UP,
    },
    "zone": {
        "layer": "industrial",
        "kind": "industrial park",
        "name_vi": "Mới",
        "name_en": "New",
        "shape": "official",
        **MADE_UP,
    },
}


def edit(entry: str, identity: str, /, **fields: Any) -> Entry:
    """Change fields of an object; `blank` empties some."""
    return {"entry": entry, "id": identity, **fields}


def remove(entry: str, identity: str) -> Entry:
    return {"entry": entry, "id": identity, "remove": True}


def new(entry: str, identity: str, /, **fields: Any) -> Entry:
    """A whole new object, the needed columns filled in."""
    return {"entry": entry, "id": identity, "add": True, **NEW[entry], **fields}


def square(lon: float, lat: float, half: float = 0.0045) -> Entry:
    """A square of about one kilometre as a GeoJSON geometry."""
    w, e, s, n = lon - half, lon + half, lat - half, lat + half
    return {"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]}


def change_file(*entries: Entry) -> bytes:
    content: dict[str, Any] = {}
    for entry in entries:
        fields = {key: value for key, value in entry.items() if key != "entry"}
        content.setdefault(entry["entry"], []).append(fields)
    return tomlkit.dumps(content).encode()


def edited(plan: Plan, *entries: Entry) -> Plan:
    """The plan with these edits; they go through the same door as anybody's change."""
    return apply(plan, read_change(change_file(*entries), plan))
