"""Destroy keys, and try afterwards whether anything that they sealed still opens.

The trial takes what really lies in the database and in the store, and every key that the portal can still get
hold of. One value that opens means that nothing was destroyed.
"""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.clients import queries as clients
from muniment.trust.vault import queries
from muniment.trust.vault.blobs import segments
from muniment.trust.vault.blobs.stores import store_of
from muniment.trust.vault.errors import BlobMissing, KeyRefused, SealBroken, SegmentDamaged, VaultError
from muniment.trust.vault.index import writing as index
from muniment.trust.vault.keys import resealing, rewrapping, wrapping
from muniment.trust.vault.models import Blob, ClientKey, InstallationKey, PersonKey
from muniment.trust.vault.types import Trial

SAMPLES = 3  # of each column and of blobs


def destroy_client_key(client_id: UUID) -> int:
    """Overwrite and delete every version of the bound client's key; return how many there were."""
    index.destroy(client_id)
    rows = ClientKey.objects.filter(client_id=client_id)
    rows.update(wrapped=b"")
    return rows.delete()[0]


def destroy_person_key(person_id: UUID) -> int:
    """Overwrite a person's key, once everything in their rows is under it; return 1, or 0 if it was gone."""
    rewrapping.make_person_key(person_id)  # for somebody who was there before people had keys
    resealing.of_person(person_id)
    rows = PersonKey.objects.filter(person_id=person_id, destroyed_at=None)
    return rows.update(wrapped=b"", destroyed_at=clock.now())


def destroy_blob_keys(client_id: UUID, blob_ids: list[UUID]) -> int:
    """Overwrite the keys of the bound client's blobs; return how many there were."""
    rows = Blob.objects.filter(client_id=client_id, id__in=blob_ids).exclude(wrapped_key=b"")
    return rows.update(wrapped_key=b"", deleted_at=clock.now())


def try_client(client_id: UUID) -> Trial:
    """Try what a client's key sealed with every key that there still is."""
    keys = list(_keys_at_hand())
    with bound(Binding(client_id)):
        values = list(resealing.samples_of_client(client_id, SAMPLES))
        blobs = list(Blob.objects.filter(client_id=client_id).exclude(wrapped_key=b"").order_by("-id")[:SAMPLES])
        left = ClientKey.objects.filter(client_id=client_id).count()
    opened = sum(_opens(key, sealed, place) for key in keys for sealed, place in values)
    for blob in blobs:
        opened += sum(_unwraps(key, bytes(blob.wrapped_key), client_id.bytes + blob.id.bytes) for key in keys)
    tried, read = _try_blobs(blobs, keys)
    return Trial(len(values) + len(blobs), read, len(keys), opened + tried, left)


def try_person(person_id: UUID) -> Trial:
    """Try what a person's key sealed with every key that there still is."""
    keys = list(_keys_at_hand())
    values = list(resealing.samples_of_person(person_id, SAMPLES))
    opened = sum(_opens(key, sealed, place) for key in keys for sealed, place in values)
    left = PersonKey.objects.filter(person_id=person_id).exclude(wrapped=b"").count()
    return Trial(len(values), 0, len(keys), opened, left)


def try_blobs(client_id: UUID, blob_ids: list[UUID]) -> Trial:
    """Try stored documents with every key that there still is, the keys of the client's other documents too."""
    keys = list(_keys_at_hand())
    with bound(Binding(client_id)):
        blobs = list(Blob.objects.filter(client_id=client_id, id__in=blob_ids))
        others = list(Blob.objects.filter(client_id=client_id).exclude(wrapped_key=b"").exclude(id__in=blob_ids))
        left = Blob.objects.filter(client_id=client_id, id__in=blob_ids).exclude(wrapped_key=b"").count()
    for other in others:
        with suppress(VaultError):
            key = queries.client_key(client_id, other.key_version)
            keys.append(wrapping.unwrap(key, bytes(other.wrapped_key), client_id.bytes + other.id.bytes))
    opened, read = _try_blobs(blobs, keys)
    return Trial(0, read, len(keys), opened, left)


def _try_blobs(blobs: list[Blob], keys: list[bytes]) -> tuple[int, int]:
    """Return how many opened with how many really read from the store."""
    opened = read = 0
    for blob in blobs:
        offset, size, flag = segments.record_of(blob.size_bytes, 0)
        place = blob.place_id or blob.id
        try:
            stored = store_of(blob).open(blob.client_id, place)
        except BlobMissing:
            continue
        try:
            record = stored.read(offset, size)
        finally:
            stored.close()
        read += 1
        for key in keys:
            codec = segments.Codec(key, blob.client_id, place, bytes(blob.salt))
            with suppress(SegmentDamaged):
                codec.open(record, 0, flag)
                opened += 1
    return opened, read


def _keys_at_hand() -> Iterator[bytes]:
    """Yield every key that the portal can still unwrap: its own, those of all clients, those of all people."""
    queries.forget_keys()
    for row in InstallationKey.objects.exclude(wrapped=b""):
        yield queries.installation_key(row.purpose, row.version)
    firm = clients.find_firm_id()
    for client_id in [*clients.client_ids(), *([firm] if firm else [])]:
        for version in queries.client_versions(client_id):
            yield queries.client_key(client_id, version)
    for person_id in PersonKey.objects.filter(destroyed_at=None).values_list("person_id", flat=True):
        yield queries.person_key(person_id)


def _opens(key: bytes, sealed: bytes, place: bytes) -> bool:
    """Tell whether a key, or one that is derived from it, opens a value in its place."""
    for candidate in (key, wrapping.derive(key, "field"), wrapping.derive(key, "value")):
        with suppress(SealBroken):
            wrapping.open_(candidate, sealed, place)
            return True
    return False


def _unwraps(key: bytes, wrapped: bytes, context: bytes) -> bool:
    with suppress(KeyRefused):
        wrapping.unwrap(key, wrapped, context)
        return True
    return False
