"""The modeller: a plan kept warm, and one job after another.

It ends by itself when its keeper has gone, and when the plan has a new edition (its keeper then starts it anew).
"""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError, close_old_connections

from cuabien.base.faults import UnusableInput, stops
from cuabien.plan.change import Change, change_hash
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.plan.read import files_as_they_are, read_plan
from cuabien.results.code import code_hash
from cuabien.runner.whatif import Cancelled, Warm
from cuabien.service.city import public_findings
from cuabien.service.trying import changes, queue, store
from cuabien.service.trying.models import Job

log = logging.getLogger("cuabien.worker")

BUSY_PAUSE_S, IDLE_PAUSE_S = 0.01, 0.04
BUSY_FOR_S = 30.0
LOOK_AT_PLAN_S = 1.0
TELL_EVERY_S = 0.03
NEW_EDITION, NO_PLAN = 75, 76
"""Exit codes: the plan's files have changed; they cannot be modelled."""


def work(folder: Path, home: Path, worker: str) -> int:
    """Serve the queue until the keeper goes or the plan changes."""
    keeper = os.getppid()
    try:
        plan, stamp = read_plan(folder), files_as_they_are(folder)
        warm = Warm(plan)
    except UnusableInput as error:
        log.error("the plan cannot be modelled: %s", error)
        return NO_PLAN
    edition = edition_hash(plan)
    see_the_plan(warm, home, edition)
    gc.collect()
    gc.freeze()  # what stays for good is not looked through again while a change is modelled
    queue.ready(worker, edition)
    busy_until = looked_at = time.monotonic()
    while os.getppid() == keeper:
        now = time.monotonic()
        try:
            job = queue.claim(worker)
        except DatabaseError as error:  # locked, or gone for a moment: whoever waits is still in the queue
            log.warning("the database does not answer: %s", error)
            close_old_connections()
            time.sleep(LOOK_AT_PLAN_S)
            continue
        if job is not None:
            do(job, warm, plan, home, edition)
            busy_until = time.monotonic() + BUSY_FOR_S
            continue
        if now - looked_at > LOOK_AT_PLAN_S:
            looked_at = now
            if files_as_they_are(folder) != stamp:
                return NEW_EDITION
        time.sleep(BUSY_PAUSE_S if now < busy_until else IDLE_PAUSE_S)
    return 0


def see_the_plan(warm: Warm, home: Path, edition: str) -> None:
    """The plan's own first look by this very program, for changes to be held against."""
    if not store.has_look(home, store.PLANS_OWN, edition):
        outcome = warm.try_change(Change())
        warm.first_look(outcome, store.look_folder(home, store.PLANS_OWN, edition, code_hash(), warm.seed))


def do(job: Job, warm: Warm, plan: Plan, home: Path, edition: str) -> None:
    """One job, to its end, whatever that is."""
    if job.edition != edition:
        queue.failed(job, "other edition")
        return
    if store.has_look(home, job.change, edition):
        queue.done(job)
        return
    change = store.get(home, job.change)
    if change is None or change_hash(change) != job.change:
        queue.failed(job, "error")
        return
    tell, is_gone = _listener(job)
    try:
        outcome = warm.try_change(change, progress=tell, cancelled=is_gone)
        warm.first_look(outcome, store.look_folder(home, job.change, edition, code_hash(), warm.seed))
    except Cancelled:
        queue.stopped(job)
    except UnusableInput as error:
        queue.refused(job, _told(error, plan, change))
    except MemoryError:
        queue.failed(job, "too much memory")
    except Exception:
        log.exception("a job broke")
        queue.failed(job, "error")
    else:
        queue.done(job)


def _listener(job: Job) -> tuple[queue.Teller, Callable[[], bool]]:
    """Tells the year, not more often than anybody looks, and knows from the answer whether nobody waits any more."""
    told_at, wanted = 0.0, True

    def tell(year: int, first: int, last: int) -> None:
        nonlocal told_at, wanted
        if time.monotonic() - told_at >= TELL_EVERY_S:
            wanted = queue.tell(job, year, first, last)
            told_at = time.monotonic()

    return tell, lambda: not wanted


def _told(error: UnusableInput, plan: Plan, change: Change) -> list[dict[str, object]]:
    """The faults of a refused change without any that speaks of something withheld."""
    from cuabien.plan.withheld import public_part

    found = public_findings([f for f in error.faults if stops([f])], plan, public_part(plan)[1])
    return [changes.placed(change, finding.fault).as_row() for finding in found]
