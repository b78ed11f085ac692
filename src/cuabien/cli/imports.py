"""`cuabien import`: put the city's own data in place of what was drawn or assumed.

The plan that was read stays as it is: what comes out is a new plan folder under the home, named by its content,
unless --in-place says otherwise. Exit code 1 when something of the file did not find its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuabien.base.faults import Refused
from cuabien.base.words import N_, number, say
from cuabien.cli import terminal
from cuabien.cli.exports import add_exports

if TYPE_CHECKING:
    from cuabien.base.faults import Fault
    from cuabien.plan.package import Plan

File = Annotated[
    Path, typer.Argument(help=say(N_("GeoPackage, GeoJSON, Shapefile, MapInfo, DXF or DGN, also zipped")))
]
OfPlan = Annotated[Path, typer.Option("--plan", help=say(N_("the folder of the plan")))]
Crs = Annotated[
    str | None,
    typer.Option(
        "--crs",
        help=say(
            N_(
                "what the coordinates are: wgs84, vn2000:105.75, EPSG:9210; a drawing and a MapInfo file in VN-2000 need it"
            )
        ),
    ),
]
FromLayer = Annotated[
    str | None, typer.Option("--from-layer", help=say(N_("which layer of the file, when it holds several")))
]
Issuer = Annotated[str | None, typer.Option("--issuer", help=say(N_("who issued the file")))]
Issued = Annotated[
    str | None, typer.Option("--date", help=say(N_("when it was issued: 2025, 2025-07 or 2025-07-01")))
]
Address = Annotated[str | None, typer.Option("--address", help=say(N_("where it can be read again")))]
Out = Annotated[Path | None, typer.Option("--out", help=say(N_("the folder of the new plan")))]
InPlace = Annotated[
    bool, typer.Option("--in-place", help=say(N_("change the plan's own folder, not a copy of it")))
]


def add_commands(app: typer.Typer) -> None:
    """Add this theme's commands."""
    imports = typer.Typer(help=say(N_("Bring the city's own data into a plan.")), no_args_is_help=True)
    imports.command("boundaries", help=say(N_("Official shapes for the communes.")))(boundaries)
    imports.command("layers", help=say(N_("Official zones of one of the six layers.")))(layers)
    imports.command("elevation", help=say(N_("Heights of the land, for exposure to floods.")))(elevation)
    imports.command("osm", help=say(N_("Roads and ferries of OpenStreetMap in place of the plan's roads.")))(
        osm
    )
    imports.command("gmns", help=say(N_("A network in GMNS: node.csv and link.csv.")))(gmns)
    imports.command("gtfs", help=say(N_("Lines of public transport of a timetable in GTFS.")))(gtfs)
    app.add_typer(imports, name="import")
    exports = typer.Typer(help=say(N_("Give the plan's network to other programs.")), no_args_is_help=True)
    exports.command("gmns", help=say(N_("The network as GMNS: node.csv, link.csv and config.csv.")))(
        export_gmns
    )
    add_exports(exports)
    app.add_typer(exports, name="export")


