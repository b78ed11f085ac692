"""People with accounts, and officials with their devices."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

PASSWORD = "mot-mat-khau-rat-dai-1"


@pytest.fixture
def house(settings: Any, tmp_path: Path, db: None) -> Iterator[Path]:
    """A home of its own for letters and heads of deeds; no limit that an earlier test has used up."""
    settings.CUABIEN_HOME = tmp_path
    settings.CUABIEN_READS_A_SECOND = 1e6
    settings.EMAIL_BACKEND = "cuabien.service.people.letters.Outbox"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield tmp_path
    cache.clear()


@pytest.fixture
def somebody(house: Path) -> Client:
    """A browser that nobody has signed in with; forms need their tokens, as in life."""
    return browser()


def browser() -> Client:
    return Client(SERVER_NAME="localhost", raise_request_exception=False, enforce_csrf_checks=True)


def letters(home: Path) -> list[Any]:
    """The letters that went out, oldest first."""
    found = sorted((home / "outbox").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in found]


def link_in(letter: Any) -> str:
    """The path of the one link of a letter."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", letter.get_content())
    assert len(found) == 1, letter.get_content()
    return str(found[0])


def token_of(answer: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()[:500]
    return found[1]


def send(client: Client, address: str, fields: dict[str, str] | None = None, shown: str | None = None) -> Any:
    """Open the page of a form, fill it and send it."""
    page = client.get(shown or address)
    assert page.status_code == 200, (page.status_code, page.headers.get("Location"))
    return client.post(address, {**(fields or {}), "csrfmiddlewaretoken": token_of(page)})


def make_user(address: str = "an@example.org", name: str = "", roles: tuple[str, ...] = ()) -> Any:
    from allauth.account.models import EmailAddress

    from cuabien.service.people.models import Office, User

    user = User.objects.create_user(address, PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Office.objects.bulk_create([Office(user=user, role=role) for role in roles])
    return user


def sign_in(client: Client, address: str = "an@example.org", password: str = PASSWORD) -> Any:
    return send(client, "/en/accounts/login/", {"login": address, "password": password})


def code_of(user: Any, moment: float | None = None) -> str:
    """What the device of somebody shows."""
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    row = Authenticator.objects.get(user=user, type="totp")
    secret = get_adapter().decrypt(row.data["secret"])
    return str(format_hotp_value(hotp_value(secret, int((moment or time.time()) // 30))))


def give_device(user: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(user, generate_totp_secret())


@pytest.fixture
def official(house: Path) -> Callable[..., Client]:
    """A browser in which an official with these roles has signed in; with the second factor unless it is skipped."""

    def enter(*roles: str, second_factor: bool = True) -> Client:
        user = make_user(f"{'-'.join(roles) or 'resident'}@example.org", roles=roles)
        if second_factor:
            give_device(user)
        client = browser()
        answer = sign_in(client, user.email)
        if second_factor:
            assert answer.headers["Location"].startswith("/en/accounts/second-factor/authenticate/"), answer
            answer = send(client, "/en/accounts/second-factor/authenticate/", {"code": code_of(user)})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return enter
