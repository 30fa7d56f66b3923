"""Opening handles: leave to fetch the bytes of one version for ten minutes without another entry.

A handle is no right: every request that carries one is authorised again. It only says that the entry about
this opening is written. See docs/decisions/0006.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.crypto import salted_hmac

from muniment.core import clock
from muniment.core.actor import Actor

LASTS = timedelta(minutes=10)
_TIME_BYTES = 6


def make(actor: Actor, version_id: UUID) -> str:
    """Return a handle for this person, session, client and version."""
    ends = int((clock.now() + LASTS).timestamp()).to_bytes(_TIME_BYTES, "big")
    return base64.urlsafe_b64encode(ends + _tag(actor, version_id, ends)).decode().rstrip("=")


def holds(handle: str, actor: Actor, version_id: UUID) -> bool:
    """Return whether a handle was made for all of these and is not over."""
    try:
        data = base64.b64decode(handle + "=" * (-len(handle) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    ends, tag = data[:_TIME_BYTES], data[_TIME_BYTES:]
    if not hmac.compare_digest(tag, _tag(actor, version_id, ends)):
        return False
    return clock.now() < datetime.fromtimestamp(int.from_bytes(ends, "big"), tz=clock.now().tzinfo)


def _tag(actor: Actor, version_id: UUID, ends: bytes) -> bytes:
    bound = "/".join(str(part) for part in (actor.client_id, actor.person_id, actor.session_id, version_id, ends.hex()))
    return salted_hmac("muniment.documents.opening", bound, algorithm="sha256").digest()
