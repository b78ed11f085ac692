"""What a record is made of: one frozen row type for each file, and the record that holds them all.

A row type is the schema of its file: its fields are the columns, in order, and each says what may stand in it. Nothing here can hold
what a person is called or how to reach them; there is no column for it, and a file with further columns is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from cuabien.record.ledger import ROOTS, Entry, Root
from cuabien.record.procedure import STATES


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell may hold. `kind`: id, ids, hash, hashes, moment, day, whole, yes-no, text, word, salt."""

    kind: str
    blank: bool = False
    words: tuple[str, ...] = ()


Id = Annotated[str, Cell("id")]
MaybeId = Annotated[str, Cell("id", blank=True)]
Ids = Annotated[tuple[str, ...], Cell("ids", blank=True)]
Hash = Annotated[str, Cell("hash")]
MaybeHash = Annotated[str, Cell("hash", blank=True)]
Hashes = Annotated[tuple[str, ...], Cell("hashes", blank=True)]
Salt = Annotated[str, Cell("salt", blank=True)]
Moment = Annotated[str, Cell("moment")]
MaybeMoment = Annotated[str, Cell("moment", blank=True)]
Day = Annotated[str, Cell("day")]
MaybeDay = Annotated[str, Cell("day", blank=True)]
Whole = Annotated[int, Cell("whole")]
YesNo = Annotated[bool, Cell("yes-no")]
Text = Annotated[str, Cell("text", blank=True)]
NeededText = Annotated[str, Cell("text")]

KINDS = ("agency", "public")
ABOUT = ("object", "clause", "place", "whole", "proposal")
CHANNELS = ("web", "paper", "spoken", "agency")
SHOWN, GONE = "shown", ("withdrawn", "erased")
COMMENT_STATES = ("held", SHOWN, "moderated", *GONE)
DISPOSITIONS = ("accept", "in_part", "decline", "out_of_scope", "already_so")
FATES = ("moderated", "restored", "withdrawn", "erased")
WHOM = ("residents", "businesses")
STATE_NAMES = tuple(STATES)


@dataclass(frozen=True, slots=True)
class Consultation:
    """An edition put before people, and where its procedure stands."""

    id: Id
    plan: Id
    edition: Hash
    edition_id: MaybeId
    title_vi: NeededText
    title_en: Text
    summary_vi: Text
    summary_en: Text
    regime: Id
    kind: Annotated[str, Cell("word", words=KINDS)]
    state: Annotated[str, Cell("word", words=STATE_NAMES)]
    opens_at: MaybeMoment
    closes_at: MaybeMoment
    article: Text
    withheld_split: YesNo
    scope: Ids
    """table:id of what people are asked about; blank: all of the plan."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of the procedure that was taken."""

    n: Whole
    consultation: Id
    before: Annotated[str, Cell("word", words=STATE_NAMES)]
    after: Annotated[str, Cell("word", words=STATE_NAMES)]
    act: Id
    at: Moment
    article: Text
    last_day: MaybeDay
    """The deadline that the step announced."""
    evidence: Text


