"""How many downloads one person has running, over all web processes.

A slot is a value on the shared cache that ends by itself: a killed process frees what it held.
"""

import time
from uuid import UUID

from django.core.cache import cache

from muniment.core import config
from muniment.core.db.lending import give_back
from muniment.portal.documents.errors import TooManyDownloads

LEASE_SECONDS = 120
_RENEW_SECONDS = 40.0


class Slot:
    """One running download. Renew it while bytes flow, release it at the end."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._renewed = time.monotonic()

    def renew(self) -> None:
        """Keep the slot; costs a clock reading, and a statement every 40 seconds."""
        now = time.monotonic()
        if now - self._renewed > _RENEW_SECONDS:
            self._renewed = now
            cache.set(self._key, 1, LEASE_SECONDS)
            give_back()

    def release(self) -> None:
        """Free the slot; freeing it twice does no harm."""
        if self._key:
            cache.delete(self._key)
            give_back()
            self._key = ""


def take(person_id: UUID | None) -> Slot:
    """Return a free slot of this person.

    Raises:
        TooManyDownloads: all are taken.
    """
    for number in range(config.current().downloads_per_person):
        key = f"download/{person_id}/{number}"
        if cache.add(key, 1, LEASE_SECONDS):
            return Slot(key)
    raise TooManyDownloads
