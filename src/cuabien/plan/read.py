"""Read a plan package: every file, every fault, then a typed `Plan`, or `UnusableInput` with all faults.

Reading never writes, never follows a link out of the folder and never guesses: a cell that is not what its
column says is a fault that names file, row, column, value and remedy (`form.py` holds the sentences).
"""

from __future__ import annotations

import csv
import fnmatch
import io
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import shapely
from shapely.geometry import shape as as_shape
from shapely.geometry.base import BaseGeometry

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.plan import objects as o
from cuabien.plan.columns import Kind, column_kinds, may_be_blank
from cuabien.plan.form import fault
from cuabien.plan.package import TABLES, Feature, Plan, Table, home_of
from cuabien.plan.references import Place, reference_faults
from cuabien.plan.rows import DEEPEST, validated

MAX_FILE_BYTES = 64 * 2**20
MAX_FAULTS_A_FILE = 1000
"""A file with more is not a plan file; telling the first thousand is enough."""

SINGLE_FILES = ("plan.toml", "parameters.toml")
PATTERNS = (*SINGLE_FILES, *(pattern for table in TABLES for pattern in table.paths))
FOLDERS = tuple(dict.fromkeys(str(PurePosixPath(pattern).parent) for pattern in PATTERNS))
DATA_ENDINGS = (".csv", ".toml", ".geojson", ".json")
"""A file that ends so and is not part of the package was probably meant to be: it is named in a warning."""


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
        raise UnusableInput([fault("no-plan", str(folder))])
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    for name in _names(folder, faults):
        data = _bytes(folder, name, faults)
        if data is not None:
            files[name] = data
    return files, faults


def _names(folder: Path, faults: list[Fault]) -> Iterator[str]:
    """Names of the package's files, in the order of `PATTERNS`; a broken link or a folder in place of a file is
    among them, so that it is told and not overlooked."""
    there: list[str] = []
    for inner in FOLDERS:
        try:
            entries = sorted(path.name for path in (folder / inner).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            faults.append(fault("unreadable", inner, why=error.strerror))
            continue
        there += [entry if inner == "." else f"{inner}/{entry}" for entry in entries]
    wanted = [name for pattern in PATTERNS for name in there if is_match(name, pattern)]
    strays = sorted({name for name in there if name.endswith(DATA_ENDINGS)} - set(wanted))
    faults += [fault("unknown-file", _plain(n)) for n in strays if not PurePosixPath(n).name.startswith(".")]
    yield from dict.fromkeys(wanted)


def is_match(name: str, pattern: str) -> bool:
    """Whether a relative path is one of a pattern's files; * does not cross a folder."""
    return name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern)


