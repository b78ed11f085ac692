"""Faults: what is wrong with an input, collected all at once and told kindly.

A fault names the file, the row, the rule, what was found and how to mend it. A `fault` stops a run; a
`warning` does not. Faults are data: they are put into words only when the reader's language is known.

Exceptions that leave this package on purpose:

    CuabienError            anything that a user can mend
      UnusableInput         the input cannot be used at all; carries its faults     (exit code 2)
        FaultyPlan          the plan can be read, and what it says cannot be        (exit code 1)
      Refused               the request is understood and not granted               (exit code 1)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cuabien.base.words import figure, say

Severity = Literal["fault", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding. `template` and `remedy` are sentences for `say`; `values` fill both."""

    rule: str
    file: str
    template: str
    remedy: str
    row: int | str | None = None
    """The line of the file (the header is line 1), or the id of the object, whichever a person finds faster."""
    severity: Severity = "fault"
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: str | None = None) -> str:
        return say(self.template, language, **_in_words(self.values, language))

    def mend(self, language: str | None = None) -> str:
        return say(self.remedy, language, **_in_words(self.values, language))

    def as_row(self, language: str | None = None) -> dict[str, object]:
        """The row of `cuabien check --json`."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "file": self.file,
            "row": self.row,
            "message": self.message(language),
            "remedy": self.mend(language),
        }


def _in_words(values: Mapping[str, object], language: str | None) -> dict[str, object]:
    """Long values are cut, so that a fault about a huge cell stays readable, and control characters shown, so that
    nothing in a file can move the reader's cursor; inner templates are spoken; numbers are written as the language does,
    several of them one after another."""
    shown: dict[str, object] = {}
    for key, value in values.items():
        text = say(value, language) if key.startswith("say_") and isinstance(value, str) else value
        if isinstance(text, float):
            text = figure(text, language)
        if isinstance(text, tuple):
            text = "; ".join(figure(float(one), language) for one in text)
        if isinstance(text, str):
            text = "".join(c if c.isprintable() else "�" for c in text[:201])
            text = text if len(text) <= 200 else text[:200] + "…"
        shown[key] = text
    return shown


def stops(faults: Iterable[Fault]) -> bool:
    """Whether any of these stops a run."""
    return any(f.severity == "fault" for f in faults)


class CuabienError(Exception):
    """Something that a user can mend; the command line prints it without a traceback."""


class UnusableInput(CuabienError):  # noqa: N818
    """The input cannot be used at all."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{f.file} {f.row or ''}: {f.message()}" for f in self.faults[:5]))


class FaultyPlan(UnusableInput):
    """The plan can be read, and its faults keep it from being modelled: what `check` tells as findings."""


class Refused(CuabienError):  # noqa: N818
    """The request is understood and not granted. `template` is a sentence for `say`."""

    def __init__(self, template: str, **values: object) -> None:
        self.template, self.values = template, values
        super().__init__(say(template, **values))
