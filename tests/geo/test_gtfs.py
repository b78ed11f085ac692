"""Timetables in GTFS: written feeds, each with its one right answer; feeds that contradict themselves; and a real one."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuabien.base.faults import CuabienError, Fault, Refused, UnusableInput
from cuabien.cli.main import main
from cuabien.geo import gtfs
from cuabien.geo.lines import Period, import_lines, period
from cuabien.model.transport import timetable
from cuabien.plan.checks import check
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

MONDAY, SUNDAY = dt.date(2026, 3, 16), dt.date(2026, 3, 22)
WEEK = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"

FEED = {
    "agency": "agency_name,agency_url,agency_timezone\nTown buses,http://example.org,Asia/Ho_Chi_Minh\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nA,Chợ,20.925,106.548\nB,Cầu,20.925,106.596\nC,Cảng,20.925,106.644\n"
             "Z,Không ai,20.9,106.6\n",
    "routes": "route_id,route_short_name,route_long_name,route_type\nR1,1,Chợ - Cảng,3\nR9,9,Cáp treo,6\n",
    "calendar": f"service_id,{WEEK},start_date,end_date\nW,1,1,1,1,1,0,0,20260301,20260331\nS,0,0,0,0,0,0,1,20260301,20260331\n",
    "trips": "route_id,service_id,trip_id,trip_headsign\nR1,W,t1,Cảng\nR1,W,t2,Cảng\nR1,W,t3,Cảng\nR1,S,t4,Cảng\nR1,W,t5,Chợ\n"
             "R1,W,t6,Chợ\nR9,W,t9,\n",
    "stop_times": "trip_id,stop_id,stop_sequence,arrival_time,departure_time\n"
                  + "".join(
                      f"{trip},A,1,{h}:00:00,{h}:00:00\n{trip},B,2,{h}:08:00,{h}:10:00\n{trip},C,3,{h}:20:00,{h}:20:00\n"
                      for trip, h in (("t1", "07"), ("t2", "08"), ("t3", "10"), ("t4", "07"))
                  )
                  + "t5,C,1,07:30:00,07:30:00\nt5,A,2,07:50:00,07:50:00\nt6,C,1,12:00:00,12:00:00\nt9,A,1,07:00:00,07:00:00\n",
}  # fmt: skip
"""Two trips in the peak and one outside of it from A by B to C, one back in the peak that does not stop at B."""


def zipped(folder: Path, files: dict[str, str | bytes], name: str = "feed.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem, content in files.items():
            archive.writestr(stem if "." in stem else f"{stem}.txt", content)
    return path


def changed(name: str, old: str, new: str) -> dict[str, str | bytes]:
    assert old in FEED[name]
    return {**FEED, name: FEED[name].replace(old, new)}


def faults_of(folder: Path, files: dict[str, str | bytes]) -> list[Fault]:
    with pytest.raises(UnusableInput) as error:
        gtfs.read(zipped(folder, files))
    return list(error.value.faults)


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


# ---- lines out of a feed ----------------------------------------------------------------------------------------


def test_trips_with_the_same_stops_are_one_line(town: Plan, tmp_path: Path) -> None:
    """From A: two in the two hours of the peak, every 60 minutes; one in the seven hours outside, every 420. Back: one, every 120; none, a day."""
    path = zipped(tmp_path, FEED)
    after, report = import_lines(town, gtfs.read(path), path)
    out, back = after.lines.values()
    assert report.day == "2026-03-02"
    assert (out.headway_min, out.off_peak_headway_min) == (60, 420)
    assert (back.headway_min, back.off_peak_headway_min) == (120, 1440)
    assert out.name_vi == "1 Chợ - Cảng → Cảng"
    assert (out.mode, out.one_way, out.opens) == ("bus", True, None)
    stops = [s for s in after.line_stops.values() if s.line == out.id]
    assert [after.nodes[s.node].name_vi for s in stops] == ["Chợ", "Cầu", "Cảng"]
    assert [s.minutes for s in stops] == [None, 8, 12]  # two minutes of standing belong to the second leg
    assert (report.lines, report.stops, report.trips, report.routes) == (2, 3, 4, 1)


def test_what_is_left_out_is_told_with_its_reason_and_row(town: Plan, tmp_path: Path) -> None:
    path = zipped(tmp_path, FEED)
    _, report = import_lines(town, gtfs.read(path), path)
    assert report.dropped == {
        "no-mode": ["routes.txt 3: R9"],
        "other-day": ["trips.txt 5: t4"],
        "one-stop": ["trips.txt 7: t6"],
        "unused": ["stops.txt 5: Z"],
    }


def test_a_plan_with_lines_can_be_checked_written_and_read_again(town: Plan, tmp_path: Path) -> None:
    from cuabien.plan.edition import edition_hash
    from cuabien.plan.write import write_plan

    path = zipped(tmp_path, FEED)
    after, _ = import_lines(town, gtfs.read(path), path)
    found = [f.as_row("en") for f in check(after, dt.date(2026, 1, 1)) if f.rule != "source-undated"]
    assert found == []
    write_plan(after, tmp_path / "plan")
    assert edition_hash(read_plan(tmp_path / "plan")) == edition_hash(after)


def test_the_feed_takes_the_place_of_the_lines_that_run_today(town: Plan, tmp_path: Path) -> None:
    path = zipped(tmp_path, FEED)
    once, _ = import_lines(town, gtfs.read(path), path)
    later = next(iter(once.lines.values())).model_copy(update={"id": "B2", "opens": 2030})
    again, report = import_lines(replace(once, lines={**once.lines, "B2": later}), gtfs.read(path), path)
    assert set(report.replaced) == set(once.lines)
    assert set(again.lines) == {*once.lines, "B2"}
    assert again.line_stops == once.line_stops
    assert again.nodes == once.nodes


def test_stops_stay_when_another_network_comes(town: Plan, tmp_path: Path) -> None:
    """Neither GMNS nor OpenStreetMap takes a node away on which a line of the plan stops."""
    from cuabien.geo.gmns import export_gmns, import_gmns
    from cuabien.geo.osm import read
    from cuabien.geo.roads import import_roads

    path = zipped(tmp_path, FEED)
    known, _ = import_lines(town, gtfs.read(path), path)
    for name, content in export_gmns(town).items():
        (tmp_path / name).write_bytes(content)
    after, _ = import_gmns(known, tmp_path)
    assert {s.node for s in after.line_stops.values()} <= set(after.nodes)

    roads = [k for k in town.links.values() if k.mode == "road" and k.opens is None]
    ends = {n for k in roads for n in (k.from_node, k.to_node)}
    number = {node: k for k, node in enumerate(sorted(ends), start=1)}
    places = "".join(
        f'<node id="{k}" lon="{town.nodes[n].lon}" lat="{town.nodes[n].lat}"/>' for n, k in number.items()
    )
    ways = "".join(
        f'<way id="{w}"><nd ref="{number[k.from_node]}"/><nd ref="{number[k.to_node]}"/><tag k="highway" v="primary"/></way>'
        for w, k in enumerate(roads, start=1)
    )
    file = tmp_path / "town.osm"
    file.write_text(f'<osm version="0.6">{places}{ways}</osm>')
    gone = next(n for n in sorted(ends) if n not in import_roads(town, read(file), file)[0].nodes)
    on_road = {i: s.model_copy(update={"node": gone}) for i, s in known.line_stops.items()}
    after, report = import_roads(replace(known, line_stops=on_road), read(file), file)
    assert report.replaced
    assert gone in after.nodes


def test_frequencies_count_as_the_vehicles_they_stand_for(town: Plan, tmp_path: Path) -> None:
    """Every 10 minutes from 6 to 9: 12 in the two hours of the peak, 10 minutes apart; the clock of the trip itself does not count."""
    feed = {**FEED, "frequencies": "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,09:00:00,600\n"}
    path = zipped(tmp_path, feed)
    after, _ = import_lines(town, gtfs.read(path), path)
    out = next(k for k in after.lines.values() if k.name_vi.endswith("Cảng"))
    assert out.headway_min == pytest.approx(120 / 13, abs=0.01)  # and t2 by the clock


def test_days_are_those_of_the_calendar_and_its_exceptions(tmp_path: Path) -> None:
    feed = gtfs.read(
        zipped(
            tmp_path,
            {**FEED, "calendar_dates": "service_id,date,exception_type\nW,20260316,2\nS,20260316,1\n"},
        )
    )
    assert feed.services(MONDAY) == {"S"}
    assert feed.services(SUNDAY) == {"S"}
    assert feed.services(dt.date(2026, 3, 17)) == {"W"}
    assert feed.services(dt.date(2026, 4, 1)) == set()
    assert feed.busiest_day() == dt.date(2026, 3, 2)


def test_a_feed_of_another_city_is_refused(town: Plan, tmp_path: Path) -> None:
    path = zipped(tmp_path, {**FEED, "stops": FEED["stops"].replace(",20.925,106", ",-29.9,-71")})
    with pytest.raises(UnusableInput) as error:
        import_lines(town, gtfs.read(path), path)
    assert [f.rule for f in error.value.faults] == ["gtfs-elsewhere"]


def test_blank_times_lie_evenly_between_those_that_are_known(tmp_path: Path) -> None:
    feed = gtfs.read(zipped(tmp_path, changed("stop_times", "t1,B,2,07:08:00,07:10:00", "t1,B,2,,")))
    assert feed.times.filter(trip_id="t1")["arrives"].to_list() == [25200, 25800, 26400]


def test_a_period_of_the_day() -> None:
    assert period("06:30-08:30") == Period(23400, 30600)
    for text in ("8:30-6:30", "morning", "25:00-26:00", "06:30"):
        with pytest.raises(Refused):
            period(text)


# ---- a feed that contradicts itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "rule", "row"),
    [
        ("stop_times", "t1,B,2", "t1,Q,2", "gtfs-reference", 3),
        ("stop_times", "t1,B,2", "tt,B,2", "gtfs-reference", 3),
        ("trips", "R1,W,t1", "R7,W,t1", "gtfs-reference", 2),
        ("trips", "R1,W,t1", "R1,X,t1", "gtfs-reference", 2),
        ("trips", "R1,W,t1", "R1,,t1", "gtfs-value", 2),
        ("trips", "R1,W,t2", "R1,W,t1", "gtfs-duplicate", 3),
        ("stop_times", "t1,B,2", "t1,B,1", "gtfs-duplicate", 3),
        ("stop_times", "07:08:00,07:10:00", "7 o'clock,07:10:00", "gtfs-value", 3),
        ("stop_times", "07:08:00,07:10:00", "07:08:00,07:80:00", "gtfs-value", 3),
        ("stop_times", "07:08:00,07:10:00", "06:08:00,07:10:00", "gtfs-time", 3),
        ("stop_times", "07:08:00,07:10:00", "07:11:00,07:10:00", "gtfs-time", 3),
        ("stop_times", "t1,A,1,07:00:00,07:00:00", "t1,A,1,,", "gtfs-value", 2),
        ("stops", "A,Chợ,20.925", "A,Chợ,200.925", "gtfs-value", 2),
        ("stops", "A,Chợ,20.925,106.548", "A,Chợ,,", "gtfs-value", 2),
        ("stops", "stop_lat,stop_lon", "lat,lon", "gtfs-value", 2),
        ("routes", "Cảng,3", "Cảng,bus", "gtfs-value", 2),
        ("routes", "route_type", "type", "gtfs-column", 1),
        ("routes", "R1,1,Chợ - Cảng,3", "R1,1,Chợ - Cảng,3,7,8", "gtfs-file", 2),
        ("calendar", "20260331\nS", "20260231\nS", "gtfs-value", 2),
        ("calendar", "W,1", "W,2", "gtfs-value", 2),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_row(
    tmp_path: Path, name: str, old: str, new: str, rule: str, row: int
) -> None:
    found = faults_of(tmp_path, changed(name, old, new))
    assert (rule, f"{name}.txt", row) in [(f.rule, f.file, f.row) for f in found]
    for fault in found:
        for language in ("vi", "en"):
            assert fault.message(language) and "{" not in fault.message(language) + fault.mend(language)


def test_every_fault_is_told_at_once_and_many_of_a_kind_are_counted(tmp_path: Path) -> None:
    bad = {
        **changed("stop_times", "t1,B,2", "t1,Q,2"),
        "trips": FEED["trips"].replace("R1,W,t3", "R7,W,t3"),
        "routes": FEED["routes"] + "".join(f"N{n},,,x\n" for n in range(50)),
    }
    found = faults_of(tmp_path, bad)
    assert {f.file for f in found} == {"stop_times.txt", "trips.txt", "routes.txt"}
    kinds = [f for f in found if f.file == "routes.txt"]
    assert len(kinds) == gtfs.MOST_NAMED + 1
    assert kinds[-1].values["count"] == 30


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    found = faults_of(tmp_path, {k: v for k, v in FEED.items() if k not in ("stops", "trips")})
    assert [(f.rule, f.file) for f in found] == [("gtfs-file", "stops.txt"), ("gtfs-file", "trips.txt")]


# ---- hostile ----------------------------------------------------------------------------------------------------


def test_an_archive_that_swells_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path, {**FEED, "shapes": b"0" * 20_000_000})
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(gtfs, "LARGEST_BYTES", 10_000_000)
    with pytest.raises(UnusableInput) as error:
        gtfs.read(path)
    assert error.value.faults[0].rule == "oversized"


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """A member that declares 10 bytes and holds a million is read for 10 and then found corrupt."""
    path = zipped(tmp_path, {**FEED, "shapes": b"0" * 1_000_000})
    raw = bytearray(path.read_bytes())
    size = (1_000_000).to_bytes(4, "little")
    at = raw.rindex(size)
    raw[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(UnusableInput):
        gtfs.read(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", b"\x00" * 100])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(content)
    with pytest.raises(UnusableInput):
        gtfs.read(path)


def test_two_feeds_in_one_archive_are_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{d}/{k}.txt": v for d in "ab" for k, v in FEED.items()}
    assert faults_of(tmp_path, files)[0].rule == "gtfs-archive"
    folder = zipped(tmp_path, {f"a/{k}.txt": v for k, v in FEED.items()}, "one.zip")
    assert gtfs.read(folder).stops.height == 4


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_broken_feed_never_ends_in_a_traceback(town: Plan, tmp_path: Path, data: st.DataObject) -> None:
    """Bytes of any file changed, cut or put in: it is read and brought in, or refused in words."""
    name = data.draw(st.sampled_from([k for k in FEED if k != "agency"]))
    raw = bytearray(FEED[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        new = data.draw(
            st.one_of(st.binary(max_size=3), st.sampled_from([b",", b"\n", b'"', b"-1", b"99999999999"]))
        )
        raw[at : at + data.draw(st.integers(0, 3))] = new
    path = zipped(tmp_path, {**FEED, name: bytes(raw)})
    try:
        feed = gtfs.read(path)
        after, _ = import_lines(town, feed, path)
        check(after, MONDAY)
        timetable.of_feed(feed)
    except CuabienError as error:
        assert str(error)


# ---- the command ------------------------------------------------------------------------------------------------


def test_the_command_writes_a_plan_and_tells_what_it_left_out(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = zipped(tmp_path, FEED)
    out = tmp_path / "out"
    code = main(["import", "gtfs", str(path), str(tinytown), "--out", str(out), "--issuer", "Town", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["lines"] == 2
    assert told["dropped"]["no-mode"] == ["routes.txt 3: R9"]
    plan = read_plan(out)
    assert len(plan.lines) == 2
    [source] = [s for i, s in plan.sources.items() if i.startswith("import-")]
    assert source.issuer == "Town"
    assert main(["import", "gtfs", str(path), str(tinytown), "--out", str(tmp_path / "two")]) == 0
    assert "R9" in capsys.readouterr().out


def test_the_command_refuses_in_words(
    tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = zipped(tmp_path, changed("stop_times", "t1,B,2", "t1,Q,2"))
    assert main(["import", "gtfs", str(path), str(tinytown), "--out", str(tmp_path / "out")]) == 2
    assert "stop_times.txt" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    good = zipped(tmp_path, FEED, "good.zip")
    assert (
        main(["import", "gtfs", str(good), str(tinytown), "--day", "soon", "--out", str(tmp_path / "o")]) == 1
    )


# ---- the timetable of a feed ----------------------------------------------------------------------------------------


def test_earliest_arrival_by_the_timetable_of_a_feed(tmp_path: Path) -> None:
    """At A at 6:50 on a Monday: the bus of 7:00 is at B at 7:08 and at C at 7:20. On a Sunday at 7:10: none any more."""
    feed = gtfs.read(zipped(tmp_path, FEED))
    table = timetable.of_feed(feed, MONDAY)
    a, b, c = (table.stops.index(s) for s in "ABC")
    found = timetable.earliest(table, {a: 0}, 6 * 3600 + 3000)
    assert found.minutes[[a, b, c]].tolist() == [0, 18, 30]
    sunday = timetable.earliest(timetable.of_feed(feed, SUNDAY), {a: 0}, 7 * 3600 + 600)
    assert sunday.reached[c] == timetable.NEVER
    assert timetable.nearby(table, 106.548, 20.925) == {a: 0}


def test_frequencies_run_all_day_and_nights_run_on(tmp_path: Path) -> None:
    """t1 every 600 s from 6:00: at 6:11 the third one, of 6:20, is taken. A trip of 23:50 is at C at 24:10: ten past midnight the next day."""
    feed = {
        **changed("stop_times", "t3,A,1,10:00:00,10:00:00\nt3,B,2,10:08:00,10:10:00\nt3,C,3,10:20:00,10:20:00",
                  "t3,A,1,23:50:00,23:50:00\nt3,B,2,23:58:00,24:05:00\nt3,C,3,24:10:00,24:10:00"),
        "frequencies": "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,09:00:00,600\n",
    }  # fmt: skip
    table = timetable.of_feed(gtfs.read(zipped(tmp_path, feed)), MONDAY + dt.timedelta(days=1))
    a, b, c = (table.stops.index(s) for s in "ABC")
    assert timetable.earliest(table, {a: 0}, 6 * 3600 + 660).reached[c] == 6 * 3600 + 2400
    assert timetable.earliest(table, {b: 0}, 0).reached[c] == 600


# ---- a real feed ------------------------------------------------------------------------------------------------


def coquimbo() -> bytes:
    """The feed of Coquimbo out of the package `aequilibrae`; the test is skipped where that is not installed."""
    package = importlib.util.find_spec("aequilibrae")
    if package is None or package.origin is None:
        pytest.skip("the feed of Coquimbo lies in the package aequilibrae, which is not installed")
    outer = Path(package.origin).parent / "reference_files" / "coquimbo.zip"
    with zipfile.ZipFile(outer) as archive:
        return archive.read("gtfs_coquimbo.zip")


def test_the_buses_of_coquimbo(town: Plan, tmp_path: Path) -> None:
    """One route there and back, 78 stops; on a working day 182 and 178 trips, about every 5 minutes in the peak."""
    path = tmp_path / "coquimbo.zip"
    path.write_bytes(coquimbo())
    feed = gtfs.read(path)
    areas = {
        i: a.model_copy(update={"lon": -71.34 + 0.01 * n, "lat": -29.95}) if a.kind == "commune" else a
        for n, (i, a) in enumerate(town.areas.items())
    }
    after, report = import_lines(replace(town, areas=areas), feed, path)
    assert (report.lines, report.stops, report.trips, report.routes) == (2, 78, 360, 1)
    assert {k: len(v) for k, v in report.dropped.items()} == {"other-day": 647}
    assert sorted(k.headway_min for k in after.lines.values() if k.headway_min) == [5.22, 6.0]
    table = timetable.of_feed(feed)
    first, last = (table.stops.index(s) for s in _ends(after))
    found = timetable.earliest(table, {first: 0}, 7 * 3600)
    assert 30 < found.minutes[last] < 120
    assert len(table.departs) == 14052


def _ends(plan: Plan) -> tuple[str, str]:
    [line, *_] = plan.lines
    stops = [s.node.removeprefix("gtfs-") for s in plan.line_stops.values() if s.line == line]
    return stops[0], stops[-1]
