"""How much a consultation bears: comments that come at a steady pace, and lists and maps of many.

    .venv/bin/python benchmarks/consultation.py                50 comments a second for two minutes, on SQLite and on PostgreSQL;
                                                               pages with 20,000 comments
    .venv/bin/python benchmarks/consultation.py --seconds 10 --comments 2000

Comments are offered at the moments that the pace gives, whether or not earlier ones have been answered; each time is counted from
that moment, so that waiting in a queue is not left out. Afterwards everything that was acknowledged is looked for: each comment once,
its receipt right, the chain whole. Both databases write to the disk before they acknowledge, as they do in service.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.trying import p95  # noqa: E402 (the repository is not a package)

PLAN = ROOT / "plans" / "tinytown"
RATE, SECONDS, COMMENTS, THREADS, ASKED = 50, 120, 20_000, 12, 100
"""THREADS: as the server has. ASKED: how often each page is asked for."""
OPEN = "benchmark"
WORDS = (
    "Đường trước nhà tôi ngập mỗi khi triều lên, xin nâng cốt và làm cống trước khi mở rộng khu công nghiệp. "
    "Nếu cầu mở chậm thì phà nên giữ thêm vài năm. "
)


# ---- a database with a consultation in it -------------------------------------------------------------------


@contextmanager
def database(kind: str, home: Path) -> Iterator[None]:
    """Django's database is an empty one of this kind with our tables, and a consultation is open in it."""
    tests = _of_the_tests()
    with _server(kind, home, tests.serving) as address, tests._as_default(address):
        from cuabien.service.database import prepare

        prepare()
        prepare_consultation()
        yield


def _of_the_tests() -> Any:
    """How the tests run a PostgreSQL server; by its file, because `tests` is no package."""
    spec = spec_from_file_location("postgres_of_the_tests", ROOT / "tests" / "postgres.py")
    if spec is None or spec.loader is None:
        raise RuntimeError("tests/postgres.py is missing")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def _server(kind: str, home: Path, serving: Any) -> Iterator[str]:
    if kind == "SQLite":
        yield f"sqlite://{home / 'cuabien.sqlite3'}"
        return
    with serving() as fresh:
        yield fresh("template0")


