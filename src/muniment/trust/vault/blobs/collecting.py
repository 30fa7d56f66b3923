"""Removing from a store what no row needs: the rest of uploads, of moves, and of documents that were destroyed.

It never races a running upload. First, what is younger than the guard is left alone: a new blob lies in the
store a moment before its row is committed. Second, what belongs to an unfinished upload is touched only under
the upload's own lock. Third, the row decides, read and locked in the transaction in which the bytes go, so
nobody can begin to need them in between.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.vault.blobs import multiparts
from muniment.trust.vault.errors import BlobMissing, Locked
from muniment.trust.vault.models import Blob
from muniment.trust.vault.store.contract import Found, Store
from muniment.trust.vault.types import Collected

GUARD = timedelta(hours=24)
_KIND = {"complete": "objects", "unfinished": "unfinished", "copy": "unfinished", "end": "ends"}


def collect(client_id: UUID, store: Store, *, guard: timedelta | None = None) -> Collected:
    """Remove everything of a client that no row needs, if it is older than `guard` (a day).

    Raises:
        StoreDown: the store does not answer.
    """
    before, counts = clock.now() - (GUARD if guard is None else guard), Counter[str]()
    places = _places(client_id)
    for found in store.found(client_id):
        if found.changed_at >= before:
            counts["kept"] += 1
        else:
            counts[_collect_one(store, found, places.get(found.blob_id, found.blob_id))] += 1
    return Collected(**counts)


def _places(client_id: UUID) -> dict[UUID, UUID]:
    """Return the blobs whose bytes lie under an id that is not their own."""
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id).exclude(place_id=None)
        found = {place: blob for place, blob in rows.values_list("place_id", "id") if place is not None}
    give_back()
    return found


def _collect_one(store: Store, found: Found, blob_id: UUID) -> str:
    """Remove one thing if no row needs it; return how it counts."""
    with bound(Binding(found.client_id)):
        row = Blob.objects.filter(client_id=found.client_id, id=blob_id).first()
    give_back()
    if row is None or not _is_arriving(row, store):
        return _remove(store, found, blob_id)
    try:
        with store.open_part(found.client_id, found.blob_id):
            return _remove(store, found, blob_id)
    except Locked:
        return "busy"
    except BlobMissing:
        return "kept"  # the row may be younger than the listing: the next run knows


def _remove(store: Store, found: Found, blob_id: UUID) -> str:
    with bound(Binding(found.client_id)):
        row = Blob.objects.select_for_update().filter(client_id=found.client_id, id=blob_id).first()
        if row is not None and _is_needed(row, store, found):
            return "kept"
        with suppress(BlobMissing):
            store.discard(found)
    give_back()
    return _KIND[found.kind]


def _is_arriving(row: Blob, store: Store) -> bool:
    return row.sealed_at is None and row.deleted_at is None and row.store == store.name


def _is_needed(row: Blob, store: Store, found: Found) -> bool:
    """Tell whether a row needs what lies there."""
    if row.deleted_at is not None or row.store != store.name or (row.place_id or row.id) != found.blob_id:
        return False
    if found.kind == "complete":
        return True
    if row.sealed_at is not None:
        return False
    if found.kind == "end":
        return found.offset == row.received_bytes
    if found.kind == "copy":
        return False
    return store.name == "disk" or found.handle in multiparts.upload_refs(row.client_id)
