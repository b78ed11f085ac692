"""The data interface of the subjects: flows, pyramids, causes of growth, land, sectors, port, energy, connection, runs.

Everything is read from the tables of the run. What the run does not hold is "no data" with empty lists; a year that
is not modelled and an id that is not there are 404, a span that ends before it begins is 422, all in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI, Path, Query, Router

from cuabien.base.words import LANGUAGES
from cuabien.indicators.noise import LEAST, noise_of
from cuabien.indicators.simulated import future
from cuabien.lexicon.register import indicators as registered
from cuabien.lexicon.register import units
from cuabien.plan import objects as o
from cuabien.service import connection as connections
from cuabien.service import growth as growths
from cuabien.service import names, residents, runs, subjects
from cuabien.service import schemas as s
from cuabien.service import schemas_of_subjects as t
from cuabien.service.bilingual import both, named
from cuabien.service.city import City, current
from cuabien.service.tables import Series, at, communes_of, in_order, known, series, short, table, years_of

router = Router()

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
RUN_ID = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,119}$"
RunId = Annotated[str, Query(pattern=RUN_ID)]
Year = Annotated[int, Query(ge=1900, le=2200)]
WRONG = {404: s.Problem, 422: s.Problem}
NO_DATA, ASSUMED = "no data", "assumed"
VEHICLES = ("motorbikes_h", "cars_h", "buses_h", "trucks_h")


class NotModelled(Http404):
    """A year that the run does not hold."""


class NoSpanError(Exception):
    """A span of years that ends before it begins."""


def add_to(api: NinjaAPI) -> None:
    """Put these addresses and their answers to what goes wrong into the API."""
    api.add_router("", router)

    @api.exception_handler(NotModelled)
    def not_modelled(request: HttpRequest, error: NotModelled) -> HttpResponse:
        return api.create_response(
            request, {"detail": both("This year is not modelled."), "places": ["year"]}, status=404
        )

    @api.exception_handler(NoSpanError)
    def no_span(request: HttpRequest, error: NoSpanError) -> HttpResponse:
        said = {"detail": both("The span of years must begin before it ends."), "places": ["from", "to"]}
        return api.create_response(request, said, status=422)


def said(make: Callable[[], str]) -> dict[str, str]:
    """What a function says in the reader's language, in both."""
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = make()
    return words


def all_said(make: Callable[[], list[str]]) -> dict[str, list[str]]:
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = make()
    return words


def unit(key: str | None) -> dict[str, str]:
    vi, en = units().get(key or "", (key or "", key or ""))
    return {"vi": vi, "en": en}


def called(known: Mapping[str, str], key: str) -> dict[str, str]:
    return said(lambda: names.called(known, key))


def a_year(years: list[int], year: int) -> None:
    """A table that is there must hold the year; without one there is no data for any year."""
    if years and year not in years:
        raise NotModelled


def area_of(city: City, identity: str) -> o.Area:
    row = city.plan.areas.get(identity)
    if row is None:
        raise Http404
    return row


# ---- roads ------------------------------------------------------------------------------------------------


@router.get(
    "/flows",
    response={200: t.Flows, **WRONG},
    tags=["subjects"],
    summary="Flow, use and lost time of every road, each way",
)
def flows(request: HttpRequest, year: Year) -> Any:
    city = current()
    frame = table(city, "links", *subjects.LINKS)
    years = years_of(frame)
    a_year(years, year)
    return city.remember(("flows", year), lambda: _flows(city, frame, years, year))


def _flows(city: City, frame: Any, years: list[int], year: int) -> dict[str, Any]:
    empty: dict[str, list[float | None]] = {"pcu_h": [], "vehicles_h": [], "use": [], "lost_minutes": []}
    found: dict[str, dict[str, tuple[float | None, ...]]] = {}
    if frame is not None:
        columns = ("link", "direction", "pcu_h", "use", "minutes", "free_minutes")
        kinds = [c for c in VEHICLES if c in frame.columns]
        for link, way, pcu_h, use, minutes, free, *counts in (
            at(frame, year).select(*columns, *kinds).iter_rows()
        ):
            lost = None if minutes is None or free is None else minutes - free
            vehicles = sum(counts) if counts and None not in counts else None
            if link in city.plan.links:
                found.setdefault(link, {})[way] = (
                    short(pcu_h, 1),
                    short(vehicles, 0),
                    short(use, 3),
                    short(lost, 2),
                )
    nothing = (None,) * len(empty)
    ways = {
        way: dict(
            zip(
                empty,
                map(list, zip(*(f.get(way, nothing) for f in found.values()), strict=True)),
                strict=True,
            )
        )
        if found
        else empty
        for way in ("forward", "backward")
    }
    return {
        "year": year,
        "years": years,
        "links": list(found),
        **ways,
        "most_pcu_h": short(frame["pcu_h"].max(), 1) if found else None,
        "status": ASSUMED if found else NO_DATA,
    }


