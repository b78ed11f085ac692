"""Whatever is done to a row of a record is found, and the row is named: by somebody who rewrites the folder around it, too."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.faults import stops
from cuabien.record.checking import (
    PROVEN,
    check_record,
    examine,
    examine_files,
    goes_on,
    numbers,
    roots_hold,
)
from cuabien.record.folder import cells_of, render_record, write_record
from cuabien.record.ledger import BEGINNING, hash_of
from cuabien.record.objects import TABLES, Record
from cuabien.record.receipts import check_receipt
from cuabien.record.walk import walk
from tests.record.sample import NEXT, STORM_HASH, sample_book, sample_record

UNPROVEN = {
    "comments": {"state", "theme", "twin_of"},
    "invitations": {"answered_at"},
}
"""Columns of proven tables that change as the desk works, and stand under no line; `state` follows from the fates."""


@pytest.fixture(scope="module")
def record() -> Record:
    return sample_record()


def told(record: Record) -> list[tuple[str, str, Any]]:
    """What a stranger finds in the folder of a record that was written whole, `record.json` and all."""
    return [(f.rule, f.file, f.row) for f in examine_files(render_record(record))[1] if f.severity == "fault"]


def other(column: str, value: Any, cell: Any) -> Any:
    """Another value that may stand in the same column."""
    if cell.kind == "word":
        return next(word for word in cell.words if word != value)
    return {
        "whole": lambda: value + 1,
        "yes-no": lambda: not value,
        "hash": lambda: "0" * 64,
        "hashes": lambda: (*value, "0" * 64),
        "salt": lambda: "0" * 32,
        "moment": lambda: "2025-08-04T00:00:00Z",
        "day": lambda: "2025-08-29",
        "ids": lambda: (*value, "x"),
    }.get(cell.kind, lambda: f"{value}x")()  # fmt: skip


def test_the_sample_holds(record: Record) -> None:
    assert told(record) == []
    counted = numbers(record)
    assert counted["comments"] == 19 and counted["answered"] == 17
    assert counted["states"] == {"erased": 1, "moderated": 1, "shown": 16, "withdrawn": 1}


def cases() -> list[Any]:
    found = []
    for table in (t for t in TABLES if t.name in PROVEN or t.name in ("voices", "roots")):
        for i, row in enumerate(sample_record().rows(table.name)):
            for column in cells_of(table.row):
                if column not in UNPROVEN.get(table.name, ()):
                    name = getattr(row, "id", None) or f"{i}"
                    found.append(pytest.param(table, i, column, id=f"{table.name}-{name}-{column}"))
    return found


@pytest.mark.parametrize(("table", "i", "column"), cases())
def test_an_altered_cell_is_found_and_its_row_named(record: Record, table: Any, i: int, column: str) -> None:
    rows = list(record.rows(table.name))
    row = rows[i]
    value = other(column, getattr(row, column), cells_of(table.row)[column])
    assert value != getattr(row, column)
    rows[i] = replace(row, **{column: value})
    found = told(replace(record, **{table.name: tuple(rows)}))
    assert found
    names = {
        str(getattr(r, c))
        for r in (row, rows[i])
        for c in ("id", "n", "consultation", "comment", "day")
        if hasattr(r, c)
    }
    assert any(str(place) in names for _, _, place in found), found


def rows_of_record() -> list[Any]:
    tables = [t for t in TABLES if t.name in PROVEN or t.name in ("voices", "answer_comments", "roots")]
    return [
        pytest.param(t.name, i, id=f"{t.name}-{i}")
        for t in tables
        for i in range(len(sample_record().rows(t.name)))
    ]


@pytest.mark.parametrize(("table", "i"), rows_of_record())
def test_a_removed_row_is_found(record: Record, table: str, i: int) -> None:
    rows = list(record.rows(table))
    row = rows.pop(i)
    found = told(replace(record, **{table: tuple(rows)}))
    last_root = table == "roots" and i == len(rows)  # only whoever kept it can tell; see below
    names = {str(getattr(row, c)) for c in ("n", "answer", "id", "day") if hasattr(row, c)}
    if table == "roots":
        names.add(str(row.n + 1))
    assert last_root or any(str(place) in names for _, _, place in found), found


@pytest.mark.parametrize("table", [t.name for t in TABLES])
def test_rows_in_another_order_are_found(record: Record, table: str) -> None:
    files = render_record(record)
    lines = files[f"{table}.csv"].split(b"\n")
    if len(lines) > 3:
        lines[1], lines[2] = lines[2], lines[1]
        found = examine_files({**files, f"{table}.csv": b"\n".join(lines)})[1]
        assert ("record-order", f"{table}.csv", 3) in [(f.rule, f.file, f.row) for f in found]


def test_a_row_that_was_added_is_found(record: Record) -> None:
    for table in PROVEN:
        row = record.rows(table)[-1]
        for n in (row.n + 1, 999):
            more = replace(row, n=n, **({"id": "new"} if hasattr(row, "id") else {}))
            found = told(replace(record, **{table: (*record.rows(table), more)}))
            assert ("record-no-line", f"{table}.csv") in {(rule, file) for rule, file, _ in found}


@pytest.mark.parametrize("table", ["consultations", "themes", "meetings", "dialogue", "merged"])
def test_a_file_without_lines_that_was_touched_is_named(record: Record, table: str) -> None:
    files = render_record(record)
    rows = record.rows(table)
    texts = [
        f.name for f in fields(rows[0]) if f.name.endswith(("_vi", "_en")) or f.name in ("text", "change")
    ]
    cell = cells_of(type(rows[0]))[texts[0]]
    touched = replace(rows[0], **{texts[0]: other(texts[0], getattr(rows[0], texts[0]), cell)})
    forged = render_record(replace(record, **{table: (touched, *rows[1:])}))
    found = examine_files({**files, f"{table}.csv": forged[f"{table}.csv"]})[1]
    assert [(f.rule, f.file) for f in found if f.severity == "fault"] == [("record-head", f"{table}.csv")]


# ---- a forger who computes the whole chain anew -----------------------------------------------------------


def forged(record: Record, subject: str, **values: Any) -> Record:
    """The record with one comment altered, its line, the chain and the hashes of the folder computed anew."""
    from cuabien.record import contents
    from cuabien.record.ledger import commit

    comments = [replace(c, **values) if c.id == subject else c for c in record.comments]
    made: list[Any] = []
    for entry in record.ledger:
        commitment = entry.commitment
        if entry.kind == "received" and entry.subject == subject:
            row = next(c for c in comments if c.id == subject)
            row = replace(row, words=contents.words_commitment(bytes.fromhex(row.salt), row.text))
            comments = [row if c.id == subject else c for c in comments]
            commitment = commit(
                b"",
                contents.comment_content({n: getattr(row, n) for n in contents.COMMENT_FIELDS}, row.words),
            )
        new = replace(entry, commitment=commitment, previous=made[-1].hash if made else BEGINNING, hash="")
        made.append(replace(new, hash=hash_of(new)))
    return replace(record, ledger=tuple(made), comments=tuple(comments))


def test_roots_receipts_and_earlier_records_find_a_chain_that_was_computed_anew() -> None:
    book = sample_book()
    record = book.record()
    false = forged(record, "c01", text="Tôi hoàn toàn đồng ý.")
    found = told(false)
    assert {rule for rule, _, _ in found} == {"ledger-root"}
    # with the roots forged as well, the folder is whole in itself ...
    hashes = {e.n: e.hash for e in false.ledger}
    quiet = replace(false, roots=tuple(replace(r, hash=hashes[r.n]) for r in record.roots))
    assert {rule for rule, _, _ in told(quiet)} == {"ledger-root-missing"}
    # ... up to the lines that speak of roots; and whoever kept anything of before knows better
    assert check_receipt(book.receipts["c01"], None, record.ledger).fine
    assert not check_receipt(book.receipts["c01"], None, quiet.ledger).fine
    assert [f.row for f in goes_on(record, quiet)] == [book.receipts["c01"].n]
    assert roots_hold(record.roots, quiet)


def test_lines_cut_off_at_the_end_are_found_by_what_was_before() -> None:
    record = sample_record()
    cut = replace(
        record, ledger=record.ledger[:-1], transitions=record.transitions[:-1], roots=record.roots[:-1]
    )
    assert [f.rule for f in goes_on(record, cut)] == ["record-short"]
    assert [f.rule for f in roots_hold(record.roots, cut)] == ["ledger-short"]
    assert goes_on(cut, record) == [] and roots_hold(cut.roots, record) == []


def test_a_record_goes_on_from_an_earlier_one(tmp_path: Path) -> None:
    before, now = sample_record(answered=False), sample_record()
    # the first part is the same book; its answers came later
    write_record(now, tmp_path / "now")
    assert not stops(examine(tmp_path / "now")[1])
    assert goes_on(replace(before, ledger=before.ledger[:20]), now) == []


# ---- erasure, moderation, answers -------------------------------------------------------------------------


def test_a_lawful_erasure_leaves_everything_proven(record: Record) -> None:
    book = sample_book()
    receipt = book.receipts["c07"]
    files = render_record(record)
    everything = b"".join(files.values())
    assert b"t\xc3\xb4i mu\xe1\xbb\x91n r\xc3\xbat l\xe1\xba\xa1i" not in everything
    assert receipt.salt.encode() not in everything
    assert "c07" not in record.geometries
    row = next(c for c in record.comments if c.id == "c07")
    assert (row.state, row.text, row.salt) == ("erased", "", "")
    # its tombstone is proven all the same, and cannot be moved to another commune
    moved = replace(
        record, comments=tuple(replace(c, commune="T6") if c.id == "c07" else c for c in record.comments)
    )
    assert ("record-altered", "comments.csv", "c07") in told(moved)
    # and the paper in the person's hand still proves what it was
    assert check_receipt(receipt, "tôi muốn rút lại", record.ledger).fine


def test_words_that_stand_where_they_were_taken_out_are_found(record: Record) -> None:
    book = sample_book()
    for comment in ("c05", "c06", "c07"):
        row = next(c for c in record.comments if c.id == comment)
        left = replace(row, text=book.texts[comment], salt=book.receipts[comment].salt)
        rows = tuple(left if c.id == comment else c for c in record.comments)
        assert ("record-words-left", "comments.csv", comment) in told(replace(record, comments=rows))
    places = {**record.geometries, "c07": {"type": "Point", "coordinates": [106.6, 20.85]}}
    assert ("record-words-left", "comments.csv", "c07") in told(replace(record, geometries=places))


def test_a_comment_cannot_be_hidden_without_a_line(record: Record) -> None:
    rows = tuple(
        replace(c, state="moderated", text="", salt="") if c.id == "c01" else c for c in record.comments
    )
    assert ("record-state", "comments.csv", "c01") in told(replace(record, comments=rows))


def test_a_place_that_was_moved_is_found(record: Record) -> None:
    places = {"c03": {"type": "Point", "coordinates": [106.61, 20.85]}}
    assert ("record-words", "comments.csv", "c03") in told(replace(record, geometries=places))
    assert ("record-words", "comments.csv", "c03") in told(replace(record, geometries={}))


def test_unanswered_comments_are_named_once_the_consultation_went_on(record: Record) -> None:
    open_still = sample_record(answered=False)
    assert told(open_still) == []
    waiting = [f for f in check_record(open_still) if f.rule == "record-waiting"]
    # 18 of the public and one of the agencies, without the two that were taken back
    assert {f.row: f.values["count"] for f in waiting} == {"tinytown-1": 16, "tinytown-agencies": 1}
    # the answers' rows gone with their lines: the comments that nothing answers are named one by one
    gone = replace(record, answers=(), answer_comments=())
    unanswered = {row for rule, _, row in told(gone) if rule == "record-unanswered"}
    assert {"c01", "c05", "a01"} <= unanswered and not {"c06", "c07"} & unanswered


def test_a_deadline_that_was_moved_is_found(record: Record) -> None:
    rows = tuple(replace(c, closes_at="2025-08-29T16:59:59Z") for c in record.consultations)
    assert ("record-deadline", "consultations.csv", "tinytown-1") in told(replace(record, consultations=rows))


def test_persons_in_a_text_are_pointed_out() -> None:
    book = sample_book()
    book.say("p01", "Gọi tôi 0912 345 678 hoặc lan@example.vn")
    warned = [f.row for f in check_record(book.record()) if f.rule == "record-personal-data"]
    assert warned == ["p01"]


def test_lines_behind_the_last_root_are_told() -> None:
    book = sample_book()
    book.say("z01", "thêm")
    assert [f.rule for f in check_record(book.record()) if f.rule == "record-unrooted"]


# ---- the walk ---------------------------------------------------------------------------------------------


def test_one_can_walk_both_ways(record: Record) -> None:
    ways = walk(record)
    assert [c.id for c in ways.comments_of_object["projects", "P1"]] == ["c01", "c02", "c10"]
    answer = ways.answer_of["c01"]
    assert answer.id == "w1" and ways.comments_of_answer["w1"] == ("c01", "c02")
    assert answer.run == STORM_HASH and [a.id for a in ways.answers_of_change[STORM_HASH]] == ["w1", "w4"]
    assert ways.answer_of["c04"].id == "w4" and [a.id for a in ways.answers_of["c04"]] == ["w3", "w4"]
    assert [c.id for c in ways.comments_of_change[STORM_HASH]] == ["c04"]
    assert [m.edition_after for m in ways.merged_of["c04"]] == [NEXT]
    assert [m.comment for m in ways.merged_into[NEXT]] == ["c04"]
    assert [c.id for c in ways.comments_of_commune["T1"]] == ["c01", "c04"]
    assert [c.id for c in ways.twins_of["c01"]] == ["c02"]
    assert ways.voices_of["c01"].support_anonymous == 6
