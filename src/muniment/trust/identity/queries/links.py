"""One-use links: only a hash of their secret is kept."""

import hashlib
from uuid import UUID

from django.contrib.auth.tokens import default_token_generator

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.errors import AlreadySetUp, LinkOver
from muniment.trust.identity.queries.companies import company
from muniment.trust.identity.queries.people import find_person, people
from muniment.trust.identity.types import InvitationShown


def secret_hash(secret: str) -> bytes:
    """Return the 32 bytes kept of a link's secret, which has 256 random bits and so needs no slow hash."""
    return hashlib.sha256(b"muniment-link\0" + secret.encode()).digest()


def find_setup_link(secret: str) -> models.SetupLink:
    """Return the set-up link with this secret.

    Raises:
        AlreadySetUp: the firm exists; no set-up link works any more.
        LinkOver: there is none, or it was used or is too old.
    """
    if clients.find_firm_id() is not None:
        raise AlreadySetUp
    row = models.SetupLink.objects.filter(
        secret_hash=secret_hash(secret), used_at=None, expires_at__gt=clock.now()
    ).first()
    if row is None:
        raise LinkOver
    return row


def find_resetting(person_id: UUID, token: str) -> models.Person:
    """Return whose password a link from a mail may reset.

    Raises:
        LinkOver: the link was used or is too old, or the person cannot sign in.
    """
    person = models.Person.objects.filter(id=person_id, disabled_at=None).first()
    if person is None or not default_token_generator.check_token(person, token):
        raise LinkOver
    return person


def find_invitation(actor: Actor, secret: str) -> models.Invitation:
    """Return the invitation to the actor's client with this secret.

    Raises:
        LinkOver: there is none, or it was used, withdrawn or is too old.
    """
    with acting_as(actor):
        row = models.Invitation.objects.filter(
            client_id=actor.client,
            secret_hash=secret_hash(secret),
            used_at=None,
            withdrawn_at=None,
            expires_at__gt=clock.now(),
        ).first()
        if row is None:
            raise LinkOver
        return row


def invitation_behind(actor: Actor, secret: str) -> InvitationShown:
    """Return the invitation with this secret as its page shows it.

    Raises:
        LinkOver: there is none, or it was used, withdrawn or is too old.
    """
    row = find_invitation(actor, secret)
    inviter = people([row.invited_by]).get(row.invited_by) if row.invited_by else None
    with acting_as(actor):
        purpose = row.purpose
    return InvitationShown(
        name=row.name,
        email=row.email,
        inviter=inviter.name if inviter else company(clients.firm_id()).name,
        client_name=company(row.client_id).name,
        role=row.role,
        purpose=purpose,
        expires_at=row.expires_at,
        has_account=find_person(row.email) is not None,
    )
