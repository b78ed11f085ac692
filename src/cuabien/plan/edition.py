"""The hash of an edition: the same meaning gives the same hash.

It is taken over what the plan says, not over how its files are laid out: the order of rows, line ends, comments,
the number of decimals written and the file that a row stands in do not change it; any value of any object does.
Blank cells and values that are the default of their column are left out, so that a column added to the format
later does not change the hash of a plan that does not use it. Coordinates count to six decimals (about 0.1 m).
"""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from cuabien.base.hashing import hash_value
from cuabien.plan import objects as o
from cuabien.plan.package import TABLES, Feature, Plan
from cuabien.plan.write import COORDINATE_DIGITS

FORM = 1
"""Of the content that is hashed; a new form would give every plan a new hash."""
LATER = ("lines", "line_stops")
"""Tables that came to the format later: a plan without them keeps the hash that it had."""


def edition_hash(plan: Plan) -> str:
    """SHA-256 (hex) of the plan's content."""
    content: dict[str, Any] = {
        "form": FORM,
        "plan": row_content(plan.header),
        "parameters": {i: row_content(row) for i, row in plan.parameters.items()},
    }
    for table in TABLES:
        rows = plan.table(table.name)
        if rows or table.name not in LATER:
            content[table.name] = {i: entry_content(entry) for i, entry in rows.items()}
    return hash_value(content)


def entry_content(entry: Any) -> Any:
    """What an entry of a table says, as plain JSON values."""
    if isinstance(entry, Feature):
        return {"row": row_content(entry.row), "geometry": _geometry_content(entry.geometry)}
    return row_content(entry)


def row_content(row: o.Row) -> dict[str, Any]:
    content: dict[str, Any] = row.model_dump(mode="json", exclude_defaults=True)
    value = content.get("value")
    if isinstance(value, dict):  # a path by year: JSON has text for keys
        content["value"] = {str(year): number for year, number in value.items()}
    return content


def _geometry_content(geometry: BaseGeometry) -> Any:
    return _rounded(shapely.geometry.mapping(geometry))


def _rounded(value: Any) -> Any:
    if isinstance(value, float | int):
        return round(float(value), COORDINATE_DIGITS) + 0.0  # never -0.0
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value
