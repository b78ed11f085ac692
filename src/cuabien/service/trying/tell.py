"""Rows of the interface: jobs, changes, and answers as JSON has them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as noop

from cuabien.base.words import LANGUAGES, number, pick
from cuabien.indicators import compare as comparing
from cuabien.lexicon import register
from cuabien.plan.change import Change, Edit
from cuabien.plan.package import Plan
from cuabien.service.bilingual import both, named
from cuabien.service.city import City
from cuabien.service.trying import answers, options, queue
from cuabien.service.trying.answers import Seen
from cuabien.service.trying.fields import ENTRY_OF_TABLE
from cuabien.service.trying.models import CANCELLED, DONE, FAILED, QUEUED, REFUSED, RUNNING, Job
from cuabien.service.vocabulary import label

MOST_CITY_ROWS = 24
MOST_NAMED = 10
STATES = {
    QUEUED: noop("Waiting for its turn: number %(position)s in the queue."),
    RUNNING: noop("Being modelled: %(year)s."),
    DONE: noop("Done."),
    CANCELLED: noop("Stopped before it was done."),
    REFUSED: noop("This change cannot be carried out as it stands."),
}
BEGINS = noop("Being modelled.")
STOPPING = noop("Stopping.")
WORDS_OF_ACTION = {
    "add": noop("%(name)s (%(what)s) is added."),
    "remove": noop("%(name)s (%(what)s) is taken out of the plan."),
}
FIELD_BECOMES = noop("%(name)s: %(field)s %(after)s instead of %(before)s.")
FIELD_SAID_FIRST = noop("%(name)s: %(field)s %(after)s; the plan leaves it open.")
FIELD_EMPTIED = noop("%(name)s: %(field)s is left open; it was %(before)s.")
DRAWN_ANEW = noop("%(name)s: %(field)s is drawn anew.")
NOTHING = noop("nothing")
MOST_WORDS = 12


# ---- jobs -------------------------------------------------------------------------------------------------


def job_row(job: Job, now: float | None = None) -> dict[str, Any]:
    position = queue.position(job)
    years = (job.year, job.first_year, job.last_year)
    share = None
    if job.state == DONE:
        share = 1.0
    elif None not in years:
        year, first, last = (float(y or 0) for y in years)
        share = round((year - first + 1) / (last - first + 1), 3)
    until = job.ended_at or now or time.time()
    return {
        "id": job.id,
        "change": job.change,
        "version": job.version,
        "state": job.state,
        "position": position,
        "year": job.year,
        "first_year": job.first_year,
        "last_year": job.last_year,
        "share": share,
        "seconds": round(until - job.started_at, 3) if job.started_at else None,
        "message": message(job, position),
        "again": job.state in (FAILED, CANCELLED),
        "faults": job.faults,
    }


def message(job: Job, position: int | None) -> dict[str, str]:
    if job.state == FAILED:
        return both(queue.REASONS.get(job.reason, queue.REASONS["error"]))
    if job.state == RUNNING and job.cancel_asked:
        return both(STOPPING)
    if job.state == RUNNING and job.year is None:
        return both(BEGINS)
    values = {"position": position, "year": job.year}
    return both(STATES[job.state], **values) if job.state in (QUEUED, RUNNING) else both(STATES[job.state])


# ---- a change ---------------------------------------------------------------------------------------------


def command(identity: str) -> str:
    """What anyone can type to get the same future."""
    plan = Path(settings.CUABIEN_PLAN)
    shown = (
        plan.name if plan.is_absolute() else str(plan)
    )  # where it lies on this server is nobody's business
    return f"cuabien run {shlex.quote(shown)} --change {file_name(identity)}"


def file_name(identity: str) -> str:
    return f"change-{identity[:8]}.toml"


def objects(city: City, change: Change) -> list[dict[str, Any]]:
    """Each object of a change with its fields before and after, as far as the public plan knows it."""
    return [_object(city, edit) for edit in change.edits if edit.table in ENTRY_OF_TABLE]


def _object(city: City, edit: Edit) -> dict[str, Any]:
    entry, before = ENTRY_OF_TABLE[edit.table], options.before_of(city, edit.table, edit.id)
    changed = {**edit.fields, **dict.fromkeys(edit.blank)}
    return {
        "entry": entry.id,
        "id": edit.id,
        "action": edit.action,
        "name": _name(city, edit),
        "fields": [
            {
                "field": column,
                "name": both(entry.fields[column]),
                "before": before.get(column),
                "after": changed[column],
            }
            for column in entry.fields
            if column in changed and (edit.action == "add" or before.get(column) != changed[column])
        ],
    }


def _name(city: City, edit: Edit) -> dict[str, str]:
    held = city.plan.table(edit.table).get(edit.id)
    if held is not None:
        return options.name_of(city, getattr(held, "row", held))
    found = named(dict(edit.fields))
    return {language: found[language] or edit.id for language in LANGUAGES}


def change_words(city: City, change: Change) -> list[dict[str, str]]:
    """What a change does, one sentence a field."""
    told = [sentence for thing in objects(city, change) for sentence in _sentences(thing)]
    return told[:MOST_WORDS]


def _sentences(thing: Mapping[str, Any]) -> list[dict[str, str]]:
    what, name = both(_entry_label(thing["entry"])), thing["name"]
    if thing["action"] in WORDS_OF_ACTION:
        template = WORDS_OF_ACTION[thing["action"]]
        return [_filled(template, what=what, name=name)]
    return [_field_sentence(name, field) for field in thing["fields"]]


def _field_sentence(name: Mapping[str, str], field: Mapping[str, Any]) -> dict[str, str]:
    label_of = {language: text[:1].lower() + text[1:] for language, text in field["name"].items()}
    if isinstance(field["after"], dict | list) and field["field"] in ("geometry", "points", "phases"):
        return _filled(DRAWN_ANEW, name=name, field=label_of)
    before = written(field["before"])
    if field["before"] is None and field["after"] is not None:
        return _filled(FIELD_SAID_FIRST, name=name, field=label_of, after=written(field["after"]))
    if field["after"] is None:
        return _filled(FIELD_EMPTIED, name=name, field=label_of, before=before)
    return _filled(FIELD_BECOMES, name=name, field=label_of, before=before, after=written(field["after"]))


def written(value: Any) -> dict[str, str]:
    """A value of a field as a person reads it, in both languages."""
    if value is None or value == []:
        return both(NOTHING)
    if isinstance(value, bool):
        return both(noop("yes") if value else noop("no"))
    if isinstance(value, int | float):
        year = isinstance(value, int) and 1800 <= value <= 2200
        return {language: str(value) if year else number(float(value), language) for language in LANGUAGES}
    if isinstance(value, str):
        return (
            both(label(value))
            if label(value) != value or value.islower()
            else dict.fromkeys(LANGUAGES, value)
        )
    if isinstance(value, dict):
        return {
            language: ", ".join(f"{key}: {written(part)[language]}" for key, part in value.items())
            for language in LANGUAGES
        }
    return {language: ", ".join(written(part)[language] for part in value) for language in LANGUAGES}


def _filled(template: str, **values: Mapping[str, str]) -> dict[str, str]:
    """A sentence whose values are in both languages themselves."""
    words = both(template)
    return {language: words[language] % {k: v[language] for k, v in values.items()} for language in LANGUAGES}


def _entry_label(entry: str) -> str:
    return next(e.name for e in ENTRY_OF_TABLE.values() if e.id == entry)


def edits(change: Change) -> list[dict[str, Any]]:
    return [
        {
            "entry": ENTRY_OF_TABLE[edit.table].id,
            "id": edit.id,
            "action": edit.action,
            "fields": dict(edit.fields),
            "blank": list(edit.blank),
        }
        for edit in change.edits
        if edit.table in ENTRY_OF_TABLE
    ]


# ---- answers ----------------------------------------------------------------------------------------------


def indicator_row(found: Seen, indicator: str) -> dict[str, Any]:
    row = register.indicators()[indicator]
    return {
        "indicator": indicator,
        "name": named(row),
        "unit": unit(answers.unit_of(found, indicator) or row.unit),
        "decimals": row.decimals,
        "better": row.better,
    }


def unit(key: str | None) -> dict[str, str]:
    return options.unit(key) or {"vi": "", "en": ""}


def result(city: City, found: Seen, change: str, indicator: str | None) -> dict[str, Any]:
    """The first answer."""
    moved = answers.moved(found)
    shown = indicator or (moved[0][0] if moved else None)
    names = register.indicators()
    return {
        "change": change,
        "run": found.second.run.folder.name,
        "base_run": found.first.run.folder.name,
        "seconds": None,
        "same_code": found.same_code,
        "words": answers.words(found),
        "targets": [
            target_row(move) for move in answers.target_moves(found) if move.target in city.plan.targets
        ],
        "city": [city_row(found, row) for row in answers.city_rows(found, MOST_CITY_ROWS)],
        "moved": [{"indicator": i, "name": named(names[i]), "communes": n} for i, n in moved if i in names],
        "communes": communes(found, shown) if shown else None,
    }


def target_row(move: comparing.TargetMove) -> dict[str, Any]:
    row = register.indicators().get(move.indicator)
    return {
        "id": move.target,
        "indicator": move.indicator,
        "name": named(row) if row else dict.fromkeys(LANGUAGES, move.indicator),
        "area": move.area,
        "year": move.year,
        "unit": unit(move.unit),
        "first": move.first,
        "second": move.second,
        "verdict_first": move.verdict_first,
        "verdict_second": move.verdict_second,
        "verdict_first_name": both(label(move.verdict_first)),
        "verdict_second_name": both(label(move.verdict_second)),
        "telling": True,
    }


def city_row(found: Seen, row: Mapping[str, Any]) -> dict[str, Any]:
    first, second = row["first"], row["second"]
    known = first is not None and second is not None
    moved = comparing.Difference(
        row["indicator"], found.plan.header.city, row["year"], row["unit"] or "", first, second
    )
    return {
        **indicator_row(found, row["indicator"]),
        "year": row["year"],
        "first": first,
        "second": second,
        "change": second - first if known else None,
        "percent": moved.percent,
        "telling": row["telling"],
    }


def communes(found: Seen, indicator: str) -> dict[str, Any] | None:
    """One indicator by commune and year: the changed value, the difference, and whether it is one."""
    if indicator not in register.indicators():
        return None
    years, areas, cells = answers.grid(found, indicator)
    if not areas:
        return None
    pairs = [list(zip(*lines, strict=True)) for lines in zip(cells["first"], cells["second"], strict=True)]
    change = [[None if a is None or b is None else b - a for a, b in line] for line in pairs]
    told = [[int(bool(mark)) for mark in line] for line in cells["telling"]]
    sizes = [
        abs(c)
        for line, marks in zip(change, told, strict=True)
        for c, m in zip(line, marks, strict=True)
        if m and c
    ]
    return {
        **indicator_row(found, indicator),
        "years": years,
        "areas": areas,
        "second": cells["second"],
        "change": change,
        "telling": told,
        "domain": [-max(sizes), max(sizes)] if sizes else None,
        "noise": found.noise.of(indicator, ""),
        **sides(found, indicator, years, areas, cells["first"], change, told),
        "rests_on": rests_on(found, indicator),
    }


def sides(
    found: Seen,
    indicator: str,
    years: Sequence[int],
    areas: Sequence[str],
    first: Sequence[Sequence[float | None]],
    change: Sequence[Sequence[float | None]],
    told: Sequence[Sequence[int]],
) -> dict[str, list[dict[str, Any]]]:
    """Who gains and who loses in the year in which most communes do, the latest of such; more and less where neither is
    better."""
    counts = [sum(line[y] for line in told) for y in range(len(years))]
    last = max((y for y, count in enumerate(counts) if count), key=lambda y: (counts[y], y), default=None)
    rows = []
    for area, was, moved, marks in zip(areas, first, change, told, strict=True):
        if last is None or not marks[last]:
            continue
        before, by = was[last], moved[last]
        if before is not None and by is not None:
            rows.append((area, before, by))
    known = {area.id: area for area in found.plan.communes}
    rows.sort(key=lambda row: -abs(row[2]))
    up, down = (
        [
            {
                "area": area,
                "name": named(known[area]),
                "year": years[last or 0],
                "first": before,
                "second": before + by,
                "change": by,
            }
            for area, before, by in rows
            if (by > 0) is rising
        ][:MOST_NAMED]
        for rising in (True, False)
    )
    better = register.indicators()[indicator].better
    nobody: list[dict[str, Any]] = []
    if better not in ("up", "down"):
        return {"gain": nobody, "lose": nobody, "more": up, "less": down}
    gain, lose = (up, down) if better == "up" else (down, up)
    return {"gain": gain, "lose": lose, "more": nobody, "less": nobody}


# ---- what rests on assumptions ------------------------------------------------------------------------------

REST = noop("%(assumed)s of the %(count)s numbers that this figure rests on are assumed, not measured.")
SWING = noop(
    "%(assumed)s of the %(count)s numbers that this figure rests on are assumed, not measured; over their ranges the "
    "city's figure moves by %(percent)s percent, most by %(most)s."
)


def rests_on(found: Seen, indicator: str) -> dict[str, Any]:
    told = answers.rests_on(found, indicator)
    count, assumed = len(told.parameters), len(told.assumed)
    most = _assumption(found.plan, told.most or "")
    if told.swing is None:
        words = {
            language: both(REST)[language] % {"assumed": assumed, "count": count} for language in LANGUAGES
        }
    else:
        words = {
            language: both(SWING)[language]
            % {
                "assumed": assumed,
                "count": count,
                "percent": number(told.swing, language, 1),
                "most": most[language],
            }
            for language in LANGUAGES
        }
    return {
        "assumed_share": round(assumed / count, 3) if count else None,
        "parameters": count,
        "assumed": assumed,
        "swing_percent": round(told.swing, 2) if told.swing is not None else None,
        "most": {"value": told.most, "name": most} if told.most else None,
        "words": words,
    }


# ---- on demand --------------------------------------------------------------------------------------------


def courses(found: Seen, indicator: str | None) -> dict[str, Any]:
    """The city's figures through the years in both futures: of one indicator, or of every one that differs."""
    rows = found.of_city.sort("indicator", "year")
    told = (
        [indicator]
        if indicator
        else rows.filter("telling")["indicator"].unique(maintain_order=True).to_list()
    )
    return {
        "rows": [
            _course(found, i, rows.filter(rows["indicator"] == i)) for i in told if i in register.indicators()
        ]
    }


