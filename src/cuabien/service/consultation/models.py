"""The tables of consultation.

A comment is two rows: what may be shown for ever (`Comment`), and what an erasure destroys (`Words`: text, name, contact and
the salt of its commitment). Personal data stand in `Words`, `Invitation.email`, `Follow.email` and the user, nowhere else.
Nothing here is changed but by `acts`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models

if TYPE_CHECKING:  # fields take their types in brackets only there
    Text = models.CharField[str, str]
    Long = models.TextField[str, str]
    Flag = models.BooleanField[bool, bool]
    When = models.DateTimeField[dt.datetime, dt.datetime]
    WhenIfEver = models.DateTimeField[dt.datetime | None, dt.datetime | None]
    Json = models.JSONField[Any, Any]
    Whole = models.PositiveIntegerField[int | None, int | None]
    Degrees = models.FloatField[float | None, float | None]
    User = models.ForeignKey[Any, Any]

HASH = 64
PUBLIC_ID = 12
"""Length of the public ids of comments, answers and questions: 60 bits that nobody can guess or count."""

AGENCY, PUBLIC = "agency", "public"
KINDS = (AGENCY, PUBLIC)

ABOUT = ("object", "clause", "place", "whole", "proposal")
CHANNELS = ("web", "paper", "spoken", "agency")
HELD, SHOWN, MODERATED, WITHDRAWN, ERASED = "held", "shown", "moderated", "withdrawn", "erased"
COMMENT_STATES = (HELD, SHOWN, MODERATED, WITHDRAWN, ERASED)
GONE = (WITHDRAWN, ERASED)
"""Needs no answer any more: the person took it back."""

SUPPORT, OPPOSE = 1, -1

ACCEPT, IN_PART, DECLINE, OUT_OF_SCOPE, ALREADY_SO = (
    "accept",
    "in_part",
    "decline",
    "out_of_scope",
    "already_so",
)
DISPOSITIONS = (ACCEPT, IN_PART, DECLINE, OUT_OF_SCOPE, ALREADY_SO)

REASONS = ("personal_data", "insult", "hate", "advertising", "off_topic", "unlawful", "secret", "other")
"""Why a comment was moderated."""


def _user(name: str, *, keep: bool = True) -> Any:
    """Who did it. An official who acted cannot be deleted; a resident's account can, and the comment stays."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT if keep else models.SET_NULL,
        related_name=f"consultation_{name}",
    )


# ---- what is consulted on -----------------------------------------------------------------------------------


class Consultation(models.Model):
    """An edition put before people, and how far its procedure is."""

    article_by_id: Any
    invitations: Any

    id: Text = models.CharField(primary_key=True, max_length=64)
    plan: Text = models.CharField(max_length=64)
    edition: Text = models.CharField(max_length=HASH)
    edition_id: Text = models.CharField(max_length=64, blank=True, default="")
    """The published edition's id, where it is published already."""
    title_vi: Text = models.CharField(max_length=300)
    title_en: Text = models.CharField(max_length=300, blank=True, default="")
    summary_vi: Long = models.TextField(blank=True, default="")
    summary_en: Long = models.TextField(blank=True, default="")
    regime: Text = models.CharField(max_length=8)
    kind: Text = models.CharField(max_length=8, default=PUBLIC)
    state: Text = models.CharField(max_length=24, db_index=True)
    state_before: Text = models.CharField(max_length=24, blank=True, default="")
    """Where it stood before it was returned, suspended or split."""
    opens_at: WhenIfEver = models.DateTimeField(null=True, blank=True)
    closes_at: WhenIfEver = models.DateTimeField(null=True, blank=True)
    """The last second in which a comment is received: 23:59:59 of the last day, in Việt Nam."""
    article: Text = models.CharField(max_length=300, blank=True, default="")
    """The article that sets the period, as the official entered it."""
    article_by: User = _user("articles")
    withheld_split: Flag = models.BooleanField(default=False)
    touches_defence: Flag = models.BooleanField(default=True)
    """Whether it speaks of borders, islands or defence positions; unless known otherwise it does."""
    defence_agreed: Flag = models.BooleanField(default=False)
    adjusting: Flag = models.BooleanField(default=False)
    """Whether it adjusts a plan of 2021-2030."""
    approved_on: models.DateField[dt.date | None, dt.date | None] = models.DateField(null=True, blank=True)
    scope: Json = models.JSONField(default=list, blank=True)
    """[[table, id], ...]; empty: all of the plan."""
    hold_first: Flag = models.BooleanField(default=False)
    """Comments are shown only after a moderator has looked."""
    made_at: When = models.DateTimeField()
    made_by: User = _user("consultations")

    class Meta:
        ordering: ClassVar = ["-made_at", "id"]


