"""What a browser keeps of a guest link that was opened in it: which one, the code that was mailed, since when it is in.

It is in the session, whose row is sealed; the secret of the link is not. Signing out, or the session's own end,
ends it too.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare, salted_hmac

from muniment.core import clock

LASTS = timedelta(hours=2)
"""How long somebody who gave the code is in, whatever they do."""

CODE_LASTS = timedelta(minutes=10)
CODE_DIGITS = 6
_KEY = "guests"


@dataclass(frozen=True)
class Visit:
    """One link opened in this browser. Times are seconds since 1970; 0 is not yet."""

    link_id: UUID
    code: str = ""  # keyed hash of the code that was mailed
    code_until: float = 0
    entered_at: float = 0

    @property
    def is_in(self) -> bool:
        """Whether the code was given, not too long ago."""
        return clock.now().timestamp() < self.entered_at + LASTS.total_seconds()

    @property
    def has_code(self) -> bool:
        """Whether a code was mailed that can still be given."""
        return clock.now().timestamp() < self.code_until


def visit(session: SessionBase, client_id: UUID) -> Visit | None:
    """Return which link of a client was opened in this browser last, or None."""
    kept = _all(session).get(str(client_id))
    if kept is None:
        return None
    return Visit(UUID(kept["link"]), kept["code"], kept["code_until"], kept["entered_at"])


def is_anybody(session: SessionBase) -> bool:
    """Return whether a code of any link was given in this browser, not too long ago."""
    return any((here := visit(session, UUID(place))) is not None and here.is_in for place in _all(session))


def open_link(session: SessionBase, client_id: UUID, link_id: UUID) -> None:
    """Begin anew with a link; a visit by the same one goes on."""
    known = visit(session, client_id)
    if known is None or known.link_id != link_id:
        _keep(session, client_id, Visit(link_id))


def new_code(session: SessionBase, client_id: UUID, here: Visit) -> str:
    """Return a new code of six digits, of which the session keeps a keyed hash; the one before is worth nothing."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    until = (clock.now() + CODE_LASTS).timestamp()
    _keep(session, client_id, replace(here, code=_hash(here, code), code_until=until))
    return code


def fits(here: Visit, typed: str) -> bool:
    """Return whether this is the code that was mailed, in time."""
    digits = "".join(character for character in typed if character.isascii() and character.isdigit())
    return here.has_code and bool(here.code) and constant_time_compare(_hash(here, digits), here.code)


def enter(session: SessionBase, client_id: UUID, here: Visit) -> None:
    """Remember that the code was given; the key of the cookie changes, and the code is used up."""
    _keep(session, client_id, Visit(here.link_id, entered_at=clock.now().timestamp()))
    session.cycle_key()


def leave(session: SessionBase, client_id: UUID) -> None:
    """Forget the link."""
    session[_KEY] = {place: kept for place, kept in _all(session).items() if place != str(client_id)}


def _keep(session: SessionBase, client_id: UUID, here: Visit) -> None:
    kept = {
        "link": str(here.link_id),
        "code": here.code,
        "code_until": here.code_until,
        "entered_at": here.entered_at,
    }
    session[_KEY] = {**_all(session), str(client_id): kept}


def _all(session: SessionBase) -> dict[str, Any]:
    found = session.get(_KEY)
    return found if isinstance(found, dict) else {}


def _hash(here: Visit, code: str) -> str:
    return salted_hmac("muniment.guests.code", f"{here.link_id}/{code}", algorithm="sha256").hexdigest()
