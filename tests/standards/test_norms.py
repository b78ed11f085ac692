"""Planning norms: dated, with their document and how surely they are known."""

from __future__ import annotations

import datetime as dt

from cuabien.standards.norms import norm, norms


def test_every_norm_has_a_document_a_date_and_a_confidence() -> None:
    known = {"source read", "general knowledge, high", "general knowledge, low"}
    for row in norms().values():
        assert row.document and row.source and row.value > 0, row.id
        assert row.confidence in known, row.id
        assert dt.date.fromisoformat(row.valid_from), row.id
        assert " per " in row.unit, row.id
        assert row.confirmed == row.source.startswith("https://"), row.id


def test_a_norm_holds_from_its_day() -> None:
    """QCVN 01:2021/BXD is in force since 5 July 2021, the counters of communes since 1 July 2025."""
    assert norm("primary_school", "urban", 2020) is None
    found = norm("primary_school", "urban", 2021)
    assert found is not None and (found.value, found.unit) == (65, "places per 1000 people")
    assert norm("counter", "all", 2024) is None
    assert norm("counter", "all", 2025) is not None
    assert norm("upper_secondary_school", "rural", 2030) is None


def test_a_remembered_norm_is_not_confirmed() -> None:
    rural, urban = norm("kindergarten", "rural", 2025), norm("kindergarten", "urban", 2025)
    assert rural is not None and urban is not None
    assert rural.confirmed and not urban.confirmed
