"""Run every check and say how long each took; the test suite comes last, so that its summary closes the output.

A failing check does not hide the next one: all run, and the exit code is that of the first that failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".venv" / "bin"
WEB = ROOT / "web"
PYTHON_FOLDERS = ("src", "tests", "scripts", "benchmarks")


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    folder: Path = ROOT


CHECKS = (
    Check("form of the code", (str(BIN / "ruff"), "format", "--check", *PYTHON_FOLDERS)),
    Check("habits of the code", (str(BIN / "ruff"), "check", *PYTHON_FOLDERS)),
    Check("types", (str(BIN / "mypy"),)),
    Check("layers", (str(BIN / "lint-imports"),)),
    Check("licences", (str(BIN / "python"), "scripts/check_licences.py")),
    Check("words", (str(BIN / "python"), "scripts/words.py", "check")),
    Check("front end: types", ("npm", "run", "--silent", "check"), WEB),
    Check("front end: tests", ("npm", "run", "--silent", "test"), WEB),
)
TESTS = Check("tests", (str(BIN / "pytest"), "-n", "2", "--dist", "loadfile", "--durations", "8"))
"""Two workers, and one file always in one worker: fixtures of a file (a run, a server) are made once."""


def main() -> int:
    failed = [check for check in CHECKS if run(check) != 0]
    status = run(TESTS)
    for check in failed:
        print(f"FAILED: {check.name} ({' '.join(check.command)})", flush=True)
    return 1 if failed or status else 0


def run(check: Check) -> int:
    print(f"── {check.name}", flush=True)
    start = time.monotonic()
    status = subprocess.run(check.command, cwd=check.folder, env=os.environ | {"CI": "true"}).returncode
    if check is not TESTS:
        print(f"   {'ok' if status == 0 else 'FAILED'} in {time.monotonic() - start:.1f} s", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
