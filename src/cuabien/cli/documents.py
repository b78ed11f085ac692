"""`cuabien report`, `atlas` and `response`: a plan and its run, and what people said about it, on paper."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cuabien.base.faults import Refused, stops
from cuabien.base.words import LANGUAGES, N_, number, reader_language, say
from cuabien.cli import terminal
from cuabien.cli.stress import PATTERN

if TYPE_CHECKING:
    from cuabien.indicators.stress import StressRow
    from cuabien.plan.package import Plan
    from cuabien.results import Run

PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help=say(N_("a plan folder")))]
OfRun = Annotated[Path, typer.Option("--run", metavar="RUN", help=say(N_("a run folder")))]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help=say(N_("the file to write")))]
Language = Annotated[
    str | None, typer.Option("--language", help=say(N_("vi or en: the language of the document")))
]


def add_commands(app: typer.Typer) -> None:
    """Add `report`, `atlas` and `response`."""
    app.command(
        "report",
        help=say(N_("The report of a plan and its run, in the layout of Decree 30/2020: DOCX or PDF.")),
    )(report)
    app.command(
        "atlas", help=say(N_("The maps of a plan and its run as PDF: a sheet for each layer and year."))
    )(atlas)
    app.command(
        "response",
        help=say(
            N_("The response report of a consultation: every opinion with its answer, as HTML, CSV and DOCX.")
        ),
    )(response)


def report(
    plan: PlanFolder,
    run: OfRun,
    out: Out,
    language: Language = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.publication import documents

    makers = {".docx": documents.report_docx, ".pdf": documents.report_pdf}
    make = makers.get(out.suffix.lower())
    if make is None:
        raise Refused(N_("{file}: a report is a .docx or a .pdf"), file=str(out))
    _write(
        plan,
        run,
        out,
        language,
        as_json,
        lambda p, r, spoken: make(p, r, spoken, _stress(plan, p, r, spoken)),
    )


def atlas(
    plan: PlanFolder,
    run: OfRun,
    out: Out,
    language: Language = None,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.publication import documents

    if out.suffix.lower() != ".pdf":
        raise Refused(N_("{file}: an atlas is a .pdf"), file=str(out))
    _write(plan, run, out, language, as_json, documents.atlas_pdf)


def _stress(folder: Path, plan: Plan, run: Run, language: str) -> list[StressRow]:
    """The stress tests of the plan as far as they were run beside the run; a broken one is `cuabien stress`'s to tell."""
    from cuabien.plan.change import try_read_change
    from cuabien.publication.documents.stress import beside

    tests = [try_read_change(file, plan)[0] for file in sorted(folder.glob(PATTERN))]
    return beside(plan, run, tests, language)


def _spoken(language: str | None) -> str:
    """The language of a document: the one that was asked for, else the reader's."""
    spoken = language or reader_language()
    if spoken not in LANGUAGES:
        raise Refused(N_('there is no language "{wrong}" here; use vi or en'), wrong=spoken)
    return spoken


def _write(
    plan: Path,
    run: Path,
    out: Path,
    language: str | None,
    as_json: bool,
    make: Callable[[Plan, Run, str], bytes],
) -> None:
    """Make a document and write it whole; say what was written."""
    from cuabien.base.hashing import hash_bytes
    from cuabien.plan.edition import edition_hash
    from cuabien.plan.read import read_plan
    from cuabien.results import open_run

    spoken = _spoken(language)
    of_plan, future = read_plan(plan), open_run(run)
    began = time.perf_counter()
    made = make(of_plan, future, spoken)
    with terminal.written_whole(out) as aside:
        aside.write_bytes(made)
    seconds = time.perf_counter() - began
    if as_json:
        row = {
            "file": str(out),
            "language": spoken,
            "bytes": len(made),
            "sha256": hash_bytes(made),
            "plan": of_plan.header.id,
            "plan_hash": edition_hash(of_plan),
            "run": future.folder.name,
            "seconds": round(seconds, 3),
        }
        terminal.print_json(row)
        return
    words = N_("{file}: {size} KB in {seconds} seconds")
    typer.echo(
        say(
            words,
            file=str(out),
            size=number(len(made) / 1000, decimals=0),
            seconds=number(seconds, decimals=1),
        )
    )


def response(
    record: Annotated[
        Path, typer.Argument(metavar="RECORD", help=say(N_("a record, or an edition that holds one")))
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say(N_("the folder to write into")))],
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help=say(N_("the plan that was put before people; else the edition's"))),
    ] = None,
    language: Language = None,
    as_json: terminal.Json = False,
) -> int:
    from cuabien.plan.read import read_plan
    from cuabien.publication.documents import response as made
    from cuabien.publication.edition import PLAN
    from cuabien.publication.record import record_in
    from cuabien.record.checking import examine, numbers
    from cuabien.record.folder import read_record

    spoken = _spoken(language)
    there = record_in(record) or record
    inside = record / PLAN
    about = read_plan(plan or (inside if inside.is_dir() else terminal.EMBEDDED_PLAN))
    said = made.gather(read_record(there), about, spoken)
    others = sorted({c.plan for c in said.record.consultations} - {about.header.id})
    if others:
        raise Refused(N_("the record is of the plan {plan}: name it with --plan"), plan=", ".join(others))
    _, findings = examine(there)
    out.mkdir(parents=True, exist_ok=True)
    written = made.files(said, spoken)
    for name, data in written.items():
        (out / name).write_bytes(data)
    counted = numbers(said.record, said.known)
    if as_json:
        terminal.print_json(
            {"files": [str(out / n) for n in written], **counted, "findings": [f.as_row() for f in findings]}
        )
    else:
        terminal.print_faults(findings)
        typer.echo(
            say(
                N_("{comments} opinions, {answered} of them answered: {files} in {folder}"),
                comments=counted["comments"],
                answered=counted["answered"],
                files=", ".join(written),
                folder=out,
            )
        )
    return terminal.FINDINGS if stops(findings) else terminal.FINE
