"""Commands for whoever keeps the plan: check it, read the rules, put it into its one form, compare two, begin one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuabien.base.words import N_, pick, say
from cuabien.cli import terminal

if TYPE_CHECKING:
    from cuabien.base.faults import Fault
    from cuabien.plan.change import Change, Edit
    from cuabien.plan.package import Plan

PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help=say(N_("the folder of a plan")))]
HEADINGS = {
    "fault": N_("Faults: no run until they are mended"),
    "warning": N_("Warnings: true, open or unknown"),
}


def add_commands(app: typer.Typer) -> None:
    app.command(help=say(N_("Check a plan: every finding, with its place, its rule and its remedy.")))(check)
    app.command(help=say(N_("List the rules of the checker.")))(rules)
    app.command("format", help=say(N_("Put the files of a plan into their one form.")))(format_files)
    app.command(help=say(N_("Say what is different from one plan to another.")))(diff)
    app.command(help=say(N_("Begin the plan of another city.")))(new)


# ---- check ------------------------------------------------------------------------------------------------


def check(
    plan: PlanFolder = terminal.EMBEDDED_PLAN,
    today: Annotated[str | None, typer.Option(help=say(N_("the day to look from: 2026-11-22")))] = None,
    change: Annotated[
        list[Path] | None, typer.Option("--change", help=say(N_("check the plan as this change makes it")))
    ] = None,
    json: terminal.Json = False,
) -> int:
    from cuabien.base.faults import UnusableInput, stops
    from cuabien.indicators.formula import check_formulas
    from cuabien.model.city import faults as against_modelling
    from cuabien.plan.change import apply, read_change
    from cuabien.plan.checks import check as findings_of
    from cuabien.plan.read import try_read_plan

    day = _day(today)
    whole, form = try_read_plan(plan)
    if whole is None or stops(form):
        raise UnusableInput(form)
    for file in change or ():
        whole = apply(whole, read_change(file, whole))
    findings = [*form, *check_formulas(whole), *findings_of(whole, day)]
    findings += _in_one(whole, [found for found in against_modelling(whole) if stops([found])])
    findings.sort(key=lambda found: found.severity != "fault")
    if json:
        terminal.print_json([found.as_row() for found in findings])
    else:
        _show(whole, findings)
    return terminal.FINDINGS if findings else terminal.FINE


def _in_one(plan: Plan, against: list[Fault]) -> list[Fault]:
    """What keeps the plan from being modelled; of a plan without any parameter, that all of them are missing."""
    from cuabien.base.faults import Fault

    missing = [found for found in against if found.rule == "parameter-missing"]
    if plan.parameters or not missing:
        return against
    return [
        Fault(
            "parameter-missing",
            missing[0].file,
            N_("the model needs {count} parameters and the plan has none of them; the first is {name}"),
            N_("begin with those of another city: cuabien new FOLDER --from plans/hai-phong"),
            values={"count": len(missing), "name": missing[0].row},
        ),
        *(found for found in against if found not in missing),
    ]


def _day(text: str | None) -> dt.date | None:
    from cuabien.base.faults import UnusableInput
    from cuabien.plan.form import fault

    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise UnusableInput([fault("bad-date", "--today", column="--today", value=text)]) from None


def _show(plan: Plan, findings: Sequence[Fault]) -> None:
    """Findings for a person: by severity, then by rule with its count, its place and once its remedy."""
    from cuabien.plan.checks import RULES

    for severity, heading in HEADINGS.items():
        found = [f for f in findings if f.severity == severity]
        if found:
            typer.secho(f"\n{say(heading)} ({len(found)})", bold=True)
        for rule, count in Counter(f.rule for f in found).items():
            title = say(RULES[rule].title) if rule in RULES else rule
            typer.secho(f"\n  {title} ({count})  [{rule}]", fg="red" if severity == "fault" else "yellow")
            same = [f for f in found if f.rule == rule]
            for one in same:
                place = f"{one.file} {one.row}" if one.row is not None else one.file
                typer.echo(f"    {place}: {one.message()}")
            typer.secho(f"    → {same[0].mend()}", dim=True)
    faults = sum(f.severity == "fault" for f in findings)
    words = N_("{plan}: {faults} faults, {warnings} warnings")
    typer.echo(
        ("\n" if findings else "")
        + say(words, plan=plan.header.id, faults=faults, warnings=len(findings) - faults)
    )


# ---- rules ------------------------------------------------------------------------------------------------


def rules(
    markdown: Annotated[
        bool, typer.Option("--markdown", help=say(N_("the page docs/rules.md, without its judgements")))
    ] = False,
    json: terminal.Json = False,
) -> int:
    from cuabien.plan.checks import RULES
    from cuabien.plan.checks.describe import rules_page

    if markdown:
        typer.echo(rules_page())
        return terminal.FINE
    rows = [
        {
            "rule": rule.id,
            "kind": rule.kind,
            "severity": rule.severity,
            "title": say(rule.title),
            "why": say(rule.why),
            "source": say(rule.source),
            "remedy": say(rule.remedy),
        }
        for rule in RULES.values()
    ]
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


# ---- format -----------------------------------------------------------------------------------------------


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


# ---- diff -------------------------------------------------------------------------------------------------


def diff(before: PlanFolder, after: PlanFolder, json: terminal.Json = False) -> int:
    """What people read stands in comment lines, so that the output is a change file."""
    from cuabien.plan.change import change_hash, render_change
    from cuabien.plan.change import diff as difference
    from cuabien.plan.read import read_plan

    then, now = read_plan(before), read_plan(after)
    change = difference(then, now)
    if json:
        terminal.print_json(
            {
                "plan": change.plan,
                "change_hash": change_hash(change),
                "edits": [_edit_row(edit) for edit in change.edits],
                "toml": render_change(change).decode(),
            }
        )
    else:
        for line in _in_words(change, then, now):
            typer.echo(f"# {line}")
        typer.echo(render_change(change).decode(), nl=False)
    return terminal.FINDINGS if change else terminal.FINE


def _edit_row(edit: Edit) -> dict[str, Any]:
    return {
        "table": edit.table,
        "id": edit.id,
        "action": edit.action,
        "fields": dict(edit.fields),
        "blank": list(edit.blank),
    }


ACTIONS = {"add": N_("new"), "remove": N_("removed"), "edit": N_("changed")}


def _in_words(change: Change, then: Plan, now: Plan) -> list[str]:
    from cuabien.plan.references import row_of

    lines = []
    for edit in change.edits:
        table = edit.table
        rows = [
            plan.header if table == "header" else row_of(plan.table(table).get(edit.id))
            for plan in (then, now)
        ]
        name = pick(rows[1] or rows[0], "name")
        lines.append(f"{table} {edit.id} {name}: ".replace(" : ", ": ") + say(ACTIONS[edit.action]))
        if edit.action == "edit":
            lines += [
                f"    {column}: {_value(rows[0], column)} → {_value(rows[1], column)}"
                for column in edit.fields
            ]
            lines += [
                f"    {column}: {_value(rows[0], column)} → {say(N_('no data'))}" for column in edit.blank
            ]
    return [*lines, say(N_("{count} objects differ"), count=len(change.edits))]


def _value(row: object, column: str) -> str:
    """A value on one line, short."""
    value = getattr(row, column, "…")
    text = say(N_("no data")) if value is None or value == () else str(value)
    return " ".join(text.split())[:100]


# ---- new --------------------------------------------------------------------------------------------------


def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say(N_("the folder of the new plan")))],
    name: Annotated[str | None, typer.Option(help=say(N_("the name of the city")))] = None,
    meridian: Annotated[
        float, typer.Option(help=say(N_("central meridian of VN-2000 there, degrees east")), min=102, max=110)
    ] = 105.75,
    like: Annotated[
        Path | None, typer.Option("--from", help=say(N_("begin with the parameters of this plan")))
    ] = None,
) -> int:
    from cuabien.plan.read import read_plan
    from cuabien.plan.starting import start_plan

    start_plan(
        folder,
        name=name or folder.resolve().name,
        meridian=meridian,
        today=dt.date.today(),
        like=read_plan(like) if like else None,
    )
    typer.echo(say(N_("{folder} holds a plan; next: cuabien check {folder}"), folder=folder))
    return terminal.FINE
