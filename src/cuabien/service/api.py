"""The data interface: /api/v1/, read only, JSON, everything that the pages show and the explorer needs.

Answers come from the snapshot; the ETag and the compression are the middleware's. What cannot be understood is
422, what does not exist 404, both in both languages; nothing that is asked makes this fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from cuabien.base.words import LANGUAGES, say
from cuabien.indicators import claims, peers, programme, targets
from cuabien.indicators.observed import Point
from cuabien.lexicon.register import Indicator, groups, units
from cuabien.lexicon.register import indicators as registered
from cuabien.plan import objects as o
from cuabien.service import api_of_subjects, features, planned, search, stories
from cuabien.service import schemas as s
from cuabien.service.bilingual import both, named
from cuabien.service.city import City, Finding, current
from cuabien.service.consultation import api as consultation
from cuabien.service.encode import to_json
from cuabien.service.people import guard
from cuabien.service.trying import api as trying
from cuabien.service.vocabulary import label


class ShortJson(JSONRenderer):
    """JSON without blanks and with its letters as they are."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_json(data)


api = NinjaAPI(
    renderer=ShortJson(),
    title="Cửa Biển",
    version="1",
    description="A city plan, its claims and targets, and its modelled future. Read only; no key needed.",
    docs_url=None,
    urls_namespace="api-1",
)

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
LayerId = Annotated[o.Layer, Path()]
WRONG = {404: s.Problem, 422: s.Problem}


def words(value: str | None) -> dict[str, str]:
    """A word of the plan in both languages."""
    return both(label(value)) if value else {"vi": "", "en": ""}


def spoken(template: str, **values: object) -> dict[str, str]:
    """A sentence of the packages below in both languages."""
    return {language: say(template, language, **values) if template else "" for language in LANGUAGES}


def unit(key: str | None) -> dict[str, str]:
    vi, en = units().get(key or "", (key or "", key or ""))
    return {"vi": vi, "en": en}


def found(rows: Mapping[str, Any], identity: str) -> Any:
    row = rows.get(identity)
    if row is None:
        raise Http404
    return row


# ---- the explorer's first question ----------------------------------------------------------------------------


@api.get(
    "/explorer",
    response=s.Explorer,
    tags=["explorer"],
    summary="What there is: plan, run, layers, indicators",
)
def explorer(request: HttpRequest) -> Any:
    city = current()
    return city.remember("explorer", lambda: overview(city))


def overview(city: City) -> dict[str, Any]:
    header = city.plan.header
    return {
        "plan": {
            "id": header.id,
            "name": named(header),
            "authority": named(header, "authority"),
            "as_of": header.as_of,
            "edition": named(header, "edition"),
            "edition_hash": city.edition,
            "base_year": header.base_year,
            "horizon": header.horizon,
            "milestones": list(header.milestones),
        },
        "run": run_card(city),
        "years": list(range(header.base_year, header.horizon + 1)),
        "city": header.city,
        "bounds": bounds(city),
        "layers": [
            {"id": c.id, "name": words(c.id), "count": c.count, "public_note": layer_note(c)}
            for c in stories.layer_counts(city)
        ],
        "indicators": [indicator_card(city, summary) for summary in stories.summaries(city).values()],
        "groups": [{"id": g.id, "name": named(g)} for g in groups().values() if g.id != "defence"],
        "headlines": [headline(city, h) for h in stories.opening(city)],
        "attribution": ["© OpenStreetMap contributors (ODbL)"],
        "counts": {
            "communes": len(city.plan.communes),
            "projects": len(city.plan.projects),
            "targets": len(city.targets),
            "claims": len(city.claims),
            "statements": len(city.board),
            "findings": len(city.findings),
        },
    }


def headline(city: City, row: stories.Headline) -> dict[str, Any]:
    line, aim = row.line, row.target
    return {
        "indicator": line.indicator.id,
        "name": named(line.indicator),
        "unit": unit(line.unit),
        "decimals": line.indicator.decimals,
        "first": {"year": line.first_year, "value": line.first},
        "last": {"year": line.last_year, "value": line.last},
        "target": target_row(city, aim) if aim else None,
    }


def run_card(city: City) -> dict[str, Any] | None:
    if city.run is None:
        return None
    said = city.run.manifest
    return {
        "id": city.run_id,
        "seed": said["seed"],
        "plan_hash": said["plan_hash"],
        "change_hash": said.get("change_hash"),
        "code_hash": said.get("code_hash"),
        "base_year": said.get("base_year"),
        "last_year": said.get("last_year"),
    }


