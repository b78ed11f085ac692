"""What changed since the previous edition: words, numbers, map; the chain of editions, their feed, approvals, withdrawal."""

from __future__ import annotations

import csv
import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cuabien.base.faults import Refused, UnusableInput
from cuabien.plan.read import read_plan
from cuabien.publication.edition import Edition, open_edition
from cuabien.publication.feed import feed, renew
from cuabien.publication.keys import PrivateKey
from cuabien.publication.making import prepare
from cuabien.publication.seals import approve, withdraw
from cuabien.publication.verify import verify
from cuabien.runner import run_plan
from tests.publication.conftest import DAY, edited, write_small

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_moved_project_is_told_in_words_numbers_and_on_the_map(two: tuple[Edition, Edition]) -> None:
    folder = two[1].folder / "changes"
    vi, en = ((folder / f"changes.{code}.txt").read_text("utf-8") for code in ("vi", "en"))
    assert (
        "Dự án, P1" in vi and "Projects, P1" in en and "when it opens: 2030 → 2040" in en and "changed" in en
    )
    # each language names things in its own words, whatever the language of whoever publishes
    assert "Extension" not in vi and "Mở rộng" not in en
    content = json.loads((folder / "changes.json").read_bytes())
    assert [(e["table"], e["id"], e["fields"]) for e in content["edits"]] == [
        ("projects", "P1", {"opens": "2040"})
    ]
    assert (content["from"], content["to"]) == (two[0].id, two[1].id)
    spots = json.loads((folder / "objects.geojson").read_bytes())["features"]
    assert [(s["id"], s["properties"]["change"], s["properties"]["changed"]) for s in spots] == [
        ("P1", "edit", "opens")
    ]
    rows = list(csv.DictReader((folder / "indicators.csv").read_text("utf-8").splitlines()))
    cargo = [r for r in rows if r["indicator"] == "port_cargo" and r["year"] == "2030"]
    assert cargo and float(cargo[0]["second"]) < float(
        cargo[0]["first"]
    )  # a berth that does not open handles nothing


def test_an_edition_names_the_one_before_it_by_its_hash(two: tuple[Edition, Edition]) -> None:
    assert two[1].manifest["previous"] == {"edition": two[0].id, "manifest_sha256": two[0].seal}
    assert two[0].manifest["previous"] is None and not (two[0].folder / "changes").exists()


def test_a_damaged_edition_is_nobodys_predecessor(
    two: tuple[Edition, Edition], tinytown: Path, home: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(two[0].folder, broken)
    (broken / "README.txt").write_text("x")
    run = run_plan(read_plan(tinytown), to_year=2031, home=home).run
    with pytest.raises(UnusableInput):
        prepare(tinytown, run, home=home, published=DAY, previous=broken)


def test_the_feed_lists_editions_newest_first_and_is_atom(two: tuple[Edition, Edition]) -> None:
    place = renew(two[1].folder)
    rows = json.loads((place / "index.json").read_bytes())
    assert place.name == "editions" and [row["edition"] for row in rows] == [two[1].id, two[0].id]
    assert [row["previous"] for row in rows] == [two[0].seal, None] and all(row["intact"] for row in rows)
    root = ET.parse(place / "feed.atom").getroot()
    assert root.tag == f"{ATOM}feed" and all(
        root.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated")
    )
    entries = root.findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}id") for e in entries] == [f"urn:sha256:{e.seal}" for e in reversed(two)]
    assert (place / entries[0].find(f"{ATOM}link").get("href", "")).resolve() == two[1].folder.resolve()  # type: ignore[union-attr]
    assert root.findtext(f"{ATOM}updated") == "2026-09-01T00:00:00Z"


def test_hostile_names_leave_a_feed_well_formed() -> None:
    row = {
        "edition": "<script>&]]>\x00",
        "folder": "a b/<x>",
        "address": None,
        "manifest_sha256": "0" * 64,
        "published": "2026-01-01",
        "plan": "p",
        "name_vi": "</title>‮",
        "name_en": "&",
        "signatures_missing": 0,
        "withdrawn": {"day": "2026-02-01", "reason": "<b>"},
    }
    assert ET.fromstring(feed([row])).find(f"{ATOM}entry") is not None


# ---- approvals --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _needs_two(
    tinytown: Path, home: Path, key: PrivateKey, other: PrivateKey, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    keys = f'approvals = 2\napprovers = ["{key.public.fingerprint}", "{other.public.fingerprint}"]\n'
    site = tmp_path_factory.mktemp("asked")
    folder = edited(tinytown, site / "plan", plan=("approvals = 1\n", keys))
    run = run_plan(read_plan(folder), to_year=2027, home=home).run
    return write_small(prepare(folder, run, home=home, published=DAY), site / "e", key).folder