class Transition(models.Model):
    """A step of the procedure that was taken: by whom, under which article, on what evidence."""

    consultation_id: str

    consultation: models.ForeignKey[Consultation, Consultation] = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="transitions"
    )
    before: Text = models.CharField(max_length=24)
    after: Text = models.CharField(max_length=24)
    act: Text = models.CharField(max_length=40)
    at: When = models.DateTimeField()
    by: User = _user("transitions")
    article: Text = models.CharField(max_length=300, blank=True, default="")
    last_day: models.DateField[dt.date | None, dt.date | None] = models.DateField(null=True, blank=True)
    """The last day of hearing that was announced with this step."""
    evidence: Long = models.TextField(blank=True, default="")
    entry_n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(unique=True)

    class Meta:
        ordering: ClassVar = ["entry_n"]


class Invitation(models.Model):
    """An agency asked by name, with a deadline of its own and a key that opens its form."""

    consultation_id: str
    consultation: models.ForeignKey[Consultation, Consultation] = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="invitations"
    )
    agency_vi: Text = models.CharField(max_length=200)
    agency_en: Text = models.CharField(max_length=200, blank=True, default="")
    email: models.EmailField[str, str] = models.EmailField(blank=True, default="")
    sent_at: When = models.DateTimeField()
    due_at: When = models.DateTimeField()
    by: User = _user("invitations")
    token_hash: Text = models.CharField(max_length=HASH, unique=True)
    answered_at: WhenIfEver = models.DateTimeField(null=True, blank=True)
    entry_n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(unique=True)

    class Meta:
        ordering: ClassVar = ["due_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "agency_vi"], name="an_agency_is_asked_once")
        ]


# ---- what people say ----------------------------------------------------------------------------------------


class Theme(models.Model):
    """What several comments are about: proposed by the program, in force when a person has accepted it."""

    consultation_id: str
    consultation: models.ForeignKey[Consultation, Consultation] = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="themes"
    )
    name_vi: Text = models.CharField(max_length=120)
    name_en: Text = models.CharField(max_length=120, blank=True, default="")
    terms: Json = models.JSONField(default=list, blank=True)
    """The words that made the program propose it."""
    accepted: Flag = models.BooleanField(default=False)
    accepted_by: User = _user("themes")
    accepted_at: WhenIfEver = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name_vi", "id"]


