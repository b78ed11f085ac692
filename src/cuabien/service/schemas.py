"""The shapes of the API's answers: what OpenAPI says, and what the tests hold every answer against.

A name stands in both languages as {"vi": ..., "en": ...}. A value that is not known is null.
"""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class Words(Schema):
    vi: str
    en: str


class Problem(Schema):
    """What went wrong, in both languages."""

    detail: Words
    places: tuple[str, ...] = ()
    """Which parameters were wrong, for a request that cannot be understood."""


class Geometry(Schema):
    type: str
    coordinates: list[Any] | None = None


class Feature(Schema):
    type: Literal["Feature"]
    properties: dict[str, Any]
    geometry: Geometry


class FeatureCollection(Schema):
    type: Literal["FeatureCollection"]
    features: list[Feature]


# ---- /explorer --------------------------------------------------------------------------------------------


class PlanCard(Schema):
    id: str
    name: Words
    authority: Words
    as_of: str
    edition: Words
    edition_hash: str
    base_year: int
    horizon: int
    milestones: list[int]


class RunCard(Schema):
    id: str
    seed: int
    plan_hash: str
    change_hash: str | None
    code_hash: str | None
    base_year: int | None
    last_year: int | None


class LayerCard(Schema):
    id: str
    name: Words
    count: int
    public_note: Words


class IndicatorCard(Schema):
    id: str
    name: Words
    unit: Words
    group: str
    better: str
    decimals: int
    by_commune: bool
    observed: bool
    simulated: bool
    has_targets: bool
    status: Literal["assumed", "statistic", "no data"]


class Group(Schema):
    id: str
    name: Words


class Counts(Schema):
    communes: int
    projects: int
    targets: int
    claims: int
    statements: int
    findings: int


class Headline(Schema):
    """One of the few figures that a leader asks for first; `target` is the one in force that judges it."""

    indicator: str
    name: Words
    unit: Words
    decimals: int
    first: YearValue
    last: YearValue
    target: TargetRow | None


class Explorer(Schema):
    plan: PlanCard
    run: RunCard | None
    years: list[int]
    city: str
    bounds: list[float]
    layers: list[LayerCard]
    indicators: list[IndicatorCard]
    groups: list[Group]
    headlines: list[Headline]
    attribution: list[str]
    counts: Counts


# ---- indicators -------------------------------------------------------------------------------------------


class ByCommune(Schema):
    indicator: str
    unit: Words
    years: list[int]
    areas: list[str]
    values: list[list[float | None]]
    """One row an area, one column a year."""
    domain: list[float] | None
    status: Literal["assumed", "no data"]


class SourceRef(Schema):
    id: str
    title: str


class ObservedPoint(Schema):
    period: str
    year: float | None
    value: float
    unit: Words
    vintage: str | None
    boundary: str
    confidence: str
    source: SourceRef


class SimulatedPoint(Schema):
    year: int
    value: float
    low: float | None
    high: float | None


class TargetPoint(Schema):
    id: str
    year_from: int | None
    year: int | None
    operator: str
    value: float | None
    high: float | None
    document: str
    verdict: str


class SeriesAnswer(Schema):
    indicator: str
    area: str
    unit: Words
    observed: list[ObservedPoint]
    simulated: list[SimulatedPoint]
    targets: list[TargetPoint]
    note: Words


# ---- areas ------------------------------------------------------------------------------------------------


class AreaCard(Schema):
    id: str
    kind: str
    name: Words
    type_vi: str | None
    part_of: str | None
    boundary: str
    shape: str | None
    area_km2: float | None
    population: float | None
    population_date: str | None
    lon: float | None
    lat: float | None
    source: str


class ZoneHere(Schema):
    id: str
    name: Words
    layer: str
    kind: str
    kind_name: Words
    status: str | None
    from_year: int | None
    to_year: int | None
    area_ha: float | None
    occupancy_percent: float | None
    depth_top_m: float | None
    depth_bottom_m: float | None
    commune: str | None
    project: str | None
    shape: str
    by_position: bool


class ProjectHere(Schema):
    id: str
    name: Words
    kind: str
    mode: str | None
    status: str
    status_name: Words
    opens: int | None
    opens_date: str | None
    proposal: str | None
    late: bool
    shape: str
    by_position: bool


class TerminalHere(Schema):
    id: str
    name: Words
    state: str
    opens: int | None
    modes: list[str]


