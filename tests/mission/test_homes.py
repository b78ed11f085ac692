"""All 104 statements of the mission have a live home: each is opened, and the counts by state are printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuabien.base.faults import Refused
from cuabien.indicators import programme
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan

EXPECTED = [f"S{number:03d}" for number in range(1, 105)]
TEXT_OF_DEFENCE = ("quốc phòng toàn dân", "defence posture", "defence zone", "economic-defence")


@pytest.fixture(scope="module")
def plan(hai_phong: Path) -> Plan:
    return read_plan(hai_phong)


def test_all_104_homes_open_and_are_counted(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [programme.page(plan, identity) for identity in plan.programme]
    assert [page.row.id for page in pages] == EXPECTED
    assert len({page.row.address for page in pages}) == 104
    counts = programme.counts_by_state(plan)
    assert sum(counts.values()) == 104
    with capsys.disabled():
        print("\n104 statements:", ", ".join(f"{count} {state}" for state, count in counts.items()))


@pytest.mark.parametrize("identity", EXPECTED)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_shows_its_own_statement_state_owner_evidence_and_date(
    plan: Plan, identity: str, language: str
) -> None:
    shown = programme.page(plan, identity).as_row(language)
    for key in ("statement", "state_text", "home_text", "owner", "evidence", "date", "address"):
        assert shown[key], key
    assert identity in str(shown["address"])


def test_no_page_is_generic(plan: Plan) -> None:
    """Two open statements never show the same words; what is at a page's home is there on the page."""
    pages = [programme.page(plan, identity) for identity in EXPECTED]
    for language in ("vi", "en"):
        texts = [page.row.as_row(language)["statement"] for page in pages if page.row.public]
        assert len(set(texts)) == len(texts)
    for page in pages:
        kinds = {link.kind for link in page.links}
        match page.row.home:
            case "claim" | "rank":
                assert page.claim is not None, page.row.id
            case "flag":
                assert page.flags, page.row.id
            case "project" | "document" | "indicator" | "peers":
                assert page.row.home in kinds or page.row.state == "no data", page.row.id
            case "layer":
                assert kinds & {"layer", "project"}, page.row.id


def test_the_owner_is_named_only_where_the_report_names_one(plan: Plan) -> None:
    owned = {s.id for s in plan.programme.values() if s.owner}
    assert owned == {"S091", "S092", "S093"}
    assert programme.page(plan, "S044").as_row("en")["owner"] == "none named"


def test_proposals_directives_and_limitations_are_complete(plan: Plan) -> None:
    codes = [s.code for s in plan.programme.values() if s.code]
    assert [c for c in codes if c.startswith("P")] == [f"P{n:02d}" for n in range(1, 12)]
    assert len([c for c in codes if c.startswith("D")]) == 26
    assert len({c[:2] for c in codes if c.startswith("D")}) == 6
    assert [c for c in codes if c.startswith("L")] == [
        "L01", "L02", "L03", "L03a-d", "L04", "L05", "L06", "L07", "L08", "L09",
    ]  # fmt: skip
    done = {s.code for s in plan.programme.values() if s.kind == "proposal" and s.state == "done"}
    assert done == {"P01", "P03"}


def test_the_six_layers_stand_on_the_page_of_their_directive(plan: Plan) -> None:
    layers = {link.id for link in programme.page(plan, "S069").links if link.kind == "layer"}
    assert layers == set(programme.LAYERS)


def test_defence_is_listed_by_kind_alone(plan: Plan) -> None:
    page = programme.page(plan, "S089")
    assert (page.row.public, page.row.statement_vi, page.row.evidence_en, page.links) == (False, "", None, ())
    shown = str(
        [programme.page(plan, identity).as_row(lang) for identity in EXPECTED for lang in ("vi", "en")]
    )
    for words in TEXT_OF_DEFENCE:
        assert words not in shown


def test_a_statement_that_is_not_there_is_refused(plan: Plan) -> None:
    with pytest.raises(Refused, match="S104"):
        programme.page(plan, "S105")
