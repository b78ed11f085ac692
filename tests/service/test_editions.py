"""Editions as files: what was signed and nothing else, kept by browsers for ever under their hash, gone when withdrawn."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cuabien.plan.read import read_plan
from cuabien.publication.edition import Edition, open_edition
from cuabien.publication.feed import renew
from cuabien.publication.keys import PrivateKey, new_key
from cuabien.publication.making import prepare, publish
from cuabien.publication.seals import withdraw
from cuabien.runner import run_plan

DAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> PrivateKey:
    return new_key(tmp_path_factory.mktemp("keys") / "publisher.pem", Path("/nowhere"))


@pytest.fixture(scope="module")
def shelf(tinytown: Path, key: PrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions and their list; the second one is withdrawn. Beside them a file that belongs to nobody's edition."""
    home, shelf = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("site")
    run = run_plan(read_plan(tinytown), to_year=2026, home=home).run
    for name, day in (("spring", DAY), ("error", dt.date(2026, 1, 5))):
        publish(prepare(tinytown, run, home=home, published=day), shelf / name, key)
    withdraw(shelf / "error", key, "a sum was wrong <b>", DAY)
    renew(shelf / "spring")
    (shelf / "private.txt").write_text("nobody's")
    (shelf / "spring" / "added.txt").write_text("not signed")
    (shelf / "spring" / "link.txt").symlink_to("/etc/hostname")
    return shelf


@pytest.fixture
def spring(shelf: Path) -> Edition:
    return open_edition(shelf / "spring")


@pytest.fixture
def reader(settings: Any, shelf: Path, tmp_path: Path) -> Client:
    """Somebody who reads, where there is neither a plan nor a run nor a database."""
    settings.CUABIEN_EDITIONS = str(shelf)
    settings.CUABIEN_PLAN, settings.CUABIEN_HOME = tmp_path / "no-plan", tmp_path / "no-home"
    settings.CUABIEN_READS_A_SECOND = 1e6
    return Client(SERVER_NAME="localhost", raise_request_exception=False)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_list_says_what_each_edition_is(reader: Client, spring: Edition) -> None:
    for address in ("/editions/", "/en/editions/"):
        page = reader.get(address).content.decode()
        assert spring.seal in page and "/editions/spring/" in page
        assert "a sum was wrong &lt;b&gt;" in page and "<b>" not in page
    rows = json.loads(reader.get("/editions/index.json").content)
    assert [(row["folder"], row["intact"], bool(row["withdrawn"])) for row in rows] == [
        ("spring", True, False),
        ("error", None, True),
    ]
    feed = reader.get("/editions/feed.atom")
    assert feed["Content-Type"] == "application/atom+xml" and b'href="spring/"' in feed.content


def test_every_signed_file_is_sent_as_it_was_signed(reader: Client, spring: Edition) -> None:
    for file in spring.manifest["files"]:
        if not file["path"].startswith("objects/"):
            answer = reader.get(f"/editions/spring/{file['path']}")
            assert answer.status_code == 200, file
            assert body(answer) == (spring.folder / file["path"]).read_bytes()
            assert file["sha256"] in answer["ETag"]


def test_under_its_hash_it_is_kept_for_ever_and_under_its_name_asked_for_anew(
    reader: Client, spring: Edition
) -> None:
    by_hash = reader.get(f"/editions/{spring.seal}/catalogue.ttl")
    assert "immutable" in by_hash["Cache-Control"]
    by_name = reader.get("/editions/spring/catalogue.ttl")
    assert by_name["Cache-Control"] == "no-cache"
    again = reader.get("/editions/spring/catalogue.ttl", HTTP_IF_NONE_MATCH=by_name["ETag"])
    assert again.status_code == 304 and not again.content


