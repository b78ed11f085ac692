"""What every answer carries, how much one address may ask, and the server's secret."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cuabien.service.city import City
from cuabien.service.middleware import Buckets, best_encoding
from cuabien.service.secret import read_or_make


def test_every_answer_carries_its_guards(reader: Client, served: City) -> None:
    for address in ("/", "/en/projects/", "/nowhere/", "/api/v1/explorer", "/api/v1/areas/none"):
        headers = reader.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "http:" not in policy
        assert "script-src 'self';" in policy + ";" and "style-src 'self';" in policy + ";"
        assert "worker-src 'self' blob:" in policy and "frame-ancestors 'none'" in policy
        assert "object-src 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-cache"
        assert "Set-Cookie" not in headers


def test_a_foreign_host_name_is_refused(served: City) -> None:
    answer = Client(SERVER_NAME="evil.example", raise_request_exception=False).get("/projects/")
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_the_language_is_that_of_the_address(reader: Client) -> None:
    assert reader.get("/about/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "vi"
    assert reader.get("/en/about/", headers={"Accept-Language": "vi"}).headers["Content-Language"] == "en"


def test_whoever_asks_too_fast_waits(served: City, settings: Any) -> None:
    settings.CUABIEN_READS_A_SECOND = 0.5  # bursts of five
    reader = Client(SERVER_NAME="localhost", raise_request_exception=False)
    statuses = [reader.get("/robots.txt").status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    refused = reader.get("/robots.txt")
    assert int(refused.headers["Retry-After"]) >= 1
    assert set(refused.json()["detail"]) == {"vi", "en"}
    assert reader.get("/robots.txt", REMOTE_ADDR="10.0.0.9").status_code == 200


@given(st.lists(st.floats(0, 5), max_size=80))
def test_a_bucket_never_gives_more_than_its_rate(pauses_s: list[float]) -> None:
    """Within any time t, at most burst + rate * t requests pass."""
    buckets, now_s, passed = Buckets(rate=2, burst=6), 0.0, 0
    for pause_s in pauses_s:
        now_s += pause_s
        passed += buckets.wait_s("a", now_s) == 0
    assert passed <= 6 + 2 * now_s + 1e-6


def test_a_bucket_says_how_long_to_wait() -> None:
    buckets = Buckets(rate=2, burst=1)
    assert buckets.wait_s("a", 0.0) == 0
    wait_s = buckets.wait_s("a", 0.0)
    assert wait_s == 0.5
    assert buckets.wait_s("a", wait_s) == 0


def test_the_best_encoding_is_chosen() -> None:
    assert best_encoding("gzip, deflate, br") == "br"
    assert best_encoding("gzip;q=0.5, br;q=0") == "gzip"
    assert best_encoding("") is None
    assert best_encoding("br;q=x") is None


def test_the_secret_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = read_or_make(home)
    assert len(first) >= 50
    assert read_or_make(home) == first
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


def test_a_home_that_cannot_be_written_still_gets_a_secret(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert len(read_or_make(tmp_path / "file")) >= 50


def test_django_finds_nothing_to_warn_about(
    served: City, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deployment checks of Django itself, behind TLS."""
    from django.core.checks import run_checks

    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    silent = {"security.W005", "security.W021"}
    """HSTS for subdomains and preload are the host's choice."""
    with monkeypatch.context() as as_served:
        as_served.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")  # the tests' own, for those who come after a browser
        warnings = run_checks(include_deployment_checks=True)
    assert [c for c in warnings if c.id not in silent] == []
