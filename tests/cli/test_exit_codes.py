"""One meaning for each exit code, in every command: 0 fine, 1 findings or refused, 2 unusable input; never a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cuabien.cli.main import main
from cuabien.plan.read import read_plan

Words = list[object]


@pytest.fixture(scope="module")
def done(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cuabien.runner import run_plan

    return run_plan(read_plan(tinytown), home=tmp_path_factory.mktemp("home")).run


@pytest.fixture
def code(capsys: pytest.CaptureFixture[str]) -> Callable[..., int]:
    def run(*words: object) -> int:
        found = main([str(word) for word in words])
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        assert found == 0 or told.out + told.err, "a code other than 0 says why"
        return found

    return run


def broken(tinytown: Path, into: Path, file: str, old: str, new: str) -> Path:
    folder = Path(shutil.copytree(tinytown, into / "town"))
    before = (folder / file).read_text("utf-8")
    assert old in before
    (folder / file).write_text(before.replace(old, new, 1), "utf-8")
    return folder


def of_plan(plan: object, home: object) -> list[Words]:
    """Every command that reads a plan."""
    return [
        ["check", plan],
        ["run", plan, "--home", home],
        ["stress", plan, "--home", home],
        ["up", plan, "--no-serve", "--home", home],
        ["claims", plan],
        ["programme", plan],
        ["flags", plan],
        ["peers", plan],
        ["format", plan, "--check"],
        ["diff", plan, plan],
        ["import", "areas", __file__, "--plan", plan],
    ]


def of_run(run: object) -> list[Words]:
    return [["targets", run], ["explain", run, "population"], ["compare", run, run]]


def test_a_plan_that_is_not_there(code: Callable[..., int], tmp_path: Path) -> None:
    for words in of_plan(tmp_path / "nowhere", tmp_path / "home"):
        assert code(*words) == 2, words


def test_a_plan_that_cannot_be_read(code: Callable[..., int], tinytown: Path, tmp_path: Path) -> None:
    folder = broken(tinytown, tmp_path, "parameters.toml", "[", "[[[")
    for words in of_plan(folder, tmp_path / "home"):
        assert code(*words) == 2, words


def test_a_plan_whose_text_is_no_text(code: Callable[..., int], tinytown: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tinytown, tmp_path / "town"))
    (folder / "plan.toml").write_bytes(bytes(range(256)))
    for words in of_plan(folder, tmp_path / "home"):
        assert code(*words) == 2, words


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("parameters.toml", "value = 30000", "value = -30000"),  # the model's to refuse
        ("projects/P1.toml", "cost_bn_vnd = 1000.0", "cost_bn_vnd = 1e15"),  # the checker's
    ],
)
def test_a_plan_that_can_be_read_and_has_a_fault(
    code: Callable[..., int], tinytown: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    folder = broken(tinytown, tmp_path, file, old, new)
    home = tmp_path / "home"
    for words in (
        ["check", folder],
        ["run", folder, "--home", home],
        ["stress", folder, "--home", home],
        ["up", folder, "--no-serve", "--home", home],
    ):
        assert code(*words) == 1, words
    assert not (home / "runs").exists() or not any((home / "runs").iterdir())


def test_a_run_that_is_not_there(code: Callable[..., int], tinytown: Path, tmp_path: Path) -> None:
    for run in (tmp_path / "nowhere", tinytown, tinytown / "plan.toml"):
        for words in of_run(run):
            assert code(*words, "--plan", tinytown) == 2, words


def test_what_nobody_knows_is_refused(code: Callable[..., int], done: Path, tinytown: Path) -> None:
    for words in (
        ["explain", done, "no_such_figure"],
        ["explain", done, "population", "--area", "nowhere"],
        ["explain", done, "population", "--year", "1999"],
    ):
        assert code(*words, "--plan", tinytown) == 1, words


def test_fine(code: Callable[..., int], done: Path, tinytown: Path) -> None:
    for words in (
        ["check", tinytown],
        ["targets", done, "--plan", tinytown],
        ["explain", done, "population", "--plan", tinytown],
        ["compare", done, done, "--plan", tinytown],
        ["claims", tinytown],
        ["programme", tinytown],
    ):
        assert code(*words) == 0, words


def test_files_that_are_not_what_they_should_be(
    code: Callable[..., int], tinytown: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.txt"
    odd.write_bytes(bytes(range(256)))
    for file in (odd, tmp_path / "nowhere", tmp_path):
        for words in (
            ["assign", "--net", file, "--trips", file],
            ["run", tinytown, "--change", file, "--home", tmp_path / "home"],
            ["stress", tinytown, "--change", file, "--home", tmp_path / "home"],
            ["check", tinytown, "--change", file],
            ["import", "areas", file, "--plan", tinytown],
            ["import", "layers", file, "--layer", "urban", "--plan", tinytown],
        ):
            assert code(*words) == 2, words
    for words in (["run", tinytown, "--seed", "x"], ["explain"], ["no-such-command"]):
        assert code(*words) == 2, words
