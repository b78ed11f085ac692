"""The maps of an atlas: what each layer shows in a year. Size, shape, pattern or a number says it beside every colour."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from cuabien.base.dates import year_of
from cuabien.base.words import N_
from cuabien.lexicon import register
from cuabien.plan import objects as o
from cuabien.publication.documents.canvas import (
    INK,
    LAYER_COLOURS,
    MAP_MM,
    Canvas,
    Drawing,
    Frame,
    centre,
    swatch,
)
from cuabien.publication.documents.material import Material
from cuabien.publication.documents.writing import tidy, upper

RAMP = ("#f2f0dc", "#c3dcb4", "#82bda6", "#3f8f97", "#1d4f78")
"""From light to dark in one direction: it reads the same in grey and to the colour-blind."""
ON_DARK = 3
"""From this class on, a number is written in white."""
CIRCLE = "#b3541e"
LARGEST_CIRCLE_MM = 7.5
CLASSES = len(RAMP)
NAMED = 14
"""Communes whose names a sheet shows where there is room."""
BESIDE_MM = 120.0
"""Height beside a map that legend, notes and list share."""
ROW_MM, NOTE_MM, LINE_MM, FINE_LINE_MM = 4.6, 4.0, 3.0, 2.25
"""Height of a row of the legend, of a note, of a line of a list in one column and in two."""
GROUND_ROWS = 3
SHORT, LONG = 34, 48
"""Letters of a name in a list of two columns and of one."""
SYMBOLS = ("circle", "square", "triangle", "diamond", "cross", "star", "bar", "ring")


@dataclass
class Label:
    x: float
    y: float
    text: str
    size: float = 6.0
    weight: str = "regular"
    style: str = "normal"
    colour: str = INK
    halo: bool = True

    def box(self) -> tuple[float, float, float, float]:
        """Its room in millimetres, as far as the count of its letters tells."""
        half_w, half_h = len(self.text) * self.size * 0.1 + 0.4, self.size * 0.2 + 0.2
        return self.x - half_w, self.y - half_h, self.x + half_w, self.y + half_h


@dataclass
class Entry:
    """A line of a legend: a drawing, a number on it, words."""

    svg: str
    text: str
    mark: str = ""
    dark: bool = False


@dataclass
class Sheet:
    layer: str
    year: int
    title: str
    drawing: Drawing
    legend: list[Entry] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    listing: list[tuple[str, str]] = field(default_factory=list)
    """(number on the map, name)."""
    notes: list[str] = field(default_factory=list)
    source: str = ""


@dataclass(frozen=True)
class Layer:
    id: str
    name: str
    """A sentence for `say`, or blank where the register names it."""
    draw: Callable[[Atlas, Layer, int], Sheet]


@dataclass(frozen=True)
class Atlas:
    m: Material
    canvas: Canvas

    def name(self, layer: Layer) -> str:
        return self.m.write.say(layer.name) if layer.name else self.m.write.indicator(layer.id)

    @cached_property
    def centres(self) -> dict[str, tuple[Frame, float, float]]:
        """Commune -> its frame and the millimetres of its middle."""
        found = {}
        for area in self.m.plan.communes:
            if area.id in self.m.plan.shapes:
                frame = self.canvas.frame_of(area.id)
                x, y = frame.at([centre(self.m.plan.shapes[area.id].geometry)])[0]
                found[area.id] = (frame, float(x), float(y))
        return found

    def values(self, indicator: str, year: int) -> dict[str, float]:
        """Commune -> value; those without one are left out."""
        found = {i: self.m.ahead.value(indicator, i, year) for i in self.centres}
        return {i: v for i, v in found.items() if v is not None}

    def ground(self) -> Drawing:
        drawing = Drawing(*MAP_MM)
        self.canvas.box(drawing)
        return drawing

    def run_source(self, table: str) -> str:
        return self.m.write.say(N_("run {run}, table {table}"), run=self.m.run.folder.name, table=table)


# ---- labels ---------------------------------------------------------------------------------------------------------


def placed(labels: Sequence[Label], taken: Sequence[tuple[float, float, float, float]] = ()) -> list[Label]:
    """The labels that find room inside the map, first come first served."""
    rooms, found = list(taken), []
    for label in labels:
        box = label.box()
        inside = box[0] > 1 and box[1] > 1 and box[2] < MAP_MM[0] - 1 and box[3] < MAP_MM[1] - 1
        if inside and not any(_meet(box, room) for room in rooms):
            rooms.append(box)
            found.append(label)
    return found


def _meet(one: tuple[float, ...], two: tuple[float, ...]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def names(atlas: Atlas, taken: Sequence[Label] = ()) -> list[Label]:
    """Names of the sea (one whose middle lies a little outside stands at the edge), of the far islands, and of the communes with most residents, where there is room."""
    m, found = atlas.m, list[Label]()
    rooms = [label.box() for label in taken]
    far = atlas.canvas.far
    if far:
        rooms.append((far.x, far.y, far.x + far.width, far.y + far.height))
    for place in m.plan.places.values():
        x, y = map(float, atlas.canvas.main.at([(place.lon, place.lat)])[0])
        if place.kind == "sea" and abs(x - MAP_MM[0] / 2) < MAP_MM[0] and abs(y - MAP_MM[1] / 2) < MAP_MM[1]:
            label = Label(x, y, m.write.name(place), 8.5, style="italic", colour="#2f6b86")
            left = label.box()[0]
            x = min(max(x, x - left + 3), MAP_MM[0] - (x - left) - 3)
            beside = [
                replace(label, x=x, y=min(max(at, 6.0), MAP_MM[1] - 6)) for at in (y, y - 30, y - 45, y - 60)
            ]
            found += placed(beside, rooms)[:1]
    base = m.milestones[0]
    people = atlas.values("population", base)
    biggest = sorted(people, key=lambda i: -people[i])[:NAMED]
    for identity in biggest:
        frame, x, y = atlas.centres[identity]
        if frame is atlas.canvas.main:
            name = m.write.name(m.plan.areas[identity], most=40)
            found.append(
                Label(x, y + 2.0, name.removesuffix(" ward").removesuffix(" commune"), 5.6, "semibold")
            )
    kept = placed(found, rooms)
    if far:
        told = ", ".join(m.write.name(m.plan.areas[i], most=30) for i in sorted(atlas.canvas.far_communes))
        scale = m.write.number(far.scale, 0)
        kept.append(Label(far.x + far.width / 2, far.y + 2.2, f"{tidy(told, 40)} 1:{scale}", 5.2, "semibold"))
    return kept


# ---- shades ---------------------------------------------------------------------------------------------------------


def breaks(values: Sequence[float]) -> list[float]:
    """Bounds between classes of about equal count over all years, rounded to two digits; equal ones are one."""
    if not values:
        return []
    cuts = np.quantile(np.array(values), np.linspace(0, 1, CLASSES + 1)[1:-1])
    return sorted({float(f"{cut:.2g}") for cut in cuts})


def shaded(
    atlas: Atlas,
    layer: Layer,
    year: int,
    by_year: Mapping[int, Mapping[str, float]],
    unit: str,
    decimals: int,
) -> Sheet:
    """Communes by class: lighter to darker, with the number of the class in each."""
    w, values = atlas.m.write, by_year[year]
    bounds = breaks([v for of_year in by_year.values() for v in of_year.values()])
    drawing, marks = atlas.ground(), list[Label]()
    counts: Counter[int] = Counter()
    for identity, (frame, x, y) in atlas.centres.items():
        value = values.get(identity)
        rank = int(np.searchsorted(bounds, value, side="right")) if value is not None else -1
        counts[rank] += 1
        shape = atlas.m.plan.shapes[identity].geometry
        fill = RAMP[rank] if rank >= 0 else "url(#none)"
        drawing.path(frame, shape, fill=fill, stroke="#ffffff", stroke_width=0.1)
        if rank >= 0:
            colour = "#ffffff" if rank >= ON_DARK else INK
            marks.append(Label(x, y, str(rank + 1), 4.6, colour=colour, halo=False))
    ends = [w.number(b, decimals) for b in bounds]
    legend = []
    for rank in range(len(bounds) + 1):
        words = (
            f"< {ends[0]}"
            if rank == 0 and ends
            else f"≥ {ends[-1]}"
            if rank == len(bounds) and ends
            else f"{ends[rank - 1]} – {ends[rank]}"
            if ends
            else w.say(N_("all"))
        )
        text = w.say(N_("{range} {unit} ({count})"), range=words, unit=unit, count=counts[rank])
        legend.append(Entry(_block(RAMP[rank]), text, str(rank + 1), rank >= ON_DARK))
    if counts[-1]:
        legend.append(Entry(_block("url(#none)"), f"{w.say(N_('no data'))} ({counts[-1]})"))
    notes = [
        w.say(
            N_(
                "In brackets: how many communes. The classes are the same in every year. The number in a commune is its class."
            )
        )
    ]
    return Sheet(
        layer.id, year, atlas.name(layer), drawing, legend, [*marks, *names(atlas, marks)], notes=notes
    )


def _block(fill: str) -> str:
    return swatch(
        [
            (
                "rect",
                {
                    "x": 0.2,
                    "y": 0.2,
                    "width": 8.6,
                    "height": 3.0,
                    "fill": fill,
                    "stroke": INK,
                    "stroke_width": 0.15,
                },
            )
        ]
    )


def of_indicator(atlas: Atlas, layer: Layer, year: int) -> Sheet:
    by_year = {y: atlas.values(layer.id, y) for y in atlas.m.milestones}
    known = register.indicators()[layer.id]
    sheet = shaded(atlas, layer, year, by_year, atlas.m.write.unit(known.unit), known.decimals)
    sheet.source = atlas.run_source("indicators")
    return sheet


BUILT = ("housing", "public", "industry")


def of_built_land(atlas: Atlas, layer: Layer, year: int) -> Sheet:
    """Land for homes, roads, public use and industry, percent of the commune."""
    by_year = {y: _built(atlas, y) for y in atlas.m.milestones}
    sheet = shaded(atlas, layer, year, by_year, "%", 1)
    sheet.source = atlas.run_source("land")
    return sheet


def _built(atlas: Atlas, year: int) -> dict[str, float]:
    built: dict[str, float] = defaultdict(float)
    whole: dict[str, float] = defaultdict(float)
    for row in atlas.m.table("land", year=year):
        if row["area"] in atlas.centres and row["ha"] is not None:
            whole[row["area"]] += row["ha"]
            built[row["area"]] += row["ha"] if row["use"] in BUILT else 0.0
    return {area: 100 * built[area] / ha for area, ha in whole.items() if ha > 0}


# ---- circles --------------------------------------------------------------------------------------------------------


def of_counts(atlas: Atlas, layer: Layer, year: int) -> Sheet:
    """People or jobs of each commune as a circle whose area is their number."""
    w, values = atlas.m.write, atlas.values(layer.id, year)
    everything = [v for y in atlas.m.milestones for v in atlas.values(layer.id, y).values()]
    top = float(f"{max(everything, default=1.0):.1g}") or 1.0
    size = LARGEST_CIRCLE_MM / np.sqrt(top)
    drawing = atlas.ground()
    for identity in sorted(values, key=lambda i: -values[i]):
        _, x, y = atlas.centres[identity]
        drawing.circle(
            x,
            y,
            size * np.sqrt(max(values[identity], 0.0)),
            fill=CIRCLE,
            fill_opacity=0.5,
            stroke="#5a2408",
            stroke_width=0.15,
        )
    known = register.indicators()[layer.id]
    legend = [
        _circle(size * np.sqrt(top * share), f"{w.number(top * share, 0)} {w.unit(known.unit)}")
        for share in (0.1, 0.4, 1.0)
    ]
    missing = len(atlas.centres) - len(values)
    if missing:
        legend.append(Entry(_block("none"), w.say(N_("no data: {count} communes"), count=missing)))
    total = atlas.m.ahead.value(layer.id, atlas.m.city, year)
    shown = (
        w.number(total, known.decimals)
        if total is not None
        else w.number(sum(values.values()), known.decimals)
    )
    notes = [
        w.say(N_("The area of a circle is its number; the scale is the same in every year.")),
        w.say(
            N_("The whole city in {year}: {value} {unit}."), year=year, value=shown, unit=w.unit(known.unit)
        ),
    ]
    sheet = Sheet(layer.id, year, atlas.name(layer), drawing, legend, names(atlas), notes=notes)
    sheet.source = atlas.run_source("indicators")
    return sheet


def _circle(radius: float, text: str) -> Entry:
    side = 2 * LARGEST_CIRCLE_MM + 0.6
    circle = {
        "cx": side / 2,
        "cy": radius + 0.3,
        "r": f"{radius:.2f}",
        "fill": CIRCLE,
        "fill_opacity": 0.5,
        "stroke": "#5a2408",
        "stroke_width": 0.15,
    }
    return Entry(swatch([("circle", circle)], side, 2 * radius + 0.6), text)


# ---- zones ----------------------------------------------------------------------------------------------------------


def of_zones(atlas: Atlas, layer: Layer, year: int) -> Sheet:
    """The designations of one layer in force in the year, hatched where only drawn by us; later ones as outlines."""
    m, w, frame = atlas.m, atlas.m.write, atlas.canvas.main
    zones = [z for z in m.plan.zones.values() if z.row.layer == layer.id]
    now = [z for z in zones if (z.row.from_year or 0) <= year and (z.row.to_year or 9999) >= year]
    later = [z for z in zones if (z.row.from_year or 0) > year]
    kinds = list(dict.fromkeys(z.row.kind for z in sorted(zones, key=lambda z: z.row.kind)))
    colour, drawing = LAYER_COLOURS[layer.id], atlas.ground()
    symbols = {kind: SYMBOLS[i % len(SYMBOLS)] for i, kind in enumerate(kinds)}
    points: list[tuple[Any, float, float]] = []
    for zone, planned in [(z, True) for z in later] + [(z, False) for z in now]:
        x, y = frame.at([centre(zone.geometry)])[0]
        if zone.geometry.geom_type in ("Polygon", "MultiPolygon"):
            fill = (
                "none" if planned else f"url(#hatch-{layer.id})" if zone.row.shape == "schematic" else colour
            )
            dash = {"stroke_dasharray": "0.8 0.6"} if planned else {}
            drawing.path(frame, zone.geometry, fill=fill, stroke=colour, stroke_width=0.3, **dash)
        elif zone.geometry.geom_type in ("LineString", "MultiLineString"):
            drawing.path(
                frame,
                zone.geometry,
                stroke=colour,
                stroke_width=0.6,
                stroke_dasharray="0.8 0.6" if planned else "",
            )
        symbol(drawing, symbols[zone.row.kind], x, y, 1.05, colour, hollow=planned)
        points.append((zone.row, float(x), float(y)))
    numbers, listing = _numbered(atlas, points[len(later) :] + points[: len(later)], year, len(kinds) + 2, 2)
    legend = []
    for kind in kinds:
        count = sum(z.row.kind == kind for z in now)
        legend.append(Entry(_symbol(symbols[kind], colour), f"{upper(w.word(kind))} ({count})"))
    legend.append(
        Entry(
            _zone(layer.id, planned=False),
            w.say(N_("in force; hatched: a shape drawn by us, of the true area, no survey")),
        )
    )
    legend.append(
        Entry(_zone(layer.id, planned=True), w.say(N_("planned for later ({count})"), count=len(later)))
    )
    notes = []
    unknown = sum(z.row.from_year is None for z in now)
    if unknown:
        notes.append(
            w.say(N_("Of {count} no first year is known; they are shown in every year."), count=unknown)
        )
    if not zones:
        notes.append(w.say(N_("The plan has nothing in this layer.")))
    left = len(points) - len(listing)
    if left:
        notes.append(w.say(N_("{count} more are drawn without a number, for want of room."), count=left))
    source = w.say(N_("plan, map/layers/{layer}.geojson"), layer=layer.id)
    return Sheet(
        layer.id,
        year,
        atlas.name(layer),
        drawing,
        legend,
        [*numbers, *names(atlas, numbers)],
        listing,
        notes,
        source,
    )


def _numbered(
    atlas: Atlas, points: Sequence[tuple[Any, float, float]], year: int, rows: int, notes: int
) -> tuple[list[Label], list[tuple[str, str]]]:
    """A number beside each thing that has room for one, and the list that says what it is; the largest come first.

    `rows` of a legend and `notes` leave so much room for the list."""
    w, frame = atlas.m.write, atlas.canvas.main
    inside = [p for p in points if 2 < p[1] < frame.width - 2 and 2 < p[2] < frame.height - 2]
    inside.sort(key=lambda p: -(getattr(p[0], "area_ha", None) or 0.0))
    left_mm = BESIDE_MM - (rows + GROUND_ROWS) * ROW_MM - notes * NOTE_MM
    in_one = len(inside) * LINE_MM <= left_mm
    most = len(inside) if in_one else max(0, 2 * int(left_mm / FINE_LINE_MM))
    labels: list[Label] = []
    listing: list[tuple[str, str]] = []
    rooms: list[tuple[float, float, float, float]] = [
        (x - 0.9, y - 0.9, x + 0.9, y + 0.9) for _, x, y in inside
    ]
    far = atlas.canvas.far
    if far:
        rooms.append((far.x, far.y, far.x + far.width, far.y + far.height))
    for row, x, y in inside:
        if len(listing) == most:
            break
        number = str(len(listing) + 1)
        for right, down in AROUND:
            label = Label(x, y, number, 4.8, "semibold")
            left, top, _, _ = label.box()
            label = replace(label, x=x + right * (x - left + 1.0), y=y + down * (y - top + 1.0))
            if not any(_meet(label.box(), room) for room in rooms):
                rooms.append(label.box())
                labels.append(label)
                listing.append((number, _dated(w.name(row, most=LONG if in_one else SHORT), row, year)))
                break
    return labels, listing


AROUND = (
    (1, 0),
    (-1, 0),
    (0, -1),
    (0, 1),
    (0.9, -0.8),
    (-0.9, 0.8),
    (0.9, 0.8),
    (-0.9, -0.8),
    (1.8, 0),
    (-1.8, 0),
)
"""Where a number is tried: right, left, above, below, at the corners, a step farther."""


def _dated(name: str, row: Any, year: int) -> str:
    """The name, and the year if that lies ahead."""
    opens = getattr(row, "from_year", None) or (year_of(row.opens) if getattr(row, "opens", None) else None)
    return f"{name} ({opens})" if opens and opens > year else name


def symbol(
    drawing: Drawing, kind: str, x: float, y: float, r: float, colour: str, *, hollow: bool = False
) -> None:
    """A mark whose shape says the kind; hollow: not yet."""
    look: dict[str, object] = {
        "fill": "#ffffff" if hollow else colour,
        "stroke": colour if hollow else "#ffffff",
        "stroke_width": 0.25,
    }
    if kind == "circle":
        drawing.circle(x, y, r, **look)
    elif kind == "ring":
        drawing.circle(x, y, r, fill="none", stroke=colour, stroke_width=0.5)
    else:
        drawing.add(
            "path",
            d="M" + "L".join(f"{x + r * a:.2f} {y + r * b:.2f}" for a, b in CORNERS[kind]) + "Z",
            **look,
        )


CORNERS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    "diamond": ((0, -1.25), (1.05, 0), (0, 1.25), (-1.05, 0)),
    "cross": (
        (-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4),
        (0.4, 1.1), (-0.4, 1.1), (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4),
    ),
    "star": tuple(
        (float((1.25 if k % 2 == 0 else 0.55) * np.sin(np.pi * k / 5)), float(-(1.25 if k % 2 == 0 else 0.55) * np.cos(np.pi * k / 5)))
        for k in range(10)
    ),
    "bar": ((-1.2, -0.55), (1.2, -0.55), (1.2, 0.55), (-1.2, 0.55)),
}  # fmt: skip


def _symbol(kind: str, colour: str, *, hollow: bool = False) -> str:
    drawing = Drawing(9.0, 3.4)
    symbol(drawing, kind, 4.5, 1.7, 1.3, colour, hollow=hollow)
    return drawing.svg()


def _zone(layer: str, *, planned: bool) -> str:
    fill = "none" if planned else f"url(#hatch-{layer})"
    box: dict[str, object] = {
        "x": 0.3,
        "y": 0.3,
        "width": 8.4,
        "height": 2.8,
        "fill": fill,
        "stroke": LAYER_COLOURS[layer],
        "stroke_width": 0.3,
    }
    return swatch([("rect", {**box, "stroke_dasharray": "0.8 0.6"} if planned else box)])


# ---- the network ----------------------------------------------------------------------------------------------------

LOOKS: Mapping[str, tuple[str, float, str]] = {
    "road": ("#6d6357", 0.25, ""),
    "expressway": ("#8c2f1d", 0.75, ""),
    "rail": ("#22262b", 0.5, "1.4 0.5"),
    "metro": ("#9c2f6f", 0.5, "0.5 0.4"),
    "waterway": ("#1c6fa8", 0.45, "2 0.5 0.4 0.5"),
    "fairway": ("#17456f", 0.55, "3 0.9"),
    "ferry": ("#1c6fa8", 0.3, "0.4 0.5"),
    "cable": ("#7a4a1d", 0.3, "0.2 0.5"),
}
"""Mode -> colour, width and dashes; an expressway is a road of its own look."""
PLANNED = "#c2410c"


def line_of(atlas: Atlas, link: o.Link) -> LineString | None:
    start, end = (atlas.m.plan.nodes.get(i) for i in (link.from_node, link.to_node))
    return LineString([(start.lon, start.lat), (end.lon, end.lat)]) if start and end else None


def look_of(link: o.Link) -> str:
    return "expressway" if link.link_class == "expressway" else link.mode


def of_network(atlas: Atlas, layer: Layer, year: int) -> Sheet:
    """The network in use by mode, what comes later dashed with its year, and projects with their opening."""
    m, w, frame = atlas.m, atlas.m.write, atlas.canvas.main
    drawing, labels = atlas.ground(), list[Label]()
    km: dict[str, float] = defaultdict(float)
    coming: dict[tuple[int, str], list[LineString]] = defaultdict(list)
    for link in m.plan.links.values():
        shape = line_of(atlas, link)
        if shape is None or (link.closes is not None and link.closes <= year):
            continue
        if link.opens is not None and link.opens > year:
            drawing.path(frame, shape, stroke=PLANNED, stroke_width=0.45, stroke_dasharray="1 0.7")
            coming[link.opens, link.name_vi or ""].append(shape)
            continue
        colour, width, dash = LOOKS.get(look_of(link), LOOKS["road"])
        drawing.path(frame, shape, stroke=colour, stroke_width=width, stroke_dasharray=dash)
        km[look_of(link)] += link.length_km
    projects = [
        (p, *frame.at([centre(at)])[0])
        for p in m.plan.projects.values()
        if p.status not in ("stopped", "narrative") and (at := project_shape(p)) is not None
    ]
    for project, x, y in projects:
        symbol(drawing, "diamond", x, y, 1.2, INK, hollow=(opening(atlas, project) or 9999) > year)
    opened = [p for p in projects if (opening(atlas, p[0]) or 9999) <= year]
    numbers, listing = _numbered(
        atlas, [*opened, *(p for p in projects if p not in opened)], year, len(LOOKS) + 3, 1
    )
    labels += numbers
    years = []
    for (opens, _), shapes in sorted(coming.items(), key=lambda entry: entry[0]):
        x, y = (float(v) for v in frame.at([centre(shapes[len(shapes) // 2])])[0])
        years.append(Label(x, y, str(opens), 5.0, "semibold", colour=PLANNED))
    labels += placed(years, [label.box() for label in labels])
    legend = [
        Entry(_line(*LOOKS[look]), f"{upper(w.word(look))}: {w.number(km[look], 0)} km")
        for look in LOOKS
        if km.get(look)
    ]
    legend.append(Entry(_line(PLANNED, 0.45, "1 0.7"), w.say(N_("opens later, with its year"))))
    legend.append(
        Entry(_symbol("diamond", INK), w.say(N_("project open by the year ({count})"), count=len(opened)))
    )
    legend.append(
        Entry(
            _symbol("diamond", INK, hollow=True),
            w.say(
                N_("project not open yet ({count}); its year is in the list"),
                count=len(projects) - len(opened),
            ),
        )
    )
    notes = [w.say(N_("Links are straight from node to node; places of projects are approximate."))]
    source = w.say(N_("plan, map/links.csv and projects/; opening years of run {run}"), run=m.run.folder.name)
    return Sheet(
        layer.id,
        year,
        atlas.name(layer),
        drawing,
        legend,
        [*labels, *names(atlas, labels)],
        listing,
        notes,
        source,
    )


def opening(atlas: Atlas, project: o.Project) -> int | None:
    """The year in which the run opens it, else the plan's."""
    found = atlas.m.openings.get(project.id)
    return found or (year_of(project.opens) if project.opens else project.not_before)