def _course(found: Seen, indicator: str, rows: Any) -> dict[str, Any]:
    return {
        **indicator_row(found, indicator),
        "years": rows["year"].to_list(),
        "first": rows["first"].to_list(),
        "second": rows["second"].to_list(),
        "telling": [int(bool(mark)) for mark in rows["telling"].to_list()],
    }


def flows(city: City, found: Seen, change: Change, year: int | None) -> dict[str, Any]:
    """Vehicles on roads in the busiest hour of both futures. A link of the change brings its line."""
    last = found.years[-1]
    shown = year if year in found.years else last
    nodes = {i: (node.lon, node.lat) for i, node in city.plan.nodes.items()}
    nodes |= {
        e.id: (e.fields["lon"], e.fields["lat"])
        for e in change.edits
        if e.table == "nodes" and {"lon", "lat"} <= set(e.fields)
    }
    added = {e.id: e.fields for e in change.edits if e.table == "links" and e.action == "add"}
    rows = []
    for row in answers.links(found, shown):
        identity, one, two = row["link"], row["pcu_h"], row["pcu_h_second"]
        if identity not in city.plan.links and identity not in added:
            continue
        ends = (
            [nodes.get(str(added[identity].get(k))) for k in ("from_node", "to_node")]
            if identity in added
            else []
        )
        rows.append(
            {
                "id": identity,
                "direction": row["direction"],
                "flow_first": one,
                "flow_second": two,
                "change": (two or 0.0) - (one or 0.0),
                "new": identity in added,
                "line": [list(end) for end in ends if end is not None] if ends and None not in ends else None,
            }
        )
    return {"year": shown, "years": found.years, "unit": unit("pcu per hour"), "links": rows}


