"""`cuabien report` and `cuabien atlas` write whole files and say what they wrote."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from cuabien.cli.main import main


@pytest.fixture(scope="module")
def run(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cuabien.plan.read import read_plan
    from cuabien.runner import run_plan

    return run_plan(read_plan(tinytown), home=tmp_path_factory.mktemp("documents")).run


@pytest.mark.parametrize("name", ["report.docx", "report.pdf", "deep/er/report.PDF"])
def test_a_report_is_written_and_told(
    tinytown: Path, run: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / name
    assert main(["report", str(tinytown), "--run", str(run), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert told["bytes"] == out.stat().st_size and told["run"] == run.name and told["language"] == "en"
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_an_atlas_in_vietnamese(
    tinytown: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "atlas.pdf"
    assert main(["atlas", str(tinytown), "--run", str(run), "--out", str(out), "--language", "vi"]) == 0
    assert out.read_bytes().startswith(b"%PDF") and "atlas.pdf" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["report", "--out", "report.txt"], "a report is a .docx or a .pdf"),
        (["atlas", "--out", "atlas.docx"], "an atlas is a .pdf"),
        (["report", "--out", "r.pdf", "--language", "fr"], "there is no language"),
    ],
)
def test_what_cannot_be_made_is_refused(
    tinytown: Path,
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([words[0], str(tinytown), "--run", str(run), *words[1:]]) == 1
    assert why in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_run_of_another_plan_is_refused(
    hai_phong: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.docx"
    assert main(["report", str(hai_phong), "--run", str(run), "--out", str(out)]) == 1
    assert "another edition" in capsys.readouterr().err and not out.exists()
