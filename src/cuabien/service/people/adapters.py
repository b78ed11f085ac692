"""How allauth, which knows the trade of accounts, is fitted to this service."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from cuabien.service.people.models import LONGEST_NAME


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Who signs up has agreed to what is kept (the form asks for it); letters come in the language of the page."""
        user.name = str(form.cleaned_data.get("name") or "")[:LONGEST_NAME]
        user.consent_at = timezone.now()
        user.language = "en" if get_language() == "en" else "vi"
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account") + "?done=password"

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("explorer")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        page = "account" if self.request.user.is_authenticated else "account_login"
        return reverse(page) + "?done=confirmed"


class ThirdParties(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An identity from elsewhere (OpenID Connect) opens an account as a form does: with a consent."""

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        sociallogin.user.consent_at = timezone.now()
        sociallogin.user.language = "en" if get_language() == "en" else "vi"
        if form is not None:
            sociallogin.user.name = str(form.cleaned_data.get("name") or "")[:LONGEST_NAME]
        return super().save_user(request, sociallogin, form)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of devices lie encrypted in the database: who takes a copy of it cannot make their codes."""

    def get_totp_issuer(self) -> str:
        return "Cửa Biển"

    def get_totp_label(self, user: Any) -> str:
        return str(user.email)

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""
        # An empty secret makes no code that fits: the server's key was changed, and the device is set up anew.


def _box() -> Fernet:
    key = hashlib.sha256(b"second factors " + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def display_name(user: Any) -> str:
    """What somebody is called in public: the name that they chose, or nobody's."""
    return str(user.name) or gettext("A resident")
