"""A plan kept warm gives what the command line gives, byte for byte, and says how far it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cuabien.base.faults import UnusableInput
from cuabien.indicators.targets import judge
from cuabien.plan.change import Change, Edit, read_change
from cuabien.plan.checks import check
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import open_run
from cuabien.runner import run_plan
from cuabien.runner.whatif import Cancelled, Warm

PLANS = Path(__file__).parents[2] / "plans"
CHANGES = {
    "a project comes later": b'[[project]]\nid = "P2"\nopens = 2033\n',
    "a project is stopped": b'[[project]]\nid = "P1"\nstatus = "stopped"\n',
    "a number is another": b'[[parameter]]\nid = "population.migration_answer_to_jobs"\nvalue = 0.1\n',
    "a road is taken away": b'[[link]]\nid = "E2"\nremove = true\n',
}


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


@pytest.fixture(scope="module")
def warm(town: Plan) -> Warm:
    return Warm(town)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES)
def test_a_change_that_is_tried_is_the_run_of_the_command_line(
    town: Plan, warm: Warm, text: bytes, tmp_path: Path
) -> None:
    """All tried one after another on the same warm plan, so that nothing of one may stay in the next."""
    change = read_change(text, town)
    tried = warm.try_change(change)
    there = warm.finish(tried, tmp_path / "warm")
    faults = check(tried.plan)
    cold = run_plan(town, changes=[change], home=tmp_path / "cold", faults=faults).run
    assert there.name == cold.name == tried.name == warm.name(change)
    assert content(there) == content(cold)


@pytest.mark.slow
def test_hai_phong_tried_is_hai_phong_from_the_shell(hai_phong: Path, tmp_path: Path) -> None:
    """After another change was tried, in another process: the same bytes."""
    plan = read_plan(hai_phong)
    warm = Warm(plan)
    file = tmp_path / "later.toml"
    file.write_text('[[project]]\nid = "PR03"\nopens = "2033"\n')
    warm.try_change(read_change(b'[[parameter]]\nid = "transport.trip_rate"\nvalue = 2.8\n', plan))
    met = warm.recall.met
    tried = warm.try_change(read_change(file, plan))
    assert warm.recall.met > met  # years before it bites were recalled
    arguments = ["run", str(hai_phong), "--change", str(file), "--home", str(tmp_path / "cold")]
    code = "import sys; from cuabien.cli.main import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    cold = next((tmp_path / "cold" / "runs").iterdir())
    assert content(warm.finish(tried, tmp_path / "warm")) == content(cold)


def test_no_change_is_the_plan_itself(town: Plan, warm: Warm, tmp_path: Path) -> None:
    tried = warm.try_change(Change())
    cold = run_plan(town, home=tmp_path / "cold", faults=check(town)).run
    assert content(warm.finish(tried, tmp_path / "warm")) == content(cold)


def test_the_first_look_answers_as_the_whole_run_does(town: Plan, warm: Warm, tmp_path: Path) -> None:
    tried = warm.try_change(read_change(CHANGES["a project is stopped"], town))
    first = open_run(warm.first_look(tried, tmp_path / "first"))
    whole = open_run(warm.finish(tried, tmp_path / "home"))
    for table in ("indicators", "links", "projects"):
        assert first.table(table).equals(whole.table(table))
    assert first.explain == whole.explain
    assert first.faults == whole.faults
    seen, wanted = judge(tried.plan, first), judge(tried.plan, whole)
    assert [(t.target, t.value, t.verdict) for t in seen] == [(t.target, t.value, t.verdict) for t in wanted]


def test_it_says_how_far_it_is(town: Plan, warm: Warm) -> None:
    told: list[tuple[int, int, int]] = []
    warm.try_change(Change(), progress=lambda *at: told.append(at))
    first, last = town.header.base_year, town.header.horizon
    assert told == [(year, first, last) for year in range(first, last + 1)]


def test_it_stops_when_nobody_waits(town: Plan, warm: Warm) -> None:
    told: list[int] = []
    with pytest.raises(Cancelled):
        warm.try_change(
            Change(), progress=lambda year, *_: told.append(year), cancelled=lambda: len(told) == 3
        )
    assert len(told) == 3


def test_a_change_that_breaks_the_plan_is_told_before_anything_is_modelled(town: Plan, warm: Warm) -> None:
    told: list[int] = []
    shut = replace(Change(), edits=(Edit("links", "E2", "edit", {"from_node": "nowhere"}),))
    with pytest.raises(UnusableInput):
        warm.try_change(shut, progress=lambda year, *_: told.append(year))
    assert told == []
