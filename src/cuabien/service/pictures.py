"""Small pictures beside tables and lists, as SVG drawn on the server: a bar of states, a strip of projects through time,
a row of dots, a line no larger than a word, and where a commune lies.

Like `charts`, pure functions from values to markup; colours come from the style sheet through class names, every
picture says in words what it shows, and the table or list beside it holds all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from shapely.geometry.base import BaseGeometry

from cuabien.service.charts import scale, short_number


def _svg(
    kind: str, width: float, height: float, words: str, parts: Sequence[str], role: str = "img"
) -> SafeString:
    head = f'<svg class="picture picture--{kind}" viewBox="0 0 {short_number(width)} {short_number(height)}" '
    head += f'role="{role}" aria-label="{escape(words)}">' if words else 'aria-hidden="true">'
    return mark_safe(head + "".join(parts) + "</svg>")  # noqa: S308 (numbers of ours; every text is escaped)


# ---- how many of each state -------------------------------------------------------------------------------

BAR_WIDTH, BAR_HEIGHT, LEAST_PART = 640.0, 26.0, 5.0


@dataclass(frozen=True)
class Part:
    """`look` is a class of the style sheet."""

    words: str
    count: int
    look: str


def stacked_bar(parts: Sequence[Part], words: str) -> SafeString:
    """One bar whose parts are as long as their counts; a count that would vanish keeps a sliver."""
    total = sum(p.count for p in parts)
    if not total:
        return mark_safe("")
    at, drawn = 0.0, []
    spare = BAR_WIDTH - LEAST_PART * len(parts)
    for part in parts:
        wide = LEAST_PART + spare * part.count / total
        drawn.append(
            f'<rect class="part part--{escape(part.look)}" x="{short_number(at)}" y="0" width="{short_number(wide - 1.5)}" '
            f'height="{short_number(BAR_HEIGHT)}"><title>{escape(part.words)}: {part.count}</title></rect>'
        )
        at += wide
    return _svg("bar", BAR_WIDTH, BAR_HEIGHT, words, drawn)


# ---- projects through time --------------------------------------------------------------------------------


@dataclass(frozen=True)
class StripForm:
    """Names beside the bars on a wide page; over them on a phone."""

    kind: str
    width: float
    row: float
    label: float
    name_at: float
    bar_at: float
    letters: int


STRIP_HEAD = 24.0
WIDE = StripForm("strip", 960.0, 21.0, 330.0, 15.0, 10.5, 46)
NARROW = StripForm("strip-narrow", 340.0, 36.0, 8.0, 13.0, 26.0, 50)


@dataclass(frozen=True)
class Span:
    """A project from its start (unknown: None) to its opening, in years; `look` is its stage."""

    name: str
    address: str
    start: float | None
    end: float
    look: str
    words: str


def strip(spans: Sequence[Span], today: float, words: str) -> SafeString:
    """One line a project: a bar from start to opening, a mark alone where no start is known, a line for today. It is
    drawn for a wide page and for a phone; the style sheet shows one of the two."""
    if not spans:
        return mark_safe("")
    drawn = (_strip(spans, today, words, form) for form in (WIDE, NARROW))
    return mark_safe("".join(drawn))  # noqa: S308 (both are escaped)


def _strip(spans: Sequence[Span], today: float, words: str, form: StripForm) -> SafeString:
    first = min([today, *(s.end for s in spans), *(s.start for s in spans if s.start is not None)])
    last = max(today, *(s.end for s in spans)) + 0.5
    x = scale(first, last, form.label, form.width - 14)
    height = STRIP_HEAD + form.row * len(spans) + 4
    parts = []
    for year in range(int(first // 5 * 5), int(last) + 1, 5):
        if year >= first:
            at, side = short_number(x(year)), "middle" if x(year) > form.label + 14 else "start"
            parts.append(
                f'<line class="strip-grid" x1="{at}" x2="{at}" y1="{STRIP_HEAD - 4:g}" y2="{height:g}"/>'
                f'<text class="strip-year" x="{at}" y="14" text-anchor="{side}">{year}</text>'
            )
    now = short_number(x(today))
    parts.append(f'<line class="strip-now" x1="{now}" x2="{now}" y1="{STRIP_HEAD - 4:g}" y2="{height:g}"/>')
    parts += [_strip_row(span, STRIP_HEAD + form.row * i, x, form) for i, span in enumerate(spans)]
    return _svg(form.kind, form.width, height, words, parts, role="group")  # it holds links


def _strip_row(span: Span, y: float, x: Callable[[float], float], form: StripForm) -> str:
    end, middle = x(span.end), y + form.bar_at
    name = span.name if len(span.name) <= form.letters else span.name[: form.letters - 1].rstrip() + "…"
    bar = ""
    if span.start is not None and span.start < span.end:
        start = x(span.start)
        bar = (
            f'<rect class="strip-bar strip--{span.look}" x="{short_number(start)}" y="{short_number(middle - 4.5)}" '
            f'width="{short_number(end - start)}" height="9" rx="3"/>'
        )
    return (
        f'<a href="{escape(span.address)}"><title>{escape(span.name)}: {escape(span.words)}</title>'
        f'<rect class="strip-row" x="0" y="{short_number(y)}" width="{form.width:g}" height="{form.row:g}"/>'
        f'<text class="strip-name" x="0" y="{short_number(y + form.name_at)}">{escape(name)}</text>{bar}'
        f'<circle class="strip-end strip--{span.look}" cx="{short_number(end)}" cy="{short_number(middle)}" r="5"/></a>'
    )


# ---- one measure of many cities ---------------------------------------------------------------------------

DOTS_WIDTH, DOTS_HEIGHT, DOTS_SIDE = 640.0, 28.0, 12.0


@dataclass(frozen=True)
class Mark:
    name: str
    value: float
    words: str
    own: bool = False


def dot_plot(marks: Sequence[Mark], words: str) -> SafeString:
    """Every city as a dot along one line from zero, our own larger. What the ends are called stands beside it, in
    letters that do not shrink with the picture."""
    if not marks:
        return mark_safe("")
    low, high = min(m.value for m in marks), max(m.value for m in marks)
    x = scale(min(0.0, low), high, DOTS_SIDE, DOTS_WIDTH - DOTS_SIDE)
    middle = DOTS_HEIGHT / 2
    parts = [
        f'<line class="dots-line" x1="{DOTS_SIDE:g}" x2="{DOTS_WIDTH - DOTS_SIDE:g}" y1="{middle:g}" y2="{middle:g}"/>'
    ]
    parts += [
        f'<circle class="dot{" dot--own" if mark.own else ""}" cx="{short_number(x(mark.value))}" cy="{middle:g}" '
        f'r="{11 if mark.own else 8}"><title>{escape(mark.name)}: {escape(mark.words)}</title></circle>'
        for mark in sorted(marks, key=lambda m: m.own)
    ]
    return _svg("dots", DOTS_WIDTH, DOTS_HEIGHT, words, parts)


# ---- a line no larger than a word -------------------------------------------------------------------------

SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 112.0, 30.0, 4.0


def sparkline(values: Mapping[int, float | None]) -> SafeString:
    """How a figure goes, without an axis: the numbers stand beside it. Not told to screen readers for that reason."""
    known = [(year, value) for year, value in sorted(values.items()) if value is not None]
    if len(known) < 2:
        return mark_safe("")
    x = scale(known[0][0], known[-1][0], SPARK_EDGE, SPARK_WIDTH - SPARK_EDGE)
    low, high = min(v for _, v in known), max(v for _, v in known)
    flat = high - low <= 1e-9 * max(abs(low), abs(high), 1e-9)
    y = (lambda _: SPARK_HEIGHT / 2) if flat else scale(low, high, SPARK_HEIGHT - SPARK_EDGE, SPARK_EDGE)
    line = " ".join(f"{short_number(x(year))},{short_number(y(value))}" for year, value in known)
    year, value = known[-1]
    return _svg(
        "spark",
        SPARK_WIDTH,
        SPARK_HEIGHT,
        "",
        [
            f'<polyline class="spark" points="{line}"/>',
            f'<circle class="spark-end" cx="{short_number(x(year))}" cy="{short_number(y(value))}" r="2.6"/>',
        ],
    )


# ---- where it lies ----------------------------------------------------------------------------------------

MAP_WIDTH, MAP_HEIGHT = 300.0, 220.0
SMALLEST_DEG = 0.004
"""Outlines are thinned to this: far less than a pixel of so small a map."""


WIDE_MAP = 640.0
SIGN_SIZE = 5
SIGNS = {
    "add": f"h{SIGN_SIZE}m-{2 * SIGN_SIZE} 0h{SIGN_SIZE}m0 -{SIGN_SIZE}v{2 * SIGN_SIZE}",
    "edit": f"m-{SIGN_SIZE} 0a{SIGN_SIZE} {SIGN_SIZE} 0 1 0 {2 * SIGN_SIZE} 0a{SIGN_SIZE} {SIGN_SIZE} 0 1 0 -{2 * SIGN_SIZE} 0",
    "remove": f"m-{SIGN_SIZE} -{SIGN_SIZE}l{2 * SIGN_SIZE} {2 * SIGN_SIZE}m0 -{2 * SIGN_SIZE}l-{2 * SIGN_SIZE} {2 * SIGN_SIZE}",
}
"""What became of a place -> how it is drawn around it: a plus, a ring, a cross; never by colour alone."""


def changes_map(
    shapes: Mapping[str, BaseGeometry], spots: Sequence[tuple[str, str, BaseGeometry]], words: str
) -> SafeString:
    """The city with a sign where something is new, changed or removed: (action, its word, shape)."""
    if not spots:
        return mark_safe("")
    every = [*shapes.values(), *(shape for _, _, shape in spots)]
    west, south, east, north = shapely.union_all([s.envelope for s in every]).bounds
    size = min(
        (WIDE_MAP - 24) / max(east - west, SMALLEST_DEG),
        (WIDE_MAP - 24) / max((north - south) * 1.07, SMALLEST_DEG),
    )
    height = (north - south) * 1.07 * size + 24

    def at(x: float, y: float) -> tuple[float, float]:
        return 12 + (x - west) * size, 12 + (north - y) * size * 1.07

    def ring(coords: Sequence[tuple[float, ...]]) -> str:
        return "M" + "L".join("{:.0f} {:.0f}".format(*at(c[0], c[1])) for c in coords) + "Z"

    land = "".join(
        ring(part.exterior.coords[:-1])
        for shape in shapes.values()
        for part in shapely.get_parts(shape.simplify(SMALLEST_DEG))
        if part.geom_type == "Polygon"
    )
    drawn = [f'<path class="mini-rest" d="{land}"/>']
    for action, spoken, shape in spots:
        middle = shape.representative_point()
        x, y = at(middle.x, middle.y)
        drawn.append(
            f'<path class="mini-ring" d="M{x:.0f} {y:.0f}{SIGNS[action]}"><title>{escape(spoken)}</title></path>'
        )
    return _svg("map", WIDE_MAP, height, words, drawn)


def mini_map(shapes: Mapping[str, BaseGeometry], chosen: str, words: str) -> SafeString:
    """The city with one of its communes filled; islands far out are left beyond the frame."""
    if chosen not in shapes:
        return mark_safe("")
    middles = [s.centroid for i, s in shapes.items()]
    xs, ys = sorted(m.x for m in middles), sorted(m.y for m in middles)
    inner = [
        s
        for s, m in zip(shapes.values(), middles, strict=True)
        if m.x <= xs[len(xs) // 2] + 1 and m.y >= ys[len(ys) // 2] - 0.7
    ]
    west, south, east, north = shapely.union_all([s.envelope for s in [*inner, shapes[chosen]]]).bounds
    size = min((MAP_WIDTH - 8) / (east - west), (MAP_HEIGHT - 8) / ((north - south) * 1.07))
    left = (MAP_WIDTH - size * (east - west)) / 2
    top = (MAP_HEIGHT - size * (north - south) * 1.07) / 2

    def drawn(shape: BaseGeometry) -> str:
        rings = [
            r
            for p in shapely.get_parts(shape.simplify(SMALLEST_DEG))
            if p.geom_type == "Polygon"
            for r in [p.exterior]
        ]
        return "".join(
            "M"
            + "L".join(
                f"{left + (x - west) * size:.0f} {top + (north - y) * size * 1.07:.0f}"
                for x, y in ring.coords[:-1]
            )
            + "Z"
            for ring in rings
        )

    rest = "".join(drawn(s) for i, s in shapes.items() if i != chosen)
    at = shapes[chosen].representative_point()
    cx, cy = left + (at.x - west) * size, top + (north - at.y) * size * 1.07
    return _svg(
        "map",
        MAP_WIDTH,
        MAP_HEIGHT,
        words,
        [
            f'<path class="mini-rest" d="{rest}"/>',
            f'<path class="mini-chosen" d="{drawn(shapes[chosen])}"/>',
            f'<circle class="mini-ring" cx="{cx:.0f}" cy="{cy:.0f}" r="17"/>',
        ],
    )
