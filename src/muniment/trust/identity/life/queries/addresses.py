"""Changes of address that wait."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.identity.errors import LinkOver
from muniment.trust.identity.life.models import EmailChange
from muniment.trust.identity.life.types import Waiting
from muniment.trust.identity.queries.links import secret_hash


def waiting_change(actor: Actor) -> Waiting | None:
    """Return the actor's own change of address that waits for a mailbox; None if there is none."""
    if actor.person_id is None:
        return None
    row = EmailChange.objects.filter(person_id=actor.person_id, expires_at__gt=clock.now()).first()
    return None if row is None else _facts(row)


def change_behind(change_id: UUID, secret: str) -> EmailChange:
    """Return the change of address that a link from one of the two mails is about.

    Raises:
        LinkOver: there is none, or it was withdrawn, done or is too old.
    """
    row = EmailChange.objects.filter(id=change_id, expires_at__gt=clock.now()).first()
    if row is None or secret_hash(secret) not in {bytes(row.old_hash), bytes(row.new_hash)}:
        raise LinkOver
    return row


def change_shown(change_id: UUID, secret: str) -> Waiting:
    """Return what the page of such a link shows.

    Raises:
        LinkOver: as for `change_behind`.
    """
    return _facts(change_behind(change_id, secret))


def _facts(row: EmailChange) -> Waiting:
    return Waiting(
        row.id, row.email, row.old_confirmed_at is not None, row.new_confirmed_at is not None, row.expires_at
    )
