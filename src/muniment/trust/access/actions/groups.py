"""Make groups, and put people into them and take them out: a client's own, and the firm's."""

from datetime import datetime
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import acting_as, action
from muniment.trust.access import queries
from muniment.trust.access.actions import gathering, separating
from muniment.trust.access.actions.grants import end_grant, give_grant
from muniment.trust.access.errors import FirmsGroup, MoreThanYouHave, NotForGroup
from muniment.trust.access.models import Group, GroupMember, Role
from muniment.trust.access.types import GrantFacts, GroupFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients

NAME_MOST = 80


@action
def make_group(actor: Actor, *, name: str) -> GroupFacts:
    """Make a group: in a client its own, in the firm's space one that can be given something in every client.

    Raises:
        NotFound: `actor` may not make groups here.
        Invalid: there is no name, or it is too long.
    """
    queries.require(actor, "group:set")
    is_firms = actor.client == clients.find_firm_id()
    row = Group.objects.create(client_id=actor.client, name=_clean(name), is_firms=is_firms, made_by=actor.person_id)
    audit.record(actor, Event.GROUP_MADE, row)
    return queries.group_facts(row, ())


@action
def rename_group(actor: Actor, *, group_id: UUID, name: str) -> GroupFacts:
    """Call a group something else, wherever it stands.

    Raises:
        NotFound: there is no such group, or `actor` may not change it.
        FirmsGroup: it is the firm's, and this is a client.
        Invalid: there is no name, or it is too long.
    """
    group, name = _group(actor, group_id), _clean(name)
    for there in gathering.places(actor, group):
        with acting_as(there):
            row = Group.objects.get(client_id=there.client, id=group_id)
            row.name = name
            row.save(update_fields=["name"])
            audit.record(there, Event.GROUP_RENAMED, row)
    group.name = name
    return queries.group_facts(group, tuple(gathering.members(actor, group)))


@action
def add_to_group(actor: Actor, *, group_id: UUID, person_id: UUID) -> None:
    """Put a person into a group: they may what it may, from their next request on. Repeating it changes nothing.

    Somebody put into a group of the firm belongs, from then on, to every client in which it has a grant.

    Raises:
        NotFound: there is no such group, or `actor` may not change it.
        FirmsGroup: it is the firm's, and this is a client.
        NotForGroup: the person does not belong here.
        MoreThanYouHave: the group has a grant somewhere that the actor could not give to this person.
        ContentNeedsRequest: it would let somebody administer the firm and read content.
    """
    separating.one_at_a_time()
    group = _group(actor, group_id)
    if person_id not in {member.person_id for member in clients.members(actor)}:
        raise NotForGroup
    for there in gathering.places(actor, group):
        with acting_as(there):
            _refuse_widening(there, group, person_id)
            _, is_new = GroupMember.objects.get_or_create(
                client_id=there.client,
                group_id=group.id,
                person_id=person_id,
                until=None,
                defaults={"added_by": actor.person_id, "since": clock.now()},
            )
            audit.record(there, Event.GROUP_JOINED, group, person=person_id, again=not is_new)
            if queries.grants(there, group_id=group.id):
                gathering.let_in(there, group, [person_id])


@action
def remove_from_group(actor: Actor, *, group_id: UUID, person_id: UUID) -> None:
    """Take a person out of a group: what it may they may no more, from their next request on.

    From a group of the firm: where nothing else lets them in, they belong to the client no more.

    Raises:
        NotFound: there is no such group, the person is not in it, or `actor` may not change it.
        FirmsGroup: it is the firm's, and this is a client.
        LastAdministrator: nobody would administer the firm any more.
    """
    group = _group(actor, group_id)
    if person_id not in gathering.members(actor, group):
        raise NotFound
    with gathering.keeping_an_administrator(actor):
        for there in gathering.places(actor, group):
            with acting_as(there):
                _end_members(there, group, {person_id})


