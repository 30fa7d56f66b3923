"""An upload that survives everything: a broken connection, a killed worker, a loss of power.

Whole segments go to their final place. The bytes after the last whole segment are sealed as a tail in a
file of its own, named by the offset it ends at. The offset in the row moves only once all before it is on the
disk, and the old tail goes only after that: whenever a worker dies, the row's offset can be gone on from,
by any other process. Sealing happens as bytes come; nothing is ever stored in the clear.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from muniment.trust.vault.errors import ChecksumMismatch, PastLength, SegmentDamaged, UnknownChecksum, WrongOffset
from muniment.trust.vault.segments import (
    RECORD_BYTES,
    SEAL_BYTES,
    SEGMENT_BYTES,
    Buffer,
    Codec,
    Flag,
    body_size,
    count_segments,
    record_of,
)
from muniment.trust.vault.store.contract import Part, Store
from muniment.trust.vault.wrapping import TAG_BYTES

COMMIT_BYTES = 8 * SEGMENT_BYTES
"""How much may be lost, and sent again, when a worker dies."""

CHECKSUM_BYTES = {"sha1": 20, "sha256": 32}
"""Known checksums of a chunk and their sizes; sha1 because the tus protocol demands it."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says the bytes of one chunk hash to."""

    algorithm: str
    digest: bytes

    def __post_init__(self) -> None:
        """Refuse what cannot be compared.

        Raises:
            UnknownChecksum: the algorithm is not known, or the digest has not its size.
        """
        if CHECKSUM_BYTES.get(self.algorithm) != len(self.digest):
            raise UnknownChecksum