class OpeningHere(Schema):
    """Links of one name and class that open in the same year, told as one."""

    model_config = ConfigDict(populate_by_name=True)

    name: Words
    mode: str
    mode_name: Words
    link_class: str = Field(alias="class")
    opens: int
    length_km: float
    links: int
    project: str | None


class YearValue(Schema):
    year: int
    value: float | None


class IndicatorHere(Schema):
    id: str
    name: Words
    unit: Words
    decimals: int
    first: YearValue
    last: YearValue
    low: float | None
    high: float | None
    status: Literal["assumed"]


class AreaAnswer(Schema):
    area: AreaCard
    zones: list[ZoneHere]
    projects: list[ProjectHere]
    terminals: list[TerminalHere]
    network_opening: list[OpeningHere]
    indicators: list[IndicatorHere]
    schematic: bool


# ---- the rest ---------------------------------------------------------------------------------------------


class SearchHit(Schema):
    kind: Literal["commune", "project", "zone", "place", "indicator"]
    kind_name: Words
    """What it is in a word; of a zone, its own kind."""
    id: str
    name: Words
    lon: float | None
    lat: float | None
    address: str


class ProjectCard(Schema):
    id: str
    name: Words
    kind: str
    kind_name: Words
    mode: str | None
    layer: str | None
    proposal: str | None
    status: str
    status_name: Words
    status_date: str | None
    starts: str | None
    opens: str | None
    not_before: int | None
    predicted_opens: str | None
    late: bool
    cost_bn_vnd: float | None
    payer: str | None
    source: str
    confidence: str


class Phase(Schema):
    year: int | None
    value: float | None
    unit: str
    confidence: str


class About(Schema):
    """An object of the plan: its table and id."""

    table: str
    id: str


class FindingRow(Schema):
    about: About | None
    rule: str
    severity: str
    file: str
    row: str | int | None
    message: Words
    remedy: Words


class ProjectAnswer(ProjectCard):
    status_text: Words
    size: Words
    cost_note: str | None
    prerequisites: list[str]
    communes: list[str]
    terminals: list[str]
    phases: list[Phase]
    points: list[list[float]]
    shape: str
    findings: list[FindingRow]
    statements: list[str]
    note: str | None


class TargetRow(Schema):
    id: str
    indicator: str
    name: Words
    area: str
    year_from: int | None
    year: int | None
    operator: str
    target: float | None
    target_high: float | None
    unit: Words
    text: Words
    value: float | None
    """What the verdict rests on, observed or simulated (`basis`)."""
    low: float | None
    high: float | None
    basis: str
    verdict: str
    verdict_name: Words
    why: Words
    gap: float | None
    reached: int | None
    """The first modelled year that meets it."""
    sure: bool | None
    superseded: bool
    document: str
    source: str


class ReadingRow(Schema):
    id: str
    reading: Words
    formula: str | None
    recomputed: float | None
    tolerance: float
    as_written: bool
    verdict: str
    why: Words
    inputs: list[str]
    sources: list[str]
    missing: list[str]


class ClaimAnswer(Schema):
    id: str
    statement: Words
    stated: float | None
    unit: Words
    recomputed: float | None
    verdict: str
    verdict_name: Words
    formula: str | None
    decided_by: str
    shown_by: str
    readings: list[ReadingRow]
    address: str


class FlagAnswer(Schema):
    id: str
    statement: str
    name: Words
    state: str
    state_name: Words
    value: float | None
    operator: str | None
    bound: float | None
    unit: Words
    formula: str | None
    why: Words
    sources: list[str]
    missing: list[str]


class PeerMeasure(Schema):
    measure: str
    unit: Words
    value: float | None
    year: int | None
    ratio_to_city: float | None


class PeerAnswer(Schema):
    id: str
    name: Words
    country: Words
    role: str
    measures: list[PeerMeasure]
    source: str
    confidence: str


class BoardCard(Schema):
    """A withheld statement has no words, owner or evidence: `public` is false."""

    id: str
    code: str | None
    kind: str
    group: str
    parent: str | None
    state: str
    state_name: Words
    owner: str | None
    overdue: bool
    as_of: str | None
    statement: Words
    address: str
    public: bool


class StatementAnswer(BoardCard):
    evidence: Words
    due: str | None
    indicators: list[str]
    projects: list[str]
    documents: list[str]
    areas: list[str]
    layer: str | None
    source: str | None


class SourceAnswer(Schema):
    id: str
    title: str
    number: str | None
    issuer: str | None
    date: str | None
    address: str | None
    licence: str | None
    confidence: str
    read_on: str | None
    uses: dict[str, int]