def assumed(city: City, found: Seen, area: str | None) -> dict[str, Any] | None:
    """What the plan's figures swing by over their assumptions, beside what the change moves them by."""
    where = area or city.plan.header.city
    if where not in city.plan.areas:
        return None
    values = {
        (i, year): (one, two)
        for i, year, one, two in found.table.filter(found.table["area"] == where)
        .select("indicator", "year", "first", "second")
        .iter_rows()
    }
    rows = []
    for (indicator, of, year), wide in city.ahead.swings.items():
        one, two = values.get((indicator, year), (None, None))
        if of != where or one is None or two is None or indicator not in register.indicators():
            continue
        rows.append(
            {
                **indicator_row(found, indicator),
                "year": year,
                "low": wide.low,
                "high": wide.high,
                "by": {"value": wide.by, "name": _assumption(city.plan, wide.by)},
                "change": two - one,
                "within": wide.low <= two <= wide.high,
            }
        )
    return {"area": where, "rows": rows}


def _assumption(plan: Plan, identity: str) -> dict[str, str]:
    held = plan.parameters.get(identity)
    return {language: identity if held is None else pick(held, "name", language) for language in LANGUAGES}


# ---- titles -----------------------------------------------------------------------------------------------


def title_of(change: Change) -> str | None:
    """What its maker called it."""
    return next((change.title_in(language) for language in LANGUAGES if change.title_in(language)), None)
