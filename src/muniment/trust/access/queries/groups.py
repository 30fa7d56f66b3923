"""Groups as they are shown, and who is in them."""

from collections import defaultdict
from uuid import UUID

from django.db.models import Q

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, query
from muniment.trust.access.models import Group, GroupMember
from muniment.trust.access.queries.deciding import reach
from muniment.trust.access.queries.grants import open_grants
from muniment.trust.access.types import GroupFacts
from muniment.trust.clients import queries as clients


@query
def groups(actor: Actor) -> list[GroupFacts]:
    """Return the groups of the actor's client by name, those of the firm that have a grant here among them.

    Raises:
        NotFound: `actor` may neither see the client's people nor make groups.
    """
    _require_seeing(actor)
    return list_groups(actor)


@query
def group(actor: Actor, group_id: UUID) -> GroupFacts:
    """Return one group of the actor's client that was not removed.

    Raises:
        NotFound: there is none, or `actor` may neither see the client's people nor make groups.
    """
    _require_seeing(actor)
    found = next((row for row in list_groups(actor) if row.id == group_id), None)
    if found is None:
        raise NotFound
    return found


@query
def groups_to_give(actor: Actor) -> list[GroupFacts]:
    """Return the groups that can be given a role here: the client's own, and the firm's for who assigns staff.

    Raises:
        NotFound: `actor` may neither see the client's people nor make groups.
    """
    _require_seeing(actor)
    firm_id = clients.firm_id()
    assigns = actor.kind != "contact" and actor.client != firm_id and reach(actor, "person:assign").whole
    invites = reach(actor, "person:invite").whole
    found = [group for group in list_groups(actor) if (not group.is_firms or actor.client == firm_id) and invites]
    if assigns:
        home = actor.within(firm_id)
        with acting_as(home):
            found += list_groups(home) if reach(home, "group:set").whole else []
    return found


def list_groups(actor: Actor) -> list[GroupFacts]:
    """Return what `groups` returns, in the transaction that is open."""
    rows = Group.objects.filter(client_id=actor.client, removed_at=None)
    members: dict[UUID, list[UUID]] = defaultdict(list)
    inside = GroupMember.objects.filter(client_id=actor.client, until=None).order_by("id")
    for group_id, person_id in inside.values_list("group_id", "person_id"):
        members[group_id].append(person_id)
    found = [group_facts(row, tuple(members[row.id])) for row in rows]
    return sorted(found, key=lambda facts: (facts.name.casefold(), facts.id))


def groups_of(actor: Actor, person_id: UUID) -> frozenset[UUID]:
    """Return the groups of the bound client that a person is in now."""
    now = clock.now()
    rows = GroupMember.objects.filter(Q(until=None) | Q(until__gt=now), client_id=actor.client, person_id=person_id)
    return frozenset(rows.values_list("group_id", flat=True))


def is_here_by_group(actor: Actor, person_id: UUID) -> bool:
    """Return whether a person is in the bound client because a group of the firm has a grant here."""
    inside = groups_of(actor, person_id)
    return open_grants(actor, clock.now()).filter(group_id__in=inside, group__is_firms=True).exists()


def group_facts(row: Group, members: tuple[UUID, ...]) -> GroupFacts:
    """Return a group as a value."""
    return GroupFacts(row.id, row.name, row.is_firms, members, row.made_by, row.made_at, row.removed_at)


def _require_seeing(actor: Actor) -> None:
    if not (reach(actor, "person:list").whole or reach(actor, "group:set").whole):
        raise NotFound
