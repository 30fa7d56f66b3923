"""Every read of tickets."""

from muniment.portal.tickets.queries.concerned import CONCERNED
from muniment.portal.tickets.queries.kinds import kinds
from muniment.portal.tickets.queries.needs import needs, needs_everywhere, ticket_url
from muniment.portal.tickets.queries.search import search
from muniment.portal.tickets.queries.tickets import names, seen, ticket, tickets, workers
from muniment.portal.tickets.queries.triage import everywhere, places, triage

__all__ = [
    "CONCERNED",
    "everywhere",
    "kinds",
    "names",
    "needs",
    "needs_everywhere",
    "places",
    "search",
    "seen",
    "ticket",
    "ticket_url",
    "tickets",
    "triage",
    "workers",
]
