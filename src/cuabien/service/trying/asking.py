"""What happens when somebody sends a change: checked, kept, queued, or answered from the store. For the interface and for
the pages alike."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from cuabien.plan.change import Change
from cuabien.service.city import City
from cuabien.service.trying import queue, store, visitors
from cuabien.service.trying.changes import Sent
from cuabien.service.trying.models import Job

LONGEST_WAIT_S = 1.0
LOOK_EVERY_S = 0.01
BURY_EVERY_S = 2.0
WAITERS = threading.BoundedSemaphore(4)
"""So many threads may wait for a job to go on; the others are asked to come back."""


@dataclass(frozen=True)
class Asked:
    """A change that was accepted: in the store already, or queued."""

    change: str
    stored: bool
    job: Job | None


class TooMuch(Exception):  # noqa: N818
    """Somebody must wait: `seconds`. `full`: because of everybody, not because of them."""

    def __init__(self, seconds: int, *, full: bool = False) -> None:
        self.seconds, self.full = seconds, full


def from_here(request: HttpRequest) -> bool:
    """Whether a request to change something comes from a page of ours, or from no page at all (a program).

    There is no cookie to ride on; yet another site must not make its visitors fill the queue.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def may_send(visitor: str) -> None:
    """Raises `TooMuch` for somebody who sends faster than people do."""
    wait = visitors.wait_to_send_s(visitor)
    if wait:
        raise TooMuch(wait)


@dataclass
class Turn:
    """A visitor's turn: a change takes its place in the queue as soon as it can be read, so that it is modelled while it is
    checked (the worker checks it too); what is refused gives its place back."""

    city: City
    visitor: str
    asked: Asked | None = None

    def take(self, identity: str, change: Change) -> None:
        """Keep a change and have it modelled, unless it has been. Raises `TooMuch`."""
        self.asked = run(self.city, identity, self.visitor, change)

    def of(self, sent: Sent) -> Asked | None:
        """The place of a change that was checked; None where it is refused."""
        if sent.is_refused and self.asked is not None and self.asked.job is not None:
            queue.take_back(self.asked.job)
        return None if sent.is_refused else self.asked


def run(city: City, identity: str, visitor: str, change: Change | None = None) -> Asked:
    """Have a change modelled; `change`: what to keep first."""
    home = Path(settings.CUABIEN_HOME)
    if store.has_look(home, identity, city.edition):
        if change is not None:
            store.put(home, identity, change)
        return Asked(identity, True, None)
    there = queue.under_way(identity, city.edition, visitor)
    if there is not None:
        return Asked(identity, False, there)
    if visitors.is_full():
        raise TooMuch(10, full=True)
    wait = visitors.wait_to_run_s(visitor)
    if wait:
        raise TooMuch(wait)
    if change is not None:
        store.put(home, identity, change)
    return Asked(identity, False, queue.put(identity, city.edition, visitor))


_buried_at = 0.0


def watched(identity: str, after: int | None) -> Job | None:
    """A job as it is now; with `after`, as soon as it is no longer that version, or after a moment."""
    bury_now_and_then()
    job = queue.find(identity)
    if job is None or after is None or job.version != after or job.ended_at is not None:
        return job
    if not WAITERS.acquire(blocking=False):
        return job
    try:
        until = time.monotonic() + LONGEST_WAIT_S
        while job is not None and job.version == after and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
            job = queue.find(identity)
        return job
    finally:
        WAITERS.release()


def bury_now_and_then() -> None:
    """Jobs of workers that died are failed by whoever looks, so that nobody waits for ever without a worker."""
    global _buried_at
    if time.monotonic() - _buried_at > BURY_EVERY_S:
        _buried_at = time.monotonic()
        queue.bury()
