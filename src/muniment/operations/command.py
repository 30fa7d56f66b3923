"""The `muniment` command."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from muniment.core.config import Config, SettingRefused
from muniment.core.config.database import DatabaseRole
from muniment.operations import attached, first_start, places, programs, settings_page
from muniment.operations.console import Screen
from muniment.operations.errors import StartRefused
from muniment.operations.keyring_command import keyring
from muniment.operations.keys_command import keys
from muniment.operations.present import settings as settings_of
from muniment.operations.store_command import store
from muniment.operations.supervisor import Supervisor
from muniment.operations.witness.command import witness
from muniment.trust.vault.keyring import passphrase

commands = typer.Typer(
    help="Muniment: a client portal that a firm runs itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
admin = typer.Typer(help="People who run the portal.", no_args_is_help=True)
commands.add_typer(admin, name="admin")
commands.add_typer(keys, name="keys")
commands.add_typer(store, name="store")
commands.add_typer(keyring, name="keyring")
commands.add_typer(witness, name="witness")
screen = Screen(Console(stderr=True))

Data = Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")]
AllowRoot = Annotated[bool, typer.Option(help="Run web and worker as root where they cannot run unprivileged.")]
Demo = Annotated[bool, typer.Option(help="Fill the portal with an invented firm and print who may sign in.")]


@commands.command()
def up(data: Data = None, *, demo: Demo = False, allow_root: AllowRoot = False) -> None:
    """Start the portal: database, web server, worker; Ctrl-C stops it."""
    if demo:
        os.environ["MUNIMENT_DEMO"] = "true"
    present = settings_of(data)
    accounts = places.choose(present, allow_root=allow_root)
    if accounts.warning:
        screen.warn(accounts.warning)
    Supervisor(present, accounts, screen.tell).run()


@commands.command()
def web(data: Data = None, *, allow_root: AllowRoot = False) -> None:
    """Run the web server alone, over a database that is up; it takes the place of this process."""
    _become("server", settings_of(data), "app", allow_root=allow_root)


@commands.command()
def worker(data: Data = None, *, allow_root: AllowRoot = False) -> None:
    """Run the worker alone, over a database that is up; it takes the place of this process."""
    _become("worker", settings_of(data), "job", allow_root=allow_root)


@commands.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this version and look whether its walls stand."""
    present = settings_of(data)
    accounts = places.choose(present, allow_root=True)
    places.make_places(present, accounts)
    with attached.database(present, accounts):
        programs.run("preparation", present, role="super")
        places.make_places(present, accounts)
        programs.run("migrations", present, role="owner", account=accounts.portal)
        programs.run("host", present, "migrate", account=accounts.portal)  # its tables are there from now on only
    typer.echo("The database is of this version, and its walls stand.")


@commands.command()
def check(data: Data = None) -> None:
    """Look at walls, keys, permissions and settings; exit with 1 and the reasons if something is wrong."""
    present = settings_of(data)
    accounts = places.choose(present, allow_root=True)
    with attached.database(present, accounts):
        notes = programs.run("checks", present, account=accounts.portal)
    typer.echo(notes, nl=False)
    typer.echo("Walls, keys, permissions and settings are as they must be.")


@admin.command("create")
def create_admin(
    email: Annotated[str, typer.Option(prompt="E-mail address", help="Where the new super admin reads mail.")],
    name: Annotated[str, typer.Option(prompt="Name", help="Their name.")],
    data: Data = None,
) -> None:
    """Print a one-use link with which a super admin joins; the first one names themselves on the page."""
    present = settings_of(data)
    accounts = places.choose(present, allow_root=True)
    described = {first_start.ADMIN: json.dumps({"email": email, "name": name})}
    with attached.database(present, accounts):
        typer.echo(programs.run("first_start", present, account=accounts.portal, private=described).strip())


@commands.command()
def settings() -> None:
    """Print every setting with its default, as docs/settings.md holds them."""
    typer.echo(settings_page.render(), nl=False)


@commands.command("data-map")
def data_map(*, csv: Annotated[bool, typer.Option(help="One line a field, for a table of your own.")] = False) -> None:
    """Print every field with its class, purpose, retention and protection, as docs/data-map.md holds them."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muniment.settings")
    django.setup()
    from muniment.core.data_map import writing

    typer.echo(writing.as_csv() if csv else writing.markdown(), nl=False)


def _become(module: str, present: Config, role: DatabaseRole, *, allow_root: bool) -> None:
    """Replace this process by a program of the portal, as the account that should run it."""
    accounts = places.choose(present, allow_root=allow_root)
    places.make_places(present, accounts)
    if module == "server":
        programs.run("preparation", present, "--certificate")
        places.make_places(present, accounts)
        programs.run("checks", present, "--starting", account=accounts.portal)
    programs.run("host", present, "web" if module == "server" else module, account=accounts.portal)
    if accounts.portal is not None:
        os.setgroups([])
        os.setgid(accounts.portal.gid)
        os.setuid(accounts.portal.uid)
    os.umask(0o077)
    os.chdir(present.data)
    for descriptor in passphrase.descriptor_of(present.keyring_passphrase):
        os.set_inheritable(descriptor, True)
    line = programs.command(module)
    os.execve(line[0], line, programs.environment(present, role))  # noqa: S606  # nosec B606


def main() -> None:
    """Run the command; what is refused is said in one sentence each, with exit code 1."""
    try:
        commands()
    except SettingRefused as refused:
        for problem in refused.problems:
            screen.refuse(problem)
        sys.exit(1)
    except StartRefused as refused:
        screen.refuse(str(refused))
        sys.exit(1)


if __name__ == "__main__":
    main()
