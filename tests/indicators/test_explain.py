"""The walk back from a number speaks the reader's language: equations, variables, states; what somebody wrote stays as it is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cuabien.base.faults import Refused
from cuabien.indicators import explain as walking
from cuabien.indicators.explain import SMALL_WORDS, Node, explain, is_english, text
from cuabien.indicators.simulated import future
from cuabien.model.variables import register
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from cuabien.results import Run, open_run
from cuabien.runner import run_plan

ROOT = Path(__file__).parents[2]
AS_WRITTEN = ("source", "document", "note", "missing")
"""Nodes whose label is somebody's own: a title, a note of the data."""
ENGLISH = SMALL_WORDS - {"than"}
"""In Vietnamese "than" is coal."""
ACCENTS = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


@pytest.fixture(scope="module", autouse=True)
def _compiled_words() -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / "words.py", "compile"], check=True)


def run_of(name: str, factory: pytest.TempPathFactory) -> tuple[Plan, Run]:
    plan = read_plan(ROOT / "plans" / name)
    return plan, open_run(run_plan(plan, home=factory.mktemp("home")).run)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Run]:
    return run_of("tinytown", tmp_path_factory)


def spoken(tree: Node, language: str) -> Iterator[str]:
    """Everything that a reader of the language is told, but what stays as somebody wrote it."""
    for node in tree.walk():
        row = node.as_row(language)
        yield from (str(row["kind_text"]), str(row["unit"]), str(row["status_text"]))
        if node.kind not in AS_WRITTEN:
            label = node.label_vi if language == "vi" else node.label_en
            yield re.sub(r"\b[a-z]+\.[a-z_0-9]+", "", label)  # the name of a variable or a parameter


def strange_words(tree: Node, language: str) -> set[str]:
    if language == "en":
        return {words for words in spoken(tree, "en") if ACCENTS.search(words)}
    return {w for words in spoken(tree, "vi") for w in re.findall(r"[a-z]+", words.lower()) if w in ENGLISH}


@pytest.mark.parametrize("indicator", ["commute_minutes", "population", "grdp_per_capita", "emissions_total"])
def test_a_walk_back_is_in_one_language(town: tuple[Plan, Run], indicator: str) -> None:
    plan, run = town
    if indicator not in future(run).indicators():
        pytest.skip("tinytown does not model this")
    tree = explain(plan, run, indicator, plan.header.city, 2030)
    assert strange_words(tree, "vi") == set()
    assert any(ACCENTS.search(words) for words in spoken(tree, "vi"))


@pytest.mark.slow
def test_every_indicator_of_the_city_is_walked_back_in_one_language(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, run = run_of("hai-phong", tmp_path_factory)
    judged = walking.targets.judge(plan, run)
    monkeypatch.setattr(walking.targets, "judge", lambda *_: judged)  # the same for all of them
    ahead = future(run)
    names = sorted({name for a in plan.areas.values() for name in (a.name_vi, a.name_en)}, key=len)
    wrong: dict[str, set[str]] = {}
    for indicator in ahead.indicators():
        area = plan.header.city if ahead.path(indicator, plan.header.city) else ahead.areas(indicator)[0]
        tree = explain(plan, run, indicator, area)
        english = {words for words in strange_words(tree, "en") if not any(name in words for name in names)}
        if found := strange_words(tree, "vi") | english:
            wrong[indicator] = found
    assert wrong == {}


def test_a_short_walk_back_names_where_it_can_be_taken_up(town: tuple[Plan, Run]) -> None:
    """Every variable that the whole walk unfolds is reached from the short one over the walks of single variables."""
    plan, run = town
    whole, short = (
        explain(plan, run, "grdp_per_capita", plan.header.city, 2030, most=most) for most in (6, 1)
    )
    assert 3 * len(list(short.walk())) < len(list(whole.walk()))

    def named(tree: Node) -> set[str]:
        return {node.variable for node in tree.walk() if node.variable}

    reached, waiting = set(), named(short)
    while waiting:
        variable = waiting.pop()
        reached.add(variable)
        step = walking.explain_variable(plan, run, variable, 2030)
        assert step is not None and not [n for c in step.children for n in c.walk() if n.kind == "equation"]
        waiting |= named(step) - reached
    assert named(whole) <= reached
    assert walking.explain_variable(plan, run, "no.such", 2030) is None


@pytest.fixture(scope="module")
def of_hai_phong(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Run]:
    return run_of("hai-phong", tmp_path_factory)


def test_every_indicator_with_a_target_is_explained(of_hai_phong: tuple[Plan, Run]) -> None:
    """With an equation where the model gives it, and else with why there is no figure, where there is one, and its targets."""
    plan, run = of_hai_phong
    asked = {t.indicator for t in plan.targets.values()}
    assert len(asked) > 25
    for indicator in asked:
        tree = explain(plan, run, indicator, plan.header.city, most=1)
        kinds = {node.kind for node in tree.walk()}
        assert "equation" in kinds or "observed" in kinds or "target" in kinds, indicator
        assert text(tree, "vi") and text(tree, "en")
        assert not strange_words(tree, "vi"), indicator


def test_what_has_no_figure_says_why_and_where_there_is_one(of_hai_phong: tuple[Plan, Run]) -> None:
    plan, run = of_hai_phong
    towns = text(explain(plan, run, "urbanisation_rate", plan.header.city), "en")
    assert towns.startswith("missing: Urbanisation rate")
    assert "no equation of the model gives it" in towns
    assert "figures of Former Hải Phòng City: 2014" in towns
    mean = explain(plan, run, "grdp_growth_avg", plan.header.city, most=1)
    assert {"target", "equation"} <= {node.kind for node in mean.walk()}
    assert "mean of GRDP growth" in text(mean, "en")
    assert "no equation" not in text(explain(plan, run, "objective", plan.header.city), "en")
    with pytest.raises(Refused):
        explain(plan, run, "population", plan.header.city, 1800)


def test_who_reads_a_variable_is_who_names_it(town: tuple[Plan, Run]) -> None:
    _, run = town
    entries = run.explain["variables"]
    for variable in entries:
        readers, shown = walking.read_by(run, variable)
        for one in readers:
            assert variable in (*entries[one]["reads"], *entries[one]["reads_last"])
        assert set(shown) <= set(run.explain["indicators"])


def test_every_variable_has_a_meaning_in_both_languages() -> None:
    for name, variable in register().items():
        assert variable.meaning and variable.meaning_vi, name
        assert is_english(variable.meaning) and not is_english(variable.meaning_vi), name


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("no figure of the city", True),
        ("people between two jobs", True),
        ("số liệu của Cục Thống kê", False),
        ("trạm y tế của Hải Phòng", False),
        ("the bridge Tân Vũ", True),
        ("1.234", False),
    ],
)
def test_the_language_of_a_note_is_told_by_its_small_words(words: str, english: bool) -> None:
    assert is_english(words) is english


