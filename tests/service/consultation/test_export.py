"""The record that leaves the database: whole, proven by its own ledger, and without a word about persons."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from cuabien.record.checking import check_record, examine
from cuabien.record.folder import read_record, write_record
from cuabien.record.receipts import check_receipt
from cuabien.record.walk import walk
from cuabien.service.consultation import acts, images
from cuabien.service.consultation.export import record_of
from cuabien.service.consultation.models import Consultation, Follow, Meeting, Question, Theme

from .conftest import DURING, EDITION, LAST_DAY, LAST_SECOND, Say, prepared
from .test_acts import POINT, WHY, one_picture

SECRETS = (
    "Nguyễn Thị Bí Mật",
    "bi.mat@example.org",
    "0912 345 678",
    "so.xay.dung@example.org",
    "theo.doi@example.org",
    "clerk@example.org",
    "chuyện riêng của tôi",
    "lời bị ẩn",
)


@pytest.fixture
def lived(say: Say, consultation: Consultation, officials: dict[str, Any], _own_home: Path) -> dict[str, Any]:
    """A consultation in which everything happened that can."""
    planner, clerk, moderator, approver = (
        officials[role] for role in ("planner", "clerk", "moderator", "approver")
    )
    person = {"name": SECRETS[0], "contact": SECRETS[1], "consent_name_public": True}
    shown = say(
        geometry=POINT,
        about="place",
        pictures=(images.keep(_own_home, one_picture()),),
        author=clerk,
        **person,
    )
    proposal = say("=cmd|' /C calc'!A0", about="proposal", change="c" * 64, **person)
    erased = say(
        "chuyện riêng của tôi " + SECRETS[2], geometry=POINT, run_note="chuyện riêng của tôi", **person
    )
    hidden = say("lời bị ẩn", geometry=POINT)
    gone = say("chuyện riêng của tôi", typed_by=clerk, channel="paper")
    back = say("Hiện lại")
    ids = {name: h.comment.id for name, h in locals().items() if isinstance(h, acts.Handed)}
    acts.voice(ids["shown"], "v1", 1, moment=DURING)
    acts.voice(ids["shown"], "v2", -1, verified=True, moment=DURING)
    acts.daily(DURING + dt.timedelta(days=1))
    acts.voice(ids["shown"], "v1", 0, moment=DURING + dt.timedelta(days=1))
    acts.erase(ids["erased"], token=erased.token, moment=DURING)
    acts.erase(ids["gone"], by=clerk, reason="đơn số 7", moment=DURING)
    acts.moderate(ids["hidden"], by=moderator, reason="insult", words="Xúc phạm", moment=DURING)
    acts.moderate(ids["back"], by=moderator, reason="other", moment=DURING)
    acts.restore(ids["back"], by=moderator, moment=DURING)
    Theme.objects.create(consultation=consultation, name_vi="Đường sá", accepted=True, accepted_by=planner)
    acts.answer(
        [ids["shown"], ids["hidden"]], by=planner, disposition="decline", reason_vi=WHY, moment=DURING
    )
    acts.answer(
        [ids["shown"]], by=planner, disposition="in_part", reason_vi=WHY, office="Sở Xây dựng", moment=DURING
    )
    acts.answer(
        [ids["proposal"], ids["back"]], by=planner, disposition="accept", reason_vi=WHY, moment=DURING
    )
    acts.merge(
        ids["proposal"],
        by=planner,
        change="c" * 64,
        edition_before=EDITION,
        edition_after="f" * 64,
        moment=DURING,
    )
    Follow.objects.create(email=SECRETS[4], what="dialogue", token_hash="f" * 64, made_at=DURING)
    meeting = Meeting.objects.create(id="m1", title_vi="Đối thoại", starts_at=DURING, whom="businesses")
    Question.objects.create(
        id="q" * 12, meeting=meeting, text="Bao giờ xong?", asked_at=DURING, answer_vi="2032"
    )
    prepared(officials, "agencies", kind="agency", moment=DURING)
    acts.invite(
        "agencies", by=clerk, agency_vi="Sở Xây dựng", email=SECRETS[3], last_day=LAST_DAY, moment=DURING
    )
    acts.move(consultation.id, "report", by=approver, moment=LAST_SECOND + dt.timedelta(seconds=1))
    return {"ids": ids, "receipt": shown.receipt}


def test_the_record_proves_itself(lived: dict[str, Any], _own_home: Path, tmp_path: Path) -> None:
    acts.take_root(LAST_SECOND + dt.timedelta(days=1))
    record = record_of(_own_home)
    assert check_record(record) == []
    write_record(record, tmp_path / "record")
    again, faults = examine(tmp_path / "record")
    assert faults == [] and again == record
    assert check_receipt(lived["receipt"], "Đường này quá hẹp.", again.ledger).fine
    known, ids = walk(again), lived["ids"]
    assert known.answer_of[ids["shown"]].disposition == "in_part"
    assert [m.edition_after for m in known.merged_of[ids["proposal"]]] == ["f" * 64]
    tally = known.voices_of[ids["shown"]]
    assert (tally.support_anonymous, tally.oppose_verified) == (0, 1)


def test_no_person_is_in_the_record(lived: dict[str, Any], _own_home: Path, tmp_path: Path) -> None:
    write_record(record_of(_own_home), tmp_path / "record")
    written = b"".join(file.read_bytes() for file in (tmp_path / "record").rglob("*") if file.is_file())
    assert [secret for secret in SECRETS if secret.encode() in written] == []
    by_id = {c.id: c for c in read_record(tmp_path / "record").comments}
    for name in ("erased", "hidden", "gone"):
        row = by_id[lived["ids"][name]]
        assert (row.text, row.salt, row.pictures) == ("", "", ())


def test_a_change_behind_the_ledger_s_back_is_found(lived: dict[str, Any], _own_home: Path) -> None:
    """Whoever has the database can write what they like into it; the record then says so."""
    from cuabien.service.consultation import models as m

    acts.take_root(LAST_SECOND + dt.timedelta(days=1))
    ids = lived["ids"]
    for alter, rule in (
        (lambda: m.Words.objects.filter(pk=ids["shown"]).update(text="Đồng ý hoàn toàn"), "record-words"),
        (lambda: m.Comment.objects.filter(pk=ids["back"]).update(commune="x"), "record-altered"),
        (
            lambda: m.Answer.objects.filter(disposition="in_part").update(disposition="accept"),
            "record-altered",
        ),
        (lambda: m.Moderation.objects.filter(act="erased").delete(), "record-row-removed"),
        (lambda: m.DayTally.objects.update(oppose_verified=0), "record-altered"),
        (lambda: m.Transition.objects.update(article="Điều 99"), "record-altered"),
        (lambda: m.LedgerEntry.objects.filter(n=4).delete(), "ledger-removed"),
    ):
        from django.db import transaction

        with transaction.atomic():
            alter()
            assert rule in {f.rule for f in check_record(record_of(_own_home))}
            transaction.set_rollback(True)
    assert check_record(record_of(_own_home)) == []


def test_nobody_waits_while_the_record_is_taken(real_database: str, _own_home: Path) -> None:
    """The record is of one moment; what is handed in meanwhile is not in it, and is not held up."""
    from cuabien.service.consultation import export, ledger

    from .conftest import officer, opened, sayer

    opened({role: officer(role) for role in ("planner", "approver")})
    say = sayer("draft-2")
    say()
    with ledger.at_one_moment():
        before = len(list(ledger.entries()))
        in_a_thread(lambda: say("Trong khi đó"))
        assert len(list(ledger.entries())) == before
    assert len(export.record_of(_own_home).comments) == 2


def in_a_thread(act: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def doing() -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(doing).result(timeout=30)
