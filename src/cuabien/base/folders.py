"""A folder that gets other content: written aside, whole, then renamed, so that nobody ever reads half of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from cuabien.base.faults import Refused
from cuabien.base.words import N_


def rewrite_folder(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` change a copy of a folder (an empty one where there is none yet), and put the copy in its place.

    Two renames: should the machine stop between them, the old folder stands whole under its aside name.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise Refused(N_("{folder} is a file, not a folder"), folder=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        new = aside / "new"
        if folder.is_dir():
            shutil.copytree(folder, new, symlinks=True)
        else:
            new.mkdir()
        write(new)
        if folder.is_dir():
            folder.rename(aside / "old")
        try:
            new.rename(folder)
        except OSError:
            if (aside / "old").is_dir():
                (aside / "old").rename(folder)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
