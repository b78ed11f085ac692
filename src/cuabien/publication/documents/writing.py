"""How a printed document writes: words, numbers, units and dates of the reader's language, and names that cannot do harm.

A name comes from whoever wrote the plan. It is only ever handed on as data; here it loses what a page cannot show or what
would turn the text around it (control characters, marks that override the direction of writing), and a word too long for a line
gets places to break.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cuabien.base import words
from cuabien.base.words import LOCALE_DIR, N_
from cuabien.lexicon import register
from cuabien.plan.objects import Parameter, Target

NOT_SHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
"""Control characters, marks of direction, and what XML cannot hold."""
LONG_WORD = re.compile(r"\S{29,}")
PIECE = 14
LONGEST = 400
"""Letters of a text that a document shows; what is longer is cut at a word."""
COMPARISONS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "=": ""}
APART = ("\u2068", "\u2069")
"""Around a text with letters that run from right to left, so that nothing beside it is turned."""
BREAK = "\u200b"
"""A place where a word may break."""


def tidy(text: object, most: int = LONGEST) -> str:
    """A text as one paragraph that a page can hold."""
    plain = unicodedata.normalize("NFC", NOT_SHOWN.sub("", str(text).replace("\t", " ")))
    plain = " ".join(plain.split())
    if len(plain) > most:
        cut = plain[:most]
        plain = (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:-") + "…"
    plain = LONG_WORD.sub(lambda word: _parted(word[0]), plain)
    return f"{APART[0]}{plain}{APART[1]}" if any(map(_runs_left, plain)) else plain


def _runs_left(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")


def _parted(word: str) -> str:
    return BREAK.join(word[i : i + PIECE] for i in range(0, len(word), PIECE))


@cache
def _words_of_pages(language: str) -> gettext.NullTranslations:
    return gettext.translation("django", LOCALE_DIR, languages=[language], fallback=True)


@dataclass(frozen=True, slots=True)
class Writing:
    """The hand of one language."""

    language: str

    def say(self, template: str, **values: object) -> str:
        return words.say(template, self.language, **values)

    def word(self, word: str | None) -> str:
        """A word of the plan's own vocabulary (a state, a mode, a kind), as the pages say it."""
        if not word:
            return self.say(N_("no data"))
        told = self.say(word)
        return tidy(told if told != word else _words_of_pages(self.language).gettext(word))

    def number(self, value: float | None, decimals: int | None = None) -> str:
        return words.number(value, self.language, decimals)

    def as_written(self, value: float | None) -> str:
        """A figure with no more decimals than it was given, four at most: 12,6 and not 12,60."""
        shown = words.number(value, self.language, 4) if value is not None else self.number(None)
        mark = "," if self.language == "vi" else "."
        return shown.rstrip("0").rstrip(mark) if mark in shown else shown

    def signed(self, value: float, decimals: int) -> str:
        """A difference with its sign; what rounds to nothing has none."""
        shown = self.number(abs(value), decimals)
        if not any(c in "123456789" for c in shown):
            return shown
        return f"{'+' if value > 0 else '−'}{shown}"

    def unit(self, unit: str | None) -> str:
        return tidy(register.unit_words(unit, self.language))

    def indicator(self, indicator: str) -> str:
        return tidy(register.indicator_name(indicator, self.language))

    def date(self, text: str | None) -> str:
        if not text:
            return words.date(text, self.language)
        if self.language == "en":
            return words.date(text, "en")
        return "/".join(str(int(part)) for part in reversed(text.split("-")))

    def name(self, item: object, field: str = "name", most: int = 160) -> str:
        return tidy(words.pick(item, field, self.language), most)

    def years(self, target: object) -> str:
        first, last = getattr(target, "year_from", None), getattr(target, "year", None)
        return f"{first}–{last}" if first and last and first != last else str(last or first or "–")

    def bound(self, operator: str | None, value: float | None) -> str:
        """The side and the place of a bound: "≥ 3"."""
        if not operator or value is None:
            return "–"
        return f"{COMPARISONS.get(operator, operator)}{self.as_written(value)}"

    def aim(self, target: Target) -> str:
        """What a target asks for: "≥ 13 %/năm", "2,8–3,0 triệu người", or its words."""
        if target.operator == "text" or target.value is None:
            return self.name(target, "text")
        value = self.as_written(target.value)
        if target.operator == "range" and target.high is not None:
            value = f"{value}–{self.as_written(target.high)}"
        return f"{COMPARISONS.get(target.operator, '')}{value} {self.unit(target.unit)}".strip()

    def parameter(self, identity: str, known: Mapping[str, Parameter]) -> str:
        """A parameter by what it is; in English its id says so, and where nobody gave it a name."""
        found = known.get(identity)
        named = found is not None and found.name_vi and self.language == "vi"
        return self.name(found) if named else self.key(identity)

    def key(self, identity: str) -> str:
        """An id, which may break after a dot or a low line."""
        return re.sub(r"([._])", rf"\1{BREAK}", tidy(identity).replace(BREAK, ""))


def decimals_of(indicator: str) -> int:
    known = register.indicators().get(indicator)
    return known.decimals if known else 1


KINDS_OF_PLACE = ("thành phố ", "tỉnh ")


def place_name(name: str) -> str:
    """ "Thành phố Hải Phòng" as a place: "Hải Phòng"."""
    kind = next((k for k in KINDS_OF_PLACE if name.casefold().startswith(k)), "")
    return tidy(name[len(kind) :], 60)


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]
