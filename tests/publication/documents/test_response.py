"""The response report is complete, and nothing in it runs."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from cuabien.base.cells import restored
from cuabien.cli.main import main
from cuabien.plan.read import read_plan
from cuabien.publication.documents import response
from cuabien.publication.documents.blocks import Band, Table
from cuabien.record.folder import write_record
from tests.record.sample import HOSTILE, STORM_HASH, sample_book, sample_record


@pytest.fixture
def said(tinytown: Path) -> Callable[..., response.Said]:
    def make(language: str = "en", answered: bool = True) -> response.Said:
        return response.gather(sample_record(answered=answered), read_plan(tinytown), language)

    return make


def opinions(said: response.Said) -> list[Table]:
    return [
        b
        for b in response.build(said).blocks
        if isinstance(b, Table) and len(b.columns) == 4 and b.columns[0].width == 0.5
    ]


def test_every_comment_stands_in_it_once_with_its_disposition_and_reason(
    said: Callable[..., response.Said],
) -> None:
    made = said()
    rows = [row for table in opinions(made) for row in table.rows if not isinstance(row, Band)]
    ids = [row[1].text.split(";")[0] for row in rows]
    assert sorted(ids) == sorted(c.id for c in made.record.comments)
    told = {i: row[3].text for i, row in zip(ids, rows, strict=True)}
    assert told["c01"] == f"Accepted in part. Two years earlier. [{STORM_HASH[:12]}]"
    assert told["c04"].startswith(
        "Accepted. Đưa vào dự thảo sau."
    )  # the answer that holds, not the one it replaced
    assert told["c06"] == told["c07"] == "no answer is due: it was taken back"
    content = {i: row[2].text for i, row in zip(ids, rows, strict=True)}
    assert content["c05"] == "[hidden by a moderator: an insult, Có lời xúc phạm cá nhân]"
    assert content["c07"] == "[erased at the writer's request]"
    assert content["c08"] == "bị ẩn nhầm"


def test_it_is_grouped_by_object_and_theme(said: Callable[..., response.Said]) -> None:
    made = said()
    bands = [row.text for table in opinions(made) for row in table.rows if isinstance(row, Band)]
    name = made.object("projects", "P1")
    assert name != "P1" and bands[:2] == [f"{name} · Bridges", name]
    assert bands.index("A clause: Điều 2") < bands.index("A place") < bands.index("A counter-proposal")
    assert "The whole plan · Bụi" in bands


def test_the_counts_add_up(said: Callable[..., response.Said]) -> None:
    made = said()
    rows = list(csv.DictReader(io.StringIO(response.as_csv(made).decode())))
    assert len(rows) == len(made.record.comments) == 19
    told = [
        b for b in response.build(made).blocks if isinstance(b, Table) and b.caption == "Opinions, counted"
    ]
    totals = [int(t.rows[0][1].text) for t in told if not isinstance(t.rows[0], Band)]
    assert sum(totals) == 19
    dispositions = [r["disposition"] for r in rows if r["disposition"]]
    assert len(dispositions) == 17


def test_unanswered_ones_are_listed_as_such(said: Callable[..., response.Said]) -> None:
    text = response.as_html(said(answered=False)).decode()
    assert "16 opinions have no answer yet" in text and "c01" in text
    assert "None: every opinion received has an answer" in response.as_html(said()).decode()


def test_silent_communes_and_agencies_are_named(said: Callable[..., response.Said]) -> None:
    text = unescape(response.as_html(said("vi")).decode())
    assert "1 trong 6 xã, phường không có ai góp ý" in text
    assert "Sở Tài chính" in text and "không trả lời" in text


def test_nothing_that_somebody_typed_runs(said: Callable[..., response.Said]) -> None:
    made = said()
    page = response.as_html(made).decode()
    assert "<script" not in page and "<img" not in page and "<b>phạm" not in page
    rows = list(csv.reader(io.StringIO(response.as_csv(made).decode(), newline="")))
    assert not any(cell[:1] and cell[0] in "=+-@\t\r" for row in rows for cell in row)
    texts = {restored(row[response.COLUMNS.index("text")]) for row in rows[1:]}
    assert set(HOSTILE) <= texts
    document = zipfile.ZipFile(io.BytesIO(response.as_docx(made))).read("word/document.xml").decode()
    assert "<script" not in document and "&lt;script&gt;" in document
    assert not re.search("[\u202a-\u202e]", page + document)


def test_a_long_opinion_is_not_cut(said: Callable[..., response.Said]) -> None:
    book = sample_book()
    book.say("long", " ".join(f"từ{i}" for i in range(3000)))
    made = replace(said(), record=book.record(), known=response.walk(book.record()))
    assert "từ2999" in response.as_html(made).decode()
    assert "từ2999" in zipfile.ZipFile(io.BytesIO(response.as_docx(made))).read("word/document.xml").decode()


def test_equal_records_give_equal_bytes(said: Callable[..., response.Said]) -> None:
    assert response.files(said("vi"), "vi") == response.files(said("vi"), "vi")


def test_what_a_person_types(tinytown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_record(sample_record(), tmp_path / "record")
    out = tmp_path / "out"
    asked = ["response", str(tmp_path / "record"), "--plan", str(tinytown), "--out", str(out), "--json"]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["answered"] == 17
    assert {p.name for p in out.iterdir()} == {
        "response.vi.html",
        "response.vi.csv",
        "response.vi.docx",
        "response.css",
    } or (out / "response.en.docx").is_file()
    assert (
        main(["response", str(tmp_path / "record"), "--out", str(out)]) == 1
    )  # of another plan than the embedded one
    assert main(["response", str(tmp_path / "nowhere"), "--out", str(out)]) == 2
    broken = sample_record()
    write_record(replace(broken, answers=broken.answers[1:]), tmp_path / "record")
    assert main(asked) == 1
