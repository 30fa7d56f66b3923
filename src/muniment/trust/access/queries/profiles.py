"""Access profiles, as they are and as they were."""

from datetime import datetime

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access.conditions import loading
from muniment.trust.access.conditions.reading import read_kept
from muniment.trust.access.conditions.rows import AccessProfile
from muniment.trust.access.conditions.types import Profile, ProfileFacts
from muniment.trust.access.queries.deciding import require


@query
def profile_of(actor: Actor, at: datetime | None = None) -> ProfileFacts:
    """Return the profile in force in the actor's client, now or at a moment.

    Raises:
        NotFound: `actor` may not see its conditions.
    """
    require(actor, "conditions:read")
    found = loading.loaded(actor.client, at)
    return ProfileFacts(found.profile, found.version, found.set_by, found.set_at, found.hash)


@query
def profile_versions(actor: Actor) -> list[ProfileFacts]:
    """Return every version of the profile of the actor's client, newest first; `rules_hash` is empty.

    Raises:
        NotFound: `actor` may not see its conditions.
    """
    require(actor, "conditions:read")
    rows = AccessProfile.objects.filter(client_id=actor.client, is_for_new_clients=False).order_by("-version")
    return [ProfileFacts(read_kept(row.body), row.version, row.set_by, row.set_at, "") for row in rows]


@query
def profile_for_new_clients(actor: Actor) -> ProfileFacts:
    """Return what new clients begin with: version 0, the default, when the firm set nothing. Ask within the firm.

    Raises:
        NotFound: `actor` may not set conditions.
    """
    require(actor, "conditions:set")
    row = AccessProfile.objects.filter(client_id=actor.client, is_for_new_clients=True).order_by("-version").first()
    if row is None:
        return ProfileFacts(Profile(), 0, None, None, "")
    return ProfileFacts(read_kept(row.body), row.version, row.set_by, row.set_at, "")


def new_client_profile() -> Profile | None:
    """Return what new clients begin with, asked in the firm's own space; None when the firm set nothing."""
    row = AccessProfile.objects.filter(is_for_new_clients=True).order_by("-version").first()
    return read_kept(row.body) if row else None