class Comment(models.Model):
    """What somebody said about an edition: all of it that may be shown for ever."""

    consultation_id: str
    theme_id: int | None
    twin_of_id: str | None
    author_id: Any
    pictures: Any
    id: Text = models.CharField(primary_key=True, max_length=PUBLIC_ID)
    consultation: models.ForeignKey[Consultation, Consultation] = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="comments"
    )
    edition: Text = models.CharField(max_length=HASH)
    about: Text = models.CharField(max_length=10)
    table: Text = models.CharField(max_length=40, blank=True, default="")
    object_id: Text = models.CharField(max_length=120, blank=True, default="")
    clause: Text = models.CharField(max_length=120, blank=True, default="")
    geometry: Json = models.JSONField(null=True, blank=True)
    """A point, line or area that the person drew; it goes with the words when they are erased."""
    lon: Degrees = models.FloatField(null=True)
    lat: Degrees = models.FloatField(null=True)
    """A point on the geometry, for lists and pins."""
    commune: Text = models.CharField(max_length=20, blank=True, default="")
    change: Text = models.CharField(max_length=HASH, blank=True, default="")
    """The tried change that is the counter-proposal."""
    run_note: Text = models.CharField(max_length=300, blank=True, default="")
    channel: Text = models.CharField(max_length=8, default="web")
    language: Text = models.CharField(max_length=2, default="vi")
    received_at: When = models.DateTimeField()
    handed_in_on: models.DateField[dt.date | None, dt.date | None] = models.DateField(null=True, blank=True)
    """The day on which it reached an office, where a clerk typed it in later."""
    author: User = _user("comments", keep=False)
    typed_by: User = _user("typed")
    """The clerk who typed in what came on paper or was spoken."""
    invitation: models.ForeignKey[Invitation | None, Invitation | None] = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="comments"
    )
    verified: Flag = models.BooleanField(default=False)
    state: Text = models.CharField(max_length=10, default=SHOWN)
    theme: models.ForeignKey[Theme | None, Theme | None] = models.ForeignKey(
        Theme, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    proposed_theme: models.ForeignKey[Theme | None, Theme | None] = models.ForeignKey(
        Theme, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposed_comments"
    )
    twin_of: models.ForeignKey[Any, Any] = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="twins"
    )
    """An earlier comment that says nearly the same; shown with it, never removed."""
    assigned_to: User = _user("assigned")
    entry_n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(unique=True)
    """The entry of the ledger that says that it was received."""
    words_hash: Text = models.CharField(max_length=HASH)
    """The salted hash of the words; it stays when they are erased."""
    token_hash: Text = models.CharField(max_length=HASH)
    """Of the secret with which the writer takes it back without an account."""
    client_key: Text = models.CharField(max_length=HASH, unique=True)
    """Of the key that the form carried: a form sent twice is one comment."""

    class Meta:
        ordering: ClassVar = ["-entry_n"]
        indexes: ClassVar = [
            models.Index(fields=["consultation", "state", "-entry_n"], name="comment_list"),
            models.Index(fields=["consultation", "commune", "-entry_n"], name="comment_commune"),
            models.Index(fields=["table", "object_id", "-entry_n"], name="comment_object"),
        ]


class Words(models.Model):
    """What the person wrote and who they are. An erasure deletes this row, and with the salt every way back to it."""

    comment: models.OneToOneField[Comment, Comment] = models.OneToOneField(
        Comment, primary_key=True, on_delete=models.CASCADE, related_name="words"
    )
    text: Long = models.TextField()
    name: Text = models.CharField(max_length=120, blank=True, default="")
    contact: Text = models.CharField(max_length=200, blank=True, default="")
    salt: models.BinaryField[bytes, bytes] = models.BinaryField()
    consent_name_public: Flag = models.BooleanField(default=False)
    consent_at: When = models.DateTimeField()


class Picture(models.Model):
    """A picture that came with a comment; its file is home/pictures/<two digits>/<sha256>.webp."""

    comment: models.ForeignKey[Comment, Comment] = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="pictures"
    )
    sha256: Text = models.CharField(max_length=HASH, db_index=True)
    width: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    height: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    alt: Text = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["id"]


class Voice(models.Model):
    """Support or opposition of somebody else: one for each voter and comment, whatever is pressed how often."""

    comment: models.ForeignKey[Comment, Comment] = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="voices"
    )
    voter: Text = models.CharField(max_length=HASH)
    """A keyed hash of the account or of the visitor, with no way back."""
    side: models.SmallIntegerField[int, int] = models.SmallIntegerField()
    verified: Flag = models.BooleanField(default=False)
    at: When = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "voter"], name="one_voice_each"),
            models.CheckConstraint(condition=models.Q(side__in=(SUPPORT, OPPOSE)), name="for_or_against"),
        ]


class DayTally(models.Model):
    """Voices of a comment as they stood when a tally was taken, if they had changed since the one before."""

    comment_id: str

    entry_n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    """The line of the ledger that holds the tally."""
    day: models.DateField[dt.date, dt.date] = models.DateField()
    comment: models.ForeignKey[Comment, Comment] = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="tallies"
    )
    support_verified: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    support_anonymous: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    oppose_verified: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    oppose_anonymous: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["entry_n", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry_n", "comment"], name="one_row_a_tally")
        ]


