"""A receipt proves a line of the ledger, and nothing that is not so."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.faults import UnusableInput
from cuabien.record.contents import comment_content, words_commitment, words_content
from cuabien.record.ledger import Entry, commit, hash_of, next_entry
from cuabien.record.receipts import (
    Receipt,
    check_receipt,
    code_of,
    find_code,
    make_receipt,
    plain_code,
    read_receipt,
)

FIELDS: dict[str, Any] = {
    "id": "c1", "consultation": "k", "edition": "e" * 64, "about": "place", "table": "", "object": "", "clause": "",
    "commune": "11533", "change": "", "channel": "web", "language": "vi", "received_at": "2026-03-01T01:00:00Z", "verified": True,
}  # fmt: skip
POINT = {"type": "Point", "coordinates": [106.7, 20.85]}
SALT = bytes(range(16))
TEXT = "Cầu này nên mở sớm hơn"


@pytest.fixture
def kept() -> tuple[Receipt, list[Entry]]:
    first = next_entry(None, "2026-03-01T00:00:00Z", "opened", "k", "ab" * 32)
    content = comment_content(FIELDS, words_commitment(SALT, TEXT, POINT))
    second = next_entry(first, "2026-03-01T01:00:00Z", "received", "c1", commit(b"", content))
    third = next_entry(second, "2026-03-01T02:00:00Z", "received", "c2", "cd" * 32)
    return make_receipt(second, content, SALT, POINT), [first, second, third]


def test_it_proves_the_line_and_its_words(kept: tuple[Receipt, list[Entry]]) -> None:
    receipt, entries = kept
    assert check_receipt(receipt, None, entries).fine
    assert check_receipt(receipt, TEXT, entries).fine
    assert check_receipt(receipt, words_content(TEXT, POINT), entries).fine
    other = check_receipt(receipt, TEXT + ".", entries)
    assert other.state == "altered" and not other.fine
    assert check_receipt(receipt, words_content(TEXT), entries).state == "altered"  # elsewhere
    assert read_receipt(receipt.as_json()) == receipt


def test_a_removed_or_altered_line_is_told(kept: tuple[Receipt, list[Entry]]) -> None:
    receipt, entries = kept
    assert check_receipt(receipt, None, entries[:1]).state == "not found"
    forged = replace(entries[1], commitment="ef" * 32)
    forged = replace(forged, hash=hash_of(forged))
    assert check_receipt(receipt, None, [entries[0], forged]).state == "altered"
    touched = replace(entries[1], at="2026-02-01T01:00:00Z")  # its hash left as it was
    assert check_receipt(receipt, None, [entries[0], touched]).state == "altered"


@given(
    st.sampled_from(["code", "consultation", "comment", "n", "at", "hash", "commitment", "edition", "public"])
)
def test_an_altered_receipt_proves_nothing(name: str) -> None:
    first = next_entry(None, "2026-03-01T00:00:00Z", "opened", "k", "ab" * 32)
    content = comment_content(FIELDS, words_commitment(SALT, TEXT))
    second = next_entry(first, "2026-03-01T01:00:00Z", "received", "c1", commit(b"", content))
    receipt = make_receipt(second, content, SALT)
    new: dict[str, Any] = {
        "code": code_of("12" * 32),
        "n": 1,
        "at": "2026-03-01T00:59:59Z",
        "hash": first.hash,
        "commitment": "cd" * 32,
        "public": {**content, "commune": "11536"},
    }
    altered = replace(receipt, **{name: new.get(name, "other")})
    assert check_receipt(receipt, TEXT, [first, second]).fine
    assert not check_receipt(altered, TEXT, [first, second]).fine


def test_codes(kept: tuple[Receipt, list[Entry]]) -> None:
    receipt, entries = kept
    assert receipt.code.startswith("CB-") and len(receipt.code) == 26
    typed = receipt.code.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    assert plain_code(typed) == receipt.code
    assert plain_code(receipt.code[3:]) == receipt.code
    assert find_code(typed, entries) == entries[1]
    assert find_code("CB-AAAAA-AAAAA-AAAAA-AAAAA", entries) is None
    for wrong in ("", "CB", "CB-AAAAA", "ạ" * 20, "🙂" * 20):
        assert plain_code(wrong) in ("", wrong) and find_code(wrong, entries) is None


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_else_is_no_receipt(data: bytes | str) -> None:
    with pytest.raises(UnusableInput):
        read_receipt(data)


def test_hostile_receipts(kept: tuple[Receipt, list[Entry]]) -> None:
    receipt, _ = kept
    row = json.loads(receipt.as_json())
    for change in (
        {"n": "2"},
        {"n": True},
        {"salt": "xyz"},
        {"public": {}},
        {"public": []},
        {"public": None},
        {"pictures": None},
        {"schema": "cuabien-receipt/9"},
        {"more": 1},
        {"at": None},
    ):
        with pytest.raises(UnusableInput):
            read_receipt(json.dumps({**row, **change}))
    with pytest.raises(UnusableInput):
        read_receipt("[" * 100_000)
