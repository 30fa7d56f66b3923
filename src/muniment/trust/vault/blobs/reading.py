"""Reading of complete blobs: ranges for people, and the full read-back that proves a blob whole."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Protocol, Self
from uuid import UUID

from muniment.trust.vault.blobs.segments import (
    FOOTER_BYTES,
    Codec,
    body_size,
    count_segments,
    read,
    record_of,
    sealed_size,
)
from muniment.trust.vault.errors import FooterDamaged, SizeDiffers
from muniment.trust.vault.keys.wrapping import TAG_BYTES
from muniment.trust.vault.store.contract import StoredBlob

SLICE_BYTES = 64 * 1024
"""The web server sends bodies best in pieces of this size."""


class OpenBlob:
    """A complete blob whose size and footer were checked. Close it, or leave its block."""

    def __init__(self, stored: StoredBlob, codec: Codec, length: int, tags_digest: bytes) -> None:
        """Take over an open blob."""
        self._stored = stored
        self._codec = codec
        self._tags_digest = tags_digest
        self.length = length
        """Plain bytes of the whole blob."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the blob; closing twice does no harm."""
        self._stored.close()

    def read(self, start: int = 0, end: int | None = None, *, slice_bytes: int = SLICE_BYTES) -> Iterator[bytes]:
        """Yield the plain bytes from `start` up to, not including, `end` (None: all), each authenticated.

        Raises:
            SegmentDamaged: a segment in the range does not open.
        """
        return read(self._codec, self._stored.read, self.length, start, end, slice_bytes=slice_bytes)

    def stream(self, start: int = 0, end: int | None = None) -> "Stream":
        """Return the range as the body of an answer, which closes the blob with itself."""
        return Stream(self, self.read(start, end))

    def prove(self, pace: Callable[[int], None] = lambda _: None) -> bytes:
        """Read everything back and return the SHA-256 of the plain bytes.

        `pace` is told how many bytes were read each time, and may take its time.

        Raises:
            SegmentDamaged: a segment does not open.
            FooterDamaged: the segments all open, but are not those that were there when the blob was finished.
        """
        plain_digest, tags_digest = hashlib.sha256(), hashlib.sha256()
        for index in range(count_segments(self.length)):
            offset, size, flag = record_of(self.length, index)
            record = self._stored.read(offset, size)
            pace(size)
            plain_digest.update(self._codec.open(record, index, flag))
            tags_digest.update(record[-TAG_BYTES:])
        if tags_digest.digest() != self._tags_digest:
            raise FooterDamaged
        return plain_digest.digest()


class Stream:
    """An iterator of bytes that closes its blob at the end, on an error, and when the server gives up."""

    def __init__(self, blob: OpenBlob, pieces: Iterator[bytes]) -> None:
        """Take over the blob."""
        self._blob = blob
        self._pieces = pieces

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the blob, also if nothing was read (a generator's own close would not)."""
        self._blob.close()


class Opener(Protocol):
    """Whatever opens complete blobs: a store, or `following.Anywhere`."""

    def open(self, client_id: UUID, blob_id: UUID, /) -> StoredBlob:
        """Open a complete blob."""


def open_blob(store: Opener, codec: Codec, length: int) -> OpenBlob:
    """Open the complete blob of `length` plain bytes that the codec is for.

    Its size is compared first: a range that does not reach the end could not see that the end is gone.

    Raises:
        BlobMissing: the store has no such complete blob.
        SizeDiffers: it is shorter or longer than its row says.
        FooterDamaged: its footer was changed, or belongs to another blob, key or length.
    """
    stored = store.open(codec.client_id, codec.blob_id)
    try:
        found = stored.size()
        if found != sealed_size(length):
            raise SizeDiffers(expected_bytes=sealed_size(length), found_bytes=found)
        footer = codec.check_footer(stored.read(body_size(length), FOOTER_BYTES))
        if footer.length != length:
            raise FooterDamaged
        return OpenBlob(stored, codec, length, footer.tags_digest)
    except BaseException:
        stored.close()
        raise


def scan(store: Opener, codec: Codec, length: int, pace: Callable[[int], None] = lambda _: None) -> bytes:
    """Read a complete blob back, every segment of it, and return the SHA-256 of its plain bytes.

    Raises:
        BlobMissing, SizeDiffers, FooterDamaged: as for `open_blob`.
        SegmentDamaged: a segment does not open.
    """
    with open_blob(store, codec, length) as blob:
        return blob.prove(pace)