def bounds(city: City) -> list[float]:
    """West, south, east, north of the communes; of their points where there are no outlines."""
    ids = {a.id for a in city.plan.communes}
    boxes = [f.geometry.bounds for i, f in city.plan.shapes.items() if i in ids]
    boxes = boxes or [
        (a.lon, a.lat, a.lon, a.lat) for a in city.plan.communes if a.lon is not None and a.lat is not None
    ]
    if not boxes:
        return [-180.0, -90.0, 180.0, 90.0]
    west, south, east, north = zip(*boxes, strict=True)
    return [round(v, 5) for v in (min(west), min(south), max(east), max(north))]


def layer_note(count: stories.LayerCount) -> dict[str, str]:
    if not count.count:
        return both("This layer has no data yet; an official file can be imported.")
    if count.schematic:
        return both("Drawn schematically from a point and an area.")
    return {"vi": "", "en": ""}


def indicator_card(city: City, summary: stories.IndicatorSummary) -> dict[str, Any]:
    row = summary.row
    return {
        "id": row.id,
        "name": named(row),
        "unit": unit(shown_unit(city, row)),
        "group": row.group,
        "better": row.better,
        "decimals": row.decimals,
        "by_commune": summary.by_commune,
        "observed": summary.observed > 0,
        "simulated": summary.simulated,
        "has_targets": summary.targets > 0,
        "status": "assumed" if summary.simulated else "statistic" if summary.observed else "no data",
    }


def shown_unit(city: City, row: Indicator) -> str:
    """The unit of the modelled path where there is one: it may differ from the register's."""
    course = next((c for (i, _), c in city.ahead.paths.items() if i == row.id), None)
    return course.unit if course else row.unit


# ---- the map ----------------------------------------------------------------------------------------------

DRAWN = {
    "rivers": features.water,
    "network": features.network,
    "terminals": features.terminals,
    "places": features.places,
    "projects": features.projects,
}


def drawing(city: City, key: str, make: Any) -> HttpResponse:
    """A feature collection as bytes, made once for a snapshot."""
    body = city.remember(("drawn", key), lambda: to_json(make()))
    return HttpResponse(body, content_type="application/geo+json")


@api.get("/areas.geojson", response=s.FeatureCollection, tags=["map"], summary="The communes")
def areas_geojson(request: HttpRequest) -> Any:
    city = current()
    return drawing(city, "areas", lambda: features.areas(city.plan))


@api.get(
    "/map/{what}.geojson",
    response={200: s.FeatureCollection, **WRONG},
    tags=["map"],
    summary="Rivers, network, terminals, places or projects",
)
def map_geojson(
    request: HttpRequest,
    what: Annotated[Literal["rivers", "network", "terminals", "places", "projects"], Path()],
) -> Any:
    city = current()
    return drawing(city, what, lambda: DRAWN[what](city.plan))


@api.get(
    "/layers/{layer}.geojson",
    response={200: s.FeatureCollection, **WRONG},
    tags=["map"],
    summary="The zones of one planning layer",
)
def layer_geojson(request: HttpRequest, layer: LayerId) -> Any:
    city = current()
    return drawing(city, f"layer {layer}", lambda: features.zones(city.plan, layer))


# ---- indicators -------------------------------------------------------------------------------------------


def shown_indicator(identity: str) -> Indicator:
    row: Indicator = found(registered(), identity)
    if row.group == "defence":
        raise Http404
    return row


@api.get(
    "/indicators/{identity}/communes",
    response={200: s.ByCommune, **WRONG},
    tags=["indicators"],
    summary="One indicator by commune and year",
)
def by_commune(request: HttpRequest, identity: Id) -> Any:
    city, row = current(), shown_indicator(identity)
    return city.remember(("communes", identity), lambda: commune_values(city, row))


def commune_values(city: City, row: Indicator) -> dict[str, Any]:
    areas = [a.id for a in city.plan.communes]
    paths = [city.ahead.path(row.id, a) for a in areas]
    known = any(path is not None for path in paths)
    years = list(stories.modelled_years(city)) if known else []
    values = [[path.values.get(y) if path else None for y in years] for path in paths] if known else []
    every = [v for line in values for v in line if v is not None]
    return {
        "indicator": row.id,
        "unit": unit(shown_unit(city, row)),
        "years": years,
        "areas": areas if known else [],
        "values": values,
        "domain": [min(every), max(every)] if every else None,
        "status": "assumed" if every else "no data",
    }