# ---- people -----------------------------------------------------------------------------------------------


@router.get(
    "/areas/{identity}/pyramid",
    response={200: t.Pyramid, **WRONG},
    tags=["subjects"],
    summary="Residents of an area by age and sex",
)
def pyramid(request: HttpRequest, identity: Id, year: Year) -> Any:
    city = current()
    area_of(city, identity)
    known = residents.residents(city)
    a_year(list(known.years) if known else [], year)
    return residents.pyramid(city, identity, year)


@router.get(
    "/areas/{identity}/growth",
    response={200: t.GrowthAnswer, **WRONG},
    tags=["subjects"],
    summary="Why an area grows or shrinks, in numbers and sentences",
)
def growth(
    request: HttpRequest,
    identity: Id,
    first: Annotated[int | None, Query(alias="from", ge=1900, le=2200)] = None,
    last: Annotated[int | None, Query(alias="to", ge=1900, le=2200)] = None,
) -> Any:
    city = current()
    area_of(city, identity)
    years = growths.years_known(city)
    if not years or not communes_of(city.plan, identity):
        return _no_growth(identity, first, last)
    first, last = first if first is not None else years[0], last if last is not None else years[-1]
    a_year(years, first)
    a_year(years, last)
    if first >= last:
        raise NoSpanError
    found = growths.growth(city, identity, first, last)
    if found is None:
        return _no_growth(identity, first, last)

    def rows(values: Mapping[str, float], known: Mapping[str, str]) -> list[dict[str, Any]]:
        return [{"cause": c, "name": called(known, c), "persons": short(v, 1)} for c, v in values.items()]

    return {
        "area": identity,
        "first": first,
        "last": last,
        "before": short(found.before, 1),
        "after": short(found.after, 1),
        "change": short(found.change, 1),
        "causes": rows(found.causes, names.CAUSES),
        "reasons": rows(found.reasons, names.REASONS),
        "sentences": all_said(lambda: growths.sentences(city, found)),
        "status": ASSUMED,
    }


def _no_growth(identity: str, first: int | None, last: int | None) -> dict[str, Any]:
    ends = dict.fromkeys(("before", "after", "change"))
    none: dict[str, list[Any]] = {"causes": [], "reasons": []}
    silent: dict[str, list[str]] = {"vi": [], "en": []}
    return {
        "area": identity,
        "first": first,
        "last": last,
        **ends,
        **none,
        "sentences": silent,
        "status": NO_DATA,
    }


# ---- land -------------------------------------------------------------------------------------------------


@router.get(
    "/land",
    response={200: t.LandAnswer, **WRONG},
    tags=["subjects"],
    summary="How each commune's land is used",
)
def land(request: HttpRequest, year: Year) -> Any:
    city = current()
    years = years_of(table(city, "land", "area", "year", "use", "ha"))
    a_year(years, year)

    def make() -> dict[str, Any]:
        found = subjects.land_use(city, year)
        areas = [a.id for a in city.plan.communes if found and a.id in found.hectares]
        return {
            "year": year,
            "years": years,
            "uses": [{"id": use, "name": called(names.USES, use)} for use in (found.uses if found else ())],
            "areas": areas,
            "dominant": [found.dominant(a) for a in areas] if found else [],
            "shares": [[short(v, 5) for v in found.shares(a)] for a in areas] if found else [],
            "status": ASSUMED if areas else NO_DATA,
        }

    return city.remember(("land", year), make)


@router.get(
    "/homes",
    response={200: t.HomesAnswer, **WRONG},
    tags=["subjects"],
    summary="Homes and prices of each commune, and whether a price stands at its floor or ceiling",
)
def homes(request: HttpRequest, year: Year) -> Any:
    city = current()
    frame = table(city, "homes", *subjects.HOMES)
    years = years_of(frame)
    a_year(years, year)

    def make() -> dict[str, Any]:
        rows = (
            {}
            if frame is None
            else {row["area"]: row for row in at(frame, year).select(*subjects.HOMES).iter_rows(named=True)}
        )
        return {
            "year": year,
            "years": years,
            "areas": [
                {
                    "area": area.id,
                    "households": short(known(row["households"]), 1),
                    "dwellings": short(known(row["dwellings"]), 1),
                    "unhoused": short(known(row["unhoused"]), 1),
                    "vacancy": short(known(row["vacancy"]), 5),
                    "price": short(known(row["price"]), 5),
                    "price_status": row["price_status"] or None,
                    "price_status_name": called(names.PRICE_STATUS, row["price_status"] or ""),
                    "priced_out": short(known(row["priced_out"]), 1),
                    "why": row["why"] or None,
                }
                for area in city.plan.communes
                if (row := rows.get(area.id)) is not None
            ],
            "status": ASSUMED if rows else NO_DATA,
        }

    return city.remember(("homes", year), make)


