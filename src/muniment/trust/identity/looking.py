"""As which contact of which client somebody of the firm looks: kept in their session for an hour at most."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from muniment.core import clock

LASTS = timedelta(hours=1)
_KEY = "looking"


@dataclass(frozen=True)
class Look:
    """One person of the firm looks at a client as one of its contacts, until a moment."""

    client_id: UUID
    contact_id: UUID
    until: datetime


def running(session: SessionBase) -> Look | None:
    """Return how the person looks now; None when they look as themselves."""
    kept = session.get(_KEY)
    if not isinstance(kept, dict):
        return None
    look = Look(UUID(kept["client"]), UUID(kept["contact"]), datetime.fromtimestamp(kept["until"], UTC))
    return look if clock.now() < look.until else None


def begin(session: SessionBase, client_id: UUID, contact_id: UUID) -> None:
    """Look as a contact from now on; everything else in the session stays."""
    until = (clock.now() + LASTS).timestamp()
    session[_KEY] = {"client": str(client_id), "contact": str(contact_id), "until": until}


def end(session: SessionBase) -> None:
    """Look as oneself again."""
    session.pop(_KEY, None)
