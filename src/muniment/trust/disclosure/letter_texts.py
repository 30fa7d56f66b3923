"""The words of letters about a log: what kind, how much, and a link; never what a client wrote."""

from uuid import UUID

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.trust.identity import queries as identity

Text = tuple[str, str]
_CHECK = (
    "Keep it: whoever has it can prove later that this entry stood in the log then, without asking anybody here.\n"
    "It is checked with muniment-verify, or on this page, with the key that you wrote down when you began:\n"
)


def one_receipt(actor: Actor, entry_id: UUID) -> Text:
    """Return subject and body of a mail that brings one receipt."""
    firm, client = _names(actor.client)
    address = config.current().address
    return f"Your receipt from the client portal of {firm}", (
        f"The receipt of an entry in the log of {client} is attached.\n\n"
        f"{_CHECK}{address}/verify/\n\n"
        f"The entry itself:\n{address}/{ids.public(actor.client)}/log/{ids.public(entry_id)}/\n"
    )


def _names(client_id: UUID) -> tuple[str, str]:
    found = identity.company_names([client_id])
    return (found[-1], found[0]) if found else ("your firm", "your company")
