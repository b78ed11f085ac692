"""Trying a change: who is next, what is refused and where it says so, what is kept, and what another may not do."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from cuabien.base.faults import stops
from cuabien.plan.change import Change, Edit, change_hash, read_change, try_read_change
from cuabien.plan.package import Plan
from cuabien.results.code import code_hash
from cuabien.service.city import City
from cuabien.service.trying import asking, changes, queue, store, visitors
from cuabien.service.trying.fields import ENTRIES, fields_of
from cuabien.service.trying.models import Job
from cuabien.service.trying.toml import as_toml

LATER = {"entry": "project", "id": "PR10", "action": "edit", "fields": {"opens": 2040}}
SQUARE = [[106.7, 20.8], [106.72, 20.8], [106.72, 20.82], [106.7, 20.82], [106.7, 20.8]]


def zone(ring: list[list[float]], **fields: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    own = {"layer": "urban", "kind": "urban area", "name_vi": "Khu thử", "geometry": geometry}
    return {"entry": "zone", "id": "try-1", "action": "add", "fields": own | fields}


def send(reader: Client, *edits: dict[str, Any], headers: dict[str, str] | None = None, **body: Any) -> Any:
    return reader.post(
        "/api/v1/try",
        json.dumps({"edits": list(edits), **body}),
        content_type="application/json",
        headers=headers,
    )


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """What is tried is kept apart from one test to the next, and nobody is asked to slow down."""
    if "served" in request.fixturenames:
        request.getfixturevalue("served")
        home = tmp_path / "home"
        home.mkdir()
        (home / "runs").symlink_to(Path(settings.CUABIEN_HOME) / "runs")
        settings.CUABIEN_HOME = home
    visitors.SENDING.tokens.clear()


# ---- visitors ---------------------------------------------------------------------------------------------


def test_a_visitor_is_a_key_of_the_day_and_no_address() -> None:
    ask = RequestFactory().get
    day = dt.date(2026, 1, 1)
    one = visitors.visitor_of(ask("/", REMOTE_ADDR="10.1.2.3"), day)
    assert one == visitors.visitor_of(ask("/", REMOTE_ADDR="10.1.2.3"), day)
    assert one != visitors.visitor_of(ask("/", REMOTE_ADDR="10.1.2.4"), day)
    assert one != visitors.visitor_of(ask("/", REMOTE_ADDR="10.1.2.3"), dt.date(2026, 1, 2))
    assert "10.1" not in one and len(one) == 32
    neighbours = [visitors.visitor_of(ask("/", REMOTE_ADDR=f"2001:db8::{n}"), day) for n in (1, 2)]
    assert neighbours[0] == neighbours[1]


@pytest.mark.django_db
def test_too_many_are_asked_to_wait_in_words(reader: Client, settings: Any) -> None:
    settings.CUABIEN_TRIES_AT_ONCE = 1
    assert send(reader, LATER).status_code == 202
    answer = send(reader, {**LATER, "fields": {"opens": 2041}})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == answer.json()["retry_after_s"] >= 1
    assert "wait" in answer.json()["detail"]["en"] and answer.json()["detail"]["vi"]
    assert send(reader, LATER).status_code == 202  # the same again is the same job


# ---- what is refused, beside which field --------------------------------------------------------------------

RING = [
    [round(106.7 + 0.01 * math.cos(n / 1591.6), 5), round(20.8 + 0.01 * math.sin(n / 1591.6), 5)]
    for n in range(10_000)
]
WRONG: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "a date that is none": ({**LATER, "fields": {"opens": "20x"}}, "bad-date", "opens"),
    "a project that is not there": ({**LATER, "id": "PR1O"}, "unknown-id", "id"),
    "what is withheld cannot be shown": ({**LATER, "fields": {"public": False}}, "try-not-this-field", "public"),
    "a target": ({"entry": "target", "id": "T1", "action": "edit", "fields": {"value": 1}}, "try-not-here", None),
    "outside the city": (zone([[10, 10], [11, 10], [11, 11], [10, 10]]), "try-outside", "geometry"),
    "a line that crosses itself": (
        zone([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]),
        "crossed-polygon",
        "geometry",
    ),
    "ten thousand corners": (zone([*RING, RING[0]]), "try-too-fine", "geometry"),
    "a name that turns the line around": (zone(SQUARE, name_vi="Khu \u202egnud"), "try-hidden", "name_vi"),
    "a very long name": (zone(SQUARE, name_vi="k" * 300), "too-long", "name_vi"),
    "a zone that ends before it begins": (
        {"entry": "zone", "id": "Z001", "action": "edit", "fields": {"from_year": 2040, "to_year": 2030}},
        "zone-ends-before-it-begins",
        "to_year",
    ),
    "a number for a path": (
        {"entry": "parameter", "id": "economy.investment_share", "action": "edit", "fields": {"value": 0.3}},
        "try-path",
        "value",
    ),
    "a node that is not there": (
        {
            "entry": "link",
            "id": "try-2",
            "action": "add",
            "fields": {"from_node": "nowhere", "to_node": "C01", "mode": "road", "link_class": "trunk", "length_km": 1},
        },
        "dangling-reference",
        "from_node",
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("edit", "rule", "field"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_beside_its_field(
    reader: Client, edit: dict[str, Any], rule: str, field: str | None
) -> None:
    answer = send(reader, edit)
    assert answer.status_code == 422, answer.content[:300]
    told = {fault["rule"]: fault for fault in answer.json()["faults"]}
    assert rule in told, told
    assert (told[rule]["field"], told[rule]["edit"], told[rule]["id"]) == (field, 0, edit["id"])
    assert all(told[rule]["message"].values()) and all(told[rule]["remedy"].values())
    assert "try-nothing" not in told
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_names_with_markup_and_formulas_are_only_text(reader: Client) -> None:
    name = "<img src=x onerror=alert(1)> =1+1 \"'&"
    answer = send(reader, zone(SQUARE, name_vi=name), title="<script>alert(1)</script>")
    assert answer.status_code == 202
    page = reader.get(f"/try/{answer.json()['change']}/").content.decode()
    assert "<img src=x" not in page and "<script>alert" not in page
    assert "&lt;img src=x" in page and "&lt;script&gt;alert" in page
    toml = reader.get(f"/api/v1/try/{answer.json()['change']}/toml")
    assert (
        toml.headers["Content-Type"].startswith("text/plain")
        and "attachment" in toml.headers["Content-Disposition"]
    )
    assert read_change(toml.content).edits[-1].fields["name_vi"] == name


@pytest.mark.django_db
def test_a_change_for_another_edition_or_plan_is_refused(reader: Client) -> None:
    assert send(reader, LATER, edition="0" * 64).status_code == 409
    answer = reader.post(
        "/api/v1/try",
        json.dumps({"toml": 'plan = "elsewhere"\n[[project]]\nid = "PR10"\nopens = 2040\n'}),
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert [fault["rule"] for fault in answer.json()["faults"]] == ["other-plan"]


@pytest.mark.django_db
def test_what_is_withheld_is_not_told(reader: Client, served: City, whole: Plan) -> None:
    """An id that exists and is not shown is refused as one that does not exist."""
    for identity, kept in served.withheld.items():
        if kept.table in ("projects", "zones"):
            edit = {"entry": kept.table[:-1], "id": identity, "action": "remove"}
            answer = send(reader, edit)
            assert [fault["rule"] for fault in answer.json()["faults"]] == ["unknown-id"]
            row = getattr(whole.table(kept.table)[identity], "row", whole.table(kept.table)[identity])
            assert row.name_vi not in answer.content.decode()


# ---- who may send -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_another_site_cannot_send_for_its_visitors(reader: Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):  # fmt: skip
        assert send(reader, LATER, headers=headers).status_code == 403
        assert reader.post("/try/", {"what": "project"}, headers=headers).status_code == 403
    assert reader.post("/api/v1/try", "{}", content_type="text/plain").status_code in (400, 415, 422)
    assert not Job.objects.exists()
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}):
        assert send(reader, LATER, headers=headers).status_code == 202


@pytest.mark.django_db
def test_what_is_too_large_is_not_read(reader: Client) -> None:
    answer = send(reader, toml="#" * 400_000)
    assert answer.status_code in (400, 413, 422)
    assert send(reader, *[{**LATER, "id": f"PR{n}"} for n in range(41)]).status_code == 422


def test_the_site_stands_without_a_database(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """No database is set up for this test: asking it raises, as a missing or locked one does."""

    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("locked")

    for name in ("find", "put", "latest", "living", "under_way", "bury"):
        monkeypatch.setattr(queue, name, broken)
    for address in ("/", "/projects/", "/try/", "/api/v1/explorer", "/api/v1/try/options"):
        assert reader.get(address).status_code == 200, address
    assert reader.get("/api/v1/try/options").json()["ready"] is False
    for answer in (send(reader, LATER), reader.get("/api/v1/try/jobs/x")):
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        assert set(answer.json()["detail"]) == {"vi", "en"}
    assert reader.post("/try/", {"what": "project", "project": "PR10", "opens": "2040"}).status_code == 503


# ---- the store --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_second_time_it_is_answered_from_the_store(
    reader: Client, served: City, settings: Any, tmp_path: Path
) -> None:
    first = send(reader, LATER).json()
    assert first["stored"] is False and first["job"]["state"] == "queued"
    assert reader.get(f"/api/v1/try/{first['change']}/result").status_code == 409
    assert served.run is not None
    look = store.look_folder(settings.CUABIEN_HOME, first["change"], served.edition, code_hash())
    look.parent.mkdir(parents=True)
    look.symlink_to(served.run.folder)  # any whole run stands for what the worker would put there
    again = send(reader, LATER)
    assert again.status_code == 200
    assert again.json() | {"job": 0} == first | {"job": 0, "stored": True} and again.json()["job"] is None
    assert reader.get(f"/api/v1/try/{first['change']}/result").json()["targets"] == []


def test_only_whole_hashes_open_the_store(tmp_path: Path) -> None:
    for name in ("..", "a" * 63, "../" + "a" * 61, "A" * 64, "", "a" * 64 + "\n"):
        assert store.get(tmp_path, name) is None
    change = Change(edits=(Edit("projects", "PR10", "edit", {"opens": "2040"}),), title="first")
    store.put(tmp_path, change_hash(change), change)
    kept = store.get(tmp_path, change_hash(change))
    assert kept is not None and kept.edits == change.edits and kept.title == "first"


def test_the_store_makes_room_for_what_is_new(tmp_path: Path) -> None:
    import os

    for n in range(3):
        folder = store.look_folder(tmp_path, f"{n}" * 64, "e" * 64, "c" * 64)
        folder.mkdir(parents=True)
        (folder / "x").write_bytes(b"x" * 1000)
        os.utime(folder, (n, n))
    assert store.make_room(tmp_path, 2500) == 1
    assert [n for n in range(3) if store.look_folder(tmp_path, f"{n}" * 64, "e" * 64, "c" * 64).exists()] == [
        1,
        2,
    ]


# ---- one reader for JSON and TOML ---------------------------------------------------------------------------

VALUES = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(blacklist_categories=("Cs",)), max_size=30),
)


@given(
    st.dictionaries(
        st.text(st.characters(blacklist_categories=("Cs",)), max_size=10),
        VALUES | st.lists(VALUES, max_size=4),
        max_size=5,
    )
)
def test_edits_are_written_as_toml_that_says_the_same(fields: dict[str, Any]) -> None:
    import tomllib

    assert tomllib.loads(as_toml([("zone", fields)]).decode()) == {"zone": [fields]}


def test_a_new_object_says_what_nobody_is_asked_for(served: City) -> None:
    sent = changes.from_edits(served, [zone(SQUARE)])
    assert not sent.is_refused, [p.fault for p in sent.faults]
    fields = {e.id: e.fields for e in sent.change.edits}["try-1"]
    assert fields["shape"] == "schematic" and fields["source"] == changes.SOURCE
    assert fields["area_ha"] == pytest.approx(
        0.02 * 111.32 * math.cos(math.radians(20.81)) * 0.02 * 110.7 * 100, rel=0.01
    )


def test_a_stack_is_one_change_with_one_source(served: City) -> None:
    below = changes.from_edits(served, [zone(SQUARE)]).change
    above = {**zone(SQUARE), "id": "try-2"}
    sent = changes.from_edits(served, [above, LATER], on=[below])
    assert not sent.is_refused, [p.fault for p in sent.faults]
    assert [e.id for e in sent.change.edits] == ["what-if", "PR10", "try-1", "try-2"] or {e.id for e in sent.change.edits} == {"what-if", "PR10", "try-1", "try-2"}  # fmt: skip
    assert not stops(try_read_change(store_text(sent.change), served.plan)[1])
    twice = changes.from_edits(served, [zone(SQUARE)], on=[below])
    assert twice.is_refused and twice.faults[0].fault.rule == "already-there"


def store_text(change: Change) -> bytes:
    from cuabien.plan.change import render_change

    return render_change(change)


def test_every_field_that_can_be_changed_has_a_type_and_bounds() -> None:
    by_name = {(entry, field.id): field for entry in ENTRIES for field in fields_of(entry)}
    assert by_name["project", "opens"].kind == "date" and by_name["link", "opens"].kind == "year"
    assert (by_name["zone", "occupancy_percent"].low, by_name["zone", "occupancy_percent"].high) == (0, 100)
    assert "stopped" in by_name["project", "status"].choices
    assert by_name["link", "from_node"].of == "nodes" and by_name["link", "from_node"].needed


# ---- what is said first -------------------------------------------------------------------------------------


def of_city(served: City, *rows: tuple[str, int, float, float, bool]) -> Any:
    """Two futures that say this of the whole city: indicator, year, in the plan, with the change, above the noise."""
    import polars as pl

    from cuabien.service.trying.answers import Seen

    city = served.plan.header.city
    columns = ["indicator", "area", "year", "unit", "first", "second", "telling"]
    units = {"port_cargo": "million tonnes", "employment": "persons", "population": "persons"}
    data = [(i, city, year, units.get(i, ""), one, two, told) for i, year, one, two, told in rows]
    side: Any = None
    return Seen(served.plan, side, side, side, pl.DataFrame(data, schema=columns, orient="row"))


def test_what_a_leader_asks_for_is_said_first(served: City) -> None:
    """By hand: cargo is furthest apart in 2035 and less than the noise in 2045; people are equally far apart twice."""
    from cuabien.service.trying.answers import headline, headline_words

    found = of_city(
        served,
        ("population", 2035, 4_000_000.0, 4_000_500.0, True),
        ("population", 2045, 5_000_000.0, 5_000_500.0, True),
        ("port_cargo", 2030, 200.0, 199.0, True),
        ("port_cargo", 2035, 300.0, 270.0, True),
        ("port_cargo", 2045, 400.0, 399.0, False),
        ("employment", 2045, 2_500_000.0, 2_500_001.0, False),
    )
    assert [(row["indicator"], row["year"]) for row in headline(found)] == [
        ("port_cargo", 2035),
        ("employment", 2045),
        ("population", 2045),
    ]
    cargo, people, still = headline_words(found, "en")
    assert "300.0 becomes 270.0 million tonnes in 2035 (−10.0 %)" in cargo
    assert "5,000,000 becomes 5,000,500" in people and "(+0.01 %)" in people
    assert "no difference" in still and "population" not in still.lower()
    assert "chênh lệch" in headline_words(found, "vi")[-1]
    nothing = of_city(served, ("employment", 2045, 1.0, 1.0, False), ("population", 2045, 1.0, 1.0, False))
    (all_still,) = headline_words(nothing, "en")
    assert "stays as it is" in all_still


# ---- pages ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_form_keeps_what_was_typed_beside_what_is_wrong(reader: Client) -> None:
    page = reader.post("/en/try/", {"what": "project", "project": "PR10", "opens": "20x"})
    assert page.status_code == 422
    html = page.content.decode()
    assert 'value="20x"' in html and 'id="opens-wrong"' in html and 'aria-describedby="opens-wrong"' in html
    sent = reader.post("/en/try/", {"what": "project", "project": "PR10", "opens": "2040"})
    assert sent.status_code == 303
    waiting = reader.get(sent.headers["Location"])
    assert 'http-equiv="refresh"' in waiting.content.decode() and 'name="cancel"' in waiting.content.decode()
    stranger = reader.get(sent.headers["Location"].partition("?")[0]).content.decode()
    assert 'name="cancel"' not in stranger  # only who sent it may cancel it
    job = Job.objects.get()
    assert reader.post(sent.headers["Location"], {"cancel": job.id}).status_code == 303
    assert Job.objects.get().state == "cancelled"


@pytest.mark.django_db
def test_the_numbers_of_the_form_are_read_as_people_write_them(served: City) -> None:
    from cuabien.service.trying.pages import as_number, read

    assert as_number(" 0,25 ") == 0.25 and as_number("1 200") == 1200 and as_number("x") == "x"
    path = served.plan.parameters["economy.investment_share"].value
    assert isinstance(path, dict)
    sent = read(served, {"what": "parameter", "parameter": "economy.investment_share", "value": "105"})
    assert not sent.is_refused
    new = sent.change.edits[0].fields["value"]
    assert {int(year): value for year, value in new.items()} == pytest.approx(
        {y: 1.05 * v for y, v in path.items()}
    )


def test_a_request_from_a_page_of_ours_is_told_from_others() -> None:
    post = RequestFactory(SERVER_NAME="localhost").post
    assert asking.from_here(post("/"))
    assert not asking.from_here(post("/", headers={"Origin": "http://localhost.evil"}))


@pytest.mark.django_db
def test_what_is_refused_gives_its_place_back(reader: Client, settings: Any) -> None:
    settings.CUABIEN_TRIES_AN_HOUR = 1
    ends = {"entry": "zone", "id": "Z001", "action": "edit", "fields": {"from_year": 2040, "to_year": 2030}}
    assert [send(reader, ends).status_code for _ in range(3)] == [422] * 3
    assert send(reader, LATER).status_code == 202


@pytest.mark.django_db
def test_a_stack_upon_a_change_that_the_plan_has_outgrown_is_refused(served: City) -> None:
    gone = Change(edits=(Edit("projects", "PR-gone", "edit", {"opens": "2040"}),))
    sent = changes.from_edits(served, [LATER], on=[gone])
    assert sent.is_refused and sent.faults[0].fault.rule == "unknown-id"
