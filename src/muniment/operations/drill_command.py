"""`muniment drill`: restore the newest backup beside the portal, look at it, and remove it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from muniment.operations import attached, places, programs
from muniment.operations.present import settings as settings_of


def drill(
    data: Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")] = None,
    *,
    every_document: Annotated[bool, typer.Option(help="Read every document, and not a sample.")] = False,
    report: Annotated[Path | None, typer.Option(help="Where to write the signed report.")] = None,
    failed_at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"],
            help="The moment of the loss that is rehearsed, in UTC; now by default.",
        ),
    ] = None,
) -> None:
    """Restore the newest backup beside the portal, look at everything, say how long it took, and remove it."""
    present = settings_of(data)
    accounts = places.choose(present, allow_root=True)
    places.make_places(present, accounts)
    arguments = ["--every-document"] if every_document else []
    if failed_at is not None:
        arguments.append(failed_at.replace(tzinfo=UTC).isoformat())
    with attached.database(present, accounts):
        said = programs.run("continuity.drills.conduct", present, *arguments, role="job", account=accounts.portal)
    note = said[said.find('{\n "') :]  # before it stands what a log would hold
    if report is not None:
        report.write_text(note, encoding="utf-8")
    typer.echo(note, nl=False)
    if '"state": "passed"' not in note:
        sys.exit(1)
