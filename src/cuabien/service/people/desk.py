"""Two pages of the desk: who holds which role, for administrators; and what officials did, for auditors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from cuabien.base.faults import Refused
from cuabien.base.words import say
from cuabien.service.pages import language
from cuabien.service.people import deeds
from cuabien.service.people.guard import official
from cuabien.service.people.models import Deed, User
from cuabien.service.people.officials import Row, add, change, find, officials
from cuabien.service.people.roles import OFFICES, ROLES

DEEDS_A_PAGE = 100


@official("roles")
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest) -> HttpResponseBase:
    """Give and take roles. A new official asks for a password by “Forgotten password”: the letter goes to their address."""
    wrong = ""
    if request.method == "POST":
        try:
            _set(request)
            return HttpResponseRedirect(reverse("desk-roles") + "?done=kept")
        except Refused as why:
            wrong = say(why.template, language(), **why.values)
    named = [(role, gettext(ROLES[role])) for role in OFFICES]
    values: dict[str, Any] = {
        "rows": [(row, _boxes(row, named)) for row in officials()],
        "named": named,
        "wrong": wrong,
        "typed": request.POST,
    }
    return render(request, "account/roles.html", values, status=422 if wrong else 200)


def _set(request: HttpRequest) -> None:
    email, wanted = request.POST.get("email", ""), request.POST.getlist("role")
    if request.POST.get("new"):
        add(email, wanted, request.POST.get("name", ""), request=request)
        return
    change(find(email), give=wanted, take=set(OFFICES) - set(wanted), request=request)


def _boxes(row: Row, named: list[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    return [(role, name, role in row.roles) for role, name in named]


@official("audit_read")
@require_safe
def record(request: HttpRequest) -> HttpResponseBase:
    """The record, newest first, and whether it holds from the first deed to the last."""
    page = Paginator(Deed.objects.order_by("-n"), DEEDS_A_PAGE).get_page(request.GET.get("page"))
    keys = {row.who for row in page if row.who != deeds.COMMAND_LINE}
    names = {str(user.pk): user.name or user.email for user in User.objects.filter(pk__in=keys)}
    broken = deeds.verify(Deed.objects.order_by("n").iterator(), deeds.heads_of(Path(settings.CUABIEN_HOME)))
    names[deeds.COMMAND_LINE] = gettext("the command line of the server")
    values = {
        "page": page,
        "rows": [(row, names.get(row.who, row.who), gettext(ROLES.get(row.role, row.role))) for row in page],
        "broken": [say(fault.template, language(), n=fault.n) for fault in broken],
    }
    return render(request, "account/deeds.html", values)