def test_texts_are_squeezed_for_who_accepts_it(reader: Client, spring: Edition) -> None:
    whole = (spring.folder / "catalogue.ttl").read_bytes()
    small = reader.get("/editions/spring/catalogue.ttl", HTTP_ACCEPT_ENCODING="gzip")
    assert small["Content-Encoding"] == "gzip" and gzip.decompress(small.content) == whole
    assert "Accept-Encoding" in small["Vary"]


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-6", slice(0, 7)), ("bytes=10-", slice(10, None)), ("bytes=-5", slice(-5, None))],
)
def test_a_part_of_a_file_is_sent(reader: Client, spring: Edition, asked: str, part: slice) -> None:
    path = next(f["path"] for f in spring.manifest["files"] if f["path"].endswith(".pmtiles"))
    whole = (spring.folder / path).read_bytes()
    answer = reader.get(f"/editions/spring/{path}", HTTP_RANGE=asked, HTTP_ACCEPT_ENCODING="gzip, br")
    first = range(len(whole))[part][0]
    assert answer.status_code == 206 and body(answer) == whole[part]
    assert answer["Content-Range"] == f"bytes {first}-{first + len(whole[part]) - 1}/{len(whole)}"
    assert answer["Content-Length"] == str(len(whole[part]))
    assert "Content-Encoding" not in answer


def test_a_part_beyond_the_end_is_refused(reader: Client) -> None:
    answer = reader.get("/editions/spring/SHA256SUMS", HTTP_RANGE="bytes=99999999-")
    assert answer.status_code == 416 and answer["Content-Range"].startswith("bytes */")


@pytest.mark.parametrize(
    "path",
    [
        "../private.txt",
        "..%2Fprivate.txt",
        "%2e%2e/private.txt",
        "data/../../private.txt",
        "/etc/hostname",
        "//etc/hostname",
        "added.txt",
        "link.txt",
        "approvals/../added.txt",
        "plan/..%5C..%5Cprivate.txt",
        "manifest.json%00.txt",
        "no-such-file",
    ],
)
def test_what_was_not_signed_is_not_sent(reader: Client, path: str) -> None:
    answer = reader.get(f"/editions/spring/{path}")
    assert answer.status_code in (301, 400, 404)
    if answer.status_code != 301:
        assert b"nobody's" not in answer.content and b"not signed" not in answer.content


@pytest.mark.parametrize("name", ["..", ".", "%2e%2e", "private.txt", "editions", "no-such"])
def test_only_an_edition_is_an_edition(reader: Client, name: str) -> None:
    assert reader.get(f"/editions/{name}/private.txt").status_code == 404


def test_a_withdrawn_edition_shows_its_tombstone_everywhere(reader: Client, shelf: Path) -> None:
    stone = (shelf / "error" / "index.html").read_bytes()
    seal = open_edition(shelf / "error").seal
    for address in ("error/", "error/data/plan.gpkg", f"{seal}/objects/index.json"):
        answer = reader.get(f"/editions/{address}")
        assert answer.status_code == 410 and answer.content == stone
        assert "immutable" not in answer["Cache-Control"]
    assert reader.get("/editions/error/manifest.sig").status_code == 200
    assert reader.get("/editions/error/withdrawn.json").status_code == 200


def test_without_a_folder_there_is_nothing(reader: Client, settings: Any) -> None:
    settings.CUABIEN_EDITIONS = ""
    for address in ("", "index.json", "feed.atom", "spring/"):
        assert reader.get(f"/editions/{address}").status_code == 404


# ---- OGC API Features ---------------------------------------------------------------------------------------


def ogc(reader: Client, path: str, status: int = 200) -> Any:
    answer = reader.get(f"/ogc/{path}")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith(("application/json", "application/geo+json"))
    return json.loads(answer.content)


def test_a_gis_finds_its_way_from_the_landing_page(reader: Client) -> None:
    landing = ogc(reader, "")
    assert {"conformance", "data"} <= {link["rel"].rsplit("/")[-1] for link in landing["links"]}
    classes = ogc(reader, "conformance")["conformsTo"]
    assert any("ogcapi-features-1/1.0/conf/geojson" in one for one in classes)
    names = {one["id"] for one in ogc(reader, "collections")["collections"]}
    assert "spring.areas" in names
    assert not [one for one in names if one.startswith("error.")], "a withdrawn edition has no layers"


