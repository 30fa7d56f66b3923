"""The key of one stored document: wrapped by its client's key, and closed with a lock of its own."""

from uuid import UUID

from muniment.trust.vault import queries
from muniment.trust.vault.keys import locks, wrapping


def lock_of(client_id: UUID, blob_id: UUID) -> bytes:
    """Return the name of a blob's lock."""
    return queries.context("blob", client_id) + blob_id.bytes


def wrap(client_id: UUID, blob_id: UUID, key: bytes, version: int) -> bytes:
    """Return a blob's 32-byte key wrapped by a version of the client's key, and closed.

    Raises:
        KeyDestroyed: the blob's key was destroyed.
    """
    return close(client_id, blob_id, wrap_bare(client_id, blob_id, key, version))


def wrap_bare(client_id: UUID, blob_id: UUID, key: bytes, version: int) -> bytes:
    """Return a blob's key wrapped by a version of the client's key alone."""
    return wrapping.wrap(queries.client_key(client_id, version), key, client_id.bytes + blob_id.bytes)


def close(client_id: UUID, blob_id: UUID, wrapped: bytes) -> bytes:
    """Return a wrapped key closed with the blob's lock.

    Raises:
        KeyDestroyed: the blob's key was destroyed.
    """
    return locks.close(lock_of(client_id, blob_id), wrapped)


def bare(client_id: UUID, blob_id: UUID, wrapped: bytes) -> bytes:
    """Return a wrapped key without its lock.

    Raises:
        KeyDestroyed: the lock was destroyed.
    """
    return locks.open_(lock_of(client_id, blob_id), wrapped)


def unwrap(client_id: UUID, blob_id: UUID, wrapped: bytes, version: int) -> bytes:
    """Return a blob's 32-byte key.

    Raises:
        KeyDestroyed: it was destroyed.
        KeyMissing, KeyRefused: as for `queries.client_key` and `wrapping.unwrap`.
    """
    place = client_id.bytes + blob_id.bytes
    return wrapping.unwrap(queries.client_key(client_id, version), bare(client_id, blob_id, wrapped), place)
