"""Moving sealed blobs from one store to another while people read them.

Each is copied as it is, read back and authenticated in its new place, and only then the row names the other
store; the old bytes go last. Whoever dies between leaves a copy that no row names, which `collecting` removes,
and the next run goes on with the rows that still name the old store. Readers follow the row (`following`).
"""

from dataclasses import replace
from uuid import UUID

import structlog

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.vault.blobs import reading, stores
from muniment.trust.vault.blobs.codecs import codec as codec_of
from muniment.trust.vault.blobs.segments import Codec, sealed_size
from muniment.trust.vault.errors import Locked, StoreDown, VaultError
from muniment.trust.vault.keys.pacing import Pace
from muniment.trust.vault.models import Blob
from muniment.trust.vault.store.contract import Store
from muniment.trust.vault.types import Moved, StoreName

PAGE = 200
logger = structlog.get_logger("muniment.vault")


def move_blobs(client_id: UUID, *, target: StoreName, bytes_per_second: int = 0) -> Moved:
    """Move every complete blob of a client to a store; again, only what is not there yet.

    Raises:
        RegionRefused: the client's documents may not lie there.
        StoreFull, StoreDown: it cannot go on now; what was moved is moved.
    """
    place, pace = stores.store(target), Pace(bytes_per_second)
    stores.require_region(client_id, place)
    done, after = Moved(), UUID(int=0)
    while rows := _page(client_id, target, after):
        after = rows[-1].id
        for row in rows:
            done = _move(row, place, pace, done)
    with bound(Binding(client_id)):
        waiting = Blob.objects.filter(client_id=client_id, sealed_at=None, deleted_at=None).exclude(store=target)
        done = replace(done, under_way=waiting.count())
    give_back()
    return done


def _page(client_id: UUID, target: StoreName, after: UUID) -> list[Blob]:
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, deleted_at=None, id__gt=after).exclude(sealed_at=None)
        found = list(rows.exclude(store=target).order_by("id")[:PAGE])
    give_back()
    return found


def _move(row: Blob, target: Store, pace: Pace, done: Moved) -> Moved:
    """Move one blob; return what is done with it."""
    size = sealed_size(row.size_bytes)
    if size > target.largest_bytes:
        return replace(done, too_large=done.too_large + 1)
    try:
        moved = _copy_and_switch(row, target, pace)
    except VaultError as error:
        logger.critical("blob not moved", blob=ids.public(row.id), what=type(error).__name__)
        return replace(done, damaged=(*done.damaged, row.id))
    return replace(done, moved=done.moved + moved, moved_bytes=done.moved_bytes + moved * size)


def _copy_and_switch(row: Blob, target: Store, pace: Pace) -> bool:
    """Copy a blob, prove the copy and let the row name it; return whether it did."""
    source, codec = stores.store_of(row), codec_of(row)
    stored = source.open(codec.client_id, codec.blob_id)
    try:
        target.copy(codec.client_id, codec.blob_id, stored)
    finally:
        stored.close()
    reading.scan(target, codec, row.size_bytes, pace)
    if not _switch(row, source, target, codec):
        return False  # destroyed, sealed anew or moved by somebody else: what no row names, `collecting` removes
    _remove_old(row, source, codec)
    return True


def _switch(row: Blob, source: Store, target: Store, codec: Codec) -> bool:
    """Let the row name the other store, if it still means the bytes that were copied.

    The row is locked, and the copy is looked at once more under that lock: `collecting` removes what no row
    names under the same one, so it cannot have taken the copy for an orphan in between.
    """
    with bound(Binding(row.client_id)):
        same = {"client_id": row.client_id, "id": row.id, "deleted_at": None, "store": source.name}
        rows = Blob.objects.select_for_update().filter(**same, place_id=row.place_id, wrapped_key=row.wrapped_key)
        if rows.first() is None or target.size(codec.client_id, codec.blob_id) != sealed_size(row.size_bytes):
            return False
        return bool(Blob.objects.filter(**same).update(store=target.name))


def _remove_old(row: Blob, source: Store, codec: Codec) -> None:
    """Remove the bytes that the row named before, unless it names them again; the row is locked meanwhile."""
    try:
        with bound(Binding(row.client_id)):
            rows = Blob.objects.select_for_update().filter(client_id=row.client_id, id=row.id)
            if rows.exclude(store=source.name).first() is not None:
                source.delete(codec.client_id, codec.blob_id)
    except (StoreDown, Locked) as error:  # `collecting` removes what no row names
        logger.warning("copy left behind", store=source.name, what=type(error).__name__)