class Moderation(models.Model):
    """A line of the public log of what happened to a comment after it was received: hidden, shown again, taken back, erased; why,
    and in whose words. `by` is blank where the writer did it."""

    comment_id: str

    comment: models.ForeignKey[Comment, Comment] = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="moderations"
    )
    act: Text = models.CharField(max_length=10)
    """moderated | restored | withdrawn | erased"""
    reason: Text = models.CharField(max_length=20, blank=True, default="")
    words: Long = models.TextField(blank=True, default="")
    by: User = _user("moderations")
    at: When = models.DateTimeField()
    entry_n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(unique=True)

    class Meta:
        ordering: ClassVar = ["entry_n"]


# ---- what the city answers ----------------------------------------------------------------------------------


class Answer(models.Model):
    """A disposition with its reason, for one comment or for many."""

    consultation_id: str
    replaces_id: str | None
    id: Text = models.CharField(primary_key=True, max_length=PUBLIC_ID)
    consultation: models.ForeignKey[Consultation, Consultation] = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="answers"
    )
    disposition: Text = models.CharField(max_length=12)
    reason_vi: Long = models.TextField()
    reason_en: Long = models.TextField(blank=True, default="")
    run: Text = models.CharField(max_length=HASH, blank=True, default="")
    """The change whose run shows why."""
    office: Text = models.CharField(max_length=200, blank=True, default="")
    """Who answers, in public: a body, not a person."""
    by: User = _user("answers")
    at: When = models.DateTimeField()
    replaces: models.ForeignKey[Any, Any] = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    entry_n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(unique=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]


class AnswerTo(models.Model):
    """That an answer answers a comment; `live`: no later answer took its place."""

    answer_id: str
    comment_id: str
    answer: models.ForeignKey[Answer, Answer] = models.ForeignKey(
        Answer, on_delete=models.PROTECT, related_name="to"
    )
    comment: models.ForeignKey[Comment, Comment] = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="answered_by"
    )
    live: Flag = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "comment"], name="an_answer_answers_once"),
            models.UniqueConstraint(
                fields=["comment"], condition=models.Q(live=True), name="one_answer_holds"
            ),
        ]


class Phrase(models.Model):
    """A template of an answer that the desk keeps ready."""

    title: Text = models.CharField(max_length=120, unique=True)
    disposition: Text = models.CharField(max_length=12)
    reason_vi: Long = models.TextField()
    reason_en: Long = models.TextField(blank=True, default="")
    by: User = _user("phrases")

    class Meta:
        ordering: ClassVar = ["title"]


class Merged(models.Model):
    """An accepted proposal that went into the next draft. Who is credited stands in its comment's words."""

    comment_id: str
    comment: models.ForeignKey[Comment, Comment] = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="merged"
    )
    change: Text = models.CharField(max_length=HASH)
    """The change as it was merged; it may have been amended."""
    edition_before: Text = models.CharField(max_length=HASH)
    edition_after: Text = models.CharField(max_length=HASH)
    by: User = _user("merges")
    at: When = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "edition_after"], name="merged_once")
        ]


# ---- dialogue, and who wants to hear ------------------------------------------------------------------------


class Meeting(models.Model):
    """A day on which the city meets businesses or residents."""

    consultation_id: str | None
    id: Text = models.CharField(primary_key=True, max_length=64)
    title_vi: Text = models.CharField(max_length=300)
    title_en: Text = models.CharField(max_length=300, blank=True, default="")
    starts_at: When = models.DateTimeField()
    place_vi: Text = models.CharField(max_length=300, blank=True, default="")
    place_en: Text = models.CharField(max_length=300, blank=True, default="")
    commune: Text = models.CharField(max_length=20, blank=True, default="")
    whom: Text = models.CharField(max_length=12, default="residents")
    """residents | businesses"""
    consultation: models.ForeignKey[Consultation | None, Consultation | None] = models.ForeignKey(
        Consultation, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings"
    )
    by: User = _user("meetings")

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]


