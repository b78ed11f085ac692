"""What every answer passes through: its language, its size, its headers, and a fair share for each address."""

from __future__ import annotations

import gzip
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cuabien.service.bilingual import both

Next = Callable[[HttpRequest], HttpResponseBase]


# ---- language ---------------------------------------------------------------------------------------------


def language_of_address(get_response: Next) -> Next:
    """English under /en/, Vietnamese everywhere else: one page, one address, no cookie and no guess."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        english = request.path_info == "/en" or request.path_info.startswith("/en/")
        language = "en" if english else "vi"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return answer


# ---- headers ----------------------------------------------------------------------------------------------


def quiet_headers(get_response: Next) -> Next:
    """What Django does not set: Permissions-Policy, and asking again before an old answer is reused."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-cache"
        return response

    return answer


# ---- size -------------------------------------------------------------------------------------------------

WORTH_SQUEEZING_BYTES = 600
SQUEEZABLE = ("text/", "application/json", "application/geo+json", "image/svg+xml")


@dataclass
class SqueezedAnswers:
    """Compressed bodies by (ETag, encoding): one snapshot gives the same answers again and again."""

    most: int = 400
    bodies: OrderedDict[tuple[str, str], bytes] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, tag: str, encoding: str, body: bytes) -> bytes:
        key = (tag, encoding)
        with self.lock:
            kept = self.bodies.get(key)
            if kept is not None:
                self.bodies.move_to_end(key)
                return kept
        small = brotli.compress(body, quality=5) if encoding == "br" else gzip.compress(body, 6, mtime=0)
        with self.lock:
            self.bodies[key] = small
            while len(self.bodies) > self.most:
                self.bodies.popitem(last=False)
        return small


def squeeze(get_response: Next) -> Next:
    """Brotli or gzip for pages and JSON; the body is compressed once for each ETag."""
    answers = SqueezedAnswers()

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
            return response
        if not response.headers.get("Content-Type", "").startswith(SQUEEZABLE):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        encoding = best_encoding(request.headers.get("Accept-Encoding", ""))
        if encoding is None or len(response.content) < WORTH_SQUEEZING_BYTES:
            return response
        tag = response.headers.get("ETag")
        if tag is None:
            return response
        response.content = answers.get(tag, encoding, response.content)
        response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["ETag"] = tag if tag.startswith("W/") else f"W/{tag}"
        return response

    return answer


def best_encoding(accepted: str) -> str | None:
    """The best encoding that the header accepts ("gzip, br;q=0.5"); None for none."""
    wanted = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            wanted[name.strip()] = float(weight) if weight else 1.0
        except ValueError:
            wanted[name.strip()] = 0.0
    return next((name for name in ("br", "gzip") if wanted.get(name, 0.0) > 0), None)


# ---- a fair share -----------------------------------------------------------------------------------------

BURST_SECONDS = 10
MOST_ADDRESSES = 20_000


@dataclass
class Buckets:
    """A token bucket for each address: `rate` answers a second, `burst` at once. Times in seconds."""

    rate: float
    burst: float
    tokens: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, address: str, now_s: float) -> float:
        """0 when the address may go on (and one token is taken); else the seconds until it may."""
        with self.lock:
            left, since_s = self.tokens.pop(address, (self.burst, now_s))
            left = min(self.burst, left + (now_s - since_s) * self.rate)
            allowed = left >= 1
            self.tokens[address] = (left - 1 if allowed else left, now_s)
            while len(self.tokens) > MOST_ADDRESSES:
                self.tokens.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self.rate


def fair_share(get_response: Next) -> Next:
    """Whoever asks too fast is asked to wait; the built files before this middleware are not counted."""
    rate = settings.CUABIEN_READS_A_SECOND
    buckets = Buckets(rate, rate * BURST_SECONDS)

    def answer(request: HttpRequest) -> HttpResponseBase:
        wait_s = buckets.wait_s(request.META.get("REMOTE_ADDR", ""), time.monotonic())
        if wait_s == 0:
            return get_response(request)
        response = JsonResponse({"detail": both("Too many requests; please wait a moment.")}, status=429)
        response.headers["Retry-After"] = str(math.ceil(wait_s))
        return response

    return answer
