"""The worker beside the server, as somebody starts them: the future of the command line, kill -9 in the middle, limits."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cuabien.plan.change import read_change
from cuabien.plan.checks import check
from cuabien.plan.read import read_plan
from cuabien.results import open_run
from cuabien.runner import run_plan
from cuabien.service.trying.models import Job

PATIENCE_S = 120.0


class Town:
    """A running `cuabien up` of tinytown, and somebody who asks it."""

    def __init__(self, plan: Path, home: Path, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cuabien.cli.main", "up", plan, "--port", str(self.port), "--home", home],
            stdout=subprocess.DEVNULL,
            env=os.environ | {"CUABIEN_TRIES_AN_HOUR": "500"} | environment,
        )

    def ask(self, address: str, body: object = None) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/try{address}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except urllib.error.URLError:
            return 0, {}

    def send(self, year: int) -> dict[str, Any]:
        edit = {"entry": "project", "id": "P2", "action": "edit", "fields": {"opens": year}}
        status, answer = self.ask("", {"edits": [edit]})
        assert status in (200, 202), answer
        return dict(answer)

    def until(self, job: str, ended: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def goes_on() -> bool:
            nonlocal found
            found = self.ask(f"/jobs/{job}")[1]
            return ended(found)

        wait_for(goes_on)
        return found

    def children_of(self, process: int) -> list[int]:
        told = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False)
        return [int(line) for line in told.stdout.split()]

    @property
    def keeper(self) -> int:
        return self.children_of(self.process.pid)[0]

    @property
    def modeller(self) -> int:
        return self.children_of(self.keeper)[0]


def wait_for(happened: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.005)


def has_ended(job: dict[str, Any]) -> bool:
    return job["state"] not in ("queued", "running")


@pytest.fixture(scope="module")
def town(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    there = Town(tinytown, tmp_path_factory.mktemp("home"))
    try:
        wait_for(lambda: there.ask("/options")[1].get("ready"))
        yield there
    finally:
        there.process.terminate()
        there.process.wait(20)


@pytest.mark.slow
def test_a_change_that_is_tried_is_the_future_of_the_command_line(
    town: Town, tinytown: Path, tmp_path: Path
) -> None:
    sent = town.send(2033)
    job = town.until(sent["job"]["id"], has_ended)
    assert job["state"] == "done" and job["share"] == 1 and job["seconds"] > 0
    folder = next((town.home / "tried" / sent["change"] / "seen").iterdir())
    plan = read_plan(tinytown)
    change = read_change(town.home / "tried" / sent["change"] / "change.toml", plan)
    cold = run_plan(plan, changes=[change], home=tmp_path, faults=check(plan)).run
    for table in ("indicators", "links", "projects"):
        assert (folder / f"{table}.parquet").read_bytes() == (cold / f"{table}.parquet").read_bytes()
    assert open_run(folder).manifest["change_hash"] == sent["change"]
    status, again = town.ask("", {"toml": '[[project]]\nid = "P2"\nopens = 2033\n'})
    assert status == 200 and again["stored"] and again["change"] == sent["change"] and again["job"] is None
    status, result = town.ask(f"/{sent['change']}/result")
    assert status == 200 and result["same_code"]
    assert any("2033" in words["en"] for words in result["words"])
    for address in ("/communes?indicator=population", "/city", "/flows?year=2034", "/assumed"):
        assert town.ask(f"/{sent['change']}{address}")[0] == 200, address
    status, beside = town.ask(f"/compare?change={sent['change']}")
    assert status == 200 and beside["city"]
    for row in beside["city"]:  # the plan's value first, then the change's, as the whole runs have them
        key = {"indicator": row["indicator"], "area": plan.header.city, "year": row["year"]}
        whole = open_run(cold).table("indicators").filter(**key)["value"].item()
        assert row["values"][1] == whole != row["values"][0]


@pytest.mark.slow
def test_progress_goes_through_the_years(town: Town) -> None:
    job, years = town.send(2034)["job"], []
    while job["state"] in ("queued", "running"):
        job = town.ask(f"/jobs/{job['id']}?after={job['version']}")[1]
        years.append(job["year"])
    told = [year for year in years if year is not None]
    assert told == sorted(told) and job["state"] == "done"


@pytest.mark.slow
def test_kill_9_in_the_middle_is_told_and_it_can_be_run_again(town: Town) -> None:
    for year in range(2027, 2045):
        sent = town.send(year)
        if sent["job"] is None:
            continue
        modeller = town.modeller
        job = town.until(sent["job"]["id"], lambda found: found["state"] != "queued")
        os.kill(modeller, signal.SIGSTOP)
        time.sleep(0.05)
        if town.ask(f"/jobs/{sent['job']['id']}")[1]["state"] == "running":
            break
        os.kill(modeller, signal.SIGCONT)  # it was faster than we are
    os.kill(modeller, signal.SIGKILL)
    job = town.until(sent["job"]["id"], has_ended)
    assert job["state"] == "failed" and job["again"] and "again" in job["message"]["en"]
    assert town.ask(f"/{sent['change']}/result")[0] == 409
    status, again = town.ask(f"/{sent['change']}/run", {})
    assert status == 202
    assert town.until(again["job"]["id"], has_ended)["state"] == "done"
    assert town.modeller != modeller


@pytest.mark.slow
def test_the_worker_ends_when_its_server_is_killed(tinytown: Path, tmp_path: Path) -> None:
    there = Town(tinytown, tmp_path)
    wait_for(lambda: there.ask("/options")[1].get("ready"))
    keeper, modeller = there.keeper, there.modeller
    there.process.kill()
    there.process.wait()
    wait_for(lambda: not any(Path(f"/proc/{process}").exists() for process in (keeper, modeller)))


@pytest.mark.slow
def test_trying_works_on_postgresql(tinytown: Path, tmp_path: Path, postgres: str) -> None:
    """Server and worker find an empty database at the same moment, make its tables once, and share its queue."""
    there = Town(tinytown, tmp_path, DATABASE_URL=postgres)
    try:
        wait_for(lambda: there.ask("/options")[1].get("ready"))
        sent = there.send(2036)
        assert there.until(sent["job"]["id"], has_ended)["state"] == "done"
        assert there.ask(f"/{sent['change']}/result")[0] == 200
        assert not list(tmp_path.glob("*.sqlite3"))
    finally:
        there.process.terminate()
        there.process.wait(20)


def test_a_job_has_so_much_time_and_memory() -> None:
    from cuabien.worker.keep import Limits, memory_mib, too_much

    limits = Limits(seconds=10, memory_mib=1e6, store_mib=1)
    job = Job(started_at=100.0)
    assert too_much(None, os.getpid(), limits, 200) == ""
    assert too_much(job, os.getpid(), limits, 109) == ""
    assert too_much(job, os.getpid(), limits, 111) == "too long"
    assert too_much(job, os.getpid(), Limits(10, 1, 1), 101) == "too much memory"
    assert memory_mib(os.getpid()) > 10 and memory_mib(2**22 + 1) == 0
