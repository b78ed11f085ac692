"""The text files of the Transportation Networks for Research repository (TNTP): networks and trips.

A network file has metadata such as `<NUMBER OF ZONES> 24`, then a row for each link: from, to, capacity, length, free-flow time, B,
power, speed, toll, type. A trips file has `Origin 1` and pairs `2 : 100.0;`. `~` opens a comment, `;` closes a row.
What cannot be read is told with file and line, all at once; nothing is skipped in silence.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.model.transport.network import MOST_NAMED, Demand, Floats, RoadNetwork

COLUMNS = (
    "from",
    "to",
    "capacity",
    "length",
    "free_flow_time",
    "b",
    "power",
    "speed",
    "toll",
    "type",
)
LEAST_COLUMNS = 7
TOLL = COLUMNS.index("toll")
OFF = 1e-3
"""How far the trips may be off the total that their file states before that is said."""


@dataclass(frozen=True)
class Roads:
    """A network file: the network, and the two columns from which fixed minutes are made."""

    network: RoadNetwork
    length: Floats
    toll: Floats

    def demand(self, trips: Floats, distance_factor: float, toll_factor: float, file: str = "") -> Demand:
        """One class of cars. `distance_factor` [min per unit of length], `toll_factor` [min per unit of toll]."""
        links = self.network.links
        fixed = distance_factor * self.length + toll_factor * self.toll
        return Demand("car", 1.0, trips, fixed, np.ones(links, dtype=np.bool_), file)


def read_network(path: Path) -> Roads:
    """A TNTP network file; refused, with file and line, if it is not one."""
    faults = _Faults(str(path))
    meta, lines = _parts(path, faults)
    zones = faults.whole(meta, "NUMBER OF ZONES")
    nodes = faults.whole(meta, "NUMBER OF NODES")
    through = faults.whole(meta, "FIRST THRU NODE")
    links = faults.whole(meta, "NUMBER OF LINKS")
    faults.stop()  # another kind of file; its rows would only add noise
    rows, where = [], []
    for number, text in lines:
        words = text.replace(";", " ").split()
        if not words:
            continue
        values = faults.numbers(number, words)
        if values is None:
            continue
        if len(values) < LEAST_COLUMNS:
            faults.add(
                "tntp-columns",
                number,
                N_(
                    "{count} columns; a link has at least {least}: from, to, capacity, length, time, B, power"
                ),
                N_("write them all, in this order"),
                count=len(values),
                least=LEAST_COLUMNS,
            )
            continue
        if values[0] % 1 or values[1] % 1:
            faults.text(number, f"{words[0]} {words[1]}", N_("a whole number for each node"))
            continue
        rows.append((values + [0.0] * len(COLUMNS))[: len(COLUMNS)])
        where.append(number)
    if links is not None and links != len(rows) and not faults.found:
        faults.add(
            "tntp-links",
            meta["NUMBER OF LINKS"][0],
            N_("the file says {said} links and has {count}"),
            N_("correct the number, or add the rows that are missing"),
            said=links,
            count=len(rows),
        )
    _twins(rows, where, faults)
    faults.stop()
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(COLUMNS))
    ends = np.clip(table[:, :2], -1e9, 1e9).astype(np.int64) - 1
    network = RoadNetwork(
        zones or 0,
        nodes or 0,
        max((through or 1) - 1, 0),
        ends[:, 0].astype(np.int32),
        ends[:, 1].astype(np.int32),
        table[:, 4].copy(),
        table[:, 2].copy(),
        table[:, 5].copy(),
        table[:, 6].copy(),
        parallel=True,
        file=str(path),
        rows=tuple(where),
    )
    return Roads(network, table[:, 3].copy(), table[:, TOLL].copy())


def read_trips(path: Path, zones: int) -> tuple[Floats, list[Fault]]:
    """[zone, zone] trips from a TNTP file, or from an npz file with an array `trips`; and warnings."""
    if path.suffix == ".npz":
        return _read_npz(path, zones), []
    faults = _Faults(str(path))
    meta, lines = _parts(path, faults)
    said = faults.whole(meta, "NUMBER OF ZONES")
    if said is not None and said != zones:
        faults.add(
            "trips-zones",
            meta["NUMBER OF ZONES"][0],
            N_("trips between {said} zones; the network has {zones}"),
            N_("take the trips and the network of the same city"),
            said=said,
            zones=zones,
        )
    trips = np.zeros((zones, zones))
    given = np.zeros((zones, zones), dtype=np.bool_)
    origin: int | None = None
    started = False
    for number, text in lines:
        words = text.split()
        if words[0].lower() == "origin":
            origin = faults.zone(number, words[1] if len(words) > 1 else "", zones)
            started = True
            continue
        for pair in filter(str.strip, text.split(";")):
            if not started:
                faults.add(
                    "trips-without-origin",
                    number,
                    N_("trips before any origin is named"),
                    N_('write a line "Origin 1" above them'),
                )
                break
            left, colon, right = pair.partition(":")
            if not colon:
                faults.text(number, pair.strip(), N_('pairs such as "2 : 100.0;"'))
                continue
            destination = faults.zone(number, left.strip(), zones)
            values = faults.numbers(number, [right.strip()])
            if destination is None or values is None or origin is None:
                continue
            if values[0] < 0:
                faults.add(
                    "bad-trips",
                    number,
                    N_("{value} trips from zone {origin} to zone {destination}"),
                    N_("write a number of 0 or more"),
                    value=values[0],
                    origin=origin + 1,
                    destination=destination + 1,
                )
            elif given[origin, destination]:
                faults.add(
                    "trips-twice",
                    number,
                    N_("the trips from zone {origin} to zone {destination} stand here a second time"),
                    N_("keep one of the two figures"),
                    origin=origin + 1,
                    destination=destination + 1,
                )
            given[origin, destination] = True
            trips[origin, destination] = values[0]
    faults.stop()
    return trips, list(_off_total(path, meta, float(trips.sum())))


def _read_npz(path: Path, zones: int) -> Floats:
    faults = _Faults(str(path))
    try:
        with np.load(path, allow_pickle=False) as arrays:
            trips = arrays.get("trips")
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        trips = None
        faults.add(
            "npz-unreadable",
            None,
            N_("no arrays can be read from it: {why}"),
            N_("save the trips with numpy.savez, under the name trips"),
            why=str(error),
        )
    else:
        if trips is None:
            faults.add(
                "npz-without-trips",
                None,
                N_('it holds no array "trips"'),
                N_("save the trips with numpy.savez, under the name trips"),
            )
        elif trips.shape != (zones, zones) or trips.dtype.kind not in "fiu":
            faults.add(
                "npz-shape",
                None,
                N_("trips are {kind} of shape {shape}; the network has {zones} zones"),
                N_("give a square of numbers, a row for each origin"),
                kind=str(trips.dtype),
                shape=str(trips.shape),
                zones=zones,
            )
    faults.stop()
    return np.asarray(trips, dtype=np.float64)


# ---- pieces ------------------------------------------------------------------------------------------------------


class _Faults:
    """Faults of one file; of each rule only the first are told one by one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []
        self.counts: dict[str, int] = {}

    def add(self, rule: str, row: int | None, template: str, remedy: str, **values: object) -> None:
        self.counts[rule] = self.counts.get(rule, 0) + 1
        if self.counts[rule] <= MOST_NAMED:
            self.found.append(Fault(rule, self.file, template, remedy, row, values=values))

    def stop(self) -> None:
        """Refuse the file if anything was found."""
        for rule, count in self.counts.items():
            if count > MOST_NAMED:
                self.found.append(
                    Fault(
                        rule,
                        self.file,
                        N_("and {count} more of the same kind"),
                        N_("mend them alike"),
                        values={"count": count - MOST_NAMED},
                    )
                )
        if self.found:
            raise UnusableInput(self.found)

    def text(self, row: int, found: str, wanted: str) -> None:
        self.add(
            "tntp-text", row, N_('"{found}" stands where {say_wanted} should'), N_("write a number with a point"),
            found=found, say_wanted=wanted,
        )  # fmt: skip

    def numbers(self, row: int, words: list[str]) -> list[float] | None:
        values = []
        for word in words:
            value = _number(word, float)
            if value is None or not np.isfinite(value):
                self.text(row, word, N_("a number"))
                return None
            values.append(value)
        return values

    def whole(self, meta: dict[str, tuple[int, str]], name: str) -> int | None:
        """A number of the metadata."""
        if name not in meta:
            self.add(
                "tntp-metadata",
                None,
                N_("the metadata lack <{name}>"),
                N_("write <{name}> and its number above <END OF METADATA>"),
                name=name,
            )
            return None
        row, text = meta[name]
        value = _number(text, int)
        if value is None or value < 0:
            self.text(row, text, N_("a whole number"))
            return None
        return int(value)

    def zone(self, row: int, text: str, zones: int) -> int | None:
        value = _number(text, int)
        if value is None:
            self.text(row, text, N_("the number of a zone"))
        elif not 1 <= value <= zones:
            self.add(
                "unknown-zone",
                row,
                N_("there is no zone {zone}; the network has zones 1 to {zones}"),
                N_("correct the number"),
                zone=int(value),
                zones=zones,
            )
        else:
            return int(value) - 1
        return None


