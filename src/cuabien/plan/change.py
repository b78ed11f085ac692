"""A change: one small TOML file that says what is different from a plan.

A planner's scenario, a resident's counter-proposal and a stress test are all changes:

    title_vi = "Mở sân bay muộn mười năm"
    title_en = "Open the airport ten years later"
    plan = "hai-phong"

    [[project]]
    id = "PR10"
    opens = 2040

    [[zone]]
    id = "Z900"
    add = true
    layer = "industrial"
    ...

An entry names an object by id and the fields that become something else. `add = true` makes a new one,
`remove = true` takes one away, `blank = ["cost_bn_vnd"]` empties fields; `geometry` is a GeoJSON geometry.
`[header]` changes plan.toml itself. A file in one language may say `title` alone. A change is checked against its plan like a plan is; it can be applied,
stacked and found as the difference of two plans. Its hash is of what it does, not of its title.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pydantic
import shapely
import tomlkit

from cuabien.base.faults import Fault, Refused, UnusableInput, stops
from cuabien.base.hashing import hash_value
from cuabien.base.words import LANGUAGES, N_, pick
from cuabien.plan import objects as o
from cuabien.plan.form import fault
from cuabien.plan.package import TABLE, Feature, Plan
from cuabien.plan.read import MAX_FILE_BYTES, geometry_of, toml_content
from cuabien.plan.references import reference_faults, row_of
from cuabien.plan.rows import date_as_text, shown, validated

Action = Literal["add", "edit", "remove"]

ENTRY_OF = {
    "sources": "source",
    "documents": "document",
    "boundaries": "boundary",
    "areas": "area",
    "figures": "figure",
    "indicators": "observation",
    "targets": "target",
    "claims": "claim",
    "programme": "statement",
    "flags": "flag",
    "peers": "peer",
    "port_capacity": "port_capacity",
    "power_plants": "power_plant",
    "elevation": "elevation",
    "projects": "project",
    "nodes": "node",
    "links": "link",
    "lines": "line",
    "line_stops": "line_stop",
    "terminals": "terminal",
    "places": "place",
    "shapes": "shape",
    "water": "water",
    "zones": "zone",
    "parameters": "parameter",
}
"""Table -> the name of one entry of it in a change file."""
TABLE_OF = {entry: table for table, entry in ENTRY_OF.items()}
HEADER = "header"
WORDS_OF_A_CHANGE = ("title_vi", "title_en", "title", "description", "plan")


@dataclass(frozen=True)
class Edit:
    """What happens to one object. `fields` are plain values (as JSON has them); `blank` are emptied."""

    table: str
    id: str
    action: Action
    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    blank: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What is different from a plan. At most one edit for an object; in order of table and id."""

    plan: str | None = None
    edits: tuple[Edit, ...] = ()
    title: str | None = None
    """Of a file in one language."""
    description: str | None = None
    title_vi: str | None = None
    title_en: str | None = None

    def title_in(self, language: str | None = None) -> str:
        """What it is called, in the reader's language where it has a name in it; blank when it has none."""
        return pick(self, "title", language) or self.title or ""

    def __bool__(self) -> bool:
        return bool(self.edits)


def change_hash(change: Change) -> str:
    """SHA-256 (hex) of what the change does: its title and description do not count."""
    return hash_value([dataclasses.asdict(edit) for edit in change.edits])


# ---- reading ----------------------------------------------------------------------------------------------


def read_change(source: str | Path | bytes, plan: Plan | None = None) -> Change:
    """A change from a file (or its bytes), checked against the plan it is for. `UnusableInput` with all faults."""
    change, faults = try_read_change(source, plan)
    if stops(faults):
        raise UnusableInput(faults)
    return change


