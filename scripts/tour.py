"""The five-minute tour: reads docs/tour.md aloud, shows each command before it is run, and runs it.

What is shown is what stands on the page, so the page cannot go stale. A command that finds something (exit code 1) is part
of the tour; one that breaks ends it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tour.md"


def steps(page: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(what is said, the commands below it), in the order of the page."""
    parts = re.split(r"```sh\n(.*?)```", page, flags=re.DOTALL)
    for said, commands in zip(parts[::2], [*parts[1::2], ""], strict=True):
        yield _plain(said), tuple(line for line in commands.splitlines() if line.strip())


def _plain(markdown: str) -> str:
    """Prose for a terminal: links become their words."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown).strip()


def main() -> int:
    environment = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    started = time.monotonic()
    for said, commands in steps(PAGE.read_text("utf-8")):
        print(f"\n{said}\n" if said else "", flush=True)
        for command in commands:
            print(f"\033[1m$ {command}\033[0m" if sys.stdout.isatty() else f"$ {command}", flush=True)
            words = shlex.split(command)
            if words[0] == "export":
                environment.update([words[1].split("=", 1)])
                continue
            status = subprocess.run(words, cwd=ROOT, env=environment).returncode
            if status not in (0, 1):
                print(f"the tour ends here: {command} left with exit code {status}", file=sys.stderr)
                return status
    print(f"\nThe tour took {time.monotonic() - started:.0f} seconds of computing.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
