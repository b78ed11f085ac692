"""The page of how wrong we were: every score with its unit, in both languages, and what is not scored in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils.translation import override

from cuabien.service import past, plain
from cuabien.service.blocks import Block, Cell


def cells(blocks: list[Block]) -> Iterator[Cell]:
    for block in blocks:
        for table in block.tables:
            yield from (cell for row in table.rows for cell in row)


def block(identity: str) -> Block:
    return next(b for b in past.blocks() if b.id == identity)


def test_the_city_and_the_nation_are_scored_beside_no_change_and_a_trend() -> None:
    with override("en"):
        (city,) = block("city-past").tables
        assert [row[0].text for row in city.rows] == [
            "GRDP at constant prices, times the first year, 2014–2024",
            "GRDP at constant prices, times the first year, 2019–2024",
            "Population, thousand persons, 2014–2019",
        ]
        assert all(re.search(r"\d – [\d.,]+, (inside|outside)$", row[3].text) for row in city.rows)
        (nation,) = block("nation-past").tables
        assert nation.rows[-1][0].text == "2045" and nation.rows[-1][3].text == "+1.90"


def test_the_provinces_are_scored_from_both_origins_by_three_methods() -> None:
    with override("en"):
        tables = block("provinces-past").tables
    assert [t.caption for t in tables] == ["Population", "Freight carried", "Retail sales at current prices"]
    for table in tables:
        assert len(table.rows) == 6 and len({row[0].text for row in table.rows}) == 6


def test_the_ages_say_that_the_total_hides_what_its_parts_miss() -> None:
    with override("en"):
        ages = block("ages-past")
    assert len(ages.tables[0].rows) == 21 and "<svg" in ages.drawing
    young, _, old = re.findall(r"[+−][\d.]+", ages.sentences[0])
    assert young.startswith("+") and old.startswith("−")


def test_nothing_on_the_page_is_empty_or_unknown() -> None:
    for language in ("vi", "en"):
        with override(language):
            assert not [c for c in cells(past.blocks()) if c.missing or not c.text]


@pytest.mark.parametrize(
    ("written", "vi", "en"),
    [
        ("2014 Jan-Sep", "9 tháng đầu năm 2014", "first 9 months of 2014"),
        ("2021-2025 sum", "tổng 2021–2025", "total of 2021–2025"),
        ("2021-2025 avg", "bình quân 2021–2025", "average of 2021–2025"),
        ("2018-06 cumulative", "lũy kế đến 6/2018", "all up to 6/2018"),
        ("2017 cumulative", "lũy kế đến 2017", "all up to 2017"),
        ("2026-2030", "2026–2030", "2026–2030"),
        ("2024", "2024", "2024"),
    ],
)
def test_a_period_is_told_in_words(written: str, vi: str, en: str) -> None:
    for language, words in (("vi", vi), ("en", en)):
        with override(language):
            assert plain.period(written) == words


def test_every_period_of_the_plan_is_told_in_vietnamese(reader: Client) -> None:
    page = reader.get("/how-wrong/").content.decode()
    assert "Jan-Sep" not in page and "2021-2025 sum" not in page
    assert "chưa biết" not in page and "không có dữ liệu" not in page
