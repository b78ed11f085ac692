"""Trying a change in the explorer: a resident on a phone, a reader with a keyboard, and a stranger with a link."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import CUABIEN, DESK, MANIFEST, PHONE, ROOT, Visit, served
from tests.journeys.test_pages import axe, overflow_px, violations

__all__ = ["axe"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY_S = 120
RESULT = "#try-result-title"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, hai_phong: Path) -> Iterator[str]:
    """A served city with a worker beside it, which models what is tried."""
    if not MANIFEST.is_file():
        pytest.skip("the front end is not built: run `make ready`")
    plan = shutil.copytree(hai_phong, tmp_path_factory.mktemp("plan") / "hai-phong")
    home = tmp_path_factory.mktemp("home")
    subprocess.run([CUABIEN, "run", plan, "--home", home], check=True, capture_output=True, cwd=ROOT)
    with served(str(plan), home) as at:
        worker = subprocess.Popen([CUABIEN, "worker", plan, "--home", home], cwd=ROOT)
        try:
            wait_for_worker(at)
            yield at
        finally:
            worker.terminate()
            worker.wait(timeout=10)


def wait_for_worker(address: str) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{address}/api/v1/try/options", timeout=10) as answer:
            if json.load(answer)["ready"]:
                return
        time.sleep(0.5)
    raise RuntimeError(f"no worker within {READY_S} seconds")


def choose(page: Page, kind: str) -> None:
    page.locator(".try-choice", has_text=kind).click()


def a_project_later(page: Page, query: str = "Cầu Nguyễn Trãi") -> None:
    choose(page, "Một dự án")
    page.get_by_label("Tìm dự án").fill(query)
    page.locator(".finder-option").first.click()
    page.get_by_role("button", name="muộn hơn 5 năm").click()
    page.get_by_role("button", name="Thêm thay đổi này").click()


def a_zone_around(page: Page, commune: str, hectares: int, people_a_hectare: int) -> None:
    choose(page, "Một khu chức năng")
    choose(page, "Khu mới")
    page.get_by_label("Số hecta quanh một xã, phường").check()
    page.get_by_label("Quanh trung tâm của").select_option(label=commune)
    page.get_by_label("Số hecta", exact=True).fill(str(hectares))
    page.get_by_label(re.compile("^Mật độ")).fill(str(people_a_hectare))
    page.get_by_role("button", name="Thêm thay đổi này").click()


def run(page: Page) -> None:
    page.locator(".button--run").click()
    expect(page.locator(RESULT)).to_be_visible(timeout=60_000)


def test_a_resident_on_a_phone_tries_two_changes_and_shares_one(explore: Visit) -> None:
    page = explore("/", PHONE, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Thử phương án khác").tap()
    a_project_later(page)
    expect(page.locator(".try-row")).to_contain_text(re.compile(r"mở 20\d\d \(Quy hoạch: 20\d\d\)"))
    run(page)
    first = page.url
    page.get_by_role("button", name=re.compile("^Thay đổi")).first.click()
    a_zone_around(page, "Phường Đồ Sơn", 700, 160)
    expect(page.locator(".try-row")).to_have_count(2)
    run(page)
    expect(page.locator(RESULT)).to_be_focused()
    assert page.url != first and re.search(r"\?try=[0-9a-f]{64}", page.url)
    said = page.locator(".try-said li").first.inner_text()
    assert re.search(r"\d", said)
    page.get_by_role("button", name="Make the panel larger").or_(page.locator(".sheet-button")).first.click()
    expect(page.locator(".legend--try").first).to_contain_text("trừ đi quy hoạch")
    expect(page.locator(".mover").first).to_be_attached()
    expect(page.locator(".rests")).to_contain_text(re.compile(r"\d"))
    page.get_by_role("button", name="Chép đường dẫn").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith(page.url.split("?")[1].split("#")[0])
    assert overflow_px(page) <= 0
    stranger = explore(f"/?{link.split('?')[1]}", DESK)
    expect(stranger.locator(".try-said li").first).to_have_text(said)
    expect(stranger.locator(".try-tab[aria-current]")).to_have_text("Kết quả")
    stranger.get_by_role("button", name=re.compile("^Thay đổi")).first.click()
    expect(stranger.locator(".try-row")).to_have_count(2)


def test_the_timeline_works_on_the_difference(explore: Visit) -> None:
    page = explore("/", DESK)
    page.get_by_role("button", name="Thử phương án khác").click()
    a_zone_around(page, "Phường Đồ Sơn", 700, 160)
    run(page)
    legend = page.locator(".legend-host--map .legend--try")
    year = page.get_by_role("slider")
    expect(legend.locator(".legend-year")).to_have_text(year.input_value())
    year.press("Home")
    expect(legend.locator(".legend-year")).to_have_text(year.input_value())
    expect(legend).to_contain_text("chênh lệch không đáng kể")
    page.get_by_role("checkbox", name=re.compile("Giao thông")).check()
    expect(page.locator(".flows-toggle .legend-rows")).to_contain_text("nét đứt")
    page.get_by_role("button", name="Thoát, xem quy hoạch").click()
    expect(legend).to_have_count(0)
    assert "try=" not in page.url


def test_a_change_is_made_run_and_taken_back_by_keyboard_alone(explore: Visit) -> None:
    page = explore("/en/?try")
    keys = page.keyboard
    page.wait_for_selector(".try-choice")
    expect(page.locator(".try-title")).to_be_focused()
    keys.press("Tab")  # the first thing that can be changed
    expect(page.locator(".try-choice").first).to_be_focused()
    keys.press("Enter")
    page.wait_for_selector(".finder-option")
    expect(page.locator(".try-title")).to_be_focused()
    keys.press("Tab")
    keys.type("nguyen trai")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".try-title")).to_contain_text("Nguyen Trai")
    keys.press("Tab")
    expect(page.get_by_role("checkbox", name=re.compile("Switch it off"))).to_be_focused()
    keys.press("Space")
    keys.press("Tab")
    keys.press("Enter")  # a form is handed in from any of its fields
    expect(page.locator(".try-row")).to_contain_text("stopped: never opens")
    page.get_by_role("button", name="Undo").focus()
    keys.press("Enter")
    expect(page.locator(".try-row")).to_have_count(0)
    page.get_by_role("button", name="Redo").focus()
    keys.press("Enter")
    expect(page.locator(".try-row")).to_have_count(1)
    page.locator(".button--run").focus()
    keys.press("Enter")
    expect(page.locator(RESULT)).to_be_focused(timeout=60_000)
    page.get_by_role("button", name="Keep to compare").focus()
    keys.press("Enter")
    tab = page.get_by_role("button", name=re.compile("^Compare"))
    expect(tab).to_contain_text("1")
    tab.focus()
    keys.press("Enter")
    expect(page.locator(".compared")).to_contain_text("The whole city, 2045")


def test_a_line_needs_no_pointer(explore: Visit) -> None:
    page = explore("/en/?try")
    choose(page, "A road, bridge or line")
    page.get_by_label("From", exact=True).select_option(index=3)
    page.get_by_label("To", exact=True).select_option(index=9)
    page.get_by_text("More fields").click()
    page.get_by_label("Bends on the way").fill("106.70, 20.90")
    page.get_by_role("button", name="Add this change").click()
    expect(page.locator(".try-row")).to_have_count(1)
    expect(page.locator(".try-row")).to_contain_text("new line")
    page.get_by_role("button", name="Take away: New line").click()
    expect(page.locator(".try-row")).to_have_count(0)


def test_an_outline_is_drawn_on_the_map_and_terra_draw_comes_only_then(explore: Visit) -> None:
    page = explore("/en/")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    assert (
        page.evaluate(
            "performance.getEntriesByType('resource').filter((r) => /(mode|draw)-/.test(r.name)).length"
        )
        == 0
    )
    page.get_by_role("button", name="Try another way").click()
    choose(page, "A zone")
    choose(page, "A new zone")
    assert not any("/draw-" in url for url in loaded)
    page.get_by_role("button", name="Draw on the map").click()
    bar = page.locator(".draw-bar")
    expect(bar).to_be_visible()
    assert any("/draw-" in url for url in loaded)
    box = page.locator("canvas.maplibregl-canvas").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for dx, dy in ((0, 0), (80, 0), (80, 60), (0, 0)):
        page.mouse.click(middle[0] + dx, middle[1] + dy)
        page.wait_for_timeout(350)
    bar.get_by_role("button", name="Use this drawing").click()
    expect(page.locator(".outline-about")).to_have_text(re.compile(r"[\d,]+ ha, 3 corners"))
    page.get_by_role("button", name="Draw on the map").or_(
        page.get_by_role("button", name="Move its corners")
    ).first.click()
    expect(bar).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_what_the_checker_says_stands_beside_its_field(explore: Visit, axe: str) -> None:
    page = explore("/?try", PHONE)
    refused = {
        "detail": {"vi": "Không chạy được.", "en": "It cannot be run."},
        "faults": [
            {
                "entry": "zone", "id": "try-1", "field": "geometry", "edit": 0, "rule": "far-away", "severity": "fault",
                "message": {"vi": "nằm ngoài thành phố", "en": "lies outside the city"},
                "remedy": {"vi": "vẽ trong thành phố", "en": "draw it in the city"},
            }
        ],
    }  # fmt: skip
    # Told with 200, since the watch over every page takes any refused request for a fault of ours.
    a_zone_around(page, "Phường Đồ Sơn", 700, 160)
    page.evaluate(
        """(refused) => {
          const ask = window.fetch;
          window.fetch = (address, sent) => sent?.method === "POST"
            ? Promise.resolve(new Response(JSON.stringify(refused), {status: 422})) : ask(address, sent);
        }""",
        refused,
    )
    page.locator(".button--run").click()
    summary = page.locator(".fault-summary")
    expect(summary).to_be_focused()
    expect(page.locator(".try-row")).to_contain_text("nằm ngoài thành phố")
    assert violations(page, axe) == []
    summary.get_by_role("button").click()
    outline = page.locator(".field--outline")
    expect(outline).to_contain_text("Nằm ngoài thành phố. Vẽ trong thành phố")
    assert page.evaluate("document.querySelector('.field--outline').contains(document.activeElement)")
    assert violations(page, axe) == []


@pytest.mark.parametrize(
    ("answer", "says", "button"),
    [
        ({"status": 429, "body": '{"retry_after_s": 7}'}, "Hãy thử lại sau 7 giây", "Thử lại"),
        ({"status": 503, "body": "{}"}, "nhiều người", "Thử lại"),
        (None, "mất mạng", "Thử lại"),
    ],
)
def test_a_server_that_cannot_is_told_and_nothing_is_lost(
    explore: Visit, answer: dict[str, object] | None, says: str, button: str
) -> None:
    page = explore("/?try")
    a_project_later(page)
    page.evaluate(
        """(answer) => {
          const ask = window.fetch;
          window.fetch = (address, sent) => sent?.method !== "POST" ? ask(address, sent)
            : answer ? Promise.resolve(new Response(answer.body, {status: answer.status})) : Promise.reject(new TypeError("offline"));
          window.mend = () => { window.fetch = ask; };
        }""",
        answer,
    )
    page.locator(".button--run").click()
    notice = page.locator(".try-notice")
    expect(notice).to_contain_text(says)
    expect(notice).to_be_focused()
    expect(page.locator(".try-row")).to_have_count(1)
    page.evaluate("mend()")
    notice.get_by_role("button", name=button).click()
    expect(page.locator(RESULT)).to_be_visible(timeout=60_000)


def test_a_job_that_died_is_told_and_run_again(explore: Visit) -> None:
    page = explore("/?try")
    died = {"vi": "Chương trình dừng giữa chừng.", "en": "It ended early."}
    answered: list[str] = []

    def die(route: Route) -> None:
        answered.append(route.request.url)
        job = {
            "id": "x" * 22,
            "change": "0" * 64,
            "version": 2,
            "state": "failed",
            "again": True,
            "message": died,
            "faults": [],
        }
        route.fulfill(json=job)

    page.route(re.compile(r"/api/v1/try/jobs/"), die)
    a_zone_around(page, "Phường Đồ Sơn", 640, 155)
    page.locator(".button--run").click()
    expect(page.locator(".try-notice")).to_contain_text("dừng giữa chừng")
    assert answered
    page.unroute(re.compile(r"/api/v1/try/jobs/"))
    page.get_by_role("button", name="Chạy lại").click()
    expect(page.locator(RESULT)).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_trying_has_no_accessibility_violation_and_fits_the_screen(
    explore: Visit, axe: str, size: tuple[int, int]
) -> None:
    page = explore("/?try", size)
    page.wait_for_selector(".try-choice")

    def clean() -> None:
        page.wait_for_timeout(300)
        assert violations(page, axe) == []
        assert overflow_px(page) <= 0

    clean()
    for kind in ("Một dự án", "Một khu chức năng", "Đường, cầu", "Một nhà ga", "Ngân sách"):
        choose(page, kind)
        page.wait_for_selector(".try-form")
        clean()
        page.get_by_role("button", name="Mọi thay đổi của tôi").click()
    a_zone_around(page, "Phường Đồ Sơn", 700, 160)
    clean()
    run(page)
    if size == PHONE:
        page.locator(".sheet-button").click()
    for summary in page.locator(".try-result summary").all():
        summary.click()
    clean()
    page.get_by_role("button", name="Giữ để so sánh").click()
    page.get_by_role("button", name=re.compile("^So sánh")).click()
    page.locator(".compared-wrap").first.wait_for()
    clean()