class Question(models.Model):
    """What was asked in a dialogue, typed in by an official without names; what was answered; what was done."""

    meeting_id: str
    id: Text = models.CharField(primary_key=True, max_length=PUBLIC_ID)
    meeting: models.ForeignKey[Meeting, Meeting] = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="questions"
    )
    text: Long = models.TextField()
    language: Text = models.CharField(max_length=2, default="vi")
    asked_at: When = models.DateTimeField()
    by: User = _user("questions")
    answer_vi: Long = models.TextField(blank=True, default="")
    answer_en: Long = models.TextField(blank=True, default="")
    answered_at: WhenIfEver = models.DateTimeField(null=True, blank=True)
    answered_by: User = _user("question_answers")
    due_on: models.DateField[dt.date | None, dt.date | None] = models.DateField(null=True, blank=True)
    """By when the city promised to do it."""
    done_vi: Long = models.TextField(blank=True, default="")
    done_en: Long = models.TextField(blank=True, default="")
    done_at: WhenIfEver = models.DateTimeField(null=True, blank=True)
    done_by: User = _user("question_deeds")

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]


class Follow(models.Model):
    """Somebody who wants a letter when something happens to what they follow; confirmed by their own e-mail first."""

    email: models.EmailField[str, str] = models.EmailField()
    what: Text = models.CharField(max_length=160)
    """comment:<id> | consultation:<id> | project:<id> | commune:<code> | dialogue"""
    language: Text = models.CharField(max_length=2, default="vi")
    token_hash: Text = models.CharField(max_length=HASH, unique=True)
    """Of the key that confirms it and ends it."""
    made_at: When = models.DateTimeField()
    confirmed_at: WhenIfEver = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["email", "what"], name="followed_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["what"], name="follow_what")]


class Letter(models.Model):
    """A letter to send. It names its reader by reference, so that no second copy of an address exists."""

    follow: models.ForeignKey[Follow | None, Follow | None] = models.ForeignKey(
        Follow, null=True, blank=True, on_delete=models.CASCADE, related_name="letters"
    )
    invitation: models.ForeignKey[Invitation | None, Invitation | None] = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.CASCADE, related_name="letters"
    )
    words: models.ForeignKey[Words | None, Words | None] = models.ForeignKey(
        Words, null=True, blank=True, on_delete=models.CASCADE, related_name="letters"
    )
    user: User = _user("letters", keep=False)
    about: Text = models.CharField(max_length=160)
    """One letter for each reader and event: the event's name."""
    subject: Text = models.CharField(max_length=200)
    body: Long = models.TextField()
    made_at: When = models.DateTimeField()
    sent_at: WhenIfEver = models.DateTimeField(null=True, blank=True, db_index=True)
    tries: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    fault: Text = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["made_at", "id"]


# ---- the ledger ---------------------------------------------------------------------------------------------


class LedgerEntry(models.Model):
    """A link of the chain, as `cuabien.record.ledger` makes it. Never changed, never deleted."""

    n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(primary_key=True)
    at: Text = models.CharField(max_length=20)
    """UTC to the second, as it was hashed."""
    kind: Text = models.CharField(max_length=12)
    subject: Text = models.CharField(max_length=100, db_index=True)
    commitment: Text = models.CharField(max_length=HASH)
    previous: Text = models.CharField(max_length=HASH)
    hash: Text = models.CharField(max_length=HASH, unique=True)

    class Meta:
        ordering: ClassVar = ["n"]


class Root(models.Model):
    """The last entry at a moment, published so that nobody can grow another chain beneath it: one a day, and one for each record
    that is taken out."""

    n: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(primary_key=True)
    day: models.DateField[dt.date, dt.date] = models.DateField(db_index=True)
    hash: Text = models.CharField(max_length=HASH)
    at: Text = models.CharField(max_length=20)

    class Meta:
        ordering: ClassVar = ["n"]