def _bytes(folder: Path, name: str, faults: list[Fault]) -> bytes | None:
    path = folder / name
    shown = _plain(name)
    try:
        if shown != name:
            faults.append(fault("file-name", shown, found=shown, wanted="a-z, 0-9, -"))
        elif not path.resolve().is_relative_to(folder.resolve()):
            faults.append(fault("outside-plan", name))
        elif not path.is_file():
            faults.append(fault("not-a-file", name))
        elif path.stat().st_size > MAX_FILE_BYTES:
            faults.append(fault("oversized", name, limit=MAX_FILE_BYTES // 2**20))
        else:
            return path.read_bytes()
    except (OSError, RuntimeError) as error:  # RuntimeError: links that point at one another
        faults.append(fault("unreadable", shown, why=getattr(error, "strerror", None) or "link"))
    return None


def _plain(name: str) -> str:
    """A file name that can be printed."""
    return name.encode("utf-8", "replace").decode()


# ---- the plan ---------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """What has been seen so far."""

    faults: list[Fault]
    where: dict[tuple[str, str], Place] = field(default_factory=dict)
    """(table, id) -> place of each row, broken ones included."""
    unread: set[str] = field(default_factory=set)
    """Tables of which a whole file could not be read: nothing is said about references into them."""


def parse_plan(files: Mapping[str, bytes], faults: list[Fault]) -> tuple[Plan | None, list[Fault]]:
    """A plan from bytes in memory; `faults` so far are kept in front."""
    seen = _Reading(list(faults))
    for missed in faults:
        seen.unread |= {t.name for t in TABLES if any(is_match(missed.file, p) for p in t.paths)}
    header = _header(files, seen.faults)
    parameters = _parameters(files, seen)
    tables = {table.name: _table(table, files, seen) for table in TABLES}
    known: dict[str, set[str]] = {table.name: set() for table in TABLES}
    for table_name, identity in seen.where:
        known.setdefault(table_name, set()).add(identity)

    def place(table_name: str, identity: str) -> Place:
        return seen.where.get((table_name, identity), (home_of(table_name), identity))

    seen.faults += reference_faults(header, tables, parameters, place, known, seen.unread)
    if header is None:
        return None, seen.faults
    plan = Plan(
        header=header,
        parameters=parameters,
        files=dict(files),
        where={key: seen.where[key] for key in seen.where},
        **tables,
    )
    return plan, seen.faults


def _header(files: Mapping[str, bytes], faults: list[Fault]) -> o.PlanHeader | None:
    if "plan.toml" not in files:
        if not any(f.file == "plan.toml" for f in faults):
            faults.append(fault("missing-file", "plan.toml"))
        return None
    content = toml_content("plan.toml", files["plan.toml"], faults)
    return None if content is None else validated(o.PlanHeader, content, "plan.toml", None, faults)


def _parameters(files: Mapping[str, bytes], seen: _Reading) -> dict[str, o.Parameter]:
    """Parameters stand as [subject.name] tables; the id is "subject.name"."""
    name = "parameters.toml"
    content = toml_content(name, files[name], seen.faults) if name in files else {}
    rows: dict[str, o.Parameter] = {}
    for subject, group in (content or {}).items():
        entries = group if isinstance(group, dict) else {"": group}
        for short, entry in entries.items():
            identity = f"{subject}.{short}" if short else subject
            seen.where["parameters", identity] = (name, identity)
            if not isinstance(entry, dict):
                seen.faults.append(fault("bad-value", name, identity, column=identity, value=_brief(entry)))
                continue
            row = validated(o.Parameter, {**entry, "id": identity}, name, identity, seen.faults)
            if row is not None:
                rows[identity] = row
    return rows


def _table(table: Table, files: Mapping[str, bytes], seen: _Reading) -> dict[str, Any]:
    names = [n for pattern in table.paths for n in files if is_match(n, pattern)]
    if table.needed and not names and table.name not in seen.unread:
        seen.faults.append(fault("missing-file", table.paths[0]))
    rows: dict[str, Any] = {}
    for name in names:
        faults: list[Fault] = []
        for row, identity, entry in READERS[table.form](table, name, files[name], faults):
            if len(faults) >= MAX_FAULTS_A_FILE:
                faults.append(fault("too-many", name, row, limit=MAX_FAULTS_A_FILE))
                break
            if identity:
                first = seen.where.setdefault((table.name, identity), (name, row))
                if first != (name, row) or identity in rows:
                    faults.append(fault("duplicate-id", name, row, id=identity, first=_spot(first)))
                    continue
            if entry is not None:
                rows[identity] = entry
        if any(f.rule in WHOLE_FILE for f in faults):
            seen.unread.add(table.name)
        seen.faults += faults
    return rows


WHOLE_FILE = frozenset(
    (
        *("encoding", "control-character", "toml", "geojson", "csv", "empty", "too-deep", "too-many"),
        *("missing-column", "unknown-column", "duplicate-column"),
    )
)
"""Faults after which the rest of a file was not read."""


def _spot(place: Place) -> str:
    return " ".join(str(part) for part in place if part is not None)


# ---- text, TOML, CSV, GeoJSON -----------------------------------------------------------------------------

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Entries = Iterator[tuple[int | str | None, str, Any]]
"""(row, id, row object or None when it is broken)."""


def _text(name: str, data: bytes, faults: list[Fault]) -> str | None:
    """The text of a file with line feeds between lines, or None."""
    if data.startswith(b"\xef\xbb\xbf"):
        faults.append(fault("bom", name))
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(fault("encoding", name, line, line=line, position=error.start))
        return None
    odd = CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        faults.append(fault("control-character", name, line, code=f"U+{ord(odd[0]):04X}"))
        return None
    if not text.strip():
        faults.append(fault("empty", name, 1))
        return None
    return text.replace("\r\n", "\n")


def toml_content(name: str, data: bytes, faults: list[Fault]) -> dict[str, Any] | None:
    """What a TOML file says, or None and its fault."""
    text = _text(name, data, faults)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except RecursionError:
        faults.append(fault("too-deep", name, limit=DEEPEST))
    except ValueError as error:  # TOMLDecodeError, and whole numbers of thousands of digits
        line = re.search(r"line (\d+)", str(error))
        faults.append(fault("toml", name, int(line[1]) if line else None, why=_brief(error)))
    return None


def _toml_entries(table: Table, name: str, data: bytes, faults: list[Fault]) -> Entries:
    content = toml_content(name, data, faults)
    if content is None:
        return
    row = validated(table.row, content, name, None, faults)
    identity = content.get("id")
    if isinstance(identity, str) and PurePosixPath(name).stem != identity:
        faults.append(fault("file-name", name, found=name, wanted=f"{_brief(identity)}.toml"))
    yield None, identity if isinstance(identity, str) else "", row


def _csv_entries(table: Table, name: str, data: bytes, faults: list[Fault]) -> Entries:
    text = _text(name, data, faults)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = next(reader)
        if not _columns_fit(table, name, columns, faults):
            return
        kinds = column_kinds(table.row)
        must = [c for c in table.row.model_fields if not may_be_blank(table.row, c)]
        empty = True
        for cells in reader:
            if not cells:
                continue
            empty = False
            line = reader.line_num
            if len(cells) != len(columns):
                faults.append(fault("ragged-row", name, line))
                continue
            filled = {c: text_ for c, text_ in zip(columns, cells, strict=True) if text_ != ""}
            blank = [c for c in must if c not in filled]
            faults += [fault("missing-value", name, line, column=column) for column in blank]
            content = {c: cell_value(kinds[c], text_) for c, text_ in filled.items()}
            row = validated(table.row, content, name, line, faults, told=blank)
            yield line, filled.get("id", ""), None if blank else row
        if empty:
            faults.append(fault("table-empty", name))
    except csv.Error as error:
        faults.append(fault("csv", name, reader.line_num or 1, why=_brief(error)))


def _columns_fit(table: Table, name: str, columns: list[str], faults: list[Fault]) -> bool:
    """Whether the rows can be read under these columns."""
    there = set(columns)
    wrong = [
        fault("missing-column", name, 1, column=c)
        for c in table.row.model_fields
        if c not in there and not may_be_blank(table.row, c)
    ]
    wrong += [
        fault("unknown-column", name, 1, column=_brief(c)) for c in columns if c not in table.row.model_fields
    ]
    wrong += [fault("duplicate-column", name, 1, column=_brief(c)) for c in there if columns.count(c) > 1]
    faults += wrong
    faults += [
        fault("absent-column", name, 1, column=c)
        for c in table.row.model_fields
        if c not in there and may_be_blank(table.row, c) and c not in table.row.left_out
    ]
    return not wrong


NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,400}", re.ASCII)


def cell_value(kind: Kind, text: str) -> Any:
    """What a cell says; text that does not fit its column stays text, and the row type refuses it."""
    if kind == "ids":
        return [part.strip() for part in text.split(";")]
    if kind == "numbers":
        return [cell_value("number", part.strip()) for part in text.split(";")]
    if kind == "yes-no":
        return {"yes": True, "no": False}.get(text, text)
    if kind == "whole" and WHOLE.fullmatch(text):
        return int(text)
    if kind == "number" and NUMBER.fullmatch(text):
        return float(text)
    return text


class _NotPlanJsonError(ValueError):
    """JSON that Python would accept and a plan does not: NaN, or a key that stands twice."""


def _no_constant(word: str) -> Any:
    raise _NotPlanJsonError(f"{word} is not a number")


def _no_duplicate(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _NotPlanJsonError(f"{next(k for k in keys if keys.count(k) > 1)!r} stands twice")
    return content


def parse_json(text: str) -> Any:
    """Strict JSON: no NaN, no key twice. Raises ValueError or RecursionError."""
    return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicate)


def _features(table: Table, name: str, data: bytes, faults: list[Fault]) -> Entries:
    text = _text(name, data, faults)
    if text is None:
        return
    try:
        content = parse_json(text)
    except RecursionError:
        faults.append(fault("too-deep", name, limit=DEEPEST))
        return
    except ValueError as error:
        line = getattr(error, "lineno", None)
        faults.append(fault("geojson", name, line, why=_brief(error)))
        return
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        faults.append(fault("geojson", name, why='"features"'))
        return
    if not _is_lon_lat(content.get("crs")):
        faults.append(fault("crs", name, found=_brief(content["crs"])))
    for index, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            faults.append(fault("missing-value", name, index, column="properties"))
            continue
        identity = properties.get("id")
        where = _plain(identity)[:80] if isinstance(identity, str) and identity else index
        row = validated(table.row, properties, name, where, faults)
        geometry = geometry_of(feature.get("geometry"), table.shapes, name, where, faults)
        entry = None if row is None or geometry is None else Feature(row, geometry)
        yield where, identity if isinstance(identity, str) else "", entry


def _is_lon_lat(crs: Any) -> bool:
    """Older GeoJSON may name its reference system; only longitude and latitude of WGS 84 will do."""
    return crs is None or any(mark in str(crs) for mark in ("CRS84", "EPSG::4326", "EPSG:4326"))


def geometry_of(
    content: Any, kinds: Collection[str], name: str, where: int | str, faults: list[Fault]
) -> BaseGeometry | None:
    """The shape of a feature, or None with its fault."""
    try:
        geometry = as_shape(content)
        west, south, east, north = geometry.bounds
        if geometry.is_empty:
            raise ValueError("empty")
    except Exception:  # shapely raises many kinds for broken coordinates; to a planner they are one fault
        faults.append(fault("geometry", name, where))
        return None
    if kinds and geometry.geom_type not in kinds:
        faults.append(fault("geometry-kind", name, where, found=geometry.geom_type, wanted=", ".join(kinds)))
        return None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        faults.append(fault("crs", name, where, found=f"{west}, {south}"))
        return None
    if not geometry.is_valid:
        why = shapely.is_valid_reason(geometry)
        faults.append(fault("crossed-polygon", name, where, why=why))
        return None
    return geometry


def _brief(value: object) -> str:
    """Any value as text that can be printed, cut short."""
    try:
        text = str(value)
    except ValueError:  # a whole number of thousands of digits
        text = "…"
    return _plain(text[:200])


READERS = {"csv": _csv_entries, "geojson": _features, "toml": _toml_entries}


def files_as_they_are(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """(path, time of its last change in ns, bytes) of every file below a plan's folder: differs once one has changed."""
    return tuple(
        sorted(
            (str(path), stat.st_mtime_ns, stat.st_size)
            for path in folder.rglob("*")
            if path.is_file()
            for stat in [path.stat()]
        )
    )
