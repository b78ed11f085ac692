"""Small parts by hand: folding names, ticks and charts, the manifest of the front end, and the words handed to it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.faults import Fault
from cuabien.plan.read import read_plan
from cuabien.service import assets, charts, pictures, plain, search
from cuabien.service.order import by_name
from cuabien.service.words_for_web import WORDS

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đồ Sơn", "do son"),
        ("HỒNG BÀNG", "hong bang"),
        ("Cầu Tân Vũ - Lạch Huyện 2", "cau tan vu lach huyen 2"),
        ("  ", ""),
        ("Thủy Nguyên", "thuy nguyen"),
        ("Thuỷ Nguyên", "thuy nguyen"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert search.fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = search.fold(text)
    assert search.fold(once) == once


def test_the_better_match_comes_first() -> None:
    entries = [
        search.Entry("project", "1", "Cầu Hải An", "", "/"),
        search.Entry("commune", "2", "Phường Hải An", "", "/"),
        search.Entry("commune", "3", "Phường Hải Anh Đào", "", "/"),
        search.Entry("place", "4", "An Hải", "", "/"),
    ]
    found = [e.id for e in search.find(search.build(entries), "hai an")]
    assert found == ["2", "1", "3", "4"]


def test_a_place_that_is_also_something_else_is_told_once() -> None:
    entries = [
        search.Entry("zone", "1", "Đồ Sơn", "", "/"),
        search.Entry("place", "2", "Đồ Sơn", "", "/"),
        search.Entry("place", "3", "Hòn Dấu", "", "/"),
    ]
    assert [e.id for e in search.told_apart(entries)] == ["1", "3"]


def test_ticks_are_round_and_cover_the_values() -> None:
    assert charts.nice_ticks(0, 10) == [0, 5, 10]
    assert charts.nice_ticks(10.34, 17.02)[0] <= 10.34 <= 17.02 <= charts.nice_ticks(10.34, 17.02)[-1]


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_ticks_always_cover(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    ticks = charts.nice_ticks(low, high)
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert ticks == sorted(ticks) and 2 <= len(ticks) <= 8
    assert ticks[0] <= low + slack and ticks[-1] >= high - slack


numbers = st.floats(-1e6, 1e6, allow_nan=False)


@given(
    st.lists(st.builds(charts.Dot, st.integers(2000, 2030), numbers, st.sampled_from("ab"))),
    st.lists(
        st.builds(charts.Modelled, st.integers(2025, 2045), numbers, numbers | st.none(), numbers | st.none())
    ),
    st.text(max_size=20),
)
def test_a_chart_is_well_formed_and_inside_its_frame(
    observed: list[charts.Dot], modelled: list[charts.Modelled], title: str
) -> None:
    title = "".join(c for c in title if c.isprintable())
    drawn = charts.line_chart(
        observed, modelled, [], title=title, description="d", chart_id="c", write=lambda v, _: f"{v:g}"
    )
    if not (observed or modelled):
        assert drawn == ""
        return
    tree = ElementTree.fromstring(drawn)
    assert tree.find("title") is not None and "style" not in drawn
    for dot in tree.iter("circle"):
        assert 0 <= float(dot.get("cx", "nan")) <= charts.WIDTH
        assert -1 <= float(dot.get("cy", "nan")) <= charts.HEIGHT + 1


def test_a_chart_never_joins_two_boundaries() -> None:
    dots = [charts.Dot(2024, 11.0, "old"), charts.Dot(2023, 10.3, "old"), charts.Dot(2025, 11.8, "new")]
    drawn = charts.line_chart(
        dots, [], [], title="t", description="d", chart_id="c", write=lambda v, _: str(v)
    )
    assert drawn.count("chart-observed") == 1 and drawn.count("chart-dot") == 3


def test_the_ticks_of_an_axis_have_the_same_decimals_and_room() -> None:
    modelled = [charts.Modelled(2025, 2_900_000), charts.Modelled(2030, 3_200_000)]
    drawn = charts.line_chart(
        [], modelled, [], title="t", description="d", chart_id="c", unit="million people", per=1e6,
        write=lambda value, decimals: f"{value:.{decimals}f}",
    )  # fmt: skip
    ticks = re.findall(r'text-anchor="end">([^<]+)<', drawn)
    assert {len(t.partition(".")[2]) for t in ticks} == {1} and ticks[0] == "2.9"
    assert "million people" in drawn
    assert all(float(x) >= 0 for x in re.findall(r'<text[^>]* x="(-?[\d.]+)"', drawn))


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        (["Đồ Sơn", "Dương Kinh", "Vĩnh Bảo"], ["Dương Kinh", "Đồ Sơn", "Vĩnh Bảo"]),
        (["Ân Thi", "Ăn", "An Dương"], ["An Dương", "Ăn", "Ân Thi"]),
        (["Ơ", "Ô", "O", "U", "Ư"], ["O", "Ô", "Ơ", "U", "Ư"]),
        (["Hồng", "Hòng", "Hỏng", "Hong"], ["Hong", "Hòng", "Hỏng", "Hồng"]),  # ô after o, whatever the tone
        (["Mạ", "Má", "Mã", "Mả", "Mà", "Ma"], ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ"]),
        (["Thuỷ Nguyên", "Thuỵ Anh", "Thủy An"], ["Thủy An", "Thuỵ Anh", "Thuỷ Nguyên"]),
    ],
)
def test_names_are_in_vietnamese_order(names: list[str], ordered: list[str]) -> None:
    assert sorted(names, key=by_name) == ordered


@given(st.text(max_size=20), st.text(max_size=20))
def test_vietnamese_order_never_fails_and_tells_names_apart(a: str, b: str) -> None:
    assert (by_name(a) < by_name(b)) or (by_name(b) <= by_name(a))


def test_a_finding_speaks_in_names(hai_phong: Path) -> None:
    plan = read_plan(hai_phong)
    fault = Fault(
        "r", "f", "{document} sets {value} in {year} on {boundary}, which ended on {ended}", "x", severity="warning",
        values={"document": "city-congress-16", "value": "11800", "year": 2025, "boundary": "before-2025-07", "ended": "2025-06-30"},
    )  # fmt: skip
    said = plain.spoken_finding(plan, fault, "en")
    assert said.startswith("Resolution of the 16th") and "11,800 in 2025" in said
    assert "before-2025-07" not in said and "30 Jun 2025" in said
    assert plain.document_label(plan.documents["45-NQ-TW"], "vi") == "45-NQ/TW"


def test_a_long_title_is_cut_at_a_word() -> None:
    assert plain.shortened("Kế hoạch phát triển kinh tế - xã hội năm 2025", 24) == "Kế hoạch phát triển kinh…"
    assert plain.shortened("short", 24) == "short"


def test_pictures_are_sound_and_hold_everything() -> None:
    bar = pictures.stacked_bar(
        [pictures.Part("met", 2, "met"), pictures.Part("missed", 8, "missed")], "2 met"
    )
    widths = [float(r.get("width", "nan")) for r in ElementTree.fromstring(bar).iter("rect")]
    assert len(widths) == 2 and widths[1] > 3 * widths[0] and sum(widths) <= pictures.BAR_WIDTH
    spans = [pictures.Span("Cầu <A>", "/projects/A/", 2024.0, 2027.5, "building", "2027")]
    spans.append(pictures.Span("B", "/projects/B/", None, 2030.5, "planned", "2030"))
    both = ElementTree.fromstring(f"<div>{pictures.strip(spans, 2026.9, 'words')}</div>")
    assert [svg.get("role") for svg in both] == ["group", "group"]
    assert [a.get("href") for a in both.iter("a")] == ["/projects/A/", "/projects/B/"] * 2
    dots = [pictures.Mark("own", 2.0, "2", own=True), pictures.Mark("other", 9.0, "9")]
    assert len(list(ElementTree.fromstring(pictures.dot_plot(dots, "w")).iter("circle"))) == 2
    assert pictures.sparkline({2025: 1.0}) == "" and "polyline" in pictures.sparkline({2025: 1.0, 2030: 1.0})
    assert pictures.strip([], 2026, "") == pictures.dot_plot([], "") == pictures.stacked_bar([], "") == ""
    square = shapely.box(106.0, 20.0, 106.5, 20.5)
    drawn = pictures.mini_map({"a": square, "b": shapely.box(106.5, 20.0, 107.0, 20.5)}, "b", "w")
    assert drawn.count("<path") == 2 and pictures.mini_map({"a": square}, "x", "w") == ""


def test_the_manifest_of_the_front_end() -> None:
    manifest = {
        "src/explorer/main.ts": {
            "file": "assets/explorer-abc.js",
            "isEntry": True,
            "css": ["assets/explorer-abc.css"],
            "imports": ["_map.js"],
        },
        "_map.js": {"file": "assets/map-def.js"},
        "src/site/main.ts": {"file": "assets/pages-jkl.js", "isEntry": True},
        "src/style/site.css": {"file": "assets/site-ghi.css", "isEntry": True},
    }
    found = assets.from_manifest(json.loads(json.dumps(manifest)))
    assert found.script == "/static/explorer/assets/explorer-abc.js"
    assert found.page_styles == ("/static/explorer/assets/site-ghi.css",)
    assert found.explorer_styles == ("/static/explorer/assets/explorer-abc.css",)
    assert found.page_script == "/static/explorer/assets/pages-jkl.js"
    assert found.preload == ("/static/explorer/assets/map-def.js",)
    assert not assets.Assets().built


def test_the_explorer_gets_every_word_that_it_says() -> None:
    """Each w("...") of the TypeScript code, and nothing else."""
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "web/src/explorer").rglob("*.ts")))
    assert set(WORDS) == {
        json.loads(f'"{text}"') for text in re.findall(r'\bw\(\s*"((?:[^"\\]|\\.)+)"', code)
    }


def test_nothing_is_written_as_infinite() -> None:
    from cuabien.service.encode import to_json

    assert to_json({"a": [1.5, None, "đ"]}) == '{"a":[1.5,null,"đ"]}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        to_json(math.inf)
