"""`muniment release`: look whether files are what was released, before they are installed."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.core import releases
from muniment.core.releases import NotReleased
from muniment.operations.errors import StartRefused

release = typer.Typer(help="Files of a release.", no_args_is_help=True)


@release.callback()
def _group() -> None:
    """Keep the name of the only command."""


@release.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="The files to be installed.")],
    *,
    manifest: Annotated[
        Path | None, typer.Option(help="The release's manifest; beside the first file by default.")
    ] = None,
) -> None:
    """Check files against the signed manifest of their release; exit with 1 and the reason if one is not of it."""
    place = manifest or files[0].with_name("manifest.json")
    try:
        content = place.read_bytes()
        signature = place.with_name(place.name + ".sig").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise StartRefused(f"The manifest {place}, or its signature beside it, cannot be read.") from error
    try:
        found = releases.read_manifest(content, signature, releases.release_key())
        for path in files:
            releases.check_file(found, path)
            typer.echo(f"{path.name}: of release {found.version}")
    except NotReleased as refused:
        raise StartRefused(str(refused)) from refused
