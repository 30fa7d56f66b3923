"""Whose token it is, and what a directory has brought."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound, query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.federation.scim.errors import TokenRefused
from muniment.trust.federation.scim.models import DirectoryRecord, DirectoryToken
from muniment.trust.federation.scim.types import DirectoryCounts, TokenFacts
from muniment.trust.identity import queries as identity

NEED = "provider:set"
TOUCH = timedelta(minutes=1)


def token_hash(token: str) -> bytes:
    """Return the 32 bytes kept of a token, which has 256 random bits and so needs no slow hash."""
    return hashlib.sha256(b"muniment-directory\0" + token.encode()).digest()


def token_behind(client_id: UUID, token: str) -> DirectoryToken:
    """Return the running token of a client, and note that it was used.

    Raises:
        TokenRefused: it is none of this client's, has ended or is too old, or the client is closed.
    """
    now = clock.now()
    with bound(Binding(client_id)):
        rows = DirectoryToken.objects.filter(client_id=client_id, revoked_at=None, expires_at__gt=now)
        row = rows.filter(secret_hash=token_hash(token)).first()
        if row is None or not clients.is_open(client_id):
            raise TokenRefused
        if row.used_at is None or now - row.used_at > TOUCH:
            DirectoryToken.objects.filter(client_id=client_id, id=row.id).update(used_at=now)
        _ = row.name  # opened here, bound to its client
        return row


@query
def token_of(actor: Actor) -> TokenFacts | None:
    """Return the token of the actor's client that was not ended, or None.

    Raises:
        NotFound: `actor` does not decide about sign-in here.
    """
    access.require(actor, NEED)
    row = DirectoryToken.objects.filter(client_id=actor.client, revoked_at=None).first()
    return None if row is None else token_facts(row)


@query
def directory_counts(actor: Actor) -> DirectoryCounts:
    """Return what the directory of the actor's client has brought.

    Raises:
        NotFound: `actor` does not decide about sign-in here.
    """
    access.require(actor, NEED)
    rows = DirectoryRecord.objects.filter(client_id=actor.client)
    users = rows.filter(kind="User")
    return DirectoryCounts(
        users=users.count(),
        joined=users.filter(is_active=True, person_id__isnull=False).count(),
        asked=users.filter(is_active=True, person_id=None, asked_at__isnull=False).count(),
        without_address=users.filter(email=None).count(),
        groups=rows.filter(kind="Group").count(),
    )


@query
def roles_for_token(actor: Actor) -> tuple[str, ...]:
    """Return the roles that the actor may have a directory give, none of which administers; the least capable first.

    Raises:
        NotFound: `actor` does not decide about sign-in here, or may invite nobody.
    """
    access.require(actor, NEED)
    side = "firm" if actor.client == clients.firm_id() else "client"
    administering = {role.name for role in access.list_roles(side) if role.administers}
    return tuple(role for role in reversed(identity.roles_to_give(actor)) if role not in administering)


def token_ends() -> list[datetime]:
    """Return until when the tokens of all directories work that nobody ended."""
    found: list[datetime] = []
    for client_id in clients.all_ids():
        with bound(Binding(client_id)):
            rows = DirectoryToken.objects.filter(client_id=client_id, revoked_at=None)
            found += rows.values_list("expires_at", flat=True)
    return found


def settling() -> list[tuple[Actor, str, UUID]]:
    """Return the users of directories who were asked and belong here by now: as whom to act, the role, the user."""
    found = []
    for client_id in clients.all_ids():
        with bound(Binding(client_id)):
            tokens = DirectoryToken.objects.filter(client_id=client_id, revoked_at=None, expires_at__gt=clock.now())
            token = tokens.first()
            rows = DirectoryRecord.objects.filter(client_id=client_id, kind="User", is_active=True, person_id=None)
            asked = list(rows.filter(asked_at__isnull=False)) if token else []
            if token is None or not asked:
                continue
            actor = Actor.system(client_id, purpose=f"SCIM token {token.name}")
            here = {member.person_id for member in clients.members(actor)}
            for row in asked:
                person = identity.find_person(row.email) if row.email else None
                if person is not None and person.id in here:
                    found.append((actor, token.role, row.id))
    return found


def token_facts(row: DirectoryToken) -> TokenFacts:
    """Return a token as a value, in the transaction that is open."""
    return TokenFacts(row.id, row.name, row.role, row.made_by, row.made_at, row.expires_at, row.used_at)
