"""What every write of a ticket does first: take the row as it was read, and the text as it is kept."""

import unicodedata
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.portal.tickets.errors import TicketMoved
from muniment.portal.tickets.models import Ticket
from muniment.trust.access import queries as access


def locked(actor: Actor, verb: str, ticket_id: UUID, version: int) -> Ticket:
    """Return a ticket that the actor may do `verb` with, held until the act ends, its version raised.

    Raises:
        NotFound: there is no such ticket, or it is not for this actor.
        TicketMoved: somebody changed it since it had this version.
    """
    access.find(actor, verb, Ticket, ticket_id)
    rows = Ticket.objects.select_related("kind").select_for_update(of=("self",))
    row = rows.get(client_id=actor.client, id=ticket_id)
    if row.version != version:
        raise TicketMoved
    row.version += 1
    return row


def clean(text: str, most: int, *, is_needed: bool = True, is_line: bool = False) -> str:
    """Return a text as it is kept: composed, without what no font shows; a line in one line.

    Raises:
        Invalid: there is none where one is needed, or it is longer than `most` characters.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\0", "")
    text = " ".join(text.split()) if is_line else text.strip()
    if (is_needed and not text) or len(text) > most:
        raise Invalid
    return text
