"""The server's secret: made once, kept in the home folder, readable by its owner only.

It signs sessions, and from it are made the keys with which people take back what they said without an account. Whoever
loses it takes those keys from them: a backup holds it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_make(home: Path) -> str:
    """The secret of this home; made on first start. A home that cannot be written gets a passing one."""
    path = home / "secret"
    try:
        return _read(path) or _make(path)
    except OSError:
        return secrets.token_urlsafe(50)


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="ignore").strip() if path.is_file() else ""


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(50)
    aside = path.with_name(f"secret.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(fresh)
    aside.replace(path)
    return fresh
