"""A change is read with all its faults, applied whole, stacked, and found again as the difference of two plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuabien.base.faults import Refused, UnusableInput
from cuabien.plan.change import (
    Change,
    apply,
    change_hash,
    diff,
    read_change,
    render_change,
    stack,
    try_read_change,
)
from cuabien.plan.edition import edition_hash
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from tests.plan.edits import change_file, edit, edited, new, remove, square


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


def changed(town: Plan, *entries: dict[str, Any]) -> Change:
    return read_change(change_file(*entries), town)


def test_the_example_of_the_format(town: Plan) -> None:
    text = b"""
        title = "The port ten years later"
        description = "Because the bridge comes first."
        plan = "tinytown"

        [[project]]
        id = "P1"
        opens = 2040
        phases = [{ year = 2040, value = 10, unit = "million tonnes/year", confidence = "source read" }]

        [[parameter]]
        id = "population.total_fertility_rate"
        value = { 2025 = 2.0, 2045 = 1.7 }
    """
    change = read_change(text, town)
    after = apply(town, change)
    assert change.title == "The port ten years later"
    assert after.projects["P1"].opens == "2040"
    assert after.parameters["population.total_fertility_rate"].value == {2025: 2.0, 2045: 1.7}
    assert town.projects["P1"].opens == "2030"  # the plan that was handed in is not touched


def test_nothing_else_changes(town: Plan) -> None:
    after = edited(town, edit("project", "P1", opens=2040))
    assert diff(town, after).edits == changed(town, edit("project", "P1", opens=2040)).edits
    assert after.projects["P2"] is town.projects["P2"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", {"empty"}),
        ("title = 3", {"bad-value"}),
        ('plan = "hue"', {"other-plan"}),
        ("nonsense", {"toml"}),
        ('[[road]]\nid = "E1"', {"unknown-table"}),
        ('project = "P1"', {"missing-value"}),
        ("[[project]]\nopens = 2040", {"missing-value"}),
        ('[[project]]\nid = "P1"\nopens = "soon"\ncolour = "red"\ncost_bn_vnd = "1,5"', {"bad-date", "unknown-column", "decimal-comma"}),
        ('[[project]]\nid = "P1"\nopens = 2040\n[[project]]\nid = "P1"\nopens = 2041', {"duplicate-id"}),
        ('[[project]]\nid = "P1"\nremove = true\nopens = 2040', {"bad-value"}),
        ('[[project]]\nid = "P1"\nremove = "yes"', {"bad-value", "no-effect"}),
        ('[[project]]\nid = "P1"\nblank = "opens"', {"bad-value", "no-effect"}),
        ('[[project]]\nid = "P1"\nblank = ["source"]', {"missing-value"}),
        ('[[project]]\nid = "P1"\nprerequisites = ["P9"]', {"dangling-reference"}),
        ('[[project]]\nid = "P2"\nprerequisites = ["P1"]', {"cycle"}),
        ('[[project]]\nid = "P2"\nremove = true', {"dangling-reference"}),
        ('[[zone]]\nid = "Z1"\ngeometry = { type = "Point", coordinates = [1000, 2] }', {"crs"}),
        ('[[zone]]\nid = "Z1"\ngeometry = "here"', {"geometry"}),
        ('[[zone]]\nid = "Z9"\nadd = true\nlayer = "urban"', {"missing-value", "geometry"}),
        ('[[project]]\nid = "P1"\nphases = [{ year = 2030 }]', {"missing-value"}),
        ("[header]\nhorizon = 1500", {"out-of-bounds"}),
        ("[header]\nremove = true", {"bad-value"}),
    ],
)  # fmt: skip
def test_faults_come_all_at_once(town: Plan, text: str, rules: set[str]) -> None:
    faults = try_read_change(text.encode(), town)[1]
    assert {f.rule for f in faults} == rules
    for fault in faults:
        assert fault.as_row("vi")["message"]
    with pytest.raises(UnusableInput):
        read_change(text.encode(), town)


def test_a_mistyped_id_gets_a_hint(town: Plan) -> None:
    (fault,) = try_read_change(b'[[parameter]]\nid = "population.total_fertility"\nvalue = 1', town)[1]
    assert "population.total_fertility_rate" in fault.mend("en")


def test_a_file_that_is_not_there(town: Plan, tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UnusableInput):
            read_change(path, town)


def test_years_and_texts_of_one_meaning_have_one_hash(town: Plan) -> None:
    one, other = (changed(town, edit("project", "P1", opens=opens)) for opens in (2040, "2040"))
    assert change_hash(one) == change_hash(other)
    assert change_hash(one) != change_hash(changed(town, edit("project", "P1", opens=2041)))


def test_the_title_is_not_what_a_change_does(town: Plan) -> None:
    bare = change_file(edit("project", "P1", opens=2040))
    assert change_hash(read_change(b'title = "later"\n' + bare, town)) == change_hash(read_change(bare, town))


def test_a_change_has_a_name_in_each_language(town: Plan) -> None:
    """One name for both readers when there is one; stacked changes keep the names of each in their order."""
    bare = change_file(edit("project", "P1", opens=2040))
    both = read_change('title_vi = "Cảng muộn"\ntitle_en = "A late port"\n'.encode() + bare, town)
    one = read_change(b'title = "Later"\n' + change_file(edit("project", "P2", opens=2041)), town)
    assert (both.title_in("vi"), both.title_in("en")) == ("Cảng muộn", "A late port")
    assert (one.title_in("vi"), one.title_in("en")) == ("Later", "Later")
    assert Change().title_in("vi") == ""
    assert stack(one) == one and stack(both) == both
    two = stack(both, one)
    assert (two.title_in("vi"), two.title_in("en")) == ("Cảng muộn; Later", "A late port; Later")
    assert read_change(render_change(two), town) == two


def test_an_entry_of_no_text_empties_the_field(town: Plan) -> None:
    assert edited(town, edit("project", "P1", payer="")).projects["P1"].payer is None


def test_stacking_is_doing_one_after_the_other(town: Plan) -> None:
    pairs = [
        (edit("project", "P1", opens=2040), edit("project", "P1", opens=2041, cost_bn_vnd=5)),
        (edit("project", "P1", blank=["payer"]), edit("project", "P1", payer="town")),
        (edit("project", "P1", payer="town"), edit("project", "P1", blank=["payer"])),
        (new("source", "S"), edit("source", "S", number="7")),
        (new("source", "S"), remove("source", "S")),
        (edit("peer", "Q1", role="x"), remove("peer", "Q1")),
        (edit("zone", "Z1", area_ha=90), edit("zone", "Z1", geometry=square(106.66, 20.75))),
    ]
    for one, other in pairs:
        first = changed(town, one)
        middle = apply(town, first)
        second = read_change(change_file(other), middle)
        assert apply(town, stack(first, second)) == apply(middle, second)


def test_removed_and_made_anew_keeps_nothing_of_the_old(town: Plan) -> None:
    gone = changed(town, remove("peer", "Q1"))
    peer = town.peers["Q1"].model_copy(update={"population_million": None, "role": "twin"})
    again = diff(
        apply(town, gone), edited(town, edit("peer", "Q1", role="twin", blank=["population_million"]))
    )
    assert apply(town, stack(gone, again)).peers["Q1"] == peer


def test_changes_that_do_not_fit_together_are_refused(town: Plan) -> None:
    gone = changed(town, remove("peer", "Q1"))
    with pytest.raises(Refused):
        stack(gone, changed(town, edit("peer", "Q1", role="x")))
    with pytest.raises(Refused):
        stack(Change(plan="a"), Change(plan="b"))


def test_a_removed_object_takes_nothing_with_it_silently(town: Plan) -> None:
    """Removing what others name is a fault that lists each of them."""
    with pytest.raises(UnusableInput) as told:
        read_change(change_file(remove("node", "N6")), town)
    assert {f.file for f in told.value.faults} == {"map/links.csv", "map/terminals.csv"}


@pytest.mark.parametrize("ways", ["there", "back"])
def test_any_plan_becomes_any_other(tinytown: Path, hai_phong: Path, ways: str) -> None:
    before, after = read_plan(tinytown), read_plan(hai_phong)
    if ways == "back":
        before, after = after, before
    change = diff(before, after)
    assert apply(before, change) == after
    again = read_change(render_change(change), before)
    assert again == change
    assert edition_hash(apply(before, again)) == edition_hash(after)


# ---- any edit ---------------------------------------------------------------------------------------------

YEARS = st.none() | st.integers(1900, 2100)
NUMBERS = st.floats(0, 1e6, allow_nan=False)
TEXTS = st.text(
    alphabet=st.characters(min_codepoint=32, max_codepoint=0x1EFF, blacklist_characters="\x7f"),
    min_size=1,
    max_size=30,
)
COLUMNS: dict[tuple[str, str], dict[str, st.SearchStrategy[Any]]] = {
    ("project", "P1"): {
        "opens": st.integers(2000, 2100).map(str),
        "cost_bn_vnd": NUMBERS,
        "payer": TEXTS,
        "public": st.booleans(),
        "communes": st.lists(st.sampled_from(["T1", "T2", "T6"]), min_size=1, unique=True),
        "points": st.lists(st.tuples(st.floats(106, 107), st.floats(20, 21)).map(list), min_size=1, max_size=3),
    },
    ("target", "X3"): {"value": NUMBERS, "year": st.integers(1900, 2100), "note": TEXTS},
    ("link", "E1"): {"opens": st.integers(1900, 2100), "toll": st.booleans(), "lanes": NUMBERS, "name_vi": TEXTS},
    ("zone", "Z1"): {
        "area_ha": NUMBERS,
        "note": TEXTS,
        "geometry": st.builds(square, st.floats(106, 107), st.floats(20, 21)),
    },
    ("parameter", "population.total_fertility_rate"): {
        "value": NUMBERS | st.dictionaries(st.integers(2000, 2050).map(str), NUMBERS, min_size=1, max_size=4),
        "note": TEXTS,
    },
}  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> list[dict[str, Any]]:
    chosen = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, unique=True))
    made = []
    for key in chosen:
        columns = draw(st.lists(st.sampled_from(sorted(COLUMNS[key])), min_size=1, unique=True))
        made.append(edit(*key, **{column: draw(COLUMNS[key][column]) for column in columns}))
    return made


@settings(max_examples=60, deadline=None)
@given(first=entries(), second=entries())
def test_difference_and_stack_hold_for_any_edits(
    town: Plan, first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    one, two = changed(town, *first), changed(town, *second)
    a, b = apply(town, one), apply(town, two)
    assert apply(a, diff(a, b)) == b
    assert apply(town, stack(one, two)) == apply(a, two)
    assert read_change(render_change(diff(a, b)), a) == diff(a, b)
    assert not diff(a, a)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_anything_at_all_is_a_change_or_faults(town: Plan, data: bytes) -> None:
    change, faults = try_read_change(data, town)
    assert faults or isinstance(change, Change)
    for fault in faults:
        str(fault.as_row("vi")).encode()