def figures(words: str) -> Counter[str]:
    """The digits of a text, number by number: 2.115 in English is 2,115 in Vietnamese."""
    return Counter(re.sub(r"\D", "", number) for number in re.findall(r"\d[\d.,]*", words))


@pytest.mark.parametrize("name", ["hai-phong", "tinytown"])
def test_every_note_of_a_parameter_says_the_same_in_vietnamese(name: str) -> None:
    for parameter in read_plan(ROOT / "plans" / name).parameters.values():
        vi, en = parameter.note_vi or "", parameter.note or ""
        assert bool(vi) == bool(en), parameter.id
        lost = figures(en) - figures(vi)
        assert not lost, (parameter.id, lost)
        words = set(re.findall(r"\w+", vi.lower()))
        assert not words & ENGLISH, parameter.id


@pytest.mark.parametrize("name", ["hai-phong", "tinytown"])
def test_every_parameter_has_a_name_of_its_own_in_vietnamese(name: str) -> None:
    parameters = read_plan(ROOT / "plans" / name).parameters
    names = Counter(parameter.name_vi for parameter in parameters.values())
    assert [n for n, times in names.items() if times > 1] == []
    for parameter in parameters.values():
        assert parameter.name_vi and ACCENTS.search(parameter.name_vi), parameter.id
        assert not set(parameter.name_vi.lower().split()) & ENGLISH, parameter.id
        assert parameter.name_en and "_" not in parameter.name_en


def test_a_parameter_tells_why_in_the_reader_s_language(town: tuple[Plan, Run]) -> None:
    plan, run = town
    tree = explain(plan, run, "population", plan.header.city, 2030)
    told = plan.parameters["population.migration_answer_to_jobs"]
    assert told.note and told.note_vi
    vi, en = text(tree, "vi"), text(tree, "en")
    assert told.note_vi in vi and told.note not in vi
    assert f"{told.name_vi} ({told.id})" in vi and f"{told.name_en} ({told.id})" in en
    assert told.note in en and told.note_vi not in en
    page = next(n for n in tree.walk() if n.kind == "note" and n.label_en == told.note)
    assert page.as_row("vi")["label"] == told.note_vi


def test_notes_in_another_language_are_left_out_and_that_is_said(town: tuple[Plan, Run]) -> None:
    plan, run = town
    bare = {
        name: row.model_copy(update={"note_vi": None})
        for name, row in plan.parameters.items()
        if name.startswith("population.")
    }
    plan = replace(plan, parameters={**plan.parameters, **bare})
    tree = explain(plan, run, "population", plan.header.city, 2030)
    notes = [n.label_vi for n in tree.walk() if n.kind == "note" and is_english(n.label_vi)]
    assert notes
    vi, en = text(tree, "vi"), text(tree, "en")
    assert not any(note in vi for note in notes) and vi.splitlines()[-1].endswith("--lang en in đủ.")
    assert all(note in en for note in notes) and "--lang en" not in en
