"""`cuabien serve` and `cuabien up` as somebody types them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "cuabien.cli.main"]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CUABIEN_LANG": "en"}
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("command", ["serve", "up"])
def test_a_port_in_use_is_said_and_ends_with_2(
    command: str, taken: int, tinytown: Path, tmp_path: Path
) -> None:
    plan = [tinytown] if command == "up" else ["--plan", tinytown]
    outcome = run(command, *plan, "--port", str(taken), "--home", tmp_path)
    assert outcome.returncode == 2
    assert str(taken) in outcome.stderr and "Traceback" not in outcome.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("command", ["serve", "up"])
def test_a_plan_that_is_none_is_said_and_ends_with_2(command: str, tmp_path: Path) -> None:
    plan = ["--plan", tmp_path] if command == "serve" else [tmp_path]
    outcome = run(command, *plan, "--port", str(free_port()), "--home", tmp_path / "home")
    assert outcome.returncode == 2
    assert "plan.toml" in outcome.stderr and "Traceback" not in outcome.stderr


def test_up_models_once(tinytown: Path, tmp_path: Path) -> None:
    first = run("up", tinytown, "--no-serve", "--json", "--home", tmp_path)
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert Path(report["run"]).is_dir() and report["address"] == "http://localhost:8000"
    assert report["found"] is False
    again = run("up", tinytown, "--no-serve", "--home", tmp_path)
    assert again.returncode == 0
    assert "already modelled" in again.stdout and "http://localhost:8000" in again.stdout


@pytest.mark.slow
def test_up_serves_until_interrupted(tinytown: Path, tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "up", str(tinytown), "--port", str(port), "--home", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"CUABIEN_LANG": "en"},
    )
    try:
        assert process.stdout is not None
        said = ""
        while f"http://localhost:{port}" not in said:
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            said += line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/explorer", timeout=20) as answer:
            found = json.load(answer)
        assert found["plan"]["id"] == "tinytown" and found["run"]["id"].startswith("tinytown-")
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=20)
        assert process.returncode in (0, 130)
        assert complaints == ""
    finally:
        process.kill()
