"""What of conversations waits for somebody: an answer of the firm, or something new to read."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among
from muniment.core.needs import Need, later
from muniment.core.unit import acting_as, desk
from muniment.portal.conversations.models import Thread
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.queries.threads import unread_by
from muniment.trust.access import queries as access

MOST = 50
LOOKED_AT_MOST = 300
"""So many unread threads are looked through for those whose things the reader may see."""
SERVED_WITH = "thread:view"
"""What somebody may do in a client whose conversations wait for them."""


def needs(actor: Actor) -> list[Need]:
    """Return what waits for the actor in their client: to the firm what asks for an answer, to others what is new."""
    with acting_as(actor):
        if not access.reach(actor, "thread:view").whole:
            return []
        if actor.person_id is None:
            return []
        asks = _HERE if actor.kind == "staff" else _UNREAD
        found = asks(client_id=actor.client, person_id=actor.person_id)
        return [_need(actor, row, titled=True) for row in seeing.seen_of(actor, found)[:MOST]]


def needs_everywhere(actor: Actor, served: frozenset[UUID] | None = None) -> list[Need]:
    """Return the 50 oldest threads of all clients of somebody of the firm that wait for them, or for whoever comes.

    What a thing's thread is called is left to its page: whether they may see the thing is decided there. `served` is
    where they may read conversations, if the caller knows it already.
    """
    if actor.kind != "staff" or actor.person_id is None:
        return []
    places = access.places_with(actor, SERVED_WITH) if served is None else served
    if not places:
        return []
    with desk(actor):
        rows = _EVERYWHERE(client_ids=list(places), person_id=actor.person_id)
    return [_need(actor, row, titled=not row.about) for row in rows]


def _everywhere(client_ids: list[UUID], person_id: UUID) -> QuerySet[Thread]:
    return _waiting(person_id, Thread.objects.filter(among("client_id", client_ids))).order_by("waits_since")[:MOST]


def _here(client_id: UUID, person_id: UUID) -> QuerySet[Thread]:
    return _waiting(person_id, Thread.objects.filter(client_id=client_id)).order_by("waits_since")[:LOOKED_AT_MOST]


def _unread(client_id: UUID, person_id: UUID) -> QuerySet[Thread]:
    return unread_by(Thread.objects.filter(client_id=client_id), person_id).order_by("last_at")[:LOOKED_AT_MOST]


def waiting_by_client(actor: Actor) -> dict[UUID, int]:
    """Return in how many threads each client of somebody of the firm waits for them, or for whoever comes."""
    places = access.places_with(actor, "thread:view") if actor.kind == "staff" else frozenset[UUID]()
    if not places:
        return {}
    found: dict[UUID, int] = {}
    with desk(actor):
        rows = _waiting(actor.person_id, Thread.objects.filter(among("client_id", list(places))))
        for client_id in rows.values_list("client_id", flat=True):
            found[client_id] = found.get(client_id, 0) + 1
    return found


def _waiting(person_id: UUID | None, rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """Return the threads in which the client waits for an answer of a person, or of nobody in particular."""
    mine = Q(assigned_to=person_id) | Q(assigned_to=None)
    return rows.filter(mine, waits_since__isnull=False, solved_at=None)


_EVERYWHERE, _HERE, _UNREAD = Prepared(_everywhere), Prepared(_here), Prepared(_unread)


def _need(actor: Actor, row: Thread, *, titled: bool) -> Need:
    is_staff = actor.kind == "staff"
    return Need(
        kind="answer" if is_staff else "read",
        client_id=row.client_id,
        title=later(lambda: (row.title if titled else "") or _("A conversation")),
        about=_("Waits for an answer") if is_staff else _("New in a conversation"),
        act=_("Answer") if is_staff else _("Read"),
        url=later(lambda: reverse("conversations:thread", kwargs={"client_id": row.client_id, "thread_id": row.id})),
        since=(row.waits_since if is_staff else None) or row.last_at,
        by=row.last_by,
        waits_for=frozenset({row.assigned_to}) if is_staff and row.assigned_to else frozenset(),
    )
