"""What every store does, wherever its bytes lie. A store sees sealed bytes and ids, nothing else."""

from typing import Protocol, Self
from uuid import UUID

from muniment.trust.vault.segments import Buffer


class Part(Protocol):
    """A blob that one writer, and nobody else, is working on. Leaving the block lets go of it."""

    @property
    def is_finished(self) -> bool:
        """Tell whether the blob is complete already: then only `drop_tails` may be called."""

    def write(self, data: Buffer, offset: int) -> None:
        """Put bytes at an offset; they may be lost until `sync` returns."""

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes put there before; fewer only at the end."""

    def sync(self) -> None:
        """Return once all that was put is safe from a loss of power."""

    def write_tail(self, data: Buffer, offset: int) -> None:
        """Keep the sealed end of an upload that stops at plain `offset`, safe when this returns.

        It never writes over the tail of another offset, so the last safe one stays until it is dropped.
        """

    def read_tail(self, offset: int) -> bytes:
        """Return the tail kept for an offset."""

    def drop_tail(self, offset: int) -> None:
        """Remove the tail of an offset, if there is one."""

    def drop_tails(self) -> None:
        """Remove every tail."""

    def finish(self, body_bytes: int, footer: bytes) -> None:
        """Cut at `body_bytes`, append the footer and make the blob complete; safe when this returns."""

    def __enter__(self) -> Self:
        """Return the part itself."""

    def __exit__(self, *_: object) -> None:
        """Let go of the blob."""


class StoredBlob(Protocol):
    """A complete blob, open for reading."""

    def size(self) -> int:
        """Return how many bytes are stored."""

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes; fewer only at the end."""

    def close(self) -> None:
        """Let go of the blob; closing twice does no harm."""


class Store(Protocol):
    """Holds the sealed blobs of all clients, each under a prefix of its own."""

    def create(self, client_id: UUID, blob_id: UUID) -> None:
        """Make an empty unfinished blob, safe when this returns: call it before the row is committed.

        Raises:
            FileExistsError: the blob exists.
            StoreFull: there is no room.
        """

    def open_part(self, client_id: UUID, blob_id: UUID) -> Part:
        """Take hold of a blob for writing.

        Raises:
            Locked: another writer holds it.
            BlobMissing: there is no such blob.
        """

    def open(self, client_id: UUID, blob_id: UUID) -> StoredBlob:
        """Open a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
        """

    def size(self, client_id: UUID, blob_id: UUID) -> int:
        """Return the stored size of a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
        """

    def delete(self, client_id: UUID, blob_id: UUID) -> None:
        """Remove a blob, complete or not, and its tails; what is not there is no error.

        Raises:
            Locked: a writer holds it.
        """

    def free_bytes(self) -> int:
        """Return how many bytes there is room for."""
