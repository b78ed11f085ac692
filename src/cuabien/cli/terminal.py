"""How every command speaks: tables for people, JSON for programs, faults without a traceback.

Exit codes: 0 fine, 1 findings or a refused request, 2 unusable input.
"""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cuabien.base.faults import Fault
from cuabien.base.words import N_, number, say

FINE, FINDINGS, UNUSABLE = 0, 1, 2

Json = Annotated[bool, typer.Option("--json", help="JSON")]
Home = Annotated[Path, typer.Option("--home", envvar="CUABIEN_HOME", help="var/")]
DEFAULT_HOME = Path("var")
EMBEDDED_PLAN = Path(os.environ.get("CUABIEN_PLAN", "plans/hai-phong"))
"""The plan that a command takes when none is named."""


def print_json(value: object) -> None:
    """One JSON document on standard output; NaN never leaves."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, default=str))


def say_no(rule: str, words: str, *, as_json: bool) -> None:
    """Why a request was not carried out, where no file is to blame: a row like that of a fault, or a line."""
    if as_json:
        row = {"rule": rule, "severity": "fault", "file": "", "row": None, "message": words, "remedy": ""}
        print_json([row])
    else:
        typer.secho(words, err=True, fg="red")


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to; it takes the place of `out` when all is there, and leaves nothing when something fails."""
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".part-{out.name}")
    try:
        yield aside
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)


def open_home(home: Path) -> None:
    """The service's database of a home, for a command that reads or writes it; its tables are made if they are not there."""
    from cuabien.worker.setting import set_up

    set_up(EMBEDDED_PLAN, home)

    from cuabien.service.database import prepare

    prepare()


SHORT = 12
"""Cells up to so many characters stay on one line; longer ones may wrap, and then want room by their length."""
WIDEST_WRAPPED = 40
GAP = 2
"""Blanks between columns."""
INDENT = "  "


def print_table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, lead: int = 1) -> None:
    """Rows as a table; `columns` maps key to heading (a template). Blank is shown as "no data".

    Where the terminal is too narrow for a table that can be read, each row becomes a paragraph: its first `lead`
    columns as a heading, the others named below.
    """
    from rich.console import Console

    cells = [[_shown(row.get(key)) for key in columns] for row in rows]
    headings = [say(heading) for heading in columns.values()]
    console = Console(soft_wrap=False, highlight=False)
    least = [
        _least_width([heading, *of]) for heading, of in zip(headings, _turned(cells, headings), strict=True)
    ]
    if sum(least) + GAP * (len(least) - 1) <= console.width:
        _as_table(console, cells, headings, least)
    else:
        for cell in cells:
            _as_paragraph(cell, headings, lead, console.width)


def _turned(cells: Sequence[Sequence[str]], headings: Sequence[str]) -> list[list[str]]:
    """The cells by column."""
    return [[row[at] for row in cells] for at in range(len(headings))]


def _least_width(texts: Sequence[str]) -> int:
    """What a column needs to be read: its longest word, and for long text about an eighth of a line each."""
    word = max((len(word) for text in texts for word in text.split()), default=1)
    line = max((len(line) for text in texts for line in text.splitlines()), default=1)
    return max(word, line if line <= SHORT else min(SHORT + line // 8, WIDEST_WRAPPED, line))


def _as_table(
    console: Any, cells: Sequence[Sequence[str]], headings: Sequence[str], least: Sequence[int]
) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, width in zip(headings, least, strict=True):
        table.add_column(heading, overflow="fold", min_width=width)
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _as_paragraph(cells: Sequence[str], headings: Sequence[str], lead: int, width: int) -> None:
    """A heading, the short cells one after another, the long ones on lines of their own."""
    flat = [" ".join(cell.split()) for cell in cells]
    typer.secho(_filled("  ".join(flat[:lead]), width, ""), bold=True)
    named = [f"{heading}: {cell}" for heading, cell in zip(headings[lead:], flat[lead:], strict=True)]
    line = ""
    for item in named:
        joined = f"{line}; {item}" if line else item
        if len(INDENT) + len(joined) <= width:
            line = joined
            continue
        if line:
            typer.echo(_filled(line, width, INDENT))
        line = item
    if line:
        typer.echo(_filled(line, width, INDENT))


def _filled(text: str, width: int, indent: str) -> str:
    return textwrap.fill(text, max(width, 20), initial_indent=indent, subsequent_indent=indent + "  ")


def _shown(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    return say(N_("no data")) if value is None or value == "" else str(value)


def print_faults(faults: Iterable[Fault]) -> None:
    """Faults for a person: where, what, and how to mend it."""
    for fault in faults:
        place = f"{fault.file} {fault.row}" if fault.row is not None else fault.file
        typer.secho(
            f"{place}: {fault.message()}", err=True, fg="red" if fault.severity == "fault" else "yellow"
        )
        typer.echo(f"    {fault.mend()}  [{fault.rule}]", err=True)
