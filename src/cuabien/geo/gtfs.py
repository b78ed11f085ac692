"""Read a timetable in GTFS: stops, routes, trips, stop times, days, frequencies and shapes of a zipped feed.

A feed comes from strangers and is read whole or not at all: a reference that leads nowhere, a time that runs backwards or a column
that is missing is told with file and row, all of them at once. Nothing is unpacked to disk, and an archive may not swell.
What can be read and not used (days on which nothing runs, trips of one stop) is not this module's matter.

The General Transit Feed Specification (Schedule): https://gtfs.org/documentation/schedule/reference/
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import polars as pl

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.base.words import N_
from cuabien.geo.formats import check_plain, corrupt, stop

LARGEST_BYTES = 2**30
"""Of all the files of a feed together, unpacked."""
MOST_NAMED = 20
"""Faults of one kind in one file that are told one by one; the rest are counted."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_S = 86400
LATEST_S = 10 * DAY_S
"""Hours are counted on after midnight: 25:30:00. Nobody rides for ten days."""


@dataclass(frozen=True)
class File:
    """A file of a feed: the columns that it must have, and those that are read if they are there."""

    name: str
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    """What no two rows have alike."""
    needed: bool = False


FILES = (
    File("stops", ("stop_id",), ("stop_name", "stop_lat", "stop_lon", "location_type", "parent_station"),
         ("stop_id",), needed=True),
    File("routes", ("route_id", "route_type"), ("route_short_name", "route_long_name"), ("route_id",), needed=True),
    File("trips", ("route_id", "service_id", "trip_id"), ("trip_headsign", "direction_id", "shape_id"), ("trip_id",),
         needed=True),
    File("stop_times", ("trip_id", "stop_id", "stop_sequence"),
         ("arrival_time", "departure_time", "pickup_type", "drop_off_type"), ("trip_id", "stop_sequence"), needed=True),
    File("calendar", ("service_id", *DAYS, "start_date", "end_date"), (), ("service_id",)),
    File("calendar_dates", ("service_id", "date", "exception_type"), (), ("service_id", "date")),
    File("frequencies", ("trip_id", "start_time", "end_time", "headway_secs"), ("exact_times",),
         ("trip_id", "start_time")),
    File("shapes", ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"), (),
         ("shape_id", "shape_pt_sequence")),
)  # fmt: skip

REFERENCES = (
    ("trips", "route_id", ("routes",), "route_id"),
    ("trips", "service_id", ("calendar", "calendar_dates"), "service_id"),
    ("trips", "shape_id", ("shapes",), "shape_id"),
    ("stop_times", "trip_id", ("trips",), "trip_id"),
    ("stop_times", "stop_id", ("stops",), "stop_id"),
    ("stops", "parent_station", ("stops",), "stop_id"),
    ("frequencies", "trip_id", ("trips",), "trip_id"),
)
"""(file, column, files of which one must hold it, column there)."""


@dataclass(frozen=True)
class Feed:
    """A feed whose references lead somewhere and whose times run forward. Times are seconds after midnight of the day of service."""

    stops: pl.DataFrame
    """row, stop_id, stop_name, lon, lat (blank where the feed gives none), parent_station."""
    routes: pl.DataFrame
    """row, route_id, route_short_name, route_long_name, route_type."""
    trips: pl.DataFrame
    """row, trip_id, route_id, service_id, direction_id, trip_headsign, shape_id."""
    times: pl.DataFrame
    """row, trip_id, stop_id, place, arrives, departs, may_board, may_alight; in order of trip and place."""
    days: pl.DataFrame
    """row, service_id, monday ... sunday (yes or no), start_date, end_date."""
    exceptions: pl.DataFrame
    """row, service_id, date, added (yes, or taken away)."""
    frequencies: pl.DataFrame
    """row, trip_id, starts, ends, headway_s."""
    shapes: pl.DataFrame
    """shape_id, place, lon, lat; in order."""
    faults: tuple[Fault, ...] = ()
    """Warnings."""

    def services(self, day: dt.date) -> set[str]:
        """The services that run on a day."""
        runs = self.days.filter(
            pl.col(DAYS[day.weekday()]) & (pl.col("start_date") <= day) & (pl.col("end_date") >= day)
        )
        today = self.exceptions.filter(pl.col("date") == day)
        added = today.filter(pl.col("added"))["service_id"].to_list()
        gone = today.filter(~pl.col("added"))["service_id"].to_list()
        return (set(runs["service_id"].to_list()) | set(added)) - set(gone)

    def busiest_day(self) -> dt.date | None:
        """The first of the working days with the most trips within a year of the feed's first day; of all days, when it has no working day."""
        starts: list[dt.date] = [*self.days["start_date"].to_list(), *self.exceptions["date"].to_list()]
        if not starts:
            return None
        begin = min(starts)
        trips = dict(self.trips.group_by("service_id").len().iter_rows())
        counted = []
        for n in range(366):
            day = begin + dt.timedelta(days=n)
            many = sum(trips.get(s, 0) for s in self.services(day))
            counted.append((day.weekday() < 5 and many > 0, many, -n, day))
        _, many, _, day = max(counted)
        return day if many else None


