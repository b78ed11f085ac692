"""Write a plan package so that a diff can be read: sorted by id, fixed precision, one feature a line.

A table that has not changed since it was read keeps the bytes that it was read from, comments and all.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import shapely
import tomlkit

from cuabien.plan import objects as o
from cuabien.plan.package import Feature, Table

COORDINATE_DIGITS = 6
"""About 0.1 m at this latitude."""


def render_csv(table: Table, rows: Iterable[o.Row]) -> bytes:
    """Rows as CSV, in the order of the row type's fields, sorted by id."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    columns = list(table.row.model_fields)
    writer.writerow(columns)
    for row in sorted(rows, key=_id):
        writer.writerow([_cell(getattr(row, column)) for column in columns])
    return out.getvalue().encode()


def _id(row: Any) -> str:
    return str(row.id)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return render_number(value)
    if isinstance(value, tuple):
        return ";".join(str(v) for v in value)
    return str(value)


def render_number(value: float) -> str:
    """The shortest text that reads back as the same number; whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def render_geojson(features: Iterable[Feature[Any]]) -> bytes:
    """A feature collection, one feature a line, sorted by id, coordinates with six decimals."""
    lines = []
    for feature in sorted(features, key=lambda f: _id(f.row)):
        properties = {k: v for k, v in feature.row.model_dump(mode="json").items() if v is not None}
        geometry = _rounded(shapely.geometry.mapping(feature.geometry))
        lines.append(
            json.dumps(
                {"type": "Feature", "properties": properties, "geometry": geometry},
                ensure_ascii=False,
                separators=(",", ":"),
            )
        )
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, COORDINATE_DIGITS)
    if isinstance(value, Mapping):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    return value


def render_toml(row: o.Row) -> bytes:
    """One object as TOML, in the order of its fields, blanks and empty lists left out."""
    document = tomlkit.document()
    for key, value in row.model_dump(mode="json").items():
        if value is None or value == []:
            continue
        if key == "phases":
            tables = tomlkit.aot()
            for entry in value:
                tables.append(tomlkit.item({k: v for k, v in entry.items() if v is not None}))
            document[key] = tables
        else:
            document[key] = value
    return tomlkit.dumps(document).encode()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file by relative path."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