# ---- economy, port, energy --------------------------------------------------------------------------------


@router.get(
    "/sectors",
    response=t.SectorsAnswer,
    tags=["subjects"],
    summary="Value added and jobs by sector, and which limits bind",
)
def sectors(request: HttpRequest) -> Any:
    city = current()
    return city.remember("sectors", lambda: _sectors(city))


def _sectors(city: City) -> dict[str, Any]:
    economy = table(city, "economy", "year", "sector", "value_added", "employment")
    limits = table(city, "limits", *subjects.LIMITS)
    years = sorted({*years_of(economy), *years_of(limits)})
    added: Series = series(economy, "sector", "value_added") if economy is not None else {}
    jobs: Series = series(economy, "sector", "employment") if economy is not None else {}
    columns: dict[str, Series] = (
        {c: series(limits, "limit", c) for c in ("wanted", "capacity", "given", "lost_tn_vnd", "binds")}
        if limits is not None
        else {}
    )
    unit_of = dict(limits.select("limit", "unit").unique().iter_rows()) if limits is not None else {}
    return {
        "years": years,
        "sectors": [
            {
                "id": sector,
                "name": called(names.SECTORS, sector),
                "value_added": in_order(added[sector], years, 3),
                "jobs": in_order(jobs[sector], years, 0),
            }
            for sector in added
        ],
        "limits": [
            {
                "id": limit,
                "name": called(names.LIMITS, limit),
                "unit": unit(unit_of.get(limit)),
                "wanted": in_order(columns["wanted"][limit], years, 3),
                "capacity": in_order(columns["capacity"][limit], years, 3),
                "used": in_order(columns["given"][limit], years, 3),
                "binds": [bool(columns["binds"][limit].get(y)) for y in years],
                "lost": in_order(columns["lost_tn_vnd"][limit], years, 3),
            }
            for limit in columns.get("wanted", {})
        ],
        "unit": unit("trillion VND"),
        "status": ASSUMED if years else NO_DATA,
    }


@router.get(
    "/port",
    response=t.PortAnswer,
    tags=["subjects"],
    summary="Cargo against the capacity of berths, fairways and ways inland, and the berth areas",
)
def port(request: HttpRequest) -> Any:
    city = current()
    return city.remember("port", lambda: _port(city))


def _port(city: City) -> dict[str, Any]:
    found = subjects.port_series(city) or {}
    years = sorted({year for values in found.values() for year in values})
    areas: dict[str, list[dict[str, Any]]] = {}
    for row in city.plan.port_capacity.values():
        areas.setdefault(row.berth_area_vi, []).append(
            {
                "id": row.id,
                "phase": row.phase,
                "phase_name": called(names.PHASES, row.phase),
                "from_year": row.from_year,
                "to_year": row.to_year,
                "berths": row.berths,
                "berths_without_figure": row.berths_without_figure,
                "capacity_mt_year": row.capacity_mt_year,
                "project": row.project if row.project in city.plan.projects else None,
                "source": row.source,
            }
        )
    return {
        "years": years,
        "wanted": in_order(found.get("wanted", {}), years, 3),
        "berth_capacity": in_order(found.get("berths", {}), years, 3),
        "fairway_capacity": in_order(found.get("fairway", {}), years, 3),
        "landside_capacity": in_order(found.get("landside", {}), years, 3),
        "handled": in_order(found.get("handled", {}), years, 3),
        "mapped_capacity": in_order(subjects.path_of(city, "port_capacity"), years, 3),
        "unit": unit("million tonnes per year"),
        "berth_areas": [{"name": name, "phases": phases} for name, phases in areas.items()],
        "status": ASSUMED if years else NO_DATA,
    }


@router.get(
    "/energy",
    response=t.EnergyAnswer,
    tags=["subjects"],
    summary="Electricity by user and by plant, and greenhouse gases by emitter",
)
def energy(request: HttpRequest) -> Any:
    city = current()
    return city.remember("energy", lambda: _energy(city))


