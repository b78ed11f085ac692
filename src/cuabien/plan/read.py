"""Read a plan package: every file, every fault, then a typed `Plan`, or `UnusableInput` with all faults.

Reading never writes, never follows a link out of the folder and never guesses: a cell that is not what its
column says is a fault that names file, row, column, value and remedy.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pydantic
import shapely
from shapely.geometry import shape as as_shape

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.plan.package import TABLES, Feature, Plan, Table

MAX_FILE_BYTES = 64 * 2**20


def read_plan(folder: str | Path) -> Plan:
    """The plan in a folder. Raises `UnusableInput` with every fault of form at once."""
    plan, faults = try_read_plan(folder)
    if plan is None or stops(faults):
        raise UnusableInput(faults)
    return plan


def try_read_plan(folder: str | Path) -> tuple[Plan | None, list[Fault]]:
    """The plan, as far as it can be read, and the faults of form. None when a needed part is missing."""
    files, faults = read_files(Path(folder))
    return parse_plan(files, faults)


# ---- files ------------------------------------------------------------------------------------------------


def read_files(folder: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """The bytes of each file of the package by relative path."""
    if not folder.is_dir():
        fault = Fault(
            "no-plan",
            str(folder),
            N_("there is no plan folder here"),
            N_("name a folder that holds plan.toml"),
        )
        raise UnusableInput([fault])
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    root = folder.resolve()
    patterns = ["plan.toml", "parameters.toml", *(p for table in TABLES for p in table.paths)]
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix()
            if not path.resolve().is_relative_to(root):
                faults.append(
                    Fault(
                        "outside-plan",
                        name,
                        N_("the file is a link that leaves the plan folder"),
                        N_("copy the file into the plan folder"),
                    )
                )
            elif path.stat().st_size > MAX_FILE_BYTES:
                faults.append(
                    Fault(
                        "oversized",
                        name,
                        N_("the file is larger than {limit} MiB"),
                        N_("split the file or leave out what is not plan data"),
                        values={"limit": MAX_FILE_BYTES // 2**20},
                    )
                )
            elif path.is_file():
                files[name] = path.read_bytes()
    return files, faults


def parse_plan(files: Mapping[str, bytes], faults: list[Fault]) -> tuple[Plan | None, list[Fault]]:
    """A plan from bytes in memory; `faults` so far are kept in front."""
    faults = list(faults)
    header = _header(files, faults)
    parameters = _parameters(files, faults)
    tables: dict[str, Any] = {}
    for table in TABLES:
        rows: dict[str, Any] = {}
        names = [
            n for n in files if any(Path(n).match(p) and n.count("/") == p.count("/") for p in table.paths)
        ]
        if table.needed and not names:
            faults.append(
                Fault(
                    "missing-file",
                    table.paths[0],
                    N_("the file is missing"),
                    N_("add the file; docs/plan-format.md shows its columns"),
                )
            )
        for name in names:
            for row_number, row_id, row in _rows(table, name, files[name], faults):
                if row_id in rows:
                    faults.append(
                        Fault(
                            "duplicate-id",
                            name,
                            N_("the id {id} stands twice"),
                            N_("give each row an id of its own"),
                            row_number,
                            values={"id": row_id},
                        )
                    )
                else:
                    rows[row_id] = row
        tables[table.name] = rows
    if header is None:
        return None, faults
    return Plan(header=header, parameters=parameters, files=dict(files), **tables), faults


# ---- text, TOML, CSV, GeoJSON -----------------------------------------------------------------------------


def _text(name: str, data: bytes, faults: list[Fault]) -> str | None:
    if data.startswith(b"\xef\xbb\xbf"):
        faults.append(
            Fault(
                "bom", name, N_("the file begins with a byte order mark"), N_("save it as UTF-8 without BOM")
            )
        )
        data = data[3:]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.append(
            Fault(
                "encoding",
                name,
                N_("byte {position} is not UTF-8"),
                N_("save the file as UTF-8"),
                values={"position": error.start},
            )
        )
        return None


def _toml(name: str, data: bytes, faults: list[Fault]) -> dict[str, Any] | None:
    text = _text(name, data, faults)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(
            Fault(
                "toml",
                name,
                N_("the file is not TOML: {error}"),
                N_("mend the line; text stands in quotes, a list in [ ]"),
                values={"error": str(error)},
            )
        )
        return None


def _header(files: Mapping[str, bytes], faults: list[Fault]) -> o.PlanHeader | None:
    if "plan.toml" not in files:
        faults.append(
            Fault(
                "missing-file",
                "plan.toml",
                N_("the file is missing"),
                N_("add the file; docs/plan-format.md shows its columns"),
            )
        )
        return None
    content = _toml("plan.toml", files["plan.toml"], faults)
    return None if content is None else _validated(o.PlanHeader, content, "plan.toml", None, faults)


def _parameters(files: Mapping[str, bytes], faults: list[Fault]) -> dict[str, o.Parameter]:
    content = _toml("parameters.toml", files["parameters.toml"], faults) if "parameters.toml" in files else {}
    rows: dict[str, o.Parameter] = {}
    for subject, group in (content or {}).items():
        for name, entry in group.items() if isinstance(group, dict) else ():
            identity = f"{subject}.{name}"
            entry = entry if isinstance(entry, dict) else {"value": entry}
            row = _validated(o.Parameter, {"id": identity, **entry}, "parameters.toml", identity, faults)
            if row:
                rows[identity] = row
    return rows


def _rows(
    table: Table, name: str, data: bytes, faults: list[Fault]
) -> Iterator[tuple[int | str | None, str, Any]]:
    if table.form == "toml":
        content = _toml(name, data, faults)
        row = None if content is None else _validated(table.row, content, name, None, faults)
        if row is not None:
            yield None, row.id, row  # type: ignore[attr-defined]
    elif table.form == "geojson":
        yield from _features(table, name, data, faults)
    else:
        yield from _csv_rows(table, name, data, faults)


def _csv_rows(table: Table, name: str, data: bytes, faults: list[Fault]) -> Iterator[tuple[int, str, o.Row]]:
    text = _text(name, data, faults)
    if text is None:
        return
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = reader.fieldnames
        if not columns:
            faults.append(
                Fault(
                    "empty", name, N_("the file is empty"), N_("write at least the line of column names"), 1
                )
            )
            return
        fields = table.row.model_fields
        missing = [c for c in fields if c not in columns]
        unknown = [c for c in columns if c not in fields]
        for column in missing:
            faults.append(
                Fault(
                    "missing-column",
                    name,
                    N_("the column {column} is missing"),
                    N_("add the column; leave its cells blank where nothing is known"),
                    1,
                    values={"column": column},
                )
            )
        for column in unknown:
            faults.append(
                Fault(
                    "unknown-column",
                    name,
                    N_("the column {column} is not known here"),
                    N_("rename it, or move it to the note column"),
                    1,
                    values={"column": column},
                )
            )
        if missing or unknown:
            return
        for cells in reader:
            line = reader.line_num
            if None in cells or None in cells.values():
                faults.append(
                    Fault(
                        "ragged-row",
                        name,
                        N_("the row has another number of cells than the header"),
                        N_("put text with commas in double quotes"),
                        line,
                    )
                )
                continue
            content = {c: _cell(fields[c].annotation, v) for c, v in cells.items() if v != ""}
            row = _validated(table.row, content, name, line, faults)
            if row is not None:
                yield line, row.id, row  # type: ignore[attr-defined]
    except csv.Error as error:
        faults.append(
            Fault(
                "csv",
                name,
                N_("the file is not CSV: {error}"),
                N_("write comma-separated cells, with text that holds commas in double quotes"),
                values={"error": str(error)},
            )
        )


def _cell(annotation: Any, text: str) -> Any:
    """Cells of several ids are parted by ";"; yes and no are booleans; the rest is left to the row type."""
    kinds = {annotation, *get_args(annotation)} | {get_origin(a) for a in (annotation, *get_args(annotation))}
    if tuple in kinds:
        return tuple(part.strip() for part in text.split(";"))
    if bool in kinds:
        return {"yes": True, "no": False}.get(text, text)
    return text


def _features(table: Table, name: str, data: bytes, faults: list[Fault]) -> Iterator[tuple[str, str, Any]]:
    text = _text(name, data, faults)
    if text is None:
        return
    try:
        content = json.loads(text)
        features = content["features"]
        iter(features)
    except (ValueError, KeyError, TypeError, RecursionError):
        faults.append(
            Fault(
                "geojson",
                name,
                N_("the file is not a GeoJSON feature collection"),
                N_('write {{"type": "FeatureCollection", "features": [...]}}'),
            )
        )
        return
    for index, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            faults.append(
                Fault(
                    "geojson",
                    name,
                    N_("feature {index} has no properties"),
                    N_("give each feature its properties, with an id"),
                    index,
                    values={"index": index},
                )
            )
            continue
        where = str(properties.get("id", index))
        row = _validated(
            table.row, {k: v for k, v in properties.items() if v is not None}, name, where, faults
        )
        geometry = _geometry(feature.get("geometry"), name, where, faults)
        if row is not None and geometry is not None:
            yield where, row.id, Feature(row, geometry)  # type: ignore[attr-defined]


def _geometry(content: Any, name: str, where: str, faults: list[Fault]) -> Any:
    try:
        geometry = as_shape(content)
        if geometry.is_empty:
            raise ValueError("empty")
    except Exception:  # shapely raises many kinds for broken coordinates; to a planner they are one fault
        faults.append(
            Fault(
                "geometry",
                name,
                N_("the shape cannot be read"),
                N_("draw the shape again; coordinates are [longitude, latitude]"),
                where,
            )
        )
        return None
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        faults.append(
            Fault(
                "crs",
                name,
                N_("the coordinates are not longitude and latitude: {x}, {y}"),
                N_("store WGS 84; `cuabien import` converts VN-2000"),
                where,
                values={"x": west, "y": south},
            )
        )
        return None
    if not geometry.is_valid:
        faults.append(
            Fault(
                "crossed-polygon",
                name,
                N_("the outline crosses itself: {why}"),
                N_("draw the outline again so that it does not cross itself"),
                where,
                values={"why": shapely.is_valid_reason(geometry)},
            )
        )
        return None
    return geometry


# ---- one row ----------------------------------------------------------------------------------------------


def _validated(
    row_type: type[Any], content: Mapping[str, Any], name: str, row: int | str | None, faults: list[Fault]
) -> Any:
    try:
        return row_type.model_validate(content)
    except pydantic.ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            faults.append(_cell_fault(name, row, detail))
        return None


def _cell_fault(name: str, row: int | str | None, detail: Mapping[str, Any]) -> Fault:
    column = ".".join(str(part) for part in detail["loc"]) or "-"
    kind = detail["type"]
    value = detail.get("input")
    values = {"column": column, "value": value, "why": detail["msg"]}
    if kind == "missing":
        return Fault(
            "missing-value",
            name,
            N_("{column} is blank"),
            N_("fill in {column}; every row needs it"),
            row,
            values=values,
        )
    if kind in ("float_parsing", "int_parsing", "int_from_float", "float_type", "int_type"):
        if isinstance(value, str) and "," in value:
            return Fault(
                "decimal-comma",
                name,
                N_('{column}: "{value}" is text'),
                N_("write the number with a decimal point and no thousands mark"),
                row,
                values=values,
            )
        return Fault(
            "not-a-number",
            name,
            N_('{column}: "{value}" is not a number'),
            N_("write a number, or leave the cell blank when it is unknown"),
            row,
            values=values,
        )
    if kind in ("finite_number", "greater_than_equal", "less_than_equal", "greater_than"):
        return Fault(
            "out-of-bounds",
            name,
            N_('{column}: "{value}" is out of bounds: {why}'),
            N_("check the unit and the sign of {column}"),
            row,
            values=values,
        )
    if kind == "literal_error":
        return Fault(
            "unknown-word",
            name,
            N_('{column}: "{value}" is not one of the words allowed: {why}'),
            N_("use one of the words listed"),
            row,
            values=values,
        )
    if kind == "extra_forbidden":
        return Fault(
            "unknown-column",
            name,
            N_("the column {column} is not known here"),
            N_("rename it, or move it to the note column"),
            row,
            values=values,
        )
    return Fault(
        "bad-value",
        name,
        N_('{column}: "{value}" cannot be used: {why}'),
        N_("see docs/plan-format.md for {column}"),
        row,
        values=values,
    )
