"""The catalogues are in step with the code, whole in Vietnamese, and gathered from everywhere sentences stand."""

from __future__ import annotations

import ast
from pathlib import Path

import polib
import pytest

from cuabien.base.words import say
from scripts import words


@pytest.mark.parametrize(
    ("code", "spoken"),
    [
        ('say("{count} faults", language, count=3)', ["{count} faults"]),
        ('HEADING = N_("State")', ["State"]),
        ('N_("a long "\n"sentence")', ["a long sentence"]),
        ('Fault("rule", "file", "template", N_("remedy"))', ["template", "remedy"]),
        ('Fault(rule="r", file="f", template="t", remedy="m")', ["t", "m"]),
        ('raise Refused("not {now}", now=1)', ["not {now}"]),
        ('print_table(rows, {"id": N_("Id"), "value": "Value"})', ["Id", "Value"]),
        ('words.say("one" if first else "other")', ["one", "other"]),
        ("say(template)", []),
        ('print("not for users")', []),
    ],
)
def test_every_way_to_speak_is_gathered(code: str, spoken: list[str]) -> None:
    assert sorted(set(words.sentences(ast.parse(code)))) == sorted(spoken)


@pytest.mark.parametrize(
    ("template", "spoken"),
    [
        ('{% translate "Map" %}', ["Map"]),
        ("{% blocktranslate %}Open {{ when }}{% endblocktranslate %}", ["Open %(when)s"]),
        (
            "{% blocktranslate count n=n trimmed %}\n {{ n }} zone\n {% plural %}\n {{ n }} zones\n {% endblocktranslate %}",
            ["%(n)s zone"],
        ),
        ('{% if title == _("Map") %}', ["Map"]),
        ("<p>no words</p>", []),
    ],
)
def test_pages_are_gathered_as_django_reads_them(template: str, spoken: list[str]) -> None:
    assert list(words.page_sentences(template)) == spoken


@pytest.mark.parametrize("domain", ["cuabien", "django"])
def test_the_catalogues_are_in_step_and_whole(domain: str) -> None:
    assert words.problems(domain, words.gathered()[domain]) == []


def test_a_problem_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "ROOT", tmp_path)
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    for language in words.LANGUAGES:
        words.update(language, "cuabien", {"{count} faults": {"a.py"}, "blank": {"a.py"}, "gone": {"a.py"}})
    catalogue = polib.pofile(str(words.catalogue_path("vi", "cuabien")))
    catalogue.find("{count} faults").msgstr = "{so} lỗi"
    catalogue.find("gone").msgstr = "đã bỏ"
    catalogue.save()
    told = "\n".join(
        words.problems("cuabien", {"{count} faults": {"a.py"}, "blank": {"a.py"}, "new": {"b.py"}})
    )
    for part in (
        "not in the catalogue: 'new'",
        "no longer in the code: 'gone'",
        "no translation: 'blank'",
        "{so} lỗi",
    ):
        assert part in told


HOMONYMS = {"Area", "Code"}
"""On the command line a place (địa bàn) and a program (mã chương trình), on a page a size (diện tích) and what one types in (mã)."""


def test_one_word_is_translated_one_way_everywhere() -> None:
    code, pages = (
        {e.msgid: e.msgstr for e in polib.pofile(str(words.catalogue_path("vi", domain)))}
        for domain in ("cuabien", "django")
    )
    assert {
        s: (code[s], pages[s]) for s in (code.keys() & pages.keys()) - HOMONYMS if code[s] != pages[s]
    } == {}


def test_vietnamese_is_spoken() -> None:
    assert say("no data", "vi") == "không có dữ liệu"
    assert say("no data", "en") == "no data"
