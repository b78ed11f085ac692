"""Every role against every address of the desk and every operation of the API that changes something.

The addresses are read from the tables of addresses themselves: one that is added tomorrow is tried tomorrow, and one that does
not say who may use it fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from cuabien.service.people.guard import Official
from cuabien.service.people.roles import ACTS, OFFICES, PUBLIC, SIGNED_IN, may
from tests.service.people.conftest import browser, make_user, sign_in

SAFE = {"GET", "HEAD", "OPTIONS"}
SAMPLES = {
    "int": "1",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "str": "none",
    "slug": "none",
    "path": "none",
}
"""What stands in an address where it names a thing: nothing that exists."""


# ---- what there is ----------------------------------------------------------------------------------------


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, Any]]:
    """(address, view) of every page, Vietnamese ones; the API is read from its own table."""
    for entry in (resolver or get_resolver()).url_patterns:
        text = str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, before + text)
        elif isinstance(entry, URLPattern) and not before.startswith("/api/"):
            assert isinstance(entry.pattern, RoutePattern) or before.startswith("/accounts/"), text
            yield filled(before + text), entry.callback


def filled(route: str) -> str:
    def sample(found: re.Match[str]) -> str:
        kind = found[1].rpartition(":")[0]
        return SAMPLES.get(kind or "str", "none")

    return re.sub(r"<([^>]+)>", sample, route)


def desk() -> list[tuple[str, Any]]:
    return [(address, view) for address, view in addresses() if address.startswith("/desk/")]


def operations() -> Iterator[tuple[str, str, Any]]:
    """(method, address, operation) of everything in the API that is not only read."""
    from cuabien.service.api import api

    for prefix, router in api._routers:
        for path, found in router.path_operations.items():
            for operation in found.operations:
                whole = re.sub(
                    r"\{(?:\w+:)?\w+\}", "none", "/".join(("/api/v1", prefix.strip("/"), path.strip("/")))
                )
                address = re.sub("/+", "/", whole).rstrip("/") + (
                    "/" if path.endswith("/") and path != "/" else ""
                )
                for method in operation.methods:
                    if method not in SAFE:
                        yield method, address, operation


def act_of(operation: Any) -> str | None:
    for callback in operation.auth_callbacks or ():
        if isinstance(callback, Official):
            return callback.act
    declared: str | None = getattr(operation.view_func, "act", None)
    return declared


# ---- everything says who may use it -----------------------------------------------------------------------


def test_every_address_of_the_desk_says_which_act_it_is() -> None:
    found = desk()
    assert found
    for address, view in found:
        assert getattr(view, "act", None) in ACTS, f"{address} declares no act: use @official(...)"


def test_every_operation_that_changes_something_says_who_may_do_it() -> None:
    found = list(operations())
    assert ("POST", "/api/v1/try") in {(method, address) for method, address, _ in found}
    for method, address, operation in found:
        declared = act_of(operation)
        assert declared in {*ACTS, PUBLIC, SIGNED_IN}, f"{method} {address} declares no act"
        if declared in ACTS:
            assert any(isinstance(c, Official) for c in operation.auth_callbacks), (
                f"{method} {address} names an act and has no auth=Official(...) before it"
            )


def test_the_document_of_the_interface_has_these_operations() -> None:
    """What the OpenAPI document promises to the world is what was walked here."""
    from cuabien.service.api import api

    promised = {
        (method.upper(), re.sub(r"\{\w+\}", "none", path).rstrip("/"))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
        if method.upper() not in SAFE
    }
    assert promised == {(method, address.rstrip("/")) for method, address, _ in operations()}


def test_every_act_has_a_role_and_words() -> None:
    from cuabien.service.people.roles import ACT_WORDS

    assert set(ACT_WORDS) == set(ACTS)
    assert all(roles and set(roles) <= set(OFFICES) for roles in ACTS.values())


def test_duties_are_parted() -> None:
    """By hand: nobody answers and approves; who gives roles acts on nothing; who audits only reads."""
    assert not set(ACTS["answer"]) & set(ACTS["approve"])
    assert {act for act in ACTS if may(["administrator"], act)} == {"desk", "roles"}
    assert {act for act in ACTS if may(["auditor"], act)} == {"desk", "read", "export", "audit_read"}
    assert not may(["moderator"], "read_person") and not may([], "desk") and not may(OFFICES, "no such act")


# ---- every role against every address ---------------------------------------------------------------------


@pytest.fixture
def town(settings: Any, tinytown: Path, house: Path) -> None:
    settings.CUABIEN_PLAN = tinytown


def tried(client: Client, address: str) -> Iterator[tuple[str, Any]]:
    client.handler.enforce_csrf_checks = False
    yield "GET", client.get(address)
    yield "POST", client.post(address, {})


WRONG_METHOD = 405


@pytest.mark.parametrize(
    "roles", [(), *[(role,) for role in OFFICES]], ids=lambda held: "".join(held) or "resident"
)
def test_a_role_reaches_what_the_table_says_and_nothing_else(
    town: None, official: Callable[..., Client], roles: tuple[str, ...]
) -> None:
    client = official(*roles)
    for address, view in desk():
        for method, answer in tried(client, address):
            where = f"{method} {address} as {roles}"
            if may(roles, view.act):
                assert answer.status_code not in (401, 403, 500), where
                assert "/accounts/" not in answer.headers.get("Location", ""), where
            else:
                assert answer.status_code in (403, WRONG_METHOD), f"{where}: {answer.status_code}"


@pytest.mark.parametrize("role", OFFICES)
def test_without_the_second_factor_no_official_act(
    town: None, official: Callable[..., Client], role: str
) -> None:
    client = official(role, second_factor=False)
    for address, view in desk():
        for method, answer in tried(client, address):
            if answer.status_code == WRONG_METHOD:
                continue
            where = f"{method} {address}"
            if may([role], view.act):
                assert answer.headers["Location"].startswith("/accounts/second-factor/totp/activate/"), where
            else:
                assert answer.status_code == 403, where


def test_who_is_not_signed_in_is_asked_to(town: None) -> None:
    for address, _ in desk():
        for method, answer in tried(browser(), address):
            if answer.status_code != WRONG_METHOD:
                assert answer.headers["Location"].startswith("/accounts/login/?next=%2Fdesk%2F"), (
                    f"{method} {address}"
                )


@pytest.mark.parametrize("role", ["", *OFFICES])
def test_operations_of_the_interface_are_kept_to_their_roles(
    town: None, official: Callable[..., Client], role: str
) -> None:
    with_factor = official(*([role] if role else ()))
    with_factor.handler.enforce_csrf_checks = False  # type: ignore[attr-defined]
    for method, address, operation in operations():
        act = act_of(operation)
        if act not in ACTS:
            continue
        send = {"content_type": "application/json", "data": "{}"}
        answer = with_factor.generic(method, address, **send)
        if may([role], act):
            assert answer.status_code not in (401, 403, 500), f"{method} {address} as {role}"
        else:
            assert answer.status_code == 403, f"{method} {address} as {role}: {answer.status_code}"
        assert browser().generic(method, address, **send).status_code == 401, f"{method} {address}"


# ---- the request is their own wish ------------------------------------------------------------------------


def test_no_form_of_the_desk_is_taken_without_its_token(town: None, official: Callable[..., Client]) -> None:
    from cuabien.service.people.models import Office

    for address, view in desk():
        role = ACTS[view.act][0]
        client = official(role)
        answer = client.post(address, {})
        assert answer.status_code in (403, WRONG_METHOD), f"{address}: {answer.status_code}"
        Office.objects.all().delete()
        _forget()


def _forget() -> None:
    from django.core.cache import cache

    from cuabien.service.people.models import User

    User.objects.all().delete()
    cache.clear()


def test_no_operation_is_taken_from_another_site(town: None) -> None:
    """What cannot be read (422) or names nothing (404) is refused before it is asked where it comes from."""
    for method, address, _ in operations():
        answers = {
            browser()
            .generic(
                method,
                address.replace("none", sample),
                "{}",
                content_type="application/json",
                headers={"Origin": "https://evil.example"},
            )
            .status_code
            for sample in ("none", "0" * 64)
        }
        assert answers <= {401, 403, 404, 422}, f"{method} {address}: {answers}"
        if address.startswith("/api/v1/try"):
            assert 403 in answers, f"{method} {address}: {answers}"


def test_every_other_page_that_takes_a_form_takes_it_from_our_own_pages_only(town: None) -> None:
    """Pages that only read refuse a form; forms for everybody are refused from elsewhere; accounts want a token."""
    make_user()
    signed_in = browser()
    sign_in(signed_in)
    for address, _view in addresses():
        if address.startswith(("/desk/", "/accounts/confirm-email/", "/accounts/password/reset/key/")):
            continue
        for client in (browser(), signed_in):
            answer = client.post(
                address, {}, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
            )
            assert answer.status_code in (403, 404, WRONG_METHOD), f"{address}: {answer.status_code}"


def test_the_table_in_the_documentation_is_the_table_in_the_code() -> None:
    from cuabien.service.people.roles import ACT_WORDS

    page = (Path(__file__).parents[3] / "docs" / "officials.md").read_text("utf-8")
    for act, roles in ACTS.items():
        cells = " | ".join("yes" if office in roles else "" for office in OFFICES)
        assert f"| {ACT_WORDS[act]} (`{act}`) | {cells} |" in page, act
