"""A resident on a phone says something, keeps the receipt, supports another, checks the receipt, and takes it back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CUABIEN, DESK, MANIFEST, PHONE, ROOT, Visit, served
from tests.journeys.test_pages import axe, overflow_px, violations

__all__ = ["axe"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPENED = """
import datetime as dt, django
django.setup()
from cuabien.base.dates import VIETNAM
from cuabien.service.city import current
from cuabien.service.consultation import acts
from cuabien.service.database import prepare
from cuabien.service.people.models import Office, User
prepare()
def official(role):
    user = User.objects.create_user(f"{role}@example.org", name=role)
    Office.objects.create(user=user, role=role)
    return user
planner, approver = official("planner"), official("approver")
now = dt.datetime.now(VIETNAM)
acts.begin("dieu-chinh", by=planner, plan="tinytown", edition=current().edition, title_vi="Điều chỉnh quy hoạch",
           title_en="Adjustment of the plan", summary_vi="Hai phương án cho cây cầu mới.", regime="R1", touches_defence=False)
acts.enter_article("dieu-chinh", by=approver, article="Điều 32 Nghị định 37/2019/NĐ-CP", opens_at=now - dt.timedelta(minutes=1),
                   last_day=now.date() + dt.timedelta(40), withheld_split=True)
acts.move("dieu-chinh", "open_public", by=approver, evidence="Hồ sơ số 12")
acts.submit("dieu-chinh", acts.Said(text="Nên mở cầu sớm hơn."), client_key="a key of another resident")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Tinytown, with a consultation that is open today."""
    if not MANIFEST.is_file():
        pytest.skip("the front end is not built: run `make ready`")
    plan, home = ROOT / "plans" / "tinytown", tmp_path_factory.mktemp("home")
    subprocess.run([CUABIEN, "run", plan, "--home", home], check=True, capture_output=True, cwd=ROOT)
    env = {**os.environ, "CUABIEN_PLAN": str(plan), "CUABIEN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "cuabien.service.settings"}  # fmt: skip
    subprocess.run([sys.executable, "-c", OPENED], check=True, cwd=ROOT, env=env)
    with served(str(plan), home) as at:
        yield at


def test_a_resident_on_a_phone_says_keeps_checks_and_takes_back(
    visit: Visit, axe: str, tmp_path: Path
) -> None:
    page = visit("/consultations/", PHONE)
    looked_at(page, axe)
    page.get_by_role("link", name="Gửi ý kiến").click()
    looked_at(page, axe)
    page.get_by_label("Ý kiến của bạn").fill("Xin làm vỉa hè rộng hơn trên cầu.")
    page.locator("#about").select_option("object")
    page.locator("#object").select_option(index=1)
    page.locator("#pictures").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_role("button", name="Gửi và nhận biên nhận").click()
    expect(page.locator("h1")).to_have_text("Biên nhận của bạn")
    looked_at(page, axe)
    receipt, secret = page.locator("#receipt").input_value(), page.locator("code.hash").first.inner_text()
    with page.expect_download() as saved:
        page.locator("#save-receipt").click()
    file = tmp_path / "receipt.json"
    saved.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == json.loads(receipt)

    page.get_by_role("link", name=json.loads(receipt)["comment"]).click()
    expect(page.locator("blockquote")).to_contain_text("vỉa hè rộng hơn")
    assert (
        page.locator(".sent-picture").evaluate(
            "async i => { i.loading = 'eager'; await i.decode(); return i.naturalWidth }"
        )
        == 2
    )
    looked_at(page, axe)
    own = page.url

    page.goto("/receipts/")
    page.locator("#file").set_input_files(file)
    page.locator("#words").fill("Xin làm vỉa hè rộng hơn trên cầu.")
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.get_by_role("alert")).to_contain_text("không bị sửa")
    looked_at(page, axe)

    page.goto(own)
    page.get_by_role("link", name="Đây là ý kiến của tôi").click()
    page.get_by_label("Mã bí mật kèm theo biên nhận").fill(secret)
    looked_at(page, axe)
    page.get_by_role("button", name="Xóa vĩnh viễn").click()
    expect(page.locator(".notice")).to_contain_text("xóa")
    assert page.locator("blockquote").count() == 0
    assert page.context.cookies() == []


def test_support_counts_once_from_one_address(visit: Visit, axe: str) -> None:
    page = visit("/en/consultations/dieu-chinh/?sort=old", DESK)
    looked_at(page, axe)
    page.locator("article.card a").first.click()
    for _ in range(2):
        page.get_by_role("button", name="I support this").click()
        expect(page.get_by_role("status")).to_contain_text("counted")
    assert page.locator("tbody tr").first.locator("td").all_inner_texts() == ["0", "1"]
    for path in ("/en/ledger/", "/en/ledger/log/"):
        page.goto(path)
        looked_at(page, axe)


def test_the_form_works_without_a_script(visit: Visit) -> None:
    page = visit("/en/consultations/dieu-chinh/say/", PHONE, java_script_enabled=False)
    page.get_by_label("What you think", exact=True).fill("A comment without a script.")
    page.get_by_role("button", name="Send and get a receipt").click()
    expect(page.get_by_role("status").first).to_contain_text("as soon as a moderator has looked")


def looked_at(page: Page, axe: str) -> None:
    assert overflow_px(page) == 0, page.url
    assert violations(page, axe) == [], page.url


def png() -> bytes:
    """A picture of two pixels by two."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    rows = zlib.compress(b"\0\xff\0\0\0\xff\0" * 2)
    head = (2).to_bytes(4) + (2).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
