"""`muniment keys`: what the host does with keys."""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from muniment.operations import attached, places, present, programs, recovering
from muniment.operations.errors import StartRefused

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


@keys.command()
def sheet(
    data: Data = None,
    *,
    people: Annotated[int, typer.Option(help="How many people hold a share: 1 to 16.")],
    needed: Annotated[int, typer.Option(help="How many of them together open the key backup.")],
    into: Annotated[
        Path | None, typer.Option(help="A new directory for a PDF page of each person; else the words are printed.")
    ] = None,
) -> None:
    """Make a recovery sheet: words for several people, of whom some together open the key backup."""
    if into is not None:
        try:
            into.mkdir(mode=0o700)
        except OSError as error:
            raise StartRefused(f"{into} cannot be made as a new directory: {error.strerror}.") from error
    pages = json.loads(_told(data, task="sheet", people=people, needed=needed))
    for number, page in enumerate(pages, 1):
        if into is None:
            typer.echo(page["text"])
        else:
            _write(into / f"share-{number}.pdf", base64.b64decode(page["pdf"]))
    typer.echo(
        "The words are nowhere else. Hand each page to one person, and let them test it: the sheet before goes on "
        "counting until as many as are needed did."
        + (f" Then remove {into}: it holds all of them." if into is not None else "")
    )


@keys.command()
def recover(
    data: Data = None,
    *,
    source: Annotated[Path, typer.Option("--from", help="The file muniment.keys of the key backup.")],
) -> None:
    """Put the keys back into an empty data directory, with the words of as many people as are needed."""
    found = present.settings(data)
    shares: list[str] = []
    needed = 1
    while len(shares) < needed:
        words = typer.prompt(f"Words of share {len(shares) + 1}" + (f" of {needed}" if shares else ""), err=True)
        try:
            needed = recovering.needed_by(words, shares)
        except StartRefused as refused:
            typer.echo(str(refused), err=True)
            if not sys.stdin.isatty():
                raise typer.Exit(1) from refused
            continue
        shares.append(words)
    written = recovering.recover(source, shares, found.data)
    typer.echo(f"The keys are back in {found.data / 'keys'}: {', '.join(written)}.")
    if found.key_locks is not None:
        typer.echo(f"The settings have the locks in {found.key_locks}: move locks there, and recovery.json beside it.")


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _run(data: Path | None, **task: object) -> None:
    typer.echo(_told(data, **task), nl=False)


def _told(data: Path | None, **task: object) -> str:
    found = present.settings(data)
    accounts = places.choose(found, allow_root=True)
    with attached.database(found, accounts):
        return programs.run("key_tasks", found, account=accounts.portal, private={TASK: json.dumps(task)})
