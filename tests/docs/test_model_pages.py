"""What the pages say of the model is in step with it: steps, variables, tables, and the pages that steps and figures point to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cuabien.model import city
from cuabien.model.engine import Step
from cuabien.model.variables import FIXED_AXES, register
from cuabien.plan.read import read_plan
from cuabien.runner import accounts
from cuabien.runner.measures import AREAS, CITY
from cuabien.runner.tables import SUBJECTS as WITH_TABLES
from scripts import describe_model
from tests.docs.test_pages import anchors

DOCS = Path(__file__).parents[2] / "docs"
SOURCE = Path(__file__).parents[2] / "src" / "cuabien"


@pytest.mark.parametrize("name", describe_model.PAGES)
def test_the_page_is_in_step(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == describe_model.renewed(name), "run scripts/describe_model.py"


def test_every_registered_variable_is_written_by_a_step_and_shown() -> None:
    """A name that nobody writes would be a promise; a step that writes another name is refused by the engine."""
    shown = (DOCS / "theory/variables.md").read_text("utf-8")
    assert set(describe_model.writers()) == set(register())
    assert [name for name in register() if f"| `{name}` |" not in shown] == []


def test_what_stands_on_an_axis_is_as_long_as_the_axis() -> None:
    lengths = {axis: len(held) for axis, held in describe_model.AXES.items() if axis != "age"}
    assert lengths == {axis: length for axis, length in FIXED_AXES.items() if axis != "age"}


def test_a_long_cell_is_cut_and_says_how_much() -> None:
    names = [f"land.v{i}" for i in range(9)]
    assert describe_model._shown(names[:2], "land") == "`v0`, `v1`"
    assert describe_model._shown([*names[:1], "economy.grdp"], "land") == "`v0`, `economy.grdp`"
    assert describe_model._shown(names, "land").endswith("`v5` and [3 more](variables.md#land)")


def test_a_table_that_nobody_described_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        describe_model, "MEANINGS", {k: v for k, v in describe_model.MEANINGS.items() if k != "jobs"}
    )
    with pytest.raises(KeyError, match="jobs"):
        describe_model.tables_of_a_run()


def test_every_gap_that_a_run_reports_is_explained() -> None:
    page = (DOCS / "theory/engine.md").read_text("utf-8").partition("## What a run proves")[2]
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", page.partition("## Swings")[0], re.M)
    named = {name for row in rows for name in row.split(", ")} - {"gap"}
    assert named == set(accounts.gaps(describe_model.example()))


# ---- pages and code point at one another -------------------------------------------------------------------------


@pytest.mark.parametrize("step", describe_model.steps(), ids=lambda step: step.name)
def test_the_page_of_every_step_has_its_place(step: Step) -> None:
    assert step.equation
    assert missing(step.page) == ""


def test_the_page_of_every_figure_has_its_place() -> None:
    assert {m.id: m.page for m in (*CITY, *AREAS) if missing(m.page)} == {}


def missing(place: str) -> str:
    """A place such as `theory/economy#port` that no page has."""
    page, _, anchor = place.partition("#")
    file = DOCS / f"{page}.md"
    return "" if file.is_file() and (not anchor or anchor in anchors(file)) else place


@pytest.mark.parametrize("name", [module.NAME for module in city.SUBJECTS])
def test_every_subject_and_its_page_name_each_other(name: str) -> None:
    page = (DOCS / f"theory/{name}.md").read_text("utf-8")
    assert f"`src/cuabien/model/{name}/`" in page
    assert f"[{name}.*]" in page, "the page says where its parameters stand"
    assert f"docs/theory/{name}.md" in (SOURCE / f"model/{name}/__init__.py").read_text("utf-8")
    assert "## What moves what" in page, "a subject answers the plan, and its page says how"
    assert "## What it does not do" in page


def test_every_subject_has_tables() -> None:
    assert list(WITH_TABLES) == [module.NAME for module in city.SUBJECTS]


NAMES = re.compile(
    r"[`\[]((?:" + "|".join(module.NAME for module in city.SUBJECTS) + r")\.[a-z_0-9A-Z]+)[`\]]"
)


@pytest.mark.parametrize("page", sorted(DOCS.glob("**/*.md")), ids=lambda page: page.name)
def test_every_variable_parameter_and_step_that_a_page_names_exists(page: Path, hai_phong: Path) -> None:
    known = {*register(), *read_plan(hai_phong).parameters, *(step.name for step in describe_model.steps())}
    assert set(NAMES.findall(page.read_text("utf-8"))) - known == set()


def test_every_page_that_the_code_names_has_its_place() -> None:
    named = {
        (str(file.relative_to(SOURCE)), place)
        for file in SOURCE.glob("**/*.py")
        for place in re.findall(r"docs/([\w/-]+\.md(?:#[\w-]+)?)", file.read_text("utf-8"))
    }
    assert len(named) > 20
    assert [(file, place) for file, place in sorted(named) if missing(place.replace(".md", "", 1))] == []
