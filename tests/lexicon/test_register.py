"""The register is complete: every indicator has a group, a unit and both names; gaps say what would fill them."""

from __future__ import annotations

from cuabien.lexicon import register


def test_every_indicator_has_its_group_unit_and_two_names() -> None:
    for indicator in register.indicators().values():
        assert indicator.group in register.groups(), indicator.id
        assert indicator.unit == "" or indicator.unit in register.units(), indicator.id
        assert indicator.name_vi and indicator.name_en, indicator.id
        assert indicator.better in ("up", "down", ""), indicator.id


def test_a_group_without_an_indicator_says_what_would_fill_it() -> None:
    for group in register.groups().values():
        measured = any(i.unit for i in register.in_group(group.id))
        assert measured or (group.without_vi and group.without_en), group.id
    for wanted in ("cadres", "startups", "education", "health", "science", "social_security", "defence"):
        assert register.groups()[wanted].without_en


def test_words_for_the_reader() -> None:
    assert register.indicator_name("port_cargo", "vi") == "Hàng hóa qua cảng"
    assert register.unit_words("million tonnes", "vi") == "triệu tấn"
    assert register.unit_words("furlongs", "vi") == "furlongs"
    assert "grdp_growth" in register.near_indicators("grdp_grwth")


def test_the_glossary_keeps_its_accents_and_both_languages() -> None:
    terms = {term.term_vi: term.term_en for term in register.glossary()}
    assert len(terms) >= 140
    assert terms["quy hoạch không gian ngầm"] == "underground space planning"


def test_bounds_are_those_of_the_table_and_may_be_left_out() -> None:
    growth = register.indicators()["grdp_growth"]
    assert (growth.lowest, growth.highest) == (-100, 40)
    assert register.indicators()["net_migration"].lowest is None  # people leave, too
    for indicator in register.indicators().values():
        assert None in (indicator.lowest, indicator.highest) or indicator.lowest < indicator.highest  # type: ignore[operator]
    assert register._bound({"id": "x", "lowest": None}, "lowest") is None  # type: ignore[dict-item]
