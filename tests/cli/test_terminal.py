"""Tables are for reading: at any width no line is longer than the terminal, no number is broken, and nothing is left out."""

from __future__ import annotations

import re

import pytest

from cuabien.cli import terminal

ROWS = [
    {
        "id": "T1",
        "name": "Growth of the whole city, average of the period",
        "value": 1_234_567.0,
        "why": "A reason. " * 12,
    },
    {"id": "T2", "name": "Port", "value": None, "why": "-"},
]
COLUMNS = {"id": "Target", "name": "Indicator", "value": "Value", "why": "Why"}


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_table_fits_and_says_all(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("CUABIEN_LANG", "en")
    terminal.print_table(ROWS, COLUMNS, lead=2)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, shown.splitlines())) <= width
    assert "1,234,567" in shown and "no data" in shown
    words = ["Growth", "of", "the", "whole", "city,", "average", "of", "the", "period", "T1", "T2", "Port"]
    assert all(word in shown for word in words)
    assert shown.count("reason.") == 12


def test_a_narrow_terminal_gives_paragraphs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("CUABIEN_LANG", "en")
    terminal.print_table(ROWS[1:], COLUMNS, lead=2)
    wide = dict(COLUMNS) | {"name": "Indicator of a city that is long enough to fill a line"}
    terminal.print_table(ROWS[:1], wide, lead=2)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert shown[0].split() == ["Target", "Indicator", "Value", "Why"]
    assert shown[2].startswith("T1  Growth") and any(line.startswith("  Value: 1,234,567") for line in shown)


def test_what_a_plan_says_is_never_taken_for_markup(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    terminal.print_table([{"id": "[bold]x[/bold]"}], {"id": "Target"})
    assert "[bold]x[/bold]" in capsys.readouterr().out
