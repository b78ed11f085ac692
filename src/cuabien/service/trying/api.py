"""Trying a change, for programs and for the map: /api/v1/try (see docs/trying.md).

Whatever the database cannot do is a 503 in words; the rest of the interface does not ask it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path as FilePath
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as noop
from ninja import NinjaAPI, Path, Query, Router, Status

from cuabien.plan.change import Change
from cuabien.service.bilingual import both
from cuabien.service.city import City, current
from cuabien.service.encode import to_json
from cuabien.service.people.guard import public
from cuabien.service.trying import answers, asking, changes, compared, options, queue, store, tell, visitors
from cuabien.service.trying import schemas as s
from cuabien.service.trying.answers import Seen
from cuabien.service.trying.asking import Asked, TooMuch, Turn
from cuabien.service.trying.fields import ENTRIES
from cuabien.service.trying.models import Job

router = Router(tags=["try"])

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
EntryId = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]
Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
IndicatorId = Annotated[str | None, Query(max_length=80)]
PROBLEMS = {404: s.Problem, 409: s.Problem, 422: s.Problem}
SENDING = {
    200: s.Tried,
    202: s.Tried,
    400: s.Problem,
    403: s.Problem,
    404: s.Problem,
    409: s.Refusal,
    413: s.Problem,
    415: s.Problem,
    422: s.Refusal,
    429: s.Wait,
    503: s.Wait,
}

REFUSED = noop("This change cannot be carried out as it stands.")
NEW_EDITION = noop("The plan has a new edition since you began. Load the page again; your change is kept.")
FOREIGN = noop("A change can be sent from this site only.")
NOT_JSON = noop("Send the change as JSON (Content-Type: application/json).")
TOO_LARGE = noop("The change is too large.")
WAIT = noop("You have as many changes under way as one visitor may have, or sent many in a short time. Please wait a moment.")  # fmt: skip
FULL = noop("Many people are trying changes now. Please come back in a moment.")
NO_DATABASE = noop("Changes cannot be tried at the moment; everything else works. Please come back later.")
NOT_STORED = noop("There is no change with this address.")
NOT_RUN = noop("This change has not been modelled on this edition of the plan yet. Run it.")
TRYING_AGAIN_S = 5


def add_to(api: NinjaAPI) -> None:
    api.add_router("/try", router)

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return api.create_response(request, words(TOO_LARGE), status=413)


def words(template: str) -> dict[str, Any]:
    return {"detail": both(template), "places": []}


def wait(template: str, seconds: int) -> HttpResponse:
    body = {**words(template), "retry_after_s": seconds}
    status = 429 if template == WAIT else 503
    answer = HttpResponse(to_json(body), status=status, content_type="application/json; charset=utf-8")
    answer.headers["Retry-After"] = str(seconds)
    return answer


def with_database(view: Callable[..., Any]) -> Callable[..., Any]:
    """503 in words where the database is missing, locked or behind."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except (DatabaseError, OSError):
            return wait(NO_DATABASE, TRYING_AGAIN_S)

    return answer


# ---- what can be changed ----------------------------------------------------------------------------------


@router.get("/options", response=s.Options, summary="What can be changed, within which bounds")
def what_can_be_changed(request: HttpRequest) -> Any:
    return options.options(current(), is_ready())


def is_ready() -> bool:
    """Whether a worker lives."""
    try:
        return any(worker.ready for worker in queue.living())
    except DatabaseError:
        return False


