"""What an edition holds can be opened by the tools of its kind, and nothing is lost on the way."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import polars as pl
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.cells import neutral, restored
from cuabien.geo import vn2000
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import TABLES
from cuabien.plan.read import read_plan
from cuabien.publication.edition import Edition, address_of
from cuabien.publication.features import layers
from cuabien.publication.making import Ready
from cuabien.publication.maps import HIGHEST_ZOOM, ids_in_tiles
from cuabien.publication.tables import as_csv, described, every_table
from cuabien.results import open_run


def test_the_plan_and_the_run_lie_in_it_as_they_are(whole: Edition, tinytown: Path, tiny_run: Path) -> None:
    plan = read_plan(whole.folder / "plan")
    assert edition_hash(plan) == edition_hash(read_plan(tinytown)) == whole.manifest["plan"]["hash"]
    for name, data in read_plan(tinytown).files.items():
        assert (whole.folder / "plan" / name).read_bytes() == data
    assert (
        open_run(whole.folder / "run").manifest
        == open_run(tiny_run).manifest
        == whole.manifest["run"]["manifest"]
    )


def test_every_table_says_the_same_as_csv_and_as_parquet(whole: Edition, ready: Ready) -> None:
    names = {table.name for table in every_table(ready.edition)}
    assert {
        "targets",
        "projects",
        "project_phases",
        "parameter_values",
        "run_indicators",
        "run_population",
    } <= names
    for table in every_table(ready.edition):
        exact = pl.read_parquet(whole.folder / f"data/parquet/{table.name}.parquet")
        assert exact.equals(table.rows)
        with (whole.folder / f"data/csv/{table.name}.csv").open(encoding="utf-8", newline="") as file:
            shown = list(csv.DictReader(file))
        assert len(shown) == exact.height
        for column in table.columns:
            for cell, value in zip((row[column.name] for row in shown), exact[column.name], strict=True):
                if column.many:
                    continue
                told = None if cell == "" else cell
                if column.type == "number" and told is not None:
                    assert float(told) == value
                elif column.type == "integer" and told is not None:
                    assert int(told) == value
                elif column.type == "boolean" and told is not None:
                    assert told == str(value).lower()
                else:
                    assert (None if told is None else restored(told)) == (value or None)


def test_every_column_of_the_plan_and_of_the_run_has_words_in_both_languages(ready: Ready) -> None:
    without = [
        (table.name, column.name)
        for table in every_table(ready.edition)
        for column in table.columns
        if not described(table.name, column.name)
    ]
    assert without == [], "describe these in src/cuabien/publication/columns.csv"


@given(st.text(max_size=30))
def test_a_neutralised_text_can_be_had_again(text: str) -> None:
    assert restored(neutral(text)) == text
    assert neutral(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@pytest.mark.parametrize(
    "text", ["=CMD()|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1", "'=1", "\t=1", "\r=1"]
)
def test_a_formula_is_a_text_in_csv(text: str) -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "name": [text, None], "n": [-1.5, 2.0]})
    [row, blank] = csv.DictReader(as_csv(frame).decode().splitlines(keepends=True))
    assert row["name"] == "'" + text == neutral(text) and restored(row["name"]) == text
    assert row["n"] == "-1.5" and blank["name"] == ""


def test_the_geopackage_holds_every_object_with_a_place(whole: Edition, ready: Ready) -> None:
    path = whole.folder / "data/plan.gpkg"
    expected = {layer.name: len(layer.spots) for layer in layers(ready.edition.plan)}
    assert {
        name: pyogrio.read_info(path, layer=name)["features"] for name, _ in pyogrio.list_layers(path)
    } == expected
    with sqlite3.connect(path) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("pragma application_id").fetchone() == (0x47504B47,)
        assert {srs for (srs,) in db.execute("select srs_id from gpkg_contents")} == {4326}
    meta, _, shapes, columns = pyogrio.raw.read(path, layer="links")
    assert (
        set(columns[list(meta["fields"]).index("id")]) == set(ready.edition.plan.links) and len(shapes) == 14
    )


def test_geojson_is_wgs84_with_every_object_and_its_id(whole: Edition, ready: Ready) -> None:
    for layer in layers(ready.edition.plan):
        content = json.loads((whole.folder / f"data/geojson/{layer.name}.geojson").read_bytes())
        assert {f["id"] for f in content["features"]} == {spot.id for spot in layer.spots}
        assert "crs" not in content


def test_no_feature_is_lost_in_the_tiles_at_the_highest_zoom(whole: Edition, ready: Ready) -> None:
    for layer in layers(ready.edition.plan):
        path = whole.folder / f"data/tiles/{layer.name}.pmtiles"
        assert path.read_bytes()[:7] == b"PMTiles"
        assert ids_in_tiles(path, HIGHEST_ZOOM) == {spot.id for spot in layer.spots}


def test_in_vn2000_a_point_is_where_the_transformation_puts_it(whole: Edition, ready: Ready) -> None:
    import numpy as np

    content = json.loads((whole.folder / "data/vn2000/nodes.geojson").read_bytes())
    assert content["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::9210"
    for feature in content["features"]:
        node = ready.edition.plan.nodes[feature["id"]]
        east, north = vn2000.from_wgs84(np.array([node.lon]), np.array([node.lat]), 105.75)
        assert feature["geometry"]["coordinates"] == pytest.approx(
            [float(east[0]), float(north[0])], abs=0.006
        )
    info = pyogrio.read_info(whole.folder / "data/vn2000/plan.gpkg", layer="nodes")
    assert info["features"] == len(ready.edition.plan.nodes)


def test_every_object_has_an_address_in_the_edition(whole: Edition, ready: Ready) -> None:
    index = json.loads((whole.folder / "objects/index.json").read_bytes())
    named = {(row["kind"], row["id"]) for row in index}
    kinds = {"zones": "zone", "links": "link", "targets": "target", "projects": "project", "areas": "area"}
    for table in TABLES:
        if table.name in kinds:
            assert {(kinds[table.name], i) for i in ready.edition.plan.table(table.name)} <= named
    for row in index:
        for form in row["forms"]:
            content = json.loads((whole.folder / form).read_bytes())
            assert (
                content["id"] == row["id"]
                and form.rsplit("/", 1)[1].split(".")[0] == address_of(row["id"]).split(".")[0]
            )
    project = json.loads((whole.folder / "objects/project/P1.json").read_bytes())
    assert (
        project["object"]["id"] == "P1"
        and project["run"]["comes"] is True
        and project["source"]["id"] == "textbook"
    )
    assert project["file"] == "plan/projects/P1.toml"


def test_the_data_package_is_valid_by_its_own_tool(whole: Edition) -> None:
    frictionless = pytest.importorskip("frictionless")
    package = frictionless.Package(str(whole.folder / "datapackage.json"))
    checked = [r.name for r in package.resources if r.format == "csv"]
    for name in [r.name for r in package.resources if r.format != "csv"]:
        assert (whole.folder / package.get_resource(name).path).is_file()
        package.remove_resource(name)
    report = package.validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "message"])[:5]
    assert len(checked) > 30


def test_words_of_a_column_are_described_as_they_stand_in_csv(whole: Edition) -> None:
    """The operator "=" is written "'=", and a checker must find it among the words that are allowed."""
    package = json.loads((whole.folder / "datapackage.json").read_bytes())
    [targets] = [r for r in package["resources"] if r["name"] == "targets"]
    [operator] = [f for f in targets["schema"]["fields"] if f["name"] == "operator"]
    assert "'=" in operator["constraints"]["enum"] and "=" not in operator["constraints"]["enum"]


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix ex: <urn:shapes:> .
ex:Catalogue a sh:NodeShape ; sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:uniqueLang true ] , [ sh:path dct:description ; sh:minCount 1 ; sh:uniqueLang true ] ,
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] , [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
ex:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:uniqueLang true ] , [ sh:path dct:description ; sh:minCount 1 ] ,
    [ sh:path dct:issued ; sh:datatype xsd:date ; sh:maxCount 1 ] , [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
ex:Distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] , [ sh:path dcat:downloadURL ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:license ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] , [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
ex:Agent a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
"""
"""What DCAT-AP makes mandatory, and the ranges of what is used of it."""


def test_the_catalogue_keeps_dcat_ap_and_says_the_same_in_both_forms(whole: Edition) -> None:
    rdflib, pyshacl = pytest.importorskip("rdflib"), pytest.importorskip("pyshacl")
    from rdflib.compare import isomorphic

    turtle = rdflib.Graph().parse(whole.folder / "catalogue.ttl", format="turtle")
    jsonld = rdflib.Graph().parse(whole.folder / "catalogue.jsonld", format="json-ld")
    assert isomorphic(turtle, jsonld) and len(turtle) > 500
    conforms, _, words = pyshacl.validate(
        turtle, shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle")
    )
    assert conforms, words
    places = [
        str(o)
        for _, _, o in turtle.triples((None, rdflib.URIRef("http://www.w3.org/ns/dcat#downloadURL"), None))
    ]
    assert places and all((whole.folder / place.rpartition(":")[2]).is_file() for place in places)
