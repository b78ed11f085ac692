"""The pages of following: ask for letters, confirm it with the key that came by e-mail, end it with the same key.

A key does nothing by being looked at (mail programs open links by themselves): each step is a button. The answer to who asks is the
same for every address.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from cuabien.service.city import current
from cuabien.service.consultation import door, notices
from cuabien.service.consultation.pages import slowed
from cuabien.service.consultation.serving import NOTHING, with_database
from cuabien.service.pages import language
from cuabien.service.people.guard import open_form

LONGEST = 254


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def follow(request: HttpRequest) -> HttpResponseBase:
    try:
        given = request.POST if request.method == "POST" else request.GET
        what, email = given.get("what", ""), given.get("email", "").strip()
    except RequestDataTooBig:
        what = email = ""
    if request.method == "POST":
        wait = slowed(request, door.TRIES)
        if wait is not None:
            return wait
    if not notices.there_is(what):
        raise Http404(gettext(NOTHING))
    if request.method != "POST":
        return _page(request, "follow", what=what, email="")
    try:
        validate_email(email)
    except ValidationError:
        return _page(request, "follow", 422, what=what, email=email[:LONGEST], wrong=True)
    if len(email) > LONGEST:
        return _page(request, "follow", 422, what=what, email=email[:LONGEST], wrong=True)
    notices.ask(email, what, language())
    return _page(request, "follow", what=what, email="", asked=True)


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def following(request: HttpRequest, key: str) -> HttpResponseBase:
    wait = slowed(request, door.TRIES)
    if wait is not None:
        return wait
    row = notices.following(key)
    if row is None:
        raise Http404(gettext(NOTHING))
    ended = False
    if request.method == "POST" and request.POST.get("do") == "end":
        notices.end(row)
        ended = True
    elif request.method == "POST" and request.POST.get("do") == "confirm":
        notices.confirm(row)
        row.refresh_from_db()
    return _page(request, "following", what=row.what, confirmed=row.confirmed_at is not None, ended=ended)


def _page(request: HttpRequest, name: str, status: int = 200, **values: object) -> HttpResponse:
    city, what = current(), str(values["what"])
    told = {"city": city, "plan": city.plan, "name": notices.named(what), "address": notices.path_of(what)}
    answer = render(request, f"consultation/{name}.html", {**told, **values}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
