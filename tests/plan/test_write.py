"""What was read is written byte for byte; what changed is written whole or not at all; comments survive."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.base.faults import Refused, UnusableInput
from cuabien.plan import objects as o
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import TABLE, Plan
from cuabien.plan.read import parse_plan, read_files, read_plan
from cuabien.plan.write import (
    canonical_files,
    render_csv,
    render_number,
    render_plan,
    swap_folder,
    write_plan,
)
from tests.plan.edits import edit, edited, new, remove, square


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", ["tinytown", "hai_phong"])
def test_read_then_write_gives_identical_bytes(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = request.getfixturevalue(name)
    write_plan(read_plan(folder), tmp_path / "copy")
    assert bytes_of(tmp_path / "copy") == read_files(folder)[0]


@pytest.mark.parametrize("name", ["tinytown", "hai_phong"])
def test_the_plans_of_the_repository_have_their_one_form(name: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(name)
    assert canonical_files(folder) == read_files(folder)[0]


@pytest.mark.parametrize("name", ["tinytown", "hai_phong"])
def test_a_plan_rendered_from_nothing_reads_back_the_same(name: str, request: pytest.FixtureRequest) -> None:
    plan = read_plan(request.getfixturevalue(name))
    rendered = render_plan(replace(plan, files={}))
    again, faults = parse_plan(rendered, [])
    assert [f for f in faults if f.severity == "fault"] == []
    assert again == plan


def test_only_the_changed_file_changes(town: Plan) -> None:
    after = render_plan(edited(town, edit("target", "X3", value=13)))
    assert {name for name in after if after[name] != town.files.get(name)} == {"targets.csv"}
    assert after["targets.csv"] == town.files["targets.csv"].replace(b">=,12,", b">=,13,")


def test_comments_of_a_toml_file_survive(tinytown: Path) -> None:
    files = dict(read_files(tinytown)[0])
    files["projects/P1.toml"] = b"# the port company decides in May\n" + files["projects/P1.toml"].replace(
        b'opens = "2030"', b'opens = "2030"  # before the rains'
    )
    plan, _ = parse_plan(files, [])
    assert plan is not None
    after = edited(
        plan, edit("project", "P1", opens=2031, blank=["payer"], cost_note="loan", prerequisites=["P2", "P3"])
    )
    text = render_plan(after)["projects/P1.toml"].decode()
    assert text.startswith("# the port company decides in May\n")
    assert 'opens = "2031"  # before the rains' in text
    assert "payer" not in text
    again, faults = parse_plan(render_plan(after), [])
    assert (again, faults) == (after, [])


def test_comments_of_the_parameters_survive(town: Plan) -> None:
    after = edited(
        town,
        edit("parameter", "population.total_fertility_rate", value={"2025": 1.9, "2045": 1.8}),
        new("parameter", "harbour.depth", unit="years"),
        remove("parameter", "population.fertility_mean_age"),
    )
    rendered = render_plan(after)["parameters.toml"].decode()
    assert rendered.startswith("# Tinytown's parameters: round numbers")
    assert "fertility_mean_age" not in rendered
    again, faults = parse_plan(render_plan(after), [])
    assert faults == []
    assert again is not None and again.parameters == after.parameters


def test_new_rows_find_their_file(town: Plan) -> None:
    after = edited(
        town,
        new("zone", "Z9", layer="tourism", kind="beach", geometry=square(106.66, 20.72)),
        remove("project", "P1"),
        edit("link", "E6", project="P2"),
        edit("terminal", "K1", blank=["note"]),
        edit("statement", "S2", blank=["projects"]),
        edit("port_capacity", "B2", blank=["project"]),
    )
    rendered = render_plan(after)
    assert "layers/tourism.geojson" in rendered
    assert "projects/P1.toml" not in rendered
    assert rendered["layers/urban.geojson"] == town.files["layers/urban.geojson"]
    again, faults = parse_plan(rendered, [])
    assert again is not None and faults == []
    assert edition_hash(again) == edition_hash(after)


def test_other_files_of_the_folder_stay(tinytown: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tinytown, tmp_path / "plan"))
    (folder / "README.md").write_text("ours")
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "later.toml").write_text("title = 'x'\n")
    plan = read_plan(folder)
    write_plan(edited(plan, remove("peer", "Q1"), edit("target", "X3", value=13)), folder)
    assert (folder / "README.md").read_text() == "ours"
    assert (folder / "scenarios" / "later.toml").exists()
    assert read_plan(folder).targets["X3"].value == 13
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan"]


@pytest.mark.parametrize("step", ["write_bytes", "rename"])
def test_a_failure_leaves_the_old_plan_whole(
    tinytown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = Path(shutil.copytree(tinytown, tmp_path / "plan"))
    before = bytes_of(folder)
    plan = edited(read_plan(folder), edit("target", "X3", value=13), edit("project", "P1", opens=2031))
    original = getattr(Path, step)
    calls = []

    def fail_at_the_second(path: Path, *arguments: object) -> object:
        calls.append(path)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", str(path))
        return original(path, *arguments)

    monkeypatch.setattr(Path, step, fail_at_the_second)
    with pytest.raises(OSError, match="No space"):
        write_plan(plan, folder)
    monkeypatch.undo()
    assert bytes_of(folder) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan"]


def test_a_file_in_place_of_the_folder_is_refused(town: Plan, tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("a file")
    with pytest.raises(Refused):
        write_plan(town, tmp_path / "plan")
    assert (tmp_path / "plan").read_text() == "a file"


def test_format_mends_order_line_ends_and_byte_order_marks(tinytown: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tinytown, tmp_path / "plan"))
    rows = (folder / "targets.csv").read_bytes().splitlines()
    (folder / "targets.csv").write_bytes(
        b"\xef\xbb\xbf" + b"\r\n".join([rows[0], *reversed(rows[1:])]) + b"\r\n"
    )
    plan_toml = (folder / "plan.toml").read_bytes()
    (folder / "plan.toml").write_bytes(plan_toml.replace(b"\n", b"\r\n"))
    swap_folder(folder, canonical_files(folder))
    assert bytes_of(folder) == bytes_of(tinytown)


def test_format_refuses_what_it_cannot_read(tinytown: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tinytown, tmp_path / "plan"))
    (folder / "targets.csv").write_bytes(b"id\nX")
    with pytest.raises(UnusableInput):
        canonical_files(folder)


# ---- any value --------------------------------------------------------------------------------------------

TEXTS = st.text(
    alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters=[*map(chr, range(9)), *map(chr, range(11, 32)), "\x7f"]),
    min_size=1,
    max_size=40,
)  # fmt: skip
NUMBERS = st.floats(-1e18, 1e18, allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.builds(
            o.Target,
            id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,20}", fullmatch=True),
            indicator=st.just("population"),
            area=st.just("TT"),
            boundary=st.just("today"),
            year=st.none() | st.integers(1800, 2200),
            operator=st.sampled_from([">=", "<=", "=", "range", "text"]),
            value=st.none() | NUMBERS,
            high=st.none() | NUMBERS,
            unit=st.none() | TEXTS,
            text_vi=st.none() | TEXTS,
            document=st.just("D"),
            source=st.just("s"),
            confidence=st.just("source read"),
            note=st.none() | TEXTS,
        ),
        max_size=5,
        unique_by=lambda row: row.id,
    )
)
def test_any_row_written_reads_back_the_same(town: Plan, rows: list[o.Target]) -> None:
    data = render_csv(TABLE["targets"], rows)
    files = {**town.files, "targets.csv": data}
    plan, _ = parse_plan(files, [])
    assert plan is not None
    assert dict(plan.targets) == {row.id: row for row in rows}
    assert render_csv(TABLE["targets"], plan.targets.values()) == data


@given(NUMBERS)
def test_a_number_written_is_the_number_read(value: float) -> None:
    assert float(render_number(value)) == value


# ---- the hash ---------------------------------------------------------------------------------------------


def test_the_same_meaning_has_the_same_hash(town: Plan) -> None:
    files = dict(town.files)
    rows = files["targets.csv"].splitlines()
    files["targets.csv"] = b"\r\n".join([rows[0], *reversed(rows[1:])]) + b"\r\n"
    files["projects/P1.toml"] = b"# a comment\n" + files["projects/P1.toml"].replace(b"1000.0", b"1000")
    files["layers/all.geojson"] = files.pop("layers/urban.geojson")
    plan, faults = parse_plan(files, [])
    assert plan is not None and not faults
    assert edition_hash(plan) == edition_hash(town)


@pytest.mark.parametrize(
    "entry",
    [
        edit("target", "X3", value=12.5),
        edit("target", "X3", note="a note"),
        edit("project", "P1", public=False),
        edit("zone", "Z1", geometry=square(106.66, 20.761)),
        edit("parameter", "population.total_fertility_rate", value={"2025": 2.0, "2045": 2.1}),
        remove("peer", "Q1"),
    ],
)
def test_another_meaning_has_another_hash(town: Plan, entry: dict[str, object]) -> None:
    assert edition_hash(edited(town, entry)) != edition_hash(town)


def test_a_tenth_of_a_metre_does_not_count(town: Plan) -> None:
    moved = edited(town, edit("node", "N1", lon=106.548), edit("zone", "Z1", geometry=square(106.66, 20.76)))
    nudged = edited(moved, edit("zone", "Z1", geometry=square(106.66 + 1e-8, 20.76)))
    assert edition_hash(nudged) == edition_hash(moved)
