"""Letters to who follows something: asked for, confirmed, sent once, ended with the address erased."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from cuabien.service import city as cities
from cuabien.service.consultation import acts, dialogue, door, notices
from cuabien.service.consultation.models import Consultation, Follow, Letter
from cuabien.service.middleware import Buckets
from tests.service.consultation.conftest import DURING, LAST_SECOND, Say, prepared

ROOT = Path(__file__).parents[3]
READER = "reader@example.org"
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _tinytown(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.CUABIEN_PLAN, settings.CUABIEN_ADDRESS = ROOT / "plans" / "tinytown", "https://city.example"
    settings.CUABIEN_READS_A_SECOND = 1e6
    monkeypatch.setattr(door, "TRIES", Buckets(1e6, 1e6))
    notices._gathered.clear()
    cities.forget()
    yield
    cities.forget()


def follower(what: str, email: str = READER, language: str = "en", at: dt.datetime = DURING) -> Follow:
    notices.ask(email, what, language, at)
    row = Follow.objects.get(email=email, what=what)
    notices.confirm(row, at)
    Letter.objects.filter(follow=row).delete()  # of the key; what is asked for is told elsewhere
    row.refresh_from_db()
    return row


def subjects() -> list[str]:
    return [letter.subject for letter in Letter.objects.all()]


def links(letter: Any) -> list[str]:
    return re.findall(r"https://city\.example(/\S+)", str(letter.body))


# ---- asked for, confirmed, ended ----------------------------------------------------------------------------


def test_a_person_follows_confirms_and_ends(db: None) -> None:
    client = Client()
    page = client.get("/en/follow/?what=dialogue")
    assert page.status_code == 200 and "Follow by e-mail" in page.content.decode()
    sent = client.post("/en/follow/", {"what": "dialogue", "email": " Reader@Example.org "})
    assert sent.status_code == 200 and READER not in sent.content.decode() and not sent.cookies
    assert notices.send() == 1
    (letter,) = mail.outbox
    assert letter.to == [READER]
    (key,) = links(letter)
    token = key.split("/")[-2]
    row = Follow.objects.get()
    assert token not in row.token_hash and all(token not in one.body for one in Letter.objects.all())

    client.get(key)
    row.refresh_from_db()
    assert row.confirmed_at is None, "a mail program that opens the link confirms nothing"
    assert "Confirmed" in client.post(key, {"do": "confirm"}).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None

    assert "erased" in client.post(key, {"do": "end"}).content.decode()
    assert not Follow.objects.exists() and not Letter.objects.exists()
    assert client.get(key).status_code == 404 and client.post(key, {"do": "end"}).status_code == 404


def test_whoever_asks_does_not_learn_who_follows(db: None) -> None:
    follower("dialogue", at=dt.datetime.now(dt.UTC))
    known, unknown = (
        Client().post("/follow/", {"what": "dialogue", "email": email})
        for email in (READER, "other@example.org")
    )
    assert known.status_code == unknown.status_code == 200 and known.content == unknown.content
    assert Follow.objects.get(email=READER).confirmed_at is not None, "asking again ends nothing"


@pytest.mark.parametrize(
    "what", ["", "comment:none", "consultation:none", "project:none", "commune:none", "user:1"]
)
def test_what_is_not_there_cannot_be_followed(db: None, what: str) -> None:
    for answer in (
        Client().get("/follow/", {"what": what}),
        Client().post("/follow/", {"what": what, "email": READER}),
    ):
        assert answer.status_code == 404
    assert not Follow.objects.exists()


def test_what_is_no_address_is_told_beside_the_field(db: None) -> None:
    answer = Client().post("/en/follow/", {"what": "dialogue", "email": "no\r\nBcc: a@b.example"})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.content.decode()
    assert not Follow.objects.exists()


def test_keys_and_forms_have_a_limit(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "TRIES", Buckets(0.001, 1))
    client = Client()
    assert client.get("/follow/" + "0" * 32 + "/").status_code == 404
    assert client.get("/follow/" + "1" * 32 + "/").status_code == 429
    assert client.post("/follow/", {"what": "dialogue", "email": READER}).status_code == 429


def test_an_address_that_never_agreed_is_left_in_peace_and_forgotten(
    db: None, consultation: Consultation
) -> None:
    plan = cities.current().plan
    whats = [
        "dialogue",
        *(f"commune:{c.id}" for c in plan.communes),
        *(f"project:{i}" for i in plan.table("projects")),
    ]
    assert len(whats) > notices.MOST_UNCONFIRMED
    for what in [*whats, *whats]:
        notices.ask(READER, what, "vi", DURING)
    assert Letter.objects.count() == Follow.objects.count() == notices.MOST_UNCONFIRMED
    notices.send(DURING + 2 * DAY + MINUTE)
    assert not Follow.objects.exists() and not Letter.objects.exists() and not mail.outbox


# ---- what happened ------------------------------------------------------------------------------------------


def test_an_answer_a_moderation_and_a_return_are_told_to_who_follows_the_comment(
    officials: dict[str, Any], say: Say
) -> None:
    comment, other = say().comment.id, say().comment.id
    follower(f"comment:{comment}")
    follower(f"comment:{other}", "vi@example.org", "vi")
    notices.ask("unconfirmed@example.org", f"comment:{comment}", "en", DURING)
    Letter.objects.all().delete()
    acts.moderate(comment, by=officials["moderator"], reason="insult", moment=DURING)
    acts.restore(comment, by=officials["moderator"], moment=DURING)
    acts.answer(
        [comment, other], by=officials["planner"], disposition="accept", reason_vi="Đúng.", moment=DURING
    )
    assert [(one.follow.email, one.subject) for one in Letter.objects.select_related("follow") if one.follow] == [
        (READER, f"The comment that you follow was hidden by a moderator: comment {comment}"),
        (READER, f"The comment that you follow is shown again: comment {comment}"),
        (READER, f"The comment that you follow was answered: comment {comment}"),
        ("vi@example.org", f"Ý kiến bạn theo dõi đã được trả lời: ý kiến {other}"),
    ]  # fmt: skip
    assert notices.send(DURING) == 4
    page, key = links(mail.outbox[-1])
    assert page == f"/comments/{other}/" and key.startswith("/follow/")
    assert f"<https://city.example{key}>" == mail.outbox[-1].extra_headers["List-Unsubscribe"]


def test_an_act_that_is_refused_tells_nobody(officials: dict[str, Any], say: Say) -> None:
    comment = say().comment.id
    follower(f"comment:{comment}")
    with pytest.raises(Exception, match="state"):
        acts.restore(comment, by=officials["moderator"], moment=DURING)
    assert not Letter.objects.exists()


def test_that_a_consultation_opens_and_closes_is_told(officials: dict[str, Any]) -> None:
    row = prepared(officials)
    follower(f"consultation:{row.id}", at=row.made_at)
    acts.move(row.id, "open_public", by=officials["approver"], evidence="Hồ sơ số 12", moment=row.opens_at)
    notices.send(LAST_SECOND)
    assert len(Letter.objects.all()) == 1
    for days in (0, 1, 10):
        notices.send(LAST_SECOND + MINUTE + days * DAY)
    assert subjects() == [
        "The consultation that you follow is open: Adjustment of the plan",
        "The consultation that you follow is closed: Adjustment of the plan",
    ]  # fmt: skip


def test_the_dialogue_tells_each_thing_once(officials: dict[str, Any]) -> None:
    follower("dialogue")
    by = officials["planner"]
    dialogue.announce("day-1", by=by, title_vi="Gặp mặt", starts_at=DURING)
    question = dialogue.ask("day-1", by=by, text="Khi nào?").id
    for _ in range(2):
        dialogue.reply(question, by=by, answer_vi="Năm nay.")
        dialogue.done(question, by=by, done_vi="Đã làm.")
    assert [line.split(":")[0] for line in subjects()] == [
        "A meeting was announced", "A question was answered", "The city says what it has done",
    ]  # fmt: skip


def test_of_comments_about_a_commune_one_letter_a_day(say: Say) -> None:
    plan = cities.current().plan
    commune, project = plan.communes[0].id, next(iter(plan.table("projects")))
    follower(f"commune:{commune}", at=DURING - MINUTE)
    follower(f"project:{project}", at=DURING - MINUTE)
    say("Một.", about="place", commune=commune)
    say("Hai.", about="place", commune=commune)
    say("Ba.", about="object", table="projects", object_id=project)
    assert notices.gather(DURING) == 0, "the day is not over"
    assert notices.gather(DURING + DAY) == 2 and notices.gather(DURING + DAY) == 0
    assert sorted(line.rpartition(": ")[2] for line in subjects()) == ["1", "2"]
    say("Bốn.", about="place", commune=commune, moment=DURING + DAY)
    assert notices.gather(DURING + DAY) == 0
    assert notices.gather(DURING + 4 * DAY) == 1, "days on which nothing ran are made up for"
    assert subjects()[-1].endswith(": 1")


# ---- sent, and never twice ----------------------------------------------------------------------------------


def test_a_letter_is_sent_once_and_after_a_fault_again(
    officials: dict[str, Any], say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = say().comment.id
    follower(f"comment:{comment}")
    acts.moderate(comment, by=officials["moderator"], reason="insult", moment=DURING)

    def broken(self: Any, messages: Any) -> int:
        raise ConnectionRefusedError(f"no way to {READER}")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", broken)
        assert notices.send(DURING) == 0
        assert notices.send(DURING) == 0
    letter = Letter.objects.get()
    assert (letter.tries, letter.sent_at, letter.fault) == (1, None, "ConnectionRefusedError")
    assert notices.send(DURING) == 0, "it waits a minute first"
    assert notices.send(DURING + MINUTE) == 1 and notices.send(DURING + DAY) == 0
    assert len(mail.outbox) == 1


def test_who_claims_a_letter_first_sends_it(
    officials: dict[str, Any], say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program looks into the queue while this one is sending."""
    comment = say().comment.id
    follower(f"comment:{comment}")
    acts.moderate(comment, by=officials["moderator"], reason="insult", moment=DURING)
    letter = Letter.objects.select_related("follow").get()
    once = EmailBackend.send_messages

    def meanwhile(self: Any, messages: Any) -> int:
        assert not notices._sent(letter, DURING)
        return once(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", meanwhile)
    assert notices.send(DURING) == 1 and len(mail.outbox) == 1


def test_after_the_last_try_a_letter_rests(db: None) -> None:
    follow = follower("dialogue")
    Letter.objects.create(
        follow=follow, about="x", subject="x", body="x", made_at=DURING, tries=notices.MOST_TRIES
    )
    assert notices.send(DURING + 30 * DAY) == 0


# ---- the way there ------------------------------------------------------------------------------------------


def test_pages_lead_to_following(consultation: Consultation, say: Say) -> None:
    comment = say().comment.id
    plan = cities.current().plan
    commune, project = plan.communes[0].id, next(iter(plan.table("projects")))
    for address, what in (
        (f"/comments/{comment}/", f"comment:{comment}"),
        (f"/consultations/{consultation.id}/", f"consultation:{consultation.id}"),
        (f"/projects/{project}/", f"project:{project}"),
        (f"/areas/{commune}/", f"commune:{commune}"),
        ("/consultations/", "dialogue"),
    ):
        for before in ("", "/en"):
            page = Client().get(before + address).content.decode()
            assert f'href="{before}/follow/?what={what}"' in page, address
        assert Client().get(f"/follow/?what={what}").status_code == 200
    assert 'href="/dialogue/"' in Client().get("/consultations/").content.decode()


# ---- beside the worker's beat -------------------------------------------------------------------------------


def test_the_worker_sends_what_waits(on_sqlite: str) -> None:
    """In a program of its own, with transactions that are real ones."""
    from cuabien.worker.keep import _post

    notices.ask(READER, "dialogue", "vi")
    _post()
    _post()
    (letter,) = mail.outbox
    assert letter.to == [READER] and letter.subject.startswith("Vui lòng xác nhận")
