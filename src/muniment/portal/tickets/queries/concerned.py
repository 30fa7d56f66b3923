"""Whom an act on a ticket concerns: asked by those who tell people when the log moves on."""

from collections.abc import Callable
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.telling import Concerned, Told
from muniment.core.unit import acting_as
from muniment.portal.tickets.models import Ticket
from muniment.portal.tickets.queries.needs import ticket_url
from muniment.portal.tickets.queries.tickets import able_to
from muniment.trust.audit.types import Event


def _asked(told: Told) -> Concerned:
    """Return everybody of the firm who works on tickets of the client."""
    return _of(told, lambda _row, workers: workers)


def _moved(told: Told) -> Concerned:
    """Return who asked and who has it; the other workers where nobody has it."""
    return _of(told, lambda row, workers: {row.asked_by, *([row.assignee_id] if row.assignee_id else workers)})


def _assigned(told: Told) -> Concerned:
    """Return who has it now."""
    return _of(told, lambda row, _workers: {row.assignee_id})


def _noted(told: Told) -> Concerned:
    """Return who of the firm has it: a note is for nobody of the client."""
    return _of(told, lambda row, workers: {row.assignee_id} & workers)


def _of(told: Told, wanted: Callable[[Ticket, frozenset[UUID]], set[UUID | None] | frozenset[UUID]]) -> Concerned:
    """Return those of the wanted people who may see the ticket."""
    portal = Actor.system(told.client_id)
    if told.object_id is None:
        return Concerned(frozenset(), "")
    with acting_as(portal):
        row = Ticket.objects.filter(client_id=told.client_id, id=told.object_id).first()
        if row is None:
            return Concerned(frozenset(), "")
        people = frozenset(one for one in wanted(row, able_to(portal, "ticket:work")) if one)
        return Concerned(people & able_to(portal, "ticket:view"), ticket_url(row.client_id, row.id))


CONCERNED: dict[Event, Callable[[Told], Concerned]] = {
    Event.TICKET_ASKED: _asked,
    Event.TICKET_MOVED: _moved,
    Event.TICKET_ASSIGNED: _assigned,
    Event.TICKET_NOTED: _noted,
    Event.TICKET_RATED: _assigned,
    Event.TICKET_ATTACHED: _moved,
}
