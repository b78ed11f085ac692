"""What is withheld is in no file of an edition, in no form: neither its names nor its place nor its words."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from cuabien.base.faults import UnusableInput
from cuabien.plan.read import read_plan
from cuabien.plan.withheld import hidden_ids, kinds, public_part, secrets
from cuabien.publication.keys import PrivateKey
from cuabien.publication.making import prepare, publish
from cuabien.publication.verify import verify
from cuabien.runner import run_plan
from tests.publication.conftest import DAY

PLACE = (106.661234, 20.901234)
PROJECT = f"""id = "K99X"
name_vi = "Kho xăng dầu mật Hang Dơi"
name_en = "Bat Cave secret depot"
kind = "depot"
opens = "2027"
status = "planned"
points = [[{PLACE[0]}, {PLACE[1]}]]
public = false
source = "textbook"
confidence = "source read"
"""
SECRETS = ("Hang Dơi", "Bat Cave", "K99X", "ZK77", "Bãi thử Đá Đen", "106.661234", "20.901234", "106.671234")


@pytest.fixture
def with_secrets(tinytown: Path, tmp_path: Path) -> Path:
    """Tinytown with a withheld project, its zone, its road and the place where the road ends, a statement and a claim."""
    folder = tmp_path / "plan"
    shutil.copytree(tinytown, folder)
    (folder / "projects/K99X.toml").write_text(PROJECT, "utf-8")
    zones = (folder / "layers/industrial.geojson").read_text("utf-8")
    zone = (
        '{"type":"Feature","properties":{"id":"ZK77","layer":"industrial","kind":"defence","name_vi":"Bãi thử Đá Đen","name_en":"Black Stone range",'
        '"project":"K99X","shape":"schematic","source":"textbook","confidence":"source read"},'
        '"geometry":{"type":"Point","coordinates":[106.671234,20.911234]}},\n'
    )
    (folder / "layers/industrial.geojson").write_text(
        zones.replace('"features":[\n', '"features":[\n' + zone, 1), "utf-8"
    )
    add(
        folder / "map/nodes.csv",
        id="NK77",
        name_vi="Cổng Hang Dơi",
        kind="gate",
        lon=PLACE[0],
        lat=PLACE[1],
        in_city="yes",
    )
    first = next(iter(read_plan(tinytown).nodes))
    add(
        folder / "map/links.csv",
        id="LK77",
        from_node=first,
        to_node="NK77",
        name_vi="Đường Hang Dơi",
        mode="road",
        link_class="secondary",
        lanes=1,
        length_km=3,
        design_speed_kmh=50,
        attributes="read",
        project="K99X",
    )
    add(
        folder / "programme.csv",
        id="SK77",
        kind="directive",
        group="tasks",
        statement_vi="Xây kho Hang Dơi",
        statement_en="Build the Bat Cave",
        home="project",
        state="planned",
        projects="K99X;P1",
        public="no",
        as_of="2026-01-01",
    )
    add(
        folder / "claims.csv",
        id="CK77",
        statement="SK77",
        reading_vi="kho Hang Dơi",
        reading_en="Bat Cave store",
        stated=1,
        unit="count",
        expect="equal",
    )
    return folder


def add(path: Path, **cells: object) -> None:
    header, *rows = path.read_text("utf-8").splitlines()
    cells = {"source": "textbook", "confidence": "source read", **cells}
    rows.append(",".join(str(cells.get(column, "")) for column in header.split(",")))
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")


def test_what_belongs_to_a_withheld_project_is_withheld_with_it(with_secrets: Path) -> None:
    plan = read_plan(with_secrets)
    hidden = hidden_ids(plan)
    assert hidden == {
        "projects": {"K99X"},
        "zones": {"ZK77"},
        "links": {"LK77"},
        "nodes": {"NK77"},
        "programme": {"SK77"},
        "claims": {"CK77"},
    }
    public, withheld = public_part(plan)
    assert kinds(withheld) == {
        "claim": 1,
        "network link": 1,
        "network node": 1,
        "project": 1,
        "statement": 1,
        "zone": 1,
    }
    assert "K99X" not in public.projects and "P1" in public.projects
    assert {"Bãi thử Đá Đen", "Đường Hang Dơi", "Xây kho Hang Dơi"} <= set(secrets(plan, hidden))


def test_no_byte_of_an_edition_tells_what_is_withheld(
    with_secrets: Path, tmp_path: Path, key: PrivateKey, home: Path
) -> None:
    run = run_plan(read_plan(with_secrets), to_year=2027, home=home).run
    ready = prepare(with_secrets, run, home=home, published=DAY, vn2000=True)
    edition = publish(ready, tmp_path / "e", key)
    for path in sorted(edition.folder.rglob("*")):
        if path.is_file():
            for form in (path.read_bytes(), *unpacked(path)):
                told = [secret for secret in SECRETS if secret.encode() in form]
                assert told == [], (path.relative_to(edition.folder), told)
    assert edition.manifest["withheld"]["kinds"] == kinds(public_part(read_plan(with_secrets))[1])
    assert "project" in (edition.folder / "README.txt").read_text("utf-8")
    # and what is left can be run again, and is what was run
    assert verify(edition.folder, [key.public]).holds
    assert read_plan(edition.folder / "plan").projects.keys() == {"P1", "P2", "P3"}


def unpacked(path: Path) -> list[bytes]:
    """What a file says once it is opened by its own reader."""
    if path.suffix == ".parquet":
        return [pl.read_parquet(path).write_ndjson().encode()]
    if path.suffix == ".gpkg":
        import pyogrio

        layers = [pyogrio.raw.read(path, layer=name) for name, _ in pyogrio.list_layers(path)]
        return [repr([list(column) for column in columns]).encode() for _, _, _, columns in layers] + [
            "\n".join(sqlite3.connect(path).iterdump()).encode()
        ]
    if path.suffix == ".pmtiles":
        import gzip

        from pmtiles.reader import MmapSource, all_tiles

        with path.open("rb") as file:
            return [gzip.decompress(data) for _, data in all_tiles(MmapSource(file))]
    return []


def test_a_public_row_that_speaks_of_it_stops_the_edition_with_file_and_row(
    with_secrets: Path, home: Path
) -> None:
    add(with_secrets / "sources.csv", id="gossip", title="Về kho: Bãi thử Đá Đen", confidence="source read")
    run = run_plan(read_plan(with_secrets), to_year=2027, home=home).run
    with pytest.raises(UnusableInput) as error:
        prepare(with_secrets, run, home=home, published=DAY)
    [fault] = error.value.faults
    assert (fault.rule, fault.file) == ("speaks-of-withheld", "sources.csv")


def test_a_scenario_that_speaks_of_it_is_left_out_and_counted(with_secrets: Path, home: Path) -> None:
    (with_secrets / "scenarios/stress-depot.toml").write_text(
        'title = "x"\n[[project]]\nid = "K99X"\nopens = 2030\n'
    )
    run = run_plan(read_plan(with_secrets), to_year=2027, home=home).run
    ready = prepare(with_secrets, run, home=home, published=DAY)
    assert (
        "scenarios/stress-depot.toml" not in ready.edition.files
        and ready.head["withheld"]["kinds"]["file"] == 1
    )
    assert "scenarios/stress-storm.toml" in ready.edition.files


def test_a_plan_that_withholds_nothing_is_public_whole(tinytown: Path) -> None:
    plan = read_plan(tinytown)
    public, withheld = public_part(plan)
    assert withheld == {} and public.projects == plan.projects and public.links == plan.links
