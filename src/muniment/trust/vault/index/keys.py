"""The key of a client's tokens: random, sealed with the client's key, gone while the index is switched off.

Turning the client's key seals it anew and leaves every token as it is; destroying the client's key makes the tokens
worthless. docs/decisions/0012 says why.
"""

import os
from collections.abc import Iterable
from uuid import UUID

from muniment.core import clock
from muniment.trust.vault import queries
from muniment.trust.vault.index.models import ClientIndex
from muniment.trust.vault.keys import wrapping
from muniment.trust.vault.keys.wrapping import Seal

KEY_BYTES = 32
_PLACE = b"client_index.sealed_key"


def key_to_write(client_id: UUID) -> bytes | None:
    """Return the bound client's index key for writing, made if there was none yet; None while it is switched off.

    Nobody can switch the index off or on before the transaction ends.
    """
    if not ClientIndex.objects.filter(client_id=client_id).exists():
        sealed = _seal(client_id, os.urandom(KEY_BYTES))
        ClientIndex.objects.bulk_create([ClientIndex(client_id=client_id, sealed_key=sealed)], ignore_conflicts=True)
    # A shared lock: those who write do not wait for each other, but who switches it off waits for them.
    (row,) = ClientIndex.objects.raw("select * from client_index where client_id = %s for share", [client_id])
    return _open(row)


def key_to_read(client_id: UUID) -> bytes | None:
    """Return the bound client's index key, or None while there is nothing to find."""
    row = ClientIndex.objects.filter(client_id=client_id).first()
    return _open(row) if row else None


def keys_to_read(client_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the index keys of several clients under the desk's role; those without are left out."""
    rows = list(ClientIndex.objects.filter(client_id__in=list(client_ids), switched_off_at=None))
    return {row.client_id: key for row in rows if (key := _open(row)) is not None}


def is_on(client_id: UUID) -> bool:
    """Return whether the bound client's things can be found by their words."""
    return not ClientIndex.objects.filter(client_id=client_id).exclude(switched_off_at=None).exists()


def switch_on(client_id: UUID) -> bool:
    """Give the bound client's index a new key; False if it was on."""
    rows = ClientIndex.objects.filter(client_id=client_id).exclude(switched_off_at=None)
    sealed = _seal(client_id, os.urandom(KEY_BYTES))
    return bool(rows.update(sealed_key=sealed, switched_off_at=None, began_at=clock.now()))


def switch_off(client_id: UUID) -> bool:
    """Destroy the key of the bound client's index; False if it was off. The caller deletes what was indexed."""
    ClientIndex.objects.bulk_create(
        [ClientIndex(client_id=client_id, sealed_key=_seal(client_id, os.urandom(KEY_BYTES)))], ignore_conflicts=True
    )
    rows = ClientIndex.objects.filter(client_id=client_id, switched_off_at=None)
    return bool(rows.update(sealed_key=None, switched_off_at=clock.now()))


def seal_again(client_id: UUID) -> None:
    """Seal the bound client's index key anew, because the client's key has turned; its tokens stay good."""
    row = ClientIndex.objects.select_for_update().filter(client_id=client_id, switched_off_at=None).first()
    key = _open(row) if row else None
    if key is not None:
        ClientIndex.objects.filter(client_id=client_id).update(sealed_key=_seal(client_id, key))


def is_sealed_with(client_id: UUID, version: int) -> bool:
    """Tell whether the bound client's index key, if there is one, is sealed with this version of its key."""
    row = ClientIndex.objects.filter(client_id=client_id, switched_off_at=None).first()
    return row is None or row.sealed_key is None or wrapping.seal_of(bytes(row.sealed_key)).version == version


def _seal(client_id: UUID, key: bytes) -> bytes:
    version = queries.client_versions(client_id)[
        0
    ]  # the newest: `seal_again` runs while others still know the one before
    sealing = queries.client_key(client_id, version)
    return wrapping.seal(sealing, key, client_id.bytes + _PLACE, Seal(version))


def _open(row: ClientIndex) -> bytes | None:
    if row.sealed_key is None:
        return None
    sealed = bytes(row.sealed_key)
    key = queries.client_key(row.client_id, wrapping.seal_of(sealed).version)
    return wrapping.open_(key, sealed, row.client_id.bytes + _PLACE)
