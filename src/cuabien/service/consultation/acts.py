"""Every change of state of a consultation: each a function, each one transaction, each a line of the ledger.

Pages, the desk and the interface call these and nothing else writes. An act either happened whole (rows and line) or not at
all; what it refuses it refuses with `Refused` (a sentence) or `UnusableInput` (faults beside the fields: `Fault.file` names the field).
`moment` is when it happens: the clock's now, unless a test says otherwise. The ledger never goes backwards, so that a clock
that was set back dates nothing back, and reopens nothing that was closed.

Who may do what is asked before (`people.roles`); these functions ask only whether the thing may be done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cuabien.record.receipts import Receipt
from cuabien.service.consultation.models import Answer, Comment, Consultation, Invitation, Merged, Moderation

# ---- people -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A picture that was made anew and lies in the home (`images.keep`)."""

    sha256: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody hands in."""

    text: str
    about: str = "whole"
    table: str = ""
    object_id: str = ""
    clause: str = ""
    geometry: Mapping[str, Any] | None = None
    """A GeoJSON geometry: Point, LineString or Polygon, longitude and latitude."""
    commune: str = ""
    change: str = ""
    run_note: str = ""
    language: str = "vi"
    channel: str = "web"
    name: str = ""
    contact: str = ""
    consent_name_public: bool = False
    pictures: Sequence[Kept] = ()


@dataclass(frozen=True)
class Handed:
    """What the person gets back. `again`: the same form had been taken before, and this is its first receipt."""

    comment: Comment
    receipt: Receipt
    token: str
    """The secret with which the writer withdraws or erases without an account."""
    again: bool = False


def submit(
    consultation: str,
    said: Said,
    *,
    client_key: str,
    author: Any = None,
    typed_by: Any = None,
    invitation: Invitation | None = None,
    verified: bool = False,
    moment: dt.datetime | None = None,
) -> Handed:
    """Take a comment. `client_key`: at least 16 random characters that the form carries; the same key twice is one comment."""
    raise NotImplementedError


def withdraw(comment: str, *, token: str = "", by: Any = None, moment: dt.datetime | None = None) -> Comment:
    """The writer takes a comment back: it stays in the record, its words are no longer shown."""
    raise NotImplementedError


def erase(
    comment: str, *, token: str = "", by: Any = None, reason: str = "", moment: dt.datetime | None = None
) -> Comment:
    """Destroy words, person, place, pictures and salt; a tombstone stays. `by`: the writer's account, or the official who grants
    a request made on paper, with the reason."""
    raise NotImplementedError


@dataclass(frozen=True)
class Tally:
    """Voices of a comment, verified and anonymous apart."""

    support_verified: int = 0
    support_anonymous: int = 0
    oppose_verified: int = 0
    oppose_anonymous: int = 0


def voice(
    comment: str, voter: str, side: int, *, verified: bool = False, moment: dt.datetime | None = None
) -> Tally:
    """Support (1), oppose (-1) or take the voice back (0). Each voter has one, however often it is sent."""
    raise NotImplementedError


# ---- officials ----------------------------------------------------------------------------------------------


def begin(
    consultation: str,
    *,
    by: Any,
    plan: str,
    edition: str,
    title_vi: str,
    regime: str,
    title_en: str = "",
    summary_vi: str = "",
    summary_en: str = "",
    edition_id: str = "",
    kind: str = "public",
    state: str = "",
    scope: Iterable[Sequence[str]] = (),
    hold_first: bool = False,
    moment: dt.datetime | None = None,
) -> Consultation:
    """Set up a consultation in the first state of the procedure (or in `state`, where earlier steps were taken elsewhere)."""
    raise NotImplementedError


def enter_article(
    consultation: str,
    *,
    by: Any,
    article: str,
    opens_at: dt.datetime,
    last_day: dt.date,
    withheld_split: bool = False,
    defence_agreed: bool = False,
    moment: dt.datetime | None = None,
) -> Consultation:
    """A named official enters the article and with it the period: open from a moment to 23:59:59 of the last day in Việt Nam."""
    raise NotImplementedError


def move(
    consultation: str,
    act: str,
    *,
    by: Any,
    article: str = "",
    evidence: str = "",
    moment: dt.datetime | None = None,
) -> Consultation:
    """Take a step of the procedure. Refused, with every reason at once, while a guard of it does not hold."""
    raise NotImplementedError


def invite(
    consultation: str,
    *,
    by: Any,
    agency_vi: str,
    agency_en: str = "",
    email: str = "",
    last_day: dt.date,
    moment: dt.datetime | None = None,
) -> tuple[Invitation, str]:
    """Ask an agency by name, with a deadline of its own; also the key that opens its form (only its hash is kept)."""
    raise NotImplementedError


def answer(
    comments: Iterable[str],
    *,
    by: Any,
    disposition: str,
    reason_vi: str,
    reason_en: str = "",
    office: str = "",
    run: str = "",
    seen: Mapping[str, str] | None = None,
    moment: dt.datetime | None = None,
) -> Answer:
    """Answer one comment or a group of one consultation; an earlier answer to any of them is replaced. `seen`: comment -> id of the
    answer that the official saw in force ("" for none); when another has answered meanwhile, it is refused."""
    raise NotImplementedError


def moderate(
    comment: str, *, by: Any, reason: str, words: str = "", moment: dt.datetime | None = None
) -> Moderation:
    """Hide the words of a comment, with a reason of `models.REASONS` in the public log."""
    raise NotImplementedError


def restore(comment: str, *, by: Any, words: str = "", moment: dt.datetime | None = None) -> Moderation:
    """Show a moderated comment again, or a held one for the first time."""
    raise NotImplementedError


def merge(
    comment: str,
    *,
    by: Any,
    change: str,
    edition_before: str,
    edition_after: str,
    moment: dt.datetime | None = None,
) -> Merged:
    """An accepted proposal went into the next draft."""
    raise NotImplementedError


# ---- the clock ----------------------------------------------------------------------------------------------


def close_what_is_over(moment: dt.datetime | None = None) -> list[str]:
    """Write the line `closed` of every consultation whose last second has passed; their ids. Anybody may call it, at any time."""
    raise NotImplementedError


def end_day(day: dt.date, moment: dt.datetime | None = None) -> None:
    """The tally of the day's voices and the root of the day, once the day has ended."""
    raise NotImplementedError


def is_open(consultation: Consultation, moment: dt.datetime | None = None) -> bool:
    """Whether comments are received at a moment (the last second included)."""
    raise NotImplementedError
