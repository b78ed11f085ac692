"""Which code made a run: the hash of everything that can change a number of it."""

from __future__ import annotations

from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from cuabien.base.hashing import hash_files, hash_value

CODE = ("base", "lexicon", "plan", "standards", "model", "results", "runner")
"""Packages whose code can change a number of a run."""
LIBRARIES = ("numpy", "polars")
"""Libraries whose version can change a number or a byte of a run."""


@cache
def code_hash() -> str:
    """The hash of the code and tables that make a run, and of the versions of the libraries under it."""
    root = resources.files("cuabien")
    files = {name: data for package in CODE for name, data in _sources(root.joinpath(package), package)}
    return hash_value([hash_files(files), libraries()])


def _sources(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    if not folder.is_dir():
        return found
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            found += _sources(entry, name)
        elif entry.name.endswith((".py", ".csv")):
            found.append((name, entry.read_bytes()))
    return found


@cache
def libraries() -> dict[str, str]:
    """Name -> installed version of the libraries under the numbers."""
    return {name: metadata.version(name) for name in LIBRARIES}


def lock_hash() -> str:
    """The hash of what the lock file resolved to here, as far as it can change a run."""
    return hash_value(libraries())
