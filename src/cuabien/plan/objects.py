"""What a city plan is made of: one frozen row type for each table, in the city's own terms.

A row type is the schema of its file: names, types, bounds, and which column refers to what. `package.py` says
which file holds which. Numbers carry their unit in the name or in a `unit` column. A blank cell is None and is
shown as "no data"; no default ever stands in for a figure.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from cuabien.base.dates import is_partial_date

# ---- cell types -------------------------------------------------------------------------------------------


def _partial_date(text: str) -> str:
    if not is_partial_date(text):
        raise ValueError("not a date: write 2025, 2025-07 or 2025-07-01")
    return text


def _year_as_text(value: object) -> object:
    """A bare year may be written as a number where a date is meant: opens = 2040."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_POINT = r"-?\d{1,3}(?:\.\d+)? -?\d{1,2}(?:\.\d+)?"
_LINE = re.compile(rf"LINESTRING ?\({_POINT}(?:, ?{_POINT})+\)")


def _line_in_words(text: str) -> str:
    if not _LINE.fullmatch(text):
        raise PydanticCustomError("line", "not a line: write LINESTRING (106.6 20.8, 106.7 20.9)")
    return text


ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$"
PLAIN_TEXT_PATTERN = "^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$"
LARGEST = 1e18
"""No figure of a city, in any unit used, is larger; a larger one is a slip of the keyboard."""

Id = Annotated[str, Field(pattern=ID_PATTERN)]
"""Letters, digits and _ . : - only: an id stands in addresses and file names."""

Text = Annotated[str, Field(max_length=4000, pattern=PLAIN_TEXT_PATTERN)]
"""Any text without control characters; lines are parted by a line feed."""
WktLine = Annotated[str, Field(max_length=200_000), AfterValidator(_line_in_words)]
"""A line in the words of GMNS: LINESTRING (106.6 20.8, 106.7 20.9)."""
PartialDate = Annotated[str, BeforeValidator(_year_as_text), AfterValidator(_partial_date)]
Year = Annotated[int, Field(ge=1800, le=2200)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Percent = Annotated[float, Field(ge=0, le=100)]
Ids = tuple[Id, ...]
"""Several ids in one cell, parted by ";"."""

ELEVATION_LEVELS_M = tuple(-1 + step / 4 for step in range(45))
"""Heights at which land is counted: -1 to 10 m by a quarter."""
Share = Annotated[float, Field(ge=0, le=1)]
SharesBelow = Annotated[
    tuple[Share, ...], Field(min_length=len(ELEVATION_LEVELS_M), max_length=len(ELEVATION_LEVELS_M))
]
"""Several numbers in one cell, parted by ";"."""

Confidence = Literal["source read", "general knowledge, high", "general knowledge, low"]
Status = Literal["law", "statistic", "press", "calibrated", "derived", "assumed"]
"""How a figure came about. `derived`: computed from read figures; `assumed`: an estimate, always with a range."""

Mode = Literal["road", "rail", "metro", "waterway", "fairway", "air", "ferry", "walk", "cable"]
Layer = Literal["urban", "industrial", "tourism", "marine", "underground", "spatial"]
"""The six thematic layers that the city's future plan must have (directive D2b)."""

Shape = Literal["schematic", "official"]
"""A schematic shape is drawn by us and says so on the map; spatial rules never fire on it."""


def _ref(table: str) -> Any:
    """A column whose ids live in another table; the checker follows it."""
    return Field(json_schema_extra={"refers_to": table})


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False, allow_inf_nan=False)

    left_out: ClassVar[frozenset[str]] = frozenset()
    """Columns that a file leaves out when no row fills them: few plans need them."""


# ---- where things come from -------------------------------------------------------------------------------

SourceId = Annotated[Id, _ref("sources")]
AreaId = Annotated[Id, _ref("areas")]
BoundaryId = Annotated[Id, _ref("boundaries")]
DocumentId = Annotated[Id, _ref("documents")]
ProjectId = Annotated[Id, _ref("projects")]
ProjectIds = Annotated[Ids, _ref("projects")]


class Source(Row):
    """Where a figure was read. `title` as the source names itself; `date` of issue, `read_on` when we read it."""

    id: Id
    title: Text
    number: Text | None = None
    issuer: Text | None = None
    date: PartialDate | None = None
    address: Text | None = None
    licence: Text | None = None
    confidence: Confidence
    read_on: PartialDate | None = None
    note: Text | None = None