@action
def remove_group(actor: Actor, *, group_id: UUID) -> None:
    """Remove a group with everything it was given, wherever it stands; the rows stay as what was once allowed.

    Raises:
        NotFound: there is no such group, or `actor` may not change it.
        FirmsGroup: it is the firm's, and this is a client.
        LastAdministrator: nobody would administer the firm any more.
    """
    group = _group(actor, group_id)
    with gathering.keeping_an_administrator(actor):
        for there in gathering.places(actor, group):
            with acting_as(there):
                _remove_here(there, group)


@action
def give_to_group(
    actor: Actor,
    *,
    group_id: UUID,
    role: str,
    purpose: str,
    starts_at: datetime | None = None,
    until: datetime | None = None,
) -> GrantFacts:
    """Give a group a role on the whole of the actor's client; one of the firm comes to work here with its people.

    Raises:
        NotFound: there is no such group, or `actor` may not let people in (for a group of the firm: not assign).
        PurposeMissing, EndsInThePast, UnknownRole, MoreThanYouHave: as for `give_grant`.
    """
    _require_giving(actor, group_id)
    return give_grant(actor, group_id=group_id, role=role, purpose=purpose, starts_at=starts_at, until=until)


@action
def end_given(actor: Actor, *, group_id: UUID, grant_id: UUID) -> GrantFacts:
    """End what a group was given on the whole of the actor's client.

    Raises:
        NotFound: there is no such grant of the group, or `actor` may not let people in (for the firm's: not assign).
        LastAdministrator: nobody would administer the firm any more.
    """
    _require_giving(actor, group_id)
    known = {grant.id for grant in queries.grants(actor, group_id=group_id) if grant.scope_kind == "client"}
    if grant_id not in known:
        raise NotFound
    return end_grant(actor, grant_id=grant_id)


def _require_giving(actor: Actor, group_id: UUID) -> None:
    own = Group.objects.filter(client_id=actor.client, id=group_id, is_firms=False).exists()
    in_the_firm = actor.client == clients.find_firm_id()
    queries.require(actor, "person:invite" if own or in_the_firm else "person:assign")


def _remove_here(actor: Actor, group: Group) -> None:
    now = clock.now()
    given = queries.open_grants(actor, now).filter(group_id=group.id)
    given.filter(starts_at__gt=now).update(starts_at=now, ends_at=now)
    ended = given.update(ends_at=now)
    _end_members(actor, group, set(gathering.members(actor, group)))
    Group.objects.filter(client_id=actor.client, id=group.id).update(removed_at=now)
    audit.record(actor, Event.GROUP_REMOVED, group, grants=ended)


def _end_members(actor: Actor, group: Group, people: set[UUID]) -> None:
    rows = GroupMember.objects.filter(client_id=actor.client, group_id=group.id, person_id__in=people, until=None)
    rows.update(until=clock.now())
    for person_id in sorted(people):
        audit.record(actor, Event.GROUP_LEFT, group, person=person_id)
    gathering.let_go(actor, group, people)


def _group(actor: Actor, group_id: UUID) -> Group:
    """Return a group that the actor may change from where it is at home."""
    queries.require(actor, "group:set")
    row = Group.objects.select_for_update().filter(client_id=actor.client, id=group_id, removed_at=None).first()
    if row is None:
        raise NotFound
    if row.is_firms and actor.client != clients.find_firm_id():
        raise FirmsGroup
    return row


def _refuse_widening(actor: Actor, group: Group, person_id: UUID) -> None:
    """Keep a person from giving, by way of a group, what they could not give; and from giving it to themselves."""
    given = queries.grants(actor, group_id=group.id)
    for grant in given:
        places = queries.around(actor.client, grant.scope_kind, grant.scope_id)
        if not queries.may_give(actor, grant.role, places, as_own=person_id == actor.person_id):
            raise MoreThanYouHave
    separating.refuse_mixing(Role.objects.filter(name__in={grant.role for grant in given}), [person_id])


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_MOST:
        raise Invalid
    return name
