"""Vietnamese alphabetical order: d before đ, a before ă before â, ê after e, ô before ơ, ư after u; the tone decides last.

Python sorts by code point, which puts Đ and every accented capital after Z.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""None, huyền, hỏi, ngã, sắc, nặng: the order of dictionaries."""

_LETTER = {letter: position for position, letter in enumerate(ALPHABET)}
Key = tuple[tuple[tuple[int, str], ...], tuple[int, ...]]


def by_name(text: str) -> Key:
    """The key for `sorted`: the letters first, then the tones in reading order. Signs and digits come before letters."""
    letters: list[tuple[int, str]] = []
    tones: list[int] = []
    for character in unicodedata.normalize("NFC", text.casefold()):
        parts = unicodedata.normalize("NFD", character)
        tone = next((t for t in parts[1:] if t in TONES), "")
        letter = unicodedata.normalize("NFC", "".join(p for p in parts if p != tone))
        letters.append((_LETTER.get(letter, -1), "" if letter in _LETTER else letter))
        tones.append(TONES.index(tone))
    return tuple(letters), tuple(tones)