@api.get(
    "/indicators/{identity}/series",
    response={200: s.SeriesAnswer, **WRONG},
    tags=["indicators"],
    summary="Observed, modelled and promised values of one indicator in one area",
)
def series(
    request: HttpRequest, identity: Id, area: Annotated[str | None, Query(max_length=80)] = None
) -> Any:
    city, row = current(), shown_indicator(identity)
    area = area or stories.default_area(city, row.id)
    found(city.plan.areas, area)
    return series_answer(city, row, area)


def series_answer(city: City, row: Indicator, area: str) -> dict[str, Any]:
    story = stories.series_of(city, row.id, area)
    return {
        "indicator": row.id,
        "area": area,
        "unit": unit(story.unit),
        "observed": [observed_point(city, p) for p in story.observed],
        "simulated": [p.as_row() for p in story.simulated],
        "targets": [
            {
                "id": t.id,
                "year_from": t.year_from,
                "year": t.year,
                "operator": t.operator,
                "value": targets.in_unit(t.target, t.unit, story.unit) if t.target is not None else None,
                "high": targets.in_unit(t.target_high, t.unit, story.unit)
                if t.target_high is not None
                else None,
                "document": t.document,
                "verdict": t.verdict,
            }
            for t in story.targets
        ],
        "note": both(
            "The former city and the merged city of 1 July 2025 are two areas; their values are never spliced."
        ),
    }


def observed_point(city: City, point: Point) -> dict[str, Any]:
    source = city.plan.sources.get(point.source)
    return {
        "period": point.period,
        "year": middle_of(point.period),
        "value": point.value,
        "unit": unit(point.unit),
        "vintage": point.vintage,
        "boundary": point.boundary,
        "confidence": point.confidence,
        "source": {"id": point.source, "title": source.title if source else point.source},
    }


def middle_of(period: str) -> float | None:
    """Where a period stands on an axis of years: 2024 for a year, a half or a quarter; None for a span of years."""
    return int(period[:4]) if period[:4].isdigit() and "-" not in period else None


# ---- areas and search -------------------------------------------------------------------------------------


@api.get(
    "/areas/{identity}", response={200: s.AreaAnswer, **WRONG}, tags=["areas"], summary="What is planned here"
)
def area(request: HttpRequest, identity: Id) -> Any:
    city = current()
    row: o.Area = found(city.plan.areas, identity)
    here = city.here.get(identity, planned.NOTHING)
    shape = city.plan.shapes.get(identity)
    return {
        "area": {**area_card(row), "shape": shape.row.shape if shape else None},
        "zones": [
            {
                **features.zone_properties(city.plan, z),
                "kind_name": words(z.kind),
                "by_position": z.id in here.by_position,
            }
            for z in (city.plan.zones[i].row for i in here.zones)
        ],
        "projects": [project_here(city, city.plan.projects[i], i in here.by_position) for i in here.projects],
        "terminals": [
            {
                "id": t.id,
                "name": named(t),
                "state": t.state,
                "opens": t.opens,
                "modes": features.terminal_modes(t),
            }
            for t in (city.plan.terminals[i] for i in here.terminals)
        ],
        "network_opening": [
            {
                "name": {"vi": line.name_vi, "en": line.name_vi},
                "mode": line.mode,
                "mode_name": words(line.mode),
                "class": line.link_class,
                "opens": line.opens,
                "length_km": round(line.length_km, 2),
                "links": line.links,
                "project": line.project,
            }
            for line in planned.openings(city.plan, here.links_opening)
        ],
        "indicators": [
            {
                "id": line.indicator.id,
                "name": named(line.indicator),
                "unit": unit(line.unit),
                "decimals": line.indicator.decimals,
                "first": {"year": line.first_year, "value": line.first},
                "last": {"year": line.last_year, "value": line.last},
                "low": line.low,
                "high": line.high,
                "status": "assumed",
            }
            for line in stories.indicator_lines(city, identity)
        ],
        "schematic": shape is not None and shape.row.shape == "schematic",
    }


def area_card(row: o.Area) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "name": named(row),
        "type_vi": row.type_vi,
        "part_of": row.part_of,
        "boundary": row.boundary,
        "area_km2": row.area_km2,
        "population": row.population,
        "population_date": row.population_date,
        "lon": row.lon,
        "lat": row.lat,
        "source": row.source,
    }


def project_here(city: City, row: o.Project, by_position: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": named(row),
        "kind": row.kind,
        "mode": row.mode,
        "status": row.status,
        "status_name": words(row.status),
        "opens": features.opening_year(row),
        "opens_date": row.opens,
        "proposal": row.proposal,
        "late": stories.is_late(row, city.today),
        "shape": row.shape,
        "by_position": by_position,
    }


