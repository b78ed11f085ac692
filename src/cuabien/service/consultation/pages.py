"""The pages of consultation for everybody: read, say, keep a receipt, support or oppose, take back, check.

They work without a script and set no cookie for whoever has no account. Everything that somebody typed is shown as text, in a frame
that its direction of writing cannot leave. Where the database does not answer, the page says so, and the plan's own pages stand.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuabien.base.faults import Refused, UnusableInput
from cuabien.base.words import say as worded
from cuabien.record.receipts import check_receipt, plain_code, read_receipt
from cuabien.record.words import ABOUT
from cuabien.service.city import City, current
from cuabien.service.consultation import acts, door, images, ledger, serving, showing
from cuabien.service.consultation import models as m
from cuabien.service.consultation.common import is_hash
from cuabien.service.consultation.said import MOST_PICTURES, Kept, plain
from cuabien.service.consultation.serving import with_database
from cuabien.service.middleware import Buckets
from cuabien.service.pages import language, show
from cuabien.service.pages_of_record import object_of
from cuabien.service.people.guard import open_form, person, public
from cuabien.service.stories import in_order
from cuabien.service.trying import store

WAIT = noop(
    "You have sent a great deal in a short time. Please wait %(seconds)s seconds and send it again; nothing is lost."
)
TOO_LARGE = noop("What was sent is too large. Choose smaller pictures.")
NOT_TAKEN = noop("This comment cannot be taken as it stands.")
LOOKED_FOR = 100
"""Lines of the public log on a page."""


def slowed(request: HttpRequest, buckets: Buckets) -> HttpResponse | None:
    """An answer for who must wait."""
    seconds = door.wait_s(buckets, request)
    if not seconds:
        return None
    values = {"title": gettext("Please wait"), "text": gettext(WAIT) % {"seconds": seconds}}
    answer = render(request, "message.html", values, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


# ---- reading ------------------------------------------------------------------------------------------------


@public
@require_safe
@with_database
def index(request: HttpRequest) -> HttpResponseBase:
    return show(request, "consultation/list.html", current(), consultations=showing.consultations())


@public
@require_safe
@with_database
def consultation(request: HttpRequest, identity: str) -> HttpResponseBase:
    city, row = current(), serving.consultation(identity)
    communes = in_order(city.plan.communes)
    wish = showing.asked(request.GET, (commune.id for commune in communes))
    rows = showing.chosen(identity, wish)
    query = request.GET.copy()

    def address_of(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    found = serving.turned(rows, wish.page, showing.ON_A_PAGE, address_of)
    return show(
        request,
        "consultation/one.html",
        city,
        one=showing.card(row, showing.counted([row.id]).get(row.id, showing.Counted())),
        told=showing.told(city, found.rows),
        identity=identity,
        count=found.count,
        wish=wish,
        about=[(key, worded(name, language())) for key, name in ABOUT.items()],
        communes=communes,
        **found.values,
    )


NEWEST = 50


@public
@require_safe
@with_database
def feed(request: HttpRequest, identity: str) -> HttpResponseBase:
    """The newest comments that are shown, as Atom."""
    row, city = serving.consultation(identity), current()
    some = list(m.Comment.objects.filter(consultation=row, state=m.SHOWN)[:NEWEST])
    made = Atom1Feed(
        title=showing.card(row, showing.Counted())["title"],
        link=request.build_absolute_uri(reverse("consultation", args=[row.id])),
        description="",
        language=language(),
        feed_url=request.build_absolute_uri(),
    )
    for one in showing.told(city, some):
        address = request.build_absolute_uri(one["address"])
        made.add_item(
            title=one["object"][0] if one["object"] else one["about"],
            link=address,
            description=one["text"],
            unique_id=address,
            pubdate=one["row"].received_at,
            updateddate=one["row"].received_at,
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@public
@require_safe
@with_database
def comment(request: HttpRequest, identity: str) -> HttpResponseBase:
    city, row = current(), serving.comment(identity)
    where = row.consultation
    return show(
        request,
        "consultation/comment.html",
        city,
        one=showing.one(city, row),
        where=showing.card(where, showing.Counted()),
        takes_voices=row.state == m.SHOWN and acts.is_open(where),
        here=row.edition == city.edition,
        said=request.GET.get("voice") == "1",
    )


@public
@require_safe
@with_database
def picture(request: HttpRequest, identity: str, sha256: str) -> HttpResponseBase:
    """A picture of a comment that is shown."""
    return serving.picture(identity, sha256, (m.SHOWN,))


# ---- saying -------------------------------------------------------------------------------------------------

FIELDS = (
    "text",
    "about",
    "table",
    "object",
    "clause",
    "commune",
    "change",
    "name",
    "contact",
    "consent",
    "key",
)
"""Fields of the form; `key` makes a form that is sent twice one comment."""
OBJECTS = {
    "projects": noop("Projects"),
    "zones": noop("Planning zones"),
    "documents": noop("Documents"),
    "targets": noop("Targets"),
    "programme": noop("Programme"),
}
"""Tables whose objects can be chosen in the form -> heading."""


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def say(request: HttpRequest, identity: str) -> HttpResponseBase:
    row = serving.consultation(identity)
    if request.method != "POST":
        values = {name: request.GET.get(name, "") for name in FIELDS if name != "key"}
        if values["table"] and values["object"]:
            values["object"] = f"{values['table']}:{values['object']}"
        return _form(request, row, {**values, "key": secrets.token_urlsafe(24)})
    try:
        values = {name: request.POST.get(name, "") for name in FIELDS}
        solved = door.is_solved(request.POST.get("solution", ""))
        files = request.FILES.getlist("pictures")
    except RequestDataTooBig:
        return render(
            request, "message.html", {"title": gettext(NOT_TAKEN), "text": gettext(TOO_LARGE)}, status=413
        )
    wait = slowed(request, door.SOLVED if solved else door.UNSOLVED)
    if wait is not None:
        return wait
    me = person(request)
    try:
        handed = acts.submit(
            row.id,
            serving.said(
                values,
                language=language(),
                name=values["name"],
                contact=values["contact"],
                consent_name_public=values["consent"] == "1",
                pictures=_kept(files),
            ),
            client_key=values["key"],
            author=me,
            verified=me is not None,
            hold=not solved and me is None,
        )
    except UnusableInput as error:
        return _form(request, row, values, serving.beside(error, (*FIELDS, "pictures")), status=422)
    except Refused as error:
        return _form(request, row, values, {}, refusal=serving.refusal(error), status=409)
    return receipt(request, handed)


def receipt(request: HttpRequest, handed: acts.Handed) -> HttpResponse:
    """What everybody gets who handed something in; to be printed for whoever stands at a counter."""
    values = {"handed": handed, "comment": handed.comment, "file": handed.receipt.as_json()}
    held = handed.comment.state == m.HELD
    answer = show(request, "consultation/receipt.html", current(), held=held, **values)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _kept(files: Sequence[UploadedFile[Any]]) -> list[Kept]:
    """The pictures that came, made anew. Raises `UnusableInput`."""
    kept = []
    for file in files[: MOST_PICTURES + 1]:
        data = file.read(images.MOST_BYTES + 1)
        kept.append(
            images.keep(Path(settings.CUABIEN_HOME), data, name=file.name or "", told=file.content_type or "")
        )
    return kept


def _form(
    request: HttpRequest,
    row: m.Consultation,
    values: Mapping[str, str],
    wrong: Mapping[str, Any] | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    city = current()
    change = values.get("change", "").strip().lower()
    known = is_hash(change) and store.get(Path(settings.CUABIEN_HOME), change) is not None
    answer = render(
        request,
        "consultation/say.html",
        {
            "city": city,
            "plan": city.plan,
            "one": showing.card(row, showing.Counted()),
            "values": {**values, "about": values.get("about") or ("proposal" if change else "whole")},
            "wrong": wrong or {},
            "refusal": refusal,
            "known_change": change if known else "",
            "puzzle": json.dumps(door.puzzle()),
            "most_pictures": MOST_PICTURES,
            **offered(row),
        },
        status=status,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def offered(row: m.Consultation) -> dict[str, Any]:
    """What every form of a comment offers to choose from."""
    city = current()
    return {
        "about": [(key, worded(name, language())) for key, name in ABOUT.items()],
        "objects": _objects(city, row),
        "communes": in_order(city.plan.communes),
    }


def _objects(city: City, row: m.Consultation) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a comment can be about, table by table: [(heading, [(table:id, name)])], of this consultation."""
    scope = {(table, identity) for table, identity in row.scope}
    found = []
    for table, heading in OBJECTS.items():
        rows = [
            (f"{table}:{identity}", object_of(city, table, identity)[0])
            for identity in city.plan.table(table)
            if not scope or (table, identity) in scope
        ]
        if rows:
            found.append((gettext(heading), sorted(rows, key=lambda pair: pair[1])))
    return found


