"""Tickets, their kinds, and parts of the portal: how each of their actions is called."""

from collections.abc import Callable
from typing import Any

from muniment.portal.tickets import actions
from muniment.portal.tickets.types import Wanted
from muniment.trust.audit.types import Event
from tests.guarantees.callers.case import Call, Case, own
from tests.guarantees.things import CONTENT, add_document

TICKETS = "muniment.portal.tickets.actions."


def _ticket(case: Case, who: str, event: Event, **more: Any) -> Call:
    ticket_id = case.id("ticket_id")
    return Call(case.who(who), event, {"ticket_id": ticket_id, **more}, object_id=ticket_id)


def _done(case: Case) -> Call:
    actions.move_ticket(case.who("ben"), ticket_id=case.id("ticket_id"), version=1, state="done")
    return _ticket(case, "cleo", Event.TICKET_RATED, version=2, satisfied=True, word="Quick")


def _attached(case: Case) -> Call:
    rent = add_document(case.cleo, "Rent.pdf", CONTENT).document_id
    return _ticket(case, "cleo", Event.TICKET_ATTACHED, document_ids=[rent])


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{TICKETS}asking.ask_ticket": lambda c: own(c, Event.TICKET_ASKED, kind="idea", title="A calendar"),
    f"{TICKETS}asking.change_ticket": lambda c: _ticket(
        c, "cleo", Event.TICKET_CHANGED, version=1, kind="document", title="The form", text=""
    ),
    f"{TICKETS}asking.attach_documents": _attached,
    f"{TICKETS}asking.detach_document": lambda c: _ticket(
        c, "cleo", Event.TICKET_DETACHED, document_id=c.id("document_id")
    ),
    f"{TICKETS}working.move_ticket": lambda c: _ticket(c, "ben", Event.TICKET_MOVED, version=1, state="working"),
    f"{TICKETS}working.plan_ticket": lambda c: _ticket(
        c, "ben", Event.TICKET_ASSIGNED, version=1, assignee_id=c.portal.people["ben"], due_on=None
    ),
    f"{TICKETS}working.write_note": lambda c: _ticket(c, "ben", Event.TICKET_NOTED, text="Call them"),
    f"{TICKETS}working.rate_ticket": _done,
    f"{TICKETS}turning.turn_into_checklist": lambda c: _ticket(c, "ben", Event.TICKET_TURNED, version=1),
    f"{TICKETS}turning.turn_into_task": lambda c: _ticket(
        c, "ben", Event.TICKET_TURNED, version=1, project_id=c.id("project_id"), stage_id=c.id("stage_id")
    ),
    f"{TICKETS}kinds.set_kind": lambda c: Call(c.ada, Event.TICKET_KIND_SET, {"title": "Payroll"}),
    f"{TICKETS}exporting.export_tickets": lambda c: Call(c.who("ben"), Event.TICKETS_EXPORTED, {"wanted": Wanted()}),
    "muniment.trust.access.actions.parts.switch_part": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.PART_SWITCHED_OFF, {"part": "tickets", "is_on": False}
    ),
}
