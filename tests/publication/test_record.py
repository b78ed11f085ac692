"""The record of a consultation in an edition: only one that proves itself goes in, and anyone proves it again."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.faults import Refused, UnusableInput
from cuabien.cli.main import main
from cuabien.publication.edition import Edition, write_edition
from cuabien.publication.keys import PrivateKey
from cuabien.publication.making import prepare
from cuabien.publication.parts import PARTS
from cuabien.publication.record import in_edition, taken_in
from cuabien.publication.verify import verify
from cuabien.record.folder import write_record
from cuabien.record.objects import Record
from cuabien.record.receipts import Receipt
from tests.publication.conftest import DAY
from tests.record.sample import sample_book, sample_record


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given") / "record"
    write_record(sample_record(), folder)
    (folder / "evidence.txt").write_text("posted on the board")
    return folder


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    file = tmp_path / "receipt.json"
    file.write_text(sample_book().receipts["c03"].as_json())
    return file


def small(
    plan: Path,
    run: Path,
    home: Path,
    record: Path | None,
    out: Path,
    key: PrivateKey,
    previous: Path | None = None,
) -> Edition:
    """An edition of its sources and its record."""
    ready = prepare(plan, run, home=home, published=DAY, record=record, previous=previous)
    few = [part for part in PARTS if part.name in ("sources", "record")]
    return write_edition(out, ready.head, ((p.name, p.make(ready.edition)) for p in few), key)


@pytest.fixture(scope="module")
def edition(
    tinytown: Path,
    tiny_run: Path,
    home: Path,
    record: Path,
    key: PrivateKey,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    return small(tinytown, tiny_run, home, record, tmp_path_factory.mktemp("site") / "one", key).folder


def rules(folder: Path) -> set[tuple[str, str]]:
    return {(f.rule, f.file) for f in verify(folder).findings if f.severity == "fault"}


# ---- into the edition -------------------------------------------------------------------------------------


def test_the_record_lies_in_the_edition_and_is_proven_there(edition: Path) -> None:
    verdict = verify(edition)
    assert verdict.holds and verdict.record and verdict.record["comments"] == 19
    assert verdict.record["answered"] == 17 and verdict.record["states"]["erased"] == 1
    assert (edition / "record/evidence.txt").read_text() == "posted on the board"
    assert (edition / "record/ledger.jsonl").is_file()


def test_a_forger_who_signs_anew_is_found_by_the_record(
    edition: Path, key: PrivateKey, tinytown: Path, tiny_run: Path, home: Path, tmp_path: Path
) -> None:
    """Somebody with a key of the publisher takes a comment out: the signature holds, the ledger does not."""
    forged = tmp_path / "forged"
    record = sample_record()
    write_record(replace(record, comments=record.comments[1:]), forged)
    ready = prepare(tinytown, tiny_run, home=home, published=DAY)
    parts = [p for p in PARTS if p.name in ("sources", "record")]
    made = ((p.name, p.make(replace(ready.edition, record=forged))) for p in parts)
    write_edition(tmp_path / "site", ready.head, made, key)
    found = rules(tmp_path / "site")
    assert ("record-row-removed", "record/comments.csv") in found
    assert not any(rule.startswith("file-") for rule, _ in found)


def test_a_record_that_does_not_hold_is_not_published(
    tinytown: Path, tiny_run: Path, home: Path, tmp_path: Path
) -> None:
    record = sample_record()
    write_record(replace(record, answers=record.answers[:-1]), tmp_path / "record")
    with pytest.raises(UnusableInput) as told:
        prepare(tinytown, tiny_run, home=home, published=DAY, record=tmp_path / "record")
    assert {"record-row-removed", "record-unanswered"} <= {f.rule for f in told.value.faults}


def test_a_consultation_that_is_still_open_may_be_published_and_says_what_waits(tmp_path: Path) -> None:
    write_record(sample_record(answered=False), tmp_path / "record")
    assert {f.rule for f in taken_in(tmp_path / "record", None, "tinytown")} == {"record-waiting"}


def test_a_record_of_another_plan_is_refused(record: Path) -> None:
    with pytest.raises(Refused):
        taken_in(record, None, "hai-phong")


def test_evidence_alone_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "publication.csv").write_text("id,form,from,to,where,evidence,note\n")
    assert taken_in(tmp_path, None, "tinytown") == []
    assert in_edition(tmp_path) == (None, [])


def test_the_next_edition_goes_on_from_the_one_before(
    edition: Path, tinytown: Path, tiny_run: Path, home: Path, tmp_path: Path
) -> None:
    book = sample_book()
    book.later(days=1)
    book.consultation("tinytown-2")
    book.root(written=False)
    write_record(book.record(), tmp_path / "longer")
    prepare(tinytown, tiny_run, home=home, published=DAY, record=tmp_path / "longer", previous=edition)
    write_record(sample_record(answered=False), tmp_path / "shorter")
    with pytest.raises(UnusableInput) as told:
        prepare(tinytown, tiny_run, home=home, published=DAY, record=tmp_path / "shorter", previous=edition)
    assert {f.rule for f in told.value.faults} & {"record-short", "record-other"}
    ready = prepare(tinytown, tiny_run, home=home, published=DAY, previous=edition)
    assert [w.rule for w in ready.warnings] == ["record-left-out"]


# ---- what a person types ----------------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_verify_a_record(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(record), "--json"]) == 0
    told = said(capsys)
    assert told["holds"] and told["lines"] == 41 and told["findings"] == []
    assert main(["verify", str(record)]) == 0
    assert "19" in capsys.readouterr().out


def test_verify_names_the_row_that_was_altered(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(record, tmp_path / "r")
    file = tmp_path / "r/answers.csv"
    file.write_text(file.read_text().replace("Bổ sung một trường.", "Bổ sung hai trường."))
    assert main(["verify", str(tmp_path / "r"), "--json"]) == 1
    [finding] = said(capsys)["findings"]
    assert (finding["rule"], finding["file"], finding["row"]) == ("record-altered", "answers.csv", "w2")


@pytest.mark.parametrize("where", ["record", "edition"])
def test_a_receipt_is_checked_offline(
    where: str, record: Path, edition: Path, receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = {"record": record, "edition": edition}[where]
    assert main(["verify", str(folder), "--receipt", str(receipt), "--json"]) == 0
    told = said(capsys)["receipt"]
    assert (told["state"], told["comment"], told["comment_state"]) == ("fine", "c03", "shown")


def write_receipt(path: Path, receipt: Receipt) -> str:
    path.write_text(receipt.as_json())
    return str(path)


def test_a_receipt_that_is_not_there_or_altered_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = sample_book()
    record = book.record()
    kept = write_receipt(tmp_path / "kept.json", book.receipts["c03"])

    def ends(changed: Record, receipt: str) -> tuple[int, str]:
        folder = tmp_path / "r"
        shutil.rmtree(folder, ignore_errors=True)
        write_record(changed, folder)
        code = main(["verify", str(folder), "--receipt", receipt, "--json"])
        return code, said(capsys)["receipt"]["state"]

    n = book.receipts["c03"].n
    assert ends(record, kept) == (0, "fine")
    # the comment's row taken out, and its line left
    assert ends(replace(record, comments=tuple(c for c in record.comments if c.id != "c03")), kept) == (
        1,
        "not found",
    )
    # its line and all after it taken out
    assert ends(replace(record, ledger=record.ledger[: n - 1], roots=()), kept) == (1, "not found")
    # its text, or its place, altered in the record
    other = tuple(replace(c, text="Ở đây đủ trường học") if c.id == "c03" else c for c in record.comments)
    assert ends(replace(record, comments=other), kept) == (1, "altered")
    assert ends(replace(record, geometries={}), kept) == (1, "altered")
    # the receipt itself altered
    false = replace(book.receipts["c03"], at="2025-08-01T00:00:00Z")
    assert ends(record, write_receipt(tmp_path / "false.json", false)) == (1, "altered")
    # moderated and erased comments: their lines are there
    for comment in ("c05", "c06", "c07"):
        assert ends(record, write_receipt(tmp_path / "k.json", book.receipts[comment])) == (0, "fine")


def test_what_is_no_receipt_or_no_record_ends_with_2(
    record: Path, receipt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert main(["verify", str(record), "--receipt", str(tmp_path / "picture.png")]) == 2
    assert main(["verify", str(record), "--receipt", str(tmp_path / "nowhere.json")]) == 2
    assert main(["verify", str(tmp_path), "--receipt", str(receipt)]) == 2
    assert main(["verify", str(tmp_path)]) == 2
    assert main(["verify", str(record), "--earlier", str(tmp_path)]) == 2


def test_a_record_against_an_earlier_one(
    record: Path, edition: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(record), "--earlier", str(edition)]) == 0
    book = sample_book()
    cut = replace(
        book.record(),
        ledger=tuple(book.entries[:-1]),
        transitions=tuple(book.rows["transitions"][:-1]),
        roots=tuple(book.rows["roots"][:-1]),
    )
    rows = tuple(replace(c, state="PUBLIC_CONSULT") if c.id == "tinytown-1" else c for c in cut.consultations)
    write_record(replace(cut, consultations=rows), tmp_path / "cut")
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "cut"), "--json"]) == 0  # whole in itself
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "cut"), "--earlier", str(record), "--json"]) == 1
    assert [f["rule"] for f in said(capsys)["findings"] if f["severity"] == "fault"] == ["record-short"]
