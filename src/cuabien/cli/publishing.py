"""`cuabien publish`, `verify` and `key`: make an edition, have it signed, withdraw it; check one that somebody made.

`publish` and `verify` end with 0 when all is well, 1 when there is something to say against it, 2 when the input is unusable.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cuabien.base.words import N_, number, say
from cuabien.cli import terminal

if TYPE_CHECKING:
    from cuabien.publication.edition import EditionInput, Part, Piece
    from cuabien.publication.keys import PrivateKey
    from cuabien.publication.record import RecordVerdict
    from cuabien.publication.verify import Verdict

EditionFolder = Annotated[Path, typer.Argument(metavar="EDITION", help=say(N_("the folder of an edition")))]
SigningKey = Annotated[
    Path | None,
    typer.Option(
        "--key", envvar="CUABIEN_KEY", help=say(N_("the private key; else HOME/keys/publisher.pem"))
    ),
]


def add_commands(app: typer.Typer) -> None:
    """Add this theme's commands."""
    app.command(
        "publish",
        help=say(N_("Publish a plan and a run of it as one signed folder; sign one; withdraw one.")),
    )(publish)
    app.command(
        "verify",
        help=say(
            N_(
                "Check an edition: every file, its signatures, its record, and on request its future. Or a record, or a receipt."
            )
        ),
    )(verify)
    keys = typer.Typer(help=say(N_("Keys that sign editions.")), no_args_is_help=True)
    keys.command("new", help=say(N_("Make a key that signs editions.")))(new_key)
    keys.command("show", help=say(N_("Show the public part of a key, to give to readers.")))(show_key)
    app.add_typer(keys, name="key")


# ---- publish ----------------------------------------------------------------------------------------------


def publish(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help=say(N_("the folder of the plan")))
    ] = terminal.EMBEDDED_PLAN,
    run: Annotated[
        Path | None, typer.Option("--run", help=say(N_("the run of this plan that is published")))
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say(N_("the folder of the edition; it must not be there yet"))),
    ] = None,
    change: Annotated[
        list[Path] | None, typer.Option("--change", help=say(N_("the change that the run was made with")))
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", help=say(N_("the record of the consultation and the evidence of publication"))
        ),
    ] = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", help=say(N_("the edition before this one")))
    ] = None,
    crs: Annotated[str | None, typer.Option("--crs", help=say(N_("vn2000: maps in VN-2000 as well")))] = None,
    address: Annotated[
        str | None, typer.Option("--address", help=say(N_("where it will stand: https://...")))
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help=say(N_("the day of publication, when it is not today")))
    ] = None,
    data_only: Annotated[
        bool, typer.Option("--data-only", help=say(N_("without pages and documents")))
    ] = False,
    approve: Annotated[
        Path | None,
        typer.Option("--approve", metavar="EDITION", help=say(N_("sign this edition as a further person"))),
    ] = None,
    withdraw: Annotated[
        Path | None,
        typer.Option(
            "--withdraw", metavar="EDITION", help=say(N_("take this edition back; a tombstone stays"))
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help=say(N_("why it is withdrawn")))] = None,
    key: SigningKey = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> int:
    from cuabien.base.faults import Refused

    signing = _key(key, home)
    if approve is not None or withdraw is not None:
        return _seal(approve, withdraw, reason, _day(on), signing, as_json)
    if run is None or out is None:
        raise Refused(N_("name the run and the folder: cuabien publish PLAN --run RUN --out FOLDER"))
    if crs not in (None, "wgs84", "vn2000"):
        raise Refused(N_('"{crs}" is not a reference system of an edition: wgs84 or vn2000'), crs=crs)
    from cuabien.publication.feed import renew
    from cuabien.publication.making import prepare
    from cuabien.publication.making import publish as make

    began = time.perf_counter()
    ready = prepare(
        plan,
        run,
        changes=_changes(change or [], plan),
        home=home,
        published=_day(on),
        record=record,
        previous=previous,
        vn2000=crs == "vn2000",
        address=address,
        scenarios=not data_only,
    )
    made: list[dict[str, Any]] = []

    def told(part: str, files: int, size: int) -> None:
        row = {"part": part, "files": files, "bytes": size}
        made.append(row)
        if not as_json:
            typer.echo(
                say(
                    N_("{part}: {files} files, {size} MB"),
                    part=part,
                    files=files,
                    size=number(size / 1e6, decimals=1),
                )
            )

    edition = make(
        ready, out, signing, parts=() if data_only else _further_parts(plan, home, signing), told=told
    )
    feed = renew(out)
    waiting = max(int(edition.manifest["approvals"]["needed"]) - 1, 0)
    if as_json:
        terminal.print_json(
            {
                "edition": edition.id,
                "folder": str(out),
                "manifest_sha256": edition.seal,
                "publisher": signing.public.fingerprint,
                "parts": made,
                "files": len(edition.manifest["files"]),
                "bytes": sum(f["size"] for f in edition.manifest["files"]),
                "seconds": round(time.perf_counter() - began, 2),
                "signatures_missing": waiting,
                "feed": str(feed),
                "warnings": [fault.as_row() for fault in ready.warnings],
            }
        )
        return terminal.FINE
    terminal.print_faults(ready.warnings)
    size = sum(f["size"] for f in edition.manifest["files"])
    typer.echo(
        say(
            N_("{edition} in {folder}: {files} files, {size} MB, {seconds} s"),
            edition=edition.id,
            folder=out,
            files=len(edition.manifest["files"]),
            size=number(size / 1e6, decimals=1),
            seconds=number(time.perf_counter() - began, decimals=1),
        )
    )
    if waiting:
        typer.secho(
            say(
                N_(
                    "it is not approved yet: {count} more people must sign (cuabien publish --approve {folder} --key KEY)"
                ),
                count=waiting,
                folder=out,
            ),
            fg="yellow",
        )
    return terminal.FINE


