"""`muniment store`: what the host does with the places where documents lie."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from muniment.operations import attached, places, present, programs

TASK = "_MUNIMENT_STORE_TASK"  # what to do, as JSON

store = typer.Typer(help="Where documents lie.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")]


@store.command()
def check(
    data: Data = None,
    *,
    unread: Annotated[bool, typer.Option(help="Only what was not read back in the last four weeks.")] = False,
) -> None:
    """Read every document back and authenticate it, at a limited rate; exit with 1 if something is damaged."""
    _run(data, task="check", every=not unread)


@store.command()
def move(
    to: Annotated[Literal["disk", "s3"], typer.Option(help="The store to move to.")],
    data: Data = None,
    *,
    bytes_per_second: Annotated[int, typer.Option(min=0, help="The most to move in a second; 0: no limit.")] = 0,
) -> None:
    """Move documents to another store while people read them; after a kill, run it again."""
    _run(data, task="move", target=to, bytes_per_second=bytes_per_second)


@store.command()
def collect(data: Data = None) -> None:
    """Remove what no document needs and is older than a day; a nightly job does it too."""
    _run(data, task="collect")


@store.command()
def where(data: Data = None) -> None:
    """Print in which region the documents of each client may lie, and where they do."""
    _run(data, task="where")


@store.command()
def place(
    client: Annotated[str, typer.Option(help="The client's reference, as in addresses and in `store where`.")],
    region: Annotated[str, typer.Option(help="The region; empty: anywhere.")],
    data: Data = None,
) -> None:
    """Let the documents of a client lie in one region alone; refused while some lie elsewhere."""
    _run(data, task="place", client=client, region=region)


def _run(data: Path | None, **task: object) -> None:
    found = present.settings(data)
    accounts = places.choose(found, allow_root=True)
    with attached.database(found, accounts):
        told = programs.run("stores", found, account=accounts.portal, private={TASK: json.dumps(task)})
    typer.echo(told, nl=False)
