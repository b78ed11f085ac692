"""How every command speaks: tables for people, JSON for programs, faults without a traceback.

Exit codes: 0 fine, 1 findings or a refused request, 2 unusable input.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
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


def print_table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    """Rows as a table; `columns` maps key to heading (a template). Blank is shown as "no data"."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns.values():
        table.add_column(say(heading), overflow="fold")
    for row in rows:
        table.add_row(*(_shown(row.get(key)) for key in columns))
    Console(soft_wrap=False, highlight=False).print(table)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    return say(N_("no data")) if value is None or value == "" else str(value).replace("[", r"\[")


def print_faults(faults: Iterable[Fault]) -> None:
    """Faults for a person: where, what, and how to mend it."""
    for fault in faults:
        place = f"{fault.file} {fault.row}" if fault.row is not None else fault.file
        typer.secho(
            f"{place}: {fault.message()}", err=True, fg="red" if fault.severity == "fault" else "yellow"
        )
        typer.echo(f"    {fault.mend()}  [{fault.rule}]", err=True)
