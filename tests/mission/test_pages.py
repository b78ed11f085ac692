"""The same 104 homes on the web: each address answers in both languages and shows its own statement, state and owner."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cuabien.indicators import programme
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

LANGUAGES = {"vi": "", "en": "/en"}


@pytest.fixture(scope="module")
def plan(hai_phong: Path) -> Plan:
    return read_plan(hai_phong)


@pytest.fixture
def web(client: Any, settings: Any, hai_phong: Path, tmp_path: Path, db: None) -> Iterator[Any]:
    """A reader of the site, on the real plan and without a run."""
    settings.CUABIEN_PLAN = hai_phong
    settings.CUABIEN_HOME = tmp_path
    settings.CUABIEN_READS_A_SECOND = 1e6
    yield client


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_104_pages_answer_and_show_their_statement(web: Any, plan: Plan, language: str) -> None:
    seen = set()
    for row in programme.board(plan):
        answer = web.get(LANGUAGES[language] + row.address)
        assert answer.status_code == 200, row.address
        text = html.unescape(answer.content.decode())
        shown = row.as_row(language)
        if row.public:
            assert str(shown["statement"]) in text, row.id
            assert str(shown["evidence"]) in text or not row.evidence_vi, row.id
        else:
            assert "quốc phòng" not in text.casefold().replace("withheld (defence)", ""), row.id
        seen.add(text)
    assert len(seen) == 104


def test_the_board_lists_every_statement(web: Any, plan: Plan) -> None:
    text = web.get("/programme/").content.decode()
    missing = [row.id for row in programme.board(plan) if f"programme/{row.id}/" not in text]
    assert missing == []
