"""Small line charts as SVG, drawn on the server, so that a page shows its figures without a script.

A pure function from points to markup. Colours and widths come from the style sheet through class names; an inline
style would break the content security policy. Observed values are drawn as dots joined by a line within one
boundary version (the old and the new city are never joined), modelled ones as a line with its band, targets as marks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 640, 300
RIGHT, TOP, BOTTOM = 30, 40, 44
DIGIT, AROUND_TICKS = 12.5, 18
"""How wide a character of a tick is where the page is narrow and letters are large, and the air around a tick."""
MOST_TICKS = 5


@dataclass(frozen=True)
class Dot:
    """An observed value; `group` is its area and boundary version."""

    year: float
    value: float
    group: str = ""


@dataclass(frozen=True)
class Modelled:
    year: int
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Aim:
    """A target; `first` is the first year of a period average."""

    year: int
    value: float
    first: int | None = None


def line_chart(
    observed: Sequence[Dot],
    modelled: Sequence[Modelled],
    targets: Sequence[Aim],
    *,
    title: str,
    description: str,
    chart_id: str,
    write: Callable[[float, int], str],
    unit: str = "",
    per: float = 1.0,
) -> SafeString:
    """An SVG figure. `write` puts a value with so many decimals into the reader's numbers, `unit` stands over the axis,
    whose ticks are written divided by `per` (millions of persons).
    Empty when there is nothing to draw."""
    points: list[Dot | Modelled | Aim] = [*observed, *modelled, *targets]
    years = [p.year for p in points]
    values = [p.value for p in points]
    values += [v for p in modelled for v in (p.low, p.high) if v is not None]
    if not values:
        return mark_safe("")
    ticks = nice_ticks(min(values), max(values))
    decimals = max(decimals_of(tick / per) for tick in ticks)
    said = [write(tick / per, decimals) for tick in ticks]
    left = AROUND_TICKS + DIGIT * max(3, *(len(text) for text in said))
    x = scale(min(years), max(years), left, WIDTH - RIGHT)
    y = scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)

    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="{chart_id}-title {chart_id}-desc" preserveAspectRatio="xMidYMid meet">',
        f'<title id="{chart_id}-title">{escape(title)}</title>',
        f'<desc id="{chart_id}-desc">{escape(description)}</desc>',
    ]
    if unit:
        parts.append(f'<text class="chart-unit" x="0" y="18">{escape(unit)}</text>')
    for tick, text in zip(ticks, said, strict=True):
        at = short_number(y(tick))
        parts.append(
            f'<line class="chart-grid" x1="{short_number(left)}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>'
        )
        parts.append(
            f'<text class="chart-tick" x="{short_number(left - 8)}" y="{at}" dy="4" text-anchor="end">{escape(text)}</text>'
        )
    for year in _year_ticks(min(years), max(years)):
        at = short_number(x(year))
        parts.append(
            f'<text class="chart-tick" x="{at}" y="{HEIGHT - 10}" text-anchor="middle">{year}</text>'
        )
    parts += _band(modelled, x, y)
    if modelled:
        line = " ".join(f"{short_number(x(p.year))},{short_number(y(p.value))}" for p in modelled)
        parts.append(f'<polyline class="chart-modelled" fill="none" points="{line}"/>')
    for group in dict.fromkeys(p.group for p in observed):
        dots = sorted((p for p in observed if p.group == group), key=lambda p: p.year)
        line = " ".join(f"{short_number(x(p.year))},{short_number(y(p.value))}" for p in dots)
        if len(dots) > 1:
            parts.append(f'<polyline class="chart-observed" fill="none" points="{line}"/>')
        parts += [
            f'<circle class="chart-dot" cx="{short_number(x(p.year))}" cy="{short_number(y(p.value))}" r="3.5"/>'
            for p in dots
        ]
    parts += [_aim(t, x, y) for t in targets]
    parts.append("</svg>")
    return mark_safe("".join(parts))  # noqa: S308 (numbers of ours; every text is escaped above)


def _band(
    modelled: Sequence[Modelled], x: Callable[[float], float], y: Callable[[float], float]
) -> list[str]:
    within = [(p.year, p.low, p.high) for p in modelled if p.low is not None and p.high is not None]
    if len(within) == 1:
        year, low, high = within[0]
        at = short_number(x(year))
        return [
            f'<line class="chart-range" x1="{at}" x2="{at}" y1="{short_number(y(low))}" y2="{short_number(y(high))}"/>'
        ]
    if not within:
        return []
    corners = [f"{short_number(x(year))},{short_number(y(high))}" for year, _, high in within]
    corners += [f"{short_number(x(year))},{short_number(y(low))}" for year, low, _ in reversed(within)]
    return [f'<polygon class="chart-band" points="{" ".join(corners)}"/>']


def _aim(aim: Aim, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    at_x, at_y = x(aim.year), y(aim.value)
    mark = (
        f'<path class="chart-target" d="M{short_number(at_x)},{short_number(at_y - 6)} l6,6 l-6,6 l-6,-6 Z"/>'
        if aim.first is None
        else f'<line class="chart-target-span" x1="{short_number(x(aim.first))}" x2="{short_number(at_x)}" y1="{short_number(at_y)}" y2="{short_number(at_y)}"/>'
    )
    return mark


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def short_number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def decimals_of(value: float) -> int:
    """How many decimals a tick needs: 3.25 two, 3.0 none."""
    text = f"{value:.6g}"
    return len(text.partition(".")[2]) if "e" not in text else 0


def nice_ticks(low: float, high: float) -> list[float]:
    """Round steps (1, 2 or 5 times a power of ten) that cover low..high; from zero when zero is near."""
    from math import ceil, floor, log10

    if low > 0 and low < 0.5 * high:
        low = 0.0
    size = max(abs(low), abs(high))
    span = high - low if high - low > 1e-9 * size else size
    span = span if span > 1e-9 else 1.0  # values that are all but equal, or all but zero, still get an axis
    rough = span / (MOST_TICKS - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first, last = floor(low / step), ceil(high / step)
    return [round(i * step, 10) for i in range(first, max(last, first + 1) + 1)]


def _year_ticks(first: float, last: float) -> list[int]:
    step = 5 if last - first > 9 else 2 if last - first > 4 else 1
    years = [year for year in range(int(first), int(last) + 1) if year % step == 0]
    return years or [int(last)]
