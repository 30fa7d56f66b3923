"""Who belongs to which client."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, bound
from muniment.trust.clients.models import Client, Membership
from muniment.trust.clients.types import MembershipFacts

_firms: dict[str, UUID] = {}


def firm_id() -> UUID:
    """Return the id of the firm's own space.

    Raises:
        NotFound: the portal was never set up.
    """
    found = find_firm_id()
    if found is None:
        raise NotFound
    return found


def find_firm_id() -> UUID | None:
    """Return the id of the firm's own space, or None before the portal was set up; asked of a database once."""
    name = str(connection.settings_dict["NAME"])
    if name not in _firms:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select app.firm_id()")
            row = cursor.fetchone()
        if not row or row[0] is None:
            return None
        _firms[name] = row[0]  # a portal has one firm, for good
    return _firms[name]


def forget_firm() -> None:
    """Ask the database again, because it is another one now."""
    _firms.clear()


def is_open(client_id: UUID) -> bool:
    """Return whether there is this client, or the firm, and it was not closed."""
    with bound(Binding(client_id)):
        return Client.objects.filter(id=client_id, closed_at=None).exists()


def opened_at(client_id: UUID) -> datetime:
    """Return when the space of the bound client was opened."""
    return Client.objects.get(id=client_id).created_at


def places_of(person_id: UUID) -> list[UUID]:
    """Return every client to which a person belongs or belonged."""
    with bound(Binding(None, person_id, "muniment_desk")):
        return list(Membership.objects.filter(person_id=person_id).values_list("client_id", flat=True).distinct())


def memberships(person_id: UUID) -> list[MembershipFacts]:
    """Return where a person belongs now, oldest first; the firm's own space included."""
    with bound(Binding(None, person_id, "muniment_desk")):
        return memberships_here(person_id)


def memberships_here(person_id: UUID) -> list[MembershipFacts]:
    """Return what `memberships` returns, in the transaction that is open and sees all of the person's clients."""
    rows = Membership.objects.filter(person_id=person_id, ended_at=None).order_by("started_at", "id")
    return [MembershipFacts(r.id, r.client_id, r.person_id, r.kind, r.started_at) for r in rows]


def contacts(client_id: UUID, person_id: UUID | None, at: datetime | None = None) -> QuerySet[Membership]:
    """Return the membership of a person as contact of the bound client, running now or then: one row or none."""
    rows = Membership.objects.filter(client_id=client_id, kind="contact")
    if at is None:
        rows = rows.filter(ended_at=None)
    else:
        rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at)
    return rows.none() if person_id is None else rows.filter(person_id=person_id)


def members(actor: Actor, at: datetime | None = None) -> list[MembershipFacts]:
    """Return who belongs to the actor's client now, or did at a moment, oldest first."""
    then = Q(ended_at=None) if at is None else Q(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at)
    with acting_as(actor):
        rows = Membership.objects.filter(then).order_by("started_at", "id")
        return [MembershipFacts(r.id, r.client_id, r.person_id, r.kind, r.started_at) for r in rows]


def client_ids() -> list[UUID]:
    """Return every client but the firm and those that were closed, oldest first; none before the portal was set up."""
    found = find_firm_id()
    if found is None:
        return []
    with bound(Binding(found)):  # the directory is visible from the firm's own space only
        return list(Client.objects.filter(kind="client", closed_at=None).order_by("id").values_list("id", flat=True))


def all_ids() -> list[UUID]:
    """Return the firm and every client; none before the portal was set up."""
    found = find_firm_id()
    return [] if found is None else [found, *client_ids()]
