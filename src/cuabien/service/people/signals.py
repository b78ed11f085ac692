"""What follows when somebody signs in, sets up a second factor, or changes a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone


def connect() -> None:
    from allauth.mfa.signals import authenticator_added

    user_logged_in.connect(shorten_for_officials, dispatch_uid="people.officials")
    user_logged_in.connect(forget_the_expired, dispatch_uid="people.expired")
    authenticator_added.connect(second_factor_shown, dispatch_uid="people.second_factor")


def shorten_for_officials(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    from cuabien.service.people.guard import OFFICIAL_IDLE_S

    if user.roles:
        request.session.set_expiry(OFFICIAL_IDLE_S)


def forget_the_expired(sender: Any, **_: Any) -> None:
    """Sessions that are over go when somebody signs in, so that no clock has to do it."""
    from cuabien.service.people.models import Session

    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def second_factor_shown(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **_: Any) -> None:
    """Who has just typed the code of a new device has shown it: they are not asked again at once."""
    from allauth.account.internal.flows.login import record_authentication
    from allauth.mfa.models import Authenticator

    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=str(authenticator.type))
