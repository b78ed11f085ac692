"""Who may do what: one table from acts to roles, and nothing beside it.

Duties are parted so that no single official can hear, answer, approve and audit: who answers does not approve, who gives
roles does no act of a consultation, and an auditor holds no other role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext_noop as noop

RESIDENT: Final = "resident"
CLERK: Final = "clerk"
PLANNER: Final = "planner"
MODERATOR: Final = "moderator"
APPROVER: Final = "approver"
AUDITOR: Final = "auditor"
ADMINISTRATOR: Final = "administrator"

ROLES: Final[Mapping[str, str]] = {
    RESIDENT: noop("Resident"),
    CLERK: noop("Clerk"),
    PLANNER: noop("Planner"),
    MODERATOR: noop("Moderator"),
    APPROVER: noop("Approver"),
    AUDITOR: noop("Auditor"),
    ADMINISTRATOR: noop("Administrator"),
}
"""Role -> its name. Everybody with an account is a resident; the others are offices."""
OFFICES: Final = tuple(role for role in ROLES if role != RESIDENT)
WORKING: Final = (CLERK, PLANNER, MODERATOR, APPROVER)

PUBLIC: Final = "public"
"""Of an address that everybody may use, signed in or not."""
SIGNED_IN: Final = "signed_in"
"""Of an address for whoever has an account: their own things."""

ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "desk": OFFICES,
    "read": (*WORKING, AUDITOR),
    "read_person": (CLERK, PLANNER),
    "prepare": (PLANNER,),
    "open": (APPROVER,),
    "invite": (CLERK, PLANNER),
    "enter": (CLERK,),
    "moderate": (MODERATOR,),
    "restore": (MODERATOR,),
    "erase": (CLERK,),
    "assign": (CLERK, PLANNER),
    "answer": (PLANNER,),
    "accept_theme": (PLANNER,),
    "merge": (PLANNER,),
    "dialogue": (CLERK, PLANNER),
    "transition": (APPROVER,),
    "approve": (APPROVER,),
    "export": (PLANNER, APPROVER, AUDITOR),
    "audit_read": (AUDITOR,),
    "roles": (ADMINISTRATOR,),
}
"""Act -> the roles that may do it."""

ACT_WORDS: Final[Mapping[str, str]] = {
    "desk": noop("enter the desk"),
    "read": noop("read every comment, hidden ones included"),
    "read_person": noop("see who wrote a comment and how to reach them"),
    "prepare": noop("prepare a consultation"),
    "open": noop("open a consultation, naming the article of law"),
    "invite": noop("ask an agency by name"),
    "enter": noop("enter what came on paper or was spoken"),
    "moderate": noop("hide a comment, with a reason that is shown"),
    "restore": noop("show a hidden comment again"),
    "erase": noop("erase the words of a person who asks for it"),
    "assign": noop("give a comment to a colleague"),
    "answer": noop("answer comments"),
    "accept_theme": noop("accept or change a proposed theme"),
    "merge": noop("take an accepted proposal into the next draft"),
    "dialogue": noop("keep the calendar of dialogues"),
    "transition": noop("move a consultation to its next state"),
    "approve": noop("approve the response report"),
    "export": noop("take out the record as files"),
    "audit_read": noop("read the record of official acts"),
    "roles": noop("give and take roles"),
}

ALONE: Final = (AUDITOR, ADMINISTRATOR)
"""Roles that go with no other: nobody audits their own acts, and who gives roles holds none that acts."""


def may(held: Iterable[str], act: str) -> bool:
    """Whether one of these roles may do an act. An act that is not in the table may be done by nobody."""
    return role_for(held, act) is not None


def role_for(held: Iterable[str], act: str) -> str | None:
    """The role by which somebody does an act: what the record of deeds names."""
    theirs = frozenset(held)
    return next((role for role in ACTS.get(act, ()) if role in theirs), None)


def acts_of(held: Iterable[str]) -> tuple[str, ...]:
    """The acts that these roles may do, as the table lists them."""
    theirs = frozenset(held)
    return tuple(act for act, roles in ACTS.items() if theirs.intersection(roles))


def clash(held: Iterable[str]) -> str | None:
    """The role that may not be held beside the others; None where all is well."""
    theirs = frozenset(held)
    return next((role for role in ALONE if role in theirs and len(theirs) > 1), None)
