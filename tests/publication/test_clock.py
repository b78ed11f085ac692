"""The legal clock of publication, worked by hand; unconfirmed periods say so; evidence of the forms."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from cuabien.base.faults import UnusableInput
from cuabien.plan import objects as o
from cuabien.plan.read import read_plan
from cuabien.publication.clock import document_clock, duties, read_forms, told
from cuabien.publication.keys import PrivateKey
from cuabien.publication.making import prepare
from cuabien.runner import run_plan
from cuabien.standards.legal import last_day_of, span
from tests.publication.conftest import write_small

HEAD = "id,form,from,to,where,evidence,note\n"


def document(**more: str) -> o.Document:
    fields = {
        "id": "D",
        "kind": "decision",
        "title_vi": "Q",
        "title_en": "D",
        "source": "s",
        "confidence": "source read",
        "approved": "2026-03-10",
        "regime": "R1",
    }
    return o.Document(**{**fields, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("published", "state", "days"),
    [("2026-03-25", "in time", 15), ("2026-03-26", "late", 16), ("2026-03-10", "in time", 0)],
)
def test_fifteen_calendar_days_from_approval_by_the_law_of_2017(
    published: str, state: str, days: int
) -> None:
    row = document_clock(document(), dt.date.fromisoformat(published))
    assert (row["due"], row["state"], row["days"], row["confirmed"]) == ("2026-03-25", state, days, True)
    assert "confirmed in the text" in told(row, "en") and "unconfirmed" not in told(row, "en")


@pytest.mark.parametrize("regime", ["R2", "R3"])
def test_a_period_that_nobody_read_in_the_law_is_unconfirmed(regime: str) -> None:
    row = document_clock(document(regime=regime), dt.date(2026, 3, 20))
    assert row["confirmed"] is False and "unconfirmed: not read in the legal text" in told(row, "en")


def test_a_partial_date_of_approval_is_read_in_its_favour_and_no_date_is_no_data() -> None:
    assert document_clock(document(approved="2026-03"), None)["due"] == "2026-04-15"
    unknown = document_clock(document().model_copy(update={"approved": None}), dt.date(2026, 3, 20))
    assert (unknown["due"], unknown["state"]) == (None, "not known") and "not known" in told(unknown, "en")
    assert document_clock(document(regime="R0"), dt.date(2026, 3, 20))["state"] == "not known"


def test_before_it_is_published_the_clock_runs_and_runs_out() -> None:
    assert document_clock(document(), None, dt.date(2026, 3, 25))["state"] == "running"
    assert document_clock(document(), None, dt.date(2026, 3, 26))["state"] == "overdue"


@pytest.mark.parametrize("unit", ["calendar days", "working days", "months"])
@pytest.mark.parametrize("count", [0, 1, 7, 15, 30])
def test_the_last_day_of_a_period_is_as_far_away_as_the_period_is_long(unit: str, count: int) -> None:
    start = dt.date(2026, 3, 10)
    end = last_day_of(start, count, unit)
    assert span(start, end, unit) == count
    assert unit != "working days" or end.weekday() < 5


def test_what_proves_each_form_is_named_and_hashed(tmp_path: Path) -> None:
    (tmp_path / "photo.txt").write_text("a photograph")
    (tmp_path / "publication.csv").write_text(
        HEAD
        + "w,website,2026-03-12,,https://example.org,https://example.org/plan,\n"
        + "m,media summary,2026-03-12,2026-04-11,a paper,photo.txt,\n",
        "utf-8",
    )
    forms = read_forms(tmp_path)
    assert [(f.id, f.sha256 is None) for f in forms] == [("w", True), ("m", False)]
    kept = {d["duty"]: (d["kept"], d["confirmed"]) for d in duties("R1", forms, dt.date(2026, 6, 1))}
    assert kept == {"website": (True, True), "further_form": (True, True), "media_summary": (True, True)}
    short = [forms[0], type(forms[1])(**{**forms[1].__dict__, "end": "2026-04-10"})]  # 29 days of 30
    assert {d["duty"]: d["kept"] for d in duties("R1", short, dt.date(2026, 6, 1))}["media_summary"] is False
    assert all(not d["confirmed"] for d in duties("R3", forms, dt.date(2026, 6, 1)))
    assert duties(None, forms, dt.date(2026, 6, 1)) == []


@pytest.mark.parametrize(
    "row",
    [
        "x,rumour,2026-03-12,,w,https://a,",
        "x,website,12/3/2026,,w,https://a,",
        "x,website,,,w,https://a,",
        "x,website,2026-03-12,,w,,",
        "x,print,2026-03-12,,w,../../etc/passwd,",
        "x,print,2026-03-12,,w,missing.jpg,",
        "x,print",
    ],
)
def test_evidence_that_cannot_be_used_is_told_with_its_row(tmp_path: Path, row: str) -> None:
    (tmp_path / "publication.csv").write_text(HEAD + row + "\n", "utf-8")
    with pytest.raises(UnusableInput) as error:
        read_forms(tmp_path)
    assert all(f.row == 2 and f.file == "record/publication.csv" for f in error.value.faults)


def test_the_edition_of_an_approved_plan_tells_its_clock(
    tinytown: Path, home: Path, key: PrivateKey, tmp_path: Path
) -> None:
    plan = tmp_path / "plan"
    shutil.copytree(tinytown, plan)
    header = (plan / "plan.toml").read_text("utf-8")
    (plan / "plan.toml").write_text(header + 'approved_by = "DOC1"\n', "utf-8")
    columns, row = (plan / "documents.csv").read_text("utf-8").splitlines()
    cells = dict(zip(columns.split(","), row.split(","), strict=True)) | {
        "approved": "2025-12-20",
        "regime": "R1",
    }
    (plan / "documents.csv").write_text(f"{columns}\n{','.join(cells.values())}\n", "utf-8")
    run = run_plan(read_plan(plan), to_year=2027, home=home).run
    record = tmp_path / "record"
    record.mkdir()
    (record / "publication.csv").write_text(HEAD + "w,website,2026-01-02,,w,https://example.org,\n")
    ready = prepare(plan, run, home=home, published=dt.date(2026, 1, 2), record=record)
    edition = write_small(ready, tmp_path / "e", key)
    told_ = json.loads((edition.folder / "publication.json").read_bytes())
    assert (told_["clock"]["due"], told_["clock"]["state"], told_["clock"]["days"]) == (
        "2026-01-04",
        "in time",
        13,
    )
    assert told_["clock"]["words"]["vi"] and {d["duty"]: d["kept"] for d in told_["duties"]} == {
        "website": True,
        "further_form": False,
        "media_summary": False,
    }
    assert "4 Jan 2026" in (edition.folder / "README.txt").read_text("utf-8")
