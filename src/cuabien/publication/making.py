"""From a plan and a run to an edition: what may be shown, whether the run is of it, who comes before it; then the parts.

When nothing is withheld, the plan's files and the run are published as they are. When something is, they cannot be: the
files are written without it, and the future of what is left is modelled anew, so that no figure rests on what nobody may
see and anyone can run the edition again. The manifest then says whether what is withheld moves any figure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from cuabien.base.dates import last_day
from cuabien.base.faults import Fault, Refused, UnusableInput, stops
from cuabien.base.hashing import hash_bytes
from cuabien.base.words import N_
from cuabien.plan.change import Change, apply, change_hash, stack, try_read_change
from cuabien.plan.checks import check
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import TABLES, Plan
from cuabien.plan.read import parse_plan, read_plan
from cuabien.plan.references import row_of
from cuabien.plan.withheld import SHORTEST_SECRET, hidden_ids, kinds, public_part, secrets
from cuabien.plan.write import render_plan
from cuabien.publication.edition import (
    CHANGE,
    Edition,
    EditionInput,
    Part,
    Piece,
    Scenario,
    Told,
    open_edition,
    write_edition,
)
from cuabien.publication.keys import PrivateKey, approvals_of
from cuabien.publication.parts import PARTS
from cuabien.publication.record import taken_in
from cuabien.results import Run, open_run
from cuabien.results.folder import MANIFEST as RUN_MANIFEST

SCENARIO_FILES = "scenarios/*.toml"
BESIDE = ("*.md", "LICENSE*", "map/*.md", "map/LICENSE*", "layers/*.md", SCENARIO_FILES)
"""Files beside the package that go with it: licences, notes and scenarios."""


@dataclass(frozen=True)
class Ready:
    """An edition that can be made: what its parts may know, and what they may not."""

    edition: EditionInput
    head: Mapping[str, Any]
    secrets: tuple[str, ...]
    warnings: tuple[Fault, ...]


def prepare(
    plan_folder: Path,
    run_folder: Path,
    *,
    changes: Sequence[Change] = (),
    home: Path,
    published: dt.date,
    record: Path | None = None,
    previous: Path | None = None,
    vn2000: bool = False,
    address: str | None = None,
    scenarios: bool = False,
) -> Ready:
    """Everything that has to hold before anything is written. Raises `UnusableInput` or `Refused`.

    `scenarios` models those that the plan carries, to be shown beside its future; an edition of a change has none.
    """
    whole, given = read_plan(plan_folder), open_run(run_folder)
    change = stack(*changes)
    _refuse_other_run(whole, change, given)
    changed = apply(whole, change) if change else whole
    findings = check(changed, last_day(whole.header.as_of))
    if stops(findings):
        raise UnusableInput([found for found in findings if stops([found])])
    hidden = hidden_ids(changed)
    kept = secrets(changed, hidden)
    beside = _beside(plan_folder)
    if hidden:
        shown, files = _public(whole, change, hidden, kept)
        ids = _telling_ids(shown, hidden)
        left_out = [name for name, data in beside.items() if _speaks(data, ids, kept)]
        run = _run_again(shown, changes, given, home)
    else:
        shown, files, left_out, run = whole, dict(whole.files), [], given
    files |= {name: data for name, data in beside.items() if name not in left_out}
    withheld = kinds(public_part(changed)[1])
    if left_out:
        withheld["file"] = len(left_out)
    carried, unusable = _scenarios(shown, files, run, home) if scenarios and not change else ((), [])
    seal = hash_bytes((run.folder / RUN_MANIFEST).read_bytes())
    before = _previous(previous, whole.header.id)
    of_record = taken_in(record, before.folder if before else None, whole.header.id)
    edition = EditionInput(
        id=f"{whole.header.id}-{published.isoformat()}-{edition_hash(shown)[:8]}-{seal[:8]}",
        plan=apply(shown, change) if change else shown,
        run=run,
        published=published,
        files=files,
        change=change or None,
        withheld=withheld,
        withheld_moves=bool(hidden) and not _same_figures(run, given),
        previous=before,
        record=record,
        vn2000=vn2000,
        scenarios=carried,
        address=address,
    )
    head = _head(edition, edition_hash(shown))
    return Ready(edition, head, kept, (*_warnings(head, before), *of_record, *unusable))


def publish(
    ready: Ready,
    target: Path,
    key: PrivateKey,
    *,
    parts: Iterable[Part] = (),
    told: Told = lambda *_: None,
) -> Edition:
    """Make the edition: the parts of every edition, then those handed in; each may know the paths before it."""
    written: list[str] = []

    def noted(pieces: Iterable[Piece]) -> Iterable[Piece]:
        for path, content in pieces:
            written.append(path)
            yield path, content

    made = (
        (part.name, noted(part.make(replace(ready.edition, written=tuple(written)))))
        for part in (*PARTS, *parts)
    )
    return write_edition(target, ready.head, made, key, secrets=ready.secrets, told=told)


# ---- the manifest -----------------------------------------------------------------------------------------


def _head(edition: EditionInput, plan_hash: str) -> dict[str, Any]:
    header, run = edition.plan.header, edition.run.manifest
    return {
        "edition": edition.id,
        "published": edition.published.isoformat(),
        "plan": {
            "id": header.id,
            "hash": plan_hash,
            "name_vi": header.name_vi,
            "name_en": header.name_en,
            "as_of": header.as_of,
            "approved_by": header.approved_by,
        },
        "change": {"hash": change_hash(edition.change), "file": CHANGE} if edition.change else None,
        "run": {"manifest": dict(run)},
        "code_hash": run.get("code_hash"),
        "lock_hash": run.get("lock_hash"),
        "previous": {"edition": edition.previous.id, "manifest_sha256": edition.previous.seal}
        if edition.previous
        else None,
        "withheld": {"kinds": dict(edition.withheld), "moves_figures": edition.withheld_moves},
        "approvals": approvals_of(header),
        "address": edition.address,
    }


def _warnings(head: Mapping[str, Any], before: Edition | None) -> Iterable[Fault]:
    if before and int(before.manifest["approvals"]["needed"]) > head["approvals"]["needed"]:
        yield Fault(
            "fewer-approvals",
            "plan.toml",
            N_("the previous edition needed {before} signatures; this one needs {now}"),
            N_("set approvals in plan.toml, or say in the edition's notes why fewer are enough"),
            row="approvals",
            severity="warning",
            values={"before": before.manifest["approvals"]["needed"], "now": head["approvals"]["needed"]},
        )
    if head["withheld"]["moves_figures"]:
        yield Fault(
            "withheld-moves-figures",
            "plan.toml",
            N_(
                "the future was modelled again without what is withheld, and differs from the run that was given"
            ),
            N_("figures of this edition are those of what may be shown; say so where both are used"),
            severity="warning",
        )


# ---- is it a run of this plan? ----------------------------------------------------------------------------


def _refuse_other_run(plan: Plan, change: Change, run: Run) -> None:
    changed_by = change_hash(change) if change.edits else None
    if run.manifest.get("plan_hash") != edition_hash(plan):
        raise Refused(
            N_("{run} is not a run of this plan as it stands; run the plan again"), run=run.folder.name
        )
    if run.manifest.get("change_hash") != changed_by:
        raise Refused(
            N_("{run} is the run of another change; name the change that it was made with: --change FILE"),
            run=run.folder.name,
        )


def _previous(folder: Path | None, plan: str) -> Edition | None:
    if folder is None:
        return None
    from cuabien.publication.verify import intact

    edition = open_edition(folder)
    if edition.manifest["plan"]["id"] != plan:
        raise Refused(
            N_("{folder} is an edition of another plan: {plan}"),
            folder=str(folder),
            plan=edition.manifest["plan"]["id"],
        )
    damaged = intact(edition)
    if damaged:
        raise UnusableInput(damaged)
    return edition


# ---- without what is withheld -----------------------------------------------------------------------------


def _public(
    whole: Plan, change: Change, hidden: Mapping[str, set[str]], kept: tuple[str, ...]
) -> tuple[Plan, dict[str, bytes]]:
    """The plan that may be shown, and its files."""
    touched = [edit for edit in change.edits if edit.id in hidden.get(edit.table, ())]
    if touched:
        raise Refused(N_("the change speaks of something that is withheld; it cannot be published"))
    left = public_part(whole)[0]
    files = render_plan(replace(left, files=whole.files, where=whole.where))
    shown, faults = parse_plan(files, [])
    faults = [*faults, *_speaking(left, whole, hidden, kept)]
    if shown is None or stops(faults):
        raise UnusableInput(faults)
    return shown, files


def _speaking(
    left: Plan, whole: Plan, hidden: Mapping[str, set[str]], kept: tuple[str, ...]
) -> Iterable[Fault]:
    """Public rows whose words name something withheld: file, row, and what to do."""
    ids = _telling_ids(left, hidden)
    for table in ("header", "parameters", *(t.name for t in TABLES)):
        rows = {"plan": left.header} if table == "header" else left.table(table)
        for identity, entry in rows.items():
            text = row_of(entry).model_dump_json()
            if any(secret in text for secret in kept) or _names(text, ids):
                file, row = ("plan.toml", None) if table == "header" else whole.place(table, identity)
                yield Fault(
                    "speaks-of-withheld",
                    file,
                    N_("this public row speaks of something that is withheld"),
                    N_("take its name or id out of the words of this row, or mark the row as not public"),
                    row=row,
                )


def _telling_ids(left: Plan, hidden: Mapping[str, set[str]]) -> set[str]:
    """Ids of what is withheld that name nothing else: an id is unique in its table only."""
    taken = {i for table in TABLES for i in left.table(table.name)}
    taken |= {code for s in left.programme.values() if (code := s.code)}
    return {i for found in hidden.values() for i in found if len(i) >= SHORTEST_SECRET} - taken


def _names(text: str, ids: set[str]) -> bool:
    return any(re.search(rf"(?<![\w.-]){re.escape(i)}(?![\w-])", text) for i in ids if i in text)


def _beside(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for pattern in BESIDE
        for path in sorted(folder.glob(pattern))
        if path.is_file() and not path.is_symlink()
    }


def _speaks(data: bytes, ids: set[str], kept: tuple[str, ...]) -> bool:
    text = data.decode(errors="replace")
    return any(secret in text for secret in kept) or _names(text, ids)


def _run_again(shown: Plan, changes: Sequence[Change], given: Run, home: Path) -> Run:
    """The future of what may be shown, to the year and with the seed of the run that was given."""
    from cuabien.runner import run_plan

    changed = apply(shown, stack(*changes)) if changes else shown
    findings = check(changed, last_day(changed.header.as_of))
    if stops(findings):
        raise UnusableInput([found for found in findings if stops([found])])
    outcome = run_plan(
        shown,
        changes=changes,
        seed=int(given.manifest["seed"]),
        to_year=int(given.manifest["last_year"]),
        home=home,
        faults=findings,
    )
    return open_run(outcome.run)


def _scenarios(
    shown: Plan, files: Mapping[str, bytes], own: Run, home: Path
) -> tuple[tuple[Scenario, ...], list[Fault]]:
    """The scenarios among the files that are published, modelled beside the plan's own future; what cannot be is told."""
    found, unusable = [], []
    for file in sorted(name for name in files if PurePosixPath(name).match(SCENARIO_FILES)):
        change, faults = try_read_change(files[file], shown)
        if not stops(faults):
            try:
                run = _run_again(shown, [change], own, home)
            except UnusableInput as error:
                faults = list(error.faults)
            else:
                found.append(Scenario(PurePosixPath(file).stem, file, change, run))
                continue
        unusable.append(_no_scenario(file, next(fault for fault in faults if stops([fault]))))
    return tuple(found), unusable


def _no_scenario(file: str, cause: Fault) -> Fault:
    return Fault(
        "scenario-left-out",
        file,
        N_("the scenario could not be modelled and is not shown beside the plan: {why}"),
        N_("mend it, or take it out of the folder of scenarios"),
        severity="warning",
        values={"why": cause.message()},
    )


def _same_figures(one: Run, two: Run) -> bool:
    return bool(one.table("indicators").equals(two.table("indicators")))
