"""The desk in a browser: a planner prepares, an approver dates and opens, a clerk types in what came on paper, the planner answers
and keeps a dialogue; each page at both widths, without a violation of accessibility."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from cuabien.base.dates import VIETNAM
from tests.journeys.conftest import DESK, MANIFEST, PHONE, Watched, served
from tests.journeys.test_accounts import House, choose_password, set_up_device, sign_in
from tests.journeys.test_pages import AXE, RULES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEEN = os.environ.get("CUABIEN_SEEN", "")
"""A folder for pictures of what was looked at."""
WATCHED: list[Watched] = []


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, tinytown: Path) -> Iterator[House]:
    if not MANIFEST.is_file() or not AXE.is_file():
        pytest.skip("the front end is not built: run `make ready`")
    home = tmp_path_factory.mktemp("home")
    with served(str(tinytown), home) as address:
        yield House(address, home)


def looked_at(page: Page, name: str = "") -> None:
    """One heading, a name for every input, nothing beyond the edge of a phone; axe finds nothing."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == [], page.url
    assert page.locator("h1").count() == 1, page.url
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
        if SEEN and name:
            page.screenshot(path=f"{SEEN}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name).click()
    page.wait_for_load_state()


def sits(chromium: Browser, house: House, role: str) -> Page:
    """An official at the desk, second factor passed."""
    context = chromium.new_context(
        viewport={"width": DESK[0], "height": DESK[1]}, base_url=house.address, locale="vi-VN"
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    watched = Watched(urlsplit(house.address).netloc)
    watched.watch(page)
    WATCHED.append(watched)
    choose_password(page, house.official(f"{role}@example.org", role))
    sign_in(page, f"{role}@example.org")
    page.goto("/en/desk/")
    set_up_device(page)
    page.goto("/en/desk/")
    looked_at(page)
    return page


def a_day(days: int) -> str:
    return (dt.datetime.now(VIETNAM).date() + dt.timedelta(days)).isoformat()


def test_from_a_draft_to_an_answer(house: House, chromium: Browser) -> None:
    planner = sits(chromium, house, "planner")
    planner.goto("/en/desk/prepare/")
    looked_at(planner, "prepare")
    planner.get_by_label("Its id").fill("dieu-chinh")
    planner.get_by_label("Title in Vietnamese").fill("Điều chỉnh quy hoạch")
    planner.get_by_label("Body of law").select_option("R1")
    planner.get_by_label("borders, islands").uncheck()
    press(planner, "Prepare")
    assert "no named official has entered the article" in planner.locator("main").inner_text()
    looked_at(planner, "consultation")

    approver = sits(chromium, house, "approver")
    approver.goto("/en/desk/consultations/dieu-chinh/steps/open_public/")
    press(approver, "Record: ask the public")
    assert "no named official" in approver.get_by_role("alert").inner_text()
    looked_at(approver, "step")
    approver.goto("/en/desk/consultations/dieu-chinh/period/")
    looked_at(approver, "period")
    approver.get_by_label("Article of law").fill("Điều 32 Nghị định 37/2019/NĐ-CP")
    approver.get_by_label("Last day").fill(a_day(40))
    approver.get_by_label("withheld by law was split off").check()
    press(approver, "Enter under my name")
    approver.get_by_role("link", name="To this step: ask the public").click()
    approver.get_by_label("What proves it").fill("Hồ sơ số 12")
    press(approver, "Record: ask the public")
    assert "the public is asked" in approver.locator("main").inner_text()

    clerk = sits(chromium, house, "clerk")
    clerk.goto("/en/desk/consultations/dieu-chinh/enter/")
    looked_at(clerk, "enter")
    clerk.get_by_label("How it came").select_option("paper")
    clerk.get_by_label("Day on which").fill(a_day(0))
    clerk.get_by_label("Its words").fill("Đường trước trường học quá hẹp, đề nghị mở rộng.")
    clerk.get_by_label("Name", exact=True).fill("Bà Tư")
    press(clerk, "Hand in and print the receipt")
    looked_at(clerk, "receipt")
    clerk.goto("/en/desk/comments/?answered=no")
    clerk.get_by_role("link", name="Comment", exact=False).last.click()
    press(clerk, "Show who wrote it")
    assert "Bà Tư" in clerk.locator("#person + dl, section[aria-labelledby=person]").first.inner_text()
    looked_at(clerk, "comment")

    planner.goto("/desk/")
    looked_at(planner, "desk")
    planner.goto("/en/desk/comments/?answered=no")
    looked_at(planner, "comments")
    planner.get_by_label("Choose").check()
    press(planner, "Answer the chosen ones together")
    looked_at(planner, "answer")
    planner.get_by_label("What becomes of it").select_option("accept")
    planner.get_by_label("The reason, in Vietnamese").fill("Tiếp thu, bổ sung mở rộng đường.")
    press(planner, "Answer in public")
    planner.goto("/en/consultations/dieu-chinh/")
    assert "1 of 1" in planner.locator("main").inner_text()
    for path in ("phrases/", "dialogue/", "consultations/dieu-chinh/themes/"):
        planner.goto("/desk/" + path)
        looked_at(planner, path.split("/")[-2])
    planner.goto("/dialogue/")
    looked_at(planner, "public-dialogue")
    assert [problem for watched in WATCHED for problem in watched.problems if "422" not in problem] == []