def read(path: Path) -> Feed:
    """A feed of a zip file; refused, with every fault at once, when it contradicts itself."""
    check_plain(path)
    contents = _contents(path)
    faults: list[Fault] = []
    tables = {f.name: _table(f, contents.get(f.name), faults) for f in FILES}
    if stops(faults):  # columns that are not there make every later finding meaningless
        raise UnusableInput(faults)
    for file in FILES:
        faults += _doubles(file, tables[file.name])
    faults += _dangling(tables)
    feed = _typed(tables, faults)
    if stops(faults):
        raise UnusableInput(faults)
    return replace(feed, faults=tuple(faults))


# ---- the archive ----------------------------------------------------------------------------------------------


def _contents(path: Path) -> dict[str, bytes]:
    """File -> its bytes, of the files that are read; others are left alone in the archive."""
    known = {f"{f.name}.txt" for f in FILES}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if PurePosixPath(m.filename).name in known]
            folders = {PurePosixPath(m.filename).parent for m in members}
            if len(folders) > 1 or len({m.filename for m in members}) < len(members):
                stop(
                    "gtfs-archive",
                    path.name,
                    N_("the archive holds several feeds, or a file of it twice"),
                    N_("zip the files of one feed, without folders"),
                )
            if sum(m.file_size for m in members) > LARGEST_BYTES:
                stop(
                    "oversized",
                    path.name,
                    N_("unpacked, the feed is larger than {limit} MiB"),
                    N_("take only the agencies and months that are wanted"),
                    limit=LARGEST_BYTES // 2**20,
                )
            # A member is read up to the size that it declares and no further.
            return {PurePosixPath(m.filename).stem: archive.read(m) for m in members}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:  # fmt: skip
        corrupt(path.name, "ZIP", error)
    except Exception as error:
        if type(error).__module__ in ("lzma", "_lzma"):
            corrupt(path.name, "ZIP", error)
        raise


def _table(file: File, data: bytes | None, faults: list[Fault]) -> pl.DataFrame:
    """The columns of a file that are read, as text without blanks around it, and the row of each; empty where there is no file."""
    name = f"{file.name}.txt"
    wanted = (*file.needs, *file.takes)
    empty = pl.DataFrame(schema={"row": pl.Int64, **dict.fromkeys(wanted, pl.String)})
    if data is None:
        if file.needed:
            faults.append(
                Fault(
                    "gtfs-file",
                    name,
                    N_("the feed has no {file}"),
                    N_("a feed needs stops.txt, routes.txt, trips.txt, stop_times.txt, and calendar.txt or calendar_dates.txt"),
                    values={"file": name},
                )
            )  # fmt: skip
        return empty
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        faults.append(_form(name, row, "UTF-8"))
        return empty
    head = [c.strip().strip('"').strip() for c in text.partition("\n")[0].strip("\r").split(",")]
    missing = [c for c in file.needs if c not in head]
    twice = sorted({c for c in wanted if head.count(c) > 1})
    if missing or twice:
        faults.append(
            Fault(
                "gtfs-column",
                name,
                N_("columns that are missing or stand twice: {columns}"),
                N_("write each needed column once: {needs}"),
                1,
                values={"columns": ", ".join([*missing, *twice]), "needs": ", ".join(file.needs)},
            )
        )
        return empty
    try:
        # Names of our own: a header may say a column twice that nobody reads.
        names = {f"c{i}": c for i, c in enumerate(head)}
        plain = ",".join(names).encode() + data[data.find(b"\n") :] if b"\n" in data else b""
        frame = pl.read_csv(io.BytesIO(plain), schema=dict.fromkeys(names, pl.String), raise_if_empty=False)
    except pl.exceptions.PolarsError:
        faults += _ragged(name, text, len(head))
        return empty
    at = {c: f"c{head.index(c)}" for c in wanted if c in head}
    cells = [
        (
            pl.col(at[c]).str.strip_chars().replace("", None) if c in at else pl.lit(None, dtype=pl.String)
        ).alias(c)
        for c in wanted
    ]
    frame = frame.with_row_index("row", offset=2).with_columns(pl.col("row").cast(pl.Int64))
    return frame.filter(~pl.all_horizontal(pl.col(c).is_null() for c in names)).select("row", *cells)


