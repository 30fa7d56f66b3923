"""Make keys, seal small things, take in and hand out sealed blobs."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.db.binding import Binding
from muniment.core.db.lending import give_back
from muniment.core.unit import bound
from muniment.trust.vault import queries
from muniment.trust.vault.blobs import reading, receiving
from muniment.trust.vault.blobs.codecs import codec
from muniment.trust.vault.blobs.collecting import collect as collect_store
from muniment.trust.vault.blobs.following import Anywhere
from muniment.trust.vault.blobs.moving import move_blobs
from muniment.trust.vault.blobs.reading import OpenBlob, Stream
from muniment.trust.vault.blobs.receiving import Receiver
from muniment.trust.vault.blobs.stores import set_region
from muniment.trust.vault.errors import BlobDamaged, BlobMissing, Locked, StoreDown, StoreFull
from muniment.trust.vault.index import searching as index
from muniment.trust.vault.isolation.sandbox import confinement
from muniment.trust.vault.isolation.sandbox import run as in_sandbox
from muniment.trust.vault.keys import rewrapping, wrapping
from muniment.trust.vault.keys.inventory import (
    is_person_key_destroyed,
    key_facts,
    log_public_keys,
    log_signer,
    public_keys,
    running_turning,
    signature,
    turnings,
)
from muniment.trust.vault.keys.pacing import Pace
from muniment.trust.vault.keys.rewrapping import make_person_key
from muniment.trust.vault.keys.shredding import (
    destroy_blob_keys,
    destroy_client_key,
    destroy_person_key,
    try_blobs,
    try_client,
    try_person,
)
from muniment.trust.vault.keys.signing import Signer, is_signed
from muniment.trust.vault.keys.turning import begin as begin_turning
from muniment.trust.vault.keys.turning import run as turn
from muniment.trust.vault.keys.wrapping import Seal
from muniment.trust.vault.models import Blob, ClientKey, InstallationKey
from muniment.trust.vault.types import Verdict, Vetting
from muniment.trust.vault.vetting import judging
from muniment.trust.vault.vetting.clamd import ScannerDown
from muniment.trust.vault.vetting.verdicts import (
    destroy_blob,
    release_blob,
    require_open,
    rules,
    save,
    scanner,
    set_upload_rules,
    vetting_of,
)

__all__ = [  # with the types of what they return
    "OpenBlob",
    "Pace",
    "Receiver",
    "ScannerDown",
    "Signer",
    "Stream",
    "begin_blob",
    "begin_turning",
    "checksum_of",
    "codec",
    "collect_store",
    "confinement",
    "destroy_blob",
    "destroy_blob_keys",
    "destroy_client_key",
    "destroy_person_key",
    "finish_blob",
    "forget_blob",
    "in_sandbox",
    "index",
    "is_person_key_destroyed",
    "is_signed",
    "key_facts",
    "log_public_keys",
    "log_signer",
    "make_client_key",
    "make_installation_keys",
    "make_person_key",
    "move_blobs",
    "open_blob",
    "open_for",
    "open_for_people",
    "prove_blob",
    "public_keys",
    "receive",
    "receive_into",
    "release_blob",
    "remove_blob",
    "require_open",
    "rules",
    "running_turning",
    "scanner",
    "seal_for",
    "seal_for_people",
    "set_region",
    "set_upload_rules",
    "signature",
    "try_blobs",
    "try_client",
    "try_person",
    "turn",
    "turnings",
    "vet_blob",
    "vetting_of",
]

KEY_BYTES = 32
SALT_BYTES = 32


def make_installation_keys() -> int:
    """Make every key of the installation that does not exist yet; return how many were made."""
    made = 0
    for purpose in queries.PURPOSES:
        if not InstallationKey.objects.filter(purpose=purpose).exists():
            rewrapping.add_installation_key(purpose, 1)
            made += 1
    return made


def make_client_key(client_id: UUID) -> None:
    """Make the key of a new client; the client must be the bound one."""
    wrapped = queries.keyring().wrap(os.urandom(KEY_BYTES), queries.context("client", client_id))
    ClientKey.objects.create(client_id=client_id, wrapped=wrapped)


def seal_for(client_id: UUID, place: bytes, plain: bytes) -> bytes:
    """Return `plain` sealed with a client's key, bound to the client and to `place`."""
    version = queries.client_version(client_id)
    return wrapping.seal(queries.client_key(client_id, version), plain, client_id.bytes + place, Seal(version))


def open_for(client_id: UUID, place: bytes, sealed: bytes) -> bytes:
    """Return what `seal_for` sealed for the same client and place.

    Raises:
        SealBroken: changed, moved, or of another client.
    """
    key = queries.client_key(client_id, wrapping.seal_of(sealed).version)
    return wrapping.open_(key, sealed, client_id.bytes + place)


def seal_for_people(place: bytes, plain: bytes) -> bytes:
    """Return `plain` sealed with a key of its own under the people key, bound to `place`."""
    version = queries.installation_version("people")
    return wrapping.seal(_people_key(version), plain, place, Seal(version))


def open_for_people(place: bytes, sealed: bytes) -> bytes:
    """Return what `seal_for_people` sealed for the same place.

    Raises:
        SealBroken: changed or moved.
    """
    return wrapping.open_(_people_key(wrapping.seal_of(sealed).version), sealed, place)


def _people_key(version: int) -> bytes:
    return wrapping.derive(queries.installation_key("people", version), "value")


