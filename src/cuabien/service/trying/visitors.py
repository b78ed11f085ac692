"""Who asks, and how much one may ask.

A visitor is a key made of the address and of the day, with the server's secret: the same for a day, another one
tomorrow, and no way back to the address without the secret. No cookie, no account, nothing else of a person is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import math
import time

from django.conf import settings
from django.http import HttpRequest

from cuabien.service.middleware import Buckets
from cuabien.service.trying.models import QUEUED, UNDER_WAY, Job
from cuabien.service.trying.queue import HOUR_S

MOST_WAITING = 200
"""Jobs of everybody together; who comes then is asked to come back."""
SENDING = Buckets(rate=2.0, burst=30.0)
"""Changes that one visitor may send, refused ones included: checking them costs time too."""


def visitor_of(request: HttpRequest, day: dt.date | None = None) -> str:
    """The key of whoever asks. Neighbours behind one address of the old kind share it; so does a /64 of the new."""
    told = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(told)
        told = (
            str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
        )
    except ValueError:
        pass
    salt = hmac.new(
        settings.SECRET_KEY.encode(), f"visitor {day or dt.date.today()}".encode(), hashlib.sha256
    ).digest()
    return hmac.new(salt, told.encode(), hashlib.sha256).hexdigest()[:32]


def wait_to_send_s(visitor: str) -> int:
    """Whole seconds until this visitor may send a change; 0: now."""
    return math.ceil(SENDING.wait_s(visitor, time.monotonic()))


def wait_to_run_s(visitor: str, now: float | None = None) -> int:
    """Whole seconds until this visitor may have another change modelled; 0: now."""
    moment = now or time.time()
    theirs = Job.objects.filter(visitor=visitor)
    if theirs.filter(state__in=UNDER_WAY).count() >= settings.CUABIEN_TRIES_AT_ONCE:
        return 2
    begun: list[float] = list(
        theirs.filter(made_at__gt=moment - HOUR_S).order_by("made_at").values_list("made_at", flat=True)
    )
    most = int(settings.CUABIEN_TRIES_AN_HOUR)
    if len(begun) < most:
        return 0
    return max(1, math.ceil(begun[len(begun) - most] + HOUR_S - moment))


def is_full() -> bool:
    return Job.objects.filter(state=QUEUED).count() >= MOST_WAITING
