"""Grants as they are shown, and which of them run at a moment."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access.models import Grant
from muniment.trust.access.queries.deciding import require
from muniment.trust.access.queries.places import open_places
from muniment.trust.access.queries.rows import roles_with, running
from muniment.trust.access.types import GrantFacts


def grants(
    actor: Actor,
    *,
    person_id: UUID | None = None,
    group_id: UUID | None = None,
    scope_ids: set[UUID] | None = None,
) -> list[GrantFacts]:
    """Return the running and coming grants of the bound client, newest first; narrowed to a person, group or scopes."""
    rows = open_grants(actor, clock.now())
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    if group_id is not None:
        rows = rows.filter(group_id=group_id)
    if scope_ids is not None:
        rows = rows.filter(scope_id__in=scope_ids)
    return [grant_facts(row) for row in rows.select_related("role", "group").order_by("-id")]


@query
def visible_grants(actor: Actor) -> list[GrantFacts]:
    """Return the running and coming grants of the client to those who may see its people, newest first.

    Raises:
        NotFound: `actor` may not.
    """
    require(actor, "person:list")
    return grants(actor)


def grants_on(
    actor: Actor, verb: str, folder_ids: set[UUID], thing_id: UUID, at: datetime | None = None
) -> list[GrantFacts]:
    """Return every grant that allows `verb` on a thing in the nested folders `folder_ids`: all ways in.

    Those running now, or at the moment `at`. What a closed folder keeps out is no way in.
    """
    moment = at or clock.now()
    places, from_the_top = open_places(actor, {*folder_ids, thing_id})
    wanted = Q(scope_id__in=places) | Q(scope_kind="client") if from_the_top else Q(scope_id__in=places)
    rows = running(moment).filter(wanted, client_id=actor.client, role__in=roles_with((verb,), moment))
    return [grant_facts(row) for row in rows.select_related("role", "group").order_by("-id")]


def open_grants(actor: Actor, now: datetime) -> QuerySet[Grant]:
    """Return the grants of the bound client that run or will run."""
    return Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), client_id=actor.client)


def grant_facts(row: Grant) -> GrantFacts:
    """Return a grant as a value."""
    return GrantFacts(
        id=row.id,
        person_id=row.person_id,
        role=row.role.name,
        scope_kind=row.scope_kind,
        scope_id=row.scope_id,
        purpose=row.purpose,
        given_by=row.given_by,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        group_id=row.group_id,
        group=row.group.name if row.group else "",
        approved_by=row.approved_by,
        is_emergency=row.is_emergency,
    )
