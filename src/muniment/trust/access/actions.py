"""Give and end grants."""

from datetime import datetime
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.errors import EndsInThePast, MoreThanYouHave, PurposeMissing, UnknownRole
from muniment.trust.access.models import Grant, Role
from muniment.trust.access.types import GrantFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def give_grant(
    actor: Actor,
    *,
    person_id: UUID | None,
    role: str,
    purpose: str,
    until: datetime | None = None,
    scope: tuple[str, UUID] | None = None,
    inside: UUID | None = None,
) -> GrantFacts:
    """Give a role on the bound client, or on one `scope` (kind, id) in it, to a person or to all its contacts.

    `inside` is the folder that holds the scope, so that who may share a folder may share what lies in it.
    The caller has already authorised the scope (`document:share`) or the person (`person:invite`).
    Giving the same role on the same scope again moves purpose and end; it never adds a second grant.

    Raises:
        PurposeMissing: nobody said why.
        EndsInThePast: `until` is not later than now.
        UnknownRole: there is no role of this name.
        MoreThanYouHave: the role holds a verb that the giver may not do there, or the giver is the receiver.
    """
    now = clock.now()
    if not purpose.strip():
        raise PurposeMissing
    if until is not None and until <= now:
        raise EndsInThePast
    found = Role.objects.filter(name=role).first()
    if found is None:
        raise UnknownRole
    places = frozenset(place for place in (scope[1] if scope else None, inside) if place is not None)
    _refuse_widening(actor, found, person_id, places)
    kind, scope_id = scope or ("client", None)
    grant = queries._running(now).filter(  # noqa: SLF001 - the same app
        client_id=actor.client, person_id=person_id, role=found, scope_kind=kind, scope_id=scope_id
    ).first() or Grant(client_id=actor.client, person_id=person_id, role=found, scope_kind=kind, scope_id=scope_id)
    grant.purpose, grant.given_by, grant.ends_at = purpose.strip(), actor.person_id, until
    grant.save()
    audit.record(
        actor, Event.GRANT_GIVEN, grant, person=person_id, role=role, scope_kind=kind, scope_id=scope_id, until=until
    )
    return queries.grant_facts(grant)


@action
def end_grant(actor: Actor, *, grant_id: UUID) -> GrantFacts:
    """End a grant now; it stays as a row that says what was once allowed.

    The caller has already authorised ending it.

    Raises:
        NotFound: there is no such running grant.
    """
    now = clock.now()
    grant = queries._running(now).filter(client_id=actor.client, id=grant_id).first()  # noqa: SLF001 - the same app
    if grant is None:
        raise NotFound
    grant.ends_at = now
    grant.save(update_fields=["ends_at"])
    audit.record(actor, Event.GRANT_ENDED, grant, person=grant.person_id, scope_id=grant.scope_id)
    return queries.grant_facts(grant)


@action
def end_grants_of(actor: Actor, *, person_id: UUID) -> int:
    """End every running grant of a person in the bound client; return how many there were."""
    now = clock.now()
    ended = queries._running(now).filter(client_id=actor.client, person_id=person_id).update(ends_at=now)  # noqa: SLF001 - the same app
    audit.record(actor, Event.GRANT_ENDED, person=person_id, grants=ended)
    return ended


def _refuse_widening(actor: Actor, role: Role, person_id: UUID | None, places: frozenset[UUID]) -> None:
    """Keep a person from giving away what they do not have, and administrators from giving it to themselves."""
    if actor.kind != "system" and person_id is not None and person_id == actor.person_id:
        raise MoreThanYouHave
    if not queries.may_give(actor, role.name, places):
        raise MoreThanYouHave
