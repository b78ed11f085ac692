"""Edits that came as JSON, written as the TOML of a change file: one reader for both, and the same faults."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def as_toml(entries: Sequence[tuple[str, Mapping[str, Any]]]) -> bytes:
    """`entries`: (name of the entry, its fields), each of which becomes one [[name]] table. null is left out."""
    lines: list[str] = []
    for name, fields in entries:
        lines.append(f"[[{_key(name)}]]")
        lines += [f"{_key(key)} = {_value(value)}" for key, value in fields.items() if value is not None]
    return "\n".join([*lines, ""]).encode("utf-8", "replace")


def _key(text: str) -> str:
    return _text(text)


def _text(text: str) -> str:
    """JSON's escapes are TOML's, but for the one control character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items() if v is not None)
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(part) for part in value if part is not None)}]"
    return repr(value)
