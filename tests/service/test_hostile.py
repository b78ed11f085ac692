"""Hostile names: every text that a person may set, in every answer that shows it. What can deceive the eye is refused beside
its field; what only means something to a machine comes out as the letters that it is."""

from __future__ import annotations

import json
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cuabien.plan.change import read_change
from cuabien.service.trying import visitors
from cuabien.service.trying.fields import ENTRIES, fields_of
from cuabien.service.trying.models import Job

pytestmark = pytest.mark.django_db

SQUARE = [[106.7, 20.8], [106.72, 20.8], [106.72, 20.82], [106.7, 20.82], [106.7, 20.8]]
NEW: dict[str, dict[str, Any]] = {
    "project": {"kind": "road", "opens": "2035", "points": [[106.7, 20.85]], "name_vi": "Dự án thử"},
    "zone": {
        "layer": "urban",
        "kind": "urban area",
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        "name_vi": "Khu thử",
    },
    "link": {
        "from_node": "",
        "to_node": "",
        "mode": "road",
        "link_class": "trunk",
        "lanes": 4,
        "name_vi": "Đường",
    },
    "node": {"lon": 106.7, "lat": 20.85, "name_vi": "Nút"},
    "terminal": {"state": "planned", "opens": 2035, "road_node": "", "name_vi": "Ga"},
    "power_plant": {"capacity_mw": 100, "fuel": "gas", "from_year": 2035, "name_vi": "Nhà máy"},
}
"""A new object of each kind that has a name of its own."""
NAMES = [
    (entry, field.id)
    for entry in NEW
    for field in fields_of(entry)
    if field.kind == "text" and field.id != "opens"
]
ONLY_TEXT = {
    "markup": "<img src=x onerror=alert(1)>",
    "a script that ends another": "</script><script>alert(1)</script>",
    "an attribute": '" onmouseover="alert(1)" x=\'',
    "a formula": "=cmd|'/c calc'!A1",
    "another formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "a template": "{{ 7*7 }} {% debug %} ${7*7} %(name)s {name} %s",
    "toml": '"]\n[[project]]\nid = "PR10"'.replace("\n", " "),
    "a path": "../../etc/passwd",
    "sql": "'; DROP TABLE trying_job; --",
    "other letters": "海防 Ω ñ 🏗 Cầu",
}
REFUSED = {
    "turned around": ("Khu \u202egnud", "try-hidden"),
    "isolated": ("Khu \u2066gnud\u2069", "try-hidden"),
    "a mark of no width": ("Khu\u200bthử", "try-hidden"),
    "a control character": ("Khu\x1b[31m", "control-character"),
    "nothing at all": ("Khu\x00", "control-character"),
    "a new line": ("Khu\nthử", "try-hidden"),
    "private letters": ("Khu \ue000", "try-hidden"),
    "ten thousand letters": ("k" * 10_000, "too-long"),
}


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path, served: Any) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "runs").symlink_to(Path(settings.CUABIEN_HOME) / "runs")
    settings.CUABIEN_HOME, settings.CUABIEN_TRIES_AT_ONCE, settings.CUABIEN_TRIES_AN_HOUR = home, 10**6, 10**6
    visitors.SENDING.tokens.clear()


def named(city: Any, name: str) -> list[dict[str, Any]]:
    """A new object of each kind, called so in every field that holds a text."""
    ends = [i for i, node in city.plan.nodes.items() if node.lon is not None][:2]
    edits = []
    for number, (entry, own) in enumerate(NEW.items()):
        fields = {**own, **dict.fromkeys((column for of, column in NAMES if of == entry), name)}
        blank = (key for key in ("from_node", "to_node", "road_node") if key in fields)
        fields |= dict(zip(blank, ends, strict=False))
        edits.append({"entry": entry, "id": f"try-{number}", "action": "add", "fields": fields})
    return edits


def send(reader: Client, *edits: dict[str, Any], **body: Any) -> Any:
    visitors.SENDING.tokens.clear()
    return reader.post(
        "/api/v1/try", json.dumps({"edits": list(edits), **body}), content_type="application/json"
    )


