"""`muniment keyring`: what the host does with the file of the root key."""

import re
from pathlib import Path
from typing import Annotated

import typer

from muniment.core.config.keys import PASSPHRASE
from muniment.operations import attached, locks, places, present, programs
from muniment.operations.errors import StartRefused
from muniment.trust.vault.keyring import passphrase

keyring = typer.Typer(help="The file of the root key.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")]
NewPassphrase = Annotated[
    str | None,
    typer.Option(help="Where the new one comes from, as fd:4 or credential:name; left out, the file has none."),
]


@keyring.callback()
def _group() -> None:
    """Keep the name of the only command."""


@keyring.command()
def protect(data: Data = None, *, new_passphrase: NewPassphrase = None) -> None:
    """Set, change or take away the passphrase of the root key's file, while the portal is stopped."""
    if new_passphrase is not None and not re.fullmatch(PASSPHRASE, new_passphrase):
        raise StartRefused("The new passphrase is not given here: say where it comes from, as fd:4 or credential:name.")
    found = present.settings(data)
    if found.keyring != "file":
        raise StartRefused(f"The root key does not live in a file: keyring is {found.keyring}.")
    new = present.kept(new_passphrase) if new_passphrase is not None else None
    accounts = places.choose(found, allow_root=True)
    try:
        with locks.hold(found.data / "supervisor.lock"):
            arguments = () if new is None else (new,)
            with attached.database(found, accounts):
                programs.run("host", found, "keyring protect", account=accounts.portal)
            programs.run(
                "protecting", found, *arguments, account=accounts.portal, inherited=passphrase.descriptor_of(new)
            )
    except locks.LockTaken as taken:
        raise StartRefused("The portal is running. Stop it first: it knows the old passphrase alone.") from taken
    typer.echo(
        "The root key's file has no passphrase any more: leave out the setting keyring_passphrase."
        if new is None
        else "The root key's file has this passphrase from now on. Older copies of it open with the old one."
    )
