"""Consultations at the desk: set one up, enter article and period, ask agencies, take the next step, take out what was said."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuabien.base.dates import VIETNAM
from cuabien.base.faults import Refused, UnusableInput
from cuabien.base.words import N_, pick, say
from cuabien.publication.documents import response as reports
from cuabien.record.folder import render_record
from cuabien.record.procedure import ACTS, ASKING, FURTHER_FORMS, SIDE, STATES, Step, step_of, steps_from
from cuabien.record.words import KIND
from cuabien.service.city import current
from cuabien.service.consultation import acts, serving, showing
from cuabien.service.consultation import models as m
from cuabien.service.consultation.desk import common, reading
from cuabien.service.consultation.export import record_of
from cuabien.service.consultation.serving import NOTHING, with_database
from cuabien.service.pages import language
from cuabien.service.people.deeds import audit
from cuabien.service.people.guard import official, person
from cuabien.service.people.roles import may
from cuabien.standards.legal import regimes

FORMS = {
    "website": N_("in full on the website of the planning body"),
    "media summary": N_("a summary in the media"),
    "display": N_("on display"),
    "conference": N_("a conference"),
    "print": N_("in print"),
    "database": N_("in the national database"),
}
"""Form in which a plan is made public -> its name."""
NEEDS = {
    "evidence": {"dossier", "outline", "assessment", "report", "decision", "consultant", "reason", "ground"},
    "last_day": {"longer"},
    "forms": {"published", "further_form"},
}
"""Field of the form of a step -> the guards that ask for it."""
NOT_OF = {m.PUBLIC: "kind_agency", m.AGENCY: "kind_public"}
"""Kind of consultation -> the guard of steps that belong to the other kind."""


@official("read")
@require_safe
@with_database
def consultation(request: HttpRequest, identity: str) -> HttpResponseBase:
    row, me = serving.consultation(identity), person(request)
    count = showing.counted([row.id]).get(row.id, showing.Counted())
    who = (
        me if me is not None and may(me.roles, "transition") else None
    )  # others are not told that it is not their role
    steps = [
        (step.act, say(ACTS[step.act], language()), common.told(acts.what_keeps(row, step.act, by=who)))
        for step in steps_from(row.state, row.regime, row.state_before)
        if NOT_OF[row.kind] not in step.guards
    ]
    now = dt.datetime.now(dt.UTC)
    return common.show(
        request,
        "consultation.html",
        one={**showing.card(row, count), **reading.days(row), "unanswered": count.comments - count.answered},
        regime=pick(regimes()[row.regime], "name", language()),
        asks_agencies=row.kind == m.AGENCY,
        invitations=[
            (
                pick(i, "agency", language()),
                showing.day(i.due_at),
                showing.day(i.answered_at),
                i.due_at < now,
            )
            for i in row.invitations.all()
        ],
        taken=[_taken(t) for t in m.Transition.objects.filter(consultation=row).select_related("by")],
        steps=steps,
        here=row.edition == current().edition,
        asking=row.state in ASKING,
    )


def _taken(row: m.Transition) -> dict[str, Any]:
    return {
        "day": showing.day(row.at),
        "act": say(ACTS[row.act], language()),
        "after": say(STATES[row.after], language()),
        "by": (row.by.name or row.by.email) if row.by else "",
        "article": row.article,
        "evidence": row.evidence,
    }


# ---- setting up -------------------------------------------------------------------------------------------

BEGIN = ("id", "title_vi", "title_en", "summary_vi", "summary_en", "regime", "kind", "state")
BOXES = ("hold_first", "touches_defence", "adjusting")


@official("prepare")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def prepare(request: HttpRequest) -> HttpResponseBase:
    """A consultation of the edition that is served now."""
    city = current()
    values = common.given(request, (*BEGIN, *BOXES))
    wrong: serving.Faults = {}
    refusal = ""
    if request.method == "POST":
        try:
            acts.begin(
                values["id"],
                by=person(request),
                plan=city.plan.header.id,
                edition=city.edition,
                edition_id=city.published.id if city.published else "",
                **{name: values[name] for name in BEGIN if name != "id"},
                **{name: values[name] == "1" for name in BOXES},
            )
            return common.see(reverse("desk-consultation", args=[values["id"]]), "kept")
        except UnusableInput as error:
            wrong = serving.beside(error, BEGIN)
        except Refused as error:
            refusal = serving.refusal(error)
    elif not values["state"]:
        values.update(state="DRAFTING_PLAN", kind=m.PUBLIC, touches_defence="1")
    beginnings = [key for key in STATES if key not in (*SIDE, *ASKING)]
    return common.show(
        request,
        "prepare.html",
        status=422 if wrong else 409 if refusal else 200,
        values=values,
        wrong=wrong,
        refusal=refusal,
        regimes=[(key, pick(row, "name", language())) for key, row in regimes().items()],
        kinds=[(key, say(KIND[key], language())) for key in m.KINDS],
        states=[(key, say(STATES[key], language())) for key in beginnings],
        edition=city.edition,
    )


PERIOD = ("article", "first_day", "last_day", "withheld_split", "defence_agreed")
NO_DAY = N_("a first and a last day are needed, each as year-month-day")


@official("open")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def period(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The article and with it the days, entered by a named official; the table of this system only stands beside it."""
    row, values, refusal = serving.consultation(identity), common.given(request, PERIOD), ""
    if request.method == "POST":
        first, last = common.a_day(values["first_day"]), common.a_day(values["last_day"])
        try:
            if first is None or last is None:
                raise Refused(NO_DAY)
            acts.enter_article(
                row.id,
                by=person(request),
                article=values["article"],
                opens_at=dt.datetime.combine(first, dt.time(), VIETNAM),
                last_day=last,
                withheld_split=values["withheld_split"] == "1",
                defence_agreed=values["defence_agreed"] == "1",
            )
            return common.see(reverse("desk-consultation", args=[row.id]), "kept")
        except Refused as error:
            refusal = serving.refusal(error)
    else:
        values = {
            "article": row.article,
            "first_day": _day(row.opens_at),
            "last_day": _day(row.closes_at),
            "withheld_split": "1" if row.withheld_split else "",
            "defence_agreed": "1" if row.defence_agreed else "",
        }
    return common.show(
        request,
        "period.html",
        status=409 if refusal else 200,
        one=showing.card(row, showing.Counted()),
        values=values,
        refusal=refusal,
        today=dt.datetime.now(VIETNAM).date().isoformat(),
    )


