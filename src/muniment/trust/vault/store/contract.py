"""What every store does, wherever its bytes lie. A store sees sealed bytes and ids, nothing else.

It knows how a blob is laid out (`segments`), because some stores can only be written in pieces of a fixed size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, Self
from uuid import UUID

from muniment.trust.vault.blobs.segments import Buffer
from muniment.trust.vault.types import StoreName


@dataclass(frozen=True, slots=True)
class Found:
    """Something that lies in a store under the name of a blob."""

    client_id: UUID
    blob_id: UUID
    kind: Literal["complete", "unfinished", "end", "copy"]
    """A whole blob; the body of an upload; the end of one, kept for `offset`; a copy that was never completed."""
    changed_at: datetime
    handle: str
    """What the store itself knows it by."""
    offset: int = 0


class Part(Protocol):
    """A blob that one writer, and nobody else, is working on. Leaving the block lets go of it."""

    @property
    def is_finished(self) -> bool:
        """Tell whether the blob is complete already: then only `drop_ends` may be called."""

    def go_on(self, offset: int) -> bytes:
        """Take up what was kept for plain `offset`, and return it so that it can be opened.

        These are the sealed segments that have no final place yet, and then the tail, where `offset` is inside
        a segment.

        Raises:
            KeptLess: less is left than was kept; the upload goes on from the offset that it names.
        """

    def write(self, record: Buffer, index: int) -> None:
        """Put the sealed segment `index`, which follows the one before; it may be lost until it is kept.

        Raises:
            Locked: the blob was let go of for want of a sign of life, and somebody else took it.
            StoreFull, StoreDown: it cannot be put now.
        """

    def keep(self, offset: int, tail: Buffer) -> None:
        """Return once all that was put, and the sealed `tail` of a segment up to plain `offset`, are safe.

        What was kept for another offset stays until it is dropped.

        Raises:
            Locked, StoreFull, StoreDown: as for `write`.
        """

    def drop_end(self, offset: int) -> None:
        """Remove what was kept for an offset alone, if there is anything."""

    def drop_ends(self) -> None:
        """Remove what was kept for any offset, also by writers who died."""

    def last_record(self, length: int) -> bytes:
        """Return the last sealed segment of a blob of `length` plain bytes, as it was put; shorter if it was not."""

    def tags_digest(self, length: int) -> bytes:
        """Return the SHA-256 of the tags of all segments; a process that wrote none of them can make it too.

        Raises:
            SegmentDamaged: one of them is not there.
        """

    def finish(self, length: int, footer: bytes) -> None:
        """Append the footer to the body of `length` plain bytes, and make the blob complete; safe when this returns.

        Raises:
            KeptLess: less is left than was kept; the upload goes on from the offset that it names.
            Locked, StoreFull, StoreDown: as for `write`.
        """

    def __enter__(self) -> Self:
        """Return the part itself."""

    def __exit__(self, *_: object) -> None:
        """Let go of the blob."""


class StoredBlob(Protocol):
    """A complete blob, open for reading."""

    def size(self) -> int:
        """Return how many bytes are stored."""

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes; fewer only at the end.

        Raises:
            BlobMissing: it is not there any more.
            StoreDown: the store does not answer.
        """

    def close(self) -> None:
        """Let go of the blob; closing twice does no harm."""


class Store(Protocol):
    """Holds the sealed blobs of all clients, each under a prefix of its own."""

    @property
    def name(self) -> StoreName:
        """Return what rows call it."""

    @property
    def largest_bytes(self) -> int:
        """Return the size of the largest sealed blob that it takes."""

    @property
    def provider(self) -> str:
        """Return who runs it, as people may be told."""

    def region(self, client_id: UUID) -> str:
        """Return where the bytes of a client lie, as the store itself says; empty where nobody said.

        Raises:
            StoreDown: the store does not answer.
        """

    def create(self, client_id: UUID, blob_id: UUID) -> None:
        """Make an empty unfinished blob, safe at the latest with the transaction that makes its row.

        Raises:
            FileExistsError: the blob exists.
            StoreFull: there is no room.
            StoreDown: the store does not answer.
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

    def copy(self, client_id: UUID, blob_id: UUID, source: StoredBlob) -> None:
        """Make a complete blob of the bytes of `source`, all at once; again, it takes its place.

        `source` lies in another store, or is sealed anew while it is read, for a place of its own.

        Raises:
            StoreFull, StoreDown: it cannot be put now; nothing of it is left, or `found` names it.
        """

    def delete(self, client_id: UUID, blob_id: UUID) -> None:
        """Remove a blob, complete or not, and what was kept of its end; what is not there is no error.

        Raises:
            Locked: a writer holds it.
        """

    def found(self, client_id: UUID) -> Iterator[Found]:
        """Yield everything that lies there for a client, in no order; what has no known name is left out."""

    def discard(self, found: Found) -> None:
        """Remove one thing that `found` named; the caller knows that nobody needs it. Gone already is no error."""

    def free_bytes(self) -> int:
        """Return how many bytes there is room for."""
