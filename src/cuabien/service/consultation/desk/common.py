"""What every page of the desk uses: its frame, the faults of a form beside their fields, and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.words import say
from cuabien.service.city import current
from cuabien.service.consultation import models as m
from cuabien.service.consultation.pages import NOTHING
from cuabien.service.pages import language
from cuabien.service.people.guard import person
from cuabien.service.people.roles import acts_of


def show(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    city, me = current(), person(request)
    frame = {"city": city, "plan": city.plan, "me": me, "may": acts_of(me.roles) if me else ()}
    frame |= {"this_page": request.get_full_path(), "sent": request.method == "POST"}
    return render(request, f"desk/{template}", {**frame, **values}, status=status)


def see(address: str, done: str = "") -> HttpResponse:
    answer = HttpResponseRedirect(f"{address}?done={done}" if done else address)
    answer.status_code = 303
    return answer


def refusal(error: Refused) -> str:
    return say(error.template, language(), **error.values)


def told(faults: Iterable[Fault]) -> list[tuple[str, str, bool]]:
    """What is wrong, how to mend it, and whether it stops the step."""
    return [(f.message(language()), f.mend(language()), f.severity == "fault") for f in faults]


def beside(
    error: UnusableInput, fields: Iterable[str] = (), first: str = ""
) -> dict[str, list[tuple[str, str]]]:
    """Faults by the field beside which they stand; what belongs to no field of the form stands beside the first."""
    known, found = tuple(fields), {}  # type: tuple[str, ...], dict[str, list[tuple[str, str]]]
    for fault in error.faults:
        field = fault.file if not known or fault.file in known else first or known[0]
        found.setdefault(field, []).append((fault.message(language()), fault.mend(language())))
    return found


def acted(request: HttpRequest, act: Callable[[], object], back: str, done: str = "kept") -> HttpResponseBase:
    """Do an act and lead back; where it is refused, a page says why."""
    try:
        act()
    except UnusableInput as error:
        return refused(request, " ".join(f"{what}: {how}." for what, how, _ in told(error.faults)), back, 422)
    except Refused as error:
        return refused(request, refusal(error), back)
    return see(back, done)


def refused(request: HttpRequest, why: str, back: str, status: int = 409) -> HttpResponse:
    return show(request, "refused.html", status=status, why=why, back=back)


def consultation(identity: str) -> m.Consultation:
    row = m.Consultation.objects.filter(pk=identity).first()
    if row is None:
        raise Http404(gettext(NOTHING))
    return row


def comment(identity: str) -> m.Comment:
    rows = m.Comment.objects.select_related("consultation", "theme", "proposed_theme", "assigned_to")
    row = rows.prefetch_related("moderations", "pictures", "merged").filter(pk=identity).first()
    if row is None:
        raise Http404(gettext(NOTHING))
    return row


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
