"""Where a person is signed in."""

from datetime import timedelta
from uuid import UUID

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.trust.identity import models
from muniment.trust.identity.types import Session


def sessions_of(actor: Actor) -> list[Session]:
    """Return the actor's own running sessions, the most recently used first."""
    if actor.person_id is None:
        return []
    return [
        Session(
            id=row.id,
            device=row.device.get("device", ""),
            ip=row.device.get("ip", ""),
            created_at=row.created_at,
            used_at=row.used_at,
            current=row.id == actor.session_id,
        )
        for row in running(actor.person_id)
    ]


def running(person_id: UUID) -> list[models.Session]:
    """Return the rows of a person's sessions that would still be let in."""
    now = clock.now()
    idle = timedelta(minutes=config.current().session_idle_minutes)
    rows = models.Session.objects.filter(person_id=person_id, expires_at__gt=now, used_at__gt=now - idle)
    return list(rows.order_by("-used_at"))
