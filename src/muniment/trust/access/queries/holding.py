"""Who holds a verb by the rows alone, whatever the hour and the place: whom to ask, whom to tell."""

from uuid import UUID

from django.db.models import QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import acting_as, bound
from muniment.trust.access.models import Grant, GroupMember
from muniment.trust.access.queries.grants import open_grants
from muniment.trust.access.queries.groups import is_here_by_group, list_groups
from muniment.trust.access.queries.rows import roles_with, running
from muniment.trust.access.types import PERMISSIONS, GrantFacts
from muniment.trust.clients import queries as clients


def holders(actor: Actor, verb: str) -> frozenset[UUID]:
    """Return who may do `verb` on the whole of the actor's client by grants, their groups' too, or administers it.

    Conditions do not count: somebody who may not decide at this hour can be asked all the same.
    """
    with acting_as(actor):
        rows = _with(actor.client, verb)
        found = _people(actor.client, rows)
        if rows.filter(person_id__isnull=True, group__isnull=True).exists():
            found |= {member.person_id for member in clients.members(actor) if member.kind == "contact"}
    return frozenset(found | _administering(verb))


def people_behind(actor: Actor, grant: GrantFacts) -> set[UUID]:
    """Return who may by a grant of the bound client: its person, the people of its group, or every contact."""
    if grant.person_id is not None:
        return {grant.person_id}
    if grant.group_id is not None:
        rows = GroupMember.objects.filter(client_id=actor.client, group_id=grant.group_id, until=None)
        return set(rows.values_list("person_id", flat=True))
    return {member.person_id for member in clients.members(actor) if member.kind == "contact"}


def has_reason_to_belong(actor: Actor, person_id: UUID) -> bool:
    """Return whether a grant, or a group with one, keeps somebody of the firm in the bound client."""
    granted = open_grants(actor, clock.now()).filter(person_id=person_id).exists()
    return granted or is_here_by_group(actor, person_id)


def group_names(actor: Actor) -> dict[UUID, str]:
    """Return what the groups of the actor's client are called; the caller has checked that they may be told."""
    with acting_as(actor):
        return {group.id: group.name for group in list_groups(actor)}


def _with(client_id: UUID, verb: str) -> QuerySet[Grant]:
    now = clock.now()
    return running(now).filter(client_id=client_id, scope_kind="client", role__in=roles_with([verb], now))


def _administering(verb: str) -> set[UUID]:
    """Return who administers every client with `verb`, by a role of the firm."""
    firm_id = clients.find_firm_id()
    if firm_id is None or not PERMISSIONS[verb].administers:
        return set()
    with bound(Binding(firm_id)):
        rows = _with(firm_id, verb).filter(role__administers=True)
        return _people(firm_id, rows)


def _people(client_id: UUID, rows: QuerySet[Grant]) -> set[UUID]:
    """Return the people of these grants, and those of their groups."""
    groups = rows.filter(group__isnull=False).values("group_id")
    inside = GroupMember.objects.filter(client_id=client_id, group_id__in=groups, until=None)
    own = {person_id for person_id in rows.values_list("person_id", flat=True) if person_id is not None}
    return own | set(inside.values_list("person_id", flat=True))