def begin_blob(client_id: UUID, size_bytes: int) -> Blob:
    """Make the row and the empty file of a blob of `size_bytes` that will arrive in parts.

    Raises:
        StoreFull: there is less room than the blob needs.
        RegionRefused: the store is not where the client's documents may lie.
        StoreDown: the store does not answer.
    """
    store = queries.store()
    queries.require_region(client_id, store)
    if store.free_bytes() < size_bytes:
        raise StoreFull
    blob_id, key = ids.new(), os.urandom(KEY_BYTES)
    version = queries.client_version(client_id)
    wrapped = wrapping.wrap(queries.client_key(client_id, version), key, client_id.bytes + blob_id.bytes)
    blob = Blob.objects.create(
        id=blob_id,
        client_id=client_id,
        size_bytes=size_bytes,
        salt=os.urandom(SALT_BYTES),
        wrapped_key=wrapped,
        key_version=version,
        store=store.name,
    )
    store.create(client_id, blob_id)
    return blob


def receive(
    client_id: UUID, blob_id: UUID, *, offset: int, size_bytes: int, checksum: receiving.Checksum | None = None
) -> receiving.Receiver:
    """Return what takes the next `size_bytes` of a blob in; use it as a context manager.

    Each commit of an offset is a transaction of its own, and between them no connection is held.
    """
    return receive_into(_load(client_id, blob_id), offset=offset, size_bytes=size_bytes, checksum=checksum)


def receive_into(
    blob: Blob, *, offset: int, size_bytes: int, checksum: receiving.Checksum | None = None
) -> receiving.Receiver:
    """Return what `receive` returns, for a row that the caller has just read.

    Raises:
        BlobMissing: it was destroyed.
    """
    if blob.deleted_at is not None:
        raise BlobMissing
    client_id, blob_id = blob.client_id, blob.id
    return receiving.Receiver(
        queries.store_of(blob),
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
    receiving.finish(queries.store_of(blob), codec(blob), blob.size_bytes)
    with bound(Binding(client_id)):
        Blob.objects.filter(client_id=client_id, id=blob_id, sealed_at=None).update(sealed_at=clock.now())


def open_blob(client_id: UUID, blob_id: UUID, *, for_vetting: bool = False) -> reading.OpenBlob:
    """Open a complete blob for reading; close it, or leave its block. `for_vetting` is for the vetting alone.

    Raises:
        NotVetted, Held: it was not vetted yet, or is not clean.
        BlobMissing, SizeDiffers, FooterDamaged: what is stored is not what was sealed.
    """
    blob = _load(client_id, blob_id)
    if not for_vetting:
        require_open(blob)
    return reading.open_blob(Anywhere(blob), codec(blob), blob.size_bytes)


def vet_blob(client_id: UUID, blob_id: UUID, *, name: str, media_type: str = "") -> tuple[Vetting, bool]:
    """Look at a complete blob that is called `name`, write the verdict down, and return it, and whether it is new.

    What people released stays so. Vetting again does no harm, and finds what new signatures know. What is stored
    and is not what was sealed is held as damaged; proving it raises the alarm.
    """
    let_in = rules(client_id)
    try:
        with open_blob(client_id, blob_id, for_vetting=True) as content:
            give_back()
            vetting = judging.judge(content, name, let_in, scanner(), media_type=media_type)
    except (BlobMissing, BlobDamaged):
        vetting = Vetting(Verdict.HELD, "broken")
    return save(client_id, blob_id, vetting)


def prove_blob(client_id: UUID, blob_id: UUID, pace: Callable[[int], None] = lambda _: None) -> bytes:
    """Read a blob back whole, write its SHA-256 (32 bytes) down with the time, and return it.

    `pace` is told how much was read each time, and may take its time.

    Raises:
        BlobMissing, SizeDiffers, FooterDamaged, SegmentDamaged: what is stored is not what was sealed.
    """
    blob = _load(client_id, blob_id)
    give_back()
    digest = reading.scan(Anywhere(blob), codec(blob), blob.size_bytes, pace)
    with bound(Binding(client_id)):
        Blob.objects.filter(client_id=client_id, id=blob_id).update(sha256=digest, proved_at=clock.now())
    return digest


def forget_blob(client_id: UUID, blob_id: UUID) -> None:
    """Shred a blob: its key is gone when the transaction commits. Call `remove_blob` after that."""
    with bound(Binding(client_id)):
        Blob.objects.filter(client_id=client_id, id=blob_id).update(deleted_at=clock.now(), wrapped_key=b"")


def remove_blob(client_id: UUID, blob_id: UUID) -> None:
    """Remove the bytes of a shredded blob; what is not there, or still being written to, is no error.

    What cannot be removed now, because its store does not answer, `collect` removes later.
    """
    with bound(Binding(client_id)):
        blob = Blob.objects.filter(client_id=client_id, id=blob_id).first()
    if blob is not None:
        with suppress(Locked, StoreDown):
            queries.store_of(blob).delete(client_id, blob.place_id or blob.id)


def _load(client_id: UUID, blob_id: UUID) -> Blob:
    with bound(Binding(client_id)):
        blob = Blob.objects.filter(client_id=client_id, id=blob_id, deleted_at=None).first()
    if blob is None:
        raise BlobMissing
    return blob


def _received_bytes(client_id: UUID, blob_id: UUID) -> int:
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, id=blob_id, deleted_at=None)
        received = rows.values_list("received_bytes", flat=True).first()
    give_back()
    if received is None:
        raise BlobMissing
    return received


def _save_received_bytes(client_id: UUID, blob_id: UUID, offset: int) -> None:
    with bound(Binding(client_id)):
        rows = Blob.objects.filter(client_id=client_id, id=blob_id, deleted_at=None)
        if not rows.update(received_bytes=offset):
            raise BlobMissing  # cancelled meanwhile
    give_back()
