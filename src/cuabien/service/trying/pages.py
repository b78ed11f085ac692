"""Trying a change without a script: a form, a page that waits, and the answer in words and tables.

The same checks, the same queue and the same store as the interface; what a person typed stays in the form beside what is
wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from cuabien.lexicon import register
from cuabien.plan.change import Change
from cuabien.service import blocks
from cuabien.service.blocks import Cell, Table, head, language
from cuabien.service.city import City, current
from cuabien.service.people.guard import open_form
from cuabien.service.trying import (
    answers,
    api,
    asking,
    changes,
    compared,
    options,
    queue,
    store,
    tell,
    visitors,
)
from cuabien.service.trying.answers import Seen
from cuabien.service.trying.asking import TooMuch, Turn
from cuabien.service.trying.changes import Sent, Taken
from cuabien.service.trying.fields import ENTRIES
from cuabien.service.trying.models import UNDER_WAY, Job

ADDRESS = re.compile(r"[0-9a-f]{64}")
REFRESH_S = 2
MOST_SAID = 14
WHAT = ("project", "zone", "parameter", "file")


@dataclass(frozen=True)
class Form:
    """What was typed, and what is wrong with it: by field, and of all of it."""

    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """Name of an input -> (what is wrong, how to mend it)."""
    of_all: Sequence[tuple[str, str]] = ()


# ---- the form ---------------------------------------------------------------------------------------------


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    city = current()
    if request.method != "POST":
        values = {key: request.GET.get(key, "") for key in ("project", "zone", "parameter", "on")}
        return shown(request, city, Form(values))
    if not asking.from_here(request):
        return shown(request, city, Form(of_all=[(gettext(api.FOREIGN), "")]), 403)
    values = {key: str(value) for key, value in request.POST.items()}
    visitor = visitors.visitor_of(request)
    try:
        asking.may_send(visitor)
        turn = Turn(city, visitor)
        sent = read(city, values, turn.take)
        asked = turn.of(sent)
        if asked is None:
            return shown(request, city, beside_fields(values, sent), 422)
    except TooMuch as much:
        answer = shown(
            request,
            city,
            Form(values, of_all=[(gettext(api.FULL if much.full else api.WAIT), "")]),
            503 if much.full else 429,
        )
        answer.headers["Retry-After"] = str(much.seconds)
        return answer
    except (DatabaseError, OSError):
        return shown(request, city, Form(values, of_all=[(gettext(api.NO_DATABASE), "")]), 503)
    return to_change(asked.change, asked.job)


def to_change(change: str, job: Job | None) -> HttpResponse:
    address = reverse("tried", args=[change]) + (f"?job={job.id}" if job else "")
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer


def shown(request: HttpRequest, city: City, filled: Form, status: int = 200) -> HttpResponse:
    lists = {
        name: [
            (thing["id"], thing["name"][language()])
            for thing in options.things(city, ENTRIES[name], "", 1000)
        ]
        for name in ("project", "zone", "parameter")
    }
    lists["parameter"].sort(key=lambda row: (not row[0].startswith(options.BUDGET), row[0]))
    return render(
        request,
        "try.html",
        {
            "city": city,
            "plan": city.plan,
            "form": filled,
            "lists": {name: sorted(rows, key=lambda row: row[1]) if name != "parameter" else rows for name, rows in lists.items()},
            "budget": options.BUDGET,
            "ready": api.is_ready(),
            "on": ADDRESS.findall(filled.values.get("on", "")),
        },
        status=status,
    )  # fmt: skip


def read(city: City, values: Mapping[str, str], taken: Taken | None = None) -> Sent:
    """The change that the form says. What is typed goes to the checker as it is: it says what is wrong with it."""
    title = values.get("title", "").strip()[: changes.LONGEST_TITLE]
    below = api.stored_all(ADDRESS.findall(values.get("on", ""))) or []
    what = values.get("what", "project")
    if what == "file":
        return changes.from_toml(
            city, values.get("toml", "").encode("utf-8", "replace"), title, below, taken=taken
        )
    identity, fields = values.get(what, ""), dict[str, Any]()
    if what == "project" and values.get("off"):
        fields = {"status": "stopped"}
    elif what == "project":
        fields = {"opens": values.get("opens", "").strip()}
    elif what == "zone":
        fields = {"persons_per_ha": as_number(values.get("persons_per_ha", ""))}
    else:
        fields = {"value": assumption(city, identity, values)}
    edits = [{"entry": what, "id": identity or "?", "action": "edit", "fields": fields}]
    return changes.from_edits(city, edits, title, below, taken)


def assumption(city: City, identity: str, values: Mapping[str, str]) -> Any:
    """A number; for an assumption by years all of its numbers, so many percent of what they are."""
    held = city.plan.parameters.get(identity)
    typed = as_number(values.get("value", ""))
    if held is None or not isinstance(held.value, dict) or not isinstance(typed, float):
        return typed
    return {str(year): round(number * typed / 100, 9) for year, number in held.value.items()}


def as_number(text: str) -> float | str:
    """A number as people here write it: 0,2 or 0.2; what is none stays as it is, for the checker to say so."""
    typed = text.strip().replace(" ", "")
    if "," in typed and "." not in typed:
        typed = typed.replace(",", ".")
    try:
        return float(typed)
    except ValueError:
        return text.strip()


def beside_fields(values: Mapping[str, str], sent: Sent) -> Form:
    wrong: dict[str, list[tuple[str, str]]] = {}
    of_all: list[tuple[str, str]] = []
    what = values.get("what", "project")
    for placed in sent.faults:
        words = (placed.message(language()), placed.remedy(language()))
        name = {"id": what, "status": "off"}.get(placed.field or "", placed.field or "")
        if what == "file":
            wrong.setdefault("toml", []).append((f"{placed.id or ''} {words[0]}".strip(), words[1]))
        elif name in ("project", "zone", "parameter", "opens", "persons_per_ha", "value", "off"):
            wrong.setdefault(name, []).append(words)
        else:
            of_all.append(words)
    return Form(values, wrong, of_all)


# ---- one change -------------------------------------------------------------------------------------------


@open_form
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    if not ADDRESS.fullmatch(identity):
        raise Http404(gettext(api.NOT_STORED))
    kept = store.get(Path(settings.CUABIEN_HOME), identity)
    if kept is None:
        raise Http404(gettext(api.NOT_STORED))
    said = ""
    if request.method == "POST":
        if not asking.from_here(request):
            said = gettext(api.FOREIGN)
        else:
            answer, said = act(request, city, identity, kept)
            if answer is not None:
                return answer
    return one(request, city, identity, kept, said)


def act(request: HttpRequest, city: City, identity: str, kept: Change) -> tuple[HttpResponse | None, str]:
    """Cancel a job, or have the change modelled; the answer, or what to say instead."""
    visitor = visitors.visitor_of(request)
    try:
        if request.POST.get("cancel"):
            job = queue.find(request.POST["cancel"])
            if job is not None and job.change == identity:
                queue.cancel(job)
            return to_change(identity, job), ""
        asking.may_send(visitor)
        if changes.checked(city, kept).is_refused:
            return None, gettext(api.REFUSED)
        asked = asking.run(city, identity, visitor)
        return to_change(identity, asked.job), ""
    except TooMuch as much:
        return None, gettext(api.FULL if much.full else api.WAIT)
    except (DatabaseError, OSError):
        return None, gettext(api.NO_DATABASE)


def one(request: HttpRequest, city: City, identity: str, kept: Change, said: str) -> HttpResponse:
    found = answers.seen(city, identity)
    job = None
    if found is None:
        try:
            asking.bury_now_and_then()
            job = queue.latest(identity, city.edition)
        except DatabaseError:
            said = said or gettext(api.NO_DATABASE)
    row = tell.job_row(job) if job else None
    waits = job is not None and job.state in UNDER_WAY
    theirs = job is not None and request.GET.get("job") == job.id
    values: dict[str, Any] = {
        "identity": identity,
        "title": tell.title_of(kept),
        "does": [words[language()] for words in tell.change_words(city, kept)],
        "command": tell.command(identity),
        "file_name": tell.file_name(identity),
        "link": request.build_absolute_uri(request.path),
        "job": row,
        "message": row["message"][language()] if row else "",
        "faults": [(f["message"][language()], f["remedy"][language()]) for f in row["faults"]] if row else [],
        "waits": waits,
        "refresh": REFRESH_S,
        "cancel": job.id if job is not None and waits and theirs else "",
        "said": said,
        "found": found is not None,
    }
    if found is not None:
        values |= told(request, city, found)
    return render(request, "tried.html", {"city": city, "plan": city.plan, **values})


def told(request: HttpRequest, city: City, found: Seen) -> dict[str, Any]:
    """The answer in words and tables."""
    moved = [(i, tell_name(i), n) for i, n in answers.moved(found) if i in register.indicators()]
    chosen = request.GET.get("indicator", "")
    if chosen not in {i for i, *_ in moved}:
        chosen = moved[0][0] if moved else ""
    map_ = tell.communes(found, chosen) if chosen else None
    sentences = [words[language()] for words in answers.words(found)]
    return {
        "sentences": sentences[:MOST_SAID],
        "more_sentences": sentences[MOST_SAID:],
        "targets": targets_table(found, city),
        "figures": city_table(found),
        "moved": moved,
        "chosen": chosen,
        "chosen_name": tell_name(chosen) if chosen else "",
        "rests_on": map_["rests_on"]["words"][language()] if map_ else "",
        "communes": communes_tables(map_) if map_ else [],
        "same_code": found.same_code,
    }


def tell_name(indicator: str) -> str:
    return register.indicator_name(indicator, language())


# ---- tables -----------------------------------------------------------------------------------------------


def targets_table(found: Seen, city: City) -> Table:
    rows = [
        (
            Cell(tell_name(move.indicator), address=f"{reverse('targets')}#{move.target}"),
            blocks.year(move.year),
            blocks.number(move.first),
            blocks.number(move.second),
            Cell(state=move.verdict_first),
            Cell(state=move.verdict_second),
        )
        for move in answers.target_moves(found)
        if move.target in city.plan.targets
    ]
    names = (gettext("Target"), gettext("Year"), gettext("In the plan"), gettext("With the change"), gettext("Verdict in the plan"), gettext("Verdict with the change"))  # fmt: skip
    return Table(gettext("Targets that the change moves"), head(*names, numbers=(1, 2, 3)), tuple(rows))


def city_table(found: Seen) -> Table:
    rows = []
    for row in answers.city_rows(found, tell.MOST_CITY_ROWS):
        told = tell.city_row(found, row)
        decimals = told["decimals"]
        rows.append(
            (
                Cell(told["name"][language()], address=reverse("indicator", args=[told["indicator"]])),
                blocks.year(told["year"]),
                blocks.number(told["first"], decimals),
                blocks.number(told["second"], decimals),
                blocks.change(told["change"], decimals),
                Cell(told["unit"][language()]),
            )
        )
    names = (gettext("Indicator"), gettext("Year"), gettext("In the plan"), gettext("With the change"), gettext("Difference"), gettext("Unit"))  # fmt: skip
    return Table(gettext("What moves in the whole city"), head(*names, numbers=(1, 2, 3, 4)), tuple(rows))


def communes_tables(map_: Mapping[str, Any]) -> list[tuple[str, Table]]:
    decimals, unit = max(map_["decimals"], 1), map_["unit"][language()]
    names = (gettext("Commune"), gettext("Year"), gettext("In the plan"), gettext("With the change"), gettext("Difference"))  # fmt: skip
    found = []
    for key, heading in (
        ("gain", gettext("Better in")),
        ("lose", gettext("Worse in")),
        ("more", gettext("More in")),
        ("less", gettext("Less in")),
    ):
        rows = tuple(
            (
                Cell(row["name"][language()], address=reverse("area", args=[row["area"]])),
                blocks.year(row["year"]),
                blocks.number(row["first"], decimals),
                blocks.number(row["second"], decimals),
                blocks.change(row["change"], decimals),
            )
            for row in map_[key]
        )
        if rows:
            found.append((key, Table(f"{heading} ({unit})" if unit else heading, head(*names), rows)))
    return found


# ---- several ----------------------------------------------------------------------------------------------


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four changes beside the plan. Addresses may be pasted whole."""
    city = current()
    asked = list(dict.fromkeys(i for text in request.GET.getlist("change") for i in ADDRESS.findall(text)))
    rows, missing = [], []
    for identity in asked[: options.MOST_COMPARED]:
        kept = store.get(Path(settings.CUABIEN_HOME), identity)
        found = answers.seen(city, identity) if kept is not None else None
        if kept is None or found is None:
            missing.append(identity)
        else:
            rows.append((identity, kept, found))
    told = compared.beside_the_plan(city, rows, None, None) if rows else None
    columns = [(chr(65 + n), row) for n, row in enumerate(told["changes"])] if told else []
    return render(
        request,
        "tried_compare.html",
        {
            "city": city,
            "plan": city.plan,
            "columns": [(letter, row["title"], [w[language()] for w in row["words"]], row["change"]) for letter, row in columns],
            "missing": missing,
            "targets": compared_targets(told, [letter for letter, _ in columns]) if told else None,
            "figures": compared_figures(told, [letter for letter, _ in columns]) if told else None,
            "inputs": [*asked, *[""] * options.MOST_COMPARED][: options.MOST_COMPARED],
        },
    )  # fmt: skip


def compared_targets(told: Mapping[str, Any], letters: Sequence[str]) -> Table:
    rows = tuple(
        (
            Cell(row["name"][language()], address=f"{reverse('targets')}#{row['id']}"),
            blocks.year(row["year"]),
            *(Cell(blocks.written(value) if value is not None else "", state=verdict) for value, verdict in zip(row["values"], row["verdicts"], strict=True)),
        )
        for row in told["targets"]
    )  # fmt: skip
    names = (gettext("Target"), gettext("Year"), gettext("In the plan"), *letters)
    return Table(gettext("Targets that any of them moves"), head(*names), rows)


def compared_figures(told: Mapping[str, Any], letters: Sequence[str]) -> Table:
    rows = tuple(
        (
            Cell(f"{row['name'][language()]} ({row['unit'][language()]})", address=reverse("indicator", args=[row["indicator"]])),
            blocks.year(row["year"]),
            *(blocks.number(value, row["decimals"]) for value in row["values"]),
        )
        for row in told["city"]
    )  # fmt: skip
    names = (gettext("Indicator"), gettext("Year"), gettext("In the plan"), *letters)
    return Table(gettext("The city's figures that any of them moves"), head(*names), rows)
