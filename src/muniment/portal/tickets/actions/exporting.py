"""Take the tickets of a client along, as rows of a table for whoever sorts them."""

from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.tickets.models import Ticket
from muniment.portal.tickets.queries.tickets import narrowed, ticket_facts
from muniment.portal.tickets.types import TicketFacts, Wanted
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

EXPORTED_MOST = 10_000


@action
def export_tickets(actor: Actor, *, wanted: Wanted) -> list[TicketFacts]:
    """Return the tickets of the actor's client that a list shows, at most 10,000, the last moved first.

    Raises:
        NotFound: the actor may not take them along.
        ConfirmFirst: they did not confirm lately that it is them.
    """
    access.require(actor, "ticket:export")
    access.insist_proved(actor, "download")  # it hands out much at once
    rows = narrowed(access.visible(actor, "ticket:export", Ticket), wanted, actor)
    found = [ticket_facts(row) for row in rows.select_related("kind").order_by("-moved_at", "-id")[:EXPORTED_MOST]]
    audit.record(actor, Event.TICKETS_EXPORTED, None, tickets=len(found))
    return found
