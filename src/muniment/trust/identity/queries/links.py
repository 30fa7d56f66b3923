"""One-use links: only a hash of their secret is kept."""

import hashlib

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.errors import AlreadySetUp, LinkOver


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
