"""What the plan and its future say: targets, claims, explain, programme, flags, peers, compare.

Each command prints a table, or with --json the rows that the pages show. A missed target or a false figure is an
answer, not a fault of the command, so these end with 0; 2 when the plan or the run cannot be used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuabien.base.words import N_, date, number, pick, say
from cuabien.cli import terminal

if TYPE_CHECKING:
    from cuabien.plan.package import Plan
    from cuabien.results import Run

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help=say(N_("a run folder")))]
PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help=say(N_("a plan folder")))]
OfPlan = Annotated[
    Path | None, typer.Option("--plan", help=say(N_("the plan of the run, when it stands elsewhere")))
]

LARGEST = 25
"""Indicators that `compare` prints unless all are asked for."""


def add_commands(app: typer.Typer) -> None:
    """Add this theme's commands."""
    app.command("targets", help=say(N_("Judge every target: met, missed, on track, off track.")))(targets)
    app.command("claims", help=say(N_("Recompute every published figure of the plan.")))(claims)
    app.command("explain", help=say(N_("Walk a number back to equations, parameters, clauses and sources.")))(
        explain
    )
    app.command("programme", help=say(N_("Every statement of the mission: state, owner, evidence.")))(
        programme
    )
    app.command("flags", help=say(N_("Risk flags: raised, not raised, or no data.")))(flags)
    app.command("peers", help=say(N_("The city beside its peers.")))(peers)
    app.command(
        "compare",
        help=say(N_("Where two runs differ: figures, targets, communes, projects; who wins and who loses.")),
    )(compare)


def targets(run: RunFolder, plan: OfPlan = None, as_json: terminal.Json = False) -> None:
    from cuabien.indicators import targets as judging

    future = open_run(run)
    rows = judging.judge(plan_of(future, plan), future)
    if as_json:
        terminal.print_json([row.as_row() for row in rows])
        return
    terminal.print_table(
        [
            {
                **row.as_row(),
                "years": f"{row.year_from}-{row.year}" if row.year_from else row.year,
                "wanted": _wanted(row.operator, row.target, row.target_high),
                "when": row.reached or "-",
                "reason": row.why() or "-",
            }
            for row in rows
            if row.target is not None
        ],
        {
            "id": N_("Target"),
            "name": N_("Indicator"),
            "area": N_("Area"),
            "years": N_("Year"),
            "wanted": N_("Wanted"),
            "value": N_("Value"),
            "verdict_text": N_("Verdict"),
            "when": N_("Reached"),
            "reason": N_("Why"),
        },
        lead=2,
    )
    _print_counts([row.verdict for row in rows])


def claims(plan: PlanFolder = terminal.EMBEDDED_PLAN, as_json: terminal.Json = False) -> None:
    from cuabien.indicators import claims as checking
    from cuabien.plan.read import read_plan

    rows = checking.verdicts(read_plan(plan))
    if as_json:
        terminal.print_json([row.as_row() for row in rows])
        return
    terminal.print_table(
        [{**row.as_row(), "why": row.as_row()["reason"] or "-"} for row in rows],
        {
            "id": N_("Statement"),
            "statement": N_("What it says"),
            "stated": N_("Stated"),
            "recomputed": N_("Recomputed"),
            "verdict_text": N_("Verdict"),
            "why": N_("Why"),
            "formula": N_("Formula"),
        },
        lead=2,
    )
    _print_counts([row.verdict for row in rows])


