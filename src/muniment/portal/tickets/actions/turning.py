"""Turn what a client asked for into work of several steps: a checklist, or a task of a project."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.checklists import actions as checklists
from muniment.portal.projects import actions as projects
from muniment.portal.projects.types import Dates, TaskValues
from muniment.portal.tickets.actions.writing import locked
from muniment.portal.tickets.errors import TurnedAlready
from muniment.portal.tickets.queries.tickets import ticket_facts
from muniment.portal.tickets.types import TicketFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

ABOUT_MOST = 5000
"""A task says less than a ticket may; the whole of it stays with the ticket."""


@action
def turn_into_task(actor: Actor, *, ticket_id: UUID, version: int, project_id: UUID, stage_id: UUID) -> TicketFacts:
    """Make a task of a project out of a ticket, with its title, text and date; the ticket says so from then on.

    Raises:
        NotFound: there is no such ticket, project or stage, or `actor` may not work on it, or not change that.
        TicketMoved: somebody changed the ticket since it had this `version`.
        TurnedAlready: it was turned into something before.
        ProjectOver, TooMany: as of any task.
    """
    row = locked(actor, "ticket:work", ticket_id, version)
    if row.became:
        raise TurnedAlready
    values = TaskValues(title=row.title, about=row.text[:ABOUT_MOST], dates=Dates(due_on=row.due_on))
    task = projects.add_task(actor, project_id=project_id, stage_id=stage_id, values=values)
    row.became, row.became_id = "task", task.id
    row.save(update_fields=["became", "became_id", "version"])
    audit.record(actor, Event.TICKET_TURNED, row, into="task", task=task.id, project=project_id)
    return ticket_facts(row)


@action
def turn_into_checklist(actor: Actor, *, ticket_id: UUID, version: int) -> TicketFacts:
    """Begin a checklist for the client out of a ticket, with its title; it is a draft until somebody sends it.

    Raises:
        NotFound: there is no such ticket, or `actor` may not work on it, or not ask the client for anything.
        TicketMoved: somebody changed the ticket since it had this `version`.
        TurnedAlready: it was turned into something before.
    """
    row = locked(actor, "ticket:work", ticket_id, version)
    if row.became:
        raise TurnedAlready
    draft = checklists.begin_titled(actor, title=row.title)
    row.became, row.became_id = "checklist", draft.id
    row.save(update_fields=["became", "became_id", "version"])
    audit.record(actor, Event.TICKET_TURNED, row, into="checklist", draft=draft.id)
    return ticket_facts(row)
