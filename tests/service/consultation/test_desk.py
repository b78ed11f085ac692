"""The desk of officials: what waits, one comment, and what is done with it; each page for the roles that the table names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cuabien.service import city as cities
from cuabien.service.consultation import acts, arranging
from cuabien.service.consultation import models as m
from cuabien.service.people.models import Deed
from tests.conftest import ROOT
from tests.service.consultation.conftest import Say, officer
from tests.service.people.conftest import give_device, token_of

Desk = Callable[[str], Client]


@pytest.fixture
def desk(settings: Any, officials: dict[str, Any]) -> Desk:
    """A browser in which an official sits, second factor passed."""
    settings.CUABIEN_PLAN = ROOT / "plans" / "tinytown"
    settings.CUABIEN_READS_A_SECOND = 1e6
    cities.forget()

    def sit(role: str) -> Client:
        user = officials.get(role) or officials.setdefault(role, officer(role))
        client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        give_device(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return sit


def sent(client: Client, shown: str, address: str, /, **fields: Any) -> Any:
    """Open a page of the desk, and send one of its forms."""
    return client.post(address, {**fields, "csrfmiddlewaretoken": token_of(client.get(shown))})


def text(answer: Any) -> str:
    assert answer.status_code in (200, 409, 422), (answer.status_code, answer.headers.get("Location"))
    return str(answer.content.decode())


# ---- what waits -------------------------------------------------------------------------------------------


def test_the_inbox_counts_what_waits(desk: Desk, say: Say, officials: dict[str, Any]) -> None:
    first, second, third = say("Một."), say("Hai.", hold=True), say("Ba.")
    acts.answer([first.comment.id], by=officials["planner"], disposition="accept", reason_vi="Đồng ý.")
    acts.withdraw(third.comment.id, token=third.token)
    planner = desk("planner")
    arranging.assign(second.comment.id, by=officials["planner"], to=str(officials["planner"].pk))
    page = text(planner.get("/en/desk/"))
    counts = re.findall(r'<a class="chip" href="[^"]*consultation=draft-2[^"]*">([^<]+) <span class="count">(\d+)', page)  # fmt: skip
    assert counts == [("All comments", "2"), ("not answered yet", "1"), ("held", "1"), ("given to me", "1"), ("given to nobody", "1")]  # fmt: skip
    assert "Điều 32 Nghị định 37/2019/NĐ-CP" in page and "at least 30 days" in page


def test_an_administrator_enters_and_reads_nothing(desk: Desk, say: Say) -> None:
    row = say("Chỉ để bàn làm việc đọc.").comment
    admin = desk("administrator")
    assert "draft-2" not in text(admin.get("/desk/"))
    assert admin.get("/desk/comments/").status_code == 403
    assert admin.get(f"/desk/comments/{row.id}/").status_code == 403


def test_the_list_is_filtered_by_what_is_asked(desk: Desk, say: Say, officials: dict[str, Any]) -> None:
    road = say("Về dự án.", about="object", table="projects", object_id="P1").comment
    ward = say("Về phường.", about="place", commune="A1").comment
    held = say("Chờ.", hold=True).comment
    acts.answer([road.id], by=officials["planner"], disposition="decline", reason_vi="Không.")
    arranging.assign(held.id, by=officials["planner"], to=str(officials["clerk"].pk))
    theme = arranging.add_theme("draft-2", by=officials["planner"], name_vi="Giao thông")
    arranging.give_theme([road.id], by=officials["planner"], theme=theme.pk)
    clerk = desk("clerk")

    def found(query: str) -> set[str]:
        page = text(clerk.get(f"/desk/comments/?{query}"))
        return set(re.findall(r'id="t-([a-z0-9]{12})"', page))

    everything = {road.id, ward.id, held.id}
    commune = next(iter(cities.current().plan.communes)).id
    m.Comment.objects.filter(pk=ward.id).update(commune=commune)
    for query, expected in (
        ("", everything),
        ("consultation=draft-2", everything),
        ("consultation=none", everything),
        ("state=held", {held.id}),
        ("answered=yes", {road.id}),
        ("answered=no", {ward.id, held.id}),
        ("assigned=me", {held.id}),
        ("assigned=nobody", {road.id, ward.id}),
        (f"theme={theme.pk}", {road.id}),
        ("theme=nobody", {ward.id, held.id}),
        ("about=place", {ward.id}),
        ("object=projects:P1", {road.id}),
        (f"commune={commune}", {ward.id}),
        ("state='%20OR%201=1--", everything),
        ("sort=support", everything),
    ):
        assert found(query) == expected, query


def test_the_list_asks_the_database_the_same_number_of_times(desk: Desk, say: Say) -> None:
    client = desk("planner")
    say("Một.", hold=True)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            text(client.get("/desk/comments/"))
        return len(seen)

    asked()
    few = asked()
    for _ in range(70):
        say("Hai.", hold=True)
    assert asked() == few
    page = text(client.get("/desk/comments/"))
    assert page.count("<article") == 50 and "page=2" in page
    assert text(client.get("/desk/comments/?page=2")).count("<article") == 21


# ---- one comment ------------------------------------------------------------------------------------------


def test_held_words_are_read_at_the_desk_and_a_moderator_shows_them(
    desk: Desk, say: Say, client: Client
) -> None:
    row = say("Chưa ai đọc câu này.", hold=True).comment
    moderator = desk("moderator")
    here = f"/en/desk/comments/{row.id}/"
    assert "Chưa ai đọc câu này." in text(moderator.get(here))
    assert "Chưa ai đọc" not in text(client.get(f"/comments/{row.id}/"))
    answer = sent(moderator, here, here + "restore/", words="Đã xem.")
    assert answer.status_code == 303 and answer.headers["Location"] == here + "?done=kept"
    assert "Chưa ai đọc" in text(client.get(f"/comments/{row.id}/"))


def test_a_comment_is_hidden_with_a_reason_or_not_at_all(desk: Desk, say: Say, client: Client) -> None:
    row = say("Lời xúc phạm.").comment
    moderator = desk("moderator")
    here = f"/en/desk/comments/{row.id}/"
    assert "choose a reason of the list" in text(sent(moderator, here, here + "hide/", reason="because"))
    assert sent(moderator, here, here + "hide/", reason="insult", words="Xúc phạm.").status_code == 303
    row.refresh_from_db()
    assert row.state == m.MODERATED and "Lời xúc phạm" not in text(client.get(f"/comments/{row.id}/"))
    assert "Lời xúc phạm." in text(moderator.get(here))
    assert "not in a state" in text(sent(moderator, here, here + "hide/", reason="insult"))


def test_each_look_at_a_person_is_written_down(desk: Desk, say: Say) -> None:
    row = say("Có tên.", name="Người Viết", contact="viet@example.org").comment
    clerk, here = desk("clerk"), f"/en/desk/comments/{row.id}/"
    assert "viet@example.org" not in text(clerk.get(here))
    for times in (1, 2):
        page = text(sent(clerk, here, here + "who/"))
        assert "viet@example.org" in page and "Người Viết" in page
        assert Deed.objects.filter(act="read_person", thing=f"comment:{row.id}").count() == times
    for role in ("moderator", "approver", "auditor"):
        other = desk(role)
        assert "who/" not in text(other.get(here))
        other.handler.enforce_csrf_checks = False
        assert other.post(here + "who/").status_code == 403
    assert Deed.objects.filter(act="read_person").count() == 2


def test_what_its_writer_took_back_is_read_by_nobody(desk: Desk, say: Say) -> None:
    handed = say("Tôi rút lại câu này.")
    acts.withdraw(handed.comment.id, token=handed.token)
    for role in ("clerk", "planner", "moderator"):
        client = desk(role)
        assert "Tôi rút lại" not in text(client.get(f"/desk/comments/{handed.comment.id}/"))
        assert "Tôi rút lại" not in text(client.get("/desk/comments/"))


def test_a_clerk_erases_on_request_and_gives_to_a_colleague(
    desk: Desk, say: Say, officials: dict[str, Any]
) -> None:
    row, clerk = say("Xóa giúp tôi.").comment, desk("clerk")
    here = f"/en/desk/comments/{row.id}/"
    assert sent(clerk, here, here + "assign/", to=str(officials["planner"].pk)).status_code == 303
    row.refresh_from_db()
    assert row.assigned_to == officials["planner"]
    assert "does not deal with comments" in text(sent(clerk, here, here + "assign/", to=str(officials["moderator"].pk)))  # fmt: skip
    assert "does not belong" in text(sent(clerk, here, here + "erase/", reason=""))
    assert sent(clerk, here, here + "erase/", reason="Đơn số 7.").status_code == 303
    row.refresh_from_db()
    assert row.state == m.ERASED and not m.Words.objects.filter(comment=row).exists()


# ---- answering --------------------------------------------------------------------------------------------

GOOD = {"disposition": "in_part", "reason_vi": "Tiếp thu một phần.", "office": "Sở Xây dựng"}


def test_one_answer_for_many_comments(desk: Desk, say: Say, client: Client) -> None:
    ids = [say(f"Ý kiến {n}.").comment.id for n in range(3)]
    planner = desk("planner")
    form = "/en/desk/answer/?" + "&".join(f"comment={i}" for i in ids[:2])
    page = text(planner.get(form))
    assert all(f'name="seen-{i}" value=""' in page for i in ids[:2])
    answer = sent(
        planner, form, "/en/desk/answer/", comment=ids[:2], back="/en/desk/comments/?answered=no", **GOOD
    )
    assert answer.status_code == 303 and answer.headers["Location"] == "/en/desk/comments/?answered=no"
    assert m.AnswerTo.objects.filter(comment__in=ids[:2], live=True).values("answer").distinct().count() == 1
    assert "Tiếp thu một phần." in text(client.get(f"/comments/{ids[0]}/"))
    assert "Tiếp thu một phần." not in text(client.get(f"/comments/{ids[2]}/"))


def test_of_two_who_answer_at_once_one_learns_of_the_other(desk: Desk, say: Say) -> None:
    row, planner = say().comment, desk("planner")
    form = f"/en/desk/answer/?comment={row.id}"
    seen = {"comment": [row.id], f"seen-{row.id}": ""}
    assert sent(planner, form, "/en/desk/answer/", **seen, **GOOD).status_code == 303
    late = sent(planner, form, "/en/desk/answer/", **seen, **{**GOOD, "reason_vi": "Muộn."})
    assert late.status_code == 409 and "was answered meanwhile" in text(late) and "Muộn." in text(late)
    now = re.search(r'name="seen-\w+" value="(\w+)"', text(planner.get(form)))[1]  # type: ignore[index]
    again = {"comment": [row.id], f"seen-{row.id}": now, **GOOD, "reason_vi": "Thay thế."}
    assert sent(planner, form, "/en/desk/answer/", **again).status_code == 303
    assert "replaced by a later answer" in text(planner.get(f"/en/desk/comments/{row.id}/"))


def test_an_answer_without_reason_is_said_beside_its_field(desk: Desk, say: Say) -> None:
    row, planner = say().comment, desk("planner")
    form = f"/en/desk/answer/?comment={row.id}"
    answer = sent(planner, form, "/en/desk/answer/", comment=row.id, disposition="", reason_vi=" ", run="xyz")
    page = text(answer)
    assert answer.status_code == 422 and not m.Answer.objects.exists()
    for field in ("disposition", "reason_vi", "run"):
        assert f'id="{field}-wrong"' in page
    assert "no comment is chosen" in text(sent(planner, form, "/en/desk/answer/", **GOOD))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/en/desk/comments/../../x", "javascript:1"])  # fmt: skip
def test_the_way_back_leads_nowhere_else(desk: Desk, say: Say, back: str) -> None:
    ids, planner = [say().comment.id, say().comment.id], desk("planner")
    form = "/en/desk/answer/?" + "&".join(f"comment={i}" for i in ids)
    answer = sent(planner, form, "/en/desk/answer/", comment=ids, back=back, **GOOD)
    assert answer.headers["Location"].startswith("/en/desk/comments/")


def test_phrases_begin_an_answer(desk: Desk, say: Say) -> None:
    row, planner = say().comment, desk("planner")
    kept = {"title": "Đã có", "disposition": "already_so", "reason_vi": "Quy hoạch đã có nội dung này."}
    assert sent(planner, "/en/desk/phrases/", "/en/desk/phrases/", **kept).status_code == 303
    again = sent(planner, "/en/desk/phrases/", "/en/desk/phrases/", **kept)
    assert again.status_code == 422 and "a phrase with this title already" in text(again)
    phrase = m.Phrase.objects.get()
    page = text(planner.get(f"/en/desk/answer/?comment={row.id}&phrase={phrase.pk}"))
    assert "Quy hoạch đã có nội dung này.</textarea>" in page and '"already_so" selected' in page
    assert (
        sent(planner, "/en/desk/phrases/", "/en/desk/phrases/", phrase=phrase.pk, drop="1").status_code == 303
    )
    assert not m.Phrase.objects.exists()
