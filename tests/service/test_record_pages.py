"""The pages of the record in an edition: every way can be walked both ways, and nothing that somebody typed runs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import Http404

from cuabien.plan.read import read_plan
from cuabien.record.objects import Record
from cuabien.service import pages_of_record
from cuabien.service.city import City, pinned, snapshot
from cuabien.service.edition import ThisEdition
from cuabien.service.still import BrokenEdition, ask
from tests.record.sample import HOSTILE, STORM_HASH, sample_record

DAY = dt.date(2026, 3, 2)


def city_with(record: Record | None, plan: Path) -> City:
    bare = snapshot(read_plan(plan), None, DAY)
    if record is not None:  # the comments are about this very edition, and one went into it
        comments = tuple(replace(c, edition=bare.edition) for c in record.comments)
        merged = tuple(replace(m, edition_after=bare.edition) for m in record.merged)
        record = replace(record, comments=comments, merged=merged)
    files = frozenset({"record/comments.csv", "record/ledger.jsonl", f"record/changes/{STORM_HASH}.toml"})
    published = ThisEdition(
        id="tinytown-1", published=DAY, publisher="ab", publication={"withheld": [], "forms": [], "duties": [], "clock": None, "approvals": {"needed": 1, "keys": []}},
        withheld_moves=False, files=files, resources=[], previous=None, words={}, moved=[], beside=[], record=record,
    )  # fmt: skip
    return replace(bare, published=published)


@pytest.fixture(scope="module")
def pages(tinytown: Path) -> Iterator[dict[str, str]]:
    """Every page of the record in both languages, and those of the objects and communes that they lead to."""
    with pinned(city_with(sample_record(), tinytown)):
        seen: dict[str, str] = {}
        waiting = ["/record/", "/en/record/"]
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen[address] = ask(address, edition_root="../").content.decode()
            waiting += [
                a
                for a in links(seen[address], address)
                if re.match(r"(/en)?/(record|areas/T|projects/P)", a) and "growth" not in a
            ]
        yield seen


def links(page: str, address: str) -> list[str]:
    return [urlsplit(urljoin(address, unescape(h))).path for h in re.findall(r'href="([^"]*)"', page)]


def section(page: str, identity: str) -> str:
    return page.split(f'<article class="card" id="{identity}"')[1].split("</article>")[0]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_from_a_comment_to_its_object_answer_change_and_edition_and_back(
    pages: dict[str, str], prefix: str
) -> None:
    comments = f"{prefix}/record/tinytown-1/comments/1/"
    answers = f"{prefix}/record/tinytown-1/answers/1/"
    change = f"{prefix}/record/changes/{STORM_HASH}/"
    one, proposal = section(pages[comments], "c01"), section(pages[comments], "c04")
    # forward
    assert f'href="{prefix}/projects/P1/"' in one and f'href="{prefix}/areas/T1/"' in one
    assert f'href="{answers}#w1"' in one
    assert f'href="{change}"' in proposal and f'href="{prefix}/edition/"' in proposal
    # and back
    assert f'href="{comments}#c01"' in pages[f"{prefix}/projects/P1/"]
    assert f'href="{comments}#c01"' in pages[f"{prefix}/areas/T1/"]
    assert f'href="{comments}#c01"' in section(pages[answers], "w1")
    assert f'href="{change}"' in section(pages[answers], "w1")
    assert f'href="{comments}#c04"' in pages[change] and f'href="{answers}#w4"' in pages[change]
    assert f'href="{comments}#c04"' in pages[f"{prefix}/record/"]  # from the edition
    assert "economy.disaster_capital_loss" in pages[change]


def test_each_comment_has_one_place_and_every_answer_too(pages: dict[str, str]) -> None:
    record = sample_record()
    everything = "".join(body for a, body in pages.items() if not a.startswith("/en/"))
    for comment in record.comments:
        assert everything.count(f'<article class="card" id="{comment.id}"') == 1
    for answer in record.answers:
        assert everything.count(f'<article class="card" id="{answer.id}"') == 1


def test_nothing_that_somebody_typed_runs(pages: dict[str, str]) -> None:
    for body in pages.values():
        assert "<script>alert" not in body and "onerror=alert(1)>" not in body.replace("&gt;", "")
        assert "<b>phạm vi" not in body and "{{7" not in body.replace("{{7*7}} {% load x %}", "")
    shown = unescape(re.sub(r"<br>|\s+", " ", pages["/record/tinytown-1/comments/1/"]))
    for text in HOSTILE:
        assert " ".join(text.split()) in " ".join(shown.split()), text


def test_what_was_taken_out_is_shown_as_taken_out(pages: dict[str, str]) -> None:
    page = pages["/en/record/tinytown-1/comments/1/"]
    assert "lời lẽ xúc phạm" not in page and "tôi muốn rút lại" not in page and "đăng nhầm" not in page
    assert "hidden by a moderator (an insult)" in section(page, "c05")
    assert "withdrawn by its writer" in section(page, "c06")
    assert "erased at the writer" in section(page, "c07")
    assert "bị ẩn nhầm" in section(page, "c08") and "shown again" in section(page, "c08")


def test_a_replaced_answer_says_so(pages: dict[str, str]) -> None:
    page = pages["/en/record/tinytown-1/answers/1/"]
    assert "A later answer took the place of this one" in section(page, "w3")
    assert "A later answer took the place of this one" not in section(page, "w4")


def test_who_was_heard_names_the_silent_communes(pages: dict[str, str]) -> None:
    page = pages["/en/record/tinytown-1/"]
    assert "From 1 of 6 communes nobody spoke" in page


def test_many_comments_share_pages(tinytown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_of_record, "ON_A_PAGE", 5)
    with pinned(city_with(sample_record(), tinytown)):
        last = ask("/en/record/tinytown-1/comments/4/", edition_root="../").content.decode()
        assert "4/4" in last and 'rel="prev"' in last and 'rel="next"' not in last
        with pytest.raises((BrokenEdition, Http404)):
            ask("/record/tinytown-1/comments/5/")


def test_there_is_no_record_outside_such_an_edition(tinytown: Path) -> None:
    for city in (city_with(None, tinytown), snapshot(read_plan(tinytown), None, DAY)):
        with pinned(city):
            with pytest.raises((BrokenEdition, Http404)):
                ask("/record/")
            assert "/record/" not in ask("/projects/P1/", edition_root="../").content.decode()
