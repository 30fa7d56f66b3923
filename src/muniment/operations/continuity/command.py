"""`muniment backup`: make a backup now, list what there is, read the repository back."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.operations import attached, places, programs
from muniment.operations.present import settings as settings_of

backup = typer.Typer(help="Backups of everything but the keys.", no_args_is_help=True)
Data = Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")]


@backup.command()
def run(data: Data = None) -> None:
    """Make a backup now; the running portal's agent does it, or this command where the portal is stopped."""
    _task(data, "run")


@backup.command("list")
def list_backups(data: Data = None) -> None:
    """Print the backups in the repository, oldest first."""
    _task(data, "list", needs_database=False)


@backup.command()
def check(data: Data = None) -> None:
    """Read everything in the repository back; exit with 1 and the reason if something is not as it was written."""
    _task(data, "check")


def _task(data: Path | None, name: str, *, needs_database: bool = True) -> None:
    present = settings_of(data)
    accounts = places.choose(present, allow_root=True)
    if needs_database:
        with attached.database(present, accounts):
            said = programs.run("continuity.task", present, name, role="job", account=accounts.portal)
    else:
        said = programs.run("continuity.task", present, name, role="job", account=accounts.portal)
    typer.echo(said, nl=False)
