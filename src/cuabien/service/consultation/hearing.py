"""What people do: hand in a comment, take it back, have it erased, support or oppose another."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from cuabien.base.dates import VIETNAM
from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.words import N_
from cuabien.record.contents import comment_content, words_commitment
from cuabien.record.ledger import Entry, new_salt
from cuabien.record.procedure import ASKING
from cuabien.record.receipts import Receipt, make_receipt
from cuabien.service.consultation import images, ledger
from cuabien.service.consultation.common import (
    CLOSED,
    NOT_OPEN,
    comment_of,
    consultation_of,
    day_in_words,
    deed,
    fate,
    hashed,
    keyed,
    new_id,
    token_of,
)
from cuabien.service.consultation.ledger import Pen, writing
from cuabien.service.consultation.models import (
    AGENCY,
    ERASED,
    GONE,
    HELD,
    SHOWN,
    WITHDRAWN,
    Comment,
    Consultation,
    Follow,
    Invitation,
    LedgerEntry,
    Picture,
    Voice,
    Words,
)
from cuabien.service.consultation.said import Kept, Said, faults, one_line, pin, tidy

SHORTEST_KEY = 16


# ---- handing in ---------------------------------------------------------------------------------------------


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
    hold: bool = False,
    moment: dt.datetime | None = None,
) -> Handed:
    """Take a comment. `client_key`: at least 16 random characters that the form carries; the same key twice is one comment.

    `typed_by`: the clerk who types in what came on paper; `invitation`: of the agency that answers; `hold`: it is shown when a
    moderator has looked.
    """
    if len(client_key) < SHORTEST_KEY:
        raise Refused(N_("this form is no longer whole; open it again"))
    said, key = tidy(said), hashed(consultation, client_key)
    first = _first(key)
    if first is not None:
        return _handed_before(first, said)
    where = consultation_of(consultation)
    found = faults(said, where)
    if found:
        raise UnusableInput(found)
    comment = _comment(where, said, author, typed_by, invitation, verified, hold)
    token = token_of(comment.id)
    comment.token_hash, comment.client_key = hashed(token), key
    salt, pictures = new_salt(), [kept.sha256 for kept in said.pictures]
    comment.words_hash = words_commitment(salt, said.text, said.geometry, pictures)
    try:
        with writing(
            moment
        ) as pen:  # others wait from here on: everything that needs no turn was done before
            _must_be_heard(consultation_of(consultation), said, pen.now, invitation, typed_by)
            _must_be_kept(said.pictures)
            content, entry = _write(pen, comment, said, salt)
            if invitation is not None:
                Invitation.objects.filter(pk=invitation.pk, answered_at=None).update(answered_at=pen.now)
            if typed_by is not None:
                deed(typed_by, "enter", f"comment:{comment.id}", channel=said.channel)
    except IntegrityError:  # the same form came a moment ago from another side
        first = _first(key)
        if first is None:
            raise
        return _handed_before(first, said)
    return Handed(comment, make_receipt(entry, content, salt, said.geometry, pictures), token)


def _first(key: str) -> Comment | None:
    """The comment that a form became, if it was sent before."""
    return next(iter(Comment.objects.filter(client_key=key).order_by()), None)


def _write(pen: Pen, comment: Comment, said: Said, salt: bytes) -> tuple[dict[str, Any], Entry]:
    """The line of the ledger and the rows."""
    comment.received_at = pen.now
    content = comment_content(public_fields(comment), comment.words_hash)
    with ledger.at_one_go():
        entry = pen.write("received", comment.id, content)
        comment.entry_n = entry.n
        comment.save(force_insert=True)
        Words(
            comment=comment,
            text=said.text,
            name=said.name,
            contact=said.contact,
            salt=salt,
            consent_name_public=said.consent_name_public,
            consent_at=pen.now,
        ).save(force_insert=True)
    Picture.objects.bulk_create(
        Picture(comment=comment, sha256=p.sha256, width=p.width, height=p.height, alt=p.alt)
        for p in said.pictures
    )
    return content, entry


def _comment(
    where: Consultation,
    said: Said,
    author: Any,
    typed_by: Any,
    invitation: Invitation | None,
    verified: bool,
    hold: bool,
) -> Comment:
    """The row as it will stand, but for its moment and its line."""
    lon, lat = pin(said.geometry)
    from_office = typed_by is not None or invitation is not None
    return Comment(
        id=new_id(),
        consultation=where,
        edition=where.edition,
        about=said.about,
        table=said.table,
        object_id=said.object_id,
        clause=said.clause,
        geometry=said.geometry,
        lon=lon,
        lat=lat,
        commune=said.commune,
        change=said.change,
        run_note=said.run_note,
        channel="agency" if invitation is not None else said.channel,
        language=said.language,
        handed_in_on=said.handed_in_on if typed_by is not None else None,
        author=author,
        typed_by=typed_by,
        invitation=invitation,
        verified=verified or invitation is not None,
        state=HELD if (hold or where.hold_first) and not from_office else SHOWN,
    )


def _handed_before(comment: Comment, said: Said) -> Handed:
    """The first receipt once more, for the same words; a form is not sent twice with two contents."""
    words = Words.objects.filter(comment=comment).first()
    if words is None:
        raise Refused(N_("this comment was handed in, and erased since"))
    pictures = [kept.sha256 for kept in said.pictures]
    same = words_commitment(bytes(words.salt), said.text, said.geometry, pictures) == comment.words_hash
    if not same:
        raise Refused(N_("this form was sent before with other words; open a new one for another comment"))
    return Handed(comment, receipt_of(comment), token_of(comment.id), again=True)


def receipt_of(comment: Comment) -> Receipt:
    """The receipt of a comment. Its salt belongs to the writer alone: hand it to nobody else."""
    words = Words.objects.filter(comment=comment).first()
    if words is None:
        raise Refused(N_("this comment was erased, and with it what a receipt is made of"))
    entry = ledger.entry_of(LedgerEntry.objects.get(pk=comment.entry_n))
    pictures = list(comment.pictures.values_list("sha256", flat=True))
    content = comment_content(public_fields(comment), comment.words_hash)
    return make_receipt(entry, content, bytes(words.salt), comment.geometry, pictures)


def public_fields(comment: Comment) -> dict[str, Any]:
    """What the ledger holds of a comment beside its words (`contents.COMMENT_FIELDS`)."""
    return {
        "id": comment.id,
        "consultation": comment.consultation_id,
        "edition": comment.edition,
        "about": comment.about,
        "table": comment.table,
        "object": comment.object_id,
        "clause": comment.clause,
        "commune": comment.commune,
        "change": comment.change,
        "channel": comment.channel,
        "language": comment.language,
        "received_at": ledger.in_words(comment.received_at),
        "verified": comment.verified,
    }


def _must_be_kept(pictures: Sequence[Kept]) -> None:
    """Within the ledger's lock, as is the removal of pictures: what is there now is there when the act is certain."""
    if not all(images.is_kept(Path(settings.CUABIEN_HOME), kept.sha256) for kept in pictures):
        raise Refused(N_("a picture of this form is no longer there; choose it again"))


