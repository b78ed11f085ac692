"""The snapshot: read once, read again when files change, kept when the new files are unusable."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from cuabien.base.faults import Fault
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.service import city as cities
from cuabien.service import stories


@pytest.fixture
def town(tmp_path: Path, tinytown: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of tinytown that is looked at on every request."""
    folder = tmp_path / "plan"
    shutil.copytree(tinytown, folder)
    settings.CUABIEN_PLAN, settings.CUABIEN_HOME = folder, tmp_path / "home"
    monkeypatch.setattr(cities, "LOOK_AGAIN_S", 0.0)
    cities.forget()
    return folder


def test_the_same_files_give_the_same_snapshot(town: Path) -> None:
    assert cities.current() is cities.current()


def test_a_changed_file_is_read_again(town: Path) -> None:
    before = cities.current()
    header = town / "plan.toml"
    header.write_text(header.read_text("utf-8").replace('name_en = "', 'name_en = "New '), "utf-8")
    after = cities.current()
    assert after is not before
    assert after.plan.header.name_en == "New " + before.plan.header.name_en
    assert after.edition != before.edition


def test_a_broken_file_leaves_the_old_snapshot(town: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = cities.current()
    (town / "areas.csv").write_text("id\nbroken", "utf-8")
    assert cities.current() is before


def test_a_new_run_is_shown_and_a_run_of_another_edition_is_not(town: Path, tmp_path: Path) -> None:
    from cuabien.runner import run_plan

    assert cities.current().run is None
    run_plan(read_plan(town), home=tmp_path / "home")
    shown = cities.current()
    assert shown.run is not None and shown.ahead.years()
    header = town / "plan.toml"
    header.write_text(header.read_text("utf-8").replace('name_en = "', 'name_en = "New '), "utf-8")
    assert cities.current().run is None


def test_neither_another_edition_nor_another_seed_nor_a_nearer_year_hides_the_plans_future(
    town: Path, tmp_path: Path
) -> None:
    from cuabien.runner import run_plan

    home, plan = tmp_path / "home", read_plan(town)
    wanted = run_plan(plan, home=home).run
    header = town / "plan.toml"
    header.write_text(header.read_text("utf-8").replace('name_en = "', 'name_en = "New '), "utf-8")
    run_plan(read_plan(town), home=home)
    run_plan(plan, home=home, seed=9)
    run_plan(plan, home=home, to_year=2030)
    header.write_text(header.read_text("utf-8").replace('name_en = "New ', 'name_en = "'), "utf-8")
    assert cities.current().run_id == wanted.name


def test_the_public_part_holds_no_withheld_row(whole: Plan) -> None:
    plan, withheld = cities.public_part(whole)
    assert set(withheld) == {
        *(s.id for s in whole.programme.values() if not s.public),
        *(p.id for p in whole.projects.values() if not p.public),
        *(z.row.id for z in whole.zones.values() if not z.row.public),
    }
    assert not set(withheld) & {*plan.programme, *plan.projects, *plan.zones}
    assert plan.files == {}
    assert not any(set(withheld) & set(s.projects) for s in plan.programme.values())
    assert not any(set(withheld) & set(p.prerequisites) for p in plan.projects.values())


def test_pages_give_the_verdicts_of_the_commands(served: cities.City, whole: Plan) -> None:
    """S064 counts 26 parts of the directives, one of which is withheld."""
    from cuabien.indicators import claims, flags, peers, targets

    public = served.plan.programme
    assert list(served.claims) == [row for row in claims.verdicts(whole) if row.id in public]
    assert list(served.flags) == [row for row in flags.raise_flags(whole) if row.statement in public]
    assert list(served.targets) == targets.judge(whole, served.run)
    assert list(served.peers) == peers.compare(whole)
    parts = next(r for row in served.claims if row.id == "S064" for r in row.readings if r.id == "S064b")
    assert (parts.recomputed, parts.verdict) == (26, "reproduced")
    story = stories.statement_story(served, public["S064"])
    assert story["claim"] in served.claims


def test_no_public_row_speaks_of_defence(whole: Plan) -> None:
    """Statements that are withheld are shown by their kind alone; no other row may tell what they are about."""
    from cuabien.plan.package import TABLES

    public, _ = cities.public_part(whole)
    tables = [public.parameters, *(public.table(table.name) for table in TABLES)]
    told = [
        (identity, word)
        for rows in tables
        for identity, entry in rows.items()
        for text in getattr(entry, "row", entry).model_dump().values()
        for word in ("quốc phòng", "defence", "defense")
        if word in str(text).casefold()
    ]
    assert told == []


def _on(plan: Plan, table: str, identity: str) -> Fault:
    file, row = plan.place(table, identity)
    return Fault("r", file, "x", "y", row)


def test_findings_about_what_is_withheld_are_left_out(whole: Plan) -> None:
    _, withheld = cities.public_part(whole)
    name = whole.projects["PR04"].name_vi
    findings = [
        Fault("r", "projects/PR04.toml", "x", "y"),
        Fault("r", "areas.csv", "x", "y", row="PR04"),
        Fault("r", "areas.csv", "x", "y", row=3, values={"names": f"a; {name}"}),
        _on(whole, "programme", "S089"),
        _on(whole, "programme", "S088"),
        Fault("r", "areas.csv", "x", "y", row=40_000, values={"projects": "PR02, PR040"}),
    ]
    shown = cities.public_findings(findings, whole, withheld)
    assert [f.fault for f in shown] == findings[4:]
    assert [(f.table, f.id) for f in shown] == [("programme", "S088"), ("", "")]


def test_lateness_by_hand(whole: Plan) -> None:
    import datetime as dt

    project = whole.projects["PR02"]
    today = dt.date(2026, 11, 22)

    def late(opens: str | None, status: str) -> bool:
        return stories.is_late(project.model_copy(update={"opens": opens, "status": status}), today)

    assert late("2025", "under construction") and late("2026-11-21", "planned")
    assert not late("2026", "planned")  # the year is not over
    assert not late("2026-11-22", "planned")
    assert not late("2020", "done") and not late("2020", "operating") and not late(None, "planned")
