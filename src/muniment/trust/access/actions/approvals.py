"""Let two people decide about what one alone may not do."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, models, transaction

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.errors import AskedAlready, NotApproved, ReasonMissing, SecondPersonNeeded, TooEarly
from muniment.trust.access.models import Approval
from muniment.trust.access.types import ApprovalFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


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
    """Return an approval of the bound client, locked, to somebody who may do what it is about.

    Raises:
        NotFound: there is none, or they may not.
        ConfirmFirst: the act asks for a confirmation that it is them, and so does deciding about it.
    """
    approval = Approval.objects.select_for_update().filter(client_id=actor.client, id=approval_id).first()
    if approval is None or not queries.reach(actor, approval.act).whole:
        raise NotFound
    queries.insist_fresh(actor, approval.act)
    return approval
