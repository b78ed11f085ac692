"""`cuabien record`, `backup` and `restore`: what was said and answered, out of the service's database.

`record export` writes what everybody may have; `backup` writes what nobody else may see.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cuabien.base.faults import stops
from cuabien.base.words import N_, number, say
from cuabien.cli import terminal

Out = Annotated[Path, typer.Option("--out", help=say(N_("the folder to write")))]


def add_commands(app: typer.Typer) -> None:
    """Add `record`, `backup` and `restore`."""
    group = typer.Typer(help=say(N_("The record of consultations.")), no_args_is_help=True)
    group.command(
        "export",
        help=say(N_("Write the record as plain files without personal data, for publish --record and for everybody.")),
    )(export)  # fmt: skip
    group.command("daily", help=say(N_("Take the day's tally of voices and the root of the ledger. Run it just after midnight.")))(daily)  # fmt: skip
    app.add_typer(group, name="record")
    app.command(
        "backup",
        help=say(N_("Write everything that cannot be made anew into a folder. It holds persons and keys: keep it safe.")),
    )(backup)  # fmt: skip
    app.command("restore", help=say(N_("Bring a backup back, into a home that is empty.")))(restore)


def export(out: Out, home: terminal.Home = terminal.DEFAULT_HOME, as_json: terminal.Json = False) -> int:
    terminal.open_home(home)
    from cuabien.record.checking import check_record, numbers
    from cuabien.record.folder import write_record
    from cuabien.service.consultation import acts
    from cuabien.service.consultation.export import record_of

    acts.take_root()
    record = record_of(home)
    faults, counted = check_record(record), numbers(record)
    write_record(record, out)
    if as_json:
        terminal.print_json({"folder": str(out), **counted, "faults": [fault.as_row() for fault in faults]})
    else:
        typer.echo(
            say(
                N_("{folder}: {comments} comments, {answers} answers, {lines} lines of the ledger, {roots} roots"),
                folder=out,
                **{name: number(counted[name]) for name in ("comments", "answers", "lines", "roots")},
            )
        )  # fmt: skip
        terminal.print_faults(faults)
    return terminal.FINDINGS if stops(faults) else terminal.FINE


def daily(home: terminal.Home = terminal.DEFAULT_HOME) -> None:
    terminal.open_home(home)
    from cuabien.service.consultation import acts, ledger

    done = acts.daily()
    roots = ledger.roots()
    if not roots:
        typer.echo(say(N_("nothing was ever written; there is nothing to do")))
    elif done:
        typer.echo(say(N_("root of {day}: line {n}, {hash}"), **_root(roots[-1])))
    else:
        typer.echo(say(N_("done before today; the last root: line {n}, {hash}"), **_root(roots[-1])))


def _root(root: object) -> dict[str, object]:
    return {name: getattr(root, name) for name in ("day", "n", "hash")}


def backup(out: Out, home: terminal.Home = terminal.DEFAULT_HOME, as_json: terminal.Json = False) -> None:
    terminal.open_home(home)
    from cuabien.service.backup import back_up, only_for_its_owner

    only_for_its_owner()
    _tell(back_up(home, out), out, as_json)


def restore(
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help=say(N_("the folder of a backup")))],
    home: terminal.Home = terminal.DEFAULT_HOME,
    as_json: terminal.Json = False,
) -> None:
    from cuabien.service.backup import only_for_its_owner, put_back_files, put_back_rows

    only_for_its_owner()
    put_back_files(backup, home)
    terminal.open_home(home)
    _tell(put_back_rows(backup, home), home, as_json)


def _tell(head: dict[str, object], folder: Path, as_json: bool) -> None:
    files = head["files"]
    count = len(files) if isinstance(files, dict) else 0
    if as_json:
        terminal.print_json({"folder": str(folder), "files": count, "hash": head["hash"]})
    else:
        typer.echo(
            say(N_("{folder}: {count} files, hash {hash}"), folder=folder, count=number(count), hash=head["hash"])
        )  # fmt: skip