def _energy(city: City) -> dict[str, Any]:
    import polars as pl

    frame = table(city, "energy", "year", "kind", "item", "twh", "mw", "status")
    given = table(city, "emissions", "year", "emitter", "item", "kt_co2e")
    years = sorted({*years_of(frame), *years_of(given)})
    answer: dict[str, Any] = {"years": years, "demand": [], "supply": [], "emissions": []}
    for kind in ("demand", "supply") if frame is not None else ():
        rows = frame.filter(pl.col("kind") == kind) if frame is not None else None
        if rows is None:
            continue
        twh, mw = series(rows, "item", "twh"), series(rows, "item", "mw")
        states = {
            (item, year): status for item, year, status in rows.select("item", "year", "status").iter_rows()
        }
        for item in twh:
            row = {
                "id": item,
                "name": said(lambda item=item: subjects.plant_name(city, item)),  # type: ignore[misc]
                "twh": in_order(twh[item], years, 4),
                "mw": in_order(mw[item], years, 1),
            }
            if kind == "supply":
                row["states"] = [states.get((item, year)) or "" for year in years]
            answer[kind].append(row)
    if given is not None:
        summed = given.group_by("emitter", "year", maintain_order=True).agg(pl.col("kt_co2e").sum())
        answer["emissions"] = [
            {"id": emitter, "name": called(names.EMITTERS, emitter), "kt_co2e": in_order(values, years, 2)}
            for emitter, values in series(summed, "emitter", "kt_co2e").items()
        ]
    return {**answer, "status": ASSUMED if years else NO_DATA}


# ---- connected and in step --------------------------------------------------------------------------------


@router.get(
    "/connection",
    response={200: t.ConnectionAnswer, **WRONG},
    tags=["subjects"],
    summary="Terminals, their chains to the gate, islands, what is out of step, and the links that matter most",
)
def connection(request: HttpRequest, year: Year) -> Any:
    city = current()
    years = connections.years_known(city)
    a_year(years, year)
    return city.remember(("connection answer", year), lambda: _connection(city, years, year))


def _connection(city: City, years: list[int], year: int) -> dict[str, Any]:
    found = connections.connection(city, year)
    return {
        "year": year,
        "years": years,
        "terminals": _each(found.terminals, _terminal),
        "islands": _each(
            found.islands,
            lambda row: {
                "mode": row.mode,
                "mode_name": called(names.MODES, row.mode),
                "island": row.island,
                "nodes": row.nodes,
                "links": row.links,
                "terminals": [terminal.id for terminal in row.terminals],
            },
        ),
        "out_of_step": _each(found.out_of_step, lambda row: _out_of_step(city, row)),
        "critical_links": _each(
            found.critical,
            lambda row: {
                "rank": row.rank,
                "links": [link.id for link in row.links],
                "name": said(lambda: connections.link_name(city, row.links)),
                "extra_minutes": short(row.extra_minutes, 1),
                "stranded_trips": short(row.stranded_trips, 1),
            },
        ),
        "landside": _each(
            found.narrows,
            lambda row: {
                "link": row.link.id,
                "name": said(lambda: connections.link_name(city, [row.link])),
                "capacity_mt_year": short(row.capacity_mt_year, 3),
                "rests_on": row.rests_on,
                "rests_on_name": called(names.RESTS_ON, row.rests_on),
            },
        ),
        "status": ASSUMED if years else NO_DATA,
    }


def _each(rows: Iterable[Any] | None, make: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]] | None:
    return None if rows is None else [make(row) for row in rows]


def _terminal(row: connections.Terminal) -> dict[str, Any]:
    def loaded(part: connections.Access | connections.Stage) -> dict[str, Any]:
        return {
            "capacity": short(part.capacity, 3),
            "load": short(part.load, 3),
            "unit": unit(part.unit),
            "use": short(part.use, 4),
        }

    return {
        "id": row.row.id,
        "name": named(row.row),
        "joined": row.joined,
        "access": [
            {
                "mode": way.mode,
                "mode_name": called(names.MODES, way.mode),
                "connected": way.connected,
                "minutes_to_gate": short(way.minutes_to_gate, 2),
                **loaded(way),
            }
            for way in row.access
        ],
        "chain": [
            {
                "order": stage.order,
                "stage": stage.stage,
                "stage_name": called(names.STAGES, stage.stage),
                "bottleneck": stage.bottleneck,
                "status": stage.status,
                **loaded(stage),
            }
            for stage in row.chain
        ],
    }


