"""Every plan file broken in every way: a fault with file, row, rule and remedy; never a traceback, nothing written."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuabien.base.faults import Fault, UnusableInput, stops
from cuabien.indicators.formula import check_formulas
from cuabien.plan.change import try_read_change
from cuabien.plan.form import FORM
from cuabien.plan.package import TABLES
from cuabien.plan.read import MAX_FAULTS_A_FILE, parse_plan, read_files, read_plan, try_read_plan

Files = dict[str, bytes]
Break = Callable[[Files], None]


@pytest.fixture(scope="module")
def whole(tinytown: Path) -> Files:
    return read_files(tinytown)[0]


def faults_of(files: Files) -> list[Fault]:
    return parse_plan(files, [])[1]


# ---- how to break a file ----------------------------------------------------------------------------------


def cell(name: str, row: int, column: str, value: str) -> Break:
    """Set one cell of a CSV file; row 2 is the first below the header."""

    def change(files: Files) -> None:
        rows = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
        rows[row - 1][rows[0].index(column)] = value
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(rows)
        files[name] = out.getvalue().encode()

    return change


def swap(name: str, old: str, new: str) -> Break:
    """Replace text in a file, once."""

    def change(files: Files) -> None:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), 1)

    return change


def put(name: str, data: bytes) -> Break:
    return lambda files: files.__setitem__(name, data)


def drop(name: str) -> Break:
    return lambda files: files.__delitem__(name)


def recode(name: str, encoding: str) -> Break:
    return lambda files: files.__setitem__(name, files[name].decode().encode(encoding, "replace"))


def nothing(files: Files) -> None:
    """A near miss that needs no edit."""


SHAPE = '"coordinates":[[[106.596,20.88],[106.596,20.97],[106.5,20.97],[106.5,20.88],[106.596,20.88]]]'
CROSSED = '"coordinates":[[[106.596,20.88],[106.5,20.97],[106.596,20.97],[106.5,20.88],[106.596,20.88]]]'
VN2000 = '"coordinates":[[[596000,2300000],[597000,2300000],[597000,2301000],[596000,2300000]]]'
SWAPPED = '"coordinates":[[[20.88,106.596],[20.97,106.596],[20.97,106.5],[20.88,106.596]]]'

CASES: dict[str, tuple[Break, str, Break]] = {
    # rule: (break it, the file that is told, a near miss)
    "missing-file": (drop("areas.csv"), "areas.csv", drop("peers.csv")),
    "file-name": (
        lambda files: files.__setitem__("projects/P9.toml", files.pop("projects/P3.toml")),
        "projects/P9.toml",
        nothing,
    ),
    "encoding": (recode("areas.csv", "latin-1"), "areas.csv", recode("areas.csv", "utf-8")),
    "bom": (
        lambda files: files.__setitem__("targets.csv", b"\xef\xbb\xbf" + files["targets.csv"]),
        "targets.csv",
        swap("targets.csv", ",textbook,", ",textbook,"),
    ),
    "control-character": (
        cell("areas.csv", 3, "name_vi", "Tây\x00Bắc"),
        "areas.csv",
        cell("areas.csv", 3, "note", "two\nlines, \ttab"),
    ),
    "toml": (
        swap("plan.toml", 'city = "TT"', 'city = "TT"\ncity = "VN"'),
        "plan.toml",
        lambda files: files.__setitem__("plan.toml", files["plan.toml"].replace(b"\n", b"\r\n")),
    ),
    "geojson": (
        swap("layers/urban.geojson", '"area_ha":400.0', '"area_ha":NaN'),
        "layers/urban.geojson",
        swap("layers/urban.geojson", '"area_ha":400.0', '"area_ha":null'),
    ),
    "csv": (
        swap("targets.csv", "X1,", '"X1"x,'),
        "targets.csv",
        swap("targets.csv", "X1,", '"X1",'),
    ),
    "empty": (put("targets.csv", b"\n \n"), "targets.csv", lambda files: _header_only(files, "peers.csv")),
    "too-deep": (
        put("layers/urban.geojson", b'{"type":"FeatureCollection","features":' + b"[" * 100_000),
        "layers/urban.geojson",
        nothing,
    ),
    "too-many": (
        put("peers.csv", b"id,name_vi\n" + b"x,y,z\n" * 3),
        "peers.csv",
        nothing,
    ),
    "missing-column": (
        swap("targets.csv", ",operator,", ",operation,"),
        "targets.csv",
        swap("targets.csv", "id,indicator,", "id,indicator,"),
    ),
    "table-empty": (
        lambda files: _header_only(files, "peers.csv"),
        "peers.csv",
        drop("peers.csv"),
    ),
    "absent-column": (
        put("peers.csv", b"id,name_vi,name_en,country,role,source,confidence\n"),
        "peers.csv",
        lambda files: _header_only(files, "peers.csv"),
    ),
    "unknown-column": (
        swap("targets.csv", ",note\n", ",remark\n"),
        "targets.csv",
        nothing,
    ),
    "duplicate-column": (
        swap("targets.csv", ",clause,", ",value,"),
        "targets.csv",
        nothing,
    ),
    "ragged-row": (
        swap("targets.csv", "X1,grdp_growth_avg,", "X1,grdp_growth_avg,extra,"),
        "targets.csv",
        cell("targets.csv", 2, "note", "with, commas"),
    ),
    "missing-value": (
        cell("targets.csv", 2, "source", ""),
        "targets.csv",
        cell("targets.csv", 2, "clause", ""),
    ),
    "not-a-number": (
        cell("targets.csv", 2, "value", "about six"),
        "targets.csv",
        cell("targets.csv", 2, "value", "6.5e0"),
    ),
    "not-whole": (
        cell("targets.csv", 2, "year", "2030.5"),
        "targets.csv",
        cell("targets.csv", 2, "year", "2031"),
    ),
    "decimal-comma": (
        cell("targets.csv", 2, "value", "6,5"),
        "targets.csv",
        cell("targets.csv", 2, "value", "6.5"),
    ),
    "out-of-bounds": (
        cell("areas.csv", 3, "area_km2", "-1"),
        "areas.csv",
        cell("areas.csv", 3, "area_km2", "0.001"),
    ),
    "unknown-word": (
        cell("areas.csv", 3, "kind", "village"),
        "areas.csv",
        cell("areas.csv", 3, "kind", "district"),
    ),
    "bad-id": (
        cell("peers.csv", 2, "id", "thị trấn"),
        "peers.csv",
        cell("peers.csv", 2, "id", "thi-tran.2:x_Y"),
    ),
    "bad-date": (
        cell("sources.csv", 2, "date", "2026-02-30"),
        "sources.csv",
        cell("sources.csv", 2, "date", "2026-02"),
    ),
    "too-long": (
        cell("targets.csv", 2, "note", "x" * 4001),
        "targets.csv",
        cell("targets.csv", 2, "note", "x" * 4000),
    ),
    "bad-value": (
        swap("projects/P1.toml", 'points = [[106.64, 20.72]]', 'points = [[106.64, 20.72, 3]]'),
        "projects/P1.toml",
        swap("projects/P1.toml", 'points = [[106.64, 20.72]]', 'points = []'),
    ),
    "duplicate-id": (
        cell("targets.csv", 3, "id", "X1"),
        "targets.csv",
        cell("targets.csv", 3, "id", "X1.1"),
    ),
    "dangling-reference": (
        cell("targets.csv", 2, "area", "T9"),
        "targets.csv",
        cell("targets.csv", 2, "area", "T6"),
    ),
    "cycle": (
        swap("projects/P2.toml", 'opens = "2028"', 'opens = "2028"\nprerequisites = ["P1"]'),
        "projects/P",
        swap("projects/P3.toml", 'prerequisites = ["P2"]', 'prerequisites = ["P1", "P2"]'),
    ),
    "geometry": (
        swap("map/areas.geojson", SHAPE, '"coordinates":"here"'),
        "map/areas.geojson",
        nothing,
    ),
    "geometry-kind": (
        swap("map/areas.geojson", '"Polygon",' + SHAPE, '"Point","coordinates":[106.5,20.9]'),
        "map/areas.geojson",
        swap("map/areas.geojson", '"Polygon",' + SHAPE, '"MultiPolygon",' + SHAPE.replace("[[[", "[[[[").replace("]]]", "]]]]")),
    ),
    "crs": (
        swap("map/areas.geojson", SHAPE, VN2000),
        "map/areas.geojson",
        swap("map/areas.geojson", '"features"', '"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features"'),
    ),
    "crossed-polygon": (
        swap("map/areas.geojson", SHAPE, CROSSED),
        "map/areas.geojson",
        nothing,
    ),
}  # fmt: skip


def _header_only(files: Files, name: str) -> None:
    files[name] = files[name].split(b"\n", 1)[0] + b"\n"


def _too_many(files: Files) -> None:
    row = files["peers.csv"].split(b"\n")[1].replace(b"Q1", b"%s")
    _header_only(files, "peers.csv")
    files["peers.csv"] += b"\n".join(row.replace(b"%s", b"!") for _ in range(MAX_FAULTS_A_FILE + 5)) + b"\n"


CASES["too-many"] = (_too_many, "peers.csv", nothing)

OF_FOLDERS = {"no-plan", "unknown-file", "outside-plan", "not-a-file", "unreadable", "oversized"}
OF_CHANGES = {"unknown-table", "other-plan", "unknown-id", "already-there", "no-effect"}
OF_FORMULAS = {"formula", "formula-area", "formula-indicator"}


def test_every_rule_of_form_is_tested() -> None:
    assert {*CASES, *OF_FOLDERS, *OF_CHANGES, *OF_FORMULAS} == set(FORM)


@pytest.mark.parametrize("rule", CASES)
def test_a_broken_file_is_told(whole: Files, rule: str) -> None:
    breaking, file, _ = CASES[rule]
    files = dict(whole)
    breaking(files)
    told = [f for f in faults_of(files) if f.rule == rule]
    assert told
    assert told[0].file.startswith(file)
    for fault in told[:3]:
        assert "{" not in fault.message("en").replace("{{", "") or rule == "geojson"
        assert fault.message("vi") and fault.mend("vi")


@pytest.mark.parametrize("rule", CASES)
def test_a_near_miss_is_not(whole: Files, rule: str) -> None:
    files = dict(whole)
    CASES[rule][2](files)
    assert [f.as_row("en") for f in faults_of(files) if f.rule == rule] == []


# ---- more ways ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("breaking", "rule"),
    [
        (cell("targets.csv", 2, "value", "nan"), "not-a-number"),
        (cell("targets.csv", 2, "value", "inf"), "not-a-number"),
        (cell("targets.csv", 2, "value", "1e308"), "out-of-bounds"),
        (cell("targets.csv", 2, "value", "1e400"), "out-of-bounds"),
        (cell("targets.csv", 2, "value", "9" * 400), "out-of-bounds"),
        (cell("targets.csv", 2, "value", "1_000"), "not-a-number"),
        (cell("targets.csv", 2, "value", "1.234.567"), "not-a-number"),
        (cell("targets.csv", 2, "value", "12%"), "not-a-number"),
        (cell("targets.csv", 2, "value", "٦"), "not-a-number"),
        (cell("targets.csv", 2, "year", "9" * 400), "out-of-bounds"),
        (cell("targets.csv", 2, "year", "30"), "out-of-bounds"),
        (cell("port_capacity.csv", 2, "berths", "-1"), "out-of-bounds"),
        (cell("port_capacity.csv", 2, "berths", "9" * 40), "out-of-bounds"),
        (cell("programme.csv", 2, "public", "true"), "unknown-word"),
        (cell("programme.csv", 2, "public", ""), "missing-value"),
        (cell("programme.csv", 2, "indicators", "a;;b"), "bad-id"),
        (cell("targets.csv", 2, "note", "x" * 10_000_000), "csv"),
        (cell("map/nodes.csv", 2, "lat", "106.5"), "out-of-bounds"),
        (swap("plan.toml", "base_year = 2025", 'base_year = "2025"'), "not-whole"),
        (swap("plan.toml", "base_year = 2025", "base_year = true"), "not-whole"),
        (swap("plan.toml", "base_year = 2025", "base_year = 2025.5"), "not-whole"),
        (swap("plan.toml", "base_year = 2025", "base_year = " + "9" * 5000), "toml"),
        (swap("plan.toml", "base_year = 2025", "base_year = nan"), "not-whole"),
        (swap("plan.toml", "schema_version = 1", "schema_version = 2"), "out-of-bounds"),
        (swap("plan.toml", 'city = "TT"', 'city = "XX"'), "dangling-reference"),
        (swap("plan.toml", 'city = "TT"', 'city = "TT"\ntown = "TT"'), "unknown-column"),
        (swap("plan.toml", 'city = "TT"', ""), "missing-value"),
        (swap("plan.toml", 'city = "TT"', 'city = ""'), "missing-value"),
        (swap("projects/P1.toml", "cost_bn_vnd = 1000.0", 'cost_bn_vnd = "1000"'), "not-a-number"),
        (swap("projects/P1.toml", "cost_bn_vnd = 1000.0", "cost_bn_vnd = inf"), "out-of-bounds"),
        (swap("projects/P1.toml", "cost_bn_vnd = 1000.0", "cost_bn_vnd = -1"), "out-of-bounds"),
        (swap("projects/P1.toml", "cost_bn_vnd = 1000.0", "cost_bn_vnd = " + "[" * 5000), "too-deep"),
        (swap("projects/P1.toml", 'unit = "million tonnes/year"', ""), "missing-value"),
        (swap("projects/P1.toml", 'id = "P1"', 'id = "P2"'), "duplicate-id"),
        (put("parameters.toml", b"rate = 3\n"), "bad-value"),
        (put("parameters.toml", b"[population]\nrate = 3\n"), "bad-value"),
        (put("parameters.toml", b"[[population]]\nrate = 3\n"), "bad-value"),
        (put("parameters.toml", b"[population.x]\nvalue = {}\nunit='a'\nstatus='law'\nsource='textbook'\nconfidence='source read'\n"), "bad-value"),
        (put("layers/urban.geojson", b"[]"), "geojson"),
        (put("layers/urban.geojson", b'{"type":"Feature"}'), "geojson"),
        (put("layers/urban.geojson", b'{"type":"FeatureCollection","features":[1,null,{}]}'), "missing-value"),
        (put("layers/urban.geojson", b'{"type":"FeatureCollection","type":"x","features":[]}'), "geojson"),
        (swap("layers/urban.geojson", '"Z3"', '"Z\\ud800"'), "bad-value"),
        (swap("layers/urban.geojson", '"Z3"', "3"), "bad-value"),
        (swap("layers/urban.geojson", '"floor_area_ratio":1.5', '"floor_area_ratio":"1,5"'), "decimal-comma"),
        (swap("map/areas.geojson", SHAPE, SWAPPED), "crs"),
        (swap("map/areas.geojson", SHAPE, '"coordinates":[]'), "geometry"),
        (swap("map/areas.geojson", SHAPE, '"coordinates":[[[1e400,2],[3,4],[5,6],[1e400,2]]]'), "crs"),
        (swap("map/areas.geojson", '"features"', '"crs":{"properties":{"name":"EPSG:3405"}},"features"'), "crs"),
        (cell("areas.csv", 2, "part_of", "EAST"), "cycle"),
        (recode("areas.csv", "utf-16"), "encoding"),
        (put("areas.csv", b""), "empty"),
        (put("plan.toml", b""), "empty"),
        (put("areas.csv", b"\xff\xfe\x00"), "encoding"),
    ],
)  # fmt: skip
def test_it_is_told(whole: Files, breaking: Break, rule: str) -> None:
    files = dict(whole)
    breaking(files)
    faults = faults_of(files)
    assert rule in {f.rule for f in faults}
    assert stops(faults)
    assert all(len(f.message("en")) < 2000 for f in faults)


def test_a_fault_names_the_row_the_value_and_the_remedy(whole: Files) -> None:
    files = dict(whole)
    cell("targets.csv", 4, "value", "12,5")(files)
    (fault,) = faults_of(files)
    assert fault.as_row("en") == {
        "rule": "decimal-comma",
        "severity": "fault",
        "file": "targets.csv",
        "row": 4,
        "message": 'value: "12,5" is text',
        "remedy": "write the number with a decimal point and no thousands mark",
    }


def test_all_faults_come_at_once(whole: Files) -> None:
    files = dict(whole)
    for breaking in (
        cell("targets.csv", 2, "value", "x"),
        cell("targets.csv", 2, "year", "y"),
        cell("targets.csv", 3, "area", "T9"),
        swap("plan.toml", "base_year = 2025", "base_year = 20255"),
        swap("map/areas.geojson", SHAPE, CROSSED),
    ):
        breaking(files)
    assert sorted(f.rule for f in faults_of(files)) == [
        "crossed-polygon",
        "dangling-reference",
        "not-a-number",
        "not-whole",
        "out-of-bounds",
    ]


def test_a_broken_row_is_told_once(whole: Files) -> None:
    """Whatever refers to a broken row is not told as dangling as well."""
    files = dict(whole)
    cell("sources.csv", 2, "confidence", "sure")(files)
    assert [f.rule for f in faults_of(files)] == ["unknown-word"]
    files = dict(whole)
    recode("sources.csv", "utf-16")(files)
    assert {f.rule for f in faults_of(files)} == {"encoding"}


# ---- folders ----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tinytown: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tinytown, tmp_path / "plan"))


def rules_in(folder: Path) -> set[tuple[str, str]]:
    return {(f.rule, f.file) for f in try_read_plan(folder)[1]}


def test_no_plan(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as told:
        read_plan(tmp_path / "nowhere")
    assert [f.rule for f in told.value.faults] == ["no-plan"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnusableInput):
        read_plan(tmp_path / "file")


def test_a_link_out_of_the_plan_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text((folder / "targets.csv").read_text())
    (folder / "targets.csv").unlink()
    (folder / "targets.csv").symlink_to(tmp_path / "secret.csv")
    assert ("outside-plan", "targets.csv") in rules_in(folder)


def test_a_folder_of_links_out_of_the_plan_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "projects").rename(tmp_path / "projects")
    (folder / "projects").symlink_to(tmp_path / "projects")
    assert ("outside-plan", "projects/P1.toml") in rules_in(folder)


def test_a_link_inside_the_plan_is_read(folder: Path) -> None:
    (folder / "targets.csv").rename(folder / "promises.txt")
    (folder / "targets.csv").symlink_to("promises.txt")
    assert rules_in(folder) == set()


@pytest.mark.parametrize("target", ["nothing", "targets.csv"])
def test_a_broken_or_looping_link_is_told(folder: Path, target: str) -> None:
    (folder / "targets.csv").unlink()
    (folder / "targets.csv").symlink_to(target)
    assert {rule for rule, file in rules_in(folder) if file == "targets.csv"} <= {"not-a-file", "unreadable"}
    assert rules_in(folder)


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / "targets.csv").unlink()
    (folder / "targets.csv").mkdir()
    assert ("not-a-file", "targets.csv") in rules_in(folder)


def test_an_unreadable_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert ("unreadable", "targets.csv") in rules_in(folder)


def test_an_oversized_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cuabien.plan.read.MAX_FILE_BYTES", (folder / "areas.csv").stat().st_size)
    assert ("oversized", "areas.csv") not in rules_in(folder)
    monkeypatch.setattr("cuabien.plan.read.MAX_FILE_BYTES", (folder / "areas.csv").stat().st_size - 1)
    assert ("oversized", "areas.csv") in rules_in(folder)


def test_a_misnamed_file_is_not_overlooked(folder: Path) -> None:
    (folder / "target.csv").write_text("id\n")
    (folder / "README.md").write_text("a plan may say more than the package holds")
    (folder / ".notes.csv").write_text("hidden files are nobody's business")
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "later.toml").write_text("title = 'x'\n")
    assert rules_in(folder) == {("unknown-file", "target.csv")}


def test_reading_writes_nothing(folder: Path) -> None:
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    (folder / "targets.csv").write_bytes(b"\xff")
    before[folder / "targets.csv"] = ((folder / "targets.csv").stat().st_mtime_ns, b"\xff")
    with pytest.raises(UnusableInput):
        read_plan(folder)
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()} == before


# ---- changes and formulas (their own tests stand elsewhere; here: each rule of form fires) -------------------


@pytest.mark.parametrize(
    ("text", "rule", "near_miss"),
    [
        ('[[projekt]]\nid = "P1"', "unknown-table", '[[project]]\nid = "P1"\nopens = 2031'),
        ('plan = "elsewhere"', "other-plan", 'plan = "tinytown"'),
        ('[[project]]\nid = "P9"\nopens = 2031', "unknown-id", '[[project]]\nid = "P1"\nopens = 2031'),
        ('[[project]]\nid = "P1"\nadd = true', "already-there", '[[project]]\nid = "P1"\nremove = true'),
        ('[[project]]\nid = "P1"', "no-effect", '[[project]]\nid = "P1"\nblank = ["payer"]'),
    ],
)
def test_faults_of_changes(tinytown: Path, text: str, rule: str, near_miss: str) -> None:
    plan = read_plan(tinytown)
    assert rule in {f.rule for f in try_read_change(text.encode(), plan)[1]}
    assert rule not in {f.rule for f in try_read_change(near_miss.encode(), plan)[1]}


@pytest.mark.parametrize(
    ("formula", "rule"),
    [
        ("mean(grdp_growth[TT", "formula"),
        ("grdp_growth[XX, 2025]", "formula-area"),
        ("happiness[TT, 2025]", "formula-indicator"),
        ("grdp_growth[TT, 2025]", None),
    ],
)
def test_faults_of_formulas(whole: Files, formula: str, rule: str | None) -> None:
    files = dict(whole)
    cell("claims.csv", 2, "formula", formula)(files)
    plan, _ = parse_plan(files, [])
    assert plan is not None
    assert {f.rule for f in check_formulas(plan)} == ({rule} if rule else set())


# ---- anything at all --------------------------------------------------------------------------------------

ANYTHING = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SCRAPS = st.sampled_from(
    [*(b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b",", b'"', b"\n", b"\r", b"nan", b"-1", b"1e309", b"9" * 400),
     *(b"{", b"[", b"]", b"}", b"null", b"[[x]]\n", b"id", b"=", "đ".encode(), b"\\ud800", b"../", b"2025-13")]
)  # fmt: skip


@ANYTHING
@given(data=st.data())
def test_a_mutated_file_never_ends_in_a_traceback(whole: Files, data: st.DataObject) -> None:
    """Cut, overwritten and stuffed anywhere: a plan and faults, or faults; every fault can be told."""
    name = data.draw(st.sampled_from(sorted(whole)))
    old = whole[name]
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(len(old), start + 200)))
    scrap = data.draw(
        st.one_of(
            SCRAPS, st.binary(max_size=30), st.text(max_size=30).map(lambda t: t.encode("utf-8", "replace"))
        )
    )
    plan, faults = parse_plan({**whole, name: old[:start] + scrap + old[end:]}, [])
    assert plan is not None or faults
    for fault in faults:
        assert fault.file and fault.rule in FORM
        assert fault.as_row("vi")["message"] and fault.as_row("en")["remedy"]
        str(fault.as_row("en")).encode()


@ANYTHING
@given(data=st.data())
def test_any_cell_may_hold_anything(whole: Files, data: st.DataObject) -> None:
    """Whatever text stands in a cell of a table: it is read as what it says, or told with its row."""
    table = data.draw(st.sampled_from([t for t in TABLES if t.form == "csv" and t.paths[0] in whole]))
    name = table.paths[0]
    rows = list(csv.reader(io.StringIO(whole[name].decode(), newline="")))
    row = data.draw(st.integers(2, len(rows)))
    column = data.draw(st.sampled_from(rows[0]))
    text = data.draw(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=50))
    files = dict(whole)
    cell(name, row, column, text)(files)
    plan, faults = parse_plan(files, [])
    if plan is not None and not stops(faults):
        held = next(r for i, r in plan.table(table.name).items() if plan.place(table.name, i)[0] == name)
        assert held is not None
    for fault in faults:
        str(fault.as_row("vi")).encode()
