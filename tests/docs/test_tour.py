"""The tour is read from its page, and every command of it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import tour

ROOT = Path(__file__).parents[2]


def test_the_page_is_cut_into_what_is_said_and_what_is_run() -> None:
    page = "Hello [there](x.md).\n\n```sh\none\n\ntwo --three\n```\n\nBye."
    assert list(tour.steps(page)) == [("Hello there.", ("one", "two --three")), ("Bye.", ())]


@pytest.mark.slow
def test_every_command_of_the_tour_runs(tmp_path: Path) -> None:
    """Runs go to a folder of the test's own, so that an earlier tour cannot help."""
    page = tour.PAGE.read_text("utf-8").replace("var/tour", str(tmp_path))
    script = "import sys; from pathlib import Path; from scripts import tour; tour.PAGE = Path(sys.argv[1]); sys.exit(tour.main())"
    copy = tmp_path / "tour.md"
    copy.write_text(page, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", script, str(copy)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "Traceback" not in told
    for words in (
        "$ cuabien check plans/tinytown",
        "Middle River bridge 2 does not come.",
        "A storm in 2030",
        "vehicle minutes: 498",  # 6 cars x 83 minutes, worked out in the file
        "vehicle minutes: 552",  # 6 x 92
        "reproduced",
        "The tour took",
    ):
        assert words in told