@dataclass(frozen=True, slots=True)
class Invitation:
    """An agency that was asked by name."""

    n: Whole
    consultation: Id
    agency_vi: NeededText
    agency_en: Text
    sent_at: Moment
    due_at: Moment
    answered_at: MaybeMoment


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said, or the tombstone of it. Text, salt and pictures stand here only while it is shown."""

    n: Whole
    id: Id
    consultation: Id
    edition: Hash
    about: Annotated[str, Cell("word", words=ABOUT)]
    table: MaybeId
    object: MaybeId
    clause: Text
    commune: MaybeId
    change: MaybeHash
    """The tried change that is the counter-proposal."""
    channel: Annotated[str, Cell("word", words=CHANNELS)]
    language: Id
    received_at: Moment
    verified: YesNo
    state: Annotated[str, Cell("word", words=COMMENT_STATES)]
    theme: MaybeId
    twin_of: MaybeId
    """An earlier comment that says nearly the same; shown with it, never removed."""
    words: Hash
    """The salted hash of text, place and pictures."""
    salt: Salt
    pictures: Hashes
    text: Text


@dataclass(frozen=True, slots=True)
class Answer:
    """A disposition with its reason."""

    n: Whole
    id: Id
    consultation: Id
    disposition: Annotated[str, Cell("word", words=DISPOSITIONS)]
    reason_vi: NeededText
    reason_en: Text
    run: MaybeHash
    """The change whose run shows why."""
    office: Text
    at: Moment
    replaces: MaybeId


@dataclass(frozen=True, slots=True)
class AnswerComment:
    """That an answer was given to a comment. The one with the highest line of the ledger holds."""

    answer: Id
    comment: Id


@dataclass(frozen=True, slots=True)
class Theme:
    """What several comments are about."""

    id: Id
    consultation: Id
    name_vi: NeededText
    name_en: Text
    accepted: YesNo
    """Whether a person accepted what a program proposed."""


@dataclass(frozen=True, slots=True)
class Voices:
    """Support and opposition of a comment as they stood when the tally was taken; `n` is the line of the tally."""

    n: Whole
    day: Day
    comment: Id
    support_verified: Whole
    support_anonymous: Whole
    oppose_verified: Whole
    oppose_anonymous: Whole


@dataclass(frozen=True, slots=True)
class Fate:
    """What happened to a comment after it was received; the public log of moderation and erasure."""

    n: Whole
    comment: Id
    act: Annotated[str, Cell("word", words=FATES)]
    reason: Text
    words: Text
    at: Moment


@dataclass(frozen=True, slots=True)
class Meeting:
    """A day on which the city meets businesses or residents."""

    id: Id
    title_vi: NeededText
    title_en: Text
    starts_at: Moment
    place_vi: Text
    place_en: Text
    commune: MaybeId
    whom: Annotated[str, Cell("word", words=WHOM)]
    consultation: MaybeId


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked at a meeting, what was answered, what was done."""

    id: Id
    meeting: Id
    language: Id
    asked_at: Moment
    text: NeededText
    answer_vi: Text
    answer_en: Text
    answered_at: MaybeMoment
    due_on: MaybeDay
    done_vi: Text
    done_en: Text
    done_at: MaybeMoment


@dataclass(frozen=True, slots=True)
class Merged:
    """An accepted proposal that went into the next draft."""

    comment: Id
    change: Hash
    edition_before: Hash
    edition_after: Hash
    at: Moment


@dataclass(frozen=True, slots=True)
class Table:
    """One file of rows. `key`: the columns by which it is sorted, and which no two rows share."""

    name: str
    row: type
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


TABLES = (
    Table("consultations", Consultation, ("id",)),
    Table("transitions", Transition, ("n",)),
    Table("invitations", Invitation, ("n",)),
    Table("comments", Comment, ("n",)),
    Table("answers", Answer, ("n",)),
    Table("answer_comments", AnswerComment, ("answer", "comment")),
    Table("themes", Theme, ("id",)),
    Table("voices", Voices, ("n", "comment")),
    Table("moderation", Fate, ("n",)),
    Table("meetings", Meeting, ("id",)),
    Table("dialogue", Question, ("id",)),
    Table("merged", Merged, ("comment", "edition_after")),
    Table(ROOTS.removesuffix(".csv"), Root, ("n", "at")),
)
"""Every table of a record, in the order of the documentation."""
ROOT_CELLS = {"day": Cell("day"), "n": Cell("whole"), "hash": Cell("hash"), "at": Cell("moment")}
"""Of the one row type that the ledger owns."""


@dataclass(frozen=True)
class Record:
    """All of a record, in memory."""

    ledger: tuple[Entry, ...] = ()
    roots: tuple[Root, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    transitions: tuple[Transition, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    comments: tuple[Comment, ...] = ()
    answers: tuple[Answer, ...] = ()
    answer_comments: tuple[AnswerComment, ...] = ()
    themes: tuple[Theme, ...] = ()
    voices: tuple[Voices, ...] = ()
    moderation: tuple[Fate, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    dialogue: tuple[Question, ...] = ()
    merged: tuple[Merged, ...] = ()
    geometries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Comment -> its place, while it is shown."""
    changes: Mapping[str, bytes] = field(default_factory=dict)
    """Hash -> the change file of a counter-proposal, of an answer or of a merge."""

    def rows(self, table: str) -> tuple[Any, ...]:
        found: tuple[Any, ...] = getattr(self, table)
        return found
