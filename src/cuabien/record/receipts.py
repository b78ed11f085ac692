"""A receipt: what a person keeps of a comment, and what it proves, offline, against any copy of the ledger.

The receipt holds the salt and the public fields of the comment. With the ledger it proves that the comment was taken in, when,
and that its line is still there as it was; with the words as well, that they are the words of that line. Who erases a comment
may keep the receipt: it proves that something was received, and after the salt is gone from the record, only this paper can
still show what.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.hashing import canonical_json
from cuabien.base.words import N_
from cuabien.record.contents import COMMENT_FIELDS, comment_content, words_content
from cuabien.record.ledger import Entry, commit, hash_of

SCHEMA = "cuabien-receipt/1"
PREFIX = "CB"
GROUPS, GROUP = 4, 5
"""Twenty base32 digits: a hundred bits of the line's hash, so that no two lines share a code and nobody makes one up."""

State = Literal["fine", "not found", "altered"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a person keeps."""

    code: str
    consultation: str
    comment: str
    n: int
    at: str
    hash: str
    salt: str
    """Hexadecimal."""
    commitment: str
    edition: str
    public: Mapping[str, Any] = field(default_factory=dict)
    """Public fields of the comment, with the hash of its words."""
    geometry: Mapping[str, Any] | None = None
    pictures: tuple[str, ...] = ()

    def as_json(self) -> str:
        """The file that is handed out: readable, one form."""
        row = {"schema": SCHEMA, **asdict(self)}
        return json.dumps(row, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def code_of(entry_hash: str) -> str:
    """A line's hash as a short code that can be read out: CB-ABCDE-FGHIJ-KLMNO-PQRST."""
    digits = base64.b32encode(bytes.fromhex(entry_hash)).decode()
    return _spelled(digits)


def _spelled(digits: str) -> str:
    return "-".join([PREFIX, *(digits[i * GROUP : (i + 1) * GROUP] for i in range(GROUPS))])


def plain_code(text: str) -> str:
    """A code as somebody typed it, in its one form; blank when it is none. 0, 1 and 8, which no code has, are read as O, I, B."""
    kept = "".join(c for c in text.upper() if c.isalnum()).translate(str.maketrans("018", "OIB"))
    if len(kept) > GROUPS * GROUP:
        kept = kept.removeprefix(PREFIX)
    if len(kept) != GROUPS * GROUP or not kept.isascii():
        return ""
    return _spelled(kept)


def find_code(code: str, entries: Sequence[Entry]) -> Entry | None:
    """The line of a code."""
    wanted = plain_code(code)
    return next((e for e in entries if wanted and code_of(e.hash) == wanted), None)


def make_receipt(
    entry: Entry,
    content: Mapping[str, Any],
    salt: bytes,
    geometry: Mapping[str, Any] | None = None,
    pictures: Sequence[str] = (),
) -> Receipt:
    """The receipt of a line of kind `received`; `content` is its `comment_content`."""
    return Receipt(
        code=code_of(entry.hash),
        consultation=content["consultation"],
        comment=entry.subject,
        n=entry.n,
        at=entry.at,
        hash=entry.hash,
        salt=salt.hex(),
        commitment=entry.commitment,
        edition=content["edition"],
        public=dict(content),
        geometry=dict(geometry) if geometry else None,
        pictures=tuple(sorted(pictures)),
    )


NO_RECEIPT = N_("this is not a receipt of a comment")
GIVE_RECEIPT = N_("give the file that you were handed when you sent the comment, unchanged")


def read_receipt(text: str | bytes, file: str = "") -> Receipt:
    """A receipt from its file. Raises `UnusableInput` when it is none."""
    try:
        row = json.loads(text)
        if row.pop("schema") != SCHEMA:
            raise ValueError
        receipt = Receipt(**{**row, "pictures": tuple(row["pictures"])})
        bytes.fromhex(receipt.salt), bytes.fromhex(receipt.hash)
        texts = ("code", "consultation", "comment", "at", "hash", "salt", "commitment", "edition")
        typed = all(isinstance(getattr(receipt, name), str) for name in texts) and type(receipt.n) is int
        canonical_json([dict(receipt.public), receipt.geometry, list(receipt.pictures)])
        if not typed or not set(COMMENT_FIELDS) < set(receipt.public):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnusableInput([Fault("receipt-form", file, NO_RECEIPT, GIVE_RECEIPT)]) from None
    return receipt


# ---- check ------------------------------------------------------------------------------------------------

FINE = N_("The ledger holds this comment as line {n}, received at {at}, unaltered.")
FINE_WITH_WORDS = N_(
    "The ledger holds this comment as line {n}, received at {at}, and these are its words, unaltered."
)
NOT_FOUND = N_(
    "The ledger has no line {n}, which this receipt names: it was removed, or this is another ledger."
)
ALTERED = N_(
    "Line {n} of the ledger is not the one that this receipt names: the ledger was altered after the receipt was given."
)
OTHER_WORDS = N_("Line {n} of the ledger is unaltered, but these are not its words.")
BROKEN = N_("This receipt contradicts itself: its fields do not give the hash that it names. It was altered.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What a receipt proves. `template` and `values` are a sentence for `say`."""

    state: State
    template: str
    values: Mapping[str, object]

    @property
    def fine(self) -> bool:
        return self.state == "fine"


def check_receipt(
    receipt: Receipt, content: Mapping[str, Any] | str | None, entries: Sequence[Entry]
) -> Checked:
    """What a receipt proves against a ledger. `content` is the text, or the whole `words_content`, or None when only the
    line is asked for."""
    values: dict[str, object] = {"n": receipt.n, "at": receipt.at}
    if not _agrees(receipt):
        return Checked("altered", BROKEN, values)
    entry = next((e for e in entries if e.n == receipt.n), None)
    if entry is None:
        return Checked("not found", NOT_FOUND, values)
    if entry.hash != receipt.hash or hash_of(entry) != entry.hash:
        return Checked("altered", ALTERED, values)
    if (entry.at, entry.subject, entry.commitment) != (receipt.at, receipt.comment, receipt.commitment):
        return Checked("altered", BROKEN, values)
    if content is None:
        return Checked("fine", FINE, values)
    if isinstance(content, str):
        content = words_content(content, receipt.geometry, receipt.pictures)
    words = commit(bytes.fromhex(receipt.salt), content)
    if words != receipt.public.get("words"):
        return Checked("altered", OTHER_WORDS, values)
    return Checked("fine", FINE_WITH_WORDS, values)


def _agrees(receipt: Receipt) -> bool:
    """Whether the receipt's own fields give the hash that it names (its `previous` it does not hold)."""
    content = comment_content(receipt.public, str(receipt.public.get("words", "")))
    same = (
        (content["consultation"], receipt.consultation),
        (content["id"], receipt.comment),
        (content["edition"], receipt.edition),
        (code_of(receipt.hash), receipt.code),
        (commit(b"", content), receipt.commitment),
    )
    return all(one == two for one, two in same)
