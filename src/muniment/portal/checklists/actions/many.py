"""One act for many clients: each has its own transaction and its own log; who could not be reached is told."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.portal.checklists.actions.reminding import remind_checklist
from muniment.portal.checklists.actions.sending import send_template
from muniment.portal.checklists.queries.everywhere import late_everywhere
from muniment.portal.checklists.types import Reached, Sending
from muniment.trust.access import queries as access


def send_to_many(actor: Actor, *, template_id: UUID, client_ids: Iterable[UUID], sending: Sending) -> list[Reached]:
    """Ask several clients for what a template says; return what came of each, in the order given.

    Who could not be asked stops nobody else: the actor may not there, the client's conditions close it now, a folder
    cannot be made.
    """

    def send(here: Actor) -> UUID:
        return send_template(here, template_id=template_id, sending=sending).id

    return [_reach(actor, client_id, send) for client_id in dict.fromkeys(client_ids)]


def remind_late(actor: Actor, today: date) -> list[Reached]:
    """Remind of everything that is late, in every client where the actor may; return what came of each checklist."""
    found = []
    for checklist in late_everywhere(actor, today, "checklist:send"):

        def remind(here: Actor, checklist_id: UUID = checklist.id) -> UUID:
            remind_checklist(here, checklist_id=checklist_id)
            return checklist_id

        found.append(_reach(actor, checklist.client_id, remind))
    return found


def _reach(actor: Actor, client_id: UUID, act: Callable[[Actor], UUID]) -> Reached:
    here = actor.within(client_id)
    here = replace(here, purpose=access.standing(here).purpose or here.purpose)
    try:
        return Reached(client_id, act(here))
    except PortalError as refusal:
        return Reached(client_id, refusal=str(refusal.sentence))
