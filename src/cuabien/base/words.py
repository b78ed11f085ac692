"""Words that a user sees, in the reader's language.

Every sentence in the code is written once, in English, and looked up in the catalogue of the reader's
language (gettext; `src/cuabien/locale/<language>/LC_MESSAGES/cuabien.po`). Vietnamese is the default.

A sentence with values in it is a *template* and a mapping, so that it can be put into words late, when the
reader is known: `say("{count} faults", language, count=3)`.
"""

from __future__ import annotations

import gettext as _gettext
import os
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
LOCALE_DIR = Path(__file__).parent.parent / "locale"


def N_(template: str) -> str:  # noqa: N802 (the usual gettext mark for "translate later")
    """Mark a template for the catalogue; it is looked up later, by `say`."""
    return template


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation("cuabien", LOCALE_DIR, languages=[language], fallback=True)


def reader_language() -> str:
    """The language of this process: `CUABIEN_LANG`, else Vietnamese."""
    language = os.environ.get("CUABIEN_LANG", DEFAULT_LANGUAGE)
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def say(template: str, language: str | None = None, /, **values: object) -> str:
    """The template in the reader's language, with its values filled in."""
    words = _catalogue(language or reader_language()).gettext(template)
    return words.format_map(_Shown(values)) if values else words


class _Shown(dict[str, object]):
    """A value that the caller forgot shows as its name, never as a traceback."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def number(value: float | None, language: str | None = None, decimals: int | None = None) -> str:
    """A number as the language writes it: 1.234,5 in Vietnamese, 1,234.5 in English; None is "no data"."""
    if value is None or value != value:
        return say(N_("no data"), language)
    if decimals is None:
        magnitude = abs(value)
        decimals = 0 if value == round(value) or magnitude >= 1000 else 1 if magnitude >= 100 else 2
    text = f"{value:,.{decimals}f}"
    if (language or reader_language()) == "vi":
        text = text.translate(str.maketrans(",.", ".,"))
    return text


SIGNIFICANT = 6
"""Figures that count: enough to recognise what was typed."""
LARGEST_WRITTEN = 1e15


def figure(value: float, language: str | None = None) -> str:
    """A number with all the figures that count and no more: 0,125, 12,5, 1.500.000; very large or small ones as a power."""
    if value != value or abs(value) == float("inf"):
        return number(None, language)
    if value and not 1e-4 <= abs(value) < LARGEST_WRITTEN:
        mantissa, _, power = f"{value:.{SIGNIFICANT - 1}e}".partition("e")
        return f"{figure(float(mantissa), language)} × 10^{int(power)}"
    rounded = float(f"{value:.{SIGNIFICANT}g}")
    decimals = len(f"{rounded:.10f}".rstrip("0").partition(".")[2])
    return number(rounded, language, decimals)


def date(text: str | None, language: str | None = None) -> str:
    """An ISO date, possibly partial (2025, 2025-07, 2025-07-01), as the language writes it."""
    if not text:
        return say(N_("no date"), language)
    parts = text.split("-")
    if (language or reader_language()) == "vi":
        return "/".join(reversed(parts))
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    if len(parts) == 1:
        return parts[0]
    month = months[int(parts[1]) - 1]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"


def pick(item: Mapping[str, object] | object, field: str, language: str | None = None) -> str:
    """`name_vi` or `name_en` of an item, whichever the reader wants; the other one when it is blank."""
    wanted = language or reader_language()
    other = "en" if wanted == "vi" else "vi"
    for code in (wanted, other):
        key = f"{field}_{code}"
        value = item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)
        if value:
            return str(value)
    return ""


def fold(text: str) -> str:
    """Lower case without accents or punctuation: "Đồ Sơn" -> "do son". Names that fold alike are taken for one."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())
