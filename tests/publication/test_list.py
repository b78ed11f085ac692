"""The list of editions: who signed each, what waits, what was withdrawn and why; nothing in it runs."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from cuabien.base.words import say
from cuabien.plan.objects import PlanHeader
from cuabien.publication import feed
from cuabien.publication.keys import PrivateKey, approvals_of
from cuabien.publication.making import Ready
from cuabien.publication.seals import approve, withdraw
from tests.publication.conftest import write_small

DAY = dt.date(2026, 3, 9)


@pytest.fixture
def shelf(ready: Ready, key: PrivateKey, other: PrivateKey, tmp_path: Path) -> Path:
    """An edition that two named people sign, and one that was withdrawn."""
    header: PlanHeader = ready.edition.plan.header.model_copy(
        update={
            "approvals": 2,
            "approvers": (f"{key.public.fingerprint} Phòng Quy hoạch", f"{other.public.fingerprint} Sở <b>Xây dựng</b>"),
        }
    )  # fmt: skip
    asked = replace(ready, head={**ready.head, "approvals": approvals_of(header)})
    write_small(asked, tmp_path / "signed", key)
    write_small(ready, tmp_path / "withdrawn", key)
    withdraw(tmp_path / "withdrawn", key, "a sum was wrong <script>alert(1)</script>‮", DAY)
    return tmp_path


def rows(shelf: Path) -> dict[str, dict[str, object]]:
    place = feed.renew(shelf / "signed")
    found = json.loads((place / "index.json").read_bytes())
    return {Path(str(row["folder"])).name: row for row in found}


def test_the_list_says_who_signed_and_what_waits(shelf: Path, key: PrivateKey, other: PrivateKey) -> None:
    before = rows(shelf)["signed"]
    assert before["signatures_missing"] == 1 and before["signatures_needed"] == 2
    page = (shelf / "editions/index.html").read_text("utf-8")
    assert "Phòng Quy hoạch" in page and "Xây dựng" not in page
    assert say(feed.WAITING, "vi", count=1) in page
    approve(shelf / "signed", other)
    after = rows(shelf)["signed"]
    assert after["signatures_missing"] == 0
    assert after["signed_by"] == [
        {"key": key.public.fingerprint, "name": "Phòng Quy hoạch", "publisher": True},
        {"key": other.public.fingerprint, "name": "Sở <b>Xây dựng</b>", "publisher": False},
    ]
    page = (shelf / "editions/index.html").read_text("utf-8")
    assert "Sở &lt;b&gt;Xây dựng&lt;/b&gt;" in page and other.public.fingerprint in page


def test_a_withdrawn_edition_stays_in_the_list_with_its_reason(shelf: Path) -> None:
    row = rows(shelf)["withdrawn"]
    assert row["intact"] is None and row["signed_by"]
    page = (shelf / "editions/index.html").read_text("utf-8")
    assert DAY.isoformat() in page and "a sum was wrong" in page
    assert "<script" not in page and "‮" not in page


def test_the_list_and_the_feed_are_well_formed_and_lead_to_the_editions(shelf: Path) -> None:
    rows(shelf)
    place = shelf / "editions"
    ElementTree.parse(place / "feed.atom")
    page = (place / "index.html").read_text("utf-8")
    targets = [urljoin("/editions/", address) for address in re.findall(r'href="([^"]+)"', page)]
    assert "/signed/index.html" in targets
    assert [target for target in targets if not (shelf / target[1:]).is_file()] == [
        "/signed/index.html"
    ]  # a small edition has no pages
