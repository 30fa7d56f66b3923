"""Make keys, seal small things, take in and hand out sealed blobs."""

import os
from collections.abc import Callable
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound
from muniment.trust.vault import queries, wrapping
from muniment.trust.vault.models import Blob, ClientKey, InstallationKey

from muniment.trust.vault.segments import Codec

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
    """Make the row and the empty file of a blob of `size_bytes` that will arrive in parts."""
    blob_id, key = ids.new(), os.urandom(KEY_BYTES)
    wrapped = wrapping.wrap(queries.client_key(client_id), key, client_id.bytes + blob_id.bytes)
    blob = Blob.objects.create(
        id=blob_id, client_id=client_id, size_bytes=size_bytes, salt=os.urandom(SALT_BYTES), wrapped_key=wrapped
    )
    queries.store().create(client_id, blob_id)
    return blob


def codec(blob: Blob) -> Codec:
    """Return what seals and opens the segments of `blob`."""
    key = wrapping.unwrap(queries.client_key(blob.client_id), bytes(blob.wrapped_key), blob.client_id.bytes + blob.id.bytes)
    return Codec(key, blob.client_id, blob.id, bytes(blob.salt))
