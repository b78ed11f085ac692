"""The keeper: says that the worker lives, ends what takes too much, and starts the modeller anew."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from cuabien.base.faults import Refused
from cuabien.service.consultation import notices
from cuabien.service.trying import queue, store
from cuabien.service.trying.models import Job
from cuabien.worker.model import NEW_EDITION, NO_PLAN

log = logging.getLogger("cuabien.worker")

LOOK_S = 0.1
BEAT_S = 1.0
TIDY_S = 600.0
POST_S = 60.0
MIB = 2**20
SOON_S = 20.0
PAUSES_S = (0.0, 1.0, 5.0, 30.0)
"""Before the next start of a modeller that ended soon after the last one."""


@dataclass
class Limits:
    seconds: float
    memory_mib: float
    store_mib: float

    @classmethod
    def of_settings(cls) -> Limits:
        return cls(settings.CUABIEN_TRY_SECONDS, settings.CUABIEN_TRY_MEMORY_MB, settings.CUABIEN_TRIED_MB)


class Ended(Exception):  # noqa: N818
    """Somebody asked the keeper to end."""


def keep(folder: Path, home: Path, *, with_parent: bool = False) -> int:
    """Keep a modeller working until asked to end; with `with_parent` also when whoever started this has gone."""
    worker, limits, parent = secrets.token_hex(8), Limits.of_settings(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    child: subprocess.Popen[bytes] | None = None
    quick = 0
    try:
        while True:
            _settled(lambda: queue.beat(worker))
            started = time.monotonic()
            child = _start(folder, home, worker)
            code = _watch(child, worker, limits, home, parent if with_parent else None)
            _settled(lambda: _stopped(worker))
            if code == NO_PLAN:
                return 2
            quick = quick + 1 if code != NEW_EDITION and time.monotonic() - started < SOON_S else 0
            time.sleep(PAUSES_S[min(quick, len(PAUSES_S) - 1)])
    except Ended:
        return 0
    finally:
        if child is not None and child.poll() is None:
            child.kill()
            child.wait()
        _settled(lambda: _leave(worker))


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended


def _start(folder: Path, home: Path, worker: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cuabien.worker", str(folder), str(home), worker]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 (our own module)


def _watch(
    child: subprocess.Popen[bytes], worker: str, limits: Limits, home: Path, parent: int | None
) -> int:
    """Until the modeller ends, by itself or because it took too much; its exit code."""
    beat_at = tidied_at = posted_at = 0.0
    post: threading.Thread | None = None
    while child.poll() is None:
        if parent is not None and os.getppid() != parent:
            raise Ended
        now = time.monotonic()
        if now - beat_at >= BEAT_S:
            beat_at = now
            _settled(lambda: _beat(worker))
            why = str(
                _settled(lambda: too_much(queue.running_of(worker), child.pid, limits, time.time())) or ""
            )
            if why:
                child.kill()
                child.wait()
                _settled(partial(queue.gone, worker, why))
                break
        if now - posted_at >= POST_S and (post is None or not post.is_alive()):
            posted_at, post = now, threading.Thread(target=_post, daemon=True)
            post.start()
        if now - tidied_at >= TIDY_S:
            tidied_at = now
            _settled(queue.forget)
            store.make_room(home, int(limits.store_mib * MIB))
        time.sleep(LOOK_S)
    return child.wait()


def too_much(job: Job | None, process: int, limits: Limits, now: float) -> str:
    """Why the running job must end; nothing: it may go on."""
    if job is None or job.started_at is None:
        return ""
    if now - job.started_at > limits.seconds:
        return "too long"
    return "too much memory" if memory_mib(process) > limits.memory_mib else ""


def memory_mib(process: int) -> float:
    """What a process holds in memory; 0 on systems that do not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def _beat(worker: str) -> None:
    queue.beat(worker)
    queue.bury()


def _post() -> None:
    """The letters that wait; beside the beat, because a mail server may take its time."""
    try:
        _settled(notices.send)
    except Refused as error:  # too many write at this moment; the next turn comes in a minute
        log.info("letters wait: %s", error)
    finally:
        connection.close()


def _stopped(worker: str) -> None:
    queue.gone(worker)
    queue.ready(worker, "")


def _leave(worker: str) -> None:
    from cuabien.service.trying.models import Worker

    queue.gone(worker)
    Worker.objects.filter(pk=worker).delete()


def _settled(act: Callable[[], object]) -> object:
    """What the database does, or nothing while it cannot: the next beat comes in a second."""
    try:
        close_old_connections()
        return act()
    except DatabaseError as error:
        log.warning("the database does not answer: %s", error)
        return None
