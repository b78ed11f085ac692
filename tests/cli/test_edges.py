"""What a command says where something is amiss beside the plan: no traceback, the user's own words, JSON when asked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cuabien.cli.main import main
from cuabien.plan.read import read_plan


@pytest.fixture(scope="module")
def done(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cuabien.runner import run_plan

    return run_plan(read_plan(tinytown), home=tmp_path_factory.mktemp("home")).run


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize(
    "name", ["indicators.parquet", "swing.parquet", "explain.json", "faults.jsonl", "population.parquet"]
)
@pytest.mark.parametrize("content", [None, b"["])
@pytest.mark.parametrize("command", [["targets"], ["explain", "population"], ["compare"]])
def test_a_damaged_run_is_named_by_every_command(
    capsys: pytest.CaptureFixture[str],
    done: Path,
    tinytown: Path,
    tmp_path: Path,
    name: str,
    content: bytes | None,
    command: list[str],
) -> None:
    folder = Path(shutil.copytree(done, tmp_path / "run"))
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    words = [
        command[0],
        folder,
        *command[1:],
        *([done] if command[0] == "compare" else []),
        "--plan",
        tinytown,
    ]
    code, _, err = run(capsys, *words)
    assert code == 2
    assert name in err and "cuabien run" in err and "run-damaged" in err


def test_a_manifest_without_its_files_is_told(
    capsys: pytest.CaptureFixture[str], done: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(done, tmp_path / "run"))
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"files": 3}))
    code, _, err = run(capsys, "targets", folder)
    assert code == 2 and "manifest" in err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["explain", "RUN", "qqq", "--plan", "TOWN"], 1, 'there is no indicator "qqq"'),
        (["import", "layers", "FILE", "--layer", "nope", "--plan", "TOWN"], 1, '"nope" is not a layer'),
        (["run", "TOWN", "--out", "/proc/x"], 2, "/proc/x: "),
    ],
)
def test_a_refusal_is_a_row_under_json_and_a_line_without(
    capsys: pytest.CaptureFixture[str], done: Path, tinytown: Path, words: list[str], code: int, message: str
) -> None:
    named: dict[str, Any] = {"RUN": done, "TOWN": tinytown, "FILE": tinytown / "plan.toml"}
    asked = [named.get(word, word) for word in words]
    ended, out, _ = run(capsys, *asked, "--json")
    (row,) = json.loads(out)
    assert (ended, row["severity"]) == (code, "fault") and row["message"].startswith(message)
    ended, out, err = run(capsys, *asked)
    assert (ended, out) == (code, "") and message in err and "near it" not in err and ".run-" not in err


@pytest.mark.parametrize("seed", ["-1", str(2**63), "x"])
def test_a_seed_that_is_none_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], tinytown: Path, seed: str
) -> None:
    assert run(capsys, "run", tinytown, "--seed", seed)[0] == 2


def test_serve_takes_the_plan_as_a_word_or_an_option(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tinytown: Path, tmp_path: Path
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr("cuabien.cli.serving._listen", lambda plan, *rest, **more: shown.append(plan))
    assert run(capsys, "serve", tinytown)[0] == run(capsys, "serve", "--plan", tinytown)[0] == 0
    assert shown == [tinytown, tinytown]
    assert run(capsys, "serve", tmp_path / "nowhere")[0] == 2


@pytest.mark.parametrize("words", [[], ["check"], ["import", "layers"], ["run"]])
def test_help_says_how_to_choose_the_language(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    code, out, _ = run(capsys, *words, "--help")
    assert code == 0 and "--lang vi" in out


def test_a_bad_value_of_a_change_is_told_once(
    capsys: pytest.CaptureFixture[str], tinytown: Path, tmp_path: Path
) -> None:
    (tmp_path / "c.toml").write_text('[[parameter]]\nid = "population.total_fertility_rate"\nvalue = "x"\n')
    code, out, _ = run(capsys, "check", tinytown, "--change", tmp_path / "c.toml", "--json")
    assert code == 2
    assert [row["rule"] for row in json.loads(out)] == ["not-a-number"]


@pytest.mark.parametrize(
    ("formula", "rules"),
    [("1 / 0", ["formula"]), ("1 / (2 - 2)", ["formula"]), ("0 / 1", []), ("1 / 2 - 0.5", [])],
)
def test_a_division_by_zero_is_a_fault(
    capsys: pytest.CaptureFixture[str], tinytown: Path, tmp_path: Path, formula: str, rules: list[str]
) -> None:
    (tmp_path / "c.toml").write_text(f'[[claim]]\nid = "C1"\nformula = "{formula}"\n')
    _, out, _ = run(capsys, "check", tinytown, "--change", tmp_path / "c.toml", "--json")
    assert [row["rule"] for row in json.loads(out) if row["rule"].startswith("formula")] == rules
