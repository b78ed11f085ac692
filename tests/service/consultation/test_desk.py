"""The desk of officials: what waits, one comment, and what is done with it; each page for the roles that the table names."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cuabien.base.dates import VIETNAM
from cuabien.plan.change import Change, Edit, change_hash
from cuabien.plan.edition import edition_hash
from cuabien.plan.read import read_plan
from cuabien.service import city as cities
from cuabien.service.consultation import acts, arranging
from cuabien.service.consultation import models as m
from cuabien.service.people.models import Deed
from cuabien.service.trying import store
from tests.conftest import ROOT
from tests.service.consultation.conftest import Say, officer
from tests.service.consultation.test_themes import FLOODS, SCHOOLS
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
    assert 'name="back" value="/en/desk/comments/?answered=no"' in text(
        planner.get("/en/desk/comments/?answered=no")
    )
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


# ---- a consultation from its setting up to its report ----------------------------------------------------


def days_from_now(days: int) -> str:
    return (dt.datetime.now(VIETNAM).date() + dt.timedelta(days)).isoformat()


def begun(planner: Client, identity: str = "moi", **more: Any) -> Any:
    fields = {
        "id": identity,
        "title_vi": "Quy hoạch mới",
        "regime": "R1",
        "kind": "public",
        "state": "DRAFTING_PLAN",
    }
    return sent(planner, "/en/desk/prepare/", "/en/desk/prepare/", **{**fields, **more})


def test_prepare_enter_the_article_and_open(desk: Desk, db: None) -> None:
    planner, approver = desk("planner"), desk("approver")
    bad = begun(planner, "Không được", title_vi=" ", regime="R9")
    assert bad.status_code == 422
    assert {field for field in ("id", "title_vi", "regime") if f'id="{field}-wrong"' in text(bad)} == {"id", "title_vi", "regime"}  # fmt: skip
    assert begun(planner).headers["Location"] == "/en/desk/consultations/moi/?done=kept"
    row = m.Consultation.objects.get()
    assert row.edition == cities.current().edition and row.plan == "tinytown" and not row.touches_defence
    here, step = "/en/desk/consultations/moi/", "/en/desk/consultations/moi/steps/open_public/"
    page = text(planner.get(here))
    assert "no named official has entered the article" in page and step not in page
    assert "this needs the role" not in page and "ask the agencies" not in page
    early = sent(approver, step, step, evidence="")
    told = text(early)
    assert early.status_code == 422 and 'role="alert"' in told
    for fault in (
        "complete dossier",
        "no named official",
        "withheld by law was split off",
        "first or the last day",
    ):
        assert fault in told, fault
    assert m.Transition.objects.count() == 0
    period = here + "period/"
    assert "at least 30 days" in text(approver.get(period))
    assert sent(approver, period, period, article="", first_day=days_from_now(0), last_day=days_from_now(40)).status_code == 409  # fmt: skip
    entered = {"article": "Điều 32", "first_day": days_from_now(0), "withheld_split": "1"}
    assert sent(approver, period, period, **entered, last_day=days_from_now(9)).status_code == 303
    short = sent(approver, step, step, evidence="Hồ sơ 12")
    assert short.status_code == 422 and "at least 30" in text(short)
    assert sent(approver, period, period, **entered, last_day=days_from_now(40)).status_code == 303
    assert sent(approver, step, step, evidence="Hồ sơ 12").status_code == 303
    row.refresh_from_db()
    assert row.state == "PUBLIC_CONSULT" and acts.is_open(row) and row.article_by.name == "approver"
    assert "40 days left" in text(planner.get(here))


def test_a_period_that_nobody_read_in_the_law_is_called_unconfirmed(desk: Desk, db: None) -> None:
    begun(desk("planner"), regime="R3")
    assert "unconfirmed" in text(desk("approver").get("/en/desk/consultations/moi/period/"))


def test_an_agency_answers_with_its_key_and_nobody_else_does(
    desk: Desk, officials: dict[str, Any], client: Client
) -> None:
    begun(desk("planner"), kind="agency")
    clerk, ask = desk("clerk"), "/en/desk/consultations/moi/agencies/"
    assert sent(clerk, ask, ask, agency_vi="Bộ Giao thông", last_day="2020-01-01").status_code == 409
    page = text(
        sent(clerk, ask, ask, agency_vi="Bộ Xây dựng", email="moc@example.org", last_day=days_from_now(30))
    )
    form = re.search(r'value="http://localhost(/en/agency/[^"]+)"', page)[1]  # type: ignore[index]
    assert "agency/" not in text(clerk.get(ask)).split("<main")[1] and "moc@example.org" not in text(
        clerk.get(ask)
    )
    acts.enter_article("moi", by=officials["approver"], article="Điều 31", opens_at=dt.datetime.now(VIETNAM) - dt.timedelta(minutes=1), last_day=dt.date.fromisoformat(days_from_now(25)), withheld_split=True)  # fmt: skip
    acts.move("moi", "open_agencies", by=officials["approver"], evidence="Hồ sơ")
    shown = client.get(form)
    assert not shown.cookies and "no-store" in shown.headers["Cache-Control"] and "Bộ Xây dựng" in text(shown)
    assert client.get("/en/agency/none/").status_code == 404
    key = re.search(r'name="key" value="([^"]+)"', text(shown))[1]  # type: ignore[index]
    answer = client.post(form, {"text": "Thống nhất.", "about": "whole", "key": key})
    assert "Your receipt" in text(answer)
    row = m.Comment.objects.get()
    assert row.channel == "agency" and row.invitation is not None and row.invitation.answered_at is not None
    assert row.id in text(client.get(form))


def test_a_clerk_types_in_what_came_on_paper(desk: Desk, officials: dict[str, Any]) -> None:
    begun(desk("planner"))
    acts.enter_article("moi", by=officials["approver"], article="Điều 32", opens_at=dt.datetime.now(VIETNAM) - dt.timedelta(minutes=1), last_day=dt.date.fromisoformat(days_from_now(40)), withheld_split=True)  # fmt: skip
    acts.move("moi", "open_public", by=officials["approver"], evidence="Hồ sơ")
    clerk, form = desk("clerk"), "/en/desk/consultations/moi/enter/"
    said = {
        "text": "Đường hẹp.",
        "about": "whole",
        "channel": "paper",
        "language": "vi",
        "name": "Bà Tư",
        "contact": "0123",
    }
    key = re.search(r'name="key" value="([^"]+)"', text(clerk.get(form)))[1]  # type: ignore[index]
    tomorrow = sent(clerk, form, form, **said, key=key, handed_in_on=days_from_now(1))
    assert tomorrow.status_code == 422 and 'id="handed_in_on-wrong"' in text(tomorrow)
    assert sent(clerk, form, form, **{**said, "channel": "web"}, key=key, handed_in_on=days_from_now(0)).status_code == 422  # fmt: skip
    receipt = text(sent(clerk, form, form, **said, key=key, handed_in_on=days_from_now(0)))
    assert "Your receipt" in receipt
    row = m.Comment.objects.get(consultation="moi")
    assert (row.channel, row.typed_by, row.handed_in_on) == ("paper", officials["clerk"], dt.date.fromisoformat(days_from_now(0)))  # fmt: skip
    text(sent(clerk, form, form, **said, key=key, handed_in_on=days_from_now(0)))
    assert m.Comment.objects.filter(consultation="moi").count() == 1
    empty = sent(clerk, form, form, **{**said, "text": ""}, key=key + "x", handed_in_on=days_from_now(0))
    assert empty.status_code == 422 and 'id="text-wrong"' in text(empty)


def test_report_and_record_are_taken_out_without_persons(desk: Desk, say: Say) -> None:
    row = say("Nên mở rộng đường.", name="Người Viết", contact="viet@example.org").comment
    planner = desk("planner")
    page = planner.get("/en/desk/response/html/")
    assert page.headers["Content-Disposition"] == 'attachment; filename="response.en.html"'
    assert "Nên mở rộng đường." in page.content.decode() and row.id in planner.get("/desk/response/csv/").content.decode()  # fmt: skip
    assert planner.get("/desk/response/docx/").content[:2] == b"PK"
    assert planner.get("/desk/response/exe/").status_code == 404
    taken = sent(planner, "/en/desk/consultations/draft-2/", "/en/desk/record/")
    archive = zipfile.ZipFile(io.BytesIO(taken.content))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert "record/comments.csv" in archive.namelist() and "Nên mở rộng đường.".encode() in everything
    assert b"viet@example.org" not in everything and "Người Viết".encode() not in everything
    assert Deed.objects.filter(act="export").count() == 1
    assert desk("clerk").get("/desk/response/html/").status_code == 403


# ---- themes, merges, dialogue ----------------------------------------------------------------------------


def test_a_planner_accepts_renames_and_drops_themes(desk: Desk, say: Say) -> None:
    for text_ in (*FLOODS, *SCHOOLS):
        say(text_)
    planner, page = desk("planner"), "/en/desk/consultations/draft-2/themes/"
    assert sent(planner, page, page, what="propose").status_code == 303
    first, second = m.Theme.objects.all()
    assert sent(planner, page, page, what="accept", theme=first.pk, name_vi="Tên mới").status_code == 303
    assert sent(planner, page, page, what="drop", theme=second.pk).status_code == 303
    assert "no name in Vietnamese" in text(sent(planner, page, page, what="add", name_vi=" "))
    assert [one.name_vi for one in m.Theme.objects.all()] == ["Tên mới"]
    assert m.Comment.objects.filter(theme=first).count() == 5
    assert desk("clerk").get(page).status_code == 403


def test_an_accepted_proposal_goes_into_the_next_draft_and_not_into_the_plan(
    desk: Desk, say: Say, officials: dict[str, Any], tmp_path: Path
) -> None:
    planner, plan = desk("planner"), read_plan(ROOT / "plans" / "tinytown")
    later, other = (
        Change(edits=(Edit("projects", project, "edit", {"opens": 2044}),))
        for project in sorted(plan.projects)[:2]
    )
    rows = []
    for change in (later, other):
        store.put(tmp_path, change_hash(change), change)
        rows.append(say("Mở muộn hơn.", about="proposal", change=change_hash(change)).comment)
    here = f"/en/desk/comments/{rows[0].id}/merge/"
    assert "has not been accepted" in text(sent(planner, here, here, change=rows[0].change))
    acts.answer(
        [row.id for row in rows], by=officials["planner"], disposition="accept", reason_vi="Tiếp thu."
    )
    assert here in text(planner.get(f"/en/desk/comments/{rows[0].id}/"))
    assert "not kept here" in text(sent(planner, here, here, change="f" * 64))
    for row in rows:
        here = f"/en/desk/comments/{row.id}/merge/"
        assert sent(planner, here, here, change=row.change).status_code == 303
    first, second = m.Merged.objects.all()
    assert first.edition_before == edition_hash(plan) and second.edition_before == first.edition_after
    draft = read_plan(tmp_path / "drafts" / second.edition_after)
    assert edition_hash(draft) == second.edition_after
    assert [int(str(draft.projects[project].opens)[:4]) for project in sorted(plan.projects)[:2]] == [
        2044,
        2044,
    ]
    assert edition_hash(read_plan(ROOT / "plans" / "tinytown")) == first.edition_before
    credit = (tmp_path / "drafts" / second.edition_after / "merged.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in credit] == ["comment", rows[0].id, rows[1].id]
    assert "in it already" in text(sent(planner, here, here, change=rows[1].change))


def test_a_dialogue_is_announced_asked_answered_and_done(desk: Desk, db: None, client: Client) -> None:
    clerk, page = desk("clerk"), "/en/desk/dialogue/"
    assert sent(clerk, page, page, id="x", whom="cats").status_code == 422
    meet = {"id": "gap-dan", "title_vi": "Gặp gỡ người dân", "whom": "residents", "place_vi": "Nhà văn hóa"}
    assert sent(clerk, page, page, **meet, starts_at="2031-05-06T08:30").status_code == 303
    assert "08:30" in text(client.get("/dialogue/")) and not client.get("/dialogue/").cookies
    m.Meeting.objects.update(starts_at=dt.datetime(2025, 5, 6, 8, 30, tzinfo=VIETNAM))
    one = page + "gap-dan/"
    assert sent(clerk, one, one, what="ask", text="Bao giờ có nước sạch? <b>x</b>").status_code == 303
    question = m.Question.objects.get()
    early = sent(clerk, one, one, what="done", question=question.id, done_vi="Xong.")
    assert early.status_code == 409 and "no answer yet" in text(early)
    assert sent(clerk, one, one, what="answer", question=question.id, answer_vi="Trong năm nay.", due_on="2031-12-01").status_code == 303  # fmt: skip
    shown = text(client.get("/en/dialogue/"))
    assert (
        "1 questions asked, 1 answered, 0 done" in shown and "Trong năm nay." in shown and "<b>x" not in shown
    )
    assert sent(clerk, one, one, what="done", question=question.id, done_vi="Đã có nước.").status_code == 303
    assert "Đã có nước." in text(client.get("/dialogue/"))
    assert desk("moderator").get(page).status_code == 403
