"""`cuabien stress`: what becomes of the city when something goes wrong.

A stress test is a change like any other: `scenarios/stress-*.toml` of the plan, or files that are named. Each is run
beside the plan's own future.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuabien.base.faults import Fault, Refused, UnusableInput, stops
from cuabien.base.words import N_, number, say
from cuabien.cli import terminal
from cuabien.cli.model import checked, refuse

if TYPE_CHECKING:
    from cuabien.indicators.stress import StressRow
    from cuabien.plan.change import Change
    from cuabien.plan.package import Plan

PATTERN = "scenarios/stress-*.toml"
SHOWN = 8
"""Indicators that the table shows for each stress; --json has them all."""
COLUMNS = {
    "name": N_("Indicator"),
    "year": N_("Worst year"),
    "base": N_("Plan"),
    "stressed": N_("Under stress"),
    "difference": N_("Difference"),
    "last": N_("In the last year"),
    "back": N_("Back in"),
    "unit": N_("Unit"),
}


def add_commands(app: typer.Typer) -> None:
    """Add `stress`."""
    app.command(
        "stress", help=say(N_("Run the plan's stress tests and say what falls, how far and how long."))
    )(stress)


def stress(
    plan: Annotated[Path, typer.Argument(help=say(N_("the folder of the plan")))] = terminal.EMBEDDED_PLAN,
    change: Annotated[
        list[Path] | None,
        typer.Option("--change", help=say(N_("a stress of your own; may be given several times"))),
    ] = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.indicators import stress as judging
    from cuabien.indicators.compare import caveat
    from cuabien.indicators.noise import noise_of
    from cuabien.indicators.simulated import future
    from cuabien.plan.read import read_plan
    from cuabien.results import open_run
    from cuabien.runner import run_plan

    whole = read_plan(plan)
    tests = _tests(plan, change or [], whole)
    faults = checked(whole, [])
    if stops(faults):
        refuse(faults, as_json)
    own = open_run(run_plan(whole, home=home, faults=faults).run)
    base = future(own)
    found = []
    for name, test in tests:
        # with the findings of the changed plan, as `cuabien run --change` keeps them: one run, one folder, equal bytes
        run = open_run(run_plan(whole, changes=[test], home=home, faults=checked(whole, [test])).run)
        noise, title = noise_of(own, run), test.title_in() or name
        rows = judging.rows(name, title, base, future(run), whole.header.city, base.indicators(), noise)
        found.append((title, rows, caveat(noise, (whole.header.base_year, whole.header.horizon))))
    if as_json:
        terminal.print_json([row.as_row() for _, rows, _ in found for row in rows])
        return
    for title, rows, below in found:
        typer.secho(title, bold=True)
        if not rows:
            typer.echo(say(N_("nothing moves: the model knows nothing that this touches")))
            continue
        terminal.print_table([_shown(row) for row in rows[:SHOWN]], COLUMNS)
        typer.echo(below)
    typer.echo(say(N_("Back: no more than a tenth of the worst difference is left.")))


def _shown(row: StressRow) -> dict[str, object]:
    from cuabien.lexicon.register import indicators

    decimals = indicators()[row.indicator].decimals
    return {
        **row.as_row(),
        "year": row.year if row.worse is not False else say(N_("{year} (better)"), year=row.year),
        "base": number(row.base, decimals=decimals),
        "stressed": number(row.stressed, decimals=decimals),
        "difference": _difference(row, row.change, row.percent),
        "last": _difference(row, row.last_change, row.last_percent),
        "back": row.recovered or say(N_("not by {year}"), year=row.last_year),
    }


def _difference(row: StressRow, change: float, percent: float | None) -> str:
    """In percent; where a percent says nothing, in the unit."""
    from cuabien.indicators.compare import unit_of_change

    sign = "+" if change > 0 else "−" if change < 0 else ""
    if percent is not None:
        return f"{sign}{number(abs(percent), decimals=2)} %"
    return f"{sign}{number(abs(change))} {unit_of_change(row.unit)}"


def _tests(folder: Path, named: list[Path], plan: Plan) -> list[tuple[str, Change]]:
    """(name, change) of each stress; every fault of every file is told before anything is run."""
    from cuabien.plan.change import try_read_change

    files = named or sorted(folder.glob(PATTERN))
    if not files:
        raise Refused(
            N_("{plan} has no stress tests; add {pattern} or name one with --change"),
            plan=str(folder),
            pattern=PATTERN,
        )
    tests, faults = [], list[Fault]()
    for file in files:
        test, found = try_read_change(file, plan)
        tests.append((file.stem.removeprefix("stress-"), test))
        faults += found
    if stops(faults):
        raise UnusableInput(faults)
    return tests
