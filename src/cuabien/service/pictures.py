"""Small pictures beside tables and lists, as SVG drawn on the server: a bar of states, a strip of projects through time,
a row of dots, a line no larger than a word, and where a commune lies.

Like `charts`, pure functions from values to markup; colours come from the style sheet through class names, every
picture says in words what it shows, and the table or list beside it holds all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

STRIP_WIDTH, STRIP_ROW, STRIP_LABEL, STRIP_HEAD = 960.0, 21.0, 330.0, 24.0
LABEL_LETTERS = 46


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
    """One line a project: a bar from start to opening, a mark alone where no start is known, a line for today."""
    if not spans:
        return mark_safe("")
    first = min([today, *(s.end for s in spans), *(s.start for s in spans if s.start is not None)])
    last = max(today, *(s.end for s in spans)) + 0.5
    x = scale(first, last, STRIP_LABEL, STRIP_WIDTH - 14)
    height = STRIP_HEAD + STRIP_ROW * len(spans) + 4
    parts = []
    for year in range(int(first // 5 * 5), int(last) + 1, 5):
        if year >= first:
            at = short_number(x(year))
            parts.append(
                f'<line class="strip-grid" x1="{at}" x2="{at}" y1="{STRIP_HEAD - 4:g}" y2="{height:g}"/>'
            )
            parts.append(f'<text class="strip-year" x="{at}" y="14" text-anchor="middle">{year}</text>')
    now = short_number(x(today))
    parts.append(f'<line class="strip-now" x1="{now}" x2="{now}" y1="{STRIP_HEAD - 4:g}" y2="{height:g}"/>')
    for row, span in enumerate(spans):
        y = STRIP_HEAD + STRIP_ROW * row
        middle, end = short_number(y + STRIP_ROW / 2), x(span.end)
        name = span.name if len(span.name) <= LABEL_LETTERS else span.name[: LABEL_LETTERS - 1].rstrip() + "…"
        shape = ""
        if span.start is not None and span.start < span.end:
            start = x(span.start)
            shape = (
                f'<rect class="strip-bar strip--{span.look}" x="{short_number(start)}" y="{short_number(y + 6)}" '
                f'width="{short_number(end - start)}" height="{short_number(STRIP_ROW - 12)}" rx="3"/>'
            )
        shape += (
            f'<circle class="strip-end strip--{span.look}" cx="{short_number(end)}" cy="{middle}" r="5"/>'
        )
        parts.append(
            f'<a href="{escape(span.address)}"><title>{escape(span.name)}: {escape(span.words)}</title>'
            f'<rect class="strip-row" x="0" y="{short_number(y)}" width="{STRIP_WIDTH:g}" height="{STRIP_ROW:g}"/>'
            f'<text class="strip-name" x="0" y="{short_number(y + 15)}">{escape(name)}</text>{shape}</a>'
        )
    return _svg("strip", STRIP_WIDTH, height, words, parts, role="group")  # it holds links


# ---- one measure of many cities ---------------------------------------------------------------------------

DOTS_WIDTH, DOTS_HEIGHT, DOTS_SIDE = 640.0, 66.0, 14.0


@dataclass(frozen=True)
class Mark:
    name: str
    value: float
    words: str
    own: bool = False


def dot_plot(marks: Sequence[Mark], words: str) -> SafeString:
    """Every city as a dot along one line, our own larger and named, and the names of both ends."""
    if not marks:
        return mark_safe("")
    low, high = min(m.value for m in marks), max(m.value for m in marks)
    x = scale(min(0.0, low), high, DOTS_SIDE, DOTS_WIDTH - DOTS_SIDE)
    line = f'<line class="dots-line" x1="{DOTS_SIDE:g}" x2="{DOTS_WIDTH - DOTS_SIDE:g}" y1="36" y2="36"/>'
    parts = [line]
    for mark in sorted(marks, key=lambda m: m.own):
        at = x(mark.value)
        kind = " dot--own" if mark.own else ""
        parts.append(
            f'<circle class="dot{kind}" cx="{short_number(at)}" cy="36" r="{8 if mark.own else 6}">'
            f"<title>{escape(mark.name)}: {escape(mark.words)}</title></circle>"
        )
        if mark.own:
            anchor = "start" if at < DOTS_WIDTH * 0.3 else "end" if at > DOTS_WIDTH * 0.7 else "middle"
            parts.append(
                f'<text class="dots-own" x="{short_number(at)}" y="16" text-anchor="{anchor}">{escape(mark.name)}: {escape(mark.words)}</text>'
            )
    ends = (
        (min(marks, key=lambda m: m.value), DOTS_SIDE, "start"),
        (max(marks, key=lambda m: m.value), DOTS_WIDTH - DOTS_SIDE, "end"),
    )
    parts += [
        f'<text class="dots-end" x="{at:g}" y="62" text-anchor="{anchor}">{escape(mark.name)}: {escape(mark.words)}</text>'
        for mark, at, anchor in ends
        if not mark.own
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
