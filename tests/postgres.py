"""A PostgreSQL server of the tests' own, for whatever keeps its truth in the database.

SQLite lets one writer in at a time and forgives types; PostgreSQL, which a city uses, does neither. So what is written by
several at once is tested on both. Ask for `postgres` (the address of an empty database on a server that ends with the
tests) or for `on_postgres` (Django's own database is a migrated one there, until the test ends; threads of the test and
programs that it starts with DATABASE_URL see it too). Without Debian's package `postgresql` these tests are skipped.

Nothing leaves the machine: the server listens on a socket in a folder that only its owner may enter, not under pytest's
folders, whose names are longer than a socket's may be and which another user cannot enter.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

ROLE = "postgres"
"""The role of the database and, for a test that is run by root, the user of the system: the server refuses root."""
PATIENCE_S = 60.0
QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "max_connections=60",
)
"""A database that is thrown away need not survive a loss of power."""

Fresh = Callable[[str], str]
"""Given the database to copy, makes a new one and gives its DATABASE_URL."""


@pytest.fixture(scope="session")
def server() -> Iterator[Fresh]:
    """A running server; it ends with the tests, also when they are killed."""
    with serving(QUICK) as fresh:
        yield fresh


@contextmanager
def serving(settings: Iterable[str] = ()) -> Iterator[Fresh]:
    """A server for as long as the block lasts; without settings as Debian's package makes it, so that what is acknowledged is on
    the disk."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="cuabien-pg-"))
    running: subprocess.Popen[bytes] | None = None
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, ROLE)
        data, log = folder / "data", (folder / "log").open("wb")
        _run_as_its_user([programs / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
        options = [word for setting in ("listen_addresses=", *settings) for word in ("-c", setting)]
        command = _as_its_user([programs / "postgres", "-D", data, "-k", folder, *options])
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        _until_it_answers(folder, running)
        numbers = count(1)

        def fresh(copied: str) -> str:
            name = f"test_{next(numbers)}"
            _ask(folder, f'CREATE DATABASE {name} TEMPLATE "{copied}"')
            return address_of(folder, name)

        yield fresh
    finally:
        if running is not None:
            running.send_signal(signal.SIGINT)  # cut who is there off, in order
            try:
                running.wait(5)
            except subprocess.TimeoutExpired:  # ... but a connection that stays open is not waited for
                running.send_signal(signal.SIGQUIT)
                running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(server: Fresh) -> str:
    """The DATABASE_URL of an empty database."""
    return server("template0")


@pytest.fixture(scope="session")
def migrated(server: Fresh, django_db_blocker: Any) -> str:
    """A database with our tables, made once, that the others are copied from."""
    address = server("template0")
    with django_db_blocker.unblock(), _as_default(address):
        from cuabien.service.database import prepare

        prepare()
    return address.split("?")[0].rsplit("/", 1)[1]


@pytest.fixture
def on_postgres(server: Fresh, migrated: str, django_db_blocker: Any) -> Iterator[str]:
    """The DATABASE_URL of a migrated database that is Django's own while the test lasts. Its transactions are real
    ones: what a test writes is seen by its threads, and by the programs that it starts."""
    address = server(migrated)
    with django_db_blocker.unblock(), _as_default(address):
        yield address


class _as_default:  # noqa: N801 (read as a word after `with`)
    """Django's database is another one; threads that begin meanwhile see it too."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __enter__(self) -> None:
        from django.db import connections

        from cuabien.service.database import database_of

        self.connections, self.settings = connections, connections.settings
        self.before = (self.settings["default"], connections["default"])
        named = connections.configure_settings({"default": database_of(Path(), self.address)})
        self.settings["default"] = named["default"]
        connections["default"] = connections.create_connection("default")

    def __exit__(self, *_: object) -> None:
        self.connections["default"].close()
        self.settings["default"], self.connections["default"] = self.before


def address_of(folder: Path, database: str) -> str:
    """A DATABASE_URL by way of the socket in a folder."""
    return f"postgresql://{ROLE}@/{database}?host={folder}"


# ---- the server's programs ----------------------------------------------------------------------------------


def _programs() -> Path:
    """Where Debian puts them, the newest first; else where the path says."""
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True
    )
    named = shutil.which("initdb")
    for place in (*places, *([Path(named).resolve().parent] if named else [])):
        if all((place / program).is_file() for program in ("initdb", "postgres")):
            if os.geteuid() == 0 and not _has_user():
                pytest.skip(f"PostgreSQL refuses root, and there is no user {ROLE}")
            return place
    pytest.skip("no PostgreSQL server here (apt-get install postgresql)")


def _has_user() -> bool:
    import pwd

    try:
        pwd.getpwnam(ROLE)
    except KeyError:
        return False
    return True


def _as_its_user(command: list[Any]) -> list[str]:
    """The command as a user that the server accepts, ended (SIGINT: at once and in order) when the tests are killed."""
    change = ["--reuid", ROLE, "--regid", ROLE, "--clear-groups"] if os.geteuid() == 0 else []
    prefix = ["setpriv", "--pdeathsig", "INT", *change] if shutil.which("setpriv") else []
    return [str(word) for word in (*prefix, *command)]


def _run_as_its_user(command: list[Any]) -> None:
    done = subprocess.run(_as_its_user(command), capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr


def _until_it_answers(folder: Path, running: subprocess.Popen[bytes]) -> None:
    from psycopg import OperationalError

    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _ask(folder, "SELECT 1")
        except OperationalError:
            told = (folder / "log").read_text(errors="replace")
            assert running.poll() is None and time.monotonic() < until, told
            time.sleep(0.05)


def _ask(folder: Path, statement: str) -> None:
    import psycopg

    with psycopg.connect(host=str(folder), user=ROLE, dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
