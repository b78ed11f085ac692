"""A plan with its run, made once for every test of the printed documents: tinytown, and one whose names try to do harm."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import Run, open_run
from cuabien.runner import run_plan


@dataclass(frozen=True)
class City:
    plan: Plan
    run: Run


@pytest.fixture(scope="session")
def tiny(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    plan = read_plan(tinytown)
    return City(plan, open_run(run_plan(plan, home=tmp_path_factory.mktemp("documents")).run))


@pytest.fixture(scope="session")
def text_of_pdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    """The words of a PDF as pdftotext reads them, in one line; skipped without it."""
    import subprocess

    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not there (Debian: poppler-utils)")

    def read(data: bytes) -> str:
        file = tmp_path_factory.mktemp("pdf") / "file.pdf"
        file.write_bytes(data)
        made = subprocess.run([tool, "-raw", str(file), "-"], capture_output=True, check=True)
        return " ".join(made.stdout.decode().replace("\u200b", "").split())

    return read


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}
