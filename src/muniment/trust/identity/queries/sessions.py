"""Where a person is signed in."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.identity import models
from muniment.trust.identity.sessions import is_running, opened
from muniment.trust.identity.types import Session, SignInFacts


def sessions_of(actor: Actor) -> list[Session]:
    """Return the actor's own running sessions, the most recently used first."""
    if actor.person_id is None:
        return []
    return [
        Session(
            id=row.id,
            device=row.device.get("device", ""),
            ip=row.device.get("ip", ""),
            country=row.device.get("country", ""),
            created_at=row.created_at,
            used_at=row.used_at,
            current=row.id == actor.session_id,
        )
        for row in running(actor.person_id)
    ]


def sign_in_facts(actor: Actor) -> SignInFacts:
    """Return how the actor signs in."""
    rows = {row.type: row for row in Authenticator.objects.filter(user_id=actor.person_id)}
    app, codes = rows.get(Authenticator.Type.TOTP), rows.get(Authenticator.Type.RECOVERY_CODES)
    return SignInFacts(
        second_factor_since=app.created_at if app else None,
        recovery_codes_left=len(RecoveryCodes(codes).get_unused_codes()) if codes else 0,
        changed_at=actor.credentials_changed_at,
    )


def sessions_with(person_id: UUID, name: str) -> dict[UUID, dict[str, str]]:
    """Return what a person's running sessions keep under a name, by session; those that keep nothing are left out."""
    found = {}
    for row in running(person_id):
        kept = opened(row) or {}
        if isinstance(kept.get(name), dict):
            found[row.id] = kept[name]
    return found


def running(person_id: UUID) -> list[models.Session]:
    """Return the rows of a person's sessions that would still be let in."""
    rows = models.Session.objects.filter(person_id=person_id, expires_at__gt=clock.now())
    return [row for row in rows.order_by("-used_at") if is_running(row)]
