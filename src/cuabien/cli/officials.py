"""`cuabien official` and `cuabien audit`: who holds which role, and what officials did.

For whoever may run commands on the server: the first administrator is made here, without a password that somebody else knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cuabien.base.words import N_, say
from cuabien.cli import terminal

if TYPE_CHECKING:
    from cuabien.service.people.models import User

Email = Annotated[str, typer.Argument(metavar="EMAIL", help=say(N_("the e-mail address of the account")))]
Site = Annotated[str, typer.Option("--site", help=say(N_("how the link to choose a password begins")))]
HERE = "http://localhost:8000"


def add_commands(app: typer.Typer) -> None:
    """Add `official` and `audit`."""
    group = typer.Typer(help=say(N_("Officials and their roles.")), no_args_is_help=True)
    group.command(
        "add", help=say(N_("Make somebody an official; prints a link to choose a password, once."))
    )(add)
    group.command("list", help=say(N_("Show the officials, their roles, and who has a second factor.")))(show)
    group.command("role", help=say(N_("Give an official roles, or take them.")))(role)
    group.command("remove", help=say(N_("Take every role from somebody; the account stays.")))(remove)
    group.command("link", help=say(N_("Print a new link to choose a password, once, within an hour.")))(link)
    app.add_typer(group, name="official")
    app.command(
        "audit", help=say(N_("Print what officials did, and verify that nothing of it was changed."))
    )(audit)


def add(
    email: Email,
    roles: Annotated[list[str], typer.Option("--role", help=say(N_("a role; may be given several times")))],
    name: Annotated[str, typer.Option("--name", help=say(N_("what the official is called")))] = "",
    site: Site = HERE,
    home: terminal.Home = terminal.DEFAULT_HOME,
    json: terminal.Json = False,
) -> None:
    terminal.open_home(home)
    from cuabien.service.people import officials

    user = officials.add(email, roles, name)
    _tell_link(user, site, json=json, chosen=user.has_usable_password())


def role(
    email: Email,
    give: Annotated[list[str] | None, typer.Option("--give", help=say(N_("a role to give")))] = None,
    take: Annotated[list[str] | None, typer.Option("--take", help=say(N_("a role to take")))] = None,
    home: terminal.Home = terminal.DEFAULT_HOME,
) -> None:
    terminal.open_home(home)
    from cuabien.service.people import officials

    user = officials.change(officials.find(email), give or (), take or ())
    _tell_roles(user)


def remove(email: Email, home: terminal.Home = terminal.DEFAULT_HOME) -> None:
    terminal.open_home(home)
    from cuabien.service.people import officials

    user = officials.find(email)
    _tell_roles(officials.change(user, take=user.roles))


def link(
    email: Email,
    site: Site = HERE,
    home: terminal.Home = terminal.DEFAULT_HOME,
    json: terminal.Json = False,
) -> None:
    terminal.open_home(home)
    from cuabien.service.people import officials

    _tell_link(officials.find(email), site, json=json, chosen=False)


def show(home: terminal.Home = terminal.DEFAULT_HOME, json: terminal.Json = False) -> None:
    terminal.open_home(home)
    from cuabien.service.people import officials

    rows = officials.officials()
    if json:
        terminal.print_json([vars(row) for row in rows])
        return
    yes, no = say(N_("yes")), say(N_("no"))
    terminal.print_table(
        [
            {
                "email": row.email,
                "name": row.name or "–",
                "roles": ", ".join(row.roles),
                "password": yes if row.password else no,
                "second": yes if row.second_factor else no,
            }
            for row in rows
        ],
        {
            "email": N_("e-mail address"),
            "name": N_("name"),
            "roles": N_("roles"),
            "password": N_("password chosen"),
            "second": N_("second factor"),
        },
    )


def audit(home: terminal.Home = terminal.DEFAULT_HOME, json: terminal.Json = False) -> None:
    terminal.open_home(home)
    from cuabien.service.people import deeds
    from cuabien.service.people.models import Deed

    rows = list(Deed.objects.order_by("n"))
    broken = deeds.verify(rows, deeds.heads_of(home))
    said = [say(fault.template, n=fault.n) for fault in broken]
    head = rows[-1].hash if rows else ""
    if json:
        told = [
            {key: getattr(row, key) for key in ("n", "at", "who", "role", "act", "thing", "detail", "hash")}
            for row in rows
        ]
        terminal.print_json({"deeds": told, "head": head, "broken": said})
    else:
        terminal.print_table(
            [
                {key: getattr(row, key) for key in ("n", "at", "who", "role", "act", "thing", "detail")}
                for row in rows
            ],
            {
                "n": N_("number"),
                "at": N_("when (UTC)"),
                "who": N_("who"),
                "role": N_("role"),
                "act": N_("act"),
                "thing": N_("on what"),
                "detail": N_("detail"),
            },
        )
        for words in said:
            typer.secho(words, err=True, fg="red")
        if not broken:
            typer.echo(
                say(
                    N_("{count} deeds, none altered, removed or moved; head {head}"),
                    count=len(rows),
                    head=head or "–",
                )
            )
    raise typer.Exit(terminal.FINDINGS if broken else terminal.FINE)


# ---- the pieces -------------------------------------------------------------------------------------------


def _tell_roles(user: User) -> None:
    held = ", ".join(sorted(user.roles)) or say(N_("no role"))
    typer.echo(say(N_("{email} holds now: {roles}"), email=user.email, roles=held))


def _tell_link(user: User, site: str, *, json: bool, chosen: bool) -> None:
    from cuabien.service.people import officials

    address = "" if chosen else officials.link(user, site)
    if json:
        terminal.print_json({"email": user.email, "roles": sorted(user.roles), "link": address})
        return
    _tell_roles(user)
    if address:
        typer.echo(say(N_("to choose a password, once, within an hour: {link}"), link=address))
