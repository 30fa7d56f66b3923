"""What waits for somebody because a client asked for something: for Home, and for My day."""

from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.prepared import among
from muniment.core.needs import Need
from muniment.core.unit import desk, query
from muniment.portal.tickets.models import Ticket
from muniment.portal.tickets.queries.tickets import rated_since, side_of
from muniment.portal.tickets.types import FIRMS_TURN
from muniment.trust.access import queries as access

MOST = 100
ASKED_DAYS = 14
"""For how long somebody is asked whether what is done is settled for them."""


@query
def needs(actor: Actor) -> list[Need]:
    """Return what waits for the actor in the bound client, by due date."""
    if side_of(actor) == "contact":
        asked = Q(state="waiting") | (rated_since(ASKED_DAYS) & Q(asked_by=actor.person_id))
        return _listed(access.visible(actor, "ticket:ask", Ticket).filter(asked))
    return _listed(_firms_turn(actor, access.visible(actor, "ticket:work", Ticket)))


def needs_everywhere(actor: Actor) -> list[Need]:
    """Return what waits for somebody of the firm in all their clients, by due date; and who of clients is late.

    One statement beside the one for where they work; at most 100.
    """
    if actor.kind != "staff" or not (served := access.places_with(actor, "ticket:work")):
        return []
    late = Q(state="waiting", due_on__lt=clock.now().date())
    with desk(actor):
        rows = Ticket.objects.filter(among("client_id", list(served)))
        return _listed(rows.filter(_turn(actor) | late))


def _firms_turn(actor: Actor, rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return rows.filter(_turn(actor))


def _turn(actor: Actor) -> Q:
    """Return which tickets wait for one person of the firm: their own, and new ones that nobody has."""
    return Q(state__in=FIRMS_TURN) & (Q(assignee_id=actor.person_id) | Q(assignee_id=None))


def _listed(rows: QuerySet[Ticket]) -> list[Need]:
    found = rows.order_by(F("due_on").asc(nulls_last=True), "moved_at")[:MOST]
    return [_need(row) for row in found]


def _need(row: Ticket) -> Need:
    if row.state == "waiting":
        waits_for, act = row.asked_by, _("Answer")
    elif row.state == "done":
        waits_for, act = row.asked_by, _("Say whether it is settled")
    else:
        waits_for, act = row.assignee_id, _("Open") if row.assignee_id else _("Take")
    return Need(
        kind="answer" if row.state == "waiting" else "decide" if row.state == "done" else "do",
        client_id=row.client_id,
        title=row.title,
        about=_("Asked for, no. %(number)s") % {"number": row.number},
        act=act,
        url=ticket_url(row.client_id, row.id),
        since=row.moved_at,
        due=row.due_on,
        waits_for=frozenset({waits_for} if waits_for else ()),
        is_theirs=row.state in {"waiting", "done"},
    )


def ticket_url(client_id: UUID, ticket_id: UUID) -> str:
    """Return the address of the page of a ticket."""
    return reverse("tickets:ticket", kwargs={"client_id": client_id, "ticket_id": ticket_id})
