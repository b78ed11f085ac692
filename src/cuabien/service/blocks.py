"""What the pages of the subjects are made of: a heading, sentences, a drawing with its key, and tables that hold it all.

One template (`parts/block.html`) shows every block, so that each drawing has a table and each missing figure its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from cuabien.base import words
from cuabien.lexicon.register import unit_words

NOTHING = mark_safe("")


def language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


@dataclass(frozen=True)
class Cell:
    """One cell of a table. `state` is shown as a badge after the text, `address` makes the text a link; what is `quiet` is grey."""

    text: str = ""
    number: bool = False
    missing: bool = False
    state: str = ""
    address: str = ""
    quiet: bool = False

    @property
    def long(self) -> bool:
        """Whether it is words that need the width of a phone."""
        return not self.number and len(self.text) > LONG


LONG = 24
"""Letters that a third of a phone's width holds on two lines."""
WIDE = 6
"""Columns with heads of one line that a desk holds."""


@dataclass(frozen=True)
class Table:
    """The first cell of a row is its header. `folded` is what a table that starts closed is opened by; a `quiet` one is grey."""

    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: str = ""
    quiet: bool = False

    @property
    def wide(self) -> bool:
        """Whether it has so many columns that their heads take two lines."""
        return len(self.head) > WIDE

    @property
    def lines(self) -> list[tuple[Cell, list[tuple[Cell, Cell]]]]:
        """Each row as its header and (column head, cell), for a screen too narrow for columns."""
        return [(row[0], list(zip(self.head[1:], row[1:], strict=True))) for row in self.rows]


@dataclass(frozen=True)
class Key:
    """One entry of a legend: the class of the style sheet, and what it stands for."""

    look: str
    words: str


@dataclass(frozen=True)
class Block:
    id: str
    heading: str
    sentences: tuple[str, ...] = ()
    drawing: SafeString = NOTHING
    keys: tuple[Key, ...] = ()
    tables: tuple[Table, ...] = ()
    missing: bool = False
    """The run that is shown holds nothing of this."""
    quiet: str = ""
    """How to read it, in small print."""


def missing(identity: str, heading: str) -> Block:
    return Block(identity, heading, missing=True)


# ---- cells ------------------------------------------------------------------------------------------------


def written(value: float, decimals: int | None = None) -> str:
    """A number as the reader's language writes it."""
    return words.number(value, language(), decimals)


def signed(value: float, decimals: int = 0) -> str:
    """+1.234 or −56; what rounds to nothing has no sign."""
    shown = written(abs(value), decimals)
    nothing = round(abs(value), decimals) == 0
    return shown if nothing else f"{'+' if value > 0 else '−'}{shown}"


def unit(key: str | None) -> str:
    return unit_words(key, language())


def no_data() -> Cell:
    return Cell(gettext("no data"), number=True, missing=True)


def number(value: float | None, decimals: int | None = None) -> Cell:
    return no_data() if value is None or value != value else Cell(written(value, decimals), number=True)


def change(value: float | None, decimals: int = 0) -> Cell:
    return no_data() if value is None or value != value else Cell(signed(value, decimals), number=True)


def percent(share: float | None, decimals: int = 0) -> Cell:
    """A share (1 = all) as percent."""
    return (
        no_data()
        if share is None or share != share
        else Cell(f"{written(100 * share, decimals)} %", number=True)
    )


def text(value: str, address: str = "", state: str = "") -> Cell:
    return Cell(value, address=address, state=state)


def year(value: int | None) -> Cell:
    """A year, which has no thousands mark."""
    return Cell(str(value), number=True) if value is not None else no_data()


def head(*names: str, numbers: Iterable[int] = ()) -> tuple[Cell, ...]:
    """Heads of columns; every column but the first holds numbers unless `numbers` says which do."""
    chosen = set(numbers) or set(range(1, len(names)))
    return tuple(Cell(name, number=i in chosen) for i, name in enumerate(names))


def by_year(
    caption: str,
    years: Sequence[int],
    rows: Sequence[tuple[str, Sequence[float | None]]],
    decimals: int | None = None,
    first: str = "",
) -> Table:
    """A table of one row a thing and one column a year."""
    return Table(
        caption,
        (Cell(first or gettext("What")), *(Cell(str(y), number=True) for y in years)),
        tuple((text(name), *(number(v, decimals) for v in values)) for name, values in rows),
    )
