"""The record of the consultation in an edition: taken in only when it proves itself, and proven again by whoever verifies.

A record that is handed in must hold against its own ledger, must be of this plan, and must go on from the record of the edition
before: a line that was published once can never be missing later. Evidence of publication alone is no record and is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cuabien.base.faults import Fault, Refused, UnusableInput, stops
from cuabien.base.words import N_
from cuabien.record.checking import examine, numbers
from cuabien.record.contents import words_content
from cuabien.record.folder import is_record, try_read_record
from cuabien.record.ledger import FILE as LEDGER
from cuabien.record.ledger import verify_chain
from cuabien.record.objects import SHOWN, Record
from cuabien.record.receipts import Checked, Receipt, check_receipt

FOLDER = "record"
"""Where it lies in an edition."""


def record_in(folder: Path) -> Path | None:
    """The record that a folder holds: an edition's, or the folder itself; None where there is none."""
    return next((f for f in (folder / FOLDER, folder) if f.is_dir() and is_record(f)), None)


def taken_in(folder: Path | None, before: Path | None, plan: str) -> list[Fault]:
    """What is to be said of a record that is handed in for an edition (`before`: the edition before it). Raises when it does
    not hold."""
    earlier = record_in(before) if before is not None else None
    if folder is None or not is_record(folder):
        return [LEFT_OUT] if earlier is not None else []
    record, faults = examine(folder, [try_read_record(earlier)[0]] if earlier is not None else [])
    if stops(faults):
        raise UnusableInput(faults)
    others = sorted({c.plan for c in record.consultations} - {plan})
    if others:
        raise Refused(N_("the record is of another plan: {plan}"), plan=", ".join(others))
    return faults


LEFT_OUT = Fault(
    "record-left-out",
    FOLDER,
    N_("the previous edition holds the record of a consultation; this one has none"),
    N_("hand it in with --record, or say in the edition's notes where it is"),
    severity="warning",
)


def in_edition(folder: Path) -> tuple[dict[str, Any] | None, list[Fault]]:
    """What the record of an edition proves, counted, and everything against it; None where it has none."""
    there = folder / FOLDER
    if not there.is_dir() or not is_record(there):
        return None, []
    record, faults = examine(there)
    return numbers(record), [_inside(fault) for fault in faults]


def _inside(fault: Fault) -> Fault:
    place = fault.file if fault.file.startswith(f"{FOLDER}/") else f"{FOLDER}/{fault.file}"
    return replace(fault, file=place)


# ---- one folder, one receipt ------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordVerdict:
    """What verifying a record found."""

    folder: str
    counted: Mapping[str, Any]
    findings: tuple[Fault, ...] = ()
    receipt: Receipt | None = None
    checked: Checked | None = None
    state: str = field(default="")
    """What became of the comment of the receipt."""

    @property
    def holds(self) -> bool:
        return not stops(self.findings) and (self.checked is None or self.checked.fine)

    def as_json(self, language: str | None = None) -> dict[str, Any]:
        from cuabien.base.words import say

        told: dict[str, Any] = {
            "record": self.folder,
            "holds": self.holds,
            **self.counted,
            "findings": [fault.as_row(language) for fault in self.findings],
        }
        if self.receipt and self.checked:
            told["receipt"] = {
                "code": self.receipt.code,
                "comment": self.receipt.comment,
                "n": self.receipt.n,
                "at": self.receipt.at,
                "state": self.checked.state,
                "message": say(self.checked.template, language, **self.checked.values),
                "comment_state": self.state or None,
            }
        return told


def verify_record(folder: Path, earlier: Sequence[Path] = ()) -> RecordVerdict:
    """Everything against a record. `earlier`: records or editions of before, from which it must go on."""
    there = _there(folder)
    record, faults = examine(there, [try_read_record(_there(before))[0] for before in earlier])
    return RecordVerdict(str(there), numbers(record), tuple(faults))


def verify_receipt(folder: Path, receipt: Receipt) -> RecordVerdict:
    """One receipt against the record of a folder: is the ledger whole, is its line there, are the words that are shown its words."""
    there = _there(folder)
    record, faults = try_read_record(there)
    of_ledger = [f for f in faults if f.file == LEDGER]
    checked, state = _checked(receipt, record)
    findings = (*of_ledger, *verify_chain(record.ledger, record.roots))
    return RecordVerdict(str(there), numbers(record), findings, receipt, checked, state)


def _there(folder: Path) -> Path:
    there = record_in(folder)
    if there is None:
        try_read_record(folder)  # says that there is none
    assert there is not None
    return there


def _checked(receipt: Receipt, record: Record) -> tuple[Checked, str]:
    comment = next((c for c in record.comments if c.id == receipt.comment), None)
    if comment is None:
        checked = check_receipt(receipt, None, record.ledger)
        return (Checked("not found", NOT_IN_RECORD, checked.values) if checked.fine else checked), ""
    content = None
    if comment.state == SHOWN:
        content = words_content(comment.text, record.geometries.get(comment.id), comment.pictures)
    return check_receipt(receipt, content, record.ledger), comment.state


NOT_IN_RECORD = N_("Line {n} of the ledger is unaltered, but the comment itself was taken out of the record.")


def pieces(folder: Path) -> Iterable[tuple[str, bytes]]:
    """The record and the evidence beside it, file by file as they were handed in."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield f"{FOLDER}/{path.relative_to(folder).as_posix()}", path.read_bytes()