# ---- areas ------------------------------------------------------------------------------------------------


class Boundary(Row):
    """A version of the administrative map. A value belongs to an area *and* a boundary version."""

    id: Id
    name_vi: Text
    name_en: Text
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    legal_basis: Text | None = None
    source: SourceId


class Area(Row):
    """A commune, a former district, or a reporting area (the city, former Hải Phòng, the nation ...)."""

    id: Id
    kind: Literal["commune", "district", "reporting", "region", "nation"]
    type_vi: Text | None = None
    """xã, phường or đặc khu; huyện, quận, thành phố for former districts."""
    name_vi: Text
    name_en: Text
    boundary: BoundaryId
    part_of: AreaId | None = None
    """The reporting area it lies in: former Hải Phòng or former Hải Dương for a commune, the city for those."""
    area_km2: Positive | None = None
    population: NonNegative | None = None
    """Registered persons (an administrative count, not usual residents)."""
    population_date: PartialDate | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


# ---- figures ----------------------------------------------------------------------------------------------


class Figure(Row):
    """What is known for the base year, in `base/*.csv`. A blank value is a stated gap."""

    id: Id
    area: AreaId
    item: Text
    """snake_case name, with " | member" for one of several (a school type, a plant)."""
    period: Text
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: Text
    status: Status
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Observation(Row):
    """One observed value of an indicator: keyed by indicator, area, boundary version, period and vintage."""

    id: Id
    indicator: Id
    area: AreaId
    boundary: BoundaryId
    period: Text
    """2024, 2024H1, 2024Q3, 2021-2025."""
    value: Number | None = None
    unit: Text
    vintage: Text | None = None
    """first release, revised, estimate ...: several vintages of one value stand side by side."""
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Target(Row):
    """What a document promises: indicator, area, years, operator and value, or a text that cannot be measured."""

    id: Id
    indicator: Id
    area: AreaId
    boundary: BoundaryId
    year_from: Year | None = None
    """First year of a period average (2026 in 2026-2030); blank for a single year."""
    year: Year | None = None
    operator: Literal[">=", "<=", ">", "<", "=", "range", "text"]
    value: Number | None = None
    high: Number | None = None
    unit: Text | None = None
    text_vi: Text | None = None
    text_en: Text | None = None
    document: DocumentId
    clause: Text | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Claim(Row):
    """A published statement and one way to recompute it. Several readings of one statement share `statement`."""

    id: Id
    statement: Annotated[Id, _ref("programme")]
    reading_vi: Text
    reading_en: Text
    stated: Number | None = None
    unit: Text | None = None
    formula: Text | None = None
    """In the formula language of docs/plan-format: mean(grdp_growth[HP_old, 2019..2023, revised])."""
    tolerance: NonNegative | None = None
    """Relative: |recomputed / stated - 1| within it is "reproduced", within four times it "close"."""
    expect: Literal["equal", "at least", "at most", "ambiguous"] = "equal"
    source: SourceId
    note: Text | None = None


class Document(Row):
    """A resolution, decision, conclusion, law or report."""

    id: Id
    number: Text | None = None
    kind: Text
    title_vi: Text
    title_en: Text
    issuer: Text | None = None
    date: PartialDate | None = None
    date_inferred: bool = False
    in_force_from: PartialDate | None = None
    in_force_to: PartialDate | None = None
    replaced_by: DocumentId | None = None
    regime: Id | None = None
    """The planning regime (R0, R1, R2, R3 of standards/regimes) for a planning document."""
    consulted_from: PartialDate | None = None
    consulted_to: PartialDate | None = None
    approved: PartialDate | None = None
    published: PartialDate | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Statement(Row):
    """One statement of the mission and its live home: documents -> directives -> tasks, figures, flags, places."""

    id: Id
    code: Id | None = None
    """P01 ... P11, L01 ... L09, D1a ... D6c where the statement has one."""
    kind: Text
    group: Text
    parent: Annotated[Id, _ref("programme")] | None = None
    statement_vi: Text
    statement_en: Text
    home: Literal[
        "claim",
        "rank",
        "flag",
        "project",
        "task",
        "document",
        "layer",
        "indicator",
        "peers",
        "place",
        "actor",
        "context",
        "process",
        "withheld",
    ]
    state: Literal[
        "done",
        "under way",
        "started",
        "planned",
        "proposed",
        "agreed in principle",
        "late",
        "recorded",
        "checked",
        "watched",
        "no data",
        "not started",
        "withheld",
        "narrative",
    ]
    owner: Text | None = None
    due: PartialDate | None = None
    evidence_vi: Text | None = None
    evidence_en: Text | None = None
    indicators: Ids = ()
    projects: ProjectIds = ()
    documents: Annotated[Ids, _ref("documents")] = ()
    areas: Annotated[Ids, _ref("areas")] = ()
    layer: Layer | None = None
    public: bool = True
    as_of: PartialDate | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Flag(Row):
    """A risk flag: a formula, the bound beyond which it is raised, and what it does not see."""

    id: Id
    statement: Annotated[Id, _ref("programme")]
    name_vi: Text
    name_en: Text
    formula: Text | None = None
    """Blank when no indicator exists: the flag then says "no data" and what would fill it."""
    operator: Literal[">=", "<=", ">", "<"] | None = None
    bound: Number | None = None
    unit: Text | None = None
    why_vi: Text
    why_en: Text
    source: SourceId
    note: Text | None = None


