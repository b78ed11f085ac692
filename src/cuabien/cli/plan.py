"""Commands for whoever keeps the plan: check it, read the rules, put it into its one form, compare two, begin one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuabien.base.words import N_, reader_language, say
from cuabien.cli import terminal

if TYPE_CHECKING:
    from cuabien.base.faults import Fault
    from cuabien.plan.package import Plan
    from cuabien.results import Run

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
    from cuabien.model.city import unread
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
    against = [found for found in against_modelling(whole) if stops([found])]
    findings += [*_in_one(whole, _not_told(findings, against)), *unread(whole)]
    findings.sort(key=lambda found: found.severity != "fault")
    if json:
        terminal.print_json([found.as_row() for found in findings])
    else:
        _show(whole, findings)
    return terminal.FINDINGS if findings else terminal.FINE


def _not_told(told: Sequence[Fault], against: list[Fault]) -> list[Fault]:
    """What a rule of the checker has not told already: a range that misses its value is one slip, not two."""
    seen = {(f.file, f.row) for f in told if f.rule == "outside-its-range"}
    return [f for f in against if f.rule != "range-misses-value" or (f.file, f.row) not in seen]


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


PlanOrEdition = Annotated[
    Path, typer.Argument(metavar="PLAN", help=say(N_("the folder of a plan, or of an edition")))
]


def diff(before: PlanOrEdition, after: PlanOrEdition, json: terminal.Json = False) -> int:
    """What people read stands in comment lines, so that the output is a change file."""
    from cuabien.plan.change import change_hash, render_change
    from cuabien.publication.since import edit_row, since, words

    (then, run_then), (now, run_now) = _plan_at(before), _plan_at(after)
    moved = since(then, now, (run_then, run_now) if run_then and run_now else None)
    change, compared = moved.change, moved.compared.get(reader_language())
    if json:
        row = {
            "plan": change.plan,
            "change_hash": change_hash(change),
            "edits": [edit_row(edit) for edit in change.edits],
            "toml": render_change(change).decode(),
        }
        if compared is not None:
            row |= {
                "targets": [row.as_row() for row in compared.targets],
                "indicators": [row.as_row() for row in compared.indicators],
            }
        terminal.print_json(row)
    else:
        for line in words(moved, reader_language()):
            typer.echo(f"# {line}")
        typer.echo(render_change(change).decode(), nl=False)
    differ = bool(change) or (compared is not None and bool(compared.indicators))
    return terminal.FINDINGS if differ else terminal.FINE


def _plan_at(folder: Path) -> tuple[Plan, Run | None]:
    """The plan in a folder; of an edition its run as well."""
    from cuabien.plan.read import read_plan
    from cuabien.publication.edition import is_edition, open_edition
    from cuabien.publication.since import of_edition

    return of_edition(open_edition(folder)) if is_edition(folder) else (read_plan(folder), None)


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