def _number(text: str, kind: Callable[[str], float]) -> float | None:
    try:
        return kind(text)
    except ValueError:
        return None


def _parts(path: Path, faults: _Faults) -> tuple[dict[str, tuple[int, str]], list[tuple[int, str]]]:
    """Metadata {name: (line, text)}, and the lines below that say something, with their numbers."""
    meta: dict[str, tuple[int, str]] = {}
    lines: list[tuple[int, str]] = []
    ended = False
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
        text = line.strip()
        if not ended and text.startswith("<"):
            name, _, value = text[1:].partition(">")
            ended = name.strip().upper() == "END OF METADATA"
            if not ended:
                meta[name.strip().upper()] = (number, value.strip())
        elif text.strip(";").strip() and not text.startswith("~"):
            lines.append((number, text))
    if not ended:
        faults.add(
            "tntp-metadata",
            None,
            N_("there is no line <END OF METADATA>"),
            N_("write it between the metadata and the rows; or is this another kind of file?"),
        )
    return meta, lines if ended else []


def _twins(rows: list[list[float]], where: list[int], faults: _Faults) -> None:
    """The same row twice. Two roads between the same nodes that differ in any column are two roads."""
    seen: dict[tuple[float, ...], int] = {}
    for row, number in zip(rows, where, strict=True):
        key = tuple(row)
        if key in seen:
            faults.add(
                "duplicate-link",
                number,
                N_("the link from node {tail} to node {head} stands already on line {other}"),
                N_("drop one of the two rows"),
                tail=int(row[0]),
                head=int(row[1]),
                other=seen[key],
            )
        else:
            seen[key] = number


def _off_total(path: Path, meta: dict[str, tuple[int, str]], total: float) -> Iterator[Fault]:
    row, text = meta.get("TOTAL OD FLOW", (None, ""))
    said = _number(text, float)
    if said is not None and abs(total - said) > OFF * max(abs(said), 1.0):
        yield Fault(
            "trips-total",
            str(path),
            N_("the file says {said} trips in all; its rows add up to {total}"),
            N_("correct the total, or look for rows that are missing"),
            row,
            "warning",
            {"said": said, "total": total},
        )