class Peer(Row):
    """A city to compare with. The set is the city's own choice; the report names none."""

    id: Id
    name_vi: Text
    name_en: Text
    country: Text
    role: Text
    population_million: NonNegative | None = None
    population_year: Year | None = None
    gdp_per_capita_usd: NonNegative | None = None
    gdp_year: Year | None = None
    port_teu_million: NonNegative | None = None
    teu_year: Year | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class PortCapacity(Row):
    """Berth capacity of one berth area in one phase; blank capacity is unknown, not zero."""

    id: Id
    berth_area_vi: Text
    phase: Literal[
        "existing", "relocate by 2025", "relocate by 2030", "plan by 2025", "plan by 2030", "plan after 2030"
    ]
    from_year: Year | None = None
    to_year: Year | None = None
    berths: Count
    berths_without_figure: Count
    capacity_mt_year: NonNegative | None = None
    project: ProjectId | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


Fuel = Literal["coal", "gas", "oil", "biomass", "wind", "offshore wind", "solar", "hydro"]


class PowerPlant(Row):
    """A power plant of the city, or one that it will have; blank capacity is unknown, not zero."""

    id: Id
    name_vi: Text
    name_en: Text
    fuel: Fuel
    capacity_mw: NonNegative | None = None
    from_year: Year | None = None
    """The first year of use; blank: that of its project."""
    whole_year: Year | None = None
    """The year by which all of it is in use, in equal yearly parts from the first; blank: all at once."""
    to_year: Year | None = None
    """The first year without it; blank: the usual life of its kind (parameters.toml) ends it."""
    commune: AreaId | None = None
    project: ProjectId | None = None
    """It moves with its project: opened later, it comes as many years later; stopped, it never comes."""
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Elevation(Row):
    """How high the land of a commune lies, counted in an elevation raster by `cuabien import elevation`."""

    id: AreaId
    covered: Share
    """Share of the commune's outline of which the raster knows the height."""
    cells: Count
    cell_m: Positive
    """The side of a cell of the raster."""
    lowest_m: Number
    highest_m: Number
    below: SharesBelow
    """Share of the known land that lies below -1, -0.75, ... 10 m (45 levels, a quarter apart)."""
    shape: Shape
    """Whether the outline that was laid on the raster is official or drawn by us."""
    datum: Text | None = None
    """What height 0 is, as far as whoever brought the raster said it."""
    source: SourceId
    confidence: Confidence
    note: Text | None = None


# ---- the map ----------------------------------------------------------------------------------------------


class Node(Row):
    id: Id
    name_vi: Text
    kind: Text
    lon: Lon
    lat: Lat
    in_city: bool
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Link(Row):
    """One stretch of the network (GMNS conventions). `opens` blank: it exists today."""

    left_out: ClassVar[frozenset[str]] = frozenset({"one_way", "motorbikes", "geometry"})

    id: Id
    from_node: Annotated[Id, _ref("nodes")]
    to_node: Annotated[Id, _ref("nodes")]
    name_vi: Text | None = None
    mode: Mode
    link_class: Text
    lanes: NonNegative | None = None
    length_km: Positive
    design_speed_kmh: Positive | None = None
    toll: bool | None = None
    bridge: bool | None = None
    one_way: bool | None = None
    """Yes: driven only from from_node to to_node, on all of its lanes. Blank: both ways."""
    motorbikes: bool | None = None
    """No: motorbikes are banned. Blank: as its class says; an expressway bans them."""
    opens: Year | None = None
    closes: Year | None = None
    project: ProjectId | None = None
    attributes: Literal["read", "class default"] = "class default"
    """Whether lanes and speed were read or are the default of the class (then shown as assumed)."""
    source: SourceId
    confidence: Confidence
    note: Text | None = None
    geometry: WktLine | None = None
    """Its course as LINESTRING (lon lat, ...), WGS 84, from from_node to to_node. Blank: straight."""


