"""The commands of the plan, through `main`: what they print and the exit code they end with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cuabien.cli.main import main
from cuabien.plan.read import read_plan


@pytest.fixture
def folder(tinytown: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tinytown, tmp_path / "plan"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code, out, _ = run(capsys, *arguments, "--json")
    return code, json.loads(out)


def break_value(folder: Path) -> None:
    text = (folder / "targets.csv").read_text()
    (folder / "targets.csv").write_text(text.replace(",6.5,", ',"6,5",'))


def test_a_sound_plan_ends_in_0(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert as_json(capsys, "check", folder) == (0, [])
    code, out, _ = run(capsys, "check", folder)
    assert (code, out) == (0, "tinytown: 0 faults, 0 warnings\n")


def test_findings_end_in_1_and_have_every_column(capsys: pytest.CaptureFixture[str], hai_phong: Path) -> None:
    code, rows = as_json(capsys, "check", hai_phong)
    assert code == 1
    for row in rows:
        assert set(row) == {"rule", "severity", "file", "row", "message", "remedy"}
    code, out, _ = run(capsys, "check", hai_phong)
    assert code == 1
    assert "240.85" in out and f"{len(rows)} warnings" in out


def test_unusable_input_ends_in_2_with_rows(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    break_value(folder)
    code, rows = as_json(capsys, "check", folder)
    assert code == 2
    assert [(r["rule"], r["file"], r["row"]) for r in rows] == [("decimal-comma", "targets.csv", 2)]
    code, _, err = run(capsys, "check", folder)
    assert code == 2
    assert 'targets.csv 2: value: "6,5" is text' in err and "Traceback" not in err


def test_no_plan_ends_in_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for command in (["check"], ["format"], ["diff", tmp_path / "nowhere"]):
        code, _, err = run(capsys, *command, tmp_path / "nowhere")
        assert code == 2
        assert "no plan folder" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["chek"],
        ["check", "--nonsense"],
        ["diff"],
        ["new"],
        ["check", "--today"],
        ["new", "x", "--meridian", "7"],
    ],
)
def test_usage_errors_end_in_2_without_a_traceback(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "Error" in err and "Traceback" not in err


def test_help_ends_in_0(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", "--help")
    assert code == 0
    assert "--change" in out


def test_the_day_can_be_given(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, rows = as_json(capsys, "check", folder, "--today", "2035-01-01")
    assert code == 1
    assert "project-past-end" in {row["rule"] for row in rows}
    code, rows = as_json(capsys, "check", folder, "--today", "1/1/2035")
    assert code == 2
    assert rows[0]["rule"] == "bad-date"


def test_a_change_is_checked_with_its_plan(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    change = tmp_path / "change.toml"
    change.write_text('[[project]]\nid = "P2"\nopens = 2032\n')
    code, rows = as_json(capsys, "check", folder, "--change", change)
    assert code == 1
    assert "project-before-prerequisite" in {row["rule"] for row in rows}
    change.write_text('[[project]]\nid = "P7"\nopens = 2032\n')
    code, rows = as_json(capsys, "check", folder, "--change", change)
    assert (code, rows[0]["rule"]) == (2, "unknown-id")


def test_both_languages(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = {lang: run(capsys, "check", tmp_path / "nowhere", "--lang", lang)[2] for lang in ("vi", "en")}
    assert said["vi"] != said["en"]
    assert "no plan folder" in said["en"]


@pytest.mark.parametrize("arguments", [["check", "--lang", "fr"], ["--lang=fr", "check"]])
def test_an_unknown_language_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "fr" in err


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("base/population.csv", ",3.125,", ",-3.125,", "ages-negative"),
        ("parameters.toml", "value = 30000", "value = -30000", "parameter-out-of-bounds"),
    ],
)
def test_check_says_what_run_would_refuse(
    capsys: pytest.CaptureFixture[str], folder: Path, file: str, old: str, new: str, rule: str
) -> None:
    (folder / file).write_text((folder / file).read_text().replace(old, new, 1))
    code, rows = as_json(capsys, "check", folder)
    assert (code, [(row["rule"], row["severity"]) for row in rows]) == (1, [(rule, "fault")])
    assert as_json(capsys, "run", folder, "--home", folder.parent / "home")[0] == 1


def test_format(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert run(capsys, "format", folder, "--check")[0] == 0
    before = (folder / "targets.csv").read_bytes()
    (folder / "targets.csv").write_bytes(before.replace(b"\n", b"\r\n"))
    code, found = as_json(capsys, "format", folder, "--check")
    assert (code, found["files"]) == (1, ["targets.csv"])
    assert (folder / "targets.csv").read_bytes() != before
    assert run(capsys, "format", folder)[0] == 0
    assert (folder / "targets.csv").read_bytes() == before


def test_format_writes_nothing_that_it_cannot_read(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    break_value(folder)
    before = (folder / "targets.csv").read_bytes()
    assert run(capsys, "format", folder)[0] == 2
    assert (folder / "targets.csv").read_bytes() == before


def test_what_diff_prints_is_a_change_file(
    capsys: pytest.CaptureFixture[str], folder: Path, tinytown: Path, tmp_path: Path
) -> None:
    text = (folder / "projects" / "P1.toml").read_text()
    (folder / "projects" / "P1.toml").write_text(text.replace('opens = "2030"', 'opens = "2040"'))
    code, out, _ = run(capsys, "diff", tinytown, folder)
    assert code == 1
    assert "opens: 2030 → 2040" in out
    (tmp_path / "change.toml").write_text(out)
    from cuabien.plan.change import apply, read_change

    plan = read_plan(tinytown)
    assert apply(plan, read_change(tmp_path / "change.toml", plan)) == read_plan(folder)
    code, found = as_json(capsys, "diff", tinytown, folder)
    assert code == 1
    assert found["edits"] == [
        {"table": "projects", "id": "P1", "action": "edit", "fields": {"opens": "2040"}, "blank": []}
    ]
    assert run(capsys, "diff", tinytown, tinytown)[0] == 0


@pytest.mark.parametrize("name", ["Huế", "Đà Nẵng", "!", "Thành phố Cần Thơ"])
def test_a_new_plan_lacks_only_what_the_model_needs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    assert run(capsys, "new", tmp_path / "city", "--name", name)[0] == 0
    code, rows = as_json(capsys, "check", tmp_path / "city")
    assert code == 1
    assert [(row["rule"], row["file"]) for row in rows] == [("parameter-missing", "parameters.toml")]
    assert "cuabien new" in rows[0]["remedy"]
    assert run(capsys, "format", tmp_path / "city", "--check")[0] == 0
    assert read_plan(tmp_path / "city").header.name_vi == name


def test_a_new_plan_may_begin_with_the_parameters_of_another(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, tinytown: Path
) -> None:
    assert run(capsys, "new", tmp_path / "city", "--from", tinytown)[0] == 0
    assert read_plan(tmp_path / "city").parameters == read_plan(tinytown).parameters


def test_new_overwrites_nothing(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    before = (folder / "plan.toml").read_bytes()
    assert run(capsys, "new", folder)[0] == 1
    assert (folder / "plan.toml").read_bytes() == before


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    from cuabien.plan.checks import RULES

    code, rows = as_json(capsys, "rules")
    assert code == 0
    assert [row["rule"] for row in rows] == list(RULES)
    assert run(capsys, "rules")[0] == 0
    code, out, _ = run(capsys, "rules", "--markdown")
    assert code == 0
    assert "`project-before-prerequisite` · warning" in out
