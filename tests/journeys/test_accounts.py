"""Accounts in a browser: a resident signs up and leaves again, an official sets up a device, an administrator and an auditor
work; without a script too, at a phone's width, each page without a violation of accessibility."""

from __future__ import annotations

import email
import email.policy
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import CUABIEN, DESK, MANIFEST, PHONE, ROOT, Watched, served
from tests.journeys.test_pages import AXE, RULES

PASSWORD = "mot-mat-khau-rat-dai-1"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class House:
    address: str
    home: Path

    def link(self, subject: str) -> str:
        """The link of the newest letter with this subject."""
        letters = sorted((self.home / "outbox").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        for file in reversed(letters):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if letter["Subject"] == subject:
                found = re.search(r"https?://[^/\s]+(/\S+)", letter.get_content())  # type: ignore[attr-defined]
                assert found
                return found[1]
        raise AssertionError(f"no letter “{subject}”")

    def official(self, address: str, *roles: str) -> str:
        """Made on the command line; the address at which they choose a password."""
        named = [part for role in roles for part in ("--role", role)]
        command = [CUABIEN, "official", "add", address, *named, "--home", str(self.home), "--json"]
        told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
        found = re.search(r'"link": "https?://[^/]+([^"]+)"', told)
        assert found, told
        return found[1]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, tinytown: Path) -> Iterator[House]:
    if not MANIFEST.is_file() or not AXE.is_file():
        pytest.skip("the front end is not built: run `make ready`")
    home = tmp_path_factory.mktemp("home")
    with served(str(tinytown), home) as address:
        yield House(address, home)


@pytest.fixture(params=[(PHONE, False), (DESK, True)], ids=["phone without script", "desk"])
def page(request: pytest.FixtureRequest, house: House, chromium: Browser) -> Iterator[Page]:
    (width, height), script = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": height}, base_url=house.address, java_script_enabled=script
    )
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    watched = Watched(urlsplit(house.address).netloc)
    watched.watch(opened)
    yield opened
    context.close()
    assert [problem for problem in watched.problems if "422" not in problem] == []  # a refused form is meant


def looked_at(page: Page) -> None:
    """It fits the screen, has one heading, a label for every input; with scripts axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert page.locator("h1").count() == 1, page.url
    if page.viewport_size and page.viewport_size["width"] == DESK[0]:
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == [], page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def choose_password(page: Page, link: str) -> None:
    page.goto("/en" + link)
    looked_at(page)
    page.get_by_label("New Password", exact=True).fill(PASSWORD)
    page.get_by_label("New Password (again)").fill(PASSWORD)
    press(page, "Set the password")
    looked_at(page)


def sign_in(page: Page, address: str) -> None:
    page.goto("/en/accounts/login/")
    looked_at(page)
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def code_for(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(secret, int(time.time() // 30))))


def set_up_device(page: Page) -> str:
    """From the page that asks for it to the recovery codes; the key of the device."""
    looked_at(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Go on")
    looked_at(page)
    secret = page.locator(".account-key").inner_text()
    assert page.locator(".account-code img").evaluate("image => image.naturalWidth") > 0
    page.get_by_label("Authenticator code").fill(code_for(secret))
    press(page, "Set it up")
    looked_at(page)
    assert page.locator(".account-codes li").count() == 10
    return secret


def test_a_resident_signs_up_signs_in_and_leaves(house: House, page: Page) -> None:
    address = f"binh-{page.viewport_size['width']}@example.org"  # type: ignore[index]
    page.goto("/accounts/signup/")
    looked_at(page)
    page.goto("/en/accounts/signup/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill("1234567890")
    page.get_by_label(re.compile("The name that others see")).fill("Bình")
    page.get_by_label(re.compile("I agree")).check()
    press(page, "Create the account")
    looked_at(page)
    assert page.get_by_label("Password", exact=True).get_attribute("aria-invalid") == "true"
    assert "too common" in page.locator(".wrong").inner_text()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Create the account")
    looked_at(page)
    page.goto(house.link("Confirm your e-mail address"))
    looked_at(page)
    press(page, "Yes, confirm it")
    assert "is confirmed" in page.locator("[role=status]").inner_text()
    sign_in(page, address)
    looked_at(page)
    assert page.get_by_label(re.compile("The name that others see")).input_value() == "Bình"
    for name in ("sessions/", "email/", "password/change/", "second-factor/"):
        page.goto(f"/en/accounts/{name}")
        looked_at(page)
        page.goto(f"/accounts/{name}")
        looked_at(page)
    page.goto("/en/accounts/delete/")
    looked_at(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Go on")
    looked_at(page)
    press(page, "Delete it for good")
    looked_at(page)
    assert "Your account is deleted" in page.locator("h1").inner_text()
    page.goto("/en/accounts/password/reset/")
    looked_at(page)


def test_an_auditor_chooses_a_password_sets_up_a_device_and_reads_the_record(
    house: House, page: Page
) -> None:
    address = f"auditor-{page.viewport_size['width']}@example.org"  # type: ignore[index]
    choose_password(page, house.official(address, "auditor"))
    sign_in(page, address)
    looked_at(page)
    page.goto("/en/desk/deeds/")
    set_up_device(page)
    page.goto("/en/desk/deeds/")
    looked_at(page)
    assert "holds from its first deed" in page.locator("[role=status]").inner_text()
    assert page.locator("tbody tr").count() >= 1
    page.goto("/accounts/")
    looked_at(page)


def test_an_administrator_gives_a_role_and_the_official_comes_in(house: House, page: Page) -> None:
    width = page.viewport_size["width"]  # type: ignore[index]
    choose_password(page, house.official(f"admin-{width}@example.org", "administrator"))
    sign_in(page, f"admin-{width}@example.org")
    page.goto("/en/desk/roles/")
    set_up_device(page)
    page.goto("/en/desk/roles/")
    looked_at(page)
    form = page.get_by_role("region", name="A new official")
    form.get_by_label("E-mail address").fill(f"clerk-{width}@example.org")
    form.get_by_label("Name").fill(f"Thư {width}")
    form.get_by_label("Clerk").check()
    press(page, "Make an official")
    looked_at(page)
    assert "It is kept" in page.locator(".notice[role=status]").inner_text()
    row = page.get_by_role("region", name=f"Thư {width}")
    row.get_by_label("Auditor").check()
    row.get_by_role("button", name="Keep").click()
    assert "cannot be held" in page.get_by_role("alert").inner_text()
    looked_at(page)
