"""The store: what was tried, under the home, by what it does.

    home/tried/<change>/change.toml                          the change, as the command line reads it
    home/tried/<change>/seen/<edition>-<code>-<seed>/        a first look: a run folder (see docs/runs.md)

Whole hashes name the folders, so that nobody can make a change that is answered with another's future. Whole runs are
not made here: who wants one types the command. What was looked at longest ago makes way when there is no room.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from cuabien.base.faults import CuabienError, stops
from cuabien.plan.change import Change, render_change, try_read_change
from cuabien.results import Run, open_run
from cuabien.results.code import code_hash

SEED = 1
HASH = re.compile(r"^[0-9a-f]{64}$")
TEXT = "change.toml"
PLANS_OWN = "base"
"""Where the plan's own first look lies, beside those of changes."""


def folder_of(home: Path, change: str) -> Path:
    if change != PLANS_OWN and not HASH.match(change):
        raise ValueError(change)
    return home / "tried" / change


def put(home: Path, identity: str, change: Change) -> None:
    """Keep a change; one that is there already keeps its words."""
    file = folder_of(home, identity) / TEXT
    if file.is_file():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    number, aside = tempfile.mkstemp(dir=file.parent, prefix=".change-")
    with os.fdopen(number, "wb") as open_file:
        open_file.write(render_change(change))
    Path(aside).replace(file)


def text_of(home: Path, identity: str) -> bytes | None:
    try:
        return (folder_of(home, identity) / TEXT).read_bytes()
    except (OSError, ValueError):
        return None


def get(home: Path, identity: str) -> Change | None:
    """A kept change, whatever plan it is for."""
    text = text_of(home, identity)
    if text is None:
        return None
    change, faults = try_read_change(text)
    return None if stops(faults) else change


# ---- first looks ------------------------------------------------------------------------------------------


def look_folder(home: Path, identity: str, edition: str, code: str, seed: int = SEED) -> Path:
    return folder_of(home, identity) / "seen" / f"{edition}-{code[:16]}-{seed}"


def look(home: Path, identity: str, edition: str) -> Run | None:
    """The first look of a change on an edition by the program as it is; else the newest by another version of it."""
    ours = look_folder(home, identity, edition, code_hash())
    others = sorted(ours.parent.glob(f"{edition}-*"), key=_touched, reverse=True)
    for folder in (ours, *others):
        run = _opened(folder)
        if run is not None:
            with contextlib.suppress(OSError):
                folder.touch()
            return run
    return None


def has_look(home: Path, identity: str, edition: str) -> bool:
    """Whether the present program has seen this change on this edition."""
    return _opened(look_folder(home, identity, edition, code_hash())) is not None


def _opened(folder: Path) -> Run | None:
    try:
        return open_run(folder) if folder.is_dir() else None
    except (CuabienError, OSError):
        return None


def _touched(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def make_room(home: Path, most_bytes: int) -> int:
    """Remove the first looks that were looked at longest ago until the store is small enough; how many went.
    Changes themselves are kept: their links still open, and are modelled again."""
    folders = sorted((home / "tried").glob("*/seen/*"), key=_touched)
    sizes = {folder: sum(f.stat().st_size for f in folder.glob("*") if f.is_file()) for folder in folders}
    total, gone = sum(sizes.values()), 0
    for folder in folders:
        if total <= most_bytes:
            break
        shutil.rmtree(folder, ignore_errors=True)
        total, gone = total - sizes[folder], gone + 1
    return gone
