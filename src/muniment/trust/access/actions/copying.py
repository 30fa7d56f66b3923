"""Carry grants from around a folder over to the folder itself, before it is closed to what is around it."""

from collections.abc import Collection
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.models import Grant
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def copy_grants(actor: Actor, *, grant_ids: Collection[UUID], scope: tuple[str, UUID]) -> int:
    """Give who holds running grants that reach a scope (kind, id) the same on the scope itself; return how many.

    The same person, group or everyone gets the same role with the same purpose and end, so nobody may do more than
    before, or for longer. The caller has already authorised closing the scope, and proved that the grants reach it.

    Raises:
        NotFound: one of the grants does not run, or is on the scope already; or there is none.
    """
    kind, scope_id = scope
    rows = queries.running(clock.now()).filter(client_id=actor.client, id__in=grant_ids).exclude(scope_id=scope_id)
    found = list(rows.select_related("role"))
    if not found or len(found) != len(set(grant_ids)):
        raise NotFound
    for grant in found:
        copy = Grant(
            client_id=actor.client,
            person_id=grant.person_id,
            group_id=grant.group_id,
            role=grant.role,
            scope_kind=kind,
            scope_id=scope_id,
            purpose=grant.purpose,
            given_by=actor.person_id,
            ends_at=grant.ends_at,
            approved_by=grant.approved_by,
            is_emergency=grant.is_emergency,
        )
        copy.save(force_insert=True)
        audit.record(
            actor,
            Event.GRANT_GIVEN,
            copy,
            person=copy.person_id,
            group=copy.group_id,
            role=grant.role.name,
            scope_kind=kind,
            scope_id=scope_id,
            until=copy.ends_at,
            copied_from=grant.id,
        )
    return len(found)
