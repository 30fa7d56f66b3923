"""Which passkeys and security keys somebody has."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from fido2.webauthn import AttestedCredentialData

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.identity.passkeys import ceremonies
from muniment.trust.identity.passkeys.types import Passkey


def passkeys_of(actor: Actor) -> list[Passkey]:
    """Return the actor's own passkeys and security keys, the oldest first."""
    return [facts(row) for row in rows_of(actor.person_id)]


def passkey(actor: Actor, passkey_id: UUID) -> Passkey:
    """Return one of the actor's own.

    Raises:
        NotFound: the actor has no such.
    """
    return facts(own_row(actor.person_id, passkey_id))


def has_passkey(person_id: UUID) -> bool:
    """Return whether a person has any."""
    return bool(Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.WEBAUTHN).exists())


def credentials_of(person_id: UUID) -> list[AttestedCredentialData]:
    """Return the public parts of a person's credentials."""
    return [ceremonies.credential(row.data["credential"]) for row in rows_of(person_id)]


def rows_of(person_id: UUID | None) -> list[Authenticator]:
    """Return the rows of a person's credentials, the oldest first."""
    if person_id is None:
        return []
    return list(Authenticator.objects.filter(user_id=person_id, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def own_row(person_id: UUID | None, passkey_id: UUID) -> Authenticator:
    """Return one row of a person's; the id is kept sealed with it.

    Raises:
        NotFound: the person has no such credential.
    """
    found = next((row for row in rows_of(person_id) if row.data["key"] == str(passkey_id)), None)
    if found is None:
        raise NotFound
    return found


def facts(row: Authenticator) -> Passkey:
    """Return what is shown of a row."""
    data = row.data
    return Passkey(
        id=UUID(data["key"]),
        name=data["name"],
        alone=data["alone"],
        synced=data["synced"],
        made_at=row.created_at,
        used_at=row.last_used_at,
    )
