"""Consultations for programs: /api/v1/consultations, /comments, /ledger. What people send, they send on the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Annotated, Any

from django.core.paginator import Paginator
from django.db import DatabaseError
from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query, Router

from cuabien.service.bilingual import named
from cuabien.service.city import current
from cuabien.service.consultation import acts, ledger, serving, showing
from cuabien.service.consultation import models as m
from cuabien.service.consultation import schemas as s
from cuabien.service.consultation.hearing import Tally, public_fields
from cuabien.service.consultation.serving import NO_DATABASE
from cuabien.service.schemas import Problem
from cuabien.service.trying.api import TRYING_AGAIN_S, wait
from cuabien.service.trying.schemas import Wait

router = Router(tags=["consultation"])

ConsultationId = Annotated[str, Path(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
CommentId = Annotated[str, Path(pattern=r"^[a-z0-9]{1,12}$")]
WRONG = {404: Problem, 422: Problem, 503: Wait}
LINES_AT_ONCE = 1000
MOST_PINS = 50_000


def add_to(api: NinjaAPI) -> None:
    api.add_router("", router)


def with_database(view: Callable[..., Any]) -> Callable[..., Any]:
    """503 in words where the database does not answer. It stands here, because ninja reads what a view takes in the module of
    the function around it."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except (DatabaseError, OSError):
            return wait(NO_DATABASE, TRYING_AGAIN_S)

    return answer


@router.get("/consultations", response={200: list[s.ConsultationOut], 503: Wait}, summary="All consultations")
@with_database
def consultations(request: HttpRequest) -> Any:
    rows = list(m.Consultation.objects.all())
    counts = showing.counted([row.id for row in rows])
    return [_consultation(row, counts.get(row.id, showing.Counted())) for row in rows]


@router.get(
    "/consultations/{identity}", response={200: s.ConsultationOut, **WRONG}, summary="One consultation"
)
@with_database
def consultation(request: HttpRequest, identity: ConsultationId) -> Any:
    row = serving.consultation(identity)
    return _consultation(row, showing.counted([row.id]).get(row.id, showing.Counted()))


def _consultation(row: m.Consultation, count: showing.Counted) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": named(row, "title"),
        "summary": named(row, "summary"),
        "kind": row.kind,
        "regime": row.regime,
        "state": row.state,
        "edition": row.edition,
        "opens_at": ledger.in_words(row.opens_at) if row.opens_at else None,
        "closes_at": ledger.in_words(row.closes_at) if row.closes_at else None,
        "open": acts.is_open(row),
        "article": row.article,
        "scope": row.scope,
        "comments": count.comments,
        "answered": count.answered,
    }


# ---- comments -----------------------------------------------------------------------------------------------


@router.get(
    "/consultations/{identity}/comments",
    response={200: s.CommentsOut, **WRONG},
    summary="Its comments, a page at a time",
)
@with_database
def comments(
    request: HttpRequest,
    identity: ConsultationId,
    about: Annotated[str, Query(max_length=20)] = "",
    commune: Annotated[str, Query(max_length=20)] = "",
    answered: Annotated[str, Query(max_length=3)] = "",
    sort: Annotated[str, Query(max_length=10)] = "new",
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Any:
    serving.consultation(identity)
    query = {"about": about, "commune": commune, "answered": answered, "sort": sort, "page": str(page)}
    rows = showing.chosen(identity, showing.asked(query, (c.id for c in current().plan.communes)))
    pages = Paginator(rows, showing.ON_A_PAGE)
    begin = (page - 1) * showing.ON_A_PAGE
    return {
        "count": pages.count,
        "page": page,
        "pages": pages.num_pages,
        "comments": _comments(list(rows[begin : begin + showing.ON_A_PAGE])),
    }


@router.get(
    "/consultations/{identity}/comments.geojson",
    response={200: s.Pins, **WRONG},
    summary="Its comments that have a place on the map",
)
@with_database
def pins(request: HttpRequest, identity: ConsultationId) -> Any:
    serving.consultation(identity)
    rows = m.Comment.objects.filter(consultation_id=identity, state=m.SHOWN).filter(geometry__isnull=False)
    drawn = rows.annotate(drawn=Cast("geometry", TextField())).values_list("id", "about", "commune", "drawn")
    features = ",".join(_pin(*row) for row in drawn[:MOST_PINS])
    body = '{"type":"FeatureCollection","features":[' + features + "]}"
    return HttpResponse(body, content_type="application/geo+json; charset=utf-8")


def _pin(identity: str, about: str, commune: str, drawn: str) -> str:
    """A feature as text: the geometry stands in the database as the JSON that it is, and twenty thousand are not read to be written."""
    said = f'{_said(about, commune)},"address":"/comments/{identity}/"}}'
    return f'{{"type":"Feature","id":"{identity}","properties":{said},"geometry":{drawn}}}'


@lru_cache(maxsize=4096)
def _said(about: str, commune: str) -> str:
    return json.dumps({"about": about, "commune": commune})[:-1]


@router.get("/comments/{identity}", response={200: s.CommentOut, **WRONG}, summary="One comment")
@with_database
def comment(request: HttpRequest, identity: CommentId) -> Any:
    row = m.Comment.objects.filter(pk=identity).first()
    if row is None:
        raise Http404
    return _comments([row])[0]


def _comments(rows: list[m.Comment]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    texts, answers, voices = showing.shown_words(ids), showing.live_answers(ids), acts.tallies(ids)
    return [
        {
            **public_fields(row),
            "change": row.change or None,
            "state": row.state,
            "text": texts[row.id].text if row.id in texts else None,
            "line": row.entry_n,
            "voices": _voices(voices.get(row.id, Tally())),
            "answer": _answer(answers[row.id]) if row.id in answers else None,
        }
        for row in rows
    ]


def _voices(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in s.VoicesOut.model_fields}


def _answer(row: m.Answer) -> dict[str, Any]:
    return {
        "id": row.id,
        "disposition": row.disposition,
        "reason": named(row, "reason"),
        "office": row.office,
        "at": ledger.in_words(row.at),
        "change": row.run or None,
    }


# ---- the ledger ---------------------------------------------------------------------------------------------


@router.get("/ledger", response={200: s.LedgerOut, 422: Problem, 503: Wait}, summary="Lines of the ledger")
@with_database
def lines(request: HttpRequest, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> Any:
    found = [ledger.fields_of(entry) for entry in ledger.entries(after, LINES_AT_ONCE)]
    more = found[-1]["n"] if len(found) == LINES_AT_ONCE else None
    return {"count": m.LedgerEntry.objects.count(), "lines": found, "next": more}
