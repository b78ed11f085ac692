"""Small parts by hand: folding names, ticks and charts, the manifest of the front end, and the words handed to it."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.service import assets, charts, search
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
        observed, modelled, [], title=title, description="d", chart_id="c", write=lambda v: f"{v:g}"
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
    drawn = charts.line_chart(dots, [], [], title="t", description="d", chart_id="c", write=str)
    assert drawn.count("chart-observed") == 1 and drawn.count("chart-dot") == 3


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
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "web/src/explorer").glob("*.ts")))
    assert set(WORDS) == {
        json.loads(f'"{text}"') for text in re.findall(r'\bw\(\s*"((?:[^"\\]|\\.)+)"', code)
    }


def test_nothing_is_written_as_infinite() -> None:
    from cuabien.service.encode import to_json

    assert to_json({"a": [1.5, None, "đ"]}) == '{"a":[1.5,null,"đ"]}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        to_json(math.inf)