LINE_MODES = ("road", "rail", "metro", "waterway", "fairway", "cable", "ferry")


def project_shape(project: o.Project) -> BaseGeometry | None:
    if not project.points:
        return None
    return Point(project.points[0]) if len(project.points) == 1 else LineString(project.points)


def _line(colour: str, width: float, dash: str) -> str:
    line: dict[str, object] = {
        "x1": 0.3,
        "y1": 1.7,
        "x2": 8.7,
        "y2": 1.7,
        "stroke": colour,
        "stroke_width": width,
        "stroke_dasharray": dash,
    }
    return swatch([("line", line)])


FLOWS: tuple[tuple[float, str, float, str, str], ...] = (
    (0.5, "#0b7a86", 0.25, "", N_("below {high} % of capacity")),
    (0.8, "#5c8f2e", 0.5, "", N_("{low} to {high} % of capacity")),
    (1.0, "#c47a00", 0.85, "1.6 0.4", N_("{low} to {high} % of capacity")),
    (1e9, "#a8290a", 1.4, "0.6 0.3", N_("over capacity")),
)
"""Upper bound of use, colour, width and dashes, words: a fuller road is wider, and dashed from 80 percent on."""
NAMED_FLOWS = 10


def of_traffic(atlas: Atlas, layer: Layer, year: int) -> Sheet:
    """How full each road is in the peak hour, by its fuller direction."""
    m, w, frame = atlas.m, atlas.m.write, atlas.canvas.main
    use: dict[str, float] = {}
    for row in m.table("links", year=year):
        if row["use"] is not None and row["link"] in m.plan.links:
            use[row["link"]] = max(use.get(row["link"], 0.0), row["use"])
    drawing, km = atlas.ground(), [0.0] * len(FLOWS)
    for identity in sorted(use, key=lambda i: use[i]):
        link = m.plan.links[identity]
        rank = next(i for i, flow in enumerate(FLOWS) if use[identity] < flow[0])
        _, colour, width, dash, _ = FLOWS[rank]
        km[rank] += link.length_km
        drawing.path(frame, line_of(atlas, link), stroke=colour, stroke_width=width, stroke_dasharray=dash)
    worst = []
    for identity in sorted(use, key=lambda i: -use[i]):
        shape = line_of(atlas, m.plan.links[identity])
        if use[identity] >= 1 and shape is not None:
            x, y = frame.at([centre(shape)])[0]
            worst.append(
                Label(
                    x + 3.2,
                    y - 1.2,
                    f"{w.number(100 * use[identity], 0)} %",
                    5.0,
                    "semibold",
                    colour="#7d1d06",
                )
            )
    labels = placed(worst)[:NAMED_FLOWS]
    legend, low = [], 0.0
    for (high, colour, width, dash, words), length in zip(FLOWS, km, strict=True):
        told = w.say(words, low=round(100 * low), high=round(100 * high))
        legend.append(Entry(_line(colour, width, dash), f"{told}: {w.number(length, 0)} km"))
        low = high
    notes = [
        w.say(
            N_(
                "The peak hour, the fuller direction; capacity by the class of the road. Figures: the roads most over capacity."
            )
        )
    ]
    if not use:
        notes.append(w.say(N_("no data")))
    sheet = Sheet(
        layer.id, year, atlas.name(layer), drawing, legend, [*labels, *names(atlas, labels)], notes=notes
    )
    sheet.source = atlas.run_source("links")
    return sheet


LAYERS: tuple[Layer, ...] = (
    Layer("population", "", of_counts),
    Layer("population_density", "", of_indicator),
    Layer("jobs", "", of_counts),
    Layer("built_land", N_("Land built on"), of_built_land),
    Layer("urban", N_("Planning layer: urban"), of_zones),
    Layer("industrial", N_("Planning layer: industrial"), of_zones),
    Layer("tourism", N_("Planning layer: tourism"), of_zones),
    Layer("marine", N_("Planning layer: marine economy"), of_zones),
    Layer("underground", N_("Planning layer: underground"), of_zones),
    Layer("spatial", N_("Planning layer: space and protection"), of_zones),
    Layer("network", N_("Transport network by mode, and projects"), of_network),
    Layer("traffic", N_("Use of roads in the peak hour"), of_traffic),
    Layer("commute_minutes", "", of_indicator),
    Layer("near_clinic", "", of_indicator),
    Layer("near_upper_secondary_school", "", of_indicator),
)
"""Every map of the atlas, in order."""
