"""What every page of the desk uses: its frame, the faults of a form beside their fields, and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.service.city import current
from cuabien.service.consultation import models as m
from cuabien.service.consultation import serving
from cuabien.service.pages import language
from cuabien.service.people.guard import person
from cuabien.service.people.roles import acts_of


def show(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    city, me = current(), person(request)
    frame = {"city": city, "plan": city.plan, "me": me, "may": acts_of(me.roles) if me else ()}
    frame |= {"this_page": request.get_full_path(), "sent": request.method == "POST"}
    return render(request, f"desk/{template}", {**frame, **values}, status=status)


def see(address: str, done: str = "") -> HttpResponse:
    return serving.see(f"{address}?done={done}" if done else address)


def told(faults: Iterable[Fault]) -> list[tuple[str, str, bool]]:
    """What is wrong, how to mend it, and whether it stops the step."""
    return [(f.message(language()), f.mend(language()), f.severity == "fault") for f in faults]


def acted(request: HttpRequest, act: Callable[[], object], back: str, done: str = "kept") -> HttpResponseBase:
    """Do an act and lead back; where it is refused, a page says why."""
    try:
        act()
    except UnusableInput as error:
        return refused(request, " ".join(f"{what}: {how}." for what, how, _ in told(error.faults)), back, 422)
    except Refused as error:
        return refused(request, serving.refusal(error), back)
    return see(back, done)


def refused(request: HttpRequest, why: str, back: str, status: int = 409) -> HttpResponse:
    return show(request, "refused.html", status=status, why=why, back=back)


def comment(identity: str) -> m.Comment:
    return serving.comment(identity, "theme", "assigned_to")


def given(request: HttpRequest, names: Iterable[str]) -> dict[str, Any]:
    """What a form holds: of what was sent, else of the address."""
    sent: Mapping[str, str] = request.POST if request.method == "POST" else request.GET
    return {name: sent.get(name, "") for name in names}


def a_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