# ---- in time ------------------------------------------------------------------------------------------------


def is_open(consultation: Consultation, moment: dt.datetime | None = None) -> bool:
    """Whether comments are received at a moment, the last second included."""
    return _opened(consultation, ledger.now(moment))


def _opened(where: Consultation, now: dt.datetime) -> bool:
    if where.state not in ASKING or where.opens_at is None or where.closes_at is None:
        return False
    return where.opens_at <= now <= where.closes_at


def _must_be_heard(
    where: Consultation, said: Said, now: dt.datetime, invitation: Invitation | None, typed_by: Any
) -> None:
    if where.state not in ASKING or where.opens_at is None or now < where.opens_at:
        raise Refused(NOT_OPEN)
    if invitation is not None:
        if invitation.consultation_id != where.id:
            raise Refused(N_("this key is for another consultation"))
        if now > invitation.due_at:
            raise Refused(CLOSED, day=day_in_words(invitation.due_at))
    elif typed_by is not None and said.handed_in_on is not None:
        _must_be_handed_in_in_time(where, said.handed_in_on, now)
    elif where.kind == AGENCY and typed_by is None:
        raise Refused(N_("this consultation asks agencies by name; use the key of the invitation"))
    elif not _opened(where, now):
        raise Refused(CLOSED, day=day_in_words(where.closes_at))


def _must_be_handed_in_in_time(where: Consultation, day: dt.date, now: dt.datetime) -> None:
    """What reached an office in time is typed in until the response report, and says on which day it was handed in."""
    opened, closes = where.opens_at, where.closes_at
    if opened is None or closes is None:
        raise Refused(NOT_OPEN)
    if not opened.astimezone(VIETNAM).date() <= day <= closes.astimezone(VIETNAM).date():
        raise Refused(CLOSED, day=day_in_words(closes))
    if day > now.astimezone(VIETNAM).date():
        raise UnusableInput([
            Fault("say-day", "handed_in_on", N_("that day is not yet"), N_("enter the day on which it was handed in"))
        ])  # fmt: skip


# ---- taking back --------------------------------------------------------------------------------------------


def withdraw(comment: str, *, token: str = "", by: Any = None, moment: dt.datetime | None = None) -> Comment:
    """The writer takes a comment back: it stays in the record, its words are shown no more."""
    with writing(moment) as pen:
        row = comment_of(comment)
        _must_be_theirs(row, token, by)
        if row.state in GONE:
            return row
        fate(pen, row, "withdrawn")
        row.state = WITHDRAWN
        row.save(update_fields=["state"])
        return row


