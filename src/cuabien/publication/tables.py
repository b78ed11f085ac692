"""Every table of the plan and of its run as CSV and as Parquet, with words for each column.

In CSV no text can be run as a formula (`base.cells`). Numbers are no texts and stay. Parquet, GeoJSON and the plan's own
files hold every text as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuabien.base.cells import FORMULA
from cuabien.plan import objects as o
from cuabien.plan.columns import column_kinds, may_be_blank, references, words
from cuabien.plan.package import TABLES
from cuabien.plan.references import row_of
from cuabien.publication.edition import EditionInput, Piece
from cuabien.publication.features import place_of

if TYPE_CHECKING:
    import polars as pl

FOLDER = "data"
LIST_SEPARATOR = ";"


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, in both languages."""

    name: str
    type: str
    """string, number, integer or boolean; a list of ids is a string in CSV, parted by `;`."""
    unit: str | None
    vi: str
    en: str
    required: bool = False
    words: tuple[str, ...] = ()
    refers_to: str | None = None
    many: bool = False


@dataclass(frozen=True)
class Table:
    """A table of the edition: of the plan, or of its run."""

    name: str
    of: str
    """plan or run."""
    vi: str
    en: str
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    key: tuple[str, ...] = ()
    from_map: bool = False
    """Whether its rows come from the plan's map folder, which may be under a licence of its own."""


def pieces(edition: EditionInput) -> Iterable[Piece]:
    for table in every_table(edition):
        yield f"{FOLDER}/csv/{table.name}.csv", as_csv(table.rows)
        yield f"{FOLDER}/parquet/{table.name}.parquet", as_parquet(table.rows)


def every_table(edition: EditionInput) -> list[Table]:
    """Tables of the plan, then of the run, those without rows left out."""
    return [table for table in (*plan_tables(edition), *run_tables(edition)) if table.rows.height]


# ---- of the plan ------------------------------------------------------------------------------------------


def plan_tables(edition: EditionInput) -> Iterable[Table]:
    plan = edition.plan
    for table in TABLES:
        entries = plan.table(table.name)
        from_map = any(plan.place(table.name, i)[0].startswith("map/") for i in entries)
        yield _plan_table(table.name, table.row, list(entries.values()), from_map)
    yield from _of_projects(edition)
    yield from _of_parameters(edition)


NESTED = {"projects": ("phases", "points"), "parameters": ("value",)}
"""Columns that hold more than a cell can: they have tables of their own."""


def _plan_table(name: str, row_type: type[o.Row], entries: list[Any], from_map: bool) -> Table:
    import polars as pl

    left = NESTED.get(name, ())
    kinds = {column: kind for column, kind in column_kinds(row_type).items() if column not in left}
    refers = dict(references(row_type))
    columns = tuple(
        _column(
            name,
            column,
            TYPES.get(kind, "string"),
            required=not may_be_blank(row_type, column),
            words=words(row_type, column),
            refers_to=refers.get(column),
            many=kind in ("ids", "numbers"),
        )
        for column, kind in kinds.items()
    )
    rows = [row_of(entry) for entry in entries]
    frame = pl.DataFrame(
        {column: [_value(getattr(row, column)) for row in rows] for column in kinds},
        schema={column: _dtype(kind) for column, kind in kinds.items()},
        strict=False,
    )
    places = [place_of(name, entry) for entry in entries]
    if any(places) and "lon" not in kinds:
        columns += (_column(name, "lon", "number"), _column(name, "lat", "number"))
        frame = frame.with_columns(
            pl.Series("lon", [at[0] if at else None for at in places], dtype=pl.Float64),
            pl.Series("lat", [at[1] if at else None for at in places], dtype=pl.Float64),
        )
    return Table(name, "plan", *titles(name), columns, frame.sort("id"), ("id",), from_map)


def _of_projects(edition: EditionInput) -> Iterable[Table]:
    import polars as pl

    phases = [
        (p.id, n, phase.year, phase.value, phase.unit, phase.confidence)
        for p in sorted(edition.plan.projects.values(), key=lambda p: p.id)
        for n, phase in enumerate(p.phases, 1)
    ]
    yield _made(
        "project_phases",
        pl.DataFrame(
            phases,
            schema={
                "project": pl.String,
                "order": pl.Int64,
                "year": pl.Int64,
                "value": pl.Float64,
                "unit": pl.String,
                "confidence": pl.String,
            },
            orient="row",
        ),
        "plan",
        ("project", "order"),
    )
    points = [
        (p.id, n, lon, lat)
        for p in sorted(edition.plan.projects.values(), key=lambda p: p.id)
        for n, (lon, lat) in enumerate(p.points, 1)
    ]
    schema = {"project": pl.String, "order": pl.Int64, "lon": pl.Float64, "lat": pl.Float64}
    yield _made(
        "project_points", pl.DataFrame(points, schema=schema, orient="row"), "plan", ("project", "order")
    )


