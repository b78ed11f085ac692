"""Acts, one by one: what each changes, what it writes into the ledger, and what it refuses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from cuabien.base.dates import VIETNAM
from cuabien.base.faults import Refused, UnusableInput
from cuabien.record import contents
from cuabien.record.ledger import commit, verify_chain
from cuabien.record.receipts import check_receipt
from cuabien.service.consultation import acts, images, ledger
from cuabien.service.consultation.models import (
    Answer,
    AnswerTo,
    Comment,
    Consultation,
    DayTally,
    Follow,
    LedgerEntry,
    Moderation,
    Picture,
    Transition,
    Voice,
    Words,
)
from cuabien.service.consultation.said import drawn, plain
from cuabien.service.people.models import Deed

from .conftest import DURING, EDITION, LAST_DAY, LAST_SECOND, OPENED, Say, opened, prepared

SECOND = dt.timedelta(seconds=1)
POINT = {"type": "Point", "coordinates": [106.68, 20.86]}


def chain() -> list[Any]:
    entries = list(ledger.entries())
    assert verify_chain(entries, ledger.roots()) == []
    return entries


def rules(caught: pytest.ExceptionInfo[UnusableInput]) -> set[str]:
    return {fault.rule for fault in caught.value.faults}


# ---- handing in ---------------------------------------------------------------------------------------------


def test_a_comment_is_a_row_its_words_a_line_and_a_receipt_that_anyone_can_check(say: Say) -> None:
    handed = say("Đường này  quá hẹp.\r\nCần mở rộng. ", geometry=POINT, about="place", name="Bà Tư")
    comment = Comment.objects.get()
    assert (comment.edition, comment.state, comment.lon, comment.lat) == (EDITION, "shown", 106.68, 20.86)
    assert comment.words.text == "Đường này  quá hẹp.\nCần mở rộng."
    entry = chain()[-1]
    assert (entry.kind, entry.subject, entry.n) == ("received", comment.id, comment.entry_n)
    checked = check_receipt(handed.receipt, comment.words.text, chain())
    assert checked.fine, checked
    assert not check_receipt(handed.receipt, "Đường này rộng.", chain()).fine
    public = contents.comment_content(acts_fields(comment), comment.words_hash)
    assert entry.commitment == commit(b"", public)
    assert "Bà Tư" not in handed.receipt.as_json() and "hẹp" not in handed.receipt.as_json()


def acts_fields(comment: Comment) -> dict[str, Any]:
    from cuabien.service.consultation.hearing import public_fields

    return public_fields(Comment.objects.get(pk=comment.pk))


def test_a_form_that_is_sent_twice_is_one_comment_and_gets_its_first_receipt(say: Say) -> None:
    first = say("Một", client_key="the-same-form-again", geometry=POINT)
    again = say("Một", client_key="the-same-form-again", geometry=POINT)
    assert again.again and not first.again
    assert (again.comment.id, again.receipt, again.token) == (first.comment.id, first.receipt, first.token)
    assert Comment.objects.count() == 1
    with pytest.raises(Refused):
        say("Hai", client_key="the-same-form-again")
    late = say("Một", client_key="the-same-form-again", geometry=POINT, moment=LAST_SECOND + 9 * SECOND)
    assert late.receipt == first.receipt  # the acknowledgement may come late, the comment did not


def test_every_fault_of_a_comment_is_told_at_once_beside_its_field(say: Say) -> None:
    with pytest.raises(UnusableInput) as caught:
        say(" \n", about="object", language="fr", geometry={"type": "Point", "coordinates": [1]}, change="x")
    fields = {fault.file for fault in caught.value.faults}
    assert fields == {"text", "object_id", "language", "geometry", "change"}
    assert not Comment.objects.exists() and chain()[-1].kind == "opened"


def test_a_comment_about_something_that_the_consultation_is_not_about_is_refused(
    officials: dict[str, Any],
) -> None:
    opened(officials, "narrow", scope=[("projects", "PR1")])
    said = acts.Said("x", about="object", table="projects", object_id="PR2")
    with pytest.raises(UnusableInput) as caught:
        acts.submit("narrow", said, client_key="k" * 16, moment=DURING)
    assert rules(caught) == {"say-scope"}
    said = acts.Said("x", about="object", table="projects", object_id="PR1")
    assert acts.submit("narrow", said, client_key="k" * 16, moment=DURING).comment.object_id == "PR1"


@given(st.text(max_size=60))
def test_a_text_has_one_form(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert (
        plain(text.replace("\n", "\r\n")) == plain(text.replace("\r", "\n").replace("\n\n", "\n\n"))[:]
        or "\r" in text
    )
    assert "\x00" not in plain(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=4),
        max_leaves=12,
    )
)
def test_a_drawing_is_taken_whole_or_not_at_all(coordinates: Any) -> None:
    for kind in ("Point", "LineString", "Polygon", "MultiPoint", "GeometryCollection", ""):
        made = drawn({"type": kind, "coordinates": coordinates, "properties": {"x": "<script>"}})
        assert made is None or (set(made) == {"type", "coordinates"} and drawn(made) == made)


# ---- in time ------------------------------------------------------------------------------------------------


def test_the_last_second_is_in_time_and_the_next_one_is_not(say: Say) -> None:
    assert LAST_SECOND.astimezone(dt.UTC).isoformat() == "2031-04-10T16:59:59+00:00"
    say(moment=LAST_SECOND + dt.timedelta(microseconds=999_999))
    with pytest.raises(Refused, match="10/04/2031"):
        say(moment=LAST_SECOND + SECOND)
    assert Comment.objects.count() == 1


def test_nothing_is_received_before_the_first_second(say: Say) -> None:
    Consultation.objects.update(opens_at=OPENED + dt.timedelta(days=1))
    with pytest.raises(Refused):
        say(moment=OPENED + dt.timedelta(days=1) - SECOND)
    say(moment=OPENED + dt.timedelta(days=1))


def test_what_opens_at_once_hears_at_once(officials: dict[str, Any]) -> None:
    """Moments are whole seconds: nobody waits for the rest of the one in which it was opened."""
    now = OPENED + dt.timedelta(microseconds=900_000)
    prepared(officials, opens_at=now, moment=now)
    acts.move("draft-2", "open_public", by=officials["approver"], evidence="Hồ sơ", moment=now)
    acts.submit("draft-2", acts.Said("Ngay"), client_key="in-the-same-second", moment=now)


def test_a_clock_that_is_set_back_dates_nothing_back(say: Say) -> None:
    first = say(moment=DURING)
    second = say(moment=DURING - dt.timedelta(days=3))
    assert second.receipt.at == first.receipt.at
    assert second.comment.received_at == first.comment.received_at
    chain()


def test_a_clock_that_is_set_back_opens_nothing_that_closed(say: Say) -> None:
    say()
    assert acts.daily(LAST_SECOND + SECOND)  # the root of the new day
    with pytest.raises(Refused):
        say(moment=DURING)
    consultation = Consultation.objects.get()
    assert not acts.is_open(consultation, DURING)


def test_what_reached_an_office_in_time_is_typed_in_later(say: Say, officials: dict[str, Any]) -> None:
    late = LAST_SECOND + dt.timedelta(days=2)
    handed = say(
        typed_by=officials["clerk"], channel="paper", handed_in_on=LAST_DAY, moment=late, name="Ông Ba"
    )
    assert (handed.comment.channel, handed.comment.handed_in_on) == ("paper", LAST_DAY)
    assert handed.comment.received_at == late.astimezone(dt.UTC)  # the ledger says when it was typed
    with pytest.raises(Refused):
        say(
            typed_by=officials["clerk"], channel="paper", handed_in_on=LAST_DAY + dt.timedelta(1), moment=late
        )
    with pytest.raises(Refused):
        say(channel="paper", handed_in_on=LAST_DAY, moment=late)  # nobody says so of their own comment


# ---- taking back --------------------------------------------------------------------------------------------


def test_only_the_writer_takes_a_comment_back(say: Say, officials: dict[str, Any]) -> None:
    mine, other = say(), say(author=officials["planner"])
    for wrong in ({"token": "x"}, {"token": other.token}, {"by": officials["clerk"]}, {}):
        with pytest.raises(Refused):
            acts.withdraw(mine.comment.id, moment=DURING, **wrong)
    assert acts.withdraw(mine.comment.id, token=mine.token.upper(), moment=DURING).state == "withdrawn"
    assert acts.withdraw(other.comment.id, by=officials["planner"], moment=DURING).state == "withdrawn"
    n = len(chain())
    acts.withdraw(mine.comment.id, token=mine.token, moment=DURING)  # once more is nothing more
    assert len(chain()) == n
    assert [e.kind for e in chain()[-2:]] == ["withdrawn", "withdrawn"]


PERSON = ("Nguyễn Thị Bí Mật", "bi.mat@example.org", "số nhà 12345 ngõ Vô Danh")


def test_an_erasure_leaves_a_tombstone_and_the_chain_verifies(say: Say, _own_home: Path) -> None:
    kept = images.keep(_own_home, one_picture())
    shared = images.keep(_own_home, one_picture((9, 9, 9)))
    name, contact, text = PERSON
    handed = say(
        text, name=name, contact=contact, geometry=POINT, pictures=(kept, shared), run_note="của tôi"
    )
    other = say(pictures=(shared,))
    Follow.objects.create(
        email=contact.upper(), what=f"comment:{handed.comment.id}", token_hash="f" * 64, made_at=DURING
    )
    before = chain()
    acts.erase(handed.comment.id, token=handed.token, moment=DURING)
    comment = Comment.objects.get(pk=handed.comment.id)
    assert (comment.state, comment.geometry, comment.lon, comment.author, comment.run_note) == (
        "erased",
        None,
        None,
        None,
        "",
    )
    assert not Words.objects.filter(comment=comment).exists() and not Follow.objects.exists()
    assert Picture.objects.get().comment_id == other.comment.id  # type: ignore[attr-defined]
    after = chain()
    assert after[:-1] == before and after[-1].kind == "erased"
    entry = next(e for e in after if e.n == comment.entry_n)
    assert entry.commitment == commit(b"", contents.comment_content(acts_fields(comment), comment.words_hash))
    with pytest.raises(Refused):
        acts.receipt_of(comment)
    assert check_receipt(handed.receipt, text, after).fine  # the paper that the person kept still proves it


def test_an_official_erases_at_a_request_on_paper_and_says_so(say: Say, officials: dict[str, Any]) -> None:
    handed = say()
    with pytest.raises(Refused):
        acts.erase(handed.comment.id, by=officials["clerk"], moment=DURING)
    acts.erase(handed.comment.id, by=officials["clerk"], reason="đơn số 7", moment=DURING)
    deed = Deed.objects.last()
    assert deed is not None and (deed.act, deed.role) == ("erase", "clerk")


# ---- voices -------------------------------------------------------------------------------------------------


def test_a_voter_has_one_voice_which_may_change_or_go(say: Say) -> None:
    comment = say().comment.id
    for _ in range(3):
        tally = acts.voice(comment, "a", 1, verified=True, moment=DURING)
    assert tally == acts.Tally(support_verified=1)
    acts.voice(comment, "b", 1, moment=DURING)
    assert acts.voice(comment, "a", -1, verified=True, moment=DURING) == acts.Tally(0, 1, 1, 0)
    assert acts.voice(comment, "a", 0, moment=DURING) == acts.Tally(support_anonymous=1)
    assert acts.voice(comment, "a", 0, moment=DURING) == acts.Tally(support_anonymous=1)
    assert "a" not in Voice.objects.values_list("voter", flat=True)


def test_no_voice_for_what_is_hidden_one_s_own_or_closed(say: Say, officials: dict[str, Any]) -> None:
    handed = say(author=officials["clerk"])
    comment = handed.comment.id
    with pytest.raises(Refused):
        acts.voice(comment, acts.voter_of(officials["clerk"].pk), 1, moment=DURING)
    with pytest.raises(Refused):
        acts.voice(comment, "a", 1, moment=LAST_SECOND + SECOND)
    acts.voice(comment, "a", 1, moment=LAST_SECOND)
    acts.moderate(comment, by=officials["moderator"], reason="insult", moment=LAST_SECOND)
    with pytest.raises(Refused):
        acts.voice(comment, "b", 1, moment=LAST_SECOND)


@tuned(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([-1, 0, 1]), st.booleans()), max_size=12))
def test_the_tally_is_what_each_voter_said_last(say: Say, said: list[tuple[str, int, bool]]) -> None:
    comment = say().comment.id
    for voter, side, verified in said:
        acts.voice(comment, voter, side, verified=verified, moment=DURING)
    last = {voter: (side, verified) for voter, side, verified in said}
    hand = [sum(one == (side, v) for one in last.values()) for side in (1, -1) for v in (True, False)]
    assert list(acts.tallies([comment]).get(comment, acts.Tally()).as_tuple()) == hand


def test_a_day_ends_with_the_voices_that_changed_and_one_root(say: Say) -> None:
    one, two = say().comment.id, say().comment.id
    acts.voice(one, "a", 1, moment=DURING)
    day = dt.timedelta(days=1)
    assert acts.daily(DURING + day) and not acts.daily(DURING + day)
    acts.voice(two, "a", -1, verified=True, moment=DURING + day)
    assert acts.daily(DURING + 2 * day)
    assert acts.daily(DURING + 3 * day)  # nobody said anything: a root, no tally
    told = {
        (str(t.day), t.comment_id): (t.support_anonymous, t.oppose_verified) for t in DayTally.objects.all()
    }
    assert told == {("2031-03-21", one): (1, 0), ("2031-03-22", two): (0, 1)}
    entries = chain()
    assert [e.kind for e in entries[-5:]] == ["voices", "root", "voices", "root", "root"]
    content = contents.voices_content("2031-03-21", {one: (0, 1, 0, 0)})
    assert next(e for e in entries if e.kind == "voices").commitment == commit(b"", content)
    assert len(ledger.roots()) == 3


# ---- answers ------------------------------------------------------------------------------------------------

WHY = "Đường đã được mở rộng trong dự thảo."


def test_an_answer_answers_a_group_and_a_later_one_takes_its_place(
    say: Say, officials: dict[str, Any]
) -> None:
    one, two, three = (say(f"Ý kiến {n}").comment.id for n in range(3))
    planner = officials["planner"]
    group = acts.answer([one, two], by=planner, disposition="decline", reason_vi=WHY, moment=DURING)
    single = acts.answer([two], by=planner, disposition="accept", reason_vi=WHY, run="c" * 64, moment=DURING)
    assert single.replaces_id == group.id
    holds = dict(AnswerTo.objects.filter(live=True).values_list("comment_id", "answer_id"))
    assert holds == {one: group.id, two: single.id}
    assert [c.id for c in acts.unanswered(Consultation.objects.get())] == [three]
    entry = chain()[-1]
    assert (entry.kind, entry.subject) == ("answered", single.id)
    assert Deed.objects.filter(act="answer").count() == 2


def test_an_answer_without_a_reason_or_about_nothing_is_refused(say: Say, officials: dict[str, Any]) -> None:
    comment = say()
    with pytest.raises(UnusableInput) as caught:
        acts.answer([], by=officials["planner"], disposition="maybe", reason_vi=" ", run="z")
    assert {f.file for f in caught.value.faults} == {"comments", "disposition", "reason_vi", "run"}
    acts.withdraw(comment.comment.id, token=comment.token, moment=DURING)
    with pytest.raises(Refused):
        acts.answer([comment.comment.id], by=officials["planner"], disposition="accept", reason_vi=WHY)
    assert not Answer.objects.exists() and not Deed.objects.filter(act="answer").exists()


def test_who_answers_what_another_has_answered_meanwhile_learns_of_it(
    say: Say, officials: dict[str, Any]
) -> None:
    comment = say().comment.id
    by = officials["planner"]
    first = acts.answer(
        [comment], by=by, disposition="accept", reason_vi=WHY, seen={comment: ""}, moment=DURING
    )
    with pytest.raises(Refused, match="meanwhile"):
        acts.answer([comment], by=by, disposition="decline", reason_vi=WHY, seen={comment: ""}, moment=DURING)
    acts.answer(
        [comment], by=by, disposition="decline", reason_vi=WHY, seen={comment: first.id}, moment=DURING
    )


def test_moderated_is_logged_with_its_reason_and_can_be_restored(say: Say, officials: dict[str, Any]) -> None:
    comment = say().comment.id
    by = officials["moderator"]
    with pytest.raises(UnusableInput):
        acts.moderate(comment, by=by, reason="I do not like it")
    acts.moderate(
        comment, by=by, reason="personal_data", words="Có số điện thoại của người khác", moment=DURING
    )
    with pytest.raises(Refused):
        acts.moderate(comment, by=by, reason="insult", moment=DURING)
    assert Comment.objects.get().state == "moderated"
    assert acts.unanswered(Consultation.objects.get()).count() == 1  # it still needs an answer
    acts.restore(comment, by=by, words="Đã che số", moment=DURING)
    assert Comment.objects.get().state == "shown"
    log = [(m.act, m.reason) for m in Moderation.objects.all()]
    assert log == [("moderated", "personal_data"), ("restored", "")]
    assert [e.kind for e in chain()[-2:]] == ["moderated", "restored"]


def test_where_comments_are_held_first_a_moderator_shows_them(officials: dict[str, Any]) -> None:
    from .conftest import sayer

    say = sayer(opened(officials, hold_first=True).id)
    held, typed = say(), say(typed_by=officials["clerk"], channel="spoken")
    assert (held.comment.state, typed.comment.state) == ("held", "shown")
    Consultation.objects.update(hold_first=False)
    assert (say().comment.state, say(hold=True).comment.state) == ("shown", "held")
    acts.restore(held.comment.id, by=officials["moderator"], moment=DURING)
    assert Comment.objects.get(pk=held.comment.id).state == "shown"


def test_only_an_accepted_proposal_is_merged(say: Say, officials: dict[str, Any]) -> None:
    comment = say(about="proposal", change="c" * 64).comment.id
    merging = {"change": "d" * 64, "edition_before": EDITION, "edition_after": "f" * 64, "moment": DURING}
    with pytest.raises(Refused):
        acts.merge(comment, by=officials["planner"], **merging)
    acts.answer([comment], by=officials["planner"], disposition="in_part", reason_vi=WHY, moment=DURING)
    made = acts.merge(comment, by=officials["planner"], **merging)
    assert acts.merge(comment, by=officials["planner"], **merging).pk == made.pk


# ---- the procedure ------------------------------------------------------------------------------------------


def test_nothing_opens_before_a_named_official_has_entered_the_article(officials: dict[str, Any]) -> None:
    acts.begin(
        "draft-3", by=officials["planner"], plan="tinytown", edition=EDITION, title_vi="Thử", regime="R3", moment=OPENED
    )  # fmt: skip
    with pytest.raises(UnusableInput) as caught:
        acts.move("draft-3", "open_public", by=officials["approver"], evidence="Hồ sơ", moment=OPENED)
    assert {"procedure-article", "procedure-withheld", "procedure-defence"} <= rules(caught)
    for missing in ({"article": " ", "by": officials["approver"]}, {"article": "Điều 1", "by": None}):
        with pytest.raises(Refused):
            acts.enter_article("draft-3", opens_at=OPENED, last_day=LAST_DAY, **missing)
    acts.enter_article(
        "draft-3", by=officials["approver"], article="Điều 19", opens_at=OPENED, last_day=LAST_DAY,
        withheld_split=True, defence_agreed=True, moment=OPENED,
    )  # fmt: skip
    row = Consultation.objects.get(pk="draft-3")
    told = acts.what_keeps(row, "open_public", by=officials["approver"], evidence="Hồ sơ", moment=OPENED)
    assert {f.severity for f in told} == {"warning"}  # the period is unconfirmed under R3, and says so
    acts.move("draft-3", "open_public", by=officials["approver"], evidence="Hồ sơ", moment=OPENED)
    assert acts.is_open(Consultation.objects.get(pk="draft-3"), DURING)


def test_the_procedure_goes_on_only_when_it_is_over_and_everything_is_answered(
    say: Say, consultation: Consultation, officials: dict[str, Any]
) -> None:
    one, two = say(), say()
    approver, over = officials["approver"], LAST_SECOND + SECOND
    with pytest.raises(UnusableInput) as caught:
        acts.move(consultation.id, "report", by=approver, moment=DURING)
    assert rules(caught) == {"procedure-deadline-passed", "procedure-all-answered"}
    acts.answer([one.comment.id], by=officials["planner"], disposition="accept", reason_vi=WHY, moment=over)
    with pytest.raises(UnusableInput):
        acts.move(consultation.id, "report", by=approver, moment=over)
    acts.withdraw(two.comment.id, token=two.token, moment=over)
    assert acts.move(consultation.id, "report", by=approver, moment=over).state == "RESPONSE_REPORT"
    assert [(t.before, t.after) for t in Transition.objects.all()] == [
        ("DRAFTING_PLAN", "PUBLIC_CONSULT"),
        ("PUBLIC_CONSULT", "RESPONSE_REPORT"),
    ]
    kinds = [e.kind for e in chain()]
    assert (kinds[0], kinds[-1]) == ("opened", "closed")
    for t in Transition.objects.all():
        content = contents.transition_content(
            consultation=consultation.id, before=t.before, after=t.after, act=t.act,
            at=ledger.in_words(t.at), article=t.article, evidence=t.evidence, last_day=t.last_day.isoformat() if t.last_day else "",
        )  # fmt: skip
        assert LedgerEntry.objects.get(pk=t.entry_n).commitment == commit(b"", content)


def test_only_the_role_of_a_step_takes_it(consultation: Consultation, officials: dict[str, Any]) -> None:
    with pytest.raises(UnusableInput) as caught:
        acts.move(consultation.id, "suspend", by=officials["clerk"], evidence="x", moment=DURING)
    assert rules(caught) == {"procedure-role"}


def test_more_time_is_given_never_less(
    say: Say, consultation: Consultation, officials: dict[str, Any]
) -> None:
    act = {"by": officials["approver"], "moment": DURING, "article": "Điều 32"}
    with pytest.raises(UnusableInput):
        acts.move(consultation.id, "extend", last_day=LAST_DAY - dt.timedelta(1), **act)
    acts.move(consultation.id, "extend", last_day=LAST_DAY + dt.timedelta(5), **act)
    say(moment=LAST_SECOND + dt.timedelta(days=5))
    with pytest.raises(Refused):
        say(moment=LAST_SECOND + dt.timedelta(days=5, seconds=1))


def test_a_suspended_consultation_hears_nobody_and_goes_on_where_it_stood(
    say: Say, consultation: Consultation, officials: dict[str, Any]
) -> None:
    act = {"by": officials["approver"], "evidence": "Công văn 5", "moment": DURING}
    acts.move(consultation.id, "suspend", **act)
    with pytest.raises(Refused):
        say()
    assert acts.move(consultation.id, "resume", **act).state == "PUBLIC_CONSULT"
    say()


def test_agencies_are_asked_by_name_each_until_its_own_day(officials: dict[str, Any]) -> None:
    from .conftest import sayer

    prepared(officials, "agencies", kind="agency")
    approver, clerk = officials["approver"], officials["clerk"]
    act = {"by": clerk, "moment": OPENED}
    early, key = acts.invite("agencies", agency_vi="Sở Xây dựng", last_day=dt.date(2031, 3, 19), **act)
    acts.invite("agencies", agency_vi="Sở Tài chính", last_day=dt.date(2031, 4, 1), **act)
    with pytest.raises(Refused):
        acts.invite("agencies", agency_vi=" Sở  Xây dựng", last_day=LAST_DAY, **act)
    acts.enter_article(
        "agencies", by=approver, article="Điều 32", opens_at=OPENED, last_day=dt.date(2031, 4, 2), withheld_split=True, moment=OPENED
    )  # fmt: skip
    acts.move("agencies", "open_agencies", by=approver, evidence="Hồ sơ", moment=OPENED)
    say = sayer("agencies")
    found = acts.invitation_of(key)
    assert found is not None and found.pk == early.pk and acts.invitation_of("other") is None
    with pytest.raises(Refused):
        say(moment=OPENED)  # the public is not asked here
    last = dt.datetime(2031, 3, 19, 23, 59, 59, tzinfo=VIETNAM)
    handed = say(invitation=found, moment=last)
    assert (handed.comment.channel, handed.comment.verified) == ("agency", True)
    with pytest.raises(Refused):
        say(invitation=found, moment=last + SECOND)
    acts.answer(
        [handed.comment.id], by=officials["planner"], disposition="accept", reason_vi=WHY, moment=last
    )
    row = Consultation.objects.get(pk="agencies")
    waits = {f.rule for f in acts.what_keeps(row, "report", by=approver, moment=last)}
    assert waits == {"procedure-agencies-done"}
    after = dt.datetime(2031, 4, 2, tzinfo=VIETNAM)
    silent = acts.what_keeps(row, "report", by=approver, moment=after)
    assert {(f.rule, f.severity) for f in silent} == {("procedure-agencies-silent", "warning")}
    acts.move("agencies", "report", by=approver, moment=after)
    chain()


def test_an_act_that_fails_leaves_nothing(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    n, comments = len(chain()), Comment.objects.count()

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Words, "save", broken)
    with pytest.raises(RuntimeError):
        say()
    assert (len(chain()), Comment.objects.count()) == (n, comments)


def one_picture(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    return out.getvalue()
