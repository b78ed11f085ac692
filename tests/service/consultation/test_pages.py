"""The public pages of consultation: say, keep a receipt, read, support, take back, check; on the served tinytown."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from cuabien.base.dates import VIETNAM
from cuabien.plan.read import read_plan
from cuabien.runner import run_plan
from cuabien.service import city as cities
from cuabien.service.consultation import acts, door, showing
from cuabien.service.consultation import models as m
from cuabien.service.middleware import Buckets

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def a_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("served")
    run_plan(read_plan(ROOT / "plans" / "tinytown"), home=home)
    return home


@pytest.fixture
def city(settings: Any, a_home: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[cities.City]:
    settings.CUABIEN_PLAN, settings.CUABIEN_HOME = ROOT / "plans" / "tinytown", a_home
    settings.CUABIEN_READS_A_SECOND = 1e6
    for name in ("SOLVED", "UNSOLVED", "VOICES", "TRIES"):
        monkeypatch.setattr(door, name, Buckets(1e6, 1e6))
    cities.forget()
    yield cities.current()
    cities.forget()


@pytest.fixture
def open_now(city: cities.City, officials: dict[str, Any]) -> m.Consultation:
    """A consultation of this very edition that is open today."""
    now = dt.datetime.now(VIETNAM)
    acts.begin(
        "dieu-chinh", by=officials["planner"], plan="tinytown", edition=city.edition, title_vi="Điều chỉnh quy hoạch",
        title_en="Adjustment", regime="R1", touches_defence=False,
    )  # fmt: skip
    acts.enter_article(
        "dieu-chinh", by=officials["approver"], article="Điều 32 Nghị định 37/2019/NĐ-CP", opens_at=now - dt.timedelta(minutes=1),
        last_day=now.date() + dt.timedelta(40), withheld_split=True,
    )  # fmt: skip
    return acts.move("dieu-chinh", "open_public", by=officials["approver"], evidence="Hồ sơ số 12")


def solved(page: str) -> str:
    """The puzzle of a form, solved as the page's script does it."""
    puzzle = json.loads(html.unescape(re.search(r'data-puzzle="([^"]+)"', page)[1]))  # type: ignore[index]
    number = next(
        n
        for n in range(puzzle["maxnumber"] + 1)
        if hashlib.sha256(f"{puzzle['salt']}{n}".encode()).hexdigest() == puzzle["challenge"]
    )
    return base64.b64encode(json.dumps({**puzzle, "number": number}).encode()).decode()


def form(client: Client, **values: str) -> dict[str, str]:
    page = client.get("/en/consultations/dieu-chinh/say/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]  # type: ignore[index]
    return {"text": "Đường này quá hẹp.", "about": "whole", "key": key, "solution": solved(page), **values}


def sent(client: Client, **values: str) -> Any:
    return client.post("/en/consultations/dieu-chinh/say/", form(client, **values))


def receipt_in(page: str) -> str:
    return html.unescape(re.search(r'<textarea id="receipt"[^>]*>(.*?)</textarea>', page, re.S)[1])  # type: ignore[index]


def secret_in(page: str) -> str:
    return re.search(r'<code class="hash">([0-9a-f]{32})</code>', page)[1]  # type: ignore[index]


def test_a_comment_gets_a_receipt_that_the_site_confirms(open_now: m.Consultation, client: Client) -> None:
    answer = sent(client)
    page = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies and answer.headers["Cache-Control"] == "no-store"
    row = m.Comment.objects.get()
    assert row.state == m.SHOWN and row.edition == open_now.edition
    checked = client.post(
        "/en/receipts/", {"text": receipt_in(page), "words": "Đường này quá hẹp."}
    ).content.decode()
    assert "these are its words" in checked and f"/en/comments/{row.id}/" in checked
    other = client.post(
        "/en/receipts/", {"text": receipt_in(page), "words": "Đường này quá rộng."}
    ).content.decode()
    assert "not its words" in other
    code = json.loads(receipt_in(page))["code"]
    assert (
        f"Line {row.entry_n} of the ledger"
        in client.get("/en/receipts/", {"code": code.lower()}).content.decode()
    )
    assert (
        "no line with this code"
        in client.get("/en/receipts/", {"code": "CB-AAAAA-AAAAA-AAAAA-AAAAA"}).content.decode()
    )


def test_without_the_puzzle_a_comment_waits_for_a_moderator(open_now: m.Consultation, client: Client) -> None:
    answer = sent(client, solution="")
    assert answer.status_code == 200 and m.Comment.objects.get().state == m.HELD
    assert "quá hẹp" not in client.get("/consultations/dieu-chinh/").content.decode()


def test_a_solution_is_good_once_and_for_its_own_puzzle(open_now: m.Consultation, client: Client) -> None:
    page = client.get("/en/consultations/dieu-chinh/say/").content.decode()
    solution = solved(page)
    assert door.is_solved(solution) and not door.is_solved(solution)
    other = json.loads(
        base64.b64decode(solved(client.get("/en/consultations/dieu-chinh/say/").content.decode()))
    )
    other["number"] += 1
    assert not door.is_solved(base64.b64encode(json.dumps(other).encode()).decode())
    assert not any(
        door.is_solved(text)
        for text in ("", "x", "e30=", base64.b64encode(b"[]").decode(), "é" * 10, "A" * 5000)
    )


def test_a_form_sent_twice_is_one_comment(open_now: m.Consultation, client: Client) -> None:
    values = form(client)
    first, second = (client.post("/consultations/dieu-chinh/say/", values).content.decode() for _ in range(2))
    assert m.Comment.objects.count() == 1 and receipt_in(first) == receipt_in(second)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "  "}, "text"),
        ({"about": "object"}, "object"),
        ({"about": "clause"}, "clause"),
        ({"about": "place"}, "commune"),
        ({"about": "proposal", "change": "abc"}, "change"),
        ({"about": "nothing"}, "about"),
        ({"consent": "1"}, "consent"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    open_now: m.Consultation, client: Client, values: dict[str, str], field: str
) -> None:
    answer = sent(client, **{"clause": "", "contact": "a@example.org", **values})
    page = answer.content.decode()
    assert answer.status_code == 422 and f'id="{field}-wrong"' in page and "a@example.org" in page
    assert not m.Comment.objects.exists()


