"""Who runs a command on the host, and the entry about it: written before the command does anything.

Also a program of its own (`... host "migrate"`) for commands whose own process may not write into the log.
"""

import os
import pwd
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:  # importing it sets nothing up, but the start of every command would pay for it
    from muniment.core.actor import Actor

ACCOUNT = "_MUNIMENT_HOST_ACCOUNT"
_LONGEST = 64


def account() -> str:
    """Return the account that runs this command: that of the terminal's user, too, where it was changed by sudo."""
    told = os.environ.get(ACCOUNT)
    if told:
        return told
    name = _name(os.getuid())
    before = os.environ.get("SUDO_USER", "")
    text = f"{before} as {name}" if before and before != name else name
    return text[:_LONGEST]


def actor(client_id: "UUID | None", purpose: str) -> "Actor":
    """Return the portal itself, acting for whoever runs the command; the account is where a device would be."""
    from muniment.core.actor import Actor

    return replace(Actor.system(client_id, purpose=purpose), device=f"Host account {account()}")


def write_down(command: str) -> None:
    """Write into the firm's log that a command runs. Before the firm is set up there is no log.

    Django must be set up.

    Raises:
        LogUnwritable: it cannot be written, so the command does nothing.
    """
    from muniment.trust.audit import actions as audit
    from muniment.trust.clients import queries as clients

    firm_id = clients.find_firm_id()
    if firm_id is not None:
        audit.record_command(actor(firm_id, "On the host"), command=command)


def _name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"number {user_id}"


def main() -> None:
    """Write the command that is named down; the exit code is 1, and the reason printed, if that cannot be."""
    import django

    from muniment.core.errors import PortalError
    from muniment.trust.vault.errors import VaultError

    django.setup()
    try:
        write_down(" ".join(sys.argv[1:]))
    except (PortalError, VaultError) as refused:
        sys.exit(str(getattr(refused, "sentence", refused)))


if __name__ == "__main__":
    main()
