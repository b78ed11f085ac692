"""Names that mean harm, in every text of a plan at once and in every file of its edition: nothing runs, and nothing breaks.

What no file may bring (control characters, texts without end) stops at the door. What is a text all the same (markup, formulas,
marks that turn the direction of writing, thousands of letters without a blank) goes through tables, maps, words, pages, documents.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
from pydantic.fields import FieldInfo

from cuabien.base.faults import UnusableInput
from cuabien.cli.main import main
from cuabien.plan import objects as o
from cuabien.plan.package import TABLES, Feature, Plan
from cuabien.plan.read import read_plan
from cuabien.plan.write import render_plan
from cuabien.publication.tables import FORMULA
from cuabien.runner import run_plan

MARKUP = '<script>window.ran=1</script><img src=x onerror="window.ran=1">\'"&amp;]]>'
HARM = (
    "=cmd|' /C calc'!A0",
    MARKUP,
    "+1+1",
    "\";window.ran=1;//'</script><svg onload=window.ran=1>",
    "-2+3",
    "‮gnod ior⁦x",
    "@SUM(1)",
    "Đ" * 4000,
    "＝1+1",
    "{{ 7*7 }}{% raw %} ${7*7} #panic(1)",
    "\t=1",
    "javascript:window.ran=1",
)
REFUSED = ("x" * 10_000, "a\x00b", "a\x1b[31mb", "a\x0bb")
KEYS = {"item", "period", "unit", "vintage", "formula", "state", "group", "link_class", "status", "kind"}
"""Texts by which the model or an indicator finds a row, or reads it: with another word the plan is another."""


def _texts(row_type: type[o.Row]) -> list[str]:
    """The columns of a row that take any text."""
    return [
        name
        for name, field in row_type.model_fields.items()
        if name not in KEYS and any(getattr(part, "max_length", None) == 4000 for part in _parts(field))
    ]


def _parts(field: FieldInfo) -> Iterator[Any]:
    """What narrows a column, whether or not it may be blank."""
    yield from field.metadata
    for option in get_args(field.annotation):
        for part in getattr(option, "__metadata__", ()):
            yield from part.metadata if isinstance(part, FieldInfo) else (part,)


def harmed(plan: Plan) -> Plan:
    """The plan with one harm after another in each text that any of its rows has."""
    harms = cycle(HARM)

    def changed(row: Any) -> Any:
        said = [name for name in _texts(type(row)) if getattr(row, name) is not None]
        return row.model_copy(update={name: next(harms) for name in said})

    def rows(name: str) -> dict[str, Any]:
        entries = plan.table(name)
        return {
            i: replace(e, row=changed(e.row)) if isinstance(e, Feature) else changed(e)
            for i, e in entries.items()
        }

    tables: dict[str, Any] = {table.name: rows(table.name) for table in TABLES}
    return replace(plan, header=changed(plan.header), **tables)


@pytest.fixture(scope="module")
def edition(tinytown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tinytown under these names, published with its scenario, pages and documents."""
    folder = tmp_path_factory.mktemp("plan") / "tinytown"
    shutil.copytree(tinytown, folder)
    for name, data in render_plan(harmed(read_plan(tinytown))).items():
        (folder / name).write_bytes(data)
    home, site = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("site")
    run = run_plan(read_plan(folder), to_year=2027, home=home).run
    assert main(["key", "new", "--home", str(home)]) == 0
    published = ["publish", str(folder), "--run", str(run), "--home", str(home), "--on", "2026-03-02"]
    assert main([*published, "--out", str(site / "one")]) == 0
    return site / "one"


def files(edition: Path, *endings: str) -> list[Path]:
    found = [
        path for path in edition.rglob("*") if path.name.endswith(endings) and "static" not in path.parts
    ]
    assert found
    return found


@pytest.mark.parametrize("text", REFUSED, ids=["long", "nul", "escape", "tab"])
def test_what_no_file_may_bring_is_refused_by_name(tinytown: Path, tmp_path: Path, text: str) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(tinytown, folder)
    file = folder / "places.csv" if (folder / "places.csv").is_file() else folder / "sources.csv"
    lines = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
    lines[1][1] = text
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    with pytest.raises(UnusableInput) as error:
        read_plan(folder)
    assert error.value.faults[0].file.endswith(file.name)


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if (tag == "script" and not known.get("src") and known.get("type") != "application/json") or tag in (
            "iframe",
            "object",
            "embed",
        ):
            self.wrong.append(tag)
        for name, value in known.items():
            address = (value or "").strip().lower()
            if name.startswith("on") or (
                name in ("href", "src", "action") and address.startswith(("javascript:", "data:"))
            ):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "src" and address == "x":
                self.wrong.append(f"{tag} src=x")  # fmt: skip


@pytest.mark.slow
def test_no_page_holds_an_element_that_a_name_made(edition: Path) -> None:
    for path in files(edition, ".html", ".svg"):
        parser = Elements()
        parser.feed(path.read_text("utf-8"))
        assert parser.wrong == [], path


@pytest.mark.slow
def test_no_cell_of_a_table_is_a_formula(edition: Path) -> None:
    numeric = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?$|-?inf$")
    seen = 0
    for path in [
        p for p in files(edition, ".csv") if p.relative_to(edition).parts[0] not in ("plan", "record")
    ]:
        for row in csv.reader(io.StringIO(path.read_text("utf-8"), newline="")):
            for cell in row:
                seen += cell.startswith("'")
                assert not cell.startswith(tuple(FORMULA[:-4])) or numeric.match(cell), (path, cell[:60])
                assert not cell.startswith(("\t", "\r")), (path, cell[:60])
    assert seen > 50


@pytest.mark.slow
def test_every_file_of_an_edition_is_still_what_it_says(edition: Path) -> None:
    """JSON, GeoJSON, JSON-LD, the scripts that hand answers over, XML, Turtle and the documents can all be read."""
    import rdflib

    for path in files(edition, ".json", ".geojson", ".jsonld"):
        json.loads(path.read_bytes())
    for path in (edition / "kept").rglob("*.js"):
        call = path.read_text("utf-8")
        assert call.startswith("cuabienKept(") and call.endswith(")\n")
        json.loads(f"[{call[len('cuabienKept(') : -2]}]")
    ElementTree.parse(edition.parent / "editions/feed.atom")
    assert len(rdflib.Graph().parse(edition / "catalogue.ttl", format="turtle")) > 100
    for path in files(edition, ".docx"):
        with zipfile.ZipFile(path) as package:
            text = package.read("word/document.xml").decode()
            ElementTree.fromstring(text)
            assert "instrText" not in text or set(re.findall(r"<w:instrText[^>]*>([^<]*)", text)) <= {
                " PAGE ",
                "PAGE",
            }
            assert not [name for name in package.namelist() if "vba" in name.lower() or "activeX" in name]
    for path in files(edition, ".pdf"):
        data = path.read_bytes()
        assert data.startswith(b"%PDF") and b"/JavaScript" not in data and b"/Launch" not in data


@pytest.mark.slow
def test_the_list_of_editions_holds_names_as_letters(edition: Path) -> None:
    parser = Elements()
    parser.feed((edition.parent / "editions/index.html").read_text("utf-8"))
    assert parser.wrong == []
    assert main(["verify", str(edition)]) == 0
