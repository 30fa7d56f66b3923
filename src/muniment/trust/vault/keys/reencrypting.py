"""Sealing the bytes of documents anew, with new keys, while people read them.

The new bytes lie under an id of their own until they are complete and were read back; then the row names them
with their key, and the old bytes go. Whoever dies between leaves bytes that no row names, which `collecting`
removes, and the next run begins that document again.
"""

import hashlib
import os
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from django.db.models import Q

from muniment.core import clock, ids
from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.vault import queries
from muniment.trust.vault.blobs import reading
from muniment.trust.vault.blobs.codecs import codec as codec_of
from muniment.trust.vault.blobs.segments import (
    RECORD_BYTES,
    SALT_BYTES,
    Codec,
    body_size,
    count_segments,
    record_of,
    sealed_size,
)
from muniment.trust.vault.blobs.stores import store_of
from muniment.trust.vault.errors import FooterDamaged, Locked, SegmentDamaged, StoreDown, StoreFull
from muniment.trust.vault.keys import wrapping
from muniment.trust.vault.keys.pacing import Pace
from muniment.trust.vault.models import Blob
from muniment.trust.vault.store.contract import StoredBlob

logger = structlog.get_logger("muniment.vault")


class Anew:
    """A stored blob as another codec seals it: what a store copies from, read from its start to its end."""

    def __init__(self, stored: StoredBlob, old: Codec, new: Codec, length: int, pace: Pace) -> None:
        """Take over an open blob of `length` plain bytes."""
        self._stored, self._old, self._new, self._length, self._pace = stored, old, new, length, pace
        self._records: dict[int, bytes] = {}
        self._tags: dict[int, bytes] = {}

    def size(self) -> int:
        """Return how many sealed bytes there will be."""
        return sealed_size(self._length)

    def read(self, offset: int, size: int) -> bytes:
        """Return sealed bytes at an offset; the footer only after every segment.

        Raises:
            SegmentDamaged: what is stored is not what was sealed.
        """
        found, end, body = bytearray(), min(offset + size, self.size()), body_size(self._length)
        while offset + len(found) < min(end, body):
            at = offset + len(found)
            index = at // RECORD_BYTES
            start = at - index * RECORD_BYTES
            found += self._record(index)[start : start + end - at]
        if end > body:
            found += self._footer()[max(offset, body) - body : end - body]
        return bytes(found)

    def close(self) -> None:
        """Let go of the stored blob."""
        self._stored.close()

    def _record(self, index: int) -> bytes:
        """Return one segment sealed anew, the same bytes again while it is among the last two."""
        if index not in self._records:
            offset, size, flag = record_of(self._length, index)
            self._pace(size)
            sealed = self._new.seal(self._old.open(self._stored.read(offset, size), index, flag), index, flag)
            self._records = {**dict(list(self._records.items())[-1:]), index: sealed}
            self._tags[index] = sealed[-wrapping.TAG_BYTES :]
        return self._records[index]

    def _footer(self) -> bytes:
        count = count_segments(self._length)
        if len(self._tags) != count:
            raise FooterDamaged
        return self._new.footer(self._length, hashlib.sha256(b"".join(self._tags[i] for i in range(count))).digest())


def next_blob(client_id: UUID, *, before: datetime, passed_by: set[UUID], pace: Pace) -> int | None:
    """Seal one document of a client anew whose key is older than `before`; return its size, or None if there is none.

    What is damaged is put into `passed_by`, said, and left as it is.

    Raises:
        StoreFull, StoreDown: it cannot go on now; nothing is lost.
    """
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, deleted_at=None).exclude(sealed_at=None)
        rows = rows.filter(Q(keyed_at=None, created_at__lt=before) | Q(keyed_at__lt=before)).exclude(wrapped_key=b"")
        row = rows.exclude(id__in=passed_by).order_by("id").first()
    give_back()
    if row is None:
        return None
    try:
        return _seal_anew(row, pace)
    except (SegmentDamaged, FooterDamaged) as error:
        logger.critical("document not sealed anew", blob=ids.public(row.id), what=type(error).__name__)
        passed_by.add(row.id)
        return 0


def _seal_anew(row: Blob, pace: Pace) -> int:
    old, store = codec_of(row), store_of(row)
    key, place = wrapping.new_key(), ids.new()
    new = Codec(key, row.client_id, place, os.urandom(SALT_BYTES))
    if store.free_bytes() < sealed_size(row.size_bytes):  # the room that is left belongs to people's uploads
        raise StoreFull
    source = Anew(store.open(old.client_id, old.blob_id), old, new, row.size_bytes, pace)
    try:
        store.copy(row.client_id, place, source)
    finally:
        source.close()
    reading.scan(store, new, row.size_bytes, pace)
    if not _switch(row, key, new):  # destroyed, moved or wrapped anew meanwhile: it is found again
        store.delete(row.client_id, place)
        return 0
    with suppress(Locked, StoreDown):  # `collecting` removes what no row names
        store.delete(row.client_id, old.blob_id)
    return row.size_bytes


def _switch(row: Blob, key: bytes, new: Codec) -> bool:
    """Let the row name the new bytes and their key, if it still means the old ones."""
    version = queries.client_versions(row.client_id)[0]
    bound_to = row.client_id.bytes + row.id.bytes
    wrapped = wrapping.wrap(queries.client_key(row.client_id, version), key, bound_to)
    with bound(Binding(row.client_id)):
        same = Blob.objects.filter(client_id=row.client_id, id=row.id, deleted_at=None, store=row.store)
        return bool(
            same.filter(place_id=row.place_id, wrapped_key=bytes(row.wrapped_key)).update(
                place_id=new.blob_id, salt=new.salt, wrapped_key=wrapped, key_version=version, keyed_at=clock.now()
            )
        )
