"""The queue, on the database that is at hand and on the one that a city uses: who is next, who has failed, who is served
with whom, and that a job is one worker's however many ask at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from cuabien.service.trying import queue, visitors
from cuabien.service.trying.models import Job
from cuabien.service.trying.queue import in_turn

Test = Callable[..., None]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    if request.param == "postgresql":
        request.getfixturevalue("on_postgres")
    assert connection.vendor == request.param


def on_each(test: Test) -> Test:
    """The test is done on each database."""
    each = [pytest.param("sqlite", marks=pytest.mark.django_db), pytest.param("postgresql")]
    return pytest.mark.usefixtures("database")(pytest.mark.parametrize("database", each, indirect=True)(test))


def test_visitors_take_turns() -> None:
    """By hand: a sent three first, then b one, then c two; c was served last a moment ago."""
    waiting = [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"), ("c2", "c")]
    assert in_turn(waiting, {"c": 9.0}) == ["a1", "b1", "c1", "a2", "c2", "a3"]
    assert in_turn(waiting, {"a": 9.0}) == ["b1", "c1", "a1", "c2", "a2", "a3"]


@given(st.lists(st.sampled_from("abcde"), max_size=40))
def test_nobody_waits_for_more_than_one_job_of_each_other_visitor(visitors_in_order: list[str]) -> None:
    waiting = [(f"{n}", visitor) for n, visitor in enumerate(visitors_in_order)]
    order, of = in_turn(waiting, {}), dict(waiting)
    assert sorted(order) == sorted(of)
    for visitor in set(visitors_in_order):
        theirs = [i for i in order if of[i] == visitor]
        assert theirs == [i for i, v in waiting if v == visitor]
        before = [of[i] for i in order[: order.index(theirs[0])]]
        assert len(before) == len(set(before))


@on_each
def test_a_job_is_claimed_in_turn_and_once() -> None:
    one, _, other = (
        queue.put(name * 64, "e", visitor) for name, visitor in (("1", "a"), ("2", "a"), ("3", "b"))
    )
    assert [queue.position(job) for job in (one, other)] == [1, 2]
    first, second = queue.claim("w"), queue.claim("w")
    assert first is not None and second is not None
    assert [first.id, second.id] == [one.id, other.id]
    third = queue.claim("w")
    assert third is not None and third.visitor == "a"
    assert queue.claim("w") is None


@on_each
def test_a_job_is_cancelled_at_once_or_at_the_end_of_its_year() -> None:
    waits, runs = queue.put("1" * 64, "e", "a"), queue.put("2" * 64, "e", "b")
    cancelled = queue.cancel(waits)
    assert cancelled is not None and cancelled.state == "cancelled" and cancelled.version > waits.version
    job = queue.claim("w")
    assert job is not None and job.id == runs.id
    assert queue.tell(job, 2030, 2025, 2045)
    queue.cancel(job)
    assert not queue.tell(job, 2031, 2025, 2045)
    queue.stopped(job)
    assert Job.objects.get(pk=job.id).state == "cancelled"


@on_each
def test_the_jobs_of_a_silent_worker_have_failed_and_can_be_run_again() -> None:
    job = queue.put("1" * 64, "e", "a")
    queue.beat("w")
    queue.claim("w")
    assert queue.bury() == 0
    beat_at = queue.living()[0].beat_at
    assert queue.bury(beat_at + queue.DEAD_AFTER_S + 1) == 1
    found = Job.objects.get(pk=job.id)
    assert (found.state, found.reason) == ("failed", "died")


@on_each
def test_who_waits_for_the_same_change_is_served_with_it() -> None:
    first, second, other = (queue.put(c * 64, "e", v) for c, v in (("1", "a"), ("1", "b"), ("2", "c")))
    job = queue.claim("w")
    assert job is not None and job.id == first.id
    queue.done(job)
    assert Job.objects.get(pk=second.id).state == "done"
    assert Job.objects.get(pk=other.id).state == "queued"


@on_each
def test_one_visitor_has_so_many_jobs_at_once_and_an_hour(settings: Any) -> None:
    settings.CUABIEN_TRIES_AT_ONCE, settings.CUABIEN_TRIES_AN_HOUR = 2, 3
    first = queue.put("1" * 64, "e", "a")
    assert visitors.wait_to_run_s("a") == 0
    queue.put("2" * 64, "e", "a")
    assert visitors.wait_to_run_s("a") > 0 and visitors.wait_to_run_s("b") == 0
    Job.objects.update(state="done")
    assert visitors.wait_to_run_s("a") == 0
    queue.put("3" * 64, "e", "a")
    Job.objects.update(state="done")
    assert 3590 < visitors.wait_to_run_s("a", first.made_at + 1) <= 3600
    assert visitors.wait_to_run_s("a", first.made_at + 3601) == 0


# ---- at the same moment -------------------------------------------------------------------------------------


def at_once(acts: list[Callable[[], None]]) -> None:
    """Begin them together, each in a thread with a connection of its own; what any raises is raised."""
    gate, broken = threading.Barrier(len(acts)), list[BaseException]()

    def begin(act: Callable[[], None]) -> None:
        try:
            gate.wait(30)
            act()
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken, broken


@pytest.mark.usefixtures("on_postgres")
def test_a_job_is_one_workers_however_many_ask_at_once() -> None:
    for n in range(30):
        queue.put(f"{n:064x}", "e", f"visitor {n % 7}")
    taken: list[str] = []

    def work(worker: str) -> Callable[[], None]:
        def take() -> None:
            while (job := queue.claim(worker)) is not None or Job.objects.filter(state="queued").exists():
                if job is not None:
                    taken.append(job.id)

        return take

    at_once([work(f"w{n}") for n in range(6)])
    assert len(taken) == 30 and set(Counter(taken).values()) == {1}
    assert not Job.objects.exclude(state="running").exists()


@pytest.mark.usefixtures("on_postgres")
def test_a_cancelled_job_is_never_also_begun() -> None:
    """Whoever comes first wins: off the queue, or begun and asked to stop; no job is both, and none is lost."""
    jobs = [queue.put(f"{n:064x}", "e", f"{n}") for n in range(12)]
    begun: list[str] = []

    def work() -> None:
        while (job := queue.claim("w")) is not None:
            begun.append(job.id)

    def cancel() -> None:
        for job in reversed(jobs):
            queue.cancel(job)

    at_once([work, work, cancel])
    for job in Job.objects.all():
        if job.id in begun:
            assert job.state == "running" and job.cancel_asked
            assert not queue.tell(job, 2030, 2025, 2045)
        else:
            assert job.state == "cancelled" and job.started_at is None


@pytest.mark.usefixtures("on_postgres")
def test_a_worker_that_beats_from_two_sides_is_one_worker() -> None:
    queue.beat("w")
    at_once(
        [lambda: queue.beat("w"), lambda: queue.beat("w"), queue.forget, lambda: queue.ready("w", "e" * 64)]
    )
    assert [worker.id for worker in queue.living()] == ["w"]


@pytest.mark.usefixtures("on_postgres")
def test_a_fault_keeps_every_letter() -> None:
    """What the worker says of a refused change comes back as it was said, in both languages."""
    job = queue.put("1" * 64, "e", "a")
    claimed = queue.claim("w")
    assert claimed is not None
    said: list[dict[str, Any]] = [
        {"message": {"vi": "Cầu “Rào” <b> \u202e 'x'; DROP", "en": "\U0001f309"}, "edit": 0}
    ]
    queue.refused(claimed, said)
    found = Job.objects.get(pk=job.id)
    assert (found.state, found.faults) == ("refused", said)