class Tags(HTMLParser):
    """What a browser would make of a page: elements, and every attribute that runs something."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.runs: list[str] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.runs += [name for name, _ in attrs if name.startswith("on")]
        self.runs += [
            str(value) for _, value in attrs if str(value).strip().lower().startswith("javascript:")
        ]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def unharmed(html: str, plain: str) -> Tags:
    """The page has the very elements of one with a plain name, and nothing that runs."""
    tags, like = Tags(html), Tags(plain)
    assert tags.found == like.found
    assert tags.runs == []
    return tags


def pages_of(reader: Client, change: str) -> list[str]:
    addresses = (
        f"/try/{change}/",
        f"/en/try/{change}/",
        f"/try/?on={change}",
        f"/try/compare/?change={change}",
    )
    return [reader.get(address).content.decode() for address in addresses]


def test_every_text_that_can_be_set_is_tested() -> None:
    """A kind of object that gets a text field is met here, not in public."""
    texts = {(entry, f.id) for entry in ENTRIES for f in fields_of(entry) if f.kind == "text"}
    assert texts - {("project", "opens")} - set(NAMES) == set()


@pytest.fixture
def plain(reader: Client, served: Any) -> str:
    """The same change with names that mean nothing to anybody."""
    return str(send(reader, *named(served, "Tên thường"), title="Tên").json()["change"])


@pytest.mark.parametrize("name", ONLY_TEXT.values(), ids=ONLY_TEXT)
def test_a_name_is_only_text(reader: Client, served: Any, plain: str, name: str) -> None:
    answer = send(reader, *named(served, name), title=name)
    assert answer.status_code == 202, answer.content[:500]
    change = answer.json()["change"]
    for html, like in zip(pages_of(reader, change), pages_of(reader, plain), strict=True):
        unharmed(html, like)
    assert name in "".join(Tags(pages_of(reader, change)[0]).text)  # as it was typed
    card = reader.get(f"/api/v1/try/{change}")
    assert card.headers["Content-Type"].startswith("application/json") and card.json()["title"] == name
    assert card.headers["X-Content-Type-Options"] == "nosniff"
    file = reader.get(f"/api/v1/try/{change}/toml")
    assert file.headers["Content-Type"].startswith("text/plain")
    assert 'filename="change-' in file.headers["Content-Disposition"]
    kept = {edit.id: edit.fields for edit in read_change(file.content).edits}
    for number, entry in enumerate(NEW):
        assert {kept[f"try-{number}"][column] for of, column in NAMES if of == entry} == {name}
    assert set(tomllib.loads(file.content.decode())) <= {
        "title",
        "title_vi",
        "title_en",
        "plan",
        "source",
        *NEW,
    }


@pytest.mark.parametrize(("name", "rule"), REFUSED.values(), ids=REFUSED)
def test_a_name_that_deceives_is_refused_beside_each_of_its_fields(
    reader: Client, served: Any, name: str, rule: str
) -> None:
    answer = send(reader, *named(served, name))
    assert answer.status_code == 422, answer.content[:500]
    found = {(f["rule"], f["entry"], f["field"], f["edit"]) for f in answer.json()["faults"]}
    for number, entry in enumerate(NEW):
        columns = {column for of, column in NAMES if of == entry}
        beside = {column for column in columns if (rule, entry, column, number) in found}
        # The same words in both languages are told once.
        assert beside >= columns - ({"name_en"} if "name_vi" in columns else set()), (entry, found)
    assert name not in answer.content.decode() and not Job.objects.exists()


@pytest.mark.parametrize(("name", "rule"), REFUSED.values(), ids=REFUSED)
def test_a_title_that_deceives_is_refused(reader: Client, name: str, rule: str) -> None:
    later = {"entry": "project", "id": "PR10", "action": "edit", "fields": {"opens": 2040}}
    answer = send(reader, later, title=name)
    assert answer.status_code == 422 and not Job.objects.exists()


@pytest.mark.parametrize("name", ONLY_TEXT.values(), ids=ONLY_TEXT)
def test_an_id_or_a_field_that_is_none_is_refused_and_runs_nothing(reader: Client, name: str) -> None:
    page = reader.post(
        "/try/", {"what": "project", "project": name, "opens": name, "title": name, "on": name}
    )
    plain = reader.post("/try/", {"what": "project", "project": "x", "opens": "x", "title": "x", "on": "x"})
    assert page.status_code == plain.status_code == 422
    unharmed(page.content.decode(), plain.content.decode())
    visitors.SENDING.tokens.clear()
    file = reader.post(
        "/try/", {"what": "file", "toml": f'[[project]]\nid = {json.dumps(name)}\nopens = "2040"\n'}
    )
    assert file.status_code == 422 and Tags(file.content.decode()).runs == []
    for edit in (
        {"entry": name[:40], "id": "PR10", "action": "edit", "fields": {"opens": 2040}},
        {"entry": "project", "id": name, "action": "edit", "fields": {"opens": 2040}},
        {"entry": "project", "id": "PR10", "action": "edit", "fields": {name: 2040}},
        {"entry": "project", "id": "PR10", "action": "edit", "fields": {"opens": name}},
    ):
        answer = send(reader, edit)
        assert answer.status_code == 422 and answer.headers["Content-Type"].startswith("application/json")
    assert not Job.objects.exists()