def boundaries(
    file: File,
    plan: OfPlan = terminal.EMBEDDED_PLAN,
    crs: Crs = None,
    code_field: Annotated[
        str | None, typer.Option("--code-field", help=say(N_("the field that holds the communes' codes")))
    ] = None,
    from_layer: FromLayer = None,
    out: Out = None,
    in_place: InPlace = False,
    issuer: Issuer = None,
    date: Issued = None,
    address: Address = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.geo.formats import read_layer
    from cuabien.geo.joining import import_boundaries
    from cuabien.plan.read import read_plan

    before = read_plan(plan)
    found = read_layer(file, crs=crs, layer=from_layer)
    after, report = import_boundaries(before, found, file, code_field=code_field)
    after = _sourced(after, before, file, issuer=issuer, date=date, address=address)
    folder = _write(after, plan, out, in_place, home) if report.matched else None
    complete = not report.unmatched and not report.missing
    if as_json:
        terminal.print_json(
            {
                "plan": str(folder) if folder else None,
                "matched": report.matched,
                "unmatched": list(report.unmatched),
                "missing": list(report.missing),
                "area_differs": list(report.area_differs),
                "warnings": [fault.as_row() for fault in report.faults],
            }
        )
    else:
        terminal.print_faults(report.faults)
        _tell_boundaries(report.matched, len(before.communes), report, after)
        _tell_folder(folder)
    raise typer.Exit(terminal.FINE if complete else terminal.FINDINGS)


def _tell_boundaries(matched: int, communes: int, report: Any, plan: Plan) -> None:
    typer.echo(
        say(
            N_("{matched} of {communes} communes have official shapes now"),
            matched=matched,
            communes=communes,
        )
    )
    if report.unmatched:
        typer.echo(say(N_("Features that are no commune of this plan:")))
        for entry in report.unmatched:
            words = ", ".join(f"{k}={v}" for k, v in entry.items() if k != "row" and v is not None)
            typer.echo(f"  {entry['row']}: {words[:100]}")
    if report.missing:
        typer.echo(say(N_("Communes that the file does not hold; they keep the shape they had:")))
        for code in report.missing:
            typer.echo(f"  {code} {plan.areas[code].name_vi}")
    if report.area_differs:
        typer.echo(say(N_("Communes whose shape is more than a tenth off the official area:")))
        rows = [
            {**entry, "ratio": number(entry["shape_km2"] / entry["official_km2"], decimals=2)}
            for entry in report.area_differs
        ]
        headings = {
            "id": N_("code"),
            "name": N_("commune"),
            "official_km2": N_("official km²"),
            "shape_km2": N_("km² of the shape"),
            "ratio": N_("ratio"),
        }
        terminal.print_table(rows, headings)


def layers(
    file: File,
    layer: Annotated[
        str, typer.Option("--layer", help="urban | industrial | tourism | marine | underground | spatial")
    ],
    plan: OfPlan = terminal.EMBEDDED_PLAN,
    crs: Crs = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help=say(N_("FIELD=column: which field of the file fills which column of a zone"))
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help=say(N_("the kind of zone, where the file does not say it")))
    ] = None,
    from_layer: FromLayer = None,
    out: Out = None,
    in_place: InPlace = False,
    issuer: Issuer = None,
    date: Issued = None,
    address: Address = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.geo.formats import read_layer
    from cuabien.geo.joining import LAYERS, import_layer
    from cuabien.plan.read import read_plan

    if layer not in LAYERS:
        raise Refused(
            N_('"{layer}" is not a layer; the layers are {layers}'), layer=layer, layers=", ".join(LAYERS)
        )
    before = read_plan(plan)
    found = read_layer(file, crs=crs, layer=from_layer)
    after, report = import_layer(before, found, file, layer, mapping=_mapping(field or []), kind=kind)
    zones = len(report.added) + len(report.replaced)
    after = _sourced(after, before, file, issuer=issuer, date=date, address=address)
    folder = _write(after, plan, out, in_place, home) if zones else None
    if as_json:
        terminal.print_json(
            {
                "plan": str(folder) if folder else None,
                "layer": layer,
                "zones": zones,
                "added": list(report.added),
                "replaced": list(report.replaced),
                "remaining": list(report.remaining),
                "duplicates": report.duplicates,
                "outside": list(report.outside),
                "warnings": [fault.as_row() for fault in report.faults],
            }
        )
    else:
        terminal.print_faults(report.faults)
        typer.echo(
            say(
                N_(
                    "{added} zones added, {replaced} drawn ones replaced, {duplicates} doubles and {outside} far outside the city left out"
                ),
                added=len(report.added),
                replaced=len(report.replaced),
                duplicates=report.duplicates,
                outside=len(report.outside),
            )
        )
        if report.remaining:
            typer.echo(say(N_("Zones of this layer that are still only drawn:")))
            for entry in report.remaining:
                typer.echo(f"  {entry['id']} {entry['name']}")
        _tell_folder(folder)
    raise typer.Exit(terminal.FINDINGS if report.outside or not zones else terminal.FINE)


