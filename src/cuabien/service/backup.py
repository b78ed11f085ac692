"""A backup: all of a home that cannot be made anew, as plain files; and the way back, into an empty home.

    backup.json                  the SHA-256 of every file
    database/<table>.jsonl       one row a line, in order of its key, whatever kind of database it came from
    files/...                    pictures, tried changes, the server's secret, the publisher's keys, heads of the deeds

Left out: runs and first looks (they follow from plan and change), sessions (whoever was signed in signs in again) and the queue of
a day. A backup holds persons and keys: only its owner may read it. It also holds what was erased after it was made, so old ones
are deleted as the law's periods say.

What was restored is written out once more and compared: the hashes are equal, or the restoration has failed.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cuabien.base.faults import Refused
from cuabien.base.hashing import canonical_json, hash_bytes, hash_file, hash_value
from cuabien.base.words import N_

SCHEMA = "cuabien-backup/1"
HEAD, ROWS, FILES = "backup.json", "database", "files"
LEFT_OUT_APPS = ("contenttypes", "auth", "trying")
LEFT_OUT = ("people.Session",)
KEPT = ("secret", "keys/**/*", "pictures/*/*.webp", "tried/*/change.toml", "deeds.heads")
"""Of the home; what else lies there can be made anew."""
AT_ONCE = 2000


# ---- out ----------------------------------------------------------------------------------------------------


def back_up(home: Path, folder: Path) -> dict[str, Any]:
    """Write a backup into a folder that is not there yet; what `backup.json` says."""
    from cuabien.service.consultation.ledger import at_one_moment

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(N_("{folder} is there already and not empty"), folder=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # for its owner only
    try:
        with at_one_moment():
            hashes = dict(_write_rows(aside))
        for file in _kept(home):
            name = f"{FILES}/{file.relative_to(home).as_posix()}"
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, aside / name)
            (aside / name).chmod(0o600)
            hashes[name] = hash_file(aside / name)
        head = {"schema": SCHEMA, "files": hashes, "hash": hash_value(hashes)}
        (aside / HEAD).write_text(json.dumps(head, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        if folder.is_dir():
            folder.rmdir()
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return head


def _kept(home: Path) -> Iterator[Path]:
    for pattern in KEPT:
        yield from sorted(file for file in home.glob(pattern) if file.is_file() and not file.is_symlink())


def _write_rows(folder: Path) -> Iterator[tuple[str, str]]:
    (folder / ROWS).mkdir()
    for model in _models():
        name = f"{ROWS}/{model._meta.db_table}.jsonl"
        with (folder / name).open("wb") as file:
            file.writelines(_lines(model))
        yield name, hash_file(folder / name)


def _models() -> list[Any]:
    from django.apps import apps

    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in LEFT_OUT_APPS and model._meta.label not in LEFT_OUT
    ]


def _lines(model: Any) -> Iterator[bytes]:
    fields = model._meta.concrete_fields
    for row in model._base_manager.order_by("pk").iterator(AT_ONCE):
        yield canonical_json({field.attname: _told(field, row) for field in fields}) + b"\n"


def _told(field: Any, row: Any) -> Any:
    """A value as text, or as JSON where it is JSON; None stays None."""
    value = field.value_from_object(row)
    return None if value is None else field.value_to_string(row)


# ---- in -----------------------------------------------------------------------------------------------------

NOT_WHOLE = N_("{folder} is no whole backup: {file} is missing or was altered")


def head_of(folder: Path) -> dict[str, Any]:
    """What a backup says of itself, held against its files."""
    try:
        head: dict[str, Any] = json.loads((folder / HEAD).read_bytes())
        hashes: dict[str, str] = head["files"]
        fits = head["schema"] == SCHEMA and hash_value(hashes) == head["hash"]
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(N_("{folder} is no backup"), folder=folder) from None
    if not fits:
        raise Refused(NOT_WHOLE, folder=folder, file=HEAD)
    for name, digest in hashes.items():
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if not inside or not (folder / name).is_file() or hash_file(folder / name) != digest:
            raise Refused(NOT_WHOLE, folder=folder, file=name)
    return head


def put_back_files(folder: Path, home: Path) -> dict[str, Any]:
    """The files of a backup, into a home that is empty: before the service is set up, which would make a secret of its own."""
    head = head_of(folder)
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Refused(N_("{folder} is there already and not empty"), folder=home)
    for name in head["files"]:
        kind, _, rest = name.partition("/")
        if kind == FILES:
            (home / rest).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, home / rest)
            (home / rest).chmod(0o600)
    home.mkdir(parents=True, exist_ok=True)
    return head


def put_back_rows(folder: Path, home: Path) -> dict[str, Any]:
    """The rows of a backup, into a database that has tables and no rows; then everything is hashed once more."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    head, models = head_of(folder), _models()
    filled = next((model for model in models if model._base_manager.exists()), None)
    if filled is not None:
        raise Refused(N_("the database is not empty: {table}"), table=filled._meta.db_table)
    with transaction.atomic():  # keys that refer to one another are checked when it ends
        for model in models:
            name = f"{ROWS}/{model._meta.db_table}.jsonl"
            if name in head["files"]:
                _read_rows(model, folder / name)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
        _must_be_equal(head, models)
    for name, digest in head["files"].items():
        kind, _, rest = name.partition("/")
        if kind == FILES and hash_file(home / rest) != digest:
            raise Refused(N_("{file} was not restored as it was"), file=rest)
    return head


def _read_rows(model: Any, file: Path) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    with file.open("rb") as lines:
        for line in lines:
            values = json.loads(line)
            row = model(**{
                name: None if values[name] is None else field.to_python(values[name])
                for name, field in fields.items()
                if name in values
            })  # fmt: skip
            row.save_base(raw=True, force_insert=True)  # as it was: no moment of now is written over it


def _must_be_equal(head: dict[str, Any], models: Iterable[Any]) -> None:
    for model in models:
        name = f"{ROWS}/{model._meta.db_table}.jsonl"
        if name in head["files"] and hash_bytes(b"".join(_lines(model))) != head["files"][name]:
            raise Refused(N_("{file} was not restored as it was"), file=name)


def only_for_its_owner() -> None:
    """Whatever is made from here on can be read by whoever made it, and nobody else."""
    os.umask(0o077)
