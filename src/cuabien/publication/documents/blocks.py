"""What a printed document is made of, whoever draws it: headings, paragraphs, lists, tables, and the figures in them.

A report is built once as blocks and drawn twice, as DOCX and as PDF, so that both say the same. A cell that shows a figure
carries where it was taken from, so that a test can ask the run for it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is shown: what kind of thing says it, which one, and its value."""

    kind: Literal["run", "observed", "target", "gap", "claim", "flag", "swing", "table", "count"]
    of: tuple[str | int, ...]
    """("population", "HP_new", 2030) of a run; the id of a target, claim or flag."""
    value: float
    shown: str


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    figure: Figure | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    width: float
    """Its share of the width of the text."""
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Band:
    """A row across the whole table that names what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...] | Band, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    figures: tuple[Figure, ...] = ()
    lead: str = ""
    """First words, set bold."""


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type or to compare letter by letter."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Table | Code


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What Decree 30/2020/NĐ-CP puts around a report; what only the one who signs can know is left open."""

    issuer: str
    nation: str
    motto: str
    number: str
    place_and_date: str
    draft: str
    kind: str
    subject: str
    to: str
    recipients: tuple[str, ...]
    signed_for: str
    signature: str


@dataclass(frozen=True, slots=True)
class Report:
    language: str
    title: str
    """For the properties of the file."""
    date: str
    letterhead: Letterhead
    blocks: tuple[Block, ...]

    def figures(self) -> Iterator[Figure]:
        """Every figure that it shows, in order."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.figures
            elif isinstance(block, Table):
                for row in block.rows:
                    if not isinstance(row, Band):
                        yield from (cell.figure for cell in row if cell.figure)
