"""The rows that who-may-what rests on: grants and role actions at a moment, and whose a grant is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db import binding
from muniment.core.db.prepared import Prepared, among
from muniment.core.unit import is_glancing, once
from muniment.trust.access.models import Grant, GroupMember, RoleAction
from muniment.trust.clients import queries as clients

# As one array, which the plan looks up in the index: a sub-query would make it read every grant of the client.
_GROUPS = (
    "array(select m.group_id from group_member m where m.client_id = %s and m.person_id = %s "
    "and m.since <= %s and (m.until is null or m.until > %s))"
)
_YES = BooleanField()

MOST_HELD = 200
"""Of somebody with more grants in a client the database is asked for each verb anew."""


@dataclass(frozen=True)
class Held:
    """A person's grants in a client, and what their roles may do; `is_all` is false where only the first are here."""

    grants: tuple[Grant, ...]
    verbs: Mapping[UUID, frozenset[str]]
    is_all: bool

    def scopes_with(self, verb: str) -> set[tuple[str, UUID | None, bool]]:
        """Return on what they allow a verb: kind, id, and whether it was given in an emergency."""
        found = (one for one in self.grants if verb in self.verbs.get(one.role_id, ()))
        return {(one.scope_kind, one.scope_id, one.is_emergency) for one in found}

    def why(self) -> Grant | None:
        """Return the newest grant that says why the person is here, one of an emergency first."""
        return next((one for one in self.grants if one.person_id or one.group_id), None)


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
    return of_person(actor.client, actor.person_id, moment)


def of_person(client_id: UUID, person_id: UUID | None, moment: datetime) -> Q:
    """Return what `mine` returns, of a person in the bound client."""
    values = [client_id, person_id, moment, moment]
    groups = RawSQL(_GROUPS, values)  # noqa: S611 # nosec B611 - values are parameters
    of_my_groups = Func(F("group_id"), groups, arg_joiner=" = any", template="%(expressions)s", output_field=_YES)
    contact = Exists(clients.contacts(client_id, person_id, moment))
    return Q(person_id=person_id) | Q(of_my_groups) | Q(Q(person_id=None, group_id=None) & Q(contact))


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


def _of(client_id: UUID, person_id: UUID, moment: datetime) -> QuerySet[Grant]:
    return running(moment).filter(of_person(client_id, person_id, moment), client_id=client_id)


def _verbs_of(grants: QuerySet[Grant], moment: datetime) -> QuerySet[RoleAction, str]:
    return held_at(moment).filter(role__in=grants.values("role_id")).values_list("verb", flat=True)


def _why(client_id: UUID, person_id: UUID, moment: datetime) -> QuerySet[Grant]:
    found = _of(client_id, person_id, moment).exclude(person_id=None, group__isnull=True)
    return found.order_by("-is_emergency", "scope_id", "-id")[:1]


def _first(client_id: UUID, person_id: UUID, moment: datetime) -> QuerySet[Grant]:
    return _of(client_id, person_id, moment).order_by("-is_emergency", "scope_id", "-id")[: MOST_HELD + 1]


def _doing(role_ids: list[UUID], moment: datetime) -> QuerySet[RoleAction, Any]:
    return held_at(moment).filter(among("role_id", role_ids)).values_list("role_id", "verb")


def _verbs(client_id: UUID, person_id: UUID, moment: datetime) -> QuerySet[RoleAction, str]:
    return _verbs_of(_of(client_id, person_id, moment), moment).distinct()


def _verbs_there(client_id: UUID, person_id: UUID, moment: datetime, places: list[UUID]) -> QuerySet[RoleAction, str]:
    grants = _of(client_id, person_id, moment).filter(among("scope_id", places) | Q(scope_kind="client"))
    return _verbs_of(grants, moment).distinct()


def _verbs_within(client_id: UUID, person_id: UUID, moment: datetime, places: list[UUID]) -> QuerySet[RoleAction, str]:
    return _verbs_of(_of(client_id, person_id, moment).filter(among("scope_id", places)), moment).distinct()


def _scopes(client_id: UUID, person_id: UUID, verb: str, moment: datetime) -> QuerySet[Grant, Any]:
    grants = _of(client_id, person_id, moment).filter(role__in=roles_with((verb,), moment))
    return grants.values_list("scope_kind", "scope_id", "is_emergency").distinct()


_FIRST, _DOING, _SCOPES_WITH = Prepared(_first), Prepared(_doing), Prepared(_scopes)


def held(client_id: UUID, person_id: UUID, moment: datetime) -> Held:
    """Return what a person holds in the bound client now: two statements, once for a request that only looks."""
    whose = ("held", binding.current.get(), client_id, person_id)
    return once(whose, lambda: _held(client_id, person_id, moment))


def scopes_with(
    client_id: UUID, person_id: UUID, verb: str, at: datetime | None = None
) -> set[tuple[str, UUID | None, bool]]:
    """Return where in the bound client grants allow a person a verb, now or at a moment: see `Held.scopes_with`."""
    moment = at or clock.now()
    if at is None and is_glancing() and (found := held(client_id, person_id, moment)).is_all:
        return found.scopes_with(verb)
    return set(_SCOPES_WITH(client_id=client_id, person_id=person_id, verb=verb, moment=moment))


def _held(client_id: UUID, person_id: UUID, moment: datetime) -> Held:
    grants = _FIRST(client_id=client_id, person_id=person_id, moment=moment)
    verbs: dict[UUID, set[str]] = {one.role_id: set() for one in grants}
    for role_id, verb in _DOING(role_ids=list(verbs), moment=moment) if verbs else ():
        verbs[role_id].add(verb)
    by_role = {role_id: frozenset(found) for role_id, found in verbs.items()}
    return Held(tuple(grants[:MOST_HELD]), by_role, is_all=len(grants) <= MOST_HELD)


WHY = Prepared(_why)
"""The newest grant that says why a person is in the bound client, one of an emergency first."""

VERBS = Prepared(_verbs)
"""What a person's grants allow somewhere in the bound client."""

VERBS_THERE = Prepared(_verbs_there)
"""What grants on some places, or on the whole of the bound client, allow a person."""

VERBS_WITHIN = Prepared(_verbs_within)
"""What grants on some places allow a person."""
