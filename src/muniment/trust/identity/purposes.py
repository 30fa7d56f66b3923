"""Why somebody of the firm is in a client's space without being assigned to it: kept in their session for a while."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from muniment.core import clock

LASTS = timedelta(hours=4)
_KEY = "purposes"


def stated(session: SessionBase, client_id: UUID) -> str:
    """Return the purpose stated for a client in this session; empty when there is none (any more)."""
    text, until = _all(session).get(str(client_id), ("", 0))
    return str(text) if clock.now().timestamp() < until else ""


def keep(session: SessionBase, client_id: UUID, purpose: str) -> None:
    """Keep a purpose for a client; the session's row is sealed."""
    until = (clock.now() + LASTS).timestamp()
    session[_KEY] = {**_all(session), str(client_id): (purpose, until)}


def _all(session: SessionBase) -> dict[str, Any]:
    found = session.get(_KEY)
    return found if isinstance(found, dict) else {}
