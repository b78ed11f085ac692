"""The record as files: what is written reads back; what is broken is named; nothing that a person wrote runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.faults import Refused, UnusableInput
from cuabien.record.folder import (
    CONTROL,
    NEEDED,
    RULES,
    cells_of,
    is_geometry,
    is_record,
    parse_record,
    read_record,
    render_record,
    render_table,
    try_read_record,
    write_record,
)
from cuabien.record.objects import TABLES, Record, Theme
from tests.record.sample import HOSTILE, STORM_HASH, sample_record


@pytest.fixture(scope="module")
def record() -> Record:
    return sample_record()


@pytest.fixture(scope="module")
def files(record: Record) -> dict[str, bytes]:
    return render_record(record)


def found(files: dict[str, bytes]) -> list[tuple[str, str, object]]:
    return [(f.rule.removeprefix("record-"), f.file, f.row) for f in parse_record(files)[1]]


def test_what_is_written_reads_back(record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path / "record")
    assert read_record(tmp_path / "record") == record
    again = {p.name: p.read_bytes() for p in (tmp_path / "record").iterdir() if p.is_file()}
    write_record(read_record(tmp_path / "record"), tmp_path / "record")
    assert {p.name: p.read_bytes() for p in (tmp_path / "record").iterdir() if p.is_file()} == again


def test_order_of_the_rows_in_memory_does_not_count(record: Record, files: dict[str, bytes]) -> None:
    turned = replace(record, **{t.name: record.rows(t.name)[::-1] for t in TABLES})
    assert render_record(turned) == files


def test_an_empty_record_is_a_record(tmp_path: Path) -> None:
    write_record(Record(), tmp_path / "r")
    assert read_record(tmp_path / "r") == Record()


def test_evidence_beside_it_stays_and_old_changes_go(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / "publication.csv").write_text("id,form\n")
    (folder / "scan.pdf").write_bytes(b"%PDF")
    write_record(record, folder)
    assert (folder / "changes" / f"{STORM_HASH}.toml").is_file()
    write_record(replace(record, changes={}), folder)
    assert not (folder / "changes").exists()
    assert (folder / "publication.csv").read_text() == "id,form\n" and (folder / "scan.pdf").is_file()
    assert [p.name for p in tmp_path.iterdir()] == ["record"]  # nothing is left aside


def test_a_file_in_its_place_is_refused(record: Record, tmp_path: Path) -> None:
    (tmp_path / "record").write_text("x")
    with pytest.raises(Refused):
        write_record(record, tmp_path / "record")


def test_no_record(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UnusableInput) as told:
            read_record(folder)
        assert told.value.faults[0].rule == "record-no-record"
    (tmp_path / "publication.csv").write_text("id\n")
    assert not is_record(tmp_path)


# ---- hostile content --------------------------------------------------------------------------------------


def test_no_cell_begins_like_a_formula(files: dict[str, bytes]) -> None:
    for table in TABLES:
        for row in csv.reader(io.StringIO(files[table.file].decode(), newline="")):
            assert not any(cell[:1] and cell[0] in "=+-@\t\r\n" for cell in row), row


def test_hostile_texts_come_back_as_they_were(record: Record, files: dict[str, bytes]) -> None:
    texts = {c.text for c in parse_record(files)[0].comments}
    assert set(HOSTILE) <= texts


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda t: not CONTROL.search(t)
    )
)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    row = Theme("t", "k", text, text, True)
    table = next(t for t in TABLES if t.name == "themes")
    files = render_record(replace(Record(), themes=(row,)))
    assert files[table.file] == render_table(table, [row])
    assert parse_record(files)[0].themes == (row,)
    assert parse_record(files)[1] == []


@given(st.sampled_from(NEEDED), st.binary(max_size=60))
def test_any_bytes_are_read_without_a_crash(name: str, data: bytes) -> None:
    _, faults = parse_record({**render_record(Record()), name: data})
    for fault in faults:
        assert fault.message("vi") and fault.mend("en")


# ---- faults -----------------------------------------------------------------------------------------------


def changed(files: dict[str, bytes], name: str, change: Callable[[str], str]) -> dict[str, bytes]:
    return {**files, name: change(files[name].decode()).encode()}


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "row"),
    [
        ("consultations.csv", ",R2,", ",,", "blank", 2),
        ("consultations.csv", ",public,", ",everybody,", "value", 2),
        ("consultations.csv", "RESPONSE_REPORT", "DONE", "value", 2),
        ("consultations.csv", "2025-08-04T01:00:00Z", "2025-08-04 08:00", "value", 2),
        ("comments.csv", ",yes,", ",true,", "value", 2),
        ("comments.csv", "\n7,", "\nseven,", "value", 4),
        ("comments.csv", ",salt,", ",email,", "personal", 1),
        ("comments.csv", ",salt,", ",sugar,", "columns", 1),
        ("invitations.csv", ",agency_en,", ",agency_en,phone,", "personal", 1),
        ("voices.csv", "2025-08-05", "2025-02-30", "value", 2),
        ("voices.csv", ",2,5,", ",2,-5,", "value", 2),
        ("answers.csv", "\n33,", "\n33,33,", "ragged", 2),
        ("themes.csv", "bridges,", '"bridges,', "csv", 3),
        ("themes.csv", "Bụi", "B\x00", "control", 3),
        ("themes.csv", "bridges", "đường", "value", 2),
        ("comments.geojson", "106.6", "NaN", "json", None),
        ("comments.geojson", "106.6", "999", "json", 2),
        ("comments.geojson", "Point", "Script", "json", 2),
        ("record.json", "cuabien-record/1", "cuabien-record/9", "schema", None),
        ("record.json", "{", "[", "json", None),
    ],
)
def test_each_fault_is_named(
    files: dict[str, bytes], file: str, old: str, new: str, rule: str, row: int | None
) -> None:
    assert old in files[file].decode()
    broken = changed(files, file, lambda text: text.replace(old, new, 1))
    told = found(broken)
    assert (rule, file, row) in told, told


def test_faults_say_value_and_remedy(files: dict[str, bytes]) -> None:
    broken = changed(files, "comments.csv", lambda t: t.replace(",yes,", ",true,", 1))
    fault = parse_record(broken)[1][0]
    assert fault.message("en") == 'verified: "true" is not what may stand there'
    assert fault.mend("en") == "write yes or no"
    broken = changed(files, "comments.csv", lambda t: t.replace(",web,", ",pigeon,", 1))
    assert parse_record(broken)[1][0].mend("en") == "write web, paper, spoken, agency"


def test_all_faults_are_told_at_once(files: dict[str, bytes], tmp_path: Path, record: Record) -> None:
    broken = changed(files, "comments.csv", lambda t: t.replace(",vi,", ",,"))
    broken = changed(broken, "voices.csv", lambda t: t.replace("2025-08-0", "2025-08-x"))
    del broken["themes.csv"]
    told = found(broken)
    blanks = [row for rule, file, row in told if rule == "blank" and file == "comments.csv"]
    assert len(blanks) > 10 and ("missing", "themes.csv", None) in told
    assert sum(file == "voices.csv" for _, file, _ in told) == 3


def test_rows_in_another_order_and_rows_that_stand_twice(files: dict[str, bytes]) -> None:
    def swap(text: str) -> str:
        head, one, two, *rest = text.splitlines(keepends=True)
        return "".join([head, two, one, *rest])

    def double(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join([*lines[:2], *lines[1:]])

    for name in ("themes.csv", "transitions.csv", "moderation.csv", "answer_comments.csv"):
        assert ("order", name, 3) in found(changed(files, name, swap))
        assert ("twice", name, 3) in found(changed(files, name, double))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t + "\n",
        lambda t: t.replace("bridges", '"bridges"'),
        lambda t: t.rstrip("\n"),
    ],
)
def test_another_form_of_the_same_rows_is_told(files: dict[str, bytes], change: Callable[[str], str]) -> None:
    assert {file for _, file, _ in found(changed(files, "themes.csv", change))} == {"themes.csv"}


def test_a_change_has_the_hash_in_its_name(files: dict[str, bytes]) -> None:
    name = f"changes/{STORM_HASH}.toml"
    touched = changed(files, name, lambda t: t.replace("0.1", "0.2"))
    assert [(rule, file) for rule, file, _ in found(touched)] == [("change-name", name)]
    broken = changed(files, name, lambda t: t + "[[project]]\nid = 3 =\n")
    assert any(file == name for _, file, _ in found(broken))


def test_links_are_not_followed(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    write_record(record, folder)
    (tmp_path / "secret.csv").write_bytes((folder / "themes.csv").read_bytes())
    (folder / "themes.csv").unlink()
    (folder / "themes.csv").symlink_to(tmp_path / "secret.csv")
    told = [(f.rule, f.file) for f in try_read_record(folder)[1]]
    assert told == [("record-link", "themes.csv")]


def test_no_column_can_hold_a_person() -> None:
    words = ("mail", "phone", "contact", "author", "user", "voter", "ip", "address", "token")
    for table in TABLES:
        for column in cells_of(table.row):
            assert not any(column == w or f"_{w}" in column for w in words), column


def test_every_rule_can_be_said() -> None:
    assert all(template and remedy for template, remedy in RULES.values())


@pytest.mark.parametrize(
    ("geometry", "good"),
    [
        ({"type": "Point", "coordinates": [106, 20.5]}, True),
        ({"type": "LineString", "coordinates": [[106, 20], [107, 21]]}, True),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}, True),
        ({"type": "Point", "coordinates": [106, 20.5], "onclick": "x"}, False),
        ({"type": "Point", "coordinates": ["106", 20.5]}, False),
        ({"type": "Point", "coordinates": [True, 20.5]}, False),
        ({"type": "Point", "coordinates": [106, 95]}, False),
        ({"type": "Point", "coordinates": []}, False),
        ({"type": "GeometryCollection", "geometries": []}, False),
        (None, False),
    ],
)
def test_places_are_geometries_and_nothing_else(geometry: object, good: bool) -> None:
    assert is_geometry(geometry) is good


def test_the_head_names_every_file(files: dict[str, bytes]) -> None:
    assert set(json.loads(files["record.json"])["files"]) == set(files) - {"record.json"}