def _ragged(name: str, text: str, columns: int) -> Iterator[Fault]:
    """The rows that have more cells than the header; where none has, the file as a whole is no table."""
    found = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""))
        for cells in reader:
            if len(cells) > columns and found < MOST_NAMED:
                found += 1
                yield _form(name, reader.line_num, "CSV")
    except csv.Error:
        yield _form(name, reader.line_num, "CSV")
        return
    if not found:
        yield _form(name, None, "CSV")


def _form(name: str, row: int | None, form: str) -> Fault:
    return Fault(
        "gtfs-file",
        name,
        N_("this is not {form}"),
        N_("write CSV in UTF-8, with a header and as many cells in each row"),
        row,
        values={"form": form},
    )


# ---- what does not hold together -----------------------------------------------------------------------------------


def _some(faults: Sequence[Fault], rule: str, name: str) -> list[Fault]:
    """The first faults of a kind, and how many more there are."""
    told = list(faults[:MOST_NAMED])
    if len(faults) > MOST_NAMED:
        told.append(
            Fault(
                rule,
                name,
                N_("and {count} more of this kind"),
                N_("mend them all alike"),
                values={"count": len(faults) - MOST_NAMED},
            )
        )
    return told


def _doubles(file: File, frame: pl.DataFrame) -> list[Fault]:
    """Rows with the same key as an earlier one, and rows without a key."""
    name = f"{file.name}.txt"
    blank = frame.filter(pl.any_horizontal(pl.col(c).is_null() for c in file.key))
    faults = [
        _value(name, row, column, None, N_("write it: nothing can name this row"))
        for row, column in blank.select("row", pl.lit(", ".join(file.key))).iter_rows()
    ]
    again = frame.drop_nulls(file.key).filter(~pl.struct(file.key).is_first_distinct())
    told = [
        Fault(
            "gtfs-duplicate",
            name,
            N_('{column} "{value}" stands twice'),
            N_("keep one of the rows"),
            row,
            values={"column": ", ".join(file.key), "value": ", ".join(values)},
        )
        for row, *values in again.select("row", *file.key).iter_rows()
    ]
    return [*_some(faults, "gtfs-value", name), *_some(told, "gtfs-duplicate", name)]


def _dangling(tables: Mapping[str, pl.DataFrame]) -> list[Fault]:
    faults: list[Fault] = []
    for name, column, homes, there in REFERENCES:
        known = pl.concat([tables[home][there] for home in homes]).drop_nulls().unique()
        lost = tables[name].drop_nulls(column).filter(~pl.col(column).is_in(known.implode()))
        told = [
            Fault(
                "gtfs-reference",
                f"{name}.txt",
                N_('{column} "{value}" is not in {file}'),
                N_("add it there, or take the row out"),
                row,
                values={"column": column, "value": value, "file": " / ".join(f"{h}.txt" for h in homes)},
            )
            for row, value in lost.select("row", column).iter_rows()
        ]
        faults += _some(told, "gtfs-reference", f"{name}.txt")
        needed = column in next(f for f in FILES if f.name == name).needs
        if needed and not (there == column and name in homes):
            blank = tables[name].filter(pl.col(column).is_null())["row"].to_list()
            faults += _some(
                [_value(f"{name}.txt", row, column, None, N_("name what it belongs to")) for row in blank],
                "gtfs-value",
                f"{name}.txt",
            )
    return faults


