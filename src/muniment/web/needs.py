"""What needs somebody, from every app: one list of sources, which Home and My day put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from django.utils import timezone

from muniment.core.actor import Actor
from muniment.core.needs import Need
from muniment.portal.checklists.queries.needs import SERVED_WITH as CHECKLISTS_VERB
from muniment.portal.checklists.queries.needs import needs as checklists_here
from muniment.portal.checklists.queries.needs import needs_everywhere as checklists_everywhere
from muniment.portal.conversations.queries.needs import SERVED_WITH as CONVERSATIONS_VERB
from muniment.portal.conversations.queries.needs import needs as conversations_here
from muniment.portal.conversations.queries.needs import needs_everywhere as conversations_everywhere
from muniment.portal.documents.queries.needs import needs as documents_here
from muniment.portal.projects.queries.needs import SERVED_WITH as PROJECTS_VERB
from muniment.portal.projects.queries.needs import needs as projects_here
from muniment.portal.projects.queries.needs import needs_everywhere as projects_everywhere
from muniment.portal.tickets.queries.needs import SERVED_WITH as TICKETS_VERB
from muniment.portal.tickets.queries.needs import needs as tickets_here
from muniment.portal.tickets.queries.needs import needs_everywhere as tickets_everywhere
from muniment.web.views.waiting import waiting

SOON = timedelta(days=7)
When = Literal["overdue", "week", "later"]


@dataclass(frozen=True)
class Source:
    """Where needs come from: of somebody in one client, and of somebody of the firm in all where they may do `verb`."""

    here: Callable[[Actor], list[Need]]
    everywhere: Callable[[Actor, frozenset[UUID] | None], list[Need]] | None = None
    verb: str = ""


SOURCES = (
    Source(checklists_here, checklists_everywhere, CHECKLISTS_VERB),
    Source(tickets_here, tickets_everywhere, TICKETS_VERB),
    Source(projects_here, projects_everywhere, PROJECTS_VERB),
    Source(conversations_here, conversations_everywhere, CONVERSATIONS_VERB),
    Source(documents_here),  # of all clients: see the view, which shows the same documents as new ones too
)
"""Every app that has something for Home, in the order in which equals stand."""


def needs_in(inside: Actor) -> list[Need]:
    """Return what waits for somebody in the client they act in, by app."""
    return [need for source in SOURCES for need in source.here(inside)]


def needs_everywhere(actor: Actor, served: Mapping[str, frozenset[UUID]]) -> list[Need]:
    """Return what apps have for somebody of the firm over all of their clients, whatever conditions say.

    `served` is where they may do what the sources ask for.
    """
    found: list[Need] = []
    for source in SOURCES:
        if source.everywhere is not None:
            found += source.everywhere(actor, served[source.verb])
    return found


def needs_of_staff(actor: Actor, found: list[Need], arrived: list[Need]) -> tuple[list[Need], list[Need]]:
    """Return what waits for somebody of the firm, and what is late with people of clients.

    `found` is what apps have in clients that are open to them now, `arrived` what documents have there.
    """
    today = timezone.localdate()
    late = [need for need in found if is_late_with_client(need, actor, today)]
    mine = [need for need in found if not is_late_with_client(need, actor, today)]
    return in_order([*waiting(actor), *mine, *arrived]), in_order(late)


def is_late_with_client(need: Need, actor: Actor, today: date) -> bool:
    """Return whether somebody of the client is late with it, so that the firm can only remind them."""
    if need.due is None or need.due >= today:
        return False
    return need.is_theirs or bool(need.waits_for and actor.person_id not in need.waits_for)


def in_order(needs: list[Need]) -> list[Need]:
    """Return needs by the day they are wanted by, then by how long they have waited."""
    return sorted(needs, key=lambda need: (need.due or date.max, need.since))


def when(need: Need, today: date) -> When:
    """Return in which part of the list something stands."""
    if need.due is None:
        return "later"
    return "overdue" if need.due < today else "week" if need.due < today + SOON else "later"