def test_a_voice_counts_once_and_can_be_taken_back(open_now: m.Consultation, client: Client) -> None:
    sent(client)
    row = m.Comment.objects.get()
    for _ in range(3):
        assert client.post(f"/comments/{row.id}/voice/", {"side": "support"}).status_code == 303
    assert acts.tallies()[row.id].support_anonymous == 1
    client.post(f"/comments/{row.id}/voice/", {"side": "oppose"})
    assert acts.tallies()[row.id].oppose_anonymous == 1 and acts.tallies()[row.id].support_anonymous == 0
    client.post(f"/comments/{row.id}/voice/", {"side": "none"})
    assert not acts.tallies()
    assert client.post(f"/comments/{row.id}/voice/", {"side": "?"}).status_code == 409


def test_the_writer_takes_back_and_erases_with_the_secret_alone(
    open_now: m.Consultation, client: Client
) -> None:
    page = sent(client, name="Nguyễn Văn A", contact="0900").content.decode()
    row = m.Comment.objects.get()
    address = f"/comments/{row.id}/withdraw/"
    assert client.post(address, {"secret": "0" * 32, "what": "withdraw"}).status_code == 403
    assert client.post(address, {"secret": secret_in(page), "what": "withdraw"}).status_code == 303
    assert "quá hẹp" not in client.get(f"/comments/{row.id}/").content.decode()
    assert client.post(address, {"secret": secret_in(page), "what": "erase"}).status_code == 303
    assert not m.Words.objects.exists()
    assert "erased at the writer" in client.get(f"/en/comments/{row.id}/").content.decode()
    assert row.id in client.get("/ledger/log/").content.decode()


def test_name_and_contact_are_shown_only_with_consent(open_now: m.Consultation, client: Client) -> None:
    sent(client, name="Trần Thị Kín", contact="0912345678")
    sent(client, text="Ý kiến khác.", name="Lê Văn Mở", contact="0912345678", consent="1")
    pages = "".join(client.get(f"/comments/{row.id}/").content.decode() for row in m.Comment.objects.all())
    pages += (
        client.get("/consultations/dieu-chinh/").content.decode()
        + client.get("/consultations/").content.decode()
    )
    assert "Trần Thị Kín" not in pages and "0912345678" not in pages and "Lê Văn Mở" in pages


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "=HYPERLINK(1)", "‮abc‬", "javascript:alert(1)",
    "'; DROP TABLE consultation_comment; --", "</textarea><script>alert(2)</script>",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_somebody_typed_becomes_markup(
    open_now: m.Consultation, client: Client, text: str
) -> None:
    answer = sent(client, text=text, about="clause", clause=text[:100], name=text, consent="1", contact=text)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    row = m.Comment.objects.get()
    wrong = sent(client, text=text, about="clause", clause="", name=text, contact=text)
    pages = [answer, wrong, *(client.get(path) for path in (f"/comments/{row.id}/", "/consultations/dieu-chinh/", f"/comments/{row.id}/withdraw/"))]  # fmt: skip
    for page in pages:
        body = page.content.decode()
        assert (
            "<script>alert" not in body
            and "<img src=x" not in body
            and "‮" not in body.replace(text, "", 0).split("<textarea")[0]
        )


