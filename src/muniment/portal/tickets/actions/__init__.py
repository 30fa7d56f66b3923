"""Every write on tickets, and taking them along, which leaves an entry too."""

from muniment.portal.tickets.actions.asking import ask_ticket, attach_documents, change_ticket, detach_document
from muniment.portal.tickets.actions.exporting import export_tickets
from muniment.portal.tickets.actions.indexing import index_client
from muniment.portal.tickets.actions.kinds import set_kind
from muniment.portal.tickets.actions.turning import turn_into_checklist, turn_into_task
from muniment.portal.tickets.actions.working import move_ticket, plan_ticket, rate_ticket, write_note

__all__ = [
    "ask_ticket",
    "attach_documents",
    "change_ticket",
    "detach_document",
    "export_tickets",
    "index_client",
    "move_ticket",
    "plan_ticket",
    "rate_ticket",
    "set_kind",
    "turn_into_checklist",
    "turn_into_task",
    "write_note",
]
