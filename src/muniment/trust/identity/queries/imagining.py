"""Somebody as they would come, for explanations: nothing is done in their name."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import countries, models


def imagined(actor: Actor, person_id: UUID, at: datetime | None = None, **circumstances: Any) -> Actor:
    """Return a person as they would act within the actor's client now, or would have at a moment.

    `circumstances` are fields of an actor: ip, country, factors and so on; without a country, that of the ip, and
    without a purpose, that of their grant. For decisions to be explained by, never for an act.

    Raises:
        NotFound: they did not belong to the client then, nor administer the firm, or cannot sign in.
    """
    known = models.Person.objects.filter(id=person_id, disabled_at=None).first()
    here = next((member for member in clients.members(actor, at) if member.person_id == person_id), None)
    if known is None:
        raise NotFound
    verbs = access.firm_verbs(person_id) if known.kind == "staff" else frozenset[str]()
    if here is None and not verbs:
        raise NotFound
    side = here.kind if here else known.kind
    somebody = Actor(
        kind="staff" if side == "staff" else "contact",
        person_id=person_id,
        client_id=actor.client_id,
        membership_id=here.id if here else None,
        firm_verbs=verbs,
        request_id=actor.request_id,
        **{"country": countries.country(circumstances.get("ip", "")), **circumstances},
    )
    standing = access.standing(somebody)
    return replace(
        somebody,
        verbs=standing.verbs,
        purpose=somebody.purpose or standing.purpose,
        emergency=standing.emergency,
    )
