"""Give and end grants; let two people decide about what one alone may not do."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, models, transaction

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.errors import (
    AskedAlready,
    EndsInThePast,
    MoreThanYouHave,
    NotApproved,
    PurposeMissing,
    ReasonMissing,
    SecondPersonNeeded,
    TooEarly,
    UnknownRole,
)
from muniment.trust.access.models import Approval, Grant, Role
from muniment.trust.access.types import ApprovalFacts, GrantFacts
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


@action
def ask_approval(
    actor: Actor, *, act: str, obj: models.Model | tuple[str, UUID], reason: str, not_before: datetime | None = None
) -> ApprovalFacts:
    """Ask a second person to approve `act` (a verb that both must hold) on a row, or on a (kind, id).

    Nothing is done before `not_before`; until then, and until it is done, it can be taken back.

    Raises:
        NotFound: `actor` may not do `act` on the whole of the client, or is nobody.
        ReasonMissing: nobody said why.
        AskedAlready: the same is asked for already, or approved and not done yet.
    """
    queries.require(actor, act)
    if actor.person_id is None:
        raise NotFound
    if not reason.strip():
        raise ReasonMissing
    kind, object_id = (obj._meta.db_table, obj.pk) if isinstance(obj, models.Model) else obj
    approval = Approval(
        client_id=actor.client,
        act=act,
        object_kind=kind,
        object_id=object_id,
        reason=reason.strip(),
        asked_by=actor.person_id,
        not_before=not_before,
    )
    try:
        with transaction.atomic():  # the database decides, so that two at once cannot both
            approval.save(force_insert=True)
    except IntegrityError as error:
        raise AskedAlready from error
    audit.record(
        actor, Event.APPROVAL_ASKED, approval, act=act, about_kind=kind, about_id=object_id, not_before=not_before
    )
    return queries.approval_facts(approval)


@action
def approve(actor: Actor, *, approval_id: UUID, reason: str = "") -> ApprovalFacts:
    """Approve, as the second person, what somebody else asked for.

    Raises:
        NotFound: there is no such approval, or `actor` may not do the act itself.
        SecondPersonNeeded: `actor` is who asked.
        NotApproved: it was decided or taken back before.
    """
    return _decide(actor, approval_id, reason, "approved", Event.APPROVAL_GIVEN)


@action
def decline(actor: Actor, *, approval_id: UUID, reason: str = "") -> ApprovalFacts:
    """Decline, as the second person, what somebody else asked for; refusals are as for `approve`."""
    return _decide(actor, approval_id, reason, "declined", Event.APPROVAL_DECLINED)


@action
def take_back(actor: Actor, *, approval_id: UUID) -> ApprovalFacts:
    """Take back what was asked for or approved, as long as it is not done; anyone who may do the act may stop it.

    Raises:
        NotFound: there is no such approval, or `actor` may not do the act itself.
        NotApproved: it was declined, taken back or done before.
    """
    approval = _approval(actor, approval_id)
    if approval.state not in {"asked", "approved"}:
        raise NotApproved
    approval.state, approval.ended_by, approval.ended_at = "taken-back", actor.person_id, clock.now()
    approval.save(update_fields=["state", "ended_by", "ended_at"])
    audit.record(actor, Event.APPROVAL_TAKEN_BACK, approval, act=approval.act, about_id=approval.object_id)
    return queries.approval_facts(approval)


@action
def use_approval(actor: Actor, *, approval_id: UUID, act: str, object_id: UUID) -> ApprovalFacts:
    """Use an approval up, in the transaction that does what was approved: it serves once, for this act on this thing.

    Raises:
        NotFound: there is no such approval, or `actor` may not do the act.
        NotApproved: it is for something else, not approved, taken back, or used before.
        TooEarly: its waiting time is not over.
    """
    approval, now = _approval(actor, approval_id), clock.now()
    if (approval.act, approval.object_id, approval.state) != (act, object_id, "approved"):
        raise NotApproved
    if approval.not_before is not None and now < approval.not_before:
        raise TooEarly
    approval.state, approval.ended_by, approval.ended_at = "used", actor.person_id, now
    approval.save(update_fields=["state", "ended_by", "ended_at"])
    audit.record(actor, Event.APPROVAL_USED, approval, act=act, about_id=object_id)
    return queries.approval_facts(approval)


def _decide(actor: Actor, approval_id: UUID, reason: str, state: str, event: Event) -> ApprovalFacts:
    approval = _approval(actor, approval_id)
    if actor.person_id is None or actor.person_id == approval.asked_by:
        raise SecondPersonNeeded
    if approval.state != "asked":
        raise NotApproved
    now = clock.now()
    approval.state, approval.decided_by, approval.decided_at, approval.decision = (
        state,
        actor.person_id,
        now,
        reason.strip(),
    )
    if state == "declined":
        approval.ended_by, approval.ended_at = actor.person_id, now
    approval.save()
    audit.record(actor, event, approval, act=approval.act, about_id=approval.object_id, asked_by=approval.asked_by)
    return queries.approval_facts(approval)


def _approval(actor: Actor, approval_id: UUID) -> Approval:
    """Return an approval of the bound client, locked, to somebody who may do what it is about."""
    approval = Approval.objects.select_for_update().filter(client_id=actor.client, id=approval_id).first()
    if approval is None or not queries.reach(actor, approval.act).whole:
        raise NotFound
    return approval


def _refuse_widening(actor: Actor, role: Role, person_id: UUID | None, places: frozenset[UUID]) -> None:
    """Keep a person from giving away what they do not have, and administrators from giving it to themselves."""
    if actor.kind != "system" and person_id is not None and person_id == actor.person_id:
        raise MoreThanYouHave
    if not queries.may_give(actor, role.name, places):
        raise MoreThanYouHave