def try_read_change(source: str | Path | bytes, plan: Plan | None = None) -> tuple[Change, list[Fault]]:
    """The change as far as it can be read, and every fault of it."""
    name, data, faults = _source(source)
    content = toml_content(name, data, faults) if data is not None else None
    if content is None:
        return Change(), faults
    edits: list[Edit] = []
    for key, entries in content.items():
        if key in WORDS_OF_A_CHANGE:
            if not isinstance(entries, str):
                faults.append(fault("bad-value", name, key, column=key, value=shown(entries)))
        elif key == HEADER and isinstance(entries, dict):
            edits += _entry(name, HEADER, entries, plan, faults)
        elif key not in TABLE_OF:
            allowed = ", ".join((*WORDS_OF_A_CHANGE, HEADER, *TABLE_OF))
            faults.append(fault("unknown-table", name, shown(key), value=shown(key), words=allowed))
        else:
            for entry in entries if isinstance(entries, list) else [entries]:
                edits += _entry(name, TABLE_OF[key], entry, plan, faults)
    wanted = content.get("plan")
    if plan is not None and isinstance(wanted, str) and wanted != plan.header.id:
        faults.append(fault("other-plan", name, "plan", value=shown(wanted), wanted=plan.header.id))
    seen: set[tuple[str, str]] = set()
    for edit in edits:
        if (edit.table, edit.id) in seen:
            faults.append(fault("duplicate-id", name, edit.id, id=edit.id, first=edit.id))
        seen.add((edit.table, edit.id))
    texts = {key: content[key] for key in WORDS_OF_A_CHANGE if isinstance(content.get(key), str)}
    change = Change(edits=_ordered(edits), **texts)
    if plan is not None and not stops(faults):
        faults += _applied(plan, change, name)[1]
    return change, faults


