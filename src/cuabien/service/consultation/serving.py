"""What the pages for everybody and those of the desk have in common: a row or a 404, one page of a long list, a picture, a refusal
in words beside its field, and what is said where the database does not answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

from cuabien.base.faults import Refused, UnusableInput
from cuabien.base.words import say
from cuabien.service.consultation import images
from cuabien.service.consultation import models as m
from cuabien.service.consultation.said import Said
from cuabien.service.pages import language

NO_DATABASE = noop(
    "Comments cannot be read or sent at the moment; the plan itself is there. Please come back in a while."
)
NOTHING = noop("There is nothing with this id.")

View = Callable[..., HttpResponseBase]


def with_database(view: View) -> View:
    """503 in words where the database does not answer."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (DatabaseError, OSError):
            values = {"title": gettext("Consultations"), "text": gettext(NO_DATABASE)}
            return render(request, "message.html", values, status=503)

    return answer


def see(address: str) -> HttpResponse:
    """Look there next: after what was sent was done."""
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer


# ---- rows ---------------------------------------------------------------------------------------------------


def consultation(identity: str) -> m.Consultation:
    row = m.Consultation.objects.filter(pk=identity).first()
    if row is None:
        raise Http404(gettext(NOTHING))
    return row


def comment(identity: str, *with_rows: str) -> m.Comment:
    rows = m.Comment.objects.select_related("consultation", *with_rows)
    row = rows.prefetch_related("moderations", "pictures", "merged").filter(pk=identity).first()
    if row is None:
        raise Http404(gettext(NOTHING))
    return row


def picture(identity: str, sha256: str, states: Collection[str]) -> HttpResponseBase:
    """A picture of a comment in one of these states: ours, made anew, never what was sent."""
    kept = m.Picture.objects.filter(comment=identity, sha256=sha256, comment__state__in=states).exists()
    file = images.file_of(Path(settings.CUABIEN_HOME), sha256) if kept else None
    if file is None or not file.is_file():
        raise Http404(gettext(NOTHING))
    return FileResponse(file.open("rb"), content_type="image/webp")


# ---- long lists ---------------------------------------------------------------------------------------------


def page_asked(text: str) -> int:
    """The page that an address names; what is no such number is the first."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10**6 else 1


@dataclass(frozen=True)
class Turned:
    """One page of a list."""

    rows: list[Any]
    count: int
    values: Mapping[str, Any]
    """What parts/turning.html leads on with."""


def turned(rows: QuerySet[Any], asked: int, at_once: int, address_of: Callable[[int], str]) -> Turned:
    """The page that is asked for; beyond the last one, the last."""
    page = Paginator(rows, at_once).get_page(asked)
    values = {
        "page": page.number,
        "last": page.paginator.num_pages,
        "before": address_of(page.number - 1) if page.has_previous() else "",
        "after": address_of(page.number + 1) if page.has_next() else "",
    }
    return Turned(list(page), page.paginator.count, values)


# ---- forms --------------------------------------------------------------------------------------------------

Faults = dict[str, list[tuple[str, str]]]
"""Field of a form -> what is wrong there, and how to mend it."""
IN_FORM = {"object_id": "object", "consent_name_public": "consent", "geometry": "commune"}
"""Where an act calls a field of a comment otherwise than the form."""


def refusal(error: Refused) -> str:
    return say(error.template, language(), **error.values)


def beside(error: UnusableInput, fields: Sequence[str]) -> Faults:
    """Faults by the field beside which they stand; what belongs to no field of the form stands beside the first."""
    found: Faults = {}
    for fault in error.faults:
        name = IN_FORM.get(fault.file, fault.file)
        said = (fault.message(language()), fault.mend(language()))
        found.setdefault(name if name in fields else fields[0], []).append(said)
    return found


def said(values: Mapping[str, str], **more: Any) -> Said:
    """What the fields that every form of a comment has say; a field that does not belong to what it is about is left."""
    about = values["about"]
    table, _, identity = values["object"].partition(":") if about == "object" else ("", "", "")
    change = values.get("change", "").strip().lower() if about == "proposal" else ""
    clause = values["clause"] if about == "clause" else ""
    return Said(
        text=values["text"],
        about=about,
        table=table,
        object_id=identity,
        clause=clause,
        commune=values["commune"],
        change=change,
        **more,
    )
