"""Read tickets across the clients of somebody of the firm: one list, and what stands over it."""

from dataclasses import replace
from uuid import UUID

from django.db.models import Count, Q

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import desk
from muniment.portal.tickets.models import Ticket
from muniment.portal.tickets.queries.tickets import narrowed, page_of
from muniment.portal.tickets.types import FIRMS_TURN, OPEN, TicketPage, Triage, Wanted
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients


def places(actor: Actor, verb: str = "ticket:view") -> frozenset[UUID]:
    """Return the clients whose tickets somebody of the firm sees, or may do `verb` with.

    Raises:
        NotFound: the actor does not work for the firm.
    """
    if actor.kind != "staff" or actor.looking_as is not None:
        raise NotFound
    return access.places_with(actor, verb) - {clients.find_firm_id()}


def everywhere(actor: Actor, wanted: Wanted) -> TicketPage:
    """Return a page of 25 tickets of all clients that the actor works for, the last moved first.

    Those of a client that conditions close to the actor now are left out.

    Raises:
        NotFound: the actor does not work for the firm.
    """
    served = places(actor)
    if wanted.client_id is not None:
        served &= {wanted.client_id}
    if not served:
        return TicketPage()
    with desk(actor):
        page = page_of(narrowed(Ticket.objects.filter(client_id__in=served), wanted, actor), wanted)
    known = access.still_open(actor, {row.client_id for row in page.rows})
    return replace(page, rows=[row for row in page.rows if row.client_id in known])


def triage(actor: Actor) -> Triage:
    """Return how many open tickets of all clients that the actor works for wait, in one look.

    Raises:
        NotFound: the actor does not work for the firm.
    """
    served = places(actor)
    if not served:
        return Triage()
    mine = Q(assignee_id=actor.person_id)
    counts = {
        "new": Count("id", filter=Q(state="new")),
        "mine": Count("id", filter=mine & Q(state__in=FIRMS_TURN)),
        "unassigned": Count("id", filter=Q(assignee_id=None)),
        "late": Count("id", filter=Q(due_on__lt=clock.now().date())),
        "waiting": Count("id", filter=Q(state="waiting")),
    }
    with desk(actor):
        return Triage(**Ticket.objects.filter(client_id__in=served, state__in=OPEN).aggregate(**counts))
