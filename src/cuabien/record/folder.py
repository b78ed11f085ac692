"""The record as plain files: written in one form, read with every fault at once.

    consultations.csv ... roots.csv    the tables of `objects.TABLES`, sorted, formulas neutralised
    comments.geojson                   the place of each comment that is shown and has one, one feature a line
    changes/<hash>.toml                the change of each counter-proposal, answer or merge that the record holds
    ledger.jsonl                       the ledger, one line an act
    record.json                        the SHA-256 of each of these files

Files of other names (evidence of publication, pictures) may lie beside them and are left alone. Every text is data, whatever it
says: what reads a text as code is the reader's program, so each output escapes it for itself, and CSV neutralises formulas.

There is one form: reading what was written and writing it again gives the same bytes, so a file whose rows stand in another
order is found.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from cuabien.base.cells import neutral, restored
from cuabien.base.dates import is_partial_date
from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.base.folders import rewrite_folder
from cuabien.base.hashing import hash_bytes
from cuabien.base.words import N_
from cuabien.record.ledger import FILE as LEDGER
from cuabien.record.ledger import Root, is_moment, parse_ledger, render_ledger
from cuabien.record.objects import ROOT_CELLS, TABLES, Cell, Record, Table

SCHEMA = "cuabien-record/1"
HEAD, PLACES, CHANGES = "record.json", "comments.geojson", "changes"
NEEDED = (*(table.file for table in TABLES), PLACES, LEDGER, HEAD)
MAX_FILE_BYTES = 256 * 2**20
MAX_FAULTS_A_FILE = 1000
LONGEST_TEXT = 100_000
LIST = ";"

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,159}", re.ASCII)
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
SALT = re.compile(r"([0-9a-f]{2}){8,64}", re.ASCII)
WHOLE = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
PERSONAL = re.compile(r"(^|_)(e?mail|phone|tel|name|contact|address|ip|user|author|voter|birth|passport|cccd|cmnd)($|_)", re.I)  # fmt: skip

RULES: Mapping[str, tuple[str, str]] = {
    "no-record": (N_("there is no record here"), N_("name a folder that holds record.json and ledger.jsonl")),
    "missing": (N_("the file is missing"), N_("take the record again; a table without rows still has its line of columns")),
    "unreadable": (N_("the file cannot be read: {why}"), N_("give yourself the right to read it, or copy it again")),
    "link": (N_("this is a link, not a file"), N_("copy the file into the record")),
    "oversized": (N_("the file is larger than {limit} MiB"), N_("this is no file of a record; take the record again")),
    "encoding": (N_("line {line} is not UTF-8"), N_("save the file as UTF-8 without a byte order mark")),
    "control": (N_("the text holds the control character {code}"), N_("take it out where the record is made")),
    "csv": (N_("the file is not CSV: {why}"), N_("take the record again")),
    "columns": (N_("the columns are not those of this table"), N_("write {columns}")),
    "personal": (
        N_('the column "{column}" may hold personal data, and a record has no column for them'),
        N_("take it out of the record, and out of every copy that was given away"),
    ),
    "ragged": (N_("the row has {count} cells and the table {wanted}"), N_("take the record again")),
    "blank": (N_("{column} is blank"), N_("every row has it; take the record again")),
    "value": (N_('{column}: "{value}" is not what may stand there'), N_("write {wanted}")),
    "long": (N_("{column} holds {count} characters; at most {limit} are read"), N_("shorten it where the record is made")),
    "twice": (N_("{key} stands twice; the first time in line {first}"), N_("remove the row that was added")),
    "order": (N_("the row does not stand in its place: rows were put in another order"), N_("take the record again")),
    "form": (N_("the file says what it should, but not in its one form"), N_("take the record again")),
    "json": (N_("the file is not JSON of this form: {why}"), N_("take the record again")),
    "schema": (N_("the record was written in another format"), N_("read it with the version that wrote it")),
    "change-name": (N_("the change is named after another hash than its own, {hash}"), N_("give the file the name <hash>.toml")),
    "too-many": (N_("the file has {limit} faults; the rest was not read"), N_("take the record again")),
}  # fmt: skip
"""Rule -> what was found, and how to mend it."""


def fault(rule: str, file: str, row: int | str | None = None, **values: object) -> Fault:
    template, remedy = RULES[rule]
    return Fault(f"record-{rule}", file, template, remedy, row=row, values=values)


# ---- columns ----------------------------------------------------------------------------------------------


@cache
def cells_of(row_type: type) -> dict[str, Cell]:
    """Column -> what may stand in it, in the order of the file."""
    if row_type is Root:
        return dict(ROOT_CELLS)
    hints = typing.get_type_hints(row_type, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(row_type)}


EXPECTED = {
    "id": N_("letters, digits and _ . : -"),
    "ids": N_("ids parted by ;"),
    "hash": N_("64 hexadecimal digits"),
    "hashes": N_("hashes parted by ;"),
    "salt": N_("hexadecimal digits"),
    "moment": N_("a moment in UTC: 2026-03-01T08:00:00Z"),
    "day": N_("a day: 2026-03-01"),
    "whole": N_("a whole number"),
    "yes-no": N_("yes or no"),
    "text": N_("text"),
}


def _is_day(text: str) -> bool:
    return len(text) == 10 and is_partial_date(text)


def _is_list(pattern: re.Pattern[str], text: str) -> bool:
    parts = text.split(LIST)
    return all(pattern.fullmatch(part) for part in parts)


FITS: Mapping[str, Callable[[str], object]] = {
    "id": ID.fullmatch,
    "ids": lambda text: _is_list(ID, text),
    "hash": HASH.fullmatch,
    "hashes": lambda text: _is_list(HASH, text),
    "salt": SALT.fullmatch,
    "moment": is_moment,
    "day": _is_day,
    "whole": WHOLE.fullmatch,
    "yes-no": lambda text: text in ("yes", "no"),
    "text": lambda text: True,
}
"""Kind of cell -> whether a text may stand in it."""


def _fits(cell: Cell, text: str) -> bool:
    if text == "":
        return cell.blank
    if cell.kind == "word":
        return text in cell.words
    return bool(FITS[cell.kind](text))


def _value(cell: Cell, text: str) -> Any:
    if cell.kind == "whole":
        return int(text)
    if cell.kind == "yes-no":
        return text == "yes"
    if cell.kind in ("ids", "hashes"):
        return tuple(text.split(LIST)) if text else ()
    return text


def _written(cell: Cell, value: Any) -> str:
    if cell.kind == "yes-no":
        return "yes" if value else "no"
    if cell.kind in ("ids", "hashes"):
        return LIST.join(value)
    return neutral(value) if cell.kind == "text" else str(value)


def key_of(table: Table, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in table.key)


# ---- write ------------------------------------------------------------------------------------------------


def write_record(record: Record, folder: str | Path) -> None:
    """Write a record into a folder: aside, then renamed. What else lies in the folder stays; older changes go."""
    files = render_record(record)

    def write(new: Path) -> None:
        shutil.rmtree(new / CHANGES, ignore_errors=True)
        for name, data in files.items():
            (new / name).parent.mkdir(exist_ok=True)
            (new / name).write_bytes(data)

    rewrite_folder(Path(folder), write)


def render_record(record: Record) -> dict[str, bytes]:
    """The bytes of every file; equal records give equal bytes."""
    files = {table.file: render_table(table, record.rows(table.name)) for table in TABLES}
    files[PLACES] = render_places(record.geometries)
    files[LEDGER] = render_ledger(record.ledger)
    files |= {f"{CHANGES}/{name}.toml": data for name, data in sorted(record.changes.items())}
    files[HEAD] = render_head(files)
    return files


def render_table(table: Table, rows: Iterable[Any]) -> bytes:
    cells = cells_of(table.row)
    lines = [",".join(cells)]
    lines += [
        ",".join(_quoted(_written(cell, getattr(row, column))) for column, cell in cells.items())
        for row in sorted(rows, key=lambda row: key_of(table, row))
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _quoted(text: str) -> str:
    """Quoted where it must be; by hand, so that every text reads back as it was, a lone carriage return too."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if re.search(r'[",\r\n]', text) else text


