"""What accounts need of the world outside, all of it optional: a mail server, and a provider of identities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

IN_FILES = "cuabien.service.people.letters.Outbox"
BY_SMTP = "django.core.mail.backends.smtp.EmailBackend"
PORTS = {"smtp": 587, "smtps": 465}
WAIT_S = 10


def mail_of(url: str) -> tuple[str, dict[str, Any]]:
    """Django's backend and settings for letters. Without a server they become files, so that nothing is lost.

    smtp: begins in the open and turns to TLS (STARTTLS) before it says anything; smtps: is TLS from the first byte.
    """
    if not url:
        return IN_FILES, {}
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("CUABIEN_SMTP is smtp://user:password@host:port or smtps://…")
    return BY_SMTP, {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": WAIT_S,
    }


def provider_of(environment: Mapping[str, str]) -> dict[str, Any]:
    """The one OpenID Connect provider (a national e-ID, say): there only where the environment names it."""
    server, client = environment.get("CUABIEN_OIDC_SERVER", ""), environment.get("CUABIEN_OIDC_CLIENT", "")
    if not server or not client:
        return {}
    app = {
        "provider_id": "oidc",
        "name": environment.get("CUABIEN_OIDC_NAME", "OpenID Connect"),
        "client_id": client,
        "secret": environment.get("CUABIEN_OIDC_SECRET", ""),
        "settings": {"server_url": server},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