def _value(name: str, row: int | None, column: str, value: object, remedy: str) -> Fault:
    return Fault(
        "gtfs-value",
        name,
        N_('{column}: "{value}" cannot be used'),
        remedy,
        row,
        values={"column": column, "value": "" if value is None else value},
    )


# ---- types ----------------------------------------------------------------------------------------------------------


@dataclass
class Typing:
    """Cells of one file as numbers, times and dates; what is none of them is told once and left blank."""

    name: str
    frame: pl.DataFrame
    faults: list[Fault] = field(default_factory=list)

    def take(self, column: str, found: pl.Expr, remedy: str, *, needed: bool = True) -> None:
        """Put `found` in the place of a column of text; null where the text cannot be it."""
        after = self.frame.with_columns(found.alias("_found"))
        bad = pl.col("_found").is_null() & (pl.lit(needed) | pl.col(column).is_not_null())
        wrong = after.filter(bad).select("row", column)
        told = [_value(f"{self.name}.txt", row, column, value, remedy) for row, value in wrong.iter_rows()]
        self.faults += _some(told, "gtfs-value", f"{self.name}.txt")
        self.frame = after.drop(column).rename({"_found": column})

    def whole(self, column: str, low: int, high: int, *, needed: bool = True) -> None:
        number = pl.col(column).str.extract(r"^(\d{1,9})$").cast(pl.Int64)
        self.take(column, _between(number, low, high), N_("write a whole number that can be"), needed=needed)

    def degrees(self, column: str, most: float, *, needed: bool) -> None:
        number = (
            pl.col(column)
            .str.extract(r"^([-+]?\d{1,3}(?:\.\d*)?(?:[eE]-?\d{1,2})?)$")
            .cast(pl.Float64, strict=False)
        )
        remedy = N_("write longitude and latitude in degrees (WGS 84), with a decimal point")
        self.take(column, _between(number, -most, most), remedy, needed=needed)  # fmt: skip

    def time(self, column: str, *, needed: bool = True) -> None:
        """Seconds after midnight: 6:30:00 or 25:10:00."""
        part = pl.col(column).str.extract_groups(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$")
        h, m, s = (part.struct.field(str(n)).cast(pl.Int64) for n in (1, 2, 3))
        second = 3600 * h + 60 * m + s
        self.take(column, _between(second, 0, LATEST_S), N_("write HH:MM:SS; 25:10:00 is ten past one at night"), needed=needed)  # fmt: skip

    def day(self, column: str) -> None:
        found = pl.col(column).str.extract(r"^(\d{8})$").str.to_date("%Y%m%d", strict=False)
        self.take(column, found, N_("write a date as 20260131"))

    def yes_no(self, column: str) -> None:
        self.take(column, _word(column, {"0": False, "1": True}), N_("write 0 or 1"))


def _between(number: pl.Expr, low: float, high: float) -> pl.Expr:
    return pl.when(number.is_between(low, high)).then(number)


def _word(column: str, meaning: Mapping[str, bool]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(meaning), default=None, return_dtype=pl.Boolean)


def _typed(tables: Mapping[str, pl.DataFrame], faults: list[Fault]) -> Feed:
    t = {name: Typing(name, frame) for name, frame in tables.items()}
    t["stops"].whole("location_type", 0, 4, needed=False)
    t["stops"].degrees("stop_lat", 90.0, needed=False)
    t["stops"].degrees("stop_lon", 180.0, needed=False)
    t["routes"].whole("route_type", 0, 1799)
    t["stop_times"].whole("stop_sequence", 0, 10**9)
    for column in ("arrival_time", "departure_time"):
        t["stop_times"].time(column, needed=False)
    for column in ("pickup_type", "drop_off_type"):
        t["stop_times"].whole(column, 0, 3, needed=False)
    for column in DAYS:
        t["calendar"].yes_no(column)
    for name, column in (("calendar", "start_date"), ("calendar", "end_date"), ("calendar_dates", "date")):
        t[name].day(column)
    t["calendar_dates"].take(
        "exception_type", _word("exception_type", {"1": True, "2": False}), N_("write 1 (added) or 2 (taken away)")
    )  # fmt: skip
    for column in ("start_time", "end_time"):
        t["frequencies"].time(column)
    t["frequencies"].whole("headway_secs", 1, DAY_S)
    t["shapes"].whole("shape_pt_sequence", 0, 10**9)
    t["shapes"].degrees("shape_pt_lat", 90.0, needed=True)
    t["shapes"].degrees("shape_pt_lon", 180.0, needed=True)
    for one in t.values():
        faults += one.faults
    times = _in_order(t["stop_times"].frame, faults)
    used = times.select("stop_id").unique()
    placed = t["stops"].frame.rename({"stop_lon": "lon", "stop_lat": "lat"})
    nowhere = placed.join(used, on="stop_id").filter(pl.col("lon").is_null() | pl.col("lat").is_null())
    faults += _some(
        [
            _value("stops.txt", row, "stop_lat, stop_lon", stop_id, N_("say where it is: trips stop there"))
            for row, stop_id in nowhere.sort("row").select("row", "stop_id").iter_rows()
        ],
        "gtfs-value",
        "stops.txt",
    )
    often = t["frequencies"].frame.rename(
        {"start_time": "starts", "end_time": "ends", "headway_secs": "headway_s"}
    )
    faults += [
        _value("frequencies.txt", row, "end_time", "", N_("end it after it starts"))
        for row in often.filter(pl.col("ends") <= pl.col("starts"))["row"].to_list()[:MOST_NAMED]
    ]  # fmt: skip
    return Feed(
        placed.select("row", "stop_id", "stop_name", "lon", "lat", "location_type", "parent_station"),
        t["routes"].frame,
        t["trips"].frame,
        times,
        t["calendar"].frame,
        t["calendar_dates"].frame.rename({"exception_type": "added"}),
        often.select("row", "trip_id", "starts", "ends", "headway_s"),
        t["shapes"]
        .frame.rename({"shape_pt_sequence": "place", "shape_pt_lon": "lon", "shape_pt_lat": "lat"})
        .sort("shape_id", "place"),
    )


def _in_order(frame: pl.DataFrame, faults: list[Fault]) -> pl.DataFrame:
    """The stop times of each trip in order, blank ones between two that are known laid evenly between them."""
    name = "stop_times.txt"
    times = (
        frame.rename({"stop_sequence": "place"})
        .sort("trip_id", "place", "row")
        .with_columns(
            pl.col("arrival_time").fill_null(pl.col("departure_time")).alias("arrives"),
            pl.col("departure_time").fill_null(pl.col("arrival_time")).alias("departs"),
        )
    )
    ends = (
        (pl.col("trip_id") != pl.col("trip_id").shift(1))
        | (pl.col("trip_id") != pl.col("trip_id").shift(-1))
        | pl.col("trip_id").shift(1).is_null()
        | pl.col("trip_id").shift(-1).is_null()
    )
    blank = times.filter(ends & pl.col("arrives").is_null()).sort("row")["row"].to_list()
    faults += _some(
        [
            _value(name, row, "arrival_time", None, N_("write the times of the first and the last stop of a trip"))
            for row in blank
        ],
        "gtfs-value",
        name,
    )  # fmt: skip
    if not blank:
        between = [pl.col(c).cast(pl.Float64).interpolate().round(0).cast(pl.Int64) for c in ("arrives", "departs")]  # fmt: skip
        times = times.with_columns(between)
    same = pl.col("trip_id") == pl.col("trip_id").shift(1)
    late = pl.max_horizontal(
        pl.when(same).then(pl.col("departs").shift(1) - pl.col("arrives")).otherwise(0),
        pl.col("arrives") - pl.col("departs"),
    )
    backwards = times.filter(late > 0).sort("row").select("row", "trip_id")
    faults += _some(
        [
            Fault(
                "gtfs-time",
                name,
                N_("the trip {trip} would be here before it left the stop before, or leave before it came"),
                N_("correct the times: they run forward along a trip"),
                row,
                values={"trip": trip},
            )
            for row, trip in backwards.iter_rows()
        ],
        "gtfs-time",
        name,
    )
    no = pl.lit(1)
    return times.with_columns(
        (pl.col("pickup_type").fill_null(0) != no).alias("may_board"),
        (pl.col("drop_off_type").fill_null(0) != no).alias("may_alight"),
    ).select("row", "trip_id", "stop_id", "place", "arrives", "departs", "may_board", "may_alight")
