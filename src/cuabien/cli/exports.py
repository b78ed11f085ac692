"""`cuabien export`: the plan's network, and what a run knows of it, for other programs.

Nothing that is there already is overwritten, and what the plan withholds stays out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuabien.base.faults import Refused
from cuabien.base.words import N_, say
from cuabien.cli import terminal
from cuabien.cli.answers import OfPlan, open_run, plan_of

if TYPE_CHECKING:
    from cuabien.plan.package import Plan
    from cuabien.results import Run


def add_exports(exports: typer.Typer) -> None:
    """Add the forms that lie here to the group `export`."""
    exports.command(
        "omx", help=say(N_("Trips and minutes by mode between communes in a year of a run, as OMX."))
    )(export_omx)
    exports.command(
        "gpkg",
        help=say(
            N_(
                "Nodes, links, communes, projects and zones as one GeoPackage; of a run, flows by class and year."
            )
        ),
    )(export_gpkg)


def export_omx(
    run: Annotated[Path, typer.Argument(metavar="RUN", help=say(N_("a run folder")))],
    year: Annotated[int, typer.Option("--year", help=say(N_("a year of the run")))],
    out: Annotated[Path, typer.Option("--out", help=say(N_("the file to write")))],
    plan: OfPlan = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.geo.omx import omx
    from cuabien.model.variables import TRAVEL_MODES
    from cuabien.runner.again import between_again

    place_for(out, ".omx")
    opened = open_run(run)
    of_plan = plan_of(opened, plan)
    future, found = between_again(opened, of_plan, year)
    trips = {f"trips_{mode}": (found.trips[m], TRIPS) for m, mode in enumerate(TRAVEL_MODES)}
    minutes = {f"minutes_{mode}": (found.minutes[m], MINUTES) for m, mode in enumerate(TRAVEL_MODES)}
    zones = [commune.id for commune in future.world.communes]
    told = {
        "plan": of_plan.header.id,
        "run": opened.folder.resolve().name,
        "year": str(year),
        "zones": "communes of the plan; a row is where a trip begins, a column where it ends",
    }
    made = omx(zones, {**trips, **minutes, "km_road": (found.km, KM)}, told)
    with terminal.written_whole(out) as aside:
        aside.write_bytes(made)
    if as_json:
        terminal.print_json(
            {
                "file": str(out),
                "year": year,
                "zones": len(zones),
                "matrices": [*trips, *minutes, "km_road"],
                "trips": {mode: float(found.trips[m].sum()) for m, mode in enumerate(TRAVEL_MODES)},
            }
        )
        return
    typer.echo(
        say(
            N_("{matrices} matrices between {zones} communes in {year}; made again from the plan, their trips are those of the run"),
            matrices=len(trips) + len(minutes) + 1,
            zones=len(zones),
            year=year,
        )
    )  # fmt: skip
    typer.echo(say(N_("Written: {folder}"), folder=out))


def export_gpkg(
    source: Annotated[
        Path, typer.Argument(metavar="PLAN|RUN", help=say(N_("a plan folder, or a run folder for its flows")))
    ] = terminal.EMBEDDED_PLAN,
    out: Annotated[Path, typer.Option("--out", help=say(N_("the file to write")))] = Path("plan.gpkg"),
    year: Annotated[
        list[int] | None,
        typer.Option("--year", help=say(N_("flows of this year only; may be given several times"))),
    ] = None,
    plan: OfPlan = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.publication.exchange import layers_for_exchange, writer

    place_for(out, ".gpkg")
    whole, run = _plan_and_run(source, plan)
    if run is None and year:
        raise Refused(N_("a plan has no flows; name a run for the flows of a year"))
    found, withheld = layers_for_exchange(whole, run, year or ())
    with terminal.written_whole(out) as aside:
        writer(whole, found)(aside)
    counts = {layer.name: len(layer.spots) for layer in found}
    if as_json:
        terminal.print_json({"file": str(out), "layers": counts, "withheld": len(withheld)})
        return
    rows = [{"layer": name, "features": count} for name, count in counts.items()]
    terminal.print_table(rows, {"layer": N_("layer"), "features": N_("features")})
    if withheld:
        typer.echo(say(N_("{count} objects that the plan withholds are left out"), count=len(withheld)))
    typer.echo(say(N_("Written: {folder}"), folder=out))


def _plan_and_run(source: Path, named: Path | None) -> tuple[Plan, Run | None]:
    """A plan alone, or a run with its plan as the run changed it."""
    from cuabien.plan.read import read_plan

    if (source / "plan.toml").is_file() and not (source / "manifest.json").is_file():
        return read_plan(source), None
    from cuabien.runner.again import plan_as_run

    run = open_run(source)
    return plan_as_run(run, plan_of(run, named)), run


TRIPS = {"unit": "persons/day", "description": "trips a day, out and back; whoever a full ferry turns away is left out"}  # fmt: skip
MINUTES = {
    "unit": "min",
    "description": "door to door in the peak hour; no number where the mode leads no way",
}
KM = {"unit": "km", "description": "kilometres by the roads that are open; no number where none leads"}


# ---- where to ---------------------------------------------------------------------------------------------


def place_for(out: Path, ending: str) -> None:
    """Refuse a file of another kind, and one that is there already, before anything is computed."""
    if out.suffix != ending:
        raise Refused(N_("the file must end in {ending}: {file}"), ending=ending, file=out)
    if out.exists():
        raise Refused(N_("{file} is there already"), file=out)
