"""What may be shown of a plan: everything but what is marked as not public, and what belongs to it.

Matters of defence are split off before anything is shown or published. A withheld project takes along its zones, links,
terminals, plants and berths, and the nodes that nothing else stands on; a row that cannot be without something
withheld (a claim about a withheld statement) goes with it; every other reference to it becomes blank. Of what was left out
only its kind is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.plan.columns import may_be_blank, references
from cuabien.plan.package import TABLE, TABLES, Feature, Plan
from cuabien.plan.references import ON_NODES, ids_in, nodes_of, row_of

BELONGS = ("zones", "links", "lines", "line_stops", "terminals", "power_plants", "port_capacity")
"""Tables whose rows are part of the project that they name."""
KIND_OF = {
    "programme": N_("statement"),
    "projects": N_("project"),
    "zones": N_("zone"),
    "claims": N_("claim"),
    "flags": N_("risk flag"),
    "nodes": N_("network node"),
    "links": N_("network link"),
    "lines": N_("line of public transport"),
    "line_stops": N_("stop of a line"),
    "terminals": N_("terminal"),
    "power_plants": N_("power plant"),
    "port_capacity": N_("berth area"),
}
"""Table -> what one row of it is called when nothing else may be told."""
SHORTEST_SECRET = 4
"""A name of fewer letters would be found everywhere."""


@dataclass(frozen=True)
class Withheld:
    """Something that exists and is not shown: its id and its kind, nothing else."""

    id: str
    table: str
    kind: str


def public_part(plan: Plan) -> tuple[Plan, dict[str, Withheld]]:
    """The plan without what is not public, and a list that says only what kind of thing was left out."""
    hidden = hidden_ids(plan)
    tables: dict[str, Any] = {table.name: _shown(plan, table.name, hidden) for table in TABLES}
    left = replace(
        plan,
        **tables,
        files={},
        where={
            (table, i): place for (table, i), place in plan.where.items() if i not in hidden.get(table, ())
        },
    )
    withheld = {
        identity: Withheld(identity, table, KIND_OF.get(table, table))
        for table, ids in hidden.items()
        for identity in sorted(ids)
    }
    return left, withheld


def hidden_ids(plan: Plan) -> dict[str, set[str]]:
    """Table -> ids that are not shown; tables that are shown whole are left out."""
    hidden = {table.name: {i for i, row in _rows(plan, table.name) if _is_marked(row)} for table in TABLES}
    for table in BELONGS:
        hidden[table] |= {i for i, row in _rows(plan, table) if row.project in hidden["projects"]}
    hidden["nodes"] |= _only_under(plan, hidden)
    while followers := {
        (table.name, i)
        for table in TABLES
        for i, row in _rows(plan, table.name)
        if i not in hidden[table.name] and _cannot_be_without(row, hidden)
    }:
        for name, identity in followers:
            hidden[name].add(identity)
    return {table: ids for table, ids in hidden.items() if ids}


def kinds(withheld: Mapping[str, Withheld]) -> dict[str, int]:
    """Kind -> how many of it are withheld: all that may be told."""
    return dict(sorted(Counter(kept.kind for kept in withheld.values()).items()))


def secrets(plan: Plan, hidden: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Names and sentences of what is withheld, without those that something public bears as well."""
    told = {
        text
        for table in TABLES
        for i, row in _rows(plan, table.name)
        if i not in hidden.get(table.name, ())
        for text in _words(row)
    }
    kept = {
        text for table, ids in hidden.items() for i in ids for text in _words(row_of(plan.table(table)[i]))
    }
    return tuple(sorted(text for text in kept - told if len(text) >= SHORTEST_SECRET))


def _words(row: o.Row) -> Iterator[str]:
    for column in (
        "name_vi",
        "name_en",
        "statement_vi",
        "statement_en",
        "reading_vi",
        "reading_en",
        "berth_area_vi",
    ):
        text = getattr(row, column, None)
        if text:
            yield text


def _rows(plan: Plan, table: str) -> list[tuple[str, Any]]:
    return [(identity, row_of(entry)) for identity, entry in plan.table(table).items()]


def _is_marked(row: Any) -> bool:
    return getattr(row, "public", True) is False or getattr(row, "home", "") == "withheld"


def _only_under(plan: Plan, hidden: Mapping[str, set[str]]) -> set[str]:
    """Nodes that something withheld stands on and nothing else."""
    under: set[str] = set()
    open_: set[str] = set()
    for table in ON_NODES:
        for identity, row in _rows(plan, table):
            (under if identity in hidden[table] else open_).update(nodes_of(table, row))
    return under - open_


def _cannot_be_without(row: o.Row, hidden: Mapping[str, set[str]]) -> bool:
    return any(
        not may_be_blank(type(row), column) and any(i in hidden.get(to, ()) for i in ids_in(row, column))
        for column, to in references(type(row))
    )


def _shown(plan: Plan, table: str, hidden: Mapping[str, set[str]]) -> dict[str, Any]:
    """The rows of a table that are shown, without references to what is not."""
    pointing = [(column, to) for column, to in references(TABLE[table].row) if hidden.get(to)]
    return {
        identity: _without(entry, pointing, hidden)
        for identity, entry in plan.table(table).items()
        if identity not in hidden.get(table, ())
    }


def _without(entry: Any, pointing: list[tuple[str, str]], hidden: Mapping[str, set[str]]) -> Any:
    row = row_of(entry)
    blank: dict[str, Any] = {}
    for column, to in pointing:
        value = getattr(row, column)
        if isinstance(value, tuple):
            left = tuple(i for i in value if i not in hidden[to])
            if left != value:
                blank[column] = left
        elif value in hidden[to]:
            blank[column] = None
    if not blank:
        return entry
    row = row.model_copy(update=blank)
    return Feature(row, entry.geometry) if isinstance(entry, Feature) else row
