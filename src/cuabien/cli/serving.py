"""`cuabien serve` and `cuabien up`: the city in a browser.

`serve` shows a plan and its latest run. `up` is for someone who has just arrived: it checks the plan, models its
future when that has not been done yet, and serves it.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cuabien.base.words import LANGUAGES, N_, number, reader_language, say
from cuabien.cli import terminal

Host = Annotated[str, typer.Option("--host", help="127.0.0.1")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="8000")]
THREADS = 12
"""A few of them may wait for a change to be modelled."""
WORKER_ENDS_IN_S = 5


def add_commands(app: typer.Typer) -> None:
    """Add `serve`, `up` and `worker`."""

    @app.command(help=say(N_("Show a plan and its latest run in the browser.")))
    def serve(
        folder: Annotated[
            Path | None, typer.Argument(metavar="PLAN", help=say(N_("the folder of a plan")))
        ] = None,
        plan: Annotated[
            Path, typer.Option("--plan", envvar="CUABIEN_PLAN", help=say(N_("the same, by name")))
        ] = terminal.EMBEDDED_PLAN,
        host: Host = "127.0.0.1",
        port: Port = 8000,
        home: terminal.Home = terminal.DEFAULT_HOME,
        editions: Annotated[
            Path | None,
            typer.Option(
                "--editions",
                envvar="CUABIEN_EDITIONS",
                help=say(N_("a folder of published editions, served at /editions/")),
            ),
        ] = None,
    ) -> None:
        from cuabien.plan.read import read_plan

        if editions is not None:
            os.environ["CUABIEN_EDITIONS"] = str(editions.absolute())
        shown = folder or plan
        read_plan(shown)
        typer.echo(
            say(N_("changes are tried by a worker; start one beside this: cuabien worker {plan}"), plan=shown)
        )
        _listen(shown, home, host, port)

    @app.command(help=say(N_("Check a plan, model its future if need be, and show it in the browser.")))
    def up(
        plan: Annotated[Path, typer.Argument()] = terminal.EMBEDDED_PLAN,
        host: Host = "127.0.0.1",
        port: Port = 8000,
        home: terminal.Home = terminal.DEFAULT_HOME,
        json: terminal.Json = False,
        no_serve: Annotated[bool, typer.Option("--no-serve", help=say(N_("stop before serving")))] = False,
    ) -> None:
        if not no_serve and _in_use(host, port):
            _port_in_use(host, port)
        report = _check_and_model(plan, home, quiet=json)
        report["address"] = _address(host, port)
        if json:
            terminal.print_json(report)
        if not no_serve:
            with _worker_beside(plan, home):
                _listen(plan, home, host, port, announce=not json)
        elif not json:
            typer.echo(say(N_("ready for {address}: `cuabien serve`"), address=report["address"]))

    @app.command(help=say(N_("Model the changes that people try in the browser; runs beside the server.")))
    def worker(
        plan: Annotated[Path, typer.Argument()] = terminal.EMBEDDED_PLAN,
        home: terminal.Home = terminal.DEFAULT_HOME,
        with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
    ) -> None:
        from cuabien.plan.read import read_plan
        from cuabien.worker.setting import set_up

        read_plan(plan)
        set_up(plan, home)

        from cuabien.service.database import prepare
        from cuabien.worker.keep import keep

        prepare()
        if not with_parent:
            typer.echo(say(N_("waiting for changes to model (Ctrl-C ends it)")))
        raise typer.Exit(keep(plan, home, with_parent=with_parent))


# ---- check and model --------------------------------------------------------------------------------------


def _check_and_model(folder: Path, home: Path, *, quiet: bool) -> dict[str, Any]:
    """Check the plan; model it unless a run of this very edition is there. Raises when the plan is unusable."""
    from cuabien.base.faults import FaultyPlan, stops
    from cuabien.cli.model import checked
    from cuabien.plan.read import read_plan
    from cuabien.runner import run_plan

    plan = read_plan(folder)
    findings = checked(plan, ())
    if stops(findings):
        raise FaultyPlan([f for f in findings if f.severity == "fault"])
    if not quiet:
        typer.echo(say(N_("checked {plan}: {count} warnings"), plan=plan.header.id, count=len(findings)))
    outcome = run_plan(plan, home=home, faults=findings)
    if not quiet:
        words = (
            N_("already modelled: {run}") if outcome.found else N_("modelled to {year} in {seconds} s: {run}")
        )
        typer.echo(
            say(words, year=plan.header.horizon, seconds=number(outcome.seconds, decimals=1), run=outcome.run)
        )
    return {
        "plan": plan.header.id,
        "findings": len(findings),
        "run": str(outcome.run),
        "found": outcome.found,
        "seconds": round(outcome.seconds, 2),
    }


# ---- the worker beside the server -------------------------------------------------------------------------


@contextmanager
def _worker_beside(folder: Path, home: Path) -> Iterator[None]:
    """A worker for as long as the server runs; it ends by itself should the server be killed."""
    command = [sys.executable, "-m", "cuabien.cli.main", "worker", str(folder), "--home", str(home)]
    # In a group of its own: Ctrl-C is for the server, which then ends it.
    child = subprocess.Popen(  # noqa: S603 (our own command)
        [*command, "--with-parent"], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(WORKER_ENDS_IN_S)
        except subprocess.TimeoutExpired:
            child.kill()


# ---- serve ------------------------------------------------------------------------------------------------


def _listen(folder: Path, home: Path, host: str, port: int, *, announce: bool = True) -> None:
    """Serve until Ctrl-C. The snapshot is read before the address is printed: who follows it finds it ready."""
    if _in_use(host, port):
        _port_in_use(host, port)
    os.environ["CUABIEN_PLAN"], os.environ["CUABIEN_HOME"] = str(folder), str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cuabien.service.settings"
    if host not in ("127.0.0.1", "localhost", "::1") and "CUABIEN_ALLOWED_HOSTS" not in os.environ:
        named = host if host not in ("0.0.0.0", "::") else socket.gethostname()  # noqa: S104 (asked for by name)
        os.environ["CUABIEN_ALLOWED_HOSTS"] = f"localhost,127.0.0.1,[::1],{named}"

    from waitress.server import create_server

    from cuabien.service.wsgi import application

    # A request that waits a moment for a free thread is not news for whoever started the server.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    _warm_up()
    _prepare_database()
    try:
        server = create_server(application, host=host, port=port, threads=THREADS, ident="cuabien")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _port_in_use(host, port)
        raise
    if announce:
        # Whoever starts it may read the other language: the one line that everybody needs stands in both.
        for language in dict.fromkeys((reader_language(), *LANGUAGES)):
            typer.echo(say(N_("open {address} (Ctrl-C ends it)"), language, address=_address(host, port)))
        sys.stdout.flush()
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()


def _warm_up() -> None:
    from cuabien.service.city import current

    current()


def _prepare_database() -> None:
    """The tables of the queue. Without a database everything but trying a change works."""
    from django.db import DatabaseError

    from cuabien.service.database import prepare

    try:
        prepare()
    except (DatabaseError, OSError) as error:
        typer.secho(
            say(N_("changes cannot be tried: the database says {why}"), why=error), err=True, fg="yellow"
        )


def _address(host: str, port: int) -> str:
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104
    return f"http://{shown}:{port}"


def _in_use(host: str, port: int) -> bool:
    """Whether somebody already listens there. Trying to bind is the only honest test."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno in (errno.EADDRINUSE, errno.EACCES)
    return False


def _port_in_use(host: str, port: int) -> None:
    typer.secho(
        say(
            N_("port {port} on {host} is taken; end what uses it, or choose another with --port"),
            port=port,
            host=host,
        ),
        err=True,
        fg="red",
    )
    raise typer.Exit(terminal.UNUSABLE)
