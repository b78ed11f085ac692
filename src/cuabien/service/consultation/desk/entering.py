"""What reaches the city otherwise than by the public form: on paper or spoken, typed in by a clerk; and what an agency hands in with
the key of its invitation."""

from __future__ import annotations

import secrets

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from cuabien.base.faults import Refused, UnusableInput
from cuabien.base.words import pick, say
from cuabien.record.words import CHANNEL
from cuabien.service.consultation import acts, pages, serving, showing
from cuabien.service.consultation import models as m
from cuabien.service.consultation.desk import common
from cuabien.service.consultation.serving import NOTHING, with_database
from cuabien.service.pages import language
from cuabien.service.people.guard import official, open_form, person

TYPED = ("text", "about", "object", "clause", "commune", "change", "language", "channel", "handed_in_on", "name", "contact", "consent", "key")  # fmt: skip
OF_AGENCY = ("text", "about", "object", "clause", "commune", "key")
BY_HAND = ("paper", "spoken")


@official("enter")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def enter(request: HttpRequest, identity: str) -> HttpResponseBase:
    row, values = serving.consultation(identity), common.given(request, TYPED)
    wrong: serving.Faults = {}
    refusal = ""
    if request.method == "POST":
        try:
            handed = acts.submit(
                row.id,
                serving.said(
                    values,
                    language=values["language"],
                    channel=values["channel"] if values["channel"] in BY_HAND else "",
                    name=values["name"],
                    contact=values["contact"],
                    consent_name_public=values["consent"] == "1",
                    handed_in_on=common.a_day(values["handed_in_on"]),
                ),
                client_key=values["key"],
                typed_by=person(request),
            )
            return pages.receipt(request, handed)
        except UnusableInput as error:
            wrong = serving.beside(error, TYPED)
        except Refused as error:
            refusal = serving.refusal(error)
    else:
        values |= {"key": secrets.token_urlsafe(24), "about": values["about"] or "whole", "language": "vi"}
    return common.show(
        request,
        "enter.html",
        status=422 if wrong else 409 if refusal else 200,
        one=showing.card(row, showing.Counted()),
        values=values,
        wrong=wrong,
        refusal=refusal,
        channels=[(key, say(CHANNEL[key], language())) for key in BY_HAND],
        **pages.offered(row),
    )


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def agency(request: HttpRequest, key: str) -> HttpResponseBase:
    """The form of an agency that was asked by name. Who has no key of an invitation finds nothing here."""
    asked = acts.invitation_of(key)
    if asked is None:
        raise Http404(gettext(NOTHING))
    row, values = asked.consultation, common.given(request, OF_AGENCY)
    wrong: serving.Faults = {}
    refusal = ""
    if request.method == "POST":
        said = serving.said(
            {**values, "about": values["about"] or "whole"}, language=language(), channel="agency"
        )
        try:
            return pages.receipt(
                request, acts.submit(row.id, said, client_key=values["key"], invitation=asked)
            )
        except UnusableInput as error:
            wrong = serving.beside(error, OF_AGENCY)
        except Refused as error:
            refusal = serving.refusal(error)
    else:
        values |= {"key": secrets.token_urlsafe(24), "about": "whole"}
    answer = common.show(
        request,
        "agency.html",
        status=422 if wrong else 409 if refusal else 200,
        one=showing.card(row, showing.Counted()),
        agency=pick(asked, "agency", language()),
        due=showing.day(asked.due_at),
        handed=[(c.id, showing.day(c.received_at)) for c in m.Comment.objects.filter(invitation=asked)],
        values=values,
        wrong=wrong,
        refusal=refusal,
        **pages.offered(row),
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
