"""Commands for whoever keeps the plan: check it, read the rules, put it into its one form, compare two."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from cuabien.base.words import N_, say
from cuabien.cli import terminal

PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help=say(N_("the folder of a plan")))]


def add_commands(app: typer.Typer) -> None:
    app.command(help=say(N_("Check a plan: every finding, with its place, its rule and its remedy.")))(check)
    app.command(help=say(N_("List the rules of the checker.")))(rules)
    app.command("format", help=say(N_("Put the files of a plan into their one form.")))(format_files)
    app.command(help=say(N_("Say what is different from one plan to another.")))(diff)


def check(
    plan: PlanFolder = terminal.EMBEDDED_PLAN,
    today: Annotated[str | None, typer.Option(help=say(N_("the day to look from: 2026-11-22")))] = None,
    json: terminal.Json = False,
) -> int:
    from cuabien.base.faults import Fault, UnusableInput, stops
    from cuabien.indicators.formula import check_formulas
    from cuabien.plan.checks import check as findings_of
    from cuabien.plan.form import fault
    from cuabien.plan.read import try_read_plan

    try:
        day = dt.date.fromisoformat(today) if today else None
    except ValueError:
        raise UnusableInput([fault("bad-date", "--today", column="--today", value=today)]) from None
    whole, form = try_read_plan(plan)
    if whole is None or stops(form):
        raise UnusableInput(form)
    findings: list[Fault] = [*form, *check_formulas(whole), *findings_of(whole, day)]
    findings.sort(key=lambda f: f.severity != "fault")
    if json:
        terminal.print_json([f.as_row() for f in findings])
    else:
        terminal.print_faults(findings)
        faults = sum(f.severity == "fault" for f in findings)
        typer.echo(
            say(
                N_("{plan}: {faults} faults, {warnings} warnings"),
                plan=whole.header.id,
                faults=faults,
                warnings=len(findings) - faults,
            )
        )
    return terminal.FINDINGS if findings else terminal.FINE


def rules(json: terminal.Json = False) -> int:
    from cuabien.plan.checks import RULES

    rows = [
        {"rule": r.id, "kind": r.kind, "severity": r.severity, "title": say(r.title), "source": say(r.source), "remedy": say(r.remedy)}
        for r in RULES.values()
    ]  # fmt: skip
    if json:
        terminal.print_json(rows)
    else:
        columns = {
            "rule": N_("rule"),
            "severity": N_("severity"),
            "title": N_("looks for"),
            "source": N_("source"),
        }
        terminal.print_table(rows, columns)
    return terminal.FINE


def format_files(
    plan: PlanFolder = terminal.EMBEDDED_PLAN,
    check: Annotated[bool, typer.Option("--check", help=say(N_("only say what would change")))] = False,
    json: terminal.Json = False,
) -> int:
    from cuabien.plan.read import read_files
    from cuabien.plan.write import canonical_files, swap_folder

    wanted = canonical_files(plan)
    now, _ = read_files(plan)
    differ = sorted(name for name, data in wanted.items() if now.get(name) != data)
    if differ and not check:
        swap_folder(plan, {**now, **wanted})
    if json:
        terminal.print_json({"plan": str(plan), "files": differ})
    else:
        typer.echo("\n".join(differ) or say(N_("every file has its one form")))
    return terminal.FINDINGS if differ and check else terminal.FINE


def diff(before: PlanFolder, after: PlanFolder, json: terminal.Json = False) -> int:
    from cuabien.plan.change import diff as difference
    from cuabien.plan.read import read_plan

    change = difference(read_plan(before), read_plan(after))
    rows = [
        {"table": e.table, "id": e.id, "action": e.action, "fields": dict(e.fields), "blank": list(e.blank)}
        for e in change.edits
    ]
    if json:
        terminal.print_json(rows)
    else:
        for row in rows:
            typer.echo(
                f"{row['action']} {row['table']} {row['id']}  {', '.join(map(str, row['fields'] or row['blank']))}"
            )
        typer.echo(say(N_("{count} objects differ"), count=len(rows)))
    return terminal.FINDINGS if rows else terminal.FINE