def render_places(geometries: Mapping[str, Mapping[str, Any]]) -> bytes:
    lines = [
        json.dumps(
            {"type": "Feature", "id": comment, "properties": {}, "geometry": dict(geometry)},
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
            allow_nan=False,
        )
        for comment, geometry in sorted(geometries.items())
    ]
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def render_head(files: Mapping[str, bytes]) -> bytes:
    hashes = {name: hash_bytes(data) for name, data in sorted(files.items()) if name != HEAD}
    return (
        json.dumps({"schema": SCHEMA, "files": hashes}, ensure_ascii=False, sort_keys=True, indent=1).encode()
        + b"\n"
    )


# ---- read -------------------------------------------------------------------------------------------------


def is_record(folder: Path) -> bool:
    """Whether a folder says that it holds a record of a consultation, and not only evidence of publication."""
    return any((folder / name).exists() for name in (HEAD, LEDGER, TABLES[0].file))


def read_record(folder: str | Path) -> Record:
    """The record in a folder. Raises `UnusableInput` with every fault of form at once."""
    record, faults = try_read_record(folder)
    if stops(faults):
        raise UnusableInput(faults)
    return record


def try_read_record(folder: str | Path) -> tuple[Record, list[Fault]]:
    """The record as far as it can be read, and every fault of its form."""
    folder = Path(folder)
    if not folder.is_dir() or not is_record(folder):
        raise UnusableInput([fault("no-record", str(folder))])
    files, faults = read_files(folder)
    record, more = parse_record(files)
    unread = {f.file for f in faults}
    return record, [*faults, *(f for f in more if f.rule != "record-missing" or f.file not in unread)]


