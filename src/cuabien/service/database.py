"""Where the database is: a file in the home, or what DATABASE_URL names.

Pages that show the plan stand when there is none: what people said of an object is then left out. SQLite keeps a log
beside its file (WAL), so that who reads never waits for who writes; a writer that finds it locked waits two seconds and
is then told, as is whoever finds no PostgreSQL.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

FILE = "cuabien.sqlite3"
WAIT_S = 2
KEPT_OPEN_S = 60
MAKING_TABLES = 20_240_815
"""The number of the lock under which PostgreSQL's tables are made; any that nothing else uses."""
ENGINES = {"postgres": "postgresql", "postgresql": "postgresql", "sqlite": "sqlite3"}


def database_of(home: Path, url: str = "") -> dict[str, Any]:
    """Django's settings of the one database."""
    if not url:
        return _sqlite((home / FILE).absolute())
    parts = urlsplit(url)
    engine = ENGINES.get(parts.scheme)
    if engine is None:
        raise ValueError("DATABASE_URL begins with sqlite: or postgresql:")
    if engine == "sqlite3":
        return _sqlite(Path(unquote(parts.path)))
    return {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": KEPT_OPEN_S,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": str(WAIT_S), **dict(parse_qsl(parts.query))},
    }


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": KEPT_OPEN_S,
        "OPTIONS": {
            "timeout": WAIT_S,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        },
    }


def prepare() -> None:
    """Make the tables that are missing. Whoever writes to the database does this when it starts."""
    from django.core.management import call_command

    with _alone():
        call_command("migrate", verbosity=0, interactive=False)
    _for_its_owner_only()


@contextmanager
def _alone() -> Iterator[None]:
    """The server and its worker start together; the second one waits until the first has made the tables."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING_TABLES])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MAKING_TABLES])
        return
    file = Path(f"{connection.settings_dict['NAME']}.making")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _for_its_owner_only() -> None:
    """The file holds addresses and hashes of passwords: nobody else on the machine reads it."""
    from django.db import connection

    file = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and file.is_file():
        for part in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            if part.is_file():
                part.chmod(0o600)