def _further_parts(plan: Path, home: Path, key: PrivateKey) -> list[Part]:
    """Documents, and the pages of the service, which publication may not know."""
    from cuabien.publication.edition import Part

    return [Part("documents", _documents), Part("pages", partial(_pages, plan, home, key.public.fingerprint))]


def _documents(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.documents import pieces

    return pieces(edition)


def _pages(plan: Path, home: Path, publisher: str, edition: EditionInput) -> Iterable[Piece]:
    from django.conf import settings

    if not settings.configured:
        from cuabien.worker.setting import set_up

        set_up(plan, home)
    from cuabien.cli.this_edition import this_edition
    from cuabien.service.still import still_site

    return still_site(edition.plan, edition.run, edition.published, this_edition(edition, publisher))


def _seal(
    approved: Path | None,
    withdrawn: Path | None,
    reason: str | None,
    day: dt.date,
    key: PrivateKey,
    as_json: bool,
) -> int:
    """Sign or withdraw an edition, and bring the feed in step."""
    from cuabien.base.faults import Refused
    from cuabien.publication.feed import renew
    from cuabien.publication.seals import approve, withdraw

    if approved is not None and withdrawn is not None:
        raise Refused(N_("sign an edition or withdraw it, not both"))
    folder = approved or withdrawn
    assert folder is not None
    verdict = approve(folder, key) if approved is not None else withdraw(folder, key, reason or "", day)
    renew(folder)
    if as_json:
        terminal.print_json(verdict.as_json())
    elif verdict.withdrawn:
        typer.echo(say(N_("{folder} is withdrawn; a tombstone stays in its place"), folder=folder))
    else:
        _tell_approvals(verdict)
    return terminal.FINE


def _key(path: Path | None, home: Path) -> PrivateKey:
    from cuabien.publication.keys import default_key, read_private

    return read_private(path or default_key(home))


def _changes(files: list[Path], folder: Path) -> list[Any]:
    from cuabien.plan.change import apply, read_change
    from cuabien.plan.read import read_plan

    if not files:
        return []
    plan, found = read_plan(folder), []
    for file in files:
        change = read_change(file, plan)
        plan = apply(plan, change)
        found.append(change)
    return found


def _day(text: str | None) -> dt.date:
    from cuabien.base.faults import UnusableInput
    from cuabien.plan.form import fault

    try:
        return dt.date.fromisoformat(text) if text else dt.date.today()
    except ValueError:
        raise UnusableInput([fault("bad-date", "--on", column="--on", value=text)]) from None


# ---- verify -----------------------------------------------------------------------------------------------


def verify(
    folder: EditionFolder,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            help=say(
                N_(
                    "a public key that you got elsewhere: a PEM file or 64 hexadecimal digits; may be given several times"
                )
            ),
        ),
    ] = None,
    rerun: Annotated[bool, typer.Option("--rerun", help=say(N_("model the plan again and compare")))] = False,
    receipt: Annotated[
        Path | None,
        typer.Option("--receipt", help=say(N_("a receipt of a comment: check it against the record"))),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--earlier", help=say(N_("a record or edition of before, from which the record must go on"))
        ),
    ] = None,
    as_json: terminal.Json = False,
) -> int:
    import dataclasses

    from cuabien.publication import verify as checking
    from cuabien.publication.edition import is_edition, open_edition
    from cuabien.publication.keys import read_public
    from cuabien.publication.record import record_in, verify_record

    if receipt is not None:
        return _verify_receipt(folder, receipt, as_json)
    if earlier or (not is_edition(folder) and record_in(folder) is not None):
        return _tell_record(verify_record(folder, earlier or ()), as_json)
    verdict = checking.verify(folder, [read_public(words) for words in key or ()])
    if rerun and verdict.intact:
        with tempfile.TemporaryDirectory(prefix="cuabien-again-") as aside:
            outcome, moved = checking.rerun(open_edition(folder), Path(aside))
        verdict = dataclasses.replace(verdict, rerun=outcome, findings=(*verdict.findings, *moved))
    if as_json:
        terminal.print_json(verdict.as_json())
    else:
        _tell(verdict)
    return terminal.FINE if verdict.holds else terminal.FINDINGS