def test_lists_ask_the_same_number_of_questions_however_long(
    open_now: m.Consultation, client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        acts.submit("dieu-chinh", acts.Said(text=f"Ý kiến {n}"), client_key=f"a-key-of-the-test-{n}")
    client.get("/consultations/dieu-chinh/")
    with django_assert_max_num_queries(9):
        first = client.get("/consultations/dieu-chinh/").content.decode()
    assert first.count('<article class="card"') == 25 and "?page=2" in first
    second = client.get(
        "/consultations/dieu-chinh/", {"page": "2", "sort": "support", "about": "'; --", "commune": "x"}
    )
    assert second.content.decode().count('<article class="card"') == 5


def test_an_object_leads_to_its_comments_and_to_saying_more(
    open_now: m.Consultation, client: Client, city: cities.City
) -> None:
    project = next(iter(city.plan.projects))
    assert "/say/?about=object&amp;table=projects" in client.get(f"/projects/{project}/").content.decode()
    sent(client, about="object", object=f"projects:{project}", text="Làm sớm hơn.")
    row = m.Comment.objects.get()
    assert (row.table, row.object_id) == ("projects", project)
    page = client.get(f"/projects/{project}/").content.decode()
    assert "Làm sớm hơn." in page and f"/comments/{row.id}/" in page
    assert f"/projects/{project}/" in client.get(f"/comments/{row.id}/").content.decode()


def test_a_closed_consultation_takes_nothing_more(open_now: m.Consultation, client: Client) -> None:
    values = form(client)
    m.Consultation.objects.update(closes_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    answer = client.post("/en/consultations/dieu-chinh/say/", values)
    assert (
        answer.status_code == 409
        and "closed on" in answer.content.decode()
        and not m.Comment.objects.exists()
    )


@pytest.mark.parametrize(
    ("regime", "language", "unit"),
    [("R2", "en", ""), ("R3", "en", "working days"), ("R3", "vi", "ngày làm việc")],
)
def test_the_clock_says_where_the_law_counts_working_days(regime: str, language: str, unit: str) -> None:
    with translation.override(language):
        clock = showing.clock(m.Consultation(regime=regime, kind=m.AGENCY))
    assert (clock["most"], clock["unit"]) == (15, unit)


def test_the_ledger_can_be_taken_away_and_holds(open_now: m.Consultation, client: Client) -> None:
    from cuabien.record.ledger import Entry, verify_chain

    sent(client)
    body = b"".join(client.get("/ledger/ledger.jsonl").streaming_content).decode()  # type: ignore[attr-defined]
    entries = [Entry(**json.loads(line)) for line in body.splitlines()]
    assert len(entries) == m.LedgerEntry.objects.count() and not verify_chain(entries, [])
    assert client.get("/ledger/roots.csv").content.decode().startswith("day,n,hash,at")
    assert client.get("/en/ledger/").status_code == 200


def test_another_site_cannot_send_for_its_visitors(open_now: m.Consultation, client: Client) -> None:
    values = form(client)
    answer = client.post("/consultations/dieu-chinh/say/", values, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and not m.Comment.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["/consultations/none/", "/comments/none/", "/consultations/none/say/", "/comments/none/withdraw/"],
)
def test_what_is_not_there_is_404(city: cities.City, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_stand_in_words_without_a_database(
    city: cities.City, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DatabaseError

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise DatabaseError

    monkeypatch.setattr("cuabien.service.consultation.showing.consultations", broken)
    monkeypatch.setattr("cuabien.service.consultation.showing.about", broken)
    assert client.get("/consultations/").status_code == 503
    project = next(iter(city.plan.projects))
    assert client.get(f"/projects/{project}/").status_code == 200


def test_the_interface_says_what_the_pages_say_and_nothing_of_a_person(
    open_now: m.Consultation, client: Client
) -> None:
    sent(client, name="Trần Thị Kín", contact="0912345678", text="Ý kiến <b>một</b>")
    row = m.Comment.objects.get()
    m.Comment.objects.update(geometry={"type": "Point", "coordinates": [106.7, 20.8]})
    api = "/api/v1"
    (one,) = client.get(f"{api}/consultations").json()
    assert (one["id"], one["comments"], one["open"]) == ("dieu-chinh", 1, True)
    listed = client.get(f"{api}/consultations/dieu-chinh/comments").json()
    assert listed["comments"] == [client.get(f"{api}/comments/{row.id}").json()]
    assert (
        listed["comments"][0]["text"] == "Ý kiến <b>một</b>" and listed["comments"][0]["line"] == row.entry_n
    )
    (pin,) = client.get(f"{api}/consultations/dieu-chinh/comments.geojson").json()["features"]
    assert pin["geometry"]["coordinates"] == [106.7, 20.8]
    lines = client.get(f"{api}/ledger").json()
    assert lines["count"] == len(lines["lines"]) and lines["lines"][-1]["subject"] == row.id
    paths = (f"{api}/consultations/dieu-chinh/comments", f"{api}/consultations/dieu-chinh/comments.geojson", "/consultations/dieu-chinh/feed.atom")  # fmt: skip
    everything = "".join(client.get(path).content.decode() for path in paths)
    assert "Trần Thị Kín" not in everything and "0912345678" not in everything
    assert "Ý kiến &lt;b&gt;một" in client.get("/consultations/dieu-chinh/feed.atom").content.decode()
    m.Comment.objects.update(state=m.MODERATED)
    assert client.get(f"{api}/comments/{row.id}").json()["text"] is None
    assert client.get(f"{api}/consultations/dieu-chinh/comments.geojson").json()["features"] == []
    assert client.get(f"{api}/comments/none").status_code == 404