def read_files(folder: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """The bytes of each file of the record by relative path. No link is followed."""
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    changes = folder / CHANGES
    names = [*NEEDED]
    if changes.is_dir() and not changes.is_symlink():
        names += sorted(f"{CHANGES}/{path.name}" for path in changes.iterdir() if path.suffix == ".toml")
    for name in names:
        path = folder / name
        try:
            if path.is_symlink() or (path.exists() and not path.is_file()):
                faults.append(fault("link", name))
            elif path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
                faults.append(fault("oversized", name, limit=MAX_FILE_BYTES // 2**20))
            elif path.is_file():
                files[name] = path.read_bytes()
        except OSError as error:
            faults.append(fault("unreadable", name, why=error.strerror or str(error)))
    return files, faults


def parse_record(files: Mapping[str, bytes]) -> tuple[Record, list[Fault]]:
    """A record from bytes in memory, as far as it can be read, and every fault of its form."""
    faults = [fault("missing", name) for name in NEEDED if name not in files]
    rows = {t.name: _rows(t, files[t.file], faults) for t in TABLES if t.file in files}
    geometries = _places(files[PLACES], faults) if PLACES in files else {}
    entries, of_ledger = parse_ledger(files.get(LEDGER, b""))
    faults += of_ledger
    changes = _changes(files, faults)
    if HEAD in files:
        faults += _of_head(files)
    record = Record(
        ledger=tuple(entries),
        geometries=geometries,
        changes=changes,
        **{name: tuple(found) for name, found in rows.items()},
    )
    return record, faults


def _text(name: str, data: bytes, faults: list[Fault]) -> str | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.append(fault("encoding", name, line := data.count(b"\n", 0, error.start) + 1, line=line))
        return None
    odd = CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        faults.append(fault("control", name, line, code=f"U+{ord(odd[0]):04X}"))
        return None
    return text


def _rows(table: Table, data: bytes, faults: list[Fault]) -> list[Any]:
    name, cells = table.file, cells_of(table.row)
    text = _text(name, data, faults)
    if text is None:
        return []
    rows: list[Any] = []
    seen: dict[tuple[Any, ...], int] = {}
    found: list[Fault] = []
    for line, texts in _lines(name, text, list(cells), found):
        if len(found) >= MAX_FAULTS_A_FILE:
            found.append(fault("too-many", name, line, limit=MAX_FAULTS_A_FILE))
            break
        row = _row(table, line, texts, found)
        if row is None:
            continue
        key = key_of(table, row)
        first = seen.setdefault(key, line)
        if first != line:
            found.append(fault("twice", name, line, key=" ".join(map(str, key)), first=first))
            continue
        if rows and key < key_of(table, rows[-1]):
            found.append(fault("order", name, line))
        rows.append(row)
    if not found and render_table(table, rows) != data:
        found.append(fault("form", name))
    faults += found
    return rows


def _lines(
    name: str, text: str, columns: list[str], faults: list[Fault]
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, column -> cell) of each row that has a cell for each column."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        given = next(reader, [])
        if given != columns:
            further = [c for c in given if c not in columns and PERSONAL.search(c)]
            faults += [fault("personal", name, 1, column=column) for column in further]
            faults.append(fault("columns", name, 1, columns=",".join(columns)))
            return
        for cells in reader:
            if len(cells) != len(columns):
                faults.append(fault("ragged", name, reader.line_num, count=len(cells), wanted=len(columns)))
                continue
            yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        faults.append(fault("csv", name, reader.line_num or 1, why=str(error)))


def _row(table: Table, line: int, texts: Mapping[str, str], faults: list[Fault]) -> Any:
    """The row, or None when a cell of it is not what its column says."""
    values: dict[str, Any] = {}
    for column, cell in cells_of(table.row).items():
        text = restored(texts[column]) if cell.kind == "text" else texts[column]
        if len(text) > LONGEST_TEXT:
            faults.append(fault("long", table.file, line, column=column, count=len(text), limit=LONGEST_TEXT))
        elif text == "" and not cell.blank:
            faults.append(fault("blank", table.file, line, column=column))
        elif not _fits(cell, text):
            wanted = {"wanted": ", ".join(cell.words)} if cell.kind == "word" else {"say_wanted": EXPECTED[cell.kind]}  # fmt: skip
            faults.append(_value_fault(table.file, line, column, text, wanted))
        else:
            values[column] = _value(cell, text)
    return table.row(**values) if len(values) == len(texts) else None


def _value_fault(file: str, line: int, column: str, value: str, wanted: Mapping[str, str]) -> Fault:
    template, remedy = RULES["value"]
    words = remedy if "wanted" in wanted else N_("write {say_wanted}")
    return Fault("record-value", file, template, words, row=line, values={"column": column, "value": value, **wanted})  # fmt: skip


# ---- places, changes, head --------------------------------------------------------------------------------

SHAPES = {"Point": 0, "LineString": 1, "Polygon": 2}
"""Kind of geometry -> how deep its lists of coordinates are nested."""


def _places(data: bytes, faults: list[Fault]) -> dict[str, dict[str, Any]]:
    text = _text(PLACES, data, faults)
    if text is None:
        return {}
    try:
        content = json.loads(text, parse_constant=_no_constant)
        features = content["features"]
        found = {feature["id"]: feature["geometry"] for feature in features}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        faults.append(fault("json", PLACES, why=str(error) or type(error).__name__))
        return {}
    wrong = [
        number
        for number, feature in enumerate(features, 2)
        if not isinstance(feature["id"], str) or not is_geometry(feature["geometry"])
    ]
    faults += [fault("json", PLACES, number, why=N_("geometry")) for number in wrong]
    if not wrong and render_places(found) != data:
        faults.append(fault("form", PLACES))
    return {} if wrong else found


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def is_geometry(value: Any) -> bool:
    """Whether this is a point, line or area in longitude and latitude, and nothing else beside it."""
    if not isinstance(value, dict) or set(value) != {"type", "coordinates"} or value["type"] not in SHAPES:
        return False
    return _is_nested(value["coordinates"], SHAPES[value["type"]])


def _is_nested(value: Any, depth: int) -> bool:
    if not isinstance(value, list) or not value:
        return False
    if depth:
        return all(_is_nested(part, depth - 1) for part in value)
    numbers = len(value) == 2 and all(type(v) in (int, float) for v in value)
    return numbers and abs(value[0]) <= 180 and abs(value[1]) <= 90


def _changes(files: Mapping[str, bytes], faults: list[Fault]) -> dict[str, bytes]:
    from cuabien.plan.change import change_hash, try_read_change

    found: dict[str, bytes] = {}
    for name, data in files.items():
        if not name.startswith(f"{CHANGES}/"):
            continue
        stem = Path(name).stem
        change, wrong = try_read_change(data)
        if stops(wrong):
            faults += [replace(f, file=name) for f in wrong]
        elif change_hash(change) != stem:
            faults.append(fault("change-name", name, hash=change_hash(change)))
        else:
            found[stem] = data
    return found


def _of_head(files: Mapping[str, bytes]) -> Iterable[Fault]:
    """Faults of `record.json` itself. Whether files are what it says is told by the checks, beside what is wrong in them."""
    try:
        head = json.loads(files[HEAD])
        schema, hashes = head["schema"], head["files"]
        fits = all(isinstance(name, str) and HASH.fullmatch(digest) for name, digest in hashes.items())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield fault("json", HEAD, why="schema, files")
        return
    if schema != SCHEMA:
        yield fault("schema", HEAD)
    elif not fits:
        yield fault("json", HEAD, why="files")


def head_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """File -> the hash that `record.json` gives; empty when it cannot be read."""
    try:
        found = json.loads(files[HEAD])["files"]
        return {str(name): str(digest) for name, digest in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
