"""What holds for one person's sign-in and sessions: the strictest of all the places they belong to."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from muniment.core import clock, config
from muniment.trust.access import queries as access
from muniment.trust.access.types import SignInTerms
from muniment.trust.clients import queries as clients


def terms_of(person_id: UUID) -> SignInTerms:
    """Return the strictest terms of the places somebody belongs to; devices of administrators are never trusted."""
    places = [(place.client_id, place.kind) for place in clients.memberships(person_id)]
    found = access.sign_in_terms(places)
    if found.trusted_days and access.firm_verbs(person_id):
        return replace(found, trusted_days=0)
    return found


def longest(began_at: datetime, idle_minutes: int | None, hours: int | None) -> tuple[timedelta, datetime]:
    """Return how long a session that began then may idle, and its end: as the installation has it, or shorter."""
    settings = config.current()
    idle = min(settings.session_idle_minutes, idle_minutes or settings.session_idle_minutes)
    return timedelta(minutes=idle), began_at + timedelta(
        hours=min(settings.session_hours, hours or settings.session_hours)
    )


def has_lost_a_role(person_id: UUID, since: datetime) -> bool:
    """Return whether a role of theirs ended after a moment, in a place they still belong to."""
    places = clients.memberships(person_id) if since < clock.now() else []
    return any(access.lost_role_since(place.client_id, person_id, since) for place in places)
