"""What every act of a consultation uses: ids, secrets and their hashes, the row or a kind refusal, the official's deed."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from typing import Any

from django.conf import settings

from cuabien.base.dates import VIETNAM
from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.record.contents import fate_content
from cuabien.service.consultation.ledger import Pen
from cuabien.service.consultation.models import PUBLIC_ID, Comment, Consultation, Moderation
from cuabien.service.people import deeds
from cuabien.service.people.roles import ADMINISTRATOR, RESIDENT, role_for

NO_CONSULTATION = N_("there is no consultation {id}")
NO_COMMENT = N_("there is no comment {id}")
CLOSED = N_("this consultation closed on {day}; nothing more is received")
NOT_OPEN = N_("this consultation is not open")
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Of public ids: none that looks like another."""


def new_id() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(PUBLIC_ID))


def token_of(comment: str) -> str:
    """The writer's secret, made of the server's: a repeated form gets the same one, and the database holds its hash only."""
    return keyed("own", comment)[:32]


def keyed(what: str, text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{what} {text}".encode(), hashlib.sha256).hexdigest()


SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


def is_hash(text: str) -> bool:
    return bool(_HEX.fullmatch(text))


def hashed(*texts: str) -> str:
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()


def consultation_of(identity: str) -> Consultation:
    row = next(iter(Consultation.objects.filter(pk=identity).order_by()), None)
    if row is None:
        raise Refused(NO_CONSULTATION, id=identity)
    return row


def comment_of(identity: str, *with_rows: str) -> Comment:
    row = next(iter(Comment.objects.filter(pk=identity).select_related(*with_rows).order_by()), None)
    if row is None:
        raise Refused(NO_COMMENT, id=identity)
    return row


def deed(by: Any, act: str, thing: str, **detail: Any) -> None:
    """Write down who did it, in the same transaction; None is the command line."""
    if by is None:
        deeds.write(deeds.COMMAND_LINE, ADMINISTRATOR, act, thing, detail)
    else:
        deeds.write(str(by.pk), role_for(by.roles, act) or RESIDENT, act, thing, detail)


def fate(
    pen: Pen, row: Comment, kind: str, *, by: Any = None, reason: str = "", words: str = ""
) -> Moderation:
    """Write into the ledger and the public log what happens to a comment; `by` is blank where the writer does it."""
    content = fate_content(comment=row.id, act=kind, reason=reason, words=words, at=pen.at)
    n = pen.write(kind, row.id, content).n
    return Moderation.objects.create(
        comment=row, act=kind, reason=reason, words=words, by=by, at=pen.now, entry_n=n
    )


def day_of(when: dt.datetime | None) -> dt.date | None:
    return when.astimezone(VIETNAM).date() if when else None


def day_in_words(when: dt.datetime | None) -> str:
    return when.astimezone(VIETNAM).strftime("%d/%m/%Y") if when else ""
