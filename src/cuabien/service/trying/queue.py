"""The queue: who is next, how far it is, and what became of it.

Visitors take turns: next is the oldest job of the visitor whose last job began longest ago, so that somebody who sends
many waits behind somebody who sends one. Each function is one or two statements of the database; a job is taken by an update
that only one worker can win.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext_noop

from cuabien.service.trying.models import (
    CANCELLED,
    DONE,
    FAILED,
    QUEUED,
    REFUSED,
    RUNNING,
    UNDER_WAY,
    Job,
    Worker,
)

Teller = Callable[[int, int, int], None]
"""Told the year that was modelled, the first year and the last."""
HOUR_S, DAY_S = 3600.0, 86400.0
DEAD_AFTER_S = 10.0
"""A worker that said nothing for so long is dead."""
LOOKED_AT = 500
"""So many waiting jobs are put in order; there are never more (`visitors.MOST_WAITING`)."""
REASONS = {
    "died": gettext_noop("The program that was modelling this ended before it was done. You can run it again."),
    "too long": gettext_noop("Modelling this took longer than one change may take. Try a smaller change."),
    "too much memory": gettext_noop("Modelling this took more memory than one change may take. Try a smaller change."),
    "other edition": gettext_noop("The plan has a new edition. Run the change again on it."),
    "error": gettext_noop("Something broke on our side while this was modelled. You can run it again."),
}  # fmt: skip
"""Why a job failed -> what a person is told."""


# ---- in and out -------------------------------------------------------------------------------------------


def put(change: str, edition: str, visitor: str) -> Job:
    return Job.objects.create(
        id=secrets.token_urlsafe(16), change=change, edition=edition, visitor=visitor, made_at=time.time()
    )


def find(identity: str) -> Job | None:
    return Job.objects.filter(pk=identity).first()


def latest(change: str, edition: str) -> Job | None:
    """The newest job for a change, whoever asked."""
    return Job.objects.filter(change=change, edition=edition).order_by("-made_at").first()


def under_way(change: str, edition: str, visitor: str) -> Job | None:
    """The visitor's own job for this change that is not done yet: asking twice is asking once."""
    return Job.objects.filter(
        change=change, edition=edition, visitor=visitor, state__in=UNDER_WAY, cancel_asked=False
    ).first()


def cancel(job: Job) -> Job | None:
    """Off the queue at once; a running one stops at the end of its year."""
    if not _end(job.id, QUEUED, CANCELLED):
        Job.objects.filter(pk=job.id, state=RUNNING).update(cancel_asked=True, version=F("version") + 1)
    return find(job.id)


def take_back(job: Job) -> None:
    """A job that should not be: as if it had never been, where nobody has begun it."""
    if not Job.objects.filter(pk=job.id, state=QUEUED).delete()[0]:
        cancel(job)


# ---- in turn ----------------------------------------------------------------------------------------------


def in_turn(waiting: Iterable[tuple[str, str]], last_began: Mapping[str, float]) -> list[str]:
    """Ids in the order in which they will be served. `waiting`: (id, visitor), the oldest first;
    `last_began`: visitor -> when the last job of theirs began."""
    rows: dict[str, list[str]] = {}
    for identity, visitor in waiting:
        rows.setdefault(visitor, []).append(identity)
    turn = sorted(rows, key=lambda visitor: last_began.get(visitor, 0.0))  # stable: else who came first
    found: list[str] = []
    while turn:
        found += [rows[visitor].pop(0) for visitor in turn]
        turn = [visitor for visitor in turn if rows[visitor]]
    return found


def waiting_in_turn() -> list[str]:
    waiting = list(Job.objects.filter(state=QUEUED).values_list("id", "visitor")[:LOOKED_AT])
    if len(waiting) < 2:
        return [identity for identity, _ in waiting]
    began = (
        Job.objects.filter(visitor__in={visitor for _, visitor in waiting}, started_at__isnull=False)
        .values_list("visitor")
        .annotate(last=Max("started_at"))
        .order_by()
    )
    return in_turn(waiting, dict(began))


def position(job: Job) -> int | None:
    """1 for the next one; None for a job that does not wait."""
    order = waiting_in_turn() if job.state == QUEUED else []
    return order.index(job.id) + 1 if job.id in order else None


# ---- the worker's side ------------------------------------------------------------------------------------


def claim(worker: str) -> Job | None:
    """The next job, now this worker's; None when nobody waits."""
    for identity in waiting_in_turn():
        mine = Job.objects.filter(pk=identity, state=QUEUED).update(
            state=RUNNING, worker=worker, started_at=time.time(), version=F("version") + 1
        )
        if mine:
            return find(identity)
    return None


def tell(job: Job, year: int, first: int, last: int) -> bool:
    """Say how far it is. False: nobody waits for it any more."""
    return bool(
        Job.objects.filter(pk=job.id, state=RUNNING, cancel_asked=False).update(
            year=year, first_year=first, last_year=last, version=F("version") + 1
        )
    )


def done(job: Job) -> None:
    """Done, and with it everybody who waits for the same change."""
    _end(job.id, RUNNING, DONE)
    Job.objects.filter(change=job.change, edition=job.edition, state=QUEUED).update(
        state=DONE, ended_at=time.time(), version=F("version") + 1
    )


def stopped(job: Job) -> None:
    _end(job.id, RUNNING, CANCELLED)


def refused(job: Job, faults: Sequence[Mapping[str, Any]]) -> None:
    _end(job.id, RUNNING, REFUSED, faults=list(faults))


def failed(job: Job, reason: str) -> None:
    _end(job.id, RUNNING, FAILED, reason=reason)


def _end(identity: str, before: str, after: str, **said: Any) -> bool:
    return bool(
        Job.objects.filter(pk=identity, state=before).update(
            state=after, ended_at=time.time(), version=F("version") + 1, **said
        )
    )


# ---- who lives --------------------------------------------------------------------------------------------


def beat(worker: str) -> None:
    """Say that a worker lives."""
    now = time.time()
    if not Worker.objects.filter(pk=worker).update(beat_at=now):
        Worker.objects.create(id=worker, beat_at=now)


def ready(worker: str, edition: str) -> None:
    Worker.objects.filter(pk=worker).update(ready=bool(edition), edition=edition)


def gone(worker: str, reason: str = "died") -> int:
    """A worker has ended: what it was doing has failed. How many jobs that were."""
    return Job.objects.filter(worker=worker, state=RUNNING).update(
        state=FAILED, reason=reason, ended_at=time.time(), version=F("version") + 1
    )


def bury(now: float | None = None) -> int:
    """Fail the jobs of workers that are silent or forgotten. Anybody may call it, at any time."""
    alive = [worker.id for worker in living(now)]
    lost = Job.objects.filter(state=RUNNING).exclude(worker__in=alive)
    return lost.update(state=FAILED, reason="died", ended_at=time.time(), version=F("version") + 1)


def living(now: float | None = None) -> list[Worker]:
    return list(Worker.objects.filter(beat_at__gt=(now or time.time()) - DEAD_AFTER_S))


def running_of(worker: str) -> Job | None:
    return Job.objects.filter(worker=worker, state=RUNNING).first()


def forget(now: float | None = None) -> None:
    """Jobs of yesterday and workers that ended."""
    past = (now or time.time()) - DAY_S
    Job.objects.filter(made_at__lt=past).exclude(state__in=UNDER_WAY).delete()
    Worker.objects.filter(beat_at__lt=past).delete()
