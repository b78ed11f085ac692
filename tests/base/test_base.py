"""Dates, faults, hashes and words, worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from cuabien.base.dates import first_day, is_partial_date, last_day, year_of
from cuabien.base.faults import Fault, Refused, UnusableInput, stops
from cuabien.base.hashing import canonical_json, hash_files, hash_value
from cuabien.base.words import date, number, pick, say


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        ("2025-07-01", dt.date(2025, 7, 1), dt.date(2025, 7, 1)),
    ],
)
def test_a_partial_date_spans_days(text: str, first: dt.date, last: dt.date) -> None:
    assert (first_day(text), last_day(text), year_of(text)) == (first, last, first.year)


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-02-30", "25", "2025-7", "1/7/2025", "2025-07-01T00:00", "", "2025\n", "3025"]
)
def test_what_is_not_a_date(text: str) -> None:
    assert not is_partial_date(text)


def test_long_values_are_cut_and_odd_characters_shown() -> None:
    fault = Fault("r", "f", "it says {value}", "mend {value}", values={"value": "\x1b[31m" + "x" * 500})
    assert "\x1b" not in fault.message("en")
    assert len(fault.message("en")) < 250


def test_numbers_get_the_point_of_the_language() -> None:
    fault = Fault("r", "f", "{value}", "-", values={"value": 240.85})
    assert (fault.message("en"), fault.message("vi")) == ("240.85", "240,85")


def test_a_forgotten_value_shows_its_name() -> None:
    assert Fault("r", "f", "it says {value}", "-", values={"other": 1}).message("en") == "it says {value}"


def test_warnings_do_not_stop() -> None:
    warning = Fault("r", "f", "-", "-", severity="warning")
    assert not stops([warning])
    assert stops([warning, Fault("r", "f", "-", "-")])


def test_errors_speak() -> None:
    assert "areas.csv" in str(UnusableInput([Fault("r", "areas.csv", "broken", "mend")]))
    assert str(Refused("not {now}", now="today"))


def test_equal_values_have_equal_bytes() -> None:
    assert canonical_json({"b": 1, "a": "đ"}) == '{"a":"đ","b":1}'.encode()
    assert hash_value({"a": 1, "b": 2}) == hash_value({"b": 2, "a": 1})
    assert hash_files({"a": b"1", "b": b"2"}) != hash_files({"a": b"2", "b": b"1"})
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (1234567.0, "1.234.567", "1,234,567"),
        (12.6, "12,60", "12.60"),
        (2.0, "2", "2"),
        (None, "không có dữ liệu", "no data"),
    ],
)
def test_numbers(value: float | None, vi: str, en: str) -> None:
    assert (number(value, "vi"), number(value, "en")) == (vi, en)


def test_dates() -> None:
    assert [date(t, "vi") for t in ("2025", "2025-07", "2025-07-01")] == ["2025", "07/2025", "01/07/2025"]
    assert [date(t, "en") for t in ("2025", "2025-07", "2025-07-01")] == ["2025", "Jul 2025", "1 Jul 2025"]


def test_the_other_language_stands_in_for_a_blank() -> None:
    assert pick({"name_vi": "Cảng", "name_en": None}, "name", "en") == "Cảng"


def test_braces_in_a_value_do_no_harm() -> None:
    assert say("{value}", "en", value="{0.__class__}") == "{0.__class__}"
