"""A person's own notices, over all their clients: one statement each."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db import prepared
from muniment.core.unit import desk
from muniment.portal.notices.models import Notice, NoticeStop
from muniment.portal.notices.types import NoticeFacts
from muniment.trust.identity import queries as identity

PAGE: Final = 50
MOST_COUNTED: Final = 100
LINK_LASTS: Final = timedelta(days=90)
_UNREAD: Final = (  # asked for every page
    "select count(*) from (select from notice where person_id = %s and read_at is null limit %s) few"
)


def own_notices(
    actor: Actor, *, unread_only: bool = False, before: UUID | None = None, limit: int = PAGE
) -> list[NoticeFacts]:
    """Return the actor's notices over all clients where they belong now, newest first, older than `before`."""
    if actor.person_id is None:
        return []
    with desk(actor):
        rows = Notice.objects.filter(person_id=actor.person_id).order_by("-id")
        if unread_only:
            rows = rows.filter(read_at=None)
        if before is not None:
            rows = rows.filter(id__lt=before)
        return [
            NoticeFacts(row.id, row.client_id, row.kind, row.event, row.by_id, row.url, row.at, row.read_at)
            for row in rows[:limit]
        ]


def unread(actor: Actor) -> int:
    """Return how many notices the actor did not read, counted no further than 100."""
    if actor.person_id is None or actor.guest_link_id is not None:
        return 0
    with desk(actor):
        ((number,),) = prepared.run(_UNREAD, (actor.person_id, MOST_COUNTED))
    return int(number)


def unread_places(actor: Actor) -> list[UUID]:
    """Return the clients where the actor has notices that they did not read."""
    if actor.person_id is None:
        return []
    with desk(actor):
        rows = Notice.objects.filter(person_id=actor.person_id, read_at=None)
        return list(rows.order_by().values_list("client_id", flat=True).distinct())


def stop_of(secret: str) -> NoticeStop | None:
    """Return what the link of a mail stops; None where it is not known or older than 90 days."""
    rows = NoticeStop.objects.filter(secret_hash=identity.secret_hash(secret), made_at__gt=clock.now() - LINK_LASTS)
    return rows.first()