def erase(
    comment: str, *, token: str = "", by: Any = None, reason: str = "", moment: dt.datetime | None = None
) -> Comment:
    """Destroy words, person, place, pictures and salt; a tombstone stays, and the chain verifies.

    The writer asks with the token or the account; an official grants a request that came otherwise, with the reason.
    """
    with writing(moment) as pen:
        row = comment_of(comment)
        theirs = _is_theirs(row, token, by)
        if not theirs and not (by is not None and reason.strip()):
            _must_be_theirs(row, token, by)
        if row.state == ERASED:
            return row
        fate(pen, row, "erased", by=None if theirs else by, reason="" if theirs else one_line(reason))
        _destroy(row)
        if not theirs:
            deed(by, "erase", f"comment:{row.id}")
        return row


def _destroy(row: Comment) -> None:
    """Everything that says who, what or where exactly. What remains cannot be led back to a person."""
    words = Words.objects.filter(comment=row).first()
    if words is not None:
        if words.contact:
            Follow.objects.filter(what=f"comment:{row.id}", email__iexact=words.contact).delete()
        words.delete()  # and with it the letters that were waiting for the writer
    gone = list(row.pictures.values_list("sha256", flat=True))
    row.pictures.all().delete()
    row.state, row.author, row.geometry, row.lon, row.lat, row.run_note = ERASED, None, None, None, None, ""
    row.save(update_fields=["state", "author", "geometry", "lon", "lat", "run_note"])
    transaction.on_commit(lambda: _forget(gone))


def _forget(pictures: Iterable[str]) -> None:
    """Remove picture files that no comment shows, and write over the log of a database that still holds what went."""
    with writing():
        for sha256 in pictures:
            if not Picture.objects.filter(sha256=sha256).exists():
                images.remove(Path(settings.CUABIEN_HOME), sha256)
    ledger.leave_no_copy()


def _must_be_theirs(row: Comment, token: str, by: Any) -> None:
    if not _is_theirs(row, token, by):
        raise Refused(N_("this key does not belong to this comment"))


def _is_theirs(row: Comment, token: str, by: Any) -> bool:
    by_token = bool(token) and hmac.compare_digest(hashed(token.strip().lower()), row.token_hash)
    mine = by is not None and row.author_id is not None and row.author_id == by.pk
    return by_token or mine


# ---- voices -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """Voices of a comment, verified and anonymous apart."""

    support_verified: int = 0
    support_anonymous: int = 0
    oppose_verified: int = 0
    oppose_anonymous: int = 0

    def as_tuple(self) -> tuple[int, int, int, int]:
        return (self.support_verified, self.support_anonymous, self.oppose_verified, self.oppose_anonymous)


def voice(
    comment: str, voter: str, side: int, *, verified: bool = False, moment: dt.datetime | None = None
) -> Tally:
    """Support (1), oppose (-1) or take the voice back (0). Each voter has one, however often and from how many sides at once it
    is sent: the database itself keeps one row for each, and the ledger is not held up."""
    if side not in (-1, 0, 1) or not voter:
        raise Refused(N_("a voice is for or against"))
    now = ledger.now(moment)
    row = comment_of(comment, "consultation")
    if row.state != SHOWN:
        raise Refused(N_("this comment is not shown, and takes no voices"))
    if not _opened(row.consultation, now):
        raise Refused(CLOSED, day=day_in_words(row.consultation.closes_at))
    if row.author_id is not None and voter == voter_of(row.author_id):
        raise Refused(N_("this is your own comment"))
    mine = Voice(comment=row, voter=hashed(voter), side=side, verified=verified, at=now)
    with ledger.turn():
        if side:
            Voice.objects.bulk_create(
                [mine],
                update_conflicts=True,
                unique_fields=["comment", "voter"],
                update_fields=["side", "verified", "at"],
            )
        else:
            Voice.objects.filter(comment=row, voter=mine.voter).delete()
    return tallies([row.id]).get(row.id, Tally())


def voter_of(account: Any) -> str:
    """The voter that an account is: a keyed hash, so that voices cannot be led back to accounts without the server's secret."""
    return keyed("voter", str(account))


def tallies(comments: Iterable[str] | None = None) -> dict[str, Tally]:
    """Comment -> its voices, in one question; comments without voices are left out."""
    rows = Voice.objects.all() if comments is None else Voice.objects.filter(comment__in=list(comments))
    counts = rows.order_by().values("comment_id").annotate(
        support_verified=Count("id", filter=Q(side=1, verified=True)),
        support_anonymous=Count("id", filter=Q(side=1, verified=False)),
        oppose_verified=Count("id", filter=Q(side=-1, verified=True)),
        oppose_anonymous=Count("id", filter=Q(side=-1, verified=False)),
    )  # fmt: skip
    return {row.pop("comment_id"): Tally(**row) for row in counts}
