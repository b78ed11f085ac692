"""`cuabien import`: a new plan beside the old one, a report, and exit codes that a script can trust."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cuabien.cli.main import main
from cuabien.plan.checks import check
from cuabien.plan.edition import edition_hash
from cuabien.plan.read import read_plan


@pytest.fixture
def town(tinytown: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    shutil.copytree(tinytown, folder)
    (folder / "NOTES.md").write_text("stays with the plan")
    return folder


@pytest.fixture
def official(town: Path, tmp_path: Path) -> Path:
    """The town's own outlines as somebody else's file."""
    content = json.loads((town / "map/areas.geojson").read_text())
    for feature in content["features"]:
        feature["properties"] = {"MA_XA": feature["properties"]["id"]}
    path = tmp_path / "official.geojson"
    path.write_text(json.dumps(content))
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any]:
    code = main([str(w) for w in words])
    out = capsys.readouterr().out
    return code, json.loads(out) if "--json" in words else out


def test_boundaries_into_a_new_plan(
    town: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(town)
    home = tmp_path / "var"
    code, report = run(capsys, "import", "boundaries", official, "--plan", town, "--home", home, "--json")
    assert (
        code == 0
        and report["matched"] == 6
        and report["unmatched"] == report["missing"] == report["area_differs"] == []
    )
    folder = Path(report["plan"])
    after = read_plan(folder)
    assert folder.parent == home / "plans" and folder.name == f"{after.header.id}-{edition_hash(after)[:8]}"
    assert (folder / "NOTES.md").is_file()
    assert files(town) == before
    again = run(capsys, "import", "boundaries", official, "--plan", town, "--home", home, "--json")[1]
    assert again["plan"] == report["plan"] and len(list((home / "plans").iterdir())) == 1


def test_something_that_does_not_join_ends_in_one(
    town: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    official.write_text(official.read_text().replace('"T6"', '"T9"'))
    code, report = run(
        capsys, "import", "boundaries", official, "--plan", town, "--out", tmp_path / "new", "--json"
    )
    assert code == 1 and report["missing"] == ["T6"] and report["unmatched"] == [{"row": 6, "MA_XA": "T9"}]
    code, text = run(capsys, "import", "boundaries", official, "--plan", town, "--out", tmp_path / "new")
    assert code == 1 and "5 of 6" in text and "T9" in text and "T6" in text


def test_nothing_joined_writes_nothing(
    town: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    official.write_text(official.read_text().replace('"T', '"X'))
    code, report = run(
        capsys, "import", "boundaries", official, "--plan", town, "--out", tmp_path / "new", "--json"
    )
    assert code == 1 and report["plan"] is None and report["matched"] == 0 and not (tmp_path / "new").exists()


def test_in_place_only_when_asked(
    town: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(town)
    for out in (town, town / "inside"):
        assert run(capsys, "import", "boundaries", official, "--plan", town, "--out", out)[0] == 1
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert run(capsys, "import", "boundaries", official, "--plan", town, "--out", tmp_path / "full")[0] == 1
    assert files(town) == before
    assert run(capsys, "import", "boundaries", official, "--plan", town, "--in-place")[0] == 0
    assert any(s.id.startswith("import-") for s in read_plan(town).sources.values())


def test_an_imported_file_says_when_it_was_read_and_who_issued_it(
    town: Path, official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("import", "boundaries", official, "--plan", town, "--out", tmp_path / "new", "--json")
    told = ("--issuer", "Sở Xây dựng", "--date", "2025-07", "--address", "https://example.org")
    assert run(capsys, *words)[0] == 0
    (source,) = [s for s in read_plan(tmp_path / "new").sources.values() if s.id.startswith("import-")]
    assert source.read_on == dt.date.today().isoformat() and source.issuer is None
    assert "source-undated" not in {f.rule for f in check(read_plan(tmp_path / "new"))}
    assert run(capsys, *words, *told)[0] == 0
    source = read_plan(tmp_path / "new").sources[source.id]
    assert (source.issuer, source.date, source.address) == ("Sở Xây dựng", "2025-07", "https://example.org")
    code, faults = run(capsys, *words, "--date", "last summer")
    assert code == 2 and faults[0]["rule"] == "bad-date"


def test_a_file_that_comes_again_keeps_the_day_and_words_of_its_first_time(
    town: Path, official: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("import", "boundaries", official, "--plan", town, "--in-place", "--json")
    assert run(capsys, *words, "--issuer", "Sở Xây dựng")[0] == 0
    table = town / "sources.csv"
    table.write_text(table.read_text().replace(dt.date.today().isoformat(), "2025-08-01"))
    assert run(capsys, *words)[0] == 0
    (source,) = [s for s in read_plan(town).sources.values() if s.id.startswith("import-")]
    assert (source.read_on, source.issuer) == ("2025-08-01", "Sở Xây dựng")


def test_layers(town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ring = [[106.51, 20.89], [106.53, 20.89], [106.53, 20.91], [106.51, 20.89]]
    feature = {
        "type": "Feature",
        "properties": {"A=B": "Khu"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    words = ("import", "layers", path, "--plan", town, "--out", tmp_path / "new", "--json")
    code, report = run(capsys, *words, "--layer", "urban", "--map", "A=B=name_vi", "--kind", "urban area")
    assert code == 0 and report["zones"] == 1 and report["layer"] == "urban"
    zone = read_plan(tmp_path / "new").zones[report["added"][0]].row
    assert (zone.name_vi, zone.kind) == ("Khu", "urban area")
    assert main([str(w) for w in words] + ["--layer", "rural"]) == 1
    assert main([str(w) for w in words] + ["--layer", "urban", "--map", "name_vi"]) == 1
    assert main([str(w) for w in words] + ["--layer", "urban"]) == 2


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"type": "FeatureCollection"}', '{"type": "x", "features": 3}']
)
def test_broken_files_end_in_two_without_a_traceback(
    town: Path, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.geojson").write_text(content)
    code, faults = run(capsys, "import", "boundaries", tmp_path / "a.geojson", "--plan", town, "--json")
    assert code == 2 and faults[0]["message"] and faults[0]["remedy"]
