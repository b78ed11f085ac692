"""What stands before a form that everybody may send: a puzzle that costs a flood more than a person, and a share for each.

The puzzle is solved by the reader's own browser in a second or two, on our page, without another host; each is good once, and
for a while only. Who has no script cannot solve it: their comment is taken all the same, and waits for a moderator. The
shares are wide enough for an office that sends for its whole commune from one address.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import threading
import time
from collections import OrderedDict
from typing import Any

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution
from django.conf import settings
from django.http import HttpRequest

from cuabien.service.consultation.common import keyed
from cuabien.service.middleware import Buckets
from cuabien.service.trying.visitors import visitor_of

MOST_STEPS = 60_000
"""Hashes that a browser tries at most; a cheap phone makes some twenty thousand a second."""
GOOD_FOR_S = 2 * 3600
"""As long as somebody may write at a comment."""
MOST_REMEMBERED = 100_000
SOLVED = Buckets(rate=0.1, burst=60.0)
"""Comments of one visitor with a solved puzzle: sixty at once, then one in ten seconds."""
UNSOLVED = Buckets(rate=1 / 120, burst=5.0)
"""And without one."""
VOICES = Buckets(rate=0.5, burst=100.0)
TRIES = Buckets(rate=2.0, burst=30.0)
"""Checks of a receipt, and keys with which a comment is taken back."""


def puzzle() -> dict[str, Any]:
    """A new puzzle, signed by the server, which keeps nothing of it."""
    made = create_challenge(
        ChallengeOptions(
            algorithm="SHA-256",
            max_number=MOST_STEPS,
            hmac_key=keyed("puzzle", ""),
            expires=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=GOOD_FOR_S),
        )
    )
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maxnumber": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


_used: OrderedDict[str, float] = OrderedDict()
_lock = threading.Lock()


def is_solved(solution: str) -> bool:
    """Whether this is the solution of a puzzle of ours that is still good; each is taken once."""
    if not solution or len(solution) > 2000:
        return False
    try:
        right, _ = verify_solution(solution, keyed("puzzle", ""), check_expires=True)
        challenge = _challenge_of(solution)
    except (ValueError, TypeError, KeyError, UnicodeError):
        return False
    if not right or not challenge:
        return False
    now = time.monotonic()
    with _lock:
        while _used and (len(_used) > MOST_REMEMBERED or next(iter(_used.values())) < now - GOOD_FOR_S):
            _used.popitem(last=False)
        if challenge in _used:
            return False
        _used[challenge] = now
    return True


def _challenge_of(solution: str) -> str:
    return str(json.loads(base64.b64decode(solution))["challenge"])


def wait_s(buckets: Buckets, request: HttpRequest) -> int:
    """Whole seconds until this visitor may go on; 0: now."""
    return math.ceil(buckets.wait_s(visitor_of(request), time.monotonic()))


LONG_AGO = dt.date(2000, 1, 1)


def anonymous_voter(request: HttpRequest) -> str:
    """Who has a voice without an account: everybody behind one address is one voter, because nothing is kept in their browser
    by which to tell them apart. The key has no way back to the address without the server's secret."""
    return keyed("anonymous voter", visitor_of(request, LONG_AGO) + settings.CUABIEN_PLAN.name)
