"""Make keys, seal small things, take in and hand out sealed blobs."""

import os
from contextlib import suppress
from functools import partial
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.vault import queries, reading, receiving, wrapping
from muniment.trust.vault.errors import BlobMissing, Locked, StoreFull
from muniment.trust.vault.models import Blob, ClientKey, InstallationKey
from muniment.trust.vault.reading import OpenBlob, Stream
from muniment.trust.vault.receiving import Receiver
from muniment.trust.vault.segments import Codec

__all__ = [  # with the types of what they return
    "OpenBlob",
    "Receiver",
    "Stream",
    "begin_blob",
    "checksum_of",
    "codec",
    "finish_blob",
    "forget_blob",
    "make_client_key",
    "make_installation_keys",
    "open_blob",
    "open_for",
    "open_for_people",
    "prove_blob",
    "receive",
    "remove_blob",
    "seal_for",
    "seal_for_people",
]

KEY_BYTES = 32
SALT_BYTES = 32


def make_installation_keys() -> int:
    """Make every key of the installation that does not exist yet; return how many were made."""
    made = 0
    for purpose in queries.PURPOSES:
        wrapped = queries.keyring().wrap(os.urandom(KEY_BYTES), queries.context(purpose))
        _, created = InstallationKey.objects.get_or_create(purpose=purpose, defaults={"wrapped": wrapped})
        made += created
    return made


def make_client_key(client_id: UUID) -> None:
    """Make the key of a new client; the client must be the bound one."""
    wrapped = queries.keyring().wrap(os.urandom(KEY_BYTES), queries.context("client", client_id))
    ClientKey.objects.create(client_id=client_id, wrapped=wrapped)


def seal_for(client_id: UUID, place: bytes, plain: bytes) -> bytes:
    """Return `plain` sealed with a client's key, bound to the client and to `place`."""
    return wrapping.seal(queries.client_key(client_id), plain, client_id.bytes + place)


def open_for(client_id: UUID, place: bytes, sealed: bytes) -> bytes:
    """Return what `seal_for` sealed for the same client and place.

    Raises:
        SealBroken: changed, moved, or of another client.
    """
    return wrapping.open_(queries.client_key(client_id), sealed, client_id.bytes + place)


def seal_for_people(place: bytes, plain: bytes) -> bytes:
    """Return `plain` sealed with a key of its own under the people key, bound to `place`."""
    return wrapping.seal(wrapping.derive(queries.installation_key("people"), "value"), plain, place)


def open_for_people(place: bytes, sealed: bytes) -> bytes:
    """Return what `seal_for_people` sealed for the same place.

    Raises:
        SealBroken: changed or moved.
    """
    return wrapping.open_(wrapping.derive(queries.installation_key("people"), "value"), sealed, place)


def begin_blob(client_id: UUID, size_bytes: int) -> Blob:
    """Make the row and the empty file of a blob of `size_bytes` that will arrive in parts.

    Raises:
        StoreFull: there is less room than the blob needs.
    """
    if queries.store().free_bytes() < size_bytes:
        raise StoreFull
    blob_id, key = ids.new(), os.urandom(KEY_BYTES)
    wrapped = wrapping.wrap(queries.client_key(client_id), key, client_id.bytes + blob_id.bytes)
    blob = Blob.objects.create(
        id=blob_id, client_id=client_id, size_bytes=size_bytes, salt=os.urandom(SALT_BYTES), wrapped_key=wrapped
    )
    queries.store().create(client_id, blob_id)
    return blob


def codec(blob: Blob) -> Codec:
    """Return what seals and opens the segments of `blob`."""
    key = wrapping.unwrap(
        queries.client_key(blob.client_id), bytes(blob.wrapped_key), blob.client_id.bytes + blob.id.bytes
    )
    return Codec(key, blob.client_id, blob.id, bytes(blob.salt))


def receive(
    client_id: UUID, blob_id: UUID, *, offset: int, size_bytes: int, checksum: receiving.Checksum | None = None
) -> receiving.Receiver:
    """Return what takes the next `size_bytes` of a blob in; use it as a context manager.

    Each commit of an offset is a transaction of its own, and between them no connection is held.
    """
    blob = _load(client_id, blob_id)
    return receiving.Receiver(
        queries.store(),
        codec(blob),
        length=blob.size_bytes,
        offset=offset,
        load_offset=partial(_received_bytes, client_id, blob_id),
        save_offset=partial(_save_received_bytes, client_id, blob_id),
        size=size_bytes,
        checksum=checksum,
    )


def checksum_of(algorithm: str, digest: bytes) -> receiving.Checksum:
    """Return what a chunk must hash to.

    Raises:
        UnknownChecksum: the algorithm is not known, or the digest has not its size.
    """
    return receiving.Checksum(algorithm, digest)


def finish_blob(client_id: UUID, blob_id: UUID) -> None:
    """Complete a blob whose bytes have all arrived; repeating it, also after a death at any step, changes nothing.

    Raises:
        Locked: another connection is writing to it.
        SegmentDamaged: the bytes have not all arrived.
    """
    blob = _load(client_id, blob_id)
    if blob.sealed_at is not None:
        return
    receiving.finish(queries.store(), codec(blob), blob.size_bytes)
    with bound(Binding(client_id)):
        Blob.objects.filter(client_id=client_id, id=blob_id, sealed_at=None).update(sealed_at=clock.now())


def open_blob(client_id: UUID, blob_id: UUID) -> reading.OpenBlob:
    """Open a complete blob for reading; close it, or leave its block.

    Raises:
        BlobMissing, SizeDiffers, FooterDamaged: what is stored is not what was sealed.
    """
    blob = _load(client_id, blob_id)
    return reading.open_blob(queries.store(), codec(blob), blob.size_bytes)


def prove_blob(client_id: UUID, blob_id: UUID) -> bytes:
    """Read a blob back whole, write its SHA-256 (32 bytes) down with the time, and return it.

    Raises:
        BlobMissing, SizeDiffers, FooterDamaged, SegmentDamaged: what is stored is not what was sealed.
    """
    blob = _load(client_id, blob_id)
    give_back()
    digest = reading.scan(queries.store(), codec(blob), blob.size_bytes)
    with bound(Binding(client_id)):
        Blob.objects.filter(client_id=client_id, id=blob_id).update(sha256=digest, proved_at=clock.now())
    return digest


def forget_blob(client_id: UUID, blob_id: UUID) -> None:
    """Shred a blob: its key is gone when the transaction commits. Call `remove_blob` after that."""
    with bound(Binding(client_id)):
        Blob.objects.filter(client_id=client_id, id=blob_id).update(deleted_at=clock.now(), wrapped_key=b"")


def remove_blob(client_id: UUID, blob_id: UUID) -> None:
    """Remove the file of a shredded blob; what is not there, or still being written to, is no error."""
    with suppress(Locked):
        queries.store().delete(client_id, blob_id)


def _load(client_id: UUID, blob_id: UUID) -> Blob:
    with bound(Binding(client_id)):
        blob = Blob.objects.filter(client_id=client_id, id=blob_id, deleted_at=None).first()
    if blob is None:
        raise BlobMissing
    return blob


def _received_bytes(client_id: UUID, blob_id: UUID) -> int:
    received = _load(client_id, blob_id).received_bytes
    give_back()
    return received


def _save_received_bytes(client_id: UUID, blob_id: UUID, offset: int) -> None:
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, id=blob_id, deleted_at=None)
        if not rows.update(received_bytes=offset):
            raise BlobMissing  # cancelled meanwhile
    give_back()
