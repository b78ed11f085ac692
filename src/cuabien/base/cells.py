"""Texts in cells of CSV: a spreadsheet takes one that begins with `=`, `+`, `-` or `@` for a formula and runs it.

Such a text gets an apostrophe in front, and so does one that begins with an apostrophe: whoever takes away one apostrophe
from each text that begins with one has the text again.
"""

from __future__ import annotations

FORMULA = "=+-@＝＋－＠'\t\r\n"
"""How a text begins that a spreadsheet might run; the apostrophe is among them, so that it can be undone."""


def neutral(text: str) -> str:
    """A text as CSV shows it."""
    return f"'{text}" if text[:1] and text[0] in FORMULA else text


def restored(text: str) -> str:
    """The text behind what CSV shows."""
    return text.removeprefix("'")