def _of_parameters(edition: EditionInput) -> Iterable[Table]:
    """Parameters, and the years of those that are paths; one number stands at year null."""
    import polars as pl

    rows = list(edition.plan.parameters.values())
    yield _plan_table("parameters", o.Parameter, list(rows), False)
    values: list[tuple[str, int | None, float]] = []
    for row in sorted(rows, key=lambda r: r.id):
        if not isinstance(row.value, dict):
            values.append((row.id, None, row.value))
            continue
        values += [(row.id, year, value) for year, value in row.value.items()]
    schema = {"parameter": pl.String, "year": pl.Int64, "value": pl.Float64}
    yield _made("parameter_values", pl.DataFrame(values, schema=schema, orient="row"), "plan")


# ---- of the run -------------------------------------------------------------------------------------------


def run_tables(edition: EditionInput) -> Iterable[Table]:
    for file in sorted(edition.run.manifest["files"]):
        name, ending = Path(file).stem, Path(file).suffix
        if ending == ".parquet":
            yield _made(f"run_{name}", edition.run.table(name), "run")


def _made(name: str, frame: pl.DataFrame, of: str, key: tuple[str, ...] = ()) -> Table:
    columns = tuple(
        _column(
            name,
            column,
            _type_of(dtype),
            refers_to=REFERS.get(column) if of == "run" or column in ("project", "parameter") else None,
            many=_is_list(dtype),
        )
        for column, dtype in frame.schema.items()
    )
    return Table(name, of, *titles(name), columns, frame, key)


REFERS = {
    "area": "areas",
    "project": "projects",
    "parameter": "parameters",
    "link": "links",
    "terminal": "terminals",
}
"""Columns of a run that name an object of the plan."""


# ---- columns ----------------------------------------------------------------------------------------------

TYPES = {"number": "number", "whole": "integer", "yes-no": "boolean"}


def _column(table: str, name: str, kind: str, **more: Any) -> Column:
    row = described(table, name)
    plain = name.replace("_", " ")
    return Column(
        name,
        kind,
        row.get("unit") or None,
        row.get("vi") or plain,
        row.get("en") or plain,
        **more,
    )


def described(table: str, column: str) -> Mapping[str, str]:
    """What the register says of a column: of this table, else of every table; nothing for one it does not know."""
    known = _register("columns.csv")
    return known.get((table, column)) or known.get(("*", column)) or {}


def titles(table: str) -> tuple[str, str]:
    """What a table holds, in Vietnamese and in English."""
    row = _register("tables.csv").get((table, ""), {})
    plain = table.replace("_", " ")
    return row.get("vi") or plain, row.get("en") or plain


@cache
def _register(name: str) -> dict[tuple[str, str], dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return {(row["table"], row.get("column", "")): row for row in csv.DictReader(file)}


def _dtype(kind: str) -> Any:
    import polars as pl

    return {
        "number": pl.Float64,
        "whole": pl.Int64,
        "yes-no": pl.Boolean,
        "ids": pl.List(pl.String),
        "numbers": pl.List(pl.Float64),
    }.get(kind, pl.String)


def _type_of(dtype: Any) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_float():
        return "number"
    return "boolean" if str(dtype) == "Boolean" else "string"


def _is_list(dtype: Any) -> bool:
    return str(dtype).startswith("List")


def _value(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


# ---- files ------------------------------------------------------------------------------------------------


def as_csv(frame: pl.DataFrame) -> bytes:
    """UTF-8, commas, a header; lists parted by `;`, formulas neutralised."""
    import polars as pl

    shown = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if _is_list(dtype):
            column = column.cast(pl.List(pl.String)).list.join(LIST_SEPARATOR).replace("", None)
        if _is_list(dtype) or str(dtype) in ("String", "Categorical", "Enum"):
            text = column.cast(pl.String)
            column = pl.when(text.str.contains(f"^[{_in_class(FORMULA)}]")).then("'" + text).otherwise(text)
        shown.append(column.alias(name))
    out = io.BytesIO()
    frame.select(shown).write_csv(out, line_terminator="\n", quote_style="necessary")
    return out.getvalue()


def _in_class(characters: str) -> str:
    return "".join(f"\\{c}" if c in "-]\\^" else c for c in characters)


def as_parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=True)
    return out.getvalue()
