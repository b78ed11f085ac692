"""Drawings of the subjects as SVG, made on the server: layers over the years, lines, a pyramid, bars of causes, a map.

Like `charts`, pure functions from numbers to markup. Colours come from the style sheet through class names (`layer--1`
to `layer--8`, `curve--1` to `curve--4`, `shade--0` to `shade--5`); the key and the table beside a drawing say all of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from shapely.geometry.base import BaseGeometry

from cuabien.service.charts import decimals_of, nice_ticks, scale, short_number

WIDTH, HEIGHT = 640.0, 300.0
RIGHT, TOP, BOTTOM = 16.0, 40.0, 32.0
DIGIT, AROUND_TICKS = 12.5, 18.0

Write = Callable[[float, int], str]


@dataclass(frozen=True)
class Band:
    """A layer or a line: what it is called, its class, and its value in each year (None: not known)."""

    name: str
    look: str
    values: Mapping[int, float | None]


def n(value: float) -> str:
    return short_number(value)


def svg(
    identity: str, width: float, height: float, title: str, description: str, parts: Sequence[str]
) -> SafeString:
    head = (
        f'<svg class="chart" viewBox="0 0 {n(width)} {n(height)}" role="img" '
        f'aria-labelledby="{identity}-title {identity}-desc" preserveAspectRatio="xMidYMid meet">'
        f'<title id="{identity}-title">{escape(title)}</title>'
        f'<desc id="{identity}-desc">{escape(description)}</desc>'
    )
    return mark_safe(head + "".join(parts) + "</svg>")  # noqa: S308 (numbers of ours; every text is escaped)


def label(x: float, y: float, words: str, *, anchor: str = "start", look: str = "chart-tick") -> str:
    return f'<text class="{look}" x="{n(x)}" y="{n(y)}" dy="4" text-anchor="{anchor}">{escape(words)}</text>'


# ---- over the years ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """The axes of a drawing over the years, and where a year and a value stand on them."""

    parts: tuple[str, ...]
    x: Callable[[float], float]
    y: Callable[[float], float]


def _frame(years: Sequence[int], low: float, high: float, write: Write, unit: str) -> _Frame:
    ticks = nice_ticks(low, high)
    decimals = max(decimals_of(tick) for tick in ticks)
    said = [write(tick, decimals) for tick in ticks]
    left = AROUND_TICKS + DIGIT * max(3, *(len(words) for words in said))
    x = scale(years[0], max(years[-1], years[0] + 1), left, WIDTH - RIGHT)
    y = scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)
    parts = [f'<text class="chart-unit" x="0" y="18">{escape(unit)}</text>'] if unit else []
    for tick, words in zip(ticks, said, strict=True):
        at = n(y(tick))
        parts.append(f'<line class="chart-grid" x1="{n(left)}" x2="{n(WIDTH - RIGHT)}" y1="{at}" y2="{at}"/>')
        parts.append(label(left - 8, y(tick), words, anchor="end"))
    for year in years:
        if year % 5 == 0 or len(years) < 4:
            anchor = "end" if year == years[-1] else "middle"
            parts.append(label(x(year), HEIGHT - 14, str(year), anchor=anchor))
    return _Frame(tuple(parts), x, y)


def layers(
    identity: str,
    bands: Sequence[Band],
    *,
    title: str,
    description: str,
    write: Write,
    unit: str = "",
) -> SafeString:
    """Bands on top of one another, the first at the bottom: what a sum is made of in each year."""
    years = sorted({year for band in bands for year, value in band.values.items() if value is not None})
    if not years:
        return mark_safe("")
    total = dict.fromkeys(years, 0.0)
    tops: list[tuple[Band, list[float], list[float]]] = []
    for band in bands:
        floor = [total[y] for y in years]
        for year in years:
            total[year] += max(band.values.get(year) or 0.0, 0.0)
        tops.append((band, floor, [total[y] for y in years]))
    frame = _frame(years, 0.0, max(total.values()) or 1.0, write, unit)
    parts = []
    for band, floor, top in tops:
        if top == floor:
            continue
        corners = [f"{n(frame.x(y))},{n(frame.y(v))}" for y, v in zip(years, top, strict=True)]
        corners += [
            f"{n(frame.x(y))},{n(frame.y(v))}" for y, v in reversed(list(zip(years, floor, strict=True)))
        ]
        parts.append(f'<polygon class="layer {escape(band.look)}" points="{" ".join(corners)}"/>')
    return svg(identity, WIDTH, HEIGHT, title, description, [*frame.parts, *parts])


def lines(
    identity: str,
    curves: Sequence[Band],
    *,
    title: str,
    description: str,
    write: Write,
    unit: str = "",
) -> SafeString:
    """Several lines over the years, told apart by colour and dash; a year without a value breaks its line."""
    known = [(year, value) for c in curves for year, value in c.values.items() if value is not None]
    if not known:
        return mark_safe("")
    years = sorted({year for year, _ in known})
    values = [value for _, value in known]
    frame = _frame(years, min(values), max(values), write, unit)
    parts = []
    for curve in curves:
        run: list[str] = []
        for year in [*years, None]:
            value = curve.values.get(year) if year is not None else None
            if year is not None and value is not None:
                run.append(f"{n(frame.x(year))},{n(frame.y(value))}")
            elif run:
                parts.append(f'<polyline class="curve {escape(curve.look)}" points="{" ".join(run)}"/>')
                run = []
    return svg(identity, WIDTH, HEIGHT, title, description, [*frame.parts, *parts])


# ---- people by age ----------------------------------------------------------------------------------------

PYRAMID_HEIGHT, PYRAMID_MIDDLE, PYRAMID_TOP, PYRAMID_BOTTOM = 440.0, 88.0, 34.0, 34.0
PYRAMID_SIDE = 56.0


@dataclass(frozen=True)
class Ages:
    """Persons by band of age, the youngest first."""

    women: Sequence[float]
    men: Sequence[float]


def pyramid(
    identity: str,
    bands: Sequence[str],
    now: Ages,
    before: Ages | None,
    *,
    title: str,
    description: str,
    sides: tuple[str, str],
    write: Write,
) -> SafeString:
    """Men to the left, women to the right, the old on top; an outline shows another year."""
    both = [*now.women, *now.men, *(before.women if before else ()), *(before.men if before else ())]
    most = max(both, default=0.0)
    if most <= 0:
        return mark_safe("")
    ticks = [tick for tick in nice_ticks(0.0, most) if tick >= 0]
    ticks = [ticks[0], ticks[-1]]
    half = (WIDTH - PYRAMID_MIDDLE) / 2
    room = half - PYRAMID_SIDE
    high = ticks[-1]
    bar = (PYRAMID_HEIGHT - PYRAMID_TOP - PYRAMID_BOTTOM) / len(bands)

    def right(value: float) -> float:
        return half + PYRAMID_MIDDLE + room * value / high

    def left(value: float) -> float:
        return half - room * value / high

    decimals = max(decimals_of(tick) for tick in ticks)
    parts = [
        label(half - room / 2, 14, sides[0], anchor="middle", look="chart-unit"),
        label(half + PYRAMID_MIDDLE + room / 2, 14, sides[1], anchor="middle", look="chart-unit"),
    ]
    for tick in ticks:
        for at in dict.fromkeys((left(tick), right(tick))):
            parts.append(
                f'<line class="chart-grid" x1="{n(at)}" x2="{n(at)}" y1="{n(PYRAMID_TOP)}" y2="{n(PYRAMID_HEIGHT - PYRAMID_BOTTOM)}"/>'
            )
            parts.append(label(at, PYRAMID_HEIGHT - 16, write(tick, decimals), anchor="middle"))
    outline: dict[str, list[str]] = {"men": [], "women": []}
    for i, band in enumerate(bands):
        y = PYRAMID_HEIGHT - PYRAMID_BOTTOM - bar * (i + 1)
        size = f'y="{n(y + 0.8)}" height="{n(bar - 1.6)}"'
        parts.append(
            f'<rect class="layer layer--men" x="{n(left(now.men[i]))}" width="{n(half - left(now.men[i]))}" {size}/>'
        )
        parts.append(
            f'<rect class="layer layer--women" x="{n(half + PYRAMID_MIDDLE)}" '
            f'width="{n(right(now.women[i]) - half - PYRAMID_MIDDLE)}" {size}/>'
        )
        if i % 2 == 0:
            parts.append(label(WIDTH / 2, y + bar / 2, band, anchor="middle"))
        if before:
            for side, at in (("men", left(before.men[i])), ("women", right(before.women[i]))):
                outline[side] += [f"{n(at)},{n(y + bar)}", f"{n(at)},{n(y)}"]
    parts += [
        f'<polyline class="curve curve--before" points="{" ".join(p)}"/>' for p in outline.values() if p
    ]
    return svg(identity, WIDTH, PYRAMID_HEIGHT, title, description, parts)


# ---- causes -----------------------------------------------------------------------------------------------

CAUSE_ROW, CAUSE_TOP = 70.0, 6.0


def causes(
    identity: str, bars: Sequence[tuple[str, float, str]], *, title: str, description: str
) -> SafeString:
    """One bar a cause, to the right where it adds and to the left where it takes: (name, value, value in words)."""
    if not any(value for _, value, _ in bars):
        return mark_safe("")
    low, high = min(0.0, *(v for _, v, _ in bars)), max(0.0, *(v for _, v, _ in bars))
    room = 120.0
    x = scale(low, high, room if low < 0 else 12.0, WIDTH - (room if high > 0 else 12.0))
    height = CAUSE_TOP * 2 + CAUSE_ROW * len(bars)
    zero = x(0.0)
    parts = []
    for i, (name, value, said) in enumerate(bars):
        y = CAUSE_TOP + CAUSE_ROW * i
        start, end = sorted((zero, x(value)))
        look = "layer--gain" if value >= 0 else "layer--loss"
        parts.append(label(6, y + 14, name, look="chart-name"))
        parts.append(
            f'<line class="chart-axis" x1="{n(zero)}" x2="{n(zero)}" y1="{n(y + 30)}" y2="{n(y + 62)}"/>'
        )
        parts.append(
            f'<rect class="layer {look}" x="{n(start)}" width="{n(max(end - start, 1.0))}" y="{n(y + 35)}" height="22"/>'
        )
        at, anchor = (end + 8, "start") if value >= 0 else (start - 8, "end")
        parts.append(label(at, y + 46, said, anchor=anchor, look="chart-name"))
    return svg(identity, WIDTH, height, title, description, parts)


# ---- how full a stage is ----------------------------------------------------------------------------------

GAUGE_WIDTH, GAUGE_HEIGHT = 120.0, 12.0
GAUGE_FULL = 2.0
"""Twice its capacity fills a gauge; the mark in the middle is full."""


def gauge(use: float | None) -> SafeString:
    """Load over capacity as a bar with a mark where it is full; the number stands beside it."""
    if use is None:
        return mark_safe("")
    wide = GAUGE_WIDTH * min(max(use, 0.0), GAUGE_FULL) / GAUGE_FULL
    look = "layer--loss" if use > 1 else "layer--gain"
    middle = n(GAUGE_WIDTH / GAUGE_FULL)
    return mark_safe(  # noqa: S308 (numbers only)
        f'<svg class="gauge" viewBox="0 0 {n(GAUGE_WIDTH)} {n(GAUGE_HEIGHT)}" aria-hidden="true">'
        f'<rect class="gauge-room" width="{n(GAUGE_WIDTH)}" height="{n(GAUGE_HEIGHT)}"/>'
        f'<rect class="{look}" width="{n(wide)}" height="{n(GAUGE_HEIGHT)}"/>'
        f'<line class="gauge-full" x1="{middle}" x2="{middle}" y1="0" y2="{n(GAUGE_HEIGHT)}"/></svg>'
    )


# ---- a map ------------------------------------------------------------------------------------------------

MAP_WIDTH = 420.0
SHADES = 5
FAR_DEG = 0.7
"""A commune whose middle is so much farther out than the middle of all is left beyond the frame."""
SMALLEST_DEG = 0.003
FLATTENED = 1.07
"""At this latitude a degree north is longer than a degree east by about so much."""


def breaks(values: Sequence[float], shades: int = SHADES) -> list[float]:
    """Bounds between shades: equal counts of communes in each, so that one large value does not pale all others."""
    ordered = sorted(v for v in values if math.isfinite(v))
    if not ordered or ordered[0] == ordered[-1]:
        return []
    found = [ordered[min(len(ordered) - 1, len(ordered) * i // shades)] for i in range(1, shades)]
    return [b for b in dict.fromkeys(found) if b > ordered[0]]


def shade_of(value: float | None, bounds: Sequence[float]) -> int:
    """1 to 5 by the bounds; 0 where there is no value."""
    return 0 if value is None or not math.isfinite(value) else 1 + sum(value >= bound for bound in bounds)


@dataclass(frozen=True)
class Outlines:
    """The communes as paths of a map of one width, thinned to what so small a map can show."""

    paths: Mapping[str, str]
    height: float
    beyond: tuple[str, ...]
    """Communes so far out that the map leaves them beyond its frame."""


def outlines(shapes: Mapping[str, BaseGeometry]) -> Outlines:
    """Paths of all communes but those that lie far out."""
    middles = {i: s.centroid for i, s in shapes.items()}
    if not middles:
        return Outlines({}, 0.0, ())
    xs, ys = sorted(m.x for m in middles.values()), sorted(m.y for m in middles.values())
    x0, y0 = xs[len(xs) // 2], ys[len(ys) // 2]
    beyond = tuple(i for i, m in middles.items() if abs(m.x - x0) > FAR_DEG or abs(m.y - y0) > FAR_DEG)
    near = {i: s for i, s in shapes.items() if i not in beyond}
    west, south, east, north = shapely.union_all([s.envelope for s in near.values()]).bounds
    size = (MAP_WIDTH - 8) / max(east - west, 1e-9)

    def path(shape: BaseGeometry) -> str:
        parts = shapely.get_parts(shape.simplify(SMALLEST_DEG))
        rings = [p.exterior for p in parts if p.geom_type == "Polygon" and not p.is_empty]
        corners = [
            [
                f"{4 + (x - west) * size:.0f} {4 + (north - y) * size * FLATTENED:.0f}"
                for x, y in ring.coords[:-1]
            ]
            for ring in rings
        ]
        return "".join(f"M{'L'.join(ring)}Z" for ring in corners)

    height = 8 + size * (north - south) * FLATTENED
    return Outlines({i: path(shape) for i, shape in near.items()}, height, beyond)


def choropleth(
    identity: str,
    drawn: Outlines,
    looks: Mapping[str, str],
    names: Mapping[str, str],
    *,
    title: str,
    description: str,
) -> SafeString:
    """Every commune in the class of its value, with its name and value to hover over."""
    if not drawn.paths:
        return mark_safe("")
    parts = [
        f'<path class="place {escape(looks.get(i, "shade--0"))}" d="{path}"><title>{escape(names.get(i, i))}</title></path>'
        for i, path in drawn.paths.items()
    ]
    return svg(identity, MAP_WIDTH, drawn.height, title, description, parts)
