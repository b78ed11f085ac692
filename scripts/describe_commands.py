"""Write docs/commands.md from the command line itself: scripts/describe_commands.py [--check]."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["CUABIEN_LANG"] = "en"

import typer

from cuabien.cli.main import build

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"

HEAD = """# The commands

Made from the program by `scripts/describe_commands.py`; a test keeps it in step. `cuabien COMMAND --help` says the same, and
`--lang vi` or `--lang en` may stand anywhere (else `CUABIEN_LANG`, else Vietnamese).

Exit codes: 0 fine, 1 findings or a refused request, 2 unusable input. `--json` gives one JSON document.
"""


def page() -> str:
    root = typer.main.get_command(build())
    return HEAD + "".join(f"\n{section}" for section in _sections("cuabien", root))


def _sections(name: str, command: Any) -> Iterator[str]:
    for word, child in getattr(command, "commands", {}).items():
        if getattr(child, "commands", None):
            yield from _sections(f"{name} {word}", child)
        else:
            yield _section(f"{name} {word}", child)


def _section(name: str, command: Any) -> str:
    lines = [f"## {name}\n", f"{command.help or ''}\n"]
    parameters = [p for p in command.params if p.name != "help"]
    if parameters:
        lines += ["| | | default |", "|---|---|---|"]
        lines += [f"| `{_spelled(p)}` | {_told(p)} | {_default(p)} |" for p in parameters]
    return "\n".join(lines) + "\n"


def _spelled(parameter: Any) -> str:
    """FILE for an argument, --change for an option."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).upper()
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


def _told(parameter: Any) -> str:
    told = str(getattr(parameter, "help", None) or "")
    variable = getattr(parameter, "envvar", None)
    return f"{told} (`{variable}`)".strip() if variable else told


def _default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required or value in (None, False, (), []) or callable(value):
        return "needed" if parameter.required else ""
    return f"`{value}`"


def main() -> int:
    text = page()
    if "--check" in sys.argv:
        if PAGE.read_text("utf-8") == text:
            return 0
        print("docs/commands.md is not in step with the program; run scripts/describe_commands.py")
        return 1
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
