"""The conversations of somebody of the firm in all of their clients, in one list."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, desk
from muniment.portal.conversations.models import Thread
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.queries.threads import beyond, facts_of, narrowed, read_by
from muniment.portal.conversations.types import PAGE, After, ThreadFacts, ThreadList, Which
from muniment.trust.access import queries as access


def threads_everywhere(actor: Actor, which: Which = "open", *, after: After | None = None) -> ThreadList:
    """Return a page of at most 50 threads of all clients in which the actor may read them, the newest first.

    One look over all clients; then each client's own conditions and walls decide about the rows of the page.

    Raises:
        NotFound: `actor` is not of the firm.
    """
    if actor.kind != "staff":
        raise NotFound
    places, reader = access.places_with(actor, "thread:view"), actor.person_id
    if not places or reader is None:
        return ThreadList([])
    with desk(actor):
        rows = narrowed(Thread.objects.filter(client_id__in=places), actor, which)
        found = list(beyond(rows.annotate(read=read_by(reader)), after).order_by("-last_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    facts = {fact.id: fact for place in {row.client_id for row in shown} for fact in _inside(actor, place, shown)}
    last = shown[-1] if shown else None
    older = After(last.last_at, last.id) if last and len(found) > PAGE else None
    return ThreadList([facts[row.id] for row in shown if row.id in facts], older)


def _inside(actor: Actor, client_id: UUID, rows: list[Thread]) -> list[ThreadFacts]:
    """Return those threads of one client that the actor may read there now."""
    inside = actor.within(client_id)
    with acting_as(inside):
        if not access.reach(inside, "thread:view").whole:
            return []
        return facts_of(inside, seeing.seen_of(inside, [row for row in rows if row.client_id == client_id]))
