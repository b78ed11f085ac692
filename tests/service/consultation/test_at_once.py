"""What happens when several act at once, and what is left when the program dies: on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from cuabien.base.faults import Refused
from cuabien.record.ledger import verify_chain
from cuabien.service.consultation import acts, images, ledger
from cuabien.service.consultation.models import Answer, AnswerTo, Comment, LedgerEntry, Voice
from cuabien.service.people import deeds
from cuabien.service.people.models import Deed

from .conftest import DURING, officer, opened, sayer

HERE = Path(__file__).parent
WHY = "Đã xem xét."


@pytest.fixture
def open_one(real_database: str) -> dict[str, Any]:
    officials = {role: officer(role) for role in ("planner", "approver", "moderator")}
    opened(officials)
    return officials


def at_once(act: Callable[[Any], Any], what: Iterable[Any], threads: int) -> list[Any]:
    """Done by threads that begin together; what each gave, or why it was refused."""
    together = threading.Barrier(threads)

    def doing(share: list[Any]) -> list[Any]:
        together.wait()
        try:
            return [trying(act, one) for one in share]
        finally:
            connections.close_all()

    everything = list(what)
    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(doing, everything[i::threads]) for i in range(threads)]
        return [one for share in done for one in share.result()]


def trying(act: Callable[[Any], Any], what: Any) -> Any:
    try:
        return act(what)
    except Refused as refused:
        return refused


def test_a_thousand_repeats_of_one_vote_are_one_vote(open_one: dict[str, Any]) -> None:
    comment = sayer("draft-2")().comment.id
    given = at_once(lambda _: acts.voice(comment, "the one", 1, moment=DURING), range(1000), 20)
    assert all(tally == acts.Tally(support_anonymous=1) for tally in given)
    assert Voice.objects.count() == 1


def test_a_voter_who_says_both_at_once_has_said_one(open_one: dict[str, Any]) -> None:
    comment = sayer("draft-2")().comment.id
    at_once(lambda n: acts.voice(comment, f"v{n % 3}", 1 if n % 2 else -1, moment=DURING), range(60), 6)
    tally = acts.tallies([comment])[comment]
    assert sum(tally.as_tuple()) == 3 == Voice.objects.count()


def test_of_two_officials_who_answer_at_once_one_learns_of_the_other(open_one: dict[str, Any]) -> None:
    comment = sayer("draft-2")().comment.id
    others = [open_one["planner"], officer("planner", "second")]

    def answering(by: Any) -> Answer:
        return acts.answer(
            [comment], by=by, disposition="accept", reason_vi=WHY, seen={comment: ""}, moment=DURING
        )

    given = at_once(answering, others, 2)
    assert sorted(type(one).__name__ for one in given) == ["Answer", "Refused"]
    assert Answer.objects.count() == 1 == AnswerTo.objects.filter(live=True).count()
    assert Deed.objects.filter(act="answer").count() == 1
    assert deeds.verify(Deed.objects.order_by("n")) == []


def test_answers_to_groups_that_overlap_leave_one_in_force_for_each(open_one: dict[str, Any]) -> None:
    say = sayer("draft-2")
    ids = [say(f"Ý kiến {n}").comment.id for n in range(6)]
    groups = [ids[i : i + 3] for i in range(4)] * 3
    given = at_once(
        lambda group: acts.answer(
            group, by=open_one["planner"], disposition="decline", reason_vi=WHY, moment=DURING
        ),
        groups,
        4,
    )
    assert all(isinstance(one, Answer) for one in given)
    assert sorted(AnswerTo.objects.filter(live=True).values_list("comment_id", flat=True)) == sorted(ids)
    assert verify_chain(list(ledger.entries())) == []


def test_one_form_sent_from_several_sides_at_once_is_one_comment(open_one: dict[str, Any]) -> None:
    said = acts.Said("Một lần thôi")
    given = at_once(
        lambda _: acts.submit("draft-2", said, client_key="the-one-and-only-form", moment=DURING),
        range(24),
        8,
    )
    assert len({(one.comment.id, one.receipt.code, one.token) for one in given}) == 1
    assert Comment.objects.count() == 1 and sum(not one.again for one in given) == 1


def test_comments_that_come_at_once_are_one_chain(open_one: dict[str, Any]) -> None:
    given = at_once(
        lambda n: acts.submit("draft-2", acts.Said(f"Ý kiến {n}"), client_key=f"form-of-number-{n:04}", moment=DURING),
        range(120),
        8,
    )  # fmt: skip
    entries = list(ledger.entries())
    assert verify_chain(entries) == []
    assert {one.receipt.hash for one in given} == {e.hash for e in entries if e.kind == "received"}
    assert Comment.objects.count() == 120


def test_the_first_two_acts_of_all_are_one_chain(real_database: str) -> None:
    LedgerEntry.objects.all().delete()

    def first(n: int) -> int:
        with ledger.writing(DURING) as pen:
            return pen.write("moved", f"x{n}", {"n": n}).n

    assert sorted(at_once(first, range(8), 8)) == list(range(1, 9))


def test_a_day_is_ended_once_whoever_ends_it(open_one: dict[str, Any]) -> None:
    sayer("draft-2")()
    done = at_once(lambda _: acts.daily(DURING + dt.timedelta(days=1)), range(6), 6)
    assert sorted(done) == [False] * 5 + [True]
    assert verify_chain(list(ledger.entries()), ledger.roots()) == []


@pytest.mark.slow
def test_comments_at_a_steady_pace_are_all_acknowledged_and_none_is_lost(real_database: str) -> None:
    """The benchmark in short: it says how fast, this only whether."""
    from benchmarks import consultation

    consultation.prepare_consultation()
    came = consultation.offer(rate=50, seconds=3)
    assert (came.offered, came.acknowledged, came.lost) == (150, 150, 0)


# ---- what is left -------------------------------------------------------------------------------------------

PERSON = ("Nguyễn Thị Bí Mật", "bi.mat@example.org", "số nhà 12345 ngõ Vô Danh")


def test_nothing_of_an_erased_person_is_left_on_the_disk(on_sqlite: str, _own_home: Path) -> None:
    """Searched for in the bytes of the database and of the home, not in what the database answers."""
    from .test_acts import one_picture

    opened({role: officer(role) for role in ("planner", "approver")})
    say, (name, contact, text) = sayer("draft-2"), PERSON
    handed = say(text, name=name, contact=contact, pictures=(images.keep(_own_home, one_picture()),))
    database = Path(str(connection.settings_dict["NAME"]))

    def on_disk() -> bytes:
        return b"".join(file.read_bytes() for file in database.parent.rglob("*") if file.is_file())

    assert all(word.encode() in on_disk() for word in PERSON)
    acts.erase(handed.comment.id, token=handed.token, moment=DURING)
    assert not [word for word in PERSON if word.encode() in on_disk()]
    assert not list(_own_home.rglob("*.webp"))


@pytest.mark.slow
def test_what_was_acknowledged_is_there_exactly_once_after_fifty_kills(real_database: str) -> None:
    """A program of its own takes comments and is killed (SIGKILL) in the middle, fifty times; after each kill the same forms
    are sent once more, as a browser's reader does who got no answer."""
    opened({role: officer(role) for role in ("planner", "approver")})
    done = subprocess.run(
        [sys.executable, HERE / "killed.py", real_database, "50"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