@api.get(
    "/search",
    response={200: list[s.SearchHit], 422: s.Problem},
    tags=["areas"],
    summary="Find by name, accents optional",
)
def find(request: HttpRequest, q: Annotated[str, Query(max_length=search.LONGEST_QUERY)] = "") -> Any:
    city = current()
    return [hit(city, e) for e in search.told_apart(search.find(city.index, q))]


def hit(city: City, entry: search.Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "kind_name": words(city.plan.zones[entry.id].row.kind if entry.kind == "zone" else entry.kind),
        "id": entry.id,
        "name": named(entry),
        "lon": entry.lon,
        "lat": entry.lat,
        "address": entry.address,
    }


# ---- projects ---------------------------------------------------------------------------------------------


@api.get("/projects", response=list[s.ProjectCard], tags=["projects"], summary="Every public project")
def projects(request: HttpRequest) -> Any:
    city = current()
    return [project_card(city, row) for row in city.plan.projects.values()]


@api.get(
    "/projects/{identity}", response={200: s.ProjectAnswer, **WRONG}, tags=["projects"], summary="One project"
)
def project(request: HttpRequest, identity: Id) -> Any:
    city = current()
    row: o.Project = found(city.plan.projects, identity)
    return {
        **project_card(city, row),
        "status_text": named(row, "status"),
        "size": named(row, "size"),
        "cost_note": row.cost_note,
        "prerequisites": list(row.prerequisites),
        "communes": list(row.communes),
        "terminals": list(row.terminals),
        "phases": [phase.model_dump() for phase in row.phases],
        "points": [list(point) for point in row.points],
        "shape": row.shape,
        "findings": [finding(f) for f in stories.findings_about(city, identity)],
        "statements": [st.id for st in city.plan.programme.values() if identity in st.projects],
        "note": row.note,
    }


def project_card(city: City, row: o.Project) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": named(row),
        "kind": row.kind,
        "kind_name": words(row.kind),
        "mode": row.mode,
        "layer": row.layer,
        "proposal": row.proposal,
        "status": row.status,
        "status_name": words(row.status),
        "status_date": row.status_date,
        "starts": row.starts,
        "opens": row.opens,
        "not_before": row.not_before,
        "predicted_opens": row.predicted_opens,
        "late": stories.is_late(row, city.today),
        "cost_bn_vnd": row.cost_bn_vnd,
        "payer": row.payer,
        "source": row.source,
        "confidence": row.confidence,
    }


# ---- what it says -----------------------------------------------------------------------------------------


@api.get("/targets", response=list[s.TargetRow], tags=["answers"], summary="Every target with its verdict")
def all_targets(request: HttpRequest) -> Any:
    city = current()
    return city.remember("targets", lambda: [target_row(city, row) for row in city.targets])


def target_row(city: City, row: targets.TargetRow) -> dict[str, Any]:
    indicator = registered().get(row.indicator)
    return {
        "id": row.id,
        "indicator": row.indicator,
        "name": named(indicator) if indicator else {"vi": row.indicator, "en": row.indicator},
        "area": row.area,
        "year_from": row.year_from,
        "year": row.year,
        "operator": row.operator,
        "target": row.target,
        "target_high": row.target_high,
        "unit": unit(row.unit),
        "text": named(row, "text"),
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "basis": row.basis,
        "verdict": row.verdict,
        "verdict_name": words(row.verdict),
        "why": {language: row.why(language) for language in LANGUAGES},
        "gap": row.gap,
        "reached": row.reached,
        "sure": row.sure,
        "superseded": row.superseded,
        "document": row.document,
        "source": city.plan.targets[row.id].source,
    }


@api.get(
    "/claims", response=list[s.ClaimAnswer], tags=["answers"], summary="Every published figure, recomputed"
)
def all_claims(request: HttpRequest) -> Any:
    city = current()
    return city.remember("claims", lambda: [claim_row(row) for row in city.claims])


def claim_row(row: claims.ClaimRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "statement": named(row, "statement"),
        "stated": row.stated,
        "unit": unit(row.unit),
        "recomputed": row.recomputed,
        "verdict": row.verdict,
        "verdict_name": words(row.verdict),
        "formula": row.formula,
        "decided_by": row.decided_by,
        "shown_by": row.shown_by,
        "readings": [
            {
                "id": r.id,
                "reading": named(r, "reading"),
                "formula": r.formula,
                "recomputed": r.recomputed,
                "tolerance": r.tolerance,
                "as_written": r.as_written,
                "verdict": r.verdict,
                "why": spoken(r.reason, missing="; ".join(r.missing)),
                "inputs": [p.observation for p in r.inputs],
                "sources": list(dict.fromkeys(p.source for p in r.inputs)),
                "missing": list(r.missing),
            }
            for r in row.readings
        ],
        "address": f"/programme/{row.id}/",
    }