def _out_of_step(city: City, row: connections.OutOfStep) -> dict[str, Any]:
    needs = row.needs
    return {
        "opens": {"id": row.opens.id, "name": named(row.opens)},
        "needs": None
        if needs is None
        else {
            "id": needs.id,
            "name": said(lambda: connections.link_name(city, [needs]))
            if isinstance(needs, o.Link)
            else named(needs),
        },
        "opens_year": row.opens_year,
        "needs_year": row.needs_year,
        "why": row.why,
        "sentence": said(lambda: connections.why_out_of_step(city, row)),
    }


# ---- runs -------------------------------------------------------------------------------------------------


@router.get("/runs", response=list[t.RunRow], tags=["runs"], summary="The runs of this edition of the plan")
def all_runs(request: HttpRequest) -> Any:
    return [
        {
            "id": row.id,
            "change_title": row.title,
            "change_hash": row.change,
            "seed": row.seed,
            "last_year": row.last_year,
            "shown": row.shown,
            "code_hash": row.code,
        }
        for row in runs.listed(current()).values()
    ]


@router.get(
    "/runs/{identity}/indicators/{indicator}",
    response={200: t.OfRun, **WRONG},
    tags=["runs"],
    summary="One indicator of one run: the whole city and its communes by year",
)
def of_run(request: HttpRequest, identity: Annotated[str, Path(pattern=RUN_ID)], indicator: Id) -> Any:
    city = current()
    row = registered().get(indicator)
    run = runs.opened(city, identity)
    if row is None or row.group == "defence" or run is None:
        raise Http404
    ahead = future(run)
    whole = ahead.path(indicator, city.plan.header.city)
    paths = {a.id: path for a in city.plan.communes if (path := ahead.path(indicator, a.id)) is not None}
    known = [*paths.values(), *([whole] if whole else [])]
    years = sorted({year for path in known for year in path.values})
    return {
        "run": identity,
        "indicator": indicator,
        "unit": unit(known[0].unit if known else row.unit),
        "years": years,
        "city": [whole.values.get(y) for y in years] if whole else [],
        "areas": list(paths),
        "values": [[path.values.get(y) for y in years] for path in paths.values()],
        "noise": noise_of(city.run, run).of(indicator, next(iter(paths), "")) if city.run else LEAST,
        "status": ASSUMED if known else NO_DATA,
    }


@router.get(
    "/compare",
    response={200: t.CompareAnswer, **WRONG},
    tags=["runs"],
    summary="What differs between two runs of the plan",
)
def compare(request: HttpRequest, run: RunId, other: RunId) -> Any:
    city = current()
    found = {language: runs.compared(city, run, other, language) for language in LANGUAGES}
    vi, en = found["vi"], found["en"]
    if vi is None or en is None:
        raise Http404
    by_indicator: dict[str, list[Any]] = {}
    for move in en.communes:
        by_indicator.setdefault(move.indicator, []).append(move)
    return {
        "run": run,
        "other": other,
        "indicators": [
            {
                "indicator": row.indicator,
                "name": named(registered()[row.indicator]),
                "unit": unit(row.unit),
                "area": row.area,
                "year": row.year,
                "first": row.first,
                "second": row.second,
                "change": row.change,
                "percent": row.percent,
                "noise": row.noise,
                "widest": row.widest,
            }
            for row in en.indicators
        ],
        "targets": [
            {
                "target": row.target,
                "indicator": row.indicator,
                "name": named(registered()[row.indicator]),
                "area": row.area,
                "year": row.year,
                "first": row.first,
                "second": row.second,
                "verdict_first": row.verdict_first,
                "verdict_second": row.verdict_second,
            }
            for row in en.targets
        ],
        "communes": [
            {
                "indicator": indicator,
                "name": named(registered()[indicator]),
                "unit": unit(moves[0].unit),
                "year": moves[0].year,
                "areas": [m.area for m in moves],
                "first": [short(m.first, 6) for m in moves],
                "second": [short(m.second, 6) for m in moves],
                "better": [m.better for m in moves],
            }
            for indicator, moves in by_indicator.items()
        ],
        "projects": [
            {
                "project": row.project,
                "name": named(city.plan.projects[row.project]),
                "opens_first": row.opens_first,
                "opens_second": row.opens_second,
                "in_first": row.in_first,
                "in_second": row.in_second,
            }
            for row in en.projects
        ],
        "words": {"vi": vi.words("vi"), "en": en.words("en")},
        "caveat": {"vi": vi.caveat("vi"), "en": en.caveat("en")},
    }
