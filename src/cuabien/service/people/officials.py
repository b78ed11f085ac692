"""Giving and taking roles, for the command line and for an administrator's page alike. Each is a deed.

Nobody gets a password from somebody else: a new official gets a link that holds for an hour, works once, and lets them choose
their own. The first administrator is made in the same way by whoever may run commands on the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.service.people.deeds import audit
from cuabien.service.people.models import LONGEST_NAME, Office, Session, User
from cuabien.service.people.roles import ADMINISTRATOR, OFFICES, clash

NO_ADDRESS = N_("“{email}” is no e-mail address")
NO_ROLE = N_("there is no role “{role}”; the roles are {roles}")
NOBODY = N_("nobody with the address {email} has an account")
CLASH = N_("“{role}” cannot be held together with another role")
LAST = N_("this is the last administrator; give the role to somebody else first")


@dataclass(frozen=True)
class Row:
    """An official as lists show them."""

    email: str
    name: str
    roles: tuple[str, ...]
    second_factor: bool
    password: bool


def officials() -> list[Row]:
    devices = set(
        Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True)
    )
    users = User.objects.filter(offices__isnull=False).distinct().order_by("email")
    return [
        Row(
            user.email,
            user.name,
            tuple(role for role in OFFICES if role in user.roles),
            user.pk in devices,
            user.has_usable_password(),
        )
        for user in users
    ]


def find(email: str) -> User:
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise Refused(NOBODY, email=email)
    return user


@transaction.atomic
def add(email: str, roles: Sequence[str], name: str = "", request: HttpRequest | None = None) -> User:
    """An official with these roles; the account is made where there is none."""
    try:
        validate_email(email.strip())
    except ValidationError as wrong:
        raise Refused(NO_ADDRESS, email=email) from wrong
    _known(roles)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email, None, name=name.strip()[:LONGEST_NAME])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return change(user, give=roles, request=request)


@transaction.atomic
def change(
    user: User, give: Iterable[str] = (), take: Iterable[str] = (), request: HttpRequest | None = None
) -> User:
    """Give and take roles; who loses the last one is no official any more. Their sessions end: they sign in anew."""
    given, taken = _known(give), _known(take)
    before = frozenset(Office.objects.filter(user=user).values_list("role", flat=True))
    after = (before | given) - taken
    wrong = clash(after)
    if wrong is not None:
        raise Refused(CLASH, role=wrong)
    if (
        ADMINISTRATOR in before - after
        and not Office.objects.filter(role=ADMINISTRATOR).exclude(user=user).exists()
    ):
        raise Refused(LAST)
    if before == after:
        return user
    Office.objects.filter(user=user, role__in=before - after).delete()
    Office.objects.bulk_create([Office(user=user, role=role) for role in sorted(after - before)])
    user.__dict__.pop("roles", None)
    Session.objects.filter(user=user).delete()
    # The name of an official is kept with the deed: who did what must stay readable when the account is gone.
    audit(
        request,
        "roles",
        str(user.pk),
        name=user.name,
        given=sorted(after - before),
        taken=sorted(before - after),
    )
    return user


def link(user: User, root: str = "") -> str:
    """A link that lets somebody choose their password: once, within an hour."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    with translation.override("vi"):
        return root.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)


def _known(roles: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(roles)
    for role in sorted(wanted - frozenset(OFFICES)):
        raise Refused(NO_ROLE, role=role, roles=", ".join(OFFICES))
    return wanted
