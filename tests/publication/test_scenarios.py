"""The scenarios of a plan beside its own future: carried, told in words, shown on pages, and proven like the plan itself."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cuabien.cli.this_edition import this_edition
from cuabien.plan.read import read_plan
from cuabien.publication.edition import Edition, open_edition, write_edition
from cuabien.publication.keys import PrivateKey
from cuabien.publication.making import Ready, prepare
from cuabien.publication.parts import PARTS
from cuabien.publication.scenarios import stress
from cuabien.publication.verify import rerun, verify
from cuabien.runner import run_plan
from cuabien.service.assets import assets
from tests.publication.conftest import DAY


@pytest.fixture(scope="module")
def storm(tinytown: Path, home: Path) -> Ready:
    """Tinytown to the year after its storm."""
    run = run_plan(read_plan(tinytown), to_year=2031, home=home).run
    return prepare(tinytown, run, home=home, published=DAY, scenarios=True)


@pytest.fixture(scope="module")
def carried(storm: Ready, key: PrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    few = [part for part in PARTS if part.name in ("sources", "scenarios", "publication")]
    target = tmp_path_factory.mktemp("carried") / "e"
    return write_edition(target, storm.head, ((p.name, p.make(storm.edition)) for p in few), key)


def test_a_scenario_is_in_the_edition_with_what_differs(carried: Edition) -> None:
    [row] = json.loads((carried.folder / "scenarios/index.json").read_bytes())
    assert row["id"] == "stress-storm" and (carried.folder / row["file"]).is_file()
    folder = carried.folder / row["folder"]
    assert (folder / "indicators.parquet").is_file() and (folder / "indicators.csv").read_text("utf-8")
    vi, en = ((folder / f"differences.{code}.txt").read_text("utf-8") for code in ("vi", "en"))
    assert vi != en and vi.strip() and en.strip()


def test_a_scenario_is_proven_as_the_plan_is(carried: Edition, tmp_path: Path) -> None:
    assert verify(carried.folder).holds
    outcome, moved = rerun(carried, tmp_path / "again")
    own = len(json.loads((carried.folder / "run/manifest.json").read_bytes())["files"])
    assert moved == [] and outcome["compared"] >= 2 * own
    broken = tmp_path / "broken"
    shutil.copytree(carried.folder, broken)
    file = broken / "scenarios/stress-storm/manifest.json"
    said = json.loads(file.read_bytes())
    said["files"]["indicators.parquet"] = "0" * 64
    file.write_text(json.dumps(said))
    _, moved = rerun(open_edition(broken), tmp_path / "more")
    assert [fault.file for fault in moved] == ["scenarios/stress-storm/indicators.parquet"]


def test_other_code_is_held_to_what_the_books_of_a_scenario_leave_open(
    carried: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cuabien.results.code.code_hash", lambda: "other")
    outcome, moved = rerun(carried, tmp_path)
    assert outcome["tolerance"] == "gaps" and moved == []


def test_a_stress_test_speaks_in_the_report(storm: Ready) -> None:
    rows = stress(storm.edition, "vi")
    assert rows and {row.scenario for row in rows} == {"stress-storm"}


def test_a_scenario_that_cannot_be_modelled_is_left_out_and_said(
    tinytown: Path, tiny_run: Path, home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(tinytown, folder)
    (folder / "scenarios/wrong.toml").write_text(
        'plan = "tinytown"\n[[project]]\nid = "P1"\nopens = "soon"\n'
    )
    ready = prepare(folder, tiny_run, home=home, published=DAY, scenarios=True)
    assert [s.id for s in ready.edition.scenarios] == ["stress-storm"]
    assert [(f.rule, f.file) for f in ready.warnings] == [("scenario-left-out", "scenarios/wrong.toml")]


@pytest.mark.skipif(not assets().built, reason="the front end is not built: run `make ready`")
def test_the_pages_of_an_edition_say_what_it_is_and_compare(storm: Ready) -> None:
    from cuabien.service.still import still_site

    known = replace(
        storm.edition,
        withheld={"project": 3},
        written=(
            "plan/scenarios/stress-storm.toml",
            *(f"scenarios/stress-storm/differences.{code}.txt" for code in ("vi", "en")),
        ),
    )
    site = dict(still_site(known.plan, known.run, known.published, this_edition(known, "ab" * 32)))
    page = site["en/edition/index.html"].decode()
    assert known.id in page and "abababab abababab" in page
    assert re.search(r"project</th>.*?>3<|>3</td>", page, re.DOTALL)
    assert "../compare/run-plan-other-stress-storm/index.html" in page
    assert "../../scenarios/stress-storm/differences.en.txt" in page
    assert "3 projects are withheld" in site["en/projects/index.html"].decode()
    assert b"cuabienKept" in site["kept/compare/run=plan/other=stress-storm.js"]
    assert "kept/runs/stress-storm/indicators/population.js" in site
