"""What people do in the explorer, from first sight to a page that answers them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.journeys.conftest import DESK, PHONE, READY, Visit

pytestmark = pytest.mark.browser

BUDGET_BYTES = 1_000_000


def year_of(page: Page) -> int:
    return int(page.get_by_role("slider").input_value())


def test_a_resident_finds_the_commune_on_a_phone_and_reads_what_is_planned(explore: Visit) -> None:
    page = explore("/", PHONE)
    page.get_by_role("combobox", name=re.compile("Tìm xã")).fill("dong hai")
    page.get_by_role("option", name=re.compile("Đông Hải")).first.tap()
    expect(page.get_by_role("heading", name="Phường Đông Hải")).to_be_in_viewport()
    planned = page.locator(".planned-row")
    expect(planned.first).to_be_visible()
    assert re.fullmatch(r"20\d\d", planned.locator(".planned-year").first.inner_text())
    assert "at=commune:11413" in page.url or "at=commune:" in page.url
    page.locator(".place-more a").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phường Đông Hải")


def test_time_runs_and_stops_and_what_opens_follows(explore: Visit) -> None:
    page = explore("/en/#year=2028")
    page.get_by_role("button", name="Let time run").click()
    expect(page.get_by_role("slider")).not_to_have_value("2028")
    page.get_by_role("button", name="Stop time").click()
    stood = year_of(page)
    page.wait_for_timeout(1_200)
    assert year_of(page) == stood > 2028
    assert f"year={stood}" in page.url
    page.get_by_role("slider").fill("2030")
    expect(page.get_by_role("heading", name="Opens in 2030")).to_be_visible()


def test_time_runs_in_still_steps_for_who_wants_less_motion(explore: Visit) -> None:
    page = explore("/en/", reduced_motion="reduce")
    start = year_of(page)
    page.get_by_role("button", name="Let time run").click()
    expect(page.get_by_role("slider")).to_have_value(str(start + 1), timeout=6_000)


def test_another_figure_brings_history_future_and_targets(explore: Visit) -> None:
    page = explore("/en/")
    page.get_by_label("Figure", exact=True).select_option("grdp_growth")
    chart = page.locator(".chart")
    expect(chart.locator(".chart-modelled").first).to_be_visible()
    for kind in ("chart-band", "chart-target", "chart-former"):
        assert chart.locator(f".{kind}").count() > 0, kind
    expect(page.locator(".legend-host--map")).to_contain_text("whole city only")
    assert "show=grdp_growth" in page.url


def test_a_figure_by_commune_colours_the_map_and_is_listed(explore: Visit) -> None:
    page = explore("/en/#show=share_aged_65&year=2045")
    expect(page.locator(".legend-host--map rect").nth(3)).to_be_visible()
    page.get_by_text("All communes, by the chosen figure").click()
    rows = page.locator(".commune-table tbody tr")
    expect(rows).to_have_count(114)
    expect(rows.first.locator("td")).to_have_text(re.compile(r"\d"))


def test_the_other_language_keeps_the_view(explore: Visit) -> None:
    page = explore("/#year=2035&layers=industrial,projects")
    page.get_by_role("slider").press("ArrowRight")
    page.get_by_role("link", name="English").click()
    page.wait_for_selector('html[lang="en"] #explorer[data-ready="true"]')
    assert year_of(page) == 2036
    expect(page.get_by_role("checkbox", name=re.compile("industrial", re.I))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("Transport network"))).not_to_be_checked()


def test_everything_is_reached_by_keyboard(explore: Visit) -> None:
    page = explore("/en/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    box = page.get_by_role("combobox", name=re.compile("Find your commune"))
    expect(box).to_be_focused()
    page.keyboard.type("ngo quyen")
    page.wait_for_selector("#search-option-0")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "search-option-0"
    page.keyboard.press("Enter")
    expect(page.locator("#place-title")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="The whole city", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#indicator")).to_be_focused()
    box_for_layer = page.get_by_role("checkbox", name=re.compile("tourism", re.I))
    box_for_layer.focus()
    page.keyboard.press("Space")
    expect(box_for_layer).to_be_checked()
    slider = page.get_by_role("slider")
    before = year_of(page)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert year_of(page) == before + 1
    page.keyboard.press("End")
    assert year_of(page) == 2045


def test_a_project_is_found_and_its_popup_leads_to_its_page(explore: Visit) -> None:
    page = explore("/en/")
    page.get_by_role("combobox", name=re.compile("Find your commune")).fill("nguyen trai")
    page.get_by_role("option", name=re.compile("Nguyen Trai bridge.*project", re.I)).click()
    page.locator(".maplibregl-popup a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nguyen Trai")


def test_a_click_on_the_map_says_what_is_planned_there(explore: Visit) -> None:
    page = explore("/en/#layers=none&map=11.0/20.9500/106.4300")
    page.wait_for_timeout(800)
    canvas = page.locator("canvas.maplibregl-canvas")
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page.locator("#place-title")).to_be_visible()


def test_the_sheet_on_a_phone_opens_and_closes(explore: Visit) -> None:
    page = explore("/en/", PHONE)
    body = page.locator("#panel-body")
    expect(body).not_to_be_visible()
    page.get_by_role("button", name="Make the panel larger").tap()
    expect(page.get_by_label("Figure", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Make the panel larger").tap()
    page.get_by_role("button", name="Make the panel small").tap()
    expect(body).not_to_be_visible()
    slider = page.get_by_role("slider").bounding_box()
    assert slider is not None and slider["y"] > PHONE[1] * 0.8, "the years lie at the thumb"


@pytest.mark.parametrize("x", [40, 100, 160])
def test_a_tap_on_the_map_opens_the_commune_and_not_a_road(explore: Visit, x: int) -> None:
    """Across the dense west of the city, where lines cross every commune and no project has its mark."""
    page = explore("/#layers=network,terminals", PHONE)
    page.wait_for_timeout(800)
    page.touchscreen.tap(x, 320)
    expect(page.locator("#place-title")).to_be_visible()
    expect(page.locator(".maplibregl-popup")).to_have_count(0)


def test_the_half_sheet_leaves_the_chosen_commune_in_sight_and_steps_back_with_it(explore: Visit) -> None:
    page = explore("/#at=commune:11413", PHONE)
    page.wait_for_selector("#place-title")
    page.wait_for_timeout(1_200)
    panel = page.locator(".panel").bounding_box()
    area = page.locator(".map-area").bounding_box()
    assert panel is not None and area is not None
    # What the map is told of the sheet (coveredPx) is what the style sheet makes of it.
    assert abs(panel["height"] - min(0.56 * area["height"], 440)) < 2
    page.get_by_role("button", name="Toàn thành phố", exact=True).tap()
    expect(page.locator('.panel[data-height="peek"]')).to_be_visible()
    expect(page.locator(".city-title").first).to_contain_text("Hải Phòng")


@pytest.mark.parametrize(
    ("place", "says"), [("project:PR13", "Lach Huyen"), ("zone:Z013", "Do Son"), ("place:N46", "Do Son")]
)
def test_an_address_of_a_project_zone_or_place_shows_it_on_the_map(
    explore: Visit, place: str, says: str
) -> None:
    page = explore(f"/en/#at={place}")
    popup = page.locator(".maplibregl-popup")
    expect(popup).to_contain_text(says)
    page.wait_for_timeout(1_000)
    assert re.search(r"map=1[2-6]", page.url), "the map went there"
    if popup.locator(".tip-commune").count():
        popup.locator(".tip-commune").last.click()  # a project also offers to try another way
        expect(page.locator("#place-title")).to_be_visible()
    else:
        page.get_by_role("button", name="Close popup").press("Escape")
    expect(popup).to_have_count(0)


def test_the_first_view_names_the_city_and_judges_its_growth(explore: Visit) -> None:
    for size in (PHONE, DESK):
        page = explore("/", size)
        expect(page.locator(".site-city")).to_be_in_viewport()
        expect(page.locator(".city-title:visible").first).to_have_text(re.compile(r"Hải Phòng 20\d\d → 2045"))
        figures = page.locator(".city-figures:visible").first
        expect(figures.locator(".city-figure")).to_have_count(3)
        expect(figures.locator(".badge").first).to_be_in_viewport()


def test_traffic_is_shown_on_roads_and_listed(explore: Visit) -> None:
    page = explore("/en/#year=2035&layers=network")
    page.get_by_role("checkbox", name=re.compile("Traffic flows")).check()
    legend = page.locator(".legend-host--map .legend--flows")
    for word in ("flowing freely", "busy", "overloaded"):
        expect(legend).to_contain_text(word)
    assert "flows" in page.url
    page.locator("summary", has_text="The fullest roads, 2035").click()
    rows = page.locator(".layer-below .figure-table tbody tr")
    expect(rows.first).to_contain_text(re.compile(r"\d vehicles/h, overloaded \(\d+ %\), [\d.]+ min lost"))
    page.get_by_role("slider").press("ArrowRight")
    expect(page.locator("summary", has_text="The fullest roads, 2036")).to_be_visible()
    expect(legend).to_contain_text("2036")


def test_a_road_says_what_it_carries_each_way(explore: Visit) -> None:
    page = explore("/en/")
    road = page.evaluate(
        """async () => {
          const flows = await (await fetch("/api/v1/flows?year=2035")).json();
          const network = await (await fetch("/api/v1/map/network.geojson")).json();
          const use = new Map(flows.links.map((id, i) => [id, flows.forward.use[i] ?? 0]));
          const roads = network.features.filter((f) => use.has(f.properties.id));
          roads.sort((a, b) => use.get(b.properties.id) - use.get(a.properties.id));
          const [from, to] = roads[0].geometry.coordinates;
          return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
        }"""
    )
    said = page.locator(".maplibregl-popup .tip-flow")
    for _ in range(3):  # the drawing of the roads may come a moment after their legend
        page.goto("about:blank")
        page.goto(f"/en/#year=2035&layers=flows&map=14.0/{road[1]:.4f}/{road[0]:.4f}")
        page.wait_for_selector(READY)
        expect(page.locator(".legend-host--map .legend--flows")).to_be_visible()
        canvas = page.locator("canvas.maplibregl-canvas")
        box = canvas.bounding_box()
        assert box is not None
        canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
        page.locator(".maplibregl-popup, #place-title").first.wait_for()
        if said.count():
            break
    expect(said).to_contain_text("vehicles/h")
    expect(said.locator("dt").first).to_have_text(re.compile("wards$"))


def test_land_is_shown_by_use_and_by_share(explore: Visit) -> None:
    page = explore("/#layers=land")
    legend = page.locator(".legend-host--map")
    expect(legend).to_contain_text("Đất nông nghiệp")
    page.get_by_label("Xem xã, phường theo").select_option("industry")
    expect(legend).to_contain_text("Đất công nghiệp")
    expect(legend.locator(".legend-scale")).to_be_visible()
    assert "use=industry" in page.url


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_commune_says_why_it_grows_and_who_lives_there(explore: Visit, size: tuple[int, int]) -> None:
    page = explore("/#year=2030&at=commune:11413", size)
    growth = page.locator(".growth")
    growth.scroll_into_view_if_needed()
    expect(growth.get_by_role("heading")).to_have_text(re.compile("^Vì sao Phường .* tăng dân"))
    expect(growth.locator(".growth-said li").nth(2)).to_contain_text(re.compile(r"\d"))
    pyramid = page.get_by_role("img", name=re.compile("người: .* dưới 15 tuổi"))
    expect(pyramid.locator("rect")).to_have_count(42)
    before = pyramid.get_attribute("aria-label")
    page.get_by_role("slider").press("End")
    expect(pyramid).not_to_have_attribute("aria-label", before or "")
    expect(page.locator("#land-title")).to_contain_text("2045")


def test_two_futures_stand_on_one_map_and_in_one_address(explore: Visit) -> None:
    page = explore("/en/#year=2035")
    page.get_by_label("Compare with").select_option(index=1)
    legend = page.locator(".legend-host--map")
    expect(legend).to_contain_text("difference")
    expect(legend).to_contain_text("no difference")
    expect(page.locator(".chart-other").first).to_be_visible()
    page.get_by_role("link", name="The whole comparison").wait_for()
    assert "vs=" in page.url
    again = explore(f"/en/#{page.url.split('#')[1]}")
    expect(again.locator(".legend-host--map")).to_contain_text("less the plan shown")
    again.get_by_label("Compare with").select_option("")
    expect(again.locator(".legend-host--map")).not_to_contain_text("difference")
    assert "vs=" not in again.url


def test_without_another_run_nothing_is_compared(visit: Visit) -> None:
    page = visit("about:blank")
    page.route("**/api/v1/runs", lambda route: route.fulfill(json=[]))
    page.goto("/en/#vs=hai-phong-gone-1")
    page.wait_for_selector('#explorer[data-ready="true"]')
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("Compare with")).to_have_count(0)
    assert "vs=" not in page.url


def test_escape_closes_the_menu_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit("/en/projects/")
    summary = page.locator(".site-menu summary")
    summary.click()
    expect(page.locator(".site-menu-panel")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".site-menu-panel")).not_to_be_visible()
    expect(summary).to_be_focused()


def test_hoang_sa_and_truong_sa_are_shown(explore: Visit) -> None:
    for path, size in (("/", DESK), ("/", PHONE)):
        page = explore(path, size)
        inset = page.get_by_role("button", name=re.compile("Hoàng Sa.*Trường Sa"))
        expect(inset).to_contain_text("Hoàng Sa")
        expect(inset).to_contain_text("Trường Sa")
        inset.click()
        expect(inset).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_first_view_is_light(visit: Visit, size: tuple[int, int]) -> None:
    page = visit("about:blank", size)
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto("/")
    page.wait_for_selector('#explorer[data-ready="true"]')
    page.wait_for_load_state("networkidle")
    sizes = {r.url: r.sizes()["responseBodySize"] + r.sizes()["responseHeadersSize"] for r in finished}
    total = sum(sizes.values())
    for url, count in sorted(sizes.items(), key=lambda pair: -pair[1])[:8]:
        print(f"{count:>9,} {url.split('/', 3)[-1]}")
    usable_ms = page.evaluate("performance.getEntriesByName('explorer-usable')[0]?.startTime ?? null")
    print(f"{total:>9,} bytes in {len(sizes)} answers; panel usable after {usable_ms} ms")
    assert any("worker" in url for url in sizes), "the map's worker must be counted too"
    assert total < BUDGET_BYTES
    assert usable_ms is not None
