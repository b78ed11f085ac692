"""Bring the lines of a timetable into a plan: trips with the same stops become one line that runs every so many minutes.

The plan holds how often a line runs, not when: in the peak of the morning and outside of it, counted over the trips of one day. What of
the feed does not come along is told, with the reason.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from shapely.geometry import Point

from cuabien.base.faults import Fault, Refused, UnusableInput
from cuabien.base.hashing import hash_value
from cuabien.base.words import N_, fold
from cuabien.geo.gtfs import DAY_S, Feed
from cuabien.geo.joining import source_of, surroundings
from cuabien.geo.within import Communes
from cuabien.plan import objects as o
from cuabien.plan.package import Plan
from cuabien.plan.references import nodes_in_use

LineMode = Literal["metro", "tram", "train", "ferry", "bus"]
MODES: dict[int, LineMode] = {
    0: "tram", 1: "metro", 2: "train", 3: "bus", 4: "ferry", 5: "tram", 7: "tram", 11: "bus", 12: "metro",
}  # fmt: skip
"""`route_type` -> mode of a line; what is in none of these tables has none (6: aerial lifts)."""
EXTENDED: dict[int, LineMode] = {1: "train", 2: "bus", 4: "metro", 7: "bus", 8: "bus", 9: "tram", 10: "ferry", 12: "ferry", 14: "tram"}  # fmt: skip
"""The hundreds of the extended types: 100 to 199 are railways, 900 to 999 trams ..."""
KIND = {
    "metro": "station",
    "tram": "tram_stop",
    "train": "station",
    "ferry": "ferry_landing",
    "bus": "bus_stop",
}
NONE_MIN = 1440.0
"""Headway where none runs in a period: a day."""
MOST_POINTS = 5000
"""Of the course of a line."""

WHY = {
    "no-mode": N_("the model has no such mode"),
    "other-day": N_("does not run on that day"),
    "one-stop": N_("fewer than two stops"),
    "far": N_("does not come near the city"),
    "unused": N_("no line stops there"),
    "no-trips": N_("no trip of it came along"),
}
"""Why something of a feed is left out."""


class Period(NamedTuple):
    """A time of the day, seconds after midnight."""

    begins: int
    ends: int

    @property
    def minutes(self) -> float:
        return (self.ends - self.begins) / 60


PEAK = Period(6 * 3600 + 1800, 8 * 3600 + 1800)
OFF_PEAK = Period(9 * 3600, 16 * 3600)


@dataclass
class LineReport:
    """What became of a feed."""

    day: str
    lines: int = 0
    stops: int = 0
    trips: int = 0
    """Trips of the day that the lines stand for."""
    routes: int = 0
    by_mode: dict[str, int] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    """Lines of the plan that gave way."""
    off_peak_only: int = 0
    """Lines of which no vehicle sets out in the peak."""
    dropped: dict[str, list[str]] = field(default_factory=dict)
    """Reason (of `WHY`) -> "file row: id" of what was left out."""
    faults: list[Fault] = field(default_factory=list)

    def drop(self, why: str, file: str, rows: pl.DataFrame, column: str) -> None:
        if rows.height:
            told = self.dropped.setdefault(why, [])
            told += [f"{file}.txt {row}: {value}" for row, value in rows.select("row", column).iter_rows()]


class Pattern(NamedTuple):
    """Trips of one route that stop at the same stops in the same order."""

    route: str
    stops: tuple[str, ...]
    minutes: tuple[float, ...]
    headsign: str | None
    shape: str | None
    peak: float
    """Vehicles that set out in the peak, and outside of it."""
    off_peak: float
    trips: int


def period(text: str) -> Period:
    """06:30-08:30."""
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)", text.strip())
    if found:
        h, m, to_h, to_m = (int(part) for part in found.groups())
        made = Period(3600 * h + 60 * m, 3600 * to_h + 60 * to_m)
        if made.begins < made.ends <= DAY_S:
            return made
    raise Refused(N_('"{text}" is no time of the day; write 06:30-08:30'), text=text)


def import_lines(
    plan: Plan,
    feed: Feed,
    file: Path,
    *,
    day: dt.date | None = None,
    peak: Period = PEAK,
    off_peak: Period = OFF_PEAK,
) -> tuple[Plan, LineReport]:
    """The plan with the lines of a feed, as they run on a day (its busiest working day); the plan's lines of today of the same modes give way."""
    day = day or feed.busiest_day()
    if day is None:
        raise Refused(N_("nothing runs on any day of this feed"))
    report = LineReport(day.isoformat(), faults=list(feed.faults))
    modes = _modes(feed, report)
    trips = _trips(feed, day, modes, report)
    near = _near(plan, feed)
    patterns = []
    for pattern in _patterns(feed, trips, peak, off_peak):
        if near.isdisjoint(pattern.stops):
            report.dropped.setdefault("far", []).append(
                f"routes.txt: {pattern.route}, {len(pattern.stops)} stops"
            )
        else:
            patterns.append(pattern)
    if not patterns:
        raise UnusableInput(
            [
                Fault(
                    "gtfs-elsewhere",
                    file.name,
                    N_("no line of the feed runs on {day} in or near the city"),
                    N_("take the feed of this city, or another day with --day"),
                    values={"day": day.isoformat()},
                )
            ]
        )
    source = source_of(file, "GTFS")
    node_of = _nodes(plan, feed, patterns, modes, source.id)
    lines, line_stops = _rows(feed, patterns, modes, node_of, source.id, day, peak, off_peak)
    unused = feed.stops.filter(pl.col("location_type").fill_null(0) == 0)
    report.drop("unused", "stops", unused.filter(~pl.col("stop_id").is_in(list(node_of))), "stop_id")
    idle = feed.routes.filter(pl.col("route_id").is_in(list(modes)))
    report.drop(
        "no-trips", "routes", idle.filter(~pl.col("route_id").is_in([p.route for p in patterns])), "route_id"
    )
    report.lines, report.stops, report.trips = len(lines), len(node_of), sum(p.trips for p in patterns)
    report.routes = len({p.route for p in patterns})
    report.off_peak_only = sum(p.peak == 0 for p in patterns)
    for line in lines:
        report.by_mode[line.mode] = report.by_mode.get(line.mode, 0) + 1
    gone = {
        i for i, k in plan.lines.items() if k.opens is None and k.project is None and k.mode in report.by_mode
    }
    report.replaced = tuple(sorted(gone))
    stay = {i: s for i, s in plan.line_stops.items() if s.line not in gone}
    nodes = {n.id: n for n in node_of.values()}
    after = replace(
        plan,
        sources={**plan.sources, source.id: source},
        nodes={**_without_orphans(plan, gone, stay), **nodes},
        lines={**{i: k for i, k in plan.lines.items() if i not in gone}, **{k.id: k for k in lines}},
        line_stops={**stay, **{s.id: s for s in line_stops}},
    )
    return after, report


