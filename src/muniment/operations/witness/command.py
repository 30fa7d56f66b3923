"""`muniment witness`: watches somebody else's log, on a machine of one's own, without a portal."""

import asyncio
import ipaddress
import json
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from muniment.operations import processes
from muniment.operations.errors import StartRefused
from muniment.operations.witness import place
from muniment.operations.witness.rules import Witness
from muniment.operations.witness.server import PATH, Server
from muniment.operations.witness.state import Conflict, Head, StateUnavailable
from muniment_verify.errors import VerifyError
from muniment_verify.notes import LOG_KEY, Key, parse_vkey

PORT = 8447

witness = typer.Typer(help="Cosign the log of somebody else's portal, so that it cannot be rewritten unseen.")

Folder = Annotated[Path, typer.Option("--data", help="The folder of the witness.")]
LogKey = Annotated[str, typer.Argument(help="The key of the log, as name+id+key.")]
Origin = Annotated[str, typer.Option(help="The first line of the log's checkpoints, where it is not the key's name.")]
HERE = Path("witness")


@witness.command()
def init(
    name: Annotated[str, typer.Argument(help="The name it signs with: one word, such as witness.example.com.")],
    folder: Folder = HERE,
    *,
    database: Annotated[
        str | None,
        typer.Option(
            envvar="WITNESS_DATABASE_URL",
            show_envvar=True,
            help="A PostgreSQL database for the state, as an address; without it a file of SQLite.",
        ),
    ] = None,
) -> None:
    """Make a witness: a key and an empty state; print the key that others trust it by."""
    with _said():
        typer.echo(place.make(folder, name, database).key.public.vkey)


@witness.command("add-log")
def add_log(log_key: LogKey, folder: Folder = HERE, *, origin: Origin = "") -> None:
    """Watch a log; again with another key when the log's key was turned."""
    key = _log_key(log_key)
    with _said():
        place.find(folder).state.add_key(key, origin or key.name)
    typer.echo(f"The log {origin or key.name} is cosigned from now on.")


@witness.command("drop-key")
def drop_key(log_key: LogKey, folder: Folder = HERE, *, origin: Origin = "") -> None:
    """Trust a key of a log no longer; what was cosigned stays remembered."""
    key = _log_key(log_key)
    with _said():
        if not place.find(folder).state.drop_key(key, origin or key.name):
            raise StartRefused("This key was not trusted. Nothing was changed.")
    typer.echo("What this key signs is refused from now on.")


@witness.command()
def show(
    folder: Folder = HERE,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
    checkpoints: Annotated[
        str, typer.Option(help="Print the last cosigned checkpoint of each day of the log with this origin.")
    ] = "",
) -> None:
    """Print the witness's key, its logs and the last tree it cosigned of each; exit with 1 if a log was forked."""
    with _said():
        found = place.find(folder)
        if checkpoints:
            typer.echo("\n".join(found.state.days(checkpoints)), nl=False)
            return
        heads, conflicts = found.state.heads(), found.state.conflicts()
        trusted = {head.origin: [key.vkey for key in found.state.keys(head.origin)] for head in heads}
    if as_json:
        shown = [_shown(head) | {"keys": trusted[head.origin]} for head in heads]
        typer.echo(
            json.dumps(
                {"key": found.key.public.vkey, "logs": shown, "forks": [vars(fork) for fork in conflicts]}, indent=2
            )
        )
    else:
        _print(found.key.public.vkey, heads, conflicts)
    if conflicts:
        raise typer.Exit(1)


@witness.command()
def serve(
    folder: Folder = HERE,
    *,
    bind: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any free one.")] = PORT,
    tls_certificate: Annotated[Path | None, typer.Option(help="The certificate with its chain, in PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key, in PEM.")] = None,
) -> None:
    """Answer logs until Ctrl-C: plain HTTP to this machine alone, HTTPS to the network."""
    processes.keep_memory_private()
    with _said():
        found = place.find(folder)
    tls = _tls(bind, tls_certificate, tls_key)
    asyncio.run(_serve(Witness(found.key, found.state), bind, port, tls))


async def _serve(cosigner: Witness, bind: str, port: int, tls: ssl.SSLContext | None) -> None:
    server = Server(cosigner.add_checkpoint)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        listening = await server.start(bind, port, tls)
    except OSError as error:
        raise StartRefused(f"Cannot listen on {bind} port {port}: {error.strerror or error}.") from None
    where = listening.sockets[0].getsockname()
    host = f"[{where[0]}]" if ":" in where[0] else where[0]
    typer.echo(f"Listening: {'https' if tls else 'http'}://{host}:{where[1]}{PATH}")
    await stopped.wait()
    listening.close()
    await server.close()


def _tls(bind: str, certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    try:
        is_here = ipaddress.ip_address(bind).is_loopback
    except ValueError:
        raise StartRefused("--bind must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0.") from None
    if certificate is None or key is None:
        if certificate is not key:
            raise StartRefused("--tls-certificate and --tls-key belong together: give both or neither.")
        if not is_here:
            raise StartRefused("To the network a witness speaks HTTPS alone: give --tls-certificate and --tls-key.")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise StartRefused(f"The certificate and its key cannot be used: {error}.") from None
    return context


def _log_key(text: str) -> Key:
    try:
        key = parse_vkey(text)
    except VerifyError as error:
        raise StartRefused(str(error)) from None
    if key.kind != LOG_KEY:
        raise StartRefused("This is the key of a witness, not of a log.")
    return key


def _print(vkey: str, heads: list[Head], conflicts: list[Conflict]) -> None:
    typer.echo(f"Key: {vkey}")
    if not heads:
        typer.echo("No log yet: add one with `muniment witness add-log`.")
    for head in heads:
        shown = _shown(head)
        seen = f"{head.size} entries, root {shown['root']}, cosigned {shown['at']}" if head.at else "nothing yet"
        typer.echo(f"Log: {head.origin}\n  {seen}")
    for fork in conflicts:
        typer.echo(
            f"\nFORK: the log {fork.origin} has signed two trees of {fork.size} entries. Either text alone looks "
            f"right; together they prove it to anybody. Keep both.\n\n{fork.ours}\n{fork.theirs}"
        )


def _shown(head: Head) -> dict[str, object]:
    at = datetime.fromtimestamp(head.at, UTC).isoformat() if head.at else None
    return {"origin": head.origin, "size": head.size, "root": head.root.hex(), "at": at, "note": head.note}


@contextmanager
def _said() -> Iterator[None]:
    """Say in one sentence why the state cannot be used."""
    try:
        yield
    except StateUnavailable as error:
        raise StartRefused(str(error)) from error
