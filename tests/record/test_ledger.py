"""Whatever is done to a ledger is found, and the line is named."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.record.contents import comment_content, words_commitment
from cuabien.record.ledger import (
    BEGINNING,
    KINDS,
    Entry,
    Root,
    commit,
    day_of,
    hash_of,
    is_moment,
    moment,
    next_entry,
    parse_ledger,
    render_ledger,
    root_content,
    root_of,
    verify_chain,
    when,
)

START = dt.datetime(2026, 3, 1, 1, 0, 0, tzinfo=dt.UTC)


def chain(steps: list[int], *, roots: bool = False) -> tuple[list[Entry], list[Root]]:
    """A ledger whose lines come so many seconds after one another; with a root after each day."""
    entries: list[Entry] = []
    taken: list[Root] = []
    now = START
    for i, seconds in enumerate(steps):
        now += dt.timedelta(seconds=seconds)
        at = moment(now)
        if roots and entries and day_of(entries[-1].at) != day_of(at):
            root = root_of(entries[-1], at)
            taken.append(root)
            entries.append(next_entry(entries[-1], at, "root", root.day, commit(b"", root_content(root))))
        last = entries[-1] if entries else None
        entries.append(next_entry(last, at, "received", f"comment-{i}", commit(b"salt", {"text": str(i)})))
    if roots and entries:
        taken.append(root_of(entries[-1], moment(now)))
    return entries, taken


def rules(entries: list[Entry], roots: list[Root] | None = None) -> set[tuple[str, Any]]:
    return {(fault.rule, fault.row) for fault in verify_chain(entries, roots or [])}


def again(entries: list[Entry]) -> list[Entry]:
    """The same acts in a chain computed anew: what somebody does who can write the whole ledger."""
    made: list[Entry] = []
    for e in entries:
        entry = replace(e, n=len(made) + 1, previous=made[-1].hash if made else BEGINNING, hash="")
        made.append(replace(entry, hash=hash_of(entry)))
    return made


ledgers = st.lists(st.integers(0, 40_000), min_size=3, max_size=12)


def test_a_line_by_hand() -> None:
    entry = next_entry(None, "2026-03-01T01:00:00Z", "opened", "hai-phong-1", "ab" * 32)
    assert entry.previous == "0" * 64
    # sha256 of the other six fields as JSON with sorted keys, computed with sha256sum
    assert entry.hash == "dd4115641c5df92e249d7b40c621f4e818ffbaa5029d1b666973efd29c436cdd"


@given(ledgers)
def test_a_whole_ledger_has_no_faults_and_reads_back(steps: list[int]) -> None:
    entries, roots = chain(steps, roots=True)
    assert verify_chain(entries, roots) == []
    read, faults = parse_ledger(render_ledger(entries))
    assert (read, faults) == (entries, [])


@given(ledgers, st.data())
def test_one_changed_field_is_found_at_its_line(steps: list[int], data: st.DataObject) -> None:
    entries, _ = chain(steps)
    i = data.draw(st.integers(0, len(entries) - 1))
    field = data.draw(st.sampled_from(["at", "kind", "subject", "commitment", "previous", "hash"]))
    new = {
        "at": moment(when(entries[i].at) + dt.timedelta(seconds=1)),
        "kind": "answered",
        "subject": "another",
        "commitment": "0" * 64,
        "previous": "1" * 64,
        "hash": "2" * 64,
    }[field]
    entries[i] = replace(entries[i], **{field: new})
    assert ("ledger-altered", i + 1) in rules(entries)


@given(ledgers, st.data())
def test_a_removed_line_is_found(steps: list[int], data: st.DataObject) -> None:
    entries, roots = chain(steps, roots=True)
    i = data.draw(st.integers(0, len(entries) - 1))
    n = entries.pop(i).n
    found = rules(entries, roots)
    assert ("ledger-removed", n + 1) in found or ("ledger-short", n) in found


@given(ledgers, st.data())
def test_lines_in_another_order_are_found(steps: list[int], data: st.DataObject) -> None:
    entries, _ = chain(steps)
    i, j = sorted(data.draw(st.permutations(range(len(entries))))[:2])
    entries[i], entries[j] = entries[j], entries[i]
    found = rules(entries)
    assert ("ledger-removed", j + 1) in found
    assert any(rule == "ledger-order" for rule, _ in found)


@given(ledgers, st.data())
def test_an_inserted_line_is_found(steps: list[int], data: st.DataObject) -> None:
    """It follows from the line before it, as any new line would; the line after it tells."""
    entries, roots = chain(steps, roots=True)
    i = data.draw(st.integers(1, len(entries) - 1))
    entries.insert(i, next_entry(entries[i - 1], entries[i - 1].at, "received", "false", "3" * 64))
    found = rules(entries, roots)
    assert ("ledger-twice", i + 1) in found


@given(ledgers, st.data())
def test_a_line_dated_back_is_found(steps: list[int], data: st.DataObject) -> None:
    entries, _ = chain([s + 1 for s in steps])
    i = data.draw(st.integers(1, len(entries) - 1))
    early = moment(when(entries[i - 1].at) - dt.timedelta(seconds=1))
    entries[i] = replace(entries[i], at=early)
    # even when the chain is computed anew, moments must not fall
    assert ("ledger-back-dated", i + 1) in rules(again(entries))


@settings(max_examples=60)
@given(ledgers, st.sampled_from(["alter", "remove", "swap", "insert", "cut"]), st.data())
def test_a_chain_computed_anew_is_found_by_the_roots(
    steps: list[int], what: str, data: st.DataObject
) -> None:
    entries, roots = chain(steps, roots=True)
    i = data.draw(st.integers(0, len(entries) - 2))
    if what == "alter":
        entries[i] = replace(entries[i], commitment="4" * 64)
    elif what == "remove":
        del entries[i]
    elif what == "swap":
        one, two = entries[i], entries[i + 1]
        entries[i], entries[i + 1] = replace(two, at=one.at), replace(one, at=two.at)
    elif what == "insert":
        entries.insert(i, replace(entries[i], subject="false"))
    else:
        entries = entries[: i + 1]
    forged = again(entries)
    assert verify_chain(forged) == []  # whole in itself
    assert any(rule in ("ledger-root", "ledger-short") for rule, _ in rules(forged, roots))


def test_a_line_added_behind_a_root_cannot_bear_an_earlier_moment() -> None:
    entries, _ = chain([0, 60])
    root = root_of(entries[-1], "2026-03-05T00:00:00Z")
    late = next_entry(entries[-1], "2026-03-02T00:00:00Z", "received", "late", "5" * 64)
    assert rules([*entries, late], [root]) == {("ledger-back-dated", 3)}
    assert rules([*entries, replace(late, at="2026-03-05T00:00:00Z")], []) == {("ledger-altered", 3)}


def test_a_root_taken_out_of_the_list_or_altered_is_found() -> None:
    entries, roots = chain([0, 90_000, 90_000], roots=True)
    spoken = [e for e in entries if e.kind == "root"]
    assert len(roots) == 3 and len(spoken) == 2
    assert ("ledger-root-missing", spoken[0].n) in rules(entries, roots[1:])
    assert ("ledger-root-missing", spoken[0].n) in rules(
        entries, [replace(roots[0], at="2026-03-02T00:00:00Z", day="2026-03-02"), *roots[1:]]
    )
    assert ("ledger-root-form", "2026-13-01") in rules(entries, [replace(roots[0], day="2026-13-01")])


def test_a_lawful_erasure_leaves_the_chain_whole_and_the_words_unguessable() -> None:
    fields = {
        "id": "c1", "consultation": "k", "edition": "e", "about": "object", "table": "projects", "object": "p", "clause": "",
        "commune": "", "change": "", "channel": "web", "language": "vi", "received_at": "2026-03-01T01:00:00Z", "verified": False,
    }  # fmt: skip
    words = words_commitment(b"a salt that was thrown away", "Tôi không đồng ý")
    first = next_entry(
        None, "2026-03-01T01:00:00Z", "received", "c1", commit(b"", comment_content(fields, words))
    )
    gone = next_entry(first, "2026-03-02T01:00:00Z", "erased", "c1", commit(b"", {"comment": "c1"}))
    assert verify_chain([first, gone]) == []
    # the tombstone's public fields are still proven, and the words are not to be had by guessing them
    assert first.commitment == commit(b"", comment_content(fields, words))
    assert words != words_commitment(b"another salt", "Tôi không đồng ý")
    with pytest.raises(ValueError, match="salt"):
        words_commitment(b"", "Tôi không đồng ý")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    entries, faults = parse_ledger(data)
    assert not entries
    assert bool(faults) == bool(data)


@given(ledgers, st.data())
def test_a_changed_byte_of_the_file_is_found(steps: list[int], data: st.DataObject) -> None:
    entries, _ = chain(steps)
    raw = bytearray(render_ledger(entries))
    i = data.draw(st.integers(0, len(raw) - 1))
    raw[i] ^= data.draw(st.integers(1, 255))
    read, faults = parse_ledger(bytes(raw))
    assert faults or verify_chain(read)


def test_hostile_lines_are_named_not_believed() -> None:
    good = next_entry(None, "2026-03-01T01:00:00Z", "opened", "k", "ab" * 32)
    spaced = json.dumps(json.loads(good.line())).encode()
    lines = [
        good.line().encode(),
        spaced,
        b'{"n":1}',
        b"[]",
        b"null",
        b"NaN",
        b"[" * 5000,
        good.line().replace('"n":1', '"n":true').encode(),
    ]
    read, faults = parse_ledger(b"\n".join(lines) + b"\n")
    assert read == [good]
    assert [f.row for f in faults] == [2, 3, 4, 5, 6, 7, 8]


def test_moments() -> None:
    assert moment(dt.datetime(2026, 3, 1, 8, 0, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))) == (
        "2026-03-01T01:00:00Z"
    )
    with pytest.raises(ValueError, match="time zone"):
        moment(dt.datetime(2026, 3, 1, 8, 0, 0))
    assert day_of("2026-03-01T16:59:59Z") == "2026-03-01"
    assert day_of("2026-03-01T17:00:00Z") == "2026-03-02"
    for wrong in ("2026-02-30T00:00:00Z", "2026-03-01 00:00:00Z", "٢٠٢٦-03-01T00:00:00Z", "", 3, None):
        assert not is_moment(wrong)


def test_a_clock_that_was_set_back_does_not_date_a_line_back() -> None:
    first = next_entry(None, "2026-03-01T01:00:00Z", "opened", "k", "ab" * 32)
    second = next_entry(first, "2026-02-01T01:00:00Z", "received", "c", "ab" * 32)
    assert second.at == first.at
    assert verify_chain([first, second]) == []


@pytest.mark.parametrize(
    ("at", "kind", "subject", "commitment"),
    [
        ("yesterday", "received", "c", "ab" * 32),
        ("2026-03-01T01:00:00Z", "liked", "c", "ab" * 32),
        ("2026-03-01T01:00:00Z", "received", "a person <a@b.vn>", "ab" * 32),
        ("2026-03-01T01:00:00Z", "received", "c", "AB" * 32),
    ],
)
def test_nothing_else_becomes_a_line(at: str, kind: str, subject: str, commitment: str) -> None:
    with pytest.raises(ValueError, match="cannot have"):
        next_entry(None, at, kind, subject, commitment)


def test_the_kinds() -> None:
    assert set(KINDS) >= {
        "opened", "received", "answered", "moderated", "restored", "withdrawn", "erased", "moved", "closed", "voices", "root",
    }  # fmt: skip
