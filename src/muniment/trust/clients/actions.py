"""Writes on clients and memberships. They leave no entry: the acts of `identity` that call them do."""

from uuid import UUID

from muniment.core import clock, ids
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.clients.models import Client, Membership


def open_client(kind: str = "client") -> UUID:
    """Make the bare row of a new client (or of the firm) and return its id.

    The row is made bound to itself: only so do its policies let it in.
    """
    client_id = ids.new()
    with bound(Binding(client_id)):
        Client.objects.create(id=client_id, kind=kind)
    return client_id


def close(client_id: UUID) -> None:
    """Close the bound client for good, and end everybody's membership of it."""
    now = clock.now()
    Client.objects.filter(id=client_id, closed_at=None).update(closed_at=now)
    Membership.objects.filter(client_id=client_id, ended_at=None).update(ended_at=now)


def join(client_id: UUID, person_id: UUID, kind: str) -> UUID:
    """Let a person belong to the bound client; repeating it changes nothing. Returns the membership's id."""
    membership, _ = Membership.objects.get_or_create(
        client_id=client_id, person_id=person_id, ended_at=None, defaults={"kind": kind}
    )
    return membership.id


def leave(client_id: UUID, person_id: UUID) -> bool:
    """End a person's membership of the bound client now; False if there was none."""
    running = Membership.objects.filter(client_id=client_id, person_id=person_id, ended_at=None)
    return bool(running.update(ended_at=clock.now()))
