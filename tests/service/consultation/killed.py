"""Takes comments and is killed, again and again: run by a test with the address of a database and how often to kill.

Each time a child process takes comments and tells each receipt through a pipe as soon as it has it. The parent kills it at a
moment of chance and then asks the database, in a process of its own: is every acknowledged comment there exactly once, and do
the last forms, sent once more, acknowledged or not, give each one comment. At the end: is every line of the ledger that of a
comment, and does the chain verify.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

FORMS = 40
"""More than a child gets to."""


def main(address: str, times: int) -> None:
    os.environ["DATABASE_URL"] = address
    os.environ["CUABIEN_HOME"] = tempfile.mkdtemp(prefix="cuabien-killed-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "cuabien.service.settings"
    import django

    django.setup()
    chance, killed_before_the_end = random.Random(7), 0
    acknowledged: set[str] = set()
    for n in range(times):
        told = _killed(n, chance.uniform(0.0, 0.04))
        acknowledged |= set(told.values())
        killed_before_the_end += len(told) < FORMS
        _in_a_child(lambda n=n, told=told: _check(n, told))
    _in_a_child(lambda: _check_all(acknowledged))
    print(
        f"{times} kills ({killed_before_the_end} in the middle), {len(acknowledged)} comments acknowledged, none lost, none twice"
    )
    if not (acknowledged and killed_before_the_end > times * 0.8):
        sys.exit("the kills did not come in the middle")


def _killed(n: int, after_s: float) -> dict[int, str]:
    """Form -> the id that was acknowledged before the child was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        for form in range(FORMS):
            os.write(writing, f"{form} {_hand_in(n, form)}\n".encode())
        time.sleep(60)
    os.close(writing)
    first = os.read(reading, 1 << 16)  # it has begun: from here on at any moment
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    rest = b"".join(iter(lambda: os.read(reading, 1 << 16), b""))
    os.close(reading)
    whole = [line.split() for line in (first + rest).decode().splitlines()]
    return {int(form): identity for form, identity in (row for row in whole if len(row) == 2)}


def _hand_in(n: int, form: int) -> str:
    import datetime as dt

    from cuabien.service.consultation import acts

    moment = dt.datetime(2031, 3, 20, 5, 0, tzinfo=dt.UTC)
    said = acts.Said(f"Ý kiến {n}.{form}", geometry={"type": "Point", "coordinates": [106.7, 20.8]})
    return acts.submit("draft-2", said, client_key=f"form-{n:06}-{form:06}", moment=moment).comment.id


def _check(n: int, told: dict[int, str]) -> None:
    from cuabien.service.consultation.models import Comment

    last = range(max(0, len(told) - 2), len(told) + 2)
    again = {form: _hand_in(n, form) for form in last}
    assert all(again[form] == told[form] for form in last if form in told), (
        "another comment for the same form"
    )
    assert Comment.objects.filter(pk__in=told.values()).count() == len(told), "acknowledged, and lost"


def _check_all(told: set[str]) -> None:
    from cuabien.record.ledger import verify_chain
    from cuabien.service.consultation import ledger
    from cuabien.service.consultation.models import Comment, Words

    entries = list(ledger.entries())
    assert verify_chain(entries) == []
    received = [entry.subject for entry in entries if entry.kind == "received"]
    assert len(received) == len(set(received)) == Comment.objects.count() == Words.objects.count()
    texts = list(Words.objects.values_list("text", flat=True))
    assert len(texts) == len(set(texts)), "one form, two comments"
    assert told <= set(received), "acknowledged, and lost"


def _in_a_child(act: object) -> None:
    """With connections of its own, so that nothing is inherited by who is killed next."""
    child = os.fork()
    if child == 0:
        try:
            act()  # type: ignore[operator]
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit("the record did not hold")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    main(sys.argv[1], int(sys.argv[2]))
