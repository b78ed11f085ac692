"""`cuabien run`: a plan's future, year by year, into a run folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuabien.base.dates import last_day
from cuabien.base.faults import Fault, stops
from cuabien.base.words import N_, number, pick, say
from cuabien.cli import terminal

if TYPE_CHECKING:
    from cuabien.plan.change import Change
    from cuabien.plan.package import Plan
    from cuabien.results import Run
    from cuabien.runner import RunOutcome

TABLE = (
    "population",
    "share_aged_65",
    "grdp_constant2025",
    "grdp_current",
    "grdp_growth_avg",
    "grdp_per_capita",
    "labour_productivity",
    "tfp_share",
    "employment",
    "port_cargo",
    "port_teu",
)
"""Headlines that a person sees first, in this order."""


def add_commands(app: typer.Typer) -> None:
    """Add this theme's commands."""
    app.command("run", help=say(N_("Model a plan's future year by year and write a run.")))(run)


def run(
    plan: Annotated[Path, typer.Argument(help=say(N_("the folder of the plan")))] = terminal.EMBEDDED_PLAN,
    change: Annotated[
        list[Path] | None,
        typer.Option("--change", help=say(N_("a change file; may be given several times, in order"))),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**63 - 1, help=say(N_("the seed of chance")))
    ] = 1,
    to: Annotated[int | None, typer.Option("--to", help=say(N_("the last year")))] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=say(N_("write the run into this folder, not into the home")))
    ] = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.plan.read import read_plan
    from cuabien.results import open_run
    from cuabien.runner import run_plan

    whole = read_plan(plan)
    changes = _changes(change or [], whole)
    faults = checked(whole, changes)
    if stops(faults):
        refuse(faults, as_json)
    outcome = run_plan(whole, changes=changes, seed=seed, to_year=to, out=out, home=home, faults=faults)
    if as_json:
        terminal.print_json(
            {"run": str(outcome.run), "seconds": round(outcome.seconds, 3), "gaps": dict(outcome.gaps)}
        )
    else:
        _tell(outcome, open_run(outcome.run))


def _changes(files: Sequence[Path], plan: Plan) -> list[Change]:
    """Each change is read against the plan with the changes before it."""
    from cuabien.plan.change import apply, read_change

    found = []
    for file in files:
        change = read_change(file, plan)
        plan = apply(plan, change)
        found.append(change)
    return found


def checked(plan: Plan, changes: Sequence[Change]) -> list[Fault]:
    """What the checker says of the plan as it will be run, on the day for which the plan speaks.

    That day, not today, so that the same plan gives the same run tomorrow.
    """
    from cuabien.plan.checks import check

    if changes:
        from cuabien.plan.change import apply, stack

        plan = apply(plan, stack(*changes))
    return check(plan, last_day(plan.header.as_of))


def refuse(faults: Sequence[Fault], as_json: bool) -> None:
    """Say what stops the plan from being run, and end the command."""
    stopping = [fault for fault in faults if stops([fault])]
    if as_json:
        terminal.print_json([fault.as_row() for fault in stopping])
    else:
        terminal.print_faults(stopping)
        typer.secho(say(N_("The plan has faults; nothing was run.")), err=True, fg="red")
    raise typer.Exit(terminal.FINDINGS)


# ---- what a person sees -----------------------------------------------------------------------------------


def _tell(outcome: RunOutcome, opened: Run) -> None:
    words = N_("{run} was there already ({seconds} s)") if outcome.found else N_("{run} in {seconds} s")
    typer.echo(say(words, run=outcome.run, seconds=number(outcome.seconds, decimals=2)))
    rows, years = _headlines(opened)
    terminal.print_table(
        rows,
        {"name": N_("indicator"), "unit": N_("unit"), **{str(year): str(year) for year in years}},
    )
    typer.echo(
        say(
            N_(
                "In brackets: how far one assumed number at a time, over its range, moves the value. It is not a probability."
            )
        )
    )


def _headlines(opened: Run) -> tuple[list[dict[str, Any]], list[int]]:
    """One row an indicator: its value at five milestones and, in brackets, its swing."""
    import polars as pl

    from cuabien.lexicon.register import indicators, unit_words

    city, known = opened.manifest["city"], indicators()
    values = opened.table("indicators").filter(pl.col("area") == city)
    swings = (
        opened.table("swing")
        .group_by("indicator", "year")
        .agg(
            pl.min_horizontal(pl.col("at_low").min(), pl.col("at_high").min(), pl.col("base").min()).alias(
                "low"
            ),
            pl.max_horizontal(pl.col("at_low").max(), pl.col("at_high").max(), pl.col("base").max()).alias(
                "high"
            ),
            pl.col("base").first(),
        )
    )
    span = {(row["indicator"], row["year"]): row for row in swings.iter_rows(named=True)}
    found = {(row["indicator"], row["year"]): row["value"] for row in values.iter_rows(named=True)}
    years = _milestones(opened)
    rows = []
    for name in TABLE:
        cells = {str(year): _cell(name, year, found, span) for year in years}
        if any(cells.values()):
            word = known.get(name)
            unit = word.unit if word else _unit(values, name)
            rows.append({"name": pick(word, "name") if word else name, "unit": unit_words(unit), **cells})
    return rows, years


def _milestones(opened: Run) -> list[int]:
    first, last = opened.manifest["base_year"], opened.manifest["last_year"]
    return sorted({first, last, *(y for y in range(first, last) if y % 5 == 0)})


def _unit(values: Any, name: str) -> str:
    units = values.filter(values["indicator"] == name)["unit"]
    return str(units[0]) if len(units) else ""


def _cell(name: str, year: int, found: dict[tuple[str, int], float], span: dict[tuple[str, int], Any]) -> str:
    swing = span.get((name, year))
    value = found.get((name, year), swing["base"] if swing else None)
    if value is None:
        return ""
    digits = 3 - math.floor(math.log10(abs(value))) if value else 0
    middle = _rounded(value, digits)
    if swing is None or swing["low"] == swing["high"]:
        return middle
    return f"{middle}\n({_rounded(swing['low'], digits)} – {_rounded(swing['high'], digits)})"


def _rounded(value: float, digits: int) -> str:
    """Four figures are enough to read, and two decimals."""
    return number(round(value, min(digits, 2)), decimals=max(0, min(digits, 2)))
