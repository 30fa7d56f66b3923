"""What a guest may reach: one task on one thing, as long as its link runs and its maker may share the thing."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from muniment.core.actor import Actor
from muniment.trust.access.errors import LinkEnded
from muniment.trust.access.links.models import GuestLink
from muniment.trust.access.links.types import TASK_VERBS, GuestLinkFacts
from muniment.trust.clients import queries as clients

Sharing = Callable[[Actor, str, UUID], bool]


def guest_scopes(actor: Actor, verb: str, now: datetime, may_share: Sharing) -> set[tuple[str, UUID | None]]:
    """Return the scope, if any, on which a guest's link allows `verb` now: as grants have them, decided anew.

    `may_share(maker, kind, id)` says whether who made the link may share the thing, whatever the hour is.
    """
    if actor.guest_link_id is None:
        return set()
    link = GuestLink.objects.filter(client_id=actor.client, id=actor.guest_link_id).first()
    if link is None or TASK_VERBS[link.task] != verb or link.made_at > now or facts(link).has_ended(now):
        return set()
    kind = next((member.kind for member in clients.members(actor) if member.person_id == link.made_by), "")
    if not kind:
        return set()  # they belong here no more
    maker = Actor(kind="staff" if kind == "staff" else "contact", person_id=link.made_by, client_id=link.client_id)
    return {(link.scope_kind, link.scope_id)} if may_share(maker, link.scope_kind, link.scope_id) else set()


def guest_link(actor: Actor, link_id: UUID) -> GuestLinkFacts:
    """Return a link of the bound client.

    Raises:
        LinkEnded: there is none, or it has ended.
    """
    link = GuestLink.objects.filter(client_id=actor.client, id=link_id).first()
    if link is None:
        raise LinkEnded
    return facts(link)


def guest_link_behind(actor: Actor, secret_hash: bytes) -> GuestLinkFacts:
    """Return the link of the bound client whose secret has this hash.

    Raises:
        LinkEnded: there is none.
    """
    link = GuestLink.objects.filter(client_id=actor.client, secret_hash=secret_hash).first()
    if link is None:
        raise LinkEnded
    return facts(link)


def guest_links(actor: Actor, *, scope_id: UUID | None = None, most: int = 500) -> list[GuestLinkFacts]:
    """Return the links of the bound client, newest first; narrowed to those of one thing.

    The caller has authorised seeing them.
    """
    rows = GuestLink.objects.filter(client_id=actor.client).order_by("-id")
    return [facts(row) for row in (rows if scope_id is None else rows.filter(scope_id=scope_id))[:most]]


def facts(row: GuestLink) -> GuestLinkFacts:
    """Return a link as a value."""
    return GuestLinkFacts(
        id=row.id,
        task=row.task,
        scope_kind=row.scope_kind,
        scope_id=row.scope_id,
        purpose=row.purpose,
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        uses=row.used_count,
        most_uses=row.most_uses,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
