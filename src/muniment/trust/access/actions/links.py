"""Make, use and end guest links."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.errors import EndsInThePast, LinkEnded, LinkTooLong, PurposeMissing
from muniment.trust.access.links.models import GuestLink
from muniment.trust.access.links.types import GuestLinkFacts, LinkTask
from muniment.trust.access.queries.links import facts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

LONGEST = timedelta(days=92)
MOST_USES = 100


@action
def add_guest_link(
    actor: Actor,
    *,
    task: LinkTask,
    scope: tuple[str, UUID],
    purpose: str,
    until: datetime,
    most_uses: int,
    secret_hash: bytes,
) -> GuestLinkFacts:
    """Let whoever has the secret, and the mailbox it is for, do one task on a thing; the caller authorised sharing it.

    Raises:
        NotFound: the actor is nobody, or a guest.
        Invalid: no such task with such a thing, or a number of uses outside 1 to 100.
        PurposeMissing: nobody said why.
        EndsInThePast: `until` is not later than now.
        LinkTooLong: it is more than 92 days away.
    """
    now, (kind, scope_id) = clock.now(), scope
    if actor.person_id is None or actor.guest_link_id is not None:
        raise NotFound
    fits = task == "view" if kind == "document" else (kind == "folder" and task in {"view", "upload"})
    if not fits or not 1 <= most_uses <= MOST_USES:
        raise Invalid
    if not purpose.strip():
        raise PurposeMissing
    if until <= now:
        raise EndsInThePast
    if until - now > LONGEST:
        raise LinkTooLong
    link = GuestLink.objects.create(
        client_id=actor.client,
        task=task,
        scope_kind=kind,
        scope_id=scope_id,
        purpose=purpose.strip(),
        secret_hash=secret_hash,
        made_by=actor.person_id,
        made_at=now,
        expires_at=until,
        most_uses=most_uses,
    )
    told = {"task": task, "scope_kind": kind, "scope_id": scope_id, "until": until, "uses": most_uses}
    audit.record(actor, Event.GUEST_LINK_MADE, link, **told)
    return facts(link)


@action
def use_guest_link(actor: Actor, *, link_id: UUID) -> GuestLinkFacts:
    """Count that somebody came in by a link, as one of the times it can be used.

    The caller has seen the secret and the code from the mail.

    Raises:
        LinkEnded: it has ended, was used as often as it can be, or who made it may not share the thing any more.
    """
    now = clock.now()
    rows = GuestLink.objects.filter(client_id=actor.client, id=link_id, revoked_at=None, expires_at__gt=now)
    # Counted and compared in one statement: two at the same moment cannot both be the last.
    if not rows.filter(used_count__lt=F("most_uses")).update(used_count=F("used_count") + 1):
        raise LinkEnded
    link = facts(rows.get())
    audit.record(actor, Event.GUEST_ENTERED, rows.get(), uses=link.uses)
    return link


@action
def revoke_guest_link(actor: Actor, *, link_id: UUID) -> GuestLinkFacts:
    """End a link now: nobody comes in any more, and who is in is out at the next request.

    Who made it may, who may share the thing, and who may end all links of the client.

    Raises:
        NotFound: there is no such link, it has ended, or the actor may not end it.
    """
    link, now = GuestLink.objects.filter(client_id=actor.client, id=link_id).first(), clock.now()
    if link is None or facts(link).has_ended(now) or actor.guest_link_id is not None:
        raise NotFound
    may = link.made_by == actor.person_id or queries.reach(actor, "link:revoke").whole
    if not (may or queries.may_share(actor, link.scope_kind, link.scope_id)):
        raise NotFound
    link.revoked_at, link.revoked_by = now, actor.person_id
    link.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(actor, Event.GUEST_LINK_REVOKED, link, task=link.task, scope_id=link.scope_id)
    return facts(link)
