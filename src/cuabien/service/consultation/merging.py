"""An accepted proposal becomes part of the next draft: a plan package under the home, never the city's own files.

Drafts build on one another from the edition that is served: each merge takes the newest draft and writes another, named by its
hash. Who is credited stands with the comment, so that an erasure takes the name away from the draft too; beside the draft stands
which comment each change came from.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from django.conf import settings

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.plan.change import apply
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.plan.write import write_plan
from cuabien.service.consultation import acts
from cuabien.service.consultation.common import is_hash
from cuabien.service.consultation.ledger import writing
from cuabien.service.consultation.models import Merged
from cuabien.service.trying import store

CREDITS = "merged.csv"


def folder_of(edition: str) -> Path:
    """Where a draft lies."""
    if not is_hash(edition):
        raise ValueError(edition)
    return Path(settings.CUABIEN_HOME) / "drafts" / edition


def newest(edition: str) -> str:
    """The draft that the merges from an edition have led to; the edition itself while there is none."""
    led = dict(Merged.objects.order_by("at", "pk").values_list("edition_before", "edition_after"))
    seen = {edition}
    while edition in led and led[edition] not in seen:
        edition = led[edition]
        seen.add(edition)
    return edition


def draft() -> tuple[str, Plan]:
    """The newest draft: its hash, and the whole of it."""
    served = read_plan(Path(settings.CUABIEN_PLAN))
    first = edition_hash(served)
    last = newest(first)
    return (first, served) if last == first else (last, read_plan(folder_of(last)))


def merge(comment: str, *, by: Any, change: str) -> Merged:
    """Apply a change to the newest draft and write the next one. `UnusableInput` where it does not fit the draft any more."""
    what = store.get(Path(settings.CUABIEN_HOME), change) if is_hash(change) else None
    if what is None:
        raise Refused(N_("this change is not kept here; try it first, then merge it"))
    before, plan = draft()
    after_plan = apply(plan, what)
    after = edition_hash(after_plan)
    if after == before:
        raise Refused(N_("this change makes no difference to the draft; it is in it already"))
    folder = folder_of(after)
    write_plan(after_plan, folder)
    with writing():
        if newest(edition_hash(read_plan(Path(settings.CUABIEN_PLAN)))) != before:
            raise Refused(N_("another proposal was merged meanwhile; do it once more"))
        row = acts.merge(comment, by=by, change=change, edition_before=before, edition_after=after)
        _credit(folder, after)
        return row


def _credit(folder: Path, edition: str) -> None:
    """Which comment each change of the draft came from, back to the edition that was served."""
    steps = {row.edition_after: row for row in Merged.objects.order_by("at", "pk")}
    lines = []
    while edition in steps:
        row = steps.pop(edition)
        lines.append((row.comment_id, row.change, row.edition_before, row.edition_after))
        edition = row.edition_before
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("comment", "change", "edition_before", "edition_after"))
    writer.writerows(reversed(lines))
    (folder / CREDITS).write_text(out.getvalue(), encoding="utf-8")