def set_up(home: Path) -> None:
    os.environ |= {"CUABIEN_HOME": str(home), "CUABIEN_PLAN": str(PLAN), "CUABIEN_READS_A_SECOND": "1000000"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "cuabien.service.settings"
    import django

    django.setup()


def prepare_consultation() -> None:
    """An open consultation of tinytown."""
    from cuabien.service.consultation import acts
    from cuabien.service.people.models import Office, User

    by = User.objects.create_user("approver@example.org")
    Office.objects.create(user=by, role="approver")
    today = dt.datetime.now(dt.UTC)
    acts.begin(
        OPEN,
        by=by,
        plan="tinytown",
        edition=_plan()[0],
        title_vi="Thử tải",
        regime="R1",
        touches_defence=False,
    )
    acts.enter_article(
        OPEN, by=by, article="Điều 32", opens_at=today, last_day=today.date() + dt.timedelta(40), withheld_split=True
    )  # fmt: skip
    acts.move(OPEN, "open_public", by=by, evidence="Hồ sơ")


@cache
def _plan() -> tuple[str, list[str]]:
    """The hash of the plan, and its communes."""
    from cuabien.plan.edition import edition_hash
    from cuabien.plan.read import read_plan

    plan = read_plan(PLAN)
    return edition_hash(plan), [commune.id for commune in plan.communes]


# ---- at a steady pace ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """What came of so many comments a second."""

    seconds: float
    offered: int
    acknowledged: int
    lost: int
    """Acknowledged, and not there once and whole."""
    times_s: list[float]
    """From the moment at which each was due to its receipt."""

    def told(self, kind: str) -> str:
        spread = f"median {statistics.median(self.times_s) * 1000:.0f} ms, p95 {p95(self.times_s) * 1000:.0f} ms, longest {max(self.times_s) * 1000:.0f} ms"
        return (
            f"{kind}: {self.offered / self.seconds:.0f} comments a second for {self.seconds:.0f} s: "
            f"{self.acknowledged} of {self.offered} acknowledged, {self.lost} lost; {spread}"
        )


def offer(rate: int, seconds: int) -> Offered:
    """Comments at a pace, from as many threads as the server has; then everything that was acknowledged is looked for."""
    from django.db import connections

    from cuabien.service.consultation import acts

    total = rate * seconds
    begins = time.perf_counter() + 0.5
    given: dict[int, acts.Handed] = {}
    times: dict[int, float] = {}
    refused: list[str] = []
    turn, lock = iter(range(total)), threading.Lock()

    def handing_in() -> None:
        try:
            while True:
                with lock:
                    n = next(turn, None)
                if n is None:
                    return
                due = begins + n / rate
                time.sleep(max(0.0, due - time.perf_counter()))
                try:
                    handed = _hand_in(n)
                except Exception as error:  # whatever it is, it is told below
                    refused.append(f"{type(error).__name__}: {error}")
                    continue
                given[n], times[n] = handed, time.perf_counter() - due
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for thread in [pool.submit(handing_in) for _ in range(THREADS)]:
            thread.result()
    if refused:
        print(f"  not acknowledged: {len(refused)}, the first: {refused[0]}", file=sys.stderr)
    return Offered(seconds, total, len(given), _lost(given), list(times.values()))


def _hand_in(n: int) -> Any:
    from cuabien.service.consultation import acts

    lon, lat = 106.6 + n % 97 / 400, 20.7 + n % 89 / 400
    said = acts.Said(
        f"{n}. {WORDS}", about="place", geometry={"type": "Point", "coordinates": [lon, lat]}, commune=_plan()[1][n % 6]
    )  # fmt: skip
    return acts.submit(OPEN, said, client_key=f"form-of-the-benchmark-{n:08}")


def _lost(given: dict[int, Any]) -> int:
    """Acknowledged comments that are not there exactly once, with the receipt that was given; all of them if the chain is broken."""
    from cuabien.record.ledger import verify_chain
    from cuabien.service.consultation import ledger
    from cuabien.service.consultation.models import Comment, Words

    entries = list(ledger.entries())
    if verify_chain(entries):
        return len(given)
    lines = {entry.hash for entry in entries if entry.kind == "received"}
    texts = dict(Words.objects.values_list("comment_id", "text"))
    there = set(Comment.objects.values_list("pk", flat=True))
    twice = len(texts) - len(set(texts.values()))
    return twice + sum(
        handed.receipt.hash not in lines
        or handed.comment.id not in there
        or not texts.get(handed.comment.id, "").startswith(f"{n}. ")
        for n, handed in given.items()
    )


# ---- lists and maps of many ---------------------------------------------------------------------------------


def fill(count: int) -> None:
    """So many comments as `acts` would leave them, in one transaction: words, places, lines of the ledger, answers, voices."""
    from django.db import connection

    from cuabien.record.contents import comment_content, words_commitment
    from cuabien.record.ledger import commit, new_salt
    from cuabien.service.consultation import hearing, ledger
    from cuabien.service.consultation import models as m
    from cuabien.service.consultation.common import hashed, new_id
    from cuabien.service.consultation.said import pin

    where = m.Consultation.objects.get(pk=OPEN)
    comments, words, lines, voices, links = [], [], [], [], []
    with ledger.writing() as pen:
        answer = m.Answer(
            id=new_id(), consultation=where, disposition="decline", reason_vi=WORDS, at=pen.now, entry_n=10**8
        )
        for n in range(count):
            point = {"type": "Point", "coordinates": [106.6 + n % 197 / 800, 20.7 + n % 189 / 800]}
            lon, lat = pin(point)
            text, salt = f"{n}. {WORDS}", new_salt()
            row = m.Comment(
                id=new_id(), consultation=where, edition=where.edition, about="place", geometry=point, lon=lon, lat=lat,
                commune=_plan()[1][n % 6], received_at=pen.now, state=m.SHOWN, token_hash=hashed(str(n)), client_key=hashed(str(n)),
                words_hash=words_commitment(salt, text, point),
            )  # fmt: skip
            content = comment_content(hearing.public_fields(row), row.words_hash)
            entry = pen.next("received", row.id, commit(b"", content))
            pen.last, row.entry_n = entry, entry.n
            comments.append(row)
            lines.append(m.LedgerEntry(**ledger.fields_of(entry)))
            words.append(m.Words(comment=row, text=text, salt=salt, consent_at=pen.now))
            voices += [m.Voice(comment=row, voter=hashed(str(v)), side=1, at=pen.now) for v in range(n % 4)]
            if n % 2:
                links.append(m.AnswerTo(answer=answer, comment=row))
        for model, rows in (
            (m.LedgerEntry, lines),
            (m.Comment, comments),
            (m.Words, words),
            (m.Voice, voices),
            (m.Answer, [answer]),
            (m.AnswerTo, links),
        ):
            model._base_manager.bulk_create(rows, batch_size=500)  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself within a minute


@dataclass(frozen=True)
class Page:
    """What a page with many comments takes."""

    address: str
    questions: int
    """Statements to the database."""
    times_s: list[float]
    size: int

    def told(self) -> str:
        return (
            f"  {self.address}: {self.questions} questions, median {statistics.median(self.times_s) * 1000:.0f} ms, "
            f"p95 {p95(self.times_s) * 1000:.0f} ms, {self.size / 1000:.0f} kB"
        )


def addresses() -> list[str]:
    """Lists and maps that readers ask for most."""
    some = f"/consultations/{OPEN}/"
    return [
        some,
        f"{some}?page=200",
        f"{some}?sort=support",
        f"{some}?commune={_plan()[1][0]}&answered=no",
        *maps(),
    ]


def maps() -> list[str]:
    return [f"/api/v1/consultations/{OPEN}/comments.geojson", f"/api/v1/consultations/{OPEN}/comments"]


def ask(address: str, times: int) -> Page:
    """A page as the service makes it, in this process: everything but the way to the reader."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    reader = Client(SERVER_NAME="localhost")
    with CaptureQueriesContext(connection) as questions:
        answer = reader.get(address)
    asked = len(questions)  # at once: the next request begins a new count
    size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)  # type: ignore[attr-defined]
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    spent = [_timed(lambda: reader.get(address)) for _ in range(times)]
    return Page(address, asked, spent, size)


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    answer = act()
    if answer.streaming:
        b"".join(answer.streaming_content)
    return time.perf_counter() - began


# ---- all of it ----------------------------------------------------------------------------------------------


def measure(kind: str, rate: int, seconds: int, comments: int, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)):
        print(offer(rate, seconds).told(kind), flush=True)
        if not comments:
            return
        few = [ask(address, 1).questions for address in addresses()]
        began = time.perf_counter()
        fill(comments)
        print(
            f"{kind}, with {comments + rate * seconds} comments (filled in {time.perf_counter() - began:.0f} s):"
        )
        for address, before in zip(addresses(), few, strict=True):
            page = ask(address, times)
            print(
                page.told() + ("" if page.questions == before else f" (with fewer comments: {before})"),
                flush=True,
            )


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rate", type=int, default=RATE, help="comments a second")
    options.add_argument("--seconds", type=int, default=SECONDS)
    options.add_argument("--comments", type=int, default=COMMENTS, help="in the lists and maps")
    options.add_argument("--times", type=int, default=ASKED, help="how often each page is asked for")
    options.add_argument("--only", choices=("SQLite", "PostgreSQL"))
    asked = options.parse_args()
    import pytest

    with tempfile.TemporaryDirectory() as home:
        set_up(Path(home))
        for kind in (asked.only,) if asked.only else ("SQLite", "PostgreSQL"):
            try:
                measure(kind, asked.rate, asked.seconds, asked.comments, asked.times)
            except pytest.skip.Exception as absent:
                print(f"{kind}: {absent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
