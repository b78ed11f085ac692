"""The pages about rules and format are in step with the code; every finding on Hải Phòng is judged."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from cuabien.indicators.formula import check_formulas
from cuabien.plan.change import apply, read_change
from cuabien.plan.checks import RULES, check
from cuabien.plan.checks.figures import period_days
from cuabien.plan.read import read_plan
from scripts import describe_plan

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize("name", describe_plan.PAGES)
def test_the_page_is_in_step(name: str) -> None:
    assert (DOCS / name).read_text() == describe_plan.renewed(name), "run scripts/describe_plan.py"


def test_every_rule_is_documented() -> None:
    page = (DOCS / "rules.md").read_text()
    for rule in RULES:
        assert f"\n`{rule}` · " in page


def test_every_finding_on_hai_phong_is_judged(hai_phong: Path) -> None:
    plan = read_plan(hai_phong)
    found = {f.rule for f in (*check(plan), *check_formulas(plan))}
    rows = re.findall(
        r"^\| `([a-z0-9-]+)` \| (true|schematic|no data) \| .+ \|$", (DOCS / "rules.md").read_text(), re.M
    )
    assert {rule for rule, _ in rows} == found
    assert len(rows) == len(found)


def test_the_change_of_the_page_can_be_applied(hai_phong: Path) -> None:
    text = re.search(r"```toml\n(.+?)```", (DOCS / "plan-format.md").read_text(), re.S)
    assert text is not None
    plan = read_plan(hai_phong)
    after = apply(plan, read_change(text[1].encode(), plan))
    assert after.projects["PR10"].opens == "2040"
    assert set(tomllib.loads(text[1])) >= {"title_vi", "title_en", "description", "plan"}


@pytest.mark.parametrize(
    "period", ["2024", "2024H1", "2024Q3", "2024-06", "2014 Jan-Sep", "2021-2025", "2021-2025 sum"]
)
def test_the_periods_of_the_page_can_be_read(period: str) -> None:
    assert period_days(period)
