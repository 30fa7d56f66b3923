"""What of conversations waits for somebody: an answer of the firm, or something new to read."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core.actor import Actor
from muniment.core.db.prepared import among
from muniment.core.needs import Need
from muniment.core.unit import acting_as, desk
from muniment.portal.conversations.models import Thread
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.queries.threads import narrowed
from muniment.trust.access import queries as access

MOST = 50


def needs(actor: Actor) -> list[Need]:
    """Return what waits for the actor in their client: to the firm what asks for an answer, to others what is new."""
    with acting_as(actor):
        if not access.reach(actor, "thread:view").whole:
            return []
        rows = Thread.objects.filter(client_id=actor.client)
        if actor.kind == "staff":
            found = list(_waiting(actor, rows).order_by("waits_since")[:MOST])
        else:
            found = list(narrowed(rows, actor, "unread").order_by("last_at")[:MOST])
        return [_need(actor, row, row.title) for row in seeing.seen_of(actor, found)]


def needs_everywhere(actor: Actor) -> list[Need]:
    """Return the 50 oldest threads of all clients of somebody of the firm that wait for them, or for whoever comes.

    What a thing's thread is called is left to its page: whether they may see the thing is decided there.
    """
    if actor.kind != "staff":
        return []
    places = access.places_with(actor, "thread:view")
    if not places:
        return []
    with desk(actor):
        rows = _waiting(actor, Thread.objects.filter(among("client_id", list(places)))).order_by("waits_since")
        return [_need(actor, row, "" if row.about else row.title) for row in rows[:MOST]]


def waiting_by_client(actor: Actor) -> dict[UUID, int]:
    """Return in how many threads each client of somebody of the firm waits for them, or for whoever comes."""
    places = access.places_with(actor, "thread:view") if actor.kind == "staff" else frozenset[UUID]()
    if not places:
        return {}
    found: dict[UUID, int] = {}
    with desk(actor):
        rows = _waiting(actor, Thread.objects.filter(among("client_id", list(places))))
        for client_id in rows.values_list("client_id", flat=True):
            found[client_id] = found.get(client_id, 0) + 1
    return found


def _waiting(actor: Actor, rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """Return the threads in which the client waits for an answer of the actor, or of nobody in particular."""
    mine = Q(assigned_to=actor.person_id) | Q(assigned_to=None)
    return rows.filter(mine, waits_since__isnull=False, solved_at=None)


def _need(actor: Actor, row: Thread, title: str) -> Need:
    is_staff = actor.kind == "staff"
    return Need(
        kind="answer" if is_staff else "read",
        client_id=row.client_id,
        title=title or _("A conversation"),
        about=_("Waits for an answer") if is_staff else _("New in a conversation"),
        act=_("Answer") if is_staff else _("Read"),
        url=reverse("conversations:thread", kwargs={"client_id": row.client_id, "thread_id": row.id}),
        since=(row.waits_since if is_staff else None) or row.last_at,
        by=row.last_by,
        waits_for=frozenset({row.assigned_to}) if is_staff and row.assigned_to else frozenset(),
    )