@api.get("/flags", response=list[s.FlagAnswer], tags=["answers"], summary="Every risk flag")
def all_flags(request: HttpRequest) -> Any:
    return [
        {
            "id": f.id,
            "statement": f.statement,
            "name": named(f),
            "state": f.state,
            "state_name": words(f.state),
            "value": f.value,
            "operator": f.operator,
            "bound": f.bound,
            "unit": unit(f.unit),
            "formula": f.formula,
            "why": named(f, "why"),
            "sources": list(dict.fromkeys(p.source for p in f.inputs)),
            "missing": list(f.missing),
        }
        for f in current().flags
    ]


@api.get("/peers", response=list[s.PeerAnswer], tags=["answers"], summary="The city beside its peers")
def all_peers(request: HttpRequest) -> Any:
    return [
        {
            "id": row.id,
            "name": named(row),
            "country": words(row.country),
            "role": row.role,
            "measures": [
                {
                    "measure": m.field,
                    "unit": unit(m.unit),
                    "value": value,
                    "year": year,
                    "ratio_to_city": ratio,
                }
                for m, value, year, ratio in zip(
                    peers.MEASURES, row.values, row.years, row.ratios, strict=True
                )
            ],
            "source": row.source,
            "confidence": row.confidence,
        }
        for row in current().peers
    ]


@api.get("/checks", response=list[s.FindingRow], tags=["answers"], summary="What the checker found")
def checks(request: HttpRequest) -> Any:
    city = current()
    return city.remember("checks", lambda: [finding(f) for f in city.findings])


def finding(found_here: Finding) -> dict[str, Any]:
    fault = found_here.fault
    return {
        "about": {"table": found_here.table, "id": found_here.id} if found_here.id else None,
        "rule": fault.rule,
        "severity": fault.severity,
        "file": fault.file,
        "row": fault.row,
        "message": {language: fault.message(language) for language in LANGUAGES},
        "remedy": {language: fault.mend(language) for language in LANGUAGES},
    }


# ---- the programme ----------------------------------------------------------------------------------------


@api.get(
    "/programme", response=list[s.BoardCard], tags=["programme"], summary="Every statement of the mission"
)
def board(request: HttpRequest) -> Any:
    return [board_card(row) for row in current().board]


@api.get(
    "/programme/{identity}",
    response={200: s.StatementAnswer, **WRONG},
    tags=["programme"],
    summary="One statement",
)
def statement(request: HttpRequest, identity: Id) -> Any:
    city = current()
    row = next((row for row in city.board if row.id == identity), None)
    if row is None:
        raise Http404
    said = city.plan.programme.get(identity)
    return {
        **board_card(row),
        "evidence": named(row, "evidence"),
        "due": row.due,
        "indicators": list(said.indicators) if said else [],
        "projects": list(said.projects) if said else [],
        "documents": list(said.documents) if said else [],
        "areas": list(said.areas) if said else [],
        "layer": said.layer if said else None,
        "source": said.source if said else None,
    }


def board_card(row: programme.BoardRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "code": row.code,
        "kind": row.kind,
        "group": row.group,
        "parent": row.parent,
        "state": row.state,
        "state_name": words(row.state),
        "owner": row.owner,
        "overdue": row.overdue,
        "as_of": row.date,
        "statement": named(row, "statement"),
        "address": row.address,
        "public": row.public,
    }


# ---- sources ----------------------------------------------------------------------------------------------


@api.get(
    "/sources/{identity}", response={200: s.SourceAnswer, **WRONG}, tags=["answers"], summary="One source"
)
def source(request: HttpRequest, identity: Id) -> Any:
    city = current()
    row: o.Source = found(city.plan.sources, identity)
    return {**row.model_dump(exclude={"note"}), "uses": dict(stories.source_uses(city).get(identity, {}))}


# ---- subjects, connection and runs stand in a module of their own ---------------------------------------------

api_of_subjects.add_to(api)
trying.add_to(api)
consultation.add_to(api)
guard.add_to(api)


# ---- what goes wrong --------------------------------------------------------------------------------------


@api.exception_handler(Http404)
def nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:
    return api.create_response(
        request, {"detail": both("There is nothing with this id."), "places": []}, status=404
    )


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = [".".join(str(part) for part in wrong["loc"]) for wrong in error.errors]
    return api.create_response(
        request, {"detail": both("This request cannot be understood"), "places": places}, status=422
    )
