"""One row: from plain values to its type, or to faults that say which cell is wrong and how to mend it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any

import pydantic

from cuabien.base.faults import Fault
from cuabien.plan import objects as o
from cuabien.plan.columns import words
from cuabien.plan.form import fault

DEEPEST = 50
"""Levels of lists and tables inside one row; a plan needs three."""


def validated(
    row_type: type[Any],
    content: Mapping[str, Any],
    file: str,
    row: int | str | None,
    faults: list[Fault],
    told: Collection[str] = (),
) -> Any:
    """The row, or None with its faults added; nothing is said about columns already `told`.

    Values keep their kind: text is never taken for a number. Blank text is a blank cell.
    """
    filled = {key: value for key, value in content.items() if value is not None and value != ""}
    try:
        text = json.dumps(filled, default=date_as_text)
        return row_type.model_validate_json(text, strict=True)
    except pydantic.ValidationError as error:
        found = [
            _cell_fault(row_type, file, row, detail)
            for detail in error.errors(include_url=False)
            if not (detail["type"] == "missing" and detail["loc"][0] in told)
        ]
        faults += _told_once(found)
    except RecursionError:
        faults.append(fault("too-deep", file, row, limit=DEEPEST))
    except (TypeError, ValueError) as error:
        faults.append(fault("bad-value", file, row, column="-", value=shown(error)))
    return None


def _told_once(found: list[Fault]) -> Collection[Fault]:
    """One fault a column and rule. Where a column may hold a number or a path, a lone value is judged as a number."""
    lone = {
        f.values.get("column")
        for f in found
        if f.rule != "bad-value" and not str(f.values.get("value")).startswith("{")
    }
    kept = [f for f in found if f.rule != "bad-value" or f.values.get("column") not in lone]
    return {(f.rule, str(f.values.get("column"))): f for f in kept}.values()


def date_as_text(value: object) -> str:
    """TOML has dates of its own."""
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{value} is not plain")


def shown(value: object) -> str:
    """Any value as text that can be printed, cut short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = value if isinstance(value, str) else str(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits; a bottomless list
        text = "…"
    text = text if len(text) <= 200 else text[:200] + "…"
    return text.encode("utf-8", "replace").decode()


FIRST_SIGHT = {
    "missing": "missing-value",
    "extra_forbidden": "unknown-column",
    "finite_number": "not-a-number",
    "float_type": "not-a-number",
    "float_parsing": "not-a-number",
    "int_type": "not-whole",
    "int_parsing": "not-whole",
    "int_parsing_size": "out-of-bounds",
    "int_from_float": "not-whole",
    "greater_than_equal": "out-of-bounds",
    "less_than_equal": "out-of-bounds",
    "greater_than": "out-of-bounds",
    "less_than": "out-of-bounds",
    "literal_error": "unknown-word",
    "bool_type": "unknown-word",
    "string_too_long": "too-long",
    "string_pattern_mismatch": "bad-id",
    "value_error": "bad-date",
}
"""What the row type finds wrong -> the rule of form; anything else is `bad-value`."""


def _cell_fault(row_type: type[o.Row], file: str, row: int | str | None, detail: Any) -> Fault:
    column = _column(row_type, detail["loc"])
    value, context = detail.get("input"), detail.get("ctx", {})
    rule = FIRST_SIGHT.get(detail["type"], "bad-value")
    if detail["type"] == "finite_number" and value == value:  # infinite: more digits than any figure has
        rule, context = "out-of-bounds", {"le": o.LARGEST}
    if rule in ("not-a-number", "not-whole") and isinstance(value, str) and "," in value:
        rule = "decimal-comma"
    if rule == "bad-id" and context.get("pattern") != o.ID_PATTERN:
        return fault("control-character", file, row, column=column, code=shown(ascii(value)))
    values: dict[str, object] = {"column": column, "value": shown(value)}
    if rule == "out-of-bounds":
        values["bound"] = _bound(context)
    if rule == "unknown-word":
        first = column.split(".")[0]
        listed = words(row_type, first) if first in row_type.model_fields else ()
        values["words"] = (
            "yes, no" if detail["type"] == "bool_type" else ", ".join(listed) or context.get("expected", "")
        )
    if rule == "too-long":
        values["limit"] = context.get("max_length")
    return fault(rule, file, row, **values)


def _column(row_type: type[Any], place: tuple[str | int, ...]) -> str:
    """phases.0.year from where the row type saw it, without its own words for alternatives of a type."""
    parts = [str(part) for part in place]
    plain = [part for part in parts if part.isidentifier() or part.isdigit()]
    kept = [p for p in plain if p not in ("float", "int", "str", "constrained", "key")] or parts[:1] or ["-"]
    return shown(".".join(kept))


def _bound(context: Mapping[str, Any]) -> str:
    signs = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<"}
    return " ".join(f"{sign} {context[key]:g}" for key, sign in signs.items() if key in context)
