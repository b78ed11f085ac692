"""What a column holds, read off the row type: one answer for reading, changing and documenting."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from cuabien.plan import objects as o

Kind = Literal["number", "whole", "yes-no", "ids", "numbers", "word", "text"]


@cache
def column_kinds(row_type: type[o.Row]) -> dict[str, Kind]:
    """What each column of a row type holds."""
    return {name: _kind(field.annotation) for name, field in row_type.model_fields.items()}


@cache
def references(row_type: type[o.Row]) -> tuple[tuple[str, str], ...]:
    """(column, table that its ids live in), for each column that refers to a table."""
    return tuple(
        (name, table)
        for name, field in row_type.model_fields.items()
        for table in dict.fromkeys(_tables(field))
    )


@cache
def words(row_type: type[o.Row], column: str) -> tuple[str, ...]:
    """The words that a column may hold; none when it holds anything else."""
    return tuple(
        str(word)
        for part in _parts(row_type.model_fields[column].annotation)
        if get_origin(part) is Literal
        for word in get_args(part)
    )


@cache
def may_be_blank(row_type: type[o.Row], column: str) -> bool:
    """Whether a blank cell means "no data" here. A column with another default must always be filled."""
    field = row_type.model_fields[column]
    return not field.is_required() and field.default in (None, ())


def _kind(annotation: Any) -> Kind:
    parts = list(_parts(annotation))
    lists = [part for part in parts if get_origin(part) is tuple]
    if lists:
        return "numbers" if float in _parts(get_args(lists[0])[0]) else "ids"
    for python, kind in _KIND_OF.items():
        if python in parts:
            return kind
    return "word" if any(get_origin(part) is Literal for part in parts) else "text"


_KIND_OF: dict[type, Kind] = {bool: "yes-no", float: "number", int: "whole"}


def _parts(annotation: Any) -> Iterator[Any]:
    """The alternatives of an annotation, without Annotated and None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _parts(part)
    elif annotation is not type(None):
        yield annotation


def _tables(field: FieldInfo) -> Iterator[str]:
    yield from _table_of(field)
    yield from _tables_in(field.annotation)


def _tables_in(annotation: Any) -> Iterator[str]:
    for extra in getattr(annotation, "__metadata__", ()):
        if isinstance(extra, FieldInfo):
            yield from _table_of(extra)
    for part in get_args(annotation):
        if not isinstance(part, FieldInfo | str):
            yield from _tables_in(part)


def _table_of(field: FieldInfo) -> Iterator[str]:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "refers_to" in extra:
        yield str(extra["refers_to"])