def explain(
    run: RunFolder,
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR")],
    area: Annotated[str | None, typer.Option("--area")] = None,
    year: Annotated[int | None, typer.Option("--year")] = None,
    plan: OfPlan = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.indicators import explain as walking

    future = open_run(run)
    of_plan = plan_of(future, plan)
    if indicator in of_plan.targets:
        tree = walking.explain_target(of_plan, future, indicator)
    elif indicator in of_plan.programme:
        tree = walking.explain_claim(of_plan, indicator)
    else:
        tree = walking.explain(of_plan, future, indicator, area or of_plan.header.city, year)
    if as_json:
        terminal.print_json(tree.as_row())
    else:
        typer.echo(walking.text(tree))


def programme(
    plan: PlanFolder = terminal.EMBEDDED_PLAN,
    state: Annotated[str | None, typer.Option("--state")] = None,
    home: Annotated[str | None, typer.Option("--home-kind")] = None,
    statement: Annotated[str | None, typer.Option("--statement")] = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.indicators import programme as mission
    from cuabien.plan.read import read_plan

    of_plan = read_plan(plan)
    if statement:
        page = mission.page(of_plan, statement).as_row()
        if as_json:
            terminal.print_json(page)
        else:
            _print_page(page)
        return
    rows = mission.board(of_plan, state=state, home=home)
    if as_json:
        terminal.print_json([row.as_row() for row in rows])
        return
    terminal.print_table(
        [{**row.as_row(), "when": date(row.date)} for row in rows],
        {
            "id": N_("Id"),
            "statement": N_("Statement"),
            "state_text": N_("State"),
            "owner": N_("Owner"),
            "evidence": N_("Evidence"),
            "when": N_("Date"),
        },
        lead=2,
    )
    _print_counts([row.state for row in rows])


def flags(plan: PlanFolder = terminal.EMBEDDED_PLAN, as_json: terminal.Json = False) -> None:
    from cuabien.indicators import flags as watching
    from cuabien.plan.read import read_plan

    rows = watching.raise_flags(read_plan(plan))
    if as_json:
        terminal.print_json([row.as_row() for row in rows])
        return
    terminal.print_table(
        [{**row.as_row(), "bound_text": _wanted(row.operator or "", row.bound, None)} for row in rows],
        {
            "id": N_("Flag"),
            "name": N_("What it watches"),
            "state_text": N_("State"),
            "value": N_("Value"),
            "bound_text": N_("Raised when"),
            "why": N_("Why, and what it does not see"),
        },
        lead=2,
    )


def peers(
    plan: PlanFolder = terminal.EMBEDDED_PLAN,
    among: Annotated[list[str] | None, typer.Option("--with", help=say(N_("only these peers")))] = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.indicators import peers as comparing
    from cuabien.plan.read import read_plan

    rows = comparing.compare(read_plan(plan), among or None)
    if as_json:
        terminal.print_json([row.as_row() for row in rows])
        return
    columns = {"name": N_("City"), "country": N_("Country")}
    columns |= {m.field: m.name for m in comparing.MEASURES}
    columns["confidence"] = N_("Confidence")
    terminal.print_table(
        [
            {
                **row.as_row(),
                **{
                    m.field: None if value is None else f"{number(value)} ({year or '-'})"
                    for m, value, year in zip(comparing.MEASURES, row.values, row.years, strict=True)
                },
            }
            for row in rows
        ],
        columns,
    )


def compare(
    first: Annotated[Path, typer.Argument(metavar="RUN")],
    second: Annotated[Path, typer.Argument(metavar="RUN")],
    area: Annotated[list[str] | None, typer.Option("--area")] = None,
    every: Annotated[
        bool, typer.Option("--all", help=say(N_("every difference, not only the largest")))
    ] = False,
    plan: OfPlan = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.indicators import compare as comparing

    one, two = open_run(first), open_run(second)
    of_plan = plan_of(one, plan)
    reporting = [a.id for a in of_plan.areas.values() if a.kind == "reporting"]
    found = comparing.compare(of_plan, one, two, areas=area or reporting)
    if as_json:
        terminal.print_json(found.as_json())
        return
    sentences = found.words()
    for sentence in sentences:
        typer.echo(sentence)
    if not sentences and not found.indicators and not found.communes:
        typer.echo(say(N_("the two runs do not differ in any year")))
    typer.echo(found.caveat())
    if not found.indicators:
        return
    furthest = [row for row in found.indicators if row.widest]
    largest = sorted(furthest, key=lambda row: -abs(row.percent or 0.0))
    shown = found.indicators if every else largest[:LARGEST]
    terminal.print_table(
        [
            {
                **row.as_row(),
                "area": pick(of_plan.areas[row.area], "name") if row.area in of_plan.areas else row.area,
                "percent": "-" if row.percent is None else row.percent,
            }
            for row in shown
        ],
        {
            "name": N_("Indicator"),
            "area": N_("Area"),
            "year": N_("Year"),
            "first": N_("First"),
            "second": N_("Second"),
            "change": N_("Change"),
            "percent": "%",
            "unit": N_("Unit"),
        },
    )
    if not every:
        typer.echo(
            say(
                N_(
                    "{shown} of {count} indicators, each in the year in which it is furthest apart; --all shows every one, in the milestone years too"
                ),
                shown=len(shown),
                count=len(furthest),
            )
        )


# ---- opening ----------------------------------------------------------------------------------------------


def open_run(folder: Path) -> Run:
    from cuabien import results

    return results.open_run(folder)


def plan_of(run: Run, named: Path | None) -> Plan:
    """The plan that a run was made from: the one named, else where its manifest says, else a plan of its id here.

    A plan that has changed since the run is used and said, because its documents and figures may have moved.
    """
    from cuabien.base.faults import Refused
    from cuabien.plan.read import read_plan

    identity = str(run.manifest["plan"])
    places = [
        named,
        *([Path(str(run.manifest["plan_folder"]))] if run.manifest.get("plan_folder") else []),
        run.folder / "plan",
        terminal.EMBEDDED_PLAN,
        terminal.EMBEDDED_PLAN.parent / identity,
    ]
    for place in places:
        if place is not None and (place == named or (place / "plan.toml").is_file()):
            plan = read_plan(place)
            if plan.header.id == identity or place == named:
                _say_if_changed(run, plan)
                return plan
    raise Refused(N_("the plan {plan} of this run was not found; name it with --plan"), plan=identity)


def _say_if_changed(run: Run, plan: Plan) -> None:
    from cuabien.plan.edition import edition_hash

    if run.manifest.get("plan_hash") not in (None, edition_hash(plan)):
        typer.secho(
            say(N_("the plan has changed since this run; run it again for its present state")),
            err=True,
            fg="yellow",
        )


# ---- words ------------------------------------------------------------------------------------------------


def _wanted(operator: str, value: float | None, high: float | None) -> str | None:
    if value is None:
        return None
    if operator == "range":
        return f"{number(value)} - {number(high)}"
    return f"{operator} {number(value)}"


def _print_counts(words: list[str]) -> None:
    found = dict.fromkeys(words)
    typer.echo(", ".join(f"{words.count(word)} {say(word)}" for word in found))


def _print_page(page: dict[str, object]) -> None:
    for key, heading in (
        ("statement", N_("Statement")),
        ("state_text", N_("State")),
        ("owner", N_("Owner")),
        ("evidence", N_("Evidence")),
        ("date", N_("Date")),
        ("address", N_("Address")),
    ):
        typer.echo(f"{say(heading)}: {page.get(key) or say(N_('no data'))}")
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        typer.echo(f"  {link['kind']}: {link['name']} {link['address']}")
