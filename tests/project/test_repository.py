"""What holds for the repository as a whole: nothing private in it, one version, layers, and locks without hosts."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
THIS = Path(__file__).resolve()


def tracked() -> list[Path]:
    """The files in git; without git, the files of the folders that are ours."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if listed.returncode:
        pytest.skip("not a git working tree")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


ADDRESSES_ARE_MADE_UP_IN = ROOT / "tests"


def text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


PRIVATE = {
    "a path of one machine": r"(?<![\w.])/(?:home|Users|root|work|tmp/team)/\w",
    "an address of a package registry": r"https?://[\w.-]*(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|proxy\.golang)",
    "a private network address": r"(?<![\d.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(?![\d.])",
    "a key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}",
}


@pytest.mark.parametrize("what", PRIVATE)
def test_nothing_private_is_in_the_repository(what: str) -> None:
    pattern = re.compile(PRIVATE[what])
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in tracked()
        if path.resolve() != THIS
        and not (what == "a private network address" and path.is_relative_to(ADDRESSES_ARE_MADE_UP_IN))
        and (match := pattern.search(text_of(path)))
    }
    assert found == {}


def test_no_file_is_large() -> None:
    limit = 2_000_000
    assert {str(p.relative_to(ROOT)) for p in tracked() if p.stat().st_size > limit} == set()


def test_what_is_made_is_not_in_git() -> None:
    made = re.compile(
        r"(^|/)(node_modules|__pycache__|\.venv|var|dist)/|\.(mo|pyc|parquet)$|service/static/explorer/"
    )
    assert [str(p.relative_to(ROOT)) for p in tracked() if made.search(str(p.relative_to(ROOT)))] == []


def test_one_version_everywhere() -> None:
    from importlib.metadata import version

    declared = PROJECT["project"]["version"]
    assert version("cuabien") == declared
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE).group(1) == declared  # type: ignore[union-attr]
    web = (ROOT / "web/package.json").read_text("utf-8")
    assert f'"version": "{declared}"' in web


@pytest.mark.parametrize("lock", sorted((ROOT / "locks").glob("*.txt")), ids=lambda p: p.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_front_end_lock_has_no_address() -> None:
    text = (ROOT / "web/package-lock.json").read_text("utf-8")
    assert '"resolved": "http' not in text


def test_every_run_time_dependency_is_locked() -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "locks/run.txt").read_text("utf-8"), re.MULTILINE))
    wanted = {re.split(r"[\[<>=~! ]", d)[0].lower() for d in PROJECT["project"]["dependencies"]}
    assert wanted - locked == set()


def test_the_layers_of_the_code_hold() -> None:
    done = subprocess.run([ROOT / ".venv/bin/lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_package_has_its_layer() -> None:
    """A new package must be put into the contract, or nothing keeps its imports downward."""
    layers = {layer.split(".")[1] for layer in PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]}
    packages = {p.parent.name for p in (ROOT / "src/cuabien").glob("*/__init__.py")}
    assert packages - layers == set()
    subjects = {f"cuabien.model.{p.parent.name}" for p in (ROOT / "src/cuabien/model").glob("*/__init__.py")}
    assert subjects == set(PROJECT["tool"]["importlinter"]["contracts"][1]["modules"])
