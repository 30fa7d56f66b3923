"""`muniment keys`: what the host does with keys."""

import json
from pathlib import Path
from typing import Annotated

import typer

from muniment.operations import attached, places, present, programs

TASK = "_MUNIMENT_KEYS_TASK"  # what to do, as JSON

keys = typer.Typer(help="Keys: which there are, and how far a rotation is.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")]


@keys.command("list")
def listing(data: Data = None) -> None:
    """Print every key with its algorithm, age, cryptoperiod and what it seals."""
    _run(data, task="list")


@keys.command()
def rotate(
    what: Annotated[str, typer.Argument(help="root, people, signing, log, clients, or client with --client.")],
    data: Data = None,
    *,
    client: Annotated[str, typer.Option(help="The client's reference, as in addresses.")] = "",
    re_encrypt: Annotated[bool, typer.Option("--re-encrypt", help="Seal the bytes of documents anew, too.")] = False,
) -> None:
    """Begin to turn keys; the worker does it while the portal runs, and goes on after a kill."""
    _run(data, task="rotate", what=what, client=client, reencrypts=re_encrypt)


@keys.command()
def status(data: Data = None) -> None:
    """Print how far the rotation is, and when the last one ended."""
    _run(data, task="status")


def _run(data: Path | None, **task: object) -> None:
    found = present.settings(data)
    accounts = places.choose(found, allow_root=True)
    with attached.database(found, accounts):
        told = programs.run("key_tasks", found, account=accounts.portal, private={TASK: json.dumps(task)})
    typer.echo(told, nl=False)
