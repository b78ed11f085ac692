"""Dates as sources give them: a day, a month or only a year ("2025-07-01", "2025-07", "2025"); and when a day ends."""

from __future__ import annotations

import calendar
import datetime as dt
import re

VIETNAM = dt.timezone(dt.timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""One time in the whole country, without summer time since 1975; fixed, so that no table of zones is asked."""
PARTIAL_DATE = re.compile(r"(1[89]|20|21)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


def year_of(text: str) -> int:
    return int(text[:4])


def first_day(text: str) -> dt.date:
    """The earliest day that a partial date can mean."""
    parts = [int(p) for p in text.split("-")]
    return dt.date(*[*parts, 1, 1][:3])


def last_day(text: str) -> dt.date:
    """The latest day that a partial date can mean."""
    parts = [int(p) for p in text.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return dt.date(year, month, day)


def is_partial_date(text: str) -> bool:
    """Whether the text is a date that exists ("2025-02-30" does not)."""
    if not PARTIAL_DATE.fullmatch(text):
        return False
    try:
        last_day(text)
    except ValueError:
        return False
    return True


def last_second(day: dt.date) -> dt.datetime:
    """23:59:59 of a day in Việt Nam: the last second of a deadline."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), VIETNAM)


def is_in_time(moment: dt.datetime, day: dt.date) -> bool:
    """Whether a moment lies no later than the last second of a day in Việt Nam; a part of that second is in time."""
    return moment.astimezone(VIETNAM).replace(microsecond=0) <= last_second(day)