@router.get(
    "/objects/{entry}",
    response={200: list[s.Thing], 404: s.Problem, 422: s.Problem},
    summary="Objects of one kind, with the values that can be changed",
)
def objects(
    request: HttpRequest,
    entry: EntryId,
    q: Annotated[str, Query(max_length=120)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 400,
) -> Any:
    if entry not in ENTRIES:
        raise Http404
    return options.things(current(), ENTRIES[entry], q, limit)


# ---- sending ----------------------------------------------------------------------------------------------


@router.post("", response=SENDING, summary="Try a change")
@public
@with_database
def send(request: HttpRequest, sent: s.ChangeIn) -> Any:
    stop = stopped_at_the_door(request)
    if stop is not None:
        return stop
    city, visitor = current(), visitors.visitor_of(request)
    if sent.edition is not None and sent.edition != city.edition:
        return Status(409, {**words(NEW_EDITION), "faults": []})
    try:
        asking.may_send(visitor)
        below = stored_all(sent.on)
        if below is None:
            return Status(404, words(NOT_STORED))
        turn = Turn(city, visitor)
        found = (
            changes.from_toml(city, sent.toml.encode("utf-8", "replace"), sent.title, below, taken=turn.take)
            if sent.toml is not None
            else changes.from_edits(
                city, [edit.dict() for edit in sent.edits], sent.title, below, taken=turn.take
            )
        )
        asked = turn.of(found)
        if asked is None:
            return Status(422, {**words(REFUSED), "faults": [fault.as_row() for fault in found.faults]})
        return tried(city, found.change, asked, found)
    except TooMuch as much:
        return wait(FULL if much.full else WAIT, much.seconds)


@router.post("/{change}/run", response=SENDING, summary="Model a stored change again")
@public
@with_database
def run(request: HttpRequest, change: Hash) -> Any:
    stop = stopped_at_the_door(request, json=False)
    if stop is not None:
        return stop
    city, visitor = current(), visitors.visitor_of(request)
    kept = stored(change)
    try:
        asking.may_send(visitor)
        found = changes.checked(city, dataclasses.replace(kept, plan=city.plan.header.id))
        if found.is_refused:
            return Status(422, {**words(REFUSED), "faults": [fault.as_row() for fault in found.faults]})
        return tried(city, kept, asking.run(city, change, visitor), found)
    except TooMuch as much:
        return wait(FULL if much.full else WAIT, much.seconds)


def stopped_at_the_door(request: HttpRequest, *, json: bool = True) -> Any:
    if not asking.from_here(request):
        return Status(403, words(FOREIGN))
    if json and request.content_type != "application/json":
        return Status(415, words(NOT_JSON))
    return None


def tried(city: City, change: Change, asked: Asked, found: changes.Sent) -> Any:
    told = {
        "change": asked.change,
        "address": f"/try/{asked.change}/",
        "stored": asked.stored,
        "job": tell.job_row(asked.job) if asked.job else None,
        "words": tell.change_words(city, change),
        "warnings": [fault.as_row() for fault in found.faults],
    }
    return Status(200 if asked.stored else 202, told)


def stored(identity: str) -> Change:
    change = store.get(FilePath(settings.CUABIEN_HOME), identity)
    if change is None:
        raise Http404
    return change


def stored_all(identities: Sequence[str]) -> list[Change] | None:
    found = [store.get(FilePath(settings.CUABIEN_HOME), identity) for identity in identities]
    return None if None in found else [change for change in found if change is not None]


# ---- jobs -------------------------------------------------------------------------------------------------


@router.get(
    "/jobs/{identity}",
    response={200: s.JobOut, 404: s.Problem, 422: s.Problem, 503: s.Wait},
    summary="How far a job is; with `after`, as soon as it goes on",
)
@with_database
def job(
    request: HttpRequest, identity: Id, after: Annotated[int | None, Query(ge=0, le=10**9)] = None
) -> Any:
    found = asking.watched(identity, after)
    if found is None:
        raise Http404
    return tell.job_row(found)


@router.post(
    "/jobs/{identity}/cancel",
    response={200: s.JobOut, 403: s.Problem, 404: s.Problem, 422: s.Problem, 503: s.Wait},
    summary="Cancel a job",
)
@public
@with_database
def cancel(request: HttpRequest, identity: Id) -> Any:
    if not asking.from_here(request):
        return Status(403, words(FOREIGN))
    found = queue.find(identity)
    now = queue.cancel(found) if found is not None else None
    if now is None:
        raise Http404
    return tell.job_row(now)


# ---- a stored change ---------------------------------------------------------------------------------------

# Written before /{change}, which would take the word for a hash that is none.


@router.get(
    "/compare",
    response={200: s.Compared, **PROBLEMS},
    summary="Up to four changes beside the plan",
)
def compare(
    request: HttpRequest,
    change: Annotated[list[s.Hash], Query(min_length=1, max_length=options.MOST_COMPARED)],
    indicator: IndicatorId = None,
    year: Annotated[int | None, Query(ge=1800, le=2200)] = None,
) -> Any:
    city = current()
    rows = [(identity, stored(identity), answers.seen(city, identity)) for identity in dict.fromkeys(change)]
    if any(found is None for *_, found in rows):
        return Status(409, words(NOT_RUN))
    return compared.beside_the_plan(
        city, [(i, kept, found) for i, kept, found in rows if found is not None], indicator, year
    )


@router.get("/{change}", response={200: s.Stored, 404: s.Problem, 422: s.Problem}, summary="A stored change")
def one(request: HttpRequest, change: Hash) -> Any:
    city, kept = current(), stored(change)
    return card(city, change, kept, under_way(change, city.edition))


def card(city: City, identity: str, kept: Change, job: Job | None) -> dict[str, Any]:
    home = FilePath(settings.CUABIEN_HOME)
    ready = store.look(home, identity, city.edition) is not None
    return {
        "change": identity,
        "edition": city.edition,
        "title": tell.title_of(kept),
        "state": "ready" if ready else "other edition" if was_seen(home, identity) else "not run",
        "job": tell.job_row(job) if job else None,
        "words": tell.change_words(city, kept),
        "edits": tell.edits(kept),
        "objects": tell.objects(city, kept),
        "command": tell.command(identity),
        "toml_address": f"/api/v1/try/{identity}/toml",
        "address": f"/try/{identity}/",
    }


def was_seen(home: FilePath, identity: str) -> bool:
    """Whether it was modelled on another edition."""
    return any((store.folder_of(home, identity) / "seen").glob("*"))


def under_way(identity: str, edition: str) -> Job | None:
    try:
        return queue.latest(identity, edition)
    except DatabaseError:
        return None


@router.get("/{change}/toml", response={200: Any, 404: s.Problem, 422: s.Problem}, summary="Its file")
def toml(request: HttpRequest, change: Hash) -> Any:
    text = store.text_of(FilePath(settings.CUABIEN_HOME), change)
    if text is None:
        raise Http404
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{tell.file_name(change)}"'
    return answer


@router.get("/{change}/result", response={200: s.Result, **PROBLEMS}, summary="What it does")
def result(request: HttpRequest, change: Hash, indicator: IndicatorId = None) -> Any:
    return answered(change, ("result", indicator), lambda c, f: tell.result(c, f, change, indicator))


@router.get("/{change}/communes", response={200: s.Communes, **PROBLEMS}, summary="One indicator by commune")
def by_commune(request: HttpRequest, change: Hash, indicator: Annotated[str, Query(max_length=80)]) -> Any:
    return answered(change, ("communes", indicator), lambda c, f: tell.communes(f, indicator))


@router.get("/{change}/city", response={200: s.CityAnswer, **PROBLEMS}, summary="The city's figures by year")
def of_city(request: HttpRequest, change: Hash, indicator: IndicatorId = None) -> Any:
    return answered(change, ("city", indicator), lambda c, f: tell.courses(f, indicator))


@router.get(
    "/{change}/flows", response={200: s.FlowsCompared, **PROBLEMS}, summary="Vehicles on roads in one year"
)
def flows(
    request: HttpRequest, change: Hash, year: Annotated[int | None, Query(ge=1800, le=2200)] = None
) -> Any:
    kept = stored(change)
    return answered(change, ("flows", year), lambda c, f: tell.flows(c, f, kept, year))


@router.get(
    "/{change}/assumed", response={200: s.AssumedAnswer, **PROBLEMS}, summary="The swing of what is assumed"
)
def assumed(
    request: HttpRequest, change: Hash, area: Annotated[str | None, Query(max_length=80)] = None
) -> Any:
    return answered(change, ("assumed", area), lambda c, f: tell.assumed(c, f, area))


def answered(change: str, key: tuple[Any, ...], make: Callable[[City, Seen], Any]) -> Any:
    """An answer as bytes, made once for a snapshot and a first look."""
    city = current()
    stored(change)
    found = answers.seen(city, change)
    if found is None:
        return Status(409, words(NOT_RUN))
    kept = answers.bodies(city, found)
    if key not in kept:
        content = make(city, found)
        if content is None:
            raise Http404
        kept[key] = to_json(content)
    return HttpResponse(kept[key], content_type="application/json; charset=utf-8")
