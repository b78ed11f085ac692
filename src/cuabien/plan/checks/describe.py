"""docs/rules.md and docs/plan-format.md, written from what the code does, so that neither can fall behind."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator

from cuabien.base.words import say
from cuabien.plan import objects as o
from cuabien.plan.checks import RULES, THEMES
from cuabien.plan.checks.register import Rule
from cuabien.plan.columns import column_kinds, may_be_blank, references, words
from cuabien.plan.package import TABLES, Table

BEGIN = "<!-- begin: written by scripts/describe_plan.py -->"
END = "<!-- end -->"


def rules_page() -> str:
    """Every rule by theme: what it asks, why, on what ground, and how to mend what it finds."""
    lines = [BEGIN, ""]
    planning = sum(rule.kind == "planning" for rule in RULES.values())
    lines += [f"{planning} rules of planning and {len(RULES) - planning} rules of form.", ""]
    for theme, rules in THEMES.items():
        lines += [f"## {say(theme, 'en')}", ""]
        for rule in rules:
            lines += list(_rule(rule))
    return "\n".join([*lines, END])


def _rule(rule: Rule) -> Iterator[str]:
    def plain(template: str) -> str:
        return say(template, "en").replace("{{", "{").replace("}}", "}")

    yield f"### {plain(rule.title)}"
    yield ""
    yield f"`{rule.id}` · {rule.severity} · {plain(rule.source)}"
    yield ""
    yield f"{plain(rule.why)} *To mend it:* {plain(rule.remedy)}."
    yield ""


# ---- the format -------------------------------------------------------------------------------------------

KIND_WORDS = {
    "number": "number",
    "whole": "whole number",
    "yes-no": "yes or no",
    "ids": "ids, parted by ;",
    "numbers": "numbers, parted by ;",
    "word": "one word of a list",
    "text": "text",
}


def format_tables() -> str:
    """Every file of the package with its columns, as Markdown."""
    lines = [BEGIN, ""]
    lines += _described("plan.toml", o.PlanHeader, None)
    lines += _described("parameters.toml", o.Parameter, None)
    for table in TABLES:
        lines += _described(", ".join(table.paths), table.row, table)
    return "\n".join([*lines, END])


def _described(files: str, row: type[o.Row], table: Table | None) -> list[str]:
    needed = " (needed)" if (table is None and files == "plan.toml") or (table and table.needed) else ""
    lines = [f"### `{files}`{needed}", "", _first_paragraph(row), ""]
    if table is not None and table.shapes:
        lines += [f"Shapes: {', '.join(table.shapes)}.", ""]
    lines += ["| column | holds | blank | meaning |", "|---|---|---|---|"]
    notes = _notes(row)
    refers = dict(references(row))
    for column, kind in column_kinds(row).items():
        holds = _holds(row, column, KIND_WORDS[kind], refers.get(column))
        blank = "no data" if may_be_blank(row, column) else "no"
        lines.append(f"| `{column}` | {holds} | {blank} | {notes.get(column, '')} |")
    return [*lines, ""]


def _holds(row: type[o.Row], column: str, kind: str, table: str | None) -> str:
    listed = words(row, column)
    if listed:
        return ", ".join(f"`{word}`" for word in listed)
    if column == "phases":
        return "tables [[phases]] of year, value, unit, confidence"
    if column == "points":
        return "list of [longitude, latitude]"
    if (row, column) == (o.Parameter, "value"):
        return "number, or a path {2025 = 1.0, 2040 = 1.5}"
    return f"id of {table}" if table and kind == "text" else f"ids of {table}" if table else kind


def _first_paragraph(row: type[o.Row]) -> str:
    own = row.__dict__.get("__doc__")
    return " ".join(inspect.cleandoc(own).split("\n\n")[0].split()) if own else ""


def _notes(row: type[o.Row]) -> dict[str, str]:
    """What stands below a column in the row type: its note."""
    body = ast.parse(textwrap.dedent(inspect.getsource(row))).body[0]
    assert isinstance(body, ast.ClassDef)
    notes: dict[str, str] = {}
    column = None
    for part in body.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            column = part.target.id
        elif column and isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
            notes[column] = " ".join(str(part.value.value).split()).replace("|", "\\|")
            column = None
        else:
            column = None
    return notes
