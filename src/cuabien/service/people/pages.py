"""The pages of one's own account that allauth does not know: what is kept, where one is signed in, and leaving."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from cuabien.service.people.forms import Name
from cuabien.service.people.guard import has_second_factor, public, signed_in
from cuabien.service.people.models import Session, User
from cuabien.service.people.roles import ACT_WORDS, OFFICES, ROLES, acts_of


def _me(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # `signed_in` stands before every page here
    return user


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponseBase:
    me = _me(request)
    form = Name(request.POST if request.method == "POST" else None, instance=me)
    if request.method == "POST" and form.is_valid():
        form.save()
        return HttpResponseRedirect(reverse("account") + "?done=kept")
    values = {
        "form": form,
        "user": me,
        "second_factor": has_second_factor(request),
        "may": acts_of(me.roles),
        "offices": [
            (gettext(ROLES[role]), [gettext(ACT_WORDS[act]) for act in acts_of([role])])
            for role in OFFICES
            if role in me.roles
        ],
    }
    return render(request, "account/account.html", values, status=422 if form.errors else 200)


@signed_in
@require_safe
def data(request: HttpRequest) -> HttpResponseBase:
    """Everything that is kept of whoever asks, to be taken along."""
    answer = JsonResponse(kept_of(_me(request)), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer.headers["Content-Disposition"] = 'attachment; filename="my-account.json"'
    return answer


def kept_of(user: User) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "made_at": user.made_at,
        "consent_at": user.consent_at,
        "last_login": user.last_login,
        "roles": sorted(user.roles),
        "sessions": [
            {"made_at": row.made_at, "ends_at": row.expire_date}
            for row in Session.objects.filter(user=user).order_by("made_at")
        ],
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponseBase:
    here = request.session.session_key
    rows = Session.objects.filter(user=_me(request), expire_date__gt=timezone.now()).order_by("-made_at")
    if request.method == "POST":
        rows.exclude(session_key=here).delete()
        return HttpResponseRedirect(reverse("account") + "?done=ended")
    return render(request, "account/sessions.html", {"sessions": rows, "here": here})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def delete(request: HttpRequest) -> HttpResponseBase:
    """Consent ends and the account goes, at once. Who holds an office gives it back first, so that it does not vanish."""
    me = _me(request)
    if request.method != "POST" or me.roles:
        values = {"offices": bool(me.roles), "form": None}
        return render(request, "account/delete.html", values, status=409 if request.method == "POST" else 200)
    with transaction.atomic():
        logout(request)
        User.objects.filter(pk=me.pk).delete()
    return HttpResponseRedirect(reverse("account-deleted"))


@public
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    values = {
        "title": gettext("Your account is deleted"),
        "text": gettext("Nothing of it is kept. Thank you for having taken part."),
    }
    return render(request, "message.html", values)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Whoever signs in, signs up or asks for letters too often waits."""
    values = {
        "title": gettext("Please wait a little"),
        "text": gettext("This was tried too often in a short time. Come back in some minutes."),
    }
    answer = render(request, "message.html", values, status=429)
    answer.headers["Retry-After"] = "300"
    return answer