def test_items_are_those_of_the_edition(reader: Client, spring: Edition) -> None:
    signed = json.loads((spring.folder / "data/geojson/areas.geojson").read_bytes())["features"]
    given = ogc(reader, "collections/spring.areas/items?limit=1000")
    assert given["numberMatched"] == given["numberReturned"] == len(signed)
    assert [f["geometry"] for f in given["features"]] == [f["geometry"] for f in signed]
    one = ogc(reader, "collections/spring.areas/items?limit=1")
    assert len(one["features"]) == 1 and "next" in {link["rel"] for link in one["links"]}
    first = given["features"][0]
    assert ogc(reader, f"collections/spring.areas/items/{first['id']}")["geometry"] == first["geometry"]


def test_items_of_a_box_are_those_that_touch_it(reader: Client, spring: Edition) -> None:
    from shapely.geometry import box, shape

    signed = json.loads((spring.folder / "data/geojson/areas.geojson").read_bytes())["features"]
    west, south, east, north = shape(signed[0]["geometry"]).bounds
    for edges in ((west, south, (west + east) / 2, (south + north) / 2), (0.0, 0.0, 1.0, 1.0)):
        asked = ",".join(map(str, edges))
        given = ogc(reader, f"collections/spring.areas/items?limit=1000&bbox={asked}")["features"]
        touching = [f["id"] for f in signed if shape(f["geometry"]).intersects(box(*edges))]
        assert [f["id"] for f in given] == touching


def test_bad_questions_to_the_interface_are_answered_kindly(reader: Client) -> None:
    ogc(reader, "collections/no.such", 404)
    ogc(reader, "collections/error.areas/items", 404)
    ogc(reader, "collections/spring.areas/items/no-such", 404)
    ogc(reader, "collections/spring.areas/items?limit=none", 400)
    ogc(reader, "collections/spring.areas/items?bbox=1,2,x", 400)
    assert reader.get("/ogc/processes").status_code == 404
    assert reader.post("/ogc/collections/spring.areas/items").status_code == 405


def test_each_collection_names_the_licence_of_its_own_data(tmp_path: Path) -> None:
    """By hand: what is drawn from a map of others is under theirs, the plan's own layers under the plan's, one under none."""
    from cuabien.service.editions import Published
    from cuabien.service.ogc import collections

    of_map = {"title": "ODbL", "path": "https://odbl.example/", "attribution": "© OpenStreetMap contributors"}
    layers = {
        "network": [of_map],
        "areas": [{"title": "CC BY", "path": "https://cc.example/"}],
        "places": None,
    }
    rows = [{"path": f"data/geojson/{name}.geojson", "licenses": said} for name, said in layers.items()]
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": rows}))
    (tmp_path / "data" / "geojson").mkdir(parents=True)
    for row in rows:
        (tmp_path / str(row["path"])).write_text('{"type": "FeatureCollection", "features": []}')
    manifest = {"plan": {"id": "town"}, "published": "2026-01-01", "edition": "e"}
    edition = Published(tmp_path, "0" * 64, manifest, {str(row["path"]): "0" * 64 for row in rows})
    links = {name.rsplit(".", 1)[1]: row["links"] for name, row in collections([edition]).items()}
    assert [(link["rel"], link["title"], link["href"]) for link in links["network"]] == [
        ("license", "ODbL © OpenStreetMap contributors", "https://odbl.example/")
    ]
    assert [link["title"] for link in links["areas"]] == ["CC BY"]
    assert links["places"] == []


def test_a_file_is_found_without_a_look_at_the_other_editions(
    reader: Client, spring: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cuabien.service import editions

    assert (
        reader.get(f"/editions/{spring.seal}/manifest.json").status_code == 200
    )  # where the hash lies is known now

    def scanned() -> list[Any]:
        raise AssertionError("every edition was looked at")

    monkeypatch.setattr(editions, "editions", scanned)
    for name in ("spring", spring.seal):
        assert reader.get(f"/editions/{name}/manifest.json").status_code == 200
    for name in ("no-such", "..", ".", "%2e%2e"):
        assert reader.get(f"/editions/{name}/manifest.json").status_code == 404