def _source(source: str | Path | bytes) -> tuple[str, bytes | None, list[Fault]]:
    if isinstance(source, bytes):
        return "change.toml", source, []
    path = Path(source)
    try:
        if not path.is_file():
            return path.name, None, [fault("not-a-file" if path.exists() else "missing-file", str(path))]
        if path.stat().st_size > MAX_FILE_BYTES:
            return path.name, None, [fault("oversized", path.name, limit=MAX_FILE_BYTES // 2**20)]
        return path.name, path.read_bytes(), []
    except (OSError, RuntimeError, ValueError) as error:
        return str(path), None, [fault("unreadable", shown(str(path)), why=shown(error))]


def _entry(name: str, table: str, entry: Any, plan: Plan | None, faults: list[Fault]) -> list[Edit]:
    """One entry of a change file, or nothing and its faults."""
    identity = HEADER if table == HEADER else entry.get("id") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(identity, str):
        faults.append(fault("missing-value", name, _entry_name(table), column=f"{_entry_name(table)}.id"))
        return []
    place = (name, shown(identity)[:80])
    own = {"add", "remove", "blank"} | ({"id"} if table != HEADER else set())
    found = [
        fault("bad-value", *place, column=mark, value=shown(entry[mark]))
        for mark in ("add", "remove")
        if not isinstance(entry.get(mark, False), bool)
    ]
    blank = entry.get("blank", [])
    if not isinstance(blank, list) or not all(isinstance(column, str) for column in blank):
        found.append(fault("bad-value", *place, column="blank", value=shown(blank)))
        blank = []
    blank = [*blank, *(key for key, value in entry.items() if value == "")]
    fields = {key: value for key, value in entry.items() if key not in own and value != ""}
    adds, removes = entry.get("add") is True, entry.get("remove") is True
    if (adds and removes) or (removes and (fields or blank)) or (table == HEADER and (adds or removes)):
        found.append(fault("bad-value", *place, column="remove" if removes else "add", value="true"))
    if not (adds or removes or fields or blank):
        found.append(fault("no-effect", *place, value=shown(identity)))
    unknown = _column_faults(table, fields, blank, place)
    found += unknown
    if plan is not None and table != HEADER:
        found += _id_faults(plan, table, identity, adds, place)
    odd = {str(f.values["column"]) for f in unknown}
    known = {key: value for key, value in fields.items() if key not in odd}
    plain = {} if removes else _settled(table, identity, known, place, found, whole=adds)
    faults += found
    if found:
        return []
    action: Action = "add" if adds else "remove" if removes else "edit"
    return [Edit(table, identity, action, plain, tuple(sorted(set(blank))))]


def _column_faults(
    table: str, fields: Iterable[str], blank: Iterable[str], place: tuple[str, str]
) -> list[Fault]:
    known = set(row_type_of(table).model_fields) - (set() if table == HEADER else {"id"})
    shape = {"geometry"} if _has_shape(table) else set()
    odd = [c for c in fields if c not in known | shape] + [c for c in blank if c not in known]
    return [fault("unknown-column", *place, column=shown(c)) for c in odd]


def _id_faults(plan: Plan, table: str, identity: str, adds: bool, place: tuple[str, str]) -> list[Fault]:
    there = plan.table(table)
    values = {"table": _entry_name(table), "value": shown(identity)}
    if adds and identity in there:
        return [fault("already-there", *place, **values)]
    if not adds and identity not in there:
        close = difflib.get_close_matches(identity[:80], list(there), n=1)
        return [fault("unknown-id", *place, near=f" ({close[0]}?)" if close else "", **values)]
    return []


def _settled(
    table: str,
    identity: str,
    fields: Mapping[str, Any],
    place: tuple[str, str],
    faults: list[Fault],
    *,
    whole: bool,
) -> dict[str, Any]:
    """Each value as its column holds it, so that 2040 and "2040" are one value; faults for those that do not
    fit. A `whole` row must have every needed column."""
    row_type = row_type_of(table)
    content = {key: value for key, value in fields.items() if key != "geometry"}
    found: list[Fault] = []
    validated(row_type, content if table == HEADER else {**content, "id": identity}, *place, found)
    wrong = [f for f in found if whole or not _is_left_out(f)]
    faults += wrong
    plain = {} if wrong else {key: _as_column(row_type, key, value) for key, value in content.items()}
    if "geometry" in fields or (whole and _has_shape(table)):
        geometry = geometry_of(fields.get("geometry"), TABLE[table].shapes, *place, faults)
        if geometry is not None:
            plain["geometry"] = geometry_content(geometry)
    return plain


def _is_left_out(found: Fault) -> bool:
    """A column of the row that an edit does not mention."""
    return found.rule == "missing-value" and "." not in str(found.values["column"])


@cache
def _adapter(row_type: type[o.Row], column: str) -> pydantic.TypeAdapter[Any]:
    return pydantic.TypeAdapter(row_type.model_fields[column].rebuild_annotation())


def _as_column(row_type: type[o.Row], column: str, value: Any) -> Any:
    adapter = _adapter(row_type, column)
    held = adapter.validate_json(json.dumps(value, default=date_as_text), strict=True)
    return json.loads(adapter.dump_json(held))


def _as_json(row: o.Row) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(row.model_dump(mode="json", warnings=False)))
    return content


def geometry_content(geometry: Any) -> dict[str, Any]:
    """A shape as plain GeoJSON values."""
    content: dict[str, Any] = json.loads(json.dumps(shapely.geometry.mapping(geometry)))
    return content


def row_type_of(table: str) -> type[o.Row]:
    if table == HEADER:
        return o.PlanHeader
    return o.Parameter if table == "parameters" else TABLE[table].row


def _has_shape(table: str) -> bool:
    return table in TABLE and TABLE[table].form == "geojson"


def _entry_name(table: str) -> str:
    return ENTRY_OF.get(table, table)


ORDER = {name: index for index, name in enumerate((HEADER, "parameters", *TABLE))}


def _ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(sorted(edits, key=lambda edit: (ORDER[edit.table], edit.id)))


# ---- applying ---------------------------------------------------------------------------------------------


def apply(plan: Plan, change: Change) -> Plan:
    """The plan as the change makes it. Raises `UnusableInput` with every fault; never half a change."""
    changed, faults = _applied(plan, change, "change.toml")
    if stops(faults):
        raise UnusableInput(faults)
    return changed


def _applied(plan: Plan, change: Change, name: str) -> tuple[Plan, list[Fault]]:
    faults: list[Fault] = []
    if change.plan is not None and change.plan != plan.header.id:
        faults.append(fault("other-plan", name, "plan", value=change.plan, wanted=plan.header.id))
    tables: dict[str, dict[str, Any]] = {t: dict(plan.table(t)) for t in (*TABLE, "parameters")}
    header = plan.header
    for edit in change.edits:
        if edit.table == HEADER:
            header = _edited(o.PlanHeader, header, edit, name, faults) or header
            continue
        rows = tables[edit.table]
        wrong = _id_faults(plan, edit.table, edit.id, edit.action == "add", (name, edit.id))
        faults += wrong
        if wrong:
            continue
        if edit.action == "remove":
            del rows[edit.id]
            continue
        entry = _edited_entry(rows.get(edit.id), edit, name, faults)
        if entry is not None:
            rows[edit.id] = entry
    where = {key: place for key, place in plan.where.items() if key[1] in tables.get(key[0], ())}
    parameters = tables.pop("parameters")
    changed = dataclasses.replace(plan, header=header, parameters=parameters, where=where, **tables)
    if not faults:
        known = {table: set(rows) for table, rows in tables.items()}
        touched = {(edit.table, edit.id): (name, edit.id) for edit in change.edits}
        faults += reference_faults(
            header, tables, parameters, lambda t, i: touched.get((t, i)) or plan.place(t, i), known
        )
    return changed, faults


def _edited_entry(entry: Any, edit: Edit, name: str, faults: list[Fault]) -> Any:
    row = _edited(row_type_of(edit.table), None if entry is None else row_of(entry), edit, name, faults)
    if row is None or not _has_shape(edit.table):
        return row
    geometry = entry.geometry if entry is not None else None
    if entry is None or "geometry" in edit.fields:
        geometry = geometry_of(edit.fields.get("geometry"), TABLE[edit.table].shapes, name, edit.id, faults)
    return None if geometry is None else Feature(row, geometry)


def _edited(row_type: type[o.Row], row: Any, edit: Edit, name: str, faults: list[Fault]) -> Any:
    """A row with the fields of an edit. A blank field takes the default of its column."""
    content = {} if row is None else _as_json(row)
    content |= {key: value for key, value in edit.fields.items() if key != "geometry"}
    content = {key: value for key, value in content.items() if key not in edit.blank}
    if edit.table != HEADER:
        content["id"] = edit.id
    return validated(row_type, content, name, edit.id, faults)


# ---- stacking ---------------------------------------------------------------------------------------------


def stack(*changes: Change) -> Change:
    """One change that does what these do one after another."""
    edits: dict[tuple[str, str], Edit] = {}
    for change in changes:
        for edit in change.edits:
            key = (edit.table, edit.id)
            merged = _merged(edits[key], edit) if key in edits else edit
            if merged is None:
                del edits[key]
            else:
                edits[key] = merged
    plans = [change.plan for change in changes if change.plan]
    if len(set(plans)) > 1:
        raise Refused(
            N_("these changes are for different plans: {plans}"), plans=", ".join(sorted(set(plans)))
        )
    titles = {
        code: "; ".join(filter(None, (c.title_in(code) for c in changes))) or None for code in LANGUAGES
    }
    alike = titles["vi"] == titles["en"]
    texts = [change.description for change in changes if change.description]
    return Change(
        plan=plans[0] if plans else None,
        edits=_ordered(edits.values()),
        title=titles["vi"] if alike else None,
        description="\n\n".join(texts) or None,
        title_vi=None if alike else titles["vi"],
        title_en=None if alike else titles["en"],
    )


def _merged(first: Edit, then: Edit) -> Edit | None:
    """Two edits of one object as one; None when the second undoes the first."""
    if (first.action == "remove") != (then.action == "add"):
        raise Refused(N_('the changes do not fit together: "{id}" is removed, or added twice'), id=first.id)
    if then.action == "remove":
        return None if first.action == "add" else then
    if then.action == "add":  # removed and made anew: every field is set or emptied
        columns = set(row_type_of(then.table).model_fields) - {"id", *then.fields}
        blank = tuple(sorted(columns | set(then.blank)))
        return Edit(then.table, then.id, "edit", then.fields, blank)
    fields = {k: v for k, v in first.fields.items() if k not in then.blank} | dict(then.fields)
    blank = tuple(sorted((set(first.blank) - set(then.fields)) | set(then.blank)))
    return Edit(first.table, first.id, first.action, fields, blank)


# ---- the difference of two plans --------------------------------------------------------------------------


def diff(before: Plan, after: Plan) -> Change:
    """The change that makes the first plan the second: apply(before, diff(before, after)) == after."""
    edits = list(_row_edit(HEADER, HEADER, before.header, after.header))
    for table in ("parameters", *TABLE):
        then, now = before.table(table), after.table(table)
        for identity in {**then, **now}:
            edits += _entry_edit(table, identity, then.get(identity), now.get(identity))
    return Change(plan=before.header.id, edits=_ordered(edits))


def _entry_edit(table: str, identity: str, then: Any, now: Any) -> Iterable[Edit]:
    if then == now:
        return ()
    if now is None:
        return (Edit(table, identity, "remove"),)
    if then is None:
        fields = {k: v for k, v in _as_json(row_of(now)).items() if v is not None and v != [] and k != "id"}
        if isinstance(now, Feature):
            fields["geometry"] = geometry_content(now.geometry)
        return (Edit(table, identity, "add", fields),)
    edits = list(_row_edit(table, identity, row_of(then), row_of(now)))
    if isinstance(now, Feature) and then.geometry != now.geometry:
        edit = edits[0] if edits else Edit(table, identity, "edit")
        shape = {"geometry": geometry_content(now.geometry)}
        return (dataclasses.replace(edit, fields={**edit.fields, **shape}),)
    return edits


def _row_edit(table: str, identity: str, then: o.Row, now: o.Row) -> Iterable[Edit]:
    old, new = _as_json(then), _as_json(now)
    keys = [key for key in new if new[key] != old[key] and (key != "id" or table == HEADER)]
    blank = tuple(sorted(key for key in keys if new[key] is None or new[key] == []))
    fields = {key: new[key] for key in keys if key not in blank}
    return (Edit(table, identity, "edit", fields, blank),) if keys else ()


# ---- writing ----------------------------------------------------------------------------------------------


def render_change(change: Change) -> bytes:
    """The change as its TOML file."""
    document = tomlkit.document()
    for key in WORDS_OF_A_CHANGE:
        value = getattr(change, key)
        if value is not None:
            document[key] = value
    for edit in change.edits:
        if edit.table == HEADER:
            document[HEADER] = _edit_table(edit, named=False)
            continue
        entry = ENTRY_OF[edit.table]
        if entry not in document:
            document[entry] = tomlkit.aot()
        document[entry].append(_edit_table(edit, named=True))
    return tomlkit.dumps(document).encode()


def _edit_table(edit: Edit, *, named: bool) -> Any:
    table = tomlkit.table()
    if named:
        table["id"] = edit.id
    if edit.action != "edit":
        table[edit.action] = True
    if edit.blank:
        table["blank"] = list(edit.blank)
    for key, value in edit.fields.items():
        table[key] = _inline(value)
    return table


def _inline(value: Any) -> Any:
    """Nested values on one line: {2030 = 1.5}, [[106.7, 20.8]]."""
    if isinstance(value, Mapping):
        braces = tomlkit.inline_table()
        for key, inner in value.items():
            if inner is not None:
                braces[str(key)] = _inline(inner)
        return braces
    if isinstance(value, list | tuple):
        items = tomlkit.array()
        for inner in value:
            items.append(_inline(inner))
        return items
    return value