# ---- voices, and taking back --------------------------------------------------------------------------------

SIDES = {"support": 1, "oppose": -1, "none": 0}


@open_form
@require_POST
@with_database
def voice(request: HttpRequest, identity: str) -> HttpResponseBase:
    wait = slowed(request, door.VOICES)
    if wait is not None:
        return wait
    row, me = serving.comment(identity), person(request)
    side = SIDES.get(request.POST.get("side", ""))
    voter = acts.voter_of(me.pk) if me is not None else door.anonymous_voter(request)
    try:
        acts.voice(row.id, voter, 2 if side is None else side, verified=me is not None)
    except Refused as error:
        return render(
            request,
            "message.html",
            {"title": gettext("Not counted"), "text": serving.refusal(error)},
            status=409,
        )
    return serving.see(reverse("comment", args=[row.id]) + "?voice=1#voices")


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def withdraw(request: HttpRequest, identity: str) -> HttpResponseBase:
    city, row, refusal, status = current(), serving.comment(identity), "", 200
    if request.method == "POST":
        wait = slowed(request, door.TRIES)
        if wait is not None:
            return wait
        act = acts.erase if request.POST.get("what") == "erase" else acts.withdraw
        try:
            act(row.id, token=request.POST.get("secret", ""), by=person(request))
            return serving.see(reverse("comment", args=[row.id]))
        except Refused as error:
            refusal, status = serving.refusal(error), 403
    values = {"city": city, "plan": city.plan, "one": showing.one(city, row), "refusal": refusal}
    answer = render(request, "consultation/withdraw.html", values, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


# ---- receipts and the ledger --------------------------------------------------------------------------------


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def receipts(request: HttpRequest) -> HttpResponseBase:
    """Check a receipt, by its file or its text, or look for a code."""
    values: dict[str, Any] = {"code": request.GET.get("code", ""), "text": "", "words": ""}
    status = 200
    if request.method == "POST":
        wait = slowed(request, door.TRIES)
        if wait is not None:
            return wait
        try:
            upload = request.FILES.get("file")
            given = (
                upload.read(100_000).decode("utf-8", "replace") if upload else request.POST.get("text", "")
            )
            values |= {name: request.POST.get(name, "") for name in ("code", "words")} | {
                "text": "" if upload else given
            }
        except RequestDataTooBig:
            given = ""
        if given.strip():
            values["verdict"], status = _checked(given, values["words"])
    if values["code"]:
        values["searched"], values["line"] = True, _line_of(values["code"])
    return render(
        request,
        "consultation/receipts.html",
        {"city": current(), "plan": current().plan, **values},
        status=status,
    )


def _checked(given: str, words: str) -> tuple[dict[str, Any], int]:
    try:
        receipt = read_receipt(given)
    except UnusableInput as error:
        (fault,) = error.faults
        return {
            "fine": False,
            "words": f"{worded(fault.template, language())}; {worded(fault.remedy, language())}.",
        }, 422
    lines = list(ledger.entries(receipt.n - 1, 1)) if 0 < receipt.n < 2**31 else []
    found = check_receipt(receipt, plain(words) if words.strip() else None, lines)
    comment = receipt.comment if m.Comment.objects.filter(pk=receipt.comment).exists() else ""
    return {
        "fine": found.fine,
        "words": worded(found.template, language(), **found.values),
        "comment": comment,
    }, 200


def _line_of(code: str) -> dict[str, Any] | None:
    """The line of a code; found by the beginning of its hash, which the code spells."""
    digits = "".join(plain_code(code).split("-")[1:])
    if not digits:
        return None
    begin = base64.b32decode(digits + "=" * (-len(digits) % 8)).hex()[:24]
    entry = m.LedgerEntry.objects.filter(hash__startswith=begin).first()
    if entry is None:
        return None
    comment = entry.subject if m.Comment.objects.filter(pk=entry.subject).exists() else ""
    return {"entry": entry, "comment": comment, "day": showing.day(ledger.moment_of(entry.at))}


@public
@require_safe
@with_database
def ledger_page(request: HttpRequest) -> HttpResponseBase:
    roots = list(m.Root.objects.order_by("-day")[:31])
    return show(
        request, "consultation/ledger.html", current(), count=m.LedgerEntry.objects.count(), roots=roots
    )


@public
@require_safe
@with_database
def ledger_lines(request: HttpRequest) -> HttpResponseBase:
    """All lines of the ledger, as `cuabien verify` and the record read them."""

    def lines() -> Iterator[str]:
        for entry in ledger.entries():
            yield json.dumps(ledger.fields_of(entry), ensure_ascii=False, sort_keys=True) + "\n"

    ledger.last()
    return StreamingHttpResponse(lines(), content_type="application/jsonl; charset=utf-8")


@public
@require_safe
@with_database
def ledger_roots(request: HttpRequest) -> HttpResponseBase:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("day", "n", "hash", "at"))
    table.writerows((r.day.isoformat(), r.n, r.hash, r.at) for r in m.Root.objects.order_by("day"))
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")


@public
@require_safe
@with_database
def log(request: HttpRequest) -> HttpResponseBase:
    """What was hidden, shown again, taken back or erased, with its reason."""
    rows = m.Moderation.objects.order_by("-entry_n")
    asked = serving.page_asked(request.GET.get("page", ""))
    found = serving.turned(rows, asked, LOOKED_FOR, lambda page: f"?page={page}")
    return show(
        request,
        "consultation/log.html",
        current(),
        fates=showing.fates(found.rows),
        **found.values,
    )