@pytest.fixture
def needs_two(_needs_two: Path, tmp_path: Path) -> Path:
    """A copy of an edition that two people must sign, for a test to change."""
    return Path(shutil.copytree(_needs_two, tmp_path / "site" / "e"))


def test_one_signature_is_not_enough_where_the_plan_asks_for_two(
    needs_two: Path, key: PrivateKey, other: PrivateKey
) -> None:
    verdict = verify(needs_two, [key.public])
    assert (
        verdict.intact and not verdict.holds and [f.rule for f in verdict.findings] == ["approvals-missing"]
    )
    with pytest.raises(Refused):  # one person is not two
        approve(needs_two, key)
    approved = approve(needs_two, other)
    assert approved.holds and approved.approvals == (key.public.fingerprint, other.public.fingerprint)
    assert verify(needs_two, [key.public, other.public]).holds
    only_publisher = verify(needs_two, [key.public])  # whoever knows one key can vouch for one person
    assert len(only_publisher.approvals) == 1 and not only_publisher.holds


def test_a_stranger_cannot_approve_and_a_forged_approval_is_named(
    needs_two: Path, key: PrivateKey, other: PrivateKey, tmp_path: Path
) -> None:
    from cuabien.publication.keys import new_key

    stranger = new_key(tmp_path / "stranger.pem", tmp_path)
    with pytest.raises(Refused):
        approve(needs_two, stranger)
    folder = needs_two / "approvals"
    folder.mkdir()
    (folder / f"{stranger.public.fingerprint}.pub").write_bytes(stranger.public.pem)
    (folder / f"{stranger.public.fingerprint}.sig").write_bytes(
        stranger.sign((needs_two / "manifest.json").read_bytes())
    )
    assert {f.rule for f in verify(needs_two).findings} == {"approval-stranger", "approvals-missing"}
    (folder / f"{other.public.fingerprint}.pub").write_bytes(other.public.pem)
    assert "approval-unfinished" in {f.rule for f in verify(needs_two).findings}
    (folder / f"{other.public.fingerprint}.sig").write_bytes(b"0" * 64)
    assert "approval" in {f.rule for f in verify(needs_two).findings}


def test_a_damaged_edition_is_not_approved(needs_two: Path, other: PrivateKey) -> None:
    (needs_two / "README.txt").write_text("x")
    with pytest.raises(UnusableInput):
        approve(needs_two, other)


def test_fewer_approvals_than_before_are_said(
    needs_two: Path, tinytown: Path, tiny_run: Path, home: Path
) -> None:
    ready = prepare(tinytown, tiny_run, home=home, published=DAY, previous=needs_two)
    assert [fault.rule for fault in ready.warnings] == ["fewer-approvals"]


# ---- withdrawal -------------------------------------------------------------------------------------------


def test_a_withdrawn_edition_leaves_a_tombstone_that_says_why(
    small: Path, key: PrivateKey, other: PrivateKey
) -> None:
    seal = open_edition(small).seal
    with pytest.raises(Refused):
        withdraw(small, other, "because", DAY)
    with pytest.raises(Refused):
        withdraw(small, key, "  ", DAY)
    verdict = withdraw(small, key, "Số liệu <b>sai</b>", DAY)
    assert not verdict.holds and not verdict.intact and [f.rule for f in verdict.findings] == ["withdrawn"]
    assert verdict.withdrawn is not None and verdict.withdrawn["reason"] == "Số liệu <b>sai</b>"
    assert open_edition(small).seal == seal and not (small / "plan").exists()
    assert "&lt;b&gt;sai" in (small / "index.html").read_text("utf-8")
    assert sorted(p.name for p in small.parent.iterdir()) == ["edition"]
    with pytest.raises(Refused):
        withdraw(small, key, "again", DAY)
    with pytest.raises(Refused):
        approve(small, other)


def test_a_withdrawal_by_somebody_else_is_not_believed(
    small: Path, key: PrivateKey, other: PrivateKey
) -> None:
    withdraw(small, key, "wrong", DAY)
    notice = (small / "withdrawn.json").read_bytes().replace(b"wrong", b"right")
    (small / "withdrawn.json").write_bytes(notice)
    (small / "withdrawn.sig").write_bytes(other.sign(notice))
    assert {f.rule for f in verify(small).findings} == {"withdrawn", "tombstone"}
    (small / "index.html").write_text("<script>")
    (small / "more.html").write_text("<script>")
    assert {("file-changed", "index.html"), ("file-added", "more.html")} <= {
        (f.rule, f.file) for f in verify(small).findings
    }
