"""Sentences of the account pages that no template speaks: what was done, and what allauth says in its forms.

allauth has no Vietnamese of its own; named here, its sentences are gathered into our catalogue and found there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop as noop

DONE: Final[Mapping[str, str]] = {
    "confirmed": noop("Your e-mail address is confirmed."),
    "password": noop("Your password is changed; your other sessions are ended."),
    "kept": noop("It is kept."),
    "ended": noop("All other sessions are ended."),
}
"""Key of `?done=` -> what to say."""

OF_ALLAUTH: Final = (
    noop("Email"),
    noop("Password"),
    noop("Forgot your password?"),
    noop("Current Password"),
    noop("New Password"),
    noop("New Password (again)"),
    noop("Password (again)"),
    noop("Code"),
    noop("Authenticator code"),
    noop("You must type the same password each time."),
    noop("The email address and/or password you specified are not correct."),
    noop("Too many failed login attempts. Try again later."),
    noop("Be patient, you are sending too many requests."),
    noop("This email address is already associated with this account."),
    noop("A user is already registered with this email address."),
    noop("Please type your current password."),
    noop("Incorrect password."),
    noop("Incorrect code."),
    noop("Invalid or expired key."),
    noop("The password reset token was invalid."),
    noop("Your primary email address must be verified."),
    noop("The new value must be different from the current one."),
    noop("You cannot activate two-factor authentication until you have verified your email address."),
    noop("You cannot add an email address to an account protected by two-factor authentication."),
    noop("You cannot deactivate two-factor authentication."),
    noop("You cannot generate recovery codes without having two-factor authentication enabled."),
    noop("An account already exists with this email address. Please sign in to that account first, then connect your %s account."),
    noop("Invalid token."),
    noop("Your account has no password set up."),
    noop("Your account has no verified email address."),
    noop("You cannot disconnect your last remaining third-party account."),
    noop("The third-party account is already connected to a different account."),
)  # fmt: skip
