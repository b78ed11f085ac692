"""The mission board: every statement of the mission with its state, owner, evidence and date, at an address of its own.

What a page shows is gathered here, so that the page, the command line and the test of all homes read one thing.
A statement that is withheld (defence) is listed by its kind alone: no text, no evidence, no links.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cuabien.base.dates import last_day
from cuabien.base.faults import Refused
from cuabien.base.words import N_, pick, say
from cuabien.indicators import claims, flags
from cuabien.lexicon import register
from cuabien.plan.objects import Statement
from cuabien.plan.package import Plan

WITHHELD = "withheld"
NONE_NAMED = N_("none named")
NO_EVIDENCE = N_("no data")
HIDDEN = N_("withheld (defence)")

STATES = (
    N_("done"),
    N_("under way"),
    N_("started"),
    N_("planned"),
    N_("proposed"),
    N_("agreed in principle"),
    N_("late"),
    N_("recorded"),
    N_("checked"),
    N_("watched"),
    N_("no data"),
    N_("not started"),
    N_("withheld"),
    N_("narrative"),
)
HOMES = (
    N_("claim"),
    N_("rank"),
    N_("flag"),
    N_("project"),
    N_("task"),
    N_("document"),
    N_("layer"),
    N_("indicator"),
    N_("peers"),
    N_("place"),
    N_("actor"),
    N_("context"),
    N_("process"),
    N_("withheld"),
)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One statement as the board lists it. Texts of a withheld statement are blank."""

    id: str
    code: str | None
    kind: str
    group: str
    parent: str | None
    statement_vi: str
    statement_en: str
    home: str
    state: str
    owner: str | None
    due: str | None
    evidence_vi: str | None
    evidence_en: str | None
    date: str | None
    overdue: bool
    """Its due date has passed on the plan's own date and it is not done."""
    public: bool
    address: str

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "id": self.id,
            "code": self.code,
            "kind": self.kind,
            "group": self.group,
            "parent": self.parent,
            "statement": pick(self, "statement", language) or say(HIDDEN, language),
            "home": self.home,
            "home_text": say(self.home, language),
            "state": self.state,
            "state_text": say(self.state, language),
            "owner": self.owner or say(NONE_NAMED, language),
            "due": self.due,
            "evidence": pick(self, "evidence", language) or say(NO_EVIDENCE, language),
            "date": self.date,
            "overdue": self.overdue,
            "public": self.public,
            "address": self.address,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """Something else in the plan that the statement leads to."""

    kind: str
    id: str
    name_vi: str
    name_en: str
    address: str
    detail: str = ""
    """A word for `say`: the verdict of a claim, the state of a flag or project."""

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "kind": self.kind,
            "id": self.id,
            "name": pick(self, "name", language),
            "address": self.address,
            "detail": say(self.detail, language) if self.detail else "",
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of a statement shows."""

    row: BoardRow
    source: str
    confidence: str
    note: str | None
    claim: claims.ClaimRow | None
    flags: tuple[flags.FlagRow, ...]
    links: tuple[Link, ...]
    parent: BoardRow | None
    parts: tuple[BoardRow, ...]

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            **self.row.as_row(language),
            "source": self.source,
            "confidence": self.confidence,
            "note": self.note,
            "claim": self.claim.as_row(language) if self.claim else None,
            "flags": [flag.as_row(language) for flag in self.flags],
            "links": [link.as_row(language) for link in self.links],
            "parent_statement": self.parent.as_row(language) if self.parent else None,
            "parts": [part.as_row(language) for part in self.parts],
        }


def address(statement: str) -> str:
    return f"/programme/{statement}/"


def board(
    plan: Plan, *, state: str | None = None, home: str | None = None, group: str | None = None
) -> list[BoardRow]:
    """Every statement, or those of a state, home or group, in the order of the mission."""
    return [
        _row(plan, s)
        for s in plan.programme.values()
        if state in (None, s.state) and home in (None, s.home) and group in (None, s.group)
    ]


def counts_by_state(plan: Plan) -> dict[str, int]:
    """How many statements stand in each state, in the order of `STATES`; states without one are left out."""
    found: Counter[str] = Counter(s.state for s in plan.programme.values())
    return {state: found[state] for state in STATES if found[state]}


def page(plan: Plan, statement: str) -> Page:
    """What the page of one statement shows."""
    found = plan.programme.get(statement)
    if found is None:
        raise Refused(N_("there is no statement {id}; they run {first} to {last}"), **_ends(plan, statement))
    if not _open(found):
        return Page(_row(plan, found), found.source, found.confidence, None, None, (), (), None, ())
    parent = plan.programme.get(found.parent or "")
    return Page(
        row=_row(plan, found),
        source=found.source,
        confidence=found.confidence,
        note=found.note,
        claim=next(iter(claims.verdicts(plan, statement)), None),
        flags=tuple(f for f in flags.raise_flags(plan) if f.statement == statement),
        links=tuple(_links(plan, found)),
        parent=_row(plan, parent) if parent else None,
        parts=tuple(_row(plan, s) for s in plan.programme.values() if s.parent == statement),
    )


def _open(statement: Statement) -> bool:
    return statement.public and statement.home != WITHHELD


def _row(plan: Plan, s: Statement) -> BoardRow:
    shown = _open(s)
    return BoardRow(
        id=s.id,
        code=s.code if shown else None,
        kind=s.kind,
        group=s.group,
        parent=s.parent,
        statement_vi=s.statement_vi if shown else "",
        statement_en=s.statement_en if shown else "",
        home=s.home,
        state=s.state,
        owner=s.owner if shown else None,
        due=s.due if shown else None,
        evidence_vi=s.evidence_vi if shown else None,
        evidence_en=s.evidence_en if shown else None,
        date=s.as_of,
        overdue=shown
        and bool(s.due)
        and s.state != "done"
        and last_day(s.due or "") < last_day(plan.header.as_of),
        public=shown,
        address=address(s.id),
    )


def _links(plan: Plan, s: Statement) -> list[Link]:
    """Projects, documents, places, layer and indicators; a withheld project is listed by its kind."""
    links = []
    for identity in s.projects:
        project = plan.projects.get(identity)
        if project is not None and project.public:
            links.append(
                Link(
                    "project",
                    identity,
                    project.name_vi,
                    project.name_en,
                    f"/projects/{identity}/",
                    project.status,
                )
            )
        elif project is not None:
            links.append(Link("project", "", say(HIDDEN, "vi"), say(HIDDEN, "en"), ""))
    for identity in s.documents:
        document = plan.documents.get(identity)
        if document is not None:
            links.append(
                Link("document", identity, document.title_vi, document.title_en, f"/documents/{identity}/")
            )
    for identity in s.areas:
        area = plan.areas.get(identity)
        if area is not None:
            links.append(Link("area", identity, area.name_vi, area.name_en, f"/areas/{identity}/"))
    for identity in s.indicators:
        indicator = register.indicators().get(identity)
        if indicator is not None:
            links.append(
                Link(
                    "indicator",
                    identity,
                    indicator.name_vi,
                    indicator.name_en,
                    f"/indicators/{identity}/",
                )
            )
    layers = LAYERS if s.code == "D2b" else (s.layer,) if s.layer else ()
    links += [Link("layer", name, say(name, "vi"), say(name, "en"), f"/layers/{name}/") for name in layers]
    if s.home == "peers":
        links.append(
            Link("peers", "peers", say(N_("Peer cities"), "vi"), say(N_("Peer cities"), "en"), "/peers/")
        )
    return links


LAYERS = (N_("urban"), N_("industrial"), N_("tourism"), N_("marine"), N_("underground"), N_("spatial"))
"""The six thematic layers of directive D2b."""


def _ends(plan: Plan, statement: str) -> dict[str, object]:
    ids = list(plan.programme) or ["-"]
    return {"id": statement, "first": ids[0], "last": ids[-1]}
