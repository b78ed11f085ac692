"""Making an account, confirming it, signing in and out, a new password, and leaving."""

from __future__ import annotations

import json
from pathlib import Path

from django.test import Client

from tests.service.people.conftest import (
    PASSWORD,
    browser,
    letters,
    link_in,
    make_user,
    send,
    sign_in,
)

SIGN_UP = {"email": "Binh@Example.org", "password1": PASSWORD, "name": "Bình", "consent": "on"}


def test_somebody_makes_an_account_confirms_it_and_signs_in(somebody: Client, house: Path) -> None:
    from cuabien.service.people.models import User

    answer = send(somebody, "/en/accounts/signup/", SIGN_UP)
    assert answer.status_code == 302 and answer.headers["Location"] == "/en/accounts/confirm-email/"
    user = User.objects.get()
    assert (user.email, user.name, user.language) == ("binh@example.org", "Bình", "en")
    assert user.consent_at is not None
    assert "Look into your mail" in somebody.get("/en/accounts/confirm-email/").content.decode()

    refused = sign_in(somebody, "binh@example.org")
    assert refused.headers["Location"] == "/en/accounts/confirm-email/"

    (letter, *_) = letters(house)
    assert letter["To"] == "binh@example.org" and letter["Subject"] == "Confirm your e-mail address"
    link = link_in(letter)
    page = browser().get(link)
    assert "binh@example.org" in page.content.decode()
    answer = send(browser(), link, {})
    assert answer.headers["Location"].endswith("/accounts/login/?done=confirmed")
    assert sign_in(somebody, "BINH@example.org").headers["Location"] == "/en/accounts/"
    home = somebody.get("/en/accounts/")
    assert "binh@example.org" in home.content.decode()
    assert home.headers["Cache-Control"] == "private, no-store"


def test_a_link_that_was_used_or_is_over_is_refused(somebody: Client, house: Path) -> None:
    send(somebody, "/accounts/signup/", SIGN_UP)
    (letter,) = letters(house)
    assert letter["Subject"] == "Xác nhận địa chỉ thư điện tử"
    link = link_in(letter)
    send(browser(), link, {})
    assert "không còn hiệu lực" in browser().get(link).content.decode()
    assert "no longer valid" in browser().get("/en/accounts/confirm-email/MQ:1abc:forged/").content.decode()


def test_without_consent_there_is_no_account(somebody: Client) -> None:
    from cuabien.service.people.models import User

    answer = send(somebody, "/en/accounts/signup/", {k: v for k, v in SIGN_UP.items() if k != "consent"})
    assert answer.status_code == 200 and not User.objects.exists()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_weak_passwords_are_refused_in_both_languages(somebody: Client) -> None:
    for password in ("short-1", "1234567890", "password123", "binh@example.org"):
        for prefix in ("", "/en"):
            answer = send(somebody, f"{prefix}/accounts/signup/", {**SIGN_UP, "password1": password})
            assert answer.status_code == 200, password
    said = send(somebody, "/accounts/signup/", {**SIGN_UP, "password1": "ngan-1"}).content.decode()
    assert "Mật khẩu có từ 10 ký tự trở lên" in said


def test_a_new_password_once_within_the_hour(somebody: Client, house: Path) -> None:
    user = make_user()
    other = browser()
    sign_in(other)
    answer = send(somebody, "/en/accounts/password/reset/", {"email": user.email})
    assert answer.headers["Location"] == "/en/accounts/password/reset/done/"
    link = link_in(letters(house)[-1])
    form = somebody.get(link, follow=True)
    address = form.request["PATH_INFO"]
    fresh = "hoan-toan-khac-2"
    answer = send(somebody, address, {"password1": fresh, "password2": fresh})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password(fresh)
    assert other.get("/en/accounts/").status_code == 302, "sessions with the old password are over"
    assert "no longer valid" in browser().get(link, follow=True).content.decode()
    assert "password was changed" in letters(house)[-1].get_content()


def test_a_reset_link_is_over_after_an_hour(somebody: Client, house: Path, settings) -> None:  # type: ignore[no-untyped-def]
    user = make_user()
    send(somebody, "/en/accounts/password/reset/", {"email": user.email})
    settings.PASSWORD_RESET_TIMEOUT = -1
    link = link_in(letters(house)[-1])
    assert "no longer valid" in somebody.get(link, follow=True).content.decode()


def test_a_changed_password_ends_the_other_sessions(somebody: Client) -> None:
    make_user()
    other = browser()
    sign_in(somebody), sign_in(other)
    fresh = "hoan-toan-khac-2"
    answer = send(
        somebody,
        "/en/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh},
    )
    assert answer.headers["Location"] == "/en/accounts/?done=password"
    assert "Your password is changed" in somebody.get(answer.headers["Location"]).content.decode()
    assert other.get("/en/accounts/").status_code == 302


def test_sessions_are_listed_and_ended(somebody: Client) -> None:
    from cuabien.service.people.models import Session

    user = make_user()
    other = browser()
    sign_in(somebody), sign_in(other)
    assert Session.objects.filter(user=user).count() == 2
    page = somebody.get("/en/accounts/sessions/").content.decode()
    assert page.count("this one") == 1 and page.count("another one") == 1
    send(somebody, "/en/accounts/sessions/")
    assert somebody.get("/en/accounts/").status_code == 200
    assert other.get("/en/accounts/").status_code == 302


def test_somebody_takes_their_data_and_deletes_the_account(somebody: Client) -> None:
    from allauth.account.models import EmailAddress

    from cuabien.service.people.models import Session, User

    make_user(name="An")
    make_user("other@example.org")
    sign_in(somebody)
    kept = json.loads(somebody.get("/accounts/data/").content)
    assert kept["email"] == "an@example.org" and kept["name"] == "An" and len(kept["sessions"]) == 1
    asked = somebody.get("/en/accounts/delete/")
    assert asked.status_code == 302 and "reauthenticate" in asked.headers["Location"]
    answer = send(somebody, asked.headers["Location"], {"password": PASSWORD})
    assert answer.headers["Location"] == "/en/accounts/delete/"
    answer = send(somebody, "/en/accounts/delete/")
    assert answer.headers["Location"] == "/en/accounts/deleted/"
    assert "Nothing of it is kept" in somebody.get("/en/accounts/deleted/").content.decode()
    assert list(User.objects.values_list("email", flat=True)) == ["other@example.org"]
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["other@example.org"]
    assert not Session.objects.exclude(user=None).exists()


def test_the_name_and_the_language_of_letters_are_kept(somebody: Client) -> None:
    user = make_user()
    sign_in(somebody)
    send(somebody, "/accounts/", {"name": "Chị <b>Hà</b>", "language": "en"})
    user.refresh_from_db()
    assert (user.name, user.language) == ("Chị <b>Hà</b>", "en")
    page = somebody.get("/accounts/").content.decode()
    assert "<b>Hà" not in page and "Chị &lt;b&gt;Hà" in page
    assert send(somebody, "/accounts/", {"name": "x" * 81, "language": "en"}).status_code == 422


def test_the_address_is_changed_only_when_the_new_one_is_confirmed(somebody: Client, house: Path) -> None:
    user = make_user()
    sign_in(somebody)
    answer = send(somebody, "/en/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert answer.status_code == 302, answer.content.decode()
    user.refresh_from_db()
    assert user.email == "an@example.org"
    letter = next(row for row in letters(house) if row["To"] == "new@example.org")
    assert "waits to be confirmed" in somebody.get("/en/accounts/email/").content.decode()
    send(somebody, link_in(letter), {})
    user.refresh_from_db()
    assert user.email == "new@example.org"
