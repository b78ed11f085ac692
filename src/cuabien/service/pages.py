"""The pages: each a plain answer from the snapshot, in the language of its address, that works without a script.

A page is a template and the rows that it shows; what needs computing stands in `city`, `planned` or `stories`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, get_args

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.http import require_safe

from cuabien.lexicon.register import groups
from cuabien.lexicon.register import indicators as registered
from cuabien.plan import objects as o
from cuabien.service import past as past_figures
from cuabien.service import planned, stories
from cuabien.service.assets import assets
from cuabien.service.city import City, current
from cuabien.service.words_for_web import WORDS

NAVIGATION = (
    ("explorer", gettext_lazy("Map")),
    ("try", gettext_lazy("Try a change")),
    ("consultations", gettext_lazy("Have your say")),
    ("areas", gettext_lazy("Areas")),
    ("projects", gettext_lazy("Projects")),
    ("targets", gettext_lazy("Targets")),
    ("indicators", gettext_lazy("Indicators")),
    ("subjects", gettext_lazy("Subjects")),
    ("programme", gettext_lazy("Programme")),
    ("claims", gettext_lazy("Published figures")),
)
MORE = (
    ("checks", gettext_lazy("Checks")),
    ("connection", gettext_lazy("Connected and in step")),
    ("compare", gettext_lazy("Two futures side by side")),
    ("flags", gettext_lazy("Risk flags")),
    ("peers", gettext_lazy("Peer cities")),
    ("layers", gettext_lazy("Planning layers")),
    ("documents", gettext_lazy("Documents")),
    ("sources", gettext_lazy("Sources")),
    ("about", gettext_lazy("About")),
)
THIS_EDITION = ("edition", gettext_lazy("This edition"))
"""In a published edition: what it is, and how to check it."""
THE_RECORD = ("record", gettext_lazy("What people said"))
"""In a published edition that holds the record of a consultation."""
EDITIONS = ("editions", gettext_lazy("Published editions"))
"""Where a folder of editions is served."""
ACCOUNT = ("account", gettext_lazy("My account"))
"""Where there is a service to sign in to."""
LIVE_ONLY = ("try", "consultations")
"""Pages that need a service; a published edition has none."""
LAYERS = get_args(o.Layer)


def language() -> str:
    return "en" if get_language() == "en" else "vi"


def prefix() -> str:
    """How the address of a page begins in the reader's language."""
    return "/en" if language() == "en" else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows: where we are, the other language, and which edition and run this is.

    `edition_root` is given where the page becomes a file of an edition (`still.py`): the way from it to the edition's folder.
    """
    path = request.path_info
    bare = path[3:] or "/" if path == "/en" or path.startswith("/en/") else path
    edition_root = request.META.get("cuabien.edition_root")
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return {
        "language": language(),
        "prefix": prefix(),
        "address_vi": bare + query,
        "address_en": "/en" + bare + query,
        "navigation": [
            (name, label, _here(bare, name))
            for name, label in NAVIGATION
            if edition_root is None or name not in LIVE_ONLY
        ],
        "more": _more(edition_root),
        "assets": assets(),
        "edition_root": edition_root,
    }


def _more(edition_root: str | None) -> tuple[tuple[str, Any], ...]:
    if edition_root is not None:
        published = current().published
        if published is None:
            return MORE
        return (THIS_EDITION, THE_RECORD, *MORE) if published.record else (THIS_EDITION, *MORE)
    return (*MORE, EDITIONS, ACCOUNT) if settings.CUABIEN_EDITIONS else (*MORE, ACCOUNT)


def _here(bare: str, name: str) -> bool:
    return bare == "/" if name == "explorer" else bare.startswith(f"/{name}/")


def show(request: HttpRequest, template: str, city: City, **values: Any) -> HttpResponse:
    return render(request, template, {"city": city, "plan": city.plan, **values})


def found(rows: Mapping[str, Any], identity: str) -> Any:
    row = rows.get(identity)
    if row is None:
        raise Http404(gettext("There is nothing with this id."))
    return row


# ---- the map ----------------------------------------------------------------------------------------------


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(
        request,
        "explorer.html",
        city,
        words={msgid: gettext(msgid) for msgid in WORDS},
        communes=stories.in_order(city.plan.communes),
        by_year=stories.projects_by_year(city),
        layers=stories.layer_counts(city),
        headlines=stories.headlines(city),
    )


# ---- areas ------------------------------------------------------------------------------------------------


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    city = current()
    communes = stories.in_order(city.plan.communes)
    parts = sorted({a.part_of for a in communes if a.part_of})
    grouped = [(city.plan.areas.get(part), [a for a in communes if a.part_of == part]) for part in parts]
    loose = [a for a in communes if not a.part_of]
    if loose:
        grouped.append((None, loose))
    others = [a for a in city.plan.areas.values() if a.kind == "reporting"]
    return show(request, "areas.html", city, grouped=grouped, reporting=others)


@require_safe
def area(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    row: o.Area = found(city.plan.areas, identity)
    here = city.here.get(identity, planned.NOTHING)
    shape = city.plan.shapes.get(identity)
    return show(
        request,
        "area.html",
        city,
        area=row,
        here=here,
        coming=stories.coming(city, here),
        picture=stories.where_it_lies(city, row),
        sparks=stories.sparks(city, identity),
        terminals=[city.plan.terminals[i] for i in here.terminals],
        groups=stories.grouped(stories.indicator_lines(city, identity)),
        schematic=shape is not None and shape.row.shape == "schematic",
        members=stories.in_order(a for a in city.plan.areas.values() if a.part_of == identity),
        statements=[s for s in city.plan.programme.values() if identity in s.areas],
    )


# ---- projects ---------------------------------------------------------------------------------------------

STATES = get_args(o.Project.model_fields["status"].annotation)


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    city = current()
    chosen = request.GET.get("state", "")
    if chosen not in (*STATES, "late"):
        chosen = ""
    rows = sorted(
        city.plan.projects.values(),
        key=lambda p: (not stories.is_late(p, city.today), p.opens or "9999", p.id),
    )
    late = {p.id for p in rows if stories.is_late(p, city.today)}
    counts = Counter(p.status for p in rows)
    shown = [p for p in rows if not chosen or p.status == chosen or (chosen == "late" and p.id in late)]
    return show(
        request,
        "projects.html",
        city,
        projects=shown,
        total=len(rows),
        late=late,
        chosen=chosen,
        states=[(s, counts[s]) for s in STATES if counts[s]],
        picture=stories.projects_through_time(city, shown, late),
        without_cost=sum(p.cost_bn_vnd is None for p in shown),
        without_date=sum(not p.opens and not p.not_before for p in shown),
        withheld=sum(w.table == "projects" for w in city.withheld.values())
        + (city.published.withheld("project") if city.published else 0),
    )


@require_safe
def project(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    if identity in city.withheld and city.withheld[identity].table == "projects":
        return show(request, "withheld.html", city, kept=city.withheld[identity], up="projects")
    row: o.Project = found(city.plan.projects, identity)
    return show(
        request,
        "project.html",
        city,
        project=row,
        late=stories.is_late(row, city.today),
        prerequisites=[city.plan.projects[i] for i in row.prerequisites if i in city.plan.projects],
        needed_by=[p for p in city.plan.projects.values() if identity in p.prerequisites],
        communes=[city.plan.areas[i] for i in row.communes if i in city.plan.areas],
        terminals=[city.plan.terminals[i] for i in row.terminals if i in city.plan.terminals],
        links=planned.openings(
            city.plan, [i for i, link in city.plan.links.items() if link.project == identity and link.opens]
        ),
        zones=[z.row for z in city.plan.zones.values() if z.row.project == identity],
        findings=stories.findings_about(city, identity),
        statements=[s for s in city.plan.programme.values() if identity in s.projects],
    )


# ---- targets, claims, flags, peers ---------------------------------------------------------------------------


@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "targets.html", city, **stories.targets_story(city, request.GET.get("verdict", "")))


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "claims.html", city, **stories.claims_story(city))


@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "flags.html", city, flags=city.flags)


@require_safe
def peers(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "peers.html", city, **stories.peers_story(city))


# ---- the programme ------------------------------------------------------------------------------------------


@require_safe
def programme(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(
        request, "programme.html", city, **stories.programme_story(city, request.GET.get("state", ""))
    )


@require_safe
def statement(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    if identity in city.withheld and city.withheld[identity].table == "programme":
        return show(request, "withheld.html", city, kept=city.withheld[identity], up="programme")
    row: o.Statement = found(city.plan.programme, identity)
    return show(request, "statement.html", city, statement=row, **stories.statement_story(city, row))


# ---- checks -----------------------------------------------------------------------------------------------


@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "checks.html", city, **stories.checks_story(city))


# ---- indicators -------------------------------------------------------------------------------------------


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "indicators.html", city, groups=stories.indicator_groups(city))


@require_safe
def indicator(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    row = found(registered(), identity)
    if row.group == "defence":
        raise Http404(gettext("There is nothing with this id."))
    area_id = request.GET.get("area") or stories.default_area(city, identity)
    if area_id not in city.plan.areas:
        raise Http404(gettext("There is nothing with this id."))
    return show(
        request,
        "indicator.html",
        city,
        indicator=row,
        group=groups().get(row.group),
        area=city.plan.areas[area_id],
        **stories.indicator_story(city, row, area_id),
    )


@require_safe
def variable(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    story = stories.variable_story(city, identity)
    if story is None:
        raise Http404(gettext("There is nothing with this id."))
    return show(request, "variable.html", city, **story)


# ---- layers, documents, sources -------------------------------------------------------------------------------


@require_safe
def layers(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "layers.html", city, layers=stories.layer_counts(city))


@require_safe
def layer(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    if identity not in LAYERS:
        raise Http404(gettext("There is nothing with this id."))
    rows = [z.row for z in city.plan.zones.values() if z.row.layer == identity]
    kinds = sorted({z.kind for z in rows})
    return show(
        request,
        "layer.html",
        city,
        layer=identity,
        kinds=[(kind, stories.ZoneTable.of([z for z in rows if z.kind == kind])) for kind in kinds],
        count=len(rows),
        area_ha=sum(z.area_ha or 0 for z in rows),
        without_area=sum(z.area_ha is None for z in rows),
        statements=[s for s in city.plan.programme.values() if s.layer == identity],
        projects=[p for p in city.plan.projects.values() if p.layer == identity],
    )


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    city = current()
    rows = sorted(city.plan.documents.values(), key=lambda d: d.date or "", reverse=True)
    return show(request, "documents.html", city, documents=rows)


@require_safe
def document(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    row: o.Document = found(city.plan.documents, identity)
    return show(
        request,
        "document.html",
        city,
        document=row,
        replacement=city.plan.documents.get(row.replaced_by or ""),
        replaced=[d for d in city.plan.documents.values() if d.replaced_by == identity],
        targets=[t for t in city.plan.targets.values() if t.document == identity],
        verdicts=stories.verdict_by_target(city),
        statements=[s for s in city.plan.programme.values() if identity in s.documents],
    )


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "sources.html", city, **stories.sources_story(city))


@require_safe
def source(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    row: o.Source = found(city.plan.sources, identity)
    return show(request, "source.html", city, source=row, uses=stories.source_uses(city).get(identity, {}))


@require_safe
def how_wrong(request: HttpRequest) -> HttpResponse:
    return show(request, "how_wrong.html", current(), blocks=past_figures.blocks())


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    city = current()
    return show(request, "about.html", city, **stories.about_story(city))


# ---- addresses for machines, and what goes wrong ----------------------------------------------------------------


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nAllow: /\n", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here by habit; the pages name the real icon."""
    return HttpResponse(status=204)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _message(
        request,
        404,
        gettext("This page does not exist"),
        gettext("Check the address, or start from the map."),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _message(
        request, 400, gettext("This request cannot be understood"), gettext("Start again from the map.")
    )


def broken(request: HttpRequest) -> HttpResponse:
    return _message(
        request,
        500,
        gettext("Something broke on our side"),
        gettext("Please try again; the fault is in the log."),
    )


def _message(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        from django.http import JsonResponse

        from cuabien.service.bilingual import both

        words = {404: both("There is nothing with this id."), 400: both("This request cannot be understood")}
        return JsonResponse({"detail": words.get(status, both("Something broke on our side"))}, status=status)
    return render(request, "message.html", {"title": title, "text": text, "status": status}, status=status)