# ---- what comes along -------------------------------------------------------------------------------------------


def _modes(feed: Feed, report: LineReport) -> dict[str, LineMode]:
    """Route -> mode of its lines, without those that have none."""
    found = {}
    for route, kind in feed.routes.select("route_id", "route_type").iter_rows():
        mode = MODES.get(kind) if kind < 100 else EXTENDED.get(kind // 100)
        if mode:
            found[route] = mode
    report.drop("no-mode", "routes", feed.routes.filter(~pl.col("route_id").is_in(list(found))), "route_id")
    return found


def _trips(feed: Feed, day: dt.date, modes: Mapping[str, LineMode], report: LineReport) -> pl.DataFrame:
    """trip_id, route_id, headsign, shape and how many vehicles set out when, of the trips that run on the day."""
    usable = feed.trips.filter(pl.col("route_id").is_in(list(modes)))
    today = usable.filter(pl.col("service_id").is_in(list(feed.services(day))))
    report.drop("other-day", "trips", usable.join(today, on="trip_id", how="anti"), "trip_id")
    many = feed.times.group_by("trip_id").agg(
        pl.len().alias("stops"), pl.col("departs").min().alias("sets_out")
    )
    counted = today.join(many, on="trip_id", how="left").with_columns(pl.col("stops").fill_null(0))
    report.drop("one-stop", "trips", counted.filter(pl.col("stops") < 2), "trip_id")
    return counted.filter(pl.col("stops") >= 2).sort("row")


def _near(plan: Plan, feed: Feed) -> set[str]:
    """Stops in the city or around it."""
    west, south, east, north = surroundings(plan)
    inside = pl.col("lon").is_between(west, east) & pl.col("lat").is_between(south, north)
    return set(feed.stops.filter(inside)["stop_id"].to_list())


def _patterns(feed: Feed, trips: pl.DataFrame, peak: Period, off_peak: Period) -> list[Pattern]:
    """The patterns of the trips, most used first; minutes are the medians over their trips."""
    told = {
        trip: (route, headsign, shape, sets_out)
        for trip, route, headsign, shape, sets_out in trips.select(
            "trip_id", "route_id", "trip_headsign", "shape_id", "sets_out"
        ).iter_rows()
    }
    often: dict[str, list[tuple[int, int, int]]] = {}
    for trip, *span in feed.frequencies.select("trip_id", "starts", "ends", "headway_s").iter_rows():
        often.setdefault(trip, []).append((span[0], span[1], span[2]))
    stops = feed.times.join(trips.select("trip_id"), on="trip_id", maintain_order="left")
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[str, list[int], int]]] = {}
    by_trip = stops.group_by("trip_id", maintain_order=True).agg("stop_id", "arrives", "departs")
    for trip, at, arrives, departs in by_trip.iter_rows():
        groups.setdefault((told[trip][0], tuple(at)), []).append((trip, arrives, departs[0]))
    found = []
    for (route, at), runs in groups.items():
        # From stop to stop by arrivals, so that standing counts; the first leg begins when the vehicle leaves.
        legs = np.array([np.diff([departs, *arrives[1:]]) for _, arrives, departs in runs])
        minutes = tuple(round(float(s) / 60, 2) for s in np.median(legs, axis=0))
        vehicles = [_vehicles(often.get(trip), departs, (peak, off_peak)) for trip, _, departs in runs]
        _, headsign, shape, _ = told[runs[0][0]]
        in_peak, outside = (sum(v[i] for v in vehicles) for i in (0, 1))
        found.append(Pattern(route, at, minutes, headsign, shape, in_peak, outside, len(runs)))
    return sorted(found, key=lambda p: (p.route, -p.trips, p.stops))


