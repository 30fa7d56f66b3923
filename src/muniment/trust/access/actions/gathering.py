"""What follows when a group gets or loses something: who comes into a client and who leaves it, by which rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.trust.access import queries
from muniment.trust.access.actions import separating
from muniment.trust.access.errors import LastAdministrator, UnknownRole
from muniment.trust.access.models import Group, GroupMember, GroupPlace, Role
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients


def group_here(actor: Actor, group_id: UUID, role: Role) -> Group:
    """Return a group as it stands in the bound client; one of the firm is brought in, with its people.

    Raises:
        NotFound: there is no such group, or the actor is a contact and it is the firm's.
        UnknownRole: the role is the firm's and the group is not, or the other way round.
    """
    group = Group.objects.filter(client_id=actor.client, id=group_id, removed_at=None).first()
    if group is None and actor.kind != "contact":
        group = _bring(actor, group_id)
    if group is None or (actor.kind == "contact" and group.is_firms):
        raise NotFound
    if role.side != "share" and (role.side == "firm") is not group.is_firms:
        raise UnknownRole
    return group


def members(actor: Actor, group: Group) -> frozenset[UUID]:
    """Return who is in a group now, as it stands in the bound client."""
    rows = GroupMember.objects.filter(client_id=actor.client, group=group, until=None)
    return frozenset(rows.values_list("person_id", flat=True))


def let_in(actor: Actor, group: Group, people: Iterable[UUID] | None = None) -> None:
    """Let the people of a firm's group (or some of them) belong to the bound client, in which it has a grant."""
    if not group.is_firms or actor.client == known_clients.firm_id():
        return
    belonging = {member.person_id for member in known_clients.members(actor)}
    for person_id in set(members(actor, group) if people is None else people) - belonging:
        clients.join(actor.client, person_id, "staff")
        audit.record(actor, Event.PERSON_JOINED, person=person_id, group=group.id)


def let_go(actor: Actor, group: Group, people: Iterable[UUID] | None = None) -> None:
    """Let those leave the bound client who were in it for a firm's group, and have no other reason any more."""
    if not group.is_firms or actor.client == known_clients.firm_id():
        return
    now = clock.now()
    staff = {member.person_id for member in known_clients.members(actor) if member.kind == "staff"}
    for person_id in staff & set(members(actor, group) if people is None else people):
        granted = queries.open_grants(actor, now).filter(person_id=person_id).exists()
        if not granted and not queries.is_here_by_group(actor, person_id):
            clients.leave(actor.client, person_id)
            audit.record(actor, Event.PERSON_LEFT, person=person_id, group=group.id)


def places(actor: Actor, group: Group) -> list[Actor]:
    """Return the actor within every client in which a firm's group stands; the one that is bound now comes first."""
    if not group.is_firms or actor.client != known_clients.firm_id():
        return [actor]
    known = GroupPlace.objects.filter(client_id=actor.client, group=group).order_by("id")
    return [actor, *(actor.within(place_id) for place_id in known.values_list("place_id", flat=True))]


@contextmanager
def keeping_an_administrator(actor: Actor) -> Iterator[None]:
    """Insist that whoever administers the firm without an end is somebody still, after what is done inside.

    Raises:
        LastAdministrator: there was somebody, and there would be nobody.
    """
    if actor.client_id is None or actor.client_id != known_clients.find_firm_id():
        yield
        return
    separating.one_at_a_time()  # else two could end each other's
    before = queries.administrators()
    yield
    if before and not queries.administrators():
        raise LastAdministrator


def _bring(actor: Actor, group_id: UUID) -> Group | None:
    """Copy a group of the firm, and who is in it, into the bound client."""
    firm_id = known_clients.firm_id()
    home = actor.within(firm_id)
    with acting_as(home):
        row = Group.objects.filter(client_id=firm_id, id=group_id, is_firms=True, removed_at=None).first()
        if row is None or not queries.reach(home, "group:set").whole:
            return None
        name, inside = row.name, members(home, row)
        GroupPlace.objects.create(client_id=firm_id, group=row, place_id=actor.client)
    group = Group(
        id=group_id, client_id=actor.client, name=name, is_firms=True, made_by=row.made_by, made_at=row.made_at
    )
    group.save(force_insert=True)
    now = clock.now()
    GroupMember.objects.bulk_create(
        GroupMember(client_id=actor.client, group=group, person_id=person_id, since=now, added_by=actor.person_id)
        for person_id in inside
    )
    return group
