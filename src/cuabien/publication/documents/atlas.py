"""The atlas: an index, then a sheet for each layer and milestone year, A4 lying, at one scale.

Every sheet bears what a map must: title, year, legend, scale bar, north, projection, sources, edition and page; and in a corner the
East Sea with Hoàng Sa and Trường Sa, as the explorer has it.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import Any

from cuabien.base.words import N_
from cuabien.publication.documents.canvas import (
    INK,
    MAP_MM,
    NEIGHBOUR,
    SEA,
    Canvas,
    Drawing,
    Frame,
    canvas,
    geography,
    graticule,
)
from cuabien.publication.documents.material import SHORT_HASH, Material
from cuabien.publication.documents.sheets import (
    BESIDE_MM,
    GROUND_ROWS,
    LAYERS,
    LINE_MM,
    NOTE_MM,
    ROW_MM,
    Atlas,
    Layer,
    Sheet,
)
from cuabien.publication.documents.writing import place_name, tidy

INSET_MM = 34.0
BAR_MM = 45.0
"""The scale bar is as long as the longest round length that fits."""
ISLANDS = ((112.0, 16.4), (113.5, 9.5))
NEAR_ISLAND = ((0, 0), (5, 3), (-4, 4), (3, -4), (9, -1))
"""Units of the inset: a few dots stand for an archipelago that is too small to be land at its scale."""


def build(m: Material) -> dict[str, Any]:
    """The atlas as plain values for its template."""
    atlas = Atlas(m, canvas(m.plan))
    layers = [layer for layer in LAYERS if _has_any(atlas, layer)]
    sheets = [layer.draw(atlas, layer, year) for layer in layers for year in m.milestones]
    return {
        "language": m.write.language,
        "title": f"{m.write.say(N_('Atlas'))}: {m.write.name(m.plan.header)}",
        "subject": m.write.say(
            N_("Maps of the plan and of the run at its milestones, {first} to {last}"),
            first=m.milestones[0],
            last=m.milestones[-1],
        ),
        "plan": m.write.name(m.plan.header),
        "note": m.write.name(m.plan.header, "edition", 200),
        "map": {"width": MAP_MM[0], "height": MAP_MM[1]},
        "under": atlas.canvas.under().svg(),
        "over": atlas.canvas.over().svg(),
        "frame": _ticks(atlas),
        "bar": scale_bar(m, atlas.canvas.main),
        "inset": _inset(m, atlas.canvas),
        "words": _words(m, atlas),
        "index": _index(atlas, layers),
        "sheets": [_sheet(m, sheet) for sheet in sheets],
    }


def _has_any(atlas: Atlas, layer: Layer) -> bool:
    """Whether anything can be drawn: a layer of the plan always (also when empty: that is what is planned); of the run
    only what it holds."""
    m = atlas.m
    needs = {"built_land": "land", "traffic": "links"}.get(layer.id)
    if needs:
        return m.run.has_table(needs)
    by_commune = layer.draw.__name__ in ("of_counts", "of_indicator")
    return not by_commune or any(atlas.values(layer.id, year) for year in m.milestones)


def _sheet(m: Material, sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "year": sheet.year,
        "svg": sheet.drawing.svg(),
        "legend": [asdict(entry) for entry in sheet.legend],
        "labels": [asdict(label) for label in sheet.labels],
        "listing": [list(pair) for pair in sheet.listing],
        "fine": _in_two(sheet),
        "notes": [tidy(note) for note in sheet.notes],
        "source": sheet.source,
    }


def _in_two(sheet: Sheet) -> bool:
    """Whether the list beside a map needs two columns of small letters."""
    return (
        len(sheet.listing) * LINE_MM
        > BESIDE_MM - (len(sheet.legend) + GROUND_ROWS) * ROW_MM - len(sheet.notes) * NOTE_MM
    )


# ---- around the maps ------------------------------------------------------------------------------------------------


def _words(m: Material, atlas: Atlas) -> dict[str, Any]:
    w, header = m.write, m.plan.header
    schematic = any(f.row.shape == "schematic" for f in m.plan.shapes.values())
    osm = any("openstreetmap" in f"{s.title} {s.licence or ''}".casefold() for s in m.plan.sources.values())
    ground = [w.say(N_("land: Natural Earth")), *(["© OpenStreetMap contributors (ODbL)"] if osm else [])]
    return {
        "legend": w.say(N_("Legend")),
        "list": w.say(N_("Numbers on the map")),
        "north": w.say(N_("N")),
        "scale": f"1:{w.number(atlas.canvas.main.scale, 0)}",
        "projection": w.say(
            N_("VN-2000, central meridian {meridian}°"), meridian=w.as_written(header.central_meridian)
        ),
        "source": w.say(N_("Source")),
        "ground": "; ".join(ground),
        "schematic": w.say(N_("Outlines of communes are schematic: do not measure or decide on them."))
        if schematic
        else "",
        "edition": w.say(
            N_("Edition {edition}, as of {date}"),
            edition=m.edition_id or m.edition[:SHORT_HASH],
            date=w.date(header.as_of),
        ),
        "hash": m.edition,
        "page": w.say(N_("Sheet")),
        "index": w.say(N_("Index of sheets")),
        "layer": w.say(N_("Layer")),
        "neighbour": w.say(N_("land beyond the city")),
        "sea": w.say(N_("sea")),
        "border": w.say(N_("border of the city (schematic)") if schematic else N_("border of the city")),
        "about": _about(m),
    }


def _about(m: Material) -> list[str]:
    w = m.write
    told = [
        w.say(
            N_(
                "Every map is drawn from the plan and the run named here by one program; the same plan, run and program give the same "
                "atlas, byte for byte."
            )
        ),
        w.say(
            N_(
                "Colour never speaks alone: shades bear the number of their class, areas are hatched, lines differ in width and dashes, marks "
                "in shape."
            )
        ),
        w.say(N_("Run: {run}. Hash of the plan: {hash}."), run=tidy(m.run.folder.name), hash=tidy(m.edition)),
    ]
    if not m.table("flood"):
        told.append(
            w.say(N_("There is no sheet of floods: no data. No heights of the land are in the plan."))
        )
    if m.withheld:
        kinds = ", ".join(f"{count} {w.word(kind)}" for kind, count in m.withheld.items())
        told.append(w.say(N_("Withheld from public view: {told}."), told=kinds))
    return told


def _index(atlas: Atlas, layers: list[Layer]) -> dict[str, Any]:
    """Which layer and year is on which sheet; the index itself is sheet 1."""
    years = atlas.m.milestones
    rows = [
        {"name": atlas.name(layer), "pages": [str(2 + i * len(years) + k) for k in range(len(years))]}
        for i, layer in enumerate(layers)
    ]
    if not atlas.m.table("flood"):
        name = atlas.m.write.say(N_("Floods"))
        rows.append({"name": name, "pages": [atlas.m.write.say(N_("no data"))] * len(years)})
    return {"years": [str(year) for year in years], "rows": rows}


def scale_bar(m: Material, frame: Frame) -> dict[str, Any]:
    """A round number of kilometres and its length on the paper."""
    whole = BAR_MM * frame.scale / 1e6
    power = 10.0 ** int(f"{whole:e}".split("e")[1])
    km = next(r * power for r in (5.0, 4.0, 2.0, 1.0) if r * power <= whole)
    return {
        "mm": km * 1e6 / frame.scale,
        "marks": [m.write.as_written(km * share) for share in (0, 0.5, 1)],
        "unit": "km",
    }


def _ticks(atlas: Atlas) -> list[dict[str, Any]]:
    """Degrees where the lines of the net meet the frame."""
    found, (width, height) = list[dict[str, Any]](), MAP_MM
    for kind, degrees, points in graticule(atlas.canvas.main):
        axis, end, limit = (1, height, width) if kind == "lon" else (0, 0.0, height)
        cross = [
            a[1 - axis] + (b[1 - axis] - a[1 - axis]) * (end - a[axis]) / (b[axis] - a[axis])
            for a, b in pairwise(points)
            if (a[axis] - end) * (b[axis] - end) <= 0 and a[axis] != b[axis]
        ]
        if cross and 6 < cross[0] < limit - 6:
            minutes = round(degrees * 60)
            letter = {"vi": {"lon": "Đ", "lat": "B"}, "en": {"lon": "E", "lat": "N"}}[atlas.m.write.language][
                kind
            ]
            found.append(
                {"side": kind, "at": cross[0], "text": f"{minutes // 60}°{minutes % 60:02d}′{letter}"}
            )
    return found


def _inset(m: Material, on: Canvas) -> dict[str, Any]:
    """The East Sea with Hoàng Sa and Trường Sa, and where the city lies."""
    sketch = geography()["inset"]
    factor = INSET_MM / sketch["width"]
    height = sketch["height"] * factor
    drawing = Drawing(sketch["width"], sketch["height"])
    drawing.add("rect", width=sketch["width"], height=sketch["height"], fill=SEA)
    drawing.add("path", d=sketch["path"], fill=NEIGHBOUR, stroke="#8a8675", stroke_width=0.5)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return (lon - sketch["west"]) * 10, (sketch["north"] - lat) * 10

    for lon, lat in ISLANDS:
        x, y = at(lon, lat)
        for dx, dy in NEAR_ISLAND:
            drawing.circle(x + dx, y + dy, 1.3, fill=INK)
    named = [
        (m.write.say(N_("Hoàng Sa (Việt Nam)")), 112.0, 15.1),
        (m.write.say(N_("Trường Sa (Việt Nam)")), 112.4, 8.2),
        (m.write.say(N_("East Sea")), 113.6, 12.6),
    ]
    middles = [f.geometry.centroid for f in m.plan.shapes.values()]
    if middles:
        lon, lat = (sum(values) / len(middles) for values in zip(*((p.x, p.y) for p in middles), strict=True))
        x, y = at(lon, lat)
        drawing.circle(x, y, 3.4, fill="#c2410c", stroke="#ffffff", stroke_width=0.8)
        named.append((place_name(m.plan.header.name_vi), lon + 3.4, lat + 0.1))
    labels = [{"text": text, "at": [v * factor for v in at(lon, lat)]} for text, lon, lat in named]
    return {"svg": drawing.svg(), "width": INSET_MM, "height": height, "labels": labels}
