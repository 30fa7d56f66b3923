"""What `muniment mail bounced` does inside the portal: takes in a delivery report."""

import base64
import os
import sys

import django

from muniment.core.errors import PortalError
from muniment.operations import host
from muniment.operations.mail_command import REPORT


def run(report: bytes) -> str:
    """Take in a report and return what to print. Django must be set up.

    Raises:
        NotAReport, NothingFailed: it changes nothing.
    """
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import actions

    host.write_down("mail bounced")
    marked = actions.read_bounce(host.actor(clients.firm_id(), "On the host"), report=report)
    return "The address is marked." if marked else "The mail is marked as failed; the address is not to blame."


def main() -> None:
    """Do it; a refusal is said in its sentence, with exit code 1."""
    django.setup()
    try:
        print(run(base64.b64decode(os.environ[REPORT])))  # noqa: T201 (this is what it is for)
    except PortalError as refused:
        sys.exit(str(refused.sentence))


if __name__ == "__main__":
    main()
