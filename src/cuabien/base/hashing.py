"""One way to hash anything: SHA-256 over bytes, or over JSON written in one fixed form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path


def hash_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def hash_file(path: Path) -> str:
    """The hash of a file's bytes, however large it is."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical_json(value: object) -> bytes:
    """JSON with sorted keys and no spare blanks, UTF-8: equal values give equal bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def hash_value(value: object) -> str:
    return hash_bytes(canonical_json(value))


def in_groups(digits: str) -> str:
    """A hash in groups that an eye can compare and a line can break."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def hash_files(files: Mapping[str, bytes]) -> str:
    """The hash of a folder: its relative paths and the hash of each file's bytes, in order of path."""
    return hash_value({path: hash_bytes(data) for path, data in files.items()})
