"""Ids that point at one another: does each lead somewhere, and does none lead back to itself?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from cuabien.base.faults import Fault
from cuabien.plan import objects as o
from cuabien.plan.columns import references
from cuabien.plan.form import fault
from cuabien.plan.package import TABLE, TABLES, Feature, Plan

Place = tuple[str, int | str | None]
"""A file and a row of it."""
ON_NODES = ("links", "line_stops", "terminals")
"""Tables whose rows stand on nodes of the network."""


def reference_faults(
    header: o.PlanHeader | None,
    tables: Mapping[str, Mapping[str, Any]],
    parameters: Mapping[str, o.Parameter],
    place: Callable[[str, str], Place],
    known: Mapping[str, Collection[str]],
    unread: Collection[str] = (),
) -> list[Fault]:
    """Dangling references and circles.

    `known` are the ids of each table, those of broken rows included, so that one broken row is told once;
    nothing is said about ids of the tables in `unread`, of which a file could not be read at all.
    """
    rows: list[tuple[str, str, o.Row]] = [
        (table.name, identity, row_of(entry))
        for table in TABLES
        for identity, entry in tables[table.name].items()
    ]
    rows += [("parameters", identity, row) for identity, row in parameters.items()]
    faults: list[Fault] = []
    if header is not None:
        faults += _dangling(header, ("plan.toml", None), known, unread)
    for table_name, identity, row in rows:
        faults += _dangling(row, place(table_name, identity), known, unread)
    for table in TABLES:
        for column, target in references(table.row):
            if target == table.name:
                entries = {i: row_of(entry) for i, entry in tables[table.name].items()}
                faults += [
                    fault("cycle", *place(table.name, path[0]), column=column, path=" → ".join(path))
                    for path in circles({i: ids_in(row, column) for i, row in entries.items()})
                ]
    return faults


def row_of(entry: Any) -> Any:
    """The row of an entry of a table, whether it stands alone or beside a shape."""
    return entry.row if isinstance(entry, Feature) else entry


def ids_in(row: o.Row, column: str) -> tuple[str, ...]:
    """The ids that a column of a row names."""
    value = getattr(row, column)
    return () if value is None else value if isinstance(value, tuple) else (value,)


def nodes_of(table: str, row: o.Row) -> set[str]:
    """The nodes on which a row of a table stands."""
    return {n for column, to in references(TABLE[table].row) if to == "nodes" for n in ids_in(row, column)}


def nodes_in_use(plan: Plan) -> set[str]:
    """The nodes on which something of the network stands."""
    return {n for table in ON_NODES for row in plan.table(table).values() for n in nodes_of(table, row)}


def _dangling(
    row: o.Row, place: Place, known: Mapping[str, Collection[str]], unread: Collection[str]
) -> Iterator[Fault]:
    for column, target in references(type(row)):
        if target in unread:
            continue
        for identity in ids_in(row, column):
            if identity not in known[target]:
                yield fault("dangling-reference", *place, column=column, value=identity, table=target)


def circles(arrows: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Each circle among arrows once, as the ids on it with the first repeated at the end.

    Walks without recursion: a chain of ten thousand projects is odd, not an error.
    """
    found: list[list[str]] = []
    done: set[str] = set()
    for start in arrows:
        path: list[str] = []
        on_path: set[str] = set()
        waiting = [(start, False)]
        while waiting:
            here, leaving = waiting.pop()
            if leaving:
                path.pop()
                on_path.discard(here)
                done.add(here)
            elif here in on_path:
                found.append([*path[path.index(here) :], here])
            elif here not in done:
                path.append(here)
                on_path.add(here)
                waiting.append((here, True))
                waiting += [(there, False) for there in arrows.get(here, ())]
    return found
