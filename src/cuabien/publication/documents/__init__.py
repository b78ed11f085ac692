"""The printed documents of a plan and its run: the report (DOCX, PDF), the atlas of maps (PDF), the response report.

Each function takes a plan, one run of it and a language, and gives the bytes of a file; equal inputs give equal bytes.
`pieces` gives all of them for an edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cuabien.plan.package import Plan
from cuabien.publication.documents.blocks import Report
from cuabien.publication.documents.material import Material, gather
from cuabien.results import Run

if TYPE_CHECKING:
    from cuabien.indicators.stress import StressRow
    from cuabien.publication.edition import EditionInput, Piece

FOLDER = "documents"
"""Where the documents lie in an edition."""


def report_docx(plan: Plan, run: Run, language: str = "vi", stress: Sequence[StressRow] = ()) -> bytes:
    return _report_docx(gather(plan, run, language, stress))


def report_pdf(plan: Plan, run: Run, language: str = "vi", stress: Sequence[StressRow] = ()) -> bytes:
    return _report_pdf(gather(plan, run, language, stress))


def atlas_pdf(plan: Plan, run: Run, language: str = "vi") -> bytes:
    return _atlas_pdf(gather(plan, run, language))


def pieces(edition: EditionInput) -> Iterable[Piece]:
    """Report and atlas in each language of the plan: documents/report.vi.docx ..."""
    from cuabien.publication.scenarios import stress

    for language in edition.plan.header.languages:
        m = gather(
            edition.plan,
            edition.run,
            language,
            stress(edition, language),
            edition_id=edition.id,
            withheld=dict(edition.withheld),
        )
        yield f"{FOLDER}/report.{language}.docx", _report_docx(m)
        yield f"{FOLDER}/report.{language}.pdf", _report_pdf(m)
        yield f"{FOLDER}/atlas.{language}.pdf", _atlas_pdf(m)
    for name, data in _responses(edition).items():
        yield f"{FOLDER}/{name}", data


def _responses(edition: EditionInput) -> dict[str, bytes]:
    """The response report in each language, where the edition holds the record of a consultation."""
    from cuabien.publication.documents import response
    from cuabien.record.folder import is_record, read_record

    if edition.record is None or not is_record(edition.record):
        return {}
    record = read_record(edition.record)
    found: dict[str, bytes] = {}
    for language in edition.plan.header.languages:
        found |= response.files(response.gather(record, edition.plan, language), language)
    return found


def _report_docx(m: Material) -> bytes:
    from cuabien.publication.documents.docx import docx
    from cuabien.publication.documents.report import build

    return docx(build(m))


def _report_pdf(m: Material) -> bytes:
    from cuabien.publication.documents.report import build
    from cuabien.publication.documents.typeset import pdf

    report = build(m)
    return pdf("report.typ", _as_data(report), report.date)


def _atlas_pdf(m: Material) -> bytes:
    from cuabien.publication.documents.atlas import build
    from cuabien.publication.documents.typeset import pdf

    return pdf("atlas.typ", build(m), m.plan.header.as_of)


def _as_data(report: Report) -> dict[str, Any]:
    """A report as plain values for its template: what a block is, and what it shows."""
    return {
        "language": report.language,
        "title": report.title,
        "letterhead": asdict(report.letterhead),
        "blocks": [{"type": type(block).__name__.lower(), **asdict(block)} for block in report.blocks],
    }
