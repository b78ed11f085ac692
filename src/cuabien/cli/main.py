"""`cuabien`: one command for all of it.

Each file of this package adds the commands of one theme; heavy imports happen inside a command, so that every
command starts at once.
"""

from __future__ import annotations

import importlib
import os
import sys

import typer

from cuabien.base.faults import CuabienError, FaultyPlan, Refused, UnusableInput
from cuabien.base.words import LANGUAGES, N_, say

THEMES = (
    "plan",
    "model",
    "stress",
    "answers",
    "documents",
    "assign",
    "imports",
    "isochrone",
    "publishing",
    "serving",
    "officials",
    "record",
)
"""Modules of `cuabien.cli`, each with `add_commands(app)`, in the order of the help page."""
ANYWHERE = N_("--lang vi or --lang en may stand anywhere.")


def build() -> typer.Typer:
    app = typer.Typer(
        name="cuabien",
        help=say(N_("The open planning system of a city.")),
        epilog=say(ANYWHERE),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for theme in THEMES:
        importlib.import_module(f"cuabien.cli.{theme}").add_commands(app)
    for commands in (app, *(group.typer_instance for group in app.registered_groups)):
        for command in commands.registered_commands if commands else ():
            command.epilog = say(ANYWHERE)
    return app


def main(arguments: list[str] | None = None) -> int:
    """Run a command; anything that a user can mend ends in words and an exit code, never in a traceback."""
    from cuabien.cli import terminal

    arguments = _take_language(list(sys.argv[1:] if arguments is None else arguments))
    if os.environ.get("CUABIEN_LANG", LANGUAGES[0]) not in LANGUAGES:
        wrong = os.environ.pop("CUABIEN_LANG")
        typer.secho(
            say(N_('there is no language "{wrong}" here; use vi or en'), wrong=wrong), err=True, fg="red"
        )
        return terminal.UNUSABLE
    command = typer.main.get_command(build())
    try:
        outcome = command.main(args=arguments, prog_name="cuabien", standalone_mode=False)
        return outcome if isinstance(outcome, int) else terminal.FINE
    except typer.Exit as leave:
        return leave.exit_code
    except UnusableInput as error:
        if "--json" in arguments:
            terminal.print_json([fault.as_row() for fault in error.faults])
        else:
            terminal.print_faults(error.faults)
        return terminal.FINDINGS if isinstance(error, FaultyPlan) else terminal.UNUSABLE
    except Refused as error:
        terminal.say_no("refused", say(error.template, **error.values), as_json="--json" in arguments)
        return terminal.FINDINGS
    except CuabienError as error:
        terminal.say_no("unusable", str(error), as_json="--json" in arguments)
        return terminal.UNUSABLE
    except OSError as error:
        words = f"{error.filename or ''}: {error.strerror}"
        terminal.say_no("unusable", words, as_json="--json" in arguments)
        return terminal.UNUSABLE
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:  # a usage error of the command line library
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        return terminal.UNUSABLE


def _take_language(arguments: list[str]) -> list[str]:
    """`--lang vi|en` may stand anywhere and is read first, because help texts need it."""
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--lang":
            os.environ["CUABIEN_LANG"] = next(words, "vi")
        elif word.startswith("--lang="):
            os.environ["CUABIEN_LANG"] = word.partition("=")[2]
        else:
            rest.append(word)
    return rest


def run() -> None:
    sys.exit(main())


if __name__ == "__main__":
    run()