def _day(moment: dt.datetime | None) -> str:
    return moment.astimezone(VIETNAM).date().isoformat() if moment else ""


AGENCY = ("agency_vi", "agency_en", "email", "last_day")


@official("invite")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def agencies(request: HttpRequest, identity: str) -> HttpResponseBase:
    """Ask an agency by name. The address of its form is shown once; only the hash of its key is kept."""
    row, values, refusal, address = serving.consultation(identity), common.given(request, AGENCY), "", ""
    if request.method == "POST":
        last = common.a_day(values["last_day"])
        try:
            if last is None:
                raise Refused(N_("an agency is asked by name, with a last day that has not passed"))
            _, key = acts.invite(row.id, by=person(request), **{**values, "last_day": last})
            address = request.build_absolute_uri(reverse("agency", args=[key]))
            values = dict.fromkeys(AGENCY, "")
        except Refused as error:
            refusal = serving.refusal(error)
    asked = [(pick(i, "agency", language()), showing.day(i.due_at)) for i in row.invitations.all()]
    return common.show(
        request,
        "agencies.html",
        status=409 if refusal else 200,
        one=showing.card(row, showing.Counted()),
        values=values,
        refusal=refusal,
        address=address,
        asked=asked,
    )


# ---- the next step ----------------------------------------------------------------------------------------

STEP = ("article", "evidence", "last_day", "approved_on")


@official("transition")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def step(request: HttpRequest, identity: str, act: str) -> HttpResponseBase:
    """Take a step, with what proves it; everything that keeps it from being taken is told at once."""
    row, me, values = serving.consultation(identity), person(request), common.given(request, STEP)
    found = step_of(row.state, act, row.regime)
    if found is None:
        raise Http404(gettext(NOTHING))
    forms = [form for form in request.POST.getlist("forms") if form in FORMS]
    last, approved = common.a_day(values["last_day"]), common.a_day(values["approved_on"])
    status = 200
    if request.method == "POST":
        try:
            acts.move(
                row.id,
                act,
                by=me,
                article=values["article"],
                evidence=values["evidence"],
                last_day=last,
                forms=forms,
                approved_on=approved,
            )
            return common.see(reverse("desk-consultation", args=[row.id]), "kept")
        except UnusableInput:
            status = 422
    keeps = acts.what_keeps(row, act, by=me, evidence=values["evidence"], last_day=last, forms=forms)
    return common.show(
        request,
        "step.html",
        status=status,
        one=showing.card(row, showing.Counted()),
        act=say(ACTS[act], language()),
        after=say(STATES[found.after], language()) if found.after in STATES else "",
        source=found.source,
        confirmed=found.confirmed,
        keeps=common.told(keeps),
        values=values,
        asks=_asks(found),
        forms=[(form, say(FORMS[form], language()), form in forms) for form in ("website", *FURTHER_FORMS)],
    )


def _asks(found: Step) -> set[str]:
    """Which fields the form of a step has."""
    asked = {field for field, guards in NEEDS.items() if guards & set(found.guards)}
    return asked | ({"approved_on"} if found.act == "approve" else set())


# ---- taking out -------------------------------------------------------------------------------------------

KINDS_OF_FILE = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@official("export")
@require_safe
@with_database
def response(request: HttpRequest, form: str) -> HttpResponseBase:
    """The response report of what is recorded now, in the language of the page."""
    if form not in KINDS_OF_FILE:
        raise Http404(gettext(NOTHING))
    city = current()
    record = record_of(Path(settings.CUABIEN_HOME))
    others = sorted({one.plan for one in record.consultations} - {city.plan.header.id})
    if others:
        why = say(N_("the record holds consultations of another plan: {plans}; make its report with cuabien response"), language(), plans=", ".join(others))  # fmt: skip
        return common.refused(request, why, reverse("desk"))
    said = reports.gather(record, city.plan, language())
    made = {"html": reports.as_html, "csv": reports.as_csv, "docx": reports.as_docx}[form](said)
    return _file(made, KINDS_OF_FILE[form], f"response.{language()}.{form}")


@official("export")
@require_POST
@with_database
def record(request: HttpRequest) -> HttpResponseBase:
    """The record as `cuabien record export` writes it, with a root of this moment."""
    acts.take_root()
    files = render_record(record_of(Path(settings.CUABIEN_HOME)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(f"record/{name}", data)
    audit(request, "export", "record", files=len(files))
    return _file(out.getvalue(), "application/zip", "record.zip")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