def _vehicles(
    often: Sequence[tuple[int, int, int]] | None, departs: int, periods: Sequence[Period]
) -> list[float]:
    """Vehicles that set out in each period: one by the clock, or as many as the frequencies of the trip come to."""
    if often is None:
        return [float(p.begins <= departs < p.ends) for p in periods]
    return [sum(max(0, min(e, p.ends) - max(s, p.begins)) / h for s, e, h in often) for p in periods]


# ---- rows of the plan -----------------------------------------------------------------------------------------------


def _slug(text: str) -> str:
    """Letters, digits and - _ . of a name; where something of it is lost, its hash stands for that."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", fold(text)).strip("-.")[:40]
    return plain if plain.lower() == text.lower() else f"{plain or 'x'}-{hash_value(text)[:6]}"


def _nodes(
    plan: Plan, feed: Feed, patterns: Sequence[Pattern], modes: Mapping[str, LineMode], source: str
) -> dict[str, o.Node]:
    """Stop of the feed -> its node."""
    kinds: dict[str, str] = {}
    for pattern in patterns:
        for stop in pattern.stops:
            kinds.setdefault(stop, KIND[modes[pattern.route]])
    used = feed.stops.filter(pl.col("stop_id").is_in(list(kinds)))
    communes = Communes(plan)
    found = {}
    for stop, name, lon, lat in used.select("stop_id", "stop_name", "lon", "lat").iter_rows():
        found[stop] = o.Node(
            id=f"gtfs-{_slug(stop)}",
            name_vi=_text(name or stop),
            kind=kinds[stop],
            lon=round(lon, 6),
            lat=round(lat, 6),
            in_city=bool(communes.of(Point(lon, lat)).communes),
            source=source,
            confidence="source read",
        )
    return found


def _text(words: str) -> str:
    """A name that a plan may hold: no control characters, not too long."""
    return "".join(c for c in words if c.isprintable())[:200] or "-"


def _rows(
    feed: Feed,
    patterns: Sequence[Pattern],
    modes: Mapping[str, LineMode],
    node_of: Mapping[str, o.Node],
    source: str,
    day: dt.date,
    peak: Period,
    off_peak: Period,
) -> tuple[list[o.TransitLine], list[o.LineStop]]:
    """A line, one way, for each pattern, and its stops."""
    columns = ("route_id", "route_short_name", "route_long_name")
    named = {route: names for route, *names in feed.routes.select(columns).iter_rows()}
    course = _courses(feed, {p.shape for p in patterns if p.shape})
    lines: list[o.TransitLine] = []
    stops: list[o.LineStop] = []
    count: dict[str, int] = {}
    for pattern in patterns:
        count[pattern.route] = count.get(pattern.route, 0) + 1
        identity = f"gtfs-{_slug(pattern.route)}.{count[pattern.route]}"
        name = " ".join(part for part in named[pattern.route] if part) or pattern.route
        towards = pattern.headsign or node_of[pattern.stops[-1]].name_vi
        lines.append(
            o.TransitLine(
                id=identity,
                name_vi=_text(f"{name} → {towards}"),
                mode=modes[pattern.route],
                headway_min=_headway(peak, pattern.peak),
                off_peak_headway_min=_headway(off_peak, pattern.off_peak),
                one_way=True,
                attributes="read",
                source=source,
                confidence="source read",
                note=f"GTFS route {_text(pattern.route)}, {pattern.trips} trips on {day.isoformat()}",
                geometry=course.get(pattern.shape or ""),
            )
        )
        for place, stop in enumerate(pattern.stops, start=1):
            stops.append(
                o.LineStop(
                    id=f"{identity}.{place}",
                    line=identity,
                    place=place,
                    node=node_of[stop].id,
                    minutes=pattern.minutes[place - 2] if place > 1 else None,
                    source=source,
                    confidence="source read",
                )
            )
    return lines, stops


def _headway(of: Period, vehicles: float) -> float:
    """Minutes from one to the next when so many set out in a period."""
    return round(of.minutes / vehicles, 2) if vehicles else NONE_MIN


def _courses(feed: Feed, wanted: set[str]) -> dict[str, str]:
    """Shape -> its line in words, of those that are lines and not too long for a plan."""
    found = {}
    shapes = feed.shapes.filter(pl.col("shape_id").is_in(list(wanted)))
    for (shape,), points in shapes.group_by("shape_id", maintain_order=True):
        every = points.select("lon", "lat").rows()
        at = [point for k, point in enumerate(every) if k == 0 or point != every[k - 1]]
        if 2 <= len(at) <= MOST_POINTS:
            found[str(shape)] = f"LINESTRING ({', '.join(f'{x:.6f} {y:.6f}' for x, y in at)})"
    return found


def _without_orphans(plan: Plan, gone: set[str], stay: Mapping[str, o.LineStop]) -> dict[str, o.Node]:
    """The plan's nodes, without those on which only lines stood that gave way."""
    under = {s.node for s in plan.line_stops.values() if s.line in gone}
    held = nodes_in_use(replace(plan, line_stops=stay))
    return {i: n for i, n in plan.nodes.items() if i in held or i not in under}
