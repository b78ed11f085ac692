"""The shapes of what the interface says of consultations. There is no field here for a person."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

from cuabien.service.schemas import Geometry, Words


class ConsultationOut(Schema):
    id: str
    title: Words
    summary: Words
    kind: Literal["public", "agency"]
    regime: str
    state: str
    edition: str
    opens_at: str | None
    closes_at: str | None
    """UTC; the last second in which a comment is received."""
    open: bool
    article: str
    scope: list[list[str]]
    comments: int
    answered: int


class VoicesOut(Schema):
    support_verified: int
    support_anonymous: int
    oppose_verified: int
    oppose_anonymous: int


class AnswerOut(Schema):
    id: str
    disposition: Literal["accept", "in_part", "decline", "out_of_scope", "already_so"]
    reason: Words
    office: str
    at: str
    change: str | None


class CommentOut(Schema):
    id: str
    consultation: str
    edition: str
    about: Literal["object", "clause", "place", "whole", "proposal"]
    table: str
    object: str
    clause: str
    commune: str
    change: str | None
    channel: Literal["web", "paper", "spoken", "agency"]
    language: str
    received_at: str
    verified: bool
    state: Literal["held", "shown", "moderated", "withdrawn", "erased"]
    text: str | None
    """Null unless it is shown."""
    line: int
    """Its line of the ledger."""
    voices: VoicesOut
    answer: AnswerOut | None


class CommentsOut(Schema):
    count: int
    page: int
    pages: int
    comments: list[CommentOut]


class Pin(Schema):
    type: Literal["Feature"]
    id: str
    properties: dict[str, Any]
    geometry: Geometry | None


class Pins(Schema):
    type: Literal["FeatureCollection"]
    features: list[Pin]


class LineOut(Schema):
    n: int
    at: str
    kind: str
    subject: str
    commitment: str
    previous: str
    hash: str


class LedgerOut(Schema):
    count: int
    lines: list[LineOut]
    next: int | None
    """Ask with `after` = this for the lines that follow."""
