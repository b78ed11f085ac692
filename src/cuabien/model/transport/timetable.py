"""The earliest arrival by timetable, from one place to every stop: connection scan (Dibbelt, Pajor, Strasser and Wagner 2018).

A connection is a vehicle from one stop to its next. In order of departure each is looked at once: it can be taken by whoever is on the
vehicle already, or stands at its stop in time. Between two vehicles people change at a stop or walk once, to a stop nearby.

    feed  = gtfs.read(path)                                   cuabien.geo.gtfs
    table = timetable.of_feed(feed, day)
    found = timetable.earliest(table, {stop: seconds on foot}, at=7 * 3600)
    found.minutes                                             [stop] minutes from setting out, on foot from the last vehicle included
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.geo.gtfs import Feed
from cuabien.model.compiled import compiled
from cuabien.model.transport.delay import Floats
from cuabien.model.transport.graph import KM_A_DEGREE
from cuabien.model.transport.network import Bools
from cuabien.model.transport.paths import Ints

NEVER = np.iinfo(np.int32).max
WALK_KM = 0.5
"""Straight kilometres between stops that people walk."""
WALK_KMH = 4.8
DETOUR = 1.3
CHANGE_S = 60
"""From one vehicle to the next at a stop. All four are usual values, assumed; whoever asks may give others."""
MOST_RUNS = 2_000_000
"""Vehicles that frequencies may stand for in a day."""


@dataclass(frozen=True)
class Timetable:
    """The connections of one day in order of departure, and the ways on foot between stops."""

    stops: tuple[str, ...]
    lon: Floats
    lat: Floats
    leaves: Ints
    """[connection] stop that the vehicle leaves."""
    reaches: Ints
    departs: Ints
    """[connection] seconds after midnight."""
    arrives: Ints
    trip: Ints
    may_board: Bools
    may_alight: Bools
    trips: int
    walk_first: Ints
    """Ways on foot from stop s are `walk_first[s]` to `walk_first[s + 1]`."""
    walk_to: Ints
    walk_s: Ints
    change_s: int


@dataclass(frozen=True)
class Arrivals:
    """When each stop is reached."""

    at: int
    """When they set out, seconds after midnight."""
    reached: Ints
    """[stop] earliest arrival, on foot from where they set out, by vehicle, or on foot from the last one; `NEVER` where none comes."""

    @property
    def minutes(self) -> Floats:
        """[stop] minutes after setting out; infinite where nobody arrives."""
        return np.where(self.reached == NEVER, np.inf, (self.reached - self.at) / 60.0)


def of_connections(
    stops: int,
    connections: np.ndarray,
    walks: list[tuple[int, int, int]],
    *,
    change_s: int = CHANGE_S,
) -> Timetable:
    """A timetable of rows (trip, stop left, stop reached, departs, arrives, may board, may alight) in order along each trip."""
    rows = np.asarray(connections, dtype=np.int64).reshape(-1, 7)
    order = np.argsort(rows[:, 3], kind="stable")
    rows = rows[order]
    on_foot = sorted(walks)
    first = np.zeros(stops + 1, dtype=np.int32)
    np.cumsum(np.bincount([a for a, *_ in on_foot], minlength=stops), out=first[1:])

    def column(number: int) -> Ints:
        return np.ascontiguousarray(rows[:, number], dtype=np.int32)

    return Timetable(
        tuple(map(str, range(stops))),
        np.zeros(stops),
        np.zeros(stops),
        column(1),
        column(2),
        column(3),
        column(4),
        column(0),
        rows[:, 5].astype(np.bool_),
        rows[:, 6].astype(np.bool_),
        trips=int(rows[:, 0].max(initial=-1)) + 1,
        walk_first=first,
        walk_to=np.array([b for _, b, _ in on_foot], dtype=np.int32),
        walk_s=np.array([max(s, 1) for *_, s in on_foot], dtype=np.int32),
        change_s=max(change_s, 1),
    )


def of_feed(
    feed: Feed,
    day: dt.date | None = None,
    *,
    walk_km: float = WALK_KM,
    walk_kmh: float = WALK_KMH,
    detour: float = DETOUR,
    change_s: int = CHANGE_S,
) -> Timetable:
    """The timetable of a feed on a day (else on its busiest working day), vehicles of the night before that still run included."""
    day = day or feed.busiest_day()
    if day is None:
        raise Refused(N_("nothing runs on any day of this feed"))
    placed = feed.stops.filter(pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
    number = {stop: i for i, stop in enumerate(placed["stop_id"].to_list())}
    rows = np.concatenate(
        [_connections(feed, day, number, 0, 0), _connections(feed, day - dt.timedelta(days=1), number, 86400, 1)]
    )  # fmt: skip
    _, rows[:, 0] = np.unique(rows[:, 0], return_inverse=True)
    lon, lat = placed["lon"].to_numpy(), placed["lat"].to_numpy()
    walks = _walks(lon, lat, walk_km, walk_kmh, detour)
    made = of_connections(len(number), rows, walks, change_s=change_s)
    return replace(made, stops=tuple(number), lon=lon, lat=lat)


def _connections(feed: Feed, day: dt.date, number: Mapping[str, int], earlier: int, part: int) -> np.ndarray:
    """[connection, 7] of the services of a day, `earlier` seconds taken off; what is over by then is left out."""
    trips = feed.trips.filter(pl.col("service_id").is_in(list(feed.services(day)))).select("trip_id").with_row_index("trip")  # fmt: skip
    times = feed.times.join(trips, on="trip_id", maintain_order="left")
    following = [pl.col(c).shift(-1).alias(f"{c}_next") for c in ("stop_id", "arrives", "trip", "may_alight")]
    legs = times.with_columns(following).filter(pl.col("trip") == pl.col("trip_next"))
    stop = [
        pl.col(c).replace_strict(dict(number), return_dtype=pl.Int64) for c in ("stop_id", "stop_id_next")
    ]
    legs = legs.with_columns(stop)
    often = feed.frequencies.join(trips, on="trip_id")
    by_clock = legs.filter(~pl.col("trip").is_in(often["trip"].implode()))
    columns = ("trip", "stop_id", "stop_id_next", "departs", "arrives_next", "may_board", "may_alight_next")
    found = [by_clock.select(pl.col(c).cast(pl.Int64) for c in columns).to_numpy()]
    run = trips.height
    if sum((e - s) // h for s, e, h in often.select("starts", "ends", "headway_s").iter_rows()) > MOST_RUNS:
        raise Refused(N_("the frequencies of this feed stand for more than {limit} vehicles a day"), limit=MOST_RUNS)  # fmt: skip
    pattern = {
        trip[0]: leg.select(pl.col(c).cast(pl.Int64) for c in columns).to_numpy()
        for trip, leg in legs.filter(pl.col("trip").is_in(often["trip"].implode())).group_by("trip")
    }
    for trip, starts, ends, headway in often.select("trip", "starts", "ends", "headway_s").iter_rows():
        rows = pattern.get(trip)
        if rows is None:
            continue
        for begins in range(starts, ends, headway):
            shifted = rows.copy()
            shifted[:, 3:5] += begins - rows[0, 3]
            shifted[:, 0] = run
            run += 1
            found.append(shifted)
    rows = np.concatenate(found)
    rows[:, 0] = 2 * rows[:, 0] + part
    rows[:, 3:5] -= earlier
    return rows[rows[:, 4] >= 0]


def _walks(
    lon: Floats, lat: Floats, walk_km: float, walk_kmh: float, detour: float
) -> list[tuple[int, int, int]]:
    """(from, to, seconds) between stops within straight `walk_km`, both ways."""
    if len(lon) < 2:
        return []
    at = np.column_stack([lon * np.cos(np.radians(lat.mean())), lat]) * KM_A_DEGREE
    pairs = cKDTree(at).query_pairs(walk_km, output_type="ndarray")
    km = np.linalg.norm(at[pairs[:, 0]] - at[pairs[:, 1]], axis=1)
    seconds = np.maximum(np.ceil(3600 * km * detour / walk_kmh), 1).astype(int)
    both = np.concatenate([np.column_stack([pairs, seconds]), np.column_stack([pairs[:, ::-1], seconds])])
    return [(int(a), int(b), int(s)) for a, b, s in both]


def earliest(table: Timetable, access: Mapping[int, int], at: int, *, within_s: int = 4 * 3600) -> Arrivals:
    """Arrivals of who sets out at `at` (seconds after midnight) and is at some stops after so many seconds on foot.

    Nobody rides later than `within_s` after setting out. Stops are numbered as in `table.stops`.
    """
    stops = len(table.stops)
    ready = np.full(stops, NEVER, dtype=np.int32)
    for stop, seconds in access.items():
        ready[stop] = min(ready[stop], at + seconds)
    reached = ready.copy()
    _scan(
        table.leaves, table.reaches, table.departs, table.arrives, table.trip, table.may_board, table.may_alight,
        table.trips, table.walk_first, table.walk_to, table.walk_s, table.change_s, at, at + within_s, ready, reached,
    )  # fmt: skip
    return Arrivals(at, reached)


def nearby(
    table: Timetable, lon: float, lat: float, *, walk_km: float = 1.0, walk_kmh: float = WALK_KMH, detour: float = DETOUR
) -> dict[int, int]:  # fmt: skip
    """Stop -> seconds on foot from a point, of the stops within straight `walk_km`."""
    east = (table.lon - lon) * np.cos(np.radians(lat))
    km = KM_A_DEGREE * np.hypot(east, table.lat - lat)
    return {int(s): int(np.ceil(3600 * km[s] * detour / walk_kmh)) for s in np.flatnonzero(km <= walk_km)}


@compiled
def _scan(
    leaves: Ints, reaches: Ints, departs: Ints, arrives: Ints, trip: Ints, may_board: Bools, may_alight: Bools,
    trips: int, walk_first: Ints, walk_to: Ints, walk_s: Ints, change_s: int, at: int, until: int,
    ready: Ints, reached: Ints,
) -> None:  # fmt: skip
    """Lower `ready` (from when a vehicle can be boarded at a stop) and `reached`, both [stop], connection by connection.

    Changing and walking take a second at least, so a connection makes nothing ready that was looked at before it.
    """
    on_board = np.zeros(trips, dtype=np.bool_)
    begin = np.searchsorted(departs, at)
    for c in range(begin, len(departs)):
        if departs[c] > until:
            break
        if not on_board[trip[c]]:
            if not may_board[c] or ready[leaves[c]] > departs[c]:
                continue
            on_board[trip[c]] = True
        if not may_alight[c]:
            continue
        stop, time = reaches[c], arrives[c]
        reached[stop] = min(reached[stop], time)
        ready[stop] = min(ready[stop], time + change_s)
        for way in range(walk_first[stop], walk_first[stop + 1]):
            there, then = walk_to[way], time + walk_s[way]
            reached[there] = min(reached[there], then)
            ready[there] = min(ready[there], then)
