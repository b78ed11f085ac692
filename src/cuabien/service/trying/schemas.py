"""The shapes of what is sent to try a change, and of every answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from cuabien.plan.objects import ID_PATTERN
from cuabien.service.schemas import Problem as Problem
from cuabien.service.schemas import Words
from cuabien.service.trying.changes import LONGEST_TITLE, MOST_BYTES, MOST_STACKED

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Mark = Literal[0, 1]
Value = str | float | bool | list[Any] | dict[str, Any] | None


# ---- what is sent -----------------------------------------------------------------------------------------


class EditIn(Schema):
    """What happens to one object."""

    model_config = ConfigDict(extra="forbid")

    entry: Annotated[str, Field(max_length=40)]
    id: Annotated[str, Field(pattern=ID_PATTERN)]
    action: Literal["edit", "add", "remove"] = "edit"
    fields: dict[Annotated[str, Field(max_length=80)], Any] = Field(default_factory=dict)
    blank: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=60)] = ()


class ChangeIn(Schema):
    """A change: edits, or the text of a change file; `on` names stored changes that it stands upon, first to last."""

    model_config = ConfigDict(extra="forbid")

    edition: Hash | None = None
    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    on: Annotated[tuple[Hash, ...], Field(max_length=MOST_STACKED)] = ()
    edits: Annotated[tuple[EditIn, ...], Field(max_length=200)] = ()
    toml: Annotated[str, Field(max_length=MOST_BYTES)] | None = None


# ---- what can be changed ----------------------------------------------------------------------------------


class Choice(Schema):
    value: str
    name: Words


class FieldOut(Schema):
    field: str
    name: Words
    kind: Literal["date", "year", "number", "whole", "text", "choice", "boolean", "id", "list", "path"]
    low: float | None
    high: float | None
    unit: Words | None
    choices: list[Choice] | None
    needed: bool
    blank: bool
    of: str | None
    hint: Words | None


class EntryOut(Schema):
    entry: str
    name: Words
    actions: list[str]
    count: int
    shape: str | None
    fields: list[FieldOut]


class Limits(Schema):
    bytes: int
    edits: int
    vertices: int
    at_once: int
    an_hour: int
    stack: int
    compare: int


class First(Schema):
    entry: str
    field: str | None = None
    id: str | None = None
    value: str | None = None


class Options(Schema):
    plan: str
    edition: str
    base_year: int
    horizon: int
    ready: bool
    limits: Limits
    entries: list[EntryOut]
    first: list[First]


class Thing(Schema):
    id: str
    name: Words
    values: dict[str, Any]
    lon: float | None
    lat: float | None
    unit: Words | None = None
    low: float | None = None
    high: float | None = None
    status: str | None = None
    subject: str | None = None
    note: Words | None = None


# ---- faults and jobs --------------------------------------------------------------------------------------


class FaultOut(Schema):
    entry: str | None
    id: str | None
    field: str | None
    edit: int | None
    rule: str
    severity: str
    message: Words
    remedy: Words


class Refusal(Problem):
    faults: tuple[FaultOut, ...] = ()


class Wait(Problem):
    retry_after_s: int


class JobOut(Schema):
    id: str
    change: str
    version: int
    state: Literal["queued", "running", "done", "cancelled", "failed", "refused"]
    position: int | None
    year: int | None
    first_year: int | None
    last_year: int | None
    share: float | None
    seconds: float | None
    message: Words
    again: bool
    faults: list[FaultOut]


class Tried(Schema):
    change: str
    address: str
    stored: bool
    job: JobOut | None
    words: list[Words]
    warnings: list[FaultOut]


# ---- a stored change --------------------------------------------------------------------------------------


class ChangedField(Schema):
    field: str
    name: Words
    before: Any
    after: Any


class ChangedObject(Schema):
    entry: str
    id: str
    action: str
    name: Words
    fields: list[ChangedField]


class EditOut(Schema):
    entry: str
    id: str
    action: str
    fields: dict[str, Any]
    blank: list[str]


class Stored(Schema):
    change: str
    edition: str
    title: str | None
    state: Literal["ready", "not run", "other edition"]
    job: JobOut | None
    words: list[Words]
    edits: list[EditOut]
    objects: list[ChangedObject]
    command: str
    toml_address: str
    address: str


# ---- answers ----------------------------------------------------------------------------------------------


class IndicatorName(Schema):
    indicator: str
    name: Words
    unit: Words
    decimals: int
    better: str


class MovedTarget(Schema):
    id: str
    indicator: str
    name: Words
    area: str
    year: int | None
    unit: Words
    first: float | None
    second: float | None
    verdict_first: str
    verdict_second: str
    verdict_first_name: Words
    verdict_second_name: Words
    telling: bool


class CityRow(IndicatorName):
    year: int
    first: float | None
    second: float | None
    change: float | None
    percent: float | None
    telling: bool


class MovedIndicator(Schema):
    indicator: str
    name: Words
    communes: int


class CommuneRow(Schema):
    area: str
    name: Words
    year: int
    first: float
    second: float
    change: float


class RestsOn(Schema):
    """How much of a figure rests on numbers that nobody measured."""

    assumed_share: float | None
    parameters: int
    assumed: int
    swing_percent: float | None
    most: Choice | None
    words: Words


class Communes(IndicatorName):
    years: list[int]
    areas: list[str]
    second: list[list[float | None]]
    change: list[list[float | None]]
    telling: list[list[Mark]]
    domain: list[float] | None
    noise: float
    gain: list[CommuneRow]
    lose: list[CommuneRow]
    more: list[CommuneRow]
    less: list[CommuneRow]
    rests_on: RestsOn


class Result(Schema):
    change: str
    run: str
    base_run: str
    seconds: float | None
    same_code: bool
    words: list[Words]
    targets: list[MovedTarget]
    city: list[CityRow]
    moved: list[MovedIndicator]
    communes: Communes | None


class Course(IndicatorName):
    years: list[int]
    first: list[float | None]
    second: list[float | None]
    telling: list[Mark]


class CityAnswer(Schema):
    rows: list[Course]


class LinkFlow(Schema):
    id: str
    direction: str
    flow_first: float | None
    flow_second: float | None
    change: float | None
    new: bool
    line: list[tuple[float, float]] | None


class FlowsCompared(Schema):
    year: int
    years: list[int]
    unit: Words
    links: list[LinkFlow]


class AssumedRow(IndicatorName):
    year: int
    low: float
    high: float
    by: Choice
    change: float | None
    within: bool


class AssumedAnswer(Schema):
    area: str
    rows: list[AssumedRow]


class ComparedTarget(Schema):
    id: str
    indicator: str
    name: Words
    year: int | None
    unit: Words
    values: list[float | None]
    verdicts: list[str]
    verdict_names: list[Words]


class ComparedRow(IndicatorName):
    year: int
    values: list[float | None]
    telling: list[bool]


class ComparedCommunes(IndicatorName):
    year: int
    areas: list[str]
    base: list[float | None]
    changes: list[list[float | None]]
    telling: list[list[Mark]]


class ComparedChange(Schema):
    change: str
    title: str | None
    words: list[Words]


class Compared(Schema):
    changes: list[ComparedChange]
    targets: list[ComparedTarget]
    city: list[ComparedRow]
    communes: ComparedCommunes | None