class TransitLine(Row):
    """`lines.csv`: a line of public transport; its stops stand in `line_stops.csv`. `opens` blank: it runs today."""

    left_out: ClassVar[frozenset[str]] = frozenset({"geometry"})

    id: Id
    name_vi: Text
    name_en: Text | None = None
    mode: Literal["metro", "tram", "train", "ferry", "bus"]
    headway_min: Positive | None = None
    """Minutes from one vehicle to the next in the peak hour of the morning. Blank: nobody said; the model takes that of its mode (assumed)."""
    off_peak_headway_min: Positive | None = None
    """The same outside of the peak. Blank: as in the peak."""
    one_way: bool | None = None
    """Yes: it runs only in the order of its stops (one direction, or a loop). Blank: both ways."""
    opens: Year | None = None
    closes: Year | None = None
    project: ProjectId | None = None
    """It comes with its project, and later when that opens later."""
    attributes: Literal["read", "assumed"]
    """Whether headways and minutes were read or are assumed (then shown so)."""
    source: SourceId
    confidence: Confidence
    note: Text | None = None
    geometry: WktLine | None = None
    """Its course as LINESTRING (lon lat, ...), WGS 84. Blank: straight from stop to stop."""


class LineStop(Row):
    """`line_stops.csv`: where a line stops, in order."""

    id: Id
    line: Annotated[Id, _ref("lines")]
    place: Annotated[int, Field(ge=1, le=9999)]
    """Its number in the order of the line's stops."""
    node: Annotated[Id, _ref("nodes")]
    minutes: NonNegative | None = None
    """From the stop before it, standing included. Blank at the first; elsewhere: nobody said, and length and a speed that is assumed give them."""
    opens: Year | None = None
    """Blank: it opens with its line, and vehicles pass it by until then."""
    project: ProjectId | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Terminal(Row):
    """A place where modes meet: the node of each mode there."""

    id: Id
    name_vi: Text
    name_en: Text
    road_node: Annotated[Id, _ref("nodes")] | None = None
    rail_node: Annotated[Id, _ref("nodes")] | None = None
    fairway_node: Annotated[Id, _ref("nodes")] | None = None
    waterway_node: Annotated[Id, _ref("nodes")] | None = None
    state: Text
    opens: Year | None = None
    project: ProjectId | None = None
    source: SourceId
    confidence: Confidence
    note: Text | None = None


class Place(Row):
    """A name on the map."""

    id: Id
    name_vi: Text
    name_en: Text
    kind: Text
    rank: Annotated[int, Field(ge=1, le=9)]
    """1 is shown first when zooming in."""
    lon: Lon
    lat: Lat
    source: SourceId
    confidence: Confidence
    note: Text | None = None


# ---- features of the GeoJSON files (their properties; the geometry stands beside them) -----------------------


class AreaShape(Row):
    """`map/areas.geojson`: the shape of an area."""

    id: AreaId
    shape: Shape
    source: SourceId
    note: Text | None = None


class Zone(Row):
    """`layers/*.geojson` and `map/zones.geojson`: a designation of one thematic layer, with its years."""

    id: Id
    layer: Layer
    kind: Text
    """industrial park, urban area, national park, port logistics, power plant, underpass ..."""
    name_vi: Text
    name_en: Text
    status: Text | None = None
    from_year: Year | None = None
    to_year: Year | None = None
    area_ha: NonNegative | None = None
    occupancy_percent: Percent | None = None
    floor_area_ratio: NonNegative | None = None
    persons_per_ha: NonNegative | None = None
    depth_top_m: Number | None = None
    depth_bottom_m: Number | None = None
    commune: AreaId | None = None
    project: ProjectId | None = None
    public: bool = True
    shape: Shape
    source: SourceId
    confidence: Confidence
    confidence_coordinates: Confidence | None = None
    note: Text | None = None


class Water(Row):
    """`map/water.geojson`: rivers, canals, fairways and the coast, as lines."""

    id: Id
    name_vi: Text
    kind: Literal["river", "canal", "fairway", "coast"]
    shape: Shape
    source: SourceId
    confidence: Confidence


