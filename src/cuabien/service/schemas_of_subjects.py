"""The shapes of what the API says of the subjects of the model. A list by year has one value a year of `years`."""

from __future__ import annotations

from typing import Literal

from ninja import Schema

from cuabien.service.schemas import Words

Status = Literal["assumed", "no data"]
Values = list[float | None]


class FlowsOneWay(Schema):
    """One value a link of `links`; null where the link is not open this way."""

    pcu_h: Values
    vehicles_h: Values
    """Motorbikes, cars, buses and trucks, each counted as one."""
    use: Values
    lost_minutes: Values
    """By each vehicle in the peak hour, against an empty road."""


class Flows(Schema):
    year: int
    years: list[int]
    links: list[str]
    forward: FlowsOneWay
    backward: FlowsOneWay
    most_pcu_h: float | None
    """The largest of all years, so that one scale serves them all."""
    status: Status


class Pyramid(Schema):
    area: str
    year: int
    ages: list[str]
    female: list[float]
    male: list[float]
    persons: float | None
    status: Status


class Cause(Schema):
    cause: str
    name: Words
    persons: float


class Sentences(Schema):
    vi: list[str]
    en: list[str]


class GrowthAnswer(Schema):
    """`causes` sum to `change`; `reasons` say why arrivals and movers settle here rather than elsewhere."""

    area: str
    first: int | None
    last: int | None
    before: float | None
    after: float | None
    change: float | None
    causes: list[Cause]
    reasons: list[Cause]
    sentences: Sentences
    status: Status


class Named(Schema):
    id: str
    name: Words


class LandAnswer(Schema):
    year: int
    years: list[int]
    uses: list[Named]
    areas: list[str]
    dominant: list[str | None]
    shares: list[Values]
    """One row an area, one column a use; a row sums to 1."""
    status: Status


class HomesRow(Schema):
    """`price` is 1 in the base year; one at a bound no longer says how short homes are: `price_status` tells."""

    area: str
    households: float | None
    dwellings: float | None
    unhoused: float | None
    vacancy: float | None
    price: float | None
    price_status: Literal["at the floor", "clears", "at the ceiling"] | None
    price_status_name: Words
    priced_out: float | None
    """Households that come beyond the homes let; at the ceiling alone."""
    why: str | None


class HomesAnswer(Schema):
    year: int
    years: list[int]
    areas: list[HomesRow]
    status: Status


class SectorRow(Named):
    value_added: Values
    jobs: Values


class LimitRow(Named):
    unit: Words
    wanted: Values
    capacity: Values
    used: Values
    binds: list[bool]
    lost: Values


class SectorsAnswer(Schema):
    """Value added and what is lost in trillion VND at prices of the base year, jobs in persons."""

    years: list[int]
    sectors: list[SectorRow]
    limits: list[LimitRow]
    unit: Words
    status: Status


class BerthPhase(Schema):
    id: str
    phase: str
    phase_name: Words
    from_year: int | None
    to_year: int | None
    berths: int
    berths_without_figure: int
    capacity_mt_year: float | None
    project: str | None
    source: str


class BerthArea(Schema):
    name: str
    phases: list[BerthPhase]


class PortAnswer(Schema):
    """Million tonnes a year. `berth_capacity` is at the highest use of berths, `mapped_capacity` as mapped."""

    years: list[int]
    wanted: Values
    berth_capacity: Values
    fairway_capacity: Values
    landside_capacity: Values
    handled: Values
    mapped_capacity: Values
    unit: Words
    berth_areas: list[BerthArea]
    status: Status


class EnergyRow(Named):
    twh: Values
    mw: Values


class PlantRow(EnergyRow):
    states: list[str]


class EmitterRow(Named):
    kt_co2e: Values


class EnergyAnswer(Schema):
    years: list[int]
    demand: list[EnergyRow]
    supply: list[PlantRow]
    emissions: list[EmitterRow]
    status: Status


class AccessRow(Schema):
    mode: str
    mode_name: Words
    connected: bool
    minutes_to_gate: float | None
    capacity: float | None
    load: float | None
    unit: Words
    use: float | None


class StageRow(Schema):
    order: int
    stage: str
    stage_name: Words
    capacity: float | None
    load: float | None
    unit: Words
    use: float | None
    bottleneck: bool
    status: str


class TerminalRow(Named):
    joined: int
    access: list[AccessRow]
    chain: list[StageRow]


class IslandRow(Schema):
    mode: str
    mode_name: Words
    island: int
    nodes: int
    links: int
    terminals: list[str]


class OutOfStepRow(Schema):
    opens: Named
    needs: Named | None
    opens_year: int | None
    needs_year: int | None
    why: str
    sentence: Words


class CriticalRow(Schema):
    rank: int
    links: list[str]
    name: Words
    extra_minutes: float | None
    stranded_trips: float | None


class NarrowRow(Schema):
    link: str
    name: Words
    capacity_mt_year: float
    rests_on: str
    rests_on_name: Words


class ConnectionAnswer(Schema):
    """A part that the run does not hold is null."""

    year: int
    years: list[int]
    terminals: list[TerminalRow] | None
    islands: list[IslandRow] | None
    out_of_step: list[OutOfStepRow] | None
    critical_links: list[CriticalRow] | None
    landside: list[NarrowRow] | None
    """The links that together hold what the berths could send inland; none: it all gets away."""
    status: Status


class RunRow(Schema):
    id: str
    change_title: Words | None
    """Null for the plan as it stands, and for a change without a name or with one that may not be shown."""
    change_hash: str | None
    seed: int
    last_year: int
    shown: bool
    code_hash: str | None


class OfRun(Schema):
    """`values` has one row an area; a commune that differs by less than `noise` (relative) from the run that is shown does not
    differ."""

    run: str
    indicator: str
    unit: Words
    years: list[int]
    city: Values
    areas: list[str]
    values: list[Values]
    noise: float
    status: Status


class IndicatorMove(Schema):
    indicator: str
    name: Words
    unit: Words
    area: str
    year: int
    first: float | None
    second: float | None
    change: float | None
    percent: float | None
    noise: float
    """Relative: what the solvers of the two runs leave open."""
    widest: bool
    """Whether this is the year in which the two are furthest apart."""


class TargetMoveRow(Schema):
    target: str
    indicator: str
    name: Words
    area: str
    year: int | None
    first: float | None
    second: float | None
    verdict_first: str
    verdict_second: str


class CommuneMoves(Schema):
    """The communes of one indicator that differ in one year: compact, one entry a commune in each list."""

    indicator: str
    name: Words
    unit: Words
    year: int
    areas: list[str]
    first: Values
    second: Values
    better: list[bool | None]


class ProjectMoveRow(Schema):
    project: str
    name: Words
    opens_first: int | None
    opens_second: int | None
    in_first: bool
    in_second: bool


class CompareAnswer(Schema):
    run: str
    other: str
    indicators: list[IndicatorMove]
    targets: list[TargetMoveRow]
    communes: list[CommuneMoves]
    projects: list[ProjectMoveRow]
    words: Sentences
    caveat: Words
