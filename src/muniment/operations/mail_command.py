"""`muniment mail`: what the host does with mails that come back."""

import base64
import sys
from pathlib import Path
from typing import Annotated

import typer

from muniment.operations import attached, places, present, programs

REPORT = "_MUNIMENT_MAIL_REPORT"  # the report, in base64
MOST_BYTES = 64 * 1024  # a report says in its beginning what became of which mail

mail = typer.Typer(help="Mails that come back.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")]


@mail.command()
def bounced(
    report: Annotated[Path | None, typer.Argument(help="The mail, as a file; else it is read from the input.")] = None,
    data: Data = None,
) -> None:
    """Read a delivery report (RFC 3464) and mark the address that it says does not exist; made for a mail filter."""
    content = report.read_bytes()[:MOST_BYTES] if report else sys.stdin.buffer.read(MOST_BYTES)
    found = present.settings(data)
    accounts = places.choose(found, allow_root=True)
    with attached.database(found, accounts):
        private = {REPORT: base64.b64encode(content).decode()}
        told = programs.run("mail_tasks", found, account=accounts.portal, private=private)
    typer.echo(told, nl=False)
