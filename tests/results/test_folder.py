"""Run folders: written whole or not at all, found again, and never trusted blindly."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cuabien.base.faults import Refused, UnusableInput
from cuabien.results import find_run, latest_run, open_run, run_name, verify_run, write_run

MANIFEST: dict[str, Any] = {"plan": "town", "plan_hash": "a" * 64, "change_hash": None, "seed": 1}


def write(folder: Path, **manifest: Any) -> Path:
    tables = {"indicators": pl.DataFrame({"indicator": ["population"], "value": [1.0]})}
    return write_run(folder, MANIFEST | manifest, tables, {"variables": {}}, [{"rule": "r"}])


def test_a_run_is_read_back(tmp_path: Path) -> None:
    run = open_run(write(tmp_path / "runs" / "town-1"))
    assert run.manifest["plan"] == "town"
    assert run.table("indicators").rows() == [("population", 1.0)]
    assert run.explain == {"variables": {}}
    assert run.faults == [{"rule": "r"}]
    assert verify_run(run.folder) == []


def test_nothing_is_left_beside_a_run(tmp_path: Path) -> None:
    write(tmp_path / "runs" / "town-1")
    assert [p.name for p in (tmp_path / "runs").iterdir()] == ["town-1"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_run(tmp_path / "runs" / "town-1", {"gap": float("nan")}, {}, {}, [])
    assert list((tmp_path / "runs").iterdir()) == []


def test_equal_runs_have_equal_bytes(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a" / "town-1"), write(tmp_path / "b" / "town-1")
    assert {p.name: p.read_bytes() for p in one.iterdir()} == {
        p.name: p.read_bytes() for p in other.iterdir()
    }


def test_a_run_that_is_there_is_kept(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs" / "town-1")
    stamp = (folder / "manifest.json").stat().st_mtime_ns
    write(folder)
    assert (folder / "manifest.json").stat().st_mtime_ns == stamp


def test_a_broken_run_makes_way(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs" / "town-1")
    (folder / "indicators.parquet").write_bytes(b"cut")
    assert verify_run(folder) == ["indicators.parquet"]
    assert find_run(tmp_path, "town-1") is None
    write(folder)
    assert verify_run(folder) == []
    assert find_run(tmp_path, "town-1") == folder


def test_a_folder_that_is_no_run_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(Refused, match="is no run"):
        write(tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "{}", "[" * 100_000),
        '{"schema": 99, "files": {}, "plan": "x", "seed": 1}',
        '{"schema": 1, "files": 3, "plan": "x", "seed": 1}',
    ],
)
def test_a_manifest_that_cannot_be_read_is_a_fault(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(UnusableInput):
        open_run(tmp_path)


def test_no_run_and_no_table_are_faults(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="no run here"):
        open_run(tmp_path / "nowhere")
    with pytest.raises(UnusableInput, match="no table swing"):
        open_run(write(tmp_path / "runs" / "town-1")).table("swing")


def test_the_latest_run_is_of_the_plan_and_unchanged_unless_asked(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for age, (name, cells) in enumerate(
        {
            "town-old": {},
            "town-new": {},
            "town-changed": {"change_hash": "b" * 64},
            "town-hall-x": {"plan": "town-hall"},
        }.items()
    ):
        write(runs / name, **cells)
        os.utime(runs / name, (1000 + age, 1000 + age))
    assert latest_run(tmp_path, "town") == runs / "town-new"
    assert latest_run(tmp_path, "town", changed=True) == runs / "town-changed"
    assert latest_run(tmp_path, "village") is None
    assert latest_run(tmp_path / "nowhere", "town") is None


def test_another_edition_seed_or_last_year_is_not_the_latest(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    made: dict[str, dict[str, Any]] = {
        "town-now": {"last_year": 2045, "code_hash": "now"},
        "town-old-code": {"last_year": 2045, "code_hash": "old"},
        "town-other-edition": {"last_year": 2045, "plan_hash": "b" * 64},
        "town-seed-9": {"last_year": 2045, "seed": 9},
        "town-to-2030": {"last_year": 2030},
    }
    for age, (name, cells) in enumerate(made.items()):
        write(runs / name, **cells)
        os.utime(runs / name, (1000 + age, 1000 + age))
    wanted: dict[str, Any] = {"plan_hash": "a" * 64, "last_year": 2045}
    assert latest_run(tmp_path, "town", **wanted) == runs / "town-old-code"
    assert latest_run(tmp_path, "town", **wanted, code_hash="now") == runs / "town-now"
    assert latest_run(tmp_path, "town", seed=None) == runs / "town-to-2030"
    (runs / "town-now" / "faults.jsonl").unlink()  # a damaged run gives way to the next best
    assert latest_run(tmp_path, "town", **wanted, code_hash="now") == runs / "town-old-code"


@pytest.mark.parametrize("name", ["indicators.parquet", "explain.json", "faults.jsonl"])
@pytest.mark.parametrize("content", [b"", b"[", None])
def test_a_damaged_file_is_named_with_its_remedy(tmp_path: Path, name: str, content: bytes | None) -> None:
    folder = write(tmp_path / "runs" / "town-1")
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with pytest.raises(UnusableInput) as told:
        open_run(folder)
    assert [(f.rule, f.file) for f in told.value.faults] == [("run-damaged", str(folder / name))]
    assert "cuabien run" in told.value.faults[0].mend("en")


def test_a_manifest_that_vouches_for_nothing_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs" / "town-1")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"files": {}}))
    with pytest.raises(UnusableInput) as told:
        open_run(folder)
    assert len(told.value.faults) == 3


def test_a_name_says_what_a_run_follows_from() -> None:
    assert run_name("town", "a" * 64, None, "c" * 64, 7) == "town-aaaaaaaa-base-cccccccc-7"
    assert run_name("town", "a" * 64, "b" * 64, "c" * 64, 7, 2030) == "town-aaaaaaaa-bbbbbbbb-cccccccc-7-2030"


def test_the_manifest_names_the_hash_of_every_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs" / "town-1")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) == {p.name for p in folder.iterdir()} - {"manifest.json"}
