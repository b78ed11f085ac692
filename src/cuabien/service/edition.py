"""What a published edition says of itself on its pages; handed in by whoever publishes it, since pages know no edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from cuabien.record.objects import Record
from cuabien.results import Run

FILE = "/file/"
"""How the address of a file of the edition begins in a template; `still.py` makes it the way from the page to the file."""
PLAN_RUN = "plan"
"""The id of the plan's own future among those that an edition carries; a scenario's is the name of its file."""
BEFORE_RUN = "edition-before"


@dataclass(frozen=True)
class Beside:
    """A future that stands beside the plan's own: of a scenario that the plan carries, or of the edition before."""

    id: str
    title: Mapping[str, str]
    change: str | None
    """The hash of its change; None for the edition before."""
    run: Run
    files: str = ""
    """The folder of what differs, as files."""


@dataclass(frozen=True)
class Moved:
    """Something that is new, changed or removed since the edition before, where it has a place."""

    action: str
    """add, edit or remove."""
    shape: BaseGeometry


@dataclass(frozen=True)
class ThisEdition:
    id: str
    published: dt.date
    publisher: str
    """Fingerprint of the key that signs it."""
    publication: Mapping[str, Any]
    """What `publication.json` holds."""
    withheld_moves: bool
    files: frozenset[str]
    """Every file that its pages may lead to."""
    resources: Sequence[Mapping[str, Any]]
    """The data as the data package lists them: name, path, title, title_en, format."""
    previous: Mapping[str, str] | None
    """`edition` and `manifest_sha256` of the edition before."""
    words: Mapping[str, Sequence[str]]
    """Language -> what changed since then, line by line."""
    moved: Sequence[Moved]
    beside: Sequence[Beside]
    record: Record | None = None
    """What people said and what was answered, where the edition holds it."""

    def withheld(self, kind: str) -> int:
        """How many of a kind are withheld."""
        return sum(row["count"] for row in self.publication["withheld"] if row["kind"] == kind)
