"""The printed documents of a plan and its run: the report (DOCX, PDF) and the atlas of maps (PDF).

Each function takes a plan, one run of it and a language, and gives the bytes of a file; equal inputs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cuabien.plan.package import Plan
from cuabien.publication.documents.blocks import Report
from cuabien.publication.documents.report import build
from cuabien.results import Run

if TYPE_CHECKING:
    from cuabien.indicators.stress import StressRow


def report_docx(plan: Plan, run: Run, language: str = "vi", stress: Sequence[StressRow] = ()) -> bytes:
    from cuabien.publication.documents.docx import docx

    return docx(build(plan, run, language, stress))


def report_pdf(plan: Plan, run: Run, language: str = "vi", stress: Sequence[StressRow] = ()) -> bytes:
    from cuabien.publication.documents.typeset import pdf

    report = build(plan, run, language, stress)
    return pdf("report.typ", _as_data(report), report.date)


def _as_data(report: Report) -> dict[str, Any]:
    """A report as plain values for its template: what a block is, and what it shows."""
    return {
        "language": report.language,
        "title": report.title,
        "letterhead": asdict(report.letterhead),
        "blocks": [{"type": type(block).__name__.lower(), **asdict(block)} for block in report.blocks],
    }
