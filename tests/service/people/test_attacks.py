"""What an attacker would try on accounts: guessing, listing, fixing, forging, leading astray, skipping a step."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import Http404
from django.test import Client, RequestFactory

from tests.service.people.conftest import (
    PASSWORD,
    browser,
    code_of,
    give_device,
    letters,
    make_user,
    send,
    sign_in,
    token_of,
)

LOGIN = "/en/accounts/login/"
SECOND = "/en/accounts/second-factor/authenticate/"


# ---- guessing ---------------------------------------------------------------------------------------------


def test_guessing_a_password_ends_after_five_tries(somebody: Client) -> None:
    make_user()
    for _ in range(5):
        assert "are not correct" in sign_in(somebody, password="wrong").content.decode()
    refused = sign_in(somebody)  # the right one, too late
    assert refused.status_code == 200 and "Too many failed" in refused.content.decode()
    make_user("other@example.org")
    assert sign_in(browser(), "other@example.org").status_code == 302, "others are not locked out"


def test_one_address_that_guesses_at_many_accounts_is_stopped(somebody: Client) -> None:
    for n in range(10):
        sign_in(somebody, f"nobody{n}@example.org", "wrong")
    said = sign_in(somebody, "nobody11@example.org", "wrong")
    assert said.status_code == 200 and "Too many failed" in said.content.decode()


def test_guessing_the_code_of_a_device_ends_after_five_tries(somebody: Client) -> None:
    user = make_user()
    give_device(user)
    sign_in(somebody)
    for _ in range(5):
        assert send(somebody, SECOND, {"code": "000000"}).status_code == 200
    refused = send(somebody, SECOND, {"code": code_of(user)})
    assert refused.status_code == 200 and "Too many failed" in refused.content.decode()
    assert somebody.get("/en/accounts/").status_code == 302


def test_signing_up_without_end_is_stopped_in_words(somebody: Client) -> None:
    fields = {"email": "x", "password1": PASSWORD}
    answers = [send(somebody, "/accounts/signup/", fields).status_code for _ in range(20)]
    assert set(answers) == {200}
    page = somebody.get("/accounts/signup/")
    stopped = somebody.post("/accounts/signup/", {**fields, "csrfmiddlewaretoken": token_of(page)})
    assert stopped.status_code == 429 and int(stopped.headers["Retry-After"]) > 0
    assert "Xin chờ một lát" in stopped.content.decode()


def test_a_code_is_used_once(somebody: Client) -> None:
    user = make_user()
    give_device(user)
    code = code_of(user)
    sign_in(somebody)
    assert send(somebody, SECOND, {"code": code}).status_code == 302
    again = browser()
    sign_in(again)
    assert send(again, SECOND, {"code": code}).status_code == 200
    assert again.get("/en/accounts/").status_code == 302


def test_an_old_code_is_refused(somebody: Client) -> None:
    user = make_user()
    give_device(user)
    sign_in(somebody)
    assert send(somebody, SECOND, {"code": code_of(user, time.time() - 300)}).status_code == 200


def test_a_recovery_code_is_used_once(somebody: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    user = make_user()
    give_device(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    sign_in(somebody)
    assert send(somebody, SECOND, {"code": code}).status_code == 302
    again = browser()
    sign_in(again)
    assert send(again, SECOND, {"code": code}).status_code == 200


# ---- listing ----------------------------------------------------------------------------------------------


def test_nobody_learns_who_has_an_account(somebody: Client, house: Path) -> None:
    """Signing up, a forgotten password and a wrong one answer the same for those who have an account and those who have none."""
    make_user("known@example.org")
    fields = {"password1": PASSWORD, "consent": "on"}

    def plain(answer: Any, address: str) -> tuple[int, str, str]:
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        return answer.status_code, answer.headers.get("Location", ""), body.replace(address, "")

    for path, extra in (
        ("/en/accounts/signup/", fields),
        ("/en/accounts/password/reset/", {}),
    ):
        known, other = (
            plain(send(browser(), path, {"email": address, **extra}), address)
            for address in ("known@example.org", "other@example.org")
        )
        assert known == other, path
    known, other = (
        plain(sign_in(browser(), address, "wrong"), address)
        for address in ("known@example.org", "nobody@example.org")
    )
    assert known == other
    assert {"You have an account already", "Confirm your e-mail address"} <= {
        letter["Subject"] for letter in letters(house)
    }


# ---- sessions and cookies ---------------------------------------------------------------------------------


def test_a_session_that_was_planted_is_worth_nothing(somebody: Client) -> None:
    make_user()
    somebody.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    sign_in(somebody)
    key = somebody.cookies[settings.SESSION_COOKIE_NAME].value
    assert key != "a" * 32
    thief = browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert thief.get("/en/accounts/").status_code == 302


def test_the_key_of_a_session_changes_when_somebody_signs_in(somebody: Client) -> None:
    user = make_user()
    give_device(user)
    sign_in(somebody)
    halfway = somebody.cookies[settings.SESSION_COOKIE_NAME].value
    send(somebody, SECOND, {"code": code_of(user)})
    assert somebody.cookies[settings.SESSION_COOKIE_NAME].value != halfway
    thief = browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = halfway
    assert thief.get("/en/accounts/").status_code == 302


def test_signing_out_ends_the_session_on_our_side_too(somebody: Client) -> None:
    make_user()
    sign_in(somebody)
    key = somebody.cookies[settings.SESSION_COOKIE_NAME].value
    answer = send(somebody, "/en/accounts/logout/")
    assert answer.headers["Location"] == "/en/"
    thief = browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert thief.get("/en/accounts/").status_code == 302


def test_cookies_are_for_the_browser_only(somebody: Client) -> None:
    make_user()
    sign_in(somebody)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = somebody.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
        assert not cookie["domain"]


def test_behind_tls_cookies_are_bound_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    from cuabien.service import settings as ours

    monkeypatch.setenv("CUABIEN_HTTPS", "1")
    try:
        read = importlib.reload(ours)
        assert read.SESSION_COOKIE_SECURE and read.CSRF_COOKIE_SECURE
        assert read.SESSION_COOKIE_NAME.startswith("__Host-") and read.CSRF_COOKIE_NAME.startswith("__Host-")
    finally:
        monkeypatch.undo()
        importlib.reload(ours)


def test_an_official_who_does_nothing_for_an_hour_signs_in_again(official: Callable[..., Client]) -> None:
    from cuabien.service.people.guard import OFFICIAL_IDLE_S

    client = official("auditor")
    assert client.get("/en/desk/deeds/").status_code == 200
    assert client.session.get_expiry_age() <= OFFICIAL_IDLE_S


def test_a_second_factor_of_yesterday_is_asked_for_again(official: Callable[..., Client]) -> None:
    from cuabien.service.people.guard import OFFICIAL_LONGEST_S

    client = official("auditor")
    session = client.session
    for step in session["account_authentication_methods"]:
        step["at"] -= OFFICIAL_LONGEST_S + 1
    session.save()
    answer = client.get("/en/desk/deeds/")
    assert answer.headers["Location"].startswith("/en/accounts/second-factor/reauthenticate/")


def test_pages_of_the_plan_ask_for_no_session_even_of_those_who_have_one(
    somebody: Client, tinytown: Path, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.CUABIEN_PLAN = tinytown
    make_user()
    sign_in(somebody)
    somebody.get("/about/")
    with django_assert_num_queries(0):
        answer = somebody.get("/about/")
    assert answer.status_code == 200 and "Cookie" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers


# ---- forging ----------------------------------------------------------------------------------------------


def test_no_form_of_an_account_is_taken_without_its_token(somebody: Client) -> None:
    make_user()
    sign_in(somebody)
    for address in (
        "",
        "sessions/",
        "delete/",
        "email/",
        "password/change/",
        "logout/",
        "second-factor/totp/activate/",
    ):
        answer = somebody.post(f"/en/accounts/{address}", {"name": "forged"})
        assert answer.status_code == 403, address
        assert "no longer valid" in answer.content.decode()
    assert browser().post(LOGIN, {"login": "an@example.org", "password": PASSWORD}).status_code == 403


def test_a_form_for_everybody_wants_the_token_only_of_those_who_are_signed_in(
    somebody: Client, tinytown: Path, settings: Any
) -> None:
    settings.CUABIEN_PLAN = tinytown
    assert "csrfmiddlewaretoken" not in somebody.get("/try/").content.decode()
    fields = {"what": "parameter", "parameter": "no-such", "value": "1"}
    assert somebody.post("/try/", fields).status_code == 422
    make_user()
    sign_in(somebody)
    assert somebody.post("/try/", fields).status_code == 403
    page = somebody.get("/try/")
    assert somebody.post("/try/", {**fields, "csrfmiddlewaretoken": token_of(page)}).status_code == 422


# ---- leading astray ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "astray",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
        "http:///evil.example",
        "https://localhost@evil.example/",
    ],
)
def test_nobody_is_led_away_after_signing_in_or_out(somebody: Client, astray: str) -> None:
    make_user()
    page = somebody.get(LOGIN, {"next": astray})
    fields = {"login": "an@example.org", "password": PASSWORD, "next": astray}
    answer = somebody.post(LOGIN, {**fields, "csrfmiddlewaretoken": token_of(page)})
    assert answer.headers["Location"] == "/en/accounts/"
    answer = send(somebody, "/en/accounts/logout/", {"next": astray})
    assert answer.headers["Location"] == "/en/"


def test_who_was_sent_to_sign_in_comes_back(somebody: Client) -> None:
    make_user()
    asked = somebody.get("/en/accounts/sessions/?x=1")
    page = somebody.get(asked.headers["Location"])
    found = re.search(r'name="next" value="([^"]+)"', page.content.decode())
    assert found
    fields = {"login": "an@example.org", "password": PASSWORD, "next": found[1]}
    answer = somebody.post(LOGIN, {**fields, "csrfmiddlewaretoken": token_of(page)})
    assert answer.headers["Location"] == "/en/accounts/sessions/?x=1"


def test_a_letter_leads_to_the_host_that_was_asked_and_no_other(somebody: Client, house: Path) -> None:
    make_user()
    page = somebody.get("/accounts/password/reset/")
    fields = {"email": "an@example.org", "csrfmiddlewaretoken": token_of(page)}
    refused = somebody.post("/accounts/password/reset/", fields, SERVER_NAME="evil.example")
    assert refused.status_code == 400 and letters(house) == []
    somebody.post("/accounts/password/reset/", fields, headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in letters(house)[-1].get_content()


# ---- skipping a step --------------------------------------------------------------------------------------


def test_the_password_alone_does_not_open_an_account_with_a_device(somebody: Client) -> None:
    give_device(make_user(roles=("auditor",)))
    sign_in(somebody)
    for address in ("/en/accounts/", "/en/accounts/data/", "/en/desk/deeds/", "/en/accounts/second-factor/"):
        answer = somebody.get(address)
        assert answer.status_code == 302 and "/accounts/" in answer.headers["Location"], address


def test_a_new_password_does_not_skip_the_device(somebody: Client, house: Path) -> None:
    from tests.service.people.conftest import link_in

    user = make_user()
    give_device(user)
    send(somebody, "/en/accounts/password/reset/", {"email": user.email})
    form = somebody.get(link_in(letters(house)[-1]), follow=True)
    fresh = {"password1": "hoan-toan-khac-2", "password2": "hoan-toan-khac-2"}
    send(somebody, form.request["PATH_INFO"], fresh)
    assert somebody.get("/en/accounts/").status_code == 302
    assert sign_in(somebody, password="hoan-toan-khac-2").headers["Location"].startswith(SECOND)


@pytest.mark.django_db(transaction=True)
def test_an_official_sets_up_the_device_and_goes_on(official: Callable[..., Client]) -> None:
    """Asked for the device, then for the password again, then shown the picture; then the desk opens."""
    client = official("auditor", second_factor=False)
    sent = client.get("/en/desk/deeds/").headers["Location"]
    again = client.get(sent).headers["Location"]
    answer = send(client, again, {"password": PASSWORD})
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).content.decode()
    found = re.search(r'account-key">(\w+)<', page)
    assert found and 'src="data:image/svg+xml;base64,' in page
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    code = format_hotp_value(hotp_value(found[1], int(time.time() // 30)))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    done = client.post(
        "/en/accounts/second-factor/totp/activate/", {"code": code, "csrfmiddlewaretoken": token[1]}
    )
    codes = client.get(done.headers["Location"]).content.decode()
    assert codes.count("<li><code>") == 10
    assert client.get("/en/desk/deeds/").status_code == 200


def test_who_loses_a_role_loses_it_at_once(official: Callable[..., Client]) -> None:
    from cuabien.service.people import officials

    client = official("auditor")
    assert client.get("/en/desk/deeds/").status_code == 200
    officials.change(officials.find("auditor@example.org"), take=["auditor"])
    assert client.get("/en/desk/deeds/").status_code == 302


def test_the_secret_of_a_device_is_not_readable_in_the_database(house: Path) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(make_user(), secret)
    assert secret not in str(Authenticator.objects.get().data)


def test_a_closed_account_opens_nothing(somebody: Client) -> None:
    user = make_user()
    sign_in(somebody)
    user.is_active = False
    user.save()
    assert somebody.get("/en/accounts/").status_code == 302
    assert sign_in(browser()).headers.get("Location", "") in ("", "/en/accounts/inactive/")


# ---- somebody else's --------------------------------------------------------------------------------------


def test_only_ones_own_rows_are_found(house: Path) -> None:
    from cuabien.service.people.guard import theirs
    from cuabien.service.people.models import Office, User

    mine, others = make_user("me@example.org", roles=("clerk",)), make_user("o@example.org", roles=("clerk",))
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=mine.pk)
    rows = Office.objects.all()
    assert theirs(request, rows, owner="user", role="clerk").user_id == mine.pk
    with pytest.raises(Http404):
        theirs(request, rows, owner="user", pk=Office.objects.get(user=others).pk)
    with pytest.raises(Http404):
        theirs(request, rows, owner="user", pk="no number")


def test_keys_of_accounts_cannot_be_guessed_from_one_another(house: Path) -> None:
    first, second = make_user("a@example.org"), make_user("b@example.org")
    assert first.pk.version == second.pk.version == 4 and first.pk != second.pk
