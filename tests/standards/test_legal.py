"""The legal periods are data with a source; what is only remembered says so."""

from __future__ import annotations

import datetime as dt

import pytest

from cuabien.standards.legal import (
    days_confirmed,
    holiday_years,
    holidays,
    in_force,
    last_day_of,
    legal_period,
    legal_periods,
    regimes,
    span,
)


def test_every_period_belongs_to_a_regime_and_names_its_source() -> None:
    for period in legal_periods():
        assert period.regime in regimes()
        assert period.source
        assert period.tag in ("read", "high", "secondary", "low")
        assert period.min is not None or period.max is not None


def test_no_step_has_two_periods_under_one_regime() -> None:
    keys = [(p.regime, p.step) for p in legal_periods()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("regime", "step", "low", "high", "confirmed"),
    [
        ("R1", "publish", None, 15, True),
        ("R1", "public_consult", 30, None, True),
        ("R2", "public_consult", 20, 30, True),
        ("R0", "public_consult", 40, None, True),
        ("R2", "publish", None, 15, False),
        ("R3", "agency_consult", None, 15, False),
    ],
)
def test_periods_as_read(regime: str, step: str, low: int | None, high: int | None, confirmed: bool) -> None:
    period = legal_period(regime, step)
    assert period is not None
    assert (period.min, period.max, period.confirmed) == (low, high, confirmed)


def test_a_step_without_a_rule_has_none() -> None:
    assert legal_period("R0", "publish") is None


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (dt.date(2024, 11, 14), {"R0", "R1"}),
        (dt.date(2025, 7, 1), {"R1", "R2"}),
        (dt.date(2026, 11, 22), {"R2", "R3"}),
    ],
)
def test_the_regimes_of_a_day(day: dt.date, wanted: set[str]) -> None:
    assert {r.id for r in regimes().values() if in_force(r, day)} == wanted


def test_spans_worked_by_hand() -> None:
    approval = dt.date(2023, 12, 2)
    assert span(approval, dt.date(2024, 1, 15), "calendar days") == 44
    assert span(dt.date(2026, 3, 6), dt.date(2026, 3, 13), "working days") == 5  # a Friday to the next
    assert span(dt.date(2022, 1, 31), dt.date(2024, 1, 30), "months") == 23


def test_holidays_are_named_with_their_source() -> None:
    for holiday in holidays().values():
        assert holiday.name_vi and holiday.name_en and holiday.source
        assert holiday.tag in ("read", "high", "secondary", "low")
        # a day off on a weekend changes nothing, and neither does a working Wednesday that is worked
        lunar_new_year = holiday.day == dt.date(2024, 2, 10)
        assert lunar_new_year or (holiday.day.weekday() < 5) == (holiday.kind == "off"), holiday
    assert holiday_years() == {2024, 2025, 2026, 2027}


@pytest.mark.parametrize(
    ("start", "count", "end", "confirmed"),
    [
        # Monday 9 February 2026 and a week of the lunar new year: 10-13, then 23 February
        (dt.date(2026, 2, 9), 5, dt.date(2026, 2, 23), False),
        # 24 April 2026, a Friday: 27 is a day in lieu, 30 April and 1 May are holidays
        (dt.date(2026, 4, 24), 3, dt.date(2026, 5, 4), True),
        # a Saturday worked in exchange counts
        (dt.date(2026, 8, 21), 1, dt.date(2026, 8, 22), False),
        (dt.date(2026, 6, 1), 15, dt.date(2026, 6, 22), True),
        # no holidays of that year are known
        (dt.date(2031, 6, 2), 5, dt.date(2031, 6, 9), False),
    ],
)
def test_working_days_leave_out_holidays(start: dt.date, count: int, end: dt.date, confirmed: bool) -> None:
    assert last_day_of(start, count, "working days") == end
    assert span(start, end, "working days") == count
    assert days_confirmed(start, end, "working days") is confirmed
    assert days_confirmed(start, end, "calendar days")
