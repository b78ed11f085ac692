"""What stands before an address: who may use it, and whether the request is their own wish.

    @public                 everybody (the default of pages that read; said aloud where something is sent)
    @open_form              a form for everybody: our own pages only, and with a session its token too
    @signed_in              whoever has an account
    @official("moderate")   an official whose role holds the act, with the second factor passed in this session
    auth=Official("answer") the same for an operation of the API

Each leaves its act on the view (`view.act`), so that a test can try every role against every address.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from ninja import NinjaAPI

from cuabien.service.bilingual import both
from cuabien.service.people.models import User
from cuabien.service.people.roles import ACTS, PUBLIC, SIGNED_IN, may

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=Callable[..., Any])
Row = TypeVar("Row", bound=models.Model)

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
OFFICIAL_IDLE_S = 60 * 60
"""An official who does nothing for so long signs in again."""
OFFICIAL_LONGEST_S = 12 * 3600
"""However busy: after so long the second factor is asked for again."""

SIGN_IN = noop("Please sign in.")
NOT_YOURS = noop("Your role does not include this.")
SECOND_FACTOR = noop("This needs your second factor: sign in with the code of your device.")
FOREIGN = noop("This can be sent from this site only.")
NO_TOKEN = noop(
    "This form is no longer valid. Load the page again and send it once more; nothing was changed."
)


# ---- declaring --------------------------------------------------------------------------------------------


def public(view: V) -> V:
    """Everybody may use this address."""
    view.act = PUBLIC  # type: ignore[attr-defined]
    return view


def open_form(view: View) -> View:
    """A form that everybody may send, from our own pages only; who is signed in sends the token of their session.

    A visitor without a session has no cookie that another site could ride on, so none is set for a token.
    """
    with_token = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        from cuabien.service.trying.asking import from_here

        if request.method in SAFE:
            return view(request, *args, **kwargs)
        if not from_here(request):
            return refused(request, FOREIGN)
        chosen = with_token if settings.SESSION_COOKIE_NAME in request.COOKIES else view
        return chosen(request, *args, **kwargs)

    return public(answer)


def signed_in(view: View) -> View:
    """Whoever has an account; others are asked to sign in and come back."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to(request, "account_login")
        return _private(view(request, *args, **kwargs))

    answer.act = SIGNED_IN  # type: ignore[attr-defined]
    return answer


def official(act: str) -> Callable[[View], View]:
    """Officials whose role holds this act, with the second factor passed in this session."""
    _known(act)

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            wrong = fault_of(request, act)
            if wrong == SIGN_IN:
                return _to(request, "account_login")
            if wrong == SECOND_FACTOR:
                return _to(
                    request, "mfa_reauthenticate" if has_second_factor(request) else "mfa_activate_totp"
                )
            if wrong is not None:
                return _private(refused(request, wrong))
            request.session.set_expiry(OFFICIAL_IDLE_S)
            return _private(view(request, *args, **kwargs))

        answer.act = act  # type: ignore[attr-defined]
        return answer

    return around


class Forbidden(Exception):  # noqa: N818
    """What the API answers where somebody may not: `words` say why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def add_to(api: NinjaAPI) -> None:
    @api.exception_handler(Forbidden)
    def tell(request: HttpRequest, error: Forbidden) -> HttpResponse:
        return api.create_response(request, {"detail": both(error.words)}, status=error.status)


class Official:
    """The same for an operation of the API: `@router.post(..., auth=Official("answer"))`."""

    def __init__(self, act: str) -> None:
        _known(act)
        self.act = act

    def __call__(self, request: HttpRequest) -> Any:
        wrong = fault_of(request, self.act)
        if wrong is not None:
            raise Forbidden(401 if wrong == SIGN_IN else 403, wrong)
        if request.method not in SAFE and csrf_protect(_passed)(request).status_code != 200:
            raise Forbidden(403, NO_TOKEN)
        request.session.set_expiry(OFFICIAL_IDLE_S)
        return request.user


def _passed(request: HttpRequest) -> HttpResponseBase:
    return HttpResponse()


def _known(act: str) -> None:
    if act not in ACTS:
        raise ValueError(f"“{act}” is no act of roles.ACTS")


# ---- deciding ---------------------------------------------------------------------------------------------


def person(request: HttpRequest) -> User | None:
    """Whoever is signed in."""
    user = request.user
    return user if isinstance(user, User) and user.is_active else None


def fault_of(request: HttpRequest, act: str) -> str | None:
    """Why somebody may not do an act now; None where they may."""
    user = person(request)
    if user is None:
        return SIGN_IN
    if not may(user.roles, act):
        return NOT_YOURS
    if not second_factor_passed(request):
        return SECOND_FACTOR
    return None


def has_second_factor(request: HttpRequest) -> bool:
    from allauth.mfa.models import Authenticator

    devices = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP)
    return bool(devices.exists())


def second_factor_passed(request: HttpRequest, now: float | None = None) -> bool:
    """Whether the code of their device was asked for and right, in this session and not too long ago."""
    from allauth.account.authentication import get_authentication_records

    moment = time.time() if now is None else now
    passed = [
        row["at"] for row in get_authentication_records(request, request.user) if row.get("method") == "mfa"
    ]
    return bool(passed) and moment - max(passed) < OFFICIAL_LONGEST_S and has_second_factor(request)


def theirs(request: HttpRequest, rows: models.QuerySet[Row], owner: str = "author", **which: Any) -> Row:
    """The one row that belongs to whoever is signed in. Somebody else's is no different from one that never was."""
    if not request.user.is_authenticated:
        raise Http404
    try:
        return rows.get(**which, **{owner: request.user})
    except (rows.model.DoesNotExist, ValueError) as none:
        raise Http404 from none


# ---- answering --------------------------------------------------------------------------------------------


def refused(request: HttpRequest, why: str, status: int = 403) -> HttpResponseBase:
    """A page that says why; JSON for programs."""
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": both(why)}, status=status)
    values = {"title": gettext("You cannot do this"), "text": gettext(why)}
    return render(request, "message.html", values, status=status)


def no_token(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """The answer to a form without the token of its session (CSRF_FAILURE_VIEW)."""
    return refused(request, NO_TOKEN)


def _to(request: HttpRequest, name: str) -> HttpResponseBase:
    answer = HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
    return _private(answer)


def _private(answer: HttpResponseBase) -> HttpResponseBase:
    """What one person sees is kept by no cache."""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
