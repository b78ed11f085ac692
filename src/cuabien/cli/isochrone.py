"""`cuabien isochrone`: how far people get from a place in so many minutes, in a year of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuabien.base.faults import Refused
from cuabien.base.words import N_, number, pick, say
from cuabien.cli import terminal
from cuabien.cli.answers import OfPlan, open_run, plan_of
from cuabien.cli.exports import place_for

if TYPE_CHECKING:
    from cuabien.publication.features import Spot
    from cuabien.runner.isochrones import Found


def add_commands(app: typer.Typer) -> None:
    """Add this theme's commands."""
    app.command(
        "isochrone",
        help=say(N_("How far people get from a commune or node in so many minutes, in a year of a run.")),
    )(isochrone)


def isochrone(
    run: Annotated[Path, typer.Argument(metavar="RUN", help=say(N_("a run folder")))],
    origin: Annotated[
        str, typer.Option("--from", help=say(N_("the id of a commune, or of a node on a road")))
    ],
    year: Annotated[int, typer.Option("--year", help=say(N_("a year of the run")))],
    mode: Annotated[str, typer.Option("--mode", help="car | motorbike | walk | transit")] = "motorbike",
    minutes: Annotated[
        str, typer.Option("--minutes", help=say(N_("one or more times, in minutes: 15,30,45")))
    ] = "15,30,45",
    off_road: Annotated[
        float,
        typer.Option("--off-road", help=say(N_("kilometres beside the roads that are drawn as reached"))),
    ] = 0.5,
    out: Annotated[Path | None, typer.Option("--out", help=say(N_("the GeoJSON file to write")))] = None,
    plan: OfPlan = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.publication.maps import geojson
    from cuabien.runner.isochrones import isochrones

    limits = _minutes(minutes)
    if out is not None:
        place_for(out, ".geojson")
    opened = open_run(run)
    found = isochrones(opened, plan_of(opened, plan), origin, mode, year, limits, off_road)
    if out is not None:
        made = geojson(_spots(found, origin, mode, year))
        with terminal.written_whole(out) as aside:
            aside.write_bytes(made)
    if as_json:
        terminal.print_json(
            {
                "from": origin,
                "mode": mode,
                "year": year,
                "communes": {code: round(taken, 3) for code, taken in found.communes.items()},
                "isochrones": [_as_row(one) for one in found.isochrones],
                "off_road_km": off_road,
                "file": str(out) if out else None,
            }
        )
        return
    _tell(found)
    if out is not None:
        typer.echo(say(N_("Written: {folder}"), folder=out))


def _minutes(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        raise Refused(N_('"{text}" are no minutes; write 15,30,45'), text=text) from None


def _as_row(one: Any) -> dict[str, object]:
    return {
        "minutes": one.minutes,
        "communes": list(one.communes),
        "stops": list(one.stops),
        "road_km": round(one.road_km, 3),
        "land_km2": round(one.land_km2, 3),
    }


def _spots(found: Found, origin: str, mode: str, year: int) -> list[Spot]:
    """The land and the roads of each time; the farthest first, so that the nearest lies on top."""
    from cuabien.publication.features import Spot

    spots = []
    for one in reversed(found.isochrones):
        told = {"from": origin, "mode": mode, "year": year, **_as_row(one)}
        told |= {"communes": ";".join(one.communes), "stops": ";".join(one.stops)}
        for part, shape in (("land", one.land), ("roads", one.roads)):
            if not shape.is_empty:
                spots.append(Spot(f"{part}-{one.minutes:g}", {**told, "part": part}, shape))
    return spots


def _tell(found: Found) -> None:
    rows = [
        {
            "minutes": number(one.minutes),
            "communes": len(one.communes),
            "roads": number(one.road_km, decimals=1),
            "land": number(one.land_km2, decimals=1),
        }
        for one in found.isochrones
    ]
    terminal.print_table(
        rows,
        {
            "minutes": N_("minutes"),
            "communes": N_("communes whose centre is reached"),
            "roads": N_("km of road"),
            "land": N_("km² drawn"),
        },
    )
    terminal.print_table(
        [
            {"name": pick(found.plan.areas[code], "name"), "minutes": number(taken, decimals=1)}
            for code, taken in found.communes.items()
        ],
        {"name": N_("commune"), "minutes": N_("minutes")},
    )
    typer.echo(say(N_("The land beside the roads is drawn, not counted: the plan holds no local streets.")))
