"""What changed since the previous edition: in words (Vietnamese and English), in numbers, and on the map."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cuabien.base.cells import neutral
from cuabien.base.words import LANGUAGES, N_, pick, say
from cuabien.plan.change import HEADER, Change, Edit, apply, change_hash, diff, read_change, render_change
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.plan.references import row_of
from cuabien.publication.edition import CHANGE, PLAN, RUN, Edition, EditionInput, Piece
from cuabien.publication.features import Spot, properties, shape_of
from cuabien.publication.maps import geojson
from cuabien.publication.objects import KIND_OF
from cuabien.publication.tables import described, titles
from cuabien.results import Run, open_run

if TYPE_CHECKING:
    from cuabien.indicators.compare import Comparison

FOLDER = "changes"
ACTIONS = {"add": N_("new"), "remove": N_("removed"), "edit": N_("changed")}
LONGEST = 100
"""Letters of a value in a line of words."""
INDENT = "    "
"""How a line begins that belongs to the object above it."""


@dataclass(frozen=True)
class Since:
    """From one plan and its future to another."""

    before: Plan
    after: Plan
    change: Change
    compared: Mapping[str, Comparison]
    """Language -> the comparison of the two runs, whose names are in it; none without runs."""


def of_edition(edition: Edition) -> tuple[Plan, Run]:
    """The plan of a published edition, its change applied, and its run."""
    return plan_of(edition.folder), open_run(edition.folder / RUN)


def plan_of(folder: Path) -> Plan:
    """The plan in the folder of an edition, as its run has it."""
    plan = read_plan(folder / PLAN)
    return apply(plan, read_change(folder / CHANGE, plan)) if (folder / CHANGE).is_file() else plan


def since(before: Plan, after: Plan, runs: tuple[Run, Run] | None = None) -> Since:
    from cuabien.indicators.compare import compare

    reporting = [a.id for a in after.areas.values() if a.kind == "reporting"]
    compared = (
        {code: compare(after, *runs, areas=reporting, language=code) for code in LANGUAGES} if runs else {}
    )
    return Since(before, after, diff(before, after), compared)


def pieces(edition: EditionInput) -> Iterable[Piece]:
    if edition.previous is None:
        return
    before, run = of_edition(edition.previous)
    moved = since(before, edition.plan, (run, edition.run))
    yield (
        f"{FOLDER}/changes.json",
        _json(
            {
                "from": edition.previous.id,
                "to": edition.id,
                "change_hash": change_hash(moved.change),
                "edits": [edit_row(edit) for edit in moved.change.edits],
                "words": {language: words(moved, language) for language in LANGUAGES},
            }
        ),
    )
    for language in LANGUAGES:
        yield f"{FOLDER}/changes.{language}.txt", ("\n".join(words(moved, language)) + "\n").encode()
    if moved.change:
        yield f"{FOLDER}/changes.toml", render_change(moved.change)
    if moved.compared:
        yield (
            f"{FOLDER}/indicators.csv",
            as_csv([row.as_row("en") for row in moved.compared["en"].indicators]),
        )
        yield f"{FOLDER}/targets.csv", as_csv([row.as_row("en") for row in moved.compared["en"].targets])
    yield f"{FOLDER}/objects.geojson", geojson(list(places(moved)))


# ---- words ------------------------------------------------------------------------------------------------


def words(moved: Since, language: str) -> list[str]:
    """Object by object, then what it does to the future."""
    lines = [line for edit in moved.change.edits for line in _of_edit(moved, edit, language)]
    lines.append(say(N_("{count} objects differ"), language, count=len(moved.change.edits)))
    return [*lines, *(moved.compared[language].words(language) if moved.compared else ())]


def _of_edit(moved: Since, edit: Edit, language: str) -> list[str]:
    then, now = _rows(moved, edit)
    name = pick(now or then, "name", language)
    kind = say(N_("The plan itself"), language) if edit.table == HEADER else _title(edit.table, language)
    called = " ".join(part for part in ("" if edit.table == HEADER else edit.id, name) if part)
    lines = [f"{kind}, {called}: {say(ACTIONS[edit.action], language)}"]
    if edit.action == "edit":
        lines += [
            f"{INDENT}{_column(edit.table, column, language)}: {_value(then, column, language)} → {_value(now, column, language)}"
            for column in (*edit.fields, *edit.blank)
        ]
    return lines


def _rows(moved: Since, edit: Edit) -> tuple[Any, Any]:
    if edit.table == HEADER:
        return moved.before.header, moved.after.header
    return row_of(moved.before.table(edit.table).get(edit.id)), row_of(
        moved.after.table(edit.table).get(edit.id)
    )


def _title(table: str, language: str) -> str:
    """What a table is called, without what its title explains after a colon."""
    vi, en = titles(table)
    return (vi if language == "vi" else en).split(":")[0]


def _column(table: str, column: str, language: str) -> str:
    return described(table, column).get(language) or column.replace("_", " ")


def _value(row: Any, column: str, language: str) -> str:
    value = getattr(row, column, "…")
    if isinstance(value, tuple | list):
        value = "; ".join(str(part) for part in value)
    text = say(N_("no data"), language) if value is None or value == "" else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip(' ;')}…"


def edit_row(edit: Edit) -> dict[str, Any]:
    return {
        "table": edit.table,
        "id": edit.id,
        "action": edit.action,
        "fields": dict(edit.fields),
        "blank": list(edit.blank),
    }


# ---- map and numbers --------------------------------------------------------------------------------------


def places(moved: Since) -> Iterable[Spot]:
    """What was removed where it was, what is new or changed where it is."""
    for edit in moved.change.edits:
        if edit.table == HEADER:
            continue
        plan = moved.before if edit.action == "remove" else moved.after
        entry = plan.table(edit.table).get(edit.id)
        shape = shape_of(plan, edit.table, entry) if entry is not None else None
        if shape is not None and not shape.is_empty:
            changed = ";".join((*edit.fields, *edit.blank)) or None
            said = {
                **properties(plan, edit.table, entry),
                "kind_of_object": KIND_OF[edit.table],
                "change": edit.action,
            }
            yield Spot(edit.id, {**said, "changed": changed}, shape)


def as_csv(rows: list[dict[str, object]]) -> bytes:
    """Rows of answers as CSV, their texts as in every CSV of an edition."""
    out = io.StringIO(newline="")
    if rows:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(_shown(row) for row in rows)
    return out.getvalue().encode()


def _shown(row: Mapping[str, object]) -> dict[str, object]:
    return {key: neutral(value) if isinstance(value, str) else value for key, value in row.items()}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, default=str).encode() + b"\n"