class Receiver:
    """Receives one chunk of an upload under the upload's lock.

        with Receiver(store, codec, length=..., offset=..., load_offset=..., save_offset=...) as receiver:
            while data := body.read(SEGMENT_BYTES):
                receiver.feed(data)

    Leaving the block keeps all that came, also when it is left by a broken connection (OSError, EOFError);
    after any other exception nothing past the last commit counts. With a checksum, all counts or nothing.
    A chunk that reaches the length finishes the blob; so does an empty chunk at the end, if a worker died there.
    """

    def __init__(
        self,
        store: Store,
        codec: Codec,
        *,
        length: int,
        offset: int,
        load_offset: Callable[[], int],
        save_offset: Callable[[int], None],
        size: int | None = None,
        checksum: Checksum | None = None,
    ) -> None:
        """Say what comes.

        Args:
            store: Where the blob was created.
            codec: Made with the blob's key.
            length: Plain bytes of the whole blob.
            offset: Where the sender wants to go on.
            load_offset: Reads the committed offset; called once, under the lock.
            save_offset: Commits a new offset; what it means is on the disk by then.
            size: Plain bytes of this chunk, if known (Content-Length).
            checksum: What the chunk must hash to.
        """
        self._store = store
        self._codec = codec
        self._length = length
        self._wanted = offset
        self._load_offset = load_offset
        self._save_offset = save_offset
        self._size = size
        self._checksum = checksum
        self._part: Part
        self._buffer = bytearray(SEGMENT_BYTES)
        self._record = bytearray(RECORD_BYTES)
        self._filled = 0  # plain bytes in the buffer
        self._index = 0  # the segment being filled
        self._position = 0  # plain bytes received so far
        self._unsynced_bytes = 0
        self._has_failed = False
        self.offset = 0
        """Plain bytes that are kept for good."""

    @property
    def is_finished(self) -> bool:
        """Tell whether the blob is complete in the store."""
        return self._part.is_finished

    def __enter__(self) -> Self:
        """Take the lock and find the place.

        Raises:
            Locked: another connection is writing to this upload.
            WrongOffset: the upload does not go on at `offset`.
            PastLength: `size` does not fit.
            SegmentDamaged: the kept tail does not open.
        """
        part = self._store.open_part(self._codec.client_id, self._codec.blob_id)
        try:
            self._part = part
            self._begin()
        except BaseException:
            part.__exit__()
            raise
        return self

    def feed(self, data: Buffer) -> None:
        """Take bytes of any number, in the order they were sent.

        Raises:
            PastLength: they do not fit; nothing past the last commit counts.
            StoreFull: there is no room; nothing past the last commit counts.
        """
        # An error from in here, unlike one from the connection, makes it unsafe to keep what came: after
        # a failed sync the kernel may forget what it could not write, and report the next sync as good.
        self._has_failed = True
        self._take(memoryview(data))
        self._has_failed = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what came, finish the blob if it is whole, and let go of the lock.

        Raises:
            ChecksumMismatch: the chunk is not what was sent; nothing of it counts.
            StoreFull: there is no room; nothing past the last commit counts.
        """
        with self._part:
            if self._has_failed or not (error is None or isinstance(error, OSError | EOFError)):
                return
            if self._checksum is not None:
                if error is not None:
                    return
                if not hmac.compare_digest(self._hash.digest(), self._checksum.digest):
                    raise ChecksumMismatch
            self._keep()

    def _begin(self) -> None:
        self.offset = self._load_offset()
        if self._part.is_finished and self.offset != self._length:
            # The database was set back, by a restore, to before the end of this upload; the bytes were not.
            self._save_offset(self._length)
            self.offset = self._length
        if self._wanted != self.offset:
            raise WrongOffset(self.offset)
        if self._size is not None and self.offset + self._size > self._length:
            raise PastLength
        if self._checksum is not None:
            self._hash = hashlib.new(self._checksum.algorithm, usedforsecurity=False)
        self._position = self.offset
        self._index, self._filled = divmod(self.offset, SEGMENT_BYTES)
        if self._filled and self.offset < self._length:
            tail = self._codec.open(self._part.read_tail(self.offset), self._index, Flag.TAIL)
            if len(tail) != self._filled:
                raise SegmentDamaged(self._index)
            self._buffer[: self._filled] = tail

    def _take(self, data: memoryview) -> None:
        if self._position + len(data) > self._length:
            raise PastLength
        if self._checksum is not None:
            self._hash.update(data)
        self._position += len(data)
        while data:
            taken = min(SEGMENT_BYTES - self._filled, len(data))
            self._buffer[self._filled : self._filled + taken] = data[:taken]
            self._filled += taken
            data = data[taken:]
            if self._filled == SEGMENT_BYTES:
                self._store_segment()
                if self._unsynced_bytes >= COMMIT_BYTES and self._checksum is None:
                    self._commit(self._index * SEGMENT_BYTES)

    def _store_segment(self) -> None:
        is_last = self._index * SEGMENT_BYTES + self._filled == self._length
        sealed = self._seal(Flag.FINAL if is_last else Flag.MORE)
        self._part.write(sealed, self._index * RECORD_BYTES)
        self._index += 1
        self._filled = 0
        self._unsynced_bytes += len(sealed)

    def _seal(self, flag: Flag) -> memoryview:
        plain = memoryview(self._buffer)[: self._filled]
        size = self._codec.seal_into(self._record, plain, self._index, flag)
        return memoryview(self._record)[:size]

    def _keep(self) -> None:
        if self._position != self.offset:
            if self._filled and self._position < self._length:
                self._part.write_tail(self._seal(Flag.TAIL), self._position)
            elif self._filled:
                self._store_segment()
            self._commit(self._position)
        if self._position == self._length:
            _complete(self._part, self._codec, self._length)

    def _commit(self, offset: int) -> None:
        self._part.sync()
        self._save_offset(offset)
        self._unsynced_bytes = 0
        old, self.offset = self.offset, offset
        if old % SEGMENT_BYTES:
            self._part.drop_tail(old)


def finish(store: Store, codec: Codec, length: int) -> None:
    """Complete a blob whose bytes have all come; again and after a death at any step, to the same end.

    Raises:
        Locked: another connection is writing to this upload.
        SegmentDamaged: the last segment is not there: the bytes have not all come.
    """
    with store.open_part(codec.client_id, codec.blob_id) as part:
        _complete(part, codec, length)


def _complete(part: Part, codec: Codec, length: int) -> None:
    if not part.is_finished:
        last = count_segments(length) - 1
        if length == 0:
            part.write(codec.seal(b"", 0, Flag.FINAL), 0)
        codec.open(part.read(last * RECORD_BYTES, record_of(length, last).size), last, Flag.FINAL)
        part.finish(body_size(length), codec.footer(length, _stored_tags_digest(part, length)))
    part.drop_tails()


def _stored_tags_digest(part: Part, length: int) -> bytes:
    """Return the SHA-256 of all tags as they are stored; a process that wrote none of them can make it too."""
    digest = hashlib.sha256()
    for index in range(count_segments(length)):
        record = record_of(length, index)
        tag = part.read(record.offset + record.size - TAG_BYTES, TAG_BYTES)
        if len(tag) != TAG_BYTES or record.size < SEAL_BYTES:
            raise SegmentDamaged(index)
        digest.update(tag)
    return digest.digest()
