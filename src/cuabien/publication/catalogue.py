"""What the data are, whose they are, and what each column means: a Frictionless data package and a DCAT-AP catalogue.

Both are written from the same list of files. A licence is named only where the plan's folder states one (LICENSE files); a
table of the map folder is under the licence of that folder. Addresses are relative unless the edition was told where it
will stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cuabien.base.cells import neutral
from cuabien.base.words import LANGUAGES, N_, say
from cuabien.publication.edition import EditionInput, Piece
from cuabien.publication.features import layers
from cuabien.publication.maps import EPSG_OF_MERIDIAN
from cuabien.publication.tables import Column, Table, every_table

PACKAGE, JSONLD, TURTLE = "datapackage.json", "catalogue.jsonld", "catalogue.ttl"


@dataclass(frozen=True)
class Licence:
    """A licence by its usual name; `attribution` must be shown with the data."""

    name: str
    title: str
    path: str
    attribution: str = ""


KNOWN = (
    (re.compile(r"ODbL|Open Database Licen[cs]e", re.I), Licence("ODbL-1.0", "Open Database Licence 1.0", "https://opendatacommons.org/licenses/odbl/1-0/")),
    (re.compile(r"CC0|Public Domain Dedication", re.I), Licence("CC0-1.0", "Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")),
    (re.compile(r"CC[ -]BY[ -]SA|Attribution-ShareAlike", re.I), Licence("CC-BY-SA-4.0", "Creative Commons Attribution-ShareAlike 4.0", "https://creativecommons.org/licenses/by-sa/4.0/")),
    (re.compile(r"CC[ -]BY|Creative Commons Attribution", re.I), Licence("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/")),
    (re.compile(r"Apache License", re.I), Licence("Apache-2.0", "Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0")),
)  # fmt: skip
"""Words of a licence file -> the licence; the first that fits."""
ATTRIBUTION = re.compile(r"^Attribution:\s*\**(.+?)\**(?:,|$)", re.M)


@dataclass(frozen=True)
class Data:
    """One file of data: what it holds and in which form."""

    name: str
    path: str
    format: str
    media: str
    vi: str
    en: str
    licence: Licence | None
    table: Table | None = None
    crs: str | None = None


def pieces(edition: EditionInput) -> Iterable[Piece]:
    data = list(every_file(edition))
    yield PACKAGE, _json(package(edition, data))
    graph = catalogue(edition, data)
    yield JSONLD, _json({"@context": CONTEXT, "@graph": [_as_jsonld(node) for node in graph]})
    yield TURTLE, turtle(graph).encode()


def every_file(edition: EditionInput) -> Iterator[Data]:
    tables = every_table(edition)
    own, of_map = licence_of(edition.files), licence_of(edition.files, "map/")
    for table in tables:
        licence = (of_map or own) if table.from_map else own
        for form, media, ending in (
            ("csv", "text/csv", "csv"),
            ("parquet", "application/vnd.apache.parquet", "parquet"),
        ):
            path = f"data/{form}/{table.name}.{ending}"
            name = f"{table.name}-{form}" if form != "csv" else table.name
            yield Data(_name(name), path, form, media, table.vi, table.en, licence, table)
    titles = {table.name: table for table in tables}
    map_licence = of_map or own
    whole = say(MAP, "vi"), say(MAP, "en")
    yield Data(
        "map",
        "data/plan.gpkg",
        "gpkg",
        "application/geopackage+sqlite3",
        *whole,
        map_licence,
        crs="EPSG:4326",
    )
    found = layers(edition.plan)
    for layer in found:
        title = (
            (titles[layer.table].vi, titles[layer.table].en)
            if layer.table in titles
            else (layer.name, layer.name)
        )
        licence = map_licence if layer.table not in titles or titles[layer.table].from_map else own
        yield Data(
            f"{layer.name}-geojson",
            f"data/geojson/{layer.name}.geojson",
            "geojson",
            "application/geo+json",
            *title,
            licence,
            crs="EPSG:4326",
        )
        yield Data(
            f"{layer.name}-tiles",
            f"data/tiles/{layer.name}.pmtiles",
            "pmtiles",
            "application/vnd.pmtiles",
            *title,
            licence,
            crs="EPSG:3857",
        )
    if edition.vn2000:
        code = EPSG_OF_MERIDIAN.get(edition.plan.header.central_meridian)
        crs = f"EPSG:{code}" if code else f"VN-2000 {edition.plan.header.central_meridian}"
        yield Data(
            "map-vn2000",
            "data/vn2000/plan.gpkg",
            "gpkg",
            "application/geopackage+sqlite3",
            *whole,
            map_licence,
            crs=crs,
        )
        for layer in found:
            title = (
                (titles[layer.table].vi, titles[layer.table].en)
                if layer.table in titles
                else (layer.name, layer.name)
            )
            yield Data(
                f"{layer.name}-vn2000",
                f"data/vn2000/{layer.name}.geojson",
                "geojson",
                "application/geo+json",
                *title,
                map_licence,
                crs=crs,
            )


MAP = N_("The map of the plan, all layers in one file")


def _name(name: str) -> str:
    return name.replace("_", "-")


def licence_of(files: Mapping[str, bytes], folder: str = "") -> Licence | None:
    """What the licence file of a folder of the plan says; None when there is none, or one that is not known."""
    for path, data in sorted(files.items()):
        head, _, name = path.rpartition("/")
        if name.upper().startswith(("LICENSE", "LICENCE")) and (f"{head}/" if head else "") == folder:
            text = data.decode(errors="replace")
            named = ATTRIBUTION.search(text)
            for pattern, licence in KNOWN:
                if pattern.search(text):
                    return Licence(
                        licence.name, licence.title, licence.path, named[1].strip() if named else ""
                    )
    return None


# ---- Frictionless -----------------------------------------------------------------------------------------


def package(edition: EditionInput, data: list[Data]) -> dict[str, Any]:
    header = edition.plan.header
    licences = {d.licence.name: d.licence for d in data if d.licence}
    return {
        "profile": "data-package",
        "name": re.sub(r"[^a-z0-9._-]", "-", edition.id.lower()),
        "id": edition.id,
        "title": header.name_vi,
        "title_en": header.name_en,
        "description": _told(edition, "vi"),
        "description_en": _told(edition, "en"),
        "version": edition.published.isoformat(),
        "created": f"{edition.published.isoformat()}T00:00:00Z",
        "licenses": [_licence(licence) for licence in licences.values()],
        "sources": [{"title": header.authority_vi}, *_sources(edition)],
        "contributors": [{"title": header.authority_vi, "role": "publisher"}],
        "resources": [_resource(d) for d in data],
    }


def _told(edition: EditionInput, language: str) -> str:
    words = N_(
        "The plan of {city} as published on {day}, and the future that follows from it to {year}. {attribution}"
    )
    attribution = "; ".join(dict.fromkeys(d.attribution for d in _licences(edition) if d.attribution))
    name = edition.plan.header.name_vi if language == "vi" else edition.plan.header.name_en
    return say(
        words,
        language,
        city=name,
        day=edition.published.isoformat(),
        year=edition.plan.header.horizon,
        attribution=attribution,
    ).strip()


def _licences(edition: EditionInput) -> Iterable[Licence]:
    return [found for folder in ("", "map/", "layers/") if (found := licence_of(edition.files, folder))]


def _licence(licence: Licence) -> dict[str, str]:
    row = {"name": licence.name, "title": licence.title, "path": licence.path}
    return {**row, "attribution": licence.attribution} if licence.attribution else row


def _sources(edition: EditionInput) -> list[dict[str, str]]:
    """Every source of the plan that has an address; the table `sources` has them all."""
    return [
        {"title": source.title, "path": source.address}
        for source in sorted(edition.plan.sources.values(), key=lambda s: s.id)
        if source.address and re.match(r"https?://\S+$", source.address)
    ]


def _resource(data: Data) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": data.name,
        "path": data.path,
        "title": data.vi,
        "title_en": data.en,
        "format": data.format,
        "mediatype": data.media,
    }
    if data.licence:
        row["licenses"] = [_licence(data.licence)]
    if data.crs:
        row["crs"] = data.crs
    if data.table is not None:
        row["description"], row["description_en"] = data.vi, data.en
        if data.format == "csv":
            row |= {
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True},
                "formulas": "an apostrophe stands in front of a text that begins with = + - @ or an apostrophe",
                "schema": _schema(data.table),
            }
    return row


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    return schema


def _field(column: Column) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.vi,
        "description": column.vi,
        "description_en": column.en,
    }
    if column.unit:
        row["unit"] = column.unit
    if column.type == "boolean":
        row |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.refers_to:
        row["refersTo"] = f"{column.refers_to}.id"
    if column.many:
        row["separator"] = ";"
    limits: dict[str, Any] = {}
    if column.required and not column.many:
        limits["required"] = True
    if column.words:
        limits["enum"] = [neutral(word) for word in column.words]  # as they stand in the CSV
    return {**row, "constraints": limits} if limits else row


# ---- DCAT -------------------------------------------------------------------------------------------------

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "adms": "http://www.w3.org/ns/adms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
MEDIA = "https://www.iana.org/assignments/media-types/"
LANGUAGE = {
    "vi": "http://publications.europa.eu/resource/authority/language/VIE",
    "en": "http://publications.europa.eu/resource/authority/language/ENG",
}


@dataclass(frozen=True)
class Text:
    """A literal: its language, or its type."""

    value: str
    language: str = ""
    type: str = ""


@dataclass(frozen=True)
class Link:
    """An address."""

    iri: str


Node = tuple[str, str, list[tuple[str, Text | Link]]]
"""(address, type, properties)."""


def catalogue(edition: EditionInput, data: list[Data]) -> list[Node]:
    """Catalogue, one dataset a table or layer, one distribution a file."""
    header = edition.plan.header
    root = edition.address.rstrip("/") + "/" if edition.address else f"urn:cuabien:{quote(edition.id)}:"
    day = Text(edition.published.isoformat(), type="xsd:date")
    publisher = f"{root}publisher"
    named = [("dct:title", Text(header.name_vi, "vi")), ("dct:title", Text(header.name_en, "en"))]
    told = [("dct:description", Text(_told(edition, code), code)) for code in LANGUAGES]
    by_set: dict[str, list[Data]] = {}
    for one in data:
        by_set.setdefault(_set_of(one), []).append(one)
    nodes: list[Node] = [
        (
            f"{root}catalogue",
            "dcat:Catalog",
            [
                *named,
                *told,
                ("dct:publisher", Link(publisher)),
                ("dct:issued", day),
                *(("dct:language", Link(LANGUAGE[code])) for code in header.languages),
                *(("dct:license", Link(licence.path)) for licence in dict.fromkeys(_licences(edition))),
                *(("dcat:dataset", Link(f"{root}dataset/{quote(name)}")) for name in by_set),
            ],
        ),
        (
            publisher,
            "foaf:Agent",
            [("foaf:name", Text(header.authority_vi, "vi")), ("foaf:name", Text(header.authority_en, "en"))],
        ),
    ]
    for name, files in by_set.items():
        nodes.append(_dataset(root, name, files, publisher, day, edition))
        nodes += [_distribution(root, one, edition) for one in files]
    return nodes


def _set_of(data: Data) -> str:
    return data.table.name if data.table else data.name.rsplit("-", 1)[0]


def _dataset(
    root: str, name: str, files: list[Data], publisher: str, day: Text, edition: EditionInput
) -> Node:
    first = files[0]
    years = f"{edition.plan.header.base_year}-{edition.plan.header.horizon}"
    return (
        f"{root}dataset/{quote(name)}",
        "dcat:Dataset",
        [
            ("dct:identifier", Text(f"{edition.id}/{name}")),
            ("dct:title", Text(first.vi, "vi")),
            ("dct:title", Text(first.en, "en")),
            ("dct:description", Text(f"{first.vi} ({years})", "vi")),
            ("dct:description", Text(f"{first.en} ({years})", "en")),
            ("dct:publisher", Link(publisher)),
            ("dct:issued", day),
            ("dcat:keyword", Text("quy hoạch", "vi")),
            ("dcat:keyword", Text("urban planning", "en")),
            *(("dcat:distribution", Link(f"{root}distribution/{quote(one.name)}")) for one in files),
        ],
    )


def _distribution(root: str, data: Data, edition: EditionInput) -> Node:
    at = (edition.address.rstrip("/") + "/" if edition.address else root) + data.path
    licence: list[tuple[str, Text | Link]] = (
        [("dct:license", Link(data.licence.path))] if data.licence else []
    )
    if data.licence and data.licence.attribution:
        licence.append(("dct:rights", Text(data.licence.attribution)))
    return (
        f"{root}distribution/{quote(data.name)}",
        "dcat:Distribution",
        [
            ("dct:title", Text(f"{data.vi} ({data.format})", "vi")),
            ("dct:title", Text(f"{data.en} ({data.format})", "en")),
            ("dcat:accessURL", Link(at)),
            ("dcat:downloadURL", Link(at)),
            ("dcat:mediaType", Link(MEDIA + data.media)),
            ("dct:format", Text(data.format)),
            *licence,
        ],
    )


def _as_jsonld(node: Node) -> dict[str, Any]:
    iri, kind, pairs = node
    found: dict[str, Any] = {"@id": iri, "@type": kind}
    for key, value in pairs:
        found.setdefault(key, []).append(_value_of(value))
    return found


def _value_of(value: Text | Link) -> dict[str, str]:
    if isinstance(value, Link):
        return {"@id": value.iri}
    more = {"@language": value.language} if value.language else {"@type": value.type} if value.type else {}
    return {"@value": value.value, **more}


def turtle(nodes: Iterable[Node]) -> str:
    """The same graph as Turtle."""
    lines = [f"@prefix {name}: <{iri}> ." for name, iri in CONTEXT.items()]
    for iri, kind, pairs in nodes:
        rows = [f"a {kind}", *(f"{key} {_in_turtle(value)}" for key, value in pairs)]
        lines += ["", f"<{iri}>", "    " + " ;\n    ".join(rows) + " ."]
    return "\n".join(lines) + "\n"


def _in_turtle(value: Text | Link) -> str:
    if isinstance(value, Link):
        return f"<{value.iri}>"
    text = json.dumps(value.value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return text + (f"@{value.language}" if value.language else f"^^{value.type}" if value.type else "")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"
