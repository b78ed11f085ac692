"""The plan package: which file holds what, and the frozen `Plan` that reading it gives.

One register, `TABLES`, drives reading, writing, checking, diffing and the documentation of the format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from shapely.geometry.base import BaseGeometry

from cuabien.plan import objects as o

RowT = TypeVar("RowT", bound=o.Row)


@dataclass(frozen=True)
class Feature(Generic[RowT]):
    """A row of a GeoJSON file: its properties as a row, and its shape (lon/lat, WGS 84)."""

    row: RowT
    geometry: BaseGeometry


@dataclass(frozen=True)
class Table:
    """One table of the package. `paths` are globs relative to the plan's folder."""

    name: str
    paths: tuple[str, ...]
    row: type[o.Row]
    form: Literal["csv", "geojson", "toml"] = "csv"
    """`toml`: one file for each object (projects)."""
    needed: bool = False
    shapes: tuple[str, ...] = ()
    """The kinds of shape that a GeoJSON table may hold."""


POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
POINTS = ("Point", "MultiPoint")

TABLES: tuple[Table, ...] = (
    Table("sources", ("sources.csv",), o.Source, needed=True),
    Table("documents", ("documents.csv",), o.Document),
    Table("boundaries", ("boundaries.csv",), o.Boundary, needed=True),
    Table("areas", ("areas.csv",), o.Area, needed=True),
    Table("figures", ("base/*.csv",), o.Figure),
    Table("indicators", ("indicators.csv",), o.Observation),
    Table("targets", ("targets.csv",), o.Target),
    Table("claims", ("claims.csv",), o.Claim),
    Table("programme", ("programme.csv",), o.Statement),
    Table("flags", ("flags.csv",), o.Flag),
    Table("peers", ("peers.csv",), o.Peer),
    Table("port_capacity", ("port_capacity.csv",), o.PortCapacity),
    Table("power_plants", ("power_plants.csv",), o.PowerPlant),
    Table("elevation", ("elevation.csv",), o.Elevation),
    Table("projects", ("projects/*.toml",), o.Project, "toml"),
    Table("nodes", ("map/nodes.csv",), o.Node),
    Table("links", ("map/links.csv",), o.Link),
    Table("lines", ("lines.csv",), o.TransitLine),
    Table("line_stops", ("line_stops.csv",), o.LineStop),
    Table("terminals", ("map/terminals.csv",), o.Terminal),
    Table("places", ("map/places.csv",), o.Place),
    Table("shapes", ("map/areas.geojson",), o.AreaShape, "geojson", shapes=POLYGONS),
    Table("water", ("map/water.geojson",), o.Water, "geojson", shapes=LINES),
    Table(
        "zones",
        ("map/layers/*.geojson", "layers/*.geojson"),
        o.Zone,
        "geojson",
        shapes=POLYGONS + LINES + POINTS,
    ),
)
"""`plan.toml` and `parameters.toml` stand beside these. `map/` may be under a licence of its own (map/LICENSE.md);
a layer under `layers/` is the city's own."""

TABLE = {table.name: table for table in TABLES}


def home_of(table: str) -> str:
    """The file, or pattern of files, that a table lives in."""
    return TABLE[table].paths[0] if table in TABLE else f"{table}.toml"


@dataclass(frozen=True)
class Plan:
    """A city plan, read and typed. Each table maps id to row, in the order of the file."""

    header: o.PlanHeader
    parameters: Mapping[str, o.Parameter]
    sources: Mapping[str, o.Source]
    documents: Mapping[str, o.Document]
    boundaries: Mapping[str, o.Boundary]
    areas: Mapping[str, o.Area]
    figures: Mapping[str, o.Figure]
    indicators: Mapping[str, o.Observation]
    targets: Mapping[str, o.Target]
    claims: Mapping[str, o.Claim]
    programme: Mapping[str, o.Statement]
    flags: Mapping[str, o.Flag]
    peers: Mapping[str, o.Peer]
    port_capacity: Mapping[str, o.PortCapacity]
    power_plants: Mapping[str, o.PowerPlant]
    elevation: Mapping[str, o.Elevation]
    projects: Mapping[str, o.Project]
    nodes: Mapping[str, o.Node]
    links: Mapping[str, o.Link]
    lines: Mapping[str, o.TransitLine]
    line_stops: Mapping[str, o.LineStop]
    terminals: Mapping[str, o.Terminal]
    places: Mapping[str, o.Place]
    shapes: Mapping[str, Feature[o.AreaShape]]
    water: Mapping[str, Feature[o.Water]]
    zones: Mapping[str, Feature[o.Zone]]
    files: Mapping[str, bytes] = field(compare=False)
    """Every file of the package as it was read, by relative path: unchanged content keeps its bytes."""
    where: Mapping[tuple[str, str], tuple[str, int | str | None]] = field(default_factory=dict, compare=False)
    """(table, id) -> (file, row) as it was read; see `place`."""

    def place(self, table: str, identity: str) -> tuple[str, int | str | None]:
        """Where a person finds an object: its file, and its line or id. Never fails."""
        return self.where.get((table, identity), (home_of(table), identity))

    def table(self, name: str) -> Mapping[str, Any]:
        """A table by its name in `TABLES`, or "parameters"."""
        rows: Mapping[str, Any] = getattr(self, name)
        return rows

    @property
    def communes(self) -> tuple[o.Area, ...]:
        """The communes of the boundary version that the plan stands on."""
        return tuple(
            a for a in self.areas.values() if a.kind == "commune" and a.boundary == self.header.boundary
        )