# ---- projects ---------------------------------------------------------------------------------------------


class Phase(Row):
    """What a project adds, by year: 2 million TEU/year in 2030."""

    year: Year | None = None
    value: NonNegative | None = None
    unit: Text
    confidence: Confidence


class Project(Row):
    """`projects/<id>.toml`: a thing to build, a programme to carry out, or a legal act to pass."""

    id: Id
    name_vi: Text
    name_en: Text
    kind: Text
    mode: Mode | None = None
    layer: Layer | None = None
    proposal: Id | None = None
    """P01 ... P11 for the city's eleven proposals."""
    starts: PartialDate | None = None
    opens: PartialDate | None = None
    """The date by which it is planned to be finished and in use."""
    not_before: Year | None = None
    """Known only as "after 2030": then 2031."""
    predicted_opens: PartialDate | None = None
    status: Literal[
        "idea",
        "proposed",
        "planned",
        "consultation",
        "under construction",
        "partly operating",
        "operating",
        "done",
        "continuing",
        "narrative",
        "stopped",
    ]
    status_date: PartialDate | None = None
    status_vi: Text | None = None
    status_en: Text | None = None
    cost_bn_vnd: NonNegative | None = None
    cost_note: Text | None = None
    payer: Text | None = None
    size_vi: Text | None = None
    size_en: Text | None = None
    prerequisites: ProjectIds = ()
    communes: Annotated[Ids, _ref("areas")] = ()
    terminals: Annotated[Ids, _ref("terminals")] = ()
    phases: tuple[Phase, ...] = ()
    points: tuple[tuple[Lon, Lat], ...] = ()
    """None, one (a site) or more (a line) of [lon, lat]."""
    shape: Shape = "schematic"
    public: bool = True
    source: SourceId
    confidence: Confidence
    confidence_coordinates: Confidence | None = None
    note: Text | None = None


# ---- parameters -------------------------------------------------------------------------------------------


class Parameter(Row):
    """A number that the model reads. `parameters.toml` holds them as [subject.name] tables.

    `value` is one number, or a dated path {year: value} that is interpolated linearly and held flat outside.
    `low` and `high` bound an assumed value (for a path: factors on it, see docs/plan-format).
    """

    id: Id
    name_vi: Text | None = None
    """What it is, in Vietnamese; in English its id says so."""
    value: Number | Annotated[dict[Year, Number], Field(min_length=1)]
    low: Number | None = None
    high: Number | None = None
    unit: Text
    status: Status
    source: SourceId
    confidence: Confidence
    note_vi: Text | None = None
    """Why this number, where it comes from, and what was not found, in Vietnamese."""
    note: Text | None = None
    """The same in English."""

    @property
    def name_en(self) -> str:
        """population.total_fertility_rate is the total fertility rate."""
        return self.id.partition(".")[2].replace("_", " ")


Approver = Annotated[str, Field(pattern=r"^[0-9a-f]{64}( [^\s\x00-\x1f][^\x00-\x1f]{0,118})?$")]
"""The fingerprint of a public key, SHA-256 in 64 hexadecimal digits; then, after a blank, whose key it is."""


class PlanHeader(Row):
    """`plan.toml`."""

    id: Id
    name_vi: Text
    name_en: Text
    authority_vi: Text
    authority_en: Text
    legal_basis: Text | None = None
    base_year: Year
    horizon: Year
    milestones: tuple[Year, ...] = ()
    city: AreaId
    """The reporting area that is the whole city today."""
    boundary: BoundaryId
    """The boundary version that the plan stands on."""
    central_meridian: Lon
    """Of VN-2000, degrees east: 105.75 for Hải Phòng."""
    languages: tuple[Literal["vi", "en"], ...] = ("vi", "en")
    schema_version: Annotated[int, Field(ge=1, le=1)] = 1
    as_of: PartialDate
    """The day on which its states and figures were true."""
    edition_vi: Text | None = None
    edition_en: Text | None = None
    approved_by: DocumentId | None = None
    """The document that approves this edition: the legal clock of publication starts with its day."""
    approvals: Annotated[int, Field(ge=1, le=9)] = 1
    """How many people must sign an edition, its publisher included (docs/publication.md)."""
    approvers: tuple[Approver, ...] = ()
    """Fingerprints of the keys whose signatures count, each with whose it is after a blank; none named: any key does."""
