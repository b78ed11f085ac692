"""Takes comments and is killed, again and again: run by a test with the address of a database and how often to kill.

Each time a child process takes comments and tells each receipt through a pipe as soon as it has it; the parent kills it at a
moment of chance. The next child first sends the last forms of the one before once more, acknowledged or not, as a browser's
reader does who got no answer: each must be the comment that it was. At the end everything is asked for: is every acknowledged
comment there exactly once, is every line of the ledger that of a comment, does the chain verify.
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
    chance, in_the_middle = random.Random(7), 0
    acknowledged: dict[tuple[int, int], str] = {}
    for n in range(times):
        told = _killed(n, acknowledged, chance.uniform(0.0, 0.04))
        acknowledged |= {(n, form): identity for form, identity in told.items()}
        in_the_middle += len(told) < FORMS
    _in_a_child(lambda: _check(set(acknowledged.values())))
    print(
        f"{times} kills ({in_the_middle} in the middle), {len(acknowledged)} comments acknowledged, none lost, none twice"
    )
    if not (acknowledged and in_the_middle > times * 0.8):
        sys.exit("the kills did not come in the middle")


def _killed(n: int, before: dict[tuple[int, int], str], after_s: float) -> dict[int, str]:
    """Form -> the id that was acknowledged before the child was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _send_again(n - 1, before)
            for form in range(FORMS):
                os.write(writing, f"{form} {_hand_in(n, form)}\n".encode())
            time.sleep(60)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os.close(writing)
    first = os.read(reading, 1 << 16)  # it has begun: from here on at any moment
    if not first:
        sys.exit("a form that was sent again was not the comment that it had been")
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    rest = b"".join(iter(lambda: os.read(reading, 1 << 16), b""))
    os.close(reading)
    whole = [line.split() for line in (first + rest).decode().splitlines()]
    return {int(form): identity for form, identity in (row for row in whole if len(row) == 2)}


def _send_again(n: int, before: dict[tuple[int, int], str]) -> None:
    """The last form that was acknowledged, and the one after it, which may or may not have been taken."""
    done = sum(kill == n for kill, _ in before)
    for form in range(max(0, done - 1), done + 1) if n >= 0 else ():
        first = _hand_in(n, form)
        assert before.get((n, form), first) == first == _hand_in(n, form)


def _hand_in(n: int, form: int) -> str:
    import datetime as dt

    from cuabien.service.consultation import acts

    moment = dt.datetime(2031, 3, 20, 5, 0, tzinfo=dt.UTC)
    said = acts.Said(f"Ý kiến {n}.{form}", geometry={"type": "Point", "coordinates": [106.7, 20.8]})
    return acts.submit("draft-2", said, client_key=f"form-{n:06}-{form:06}", moment=moment).comment.id


def _check(told: set[str]) -> None:
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