def elevation(
    file: Annotated[
        Path, typer.Argument(help=say(N_("GeoTIFF or ESRI ASCII grid of one band, heights in metres")))
    ],
    plan: OfPlan = terminal.EMBEDDED_PLAN,
    crs: Crs = None,
    datum: Annotated[
        str | None,
        typer.Option("--datum", help=say(N_("what height 0 is, in words; it is kept with the heights"))),
    ] = None,
    out: Out = None,
    in_place: InPlace = False,
    issuer: Issuer = None,
    date: Issued = None,
    address: Address = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.geo.elevation import import_elevation
    from cuabien.plan.read import read_plan

    before = read_plan(plan)
    after, report = import_elevation(before, file, crs=crs, datum=datum)
    after = _sourced(after, before, file, issuer=issuer, date=date, address=address)
    folder = _write(after, plan, out, in_place, home) if report.measured else None
    if as_json:
        terminal.print_json(
            {
                "plan": str(folder) if folder else None,
                "measured": list(report.measured),
                "partly": list(report.partly),
                "missing": list(report.missing),
                "schematic": report.schematic,
                "cell_m": report.cell_m,
                "crs": report.system,
                "warnings": [fault.as_row() for fault in report.faults],
            }
        )
    else:
        terminal.print_faults(report.faults)
        _tell_elevation(report, after)
        _tell_folder(folder)
    raise typer.Exit(terminal.FINDINGS if report.partly or report.missing else terminal.FINE)


def _tell_elevation(report: Any, after: Plan) -> None:
    typer.echo(
        say(
            N_("{measured} of {communes} communes have heights now; a cell is {cell} m wide"),
            measured=len(report.measured),
            communes=len(after.communes),
            cell=number(report.cell_m, decimals=2),
        )
    )
    if report.partly:
        typer.echo(say(N_("Communes that the raster covers in part; they count as far as it does:")))
        for entry in report.partly:
            typer.echo(f"  {entry['id']} {entry['name']}: {number(100 * entry['covered'], decimals=1)} %")
    if report.missing:
        typer.echo(say(N_("Communes of which the raster knows nothing:")))
        for code in report.missing:
            typer.echo(f"  {code} {after.areas[code].name_vi}")


def osm(
    file: Annotated[
        Path,
        typer.Argument(help=say(N_("XML (.osm), PBF (.osm.pbf), or GeoJSON of the ways with their tags"))),
    ],
    plan: Annotated[Path, typer.Argument(help=say(N_("the folder of the plan")))] = terminal.EMBEDDED_PLAN,
    down_to: Annotated[
        str,
        typer.Option(
            "--down-to", help=say(N_("the least class of road that is taken, as OpenStreetMap calls it"))
        ),
    ] = "tertiary",
    out: Out = None,
    in_place: InPlace = False,
    issuer: Issuer = None,
    date: Issued = None,
    address: Address = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.geo.osm import read
    from cuabien.geo.roads import import_roads
    from cuabien.plan.read import read_plan
    from cuabien.standards.roads import road_classes

    if down_to not in road_classes():
        raise Refused(
            N_('"{value}" is not a class of road; the classes are {classes}'),
            value=down_to,
            classes=", ".join(road_classes()),
        )
    before = read_plan(plan)
    after, report = import_roads(before, read(file), file, down_to=down_to)
    after = _sourced(after, before, file, issuer=issuer, date=date, address=address)
    folder = _write(after, plan, out, in_place, home)
    if as_json:
        terminal.print_json({"plan": str(folder), **_whole(report)})
    else:
        _tell_roads(report)
        _tell_folder(folder)
    raise typer.Exit(terminal.FINDINGS if report.faults or report.unjoined else terminal.FINE)


FAULTS_SHOWN = 20
WAYS_SHOWN = 5


def _whole(report: Any) -> dict[str, Any]:
    """A report for programs: all of it, its faults as warnings."""
    from dataclasses import asdict

    told = {key: value for key, value in asdict(report).items() if key != "faults"}
    return told | {"warnings": [fault.as_row() for fault in report.faults]}


def _some(told: list[str], between: str) -> str:
    """The first of what was left out, and whether there is more."""
    return between.join(told[:WAYS_SHOWN]) + (" …" if len(told) > WAYS_SHOWN else "")


def _tell_roads(report: Any) -> None:
    from cuabien.geo.roads import LICENCE, WHY

    terminal.print_faults(report.faults[:FAULTS_SHOWN])
    if len(report.faults) > FAULTS_SHOWN:
        typer.echo(
            say(N_("and {count} more; --json gives all of them"), count=len(report.faults) - FAULTS_SHOWN)
        )
    typer.echo(
        say(
            N_(
                "{ways} ways became {links} links, {km} km, between {nodes} nodes: {one_way} one-way, {bridges} bridges, {ferries} ferries"
            ),
            ways=report.ways,
            links=report.links,
            km=number(report.km, decimals=1),
            nodes=report.nodes,
            one_way=report.one_way,
            bridges=report.bridges,
            ferries=report.ferries,
        )
    )
    typer.echo(
        say(
            N_(
                "{replaced} roads of the plan gave way, {kept} roads and ferries stay; {joined} places of it were joined to the new roads"
            ),
            replaced=len(report.replaced),
            kept=len(report.kept),
            joined=len(report.joined),
        )
    )
    if report.unjoined:
        typer.echo(say(N_("Places that found no road: {nodes}"), nodes=", ".join(report.unjoined)))
    if report.restrictions:
        typer.echo(say(N_("{count} turn bans were left out: a plan holds none"), count=report.restrictions))
    if report.dropped:
        typer.echo(say(N_("Ways left out:")))
        rows = [
            {
                "why": say(WHY[rule]),
                "count": len(ways),
                "ways": _some(ways, ", "),
            }
            for rule, ways in sorted(report.dropped.items())
        ]
        terminal.print_table(rows, {"why": N_("why"), "count": N_("ways"), "ways": N_("which")})
    typer.echo(LICENCE)


def gmns(
    folder: Annotated[Path, typer.Argument(help=say(N_("the folder with node.csv and link.csv")))],
    plan: Annotated[Path, typer.Argument(help=say(N_("the folder of the plan")))] = terminal.EMBEDDED_PLAN,
    length_unit: Annotated[
        str | None,
        typer.Option("--length-unit", help=say(N_("km, m or mi, where config.csv does not say it"))),
    ] = None,
    speed_unit: Annotated[
        str | None,
        typer.Option("--speed-unit", help=say(N_("km/h or mph, where config.csv does not say it"))),
    ] = None,
    out: Out = None,
    in_place: InPlace = False,
    issuer: Issuer = None,
    date: Issued = None,
    address: Address = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.geo.gmns import import_gmns
    from cuabien.plan.read import read_plan

    before = read_plan(plan)
    after, report = import_gmns(before, folder, length_unit=length_unit, speed_unit=speed_unit)
    after = _sourced(after, before, folder / "link.csv", issuer=issuer, date=date, address=address)
    new = _write(after, plan, out, in_place, home)
    if as_json:
        terminal.print_json(
            {
                "plan": str(new),
                "nodes": report.nodes,
                "links": report.links,
                "km": report.km,
                "replaced": list(report.replaced),
                "unread": list(report.unread),
            }
        )
    else:
        typer.echo(
            say(
                N_("{links} links, {km} km, between {nodes} nodes; {replaced} links of the plan gave way"),
                links=report.links,
                km=number(report.km, decimals=1),
                nodes=report.nodes,
                replaced=len(report.replaced),
            )
        )
        if report.unread:
            typer.echo(
                say(N_("Columns that a plan has no place for: {columns}"), columns=", ".join(report.unread))
            )
        _tell_folder(new)
    raise typer.Exit(terminal.FINDINGS if report.unread else terminal.FINE)


def gtfs(
    feed: Annotated[Path, typer.Argument(help=say(N_("the zipped feed")))],
    plan: Annotated[Path, typer.Argument(help=say(N_("the folder of the plan")))] = terminal.EMBEDDED_PLAN,
    day: Annotated[
        str | None,
        typer.Option(
            "--day", help=say(N_("the day whose trips are counted: 2026-03-18; else the busiest working day"))
        ),
    ] = None,
    peak: Annotated[str, typer.Option("--peak", help=say(N_("the peak of the morning")))] = "06:30-08:30",
    off_peak: Annotated[
        str, typer.Option("--off-peak", help=say(N_("the hours that stand for the rest of the day")))
    ] = "09:00-16:00",
    out: Out = None,
    in_place: InPlace = False,
    issuer: Issuer = None,
    date: Issued = None,
    address: Address = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    import datetime as dt

    from cuabien.geo.gtfs import read
    from cuabien.geo.lines import import_lines, period
    from cuabien.plan.read import read_plan

    try:
        on = dt.date.fromisoformat(day) if day else None
    except ValueError:
        raise Refused(N_('"{text}" is no day; write 2026-03-18'), text=day) from None
    before, periods = read_plan(plan), (period(peak), period(off_peak))
    after, report = import_lines(before, read(feed), feed, day=on, peak=periods[0], off_peak=periods[1])
    after = _sourced(after, before, feed, issuer=issuer, date=date, address=address)
    folder = _write(after, plan, out, in_place, home)
    if as_json:
        terminal.print_json({"plan": str(folder), **_whole(report)})
    else:
        _tell_lines(report)
        _tell_folder(folder)


def _tell_lines(report: Any) -> None:
    from cuabien.geo.lines import WHY

    typer.echo(
        say(
            N_("{trips} trips of {day} on {routes} routes became {lines} lines between {stops} stops"),
            trips=report.trips,
            day=report.day,
            routes=report.routes,
            lines=report.lines,
            stops=report.stops,
        )
    )
    if report.replaced:
        typer.echo(say(N_("{count} lines of the plan gave way"), count=len(report.replaced)))
    if report.off_peak_only:
        typer.echo(
            say(N_("{count} lines have no vehicle that sets out in the peak"), count=report.off_peak_only)
        )
    if report.dropped:
        typer.echo(say(N_("Left out:")))
        rows = [
            {
                "why": say(WHY[why]),
                "count": len(told),
                "which": _some(told, "; "),
            }
            for why, told in sorted(report.dropped.items())
        ]
        terminal.print_table(rows, {"why": N_("why"), "count": N_("count"), "which": N_("which")})


def export_gmns(
    plan: Annotated[Path, typer.Argument(help=say(N_("the folder of the plan")))] = terminal.EMBEDDED_PLAN,
    out: Annotated[Path, typer.Option("--out", help=say(N_("the folder for the files")))] = Path("gmns"),
    as_json: terminal.Json = False,
) -> None:
    from cuabien.geo.gmns import export_gmns as files_of
    from cuabien.plan.read import read_plan

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused(N_("{folder} is not empty"), folder=out)
    files = files_of(read_plan(plan))
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    if as_json:
        terminal.print_json({"folder": str(out), "files": sorted(files)})
    else:
        typer.echo(say(N_("Written: {folder}"), folder=out))


def _sourced(after: Plan, before: Plan, file: Path, **told: str | None) -> Plan:
    """The plan with what is known of the file in its source row: when it was read, and who issued it, when and where.

    A file that was imported before keeps the day on which it was first read, and what was said of it then.
    """
    import datetime as dt
    from dataclasses import replace

    from cuabien.base.faults import UnusableInput
    from cuabien.geo.joining import source_of
    from cuabien.plan.objects import Source
    from cuabien.plan.rows import validated

    source = after.sources.get(source_of(file, "").id)
    if source is None:
        return after
    known = before.sources.get(source.id, source).model_dump()
    cells = source.model_dump() | {c: known[c] for c in (*told, "read_on")}
    cells |= {column: text for column, text in told.items() if text}
    faults: list[Fault] = []
    row = validated(
        Source, {"read_on": dt.date.today().isoformat(), **_filled(cells)}, file.name, None, faults
    )
    if row is None:
        raise UnusableInput(faults)
    return replace(after, sources={**after.sources, source.id: row})


def _filled(cells: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in cells.items() if value is not None}


def _mapping(words: list[str]) -> dict[str, str]:
    """FIELD=column, from the last equals sign: a field's name may hold one."""
    for word in words:
        if "=" not in word:
            raise Refused(N_('"{word}" does not say FIELD=column'), word=word)
    return {field: column for field, _, column in (word.rpartition("=") for word in words)}


# ---- where the new plan goes --------------------------------------------------------------------------------


def _write(after: Plan, source: Path, out: Path | None, in_place: bool, home: Path) -> Path:
    """Write the plan, with whatever else lay in its folder (licences, notes), and give its folder."""
    import shutil

    from cuabien.plan.edition import edition_hash
    from cuabien.plan.write import write_plan

    if in_place:
        if out is not None:
            raise Refused(N_("--in-place and --out exclude each other"))
        write_plan(after, source)
        return source
    folder = out or home / "plans" / f"{after.header.id}-{edition_hash(after)[:8]}"
    if folder.resolve().is_relative_to(source.resolve()):
        raise Refused(
            N_("{folder} lies in the plan's own folder; use --in-place to change that"), folder=folder
        )
    if (
        folder.exists()
        and not (folder / "plan.toml").is_file()
        and (not folder.is_dir() or any(folder.iterdir()))
    ):
        raise Refused(N_("{folder} is not empty and holds no plan"), folder=folder)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, folder, symlinks=True)
    write_plan(after, folder)
    return folder


def _tell_folder(folder: Path | None) -> None:
    words = N_("The new plan: {folder}") if folder else N_("Nothing was written.")
    typer.echo(say(words, folder=folder))
