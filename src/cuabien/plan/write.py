"""Write a plan package so that a diff can be read: sorted by id, fixed precision, one feature a line.

A file whose content has not changed since it was read keeps the bytes that it was read from. A changed table is
rendered anew; a changed TOML file is edited in place, so that its comments stay. A folder is written aside, whole,
and then takes the place of the old one: nobody ever finds half a plan.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import shapely
import tomlkit
from tomlkit.items import AoT

from cuabien.base.faults import UnusableInput, stops
from cuabien.base.folders import rewrite_folder
from cuabien.plan import objects as o
from cuabien.plan.package import TABLES, Feature, Plan, Table, home_of
from cuabien.plan.read import is_match, parse_plan, read_files
from cuabien.plan.references import row_of

COORDINATE_DIGITS = 6
"""About 0.1 m at this latitude."""


def render_csv(table: Table, rows: Iterable[o.Row]) -> bytes:
    """Rows as CSV, in the order of the row type's fields, sorted by id; without the rare columns that no row fills."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    listed = sorted(rows, key=_id)
    unused = {c for c in table.row.left_out if all(getattr(row, c) is None for row in listed)}
    columns = [c for c in table.row.model_fields if c not in unused]
    writer.writerow(columns)
    for row in listed:
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
        return ";".join(_cell(v) for v in value)
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


# ---- a whole plan -----------------------------------------------------------------------------------------


def write_plan(plan: Plan, folder: str | Path) -> None:
    """Write the plan to a folder, all of it or nothing. Other files in the folder stay as they are."""
    swap_folder(Path(folder), render_plan(plan))


def render_plan(plan: Plan) -> dict[str, bytes]:
    """Every file of the package by relative path; unchanged content keeps its bytes."""
    before, _ = parse_plan(plan.files, [])
    files = {
        "plan.toml": _toml_file(plan, "plan.toml", plan.header, before.header if before else None),
    }
    parameters = _parameters_file(plan, before)
    if parameters is not None:
        files["parameters.toml"] = parameters
    for table in TABLES:
        now = _by_file(plan, table)
        then = _by_file(before, table) if before else {}
        for name in dict.fromkeys([*then, *_files_of(plan, table), *now]):
            data = _table_file(plan, table, name, now.get(name, {}), then.get(name))
            if data is not None:
                files[name] = data
    return files


def _files_of(plan: Plan, table: Table) -> list[str]:
    return [name for name in plan.files if any(is_match(name, path) for path in table.paths)]


def _by_file(plan: Plan, table: Table) -> dict[str, dict[str, Any]]:
    """The rows of a table, by the file that they live in."""
    files: dict[str, dict[str, Any]] = {}
    for identity, entry in plan.table(table.name).items():
        name = plan.place(table.name, identity)[0]
        if not any(is_match(name, path) for path in table.paths) or "*" in name:
            name = _new_home(table, row_of(entry))
        files.setdefault(name, {})[identity] = entry
    return files


def _new_home(table: Table, row: Any) -> str:
    """The file of a row that was not read from one."""
    homes = {
        "projects": f"projects/{row.id}.toml",
        "zones": f"layers/{getattr(row, 'layer', '')}.geojson",
        "figures": "base/figures.csv",
    }
    return homes.get(table.name, home_of(table.name))


def _table_file(
    plan: Plan, table: Table, name: str, now: Mapping[str, Any], then: Mapping[str, Any] | None
) -> bytes | None:
    """One file of a table; None when it has gone."""
    if name in plan.files and now == (then or {}):
        return plan.files[name]
    if table.form == "toml":
        old = next(iter((then or {}).values()), None)
        return _toml_file(plan, name, next(iter(now.values())), old) if now else None
    return render_geojson(now.values()) if table.form == "geojson" else render_csv(table, now.values())


def _toml_file(plan: Plan, name: str, now: o.Row, then: o.Row | None) -> bytes:
    if then is None or name not in plan.files:
        return render_toml(now)
    if now == then:
        return plan.files[name]
    document = tomlkit.parse(plan.files[name].decode())
    edit_table(document, _plain(then), _plain(now))
    edited = tomlkit.dumps(document)
    kept = type(now).model_validate_json(json.dumps(tomllib.loads(edited), default=str)) == now
    return edited.encode() if kept else render_toml(now)


def _parameters_file(plan: Plan, before: Plan | None) -> bytes | None:
    """`parameters.toml` with its comments, or None when there is none."""
    name = "parameters.toml"
    then = before.parameters if before else {}
    if dict(plan.parameters) == dict(then):
        return plan.files.get(name)
    document = tomlkit.parse(plan.files[name].decode()) if name in plan.files else tomlkit.document()
    for identity in {**then, **plan.parameters}:
        subject, _, short = identity.partition(".")
        if identity not in plan.parameters:
            document[subject].pop(short)
            continue
        if subject not in document:
            document[subject] = tomlkit.table(is_super_table=True)
        group: Any = document[subject]
        old = _without_id(then[identity]) if identity in then else {}
        if short not in group:
            group[short] = tomlkit.table()
        edit_table(group[short], old, _without_id(plan.parameters[identity]))
    return tomlkit.dumps(document).encode()


def _without_id(row: o.Row) -> dict[str, Any]:
    return {key: value for key, value in _plain(row).items() if key != "id"}


def _plain(row: o.Row) -> dict[str, Any]:
    """A row as TOML can hold it: blanks and empty lists left out."""
    content = row.model_dump(mode="json")
    return {key: _toml_value(value) for key, value in content.items() if value is not None and value != []}


def _toml_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _toml_value(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_toml_value(v) for v in value]
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return int(value)
    return value


def edit_table(table: Any, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Set what differs and remove what is gone; everything else, comments included, stays."""
    for key in then:
        if key not in now and key in table:
            del table[key]
    for key, value in now.items():
        if value != then.get(key):
            if key in table and isinstance(table[key], AoT):
                del table[key]
            table[key] = _item(value)


def _item(value: Any) -> Any:
    """A list of tables as [[key]], a path {year: value} in braces, anything else as it is."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        entries = tomlkit.aot()
        for entry in value:
            entries.append(tomlkit.item(entry))
        return entries
    if isinstance(value, dict):
        braces = tomlkit.inline_table()
        braces.update(value)
        return braces
    return value


# ---- folders ----------------------------------------------------------------------------------------------


def swap_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Give the package's files in a folder this content; what else lies there stays."""

    def write(new: Path) -> None:
        for name in set(read_files(folder)[0]) - set(files) if folder.is_dir() else ():
            (new / name).unlink()
        write_files(new, files)

    rewrite_folder(folder, write)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file by relative path; one that holds these bytes already is not touched."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)


# ---- one form for every file --------------------------------------------------------------------------------


def canonical_files(folder: Path) -> dict[str, bytes]:
    """Every file of the package in its one form. A byte order mark is forgiven; any other fault is not.

    Tables are sorted, with every column; TOML keeps its order and comments and gets plain line ends.
    """
    files, faults = read_files(folder)
    files = {name: data.removeprefix(b"\xef\xbb\xbf") for name, data in files.items()}
    plan, faults = parse_plan(files, faults)
    if plan is None or stops(faults):
        raise UnusableInput(faults)
    canonical = {
        name: data.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
        for name, data in files.items()
        if name.endswith(".toml")
    }
    for table in TABLES:
        if table.form == "toml":
            continue
        rows = _by_file(plan, table)
        for name in _files_of(plan, table):
            entries = rows.get(name, {}).values()
            canonical[name] = (
                render_geojson(entries) if table.form == "geojson" else render_csv(table, entries)
            )
    return canonical
