"""Give and end grants."""

from datetime import datetime
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.actions import gathering, separating
from muniment.trust.access.errors import EndsInThePast, MoreThanYouHave, PurposeMissing, UnknownRole
from muniment.trust.access.models import Grant, Group, GroupMember, Role
from muniment.trust.access.types import GrantFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def give_grant(  # noqa: PLR0913 - one grant, said whole
    actor: Actor,
    *,
    person_id: UUID | None = None,
    group_id: UUID | None = None,
    role: str,
    purpose: str,
    starts_at: datetime | None = None,
    until: datetime | None = None,
    scope: tuple[str, UUID] | None = None,
    inside: UUID | None = None,
    approved_by: UUID | None = None,
    is_emergency: bool = False,
    on_request: bool = False,
) -> GrantFacts:
    """Give a role on the bound client, or on one `scope` (kind, id) in it, to a person, a group or all its contacts.

    `inside` is the folder that holds the scope, so that who may share a folder may share what lies in it.
    It runs from `starts_at` (now, without one, or when that is past). The caller has already authorised the scope
    (`document:share`) or the person (`person:invite`), and that somebody approved it; the person belongs to the client.
    A group of the firm comes into the client with its first grant there, and its people belong to it from then on.
    Giving the same role on the same scope again moves purpose and end; it never adds a second grant.
    `on_request` says that the receiver asked for it, and that the actor decides as the second person.

    Raises:
        NotFound: there is no such group.
        PurposeMissing: nobody said why.
        EndsInThePast: `until` is not later than now, or than the start.
        UnknownRole: there is no role of this name, or not for such a group.
        MoreThanYouHave: the role holds a verb that the giver may not do there, or the giver is the receiver.
        ContentNeedsRequest: it would let somebody administer the firm and read content, and nobody asked for it.
    """
    separating.one_at_a_time()
    now = clock.now()
    if not purpose.strip():
        raise PurposeMissing
    starts_at = max(starts_at or now, now)
    if until is not None and until <= starts_at:
        raise EndsInThePast
    found = Role.objects.filter(name=role, retired_at=None).first()
    if found is None:
        raise UnknownRole
    group = None if group_id is None else gathering.group_here(actor, group_id, found)
    places = frozenset(place for place in (scope[1] if scope else None, inside) if place is not None)
    _refuse_widening(actor, found, person_id, group, places)
    if not on_request:
        of_group = gathering.members(actor, group) if group is not None else frozenset[UUID]()
        separating.refuse_mixing([found], of_group if person_id is None else {person_id})
    with gathering.keeping_an_administrator(actor):
        grant = _open_grant(actor, found, person_id, group, scope, now)
        if grant._state.adding or grant.starts_at > now:  # what runs goes on
            grant.starts_at = starts_at
        grant.purpose, grant.given_by, grant.ends_at = purpose.strip(), actor.person_id, until
        grant.approved_by, grant.is_emergency = approved_by, is_emergency
        grant.save()
    audit.record(actor, Event.GRANT_GIVEN, grant, **_given(grant))
    if group is not None:
        gathering.let_in(actor, group)
    return queries.grant_facts(grant)


@action
def end_grant(actor: Actor, *, grant_id: UUID) -> GrantFacts:
    """End a grant now; it stays as a row that says what was once allowed. One that did not begin yet never will.

    The caller has already authorised ending it.

    Raises:
        NotFound: there is no such running or coming grant.
        LastAdministrator: nobody would administer the firm any more.
    """
    now = clock.now()
    grant = queries.open_grants(actor, now).filter(id=grant_id).first()
    if grant is None:
        raise NotFound
    with gathering.keeping_an_administrator(actor):
        grant.starts_at, grant.ends_at = min(grant.starts_at, now), now
        grant.save(update_fields=["starts_at", "ends_at"])
    audit.record(actor, Event.GRANT_ENDED, grant, person=grant.person_id, group=grant.group_id, scope_id=grant.scope_id)
    if grant.group is not None:
        gathering.let_go(actor, grant.group)
    return queries.grant_facts(grant)


@action
def end_grants_of(actor: Actor, *, person_id: UUID) -> int:
    """End every running and coming grant of a person in the bound client, and take them out of its groups.

    Returns how many grants there were.

    Raises:
        LastAdministrator: nobody would administer the firm any more.
    """
    now = clock.now()
    with gathering.keeping_an_administrator(actor):
        coming = queries.open_grants(actor, now).filter(person_id=person_id, starts_at__gt=now)
        ended = coming.update(starts_at=now, ends_at=now)
        ended += queries.running(now).filter(client_id=actor.client, person_id=person_id).update(ends_at=now)
        groups = GroupMember.objects.filter(client_id=actor.client, person_id=person_id, until=None).update(until=now)
    audit.record(actor, Event.GRANT_ENDED, person=person_id, grants=ended, groups=groups)
    return ended


def _given(grant: Grant) -> dict[str, object]:
    """Return what the log says of a grant that was given."""
    return {
        "person": grant.person_id,
        "group": grant.group_id,
        "role": grant.role.name,
        "scope_kind": grant.scope_kind,
        "scope_id": grant.scope_id,
        "starts_at": grant.starts_at,
        "until": grant.ends_at,
        "approved_by": grant.approved_by,
        "emergency": grant.is_emergency,
    }


def _open_grant(
    actor: Actor,
    role: Role,
    person_id: UUID | None,
    group: Group | None,
    scope: tuple[str, UUID] | None,
    now: datetime,
) -> Grant:
    """Return the running or coming grant of the same, or a new one."""
    kind, scope_id = scope or ("client", None)
    same = {"person_id": person_id, "group": group, "role": role, "scope_kind": kind, "scope_id": scope_id}
    found = queries.open_grants(actor, now).filter(**same).order_by("starts_at").first()
    return found or Grant(client_id=actor.client, **same)


def _refuse_widening(
    actor: Actor, role: Role, person_id: UUID | None, group: Group | None, places: frozenset[UUID]
) -> None:
    """Keep a person from giving away what they do not have, and administrators from giving it to themselves."""
    if actor.kind != "system" and person_id is not None and person_id == actor.person_id:
        raise MoreThanYouHave
    is_inside = group is not None and actor.person_id in gathering.members(actor, group)
    if not queries.may_give(actor, role.name, places, as_own=is_inside):
        raise MoreThanYouHave
