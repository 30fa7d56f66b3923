"""The rows that who-may-what rests on: grants and role actions at a moment, and whose a grant is."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from muniment.core.actor import Actor
from muniment.trust.access.models import Grant, GroupMember, RoleAction
from muniment.trust.clients import queries as clients

# As one array, which the plan looks up in the index: a sub-query would make it read every grant of the client.
_GROUPS = (
    "array(select m.group_id from group_member m where m.client_id = %s and m.person_id = %s "
    "and m.since <= %s and (m.until is null or m.until > %s))"
)
_YES = BooleanField()


def running(moment: datetime) -> QuerySet[Grant]:
    """Return the grants that run at a moment: from their start, and not from their end on."""
    return Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment)


def roles_with(verbs: Collection[str], moment: datetime) -> QuerySet[RoleAction, Any]:
    """Return the ids of the roles that hold one of `verbs` at a moment, for a sub-query; a retired role holds none."""
    return held_at(moment).filter(verb__in=verbs).values("role_id")


def held_at(moment: datetime) -> QuerySet[RoleAction]:
    """Return what roles may do at a moment."""
    return RoleAction.objects.filter(Q(until=None) | Q(until__gt=moment), since__lte=moment)


def mine(actor: Actor, moment: datetime) -> Q:
    """Return which grants of the bound client are the actor's at a moment.

    Their own, those of their groups, and those of everyone for who is a contact of the client.
    """
    values = [actor.client, actor.person_id, moment, moment]
    groups = RawSQL(_GROUPS, values)  # noqa: S611 # nosec B611 - values are parameters
    of_my_groups = Func(F("group_id"), groups, arg_joiner=" = any", template="%(expressions)s", output_field=_YES)
    contact = Exists(clients.contacts(actor.client, actor.person_id, moment))
    return Q(person_id=actor.person_id) | Q(of_my_groups) | Q(Q(person_id=None, group_id=None) & Q(contact))


def anywhere(person_id: UUID, moment: datetime) -> Q:
    """Return which grants of all clients that are in sight are a person's own or their groups', not everyone's."""
    groups = GroupMember.objects.filter(
        Q(until=None) | Q(until__gt=moment),
        client_id=OuterRef("client_id"),
        group_id=OuterRef("group_id"),
        person_id=person_id,
        since__lte=moment,
    )
    return Q(person_id=person_id) | Q(Exists(groups))
