"""Legal periods of planning, by regime: data with their source, never constants in code.

A period read only in a summary, or remembered, is *unconfirmed*, and whoever uses it must say so. Days are
calendar days or working days as the law says. Working days leave out weekends and public holidays (`holidays.csv`: with
the days in lieu and the Saturdays worked in exchange, each with its source). Where a year is not in that table, or a day of
the span is only remembered, the count is unconfirmed as well (`days_confirmed`).
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from cuabien.base.dates import first_day
from cuabien.base.words import N_

FOLDER = Path(__file__).parent
Tag = Literal["read", "high", "secondary", "low"]
"""How the rule is known: read in the text; general knowledge, high; a summary; general knowledge, low."""
CONFIRMED = {True: N_("confirmed in the text"), False: N_("unconfirmed: not read in the legal text")}


def is_confirmed(tag: Tag) -> bool:
    return tag in ("read", "high")


@dataclass(frozen=True, slots=True)
class Regime:
    """A body of planning law and the days between which plans were made under it."""

    id: str
    name_vi: str
    name_en: str
    law: str
    in_force_from: str
    in_force_to: str
    covers: str
    tag: Tag
    source: str


@dataclass(frozen=True, slots=True)
class LegalPeriod:
    """How long a step may (`max`) or must (`min`) take under a regime."""

    regime: str
    step: str
    subject: str
    min: int | None
    max: int | None
    unit: Literal["calendar days", "working days", "months"]
    starts_at: str
    source: str
    tag: Tag

    @property
    def confirmed(self) -> bool:
        return is_confirmed(self.tag)


@dataclass(frozen=True, slots=True)
class PublicationDuty:
    """A form in which an approved plan has to be made public under a regime; one of `forms` is enough."""

    regime: str
    duty: str
    forms: tuple[str, ...]
    source: str
    tag: Tag

    @property
    def confirmed(self) -> bool:
        return is_confirmed(self.tag)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which offices are closed although it is no weekend (`off`), or open although it is one (`worked`)."""

    day: dt.date
    kind: Literal["off", "worked"]
    name_vi: str
    name_en: str
    source: str
    tag: Tag

    @property
    def confirmed(self) -> bool:
        return is_confirmed(self.tag)


@cache
def regimes() -> dict[str, Regime]:
    """The regimes by id."""
    return {row["id"]: Regime(**row) for row in rows_of("regimes")}  # type: ignore[arg-type]


@cache
def legal_periods() -> tuple[LegalPeriod, ...]:
    return tuple(
        LegalPeriod(**{**row, "min": _whole(row["min"]), "max": _whole(row["max"])})  # type: ignore[arg-type]
        for row in rows_of("legal_periods")
    )


def legal_period(regime: str, step: str) -> LegalPeriod | None:
    """The period of a step under a regime; None when the law read so far sets none."""
    return next((p for p in legal_periods() if (p.regime, p.step) == (regime, step)), None)


@cache
def publication_duties() -> tuple[PublicationDuty, ...]:
    return tuple(
        PublicationDuty(row["regime"], row["duty"], tuple(row["form"].split(";")), row["source"], row["tag"])  # type: ignore[arg-type]
        for row in rows_of("publication_duties")
    )


@cache
def holidays() -> dict[dt.date, Holiday]:
    return {
        day: Holiday(**{**row, "day": day})  # type: ignore[arg-type]
        for row in rows_of("holidays")
        for day in [dt.date.fromisoformat(row["day"])]
    }


@cache
def holiday_years() -> frozenset[int]:
    """Years whose holidays are listed."""
    return frozenset(day.year for day in holidays())


def is_working_day(day: dt.date) -> bool:
    holiday = holidays().get(day)
    return day.weekday() < 5 if holiday is None else holiday.kind == "worked"


def days_confirmed(start: dt.date, end: dt.date, unit: str) -> bool:
    """Whether a count of days between two days rests on nothing that was only remembered."""
    if unit != "working days":
        return True
    listed = set(range(start.year, end.year + 1)) <= holiday_years()
    return listed and all(h.confirmed for h in holidays().values() if start < h.day <= end)


def in_force(regime: Regime, day: dt.date) -> bool:
    """Whether new plans are made under the regime on a day."""
    ended = regime.in_force_to and day > first_day(regime.in_force_to)
    return first_day(regime.in_force_from) <= day and not ended


def span(start: dt.date, end: dt.date, unit: str) -> int:
    """Days (or whole months) from a day to a later one, as the period counts them."""
    if unit == "months":
        return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    if unit == "calendar days":
        return (end - start).days
    days = (start + dt.timedelta(n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


def last_day_of(start: dt.date, count: int, unit: str) -> dt.date:
    """The last day on which a period that begins on a day can end; `span` from that day to this one is `count`."""
    if unit == "months":
        years, month = divmod(start.month - 1 + count, 12)
        year, month = start.year + years, month + 1
        return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
    day = start
    while count:
        day += dt.timedelta(1)
        count -= unit == "calendar days" or is_working_day(day)
    return day


def _whole(text: str) -> int | None:
    return int(text) if text else None


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
