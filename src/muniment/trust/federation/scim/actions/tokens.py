"""The token of a client's directory: make, replace and end it."""

import secrets
from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import acting_as, action
from muniment.trust.access import queries as access
from muniment.trust.access.errors import MoreThanYouHave
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.federation.scim.models import DirectoryToken
from muniment.trust.federation.scim.queries import NEED, roles_for_token, token_hash
from muniment.trust.federation.scim.types import TOKEN_DAYS_MOST

NAME_MOST = 80
READING = timedelta(minutes=15)


@action
def make_token(actor: Actor, *, name: str, role: str, days: int) -> str:
    """Make the token of the client's directory and return it, this once; one there was ends at the same moment.

    Raises:
        NotFound: `actor` does not decide about sign-in here.
        Invalid: there is no name, or the token would run for less than a day or more than 366.
        MoreThanYouHave: it would give a role that administers, or that the actor could not give.
    """
    access.require(actor, NEED)
    name = " ".join(name.split())
    if not name or len(name) > NAME_MOST or not 1 <= days <= TOKEN_DAYS_MOST:
        raise Invalid
    if role not in roles_for_token(actor):
        raise MoreThanYouHave
    now = clock.now()
    ended = DirectoryToken.objects.filter(client_id=actor.client, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    row = DirectoryToken.objects.create(
        client_id=actor.client,
        name=name,
        secret_hash=token_hash(token),
        role=role,
        made_by=actor.person_id,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    audit.record(actor, Event.DIRECTORY_TOKEN_MADE, row, role=role, until=row.expires_at, replaced=ended)
    return token


@action
def revoke_token(actor: Actor) -> None:
    """End the token of the client's directory; its next request is refused. Whom it brought stay.

    Raises:
        NotFound: there is none, or `actor` does not decide about sign-in here.
    """
    access.require(actor, NEED)
    row = DirectoryToken.objects.filter(client_id=actor.client, revoked_at=None).first()
    if row is None:
        raise NotFound
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    audit.record(actor, Event.DIRECTORY_TOKEN_REVOKED, row)


def note_reading(actor: Actor, *, token_id: UUID) -> None:
    """Write down that a directory reads, once in a quarter of an hour."""
    rows = DirectoryToken.objects.filter(client_id=actor.client, id=token_id, noted_at__gt=clock.now() - READING)
    with acting_as(actor):
        noted = rows.exists()
    if not noted:
        _note_reading(actor, token_id=token_id)


@action
def _note_reading(actor: Actor, *, token_id: UUID) -> None:
    rows = DirectoryToken.objects.filter(client_id=actor.client, id=token_id)
    rows.update(noted_at=clock.now())
    audit.record(actor, Event.DIRECTORY_READ, rows.get())
