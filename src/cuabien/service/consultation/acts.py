"""Every change of state of a consultation: each a function, each one transaction, each a line of the ledger.

Pages, the desk and the interface call these and nothing else writes. An act either happened whole (rows, line and, where an
official acted, the deed in the record of official acts) or not at all. What it refuses it refuses with `Refused` (a sentence) or
`UnusableInput` (faults beside the fields: `Fault.file` names the field). `moment` is when it happens: the clock's now, unless a
test says otherwise. The ledger never goes backwards, so that a clock that was set back dates nothing back, and reopens nothing.

Who may do what is asked before (`people.roles`); these functions ask only whether the thing may be done, and write the deed.
"""

from __future__ import annotations

from cuabien.service.consultation.answering import answer, merge, moderate, restore
from cuabien.service.consultation.hearing import (
    Handed,
    Tally,
    erase,
    is_open,
    receipt_of,
    submit,
    tallies,
    voice,
    voter_of,
    withdraw,
)
from cuabien.service.consultation.said import Kept, Said
from cuabien.service.consultation.steering import (
    begin,
    daily,
    enter_article,
    invitation_of,
    invite,
    move,
    take_root,
    unanswered,
    what_keeps,
)

__all__ = [
    "Handed",
    "Kept",
    "Said",
    "Tally",
    "answer",
    "begin",
    "daily",
    "enter_article",
    "erase",
    "invitation_of",
    "invite",
    "is_open",
    "merge",
    "moderate",
    "move",
    "receipt_of",
    "restore",
    "submit",
    "take_root",
    "tallies",
    "unanswered",
    "voice",
    "voter_of",
    "what_keeps",
    "withdraw",
]