def _verify_receipt(folder: Path, file: Path, as_json: bool) -> int:
    from cuabien.base.faults import Fault, UnusableInput
    from cuabien.publication.record import verify_receipt
    from cuabien.record.receipts import GIVE_RECEIPT, NO_RECEIPT, read_receipt

    try:
        data = file.read_bytes()
    except OSError:
        raise UnusableInput([Fault("receipt-form", str(file), NO_RECEIPT, GIVE_RECEIPT)]) from None
    return _tell_record(verify_receipt(folder, read_receipt(data, str(file))), as_json)


def _tell_record(verdict: RecordVerdict, as_json: bool) -> int:
    if as_json:
        terminal.print_json(verdict.as_json())
    else:
        terminal.print_faults(verdict.findings)
        _tell_numbers(verdict.counted)
        if verdict.checked:
            words = say(verdict.checked.template, **verdict.checked.values)
            typer.secho(words, bold=True, fg=None if verdict.checked.fine else "red")
        elif verdict.holds:
            typer.echo(say(N_("every row is what its line of the ledger holds, and no line is missing")))
    return terminal.FINE if verdict.holds else terminal.FINDINGS


def _tell_numbers(counted: Mapping[str, Any]) -> None:
    typer.echo(
        say(
            N_("record: {lines} lines in the ledger, {comments} comments, {answered} of them answered"),
            lines=counted["lines"],
            comments=counted["comments"],
            answered=counted["answered"],
        )
    )
    if counted["last_root"]:
        typer.echo(say(N_("last root: {root}"), root=counted["last_root"]))


def _tell(verdict: Verdict) -> None:
    from cuabien.publication.verify import SPOKEN_SIGNER

    terminal.print_faults(verdict.findings)
    typer.secho(f"{verdict.edition} ({verdict.published})", bold=True)
    if verdict.intact:
        typer.echo(say(N_("{files} files are what they were when it was signed"), files=verdict.files))
        typer.echo(say(SPOKEN_SIGNER[verdict.signer]))
    elif not verdict.withdrawn:
        typer.secho(say(N_("it is not what was signed")), fg="red")
    if verdict.publisher:
        typer.echo(say(N_("publisher's key: {key}"), key=verdict.publisher))
    _tell_approvals(verdict)
    if verdict.record:
        _tell_numbers(verdict.record)
    if verdict.rerun:
        words = (
            N_("modelled again with the same code: {compared} tables compared byte for byte, {moved} differ")
            if verdict.rerun["same_code"]
            else N_(
                "modelled again with other code: {compared} figures compared within what solvers leave open, {moved} differ"
            )
        )
        typer.echo(say(words, compared=verdict.rerun["compared"], moved=verdict.rerun["moved"]))


def _tell_approvals(verdict: Verdict) -> None:
    typer.echo(
        say(
            N_("signatures that count: {have} of {needed}"),
            have=len(verdict.approvals),
            needed=verdict.needed,
        )
    )


# ---- keys -------------------------------------------------------------------------------------------------


def new_key(
    out: Annotated[
        Path | None,
        typer.Option("--out", help=say(N_("the file of the private key; else HOME/keys/publisher.pem"))),
    ] = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> int:
    from cuabien.publication.keys import default_key
    from cuabien.publication.keys import new_key as make

    path = out or default_key(home)
    _show_key(path, make(path, home), as_json)
    return terminal.FINE


def show_key(
    key: SigningKey = None, home: terminal.Home = terminal.DEFAULT_HOME, as_json: terminal.Json = False
) -> int:
    from cuabien.publication.keys import default_key

    _show_key(key or default_key(home), _key(key, home), as_json)
    return terminal.FINE


def _show_key(path: Path, key: PrivateKey, as_json: bool) -> None:
    from cuabien.publication.keys import public_file

    public = key.public
    if as_json:
        terminal.print_json(
            {
                "private": str(path),
                "public": str(public_file(path)),
                "key": public.raw.hex(),
                "fingerprint": public.fingerprint,
            }
        )
        return
    typer.echo(say(N_("private key, for nobody but you: {path}"), path=path))
    typer.echo(say(N_("public key: {path}"), path=public_file(path)))
    typer.echo(say(N_("the same in digits, for readers: {key}"), key=public.raw.hex()))
    typer.echo(say(N_("fingerprint: {fingerprint}"), fingerprint=public.fingerprint))
