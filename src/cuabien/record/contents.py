"""What each line of the ledger commits to. Whoever writes a line and whoever checks it call the same function.

Everything that is public is committed to without a salt: anyone computes it anew from the record. What a person wrote (text,
the exact place, pictures) is committed to twice over: a salted hash of the words, and that hash among the public fields of the
comment. When the words and their salt are erased, the public fields with the hash of the words remain, so that even a
tombstone cannot be altered, and nobody can guess the words from what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cuabien.record.ledger import commit

COMMENT_FIELDS = (
    "id", "consultation", "edition", "about", "table", "object", "clause", "commune", "change", "channel", "language",
    "received_at", "verified",
)  # fmt: skip
"""Public fields of a comment that never change. Blank texts are "", never absent."""


def words_content(
    text: str, geometry: Mapping[str, Any] | None = None, pictures: Iterable[str] = ()
) -> dict[str, Any]:
    """What a person handed in: the text, the place as GeoJSON geometry, the SHA-256 of each picture as it is kept."""
    return {
        "text": text,
        "geometry": dict(geometry) if geometry else None,
        "pictures": sorted(pictures),
    }


def words_commitment(
    salt: bytes, text: str, geometry: Mapping[str, Any] | None = None, pictures: Iterable[str] = ()
) -> str:
    """The salted hash of the words: `words` of a comment."""
    if not salt:
        raise ValueError("words need a salt, or anybody could guess them")
    return commit(salt, words_content(text, geometry, pictures))


def comment_content(fields: Mapping[str, Any], words: str) -> dict[str, Any]:
    """`received`, subject: the comment. `fields` holds at least `COMMENT_FIELDS`; more is left out."""
    return {**{name: fields[name] for name in COMMENT_FIELDS}, "words": words}


def answer_content(
    *,
    id: str,
    consultation: str,
    disposition: str,
    reason_vi: str,
    reason_en: str,
    run: str,
    office: str,
    at: str,
    replaces: str,
    comments: Iterable[str],
) -> dict[str, Any]:
    """`answered`, subject: the answer. `office` is who answers in public: a body, not a person."""
    return {
        "id": id,
        "consultation": consultation,
        "disposition": disposition,
        "reason_vi": reason_vi,
        "reason_en": reason_en,
        "run": run,
        "office": office,
        "at": at,
        "replaces": replaces,
        "comments": sorted(comments),
    }


def transition_content(
    *,
    consultation: str,
    before: str,
    after: str,
    act: str,
    at: str,
    article: str,
    last_day: str,
    evidence: str,
) -> dict[str, Any]:
    """`opened`, `closed`, `moved`, subject: the consultation. `last_day`: the deadline that the step announced; else blank."""
    return {
        "consultation": consultation,
        "before": before,
        "after": after,
        "act": act,
        "at": at,
        "article": article,
        "last_day": last_day,
        "evidence": evidence,
    }


def fate_content(*, comment: str, act: str, reason: str, words: str, at: str) -> dict[str, Any]:
    """`moderated`, `restored`, `withdrawn`, `erased`, subject: the comment. `words` explain the reason in public."""
    return {"comment": comment, "act": act, "reason": reason, "words": words, "at": at}


def invitation_content(
    *, consultation: str, agency_vi: str, agency_en: str, sent_at: str, due_at: str
) -> dict[str, Any]:
    """`invited`, subject: the consultation."""
    return {
        "consultation": consultation,
        "agency_vi": agency_vi,
        "agency_en": agency_en,
        "sent_at": sent_at,
        "due_at": due_at,
    }


def voices_content(day: str, tallies: Mapping[str, tuple[int, int, int, int]]) -> dict[str, Any]:
    """`voices`, subject: the day. Comment -> support verified, support anonymous, oppose verified, oppose anonymous, as they
    stood at the end of the day."""
    return {"day": day, "tallies": {comment: list(counts) for comment, counts in tallies.items()}}
