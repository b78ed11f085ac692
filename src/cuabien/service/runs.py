"""The runs of the plan that is shown, and what differs between two of them.

Only runs of this very edition of the plan, and of changes to it, are listed, and only a listed run can be asked for:
an id is looked up in the list, it never becomes a path. What a change adds is not in the public plan, so it is not
named; what is withheld is not named either, whatever a run says of it.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from cuabien.base.faults import CuabienError
from cuabien.base.words import LANGUAGES
from cuabien.indicators import compare as comparing
from cuabien.indicators.compare import Comparison
from cuabien.lexicon.register import indicators
from cuabien.plan.change import Change, change_hash, try_read_change
from cuabien.plan.read import read_plan
from cuabien.results import Run, open_run
from cuabien.results.folder import MANIFEST, SCHEMA
from cuabien.service.city import City, secret_words, speaks_of

LARGEST_MANIFEST = 1_000_000
SCENARIOS = "scenarios/*.toml"
LONGEST_TITLE = 200
KEPT = 8
"""Comparisons that are kept for a snapshot."""


@dataclass(frozen=True)
class Listed:
    """One run of the plan: `change` is the hash of its change, None for the plan as it stands."""

    id: str
    folder: Path
    change: str | None
    title: Mapping[str, str] | None
    """What its change is called, by language; None where it has no name, or one that may not be shown."""
    seed: int
    last_year: int
    shown: bool
    """The run that all other pages show."""
    code: str | None
    """The hash of the program that made it."""


def listed(city: City) -> Mapping[str, Listed]:
    """Every run of this edition by id: the one that is shown first, then by name."""
    found: Mapping[str, Listed] = city.remember("runs", lambda: _list(city))
    return found


def show_these(city: City, rows: Iterable[Listed]) -> None:
    """Let this snapshot know these runs, and no other that lies in the home."""
    city.cache["runs"] = {row.id: row for row in rows}


def _list(city: City) -> dict[str, Listed]:
    rows = []
    for file in sorted(Path(settings.CUABIEN_HOME).glob(f"runs/{city.plan.header.id}-*/{MANIFEST}")):
        said = _manifest(file)
        if (
            said is None
            or said.get("schema") != SCHEMA
            or said.get("plan") != city.plan.header.id
            or said.get("plan_hash") != city.edition
            or not isinstance(said.get("seed"), int)
            or not isinstance(said.get("last_year"), int)
        ):
            continue
        change = said.get("change_hash")
        rows.append(
            Listed(
                file.parent.name,
                file.parent,
                change if isinstance(change, str) else None,
                None,
                said["seed"],
                said["last_year"],
                file.parent.name == city.run_id,
                said.get("code_hash"),
            )
        )
    rows = [replace(row, title=title) for row, title in zip(rows, _titles(city, rows), strict=True)]
    rows.sort(key=lambda row: (not row.shown, row.change is not None, row.id))
    return {row.id: row for row in rows}


def _manifest(file: Path) -> dict[str, Any] | None:
    try:
        if file.stat().st_size > LARGEST_MANIFEST:
            return None
        said = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _titles(city: City, rows: Sequence[Listed]) -> list[Mapping[str, str] | None]:
    """What the change of each run is called by the plan's own file of it; whoever may write there answers for the words.

    Anybody may name a change that they try, so a title that only a run or the store keeps is shown by the change's own
    link and in no list. A change that touches or names what is withheld stays without a name.
    """
    if not any(row.change for row in rows):
        return [None] * len(rows)
    whole = read_plan(settings.CUABIEN_PLAN)
    secrets = secret_words(whole, city.withheld)  # not kept: they are read again for this one look
    of_plan = {}
    for file in sorted(Path(settings.CUABIEN_PLAN).glob(SCENARIOS)):
        change, _ = try_read_change(file)
        of_plan[change_hash(change)] = change
    return [_title(city, of_plan.get(row.change or ""), secrets) for row in rows]


def _title(city: City, change: Change | None, secrets: Collection[str]) -> Mapping[str, str] | None:
    if change is None or {edit.id for edit in change.edits} & set(city.withheld):
        return None
    titles = {language: change.title_in(language)[:LONGEST_TITLE] for language in LANGUAGES}
    named = any(speaks_of(secret, title) for secret in secrets for title in titles.values())
    return None if named or not all(titles.values()) else titles


# ---- two of them ------------------------------------------------------------------------------------------


def opened(city: City, identity: str) -> Run | None:
    """A listed run, whole; None where there is none of this id, or it is broken."""
    row = listed(city).get(identity)
    if row is None:
        return None
    try:
        return open_run(row.folder)
    except (CuabienError, OSError):
        return None


def compared(city: City, first: str, second: str, language: str) -> Comparison | None:
    """What differs between two listed runs, without anything that is withheld; None where one of them is not there."""
    kept: OrderedDict[tuple[str, str, str], Comparison] = city.remember("comparisons", OrderedDict)
    key = (first, second, language)
    if key not in kept:
        one, two = opened(city, first), opened(city, second)
        if one is None or two is None:
            return None
        areas = [a.id for a in city.plan.areas.values() if a.kind != "commune"]
        found = comparing.compare(city.plan, one, two, areas=areas, language=language)
        kept[key] = public(city, found)
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return kept[key]


def public(city: City, found: Comparison) -> Comparison:
    """Without indicators that are withheld or not registered, and with projects of the public plan only."""
    shown = {row.id for row in indicators().values() if row.group != "defence"}
    return replace(
        found,
        indicators=[row for row in found.indicators if row.indicator in shown],
        quiet=[row for row in found.quiet if row.indicator in shown],
        targets=[row for row in found.targets if row.indicator in shown and row.target in city.plan.targets],
        communes=[row for row in found.communes if row.indicator in shown],
        projects=[row for row in found.projects if row.project in city.plan.projects],
    )
